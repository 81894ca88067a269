//! Places of the state, by name in any spelling, by sound, or by number.
//!
//! Exact spellings decide first, the longest first; then the sound of all that is not frame
//! (`mera zila … hai`); then the sound of parts of it. Short of a clear winner the best are offered.

use super::heard::{Heard, Word};
use super::number::{digits, numbers};
use super::words::{
    CANTT, CENTRAL, DOUBT, EAST, FILLER, JI, MAT, NO, NORTH, OR, PART, PLACE_FRAME, POLITE,
    QUESTION, RURAL, Roles, SADAR, SOUTH, URBAN, WEST, WHY,
};
use super::{Meaning, Reading};
use crate::geography::{Geography, Index, Near, Sound, fold};

/// The longest name has four words.
const LONGEST_NAME: usize = 5;
/// More content than this is a story, and its parts are not compared by sound.
const MOST_CONTENT: usize = 5;
/// Sounds of so few letters are compared exactly, never nearly.
const SHORT_SOUND: usize = 3;
/// Unknown words that may stand beside a name without making it doubtful.
const MOST_STRANGERS: usize = 2;
const OFFERED: usize = 3;

/// One table of places, seen from one question.
struct Table<'a> {
    index: &'a Index,
    allowed: &'a dyn Fn(u16) -> bool,
    meaning: fn(usize) -> Meaning,
    /// This likeness is the place, if the second is `clear` behind.
    sure: f32,
    clear: f32,
    /// From here on it is worth asking.
    like: f32,
}

/// The measured thresholds for all names of a kind as candidates (facts on UP names).
const DISTRICT_SURE: f32 = 0.87;
const SEAT_SURE: f32 = 0.88;
const CLEAR: f32 = 0.04;
const LIKE: f32 = 0.75;
/// Within one district there are a handful of names, far apart.
const AMONG_FEW_SURE: f32 = 0.80;
const AMONG_FEW_CLEAR: f32 = 0.10;
const AMONG_FEW_LIKE: f32 = 0.65;

pub(super) fn district(heard: &Heard, geography: &Geography) -> Reading {
    let table = districts(geography);
    whole(heard, &table).unwrap_or_else(|| judge(&table, &Parsed::new(heard, &table)))
}

fn districts(geography: &Geography) -> Table<'_> {
    Table {
        index: geography.district_index(),
        allowed: &|_| true,
        meaning: Meaning::District,
        sure: DISTRICT_SURE,
        clear: CLEAR,
        like: LIKE,
    }
}

pub(super) fn lok_sabha(heard: &Heard, geography: &Geography) -> Reading {
    let table = Table {
        index: geography.lok_sabha_index(),
        allowed: &|_| true,
        meaning: Meaning::LokSabha,
        sure: SEAT_SURE,
        clear: CLEAR,
        like: LIKE,
    };
    if let Some(reading) = whole(heard, &table) {
        return reading;
    }
    let parsed = Parsed::new(heard, &table);
    let by_number = parsed.number(heard).and_then(|number| {
        geography.lok_sabha.iter().position(|seat| i64::from(seat.number) == number)
    });
    numbered(by_number, &parsed, &table).unwrap_or_else(|| judge(&table, &parsed))
}

pub(super) fn assembly(heard: &Heard, geography: &Geography, district: Option<&str>) -> Reading {
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
        sure: if few { AMONG_FEW_SURE } else { SEAT_SURE },
        clear: if few { AMONG_FEW_CLEAR } else { CLEAR },
        like: if few { AMONG_FEW_LIKE } else { LIKE },
    };
    if let Some(reading) = whole(heard, &table) {
        return reading;
    }
    let parsed = Parsed::new(heard, &table);
    if let Some(number) = parsed.number(heard) {
        let by_number = geography
            .assemblies
            .iter()
            .position(|seat| i64::from(seat.number) == number)
            .filter(|place| u16::try_from(*place).is_ok_and(allowed));
        if by_number.is_none() && parsed.matches.is_empty() {
            return Reading::None;
        }
        if let Some(reading) = numbered(by_number, &parsed, &table) {
            return reading;
        }
    }
    if parsed.refused {
        return judge(&table, &parsed);
    }
    if let Some(seat) = seat_by_part(&parsed, geography, district) {
        return Reading::Sure(Meaning::Assembly(seat));
    }
    if let Some(reading) = seat_beside_its_district(&parsed, geography) {
        return reading;
    }
    if few && let Some(reading) = seat_by_one_word(&parsed, geography, &table) {
        return reading;
    }
    judge(&table, &parsed)
}

