//! The stores a model runs on, and a look past every interface into them.

use std::sync::mpsc;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls};

use crate::support::postgres::PostgresServer;

/// Where the records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// A file: one process with two doors.
    Sqlite,
    /// A server: two processes with a door each.
    Postgres,
}

/// Where the live state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Live {
    Memory,
    Redis,
}

/// A pair of ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) home: Home,
    pub(super) live: Live,
}

impl Ends {
    /// The name of the pair in the file of seeds.
    pub(super) fn name(self) -> &'static str {
        match (self.home, self.live) {
            (Home::Sqlite, Live::Memory) => "sqlite-memory",
            (Home::Sqlite, Live::Redis) => "sqlite-redis",
            (Home::Postgres, Live::Memory) => "postgres-memory",
            (Home::Postgres, Live::Redis) => "postgres-redis",
        }
    }

    /// How many processes there are, and how many doors each has.
    pub(super) fn shape(self) -> (usize, usize) {
        match self.home {
            Home::Sqlite => (1, 2),
            Home::Postgres => (2, 1),
        }
    }
}

/// Stores that are used for one seed after another; empty at the beginning of each.
pub(super) struct Stores {
    pub(super) ends: Ends,
    folder: TempDir,
    url: String,
    used: u64,
    pub(super) redis: Option<crate::support::redis::RedisServer>,
}

impl Stores {
    pub(super) fn new(ends: Ends) -> Stores {
        let redis = (ends.live == Live::Redis).then(crate::support::redis::RedisServer::start);
        let url = match ends.home {
            Home::Sqlite => String::new(),
            Home::Postgres => {
                format!("{}?sslmode=disable", PostgresServer::shared().fresh_database())
            }
        };
        Stores { ends, folder: tempfile::tempdir().unwrap(), url, used: 0, redis }
    }

    /// The URL of records that hold nothing, and a word for what is kept beside them.
    pub(super) fn fresh(&mut self) -> (String, String) {
        self.used += 1;
        let word = format!("model{}", self.used);
        if self.ends.home == Home::Sqlite {
            let last = self.folder.path().join(format!("model{}", self.used - 1));
            let _ = std::fs::remove_dir_all(last);
            let file = self.folder.path().join(&word).join("samvad.db");
            return (format!("sqlite://{}", file.display()), word);
        }
        let raw = Raw::open(&self.url);
        raw.empty();
        (self.url.clone(), word)
    }
}

/// One column of one row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row(Vec<Cell>);

impl Row {
    pub(super) fn opt(&self, column: usize) -> Option<i64> {
        match self.0[column] {
            Cell::Int(number) => Some(number),
            Cell::Null => None,
            ref other => panic!("a number was expected and not {other:?}"),
        }
    }

    pub(super) fn int(&self, column: usize) -> i64 {
        self.opt(column).expect("a number and not nothing")
    }

    pub(super) fn is(&self, column: usize) -> bool {
        self.int(column) != 0
    }

    pub(super) fn opt_text(&self, column: usize) -> Option<&str> {
        match &self.0[column] {
            Cell::Text(text) => Some(text),
            Cell::Null => None,
            other => panic!("a text was expected and not {other:?}"),
        }
    }

    pub(super) fn text(&self, column: usize) -> &str {
        self.opt_text(column).expect("a text and not nothing")
    }

    pub(super) fn bytes(&self, column: usize) -> &[u8] {
        match &self.0[column] {
            Cell::Bytes(bytes) => bytes,
            other => panic!("bytes were expected and not {other:?}"),
        }
    }
}

/// A connection of our own to the records.
pub(super) enum Raw {
    Sqlite(Connection),
    Postgres { runtime: Runtime, client: Client, _end: mpsc::Sender<()> },
}

impl Raw {
    pub(super) fn open(url: &str) -> Raw {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let connection =
                Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
            connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
            return Raw::Sqlite(connection);
        }
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (end, _) = mpsc::channel();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
            #[expect(clippy::disallowed_methods, reason = "ends with the connection's runtime")]
            tokio::spawn(async move {
                let _ = connection.await;
            });
            client
        });
        Raw::Postgres { runtime, client, _end: end }
    }

    /// Looks at one moment of the records.
    pub(super) fn at_one_moment<T>(&self, look: impl FnOnce(&Raw) -> T) -> T {
        self.run(match self {
            Raw::Sqlite(_) => "BEGIN",
            Raw::Postgres { .. } => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        });
        let seen = look(self);
        self.run("COMMIT");
        seen
    }

    pub(super) fn run(&self, sql: &str) {
        match self {
            Raw::Sqlite(connection) => connection.execute_batch(sql).unwrap(),
            Raw::Postgres { runtime, client, .. } => {
                runtime.block_on(client.batch_execute(sql)).unwrap();
            }
        }
    }

    pub(super) fn rows(&self, sql: &str) -> Vec<Row> {
        match self {
            Raw::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql).unwrap();
                let columns = statement.column_count();
                let rows = statement
                    .query_map((), |row| {
                        let cells = (0..columns).map(|at| {
                            Ok(match row.get::<_, Value>(at)? {
                                Value::Integer(number) => Cell::Int(number),
                                Value::Text(text) => Cell::Text(text),
                                Value::Blob(bytes) => Cell::Bytes(bytes),
                                Value::Null | Value::Real(_) => Cell::Null,
                            })
                        });
                        cells.collect::<Result<Vec<Cell>, rusqlite::Error>>().map(Row)
                    })
                    .unwrap();
                rows.collect::<Result<Vec<Row>, rusqlite::Error>>().unwrap()
            }
            Raw::Postgres { runtime, client, .. } => {
                let rows = runtime.block_on(client.query(sql, &[])).unwrap();
                rows.iter().map(row_of).collect()
            }
        }
    }

    /// Empties every table but the list of migrations.
    fn empty(&self) {
        let sql = "SELECT CAST(tablename AS TEXT) FROM pg_tables
                   WHERE schemaname = 'public' AND tablename NOT LIKE '%migrations%'";
        let tables: Vec<String> = self.rows(sql).iter().map(|row| row.text(0).to_owned()).collect();
        if !tables.is_empty() {
            self.run(&format!("TRUNCATE {} RESTART IDENTITY", tables.join(", ")));
        }
    }
}

fn row_of(row: &tokio_postgres::Row) -> Row {
    let cell = |at: usize| {
        let kind = row.columns()[at].type_();
        if *kind == Type::INT8 {
            row.get::<_, Option<i64>>(at).map_or(Cell::Null, Cell::Int)
        } else if *kind == Type::INT4 {
            row.get::<_, Option<i32>>(at).map_or(Cell::Null, |number| Cell::Int(number.into()))
        } else if *kind == Type::BYTEA {
            row.get::<_, Option<Vec<u8>>>(at).map_or(Cell::Null, Cell::Bytes)
        } else {
            row.get::<_, Option<String>>(at).map_or(Cell::Null, Cell::Text)
        }
    };
    Row((0..row.len()).map(cell).collect())
}
