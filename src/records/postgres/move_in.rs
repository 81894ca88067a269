//! The writing side of a move from SQLite: rows by COPY, each batch in one transaction with the row that
//! says how far the table has come. Killed at any moment, it goes on there.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::pin::pin;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};

use super::fault::Fault;
use super::migrate::MIGRATIONS;
use super::sql::{Sql, get};
use super::{connect, dial, migrate, place};
use crate::clock::Clock;
use crate::config::PostgresUrl;
use crate::records::RecordsError;
use crate::records::migrate_data::plan::{self, Catalog, Table, quoted};
use crate::records::migrate_data::rows::{Kind, NotRows, Rows, Tally};
use crate::records::migrate_data::{Batch, Begun, Mark};
use crate::records::sql::process;

/// In `meta` while a copy is unfinished: the mark of its source.
const COPYING: &str = "copying";
/// In `meta` afterwards, the same.
const MOVED_FROM: &str = "moved_from";

/// What one copy at a time holds on the server.
const ONE_COPY: &str = "SELECT pg_try_advisory_lock(5999441913244833101)";
/// A command that was killed is noticed by the server in a moment.
const PATIENCE: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// A batch takes what it takes.
const SETTINGS: &str = "SET statement_timeout = 0";

/// Starting a server writes these and nothing else.
const WRITTEN_BY_A_START: [&str; 5] = ["processes", "seal_keys", "meta", "sequences", "totals"];

const TABLES: &str = "
    SELECT c.relname::text, a.attname::text, t.typname::text
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relnamespace = current_schema()::text::regnamespace";

const NUMBERED: &str = "
    SELECT c.relname::text, a.attname::text
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND a.attidentity <> '' AND NOT a.attisdropped
      AND c.relnamespace = current_schema()::text::regnamespace";

/// The table of the progress is there from the beginning of a move to its end.
const UNFINISHED: &str = "SELECT to_regclass('data_migration') IS NOT NULL";

const PROGRESS_TABLE: &str = "
    CREATE TABLE data_migration (
        table_name TEXT PRIMARY KEY,
        copied_until BYTEA NOT NULL,
        rows BIGINT NOT NULL,
        checksum BYTEA NOT NULL
    )";

const PROGRESS: &str = "
    SELECT copied_until, rows, checksum FROM data_migration WHERE table_name = ?1";

const MOVE_ON: &str = "
    INSERT INTO data_migration (table_name, copied_until, rows, checksum) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (table_name) DO UPDATE
    SET copied_until = excluded.copied_until, rows = excluded.rows, checksum = excluded.checksum";

const SAY: &str = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
const UNSAY: &str = "DELETE FROM meta WHERE name = ?1";

/// The database that is copied into, and the one connection that does it.
pub(in crate::records) struct Target {
    sql: Sql,
}

/// How far a table has come.
#[derive(Clone, Debug, Default)]
pub(in crate::records) struct Progress {
    pub(in crate::records) after: Option<Vec<u8>>,
    pub(in crate::records) tally: Tally,
}

/// Refuses records that are not whole yet. Called by a process that starts, alone: a move begins alone
/// too, so that one of the two sees the other.
///
/// # Errors
/// [`RecordsError::Setup`] with what to do.
pub(super) async fn refuse_while_moving(sql: &Sql) -> Result<(), RecordsError> {
    if !is_unfinished(sql).await? {
        return Ok(());
    }
    Err(RecordsError::Setup(
        "the move of the records into this database is not finished; run the same samvad migrate-data \
         again, it goes on where it stopped, or name an empty database"
            .to_owned(),
    ))
}

async fn is_unfinished(sql: &Sql) -> Result<bool, RecordsError> {
    Ok(get(&sql.one(UNFINISHED, &[]).await?, 0)?)
}

