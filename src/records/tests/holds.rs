use super::*;
use crate::message::{Asks, Mark, Registered, Status, StatusUpdate};
use crate::records::{Hold, HoldKind, HoldName, Refused, SendRecord, SendResult};

promises! {
    what_rests_is_kept_for_every_process_and_after_a_restart,
    one_process_tries_what_rested_long_enough,
    a_released_account_lets_what_waits_for_it_go,
    a_number_is_marked_once_and_the_person_moves,
    a_mark_goes_with_its_number_and_stays_when_two_turn_out_to_be_one,
    a_report_that_asks_for_a_mark_marks_whom_the_message_went_to,
    a_report_of_the_provider_s_own_failure_sends_the_message_again_once_a_report,
    a_report_before_the_answer_to_its_send_asks_for_the_same,
    after_eight_calls_a_message_has_failed,
    a_report_finds_the_account_and_the_template_its_message_left_by,
    the_parts_a_gateway_has_are_known_to_whoever_claims_the_rest,
}

const TEMPLATE: &str = "1107161000000000002";

fn template() -> HoldName {
    HoldName { channel: Channel::Sms, kind: HoldKind::Template, name: TEMPLATE.to_owned() }
}

fn account() -> HoldName {
    HoldName { channel: Channel::Sms, kind: HoldKind::Account, name: "party".to_owned() }
}

fn refused(house: &House, held: HoldName) -> Refused {
    Refused {
        held,
        account: "party".to_owned(),
        code: Some(633),
        http: Some(200),
        at: house.now(),
        reported: None,
        first: Duration::from_mins(15),
        longest: Duration::from_hours(6),
    }
}

async fn what_rests_is_kept_for_every_process_and_after_a_restart(home: Home) {
    let house = House::new(home).await;
    assert_eq!(house.records.holds().await.unwrap(), []);
    let first = house.records.hold(refused(&house, template())).await.unwrap().unwrap();
    assert!(first.is_new);
    house.wait(Duration::from_secs(1));
    let of_account = house.records.hold(refused(&house, account())).await.unwrap().unwrap();
    let again = house.records.hold(refused(&house, template())).await.unwrap().unwrap();
    assert_eq!((again.is_new, &again.hold), (false, &first.hold), "they were under way together");
    let house = house.die_and_start_again().await;
    let holds = house.records.holds().await.unwrap();
    assert_eq!(holds, [first.hold, of_account.hold]);
    assert_eq!(house.beside().await.holds().await.unwrap(), holds, "also for a command");
    assert_eq!(house.records.report(house.now()).await.unwrap().holds, holds, "and in metrics");

    assert!(house.records.end_hold(template(), house.now()).await.unwrap());
    assert!(!house.records.end_hold(template(), house.now()).await.unwrap());
    assert_eq!(house.records.holds().await.unwrap().len(), 1);
    let left = house.now() - jiff::SignedDuration::from_mins(1);
    let late = Refused { reported: Some(left), ..refused(&house, template()) };
    assert_eq!(house.records.hold(late).await.unwrap(), None, "what left before that is mended");
    assert!(house.records.hold(refused(&house, template())).await.unwrap().unwrap().is_new);
}

async fn one_process_tries_what_rested_long_enough(home: Home) {
    let house = House::new(home).await;
    let Hold { until, .. } =
        house.records.hold(refused(&house, template())).await.unwrap().unwrap().hold;
    let tries = async |house: &House| {
        let soon = house.now() + jiff::SignedDuration::from_mins(1);
        house.records.try_hold(template(), house.now(), soon).await.unwrap()
    };
    assert!(!tries(&house).await, "not before its time is over");
    house.wait(Duration::from_mins(15));
    assert!(until <= house.now());
    assert!(tries(&house).await);
    assert!(!tries(&house).await, "another tries it");
    let hold = house.records.holds().await.unwrap().remove(0);
    assert_eq!(hold.trying, Some(house.now()));
    let again = house.records.hold(refused(&house, template())).await.unwrap().unwrap().hold;
    assert_eq!((again.refusals, again.trying), (2, None));
    house.records.end_hold(template(), house.now()).await.unwrap();
    house.wait(Duration::from_hours(1));
    assert!(!tries(&house).await, "it rests no more");
}

