//! Whole numbers in digits and words, with Hindi's hundreds and quarters (सवा सौ is 125).

use super::heard::{Heard, Word};
use super::number_words::ordinal as ordinal_of;
use super::reason::{Judged, Reason};
use super::words::{
    AGAIN, ASSENT, CHOICE_FRAME, CLASSIFIER, COUNTED, DO, DOUBT, FILLER, INEXACT, JI, KIN, MAT, ME,
    NO, NUMBER_FRAME, OR, PLACE_FRAME, POLITE, POLLING, QUESTION, Roles, TENS, UNIT, WHY, YES,
    sense,
};
use super::{Meaning, Reading};
use crate::contact::PhoneNumber;
use crate::geography::fold;

/// Digits a number may have; the largest is far below what an `i64` holds.
const MOST_DIGITS: usize = 15;

pub(super) fn read(text: &str, heard: &Heard, from: i64, to: i64) -> Judged {
    if heard.len() == 0 {
        return Reason::Empty.none();
    }
    let regrouped = joined_digits(text, heard).or_else(|| plain_digits(text));
    let regrouped = regrouped.map(|plain| Heard::close(&plain));
    let heard = regrouped.as_ref().unwrap_or(heard);
    let careless =
        if numbers(heard).values.is_empty() { heard.with_careless_numbers() } else { None };
    match careless {
        Some(guessed) => {
            let judged = read_heard(&guessed, from, to);
            match judged.reading {
                // Alone the word may be a name.
                Reading::Sure(meaning) if !heard.has(NUMBER_FRAME) => {
                    Reason::NumberElse.unsure(meaning)
                }
                _ => judged,
            }
        }
        None => read_heard(heard, from, to),
    }
}

fn read_heard(heard: &Heard, from: i64, to: i64) -> Judged {
    // "booth no 5": the English "no" is a number's frame; any other is a refusal.
    let is = |roles: Roles| {
        heard.words().any(|word| word.sense.number.is_none() && !word.is(COUNTED) && word.is(roles))
    };
    let denies = |word: &Word<'_>| {
        word.sense.number.is_none() && word.is(NO | MAT) && !word.is(NUMBER_FRAME)
    };
    // "chaudah mat": so many votes.
    let counts = |before: Option<Word<'_>>, word: &Word<'_>| {
        word.is(MAT) && before.is_some_and(|before| single(&before).is_some())
    };
    // `मत0 क्र0 512`: the मत of मतदान, written short.
    let shortened = |next: Option<Word<'_>>| {
        next.is_some_and(|next| matches!(next.folded, "कर" | "सं" | "स" | "दे" | "के" | "करसं"))
    };
    let mut before: Option<Word<'_>> = None;
    let mut denied = false;
    let mut words = heard.words().peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied();
        denied |= denies(&word) && !counts(before, &word) && !(word.is(MAT) && shortened(next));
        before = Some(word);
    }
    let refusals = [
        (is(DOUBT), Reason::Doubt),
        (is(QUESTION | WHY), Reason::Question),
        (is(OR), Reason::Either),
        (is(INEXACT), Reason::Inexact),
        (denied, Reason::Denied),
    ];
    if let Some((_, reason)) = refusals.into_iter().find(|(holds, _)| *holds) {
        return reason.none();
    }
    let found = numbers(heard);
    let ordinal = || {
        // "pehle" is "before" as well.
        let named = heard.words().filter(|word| !matches!(word.folded, "pehle" | "pahle" | "पहले"));
        let mut places = named.filter_map(|word| ordinal_of(word.folded));
        places.next().filter(|_| places.next().is_none() && found.values.is_empty())
    };
    let Some(number) = found.one().or_else(ordinal) else {
        let nothing = found.values.is_empty() && !found.broken;
        return if nothing { Reason::NoNumber } else { Reason::SeveralNumbers }.none();
    };
    if !(from..=to).contains(&number) {
        return Reason::OutOfBounds.none();
    }
    let meaning = Meaning::Number(number);
    if heard.measures() {
        return Reason::Measured.unsure(meaning);
    }
    if !found.in_digits && is_homograph(heard) {
        return Reason::NumberElse.none();
    }
    // What is not denied is counted: so many votes.
    // "booth 77, prathmik vidyalaya": where it is.
    let stations = heard.words().any(|word| is_station(&word));
    let foreign = heard
        .words()
        .any(|word| is_foreign(&word) && !word.is(MAT) && !(stations && word.is(POLLING)));
    match (foreign, found.in_digits) {
        (false, _) if to == i64::MAX && is_mobile(heard) => Reason::LooksLikePhone.unsure(meaning),
        (false, _) => Reason::Number.sure(meaning),
        // Words for numbers are other words too (साठ, साथ); with digits it is worth asking.
        (true, false) => Reason::NumberElse.none(),
        (true, true) if heard.has(UNIT) => Reason::Measured.unsure(meaning),
        (true, true) => Reason::NumberInDigits.unsure(meaning),
    }
}

