//! A template's text: words, and places with their tags.

use serde::{Deserialize, Serialize};

/// What a place of a template is registered for (TRAI's direction of 18 November 2025: every variable
/// carries a tag).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tag {
    /// `{#var#}`, of before the tags: any signs.
    Var,
    /// `{#numeric#}` or `{#number#}`: digits.
    Numeric,
    /// `{#alphanumeric#}`: letters, digits and blanks.
    Alphanumeric,
    /// `{#url#}`: an address on the office's list at the operators.
    Url,
    /// `{#urlott#}`: the same of an application.
    UrlOtt,
    /// `{#cbn#}`: a number to call, on the list.
    Callback,
    /// `{#email#}`.
    Email,
}

/// Every word between `{#` and `#}`; small letters only. The first of each tag is what we write.
pub(super) const TAGS: [(&str, Tag); 8] = [
    ("var", Tag::Var),
    ("numeric", Tag::Numeric),
    ("number", Tag::Numeric),
    ("alphanumeric", Tag::Alphanumeric),
    ("url", Tag::Url),
    ("urlott", Tag::UrlOtt),
    ("cbn", Tag::Callback),
    ("email", Tag::Email),
];

impl Tag {
    /// As it stands in a template: `{#var#}`.
    #[must_use]
    pub fn written(self) -> String {
        let known = TAGS.iter().find(|(_, tag)| *tag == self);
        format!("{{#{}#}}", known.map_or("var", |(name, _)| name))
    }

    /// Every word there may stand between `{#` and `#}`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TAGS.iter().map(|(name, _)| *name)
    }
}

/// A piece of a template's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Words(String),
    Place(Tag),
}

/// What looks like a place in a template's text and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadText {
    /// The signs in question, as they stand there.
    pub words: String,
    /// What is wrong with them.
    pub problem: String,
    /// What to write.
    pub hint: String,
}

/// The text as it is compared: line ends are one sign, blanks at its ends do not count.
pub(super) fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// Takes a template's text apart.
///
/// # Errors
/// [`BadText`]: a place that is not closed, or with a tag that nobody knows.
pub fn pieces(text: &str) -> Result<Vec<Piece>, BadText> {
    let text = plain(text);
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    let bad = |words: &str, problem: String, hint: String| {
        Err(BadText { words: words.to_owned(), problem, hint })
    };
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        let line = after.split('\n').next().unwrap_or_default();
        let Some((inside, _)) = line.split_once('}') else {
            let words = format!("{{{}", line.chars().take(12).collect::<String>());
            return bad(
                &words,
                "a place of the template is not closed".to_owned(),
                "a place looks like {#alphanumeric#}".to_owned(),
            );
        };
        let words = format!("{{{inside}}}");
        let name = inside.strip_prefix('#').and_then(|inside| inside.strip_suffix('#'));
        let Some(name) = name else {
            return bad(
                &words,
                format!("`{words}` is no place of a DLT template"),
                "a place looks like {#alphanumeric#}: its tag between {# and #}".to_owned(),
            );
        };
        let Some((_, tag)) = TAGS.iter().find(|(known, _)| *known == name) else {
            let small = name.to_ascii_lowercase();
            let hint = if TAGS.iter().any(|(known, _)| *known == small) {
                format!("small letters, {{#{small}#}}: operators tell them apart")
            } else {
                let names: Vec<&str> = Tag::names().collect();
                format!("one of: {}", names.join(", "))
            };
            return bad(&words, format!("there is no tag `{name}`"), hint);
        };
        pieces.push(Piece::Place(*tag));
        rest = after.get(inside.len() + 1..).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    Ok(pieces)
}

/// The text of these pieces, as it is registered.
#[must_use]
pub(super) fn written(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Place(tag) => text.push_str(&tag.written()),
        }
    }
    text
}
