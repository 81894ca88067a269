//! Templates that an office has to register, written as the file it keeps them in.

use std::fmt::Write as _;

use super::text::{Piece, Tag, written};
use super::{Category, Registry};
use crate::contact::Language;

/// A piece of what a flow says: words, or something filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    Words(String),
    Hole(Hole),
}

/// Something a flow fills in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// The variable of the text.
    pub name: String,
    /// What a place for it is tagged as.
    pub tag: Tag,
    /// The longest value it may have, as an example.
    pub longest: String,
}

/// A template to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// `join-welcome-hi`.
    pub name: String,
    /// The flow that says it; `common` or `notices` for what every flow says.
    pub book: String,
    pub language: Language,
    pub says: Vec<Say>,
}

impl Proposal {
    /// The text with the longest value in each place.
    #[must_use]
    pub fn longest(&self) -> String {
        let mut text = String::new();
        for say in &self.says {
            match say {
                Say::Words(words) => text.push_str(words),
                Say::Hole(hole) => text.push_str(&hole.longest),
            }
        }
        text
    }

    /// The template's pieces: as many places side by side as the longest value needs.
    #[must_use]
    pub fn pieces(&self, longest: usize) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for say in &self.says {
            match say {
                Say::Words(words) => match pieces.last_mut() {
                    Some(Piece::Words(before)) => before.push_str(words),
                    _ => pieces.push(Piece::Words(words.clone())),
                },
                Say::Hole(hole) => {
                    let needed = hole.longest.chars().count().div_ceil(longest.max(1)).max(1);
                    // Half an address is on no list.
                    let whole = matches!(hole.tag, Tag::Url | Tag::UrlOtt | Tag::Callback);
                    let places = if whole { 1 } else { needed };
                    pieces.extend(std::iter::repeat_n(Piece::Place(hole.tag), places));
                }
            }
        }
        pieces
    }

    /// As it stands in a file of `flows/dlt/`, below `templates:`.
    #[must_use]
    pub fn entry(&self, registry: &Registry, category: Category) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = writeln!(out, "  {}:", self.name);
        for say in &self.says {
            if let Say::Hole(hole) = say {
                // A line of its own: what follows the end of a line is no comment any more.
                let example: String = hole.longest.chars().take(super::LONGEST_VALUE).collect();
                let example = example.split(char::is_control).collect::<Vec<_>>().join(" ");
                let (tag, name) = (hole.tag.written(), &hole.name);
                let _ = writeln!(out, "    # {tag} is ${name}, for example {example}");
            }
        }
        let of_category = registry.headers.iter().filter(|header| header.category == category);
        let headers: Vec<&str> = of_category.map(|header| header.name.as_str()).collect();
        if !headers.is_empty() {
            let _ = writeln!(out, "    header: [{}]", headers.join(", "));
        }
        let _ = writeln!(out, "    category: {}", category.name());
        let _ = writeln!(out, "    language: {}", self.language.code());
        let text = written(&self.pieces(registry.limits.longest));
        // A sign at the beginning may mean something to YAML, or to who reads it.
        let begins = text.starts_with(|sign: char| sign.is_alphanumeric() || sign == '{');
        let plain = text.lines().all(|line| line.chars().all(|sign| !sign.is_control()));
        if begins && plain {
            let _ = writeln!(out, "    text: |-");
            for line in text.trim().lines() {
                let _ = writeln!(out, "{}", format!("      {line}").trim_end_matches('\r'));
            }
        } else {
            let quoted = serde_json::Value::String(text);
            let _ = writeln!(out, "    text: {quoted}");
        }
        out
    }
}
