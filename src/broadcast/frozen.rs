//! A broadcast as it is stored and run: what its file said on the day it was planned, word by word.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::said::Said;
use super::send::{Occurrence, Series};
use super::{Addressee, Wording};
use crate::audience::Audience;
use crate::calendar::{Calendar, TextHash, text_hash};
use crate::contact::Language;
use crate::dlt::Category;
use crate::flow::author::sha256_hex;
use crate::gate::is_certified;
use crate::message::{Channel, Content, Purpose};

/// A number or account of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sender {
    pub channel: Channel,
    pub account: String,
}

/// The other way, for whom the first did not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    pub channel: Channel,
    /// After so long without a word that it was delivered.
    pub after_ms: i64,
}

/// A name by which an audience asks of an earlier broadcast, and which one that is: `last` is another one
/// tomorrow, and what was counted, approved and sent is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub name: String,
    /// Its number in the records, and its own name; `None`: none of this name was sent.
    pub found: Option<(i64, String)>,
}

/// The name of one day of a broadcast that comes again: `news.2027-01-15`.
pub(super) fn day_name(name: &str, day: jiff::civil::Date) -> String {
    format!("{name}.{day}")
}

/// A broadcast, frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    pub name: String,
    pub about: String,
    /// The consent it needs.
    pub purpose: Purpose,
    /// The expression; `None`: everybody in the list.
    pub audience: Option<String>,
    /// A file of numbers.
    pub list: Option<String>,
    /// Every file of numbers it names, with the SHA-256 of what stood in it.
    pub lists: Vec<(String, String)>,
    /// The earlier broadcasts its audience names.
    #[serde(default)]
    pub earlier: Vec<Named>,
    /// The flow that an answer opens.
    pub replies: Option<String>,
    /// Ours it may leave from; at least one.
    pub senders: Vec<Sender>,
    pub from: Option<Timestamp>,
    /// Nothing leaves at this moment or later.
    pub before: Timestamp,
    pub fallback: Option<Fallback>,
    /// The number of the certificate, where the code of conduct wants one.
    pub certificate: Option<String>,
    pub said: Said,
    /// The days on which it comes again; each of them is a broadcast of its own ([`Frozen::on`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
}

impl Frozen {
    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A tree of words and numbers has always a text.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// # Errors
    /// It was stored by a newer version.
    pub fn from_json(text: &str) -> Result<Frozen, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// SHA-256 of [`Frozen::to_json`]: what was approved is what runs.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256_hex(&self.to_json())
    }
}

impl Frozen {
    /// One day of a series, as it is run: the same words to the same audience, with the day in its name. Which
    /// earlier broadcasts its audience means is found anew for each day.
    #[must_use]
    pub fn on(&self, day: &Occurrence) -> Frozen {
        let name = day.day.map_or_else(|| self.name.clone(), |date| day_name(&self.name, date));
        Frozen {
            name,
            earlier: Vec::new(),
            from: day.from,
            before: day.before,
            series: None,
            ..self.clone()
        }
    }

    /// Whether what a file says now is what somebody said yes to: everything but which earlier broadcasts it means,
    /// which is another answer every day.
    #[must_use]
    pub fn says_the_same(&self, now: &Frozen) -> bool {
        let plain = |frozen: &Frozen| Frozen { earlier: Vec::new(), ..frozen.clone() };
        plain(self).to_json() == plain(now).to_json()
    }

    /// The files of numbers it names.
    #[must_use]
    pub fn list_names(&self, audience: Option<&Audience>) -> Vec<String> {
        let mut names: Vec<String> =
            audience.map(|audience| audience.lists().to_vec()).unwrap_or_default();
        names.extend(self.list.clone());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is said in a language on a channel, as a committee certifies it: the text with the office's words
    /// filled in and what is known of each person left open, then what stands there where it is not known, the
    /// labels of the buttons, and what stands above. `None`: nothing is said there, or the office's words have
    /// braces, which nobody could tell from an open place, or the sign that sets those parts apart.
    #[must_use]
    pub fn certified_text(&self, channel: Channel, language: Language) -> Option<String> {
        self.said.certified_text(channel, language)
    }

    /// The hash of [`Frozen::certified_text`].
    #[must_use]
    pub fn certified_hash(&self, channel: Channel, language: Language) -> Option<TextHash> {
        self.certified_text(channel, language).map(|text| text_hash(&text))
    }

    /// The same of a message of this broadcast. `None` also for words that are none of its own.
    #[must_use]
    pub fn certified_hash_of(&self, content: &Content) -> Option<TextHash> {
        let (channel, language) = self.said.spoken(content)?;
        self.certified_hash(channel, language)
    }

    /// Whether the certificate whose number stands in its file covers, by now, a text and what stands above it.
    #[must_use]
    pub fn is_certified(
        &self,
        content: &Content,
        text: Option<TextHash>,
        calendar: &Calendar,
        now: Timestamp,
    ) -> bool {
        is_certified(content, text, self.certificate.as_deref(), calendar, now)
    }

    /// Whether what it says by SMS is advertising, registered as such or not registered here at all: it leaves by
    /// day alone.
    #[must_use]
    pub fn advertises(&self) -> bool {
        self.said.sms.as_ref().is_some_and(|sms| {
            sms.registry.as_ref().is_none_or(|registry| {
                let is_promotional = |category: Category| category == Category::Promotional;
                registry.templates.iter().any(|template| is_promotional(template.category))
            })
        })
    }
}

impl Wording for Frozen {
    fn content(&self, to: &Addressee, channel: Channel) -> Option<Content> {
        self.said.content(to, channel)
    }
}
