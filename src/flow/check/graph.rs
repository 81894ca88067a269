//! Where steps lead: to every step of their flow, to its end, and to a question on the way.

use super::circles::{Circle, silent_circles};
use super::culprits::culprits;
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Ask, Flow, Step, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, TargetDraft};
use crate::flow::session::Came;

/// Reachability, ends and silent circles.
pub(in crate::flow) fn graph(flows: &[Flow], drafts: &[FlowDraft], findings: &mut Findings<'_>) {
    let circles = silent_circles(flows);
    let closed: Vec<_> = circles.iter().map(|circle| circle.closes(flows, drafts)).collect();
    // What turns back too early keeps people from the step behind it.
    let mut astray: Vec<Option<String>> = vec![None; circles.len()];
    for (flow_index, (flow, draft)) in flows.iter().zip(drafts).enumerate() {
        // Where a step could not be read, or leads nowhere, nobody knows what it would have led to.
        let lost = [Code::UnknownStep, Code::UnknownFlow, Code::UnknownOutcome, Code::WrongType];
        if !draft.is_whole() || findings.has_any(draft.name.place.file, &lost) {
            continue;
        }
        let ways = ways_of(flow);
        let reached = reachable(&ways, 0);
        let ending = ends_ahead(flow);
        let beginnings = unreached(&ways, &reached);
        let explained = explained_by((flow, draft), &beginnings, &reached, findings);
        for index in beginnings.iter().copied().filter(|index| !explained.contains(index)) {
            let Some(step) = flow.steps.get(index) else { continue };
            let turned_back = closed.iter().zip(&astray).position(|(closing, known)| {
                closing.is_some_and(|((own, from), _)| {
                    let calls = flow.steps.get(from).is_some_and(|step| {
                        matches!(step.kind, StepKind::Fetch(_)) && from < index && known.is_none()
                    });
                    own == flow_index && (from + 1 == index || calls)
                })
            });
            if let Some(known) = turned_back.and_then(|circle| astray.get_mut(circle)) {
                *known = Some(step.name.clone());
                continue;
            }
            findings
                .error_hint(
                    step.place,
                    format!("nobody ever reaches the step `{}`", step.name),
                    how_to_reach(flow, index),
                )
                .code(Code::UnreachableStep);
        }
        runs_out(flow, &reached, draft, findings);
        // An end that nobody reaches is told.
        let ends_unreached = beginnings.iter().any(|index| ending.get(*index) == Some(&true));
        if !ends_unreached && explained.is_empty() {
            never_ends((flow, draft), &reached, &ending, findings);
        }
    }
    for ((circle, closing), astray) in circles.iter().zip(closed).zip(astray) {
        if let Some((_, place)) = closing {
            tell(circle, (place, astray.as_deref()), flows, findings);
        }
    }
}

/// Tells of the ways that keep people from a step, and gives the steps for which that is told: for each
/// such way the nearest that nobody reaches.
fn explained_by(
    (flow, draft): (&Flow, &FlowDraft),
    beginnings: &[usize],
    reached: &[bool],
    findings: &mut Findings<'_>,
) -> Vec<usize> {
    let mut explained: Vec<usize> = Vec::new();
    for culprit in culprits(flow, beginnings) {
        if reached.get(culprit.step) != Some(&true) {
            continue;
        }
        let left = beginnings.iter().copied().filter(|index| !explained.contains(index));
        let lost = left.min_by_key(|index| {
            // What was meant stands below, most likely.
            (*index < culprit.step, index.abs_diff(culprit.step))
        });
        if lost.is_none() && !culprit.is_wrong_alone() {
            continue;
        }
        let name = lost.and_then(|index| flow.steps.get(index)).map(|step| step.name.as_str());
        culprit.tell((flow, draft), name, findings);
        explained.extend(lost);
        explained.extend(culprit.named(flow).filter(|index| beginnings.contains(index)));
    }
    explained
}

/// What to do about a step nobody reaches: the one above it may never go on to it.
fn how_to_reach(flow: &Flow, index: usize) -> String {
    let above = index.checked_sub(1).and_then(|above| Some((above, flow.steps.get(above)?)));
    let led: Vec<String> = above
        .into_iter()
        .flat_map(|(above, _)| targets(flow, above))
        .filter_map(|target| match target {
            Target::Step(next) => flow.steps.get(next).map(|step| format!("`{}`", step.name)),
            _ => None,
        })
        .collect();
    match (above, led.as_slice()) {
        (Some((_, above)), [_, ..]) => format!(
            "`{}` above it leads to {}, never on to the next line: let a `goto`, `when` or `then` lead \
             here, put it elsewhere, or remove it",
            above.name,
            led.join(" or ")
        ),
        (Some((_, above)), []) => format!(
            "`{}` above it never goes on to the next line: let a `goto`, `when` or `then` lead here, or \
             remove it",
            above.name
        ),
        (None, _) => "let a `goto`, `when` or `then` lead here, or remove it".to_owned(),
    }
}

