//! A shard: one task that owns its lanes. It turns, hands the outcome to the records, and acts on
//! the verdicts in order.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::{SignedDuration, Span, Timestamp};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::lane::{Flight, Item, Lane, Read, TRIES, Told, with_ids};
use super::polls::{self, Polls, SealedAnswer, Stands};
use super::{Admission, Answer, CallPlan, CallPlans, FlowsHandle, IntakeOptions};
use crate::ballot_box::BallotBox;
use crate::clock::{Clock, Ids};
use crate::contact::{Contact, Road};
use crate::delivery::Delivery;
use crate::flow::{self, Event, Fetched, Outcome, Rendering, Reserved, TimerKind, Turn, Unsaid};
use crate::gate::{Rules, RulesHandle};
use crate::membership::{member_number, ticket_number};
use crate::message::{Channel, Inbound, InboundContent, Outgoing, OutgoingId};
use crate::metrics::{Metrics, ReasonLabel};
use crate::records::{DueTimer, Records, RecordsError, Snapshot, Standing, TurnCommit, Verdict};
use crate::seal::Keyring;
use crate::state::{Cached, LiveEvent, State};

/// The place sealed snapshots belong to; see [`Keyring::seal`].
pub(super) const SNAPSHOT_PLACE: &str = "state.snapshot";

/// Numbers are set aside in blocks of this many for each shard; what is left at the end is a gap. A
/// shard whose numbers are used up stands still for a commit.
const BLOCK: u64 = 256;

/// A timer that waits for a calendar that can be read falls due again after this time.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// What made an item.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    Message,
    Timer {
        kind: TimerKind,
        visit: u32,
        due: Timestamp,
    },
    /// What a `fetch` step of this visit asked for came to.
    Fetched {
        visit: u32,
        answer: Arc<Fetched>,
    },
    /// The office gives the conversation back.
    GivenBack,
}

#[derive(Debug)]
pub(super) struct Work {
    pub contact: i64,
    pub item: Item,
}

impl Work {
    /// With the end at which its answer comes out.
    pub(super) fn new(
        contact: i64,
        source: Source,
        inbound: Inbound,
        received_at: Timestamp,
    ) -> (Work, oneshot::Receiver<Answer>) {
        let (done, wait) = oneshot::channel();
        let item = Item {
            source,
            inbound,
            received_at,
            reached: None,
            waiters: vec![done],
            failures: 0,
            reason: String::new(),
        };
        (Work { contact, item }, wait)
    }
}

/// What a shard waits for besides new work.
enum Landed {
    Read {
        contact: i64,
        snapshot: Box<Result<Option<Snapshot>, RecordsError>>,
        /// Where they stand in open polls.
        stands: Vec<Stands>,
        with_receipts: bool,
        checked: Option<polls::Checked>,
    },
    Decided {
        contact: i64,
        seq: u64,
        verdict: Result<Verdict, RecordsError>,
    },
    /// A message whose contact cannot be read back was put aside.
    Aside {
        item: Box<Item>,
        kept: Result<Verdict, RecordsError>,
    },
    /// A timer was put off.
    Held {
        item: Box<Item>,
        held: Result<(), RecordsError>,
    },
    Reserved(Result<Block, RecordsError>),
}

impl Landed {
    /// Whether the records could not be written, and the provider is asked to send again.
    fn gives_up(&self) -> bool {
        matches!(
            self,
            Landed::Decided {
                verdict: Err(RecordsError::Unavailable(_) | RecordsError::Fenced),
                ..
            }
        )
    }
}

/// Numbers set aside for this shard.
#[derive(Debug, Default)]
struct Block {
    members: std::ops::Range<u64>,
    tickets: std::ops::Range<u64>,
}

impl Block {
    fn is_low(&self) -> bool {
        self.members.end - self.members.start < BLOCK / 4
            || self.tickets.end - self.tickets.start < BLOCK / 4
    }

    fn is_empty(&self) -> bool {
        self.members.is_empty() || self.tickets.is_empty()
    }
}

pub(super) struct Shard {
    records: Records,
    state: State,
    flows: FlowsHandle,
    rules: RulesHandle,
    calls: Arc<CallPlans>,
    keyring: Arc<Keyring>,
    clock: Clock,
    ids: Ids,
    delivery: Option<Delivery>,
    /// Rung when replies were queued that this process does not send.
    queued: Arc<Notify>,
    /// Rung when a committed turn wants something done.
    wanted: Arc<Notify>,
    state_ttl: Duration,
    ballots: Option<BallotBox>,
    tracker: TaskTracker,
    fenced: CancellationToken,
    metrics: Arc<Metrics>,
    lanes: HashMap<i64, Lane>,
    /// Contacts whose lanes took something in and were not looked at since.
    fresh: VecDeque<i64>,
    landing: FuturesUnordered<BoxFuture<'static, Landed>>,
    numbers: Block,
    /// The second block, taken when the first runs out.
    spare: Option<Block>,
    reserving: bool,
    seq: u64,
}

