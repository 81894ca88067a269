//! What broadcasts are read with, whom they go to as the records have people now, and how their recipients are written
//! down: by a person at the office's terminal, or by a server on the days of one that comes again.

mod crowd;
mod days;
mod office;
mod recipients;

use std::path::Path;

pub use self::crowd::{
    Crowd, ListRead, audience_from, audience_of, day_in, known, named, names_of, numbers_in,
    resolved, without_number,
};
pub use self::days::{Days, DaysMetrics, DaysOptions, Reads, keep_days, opening};
pub use self::office::{Office, OfficeNames, found, lists, names_in, proposals};
pub use self::recipients::{
    Ceiling, Counted, Written, count, counts, frozen_of, hashes, new_broadcast, write_recipients,
};
use crate::records::RecordsError;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum MailingError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// In words for the office: what is wrong and what helps.
    #[error("{0}")]
    Said(String),
}

impl MailingError {
    fn said(words: impl Into<String>) -> MailingError {
        MailingError::Said(words.into())
    }

    fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> MailingError {
        MailingError::Said(format!("{} cannot be read: {error}", path.display()))
    }
}
