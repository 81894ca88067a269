//! The poll keys: files of their own, one a poll, beside the key file. Neither the database nor its backups hold them, and
//! after the close they are nowhere.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::clock::Ids;
use crate::poll::envelope::{LENGTH, PollKey};
use crate::seal::{from_hex, to_hex};

/// The folder beside the key file.
const FOLDER: &str = "polls";
const FORM: &str = "samvad-poll-wrap 1";
const HEAD: &str = "\
# The poll key: the outer wrapping of the answers of one open poll. It stays on this server, and in no backup:
# `samvad poll close` destroys it. Without it the answers of the poll are lost, and so is the poll.
";

/// Why a poll key cannot be used, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PollKeyError {
    #[error(
        "its poll key {0} is missing, and no answer is taken: put the file back from the server where the poll was opened; if it is lost, so are the answers: cancel the poll and open it anew"
    )]
    Missing(PathBuf),
    #[error(
        "its poll key {0} is not as it was written, and no answer is taken: put the file back from the server where the poll was opened"
    )]
    Broken(PathBuf),
    #[error(
        "there is a poll key {0} already: a poll of this name was opened before and not closed"
    )]
    There(PathBuf),
    #[error("the poll key {path} {what}: {error}")]
    Io { path: PathBuf, what: &'static str, error: std::io::Error },
    #[error("the system has no randomness to give")]
    NoRandomness,
    #[error("`{0}` is no name of a poll: small letters, digits and _")]
    BadName(String),
}

/// The folder of the poll keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollKeys {
    folder: PathBuf,
}

impl PollKeys {
    /// The folder `polls/` beside the key file of the installation.
    #[must_use]
    pub fn beside(key_file: &Path) -> PollKeys {
        PollKeys { folder: key_file.with_file_name(FOLDER) }
    }

    /// Where the key of a poll lies, or would.
    ///
    /// # Errors
    /// [`PollKeyError::BadName`].
    pub fn path(&self, poll: &str) -> Result<PathBuf, PollKeyError> {
        let is_plain = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        if poll.is_empty() || !poll.chars().all(is_plain) {
            return Err(PollKeyError::BadName(poll.to_owned()));
        }
        Ok(self.folder.join(format!("{poll}.pollkey")))
    }

