//! What the records promise, asked of both engines: SQLite in a folder of its own, PostgreSQL in a
//! database of its own on one server that all tests share.
//!
//! A promise is written once and stamped on both homes. What is true of one engine only stands in
//! `sqlite_only` or `postgres_only`, with the reason.

/// Stamps promises on both homes. Each is an `async fn` that takes a [`Home`]; one that is not named
/// here is dead code, and the compiler says so.
macro_rules! promises {
    ($($name:ident,)*) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(super::Home::Sqlite).await;
                }
            )*
        }

        mod on_postgres {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(super::Home::Postgres).await;
                }
            )*
        }
    };
}

mod broadcasts;
mod consent;
mod contacts;
mod delivery;
mod effects;
mod electors;
mod facts;
mod faults;
mod holds;
mod import;
mod keys;
mod listings;
mod merge;
mod migrate_data;
mod moved_house;
mod places;
mod plans;
mod polls;
mod polls_traces;
#[path = "../../../tests/it/support/postgres.rs"]
#[expect(dead_code, reason = "the end-to-end tests use the rest of it")]
pub(in crate::records) mod postgres;
mod postgres_only;
mod process;
#[path = "../../../tests/it/support/raw.rs"]
mod raw;
mod schemas;
mod series;
mod sqlite_only;
mod states;
mod statuses;
mod tags;
mod turns;
mod ways;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use self::postgres::{LentDatabase, PostgresServer};
use self::raw::Raw;
use super::{
    Beside, Counted, Records, RecordsError, RecordsOptions, Sweep, TurnCommit, Verdict, Waits,
};
use crate::clock::{Clock, Ids};
use crate::contact::{AddressKind, Contact, Identities, Road};
use crate::fact::Fact;
use crate::flow::Session;
use crate::message::{Channel, Content, Inbound, InboundContent, Lane, OutgoingId, Purpose, Reply};
use crate::seal::Keyring;

const PHONE: &str = "9812345678";
const ACCOUNT: &str = "106540352242922";

/// How long a process of these tests is believed alive after its last heartbeat.
const LEASE: Duration = Duration::from_secs(30);

/// The engine a promise is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    Sqlite,
    Postgres,
}

/// Records of a test's own, with a clock the test moves.
struct House {
    home: Home,
    /// The keys; on SQLite the database too.
    folder: TempDir,
    url: String,
    clock: Clock,
    records: Records,
    looking_in: OnceLock<Raw>,
    /// The last field: it goes when nobody uses it any more.
    database: Option<LentDatabase>,
}

impl House {
    /// A person as the gate asks of them.
    pub(super) async fn person(&self, contact: i64) -> Contact {
        self.records.asked(contact, None).await.unwrap().unwrap().contact
    }

    /// How many broadcasts of samvad they were sent since then, as this message counts them; `None`: as the
    /// newest of all.
    pub(super) async fn told(
        &self,
        contact: i64,
        since: Timestamp,
        asks: Option<OutgoingId>,
    ) -> u32 {
        let newest = OutgoingId { id: i64::MAX, created_ms: 0 };
        let asks = asks.unwrap_or(newest);
        let (purpose, broadcast) = (Purpose::Samvad, None);
        let counted = Counted { purpose, since, asks, broadcast };
        self.records.asked(contact, Some(counted)).await.unwrap().unwrap().told
    }
}

impl House {
    async fn new(home: Home) -> House {
        let folder = tempfile::tempdir().unwrap();
        let (url, database) = match home {
            Home::Sqlite => (sqlite_url(folder.path()), None),
            Home::Postgres => {
                let database = PostgresServer::shared().lend_database();
                (database.url().to_owned(), Some(database))
            }
        };
        let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
        let house = House::open(home, folder, url, clock).await;
        // From here on we hear.
        house.records.sweep(house.now(), WAITS).await.unwrap();
        House { database, ..house }
    }

    async fn open(home: Home, folder: TempDir, url: String, clock: Clock) -> House {
        let records = open(&url, folder.path(), &clock).await.unwrap();
        House { home, folder, url, clock, records, looking_in: OnceLock::new(), database: None }
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.toml")
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn wait(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The records as another process opens them, with the same keys and clock.
    async fn open_another(&self) -> Result<Records, RecordsError> {
        open(&self.url, self.folder.path(), &self.clock).await
    }

    /// The records as a command sees them.
    async fn beside(&self) -> Beside {
        Beside::open(options(&self.url, self.folder.path(), &self.clock)).await.unwrap()
    }

    /// The process ends without a word, what it claimed stays claimed, and another begins: where
    /// only one can be, it knows the first is gone; else it finds that out when the lease is over.
    async fn die_and_start_again(self) -> House {
        let House { home, folder, url, clock, records, looking_in, database } = self;
        drop((records, looking_in));
        let house = House { database, ..House::open(home, folder, url, clock).await };
        if home == Home::Postgres {
            house.wait(LEASE + Duration::from_millis(1));
            house.records.heartbeat().await.unwrap();
            house.records.sweep(house.now(), WAITS).await.unwrap();
        }
        house
    }

    /// A look past the interface, for what must not be there.
    fn raw(&self) -> &Raw {
        self.looking_in.get_or_init(|| self.another_raw())
    }

    /// The same on a connection of its own.
    fn another_raw(&self) -> Raw {
        Raw::open(&self.url)
    }

    fn rows(&self, table: &str) -> i64 {
        self.raw().rows(table)
    }

    /// Every table with its number of rows, but for the bookkeeping of the process itself.
    fn all_rows(&self) -> Vec<(String, i64)> {
        let mut tables = self.raw().tables();
        tables.retain(|table| table != "processes");
        tables.into_iter().map(|table| (table.clone(), self.rows(&table))).collect()
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
        let code = self.raw().number(&format!("SELECT status FROM outgoing WHERE id = {}", id.id));
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
        assert_eq!(report.contacts, count("contacts WHERE merged_into IS NULL"));
        assert_eq!(report.members, count("members WHERE until IS NULL AND state > 1"));
        assert_eq!(report.listed, count("members WHERE until IS NULL AND state = 1"));
        assert_eq!(report.parked, count("parked"));
        assert_eq!(report.unmatched_statuses, count("unmatched_statuses"));
    }
}

fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("samvad.db").display())
}

fn options(url: &str, folder: &Path, clock: &Clock) -> RecordsOptions {
    let keyring = Keyring::open(&folder.join("keys.toml"), true, &Ids::system()).unwrap();
    RecordsOptions {
        url: url.to_owned(),
        connections: 4,
        clock: clock.clone(),
        keyring: Arc::new(keyring),
        lease: LEASE,
        group: 500,
        membership: crate::config::MembershipSection::default(),
    }
}

/// Opens the records of this URL with the keys of this folder.
async fn open(url: &str, folder: &Path, clock: &Clock) -> Result<Records, RecordsError> {
    Records::open(options(url, folder, clock)).await
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

/// However seldom a test sweeps, it hears all the time.
pub(in crate::records) const WAITS: Waits =
    Waits { unknown_after: Duration::from_mins(2), sweep: Duration::MAX };

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
        effects: Vec::new(),
        cast: None,
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
        Ok(Verdict::Won { version, outgoing, .. }) => (version, outgoing),
        other => panic!("the turn did not win: {other:?}"),
    }
}
