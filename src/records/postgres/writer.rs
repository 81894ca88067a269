//! The one task that writes: it takes whatever waits, runs it in one transaction, and answers when
//! that is on disk. While nothing waits a single job is committed at once; under load the jobs that
//! come during one COMMIT are the next group.
//!
//! A COMMIT whose answer was lost is settled before anything else is written: the process's own row
//! counts its transactions, and reading it under a lock waits until the old connection's last word is
//! spoken. Until then its callers wait: an answer given is true.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::fault::Fault;
use super::job::{Ask, Job};
use super::readers;
use super::sql::{Sql, get};
use super::statuses::Word;
use super::turns::ReadyTurn;
use super::tx::{Op, Tx};
use super::{outgoing, statuses, turns};
use crate::clock::Clock;
use crate::message::Status;
use crate::records::inject::{self, Faults};
use crate::records::sql::{outgoing as outgoing_sql, process};
use crate::records::totals::Totals;
use crate::records::{RecordsError, Verdict};

/// So many jobs may wait; more are told to come again. Two of the largest envelopes fit many times.
const MOST_WAITING: usize = 32_768;

/// No transaction takes longer; the connection of one that does is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often a transaction that met another's locks is run again.
const MEETINGS: u32 = 8;

/// Between attempts to learn what became of a COMMIT.
const SETTLE_PAUSE: Duration = Duration::from_millis(200);

/// The code of "cannot write in a read-only transaction".
const READ_ONLY: &str = "25006";

/// Ends the connection whose last word is unknown, when the server still has it. Our own user's
/// connections need no special right.
const END_OLD: &str = "SELECT pg_terminate_backend(?1)";

/// Waits for the transaction that may still hold the row.
const COMMITS_SETTLED: &str = "SELECT commits FROM processes WHERE epoch = ?1 FOR UPDATE";

enum Order {
    Job(Job),
    Close(oneshot::Sender<Result<(), RecordsError>>),
}

/// The way to the writing task.
#[derive(Debug)]
pub(super) struct Writer {
    orders: mpsc::UnboundedSender<Order>,
    waiting: Arc<AtomicUsize>,
    /// Set when the records close: nothing is waited for any more.
    closing: CancellationToken,
    /// Cancelled when the task ends, however it does.
    ended: CancellationToken,
}

/// What the task owns.
pub(super) struct Setup {
    pub(super) pool: Pool,
    pub(super) epoch: i64,
    pub(super) group: usize,
    pub(super) clock: Clock,
    pub(super) faults: Arc<Faults>,
}

fn closed() -> RecordsError {
    RecordsError::Unavailable("the records are closed".to_owned())
}

impl Writer {
    /// The writer and the task to spawn; it ends with [`Writer::close`], or when the last `Writer`
    /// is gone.
    pub(super) fn new(setup: Setup) -> (Writer, impl Future<Output = ()> + Send + 'static) {
        let (sender, orders) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let (closing, ended) = (CancellationToken::new(), CancellationToken::new());
        let desk = Desk {
            _ended: ended.clone().drop_guard(),
            pool: setup.pool,
            connection: None,
            backend: 0,
            epoch: setup.epoch,
            group: setup.group.max(1),
            clock: setup.clock,
            faults: setup.faults,
            commits: 0,
            waiting: Arc::clone(&waiting),
            closing: closing.clone(),
        };
        (Writer { orders: sender, waiting, closing, ended }, desk.work(orders))
    }

    /// Queues something to write now and answers when its group is on disk.
    pub(super) fn submit<O: Op>(
        &self,
        op: O,
    ) -> impl Future<Output = Result<O::Done, RecordsError>> + Send + use<O> {
        self.queue(op, |ask| Job::Op(ask))
    }

    pub(super) fn submit_turn(
        &self,
        turn: ReadyTurn,
    ) -> impl Future<Output = Result<Verdict, RecordsError>> + Send + use<> {
        self.queue(turn, Job::Turn)
    }

