//! The files of `broadcasts/`: read, and held against the flows, templates, texts, places and senders of
//! the office.

mod parts;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;

use super::frozen::{Fallback, Frozen, Sender, day_name};
use super::said::{BySms, ByTemplate, Said};
use super::send::{Occurrence, Times};
use crate::audience::{Audience, Names};
use crate::contact::Language;
use crate::flow::author::{
    self, BROADCASTS, Findings, Node, Place, Word, get, identifier, known_keys, map, one_of_these,
    start_of, word,
};
use crate::flow::{Code, Diagnostic, Flows, Severity, Sources};
use crate::geography::Geography;
use crate::locale::{Catalogue, SourceText};
use crate::message::{Channel, MediaKind, Purpose};
use crate::template::Declared;

/// The keys of a broadcast's file, of its `send:`, `sms:`, `fallback:`, and of one of its values.
pub(super) const KEYS: [&str; 16] = [
    "broadcast",
    "about",
    "purpose",
    "asks",
    "audience",
    "list",
    "template",
    "header",
    "values",
    "buttons",
    "sms",
    "replies",
    "senders",
    "send",
    "fallback",
    "certificate",
];
pub(super) const SEND_KEYS: [&str; 4] = ["from", "before", "repeat", "until"];
pub(super) const FALLBACK_KEYS: [&str; 2] = ["channel", "after"];
pub(super) const VALUE_KEYS: [&str; 2] = ["known", "otherwise"];
/// What people may be written to for. An answer is none of ours.
pub(super) const PURPOSES: [Purpose; 4] =
    [Purpose::Samvad, Purpose::Membership, Purpose::Opinion, Purpose::FollowUp];
/// The consents people may be asked for who never gave any.
pub(super) const ASKED: [Purpose; 3] = [Purpose::Samvad, Purpose::Membership, Purpose::Opinion];
/// The kinds of a template's header.
pub(super) const HEADERS: [MediaKind; 3] =
    [MediaKind::Image, MediaKind::Video, MediaKind::Document];
/// Channels on which somebody can be written to first.
pub(super) const CHANNELS: [Channel; 2] = [Channel::Whatsapp, Channel::Sms];
/// In place of a flow: a tap on the button ends these messages.
pub(super) const STOP: &str = "stop";
/// What a button says that ends them, as it is heard everywhere.
pub(super) const STOP_PAYLOAD: &str = "STOP";
pub(super) const EXAMPLE_MOMENT: &str = "2026-12-06 10:00";

/// What an office has that a broadcast may name.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub flows: &'a Flows,
    pub geography: &'a Geography,
    pub names: &'a dyn Names,
    /// Its numbers and accounts; none: nobody knows them, and none is missed.
    pub senders: &'a [Sender],
    /// Of its accounts of short messages those whose vendor puts the DLT template by itself.
    pub templates_at_vendor: &'a [String],
}

/// A broadcast as its file says.
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: String,
    pub about: String,
    /// The consent it needs, or one of [`Purpose::ASKING`].
    pub purpose: Purpose,
    /// `None`: everybody in the list.
    pub audience: Option<Audience>,
    /// A file of numbers beside it.
    pub list: Option<String>,
    pub replies: Option<String>,
    pub senders: Vec<Sender>,
    pub send: Times,
    pub fallback: Option<Fallback>,
    pub certificate: Option<String>,
    pub said: Said,
}

impl Definition {
    /// What is stored and run of one of its occurrences. One of several bears its day in its name.
    #[must_use]
    pub fn freeze(&self, occurrence: &Occurrence) -> Frozen {
        let name = match occurrence.day {
            Some(day) => day_name(&self.name, day),
            None => self.name.clone(),
        };
        Frozen {
            name,
            about: self.about.clone(),
            purpose: self.purpose,
            audience: self.audience.as_ref().map(|audience| audience.source().to_owned()),
            list: self.list.clone(),
            lists: Vec::new(),
            earlier: Vec::new(),
            replies: self.replies.clone(),
            senders: self.senders.clone(),
            from: occurrence.from,
            before: occurrence.before,
            fallback: self.fallback,
            certificate: self.certificate.clone(),
            said: self.said.clone(),
            series: None,
        }
    }

    /// All its days as one, where it comes again: what is planned, tested and approved once.
    #[must_use]
    pub fn freeze_series(&self) -> Option<Frozen> {
        let series = self.send.series()?;
        let first = series.days().next()?;
        let frozen = self.freeze(&first);
        Some(Frozen {
            name: self.name.clone(),
            before: series.over()?,
            series: Some(series),
            ..frozen
        })
    }
}

