//! Places of the state, by name in any spelling, by sound, or by number.
//!
//! Exact spellings decide first, the longest first; then the sound of all that is not frame
//! (`mera zila … hai`); then the sound of parts of it. Short of a clear winner the best are offered.

mod lexicon;
mod message;
mod part;
mod seat;
mod sounds;
mod why;

use std::ops::Range;

use super::heard::{Heard, Word};
use super::number::digits;
use super::reason::{Judged, Reason};
use super::words::{FILLER, JI, PART, PLACE_FRAME, POLITE};
use super::{Meaning, Reading};
use crate::geography::{Geography, Index, Meant, Wanted};
use lexicon::Level;
pub(super) use lexicon::{is_common_word, prepare};
use message::{Class, Match, Message};
use part::{city_without_part, seat_by_part};
use seat::{seat_beside_its_district, seat_in_named_district, seat_like_a_word};
use sounds::{Found, Sounds, sounds_like};
use why::reason;

/// More content than this is a story, and its parts are not compared by sound.
const MOST_CONTENT: usize = 5;
/// Unknown words that may stand beside a name without making it doubtful.
const MOST_STRANGERS: usize = 2;
/// More words of small talk than this beside a name tell a story about a place.
const MOST_TALK: usize = 3;
const OFFERED: usize = 3;
/// A part of a message must be this like a name to be asked about.
const LIKE_IN_PART: f32 = 0.86;
/// And this like it to be taken.
const SURE_IN_PART: f32 = 0.92;
/// With the words around it a name must be the same sound.
const SAME_WIDE: f32 = 0.94;
/// A long name may be one slip away.
const SAME_LONG: f32 = 0.90;
const LONG_NAME: usize = 10;
/// Words of everyday that may be one name together.
const MOST_TOGETHER: usize = 4;
/// A whole message this like a longer name is not the shorter name that stands in it.
const LIKE_LONGER: f32 = 0.82;

/// What a label speaks of may be this unlike a name and is still asked about.
const FROM_FAR: f32 = 0.70;

/// One table of places, seen from one question.
#[derive(Clone, Copy)]
struct Table<'a> {
    index: &'a Index,
    allowed: &'a dyn Fn(u16) -> bool,
    meaning: fn(usize) -> Meaning,
    wanted: Wanted,
    level: Level,
}

/// The measured thresholds for all names of a kind as candidates (docs/understanding.md).
const OF_DISTRICTS: Wanted = Wanted { sure: 0.87, clear: 0.05, least: 0.76 };
const OF_SEATS: Wanted = Wanted { sure: 0.88, clear: 0.05, least: 0.76 };
/// Within one district there are a handful of names, far apart.
const AMONG_FEW: Wanted = Wanted { sure: 0.80, clear: 0.10, least: 0.65 };

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

impl Table<'_> {
    fn exact(&self, key: &str) -> Vec<u16> {
        let places = self.index.exact(key).iter().copied();
        places.filter(|place| (self.allowed)(*place)).collect()
    }

    /// One place is sure; a few are equally meant; of many none.
    fn offer(&self, places: &[u16]) -> Reading {
        match places {
            [place] => Reading::Sure(self.mean(*place)),
            several => self.tie(several.iter().copied()),
        }
    }

    /// A name that is no place's own.
    fn lesser(&self, meant: Meant) -> Reading {
        let mut places = self.index.places(meant);
        places.retain(|place| (self.allowed)(*place));
        match (meant, places.as_slice()) {
            (Meant::Headquarters(_) | Meant::Several(_), [_]) => self.ask(places.into_iter()),
            _ => self.tie(places.into_iter()),
        }
    }

    fn ask(&self, places: impl Iterator<Item = u16>) -> Reading {
        let offered: Vec<Meaning> = places.map(|place| self.mean(place)).collect();
        let some = (1..=OFFERED).contains(&offered.len());
        if some { Reading::Unsure(offered) } else { Reading::None }
    }

    fn tie(&self, places: impl Iterator<Item = u16>) -> Reading {
        match self.ask(places) {
            Reading::Unsure(equal) => Reading::Tie(equal),
            reading => reading,
        }
    }

    fn mean(&self, place: u16) -> Meaning {
        (self.meaning)(usize::from(place))
    }

    /// The nearest are asked about; if the best is a name of several places, none is likelier.
    fn guess(&self, near: Vec<Found>) -> Reading {
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
    fn nearest(&self, mut near: Vec<Found>) -> Vec<u16> {
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

/// One word of a name of several: `bithari` for Bithari Chainpur. Within a known district that is
/// enough; among all of the state it is asked back.
fn by_one_word(table: &Table<'_>, message: &Message<'_>) -> Option<Vec<u16>> {
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

/// What a label speaks of counts before all else.
fn judge(table: &Table<'_>, message: &Message<'_>) -> Reading {
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

/// The sound of all that may be of a name, by itself; with everyday words, since `raam poor` is
/// one; and with the small words between, as in `bakshi ka talab`.
fn all_of_it(
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
fn by_part_of_message(
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
fn after_denial(table: &Table<'_>, message: &Message<'_>) -> Reading {
    let denial = message.classes.iter().rposition(|class| *class == Class::Not);
    if denial.is_none() && !message.denied {
        return Reading::None;
    }
    let behind = message.strangers().filter(|at| denial.is_none_or(|denial| *at > denial));
    asked_by_sound(table, message, &behind.collect::<Vec<usize>>())
}

/// `shayad sitapor`: asked back at best.
fn in_doubt(table: &Table<'_>, message: &Message<'_>) -> Reading {
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

#[cfg(test)]
mod tests;
