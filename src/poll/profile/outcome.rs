//! What ballots come to, by the functions that count a poll.

use super::Profile;
use crate::poll::ballot::Method;
use crate::poll::tally::{Few, Irv, Pairs, Panel, Rankings, irv};

/// The run-off of ranked ballots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunOff {
    Counted(Irv),
    /// So many ballots rank names level, the first of them in this line. A run-off gives every ballot to one name at a
    /// time, and for such ballots there are several rules and none that all agree on: it is not counted.
    Level {
        ballots: u64,
        line: usize,
    },
}

/// What ranked ballots come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders {
    pub pairs: Pairs,
    /// Of Schulze's method.
    pub paths: Pairs,
    pub condorcet_winner: Option<u8>,
    /// By Schulze's method, the best first; who stand in one place are tied.
    pub schulze: Vec<Vec<u8>>,
    pub run_off: RunOff,
}

/// What all ballots come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub names: Vec<String>,
    pub method: Method,
    pub ballots: u64,
    /// By name: ballots that choose it, approve of it, or rank it alone at their head.
    pub chosen: Vec<u64>,
    /// Ranked ballots with nobody alone at their head.
    pub headless: u64,
    pub orders: Option<Orders>,
    pub panel: Panel,
}

impl Outcome {
    /// Whom the ballots elect: the most chosen or approved; of rankings the first by Schulze's method. Several are tied;
    /// nobody is elected where nobody is named.
    #[must_use]
    pub fn winners(&self) -> &[u8] {
        self.panel.names.first().map_or(&[], Vec::as_slice)
    }

    /// Counts ballots; the panel is of so many names.
    #[must_use]
    pub fn of(profile: &Profile, method: Method, panel: u8) -> Outcome {
        let candidates = u8::try_from(profile.names.len()).unwrap_or(u8::MAX);
        let mut chosen = vec![0_u64; profile.names.len()];
        let mut headless = 0;
        for ballots in &profile.ballots {
            let head = ballots.levels.first().copied().unwrap_or(Few::first(0));
            if method == Method::Rank && head.len() != 1 {
                headless += ballots.count;
                continue;
            }
            for name in head.each() {
                if let Some(count) = chosen.get_mut(usize::from(name)) {
                    *count += ballots.count;
                }
            }
        }
        let orders = (method == Method::Rank).then(|| Orders::of(profile, candidates));
        let count = |name: u8| chosen.get(usize::from(name)).copied().unwrap_or(0);
        let order =
            orders.as_ref().map_or_else(|| by_count(&chosen), |found| found.schulze.clone());
        let beats = |one: u8, other: u8| match &orders {
            Some(found) => found.paths.is_ahead(one, other),
            None => count(one) > count(other),
        };
        let is_named = |name: u8| {
            profile.ballots.iter().any(|ballots| ballots.levels.iter().any(|level| level.has(name)))
        };
        let panel = Panel::of(order, panel, is_named, beats);
        let names = profile.names.clone();
        Outcome { names, method, ballots: profile.total(), chosen, headless, orders, panel }
    }
}

impl Orders {
    fn of(profile: &Profile, candidates: u8) -> Orders {
        let each = profile.ballots.iter();
        let each = each.map(|ballots| (ballots.levels.iter().copied(), ballots.count));
        let pairs = Pairs::of_levels(each, candidates);
        Orders {
            paths: pairs.paths(),
            condorcet_winner: pairs.condorcet_winner(),
            schulze: pairs.order(),
            run_off: run_off(profile, candidates),
            pairs,
        }
    }
}

fn run_off(profile: &Profile, candidates: u8) -> RunOff {
    let mut rankings = Rankings::default();
    let (mut level, mut first) = (0, None);
    for ballots in &profile.ballots {
        if let Some(names) = strict(&ballots.levels, candidates) {
            rankings.add(&names, ballots.count);
        } else {
            level += ballots.count;
            first = first.or(Some(ballots.line));
        }
    }
    match first {
        Some(line) => RunOff::Level { ballots: level, line },
        None => RunOff::Counted(irv(&rankings, Few::first(candidates))),
    }
}

/// The names of a ballot one by one; `None` where two stand level. Names that stand level behind all others are as good
/// as left out.
fn strict(levels: &[Few], candidates: u8) -> Option<Vec<u8>> {
    let named: usize = levels.iter().map(|level| level.len()).sum();
    let levels = match levels.split_last() {
        Some((last, before)) if last.len() > 1 && named == usize::from(candidates) => before,
        _ => levels,
    };
    let one = |level: &Few| level.each().next().filter(|_| level.len() == 1);
    levels.iter().map(one).collect()
}

/// Who was chosen more often stands first; who were chosen equally often stand in one place.
fn by_count(chosen: &[u64]) -> Vec<Vec<u8>> {
    let mut names: Vec<(u64, u8)> = chosen.iter().copied().zip(0_u8..).collect();
    names.sort_by_key(|(count, name)| (std::cmp::Reverse(*count), *name));
    names
        .chunk_by(|one, other| one.0 == other.0)
        .map(|place| place.iter().map(|(_, name)| *name).collect())
        .collect()
}
