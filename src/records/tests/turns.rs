use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::*;
use crate::flow::{Timer, TimerKind};
use crate::message::HistoryKind;
use crate::message::Status;

promises! {
    a_turn_is_kept_whole,
    a_duplicate_leaves_no_row,
    a_turn_from_an_old_version_loses_and_leaves_no_row,
    turns_of_one_contact_chain_their_versions_in_one_group,
    when_one_of_a_chain_loses_all_after_it_lose,
    fifty_identical_commits_have_one_effect,
    a_turn_for_nobody_is_refused_alone,
    a_closed_session_is_gone_with_its_timers,
    each_turn_replaces_all_timers_and_a_due_one_is_given_once_a_minute,
    a_timer_that_is_put_off_is_not_due_before_and_goes_with_its_conversation,
    a_timer_turn_moves_neither_the_window_nor_the_road_and_is_no_talk,
    a_parked_turn_keeps_the_message_its_key_and_the_session_as_it_was,
    a_note_is_kept_once_and_does_not_move_the_contact,
    history_gives_the_newest_lines_oldest_first,
    inbound_keys_are_known_for_nine_days_and_then_forgotten,
    reserved_numbers_are_never_given_twice,
    a_turn_made_upon_a_loser_never_wins_even_when_its_version_fits,
    the_same_holds_within_one_group,
    a_turn_upon_a_refused_one_loses_and_the_refused_one_stays_refused,
    a_turn_upon_a_refused_one_loses_even_when_another_writer_makes_its_version_fit,
}

async fn a_turn_is_kept_whole(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let turn = house.turn(contact, "wamid.1").await;
    let session = turn.session.clone();
    let (version, outgoing) = won(house.records.commit(turn).await);
    assert_eq!((version, outgoing.len()), (1, 1));

    let snapshot = house.records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.contact.version, 1);
    assert_eq!(snapshot.contact.last_inbound, Some(house.now()));
    assert_eq!(snapshot.session, session);
    assert_eq!(snapshot.road, Some(road()));

    let history = house.records.history(contact, 10).await.unwrap();
    let kinds: Vec<HistoryKind> = history.into_iter().map(|line| line.what).collect();
    let person = InboundContent::Text { text: "सदस्य बनना है".to_owned() };
    let ours = Content::Text { body: "आपका नाम?".to_owned() };
    assert_eq!(
        kinds,
        [
            HistoryKind::Person { content: person },
            HistoryKind::Us { content: ours, status: Status::Queued }
        ]
    );
    house.totals_are_true().await;
}

async fn a_duplicate_leaves_no_row(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(house.turn(contact, "wamid.1").await).await);
    let before = house.all_rows();

    let again = house.turn(contact, "wamid.1").await;
    assert_eq!(house.records.commit(again).await.unwrap(), Verdict::Duplicate);
    let late = turn(contact, 0, "wamid.1", house.now());
    assert_eq!(
        house.records.commit(late).await.unwrap(),
        Verdict::Duplicate,
        "a duplicate is one even when the contact has moved since"
    );
    assert_eq!(house.all_rows(), before);
    assert_eq!(house.version(contact).await, 1);
    assert!(house.records.is_committed(Channel::Whatsapp, "wamid.1").await.unwrap());
    assert!(!house.records.is_committed(Channel::Whatsapp, "wamid.2").await.unwrap());
    assert!(!house.records.is_committed(Channel::Sms, "wamid.1").await.unwrap());
}

async fn a_turn_from_an_old_version_loses_and_leaves_no_row(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(turn(contact, 0, "wamid.1", house.now())).await);
    let before = house.all_rows();

    let stale = turn(contact, 0, "wamid.2", house.now());
    assert_eq!(house.records.commit(stale).await.unwrap(), Verdict::Conflict);
    assert_eq!(house.all_rows(), before);

    let again = turn(contact, 1, "wamid.2", house.now());
    won(house.records.commit(again).await);
}