/// The only word for a number in it is another word as well, and the message says more: "sath hi hai",
/// "तेरा भाई".
fn is_homograph(heard: &Heard) -> bool {
    let around = NUMBER_FRAME | CLASSIFIER | AGAIN;
    let counted = |word: &Word<'_>| word.is(COUNTED) && !word.is(POLITE | FILLER);
    let mut alone = false;
    for word in heard.words() {
        if word.sense.number.is_some() {
            let doubtful =
                matches!(word.folded, "sath" | "tera" | "bara" | "तेरा" | "so" | "साथ" | "बारा");
            if !doubtful {
                return false;
            }
            alone = true;
        }
    }
    // "tera bhai"
    let is_yours = heard.words().any(|word| matches!(word.folded, "tera" | "तेरा"));
    alone
        && heard.len() > 1
        && !heard.words().any(|word| {
            word.sense.number.is_none() && (word.is(around) && !word.is(FILLER) || counted(&word))
        })
        && !heard.words().all(|word| {
            word.sense.number.is_some() || word.is(JI) || (word.is(POLITE) && !is_yours)
        })
}

/// Digits told one by one behind a word for a number: `booth 1 2 3` is 123.
fn joined_digits(text: &str, heard: &Heard) -> Option<String> {
    let framed = heard.words().any(|word| word.is(NUMBER_FRAME) && word.sense.number.is_none());
    let folded: Vec<&str> = heard.words().filter(Word::is_digits).map(|word| word.folded).collect();
    let single = folded.len() > 1 && folded.iter().all(|digits| digits.len() == 1);
    // "1 0 5": nothing is counted by a nought.
    let spelt = folded.iter().skip(1).any(|digits| *digits == "0");
    if !(framed || spelt) || !single || text.contains([',', '/', '-', '.', '،']) {
        return None;
    }
    let first = heard.words().position(|word| word.is_digits())?;
    let in_a_row = heard.words().skip(first).take(folded.len()).all(|word| word.is_digits());
    let before = heard.words().take(first).map(|word| word.cleaned);
    let behind = heard.words().skip(first + folded.len()).map(|word| word.cleaned);
    let joined = folded.concat();
    let words = before.chain(std::iter::once(joined.as_str())).chain(behind);
    in_a_row.then(|| words.collect::<Vec<_>>().join(" "))
}

/// Neither a number nor a word that stands around one; `b-34` is written so on the lists.
fn is_foreign(word: &Word<'_>) -> bool {
    let frame = FILLER
        | POLITE
        | JI
        | YES
        | NUMBER_FRAME
        | CHOICE_FRAME
        | DO
        | ME
        | COUNTED
        | AGAIN
        | CLASSIFIER;
    let number = word.is_digits() || word.sense.number.is_some() || glued_count(word).is_some();
    let letter = word.folded.len() == 1;
    let framing = word.is(frame) || is_right(word) || is_behind(word.folded);
    // A relative, or where one lives: the number is not the one that was asked for.
    let aside =
        word.is(UNIT) || (word.is(KIN) && !word.is(COUNTED | FILLER) && word.folded != "ma");
    let place = word.is(PLACE_FRAME) && is_seat_word(word.folded);
    let abbreviation = is_abbreviation(word.folded);
    !number
        && !letter
        && fraction(word.folded).is_none()
        && ordinal_of(word.folded).is_none()
        && !abbreviation
        && !place
        && (aside || !framing)
}

