//! Texts in every language: Fluent files read once into compiled patterns, numbers and dates as
//! people here write them. Pure.
//!
//! A turn says a text thousands of times a second, so a [`Pattern`] is compiled when the files are
//! loaded: terms and references are put in, what is left is text, variables and choices between
//! variants. Nothing locks and nothing is parsed later. A test holds our texts equal to those of
//! the Fluent project's own formatter.

mod compile;
mod function;
mod numbers;
mod pattern;
mod saved;
mod slips;

pub use compile::{Attribute, Book, Catalogue, Message, Problem, ProblemKind, SourceText};
pub use function::Function;
pub use numbers::{civil_date, date, grouped, join_and, join_or};
pub(crate) use numbers::{india_date, india_midnight, india_zoned};
pub use pattern::{Arguments, Key, Pattern, Segment, Value};
pub(crate) use saved::{CHAT_STAMP, CONFLICT, chat_stamp, conflict, is_invisible, no_text};

use crate::contact::Language;

/// The place of a language in tables of one entry a language, in the order of [`Language::ALL`].
#[must_use]
pub const fn slot(language: Language) -> usize {
    match language {
        Language::Hi => 0,
        Language::En => 1,
        Language::Ur => 2,
    }
}

/// Where a text is looked for when it is missing in a language: that language, Hindi, English.
#[must_use]
pub const fn fallback(language: Language) -> [Language; 3] {
    [language, Language::Hi, Language::En]
}

/// The language's own name, as its speakers write it.
#[must_use]
pub const fn own_name(language: Language) -> &'static str {
    match language {
        Language::Hi => "हिंदी",
        Language::En => "English",
        Language::Ur => "اردو",
    }
}