impl Shard {
    pub(super) fn new(options: &IntakeOptions, queued: Arc<Notify>, wanted: Arc<Notify>) -> Shard {
        Shard {
            records: options.records.clone(),
            state: options.state.clone(),
            flows: options.flows.clone(),
            rules: options.rules.clone(),
            calls: Arc::clone(&options.calls),
            keyring: Arc::clone(&options.keyring),
            clock: options.clock.clone(),
            ids: options.ids.clone(),
            delivery: options.delivery.clone(),
            queued,
            wanted,
            state_ttl: options.state_ttl,
            ballots: options.ballots.clone(),
            tracker: options.tracker.clone(),
            fenced: options.fenced.clone(),
            metrics: Arc::clone(&options.metrics),
            lanes: HashMap::new(),
            fresh: VecDeque::new(),
            landing: FuturesUnordered::new(),
            numbers: Block::default(),
            spare: None,
            reserving: false,
            seq: 0,
        }
    }

    /// Runs until every sender of work is gone and everything in flight has landed. What was handed
    /// over together is taken in together: no verdict falls between two messages of one envelope.
    pub(super) async fn run(mut self, mut work: mpsc::UnboundedReceiver<Vec<Work>>) {
        let mut open = true;
        self.reserve_if_low();
        while open || !self.lanes.is_empty() {
            tokio::select! {
                biased;
                Some(landed) = self.landing.next(), if !self.landing.is_empty() => {
                    if landed.gives_up() {
                        // What came before this word stands behind what it is about.
                        while let Ok(waiting) = work.try_recv() {
                            self.take(waiting);
                        }
                    }
                    self.land(landed);
                }
                () = tokio::task::coop::consume_budget(), if !self.fresh.is_empty() => {
                    if let Some(contact) = self.fresh.pop_front() {
                        self.pump(contact);
                    }
                }
                received = work.recv(), if open => match received {
                    Some(received) => self.take(received),
                    None => open = false,
                },
                else => return,
            }
        }
    }

    fn take(&mut self, work: Vec<Work>) {
        for Work { contact, item } in work {
            self.lanes.entry(contact).or_default().take(item);
            if self.fresh.back() != Some(&contact) {
                self.fresh.push_back(contact);
            }
        }
    }

    fn land(&mut self, landed: Landed) {
        match landed {
            Landed::Read { contact, snapshot, stands, with_receipts, checked } => {
                if let Some(lane) = self.lanes.get_mut(&contact) {
                    lane.checked = checked;
                    lane.stands = stands;
                    lane.with_receipts = with_receipts;
                }
                self.has_read(contact, *snapshot);
            }
            Landed::Decided { contact, seq, verdict } => self.decided(contact, seq, verdict),
            Landed::Aside { item, kept } => self.is_aside(*item, kept),
            Landed::Held { item, held } => is_held(*item, held),
            Landed::Reserved(block) => self.has_reserved(block),
        }
    }

    /// Makes every turn that can be made now, and reads the state where it is missing.
    fn pump(&mut self, contact: i64) {
        loop {
            self.reserve_if_low();
            let Some(lane) = self.lanes.get_mut(&contact) else { return };
            if lane.is_idle() {
                self.lanes.remove(&contact);
                return;
            }
            if lane.base.is_some() && (lane.lacks_receipts() || lane.lacks_check()) {
                lane.forget_base();
            }
            if lane.must_read() {
                let Some(wait) = lane.wait_after_conflicts(self.ids.seed()) else {
                    tracing::warn!(
                        contact,
                        "others come first again and again; asking for it later"
                    );
                    self.give_up_waiting(contact);
                    continue;
                };
                lane.loading = true;
                let read = lane.read;
                let with_receipts = lane.waiting.iter().any(polls::wants_receipts);
                let asks = lane.waiting.iter().find_map(polls::asks_about);
                let reading = read_snapshot(
                    self.records.clone(),
                    self.state.clone(),
                    Arc::clone(&self.keyring),
                    contact,
                    read,
                );
                let (ballots, records) = (self.ballots.clone(), self.records.clone());
                self.landing.push(Box::pin(async move {
                    if !wait.is_zero() {
                        tokio::time::sleep(wait).await;
                    }
                    let mut snapshot = reading.await;
                    let mut stands = Vec::new();
                    let mut checked = None;
                    if matches!(snapshot, Ok(Some(_))) {
                        let asked =
                            polls::stands_of(ballots.as_ref(), &records, contact, with_receipts);
                        match asked.await {
                            Ok(found) => stands = found,
                            Err(error) => snapshot = Err(error),
                        }
                        match polls::checked(ballots.as_ref(), asks).await {
                            Ok(found) => checked = found,
                            Err(error) => snapshot = Err(error),
                        }
                    }
                    let snapshot = Box::new(snapshot);
                    Landed::Read { contact, snapshot, stands, with_receipts, checked }
                }));
                return;
            }
            if !lane.may_turn() || self.numbers.is_empty() {
                return;
            }
            self.turn_next(contact);
        }
    }

