//! Ways that leave a step without its own: all choices of a question lead to one step, or a message in a
//! wait leads back to the same wait. Told there, and not at the steps nobody reaches because of it.

use super::answered::choices_of;
use super::graph::targets;
use super::same_ways::{name_of, place_of};
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Ask, Flow, StepKind, Target};
use crate::flow::diagnostic::Findings;
use crate::flow::draft::{AskDraft, FlowDraft, KindDraft, StepDraft, TargetDraft};
use crate::flow::link::FAILS_UNSEEN;
use crate::flow::session::Came;

/// Such a step, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Culprit {
    pub(super) step: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Every choice of a question leads here.
    Choices(Target),
    /// `reply` leads back to its own wait, and nothing is said.
    Reply,
    /// Choices have the names of steps, and none leads anywhere.
    NoWays,
    /// A call that keeps nothing, and has no way for its failure.
    NoFailure,
    /// Both sides of an `if`, told with the other ways that are none.
    ToldElsewhere,
}

/// Those of a flow, in its order; `unreached` are the steps nobody comes to.
pub(super) fn culprits(flow: &Flow, unreached: &[usize]) -> Vec<Culprit> {
    let is_unreached = |id: &str| flow.step(id).is_some_and(|step| unreached.contains(&step));
    let found = flow.steps.iter().enumerate().filter_map(|(step, definition)| {
        let kind = match &definition.kind {
            StepKind::Ask(ask) if ask.when.is_empty() => {
                let ids = ask.choices().into_iter().flat_map(|choices| &choices.list);
                let lost = ids.filter(|choice| is_unreached(&choice.id)).count();
                (lost > 0).then_some(Kind::NoWays)?
            }
            StepKind::Ask(ask) => Kind::Choices(one_way(ask)?),
            StepKind::Wait { reply: Some(reply), .. } if comes_back(flow, *reply, step) => {
                Kind::Reply
            }
            StepKind::Fetch(call) => {
                // One that keeps something is told in any case.
                let fails = call.when.iter().any(|(came, _)| *came == Came::Failed);
                (call.keep.is_empty() && !fails).then_some(Kind::NoFailure)?
            }
            StepKind::Branch(ways) if ways.iter().any(|(condition, _)| condition.is_some()) => {
                let targets = targets(flow, step);
                let (first, rest) = targets.split_first()?;
                let same = !rest.is_empty() && rest.iter().all(|target| target == first);
                same.then_some(Kind::ToldElsewhere)?
            }
            _ => return None,
        };
        Some(Culprit { step, kind })
    });
    found.collect()
}

/// Where every choice of a question leads, by a way that is written for each.
fn one_way(ask: &Ask) -> Option<Target> {
    let (Answer::OneOf(choices) | Answer::YesNo(choices)) = &ask.answer else { return None };
    let mut ways = choices.list.iter().map(|choice| {
        ask.when.iter().find(|(known, _)| *known == choice.id).map(|(_, target)| *target)
    });
    let first = ways.next()??;
    let is_one = choices.list.len() > 1 && ways.all(|way| way == Some(first));
    is_one.then_some(first)
}

/// Whether nothing is said or done before a wait comes again.
fn comes_back(flow: &Flow, from: Target, wait: usize) -> bool {
    let mut target = from;
    for _ in &flow.steps {
        let Target::Step(index) = target else { return false };
        if index == wait {
            return true;
        }
        match flow.steps.get(index) {
            Some(step) if matches!(step.kind, StepKind::Goto) => target = step.next,
            _ => return false,
        }
    }
    false
}

impl Culprit {
    /// The steps after which its choices are named.
    pub(super) fn named(self, flow: &Flow) -> impl Iterator<Item = usize> {
        let ask = flow.ask(self.step).filter(|_| self.kind == Kind::NoWays);
        let choices = ask.and_then(Ask::choices).into_iter().flat_map(|choices| &choices.list);
        choices.filter_map(|choice| flow.step(&choice.id))
    }

    /// Whether it is wrong by itself, and not only where it leaves a step without a way.
    pub(super) fn is_wrong_alone(self) -> bool {
        self.kind == Kind::Reply
    }

