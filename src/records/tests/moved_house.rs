//! A house in the middle of everything, moved to PostgreSQL: what was true goes on being true.

use super::*;
use crate::fact::{Consent, NewMember};
use crate::flow::{Timer, TimerKind};
use crate::message::{AccountEvent, HistoryLine, Outgoing, Status, StatusUpdate};
use crate::records::{MigrateData, SendRecord, SendResult, Snapshot, migrate_data};

/// So many people, in six states of their conversations.
const PEOPLE: i64 = 60;
const TENTH: u64 = 10;

fn phone_of(person: i64) -> String {
    format!("98{person:08}")
}

fn key_of(person: i64) -> String {
    format!("wamid.{person}")
}

/// Moves the house as `samvad migrate-data` does, after its process died without a word.
async fn moved(house: House) -> House {
    let House { folder, url, clock, records, looking_in, .. } = house;
    drop((records, looking_in));
    let options = MigrateData {
        from: url,
        to: PostgresServer::shared().fresh_database(),
        batch: 50,
        clock: clock.clone(),
    };
    let report = migrate_data(&options, &mut |_| ()).await.unwrap();
    assert_eq!(report.differing().count(), 0);
    House::open(Home::Postgres, folder, options.to, clock).await
}

fn member(person: i64) -> Vec<Fact> {
    let consent = Consent {
        purpose: Purpose::Membership,
        given: true,
        notice: Some("membership-1".to_owned()),
        wording: None,
        how: "button".to_owned(),
        only: None,
    };
    let member = NewMember {
        number: format!("UP{person}"),
        name: "रमेश यादव".to_owned(),
        district: "157".to_owned(),
        assembly: 173,
        booth: None,
        birth_year: None,
        ends: None,
    };
    vec![Fact::Consent(consent), Fact::EnrolMember(member)]
}

fn delivered(provider_id: &str, at: Timestamp) -> StatusUpdate {
    StatusUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        provider_id: provider_id.to_owned(),
        outgoing: None,
        status: Status::Delivered,
        at,
        error: None,
        asks: None,
        recipient: Identities::default(),
    }
}

async fn ends(house: &House, id: OutgoingId, result: SendResult) {
    let record = SendRecord { id, at: house.now(), result };
    house.records.record_sends(vec![record]).await.unwrap();
}

/// The contacts of the people, in their order.
async fn fill(house: &House) -> Vec<i64> {
    let mut contacts = Vec::new();
    for person in 0..PEOPLE {
        let contact = house.contact_of(&phone_of(person)).await;
        contacts.push(contact);
        let mut commit = house.turn(contact, &key_of(person)).await;
        commit.inbound.from = Identities::of(AddressKind::Phone, phone_of(person));
        let due = house.now() + jiff::SignedDuration::from_hours(20);
        commit.timers = vec![Timer { kind: TimerKind::Remind, due, visit: 1 }];
        // The last of the six waits in the queue.
        commit.claim = person % 6 < 4;
        match person % 6 {
            0 => commit.facts = member(person),
            4 => {
                commit.parked = Some("a test".to_owned());
                commit.replies.clear();
            }
            _ => {}
        }
        let (_, ids) = won(house.records.commit(commit).await);
        match person % 6 {
            0 => {
                let provider_id = Some(format!("wamid.out.{person}"));
                ends(house, ids[0], SendResult::Sent { provider_id }).await;
            }
            1 => ends(house, ids[0], SendResult::Unknown).await,
            2 => {
                let early = delivered(&format!("wamid.out.{person}"), house.now());
                house.records.apply_statuses(vec![early]).await.unwrap();
            }
            _ => {}
        }
    }
    let event = AccountEvent {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        kind: "account_update".to_owned(),
        at: house.now(),
        json: "{}".to_owned(),
    };
    house.records.keep_events(vec![event]).await.unwrap();
    contacts
}

/// All that a lane and a page read of one person.
async fn everything(
    house: &House,
    contacts: &[i64],
) -> Vec<(Snapshot, Identities, Vec<HistoryLine>)> {
    let mut all = Vec::new();
    for contact in contacts {
        all.push((
            house.records.snapshot(*contact).await.unwrap().unwrap(),
            house.records.addresses(*contact).await.unwrap(),
            house.records.history(*contact, 50).await.unwrap(),
        ));
    }
    all
}

fn count(house: &House, status: Status) -> u64 {
    u64::try_from(house.rows(&format!("outgoing WHERE status = {}", status.code()))).unwrap()
}

async fn claim(house: &House) -> Vec<Outgoing> {
    house.records.claim(house.now(), 1_000).await.unwrap()
}

/// A person, what they are called, and the times of their history.
type Told = (Snapshot, Identities, Vec<(i64, Timestamp)>);

