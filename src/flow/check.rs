//! What names and shapes alone do not show: words two flows begin with, steps nobody reaches,
//! conversations that never end or never ask.

mod answered;
mod calls;
mod circles;
mod consented;
mod culprits;
mod files;
mod graph;
mod handed;
mod late;
mod law;
mod person;
mod rehearsal;
mod same_ways;
mod settled;
pub(super) mod sms;
mod starts;
mod strangers;
mod stray;
mod texts;
mod untranslated;
mod variants;

pub(super) use self::answered::answered;
pub(super) use self::calls::calls;
pub(super) use self::consented::consented;
pub(crate) use self::files::saved;
pub(super) use self::files::{files, is_something_else, strayed_flow};
pub(super) use self::graph::graph;
pub(super) use self::handed::handed;
pub(super) use self::late::late;
pub(crate) use self::law::never_kept;
pub(super) use self::law::questions;
pub(super) use self::rehearsal::rehearsals;
pub(super) use self::same_ways::same_ways;
pub(super) use self::settled::settled;
pub(super) use self::sms::parts;
pub(super) use self::starts::{alike, is_shipped, special_flows, starts};
pub(super) use self::strangers::strangers;
pub(super) use self::stray::stray;
pub(crate) use self::texts::BROADCASTS;
pub(super) use self::texts::{choices, texts};
pub(super) use self::untranslated::untranslated;
pub(super) use self::variants::variants;

use super::code::Code;
use super::diagnostic::{Findings, Place, did_you_mean};
use super::draft::{AnswerDraft, FlowDraft, HeaderDraft, KindDraft};

/// A member has a name, a district and a seat: the flow must ask for them.
pub(super) fn enrolment(draft: &FlowDraft, place: Place, findings: &mut Findings<'_>) {
    let needed = [("name", "person_name"), ("district", "district"), ("seat", "assembly")];
    for (step, kind) in needed {
        let asked = draft.steps.iter().any(|known| {
            let fits = match &known.kind {
                KindDraft::Ask(ask) => kind_of(&ask.answer) == kind,
                other => matches!(other, KindDraft::Broken),
            };
            known.name.text == step && fits
        });
        let other = draft.steps.iter().find_map(|known| match &known.kind {
            KindDraft::Ask(_) if known.name.text == step => Some(known.name.place),
            _ => None,
        });
        if !asked && let Some(other) = other {
            let spot = findings.spot(place);
            findings
                .error_hint(
                    other,
                    format!("a member's {step} is made from another answer than this one"),
                    format!("write `answer: {kind}`; `enrol_member` ({spot}) needs it"),
                )
                .code(Code::Enrolment);
        } else if !asked {
            findings
                .error_hint(
                    place,
                    format!("a member needs a {step}, and this flow does not ask for it"),
                    format!("add a step `{step}` with the answer `{kind}`"),
                )
                .code(Code::Enrolment);
        }
    }
}

/// Nobody is kept as a member who did not say yes to it (DPDP Act 2023, section 6).
pub(super) fn consent_of_members(draft: &FlowDraft, place: Place, findings: &mut Findings<'_>) {
    let asked = draft.steps.iter().any(|step| match &step.kind {
        KindDraft::Ask(ask) => {
            ask.notice.as_ref().is_some_and(|notice| notice.text == "membership")
        }
        other => matches!(other, KindDraft::Broken),
    });
    if !asked {
        findings
            .error_hint(
                place,
                "nobody was asked for their consent to be kept as a member",
                "add `notice: membership` to the question whose `yes` is that consent",
            )
            .code(Code::Consent);
    }
}

/// A change of a member takes what the flow asked for; a new district needs its seat.
pub(super) fn update(draft: &FlowDraft, place: Place, findings: &mut Findings<'_>) {
    let asks = |name: &str| {
        draft.steps.iter().any(|step| {
            step.name.text == name && matches!(step.kind, KindDraft::Ask(_) | KindDraft::Broken)
        })
    };
    let known = ["name", "district", "seat", "booth"];
    if !known.into_iter().any(asks) {
        findings
            .error_hint(
                place,
                "nothing of the member is asked here that could be changed",
                format!("ask in a step named {}", known.join(", ")),
            )
            .code(Code::Enrolment);
    }
    if asks("district") && !asks("seat") {
        findings
            .error_hint(
                place,
                "with a new district a member needs a new seat",
                "add a step `seat` with the answer {assembly: {in: district}}",
            )
            .code(Code::Enrolment);
    }
}

/// Every secret a call carries must be one the office has: a call without it fails each time.
pub(super) fn secrets(drafts: &[FlowDraft], known: &[String], findings: &mut Findings<'_>) {
    for step in drafts.iter().flat_map(|draft| &draft.steps) {
        let KindDraft::Fetch(fetch) = &step.kind else { continue };
        for (_, value) in &fetch.headers {
            let HeaderDraft::Secret(name) = value else { continue };
            if known.contains(&name.text) {
                continue;
            }
            let names = known.iter().map(String::as_str);
            let hint = did_you_mean(&name.text, names).unwrap_or_else(|| {
                format!("name its file in samvad.toml: [secrets] {} = \"…\"", name.text)
            });
            findings
                .error_hint(
                    name.place,
                    format!("the configuration has no secret `{}`", name.text),
                    hint,
                )
                .code(Code::UnknownWord);
        }
    }
}

fn kind_of(answer: &AnswerDraft) -> &str {
    match answer {
        AnswerDraft::Assembly { .. } => "assembly",
        AnswerDraft::Plain(word) => &word.text,
        _ => "",
    }
}
