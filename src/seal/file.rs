//! The key file: TOML, mode 0600, outside the database and its backups.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{INDEX_KEY, KEY_LEN, SealError, from_hex, to_hex};
use crate::clock::Ids;

/// What the file holds.
pub(super) struct KeyFile {
    pub(super) active: u32,
    pub(super) index: [u8; KEY_LEN],
    /// Id and secret, in the order of the file.
    pub(super) secrets: Vec<(u32, [u8; KEY_LEN])>,
}

/// The file as TOML reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    active: u32,
    index: String,
    #[serde(default, rename = "key")]
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: u32,
    secret: String,
}

const HEAD: &str = "\
# The keys of this Samvad installation. Whoever has this file and the database can read every
# message; whoever loses it has lost them all. Keep a copy in a safe place, never beside a backup.
# `active` seals what is written from now on, the other keys are kept for reading.
# `index` finds addresses again and never changes.
";

impl KeyFile {
    /// One key and an index key, fresh.
    pub(super) fn fresh(ids: &Ids) -> Result<KeyFile, SealError> {
        let index = random(ids)?;
        Ok(KeyFile { active: 1, index, secrets: vec![(1, random(ids)?)] })
    }

    /// Adds a fresh key and makes it active; its id is one above the highest.
    pub(super) fn add(&mut self, ids: &Ids) -> Result<u32, SealError> {
        let highest = self.secrets.iter().map(|(id, _)| *id).max().unwrap_or(INDEX_KEY);
        let id = highest
            .checked_add(1)
            .ok_or_else(|| SealError::KeyFile("the key file is full of keys".to_owned()))?;
        self.secrets.push((id, random(ids)?));
        self.active = id;
        Ok(id)
    }

    fn to_toml(&self) -> String {
        let mut text = String::from(HEAD);
        // Writing into a String cannot fail.
        let _ = writeln!(text, "active = {}", self.active);
        let _ = writeln!(text, "index = \"{}\"", to_hex(&self.index));
        for (id, secret) in &self.secrets {
            let _ = write!(text, "\n[[key]]\nid = {id}\nsecret = \"{}\"\n", to_hex(secret));
        }
        text
    }
}

fn random(ids: &Ids) -> Result<[u8; KEY_LEN], SealError> {
    let mut bytes = [0; KEY_LEN];
    ids.fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
    Ok(bytes)
}

/// Reads and checks the file. What is wrong is told without repeating a line of it: it holds secrets.
pub(super) fn read(path: &Path) -> Result<KeyFile, SealError> {
    let wrong = |what: &str| {
        SealError::KeyFile(format!(
            "the key file {} {what}; put its copy back, the database cannot be read without it",
            path.display()
        ))
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(wrong("is missing")),
        Err(error) => return Err(wrong(&format!("cannot be read ({error})"))),
    };
    refuse_when_others_can_read(path)?;

    // The parser's own message quotes the line, secret and all.
    let document: Document = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        match line {
            Some(line) => wrong(&format!("does not read as a key file (line {line})")),
            None => wrong("does not read as a key file"),
        }
    })?;
    let secret = |name: &str, hex: &str| {
        from_hex(hex).ok_or_else(|| wrong(&format!("holds a broken {name} (64 hex digits)")))
    };

    let index = secret("index key", &document.index)?;
    let mut secrets: Vec<(u32, [u8; KEY_LEN])> = Vec::with_capacity(document.keys.len());
    for entry in &document.keys {
        if entry.id == INDEX_KEY || secrets.iter().any(|(id, _)| *id == entry.id) {
            return Err(wrong(&format!("holds key {} twice, or numbers a key 0", entry.id)));
        }
        secrets.push((entry.id, secret(&format!("key {}", entry.id), &entry.secret)?));
    }
    if !secrets.iter().any(|(id, _)| *id == document.active) {
        return Err(wrong(&format!(
            "names key {} as active and does not hold it",
            document.active
        )));
    }
    Ok(KeyFile { active: document.active, index, secrets })
}

