//! The proof that every text has a DLT template, and what lacks one.

use crate::dlt::{Among, Proposal, Refusal, Standing, Why};
use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::load::{Everything, Notice};
use crate::flow::wording::english_name;

use super::forms::{Form, forms};
use super::read::Read;

/// A text that no template carries, as one that would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub proposal: Proposal,
}

/// Looks for the template of every text of every flow in every language, and gives what lacks one. It is
/// told, too, where somebody wants to know (`tells`) and the office keeps a registry.
pub(in crate::flow) fn prove(
    all: &Everything<'_>,
    notices: &[Notice],
    read: &Read,
    tells: bool,
    findings: &mut Findings<'_>,
) -> Vec<Lacking> {
    let found = forms(all, notices);
    let tells = tells && read.is_there;
    if tells {
        for (place, words) in found.endless {
            findings
                .warn(
                    place,
                    format!("{words}: not each of them can have a DLT template"),
                    "by SMS what has none is not said; give SMS words of its own, $channel -> [sms] …",
                )
                .code(Code::DltTemplate);
        }
        waiting(read, findings);
    }
    let mut lacking = Vec::new();
    for form in found.list {
        let longest = form.proposal.longest();
        if read.registry.carry(&longest, Among::Declared).is_some() {
            continue;
        }
        let refusal = read.registry.why(&longest, Among::Declared);
        if tells {
            tell(&form, &refusal, findings);
        }
        if matches!(refusal, Refusal::NoTemplate(_)) {
            lacking.push(Lacking { proposal: form.proposal });
        }
    }
    lacking
}

/// Templates by which nothing leaves yet.
fn waiting(read: &Read, findings: &mut Findings<'_>) {
    for (template, place) in read.registry.templates.iter().zip(&read.names) {
        if template.standing == Standing::Proposed {
            findings
                .warn(
                    *place,
                    format!("nothing leaves by `{}` yet", template.name),
                    "register it on the DLT portal and write its `id`",
                )
                .code(Code::DltWaits);
        }
    }
}

fn tell(form: &Form, refusal: &Refusal, findings: &mut Findings<'_>) {
    let language = english_name(form.proposal.language);
    let key = &form.key;
    let (message, hint, code) = match refusal {
        Refusal::NoTemplate(nearest) => {
            let register = "`samvad dlt propose` writes the template to be registered";
            let hint = match nearest {
                Some(nearest) => format!("{}; {register}", nearest.words()),
                None => register.to_owned(),
            };
            (format!("`{key}` has no DLT template in {language}"), hint, Code::DltTemplate)
        }
        Refusal::NotRegistered { template } | Refusal::Stopped { template } => (
            format!("`{key}` has the DLT template `{template}` in {language}, which is stopped"),
            "say it in other words, or have the template approved again".to_owned(),
            Code::DltTemplate,
        ),
        Refusal::Value { template, place, why } => {
            let hint = match why {
                Why::TooLong { .. } => {
                    "a person whose value is longer does not get this message; two places side by side hold more".to_owned()
                }
                Why::Script(Some(script)) => format!(
                    "try a message with your operator; when it comes, write `tested: [latin, {}]` under `{template}`",
                    script.name()
                ),
                Why::Script(None) => "leave that sign out, or move it out of the place".to_owned(),
                Why::WrongTag(_) => {
                    "try it with your operator; signs that come through stand in `passes: \"-,\"`".to_owned()
                }
                Why::NotListed(_) => {
                    "write what stands on the portal's list: `urls: [https://…]`, `callback_numbers: [1800…]`".to_owned()
                }
            };
            let message = format!(
                "a value of `{key}` in {language} does not fit: what fills place {place} of `{template}` {}",
                why.words()
            );
            (message, hint, Code::DltValue)
        }
    };
    // Most people's values are shorter than the longest.
    if matches!(refusal, Refusal::Value { why: Why::TooLong { .. }, .. }) {
        findings.warn(form.place, message, hint).code(code);
    } else {
        findings.error_hint(form.place, message, hint).code(code);
    }
}
