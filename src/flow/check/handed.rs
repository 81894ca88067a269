//! Questions that are asked once the office has taken over: the bot is mute then, and nobody hears the
//! answer.

use std::collections::HashSet;

use super::circles::Spot;
use super::graph::targets;
use super::same_ways::place_of;
use crate::flow::code::Code;
use crate::flow::definition::{Action, Flow, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft, TargetDraft};

/// Tells of every `hand_over` behind which a question is asked in the same turn.
pub(in crate::flow) fn handed(flows: &[Flow], drafts: &[FlowDraft], findings: &mut Findings<'_>) {
    if !drafts.iter().all(FlowDraft::is_whole) {
        return;
    }
    let lost = [Code::UnknownStep, Code::UnknownFlow, Code::UnknownOutcome, Code::WrongType];
    let mut told: HashSet<Place> = HashSet::new();
    for (flow_index, (flow, draft)) in flows.iter().zip(drafts).enumerate() {
        if findings.has_any(draft.name.place.file, &lost) {
            continue;
        }
        for (index, step) in flow.steps.iter().enumerate() {
            if !matches!(step.kind, StepKind::Do(Action::HandOver)) {
                continue;
            }
            let Some((from, asked)) = asked_behind(flows, (flow_index, index)) else { continue };
            let Some(question) = step_at(flows, asked) else { continue };
            let place = leads_at(flows, drafts, (from, asked)).unwrap_or(step.place);
            if !told.insert(place) {
                continue;
            }
            findings
                .error_hint(
                    place,
                    format!(
                        "`{}` is asked at once behind `{}`, where the office has taken over: nobody \
                         hears the answer",
                        question.name, step.name
                    ),
                    "close with `end: true` behind `hand_over`; or write the step `handoff: text` in \
                     its place, which goes on when the office gives it back",
                )
                .code(Code::HandedOver);
        }
    }
}

fn step_at(flows: &[Flow], spot: Spot) -> Option<&crate::flow::definition::Step> {
    flows.get(spot.0)?.steps.get(spot.1)
}

/// The first question that is played without a word of the person, and the step that leads to it.
fn asked_behind(flows: &[Flow], handing: Spot) -> Option<(Spot, Spot)> {
    let mut seen: HashSet<Spot> = HashSet::new();
    let mut waiting = vec![handing];
    while let Some(from) = waiting.pop() {
        let Some(step) = step_at(flows, from) else { continue };
        let rests = matches!(
            step.kind,
            StepKind::Wait { .. } | StepKind::Fetch(_) | StepKind::Handoff(_) | StepKind::Ask(_)
        );
        if rests || !seen.insert(from) {
            continue;
        }
        let called = match step.kind {
            // What it leads to is played when the called flow is over, which is looked at there.
            StepKind::Call { flow, .. } => vec![Target::Flow(flow)],
            _ => targets(flows.get(from.0)?, from.1),
        };
        for target in called {
            let next = match target {
                Target::Step(next) => (from.0, next),
                Target::Flow(other) | Target::Call(other) => (other, 0),
                Target::End | Target::Result(_) => continue,
            };
            if matches!(step_at(flows, next).map(|step| &step.kind), Some(StepKind::Ask(_))) {
                return Some((from, next));
            }
            waiting.push(next);
        }
    }
    None
}

/// Where the step that leads to a question says so; none where the question just follows.
fn leads_at(flows: &[Flow], drafts: &[FlowDraft], (from, to): (Spot, Spot)) -> Option<Place> {
    let written = drafts.get(from.0)?.steps.get(from.1)?;
    if let KindDraft::Call { flow, .. } = &written.kind {
        return Some(flow.place);
    }
    let wanted = flows.get(to.0)?;
    let name = &wanted.steps.get(to.1)?.name;
    let leads = |target: &&TargetDraft| match target {
        TargetDraft::Step(word) => from.0 == to.0 && word.text == *name,
        TargetDraft::Flow(word) | TargetDraft::Call(word) => word.text == wanted.name,
        TargetDraft::Result(_) | TargetDraft::End => false,
    };
    let target = written.targets().into_iter().find(leads)?;
    Some(place_of(Some(target), written))
}
