//! What names inside a flow mean.

use std::collections::HashMap;

use crate::flow::condition::Known;
use crate::flow::draft::{AnswerDraft, CountDraft, FlowDraft, KindDraft, TargetDraft};
use crate::flow::wording::POLL_VARIABLES;
use crate::flow::yaml::Word;

/// Seats of the assembly and of the Lok Sabha in Uttar Pradesh, by their numbers.
const SEATS: i64 = 403;
const LOK_SABHA_SEATS: i64 = 80;

/// Beyond every sum of answers one compares with.
const LARGEST_SUM: i64 = 1_000_000_000_000;

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
        let answers = self.answers.keys().map(String::as_str);
        let of_polls = if asks_ballots(self.draft) { POLL_VARIABLES.as_slice() } else { &[] };
        answers.chain(of_polls.iter().copied()).collect()
    }
}

/// Whether a flow asks what a poll asks for.
fn asks_ballots(draft: &FlowDraft) -> bool {
    draft.steps.iter().any(|step| {
        matches!(&step.kind, KindDraft::Ask(ask) if matches!(ask.answer, AnswerDraft::Ballot(_)))
    })
}

pub(super) fn own_answers(draft: &FlowDraft, answers: &mut HashMap<String, Known>) {
    for step in &draft.steps {
        let ask = match &step.kind {
            KindDraft::Ask(ask) => ask,
            KindDraft::Broken => {
                answers.insert(step.name.text.clone(), Known::Anything);
                continue;
            }
            KindDraft::Count(counted) => {
                answers.insert(step.name.text.clone(), number_of(counted));
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
            AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) => Known::List {
                ids: many.choices.ids().map(str::to_owned).collect(),
                least: many.at_least,
                most: many.at_most,
            },
            AnswerDraft::Message(kinds) => {
                Known::Choice(kinds.iter().map(|kind| kind.name().to_owned()).collect())
            }
            AnswerDraft::Date { .. } => Known::Date,
            AnswerDraft::YesNo(_) => Known::Choice(vec!["yes".to_owned(), "no".to_owned()]),
            AnswerDraft::Number { from, to } => Known::Number { from: *from, to: *to },
            AnswerDraft::Year { .. } => Known::Number { from: 1900, to: 2100 },
            AnswerDraft::Age { .. } => Known::Number { from: 1, to: 110 },
            AnswerDraft::Booth { to } => Known::Number { from: 1, to: *to },
            AnswerDraft::Assembly { .. } => Known::Number { from: 1, to: SEATS },
            AnswerDraft::Plain(word) => match word.text.as_str() {
                "lok_sabha" => Known::Number { from: 1, to: LOK_SABHA_SEATS },
                "photo" | "voice" | "file" | "location" => Known::Sent,
                _ => Known::Text,
            },
            AnswerDraft::Pattern(_) | AnswerDraft::Ballot(_) => Known::Text,
        };
        answers.insert(step.name.text.clone(), known);
    }
}

/// What a counted number may be: at most all of the conditions hold; a sum is bounded by nothing.
fn number_of(counted: &CountDraft) -> Known {
    match counted {
        CountDraft::Holding(conditions) => {
            Known::Number { from: 0, to: i64::try_from(conditions.len()).unwrap_or(i64::MAX) }
        }
        CountDraft::Sum(_) => Known::Number { from: -LARGEST_SUM, to: LARGEST_SUM },
    }
}

/// Every answer the texts and conditions of a flow may name: its own, and those of the flows it
/// calls, which come back with them.
pub(in crate::flow) fn answers(
    draft: &FlowDraft,
    drafts: &[FlowDraft],
    by_name: &HashMap<String, usize>,
) -> HashMap<String, Known> {
    let mut answers = HashMap::new();
    own_answers(draft, &mut answers);
    for (_, other) in brought(draft, drafts, by_name) {
        let mut theirs = HashMap::new();
        own_answers(other, &mut theirs);
        for (name, known) in theirs {
            answers.entry(name).or_insert(known);
        }
    }
    answers
}

/// The flows a flow calls, and those they call, each once, with the word that calls it.
pub(in crate::flow) fn brought<'d>(
    draft: &'d FlowDraft,
    drafts: &'d [FlowDraft],
    by_name: &HashMap<String, usize>,
) -> Vec<(&'d Word, &'d FlowDraft)> {
    let mut seen = vec![draft.name.text.as_str()];
    let mut found = Vec::new();
    let mut waiting = called(draft);
    while let Some(word) = waiting.pop() {
        if seen.contains(&word.text.as_str()) {
            continue;
        }
        seen.push(&word.text);
        let other = by_name.get(&word.text).and_then(|index| drafts.get(*index));
        let Some(other) = other else { continue };
        found.push((word, other));
        waiting.extend(called(other));
    }
    found
}

/// The flows a flow calls, with the places where it does.
pub(in crate::flow) fn called(draft: &FlowDraft) -> Vec<&Word> {
    let mut words = Vec::new();
    for step in &draft.steps {
        if let KindDraft::Call { flow, .. } = &step.kind {
            words.push(flow);
        }
        words.extend(step.targets().into_iter().filter_map(called_by));
    }
    words
}

fn called_by(target: &TargetDraft) -> Option<&Word> {
    match target {
        TargetDraft::Call(word) => Some(word),
        _ => None,
    }
}
