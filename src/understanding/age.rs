//! An age in years.

use jiff::civil::Date;

use super::heard::{Heard, Word};
use super::number::numbers;
use super::words::{
    AGE, DO, DOUBT, FILLER, INEXACT, JI, MAT, ME, NO, NUMBER_FRAME, OR, POLITE, QUESTION, WHY,
    YEAR_FRAME, YES,
};
use super::{Meaning, Reading, date};

/// Nobody is older, and nobody who writes is of no age at all.
pub(super) const AGES: std::ops::RangeInclusive<i64> = 1..=110;

/// `34`, `34 saal`, `मेरी उम्र ३४ है`, `pachees saal ka hun`; a year or a day of birth in its place
/// is counted from `today`.
pub(super) fn read(heard: &Heard, today: Date) -> Reading {
    if heard.len() == 0 || heard.has(DOUBT | OR | INEXACT | QUESTION | MAT | WHY | NO) {
        return Reading::None;
    }
    let found = numbers(heard);
    let (years, months) = match found.values.as_slice() {
        [years] => (*years, false),
        // "25 साल 3 महीने"
        [years, months] if has_months(heard) && (0..12).contains(months) => (*years, true),
        // "1 2 3" is a row of numbers; a day of birth in numbers alone has its year in four digits.
        several if several.len() > 2 && several.iter().all(|number| *number < 1_000) => {
            return Reading::None;
        }
        _ => return born_on(heard, today),
    };
    // "12वीं", "1st year": a class, not an age.
    let is_suffix =
        |word: &Word<'_>| matches!(word.folded, "st" | "nd" | "rd" | "th" | "vi" | "वि" | "वा");
    if found.one().is_none() && !months || heard.words().any(|word| is_suffix(&word)) {
        return born_on(heard, today);
    }
    let frame = FILLER | POLITE | JI | YES | AGE | YEAR_FRAME | ME | DO;
    let is_foreign = |word: &Word<'_>| {
        !word.is_digits()
            && word.sense.number.is_none()
            && !word.is(frame)
            && !is_becoming(word.folded)
            && !is_month(word.folded)
            && (word.folded.len() > 1 || word.is(NUMBER_FRAME))
    };
    let foreign = heard.words().filter(is_foreign).count();
    let this_year = i64::from(today.year());
    let age = if AGES.contains(&years) {
        years
    } else {
        let oldest = this_year - AGES.end();
        let youngest = this_year - AGES.start();
        // "1990", where the year of birth was written instead.
        if !(oldest..=youngest).contains(&years) {
            return born_on(heard, today);
        }
        this_year - years
    };
    let meaning = Meaning::Number(age);
    match foreign {
        0 => Reading::Sure(meaning),
        _ if heard.has(AGE) => Reading::Unsure(vec![meaning]),
        _ => Reading::None,
    }
}

/// The age of who was born on the day the message names.
fn born_on(heard: &Heard, today: Date) -> Reading {
    let counted = |meaning: Meaning| {
        let Meaning::Date(born) = meaning else { return None };
        let birthday_is_ahead = (today.month(), today.day()) < (born.month(), born.day());
        let years = i64::from(today.year() - born.year()) - i64::from(birthday_is_ahead);
        AGES.contains(&years).then_some(Meaning::Number(years))
    };
    match date::read(heard, today, None, Some(today)) {
        Reading::Sure(meaning) => counted(meaning).map_or(Reading::None, Reading::Sure),
        Reading::Unsure(meanings) | Reading::Tie(meanings) => {
            let mut ages: Vec<Meaning> = Vec::new();
            for age in meanings.into_iter().filter_map(counted) {
                if !ages.contains(&age) {
                    ages.push(age);
                }
            }
            if ages.is_empty() { Reading::None } else { Reading::Unsure(ages) }
        }
        Reading::None => Reading::None,
    }
}

fn has_months(heard: &Heard) -> bool {
    heard.words().any(|word| is_month(word.folded))
}

/// The word for a month of time.
fn is_month(folded: &str) -> bool {
    matches!(
        folded,
        "mahine"
            | "mahina"
            | "mahene"
            | "month"
            | "months"
            | "महिने"
            | "महिना"
            | "माह"
            | "maah"
    )
}

/// "main 18 ka ho gaya": words around an age that say nothing of their own.
fn is_becoming(folded: &str) -> bool {
    matches!(
        folded,
        "gaya"
            | "gya"
            | "gayi"
            | "gai"
            | "gaye"
            | "chuka"
            | "chuki"
            | "pura"
            | "puri"
            | "pure"
            | "चुका"
            | "चुकि"
            | "पुरा"
            | "पुरि"
            | "पुरे"
            | "गया"
            | "गइ"
            | "गयि"
            | "old"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 21);

    fn read_text(text: &str) -> Reading {
        read(&Heard::new(text), TODAY)
    }

    #[test]
    fn an_age_is_read_as_people_write_it() {
        for (text, age) in [
            ("34", 34),
            ("३४", 34),
            ("मेरी उम्र ३४ है", 34),
            ("meri umar 25 saal hai", 25),
            ("उम्र 82", 82),
            ("मेरी उम्र 40 साल है", 40),
            ("४९ साल की हूँ", 49),
            ("41 🙏", 41),
            ("hum 35 baras ke hai", 35),
            ("age पचास", 50),
            ("\u{feff}untalis sal", 39),
            ("\u{feff}84saal", 84),
            ("45वर्ष", 45),
            ("मेरी आयु २५ वर्ष है", 25),
            ("abhi 27 saal ki hai umar", 27),
            ("25sal", 25),
            ("arsath varsh", 68),
            ("६५ saal", 65),
            ("25 sal ka hu ji", 25),
            ("अभी ३७ साल", 37),
            ("main 18 ka ho gaya", 18),
            ("athattar saal ki hu", 78),
            ("उनचास वर्ष", 49),
            ("२४ बरस", 24),
            ("25 साल 3 महीने", 25),
            ("पच्चीस साल का हूँ", 25),
            ("I am 34 years old", 34),
            ("میری عمر ۳۴ سال ہے", 34),
            ("110", 110),
        ] {
            assert_eq!(read_text(text), Reading::Sure(Meaning::Number(age)), "{text}");
        }
    }

    #[test]
    fn a_year_or_day_of_birth_is_counted_from_today() {
        for (text, age) in [
            ("1990", 36),
            ("१९९० में जन्म", 36),
            ("unnis sau pachasi", 41),
            ("15/8/1990", 36),
            ("22 नवंबर 1990", 35),
            ("21 november 1990", 36),
        ] {
            assert_eq!(read_text(text), Reading::Sure(Meaning::Number(age)), "{text}");
        }
    }

    #[test]
    fn what_is_no_age_is_refused() {
        for text in [
            "",
            "0",
            "111",
            "९९९",
            "senior citizen",
            "bachha hu",
            "याद नहीं",
            "25-26",
            "1 2 3",
            "१ २ ३",
            "10 11 12",
            "23 24 hogi",
            "20 se 30",
            "12vi pass",
            "1st year",
            "5 bachhe hai",
            "उम्र pata nahi",
            "9812345678",
            "2050",
            "1800",
            "लखनऊ",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }
}
