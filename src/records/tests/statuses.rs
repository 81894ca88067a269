use super::*;
use crate::message::{AccountEvent, Status, StatusUpdate};
use crate::records::{SendRecord, SendResult};

promises! {
    statuses_in_any_order_end_at_the_highest,
    a_status_before_the_answer_to_its_send_is_kept_and_applied_then,
    a_status_finds_its_message_by_the_providers_id,
    a_status_that_overtakes_the_answer_settles_the_call,
    a_status_settles_an_unknown_message_and_one_that_waits_to_go_again,
    a_message_named_by_one_echo_is_known_by_its_providers_id_after_it,
    a_status_told_twice_is_logged_once,
    an_echo_of_a_number_met_again_after_a_restore_is_not_believed,
    a_failure_is_kept_with_its_code_and_a_later_delivery_corrects_it,
    old_provider_ids_and_strange_statuses_are_forgotten_after_a_month,
    an_account_event_is_kept_once,
    a_status_that_names_the_recipient_by_number_and_user_id_teaches_us_the_id,
    a_status_does_not_tie_a_stranger_to_whom_the_number_belonged,
    a_user_id_that_belongs_to_somebody_else_is_left_there_and_queued_for_a_person,
}

pub(super) fn word(provider_id: &str, status: Status, at: Timestamp) -> StatusUpdate {
    StatusUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        provider_id: provider_id.to_owned(),
        outgoing: None,
        status,
        at,
        error: None,
        asks: None,
        recipient: Identities::default(),
    }
}

fn echoed(id: OutgoingId, status: Status, at: Timestamp) -> StatusUpdate {
    StatusUpdate { outgoing: Some(id), ..word("wamid.out", status, at) }
}

async fn sent(house: &House, id: OutgoingId) {
    let result = SendResult::Sent { provider_id: Some("wamid.out".to_owned()) };
    told(house, id, result).await;
}

async fn told(house: &House, id: OutgoingId, result: SendResult) {
    let record = SendRecord { id, at: house.now(), result };
    house.records.record_sends(vec![record]).await.unwrap();
}

async fn claimed(house: &House) -> OutgoingId {
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, &format!("k{}", house.rows("messages"))).await;
    commit.claim = true;
    won(house.records.commit(commit).await).1[0]
}

async fn apply(house: &House, update: StatusUpdate) {
    house.records.apply_statuses(vec![update]).await.unwrap();
}

async fn statuses_in_any_order_end_at_the_highest(home: Home) {
    let orders = [
        [Status::Sent, Status::Delivered, Status::Read],
        [Status::Read, Status::Delivered, Status::Sent],
        [Status::Delivered, Status::Read, Status::Sent],
    ];
    let house = House::new(home).await;
    for order in orders {
        let id = claimed(&house).await;
        for status in order {
            apply(&house, echoed(id, status, house.now())).await;
        }
        assert_eq!(house.status_of(id), "read", "{order:?}");
    }
    house.totals_are_true().await;
}

async fn a_status_before_the_answer_to_its_send_is_kept_and_applied_then(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    apply(&house, word("wamid.out", Status::Read, house.now())).await;
    apply(&house, word("wamid.out", Status::Delivered, house.now())).await;
    assert_eq!(house.status_of(id), "claimed");
    assert_eq!(house.records.report(house.now()).await.unwrap().unmatched_statuses, 2);
    sent(&house, id).await;
    assert_eq!(house.status_of(id), "read");
    assert_eq!(house.rows("unmatched_statuses"), 0);
    assert_eq!(house.rows("status_log"), 2);
    house.totals_are_true().await;
}

async fn a_status_finds_its_message_by_the_providers_id(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    sent(&house, id).await;
    apply(&house, word("wamid.out", Status::Delivered, house.now())).await;
    assert_eq!(house.status_of(id), "delivered");
    let mut elsewhere = word("wamid.out", Status::Read, house.now());
    elsewhere.channel = Channel::Sms;
    apply(&house, elsewhere).await;
    assert_eq!(house.status_of(id), "delivered", "another channel's id is another id");
}

async fn a_status_that_overtakes_the_answer_settles_the_call(home: Home) {
    let house = House::new(home).await;
    let not_before = house.now();
    let answers = [
        SendResult::Unknown,
        SendResult::Retry { not_before, error: None },
        SendResult::Failed { error: None, reason: "timeout".to_owned() },
        SendResult::Released { not_before: None },
        SendResult::Sent { provider_id: Some("wamid.out".to_owned()) },
    ];
    for answer in answers {
        let id = claimed(&house).await;
        apply(&house, echoed(id, Status::Delivered, house.now())).await;
        told(&house, id, answer.clone()).await;
        assert_eq!(house.status_of(id), "delivered", "{answer:?}");
    }
    house.totals_are_true().await;
}

async fn a_status_settles_an_unknown_message_and_one_that_waits_to_go_again(home: Home) {
    let house = House::new(home).await;
    let unknown = claimed(&house).await;
    told(&house, unknown, SendResult::Unknown).await;
    apply(&house, echoed(unknown, Status::Sent, house.now())).await;
    assert_eq!(house.status_of(unknown), "sent");

    let again = claimed(&house).await;
    told(&house, again, SendResult::Unknown).await;
    house.wait(Duration::from_mins(2));
    assert_eq!(house.records.sweep(house.now(), WAITS).await.unwrap().again, 1);
    apply(&house, echoed(again, Status::Sent, house.now())).await;
    assert!(house.records.claim(house.now(), 10).await.unwrap().is_empty());
    assert_eq!(house.status_of(again), "sent");
    house.totals_are_true().await;
}

