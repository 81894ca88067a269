//! Ways that are none: both sides of an `if` that lead to one step, a call that goes on alike whether it
//! came back or failed, and a choice that has no way where all the others have one.

use std::collections::HashMap;

use super::answered::choices_of;
use super::graph::{goes_on, targets};
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Ask, Flow, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft, StepDraft, TargetDraft};
use crate::flow::fetch::Fetching;
use crate::flow::session::Came;

/// Tells of them in every flow that could be read.
pub(in crate::flow) fn same_ways(
    flows: &[Flow],
    drafts: &[FlowDraft],
    by_name: &HashMap<String, usize>,
    findings: &mut Findings<'_>,
) {
    for (flow, draft) in flows.iter().zip(drafts) {
        // What could not be looked up leads anywhere.
        let lost = [Code::UnknownStep, Code::UnknownFlow, Code::UnknownOutcome, Code::WrongType];
        if !draft.is_whole() || findings.has_any(draft.name.place.file, &lost) {
            continue;
        }
        for (index, (step, written)) in flow.steps.iter().zip(&draft.steps).enumerate() {
            match &step.kind {
                StepKind::Branch(ways) if ways.iter().any(|(condition, _)| condition.is_some()) => {
                    branch((flow, index), written, findings);
                }
                StepKind::Limit { otherwise, .. } if *otherwise == step.next => {
                    let leads = name_of(flow, step.next);
                    let place = place_of(written.targets().first().copied(), written);
                    findings
                        .error_hint(
                            place,
                            format!("`else` leads to {leads}, and so does the `goto` itself"),
                            "lead `else` elsewhere, or leave the limit away",
                        )
                        .code(Code::SameWays);
                }
                StepKind::Fetch(fetching) => fetch((flow, step.next), fetching, written, findings),
                StepKind::Ask(ask) => choices((flow, index), ask, (written, by_name), findings),
                _ => {}
            }
        }
    }
}

/// What a target leads to, in words.
pub(super) fn name_of(flow: &Flow, target: Target) -> String {
    match target {
        Target::Step(index) => {
            flow.steps.get(index).map_or_else(String::new, |step| format!("`{}`", step.name))
        }
        Target::Flow(_) | Target::Call(_) => "the same flow".to_owned(),
        Target::End | Target::Result(_) => "the same end".to_owned(),
    }
}

/// The first step to which none leads: most likely the one that was meant.
fn left_out(flow: &Flow) -> Option<&str> {
    let led_to: Vec<Target> =
        (0..flow.steps.len()).flat_map(|index| targets(flow, index)).collect();
    let mut steps = flow.steps.iter().enumerate().skip(1);
    let found = steps.find(|(index, _)| !led_to.contains(&Target::Step(*index)));
    found.map(|(_, step)| step.name.as_str())
}

/// Where a target is written; its step, where it has no place of its own.
pub(super) fn place_of(target: Option<&TargetDraft>, step: &StepDraft) -> Place {
    match target {
        Some(
            TargetDraft::Step(word)
            | TargetDraft::Flow(word)
            | TargetDraft::Call(word)
            | TargetDraft::Result(word),
        ) => word.place,
        Some(TargetDraft::End) | None => step.name.place,
    }
}

fn branch((flow, index): (&Flow, usize), written: &StepDraft, findings: &mut Findings<'_>) {
    let ways = targets(flow, index);
    let Some((first, rest)) = ways.split_first() else { return };
    if rest.is_empty() || rest.iter().any(|way| way != first) {
        return;
    }
    let leads = name_of(flow, *first);
    let all = if ways.len() > 2 {
        "every way of this `switch` leads"
    } else {
        "both ways of this `if` lead"
    };
    let falls = flow.steps.get(index).is_some_and(|step| goes_on(&step.kind));
    let hint = if falls {
        format!(
            "without `else` the next step follows, and that is {leads}: add `else: {}`, the step for \
             everybody else",
            left_out(flow).unwrap_or("…")
        )
    } else {
        let elsewhere = left_out(flow).map_or_else(
            || "elsewhere".to_owned(),
            |step| format!("to `{step}`, where nobody comes"),
        );
        format!("let one of them lead {elsewhere}, or take the condition away")
    };
    let place = place_of(written.targets().first().copied(), written);
    findings.error_hint(place, format!("{all} to {leads}"), hint).code(Code::SameWays);
}

