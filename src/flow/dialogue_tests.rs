//! What an answer to a broadcast begins, and what it leaves alone.

use super::*;
use crate::contact::Contact;
use crate::fact::{Fact, Reached};
use crate::message::InboundContent;

/// Somebody whom a broadcast reached; `extra` takes the answers, and asks for a number first.
fn reached(named: bool) -> Talk {
    let mut talk = Talk::new(Contact::default(), Rendering::Whatsapp);
    talk.reached = Some(Reached {
        broadcast: 7,
        name: "booth-count".to_owned(),
        flow: Some("extra".to_owned()),
        named,
        at: talk.now,
    });
    talk
}

fn after(talk: &mut Talk, text: &str) -> Vec<String> {
    talk.write(&fixture::flows(), text).1.concat()
}

fn step(talk: &Talk) -> &str {
    talk.session.as_ref().map_or("none", |session| session.step.as_str())
}

fn counted(talk: &Talk) -> usize {
    talk.facts.iter().filter(|fact| matches!(fact, Fact::Answered { broadcast: 7 })).count()
}

#[test]
fn an_answer_is_taken_for_what_the_broadcast_asked() {
    let mut talk = reached(false);
    assert_eq!(after(&mut talk, "१२ साथी"), ["photo"]);
    assert_eq!((step(&talk), counted(&talk)), ("photo", 1));
}

#[test]
fn a_message_that_does_not_answer_is_asked_what_the_broadcast_asked() {
    let mut talk = reached(false);
    assert_eq!(after(&mut talk, "देखते हैं"), ["people"]);
    assert_eq!((step(&talk), counted(&talk)), ("people", 1));
}

#[test]
fn greetings_and_words_that_begin_a_flow_are_no_answers() {
    for (text, said) in [("नमस्ते", "menu"), ("सदस्य", "consent"), ("join", "consent")]
    {
        let mut talk = reached(false);
        assert_eq!(after(&mut talk, text), [said], "{text}");
        assert_eq!(counted(&talk), 0, "{text}");
    }
}

#[test]
fn a_stop_after_a_broadcast_stops_and_begins_nothing_and_is_no_answer() {
    for named in [false, true] {
        let mut talk = reached(named);
        assert_eq!(after(&mut talk, "बंद"), ["stopped"]);
        assert_eq!((step(&talk), counted(&talk)), ("none", 0), "named: {named}");
    }
}

#[test]
fn a_command_is_no_answer() {
    let mut talk = reached(false);
    assert_eq!(after(&mut talk, "मेन्यू"), ["menu"]);
    assert_eq!(counted(&talk), 0);
}

#[test]
fn an_open_question_keeps_its_answers_unless_the_broadcast_is_named() {
    for (named, said, at) in [(false, "birth-year", "birth_year"), (true, "people", "people")] {
        let mut talk = reached(false);
        after(&mut talk, "सदस्य");
        if let Some(reached) = &mut talk.reached {
            reached.named = named;
        }
        assert_eq!(after(&mut talk, "हाँ"), [said], "named: {named}");
        assert_eq!((step(&talk), counted(&talk)), (at, usize::from(named)));
    }
}

#[test]
fn what_answers_no_open_question_answers_the_broadcast_that_came_after_it() {
    for (after_it, said, at, answers) in [(true, "photo", "photo", 1), (false, "", "menu", 0)] {
        let mut talk = reached(false);
        let reached = talk.reached.take();
        after(&mut talk, "मेन्यू");
        talk.now = talk.now.saturating_add(jiff::SignedDuration::from_mins(5)).unwrap();
        let at_once = reached.as_ref().map(|reached| reached.at);
        talk.reached = reached.map(|reached| Reached {
            at: if after_it { talk.now } else { at_once.unwrap_or(talk.now) },
            ..reached
        });
        talk.now = talk.now.saturating_add(jiff::SignedDuration::from_mins(5)).unwrap();
        let told = after(&mut talk, "१२ साथी");
        assert_eq!((step(&talk), counted(&talk)), (at, answers), "{told:?}");
        if after_it {
            assert_eq!(told, [said]);
        }
    }
}

#[test]
fn a_second_message_goes_on_where_the_first_began() {
    let mut talk = reached(true);
    after(&mut talk, "12");
    let again = after(&mut talk, "छोड़ दें");
    assert_eq!(again, ["thanks"], "the question that is open, and not the first once more");
}

#[test]
fn a_consent_is_asked_in_its_own_words_whatever_was_written() {
    let mut talk = reached(false);
    if let Some(reached) = &mut talk.reached {
        reached.flow = Some("join".to_owned());
    }
    assert_eq!(after(&mut talk, "हाँ"), ["consent"]);
    assert!(!talk.facts.iter().any(|fact| matches!(fact, Fact::Consent(_))));
}

#[test]
fn a_button_that_begins_a_flow_begins_it_and_counts_when_it_is_the_broadcasts() {
    let mut talk = reached(true);
    let tapped = InboundContent::Button {
        payload: "join".to_owned(), text: "सदस्य बनें".to_owned()
    };
    assert_eq!(talk.send(&fixture::flows(), &tapped).1.concat(), ["consent"]);
    assert_eq!(counted(&talk), 1);
}

#[test]
fn a_tap_of_which_the_provider_names_no_message_answers_the_newest_broadcast() {
    let mut talk = reached(false);
    let tapped = InboundContent::Button {
        payload: "join".to_owned(),
        text: "हाँ, बताइए".to_owned(),
    };
    assert_eq!(talk.send(&fixture::flows(), &tapped).1.concat(), ["consent"]);
    assert_eq!(counted(&talk), 1);
}

#[test]
fn what_the_broadcast_asked_may_be_answered_when_it_is_asked_again() {
    let mut talk = reached(false);
    assert_eq!(after(&mut talk, "देखते हैं"), ["people"]);
    assert_eq!(after(&mut talk, "12"), ["photo"]);
    assert_eq!(counted(&talk), 2, "both are answers to it");
    after(&mut talk, "छोड़ दें");
    assert_eq!(counted(&talk), 2, "what else its flow asks is not what the broadcast asked");
}

#[test]
fn a_button_of_the_broadcast_answers_the_first_question() {
    let mut talk = reached(true);
    let tapped = InboundContent::Button { payload: "25".to_owned(), text: "25".to_owned() };
    assert_eq!(talk.send(&fixture::flows(), &tapped).1.concat(), ["photo"]);
}

#[test]
fn a_broadcast_without_a_dialogue_is_counted_and_changes_nothing() {
    let mut talk = reached(false);
    if let Some(reached) = &mut talk.reached {
        reached.flow = None;
    }
    assert_eq!(after(&mut talk, "ठीक है"), ["menu"]);
    assert_eq!(counted(&talk), 1);
}

#[test]
fn the_person_of_the_office_goes_on_talking() {
    for (named, answers) in [(false, 0), (true, 1)] {
        let mut talk = reached(named);
        talk.contact.handed_over = true;
        assert_eq!(after(&mut talk, "12"), [""; 0]);
        assert_eq!(counted(&talk), answers, "what names the broadcast answers it: {named}");
    }
}
