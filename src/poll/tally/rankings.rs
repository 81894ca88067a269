//! Ranked ballots, gathered: how often each ranking was given.

use std::collections::HashMap;

/// Some of the candidates of a seat, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Few(u32);

impl Few {
    /// Candidates there is room for.
    pub const ROOM: usize = 32;

    /// The first so many.
    #[must_use]
    pub fn first(candidates: u8) -> Few {
        (0..candidates).fold(Few(0), Few::with)
    }

    #[must_use]
    pub fn has(self, name: u8) -> bool {
        1_u32.checked_shl(u32::from(name)).is_some_and(|bit| self.0 & bit != 0)
    }

    #[must_use]
    pub fn with(self, name: u8) -> Few {
        Few(self.0 | 1_u32.checked_shl(u32::from(name)).unwrap_or(0))
    }

    #[must_use]
    pub fn without(self, name: u8) -> Few {
        Few(self.0 & !1_u32.checked_shl(u32::from(name)).unwrap_or(0))
    }

    /// Who is in both.
    #[must_use]
    pub fn among(self, others: Few) -> Few {
        Few(self.0 & others.0)
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Ascending.
    pub fn each(self) -> impl Iterator<Item = u8> {
        (0..32_u8).filter(move |name| self.has(*name))
    }
}

/// Rankings and how many ballots gave each. Memory grows with the different rankings, not with the ballots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rankings(HashMap<Box<[u8]>, u64>);

impl Rankings {
    /// Adds ballots of one ranking, the best name first; names that are left out are behind all others, and
    /// equal among themselves.
    pub fn add(&mut self, names: &[u8], ballots: u64) {
        match self.0.get_mut(names) {
            Some(count) => *count += ballots,
            None => {
                self.0.insert(names.into(), ballots);
            }
        }
    }

    /// Each ranking and its ballots, in no order.
    pub fn each(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.0.iter().map(|(names, ballots)| (&**names, *ballots))
    }

    /// How many different rankings there are.
    #[must_use]
    pub fn different(&self) -> usize {
        self.0.len()
    }

    /// All ballots.
    #[must_use]
    pub fn ballots(&self) -> u64 {
        self.0.values().sum()
    }
}
