//! What the tests of intake stand on.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::registry::Registry;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::clock::{Clock, Ids};
use samvad::contact::{AddressKind, Identities};
use samvad::geography::Geography;
use samvad::intake::{Admission, FlowsHandle, Intake, IntakeOptions};
use samvad::message::HistoryKind;
use samvad::message::{Channel, Envelope, Inbound, InboundContent};
use samvad::metrics::{Metrics, TurnLabels};
use samvad::records::{Records, RecordsOptions, Snapshot};
use samvad::seal::Keyring;
use samvad::serve::load_flows;
use samvad::state::{State, StateOptions};

pub(super) const SITA: &str = "9812345678";
pub(super) const ACCOUNT: &str = "106540352242922";

/// What a citizen of Bareilly says to become a member, each with the step it answers.
pub(super) const JOINING: [(&str, &str); 9] = [
    ("सदस्य", ""),
    ("हाँ", "consent"),
    ("1985", "birth_year"),
    ("सुनीता देवी", "name"),
    ("बरेली", "district"),
    ("बरेली कैंट", "seat"),
    ("12", "booth"),
    ("सही है", "confirm"),
    ("नहीं", "samvad"),
];

/// Intake with nothing behind it: replies stay queued in the records.
pub(super) struct Rig {
    folder: TempDir,
    pub(super) clock: Clock,
    pub(super) keyring: Arc<Keyring>,
    pub(super) records: Records,
    pub(super) state: State,
    pub(super) intake: Intake,
    pub(super) metrics: Arc<Metrics>,
    pub(super) fenced: CancellationToken,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    said: AtomicU64,
}

/// The shipped flows, loaded once for all tests.
fn shipped() -> FlowsHandle {
    static FLOWS: OnceLock<FlowsHandle> = OnceLock::new();
    let load = || {
        let geography = Arc::new(Geography::shipped().unwrap());
        FlowsHandle::new(load_flows(None, None, &geography).unwrap())
    };
    FLOWS.get_or_init(load).clone()
}

/// What every replica shares.
struct Parts<'r> {
    records: &'r Records,
    keyring: &'r Arc<Keyring>,
    clock: &'r Clock,
}

impl Parts<'_> {
    /// An intake with a state of its own, as a replica whose Redis hears nothing.
    fn start(
        &self,
        tracker: &TaskTracker,
        shutdown: &CancellationToken,
        fenced: &CancellationToken,
    ) -> (Intake, State, Arc<Metrics>) {
        let state = State::open(StateOptions::new("memory", "test", self.clock.clone())).unwrap();
        let metrics = Metrics::register(&mut Registry::default());
        let intake = Intake::start(&IntakeOptions {
            records: self.records.clone(),
            state: state.clone(),
            flows: shipped(),
            keyring: Arc::clone(self.keyring),
            clock: self.clock.clone(),
            ids: Ids::counted(),
            delivery: None,
            capacity: 0,
            shards: 2,
            state_ttl: Duration::from_hours(24),
            tracker: tracker.clone(),
            shutdown: shutdown.clone(),
            fenced: fenced.clone(),
            metrics: Arc::clone(&metrics),
        });
        (intake, state, metrics)
    }
}

/// A second intake on the same records: all that two replicas have in common.
pub(super) struct Replica {
    pub(super) intake: Intake,
    pub(super) metrics: Arc<Metrics>,
}

impl Replica {
    pub(super) async fn admit(&self, inbound: Vec<Inbound>) -> Admission {
        admit(&self.intake, inbound).await
    }

    pub(super) fn turns(&self, outcome: &'static str) -> u64 {
        turns(&self.metrics, outcome)
    }
}

async fn admit(intake: &Intake, inbound: Vec<Inbound>) -> Admission {
    let envelope = Envelope { inbound, ..Envelope::default() };
    tokio::time::timeout(Duration::from_secs(30), intake.admit(envelope))
        .await
        .expect("an envelope is answered")
}

fn turns(metrics: &Metrics, outcome: &'static str) -> u64 {
    metrics.turns.get_or_create(&TurnLabels { channel: "whatsapp", outcome }).get()
}

impl Rig {
    pub(super) async fn new() -> Rig {
        let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
        Rig::open(tempfile::tempdir().unwrap(), clock, 0).await
    }