impl Target {
    /// Connects, and makes sure that nobody else copies into it.
    ///
    /// # Errors
    /// [`RecordsError::Setup`] and [`RecordsError::Unavailable`] with what to do.
    pub(in crate::records) async fn open(url: &str, clock: &Clock) -> Result<Target, RecordsError> {
        let url = PostgresUrl::parse(url)
            .map_err(|error| RecordsError::Setup(format!("--to: {error}")))?;
        let pool = dial::pool(&url, 1)?;
        let target = Target { sql: Sql::new(dial::first(&pool, &url).await?) };
        place::check_server(&target.sql, clock).await?;
        target.sql.batch(SETTINGS).await?;
        for _ in 0..PATIENCE {
            if get(&target.sql.one(ONE_COPY, &[]).await?, 0)? {
                return Ok(target);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(RecordsError::Setup(
            "another samvad migrate-data works on this database (or the server has not noticed yet \
             that it was killed); let it finish, or try again in a minute"
                .to_owned(),
        ))
    }

    /// The tables that move, read from the catalogs of both databases.
    ///
    /// # Errors
    /// [`RecordsError::Setup`] when they are not the same.
    pub(in crate::records) async fn plan(
        &self,
        source: &[Table],
    ) -> Result<Vec<Table>, RecordsError> {
        let catalog = self.catalog().await?;
        plan::plan(source.to_vec(), &catalog).map_err(|difference| {
            RecordsError::Setup(format!(
                "the tables of the two databases are not the same: {difference}; is it a database \
                 of samvad, of this version?"
            ))
        })
    }

    /// Every table with its columns.
    async fn catalog(&self) -> Result<Catalog, RecordsError> {
        let mut catalog = Catalog::new();
        for row in self.sql.rows(TABLES, &[]).await? {
            let kind = match get::<&str>(&row, 2)? {
                "int8" => Some(Kind::Integer),
                "text" => Some(Kind::Text),
                "bytea" => Some(Kind::Bytes),
                _ => None,
            };
            let columns: &mut BTreeMap<_, _> = catalog.entry(get(&row, 0)?).or_default();
            columns.insert(get(&row, 1)?, kind);
        }
        Ok(catalog)
    }

    /// Makes the tables where they are not there, and the database the target of this source, or finds
    /// that it is already. No server starts on it meanwhile. Gives the tables that move.
    ///
    /// # Errors
    /// [`RecordsError::Setup`]: there are other records in it, or a server runs on it.
    pub(in crate::records) async fn begin(
        &self,
        mark: &Mark,
        source: &[Table],
        now: i64,
    ) -> Result<(Vec<Table>, Begun), RecordsError> {
        let beginning = async {
            migrate::migrate(&self.sql, &MIGRATIONS, now).await?;
            let tables = self.plan(source).await?;
            self.sql.batch("BEGIN").await?;
            let begun = self.begin_alone(mark, &tables, now).await?;
            self.sql.batch("COMMIT").await?;
            Ok((tables, begun))
        };
        connect::alone(&self.sql, beginning).await
    }

    async fn begin_alone(
        &self,
        mark: &Mark,
        tables: &[Table],
        now: i64,
    ) -> Result<Begun, RecordsError> {
        let begun = match self.mark(COPYING).await? {
            Some(kept) if kept == *mark => return Ok(Begun::Resumed),
            Some(kept) if kept.incarnation == mark.incarnation => {
                self.sql.batch("DROP TABLE IF EXISTS data_migration").await?;
                Begun::Anew
            }
            Some(_) => {
                return Err(RecordsError::Setup(
                    "other records than these are being moved into this database, and are not \
                     finished; finish that first, or name an empty database"
                        .to_owned(),
                ));
            }
            None if self.mark(MOVED_FROM).await?.as_ref() == Some(mark) => return Ok(Begun::Done),
            None => {
                self.refuse_what_is_used(tables, now).await?;
                Begun::Fresh
            }
        };
        // What is left are the traces of a start, or of the copy that begins anew.
        let moved = tables.iter().filter(|table| table.name != "meta");
        let names: Vec<String> = moved.map(|table| quoted(&table.name)).collect();
        if !names.is_empty() {
            self.sql.batch(&format!("TRUNCATE {}", names.join(", "))).await?;
        }
        self.sql.batch("DELETE FROM meta").await?;
        self.sql.batch(PROGRESS_TABLE).await?;
        self.sql.run(SAY, &[&COPYING, &mark.to_string()]).await?;
        Ok(begun)
    }

    async fn refuse_what_is_used(&self, tables: &[Table], now: i64) -> Result<(), RecordsError> {
        let living = "SELECT count(*) FROM processes WHERE ended IS NULL AND lease_until > ?1";
        if get::<i64>(&self.sql.one(living, &[&now]).await?, 0)? > 0 {
            return Err(RecordsError::Setup(
                "a server runs on this database (or was killed a moment ago); stop it, and name an \
                 empty database"
                    .to_owned(),
            ));
        }
        for table in tables {
            if WRITTEN_BY_A_START.contains(&table.name.as_str()) {
                continue;
            }
            let any = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(&table.name));
            if get::<bool>(&self.sql.one(&any, &[]).await?, 0)? {
                return Err(RecordsError::Setup(format!(
                    "there are records in this database already (the table {} is not empty), and \
                     nothing is ever mixed; name an empty database",
                    table.name
                )));
            }
        }
        Ok(())
    }

    async fn mark(&self, name: &str) -> Result<Option<Mark>, RecordsError> {
        let Some(row) = self.sql.row(process::META, &[&name]).await? else { return Ok(None) };
        let text: String = get(&row, 0)?;
        let mark = text.parse().map_err(|()| {
            RecordsError::Setup(format!(
                "the word {name} in meta cannot be read; name an empty database"
            ))
        })?;
        Ok(Some(mark))
    }

    /// Whether a move into this database was begun and not finished.
    pub(in crate::records) async fn is_unfinished(&self) -> Result<bool, RecordsError> {
        is_unfinished(&self.sql).await
    }

    /// How far the table has come.
    pub(in crate::records) async fn progress(&self, table: &str) -> Result<Progress, RecordsError> {
        let Some(row) = self.sql.row(PROGRESS, &[&table]).await? else {
            return Ok(Progress::default());
        };
        let rows = u64::try_from(get::<i64>(&row, 1)?).unwrap_or_default();
        let sum: &[u8] = get(&row, 2)?;
        Ok(Progress { after: Some(get(&row, 0)?), tally: Tally::of(rows, sum) })
    }

    /// Writes one batch, and that the table has come so far with `tally` in all.
    ///
    /// # Errors
    /// Nothing of the batch is written.
    pub(in crate::records) async fn write(
        &self,
        table: &Table,
        batch: Batch,
        tally: &Tally,
    ) -> Result<(), RecordsError> {
        self.sql.batch("BEGIN").await?;
        let sql =
            format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&table.name), table.names());
        let sink = self.sql.client().copy_in(&sql).await.map_err(Fault::from)?;
        let mut sink = pin!(sink);
        sink.send(Cursor::new(batch.bytes)).await.map_err(Fault::from)?;
        let written = sink.finish().await.map_err(Fault::from)?;
        if written != batch.tally.rows {
            return Err(RecordsError::Refused(format!(
                "of {} rows of {} PostgreSQL took {written}",
                batch.tally.rows, table.name
            )));
        }
        let rows = i64::try_from(tally.rows).unwrap_or(i64::MAX);
        self.sql.run(MOVE_ON, &[&table.name, &batch.last_key, &rows, &tally.sum_bytes()]).await?;
        self.sql.batch("COMMIT").await?;
        Ok(())
    }

    /// Reads a table back. `tell` hears the number of rows now and then.
    pub(in crate::records) async fn read_back(
        &self,
        table: &Table,
        mut tell: impl FnMut(u64),
    ) -> Result<Tally, RecordsError> {
        let sql = format!(
            "COPY (SELECT {} FROM {} WHERE {}) TO STDOUT (FORMAT binary)",
            table.names(),
            quoted(&table.name),
            table.condition()
        );
        let mut pieces = pin!(self.sql.client().copy_out(&sql).await.map_err(Fault::from)?);
        let broken =
            |_: NotRows| RecordsError::Unavailable(format!("{} came back broken", table.name));
        let (mut rows, mut tally) = (Rows::default(), Tally::default());
        let mut told = 0;
        while let Some(piece) = pieces.next().await {
            rows.push(&piece.map_err(Fault::from)?);
            while let Some(row) = rows.next_row().map_err(broken)? {
                tally.add(row);
            }
            if tally.rows >= told + 10_000 {
                told = tally.rows;
                tell(told);
            }
        }
        tell(tally.rows);
        if rows.has_ended() { Ok(tally) } else { Err(broken(NotRows)) }
    }

    /// The copy is whole and compared: numbers go on behind the highest ever given, and a server may
    /// be started.
    pub(in crate::records) async fn finish(
        &self,
        mark: &Mark,
        highest: &BTreeMap<String, i64>,
    ) -> Result<(), RecordsError> {
        self.sql.batch("BEGIN").await?;
        for row in self.sql.rows(NUMBERED, &[]).await? {
            let (table, column): (&str, &str) = (get(&row, 0)?, get(&row, 1)?);
            let given = highest.get(table).copied().unwrap_or_default();
            let next = format!(
                "SELECT setval(pg_get_serial_sequence(?1, ?2),
                     greatest((SELECT max({}) FROM {}), ?3, 0) + 1, false)",
                quoted(column),
                quoted(table)
            );
            self.sql.run(&next, &[&quoted(table), &column, &given]).await?;
        }
        self.sql.batch("DROP TABLE data_migration").await?;
        self.sql.run(UNSAY, &[&COPYING]).await?;
        self.sql.run(SAY, &[&MOVED_FROM, &mark.to_string()]).await?;
        self.sql.batch("COMMIT").await?;
        Ok(())
    }

    /// Tells the planner what is in the tables now.
    pub(in crate::records) async fn analyze(&self, tables: &[Table]) -> Result<(), RecordsError> {
        let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
        Ok(self.sql.batch(&format!("ANALYZE {}", names.join(", "))).await?)
    }

    /// The newest process of the database.
    pub(in crate::records) async fn newest_epoch(&self) -> Result<i64, RecordsError> {
        let row = self.sql.one("SELECT coalesce(max(epoch), 0) FROM processes", &[]).await?;
        Ok(get(&row, 0)?)
    }
}
