//! The one thread that writes: it takes whatever waits, runs it in one transaction, and answers
//! when that is on disk. While nothing waits a single job is committed at once; under load the jobs
//! that come during one COMMIT are the next group.

use std::ops::{Deref, DerefMut};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::fault::Fault;
use super::lock::ProcessLock;
use super::statements::Statements;
use crate::clock::Clock;
use crate::message::Status;
use crate::records::inject::{self, Faults};
use crate::records::sql::{outgoing, process};
use crate::records::totals::Totals;
use crate::records::{Chain, RecordsError, sql};

/// So many jobs may wait; more are told to come again. Two of the largest envelopes fit many times.
const MOST_WAITING: usize = 32_768;

/// A group of so many jobs says that more are on their way: the next one is begun no sooner than so long
/// after it, for a COMMIT costs as much for two jobs as for twenty, and a page that several of them change is
/// written once. Where a COMMIT itself takes as long nothing waits, nor does a single turn.
const MANY: usize = 8;
const APART: Duration = Duration::from_millis(12);

/// One transaction as a job sees it.
pub(super) struct Tx<'c> {
    statements: Statements<'c>,
    pub(super) epoch: i64,
    pub(super) totals: Totals,
    pub(super) faults: &'c Faults,
}

impl<'c> Deref for Tx<'c> {
    type Target = Statements<'c>;
    fn deref(&self) -> &Self::Target {
        &self.statements
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.statements
    }
}

/// Something to write. It may be run more than once: what a rolled-back run gave is forgotten.
trait Job: Send {
    /// The contact whose rows it writes, when it is one contact's turn.
    fn contact(&self) -> Option<i64>;
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault>;
    /// It was taken out of its group: what was built upon it must not win.
    fn lose(&self);
    /// Tells the caller; `failed` is `None` when the last run is on disk.
    fn answer(self: Box<Self>, failed: Option<RecordsError>);
}

struct Work<T, F> {
    contact: Option<i64>,
    /// The chain of turns it is part of, and its place there.
    link: Option<(Chain, u64)>,
    run: F,
    done: Option<T>,
    caller: oneshot::Sender<Result<T, RecordsError>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send,
{
    fn contact(&self) -> Option<i64> {
        self.contact
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.done = None;
        self.done = Some((self.run)(tx)?);
        Ok(())
    }

    fn lose(&self) {
        if let Some((chain, place)) = &self.link {
            chain.break_at(*place);
        }
    }

    fn answer(self: Box<Self>, failed: Option<RecordsError>) {
        if failed.is_some() {
            // Here, on the writing thread: the next group must see it.
            self.lose();
        }
        let result = match (failed, self.done) {
            (Some(error), _) => Err(error),
            (None, Some(done)) => Ok(done),
            (None, None) => Err(RecordsError::Unavailable("the write was not run".to_owned())),
        };
        // A caller that went away does not want to know.
        let _ = self.caller.send(result);
    }
}

enum Order {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<Result<(), RecordsError>>),
}

/// The way to the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    orders: mpsc::Sender<Order>,
    waiting: Arc<AtomicUsize>,
    /// Cancelled when the thread ends, however it does.
    ended: CancellationToken,
}

/// What the thread owns.
pub(super) struct Setup {
    pub(super) connection: Connection,
    pub(super) lock: ProcessLock,
    pub(super) epoch: i64,
    pub(super) group: usize,
    pub(super) clock: Clock,
    pub(super) faults: Arc<Faults>,
}

fn closed() -> RecordsError {
    RecordsError::Unavailable("the records are closed".to_owned())
}

impl Writer {
    pub(super) fn start(setup: Setup) -> Result<Writer, RecordsError> {
        let (sender, orders) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let ended = CancellationToken::new();
        let thread = Thread {
            _ended: ended.clone().drop_guard(),
            connection: setup.connection,
            _lock: setup.lock,
            epoch: setup.epoch,
            group: setup.group.max(1),
            clock: setup.clock,
            faults: setup.faults,
            commits: 0,
            orders,
            waiting: Arc::clone(&waiting),
        };
        thread::Builder::new()
            .name("records-writer".to_owned())
            .spawn(move || thread.work())
            .map_err(|error| RecordsError::Setup(format!("no thread for the records: {error}")))?;
        Ok(Writer { orders: sender, waiting, ended })
    }

