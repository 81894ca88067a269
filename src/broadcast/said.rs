//! What a broadcast says, frozen: its template, its short message, and what fills their places.

use serde::{Deserialize, Serialize};

use super::{Addressee, Wording};
use crate::contact::Language;
use crate::dlt::{Among, Registry};
use crate::gate::file_hash;
use crate::geography::Geography;
use crate::locale::fallback;
use crate::message::{Channel, Content, MediaSource, TemplateHeader};
use crate::seal::to_hex;
use crate::template::{Declared, on_one_line};

/// The longest value of a short message's place where no registry says less, in characters.
const LONGEST_VALUE: usize = 60;
/// No member's number has more signs.
const LONGEST_MEMBER: usize = 20;

/// Words of the office, in the languages it wrote them in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words(Vec<(Language, String)>);

impl Words {
    /// The same words for everybody.
    #[must_use]
    pub fn everywhere(words: &str) -> Words {
        Words(Language::ALL.map(|language| (language, words.to_owned())).to_vec())
    }

    #[must_use]
    pub fn of(words: impl IntoIterator<Item = (Language, String)>) -> Words {
        Words(words.into_iter().collect())
    }

    /// Whether they are there in this language itself.
    #[must_use]
    pub fn has(&self, language: Language) -> bool {
        self.0.iter().any(|(known, _)| *known == language)
    }

    /// Those of the language, or of the one that stands in for it; empty where there are none at all.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        let known = |wanted: Language| self.0.iter().find(|(known, _)| *known == wanted);
        let found = fallback(language).into_iter().find_map(known).or_else(|| self.0.first());
        found.map_or("", |(_, words)| words.as_str())
    }
}

/// What is known of a person and may stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    Name,
    /// The number of the membership.
    Member,
    District,
    /// The assembly seat, by its name.
    Seat,
    Booth,
}

impl Known {
    pub const ALL: [Known; 5] =
        [Known::Name, Known::Member, Known::District, Known::Seat, Known::Booth];

    /// The word of broadcast files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Known::Name => "name",
            Known::Member => "member",
            Known::District => "district",
            Known::Seat => "seat",
            Known::Booth => "booth",
        }
    }

    /// By that word, or by the one flows have for the same of a member.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Known> {
        let plain = match name {
            "member_name" => "name",
            "member_number" => "member",
            "member_district" => "district",
            "member_seat" => "seat",
            "member_booth" => "booth",
            other => other,
        };
        Known::ALL.into_iter().find(|known| known.name() == plain)
    }
}

/// What fills a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Office(Words),
    /// What is known of the person, or these words where it is not, or does not fit.
    Person {
        known: Known,
        otherwise: Words,
    },
}

/// A piece of a short message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Words(String),
    /// By the name of its value.
    Place(String),
}

/// On WhatsApp.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByTemplate {
    pub declared: Declared,
    pub header: Option<TemplateHeader>,
    /// What comes back when a button is tapped, by the name of its choice.
    pub payloads: Vec<(String, String)>,
}

/// By SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BySms {
    pub texts: Vec<(Language, Vec<Piece>)>,
    /// The templates of the office's registry that carry them; `None` where it binds nobody.
    pub registry: Option<Registry>,
}

/// A seat as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatWords {
    pub number: u16,
    pub seat: Words,
    pub district: Words,
}

/// Everything a broadcast says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub whatsapp: Option<ByTemplate>,
    pub sms: Option<BySms>,
    /// By the names of their places.
    pub values: Vec<(String, Value)>,
    /// Those of the state, ascending, where a value names one.
    pub seats: Vec<SeatWords>,
}

/// Whose values fill the places.
#[derive(Clone, Copy)]
enum Of<'a> {
    Person(&'a Addressee),
    /// Of nobody anything is known.
    Nobody,
    /// The longest that can be known, of so many characters at most.
    Longest(usize),
    /// What is known of a person is left open, as a certificate leaves it.
    Open,
}

/// A place that is left open.
const OPEN: &str = "{}";

/// Sets the parts of a certified text apart; where it stands in the words themselves, nothing is certified.
const APART: char = '␟';

