//! Counting: turnout first, then what was chosen, as far as nobody's choice follows from it. Pure.
//!
//! Ballots come one by one and are forgotten: what is kept grows with the booths and the different rankings, not
//! with the ballots.

mod atoms;
mod breakdown;
mod irv;
mod rankings;
mod schulze;
pub(crate) mod share;
mod weighted;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::ballot::{ASPECTS, BEST_MARK, Choice, Marks, Method, OTHER};
pub use breakdown::{Breakdown, Row, Tables};
pub use irv::{Irv, Round, irv};
pub use rankings::{Few, Rankings};
pub use schulze::Pairs;
pub use share::{bounds, percent, wilson};
pub use weighted::Weighted;

/// What becomes of a ballot on which a name stands twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// It counts up to the name that is repeated.
    #[default]
    Cut,
    /// It is invalid.
    Reject,
}

/// How the ballots of a poll are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub method: Method,
    /// The smallest group, and the smallest number below the seat, that is shown.
    pub threshold: u64,
    /// Names in the panel of a seat.
    pub panel: u8,
    /// Whether somebody who is not on the list may be named.
    pub other: bool,
    pub repeated: Repeated,
    /// A ballot that approves of more is invalid.
    pub approve_at_most: Option<u8>,
    /// A ballot that ranks fewer is invalid.
    pub rank_at_least: u8,
    pub tables: Tables,
}

/// Whose ballots are counted together: those of one post in one place. A number is 0 where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    pub assembly: u16,
    pub sector: u16,
    pub booth: u16,
    /// The post, as an index the caller keeps.
    pub post: u16,
}

/// What the ballots of a cell came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    eligible: u64,
    answered: u64,
    valid: u64,
    /// By candidate, then those who named somebody else: first names, or approvals.
    chosen: Vec<u64>,
}

/// A ballot, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    Refused,
    Invalid,
    Valid(Vec<u8>),
}

impl Rules {
    /// Whether a choice among so many candidates counts, and as what.
    #[must_use]
    pub fn judge(&self, choice: &Choice, candidates: u8) -> Judged {
        let Choice::Names(names) = choice else { return Judged::Refused };
        let is_known = |name: &u8| *name < candidates || (*name == OTHER && self.other);
        if names.is_empty() || !names.iter().all(is_known) {
            return Judged::Invalid;
        }
        let mut seen = Few::first(0);
        let mut counted = Vec::with_capacity(names.len());
        for name in names {
            if seen.has(*name) {
                match self.repeated {
                    Repeated::Cut if self.method == Method::Approve => continue,
                    Repeated::Cut if self.method == Method::Rank => break,
                    _ => return Judged::Invalid,
                }
            }
            seen = seen.with(*name);
            counted.push(*name);
        }
        let is_valid = match self.method {
            Method::ChooseOne => counted.len() == 1,
            Method::Approve => {
                self.approve_at_most.is_none_or(|most| counted.len() <= usize::from(most))
            }
            Method::Rank => counted.len() >= usize::from(self.rank_at_least),
        };
        if is_valid { Judged::Valid(counted) } else { Judged::Invalid }
    }
}

/// The ballots of one seat, as they come.
#[derive(Clone, Debug)]
pub struct SeatTally {
    candidates: u8,
    cells: HashMap<Cell, Counts>,
    rankings: Rankings,
    refused: u64,
    invalid: u64,
    ratings: Vec<[Marked; ASPECTS]>,
}

/// How often each mark was given, from 1 to 5.
pub type Marked = [u64; BEST_MARK as usize];

impl SeatTally {
    #[must_use]
    pub fn new(candidates: u8) -> SeatTally {
        SeatTally {
            candidates,
            cells: HashMap::new(),
            rankings: Rankings::default(),
            refused: 0,
            invalid: 0,
            ratings: vec![<[Marked; ASPECTS]>::default(); usize::from(candidates)],
        }
    }

    /// People on the roster.
    pub fn add_eligible(&mut self, cell: Cell, people: u64) {
        self.cells.entry(cell).or_default().eligible += people;
    }

    /// One ballot.
    pub fn add(&mut self, cell: Cell, choice: &Choice, rules: &Rules) {
        let choices = usize::from(self.candidates) + 1;
        let counts = self.cells.entry(cell).or_default();
        counts.answered += 1;
        let names = match rules.judge(choice, self.candidates) {
            Judged::Refused => {
                self.refused += 1;
                return;
            }
            Judged::Invalid => {
                self.invalid += 1;
                return;
            }
            Judged::Valid(names) => names,
        };
        counts.valid += 1;
        counts.chosen.resize(choices, 0);
        let counted = if rules.method == Method::Approve { names.len() } else { 1 };
        for name in names.iter().take(counted) {
            let at = usize::from(*name).min(usize::from(self.candidates));
            if let Some(count) = counts.chosen.get_mut(at) {
                *count += 1;
            }
        }
        if rules.method == Method::Rank {
            self.rankings.add(&names, 1);
        }
    }