    fn has_read(&mut self, contact: i64, snapshot: Result<Option<Snapshot>, RecordsError>) {
        let Some(lane) = self.lanes.get_mut(&contact) else { return };
        lane.loading = false;
        match snapshot {
            Ok(Some(snapshot)) => {
                lane.base = Some(snapshot);
            }
            Ok(None) => {
                tracing::error!(contact, "a lane was opened for a contact the records do not have");
                self.give_up_waiting(contact);
            }
            Err(error @ RecordsError::Broken { .. }) => {
                tracing::error!(contact, %error, "a contact cannot be read back; what they write is parked");
                self.set_aside_waiting(contact, &error);
            }
            Err(error) => {
                tracing::warn!(contact, %error, "a contact could not be read");
                self.give_up_waiting(contact);
            }
        }
        self.pump(contact);
    }

    /// Everything that waits is asked for again later.
    fn give_up_waiting(&mut self, contact: i64) {
        let Some(lane) = self.lanes.get_mut(&contact) else { return };
        for item in lane.drain() {
            item.answer(Admission::Again);
        }
    }

    /// Asking again would not help: everything that waits is kept with the reason, so that the
    /// provider does not repeat a whole envelope for days because of one person.
    fn set_aside_waiting(&mut self, contact: i64, error: &RecordsError) {
        let Some(lane) = self.lanes.get_mut(&contact) else { return };
        for item in lane.drain() {
            if item.source != Source::Message {
                item.answer(Admission::Again);
                continue;
            }
            let records = self.records.clone();
            let reason = error.to_string();
            // Whoever cannot be read may stand on a roster.
            let may_tell = self.ballots.as_ref().is_some_and(BallotBox::is_in_use)
                || polls::asks_about(&item).is_some_and(|asks| asks.receipt().is_some());
            self.landing.push(Box::pin(async move {
                let message = polls::row_of(&item.inbound, may_tell);
                let kept = records.park(contact, message, item.received_at, reason).await;
                Landed::Aside { item: Box::new(item), kept }
            }));
        }
    }

    fn is_aside(&mut self, item: Item, kept: Result<Verdict, RecordsError>) {
        match kept {
            Ok(_) => {
                self.metrics.turned(item.inbound.channel.name(), "parked");
                self.metrics.heard(&item.inbound);
                item.answer(Admission::Committed);
            }
            Err(error) => {
                tracing::warn!(%error, "a message could not be put aside");
                item.answer(Admission::Again);
            }
        }
    }

    /// Makes the next turn of a lane that may turn.
    fn turn_next(&mut self, contact: i64) {
        let Some(lane) = self.lanes.get_mut(&contact) else { return };
        let Some(item) = lane.next() else { return };
        let Some(base) = lane.base.take() else {
            lane.waiting.push_front(item);
            return;
        };
        let now = self.clock.now();
        let rules = self.rules.get();
        let asks_ballot = self.flows.get().asks_ballot(base.session.as_ref());
        let asked_of = asks_ballot.then(|| polls::seats_of(&base.contact, &lane.stands));
        if let Some(until) = held_until(&rules, &item.source, &base.contact, asked_of, now) {
            lane.base = Some(base);
            self.hold(contact, item, until);
            return;
        }
        let call = call_of(&self.calls, &item);
        let road = road_of(&item, &base, call);
        let flows = self.flows.get();
        let reserved = Reserved {
            member_number: member_number(self.numbers.members.start),
            ticket: ticket_number(self.numbers.tickets.start),
        };
        let seed = self.ids.seed();
        let mut stands = std::mem::take(&mut lane.stands);
        let check = polls::check_of(&mut lane.checked, &item);
        let polls = Polls::of(self.ballots.as_ref());
        let recess =
            |standing: &Standing| polls::recess_of(&rules.calendar, &base.contact, standing, now);
        let asked = polls.asked(&stands, flows.geography(), recess);
        let outcome = if item.failures >= TRIES {
            None
        } else {
            let began = std::time::Instant::now();
            let turn = Turn {
                now,
                seed,
                contact: &base.contact,
                rendering: rendering_of(&road),
                session: base.session.as_ref(),
                event: event_of(&item, call),
                reserved: &reserved,
                reached: item.reached.as_ref(),
                ballots: &polls.open(&asked, &stands, now),
                checked: check.as_ref(),
                over: polls.over(&stands, now),
            };
            // A panic in the engine is one message's misfortune, not the server's.
            let outcome = catch_unwind(AssertUnwindSafe(|| turned(&flows, &rules, &turn)));
            self.metrics.engine_seconds.observe(began.elapsed().as_secs_f64());
            if let Ok(outcome) = outcome {
                Some(outcome)
            } else {
                let mut item = item;
                item.failed("the engine panicked".to_owned());
                let failures = item.failures;
                tracing::error!(contact, failures, "the engine panicked on a message");
                // The state it was turned from may be to blame: the next try reads the records.
                drop(asked);
                lane.waiting.push_front(item);
                lane.forget_base();
                return;
            }
        };
        let mut item = item;
        let mut parked = outcome.is_none();
        let mut may_tell = polls::may_tell(&flows, &base, &item, &stands, &asked);
        may_tell |= parked && !stands.is_empty();
        // Whose a receipt is nobody reads.
        may_tell |= check.is_some_and(|check| check.receipt.is_some());
        let is_shut =
            polls.lacks_key(&stands) && polls::is_given_up(&flows, &base, outcome.as_ref());
        // Its key is away, and comes back: it was not closed.
        let turned = outcome.filter(|_| !is_shut);
        let mut outcome =
            turned.unwrap_or_else(|| parked_outcome(&flows, &base, &item.source, &road));
        drop(asked);
        may_tell |= outcome.cast.is_some() || !outcome.unkept.is_empty() || outcome.secret;
        if outcome.secret {
            polls::unfetched(&mut outcome.effects);
        }
        let ballots = self.ballots.as_ref();
        let sealed = polls::seal(&mut outcome, &mut stands, ballots, &self.ids, item.received_at);
        let answer = sealed.unwrap_or_else(|error| {
            // Nobody is told that their answer is sealed when it is not.
            tracing::error!(contact, %error, "an answer to a poll could not be sealed; its message is parked");
            item.reason = format!("an answer to a poll could not be sealed: {error}");
            parked = true;
            outcome = parked_outcome(&flows, &base, &item.source, &road);
            SealedAnswer { cast: None, told: outcome.replies.clone() }
        });
        self.consume_numbers(&outcome, &reserved);
        if let Some(lane) = self.lanes.get_mut(&contact) {
            lane.stands = stands;
        }
        let row = polls::row_of(&item.inbound, may_tell);
        self.submit(contact, (item, row), base, road, (outcome, answer), parked);
    }

