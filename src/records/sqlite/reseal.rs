//! After a rotation: what is sealed under an older key is sealed anew, in steps, while the rest of
//! the house goes on.

use std::sync::Arc;

use rusqlite::types::ValueRef;

use super::Sqlite;
use super::fault::Fault;
use super::statements::Statements;
use crate::records::RecordsError;
use crate::records::common::{cannot_seal, halves};
use crate::records::sql::process;
use crate::records::sql::reseal::{COLUMNS, Column};
use crate::seal::Keyring;

/// Where the walk over all sealed columns stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    column: usize,
    after: i64,
    /// Whether this walk has moved anything since its beginning.
    moved: bool,
}

/// A row to be sealed anew: its key, the bytes it holds, the bytes it gets.
struct Anew {
    key: i64,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Sqlite {
    pub(in crate::records) async fn reseal(&self, limit: usize) -> Result<u64, RecordsError> {
        let step = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
        let mut cursor = *self.reseal.lock();
        while let Some(column) = COLUMNS.get(cursor.column) {
            let keyring = Arc::clone(&self.keyring);
            let after = cursor.after;
            let (last, anew) = self
                .readers
                .ask(move |statements| read_step(statements, &keyring, column, after, step))
                .await?;
            let Some(last) = last else {
                cursor = Cursor { column: cursor.column + 1, after: 0, moved: cursor.moved };
                continue;
            };
            cursor.after = last;
            if anew.is_empty() {
                continue;
            }
            let moved = self
                .writer
                .submit(None, move |tx| {
                    let mut moved = 0;
                    for row in &anew {
                        moved += tx.run(column.write, (row.key, &row.old, &row.new))?;
                    }
                    Ok(moved)
                })
                .await?;
            cursor.moved = true;
            *self.reseal.lock() = cursor;
            if moved > 0 {
                return Ok(u64::try_from(moved).unwrap_or(u64::MAX));
            }
        }
        *self.reseal.lock() = Cursor::default();
        if cursor.moved {
            // A row that changed under our hands may have been passed by: once more around.
            return Box::pin(self.reseal(limit)).await;
        }
        let active = self.keyring.active();
        self.writer.submit(None, move |tx| tx.run(process::FORGET_OTHER_KEYS, [active])).await?;
        Ok(0)
    }
}

/// Reads the next rows of one column and seals those anew that need it; the key of the last row
/// read, `None` at the end of the column.
fn read_step(
    statements: Statements<'_>,
    keyring: &Keyring,
    column: &Column,
    after: i64,
    step: i64,
) -> Result<(Option<i64>, Vec<Anew>), Fault> {
    let rows: Vec<(i64, i64, Option<Vec<u8>>)> =
        statements.rows(column.read, (after, step), |row| {
            let bound_to = match row.get_ref(1)? {
                ValueRef::Integer(number) => number,
                _ => halves(row.get(1)?).0,
            };
            Ok((row.get(0)?, bound_to, row.get(2)?))
        })?;
    let last = rows.last().map(|(key, ..)| *key);
    let mut anew = Vec::new();
    for (key, bound_to, sealed) in rows {
        let Some(old) = sealed else { continue };
        if old.starts_with(&keyring.active_prefix()) {
            continue;
        }
        let plain = keyring.open_sealed(column.place, bound_to, &old).map_err(|error| {
            let (table, column) = column.place.split_once('.').unwrap_or((column.place, ""));
            Fault::Job(RecordsError::Broken { table, column, id: key, reason: error.to_string() })
        })?;
        let new = keyring
            .seal(column.place, bound_to, &plain)
            .map_err(|error| Fault::from(cannot_seal(&error)))?;
        anew.push(Anew { key, old, new });
    }
    Ok((last, anew))
}
