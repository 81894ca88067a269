//! The folder of people's media: a sealed file each, named by its effect and the attempt at it. A process
//! that was taken for dead and writes late writes beside the file that counts, never over it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::clock::Ids;
use crate::records::Medium;
use crate::seal::{OnceKey, SealError, open_once, seal_once};

/// Why a medium could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("the folder of media cannot be used: {0}")]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// What was written.
pub(super) struct Written {
    pub(super) path: String,
    pub(super) file_key: OnceKey,
}

/// Where people's media lie. All calls block.
#[derive(Clone, Debug)]
pub struct MediaFolder {
    folder: PathBuf,
    ids: Ids,
}

impl MediaFolder {
    #[must_use]
    pub fn new(folder: PathBuf, ids: Ids) -> MediaFolder {
        MediaFolder { folder, ids }
    }

    /// Writes the bytes, sealed, under the name of their effect and this attempt; they are on disk when it
    /// returns.
    pub(super) fn write(
        &self,
        effect: &str,
        attempt: u32,
        bytes: Vec<u8>,
    ) -> Result<Written, MediaError> {
        let (file_key, sealed) = seal_once(&self.ids, bytes)?;
        // Not too many files in one folder.
        let shelf = effect.get(..2).unwrap_or("00");
        let name = format!("{effect}.{attempt}");
        let folder = self.folder.join(shelf);
        make_private(&folder)?;
        let (path, beside) = (folder.join(&name), folder.join(format!("{name}.new")));
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        sealed.write_to(&mut file)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        #[cfg(unix)]
        File::open(&folder)?.sync_all()?;
        Ok(Written { path: format!("{shelf}/{name}"), file_key })
    }

    /// Takes a file away whose row was not written, or is to go with its person. Gone already is gone.
    ///
    /// # Errors
    /// [`MediaError::Folder`].
    pub fn remove(&self, path: &str) -> Result<(), MediaError> {
        match fs::remove_file(self.folder.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => Ok(removed?),
        }
    }

    /// The bytes of a medium as the person sent them: its key opens exactly what was written.
    ///
    /// # Errors
    /// [`MediaError`]: the file is gone, or is not the one that was kept.
    pub fn read(&self, medium: &Medium) -> Result<Vec<u8>, MediaError> {
        let sealed = fs::read(self.folder.join(&medium.path))?;
        Ok(open_once(&medium.file_key, sealed)?)
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MediaKind;

    #[test]
    fn a_file_is_sealed_private_and_read_back_by_its_row_alone() {
        let folder = tempfile::tempdir().unwrap();
        let media = MediaFolder::new(folder.path().join("media"), Ids::system());
        let name = "00112233445566778899aabbccddeeff";
        let first = media.write(name, 0, b"the first attempt".to_vec()).unwrap();
        let written = media.write(name, 1, b"a photo of Sita".to_vec()).unwrap();
        assert_ne!(first.path, written.path);
        media.remove(&first.path).unwrap();
        media.remove(&first.path).unwrap();
        let medium = Medium {
            kind: MediaKind::Image,
            mime_type: "image/jpeg".to_owned(),
            size: 15,
            path: written.path,
            file_key: written.file_key,
        };
        assert_eq!(media.read(&medium).unwrap(), b"a photo of Sita");
        let path = folder.path().join("media").join(&medium.path);
        let sealed = fs::read(&path).unwrap();
        assert!(!sealed.windows(4).any(|bytes| bytes == b"Sita"));
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1);
        let other = Medium { file_key: [0; 32], ..medium };
        assert!(matches!(media.read(&other), Err(MediaError::Seal(SealError::Broken))));
    }
}
