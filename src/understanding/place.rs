//! Places of the state, by name in any spelling, by sound, or by number.
//!
//! A message is looked at through windows of one to four words: `ji mera zila Lakhnau hai` is a
//! district with words around it. An exact spelling beats a sound, a longer window a shorter one.
//! Sounds are compared by a weighted edit distance across scripts; the thresholds are those the
//! method was measured with (97 of 100 messages right on districts, see docs/understanding.md when
//! it comes), and what lies below them is asked about rather than taken.

use super::heard::{Heard, Word};
use super::words::{
    CANTT, CENTRAL, DOUBT, EAST, FILLER, IS, JI, ME, NO, NORTH, OR, PLACE_FRAME, POLITE, QUESTION,
    RURAL, Roles, SADAR, SOUTH, URBAN, WEST, WHY, YES,
};
use super::{Meaning, Reading, number};
use crate::geography::{Geography, Index, Near, Sound, fold};

/// Words of the longest name (`Gautam Buddha Nagar` has three, `Bakshi Ka Talab` too).
const WIDEST: usize = 4;

/// So many strange words beside a place make it a story in which the place occurs.
const STRANGERS: usize = 3;

/// Directions and parts in the words the tables use, to which a synonym is turned.
const PARTS: [(Roles, &[&str]); 9] = [
    (NORTH, &["north", "uttar", "nagar uttar"]),
    (SOUTH, &["south", "dakshin"]),
    (EAST, &["east", "purv", "पूर्व"]),
    (WEST, &["west", "pashchim", "पश्चिम"]),
    (CENTRAL, &["central", "madhya", "मध्य"]),
    (CANTT, &["cantt", "cantonment", "कैंट"]),
    (RURAL, &["rural", "gramin", "dehat"]),
    (URBAN, &["nagar", "city", "urban"]),
    (SADAR, &["sadar"]),
];

/// How alike a sound must be, by how many names there are to mistake it for.
struct Likeness {
    /// From here on it is taken, if the next best is clearly worse.
    sure: f32,
    /// From here on it is asked about.
    unsure: f32,
}

const DISTRICTS: Likeness = Likeness { sure: 0.87, unsure: 0.76 };
const SEATS: Likeness = Likeness { sure: 0.88, unsure: 0.76 };
/// With the district known, a handful of names are left.
const SEATS_OF_A_DISTRICT: Likeness = Likeness { sure: 0.84, unsure: 0.66 };
/// The runner-up must be this much worse.
const CLEAR: f32 = 0.05;

pub(super) fn district(heard: &Heard, geography: &Geography) -> Reading {
    find(heard, geography.district_index(), &DISTRICTS, |_| true, Meaning::District)
}

pub(super) fn assembly(
    text: &str,
    heard: &Heard,
    geography: &Geography,
    district: Option<&str>,
) -> Reading {
    let allowed = |place: u16| match (district, geography.assemblies.get(usize::from(place))) {
        (Some(code), Some(seat)) => seat.district_code == code,
        (_, seat) => seat.is_some(),
    };
    // "AC no 45", "विधानसभा क्रमांक २१८": a number is the seat's own.
    let last = i64::try_from(geography.assemblies.len()).unwrap_or(i64::MAX);
    if let Some(place) = by_number(text, heard, last) {
        return if allowed(place) {
            Reading::Sure(Meaning::Assembly(usize::from(place)))
        } else {
            Reading::None
        };
    }
    let likeness = if district.is_some() { &SEATS_OF_A_DISTRICT } else { &SEATS };
    find(heard, geography.assembly_index(), likeness, allowed, Meaning::Assembly)
}

pub(super) fn lok_sabha(text: &str, heard: &Heard, geography: &Geography) -> Reading {
    let last = i64::try_from(geography.lok_sabha.len()).unwrap_or(i64::MAX);
    if let Some(place) = by_number(text, heard, last) {
        return Reading::Sure(Meaning::LokSabha(usize::from(place)));
    }
    find(heard, geography.lok_sabha_index(), &DISTRICTS, |_| true, Meaning::LokSabha)
}

/// The seat a number names, as an index: numbers begin at 1.
fn by_number(text: &str, heard: &Heard, last: i64) -> Option<u16> {
    if !heard.words().any(|word| word.is_digits()) {
        return None;
    }
    // Words that stand around a seat's name do not make its number doubtful.
    let read = number::read(text, heard, 1, last);
    let found = match read {
        Reading::Sure(Meaning::Number(found)) => found,
        Reading::Unsure(meanings) => match (meanings.as_slice(), heard.unknown()) {
            ([Meaning::Number(found)], 0) => *found,
            _ => return None,
        },
        _ => return None,
    };
    u16::try_from(found - 1).ok()
}