    async fn open(folder: TempDir, clock: Clock, said: u64) -> Rig {
        let keys = folder.path().join("keys.toml");
        let keyring = Arc::new(Keyring::open(&keys, true, &Ids::system()).unwrap());
        let records = Records::open(RecordsOptions {
            url: format!("sqlite://{}", folder.path().join("samvad.db").display()),
            connections: 10,
            clock: clock.clone(),
            keyring: Arc::clone(&keyring),
            lease: Duration::from_secs(45),
            unknown_after: Duration::from_mins(2),
            group: 500,
        })
        .await
        .unwrap();
        let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let fenced = CancellationToken::new();
        let parts = Parts { records: &records, keyring: &keyring, clock: &clock };
        let (intake, state, metrics) = parts.start(&tracker, &shutdown, &fenced);
        let said = AtomicU64::new(said);
        Rig {
            folder,
            clock,
            keyring,
            records,
            state,
            intake,
            metrics,
            fenced,
            tracker,
            shutdown,
            said,
        }
    }

    /// The process ends in good order and another begins.
    pub(super) async fn restart(self) -> Rig {
        let Rig { folder, clock, records, intake, tracker, shutdown, said, .. } = self;
        drop(intake);
        shutdown.cancel();
        tracker.close();
        tracker.wait().await;
        records.close().await.unwrap();
        Rig::open(folder, clock, said.into_inner()).await
    }

    pub(super) fn wait(&self, hours: u64) {
        self.clock.advance(Duration::from_hours(hours));
    }

    /// A text of a person, sent now, under a key of its own.
    pub(super) fn text(&self, phone: &str, words: &str) -> Inbound {
        let number = self.said.fetch_add(1, Ordering::Relaxed);
        Inbound {
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            key: format!("wamid.{number}"),
            from: Identities::of(AddressKind::Phone, phone),
            profile_name: None,
            sent_at: self.clock.now(),
            content: InboundContent::Text { text: words.to_owned() },
            quoted: None,
        }
    }

    pub(super) async fn admit(&self, inbound: Vec<Inbound>) -> Admission {
        admit(&self.intake, inbound).await
    }

    /// Another replica on the same records.
    pub(super) fn replica(&self) -> Replica {
        let parts = Parts { records: &self.records, keyring: &self.keyring, clock: &self.clock };
        let (intake, _, metrics) = parts.start(&self.tracker, &self.shutdown, &self.fenced);
        Replica { intake, metrics }
    }

    /// Says one thing and expects it to be taken.
    pub(super) async fn say(&self, phone: &str, words: &str) {
        let message = self.text(phone, words);
        assert_eq!(self.admit(vec![message]).await, Admission::Committed, "{words}");
    }

    pub(super) async fn contact(&self, phone: &str) -> i64 {
        let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::Phone, phone))];
        self.records.resolve(from).await.unwrap()[0]
    }

    pub(super) async fn snapshot(&self, phone: &str) -> Snapshot {
        let contact = self.contact(phone).await;
        self.records.snapshot(contact).await.unwrap().unwrap()
    }

    /// The step whose question is open; empty when no conversation is.
    pub(super) async fn step(&self, phone: &str) -> String {
        self.snapshot(phone).await.session.map(|session| session.step).unwrap_or_default()
    }

    /// The conversation as the records tell it: `> words` of the person, the bodies of ours.
    pub(super) async fn talk(&self, phone: &str) -> Vec<String> {
        let contact = self.contact(phone).await;
        let lines = self.records.history(contact, 1_000).await.unwrap();
        let as_text = |what| match what {
            HistoryKind::Person { content } => {
                format!("> {}", InboundContent::text(&content).unwrap_or_default())
            }
            HistoryKind::Us { content, .. } => content.body().to_owned(),
        };
        lines.into_iter().map(|line| as_text(line.what)).collect()
    }

    /// What the person said, in the order in which it was turned.
    pub(super) async fn heard(&self, phone: &str) -> Vec<String> {
        let talk = self.talk(phone).await;
        talk.iter().filter_map(|line| line.strip_prefix("> ")).map(str::to_owned).collect()
    }

    /// What we said.
    pub(super) async fn replies(&self, phone: &str) -> Vec<String> {
        let talk = self.talk(phone).await;
        talk.into_iter().filter(|line| !line.starts_with("> ")).collect()
    }

    /// Waits until the person was told so many things; fails after ten seconds.
    pub(super) async fn until_told(&self, phone: &str, count: usize) -> Vec<String> {
        for _ in 0..200 {
            let replies = self.replies(phone).await;
            if replies.len() >= count {
                return replies;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the person was told only {:#?}", self.talk(phone).await)
    }

    pub(super) fn turns(&self, outcome: &'static str) -> u64 {
        turns(&self.metrics, outcome)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A look past the interface.
    pub(super) fn raw(&self) -> Connection {
        let path = self.folder.path().join("samvad.db");
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
    }

    pub(super) fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.raw().query_row(&sql, (), |row| row.get(0)).unwrap()
    }
}
