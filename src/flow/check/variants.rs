//! Variants of a text that its variable never chooses: `[ned]` of a question that offers `need`; and
//! functions that its variable is nothing for: `{ RUPEES($slot) }`.

use std::collections::{HashMap, HashSet};

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::condition::Known;
use crate::flow::diagnostic::{Findings, Place, one_of_these};
use crate::flow::draft::{FlowDraft, KindDraft};
use crate::flow::link::brought;
use crate::flow::wording::english_name;
use crate::locale::{Catalogue, Function, Key, Message, Pattern, Segment};

/// What a variant of an answer that was passed over is called.
const SKIP: &str = "skip";

/// Looks through the texts of every flow, in every language.
pub(in crate::flow) fn variants(
    drafts: &[FlowDraft],
    answers: &[HashMap<String, Known>],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    let by_name: HashMap<String, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (draft.name.text.clone(), at)).collect();
    for (draft, known) in drafts.iter().zip(answers) {
        let called = brought(draft, drafts, &by_name).into_iter().map(|(_, other)| other);
        let mut optional = HashSet::new();
        for other in std::iter::once(draft).chain(called) {
            optional.extend(optional_questions(other));
        }
        for language in Language::ALL {
            let Some(book) = catalogue.book(language, &draft.name.text) else { continue };
            for message in book.messages.values() {
                if let Some(pattern) = &message.value {
                    let texts = Texts { known, optional: &optional, message, language };
                    texts.look(pattern, findings);
                }
            }
        }
    }
}

/// The questions of a flow that may be passed over.
fn optional_questions(draft: &FlowDraft) -> impl Iterator<Item = &str> {
    draft.steps.iter().filter_map(|step| match &step.kind {
        KindDraft::Ask(ask) if ask.optional => Some(step.name.text.as_str()),
        // What could not be read may have been optional.
        KindDraft::Broken => Some(step.name.text.as_str()),
        _ => None,
    })
}

/// One text of a flow.
struct Texts<'a> {
    known: &'a HashMap<String, Known>,
    /// The questions that may be passed over: `[skip]`.
    optional: &'a HashSet<&'a str>,
    message: &'a Message,
    language: Language,
}