/// Whether a file is a broadcast's.
#[must_use]
pub fn is_broadcast(path: &str) -> bool {
    let yaml = Path::new(path).extension().is_some_and(|ending| {
        ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")
    });
    yaml && path.starts_with("broadcasts/")
}

/// Every broadcast among the files, which are those of `broadcasts/` and the office's texts; and everything
/// that is wrong. One with a mistake is not given.
#[must_use]
pub fn read(sources: &Sources, around: &Around<'_>) -> (Vec<Definition>, Vec<Diagnostic>) {
    let mut findings = Findings::new(sources);
    let texts: Vec<SourceText<'_>> = sources
        .files
        .iter()
        .map(|file| SourceText { path: &file.path, text: &file.text })
        .collect();
    // What is wrong with the texts themselves is told with the flows.
    let (catalogue, _) = Catalogue::read(&texts);
    let mut all = Vec::new();
    let mut said = Vec::new();
    for (index, file) in sources.files.iter().enumerate() {
        if !is_broadcast(&file.path) {
            continue;
        }
        author::saved(file, Place { file: index, start: 0, end: 1 }, &mut findings);
        let stem = Path::new(&file.path).file_stem().and_then(|stem| stem.to_str());
        let Some(root) = author::read(index, &file.text, &mut findings) else { continue };
        let mut reader =
            Reader { around, catalogue: &catalogue, findings: &mut findings, said: &mut said };
        if let Some(definition) = reader.broadcast(&root, stem.unwrap_or_default()) {
            all.push((index, definition));
        }
    }
    unused(&catalogue, &said, &mut findings);
    let list = findings.into_sorted();
    let is_wrong = |file: usize| {
        let path = sources.files.get(file).map(|file| file.path.as_str());
        list.iter()
            .any(|found| found.severity == Severity::Error && Some(found.path.as_str()) == path)
    };
    let whole = all.into_iter().filter(|(file, _)| !is_wrong(*file));
    (whole.map(|(_, definition)| definition).collect(), list)
}

/// Texts that no broadcast says.
fn unused(catalogue: &Catalogue, said: &[String], findings: &mut Findings<'_>) {
    for language in Language::ALL {
        let Some(book) = catalogue.book(language, BROADCASTS) else { continue };
        for (key, message) in &book.messages {
            if said.contains(key) || book.referred.contains_key(key) {
                continue;
            }
            let place =
                Place { file: message.source, start: message.span.start, end: message.span.end };
            findings
                .warn(
                    place,
                    format!("no broadcast says the text `{key}`"),
                    "take it away, or write `sms: {say: …}` in the broadcast that says it",
                )
                .code(Code::UnusedText);
        }
    }
}

struct Reader<'r, 'f, 's> {
    around: &'r Around<'r>,
    catalogue: &'r Catalogue,
    findings: &'r mut Findings<'f>,
    /// The texts that were named.
    said: &'s mut Vec<String>,
}

impl<'r> Reader<'r, '_, '_> {
    fn error(
        &mut self,
        place: Place,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.findings.error_hint(place, message, hint).code(code);
    }

