//! Which contact a sender is, remembered for a while so that an old friend costs no write.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::contact::Identities;

/// Two generations of at most this many senders each: the older one is dropped whole.
const GENERATION: usize = 50_000;

/// Senders seen lately. The whole set of identifiers is the key: a message that brings a new
/// identifier goes to the records once more.
#[derive(Debug, Default)]
pub(super) struct Known {
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    /// One more whenever everything was forgotten.
    epoch: u64,
    young: HashMap<Identities, i64>,
    old: HashMap<Identities, i64>,
}

impl Known {
    pub(super) fn get(&self, from: &Identities) -> Option<i64> {
        let mut generations = self.generations.lock();
        if let Some(contact) = generations.young.get(from) {
            return Some(*contact);
        }
        let contact = generations.old.remove(from)?;
        generations.young.insert(from.clone(), contact);
        Some(contact)
    }

    /// Taken before the records are asked, and handed to [`Known::put`] with their answer.
    pub(super) fn epoch(&self) -> u64 {
        self.generations.lock().epoch
    }

    /// Remembers an answer of the records, unless everything was forgotten since they were asked.
    pub(super) fn put(&self, from: Identities, contact: i64, epoch: u64) {
        let mut generations = self.generations.lock();
        if generations.epoch != epoch {
            return;
        }
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(from, contact);
    }

    /// Forgets everybody: an address has changed hands. The person may stand here under any set of
    /// their identifiers, and a stranger who gets the number must not be taken for them.
    pub(super) fn forget_all(&self) {
        let mut generations = self.generations.lock();
        generations.epoch += 1;
        generations.young = HashMap::new();
        generations.old = HashMap::new();
    }
}
