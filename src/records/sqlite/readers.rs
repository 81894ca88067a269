//! Reading beside the writer: a few connections, each question on a thread that may block.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::fault::Fault;
use super::statements::Statements;
use crate::records::RecordsError;

/// So many questions are answered at once; the rest wait.
const MOST: usize = 8;

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    places: Semaphore,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Readers {
        Readers { path, idle: Arc::default(), places: Semaphore::new(MOST) }
    }

    /// Answers one question from what is committed now; several statements see the same moment.
    pub(super) async fn ask<T, F>(&self, question: F) -> Result<T, RecordsError>
    where
        T: Send + 'static,
        F: FnOnce(Statements<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let _place = self.places.acquire().await.map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let path = self.path.clone();
        let answered = tokio::task::spawn_blocking(move || {
            let waiting = idle.lock().pop();
            let connection = match waiting {
                Some(connection) => connection,
                None => open(&path)?,
            };
            let moment = connection.unchecked_transaction()?;
            let answer = question(Statements { connection: &connection });
            drop(moment);
            idle.lock().push(connection);
            answer
        });
        match answered.await {
            Ok(answer) => answer.map_err(RecordsError::from),
            Err(error) => Err(RecordsError::Unavailable(format!("a question failed: {error}"))),
        }
    }

    /// Closes what is idle and answers no more.
    pub(super) fn close(&self) {
        self.places.close();
        self.idle.lock().clear();
    }
}

fn closed() -> RecordsError {
    RecordsError::Unavailable("the records are closed".to_owned())
}

fn open(path: &std::path::Path) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    super::tune(&connection)?;
    connection.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA query_only = 1;")?;
    Ok(connection)
}
