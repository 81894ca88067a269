//! Ways on which an answer lacks, told with the place where they leap over the question.

use crate::flow::code::Code;
use crate::flow::definition::{Flow, StepKind};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft, TargetDraft};

/// A way on which an answer lacks, and where it leaps over the step that gives it.
pub(super) struct Lacking {
    pub(super) way: Vec<usize>,
    pub(super) jump: Option<Jump>,
}

impl Lacking {
    pub(super) fn tell(
        &self,
        at: Place,
        (key, name): (&str, &str),
        flow: &Flow,
        findings: &mut Findings<'_>,
    ) {
        let message = format!(
            "the text `{key}` shows `${name}`, which is not answered on the way {}",
            in_words(&self.way, flow)
        );
        let Some(jump) = &self.jump else {
            let giver = flow.step(name).and_then(|index| flow.steps.get(index));
            let gives = match giver.map(|step| &step.kind) {
                Some(StepKind::Count(_)) => "count",
                _ => "ask",
            };
            findings
                .warn(
                    at,
                    message,
                    format!(
                        "say another text on that way, or {gives} `{name}` on it; as it is, \
                         nothing stands there"
                    ),
                )
                .code(Code::NotYetAnswered);
            return;
        };
        let spot = findings.spot(jump.place);
        let hint = format!(
            "{} leads past `{name}` ({spot}): lead it to `{name}`, or say another text on that way; \
             as it is, nothing stands there",
            jump.way
        );
        // Where no condition comes in between, whoever answers so hears it.
        let told = if jump.sure {
            findings.error_hint(at, message, hint)
        } else {
            findings.warn(at, message, hint)
        };
        told.code(Code::NotYetAnswered);
    }
}

/// A way from a step before the one that gives an answer to one behind it.
pub(super) struct Jump {
    pub(super) place: Place,
    /// What leads there, in words.
    way: String,
    /// Whether nothing but the answer of a person decides that it is gone to the end.
    sure: bool,
}

/// The last place on a way where it leaps over the step `name`.
pub(super) fn jump_over(
    way: &[usize],
    name: &str,
    (flow, draft): (&Flow, &FlowDraft),
) -> Option<Jump> {
    let giver = flow.step(name)?;
    let (at, (from, to)) = way
        .iter()
        .zip(way.iter().skip(1))
        .enumerate()
        .rfind(|(_, (from, to))| **from < giver && giver < **to)?;
    let written = draft.steps.get(*from)?;
    let wanted = flow.steps.get(*to)?.name.as_str();
    let leads =
        |target: &&TargetDraft| matches!(target, TargetDraft::Step(word) if word.text == wanted);
    let Some(TargetDraft::Step(word)) = written.targets().into_iter().find(leads) else {
        return None;
    };
    let outcome = match &written.kind {
        KindDraft::Ask(ask) => ask.when.iter().find(|(_, target)| leads(&target)),
        _ => None,
    };
    let decided = |step: &usize| {
        matches!(
            flow.steps.get(*step).map(|step| &step.kind),
            Some(StepKind::Branch(_) | StepKind::Limit { .. })
        )
    };
    let behind = way.get(at + 1..).unwrap_or_default();
    Some(Jump {
        place: word.place,
        way: outcome.map_or_else(
            || format!("the step `{}`", written.name.text),
            |(outcome, _)| format!("`{}` of `{}`", outcome.text, written.name.text),
        ),
        sure: outcome.is_some() && !behind.iter().any(decided),
    })
}

/// `coming → pity`, a long way without its middle.
fn in_words(way: &[usize], flow: &Flow) -> String {
    let names: Vec<&str> = way
        .iter()
        .filter_map(|step| flow.steps.get(*step))
        .map(|step| step.name.as_str())
        .collect();
    match names.as_slice() {
        [first, second, .., before, last] if names.len() > 6 => {
            format!("{first} → {second} → … → {before} → {last}")
        }
        _ => names.join(" → "),
    }
}
