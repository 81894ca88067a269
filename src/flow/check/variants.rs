//! Variants of a text that its variable never chooses: `[ned]` of a question that offers `need`.

use std::collections::HashMap;

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::condition::Known;
use crate::flow::diagnostic::{Findings, Place, one_of_these};
use crate::flow::draft::FlowDraft;
use crate::flow::wording::english_name;
use crate::locale::{Catalogue, Key, Message, Pattern, Segment};

/// Looks through the texts of every flow, in every language.
pub(in crate::flow) fn variants(
    drafts: &[FlowDraft],
    answers: &[HashMap<String, Known>],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    for (draft, known) in drafts.iter().zip(answers) {
        for language in Language::ALL {
            let Some(book) = catalogue.book(language, &draft.name.text) else { continue };
            for message in book.messages.values() {
                if let Some(pattern) = &message.value {
                    Texts { known, message, language }.look(pattern, findings);
                }
            }
        }
    }
}

/// One text of a flow.
struct Texts<'a> {
    known: &'a HashMap<String, Known>,
    message: &'a Message,
    language: Language,
}

impl Texts<'_> {
    fn look(&self, pattern: &Pattern, findings: &mut Findings<'_>) {
        for segment in &pattern.segments {
            let Segment::Select { variable, variants, default } = segment else { continue };
            match self.known.get(variable.as_ref()) {
                Some(Known::Choice(ids)) => {
                    self.of_choices(variable, ids, variants, *default, findings);
                }
                Some(Known::Number { from, to }) => {
                    self.of_a_number(variable, (*from, *to), variants, *default, findings);
                }
                Some(Known::List(_)) => self.of_a_list(variable, findings),
                Some(Known::Date | Known::Text | Known::Sent | Known::Anything) => {}
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
            if is_choice(&written) || (index == default && written == "other") {
                continue;
            }
            wrong = true;
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

    fn of_a_list(&self, variable: &str, findings: &mut Findings<'_>) {
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
        if !matches!(variable, "phone_known" | "consent_samvad" | "consent_membership") {
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

fn written(key: &Key) -> String {
    match key {
        Key::Word(word) => word.to_string(),
        Key::Number(number) => number.to_string(),
    }
}