impl Said {
    /// Whether it says anything on a channel. The simulator's phones read what WhatsApp's do.
    #[must_use]
    pub const fn speaks_on(&self, channel: Channel) -> bool {
        match channel {
            Channel::Whatsapp | Channel::Simulator => self.whatsapp.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::Telegram | Channel::MissedCall | Channel::Internal => false,
        }
    }

    /// The language in which a person of this one is spoken to on a channel.
    #[must_use]
    pub fn language_on(&self, channel: Channel, language: Language) -> Language {
        if channel == Channel::Sms {
            let Some(sms) = &self.sms else { return language };
            let wanted =
                sms.registry.as_ref().map_or(language, |registry| registry.spoken(language));
            return sms.text(wanted).map_or(wanted, |(found, _)| found);
        }
        let declared = self.whatsapp.as_ref().map(|whatsapp| &whatsapp.declared);
        let wording = declared.and_then(|declared| declared.wording(language));
        wording.map_or(language, |wording| wording.language)
    }

    /// The words a person reads on a channel: for previews and for counting parts.
    #[must_use]
    pub fn read(&self, to: &Addressee, channel: Channel) -> Option<String> {
        match self.content(to, channel)? {
            Content::Template(template) => self.whatsapp.as_ref()?.declared.read(&template),
            other => Some(other.body().to_owned()),
        }
    }

    /// The names of the seats, where a value is one.
    pub(super) fn name_seats(&mut self, geography: &Geography) {
        let names_places = self.values.iter().any(|(_, value)| {
            matches!(value, Value::Person { known: Known::Seat | Known::District, .. })
        });
        if !names_places {
            return;
        }
        let by_language = |name: &dyn Fn(Language) -> String| {
            Words::of(Language::ALL.map(|language| (language, name(language))))
        };
        let seats = geography.assemblies.iter().map(|seat| SeatWords {
            number: seat.number,
            seat: by_language(&|language| seat.name(language).to_owned()),
            district: by_language(&|language| {
                let district = geography.district(&seat.district_code);
                district.map_or_else(String::new, |district| district.name(language).to_owned())
            }),
        });
        self.seats = seats.collect();
        self.seats.sort_by_key(|seat| seat.number);
    }

    fn value(&self, name: &str, of: Of<'_>, language: Language) -> String {
        let value = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        match (value, of) {
            (Some(Value::Office(words)), _) => words.get(language).to_owned(),
            (Some(Value::Person { known, otherwise }), Of::Person(person)) => {
                let found = self.known(*known, person, language);
                found
                    .filter(|words| !words.trim().is_empty())
                    .unwrap_or_else(|| otherwise.get(language).to_owned())
            }
            (Some(Value::Person { otherwise, .. }), Of::Nobody) => {
                otherwise.get(language).to_owned()
            }
            (Some(Value::Person { known, .. }), Of::Longest(most)) => {
                self.longest(*known, most, language)
            }
            (Some(Value::Person { .. }), Of::Open) => OPEN.to_owned(),
            (None, _) => String::new(),
        }
    }

    fn known(&self, known: Known, person: &Addressee, language: Language) -> Option<String> {
        let seat = || {
            let number = person.assembly?;
            let at = self.seats.binary_search_by_key(&number, |seat| seat.number).ok()?;
            self.seats.get(at)
        };
        match known {
            Known::Name => person.name.clone(),
            Known::Member => person.member.clone(),
            Known::District => seat().map(|seat| seat.district.get(language).to_owned()),
            Known::Seat => seat().map(|seat| seat.seat.get(language).to_owned()),
            Known::Booth => person.booth.map(|booth| booth.to_string()),
        }
    }

    /// The longest that is known of anybody: names are in Devanagari whatever language they are read in.
    fn longest(&self, known: Known, most: usize, language: Language) -> String {
        let of_seats = |words: fn(&SeatWords) -> &Words| {
            let names = self.seats.iter().map(|seat| words(seat).get(language));
            names.max_by_key(|name| name.chars().count()).unwrap_or_default().to_owned()
        };
        match known {
            Known::Name => "क".repeat(most),
            Known::Member => "0".repeat(most.min(LONGEST_MEMBER)),
            Known::District => of_seats(|seat| &seat.district),
            Known::Seat => of_seats(|seat| &seat.seat),
            Known::Booth => "9999".to_owned(),
        }
    }

