//! Steps that are said by a template once the person has been silent for a day.

use super::Linker;
use super::scope::Scope;
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Ask};
use crate::flow::diagnostic::{Place, one_of_these};
use crate::flow::template::Read;
use crate::flow::wording::{PERSON_VARIABLES, english_name};
use crate::flow::yaml::Word;
use crate::locale::{Key, Pattern, Segment};
use crate::template::{Declared, MOST_BUTTONS, Piece, pieces};

/// The one button a reminder's template may have: it shows the open question again.
pub(in crate::flow) const GO_ON: &str = "go_on";
/// A text with more variants than this is not held against a template.
const MOST_VARIANTS: usize = 32;

impl<'a> Linker<'a, '_, '_> {
    /// The template of a text that offers nothing to choose.
    pub(super) fn template_of_say(
        &mut self,
        word: Option<&Word>,
        key: &str,
        scope: &Scope<'_>,
    ) -> Option<usize> {
        let (index, read) = self.declared(word?, scope)?;
        if read.declared.buttons.is_empty() {
            self.same_words(read, key, scope);
        } else {
            self.unfit(
                word?.place,
                format!("`{}` has buttons, and here nothing is asked", read.declared.name),
                "say it with `ask`, or name a template without buttons",
            );
        }
        Some(index)
    }

    /// The template of a reminder, which stands for whichever question is open.
    pub(super) fn template_of_reminder(
        &mut self,
        word: Option<&Word>,
        scope: &Scope<'_>,
    ) -> Option<usize> {
        let (index, read) = self.declared(word?, scope)?;
        let buttons = &read.declared.buttons;
        if !(buttons.is_empty() || *buttons == [GO_ON]) {
            self.unfit(
                word?.place,
                format!("a reminder is no question, and `{}` offers choices", read.declared.name),
                format!("one button may stand under it, `{GO_ON}`: it shows the question again"),
            );
        }
        Some(index)
    }

    /// The template of a question: its buttons are the choices.
    pub(super) fn template_of_ask(
        &mut self,
        word: Option<&Word>,
        key: &str,
        ask: &Ask,
        scope: &Scope<'_>,
    ) -> Option<usize> {
        let word = word?;
        let (index, read) = self.declared(word, scope)?;
        if ask.notice.is_some() {
            self.unfit(
                word.place,
                "a consent is asked within the conversation, not by a template".to_owned(),
                "ask it before the wait",
            );
        }
        if self.buttons(read, word.place, ask) {
            self.same_words(read, key, scope);
            self.same_labels(read, ask);
        }
        Some(index)
    }

    /// The template a step names, and whether what fills it is known here.
    fn declared(&mut self, word: &Word, scope: &Scope<'_>) -> Option<(usize, &'a Read)> {
        let templates: &'a [Read] = self.templates;
        let found = templates.iter().position(|known| known.declared.name == word.text);
        let Some(index) = found else {
            let names: Vec<&str> =
                templates.iter().map(|known| known.declared.name.as_str()).collect();
            let hint = if names.is_empty() {
                format!("declare it in flows/templates/{}.yaml", word.text)
            } else {
                one_of_these(&word.text, names)
            };
            self.findings
                .error_hint(word.place, format!("there is no template `{}`", word.text), hint)
                .code(Code::UnknownTemplate);
            return None;
        };
        let read = templates.get(index).filter(|read| !read.broken)?;
        let mut fits = true;
        for (name, declared) in read.declared.variables.iter().zip(&read.variables) {
            let known =
                scope.answers.contains_key(name) || PERSON_VARIABLES.contains(&name.as_str());
            if !known {
                fits = false;
                let mut names = scope.variables();
                names.sort_unstable();
                names.extend(PERSON_VARIABLES);
                let somewhere = self.drafts.iter().any(|draft| {
                    draft.keeps(name) || draft.steps.iter().any(|step| step.name.text == *name)
                });
                let (place, message) = if somewhere {
                    let message = format!(
                        "the template `{}` is filled with `{name}`, which this flow does not have",
                        read.declared.name
                    );
                    (word.place, message)
                } else {
                    (*declared, format!("no flow has `{name}`, which would fill the template"))
                };
                self.unfit(place, message, one_of_these(name, names));
            }
        }
        fits.then_some((index, read))
    }

    fn unfit(&mut self, place: Place, message: String, hint: impl Into<String>) {
        self.findings.error_hint(place, message, hint.into()).code(Code::TemplateFits);
    }

