//! How lists name sectors: by a number, by a name, by both.

use super::columns::Column;
use crate::geography::clean;
use crate::places::{LARGEST_NUMBER, sound_of};
use crate::sheet::Cell;
use crate::understanding::fold;

/// How a row names its sector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) number: Option<u16>,
    pub(super) name: Option<String>,
}

/// Words beside the number of a sector.
const BESIDE_A_NUMBER: [&str; 10] =
    ["सेक्टर", "sector", "sec", "संख्या", "नंबर", "नं", "न", "no", "number", "क्रमांक"];

/// What tells sectors apart by their names: how the words sound, and beside them the numbers and single
/// letters, which sound like nothing (`गोमती 1` and `गोमती 2`, `Sector A` and `Sector B`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SectorKey {
    sound: i64,
    marks: Vec<String>,
}

impl SectorKey {
    pub(super) fn of(name: &str) -> SectorKey {
        let cleaned = clean(name);
        let (mut words, mut marks) = (Vec::new(), Vec::new());
        for word in cleaned.split(' ') {
            match number(word) {
                Some(number) => marks.push(number.to_string()),
                None if word.chars().count() == 1 => marks.push(word.to_owned()),
                None => words.push(word),
            }
        }
        SectorKey { sound: sound_of(&words.join(" ")), marks }
    }
}

/// The number a word is, in digits or as Romans wrote it.
fn number(word: &str) -> Option<i64> {
    let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    if digits { word.parse().ok() } else { roman(word) }
}

/// `i` to `xxxix`.
fn roman(word: &str) -> Option<i64> {
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let small = word.to_ascii_lowercase();
    let ones = small.trim_start_matches('x');
    let (tens, ones) = match small.len() - ones.len() {
        tens @ 0..=3 => (tens, ONES.iter().position(|known| *known == ones)?),
        _ => return None,
    };
    i64::try_from(tens * 10 + ones).ok().filter(|number| *number > 0)
}

/// A number a sector can have.
pub(super) fn sector_number(number: i64) -> Option<u16> {
    u16::try_from(number).ok().filter(|number| (1..=LARGEST_NUMBER).contains(number))
}

/// `4`, `सेक्टर 4`, `Sector II`, `4 गोमती`, `गोमती`, from the two cells that may say so; `None` where neither says
/// anything.
pub(super) fn named(
    sector: &Cell,
    name: Option<String>,
) -> Result<Option<Named>, (Column, String)> {
    let mut named = Named::default();
    if !sector.is_empty() {
        named = match sector.whole() {
            Some(number) => Named { number: sector_number(number), name: None },
            None => in_words(&one_line(&sector.text())),
        };
        if named == Named::default() {
            let reason =
                format!("write the number of the sector, 1 to {LARGEST_NUMBER}, or its name");
            return Err((Column::Sector, reason));
        }
    }
    let Some(name) = name else {
        return Ok((named != Named::default()).then_some(named));
    };
    // `सेक्टर 4` under the name says the number once more, or first.
    match in_words(&name) {
        Named { number: Some(number), name: None } => match named.number {
            Some(other) if other != number => {
                let reason = format!("beside it the sector is {other}: which of the two is it?");
                return Err((Column::SectorName, reason));
            }
            _ => named.number = Some(number),
        },
        Named { number: Some(number), name: Some(rest) } if named.number.is_none() => {
            named = Named { number: Some(number), name: Some(rest) };
        }
        Named { .. } => named.name = Some(name),
    }
    Ok(Some(named))
}

/// With one space between words.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn in_words(text: &str) -> Named {
    let parts: Vec<&str> = text
        .split(|sign: char| sign.is_whitespace() || "-–:.,()".contains(sign))
        .filter(|part| !part.is_empty())
        .collect();
    let is_beside = |part: &&&str| BESIDE_A_NUMBER.iter().any(|word| fold(word) == fold(part));
    let labels = parts.iter().take_while(is_beside).count();
    let said = parts.get(labels).and_then(|part| {
        let digits = clean(part).parse().ok();
        // `V. K. Nagar` is a name: a Roman number has its label.
        digits.or_else(|| roman(part).filter(|_| labels > 0))
    });
    match said {
        Some(said) => {
            let rest = parts.get(labels + 1..).unwrap_or_default().join(" ");
            let number = sector_number(said);
            let name = (number.is_some() && !rest.is_empty()).then_some(rest);
            Named { number, name }
        }
        None => Named { number: None, name: Some(text.to_owned()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sector_is_named_in_many_ways() {
        for (cell, number, name) in [
            ("4", Some(4), None),
            ("सेक्टर 4", Some(4), None),
            ("Sector No. 4", Some(4), None),
            ("Sector II", Some(2), None),
            ("सेक्टर IV", Some(4), None),
            ("Sector-9", Some(9), None),
            ("४ - गोमती", Some(4), Some("गोमती")),
            ("गोमती", None, Some("गोमती")),
            ("गोमती 2", None, Some("गोमती 2")),
            ("V. K. Nagar", None, Some("V. K. Nagar")),
            ("Sector A", None, Some("Sector A")),
        ] {
            let named = in_words(cell);
            assert_eq!(named, Named { number, name: name.map(str::to_owned) }, "{cell}");
        }
    }

    #[test]
    fn names_that_differ_by_a_number_or_a_letter_are_two_sectors() {
        for (one, other) in [("गोमती", "Gomti"), ("गोमती 2", "Gomti II"), ("सई २", "Sai 2")]
        {
            assert_eq!(SectorKey::of(one), SectorKey::of(other), "{one} {other}");
        }
        for (one, other) in [
            ("गोमती 1", "गोमती 2"),
            ("गोमती", "गोमती 2"),
            ("Gomti I", "Gomti II"),
            ("Sector A", "Sector B"),
            ("गोमती क", "गोमती ख"),
            ("गोमती", "सई"),
        ] {
            assert_ne!(SectorKey::of(one), SectorKey::of(other), "{one} {other}");
        }
    }

    #[test]
    fn roman_numbers_are_those_romans_wrote() {
        for (word, number) in
            [("I", 1), ("iii", 3), ("IV", 4), ("VIII", 8), ("ix", 9), ("XIV", 14), ("xxxix", 39)]
        {
            assert_eq!(roman(word), Some(number), "{word}");
        }
        for word in ["", "iiii", "vx", "a", "vii7", "xxxx", "ivi"] {
            assert_eq!(roman(word), None, "{word}");
        }
    }

    #[test]
    fn the_two_cells_of_a_sector_agree_or_are_refused() {
        let of = |sector: &str, name: &str| {
            let name = (!name.is_empty()).then(|| name.to_owned());
            named(&Cell::of(sector), name)
        };
        let is = |number: Option<u16>, name: Option<&str>| {
            Ok(Some(Named { number, name: name.map(str::to_owned) }))
        };
        assert_eq!(of("", ""), Ok(None));
        assert_eq!(of("4", "गोमती"), is(Some(4), Some("गोमती")));
        assert_eq!(of("4.0", "सेक्टर 4"), is(Some(4), None));
        assert_eq!(of("", "सेक्टर 1"), is(Some(1), None));
        assert_eq!(of("", "Sector II"), is(Some(2), None));
        assert_eq!(of("", "2 गोमती"), is(Some(2), Some("गोमती")));
        assert_eq!(of("4", "सेक्टर 5").unwrap_err().0, Column::SectorName);
        assert_eq!(of("0", "").unwrap_err().0, Column::Sector);
    }
}