    /// Puts a timer off: it falls due again at that moment, and its turn is made from how the conversation
    /// stands then.
    fn hold(&self, contact: i64, item: Item, until: Timestamp) {
        let Source::Timer { kind, visit, due } = item.source else { return };
        tracing::debug!(contact, ?kind, %until, "a timer waits for the end of a silence");
        let records = self.records.clone();
        self.landing.push(Box::pin(async move {
            let held = records.hold_timer(DueTimer { contact, kind, visit, due }, until).await;
            Landed::Held { item: Box::new(item), held }
        }));
    }

    fn consume_numbers(&mut self, outcome: &Outcome, reserved: &Reserved) {
        let Some(used) = used_numbers(outcome, reserved) else { return };
        if used.member {
            self.numbers.members.start += 1;
        }
        if used.ticket {
            self.numbers.tickets.start += 1;
        }
        if self.numbers.is_empty()
            && let Some(spare) = self.spare.take()
        {
            self.numbers = spare;
        }
    }

    fn submit(
        &mut self,
        contact: i64,
        (item, row): (Item, Inbound),
        base: Snapshot,
        road: Road,
        (outcome, answer): (Outcome, SealedAnswer),
        parked: bool,
    ) {
        let Outcome { session, replies, facts, timers, effects, unsaid, .. } = outcome;
        let SealedAnswer { cast, told } = answer;
        self.tell_of_unsaid(contact, &unsaid);
        let wants = !effects.is_empty();
        let told = Told::of(told, &replies);
        let expected_version = base.contact.version;
        let Some(lane) = self.lanes.get_mut(&contact) else { return };
        let commit = TurnCommit {
            contact,
            expected_version,
            chain: lane.chain.clone(),
            place: lane.place,
            inbound: row,
            received_at: item.received_at,
            // Whether a window of the road is open only the records know when the person came by another.
            claim: self.delivery.is_some()
                && item.source == Source::Message
                && (!road.channel.has_window() || road.channel == item.inbound.channel),
            road,
            session,
            replies,
            facts,
            timers,
            effects,
            cast,
            parked: parked.then(|| item.reason.clone()),
        };
        let after = snapshot_after(base, &commit);
        lane.place += 1;
        lane.base = Some(after.clone());
        self.seq += 1;
        let seq = self.seq;
        let replies = told;
        lane.flying.push_back(Flight { seq, item, replies, after, parked, wants, verdict: None });
        // The records queue it before this returns; what is awaited is only the answer.
        let decided = self.records.commit(commit);
        self.landing.push(Box::pin(async move {
            Landed::Decided { contact, seq, verdict: decided.await }
        }));
    }

    /// What may not leave by SMS, for the office: by the names of its texts, and never its words.
    fn tell_of_unsaid(&self, contact: i64, unsaid: &[Unsaid]) {
        for Unsaid { texts, reason, words } in unsaid {
            self.metrics.sms_unsaid.get_or_create(&ReasonLabel { reason }).inc();
            let texts = texts.join(" + ");
            tracing::error!(
                contact,
                texts,
                reason,
                "a text was not sent by sms: {words}; `samvad check` tells what lacks"
            );
        }
    }

