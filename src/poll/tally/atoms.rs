//! Which parts of a table can be shown, so that nobody's choice follows from it.
//!
//! Whatever is shown of a seat is put together from **atoms**: groups of ballots that do not overlap. An atom is
//! *safe* when it has at least `threshold` ballots, and each choice shown of it was made by nobody, or by at least
//! `threshold`, while at least `threshold` did not make it. From tables made of atoms nobody learns more
//! than the atoms themselves, however they add and subtract, in one table or across several. And the atoms say
//! nothing of a group that is smaller than the threshold: of `t ≤ threshold` people in an atom of `n`, of whom `c`
//! made a choice, between `max(0, c + t − n)` and `min(t, c)` made it, which is between 0 and `t`, even for one who
//! knows how many answered in every booth. (That nobody in the atom made a choice is shown.)
//!
//! Groups that are not safe by themselves are joined with their neighbours in the same sector, then in the same
//! seat. Which names are told apart is one decision for all tables of a seat. The booth-weighted shares are sums over
//! the same atoms ([`weighted`](super::weighted)), so that they too say nothing of a smaller group.

use super::Rules;
use crate::poll::ballot::Method;

/// The finest group there is: the ballots of a booth, of a post, or of a post in a booth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// From the top down, as numbers that tell neighbours apart.
    pub(super) path: Vec<u32>,
    pub(super) ballots: u64,
    /// Ballots by choice. Where a ballot makes one choice only (`parted`), the ballots left over are one more.
    pub(super) counts: Vec<u64>,
}

/// What must hold of every atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The smallest group shown; at least 2.
    pub(super) threshold: u64,
    /// Whether a ballot makes one choice at most, so that choices add up.
    pub(super) parted: bool,
}

/// A sum over leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) ballots: u64,
    pub(super) counts: Vec<u64>,
}

impl Sum {
    /// Of these leaves.
    #[must_use]
    pub(super) fn of<'l>(leaves: impl IntoIterator<Item = &'l Leaf>) -> Sum {
        let mut sum = Sum::default();
        for leaf in leaves {
            sum.add_all(leaf.ballots, &leaf.counts);
        }
        sum
    }

    fn add(&mut self, other: &Sum) {
        self.add_all(other.ballots, &other.counts);
    }

    fn add_all(&mut self, ballots: u64, counts: &[u64]) {
        self.ballots += ballots;
        if self.counts.len() < counts.len() {
            self.counts.resize(counts.len(), 0);
        }
        for (total, count) in self.counts.iter_mut().zip(counts) {
            *total += count;
        }
    }
}

impl Rule {
    pub(super) fn of(rules: &Rules) -> Rule {
        Rule { threshold: rules.threshold.max(2), parted: rules.method != Method::Approve }
    }

    /// Whether a group may be shown.
    #[must_use]
    pub(super) fn is_safe(self, sum: &Sum) -> bool {
        let many = |count: u64| count >= self.threshold;
        let hides = |count: u64| many(count) && many(sum.ballots.saturating_sub(count));
        let told: u64 = sum.counts.iter().sum();
        let rest = self.parted.then(|| sum.ballots.saturating_sub(told));
        let mut made = sum.counts.iter().copied().chain(rest).filter(|count| *count > 0).peekable();
        many(sum.ballots) && made.peek().is_some() && made.all(hides)
    }

    /// Whether a group may go into a sum of shares, where none of its numbers is shown by itself: it has enough
    /// ballots, and of no choice (each ballot must make one) did fewer than `threshold` not make it. A number that
    /// is small says nothing of anybody then: whoever is meant may be one of the others.
    #[must_use]
    pub(super) fn is_blended(self, sum: &Sum) -> bool {
        let leaves_many = |count: &u64| sum.ballots.saturating_sub(*count) >= self.threshold;
        sum.ballots >= self.threshold && sum.counts.iter().all(leaves_many)
    }
}

/// Whether a group is safe.
pub(super) type Safe<'r> = &'r dyn Fn(&Sum) -> bool;

/// A group of leaves, by their indices, ascending.
pub(super) type Atom = Vec<usize>;

