//! A rehearsal written from a talk that went on: what the person did, what was said to it by the
//! names of the texts, and how it ended.

use std::fmt::Write as _;

use super::Fetched;
use super::load::Flows;
use super::rehearse::{picture, template_name};
use super::talk::{Left, Talk};
use super::turn::Trace;
use crate::fact::Fact;
use crate::message::{Purpose, Reply};
use crate::understanding::{self, Kind, Meaning, Reading};

/// What is written down while somebody talks.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The keys that say who talks and how, as they stand at the head of a rehearsal.
    head: String,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    /// `me`, `tap`, `send`, `wait`, `fetched` or `office`.
    key: &'static str,
    /// As YAML.
    value: String,
    /// The names of the texts that were said to it.
    bot: Vec<String>,
    /// The pictures among them.
    pictures: Vec<&'static str>,
    /// Lines about what of it left otherwise than it was said: `template: solved`.
    left: Vec<String>,
}

impl Recording {
    /// Begins with the keys of the person (`channel`, `lang`, `member`, …), one a line.
    #[must_use]
    pub fn new(head: &str) -> Recording {
        Recording { head: head.to_owned(), lines: Vec::new() }
    }

    /// The person did something, and this was said to it. `key` is that of a rehearsal's line.
    pub fn add(&mut self, key: &'static str, value: &str, replies: &[Reply], said: &Trace) {
        self.add_yaml(key, yaml_word(value), replies, said);
    }

    /// The person wrote a text that was under way for so long (`2h`).
    pub fn add_late(&mut self, text: &str, late: &str, replies: &[Reply], said: &Trace) {
        let value = format!("{{text: {}, late: {}}}", yaml_word(text), yaml_word(late));
        self.add_yaml("me", value, replies, said);
    }

    /// The call of a `fetch` step was answered.
    pub fn add_fetched(&mut self, answer: &Fetched, replies: &[Reply], said: &Trace) {
        let value = match answer {
            // JSON is YAML.
            Fetched::Answer { status, body } => format!("{{status: {status}, body: {body}}}"),
            Fetched::Failed { .. } => "failed".to_owned(),
        };
        self.add_yaml("fetched", value, replies, said);
    }

    fn add_yaml(&mut self, key: &'static str, value: String, replies: &[Reply], said: &Trace) {
        let bot = said.iter().flatten().cloned().collect();
        let pictures = replies.iter().filter_map(|reply| picture(&reply.content)).collect();
        self.lines.push(Line { key, value, bot, pictures, left: Vec::new() });
    }

    /// How what was said to the newest line left.
    pub fn left(&mut self, flows: &Flows, left: &[Left]) {
        let lines = left.iter().filter_map(|left| match left {
            Left::Said => None,
            Left::ByTemplate(template) => {
                Some(format!("template: {}", template_name(flows, template)))
            }
            Left::KeptBack(refusal) => Some(format!("kept_back: {}", refusal.name())),
        });
        if let Some(line) = self.lines.last_mut() {
            line.left = lines.collect();
        }
    }

    /// How many things the person did.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Forgets all but the first so many things.
    pub fn truncate(&mut self, len: usize) {
        self.lines.truncate(len);
    }

    /// The rehearsal, which plays as it was talked; `None` when nothing led to a flow. `about` is
    /// what it shows, in a line.
    #[must_use]
    pub fn write(&self, flows: &Flows, talk: &Talk, about: &str) -> Option<String> {
        let first = talk.walked.first()?;
        let flow = flows.flow(first.flow)?;
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = writeln!(out, "# {}", about.replace('\n', " "));
        let _ = writeln!(out, "rehearse: {}", flow.name);
        out.push_str(&self.head);
        out.push_str("talk:\n");
        for line in &self.lines {
            let _ = writeln!(out, "  - {}: {}", line.key, line.value);
            match line.bot.as_slice() {
                [] => {}
                [key] => {
                    let _ = writeln!(out, "  - bot: {}", yaml_word(key));
                }
                keys => {
                    let _ = writeln!(out, "  - bot: [{}]", keys.join(", "));
                }
            }
            for picture in &line.pictures {
                let _ = writeln!(out, "  - picture: {picture}");
            }
            for left in &line.left {
                let _ = writeln!(out, "  - {left}");
            }
        }
        if talk.asked().is_some() {
            out.push_str("  - fetched: never\n");
        }
        write_end(flows, talk, &mut out);
        Some(out)
    }
}

