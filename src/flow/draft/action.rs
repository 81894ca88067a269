//! What a `do` step makes true, as it was written.

use super::ActionDraft;
use super::read::map_like;
use super::{get, identifier, known_keys, map, start_of, word, words};
use crate::flow::code::Code;
use crate::flow::definition::Term;
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

/// What stands under the name of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum ActionForm {
    Bare,
    /// `{term: 3y}`; `bare` when the name alone is one as well.
    Term {
        bare: bool,
    },
    /// A list of purposes.
    Purposes,
    /// A language, or the step that asked for it.
    Language,
    /// A right of the person, or `{kind: complaint, with: [district, what]}`.
    Request,
}

/// Everything a flow can do.
pub(in crate::flow) const ACTIONS: [(&str, ActionForm); 11] = [
    ("enrol_member", ActionForm::Term { bare: true }),
    ("renew_membership", ActionForm::Term { bare: false }),
    ("update_member", ActionForm::Bare),
    ("leave_membership", ActionForm::Bare),
    ("disown_membership", ActionForm::Bare),
    ("hand_over", ActionForm::Bare),
    ("withdraw", ActionForm::Purposes),
    ("consent", ActionForm::Purposes),
    ("restore", ActionForm::Bare),
    ("language", ActionForm::Language),
    ("request", ActionForm::Request),
];

/// Their names.
fn names() -> impl Iterator<Item = &'static str> + Clone {
    ACTIONS.iter().map(|(name, _)| *name)
}

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
                format!("one of: {}", names().collect::<Vec<_>>().join(", ")),
            );
            return None;
        }
    };
    match (name.text.as_str(), details) {
        ("enrol_member", None) => Some(ActionDraft::EnrolMember(name.place, None)),
        ("enrol_member", Some(details)) => {
            let term = term(details, &name, findings)?;
            Some(ActionDraft::EnrolMember(name.place, Some(term)))
        }
        ("renew_membership", Some(details)) => {
            term(details, &name, findings).map(ActionDraft::RenewMembership)
        }
        ("update_member", None) => Some(ActionDraft::UpdateMember(name.place)),
        ("leave_membership", None) => Some(ActionDraft::LeaveMembership),
        ("disown_membership", None) => Some(ActionDraft::DisownMembership),
        ("restore", None) => Some(ActionDraft::Restore),
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
        ("request", Some(details)) => request(details, findings),
        (known, _) if names().any(|name| name == known) => {
            let example = match known {
                "withdraw" | "consent" => "{withdraw: [samvad]}",
                "language" => "{language: hi}",
                "request" => "{request: erasure}",
                "renew_membership" => "{renew_membership: {term: 3y}}",
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
                one_of_these(unknown, names()),
            );
            None
        }
    }
}

/// `{term: 3y}`: how long a membership lasts.
fn term(node: &Node, name: &Word, findings: &mut Findings<'_>) -> Option<Term> {
    let what = format!("`{}`", name.text);
    let written = node.word().map(|word| word.text);
    let term = written.as_deref().filter(|text| Term::parse(text).is_some()).unwrap_or("3y");
    let example = format!("{{{}: {{term: {term}}}}}", name.text);
    let entries = map_like(node, &what, &example, findings)?;
    known_keys(entries, &["term"], findings);
    let Some(node) = get(entries, "term") else {
        findings.error_hint(name.place, format!("{what} does not say how long"), "{term: 3y}");
        return None;
    };
    let term = node.word().and_then(|word| Term::parse(&word.text));
    if term.is_none() {
        findings
            .error_hint(
                start_of(node),
                "this is no term of a membership",
                "years or days: 3y, 365d; at most 50 years",
            )
            .code(Code::BadDuration);
    }
    term
}

/// `erasure`, or `{kind: complaint, with: [district, what]}`.
fn request(node: &Node, findings: &mut Findings<'_>) -> Option<ActionDraft> {
    if node.word().is_some() {
        let kind = word(node, "`request`", findings)?;
        return Some(ActionDraft::Request { kind, with: Vec::new(), right: true });
    }
    let entries = map(node, "`request`", findings)?;
    known_keys(entries, &["kind", "with"], findings);
    let Some(kind) = get(entries, "kind") else {
        findings.error_hint(
            start_of(node),
            "the request does not say what it is about",
            "{request: {kind: complaint, with: [district, what]}}",
        );
        return None;
    };
    let kind = word(kind, "`kind`", findings)?;
    identifier(&kind, findings);
    let with = get(entries, "with").map(|node| words(node, "`with`", findings));
    Some(ActionDraft::Request { kind, with: with.unwrap_or_default(), right: false })
}
