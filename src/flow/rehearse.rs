//! Rehearsals: written transcripts played against the engine.

mod around;
mod head;
mod poll;
mod said;
mod then;

use std::fmt;

use jiff::SignedDuration;

use self::head::{person, rendering, rules};
use self::poll::asked;
pub(super) use self::poll::{METHODS, POLL, staged};
use super::diagnostic::{Diagnostic, Findings, Place, one_of_these};
use super::draft::{duration, get, known_keys, map, seconds, start_of, word};
use super::load::{Flows, SourceFile, Sources};
use super::talk::{Left, Talk};
use super::turn::Trace;
use super::ways::Passed;
use super::yaml::{self, Kind as YamlKind, Node, Word};
use crate::message::{Content, InboundContent, MediaKind, Picture, Reply, Template};
use crate::understanding;

/// How one rehearsal went.
#[derive(Clone, Debug)]
pub struct RehearsalReport {
    pub path: String,
    /// The flow it rehearses.
    pub flow: String,
    /// Lines of the talk that were played.
    pub lines: usize,
    /// The steps whose question was asked on the way (`flow/step`).
    pub visited: Vec<String>,
    /// Every step and way taken, in order.
    pub walked: Vec<Passed>,
    /// The first line that differs, or what is wrong with the file; empty when all went as written.
    pub differences: Vec<Diagnostic>,
}

impl RehearsalReport {
    /// The flows (their indices) it came through, also those that were called.
    pub(super) fn flows(&self) -> impl Iterator<Item = usize> {
        self.walked.iter().map(|passed| passed.flow)
    }

    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for RehearsalReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.passed() {
            return write!(formatter, "ok   {} ({} lines)", self.path, self.lines);
        }
        write!(formatter, "FAIL {}", self.path)?;
        for difference in &self.differences {
            write!(formatter, "\n{difference}")?;
        }
        Ok(())
    }
}

/// Plays one transcript.
#[must_use]
pub fn rehearse(flows: &Flows, file: &SourceFile) -> RehearsalReport {
    let sources = Sources { files: vec![file.clone()] };
    let mut findings = Findings::new(&sources);
    let mut report = RehearsalReport {
        path: file.path.clone(),
        flow: String::new(),
        lines: 0,
        visited: Vec::new(),
        walked: Vec::new(),
        differences: Vec::new(),
    };
    if let Some(root) = yaml::read(0, &file.text, &mut findings) {
        // A difference ends the rehearsal; it stands among the findings.
        let _ended_early = play(flows, &root, &mut report, &mut findings);
    }
    report.differences = findings.into_sorted();
    report
}

/// The person whom the head of a rehearsal describes (`channel`, `lang`, `member`, …), with nothing
/// said yet.
///
/// # Errors
/// What is wrong with the head.
pub fn person_of(flows: &Flows, head: &str) -> Result<Talk, Vec<Diagnostic>> {
    let file = SourceFile { path: "the person".to_owned(), text: head.to_owned() };
    let sources = Sources { files: vec![file] };
    let mut findings = Findings::new(&sources);
    let talk = yaml::read(0, head, &mut findings).and_then(|root| {
        let entries = map(&root, "the person", &mut findings)?;
        known_keys(entries, &KEYS, &mut findings);
        let contact = person(flows, entries, &mut findings)?;
        let mut talk = Talk::new(contact, rendering(entries, &mut findings)?);
        asked(flows, entries, &mut talk, &mut findings)?;
        Some(talk)
    });
    let told = findings.into_sorted();
    talk.filter(|_| told.is_empty()).ok_or(told)
}

pub(super) const KEYS: [&str; 13] = [
    "rehearse", "about", "channel", "lang", "member", "brought", "posts", "consents", "phone",
    "calendar", "poll", "talk", "then",
];
pub(super) const LINES: [&str; 13] = [
    "me",
    "tap",
    "send",
    "bot",
    "buttons",
    "picture",
    "template",
    "kept_back",
    "wait",
    "fetched",
    "office",
    "broadcast",
    "poll",
];
pub(super) const PICTURES: [&str; 1] = ["membership_card"];
/// What is said of the end.
pub(super) const THEN: [&str; 9] = [
    "member",
    "consents",
    "session",
    "language",
    "handed_over",
    "request",
    "details",
    "referred_by",
    "answers",
];
/// What is said of a member, before and at the end.
pub(super) const MEMBER: [&str; 6] = ["name", "number", "district", "seat", "booth", "until"];
/// What a phone sends other than words, as [`sendable`] names it.
pub const SENDABLE: [&str; 7] =
    ["photo", "voice", "file", "sticker", "location", "number", "contact"];
