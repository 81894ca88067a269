//! Names looked up: steps, flows, answers, conditions. A draft becomes a definition.

mod action;
mod ask;
mod ballot;
mod call;
mod fetch;
mod scope;
pub(in crate::flow) mod template;

pub(in crate::flow) use self::ask::outcomes;
pub(in crate::flow) use self::fetch::FAILS_UNSEEN;

use std::collections::HashMap;

use jiff::SignedDuration;

use self::scope::{Scope, own_answers};
pub(in crate::flow) use self::scope::{answers, brought, called};
use super::check::is_shipped;
use super::code::Code;
use super::condition::Compiler;
use super::definition::{Attachment, Counting, Flow, Remind, Step, StepKind, Target};
use super::diagnostic::{Findings, Place, did_you_mean, one_of_these};
use super::draft::{CountDraft, FlowDraft, KindDraft, TargetDraft};
use super::put_aside::in_a_comment;
use super::template::Read;
use super::text::{Text, TextId};
use super::wording::{LONGEST_QUESTION, LONGEST_TEXT};
use super::yaml::Word;
use crate::contact::Language;
use crate::locale::Catalogue;

/// Looks names up: steps, flows, texts, conditions.
pub(in crate::flow) struct Linker<'a, 'f, 's> {
    pub(in crate::flow) drafts: &'a [FlowDraft],
    pub(in crate::flow) templates: &'a [Read],
    pub(in crate::flow) catalogue: &'a Catalogue,
    pub(in crate::flow) findings: &'f mut Findings<'s>,
    pub(in crate::flow) by_name: HashMap<String, usize>,
    pub(in crate::flow) texts: Vec<Text>,
    pub(in crate::flow) interned: HashMap<(String, String), TextId>,
    /// Files of texts that are not there, or hold nothing, which was told: language and name.
    pub(in crate::flow) absent: Vec<(Language, String)>,
    compiler: Compiler,
}