impl Texts<'_> {
    fn look(&self, pattern: &Pattern, findings: &mut Findings<'_>) {
        for segment in &pattern.segments {
            if let Segment::Call { function, variable } = segment {
                self.of_a_function(*function, variable, findings);
            }
            let Segment::Select { variable, variants, default } = segment else { continue };
            match self.known.get(variable.as_ref()) {
                Some(Known::Choice(ids)) => {
                    self.of_choices(variable, ids, variants, *default, findings);
                }
                Some(Known::Number { from, to }) => {
                    self.of_a_number(variable, (*from, *to), variants, *default, findings);
                }
                Some(Known::List { .. }) => self.of_a_list(variable, variants, *default, findings),
                Some(Known::Date | Known::Text | Known::Sent) => {
                    if !self.passed_over(variable) && variants.iter().any(|(key, _)| is_skip(key)) {
                        self.never_skipped(variable, findings);
                    }
                }
                Some(Known::Anything) => {}
                None => self.of_the_person(variable, variants, *default, findings),
            }
            for (_, inner) in variants {
                self.look(inner, findings);
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            file: self.message.source,
            start: self.message.span.start,
            end: self.message.span.end,
        }
    }

    fn passed_over(&self, variable: &str) -> bool {
        self.optional.contains(variable)
    }

    /// A variant `[skip]` of an answer that nobody can pass over.
    fn never_skipped(&self, variable: &str, findings: &mut Findings<'_>) {
        self.tell(
            SKIP,
            format!("`${variable}` is never passed over: its question is not optional"),
            format!("add `optional: true` to the step `{variable}`, or take the variant away"),
            findings,
        );
    }

    /// `RUPEES` of a choice, `DAY` of a number: shown as it stands, as if no function were there.
    fn of_a_function(&self, function: Function, variable: &str, findings: &mut Findings<'_>) {
        let counts = matches!(function, Function::Number | Function::Rupees);
        let takes = if counts { "a number" } else { "a day" };
        let is = match self.known.get(variable) {
            Some(Known::Choice(_)) => "a choice",
            Some(Known::List { .. }) => "several choices",
            Some(Known::Sent) => "something sent",
            Some(Known::Date) if counts => "a day",
            Some(Known::Number { .. }) if !counts => "a number",
            Some(_) => return,
            None => match of_the_person(variable, counts) {
                Some(is) => is,
                None => return,
            },
        };
        let name = function.name();
        let place = findings.find_after(self.place(), name);
        let fitting: Vec<&str> = self
            .known
            .iter()
            .filter(|(_, known)| match known {
                Known::Number { .. } => counts,
                Known::Date => !counts,
                _ => false,
            })
            .map(|(known, _)| known.as_str())
            .collect();
        let meant = match fitting.as_slice() {
            [only] => format!(", or {{ {name}(${only}) }}"),
            _ => String::new(),
        };
        findings
            .error_hint(
                place,
                format!("{name} writes {takes}, and `${variable}` is {is}"),
                format!("write {{ ${variable} }}{meant}"),
            )
            .code(Code::UnknownFunction);
    }

    fn tell(&self, key: &str, message: String, hint: String, findings: &mut Findings<'_>) {
        let place = findings.find_after(self.place(), &format!("[{key}]"));
        findings.error_hint(place, message, hint).code(Code::UnknownVariant);
    }

    fn of_choices(
        &self,
        variable: &str,
        ids: &[String],
        variants: &[(Key, Pattern)],
        default: usize,
        findings: &mut Findings<'_>,
    ) {
        let is_choice = |word: &str| ids.iter().any(|id| id == word);
        let mut wrong = false;
        for (index, (key, _)) in variants.iter().enumerate() {
            let written = written(key);
            let skipped = written == SKIP && self.passed_over(variable);
            if is_choice(&written) || skipped || (index == default && written == "other") {
                continue;
            }
            wrong = true;
            if written == SKIP {
                self.never_skipped(variable, findings);
                continue;
            }
            let choices = ids.iter().map(String::as_str).chain(["other"]);
            self.tell(
                &written,
                format!("`${variable}` is never `{written}`: the question offers no such choice"),
                one_of_these(&written, choices.collect::<Vec<_>>()),
                findings,
            );
        }
        let Some((Key::Word(word), _)) = variants.get(default) else { return };
        let covered = |id: &&String| {
            variants.iter().any(|(key, _)| matches!(key, Key::Word(word) if **word == ***id))
        };
        let lacking: Vec<&str> = ids.iter().filter(|id| !covered(id)).map(String::as_str).collect();
        if wrong || !is_choice(word) || lacking.is_empty() {
            return;
        }
        let place = findings.find_after(self.place(), &format!("*[{word}]"));
        findings
            .warn(
                place,
                format!(
                    "whoever chose {} reads in {} what is meant for `{word}`",
                    lacking.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" or "),
                    english_name(self.language)
                ),
                format!(
                    "add {}, or mark the words for everybody else: *[other] …",
                    lacking.iter().map(|id| format!("[{id}] …")).collect::<Vec<_>>().join(" ")
                ),
            )
            .code(Code::UnknownVariant);
    }

    fn of_a_number(
        &self,
        variable: &str,
        (from, to): (i64, i64),
        variants: &[(Key, Pattern)],
        default: usize,
        findings: &mut Findings<'_>,
    ) {
        for (index, (key, _)) in variants.iter().enumerate() {
            match key {
                Key::Word(word) if matches!(word.as_ref(), "one" | "other") => {}
                Key::Word(word) if word.as_ref() == SKIP => {
                    if !self.passed_over(variable) {
                        self.never_skipped(variable, findings);
                    }
                }
                Key::Word(word) => {
                    let hint = match word.as_ref() {
                        "zero" | "none" => "write [0] for none at all".to_owned(),
                        "two" => "write [2] for exactly two".to_owned(),
                        "few" | "many" | "more" | "plural" => {
                            "our languages know two forms: [one] and *[other]".to_owned()
                        }
                        _ if index == default => "write *[other] for every other number".to_owned(),
                        _ => "a number chooses [one], [other], or itself: [0], [5]".to_owned(),
                    };
                    self.tell(
                        word,
                        format!("`${variable}` is a number and never chooses `{word}`"),
                        hint,
                        findings,
                    );
                }
                Key::Number(number) if (from..=to).contains(number) => {}
                Key::Number(number) => self.tell(
                    &number.to_string(),
                    format!("`${variable}` is {from} to {to}, never {number}"),
                    "take the variant away, or change the bounds of the question".to_owned(),
                    findings,
                ),
            }
        }
    }

    fn of_a_list(
        &self,
        variable: &str,
        variants: &[(Key, Pattern)],
        default: usize,
        findings: &mut Findings<'_>,
    ) {
        let mut others = variants.iter().enumerate().filter(|(index, _)| *index != default);
        if others.all(|(_, (key, _))| is_skip(key)) {
            if !self.passed_over(variable) && variants.len() > 1 {
                self.never_skipped(variable, findings);
            }
            return;
        }
        let place = findings.find_after(self.place(), &format!("${variable}"));
        findings
            .error_hint(
                place,
                format!("`${variable}` is several choices and chooses no variant"),
                format!(
                    "show them, {{ ${variable} }}, or ask by an `if` in the flow: 'road' in \
                     {variable}"
                ),
            )
            .code(Code::UnknownVariant);
    }

    fn of_the_person(
        &self,
        variable: &str,
        variants: &[(Key, Pattern)],
        default: usize,
        findings: &mut Findings<'_>,
    ) {
        if !matches!(variable, "phone_known" | "consent_samvad" | "consent_membership" | "listed") {
            return;
        }
        for (index, (key, _)) in variants.iter().enumerate() {
            let written = written(key);
            if matches!(written.as_str(), "yes" | "no") || (index == default && written == "other")
            {
                continue;
            }
            self.tell(
                &written,
                format!("`${variable}` is yes or no, never `{written}`"),
                one_of_these(&written, ["yes", "no", "other"]),
                findings,
            );
        }
    }
}

fn is_skip(key: &Key) -> bool {
    matches!(key, Key::Word(word) if word.as_ref() == SKIP)
}

/// What a variable of the person is, where no function of this kind writes it.
fn of_the_person(variable: &str, counts: bool) -> Option<&'static str> {
    match variable {
        "member_since" if counts => Some("a day"),
        "member_booth" | "listed_booth" | "my_count" | "member_number" | "my_code" | "ticket"
            if !counts =>
        {
            Some("a number")
        }
        "member_name" | "member_district" | "member_seat" | "listed_name" | "listed_seat"
        | "my_posts" => Some("a name"),
        "language_name" | "channel" | "my_link" => Some("a word"),
        "phone_known" | "consent_samvad" | "consent_membership" | "listed" => Some("yes or no"),
        _ => None,
    }
}

fn written(key: &Key) -> String {
    match key {
        Key::Word(word) => word.to_string(),
        Key::Number(number) => number.to_string(),
    }
}
