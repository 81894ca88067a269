//! YAML as a tree in which every word knows its place. YAML 1.2: `yes`, `no` and `on` are words.

mod explain;

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Error, Spanned};

use super::code::Code;
use super::diagnostic::{Findings, Place};
use crate::locale::{CHAT_STAMP, CONFLICT, chat_stamp, conflict, is_invisible, no_text};

/// One node of a file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Empty,
    /// Every scalar: words, numbers, `true`. What it means is for the reader to say.
    Word(String),
    List(Vec<Node>),
    Map(Vec<(Word, Node)>),
}

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Node {
    /// What a person would call it.
    pub(crate) fn what(&self) -> &'static str {
        match self.kind {
            Kind::Empty => "nothing",
            Kind::Word(_) => "a word",
            Kind::List(_) => "a list",
            Kind::Map(_) => "keys and values",
        }
    }

    pub(crate) fn word(&self) -> Option<Word> {
        match &self.kind {
            Kind::Word(text) => Some(Word { text: text.clone(), place: self.place }),
            _ => None,
        }
    }
}

/// Reads a file; `None` after a syntax error, which is told.
pub(crate) fn read(file: usize, text: &str, findings: &mut Findings<'_>) -> Option<Node> {
    if no_text(text).is_some() {
        // Told with how the file is saved.
        return None;
    }
    if let Some(marked) = conflict(text) {
        let place = Place { file, start: marked.start, end: marked.end };
        findings.error_hint(place, CONFLICT.0, CONFLICT.1).code(Code::MergeConflict);
        return None;
    }
    if let Some((start, line)) = stamped(text) {
        explain::stamped(file, start, line, findings);
        return None;
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => {
            let root = node(file, raw);
            invisible(&root, findings);
            signs(&root, text, findings);
            Some(root)
        }
        Err(error) => {
            tell(file, text, &error, findings);
            None
        }
    }
}

/// The first line at the margin that was copied from a chat, and where it begins.
fn stamped(text: &str) -> Option<(usize, &str)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.starts_with(' ') && chat_stamp(line).is_some() {
            return Some((start, line.trim_end()));
        }
        start += line.len();
    }
    None
}

fn tell(file: usize, text: &str, error: &Error, findings: &mut Findings<'_>) {
    let inner = error.without_snippet();
    let start = error.location().map_or(0, |location| byte_of(text, &location));
    if let Error::DuplicateMappingKey { key, .. } = inner {
        let line = text.get(start..).unwrap_or_default();
        let length = line.find(['\n', ' ', ':', ',']).unwrap_or(line.len()).max(1);
        let name = key.as_deref().unwrap_or("this key");
        if let Some(second) = second_file(file, text, start, name, findings) {
            findings
                .error_hint(Place { file, start, end: start + length }, second.0, second.1)
                .code(Code::DuplicateKey);
            return;
        }
        let hint = match first_line_of(text, start, name) {
            Some(first) => format!("it stands in line {first} already; rename or remove one"),
            None => "names under one heading must differ; rename or remove one".to_owned(),
        };
        findings
            .error_hint(
                Place { file, start, end: start + length },
                format!("`{name}` is written twice"),
                hint,
            )
            .code(Code::DuplicateKey);
        return;
    }
    let message = inner.render();
    let message = message.split(" at line ").next().unwrap_or(&message);
    explain::tell(file, text, start, message, findings);
}

/// What a file of each kind begins with, what comes below, and how a person calls it.
const KINDS: [(&str, &str, &str); 3] = [
    ("flow", "\nsteps:", "flow"),
    ("rehearse", "\ntalk:", "rehearsal"),
    ("template", "\nlanguages:", "template"),
];

