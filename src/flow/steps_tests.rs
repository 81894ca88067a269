//! What steps that take time, loops, sub-flows and attachments promise, one promise a test.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fixture::{self, drawn, file, geography, loaded};
use super::*;
use crate::contact::{Contact, Member};
use crate::message::{Content, Lane, Picture};

/// A flow with every step that takes time; each text says its own name.
const VISIT: &str = "\
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

const TEXTS: &str = "\
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
fn sources(visit: &str) -> Sources {
    let mut office = fixture::sources();
    office.files.push(file("flows/visit.yaml", visit));
    for language in ["hi", "en"] {
        for book in ["visit", "verify"] {
            office.files.push(file(&format!("locales/{language}/{book}.ftl"), TEXTS));
        }
    }
    office
}

fn flows(visit: &str) -> Flows {
    loaded(&sources(visit))
}

fn found(visit: &str) -> String {
    match load(&sources(visit), geography()) {
        Ok(flows) => drawn(flows.warnings()),
        Err(findings) => drawn(&findings),
    }
}

fn talk() -> Talk {
    Talk::new(Contact::default(), Rendering::Whatsapp)
}

fn after(flows: &Flows, talk: &mut Talk, texts: &[&str]) -> Vec<String> {
    let mut said = Vec::new();
    for text in texts {
        said = talk.write(flows, text).1.concat();
    }
    said
}

fn step(talk: &Talk) -> &str {
    talk.session.as_ref().map_or("none", |session| session.step.as_str())
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn answer(status: u16, body: Value) -> Fetched {
    Fetched::Answer { status, body }
}

fn good() -> Fetched {
    answer(200, json!({"status": "open", "data": {"eta": 5}}))
}

/// At the step `rest`.
fn resting(flows: &Flows) -> Talk {
    let mut person = talk();
    assert_eq!(after(flows, &mut person, &["मुलाकात", "सुनीता"]), [""; 0]);
    assert_eq!(step(&person), "rest");
    person
}

/// At the step `look_up`.
fn fetching(flows: &Flows) -> Talk {
    let mut person = resting(flows);
    assert_eq!(person.wait(flows, minutes(120)).1.concat(), ["rested"]);
    assert_eq!(step(&person), "look_up");
    person
}

// ---- wait --------------------------------------------------------------------------------------

#[test]
fn a_wait_goes_on_by_itself_when_its_time_is_over() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    assert_eq!(person.wait(&flows, minutes(119)).0, []);
    let (replies, trace) = person.wait(&flows, minutes(1));
    assert_eq!(trace.concat(), ["rested"]);
    assert_eq!(replies[0].lane, Lane::Reminder, "two hours later it is a word of our own accord");
    let short = self::flows(&VISIT.replace("wait: 2h", "wait: 10s"));
    let (replies, _) = resting(&short).wait(&short, minutes(1));
    assert_eq!(replies[0].lane, Lane::Reply);
}

#[test]
fn what_rests_neither_expires_nor_is_reminded_of() {
    let flows = flows(&VISIT.replace("wait: 2h", "wait: 20d"));
    let mut person = resting(&flows);
    assert_eq!(person.wait(&flows, minutes(19 * 24 * 60)).0, []);
    assert_eq!(after(&flows, &mut person, &["जी"]), ["waiting"]);
    assert_eq!(person.wait(&flows, minutes(24 * 60)).1.concat(), ["rested"]);
}

#[test]
fn a_message_that_starts_nothing_is_told_of_the_wait_which_goes_on() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    person.wait(&flows, minutes(60));
    assert_eq!(after(&flows, &mut person, &["कब आएँगे"]), ["waiting"]);
    assert_eq!(person.wait(&flows, minutes(60)).1.concat(), ["rested"]);
    let mut person = resting(&flows);
    assert_eq!(after(&flows, &mut person, &["सदस्य"]), ["consent"], "a start word starts");
    assert_eq!(person.wait(&flows, minutes(180)).0, [], "the wait is over with its conversation");
}

