//! The records move from SQLite to PostgreSQL: every row as it is, under its own id, for what is sealed
//! in it is bound to that. Resumable, counted, and compared at the end.

pub(super) mod plan;
pub(super) mod rows;

use std::fmt;
use std::str::FromStr;

use self::plan::Table;
pub use self::rows::Tally;
use super::postgres::move_in::Target;
use super::sqlite::move_out::{Reading, Source};
use super::{RecordsError, sqlite_path};
use crate::clock::Clock;
use crate::config::is_postgres;

/// What is moved where.
#[derive(Clone)]
pub struct MigrateData {
    /// `sqlite://PATH`; its server must be stopped.
    pub from: String,
    /// `postgres://…`, with its password: an empty database, or the one this very move was begun in.
    pub to: String,
    /// So many rows in one transaction.
    pub batch: usize,
    pub clock: Clock,
}

/// Told while it works.
#[derive(Clone, Debug, PartialEq)]
pub enum News<'a> {
    /// How it stands at the beginning.
    Begun(Begun),
    /// So many rows of the table are copied; the share of the table, from 0 to 1, where it can be told.
    Copied { table: &'a str, rows: u64, share: Option<f64> },
    /// So many rows were read in the old database, to compare the table.
    Read { table: &'a str, rows: u64, share: Option<f64> },
    /// So many rows were read back from the new one.
    Compared { table: &'a str, rows: u64, share: Option<f64> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Into an empty database.
    Fresh,
    /// Where an earlier run stopped.
    Resumed,
    /// The old records were written to after an earlier run stopped: what that copied is thrown away.
    Anew,
    /// Nothing is to be done: an earlier run finished.
    Done,
}

/// One table in both databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTable {
    pub name: String,
    pub source: Tally,
    pub target: Tally,
}

impl MovedTable {
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.source == self.target
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Empty when an earlier run had finished.
    pub tables: Vec<MovedTable>,
    /// A server has run on the new database since: what it wrote differs.
    pub is_used: bool,
}

impl Report {
    /// The tables that are not the same in both databases.
    pub fn differing(&self) -> impl Iterator<Item = &MovedTable> {
        self.tables.iter().filter(|table| !table.is_equal())
    }
}

/// Which records they are, and how far they were written: when two are the same, not a row differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) incarnation: String,
    pub(super) epoch: i64,
    pub(super) commits: i64,
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.incarnation, self.epoch, self.commits)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Mark, ()> {
        let mut words = text.split(' ');
        let (Some(incarnation), Some(epoch), Some(commits), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(());
        };
        Ok(Mark {
            incarnation: incarnation.to_owned(),
            epoch: epoch.parse().map_err(|_| ())?,
            commits: commits.parse().map_err(|_| ())?,
        })
    }
}

/// Rows of one table, one behind the other in the order of its key.
#[derive(Debug)]
pub(super) struct Batch {
    /// A whole stream of rows, ready to be sent; empty when only the tally was asked for.
    pub(super) bytes: Vec<u8>,
    /// Of these rows alone.
    pub(super) tally: Tally,
    /// Where to go on.
    pub(super) last_key: Vec<u8>,
    /// How much of the table is behind it.
    pub(super) share: Option<f64>,
}

/// Moves the records, or goes on with it, compares both databases table by table, and opens the new one
/// for servers when nothing differs.
///
/// # Errors
/// [`RecordsError::Setup`] when the two cannot be used so, with what to do; otherwise what went wrong
/// on the way: the same call goes on from there.
pub async fn migrate_data(
    options: &MigrateData,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<Report, RecordsError> {
    let source = open_source(options)?;
    let target = Target::open(&options.to, &options.clock).await?;
    let now = options.clock.now().as_millisecond();
    let (tables, begun) = target.begin(&source.mark, &source.tables, now).await?;
    tell(News::Begun(begun));
    if begun == Begun::Done {
        return Ok(Report { tables: Vec::new(), is_used: false });
    }
    let mut moved = Vec::with_capacity(tables.len());
    for table in &tables {
        let copied = copy(&source, &target, table, options.batch, tell).await?;
        moved.push((table, copied));
    }
    let mut report = Report { tables: Vec::with_capacity(moved.len()), is_used: false };
    for (table, source_tally) in moved {
        report.tables.push(compare(&target, table, source_tally, tell).await?);
    }
    if report.differing().next().is_none() {
        target.analyze(&tables).await?;
        target.finish(&source.mark, &source.highest).await?;
    }
    Ok(report)
}

/// Reads both databases from end to end and compares them; nothing is written.
///
/// # Errors
/// As [`migrate_data`].
pub async fn compare_data(
    options: &MigrateData,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<Report, RecordsError> {
    let source = open_source(options)?;
    let target = Target::open(&options.to, &options.clock).await?;
    if target.is_unfinished().await? {
        return Err(RecordsError::Setup(
            "the move into this database is not finished: run it without --verify, it goes on where it \
             stopped and compares at the end"
                .to_owned(),
        ));
    }
    let tables = target.plan(&source.tables).await?;
    let is_used = target.newest_epoch().await? > source.mark.epoch;
    let mut report = Report { tables: Vec::with_capacity(tables.len()), is_used };
    for table in &tables {
        let tally = tally_of(&source, table, options.batch, tell).await?;
        report.tables.push(compare(&target, table, tally, tell).await?);
    }
    Ok(report)
}

fn open_source(options: &MigrateData) -> Result<Source, RecordsError> {
    if is_postgres(&options.from) || !is_postgres(&options.to) {
        return Err(RecordsError::Setup(
            "records are moved from SQLite to PostgreSQL: --from sqlite://PATH --to \
             postgres://USER@HOST/DATABASE; there is no way back but a backup"
                .to_owned(),
        ));
    }
    Source::open(&sqlite_path(&options.from)?)
}

/// Copies what is left of a table, and gives the tally of all of it.
async fn copy(
    source: &Source,
    target: &Target,
    table: &Table,
    batch: usize,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<Tally, RecordsError> {
    let progress = target.progress(&table.name).await?;
    let mut tally = progress.tally;
    let after = progress.after;
    let mut batches = source.read(Reading { table: table.clone(), after, batch, keep: true });
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        let share = batch.share;
        tally.merge(&batch.tally);
        target.write(table, batch, &tally).await?;
        tell(News::Copied { table: &table.name, rows: tally.rows, share });
    }
    Ok(tally)
}

/// Reads a table of the old database without sending it.
async fn tally_of(
    source: &Source,
    table: &Table,
    batch: usize,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<Tally, RecordsError> {
    let mut tally = Tally::default();
    let reading = Reading { table: table.clone(), after: None, batch, keep: false };
    let mut batches = source.read(reading);
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        tally.merge(&batch.tally);
        tell(News::Read { table: &table.name, rows: tally.rows, share: batch.share });
    }
    Ok(tally)
}

async fn compare(
    target: &Target,
    table: &Table,
    source: Tally,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<MovedTable, RecordsError> {
    #[expect(clippy::cast_precision_loss, reason = "a share to look at")]
    let told = |rows: u64| {
        let share = Some(rows as f64 / source.rows.max(1) as f64);
        tell(News::Compared { table: &table.name, rows, share });
    };
    let target = target.read_back(table, told).await?;
    Ok(MovedTable { name: table.name.clone(), source, target })
}
