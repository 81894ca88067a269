//! A second count of a poll, from a list of who said what last: nothing of the program is used, only the words of
//! `docs/polls.md`. Whatever differs from a result ends the bench with the seat it is in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// Fewer answers of a seat are not shown.
const THRESHOLD: u64 = 10;
/// Names in a panel.
const PANEL: usize = 3;

/// Somebody who may answer: where they hold which post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Elector {
    pub(crate) seat: u16,
    pub(crate) assembly: u16,
    /// The code of their post.
    pub(crate) post: &'static str,
}

/// What a voter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Refused,
    /// The best first, by the places in the file; and who is written in behind them.
    Names(Vec<usize>, Option<&'static str>),
}

/// What a seat comes to.
#[derive(Default)]
struct Seat {
    candidates: usize,
    eligible: u64,
    answered: u64,
    refused: u64,
    /// By candidate, then for whoever was written in: first names.
    chosen: Vec<u64>,
    /// How often each order of candidates was given.
    rankings: BTreeMap<Vec<usize>, u64>,
    /// Who might answer and who did.
    assemblies: BTreeMap<u16, (u64, u64)>,
    posts: BTreeMap<&'static str, (u64, u64)>,
    others: BTreeMap<&'static str, u64>,
}

/// The seats, by number.
#[derive(Default)]
pub(crate) struct Recount(BTreeMap<u16, Seat>);

impl Recount {
    /// Of the people who may answer; `candidates` are as many as each seat has.
    pub(crate) fn new(
        electors: impl Iterator<Item = Elector>,
        candidates: impl Fn(u16) -> usize,
    ) -> Recount {
        let mut seats: BTreeMap<u16, Seat> = BTreeMap::new();
        for Elector { seat: number, assembly, post } in electors {
            let seat = seats.entry(number).or_default();
            if seat.eligible == 0 {
                seat.candidates = candidates(number);
                seat.chosen = vec![0; seat.candidates + 1];
            }
            seat.eligible += 1;
            seat.assemblies.entry(assembly).or_default().0 += 1;
            seat.posts.entry(post).or_default().0 += 1;
        }
        Recount(seats)
    }

    /// What somebody said last.
    pub(crate) fn add(&mut self, elector: Elector, said: &Said) {
        let seat = self.0.get_mut(&elector.seat).expect("a seat of the poll");
        seat.answered += 1;
        seat.assemblies.entry(elector.assembly).or_default().1 += 1;
        seat.posts.entry(elector.post).or_default().1 += 1;
        let Said::Names(names, other) = said else {
            seat.refused += 1;
            return;
        };
        let first = names.first().copied().unwrap_or(seat.candidates);
        seat.chosen[first] += 1;
        *seat.rankings.entry(names.clone()).or_default() += 1;
        if let Some(other) = other {
            *seat.others.entry(other).or_default() += 1;
        }
    }

    pub(crate) fn seats(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn eligible(&self) -> u64 {
        self.0.values().map(|seat| seat.eligible).sum()
    }

    pub(crate) fn answered(&self) -> u64 {
        self.0.values().map(|seat| seat.answered).sum()
    }

    /// Holds a result (`result.json`) against this count, number by number.
    pub(crate) fn holds(&self, result: &Value) {
        let counted = &result["counted"];
        assert_eq!(counted["proof"]["choices"], self.answered(), "ballots in the bundle");
        assert_eq!(counted["unopened"], 0, "envelopes that did not open");
        let seats = counted["seats"].as_object().expect("seats");
        let numbers: BTreeSet<String> = self.0.keys().map(u16::to_string).collect();
        assert_eq!(seats.keys().cloned().collect::<BTreeSet<_>>(), numbers, "the seats");
        for (number, seat) in &self.0 {
            seat.holds(*number, &seats[&number.to_string()]);
        }
    }

    /// Holds the names that were written in (`others.csv`) against this count, where a seat may be told.
    pub(crate) fn holds_others(&self, csv: &str) {
        let mut told: BTreeMap<u16, BTreeMap<String, u64>> = BTreeMap::new();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for row in reader.records() {
            let row = row.expect("a row of others.csv");
            // A row of small seats together names none.
            let Ok(seat) = row[1].parse() else { continue };
            let names = told.entry(seat).or_default();
            *names.entry(row[3].to_owned()).or_default() += row[4].parse::<u64>().expect("a count");
        }
        for (number, seat) in self.0.iter().filter(|(_, seat)| seat.answered >= THRESHOLD) {
            let ours = seat.others.iter().map(|(name, times)| ((*name).to_owned(), *times));
            let ours: BTreeMap<String, u64> = ours.collect();
            let theirs = told.remove(number).unwrap_or_default();
            assert_eq!(theirs, ours, "names written in, seat {number}");
        }
    }
}

impl Seat {
    fn holds(&self, number: u16, result: &Value) {
        let same = |what: &str, theirs: &Value, ours: Value| {
            assert_eq!(*theirs, ours, "{what} of seat {number}");
        };
        same("who may answer", &result["eligible"], json!(self.eligible));
        same("who answered", &result["answered"], json!(self.answered));
        let sums = |rows: &Value, key: &str| {
            let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
            for row in rows.as_array().into_iter().flatten() {
                let key = row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
                let sum = sums.entry(key).or_default();
                sum.0 += row["eligible"].as_u64().unwrap_or(0);
                sum.1 += row["answered"].as_u64().unwrap_or(0);
            }
            sums
        };
        let assemblies = self.assemblies.iter().map(|(code, sums)| (code.to_string(), *sums));
        let theirs = sums(&result["turnout"], "assembly");
        assert_eq!(theirs, assemblies.collect(), "turnout by assembly, seat {number}");
        let posts = self.posts.iter().map(|(code, sums)| ((*code).to_owned(), *sums));
        let theirs = sums(&result["by_post"], "post");
        assert_eq!(theirs, posts.collect(), "turnout by post, seat {number}");

        let choices = &result["choices"];
        if self.answered < THRESHOLD {
            return same("what is shown", choices, Value::Null);
        }
        let (chosen, other) = self.chosen.split_at(self.candidates);
        same("refusals", &choices["refused"], json!(self.refused));
        same("invalid ballots", &choices["invalid"], json!(0));
        same("valid ballots", &choices["valid"], json!(self.answered - self.refused));
        same("first names", &choices["chosen"], json!(chosen));
        same("names written in", &choices["other"], json!(other[0]));
        let pairs = self.pairs();
        let preferred: Vec<u64> = pairs.iter().flatten().copied().collect();
        same("pairs", &choices["ranked"]["pairs"]["preferred"], json!(preferred));
        let order = schulze(&pairs);
        same("the order of Schulze", &choices["ranked"]["order"], json!(order));
        let winners = self.run_off((0..self.candidates).collect());
        same("the run-off", &choices["ranked"]["run_off"]["winners"], json!(winners));
        same("the panel", &choices["panel"]["names"], json!(self.panel(order)));
    }

