//! The reading side of a move to PostgreSQL: nobody else has the file, nothing in it is changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, Row};
use tokio::sync::mpsc;

use super::fault::Fault;
use super::lock::ProcessLock;
use super::migrate;
use crate::records::RecordsError;
use crate::records::migrate_data::plan::{Column, Table, quoted};
use crate::records::migrate_data::rows::{self, Kind, Tally, TooLarge};
use crate::records::migrate_data::{Batch, Mark};

/// A batch is closed when it is so large, whatever its rows; two wait to be written.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
const BATCHES_AHEAD: usize = 2;

/// The records of a server that is stopped, and stays so while this is held.
#[derive(Debug)]
pub(in crate::records) struct Source {
    path: PathBuf,
    pub(in crate::records) mark: Mark,
    pub(in crate::records) tables: Vec<Table>,
    /// The highest number each table ever gave, where that is kept.
    pub(in crate::records) highest: BTreeMap<String, i64>,
    _lock: ProcessLock,
}

/// One table to read.
pub(in crate::records) struct Reading {
    pub(in crate::records) table: Table,
    /// The key of the last row that is done with, as [`Batch::last_key`] gave it.
    pub(in crate::records) after: Option<Vec<u8>>,
    /// So many rows in a batch.
    pub(in crate::records) batch: usize,
    /// Whether the rows themselves are wanted, or only their tally.
    pub(in crate::records) keep: bool,
}

impl Source {
    /// Takes the process lock and looks at the file. Blocks.
    ///
    /// # Errors
    /// [`RecordsError::Setup`]: there is no such file, a server has it, or it is of another version.
    pub(in crate::records) fn open(path: &Path) -> Result<Source, RecordsError> {
        if !path.exists() {
            return Err(RecordsError::Setup(format!(
                "there are no records {}; name the file of the old database after --from sqlite://",
                path.display()
            )));
        }
        let lock = ProcessLock::take(path).map_err(|error| {
            RecordsError::Setup(format!(
                "the server must be stopped while its records are moved, so that nothing changes \
                 under the copy: {error}"
            ))
        })?;
        let cannot = |fault: Fault| {
            RecordsError::Setup(format!(
                "the records {} cannot be read: {}",
                path.display(),
                RecordsError::from(fault)
            ))
        };
        let connection = open(path).map_err(cannot)?;
        is_of_this_version(&connection, path)?;
        Ok(Source {
            path: path.to_owned(),
            mark: mark(&connection).map_err(cannot)?,
            tables: tables(&connection).map_err(cannot)?,
            highest: highest(&connection).map_err(cannot)?,
            _lock: lock,
        })
    }

    /// Reads a table in the order of its key, batch by batch, on a thread of its own. The stream ends
    /// after an error.
    pub(in crate::records) fn read(
        &self,
        reading: Reading,
    ) -> mpsc::Receiver<Result<Batch, RecordsError>> {
        let (sender, batches) = mpsc::channel(BATCHES_AHEAD);
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let read = open(&path).and_then(|connection| {
                let to = |batch| sender.blocking_send(Ok(batch)).is_ok();
                read_table(&connection, &reading, to)
            });
            if let Err(fault) = read {
                // Nobody listens any more: nobody asks why.
                let _ = sender.blocking_send(Err(fault.into()));
            }
        });
        batches
    }
}

fn open(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA query_only = 1;")?;
    Ok(connection)
}

fn is_of_this_version(connection: &Connection, path: &Path) -> Result<(), RecordsError> {
    if migrate::pending(connection)?.is_empty() {
        return Ok(());
    }
    Err(RecordsError::Setup(format!(
        "the records {} were written by an older version of samvad; start this one on them once, which \
         brings them forward, stop it, and move them then",
        path.display()
    )))
}

/// Every start takes an epoch, every write counts: when this is the same, so is everything else.
fn mark(connection: &Connection) -> Result<Mark, Fault> {
    let sql = "SELECT coalesce((SELECT value FROM meta WHERE name = 'incarnation'), '-'),
                      coalesce(max(epoch), 0), coalesce(sum(commits), 0) FROM processes";
    let mark = connection.query_row(sql, (), |row| {
        Ok(Mark { incarnation: row.get(0)?, epoch: row.get(1)?, commits: row.get(2)? })
    })?;
    Ok(mark)
}

