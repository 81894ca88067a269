//! Conditions on answers that no way to them has asked for.

use std::collections::HashMap;

use super::ways::{Before, Ways};
use crate::flow::code::Code;
use crate::flow::condition::{Condition, Known};
use crate::flow::definition::{Flow, StepKind};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{AnswerDraft, AskDraft, ChoiceDraft, CountDraft, FlowDraft, KindDraft};

/// Tells of each.
pub(super) fn conditions(
    flows: &[Flow],
    (flow, draft): (&Flow, &FlowDraft),
    known: &HashMap<String, Known>,
    findings: &mut Findings<'_>,
) {
    for (index, (step, written)) in flow.steps.iter().zip(&draft.steps).enumerate() {
        let mut named: Vec<(&Condition, Place)> = Vec::new();
        match (&step.kind, &written.kind) {
            (StepKind::Branch(ways), KindDraft::Branch(drafts)) => {
                for ((condition, _), (word, _)) in ways.iter().zip(drafts) {
                    if let (Some(condition), Some(word)) = (condition, word) {
                        named.push((condition, word.place));
                    }
                }
            }
            (StepKind::Ask(ask), KindDraft::Ask(asked)) => {
                let drafts = choices_of(asked);
                for (choice, draft) in
                    ask.choices().into_iter().flat_map(|list| &list.list).zip(drafts)
                {
                    if let (Some(condition), Some(word)) = (&choice.condition, &draft.condition) {
                        named.push((condition, word.place));
                    }
                }
            }
            (StepKind::Count(counting), KindDraft::Count(counted)) => {
                let words = match counted {
                    CountDraft::Holding(words) => words.as_slice(),
                    CountDraft::Sum(word) => std::slice::from_ref(word),
                };
                for condition in counting.conditions() {
                    let word = words.iter().find(|word| word.text == condition.source());
                    named.extend(word.map(|word| (condition, word.place)));
                }
            }
            _ => {}
        }
        for (condition, place) in named {
            for name in condition.names() {
                if !known.contains_key(name) {
                    continue;
                }
                if !matches!((Ways { flows, flow, known, name }).to(index), Before::Never) {
                    continue;
                }
                let at = findings.find_in(place, name);
                findings
                    .error_hint(
                        at,
                        format!("nobody was asked for `{name}` before the step `{}`", step.name),
                        format!(
                            "move this step behind `{name}`, or compare with what was asked before"
                        ),
                    )
                    .code(Code::NotYetAnswered);
            }
        }
    }
}

/// The choices of a question, as they are written.
pub(in crate::flow::check) fn choices_of(ask: &AskDraft) -> &[ChoiceDraft] {
    match &ask.answer {
        AnswerDraft::OneOf(choices) => &choices.list,
        AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) => &many.choices.list,
        _ => &[],
    }
}
