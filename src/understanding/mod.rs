//! Text → meaning, Hindi and Hinglish. Pure.
//!
//! A message is cleaned and folded once ([`fold`]), its words are looked up in one table of what a
//! word may do, and each kind of answer has its own small judge. The rules come from what people in
//! Uttar Pradesh type: no answer first (`पता नहीं`), negation before assent (`haan nahi chahiye`),
//! listed words rather than guesses for anything short, sounds for the names of places.

mod age;
mod choice;
mod command;
mod correction;
mod date;
mod gender;
mod heard;
mod label;
mod many;
mod meant;
mod name;
mod namesake;
mod number;
mod number_words;
mod one_channel;
mod place;
mod reason;
mod roles;
mod tongue;
mod urdu;
mod verbs;
mod vocabulary;
mod words;
mod year;
mod yes_no;

use std::borrow::Cow;

use heard::Heard;
use jiff::civil::Date;
pub use meant::Phrase;
pub use namesake::{bare_name, first_name, is_namesake};
pub use one_channel::one_channel;
use reason::Judged;
pub use reason::Reason;

use crate::contact::{Language, PhoneNumber};
use crate::geography::Geography;

/// What kind of answer a text is read as.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    YesNo,
    /// One of these choices, by number in any digits, by label, by its id, by yes/no meaning where
    /// a choice's id is `yes`/`no` (or says so by its synonyms).
    OneOf(&'a [ChoiceWords]),
    /// A whole number within bounds, both inclusive; outside them the reading is [`Reading::None`].
    Number {
        from: i64,
        to: i64,
    },
    /// A year of birth, as [`Meaning::Number`]; two digits are read as 19xx or 20xx by `now_year`,
    /// and asked back where they may as well be an age (`45`).
    BirthYear {
        now_year: i64,
    },
    /// Whole years as [`Meaning::Number`], 1 to 110; a year or day of birth is counted from `today`.
    Age {
        today: Date,
    },
    /// A day within the bounds, both inclusive; where the words leave two open (कल is yesterday
    /// and tomorrow) the bounds decide.
    Date {
        today: Date,
        from: Option<Date>,
        to: Option<Date>,
    },
    /// Several of these choices in one message (`1 3`, `1,3 aur 4`, labels, सब, कोई नहीं), as
    /// [`Meaning::Choices`] in their own order, each once; none of them is an empty list.
    AnyOf(&'a [ChoiceWords]),
    /// These choices in the person's order (`2 1 3`, `pehle ramesh phir sunita`), each once.
    Ranked(&'a [ChoiceWords]),
    PersonName,
    Phone,
    /// The person's own gender.
    Gender,
    District,
    /// A seat by name or number, within the district (its code) when one is known; then a part of
    /// the city is enough (`पूर्व`), and seats of other districts are no answer.
    Assembly {
        district: Option<&'a str>,
    },
    LokSabha,
    /// Free text: trimmed, never empty.
    Text,
}

/// A choice with everything a person may write for it, folded once at load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceWords {
    pub id: String,
    /// [`fold`]ed labels in every language, and synonyms.
    pub folded: Vec<String>,
    /// The same, by sound.
    labels: Vec<label::Label>,
}

impl ChoiceWords {
    /// Whether the text is one of its labels as a whole, in any spelling and script.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        text.len() <= LONGEST_TEXT && choice::is_called(self, &Heard::new(text))
    }
}

/// What the text was taken for.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    YesNo(bool),
    /// Index into the choices.
    Choice(usize),
    /// Indices into the choices.
    Choices(Vec<usize>),
    Date(Date),
    Number(i64),
    Name(String),
    Phone(crate::contact::PhoneNumber),
    Gender(Gender),
    Command(Command),
    /// Index into [`Geography::districts`].
    District(usize),
    /// Index into [`Geography::assemblies`].
    Assembly(usize),
    /// Index into [`Geography::lok_sabha`].
    LokSabha(usize),
    Text(String),
}

/// How sure the reading is.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Sure(Meaning),
    /// Probably the first of these; best first, at most three: ask "क्या आपका मतलब … ?".
    Unsure(Vec<Meaning>),
    /// Each of these equally (Kanpur is two districts), at most three: ask which.
    Tie(Vec<Meaning>),
    None,
}

/// As a person says it of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gender {
    Male,
    Female,
    Other,
}

/// Words that work everywhere, whole message only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Menu,
    Help,
    Back,
    Restart,
    Language,
    Stop,
    /// "सूचना": the privacy notice again.
    Notice,
    MyData,
}

/// Reads a text as one kind of answer. Never panics, whatever the text.
#[must_use]
pub fn read(kind: Kind<'_>, text: &str, geography: &Geography) -> Reading {
    judge(kind, text, geography).reading
}

/// The same with the reason, for people who want to know.
#[must_use]
pub fn explain(kind: Kind<'_>, text: &str, geography: &Geography) -> (Reading, Reason) {
    let judged = judge(kind, text, geography);
    (judged.reading, judged.reason)
}

/// Builds the tables of words now, in milliseconds, rather than at the first message.
pub fn prepare() {
    words::prepare();
    place::prepare();
    date::prepare();
}

