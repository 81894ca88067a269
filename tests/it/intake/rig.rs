//! What the tests of intake stand on: one pair of stores, a process on it, and replicas.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use prometheus_client::registry::Registry;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::ballot_box::{BallotBox, PollKeys};
use samvad::channel::whatsapp::Sender;
use samvad::channel::whatsapp::config::AccessTokens;
use samvad::clock::{Clock, Ids};
use samvad::contact::{AddressKind, Identities};
use samvad::delivery::{DeliverySettings, Reports};
use samvad::effects::{self, EffectsOptions, Fetcher, Keeper, MediaFolder};
use samvad::gate::RulesHandle;
use samvad::geography::Geography;
use samvad::intake::{Admission, FlowsHandle, Intake, IntakeOptions};
use samvad::message::HistoryKind;
use samvad::message::{Channel, Envelope, Inbound, InboundContent};
use samvad::metrics::{Metrics, TurnLabels};
use samvad::records::{Beside, Erasure, Records, RecordsOptions, Snapshot, Waits};
use samvad::seal::Keyring;
use samvad::serve::load_flows;
use samvad::state::{State, StateOptions};
use samvad::vital::Vital;

use crate::support::asked::{self as poll, Opened35};
use crate::support::house::all;
use crate::support::postgres::{LentDatabase, PostgresServer};
use crate::support::raw::Raw;
use crate::support::redis::RedisServer;
use crate::support::redis_cluster::RedisCluster;

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

/// However seldom a test sweeps, it hears all the time.
pub(super) const WAITS: Waits =
    Waits { unknown_after: Duration::from_mins(2), sweep: Duration::MAX };

/// How long a process of the rig is believed alive after its last heartbeat.
const LEASE: Duration = Duration::from_secs(45);

/// Where the records and the live state are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    SqliteMemory,
    SqliteRedis,
    PostgresRedis,
    PostgresCluster,
}

impl Pair {
    /// The two ends are asked always, what lies between only in the long form.
    pub(super) fn is_asked(self) -> bool {
        matches!(self, Pair::SqliteMemory | Pair::PostgresCluster) || all()
    }

    /// Whether several processes may write to the records.
    pub(super) fn has_many_writers(self) -> bool {
        matches!(self, Pair::PostgresRedis | Pair::PostgresCluster)
    }
}

/// The servers of the live state.
enum StateServers {
    /// Each process its own memory.
    None,
    Redis(RedisServer),
    Cluster(&'static RedisCluster),
}

/// What outlives a process.
struct Ground {
    pair: Pair,
    /// The keys; on SQLite the database too.
    folder: TempDir,
    records_url: String,
    /// Held as long as the ground.
    _database: Option<LentDatabase>,
    state_servers: StateServers,
    /// Nobody else's, so that tests can share servers.
    prefix: String,
    clock: Clock,
    said: AtomicU64,
    /// How long a provider is kept waiting at most.
    patience: Duration,
}

impl Ground {
    fn new(pair: Pair) -> Ground {
        static RIGS: AtomicU64 = AtomicU64::new(0);
        let folder = tempfile::tempdir().unwrap();
        let database = pair.has_many_writers().then(|| PostgresServer::shared().lend_database());
        let records_url = match &database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite://{}", folder.path().join("samvad.db").display()),
        };
        let state_servers = match pair {
            Pair::SqliteMemory => StateServers::None,
            Pair::SqliteRedis | Pair::PostgresRedis => StateServers::Redis(RedisServer::start()),
            Pair::PostgresCluster => StateServers::Cluster(RedisCluster::shared()),
        };
        Ground {
            pair,
            folder,
            records_url,
            _database: database,
            state_servers,
            prefix: format!("rig{}", RIGS.fetch_add(1, Ordering::Relaxed)),
            clock: Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap()),
            said: AtomicU64::new(0),
            patience: Duration::from_secs(20),
        }
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.toml")
    }

    fn keyring(&self) -> Arc<Keyring> {
        Arc::new(Keyring::open(&self.keys(), true, &Ids::system()).unwrap())
    }

    async fn open_records(&self, keyring: &Arc<Keyring>) -> Records {
        Records::open(self.records_options(keyring)).await.unwrap()
    }

    fn records_options(&self, keyring: &Arc<Keyring>) -> RecordsOptions {
        RecordsOptions {
            url: self.records_url.clone(),
            connections: 4,
            clock: self.clock.clone(),
            keyring: Arc::clone(keyring),
            lease: LEASE,
            group: 500,
            membership: samvad::config::MembershipSection::default(),
        }
    }

    /// A process's own view of the live state; in memory it is the process's alone.
    fn open_state(&self) -> State {
        let url = match &self.state_servers {
            StateServers::None => "memory".to_owned(),
            StateServers::Redis(redis) => redis.url(),
            StateServers::Cluster(cluster) => cluster.url(),
        };
        State::open(StateOptions::new(url, &self.prefix, self.clock.clone())).unwrap()
    }
}

