//! What somebody on an open roster hears while election law lets nobody ask for an opinion, and what they hear to what
//! is no written answer.

use jiff::{SignedDuration, Timestamp};

use super::polling_tests::FLOWS;
use super::*;
use crate::calendar::Calendar;
use crate::contact::{Contact, Language, Member};
use crate::fact::Reached;
use crate::gate::Rules;
use crate::message::{InboundContent, MediaKind, Purpose, Reply};
use crate::poll::asked::staged;

/// A talk begins at noon of 21 November, in the silence of seat 10; exit polls are forbidden from the 22nd to
/// 18:30 on the 25th.
const ELECTION: &str = r#"
[[phases]]
name = "पहला चरण"
poll = "2026-11-22"
close = "18:00"
assemblies = ["1-100"]

[[phases]]
name = "दूसरा चरण"
poll = "2026-11-25"
close = "18:00"
assemblies = ["101-403"]
"#;
/// When asking goes on, as it is said.
const AGAIN: &str = "25 नवंबर 2026, 18:30";
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn india(at: &str) -> Timestamp {
    format!("{at}+05:30").parse().unwrap()
}

/// A voter of this seat, whom a poll asks for so many days from noon of the 19th, before anything rests.
fn voter(seat: u16, days: i64) -> Talk {
    let membership = Member {
        number: "UP-1000-0000-9".to_owned(),
        name: "सीता देवी".to_owned(),
        district: "lucknow".to_owned(),
        assembly: seat,
        booth: Some(1),
        since: india("2026-01-01T00:00:00"),
        ends: None,
    };
    let contact = Contact {
        language: Language::Hi,
        language_chosen: true,
        membership: Some(membership),
        ..Contact::default()
    };
    let mut talk = Talk::new(contact, Rendering::Whatsapp);
    talk.now = india("2026-11-19T12:00:00");
    talk.rules = Rules { calendar: Calendar::read(ELECTION).unwrap(), ..Rules::default() };
    let poll = StagedPoll {
        method: "choose_one".to_owned(),
        candidates: vec!["अनिल यादव".to_owned(), "सुनीता वर्मा".to_owned()],
        others: true,
        ratings: vec!["honesty".to_owned()],
        remark: true,
        may_change: true,
        people: Vec::new(),
        answered: false,
        closes_after: DAY.checked_mul(i32::try_from(days).unwrap()).unwrap(),
    };
    talk.ask_opinion(staged(&poll, talk.now));
    talk
}

fn keys(talk: &mut Talk, text: &str) -> Vec<String> {
    talk.write(&FLOWS, text).1.concat()
}

fn has_answered(talk: &mut Talk) -> bool {
    // Whoever has answered is asked whether to change it.
    let rules = std::mem::take(&mut talk.rules);
    let now = std::mem::replace(&mut talk.now, india("2026-11-26T12:00:00"));
    let session = talk.session.take();
    let (replies, _) = talk.write(&FLOWS, "राय");
    (talk.rules, talk.now, talk.session) = (rules, now, session);
    replies.iter().any(|reply| reply.content.body().contains("आपका जवाब मुहरबंद है"))
}

fn voice() -> InboundContent {
    InboundContent::Media {
        kind: MediaKind::Audio,
        id: "m".to_owned(),
        mime_type: "audio/ogg".to_owned(),
        sha256: None,
        caption: None,
        filename: None,
        voice: true,
    }
}

#[test]
fn while_exit_polls_are_forbidden_nothing_is_asked_and_nothing_is_taken() {
    for (days, promised) in [(20, true), (5, false)] {
        let mut talk = voter(10, days);
        talk.now = india("2026-11-23T12:00:00");
        for words in ["राय", "सुनीता वर्मा", "2", "बदलें", "राय"]
        {
            let (replies, trace) = talk.write(&FLOWS, words);
            assert_eq!(trace, [["opinion-rests"]], "{words}");
            let said = replies[0].content.body();
            assert_eq!(said.contains(AGAIN), promised, "{said}");
            assert!(!said.contains("सुनीता") && !said.contains("अनिल"), "{said}");
            assert_eq!(talk.session, None, "{words}");
        }
        assert!(!has_answered(&mut talk));
    }
}

