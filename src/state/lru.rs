//! A map of bounded size: what was not used for longest goes first.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

#[derive(Debug)]
pub(super) struct Lru<K, V> {
    entries: HashMap<K, (u64, V)>,
    /// The keys by their last use.
    order: BTreeMap<u64, K>,
    uses: u64,
    capacity: usize,
}

impl<K: Clone + Eq + Hash, V> Lru<K, V> {
    /// Holds at most `capacity` entries, at least one.
    pub(super) fn new(capacity: usize) -> Lru<K, V> {
        Lru { entries: HashMap::new(), order: BTreeMap::new(), uses: 0, capacity: capacity.max(1) }
    }

    /// The value, which counts as a use.
    pub(super) fn get(&mut self, key: &K) -> Option<&mut V> {
        let (last_use, value) = self.entries.get_mut(key)?;
        if let Some(moved) = self.order.remove(last_use) {
            self.uses += 1;
            *last_use = self.uses;
            self.order.insert(self.uses, moved);
        }
        Some(value)
    }

    /// Puts a value, and gives back the one that had to go for it (not the one it replaces).
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<(K, V)> {
        self.remove(&key);
        let evicted = if self.entries.len() >= self.capacity { self.remove_oldest() } else { None };
        self.uses += 1;
        self.order.insert(self.uses, key.clone());
        self.entries.insert(key, (self.uses, value));
        evicted
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let (last_use, value) = self.entries.remove(key)?;
        self.order.remove(&last_use);
        Some(value)
    }

    fn remove_oldest(&mut self) -> Option<(K, V)> {
        let (_, key) = self.order.pop_first()?;
        let (_, value) = self.entries.remove(&key)?;
        Some((key, value))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        debug_assert_eq!(self.entries.len(), self.order.len());
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut lru = Lru::new(2);
        assert_eq!(lru.insert("a", 1), None);
        assert_eq!(lru.insert("b", 2), None);
        assert_eq!(lru.get(&"a"), Some(&mut 1));
        assert_eq!(lru.insert("c", 3), Some(("b", 2)));
        assert_eq!(lru.get(&"b"), None);
        assert_eq!(lru.len(), 2);
    }

    #[test]
    fn replacing_a_value_evicts_nobody() {
        let mut lru = Lru::new(2);
        lru.insert("a", 1);
        lru.insert("b", 2);
        assert_eq!(lru.insert("a", 9), None);
        assert_eq!(lru.get(&"b"), Some(&mut 2));
        assert_eq!(lru.get(&"a"), Some(&mut 9));
        assert_eq!(lru.remove(&"a"), Some(9));
        assert_eq!(lru.len(), 1);
    }
}