    /// Tells of it; `lost` is the step that has no way because of it.
    pub(super) fn tell(
        self,
        (flow, draft): (&Flow, &FlowDraft),
        lost: Option<&str>,
        findings: &mut Findings<'_>,
    ) {
        let Some(written) = draft.steps.get(self.step) else { return };
        match self.kind {
            Kind::ToldElsewhere => {}
            Kind::Choices(target) => tell_choices((flow, target), written, lost, findings),
            Kind::Reply => tell_reply(written, lost, findings),
            Kind::NoWays => tell_menu((flow, written), findings),
            Kind::NoFailure => tell_failure(written, lost, findings),
        }
    }
}

fn tell_choices(
    (flow, target): (&Flow, Target),
    written: &StepDraft,
    lost: Option<&str>,
    findings: &mut Findings<'_>,
) {
    let KindDraft::Ask(ask) = &written.kind else { return };
    let Some((_, last)) = ask.when.last() else { return };
    let all = if ask.when.len() > 2 { "all choices" } else { "both choices" };
    let (follows, hint) = match lost {
        Some(lost) => (
            format!(", and none to `{lost}`"),
            format!("lead one of them to `{lost}`: {}", either_way(ask, lost)),
        ),
        None => (
            ", and the conversation never ends".to_owned(),
            "lead one of them to a step that ends, or on to the next".to_owned(),
        ),
    };
    findings
        .error_hint(
            place_of(Some(last), written),
            format!("{all} of `{}` lead to {}{follows}", written.name.text, name_of(flow, target)),
            hint,
        )
        .code(Code::SameWays);
}

/// `yes: sorry` or `no: sorry`.
fn either_way(ask: &AskDraft, step: &str) -> String {
    let ways: Vec<String> =
        ask.when.iter().map(|(outcome, _)| format!("`{}: {step}`", outcome.text)).collect();
    ways.join(" or ")
}

fn tell_menu((flow, written): (&Flow, &StepDraft), findings: &mut Findings<'_>) {
    let KindDraft::Ask(ask) = &written.kind else { return };
    let choices = choices_of(ask);
    let steps = choices.iter().filter(|choice| flow.step(&choice.id.text).is_some());
    let ways: Vec<String> = steps.map(|choice| format!("{0}: {0}", choice.id.text)).collect();
    let place = choices.first().map_or(ask.message.place, |choice| choice.id.place);
    findings
        .error_hint(
            place,
            format!(
                "the choices of `{}` have the names of steps, and none leads there: each goes on to the next \
                 line",
                written.name.text
            ),
            format!("add `when: {{{}}}` to the question", ways.join(", ")),
        )
        .code(Code::SameWays);
}

fn tell_failure(written: &StepDraft, lost: Option<&str>, findings: &mut Findings<'_>) {
    let KindDraft::Fetch(call) = &written.kind else { return };
    let step = lost.unwrap_or("sorry");
    findings
        .error_hint(
            call.url.place,
            format!("{FAILS_UNSEEN}, and none comes to `{step}`"),
            format!("say where that leads: `when: {{failed: {step}}}`"),
        )
        .code(Code::MissingKey);
}

fn tell_reply(written: &StepDraft, lost: Option<&str>, findings: &mut Findings<'_>) {
    let KindDraft::Wait { reply: Some(reply), .. } = &written.kind else { return };
    let name = &written.name.text;
    let instead = match lost {
        Some(lost) => format!("lead it to `{lost}`: {{reply: {lost}}}"),
        None => "lead it to a step that says or asks something".to_owned(),
    };
    let place = match reply {
        TargetDraft::Step(word) => word.place,
        _ => written.name.place,
    };
    findings
        .error_hint(
            place,
            format!(
                "`reply` leads back to the wait `{name}`, and nothing is said: whoever writes is not \
                 answered, and the time begins anew"
            ),
            format!("{instead}; or leave `reply` away: then people are told that it takes time"),
        )
        .code(Code::SilentCircle);
}
