//! What the sets of this engine promise: words and names that meet, the order of a person's messages,
//! what is left of processes. What both engines promise is asked of both in `records::tests`.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, Ids};
use crate::contact::{AddressKind, Identities, Road};
use crate::flow::Session;
use crate::message::{
    Channel, Content, Inbound, InboundContent, Lane, OutgoingId, Purpose, Reply, Status,
    StatusUpdate,
};
use crate::records::tests::WAITS;
use crate::records::tests::postgres::PostgresServer;
use crate::records::{
    Chain, Records, RecordsError, RecordsOptions, SendRecord, SendResult, Sweep, TurnCommit,
    Verdict,
};
use crate::seal::Keyring;

const PHONE: &str = "9812345678";
const ACCOUNT: &str = "106540352242922";

/// A database and the processes that write to it.
struct House {
    url: String,
    clock: Clock,
    keyring: Arc<Keyring>,
}

impl House {
    fn new() -> House {
        House {
            url: PostgresServer::shared().fresh_database(),
            clock: Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap()),
            keyring: Arc::new(Keyring::in_memory(&Ids::system()).unwrap()),
        }
    }

    async fn process(&self) -> Records {
        Records::open(RecordsOptions {
            url: self.url.clone(),
            connections: 4,
            clock: self.clock.clone(),
            keyring: Arc::clone(&self.keyring),
            lease: Duration::from_secs(30),
            group: 500,
            membership: crate::config::MembershipSection::default(),
        })
        .await
        .unwrap()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn look(&self, sql: &str) -> String {
        PostgresServer::shared().psql_at(&self.url, sql)
    }

    fn rows(&self, table: &str) -> u64 {
        self.look(&format!("SELECT count(*) FROM {table}")).parse().unwrap()
    }

    fn turn(&self, contact: i64, expected_version: i64, key: &str) -> TurnCommit {
        let reply = Reply {
            content: Content::Text { body: "आपका नाम?".to_owned() },
            lane: Lane::Reply,
            purpose: Purpose::Answer,
        };
        TurnCommit {
            contact,
            expected_version,
            chain: Chain::default(),
            place: 0,
            inbound: Inbound {
                channel: Channel::Whatsapp,
                account: ACCOUNT.to_owned(),
                key: key.to_owned(),
                from: Identities::of(AddressKind::Phone, PHONE),
                profile_name: None,
                sent_at: self.now(),
                content: InboundContent::Text {
                    text: "सदस्य बनना है".to_owned()
                },
                quoted: None,
            },
            received_at: self.now(),
            road: Road { channel: Channel::Whatsapp, account: ACCOUNT.to_owned() },
            session: Some(Session {
                flow: "join".to_owned(),
                step: "name".to_owned(),
                visit: 1,
                ..Session::default()
            }),
            replies: vec![reply],
            facts: Vec::new(),
            timers: Vec::new(),
            effects: Vec::new(),
            cast: None,
            claim: false,
            parked: None,
        }
    }

    async fn queued(&self, records: &Records, contact: i64, key: &str) -> OutgoingId {
        let version = records.snapshot(contact).await.unwrap().unwrap().contact.version;
        match records.commit(self.turn(contact, version, key)).await.unwrap() {
            Verdict::Won { outgoing, .. } => outgoing[0],
            other => panic!("the turn did not win: {other:?}"),
        }
    }

    async fn is_born_claimed(&self, records: &Records, contact: i64, key: &str) -> bool {
        let version = records.snapshot(contact).await.unwrap().unwrap().contact.version;
        let turn = TurnCommit { claim: true, ..self.turn(contact, version, key) };
        match records.commit(turn).await.unwrap() {
            Verdict::Won { claimed, .. } => claimed,
            other => panic!("the turn did not win: {other:?}"),
        }
    }

    async fn told(&self, records: &Records, id: OutgoingId, result: SendResult) {
        records.record_sends(vec![SendRecord { id, at: self.now(), result }]).await.unwrap();
    }

    fn word(&self, provider_id: &str, status: Status) -> StatusUpdate {
        StatusUpdate {
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            provider_id: provider_id.to_owned(),
            outgoing: None,
            recipient: Identities::default(),
            status,
            at: self.now(),
            error: None,
            asks: None,
        }
    }

    fn status_of(&self, id: OutgoingId) -> &'static str {
        let code = self.look(&format!("SELECT status FROM outgoing WHERE id = {}", id.id));
        Status::from_code(code.parse().unwrap()).unwrap().name()
    }

    /// The running totals against a count of every row.
    async fn totals_are_true(&self, records: &Records) {
        let report = records.report(self.now()).await.unwrap();
        for (status, told) in report.by_status {
            let counted = self.rows(&format!("outgoing WHERE status = {}", status.code()));
            assert_eq!(told, counted, "{}", status.name());
        }
        assert_eq!(report.contacts, self.rows("contacts"));
        assert_eq!(report.members, self.rows("members WHERE until IS NULL"));
        assert_eq!(report.parked, self.rows("parked"));
        assert_eq!(report.unmatched_statuses, self.rows("unmatched_statuses"));
    }
}

fn phone(number: &str) -> (Channel, Identities) {
    (Channel::Whatsapp, Identities::of(AddressKind::Phone, number))
}

async fn contact_of(records: &Records, number: &str) -> i64 {
    records.resolve(vec![phone(number)]).await.unwrap()[0]
}

fn sent(provider_id: &str) -> SendResult {
    SendResult::Sent { provider_id: Some(provider_id.to_owned()) }
}

