//! What goes wrong in the store costs one message its turn, never the message.

use std::time::Duration;

use futures_util::future::join_all;

use samvad::contact::Identities;
use samvad::intake::Admission;
use samvad::message::{Channel, Envelope, Status, StatusUpdate};
use samvad::records::Fault;

use super::rig::{ACCOUNT, Pair, Rig, SITA};

promises! {
    a_turn_refused_three_times_is_parked_and_the_conversation_stays_where_it_was,
    a_store_that_panics_on_one_message_turns_all_others,
    on_a_full_disk_the_provider_is_asked_again_and_nothing_is_lost,
    a_commit_whose_answer_was_lost_is_settled_and_turned_once,
    a_commit_that_failed_is_asked_for_again,
    an_envelope_larger_than_the_free_room_is_refused_whole_and_at_once,
    a_process_declared_dead_answers_nobody_and_says_so,
    one_person_who_cannot_be_read_back_does_not_hold_up_an_envelope,
    one_status_that_can_never_be_applied_does_not_hold_up_the_others,
    whatever_stands_behind_a_message_that_was_not_committed_comes_again_with_it,
    a_provider_is_answered_in_time_and_what_it_sent_is_committed_all_the_same,
}

async fn a_turn_refused_three_times_is_parked_and_the_conversation_stays_where_it_was(pair: Pair) {
    for panics in [false, true] {
        let rig = Rig::new(pair).await;
        rig.say(SITA, "सदस्य").await;
        let before = rig.snapshot(SITA).await.session;
        let message = rig.text(SITA, "हाँ");
        let key = message.key.clone();
        rig.records.inject(if panics { Fault::Panic { key } } else { Fault::Refuse { key } });
        assert_eq!(rig.admit(vec![message.clone()]).await, Admission::Committed);

        assert_eq!(rig.snapshot(SITA).await.session, before);
        let replies = rig.replies(SITA).await;
        assert_eq!(replies.len(), 2, "{replies:#?}");
        assert!(replies[1].contains("माफ कीजिए"), "{replies:#?}");
        assert_eq!(rig.records.report(rig.now()).await.unwrap().parked, 1);
        let reason = rig.raw().text("SELECT reason FROM parked");
        let expected = if panics { "panicked" } else { "injected" };
        assert!(reason.contains(expected), "{reason}");

        assert_eq!(rig.admit(vec![message]).await, Admission::Committed, "it is done with");
        rig.say(SITA, "हाँ").await;
        assert_eq!(rig.step(SITA).await, "birth_year");
        assert_eq!(rig.replies(SITA).await.len(), 3);
    }
}

async fn a_store_that_panics_on_one_message_turns_all_others(pair: Pair) {
    let rig = Rig::new(pair).await;
    let phones: Vec<String> = (0..60).map(|number| format!("98{number:08}")).collect();
    let messages: Vec<_> = phones.iter().map(|phone| rig.text(phone, "सदस्य")).collect();
    rig.records.inject(Fault::Panic { key: messages[17].key.clone() });
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    for (place, phone) in phones.iter().enumerate() {
        let expected = if place == 17 { "" } else { "consent" };
        assert_eq!(rig.step(phone).await, expected, "{place}");
        assert_eq!(rig.replies(phone).await.len(), 1);
    }
    assert_eq!((rig.turns("won"), rig.turns("parked")), (59, 1));
}

async fn on_a_full_disk_the_provider_is_asked_again_and_nothing_is_lost(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let message = rig.text(SITA, "हाँ");
    rig.records.inject(Fault::DiskFull { times: 1 });
    assert_eq!(rig.admit(vec![message.clone()]).await, Admission::Again);
    assert_eq!((rig.step(SITA).await, rig.replies(SITA).await.len()), ("consent".to_owned(), 1));
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!((rig.step(SITA).await, rig.replies(SITA).await.len()), ("birth_year".to_owned(), 2));

    let stranger = rig.text("9898989898", "सदस्य");
    rig.records.inject(Fault::DiskFull { times: 1 });
    assert_eq!(rig.admit(vec![stranger.clone()]).await, Admission::Again);
    assert_eq!(rig.admit(vec![stranger]).await, Admission::Committed);
    assert_eq!(rig.replies("9898989898").await.len(), 1);
}

