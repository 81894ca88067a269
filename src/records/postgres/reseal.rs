//! After a rotation: what is sealed under an older key is sealed anew, in steps, while the rest of
//! the house goes on.

use tokio_postgres::types::Type;

use super::Postgres;
use super::fault::Fault;
use super::sql::{Sql, get};
use super::tx::{Op, Tx};
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

impl Postgres {
    pub(in crate::records) async fn reseal(&self, limit: usize) -> Result<u64, RecordsError> {
        let step = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
        let mut cursor = *self.reseal.lock();
        while let Some(column) = COLUMNS.get(cursor.column) {
            let (keyring, after) = (&*self.keyring, cursor.after);
            let (last, anew) = self
                .readers
                .ask(move |statements| async move {
                    read_step(&statements, keyring, column, after, step).await
                })
                .await?;
            let Some(last) = last else {
                cursor = Cursor { column: cursor.column + 1, after: 0, moved: cursor.moved };
                continue;
            };
            cursor.after = last;
            if anew.is_empty() {
                continue;
            }
            let moved = self.writer.submit(Replace { column, rows: anew }).await?;
            cursor.moved = true;
            *self.reseal.lock() = cursor;
            if moved > 0 {
                return Ok(moved);
            }
        }
        *self.reseal.lock() = Cursor::default();
        if cursor.moved {
            // A row that changed under our hands may have been passed by: once more around.
            return Box::pin(self.reseal(limit)).await;
        }
        self.writer.submit(ForgetOtherKeys { active: i64::from(self.keyring.active()) }).await?;
        Ok(0)
    }
}

/// Reads the next rows of one column and seals those anew that need it; the key of the last row
/// read, `None` at the end of the column.
async fn read_step(
    statements: &Sql,
    keyring: &Keyring,
    column: &Column,
    after: i64,
    step: i64,
) -> Result<(Option<i64>, Vec<Anew>), Fault> {
    let mut last = None;
    let mut anew = Vec::new();
    for row in statements.rows(column.read, &[&after, &step]).await? {
        let key: i64 = get(&row, 0)?;
        last = Some(key);
        let Some(old) = get::<Option<Vec<u8>>>(&row, 2)? else { continue };
        if old.starts_with(&keyring.active_prefix()) {
            continue;
        }
        let broken = |reason: String| {
            let (table, column) = column.place.split_once('.').unwrap_or((column.place, ""));
            Fault::Job(RecordsError::Broken { table, column, id: key, reason })
        };
        let is_hash = row.columns().get(1).is_some_and(|column| *column.type_() == Type::BYTEA);
        let bound_to: i64 = if is_hash {
            let hash = <[u8; 16]>::try_from(get::<&[u8]>(&row, 1)?)
                .map_err(|_| broken("bound to a hash that is not of sixteen bytes".to_owned()))?;
            halves(hash).0
        } else {
            get(&row, 1)?
        };
        let plain = keyring
            .open_sealed(column.place, bound_to, &old)
            .map_err(|error| broken(error.to_string()))?;
        let new = keyring
            .seal(column.place, bound_to, &plain)
            .map_err(|error| Fault::from(cannot_seal(&error)))?;
        anew.push(Anew { key, old, new });
    }
    Ok((last, anew))
}

/// Changes rows that still hold the bytes that were read.
struct Replace {
    column: &'static Column,
    rows: Vec<Anew>,
}

impl Op for Replace {
    type Done = u64;

    async fn run(&mut self, tx: &mut Tx) -> Result<u64, Fault> {
        let mut moved = 0;
        for row in &self.rows {
            moved += tx.sql.run(self.column.write, &[&row.key, &row.old, &row.new]).await?;
        }
        Ok(moved)
    }
}

struct ForgetOtherKeys {
    active: i64,
}

impl Op for ForgetOtherKeys {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        tx.sql.run(process::FORGET_OTHER_KEYS, &[&self.active]).await.map(drop)
    }
}
