//! Labels of choices: there in every language, short enough, and of choices that are offered.

use super::{LONGEST_BUTTON, LONGEST_ROW, english_name, place_of};
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::definition::Choice;
use crate::flow::diagnostic::{Place, nearest, one_of_these};
use crate::flow::draft::{ChoiceDraft, KindDraft};
use crate::flow::link::Linker;
use crate::flow::text::Label;
use crate::locale::{Pattern, fallback};

impl Linker<'_, '_, '_> {
    /// An attribute as a label, in every language. Labels hold no variables.
    pub(in crate::flow) fn label(
        &mut self,
        book: &str,
        key: &str,
        attribute: &str,
        most: usize,
        required: Option<Place>,
    ) -> Option<Label> {
        let mut lacking = Vec::new();
        for language in self.languages() {
            let message = self.message(language, book, key);
            let Some(found) = message.and_then(|message| message.attribute(attribute)) else {
                // Without the message itself there is nothing to say about its labels.
                lacking.extend(message.map(|message| (language, message)));
                continue;
            };
            let place = Place {
                file: message.map_or(0, |message| message.source),
                start: found.span.start,
                end: found.span.end,
            };
            self.measure(place, attribute, &found.pattern, most);
        }
        if let Some(place) = required {
            self.missing_label(&lacking, book, key, attribute, place);
        }
        let texts = Language::ALL.map(|language| {
            fallback(language).into_iter().find_map(|language| {
                let found = self.message(language, book, key)?.attribute(attribute)?;
                Some(found.pattern.as_constant().unwrap_or_default().to_owned())
            })
        });
        if texts.iter().all(Option::is_none) {
            return None;
        }
        Some(Label { texts: texts.map(Option::unwrap_or_default) })
    }

    fn measure(&mut self, place: Place, name: &str, pattern: &Pattern, most: usize) {
        let Some(text) = pattern.as_constant() else {
            self.findings
                .error_hint(
                    place,
                    format!("the label `{name}` has a variable in it"),
                    "put it into the question: a label must be short enough whatever is filled in",
                )
                .code(Code::LabelVariable);
            return;
        };
        if text.trim().contains('\n') && !text.lines().skip(1).any(is_a_label) {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            self.findings
                .error_hint(
                    place,
                    format!("the label `{name}` has a line break in it"),
                    format!("a label is one line: write `{line}` behind the `=`"),
                )
                .code(Code::LabelBreak);
            return;
        }
        let length = text.chars().count();
        if length > most {
            self.findings
                .error_hint(
                    place,
                    format!("the label `{name}` has {length} characters, {most} fit"),
                    if text.chars().any(|sign| ('\u{900}'..='\u{97f}').contains(&sign)) {
                        "shorten it; in Devanagari every matra counts"
                    } else {
                        "shorten it"
                    },
                )
                .code(Code::LabelTooLong);
        }
    }

    /// A message of common.ftl that is a label by itself.
    pub(in crate::flow) fn common_label(&mut self, key: &str, most: usize) -> Label {
        for language in self.languages() {
            let Some(message) = self.catalogue.message(language, "common", key) else { continue };
            let Some(pattern) = &message.value else { continue };
            self.measure(place_of(Some(message)), key, pattern, most);
        }
        let id = self.text("common", key, &[], self.common_place());
        let text = self.texts.get(id.0);
        let texts = Language::ALL.map(|language| {
            text.and_then(|text| text.pattern(language).as_constant()).unwrap_or(key).to_owned()
        });
        Label { texts }
    }

    /// Three choices are buttons when every label has at most 20 characters; a longer one makes a
    /// list of them, which a person must open first.
    pub(in crate::flow) fn button_lengths(&mut self, list: &[Choice], drafts: &[ChoiceDraft]) {
        if list.len() > 3 {
            return;
        }
        for (choice, draft) in list.iter().zip(drafts) {
            for language in self.languages() {
                let length = choice.label.get(language).chars().count();
                if length > LONGEST_BUTTON && length <= LONGEST_ROW {
                    self.findings
                        .warn(
                            draft.id.place,
                            format!(
                                "the label of `{}` has {length} characters in {}: no button, but a list",
                                choice.id,
                                english_name(language)
                            ),
                            "up to three choices with 20 characters each are buttons",
                        )
                        .code(Code::NoButton);
                }
            }
        }
    }

    /// Labels under a question that belong to no choice.
    pub(in crate::flow) fn strange_labels(&mut self, book: &str, key: &str, ids: &[&str]) {
        for language in self.languages() {
            let Some(message) = self.message(language, book, key) else { continue };
            for attribute in &message.attributes {
                let id = attribute.name.strip_suffix("-hint").unwrap_or(&attribute.name);
                if ids.contains(&id) {
                    continue;
                }
                let place = Place {
                    file: message.source,
                    start: attribute.span.start,
                    end: attribute.span.end,
                };
                // Of those that have no label yet.
                let lacking = ids.iter().copied().filter(|id| message.attribute(id).is_none());
                let hint = match nearest(id, lacking) {
                    Some(near) => format!("did you mean `.{near}`?"),
                    None if ids.is_empty() => {
                        "the question has no choices; remove the label".to_owned()
                    }
                    None => one_of_these(id, ids.iter().copied()),
                };
                self.findings
                    .error_hint(
                        place,
                        format!("the label `.{}` belongs to no choice of `{key}`", attribute.name),
                        hint,
                    )
                    .code(Code::StrangeLabel);
            }
        }
    }

    /// A text that is only said shows no choices.
    pub(in crate::flow) fn no_labels(&mut self, book: &str, key: &str) {
        for language in self.languages() {
            let Some(message) = self.catalogue.message(language, book, key) else { continue };
            let Some(attribute) = message.attributes.first() else { continue };
            // A text may be said in one step and asked in another.
            let asked = self.drafts.iter().any(|draft| {
                draft.name.text == book
                    && draft.steps.iter().any(
                        |step| matches!(&step.kind, KindDraft::Ask(ask) if ask.message.text == key),
                    )
            });
            if !asked {
                let place = Place {
                    file: message.source,
                    start: attribute.span.start,
                    end: attribute.span.end,
                };
                self.findings
                    .error_hint(
                        place,
                        format!("the text `{key}` is said, not asked: nobody sees this label"),
                        "use `ask` in the flow, or remove the label",
                    )
                    .code(Code::StrangeLabel);
            }
        }
    }
}

/// Whether a line of a label was meant for the next one, which is told as missing: `no: नहीं`.
fn is_a_label(line: &str) -> bool {
    let Some((name, _)) = line.trim().split_once(['=', ':']) else { return false };
    let name = name.trim().trim_start_matches(['-', '.']);
    name.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && name.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-'))
}
