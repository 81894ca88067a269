//! Answers named before they are given: a text that shows `{ $people }` on a way on which nobody was
//! asked, a condition on a question that comes later.

mod compared;
mod filled;
mod lacking;
mod shown;
mod ways;

use std::collections::{HashMap, HashSet};

pub(super) use self::compared::choices_of;
use self::compared::conditions;
use self::filled::calls;
use self::lacking::{Lacking, jump_over};
pub(super) use self::shown::shown_by;
use self::ways::{Before, Ways};
use super::graph::{reachable, targets, ways_of};
use crate::flow::code::Code;
use crate::flow::condition::Known;
use crate::flow::definition::{Action, Flow, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft};
use crate::flow::yaml::Word;
use crate::locale::Catalogue;

/// The number of the request filed in this conversation, which texts may show after that.
const TICKET: &str = "ticket";

/// The ways of a flow with more steps than this are not followed: nobody writes one.
const MOST_STEPS: usize = 1_000;

/// Tells of every answer that is shown or compared before it can be there.
pub(in crate::flow) fn answered(
    flows: &[Flow],
    drafts: &[FlowDraft],
    answers: &[HashMap<String, Known>],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    for (index, ((flow, draft), known)) in flows.iter().zip(drafts).zip(answers).enumerate() {
        // Where a step could not be read, nobody knows what it would have asked.
        let lost = [
            Code::UnknownStep,
            Code::UnknownFlow,
            Code::UnknownOutcome,
            Code::WrongType,
            Code::UnreachableStep,
        ];
        if !draft.is_whole()
            || flow.steps.len() > MOST_STEPS
            || findings.has_any(draft.name.place.file, &lost)
        {
            continue;
        }
        let mut told: HashSet<(String, String)> = HashSet::new();
        // A way that leaps over questions is told once, at the first text that shows one of them.
        let mut leapt: HashSet<Place> = HashSet::new();
        for (step, written) in draft.steps.iter().enumerate() {
            let key = match &written.kind {
                KindDraft::Say { text, .. } | KindDraft::Handoff(text) => text,
                KindDraft::Ask(ask) => &ask.message,
                _ => continue,
            };
            for shown in shown_by(&draft.name.text, &key.text, catalogue) {
                let of_another = shown.name == TICKET && entered_with_ticket(flows, index);
                let is_answer = known.contains_key(&shown.name);
                if (!is_answer && shown.name != TICKET) || of_another {
                    continue;
                }
                let ways = Ways { flows, flow, known, name: &shown.name };
                let finding = match ways.to(step) {
                    Before::Always => continue,
                    _ if !told.insert((key.text.clone(), shown.name.clone())) => continue,
                    Before::Sometimes(_) if shown.in_a_variant => continue,
                    Before::Sometimes(way) => Some(way),
                    Before::Never => None,
                };
                let at = findings.find_after(shown.message, &format!("${}", shown.name));
                let Some(way) = finding else {
                    match given_behind(flow, step, &shown.name) {
                        Some(giver) => {
                            let giver = draft.steps.get(giver).map_or(key, |step| &step.name);
                            given_too_late((key, giver), &shown.name, findings);
                        }
                        None => never_asked(at, (&key.text, &shown.name), findings),
                    }
                    continue;
                };
                let jump = jump_over(&way, &shown.name, (flow, draft));
                if let Some(jump) = &jump
                    && !leapt.insert(jump.place)
                {
                    continue;
                }
                let way = Lacking { way, jump };
                way.tell(at, (&key.text, &shown.name), flow, findings);
            }
        }
        conditions(flows, (flow, draft), known, findings);
        calls(flows, (flow, draft), known, findings);
    }
}

/// Whether another flow that files a request leads here, and its ticket comes along.
fn entered_with_ticket(flows: &[Flow], flow: usize) -> bool {
    let files = |other: &Flow| other.steps.iter().any(|step| is_request(&step.kind));
    flows.iter().enumerate().any(|(index, other)| {
        let leads = || {
            (0..other.steps.len()).any(|step| {
                let calls = matches!(&other.steps.get(step).map(|step| &step.kind),
                    Some(StepKind::Call { flow: called, .. }) if *called == flow);
                calls
                    || targets(other, step).into_iter().any(
                        |target| matches!(target, Target::Flow(to) | Target::Call(to) if to == flow),
                    )
            })
        };
        index != flow && files(other) && leads()
    })
}

const fn is_request(kind: &StepKind) -> bool {
    matches!(kind, StepKind::Do(Action::Request { .. }))
}

/// The step behind this one in the file that gives an answer, where the flow leads on to it.
fn given_behind(flow: &Flow, step: usize, name: &str) -> Option<usize> {
    let gives = |index: &usize| {
        flow.steps.get(*index).is_some_and(|step| match &step.kind {
            StepKind::Fetch(call) => call.keep.iter().any(|(kept, _)| kept == name),
            StepKind::Ask(_) | StepKind::Count(_) => step.name == name,
            kind => name == TICKET && is_request(kind),
        })
    };
    let giver = (step + 1..flow.steps.len()).find(gives)?;
    let behind = reachable(&ways_of(flow), step);
    (behind.get(giver) == Some(&true)).then_some(giver)
}

/// A text that shows what is given by a step behind it, most likely one that stands too low.
fn given_too_late((said, giver): (&Word, &Word), name: &str, findings: &mut Findings<'_>) {
    let spot = findings.spot(giver.place);
    let gives = if name == TICKET { "the request is filed" } else { "that is answered" };
    findings
        .error_hint(
            said.place,
            format!(
                "the text `{}` shows `${name}`, and {gives} only later, by the step `{}`",
                said.text, giver.text
            ),
            format!(
                "put `{}` ({spot}) above this step; or take {{ ${name} }} out of the text",
                giver.text
            ),
        )
        .code(Code::NotYetAnswered);
}

/// A text that shows what no way to it asks for.
fn never_asked(at: Place, (key, name): (&str, &str), findings: &mut Findings<'_>) {
    let hint = if name == TICKET {
        "file the request before: {do: {request: {kind: …, with: […]}}}".to_owned()
    } else {
        format!("ask `{name}` before this is said, or take {{ ${name} }} out of the text")
    };
    findings
        .error_hint(
            at,
            format!("the text `{key}` shows `${name}`, and no way to it asks for that"),
            hint,
        )
        .code(Code::NotYetAnswered);
}