fn tell(
    circle: &Circle,
    (place, astray): (Place, Option<&str>),
    flows: &[Flow],
    findings: &mut Findings<'_>,
) {
    let steps = circle.in_words(flows);
    if circle.within_a_turn {
        let message = format!("{steps} is a circle that asks nothing");
        let hint = "let one step of the circle ask, or lead out of it";
        findings.error_hint(place, message, hint).code(Code::SilentCircle);
        return;
    }
    if let Some(call) = circle.calls_again(flows) {
        let meant = astray.map_or_else(
            || "lead it to a step that says so, or asks whether to try again".to_owned(),
            |step| format!("lead it to `{step}`"),
        );
        findings
            .error_hint(
                place,
                format!(
                    "this leads back to the call `{call}` itself: it is made again at once, for ever, and \
                     nobody is asked"
                ),
                format!("{meant}; or give it a limit, {{goto: {call}, at_most: 3, else: enough}}"),
            )
            .code(Code::SilentCircle);
        return;
    }
    let message = format!("{steps} goes in a circle for ever and asks nothing");
    let hint = "lead elsewhere; or give it a limit, {goto: step, at_most: 3, else: enough}; or let one step \
                ask";
    let told = match astray {
        Some(_) => findings.error_hint(place, message, hint),
        None => findings.warn(place, message, hint),
    };
    told.code(Code::SilentCircle);
}

/// A conversation that is never over is told where it turns back last: the whole circle has the same
/// fault.
fn never_ends(
    (flow, draft): (&Flow, &FlowDraft),
    reached: &[bool],
    ending: &[bool],
    findings: &mut Findings<'_>,
) {
    let endless =
        |index: usize| reached.get(index) == Some(&true) && ending.get(index) == Some(&false);
    let Some(first) = (0..flow.steps.len()).find(|index| endless(*index)) else { return };
    let turns_back = draft.steps.iter().enumerate().rev().find_map(|(index, step)| {
        let mut targets = step.targets().into_iter().filter(|_| endless(index));
        targets.find_map(|target| match target {
            TargetDraft::Step(word) => {
                flow.by_name.get(&word.text).filter(|to| **to <= index).map(|_| word.place)
            }
            _ => None,
        })
    });
    let Some(step) = flow.steps.get(first) else { return };
    findings
        .error_hint(
            turns_back.unwrap_or(step.place),
            format!("from the step `{}` on the conversation never ends", step.name),
            "let one way lead to a step with `end: true`, or to another flow",
        )
        .code(Code::NoEnd);
}

/// For each step: the steps it may lead to.
pub(super) fn ways_of(flow: &Flow) -> Vec<Vec<usize>> {
    let steps = (0..flow.steps.len()).map(|index| {
        let targets = targets(flow, index).into_iter().filter_map(|target| match target {
            Target::Step(next) => Some(next),
            _ => None,
        });
        targets.collect()
    });
    steps.collect()
}

/// The steps nobody reaches, without those that others of them lead to; one of each circle.
fn unreached(ways: &[Vec<usize>], reached: &[bool]) -> Vec<usize> {
    let lost: Vec<usize> =
        (0..ways.len()).filter(|index| reached.get(*index) == Some(&false)).collect();
    let behind: Vec<Vec<bool>> = lost.iter().map(|index| reachable(ways, *index)).collect();
    let leads = |from: &[bool], to: usize| from.get(to) == Some(&true);
    let first = lost.iter().zip(&behind).filter(|(index, own)| {
        lost.iter().zip(&behind).all(|(other, theirs)| {
            !leads(theirs, **index) || other == *index || (leads(own, *other) && *index < other)
        })
    });
    first.map(|(index, _)| *index).collect()
}

/// The last step must say that it is the last.
fn runs_out(flow: &Flow, reached: &[bool], draft: &FlowDraft, findings: &mut Findings<'_>) {
    let Some(last) = flow.steps.len().checked_sub(1) else { return };
    let Some(step) = flow.steps.get(last) else { return };
    let said = draft.steps.last().is_some_and(|step| step.next.is_some());
    if !said && reached.get(last) == Some(&true) && goes_on(&step.kind) {
        findings
            .error_hint(
                step.place,
                format!("the flow runs on past its last step `{}`", step.name),
                how_to_close(step),
            )
            .code(Code::RunsOut);
    }
}

