//! The move from SQLite to PostgreSQL, with rows of every shape in every table.

use std::collections::BTreeMap;
use std::pin::pin;

use rusqlite::Connection;
use rusqlite::types::Value;
use tokio::sync::Notify;

use super::postgres::PostgresServer;
use super::*;
use crate::records::migrate_data::plan::STAYING;
use crate::records::{Begun, MigrateData, News, Report, compare_data, migrate_data};

/// What every write of a server does.
const WRITTEN_TO: &str = "UPDATE processes SET commits = commits + 1 WHERE epoch = 1";

/// So many rows in each table.
const ROWS: i64 = 40;

/// One column as SQLite tells it.
struct Column {
    name: String,
    kind: String,
    can_be_null: bool,
    is_key: bool,
}

/// A stopped house with rows of every shape, and the database it moves to.
struct Move {
    house: House,
    url: String,
}

impl Move {
    async fn new() -> Move {
        let house = House::new(Home::Sqlite).await;
        house.records.close().await.unwrap();
        let moved = Move { house, url: PostgresServer::shared().fresh_database() };
        fill(&moved.raw(), 1..=ROWS);
        moved
    }

    fn options(&self, batch: usize) -> MigrateData {
        MigrateData {
            from: self.house.url.clone(),
            to: self.url.clone(),
            batch,
            clock: self.house.clock.clone(),
        }
    }

    /// The report, and how the move began.
    async fn run(&self) -> Result<(Report, Option<Begun>), RecordsError> {
        let mut how = None;
        let mut tell = |news: News<'_>| {
            if let News::Begun(begun) = news {
                how = Some(begun);
            }
        };
        let report = migrate_data(&self.options(7), &mut tell).await?;
        Ok((report, how))
    }

    /// The move is cut off after so many news; whether it had finished before.
    async fn run_until(&self, news: usize) -> bool {
        let enough = Notify::new();
        let mut heard = 0;
        let mut tell = |_: News<'_>| {
            heard += 1;
            if heard == news {
                enough.notify_one();
            }
        };
        let options = self.options(7);
        let mut moving = pin!(migrate_data(&options, &mut tell));
        tokio::select! {
            biased;
            () = enough.notified() => false,
            report = &mut moving => report.map(|_| true).unwrap(),
        }
    }

    async fn told(&self) -> String {
        match self.run().await {
            Err(RecordsError::Setup(words)) => words,
            other => panic!("it was not refused: {other:?}"),
        }
    }

    async fn verified(&self) -> Report {
        compare_data(&self.options(7), &mut |_| ()).await.unwrap()
    }

    /// What opening the new records as a server does says.
    async fn start(&self) -> Result<Records, RecordsError> {
        open(&self.url, self.house.folder.path(), &self.house.clock).await
    }

    /// A look into the old database, past everything.
    fn raw(&self) -> Connection {
        Connection::open(self.house.folder.path().join("samvad.db")).unwrap()
    }

    fn psql(&self, sql: &str) -> String {
        PostgresServer::shared().psql_at(&self.url, sql)
    }
}

fn columns_of(raw: &Connection) -> BTreeMap<String, Vec<Column>> {
    let mut statement = raw
        .prepare(
            "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk
             FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )
        .unwrap();
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    let mut rows = statement.query(()).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let is_key = row.get::<_, i64>(4).unwrap() > 0;
        let can_be_null = row.get::<_, i64>(3).unwrap() == 0 && !is_key;
        let column =
            Column { name: row.get(1).unwrap(), kind: row.get(2).unwrap(), can_be_null, is_key };
        tables.entry(row.get(0).unwrap()).or_default().push(column);
    }
    tables
}

/// A value the table takes, and another in every row; now and then one of the extremes.
fn value(column: &Column, row: i64) -> Value {
    if column.can_be_null && row % 3 == 0 {
        return Value::Null;
    }
    match column.kind.as_str() {
        "INTEGER" if column.is_key || ["contact", "member"].contains(&column.name.as_str()) => {
            Value::Integer(row + 10)
        }
        "INTEGER" if row == 4 => Value::Integer(i64::MIN),
        "INTEGER" if row == 5 => Value::Integer(i64::MAX),
        "INTEGER" => Value::Integer(row * 1_000_003),
        "TEXT" => Value::Text(format!("पाठ {row}\t\"\\N\n{}", column.name)),
        "BLOB" => {
            let length = u8::try_from(row).unwrap();
            Value::Blob((0..length).map(|byte| byte.wrapping_mul(37)).chain([length]).collect())
        }
        other => panic!("a column of type {other}"),
    }
}

