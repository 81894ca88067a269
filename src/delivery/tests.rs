//! Delivery between scripted records and a scripted provider, on a clock that jumps.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::outbox::{Carrier, Outbox};
use super::*;
use crate::broadcast::BroadcastState;
use crate::calendar::{Calendar, text_hash};
use crate::channel::{ErrorClass, SendAnswer, SendError};
use crate::contact::{AddressKind, ConsentNow, Contact, Identities};
use crate::gate::{Caps, Rules, RulesHandle};
use crate::message::{
    Channel, Content, Lane, Mark, OutgoingId, PreferenceUpdate, Purpose, Registered, Status,
    Template,
};
use crate::records::{
    Asked, Counted, Heartbeat, Hold, HoldKind, HoldName, RecordsError, Refused, Rests, SendRecord,
    SendResult, Sweep, Waits, keep_lease,
};
use crate::state::{Bucket, LiveEvent, StateOptions};

mod answers;
mod broadcasts;
mod ends;
mod held;
mod lawful;
mod limits;
mod order;
mod simulation;

fn start_of_time() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

/// A message inside the person's window, from number "1" of ours.
pub(super) fn message(id: i64, contact: i64, lane: Lane) -> Outgoing {
    Outgoing {
        id: OutgoingId { id, created_ms: 1 },
        contact,
        channel: Channel::Whatsapp,
        account: "1".to_owned(),
        to: Identities::of(AddressKind::Phone, "9812345678"),
        lane,
        purpose: Purpose::Answer,
        content: Content::Text { body: "नमस्ते".to_owned() },
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: Some(start_of_time() + SignedDuration::from_hours(20)),
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

fn reply(id: i64, contact: i64) -> Outgoing {
    message(id, contact, Lane::Reply)
}

/// A template outside the person's window.
fn unasked(id: i64, contact: i64) -> Outgoing {
    let template = Template {
        name: "t".to_owned(),
        language: "hi".to_owned(),
        header: None,
        body: Vec::new(),
        buttons: Vec::new(),
    };
    Outgoing {
        purpose: Purpose::Membership,
        content: Content::Template(template),
        window_until: None,
        ..reply(id, contact)
    }
}

/// A short message by a DLT template.
fn short(id: i64, contact: i64, template: &str) -> Outgoing {
    let dlt = Registered {
        entity: Some("1".to_owned()),
        template: template.to_owned(),
        headers: Vec::new(),
        promotional: false,
    };
    Outgoing {
        channel: Channel::Sms,
        account: "party".to_owned(),
        content: Content::Registered { body: "नमस्ते".to_owned(), dlt },
        ..reply(id, contact)
    }
}

fn refused(class: ErrorClass) -> SendAnswer {
    SendAnswer::Refused(SendError { class, code: Some(1), http: Some(400), retry_after: None })
}

fn accepted() -> SendAnswer {
    SendAnswer::Accepted { provider_id: Some("wamid.1".to_owned()), held: false }
}

/// Records in memory, which keep the promises of the real ones that delivery builds on.
#[derive(Clone, Default)]
struct FakeRecords(Arc<Mutex<FakeRows>>);

#[derive(Default)]
struct FakeRows {
    rows: BTreeMap<OutgoingId, Row>,
    contacts: HashMap<i64, Contact>,
    preferences: Vec<PreferenceUpdate>,
    holds: HashMap<HoldName, Hold>,
    broadcasts: HashMap<i64, BroadcastState>,
    /// What was counted of people.
    counted: Vec<Counted>,
    /// Every outcome as it was recorded.
    log: Vec<(OutgoingId, SendResult)>,
    heartbeats: usize,
    sweeps: usize,
    most_claimed: usize,
    /// How long a commit takes, when it is not a moment.
    commit: Option<Duration>,
    fenced: bool,
    unavailable: bool,
    /// The next claim is carried out and its answer lost.
    loses_a_claim: bool,
    /// Rows that cannot be written.
    refused: BTreeSet<OutgoingId>,
}

#[derive(Clone, Debug)]
struct Row {
    outgoing: Outgoing,
    status: Status,
    not_before: Option<Timestamp>,
    /// When it was claimed from the queue.
    claimed_at: Option<Timestamp>,
}

impl FakeRecords {
    fn add(&self, outgoing: Outgoing, status: Status) {
        let row = Row { status, not_before: None, claimed_at: None, outgoing };
        self.0.lock().rows.insert(row.outgoing.id, row);
    }

    fn status(&self, id: i64) -> Status {
        self.0.lock().rows[&OutgoingId { id, created_ms: 1 }].status
    }

    fn results(&self, id: i64) -> Vec<SendResult> {
        let rows = self.0.lock();
        rows.log
            .iter()
            .filter(|(logged, _)| logged.id == id)
            .map(|(_, result)| result.clone())
            .collect()
    }

    fn all(&self, status: Status) -> bool {
        self.0.lock().rows.values().all(|row| row.status == status)
    }

    fn check(&self) -> Result<(), RecordsError> {
        let rows = self.0.lock();
        if rows.fenced {
            return Err(RecordsError::Fenced);
        }
        if rows.unavailable {
            return Err(RecordsError::Unavailable("the disk is full".to_owned()));
        }
        Ok(())
    }
}

impl FakeRows {
    fn claim(&mut self, now: Timestamp, limit: usize) -> Vec<Outgoing> {
        let mut due: Vec<&mut Row> = self
            .rows
            .values_mut()
            .filter(|row| row.status == Status::Queued)
            .filter(|row| row.not_before.is_none_or(|at| at <= now))
            .collect();
        due.sort_by_key(|row| (row.outgoing.lane, row.outgoing.id));
        let mut claimed = Vec::new();
        for row in due.into_iter().take(limit) {
            row.status = Status::Claimed;
            row.claimed_at = Some(now);
            claimed.push(row.outgoing.clone());
        }
        self.most_claimed = self.most_claimed.max(limit);
        claimed
    }
}

impl Heartbeat for FakeRecords {
    async fn heartbeat(&self) -> Result<(), RecordsError> {
        self.check()?;
        self.0.lock().heartbeats += 1;
        Ok(())
    }
}

impl Outbox for FakeRecords {
    async fn claim(&self, now: Timestamp, limit: usize) -> Result<Vec<Outgoing>, RecordsError> {
        self.check()?;
        // A question takes a moment, and so does its answer.
        tokio::time::sleep(Duration::from_millis(2)).await;
        let claimed = self.0.lock().claim(now, limit);
        tokio::time::sleep(Duration::from_millis(2)).await;
        if std::mem::take(&mut self.0.lock().loses_a_claim) {
            return Err(RecordsError::Unavailable("the answer was lost".to_owned()));
        }
        Ok(claimed)
    }

    async fn record_sends(&self, sends: Vec<SendRecord>) -> Result<(), RecordsError> {
        let commit = self.0.lock().commit.unwrap_or(Duration::from_millis(3));
        tokio::time::sleep(commit).await;
        self.check()?;
        let mut rows = self.0.lock();
        if sends.iter().any(|send| rows.refused.contains(&send.id)) {
            return Err(RecordsError::Refused("no such row".to_owned()));
        }
        for send in sends {
            rows.log.push((send.id, send.result.clone()));
            let row = rows.rows.get_mut(&send.id).expect("a row that was claimed");
            assert_eq!(row.status, Status::Claimed, "recorded twice: {send:?}");
            row.not_before = None;
            let result = match send.result {
                SendResult::Partly { taken, rest } => {
                    row.outgoing.parts_taken = taken;
                    *rest
                }
                result => result,
            };
            row.status = match result {
                SendResult::Sent { .. } => Status::Sent,
                SendResult::Unknown => Status::Unknown,
                SendResult::Failed { .. } => Status::Failed,
                SendResult::Suppressed { .. } => Status::Suppressed,
                SendResult::Expired => Status::Expired,
                SendResult::Retry { not_before, .. } => {
                    row.outgoing.attempts += 1;
                    row.not_before = Some(not_before);
                    Status::Queued
                }
                SendResult::Released { not_before } => {
                    row.not_before = not_before;
                    Status::Queued
                }
                SendResult::Partly { .. } => panic!("parts of parts"),
            };
        }
        Ok(())
    }

    async fn claimed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutgoingId>, RecordsError> {
        self.check()?;
        let rows = self.0.lock();
        let claimed = rows.rows.values().filter(|row| row.status == Status::Claimed);
        let old = claimed.filter(|row| row.claimed_at.is_some_and(|at| at < before));
        Ok(old.map(|row| row.outgoing.id).take(limit).collect())
    }

    async fn sweep(&self, _now: Timestamp, _waits: Waits) -> Result<Sweep, RecordsError> {
        self.check()?;
        self.0.lock().sweeps += 1;
        Ok(Sweep::default())
    }

    async fn asked(
        &self,
        contact: i64,
        counted: Option<Counted>,
    ) -> Result<Option<Asked>, RecordsError> {
        self.check()?;
        let mut rows = self.0.lock();
        rows.counted.extend(counted);
        let Some(known) = rows.contacts.get(&contact).cloned() else { return Ok(None) };
        let is_counted = |row: &&Row| {
            row.outgoing.contact == contact
                && row.outgoing.lane == Lane::Broadcast
                && counted.is_some_and(|counted| {
                    let is_older = row.status == Status::Claimed && row.outgoing.id < counted.asks;
                    row.outgoing.purpose == counted.purpose
                        && (row.status == Status::Sent || is_older)
                })
        };
        let told = rows.rows.values().filter(is_counted).count();
        Ok(Some(Asked { contact: known, told: u32::try_from(told).unwrap_or(u32::MAX) }))
    }

    async fn broadcast_state(&self, id: i64) -> Result<Option<BroadcastState>, RecordsError> {
        Ok(self.0.lock().broadcasts.get(&id).copied())
    }

    async fn apply_preferences(&self, updates: Vec<PreferenceUpdate>) -> Result<(), RecordsError> {
        self.check()?;
        self.0.lock().preferences.extend(updates);
        Ok(())
    }

    async fn mark(&self, contact: i64, mark: Mark, _at: Timestamp) -> Result<(), RecordsError> {
        self.check()?;
        self.0.lock().contacts.entry(contact).or_default().marks.push(mark);
        Ok(())
    }

    async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        self.check()?;
        let rows = self.0.lock();
        Ok(rows.holds.values().filter(|hold| hold.ended.is_none()).cloned().collect())
    }

    async fn hold(&self, refused: Refused) -> Result<Option<Rests>, RecordsError> {
        self.check()?;
        let mut rows = self.0.lock();
        let known = rows.holds.get(&refused.held).cloned();
        let rests = Hold::after(known, &refused);
        if let Some(rests) = &rests {
            rows.holds.insert(refused.held, rests.hold.clone());
        }
        Ok(rests)
    }

    async fn try_hold(
        &self,
        held: HoldName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.check()?;
        let mut rows = self.0.lock();
        let hold = rows.holds.get_mut(&held);
        let Some(hold) = hold.filter(|hold| hold.ended.is_none() && hold.until <= now) else {
            return Ok(false);
        };
        (hold.trying, hold.until) = (Some(now), until);
        Ok(true)
    }

    async fn end_hold(&self, held: HoldName, at: Timestamp) -> Result<bool, RecordsError> {
        self.check()?;
        let mut rows = self.0.lock();
        let hold = rows.holds.get_mut(&held).filter(|hold| hold.ended.is_none());
        Ok(hold.is_some_and(|hold| hold.ended.replace(at).is_none()))
    }
}

/// A provider that answers by script.
#[derive(Clone)]
struct FakeProvider(Arc<Mutex<Script>>);

struct Script {
    /// The next answers to a message; after them it is accepted.
    answers: HashMap<i64, VecDeque<Option<SendAnswer>>>,
    /// What it answers to everything that has no answer of its own.
    always: Option<SendAnswer>,
    latency: Duration,
    /// What a message needs before it is sent takes so long.
    preparing: Duration,
    calls: Vec<(i64, Instant)>,
    /// What each call carried.
    carried: Vec<Content>,
    /// What each message was whose parts were counted.
    counted: Vec<Content>,
    reads: Vec<i64>,
    under_way: usize,
    most_under_way: usize,
    panics: bool,
}

impl FakeProvider {
    fn calls(&self) -> Vec<i64> {
        self.0.lock().calls.iter().map(|(id, _)| *id).collect()
    }

    fn calls_of(&self, id: i64) -> Vec<Instant> {
        self.0.lock().calls.iter().filter(|call| call.0 == id).map(|call| call.1).collect()
    }

    fn answer(&self, id: i64, answer: SendAnswer) {
        self.0.lock().answers.entry(id).or_default().push_back(Some(answer));
    }
}

impl Carrier for FakeProvider {
    async fn prepare(&self, _: &Outgoing) {
        let preparing = self.0.lock().preparing;
        if !preparing.is_zero() {
            tokio::time::sleep(preparing).await;
        }
    }

    async fn send(&self, outgoing: &Outgoing) -> Option<SendAnswer> {
        let id = outgoing.id.id;
        let latency = {
            let mut script = self.0.lock();
            script.calls.push((id, Instant::now()));
            script.carried.push(outgoing.content.clone());
            script.under_way += 1;
            script.most_under_way = script.most_under_way.max(script.under_way);
            assert!(!script.panics, "a bug in the carrier");
            script.latency
        };
        tokio::time::sleep(latency).await;
        let mut script = self.0.lock();
        script.under_way -= 1;
        let scripted = script.answers.get_mut(&id).and_then(VecDeque::pop_front);
        scripted.unwrap_or_else(|| Some(script.always.clone().unwrap_or_else(accepted)))
    }

    fn parts(&self, outgoing: &Outgoing) -> Option<usize> {
        self.0.lock().counted.push(outgoing.content.clone());
        Some(1)
    }

    async fn mark_read(&self, outgoing: &Outgoing) {
        self.0.lock().reads.push(outgoing.id.id);
    }
}

/// Delivery with everything around it.
struct Bench {
    delivery: Delivery,
    records: FakeRecords,
    /// What the registry in force says of templates.
    registry: Arc<Mutex<HashMap<String, Known>>>,
    /// What the law and the office have in force; every text is known by the hash of its words.
    rules: RulesHandle,
    provider: FakeProvider,
    state: State,
    clock: Clock,
    halted: Arc<AtomicBool>,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    fenced: CancellationToken,
    vital: Vital,
    begun: Instant,
}

fn unlimited() -> DeliverySettings {
    DeliverySettings { limits: BTreeMap::new(), ..DeliverySettings::default() }
}

impl Bench {
    fn start(settings: DeliverySettings) -> Bench {
        let clock = Clock::fixed(start_of_time());
        let tracker = TaskTracker::new();
        let state = State::open(StateOptions::new("memory", "test", clock.clone())).unwrap();
        Bench::start_on(settings, clock, tracker, state)
    }

    fn start_on(
        settings: DeliverySettings,
        clock: Clock,
        tracker: TaskTracker,
        state: State,
    ) -> Bench {
        // The wall clock goes with the paused time of the runtime.
        let hand = clock.clone();
        let tick = Duration::from_millis(5);
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(tick).await;
                hand.advance(tick);
            }
        });
        Bench::start_beside(settings, clock, tracker, state)
    }

    /// On a clock that somebody else moves.
    fn start_beside(
        settings: DeliverySettings,
        clock: Clock,
        tracker: TaskTracker,
        state: State,
    ) -> Bench {
        let records = FakeRecords::default();
        let provider = FakeProvider(Arc::new(Mutex::new(Script {
            answers: HashMap::new(),
            always: None,
            latency: Duration::from_millis(20),
            preparing: Duration::ZERO,
            calls: Vec::new(),
            carried: Vec::new(),
            counted: Vec::new(),
            reads: Vec::new(),
            under_way: 0,
            most_under_way: 0,
            panics: false,
        })));
        let (shutdown, fenced) = (CancellationToken::new(), CancellationToken::new());
        let halted = Arc::new(AtomicBool::new(false));
        let lease = Lease::new(clock.clone());
        let (length, stop) = (settings.lease, CancellationToken::new());
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(keep_lease(records.clone(), lease.clone(), length, fenced.clone(), stop));
        let vital = Vital::fragile();
        let registry: Arc<Mutex<HashMap<String, Known>>> = Arc::default();
        let rules = RulesHandle::default();
        let delivery = start_with(
            records.clone(),
            provider.clone(),
            Parts {
                state: state.clone(),
                registrar: Registrar::new({
                    let registry = registry.clone();
                    move |template| registry.lock().get(template).cloned().unwrap_or(Known::No)
                }),
                rulebook: Rulebook::new(rules.clone(), |asked| {
                    let template =
                        asked.content.outside().map(|template| text_hash(&template.name));
                    let calendar = &asked.rules.calendar;
                    let certified =
                        template.is_some_and(|hash| calendar.covers("7", &[hash], asked.now));
                    Box::pin(std::future::ready(Ok(certified)))
                }),
                clock: clock.clone(),
                ids: Ids::counted(),
                halted: halted.clone(),
                tracker: tracker.clone(),
                shutdown: shutdown.clone(),
                fenced: fenced.clone(),
                lease: lease.clone(),
                vital: vital.clone(),
                metrics: DeliveryMetrics::default(),
                settings,
            },
        );
        let begun = Instant::now();
        Bench {
            delivery,
            records,
            registry,
            rules,
            provider,
            state,
            clock,
            halted,
            tracker,
            shutdown,
            fenced,
            vital,
            begun,
        }
    }

    /// Freshly committed, born claimed.
    fn send(&self, outgoing: impl IntoIterator<Item = Outgoing>) {
        let outgoing: Vec<Outgoing> = outgoing.into_iter().collect();
        for message in &outgoing {
            self.records.add(message.as_kept().into_owned(), Status::Claimed);
        }
        self.delivery.send(outgoing);
    }

    /// Queued in the records by somebody else.
    fn queue(&self, outgoing: impl IntoIterator<Item = Outgoing>) {
        for message in outgoing {
            self.records.add(message, Status::Queued);
        }
    }

    async fn run(&self, seconds: f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }

    /// Waits until every message has this status.
    async fn until_all(&self, status: Status) {
        let all = async {
            while !self.records.all(status) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let patience = Duration::from_hours(1);
        let became = tokio::time::timeout(patience, all).await;
        assert!(became.is_ok(), "not all became {status:?}: {:?}", self.records.0.lock().log);
    }

    async fn stop(&self) {
        self.shutdown.cancel();
        self.tracker.close();
        tokio::time::timeout(Duration::from_mins(2), self.tracker.wait())
            .await
            .expect("delivery ends");
    }

    /// Seconds from the start to each call of a message.
    fn times_of(&self, id: i64) -> Vec<f64> {
        let calls = self.provider.calls_of(id);
        calls.iter().map(|at| at.duration_since(self.begun).as_secs_f64()).collect()
    }
}

fn contact(consents: &[(Purpose, bool)]) -> Contact {
    let consents = consents
        .iter()
        .map(|(purpose, given)| ConsentNow {
            purpose: *purpose,
            given: *given,
            at: start_of_time(),
            only: None,
        })
        .collect();
    Contact { consents, last_inbound: Some(start_of_time()), ..Contact::default() }
}