    /// Queues the job now and answers when its group is on disk.
    pub(super) fn submit<T, F>(
        &self,
        contact: Option<i64>,
        run: F,
    ) -> impl Future<Output = Result<T, RecordsError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.queue(contact, None, run)
    }

    /// The same for a turn: when it fails, the turns made upon it must not win.
    pub(super) fn submit_turn<T, F>(
        &self,
        contact: i64,
        link: (Chain, u64),
        run: F,
    ) -> impl Future<Output = Result<T, RecordsError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.queue(Some(contact), Some(link), run)
    }

    fn queue<T, F>(
        &self,
        contact: Option<i64>,
        link: Option<(Chain, u64)>,
        run: F,
    ) -> impl Future<Output = Result<T, RecordsError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let queued = if self.waiting.load(Ordering::Relaxed) >= MOST_WAITING {
            Err(RecordsError::Unavailable("too much waits to be written".to_owned()))
        } else {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            let job = Work { contact, link, run, done: None, caller };
            self.orders.send(Order::Job(Box::new(job))).map_err(|_| closed())
        };
        async move {
            queued?;
            answer.await.unwrap_or_else(|_| Err(closed()))
        }
    }

    pub(super) async fn until_ended(&self) {
        self.ended.cancelled().await;
    }

    /// Ends the thread after everything that waits; the process's row is ended and its claims are lost.
    pub(super) async fn close(&self) -> Result<(), RecordsError> {
        let (caller, answer) = oneshot::channel();
        if self.orders.send(Order::Close(caller)).is_err() {
            return Ok(());
        }
        answer.await.unwrap_or(Ok(()))
    }
}

struct Thread {
    _ended: DropGuard,
    connection: Connection,
    /// Held as long as the connection lives.
    _lock: ProcessLock,
    epoch: i64,
    group: usize,
    clock: Clock,
    faults: Arc<Faults>,
    /// Transactions committed under this epoch, as the process's row counts them.
    commits: i64,
    orders: mpsc::Receiver<Order>,
    waiting: Arc<AtomicUsize>,
}

/// How one attempt at a group ended.
enum Ended {
    Committed,
    /// A job failed by itself; nothing was written.
    Guilty,
    /// The COMMIT itself was refused; nothing was written.
    Refused(RecordsError),
    /// Nothing was written, and nothing can be now.
    Nothing(RecordsError),
}

