//! What a message sounds like as a whole, then in parts, where no name stands in it word for word.

use std::ops::Range;

use super::super::Reading;
use super::lexicon::Level;
use super::message::{Class, Message};
use super::sounds::{Found, Sounds, sounds_like};
use super::table::{OF_SEATS, Table};
use crate::geography::Meant;

/// More content than this is a story, and its parts are not compared by sound.
pub(super) const MOST_CONTENT: usize = 5;
/// Unknown words that may stand beside a name without making it doubtful.
pub(super) const MOST_STRANGERS: usize = 2;
/// A part of a message must be this like a name to be asked about.
pub(super) const LIKE_IN_PART: f32 = 0.86;
/// And this like it to be taken.
pub(super) const SURE_IN_PART: f32 = 0.92;
/// With the words around it a name must be the same sound.
const SAME_WIDE: f32 = 0.94;
/// A long name may be one slip away.
const SAME_LONG: f32 = 0.90;
const LONG_NAME: usize = 10;
/// Words of everyday that may be one name together.
const MOST_TOGETHER: usize = 4;
/// A whole message this like a longer name is not the shorter name that stands in it.
pub(super) const LIKE_LONGER: f32 = 0.82;

/// The sound of all that may be of a name, by itself; with everyday words, since `raam poor` is
/// one; and with the small words between, as in `bakshi ka talab`.
pub(super) fn all_of_it(
    table: &Table<'_>,
    message: &Message<'_>,
    scope: &Range<usize>,
    content: &[usize],
) -> Sounds {
    if *scope != (0..message.words.len()) {
        return all_within(table, message, scope, content);
    }
    message.sounds.get_or_init(|| all_within(table, message, scope, content)).clone()
}

fn all_within(
    table: &Table<'_>,
    message: &Message<'_>,
    scope: &Range<usize>,
    content: &[usize],
) -> Sounds {
    let unknown = content.iter().any(|at| message.is(*at, Class::Unknown));
    if content.len() > MOST_CONTENT {
        return Sounds::Nothing;
    }
    let said = |place: &usize| {
        let class = message.classes.get(*place);
        content.contains(place)
            || matches!(class, Some(Class::Everyday | Class::Smaller | Class::Other))
    };
    let wide: Vec<usize> = scope.clone().filter(said).collect();
    // "gautam buddha nahar": words of everyday alone may be a name of several words.
    if !unknown && !(2..=MOST_TOGETHER).contains(&wide.len()) {
        return Sounds::Nothing;
    }
    let from = wide.first().copied().unwrap_or_default();
    let to = wide.last().copied().unwrap_or_default();
    let span: Vec<usize> = (from..=to).collect();
    let letters = |window: &[usize]| -> usize {
        let words = window.iter().filter_map(|at| message.words.get(*at));
        words.map(|word| word.cleaned.chars().count()).sum()
    };
    let same_wide = |similarity: f32, window: &[usize]| {
        similarity >= if letters(window) >= LONG_NAME { SAME_LONG } else { SAME_WIDE }
    };
    let sounds = |window: &[usize]| {
        sounds_like(table, window.iter().filter_map(|place| message.words.get(*place)))
    };
    let mut near: Vec<Found> = Vec::new();
    let is_wider = |window: &[usize]| window != content && window.len() <= MOST_CONTENT;
    let wider = [(is_wider(&wide), &wide), (is_wider(&span) && span != wide, &span)];
    for (_, window) in wider.into_iter().filter(|(is_wider, _)| *is_wider) {
        match sounds(window) {
            // "sikandhra rao" is more than Sikandra, "sir basti" no Shrawasti.
            clear @ Sounds::Clear(_, similarity) if same_wide(similarity, window) => return clear,
            Sounds::Near(found) if unknown => {
                near.extend(found.into_iter().filter(|found| found.similarity >= LIKE_LONGER));
            }
            _ => {}
        }
    }
    match if unknown { sounds(content) } else { Sounds::Nothing } {
        Sounds::Near(found) => near.extend(found),
        Sounds::Nothing => {}
        heard => return heard,
    }
    if content.len() == 2 {
        // `pawai phoolpur` for Phoolpur-Pawai: two words in the other order. That is rare, so that
        // the sound must be all but the same.
        let words = content.iter().rev().filter_map(|place| message.words.get(*place));
        if let Sounds::Clear(place, similarity) = sounds_like(table, words)
            && similarity >= SURE_IN_PART
        {
            return Sounds::Clear(place, similarity);
        }
    }
    near.sort_by(|one, other| other.rank.total_cmp(&one.rank));
    if near.is_empty() { Sounds::Nothing } else { Sounds::Near(near) }
}

