//! What is wrong with an audience, for whoever wrote it.

use std::fmt;

/// One mistake: where, what, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceError {
    /// The expression.
    pub(super) text: String,
    /// Where in it, in characters from 0, and how many.
    pub(super) from: usize,
    pub(super) length: usize,
    pub(super) message: String,
    pub(super) help: String,
}

impl AudienceError {
    /// About the first place where these words stand, or about all of it.
    pub(super) fn at(
        text: &str,
        words: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> AudienceError {
        let found = text.find(words).filter(|_| !words.is_empty());
        let characters = |of: &str| of.chars().count();
        let (from, length) = match found.and_then(|byte| text.get(..byte)) {
            Some(before) => (characters(before), characters(words)),
            None => (0, characters(text).max(1)),
        };
        AudienceError {
            text: text.to_owned(),
            from,
            length,
            message: message.into(),
            help: help.into(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The words of the expression that are wrong.
    #[must_use]
    pub fn marked(&self) -> String {
        self.text.chars().skip(self.from).take(self.length).collect()
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for AudienceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.message)?;
        writeln!(formatter, "  | {}", self.text.replace('\n', " "))?;
        writeln!(formatter, "  | {}{}", " ".repeat(self.from), "^".repeat(self.length))?;
        write!(formatter, "  = {}", self.help)
    }
}

impl std::error::Error for AudienceError {}
