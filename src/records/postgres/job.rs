//! What waits for the writing task: one kind of job beside the other, each with its caller.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::fault::Fault;
use super::outgoing::ReadySend;
use super::statuses::Word;
use super::turns::ReadyTurn;
use super::tx::{Op, Tx};
use crate::records::{RecordsError, Verdict};

/// A question to the writer with its answer: `done` after a run, `refused` when this one alone is
/// not to be written (its fault was found before any row of it was).
pub(super) struct Ask<I, T> {
    pub(super) input: I,
    pub(super) done: Option<T>,
    pub(super) refused: Option<RecordsError>,
    pub(super) caller: oneshot::Sender<Result<T, RecordsError>>,
}

/// One kind of job in a group; they are carried out in this order.
pub(super) enum Job {
    Op(Box<dyn AnyOp>),
    Turn(Box<Ask<ReadyTurn, Verdict>>),
    Sends(Box<Ask<Vec<ReadySend>, ()>>),
    Statuses(Box<Ask<Vec<Word>, ()>>),
}

impl Job {
    /// Its place in a group: the kind, then the contact, so that two processes take the same rows
    /// in the same order. The sort is stable: one contact's turns keep theirs.
    pub(super) fn place(&self) -> (u8, i64) {
        match self {
            Job::Op(_) => (0, 0),
            Job::Turn(ask) => (1, ask.input.contact),
            Job::Sends(_) => (2, 0),
            Job::Statuses(_) => (3, 0),
        }
    }

    /// It is taken out of its group: what was built upon it must not win.
    pub(super) fn lose(&self) {
        if let Job::Turn(ask) = self {
            ask.input.chain.break_at(ask.input.place);
        }
    }

    pub(super) fn answer(self, failed: Option<RecordsError>) {
        if failed.is_some() {
            // Here, before the next group: it must see it.
            self.lose();
        }
        match self {
            Job::Op(op) => op.answer(failed),
            Job::Turn(ask) => {
                if let Some(reason) = &ask.refused {
                    tracing::warn!(%reason, "a turn is refused, the rest of its group stands");
                    ask.input.chain.break_at(ask.input.place);
                }
                ask.answer(failed);
            }
            Job::Sends(ask) => ask.answer(failed),
            Job::Statuses(ask) => ask.answer(failed),
        }
    }
}

impl<I, T> Ask<I, T> {
    fn answer(self, failed: Option<RecordsError>) {
        let result = match (failed.or(self.refused), self.done) {
            (Some(error), _) => Err(error),
            (None, Some(done)) => Ok(done),
            (None, None) => Err(RecordsError::Unavailable("the write was not run".to_owned())),
        };
        // A caller that went away does not want to know.
        let _ = self.caller.send(result);
    }
}

/// An [`Op`] with its caller, whatever it gives.
pub(super) trait AnyOp: Send {
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Result<(), Fault>>;
    fn answer(self: Box<Self>, failed: Option<RecordsError>);
}

impl<O: Op> AnyOp for Ask<O, O::Done> {
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            self.done = None;
            // A panic of it is its own fault and not the end of all writing.
            let run = AssertUnwindSafe(self.input.run(tx)).catch_unwind().await;
            self.done = Some(run.unwrap_or_else(|_| Err(Fault::refused("the write panicked")))?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, failed: Option<RecordsError>) {
        Ask::answer(*self, failed);
    }
}