async fn turns_of_one_contact_chain_their_versions_in_one_group(home: Home) {
    let house = House::new(home).await;
    let one = house.contact_of("9812345678").await;
    let two = house.contact_of("9812345679").await;
    // Queued in call order before any is awaited; the two persons are mixed.
    let mut waiting = Vec::new();
    for step in 0..20 {
        for contact in [two, one] {
            let key = format!("{contact}-{step}");
            waiting.push(house.records.commit(turn(contact, step, &key, house.now())));
        }
    }
    for verdict in join_all(waiting).await {
        won(verdict);
    }
    assert_eq!((house.version(one).await, house.version(two).await), (20, 20));
    let history = house.records.history(one, 1000).await.unwrap();
    assert_eq!(history.len(), 40);
    assert!(history.is_sorted_by_key(|line| line.id));
}

async fn when_one_of_a_chain_loses_all_after_it_lose(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(turn(contact, 0, "first", house.now())).await);
    let stale = house.records.commit(turn(contact, 0, "a", house.now()));
    let next = house.records.commit(turn(contact, 5, "b", house.now()));
    assert_eq!(stale.await.unwrap(), Verdict::Conflict);
    assert_eq!(next.await.unwrap(), Verdict::Conflict);
}

async fn fifty_identical_commits_have_one_effect(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let same = turn(contact, 0, "wamid.same", house.now());
    let waiting: Vec<_> = (0..50).map(|_| house.records.commit(same.clone())).collect();
    let verdicts = join_all(waiting).await;
    let winners = verdicts.iter().filter(|v| matches!(v, Ok(Verdict::Won { .. }))).count();
    let duplicates = verdicts.iter().filter(|v| matches!(v, Ok(Verdict::Duplicate))).count();
    assert_eq!((winners, duplicates), (1, 49));
    assert_eq!((house.rows("messages"), house.rows("outgoing")), (2, 1));
}

async fn a_turn_for_nobody_is_refused_alone(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let nobody = house.records.commit(turn(999, 0, "x", house.now()));
    let somebody = house.records.commit(turn(contact, 0, "y", house.now()));
    assert!(matches!(nobody.await, Err(RecordsError::Refused(_))));
    won(somebody.await);
}

async fn a_closed_session_is_gone_with_its_timers(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut open = house.turn(contact, "a").await;
    let due = house.now();
    open.timers = vec![Timer { kind: TimerKind::Expire, due, visit: 1 }];
    won(house.records.commit(open).await);
    let mut close = house.turn(contact, "b").await;
    close.session = None;
    won(house.records.commit(close).await);
    assert_eq!(house.records.snapshot(contact).await.unwrap().unwrap().session, None);
    assert!(house.records.due_timers(due, 10).await.unwrap().is_empty());
}

async fn each_turn_replaces_all_timers_and_a_due_one_is_given_once_a_minute(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let timer = |kind, minutes: i64, visit| Timer {
        kind,
        due: house.now() + jiff::SignedDuration::from_mins(minutes),
        visit,
    };
    let mut first = house.turn(contact, "a").await;
    first.timers = vec![timer(TimerKind::Remind, 1, 1), timer(TimerKind::Expire, 5, 1)];
    won(house.records.commit(first).await);
    let mut second = house.turn(contact, "b").await;
    second.timers = vec![timer(TimerKind::Remind, 2, 2), timer(TimerKind::Expire, 6, 2)];
    won(house.records.commit(second).await);

    house.wait(Duration::from_mins(1));
    assert!(house.records.due_timers(house.now(), 10).await.unwrap().is_empty());
    house.wait(Duration::from_mins(1));
    let due = house.records.due_timers(house.now(), 10).await.unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!((due[0].contact, due[0].kind, due[0].visit), (contact, TimerKind::Remind, 2));
    assert!(house.records.due_timers(house.now(), 10).await.unwrap().is_empty(), "taken");
    house.wait(Duration::from_mins(1));
    assert_eq!(house.records.due_timers(house.now(), 10).await.unwrap().len(), 1, "given back");
}

