//! After a rotation: what is sealed under an older key is sealed anew, in steps.

use super::Postgres;
use crate::records::RecordsError;

/// Where the walk over all sealed columns stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {}

impl Postgres {
    pub(in crate::records) async fn reseal(&self, limit: usize) -> Result<u64, RecordsError> {
        let _ = (limit, *self.reseal.lock());
        todo!()
    }
}
