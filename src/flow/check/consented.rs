//! Templates that go with a consent nobody is asked for on the way to them: they would never leave, or
//! only for those who agreed to it elsewhere.

use super::graph::{reachable, targets, ways_of};
use crate::flow::code::Code;
use crate::flow::definition::{Flow, StepKind, Target};
use crate::flow::diagnostic::Findings;
use crate::flow::draft::{ActionDraft, FlowDraft, KindDraft, StepDraft};
use crate::flow::template::Read;
use crate::flow::yaml::Word;
use crate::message::Purpose;

/// Warns where a flow names a template whose consent no flow asks for and no flow keeps, or none on the
/// way there.
pub(in crate::flow) fn consented(
    flows: &[Flow],
    drafts: &[FlowDraft],
    templates: &[Read],
    findings: &mut Findings<'_>,
) {
    if !drafts.iter().all(FlowDraft::is_whole) {
        return;
    }
    for (index, draft) in drafts.iter().enumerate() {
        for (step, word) in named(draft) {
            let read =
                templates.iter().find(|read| read.declared.name == word.text && !read.broken);
            let Some(purpose) = read.map(|read| read.declared.purpose) else { continue };
            if purpose == Purpose::Answer {
                continue;
            }
            let name = purpose.name();
            let add =
                format!("add `notice: {name}` to a question with a `yes`, before this is said");
            if !drafts.iter().any(|draft| asks_for(draft, purpose)) {
                findings
                    .warn(
                        word.place,
                        format!(
                            "the template `{}` goes to those who agreed to `{name}`, and no flow asks \
                             for that: it never leaves",
                            word.text
                        ),
                        add,
                    )
                    .code(Code::Consent);
            } else if !on_the_way(flows, drafts, (index, step), purpose) {
                let other =
                    asked_instead(draft, purpose).map_or_else(String::new, |(step, other)| {
                        format!(
                            "; `{step}` asks for `{other}`: is that the purpose of the template?"
                        )
                    });
                findings
                    .warn(
                        word.place,
                        format!(
                            "the template `{}` goes to those who agreed to `{name}`, and no question \
                             on the way here asks for that: it leaves only for who agreed elsewhere",
                            word.text
                        ),
                        format!("{add}, or lead here by `if: consents.{name}`{other}"),
                    )
                    .code(Code::Consent);
            }
        }
    }
}

/// Whether a consent is asked for before a step (`None`: anywhere in the flow), in its flow or in one
/// that leads to it or is called by it; or whether a condition there looks at it.
fn on_the_way(
    flows: &[Flow],
    drafts: &[FlowDraft],
    (own, step): (usize, Option<usize>),
    purpose: Purpose,
) -> bool {
    let Some((flow, draft)) = flows.get(own).zip(drafts.get(own)) else { return true };
    let ways = ways_of(flow);
    let before = draft.steps.iter().enumerate().any(|(index, written)| {
        let leads = || {
            step.is_none_or(|step| {
                ways.get(index)
                    .into_iter()
                    .flatten()
                    .any(|next| reachable(&ways, *next).get(step) == Some(&true))
            })
        };
        step_asks_for(written, purpose) && leads()
    });
    if before || looks_at(flow, purpose) || drafts.iter().any(|other| keeps(other, purpose)) {
        return true;
    }
    let mut known = vec![own];
    let mut next = 0;
    while let Some(current) = known.get(next).copied() {
        next += 1;
        for (other, draft) in drafts.iter().enumerate() {
            let (from, to) = (flows.get(other), flows.get(current));
            let leads = from.is_some_and(|from| leads_to(from, current, true));
            let called = to.is_some_and(|to| leads_to(to, other, false));
            if known.contains(&other) || !(leads || called) {
                continue;
            }
            if asks_for(draft, purpose) || from.is_some_and(|from| looks_at(from, purpose)) {
                return true;
            }
            // Whatever is led to by the menu has been nowhere before.
            if from.is_some_and(|from| !from.default) {
                known.push(other);
            }
        }
    }
    false
}

/// Whether a flow keeps a consent by an action, and not only one it has withdrawn.
fn keeps(draft: &FlowDraft, purpose: Purpose) -> bool {
    let withdraws =
        |step: &StepDraft| matches!(&step.kind, KindDraft::Do(ActionDraft::Withdraw(_)));
    let keeps =
        |step: &StepDraft| matches!(&step.kind, KindDraft::Do(_)) && step_asks_for(step, purpose);
    draft.steps.iter().any(keeps) && !draft.steps.iter().any(withdraws)
}

/// Whether a flow plays another, or (where `leaves`) leaves for it.
fn leads_to(flow: &Flow, wanted: usize, leaves: bool) -> bool {
    flow.steps.iter().enumerate().any(|(index, step)| {
        matches!(step.kind, StepKind::Call { flow: called, .. } if called == wanted)
            || targets(flow, index).into_iter().any(|target| match target {
                Target::Call(to) => to == wanted,
                Target::Flow(to) => leaves && to == wanted,
                _ => false,
            })
    })
}

/// Whether a condition of a flow looks at a consent; that to a membership every member gave.
fn looks_at(flow: &Flow, purpose: Purpose) -> bool {
    let names = |source: &str| {
        source.contains(&format!("consents.{}", purpose.name()))
            || purpose == Purpose::Membership && source.contains("member")
    };
    flow.steps.iter().any(|step| match &step.kind {
        StepKind::Branch(ways) => ways
            .iter()
            .any(|(condition, _)| condition.as_ref().is_some_and(|one| names(one.source()))),
        StepKind::Ask(ask) => ask.choices().is_some_and(|choices| {
            let mut conditions = choices.list.iter().filter_map(|one| one.condition.as_ref());
            conditions.any(|one| names(one.source()))
        }),
        _ => false,
    })
}

/// A question of the flow that asks for another consent.
fn asked_instead(draft: &FlowDraft, purpose: Purpose) -> Option<(&str, &str)> {
    draft.steps.iter().find_map(|step| match &step.kind {
        KindDraft::Ask(ask) => {
            let notice = ask.notice.as_ref().filter(|notice| notice.text != purpose.name())?;
            Some((step.name.text.as_str(), notice.text.as_str()))
        }
        _ => None,
    })
}

/// The templates a flow names, each with its step; a reminder has none.
fn named(draft: &FlowDraft) -> Vec<(Option<usize>, &Word)> {
    let steps = draft.steps.iter().enumerate().filter_map(|(index, step)| {
        let template = match &step.kind {
            KindDraft::Say { template, .. } => template.as_ref(),
            KindDraft::Ask(ask) => ask.template.as_ref(),
            _ => None,
        };
        template.map(|template| (Some(index), template))
    });
    let remind = draft.remind.as_ref().and_then(|remind| remind.template.as_ref());
    steps.chain(remind.map(|template| (None, template))).collect()
}

fn asks_for(draft: &FlowDraft, purpose: Purpose) -> bool {
    draft.steps.iter().any(|step| step_asks_for(step, purpose))
}

fn step_asks_for(step: &StepDraft, purpose: Purpose) -> bool {
    match &step.kind {
        KindDraft::Ask(ask) => {
            ask.notice.as_ref().is_some_and(|notice| notice.text == purpose.name())
        }
        KindDraft::Do(ActionDraft::Consent(words)) => {
            words.iter().any(|word| word.text == purpose.name())
        }
        _ => false,
    }
}
