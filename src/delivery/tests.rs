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
use crate::channel::{ErrorClass, SendAnswer, SendError};
use crate::contact::{AddressKind, ConsentNow, Contact, Identities};
use crate::message::{
    Channel, Content, Lane, OutgoingId, PreferenceUpdate, Purpose, Status, Template,
};
use crate::records::{Heartbeat, RecordsError, SendRecord, SendResult, Sweep, Waits, keep_lease};
use crate::state::{Bucket, LiveEvent, StateOptions};

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
            row.status = match send.result {
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

    async fn contact(&self, id: i64) -> Result<Option<Contact>, RecordsError> {
        self.check()?;
        Ok(self.0.lock().contacts.get(&id).cloned())
    }

    async fn apply_preferences(&self, updates: Vec<PreferenceUpdate>) -> Result<(), RecordsError> {
        self.check()?;
        self.0.lock().preferences.extend(updates);
        Ok(())
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

    async fn mark_read(&self, outgoing: &Outgoing) {
        self.0.lock().reads.push(outgoing.id.id);
    }
}

/// Delivery with everything around it.
struct Bench {
    delivery: Delivery,
    records: FakeRecords,
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
        let delivery = start_with(
            records.clone(),
            provider.clone(),
            Parts {
                state: state.clone(),
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
            self.records.add(message.clone(), Status::Claimed);
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

#[tokio::test(start_paused = true)]
async fn what_is_committed_is_sent_and_recorded() {
    let bench = Bench::start(DeliverySettings::default());
    bench.send([reply(1, 10), reply(2, 10), reply(3, 20)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1, 3, 2]);
    let sent = SendResult::Sent { provider_id: Some("wamid.1".to_owned()) };
    assert_eq!(bench.records.results(1), [sent]);
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_others_queued_is_claimed_and_sent() {
    let bench = Bench::start(unlimited());
    bench.queue((1..=500).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls().len(), 500);
    assert!(bench.records.0.lock().most_claimed <= 128, "few claims are held at once");
    assert!(bench.begun.elapsed() < Duration::from_secs(3), "{:?}", bench.begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_contact_leave_in_order_and_one_at_a_time() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().latency = Duration::from_millis(300);
    bench.send((1..=20).map(|id| reply(id, id % 2)));
    bench.until_all(Status::Sent).await;
    for parity in 0..2 {
        let order: Vec<i64> =
            bench.provider.calls().into_iter().filter(|id| id % 2 == parity).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
    assert_eq!(bench.provider.0.lock().most_under_way, 2);
}

#[tokio::test(start_paused = true)]
async fn what_a_message_needs_before_takes_nothing_of_the_time_of_its_call() {
    let bench = Bench::start(unlimited());
    {
        let mut script = bench.provider.0.lock();
        // Each within the limit of a call, both together beyond it.
        (script.preparing, script.latency) = (Duration::from_secs(20), Duration::from_secs(20));
    }
    bench.send([reply(1, 1)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1]);
}

#[tokio::test(start_paused = true)]
async fn calls_under_way_are_bounded() {
    let bench = Bench::start(DeliverySettings { concurrency: 8, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(1);
    bench.send((1..=100).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.0.lock().most_under_way, 8);
}

#[tokio::test(start_paused = true)]
async fn a_slow_mass_of_reminders_does_not_delay_a_reply() {
    // No broadcast passes the gate yet; a reminder stands behind persons just as it does.
    let bench = Bench::start(DeliverySettings { concurrency: 8, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(10);
    {
        let mut rows = bench.records.0.lock();
        for id in 1..=100 {
            rows.contacts.insert(id, contact(&[]));
        }
    }
    bench.send((1..=100).map(|id| message(id, id, Lane::Reminder)));
    bench.run(1.0).await;
    bench.send([reply(1_000, 1_000)]);
    bench.run(0.1).await;
    assert!(bench.provider.calls().contains(&1_000), "{:?}", bench.provider.calls());
}

#[tokio::test(start_paused = true)]
async fn a_number_of_ours_keeps_its_throughput() {
    let bench = Bench::start(DeliverySettings::default());
    bench.send((1..=400).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    let calls = bench.provider.0.lock().calls.clone();
    for (place, (_, at)) in calls.iter().enumerate() {
        let within = calls[place..]
            .iter()
            .take_while(|(_, later)| later.duration_since(*at) < Duration::from_secs(1));
        let within = within.count();
        assert!(within <= 90, "{within} messages in one second from {place} on");
    }
    let took = calls.last().unwrap().1.duration_since(calls[0].1);
    assert!(took < Duration::from_secs(6), "80 a second are used: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn one_person_gets_a_burst_and_then_one_in_six_seconds() {
    let bench = Bench::start(DeliverySettings::default());
    bench.send((1..=48).map(|id| reply(id, 7)));
    bench.send([reply(100, 8)]);
    bench.until_all(Status::Sent).await;
    let order: Vec<i64> = bench.provider.calls().into_iter().filter(|id| *id < 100).collect();
    assert_eq!(order, (1..=48).collect::<Vec<_>>());
    assert!(bench.times_of(45)[0] < 3.0);
    let waits = [bench.times_of(46)[0], bench.times_of(47)[0], bench.times_of(48)[0]];
    assert!(waits[0] >= 5.9 && waits[0] < 9.0, "{waits:?}");
    assert!(waits[2] - waits[1] > 5.0 && waits[2] - waits[1] < 8.0, "{waits:?}");
    assert!(bench.times_of(100)[0] < 1.0, "nobody else waits");
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_is_tried_again_and_the_rest_of_the_contact_waits() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, refused(ErrorClass::Retry { times: 3 }));
    bench.provider.answer(1, refused(ErrorClass::Retry { times: 3 }));
    bench.send([reply(1, 10), reply(2, 10), reply(3, 20)]);
    bench.run(0.1).await;
    bench.send([reply(4, 10)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1, 3, 1, 1, 2, 4]);
    let results = bench.records.results(1);
    assert!(matches!(results[0], SendResult::Retry { error: Some(1), .. }), "{results:?}");
    assert!(matches!(results[2], SendResult::Sent { .. }), "{results:?}");
}

#[tokio::test(start_paused = true)]
async fn a_contact_s_order_outlives_a_long_wait_only_so_long() {
    let bench =
        Bench::start(DeliverySettings { order_wait: Duration::from_secs(10), ..unlimited() });
    for _ in 0..4 {
        bench.provider.answer(1, refused(ErrorClass::WaitRecipient));
    }
    bench.send([reply(1, 10), reply(2, 10)]);
    bench.until_all(Status::Sent).await;
    // Waits of 1 and 4 s hold the second up, one of 16 s does not.
    assert_eq!(bench.provider.calls(), [1, 1, 1, 2, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_person_s_limit_makes_only_this_person_wait_ever_longer() {
    let bench = Bench::start(unlimited());
    for _ in 0..3 {
        bench.provider.answer(1, refused(ErrorClass::WaitRecipient));
    }
    bench.send([reply(1, 10), reply(2, 20)]);
    bench.until_all(Status::Sent).await;
    let times = bench.times_of(1);
    let waits: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (wait, expected) in waits.iter().zip([1.0, 4.0, 16.0]) {
        assert!(*wait >= expected && *wait < expected + 1.0, "{waits:?}");
    }
    assert!(bench.times_of(2)[0] < 0.1);
}

#[tokio::test(start_paused = true)]
async fn too_fast_halves_the_rate_and_it_recovers() {
    let bench = Bench::start(DeliverySettings::default());
    bench.provider.answer(1, refused(ErrorClass::Throttle));
    bench.send((1..=400).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    let calls = bench.provider.0.lock().calls.clone();
    let count = |from: f64, to: f64| {
        let seconds = |at: &Instant| at.duration_since(bench.begun).as_secs_f64();
        calls.iter().filter(|(_, at)| seconds(at) >= from && seconds(at) < to).count()
    };
    assert!(count(0.3, 1.0) < 5, "nothing for a second: {}", count(0.3, 1.0));
    let slow = count(1.5, 3.5);
    assert!((70..=110).contains(&slow), "about half of 160 in two seconds: {slow}");
    assert_eq!(bench.provider.calls_of(1).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_unknown_and_never_tried_again() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, SendAnswer::NoAnswer);
    bench.send([reply(1, 10), reply(2, 10)]);
    bench.run(120.0).await;
    assert_eq!(bench.provider.calls(), [1, 2]);
    assert_eq!(bench.records.results(1), [SendResult::Unknown]);
    assert_eq!(bench.records.status(2), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_unknown() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().latency = Duration::from_mins(5);
    bench.send([reply(1, 10)]);
    bench.run(25.0).await;
    assert_eq!(bench.records.results(1), [SendResult::Unknown]);
}

#[tokio::test(start_paused = true)]
async fn what_did_not_leave_is_tried_until_the_line_is_back() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().always = Some(SendAnswer::NotSent);
    bench.send((1..=200).map(|id| reply(id, id)));
    bench.run(120.0).await;
    let tried = bench.provider.calls().len();
    assert!(tried < 200, "a dead line is left alone, not called {tried} times");
    bench.provider.0.lock().always = None;
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_at_fault_stops_its_sender_and_loses_nothing() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().always = Some(refused(ErrorClass::PauseSender));
    bench.send((1..=300).map(|id| reply(id, id)));
    bench.send([Outgoing { account: "2".to_owned(), ..reply(1_000, 1_000) }]);
    bench.run(60.0).await;
    let tried = bench.provider.calls().len();
    assert!(tried <= 66, "only what was under way when it began: {tried}");
    assert!(bench.records.all(Status::Queued), "nothing is lost");
    let until = bench.state.paused("sender.whatsapp.1", bench.clock.now()).await.unwrap();
    assert!(until.is_some(), "other replicas know");
    // The next try is one message.
    bench.run(300.0).await;
    let probes = bench.provider.calls().len() - tried;
    assert!((1..=4).contains(&probes), "one message a sender looks whether it is well: {probes}");
    bench.provider.0.lock().always = None;
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_by_another_replica_stops_this_one() {
    let bench = Bench::start(unlimited());
    let until = bench.clock.now() + SignedDuration::from_mins(3);
    bench.state.pause(&sender_key(Channel::Whatsapp, "1"), until).await.unwrap();
    bench.send([reply(1, 10)]);
    bench.run(170.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn never_is_never() {
    let bench = Bench::start(unlimited());
    let classes = [
        (1, ErrorClass::Never, "refused"),
        (2, ErrorClass::OtherChannel, "other_channel"),
        (3, ErrorClass::NeedsTemplate, "needs_template"),
        (4, ErrorClass::OptedOut, "opted_out"),
    ];
    for (id, class, _) in classes {
        bench.provider.answer(id, refused(class));
    }
    bench.send((1..=4).map(|id| reply(id, id)));
    bench.run(90.0).await;
    assert_eq!(bench.provider.calls(), [1, 2, 3, 4]);
    for (id, _, reason) in classes {
        let failed = SendResult::Failed { error: Some(1), reason: reason.to_owned() };
        assert_eq!(bench.records.results(id), [failed]);
    }
    let preferences = bench.records.0.lock().preferences.clone();
    assert_eq!(preferences.len(), 1);
    assert!(preferences[0].stop);
    assert_eq!(preferences[0].from, reply(4, 4).to);
}

#[tokio::test(start_paused = true)]
async fn a_channel_without_a_sender_fails_by_name() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().answers.insert(1, VecDeque::from([None]));
    bench.send([reply(1, 10)]);
    bench.run(1.0).await;
    let failed = SendResult::Failed { error: None, reason: "no_sender".to_owned() };
    assert_eq!(bench.records.results(1), [failed]);
}

fn contact(consents: &[(Purpose, bool)]) -> Contact {
    let consents = consents
        .iter()
        .map(|(purpose, given)| ConsentNow {
            purpose: *purpose,
            given: *given,
            at: start_of_time(),
        })
        .collect();
    Contact { consents, last_inbound: Some(start_of_time()), ..Contact::default() }
}

#[tokio::test(start_paused = true)]
async fn the_gate_is_asked_again_at_sending() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(2, contact(&[(Purpose::Membership, true)]));
        rows.contacts.insert(3, contact(&[(Purpose::Membership, false)]));
        rows.contacts.insert(4, contact(&[]));
    }
    let late = Some(start_of_time() - SignedDuration::from_secs(1));
    let of_membership = |id| Outgoing { purpose: Purpose::Membership, ..reply(id, id) };
    bench.send([
        Outgoing { window_until: late, ..reply(1, 1) },
        of_membership(2),
        of_membership(3),
        of_membership(4),
        of_membership(5),
        Outgoing { send_before: late, ..reply(6, 6) },
        Outgoing { lane: Lane::Broadcast, purpose: Purpose::Membership, ..reply(7, 2) },
    ]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [2]);
    let suppressed = |reason: &str| vec![SendResult::Suppressed { reason: reason.to_owned() }];
    assert_eq!(bench.records.results(1), suppressed("window_closed"));
    assert_eq!(bench.records.results(3), suppressed("withdrawn"));
    assert_eq!(bench.records.results(4), suppressed("no_consent"));
    assert_eq!(bench.records.results(5), suppressed("no_contact"));
    assert_eq!(bench.records.results(6), [SendResult::Expired]);
    assert_eq!(bench.records.results(7), suppressed("not_yet"));
}

/// Free words that go as a template once the window is closed.
fn windowed(id: i64, contact: i64) -> Outgoing {
    let Content::Template(outside) = unasked(id, contact).content else { panic!("a template") };
    let inside = Box::new(reply(id, contact).content);
    Outgoing {
        purpose: Purpose::FollowUp,
        content: Content::Windowed { inside, outside },
        ..reply(id, contact)
    }
}

#[tokio::test(start_paused = true)]
async fn words_with_a_template_leave_as_the_moment_of_leaving_has_it() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(1, contact(&[]));
        rows.contacts.insert(2, contact(&[(Purpose::FollowUp, true)]));
    }
    let closed = Some(start_of_time() - SignedDuration::from_secs(1));
    bench.send([
        windowed(1, 1),
        Outgoing { window_until: closed, ..windowed(2, 2) },
        Outgoing { window_until: closed, channel: Channel::Simulator, ..windowed(3, 2) },
        Outgoing { window_until: closed, ..windowed(4, 1) },
    ]);
    bench.run(1.0).await;
    let (words, template) = (reply(1, 1).content, unasked(2, 2).content);
    let script = bench.provider.0.lock();
    let mut carried: Vec<_> = script.calls.iter().map(|(id, _)| *id).zip(&script.carried).collect();
    carried.sort_by_key(|(id, _)| *id);
    assert_eq!(carried, [(1, &words), (2, &template), (3, &words)]);
    let suppressed = vec![SendResult::Suppressed { reason: "no_consent".to_owned() }];
    assert_eq!(bench.records.results(4), suppressed);
}

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_in_the_queue_lets_the_template_out() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().contacts.insert(1, contact(&[(Purpose::FollowUp, true)]));
    let soon = Some(start_of_time() + SignedDuration::from_millis(500));
    bench.provider.answer(1, refused(ErrorClass::WaitRecipient));
    bench.send([Outgoing { window_until: soon, ..windowed(1, 1) }]);
    bench.until_all(Status::Sent).await;
    let carried = bench.provider.0.lock().carried.clone();
    assert_eq!(carried, [reply(1, 1).content, unasked(1, 1).content]);
}

#[tokio::test(start_paused = true)]
async fn the_provider_s_word_that_the_window_is_closed_sends_the_template_to_who_agreed() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(1, contact(&[(Purpose::FollowUp, true)]));
        rows.contacts.insert(2, contact(&[]));
    }
    for id in [1, 2] {
        bench.provider.answer(id, refused(ErrorClass::NeedsTemplate));
    }
    bench.send([windowed(1, 1)]);
    bench.run(1.0).await;
    bench.send([windowed(2, 2)]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [1, 1, 2]);
    let carried = bench.provider.0.lock().carried.clone();
    assert_eq!(carried[1], unasked(1, 1).content);
    let sent = SendResult::Sent { provider_id: Some("wamid.1".to_owned()) };
    assert_eq!(bench.records.results(1), [sent]);
    let suppressed = vec![SendResult::Suppressed { reason: "no_consent".to_owned() }];
    assert_eq!(bench.records.results(2), suppressed);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_would_come_too_late_is_expired() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, refused(ErrorClass::Tomorrow));
    let send_before = Some(start_of_time() + SignedDuration::from_hours(5));
    bench.send([Outgoing { send_before, ..reply(1, 1) }]);
    bench.run(1.0).await;
    assert_eq!(bench.records.results(1), [SendResult::Expired]);
}

#[tokio::test(start_paused = true)]
async fn the_day_s_number_of_people_is_kept_for_what_they_did_not_begin() {
    let limits = ChannelLimits { people_a_day: Some(2), ..ChannelLimits::default() };
    let bench = Bench::start(DeliverySettings {
        limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
        ..unlimited()
    });
    for id in 1..=3 {
        bench.records.0.lock().contacts.insert(id, contact(&[(Purpose::Membership, true)]));
    }
    bench.send([unasked(1, 1), unasked(2, 1), unasked(3, 2), unasked(4, 3), reply(5, 4)]);
    bench.run(60.0).await;
    let mut calls = bench.provider.calls();
    calls.sort_unstable();
    assert_eq!(calls, [1, 2, 3, 5]);
    assert_eq!(bench.records.status(4), Status::Queued);
}

#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_everything_and_loses_nothing() {
    let bench = Bench::start(unlimited());
    bench.halted.store(true, Ordering::Relaxed);
    bench.send((1..=10).map(|id| reply(id, id)));
    bench.queue((11..=20).map(|id| reply(id, id)));
    bench.run(120.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    assert!(bench.records.all(Status::Queued));
    bench.halted.store(false, Ordering::Relaxed);
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn more_than_memory_holds_goes_through_the_records_in_order() {
    let bench = Bench::start(DeliverySettings { capacity: 50, ..unlimited() });
    for batch in 0..40 {
        bench.send((1..=10).map(|place| reply(batch * 10 + place, place % 3)));
        bench.run(0.05).await;
    }
    bench.until_all(Status::Sent).await;
    let calls = bench.provider.calls();
    assert_eq!(calls.len(), 400);
    for person in 0..3 {
        let order: Vec<i64> =
            calls.iter().copied().filter(|id| ((id - 1) % 10 + 1) % 3 == person).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
    let released = bench
        .records
        .0
        .lock()
        .log
        .iter()
        .any(|(_, result)| matches!(result, SendResult::Released { .. }));
    assert!(released, "memory was full");
    // And the fast path is open again.
    bench.send([reply(1_000, 5)]);
    bench.run(0.02).await;
    assert!(bench.provider.calls().contains(&1_000));
}

#[tokio::test(start_paused = true)]
async fn what_was_given_back_and_is_not_written_yet_is_not_overtaken() {
    let bench = Bench::start(DeliverySettings { capacity: 2, ..unlimited() });
    bench.records.0.lock().commit = Some(Duration::from_secs(2));
    bench.send((1..=4).map(|id| reply(id, 1)));
    // The queue in the records was asked meanwhile, and was empty.
    bench.run(1.5).await;
    bench.send([reply(5, 1)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_what_is_under_way_and_gives_the_rest_back() {
    let bench = Bench::start(DeliverySettings { concurrency: 4, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(2);
    bench.send((1..=20).map(|id| reply(id, id)));
    bench.run(0.5).await;
    bench.stop().await;
    let rows = bench.records.0.lock();
    let count = |status| rows.rows.values().filter(|row| row.status == status).count();
    assert_eq!((count(Status::Sent), count(Status::Queued)), (4, 16));
}

#[tokio::test(start_paused = true)]
async fn at_whatever_moment_it_stops_no_claim_is_left_behind() {
    for moment in 0..40 {
        let bench = Bench::start(DeliverySettings { concurrency: 4, ..unlimited() });
        bench.queue((1..=100).map(|id| reply(id, id % 7)));
        tokio::time::sleep(Duration::from_millis(490 + moment)).await;
        bench.send((101..=110).map(|id| reply(id, id % 7)));
        bench.stop().await;
        let rows = bench.records.0.lock();
        let left = rows.rows.values().filter(|row| row.status == Status::Claimed).count();
        assert_eq!(left, 0, "stopped after {moment} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_only_so_long_and_what_is_cut_off_is_unknown() {
    let bench = Bench::start(DeliverySettings { drain: Duration::from_secs(3), ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(20);
    bench.send([reply(1, 1)]);
    bench.run(0.5).await;
    let begun = Instant::now();
    bench.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(bench.records.status(1), Status::Unknown);
    bench.send([reply(2, 2)]);
    assert_eq!(bench.provider.calls(), [1], "after the end nothing is called");
}

#[tokio::test(start_paused = true)]
async fn a_fenced_process_stops_at_once_and_says_so() {
    let bench = Bench::start(DeliverySettings { concurrency: 2, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(5);
    bench.send((1..=20).map(|id| reply(id, id)));
    bench.run(1.0).await;
    bench.records.0.lock().fenced = true;
    bench.fenced.cancelled().await;
    let called = bench.provider.calls().len();
    bench.send([reply(100, 100)]);
    bench.run(60.0).await;
    assert_eq!(bench.provider.calls().len(), called);
    bench.tracker.close();
    tokio::time::timeout(Duration::from_mins(2), bench.tracker.wait()).await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn no_call_begins_when_the_lease_could_end_before_it() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    // The records are away: the lease of 45 s cannot be renewed. A call may take 22 s.
    bench.records.0.lock().unavailable = true;
    bench.run(24.0).await;
    bench.send([reply(1, 1)]);
    bench.run(5.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    bench.records.0.lock().unavailable = false;
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1]);
}

#[tokio::test(start_paused = true)]
async fn outcomes_wait_for_the_records_and_are_not_lost() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    bench.records.0.lock().unavailable = true;
    bench.send((1..=10).map(|id| reply(id, id)));
    bench.run(5.0).await;
    assert_eq!(bench.provider.calls().len(), 10);
    assert!(bench.records.all(Status::Claimed));
    bench.records.0.lock().unavailable = false;
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn one_row_that_cannot_be_written_does_not_hold_up_the_others() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().refused.insert(reply(7, 7).id);
    bench.send((1..=20).map(|id| reply(id, id)));
    bench.run(5.0).await;
    for id in (1..=20).filter(|id| *id != 7) {
        assert_eq!(bench.records.status(id), Status::Sent, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bug_in_a_channel_costs_one_message_not_the_contact() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().panics = true;
    bench.send([reply(1, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(1), Status::Unknown);
    bench.provider.0.lock().panics = false;
    bench.send([reply(2, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(2), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_renewed_and_the_dead_are_swept() {
    let bench = Bench::start(unlimited());
    bench.run(100.0).await;
    let rows = bench.records.0.lock();
    assert!((6..=8).contains(&rows.heartbeats), "{}", rows.heartbeats);
    assert!((9..=10).contains(&rows.sweeps), "{}", rows.sweeps);
}

#[tokio::test(start_paused = true)]
async fn the_read_sign_goes_before_the_first_answer_when_wished() {
    let answers = Some("wamid.in".to_owned());
    let two =
        [Outgoing { answers: answers.clone(), ..reply(1, 1) }, Outgoing { answers, ..reply(2, 1) }];
    let bench = Bench::start(DeliverySettings { mark_read: true, ..unlimited() });
    bench.send(two.clone());
    bench.run(1.0).await;
    assert_eq!(bench.provider.0.lock().reads, [1]);
    let silent = Bench::start(unlimited());
    silent.send(two);
    silent.run(1.0).await;
    assert_eq!(silent.provider.0.lock().reads, Vec::<i64>::new());
}

/// Real time: a state that is away answers by real connections refused.
#[tokio::test]
async fn without_the_shared_state_a_share_of_the_limits_is_used() {
    let clock = Clock::fixed(start_of_time());
    let mut options = StateOptions::new("redis://127.0.0.1:1", "test", clock.clone());
    options.timeout = Duration::from_millis(50);
    let state = State::open(options).unwrap();
    let pair = Bucket { per_second: 0.001, burst: 10.0 };
    let limits = ChannelLimits { pair: Some(pair), ..ChannelLimits::WHATSAPP };
    let settings = DeliverySettings {
        limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
        share: 0.5,
        ..DeliverySettings::default()
    };
    let bench = Bench::start_on(settings, clock, TaskTracker::new(), state);
    bench.send((1..=20).map(|id| reply(id, 1)));
    bench.run(1.5).await;
    assert_eq!(bench.provider.calls(), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_queues_is_sent_at_once_when_it_says_so() {
    let bench = Bench::start(DeliverySettings { poll: Duration::from_hours(1), ..unlimited() });
    bench.run(1.0).await;
    bench.queue([reply(1, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(1), Status::Queued, "nobody said so");
    bench.state.publish(LiveEvent::Queued).await;
    bench.run(0.2).await;
    assert_eq!(bench.records.status(1), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_claim_whose_answer_was_lost_is_not_stranded_in_a_living_process() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    bench.records.0.lock().loses_a_claim = true;
    bench.queue([reply(1, 1)]);
    // These are in our hands all the while, and one cannot be written.
    bench.provider.0.lock().latency = Duration::from_secs(21);
    bench.records.0.lock().refused.insert(reply(9, 9).id);
    bench.run(60.0).await;
    bench.queue((2..=9).map(|id| reply(id, 9)));
    bench.run(20.0).await;
    assert_eq!(bench.records.status(1), Status::Claimed);
    // Two leases of 45 s and a sweep of 10 s later.
    bench.run(25.0).await;
    assert_eq!(bench.records.results(1), [SendResult::Unknown], "nobody knows whether it left");
    bench.run(400.0).await;
    for id in 2..=8 {
        assert_eq!(bench.records.status(id), Status::Sent, "{id}");
    }
    assert_eq!(bench.records.status(9), Status::Claimed);
    assert_eq!(bench.records.results(1).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn replicas_share_the_limits_of_a_number_of_a_person_and_of_the_day() {
    let limits = ChannelLimits {
        per_second: Some(10.0),
        pair: Some(Bucket { per_second: 0.001, burst: 4.0 }),
        people_a_day: Some(3),
    };
    let settings = || DeliverySettings {
        limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
        ..DeliverySettings::default()
    };
    let one = Bench::start(settings());
    let (clock, state) = (one.clock.clone(), one.state.clone());
    let two = Bench::start_beside(settings(), clock, TaskTracker::new(), state);
    let calls = || one.provider.calls().len() + two.provider.calls().len();

    one.send((100..200).map(|id| reply(id, id)));
    two.send((200..300).map(|id| reply(id, id)));
    one.run(10.0).await;
    assert!((95..=105).contains(&calls()), "{} of a number in ten seconds", calls());
    one.run(12.0).await;
    assert_eq!(calls(), 200);

    one.send((300..310).map(|id| reply(id, 7)));
    two.send((310..320).map(|id| reply(id, 7)));
    one.run(5.0).await;
    assert_eq!(calls(), 204, "to one person");

    for bench in [&one, &two] {
        let member = || contact(&[(Purpose::Membership, true)]);
        bench.records.0.lock().contacts.extend((400..420).map(|id| (id, member())));
    }
    one.send((400..410).map(|id| unasked(id, id)));
    two.send((410..420).map(|id| unasked(id, id)));
    one.run(5.0).await;
    assert_eq!(calls(), 207, "people a day");
}

#[tokio::test(start_paused = true)]
async fn every_part_of_delivery_is_missed_when_it_ends() {
    let parts =
        ["delivery", "delivery's recorder", "delivery's puller", "delivery's ear", "the sweep"];
    for part in parts {
        let bench = Bench::start(unlimited());
        bench.run(1.0).await;
        bench.vital.strike(part);
        bench.run(1.0).await;
        assert_eq!(bench.vital.lost(), Some(part));
    }
    let bench = Bench::start(unlimited());
    bench.vital.strike("a sender's pump");
    bench.run(1.0).await;
    assert_eq!(bench.vital.lost(), None, "there is none yet");
    bench.send([reply(1, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.vital.lost(), Some("a sender's pump"));

    let bench = Bench::start(unlimited());
    bench.send([reply(1, 1)]);
    bench.until_all(Status::Sent).await;
    bench.stop().await;
    assert_eq!(bench.vital.lost(), None, "a stop is no loss");
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_of_the_machine_nothing_is_called_before_the_lease_is_renewed() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    // The monotonic clock stood still while the machine slept.
    bench.clock.advance(Duration::from_mins(10));
    bench.records.0.lock().unavailable = true;
    bench.send([reply(1, 1)]);
    bench.run(5.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    bench.records.0.lock().unavailable = false;
    bench.run(3.0).await;
    assert_eq!(bench.provider.calls(), [1]);
    assert_eq!(bench.records.status(1), Status::Sent);
}