/// One running process: intake with nothing behind it, so that replies stay queued in the records.
pub(super) struct Process {
    pub(super) records: Records,
    pub(super) state: State,
    pub(super) intake: Intake,
    /// Looks which polls are open when a test tells it to.
    pub(super) ballots: BallotBox,
    pub(super) metrics: Arc<Metrics>,
    pub(super) fenced: CancellationToken,
    pub(super) vital: Vital,
    pub(super) rules: RulesHandle,
    tracker: TaskTracker,
    shutdown: CancellationToken,
}

impl Process {
    fn start(ground: &Ground, records: Records, keyring: &Arc<Keyring>) -> Process {
        let state = ground.open_state();
        let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let (fenced, vital) = (CancellationToken::new(), Vital::fragile());
        let metrics = Metrics::register(&mut Registry::default());
        let poll_keys = PollKeys::beside(&ground.keys());
        let ballots = BallotBox::new(records.clone(), poll_keys, geography());
        let rules = RulesHandle::default();
        let intake = Intake::start(&IntakeOptions {
            records: records.clone(),
            state: state.clone(),
            flows: shipped(),
            rules: rules.clone(),
            calls: std::sync::Arc::default(),
            keyring: Arc::clone(keyring),
            clock: ground.clock.clone(),
            ids: Ids::counted(),
            delivery: None,
            ballots: Some(ballots.clone()),
            reports: Reports::new(
                records.clone(),
                ground.clock.clone(),
                &DeliverySettings::default(),
            ),
            capacity: 0,
            shards: 2,
            state_ttl: Duration::from_hours(24),
            tracker: tracker.clone(),
            shutdown: shutdown.clone(),
            fenced: fenced.clone(),
            vital: vital.clone(),
            patience: ground.patience,
            metrics: Arc::clone(&metrics),
        });
        Process {
            records,
            state,
            intake,
            ballots,
            metrics,
            fenced,
            vital,
            rules,
            tracker,
            shutdown,
        }
    }

    /// Everything in the process stops; what the records say of it is left as it is.
    async fn stop(self) -> Records {
        let Process { records, intake, tracker, shutdown, .. } = self;
        drop(intake);
        shutdown.cancel();
        tracker.close();
        tracker.wait().await;
        records
    }

    /// [`Process::admit`], to be gathered with others.
    pub(super) fn admit_boxed(&self, inbound: Vec<Inbound>) -> BoxFuture<'_, Admission> {
        Box::pin(self.admit(inbound))
    }

    pub(super) async fn admit(&self, inbound: Vec<Inbound>) -> Admission {
        let envelope = Envelope { inbound, ..Envelope::default() };
        tokio::time::timeout(Duration::from_secs(30), self.intake.admit(envelope))
            .await
            .expect("an envelope is answered")
    }

    /// Carries out what committed turns want, from now on.
    pub(super) fn carry_out(&self, clock: &Clock, fetcher: Fetcher, keeper: Keeper) {
        effects::start(EffectsOptions {
            records: self.records.clone(),
            intake: self.intake.clone(),
            fetcher,
            keeper,
            clock: clock.clone(),
            ids: Ids::system(),
            tracker: self.tracker.clone(),
            shutdown: self.shutdown.clone(),
            vital: self.vital.clone(),
            metrics: Arc::clone(&self.metrics),
        });
    }

    pub(super) fn turns(&self, outcome: &'static str) -> u64 {
        self.metrics.turns.get_or_create(&TurnLabels { channel: "whatsapp", outcome }).get()
    }
}

/// A pair of stores, a process on it, and the hands of a test.
pub(super) struct Rig {
    ground: Ground,
    pub(super) clock: Clock,
    pub(super) keyring: Arc<Keyring>,
    process: Process,
    looking_in: OnceLock<Raw>,
}

impl Deref for Rig {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

/// The places, read once for all tests.
fn geography() -> Arc<Geography> {
    static PLACES: OnceLock<Arc<Geography>> = OnceLock::new();
    Arc::clone(PLACES.get_or_init(|| Arc::new(Geography::shipped().unwrap())))
}

/// The shipped flows, loaded once for all tests.
fn shipped() -> FlowsHandle {
    static FLOWS: OnceLock<FlowsHandle> = OnceLock::new();
    let load = || {
        let geography = geography();
        FlowsHandle::new(load_flows(None, None, &geography).unwrap())
    };
    FLOWS.get_or_init(load).clone()
}

impl Rig {
    pub(super) async fn new(pair: Pair) -> Rig {
        Rig::open(Ground::new(pair)).await
    }

    /// Providers wait only so long for their answer.
    pub(super) async fn with_patience(pair: Pair, patience: Duration) -> Rig {
        Rig::open(Ground { patience, ..Ground::new(pair) }).await
    }

