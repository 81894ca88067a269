//! What must be true at the end of a rehearsal.

use super::head::{district_code, purpose};
use super::{MEMBER, Stage, THEN, differs, same};
use crate::flow::Given;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{known_keys, map, word};
use crate::flow::yaml::Node;

impl Stage<'_> {
    pub(super) fn then(&self, node: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let entries = map(node, "`then`", findings)?;
        known_keys(entries, &THEN, findings);
        for (key, value) in entries {
            match key.text.as_str() {
                "member" => self.then_member(value, findings)?,
                "consents" => {
                    for (name, value) in map(value, "`consents`", findings)? {
                        let purpose = purpose(name, findings)?;
                        let given = self.talk.contact.consents_to(purpose);
                        same(value, &given.to_string(), name, findings)?;
                    }
                }
                "session" => {
                    let step = self.talk.session.as_ref().map(|session| session.step.as_str());
                    let flow = self.talk.session.as_ref().map(|session| session.flow.as_str());
                    let wanted = word(value, "`session`", findings)?;
                    // A step, a flow, or `flow/step`.
                    let fits = match (flow, step) {
                        (Some(flow), Some(step)) => {
                            [step, flow, &format!("{flow}/{step}")].contains(&wanted.text.as_str())
                        }
                        _ => wanted.text == "none",
                    };
                    if !fits {
                        let got = match (flow, step) {
                            (Some(flow), Some(step)) => format!("{flow}/{step}"),
                            _ => "none".to_owned(),
                        };
                        differs(&wanted, "session", &got, findings);
                        return None;
                    }
                }
                "language" => same(value, self.talk.contact.language.code(), key, findings)?,
                "handed_over" => {
                    same(value, &self.talk.contact.handed_over.to_string(), key, findings)?;
                }
                "request" => {
                    let kind = self.talk.facts.iter().rev().find_map(|fact| match fact {
                        crate::fact::Fact::Request { kind, .. } => Some(kind.as_str()),
                        _ => None,
                    });
                    same(value, kind.unwrap_or("none"), key, findings)?;
                }
                "details" => {
                    let details = self.talk.facts.iter().rev().find_map(|fact| match fact {
                        crate::fact::Fact::Request { details, .. } => Some(details.as_slice()),
                        _ => None,
                    });
                    for (name, value) in map(value, "`details`", findings)? {
                        let mut list = details.unwrap_or_default().iter();
                        let got = list.find(|detail| detail.name == name.text);
                        let got = got.map_or("none", |detail| &detail.text);
                        let chosen = value
                            .word()
                            .is_some_and(|id| self.flows.names_choice(&name.text, &id.text, got));
                        if !chosen {
                            same(value, got, name, findings)?;
                        }
                    }
                }
                "referred_by" => {
                    same(value, self.talk.referred_by().unwrap_or("none"), key, findings)?;
                }
                "answers" => {
                    for (name, value) in map(value, "`answers`", findings)? {
                        let got = self.talk.session.as_ref().and_then(|session| {
                            Some(match session.answers.get(&name.text)? {
                                Given::Number(number) => number.to_string(),
                                Given::Text(text) => text.clone(),
                                Given::List(ids) => ids.join(" "),
                                Given::Message(sent) => sent.kind.name().to_owned(),
                                Given::Skipped => "skipped".to_owned(),
                            })
                        });
                        same(value, got.as_deref().unwrap_or("none"), name, findings)?;
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    fn then_member(&self, node: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let member = self.talk.contact.membership.as_ref();
        if let Some(wanted) = node.word() {
            if wanted.text == "none" && member.is_some() {
                differs(&wanted, "member", "a member", findings);
                return None;
            }
            return Some(());
        }
        let entries = map(node, "`member`", findings)?;
        known_keys(entries, &MEMBER, findings);
        let Some(member) = member else {
            findings.error(
                Place { end: node.place.start + 1, ..node.place },
                "expected a member, got none",
            );
            return None;
        };
        for (key, value) in entries {
            let got = match key.text.as_str() {
                "name" => member.name.clone(),
                "number" => member.number.clone(),
                "seat" => member.assembly.to_string(),
                "until" => member.ends.map_or_else(
                    || "none".to_owned(),
                    |ends| crate::locale::india_date(ends).to_string(),
                ),
                "booth" => {
                    member.booth.map_or_else(|| "none".to_owned(), |booth| booth.to_string())
                }
                "district" => {
                    let wanted = word(value, "`district`", findings)?;
                    if district_code(self.flows, &wanted, findings)? != member.district {
                        let name = self.flows.geography.district(&member.district);
                        let got = name.map_or("", |district| district.name_en.as_str());
                        differs(&wanted, "district", got, findings);
                        return None;
                    }
                    continue;
                }
                _ => continue,
            };
            same(value, &got, key, findings)?;
        }
        Some(())
    }
}