impl Thread {
    fn work(mut self) {
        let mut not_before = Instant::now();
        while let Ok(first) = self.orders.recv() {
            // Asleep, and not waiting for the next job: each that comes would wake this thread.
            thread::sleep(not_before.saturating_duration_since(Instant::now()));
            let begun = Instant::now();
            let mut group: Vec<Box<dyn Job>> = Vec::new();
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
                    next = self.orders.try_recv().ok();
                }
            }
            self.waiting.fetch_sub(group.len(), Ordering::Relaxed);
            not_before = if group.len() >= MANY { begun + APART } else { begun };
            sort_turns_by_contact(&mut group);
            self.settle(group);
            if let Some(caller) = closing {
                let closed = self.end();
                drop(self);
                let _ = caller.send(closed);
                return;
            }
        }
    }

    /// Writes the group, or as much of it as can be written, and answers every job of it.
    fn settle(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        if jobs.is_empty() {
            return;
        }
        let mut refusals: Vec<Option<RecordsError>> = jobs.iter().map(|_| None).collect();
        let mut ended = self.attempt(&mut jobs, None);
        if matches!(ended, Ended::Guilty) {
            ended = self.attempt(&mut jobs, Some(&mut refusals));
        }
        match ended {
            Ended::Committed => {
                let lost = self.faults.take(&inject::Fault::AnswersLost);
                for (job, refusal) in jobs.into_iter().zip(refusals) {
                    let lost = lost.then(|| RecordsError::Unavailable("answer lost".to_owned()));
                    job.answer(lost.or(refusal));
                }
            }
            Ended::Refused(_) | Ended::Guilty if jobs.len() > 1 => {
                // The whole is refused and no job is to blame by itself: halve it until one is.
                let right = jobs.split_off(jobs.len() / 2);
                self.settle(jobs);
                self.settle(right);
            }
            Ended::Guilty => {
                for job in jobs {
                    job.answer(Some(RecordsError::Refused("it fails each time".to_owned())));
                }
            }
            Ended::Refused(error) | Ended::Nothing(error) => {
                if !matches!(error, RecordsError::Refused(_)) {
                    tracing::error!(writes = jobs.len(), %error, "nothing of a group was written");
                }
                for job in jobs {
                    job.answer(Some(error.clone()));
                }
            }
        }
    }

    /// Runs all jobs in one transaction. With a list for refusals every job gets a savepoint of its
    /// own, so that the guilty are taken out and the rest is committed; without, the first failure
    /// ends the attempt.
    fn attempt(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        mut refusals: Option<&mut Vec<Option<RecordsError>>>,
    ) -> Ended {
        let many = jobs.len() > 1;
        let mut tx = Tx {
            statements: Statements { connection: &self.connection },
            epoch: self.epoch,
            totals: Totals::default(),
            faults: &self.faults,
        };
        match begin(&tx) {
            Ok(true) => {}
            Ok(false) => return self.rolled_back(Ended::Nothing(RecordsError::Fenced)),
            Err(fault) => return self.rolled_back(Ended::Nothing(unavailable(fault))),
        }
        for (at, job) in jobs.iter_mut().enumerate() {
            let Some(list) = refusals.as_deref_mut() else {
                match guarded(job.as_mut(), &mut tx) {
                    Ok(()) => continue,
                    Err(Fault::Job(_)) => return self.rolled_back(Ended::Guilty),
                    Err(fault) => return self.rolled_back(Ended::Nothing(unavailable(fault))),
                }
            };
            match careful(job.as_mut(), &mut tx) {
                Ok(None) => {}
                Ok(Some(error)) => {
                    tracing::warn!(%error, "a write is refused, the rest of its group stands");
                    // At once: another writer later in this group can make the version fit.
                    job.lose();
                    if let Some(slot) = list.get_mut(at) {
                        *slot = Some(error);
                    }
                }
                Err(fault) => return self.rolled_back(Ended::Nothing(unavailable(fault))),
            }
        }
        if let Err(fault) = write_totals(*tx, &tx.totals) {
            return self.rolled_back(Ended::Nothing(unavailable(fault)));
        }
        self.commit(many)
    }

    /// COMMIT. An answer that was lost is settled by the process's own count of commits.
    fn commit(&mut self, many: bool) -> Ended {
        if many && self.faults.take(&inject::Fault::GroupRefused) {
            let error = RecordsError::Refused("injected".to_owned());
            return self.rolled_back(Ended::Refused(error));
        }
        let committed = if self.faults.take(&inject::Fault::CommitFails) {
            Err(Fault::Environment("injected: the commit failed".to_owned()))
        } else {
            self.statements().run("COMMIT", ()).and_then(|_| {
                if self.faults.take(&inject::Fault::CommitAnswerLost) {
                    return Err(Fault::Environment("injected: the answer was lost".to_owned()));
                }
                Ok(())
            })
        };
        let Err(fault) = committed else {
            self.commits += 1;
            return Ended::Committed;
        };
        let ended = match fault {
            Fault::Job(error) => Ended::Refused(error),
            Fault::Environment(reason) => Ended::Nothing(RecordsError::Unavailable(reason)),
        };
        let ended = self.rolled_back(ended);
        let counted: Result<Option<i64>, Fault> =
            self.statements().row(process::COMMITS, [self.epoch], |row| row.get(0));
        match counted {
            Ok(Some(commits)) if commits == self.commits + 1 => {
                tracing::warn!("the answer to a commit was lost; it stands");
                self.commits += 1;
                Ended::Committed
            }
            _ => ended,
        }
    }

    /// Ends an open transaction without it, and passes the reason on.
    fn rolled_back(&self, ended: Ended) -> Ended {
        if self.connection.is_autocommit() {
            return ended;
        }
        if let Err(fault) = self.statements().run("ROLLBACK", ()) {
            tracing::error!(?fault, "a transaction could not be rolled back");
        }
        ended
    }

    fn statements(&self) -> Statements<'_> {
        Statements { connection: &self.connection }
    }

    /// The last transaction of this process: its claims are lost, its lease is given back.
    fn end(&self) -> Result<(), RecordsError> {
        let now = self.clock.now().as_millisecond();
        let epoch = self.epoch;
        let last = |tx: &mut Tx<'_>| -> Result<(), Fault> {
            let lost = tx.run(outgoing::LOSE_CLAIMS_OF, (epoch, now))?;
            tx.totals.moved(Some(Status::Claimed), Status::Unknown, lost);
            write_totals(**tx, &tx.totals)?;
            tx.run(process::END_PROCESS, (epoch, now))?;
            Ok(())
        };
        let mut tx = Tx {
            statements: self.statements(),
            epoch,
            totals: Totals::default(),
            faults: &self.faults,
        };
        let ended = match begin(&tx) {
            // Fenced: somebody ended us already, there is nothing of ours to give back.
            Ok(false) => {
                self.rolled_back(Ended::Guilty);
                Ok(())
            }
            Ok(true) => last(&mut tx).and_then(|()| self.statements().run("COMMIT", ()).map(drop)),
            Err(fault) => Err(fault),
        };
        if ended.is_err() {
            self.rolled_back(Ended::Guilty);
        }
        // Leaves one whole file behind; a log that stays is read at the next start.
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        ended.map_err(RecordsError::from)
    }
}

