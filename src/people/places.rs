//! Places as the cells of a list name them, or why they name none.

use crate::contact::Language;
use crate::geography::{Assembly, District, Geography, LAST_BOOTH, clean};
use crate::sheet::Cell;
use crate::understanding::{Kind, Meaning, Reading, read as hear};

/// The district a cell names.
pub(super) fn district<'g>(text: &str, geography: &'g Geography) -> Result<&'g District, String> {
    let named = |place: &Meaning| match place {
        Meaning::District(index) => geography.districts.get(*index),
        _ => None,
    };
    let none = "no district of Uttar Pradesh is called so";
    match hear(Kind::District, text, geography) {
        Reading::Sure(meaning) => named(&meaning).ok_or_else(|| none.to_owned()),
        Reading::Unsure(near) | Reading::Tie(near) => {
            let near: Vec<&str> =
                near.iter().filter_map(named).map(|district| district.name(Language::Hi)).collect();
            Err(format!("perhaps {}: write it so", near.join(" or ")))
        }
        Reading::None => Err(none.to_owned()),
    }
}

/// The seat a cell names; it lies in the district (a code), where one is known.
pub(super) fn assembly<'g>(
    text: &str,
    district: Option<&str>,
    geography: &'g Geography,
) -> Result<&'g Assembly, String> {
    let named = |place: &Meaning| match place {
        Meaning::Assembly(index) => geography.assemblies.get(*index),
        _ => None,
    };
    let none = "no assembly seat of Uttar Pradesh is called so; write its number, 1 to 403";
    // Over the whole state, so that a seat of another district is told as such.
    let read = match hear(Kind::Assembly { district: None }, text, geography) {
        sure @ Reading::Sure(_) => sure,
        other => match district {
            Some(code) => hear(Kind::Assembly { district: Some(code) }, text, geography),
            None => other,
        },
    };
    match read {
        Reading::Sure(meaning) => {
            let seat = named(&meaning).ok_or_else(|| none.to_owned())?;
            if district.is_some_and(|code| code != seat.district_code) {
                let lies_in = geography.district(&seat.district_code);
                let lies_in = lies_in.map_or("", |district| district.name(Language::Hi));
                return Err(format!(
                    "seat {} {} lies in {lies_in}, not in the district of this row",
                    seat.number,
                    seat.name(Language::Hi)
                ));
            }
            Ok(seat)
        }
        Reading::Unsure(near) | Reading::Tie(near) => {
            let near: Vec<String> = near
                .iter()
                .filter_map(named)
                .map(|seat| format!("{} {}", seat.number, seat.name(Language::Hi)))
                .collect();
            Err(format!("perhaps {}: write its number or its name so", near.join(" or ")))
        }
        Reading::None => Err(none.to_owned()),
    }
}

/// The number of a booth.
pub(super) fn booth(cell: &Cell, text: &str, geography: &Geography) -> Result<u16, String> {
    if has_letter(text) {
        return Err(
            "a booth with a letter has no number of its own yet: leave this row out".to_owned()
        );
    }
    let kind = Kind::Number { from: 1, to: LAST_BOOTH };
    let number = cell.whole().or_else(|| match hear(kind, text, geography) {
        Reading::Sure(Meaning::Number(number)) => Some(number),
        _ => None,
    });
    number
        .filter(|number| (1..=LAST_BOOTH).contains(number))
        .and_then(|number| u16::try_from(number).ok())
        .ok_or_else(|| format!("write the number of the booth, 1 to {LAST_BOOTH}"))
}

/// `45क`, `45 A`: a booth beside the one of that number.
fn has_letter(text: &str) -> bool {
    let cleaned = clean(text);
    let words: Vec<&str> = cleaned.split(' ').collect();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty();
    let is_letter = |word: &str| !is_number(word) && word.chars().count() == 1;
    words
        .windows(2)
        .any(|pair| matches!(pair, [number, letter] if is_number(number) && is_letter(letter)))
}
