//! Groups so small that the key of the count, held together with the bundle, shows a person: what leaves the server with an
//! envelope is a place and a post, and where one person alone holds the post there, that is their name.

use std::collections::BTreeMap;

use super::envelope::Origin;
use super::file::{Keep, Poll};
use super::tally::Cell;

/// How many groups of a roster are smaller than the threshold, as far as places are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Small {
    /// Groups of place and post in all.
    pub groups: u64,
    /// Those with fewer people than the threshold.
    pub small: u64,
    /// The people in them.
    pub people: u64,
    /// Those of one person.
    pub single: u64,
}

/// Counts them over the people from each seat, place and post, at what this poll keeps, or would keep.
#[must_use]
pub fn small_groups<'e>(
    poll: &Poll,
    keep: Keep,
    electorate: impl IntoIterator<Item = (&'e Origin, &'e u64)>,
) -> Small {
    let mut groups: BTreeMap<(u16, Cell), u64> = BTreeMap::new();
    for (origin, people) in electorate {
        *groups.entry((origin.seat, keep.of(origin.cell))).or_default() += people;
    }
    let mut small = Small { groups: groups.len() as u64, ..Small::default() };
    for people in groups.into_values().filter(|people| *people < poll.rules.threshold) {
        small.small += 1;
        small.people += people;
        small.single += u64::from(people == 1);
    }
    small
}
