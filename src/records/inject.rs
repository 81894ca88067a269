//! Faults that tests put in the way of the records, so that the paths nobody sees on a good day
//! are walked on purpose.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

/// One fault to come.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// So many transactions find the disk full.
    DiskFull { times: u32 },
    /// The next COMMIT fails and nothing is written.
    CommitFails,
    /// The next COMMIT is carried out and its answer lost on the way to us.
    CommitAnswerLost,
    /// The next group is committed and all its callers are told that it was not.
    AnswersLost,
    /// The next COMMIT of more than one write is refused as a whole.
    GroupRefused,
    /// A turn of this inbound key cannot be stored, unless it is parked.
    Refuse { key: String },
    /// A turn of this inbound key panics in the store, unless it is parked.
    Panic { key: String },
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    any: AtomicBool,
    waiting: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        self.waiting.lock().push(fault);
        self.any.store(true, Ordering::SeqCst);
    }

    /// Whether one transaction meets a full disk.
    pub(super) fn disk_is_full(&self) -> bool {
        if !self.any.load(Ordering::Relaxed) {
            return false;
        }
        let mut waiting = self.waiting.lock();
        for fault in waiting.iter_mut() {
            if let Fault::DiskFull { times } = fault
                && *times > 0
            {
                *times -= 1;
                return true;
            }
        }
        false
    }

    /// Takes a fault that strikes once.
    pub(super) fn take(&self, fault: &Fault) -> bool {
        if !self.any.load(Ordering::Relaxed) {
            return false;
        }
        let mut waiting = self.waiting.lock();
        let Some(at) = waiting.iter().position(|known| known == fault) else { return false };
        waiting.remove(at);
        true
    }

    /// What befalls the turn of this key, each time.
    pub(super) fn strikes(&self, inbound_key: &str) -> Option<Fault> {
        if !self.any.load(Ordering::Relaxed) {
            return None;
        }
        let waiting = self.waiting.lock();
        waiting
            .iter()
            .find(|fault| match fault {
                Fault::Refuse { key } | Fault::Panic { key } => key == inbound_key,
                _ => false,
            })
            .cloned()
    }
}
