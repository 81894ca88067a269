//! The pictures of candidates go with the bundle to the table of the count, and from there into the report: as files
//! `SEAT-NUMBER.jpg` in a folder beside it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::poll::file::Poll;
use crate::poll::report::Photos;

/// The folder in that of a result.
const OF_RESULT: &str = "photos";

/// The folder beside a bundle.
fn beside(bundle: &Path) -> PathBuf {
    bundle.with_extension("photos")
}

/// Copies those of a poll beside its bundle. One that is gone from the office's folder is told and left out: no close
/// fails for it.
///
/// # Errors
/// They cannot be written.
pub(super) fn take_along(polls: Option<&Path>, poll: &Poll, bundle: &Path) -> anyhow::Result<()> {
    let Some(polls) = polls.filter(|_| poll.has_photos()) else { return Ok(()) };
    let folder = beside(bundle);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    for seat in &poll.seats {
        for (number, candidate) in (1_u32..).zip(&seat.candidates) {
            let Some(photo) = &candidate.photo else { continue };
            let ending = photo.rsplit('.').next().unwrap_or("jpg").to_ascii_lowercase();
            let from = polls.join(photo);
            let Ok(bytes) = std::fs::read(&from) else {
                println!("{} is not there: the report will lack it.", from.display());
                continue;
            };
            let to = folder.join(format!("{}-{number}.{ending}", seat.number));
            std::fs::write(&to, bytes)
                .with_context(|| format!("{} cannot be written", to.display()))?;
        }
    }
    Ok(())
}

/// Copies those beside a bundle into the folder of its result.
///
/// # Errors
/// They cannot be read or written.
pub(super) fn keep(bundle: &Path, result: &Path) -> anyhow::Result<()> {
    let from = beside(bundle);
    if !from.is_dir() {
        return Ok(());
    }
    let to = result.join(OF_RESULT);
    let cannot = || format!("the pictures of {} cannot be copied", from.display());
    std::fs::create_dir_all(&to).with_context(cannot)?;
    for entry in std::fs::read_dir(&from).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if let Some(name) = path.file_name().filter(|_| seat_and_candidate(&path).is_some()) {
            std::fs::copy(&path, to.join(name)).with_context(cannot)?;
        }
    }
    Ok(())
}

/// Those of a result; none where it has none.
pub(super) fn of_result(result: &Path) -> Photos {
    let mut photos = Photos::default();
    let folder = if result.is_dir() { Some(result) } else { result.parent() };
    let entries = folder.and_then(|folder| std::fs::read_dir(folder.join(OF_RESULT)).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let path = entry.path();
        if let (Some((seat, candidate)), Ok(bytes)) =
            (seat_and_candidate(&path), std::fs::read(&path))
            && !photos.add(seat, candidate, &bytes)
        {
            eprintln!(
                "{} is too large for the report, or no picture; it is left out.",
                path.display()
            );
        }
    }
    photos
}

/// Whose a file is: its seat, and its candidate from 0.
fn seat_and_candidate(path: &Path) -> Option<(u16, u8)> {
    let (seat, number) = path.file_stem()?.to_str()?.split_once('-')?;
    let number: u8 = number.parse().ok()?;
    Some((seat.parse().ok()?, number.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_seat_and_the_number_of_the_name() {
        let of = |name: &str| seat_and_candidate(Path::new(name));
        assert_eq!(of("who.photos/35-1.jpg"), Some((35, 0)));
        assert_eq!(of("173-20.png"), Some((173, 19)));
        for other in ["35.jpg", "35-0.jpg", "a-1.jpg", "35-x.jpg", "result.json", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