    fn decided(&mut self, contact: i64, seq: u64, verdict: Result<Verdict, RecordsError>) {
        let Some(lane) = self.lanes.get_mut(&contact) else { return };
        if let Some(flight) = lane.flying.iter_mut().find(|flight| flight.seq == seq) {
            flight.verdict = Some(verdict);
        }
        while let Some(flight) = self.lanes.get_mut(&contact).and_then(Lane::landed) {
            let Some(item) = self.act(contact, flight) else { continue };
            if let Some(lane) = self.lanes.get_mut(&contact) {
                lane.take_back(item);
            }
        }
        // The order holds as far as the provider keeps it: what stands behind a message that comes
        // again comes again with it.
        if self.lanes.get_mut(&contact).is_some_and(Lane::has_given_up) {
            self.give_up_waiting(contact);
        }
        self.pump(contact);
    }

    /// Acts on the records' word about one turn; gives back an item that has to be turned again.
    fn act(&mut self, contact: i64, flight: Flight) -> Option<Item> {
        let Flight { item, replies, after, parked, wants, verdict, .. } = flight;
        let channel = item.inbound.channel.name();
        match verdict? {
            Ok(Verdict::Won { version, outgoing, claimed }) => {
                self.metrics.turned(channel, if parked { "parked" } else { "won" });
                self.metrics.heard(&item.inbound);
                if let Some(lane) = self.lanes.get_mut(&contact) {
                    lane.has_won();
                }
                let waited = self.clock.now().duration_since(item.received_at);
                self.metrics.turn_seconds.observe(waited.as_secs_f64().max(0.0));
                let queued = !claimed && !outgoing.is_empty();
                let ids = if claimed { outgoing } else { Vec::new() };
                self.after_commit(contact, version, &item, after, replies, ids);
                if queued {
                    match &self.delivery {
                        Some(delivery) => delivery.wake(),
                        None => self.queued.notify_one(),
                    }
                }
                if wants {
                    self.wanted.notify_one();
                }
                item.answer(Admission::Committed);
                None
            }
            Ok(Verdict::Duplicate) => {
                self.metrics.turned(channel, "duplicate");
                self.forget_base(contact);
                item.answer(Admission::Committed);
                None
            }
            Ok(Verdict::Conflict) => {
                self.metrics.turned(channel, "conflict");
                if let Some(lane) = self.lanes.get_mut(&contact) {
                    lane.was_beaten();
                }
                Some(item)
            }
            Ok(Verdict::Stranger) => {
                self.metrics.turned(channel, "stranger");
                self.forget_base(contact);
                item.estranged();
                None
            }
            Err(RecordsError::Refused(reason)) => {
                self.forget_base(contact);
                let mut item = item;
                if parked {
                    // Not even the parked form can be stored: only the provider's copy is left.
                    tracing::error!(contact, reason, "a parked message could not be stored");
                    item.answer(Admission::Again);
                    return None;
                }
                tracing::warn!(
                    contact,
                    failures = item.failures + 1,
                    reason,
                    "a turn was refused by the records"
                );
                item.failed(reason);
                Some(item)
            }
            Err(error) => {
                self.metrics.turned(channel, "again");
                if matches!(error, RecordsError::Fenced) {
                    self.fenced.cancel();
                }
                tracing::warn!(contact, %error, "a turn was not committed");
                if let Some(lane) = self.lanes.get_mut(&contact) {
                    lane.give_up();
                }
                item.answer(Admission::Again);
                None
            }
        }
    }

    fn forget_base(&mut self, contact: i64) {
        if let Some(lane) = self.lanes.get_mut(&contact) {
            lane.forget_base();
        }
    }

    /// What follows a commit and may fail without harm: delivery, the state store, the live event.
    /// `ids`: of replies that are ours to deliver.
    fn after_commit(
        &self,
        contact: i64,
        version: i64,
        item: &Item,
        after: Snapshot,
        replies: Vec<Told>,
        ids: Vec<OutgoingId>,
    ) {
        if !ids.is_empty()
            && let Some(delivery) = &self.delivery
        {
            delivery.send(outgoing_of(contact, item, &after, with_ids(replies, ids)));
        }
        let state = self.state.clone();
        let keyring = Arc::clone(&self.keyring);
        let ttl = self.state_ttl;
        self.tracker.spawn(async move {
            if let Some(cached) = seal_snapshot(&keyring, &after, version)
                && let Err(error) = state.put(contact, cached, ttl).await
            {
                tracing::debug!(%error, "live state was not written; the records have it");
            }
            state.publish(LiveEvent::Turned { contact, version }).await;
        });
    }

    fn reserve_if_low(&mut self) {
        if self.reserving || self.spare.is_some() || !self.numbers.is_low() {
            return;
        }
        self.reserving = true;
        let records = self.records.clone();
        self.landing.push(Box::pin(async move { Landed::Reserved(reserve(&records).await) }));
    }