#[test]
fn a_message_leads_to_the_step_for_it() {
    let visit = VISIT.replace("{wait: 2h}", "{wait: 2h, reply: none_yet}");
    let flows = flows(&visit);
    let mut person = resting(&flows);
    assert_eq!(after(&flows, &mut person, &["कब आएँगे"]), ["none_yet"]);
    assert_eq!(person.wait(&flows, minutes(180)).1.concat(), ["remind", "none_yet"]);
    // One that was written long before does not.
    let mut person = resting(&flows);
    let content = crate::message::InboundContent::Text { text: "सुनो".to_owned() };
    assert_eq!(person.send_late(&flows, &content, minutes(61)).1.concat(), ["waiting"]);
}

#[test]
fn a_late_timer_is_made_up_for_by_the_next_message() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    person.now = person.now.checked_add(minutes(500)).unwrap();
    assert_eq!(after(&flows, &mut person, &["कब आएँगे"]), ["rested"]);
    assert_eq!(step(&person), "look_up");
}

#[test]
fn words_that_work_everywhere_work_while_it_rests() {
    let flows = flows(VISIT);
    let until = resting(&flows).session.unwrap().rest;
    for (words, said) in [
        (["मदद"].as_slice(), ["help-text"].as_slice()),
        (&["भाषा", "English"], &["done"]),
        (&["सूचना"], &["notices.membership"]),
    ] {
        let mut person = resting(&flows);
        assert_eq!(after(&flows, &mut person, words), said, "{words:?}");
        assert_eq!(person.session.as_ref().unwrap().rest, until, "the wait is not begun anew");
        assert_eq!(person.wait(&flows, minutes(120)).1.concat(), ["rested"], "{words:?}");
    }
    for (words, said) in [
        (["menu"].as_slice(), ["menu"].as_slice()),
        (&["बंद"], &["stopped"]),
        (&["शुरू से"], &["who"]),
        (&["वापस"], &["who"]),
    ] {
        let mut person = resting(&flows);
        assert_eq!(after(&flows, &mut person, words), said, "{words:?}");
        assert!(person.session.is_none_or(|session| session.rest.is_none()));
    }
}

#[test]
fn back_has_nowhere_to_go_when_nothing_was_asked() {
    let flows = flows(&VISIT.replace("  who: {ask", "  first: {wait: 1h}\n  who: {ask"));
    let mut person = talk();
    after(&flows, &mut person, &["मुलाकात"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["back-none"]);
    assert_eq!(person.wait(&flows, minutes(60)).1.concat(), ["who"]);
}

#[test]
fn a_flow_beside_is_left_after_ten_quiet_minutes_when_the_wait_is_over() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    person.wait(&flows, minutes(119));
    assert_eq!(after(&flows, &mut person, &["भाषा"]), ["which"]);
    assert_eq!(person.wait(&flows, minutes(9)).0, [], "the person is still at it");
    let mut quick = person.clone();
    assert_eq!(after(&flows, &mut quick, &["English"]), ["done", "rested"]);
    assert_eq!(person.wait(&flows, minutes(1)).1.concat(), ["rested"]);
    assert_eq!(step(&person), "look_up");
}

#[test]
fn back_out_of_a_flow_beside_comes_to_the_wait() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    assert_eq!(after(&flows, &mut person, &["भाषा", "वापस"]), ["waiting"]);
    assert_eq!(person.wait(&flows, minutes(120)).1.concat(), ["rested"]);
}

#[test]
fn a_flow_beside_that_runs_out_gives_the_conversation_back() {
    let mut office = sources(&VISIT.replace("wait: 2h", "wait: 20d"));
    for file in &mut office.files {
        if file.path == "flows/language.yaml" {
            file.text.push_str("expires: 1h\n");
        }
    }
    let flows = loaded(&office);
    let mut person = resting(&flows);
    after(&flows, &mut person, &["भाषा"]);
    let mut late = person.clone();
    late.now = late.now.checked_add(minutes(90)).unwrap();
    assert_eq!(after(&flows, &mut late, &["जी"]), ["waiting"], "even before its timer");
    assert_eq!(person.wait(&flows, minutes(90)).0, []);
    assert_eq!(step(&person), "rest");
}

#[test]
fn an_event_of_another_visit_does_nothing() {
    let flows = flows(VISIT);
    for person in [resting(&flows), fetching(&flows)] {
        let visit = person.session.as_ref().unwrap().rest.unwrap().visit;
        for visit in [visit - 1, visit + 1, 0, u32::MAX] {
            let mut person = person.clone();
            let before = person.session.clone();
            person.now = person.now.checked_add(minutes(999)).unwrap();
            let timer = Event::Timer { kind: TimerKind::Wait, visit };
            assert_eq!(person.event(&flows, timer).0, []);
            let answer = good();
            let fetched = Event::Fetched { visit, answer: &answer };
            assert_eq!(person.event(&flows, fetched).0, []);
            assert_eq!(person.session, before);
        }
    }
}

