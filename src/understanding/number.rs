//! Whole numbers in digits and words, with Hindi's hundreds and quarters (सवा सौ is 125).

use super::heard::{Heard, Word};
use super::words::{
    CHOICE_FRAME, DO, DOUBT, FILLER, INEXACT, JI, MAT, NO, NUMBER_FRAME, OR, POLITE, QUESTION,
    Roles, WHY, YES, sense,
};
use super::{Meaning, Reading};

/// Digits a number may have; the largest is far below what an `i64` holds.
const MOST_DIGITS: usize = 15;

pub(super) fn read(text: &str, heard: &Heard, from: i64, to: i64) -> Reading {
    let regrouped = without_group_commas(text).map(|plain| Heard::new(&plain));
    let heard = regrouped.as_ref().unwrap_or(heard);
    let frame = FILLER | POLITE | JI | YES | NUMBER_FRAME | CHOICE_FRAME | DO;
    let found = numbers(heard);
    let refused = DOUBT | QUESTION | OR | INEXACT | MAT | WHY;
    // "booth no 5": the English "no" is a number's frame; any other is a refusal.
    let refuses = |word: &Word<'_>| {
        word.sense.number.is_none() && (word.is(refused) || (word.is(NO) && !word.is(NUMBER_FRAME)))
    };
    if heard.words().any(|word| refuses(&word)) {
        return Reading::None;
    }
    let Some(number) = found.one() else { return Reading::None };
    if !(from..=to).contains(&number) {
        return Reading::None;
    }
    let foreign = heard.words().filter(|word| is_foreign(word, frame)).count();
    match (foreign, found.in_digits) {
        (0, _) => Reading::Sure(Meaning::Number(number)),
        // Words for numbers are other words too (साठ, साथ); with digits it is worth asking.
        (_, false) => Reading::None,
        (_, true) => Reading::Unsure(vec![Meaning::Number(number)]),
    }
}

/// Neither a number nor a word that stands around one; `b-34` is written so on the lists.
fn is_foreign(word: &Word<'_>, frame: Roles) -> bool {
    let number = word.is_digits() || word.sense.number.is_some() || glued_hundred(word).is_some();
    let letter = word.folded.len() == 1;
    !number && !letter && fraction(word.folded).is_none() && !word.is(frame)
}

/// `1,234` and `1,00,000` without their commas; `None` where there are none of the kind.
fn without_group_commas(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let is_digit = |place: usize| characters.get(place).is_some_and(|at| at.is_numeric());
    let groups = |comma: usize| {
        let length = (comma + 1..characters.len()).take_while(|place| is_digit(*place)).count();
        let next = characters.get(comma + 1 + length);
        is_digit(comma.wrapping_sub(1)) && (length == 3 || (length == 2 && next == Some(&',')))
    };
    let is_group = |place: usize| characters.get(place) == Some(&',') && groups(place);
    if !(0..characters.len()).any(is_group) {
        return None;
    }
    let kept = characters.iter().enumerate().filter(|(place, _)| !is_group(*place));
    Some(kept.map(|(_, character)| *character).collect())
}

/// The value of a word that is a number by itself, in digits or as a word below a hundred.
pub(super) fn single(word: &Word<'_>) -> Option<i64> {
    if word.is_digits() {
        return digits(word.folded);
    }
    word.sense.number.filter(|number| *number < 100).map(i64::from)
}

/// The value of ASCII digits.
pub(super) fn digits(folded: &str) -> Option<i64> {
    let significant = folded.trim_start_matches('0');
    if folded.is_empty() || significant.len() > MOST_DIGITS {
        return None;
    }
    if significant.is_empty() { Some(0) } else { significant.parse().ok() }
}

/// The numbers a message names, in their order.
pub(super) struct Numbers {
    pub(super) values: Vec<i64>,
    /// Whether digits were among them.
    pub(super) in_digits: bool,
    /// A part that is no whole number (साढ़े तीन), too long, or out of grammar.
    broken: bool,
}

impl Numbers {
    /// The number, when exactly one is named.
    pub(super) fn one(&self) -> Option<i64> {
        match self.values.as_slice() {
            [number] if !self.broken => Some(*number),
            _ => None,
        }
    }
}

/// Reads every number of the message; words that run together as one number are one.
pub(super) fn numbers(heard: &Heard) -> Numbers {
    numbers_of(heard.words())
}