    fn has_reserved(&mut self, block: Result<Block, RecordsError>) {
        self.reserving = false;
        match block {
            Ok(block) if self.numbers.is_empty() => self.numbers = block,
            Ok(block) => self.spare = Some(block),
            Err(error) => {
                tracing::warn!(%error, "numbers could not be set aside");
                if self.numbers.is_empty() {
                    let contacts: Vec<i64> = self.lanes.keys().copied().collect();
                    for contact in contacts {
                        self.give_up_waiting(contact);
                    }
                }
            }
        }
        let contacts: Vec<i64> = self.lanes.keys().copied().collect();
        for contact in contacts {
            self.pump(contact);
        }
    }
}

async fn reserve(records: &Records) -> Result<Block, RecordsError> {
    // Together, so that they fall into one group commit.
    let (members, tickets) = futures_util::future::try_join(
        records.reserve(crate::records::MEMBER_NUMBERS, BLOCK),
        records.reserve("ticket", BLOCK),
    )
    .await?;
    Ok(Block { members, tickets })
}

struct Used {
    member: bool,
    ticket: bool,
}

/// Which of the reserved numbers the facts speak of.
fn used_numbers(outcome: &Outcome, reserved: &Reserved) -> Option<Used> {
    let mut used = Used { member: false, ticket: false };
    for fact in &outcome.facts {
        match fact {
            crate::fact::Fact::EnrolMember(member) if member.number == reserved.member_number => {
                used.member = true;
            }
            crate::fact::Fact::Request { ticket, .. } if *ticket == reserved.ticket => {
                used.ticket = true;
            }
            _ => {}
        }
    }
    (used.member || used.ticket).then_some(used)
}

/// The state of a contact, the quick way where allowed.
async fn read_snapshot(
    records: Records,
    state: State,
    keyring: Arc<Keyring>,
    contact: i64,
    read: Read,
) -> Result<Option<Snapshot>, RecordsError> {
    if read == Read::Quick {
        match state.get(contact).await {
            Ok(Some(cached)) => {
                if let Some(snapshot) = open_snapshot(&keyring, contact, &cached) {
                    return Ok(Some(snapshot));
                }
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "live state was not read; the records have it"),
        }
    } else {
        // What stands there was found stale, or newer than the records (a restored backup).
        let _ = state.forget(contact).await;
    }
    records.snapshot(contact).await
}

fn seal_snapshot(keyring: &Keyring, snapshot: &Snapshot, version: i64) -> Option<Cached> {
    let plain = serde_json::to_vec(snapshot).ok()?;
    let sealed = keyring.seal(SNAPSHOT_PLACE, snapshot.contact.id, &plain).ok()?;
    Some(Cached { version, sealed })
}

/// `None` when it cannot be read (an older form, another key): the records are asked then.
fn open_snapshot(keyring: &Keyring, contact: i64, cached: &Cached) -> Option<Snapshot> {
    let plain = keyring.open_sealed(SNAPSHOT_PLACE, contact, &cached.sealed).ok()?;
    let snapshot: Snapshot = serde_json::from_slice(&plain).ok()?;
    (snapshot.contact.version == cached.version).then_some(snapshot)
}

/// The lane's state after the turn, exactly as the records would give it back.
fn snapshot_after(base: Snapshot, commit: &TurnCommit) -> Snapshot {
    let mut after = base;
    after.contact.version = commit.expected_version + 1;
    for fact in &commit.facts {
        after.contact.apply(fact, commit.received_at);
    }
    if let Some(wrote) = commit.wrote_at() {
        after.contact.last_inbound = after.contact.last_inbound.max(Some(wrote));
        after.road = Some(commit.road.clone());
    }
    if commit.parked.is_none() {
        after.session.clone_from(&commit.session);
    }
    after
}

/// One turn by the rules in force: the office answers nobody whom it blocked, and in the silence before a
/// poll everybody once. `turn.contact` is as it was before the event.
fn turned(flows: &flow::Flows, rules: &Rules, turn: &Turn<'_>) -> Outcome {
    if turn.contact.blocked {
        let mut outcome = flow::turn_in_silence(flows, turn, false);
        if outcome.cast.is_some() {
            // Nor does it take an answer of whom it cannot tell so.
            let unasked = Turn { ballots: &[], ..turn.clone() };
            outcome = flow::turn_in_silence(flows, &unasked, false);
        }
        outcome.replies.clear();
        return outcome;
    }
    let Some(silence) = rules.calendar.silence_of_any(turn.contact.seats(), turn.now) else {
        return flow::turn(flows, turn);
    };
    let first = turn.contact.last_inbound.is_none_or(|wrote| wrote < silence.from);
    flow::turn_in_silence(flows, turn, first)
}

/// Until when a timer of this person waits: what it would say may not be said before the silence of their
/// seat is over, nor, where a question of a poll is open, while the law lets nobody ask people of the seats it is asked
/// of (`asked_of`) for an opinion.
/// `None` for everything else, and outside of such a time.
fn held_until(
    rules: &Rules,
    source: &Source,
    contact: &Contact,
    asked_of: Option<Vec<Option<u16>>>,
    now: Timestamp,
) -> Option<Timestamp> {
    if !matches!(source, Source::Timer { .. }) {
        return None;
    }
    if let Some(recess) = asked_of.and_then(|seats| rules.calendar.recess(&seats, now)) {
        // Of a calendar in doubt nobody knows the end: it is looked at again.
        return recess.until.or_else(|| now.checked_add(LOOK_AGAIN).ok());
    }
    rules.calendar.silence_of_any(contact.seats(), now).map(|silence| silence.until)
}