#[test]
fn a_timer_that_comes_too_early_does_nothing() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    let visit = person.session.as_ref().unwrap().rest.unwrap().visit;
    let timer = Event::Timer { kind: TimerKind::Wait, visit };
    assert_eq!(person.event(&flows, timer).0, []);
    assert_eq!(person.wait(&flows, minutes(120)).1.concat(), ["rested"]);
}

// ---- fetch -------------------------------------------------------------------------------------

#[test]
fn a_call_is_asked_for_with_the_answers_filled_in() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    person
        .session
        .as_mut()
        .unwrap()
        .answers
        .insert("who".to_owned(), Given::Text("श्री/".to_owned()));
    person.wait(&flows, minutes(120));
    let visit = person.session.as_ref().unwrap().rest.unwrap().visit;
    let [Effect::Fetch(fetch)] = person.effects.as_slice() else { panic!("{:?}", person.effects) };
    let body: Value = serde_json::from_str(fetch.body.as_ref().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({"who": "श्री/", "words": "of श्री/", "seat": null, "fixed": [1, true, "2", null]})
    );
    assert_eq!(
        *fetch,
        Fetch {
            visit,
            method: Method::Post,
            url: "https://api.example.org/t/%E0%A4%B6%E0%A5%8D%E0%A4%B0%E0%A5%80%2F?from=&in=hi"
                .to_owned(),
            headers: vec![
                ("authorization".to_owned(), HeaderValue::Secret("helpdesk".to_owned())),
                ("x-kind".to_owned(), HeaderValue::Plain("visit".to_owned())),
            ],
            body: fetch.body.clone(),
            timeout_seconds: 5,
        }
    );
}

#[test]
fn each_outcome_of_a_call_has_its_way() {
    let flows = flows(VISIT);
    for (fetched, said) in [
        (good(), ["tell", "sorry", "person"].as_slice()),
        (answer(201, json!({"status": "open", "data": {"eta": 2}})), &["tell", "person"]),
        (answer(200, json!({"status": "open"})), &["sorry", "person"]),
        (answer(404, Value::Null), &["nothing", "none_yet"]),
        (answer(500, Value::Null), &["sorry", "person"]),
        (Fetched::Failed { reason: "late".to_owned() }, &["sorry", "person"]),
    ] {
        let (_, trace) = fetching(&flows).fetched(&flows, &fetched).unwrap();
        assert_eq!(trace.concat()[..said.len()], *said, "{fetched:?}");
    }
}

#[test]
fn what_is_kept_is_shown_and_decides() {
    let flows = flows(VISIT);
    let (replies, _) = fetching(&flows).fetched(&flows, &good()).unwrap();
    assert_eq!(replies[0].content.body(), "open in 5");
}

#[test]
fn the_answer_of_an_earlier_call_never_passes_for_one_of_this() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    person.session.as_mut().unwrap().answers.insert("eta".to_owned(), Given::Number(1));
    person.fetched(&flows, &answer(404, Value::Null));
    after(&flows, &mut person, &["1", "सुनीता"]);
    person.wait(&flows, minutes(120));
    assert!(!person.session.unwrap().answers.contains_key("eta"));
}

#[test]
fn a_call_nobody_answers_fails_after_its_time_and_a_little() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    assert_eq!(person.wait(&flows, SignedDuration::from_secs(34)).0, []);
    let (_, trace) = person.wait(&flows, SignedDuration::from_secs(1));
    assert_eq!(trace.concat(), ["sorry", "person"]);
}

#[test]
fn a_call_is_answered_once() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    let visit = person.session.as_ref().unwrap().rest.unwrap().visit;
    let answer = answer(404, Value::Null);
    let fetched = Event::Fetched { visit, answer: &answer };
    assert_eq!(person.event(&flows, fetched).1.concat(), ["nothing", "none_yet"]);
    let before = person.session.clone();
    assert_eq!(person.event(&flows, fetched).0, [], "effects run at least once");
    assert_eq!(person.session, before);
}

