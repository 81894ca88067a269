//! Places of the state, by name in any spelling, by sound, or by number.
//!
//! Exact spellings decide first, the longest first; then the sound of all that is not frame
//! (`mera zila … hai`); then the sound of parts of it. Short of a clear winner the best are offered.

use super::heard::{Heard, Word};
use super::number::{digits, numbers};
use super::words::{
    CANTT, CENTRAL, DOUBT, EAST, FILLER, JI, MAT, NO, NORTH, NUMBER_FRAME, OR, PART, PLACE_FRAME,
    POLITE, QUESTION, RURAL, Roles, SADAR, SOUTH, URBAN, WEST, WHY,
};
use super::{Meaning, Reading};
use crate::geography::{Geography, Index, Near, Sound, Wanted, fold};

/// The longest name has four words.
const LONGEST_NAME: usize = 5;
/// More content than this is a story, and its parts are not compared by sound.
const MOST_CONTENT: usize = 5;
/// Sounds of so few letters are compared exactly, never nearly.
const SHORT_SOUND: usize = 3;
/// Unknown words that may stand beside a name without making it doubtful.
const MOST_STRANGERS: usize = 2;
const OFFERED: usize = 3;
/// A sound all but the same. A place outside the state so well met is meant.
const ALL_BUT_SAME: f32 = 0.95;

/// One table of places, seen from one question.
struct Table<'a> {
    index: &'a Index,
    allowed: &'a dyn Fn(u16) -> bool,
    meaning: fn(usize) -> Meaning,
    wanted: Wanted,
}

/// The measured thresholds for all names of a kind as candidates (facts on UP names).
const OF_DISTRICTS: Wanted = Wanted { sure: 0.87, clear: 0.04, least: LIKE };
const OF_SEATS: Wanted = Wanted { sure: 0.88, clear: 0.04, least: LIKE };
/// Less alike is not worth asking.
const LIKE: f32 = 0.75;
/// Within one district there are a handful of names, far apart.
const AMONG_FEW: Wanted = Wanted { sure: 0.80, clear: 0.10, least: 0.65 };

pub(super) fn district(heard: &Heard, geography: &Geography) -> Reading {
    let table = districts(geography);
    whole(heard, &table).unwrap_or_else(|| judge(&table, &Parsed::new(heard, &table)))
}

fn districts(geography: &Geography) -> Table<'_> {
    Table {
        index: geography.district_index(),
        allowed: &|_| true,
        meaning: Meaning::District,
        wanted: OF_DISTRICTS,
    }
}