/// Who votes are cast at: बूथ, मतदान केंद्र.
fn is_station(word: &Word<'_>) -> bool {
    let stems = [
        "booth",
        "buth",
        "bhooth",
        "poling",
        "polling",
        "matdan",
        "station",
        "बुथ",
        "पोलिंग",
        "मतदान",
        "सटेसन",
    ];
    word.is(NUMBER_FRAME) && stems.into_iter().any(|stem| word.folded.starts_with(stem))
}

/// What stands behind a place: `booth 45 par`.
fn is_behind(folded: &str) -> bool {
    matches!(folded, "par" | "pe" | "पर" | "पे" | "pr" | "mein" | "its" | "it" | "ma")
        || matches!(
            folded,
            "deta" | "deti" | "dete" | "dalta" | "dalti" | "dalte" | "देता" | "देति" | "डालता"
        )
}

/// `45 sahi hai`
fn is_right(word: &Word<'_>) -> bool {
    word.is(ASSENT)
        && matches!(word.folded, "sahi" | "thik" | "tik" | "ok" | "okay" | "सहि" | "ठिक" | "ओके")
}

/// The seat before its number.
fn is_seat_word(folded: &str) -> bool {
    matches!(folded, "ac" | "vs" | "vidhansabha" | "विधानसभा" | "seat" | "सीट" | "विस")
}

/// Abbreviations of the office, their marks gone: `म0नं0`, `वि0स0`.
fn is_abbreviation(folded: &str) -> bool {
    matches!(folded, "मनं" | "मन" | "विस" | "म" | "न" | "ने" | "जि" | "मतदे" | "के")
        // `भा0सं0`, `म0सं0`, `क्र0सं0`
        || matches!(folded, "भास" | "मस" | "करस" | "वास" | "बुस" | "गरास" | "मकस" | "भा")
}

/// Ten digits from 6 to 9 on.
fn is_mobile(heard: &Heard) -> bool {
    let mut digits = heard.words().filter(Word::is_digits);
    digits
        .next()
        .is_some_and(|word| word.folded.len() >= 10 && PhoneNumber::parse(word.folded).is_ok())
}

/// The text without the commas of groups, `1.5 lakh` in full; `None` where it is so already.
fn plain_digits(text: &str) -> Option<String> {
    if !text.contains([',', '.']) {
        return None;
    }
    let ungrouped = without_group_commas(text);
    let whole = without_decimals(ungrouped.as_deref().unwrap_or(text));
    whole.or(ungrouped)
}