/// Parts the leaves into atoms that are safe, as fine as may be; no atom at all where nothing finer than the
/// whole can be shown. The leaves stand in the order of their paths, no path twice, all equally long, none without
/// ballots.
#[must_use]
pub(super) fn atoms(leaves: &[Leaf], is_safe: Safe<'_>) -> Vec<Atom> {
    let all: Vec<usize> = (0..leaves.len()).collect();
    let (mut atoms, rest) = settle(leaves, &all, 0, is_safe);
    let rest = absorb(leaves, rest, &mut atoms, is_safe);
    if is_safe(&sum(leaves, &rest)) {
        atoms.push(rest);
    }
    atoms
}

/// Joins atoms until each of them is safe by another rule too; no atom at all where not even all together are.
#[must_use]
pub(super) fn coarser(leaves: &[Leaf], atoms: Vec<Atom>, is_safe: Safe<'_>) -> Vec<Atom> {
    let (mut kept, unsafe_ones): (Vec<Atom>, Vec<Atom>) =
        atoms.into_iter().partition(|atom| is_safe(&sum(leaves, atom)));
    let rest = absorb(leaves, unsafe_ones.concat(), &mut kept, is_safe);
    if is_safe(&sum(leaves, &rest)) {
        kept.push(rest);
    }
    kept
}

/// The atoms within these leaves, which agree above `depth`, and the leaves no atom holds.
fn settle(leaves: &[Leaf], group: &[usize], depth: usize, is_safe: Safe<'_>) -> (Vec<Atom>, Atom) {
    let key = |index: &usize| leaves.get(*index).and_then(|leaf| leaf.path.get(depth)).copied();
    let is_leaf = group.first().is_none_or(|first| key(first).is_none());
    if is_leaf {
        return if is_safe(&sum(leaves, group)) {
            (vec![group.to_vec()], Vec::new())
        } else {
            (Vec::new(), group.to_vec())
        };
    }
    let mut atoms: Vec<Atom> = Vec::new();
    let mut rest: Atom = Vec::new();
    for part in group.chunk_by(|one, other| key(one) == key(other)) {
        let (parts, left) = settle(leaves, part, depth + 1, is_safe);
        atoms.extend(parts);
        rest.extend(left);
    }
    if depth > 0 && !rest.is_empty() && is_safe(&sum(leaves, group)) {
        let joined = absorb(leaves, rest, &mut atoms, is_safe);
        atoms.push(joined);
        return (atoms, Vec::new());
    }
    (atoms, rest)
}

/// Joins the smallest atoms to what is left over until it is safe.
fn absorb(leaves: &[Leaf], mut rest: Atom, atoms: &mut Vec<Atom>, is_safe: Safe<'_>) -> Atom {
    let mut whole = sum(leaves, &rest);
    if rest.is_empty() || is_safe(&whole) {
        return rest;
    }
    // The largest stand first, so that the smallest are taken from the end; of equal ones the first leaf decides.
    atoms.sort_by_cached_key(|atom| {
        std::cmp::Reverse((sum(leaves, atom).ballots, atom.first().copied()))
    });
    while !is_safe(&whole) {
        let Some(smallest) = atoms.pop() else { break };
        whole.add(&sum(leaves, &smallest));
        rest.extend(smallest);
    }
    rest.sort_unstable();
    rest
}

fn sum(leaves: &[Leaf], group: &[usize]) -> Sum {
    Sum::of(group.iter().filter_map(|index| leaves.get(*index)))
}

/// Of each leaf the atom it is in.
#[must_use]
pub(super) fn by_leaf(leaves: usize, atoms: &[Atom]) -> Vec<Option<usize>> {
    let mut of = vec![None; leaves];
    for (at, atom) in atoms.iter().enumerate() {
        for index in atom {
            if let Some(known) = of.get_mut(*index) {
                *known = Some(at);
            }
        }
    }
    of
}

/// Whether a group is put together from whole atoms: only then it is shown.
#[must_use]
pub(super) fn is_whole(group: &[usize], of: &[Option<usize>], atoms: &[Atom]) -> bool {
    let mut touched = Vec::with_capacity(group.len());
    for index in group {
        match of.get(*index) {
            Some(Some(atom)) => touched.push(*atom),
            _ => return false,
        }
    }
    touched.sort_unstable();
    touched.dedup();
    let size: usize = touched.iter().filter_map(|at| atoms.get(*at)).map(Vec::len).sum();
    !group.is_empty() && size == group.len()
}
