//! What SQLite does with polls its own way: an answer is written with its turn, and the space of what was destroyed is
//! overwritten.

use super::beside::Beside;
use super::fault::Fault;
use super::statements::Statements;
use crate::records::sql::polls as sql;
use crate::records::{Cast, RecordsError};

/// So often the log is asked for.
const TRIES: u32 = 20;

impl Beside {
    /// What is deleted was overwritten where it stood (`secure_delete`). Earlier pages of the same rows are in the
    /// write-ahead log alone: it is copied back and cut off.
    pub(in crate::records) async fn overwrite_envelopes(&self) -> Result<(), RecordsError> {
        for _ in 0..TRIES {
            if self.empty_log().await? {
                return Ok(());
            }
            self.let_pass().await;
        }
        Err(RecordsError::Unavailable(
            "the envelopes are deleted, but another program keeps the write-ahead log of the database from being \
             emptied: end backups and whatever else reads it, and close the poll again"
                .to_owned(),
        ))
    }
}

/// Whether a turn of this contact may cast it: the poll is open, and the voter is theirs.
pub(super) fn may_cast(
    statements: Statements<'_>,
    contact: i64,
    cast: &Cast,
) -> Result<bool, Fault> {
    let found = statements.row(sql::MAY_CAST, (cast.poll, cast.voter, contact), |_| Ok(()))?;
    Ok(found.is_some())
}

/// Writes what a turn that won casts; `at` is when we had its message.
pub(super) fn write(statements: Statements<'_>, cast: &Cast, at: i64) -> Result<(), Fault> {
    let Cast { poll, voter, envelopes, fillers } = cast;
    for (text, kinds) in [(sql::KEEP_ENVELOPE, envelopes), (sql::FILL_ENVELOPE, fillers)] {
        for (kind, envelope) in kinds {
            statements.run(text, (poll, voter, kind.letter().to_string(), envelope))?;
        }
    }
    statements.run(sql::ANSWERED, (poll, voter, at)).map(drop)
}
