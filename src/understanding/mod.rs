//! Text → meaning, Hindi and Hinglish. Pure.

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
    /// A year of birth; two digits are read as 19xx or 20xx by `now_year`.
    BirthYear {
        now_year: i64,
    },
    PersonName,
    Phone,
    District,
    /// A seat by name or number, within the district (its code) when one is known.
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
}

/// What the text was taken for.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    YesNo(bool),
    /// Index into the choices.
    Choice(usize),
    Number(i64),
    Name(String),
    Phone(crate::contact::PhoneNumber),
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
    /// Best first, at most three: ask "क्या आपका मतलब … ?".
    Unsure(Vec<Meaning>),
    None,
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
    let _ = (kind, text, geography);
    todo!()
}

/// The global word this whole message is, if it is one. "बिजली बंद है" is none.
#[must_use]
pub fn command(text: &str) -> Option<Command> {
    let _ = text;
    todo!()
}

/// The form in which two spellings of one word are equal. Idempotent.
#[must_use]
pub fn fold(text: &str) -> String {
    let _ = text;
    todo!()
}