async fn a_timer_that_is_put_off_is_not_due_before_and_goes_with_its_conversation(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut open = house.turn(contact, "a").await;
    open.timers = vec![Timer { kind: TimerKind::Remind, due: house.now(), visit: 1 }];
    won(house.records.commit(open).await);
    let due = house.records.due_timers(house.now(), 10).await.unwrap().remove(0);
    let until = house.now() + jiff::SignedDuration::from_hours(48);
    house.records.hold_timer(due.clone(), until).await.unwrap();
    house.wait(Duration::from_mins(48 * 60 - 1));
    assert_eq!(house.records.due_timers(house.now(), 10).await.unwrap(), []);
    house.wait(Duration::from_mins(1));
    let again = house.records.due_timers(house.now(), 10).await.unwrap();
    assert_eq!(again, std::slice::from_ref(&due), "it comes as it was");

    let mut close = house.turn(contact, "b").await;
    close.session = None;
    won(house.records.commit(close).await);
    house.records.hold_timer(due, until).await.unwrap();
    house.wait(Duration::from_hours(100));
    assert_eq!(house.records.due_timers(house.now(), 10).await.unwrap(), []);
}

async fn a_timer_turn_moves_neither_the_window_nor_the_road_and_is_no_talk(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(house.turn(contact, "a").await).await);
    let wrote = house.now();
    house.wait(Duration::from_hours(1));

    let mut fired = house.turn(contact, "timer-1").await;
    fired.inbound.channel = Channel::Internal;
    fired.inbound.account = String::new();
    let (version, outgoing) = won(house.records.commit(fired).await);
    assert_eq!((version, outgoing.len()), (2, 1));

    let snapshot = house.records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.contact.last_inbound, Some(wrote));
    assert_eq!(snapshot.road, Some(road()));
    assert_eq!(house.records.history(contact, 10).await.unwrap().len(), 3);
}

async fn a_parked_turn_keeps_the_message_its_key_and_the_session_as_it_was(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut first = house.turn(contact, "a").await;
    let due = house.now();
    first.timers = vec![Timer { kind: TimerKind::Remind, due, visit: 1 }];
    won(house.records.commit(first.clone()).await);

    let mut parked = house.turn(contact, "b").await;
    parked.parked = Some("the turn failed three times".to_owned());
    parked.session = None;
    parked.replies = vec![reply("क्षमा करें, थोड़ी देर में उत्तर देंगे")];
    let (version, outgoing) = won(house.records.commit(parked.clone()).await);
    assert_eq!((version, outgoing.len()), (2, 1));

    let snapshot = house.records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.session, first.session);
    assert_eq!(house.records.due_timers(due, 10).await.unwrap().len(), 1);
    assert_eq!(house.records.history(contact, 10).await.unwrap().len(), 4);
    assert_eq!(house.records.report(house.now()).await.unwrap().parked, 1);
    assert_eq!(house.records.commit(parked).await.unwrap(), Verdict::Duplicate);
    house.totals_are_true().await;
}

async fn a_note_is_kept_once_and_does_not_move_the_contact(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(house.turn(contact, "a").await).await);
    let mut reaction = text("r", "", house.now());
    reaction.content =
        InboundContent::Reaction { message: "wamid.x".to_owned(), emoji: "👍".to_owned() };
    let verdict = house.records.note(contact, reaction.clone(), house.now()).await.unwrap();
    assert_eq!(verdict, Verdict::Won { version: 1, outgoing: Vec::new(), claimed: false });
    let again = house.records.note(contact, reaction, house.now()).await.unwrap();
    assert_eq!(again, Verdict::Duplicate);
    assert_eq!(house.records.history(contact, 10).await.unwrap().len(), 3);
    won(house.records.commit(turn(contact, 1, "b", house.now())).await);
}

async fn history_gives_the_newest_lines_oldest_first(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let other = house.contact_of("9898989898").await;
    for step in 0..5 {
        won(house.records.commit(turn(contact, step, &format!("a{step}"), house.now())).await);
        won(house.records.commit(turn(other, step, &format!("b{step}"), house.now())).await);
    }
    let all = house.records.history(contact, 100).await.unwrap();
    assert_eq!(all.len(), 10);
    let newest = house.records.history(contact, 3).await.unwrap();
    assert_eq!(newest, all[7..]);
    assert!(house.records.history(999, 3).await.unwrap().is_empty());
}

