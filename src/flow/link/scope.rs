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
}

impl Scope<'_> {
    /// The answers a text may show, sorted.
    pub(super) fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.answers.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
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

pub(super) fn called_by(target: &TargetDraft) -> Option<&Word> {
    match target {
        TargetDraft::Call(word) => Some(word),
        _ => None,
    }
}