fn tables(connection: &Connection) -> Result<Vec<Table>, Fault> {
    let mut named = connection.prepare(
        "SELECT name FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    let names: Vec<String> = named.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?;
    names.into_iter().map(|name| table(connection, name)).collect()
}

fn table(connection: &Connection, name: String) -> Result<Table, Fault> {
    let mut described =
        connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let described: Vec<(String, String, i64)> = described
        .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut key: Vec<(i64, usize)> = Vec::new();
    let mut columns = Vec::with_capacity(described.len());
    for (place, (column, told, of_key)) in described.into_iter().enumerate() {
        let kind = match told.as_str() {
            "INTEGER" => Kind::Integer,
            "TEXT" => Kind::Text,
            "BLOB" => Kind::Bytes,
            _ => return Err(Fault::refused(format!("{name}.{column} is a column of type {told}"))),
        };
        if of_key > 0 {
            key.push((of_key, place));
        }
        columns.push(Column { name: column, kind });
    }
    key.sort_unstable();
    let mut referred =
        connection.prepare("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)")?;
    let after = referred.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Table { name, columns, key: key.into_iter().map(|(_, place)| place).collect(), after })
}

fn highest(connection: &Connection) -> Result<BTreeMap<String, i64>, Fault> {
    let mut kept = connection.prepare("SELECT name, seq FROM sqlite_sequence")?;
    let kept = kept.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(kept.collect::<Result<_, _>>()?)
}

/// The batch that is being filled.
struct Filling {
    bytes: Vec<u8>,
    /// The last row.
    row: Vec<u8>,
    tally: Tally,
}

impl Filling {
    fn new(keep: bool) -> Filling {
        let mut bytes = Vec::new();
        if keep {
            rows::begin(&mut bytes);
        }
        Filling { bytes, row: Vec::new(), tally: Tally::default() }
    }

    /// It holds a row at least.
    fn close(mut self, reading: &Reading, way: &Way) -> Result<Batch, Fault> {
        if reading.keep {
            rows::end(&mut self.bytes);
        }
        let last_key = key_of(&reading.table, &self.row)?;
        let share = way.share(&last_key);
        Ok(Batch { bytes: self.bytes, tally: self.tally, last_key, share })
    }
}

/// Gives batches to `to` until that does not want more.
fn read_table(
    connection: &Connection,
    reading: &Reading,
    mut to: impl FnMut(Batch) -> bool,
) -> Result<(), Fault> {
    let table = &reading.table;
    let way = Way::through(connection, table)?;
    let key: Vec<String> = table.key_columns().iter().map(|column| quoted(&column.name)).collect();
    let key = key.join(", ");
    let (mut from_here, mut after) = (String::new(), Vec::new());
    if let Some(position) = &reading.after {
        after = key_values(table, position)?;
        let places = vec!["?"; after.len()].join(", ");
        let _ = write!(from_here, "AND ({key}) > ({places})");
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE {} {from_here} ORDER BY {key}",
        table.expressions(),
        quoted(&table.name),
        table.condition(),
    );
    let mut statement = connection.prepare(&sql)?;
    let mut found = statement.query(rusqlite::params_from_iter(after))?;
    let mut filling = Filling::new(reading.keep);
    let limit = u64::try_from(reading.batch.max(1)).unwrap_or(u64::MAX);
    while let Some(row) = found.next()? {
        filling.row.clear();
        put_row(&mut filling.row, table, row)?;
        filling.tally.add(&filling.row);
        if reading.keep {
            filling.bytes.extend_from_slice(&filling.row);
        }
        if filling.tally.rows >= limit || filling.bytes.len() >= BATCH_BYTES {
            let full = std::mem::replace(&mut filling, Filling::new(reading.keep));
            if !to(full.close(reading, &way)?) {
                return Ok(());
            }
        }
    }
    if filling.tally.rows > 0 {
        to(filling.close(reading, &way)?);
    }
    Ok(())
}

