//! What names inside a flow mean.

use std::collections::HashMap;

use crate::flow::condition::Known;
use crate::flow::draft::{AnswerDraft, FlowDraft, KindDraft, TargetDraft};
use crate::flow::yaml::Word;

/// What names inside a flow mean.
pub(super) struct Scope<'a> {
    pub(super) draft: &'a FlowDraft,
    pub(super) by_name: &'a HashMap<String, usize>,
    pub(super) answers: HashMap<String, Known>,
    /// What the flow can end with, in the order of their indices.
    pub(super) results: Vec<String>,
}

impl Scope<'_> {
    /// The answers a text may show, in no order: every step of a long flow asks for them.
    pub(super) fn variables(&self) -> Vec<&str> {
        self.answers.keys().map(String::as_str).collect()
    }
}

pub(super) fn own_answers(draft: &FlowDraft, answers: &mut HashMap<String, Known>) {
    for step in &draft.steps {
        let ask = match &step.kind {
            KindDraft::Ask(ask) => ask,
            KindDraft::Broken => {
                answers.insert(step.name.text.clone(), Known::Anything);
                continue;
            }
            KindDraft::Count(_) => {
                answers.insert(step.name.text.clone(), Known::Number);
                continue;
            }
            KindDraft::Fetch(fetch) => {
                for (name, _) in &fetch.keep {
                    answers.entry(name.text.clone()).or_insert(Known::Anything);
                }
                continue;
            }
            _ => continue,
        };
        let known = match &ask.answer {
            AnswerDraft::OneOf(choices) => {
                Known::Choice(choices.ids().map(str::to_owned).collect())
            }
            AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) => {
                Known::List(many.choices.ids().map(str::to_owned).collect())
            }
            AnswerDraft::Message(kinds) => {
                Known::Choice(kinds.iter().map(|kind| kind.name().to_owned()).collect())
            }
            AnswerDraft::Date { .. } => Known::Date,
            AnswerDraft::YesNo(_) => Known::Choice(vec!["yes".to_owned(), "no".to_owned()]),
            AnswerDraft::Number { .. }
            | AnswerDraft::Year { .. }
            | AnswerDraft::Age { .. }
            | AnswerDraft::Booth { .. }
            | AnswerDraft::Assembly { .. } => Known::Number,
            AnswerDraft::Plain(word) if word.text == "lok_sabha" => Known::Number,
            AnswerDraft::Plain(_) | AnswerDraft::Pattern(_) => Known::Text,
        };
        answers.insert(step.name.text.clone(), known);
    }
}

/// The flows a flow calls, with the places where it does.
pub(super) fn called(draft: &FlowDraft) -> Vec<&Word> {
    let mut words = Vec::new();
    for step in &draft.steps {
        if let KindDraft::Call { flow, .. } = &step.kind {
            words.push(flow);
        }
        words.extend(step.targets().into_iter().filter_map(called_by));
    }
    words
}

pub(super) fn called_by(target: &TargetDraft) -> Option<&Word> {
    match target {
        TargetDraft::Call(word) => Some(word),
        _ => None,
    }
}
