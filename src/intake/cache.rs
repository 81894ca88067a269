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

    pub(super) fn put(&self, from: Identities, contact: i64) {
        let mut generations = self.generations.lock();
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(from, contact);
    }

    pub(super) fn forget(&self, from: &Identities) {
        let mut generations = self.generations.lock();
        generations.young.remove(from);
        generations.old.remove(from);
    }
}
