//! One cell, and how it reads as text.

use jiff::civil::Date;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    /// Trimmed, never empty.
    Text(String),
    Number(f64),
    /// A cell that is formatted as a day; its time of day is left out.
    Date(Date),
    Bool(bool),
    /// What stands there is no value: an error of Excel, a formula that was never calculated. The words
    /// say what to do.
    Fault(String),
}

impl Cell {
    /// Words as a person typed them: trimmed, with invisible characters at the ends gone. What a program wrote in
    /// place of a value that it did not have (`#REF!`, `????`) is a fault.
    #[must_use]
    pub fn of(text: &str) -> Cell {
        let invisible = |c: char| {
            c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        };
        let trimmed = text.trim_matches(invisible);
        if trimmed.is_empty() {
            return Cell::Empty;
        }
        why_no_value(trimmed).map_or_else(|| Cell::Text(trimmed.to_owned()), Cell::Fault)
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty)
    }

    /// The text a person sees in the cell, nearly: whole numbers without `.0` and never as `9.19E+11`,
    /// days as `2026-11-21`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => match whole(*number) {
                Some(whole) => whole.to_string(),
                None => number.to_string(),
            },
            Cell::Date(date) => date.to_string(),
            Cell::Bool(true) => "TRUE".to_owned(),
            Cell::Bool(false) => "FALSE".to_owned(),
            Cell::Fault(words) => words.clone(),
        }
    }

    /// The same where there is a value.
    #[must_use]
    pub fn shown(&self) -> String {
        if matches!(self, Cell::Fault(_)) { String::new() } else { self.text() }
    }

    /// A whole number, whether the cell holds a number or the digits of one, with Excel's `.0` or without.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        match self {
            Cell::Number(number) => whole(*number),
            Cell::Text(text) => without_point(text).parse().ok(),
            _ => None,
        }
    }
}

/// What Excel, LibreOffice and Google Sheets show where a formula has no result, in small letters; and the same as
/// lists have it without its `!`.
///
/// Source: ECMA-376 part 1, 18.17.3; the later ones in Microsoft's "How to correct a #… error" pages.
#[rustfmt::skip]
const ERRORS: [&str; 27] = [
    "#ref!", "#n/a", "#value!", "#name?", "#null!", "#num!", "#div/0!", "#getting_data", "#spill!", "#calc!", "#field!", "#blocked!",
    "#connect!", "#unknown!", "#busy!", "#python!", "#external!", "#timeout!", "#error!", "#ref", "#na", "#value", "#name", "#name!",
    "#null", "#num", "#div/0",
];

/// Why a text stands for a value that was lost.
fn why_no_value(text: &str) -> Option<String> {
    let is_error = |word: &&str| {
        let small = word.to_ascii_lowercase();
        // LibreOffice numbers its own: `Err:502`.
        let number = small.strip_prefix("err:");
        let is_numbered = number.is_some_and(|number| {
            number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        is_numbered || ERRORS.contains(&small.as_str())
    };
    if text.contains(['#', ':'])
        && let Some(word) = text.split_whitespace().find(is_error)
    {
        return Some(format!("Excel shows {word} in this cell"));
    }
    if text.len() > 2 && text.bytes().all(|byte| byte == b'#') {
        return Some(
            "the column was too narrow when this was copied, and #### stands there instead of the value"
                .to_owned(),
        );
    }
    let marks = text.chars().filter(|sign| *sign == '?').count();
    if marks > 1 && text.chars().all(|sign| sign == '?' || sign.is_whitespace()) {
        return Some(
            "only question marks are left of this cell: it was once saved as ‘CSV’; save it as ‘CSV UTF-8’ where \
             its letters are still seen"
                .to_owned(),
        );
    }
    text.contains(char::REPLACEMENT_CHARACTER).then(|| {
        "a letter of this cell is lost (\u{fffd}): write it again, and save the file as ‘CSV UTF-8’".to_owned()
    })
}

/// Words that stand in a cell because something must, in small letters and without the points of `N.A.`.
#[rustfmt::skip]
const NOTHING: [&str; 23] = [
    "na", "n/a", "n\\a", "nil", "nill", "null", "none", "nan", "xx", "xxx", "xxxx", "not available", "not applicable", "not known", "unknown", "blank",
    "निल", "लागू नहीं", "उपलब्ध नहीं", "कोई नहीं", "पता नहीं", "अज्ञात", "ज्ञात नहीं",
];

/// Whether the words of a cell say that there is nothing to say: a dash, `0`, `N.A.`, `उपलब्ध नहीं`.
#[must_use]
pub fn says_nothing(text: &str) -> bool {
    let has_letters = |sign: char| sign.is_alphanumeric();
    if says_as_above(text) {
        return false;
    }
    if !text.chars().any(has_letters) || text.trim_matches(['0', '०', '.']).is_empty() {
        return true;
    }
    let small = text.to_lowercase().replace('.', "");
    NOTHING.contains(&small.trim_matches(|sign: char| !has_letters(sign) && !is_mark(sign)))
}

/// A sign that Hindi writes above, below or behind a letter, which is no letter by itself.
const fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{951}'..='\u{957}')
}

/// Whether the words of a cell say that the value is that of the row above (`"`, `do`, `तदैव`). Such a list must be
/// written out: rows are sorted and left out, and a value that was not meant would be taken.
#[must_use]
pub fn says_as_above(text: &str) -> bool {
    #[rustfmt::skip]
    const AS_ABOVE: [&str; 11] = [
        "do", "ditto", "same", "same as above", "as above", "तदैव", "उपरोक्त", "उपर्युक्त", "यथोपरि", "ऊपर जैसा", "वही",
    ];
    let small = text.trim().to_lowercase();
    let is_sign = !small.is_empty() && small.chars().all(|sign| "\"“”〃".contains(sign));
    let bare = small.trim_matches(|sign: char| sign.is_whitespace() || "-–—.~()\"".contains(sign));
    is_sign || AS_ABOVE.contains(&bare)
}

/// The digits before `.0`, `.00`; anything else as it is.
#[must_use]
pub fn without_point(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0')
                && whole.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole
        }
        _ => text,
    }
}

/// The whole number a float is exactly; Excel keeps 15 digits.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 1e15;
    if number.fract() != 0.0 || number.abs() >= EXACT {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 10^15")]
    Some(number as i64)
}

/// The name of a column as Excel shows it: 0 is `A`, 26 is `AA`.
#[must_use]
pub fn column_letter(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}