/// What a sweep makes of claims is said in the history too.
fn without_states(all: Vec<(Snapshot, Identities, Vec<HistoryLine>)>) -> Vec<Told> {
    let line = |line: &HistoryLine| (line.id, line.at);
    all.into_iter()
        .map(|(snapshot, addresses, history)| {
            (snapshot, addresses, history.iter().map(line).collect())
        })
        .collect()
}

#[tokio::test]
async fn people_and_their_conversations_are_the_same_and_go_on() {
    let house = House::new(Home::Sqlite).await;
    let contacts = fill(&house).await;
    let before = everything(&house, &contacts).await;
    let house = moved(house).await;
    assert_eq!(everything(&house, &contacts).await, before);
    house.totals_are_true().await;

    for (person, contact) in (0..PEOPLE).zip(&contacts) {
        assert_eq!(house.contact_of(&phone_of(person)).await, *contact);
        let known = house.records.is_committed(Channel::Whatsapp, &key_of(person)).await.unwrap();
        assert!(known, "{person}");
        let again = house.turn(*contact, &key_of(person)).await;
        assert_eq!(house.records.commit(again).await.unwrap(), Verdict::Duplicate);
    }
    assert_eq!(without_states(everything(&house, &contacts).await), without_states(before));

    let lines = house.records.history(contacts[0], 50).await.unwrap();
    let next = house.turn(contacts[0], "wamid.next").await;
    won(house.records.commit(next).await);
    let after = house.records.history(contacts[0], 50).await.unwrap();
    assert_eq!(after[..lines.len()], lines, "the old lines stand before the new");
    assert_eq!(after.len(), lines.len() + 2);
    let newcomer = house.contact_of("9999999999").await;
    assert!(newcomer > *contacts.iter().max().unwrap());
    house.totals_are_true().await;
}

#[tokio::test]
async fn every_message_on_its_way_arrives_once_or_is_settled_by_the_provider() {
    let house = House::new(Home::Sqlite).await;
    fill(&house).await;
    assert_eq!(count(&house, Status::Queued), TENTH);
    assert_eq!((count(&house, Status::Claimed), count(&house, Status::Unknown)), (20, TENTH));
    let house = moved(house).await;

    let waiting = claim(&house).await;
    assert_eq!(u64::try_from(waiting.len()).unwrap(), TENTH);
    assert_eq!(claim(&house).await, []);
    // What the dead process had claimed is in doubt, as after any other death of it.
    let swept = house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!((swept.unknown, swept.again), (20, 0));
    assert_eq!(count(&house, Status::Unknown), 30);
    house.totals_are_true().await;

    // A word about a message sent from the old home, and one that came before the answer it is about.
    house.records.apply_statuses(vec![delivered("wamid.out.6", house.now())]).await.unwrap();
    assert_eq!(count(&house, Status::Delivered), 1);
    let early = u64::try_from(house.rows("unmatched_statuses")).unwrap();
    assert_eq!(early, TENTH);
    let provider_id = Some("wamid.out.2".to_owned());
    ends(&house, waiting[0].id, SendResult::Sent { provider_id }).await;
    assert_eq!(house.status_of(waiting[0].id), "delivered");
    house.totals_are_true().await;

    house.wait(Duration::from_mins(3));
    house.records.heartbeat().await.unwrap();
    assert_eq!(house.records.sweep(house.now(), WAITS).await.unwrap().again, 30);
    house.totals_are_true().await;
}

#[tokio::test]
async fn numbers_timers_and_keys_go_on_where_they_were() {
    let house = House::new(Home::Sqlite).await;
    let contacts = fill(&house).await;
    let given = house.records.reserve("member", 100).await.unwrap();
    let keys = house.records.needed_keys().await.unwrap();
    let house = moved(house).await;
    assert_eq!(house.records.reserve("member", 1).await.unwrap().start, given.end);
    assert_eq!(house.records.needed_keys().await.unwrap(), keys);
    assert_eq!(house.records.report(house.now()).await.unwrap().members, TENTH);
    house.wait(Duration::from_hours(21));
    let due = house.records.due_timers(house.now(), 1_000).await.unwrap();
    let mut whose: Vec<i64> = due.iter().map(|timer| timer.contact).collect();
    whose.sort_unstable();
    // Parked turns leave the timers as they were.
    let parked = |person: &usize| person % 6 == 4;
    let expected: Vec<i64> =
        (0..contacts.len()).filter(|person| !parked(person)).map(|at| contacts[at]).collect();
    assert_eq!(whose, expected);
    let mut sealed = 0;
    while house.records.reseal(500).await.unwrap() > 0 {
        sealed += 1;
        assert!(sealed < 10, "nothing is to be sealed anew");
    }
}
