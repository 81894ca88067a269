//! The flows in force, swapped whole.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::flow::Flows;

/// Shared by everyone who turns messages; a turn keeps the version it began with.
#[derive(Clone, Debug)]
pub struct FlowsHandle(Arc<RwLock<Arc<Flows>>>);

impl FlowsHandle {
    #[must_use]
    pub fn new(flows: Flows) -> FlowsHandle {
        FlowsHandle(Arc::new(RwLock::new(Arc::new(flows))))
    }

    /// The flows in force now.
    #[must_use]
    pub fn get(&self) -> Arc<Flows> {
        Arc::clone(&self.0.read())
    }

    /// Puts checked flows in force; people inside go on in them at the same step name.
    pub fn replace(&self, flows: Flows) {
        *self.0.write() = Arc::new(flows);
    }
}