/// No name stands in the message word for word: its parts are compared by sound, after `all` of it
/// was.
pub(super) fn by_part_of_message(
    table: &Table<'_>,
    message: &Message<'_>,
    content: &[usize],
    all: Sounds,
    sure: impl Fn(u16) -> Reading + Copy,
) -> Reading {
    let count = content.len();
    let near_all = match all {
        Sounds::Elsewhere => return Reading::None,
        Sounds::Lesser(meant) => return table.lesser(meant),
        Sounds::Near(near) => near,
        Sounds::Clear(place, _) => return sure(place),
        Sounds::Nothing => Vec::new(),
    };
    // What is denied is not looked for: "hargiz nahi" is no Hargaon. What follows may correct it.
    if message.corrected {
        return after_denial(table, message);
    }
    if count == 0 || count > MOST_CONTENT {
        return Reading::None;
    }
    let mut offered: Vec<Found> = Vec::new();
    let mut lesser: Option<Meant> = None;
    // "rae baeli" is like Rae Bareli as a whole; that "baeli" is like Ballia must not settle it.
    let rivals = near_all.first().is_some_and(|best| best.similarity >= LIKE_LONGER);
    for length in (1..count).rev() {
        for first in 0..=count - length {
            let places = content.get(first..first + length).unwrap_or_default();
            if !places.iter().any(|at| message.is(*at, Class::Unknown)) {
                continue;
            }
            let window = places.iter().filter_map(|place| message.words.get(*place));
            match sounds_like(table, window) {
                Sounds::Clear(place, similarity) => {
                    let certain = similarity >= if rivals { 1.0 } else { SURE_IN_PART };
                    if certain && count - length <= MOST_STRANGERS {
                        return sure(place);
                    }
                    let meant = Meant::Place(place);
                    offered.push(Found { meant, similarity, rank: similarity });
                }
                Sounds::Elsewhere => return Reading::None,
                Sounds::Lesser(meant) => lesser = lesser.or(Some(meant)),
                Sounds::Near(near) => offered
                    .extend(near.into_iter().filter(|found| found.similarity >= LIKE_IN_PART)),
                Sounds::Nothing => {}
            }
        }
    }
    if let Some([place]) = by_one_word(table, message).as_deref()
        && count == 1
    {
        // "gola" is nearer to Gola Gokrannath than to any other name.
        offered.push(Found { meant: Meant::Place(*place), similarity: 1.0, rank: 1.0 });
    }
    // Beside small talk a name must be met well.
    let talks = [Class::Everyday, Class::Other, Class::Digits, Class::Counted]
        .into_iter()
        .any(|class| message.has(class));
    offered.extend(near_all.into_iter().filter(|found| !talks || found.similarity >= LIKE_IN_PART));
    let best = offered.iter().map(|found| found.similarity).fold(0.0, f32::max);
    if best < asked_from(table, message, content) {
        offered.clear();
    }
    if offered.is_empty() {
        if let Some(meant) = lesser {
            return table.lesser(meant);
        }
        let places = by_one_word(table, message).unwrap_or_default();
        return table.ask(places.into_iter());
    }
    table.guess(offered)
}

/// One word of a name of several: `bithari` for Bithari Chainpur. Within a known district that is
/// enough; among all of the state it is asked back.
pub(super) fn by_one_word(table: &Table<'_>, message: &Message<'_>) -> Option<Vec<u16>> {
    if !message.matches.is_empty() {
        return None;
    }
    let mut common: Option<Vec<u16>> = None;
    if !message.strangers().any(|place| message.is(place, Class::Unknown)) {
        return None;
    }
    for stranger in message.strangers() {
        let folded = message.words.get(stranger)?.folded;
        if folded.chars().count() < 2 {
            continue;
        }
        let with_word = table.index.by_word(folded);
        let with_all: Vec<u16> = match common {
            None => with_word.iter().copied().filter(|place| (table.allowed)(*place)).collect(),
            Some(so_far) => so_far.into_iter().filter(|place| with_word.contains(place)).collect(),
        };
        common = Some(with_all);
    }
    common.filter(|places| !places.is_empty())
}

/// Short words are like some name by chance: they must be more like it, unless a label says that a
/// name is meant.
fn asked_from(table: &Table<'_>, message: &Message<'_>, content: &[usize]) -> f32 {
    if message.has(Class::Label(table.level)) || table.wanted.least < OF_SEATS.least {
        return table.wanted.least;
    }
    let words = content.iter().filter_map(|at| message.words.get(*at));
    let letters: usize = words.map(|word| word.folded.chars().count()).sum();
    match (table.level, letters) {
        (Level::Seat, 0..=5) => 0.88,
        (Level::Seat, 6) => 0.86,
        (Level::Seat, 7) | (_, 0..=4) => 0.84,
        (_, 5) => 0.82,
        _ => table.wanted.least,
    }
}

/// `sitapor nahi, barelly`: what stands behind the word that denies, or what is left when a name was
/// taken back.
pub(super) fn after_denial(table: &Table<'_>, message: &Message<'_>) -> Reading {
    let denial = message.classes.iter().rposition(|class| *class == Class::Not);
    if denial.is_none() && !message.denied {
        return Reading::None;
    }
    let behind = message.strangers().filter(|at| denial.is_none_or(|denial| *at > denial));
    asked_by_sound(table, message, &behind.collect::<Vec<usize>>())
}

/// `shayad sitapor`: asked back at best.
pub(super) fn in_doubt(table: &Table<'_>, message: &Message<'_>) -> Reading {
    if message.corrected {
        return Reading::None;
    }
    asked_by_sound(table, message, &message.strangers().collect::<Vec<usize>>())
}

fn asked_by_sound(table: &Table<'_>, message: &Message<'_>, content: &[usize]) -> Reading {
    if content.len() > MOST_CONTENT {
        return Reading::None;
    }
    match sounds_like(table, content.iter().filter_map(|at| message.words.get(*at))) {
        Sounds::Clear(place, _) => table.ask([place].into_iter()),
        Sounds::Near(near)
            if near
                .first()
                .is_some_and(|best| best.similarity >= asked_from(table, message, content)) =>
        {
            table.guess(near)
        }
        _ => Reading::None,
    }
}