impl<'a, 'f, 's> Linker<'a, 'f, 's> {
    pub(in crate::flow) fn new(
        drafts: &'a [FlowDraft],
        templates: &'a [Read],
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
            templates,
            catalogue,
            findings,
            by_name,
            texts: Vec::new(),
            interned: HashMap::new(),
            absent: Vec::new(),
            compiler: Compiler::new(),
        }
    }

    pub(in crate::flow) fn flow(&mut self, draft: &FlowDraft) -> Flow {
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
            let template = self.template_of_reminder(remind.template.as_ref(), &scope);
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
                template,
            }
        });
        self.results_are_asked_for(draft);
        let changed = self.text(name, "changed", &[], None);
        Flow {
            name: name.to_owned(),
            about: draft.about.clone(),
            words: draft.words.iter().map(|word| word.text.clone()).collect(),
            link: draft.link.as_ref().map(|word| word.text.clone()),
            default: draft.default.is_some(),
            steps,
            results: scope.results,
            by_name,
            remind,
            expires: draft.expires.map(SignedDuration::from_secs),
            changed,
        }
    }

    /// The answers texts and conditions of a flow may name: its own, and those of the flows it
    /// calls, which come back with them.
    fn scope<'d>(
        &mut self,
        draft: &'d FlowDraft,
        by_name: &'d HashMap<String, usize>,
    ) -> Scope<'d> {
        for (_, other) in brought(draft, self.drafts, &self.by_name) {
            let mut theirs = HashMap::new();
            own_answers(other, &mut theirs);
            for name in theirs.keys() {
                let Some(own) = draft.keeps_at(name) else { continue };
                let Some(called) = other.keeps_at(name) else { continue };
                // The called flow gives way, unless it comes with the house.
                let caller = format!("`{}`, which calls this one,", draft.name.text);
                let (wrong, right, theirs) = if is_shipped(other) && !is_shipped(draft) {
                    (own, called, format!("`{}`, which this one calls,", other.name.text))
                } else {
                    (called, own, caller)
                };
                let spot = self.findings.spot(right);
                self.findings
                    .error_hint(
                        wrong,
                        format!("the flow {theirs} keeps an answer as `{name}` too"),
                        format!("give it another name here, or in {spot}"),
                    )
                    .code(Code::SameAnswer);
            }
        }
        let answers = answers(draft, self.drafts, &self.by_name);
        let results = draft.results().into_iter().map(|word| word.text.clone()).collect();
        Scope { draft, by_name, answers, results }
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
            KindDraft::Say { text, attach, template } => {
                let attach = attach.as_ref().map(|word| self.attachment(word));
                // Words under a picture are as short as those above buttons.
                let most = if attach.is_some() { LONGEST_QUESTION } else { LONGEST_TEXT };
                StepKind::Say {
                    text: self.said(book, text, most, &variables),
                    attach,
                    template: self.template_of_say(template.as_ref(), &text.text, scope),
                }
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
            KindDraft::Limit { at_most, otherwise } => {
                StepKind::Limit { at_most: *at_most, otherwise: self.target(otherwise, scope) }
            }
            KindDraft::Call { flow, when } => self.call(flow, when, scope),
            KindDraft::Wait { seconds, reply, .. } => StepKind::Wait {
                after: SignedDuration::from_secs(*seconds),
                reply: reply.as_ref().map(|target| self.target(target, scope)),
            },
            KindDraft::Fetch(fetch) => StepKind::Fetch(Box::new(self.fetch(fetch, scope))),
            KindDraft::Count(count) => StepKind::Count(match count {
                CountDraft::Sum(word) => {
                    Counting::Sum(self.compiler.compile_sum(word, &scope.answers, self.findings))
                }
                CountDraft::Holding(words) => {
                    let conditions = words.iter().filter_map(|word| {
                        self.compiler.compile(word, &scope.answers, self.findings)
                    });
                    Counting::Holding(conditions.collect())
                }
            }),
            KindDraft::Handoff(word) => {
                StepKind::Handoff(self.said(book, word, LONGEST_TEXT, &variables))
            }
        };
        Some(Step { name: step.name.text.clone(), kind, next, place: step.name.place })
    }

    /// `when: {declined: no}` for `{no: declined}`: told once, with the whole as it should be.
    fn turned_round(&mut self, when: &[(Word, TargetDraft)], outcomes: &[&str], scope: &Scope<'_>) {
        let turned = |(outcome, target): &(Word, TargetDraft)| match target {
            TargetDraft::Step(word) => {
                let is_outcome = |text: &str| outcomes.contains(&text);
                let is_step = |text: &str| scope.by_name.contains_key(text);
                (!is_outcome(&outcome.text)
                    && is_step(&outcome.text)
                    && is_outcome(&word.text)
                    && !is_step(&word.text))
                .then(|| (outcome.place, word.place, format!("{}: {}", word.text, outcome.text)))
            }
            _ => None,
        };
        let found: Vec<(Place, Place, String)> = when.iter().filter_map(turned).collect();
        let Some((place, ..)) = found.first() else { return };
        let written: Vec<&str> = found.iter().map(|(_, _, written)| written.as_str()).collect();
        self.findings
            .error_hint(
                *place,
                "`when` is the other way round: the answer first, then the step it leads to",
                format!("write {{{}}}", written.join(", ")),
            )
            .code(Code::UnknownOutcome);
        for (outcome, target, _) in found {
            self.findings.mute(outcome);
            self.findings.mute(target);
        }
    }

    /// A text that is said and not asked.
    fn said(&mut self, book: &str, word: &Word, most: usize, variables: &[&str]) -> TextId {
        self.length(book, &word.text, most);
        self.no_labels(book, &word.text);
        self.text(book, &word.text, variables, Some(word.place))
    }

    fn attachment(&mut self, word: &Word) -> Attachment {
        if word.text != "membership_card" {
            let hint = did_you_mean(&word.text, ["membership_card"]).unwrap_or_else(|| {
                "only the card of a member can come along: attach: membership_card; of any other \
                 picture or file write the link into the text"
                    .to_owned()
            });
            let message = format!("there is no `{}` to attach", word.text);
            self.findings.error_hint(word.place, message, hint);
        }
        Attachment::MembershipCard
    }

    fn target(&mut self, target: &TargetDraft, scope: &Scope<'_>) -> Target {
        match target {
            TargetDraft::End => Target::End,
            TargetDraft::Result(word) => {
                let index = scope.results.iter().position(|known| *known == word.text);
                index.map_or(Target::End, Target::Result)
            }
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
            let hidden = in_a_comment(word.place.file, &word.text, ':', self.findings);
            let hint = if let Some(hidden) = hidden {
                let spot = self.findings.spot(hidden);
                format!("it stands behind a `#` ({spot}): take the `#` away")
            } else if self.by_name.contains_key(&word.text) {
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
            let mut languages = Language::ALL.into_iter();
            let has_texts = languages.any(|one| self.catalogue.book(one, &word.text).is_some());
            let hint = if has_texts {
                format!("its texts are there: bring back flows/{}.yaml", word.text)
            } else {
                one_of_these(&word.text, names)
            };
            let message = format!("there is no flow `{}`", word.text);
            self.findings.error_hint(word.place, message, hint).code(Code::UnknownFlow);
        }
        found
    }
}