async fn a_released_account_lets_what_waits_for_it_go(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut waiting = Vec::new();
    for name in ["party", "other"] {
        let mut commit = house.turn(contact, name).await;
        commit.road = Road { channel: Channel::Sms, account: name.to_owned() };
        commit.claim = true;
        waiting.push(won(house.records.commit(commit).await).1[0]);
    }
    let Hold { until, .. } =
        house.records.hold(refused(&house, account())).await.unwrap().unwrap().hold;
    for id in &waiting {
        let result = SendResult::Released { not_before: Some(until) };
        told(&house, *id, result).await;
    }
    let beside = house.beside().await;
    assert!(!beside.release("nobody", house.now()).await.unwrap());
    assert!(beside.release("party", house.now()).await.unwrap());
    assert_eq!(house.records.holds().await.unwrap(), []);
    house.wait(Duration::from_secs(5));
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(claimed.iter().map(|one| one.id).collect::<Vec<_>>(), waiting[..1]);
}

async fn a_number_is_marked_once_and_the_person_moves(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let before = house.version(contact).await;
    for _time in 0..2 {
        house.records.mark(contact, Mark::NoDltConsent, house.now()).await.unwrap();
    }
    house.records.mark(contact, Mark::NoPromotion, house.now()).await.unwrap();
    assert_eq!(marks(&house, contact).await, Mark::ALL);
    assert_eq!(house.version(contact).await, before + 2);
}

async fn a_mark_goes_with_its_number_and_stays_when_two_turn_out_to_be_one(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.wait(Duration::from_mins(1));
    house.records.mark(contact, Mark::NoPromotion, house.now()).await.unwrap();
    house.wait(Duration::from_mins(1));
    // Somebody known by a user id alone turns out to have that number.
    let nameless = Identities::of(AddressKind::WhatsappUser, "IN.9");
    house.records.resolve(vec![(Channel::Whatsapp, nameless.clone())]).await.unwrap();
    let number = crate::contact::PhoneNumber::parse(PHONE).unwrap();
    house.records.adopt(&nameless, number).await.unwrap();
    let one = house.records.resolve(vec![(Channel::Whatsapp, nameless)]).await.unwrap()[0];
    assert_eq!(marks(&house, one).await, [Mark::NoPromotion]);
    // Their number changes: the operators know nothing of the new one.
    let mut changed = text("changed", "", house.now());
    changed.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, "9898989898") };
    won(house.records.note(one, changed, house.now()).await);
    assert_eq!(marks(&house, one).await, []);
    let stranger = house.citizen().await;
    assert_eq!(marks(&house, stranger).await, []);
}

async fn marks(house: &House, contact: i64) -> Vec<Mark> {
    house.records.snapshot(contact).await.unwrap().unwrap().contact.marks
}

async fn told(house: &House, id: OutgoingId, result: SendResult) {
    let record = SendRecord { id, at: house.now(), result };
    house.records.record_sends(vec![record]).await.unwrap();
}

/// A short message by a template, handed over.
async fn claimed(house: &House) -> OutgoingId {
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, &format!("k{}", house.rows("messages"))).await;
    commit.road = Road { channel: Channel::Sms, account: "party".to_owned() };
    let dlt = Registered {
        entity: None,
        template: TEMPLATE.to_owned(),
        headers: Vec::new(),
        promotional: true,
    };
    commit.replies[0].content = Content::Registered { body: "नमस्ते".to_owned(), dlt };
    commit.claim = true;
    won(house.records.commit(commit).await).1[0]
}

async fn sent(house: &House) -> OutgoingId {
    let id = claimed(house).await;
    told(house, id, SendResult::Sent { provider_id: Some(format!("vendor-{}", id.id)) }).await;
    id
}

/// The operators' word about a message, by the vendor's id of it.
fn scrubbed(house: &House, id: OutgoingId, code: i64, asks: Asks) -> StatusUpdate {
    StatusUpdate {
        channel: Channel::Sms,
        account: "party".to_owned(),
        provider_id: format!("vendor-{}", id.id),
        outgoing: None,
        status: Status::Failed,
        at: house.now(),
        error: Some(code),
        asks: Some(asks),
        recipient: Identities::default(),
    }
}

async fn apply(house: &House, update: &StatusUpdate) {
    house.records.apply_statuses(vec![update.clone()]).await.unwrap();
}

async fn a_report_that_asks_for_a_mark_marks_whom_the_message_went_to(home: Home) {
    let house = House::new(home).await;
    let (first, second) = (sent(&house).await, sent(&house).await);
    let contact = house.citizen().await;
    apply(&house, &scrubbed(&house, first, 650, Asks::Mark(Mark::NoPromotion))).await;
    assert_eq!(marks(&house, contact).await, [Mark::NoPromotion]);
    assert_eq!(house.status_of(first), "failed");
    apply(&house, &scrubbed(&house, second, 660, Asks::Mark(Mark::NoDltConsent))).await;
    assert_eq!(marks(&house, contact).await, Mark::ALL);
    house.totals_are_true().await;
}