/// `1.5 lakh` is 1,50,000; other decimals stay.
fn without_decimals(text: &str) -> Option<String> {
    let (before, after) = text.split_once('.')?;
    let start = before.rfind(|character: char| !character.is_numeric()).map_or(0, |at| {
        at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let end = after.find(|character: char| !character.is_numeric())?;
    let whole = digits(&fold(before.get(start..)?))?;
    let part = fold(after.get(..end)?);
    let times = Heard::new(after.get(end..)?).words().next()?.sense.number;
    let times = i64::from(times.filter(|times| *times >= 1_000)?);
    let scale =
        10_i64.checked_pow(u32::try_from(part.len()).ok().filter(|length| *length <= 3)?)?;
    let product = whole.checked_mul(scale)?.checked_add(digits(&part)?)?.checked_mul(times)?;
    (product % scale == 0).then(|| {
        let rest: String = after
            .get(end..)
            .unwrap_or_default()
            .split_whitespace()
            .skip(1)
            .flat_map(|word| [" ", word])
            .collect();
        format!("{}{}{rest}", before.get(..start).unwrap_or_default(), product / scale)
    })
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
    /// Whether words were.
    in_words: bool,
    /// A part that is no whole number (साढ़े तीन), too long, or out of grammar.
    broken: bool,
}

impl Numbers {
    /// The number, when exactly one is named.
    pub(super) fn one(&self) -> Option<i64> {
        match self.values.as_slice() {
            // "paintees/35"
            [number, again] if !self.broken && self.in_digits && self.in_words => {
                Some(*number).filter(|number| number == again)
            }
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
    let mut found =
        Numbers { values: Vec::new(), in_digits: false, in_words: false, broken: false };
    let has_digits = words.clone().any(|word| word.is_digits());
    let mut open: Option<Sum> = None;
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let times_next =
            words.peek().is_some_and(|next| next.sense.number.is_some_and(|number| number >= 100));
        if has_digits && !times_next && is_common_word(word.folded) {
            continue;
        }
        // "one hundred and five"
        if word.folded == "and" && open.as_ref().is_some_and(|sum| sum.hundreds) {
            continue;
        }
        let Some(piece) = piece(&word, open.as_ref()) else {
            // Digits too long to be a number.
            found.broken |= word.is_digits();
            found.close(open.take());
            continue;
        };
        found.in_digits |= word.is_digits();
        found.in_words |= !word.is_digits();
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
    matches!(
        folded,
        "tera" | "bara" | "sath" | "do" | "so" | "तेरा" | "दो" | "che" | "chah" | "ek" | "एक"
    )
}

#[derive(Clone, Copy, Debug)]
enum Piece {
    /// Below a hundred, or in digits.
    Count(i64),
    /// The English tens, that a unit may follow: forty-five.
    Tens(i64),
    /// 100, 1,000, 1,00,000 or 1,00,00,000.
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
        "sadhe" | "sarhe" | "sade" | "sare" | "sadhai" | "साढे" | "साडे" | "साधे" | "ساڑہے" => {
            Fraction::Added(2)
        }
        "paune" | "pone" | "paun" | "pauna" | "पोने" | "पोन" | "पोना" | "پونے" => {
            Fraction::Added(-1)
        }
        "dedh" | "derh" | "ded" | "der" | "deadh" | "डेढ" | "डेड" | "डेर" | "ڈیڑہ" => {
            Fraction::Fixed(6)
        }
        "dhai" | "dhaai" | "arhai" | "adhai" | "dhae" | "dai" | "ढाइ" | "अडाइ" | "अढाइ"
        | "ڈہای" | "اڑہای" => Fraction::Fixed(10),
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
    if let Some(count) = glued_count(word) {
        return Some(Piece::Count(count));
    }
    // "twenty-fifth"
    if open.is_some_and(|sum| sum.tens)
        && let Some(place) = ordinal_of(word.folded).filter(|place| *place < 10)
    {
        return Some(Piece::Count(place));
    }
    let number = i64::from(word.sense.number?);
    if number < 100 {
        return Some(if word.is(TENS) { Piece::Tens(number) } else { Piece::Count(number) });
    }
    // "so" is a hundred only after a count; alone it is "so" or "sleep".
    let bare_so = word.folded == "so" && open.is_none();
    (!bare_so).then_some(Piece::Times(number))
}

/// A count and what follows it in one word: `एकसौ`, `dosau`, and Bhojpuri's `एगो`, `tingo`.
fn glued_count(word: &Word<'_>) -> Option<i64> {
    if !word.sense.is_empty() {
        return None;
    }
    let hundreds = ["सो", "sau", "so"].into_iter().find_map(|end| word.folded.strip_suffix(end));
    let things =
        || ["go", "गो", "ठो", "tho"].into_iter().find_map(|end| word.folded.strip_suffix(end));
    let (count, times) = match hundreds {
        Some(count) => (count, 100),
        None => (things()?, 1),
    };
    let number = match count {
        "e" | "ए" => Some(1),
        "du" | "दु" => Some(2),
        _ => sense(count).number,
    };
    Some(i64::from(number.filter(|count| (1..=9).contains(count))?) * times)
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
    /// It ends in English tens, so that a unit may follow.
    tens: bool,
    /// A सवा, साढ़े or पौने that waits for its count.
    quarters: Option<i64>,
}

const QUARTERS: i64 = 4;

impl Sum {
    /// Takes the piece in; `false` when it begins another number.
    fn add(&mut self, piece: Piece) -> bool {
        match piece {
            Piece::Count(count) => {
                let takes = self.count(count);
                self.tens = false;
                takes
            }
            Piece::Tens(count) => {
                let takes = self.count(count);
                self.tens = takes;
                takes
            }
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
            Some(tens) if self.tens && (1..10).contains(&count) => {
                self.current = Some(tens + value);
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
        read(text, &Heard::close(text), 0, 100_000_000).reading
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
        let bounded = |text: &str| read(text, &Heard::close(text), 1, 800).reading;
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
