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

/// The turn of the next message, of somebody whom nothing asks.
pub(super) fn turn_of<'a>(talk: &'a Talk, content: &'a InboundContent) -> Turn<'a> {
    Turn {
        now: talk.now,
        seed: 7,
        contact: &talk.contact,
        rendering: talk.rendering,
        session: talk.session.as_ref(),
        event: Event::Message { content, sent_at: talk.now },
        reserved: &talk.reserved,
        reached: None,
        ballots: &[],
        checked: None,
        over: None,
    }
}

/// The outcome of the next message.
fn outcome(
    flows: &Flows,
    talk: &Talk,
    ballots: &[Arc<dyn Ballot>],
    content: &InboundContent,
) -> Outcome {
    let ballots: Vec<&dyn Ballot> = ballots.iter().map(|ballot| &**ballot).collect();
    let turn = Turn { ballots: &ballots, ..turn_of(talk, content) };
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

const RECEIPT_ONE: &str = "7K2-QXM-9ZT";

fn check(is_named: bool, on: Vec<OnRoll>) -> ReceiptCheck {
    ReceiptCheck { receipt: Some(RECEIPT_ONE.to_owned()), is_named, has_rolls: true, on }
}

fn roll() -> OnRoll {
    let question = Language::ALL.map(|language| format!("सवाल {}", language.code()));
    OnRoll { question, choices: 123_456, head: "abcd1234".to_owned() }
}

/// What is told for a message about a receipt, and everything that is kept of it.
fn told(flows: &Flows, talk: &Talk, words: &str, check: &ReceiptCheck) -> (Vec<String>, String) {
    let content = text(words);
    let turn = Turn { checked: Some(check), ..turn_of(talk, &content) };
    let outcome = super::turn(flows, &turn);
    let kept = kept(&outcome);
    let unkept = outcome.unkept.iter().map(|unkept| unkept.content.body().to_owned());
    (unkept.collect(), kept)
}

fn somebody() -> Talk {
    let contact = Contact { language: Language::Hi, language_chosen: true, ..Contact::default() };
    Talk::new(contact, Rendering::Whatsapp)
}

#[test]
fn a_receipt_is_checked_in_memory_and_the_row_tells_nothing_of_it() {
    let mut rows = Vec::new();
    for (on, wanted) in [(vec![roll()], "गिनी गई"), (Vec::new(), "किसी सूची में नहीं मिली")]
    {
        let (told, kept) = told(&FLOWS, &somebody(), RECEIPT_ONE, &check(false, on));
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(RECEIPT_ONE) && told[0].contains(wanted), "{told:?}");
        assert!(!kept.contains(RECEIPT_ONE) && !kept.contains("abcd1234"), "{kept}");
        rows.push(kept);
    }
    assert_eq!(rows[0], rows[1], "whether it stands on a roll");
    let (told, _) = told(&FLOWS, &somebody(), RECEIPT_ONE, &check(false, vec![roll()]));
    for part in ["सवाल hi", "1,23,456", "abcd1234"] {
        assert!(told[0].contains(part), "{part}: {told:?}");
    }
}

#[test]
fn the_word_alone_says_how_a_receipt_is_checked_where_there_is_a_roll() {
    let alone = |has_rolls| {
        let check = ReceiptCheck { receipt: None, is_named: false, has_rolls, on: Vec::new() };
        told(&FLOWS, &somebody(), "रसीद", &check).1
    };
    assert!(alone(true).contains("रसीद के नौ अक्षर"), "{}", alone(true));
    assert!(!alone(false).contains("रसीद के नौ अक्षर"));
}

#[test]
fn a_question_comes_before_a_bare_receipt_and_behind_one_that_is_named() {
    // Somebody who complains is asked for words: whatever they write is their complaint.
    let mut talk = somebody();
    for words in ["शिकायत", "बिजली"] {
        talk.write(&FLOWS, words);
    }
    let step = talk.session.as_ref().map(|session| session.step.clone());
    assert!(step.is_some(), "a question is open");
    let (bare, _) = told(&FLOWS, &talk, RECEIPT_ONE, &check(false, Vec::new()));
    let (named, kept) = told(&FLOWS, &talk, "रसीद 7K2-QXM-9ZT", &check(true, Vec::new()));
    assert_eq!(named.len(), 1, "{kept}");
    assert!(!kept.contains(RECEIPT_ONE));
    assert!(bare.len() <= 1);
}

#[test]
fn of_ones_own_answer_one_is_told_whether_it_counts_and_of_others_nothing() {
    let (talk, ballots) = asked(&FLOWS, &["राय", "1", "छोड़ दें", "छोड़ दें"]);
    let ballots: Vec<Arc<dyn Ballot>> =
        ballots.into_iter().map(|ballot| Arc::new(Answered(ballot)) as Arc<dyn Ballot>).collect();
    let ballots: Vec<&dyn Ballot> = ballots.iter().map(|ballot| &**ballot).collect();
    let said = |receipt: &str| {
        let content = text(receipt);
        let check = ReceiptCheck { receipt: Some(receipt.to_owned()), ..check(false, Vec::new()) };
        let turn = Turn { ballots: &ballots, checked: Some(&check), ..turn_of(&talk, &content) };
        let outcome = super::turn(&FLOWS, &turn);
        (outcome.unkept[0].content.body().to_owned(), kept(&outcome))
    };
    let (own, row) = said(RECEIPT_ONE);
    assert!(own.contains("उसी जवाब की है"), "{own}");
    let (other, other_row) = said("000-000-000");
    assert!(other.contains("उस जवाब की नहीं है"), "{other}");
    assert_eq!(row, other_row);
}

