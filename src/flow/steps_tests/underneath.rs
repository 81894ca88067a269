//! What rests while the person is at something else; greetings; questions that are given up.

use super::*;
use crate::flow::session::{Given, Session};
use crate::message::Lane;

/// A flow that rests for a day, and one more beside it for each name.
fn resting_flows(names: &[&str]) -> Sources {
    let mut office = fixture::sources();
    for name in names {
        let flow = format!(
            "flow: {name}\nstart: {{words: [{name} please]}}\nsteps:\n  noted: {{do: {{request: access}}}}\n  rest: {{wait: 20h}}\n  how: {{ask: how-{name}, answer: yes_no}}\n  over: {{say: over-{name}, end: true}}\nexpires: 3d\n"
        );
        let texts = format!("how-{name} = how {{ $ticket }}\nover-{name} = over\n");
        office.files.push(file(&format!("flows/{name}.yaml"), &flow));
        for language in ["hi", "en"] {
            office.files.push(file(&format!("locales/{language}/{name}.ftl"), &texts));
        }
    }
    office
}

fn parked(person: &Talk) -> Vec<&str> {
    let Some(session) = &person.session else { return Vec::new() };
    session.parked.iter().map(|parked| parked.frames[0].flow.as_str()).collect()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn a_rest_goes_on_when_the_flow_above_it_has_ended() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    let rest = person.session.as_ref().unwrap().rest;
    assert_eq!(after(&flows, &mut person, &["सदस्य"]), ["consent"]);
    assert_eq!(parked(&person), ["visit"]);
    assert_eq!(after(&flows, &mut person, &["नहीं"]), ["declined"]);
    assert_eq!((step(&person), person.session.as_ref().unwrap().rest), ("rest", rest));
    assert_eq!(after(&flows, &mut person, &["कब आएँगे"]), ["waiting"]);
    assert_eq!(person.wait(&flows, minutes(120)).1.concat(), ["rested"]);
    assert_eq!(person.session.unwrap().answers["who"], Given::Text("सुनीता".to_owned()));
}

#[test]
fn a_rest_that_fell_due_meanwhile_goes_on_right_after() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    assert_eq!(after(&flows, &mut person, &["सदस्य", "हाँ"]), ["birth-year"]);
    assert_eq!(person.wait(&flows, minutes(180)).0, [], "the person is at something");
    assert_eq!(after(&flows, &mut person, &["2015"]), ["too-young", "rested"]);
    assert_eq!(step(&person), "look_up");
}

#[test]
fn a_rest_goes_on_when_the_flow_above_it_runs_out() {
    let flows = flows(VISIT);
    let mut by_timer = resting(&flows);
    after(&flows, &mut by_timer, &["सदस्य", "हाँ"]);
    let mut by_word = by_timer.clone();
    let (replies, trace) = by_timer.wait(&flows, days(7));
    assert_eq!(trace.concat()[..3], ["remind", "birth-year", "rested"]);
    assert_eq!(replies[1].lane, Lane::Reminder);
    by_word.now = by_word.now.checked_add(days(8)).unwrap();
    assert_eq!(after(&flows, &mut by_word, &["जी"]), ["rested"]);
}

#[test]
fn a_flow_nobody_answered_in_is_left_for_the_rest_after_ten_quiet_minutes() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    person.wait(&flows, minutes(115));
    assert_eq!(after(&flows, &mut person, &["menu"]), ["menu"]);
    assert_eq!(person.wait(&flows, minutes(9)).0, []);
    assert_eq!(person.wait(&flows, minutes(1)).1.concat(), ["rested"]);
    assert_eq!(parked(&person), [""; 0]);
}

#[test]
fn leaving_ends_what_rests_and_the_same_flow_takes_its_own_place() {
    let flows = flows(VISIT);
    for words in [["बंद"].as_slice(), &["menu", "बंद"], &["सदस्य", "हाँ", "बंद"]]
    {
        let mut person = resting(&flows);
        assert_eq!(after(&flows, &mut person, words), ["stopped"], "{words:?}");
        assert_eq!(person.session, None);
        assert_eq!(person.wait(&flows, days(9)).0, []);
    }
    for words in [["मुलाकात"].as_slice(), &["menu", "मुलाकात"]] {
        let mut person = resting(&flows);
        assert_eq!(after(&flows, &mut person, words), ["who"], "{words:?}");
        assert_eq!(parked(&person), [""; 0]);
    }
}

