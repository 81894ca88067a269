//! What is said when the person has been silent for a day: WhatsApp lets templates through and
//! nothing else.

use std::collections::HashSet;

use super::{Circles, Spot, targets};
use crate::flow::code::Code;
use crate::flow::definition::{Flow, Step, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft};

/// WhatsApp's window, in seconds.
pub(in crate::flow) const DAY: i64 = 86_400;
/// What is wrong about a message after it.
pub(in crate::flow) const TOO_LATE: &str =
    "WhatsApp lets nothing through after 24 hours without a word of the person";

/// Tells of every wait of a day or more after which something is said that has no template.
pub(in crate::flow) fn late(flows: &[Flow], drafts: &[FlowDraft], findings: &mut Findings<'_>) {
    let asks = |kind: &StepKind| matches!(kind, StepKind::Ask(_) | StepKind::Handoff(_));
    let mut passes = None;
    for (flow_index, draft) in drafts.iter().enumerate() {
        for (step_index, step) in draft.steps.iter().enumerate() {
            let KindDraft::Wait { seconds, place, .. } = &step.kind else { continue };
            // A flow that was not linked whole has not the same steps.
            let whole = flows.get(flow_index).is_some_and(|flow| flow.steps.len() > step_index);
            if *seconds >= DAY && whole {
                let passes = passes.get_or_insert_with(|| Circles::passes(flows, asks, true));
                tell(flows, passes, (flow_index, step_index), *place, findings);
            }
        }
    }
}

/// `passes` says of each flow whether it can end without a word of the person.
fn tell(
    flows: &[Flow],
    passes: &[bool],
    wait: Spot,
    place: Place,
    findings: &mut Findings<'_>,
) {
    let Some((flow, step)) = first_without_template(flows, passes, wait) else { return };
    let there = if flow == wait.0 {
        format!("the step `{}`", step.name)
    } else {
        let name = flows.get(flow).map_or("", |flow| flow.name.as_str());
        format!("the step `{}` of the flow `{name}`", step.name)
    };
    let hint = match step.kind {
        StepKind::Handoff(_) => format!(
            "wait shorter (20h), or say something by a template before {there} hands over"
        ),
        _ => format!(
            "name what {there} is registered as, `template: name` (flows/templates/name.yaml), or \
             wait shorter: 20h"
        ),
    };
    findings.error_hint(place, TOO_LATE, hint).code(Code::After24Hours);
}

/// The first step that speaks before the person does, and not by a template.
fn first_without_template<'f>(
    flows: &'f [Flow],
    passes: &[bool],
    wait: Spot,
) -> Option<(usize, &'f Step)> {
    let after_wait = flows.get(wait.0)?.steps.get(wait.1)?.next;
    let mut waiting = spots(wait.0, after_wait);
    let mut seen: HashSet<Spot> = HashSet::new();
    while let Some(spot) = waiting.pop() {
        if !seen.insert(spot) {
            continue;
        }
        let Some(step) = flows.get(spot.0).and_then(|flow| flow.steps.get(spot.1)) else {
            continue;
        };
        if step.kind.speaks() && step.kind.template().is_none() {
            return Some((spot.0, step));
        }
        match &step.kind {
            StepKind::Ask(_) | StepKind::Handoff(_) => continue,
            StepKind::Call { flow, .. } => {
                waiting.push((*flow, 0));
                if passes.get(*flow) != Some(&true) {
                    continue;
                }
            }
            // A message that comes meanwhile opens the window.
            StepKind::Wait { .. } => {
                waiting.extend(spots(spot.0, step.next));
                continue;
            }
            _ => {}
        }
        let flow = flows.get(spot.0)?;
        for target in targets(flow, spot.1) {
            waiting.extend(spots(spot.0, target));
        }
    }
    None
}

/// The step a target of a flow leads to.
fn spots(flow: usize, target: Target) -> Vec<Spot> {
    match target {
        Target::Step(step) => vec![(flow, step)],
        Target::Flow(other) | Target::Call(other) => vec![(other, 0)],
        Target::End | Target::Result(_) => Vec::new(),
    }
}