/// A ballot whose answer has a receipt that was looked up.
#[derive(Debug)]
struct Answered(Arc<dyn Ballot>);

impl Ballot for Answered {
    fn poll(&self) -> i64 {
        self.0.poll()
    }
    fn voter(&self) -> i64 {
        self.0.voter()
    }
    fn who(&self) -> Option<&str> {
        self.0.who()
    }
    fn answered(&self) -> bool {
        true
    }
    fn may_change(&self) -> bool {
        self.0.may_change()
    }
    fn is_secret(&self) -> bool {
        self.0.is_secret()
    }
    fn method(&self) -> &'static str {
        self.0.method()
    }
    fn closes(&self) -> jiff::Timestamp {
        self.0.closes()
    }
    fn question(&self, language: Language) -> String {
        self.0.question(language)
    }
    fn seat(&self, language: Language) -> String {
        self.0.seat(language)
    }
    fn candidates(&self, language: Language) -> Vec<String> {
        self.0.candidates(language)
    }
    fn takes_others(&self) -> bool {
        self.0.takes_others()
    }
    fn aspects(&self) -> Vec<&'static str> {
        self.0.aspects()
    }
    fn has(&self, part: Part) -> bool {
        self.0.has(part)
    }
    fn receipt(&self) -> Option<&str> {
        Some(RECEIPT_ONE)
    }
    fn recess(&self) -> Option<crate::calendar::Recess> {
        self.0.recess()
    }
    fn answered_at(&self) -> Option<jiff::Timestamp> {
        self.0.answered_at()
    }
    fn read(
        &self,
        part: Part,
        text: &str,
        geography: &crate::geography::Geography,
        language: Language,
    ) -> HeardBallot {
        self.0.read(part, text, geography, language)
    }
    fn nothing(&self, part: Part) -> Sealed {
        self.0.nothing(part)
    }
    fn may_tell(&self, text: &str, geography: &crate::geography::Geography) -> bool {
        self.0.may_tell(text, geography)
    }
}

/// What somebody hears whom no poll asks now.
fn heard_when(over: Option<Over>, words: &str) -> Vec<String> {
    let talk = somebody();
    let content = text(words);
    let turn = Turn {
        now: talk.now,
        seed: 7,
        contact: &talk.contact,
        rendering: talk.rendering,
        session: None,
        event: Event::Message { content: &content, sent_at: talk.now },
        reserved: &talk.reserved,
        reached: None,
        ballots: &[],
        checked: None,
        over,
    };
    let outcome = super::turn(&FLOWS, &turn);
    outcome.replies.iter().map(|reply| reply.content.body().to_owned()).collect()
}

#[test]
fn whoever_stands_on_a_roster_is_not_told_that_nobody_asked_them() {
    let stranger = heard_when(None, "राय");
    for (over, words) in [
        (Over::Closed { answered: true }, "जवाब समय पर मिल गया था"),
        (Over::Closed { answered: false }, "कोई जवाब नहीं आया था"),
        (Over::Cancelled, "बीच में रोक दिया"),
        (Over::Soon, "अभी शुरू नहीं हुई"),
        (Over::Shut, "थोड़ी देर बाद ‘राय’ लिखिए"),
    ] {
        for said in ["राय", "बदलें", "रसीद"] {
            let heard = heard_when(Some(over), said);
            assert_eq!(heard.len(), 1, "{said}: {heard:?}");
            assert!(heard[0].contains(words), "{said}: {heard:?}");
            assert_ne!(heard, stranger);
        }
        assert_eq!(heard_when(Some(over), "नमस्ते"), heard_when(None, "नमस्ते"));
    }
}

#[test]
fn the_word_for_receipts_after_a_close_tells_of_the_close_with_a_roll_too() {
    let talk = somebody();
    let content = text("रसीद");
    for (over, words) in [
        (Over::Closed { answered: true }, "उसके नौ अक्षर लिखकर भेजिए"),
        (Over::Closed { answered: false }, "कोई जवाब नहीं आया था"),
    ] {
        for has_rolls in [false, true] {
            let check = ReceiptCheck { receipt: None, is_named: false, has_rolls, on: Vec::new() };
            let turn = Turn { checked: Some(&check), over: Some(over), ..turn_of(&talk, &content) };
            let outcome = super::turn(&FLOWS, &turn);
            let heard: Vec<&str> =
                outcome.replies.iter().map(|reply| reply.content.body()).collect();
            assert!(heard.len() == 1 && heard[0].contains(words), "{has_rolls}: {heard:?}");
        }
    }
}
