//! The process lock: a side file under an advisory lock that the system gives back when its holder
//! ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::records::RecordsError;

/// How long a start waits for a process that is just ending.
const PATIENCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// Held while the records are open.
#[derive(Debug)]
pub(super) struct ProcessLock {
    _file: File,
}

/// `PATH.lock`, beside the database.
fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Whether another process has the records open now.
pub(super) fn is_held(database: &Path) -> bool {
    // Taken and given back at once: a process that is just starting looks more than once.
    let Ok(file) = OpenOptions::new().write(true).open(lock_path(database)) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

impl ProcessLock {
    /// # Errors
    /// [`RecordsError::Setup`] when another process has the records open.
    pub(super) fn take(database: &Path) -> Result<ProcessLock, RecordsError> {
        let path = lock_path(database);
        let cannot = |error: &std::io::Error| {
            RecordsError::Setup(format!("the lock {} cannot be taken: {error}", path.display()))
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| cannot(&error))?;
        for _ in 0..PATIENCE {
            match file.try_lock() {
                Ok(()) => return Ok(ProcessLock { _file: file }),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(cannot(&error)),
            }
        }
        Err(RecordsError::Setup(format!(
            "the records {} are open in another process, and SQLite serves one at a time; stop \
             that process, or give this one a data folder of its own",
            database.display()
        )))
    }
}
