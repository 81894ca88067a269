//! Places as the cells of a list name them, or why they name none.

use super::columns::Column;
use crate::contact::Language;
use crate::geography::{District, Geography, LAST_BOOTH, clean};
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

/// What a cell says of the seat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) number: Option<u16>,
    /// The column that is wrong, and why.
    pub(super) wrong: Option<(Column, String)>,
}

/// The seat a cell names. It lies in the district (a code), where one is known: else the district is wrong.
pub(super) fn assembly(text: &str, district: Option<&str>, geography: &Geography) -> Seat {
    let named = |place: &Meaning| match place {
        Meaning::Assembly(index) => geography.assemblies.get(*index),
        _ => None,
    };
    let no = |reason: String| Seat { number: None, wrong: Some((Column::Assembly, reason)) };
    let none = "no assembly seat of Uttar Pradesh is called so; write its number, 1 to 403";
    // A number that a program wrote with its fraction.
    let text = text.strip_suffix(".0").unwrap_or(text);
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
            let Some(seat) = named(&meaning) else { return no(none.to_owned()) };
            let mut said = Seat { number: Some(seat.number), wrong: None };
            if district.is_some_and(|code| code != seat.district_code) {
                let lies_in = geography.district(&seat.district_code);
                let lies_in = lies_in.map_or("", |district| district.name(Language::Hi));
                let (number, name) = (seat.number, seat.name(Language::Hi));
                let reason = format!("the seat of this row, {number} {name}, lies in {lies_in}");
                said.wrong = Some((Column::District, reason));
            }
            said
        }
        Reading::Unsure(near) | Reading::Tie(near) => {
            let near: Vec<String> = near
                .iter()
                .filter_map(named)
                .map(|seat| format!("{} {}", seat.number, seat.name(Language::Hi)))
                .collect();
            no(format!("perhaps {}: write its number or its name so", near.join(" or ")))
        }
        Reading::None => no(none.to_owned()),
    }
}

/// Why a cell that may hold a number of a place holds none that can be believed: Excel made a day of it, or it
/// has a sign.
pub(super) fn why_no_number(cell: &Cell) -> Option<&'static str> {
    let text = match cell {
        Cell::Date(_) => return Some("Excel made a day of it: write the number as a text"),
        Cell::Text(_) | Cell::Number(_) => cell.text(),
        _ => return None,
    };
    let behind = text.trim_start_matches(['-', '−', '–', '—', '+', ' ']);
    let has_sign = behind.len() < text.len() && behind.starts_with(|sign: char| sign.is_numeric());
    has_sign.then_some("a sign stands before the number: write the number alone")
}

/// The number of a booth.
pub(super) fn booth(cell: &Cell, text: &str, geography: &Geography) -> Result<u16, String> {
    if let Some(reason) = why_no_number(cell) {
        return Err(reason.to_owned());
    }
    let whole = cell.whole();
    if whole.is_none() && has_letter(text) {
        return Err(
            "a booth with a letter has no number of its own yet: leave this row out".to_owned()
        );
    }
    if has_month(text) {
        return Err("Excel made a day of it: write the number of the booth as a text".to_owned());
    }
    let kind = Kind::Number { from: 1, to: LAST_BOOTH };
    let number = whole.or_else(|| match hear(kind, text, geography) {
        Reading::Sure(Meaning::Number(number)) => Some(number),
        _ => None,
    });
    number
        .filter(|number| (1..=LAST_BOOTH).contains(number))
        .and_then(|number| u16::try_from(number).ok())
        .ok_or_else(|| format!("write the number of the booth, 1 to {LAST_BOOTH}"))
}

/// `16-Jan`: what was `16/1` before Excel took it for a day.
fn has_month(text: &str) -> bool {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words = text.to_lowercase();
    words.split(|sign: char| !sign.is_ascii_alphabetic()).any(|word| MONTHS.contains(&word))
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