    /// The marks somebody gave, in the order of the candidates.
    pub fn rate(&mut self, marks: &[Marks]) {
        for (marked, given) in self.ratings.iter_mut().zip(marks) {
            for (counts, mark) in marked.iter_mut().zip(given) {
                let at = mark.checked_sub(1).map(usize::from);
                if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
                    *count += 1;
                }
            }
        }
    }

    /// What the seat came to. `posts` are the codes behind [`Cell::post`].
    #[must_use]
    pub fn result(&self, rules: &Rules, posts: &[String]) -> SeatResult {
        let mut eligible = 0;
        let mut answered = 0;
        let mut chosen = vec![0; usize::from(self.candidates) + 1];
        for counts in self.cells.values() {
            eligible += counts.eligible;
            answered += counts.answered;
            for (total, count) in chosen.iter_mut().zip(&counts.chosen) {
                *total += count;
            }
        }
        let is_shown = answered >= rules.threshold;
        SeatResult {
            eligible,
            answered,
            turnout: self.turnout(),
            by_post: self.by_post(posts),
            choices: is_shown.then(|| self.choices(rules, posts, answered, chosen)),
        }
    }

    fn choices(
        &self,
        rules: &Rules,
        posts: &[String],
        answered: u64,
        mut chosen: Vec<u64>,
    ) -> Choices {
        let valid = answered - self.refused - self.invalid;
        let (breakdown, atoms) = breakdown::breakdown(self, rules, posts, &chosen);
        let weighted = weighted::weighted(self, rules, &atoms);
        let other = chosen.pop().unwrap_or(0);
        let pairs =
            (rules.method == Method::Rank).then(|| Pairs::of(&self.rankings, self.candidates));
        let ranked = pairs.map(|pairs| {
            let order = pairs.order();
            let run_off = irv(&self.rankings, Few::first(self.candidates));
            let run_off_order = self.run_off_order(rules);
            Ranked { pairs, order, run_off, run_off_order }
        });
        let order =
            ranked.as_ref().map_or_else(|| by_count(&chosen), |ranked| ranked.order.clone());
        let paths = ranked.as_ref().map(|ranked| ranked.pairs.paths());
        let beats = |one: u8, other: u8| match &paths {
            Some(paths) => paths.is_ahead(one, other),
            None => count_of(&chosen, one) > count_of(&chosen, other),
        };
        let panel = Panel::of(order, rules.panel, |name| self.is_named(name, &chosen), beats);
        Choices {
            refused: self.refused,
            invalid: self.invalid,
            valid,
            chosen,
            other,
            weighted,
            ranked,
            panel,
            breakdown,
            ratings: self.shown_ratings(rules),
        }
    }

    /// The winner of the run-off, then the winner of the run-off without them, and so on, until the panel is
    /// full. Who may win by some breaking of a tie stand in one place.
    fn run_off_order(&self, rules: &Rules) -> Vec<Vec<u8>> {
        let mut left = Few::first(self.candidates);
        let mut order: Vec<Vec<u8>> = Vec::new();
        let mut names = 0;
        while !left.is_empty() && names < usize::from(rules.panel) {
            let winners = irv(&self.rankings, left).winners;
            if winners.is_empty() {
                break;
            }
            names += winners.len();
            left = winners.iter().fold(left, |left, name| left.without(*name));
            order.push(winners);
        }
        order
    }

    /// Whether any ballot names the candidate.
    fn is_named(&self, name: u8, chosen: &[u64]) -> bool {
        chosen.get(usize::from(name)).is_some_and(|count| *count > 0)
            || self.rankings.each().any(|(names, _)| names.contains(&name))
    }

    /// By assembly seat, sector and booth, ascending.
    fn turnout(&self) -> Vec<Turnout> {
        let mut places: BTreeMap<(u16, u16, u16), (u64, u64)> = BTreeMap::new();
        for (cell, counts) in &self.cells {
            let place = places.entry((cell.assembly, cell.sector, cell.booth)).or_default();
            place.0 += counts.eligible;
            place.1 += counts.answered;
        }
        let row = |((assembly, sector, booth), (eligible, answered))| Turnout {
            assembly,
            sector,
            booth,
            eligible,
            answered,
        };
        places.into_iter().map(row).collect()
    }

    /// By post, in the order of the posts of the poll.
    fn by_post(&self, posts: &[String]) -> Vec<PostTurnout> {
        let mut sums: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
        for (cell, counts) in &self.cells {
            let sum = sums.entry(cell.post).or_default();
            sum.0 += counts.eligible;
            sum.1 += counts.answered;
        }
        let row = |(post, (eligible, answered))| {
            let post = posts.get(usize::from(post)).cloned().unwrap_or_default();
            PostTurnout { post, eligible, answered }
        };
        sums.into_iter().map(row).collect()
    }

    /// Marks of those who were rated often enough; each mark by itself is not told.
    fn shown_ratings(&self, rules: &Rules) -> Vec<[Option<Rating>; ASPECTS]> {
        let shown = |counts: &Marked| {
            let people: u64 = counts.iter().sum();
            let sum: u64 = (1_u64..).zip(counts).map(|(mark, count)| mark * count).sum();
            (people >= rules.threshold && people > 0)
                .then(|| Rating { people, tenths: (sum * 10 + people / 2) / people })
        };
        self.ratings.iter().map(|aspects| aspects.each_ref().map(shown)).collect()
    }
}