/// Opens a transaction and counts it; `false` when this process may not write any more.
fn begin(tx: &Tx<'_>) -> Result<bool, Fault> {
    if tx.faults.disk_is_full() {
        return Err(Fault::Environment("injected: the disk is full".to_owned()));
    }
    tx.run("BEGIN IMMEDIATE", ())?;
    Ok(tx.run(sql::process::COUNT_COMMIT, [tx.epoch])? == 1)
}

/// Runs the job; a panic of it is its own fault and not the thread's end.
fn guarded(job: &mut dyn Job, tx: &mut Tx<'_>) -> Result<(), Fault> {
    panic::catch_unwind(AssertUnwindSafe(|| job.run(tx)))
        .unwrap_or_else(|_| Err(Fault::refused("the write panicked")))
}

/// Runs the job in a savepoint; `Some` is why it alone was taken back.
fn careful(job: &mut dyn Job, tx: &mut Tx<'_>) -> Result<Option<RecordsError>, Fault> {
    tx.run("SAVEPOINT job", ())?;
    let totals = tx.totals.clone();
    let refusal = match guarded(job, tx) {
        Ok(()) => None,
        Err(Fault::Job(error)) => Some(error),
        Err(fault) => return Err(fault),
    };
    if refusal.is_some() {
        tx.totals = totals;
        tx.run("ROLLBACK TO job", ())?;
    }
    tx.run("RELEASE job", ())?;
    Ok(refusal)
}

/// Writes what changed of the totals, at the end of a transaction. One process writes here, so that
/// all of them stand under epoch 0.
pub(super) fn write_totals(statements: Statements<'_>, totals: &Totals) -> Result<(), Fault> {
    for (name, sum) in totals.changes() {
        statements.run(process::ADD_TO_TOTAL, (name, 0, sum))?;
    }
    Ok(())
}

/// What failed around the jobs (begin, totals) is nobody's fault among them.
fn unavailable(fault: Fault) -> RecordsError {
    match fault {
        Fault::Environment(reason) => RecordsError::Unavailable(reason),
        Fault::Job(error) => RecordsError::Unavailable(error.to_string()),
    }
}

/// Puts neighbouring turns into contact order; one contact's turns keep theirs, and no turn passes
/// a job that is not one.
fn sort_turns_by_contact(group: &mut [Box<dyn Job>]) {
    for run in group.chunk_by_mut(|a, b| a.contact().is_some() && b.contact().is_some()) {
        run.sort_by_key(|job| job.contact());
    }
}