/// A whole second flow, rehearsal or template that begins at byte `start`: what is wrong, and where to
/// move it.
fn second_file(
    file: usize,
    text: &str,
    start: usize,
    key: &str,
    findings: &Findings<'_>,
) -> Option<(String, String)> {
    let (_, below, kind) = KINDS.into_iter().find(|(known, ..)| *known == key)?;
    let before = text.get(..start).filter(|before| before.ends_with('\n'))?;
    if !before.contains(below) {
        return None;
    }
    let heading = format!("{key}:");
    let own = text.get(start..)?;
    let named = |line: &str| {
        let value = line.strip_prefix(&heading)?.split(" #").next()?.trim();
        let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (plain && !value.is_empty()).then(|| value.to_owned())
    };
    let name = own.lines().next().and_then(named);
    let length = own.lines().skip(1).take_while(|line| !line.starts_with(&heading)).count();
    let written = own.lines().take(length + 1);
    let blank = written.collect::<Vec<_>>().into_iter().rev();
    let blank = blank.take_while(|line| line.trim().is_empty()).count();
    let first = before.lines().count() + 1;
    let last = first + length - blank;
    let spot = findings.spot(Place { file, start: 0, end: 0 });
    let path = spot.split(':').next().unwrap_or_default();
    let (folder, own_name) = path.rsplit_once('/').unwrap_or(("", path));
    let message = format!("a second {kind} begins here, and a file holds one");
    let again = before.lines().find_map(named);
    let home = match (kind, name) {
        ("rehearsal", _) => {
            let stem = own_name.split('.').next().unwrap_or(own_name);
            format!("{folder}/{stem}-2.yaml")
        }
        (_, Some(name)) if Some(&name) == again.as_ref() => {
            let hint = format!("`{name}` stands in the file twice: remove lines {first} to {last}");
            return Some((message, hint));
        }
        (_, Some(name)) => format!("{folder}/{name}.yaml"),
        (_, None) => "a file of their own".to_owned(),
    };
    Some((message, format!("move lines {first} to {last} to {home}")))
}

/// The line, from 1, on which a key stands that is written again at byte `again`.
fn first_line_of(text: &str, again: usize, name: &str) -> Option<usize> {
    let before = text.get(..again)?;
    let column = again - before.rfind('\n').map_or(0, |newline| newline + 1);
    let lines: Vec<&str> = before.lines().collect();
    let found = lines.iter().rposition(|line| {
        let written = line.get(column..).and_then(|rest| rest.strip_prefix(name));
        written.is_some_and(|rest| rest.trim_start().starts_with(':'))
            && line
                .get(..column)
                .is_some_and(|head| head.trim_start_matches("- ").trim().is_empty())
    });
    found.map(|index| index + 1)
}

/// Signs nobody sees: in keys, and in values that are names.
fn invisible(node: &Node, findings: &mut Findings<'_>) {
    match &node.kind {
        Kind::Empty => {}
        Kind::Word(text) => {
            let rest = text.chars().filter(|sign| !is_invisible(*sign));
            if rest.clone().count() < 60 && rest.clone().all(|sign| sign.is_ascii_graphic()) {
                unseen(text, node.place, findings);
            }
        }
        Kind::List(items) => {
            for item in items {
                invisible(item, findings);
            }
        }
        Kind::Map(entries) => {
            for (key, value) in entries {
                unseen(&key.text, key.place, findings);
                if !matches!(key.text.as_str(), "about" | "me" | "text" | "passes") {
                    invisible(value, findings);
                }
            }
        }
    }
}

fn unseen(text: &str, place: Place, findings: &mut Findings<'_>) {
    if !text.contains(is_invisible) {
        return;
    }
    let clean: String = text.chars().filter(|sign| !is_invisible(*sign)).collect();
    findings
        .error_hint(
            place,
            format!("there is a sign in `{}` that nobody sees", clean.trim()),
            format!("delete the word and type it anew: {}", clean.trim()),
        )
        .code(Code::InvisibleSign);
}

