//! Replies as the channel would show them, at a terminal.

use std::fmt::Write as _;

use serde::Serialize;

use crate::flow::{Flows, Left, Rendering, Talk, sms_size};
use crate::message::{Choice, Content, MediaKind, Picture, Reply};

/// One reply as it left, with the names of its texts over it.
pub(super) fn reply(
    flows: &Flows,
    reply: &Reply,
    left: &Left,
    names: &[String],
    rendering: Rendering,
) -> String {
    let mut out = format!("bot · {}\n", names.join(" + "));
    match left {
        Left::Said => said(&mut out, reply.content.inside()),
        Left::ByTemplate(template) => {
            let _ = writeln!(out, "  (by the template {}, {})", template.name, template.language);
            text(&mut out, &flows.read_template(template));
            let labels = flows.template_labels(template);
            for (index, label) in labels.iter().enumerate() {
                let _ = writeln!(out, "  [{}] {label}", index + 1);
            }
        }
        Left::KeptBack(refusal) => {
            let (_, words) = refusal.office_words();
            let _ = writeln!(out, "  (it does not leave: {words})");
        }
    }
    if rendering == Rendering::Sms {
        let size = sms_size(reply.content.body());
        let (parts, letters) = (size.parts, if size.unicode { "unicode" } else { "plain" });
        let plural = if parts == 1 { "" } else { "s" };
        let _ = writeln!(out, "  ({parts} part{plural}, {} {letters} letters)", size.units);
    }
    out
}

fn said(out: &mut String, content: &Content) {
    match content {
        Content::Text { body } => text(out, body),
        Content::Registered { body, dlt } => {
            text(out, body);
            let _ = writeln!(out, "  (DLT template {})", dlt.template);
        }
        Content::Buttons { body, choices } => {
            text(out, body);
            rows(out, choices);
        }
        Content::List { body, open, choices } => {
            text(out, body);
            let _ = writeln!(out, "  ≡ {open}");
            rows(out, choices);
        }
        Content::Media { kind, caption, .. } => {
            let _ = writeln!(out, "  ({})", media(*kind));
            text(out, caption.as_deref().unwrap_or_default());
        }
        Content::Picture { body, picture } => {
            let _ = writeln!(out, "  {}", picture_words(picture));
            text(out, body);
        }
        Content::LocationRequest { body } => {
            text(out, body);
            out.push_str("  [send the location]\n");
        }
        Content::ContactRequest { body } => {
            text(out, body);
            out.push_str("  [share the phone number]\n");
        }
        Content::Windowed { inside, .. } => said(out, inside),
        Content::Template(template) => {
            let values: Vec<&str> =
                template.body.iter().map(|variable| variable.text.as_str()).collect();
            let _ = writeln!(out, "  (template {}: {})", template.name, values.join(" | "));
        }
    }
}

fn text(out: &mut String, body: &str) {
    for line in body.lines() {
        let line = format!("  {line}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn rows(out: &mut String, choices: &[Choice]) {
    for (index, choice) in choices.iter().enumerate() {
        let _ = write!(out, "  [{}] {}", index + 1, choice.title);
        if let Some(description) = &choice.description {
            let _ = write!(out, " — {description}");
        }
        out.push('\n');
    }
}

const fn media(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "photo",
        MediaKind::Video => "video",
        MediaKind::Audio => "voice note",
        MediaKind::Document => "file",
        MediaKind::Sticker => "sticker",
    }
}

fn picture_words(picture: &Picture) -> String {
    match picture {
        Picture::MembershipCard { number, name, district, seat, link, .. } => {
            let mut words = format!("(membership card: {name}, {number}, {district}, {seat}");
            if let Some(link) = link {
                let _ = write!(words, ", {link}");
            }
            words.push(')');
            words
        }
    }
}

/// A fact or an effect in a line: its name, then what it says.
pub(super) fn happened(thing: &impl Serialize, tag: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(thing) else {
        return String::new();
    };
    let mut out = String::from("* ");
    out.push_str(fields.get(tag).and_then(|name| name.as_str()).unwrap_or_default());
    for (key, value) in &fields {
        let words = match value {
            _ if key == tag => continue,
            // The hash of a wording says nothing to an author.
            _ if key == "wording" => continue,
            serde_json::Value::Null => continue,
            serde_json::Value::String(words) => words.clone(),
            other => other.to_string(),
        };
        let _ = write!(out, ", {key}: {words}");
    }
    out.push('\n');
    out
}

/// What is known of the conversation and the person now.
pub(super) fn session(talk: &Talk) -> String {
    let mut out = String::new();
    match &talk.session {
        None => out.push_str("no conversation is open\n"),
        Some(session) => {
            let _ = writeln!(out, "stands at {}/{}", session.flow, session.step);
            for (name, given) in &session.answers {
                let words = serde_json::to_string(given).unwrap_or_default();
                let _ = writeln!(out, "  {name}: {words}");
            }
            if !session.history.is_empty() {
                let _ = writeln!(out, "  the way back: {}", session.history.join(", "));
            }
            for frame in &session.calls {
                let _ = writeln!(out, "  {}/{} waits for it", frame.flow, frame.step);
            }
            if session.tries > 0 {
                let _ = writeln!(out, "  not understood: {} times", session.tries);
            }
            if let Some(rest) = &session.rest {
                let words = match (rest.came, rest.until) {
                    (Some(_), _) => "what it waited for is there".to_owned(),
                    (None, Some(until)) => {
                        let left = crate::clock::from_ms(until).duration_since(talk.now);
                        format!("it rests, {} more", span(left))
                    }
                    (None, None) => "it rests until the office gives it back".to_owned(),
                };
                let _ = writeln!(out, "  {words}");
            }
            for timer in talk.timers() {
                let kind = serde_json::to_string(&timer.kind).unwrap_or_default();
                let left = timer.due.duration_since(talk.now);
                let _ = writeln!(out, "  timer {}: in {}", kind.trim_matches('"'), span(left));
            }
        }
    }
    let contact = &talk.contact;
    let _ = write!(out, "the person speaks {}", contact.language.code());
    match &contact.membership {
        Some(member) => {
            let _ = write!(out, ", is the member {} ({})", member.number, member.name);
        }
        None => out.push_str(", is no member"),
    }
    if !contact.posts.is_empty() {
        let _ = write!(out, ", holds {}", contact.posts.join(", "));
    }
    for consent in &contact.consents {
        let word = if consent.given { "agrees to" } else { "withdrew" };
        let _ = write!(out, ", {word} {}", consent.purpose.name());
    }
    if let Some(member) = talk.referred_by() {
        let _ = write!(out, ", came by the code of the member {member}");
    }
    if contact.handed_over {
        out.push_str(", talks to a person of the office");
    }
    out.push('\n');
    out
}

/// A length of time in its two largest units: `2h 5m`.
pub(super) fn span(time: jiff::SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .take(2)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}
