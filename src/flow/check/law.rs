//! Questions an office may not ask: numbers of identity documents and accounts, and religion,
//! caste or community. They are refused, whatever the language.

mod lists;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use self::words::{Said, in_label, in_mark, in_name, in_pattern, in_text};
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Flow, StepKind};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{AnswerDraft, FlowDraft, KindDraft};
use crate::locale::{Catalogue, Message, Pattern, Segment};

const IDENTITY_LAW: &str = "Digital Personal Data Protection Act 2023, section 6(1): only data the \
                            purpose needs; identity and account numbers are never asked or stored";
const RELIGION_LAW: &str = "Representation of the People Act 1951, section 123(3): no appeal on \
                            ground of religion, race, caste or community; it is never asked or stored";

/// What a question must not collect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Forbidden {
    Identity(&'static str),
    Religion(&'static str),
}

/// Where a text asks for it: the word as it stands there.
#[derive(Clone, PartialEq, Eq)]
struct Found {
    what: Forbidden,
    word: String,
}

/// Whether the words by which an office marks people name what is kept of nobody, and what that is: `a person's
/// caste`.
#[must_use]
pub(crate) fn never_kept(words: &str) -> Option<&'static str> {
    in_mark(words)
}

/// Tells of every text that collects what must not be collected, and of every answer that takes it.
pub(in crate::flow) fn questions(
    flows: &[Flow],
    drafts: &[FlowDraft],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    let mut asked_in: HashSet<(usize, usize)> = HashSet::new();
    for (flow, draft) in flows.iter().zip(drafts) {
        for (step, written) in flow.steps.iter().zip(&draft.steps) {
            let (StepKind::Ask(ask), KindDraft::Ask(asked)) = (&step.kind, &written.kind) else {
                continue;
            };
            let book = draft.name.text.as_str();
            let key = asked.message.text.as_str();
            for language in Language::ALL {
                let message = catalogue
                    .message(language, book, key)
                    .or_else(|| catalogue.message(language, "common", key));
                let Some(message) = message else { continue };
                asked_in.insert((message.source, message.span.start));
                look_at(message, Said::Asked, findings);
            }
            if let Some(found) = in_name(&written.name.text) {
                tell(found, written.name.place, findings);
            }
            match (&ask.answer, &asked.answer) {
                (Answer::Pattern(regex), AnswerDraft::Pattern(word)) => {
                    if let Some(found) = in_pattern(regex) {
                        tell(found, word.place, findings);
                    }
                }
                (Answer::Number { from, to }, _)
                    if *from >= 100_000_000_000 && *to <= 999_999_999_999 =>
                {
                    tell(Forbidden::Identity("an Aadhaar number"), asked.message.place, findings);
                }
                _ => {}
            }
        }
    }
    // What is said without a question is answered all the same.
    for language in Language::ALL {
        for (name, book) in catalogue.books(language) {
            if matches!(name, "notices" | "console") {
                continue;
            }
            for message in book.messages.values() {
                if !asked_in.contains(&(message.source, message.span.start)) {
                    look_at(message, Said::Told, findings);
                }
            }
        }
    }
}

/// Looks through a text and its labels.
fn look_at(message: &Message, said: Said, findings: &mut Findings<'_>) {
    let place = Place { file: message.source, start: message.span.start, end: message.span.end };
    if let Some(pattern) = &message.value
        && let Some(found) = in_text(&words_of(pattern), said)
    {
        let at = findings.find_after(place, &found.word);
        tell(found.what, at, findings);
    }
    for attribute in &message.attributes {
        if let Some(found) = in_label(&words_of(&attribute.pattern)) {
            let place = Place { start: attribute.span.start, end: attribute.span.end, ..place };
            tell(found.what, place, findings);
        }
    }
}

fn tell(found: Forbidden, place: Place, findings: &mut Findings<'_>) {
    match found {
        Forbidden::Identity(what) => findings
            .error_hint(
                place,
                format!("this asks for {what}"),
                format!("take it out ({IDENTITY_LAW})"),
            )
            .code(Code::IdentityNumber),
        Forbidden::Religion(what) => findings
            .error_hint(
                place,
                format!("this asks for {what}"),
                format!("take it out ({RELIGION_LAW})"),
            )
            .code(Code::ReligionOrCaste),
    }
}

/// The constant words of a text, variants and all.
fn words_of(pattern: &Pattern) -> String {
    let mut out = String::new();
    for segment in &pattern.segments {
        match segment {
            Segment::Text(text) => out.push_str(text),
            Segment::Variable(_) | Segment::Call { .. } => out.push(' '),
            Segment::Select { variants, .. } => {
                for (_, inner) in variants {
                    out.push_str(&words_of(inner));
                    out.push('\n');
                }
            }
        }
    }
    out
}
