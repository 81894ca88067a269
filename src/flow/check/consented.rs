//! Templates that go with a consent nobody is ever asked for: they would never leave.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::draft::{ActionDraft, FlowDraft, KindDraft};
use crate::flow::template::Read;
use crate::flow::yaml::Word;
use crate::message::Purpose;

/// Warns where a flow names a template whose consent no flow asks for and no flow keeps.
pub(in crate::flow) fn consented(
    drafts: &[FlowDraft],
    templates: &[Read],
    findings: &mut Findings<'_>,
) {
    if !drafts.iter().all(FlowDraft::is_whole) {
        return;
    }
    for word in drafts.iter().flat_map(named) {
        let read = templates.iter().find(|read| read.declared.name == word.text && !read.broken);
        let Some(purpose) = read.map(|read| read.declared.purpose) else { continue };
        if purpose == Purpose::Answer || drafts.iter().any(|draft| asks_for(draft, purpose)) {
            continue;
        }
        let name = purpose.name();
        findings
            .warn(
                word.place,
                format!(
                    "the template `{}` goes to those who agreed to `{name}`, and no flow asks for \
                     that: it never leaves",
                    word.text
                ),
                format!("add `notice: {name}` to a question with a `yes`, before this is said"),
            )
            .code(Code::Consent);
    }
}

/// The templates a flow names, where it does.
fn named(draft: &FlowDraft) -> Vec<&Word> {
    let steps = draft.steps.iter().filter_map(|step| match &step.kind {
        KindDraft::Say { template, .. } => template.as_ref(),
        KindDraft::Ask(ask) => ask.template.as_ref(),
        _ => None,
    });
    let remind = draft.remind.as_ref().and_then(|remind| remind.template.as_ref());
    steps.chain(remind).collect()
}

fn asks_for(draft: &FlowDraft, purpose: Purpose) -> bool {
    draft.steps.iter().any(|step| match &step.kind {
        KindDraft::Ask(ask) => {
            ask.notice.as_ref().is_some_and(|notice| notice.text == purpose.name())
        }
        KindDraft::Do(ActionDraft::Consent(words)) => {
            words.iter().any(|word| word.text == purpose.name())
        }
        _ => false,
    })
}