fn fill(raw: &Connection, rows: std::ops::RangeInclusive<i64>) {
    raw.execute_batch("PRAGMA foreign_keys = OFF; BEGIN").unwrap();
    for (table, columns) in columns_of(raw) {
        // Keys that nobody holds would keep every server out.
        if table == "seal_keys" || STAYING.iter().any(|(staying, _)| *staying == table) {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", "));
        for row in rows.clone() {
            let values = columns.iter().map(|column| value(column, row));
            raw.execute(&sql, rusqlite::params_from_iter(values)).unwrap();
        }
    }
    raw.execute_batch("COMMIT").unwrap();
}

fn is_the_same(moved: &Move) {
    let (here, there) = (moved.house.another_raw(), Raw::open(&moved.url));
    for (table, mut columns) in columns_of(&moved.raw()) {
        if STAYING.iter().any(|(staying, _)| *staying == table) {
            continue;
        }
        if table == "processes" {
            columns.retain(|column| column.name != "ended");
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let only = match table.as_str() {
            "meta" => "WHERE name NOT IN ('incarnation', 'home', 'moved_from')",
            _ => "",
        };
        let sql = format!("SELECT {} FROM {table} {only}", names.join(", "));
        let (mut here, mut there) = (here.query(&sql), there.query(&sql));
        here.sort();
        there.sort();
        assert!(!here.is_empty(), "{table}");
        assert_eq!(there.len(), here.len(), "{table}");
        for (there, here) in there.iter().zip(&here) {
            assert_eq!(there, here, "{table}");
        }
    }
}

#[tokio::test]
async fn every_table_of_the_schema_moves_row_by_row_or_stays_by_name() {
    let moved = Move::new().await;
    let (report, begun) = moved.run().await.unwrap();
    assert_eq!(begun, Some(Begun::Fresh));
    assert_eq!(report.differing().count(), 0);
    is_the_same(&moved);
    let mut told: Vec<&str> = report.tables.iter().map(|table| table.name.as_str()).collect();
    let mut known = columns_of(&moved.raw());
    for (staying, _) in STAYING {
        known.remove(staying);
    }
    told.sort_unstable();
    assert_eq!(told, known.keys().collect::<Vec<_>>());
    assert_eq!(moved.verified().await, report);
}

#[tokio::test]
async fn a_move_that_is_cut_off_anywhere_goes_on_and_ends_the_same() {
    let whole = Move::new().await;
    let (expected, _) = whole.run().await.unwrap();
    let moved = Move::new().await;
    let mut cuts = 0;
    // Later and later, for the comparing begins anew each time.
    while !moved.run_until(2 + cuts).await {
        cuts += 1;
        assert!(cuts < 100, "it does not get on");
        let refused = moved.start().await.unwrap_err().to_string();
        assert!(refused.contains("run the same samvad migrate-data again"), "{refused}");
    }
    assert!(cuts > 10, "it was cut off {cuts} times");
    is_the_same(&moved);
    let report = moved.verified().await;
    let tallies = |report: &Report| -> Vec<(String, u64)> {
        report.tables.iter().map(|table| (table.name.clone(), table.target.rows)).collect()
    };
    assert_eq!(report.differing().count(), 0);
    assert_eq!(tallies(&report), tallies(&expected));
}

#[tokio::test]
async fn records_that_were_written_to_in_between_are_copied_anew() {
    let moved = Move::new().await;
    assert!(!moved.run_until(30).await);
    fill(&moved.raw(), ROWS + 1..=ROWS + 3);
    moved.raw().execute(WRITTEN_TO, ()).unwrap();
    let (report, begun) = moved.run().await.unwrap();
    assert_eq!(begun, Some(Begun::Anew));
    assert_eq!(report.differing().count(), 0);
    is_the_same(&moved);
}

#[tokio::test]
async fn a_finished_move_is_not_done_twice() {
    let moved = Move::new().await;
    moved.run().await.unwrap();
    let (report, begun) = moved.run().await.unwrap();
    assert_eq!((report.tables.len(), begun), (0, Some(Begun::Done)));
    is_the_same(&moved);
    moved.raw().execute(WRITTEN_TO, ()).unwrap();
    let refused = moved.told().await;
    assert!(refused.contains("there are records in this database already"), "{refused}");
}

#[tokio::test]
async fn other_records_are_never_mixed_in() {
    let (first, other) = (Move::new().await, Move::new().await);
    assert!(!first.run_until(10).await);
    let mixed = Move { url: first.url.clone(), ..other };
    let unfinished = mixed.told().await;
    assert!(unfinished.contains("other records than these"), "{unfinished}");
    first.run().await.unwrap();
    let used = mixed.told().await;
    assert!(used.contains("there are records in this database already"), "{used}");
    is_the_same(&first);
}

#[tokio::test]
async fn a_running_server_on_either_side_is_told_of() {
    let moved = Move::new().await;
    let running = moved.house.open_another().await.unwrap();
    let refused = moved.told().await;
    assert!(refused.contains("the server must be stopped"), "{refused}");
    running.close().await.unwrap();

    let there = moved.start().await.unwrap();
    let refused = moved.told().await;
    assert!(refused.contains("a server runs on this database"), "{refused}");
    there.close().await.unwrap();
    // What a start left behind is in nobody's way.
    let (report, begun) = moved.run().await.unwrap();
    assert_eq!((report.differing().count(), begun), (0, Some(Begun::Fresh)));
    is_the_same(&moved);
}

#[tokio::test]
async fn the_new_database_is_another_life_and_gives_no_number_again() {
    let moved = Move::new().await;
    let old: String = moved
        .raw()
        .query_row("SELECT value FROM meta WHERE name = 'incarnation'", (), |row| row.get(0))
        .unwrap();
    // People who were erased: their numbers are gone with them.
    let raw = moved.raw();
    raw.execute("UPDATE sqlite_sequence SET seq = 500 WHERE name = 'contacts'", ()).unwrap();
    moved.run().await.unwrap();
    // Every key of the filling begins with 11.
    for (table, next) in [("contacts", 501), ("members", ROWS + 11), ("events", ROWS + 11)] {
        let sql = format!("SELECT nextval(pg_get_serial_sequence('{table}', 'id'))");
        assert_eq!(moved.psql(&sql), next.to_string(), "{table}");
    }
    let newest = moved.psql("SELECT max(epoch) FROM processes").parse::<i64>().unwrap();
    assert_eq!(moved.psql("SELECT count(*) FROM processes WHERE ended IS NULL"), "0");
    let records = moved.start().await.unwrap();
    assert_ne!(records.incarnation(), old);
    let taken = moved.psql("SELECT max(epoch) FROM processes").parse::<i64>().unwrap();
    assert_eq!(taken, newest + 1);
    records.close().await.unwrap();
}

#[tokio::test]
async fn one_changed_byte_is_found_and_named() {
    let moved = Move::new().await;
    moved.run().await.unwrap();
    moved.psql("UPDATE messages SET content = set_byte(content, 0, 1) WHERE id = 20");
    moved.psql("DELETE FROM posts WHERE id = 30");
    let report = moved.verified().await;
    let names: Vec<&str> = report.differing().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["messages", "posts"]);
    assert!(!report.is_used);
}