#[test]
fn a_message_during_a_call_is_asked_for_a_moment() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    assert_eq!(after(&flows, &mut person, &["क्या हुआ"]), ["one-moment"]);
    assert!(person.fetched(&flows, &good()).is_some());
}

#[test]
fn an_answer_that_comes_during_a_flow_beside_is_used_after_it() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    after(&flows, &mut person, &["भाषा"]);
    assert_eq!(person.fetched(&flows, &good()).unwrap().0, []);
    let mut quiet = person.clone();
    assert_eq!(after(&flows, &mut person, &["हिंदी"]), ["done", "tell", "sorry", "person"]);
    assert_eq!(quiet.wait(&flows, minutes(9)).0, []);
    assert_eq!(quiet.wait(&flows, minutes(1)).1.concat(), ["tell", "sorry", "person"]);
}

#[test]
fn an_answer_that_comes_while_the_office_talks_is_used_after_it() {
    let visit = VISIT.replace("  look_up:", "  talk: {do: hand_over}\n  look_up:");
    let flows = flows(&visit);
    let mut person = resting(&flows);
    assert_eq!(person.wait(&flows, minutes(120)).1.concat(), ["rested", "handover"]);
    assert!(person.contact.handed_over);
    assert_eq!(after(&flows, &mut person, &["जी"]), [""; 0]);
    assert_eq!(person.fetched(&flows, &good()).unwrap().0, []);
    assert_eq!(person.wait(&flows, minutes(999)).0, []);
    person.take_back();
    assert_eq!(after(&flows, &mut person, &["जी"])[..2], ["tell", "sorry"]);
}

#[test]
fn an_answer_that_would_lead_elsewhere_fails_without_a_call() {
    let flows = flows(VISIT);
    let mut person = talk();
    after(&flows, &mut person, &["मुलाकात", ".."]);
    person.wait(&flows, minutes(120));
    assert_eq!(step(&person), "person", "one timer later");
    assert_eq!(person.effects, []);
}

// ---- handoff -----------------------------------------------------------------------------------

#[test]
fn a_handoff_says_its_text_and_goes_on_when_it_comes_back() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    person.fetched(&flows, &answer(500, Value::Null));
    assert_eq!(step(&person), "person");
    let reason = person.facts.last().cloned();
    assert_eq!(
        reason,
        Some(crate::fact::Fact::HandOver { reason: "handoff: visit/person".to_owned() })
    );
    assert_eq!(after(&flows, &mut person, &["जी", "मदद"]), [""; 0], "a person is talking");
    assert_eq!(person.wait(&flows, minutes(60 * 24 * 30)).0, []);
    let mut to_menu = person.clone();
    assert_eq!(after(&flows, &mut to_menu, &["menu"]), ["menu"]);
    assert!(!to_menu.contact.handed_over);
    person.take_back();
    let mut helped = person.clone();
    assert_eq!(after(&flows, &mut helped, &["मदद"]), ["help-text", "after"]);
    assert_eq!(after(&flows, &mut person, &["धन्यवाद"]), ["after"]);
    assert_eq!(person.session, None);
}

#[test]
fn a_handoff_that_ends_the_flow_gives_the_next_word_to_the_menu() {
    let flows = flows(
        &VISIT
            .replace("{handoff: person}", "{handoff: person, end: true}")
            .replace("  after: {say: after, end: true}\n", ""),
    );
    let mut person = fetching(&flows);
    person.fetched(&flows, &answer(500, Value::Null));
    person.take_back();
    assert_eq!(after(&flows, &mut person, &["धन्यवाद"]), ["menu"]);
}

// ---- flows edited under way --------------------------------------------------------------------

