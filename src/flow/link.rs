//! Names looked up: steps, flows, answers, conditions. A draft becomes a definition.

use std::collections::HashMap;

use jiff::SignedDuration;

use super::check;
use super::condition::{Compiler, Known, PURPOSES};
use super::definition::{
    Action, Answer, Ask, Choice, Choices, Flow, Remind, Step, StepKind, Target,
};
use super::diagnostic::{Findings, one_of_these};
use super::draft::{
    ActionDraft, AnswerDraft, AskDraft, ChoiceDraft, FlowDraft, KindDraft, StepDraft, TargetDraft,
};
use super::text::{Text, TextId};
use super::wording::{LONGEST_BUTTON, LONGEST_HINT, LONGEST_QUESTION, LONGEST_ROW, LONGEST_TEXT};
use super::yaml::Word;
use crate::contact::Language;
use crate::locale::Catalogue;
use crate::message::Purpose;
use crate::understanding::{self, ChoiceWords};

/// Looks names up: steps, flows, texts, conditions.
pub(super) struct Linker<'a, 'f, 's> {
    pub(super) drafts: &'a [FlowDraft],
    pub(super) catalogue: &'a Catalogue,
    pub(super) findings: &'f mut Findings<'s>,
    pub(super) by_name: HashMap<String, usize>,
    pub(super) texts: Vec<Text>,
    pub(super) interned: HashMap<(String, String), TextId>,
    compiler: Compiler,
}