    async fn open(ground: Ground) -> Rig {
        let (clock, keyring) = (ground.clock.clone(), ground.keyring());
        let records = ground.open_records(&keyring).await;
        let process = Process::start(&ground, records, &keyring);
        Rig { ground, clock, keyring, process, looking_in: OnceLock::new() }
    }

    /// Carries out what committed turns want, from now on.
    pub(super) fn carry_out(&self, fetcher: Fetcher) {
        let keeper = Keeper { whatsapp: None, folder: self.media() };
        self.process.carry_out(&self.clock, fetcher, keeper);
    }

    /// The same, with WhatsApp at this address.
    pub(super) fn carry_out_by(&self, fetcher: Fetcher, graph: &str) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let token = samvad::config::Secret::new("token");
        let tokens = AccessTokens { common: Some(token), ..AccessTokens::default() };
        let whatsapp = Some(Sender::new(client, graph, tokens));
        self.process.carry_out(&self.clock, fetcher, Keeper { whatsapp, folder: self.media() });
    }

    /// The folder of media.
    pub(super) fn media(&self) -> MediaFolder {
        MediaFolder::new(self.ground.folder.path().join("media"), Ids::system())
    }

    /// The process ends in good order and another begins.
    pub(super) async fn restart(self) -> Rig {
        let Rig { ground, process, .. } = self;
        process.stop().await.close().await.unwrap();
        Rig::open(ground).await
    }

    /// The process ends without a word and another begins, after its lease: where only one can be,
    /// it knows at its start that the first is gone; else it finds that out by the lease.
    pub(super) async fn die_and_start_again(self) -> Rig {
        let Rig { ground, process, .. } = self;
        drop(process.stop().await);
        let rig = Rig::open(ground).await;
        rig.clock.advance(LEASE + Duration::from_millis(1));
        rig.records.heartbeat().await.unwrap();
        rig.records.sweep(rig.now(), WAITS).await.unwrap();
        rig
    }

    /// The replica ends in good order.
    pub(super) async fn leaves(&self, replica: Process) {
        let records = replica.stop().await;
        if self.ground.pair.has_many_writers() {
            records.close().await.unwrap();
        }
    }

    /// Everything the live state holds is lost.
    pub(super) async fn flush_state(&self, contacts: &[i64]) {
        match &self.ground.state_servers {
            StateServers::None => {
                for contact in contacts {
                    self.state.forget(*contact).await.unwrap();
                }
            }
            StateServers::Redis(redis) => drop(redis.command(&["FLUSHALL"])),
            StateServers::Cluster(cluster) => cluster.flush_prefix(&self.ground.prefix),
        }
    }

    /// Adds a sealing key to the file; a process that starts after it seals under the new one.
    pub(super) fn rotate_keys(&self) {
        Keyring::rotate(&self.ground.keys(), &Ids::system()).unwrap();
    }

    /// A second process on the same ground. Where the records are one process's only, it shares them
    /// and nothing else.
    pub(super) async fn replica(&self) -> Process {
        let records = if self.ground.pair.has_many_writers() {
            self.ground.open_records(&self.keyring).await
        } else {
            self.records.clone()
        };
        Process::start(&self.ground, records, &self.keyring)
    }

    /// A poll asks these contacts from now on, a voter each, from 1.
    pub(super) async fn open_poll(&self, voters: &[i64], more: &str) -> Opened35 {
        let url = self.ground.records_url.clone();
        let options = poll::options(url, &self.ground.keys(), self.clock.clone());
        let poll = poll::open(options, &self.ground.keys(), voters, more).await;
        self.ballots.refresh().await.unwrap();
        poll
    }

    pub(super) fn wait(&self, hours: u64) {
        self.clock.advance(Duration::from_hours(hours));
    }

    /// A text of a person, sent now, under a key of its own.
    pub(super) fn text(&self, phone: &str, words: &str) -> Inbound {
        let number = self.ground.said.fetch_add(1, Ordering::Relaxed);
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

    /// As the office erases somebody beside the server.
    pub(super) async fn erase(&self, contact: i64) {
        let options = self.ground.records_options(&self.keyring);
        let beside = Beside::open(options).await.unwrap();
        let (by, why) = ("कार्यालय".to_owned(), "T-1".to_owned());
        beside.erase_person(contact, &Erasure { by, why, at: self.now() }).await.unwrap();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A look past the interface.
    pub(super) fn raw(&self) -> &Raw {
        self.looking_in.get_or_init(|| self.another_raw())
    }

    /// The same on a connection of its own.
    pub(super) fn another_raw(&self) -> Raw {
        Raw::open(&self.ground.records_url)
    }

    pub(super) fn rows(&self, table: &str) -> i64 {
        self.raw().rows(table)
    }
}
