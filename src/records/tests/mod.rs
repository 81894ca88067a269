//! What the records promise, asked of the real engine in a folder of its own.

mod contacts;
mod delivery;
mod facts;
mod faults;
mod keys;
mod migrate_data;
mod plans;
#[path = "../../../tests/it/support/postgres.rs"]
#[expect(dead_code, reason = "the end-to-end tests use the rest of it")]
pub(in crate::records) mod postgres;
mod process;
mod statuses;
mod turns;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::{Records, RecordsError, RecordsOptions, TurnCommit, Verdict};
use crate::clock::{Clock, Ids};
use crate::contact::{AddressKind, Identities, Road};
use crate::fact::Fact;
use crate::flow::Session;
use crate::message::{Channel, Content, Inbound, InboundContent, Lane, OutgoingId, Purpose, Reply};
use crate::seal::Keyring;

const PHONE: &str = "9812345678";
const ACCOUNT: &str = "106540352242922";

/// Records in a temporary folder, with a clock the test moves.
struct House {
    folder: TempDir,
    clock: Clock,
    records: Records,
}

impl House {
    async fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
        let records = open(folder.path(), &clock).await.unwrap();
        House { folder, clock, records }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("samvad.db")
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn wait(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The process ends without a word: what it claimed stays claimed on disk.
    async fn die_and_start_again(self) -> House {
        let House { folder, clock, records } = self;
        drop(records);
        let records = open(folder.path(), &clock).await.unwrap();
        House { folder, clock, records }
    }

    /// A look past the interface, for what must not be there.
    fn raw(&self) -> Connection {
        Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
    }

    fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.raw().query_row(&sql, (), |row| row.get(0)).unwrap()
    }

    /// Every table with its number of rows, but for the bookkeeping of the process itself.
    fn all_rows(&self) -> Vec<(String, i64)> {
        let raw = self.raw();
        let mut statement = raw
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table'
                 AND name NOT IN ('processes', 'sqlite_sequence') ORDER BY name",
            )
            .unwrap();
        let names: Vec<String> =
            statement.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names.into_iter().map(|name| (name.clone(), self.rows(&name))).collect()
    }

    async fn citizen(&self) -> i64 {
        self.contact_of(PHONE).await
    }

    async fn contact_of(&self, phone: &str) -> i64 {
        let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::Phone, phone))];
        self.records.resolve(from).await.unwrap()[0]
    }

    async fn version(&self, contact: i64) -> i64 {
        self.records.snapshot(contact).await.unwrap().unwrap().contact.version
    }

    /// A turn made from the contact's present version.
    async fn turn(&self, contact: i64, key: &str) -> TurnCommit {
        turn(contact, self.version(contact).await, key, self.now())
    }

    /// A won turn with one queued reply.
    async fn queued(&self, contact: i64, lane: Lane, purpose: Purpose) -> OutgoingId {
        let key = format!("queued-{}", self.rows("inbound_keys"));
        let mut turn = self.turn(contact, &key).await;
        turn.replies = vec![reply_in(lane, purpose, "जवाब")];
        let Verdict::Won { outgoing, .. } = self.records.commit(turn).await.unwrap() else {
            panic!("the turn did not win")
        };
        outgoing[0]
    }

    fn status_of(&self, id: OutgoingId) -> &'static str {
        let code: i64 = self
            .raw()
            .query_row("SELECT status FROM outgoing WHERE id = ?1", [id.id], |row| row.get(0))
            .unwrap();
        crate::message::Status::from_code(code).unwrap().name()
    }

    /// The running totals against a count of every row.
    async fn totals_are_true(&self) {
        let report = self.records.report(self.now()).await.unwrap();
        for (status, told) in report.by_status {
            let counted = self.rows(&format!("outgoing WHERE status = {}", status.code()));
            assert_eq!(told, u64::try_from(counted).unwrap(), "{}", status.name());
        }
        let count = |table: &str| u64::try_from(self.rows(table)).unwrap();
        assert_eq!(report.contacts, count("contacts"));
        assert_eq!(report.members, count("members WHERE until IS NULL"));
        assert_eq!(report.parked, count("parked"));
        assert_eq!(report.unmatched_statuses, count("unmatched_statuses"));
    }
}

fn options(folder: &Path, clock: &Clock) -> RecordsOptions {
    let keyring = Keyring::open(&folder.join("keys.toml"), true, &Ids::system()).unwrap();
    RecordsOptions {
        url: format!("sqlite://{}", folder.join("samvad.db").display()),
        connections: 10,
        clock: clock.clone(),
        keyring: Arc::new(keyring),
        lease: Duration::from_secs(30),
        unknown_after: Duration::from_mins(2),
        group: 500,
    }
}

async fn open(folder: &Path, clock: &Clock) -> Result<Records, RecordsError> {
    Records::open(options(folder, clock)).await
}

fn road() -> Road {
    Road { channel: Channel::Whatsapp, account: ACCOUNT.to_owned() }
}

fn text(key: &str, words: &str, at: Timestamp) -> Inbound {
    Inbound {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        key: key.to_owned(),
        from: Identities::of(AddressKind::Phone, PHONE),
        profile_name: Some("Ramesh Yadav".to_owned()),
        sent_at: at,
        content: InboundContent::Text { text: words.to_owned() },
        quoted: None,
    }
}

fn reply_in(lane: Lane, purpose: Purpose, words: &str) -> Reply {
    Reply { content: Content::Text { body: words.to_owned() }, lane, purpose }
}

fn reply(words: &str) -> Reply {
    reply_in(Lane::Reply, Purpose::Answer, words)
}

/// A turn with a session and one reply.
fn turn(contact: i64, expected_version: i64, key: &str, at: Timestamp) -> TurnCommit {
    TurnCommit {
        contact,
        expected_version,
        chain: crate::records::Chain::default(),
        place: 0,
        inbound: text(key, "सदस्य बनना है", at),
        received_at: at,
        road: road(),
        session: Some(Session {
            flow: "join".to_owned(),
            step: "name".to_owned(),
            visit: 1,
            ..Session::default()
        }),
        replies: vec![reply("आपका नाम?")],
        facts: Vec::new(),
        timers: Vec::new(),
        claim: false,
        parked: None,
    }
}

fn with_facts(mut turn: TurnCommit, facts: Vec<Fact>) -> TurnCommit {
    turn.facts = facts;
    turn
}

fn won(verdict: Result<Verdict, RecordsError>) -> (i64, Vec<OutgoingId>) {
    match verdict {
        Ok(Verdict::Won { version, outgoing }) => (version, outgoing),
        other => panic!("the turn did not win: {other:?}"),
    }
}
