//! Providers' words about our messages, applied along the lattice.

use super::Postgres;
use super::fault::Fault;
use super::tx::{Ask, Tx};
use crate::message::StatusUpdate;
use crate::records::RecordsError;

/// A provider's word, its id hashed and sealed on the caller's thread.
pub(super) struct Word {
    update: StatusUpdate,
}

impl Postgres {
    pub(in crate::records) async fn apply_statuses(
        &self,
        updates: Vec<StatusUpdate>,
    ) -> Result<(), RecordsError> {
        self.writer
            .submit_statuses(updates.into_iter().map(|update| Word { update }).collect())
            .await
    }
}

/// Applies all words of a group, as sets; each ask's `done` becomes `Some(())`.
pub(super) async fn write(tx: &mut Tx, asks: &mut [&mut Ask<Vec<Word>, ()>]) -> Result<(), Fault> {
    let _ = (tx, asks.first().map(|ask| ask.input.first().map(|word| &word.update)));
    todo!()
}
