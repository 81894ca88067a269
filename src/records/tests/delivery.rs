use super::*;
use crate::message::{Outgoing, Status};
use crate::records::{SendRecord, SendResult};

promises! {
    a_claimed_message_carries_all_that_sending_needs,
    a_turn_that_claims_gives_birth_to_claimed_replies,
    the_most_urgent_lane_leaves_first_and_a_limit_is_kept,
    a_retry_waits_its_time_counts_and_holds_back_what_the_person_gets_after_it,
    what_waits_for_later_holds_back_the_less_urgent_and_never_the_more_urgent,
    a_reply_is_not_born_claimed_while_an_earlier_one_waits_in_the_queue,
    whoever_waits_for_one_left_out_is_left_out_too,
    a_released_message_comes_back_uncounted,
    every_answer_ends_where_it_says,
    a_dead_process_leaves_unknown_messages_and_never_queued_ones,
    a_silent_reply_goes_once_more_and_then_never_again,
    nobody_was_silent_while_nobody_could_hear,
    a_broadcast_a_reminder_and_an_sms_never_go_again,
    failures_are_counted_by_their_code_and_no_others_are,
    an_answer_that_comes_after_the_claim_was_lost_settles_it,
    an_answer_to_a_number_met_again_after_a_restore_changes_nothing,
    the_window_is_the_one_of_the_road_a_message_takes,
    the_report_says_how_long_the_oldest_has_waited,
    a_message_that_cannot_be_read_back_ends_and_the_others_go,
    a_claim_whose_answer_was_lost_on_the_way_can_be_found,
}

const MINUTE: Duration = Duration::from_mins(1);

fn record(id: OutgoingId, at: Timestamp, result: SendResult) -> SendRecord {
    SendRecord { id, at, result }
}

fn sent(provider_id: &str) -> SendResult {
    SendResult::Sent { provider_id: Some(provider_id.to_owned()) }
}

async fn claim(house: &House) -> Vec<Outgoing> {
    house.records.claim(house.now(), 100).await.unwrap()
}

async fn told(house: &House, id: OutgoingId, result: SendResult) {
    house.records.record_sends(vec![record(id, house.now(), result)]).await.unwrap();
}

async fn a_claimed_message_carries_all_that_sending_needs(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "wamid.question").await;
    commit.inbound.sent_at = house.now() - jiff::SignedDuration::from_secs(5);
    let wrote = commit.inbound.sent_at;
    let (_, ids) = won(house.records.commit(commit).await);
    house.wait(MINUTE);
    let claimed = claim(&house).await;
    assert_eq!(
        claimed,
        [Outgoing {
            id: ids[0],
            contact,
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            to: Identities::of(AddressKind::Phone, PHONE),
            lane: Lane::Reply,
            purpose: Purpose::Answer,
            content: Content::Text { body: "आपका नाम?".to_owned() },
            answers: Some("wamid.question".to_owned()),
            attempts: 0,
            send_before: None,
            window_until: Some(wrote + jiff::SignedDuration::from_hours(24)),
            parts_taken: 0,
            broadcast: None,
            kept: None,
        }]
    );
    assert!(claim(&house).await.is_empty(), "a claim is taken once");
    house.totals_are_true().await;
}

async fn a_turn_that_claims_gives_birth_to_claimed_replies(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "a").await;
    commit.claim = true;
    let (_, ids) = won(house.records.commit(commit).await);
    assert_eq!(house.status_of(ids[0]), "claimed");
    assert!(claim(&house).await.is_empty());
    told(&house, ids[0], sent("wamid.out")).await;
    assert_eq!(house.status_of(ids[0]), "sent");
    house.totals_are_true().await;
}

async fn the_most_urgent_lane_leaves_first_and_a_limit_is_kept(home: Home) {
    let house = House::new(home).await;
    let broadcast =
        house.queued(house.contact_of("9811111111").await, Lane::Broadcast, Purpose::Samvad).await;
    let reminder =
        house.queued(house.contact_of("9822222222").await, Lane::Reminder, Purpose::Answer).await;
    let first =
        house.queued(house.contact_of("9833333333").await, Lane::Reply, Purpose::Answer).await;
    let second =
        house.queued(house.contact_of("9844444444").await, Lane::Reply, Purpose::Answer).await;
    let ids = |claimed: Vec<Outgoing>| -> Vec<OutgoingId> {
        claimed.into_iter().map(|outgoing| outgoing.id).collect()
    };
    assert_eq!(ids(house.records.claim(house.now(), 3).await.unwrap()), [first, second, reminder]);
    assert_eq!(ids(house.records.claim(house.now(), 3).await.unwrap()), [broadcast]);
}