fn put_row(out: &mut Vec<u8>, table: &Table, row: &Row<'_>) -> Result<(), Fault> {
    let too_large = |_: TooLarge| Fault::refused(format!("a row of {} is too large", table.name));
    rows::begin_row(out, table.columns.len()).map_err(too_large)?;
    for (place, column) in table.columns.iter().enumerate() {
        put_field(out, table, column, row.get_ref(place)?)?;
    }
    Ok(())
}

fn put_field(
    out: &mut Vec<u8>,
    table: &Table,
    column: &Column,
    value: ValueRef<'_>,
) -> Result<(), Fault> {
    let refused = |what: &str| {
        Fault::refused(format!(
            "{}.{} holds {what}, which PostgreSQL cannot keep there; mend that row first",
            table.name, column.name
        ))
    };
    match (column.kind, value) {
        (_, ValueRef::Null) => rows::put_null(out),
        (Kind::Integer, ValueRef::Integer(value)) => rows::put_integer(out, value),
        (Kind::Text, ValueRef::Text(value)) => {
            if value.contains(&0) || std::str::from_utf8(value).is_err() {
                return Err(refused("a text with a zero byte or broken UTF-8"));
            }
            rows::put_bytes(out, value).map_err(|_| refused("too large a text"))?;
        }
        (Kind::Bytes, ValueRef::Blob(value)) => {
            rows::put_bytes(out, value).map_err(|_| refused("too large a value"))?;
        }
        _ => return Err(refused("a value of another type")),
    }
    Ok(())
}

/// The key of a row, in the form of a row of its own.
fn key_of(table: &Table, row: &[u8]) -> Result<Vec<u8>, Fault> {
    let broken = || Fault::refused(format!("a row of {} has no key", table.name));
    let fields = rows::fields(row).ok_or_else(broken)?;
    let mut key = Vec::new();
    rows::begin_row(&mut key, table.key.len()).map_err(|_| broken())?;
    for place in &table.key {
        let field = fields.get(*place).copied().flatten().ok_or_else(broken)?;
        rows::put_bytes(&mut key, field).map_err(|_| broken())?;
    }
    Ok(key)
}

/// The same key, for a statement.
fn key_values(table: &Table, key: &[u8]) -> Result<Vec<Value>, Fault> {
    let broken =
        || Fault::refused(format!("the progress kept for {} cannot be read back", table.name));
    let fields = rows::fields(key).ok_or_else(broken)?;
    let columns = table.key_columns();
    if fields.len() != columns.len() {
        return Err(broken());
    }
    let mut values = Vec::with_capacity(fields.len());
    for (column, field) in columns.into_iter().zip(fields) {
        let field = field.ok_or_else(broken)?;
        values.push(match column.kind {
            Kind::Integer => Value::Integer(rows::integer(field).ok_or_else(broken)?),
            Kind::Text => Value::Text(std::str::from_utf8(field).map_err(|_| broken())?.to_owned()),
            Kind::Bytes => Value::Blob(field.to_vec()),
        });
    }
    Ok(values)
}

/// From the first to the last value of the key's first column, to tell how far one has come without
/// counting a table of millions.
struct Way(Option<(i64, i64)>);

impl Way {
    fn through(connection: &Connection, table: &Table) -> Result<Way, Fault> {
        let Some(first) = table.key_columns().first().copied().cloned() else {
            return Ok(Way(None));
        };
        if first.kind != Kind::Integer {
            return Ok(Way(None));
        }
        // Two questions: SQLite answers each from the end of the tree, both at once from all of it.
        let end = |which: &str| -> Result<Option<i64>, Fault> {
            let (column, table) = (quoted(&first.name), quoted(&table.name));
            let sql = format!("SELECT {which}({column}) FROM {table}");
            Ok(connection.query_row(&sql, (), |row| row.get(0))?)
        };
        Ok(Way(end("min")?.zip(end("max")?)))
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share to look at")]
    fn share(&self, key: &[u8]) -> Option<f64> {
        let (first, last) = self.0?;
        let here = rows::integer(rows::fields(key)?.first().copied()??)?;
        let whole = last as f64 - first as f64;
        Some(if whole > 0.0 { (here as f64 - first as f64) / whole } else { 1.0 })
    }
}
