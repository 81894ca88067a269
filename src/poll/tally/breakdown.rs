//! The choices by place and by post, as far as they may be shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::atoms::{Atom, Leaf, Rule, Sum, atoms, by_leaf, is_whole};
use super::{Cell, Rules, SeatTally};
use crate::places::Place;

/// By what the choices of a seat are told apart. One of them gives finer rows than both together: tables that
/// overlap say more than each alone, so the groups must be safe for both at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tables {
    #[default]
    Place,
    Post,
    Both,
}

/// What can be shown below the seat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// The candidates that are told apart, those chosen most often first; the others, refusals and invalid ballots
    /// are the rest.
    pub names: Vec<u8>,
    pub rows: Vec<Row>,
}

/// The choices of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// `None`: the whole seat.
    pub place: Option<Place>,
    /// A post's code; `None`: all posts.
    pub post: Option<String>,
    pub ballots: u64,
    /// In the order of [`Breakdown::names`].
    pub counts: Vec<u64>,
}

/// The finest rows that are safe, with as many names told apart as gives the most numbers; and the atoms they are made
/// of, none where there is no row.
pub(super) fn breakdown(
    tally: &SeatTally,
    rules: &Rules,
    posts: &[String],
    chosen: &[u64],
) -> (Breakdown, Vec<Atom>) {
    let rule = Rule::of(rules);
    let candidates = chosen.len().saturating_sub(1);
    let mut names: Vec<u8> = (0_u8..).take(candidates).collect();
    let count = |name: &u8| chosen.get(usize::from(*name)).copied().unwrap_or(0);
    names.sort_by_key(|name| (std::cmp::Reverse(count(name)), *name));
    let mut best = (Breakdown::default(), Vec::new());
    for told in (1..=names.len()).rev() {
        let names = names.get(..told).unwrap_or_default();
        let (rows, atoms) = rows(tally, rules, rule, posts, names);
        if rows.len() * told > best.0.rows.len() * best.0.names.len() {
            best = (Breakdown { names: names.to_vec(), rows }, atoms);
        }
    }
    best
}

fn rows(
    tally: &SeatTally,
    rules: &Rules,
    rule: Rule,
    posts: &[String],
    names: &[u8],
) -> (Vec<Row>, Vec<Atom>) {
    let leaves = leaves(tally, rules.tables, names);
    let atoms = atoms(&leaves, &|sum| rule.is_safe(sum));
    let of = by_leaf(leaves.len(), &atoms);
    let mut groups: BTreeMap<(Option<Place>, Option<u16>), Vec<usize>> = BTreeMap::new();
    for (index, leaf) in leaves.iter().enumerate() {
        for group in groups_of(leaf, rules.tables) {
            groups.entry(group).or_default().push(index);
        }
    }
    let mut rows = Vec::new();
    for ((place, post), group) in groups {
        if group.len() == leaves.len() || !is_whole(&group, &of, &atoms) {
            continue;
        }
        let sum = Sum::of(group.iter().filter_map(|index| leaves.get(*index)));
        let post = post.map(|post| posts.get(usize::from(post)).cloned().unwrap_or_default());
        rows.push(Row { place, post, ballots: sum.ballots, counts: sum.counts });
    }
    // Each assembly seat with what lies in it below.
    rows.sort_by_key(|row| (row.place.and_then(Place::assembly), row.place, row.post.clone()));
    (rows, atoms)
}

/// The cells that somebody answered in, joined as the tables want it and in the order of their paths.
fn leaves(tally: &SeatTally, tables: Tables, names: &[u8]) -> Vec<Leaf> {
    let mut joined: BTreeMap<Vec<u32>, (u64, Vec<u64>)> = BTreeMap::new();
    for (cell, counts) in tally.cells.iter().filter(|(_, counts)| counts.answered > 0) {
        let leaf = joined.entry(path(*cell, tables)).or_insert_with(|| (0, vec![0; names.len()]));
        leaf.0 += counts.answered;
        for (total, name) in leaf.1.iter_mut().zip(names) {
            *total += counts.chosen.get(usize::from(*name)).copied().unwrap_or(0);
        }
    }
    let leaf = |(path, (ballots, counts))| Leaf { path, ballots, counts };
    joined.into_iter().map(leaf).collect()
}

/// From the top down. Posts alone are parted by place too: the booth-weighted shares are told beside their rows, and
/// both must be sums over the same atoms.
pub(super) fn path(cell: Cell, tables: Tables) -> Vec<u32> {
    let place = [cell.assembly, cell.sector, cell.booth].map(u32::from);
    match tables {
        Tables::Place => place.to_vec(),
        Tables::Post | Tables::Both => [u32::from(cell.post)].into_iter().chain(place).collect(),
    }
}

/// The rows a leaf is part of.
fn groups_of(leaf: &Leaf, tables: Tables) -> Vec<(Option<Place>, Option<u16>)> {
    let number =
        |at: usize| leaf.path.get(at).and_then(|number| u16::try_from(*number).ok()).unwrap_or(0);
    let places = |from: usize| {
        let (assembly, sector, booth) = (number(from), number(from + 1), number(from + 2));
        let mut places = vec![Place::Assembly(assembly)];
        if sector > 0 {
            places.push(Place::Sector { assembly, number: sector });
        }
        if booth > 0 {
            places.push(Place::Booth { assembly, number: booth });
        }
        places
    };
    match tables {
        Tables::Place => places(0).into_iter().map(|place| (Some(place), None)).collect(),
        Tables::Post => vec![(None, Some(number(0)))],
        Tables::Both => {
            let post = number(0);
            let mut groups = vec![(None, Some(post))];
            for place in places(1) {
                groups.push((Some(place), None));
                groups.push((Some(place), Some(post)));
            }
            groups
        }
    }
}
