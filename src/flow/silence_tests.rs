//! What a person hears in the silence before the poll of their seat.

use jiff::{SignedDuration, Timestamp};

use super::fixture::flows;
use super::{Flows, Left, Rendering, Talk};
use crate::calendar::Calendar;
use crate::contact::{ConsentNow, Contact};
use crate::gate::Rules;
use crate::message::{Purpose, Reply};

/// Nobody knows the person's seat, so that this silence is theirs: from 18:00 on 20 November 2026 to 18:00
/// on the 22nd. A talk begins at noon of the 21st.
const ELECTION: &str = r#"
[[phases]]
name = "पहला चरण"
poll = "2026-11-22"
close = "18:00"
assemblies = ["1-100"]
"#;

fn person() -> Talk {
    let mut talk = Talk::new(Contact::default(), Rendering::Whatsapp);
    let calendar = Calendar::read(ELECTION).unwrap();
    talk.rules = Rules { calendar, ..Rules::default() };
    talk
}

fn india(at: &str) -> Timestamp {
    format!("{at}+05:30").parse().unwrap()
}

/// The texts that are said to it, and whether they leave.
fn heard(flows: &Flows, talk: &mut Talk, text: &str) -> Vec<String> {
    let (_, trace) = talk.write(flows, text);
    assert!(talk.left.iter().all(|left| *left == Left::Said), "{text}: {:?}", talk.left);
    trace.concat()
}

#[test]
fn a_person_is_told_once_in_a_silence_that_their_message_came() {
    let flows = flows();
    let mut talk = person();
    assert_eq!(heard(&flows, &mut talk, "नमस्ते"), ["silence"]);
    assert_eq!(heard(&flows, &mut talk, "सदस्य"), [""; 0]);
    talk.wait(&flows, SignedDuration::from_hours(24));
    assert_eq!(heard(&flows, &mut talk, "कोई है?"), [""; 0]);
    assert_eq!(talk.session, None, "nothing was begun");
}

#[test]
fn a_conversation_waits_where_it_is_until_the_silence_is_over() {
    let flows = flows();
    let mut talk = person();
    talk.now = india("2026-11-20T17:00:00");
    let asked = heard(&flows, &mut talk, "सदस्य");
    assert!(!asked.is_empty());
    let (session, timers) = (talk.session.clone(), talk.timers().to_vec());
    assert!(session.is_some());
    talk.now = india("2026-11-20T18:00:00");
    assert_eq!(heard(&flows, &mut talk, "हाँ"), ["silence"]);
    assert_eq!((&talk.session, talk.timers()), (&session, timers.as_slice()));
    let facts = talk.facts.len();
    talk.now = india("2026-11-22T18:00:00");
    heard(&flows, &mut talk, "हाँ");
    assert!(talk.facts.len() > facts || talk.session != session, "it goes on");
}

#[test]
fn a_withdrawal_is_heard_and_confirmed_in_the_silence() {
    let flows = flows();
    let mut talk = person();
    let (replies, trace) = talk.write(&flows, "बंद");
    assert_eq!(trace.concat(), ["stopped"]);
    let is_acknowledgment = |reply: &Reply| reply.purpose == Purpose::Acknowledgment;
    assert!(replies.iter().all(is_acknowledgment));
    assert_eq!(talk.left, [Left::Said]);
    assert!(talk.contact.withdrew(Purpose::Samvad));
}

#[test]
fn what_falls_due_in_the_silence_is_kept_back() {
    let flows = flows();
    let mut talk = person();
    talk.now = india("2026-11-20T17:00:00");
    heard(&flows, &mut talk, "सदस्य");
    let (replies, _) = talk.wait(&flows, SignedDuration::from_hours(24 * 2));
    for left in &talk.left {
        assert!(matches!(left, Left::KeptBack(_)), "{replies:?}");
    }
}

#[test]
fn a_withdrawal_that_is_undone_in_the_silence_is_undone_at_once_and_that_is_confirmed() {
    let (_, flows) = super::shipped_tests::shipped();
    let mut talk = person();
    let (purpose, at) = (Purpose::Samvad, india("2026-11-01T12:00:00"));
    talk.contact.hear(ConsentNow { purpose, given: true, at, only: None });
    assert_eq!(heard(&flows, &mut talk, "बंद"), ["stopped"]);
    assert!(talk.contact.withdrew(purpose));
    assert_eq!(heard(&flows, &mut talk, "वापस चालू"), ["restored"]);
    assert!(talk.contact.consents_to(purpose), "a slip of the finger costs nobody their news");
}

#[test]
fn a_consent_that_was_never_taken_back_is_not_given_in_the_silence() {
    let flows = flows();
    let mut talk = person();
    talk.now = india("2026-11-20T17:00:00");
    heard(&flows, &mut talk, "सदस्य");
    let session = talk.session.clone();
    talk.now = india("2026-11-20T18:00:00");
    heard(&flows, &mut talk, "हाँ");
    assert_eq!((&talk.session, talk.contact.consents.len()), (&session, 0));
}