async fn a_commit_whose_answer_was_lost_is_settled_and_turned_once(pair: Pair) {
    for fault in [Fault::CommitAnswerLost, Fault::AnswersLost] {
        let rig = Rig::new(pair).await;
        rig.say(SITA, "सदस्य").await;
        let message = rig.text(SITA, "हाँ");
        rig.records.inject(fault.clone());
        assert_eq!(rig.admit(vec![message.clone()]).await, Admission::Committed, "{fault:?}");
        assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
        assert_eq!(rig.turns("duplicate"), 1);
        assert_eq!(rig.step(SITA).await, "birth_year");
        assert_eq!(rig.replies(SITA).await.len(), 2);
    }
}

async fn a_commit_that_failed_is_asked_for_again(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let message = rig.text(SITA, "हाँ");
    rig.records.inject(Fault::CommitFails);
    assert_eq!(rig.admit(vec![message.clone()]).await, Admission::Again);
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!((rig.turns("won"), rig.turns("duplicate")), (2, 0));
}

fn statuses(count: usize) -> Envelope {
    let update = |number| StatusUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        provider_id: format!("wamid.out.{number}"),
        outgoing: None,
        status: Status::Delivered,
        at: jiff::Timestamp::UNIX_EPOCH,
        error: None,
        asks: None,
        recipient: Identities::default(),
    };
    Envelope { statuses: (0..count).map(update).collect(), ..Envelope::default() }
}

async fn an_envelope_larger_than_the_free_room_is_refused_whole_and_at_once(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "नमस्ते").await;
    assert_eq!(rig.intake.admit(statuses(2_001)).await, Admission::Again);
    assert_eq!(rig.rows("unmatched_statuses"), 0);

    // Nothing can be committed for a while, so that what comes in stays in.
    let blocker = rig.another_raw();
    blocker.hold_up_writes();
    let tracker = tokio_util::task::TaskTracker::new();
    let first = tracker.spawn({
        let intake = rig.intake.clone();
        async move { intake.admit(statuses(1_500)).await }
    });
    // The writer waits five seconds for the blocker and then gives up.
    for _ in 0..400 {
        if rig.metrics.waiting.get() >= 1_500 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(rig.metrics.waiting.get(), 1_500);
    let refused = std::time::Instant::now();
    assert_eq!(rig.intake.admit(statuses(501)).await, Admission::Again);
    assert!(refused.elapsed() < Duration::from_millis(500));
    blocker.execute("ROLLBACK");
    assert_eq!(first.await.unwrap(), Admission::Committed);
    assert_eq!(rig.intake.admit(statuses(2_000)).await, Admission::Committed, "the room is back");
    assert_eq!(rig.rows("unmatched_statuses"), 2_000);
}

async fn a_process_declared_dead_answers_nobody_and_says_so(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    rig.raw().execute("UPDATE processes SET ended = 1");
    let messages = ["9811111111", SITA].map(|phone| rig.text(phone, "हाँ"));
    let answers = join_all(messages.map(|message| rig.admit(vec![message]))).await;
    assert_eq!(answers, [Admission::Again, Admission::Again]);
    assert!(rig.fenced.is_cancelled());
    assert_eq!(rig.rows("contacts"), 1);
    assert_eq!(rig.replies(SITA).await.len(), 1);
}

async fn one_person_who_cannot_be_read_back_does_not_hold_up_an_envelope(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let contact = rig.contact(SITA).await;
    let spoiled = rig.raw().bytes("00");
    rig.raw().execute(&format!("UPDATE sessions SET sealed = {spoiled}"));
    // It is kept there after the commit: not before it is there can it be forgotten.
    while rig.state.get(contact).await.unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    rig.state.forget(contact).await.unwrap();
    let messages = [SITA, "9898989898"].map(|phone| rig.text(phone, "हाँ"));
    assert_eq!(rig.admit(messages.to_vec()).await, Admission::Committed);
    assert_eq!(rig.replies("9898989898").await.len(), 1);
    assert_eq!(rig.heard(SITA).await, ["सदस्य", "हाँ"], "nothing is lost");
    let reason = rig.raw().text("SELECT reason FROM parked");
    assert!(reason.contains("sessions"), "{reason}");
    assert_eq!(rig.admit(messages.to_vec()).await, Admission::Committed);
    assert_eq!(rig.records.report(rig.now()).await.unwrap().parked, 1);
}

