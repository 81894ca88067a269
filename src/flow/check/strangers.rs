//! Texts that show a member's name or number where only those come who are no members.

use std::collections::HashSet;

use super::answered::shown_by;
use super::graph::{goes_on, targets};
use crate::flow::code::Code;
use crate::flow::condition::Condition;
use crate::flow::definition::{Action, Answer, Ask, Flow, StepKind, Target};
use crate::flow::diagnostic::Findings;
use crate::flow::draft::{FlowDraft, KindDraft};
use crate::locale::Catalogue;

/// Who may come to a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Comers {
    members: bool,
    others: bool,
}

const ANYBODY: Comers = Comers { members: true, others: true };
const MEMBERS: Comers = Comers { members: true, others: false };
const OTHERS: Comers = Comers { members: false, others: true };

impl Comers {
    /// Those of them for whom a condition on `member` came out so.
    fn where_came(self, condition: &Condition, came: bool) -> Comers {
        match of_member(condition.source(), came) {
            Some(member) => {
                Comers { members: self.members && member, others: self.others && !member }
            }
            None => self,
        }
    }

    const fn nobody(self) -> bool {
        !self.members && !self.others
    }

    const fn with(self, more: Comers) -> Comers {
        Comers { members: self.members || more.members, others: self.others || more.others }
    }
}

/// Whether somebody is a member for whom this condition came out so; `None` where it does not say.
fn of_member(source: &str, came: bool) -> Option<bool> {
    let bare = source.trim();
    let (joint, other) = if came { ("&&", "||") } else { ("||", "&&") };
    if bare.contains(other) || bare.contains('?') {
        return None;
    }
    // All parts of an `&&` hold where it holds, and none of an `||` where it does not.
    bare.split(joint).find_map(|part| match part.trim() {
        "member" | "(member)" | "member == true" => Some(came),
        "!member" | "(!member)" | "member == false" | "!(member)" => Some(!came),
        _ => None,
    })
}

/// Tells of every text that would show nothing there.
pub(in crate::flow) fn strangers(
    flows: &[Flow],
    drafts: &[FlowDraft],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    let lost = [Code::UnknownStep, Code::UnknownFlow, Code::UnknownOutcome, Code::WrongType];
    for (flow, draft) in flows.iter().zip(drafts) {
        if !draft.is_whole() || findings.has_any(draft.name.place.file, &lost) {
            continue;
        }
        let comers = comers(flows, flow);
        // A text that members hear elsewhere is right there.
        let mut heard: HashSet<&str> = HashSet::new();
        for (written, comers) in draft.steps.iter().zip(&comers) {
            if let Some(key) = said(&written.kind).filter(|_| comers.members) {
                heard.insert(key);
            }
        }
        for (written, comers) in draft.steps.iter().zip(&comers) {
            let Some(key) = said(&written.kind).filter(|_| *comers == OTHERS) else { continue };
            if !heard.insert(key) {
                continue;
            }
            for shown in shown_by(&draft.name.text, key, catalogue) {
                if shown.in_a_variant || !shown.name.starts_with("member_") {
                    continue;
                }
                let at = findings.find_after(shown.message, &format!("${}", shown.name));
                let spot = findings.spot(written.name.place);
                findings
                    .error_hint(
                        at,
                        format!(
                            "the text `{key}` shows `${}`, and only those hear it who are no members: \
                             nothing stands there",
                            shown.name
                        ),
                        format!(
                            "take {{ ${} }} out, or say the text to members; nobody who is one comes \
                             to `{}` ({spot})",
                            shown.name, written.name.text
                        ),
                    )
                    .code(Code::UnknownVariable);
            }
        }
    }
}

fn said(kind: &KindDraft) -> Option<&str> {
    match kind {
        KindDraft::Say { text, .. } | KindDraft::Handoff(text) => Some(&text.text),
        KindDraft::Ask(ask) => Some(&ask.message.text),
        _ => None,
    }
}

/// Who may come to each step of a flow, which anybody may begin.
fn comers(flows: &[Flow], flow: &Flow) -> Vec<Comers> {
    let mut known = vec![Comers::default(); flow.steps.len()];
    let mut waiting = vec![(0, ANYBODY)];
    while let Some((index, comers)) = waiting.pop() {
        let Some(before) = known.get_mut(index) else { continue };
        let now = before.with(comers);
        if now == *before {
            continue;
        }
        *before = now;
        for (target, comers) in ways(flows, flow, index, now) {
            match target {
                _ if comers.nobody() => {}
                Target::Step(next) => waiting.push((next, comers)),
                // Whoever comes back from there may have joined.
                Target::Call(_) => waiting.push((index + 1, ANYBODY)),
                Target::Flow(_) | Target::End | Target::Result(_) => {}
            }
        }
    }
    known
}

/// Where a step leads, and who goes there.
fn ways(flows: &[Flow], flow: &Flow, index: usize, comers: Comers) -> Vec<(Target, Comers)> {
    let Some(step) = flow.steps.get(index) else { return Vec::new() };
    let behind = match &step.kind {
        StepKind::Branch(ways) => {
            let mut rest = comers;
            let mut found = Vec::with_capacity(ways.len() + 1);
            for (condition, target) in ways {
                let Some(condition) = condition else {
                    found.push((*target, rest));
                    return found;
                };
                found.push((*target, rest.where_came(condition, true)));
                rest = rest.where_came(condition, false);
            }
            found.push((step.next, rest));
            return found;
        }
        StepKind::Ask(ask) => {
            // Whoever has the number, a member perhaps, is the same person from then on.
            let comers = if matches!(ask.answer, Answer::OwnPhone) { ANYBODY } else { comers };
            let mut found: Vec<(Target, Comers)> =
                ask.when.iter().map(|(id, target)| (*target, offered(ask, id, comers))).collect();
            if goes_on(&step.kind) {
                found.push((step.next, comers));
            }
            return found;
        }
        StepKind::Do(Action::EnrolMember(_)) => MEMBERS,
        StepKind::Do(Action::LeaveMembership | Action::DisownMembership) => OTHERS,
        StepKind::Call { flow: called, .. } if changes(flows, *called) => ANYBODY,
        _ => comers,
    };
    targets(flow, index).into_iter().map(|target| (target, behind)).collect()
}

/// Those to whom a choice is offered.
fn offered(ask: &Ask, id: &str, comers: Comers) -> Comers {
    let choice = ask.choices().and_then(|choices| choices.list.iter().find(|known| known.id == id));
    match choice.and_then(|choice| choice.condition.as_ref()) {
        Some(condition) => comers.where_came(condition, true),
        None => comers,
    }
}

/// Whether somebody may join or leave in a flow, be found to be a member by their number, or in one it
/// calls.
pub(super) fn changes(flows: &[Flow], called: usize) -> bool {
    flows.get(called).is_none_or(|flow| {
        flow.steps.iter().any(|step| match &step.kind {
            StepKind::Do(
                Action::EnrolMember(_) | Action::LeaveMembership | Action::DisownMembership,
            )
            | StepKind::Call { .. } => true,
            StepKind::Ask(ask) => matches!(ask.answer, Answer::OwnPhone),
            _ => false,
        }) || (0..flow.steps.len()).any(|index| {
            targets(flow, index).iter().any(|target| matches!(target, Target::Call(_)))
        })
    })
}
