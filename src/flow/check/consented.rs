//! Templates that go with a consent nobody is asked for on the way to them, or which everybody has refused
//! who comes there: they would never leave, or only for those who agreed to it elsewhere.

use super::graph::targets;
use crate::flow::code::Code;
use crate::flow::definition::{Action, Flow, StepKind, Target};
use crate::flow::diagnostic::Findings;
use crate::flow::draft::{ActionDraft, AnswerDraft, FlowDraft, KindDraft, StepDraft, TargetDraft};
use crate::flow::template::Read;
use crate::flow::yaml::Word;
use crate::message::Purpose;

/// Tells where a flow names a template whose consent no flow asks for and no flow keeps, or none on the
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
            let add = match unasked(draft, step) {
                Some(question) => format!(
                    "add `notice: {name}` to `{}` ({}), whose `yes` would be that consent",
                    question.text,
                    findings.spot(question.place)
                ),
                None => {
                    format!("add `notice: {name}` to a question with a `yes`, before this is said")
                }
            };
            let said = step.map(|step| said_before(flows, drafts, (index, step), purpose));
            if !drafts.iter().any(|draft| asks_for(draft, purpose)) {
                findings
                    .error_hint(
                        word.place,
                        format!(
                            "the template `{}` goes to those who agreed to `{name}`, and no flow asks \
                             for that: it never leaves",
                            word.text
                        ),
                        add,
                    )
                    .code(Code::Consent);
            } else if let Some(question) = said.and_then(SaidBefore::only_refused) {
                let steps =
                    (draft.steps.get(question), step.and_then(|step| draft.steps.get(step)));
                if let (Some(question), Some(saying)) = steps {
                    refused_before((question, saying), word, name, findings);
                }
            } else if !on_the_way(flows, drafts, (index, said), purpose) {
                let other =
                    asked_instead(draft, purpose).map_or_else(String::new, |(step, other)| {
                        format!(
                            "; `{step}` asks for `{other}`: is that the purpose of the template?"
                        )
                    });
                let message = format!(
                    "the template `{}` goes to those who agreed to `{name}`, and no question on the \
                     way here asks for that: it leaves only for who agreed elsewhere",
                    word.text
                );
                let hint = format!("{add}, or lead here by `if: consents.{name}`{other}");
                // A reminder leaves in free words as long as the window is open.
                let told = match step {
                    Some(_) => findings.error_hint(word.place, message, hint),
                    None => findings.warn(word.place, message, hint),
                };
                told.code(Code::Consent);
            }
        }
    }
}

/// What was said to the question for a consent on the ways to a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SaidBefore {
    /// There is a way on which nobody was asked.
    nothing: bool,
    yes: bool,
    /// There is a way on which it was refused, or withdrawn: by this step.
    no: Option<usize>,
}

impl SaidBefore {
    const NOTHING: SaidBefore = SaidBefore { nothing: true, yes: false, no: None };
    const YES: SaidBefore = SaidBefore { nothing: false, yes: true, no: None };

    const fn refused(by: usize) -> SaidBefore {
        SaidBefore { nothing: false, yes: false, no: Some(by) }
    }

    fn with(self, more: SaidBefore) -> SaidBefore {
        SaidBefore {
            nothing: self.nothing || more.nothing,
            yes: self.yes || more.yes,
            no: self.no.or(more.no),
        }
    }

    /// The step at which everybody who comes has refused.
    fn only_refused(self) -> Option<usize> {
        self.no.filter(|_| !self.yes && !self.nothing)
    }
}

/// What may have been said to a question for a consent before a step of a flow.
fn said_before(
    flows: &[Flow],
    drafts: &[FlowDraft],
    (own, wanted): (usize, usize),
    purpose: Purpose,
) -> SaidBefore {
    let Some(flow) = flows.get(own) else { return SaidBefore::default() };
    // Whoever comes back from a flow that asks may have agreed there.
    let asked_in = |called: usize, said: SaidBefore| {
        let asks = |index: usize| drafts.get(index).is_some_and(|draft| asks_for(draft, purpose));
        let calls = |other: &usize| {
            flows.get(called).is_some_and(|flow| leads_to(flow, *other, false)) && asks(*other)
        };
        if asks(called) || (0..flows.len()).any(|other| calls(&other)) {
            said.with(SaidBefore::YES)
        } else {
            said
        }
    };
    let mut known = vec![SaidBefore::default(); flow.steps.len()];
    let mut waiting = vec![(0, SaidBefore::NOTHING)];
    while let Some((index, said)) = waiting.pop() {
        let Some(before) = known.get_mut(index) else { continue };
        let now = before.with(said);
        if now == *before {
            continue;
        }
        *before = now;
        for (target, then) in ways(flow, index, now, purpose, &asked_in) {
            match target {
                Target::Step(next) => waiting.push((next, then)),
                Target::Call(other) => waiting.push((index + 1, asked_in(other, then))),
                Target::Flow(_) | Target::End | Target::Result(_) => {}
            }
        }
    }
    known.get(wanted).copied().unwrap_or_default()
}

