//! Places of the state, by name in any spelling, by sound, or by number.
//!
//! Exact spellings decide first, the longest first; then the sound of all that is not frame
//! (`mera zila … hai`); then the sound of parts of it. Short of a clear winner the best are offered.

mod by_sound;
mod decide;
mod lexicon;
mod message;
mod part;
mod seat;
mod sounds;
mod table;
mod why;

use super::heard::Heard;
use super::number::digits;
use super::reason::{Judged, Reason};
use super::words::{FILLER, JI, PART, PLACE_FRAME, POLITE};
use super::{Meaning, Reading};
use crate::geography::{Geography, Index, Meant};
use by_sound::{all_of_it, by_one_word};
use decide::judge;
use lexicon::Level;
pub(super) use lexicon::{is_word_or_place, prepare};
use message::{Class, Message};
use part::{city_without_part, seat_by_part};
use seat::{seat_beside_its_district, seat_in_named_district, seat_like_a_word};
use sounds::Sounds;
use table::{AMONG_FEW, OF_DISTRICTS, OF_SEATS, OFFERED, Table};
use why::reason;

pub(super) fn district(heard: &Heard, geography: &Geography) -> Judged {
    let table = districts(geography);
    if let Some(judged) = whole(heard, &table) {
        return judged;
    }
    let message = Message::new(heard, &table);
    if let Some(place) = pin_code(&message).and_then(|pin| geography.district_of_pin(pin)) {
        let reading = by_pin_code(place, &message, &table);
        return Judged { reading, reason: Reason::PlaceByPin };
    }
    explained(&table, &message, judge(&table, &message))
}

fn explained(table: &Table<'_>, message: &Message<'_>, reading: Reading) -> Judged {
    let reason = reason(table, message, &reading);
    Judged { reading, reason }
}

fn districts(geography: &Geography) -> Table<'_> {
    Table {
        index: geography.district_index(),
        allowed: &|_| true,
        meaning: Meaning::District,
        wanted: OF_DISTRICTS,
        level: Level::District,
    }
}

pub(super) fn lok_sabha(heard: &Heard, geography: &Geography) -> Judged {
    let table = Table {
        index: geography.lok_sabha_index(),
        allowed: &|_| true,
        meaning: Meaning::LokSabha,
        wanted: OF_SEATS,
        level: Level::LokSabha,
    };
    if let Some(judged) = whole(heard, &table) {
        return judged;
    }
    let message = Message::new(heard, &table);
    let by_number = message.number(heard).and_then(|number| {
        geography.lok_sabha.iter().position(|seat| i64::from(seat.number) == number)
    });
    match numbered(by_number, &message, &table) {
        Some(reading) => Judged { reading, reason: Reason::PlaceByNumber },
        None => explained(&table, &message, judge(&table, &message)),
    }
}

pub(super) fn assembly(heard: &Heard, geography: &Geography, district: Option<&str>) -> Judged {
    let allowed = |place: u16| match (district, geography.assemblies.get(usize::from(place))) {
        (Some(code), Some(seat)) => seat.district_code == code,
        (None, seat) => seat.is_some(),
        (Some(_), None) => false,
    };
    let few = district.is_some();
    let table = Table {
        index: geography.assembly_index(),
        allowed: &allowed,
        meaning: Meaning::Assembly,
        wanted: if few { AMONG_FEW } else { OF_SEATS },
        level: Level::Seat,
    };
    // "Sadar" alone is a seat of Sultanpur, and in every district the word for its chief town.
    let bare_part =
        !few && heard.words().all(|word| word.is(PART | FILLER | POLITE | JI | PLACE_FRAME));
    match whole(heard, &table) {
        Some(Judged { reading: Reading::Sure(seat), .. }) if bare_part => {
            return Reason::PlaceByPart.unsure(seat);
        }
        Some(judged) => return judged,
        None => {}
    }
    let message = Message::new(heard, &table);
    if let Some(number) = message.number(heard) {
        let by_number = geography
            .assemblies
            .iter()
            .position(|seat| i64::from(seat.number) == number)
            .filter(|place| u16::try_from(*place).is_ok_and(allowed));
        if by_number.is_none() && message.matches.is_empty() {
            return Reason::NoPlace.none();
        }
        if let Some(reading) = numbered(by_number, &message, &table) {
            return Judged { reading, reason: Reason::PlaceByNumber };
        }
    }
    if !message.question
        && !message.doubt
        && !message.either
        && !message.denied
        && let Some(seat) = seat_by_part(&message, geography, district)
    {
        return Reason::PlaceByPart.sure(Meaning::Assembly(seat));
    }
    explained(&table, &message, seat(&table, &message, geography, few))
}