impl<'a, 'f, 's> Linker<'a, 'f, 's> {
    pub(super) fn new(
        drafts: &'a [FlowDraft],
        catalogue: &'a Catalogue,
        findings: &'f mut Findings<'s>,
    ) -> Linker<'a, 'f, 's> {
        let mut by_name = HashMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            if by_name.insert(draft.name.text.clone(), index).is_some() {
                findings.error_hint(
                    draft.name.place,
                    format!("there are two flows `{}`", draft.name.text),
                    "rename or remove one",
                );
            }
        }
        Linker {
            drafts,
            catalogue,
            findings,
            by_name,
            texts: Vec::new(),
            interned: HashMap::new(),
            compiler: Compiler::new(),
        }
    }

    pub(super) fn flow(&mut self, draft: &FlowDraft) -> Flow {
        let by_name: HashMap<String, usize> = draft
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| (step.name.text.clone(), index))
            .collect();
        let scope = self.scope(draft, &by_name);
        let steps =
            (0..draft.steps.len()).filter_map(|index| self.step(draft, index, &scope)).collect();
        let variables = scope.variables();
        let name = draft.name.text.as_str();
        let remind = draft.remind.as_ref().map(|remind| {
            let key = remind.say.as_ref().map_or("remind", |word| word.text.as_str());
            let place = remind.say.as_ref().map_or(remind.place, |word| word.place);
            if remind.after >= 86_400 {
                self.findings.warn(
                    remind.place,
                    "WhatsApp lets nothing through after 24 hours without a word of the person",
                    "remind before: 20h",
                );
            }
            if draft.expires.is_some_and(|expires| expires <= remind.after) {
                self.findings.warn(
                    remind.place,
                    "the conversation expires before it is reminded of",
                    "let `expires` be longer than `remind: {after: …}`",
                );
            }
            Remind {
                after: SignedDuration::from_secs(remind.after),
                times: remind.times,
                say: self.text(name, key, &variables, Some(place)),
            }
        });
        let changed = self.text(name, "changed", &[], None);
        Flow {
            name: name.to_owned(),
            about: draft.about.clone(),
            words: draft.words.iter().map(|word| word.text.clone()).collect(),
            link: draft.link.as_ref().map(|word| word.text.clone()),
            default: draft.default.is_some(),
            steps,
            by_name,
            remind,
            expires: draft.expires.map(SignedDuration::from_secs),
            changed,
            place: draft.name.place,
        }
    }

    /// The answers texts and conditions of a flow may name: its own, and those of the flows it
    /// calls, which come back with them.
    fn scope<'d>(
        &mut self,
        draft: &'d FlowDraft,
        by_name: &'d HashMap<String, usize>,
    ) -> Scope<'d> {
        let mut answers = HashMap::new();
        own_answers(draft, &mut answers);
        let mut seen = vec![draft.name.text.as_str()];
        let mut waiting = called(draft);
        while let Some(word) = waiting.pop() {
            if seen.contains(&word.text.as_str()) {
                continue;
            }
            seen.push(&word.text);
            let Some(other) =
                self.by_name.get(&word.text).and_then(|index| self.drafts.get(*index))
            else {
                continue;
            };
            let mut theirs = HashMap::new();
            own_answers(other, &mut theirs);
            for (name, known) in theirs {
                let clash = draft
                    .steps
                    .iter()
                    .any(|step| step.name.text == name && matches!(step.kind, KindDraft::Ask(_)));
                if clash {
                    self.findings.error_hint(
                        word.place,
                        format!("both this flow and `{}` keep an answer as `{name}`", word.text),
                        "rename the step in one of them",
                    );
                }
                answers.entry(name).or_insert(known);
            }
            waiting.extend(called(other));
        }
        Scope { draft, by_name, answers }
    }

    fn step(&mut self, draft: &FlowDraft, index: usize, scope: &Scope<'_>) -> Option<Step> {
        let step = draft.steps.get(index)?;
        let variables = scope.variables();
        let book = draft.name.text.as_str();
        let next = match &step.next {
            Some(target) => self.target(target, scope),
            None if index + 1 < draft.steps.len() => Target::Step(index + 1),
            None => Target::End,
        };
        let kind = match &step.kind {
            KindDraft::Say(word) => {
                self.length(book, &word.text, LONGEST_TEXT);
                self.no_labels(book, &word.text);
                StepKind::Say(self.text(book, &word.text, &variables, Some(word.place)))
            }
            KindDraft::Ask(ask) => StepKind::Ask(Box::new(self.ask(ask, step, scope, &variables))),
            KindDraft::Do(action) => StepKind::Do(self.action(action, scope)),
            KindDraft::Branch(ways) => {
                let mut compiled = Vec::new();
                for (condition, target) in ways {
                    let target = self.target(target, scope);
                    match condition {
                        None => compiled.push((None, target)),
                        Some(word) => {
                            let condition = self
                                .compiler
                                .compile(word, &scope.answers, self.findings)
                                .or_else(|| self.compiler.never());
                            compiled.extend(condition.map(|condition| (Some(condition), target)));
                        }
                    }
                }
                StepKind::Branch(compiled)
            }
            KindDraft::Goto | KindDraft::Broken => StepKind::Goto,
            KindDraft::Call(word) => self.flow_index(word).map_or(StepKind::Goto, StepKind::Call),
        };
        Some(Step { name: step.name.text.clone(), kind, next, place: step.name.place })
    }

    fn target(&mut self, target: &TargetDraft, scope: &Scope<'_>) -> Target {
        match target {
            TargetDraft::End => Target::End,
            TargetDraft::Step(word) => {
                self.step_index(word, scope).map_or(Target::End, Target::Step)
            }
            TargetDraft::Flow(word) => self.flow_index(word).map_or(Target::End, Target::Flow),
            TargetDraft::Call(word) => self.flow_index(word).map_or(Target::End, Target::Call),
        }
    }

    fn step_index(&mut self, word: &Word, scope: &Scope<'_>) -> Option<usize> {
        let found = scope.by_name.get(&word.text).copied();
        if found.is_none() {
            let hint = if self.by_name.contains_key(&word.text) {
                format!("that is a flow: write {{flow: {}}}", word.text)
            } else {
                one_of_these(
                    &word.text,
                    scope.draft.steps.iter().map(|step| step.name.text.as_str()),
                )
            };
            self.findings.error_hint(
                word.place,
                format!("there is no step `{}` in this flow", word.text),
                hint,
            );
        }
        found
    }

    fn flow_index(&mut self, word: &Word) -> Option<usize> {
        let found = self.by_name.get(&word.text).copied();
        if found.is_none() {
            let names = self.drafts.iter().map(|draft| draft.name.text.as_str());
            self.findings.error_hint(
                word.place,
                format!("there is no flow `{}`", word.text),
                one_of_these(&word.text, names),
            );
        }
        found
    }

    fn ask(
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
        let has_choices = matches!(answer, Answer::OneOf(_) | Answer::YesNo(_)) || ask.optional;
        self.length(book, key, if has_choices { LONGEST_QUESTION } else { LONGEST_TEXT });
        let outcomes = outcomes(&ask.answer, ask.optional);
        let mut when: Vec<(String, Target)> = Vec::new();
        for (outcome, target) in &ask.when {
            if !outcomes.contains(&outcome.text.as_str()) {
                let hint = match (outcome.text.as_str(), outcomes.is_empty()) {
                    ("skip", _) => "add `optional: true`".to_owned(),
                    ("minor", _) => "write `answer: {year: {adult: true}}`".to_owned(),
                    (_, true) => format!(
                        "the answer has no ways of its own; use `goto`, or an `if` \
                         on `{}` in the next step",
                        step.name.text
                    ),
                    (wrong, false) => one_of_these(wrong, outcomes.iter().copied()),
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
        Ask { text, answer, when, optional: ask.optional, notice, fingerprint }
    }

    fn answer(&mut self, draft: &AnswerDraft, ask: &AskDraft, scope: &Scope<'_>) -> Answer {
        match draft {
            AnswerDraft::OneOf(choices) => Answer::OneOf(self.choices(choices, ask, scope)),
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
            AnswerDraft::Plain(word) => match word.text.as_str() {
                "person_name" => Answer::PersonName,
                "phone" => Answer::Phone,
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

    fn choices(&mut self, drafts: &[ChoiceDraft], ask: &AskDraft, scope: &Scope<'_>) -> Choices {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let mut list = Vec::new();
        for draft in drafts {
            let id = draft.id.text.as_str();
            let label = self.label(book, key, id, LONGEST_ROW, Some(draft.id.place));
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
        self.button_lengths(&list, drafts);
        let ids: Vec<&str> = drafts.iter().map(|draft| draft.id.text.as_str()).collect();
        self.strange_labels(book, key, &ids);
        finish_choices(list)
    }

    /// `yes_no` has the labels of its question, or else those of common.ftl.
    fn yes_no(&mut self, drafts: &[ChoiceDraft], ask: &AskDraft, scope: &Scope<'_>) -> Choices {
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

    fn action(&mut self, draft: &ActionDraft, scope: &Scope<'_>) -> Action {
        match draft {
            ActionDraft::EnrolMember(place) => {
                check::enrolment(scope.draft, *place, self.findings);
                Action::EnrolMember
            }
            ActionDraft::LeaveMembership => Action::LeaveMembership,
            ActionDraft::HandOver => Action::HandOver,
            ActionDraft::Withdraw(words) => Action::Withdraw(self.purposes(words)),
            ActionDraft::Consent(words) => Action::Consent(self.purposes(words)),
            ActionDraft::Language(word) => {
                if let Some(language) = Language::from_code(&word.text) {
                    Action::Language(language)
                } else {
                    let index = self.step_index(word, scope);
                    if let Some(index) = index {
                        self.language_step(word, index, scope);
                    }
                    index.map_or(Action::Language(Language::Hi), Action::LanguageOf)
                }
            }
            ActionDraft::Request(word) => {
                let kinds = ["erasure", "correction", "access"];
                if !kinds.contains(&word.text.as_str()) {
                    self.findings.error_hint(
                        word.place,
                        format!("there is no request `{}`", word.text),
                        one_of_these(&word.text, kinds),
                    );
                }
                Action::Request(word.text.clone())
            }
        }
    }

    /// The step a language comes from must offer languages.
    fn language_step(&mut self, word: &Word, index: usize, scope: &Scope<'_>) {
        let offers = scope.draft.steps.get(index).is_some_and(|step| {
            matches!(&step.kind, KindDraft::Ask(ask)
                if matches!(&ask.answer, AnswerDraft::OneOf(choices)
                    if choices.iter().all(|choice| Language::from_code(&choice.id.text).is_some())))
        });
        if !offers {
            self.findings.error_hint(
                word.place,
                format!("the step `{}` does not offer languages", word.text),
                "its choices must be hi, en or ur",
            );
        }
    }

    fn purposes(&mut self, words: &[Word]) -> Vec<Purpose> {
        words.iter().filter_map(|word| self.purpose(word)).collect()
    }

    fn purpose(&mut self, word: &Word) -> Option<Purpose> {
        let found = PURPOSES.into_iter().find(|purpose| purpose.name() == word.text);
        if found.is_none() {
            self.findings.error_hint(
                word.place,
                format!("there is no purpose `{}`", word.text),
                one_of_these(&word.text, PURPOSES.map(Purpose::name)),
            );
        }
        found
    }
}

/// What names inside a flow mean.
struct Scope<'a> {
    draft: &'a FlowDraft,
    by_name: &'a HashMap<String, usize>,
    answers: HashMap<String, Known>,
}

impl Scope<'_> {
    /// The answers a text may show, sorted.
    fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.answers.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

fn own_answers(draft: &FlowDraft, answers: &mut HashMap<String, Known>) {
    for step in &draft.steps {
        let ask = match &step.kind {
            KindDraft::Ask(ask) => ask,
            KindDraft::Broken => {
                answers.insert(step.name.text.clone(), Known::Anything);
                continue;
            }
            _ => continue,
        };
        let known = match &ask.answer {
            AnswerDraft::OneOf(choices) => {
                Known::Choice(choices.iter().map(|choice| choice.id.text.clone()).collect())
            }
            AnswerDraft::YesNo(_) => Known::Choice(vec!["yes".to_owned(), "no".to_owned()]),
            AnswerDraft::Number { .. }
            | AnswerDraft::Year { .. }
            | AnswerDraft::Assembly { .. } => Known::Number,
            AnswerDraft::Plain(word) if word.text == "lok_sabha" => Known::Number,
            AnswerDraft::Plain(_) | AnswerDraft::Pattern(_) => Known::Text,
        };
        answers.insert(step.name.text.clone(), known);
    }
}

/// The flows a flow calls, with the places where it does.
fn called(draft: &FlowDraft) -> Vec<&Word> {
    let mut words = Vec::new();
    for step in &draft.steps {
        match &step.kind {
            KindDraft::Call(word) => words.push(word),
            KindDraft::Ask(ask) => {
                words.extend(ask.when.iter().filter_map(|(_, target)| called_by(target)));
            }
            KindDraft::Branch(ways) => {
                words.extend(ways.iter().filter_map(|(_, target)| called_by(target)));
            }
            _ => {}
        }
        words.extend(step.next.as_ref().and_then(called_by));
    }
    words
}

fn called_by(target: &TargetDraft) -> Option<&Word> {
    match target {
        TargetDraft::Call(word) => Some(word),
        _ => None,
    }
}

/// What `when` may name.
fn outcomes(answer: &AnswerDraft, optional: bool) -> Vec<&str> {
    let mut outcomes: Vec<&str> = match answer {
        AnswerDraft::OneOf(choices) => {
            choices.iter().map(|choice| choice.id.text.as_str()).collect()
        }
        AnswerDraft::YesNo(_) => vec!["yes", "no"],
        AnswerDraft::Year { adult: true } => vec!["minor"],
        _ => Vec::new(),
    };
    if optional {
        outcomes.push("skip");
    }
    outcomes
}

fn finish_choices(list: Vec<Choice>) -> Choices {
    let words = list
        .iter()
        .map(|choice| {
            let mut folded: Vec<String> = Vec::new();
            for label in &choice.label.texts {
                let form = understanding::fold(label);
                if !form.is_empty() && !folded.contains(&form) {
                    folded.push(form);
                }
            }
            ChoiceWords { id: choice.id.clone(), folded }
        })
        .collect();
    let conditional = list.iter().any(|choice| choice.condition.is_some());
    Choices { list, words, conditional }
}

/// FNV-1a over what decides whether an old answer still fits.
fn fingerprint(answer: &AnswerDraft) -> u32 {
    let shape = match answer {
        AnswerDraft::OneOf(choices) => {
            let ids: Vec<&str> = choices.iter().map(|choice| choice.id.text.as_str()).collect();
            format!("one_of {}", ids.join(" "))
        }
        AnswerDraft::YesNo(_) => "yes_no".to_owned(),
        AnswerDraft::Number { from, to } => format!("number {from} {to}"),
        AnswerDraft::Year { .. } => "year".to_owned(),
        AnswerDraft::Assembly { .. } => "assembly".to_owned(),
        AnswerDraft::Pattern(word) => format!("pattern {}", word.text),
        AnswerDraft::Plain(word) => word.text.clone(),
    };
    shape.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
