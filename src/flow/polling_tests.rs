//! What stays of an answer to a poll: nothing.

use std::sync::Arc;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::contact::{Address, AddressKind, Identities, Language};
use crate::message::{Channel, Inbound};
use crate::poll::asked::staged;

const MARKER: &str = "मार्करसिंह";

fn poll() -> StagedPoll {
    StagedPoll {
        method: "choose_one".to_owned(),
        candidates: vec!["अनिल यादव".to_owned(), "सुनीता वर्मा".to_owned()],
        others: true,
        ratings: vec!["honesty".to_owned()],
        remark: true,
        may_change: true,
        people: Vec::new(),
        answered: false,
        closes_after: SignedDuration::from_hours(48),
    }
}

/// Somebody at the question of this step, and the ballots that ask them.
fn asked(flows: &Flows, said: &[&str]) -> (Talk, Vec<Arc<dyn Ballot>>) {
    let contact = Contact { language: Language::Hi, language_chosen: true, ..Contact::default() };
    let mut talk = Talk::new(contact, Rendering::Whatsapp);
    let ballots = staged(&poll(), talk.now);
    talk.ask_opinion(ballots.clone());
    for words in said {
        talk.write(flows, words);
    }
    (talk, ballots)
}

/// The outcome of the next message.
fn outcome(
    flows: &Flows,
    talk: &Talk,
    ballots: &[Arc<dyn Ballot>],
    content: &InboundContent,
) -> Outcome {
    let ballots: Vec<&dyn Ballot> = ballots.iter().map(|ballot| &**ballot).collect();
    let turn = Turn {
        now: talk.now,
        seed: 7,
        contact: &talk.contact,
        rendering: talk.rendering,
        session: talk.session.as_ref(),
        event: Event::Message { content, sent_at: talk.now },
        reserved: &talk.reserved,
        reached: None,
        ballots: &ballots,
    };
    super::turn(flows, &turn)
}

fn text(words: &str) -> InboundContent {
    InboundContent::Text { text: words.to_owned() }
}

/// Everything of an outcome that is stored, or may be logged.
fn kept(outcome: &Outcome) -> String {
    let session = serde_json::to_string(&outcome.session).unwrap();
    let replies = serde_json::to_string(&outcome.replies).unwrap();
    format!("{outcome:?}\n{session}\n{replies}")
}

const STEPS: [&[&str]; 3] = [&["राय"], &["राय", "1"], &["राय", "1", "1: 5, 2: 3"]];

#[test]
fn nothing_of_an_answer_is_kept_whether_it_is_sure_or_not() {
    for said in STEPS {
        let (talk, ballots) = asked(&FLOWS, said);
        assert!(FLOWS.asks_ballot(talk.session.as_ref()));
        for words in [
            format!("अन्य {MARKER}"),
            format!("शायद {MARKER}"),
            format!("{MARKER} {}", "और ".repeat(500)),
            MARKER.to_owned(),
        ] {
            let outcome = outcome(&FLOWS, &talk, &ballots, &text(&words));
            assert!(!kept(&outcome).contains(MARKER), "{}", kept(&outcome));
        }
        let photo = InboundContent::Media {
            kind: MediaKind::Image,
            id: "m".to_owned(),
            mime_type: "image/jpeg".to_owned(),
            sha256: None,
            caption: Some(MARKER.to_owned()),
            filename: None,
            voice: false,
        };
        let outcome = outcome(&FLOWS, &talk, &ballots, &photo);
        assert!(!kept(&outcome).contains(MARKER), "{}", kept(&outcome));
        assert_eq!((outcome.effects.len(), outcome.cast), (0, None));
    }
}