#[test]
fn an_edited_flow_never_leaves_a_person_waiting_for_ever() {
    let before = flows(VISIT);
    let cases = [
        // Another time: the one that was begun counts.
        ("rest: {wait: 2h}", "rest: {wait: 9h}", ["rested"].as_slice(), ["waiting"].as_slice()),
        // The step asks now.
        ("rest: {wait: 2h}", "rest: {ask: asked, answer: text}", &["asked"], &["asked"]),
        // It says something now.
        ("rest: {wait: 2h}", "rest: {say: plain}", &["plain", "rested"], &["plain", "rested"]),
        // It is gone: the person is told with their next word.
        ("rest: {wait: 2h}", "other: {wait: 2h}", &[], &["changed", "who"]),
        // It became another step that takes time.
        ("rest: {wait: 2h}", "rest: {handoff: person}", &["rested"], &["waiting"]),
    ];
    for (from, to, by_timer, by_message) in cases {
        let edited = flows(&VISIT.replace(from, to));
        let mut person = resting(&before);
        assert_eq!(person.wait(&edited, minutes(120)).1.concat(), by_timer, "{to}");
        let mut person = resting(&before);
        assert_eq!(after(&edited, &mut person, &["जी"]), by_message, "{to}");
    }
}

#[test]
fn a_call_that_became_something_else_is_no_call_any_more() {
    let before = flows(VISIT);
    let from = VISIT.find("  look_up:").unwrap();
    let to = VISIT.find("  tell:").unwrap();
    for (instead, said) in [
        ("  look_up: {say: plain, goto: tell}\n", ["plain", "tell"].as_slice()),
        ("  look_up: {ask: asked, answer: text}\n", &["asked"]),
        ("  elsewhere: {say: plain}\n", &[]),
    ] {
        let mut edited = VISIT.to_owned();
        edited.replace_range(from..to, instead);
        edited = edited.replace("  nothing: {say: nothing, goto: none_yet}\n", "");
        // What was kept is shown no more.
        let mut office = sources(&edited.replace("'eta < 3'", "member"));
        for file in &mut office.files {
            file.text = file.text.replace("{ $status } in { $eta }", "tell");
        }
        let edited = loaded(&office);
        let mut person = fetching(&before);
        let heard = person.fetched(&edited, &good()).unwrap().1.concat();
        assert_eq!(heard[..said.len()], *said, "{instead}");
        assert_eq!(person.session.as_ref().and_then(|session| session.answers.get("eta")), None);
    }
}

#[test]
fn a_question_that_became_a_wait_is_waited_for() {
    let before = flows(&VISIT.replace("rest: {wait: 2h}", "rest: {ask: asked, answer: text}"));
    let mut person = talk();
    after(&before, &mut person, &["मुलाकात", "सुनीता"]);
    let edited = flows(VISIT);
    assert_eq!(after(&edited, &mut person, &["जी"]), ["waiting"]);
    assert_eq!(person.wait(&edited, minutes(120)).1.concat(), ["rested"]);
}

// ---- loops -------------------------------------------------------------------------------------

const LOOP: &str = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  asked: {ask: asked, answer: text}
  again: {goto: asked, at_most: 2, else: enough}
  enough: {say: enough, end: true}
";

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

// ---- sub-flows with results --------------------------------------------------------------------

const CALLER: &str = "\
flow: visit
start: {words: [मुलाकात]}
steps:
  sub: {call: verify, when: {verified: verified, refused: {end: unsure}}}
  plain: {say: plain, end: true}
  verified: {say: verified, end: true}
  outer: {call: visit2, when: {unsure: verified}}
";

const VERIFY: &str = "\
flow: verify
steps:
  which: {ask: asked, answer: {number: {from: 1, to: 3}}}
  one: {if: 'which == 1', then: said}
  two: {if: 'which == 2', then: {end: refused}}
  three: {end: true}
  said: {say: refused, end: verified}
";

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
    assert_eq!(drawn(loaded(&office).warnings()), "");
    let mut open = sources(caller);
    open.files.push(file("flows/verify.yaml", VERIFY));
    let found = drawn(&load(&open, geography()).unwrap_err());
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
    let photo = crate::message::InboundContent::Media {
        kind: crate::message::MediaKind::Image,
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
            kind: crate::message::MediaKind::Image,
            id: "m1".to_owned(),
            mime_type: "image/jpeg".to_owned(),
        }]
    );
}

// ---- what check says ---------------------------------------------------------------------------

#[test]
fn the_flow_of_these_tests_is_in_order() {
    assert_eq!(found(VISIT), "");
    assert_eq!(found(LOOP), "");
}

