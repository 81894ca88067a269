//! Questions: their texts, answers and choices.

use super::Linker;
use super::scope::Scope;
use crate::flow::definition::{
    ALL_ASKED, Answer, Ask, CLOSED, Choice, Choices, FINAL, Many, NOT_ASKED, NOT_UNDERSTOOD, Target,
};
use crate::flow::diagnostic::one_of_these;
use crate::flow::draft::{
    AnswerDraft, AskDraft, ChoiceDraft, ChoicesDraft, KindDraft, ManyDraft, StepDraft,
};
use crate::flow::polling::Part;
use crate::flow::wording::{
    LONGEST_BUTTON, LONGEST_HINT, LONGEST_LINE, LONGEST_QUESTION, LONGEST_ROW, LONGEST_TEXT,
};
use crate::flow::yaml::Word;
use crate::understanding;

impl Linker<'_, '_, '_> {
    pub(super) fn ask(
        &mut self,
        ask: &AskDraft,
        step: &StepDraft,
        scope: &Scope<'_>,
        variables: &[&str],
    ) -> Ask {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let text = self.text(book, key, variables, Some(ask.message.place));
        let answer = self.answer(&ask.answer, ask, scope);
        let tappable = matches!(answer, Answer::OneOf(_) | Answer::YesNo(_));
        let numbered = matches!(answer, Answer::AnyOf(_) | Answer::Ranked(_));
        let has_choices = tappable || (ask.optional && !numbered);
        self.length(book, key, if has_choices { LONGEST_QUESTION } else { LONGEST_TEXT });
        let outcomes = outcomes(&ask.answer, ask.optional);
        self.turned_round(&ask.when, &outcomes, scope);
        let mut when: Vec<(String, Target)> = Vec::new();
        for (outcome, target) in &ask.when {
            let of_every_question = outcome.text == NOT_UNDERSTOOD;
            if !of_every_question && !outcomes.contains(&outcome.text.as_str()) {
                let hint = match (outcome.text.as_str(), outcomes.is_empty()) {
                    ("skip", _) => "add `optional: true`".to_owned(),
                    ("minor", _) => match &ask.answer {
                        AnswerDraft::Age { .. } => {
                            "write `answer: {age: {adult: true}}`".to_owned()
                        }
                        _ => "write `answer: {year: {adult: true}}`".to_owned(),
                    },
                    ("none", _) if numbered => "add `at_least: 0`".to_owned(),
                    (_, true) => format!(
                        "the answer has no ways of its own; use `goto`, or an `if` \
                         on `{}` in the next step",
                        step.name.text
                    ),
                    (wrong, false) if labelled(&answer, wrong).is_some() => {
                        let id = labelled(&answer, wrong).unwrap_or_default();
                        format!("that is how it reads; the choice is called `{id}`")
                    }
                    (wrong, false) => {
                        let known = outcomes.iter().copied().chain([NOT_UNDERSTOOD]);
                        one_of_these(wrong, known)
                    }
                };
                self.findings.error_hint(
                    outcome.place,
                    format!("`{}` is never the outcome of this question", outcome.text),
                    hint,
                );
            }
            let target = self.target(target, scope);
            when.push((outcome.text.clone(), target));
        }
        let notice = ask.notice.as_ref().and_then(|word| {
            let purpose = self.purpose(word)?;
            let known = self
                .languages()
                .all(|language| self.catalogue.message(language, "notices", &word.text).is_some());
            if !known {
                self.findings.error_hint(
                    word.place,
                    format!("there is no notice `{}`", word.text),
                    format!(
                        "add the message `{}` with a `.version` to notices.ftl of every language",
                        word.text
                    ),
                );
            }
            if !outcomes.contains(&"yes") {
                self.findings.error_hint(
                    word.place,
                    "a consent is given by a `yes`, and this question has none",
                    "use `answer: {one_of: [yes, no]}`",
                );
            }
            Some(purpose)
        });
        let fingerprint = fingerprint(&ask.answer);
        let mut asked =
            Ask { text, answer, when, optional: ask.optional, notice, template: None, fingerprint };
        asked.template = self.template_of_ask(ask.template.as_ref(), key, &asked, scope);
        asked
    }

    pub(super) fn answer(
        &mut self,
        draft: &AnswerDraft,
        ask: &AskDraft,
        scope: &Scope<'_>,
    ) -> Answer {
        match draft {
            AnswerDraft::OneOf(choices) => {
                let linked = self.choices(choices, LONGEST_ROW, ask, scope);
                self.button_lengths(&linked.list, &choices.list);
                Answer::OneOf(linked)
            }
            AnswerDraft::AnyOf(many) => Answer::AnyOf(self.many(many, ask, scope)),
            AnswerDraft::Ranked(many) => Answer::Ranked(self.many(many, ask, scope)),
            AnswerDraft::Age { adult } => Answer::Age { adult: *adult },
            AnswerDraft::Date { from, to } => Answer::Date { from: *from, to: *to },
            AnswerDraft::Booth { to } => Answer::Booth { to: *to },
            AnswerDraft::Message(kinds) => Answer::Message(kinds.clone()),
            AnswerDraft::YesNo(place) => {
                let word = |text: &str| Word { text: text.to_owned(), place: *place };
                let choices = ["yes", "no"].map(|id| ChoiceDraft { id: word(id), condition: None });
                Answer::YesNo(self.yes_no(&choices, ask, scope))
            }
            AnswerDraft::Number { from, to } => Answer::Number { from: *from, to: *to },
            AnswerDraft::Year { adult } => Answer::Year { adult: *adult },
            AnswerDraft::Assembly { district } => {
                let district = district.as_ref().and_then(|word| {
                    let index = self.step_index(word, scope)?;
                    let asks_district = scope.draft.steps.get(index).is_some_and(|step| {
                        matches!(&step.kind, KindDraft::Ask(ask)
                            if matches!(&ask.answer, AnswerDraft::Plain(kind) if kind.text == "district"))
                    });
                    if !asks_district {
                        self.findings.error_hint(
                            word.place,
                            format!("the step `{}` does not ask for a district", word.text),
                            "name the step with `answer: district`",
                        );
                    }
                    Some(index)
                });
                Answer::Assembly { district }
            }
            AnswerDraft::Pattern(word) => {
                // The whole answer must fit, and a pattern of an office must not eat the memory.
                let anchored = format!("^(?:{})$", word.text);
                match regex::RegexBuilder::new(&anchored).size_limit(1 << 20).build() {
                    Ok(regex) => Answer::Pattern(regex),
                    Err(error) => {
                        let text = error.to_string();
                        let reason =
                            text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                        self.findings.error_hint(
                            word.place,
                            format!("this pattern cannot be read: {reason}"),
                            "a regular expression, in single quotes: '[A-Z]{2}[0-9]+'",
                        );
                        Answer::Text
                    }
                }
            }
            AnswerDraft::Ballot(ballot) => {
                let ballot = self.ballot(ballot, ask, scope);
                Answer::Ballot(Box::new(ballot))
            }
            AnswerDraft::Plain(word) => match word.text.as_str() {
                "person_name" => Answer::PersonName,
                "phone" => Answer::Phone,
                "own_phone" => Answer::OwnPhone,
                "district" => Answer::District,
                "lok_sabha" => Answer::LokSabha,
                "location" => Answer::Location,
                "photo" => Answer::Photo,
                "voice" => Answer::Voice,
                "file" => Answer::File,
                _ => Answer::Text,
            },
        }
    }

    /// Choices that are always numbered lines: their labels may be as long as a line reads well.
    fn many(&mut self, draft: &ManyDraft, ask: &AskDraft, scope: &Scope<'_>) -> Many {
        Many {
            choices: self.choices(&draft.choices, LONGEST_LINE, ask, scope),
            at_least: draft.at_least,
            at_most: draft.at_most,
        }
    }

    pub(super) fn choices(
        &mut self,
        drafts: &ChoicesDraft,
        longest: usize,
        ask: &AskDraft,
        scope: &Scope<'_>,
    ) -> Choices {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let mut list = Vec::new();
        for draft in &drafts.list {
            let id = draft.id.text.as_str();
            let label = self.label(book, key, id, longest, Some(draft.id.place));
            let hint = self.label(book, key, &format!("{id}-hint"), LONGEST_HINT, None);
            let condition = draft
                .condition
                .as_ref()
                .and_then(|word| self.compiler.compile(word, &scope.answers, self.findings));
            list.push(Choice {
                id: id.to_owned(),
                condition,
                label: label.unwrap_or_default(),
                hint,
            });
        }
        let ids: Vec<&str> = drafts.ids().collect();
        self.strange_labels(book, key, &ids);
        Choices { shuffle: drafts.shuffle, last: drafts.last, ..finish_choices(list) }
    }

    /// `yes_no` has the labels of its question, or else those of common.ftl.
    pub(super) fn yes_no(
        &mut self,
        drafts: &[ChoiceDraft],
        ask: &AskDraft,
        scope: &Scope<'_>,
    ) -> Choices {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let mut list = Vec::new();
        for draft in drafts {
            let id = draft.id.text.as_str();
            let own = self.label(book, key, id, LONGEST_ROW, None);
            let label = match own {
                Some(label) => label,
                None => self.common_label(id, LONGEST_BUTTON),
            };
            list.push(Choice { id: id.to_owned(), condition: None, label, hint: None });
        }
        self.strange_labels(book, key, &["yes", "no"]);
        finish_choices(list)
    }
}