    fn broadcast(&mut self, root: &Node, stem: &str) -> Option<Definition> {
        let beginning = Place { end: root.place.start + 1, ..root.place };
        let entries = map(root, "a broadcast", self.findings)?;
        known_keys(entries, &KEYS, self.findings);
        let name = self.name(entries, beginning, stem)?;
        let audience = get(entries, "audience").and_then(|node| self.audience(node));
        let list = get(entries, "list").and_then(|node| self.list(node));
        if get(entries, "audience").is_none() && get(entries, "list").is_none() {
            self.error(
                beginning,
                Code::MissingKey,
                "the broadcast does not say whom it is for",
                "add `audience: member && place.within(\"lucknow\")`, or `list: guests.csv`",
            );
        }
        let declared = get(entries, "template").and_then(|node| self.template(node));
        if get(entries, "template").is_none() && get(entries, "sms").is_none() {
            self.error(
                beginning,
                Code::MissingKey,
                "the broadcast says nothing",
                "add `template: …` (flows/templates/) for WhatsApp, `sms: {say: …}` for short messages, or both",
            );
        }
        let purpose = match get(entries, "asks") {
            Some(node) => self.asks(node, get(entries, "purpose"), declared)?,
            None => self.purpose(get(entries, "purpose"), declared)?,
        };
        let mut said = Said::default();
        let pieces = get(entries, "sms").map(|node| self.sms(node, declared));
        let texts = pieces.flatten().unwrap_or_default();
        self.values(entries, beginning, declared, &texts, &mut said);
        if let Some(declared) = declared {
            let header = get(entries, "header").and_then(|node| self.header(node));
            let payloads = get(entries, "buttons").map(|node| self.buttons(node, declared));
            let payloads = payloads.unwrap_or_default();
            said.whatsapp = Some(ByTemplate { declared: declared.clone(), header, payloads });
        } else {
            self.without_template(entries);
        }
        if !texts.is_empty() {
            said.sms = Some(BySms { texts, registry: None });
        }
        said.name_seats(self.around.geography);
        if let Some(node) = get(entries, "sms") {
            self.registered(start_of(node), &mut said);
        }
        let about = get(entries, "about").and_then(|node| word(node, "`about`", self.findings));
        let replies = get(entries, "replies").and_then(|node| self.flow(node, "`replies`"));
        let senders = self.senders(get(entries, "senders"), &said, beginning);
        let fallback =
            get(entries, "fallback").and_then(|node| self.fallback(node, &said, &senders));
        self.of_polls(entries, purpose);
        if let Some(wanted) = purpose.asks_for() {
            self.asks_once(entries, beginning, wanted, replies.as_deref());
        }
        let certificate =
            get(entries, "certificate").and_then(|node| word(node, "`certificate`", self.findings));
        let Some(send) = get(entries, "send") else {
            self.error(
                beginning,
                Code::MissingKey,
                "the broadcast does not say when it must be over",
                format!("add `send: {{before: {EXAMPLE_MOMENT}}}`: nothing leaves after that"),
            );
            return None;
        };
        let send = self.send(send)?;
        Some(Definition {
            name,
            about: about.map(|word| word.text).unwrap_or_default(),
            purpose,
            audience,
            list,
            replies,
            senders,
            send,
            fallback,
            certificate: certificate.map(|word| word.text),
            said,
        })
    }

    fn name(&mut self, entries: &[(Word, Node)], beginning: Place, stem: &str) -> Option<String> {
        let Some(node) = get(entries, "broadcast") else {
            self.error(
                beginning,
                Code::MissingKey,
                "the file does not say its `broadcast`",
                format!("add `broadcast: {stem}`"),
            );
            return None;
        };
        let name = word(node, "the name of a broadcast", self.findings)?;
        identifier(&name, self.findings);
        if name.text == "last" {
            self.error(
                name.place,
                Code::BadName,
                "`last` is the newest broadcast in every audience",
                "give it a name of its own",
            );
        }
        if name.text != stem {
            self.error(
                name.place,
                Code::FileName,
                format!("the file is not named after its broadcast `{}`", name.text),
                format!("write `broadcast: {stem}`, or rename the file to {}.yaml", name.text),
            );
        }
        Some(name.text)
    }

    fn audience(&mut self, node: &Node) -> Option<Audience> {
        let written = word(node, "`audience`", self.findings)?;
        match Audience::read(&written.text, self.around.names) {
            Ok(audience) => Some(audience),
            Err(error) => {
                let place = self.findings.find_in(written.place, &error.marked());
                self.error(place, Code::ConditionSyntax, error.message(), error.help());
                None
            }
        }
    }

    fn list(&mut self, node: &Node) -> Option<String> {
        let written = word(node, "`list`", self.findings)?;
        let known = self.around.names.lists();
        if !known.contains(&written.text) {
            let hint = if known.is_empty() {
                "put the file (CSV or Excel, with a column मोबाइल) beside this one".to_owned()
            } else {
                one_of_these(&written.text, known.iter().map(String::as_str))
            };
            let message = format!("there is no list `{}` in broadcasts/", written.text);
            self.error(written.place, Code::MissingFile, message, hint);
        }
        Some(written.text)
    }