async fn a_message_named_by_one_echo_is_known_by_its_providers_id_after_it(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    apply(&house, echoed(id, Status::Sent, house.now())).await;
    apply(&house, word("wamid.out", Status::Read, house.now())).await;
    assert_eq!(house.status_of(id), "read");
}

async fn a_status_told_twice_is_logged_once(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    let same = echoed(id, Status::Delivered, house.now());
    house.records.apply_statuses(vec![same.clone(), same.clone()]).await.unwrap();
    apply(&house, same).await;
    assert_eq!(house.rows("status_log"), 1);
    let strange = word("wamid.strange", Status::Sent, house.now());
    house.records.apply_statuses(vec![strange.clone(), strange]).await.unwrap();
    assert_eq!(house.rows("unmatched_statuses"), 1);
    house.totals_are_true().await;
}

async fn an_echo_of_a_number_met_again_after_a_restore_is_not_believed(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    let other = OutgoingId { created_ms: id.created_ms - 1, ..id };
    apply(&house, echoed(other, Status::Read, house.now())).await;
    assert_eq!(house.status_of(id), "claimed");
}

async fn a_failure_is_kept_with_its_code_and_a_later_delivery_corrects_it(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    sent(&house, id).await;
    let mut failed = echoed(id, Status::Failed, house.now());
    failed.error = Some(131_050);
    apply(&house, failed).await;
    assert_eq!(house.status_of(id), "failed");
    assert_eq!(house.rows("outgoing WHERE error = 131050"), 1);
    apply(&house, echoed(id, Status::Delivered, house.now())).await;
    assert_eq!(house.status_of(id), "delivered");
}

async fn old_provider_ids_and_strange_statuses_are_forgotten_after_a_month(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    sent(&house, id).await;
    apply(&house, word("wamid.strange", Status::Sent, house.now())).await;
    house.wait(Duration::from_hours(31 * 24));
    house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!((house.rows("provider_ids"), house.rows("unmatched_statuses")), (0, 0));
    house.totals_are_true().await;
}

async fn an_account_event_is_kept_once(home: Home) {
    let house = House::new(home).await;
    let event = AccountEvent {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        kind: "account_update".to_owned(),
        at: house.now(),
        json: r#"{"event":"VERIFIED_ACCOUNT"}"#.to_owned(),
    };
    house.records.keep_events(vec![event.clone(), event.clone()]).await.unwrap();
    house.records.keep_events(vec![event.clone()]).await.unwrap();
    assert_eq!(house.rows("events"), 1);
    let other = AccountEvent { json: r#"{"event":"DISABLED_UPDATE"}"#.to_owned(), ..event };
    house.records.keep_events(vec![other]).await.unwrap();
    assert_eq!(house.rows("events"), 2);
}

fn names(addresses: &[(AddressKind, &str)]) -> Identities {
    let mut names = Identities::default();
    for (kind, value) in addresses {
        names.add(*kind, *value);
    }
    names
}

async fn a_status_that_names_the_recipient_by_number_and_user_id_teaches_us_the_id(home: Home) {
    let both = names(&[(AddressKind::Phone, PHONE), (AddressKind::WhatsappUser, "IN.9")]);
    let by_id_alone = names(&[(AddressKind::WhatsappUser, "IN.9")]);
    for echo in [true, false] {
        let house = House::new(home).await;
        let id = claimed(&house).await;
        sent(&house, id).await;
        let contact = house.citizen().await;
        let plain =
            StatusUpdate { recipient: both.clone(), ..echoed(id, Status::Sent, house.now()) };
        let outgoing = plain.outgoing.filter(|_| echo);
        apply(&house, StatusUpdate { outgoing, ..plain.clone() }).await;
        assert_eq!(house.records.addresses(contact).await.unwrap(), both);
        let of_the_id = vec![(Channel::Whatsapp, by_id_alone.clone())];
        assert_eq!(house.records.resolve(of_the_id).await.unwrap(), [contact]);
        apply(&house, plain).await;
        assert_eq!(house.rows("addresses"), 2);
    }
}

async fn a_status_does_not_tie_a_stranger_to_whom_the_number_belonged(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    let contact = house.citizen().await;
    let mut changed = text("changed", "", house.now());
    changed.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, "9898989898") };
    won(house.records.note(contact, changed, house.now()).await);
    let recipient = names(&[(AddressKind::Phone, PHONE), (AddressKind::WhatsappUser, "IN.9")]);
    let word = StatusUpdate { recipient, ..echoed(id, Status::Delivered, house.now()) };
    // The number is nobody's, then a stranger's.
    apply(&house, word.clone()).await;
    let stranger = house.citizen().await;
    apply(&house, word).await;
    assert_eq!(house.status_of(id), "delivered");
    let hers = house.records.addresses(contact).await.unwrap();
    assert_eq!(hers, Identities::of(AddressKind::Phone, "9898989898"));
    let theirs = house.records.addresses(stranger).await.unwrap();
    assert_eq!(theirs, Identities::of(AddressKind::Phone, PHONE), "a message of theirs will tell");
}

async fn a_user_id_that_belongs_to_somebody_else_is_left_there_and_queued_for_a_person(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    let other = vec![(Channel::Whatsapp, names(&[(AddressKind::WhatsappUser, "IN.9")]))];
    let other_contact = house.records.resolve(other.clone()).await.unwrap();
    let recipient = names(&[(AddressKind::Phone, PHONE), (AddressKind::WhatsappUser, "IN.9")]);
    apply(&house, StatusUpdate { recipient, ..echoed(id, Status::Sent, house.now()) }).await;
    assert_eq!(house.records.resolve(other).await.unwrap(), other_contact);
    assert_eq!(house.rows("merge_queue"), 1);
}