/// Each mistake, with what is said about it.
#[test]
fn every_mistake_in_a_step_is_told_with_its_place_and_a_hint() {
    let mistakes = [
        ("wait: 2h", "wait: 2 hours"),
        ("wait: 2h", "wait: 2d"),
        ("{wait: 2h}", "{wait: 2h, reply: non_yet}"),
        ("{wait: 2h}", "{wait: 2h, attach: membership_card}"),
        ("{wait: 2h}", "{wait: 2h, times: 3}"),
        ("https://api.example.org", "api.example.org"),
        ("https://api.example.org", "http://api.example.org"),
        ("https://api.example.org", "https://{who}.example.org"),
        ("https://api.example.org", "https://me:secret@api.example.org"),
        ("https://api.example.org", "https:///x"),
        ("/t/{who}?", "/t/../{who}?"),
        ("/t/{who}?", "/t/{hwo}?"),
        ("/t/{who}?", "/t/{who?"),
        ("words: 'of {who}'", "words: 'of {nobody}'"),
        ("method: post", "method: POST"),
        ("method: post", "method: get"),
        ("{secret: helpdesk}", "{secrte: helpdesk}"),
        ("{secret: helpdesk}", "'Bearer 1234'"),
        ("x-kind: visit", "host: example.org"),
        ("x-kind: visit", "authorization: visit"),
        ("timeout: 5s", "timeout: 5m"),
        ("eta: /data/eta", "eta: data.eta"),
        ("status: /status", "member: /status"),
        ("status: /status", "who: /status"),
        ("not_found: nothing", "notfound: nothing"),
        ("failed: sorry, ", ""),
        ("'eta < 3'", "'etta < 3'"),
        ("{handoff: person}", "{handoff: persn}"),
        ("{say: after, end: true}", "{say: after, end: ture}"),
        ("{say: after, end: true}", "{say: after, end: yes}"),
        ("{say: after, end: true}", "{say: after, end: done}"),
        ("{say: tell}", "{say: tell, attach: membership_cart}"),
        ("{ask: who, answer: text}", "{ask: who, answer: text, attach: membership_card}"),
        ("  tell: {say: tell}", "  tell: {goto: sorry, at_most: 3}"),
        ("  tell: {say: tell}", "  tell: {goto: sorry, at_most: 300, else: nothing}"),
        ("  tell: {say: tell}", "  tell: {goto: rest, at_most: 3, else: look_up}"),
        ("  tell: {say: tell}", "  tell: {goto: rested}"),
        ("  tell: {say: tell}", "  tell: {call: help, when: {done: sorry}}"),
    ];
    let told: Vec<String> = mistakes
        .into_iter()
        .map(|(from, to)| {
            let visit = VISIT.replacen(from, to, 1);
            assert_ne!(visit, VISIT, "{from}");
            let told = found(&visit);
            assert!(!told.is_empty(), "nothing was found after {from:?} → {to:?}");
            format!("---- {from} → {to}\n{told}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn results_and_ways_are_held_against_each_other() {
    let caller = CALLER.replace("  outer: {call: visit2, when: {unsure: verified}}\n", "");
    let mut told = Vec::new();
    for (from, to) in [
        ("{verified: verified, ", "{verifid: verified, "),
        ("{verified: verified, refused: {end: unsure}}", "{verified: verified}"),
        ("{verified: verified, refused: {end: unsure}}", "{refused: verified, verified: end}"),
        (", when: {verified: verified, refused: {end: unsure}}", ""),
    ] {
        let mut office = sources(&caller.replace(from, to));
        office.files.push(file("flows/verify.yaml", VERIFY));
        let found = match load(&office, geography()) {
            Ok(flows) => drawn(flows.warnings()),
            Err(findings) => drawn(&findings),
        };
        told.push(format!("---- {from} → {to}\n{found}"));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

// ---- rehearsals --------------------------------------------------------------------------------

/// Plays a transcript of the flow `visit`; empty when all went as written.
fn rehearsed(talk: &str) -> String {
    let text = format!("rehearse: visit\ntalk:{talk}");
    drawn(&rehearse(&flows(VISIT), &file("flows/rehearsals/visit.yaml", &text)).differences)
}

const TO_CALL: &str = "
  - me: मुलाकात
  - bot: who
  - me: सुनीता
  - wait: 2h
  - bot: rested
";

#[test]
fn a_rehearsal_waits_and_answers_calls() {
    let whole = "
  - me: क्या हुआ
  - bot: one-moment
  - fetched: {status: 200, body: {status: open, data: {eta: 2}}}
  - bot: [tell, person]
  - me: जी
  - office: done
  - me: धन्यवाद
  - bot: after
";
    assert_eq!(rehearsed(&format!("{}{whole}", TO_CALL.trim_end())), "");
    for line in [
        "fetched: never",
        "fetched: failed\n  - bot: [sorry, person]",
        "fetched: {status: 404}\n  - bot: [nothing, none_yet]",
        "wait: 40s\n  - bot: [sorry, person]",
    ] {
        assert_eq!(rehearsed(&format!("{TO_CALL}  - {line}\n")), "", "{line}");
    }
}

#[test]
fn a_reply_out_of_order_is_written_with_its_age() {
    let talk = "
  - me: मुलाकात
  - bot: who
  - me: {text: सुनीता, late: 2h}
  - bot: [late, who]
  - me: {text: सुनीता, late: 5m}
  - wait: 2h
  - bot: rested
  - fetched: never
";
    assert_eq!(rehearsed(talk), "");
}

#[test]
fn what_a_rehearsal_gets_wrong_is_told() {
    let mut told = vec![rehearsed(TO_CALL)];
    for line in [
        "fetched: {status: 900}",
        "fetched: [1]",
        "fetched: {status: 404}\n  - bot: [nothing, none_yet]\n  - fetched: failed",
        "picture: membership_card",
        "picture: card",
        "office: done",
        "me: {late: 2h}",
        "fetchd: failed",
    ] {
        told.push(format!("---- {line}\n{}", rehearsed(&format!("{TO_CALL}  - {line}\n"))));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

// ---- whatever happens --------------------------------------------------------------------------

/// Waits, calls and sub-flows in one another, with loops and flows beside them.
const MAZE: &str = "\
flow: visit
start: {words: [मुलाकात], link: visit}
steps:
  who: {ask: who, answer: text}
  pause: {wait: 10m, reply: look_up}
  look_up:
    fetch: https://api.example.org/t/{who}
    keep: {status: /status}
    when: {failed: again, not_found: person}
  sub: {call: verify, when: {verified: tell, refused: again}}
  tell: {say: tell}
  again: {goto: pause, at_most: 3, else: person}
  person: {handoff: person}
  after: {ask: asked, answer: {one_of: [verified, refused]}, when: {verified: {flow: join}}}
  bye: {say: after, end: true}
remind: {after: 1h}
expires: 1d
";

const MAZE_SUB: &str = "\
flow: verify
steps:
  first: {wait: 1m}
  which: {ask: asked, answer: {number: {from: 1, to: 3}}, optional: true}
  look_further: {fetch: 'https://api.example.org/v/{which}', when: {ok: {end: verified}, failed: refused}}
  refused: {wait: 3h}
  over: {end: refused}
";

mod whatever {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Happens {
        Write(&'static str),
        Late(&'static str, i64),
        Wait(i64),
        Fetched(u16, bool),
        Timer(TimerKind, i64),
        AnyFetched(i64),
        Office,
        /// The flows are edited: one of the editions takes the place of the other.
        Edit,
    }

    fn happens() -> impl Strategy<Value = Happens> {
        let words = [
            "मुलाकात",
            "सुनीता",
            "1",
            "2",
            "..",
            "मदद",
            "भाषा",
            "English",
            "वापस",
            "शुरू से",
            "menu",
            "बंद",
            "सूचना",
            "मेरी जानकारी",
            "skip",
            "सदस्य",
            "हाँ",
            "",
        ];
        let kind = prop::sample::select(vec![
            TimerKind::Wait,
            TimerKind::Wait,
            TimerKind::Expire,
            TimerKind::Remind,
        ]);
        prop_oneof![
            8 => prop::sample::select(words.to_vec()).prop_map(Happens::Write),
            1 => (prop::sample::select(words.to_vec()), 0..200_i64)
                .prop_map(|(word, late)| Happens::Late(word, late)),
            5 => prop::sample::select(vec![1, 5, 11, 70, 200, 1500]).prop_map(Happens::Wait),
            5 => (prop::sample::select(vec![200, 204, 404, 500]), any::<bool>())
                .prop_map(|(status, kept)| Happens::Fetched(status, kept)),
            1 => (kind, -3..3_i64).prop_map(|(kind, off)| Happens::Timer(kind, off)),
            1 => (-3..3_i64).prop_map(Happens::AnyFetched),
            1 => Just(Happens::Office),
            1 => Just(Happens::Edit),
        ]
    }

    fn office(edited: bool) -> Flows {
        let visit = if edited {
            MAZE.replace("pause: {wait: 10m, reply: look_up}", "pause: {ask: asked, answer: text}")
                .replace("  person: {handoff: person}\n", "  person: {wait: 1h}\n")
        } else {
            MAZE.to_owned()
        };
        let mut office = sources(&visit);
        for file in &mut office.files {
            file.text = file.text.replace("{ $status } in { $eta }", "{ $status }");
            if file.path.ends_with("visit.ftl") {
                file.text = file
                    .text
                    .replace("asked = asked", "asked = a\n    .verified = v\n    .refused = r");
            }
        }
        let sub = if edited {
            MAZE_SUB.replace("first: {wait: 1m}", "start: {wait: 2m}")
        } else {
            MAZE_SUB.to_owned()
        };
        office.files.push(file("flows/verify.yaml", &sub));
        loaded(&office)
    }

    fn both() -> &'static [Flows; 2] {
        static BOTH: std::sync::LazyLock<[Flows; 2]> =
            std::sync::LazyLock::new(|| [office(false), office(true)]);
        &BOTH
    }

    fn play(flows: &Flows, talk: &mut Talk, happens: &Happens) -> (Vec<Reply>, Trace) {
        let visit = talk.session.as_ref().map_or(0, |session| session.visit);
        let near = |off: i64| u32::try_from(i64::from(visit) + off).unwrap_or(0);
        match happens {
            Happens::Write(text) => talk.write(flows, text),
            Happens::Late(text, late) => {
                let content = crate::message::InboundContent::Text { text: (*text).to_owned() };
                talk.send_late(flows, &content, minutes(*late))
            }
            Happens::Wait(time) => talk.wait(flows, minutes(*time)),
            Happens::Fetched(status, kept) => {
                let body = if *kept { json!({"status": "x"}) } else { Value::Null };
                talk.fetched(flows, &answer(*status, body)).unwrap_or_default()
            }
            Happens::Timer(kind, off) => {
                talk.event(flows, Event::Timer { kind: *kind, visit: near(*off) })
            }
            Happens::AnyFetched(off) => {
                let answer = good();
                talk.event(flows, Event::Fetched { visit: near(*off), answer: &answer })
            }
            Happens::Office => {
                talk.take_back();
                (Vec::new(), Vec::new())
            }
            Happens::Edit => (Vec::new(), Vec::new()),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn no_order_of_events_panics_loops_or_leaves_anybody_behind(
            all in prop::collection::vec(happens(), 1..40),
            sms in any::<bool>(),
        ) {
            let rendering = if sms { Rendering::Sms } else { Rendering::Whatsapp };
            let mut talk = Talk::new(Contact::default(), rendering);
            let mut stored = talk.clone();
            let mut edition = 0;
            for happens in std::iter::once(&Happens::Write("मुलाकात")).chain(&all) {
                if matches!(happens, Happens::Edit) {
                    edition = 1 - edition;
                }
                let flows = &both()[edition];
                stored.session = stored.session.map(|session| {
                    serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap()
                });
                let (replies, trace) = play(flows, &mut talk, happens);
                let other = play(flows, &mut stored, happens);
                prop_assert_eq!(&replies, &other.0);
                prop_assert_eq!(&talk.session, &stored.session);
                prop_assert!(!trace.concat().contains(&"parked".to_owned()), "{:?}", trace);
                let Some(session) = &talk.session else { continue };
                prop_assert!(serde_json::to_string(session).unwrap().len() < 4_000);
                if edition == 1 {
                    continue;
                }
                // Nobody waits for ever, unless a person of the office has the conversation.
                let rests = |session: &Session| {
                    let frames = session.calls.iter().filter_map(|frame| frame.rest);
                    session.rest.into_iter().chain(frames).collect::<Vec<_>>()
                };
                let before = rests(session);
                let mut later = talk.clone();
                later.wait(flows, minutes(60 * 24 * 400));
                let Some(session) = later.session.filter(|session| !session.muted) else { continue };
                prop_assert!(!rests(&session).iter().any(|rest| before.contains(rest)), "{session:?}");
            }
        }
    }
}
