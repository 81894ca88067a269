//! Start words of two flows that are one word as people write it: in another script, or in another common
//! spelling. Whoever writes it then begins neither.

use super::{Begins, at_fault};
use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::draft::FlowDraft;
use crate::understanding::{self, Phrase};

/// Tells of every such pair, once for each word.
pub(in crate::flow) fn alike(drafts: &[FlowDraft], findings: &mut Findings<'_>) {
    let mut known: Vec<(Begins<'_>, String, Phrase)> = Vec::new();
    for draft in drafts {
        for word in &draft.words {
            let folded = understanding::fold(&word.text);
            // What works everywhere is told as that.
            if folded.is_empty() || understanding::command(&word.text).is_some() {
                continue;
            }
            let same = known.iter().find(|((_, other), written, phrase)| {
                other.name.text != draft.name.text
                    && *written != folded
                    && understanding::phrase_said(&word.text, std::iter::once(((), phrase)))
                        .is_some()
            });
            if let Some((other, ..)) = same {
                clash((word, draft), *other, findings);
            }
            known.push(((word, draft), folded, Phrase::new(&word.text)));
        }
    }
}

fn clash(later: Begins<'_>, earlier: Begins<'_>, findings: &mut Findings<'_>) {
    let ((wrong, _), (right, begun)) = at_fault(later, earlier);
    let spot = findings.spot(right.place);
    findings
        .error_hint(
            wrong.place,
            format!(
                "`{}` is heard as `{}`, which starts the flow `{}`",
                wrong.text, right.text, begun.name.text
            ),
            format!(
                "take another word here, or take that out of {spot}: who writes it in another script or \
                 spelling begins neither"
            ),
        )
        .code(Code::StartWordClash);
}