/// Makes the file; when another process made it meanwhile, theirs stands.
pub(super) fn create(path: &Path, keys: &KeyFile) -> Result<(), SealError> {
    let cannot = |error: &std::io::Error| {
        SealError::KeyFile(format!("the key file {} cannot be made: {error}", path.display()))
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
    }
    let draft = write_draft(path, keys).map_err(|error| cannot(&error))?;
    // A link, unlike a rename, never replaces a key file that is there.
    let linked = fs::hard_link(&draft, path);
    let removed = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(cannot(&error)),
        _ => removed.map_err(|error| cannot(&error))?,
    }
    sync_folder(path).map_err(|error| cannot(&error))
}

/// Replaces the file whole: a crash leaves the old one or the new one.
pub(super) fn replace(path: &Path, keys: &KeyFile) -> Result<(), SealError> {
    let put = || {
        let draft = write_draft(path, keys)?;
        fs::rename(&draft, path)?;
        sync_folder(path)
    };
    put().map_err(|error| {
        SealError::KeyFile(format!("the key file {} cannot be written: {error}", path.display()))
    })
}

fn write_draft(path: &Path, keys: &KeyFile) -> std::io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let draft = path.with_file_name(name);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(keys.to_toml().as_bytes())?;
    file.sync_all()?;
    Ok(draft)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn refuse_when_others_can_read(path: &Path) -> Result<(), SealError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)
        .map_err(|error| SealError::KeyFile(format!("{}: {error}", path.display())))?
        .permissions()
        .mode();
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    Err(SealError::KeyFile(format!(
        "the key file {path} can be read by others (mode {mode:o}); run: chmod 600 {path}",
        path = path.display(),
        mode = mode & 0o777,
    )))
}

#[cfg(not(unix))]
fn refuse_when_others_can_read(_path: &Path) -> Result<(), SealError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::Keyring;

    fn words(result: Result<Keyring, SealError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn the_first_run_makes_a_file_only_its_owner_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("keys.toml");
        Keyring::open(&path, true, &Ids::system()).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "no draft stays behind");
    }

    #[test]
    fn a_missing_file_is_not_made_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        assert!(words(Keyring::open(&path, false, &Ids::system())).contains("is missing"));
        assert!(!path.exists());
    }

    #[test]
    fn an_existing_file_is_never_replaced_by_a_first_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        Keyring::open(&path, true, &Ids::system()).unwrap();
        let before = fs::read(&path).unwrap();
        create(&path, &KeyFile::fresh(&Ids::system()).unwrap()).unwrap();
        Keyring::open(&path, true, &Ids::system()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_others_can_read_is_refused_with_the_command_that_helps() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        Keyring::open(&path, true, &Ids::system()).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let told = words(Keyring::open(&path, false, &Ids::system()));
            assert!(told.contains("can be read by others"), "{told}");
            assert!(told.contains("chmod 600"), "{told}");
        }
    }

    #[test]
    fn a_broken_file_is_told_by_line_and_without_its_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        Keyring::open(&path, true, &Ids::system()).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        let secret = good.lines().find_map(|line| line.strip_prefix("secret = ")).unwrap();
        let secret = secret.trim_matches('"');

        let broken = [
            good.replace("[[key]]", "[[key"),
            good.replace("secret = \"", "secret = \"zz"),
            good.replace("active = 1", "active = 9"),
            good.replace("id = 1", "id = 0"),
            good.replace("id = 1", "number = 1"),
            format!("{good}\n[[key]]\nid = 1\nsecret = \"{secret}\"\n"),
            String::new(),
        ];
        for text in broken {
            fs::write(&path, &text).unwrap();
            let told = words(Keyring::open(&path, false, &Ids::system()));
            assert!(told.contains("put its copy back"), "{told}");
            assert!(!told.contains(secret), "{told}");
        }
    }
}