pub(super) fn lok_sabha(heard: &Heard, geography: &Geography) -> Reading {
    let table = Table {
        index: geography.lok_sabha_index(),
        allowed: &|_| true,
        meaning: Meaning::LokSabha,
        wanted: OF_SEATS,
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
        wanted: if few { AMONG_FEW } else { OF_SEATS },
    };
    // "Sadar" alone is a seat of Sultanpur, and in every district the word for its chief town.
    let bare_part =
        !few && heard.words().all(|word| word.is(PART | FILLER | POLITE | JI | PLACE_FRAME));
    match whole(heard, &table) {
        Some(Reading::Sure(seat)) if bare_part => return Reading::Unsure(vec![seat]),
        Some(reading) => return reading,
        None => {}
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
    if few && let Some(places) = by_one_word(&table, &parsed) {
        return table.offer(&places);
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
            several => match self.ask(several.iter().copied()) {
                Reading::Unsure(equal) => Reading::Tie(equal),
                reading => reading,
            },
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
    /// Whether a place outside those allowed, or outside the state, is named.
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
            refused: words.iter().any(refuses),
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
                    continue;
                }
                // A seat of another district, named in full, is not misspelt for one of this.
                let all = self.content.iter().all(|place| (start..end).contains(place));
                let other_district = all && !table.index.exact(&key).is_empty();
                self.elsewhere |= other_district || table.index.is_elsewhere(&key);
            }
        }
    }

    /// A window of a name has content; a single known word only where nothing else is content
    /// ("hata" is a seat, and "remove").
    fn may_be_name(&self, start: usize, end: usize) -> bool {
        let has_content = self.content.iter().any(|place| (start..end).contains(place));
        let plain = FILLER | POLITE | JI | PLACE_FRAME;
        let lone = self.content.is_empty() && end - start == 1;
        // "Sadar" is a seat, and in "mathura sadar" a part of the town.
        let single = if end - start == 1 { self.words.get(start) } else { None };
        if self.content.len() > 1 && single.is_some_and(|word| word.is(PART)) {
            return false;
        }
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
    fn window(
        &self,
        first: usize,
        last: usize,
    ) -> impl DoubleEndedIterator<Item = &Word<'a>> + Clone {
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

/// The English "no" before a number is its frame.
fn refuses(word: &Word<'_>) -> bool {
    word.is(DOUBT | QUESTION | MAT | WHY) || (word.is(NO) && !word.is(NUMBER_FRAME))
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
    if let Some((place, _)) = seats.next() {
        return seats.next().is_none().then_some(place);
    }
    if !part.any(SADAR | URBAN) {
        return None;
    }
    // "X sadar" is the seat called X.
    let [city] = cities.as_slice() else { return None };
    let city = &geography.districts.get(usize::from(*city))?.name_en;
    geography.assemblies.iter().position(|seat| {
        seat.name_en == *city && district.is_none_or(|code| seat.district_code == code)
    })
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
    let strict = Wanted { least: OF_DISTRICTS.sure, ..OF_DISTRICTS };
    let mut found = index.near(&key, &sound, strict, |_| true);
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

/// One word of a name of several: `bithari` for Bithari Chainpur. Within a known district that is
/// enough; among all of the state it is asked back.
fn by_one_word(table: &Table<'_>, parsed: &Parsed<'_>) -> Option<Vec<u16>> {
    if !parsed.matches.is_empty() || parsed.either {
        return None;
    }
    let mut common: Option<Vec<u16>> = None;
    for word in parsed.strangers() {
        let with_word = table.index.by_word(word.folded);
        let with_all: Vec<u16> = match common {
            None => with_word.iter().copied().filter(|place| (table.allowed)(*place)).collect(),
            Some(so_far) => so_far.into_iter().filter(|place| with_word.contains(place)).collect(),
        };
        common = Some(with_all);
    }
    common.filter(|places| !places.is_empty())
}

fn judge(table: &Table<'_>, parsed: &Parsed<'_>) -> Reading {
    let several: Vec<u16> = parsed.matches.iter().flat_map(|found| found.places.clone()).collect();
    if parsed.refused || parsed.either || parsed.elsewhere {
        return table.ask(several.into_iter());
    }
    let strangers = parsed.strangers().count();
    let last = parsed.content.len().saturating_sub(1);
    let all = if strangers > 0 { by_sound(table, parsed, 0, last) } else { Sounds::Nothing };
    if let Sounds::Clear(place) = all {
        return Reading::Sure(table.mean(place));
    }
    if strangers > 0
        && let Some(place) = by_sound_turned_round(table, parsed)
    {
        return Reading::Sure(table.mean(place));
    }
    match parsed.matches.as_slice() {
        [] => by_part_of_message(table, parsed, all),
        [one] if one.places.len() == 1 && strangers <= MOST_STRANGERS => table.offer(&one.places),
        // "lucknow wesht": the shared name says little, what all of it sounds like says more.
        [one] => match all {
            Sounds::Near(near) if one.places.len() > OFFERED => {
                table.ask(best_places(near).into_iter())
            }
            _ => table.ask(one.places.iter().copied()),
        },
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

/// No name stands in the message word for word: its parts are compared by sound, after `all` of it
/// was.
fn by_part_of_message(table: &Table<'_>, parsed: &Parsed<'_>, all: Sounds) -> Reading {
    let count = parsed.content.len();
    if matches!(all, Sounds::Elsewhere) || count == 0 || count > MOST_CONTENT {
        return Reading::None;
    }
    let mut offered: Vec<Near> = match all {
        Sounds::Near(near) => near,
        _ => Vec::new(),
    };
    // "rae baeli" is like Rae Bareli as a whole; that "baeli" is like Ballia must not settle it.
    let rivals = !offered.is_empty();
    for length in (1..count).rev() {
        for first in 0..=count - length {
            match by_sound(table, parsed, first, first + length - 1) {
                Sounds::Clear(place) if !rivals && count - length <= MOST_STRANGERS => {
                    return Reading::Sure(table.mean(place));
                }
                Sounds::Clear(place) => {
                    offered.push(Near { place: Some(place), similarity: LIKE, letters_apart: 0 });
                }
                Sounds::Elsewhere => return Reading::None,
                Sounds::Near(near) => offered.extend(near),
                Sounds::Nothing => {}
            }
        }
    }
    if offered.is_empty() {
        let places = by_one_word(table, parsed).unwrap_or_default();
        return table.ask(places.into_iter());
    }
    table.ask(best_places(offered).into_iter())
}

/// The places of the nearest, each once, as many as are offered.
fn best_places(mut near: Vec<Near>) -> Vec<u16> {
    near.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
    let mut places: Vec<u16> = Vec::new();
    for found in near {
        if let Some(place) = found.place
            && !places.contains(&place)
        {
            places.push(place);
        }
    }
    places.truncate(OFFERED);
    places
}

/// What a window of the message sounds like.
enum Sounds {
    Clear(u16),
    Near(Vec<Near>),
    Elsewhere,
    Nothing,
}

fn by_sound(table: &Table<'_>, parsed: &Parsed<'_>, first: usize, last: usize) -> Sounds {
    sounds_like(table, parsed.window(first, last))
}

/// `rania akbarpur` for Akbarpur-Rania: two words in the other order. That is rare, so that the
/// sound must be all but the same.
fn by_sound_turned_round(table: &Table<'_>, parsed: &Parsed<'_>) -> Option<u16> {
    if parsed.content.len() != 2 {
        return None;
    }
    let wanted = Wanted { sure: ALL_BUT_SAME, ..table.wanted };
    let strict = Table { wanted, ..*table };
    match sounds_like(&strict, parsed.window(0, 1).rev()) {
        Sounds::Clear(place) => Some(place),
        _ => None,
    }
}

fn sounds_like<'a>(
    table: &Table<'_>,
    window: impl Iterator<Item = &'a Word<'a>> + Clone,
) -> Sounds {
    // Parts of cities and numbers alone are no name.
    if window.clone().all(|word| !word.sense.roles.is_empty() || word.sense.number.is_some()) {
        return Sounds::Nothing;
    }
    let key = Index::key(window.clone().map(|word| word.folded));
    let sound = Sound::of(window.map(|word| word.cleaned));
    let same = table.index.by_sound(&sound).iter().copied();
    let same: Vec<u16> = same.filter(|place| (table.allowed)(*place)).collect();
    match same.as_slice() {
        [place] => return Sounds::Clear(*place),
        _ if sound.letters().len() <= SHORT_SOUND => return Sounds::Nothing,
        _ => {}
    }
    let mut found = table.index.near(&key, &sound, table.wanted, table.allowed);
    found.sort_by(|one, other| {
        let by_writing = one.letters_apart.cmp(&other.letters_apart);
        other.similarity.total_cmp(&one.similarity).then(by_writing)
    });
    match found.as_slice() {
        [] => Sounds::Nothing,
        [best, ..] if best.place.is_none() && best.similarity >= ALL_BUT_SAME => Sounds::Elsewhere,
        [best, rest @ ..] => {
            let clear = rest.iter().all(|second| is_clear(table, best, second));
            match best.place {
                Some(place) if best.similarity >= table.wanted.sure && clear => {
                    Sounds::Clear(place)
                }
                _ => Sounds::Near(found),
            }
        }
    }
}

/// By sound, or among equal sounds by writing (Etawah and Itwa).
fn is_clear(table: &Table<'_>, best: &Near, second: &Near) -> bool {
    let by_sound = best.similarity - second.similarity >= table.wanted.clear;
    let by_writing = best.letters_apart <= 1
        && best.letters_apart + 1 < second.letters_apart + usize::from(best.letters_apart == 0);
    by_sound || by_writing
}

#[cfg(test)]
mod tests;
