//! An age in years.

use jiff::civil::Date;

use super::heard::{Heard, Word};
use super::number::{numbers, single};
use super::reason::{Judged, Reason};
use super::words::{
    AGAIN, AGE, BECOME, DO, DOUBT, FEMALE, FILLER, GENDER_FRAME, INEXACT, JI, KIN, MALE, MAT, ME,
    NO, NUMBER_FRAME, OR, PERSON, POLITE, QUESTION, THIRD, WHY, YES,
};
use super::{Meaning, Reading, date};

/// Nobody is older.
const OLDEST: i64 = 110;
/// A person so young hardly writes: asked back.
const YOUNGEST: i64 = 10;

/// `34`, `34 saal`, `मेरी उम्र ३४ है`, `pachees saal ka hun`. A year or a day of birth in its place is
/// counted from `today` and asked back.
pub(super) fn read(heard: &Heard, today: Date) -> Judged {
    if heard.len() == 0 {
        return Reason::Empty.none();
    }
    let refusals = [
        (DOUBT, Reason::Doubt),
        (OR, Reason::Either),
        (INEXACT, Reason::Inexact),
        (QUESTION | WHY, Reason::Question),
        (MAT | NO, Reason::Denied),
    ];
    let denied_else = told_as_age(heard).filter(|_| denies_something_else(heard));
    for (roles, reason) in refusals {
        if heard.has(roles) {
            let told = denied_else.filter(|_| reason == Reason::Denied);
            return told.map_or(reason.none(), |years| Reason::Age.sure(Meaning::Number(years)));
        }
    }
    // "40%", "₹34"
    if heard.measures() {
        return Reason::Measured.none();
    }
    if is_of_another(heard) {
        return Reason::AgeOfAnother.none();
    }
    let careless =
        if numbers(heard).values.is_empty() { heard.with_careless_numbers() } else { None };
    let guessed = careless.is_some();
    let heard = careless.as_ref().unwrap_or(heard);
    if guessed && !heard.has(AGE) {
        return Reason::NoAge.none();
    }
    let found = numbers(heard);
    let (years, months) = match found.values.as_slice() {
        [years] => (*years, false),
        [one, ..] if found.one() == Some(*one) => (*one, false),
        // "25 साल 3 महीने"
        [years, months] if has_months(heard) && (0..12).contains(months) => (*years, true),
        // "1 2 3" is a row of numbers; a day of birth in numbers alone has its year in four digits.
        several if several.len() > 2 && several.iter().all(|number| *number < 1_000) => {
            return Reason::SeveralNumbers.none();
        }
        // "5 0 saal": a finger on the space bar.
        [tens, 0] if (1..=9).contains(tens) && heard.has(AGE) => (*tens * 10, true),
        // "3 bachche hain, umar 34"
        _ => match told_as_age(heard) {
            Some(years) => return Reason::Age.sure(Meaning::Number(years)),
            None => return born_on(heard, today),
        },
    };
    // "12वीं", "1st year": a class, not an age.
    let is_suffix = |word: &Word<'_>| {
        matches!(word.folded, "st" | "nd" | "rd" | "th" | "vi" | "वि" | "वा" | "va" | "vin")
    };
    if heard.words().any(|word| is_suffix(&word)) {
        return Reason::ClassNotAge.none();
    }
    if found.one().is_none() && !months {
        return born_on(heard, today);
    }
    let this_year = i64::from(today.year());
    if (this_year - OLDEST..this_year).contains(&years) {
        return Reason::BornThen.unsure(Meaning::Number(this_year - years));
    }
    if !(1..=OLDEST).contains(&years) {
        return born_on(heard, today);
    }
    let meaning = Meaning::Number(years);
    let foreign = heard.words().any(|word| is_foreign(&word));
    // "25 saal se": for so long.
    let since = heard.words().any(|word| word.is(AGAIN) && word.is(FILLER)) && heard.has(AGE);
    match (foreign, since) {
        (false, false) if years < YOUNGEST => Reason::TooYoung.unsure(meaning),
        (false, false) => Reason::Age.sure(meaning),
        (true, false) if told_as_age(heard) == Some(years) => Reason::Age.sure(meaning),
        _ if heard.has(AGE) => Reason::AgeElse.unsure(meaning),
        _ => Reason::AgeElse.none(),
    }
}

/// Neither a number nor a word that stands around an age.
fn is_foreign(word: &Word<'_>) -> bool {
    let frame = FILLER
        | POLITE
        | JI
        | YES
        | AGE
        | ME
        | DO
        | BECOME
        | PERSON
        | MALE
        | FEMALE
        | THIRD
        | GENDER_FRAME
        | KIN;
    !word.is_digits()
        && word.sense.number.is_none()
        && !word.is(frame)
        && !is_year(word.folded)
        && !is_month(word.folded)
        && (word.folded.len() > 1 || word.is(NUMBER_FRAME))
}

