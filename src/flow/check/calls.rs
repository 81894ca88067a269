//! Flows that call each other in a circle: each call waits for the one inside it, and none ever comes
//! back.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::draft::FlowDraft;
use crate::flow::link::called;

/// Tells once of every circle of calls, where its first flow calls.
pub(in crate::flow) fn calls(drafts: &[FlowDraft], findings: &mut Findings<'_>) {
    let by_name = |name: &str| drafts.iter().find(|draft| draft.name.text == name);
    let mut told: Vec<&str> = Vec::new();
    for draft in drafts {
        let own = draft.name.text.as_str();
        if told.contains(&own) {
            continue;
        }
        for word in called(draft) {
            let Some(way) = way_back(own, &word.text, &by_name) else { continue };
            let mut names: Vec<&str> = vec![own];
            names.extend(way.iter().copied());
            told.extend(way.iter().copied().filter(|name| *name != own));
            let message = if word.text == own {
                format!("the flow `{own}` calls itself")
            } else {
                format!("these flows call each other: {}", names.join(" → "))
            };
            findings
                .error_hint(
                    word.place,
                    message,
                    format!(
                        "leave for it where nothing is to come back, {{flow: {}}}; within a flow go \
                         back with `goto`",
                        word.text
                    ),
                )
                .code(Code::CallsItself);
            break;
        }
    }
}

/// The flows from `from` on that lead back to `own`, itself the last.
fn way_back<'d>(
    own: &'d str,
    from: &'d str,
    by_name: &dyn Fn(&str) -> Option<&'d FlowDraft>,
) -> Option<Vec<&'d str>> {
    let mut ways: Vec<Vec<&'d str>> = vec![vec![from]];
    let mut seen: Vec<&str> = vec![from];
    while let Some(way) = ways.pop() {
        let last = way.last().copied()?;
        if last == own {
            return Some(way);
        }
        let Some(draft) = by_name(last) else { continue };
        for word in called(draft) {
            let next = word.text.as_str();
            if next == own || !seen.contains(&next) {
                seen.push(next);
                let mut longer = way.clone();
                longer.push(next);
                ways.push(longer);
            }
        }
    }
    None
}
