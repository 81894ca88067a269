//! Every booth counts the same, however many answered there.
//!
//! A booth in which one person answered would weigh that one answer as much as twenty elsewhere, and whole percents do
//! not hide it. So booths are joined until no group is smaller than the threshold, and a group weighs as many booths as
//! are in it: its share of a name times its booths. Where rows below the seat are shown, these groups are put
//! together from the atoms of those rows ([`atoms`](super::atoms)): a number that is shown here says nothing that sums
//! over the atoms would not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::atoms::{Atom, Leaf, Rule, Safe, Sum, atoms, coarser};
use super::breakdown::{Tables, path};
use super::{Cell, Rules, SeatTally, share};

/// The shares when every booth counts the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighted {
    /// In whole percent, by candidate, then others.
    pub shares: Vec<u64>,
    /// Booths in which anybody answered.
    pub booths: u64,
    /// Into how many groups they were joined.
    pub groups: u64,
}

/// One group of booths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) booths: u64,
    pub(super) valid: u64,
    /// By candidate, then others.
    pub(super) chosen: Vec<u64>,
}

/// A booth; where it is not known or not kept, the sector or the seat.
type Booth = (u16, u16, u16);

fn booth_of(cell: Cell) -> Booth {
    let sector = if cell.booth == 0 { cell.sector } else { 0 };
    (cell.assembly, cell.booth, sector)
}

/// Only of at least as many booths as a group must have people, and of two groups or more: one group would say again
/// what the plain count says. `shown` are the atoms of the rows that are shown below the seat.
pub(super) fn weighted(tally: &SeatTally, rules: &Rules, shown: &[Atom]) -> Option<Weighted> {
    let groups: Vec<Group> =
        parted(tally, rules, shown).into_iter().map(|(_, group)| group).collect();
    let booths: u64 = groups.iter().map(|group| group.booths).sum();
    if booths < rules.threshold || groups.len() < 2 {
        return None;
    }
    let groups_are = u64::try_from(groups.len()).unwrap_or(u64::MAX);
    Some(Weighted { shares: shares(&groups), booths, groups: groups_are })
}

/// The shares of all groups, each weighing its booths, in whole percent.
pub(super) fn shares(groups: &[Group]) -> Vec<u64> {
    let booths: u64 = groups.iter().map(|group| group.booths).sum();
    let names = groups.iter().map(|group| group.chosen.len()).max().unwrap_or(0);
    let mut shares = vec![0.0_f64; names];
    for group in groups.iter().filter(|group| group.valid > 0) {
        for (share, count) in shares.iter_mut().zip(&group.chosen) {
            *share += share::as_float(group.booths) * share::as_float(*count)
                / share::as_float(group.valid);
        }
    }
    let whole = |share: f64| share::whole_percent(share / share::as_float(booths.max(1)));
    shares.into_iter().map(whole).collect()
}

/// The booths of a seat in groups, none of which gives anybody away, each with its cells; none at all where they cannot
/// be parted.
pub(super) fn parted(
    tally: &SeatTally,
    rules: &Rules,
    shown: &[Atom],
) -> Vec<(BTreeSet<Cell>, Group)> {
    let rule = Rule::of(rules);
    let is_blended: Safe<'_> = &|sum| rule.is_blended(sum);
    // Where nothing below the seat is told, the booths are parted for this alone.
    let tables = if shown.is_empty() { Tables::Place } else { rules.tables };
    let (leaves, cells) = leaves(tally, tables);
    let atoms = if shown.is_empty() {
        atoms(&leaves, is_blended)
    } else {
        coarser(&leaves, of_whole_booths(shown, &cells), is_blended)
    };
    let group = |atom: &Atom| {
        let sum = Sum::of(atom.iter().filter_map(|index| leaves.get(*index)));
        let cells: BTreeSet<Cell> =
            atom.iter().filter_map(|index| cells.get(*index)).flatten().copied().collect();
        let booths: BTreeSet<Booth> = cells.iter().copied().map(booth_of).collect();
        let mut chosen = sum.counts;
        let spoilt = chosen.pop().unwrap_or(0);
        let valid = sum.ballots.saturating_sub(spoilt);
        let booths = u64::try_from(booths.len()).unwrap_or(u64::MAX);
        (cells, Group { booths, valid, chosen })
    };
    atoms.iter().map(group).collect()
}

/// The cells in which anybody answered, joined and in the order of the rows below the seat. Behind the choices stand
/// refusals and invalid ballots: whether somebody refused is their secret too. And which cells each is.
fn leaves(tally: &SeatTally, tables: Tables) -> (Vec<Leaf>, Vec<Vec<Cell>>) {
    let choices = usize::from(tally.candidates) + 1;
    let mut joined: BTreeMap<Vec<u32>, (u64, Vec<u64>, Vec<Cell>)> = BTreeMap::new();
    for (cell, counts) in tally.cells.iter().filter(|(_, counts)| counts.answered > 0) {
        let empty = || (0, vec![0; choices + 1], Vec::new());
        let leaf = joined.entry(path(*cell, tables)).or_insert_with(empty);
        leaf.0 += counts.answered;
        for (total, count) in leaf.1.iter_mut().zip(&counts.chosen) {
            *total += count;
        }
        if let Some(spoilt) = leaf.1.last_mut() {
            *spoilt += counts.answered - counts.valid;
        }
        leaf.2.push(*cell);
    }
    let leaf = |(path, (ballots, counts, cells))| (Leaf { path, ballots, counts }, cells);
    joined.into_iter().map(leaf).unzip()
}

/// Atoms joined until no booth lies in two of them.
fn of_whole_booths(atoms: &[Atom], cells: &[Vec<Cell>]) -> Vec<Atom> {
    let mut parents: Vec<usize> = (0..atoms.len()).collect();
    let mut first: BTreeMap<Booth, usize> = BTreeMap::new();
    for (at, atom) in atoms.iter().enumerate() {
        for cell in atom.iter().filter_map(|index| cells.get(*index)).flatten() {
            let other = *first.entry(booth_of(*cell)).or_insert(at);
            let (one, other) = (root(&parents, at), root(&parents, other));
            if let Some(parent) = parents.get_mut(one.max(other)) {
                *parent = one.min(other);
            }
        }
    }
    let mut joined: BTreeMap<usize, Atom> = BTreeMap::new();
    for (at, atom) in atoms.iter().enumerate() {
        joined.entry(root(&parents, at)).or_default().extend(atom);
    }
    let mut joined: Vec<Atom> = joined.into_values().collect();
    for atom in &mut joined {
        atom.sort_unstable();
    }
    joined
}

/// The first of those it was joined with.
fn root(parents: &[usize], mut at: usize) -> usize {
    while let Some(parent) = parents.get(at).copied().filter(|parent| *parent != at) {
        at = parent;
    }
    at
}
