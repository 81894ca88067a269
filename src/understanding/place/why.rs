//! Why a message was heard as a place, or as none.

use super::super::reason::Reason;
use super::super::{Meaning, Reading};
use super::message::Message;
use super::table::Table;
use crate::geography::Meant;

/// The reason for what the whole message came to.
pub(super) fn reason(table: &Table<'_>, message: &Message<'_>, reading: &Reading) -> Reason {
    match reading {
        Reading::Sure(meaning) => met(table, message, meaning),
        Reading::Unsure(_) | Reading::Tie(_) if message.denied || message.corrected => {
            Reason::PlaceDenied
        }
        Reading::Unsure(_) | Reading::Tie(_) if message.doubt => Reason::Doubt,
        Reading::Tie(_) if message.either => Reason::Either,
        Reading::Tie(_) if message.question => Reason::Question,
        Reading::Unsure(meanings) => {
            let first = meanings.first();
            let town = message.matches.iter().find(|found| {
                let names = |place: &u16| Some(&(table.meaning)(usize::from(*place))) == first;
                !matches!(found.meant, Meant::Place(_)) && found.places.iter().any(names)
            });
            town.map_or(Reason::PlaceLike, |found| lesser(found.meant))
        }
        Reading::Tie(_) | Reading::None if message.elsewhere => Reason::PlaceElsewhere,
        Reading::Tie(_) => Reason::Tie,
        Reading::None if message.question => Reason::Question,
        Reading::None if message.doubt => Reason::Doubt,
        Reading::None if message.denied || message.corrected => Reason::PlaceDenied,
        Reading::None => Reason::NoPlace,
    }
}

fn met(table: &Table<'_>, message: &Message<'_>, meaning: &Meaning) -> Reason {
    let by_name = message.matches.iter().any(|found| {
        matches!(found.meant, Meant::Place(place) if (table.meaning)(usize::from(place)) == *meaning)
    });
    if by_name { Reason::PlaceByName } else { Reason::PlaceBySound }
}

/// Why a name that is no place's own says no more.
pub(super) fn lesser(meant: Meant) -> Reason {
    match meant {
        Meant::Headquarters(_) => Reason::PlaceByTown,
        Meant::Within(_) => Reason::PlaceWithin,
        Meant::Elsewhere => Reason::PlaceElsewhere,
        Meant::Place(_) | Meant::Several(_) => Reason::Tie,
    }
}