/// A seat by its name, perhaps beside its district.
fn seat(table: &Table<'_>, message: &Message<'_>, geography: &Geography, few: bool) -> Reading {
    // "gaon rampur, vidhansabha loni": what the label speaks of.
    if let Some(run) = message.labelled(Level::Seat)
        && message.classes.get(..run.start).is_some_and(|before| before.contains(&Class::Smaller))
        && let reading @ Reading::Sure(_) = judge(table, message)
    {
        return reading;
    }
    if !message.question && !message.doubt && !message.either && !message.denied {
        let content: Vec<usize> = message.content().collect();
        let all = 0..message.words.len();
        if let Some(city) = city_without_part(message, geography)
            && let Some(several @ Meant::Several(_)) = table.index.lesser(&city)
        {
            return table.lesser(several);
        }
        if message.strangers().next().is_some()
            && let Sounds::Clear(place, _) = all_of_it(table, message, &all, &content)
            && !message.corrected
            && !message.elsewhere
        {
            return Reading::Sure(table.mean(place));
        }
        if let Some(reading) = seat_beside_its_district(message, geography) {
            return reading;
        }
        if let Some(seat) = seat_like_a_word(message, geography) {
            return Reading::Sure(Meaning::Assembly(seat));
        }
        if !few && let Some(reading) = seat_in_named_district(message, geography) {
            return reading;
        }
        if few && let Some(places) = by_one_word(table, message) {
            return table.offer(&places);
        }
    }
    judge(table, message)
}

/// The whole message is a name: the common case.
fn whole(heard: &Heard, table: &Table<'_>) -> Option<Judged> {
    let key = Index::key(heard.words().map(|word| word.folded));
    let places = table.exact(&key);
    if !places.is_empty() {
        let reading = table.offer(&places);
        let sure = matches!(reading, Reading::Sure(_));
        return Some(Judged {
            reading,
            reason: if sure { Reason::PlaceByName } else { Reason::Tie },
        });
    }
    let meant = table.index.lesser(&key)?;
    Some(Judged { reading: table.lesser(meant), reason: why::lesser(meant) })
}

/// The postal code of a message: six digits in one, or three and three.
fn pin_code(message: &Message<'_>) -> Option<u32> {
    let in_digits: Vec<&str> =
        message.words.iter().filter(|word| word.is_digits()).map(|word| word.folded).collect();
    let code = match in_digits.as_slice() {
        [one] if one.len() == 6 => digits(one)?,
        [one, two] if one.len() == 3 && two.len() == 3 => digits(one)? * 1000 + digits(two)?,
        _ => return None,
    };
    u32::try_from(code).ok()
}

/// A postal code is asked back, unless the district stands beside it.
fn by_pin_code(place: usize, message: &Message<'_>, table: &Table<'_>) -> Reading {
    let Ok(place) = u16::try_from(place) else { return Reading::None };
    if message.matches.is_empty() {
        return table.ask([place].into_iter());
    }
    let agrees = message.matches.iter().any(|found| found.places.contains(&place));
    if agrees { table.offer(&[place]) } else { judge(table, message) }
}

/// A seat named by its number, alone or beside its name.
fn numbered(place: Option<usize>, message: &Message<'_>, table: &Table<'_>) -> Option<Reading> {
    let place = u16::try_from(place?).ok()?;
    if message.question || message.doubt || message.either || message.denied {
        return None;
    }
    let agrees = message.matches.iter().any(|found| found.places.contains(&place));
    let contradicted = message.matches.iter().find(|found| !found.places.contains(&place));
    if let (false, Some(other)) = (agrees, contradicted) {
        let named = other.places.iter().copied().take(OFFERED - 1);
        return Some(table.tie(named.chain([place])));
    }
    let mut strangers = message.strangers().filter(|at| !message.is(*at, Class::Number));
    let labelled = message.has(Class::Label(table.level));
    if agrees
        || (strangers.next().is_none()
            && (labelled || !(message.has(Class::Everyday) || message.has(Class::Other))))
    {
        return Some(Reading::Sure(table.mean(place)));
    }
    let reading = if labelled { table.ask([place].into_iter()) } else { Reading::None };
    Some(reading)
}

#[cfg(test)]
mod tests;