/// The whole message is a name: the common case.
fn whole(heard: &Heard, table: &Table<'_>) -> Option<Reading> {
    let key = Index::key(heard.words().map(|word| word.folded));
    let places = table.exact(&key);
    if places.is_empty() { None } else { Some(table.offer(&places)) }
}

impl Table<'_> {
    fn exact(&self, key: &str) -> Vec<u16> {
        let places = self.index.exact(key).iter().copied();
        places.filter(|place| (self.allowed)(*place)).collect()
    }

    /// One place is sure; a few are asked about; of many none.
    fn offer(&self, places: &[u16]) -> Reading {
        match places {
            [place] => Reading::Sure(self.mean(*place)),
            several => self.ask(several.iter().copied()),
        }
    }

    fn ask(&self, places: impl Iterator<Item = u16>) -> Reading {
        let offered: Vec<Meaning> = places.map(|place| self.mean(place)).collect();
        let some = (1..=OFFERED).contains(&offered.len());
        if some { Reading::Unsure(offered) } else { Reading::None }
    }

    fn mean(&self, place: u16) -> Meaning {
        (self.meaning)(usize::from(place))
    }
}

/// A message sorted into frame and content, with the names that stand in it word for word.
struct Parsed<'a> {
    words: Vec<Word<'a>>,
    /// Places in `words` that may be of a name: unknown words, parts of cities, number words.
    content: Vec<usize>,
    matches: Vec<Match>,
    /// Whether a place outside the state is named.
    elsewhere: bool,
    /// `पता नहीं`, `kaun sa`: no answer, though a name may stand in it.
    refused: bool,
    either: bool,
}

struct Match {
    start: usize,
    end: usize,
    places: Vec<u16>,
}

impl<'a> Parsed<'a> {
    fn new(heard: &'a Heard, table: &Table<'_>) -> Parsed<'a> {
        let words: Vec<Word<'a>> = heard.words().collect();
        let content = (0..words.len()).filter(|place| is_content(&words, *place)).collect();
        let mut parsed = Parsed {
            refused: heard.has(DOUBT | NO | QUESTION | MAT | WHY),
            either: heard.has(OR),
            words,
            content,
            matches: Vec::new(),
            elsewhere: false,
        };
        parsed.find_names(table);
        parsed
    }

    /// Names word for word, the longest first, none within another.
    fn find_names(&mut self, table: &Table<'_>) {
        for length in (1..=LONGEST_NAME.min(self.words.len())).rev() {
            for start in 0..=self.words.len() - length {
                let end = start + length;
                let taken = self.matches.iter().any(|other| start < other.end && other.start < end);
                if taken || !self.may_be_name(start, end) {
                    continue;
                }
                let window = self.words.get(start..end).unwrap_or_default();
                let key = Index::key(window.iter().map(|word| word.folded));
                let places = table.exact(&key);
                if !places.is_empty() {
                    self.matches.push(Match { start, end, places });
                } else if table.index.is_elsewhere(&key) {
                    self.elsewhere = true;
                }
            }
        }
    }

    /// A window of a name has content; a single known word only where nothing else is content
    /// ("hata" is a seat, and "remove").
    fn may_be_name(&self, start: usize, end: usize) -> bool {
        let has_content = self.content.iter().any(|place| (start..end).contains(place));
        let plain = FILLER | POLITE | JI | PLACE_FRAME;
        let lone = self.content.is_empty() && end - start == 1;
        has_content || (lone && self.words.get(start).is_some_and(|word| !word.is(plain)))
    }

    /// Content that is in no match.
    fn strangers(&self) -> impl Iterator<Item = &Word<'a>> {
        self.content
            .iter()
            .filter(|place| !self.matches.iter().any(|found| found.holds(**place)))
            .filter_map(|place| self.words.get(*place))
    }

    /// The part of a city that is named outside a match.
    fn part(&self) -> Option<Roles> {
        let named = self.strangers().filter(|word| word.is(PART)).last()?;
        PARTS.into_iter().map(|(part, _)| part).find(|part| named.is(*part))
    }

    /// The number in the message, where it is not the name itself.
    fn number(&self, heard: &Heard) -> Option<i64> {
        let mut in_digits = self.words.iter().filter(|word| word.is_digits());
        if let Some(word) = in_digits.next() {
            return digits(word.folded).filter(|_| in_digits.next().is_none());
        }
        let only_number_words = !self.content.is_empty()
            && self.matches.is_empty()
            && self.strangers().all(|word| word.sense.number.is_some());
        if only_number_words { numbers(heard).one() } else { None }
    }

    /// Content words from `first` to `last` of the content, which need not be neighbours in the
    /// message.
    fn window(&self, first: usize, last: usize) -> impl Iterator<Item = &Word<'a>> + Clone {
        let places = self.content.get(first..=last).unwrap_or_default();
        places.iter().filter_map(|place| self.words.get(*place))
    }
}