/// "mera beta 25 saal ka hai"; but "70 saal ki dadi" speaks of herself.
fn is_of_another(heard: &Heard) -> bool {
    let is_other = |word: &Word<'_>| word.is(KIN) && !word.is(FILLER | POLITE);
    let Some(place) = heard.words().position(|word| is_other(&word)) else { return false };
    let number = heard.words().position(|word| word.is_digits() || word.sense.number.is_some());
    heard.has(ME) || number.is_none_or(|number| place < number)
}

/// The one number that is told as one's own age, whatever else the message says: behind उम्र, or as in
/// "31 साल की", "18 का हो गया".
fn told_as_age(heard: &Heard) -> Option<i64> {
    let words: Vec<Word<'_>> = heard.words().collect();
    let mut told: Option<i64> = None;
    for (place, word) in words.iter().enumerate() {
        let years = single(word).filter(|years| (YOUNGEST..=OLDEST).contains(years));
        let Some(years) = years.filter(|_| is_told_as_age(&words, place)) else { continue };
        if told.is_some_and(|known| known != years) {
            return None;
        }
        told = Some(years);
    }
    told
}

/// Whether the number at this place is called an age by the words around it.
fn is_told_as_age(words: &[Word<'_>], place: usize) -> bool {
    let before = words.get(..place).unwrap_or_default().iter().rev();
    let named = before
        .take_while(|word| is_word_for_age(word.folded) || word.is(FILLER))
        .any(|word| is_word_for_age(word.folded));
    let is_unit = |word: &Word<'_>| word.is(AGE) && !is_word_for_age(word.folded);
    let unit = words.get(place + 1).is_some_and(is_unit);
    let behind = words.get(place + 1 + usize::from(unit)..).unwrap_or_default();
    let next_is_number = behind.first().is_some_and(|next| single(next).is_some());
    if named {
        return unit || !next_is_number;
    }
    let (of, next) = match behind {
        [of, rest @ ..] => (is_of(of.folded), rest.first()),
        [] => return false,
    };
    let ends = |next: Option<&Word<'_>>| {
        next.is_none_or(|next| {
            next.is(FILLER | BECOME | ME | JI | POLITE) || single(next).is_some()
        })
    };
    let becomes = next.is_some_and(|next| {
        matches!(next.folded, "ho" | "hu" | "hun" | "हो" | "हु" | "हुं") || next.is(BECOME)
    });
    of && (becomes || (unit && ends(next)))
}

/// का, की, के
fn is_of(folded: &str) -> bool {
    matches!(folded, "ka" | "ki" | "ke" | "का" | "कि" | "के")
}

/// "umar 26 saal hai, job nahi hai": the word before the negation is what is denied.
fn denies_something_else(heard: &Heard) -> bool {
    let words: Vec<Word<'_>> = heard.words().collect();
    words.iter().enumerate().filter(|(_, word)| word.is(MAT | NO)).all(|(place, _)| {
        let before = words.get(..place).unwrap_or_default().iter().rev();
        let denied = before.into_iter().find(|word| !word.is(FILLER | JI | POLITE));
        denied.is_some_and(is_foreign)
    })
}

fn is_word_for_age(folded: &str) -> bool {
    matches!(folded, "umar" | "umr" | "umra" | "umir" | "age" | "ayu" | "उमर" | "आयु")
}

/// The age of who was born on the day the message names.
fn born_on(heard: &Heard, today: Date) -> Judged {
    let counted = |meaning: Meaning| {
        let Meaning::Date(born) = meaning else { return None };
        let birthday_is_ahead = (today.month(), today.day()) < (born.month(), born.day());
        let years = i64::from(today.year() - born.year()) - i64::from(birthday_is_ahead);
        (1..=OLDEST).contains(&years).then_some(Meaning::Number(years))
    };
    let days = match date::read(heard, today, None, Some(today)).reading {
        Reading::Sure(meaning) => vec![meaning],
        Reading::Unsure(meanings) | Reading::Tie(meanings) => meanings,
        Reading::None => Vec::new(),
    };
    let mut ages: Vec<Meaning> = Vec::new();
    for age in days.into_iter().filter_map(counted) {
        if !ages.contains(&age) {
            ages.push(age);
        }
    }
    if ages.is_empty() {
        return Reason::NoAge.none();
    }
    Judged { reading: Reading::Unsure(ages), reason: Reason::BornThen }
}

/// The word for a year, which stands around ages and years of birth.
fn is_year(folded: &str) -> bool {
    matches!(folded, "year" | "वरस")
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

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 21);

    fn read_text(text: &str) -> Reading {
        read(&Heard::close(text), TODAY).reading
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
    fn a_year_or_day_of_birth_is_counted_from_today_and_asked_back() {
        for (text, age) in [
            ("1990", 36),
            ("१९९० में जन्म", 36),
            ("unnis sau pachasi", 41),
            ("15/8/1990", 36),
            ("22 नवंबर 1990", 35),
            ("21 november 1990", 36),
        ] {
            assert_eq!(read_text(text), Reading::Unsure(vec![Meaning::Number(age)]), "{text}");
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