/// The choice that reads so in some language.
fn labelled<'a>(answer: &'a Answer, shown: &str) -> Option<&'a str> {
    let (Answer::OneOf(choices) | Answer::YesNo(choices)) = answer else { return None };
    let folded = understanding::fold(shown);
    let reads_so = |choice: &&Choice| {
        choice.label.texts.iter().any(|label| understanding::fold(label) == folded)
    };
    choices.list.iter().find(reads_so).map(|choice| choice.id.as_str())
}

/// What `when` may name.
pub(in crate::flow) fn outcomes(answer: &AnswerDraft, optional: bool) -> Vec<&str> {
    let mut outcomes: Vec<&str> = match answer {
        AnswerDraft::OneOf(choices) => choices.ids().collect(),
        AnswerDraft::YesNo(_) => vec!["yes", "no"],
        AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) if many.at_least == 0 => vec!["none"],
        AnswerDraft::Message(kinds) => kinds.iter().map(|kind| kind.name()).collect(),
        AnswerDraft::Year { adult: true } | AnswerDraft::Age { adult: true } => vec!["minor"],
        AnswerDraft::Ballot(ballot) if ballot.part == Part::Choice => {
            vec![NOT_ASKED, FINAL, CLOSED, ALL_ASKED]
        }
        AnswerDraft::Ballot(_) => vec![CLOSED],
        _ => Vec::new(),
    };
    if optional {
        outcomes.push("skip");
    }
    outcomes
}