/// The numbers of some words.
pub(super) fn numbers_of<'h>(words: impl Iterator<Item = Word<'h>> + Clone) -> Numbers {
    let mut found = Numbers { values: Vec::new(), in_digits: false, broken: false };
    let has_digits = words.clone().any(|word| word.is_digits());
    let multiplied =
        words.clone().any(|word| word.sense.number.is_some_and(|number| number >= 100));
    let mut open: Option<Sum> = None;
    for word in words {
        if has_digits && !multiplied && is_common_word(word.folded) {
            continue;
        }
        let Some(piece) = piece(&word, open.as_ref()) else {
            // Digits too long to be a number.
            found.broken |= word.is_digits();
            found.close(open.take());
            continue;
        };
        found.in_digits |= word.is_digits();
        let sum = open.get_or_insert_default();
        if !sum.add(piece) {
            found.close(open.take());
            let mut next = Sum::default();
            found.broken |= !next.add(piece);
            open = Some(next);
        }
    }
    found.close(open.take());
    found
}

impl Numbers {
    fn close(&mut self, sum: Option<Sum>) {
        let Some(sum) = sum else { return };
        match sum.total() {
            Some(number) => self.values.push(number),
            None => self.broken = true,
        }
    }
}

/// Number words that mean something else at least as often: "tera booth 5" is one number.
pub(super) fn is_common_word(folded: &str) -> bool {
    matches!(folded, "tera" | "bara" | "sath" | "do" | "so" | "तेरा" | "दो" | "che" | "chah")
}

#[derive(Clone, Copy, Debug)]
enum Piece {
    /// Below a hundred, or in digits.
    Count(i64),
    /// 100, 1,000 or 1,00,000.
    Times(i64),
    Fraction(Fraction),
}

/// In quarters.
#[derive(Clone, Copy, Debug)]
enum Fraction {
    /// डेढ़, ढाई: a count of their own.
    Fixed(i64),
    /// सवा, साढ़े, पौने: added to the count after them, or to one.
    Added(i64),
}

fn fraction(folded: &str) -> Option<Fraction> {
    Some(match folded {
        "sava" | "सवा" | "سوا" => Fraction::Added(1),
        "sadhe" | "sarhe" | "sade" | "साढे" | "साडे" | "ساڑہے" => {
            Fraction::Added(2)
        }
        "paune" | "pone" | "पोने" | "پونے" => Fraction::Added(-1),
        "dedh" | "derh" | "ded" | "डेढ" | "डेड" | "ڈیڑہ" => Fraction::Fixed(6),
        "dhai" | "dhaai" | "arhai" | "ढाइ" | "अढाइ" | "ڈہای" | "اڑہای" => {
            Fraction::Fixed(10)
        }
        _ => return None,
    })
}

fn piece(word: &Word<'_>, open: Option<&Sum>) -> Option<Piece> {
    if word.is_digits() {
        return digits(word.folded).map(Piece::Count);
    }
    if let Some(part) = fraction(word.folded) {
        return Some(Piece::Fraction(part));
    }
    if let Some(count) = glued_hundred(word) {
        return Some(Piece::Count(count));
    }
    let number = i64::from(word.sense.number?);
    if number < 100 {
        return Some(Piece::Count(number));
    }
    // "so" is a hundred only after a count; alone it is "so" or "sleep".
    let bare_so = word.folded == "so" && open.is_none();
    (!bare_so).then_some(Piece::Times(number))
}

/// `एकसौ`, `dosau`: a count and its hundred in one word.
fn glued_hundred(word: &Word<'_>) -> Option<i64> {
    if word.sense.number.is_some() {
        return None;
    }
    let count = ["सो", "sau", "so"].into_iter().find_map(|end| word.folded.strip_suffix(end))?;
    let count = sense(count).number.filter(|count| (1..=9).contains(count))?;
    Some(i64::from(count) * 100)
}

/// A number under way, in quarters.
#[derive(Debug, Default)]
struct Sum {
    /// Thousands and lakhs done.
    total: i64,
    /// The smallest multiplier so far; the next must be smaller.
    below: Option<i64>,
    current: Option<i64>,
    /// The current count ends in hundreds, so that a smaller count may follow.
    hundreds: bool,
    /// A सवा, साढ़े or पौने that waits for its count.
    quarters: Option<i64>,
}

const QUARTERS: i64 = 4;

impl Sum {
    /// Takes the piece in; `false` when it begins another number.
    fn add(&mut self, piece: Piece) -> bool {
        match piece {
            Piece::Count(count) => self.count(count),
            Piece::Times(times) => self.times(times),
            Piece::Fraction(Fraction::Fixed(quarters)) => {
                let free = self.current.is_none() && self.quarters.is_none();
                if free {
                    self.current = Some(quarters);
                }
                free
            }
            Piece::Fraction(Fraction::Added(quarters)) => {
                let free = self.current.is_none() && self.quarters.is_none();
                if free {
                    self.quarters = Some(quarters);
                }
                free
            }
        }
    }