/// Signs that YAML takes for something else than the author does: `!member` is a tag and vanishes.
fn signs(node: &Node, text: &str, findings: &mut Findings<'_>) {
    let entries = match &node.kind {
        Kind::Map(entries) => entries,
        Kind::List(items) => {
            for item in items {
                cut_short(item, text, findings);
                typographic(item, findings);
                signs(item, text, findings);
            }
            return;
        }
        Kind::Empty | Kind::Word(_) => return,
    };
    for (key, value) in entries {
        glued(key, value, findings);
        // What a person of a rehearsal writes, and what people read, may have any quotes: a DLT
        // template is as it was registered.
        if !matches!(key.text.as_str(), "about" | "me" | "text" | "passes") {
            typographic(value, findings);
        }
        cut_short(value, text, findings);
        let between = text.get(key.place.end..value.place.start).unwrap_or_default();
        let after_colon = between.split_once(':').map_or("", |(_, rest)| rest);
        let sign = after_colon.trim_start().chars().next().filter(|sign| matches!(sign, '!' | '&'));
        if let Some(sign) = sign {
            let offset = between.find(sign).unwrap_or(0);
            let start = key.place.end + offset;
            let rest = text.get(start..).unwrap_or_default();
            let length = rest.find(['\n', ',', '}']).unwrap_or(rest.len());
            let shown = rest.get(..length).unwrap_or_default().trim_end();
            findings
                .error_hint(
                    Place { start, end: start + shown.len(), ..key.place },
                    format!("a value that begins with `{sign}` needs quotes"),
                    format!("write {}: '{shown}'", key.text),
                )
                .code(Code::NeedsQuotes);
            findings.mute(value.place);
            findings.mute(Place { end: value.place.start + 1, ..value.place });
        }
        signs(value, text, findings);
    }
}

/// `सफाई #1`: a comment begins at the `#`, and a number directly behind it is none.
fn cut_short(node: &Node, text: &str, findings: &mut Findings<'_>) {
    let Kind::Word(word) = &node.kind else { return };
    let behind = text.get(node.place.end..).unwrap_or_default().lines().next().unwrap_or_default();
    // The place of a word may take in the spaces behind it.
    let trimmed = text.get(..node.place.end).unwrap_or_default().trim_end_matches(' ');
    let spaces = behind.starts_with(' ') || trimmed.len() < node.place.end;
    let comment = behind.trim_start_matches(' ');
    let number = comment.strip_prefix('#').is_some_and(|rest| rest.starts_with(char::is_numeric));
    if !spaces || !number || word.contains('\n') {
        return;
    }
    let comment = comment.trim_end();
    let start = node.place.end + (behind.len() - behind.trim_start_matches(' ').len());
    findings
        .warn(
            Place { start, end: start + comment.len(), ..node.place },
            format!("behind ` #` everything is a comment: what is read is only `{word}`"),
            format!("put quotes around it: '{word} {comment}'"),
        )
        .code(Code::NeedsQuotes);
}

/// `{ask:name}` is one long key without a value.
fn glued(key: &Word, value: &Node, findings: &mut Findings<'_>) {
    let Some((name, rest)) = key.text.split_once(':') else { return };
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if name.is_empty() || !plain(name) || !matches!(value.kind, Kind::Empty) {
        return;
    }
    findings
        .error_hint(
            key.place,
            format!("there is no space after the colon of `{name}:`"),
            format!("write `{name}: {}`", rest.trim()),
        )
        .code(Code::MissingColon);
    findings.mute(value.place);
    findings.mute(Place { end: value.place.start + 1, ..value.place });
}

/// `“हाँ”`: quotes of a word processor are letters to a program.
fn typographic(node: &Node, findings: &mut Findings<'_>) {
    let Kind::Word(text) = &node.kind else { return };
    let Some(first) = text.chars().next() else { return };
    if matches!(first, '“' | '”' | '„' | '‘' | '’' | '«' | '`') {
        let inner = text.trim_matches(['“', '”', '„', '‘', '’', '«', '»', '`']);
        findings
            .error_hint(
                node.place,
                format!("`{first}` is no quote for a program but a letter like any other"),
                if inner.contains('"') {
                    format!("write '{inner}' with the straight quotes of the keyboard")
                } else {
                    format!("write \"{inner}\" with the straight quotes of the keyboard, or none")
                },
            )
            .code(Code::Quotes);
    }
}