/// Where a step leads, and what was said on each way.
fn ways(
    flow: &Flow,
    index: usize,
    said: SaidBefore,
    purpose: Purpose,
    asked_in: &dyn Fn(usize, SaidBefore) -> SaidBefore,
) -> Vec<(Target, SaidBefore)> {
    let Some(step) = flow.steps.get(index) else { return Vec::new() };
    let then = match &step.kind {
        StepKind::Ask(ask) if ask.notice == Some(purpose) => {
            let of_outcome = |outcome: &str| match outcome {
                "yes" => SaidBefore::YES,
                "no" => SaidBefore::refused(index),
                _ => said,
            };
            let named = |outcome: &str| ask.when.iter().any(|(known, _)| known == outcome);
            let mut found: Vec<(Target, SaidBefore)> =
                ask.when.iter().map(|(id, target)| (*target, of_outcome(id))).collect();
            let choices = ask.choices().into_iter().flat_map(|choices| &choices.list);
            let left = choices.map(|choice| choice.id.as_str()).filter(|id| !named(id));
            found.extend(left.map(|id| (step.next, of_outcome(id))));
            if ask.optional && !named("skip") {
                found.push((step.next, said));
            }
            return found;
        }
        StepKind::Branch(ways) => {
            let wanted = format!("consents.{}", purpose.name());
            let mut conditions = ways.iter().filter_map(|(condition, _)| condition.as_ref());
            let looked = conditions.any(|condition| condition.source().contains(&wanted));
            if looked { said.with(SaidBefore::YES) } else { said }
        }
        StepKind::Do(Action::Consent(list)) if list.contains(&purpose) => SaidBefore::YES,
        StepKind::Do(Action::Withdraw(list)) if list.contains(&purpose) => {
            SaidBefore::refused(index)
        }
        StepKind::Call { flow: called, .. } => asked_in(*called, said),
        _ => said,
    };
    targets(flow, index).into_iter().map(|target| (target, then)).collect()
}

/// A template to which only those come who refused its consent.
fn refused_before(
    (question, saying): (&StepDraft, &StepDraft),
    word: &Word,
    name: &str,
    findings: &mut Findings<'_>,
) {
    let asked = match &question.kind {
        KindDraft::Ask(ask) => Some(ask),
        _ => None,
    };
    let by = if asked.is_some() { "by the `no` of" } else { "through" };
    let message = format!(
        "the template `{}` goes to those who agreed to `{name}`, and every way to `{}` goes {by} `{}`: \
         it never leaves",
        word.text, saying.name.text, question.name.text
    );
    // `when: {yes: …}` for `{no: …}`: the answer that agrees is led away.
    let way = |wanted: &str| {
        asked.and_then(|ask| ask.when.iter().find(|(outcome, _)| outcome.text == wanted))
    };
    let led_away = way("yes").filter(|_| way("no").is_none());
    let (place, hint) = if let Some((outcome, TargetDraft::Step(target))) = led_away {
        let hint = format!(
            "`yes` leads away to `{0}`, and `no` goes on: was `no: {0}` meant?",
            target.text
        );
        (outcome.place, hint)
    } else {
        let spot = findings.spot(question.name.place);
        let name = &question.name.text;
        let hint = match asked {
            Some(_) => format!("lead those here who said `yes` to `{name}` ({spot})"),
            None => format!("`{name}` ({spot}) withdraws it: say this before, or ask for it again"),
        };
        (word.place, hint)
    };
    findings.error_hint(place, message, hint).code(Code::Consent);
}

/// The last question before a step that could ask for a consent and has no notice.
fn unasked(draft: &FlowDraft, step: Option<usize>) -> Option<&Word> {
    let before = draft.steps.get(..step.unwrap_or(draft.steps.len()))?;
    let mut questions = before.iter().rev().filter(|written| match &written.kind {
        KindDraft::Ask(ask) if ask.notice.is_none() => match &ask.answer {
            AnswerDraft::YesNo(_) => true,
            AnswerDraft::OneOf(choices) => choices.ids().any(|id| id == "yes"),
            _ => false,
        },
        _ => false,
    });
    questions.next().map(|written| &written.name)
}

/// Whether a consent is asked for before a step (`None`: anywhere in the flow), in its flow or in one
/// that leads to it or is called by it; or whether a condition there looks at it.
fn on_the_way(
    flows: &[Flow],
    drafts: &[FlowDraft],
    (own, said): (usize, Option<SaidBefore>),
    purpose: Purpose,
) -> bool {
    let Some((flow, draft)) = flows.get(own).zip(drafts.get(own)) else { return true };
    let before = said.map_or_else(|| asks_for(draft, purpose), |said| said.yes);
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