    /// What is said in a language on a channel with the office's words filled in and what is known of a
    /// person left open as `{}`. `None`: nothing is, or the office's words have braces themselves.
    pub(super) fn open_text(&self, channel: Channel, language: Language) -> Option<String> {
        let has_braces = self.values.iter().any(|(_, value)| match value {
            Value::Office(words) => words.get(language).contains(['{', '}']),
            Value::Person { .. } => false,
        });
        if has_braces {
            return None;
        }
        match channel {
            Channel::Sms => self.short_text(language, Of::Open),
            Channel::Whatsapp | Channel::Simulator => {
                let declared = &self.whatsapp.as_ref()?.declared;
                let value = |name: &str| Some(self.value(name, Of::Open, language));
                let template = declared.filled(language, value, str::to_owned)?;
                declared.read(&template)
            }
            Channel::Telegram | Channel::MissedCall | Channel::Internal => None,
        }
    }

    /// Everything the office itself says in a language on a channel, whoever reads it, as a committee reads and
    /// certifies it: the text with what is known of a person left open, and behind a sign of its own each what
    /// stands there where that is not known, the labels of the buttons, and what stands above the text. `None` as
    /// for [`Said::open_text`], or a text has that sign itself.
    pub(super) fn certified_text(&self, channel: Channel, language: Language) -> Option<String> {
        let mut parts = vec![self.open_text(channel, language)?];
        parts.extend(self.otherwise(channel, language));
        if let (Channel::Whatsapp | Channel::Simulator, Some(by)) = (channel, &self.whatsapp) {
            let labels = by.declared.wording(language).map(|wording| wording.labels.as_slice());
            parts.extend(labels.unwrap_or_default().iter().map(|label| format!("[{label}]")));
            parts.extend(by.header.as_ref().map(above));
        }
        if parts.iter().any(|part| part.contains(APART)) {
            return None;
        }
        Some(parts.join(&format!("\n{APART} ")))
    }