/// `when: {ok: offer, failed: offer}`, and `offer` compares what only comes back where it went well.
fn fetch(
    (flow, next): (&Flow, Target),
    fetching: &Fetching,
    written: &StepDraft,
    findings: &mut Findings<'_>,
) {
    let way =
        |wanted| fetching.when.iter().find(|(came, _)| *came == wanted).map(|(_, target)| *target);
    let well = way(Came::Ok).unwrap_or(next);
    let Target::Step(index) = well else { return };
    let (Some(step), KindDraft::Fetch(draft)) = (flow.steps.get(index), &written.kind) else {
        return;
    };
    let StepKind::Branch(conditions) = &step.kind else { return };
    let compares = |name: &str| {
        let mut conditions = conditions.iter().filter_map(|(condition, _)| condition.as_ref());
        conditions.any(|condition| condition.names().iter().any(|known| known == name))
    };
    let Some((kept, _)) = fetching.keep.iter().find(|(name, _)| compares(name)) else { return };
    for (came, word) in [(Came::Failed, "failed"), (Came::NotFound, "not_found")] {
        if way(came) != Some(well) {
            continue;
        }
        let target = draft.when.iter().find(|(outcome, _)| outcome.text == word);
        findings
            .error_hint(
                place_of(target.map(|(_, target)| target), written),
                format!(
                    "`{word}` leads to `{}`, which compares `{kept}`, and nothing was kept then",
                    step.name
                ),
                format!(
                    "lead `{word}` to a step that says it: {{{word}: {}}}",
                    left_out(flow).unwrap_or("…")
                ),
            )
            .code(Code::SameWays);
        return;
    }
}

/// A choice of a menu without a way, where all the others have one.
fn choices(
    (flow, index): (&Flow, usize),
    ask: &Ask,
    (written, by_name): (&StepDraft, &HashMap<String, usize>),
    findings: &mut Findings<'_>,
) {
    let (Answer::OneOf(choices) | Answer::YesNo(choices)) = &ask.answer else { return };
    let Some(Target::Step(next)) = flow.steps.get(index).map(|step| step.next) else { return };
    let KindDraft::Ask(asked) = &written.kind else { return };
    let way = |id: &str| ask.when.iter().find(|(known, _)| known == id).map(|(_, target)| *target);
    let ids = || choices.list.iter().map(|choice| choice.id.as_str());
    let routed: Vec<(&str, Target)> = ids().filter_map(|id| Some((id, way(id)?))).collect();
    let left: Vec<&str> = ids().filter(|id| way(id).is_none()).collect();
    let Some(first) = left.first().copied() else { return };
    if routed.len() < 2 || routed.len() <= left.len() {
        return;
    }
    // It falls into the way of another choice, which is written out; or the others leave, and into a
    // step that is the way of something else.
    let twin = routed.iter().find(|(_, target)| *target == Target::Step(next)).map(|(id, _)| *id);
    let all_leave = routed.iter().all(|(_, target)| !matches!(target, Target::Step(_)));
    let led_to = |other: usize| {
        other != index && other + 1 != next && targets(flow, other).contains(&Target::Step(next))
    };
    let names_flow = by_name.contains_key(first) && *first != *flow.name;
    let begun_elsewhere = || (0..flow.steps.len()).any(led_to);
    if twin.is_none() && !(all_leave && (names_flow || begun_elsewhere())) {
        return;
    }
    let drafts = choices_of(asked);
    let written_at = drafts.iter().find(|choice| choice.id.text == first);
    let place = written_at.map_or(asked.message.place, |choice| choice.id.place);
    let name = flow.steps.get(next).map_or("", |step| step.name.as_str());
    let shared = twin.map_or_else(String::new, |twin| format!(", as `{twin}` does"));
    let hint = if names_flow {
        format!("add to `when`: {first}: {{flow: {first}}}")
    } else {
        format!("add to `when`: {first}: …, with the step it is for")
    };
    let message = format!(
        "`{first}` has no way in `when`, as other choices have, and goes on to `{name}`{shared}"
    );
    // Where all the others leave for other flows, nobody meant this one to go on here.
    let told = if twin.is_none() || names_flow {
        findings.error_hint(place, message, hint)
    } else {
        findings.warn(place, message, hint)
    };
    told.code(Code::SameWays);
}
