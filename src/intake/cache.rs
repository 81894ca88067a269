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

    /// Forgets every sender that shares an address with this one: whose it is has changed.
    pub(super) fn forget(&self, from: &Identities) {
        let is_other = |known: &Identities| {
            !known.addresses.iter().any(|known| from.addresses.contains(known))
        };
        let mut generations = self.generations.lock();
        generations.young.retain(|known, _| is_other(known));
        generations.old.retain(|known, _| is_other(known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::AddressKind;

    #[test]
    fn a_given_up_address_is_forgotten_with_whatever_it_stood_beside() {
        let number = Identities::of(AddressKind::Phone, "9812345678");
        let mut both = number.clone();
        both.add(AddressKind::WhatsappUser, "IN.1");
        let user = Identities::of(AddressKind::WhatsappUser, "IN.1");
        let other = Identities::of(AddressKind::Phone, "9812345679");
        let known = Known::default();
        for from in [&number, &both, &user, &other] {
            known.put(from.clone(), 1);
        }
        known.forget(&both);
        assert_eq!([&number, &both, &user].map(|from| known.get(from)), [None; 3]);
        assert_eq!(known.get(&other), Some(1));
    }
}