/// What could not be put off falls due again when the claim of it is over.
fn is_held(item: Item, held: Result<(), RecordsError>) {
    let admission = match held {
        Ok(()) => Admission::Committed,
        Err(error) => {
            tracing::warn!(%error, "a timer could not be put off");
            Admission::Again
        }
    };
    item.answer(admission);
}

/// What a missed call leads to; `None` for everything else.
fn call_of<'a>(calls: &'a CallPlans, item: &Item) -> Option<&'a CallPlan> {
    let inbound = &item.inbound;
    let is_call = inbound.content == InboundContent::MissedCall && item.source == Source::Message;
    is_call.then(|| calls.get(&(inbound.channel, inbound.account.clone()))).flatten()
}

/// Replies take the road the message came, and to a missed call the one the office chose; those to our
/// own events take the last one.
fn road_of(item: &Item, base: &Snapshot, call: Option<&CallPlan>) -> Road {
    if let Some(call) = call {
        return call.road.clone();
    }
    match (&item.source, &base.road) {
        (Source::Timer { .. } | Source::Fetched { .. } | Source::GivenBack, Some(road)) => {
            road.clone()
        }
        _ => Road { channel: item.inbound.channel, account: item.inbound.account.clone() },
    }
}

/// What the phone at the end of the road can show. The simulator's account names its rendering.
fn rendering_of(road: &Road) -> Rendering {
    match road.channel {
        Channel::Whatsapp | Channel::Telegram => Rendering::Whatsapp,
        Channel::Simulator if road.account != "sms" => Rendering::Whatsapp,
        _ => Rendering::Sms,
    }
}

fn event_of<'a>(item: &'a Item, call: Option<&'a CallPlan>) -> Event<'a> {
    if let Some(call) = call {
        return Event::Rang { flow: &call.flow, once_in: call.once_in };
    }
    match &item.source {
        Source::Message => {
            Event::Message { content: &item.inbound.content, sent_at: item.inbound.sent_at }
        }
        Source::Timer { kind, visit, .. } => Event::Timer { kind: *kind, visit: *visit },
        Source::Fetched { visit, answer } => Event::Fetched { visit: *visit, answer },
        Source::GivenBack => Event::GivenBack,
    }
}

/// A message that cannot be turned gets a gentle line; the conversation stays where it was.
fn parked_outcome(flows: &flow::Flows, base: &Snapshot, source: &Source, road: &Road) -> Outcome {
    let mut replies = Vec::new();
    if *source == Source::Message {
        replies.extend(flow::parked_reply(flows, base.contact.language, rendering_of(road)));
    }
    Outcome {
        session: base.session.clone(),
        replies,
        facts: Vec::new(),
        timers: Vec::new(),
        effects: Vec::new(),
        unsaid: Vec::new(),
        cast: None,
        unkept: Vec::new(),
        secret: false,
    }
}

