//! What a message comes to: the names that stand in it word for word, else what it sounds like.

use std::ops::Range;

use super::super::Reading;
use super::super::heard::Word;
use super::by_sound::{
    LIKE_IN_PART, LIKE_LONGER, MOST_CONTENT, MOST_STRANGERS, SURE_IN_PART, after_denial, all_of_it,
    by_part_of_message, in_doubt,
};
use super::lexicon::Level;
use super::message::{Class, Match, Message};
use super::sounds::{Sounds, sounds_like};
use super::table::{OFFERED, Table};
use crate::geography::{Meant, Wanted};

/// More words of small talk than this beside a name tell a story about a place.
const MOST_TALK: usize = 3;
/// What a label speaks of may be this unlike a name and is still asked about.
const FROM_FAR: f32 = 0.70;

/// What a label speaks of counts before all else.
pub(super) fn judge(table: &Table<'_>, message: &Message<'_>) -> Reading {
    let all = 0..message.words.len();
    if let Some(run) = message.labelled(table.level)
        && run != all
    {
        let mut spoken_of: Vec<&Match> = message
            .matches
            .iter()
            .filter(|found| found.words.start < run.end && run.start < found.words.end)
            .collect();
        if spoken_of.iter().any(|found| !found.aside) {
            spoken_of.retain(|found| !found.aside);
        }
        let reading = decide(table, message, &run, &spoken_of);
        if reading != Reading::None {
            return reading;
        }
        if spoken_of.is_empty()
            && let Some(reading) = by_label(table, message, &run)
        {
            return reading;
        }
    }
    let mut named: Vec<&Match> = message.matches.iter().filter(|found| !found.aside).collect();
    if named.is_empty() && !message.matches.is_empty() {
        // "mohalla katra sitapoor": what is no village may be a name.
        let strangers: Vec<usize> = message.strangers().collect();
        let all_sounds =
            sounds_like(table, strangers.iter().filter_map(|at| message.words.get(*at)));
        let sure = |place: u16| Reading::Sure(table.mean(place));
        if !strangers.is_empty()
            && !message.question
            && !message.doubt
            && !message.either
            && !message.corrected
            && let reading @ (Reading::Sure(_) | Reading::Unsure(_)) =
                by_part_of_message(table, message, &strangers, all_sounds, sure)
        {
            return reading;
        }
        let aside = message.matches.iter().flat_map(|found| found.places.iter().copied());
        return table.tie(distinct(aside).into_iter());
    }
    if message.elsewhere {
        // What sounds like a name as a whole names no place outside by its first word.
        let content: Vec<usize> = message.content().collect();
        if let Sounds::Clear(place, similarity) = all_of_it(table, message, &all, &content)
            && similarity >= SURE_IN_PART
            && named.is_empty()
        {
            return Reading::Sure(table.mean(place));
        }
        named.retain(|found| matches!(found.meant, Meant::Place(_)));
        let places = named.iter().flat_map(|found| found.places.iter().copied());
        return table.tie(distinct(places).into_iter());
    }
    decide(table, message, &all, &named)
}

/// What a label speaks of is a name, however misspelt: asked about from far. A name elsewhere in the
/// message (`naam mohan, vidhansabha …`) is not meant.
fn by_label(table: &Table<'_>, message: &Message<'_>, run: &Range<usize>) -> Option<Reading> {
    if message.question || message.doubt || message.either || message.corrected {
        return None;
    }
    let words = run.clone().filter(|at| message.content().any(|own| own == *at));
    let words: Vec<&Word<'_>> = words.filter_map(|at| message.words.get(at)).collect();
    if words.is_empty() || words.len() > MOST_CONTENT {
        return None;
    }
    let far = Table { wanted: Wanted { least: FROM_FAR, ..table.wanted }, ..*table };
    match sounds_like(&far, words.iter().copied()) {
        Sounds::Clear(place, _) => Some(table.ask([place].into_iter())),
        Sounds::Near(near) => Some(table.guess(near)),
        _ => None,
    }
}

