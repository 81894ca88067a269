//! Whose fault an error is: the surroundings' (nothing was written, ask again) or one job's own.

use rusqlite::ErrorCode;

use crate::records::RecordsError;
use crate::seal::SealError;

/// Why statements could not be carried out.
#[derive(Debug)]
pub(super) enum Fault {
    /// The disk, the file or the memory: every job of the group shares it.
    Environment(String),
    /// This job alone.
    Job(RecordsError),
}

impl Fault {
    pub(super) fn refused(reason: impl Into<String>) -> Fault {
        Fault::Job(RecordsError::Refused(reason.into()))
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        let environment = matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::ReadOnly
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::CannotOpen
                    | ErrorCode::OutOfMemory
                    | ErrorCode::PermissionDenied
                    | ErrorCode::FileLockingProtocolFailed
                    | ErrorCode::NoLargeFileSupport
                    | ErrorCode::OperationInterrupted
            )
        );
        // SQLite names tables and columns in its messages, never values.
        if environment {
            Fault::Environment(error.to_string())
        } else {
            Fault::Job(RecordsError::Refused(error.to_string()))
        }
    }
}

impl From<RecordsError> for Fault {
    fn from(error: RecordsError) -> Fault {
        match error {
            RecordsError::Unavailable(reason) => Fault::Environment(reason),
            other => Fault::Job(other),
        }
    }
}

impl From<Fault> for RecordsError {
    fn from(fault: Fault) -> RecordsError {
        match fault {
            Fault::Environment(reason) => RecordsError::Unavailable(reason),
            Fault::Job(error) => error,
        }
    }
}

/// Sealing before a write: nothing was written.
pub(super) fn cannot_seal(error: &SealError) -> RecordsError {
    RecordsError::Unavailable(error.to_string())
}
