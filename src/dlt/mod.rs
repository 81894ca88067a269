//! The office's DLT registry: what India's operators let through as a short message. Pure.
//!
//! Every message to a phone in India names a registered sender (the *principal entity*), a registered
//! *header* and a registered *content template*, and its text is that template with values in its
//! places; the operators' scrubbing refuses everything else (TCCCPR 2018 and its amendment of 2025).
//!
//! ## How it is used
//!
//! - The office keeps its registry in `flows/dlt/*.yaml`, beside its flows; several files are one
//!   registry. It is in force from the first template that has an id: from then on no text leaves by
//!   SMS that is not one of its templates. A proposed template binds nobody.
//! - [`Registry::carry`] finds the template a text was rendered from, exactly, and says what stands in
//!   each place. What a place refuses is refused when the message is planned, never by the operator:
//!   [`Registry::why`] says which place of which template, or which template is nearest and where the
//!   text leaves it.
//! - One SMS is one template. What is said in one turn is sent as few messages as templates allow, each
//!   with its own; a template of two texts together saves a message.
//! - The id, the header and the entity travel with the message
//!   ([`Content::Registered`](crate::message::Content::Registered)) to the gateway.
//! - `samvad check` proves that every text of every flow has a template; `samvad dlt propose` writes
//!   those that lack.
//! - The chain of telemarketers belongs to the road and not to the text: it stands in the account.
//!
//! ## What is compared
//!
//! A text and a template are equal letter by letter. Line ends are one sign whatever wrote them, and
//! blanks and line ends before the first and after the last letter do not count; every other blank does.
//! A place takes at least one sign; of places side by side the later ones may stay empty, which is how
//! a value longer than one place is filled in. No value goes over a line end.
//!
//! When in doubt a value is refused: operators say little about what their tags take (see
//! [`Tag`]), and a letter of a script the template was not tried with is refused.
//!
//! | file | subject |
//! |---|---|
//! | `text.rs` | a template's text and its places |
//! | `value.rs` | what a place takes |
//! | `matching.rs` | the template of a text, or the nearest |
//! | `propose.rs` | templates to be registered, as a file |
//! | `scrub.rs` | the operators' codes and what to do about each |

mod matching;
mod propose;
pub mod scrub;
mod text;
mod value;

pub use matching::{Filled, Nearest, Refusal};
pub use propose::{Hole, Proposal, Say};
pub use text::{BadText, Piece, Tag, pieces};
pub use value::{Limits, Script, Why, script_of};

use serde::{Deserialize, Serialize};

use crate::contact::Language;
use crate::message::Registered;

/// Digits of the ids of entities and templates.
pub const ID_DIGITS: usize = 19;
/// Characters one value may have, unless the registry says otherwise.
pub const LONGEST_VALUE: usize = 30;

/// What a header and its templates are registered for. The operator adds it to the header (`-P`, `-S`,
/// `-T`, `-G`); we do not send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// Whatever advertises, also in part.
    Promotional,
    /// About something the person asked for.
    Service,
    /// One-time codes and the like.
    Transactional,
    Government,
}

impl Category {
    pub const ALL: [Category; 4] =
        [Category::Promotional, Category::Service, Category::Transactional, Category::Government];

    /// The word of the registry's files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Category::Promotional => "promotional",
            Category::Service => "service",
            Category::Transactional => "transactional",
            Category::Government => "government",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.name() == name)
    }
}

/// A sender's name that the office registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Exactly as it was registered: capitals count.
    pub name: String,
    pub category: Category,
}

/// Where a template stands at the operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Not registered, or not approved yet.
    Proposed,
    Approved,
    /// The operators stopped it, or the office did.
    Stopped,
}

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::Proposed, Standing::Approved, Standing::Stopped];

    /// The word of the registry's files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Proposed => "proposed",
            Standing::Approved => "approved",
            Standing::Stopped => "stopped",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// A content template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentTemplate {
    /// What the office calls it.
    pub name: String,
    /// The operators' id; `None` while it is only proposed.
    pub id: Option<String>,
    /// The headers it was registered for; none: whatever sender the account has.
    pub headers: Vec<String>,
    pub category: Category,
    pub language: Option<Language>,
    /// Scripts in which values were tried with the operator and came through.
    pub tested: Vec<Script>,
    pub standing: Standing,
    /// Its text, taken apart.
    pub pieces: Vec<Piece>,
}

impl ContentTemplate {
    /// The registered text, with `{#var#}` where something is filled in.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            text.push_str(match piece {
                Piece::Words(words) => words,
                Piece::Place(_) => "{#var#}",
            });
        }
        text
    }

    /// Whether messages may leave by it.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.standing, Standing::Approved) && self.id.is_some()
    }
}

/// Everything an office registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    /// The principal entity's id.
    pub entity: Option<String>,
    pub headers: Vec<Header>,
    /// In the order of their files.
    pub templates: Vec<ContentTemplate>,
    pub limits: Limits,
    /// The party's names, of which operators want one in every template.
    pub brands: Vec<String>,
    /// The languages that go by SMS; none: every one.
    pub languages: Vec<Language>,
    /// The flows that go by SMS, by name; none: every one.
    pub flows: Vec<String>,
}

/// The books of texts that every flow says: they go wherever a flow goes.
pub const SHARED_BOOKS: [&str; 2] = ["common", "notices"];

/// Which templates of a registry count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// Those by which a message may leave.
    Live,
    /// Those that are only proposed as well.
    Declared,
}

impl Among {
    const fn counts(self, template: &ContentTemplate) -> bool {
        match self {
            Among::Live => template.is_live(),
            Among::Declared => !matches!(template.standing, Standing::Stopped),
        }
    }
}

impl Registry {
    /// Whether it decides what leaves: from the first template with an id on.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.templates.iter().any(ContentTemplate::is_live)
    }

    /// Whether texts in this language go by SMS.
    #[must_use]
    pub fn speaks(&self, language: Language) -> bool {
        self.languages.is_empty() || self.languages.contains(&language)
    }

    /// Whether the texts of this flow go by SMS; [shared ones](SHARED_BOOKS) always do.
    #[must_use]
    pub fn has_flow(&self, book: &str) -> bool {
        self.flows.is_empty()
            || SHARED_BOOKS.contains(&book)
            || self.flows.iter().any(|flow| flow == book)
    }

    /// The language in which a person of this one is spoken to by SMS: their own, or the first of those
    /// that go.
    #[must_use]
    pub fn spoken(&self, language: Language) -> Language {
        match self.languages.first() {
            Some(first) if !self.speaks(language) => *first,
            _ => language,
        }
    }

    /// What travels with a message of this template; `None` when it is not registered.
    #[must_use]
    pub fn stamp(&self, template: &ContentTemplate) -> Option<Registered> {
        Some(Registered {
            entity: self.entity.clone(),
            template: template.id.clone()?,
            headers: template.headers.clone(),
            promotional: template.category == Category::Promotional,
        })
    }

    /// The template that the operators know by this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&ContentTemplate> {
        self.templates.iter().find(|template| template.id.as_deref() == Some(id))
    }
}

#[cfg(test)]
mod tests;
