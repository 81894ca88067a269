//! Whose fault an error is: the surroundings' (nothing was written, ask again), a moment's (the same
//! again will do), or one job's own.

use std::fmt::Write as _;

use tokio_postgres::error::SqlState;

use crate::records::RecordsError;

/// Why statements could not be carried out.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server, the way to it, its disk: every job of the group shares it.
    Environment(String),
    /// Two writers met (a deadlock): the transaction is run again as it was.
    Again(String),
    /// One job's own; of a group it is not known whose.
    Job(RecordsError),
}

impl Fault {
    pub(super) fn refused(reason: impl Into<String>) -> Fault {
        Fault::Job(RecordsError::Refused(reason.into()))
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Fault {
        let Some(told) = error.as_db_error() else {
            // A value that does not fit its column is found before anything is sent.
            return if error.is_closed() || is_io(&error) {
                Fault::Environment(error.to_string())
            } else {
                Fault::refused(error.to_string())
            };
        };
        let code = told.code();
        if *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::T_R_SERIALIZATION_FAILURE
        {
            return Fault::Again(told.message().to_owned());
        }
        let class = code.code().get(..2).unwrap_or_default();
        // A month of the log that nobody made is no fault of the message.
        let no_partition = *code == SqlState::CHECK_VIOLATION && told.constraint().is_none();
        let environment = matches!(class, "08" | "25" | "28" | "53" | "57" | "58" | "3D" | "F0")
            || matches!(*code, SqlState::LOCK_NOT_AVAILABLE | SqlState::UNDEFINED_TABLE)
            || no_partition;
        // The message can repeat a value of a row, the names of table and column cannot.
        let mut reason = format!("PostgreSQL error {}", code.code());
        for (what, name) in
            [("table", told.table()), ("column", told.column()), ("rule", told.constraint())]
        {
            if let Some(name) = name {
                // Writing into a String cannot fail.
                let _ = write!(reason, ", {what} {name}");
            }
        }
        if environment || class == "42" {
            reason = format!("{reason}: {}", told.message());
        }
        if environment { Fault::Environment(reason) } else { Fault::refused(reason) }
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    // Connecting says in words only what it could not do.
    error.to_string().contains("connecting") || error.to_string().contains("communicating")
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
            Fault::Environment(reason) | Fault::Again(reason) => RecordsError::Unavailable(reason),
            Fault::Job(error) => error,
        }
    }
}
