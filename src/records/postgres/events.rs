//! What providers tell about our accounts, kept sealed, once each.

use super::Postgres;
use crate::message::AccountEvent;
use crate::records::RecordsError;

impl Postgres {
    pub(in crate::records) async fn keep_events(
        &self,
        events: Vec<AccountEvent>,
    ) -> Result<(), RecordsError> {
        let _ = events;
        todo!()
    }
}