#[test]
fn two_choices_leave_the_same_rows_and_the_same_session() {
    let (talk, ballots) = asked(&FLOWS, &["राय"]);
    let of = |words: &str| outcome(&FLOWS, &talk, &ballots, &text(words));
    let one = of("1");
    for words in ["2", "सुनीता", "नहीं बताना", "अन्य श्याम लाल"]
    {
        let other = of(words);
        assert_eq!((&one.session, &one.replies), (&other.session, &other.replies), "{words}");
        let sizes = |outcome: &Outcome| {
            let cast = outcome.cast.as_ref().unwrap();
            let parts = cast.answers.parts().iter();
            parts.map(|(letter, bytes)| (*letter, bytes.len())).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&one), sizes(&other), "{words}");
    }
    let asked_again = |words: &str| of(words).replies;
    assert_eq!(asked_again("शायद"), asked_again("अन्य"), "whether somebody else is meant");
    assert_eq!(asked_again("शायद"), asked_again("अन्य सुनीता वर्मा"), "who is meant");
}

#[test]
fn marks_and_a_remark_that_are_passed_over_leave_what_given_ones_leave() {
    for (said, given) in [(STEPS[1], "1: 5, 2: 3"), (STEPS[2], "सड़क बने")] {
        let (talk, ballots) = asked(&FLOWS, said);
        let of = |words: &str| outcome(&FLOWS, &talk, &ballots, &text(words));
        let (given, passed) = (of(given), of("छोड़ दें"));
        assert_eq!((&given.session, &given.replies), (&passed.session, &passed.replies));
        assert!(given.cast.is_some() && passed.cast.is_some());
    }
}

#[test]
fn what_is_told_in_memory_holds_the_choice_and_has_room_for_the_receipt() {
    let (talk, ballots) = asked(&FLOWS, &["राय"]);
    let outcome = outcome(&FLOWS, &talk, &ballots, &text("सुनीता"));
    let [unkept] = outcome.unkept.as_slice() else { panic!("{}", outcome.unkept.len()) };
    let body = unkept.content.body().to_owned();
    assert!(body.contains("सुनीता वर्मा") && body.contains(RECEIPT), "{body}");
    let told = unkept.clone().with_receipt("7K2-QXM-9ZT");
    assert_eq!(told.body().len(), body.len());
    assert!(told.body().contains("7K2-QXM-9ZT") && !told.body().contains(RECEIPT));
    let kept = outcome.replies[unkept.reply].content.body();
    assert!(!kept.contains("सुनीता") && !kept.contains(RECEIPT), "{kept}");
}

#[test]
fn a_text_that_may_tell_a_choice_has_a_row_and_a_key_without_it() {
    let message = |words: &str, key: &str| Inbound {
        channel: Channel::Sms,
        account: "party".to_owned(),
        key: key.to_owned(),
        from: Identities { addresses: vec![Address::new(AddressKind::Phone, "9812345678")] },
        profile_name: None,
        sent_at: crate::clock::from_ms(1_795_242_600_000),
        content: text(words),
        quoted: None,
    };
    let one = without_words(message("1", "party:#aaaa"));
    let other = without_words(message("2", "party:#bbbb"));
    assert_eq!(one, other, "neither content nor key tells them apart");
    assert_eq!(one.content, text(SECRET));
    assert_eq!(secret_key(&message("1", "party:#aaaa")), Some(one.key));
    // A provider's own id says nothing.
    assert_eq!(without_words(message("1", "wamid.7")).key, "wamid.7");
    assert_eq!(secret_key(&message("1", "wamid.7")), None);
}

pub(super) static FLOWS: std::sync::LazyLock<Flows> =
    std::sync::LazyLock::new(|| shipped_tests::shipped().1);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_words_written_to_a_question_of_a_poll_stay(words in "\\PC{0,24}", step in 0..3_usize) {
        let (talk, ballots) = asked(&FLOWS, STEPS[step]);
        let words = format!("{MARKER} {words}");
        let outcome = outcome(&FLOWS, &talk, &ballots, &text(&words));
        prop_assert!(!kept(&outcome).contains(MARKER));
    }
}