/// The committed replies as the sender takes them.
fn outgoing_of(
    contact: i64,
    item: &Item,
    after: &Snapshot,
    replies: Vec<(OutgoingId, Told)>,
) -> Vec<Outgoing> {
    let Some(road) = &after.road else { return Vec::new() };
    let window_until =
        after.contact.last_inbound.and_then(|last| last.checked_add(Span::new().hours(24)).ok());
    // Of a call, and of what is no message of the channel, nothing can be marked as read.
    let is_message = !matches!(item.inbound.content, InboundContent::Other { .. })
        && item.inbound.channel == road.channel;
    let answers = is_message.then(|| item.inbound.key.clone());
    let mut outgoing = Vec::with_capacity(replies.len());
    for (id, Told { reply, kept }) in replies {
        outgoing.push(Outgoing {
            id,
            contact,
            channel: road.channel,
            account: road.account.clone(),
            to: item.inbound.from.clone(),
            lane: reply.lane,
            purpose: reply.purpose,
            content: reply.content,
            answers: answers.clone(),
            attempts: 0,
            send_before: None,
            window_until,
            parts_taken: 0,
            broadcast: None,
            kept,
        });
    }
    outgoing
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::calendar::Calendar;
    use crate::flow::fixture;
    use crate::message::{Purpose, Reply};

    const NOON: &str = "2026-11-21T12:00:00+05:30";

    fn answered(rules: &Rules, contact: &Contact, words: &str) -> Outcome {
        let flows = fixture::flows();
        let content = InboundContent::Text { text: words.to_owned() };
        let now: Timestamp = NOON.parse().unwrap();
        let reserved = Reserved { member_number: "UP-1".to_owned(), ticket: "T-1".to_owned() };
        let turn = Turn {
            now,
            seed: 0,
            contact,
            rendering: Rendering::Whatsapp,
            session: None,
            event: Event::Message { content: &content, sent_at: now },
            reserved: &reserved,
            reached: None,
            ballots: &[],
            checked: None,
            over: None,
        };
        turned(&flows, rules, &turn)
    }

    #[test]
    fn whom_the_office_blocked_gets_no_answer_and_may_withdraw() {
        let blocked = Contact { blocked: true, ..Contact::default() };
        let rules = Rules::default();
        assert!(!answered(&rules, &Contact::default(), "नमस्ते").replies.is_empty());
        let ignored = answered(&rules, &blocked, "नमस्ते");
        assert_eq!((ignored.replies.len(), ignored.facts.len(), ignored.session), (0, 0, None));
        let stopped = answered(&rules, &blocked, "बंद");
        assert_eq!(stopped.replies, []);
        assert!(!stopped.facts.is_empty());
    }

    #[test]
    fn only_timers_wait_for_the_end_of_a_silence_and_only_those_of_its_seats() {
        let phase = "[[phases]]\nname = \"पहला\"\npoll = \"2026-11-22\"\nclose = \"18:00\"\nassemblies = [1]\n";
        let rules = Rules { calendar: Calendar::read(phase).unwrap(), ..Rules::default() };
        let now: Timestamp = NOON.parse().unwrap();
        let timer = Source::Timer { kind: TimerKind::Wait, visit: 1, due: now };
        let until = held_until(&rules, &timer, &Contact::default(), None, now);
        assert_eq!(until, Some("2026-11-22T18:00:00+05:30".parse().unwrap()));
        assert_eq!(held_until(&rules, &timer, &Contact::default(), None, until.unwrap()), None);
        assert_eq!(held_until(&rules, &Source::Message, &Contact::default(), None, now), None);
        assert_eq!(held_until(&Rules::default(), &timer, &Contact::default(), None, now), None);
    }

    #[test]
    fn a_timer_of_a_poll_waits_for_the_end_of_the_time_of_exit_polls_and_for_a_calendar_that_can_be_read()
     {
        let phase = "[[phases]]\nname = \"पहला\"\npoll = \"2026-11-21\"\nclose = \"11:00\"\nassemblies = [1]\n\n[[phases]]\nname = \"दूसरा\"\npoll = \"2026-11-27\"\nclose = \"18:00\"\nassemblies = [2]\n";
        let now: Timestamp = NOON.parse().unwrap();
        let timer = Source::Timer { kind: TimerKind::Remind, visit: 1, due: now };
        let mut rules = Rules { calendar: Calendar::read(phase).unwrap(), ..Rules::default() };
        let held = |rules: &Rules, asks: bool| {
            let asked_of = asks.then(|| vec![Some(300)]);
            held_until(rules, &timer, &Contact::default(), asked_of, now)
        };
        assert_eq!(held(&rules, false), None);
        assert_eq!(held(&rules, true), Some("2026-11-27T18:30:00+05:30".parse().unwrap()));
        rules.calendar = Calendar::default().doubted();
        assert_eq!((held(&rules, false), held(&rules, true)), (None, Some(now + LOOK_AGAIN)));
    }

    #[test]
    fn whom_only_a_list_knows_is_answered_in_the_silence_of_another_seat() {
        let phase = "[[phases]]\nname = \"पहला\"\npoll = \"2026-11-22\"\nclose = \"18:00\"\nassemblies = [214]\n";
        let rules = Rules { calendar: Calendar::read(phase).unwrap(), ..Rules::default() };
        for (assembly, is_answered) in [(175, true), (214, false), (0, false)] {
            let listed = crate::contact::Listed {
                number: "UP-2".to_owned(),
                name: "रमेश".to_owned(),
                assembly,
                booth: None,
            };
            let contact = Contact { listed: Some(listed), ..Contact::default() };
            let outcome = answered(&rules, &contact, "नमस्ते");
            let is_acknowledged =
                outcome.replies.iter().all(|reply| reply.purpose == Purpose::Acknowledgment);
            assert_eq!(!is_acknowledged, is_answered, "{assembly}");
        }
    }

    #[test]
    fn the_first_message_of_a_silence_is_acknowledged_and_no_other() {
        let phase = "[[phases]]\nname = \"पहला\"\npoll = \"2026-11-22\"\nclose = \"18:00\"\nassemblies = [1]\n";
        let calendar = Calendar::read(phase).unwrap();
        let rules = Rules { calendar, ..Rules::default() };
        for (before, replies) in [
            (None, 1),
            (Some("2026-11-20T17:59:59+05:30"), 1),
            (Some("2026-11-20T18:00:00+05:30"), 0),
            (Some(NOON), 0),
        ] {
            let last_inbound = before.map(|before| before.parse().unwrap());
            let contact = Contact { last_inbound, ..Contact::default() };
            let outcome = answered(&rules, &contact, "नमस्ते");
            assert_eq!(outcome.replies.len(), replies, "{before:?}");
            let is_acknowledgment = |reply: &Reply| reply.purpose == Purpose::Acknowledgment;
            assert!(outcome.replies.iter().all(is_acknowledgment));
        }
    }
}