/// What is said of a number that is sent: what was known of it before.
pub(super) const NUMBER_OF: [&str; 4] = ["member", "brought", "posts", "consents"];

/// `None` after a mistake in the file or a line that differs: both are told.
fn play(
    flows: &Flows,
    root: &Node,
    report: &mut RehearsalReport,
    findings: &mut Findings<'_>,
) -> Option<()> {
    let entries = map(root, "a rehearsal", findings)?;
    known_keys(entries, &KEYS, findings);
    let Some(flow) = get(entries, "rehearse").and_then(Node::word) else {
        let place = Place { end: root.place.start + 1, ..root.place };
        findings.error_hint(
            place,
            "the file does not say what it rehearses",
            "begin it with `rehearse: flow`",
        );
        return None;
    };
    if flows.get(&flow.text).is_none() {
        findings.error_hint(
            flow.place,
            format!("there is no flow `{}`", flow.text),
            one_of_these(&flow.text, flows.names().collect::<Vec<_>>()),
        );
        return None;
    }
    report.flow.clone_from(&flow.text);
    let mut talk = Talk::new(person(flows, entries, findings)?, rendering(entries, findings)?);
    talk.rules = rules(entries, findings)?;
    asked(flows, entries, &mut talk, findings)?;
    let mut stage = Stage {
        flows,
        rehearsed: flow.text.clone(),
        talk,
        said: Vec::new(),
        place: flow.place,
        wrote: None,
        never_fetched: false,
    };
    let Some(talk) = get(entries, "talk") else {
        findings.error_hint(flow.place, "nobody talks", "add `talk:` with lines of me and bot");
        return None;
    };
    let YamlKind::List(lines) = &talk.kind else {
        findings.error_hint(talk.place, "`talk` is a list of lines", "- me: सदस्य");
        return None;
    };
    for line in lines {
        stage.line(line, findings)?;
        report.lines += 1;
        report.walked.append(&mut stage.talk.walked);
        if let Some(session) = &stage.talk.session {
            let spot = format!("{}/{}", session.flow, session.step);
            if !report.visited.contains(&spot) {
                report.visited.push(spot);
            }
        }
    }
    stage.nothing_unheard(findings)?;
    stage.nothing_unfetched(talk, findings)?;
    if let Some(then) = get(entries, "then") {
        stage.then(then, findings)?;
    }
    Some(())
}

/// A rehearsal under way.
struct Stage<'f> {
    flows: &'f Flows,
    /// The flow it rehearses.
    rehearsed: String,
    talk: Talk,
    /// Replies of the newest turn.
    said: Vec<Heard>,
    /// The newest line of the person.
    place: Place,
    /// What the person wrote last, if nothing was tapped or sent since, and the flow it started.
    wrote: Option<(String, Option<String>)>,
    /// The transcript says that the newest call is never answered.
    never_fetched: bool,
}

/// A reply, and how far the transcript has followed it.
struct Heard {
    body: String,
    keys: Vec<String>,
    choices: Vec<String>,
    picture: Option<&'static str>,
    left: Left,
    /// The transcript says that it does not leave.
    known_kept_back: bool,
    /// Keys before this one are accounted for; `None` while nothing of it is.
    matched: Option<usize>,
}