#[test]
fn three_rest_underneath_each_with_its_ticket_and_the_earliest_goes_on_first() {
    let names = ["aaa", "bbb", "ccc", "ddd", "eee"];
    let flows = loaded(&resting_flows(&names));
    let mut person = talk();
    for (place, name) in names.iter().enumerate() {
        person.reserved.ticket = format!("T{place}");
        person.write(&flows, &format!("{name} please"));
        person.wait(&flows, minutes(30));
    }
    assert_eq!(parked(&person), ["bbb", "ccc", "ddd"], "the oldest is dropped");
    assert_eq!(person.timers().len(), 1);
    let (replies, trace) = person.wait(&flows, minutes(1070));
    assert_eq!(trace.concat(), [""; 0]);
    assert_eq!(replies, []);
    let (replies, trace) = person.wait(&flows, minutes(10));
    assert_eq!(trace.concat(), ["how-bbb"]);
    assert!(replies[0].content.body().contains("T1"), "{replies:?}");
    assert_eq!(parked(&person), ["ccc", "ddd", "eee"]);
    person.wait(&flows, minutes(5));
    assert_eq!(after(&flows, &mut person, &["हाँ"]), ["over-bbb"]);
    assert_eq!(person.session.as_ref().unwrap().flow, "ccc");
    assert_eq!(person.wait(&flows, minutes(25)).1.concat(), ["how-ccc"]);
}

#[test]
fn a_parked_rest_holds_when_its_flow_is_edited() {
    let before = flows(VISIT);
    let cases = [
        ("rest: {wait: 2h}", "rest: {wait: 9h}", ["declined", "rested"].as_slice(), [].as_slice()),
        ("rest: {wait: 2h}", "rest: {ask: asked, answer: text}", &["declined", "asked"], &[]),
        ("rest: {wait: 2h}", "other: {wait: 2h}", &["declined"], &["changed", "who"]),
    ];
    for (from, to, at_once, then) in cases {
        let edited = flows(&VISIT.replace(from, to));
        let mut person = resting(&before);
        after(&before, &mut person, &["सदस्य"]);
        person.now = person.now.checked_add(minutes(121)).unwrap();
        assert_eq!(after(&edited, &mut person, &["नहीं"]), at_once, "{to}");
        if !then.is_empty() {
            assert_eq!(after(&edited, &mut person, &["जी"]), then, "{to}");
        }
    }
    let mut person = resting(&before);
    after(&before, &mut person, &["सदस्य"]);
    person.now = person.now.checked_add(minutes(121)).unwrap();
    let gone = fixture::flows();
    assert_eq!(after(&gone, &mut person, &["नहीं"]), ["declined"]);
    assert_eq!(after(&gone, &mut person, &["जी"]), ["changed", "menu"]);
}

#[test]
fn nothing_is_said_beside_a_person_of_the_office() {
    let visit = "flow: visit\nstart: {words: [मुलाकात]}\nsteps:\n  rest: {wait: 2h}\n  rested: {say: rested, end: true}\n";
    let mut office = sources(visit);
    let other = "flow: person\nstart: {words: [आदमी चाहिए]}\nsteps:\n  who: {ask: who, answer: text}\n  talk: {do: hand_over, end: true}\n";
    office.files.push(file("flows/person.yaml", other));
    for language in ["hi", "en"] {
        office.files.push(file(&format!("locales/{language}/person.ftl"), "who = who\n"));
    }
    let flows = loaded(&office);
    let mut person = talk();
    after(&flows, &mut person, &["मुलाकात", "आदमी चाहिए"]);
    person.wait(&flows, minutes(125));
    let mut person = talk();
    after(&flows, &mut person, &["मुलाकात", "आदमी चाहिए"]);
    person.now = person.now.checked_add(minutes(125)).unwrap();
    assert_eq!(after(&flows, &mut person, &["काम है"]), ["handover"]);
    assert_eq!(person.wait(&flows, days(2)).0, []);
    person.contact.last_inbound = None;
    assert_eq!(person.give_back(&flows).1.concat(), ["rested"]);
}

#[test]
fn a_session_with_rests_underneath_comes_back_as_it_was_written() {
    let flows = flows(VISIT);
    let mut person = resting(&flows);
    after(&flows, &mut person, &["menu"]);
    let session = person.session.unwrap();
    let written = serde_json::to_string(&session).unwrap();
    assert_eq!(serde_json::from_str::<Session>(&written).unwrap(), session);
}

// ---- greetings ---------------------------------------------------------------------------------