/// The places named within a stretch of the message, or what it sounds like.
fn decide(
    table: &Table<'_>,
    message: &Message<'_>,
    scope: &Range<usize>,
    named: &[&Match],
) -> Reading {
    let own: Vec<&Match> =
        named.iter().copied().filter(|found| matches!(found.meant, Meant::Place(_))).collect();
    // A city beside one of its seats, a town beside its district: the one place is meant.
    let meant = if own.is_empty() { named } else { own.as_slice() };
    let places = distinct(meant.iter().flat_map(|found| found.places.iter().copied()));
    // "behat wali, jila saharanpur ki behat": who says a name twice means it.
    let often = |place: &u16| meant.iter().filter(|found| found.places == [*place]).count();
    if let Some(place) = places.iter().find(|place| often(place) > 1)
        && places.len() == 2
        && !message.either
        && !message.question
    {
        return table.ask([*place].into_iter());
    }
    let asked = message.question || message.either || (message.doubt && message.corrected);
    if message.denied && places.is_empty() && !asked {
        return after_denial(table, message);
    }
    if asked {
        return table.tie(places.into_iter());
    }
    if message.doubt {
        return match places.as_slice() {
            [] => in_doubt(table, message),
            [_] => table.ask(places.into_iter()),
            _ => table.tie(places.into_iter()),
        };
    }
    let strangers: Vec<usize> = message.strangers().filter(|place| scope.contains(place)).collect();
    let content: Vec<usize> = message.content().filter(|place| scope.contains(place)).collect();
    let all = if strangers.is_empty() && !places.is_empty() {
        Sounds::Nothing
    } else {
        all_of_it(table, message, scope, &content)
    };
    let sure = |place: u16| {
        if message.corrected || message.denied {
            table.ask([place].into_iter())
        } else {
            Reading::Sure(table.mean(place))
        }
    };
    if let Sounds::Clear(place, _) = all {
        return sure(place);
    }
    if own.is_empty() && !places.is_empty() && !strangers.is_empty() {
        // "kashgnj soron": the town says less than what sounds like a place.
        let all = sounds_like(table, strangers.iter().filter_map(|at| message.words.get(*at)));
        let reading = by_part_of_message(table, message, &strangers, all, sure);
        if matches!(reading, Reading::Sure(_)) {
            return reading;
        }
    }
    match places.as_slice() {
        [] => by_part_of_message(table, message, &content, all, sure),
        [place] if !own.is_empty() => {
            // "lucknow, kanpur": one of them is two districts, and still another.
            let other = named.iter().find(|found| {
                matches!(found.meant, Meant::Several(_)) && !found.places.contains(place)
            });
            if table.level == Level::District
                && let Some(other) = other
            {
                return table.tie(
                    distinct([*place].into_iter().chain(other.places.iter().copied())).into_iter(),
                );
            }
            // "phoolpur pawae": all of it is like a longer name.
            if let Sounds::Near(near) = &all
                && let Some(best) = near.first()
                && best.similarity >= LIKE_LONGER
                && best.meant != Meant::Place(*place)
            {
                let others = table.nearest(near.clone()).into_iter();
                return table.ask(distinct(others.chain([*place])).into_iter().take(OFFERED));
            }
            let labelled = *scope != (0..message.words.len());
            let talk = message.classes.iter().filter(|class| **class == Class::Everyday).count();
            match strangers.len() {
                _ if message.introduces() => sure(*place),
                0 if talk <= MOST_TALK || labelled => sure(*place),
                few @ 1..=MOST_STRANGERS if few + talk <= MOST_TALK || labelled => sure(*place),
                _ => table.tie([*place].into_iter()),
            }
        }
        several => match with_neighbours(table, message, scope, several)
            .map_or(all, |place| Sounds::Clear(place, 1.0))
        {
            Sounds::Clear(place, _) => sure(place),
            // "lucknow wesht": the shared name says little, what all of it sounds like says more.
            Sounds::Near(near)
                if near.first().is_some_and(|best| best.similarity >= LIKE_IN_PART) =>
            {
                table.guess(near)
            }
            _ => match meant.first() {
                Some(found) if several.len() == 1 => table.lesser(found.meant),
                _ => table.tie(several.iter().copied()),
            },
        },
    }
}

/// "kanpur nager se hun, shastri chowk": a shared name and the words beside it are one of its places.
fn with_neighbours(
    table: &Table<'_>,
    message: &Message<'_>,
    scope: &Range<usize>,
    several: &[u16],
) -> Option<u16> {
    let [found] = message.matches.as_slice() else { return None };
    if !matches!(found.meant, Meant::Several(_)) {
        return None;
    }
    for length in (1..=2).rev() {
        let window = found.words.start..(found.words.end + length);
        if window.end > scope.end
            || !window.clone().all(|at| message.content().any(|own| own == at))
        {
            continue;
        }
        let words = window.filter_map(|at| message.words.get(at));
        if let Sounds::Clear(place, similarity) = sounds_like(table, words)
            && similarity >= SURE_IN_PART
            && several.contains(&place)
        {
            return Some(place);
        }
    }
    None
}

/// Each once, in order.
fn distinct(places: impl Iterator<Item = u16>) -> Vec<u16> {
    let mut each: Vec<u16> = Vec::new();
    for place in places {
        if !each.contains(&place) {
            each.push(place);
        }
    }
    each
}
