//! One table of places as one question sees it: how sure a name must be, and what is offered.

use super::super::{Meaning, Reading};
use super::lexicon::Level;
use super::sounds::Found;
use crate::geography::{Index, Meant, Wanted};

pub(super) const OFFERED: usize = 3;

/// The measured thresholds for all names of a kind as candidates (docs/understanding.md).
pub(super) const OF_DISTRICTS: Wanted = Wanted { sure: 0.87, clear: 0.05, least: 0.76 };
pub(super) const OF_SEATS: Wanted = Wanted { sure: 0.88, clear: 0.05, least: 0.76 };
/// Within one district there are a handful of names, far apart.
pub(super) const AMONG_FEW: Wanted = Wanted { sure: 0.80, clear: 0.10, least: 0.65 };

/// One table of places, seen from one question.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) index: &'a Index,
    pub(super) allowed: &'a dyn Fn(u16) -> bool,
    pub(super) meaning: fn(usize) -> Meaning,
    pub(super) wanted: Wanted,
    pub(super) level: Level,
}

impl Table<'_> {
    pub(super) fn exact(&self, key: &str) -> Vec<u16> {
        let places = self.index.exact(key).iter().copied();
        places.filter(|place| (self.allowed)(*place)).collect()
    }

    /// One place is sure; a few are equally meant; of many none.
    pub(super) fn offer(&self, places: &[u16]) -> Reading {
        match places {
            [place] => Reading::Sure(self.mean(*place)),
            several => self.tie(several.iter().copied()),
        }
    }

    /// A name that is no place's own.
    pub(super) fn lesser(&self, meant: Meant) -> Reading {
        let mut places = self.index.places(meant);
        places.retain(|place| (self.allowed)(*place));
        match (meant, places.as_slice()) {
            (Meant::Headquarters(_) | Meant::Several(_), [_]) => self.ask(places.into_iter()),
            _ => self.tie(places.into_iter()),
        }
    }

    pub(super) fn ask(&self, places: impl Iterator<Item = u16>) -> Reading {
        let offered: Vec<Meaning> = places.map(|place| self.mean(place)).collect();
        let some = (1..=OFFERED).contains(&offered.len());
        if some { Reading::Unsure(offered) } else { Reading::None }
    }

    pub(super) fn tie(&self, places: impl Iterator<Item = u16>) -> Reading {
        match self.ask(places) {
            Reading::Unsure(equal) => Reading::Tie(equal),
            reading => reading,
        }
    }

    pub(super) fn mean(&self, place: u16) -> Meaning {
        (self.meaning)(usize::from(place))
    }

    /// The nearest are asked about; if the best is a name of several places, none is likelier.
    pub(super) fn guess(&self, near: Vec<Found>) -> Reading {
        let best = near.iter().max_by(|one, other| one.rank.total_cmp(&other.rank));
        let shared = best.is_some_and(|best| {
            let places = self.index.places(best.meant).into_iter();
            places.filter(|place| (self.allowed)(*place)).count() > 1
        });
        match (shared, best.map(|best| best.meant)) {
            (true, Some(meant)) => self.lesser(meant),
            _ => self.ask(self.nearest(near).into_iter()),
        }
    }

    /// The places of the nearest, each once, as many as are offered.
    pub(super) fn nearest(&self, mut near: Vec<Found>) -> Vec<u16> {
        near.sort_by(|one, other| other.rank.total_cmp(&one.rank));
        let mut places: Vec<u16> = Vec::new();
        for found in near {
            for place in self.index.places(found.meant) {
                if !places.contains(&place) && (self.allowed)(place) {
                    places.push(place);
                }
            }
        }
        places.truncate(OFFERED);
        places
    }
}
