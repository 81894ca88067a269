//! A look past the interface of the records, into either engine: plain SQL, whose answers are alike
//! in both.
//!
//! Used by the unit tests of `records` as well, so nothing here names the crate it stands in.

use std::fmt::Write as _;
use std::sync::mpsc;

use futures_util::future;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc as questions;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// Rows of columns as text: numbers in decimal, bytes as `\x` and hexadecimal digits, `None` for
/// NULL.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

type Question = (String, mpsc::Sender<Result<Rows, String>>);

/// One connection of a test's own.
pub(crate) enum Raw {
    Sqlite(Connection),
    Postgres(Session),
}

/// A connection to PostgreSQL on a thread of its own, so that looking in needs no `await` and holds
/// up nothing but the test.
#[derive(Clone)]
pub(crate) struct Session {
    ask: questions::UnboundedSender<Question>,
}

impl Raw {
    /// Into the database of this URL, `sqlite://PATH` or `postgres://…`, which must be there.
    pub(crate) fn open(url: &str) -> Raw {
        match url.strip_prefix("sqlite://") {
            Some(path) => Raw::Sqlite(
                Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
                    .expect("a database"),
            ),
            None => Raw::Postgres(Session::open(url)),
        }
    }

    /// Runs statements that give nothing.
    pub(crate) fn execute(&self, sql: &str) {
        match self {
            Raw::Sqlite(connection) => {
                connection.execute_batch(sql).unwrap_or_else(|error| panic!("{error}, in {sql}"));
            }
            Raw::Postgres(session) => drop(session.ask(sql)),
        }
    }

    /// What one statement gives.
    pub(crate) fn query(&self, sql: &str) -> Rows {
        match self {
            Raw::Sqlite(connection) => {
                query_sqlite(connection, sql).unwrap_or_else(|error| panic!("{error}, in {sql}"))
            }
            Raw::Postgres(session) => session.ask(sql),
        }
    }

    /// The first column of every row, none of them NULL.
    pub(crate) fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.query(sql);
        rows.into_iter().map(|mut row| row.remove(0).expect("no NULL")).collect()
    }

    /// The one text a statement gives.
    pub(crate) fn text(&self, sql: &str) -> String {
        let mut column = self.column(sql);
        assert_eq!(column.len(), 1, "one row of {sql}");
        column.remove(0)
    }

    /// The one number a statement gives.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.text(sql).parse().expect("a number")
    }

    /// How many rows a table has; a condition may follow its name.
    pub(crate) fn rows(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}"))
    }

    /// Bytes as SQL writes them, given as hexadecimal digits.
    pub(crate) fn bytes(&self, digits: &str) -> String {
        match self {
            Raw::Sqlite(_) => format!("x'{digits}'"),
            Raw::Postgres(_) => format!("'\\x{digits}'::bytea"),
        }
    }

    /// The tables of the schema in order of their names; a table in parts is one.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.column(match self {
            Raw::Sqlite(_) => {
                "SELECT name FROM sqlite_schema
                 WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Raw::Postgres(_) => {
                "SELECT relname FROM pg_class
                 WHERE relkind IN ('r', 'p') AND NOT relispartition
                   AND relnamespace = 'public'::regnamespace
                 ORDER BY relname COLLATE \"C\""
            }
        })
    }

    /// Begins a transaction that keeps the records from writing anything until it ends.
    pub(crate) fn hold_up_writes(&self) {
        self.execute(match self {
            Raw::Sqlite(_) => "BEGIN IMMEDIATE",
            Raw::Postgres(_) => "BEGIN; LOCK TABLE processes IN SHARE ROW EXCLUSIVE MODE",
        });
    }
}

fn query_sqlite(connection: &Connection, sql: &str) -> rusqlite::Result<Rows> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(())?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let mut texts = Vec::with_capacity(columns);
        for place in 0..columns {
            texts.push(match row.get_ref(place)? {
                ValueRef::Null => None,
                ValueRef::Integer(number) => Some(number.to_string()),
                ValueRef::Real(number) => Some(number.to_string()),
                ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => Some(hexadecimal(bytes)),
            });
        }
        all.push(texts);
    }
    Ok(all)
}

/// As PostgreSQL writes bytes.
fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = "\\x".to_owned();
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

impl Session {
    fn open(url: &str) -> Session {
        let (ask, mut asked) = questions::unbounded_channel::<Question>();
        let url = url.to_owned();
        let serve = async move {
            let (client, connection) =
                tokio_postgres::connect(&url, NoTls).await.expect("a server");
            let answering = async move {
                while let Some((sql, answer)) = asked.recv().await {
                    let result = client.simple_query(&sql).await;
                    // A test that went away does not want to know.
                    let _ = answer.send(match result {
                        Ok(messages) => Ok(texts(&messages)),
                        Err(error) => Err(format!("{error:?}")),
                    });
                }
            };
            // The connection ends with its client.
            let _ = future::join(connection, answering).await;
        };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(serve);
        });
        Session { ask }
    }

    fn ask(&self, sql: &str) -> Rows {
        self.try_ask(sql).unwrap_or_else(|error| panic!("{error}, in {sql}"))
    }

    /// The rows, or what the server said against it.
    pub(crate) fn try_ask(&self, sql: &str) -> Result<Rows, String> {
        let (answer, answered) = mpsc::channel();
        self.ask.send((sql.to_owned(), answer)).map_err(|_| "the session has ended".to_owned())?;
        answered.recv().unwrap_or_else(|_| Err("the session has ended".to_owned()))
    }
}

fn texts(messages: &[SimpleQueryMessage]) -> Rows {
    let mut rows = Vec::new();
    for message in messages {
        if let SimpleQueryMessage::Row(row) = message {
            let texts = (0..row.len()).map(|place| row.get(place).map(str::to_owned));
            rows.push(texts.collect());
        }
    }
    rows
}
