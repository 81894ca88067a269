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
                let way = Way { flows, drafts, passes };
                way.tell((flow_index, step_index), *place, findings);
            }
        }
    }
}

/// Every way on from a wait.
struct Way<'f, 'p> {
    flows: &'f [Flow],
    drafts: &'f [FlowDraft],
    /// Of each flow: whether it can end without a word of the person.
    passes: &'p [bool],
}

impl<'f> Way<'f, '_> {
    fn tell(&self, wait: Spot, place: Place, findings: &mut Findings<'_>) {
        let Some((flow, step)) = self.first_without_template(wait) else { return };
        let name = &step.name;
        let there = if flow == wait.0 {
            format!("the step `{name}`")
        } else {
            let other = self.flows.get(flow).map_or("", |flow| flow.name.as_str());
            format!("the step `{name}` of the flow `{other}`")
        };
        let hint = match step.kind {
            StepKind::Handoff(_) => {
                format!("wait shorter (20h), or ask by a template before {there} hands over")
            }
            _ => format!(
                "give {there} a template, such as `template: {name}` (declared in \
                 flows/templates/{name}.yaml), or wait shorter: 20h"
            ),
        };
        findings.error_hint(place, TOO_LATE, hint).code(Code::After24Hours);
    }

    /// Whether the author named a template, be it a wrong one, which is told at its place.
    fn names_template(&self, spot: Spot) -> bool {
        let step = self.drafts.get(spot.0).and_then(|draft| draft.steps.get(spot.1));
        step.is_some_and(|step| match &step.kind {
            KindDraft::Say { template, .. } => template.is_some(),
            KindDraft::Ask(ask) => ask.template.is_some(),
            _ => false,
        })
    }

    /// The first step that speaks before the person does, and not by a template.
    fn first_without_template(&self, wait: Spot) -> Option<(usize, &'f Step)> {
        let after_wait = self.flows.get(wait.0)?.steps.get(wait.1)?.next;
        let mut waiting = spots(wait.0, after_wait);
        let mut seen: HashSet<Spot> = HashSet::new();
        while let Some(spot) = waiting.pop() {
            if !seen.insert(spot) {
                continue;
            }
            let Some(flow) = self.flows.get(spot.0) else { continue };
            let Some(step) = flow.steps.get(spot.1) else { continue };
            if step.kind.speaks() && !self.names_template(spot) {
                return Some((spot.0, step));
            }
            match &step.kind {
                StepKind::Ask(_) | StepKind::Handoff(_) => continue,
                StepKind::Call { flow: called, .. } => {
                    waiting.push((*called, 0));
                    if self.passes.get(*called) != Some(&true) {
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
            for target in targets(flow, spot.1) {
                waiting.extend(spots(spot.0, target));
            }
        }
        None
    }
}

/// The step a target of a flow leads to.
fn spots(flow: usize, target: Target) -> Vec<Spot> {
    match target {
        Target::Step(step) => vec![(flow, step)],
        Target::Flow(other) | Target::Call(other) => vec![(other, 0)],
        Target::End | Target::Result(_) => Vec::new(),
    }
}