impl Stage<'_> {
    fn line(&mut self, line: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let entries = map(line, "a line of the talk", findings)?;
        known_keys(entries, &LINES, findings);
        let [(key, value)] = entries else {
            findings.error_hint(
                Place { end: line.place.start + 1, ..line.place },
                "a line is one thing: somebody says something",
                "- me: सदस्य",
            );
            return None;
        };
        match key.text.as_str() {
            "me" => {
                let (text, late) = written(value, findings)?;
                self.nothing_unheard(findings)?;
                let content = InboundContent::Text { text: text.text.clone() };
                let (replies, trace) = self.talk.send_late(self.flows, &content, late);
                self.heard(text.place, &replies, trace);
                let begun = self.talk.walked.first().and_then(|first| self.flows.flow(first.flow));
                let word = self.flows.starts.get(&understanding::fold(&text.text));
                let begun = begun.filter(|flow| {
                    word.is_some_and(|index| self.flows.by_name.get(&flow.name) == Some(index))
                });
                self.wrote = Some((text.text, begun.map(|flow| flow.name.clone())));
            }
            "tap" => {
                let id = word(value, "`tap`", findings)?;
                self.nothing_unheard(findings)?;
                let Some((replies, trace)) = self.talk.tap(self.flows, &id.text) else {
                    let shown = self.shown_choices();
                    findings.error_hint(
                        id.place,
                        format!("there is no `{}` to tap", id.text),
                        if shown.is_empty() {
                            "the last message has no buttons".to_owned()
                        } else {
                            one_of_these(&id.text, shown.iter().map(String::as_str))
                        },
                    );
                    return None;
                };
                self.heard(id.place, &replies, trace);
            }
            "send" => {
                self.nothing_unheard(findings)?;
                if let YamlKind::Map(entries) = &value.kind {
                    return self.send_number_of(entries, value, findings);
                }
                let what = word(value, "`send`", findings)?;
                let Some(content) = sendable(&what.text) else {
                    findings.error_hint(
                        what.place,
                        format!("`{}` cannot be sent in a rehearsal", what.text),
                        one_of_these(&what.text, SENDABLE),
                    );
                    return None;
                };
                let (replies, trace) = self.talk.send(self.flows, &content);
                self.heard(what.place, &replies, trace);
            }
            "wait" => {
                let time = word(value, "`wait`", findings)?;
                self.nothing_unheard(findings)?;
                let Some(seconds) = seconds(&time.text) else {
                    findings.error_hint(time.place, "this is no length of time", "30m, 20h, 7d");
                    return None;
                };
                let (replies, trace) =
                    self.talk.wait(self.flows, SignedDuration::from_secs(seconds));
                self.heard(time.place, &replies, trace);
            }
            "broadcast" => {
                let name = word(value, "`broadcast`", findings)?;
                self.nothing_unheard(findings)?;
                self.talk.reach(&name.text, &self.rehearsed);
                self.place = name.place;
            }
            "poll" => {
                let word = word(value, "`poll`", findings)?;
                self.nothing_unheard(findings)?;
                if word.text != "closed" {
                    findings.error_hint(
                        word.place,
                        format!("`{}` is nothing a poll does here", word.text),
                        "write `- poll: closed`; what it asks stands above the talk: poll: {candidates: [अनिल, सुनीता]}",
                    );
                    return None;
                }
                self.talk.close_polls();
                self.place = word.place;
            }
            "fetched" => self.fetched(value, findings)?,
            "office" => self.office(value, findings)?,
            "buttons" => self.buttons(value, findings)?,
            "picture" => self.picture(value, findings)?,
            "template" => self.template(value, findings)?,
            "kept_back" => self.kept_back(value, findings)?,
            "bot" => match &value.kind {
                YamlKind::List(items) => {
                    for item in items {
                        self.bot(&word(item, "`bot`", findings)?, findings)?;
                    }
                }
                _ => self.bot(&word(value, "`bot`", findings)?, findings)?,
            },
            _ => return None,
        }
        Some(())
    }

    /// `send: {number_of: {member: {…}}}`: the person shares their own number, of which this is known
    /// already: the two are one from now on.
    fn send_number_of(
        &mut self,
        entries: &[(Word, Node)],
        value: &Node,
        findings: &mut Findings<'_>,
    ) -> Option<()> {
        known_keys(entries, &["number_of"], findings);
        let known = map(get(entries, "number_of")?, "`number_of`", findings)?;
        known_keys(known, &NUMBER_OF, findings);
        let other = person(self.flows, known, findings)?;
        let content = sendable("number")?;
        let (replies, trace) = self.talk.send_known(self.flows, &content, &other);
        self.heard(start_of(value), &replies, trace);
        Some(())
    }

    fn heard(&mut self, place: Place, replies: &[Reply], trace: Trace) {
        self.place = place;
        self.wrote = None;
        self.said = replies
            .iter()
            .zip(trace)
            .zip(&self.talk.left)
            .map(|((reply, keys), left)| Heard {
                body: reply.content.body().to_owned(),
                keys,
                choices: choices(reply.content.inside()),
                picture: picture(reply.content.inside()),
                left: left.clone(),
                known_kept_back: false,
                matched: None,
            })
            .collect();
    }
}