fn byte_of(text: &str, location: &serde_saphyr::Location) -> usize {
    if let Some(offset) = location.span().byte_offset() {
        return usize::try_from(offset).unwrap_or(0);
    }
    let line = usize::try_from(location.line()).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
    let line_start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(line_start..).unwrap_or_default();
    line_start + rest.chars().take(column).map(char::len_utf8).sum::<usize>()
}

fn node(file: usize, raw: Spanned<Raw>) -> Node {
    let place = place_of(file, &raw.referenced);
    let kind = match raw.value {
        Raw::Empty => Kind::Empty,
        Raw::Word(text) => Kind::Word(text),
        Raw::List(items) => Kind::List(items.into_iter().map(|item| node(file, item)).collect()),
        Raw::Map(entries) => Kind::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let place = place_of(file, &key.referenced);
                    (Word { text: key.value, place }, node(file, value))
                })
                .collect(),
        ),
    };
    Node { kind, place }
}

fn place_of(file: usize, location: &serde_saphyr::Location) -> Place {
    let span = location.span();
    let start = usize::try_from(span.byte_offset().unwrap_or(0)).unwrap_or(0);
    let length = usize::try_from(span.byte_len().unwrap_or(0)).unwrap_or(0);
    Place { file, start, end: start + length }
}

enum Raw {
    Empty,
    Word(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a word, a list or keys and values")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Empty)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Empty)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Word(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Word(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Word(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Word(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Word(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Word(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::load::{SourceFile, Sources};

    fn parse(text: &str) -> (Option<Node>, Vec<crate::flow::Diagnostic>) {
        let sources = Sources {
            files: vec![SourceFile { path: "flows/a.yaml".to_owned(), text: text.to_owned() }],
        };
        let mut findings = Findings::new(&sources);
        let node = read(0, text, &mut findings);
        (node, findings.into_sorted())
    }

    #[test]
    fn yes_no_and_on_are_words() {
        let (node, _) = parse("yes: no\non: [off, y, n, Yes]\n007: 012\n");
        let Some(Node { kind: Kind::Map(entries), .. }) = node else { panic!("no map") };
        let keys: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
        assert_eq!(keys, ["yes", "on", "007"]);
        assert!(matches!(&entries[0].1.kind, Kind::Word(word) if word == "no"));
        let Kind::List(words) = &entries[1].1.kind else { panic!("no list") };
        let words: Vec<String> = words.iter().map(|word| word.word().unwrap().text).collect();
        assert_eq!(words, ["off", "y", "n", "Yes"]);
    }

    #[test]
    fn every_word_knows_its_bytes() {
        let text = "शुरू: {words: [सदस्य, join]}\n";
        let (node, _) = parse(text);
        let Some(Node { kind: Kind::Map(entries), .. }) = node else { panic!("no map") };
        assert_eq!(&text[entries[0].0.place.start..entries[0].0.place.end], "शुरू");
        let Kind::Map(inner) = &entries[0].1.kind else { panic!("no map") };
        let Kind::List(words) = &inner[0].1.kind else { panic!("no list") };
        assert_eq!(&text[words[0].place.start..words[0].place.end], "सदस्य");
        assert_eq!(&text[words[1].place.start..words[1].place.end], "join");
    }

    #[test]
    fn a_name_written_twice_is_told_at_its_second_place() {
        let (_, findings) = parse("steps:\n  a: {end: true}\n  a: {end: true}\n");
        assert_eq!(findings[0].message, "`a` is written twice");
        assert_eq!((findings[0].line, findings[0].column), (3, 3));
    }
}
