//! Seats named beside the district they lie in.

use super::super::Meaning;
use super::super::Reading;
use super::super::heard::Word;
use super::super::words::PART;
use super::by_sound::MOST_CONTENT;
use super::lexicon::Level;
use super::message::{Class, Message};
use super::part::{cities, districts_spelt};
use super::sounds::{Sounds, sounds_like};
use super::table::{AMONG_FEW, OF_SEATS, Table};
use crate::geography::{Geography, Index};

/// `biswan sitapur`: of two seats in one district, the one that is not called like the district.
pub(super) fn seat_beside_its_district(
    message: &Message<'_>,
    geography: &Geography,
) -> Option<Reading> {
    let [one, other] = message.matches.as_slice() else { return None };
    let (&[one], &[other]) = (one.places.as_slice(), other.places.as_slice()) else { return None };
    let seat = |place: u16| geography.assemblies.get(usize::from(place));
    let (first, second) = (seat(one)?, seat(other)?);
    if first.district_code != second.district_code {
        return None;
    }
    let capital = &geography.district(&first.district_code)?.name_en;
    let meant = match (&first.name_en == capital, &second.name_en == capital) {
        (true, false) => other,
        (false, true) => one,
        _ => return None,
    };
    Some(Reading::Sure(Meaning::Assembly(usize::from(meant))))
}

/// The places of a table with this word in their names.
fn one_of(table: &Table<'_>, folded: &str) -> Vec<u16> {
    let places = table.index.by_word(folded).iter().copied();
    places.filter(|place| (table.allowed)(*place)).collect()
}

/// `kushinagar ki hata`: a seat that is called like a word of something else, beside
/// the district it lies in.
pub(super) fn seat_like_a_word(message: &Message<'_>, geography: &Geography) -> Option<usize> {
    let content: Vec<usize> = message.content().collect();
    if content.is_empty() || content.len() > MOST_CONTENT {
        return None;
    }
    let mut seats: Vec<usize> = Vec::new();
    for (at, word) in message.words.iter().enumerate() {
        let known = [Class::Other, Class::Number, Class::Everyday, Class::Part];
        if !known.into_iter().any(|class| message.is(at, class)) {
            continue;
        }
        let named = geography.assembly_index().exact(word.folded);
        if named.is_empty() {
            continue;
        }
        let rest: Vec<&Word<'_>> = content
            .iter()
            .filter(|other| **other != at)
            .filter_map(|other| message.words.get(*other))
            .collect();
        let districts = if rest.is_empty() { Vec::new() } else { cities(&rest, geography) };
        let [district] = districts.as_slice() else { continue };
        let code = &geography.districts.get(usize::from(*district))?.code;
        let within = named.iter().map(|place| usize::from(*place)).filter(|place| {
            geography.assemblies.get(*place).is_some_and(|seat| seat.district_code == *code)
        });
        seats.extend(within);
    }
    match seats.as_slice() {
        [seat] => Some(*seat),
        _ => None,
    }
}

/// `goshaiganj ayodhya`: a name, perhaps misspelt, beside the district it lies in.
pub(super) fn seat_in_named_district(
    message: &Message<'_>,
    geography: &Geography,
) -> Option<Reading> {
    // "gaon rampur": a village is no district.
    let aside = |at: &usize| message.matches.iter().any(|it| it.aside && it.words.contains(at));
    let content: Vec<usize> = message.content().filter(|at| !aside(at)).collect();
    let named_whole =
        message.matches.iter().any(|found| content.iter().all(|place| found.words.contains(place)));
    if content.len() < 2 || content.len() > MOST_CONTENT || named_whole {
        return None;
    }
    // A district that is written right is found before one that only sounds so.
    for (right, length) in [true, false]
        .into_iter()
        .flat_map(|right| (1..content.len()).rev().map(move |n| (right, n)))
    {
        for (first, last) in [(content.len() - length, content.len() - 1), (0, length - 1)] {
            let window: Vec<&Word<'_>> = content
                .get(first..=last)?
                .iter()
                .filter_map(|place| message.words.get(*place))
                .collect();
            let districts = if right {
                districts_spelt(&Index::key(window.iter().map(|word| word.folded)), geography)
            } else {
                cities(&window, geography)
            };
            if districts.is_empty() {
                continue;
            }
            let rest: Vec<&Word<'_>> = content
                .iter()
                .enumerate()
                .filter(|(at, _)| !(first..=last).contains(at))
                .filter_map(|(_, place)| message.words.get(*place))
                .collect();
            if rest.iter().all(|word| word.is(PART)) {
                continue;
            }
            let codes: Vec<&str> = districts
                .iter()
                .filter_map(|place| geography.districts.get(usize::from(*place)))
                .map(|district| district.code.as_str())
                .collect();
            let allowed = |place: u16| {
                let seat = geography.assemblies.get(usize::from(place));
                seat.is_some_and(|seat| codes.contains(&seat.district_code.as_str()))
            };
            let table = Table {
                index: geography.assembly_index(),
                allowed: &allowed,
                meaning: Meaning::Assembly,
                wanted: AMONG_FEW,
                level: Level::Seat,
            };
            // "gola kheri": one word of Gola Gokrannath.
            if let [word] = rest.as_slice()
                && table.exact(word.folded).is_empty()
                && let [place] = one_of(&table, word.folded).as_slice()
            {
                return Some(Reading::Sure(table.mean(*place)));
            }
            match sounds_like(&table, rest.iter().copied()) {
                Sounds::Clear(place, _) => {
                    return Some(Reading::Sure(table.mean(place)));
                }
                Sounds::Near(near)
                    if near.first().is_some_and(|best| best.similarity >= OF_SEATS.least) =>
                {
                    return Some(table.guess(near));
                }
                _ => {}
            }
        }
    }
    None
}