    /// The quick replies are the choices, all of them: whoever reads a template sees nothing else.
    /// Gives whether it is so.
    fn buttons(&mut self, read: &Read, place: Place, ask: &Ask) -> bool {
        let name = &read.declared.name;
        let buttons = &read.declared.buttons;
        let choices = match &ask.answer {
            Answer::OneOf(choices) | Answer::YesNo(choices) => Some(choices),
            _ => None,
        };
        let mut wanted: Vec<&str> = choices
            .map(|choices| choices.list.iter().map(|choice| choice.id.as_str()).collect())
            .unwrap_or_default();
        if ask.optional && (choices.is_some() || !buttons.is_empty()) {
            wanted.push("skip");
        }
        if choices.is_some_and(|choices| choices.conditional) && !buttons.is_empty() {
            self.unfit(
                place,
                format!(
                    "the buttons of `{name}` are the same for everybody, these choices are not"
                ),
                "offer every choice to everybody, or ask before the wait",
            );
            return false;
        }
        if let Some(strange) = buttons.iter().find(|id| !wanted.contains(&id.as_str())) {
            let message =
                format!("the template `{name}` has a button `{strange}`, which is no choice here");
            self.unfit(
                place,
                message,
                if wanted.is_empty() {
                    "a question without choices has a template without buttons".to_owned()
                } else {
                    one_of_these(strange, wanted)
                },
            );
            return false;
        }
        let lacking = wanted.iter().find(|id| !buttons.iter().any(|known| known == *id));
        if let Some(lacking) = lacking
            && wanted.len() <= MOST_BUTTONS
        {
            self.unfit(
                place,
                format!("the template `{name}` has no button for the choice `{lacking}`"),
                format!("add `{lacking}: …` to its `buttons:` in every language, and register it"),
            );
            return false;
        }
        true
    }

    /// Whoever types what stands on a button is understood by the label the flow knows.
    fn same_labels(&mut self, read: &Read, ask: &Ask) {
        let Some(choices) = ask.choices() else { return };
        let Declared { name, buttons, wordings, .. } = &read.declared;
        for (wording, places) in wordings.iter().zip(&read.labels) {
            for ((id, label), place) in buttons.iter().zip(&wording.labels).zip(places) {
                let choice = choices.list.iter().find(|choice| choice.id == *id);
                let Some(choice) = choice.filter(|_| self.catalogue.has(wording.language)) else {
                    continue;
                };
                let said = choice.label.get(wording.language);
                if said != label {
                    self.findings
                        .warn(
                            *place,
                            format!(
                                "in {} the button `{id}` of the template `{name}` reads otherwise \
                                 than the choice",
                                english_name(wording.language)
                            ),
                            format!("approved: {label}\n      the flow: {said}"),
                        )
                        .code(Code::TemplateDiffers);
                }
            }
        }
    }

    /// Whether the approved text is what the flow says: an office reads the one and sends the other.
    fn same_words(&mut self, read: &Read, key: &str, scope: &Scope<'_>) {
        let book = scope.draft.name.text.as_str();
        for (wording, body) in read.declared.wordings.iter().zip(&read.bodies) {
            let language = wording.language;
            let message = self
                .catalogue
                .message(language, book, key)
                .or_else(|| self.catalogue.message(language, "common", key));
            let Some(pattern) = message.and_then(|message| message.value.as_ref()) else {
                continue;
            };
            let Ok(found) = pieces(&wording.body) else { continue };
            let mut approved = String::new();
            for piece in found {
                match piece {
                    Piece::Words(words) => approved.push_str(words),
                    Piece::Place(number) => {
                        let name =
                            number.checked_sub(1).and_then(|at| read.declared.variables.get(at));
                        approved.push_str(&shown(name.map_or("", String::as_str)));
                    }
                }
            }
            let mut said = vec![String::new()];
            variants(pattern, &mut said);
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let approved = plain(&approved);
            let Some(first) = said.first().map(|text| plain(text)) else { continue };
            if said.len() < MOST_VARIANTS && !said.iter().any(|text| plain(text) == approved) {
                self.findings
                    .warn(
                        *body,
                        format!(
                            "in {} the template `{}` says something else than the text `{key}` of \
                             the flow `{book}`",
                            english_name(language),
                            read.declared.name
                        ),
                        format!("approved: {approved}\n      the flow: {first}"),
                    )
                    .code(Code::TemplateDiffers);
            }
        }
    }
}

/// How a variable stands in a text.
fn shown(name: &str) -> String {
    format!("{{ ${name} }}")
}

/// Everything a text may say on WhatsApp, its variables unfilled.
fn variants(pattern: &Pattern, said: &mut Vec<String>) {
    for segment in &pattern.segments {
        match segment {
            Segment::Text(words) => {
                for text in said.iter_mut() {
                    text.push_str(words);
                }
            }
            Segment::Variable(name) | Segment::Call { variable: name, .. } => {
                for text in said.iter_mut() {
                    text.push_str(&shown(name));
                }
            }
            Segment::Select { variable, variants: ways, default } => {
                let own = ways.iter().position(
                    |(key, _)| matches!(key, Key::Word(word) if word.as_ref() == "whatsapp"),
                );
                let only = (variable.as_ref() == "channel").then(|| own.unwrap_or(*default));
                let before = std::mem::take(said);
                for (index, (_, way)) in ways.iter().enumerate() {
                    if only.is_none_or(|only| only == index) && said.len() < MOST_VARIANTS {
                        let mut branch = before.clone();
                        variants(way, &mut branch);
                        said.append(&mut branch);
                    }
                }
            }
        }
    }
}