#[test]
fn a_question_asked_before_takes_no_answer_while_exit_polls_are_forbidden_and_is_asked_anew_after()
{
    let mut talk = voter(150, 20);
    talk.now = india("2026-11-21T23:50:00");
    assert_eq!(keys(&mut talk, "राय"), ["choice"]);
    talk.now = india("2026-11-22T00:10:00");
    let session = talk.session.clone();
    for words in ["2", "सुनीता वर्मा", "कुछ और", "नमस्ते", "राय"]
    {
        assert_eq!(keys(&mut talk, words), ["opinion-rests"], "{words}");
        assert_eq!(talk.session, session, "{words}");
    }
    let elsewhere = keys(&mut talk, "भाषा");
    assert!(!elsewhere.contains(&"opinion-rests".to_owned()), "the house is open: {elsewhere:?}");
    talk.session = session;
    talk.now = india("2026-11-25T18:30:00");
    assert_eq!(keys(&mut talk, "सुनीता वर्मा"), ["choice"], "it ran out after three days");
    assert_eq!(keys(&mut talk, "2")[0], "noted");
}

#[test]
fn a_reminder_of_an_opinion_waits_for_the_end_of_the_time_of_exit_polls() {
    let mut talk = voter(150, 20);
    talk.now = india("2026-11-21T12:00:00");
    assert_eq!(keys(&mut talk, "राय"), ["choice"]);
    // Twenty hours later, on the first poll day, it would fall due.
    let until = india("2026-11-25T18:29:00");
    let (replies, trace) = talk.wait(&FLOWS, until.duration_since(talk.now));
    assert_eq!((replies.len(), trace), (0, Trace::new()));
    // The conversation ran out meanwhile (three days), and ends without a word.
    talk.wait(&FLOWS, SignedDuration::from_hours(1));
    assert_eq!(talk.session, None);
}

#[test]
fn an_answer_in_the_silence_is_sealed_and_acknowledged_without_a_word_of_it() {
    let mut talk = voter(10, 20);
    talk.now = india("2026-11-20T17:50:00");
    assert_eq!(keys(&mut talk, "राय"), ["choice"]);
    talk.now = india("2026-11-20T18:10:00");
    let (replies, trace) = talk.write(&FLOWS, "सुनीता वर्मा");
    assert_eq!(trace, [["opinion-kept"]]);
    assert_eq!(replies[0].purpose, Purpose::Acknowledgment);
    assert!(!replies[0].content.body().contains("सुनीता"));
    assert!(talk.left.iter().all(|left| *left == Left::Said), "{:?}", talk.left);
    assert_eq!(talk.session, None, "nothing more is asked");
    assert!(has_answered(&mut talk));
    // Asking is another matter, however often; the ordinary acknowledgment comes once.
    for words in ["राय", "बदलें", "अनिल यादव"] {
        let (replies, trace) = talk.write(&FLOWS, words);
        assert_eq!(trace, [["opinion-rests"]], "{words}");
        assert!(replies.iter().all(|reply: &Reply| reply.purpose == Purpose::Acknowledgment));
        assert!(replies[0].content.body().contains(AGAIN));
    }
    assert_eq!(keys(&mut talk, "और सब ठीक?"), [""; 0]);
}

#[test]
fn what_is_not_sure_in_the_silence_is_not_taken_and_the_person_hears_that() {
    let mut talk = voter(10, 20);
    talk.now = india("2026-11-20T17:50:00");
    keys(&mut talk, "राय");
    talk.now = india("2026-11-20T18:10:00");
    let session = talk.session.clone();
    assert_eq!(keys(&mut talk, "शायद वही पुराने वाले"), ["opinion-rests"]);
    assert_eq!(talk.session, session);
    assert!(!has_answered(&mut talk));
}