#[tokio::test]
async fn a_message_waits_while_another_process_holds_an_earlier_one_of_the_same_person() {
    let house = House::new();
    let (one, other) = (house.process().await, house.process().await);
    let contact = contact_of(&one, PHONE).await;
    let first = house.queued(&one, contact, "a").await;
    assert_eq!(one.claim(house.now(), 10).await.unwrap().len(), 1);
    let second = house.queued(&other, contact, "b").await;
    let stranger = contact_of(&one, "9898989898").await;
    let third = house.queued(&other, stranger, "c").await;
    let ids = |claimed: Vec<crate::message::Outgoing>| -> Vec<OutgoingId> {
        claimed.into_iter().map(|outgoing| outgoing.id).collect()
    };
    assert_eq!(ids(other.claim(house.now(), 1).await.unwrap()), [third]);
    assert!(other.claim(house.now(), 10).await.unwrap().is_empty());
    house.told(&one, first, sent("wamid.1")).await;
    assert_eq!(ids(other.claim(house.now(), 10).await.unwrap()), [second]);
}

#[tokio::test]
async fn a_reply_is_not_born_claimed_while_another_process_holds_an_earlier_one() {
    let house = House::new();
    let (one, other) = (house.process().await, house.process().await);
    let contact = contact_of(&one, PHONE).await;
    let first = house.queued(&one, contact, "a").await;
    assert_eq!(one.claim(house.now(), 10).await.unwrap().len(), 1);
    assert!(!house.is_born_claimed(&other, contact, "b").await);
    // Its own it has in its queues, where they keep their order.
    assert!(other.claim(house.now(), 10).await.unwrap().is_empty());
    house.told(&one, first, sent("wamid.1")).await;
    assert_eq!(other.claim(house.now(), 10).await.unwrap().len(), 1);
    assert!(house.is_born_claimed(&other, contact, "c").await);
}

#[tokio::test]
async fn a_word_that_meets_the_answer_to_its_send_is_never_left_lying() {
    let house = House::new();
    let (one, other) = (house.process().await, house.process().await);
    for round in 0..40 {
        let contact = contact_of(&one, &format!("98765{round:05}")).await;
        let id = house.queued(&one, contact, &format!("k{round}")).await;
        assert_eq!(one.claim(house.now(), 1).await.unwrap()[0].id, id);
        let name = format!("wamid.{round}");
        let answer = house.told(&one, id, sent(&name));
        let words = other.apply_statuses(vec![house.word(&name, Status::Delivered)]);
        let ((), applied) = tokio::join!(answer, words);
        applied.unwrap();
        assert_eq!(house.status_of(id), "delivered", "round {round}");
    }
    assert_eq!(house.rows("unmatched_statuses"), 0);
    house.totals_are_true(&one).await;
}

#[tokio::test]
async fn words_about_one_message_in_one_group_end_at_the_highest() {
    let house = House::new();
    let records = house.process().await;
    let contact = contact_of(&records, PHONE).await;
    let id = house.queued(&records, contact, "a").await;
    records.claim(house.now(), 1).await.unwrap();
    // Its name comes with the second of them.
    let mut words = vec![house.word("wamid.out", Status::Read); 3];
    words[1].outgoing = Some(id);
    words[1].status = Status::Delivered;
    words[2].status = Status::Sent;
    words.push(house.word("wamid.strange", Status::Read));
    records.apply_statuses(words).await.unwrap();
    assert_eq!(house.status_of(id), "read");
    assert_eq!((house.rows("status_log"), house.rows("unmatched_statuses")), (3, 1));
    house.totals_are_true(&records).await;
}

#[tokio::test]
async fn a_row_of_a_newer_version_holds_up_nobody_else() {
    let house = House::new();
    let records = house.process().await;
    let mut ids = Vec::new();
    for person in 0..3 {
        let contact = contact_of(&records, &format!("987654321{person}")).await;
        ids.push(house.queued(&records, contact, &format!("k{person}")).await);
    }
    records.claim(house.now(), 10).await.unwrap();
    house.look(&format!("UPDATE outgoing SET status = 99 WHERE id = {}", ids[1].id));
    let words = ids.iter().map(|id| {
        let word = StatusUpdate { outgoing: Some(*id), ..house.word("", Status::Delivered) };
        records.apply_statuses(vec![word])
    });
    let applied = futures_util::future::join_all(words).await;
    assert!(applied[0].is_ok() && applied[2].is_ok());
    assert!(matches!(applied[1], Err(RecordsError::Broken { column: "status", .. })));
    let delivered = format!("outgoing WHERE status = {}", Status::Delivered.code());
    assert_eq!(house.rows(&delivered), 2);
}

#[tokio::test]
async fn a_silent_process_is_ended_fenced_and_its_claims_are_unknown() {
    let house = House::new();
    let (one, other) = (house.process().await, house.process().await);
    let contact = contact_of(&one, PHONE).await;
    let id = house.queued(&one, contact, "a").await;
    assert_eq!(one.claim(house.now(), 1).await.unwrap().len(), 1);
    house.clock.advance(Duration::from_secs(31));
    other.heartbeat().await.unwrap();
    let swept = other.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(swept, Sweep { dead: 1, unknown: 1, again: 0 });
    assert_eq!(house.status_of(id), "unknown");
    assert!(matches!(one.heartbeat().await, Err(RecordsError::Fenced)));
    assert_eq!(house.look("SELECT DISTINCT epoch FROM totals ORDER BY epoch LIMIT 1"), "0");
    house.clock.advance(Duration::from_mins(3));
    assert_eq!(other.sweep(house.now(), WAITS).await.unwrap().again, 1);
    assert_eq!(other.claim(house.now(), 1).await.unwrap()[0].id, id);
    house.totals_are_true(&other).await;
    house.clock.advance(Duration::from_hours(31 * 24));
    other.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!((house.rows("processes"), house.rows("inbound_keys")), (1, 0));
    house.totals_are_true(&other).await;
}
