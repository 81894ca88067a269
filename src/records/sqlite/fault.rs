//! Whose fault an error is: the surroundings' (nothing was written, ask again) or one job's own.

use rusqlite::ErrorCode;

use crate::records::RecordsError;

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

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, OpenFlags};

    use super::*;

    #[test]
    fn a_full_disk_is_the_surroundings_fault() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE words (word TEXT); PRAGMA max_page_count = 4")
            .unwrap();
        let sql = "INSERT INTO words VALUES (zeroblob(100000))";
        let fault = Fault::from(connection.execute(sql, ()).unwrap_err());
        assert!(matches!(fault, Fault::Environment(_)), "{fault:?}");
    }

    #[test]
    fn a_file_that_is_away_or_only_readable_is_the_surroundings_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samvad.db");
        let away = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        assert!(matches!(Fault::from(away.unwrap_err()), Fault::Environment(_)));
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE words (word TEXT)").unwrap();
        let readable =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let refused = readable.execute("INSERT INTO words VALUES ('a')", ());
        assert!(matches!(Fault::from(refused.unwrap_err()), Fault::Environment(_)));
        std::fs::write(&path, "this is no database, whatever its name says ".repeat(100)).unwrap();
        let foreign = Connection::open(&path).unwrap();
        let refused = foreign.execute_batch("CREATE TABLE words (word TEXT)");
        assert!(matches!(Fault::from(refused.unwrap_err()), Fault::Environment(_)));
    }

    #[test]
    fn a_broken_rule_of_a_table_is_the_jobs_own_fault() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE words (word TEXT NOT NULL) STRICT").unwrap();
        for sql in ["INSERT INTO words VALUES (NULL)", "INSERT INTO words VALUES (x'00')", "NO"] {
            let fault = Fault::from(connection.execute(sql, ()).unwrap_err());
            assert!(matches!(fault, Fault::Job(RecordsError::Refused(_))), "{fault:?}");
        }
    }
}