    pub(super) fn submit_sends(
        &self,
        sends: Vec<outgoing::ReadySend>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send + use<> {
        self.queue(sends, Job::Sends)
    }

    pub(super) fn submit_statuses(
        &self,
        words: Vec<Word>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send + use<> {
        self.queue(words, Job::Statuses)
    }

    fn queue<I, T: Send>(
        &self,
        input: I,
        job: fn(Box<Ask<I, T>>) -> Job,
    ) -> impl Future<Output = Result<T, RecordsError>> + Send + use<I, T> {
        let (caller, answer) = oneshot::channel();
        let queued = if self.waiting.load(Ordering::Relaxed) >= MOST_WAITING {
            Err(RecordsError::Unavailable("too much waits to be written".to_owned()))
        } else {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            let job = job(Box::new(Ask { input, done: None, refused: None, caller }));
            self.orders.send(Order::Job(job)).map_err(|_| closed())
        };
        async move {
            queued?;
            answer.await.unwrap_or_else(|_| Err(closed()))
        }
    }

    pub(super) async fn until_ended(&self) {
        self.ended.cancelled().await;
    }

    /// Ends the task after everything that waits; the process's row is ended, its claims are lost.
    pub(super) async fn close(&self) -> Result<(), RecordsError> {
        self.closing.cancel();
        let (caller, answer) = oneshot::channel();
        if self.orders.send(Order::Close(caller)).is_err() {
            return Ok(());
        }
        answer.await.unwrap_or(Ok(()))
    }
}

struct Desk {
    _ended: DropGuard,
    pool: Pool,
    /// The writing connection; `None` until it is made (again).
    connection: Option<Sql>,
    /// The server's number of that connection.
    backend: i32,
    epoch: i64,
    group: usize,
    clock: Clock,
    faults: Arc<Faults>,
    /// Transactions committed under this epoch, as the process's row counts them.
    commits: i64,
    waiting: Arc<AtomicUsize>,
    closing: CancellationToken,
}

/// How one attempt at a group ended.
enum Ended {
    Committed,
    /// A job failed; nothing was written, and it is not known which.
    Guilty(RecordsError),
    /// Another writer was in the way; nothing was written.
    Met(String),
    /// Nothing was written, and nothing can be now.
    Nothing(RecordsError),
    /// The COMMIT was on its way when the connection failed.
    Unsettled(String),
}

impl Desk {
    async fn work(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        while let Some(first) = orders.recv().await {
            let mut group: Vec<Job> = Vec::new();
            let mut closing = None;
            let mut next = Some(first);
            while let Some(order) = next.take() {
                match order {
                    Order::Job(job) => group.push(job),
                    Order::Close(caller) => {
                        closing = Some(caller);
                        break;
                    }
                }
                if group.len() < self.group {
                    next = orders.try_recv().ok();
                }
            }
            self.waiting.fetch_sub(group.len(), Ordering::Relaxed);
            group.sort_by_key(Job::place);
            self.settle(group).await;
            if let Some(caller) = closing {
                let ended = self.end().await;
                drop(self);
                drop(orders);
                let _ = caller.send(ended);
                return;
            }
        }
    }

    /// Writes the group, or as much of it as can be written, and answers every job of it.
    async fn settle(&mut self, jobs: Vec<Job>) {
        // Halves still to be written, the next at the end: what was split keeps its order.
        let mut stack = vec![jobs];
        while let Some(mut jobs) = stack.pop() {
            if jobs.is_empty() {
                continue;
            }
            match self.attempt_with_patience(&mut jobs).await {
                Ended::Committed => {
                    let lost = self.faults.take(&inject::Fault::AnswersLost);
                    for job in jobs {
                        job.answer(
                            lost.then(|| RecordsError::Unavailable("answer lost".to_owned())),
                        );
                    }
                }
                Ended::Guilty(_) if jobs.len() > 1 => {
                    // Halve it until the guilty stand alone.
                    let right = jobs.split_off(jobs.len() / 2);
                    stack.push(right);
                    stack.push(jobs);
                }
                Ended::Guilty(error) => {
                    tracing::warn!(%error, "a write is refused, the rest of its group stands");
                    for job in jobs {
                        job.answer(Some(error.clone()));
                    }
                }
                Ended::Met(reason) | Ended::Unsettled(reason) => {
                    answer_all(jobs, &RecordsError::Unavailable(reason));
                }
                Ended::Nothing(error) => answer_all(jobs, &error),
            }
        }
    }

    /// Attempts the group until it is known what became of it.
    async fn attempt_with_patience(&mut self, jobs: &mut [Job]) -> Ended {
        let mut meetings = 0;
        loop {
            let ended = match timeout(PATIENCE, self.attempt(jobs)).await {
                Ok(ended) => ended,
                // Perhaps it was the COMMIT that was not answered.
                Err(_) => Ended::Unsettled("PostgreSQL did not answer in time".to_owned()),
            };
            match ended {
                Ended::Met(_) if meetings < MEETINGS => {
                    meetings += 1;
                    self.roll_back().await;
                }
                Ended::Unsettled(reason) => {
                    self.give_up_connection();
                    return self.learn(reason).await;
                }
                Ended::Committed => {
                    self.commits += 1;
                    return Ended::Committed;
                }
                Ended::Nothing(RecordsError::Unavailable(reason)) => {
                    // It may be the server that is wrong, a standby by now for instance.
                    self.give_up_connection();
                    if reason.contains(READ_ONLY) {
                        self.pool.retain(|_, _| false);
                    }
                    return Ended::Nothing(RecordsError::Unavailable(reason));
                }
                ended => {
                    self.roll_back().await;
                    return ended;
                }
            }
        }
    }

    /// Runs all jobs in one transaction, up to and with COMMIT.
    async fn attempt(&mut self, jobs: &mut [Job]) -> Ended {
        if self.faults.disk_is_full() {
            let reason = "injected: the disk is full".to_owned();
            return Ended::Nothing(RecordsError::Unavailable(reason));
        }
        let sql = match self.connected().await {
            Ok(sql) => sql,
            Err(fault) => return Ended::Nothing(unavailable(fault)),
        };
        let mut tx = Tx {
            sql: sql.clone(),
            epoch: self.epoch,
            totals: Totals::default(),
            faults: Arc::clone(&self.faults),
        };
        match begin(&tx).await {
            Ok(true) => {}
            Ok(false) => return Ended::Nothing(RecordsError::Fenced),
            Err(Fault::Again(reason)) => return Ended::Met(reason),
            Err(fault) => return Ended::Nothing(unavailable(fault)),
        }
        if let Err(fault) = run_all(jobs, &mut tx).await {
            return match fault {
                Fault::Job(error) => Ended::Guilty(error),
                Fault::Again(reason) => Ended::Met(reason),
                Fault::Environment(reason) => Ended::Nothing(RecordsError::Unavailable(reason)),
            };
        }
        if jobs.len() > 1 && self.faults.take(&inject::Fault::GroupRefused) {
            return Ended::Guilty(RecordsError::Refused("injected".to_owned()));
        }
        if self.faults.take(&inject::Fault::CommitFails) {
            let reason = "injected: the commit failed".to_owned();
            return Ended::Nothing(RecordsError::Unavailable(reason));
        }
        if let Err(fault) = write_totals(&tx).await {
            return match fault {
                Fault::Again(reason) => Ended::Met(reason),
                fault => Ended::Nothing(unavailable(fault)),
            };
        }
        match sql.batch("COMMIT").await {
            Ok(()) if self.faults.take(&inject::Fault::CommitAnswerLost) => {
                Ended::Unsettled("injected: the answer was lost".to_owned())
            }
            Ok(()) => Ended::Committed,
            // Said by the server: it was not carried out.
            Err(Fault::Again(reason)) => Ended::Met(reason),
            Err(Fault::Job(error)) => Ended::Guilty(error),
            Err(Fault::Environment(reason)) => Ended::Unsettled(reason),
        }
    }

    /// What became of a COMMIT: asked until it is known. The server ends the old connection first,
    /// or, where it cannot see it any more, has ended it already; the lock waits for its last word.
    async fn learn(&mut self, reason: String) -> Ended {
        tracing::warn!(%reason, "a transaction's end is not known; looking it up");
        let old = self.backend;
        loop {
            match timeout(PATIENCE, self.look_up(old)).await {
                Ok(Ok(commits)) if commits == self.commits + 1 => {
                    tracing::warn!("the answer to a commit was lost; it stands");
                    self.commits = commits;
                    return Ended::Committed;
                }
                Ok(Ok(_)) => return Ended::Nothing(RecordsError::Unavailable(reason)),
                Ok(Err(fault)) => {
                    tracing::warn!(error = %RecordsError::from(fault), "PostgreSQL is away");
                }
                Err(_) => tracing::warn!("PostgreSQL does not answer"),
            }
            self.give_up_connection();
            if self.closing.is_cancelled() {
                // The key in the records will tell whoever asks again.
                return Ended::Nothing(RecordsError::Unavailable(reason));
            }
            tokio::time::sleep(SETTLE_PAUSE).await;
        }
    }

    async fn look_up(&mut self, old: i32) -> Result<i64, Fault> {
        let sql = self.connected().await?;
        sql.row(END_OLD, &[&old]).await?;
        let row = sql.one(COMMITS_SETTLED, &[&self.epoch]).await?;
        get(&row, 0)
    }

    /// The writing connection, made anew when it is gone.
    async fn connected(&mut self) -> Result<Sql, Fault> {
        if let Some(sql) = self.connection.as_ref().filter(|sql| !sql.is_closed()) {
            return Ok(sql.clone());
        }
        self.give_up_connection();
        let sql = Sql::new(readers::get(&self.pool).await?);
        let row = sql.one("SELECT pg_backend_pid()", &[]).await?;
        self.backend = get(&row, 0)?;
        self.connection = Some(sql.clone());
        Ok(sql)
    }

    /// Closes the connection; it does not go back to the pool.
    fn give_up_connection(&mut self) {
        if let Some(object) = self.connection.take().and_then(Sql::into_object) {
            drop(Object::take(object));
        }
    }

    /// Ends an open transaction without it.
    async fn roll_back(&mut self) {
        let Some(sql) = self.connection.clone() else { return };
        let rolled_back = timeout(PATIENCE, sql.batch("ROLLBACK")).await;
        drop(sql);
        if !matches!(rolled_back, Ok(Ok(()))) {
            self.give_up_connection();
        }
    }

    /// The last transaction of this process: its claims are lost, its lease is given back.
    async fn end(&mut self) -> Result<(), RecordsError> {
        let ended = timeout(PATIENCE, self.say_goodbye()).await;
        self.give_up_connection();
        match ended {
            Ok(ended) => ended.map_err(RecordsError::from),
            Err(_) => {
                Err(RecordsError::Unavailable("PostgreSQL did not answer in time".to_owned()))
            }
        }
    }

    async fn say_goodbye(&mut self) -> Result<(), Fault> {
        let now = self.clock.now().as_millisecond();
        let sql = self.connected().await?;
        let mut tx = Tx {
            sql: sql.clone(),
            epoch: self.epoch,
            totals: Totals::default(),
            faults: Arc::clone(&self.faults),
        };
        if !begin(&tx).await? {
            // Fenced: somebody ended us already, there is nothing of ours to give back.
            return sql.batch("ROLLBACK").await;
        }
        let lost = sql.run(outgoing_sql::LOSE_CLAIMS_OF, &[&self.epoch, &now]).await?;
        let lost = usize::try_from(lost).unwrap_or(usize::MAX);
        tx.totals.moved(Some(Status::Claimed), Status::Unknown, lost);
        write_totals(&tx).await?;
        sql.run(process::END_PROCESS, &[&self.epoch, &now]).await?;
        sql.batch("COMMIT").await
    }
}

fn answer_all(jobs: Vec<Job>, error: &RecordsError) {
    tracing::error!(writes = jobs.len(), %error, "nothing of a group was written");
    for job in jobs {
        job.answer(Some(error.clone()));
    }
}

/// Opens a transaction and counts it; `false` when this process may not write any more. The lock on
/// the process's row also keeps a sweep that takes us for dead waiting until we are through.
async fn begin(tx: &Tx) -> Result<bool, Fault> {
    tx.sql.warm(&[process::COUNT_COMMIT]).await?;
    let epoch = [&tx.epoch as &(dyn tokio_postgres::types::ToSql + Sync)];
    let ((), counted) = tokio::try_join!(
        biased;
        tx.sql.batch("BEGIN"),
        tx.sql.run(process::COUNT_COMMIT, &epoch),
    )?;
    Ok(counted == 1)
}

/// Carries the jobs out, those of one kind together.
async fn run_all(jobs: &mut [Job], tx: &mut Tx) -> Result<(), Fault> {
    let mut turns = Vec::new();
    let mut sends = Vec::new();
    let mut words = Vec::new();
    for job in jobs {
        match job {
            Job::Op(op) => op.run(tx).await?,
            Job::Turn(ask) => turns.push(ask.as_mut()),
            Job::Sends(ask) => sends.push(ask.as_mut()),
            Job::Statuses(ask) => words.push(ask.as_mut()),
        }
    }
    if !turns.is_empty() {
        turns::write(tx, &mut turns).await?;
    }
    if !sends.is_empty() {
        outgoing::write_sends(tx, &mut sends).await?;
    }
    if !words.is_empty() {
        statuses::write(tx, &mut words).await?;
    }
    Ok(())
}

/// Writes what changed of the totals, under this process's own epoch.
pub(super) async fn write_totals(tx: &Tx) -> Result<(), Fault> {
    for (name, sum) in tx.totals.changes() {
        tx.sql.run(process::ADD_TO_TOTAL, &[&name, &tx.epoch, &sum]).await?;
    }
    Ok(())
}

/// What failed around the jobs (begin, totals) is nobody's fault among them.
fn unavailable(fault: Fault) -> RecordsError {
    match RecordsError::from(fault) {
        RecordsError::Refused(reason) => RecordsError::Unavailable(reason),
        error => error,
    }
}