    fn template(&mut self, node: &Node) -> Option<&'r Declared> {
        let written = word(node, "`template`", self.findings)?;
        let around = self.around;
        let all = around.flows.templates();
        let found = all.iter().find(|declared| declared.name == written.text);
        if found.is_none() {
            let names = all.iter().map(|declared| declared.name.as_str());
            let hint = if all.is_empty() {
                format!("declare it in flows/templates/{}.yaml", written.text)
            } else {
                one_of_these(&written.text, names)
            };
            let message = format!("there is no template `{}`", written.text);
            self.error(written.place, Code::UnknownTemplate, message, hint);
        }
        found
    }

    /// The consent it needs: that of its template.
    fn purpose(&mut self, node: Option<&Node>, declared: Option<&Declared>) -> Option<Purpose> {
        let usual = declared.map_or(Purpose::Samvad, |declared| declared.purpose);
        let Some(node) = node else { return Some(usual) };
        let written = word(node, "`purpose`", self.findings)?;
        let Some(purpose) = PURPOSES.into_iter().find(|known| known.name() == written.text) else {
            let hint = one_of_these(&written.text, PURPOSES.map(Purpose::name));
            let message = format!("there is no purpose `{}`", written.text);
            self.error(written.place, Code::UnknownWord, message, hint);
            return None;
        };
        if let Some(declared) = declared.filter(|declared| declared.purpose != purpose) {
            let of = declared.purpose.name();
            self.error(
                written.place,
                Code::Consent,
                format!("the template `{}` goes to those who agreed to `{of}`", declared.name),
                format!("write `purpose: {of}`, or take the line away"),
            );
        }
        Some(purpose)
    }

    /// `asks: samvad`: it asks for a consent those who never said anything about it; what it comes to is a purpose
    /// of its own.
    fn asks(
        &mut self,
        node: &Node,
        purpose: Option<&Node>,
        declared: Option<&Declared>,
    ) -> Option<Purpose> {
        let written = word(node, "`asks`", self.findings)?;
        let Some(wanted) = ASKED.into_iter().find(|known| known.name() == written.text) else {
            let hint = one_of_these(&written.text, ASKED.map(Purpose::name));
            let message = format!("nobody is asked for a consent `{}`", written.text);
            self.error(written.place, Code::UnknownWord, message, hint);
            return None;
        };
        if let Some(purpose) = purpose {
            self.error(
                start_of(purpose),
                Code::Consent,
                "what asks for a consent needs none",
                "take `purpose` away, or `asks`",
            );
        }
        if let Some(declared) = declared.filter(|declared| declared.purpose != wanted) {
            let (name, of) = (&declared.name, declared.purpose.name());
            let wanted = wanted.name();
            self.error(
                written.place,
                Code::Consent,
                format!("the template `{name}` is about `{of}`"),
                format!("write `asks: {of}`, or a template with `purpose: {wanted}`"),
            );
        }
        wanted.asked_by()
    }

    /// What an answer or a button of leads to a poll, on whatever way, asks for opinions and says so: what people
    /// answer to anything else can be listed, person by person.
    fn of_polls(&mut self, entries: &[(Word, Node)], purpose: Purpose) {
        if purpose == Purpose::Opinion {
            return;
        }
        let buttons = match get(entries, "buttons").map(|node| &node.kind) {
            Some(author::Kind::Map(buttons)) => buttons.as_slice(),
            _ => &[],
        };
        let led = get(entries, "replies").into_iter().chain(buttons.iter().map(|(_, node)| node));
        let flows = self.around.flows;
        let asks = |node: &&Node| node.word().is_some_and(|word| flows.leads_to_polls(&word.text));
        let Some(node) = led.into_iter().find(asks) else { return };
        let message = format!(
            "this leads to a poll, and what people answer to a broadcast of the purpose `{}` can be listed",
            purpose.name()
        );
        let help = if get(entries, "asks").is_some() {
            "let it lead to `may_ask`: whoever says yes there is invited by the next poll"
        } else {
            "write `purpose: opinion`, with a template of that purpose"
        };
        self.error(start_of(node), Code::Consent, message, help);
    }

    /// Whoever is asked can say yes, and is asked no second time.
    fn asks_once(
        &mut self,
        entries: &[(Word, Node)],
        beginning: Place,
        wanted: Purpose,
        replies: Option<&str>,
    ) {
        let flow = replies.and_then(|name| self.around.flows.get(name));
        if !flow.is_some_and(|flow| flow.asks_consent(wanted)) {
            let place = get(entries, "replies").map_or(beginning, start_of);
            let wanted = wanted.name();
            self.error(
                place,
                Code::Consent,
                format!("the broadcast asks for `{wanted}`, and no flow takes the answer down"),
                format!(
                    "add `replies: …`: a flow with a question that has `notice: {wanted}`, as the shipped flow samvad"
                ),
            );
        }
        if let Some(node) = get(entries, "fallback") {
            self.error(
                start_of(node),
                Code::Consent,
                "nobody is asked for a consent twice, and `fallback` would be the second time",
                "take it away",
            );
        }
    }

    fn without_template(&mut self, entries: &[(Word, Node)]) {
        if get(entries, "template").is_some() {
            return;
        }
        for key in ["header", "buttons"] {
            if let Some(node) = get(entries, key) {
                self.error(
                    start_of(node),
                    Code::UnknownKey,
                    format!("`{key}` belongs to a template, and the broadcast names none"),
                    "add `template: …`, or take it away: a short message has neither",
                );
            }
        }
    }
}
