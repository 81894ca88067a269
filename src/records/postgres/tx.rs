//! One transaction as the subjects see it, and what a subject writes in it.

use std::sync::Arc;

use super::fault::Fault;
use super::sql::Sql;
use crate::records::inject::Faults;
use crate::records::totals::Totals;

/// One open transaction.
pub(super) struct Tx {
    pub(super) sql: Sql,
    pub(super) epoch: i64,
    pub(super) totals: Totals,
    pub(super) faults: Arc<Faults>,
}

/// Something to write that comes now and then and by itself. It may be run more than once: what a
/// rolled-back run gave is forgotten, so that it must not use up what it holds.
pub(super) trait Op: Send + 'static {
    type Done: Send + 'static;

    fn run(&mut self, tx: &mut Tx) -> impl Future<Output = Result<Self::Done, Fault>> + Send;
}
