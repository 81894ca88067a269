//! A kept medium goes for good.

use super::folder::{MediaError, MediaFolder};
use crate::records::{Beside, MediumRow, RecordsError};

/// Why a medium is not erased whole.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The row is gone: nobody can open the file any more, and it lies there still.
    #[error(
        "its key is erased, so that nobody can open it, but the file {path} is still there ({error}); delete it by hand"
    )]
    File { path: String, error: MediaError },
}

/// Erases the row of a medium, and with it the one key that opens its file, then the file. `false` when
/// the row was gone already.
///
/// # Errors
/// [`EraseError`]; after [`EraseError::File`] only the file is left to be deleted.
pub async fn erase_medium(
    records: &Beside,
    folder: &MediaFolder,
    row: &MediumRow,
) -> Result<bool, EraseError> {
    let was_there = records.erase_medium(row.id).await?;
    let Ok(medium) = &row.medium else { return Ok(was_there) };
    let (path, folder) = (medium.path.clone(), folder.clone());
    let removing = tokio::task::spawn_blocking(move || folder.remove(&path));
    let removed = removing.await.unwrap_or_else(|error| Err(std::io::Error::other(error).into()));
    removed.map_err(|error| EraseError::File { path: medium.path.clone(), error })?;
    Ok(was_there)
}
