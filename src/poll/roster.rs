//! The roster: who may answer, from which place and post, frozen when the poll opens. Its hash is published then, so that
//! nobody can be added or taken away afterwards.

use std::collections::BTreeMap;

use super::envelope::{LENGTH, Origin, hash};
use super::tally::Cell;

/// The hash over a roster, person by person in the order of their numbers, and how many may answer from where.
#[derive(Clone, Debug)]
pub struct Roster {
    head: [u8; LENGTH],
    last: Option<i64>,
    people: BTreeMap<Origin, u64>,
}

impl Roster {
    /// Of the poll of this name.
    #[must_use]
    pub fn new(poll: &str) -> Roster {
        let head = hash(b"samvad roster 1", &[poll.as_bytes()]);
        Roster { head, last: None, people: BTreeMap::new() }
    }

    /// Adds a person, each once: who holds several posts stands on it with one of them. `false`, and nothing is
    /// added, when their number is not above the one before.
    #[must_use]
    pub fn push(&mut self, voter: i64, origin: Origin) -> bool {
        if self.last.is_some_and(|last| last >= voter) {
            return false;
        }
        self.last = Some(voter);
        let Cell { assembly, sector, booth, post } = origin.cell;
        let numbers = [origin.seat, assembly, sector, booth, post].map(u16::to_be_bytes);
        self.head = hash(
            b"samvad roster link 1",
            &[&self.head, &voter.to_be_bytes(), numbers.as_flattened()],
        );
        *self.people.entry(origin).or_default() += 1;
        true
    }

    /// The hash of all that were added.
    #[must_use]
    pub fn hash(&self) -> [u8; LENGTH] {
        self.head
    }

    /// How many may answer from where.
    #[must_use]
    pub fn people(&self) -> &BTreeMap<Origin, u64> {
        &self.people
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(booth: u16) -> Origin {
        Origin { seat: 35, cell: Cell { assembly: 173, sector: 1, booth, post: 0 } }
    }

    fn roster(people: &[(i64, u16)]) -> Roster {
        let mut roster = Roster::new("test");
        for (voter, booth) in people {
            assert!(roster.push(*voter, origin(*booth)));
        }
        roster
    }

    #[test]
    fn whoever_is_added_taken_away_or_moved_changes_the_hash() {
        let whole = roster(&[(1, 1), (2, 1), (5, 2)]);
        assert_eq!(whole.hash(), roster(&[(1, 1), (2, 1), (5, 2)]).hash());
        for other in [
            [(1, 1), (2, 1)].as_slice(),
            &[(1, 1), (2, 1), (5, 2), (6, 2)],
            &[(1, 1), (2, 2), (5, 2)],
            &[(1, 1), (3, 1), (5, 2)],
        ] {
            assert_ne!(whole.hash(), roster(other).hash(), "{other:?}");
        }
        assert_ne!(Roster::new("test").hash(), Roster::new("other").hash());
        assert_eq!(whole.people(), &BTreeMap::from([(origin(1), 2), (origin(2), 1)]));
    }

    #[test]
    fn nobody_stands_on_it_twice() {
        let mut roster = roster(&[(1, 1), (2, 1)]);
        let before = roster.hash();
        assert!(!roster.push(2, origin(2)));
        assert!(!roster.push(1, origin(2)));
        assert_eq!(roster.hash(), before);
    }
}