fn count_of(chosen: &[u64], name: u8) -> u64 {
    chosen.get(usize::from(name)).copied().unwrap_or(0)
}

/// Who was chosen more often stands first; who were chosen equally often stand in one place.
fn by_count(chosen: &[u64]) -> Vec<Vec<u8>> {
    let mut by_count: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for (name, count) in (0_u8..).zip(chosen) {
        by_count.entry(*count).or_default().push(name);
    }
    by_count.into_values().rev().collect()
}

/// What a seat came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatResult {
    pub eligible: u64,
    pub answered: u64,
    pub turnout: Vec<Turnout>,
    #[serde(default)]
    pub by_post: Vec<PostTurnout>,
    /// `None`: fewer answered than may be shown.
    pub choices: Option<Choices>,
}

/// Who might answer in a place and who did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turnout {
    pub assembly: u16,
    /// 0 where it is not known, or does not apply.
    pub sector: u16,
    pub booth: u16,
    pub eligible: u64,
    pub answered: u64,
}

/// Who might answer of the holders of a post and who did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostTurnout {
    /// Its code.
    pub post: String,
    pub eligible: u64,
    pub answered: u64,
}

/// What was chosen in a seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    pub refused: u64,
    pub invalid: u64,
    pub valid: u64,
    /// By candidate: ballots that name them first, or approve of them.
    pub chosen: Vec<u64>,
    /// The same for somebody who is not on the list.
    pub other: u64,
    /// Every booth counting the same; `None` where too few booths answered, or they cannot be told apart.
    pub weighted: Option<Weighted>,
    pub ranked: Option<Ranked>,
    pub panel: Panel,
    pub breakdown: Breakdown,
    /// By candidate and aspect.
    pub ratings: Vec<[Option<Rating>; ASPECTS]>,
}

/// What ranked ballots came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    pub pairs: Pairs,
    /// By Schulze's method; who stand in one place are tied.
    pub order: Vec<Vec<u8>>,
    pub run_off: Irv,
    /// By instant run-off, each winner taken out and the rest counted again.
    pub run_off_order: Vec<Vec<u8>>,
}

/// The mean of marks, in tenths, and of how many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    pub people: u64,
    pub tenths: u64,
}

/// The names that go to the leadership.
///
/// They are the first of one order: by ballots, by approvals, or by Schulze's method for ranked ballots. The order
/// is of a single winner, on purpose: one of the names becomes the candidate of the whole seat, so each must be one
/// whom most accept; a proportional method would give each wing its own name. Of the orders for ranked ballots
/// Schulze's is taken, for it elects whom a majority prefers to every other, does not change when a camp puts up
/// a second name (clones), and never hurts a name by ranking it higher; instant run-off fails the first and the
/// last, and is shown beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// The best first; who stand in one place are tied.
    pub names: Vec<Vec<u8>>,
    /// Who comes last is not decided: the tie in the last place gives more names than were wanted, or somebody stands
    /// outside whom not everybody of it beats ([`Panel::unbeaten`]). The office decides, and says how.
    pub is_open: bool,
    /// Outside the panel, and not beaten by everybody in its last place. That they stand lower is because somebody
    /// beats them: the relation of Schulze's method does not put every two names in an order.
    #[serde(default)]
    pub unbeaten: Vec<u8>,
}

impl Panel {
    /// The first names of an order, so many that `wanted` is reached; whom nobody named is in no panel.
    #[must_use]
    pub fn of(
        order: Vec<Vec<u8>>,
        wanted: u8,
        is_named: impl Fn(u8) -> bool,
        beats: impl Fn(u8, u8) -> bool,
    ) -> Panel {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let mut taken = 0;
        let mut outside: Vec<u8> = Vec::new();
        for mut place in order {
            place.retain(|name| is_named(*name));
            if taken >= usize::from(wanted) {
                outside.extend(place);
            } else if !place.is_empty() {
                taken += place.len();
                names.push(place);
            }
        }
        let last = names.last().map(Vec::as_slice).unwrap_or_default();
        let stands = |name: &u8| !last.iter().all(|known| beats(*known, *name));
        let unbeaten: Vec<u8> = outside.into_iter().filter(stands).collect();
        Panel { names, is_open: taken > usize::from(wanted) || !unbeaten.is_empty(), unbeaten }
    }
}

/// Places with the number each has after ties: after two who share the first comes the third.
pub fn numbered(order: &[Vec<u8>]) -> impl Iterator<Item = (usize, &Vec<u8>)> {
    order.iter().scan(1, |next, names| {
        let number = *next;
        *next += names.len();
        Some((number, names))
    })
}

#[cfg(test)]
mod atoms_tests;
#[cfg(test)]
mod tests;
