//! A message taken apart into words the ear can judge.

use std::ops::Range;

use super::words::{Roles, Sense, sense};
use crate::geography::{clean, fold_word};

/// One message: its words, cleaned and folded, each with what is known of it.
pub(super) struct Heard {
    cleaned: String,
    folded: String,
    words: Vec<Spans>,
}

struct Spans {
    cleaned: Range<usize>,
    folded: Range<usize>,
    sense: Sense,
}

/// One word of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// As typed, but for case, script of digits and invisible characters.
    pub(super) cleaned: &'a str,
    pub(super) folded: &'a str,
    pub(super) sense: Sense,
}

impl Word<'_> {
    pub(super) fn is(&self, roles: Roles) -> bool {
        self.sense.roles.any(roles)
    }

    /// Neither listed nor a number.
    pub(super) fn is_unknown(&self) -> bool {
        self.sense.roles.is_empty() && self.sense.number.is_none() && !self.is_digits()
    }

    pub(super) fn is_digits(&self) -> bool {
        self.folded.starts_with(|first: char| first.is_ascii_digit())
    }
}

impl Heard {
    pub(super) fn new(text: &str) -> Heard {
        let cleaned = clean(text);
        let mut folded = String::with_capacity(cleaned.len());
        let mut words = Vec::with_capacity(8);
        let mut start = 0;
        for word in cleaned.split(' ') {
            let end = start + word.len();
            let before = folded.len();
            if before > 0 {
                folded.push(' ');
            }
            let folded_start = folded.len();
            fold_word(word, &mut folded);
            if folded.len() == folded_start {
                folded.truncate(before);
            } else {
                let sense = sense(folded.get(folded_start..).unwrap_or_default());
                words.push(Spans {
                    cleaned: start..end,
                    folded: folded_start..folded.len(),
                    sense,
                });
            }
            start = end + 1;
        }
        Heard { cleaned, folded, words }
    }

    /// All of it, folded, one space between words.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    pub(super) fn words(&self) -> impl DoubleEndedIterator<Item = Word<'_>> + Clone {
        self.words.iter().map(|spans| Word {
            cleaned: self.cleaned.get(spans.cleaned.clone()).unwrap_or_default(),
            folded: self.folded.get(spans.folded.clone()).unwrap_or_default(),
            sense: spans.sense,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Everything any of its words may do.
    pub(super) fn roles(&self) -> Roles {
        self.words.iter().fold(Roles::default(), |all, word| all | word.sense.roles)
    }

    pub(super) fn has(&self, roles: Roles) -> bool {
        self.roles().any(roles)
    }

    pub(super) fn unknown(&self) -> usize {
        self.words().filter(Word::is_unknown).count()
    }
}
