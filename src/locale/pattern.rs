//! A text compiled: pieces that are copied and variables that are filled in.

use std::borrow::Cow;

use jiff::civil::Date;

use super::function::Function;
use crate::contact::Language;

/// A text of one language, ready to be filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    pub segments: Vec<Segment>,
}

/// One piece of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Text(Box<str>),
    Variable(Box<str>),
    /// `{ RUPEES($amount) }`.
    Call {
        function: Function,
        variable: Box<str>,
    },
    /// `{ $count -> [one] … *[other] … }`.
    Select {
        variable: Box<str>,
        variants: Vec<(Key, Pattern)>,
        /// Index of the variant marked with `*`.
        default: usize,
    },
}

/// What a variant is chosen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A word, or the plural category of a number (`one`, `other`).
    Word(Box<str>),
    Number(i64),
}

/// What fills a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    /// Written in lakh grouping.
    Number(i64),
    /// Written as it stands: years, seat numbers.
    Plain(i64),
    /// Written in full: `21 नवंबर 2026`.
    Date(Date),
}

/// Where the variables of a text come from.
pub trait Arguments {
    /// The value of a variable, `None` when there is none (the place stays empty).
    fn value(&self, name: &str) -> Option<Value<'_>>;

    /// What variants are chosen by: the value, unless it is shown by another name than it has.
    fn key(&self, name: &str) -> Option<Value<'_>> {
        self.value(name)
    }
}

/// No variables at all.
impl Arguments for () {
    fn value(&self, _name: &str) -> Option<Value<'_>> {
        None
    }
}

impl Arguments for [(&str, &str)] {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| Value::Text(Cow::Borrowed(text)))
    }
}

impl Pattern {
    /// A pattern that is this text and nothing else.
    #[must_use]
    pub fn constant(text: &str) -> Pattern {
        Pattern { segments: vec![Segment::Text(text.into())] }
    }

    /// The text when it has no variable.
    #[must_use]
    pub fn as_constant(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [] => Some(""),
            [Segment::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Appends the text with its variables filled in. A variable without a value leaves nothing
    /// behind; `check` finds such places before a flow runs.
    pub fn write<A: Arguments + ?Sized>(
        &self,
        language: Language,
        arguments: &A,
        out: &mut String,
    ) {
        for segment in &self.segments {
            match segment {
                Segment::Text(text) => out.push_str(text),
                Segment::Variable(name) => match arguments.value(name) {
                    Some(Value::Text(text)) => out.push_str(&text),
                    Some(Value::Number(number)) => super::numbers::grouped(number, out),
                    Some(Value::Plain(number)) => out.push_str(&number.to_string()),
                    Some(Value::Date(day)) => super::numbers::civil_date(day, language, out),
                    None => {}
                },
                Segment::Call { function, variable } => {
                    if let Some(value) = arguments.value(variable) {
                        function.write(&value, language, arguments, out);
                    }
                }
                Segment::Select { variable, variants, default } => {
                    let chosen = arguments
                        .key(variable)
                        .and_then(|value| choose(variants, &value, language))
                        .or_else(|| variants.get(*default).map(|(_, pattern)| pattern));
                    if let Some(pattern) = chosen {
                        pattern.write(language, arguments, out);
                    }
                }
            }
        }
    }

    /// The text with its variables filled in.
    #[must_use]
    pub fn text<A: Arguments + ?Sized>(&self, language: Language, arguments: &A) -> String {
        let mut out = String::with_capacity(self.constant_len() + 32);
        self.write(language, arguments, &mut out);
        out
    }

    /// Bytes of the constant pieces.
    fn constant_len(&self) -> usize {
        self.segments
            .iter()
            .map(|segment| match segment {
                Segment::Text(text) => text.len(),
                _ => 16,
            })
            .sum()
    }

    /// Every variable the text names, also inside variants, in order, with repetitions.
    pub fn variables<'a>(&'a self, out: &mut Vec<&'a str>) {
        for segment in &self.segments {
            match segment {
                Segment::Text(_) => {}
                Segment::Variable(name) | Segment::Call { variable: name, .. } => out.push(name),
                Segment::Select { variable, variants, .. } => {
                    out.push(variable);
                    for (_, pattern) in variants {
                        pattern.variables(out);
                    }
                }
            }
        }
    }

    /// Characters of the longest form of the constant pieces; what variables add is not counted.
    #[must_use]
    pub fn longest_constant(&self) -> usize {
        self.longest(None)
    }

    /// The same as one channel shows the text: of the variants of `$channel` only its own counts.
    #[must_use]
    pub fn longest_constant_on(&self, channel: &str) -> usize {
        self.longest(Some(channel))
    }

    fn longest(&self, channel: Option<&str>) -> usize {
        self.segments
            .iter()
            .map(|segment| match segment {
                Segment::Text(text) => text.chars().count(),
                Segment::Variable(_) | Segment::Call { .. } => 0,
                Segment::Select { variable, variants, default } => {
                    let chosen =
                        channel.filter(|_| variable.as_ref() == "channel").and_then(|name| {
                            let own = variants.iter().find(
                                |(key, _)| matches!(key, Key::Word(word) if word.as_ref() == name),
                            );
                            own.or_else(|| variants.get(*default))
                        });
                    match chosen {
                        Some((_, pattern)) => pattern.longest(channel),
                        None => variants
                            .iter()
                            .map(|(_, pattern)| pattern.longest(channel))
                            .max()
                            .unwrap_or_default(),
                    }
                }
            })
            .sum()
    }

    /// The words variants of `$channel` are chosen by, also inside other variants.
    pub fn channels<'a>(&'a self, out: &mut Vec<&'a str>) {
        for segment in &self.segments {
            let Segment::Select { variable, variants, .. } = segment else { continue };
            for (key, pattern) in variants {
                if let (Key::Word(word), "channel") = (key, variable.as_ref()) {
                    out.push(word);
                }
                pattern.channels(out);
            }
        }
    }
}

fn choose<'a>(
    variants: &'a [(Key, Pattern)],
    value: &Value<'_>,
    language: Language,
) -> Option<&'a Pattern> {
    let exact = variants.iter().find(|(key, _)| match (key, value) {
        (Key::Word(word), Value::Text(text)) => word.as_ref() == text.as_ref(),
        (Key::Number(wanted), Value::Number(number) | Value::Plain(number)) => wanted == number,
        // A number that came as words: out of an answer of another program, out of a hint.
        (Key::Number(wanted), Value::Text(text)) => text.parse() == Ok(*wanted),
        _ => false,
    });
    if let Some((_, pattern)) = exact {
        return Some(pattern);
    }
    let (Value::Number(number) | Value::Plain(number)) = value else { return None };
    let category = plural_category(*number, language);
    variants
        .iter()
        .find(|(key, _)| matches!(key, Key::Word(word) if word.as_ref() == category))
        .map(|(_, pattern)| pattern)
}

/// The plural category of a whole number (Unicode CLDR 46): Hindi counts 0 and 1 as `one`, English
/// and Urdu 1 alone.
const fn plural_category(number: i64, language: Language) -> &'static str {
    match (language, number) {
        (Language::Hi, 0) | (_, 1) => "one",
        _ => "other",
    }
}
