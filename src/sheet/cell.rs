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
    /// Words as a person typed them: trimmed, with invisible characters at the ends gone.
    #[must_use]
    pub fn of(text: &str) -> Cell {
        let invisible = |c: char| {
            c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        };
        let trimmed = text.trim_matches(invisible);
        if trimmed.is_empty() { Cell::Empty } else { Cell::Text(trimmed.to_owned()) }
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