#[tokio::test]
async fn a_difference_at_the_end_of_a_move_keeps_servers_out() {
    let moved = Move::new().await;
    let changed = std::cell::Cell::new(false);
    let mut tell = |news: News<'_>| {
        // The last of all.
        let is_last = matches!(news, News::Copied { table: "unmatched_statuses", .. });
        if is_last && !changed.replace(true) {
            moved.psql("UPDATE timers SET due = due + 1 WHERE contact = 20");
        }
    };
    let report = migrate_data(&moved.options(7), &mut tell).await.unwrap();
    let names: Vec<&str> = report.differing().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["timers"]);
    assert!(moved.start().await.unwrap_err().to_string().contains("is not finished"));
}

#[tokio::test]
async fn a_database_that_is_not_ours_and_a_file_that_is_not_are_left_alone() {
    let moved = Move::new().await;
    moved.psql("CREATE TABLE photos (id BIGINT)");
    assert!(moved.told().await.contains("another program"));
    assert_eq!(moved.psql("SELECT count(*) FROM pg_tables WHERE tablename = 'meta'"), "0");

    let foreign = moved.house.folder.path().join("photos.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE photos (id INTEGER)").unwrap();
    let mut options = moved.options(7);
    options.from = format!("sqlite://{}", foreign.display());
    let told = migrate_data(&options, &mut |_| ()).await.unwrap_err().to_string();
    assert!(told.contains("another program"), "{told}");
    options.from = format!("sqlite://{}", foreign.with_extension("away").display());
    let told = migrate_data(&options, &mut |_| ()).await.unwrap_err().to_string();
    assert!(told.contains("there are no records"), "{told}");
    assert!(!foreign.with_extension("away.lock").exists());
}

#[tokio::test]
async fn records_of_an_older_version_are_brought_forward_first() {
    let moved = Move::new().await;
    moved.raw().execute("DELETE FROM migrations WHERE number > 1", ()).unwrap();
    let told = moved.told().await;
    assert!(told.contains("start this one on them once"), "{told}");
}

#[tokio::test]
async fn a_text_that_postgresql_cannot_keep_is_named_by_its_column() {
    let moved = Move::new().await;
    let sql = "UPDATE members SET district = 'a' || char(0) || 'b' WHERE id = 20";
    moved.raw().execute(sql, ()).unwrap();
    let told = moved.run().await.unwrap_err().to_string();
    assert!(told.contains("members.district holds a text with a zero byte"), "{told}");
}