impl Match {
    fn holds(&self, place: usize) -> bool {
        (self.start..self.end).contains(&place)
    }
}

/// Unknown words, parts of cities and number words may be of a name; `uttar` of `uttar pradesh` not.
fn is_content(words: &[Word<'_>], place: usize) -> bool {
    let Some(word) = words.get(place) else { return false };
    if word.is_digits() {
        return false;
    }
    let next = words.get(place + 1).map(|next| next.folded);
    let of_the_state =
        matches!((word.folded, next), ("uttar" | "उत्तर" | "उतर", Some("pradesh" | "परदेस")));
    let frame = FILLER | POLITE | JI | PLACE_FRAME;
    let number = word.sense.number.is_some() && !word.is(frame);
    !of_the_state && (word.sense.roles.is_empty() || word.is(PART) || number)
}

/// A seat named by its number, alone or beside its name.
fn numbered(place: Option<usize>, parsed: &Parsed<'_>, table: &Table<'_>) -> Option<Reading> {
    let place = u16::try_from(place?).ok()?;
    if parsed.refused || parsed.either {
        return None;
    }
    let agrees = parsed.matches.iter().any(|found| found.places.contains(&place));
    let contradicted = parsed.matches.iter().find(|found| !found.places.contains(&place));
    if let (false, Some(other)) = (agrees, contradicted) {
        let named = other.places.iter().copied().take(OFFERED - 1);
        return Some(table.ask(named.chain([place])));
    }
    let strangers = parsed.strangers().filter(|word| word.sense.number.is_none()).count();
    let alone = agrees || strangers == 0;
    Some(if alone { Reading::Sure(table.mean(place)) } else { table.ask([place].into_iter()) })
}

/// A part of a city and how the tables write it at the end of a seat's name.
const PARTS: [(Roles, &[&str]); 9] = [
    (NORTH, &[" North"]),
    (SOUTH, &[" South"]),
    (EAST, &[" East"]),
    (WEST, &[" West"]),
    (CENTRAL, &[" Central"]),
    (CANTT, &[" Cantt"]),
    (RURAL, &[" Rural"]),
    (URBAN, &[" Urban", " Nagar"]),
    (SADAR, &[" Sadar"]),
];

/// `lko purvi`, `banaras cantt`; or `purvi` alone where the district is known. The city may be
/// written in every way its district may.
fn seat_by_part(
    parsed: &Parsed<'_>,
    geography: &Geography,
    district: Option<&str>,
) -> Option<usize> {
    let part = parsed.part()?;
    let (_, endings) = PARTS.into_iter().find(|(role, _)| *role == part)?;
    let city: Vec<&Word<'_>> = parsed
        .content
        .iter()
        .filter_map(|place| parsed.words.get(*place))
        .filter(|word| !word.is(part))
        .collect();
    let known = |code: &str| geography.districts.iter().position(|known| known.code == code);
    let cities: Vec<u16> = if city.is_empty() {
        vec![u16::try_from(known(district?)?).ok()?]
    } else {
        cities(&city, geography)
    };
    let mut seats = geography.assemblies.iter().enumerate().filter(|(_, seat)| {
        let stem = endings.iter().find_map(|ending| seat.name_en.strip_suffix(ending));
        let folded = fold(stem.unwrap_or_default());
        let key = Index::key(folded.split(' '));
        let stem_places = geography.district_index().exact(&key);
        let of_city = stem_places.iter().any(|place| cities.contains(place));
        stem.is_some() && of_city && district.is_none_or(|code| seat.district_code == code)
    });
    let (place, _) = seats.next()?;
    seats.next().is_none().then_some(place)
}

/// The districts a city's name may mean.
fn cities(words: &[&Word<'_>], geography: &Geography) -> Vec<u16> {
    let index = geography.district_index();
    let key = Index::key(words.iter().map(|word| word.folded));
    let exact = index.exact(&key);
    if !exact.is_empty() {
        return exact.to_vec();
    }
    let sound = Sound::of(words.iter().map(|word| word.cleaned));
    if sound.letters().len() <= SHORT_SOUND {
        return Vec::new();
    }
    let mut found: Vec<Near> = Vec::new();
    index.near(&key, &sound, DISTRICT_SURE, |_| true, &mut found);
    found.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
    found.first().and_then(|best| best.place).into_iter().collect()
}

/// `biswan sitapur`: of two seats in one district, the one that is not called like the district.
fn seat_beside_its_district(parsed: &Parsed<'_>, geography: &Geography) -> Option<Reading> {
    let [one, other] = parsed.matches.as_slice() else { return None };
    let (&[one], &[other]) = (one.places.as_slice(), other.places.as_slice()) else { return None };
    let seat = |place: u16| geography.assemblies.get(usize::from(place));
    let (first, second) = (seat(one)?, seat(other)?);
    if first.district_code != second.district_code || parsed.either {
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

/// Within a known district one word of a name is enough: `bithari` for Bithari Chainpur.
fn seat_by_one_word(
    parsed: &Parsed<'_>,
    geography: &Geography,
    table: &Table<'_>,
) -> Option<Reading> {
    if !parsed.matches.is_empty() || parsed.content.is_empty() || parsed.either {
        return None;
    }
    let mut places: Vec<u16> = Vec::new();
    for (place, seat) in (0_u16..).zip(&geography.assemblies) {
        if !(table.allowed)(place) {
            continue;
        }
        let names = [&seat.name_en, &seat.name_hi].into_iter().chain(&seat.others);
        let holds_all = names.map(|name| fold(name)).any(|name| {
            parsed.strangers().all(|word| {
                word.folded.chars().count() > 2 && name.split(' ').any(|part| part == word.folded)
            })
        });
        if holds_all {
            places.push(place);
        }
    }
    if places.is_empty() { None } else { Some(table.offer(&places)) }
}

fn judge(table: &Table<'_>, parsed: &Parsed<'_>) -> Reading {
    let several: Vec<u16> = parsed.matches.iter().flat_map(|found| found.places.clone()).collect();
    if parsed.refused || parsed.either || parsed.elsewhere {
        return table.ask(several.into_iter());
    }
    let strangers = parsed.strangers().count();
    if strangers > 0 {
        let (first, last) = (0, parsed.content.len().saturating_sub(1));
        if let Sounds::Clear(place) = by_sound(table, parsed, first, last) {
            return Reading::Sure(table.mean(place));
        }
    }
    match parsed.matches.as_slice() {
        [] => by_part_of_message(table, parsed),
        [one] if strangers <= MOST_STRANGERS => table.offer(&one.places),
        [one] => table.ask(one.places.iter().copied()),
        _ => {
            // A city beside one of its seats: the one place is meant, not the shared name.
            let mut singles = parsed.matches.iter().filter(|found| found.places.len() == 1);
            match (singles.next(), singles.next()) {
                (Some(one), None) => table.offer(&one.places),
                (Some(one), Some(other))
                    if one.places == other.places && parsed.matches.len() == 2 =>
                {
                    table.offer(&one.places)
                }
                _ => table.ask(several.into_iter()),
            }
        }
    }
}

/// No name stands in the message word for word: its parts are compared by sound.
fn by_part_of_message(table: &Table<'_>, parsed: &Parsed<'_>) -> Reading {
    let count = parsed.content.len();
    if count == 0 || count > MOST_CONTENT {
        return Reading::None;
    }
    let mut offered: Vec<Near> = Vec::new();
    for length in (1..=count).rev() {
        for first in 0..=count - length {
            match by_sound(table, parsed, first, first + length - 1) {
                Sounds::Clear(place) if count - length <= MOST_STRANGERS => {
                    return Reading::Sure(table.mean(place));
                }
                Sounds::Clear(place) => {
                    offered.push(Near { place: Some(place), similarity: 1.0, letters_apart: 0 });
                }
                Sounds::Elsewhere => return Reading::None,
                Sounds::Near(near) => offered.extend(near),
                Sounds::Nothing => {}
            }
        }
    }
    offered.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
    let mut places: Vec<u16> = Vec::new();
    for near in &offered {
        if let Some(place) = near.place
            && !places.contains(&place)
        {
            places.push(place);
        }
    }
    places.truncate(OFFERED);
    table.ask(places.into_iter())
}

/// What a window of the message sounds like.
enum Sounds {
    Clear(u16),
    Near(Vec<Near>),
    Elsewhere,
    Nothing,
}

fn by_sound(table: &Table<'_>, parsed: &Parsed<'_>, first: usize, last: usize) -> Sounds {
    let window = parsed.window(first, last);
    // Parts of cities and numbers alone are no name.
    if window.clone().all(|word| !word.sense.roles.is_empty() || word.sense.number.is_some()) {
        return Sounds::Nothing;
    }
    let key = Index::key(window.clone().map(|word| word.folded));
    let sound = Sound::of(window.map(|word| word.cleaned));
    if sound.letters().len() <= SHORT_SOUND {
        let places = table.index.by_sound(&sound).iter().copied();
        let allowed: Vec<u16> = places.filter(|place| (table.allowed)(*place)).collect();
        return match allowed.as_slice() {
            [place] => Sounds::Clear(*place),
            _ => Sounds::Nothing,
        };
    }
    let mut found: Vec<Near> = Vec::new();
    table.index.near(&key, &sound, table.like, table.allowed, &mut found);
    found.sort_by(|one, other| {
        let by_writing = one.letters_apart.cmp(&other.letters_apart);
        other.similarity.total_cmp(&one.similarity).then(by_writing)
    });
    match found.as_slice() {
        [] => Sounds::Nothing,
        [best, ..] if best.place.is_none() => Sounds::Elsewhere,
        [best, rest @ ..] => {
            let clear = rest.iter().all(|second| is_clear(table, best, second));
            match best.place {
                Some(place) if best.similarity >= table.sure && clear => Sounds::Clear(place),
                _ => Sounds::Near(found),
            }
        }
    }
}

/// By sound, or among equal sounds by writing (Etawah and Itwa).
fn is_clear(table: &Table<'_>, best: &Near, second: &Near) -> bool {
    let by_sound = best.similarity - second.similarity >= table.clear;
    let by_writing = best.letters_apart <= 1
        && best.letters_apart + 1 < second.letters_apart + usize::from(best.letters_apart == 0);
    by_sound || by_writing
}