async fn one_status_that_can_never_be_applied_does_not_hold_up_the_others(pair: Pair) {
    let rig = Rig::new(pair).await;
    let phones = ["9811111111", "9822222222", "9833333333"];
    rig.admit(phones.map(|phone| rig.text(phone, "सदस्य")).to_vec()).await;
    let claimed = rig.records.claim(rig.now(), 10).await.unwrap();
    let spoiled = claimed[1].id;
    rig.raw().execute(&format!("UPDATE outgoing SET status = 99 WHERE id = {}", spoiled.id));
    let mut envelope = statuses(3);
    for (update, outgoing) in envelope.statuses.iter_mut().zip(&claimed) {
        update.outgoing = Some(outgoing.id);
    }
    assert_eq!(rig.intake.admit(envelope).await, Admission::Committed);
    let delivered = format!("outgoing WHERE status = {}", Status::Delivered.code());
    assert_eq!(rig.rows(&delivered), 2);
}

/// What the person wrote after it must not be turned before it comes again.
async fn whatever_stands_behind_a_message_that_was_not_committed_comes_again_with_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "नमस्ते").await;
    for _ in 0..3 {
        let words: Vec<String> = (0..150).map(|number| format!("बात {number}")).collect();
        let messages: Vec<_> = words.iter().map(|words| rig.text(SITA, words)).collect();
        let before = rig.heard(SITA).await;
        rig.records.inject(Fault::DiskFull { times: 1 });
        assert_eq!(rig.admit(messages.clone()).await, Admission::Again);
        assert_eq!(
            rig.heard(SITA).await,
            before,
            "the first was not committed, nor those after it"
        );
        assert_eq!(rig.admit(messages).await, Admission::Committed);
        assert_eq!(rig.heard(SITA).await[before.len()..], words);
    }
}

async fn a_provider_is_answered_in_time_and_what_it_sent_is_committed_all_the_same(pair: Pair) {
    let rig = Rig::with_patience(pair, Duration::from_millis(300)).await;
    // On a slow machine the first commit may take longer than this provider waits.
    let first = rig.text(SITA, "सदस्य");
    while rig.admit(vec![first.clone()]).await == Admission::Again {}
    let refused = rig.metrics.envelopes_refused.get();
    // The records stand still, but for less than they wait themselves.
    let blocker = rig.another_raw();
    blocker.hold_up_writes();
    let message = rig.text(SITA, "हाँ");
    let asked = std::time::Instant::now();
    assert_eq!(rig.admit(vec![message.clone()]).await, Admission::Again);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(rig.metrics.envelopes_refused.get(), refused + 1);
    // A provider that hangs up in the middle.
    let hung_up = tokio::time::timeout(
        Duration::from_millis(50),
        rig.admit(vec![rig.text("9898989898", "सदस्य")]),
    );
    assert!(hung_up.await.is_err());
    assert_eq!(rig.metrics.waiting.get(), 2, "both are still under way");
    blocker.execute("ROLLBACK");
    rig.until_told(SITA, 2).await;
    rig.until_told("9898989898", 1).await;
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!((rig.step(SITA).await, rig.replies(SITA).await.len()), ("birth_year".to_owned(), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn lanes_that_fell_are_missed_and_their_messages_asked_for_again() {
    let rig = Rig::new(Pair::SqliteMemory).await;
    rig.say(SITA, "सदस्य").await;
    rig.vital.strike("the lanes");
    tokio::time::timeout(Duration::from_secs(5), rig.vital.until_lost()).await.unwrap();
    assert_eq!(rig.vital.lost(), Some("the lanes"));
    assert_eq!(rig.admit(vec![rig.text(SITA, "हाँ")]).await, Admission::Again);
    for part in ["the timers", "the word to senders"] {
        let rig = Rig::new(Pair::SqliteMemory).await;
        rig.vital.strike(part);
        tokio::time::timeout(Duration::from_secs(5), rig.vital.until_lost()).await.unwrap();
        assert_eq!(rig.vital.lost(), Some(part));
    }
    let rig = Rig::new(Pair::SqliteMemory).await.restart().await;
    assert_eq!(rig.vital.lost(), None, "a stop is no loss");
}
