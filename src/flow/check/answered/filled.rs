//! Answers in the address and the body of a call that no way to it has brought.

use std::collections::HashMap;

use super::ways::{Before, Ways};
use super::{TICKET, entered_with_ticket, is_request};
use crate::flow::code::Code;
use crate::flow::condition::Known;
use crate::flow::definition::{Flow, StepKind};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FetchDraft, FlowDraft, KindDraft, TreeDraft};
use crate::flow::fetch::Template;
use crate::flow::yaml::Word;

/// Tells of each place that would be empty every time.
pub(super) fn calls(
    flows: &[Flow],
    (flow, draft): (&Flow, &FlowDraft),
    known: &HashMap<String, Known>,
    findings: &mut Findings<'_>,
) {
    let own = flows.iter().position(|other| other.name == flow.name);
    for (index, written) in draft.steps.iter().enumerate() {
        let KindDraft::Fetch(fetch) = &written.kind else { continue };
        let mut words = vec![&fetch.url];
        fetch.body.iter().for_each(|body| words_of(body, &mut words));
        let mut told: Vec<String> = Vec::new();
        for word in words {
            let Ok(template) = Template::read(&word.text) else { continue };
            for name in template.names() {
                let is_ticket = name == TICKET;
                let comes_along =
                    is_ticket && own.is_some_and(|own| entered_with_ticket(flows, own));
                if (!is_ticket && !known.contains_key(name))
                    || comes_along
                    || told.iter().any(|known| known == name)
                    || !matches!((Ways { flows, flow, known, name }).to(index), Before::Never)
                {
                    continue;
                }
                told.push(name.to_owned());
                let at = place_in(word, name, findings);
                let before: Vec<&str> = flow
                    .steps
                    .iter()
                    .take(index)
                    .filter(|step| matches!(step.kind, StepKind::Ask(_)))
                    .map(|step| step.name.as_str())
                    .filter(|name| !fetch.url.text.contains(&format!("{{{name}}}")))
                    .filter(|name| {
                        let ways = Ways { flows, flow, known, name };
                        matches!(ways.to(index), Before::Always)
                    })
                    .collect();
                tell(at, name, (flow, draft), (fetch, &before), findings);
            }
        }
    }
}

fn tell(
    at: Place,
    name: &str,
    (flow, draft): (&Flow, &FlowDraft),
    (fetch, known): (&FetchDraft, &[&str]),
    findings: &mut Findings<'_>,
) {
    let step_at = |index: usize, findings: &Findings<'_>| {
        let step = draft.steps.get(index).map(|step| &step.name);
        step.map_or_else(String::new, |step| {
            format!("`{}` ({})", step.text, findings.spot(step.place))
        })
    };
    let (message, hint) = if fetch.keep.iter().any(|(kept, _)| kept.text == name) {
        (
            format!("`{name}` comes with the answer of this very call: nothing stands here yet"),
            match known {
                [] => "fill in what was answered before the call".to_owned(),
                [.., last] => {
                    format!("fill in what was answered before the call, perhaps {{{last}}}")
                }
            },
        )
    } else if name == TICKET {
        let files = flow.steps.iter().position(|step| is_request(&step.kind));
        let hint = files.map_or_else(
            || "file the request before: {do: {request: {kind: …, with: […]}}}".to_owned(),
            |index| {
                format!(
                    "put {}, which files the request, before this call",
                    step_at(index, findings)
                )
            },
        );
        ("no request is filed before this call: there is no `ticket` yet".to_owned(), hint)
    } else {
        let giver = flow.steps.iter().position(|step| {
            step.name == name
                || matches!(&step.kind, StepKind::Fetch(other)
                    if other.keep.iter().any(|(kept, _)| kept == name))
        });
        let hint = giver.map_or_else(
            || "fill in what was answered before the call".to_owned(),
            |index| {
                format!(
                    "put this call behind {}, or fill in another answer",
                    step_at(index, findings)
                )
            },
        );
        (format!("nobody was asked for `{name}` before this call: nothing stands here"), hint)
    };
    findings.error_hint(at, message, hint).code(Code::NotYetAnswered);
}

/// The words of a body in which answers may stand.
fn words_of<'a>(tree: &'a TreeDraft, words: &mut Vec<&'a Word>) {
    match tree {
        TreeDraft::Null | TreeDraft::Flag(_) | TreeDraft::Number(_) => {}
        TreeDraft::Words(word) => words.push(word),
        TreeDraft::List(items) => items.iter().for_each(|item| words_of(item, words)),
        TreeDraft::Map(entries) => entries.iter().for_each(|(_, item)| words_of(item, words)),
    }
}

/// Where `{name}` stands in these words.
fn place_in(word: &Word, name: &str, findings: &Findings<'_>) -> Place {
    findings.find_in(word.place, &format!("{{{name}}}"))
}