async fn a_retry_waits_its_time_counts_and_holds_back_what_the_person_gets_after_it(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let first = house.queued(contact, Lane::Reply, Purpose::Answer).await;
    claim(&house).await;
    let second = house.queued(contact, Lane::Reply, Purpose::Answer).await;
    let not_before = house.now() + jiff::SignedDuration::from_mins(1);
    told(&house, first, SendResult::Retry { not_before, error: Some(130_429) }).await;

    assert!(claim(&house).await.is_empty(), "the second waits for the first");
    house.wait(MINUTE);
    let mut claimed = claim(&house).await;
    claimed.extend(claim(&house).await);
    let ids: Vec<_> = claimed.iter().map(|outgoing| (outgoing.id, outgoing.attempts)).collect();
    assert_eq!(ids, [(first, 1), (second, 0)]);
}

async fn what_waits_for_later_holds_back_the_less_urgent_and_never_the_more_urgent(home: Home) {
    for deferred in Lane::ALL {
        for later in Lane::ALL {
            let house = House::new(home).await;
            let contact = house.citizen().await;
            let first = house.queued(contact, deferred, Purpose::Answer).await;
            assert_eq!(claim(&house).await.len(), 1);
            let not_before = house.now() + jiff::SignedDuration::from_mins(1);
            told(&house, first, SendResult::Released { not_before: Some(not_before) }).await;
            let second = house.queued(contact, later, Purpose::Answer).await;
            let stranger = house.contact_of("9898989898").await;
            let other = house.queued(stranger, later, Purpose::Answer).await;

            let mut expected = vec![other];
            if later < deferred {
                expected.insert(0, second);
            }
            let ids: Vec<_> = claim(&house).await.iter().map(|outgoing| outgoing.id).collect();
            assert_eq!(ids, expected, "{later:?} after a deferred {deferred:?}");
        }
    }
}

/// What a turn with these claims gave birth to.
async fn turned(house: &House, contact: i64, key: &str, claim: bool) -> (OutgoingId, bool) {
    let mut commit = house.turn(contact, key).await;
    commit.claim = claim;
    match house.records.commit(commit).await {
        Ok(Verdict::Won { outgoing, claimed, .. }) => (outgoing[0], claimed),
        other => panic!("the turn did not win: {other:?}"),
    }
}

async fn a_reply_is_not_born_claimed_while_an_earlier_one_waits_in_the_queue(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let (first, is_claimed) = turned(&house, contact, "a", true).await;
    assert!(is_claimed);
    let in_a_moment = house.now() + jiff::SignedDuration::from_secs(4);
    told(&house, first, SendResult::Retry { not_before: in_a_moment, error: None }).await;
    let (second, is_claimed) = turned(&house, contact, "b", true).await;
    assert!(!is_claimed);
    assert_eq!(house.status_of(second), "queued");
    assert!(claim(&house).await.is_empty(), "it would pass the first");
    house.wait(Duration::from_secs(5));
    assert_eq!(claim(&house).await[0].id, first);
    assert_eq!(claim(&house).await[0].id, second);

    // One that waits for hours is passed.
    let tomorrow = house.now() + jiff::SignedDuration::from_hours(24);
    told(&house, second, SendResult::Retry { not_before: tomorrow, error: None }).await;
    assert!(turned(&house, contact, "c", true).await.1);
    house.totals_are_true().await;
}

async fn whoever_waits_for_one_left_out_is_left_out_too(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let (first, _) = turned(&house, contact, "a", true).await;
    let (second, _) = turned(&house, contact, "b", true).await;
    house.wait(Duration::from_secs(1));
    told(&house, first, SendResult::Retry { not_before: house.now(), error: None }).await;
    // It was queued for a time before the first's, which it waits for.
    told(&house, second, SendResult::Released { not_before: None }).await;
    house.wait(Duration::from_secs(1));
    let (third, _) = turned(&house, contact, "c", false).await;
    let ids = |claimed: Vec<Outgoing>| -> Vec<OutgoingId> {
        claimed.into_iter().map(|outgoing| outgoing.id).collect()
    };
    assert_eq!(ids(claim(&house).await), [first]);
    told(&house, first, sent("wamid.out")).await;
    assert_eq!(ids(claim(&house).await), [second, third]);
}

async fn a_released_message_comes_back_uncounted(home: Home) {
    let house = House::new(home).await;
    let id = house.queued(house.citizen().await, Lane::Reply, Purpose::Answer).await;
    claim(&house).await;
    told(&house, id, SendResult::Released { not_before: None }).await;
    let claimed = claim(&house).await;
    assert_eq!((claimed[0].id, claimed[0].attempts), (id, 0));
    let later = house.now() + jiff::SignedDuration::from_mins(1);
    told(&house, id, SendResult::Released { not_before: Some(later) }).await;
    assert!(claim(&house).await.is_empty());
    house.wait(MINUTE);
    assert_eq!(claim(&house).await.len(), 1);
    house.totals_are_true().await;
}