    /// The office's words for what may not be known of a person, in the order of their places on a channel.
    fn otherwise(&self, channel: Channel, language: Language) -> Vec<String> {
        let mut places: Vec<&str> = Vec::new();
        if channel == Channel::Sms {
            let pieces = self.sms.as_ref().and_then(|sms| sms.text(language));
            places.extend(pieces.into_iter().flat_map(|(_, pieces)| pieces).filter_map(|piece| {
                match piece {
                    Piece::Place(name) => Some(name.as_str()),
                    Piece::Words(_) => None,
                }
            }));
        } else if let Some(by) = &self.whatsapp {
            places.extend(by.declared.variables.iter().map(String::as_str));
        }
        let mut parts: Vec<String> = Vec::new();
        for place in places {
            let value = self.values.iter().find(|(name, _)| name == place).map(|(_, value)| value);
            let Some(Value::Person { known, otherwise }) = value else { continue };
            let part = format!("{}: {}", known.name(), otherwise.get(language));
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts
    }

    /// The channel and the language in which a message says what this says; `None`: it says something else.
    pub(super) fn spoken(&self, content: &Content) -> Option<(Channel, Language)> {
        if let Content::Template(template) = content {
            let declared = &self.whatsapp.as_ref()?.declared;
            let wording = declared.wording_of(template)?;
            return Some((Channel::Whatsapp, wording.language));
        }
        let languages = self.sms.as_ref()?.texts.iter().map(|(language, _)| *language);
        let says = |language: &Language| {
            let open = self.short_text(*language, Of::Open);
            open.is_some_and(|open| is_filled(&open, content.body()))
        };
        let language = languages.into_iter().find(says)?;
        Some((Channel::Sms, language))
    }

    fn template(&self, to: &Addressee) -> Option<Content> {
        let whatsapp = self.whatsapp.as_ref()?;
        let language = self.language_on(Channel::Whatsapp, to.language);
        let payload = |choice: &str| {
            let known = whatsapp.payloads.iter().find(|(name, _)| name == choice);
            known.map_or_else(|| choice.to_owned(), |(_, payload)| payload.clone())
        };
        let value = |name: &str| Some(self.value(name, Of::Person(to), language));
        let mut template = whatsapp.declared.filled(language, value, payload)?;
        template.header.clone_from(&whatsapp.header);
        Some(Content::Template(template))
    }

    fn short(&self, to: &Addressee) -> Option<Content> {
        let sms = self.sms.as_ref()?;
        let language = self.language_on(Channel::Sms, to.language);
        let body = self.short_text(language, Of::Person(to))?;
        let Some(registry) = &sms.registry else { return Some(Content::Text { body }) };
        // A name too long for its place, or in a script that was not tried: the office's own words.
        [Some(body), self.short_text(language, Of::Nobody)].into_iter().flatten().find_map(|body| {
            let carried = registry.carry(&body, Among::Live)?;
            let dlt = registry.stamp(carried.template)?;
            Some(Content::Registered { body, dlt })
        })
    }

    /// The short message in a language, of a person or of nobody.
    fn short_text(&self, language: Language, of: Of<'_>) -> Option<String> {
        let (_, pieces) = self.sms.as_ref()?.text(language)?;
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Place(name) => {
                    text.push_str(&on_one_line(&self.value(name, of, language), LONGEST_VALUE));
                }
            }
        }
        Some(text)
    }

    /// The short message with the longest value in each place of a person; that of nobody, where no
    /// registered template carries it. `None`: nothing is said by SMS.
    pub(super) fn short_of_the_longest(&self, language: Language) -> Option<String> {
        let sms = self.sms.as_ref()?;
        let Some(registry) = &sms.registry else {
            return self.short_text(language, Of::Longest(LONGEST_VALUE));
        };
        let most = registry.limits.longest.min(LONGEST_VALUE);
        let longest = self.short_text(language, Of::Longest(most))?;
        let is_carried = registry.carry(&longest, Among::Live).is_some();
        if is_carried { Some(longest) } else { self.short_of_nobody(language) }
    }

    /// The short message as it reads where nothing is known of a person.
    pub(super) fn short_of_nobody(&self, language: Language) -> Option<String> {
        self.short_text(language, Of::Nobody)
    }
}

impl BySms {
    /// The text in a language, or in that which stands in for it.
    fn text(&self, language: Language) -> Option<(Language, &[Piece])> {
        let known = |wanted: Language| self.texts.iter().find(|(known, _)| *known == wanted);
        let found = fallback(language).into_iter().find_map(known).or_else(|| self.texts.first());
        found.map(|(language, pieces)| (*language, pieces.as_slice()))
    }
}

impl Wording for Said {
    fn content(&self, to: &Addressee, channel: Channel) -> Option<Content> {
        match channel {
            Channel::Whatsapp | Channel::Simulator => self.template(to),
            Channel::Sms => self.short(to),
            Channel::Telegram | Channel::MissedCall | Channel::Internal => None,
        }
    }
}

/// What stands above a text: its words, or a file by its SHA-256, by its address where that names none.
fn above(header: &TemplateHeader) -> String {
    match header {
        TemplateHeader::Text(said) => said.text.clone(),
        TemplateHeader::Media { source: MediaSource::Link(address), .. } => {
            file_hash(address).map_or_else(|| address.clone(), |hash| to_hex(&hash))
        }
        TemplateHeader::Media { source: MediaSource::Id(id), .. } => id.clone(),
    }
}

/// Whether a text is this one with something in its open places.
fn is_filled(open: &str, text: &str) -> bool {
    let pieces: Vec<&str> = open.split(OPEN).collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return open == text };
    let between = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let Some(mut rest) = between else { return false };
    for piece in middle {
        // The first that fits: what fills a place is short, and the words behind it are the text's own.
        let Some((_, behind)) = rest.split_once(piece) else { return false };
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests;