fn judge(kind: Kind<'_>, text: &str, geography: &Geography) -> Judged {
    if text.len() > LONGEST_TEXT && !matches!(kind, Kind::Text) {
        return Reason::TooLong.none();
    }
    let kept = matches!(kind, Kind::PersonName | Kind::Text);
    let visible = if kept { Cow::Borrowed(text) } else { without_joiners(text) };
    let text = visible.as_ref();
    match kind {
        Kind::YesNo => yes_no::read(&Heard::close(text)),
        Kind::OneOf(choices) => choice::read(choices, text, &Heard::close(text)).into(),
        Kind::Number { from, to } => {
            correction::read_value(text, |text, heard| number::read(text, heard, from, to))
        }
        Kind::BirthYear { now_year } => year::read(&Heard::close(text), now_year).into(),
        Kind::Age { today } => correction::read_value(text, |_, heard| age::read(heard, today)),
        Kind::Date { today, from, to } => {
            correction::read_value(text, |_, heard| date::read(heard, today, from, to))
        }
        Kind::AnyOf(choices) => many::any_of(choices, text, &Heard::new(text)).into(),
        Kind::Ranked(choices) => many::ranked(choices, &Heard::new(text)).into(),
        Kind::PersonName => name::read(text).into(),
        Kind::Phone => phone(text).into(),
        Kind::Gender => correction::read_value(text, gender::read),
        Kind::District => place::district(&Heard::new(text), geography),
        Kind::Assembly { district } => place::assembly(&Heard::new(text), geography, district),
        Kind::LokSabha => place::lok_sabha(&Heard::new(text), geography),
        Kind::Text => free_text(text).into(),
    }
}

/// The text without the invisible signs that keyboards put inside words: they also part a digit from its
/// comma and a letter from its slash.
fn without_joiners(text: &str) -> Cow<'_, str> {
    let joins = |character: char| {
        matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
    };
    if text.contains(joins) { Cow::Owned(text.replace(joins, "")) } else { Cow::Borrowed(text) }
}

/// In bytes. No answer but free text is as long; what is longer tells a story.
const LONGEST_TEXT: usize = 2_000;

/// Whether somebody begs pardon in this text ("maaf kijiye", "सॉरी"), whatever else they say.
#[must_use]
pub fn begs_pardon(text: &str) -> bool {
    yes_no::pardon_in(text)
}

/// The global word this whole message is, if it is one. "बिजली बंद है" is none.
#[must_use]
pub fn command(text: &str) -> Option<Command> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    let heard = Heard::close(text);
    command::read(&heard).filter(|_| meant::is_spelt_out(&heard))
}

/// The global word a whole message may be, ill spelt: worth asking about, never worth doing.
/// `None` where [`command`] is sure.
#[must_use]
pub fn command_like(text: &str) -> Option<Command> {
    if text.len() > LONGEST_TEXT || command(text).is_some() {
        return None;
    }
    meant::command(&Heard::new(text))
}

/// What the phrase stands for that a whole message is, word by word, in any script and common
/// spelling (`shikayat`, `शिकायत`); `None` when phrases that stand for different things are.
pub fn phrase_said<'p, T: PartialEq>(
    text: &str,
    phrases: impl Iterator<Item = (T, &'p Phrase)>,
) -> Option<T> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    meant::said(&Heard::new(text), phrases)
}

/// What the phrases a whole message sounds like stand for, best first, at most three: worth asking
/// about.
pub fn phrases_like<'p, T: Copy + PartialEq>(
    text: &str,
    phrases: impl Iterator<Item = (T, &'p Phrase)>,
) -> Vec<T> {
    if text.len() > LONGEST_TEXT {
        return Vec::new();
    }
    meant::phrases(&Heard::new(text), phrases)
}

/// The language a message is plainly written in, by its letters or, in Latin ones, by English small
/// words; `None` where nothing tells (`hello`, `sadasya`).
#[must_use]
pub fn language(text: &str) -> Option<Language> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    tongue::read(text)
}

/// The form in which two spellings of one word are equal. Idempotent.
#[must_use]
pub fn fold(text: &str) -> String {
    crate::geography::fold(text)
}

/// A choice by its id and all that may be written for it: labels in every language and synonyms.
#[must_use]
pub fn choice_words(id: &str, labels: &[impl AsRef<str>]) -> ChoiceWords {
    let mut words = ChoiceWords {
        id: id.to_owned(),
        folded: Vec::with_capacity(labels.len()),
        labels: Vec::with_capacity(labels.len()),
    };
    for label in labels {
        let folded = fold(label.as_ref());
        if !folded.is_empty() && !words.folded.contains(&folded) {
            words.folded.push(folded);
            words.labels.push(label::Label::new(label.as_ref()));
        }
    }
    words
}

/// The one Indian mobile number of the text, alone or within a sentence.
fn phone(text: &str) -> Reading {
    if let Ok(number) = PhoneNumber::parse(text.trim()) {
        return Reading::Sure(Meaning::Phone(number));
    }
    let mut numbers: Vec<PhoneNumber> = Vec::new();
    let part_of_number = |character: char| {
        character.is_numeric() || matches!(character, ' ' | '-' | '.' | '(' | ')' | '+' | '\u{a0}')
    };
    for run in text.split(|character| !part_of_number(character)) {
        let Ok(number) = PhoneNumber::parse(run) else { continue };
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    match numbers.as_slice() {
        [] => Reading::None,
        [number] => Reading::Sure(Meaning::Phone(*number)),
        several => {
            Reading::Unsure(several.iter().take(3).map(|number| Meaning::Phone(*number)).collect())
        }
    }
}

/// Trimmed and composed; none when nothing visible is left.
fn free_text(text: &str) -> Reading {
    let invisible = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
    };
    let trimmed = text.trim_matches(invisible);
    if trimmed.is_empty() {
        return Reading::None;
    }
    let normalizer = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
    Reading::Sure(Meaning::Text(normalizer.normalize(trimmed).into_owned()))
}

#[cfg(test)]
mod tests;
