//! What conversations made true, in the transaction of the turn that made it so.

use super::Postgres;
use super::fault::Fault;
use super::tx::Tx;
use crate::message::PreferenceUpdate;
use crate::records::RecordsError;
use crate::records::common::{ReadyFact, Told};

impl Postgres {
    pub(in crate::records) async fn apply_preferences(
        &self,
        updates: Vec<PreferenceUpdate>,
    ) -> Result<(), RecordsError> {
        let _ = updates;
        todo!()
    }
}

/// Writes the facts of the turns of a set, in order.
pub(super) async fn write(tx: &mut Tx, told: &[(Told, &[ReadyFact])]) -> Result<(), Fault> {
    let _ = (tx, told);
    todo!()
}
