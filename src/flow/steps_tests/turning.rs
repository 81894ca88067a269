//! Loops, sub-flows with results, and what goes with texts and answers.

use jiff::Timestamp;

use super::*;
use crate::contact::Member;
use crate::flow::Effect;
use crate::message::{Content, InboundContent, MediaKind, Picture};

// ---- loops -------------------------------------------------------------------------------------

#[test]
fn a_loop_with_a_limit_is_taken_so_many_times() {
    let flows = flows(LOOP);
    let mut person = talk();
    let mut said = Vec::new();
    for _ in 0..4 {
        said.extend(after(&flows, &mut person, &["मुलाकात"]));
    }
    assert_eq!(said, ["asked", "asked", "asked", "enough"]);
    // Another conversation counts anew, and so does one that is begun again.
    assert_eq!(after(&flows, &mut person, &["मुलाकात", "x", "x", "शुरू से", "x", "x"]), ["asked"]);
    assert_eq!(after(&flows, &mut person, &["x"]), ["enough"]);
}

#[test]
fn a_flow_that_only_talks_to_itself_is_stopped() {
    let visit = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  tell: {say: asked}
  rest: {wait: 1m}
  call: {fetch: 'https://example.org', when: {failed: more}}
  more: {if: member, then: end, else: tell}
";
    let flows = flows(visit);
    assert!(faults(flows.warnings()).contains("goes in a circle for ever"));
    let mut person = talk();
    after(&flows, &mut person, &["मुलाकात"]);
    assert_eq!(person.wait(&flows, minutes(100)).0.len(), 60, "a round takes 100 seconds");
    assert_eq!(after(&flows, &mut person, &["जी"]), ["waiting"]);
    assert!(person.wait(&flows, minutes(60 * 24)).0.len() < 110);
    assert_eq!(person.session, None);
}

// ---- sub-flows with results --------------------------------------------------------------------

#[test]
fn a_sub_flow_tells_how_it_ended() {
    let caller = CALLER.replace("  outer: {call: visit2, when: {unsure: verified}}\n", "");
    let mut office = sources(&caller);
    office.files.push(file("flows/verify.yaml", VERIFY));
    let flows = loaded(&office);
    for (which, said) in [("1", ["refused", "verified"].as_slice()), ("2", &[]), ("3", &["plain"])]
    {
        let mut person = talk();
        assert_eq!(after(&flows, &mut person, &["मुलाकात", which]), said, "{which}");
        assert_eq!(person.session, None);
    }
    let results: Vec<&str> =
        flows.get("verify").unwrap().results.iter().map(String::as_str).collect();
    assert_eq!(results, ["refused", "verified"]);
}

#[test]
fn a_call_whose_every_end_has_a_way_may_stand_last() {
    let caller = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  first: {goto: sub}
  verified: {say: verified, end: true}
  sub: {call: verify, when: {verified: verified, refused: end}}
";
    let mut office = sources(caller);
    office.files.push(file("flows/verify.yaml", &VERIFY.replace("end: true", "end: refused")));
    assert_eq!(faults(loaded(&office).warnings()), "");
    let mut open = sources(caller);
    open.files.push(file("flows/verify.yaml", VERIFY));
    let found = faults(&load(&open, geography()).unwrap_err());
    assert!(found.contains("the flow runs on past its last step `sub`"), "{found}");
}

// ---- attach ------------------------------------------------------------------------------------

#[test]
fn a_member_gets_the_card_and_anybody_else_the_words() {
    let visit = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  card: {say: card, attach: membership_card, end: true}
";
    let flows = flows(visit);
    let member = Member {
        number: "1000017".to_owned(),
        name: "सुनीता".to_owned(),
        district: "162".to_owned(),
        assembly: 173,
        booth: None,
        since: Timestamp::UNIX_EPOCH,
        ends: None,
    };
    let district = flows.geography.district("162").unwrap().name_hi.clone();
    for (membership, rendering, pictured) in [
        (Some(member.clone()), Rendering::Whatsapp, true),
        (Some(member), Rendering::Sms, false),
        (None, Rendering::Whatsapp, false),
    ] {
        let mut person = Talk::new(Contact { membership, ..Contact::default() }, rendering);
        let (replies, _) = person.write(&flows, "मुलाकात");
        assert_eq!(replies[0].content.body(), "card");
        match &replies[0].content {
            Content::Picture {
                picture: Picture::MembershipCard { number, district: shown, .. },
                ..
            } => {
                assert!(pictured);
                assert_eq!((number.as_str(), shown.as_str()), ("1000017", district.as_str()));
            }
            other => assert!(!pictured, "{other:?}"),
        }
    }
}

// ---- media -------------------------------------------------------------------------------------

#[test]
fn a_medium_that_answers_is_kept_and_another_is_not() {
    let flows = flows(LOOP);
    let photo = InboundContent::Media {
        kind: MediaKind::Image,
        id: "m1".to_owned(),
        mime_type: "image/jpeg".to_owned(),
        sha256: None,
        caption: None,
        filename: None,
        voice: false,
    };
    let mut person = talk();
    person.write(&flows, "मुलाकात");
    person.send(&flows, &photo);
    assert_eq!(person.effects, [], "a text was asked for");
    let flows = self::flows(&LOOP.replace("answer: text", "answer: photo"));
    let mut person = talk();
    person.write(&flows, "मुलाकात");
    person.send(&flows, &photo);
    assert_eq!(
        person.effects,
        [Effect::Keep {
            kind: MediaKind::Image,
            id: "m1".to_owned(),
            mime_type: "image/jpeg".to_owned(),
        }]
    );
}