/// What the person writes, and for how long it was under way: `text`, or
/// `{text: …, late: 2h}`.
fn written(value: &Node, findings: &mut Findings<'_>) -> Option<(Word, SignedDuration)> {
    let YamlKind::Map(entries) = &value.kind else {
        return Some((word(value, "`me`", findings)?, SignedDuration::ZERO));
    };
    known_keys(entries, &["text", "late"], findings);
    let Some(text) = get(entries, "text") else {
        findings.error_hint(
            start_of(value),
            "the person says nothing",
            "- me: {text: …, late: 2h}",
        );
        return None;
    };
    let late = match get(entries, "late") {
        Some(node) => duration(node, findings)?,
        None => 0,
    };
    Some((word(text, "`text`", findings)?, SignedDuration::from_secs(late)))
}

/// What flows call a template that left.
pub(super) fn template_name<'f>(flows: &'f Flows, template: &'f Template) -> &'f str {
    let declared = flows.templates.iter().find(|known| known.registered_as == template.name);
    declared.map_or(template.name.as_str(), |declared| declared.name.as_str())
}

/// What a rehearsal calls the picture of a message.
pub(super) fn picture(content: &Content) -> Option<&'static str> {
    match content {
        Content::Picture { picture: Picture::MembershipCard { .. }, .. } => Some("membership_card"),
        _ => None,
    }
}

fn same(value: &Node, got: &str, key: &Word, findings: &mut Findings<'_>) -> Option<()> {
    let wanted = word(value, "the expected value", findings)?;
    if wanted.text == got {
        return Some(());
    }
    differs(&wanted, &key.text, got, findings);
    None
}

fn differs(wanted: &Word, what: &str, got: &str, findings: &mut Findings<'_>) {
    findings.error_hint(
        wanted.place,
        format!("at the end {what} is expected to be `{}`, got `{got}`", wanted.text),
        if got.contains(' ') {
            "mend the flow or the talk above, or what is written here".to_owned()
        } else {
            format!("write `{what}: {got}` if that is right; else mend the flow or the talk above")
        },
    );
}

/// The ids of the choices of a message, as a flow names them.
fn choices(content: &Content) -> Vec<String> {
    match content {
        Content::Buttons { choices, .. } | Content::List { choices, .. } => {
            choices.iter().map(|choice| choice_name(&choice.id).to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// What a flow file calls a choice, from the id it was shown under.
#[must_use]
pub fn choice_name(id: &str) -> &str {
    id.splitn(3, ':').nth(2).unwrap_or(id)
}

/// A length of time as flow files write one: `30s`, `2h`, `7d`.
#[must_use]
pub fn length_of_time(words: &str) -> Option<SignedDuration> {
    seconds(words).map(SignedDuration::from_secs)
}

/// What a phone sends other than words, by the name a rehearsal has for it (`photo`).
#[must_use]
pub fn sendable(what: &str) -> Option<InboundContent> {
    let media = |kind, mime_type: &str, voice| InboundContent::Media {
        kind,
        id: "media-1".to_owned(),
        mime_type: mime_type.to_owned(),
        sha256: None,
        caption: None,
        filename: None,
        voice,
    };
    let card =
        |requested| InboundContent::Contacts { phones: vec!["919812345678".to_owned()], requested };
    Some(match what {
        "photo" => media(MediaKind::Image, "image/jpeg", false),
        "voice" => media(MediaKind::Audio, "audio/ogg", true),
        "file" => media(MediaKind::Document, "application/pdf", false),
        "sticker" => media(MediaKind::Sticker, "image/webp", false),
        "location" => InboundContent::Location {
            latitude: 26.8467,
            longitude: 80.9462,
            name: None,
            address: None,
        },
        // Their own, by the button of our request; and somebody's card, shared by hand.
        "number" => card(true),
        "contact" => card(false),
        _ => return None,
    })
}
