//! Numbers and dates as people in Uttar Pradesh write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use crate::contact::Language;

/// Months as they are written in a date.
const MONTHS_HI: [&str; 12] = [
    "जनवरी",
    "फरवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "अक्टूबर",
    "नवंबर",
    "दिसंबर",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_UR: [&str; 12] = [
    "جنوری",
    "فروری",
    "مارچ",
    "اپریل",
    "مئی",
    "جون",
    "جولائی",
    "اگست",
    "ستمبر",
    "اکتوبر",
    "نومبر",
    "دسمبر",
];

const WEEKDAYS_HI: [&str; 7] = ["सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार"];
const WEEKDAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_UR: [&str; 7] = ["پیر", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ", "اتوار"];

/// Appends the number in lakh and crore grouping: `12,34,567`.
pub fn grouped(number: i64, out: &mut String) {
    let digits = number.unsigned_abs().to_string();
    if number < 0 {
        out.push('-');
    }
    let length = digits.len();
    for (index, digit) in digits.chars().enumerate() {
        let left = length - index;
        // A comma before the last three digits, and before every pair in front of them.
        if index > 0 && (left == 3 || (left > 3 && left % 2 == 1)) {
            out.push(',');
        }
        out.push(digit);
    }
}

/// Appends the date of a moment in India: `21 नवंबर 2026`, `21 November 2026`.
pub fn date(at: Timestamp, language: Language, out: &mut String) {
    civil_date(india_date(at), language, out);
}

/// Appends a day of the calendar: `21 नवंबर 2026`, `21 November 2026`.
pub fn civil_date(day: Date, language: Language, out: &mut String) {
    day_and_month(day, language, out);
    out.push(' ');
    out.push_str(&day.year().to_string());
}

/// Appends a day without its year: `21 नवंबर`, `21 November`.
pub(super) fn day_and_month(day: Date, language: Language, out: &mut String) {
    let months = match language {
        Language::Hi => &MONTHS_HI,
        Language::En => &MONTHS_EN,
        Language::Ur => &MONTHS_UR,
    };
    let month = usize::try_from(day.month() - 1).ok().and_then(|index| months.get(index).copied());
    out.push_str(&day.day().to_string());
    out.push(' ');
    out.push_str(month.unwrap_or_default());
}

/// Appends the name of the day of the week: `शनिवार`, `Saturday`.
pub(super) fn weekday(day: Date, language: Language, out: &mut String) {
    let names = match language {
        Language::Hi => &WEEKDAYS_HI,
        Language::En => &WEEKDAYS_EN,
        Language::Ur => &WEEKDAYS_UR,
    };
    let place = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
    out.push_str(names.get(place).copied().unwrap_or_default());
}

/// `क`, `क और ख`, `क, ख और ग`.
#[must_use]
pub fn join_and(parts: &[&str], language: Language) -> String {
    joined(parts, language, ["और", "and", "اور"])
}

/// `क`, `क या ख`, `क, ख या ग`.
#[must_use]
pub fn join_or(parts: &[&str], language: Language) -> String {
    joined(parts, language, ["या", "or", "یا"])
}

/// `words`: what stands before the last part, a language each.
fn joined(parts: &[&str], language: Language, words: [&str; 3]) -> String {
    let Some((last, others)) = parts.split_last() else { return String::new() };
    let mut out = others.join(if language == Language::Ur { "، " } else { ", " });
    if !others.is_empty() {
        out.push(' ');
        out.push_str(words.get(super::slot(language)).copied().unwrap_or_default());
        out.push(' ');
    }
    out.push_str(last);
    out
}

/// The calendar day of a moment in India: UTC+5:30 the whole year, no summer time.
#[must_use]
pub(crate) fn india_date(at: Timestamp) -> jiff::civil::Date {
    india_zoned(at).date()
}

/// The beginning of a day in India; `None` beyond the moments there are.
pub(crate) fn india_midnight(day: jiff::civil::Date) -> Option<Timestamp> {
    day.to_zoned(india()).ok().map(|zoned| zoned.timestamp())
}

/// The same moment by the clocks of India.
pub(crate) fn india_zoned(at: Timestamp) -> jiff::Zoned {
    at.to_zoned(india())
}

fn india() -> TimeZone {
    TimeZone::fixed(Offset::from_seconds(19_800).unwrap_or(Offset::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_in_lakh_and_crore() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (1_234_567, "12,34,567"),
            (160_000_000, "16,00,00,000"),
            (-123_456, "-1,23,456"),
        ];
        for (number, expected) in cases {
            let mut text = String::new();
            grouped(number, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_date_is_that_of_india_and_in_the_language() {
        // 20:00 UTC is already half past one of the next day in India.
        let at: Timestamp = "2026-11-20T20:00:00Z".parse().unwrap();
        let mut text = String::new();
        date(at, Language::Hi, &mut text);
        assert_eq!(text, "21 नवंबर 2026");
        text.clear();
        date(at, Language::En, &mut text);
        assert_eq!(text, "21 November 2026");
    }
}
