//! Claims on messages that wait, and what became of the calls made for them.

use super::Postgres;
use super::fault::Fault;
use super::tx::{Ask, Tx};
use crate::message::Outgoing;
use crate::records::{RecordsError, SendRecord};

/// An answer to a send, hashed and sealed on the caller's thread.
pub(super) struct ReadySend {
    record: SendRecord,
}

impl Postgres {
    pub(in crate::records) async fn claim(
        &self,
        now: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<Outgoing>, RecordsError> {
        let _ = (now, limit);
        todo!()
    }

    pub(in crate::records) async fn claimed_before(
        &self,
        before: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<crate::message::OutgoingId>, RecordsError> {
        let _ = (before, limit);
        todo!()
    }

    pub(in crate::records) async fn record_sends(
        &self,
        sends: Vec<SendRecord>,
    ) -> Result<(), RecordsError> {
        self.writer
            .submit_sends(sends.into_iter().map(|record| ReadySend { record }).collect())
            .await
    }
}

/// Writes all answers of a group, as sets; each ask's `done` becomes `Some(())`.
pub(super) async fn write_sends(
    tx: &mut Tx,
    asks: &mut [&mut Ask<Vec<ReadySend>, ()>],
) -> Result<(), Fault> {
    let _ = (tx, asks.first().map(|ask| ask.input.first().map(|send| &send.record)));
    todo!()
}