#[test]
fn a_greeting_leaves_no_open_question_and_is_no_mistake() {
    let flows = fixture::flows();
    for text in
        ["hello", "hi", "सलाम", "namaste", "नमस्ते", "राम राम", "Namaste ji 🙏", "السلام علیکم"]
    {
        let mut person = talk();
        after(&flows, &mut person, &["सदस्य", "हाँ"]);
        for _ in 0..5 {
            assert_eq!(after(&flows, &mut person, &[text]), ["salute", "birth-year"], "{text}");
        }
        assert_eq!(after(&flows, &mut person, &["1985"]), ["name"]);
        assert_eq!(after(&flows, &mut person, &[text]), ["salute", "name"], "{text}");
    }
    assert_eq!(after(&flows, &mut talk(), &["hello", "नमस्ते"]), ["menu"], "at the menu, the menu");
}

#[test]
fn a_greeting_leaves_no_rest_and_no_call() {
    let flows = flows(VISIT);
    for text in ["hello", "नमस्ते"] {
        let mut person = resting(&flows);
        assert_eq!(after(&flows, &mut person, &[text]), ["waiting"]);
        assert_eq!(person.wait(&flows, minutes(120)).1.concat(), ["rested"]);
        assert_eq!(after(&flows, &mut person, &[text]), ["one-moment"]);
        assert!(person.fetched(&flows, &good()).is_some());
        // Where the words are free a greeting is no answer either.
        let mut person = talk();
        assert_eq!(after(&flows, &mut person, &["मुलाकात", text]), ["salute", "who"]);
    }
}

// ---- not understood, not known -----------------------------------------------------------------

#[test]
fn a_question_nobody_could_answer_goes_the_way_it_has_for_that() {
    let visit = "flow: visit\nstart: {words: [मुलाकात]}\nsteps:\n  none_yet: {ask: none_yet, answer: {number: {from: 1, to: 9}}, when: {not_understood: sorry}}\n  plain: {say: plain, end: true}\n  sorry: {if: none_yet > 0, then: plain, else: enough}\n  enough: {say: enough, end: true}\n";
    assert_eq!(found(visit), "");
    let flows = flows(visit);
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["मुलाकात", "क", "ख", "ग"]), ["enough"]);
    assert!(!person.contact.handed_over && person.session.is_none());
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["मुलाकात", "क", "ख", "5"]), ["plain"]);
    let handed = self::flows(
        &visit
            .replace("not_understood: sorry", "skip: sorry")
            .replace("number: {from: 1, to: 9}}", "number: {from: 1, to: 9}}, optional: true"),
    );
    let mut person = talk();
    assert_eq!(after(&handed, &mut person, &["मुलाकात", "क", "ख", "ग"]), ["handover"]);
}

#[test]
fn what_was_given_up_counts_as_passed_over_and_gives_no_consent() {
    let visit = "flow: visit\nstart: {words: [मुलाकात]}\nsteps:\n  asked: {ask: agree, answer: yes_no, notice: membership, when: {no: plain, not_understood: none_yet}}\n  plain: {say: plain, end: true}\n  none_yet: {ask: none_yet, answer: {number: {from: 1, to: 9}}, end: true}\n";
    let mut office = sources(visit);
    for language in ["hi", "en"] {
        let texts = format!("{TEXTS}agree = agree\n");
        office.files.retain(|kept| kept.path != format!("locales/{language}/visit.ftl"));
        office.files.push(file(&format!("locales/{language}/visit.ftl"), &texts));
    }
    let flows = loaded(&office);
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["मुलाकात", "क", "ख", "ग"]), ["none_yet"]);
    assert_eq!(person.session.as_ref().unwrap().answers["asked"], Given::Skipped);
    assert_eq!(person.facts, []);
}

#[test]
fn who_does_not_know_passes_an_optional_question_over() {
    let visit = "flow: visit\nstart: {words: [मुलाकात]}\nsteps:\n  asked: {ask: asked, answer: text, optional: true}\n  none_yet: {ask: none_yet, answer: {number: {from: 1, to: 9}}, optional: true}\n  who: {ask: who, answer: text, end: true}\n";
    let flows = flows(visit);
    for text in ["pata nahi", "पता नहीं", "yaad nahi", "याद नहीं है"]
    {
        let mut person = talk();
        after(&flows, &mut person, &["मुलाकात"]);
        for next in ["none_yet", "who"] {
            assert_eq!(after(&flows, &mut person, &[text]), [next], "{text}");
        }
        assert_eq!(person.session.as_ref().unwrap().answers["asked"], Given::Skipped);
        assert_eq!(after(&flows, &mut person, &[text]), [""; 0], "an answer where one is needed");
    }
    let mut person = talk();
    after(&flows, &mut person, &["मुलाकात", "पता नहीं कौन ले गया"]);
    let answer = person.session.unwrap().answers["asked"].clone();
    assert_eq!(answer, Given::Text("पता नहीं कौन ले गया".to_owned()), "that is something");
}
