//! What a `do` step makes true, as it was written.

use super::ActionDraft;
use super::{start_of, word, words};
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

const ACTIONS: [&str; 7] =
    ["enrol_member", "leave_membership", "hand_over", "withdraw", "consent", "language", "request"];

pub(in crate::flow) fn action(node: &Node, findings: &mut Findings<'_>) -> Option<ActionDraft> {
    let (name, details) = match &node.kind {
        Kind::Word(text) => (Word { text: text.clone(), place: node.place }, None),
        Kind::Map(entries) if entries.len() == 1 => {
            let (key, value) = entries.first()?;
            (key.clone(), Some(value))
        }
        _ => {
            findings.error_hint(
                start_of(node),
                "`do` makes one thing true",
                format!("one of: {}", ACTIONS.join(", ")),
            );
            return None;
        }
    };
    match (name.text.as_str(), details) {
        ("enrol_member", None) => Some(ActionDraft::EnrolMember(name.place)),
        ("leave_membership", None) => Some(ActionDraft::LeaveMembership),
        ("hand_over", None) => Some(ActionDraft::HandOver),
        ("withdraw", Some(details)) => {
            Some(ActionDraft::Withdraw(words(details, "`withdraw`", findings)))
        }
        ("consent", Some(details)) => {
            Some(ActionDraft::Consent(words(details, "`consent`", findings)))
        }
        ("language", Some(details)) => {
            word(details, "`language`", findings).map(ActionDraft::Language)
        }
        ("request", Some(details)) => {
            word(details, "`request`", findings).map(ActionDraft::Request)
        }
        (known, _) if ACTIONS.contains(&known) => {
            let example = match known {
                "withdraw" | "consent" => "{withdraw: [samvad]}",
                "language" => "{language: hi}",
                "request" => "{request: erasure}",
                plain => plain,
            };
            findings.error_hint(
                name.place,
                format!("`{known}` is written otherwise"),
                format!("for instance `do: {example}`"),
            );
            None
        }
        (unknown, _) => {
            findings.error_hint(
                name.place,
                format!("`{unknown}` is nothing a flow can do"),
                one_of_these(unknown, ACTIONS),
            );
            None
        }
    }
}
