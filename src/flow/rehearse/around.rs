//! What happens around the talk of a rehearsal: calls of other computers are answered, and the office gives
//! a conversation back.

use super::Stage;
use crate::flow::Fetched;
use crate::flow::diagnostic::Findings;
use crate::flow::draft::{get, known_keys, start_of, tree, word};
use crate::flow::yaml::{Kind as YamlKind, Node};

impl Stage<'_> {
    /// The call of a `fetch` step is answered: `{status: 200, body: {…}}`, `failed`, or `never`.
    pub(super) fn fetched(&mut self, value: &Node, findings: &mut Findings<'_>) -> Option<()> {
        self.nothing_unheard(findings)?;
        let answer = match &value.kind {
            YamlKind::Word(text) if text == "never" => None,
            YamlKind::Word(text) if text == "failed" => {
                Some(Fetched::Failed { reason: "rehearsed".to_owned() })
            }
            YamlKind::Map(entries) => {
                known_keys(entries, &["status", "body"], findings);
                let status = get(entries, "status").and_then(Node::word);
                let status = status.map_or(Some(200), |status| status.text.parse::<u16>().ok());
                let Some(status) = status.filter(|status| (100..=599).contains(status)) else {
                    findings.error_hint(value.place, "a status is 100 to 599", "status: 200");
                    return None;
                };
                let body = get(entries, "body").map(|node| tree(node, findings).json());
                Some(Fetched::Answer { status, body: body.unwrap_or_default() })
            }
            _ => {
                findings.error_hint(
                    start_of(value),
                    "nothing comes back like this",
                    "- fetched: {status: 200, body: {…}}, or `failed`, or `never`",
                );
                return None;
            }
        };
        if self.talk.asked().is_none() {
            findings.error_hint(
                start_of(value),
                "nothing was asked that could be answered",
                "this line follows the one that leads to a `fetch` step",
            );
            return None;
        }
        let Some(answer) = answer else {
            self.never_fetched = true;
            return Some(());
        };
        if let Some((replies, trace)) = self.talk.fetched(self.flows, &answer) {
            self.heard(start_of(value), &replies, trace);
        }
        Some(())
    }

    /// `done`: the person of the office gives the conversation back.
    pub(super) fn office(&mut self, value: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let what = word(value, "`office`", findings)?;
        self.nothing_unheard(findings)?;
        if what.text != "done" || !self.talk.contact.handed_over {
            findings.error_hint(
                what.place,
                "nobody of the office is talking here",
                "- office: done, after the bot handed over",
            );
            return None;
        }
        let (replies, trace) = self.talk.give_back(self.flows);
        self.heard(start_of(value), &replies, trace);
        Some(())
    }

    /// A call that nobody answered would leave the person waiting.
    pub(super) fn nothing_unfetched(&self, talk: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let Some(asked) = self.talk.asked().filter(|_| !self.never_fetched) else {
            return Some(());
        };
        findings.error_hint(
            if self.said.is_empty() { start_of(talk) } else { self.place },
            format!("the call of {} is never answered", asked.url),
            "add `- fetched: {status: 200, body: {…}}`, `- fetched: failed`, or, if that is meant, \
             `- fetched: never`",
        );
        None
    }
}