async fn a_report_of_the_provider_s_own_failure_sends_the_message_again_once_a_report(home: Home) {
    let house = House::new(home).await;
    let id = sent(&house).await;
    let report = scrubbed(&house, id, 670, Asks::Again);
    house.records.apply_statuses(vec![report.clone(), report.clone()]).await.unwrap();
    assert_eq!(house.status_of(id), "queued");
    assert!(house.records.claim(house.now(), 10).await.unwrap().is_empty(), "not at once");
    house.wait(Duration::from_secs(30));
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(claimed[0].attempts, 1);
    // The gateway brings its report once more, when the message is under way and when it left.
    apply(&house, &report).await;
    assert_eq!(house.status_of(id), "claimed");
    told(&house, id, SendResult::Sent { provider_id: Some("vendor-again".to_owned()) }).await;
    apply(&house, &report).await;
    assert_eq!(house.status_of(id), "sent");
    let mut delivered = scrubbed(&house, id, 0, Asks::Again);
    (delivered.status, delivered.asks, delivered.error) = (Status::Delivered, None, None);
    delivered.provider_id = "vendor-again".to_owned();
    apply(&house, &delivered).await;
    assert_eq!(house.status_of(id), "delivered");
    house.totals_are_true().await;
}

async fn a_report_before_the_answer_to_its_send_asks_for_the_same(home: Home) {
    let house = House::new(home).await;
    let (marked, again) = (claimed(&house).await, claimed(&house).await);
    apply(&house, &scrubbed(&house, marked, 650, Asks::Mark(Mark::NoPromotion))).await;
    apply(&house, &scrubbed(&house, again, 670, Asks::Again)).await;
    let contact = house.citizen().await;
    assert_eq!(marks(&house, contact).await, []);
    for id in [marked, again] {
        told(&house, id, SendResult::Sent { provider_id: Some(format!("vendor-{}", id.id)) }).await;
    }
    assert_eq!(marks(&house, contact).await, [Mark::NoPromotion]);
    assert_eq!((house.status_of(marked), house.status_of(again)), ("failed", "queued"));
    house.totals_are_true().await;
}

async fn after_eight_calls_a_message_has_failed(home: Home) {
    let house = House::new(home).await;
    let id = claimed(&house).await;
    let mut calls = 0;
    loop {
        calls += 1;
        told(&house, id, SendResult::Sent { provider_id: Some(format!("vendor-{}", id.id)) }).await;
        house.wait(Duration::from_secs(1));
        apply(&house, &scrubbed(&house, id, 670, Asks::Again)).await;
        if house.status_of(id) == "failed" {
            break;
        }
        house.wait(Duration::from_hours(3));
        assert_eq!(house.records.claim(house.now(), 10).await.unwrap().len(), 1);
    }
    assert_eq!(calls, 8);
    house.totals_are_true().await;
}

async fn a_report_finds_the_account_and_the_template_its_message_left_by(home: Home) {
    let house = House::new(home).await;
    let id = sent(&house).await;
    let by_vendor = scrubbed(&house, id, 633, Asks::StopTemplate);
    let echoed =
        StatusUpdate { provider_id: "another".to_owned(), outgoing: Some(id), ..by_vendor.clone() };
    for update in [&by_vendor, &echoed] {
        let found = house.records.reported(update).await.unwrap().unwrap();
        assert_eq!(found.account, "party");
        assert_eq!(found.template.as_deref(), Some(TEMPLATE));
        assert_eq!(found.left, house.now());
    }
    let of_another_life = OutgoingId { created_ms: id.created_ms - 1, ..id };
    let strange = StatusUpdate { outgoing: Some(of_another_life), ..echoed };
    assert_eq!(house.records.reported(&strange).await.unwrap(), None);
}

async fn the_parts_a_gateway_has_are_known_to_whoever_claims_the_rest(home: Home) {
    let house = House::new(home).await;
    let (retried, released) = (claimed(&house).await, claimed(&house).await);
    let not_before = house.now();
    let retry = SendResult::Retry { not_before, error: None };
    told(&house, retried, SendResult::Partly { taken: 1, rest: Box::new(retry) }).await;
    let release = SendResult::Released { not_before: Some(not_before) };
    told(&house, released, SendResult::Partly { taken: 2, rest: Box::new(release) }).await;
    let house = house.die_and_start_again().await;
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    let parts: Vec<u32> = claimed.iter().map(|one| one.parts_taken).collect();
    assert_eq!(parts, [1, 2]);
    house.totals_are_true().await;
}