fn find(
    heard: &Heard,
    index: &Index,
    likeness: &Likeness,
    allowed: impl Fn(u16) -> bool,
    meaning: impl Fn(usize) -> Meaning,
) -> Reading {
    let words: Vec<Word<'_>> = heard.words().collect();
    let is_doubt = heard.has(DOUBT | QUESTION | WHY | OR);
    let asked = |places: &[u16]| {
        Reading::Unsure(places.iter().take(3).map(|place| meaning(usize::from(*place))).collect())
    };
    // The whole message first: "Unnao", "gautam budh nagar", and names that look like other words.
    let whole = exact(index, &words, &allowed);
    match whole.as_slice() {
        [] => {}
        [place] => return Reading::Sure(meaning(usize::from(*place))),
        several => return asked(several),
    }
    if is_doubt || index.is_elsewhere(&Index::key(words.iter().map(|word| word.folded))) {
        return Reading::None;
    }
    let windows = windows(&words);
    let mut found: Vec<u16> = Vec::new();
    let mut width = 0;
    for window in &windows {
        if window.len() < width {
            break;
        }
        let places = exact(index, window, &allowed);
        if !places.is_empty() {
            width = window.len();
            for place in places {
                if !found.contains(&place) {
                    found.push(place);
                }
            }
        }
    }
    let strangers = heard.unknown();
    match found.as_slice() {
        [] => {}
        [place] if strangers < width + STRANGERS && !heard.has(NO) => {
            return Reading::Sure(meaning(usize::from(*place)));
        }
        several => return asked(several),
    }
    if windows.iter().any(|window| is_elsewhere(index, window)) {
        return Reading::None;
    }
    by_sound(&windows, index, likeness, &allowed, strangers, &meaning)
}

/// The runs of words that may be a name, the longest first. A name neither begins nor ends with a
/// word that only stands around names.
fn windows<'w, 'h>(words: &'w [Word<'h>]) -> Vec<&'w [Word<'h>]> {
    let around = FILLER | POLITE | JI | ME | IS | PLACE_FRAME | YES;
    let mut windows = Vec::new();
    for width in (1..=WIDEST.min(words.len())).rev() {
        for window in words.windows(width) {
            let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
            if !first.is(around) && !last.is(around) {
                windows.push(window);
            }
        }
    }
    windows
}

/// The places these words spell, directions turned into the words of the tables.
fn exact(index: &Index, words: &[Word<'_>], allowed: &impl Fn(u16) -> bool) -> Vec<u16> {
    let plain = Index::key(words.iter().map(|word| word.folded));
    let mut places: Vec<u16> =
        index.exact(&plain).iter().copied().filter(|place| allowed(*place)).collect();
    if !places.is_empty() || words.len() < 2 {
        return places;
    }
    for (at, word) in words.iter().enumerate() {
        let Some((_, names)) = PARTS.iter().find(|(part, _)| word.is(*part)) else { continue };
        for name in *names {
            let folded = fold(name);
            let turned = words
                .iter()
                .enumerate()
                .map(|(place, other)| if place == at { folded.as_str() } else { other.folded });
            for place in index.exact(&Index::key(turned)) {
                if allowed(*place) && !places.contains(place) {
                    places.push(*place);
                }
            }
        }
    }
    places
}

fn is_elsewhere(index: &Index, window: &[Word<'_>]) -> bool {
    index.is_elsewhere(&Index::key(window.iter().map(|word| word.folded)))
}

fn by_sound(
    windows: &[&[Word<'_>]],
    index: &Index,
    likeness: &Likeness,
    allowed: &impl Fn(u16) -> bool,
    strangers: usize,
    meaning: &impl Fn(usize) -> Meaning,
) -> Reading {
    let mut found: Vec<Near> = Vec::new();
    for window in windows {
        // A listed word is what it is; only a strange one may be a misspelt name.
        let letters: usize = window.iter().map(|word| word.folded.chars().count()).sum();
        if !window.iter().any(Word::is_unknown) || letters < 3 {
            continue;
        }
        let sound = Sound::of(window.iter().map(|word| word.cleaned));
        let before = found.len();
        let mut near: Vec<Near> = Vec::new();
        index.near(&sound, likeness.unsure, allowed, &mut near);
        found.extend(near);
        debug_assert!(found.len() >= before);
    }
    found.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
    let mut best: Vec<Near> = Vec::new();
    for near in found {
        if !best.iter().any(|known| known.place == near.place) {
            best.push(near);
        }
    }
    let Some(first) = best.first().copied() else { return Reading::None };
    // The nearest is a town outside the state: Faridabad is no misspelt Farrukhabad.
    let Some(place) = first.place else { return Reading::None };
    let runner_up = best.get(1).map_or(0.0, |near| near.similarity);
    let is_clear = first.similarity - runner_up >= CLEAR;
    if first.similarity >= likeness.sure && is_clear && strangers < WIDEST + STRANGERS {
        return Reading::Sure(meaning(usize::from(place)));
    }
    let candidates: Vec<Meaning> = best
        .iter()
        .filter_map(|near| near.place)
        .take(3)
        .map(|candidate| meaning(usize::from(candidate)))
        .collect();
    Reading::Unsure(candidates)
}