#[test]
fn while_the_calendar_cannot_be_read_opinions_rest_and_nobody_says_until_when() {
    let mut talk = voter(10, 20);
    talk.rules.calendar = Calendar::default().doubted();
    let (replies, trace) = talk.write(&FLOWS, "राय");
    assert_eq!(trace, [["opinion-rests"]]);
    assert!(replies[0].content.body().contains("कुछ समय बाद"));
}

/// The outcome of the next message of somebody whom a poll asks.
fn outcome(talk: &Talk, content: &InboundContent, reached: Option<&Reached>) -> Outcome {
    let ballots = staged(
        &StagedPoll {
            method: "choose_one".to_owned(),
            candidates: vec!["अनिल यादव".to_owned(), "सुनीता वर्मा".to_owned()],
            closes_after: DAY,
            ..StagedPoll::default()
        },
        talk.now,
    );
    let ballots: Vec<&dyn Ballot> = ballots.iter().map(|ballot| &**ballot).collect();
    let turn = Turn {
        now: talk.now,
        seed: 7,
        contact: &talk.contact,
        rendering: talk.rendering,
        session: talk.session.as_ref(),
        event: Event::Message { content, sent_at: talk.now },
        reserved: &talk.reserved,
        reached,
        ballots: &ballots,
        checked: None,
        over: None,
    };
    super::turn(&FLOWS, &turn)
}

#[test]
fn a_voice_note_out_of_nowhere_or_to_an_invitation_is_no_answer_and_is_asked_for_in_words() {
    let invitation = |flow: &str, named| Reached {
        broadcast: 1,
        name: "x".to_owned(),
        flow: Some(flow.to_owned()),
        named,
        at: "2029-01-06T10:00:00Z".parse().unwrap(),
    };
    let card = InboundContent::Contacts { phones: vec!["9812345678".to_owned()], requested: false };
    let form = InboundContent::Form { json: "{}".to_owned() };
    let talk = voter(10, 20);
    for content in [&voice(), &card, &form] {
        for reached in [None, Some(invitation("opinion", false)), Some(invitation("opinion", true))]
        {
            let outcome = outcome(&talk, content, reached.as_ref());
            assert!(outcome.secret && outcome.effects.is_empty(), "{content:?} {reached:?}");
            let said: Vec<&str> =
                outcome.replies.iter().map(|reply| reply.content.body()).collect();
            assert!(said[0].contains("एक नंबर या नाम"), "{said:?}");
            assert!(
                said.last().unwrap().contains("1. अनिल यादव"),
                "the list comes with it: {said:?}"
            );
        }
        // Something else was asked.
        for reached in [invitation("dialogue", false), invitation("dialogue", true)] {
            assert!(!outcome(&talk, content, Some(&reached)).secret, "{content:?} {reached:?}");
        }
    }
    let mut joining = voter(10, 20);
    joining.contact.membership = None;
    keys(&mut joining, "सदस्य");
    assert!(!outcome(&joining, &voice(), None).secret);
    assert!(outcome(&joining, &voice(), Some(&invitation("opinion", true))).secret);
    let mut asked = voter(10, 20);
    keys(&mut asked, "राय");
    assert!(outcome(&asked, &voice(), None).secret);
}

#[test]
fn whoever_edits_an_answer_hears_that_it_does_not_count() {
    let edited = InboundContent::Edited { message: "wamid.1".to_owned() };
    let mut talk = voter(10, 20);
    assert_eq!(talk.send(&FLOWS, &edited).1, Trace::new(), "it is no answer to anything");
    keys(&mut talk, "राय");
    let session = talk.session.clone();
    assert_eq!(talk.send(&FLOWS, &edited).1, [["opinion-edited"]]);
    assert_eq!(talk.session, session, "and the question stays open");
    let mut talk = voter(10, 20);
    talk.now = india("2026-11-23T12:00:00");
    assert_eq!(talk.send(&FLOWS, &edited).1, Trace::new());
}
