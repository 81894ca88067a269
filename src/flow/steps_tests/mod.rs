//! What steps that take time, loops, sub-flows and attachments promise, one promise a test; here is
//! the flow they are tried with.

mod found;
mod rehearsed;
mod taking_time;
mod turning;
mod underneath;
mod whatever;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fixture::{self, drawn, file, geography, loaded};
use super::{Code, Diagnostic, Fetched, Flows, Rendering, Sources, Talk, load};
use crate::contact::Contact;

/// A flow with every step that takes time; each text says its own name.
pub(super) const VISIT: &str = "\
flow: visit
about: Steps that take time.
start: {words: [मुलाकात], link: visit}
steps:
  who: {ask: who, answer: text}
  rest: {wait: 2h}
  rested: {say: rested}
  look_up:
    fetch: https://api.example.org/t/{who}?from={member_number}&in={language}
    method: post
    headers: {Authorization: {secret: helpdesk}, x-kind: visit}
    body: {who: '{who}', words: 'of {who}', seat: '{none_yet}', fixed: [1, true, '2', null]}
    timeout: 5s
    keep: {status: /status, eta: /data/eta}
    when: {ok: tell, failed: sorry, not_found: nothing}
  none_yet: {ask: none_yet, answer: {number: {from: 1, to: 9}}, goto: who}
  tell: {say: tell}
  soon: {if: 'eta < 3', then: person, else: sorry}
  nothing: {say: nothing, goto: none_yet}
  sorry: {say: sorry}
  person: {handoff: person}
  after: {say: after, end: true}
remind: {after: 1h}
expires: 1d
";

pub(super) const TEXTS: &str = "\
who = who
rested = rested
none_yet = none_yet
tell = { $status } in { $eta }
nothing = nothing
sorry = sorry
person = person
after = after
more = more
enough = enough
asked = asked
verified = verified
refused = refused
plain = plain
card = card
remind = remind
";

/// The small office with a flow `visit` beside the others.
pub(super) fn sources(visit: &str) -> Sources {
    let mut office = fixture::sources();
    office.files.push(file("flows/visit.yaml", visit));
    for language in ["hi", "en"] {
        for book in ["visit", "verify"] {
            office.files.push(file(&format!("locales/{language}/{book}.ftl"), TEXTS));
        }
    }
    office
}

pub(super) fn flows(visit: &str) -> Flows {
    loaded(&sources(visit))
}

pub(super) fn found(visit: &str) -> String {
    match load(&sources(visit), geography()) {
        Ok(flows) => faults(flows.warnings()),
        Err(findings) => faults(&findings),
    }
}

/// What was found, but for texts of these tests that this flow does not say.
pub(super) fn faults(findings: &[Diagnostic]) -> String {
    let spare = [Code::UnusedText, Code::TextWithoutFlow];
    let others = findings.iter().filter(|finding| !spare.contains(&finding.code));
    drawn(&others.cloned().collect::<Vec<_>>())
}

pub(super) fn talk() -> Talk {
    Talk::new(Contact::default(), Rendering::Whatsapp)
}

pub(super) fn after(flows: &Flows, talk: &mut Talk, texts: &[&str]) -> Vec<String> {
    let mut said = Vec::new();
    for text in texts {
        said = talk.write(flows, text).1.concat();
    }
    said
}

pub(super) fn step(talk: &Talk) -> &str {
    talk.session.as_ref().map_or("none", |session| session.step.as_str())
}

pub(super) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub(super) fn answer(status: u16, body: Value) -> Fetched {
    Fetched::Answer { status, body }
}

pub(super) fn good() -> Fetched {
    answer(200, json!({"status": "open", "data": {"eta": 5}}))
}

/// At the step `rest`.
pub(super) fn resting(flows: &Flows) -> Talk {
    let mut person = talk();
    assert_eq!(after(flows, &mut person, &["मुलाकात", "सुनीता"]), [""; 0]);
    assert_eq!(step(&person), "rest");
    person
}

/// At the step `look_up`.
pub(super) fn fetching(flows: &Flows) -> Talk {
    let mut person = resting(flows);
    assert_eq!(person.wait(flows, minutes(120)).1.concat(), ["rested"]);
    assert_eq!(step(&person), "look_up");
    person
}

pub(super) const LOOP: &str = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  asked: {ask: asked, answer: text}
  again: {goto: asked, at_most: 2, else: enough}
  enough: {say: enough, end: true}
";

pub(super) const CALLER: &str = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  sub: {call: verify, when: {verified: verified, refused: {end: unsure}}}
  plain: {say: plain, end: true}
  verified: {say: verified, end: true}
  outer: {call: visit2, when: {unsure: verified}}
";

pub(super) const VERIFY: &str = "\
flow: verify
steps:
  which: {ask: asked, answer: {number: {from: 1, to: 3}}}
  one: {if: 'which == 1', then: said}
  two: {if: 'which == 2', then: {end: refused}}
  three: {end: true}
  said: {say: refused, end: verified}
";