    /// Makes the key of a poll. It is on the disk when this returns, for this user alone.
    ///
    /// # Errors
    /// [`PollKeyError`]; one that is there is never replaced.
    pub fn create(&self, poll: &str, ids: &Ids) -> Result<PollKey, PollKeyError> {
        let path = self.path(poll)?;
        let mut secret = [0; LENGTH];
        ids.fill(&mut secret).map_err(|_| PollKeyError::NoRandomness)?;
        let text = format!("{HEAD}{FORM}\npoll {poll}\nkey {}\n", to_hex(&secret));
        match self.write(&path, &text) {
            Ok(()) => self.read(poll),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(PollKeyError::There(path))
            }
            Err(error) => Err(PollKeyError::Io { path, what: "cannot be written", error }),
        }
    }

    /// Written beside it and given its name when it is whole; a name that is taken stays so.
    fn write(&self, path: &Path, text: &str) -> std::io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A link, unlike a rename, never replaces a file that is there.
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        linked?;
        self.sync()
    }

    /// The key of a poll.
    ///
    /// # Errors
    /// [`PollKeyError`] with what to do.
    pub fn read(&self, poll: &str) -> Result<PollKey, PollKeyError> {
        let path = self.path(poll)?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(PollKeyError::Missing(path));
            }
            Err(error) => return Err(PollKeyError::Io { path, what: "cannot be read", error }),
        };
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let [FORM, of, key] = lines.as_slice() else { return Err(PollKeyError::Broken(path)) };
        let secret = key.strip_prefix("key ").and_then(from_hex::<LENGTH>);
        let is_of_poll = of.strip_prefix("poll ") == Some(poll);
        let key = secret.filter(|_| is_of_poll).map(|secret| PollKey::new(&secret));
        match key {
            Some(Ok(key)) => Ok(key),
            _ => Err(PollKeyError::Broken(path)),
        }
    }

    /// Whether there is a file for a poll.
    #[must_use]
    pub fn is_there(&self, poll: &str) -> bool {
        self.path(poll).is_ok_and(|path| path.exists())
    }

    /// Overwrites the key of a poll and removes it; `false`: it was gone already. What a disk keeps of overwritten
    /// blocks by itself nobody can take away from here.
    ///
    /// # Errors
    /// [`PollKeyError::Io`].
    pub fn destroy(&self, poll: &str, ids: &Ids) -> Result<bool, PollKeyError> {
        let path = self.path(poll)?;
        match self.overwrite(&path, ids) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(PollKeyError::Io { path, what: "cannot be destroyed", error }),
        }
    }

    fn overwrite(&self, path: &Path, ids: &Ids) -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        let mut noise = vec![0; length];
        ids.fill(&mut noise).map_err(|_| std::io::Error::other("no randomness"))?;
        file.write_all(&noise)?;
        file.sync_all()?;
        drop(file);
        fs::remove_file(path)?;
        self.sync()
    }

    fn sync(&self) -> std::io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::ballot::{Choice, Kind, Plain};
    use crate::poll::envelope::{Envelope, Origin, PollId, PrivateKey, Slot};
    use crate::poll::tally::Cell;

    fn keys() -> (tempfile::TempDir, PollKeys) {
        let folder = tempfile::tempdir().unwrap();
        let keys = PollKeys::beside(&folder.path().join("keys.toml"));
        (folder, keys)
    }

    #[test]
    fn a_key_is_made_once_read_back_and_destroyed() {
        let ids = Ids::system();
        let (folder, keys) = keys();
        let made = keys.create("lok_sabha_2029", &ids).unwrap();
        assert!(matches!(
            keys.create("lok_sabha_2029", &ids),
            Err(PollKeyError::There(path)) if path.starts_with(folder.path())
        ));
        let plain = Plain::Choice(Choice::Names(vec![1]));
        let count = PrivateKey::generate(&ids).unwrap().public();
        let origin = Origin { seat: 35, cell: Cell::default() };
        let poll = PollId([7; LENGTH]);
        let envelope = Envelope::seal(&plain, origin, poll, &count, &ids).unwrap();
        let slot = Slot { voter: 5, number: 1 };
        let wrapped = made.wrap(&envelope, poll, slot, &ids).unwrap();
        let read = keys.read("lok_sabha_2029").unwrap();
        assert_eq!(read.unwrap(Kind::Choice, &wrapped, poll, slot), Ok(envelope));

        assert!(keys.is_there("lok_sabha_2029"));
        assert!(keys.destroy("lok_sabha_2029", &ids).unwrap());
        assert!(!keys.is_there("lok_sabha_2029"));
        assert!(!keys.destroy("lok_sabha_2029", &ids).unwrap());
        let told = keys.read("lok_sabha_2029").unwrap_err().to_string();
        assert!(told.contains("missing"), "{told}");
        let left = fs::read_dir(folder.path().join("polls")).unwrap().count();
        assert_eq!(left, 0, "no draft stays behind");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_a_key() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, keys) = keys();
        keys.create("opinion", &Ids::system()).unwrap();
        for path in [folder.path().join("polls"), keys.path("opinion").unwrap()] {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }

    #[test]
    fn a_key_of_another_poll_or_a_changed_one_is_not_taken() {
        let ids = Ids::system();
        let (_folder, keys) = keys();
        keys.create("one", &ids).unwrap();
        fs::rename(keys.path("one").unwrap(), keys.path("two").unwrap()).unwrap();
        assert!(matches!(keys.read("two"), Err(PollKeyError::Broken(_))));
        fs::write(keys.path("three").unwrap(), "samvad-poll-wrap 1\npoll three\nkey 00\n").unwrap();
        assert!(matches!(keys.read("three"), Err(PollKeyError::Broken(_))));
        for name in ["", "../keys", "a/b", "a.b"] {
            assert!(matches!(keys.read(name), Err(PollKeyError::BadName(_))), "{name}");
        }
    }
}