async fn every_answer_ends_where_it_says(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let failed = SendResult::Failed { error: Some(131_026), reason: "no whatsapp".to_owned() };
    let suppressed = SendResult::Suppressed { reason: "withdrawn".to_owned() };
    let answers = [
        (sent("wamid.1"), "sent"),
        (SendResult::Sent { provider_id: None }, "sent"),
        (failed, "failed"),
        (suppressed, "suppressed"),
        (SendResult::Expired, "expired"),
        (SendResult::Unknown, "unknown"),
    ];
    for (answer, status) in answers {
        let id = house.queued(contact, Lane::Reply, Purpose::Answer).await;
        claim(&house).await;
        told(&house, id, answer.clone()).await;
        assert_eq!(house.status_of(id), status);
        told(&house, id, answer).await;
        assert_eq!(house.status_of(id), status, "told twice");
    }
    assert!(claim(&house).await.is_empty());
    house.totals_are_true().await;
}

async fn a_dead_process_leaves_unknown_messages_and_never_queued_ones(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "a").await;
    commit.claim = true;
    let (_, ids) = won(house.records.commit(commit).await);
    let house = house.die_and_start_again().await;
    assert_eq!(house.status_of(ids[0]), "unknown");
    assert!(claim(&house).await.is_empty());
    house.totals_are_true().await;
}

async fn a_silent_reply_goes_once_more_and_then_never_again(home: Home) {
    let house = House::new(home).await;
    let id = house.queued(house.citizen().await, Lane::Reply, Purpose::Answer).await;
    claim(&house).await;
    told(&house, id, SendResult::Unknown).await;

    house.wait(MINUTE);
    assert_eq!(
        house.records.sweep(house.now(), WAITS).await.unwrap(),
        Sweep::default(),
        "too early"
    );
    house.wait(MINUTE);
    let swept = house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(swept, Sweep { dead: 0, unknown: 0, again: 1 });
    let claimed = claim(&house).await;
    assert_eq!((claimed[0].id, claimed[0].attempts), (id, 1));
    told(&house, id, SendResult::Unknown).await;

    house.wait(MINUTE * 60);
    assert_eq!(house.records.sweep(house.now(), WAITS).await.unwrap(), Sweep::default());
    assert_eq!(house.status_of(id), "unknown");
    house.totals_are_true().await;
}

async fn nobody_was_silent_while_nobody_could_hear(home: Home) {
    let house = House::new(home).await;
    let often = Waits { sweep: MINUTE / 2, ..WAITS };
    let sweep = async || house.records.sweep(house.now(), often).await.unwrap().again;
    let id = house.queued(house.citizen().await, Lane::Reply, Purpose::Answer).await;
    claim(&house).await;
    told(&house, id, SendResult::Unknown).await;
    sweep().await;

    // Everything was away for half an hour.
    house.wait(MINUTE * 30);
    assert_eq!(sweep().await, 0);
    house.wait(MINUTE);
    assert_eq!((sweep().await, house.status_of(id)), (0, "unknown"));
    house.wait(MINUTE);
    assert_eq!((sweep().await, house.status_of(id)), (1, "queued"));
}

async fn a_broadcast_a_reminder_and_an_sms_never_go_again(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    house.queued(contact, Lane::Reminder, Purpose::Answer).await;
    let mut by_sms = house.turn(contact, "sms").await;
    by_sms.inbound.channel = Channel::Sms;
    by_sms.road = Road { channel: Channel::Sms, account: "SAMVAD".to_owned() };
    won(house.records.commit(by_sms).await);
    for outgoing in claim(&house).await {
        told(&house, outgoing.id, SendResult::Unknown).await;
    }
    house.wait(MINUTE * 60 * 24);
    assert_eq!(house.records.sweep(house.now(), WAITS).await.unwrap().again, 0);
    let report = house.records.report(house.now()).await.unwrap();
    assert!(report.by_status.contains(&(Status::Unknown, 3)));
}

async fn failures_are_counted_by_their_code_and_no_others_are(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    for _ in 0..5 {
        house.queued(contact, Lane::Reminder, Purpose::FollowUp).await;
    }
    let failed = |error| SendResult::Failed { error, reason: "refused".to_owned() };
    let before = house.now();
    let ends = [Some(132_001), Some(132_001), Some(132_015), Some(131_026), None];
    for (outgoing, error) in claim(&house).await.into_iter().zip(ends) {
        told(&house, outgoing.id, failed(error)).await;
    }
    let templates = (132_000, 132_018);
    let failures = house.records.failures(templates, before).await.unwrap();
    assert_eq!(failures, [(132_001, 2), (132_015, 1)]);
    house.wait(MINUTE);
    assert_eq!(house.records.failures(templates, house.now()).await.unwrap(), []);
}