pub(super) fn finish_choices(list: Vec<Choice>) -> Choices {
    let words = list
        .iter()
        .map(|choice| understanding::choice_words(&choice.id, &choice.label.texts))
        .collect();
    let conditional = list.iter().any(|choice| choice.condition.is_some());
    Choices { list, words, conditional, shuffle: false, last: 0 }
}

/// FNV-1a over what decides whether an old answer still fits.
pub(super) fn fingerprint(answer: &AnswerDraft) -> u32 {
    let shape = match answer {
        AnswerDraft::OneOf(choices) => {
            format!("one_of {}", choices.ids().collect::<Vec<_>>().join(" "))
        }
        AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) => {
            let kind = if matches!(answer, AnswerDraft::AnyOf(_)) { "any_of" } else { "ranked" };
            let ids: Vec<&str> = many.choices.ids().collect();
            format!("{kind} {} {} {}", many.at_least, many.at_most, ids.join(" "))
        }
        AnswerDraft::Age { .. } => "age".to_owned(),
        AnswerDraft::Date { from, to } => format!("date {from:?} {to:?}"),
        AnswerDraft::Booth { to } => format!("booth {to}"),
        AnswerDraft::Message(kinds) => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            format!("message {}", kinds.join(" "))
        }
        AnswerDraft::YesNo(_) => "yes_no".to_owned(),
        AnswerDraft::Number { from, to } => format!("number {from} {to}"),
        AnswerDraft::Year { .. } => "year".to_owned(),
        AnswerDraft::Assembly { .. } => "assembly".to_owned(),
        AnswerDraft::Pattern(word) => format!("pattern {}", word.text),
        AnswerDraft::Ballot(ballot) => format!("ballot {}", ballot.part.name()),
        AnswerDraft::Plain(word) => word.text.clone(),
    };
    shape.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