async fn inbound_keys_are_known_for_nine_days_and_then_forgotten(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    for step in 0..30 {
        won(house.records.commit(turn(contact, step, &format!("a{step}"), house.now())).await);
    }
    house.wait(Duration::from_hours(8 * 24 + 1));
    house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(house.rows("inbound_keys"), 30);
    house.wait(Duration::from_hours(24));
    house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(house.rows("inbound_keys"), 0);
    assert_eq!(house.rows("messages"), 60, "the log stays");
}

async fn reserved_numbers_are_never_given_twice(home: Home) {
    let house = House::new(home).await;
    let (first, second) =
        tokio::join!(house.records.reserve("member", 10), house.records.reserve("member", 5));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.start.min(second.start), first.end.max(second.end)), (1, 16));
    assert!(first.end <= second.start || second.end <= first.start);
    let house = house.die_and_start_again().await;
    assert_eq!(house.records.reserve("member", 1).await.unwrap(), 16..17);
    assert_eq!(house.records.reserve("ticket", 1).await.unwrap(), 1..2);
}

/// A chain of two turns: the first from `version`, the second upon it.
fn chain_of_two(contact: i64, version: i64, house: &House) -> (TurnCommit, TurnCommit) {
    let first = turn(contact, version, "wamid.first", house.now());
    let mut second = turn(contact, version + 1, "wamid.second", house.now());
    second.chain = first.chain.clone();
    second.place = first.place + 1;
    (first, second)
}

async fn a_turn_made_upon_a_loser_never_wins_even_when_its_version_fits(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let (first, second) = chain_of_two(contact, 0, &house);
    // Somebody else moves the contact by exactly one, so that the second's version fits.
    won(house.records.commit(turn(contact, 0, "wamid.other", house.now())).await);
    assert_eq!(house.records.commit(first).await.unwrap(), Verdict::Conflict);
    assert_eq!(house.records.commit(second).await.unwrap(), Verdict::Conflict);
}

async fn the_same_holds_within_one_group(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let (first, second) = chain_of_two(contact, 0, &house);
    won(house.records.commit(turn(contact, 0, "wamid.other", house.now())).await);
    let (first, second) = (house.records.commit(first), house.records.commit(second));
    assert_eq!(first.await.unwrap(), Verdict::Conflict);
    assert_eq!(second.await.unwrap(), Verdict::Conflict);
}

async fn a_turn_upon_a_refused_one_loses_and_the_refused_one_stays_refused(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let (first, second) = chain_of_two(contact, 0, &house);
    house.records.inject(crate::records::Fault::Refuse { key: "wamid.first".to_owned() });
    let (first, second) = (house.records.commit(first), house.records.commit(second));
    assert!(matches!(first.await, Err(RecordsError::Refused(_))));
    assert_eq!(second.await.unwrap(), Verdict::Conflict);
}

async fn a_turn_upon_a_refused_one_loses_even_when_another_writer_makes_its_version_fit(
    home: Home,
) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let stranger = house.contact_of("9898989898").await;
    let (first, second) = chain_of_two(contact, 0, &house);
    house.records.inject(crate::records::Fault::Refuse { key: "wamid.first".to_owned() });
    let stop = crate::message::PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        from: Identities::of(AddressKind::Phone, PHONE),
        about: None,
        stop: true,
        at: house.now(),
    };
    // The writer is held up by a turn of somebody else, so that the rest is one group.
    let blocker = house.another_raw();
    blocker.hold_up_writes();
    let held_up = house.records.commit(turn(stranger, 0, "wamid.held", house.now()));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let first = house.records.commit(first);
    let mut between = Box::pin(house.records.apply_preferences(vec![stop]));
    assert!(between.as_mut().now_or_never().is_none(), "it is queued now");
    let second = house.records.commit(second);
    blocker.execute("ROLLBACK");

    won(held_up.await);
    let first = first.await;
    // On PostgreSQL writers of another kind go before the turns of their group.
    let went_before = home == Home::Postgres && matches!(first, Ok(Verdict::Conflict));
    assert!(went_before || matches!(first, Err(RecordsError::Refused(_))), "{first:?}");
    between.await.unwrap();
    assert_eq!(house.version(contact).await, 1, "the version the second was made from");
    assert_eq!(second.await.unwrap(), Verdict::Conflict);
}