fn write_end(flows: &Flows, talk: &Talk, out: &mut String) {
    let contact = &talk.contact;
    out.push_str("then:\n");
    match &contact.membership {
        None => out.push_str("  member: none\n"),
        Some(member) => {
            let mut words = format!(
                "name: {}, district: {}",
                yaml_word(&member.name),
                yaml_word(&district_words(flows, &member.district))
            );
            let _ = write!(words, ", seat: {}", member.assembly);
            if let Some(booth) = member.booth {
                let _ = write!(words, ", booth: {booth}");
            }
            let _ = writeln!(out, "  member: {{{words}}}");
        }
    }
    let consents: Vec<String> = Purpose::ALL
        .into_iter()
        .filter(|purpose| contact.consents.iter().any(|known| known.purpose == *purpose))
        .map(|purpose| format!("{}: {}", purpose.name(), contact.consents_to(purpose)))
        .collect();
    if !consents.is_empty() {
        let _ = writeln!(out, "  consents: {{{}}}", consents.join(", "));
    }
    let request = talk.facts.iter().rev().find_map(|fact| match fact {
        Fact::Request { kind, .. } => Some(kind),
        _ => None,
    });
    if let Some(kind) = request {
        let _ = writeln!(out, "  request: {}", yaml_word(kind));
    }
    if let Some(member) = talk.referred_by() {
        let _ = writeln!(out, "  referred_by: {}", yaml_word(member));
    }
    if talk.facts.iter().any(|fact| matches!(fact, Fact::Language { .. })) {
        let _ = writeln!(out, "  language: {}", contact.language.code());
    }
    if contact.handed_over {
        out.push_str("  handed_over: true\n");
    }
    match &talk.session {
        Some(session) => {
            let _ = writeln!(out, "  session: {}/{}", session.flow, session.step);
        }
        None => out.push_str("  session: none\n"),
    }
}

/// A district as an author would write it, where that is understood.
fn district_words(flows: &Flows, code: &str) -> String {
    let geography = &flows.geography;
    let Some(district) = geography.district(code) else { return code.to_owned() };
    let name = district.name_en.to_lowercase();
    let reading = understanding::read(Kind::District, &name, geography);
    let is_understood = matches!(reading, Reading::Sure(Meaning::District(index))
        if geography.districts.get(index).is_some_and(|found| found.code == code));
    if is_understood { name } else { code.to_owned() }
}

/// A word of a YAML file, in quotes where it could be taken for anything but a word.
fn yaml_word(text: &str) -> String {
    let plain = |letter: char| {
        letter.is_alphabetic()
            || letter.is_ascii_digit()
            || matches!(letter, ' ' | '_' | '-' | '.' | '?' | '!' | '/' | '।')
            // The signs that stand on Devanagari letters.
            || ('\u{900}'..='\u{97f}').contains(&letter)
    };
    let is_word = text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && text.chars().all(plain)
        && !["yes", "no", "true", "false", "null", "on", "off", "y", "n"]
            .contains(&text.to_lowercase().as_str());
    let is_time = super::length_of_time(text).is_some() && text.ends_with(char::is_alphabetic);
    // A JSON string is a YAML one.
    if is_word || is_time { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::super::{SourceFile, fixture, person_of, rehearse};
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn words_are_quoted_where_yaml_would_take_them_for_something_else() {
        for (text, written) in [
            ("सदस्य", "सदस्य"),
            ("mera naam Sunita hai", "mera naam Sunita hai"),
            ("2h", "2h"),
            ("2", "\"2\""),
            ("yes", "\"yes\""),
            ("1985", "\"1985\""),
            ("a: b", "\"a: b\""),
            ("घर # 12", "\"घर # 12\""),
            ("", "\"\""),
            ("say \"hi\"\n", "\"say \\\"hi\\\"\\n\""),
            ("- क", "\"- क\""),
        ] {
            assert_eq!(yaml_word(text), written);
        }
    }

    #[test]
    fn a_talk_that_was_recorded_plays_as_it_went() {
        let flows = fixture::flows();
        let head = "channel: whatsapp\nlang: en\n";
        let mut talk = person_of(&flows, head).unwrap();
        let mut recording = Recording::new(head);
        let (replies, said) = talk.write(&flows, "join us");
        recording.add("me", "join us", &replies, &said);
        let (replies, said) = talk.tap(&flows, "yes").unwrap();
        recording.add("tap", "yes", &replies, &said);
        let (replies, said) = talk.wait(&flows, SignedDuration::from_hours(20));
        recording.add("wait", "20h", &replies, &said);
        for text in
            ["1985", "Sunita: \"Devi\"", "Sunita Devi", "kanpur", "lucknow", "lucknow east", "12"]
        {
            let (replies, said) = talk.write(&flows, text);
            recording.add("me", text, &replies, &said);
        }
        let (replies, said) = talk.tap(&flows, "right").unwrap();
        recording.add("tap", "right", &replies, &said);
        let text = recording.write(&flows, &talk, "A citizen joins.").unwrap();
        insta::assert_snapshot!(text);
        let file = SourceFile { path: "flows/rehearsals/recorded.yaml".to_owned(), text };
        let report = rehearse(&flows, &file);
        assert!(report.passed(), "{report}");
        assert_eq!(report.lines, 22);
    }
}
