//! Waits, calls and handoffs.

use super::*;
use crate::flow::{Effect, Event, Fetch, Given, HeaderValue, Method, TimerKind};
use crate::message::Lane;

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
    let visit = VISIT.replace("wait: 2h", "wait: 20h").replace("expires: 1d", "expires: 5h");
    let flows = flows(&visit);
    let mut person = resting(&flows);
    assert_eq!(person.wait(&flows, minutes(19 * 60)).0, []);
    assert_eq!(after(&flows, &mut person, &["जी"]), ["waiting"]);
    assert_eq!(person.wait(&flows, minutes(60)).1.concat(), ["rested"]);
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
    let mut office = sources(&VISIT.replace("wait: 2h", "wait: 20h"));
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
fn a_message_beside_a_flow_that_is_over_meanwhile_is_answered() {
    let silent = "flow: visit
about: It says nothing after its wait.
start: {words: [मुलाकात], link: visit}
steps:
  who: {ask: who, answer: text}
  rest: {wait: 2h}
  over: {end: true}
";
    let mut office = sources(silent);
    for file in &mut office.files {
        if file.path == "flows/language.yaml" {
            file.text.push_str("expires: 1h\n");
        }
    }
    let flows = loaded(&office);
    let mut person = resting(&flows);
    after(&flows, &mut person, &["भाषा"]);
    person.now = person.now.checked_add(minutes(180)).unwrap();
    assert_eq!(after(&flows, &mut person, &["जी"]).first().map(String::as_str), Some("expired"));
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
    assert_eq!(person.give_back(&flows).1.concat()[..2], ["tell", "sorry"]);
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
    assert_eq!(person.clone().wait(&flows, minutes(60 * 24 * 30)).0, [], "no timer speaks");
    let mut to_menu = person.clone();
    assert_eq!(after(&flows, &mut to_menu, &["menu"]), ["menu"]);
    assert!(!to_menu.contact.handed_over);
    assert_eq!(person.give_back(&flows).1.concat(), ["after"], "at once");
    assert_eq!((person.session.clone(), person.contact.handed_over), (None, false));
    assert_eq!(person.give_back(&flows).0, [], "it is given back once");
}

#[test]
fn whoever_was_silent_for_a_day_hears_what_follows_a_handoff_with_their_next_word() {
    let flows = flows(VISIT);
    let mut person = fetching(&flows);
    person.contact.last_inbound = Some(person.now);
    person.fetched(&flows, &answer(500, Value::Null));
    person.wait(&flows, minutes(24 * 60));
    assert_eq!(person.give_back(&flows).0, []);
    assert!(!person.contact.handed_over);
    let mut helped = person.clone();
    assert_eq!(after(&flows, &mut helped, &["मदद"]), ["help-text", "after"]);
    assert_eq!(after(&flows, &mut person, &["धन्यवाद"]), ["after"]);
}

#[test]
fn a_question_given_back_is_open_again_and_its_time_begins_anew() {
    let visit = VISIT.replace("  look_up:", "  talk: {do: hand_over}\n  look_up:");
    let flows = flows(&visit);
    let mut person = resting(&flows);
    person.wait(&flows, minutes(120));
    person.wait(&flows, minutes(999));
    person.give_back(&flows);
    let asked_at = person.session.as_ref().unwrap().asked_at;
    assert_eq!(asked_at, person.now.as_millisecond());
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
    assert_eq!(person.give_back(&flows).0, []);
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
