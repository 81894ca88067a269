//! The sweep: leases that ran out, calls nobody heard of again, and what is old enough to forget.

use super::Postgres;
use crate::records::{RecordsError, Sweep};

impl Postgres {
    pub(in crate::records) async fn sweep(
        &self,
        now: jiff::Timestamp,
    ) -> Result<Sweep, RecordsError> {
        let _ = (now, self.unknown_after_ms);
        todo!()
    }
}
