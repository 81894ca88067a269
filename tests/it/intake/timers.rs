//! Reminders, ends and late messages, by a clock the test moves.

use std::time::Duration;

use samvad::calendar::Calendar;
use samvad::gate::Rules;
use samvad::intake::Admission;
use samvad::metrics::TurnLabels;
use samvad::records::Fault;

use super::rig::{Pair, Rig, SITA};

promises! {
    a_reminder_comes_once_after_twenty_hours_and_the_question_stays_open,
    an_answered_question_is_not_reminded_of,
    a_reminder_missed_while_the_process_was_away_comes_after_the_start,
    a_conversation_ends_by_itself_after_seven_days,
    a_message_much_older_than_the_question_does_not_answer_it,
    a_reminder_that_cannot_be_stored_is_parked_once_and_the_conversation_goes_on,
    a_reminder_that_falls_due_in_the_silence_before_a_poll_comes_when_it_is_over,
    a_reminder_whose_conversation_ended_in_the_silence_is_not_sent_after_it,
    two_replicas_remind_once_and_one_takes_over_what_the_other_took_and_left,
}

/// Long enough for the timer task to have looked twice.
async fn two_looks() {
    tokio::time::sleep(Duration::from_millis(2_300)).await;
}

async fn a_reminder_comes_once_after_twenty_hours_and_the_question_stays_open(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    rig.wait(19);
    two_looks().await;
    assert_eq!(rig.replies(SITA).await.len(), 1, "not before its time");
    rig.wait(1);
    rig.until_told(SITA, 2).await;
    rig.wait(3);
    two_looks().await;
    assert_eq!(rig.replies(SITA).await.len(), 2, "{:#?}", rig.talk(SITA).await);
    rig.say(SITA, "हाँ").await;
    assert_eq!(rig.step(SITA).await, "birth_year");
    assert_eq!(rig.turns("duplicate"), 0);
}

async fn an_answered_question_is_not_reminded_of(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    rig.wait(19);
    rig.say(SITA, "हाँ").await;
    rig.wait(2);
    two_looks().await;
    assert_eq!(rig.replies(SITA).await.len(), 2, "{:#?}", rig.talk(SITA).await);
    rig.wait(18);
    rig.until_told(SITA, 3).await;
    assert_eq!(rig.step(SITA).await, "birth_year");
}

async fn a_reminder_missed_while_the_process_was_away_comes_after_the_start(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let rig = rig.restart().await;
    rig.wait(21);
    rig.until_told(SITA, 2).await;
    let rig = rig.restart().await;
    two_looks().await;
    assert_eq!(rig.replies(SITA).await.len(), 2);
}

async fn a_conversation_ends_by_itself_after_seven_days(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    rig.wait(24 * 7);
    for _ in 0..100 {
        if rig.step(SITA).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rig.step(SITA).await, "");
    assert_eq!(rig.rows("timers"), 0);
}

async fn a_message_much_older_than_the_question_does_not_answer_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    let mut late = rig.text(SITA, "हाँ");
    rig.wait(2);
    rig.say(SITA, "सदस्य").await;
    late.sent_at = rig.now() - jiff::SignedDuration::from_mins(61);
    assert_eq!(rig.admit(vec![late.clone()]).await, Admission::Committed);
    assert_eq!(rig.step(SITA).await, "consent");
    let mut nearly = rig.text(SITA, "हाँ");
    nearly.sent_at = rig.now() - jiff::SignedDuration::from_mins(59);
    assert_eq!(rig.admit(vec![nearly]).await, Admission::Committed);
    assert_eq!(rig.step(SITA).await, "birth_year");
}

async fn a_reminder_that_cannot_be_stored_is_parked_once_and_the_conversation_goes_on(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let contact = rig.contact(SITA).await;
    let timer = rig.raw().text("SELECT visit || ':' || due FROM timers WHERE kind = 1");
    rig.records.inject(Fault::Refuse { key: format!("timer:{contact}:1:{timer}") });
    rig.wait(20);
    two_looks().await;
    assert_eq!(rig.rows("parked"), 1);
    assert_eq!(rig.rows("timers"), 1, "the end of the conversation is still to come");
    // It would come again a minute later.
    rig.clock.advance(Duration::from_secs(61));
    two_looks().await;
    assert_eq!((rig.rows("parked"), rig.replies(SITA).await.len()), (1, 1));
    let again = TurnLabels { channel: "internal", outcome: "duplicate" };
    assert_eq!(rig.metrics.turns.get_or_create(&again).get(), 0);
    rig.say(SITA, "हाँ").await;
    assert_eq!(rig.step(SITA).await, "birth_year");
}

/// The silence of every seat, from now on for so many hours.
fn silence(rig: &Rig, hours: i64) {
    let end = rig.now() + jiff::SignedDuration::from_hours(hours);
    let end = end.in_tz("Asia/Kolkata").unwrap();
    let (poll, close) = (end.strftime("%Y-%m-%d"), end.strftime("%H:%M"));
    let phase = format!(
        "[[phases]]\nname = \"पहला\"\npoll = \"{poll}\"\nclose = \"{close}\"\nassemblies = [1]\nsilence_hours = 168\n"
    );
    let calendar = Calendar::read(&phase).unwrap();
    rig.rules.replace(Rules { calendar, ..Rules::default() });
}

async fn a_reminder_that_falls_due_in_the_silence_before_a_poll_comes_when_it_is_over(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    silence(&rig, 30);
    rig.wait(20);
    two_looks().await;
    // It would be given back after a minute.
    rig.clock.advance(Duration::from_secs(61));
    two_looks().await;
    assert_eq!(rig.replies(SITA).await.len(), 1, "it is held: {:#?}", rig.talk(SITA).await);
    assert_eq!(rig.rows("timers"), 2, "and not lost");
    rig.wait(10);
    rig.until_told(SITA, 2).await;
    rig.say(SITA, "हाँ").await;
    assert_eq!(rig.step(SITA).await, "birth_year");
}

async fn a_reminder_whose_conversation_ended_in_the_silence_is_not_sent_after_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    silence(&rig, 24 * 7 + 2);
    rig.wait(3);
    for hours in [24 * 4, 24 * 3 - 3] {
        rig.wait(hours);
        two_looks().await;
    }
    assert_eq!(rig.rows("timers"), 2, "both are held");
    rig.wait(2);
    for _ in 0..100 {
        if rig.rows("timers") == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((rig.rows("timers"), rig.step(SITA).await), (0, String::new()));
    assert_eq!(rig.replies(SITA).await.len(), 1, "{:#?}", rig.talk(SITA).await);
}

async fn two_replicas_remind_once_and_one_takes_over_what_the_other_took_and_left(pair: Pair) {
    let rig = Rig::new(pair).await;
    let _other = rig.replica().await;
    rig.say(SITA, "सदस्य").await;
    rig.wait(20);
    rig.until_told(SITA, 2).await;
    two_looks().await;
    assert_eq!(rig.replies(SITA).await.len(), 2);

    // A replica whose clock is a little ahead takes the next reminder, and dies.
    rig.say("9898989898", "सदस्य").await;
    let soon = rig.now() + jiff::SignedDuration::from_hours(20);
    assert_eq!(rig.records.due_timers(soon, 10).await.unwrap().len(), 1);
    rig.wait(20);
    two_looks().await;
    assert_eq!(rig.replies("9898989898").await.len(), 1, "it is the dead one's for a minute");
    rig.clock.advance(Duration::from_secs(61));
    rig.until_told("9898989898", 2).await;
    two_looks().await;
    assert_eq!(rig.replies("9898989898").await.len(), 2);
}