async fn an_answer_that_comes_after_the_claim_was_lost_settles_it(home: Home) {
    let house = House::new(home).await;
    let id = house.queued(house.citizen().await, Lane::Reply, Purpose::Answer).await;
    claim(&house).await;
    told(&house, id, SendResult::Unknown).await;
    let not_before = house.now();
    told(&house, id, SendResult::Retry { not_before, error: None }).await;
    assert_eq!(house.status_of(id), "unknown", "an unknown one is never queued by an answer");
    told(&house, id, sent("wamid.1")).await;
    assert_eq!(house.status_of(id), "sent");
}

async fn an_answer_to_a_number_met_again_after_a_restore_changes_nothing(home: Home) {
    let house = House::new(home).await;
    let id = house.queued(house.citizen().await, Lane::Reply, Purpose::Answer).await;
    claim(&house).await;
    let other = OutgoingId { id: id.id, created_ms: id.created_ms - 1 };
    told(&house, other, sent("wamid.1")).await;
    assert_eq!(house.status_of(id), "claimed");
}

async fn the_window_is_the_one_of_the_road_a_message_takes(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let on_whatsapp = house.now();
    won(house.records.commit(house.turn(contact, "a").await).await);
    house.wait(MINUTE);
    let mut by_sms = house.turn(contact, "b").await;
    by_sms.inbound.channel = Channel::Sms;
    by_sms.road = Road { channel: Channel::Sms, account: "SAMVAD".to_owned() };
    let on_sms = house.now();
    won(house.records.commit(by_sms).await);

    let windows: Vec<_> =
        claim(&house).await.into_iter().map(|out| (out.channel, out.window_until)).collect();
    let day = jiff::SignedDuration::from_hours(24);
    assert_eq!(
        windows,
        [(Channel::Whatsapp, Some(on_whatsapp + day)), (Channel::Sms, Some(on_sms + day))]
    );
    let snapshot = house.records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.road.unwrap().channel, Channel::Sms);

    house.wait(MINUTE);
    won(house.records.commit(house.turn(contact, "c").await).await);
    assert_eq!(claim(&house).await[0].window_until, Some(house.now() + day));
    assert_eq!(house.rows("roads"), 1);
}

async fn the_report_says_how_long_the_oldest_has_waited(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.queued(contact, Lane::Reply, Purpose::Answer).await;
    house.wait(MINUTE);
    house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    house.wait(MINUTE);
    let report = house.records.report(house.now()).await.unwrap();
    assert_eq!(report.oldest, [(Lane::Reply, MINUTE * 2), (Lane::Broadcast, MINUTE)]);
}

async fn a_message_that_cannot_be_read_back_ends_and_the_others_go(home: Home) {
    let house = House::new(home).await;
    let broken =
        house.queued(house.contact_of("9811111111").await, Lane::Reply, Purpose::Answer).await;
    let whole =
        house.queued(house.contact_of("9822222222").await, Lane::Reply, Purpose::Answer).await;
    let raw = house.raw();
    raw.execute(&format!(
        "UPDATE messages SET content = {} WHERE id = {}",
        raw.bytes("00"),
        broken.id
    ));
    let claimed = claim(&house).await;
    assert_eq!(claimed.iter().map(|out| out.id).collect::<Vec<_>>(), [whole]);
    assert_eq!(house.status_of(broken), "failed");
}

async fn a_claim_whose_answer_was_lost_on_the_way_can_be_found(home: Home) {
    let house = House::new(home).await;
    let lost = house.queued(house.citizen().await, Lane::Reply, Purpose::Answer).await;
    house.records.inject(crate::records::Fault::AnswersLost);
    assert!(house.records.claim(house.now(), 10).await.is_err());
    assert_eq!(house.status_of(lost), "claimed");
    let began = house.now();
    house.wait(MINUTE);
    let other = house.contact_of("9898989898").await;
    let young = house.queued(other, Lane::Reply, Purpose::Answer).await;
    assert_eq!(claim(&house).await[0].id, young);

    let found = async |before| house.records.claimed_before(before, 10).await.unwrap();
    assert_eq!(found(began).await, []);
    assert_eq!(found(house.now()).await, [lost]);
    // Nobody knows whether it left.
    told(&house, lost, SendResult::Unknown).await;
    assert_eq!(found(house.now()).await, []);
    let house = house.die_and_start_again().await;
    house.wait(MINUTE);
    let found = house.records.claimed_before(house.now(), 10).await.unwrap();
    assert_eq!(found, [], "another process's are not ours");
}
