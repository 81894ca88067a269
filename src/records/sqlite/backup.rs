//! A copy of the whole store while it runs.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::Sqlite;
use super::fault::Fault;
use super::statements::Statements;
use crate::records::RecordsError;
use crate::records::sql::process;

impl Sqlite {
    pub(in crate::records) async fn backup(&self, to: &Path) -> Result<(), RecordsError> {
        let to = to.to_owned();
        self.readers.ask(move |statements| copy(statements, &to)).await
    }
}

/// A copy from outside the server that has the database open: only a reader of the same file.
pub(in crate::records) fn copy_database(from: &Path, to: &Path) -> Result<u64, RecordsError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags).map_err(|error| {
        RecordsError::Setup(format!("the records {} cannot be opened: {error}", from.display()))
    })?;
    copy(Statements { connection: &connection }, to)?;
    let size = fs::metadata(to).map(|metadata| metadata.len()).unwrap_or_default();
    Ok(size)
}

/// Copies into a draft beside the target and gives it the name when it is whole and on disk.
fn copy(from: Statements<'_>, to: &Path) -> Result<(), Fault> {
    let cannot = |error: &std::io::Error| {
        Fault::refused(format!("the backup {} cannot be written: {error}", to.display()))
    };
    if to.exists() {
        return Err(Fault::refused(format!(
            "there is a file {} already; name another for the backup",
            to.display()
        )));
    }
    let draft = draft_of(to);
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft).map_err(|error| cannot(&error))?;

    let copied = write_copy(from, &draft);
    if let Err(fault) = copied {
        // The draft is of no use to anybody; the reason is what counts.
        let _ = fs::remove_file(&draft);
        return Err(fault);
    }
    fs::rename(&draft, to).map_err(|error| cannot(&error))
}

fn draft_of(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// One step over the whole file: it reads one moment, and the writer goes on beside it.
fn write_copy(from: Statements<'_>, to: &Path) -> Result<(), Fault> {
    let mut copy = Connection::open(to)?;
    let step = Backup::new(from.connection, &mut copy)?.step(-1)?;
    if step != StepResult::Done {
        return Err(Fault::Environment(format!("the copy stopped half way ({step:?})")));
    }
    // A single file, without a log beside it; and a name of its own, so that what others keep
    // beside the records (live state in Redis) is not taken for this copy's.
    copy.execute_batch(
        "PRAGMA journal_mode = DELETE;
         PRAGMA synchronous = FULL;
         UPDATE meta SET value = lower(hex(randomblob(8))) WHERE name = 'incarnation';",
    )?;
    copy.execute(process::SKIP_AHEAD, ())?;
    copy.close().map_err(|(_, error)| Fault::from(error))?;
    OpenOptions::new()
        .write(true)
        .open(to)
        .and_then(|file| file.sync_all())
        .map_err(|error| Fault::Environment(error.to_string()))
}
