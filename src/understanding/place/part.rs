//! Seats that are a part of a city: `lko uttar`, `knp cantt`, `mathura sadar`.

use super::super::heard::Word;
use super::super::words::{
    CANTT, CENTRAL, EAST, NORTH, PART, RURAL, Roles, SADAR, SOUTH, URBAN, WEST,
};
use super::message::{Class, Message};
use super::table::OF_DISTRICTS;
use crate::geography::{Geography, Index, Meant, Sound, Wanted, fold};

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

/// The parts of cities a seat may be called by.
pub(super) fn parts() -> impl Iterator<Item = Roles> {
    PARTS.into_iter().map(|(part, _)| part)
}

/// The seat of a city's part; of a part alone where the district is known. The city may be written
/// in every way its district may.
pub(super) fn seat_by_part(
    message: &Message<'_>,
    geography: &Geography,
    district: Option<&str>,
) -> Option<usize> {
    let part = message.part()?;
    let (_, endings) = PARTS.into_iter().find(|(role, _)| *role == part)?;
    let city: Vec<&Word<'_>> = message
        .content()
        .filter(|place| !message.is(*place, Class::Number))
        .filter_map(|place| message.words.get(place))
        .filter(|word| !word.is(part))
        .collect();
    let known = |code: &str| geography.districts.iter().position(|known| known.code == code);
    let cities: Vec<u16> = if city.is_empty() {
        vec![u16::try_from(known(district?)?).ok()?]
    } else {
        // "varanasi shahar dakshini"
        let whole = city_of(&city, geography);
        let named: Vec<&Word<'_>> = city.iter().copied().filter(|word| !word.is(PART)).collect();
        if whole.is_empty() && !named.is_empty() { city_of(&named, geography) } else { whole }
    };
    let mut seats = geography.assemblies.iter().enumerate().filter(|(_, seat)| {
        let stem = endings.iter().find_map(|ending| seat.name_en.strip_suffix(ending));
        let stem_places = stem.map(|stem| districts_called(stem, geography)).unwrap_or_default();
        let of_city = stem_places.iter().any(|place| cities.contains(place));
        of_city && district.is_none_or(|code| seat.district_code == code)
    });
    if let Some((place, _)) = seats.next() {
        return seats.next().is_none().then_some(place);
    }
    if !part.any(SADAR | URBAN) {
        return None;
    }
    // "X sadar" is the seat called Sadar there, or X, or the city of X.
    let [city] = cities.as_slice() else { return None };
    let city = geography.districts.get(usize::from(*city))?;
    if district.is_some_and(|code| city.code != code) {
        return None;
    }
    let called = |name: &str| {
        geography
            .assemblies
            .iter()
            .position(|seat| seat.name_en == name && seat.district_code == city.code)
    };
    let of_city = |ending: &&str| called(&format!("{}{ending}", city.name_en));
    let sadar = part.any(SADAR).then(|| called("Sadar")).flatten();
    sadar
        .or_else(|| called(&city.name_en))
        .or_else(|| [" Nagar", " Urban"].iter().find_map(of_city))
}

/// The city whose part is named (`varanasi city`), where it has no seat of that part: its seats are
/// equally meant.
pub(super) fn city_without_part(message: &Message<'_>, geography: &Geography) -> Option<String> {
    let part = message.part()?;
    if !part.any(SADAR | URBAN) {
        return None;
    }
    let city: Vec<&Word<'_>> = message
        .content()
        .filter_map(|place| message.words.get(place))
        .filter(|word| !word.is(part))
        .collect();
    let key = Index::key(city.iter().map(|word| word.folded));
    (!districts_spelt(&key, geography).is_empty()).then_some(key)
}

/// The city among words that may name it twice: `lucknow north lucknow`, `मुरादाबाद नगर moradabad`.
fn city_of(words: &[&Word<'_>], geography: &Geography) -> Vec<u16> {
    let all = cities(words, geography);
    if !all.is_empty() || words.len() < 2 {
        return all;
    }
    for length in (1..words.len()).rev() {
        let (head, tail) = words.split_at(length);
        let (head, tail) = (cities(head, geography), cities(tail, geography));
        if !head.is_empty() && head == tail {
            return head;
        }
    }
    all
}

/// The districts that bear a name, one or several.
pub(super) fn districts_called(name: &str, geography: &Geography) -> Vec<u16> {
    let folded = fold(name);
    districts_spelt(&Index::key(folded.split(' ')), geography)
}

pub(super) fn districts_spelt(key: &str, geography: &Geography) -> Vec<u16> {
    let index = geography.district_index();
    let exact = index.exact(key);
    if !exact.is_empty() {
        return exact.to_vec();
    }
    match index.lesser(key) {
        Some(several @ Meant::Several(_)) => index.places(several),
        _ => Vec::new(),
    }
}

/// The districts a city's name may mean, by spelling or by sound.
pub(super) fn cities(words: &[&Word<'_>], geography: &Geography) -> Vec<u16> {
    let index = geography.district_index();
    let key = Index::key(words.iter().map(|word| word.folded));
    let exact = districts_spelt(&key, geography);
    if !exact.is_empty() {
        return exact;
    }
    let sound = Sound::of(words.iter().map(|word| word.cleaned));
    if sound.letters().len() <= 3 {
        return Vec::new();
    }
    let strict = Wanted { least: OF_DISTRICTS.sure, ..OF_DISTRICTS };
    let found = index.near(&key, &sound, strict, |_| true);
    let best = found.iter().max_by(|one, other| one.rank.total_cmp(&other.rank));
    match best.map(|best| best.meant) {
        Some(meant @ (Meant::Place(_) | Meant::Several(_))) => index.places(meant),
        _ => Vec::new(),
    }
}
