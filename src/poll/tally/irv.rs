//! Instant run-off: the last is taken out and their ballots go to the next name on them, until somebody has
//! more than half of the ballots that still name anybody.
//!
//! A tie for the last place is never broken: every way of breaking it is counted, and whoever may win in any
//! of them is told as a possible winner ("parallel universes": Conitzer, Rognlie, Xia, *Preference Functions
//! that Score Rankings and Maximum Likelihood Estimation*, IJCAI 2009, section 6).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::rankings::{Few, Rankings};

/// One count of the ballots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Ballots by candidate, those who are still in.
    pub counts: Vec<(u8, u64)>,
    /// Ballots that name nobody who is still in.
    pub exhausted: u64,
    /// Who goes out after it; empty after the last.
    pub out: Vec<u8>,
    /// All who were tied for the last place, when they were several. The rounds that follow are those after
    /// the first of them went; [`Irv::winners`] knows of all ways.
    pub tied: Vec<u8>,
}

/// What an instant run-off came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Irv {
    pub rounds: Vec<Round>,
    /// Everybody who wins in some way of breaking the ties, ascending. One: the winner.
    pub winners: Vec<u8>,
    /// Whether every way was followed. If not, there were too many, and whoever was left where one was given up is among
    /// the winners: nobody who may win is missing.
    pub all_ways: bool,
}

/// So many rankings are looked at for the ways of breaking ties. A real count needs some dozens of sets of names; twenty
/// names that are all tied have a million.
const MOST_WORK: u64 = 4_000_000;

/// Counts the rankings among these candidates; the others are passed over.
#[must_use]
pub fn irv(rankings: &Rankings, among: Few) -> Irv {
    let mut ways = Ways { rankings, known: HashMap::new(), work: 0, all: true };
    let winners = ways.winners(among).each().collect();
    let mut rounds = Vec::new();
    let mut left = among;
    while !left.is_empty() {
        let counted = Counted::of(rankings, left);
        let mut round = counted.round();
        if counted.winner().is_some() {
            rounds.push(round);
            break;
        }
        let last = counted.last();
        if last.len() == left.len() {
            // All that are left are equal: the end of what can be said.
            round.tied = last;
            rounds.push(round);
            break;
        }
        let out = if counted.lowest() == 0 || last.len() == 1 {
            last
        } else {
            round.tied.clone_from(&last);
            last.into_iter().take(1).collect()
        };
        left = out.iter().fold(left, |left, name| left.without(*name));
        round.out = out;
        rounds.push(round);
    }
    Irv { rounds, winners, all_ways: ways.all }
}

/// The ways of breaking ties, by who is left: the same set of names is followed once, whichever way led to it.
struct Ways<'r> {
    rankings: &'r Rankings,
    known: HashMap<Few, Few>,
    /// Rankings looked at.
    work: u64,
    all: bool,
}

impl Ways<'_> {
    /// Who may win among those who are left, whichever way ties are broken.
    fn winners(&mut self, left: Few) -> Few {
        if let Some(found) = self.known.get(&left) {
            return *found;
        }
        if self.work > MOST_WORK {
            self.all = false;
            return left;
        }
        self.work += u64::try_from(self.rankings.different()).unwrap_or(u64::MAX).max(1);
        let counted = Counted::of(self.rankings, left);
        let last = counted.last();
        let found = if let Some(winner) = counted.winner() {
            Few::first(0).with(winner)
        } else if counted.counts.iter().all(|(_, count)| *count == 0) {
            // No ballot names anybody who is left: each of them may be the last.
            left
        } else if counted.lowest() == 0 && last.len() < left.len() {
            // Nobody's first names go out together: in which order makes no difference.
            self.winners(last.iter().fold(left, |left, name| left.without(*name)))
        } else {
            let mut found = Few::first(0);
            for name in last {
                found = self.winners(left.without(name)).each().fold(found, Few::with);
            }
            found
        };
        self.known.insert(left, found);
        found
    }
}

/// The first names of all ballots among those who are left.
struct Counted {
    counts: Vec<(u8, u64)>,
    exhausted: u64,
}

impl Counted {
    fn of(rankings: &Rankings, left: Few) -> Counted {
        let mut by_name = [0_u64; Few::ROOM];
        let mut exhausted = 0;
        for (names, ballots) in rankings.each() {
            let first = names.iter().find(|name| left.has(**name));
            match first.and_then(|name| by_name.get_mut(usize::from(*name))) {
                Some(count) => *count += ballots,
                None => exhausted += ballots,
            }
        }
        let count = |name: u8| by_name.get(usize::from(name)).copied().unwrap_or(0);
        Counted { counts: left.each().map(|name| (name, count(name))).collect(), exhausted }
    }

    fn round(&self) -> Round {
        Round {
            counts: self.counts.clone(),
            exhausted: self.exhausted,
            out: Vec::new(),
            tied: Vec::new(),
        }
    }

    /// Who has more than half of the ballots that still count, or is the only one left.
    fn winner(&self) -> Option<u8> {
        if let [(only, _)] = self.counts.as_slice() {
            return Some(*only);
        }
        let active: u64 = self.counts.iter().map(|(_, count)| count).sum();
        self.counts.iter().find(|(_, count)| count * 2 > active).map(|(name, _)| *name)
    }

    fn lowest(&self) -> u64 {
        self.counts.iter().map(|(_, count)| *count).min().unwrap_or(0)
    }

    fn last(&self) -> Vec<u8> {
        let lowest = self.lowest();
        let last = self.counts.iter().filter(|(_, count)| *count == lowest);
        last.map(|(name, _)| *name).collect()
    }
}