    fn count(&mut self, count: i64) -> bool {
        let value = count * QUARTERS;
        match self.current {
            None => {
                self.hundreds = count >= 100 && count % 100 == 0;
                self.current = Some(value + self.quarters.take().unwrap_or(0));
                true
            }
            Some(hundreds) if self.hundreds && (1..100).contains(&count) => {
                self.current = Some(hundreds + value);
                self.hundreds = false;
                true
            }
            Some(_) => false,
        }
    }

    fn times(&mut self, times: i64) -> bool {
        let one = QUARTERS + self.quarters.unwrap_or(0);
        let count = self.current.unwrap_or(one);
        if times == 100 {
            if self.hundreds || count >= 100 * QUARTERS {
                return false;
            }
            self.current = Some(count * 100);
            self.hundreds = true;
        } else {
            let in_order = self.below.is_none_or(|below| times < below);
            let Some(product) = count.checked_mul(times).filter(|_| in_order) else { return false };
            self.total += product;
            self.below = Some(times);
            self.current = None;
            self.hundreds = false;
        }
        self.quarters = None;
        true
    }

    fn total(&self) -> Option<i64> {
        let sum = self.total.checked_add(self.current.unwrap_or(0))?;
        (self.quarters.is_none() && sum % QUARTERS == 0).then_some(sum / QUARTERS)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::number_words::NUMBERS;
    use super::*;
    use crate::geography::fold;

    fn read_text(text: &str) -> Reading {
        read(text, &Heard::new(text), 0, 1_000_000)
    }

    #[test]
    fn no_folded_word_means_two_numbers() {
        let mut meanings: HashMap<String, u32> = HashMap::new();
        for (number, words) in NUMBERS {
            for word in words.split(' ') {
                let known = *meanings.entry(fold(word)).or_insert(*number);
                assert_eq!(known, *number, "{word}");
            }
        }
    }

    #[test]
    fn every_number_word_is_read() {
        for (number, words) in NUMBERS {
            for word in words.split(' ').filter(|word| *word != "so") {
                let expected = Reading::Sure(Meaning::Number(i64::from(*number)));
                assert_eq!(read_text(word), expected, "{word}");
            }
        }
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        let table: &[(i64, &[&str])] = &[
            (
                42,
                &[
                    "42",
                    "४२",
                    "042",
                    "bayalis",
                    "बयालीस जी",
                    "booth no 42",
                    "बूथ सं० 42",
                    "#42",
                    "b-42",
                    "mera booth 42 hai",
                    "42 number",
                    "haan 42",
                    "tera booth 42",
                ],
            ),
            (105, &["105", "1O5", "१0५", "एक सौ पाँच", "एकसौ पांच", "ek so panch", "ek sau paanch"]),
            (125, &["सवा सौ", "sawa sau", "एक सौ पच्चीस"]),
            (150, &["डेढ़ सौ", "dedh sau"]),
            (175, &["पौने दो सौ", "paune do sau"]),
            (250, &["ढाई सौ", "dhai sau"]),
            (350, &["साढ़े तीन सौ", "saadhe teen sau"]),
            (1234, &["1,234", "१,२३४", "ek hazar do sau chautis"]),
            (100_000, &["1,00,000", "एक लाख"]),
            (9, &["नौ", "9 number"]),
            (700, &["saat sau", "7 sau"]),
        ];
        for (number, texts) in table {
            for text in *texts {
                assert_eq!(read_text(text), Reading::Sure(Meaning::Number(*number)), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_one_number_is_refused() {
        for text in [
            "",
            "पता नहीं",
            "do teen",
            "10-12",
            "5 ya 6",
            "25 se zyada",
            "5.5",
            "haan",
            "so",
            "so jao",
            "12vi pass",
            "लगभग 20",
            "साढ़े तीन",
            "1 2 3",
            "नहीं",
            "kitna",
            "उ0प्र0",
            "एक दो",
            "99999999999999999999999",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn bounds_are_inclusive() {
        let bounded = |text: &str| read(text, &Heard::new(text), 1, 800);
        assert_eq!(bounded("1"), Reading::Sure(Meaning::Number(1)));
        assert_eq!(bounded("800"), Reading::Sure(Meaning::Number(800)));
        assert_eq!(bounded("0"), Reading::None);
        assert_eq!(bounded("801"), Reading::None);
    }

    #[test]
    fn digits_among_other_words_are_asked_back() {
        assert_eq!(read_text("gaon ke school 42"), Reading::Unsure(vec![Meaning::Number(42)]));
    }
}