/// What to write where a flow runs on: a question says which of its answers has no way.
fn how_to_close(step: &Step) -> String {
    let close = "close it with `end: true`, or a `goto`";
    let StepKind::Ask(ask) = &step.kind else { return close.to_owned() };
    let choices = ask.choices().into_iter().flat_map(|choices| &choices.list);
    let led = |id: &str| ask.when.iter().any(|(known, _)| known == id);
    let left: Vec<&str> = choices.map(|choice| choice.id.as_str()).filter(|id| !led(id)).collect();
    match left.as_slice() {
        [] => close.to_owned(),
        _ if ask.when.is_empty() => close.to_owned(),
        left => format!(
            "whoever answers `{}` comes to no step: add one behind it, {{say: …, end: true}}, or a way in \
             `when`",
            left.join("` or `")
        ),
    }
}

/// Whether the step's `next` is ever taken.
pub(super) fn goes_on(kind: &StepKind) -> bool {
    match kind {
        StepKind::Say { .. }
        | StepKind::Do(_)
        | StepKind::Goto
        | StepKind::Limit { .. }
        | StepKind::Wait { .. }
        | StepKind::Handoff(_)
        | StepKind::Count(_) => true,
        StepKind::Call { when, covered, .. } => {
            !covered || when.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
        StepKind::Fetch(fetching) => {
            let routed = |wanted| fetching.when.iter().any(|(came, _)| *came == wanted);
            !(routed(Came::Ok) && routed(Came::Failed))
                || fetching.when.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
        StepKind::Branch(ways) => {
            ways.iter().all(|(condition, _)| condition.is_some())
                || ways.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
        StepKind::Ask(ask) => {
            !every_outcome_routed(ask)
                || ask.when.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
    }
}

fn every_outcome_routed(ask: &Ask) -> bool {
    let routed = |outcome: &str| ask.when.iter().any(|(known, _)| known == outcome);
    if let Answer::Message(kinds) = &ask.answer {
        return kinds.iter().all(|kind| routed(kind.name())) && (!ask.optional || routed("skip"));
    }
    let (Answer::OneOf(choices) | Answer::YesNo(choices)) = &ask.answer else { return false };
    choices.list.iter().all(|choice| routed(&choice.id)) && (!ask.optional || routed("skip"))
}

/// Where a step may lead.
pub(super) fn targets(flow: &Flow, index: usize) -> Vec<Target> {
    let Some(step) = flow.steps.get(index) else { return Vec::new() };
    let mut targets: Vec<Target> = match &step.kind {
        StepKind::Branch(ways) => ways.iter().map(|(_, target)| *target).collect(),
        StepKind::Ask(ask) => ask.when.iter().map(|(_, target)| *target).collect(),
        StepKind::Limit { otherwise, .. } => vec![*otherwise],
        StepKind::Call { when, .. } => when.iter().map(|(_, target)| *target).collect(),
        StepKind::Wait { reply, .. } => reply.iter().copied().collect(),
        StepKind::Fetch(fetching) => fetching.when.iter().map(|(_, target)| *target).collect(),
        StepKind::Say { .. }
        | StepKind::Do(_)
        | StepKind::Goto
        | StepKind::Count(_)
        | StepKind::Handoff(_) => Vec::new(),
    };
    if goes_on(&step.kind) {
        targets.push(step.next);
    }
    targets
}

/// For each step: whether it can be reached from this one.
pub(super) fn reachable(ways: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; ways.len()];
    let mut waiting = vec![from];
    while let Some(index) = waiting.pop() {
        match reached.get_mut(index) {
            Some(known @ false) => *known = true,
            _ => continue,
        }
        waiting.extend(ways.get(index).into_iter().flatten());
    }
    reached
}

/// For each step: whether the conversation can end, or leave for another flow, from there on.
fn ends_ahead(flow: &Flow) -> Vec<bool> {
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); flow.steps.len()];
    let mut ending = vec![false; flow.steps.len()];
    let mut waiting = Vec::new();
    for index in 0..flow.steps.len() {
        for target in targets(flow, index) {
            match target {
                Target::Step(next) => {
                    if let Some(from) = sources.get_mut(next) {
                        from.push(index);
                    }
                }
                Target::End | Target::Result(_) | Target::Flow(_) => waiting.push(index),
                Target::Call(_) => {}
            }
        }
    }
    // Backwards from the steps that end.
    while let Some(index) = waiting.pop() {
        match ending.get_mut(index) {
            Some(known @ false) => *known = true,
            _ => continue,
        }
        waiting.extend(sources.get(index).into_iter().flatten());
    }
    ending
}