    /// How many prefer one to another: whoever is named to all who are named later or not at all.
    fn pairs(&self) -> Vec<Vec<u64>> {
        let mut pairs = vec![vec![0; self.candidates]; self.candidates];
        for (names, times) in &self.rankings {
            for (place, name) in names.iter().enumerate() {
                for (other, preferring) in pairs[*name].iter_mut().enumerate() {
                    if !names[..=place].contains(&other) {
                        *preferring += times;
                    }
                }
            }
        }
        pairs
    }

    /// Everybody who wins in some way of breaking ties for the last place.
    fn run_off(&self, left: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut counts: BTreeMap<usize, u64> = left.iter().map(|name| (*name, 0)).collect();
        for (names, times) in &self.rankings {
            if let Some(first) = names.iter().find(|name| left.contains(name)) {
                *counts.entry(*first).or_default() += times;
            }
        }
        let all: u64 = counts.values().sum();
        if let Some((winner, _)) = counts.iter().find(|(_, count)| **count * 2 > all) {
            return BTreeSet::from([*winner]);
        }
        let least = counts.values().min().copied().unwrap_or(0);
        let last: BTreeSet<usize> =
            counts.iter().filter(|(_, count)| **count == least).map(|(name, _)| *name).collect();
        if last == left && least == 0 {
            return left;
        }
        if least == 0 {
            return self.run_off(&left - &last);
        }
        last.iter().flat_map(|name| self.run_off(&left - &BTreeSet::from([*name]))).collect()
    }

    /// The first places of an order, until they have as many names as were wanted; whom nobody named is left out.
    fn panel(&self, order: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        let is_named = |name: &usize| self.rankings.keys().any(|names| names.contains(name));
        let mut panel: Vec<Vec<usize>> = Vec::new();
        for mut place in order {
            place.retain(is_named);
            if panel.iter().map(Vec::len).sum::<usize>() < PANEL && !place.is_empty() {
                panel.push(place);
            }
        }
        panel
    }
}

/// The order of Schulze by winning votes (*Social Choice and Welfare* 36, 2011, section 2.3), ties in one place.
fn schulze(pairs: &[Vec<u64>]) -> Vec<Vec<usize>> {
    let names = pairs.len();
    let mut paths = vec![vec![0; names]; names];
    for one in 0..names {
        for other in 0..names {
            if pairs[one][other] > pairs[other][one] {
                paths[one][other] = pairs[one][other];
            }
        }
    }
    for between in 0..names {
        for from in 0..names {
            for to in 0..names {
                if from != between && to != between && from != to {
                    let around = paths[from][between].min(paths[between][to]);
                    paths[from][to] = paths[from][to].max(around);
                }
            }
        }
    }
    let mut left: Vec<usize> = (0..names).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_unbeaten = |one: &usize| !left.iter().any(|by| paths[*by][*one] > paths[*one][*by]);
        let (first, rest) = left.iter().copied().partition(is_unbeaten);
        order.push(first);
        left = rest;
    }
    order
}
