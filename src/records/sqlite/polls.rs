//! What SQLite does with polls its own way: an answer is written with its turn, and the space of what was destroyed is
//! overwritten.

use super::beside::Beside;
use super::fault::Fault;
use super::statements::Statements;
use crate::poll::ballot::Kind;
use crate::records::polls::bound::Owned;
use crate::records::sql::polls as sql;
use crate::records::{Cast, RecordsError};
use crate::seal::Keyring;

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

/// Whether a turn of this contact may cast it: the poll is open, the voter is theirs, and it is the answer that comes
/// next.
pub(super) fn may_cast(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
    cast: &Cast,
) -> Result<bool, Fault> {
    let Cast { poll, voter, number, .. } = *cast;
    let found = statements.row(sql::MAY_CAST, (poll, voter, contact), |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(found.is_some_and(|(answers, person, bound)| {
        let owned = Owned { poll, voter, contact: Some(contact), person };
        answers + 1 == number && owned.is_bound(keyring, bound)
    }))
}

/// Writes what a turn that won casts; `at` is when we had its message.
pub(super) fn write(statements: Statements<'_>, cast: &Cast, at: i64) -> Result<(), Fault> {
    let Cast { poll, voter, envelopes, fillers, .. } = cast;
    for (text, kinds) in [(sql::KEEP_ENVELOPE, envelopes), (sql::FILL_ENVELOPE, fillers)] {
        for (kind, envelope) in kinds {
            statements.run(text, (poll, voter, kind.letter().to_string(), envelope))?;
        }
    }
    let came = |kind| {
        let has = |kinds: &[(Kind, Vec<u8>)]| kinds.iter().any(|(one, _)| *one == kind);
        match (has(envelopes), has(fillers)) {
            (true, _) => 1,
            (false, true) => -1,
            (false, false) => 0,
        }
    };
    let [choice, ratings, other, remark] =
        [Kind::Choice, Kind::Ratings, Kind::Other, Kind::Remark].map(came);
    let row = (poll, voter, at, choice, ratings, other, remark);
    statements.run(sql::ANSWERED, row).map(drop)
}

/// The rows of contacts that are rightly theirs, before they move.
pub(super) fn rows_of(
    statements: Statements<'_>,
    keyring: &Keyring,
    contacts: (i64, i64),
) -> Result<Vec<(i64, i64)>, Fault> {
    let rows = statements.rows(sql::ROWS_OF, contacts, |row| {
        let owned = Owned {
            poll: row.get(0)?,
            voter: row.get(1)?,
            contact: row.get(2)?,
            person: row.get(3)?,
        };
        Ok((owned, row.get::<_, i64>(4)?))
    })?;
    let rightly = rows.into_iter().filter(|(owned, bound)| owned.is_bound(keyring, *bound));
    Ok(rightly.map(|(owned, _)| (owned.poll, owned.voter)).collect())
}

/// Binds rows to whom they are of now.
pub(super) fn bind(
    statements: Statements<'_>,
    keyring: &Keyring,
    rows: &[(i64, i64)],
) -> Result<(), Fault> {
    for (poll, voter) in rows.iter().copied() {
        let (contact, person) =
            statements.one(sql::ROW_NOW, (poll, voter), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let owned = Owned { poll, voter, contact, person };
        statements.run(sql::BIND, (poll, voter, owned.bound(keyring)))?;
    }
    Ok(())
}
