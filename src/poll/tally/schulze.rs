//! Every two candidates compared, and the method of Schulze over the comparisons (M. Schulze, *A new
//! monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election method*,
//! Social Choice and Welfare 36, 2011, pages 267-303). A comparison is as strong as the ballots that won it.

use serde::{Deserialize, Serialize};

use super::rankings::{Few, Rankings};

/// How many ballots prefer one candidate to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairs {
    candidates: u8,
    preferred: Vec<u64>,
}

impl Pairs {
    /// Compares the first so many candidates on every ballot. Who is on the ballot is preferred to who is
    /// not; two who are both not on it are not compared.
    #[must_use]
    pub fn of(rankings: &Rankings, candidates: u8) -> Pairs {
        let alone = |name: &u8| Few::first(0).with(*name);
        let each = rankings.each().map(|(names, ballots)| (names.iter().map(alone), ballots));
        Pairs::of_levels(each, candidates)
    }

    /// The same of ballots on which names may stand level: of two who do, neither is preferred.
    #[must_use]
    pub fn of_levels<L: Iterator<Item = Few>>(
        ballots: impl Iterator<Item = (L, u64)>,
        candidates: u8,
    ) -> Pairs {
        let size = usize::from(candidates) * usize::from(candidates);
        let mut pairs = Pairs { candidates, preferred: vec![0; size] };
        for (levels, ballots) in ballots {
            let mut behind = Few::first(candidates);
            for level in levels {
                let level = level.among(behind);
                behind = level.each().fold(behind, Few::without);
                for name in level.each() {
                    for other in behind.each() {
                        let at = pairs.place(name, other);
                        if let Some(count) = pairs.preferred.get_mut(at) {
                            *count += ballots;
                        }
                    }
                }
            }
        }
        pairs
    }

    fn place(&self, one: u8, other: u8) -> usize {
        usize::from(one) * usize::from(self.candidates) + usize::from(other)
    }

    /// Ballots that prefer one to the other.
    #[must_use]
    pub fn preferring(&self, one: u8, other: u8) -> u64 {
        self.preferred.get(self.place(one, other)).copied().unwrap_or(0)
    }

    /// Whether more prefer one to the other than the other to the one; of [`Pairs::paths`]: whether it beats it by
    /// Schulze's method.
    #[must_use]
    pub fn is_ahead(&self, one: u8, other: u8) -> bool {
        self.preferring(one, other) > self.preferring(other, one)
    }

    /// Who beats every other candidate, compared with each alone.
    #[must_use]
    pub fn condorcet_winner(&self) -> Option<u8> {
        (0..self.candidates).find(|one| {
            let others = (0..self.candidates).filter(|other| other != one);
            let mut beaten = others.map(|other| self.is_ahead(*one, other));
            beaten.all(|is_beaten| is_beaten)
        })
    }

    /// The strongest paths from each to each.
    #[must_use]
    pub fn paths(&self) -> Pairs {
        let mut paths =
            Pairs { candidates: self.candidates, preferred: vec![0; self.preferred.len()] };
        for one in 0..self.candidates {
            for other in 0..self.candidates {
                let (wins, loses) = (self.preferring(one, other), self.preferring(other, one));
                if one != other && wins > loses {
                    paths.raise(one, other, wins);
                }
            }
        }
        for between in 0..self.candidates {
            for from in (0..self.candidates).filter(|from| *from != between) {
                for to in (0..self.candidates).filter(|to| *to != between && *to != from) {
                    let around = paths.preferring(from, between).min(paths.preferring(between, to));
                    paths.raise(from, to, around);
                }
            }
        }
        paths
    }

    fn raise(&mut self, one: u8, other: u8, strength: u64) {
        let at = self.place(one, other);
        if let Some(known) = self.preferred.get_mut(at) {
            *known = (*known).max(strength);
        }
    }

    /// The order of Schulze: the best first; who stand in one place are tied, neither beating the other.
    #[must_use]
    pub fn order(&self) -> Vec<Vec<u8>> {
        let paths = self.paths();
        let mut left = Few::first(self.candidates);
        let mut order = Vec::new();
        while !left.is_empty() {
            let unbeaten = |one: &u8| !left.each().any(|other| paths.is_ahead(other, *one));
            let level: Vec<u8> = left.each().filter(unbeaten).collect();
            if level.is_empty() {
                // The relation is transitive (section 4.1 of the paper), so somebody is always unbeaten.
                break;
            }
            left = level.iter().fold(left, |left, name| left.without(*name));
            order.push(level);
        }
        order
    }
}
