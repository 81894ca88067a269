//! Flows that call each other in a circle: each call waits for the one inside it, and none ever comes
//! back.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::draft::FlowDraft;
use crate::flow::link::called;
use crate::flow::yaml::Word;

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
            let wrong = turns_back(own, word, &way, &by_name);
            let mut names: Vec<&str> = vec![own];
            names.extend(way.iter().copied());
            told.extend(way.iter().copied().filter(|name| *name != own));
            let message = if word.text == own {
                format!("the flow `{own}` calls itself")
            } else {
                format!("these flows call each other: {}", names.join(" → "))
            };
            let hint = if word.text == own {
                format!("go back with `goto: step`; to begin anew, leave for it: {{flow: {own}}}")
            } else {
                format!(
                    "take this call out: the flow that called goes on by itself; or, where nothing \
                     is to come back, leave for it: {{flow: {}}}",
                    wrong.text
                )
            };
            findings.error_hint(wrong.place, message, hint).code(Code::CallsItself);
            break;
        }
    }
}

/// The call of a circle that leads back to a flow people begin with; else the first one.
fn turns_back<'d>(
    own: &'d str,
    first: &'d Word,
    way: &[&'d str],
    by_name: &dyn Fn(&str) -> Option<&'d FlowDraft>,
) -> &'d Word {
    let nexts = way.iter().copied().skip(1);
    let calls =
        way.iter().copied().zip(nexts).filter_map(|(from, to)| {
            called(by_name(from)?).into_iter().find(|word| word.text == to)
        });
    let begins = |name: &str| {
        by_name(name).is_some_and(|flow| !flow.words.is_empty() || flow.default.is_some())
    };
    let mut calls = std::iter::once(first).chain(calls).filter(|word| begins(&word.text));
    let back = calls.find(|word| !begins(own) || word.text == own);
    back.unwrap_or(first)
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
