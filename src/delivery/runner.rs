//! Runs broadcasts: releases recipients in small chunks as the messages before them leave, so that a crash
//! leaves few of them unknown and a broadcast stops within a moment.
//!
//! Every process that delivers runs every broadcast; each takes rows that no other has. Several broadcasts
//! take turns, a chunk each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Delivery;
use super::events::{TIER_EVENTS, newest_people_a_day};
use super::holds::rests_at_its_provider;
use super::shared::{Passed, Shared};
use super::upkeep::earlier;
use crate::broadcast::{BroadcastState, Wording};
use crate::clock::Clock;
use crate::contact::Road;
use crate::message::{Channel, Outgoing};
use crate::records::{
    BroadcastRow, Chunk, Fallback, Hold, HoldKind, Moved, Records, RecordsError, Release,
};
use crate::vital::Vital;

/// How often the records are asked how the broadcasts stand.
const LOOK: Duration = Duration::from_secs(1);
/// How often the records are asked how many people a day a provider allows.
const TIER_LOOK: Duration = Duration::from_secs(30);
/// How often who failed or stayed silent is looked for.
const FALLS: Duration = Duration::from_secs(30);
/// Between two steps of that: the plan is released meanwhile.
const FALLS_STEP: Duration = Duration::from_millis(200);
/// So many rows at most are released in one transaction: turns wait while it is written.
const CHUNK: usize = 500;
/// As many messages of a broadcast are in our hands as leave in a fifth of a second, at least and at most: a
/// process that is killed leaves all of them unknown, and a chunk is written in a fraction of that.
const IN_HAND: f64 = 0.2;
const LEAST_IN_HAND: usize = 50;
const MOST_IN_HAND: usize = 1_000;
/// How often the pace is measured.
const MEASURE: Duration = Duration::from_millis(250);
/// Who moves a broadcast when no person does.
const ACTOR: &str = "server";

/// What a definition says, or in words why it cannot be read.
pub type Wanted = Result<Arc<dyn Wording>, String>;

/// Reads what a broadcast says from its frozen definition.
#[derive(Clone)]
pub struct Wordings(Arc<dyn Fn(&str) -> Wanted + Send + Sync>);

impl Wordings {
    #[must_use]
    pub fn new(read: impl Fn(&str) -> Wanted + Send + Sync + 'static) -> Wordings {
        Wordings(Arc::new(read))
    }
}

impl fmt::Debug for Wordings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wordings")
    }
}

/// Everything the runner works with.
#[derive(Debug)]
pub struct RunnerOptions {
    pub records: Records,
    pub delivery: Delivery,
    pub wordings: Wordings,
    pub clock: Clock,
    /// The office's kill switch: while `true` nothing is released.
    pub halted: Arc<AtomicBool>,
    pub tracker: TaskTracker,
    /// Nothing is released after it.
    pub shutdown: CancellationToken,
    pub vital: Vital,
}

/// Starts the runner on the tracker of the options; it ends with their `shutdown`.
///
/// Must be called inside a Tokio runtime.
pub fn run_broadcasts(options: RunnerOptions) {
    let RunnerOptions { records, delivery, wordings, clock, halted, tracker, shutdown, vital } =
        options;
    let shared = delivery.shared.clone();
    let stop = shutdown.clone();
    let runner = Runner {
        records,
        delivery,
        shared,
        wordings,
        clock,
        halted,
        runs: BTreeMap::new(),
        resting: Vec::new(),
        next_tier: Instant::now(),
    };
    tracker.spawn(vital.until(&shutdown, "the broadcasts", runner.run(stop)));
}

struct Runner {
    records: Records,
    delivery: Delivery,
    shared: Arc<Shared>,
    wordings: Wordings,
    clock: Clock,
    halted: Arc<AtomicBool>,
    runs: BTreeMap<i64, Run>,
    /// What rested when the records were asked last.
    resting: Vec<Hold>,
    /// When it is asked next how many people a day may be written to.
    next_tier: Instant,
}

/// One broadcast as it runs here.
struct Run {
    row: BroadcastRow,
    wording: Arc<dyn Wording>,
    /// The last contact released; 0: from the first.
    after: i64,
    /// Nobody's turn is left.
    is_poured: bool,
    /// Nobody's turn is left but on these roads.
    only_on: Option<Vec<Road>>,
    /// The same of those for whom the first way failed, and when they are looked for next.
    fell_after: i64,
    next_falls: Instant,
    /// What it leaves by, as far as was seen.
    leaves_by: BTreeSet<(Channel, HoldKind, String)>,
    pace: Pace,
}

/// How fast the messages of a broadcast leave.
struct Pace {
    /// As they stood when it was measured last.
    passed: Passed,
    at: Instant,
    per_second: f64,
    /// Where more come back than leave (the line is dead, the sender rests), the next chunk waits.
    not_before: Instant,
}

impl Pace {
    fn new(passed: Passed, now: Instant) -> Pace {
        Pace { passed, at: now, per_second: 0.0, not_before: now }
    }

    /// How many more may be taken into our hands.
    fn room(&mut self, passed: Passed, now: Instant) -> usize {
        let since = now.duration_since(self.at);
        if since >= MEASURE {
            let left = passed.ended.saturating_sub(self.passed.ended);
            let back = passed.returned.saturating_sub(self.passed.returned);
            #[expect(clippy::cast_precision_loss, reason = "some thousand messages")]
            let per_second = left as f64 / since.as_secs_f64();
            // A pause of the provider does not make us forget at once how fast it was.
            self.per_second = per_second.max(self.per_second / 2.0);
            (self.passed, self.at) = (passed, now);
            if back > left {
                self.not_before = now + LOOK;
            }
        }
        if now < self.not_before {
            return 0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "never negative, and what is too large is the largest"
        )]
        let in_hand = (self.per_second * IN_HAND) as usize;
        let most = in_hand.clamp(LEAST_IN_HAND, MOST_IN_HAND);
        // Half of them gone, the next are fetched.
        if passed.in_hand > most / 2 { 0 } else { most - passed.in_hand }
    }
}

impl Runner {
    async fn run(mut self, stop: CancellationToken) {
        let mut next_look = Instant::now();
        while !stop.is_cancelled() {
            self.write_troubles().await;
            if Instant::now() >= self.next_tier {
                self.look_at_the_tier().await;
                self.next_tier = Instant::now() + TIER_LOOK;
            }
            if Instant::now() >= next_look {
                self.look().await;
                next_look = Instant::now() + LOOK;
            }
            let released = self.round(&stop).await;
            // Where a chunk was taken there may be room for another.
            let until = if released { Instant::now() } else { next_look };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.shared.broadcast_room.notified() => {}
                () = self.shared.standings.trouble.notified() => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    /// Pauses what a flight found to be in trouble.
    async fn write_troubles(&mut self) {
        for (id, why) in self.shared.standings.troubles() {
            if self.pause(id, &why).await {
                self.shared.standings.settled(id);
            }
        }
    }

    /// Whether it is written down that it stands still now, or need not be.
    async fn pause(&mut self, id: i64, why: &str) -> bool {
        tracing::error!(broadcast = id, "a broadcast is paused: {why}");
        self.move_to(id, BroadcastState::Paused, Some(why)).await
    }

    /// Whether the broadcast was moved, or stands where it may not be moved from.
    async fn move_to(&mut self, id: i64, to: BroadcastState, why: Option<&str>) -> bool {
        let moved = self.records.move_broadcast(id, to, ACTOR, why, self.clock.now()).await;
        self.has_moved(id, to, moved)
    }

    /// What is due runs, unless somebody paused it since it was looked at.
    async fn begin(&mut self, id: i64) {
        let moved = self.records.begin_broadcast(id, ACTOR, self.clock.now()).await;
        self.has_moved(id, BroadcastState::Running, moved);
    }

    fn has_moved(
        &mut self,
        id: i64,
        to: BroadcastState,
        moved: Result<Moved, RecordsError>,
    ) -> bool {
        match moved {
            Ok(Moved::Yes { .. }) => {
                if let Some(run) = self.runs.get_mut(&id) {
                    run.row.state = to;
                }
                tracing::info!(broadcast = id, state = to.name(), "a broadcast moved");
                true
            }
            Ok(Moved::No { .. } | Moved::Changed | Moved::Unknown) => true,
            Err(error) => {
                tracing::warn!(%error, broadcast = id, "a broadcast cannot be moved; trying again");
                false
            }
        }
    }

    /// Takes over how many people a day WhatsApp said last that may be written to.
    async fn look_at_the_tier(&self) {
        let mut events = Vec::new();
        for kind in TIER_EVENTS {
            match self.records.newest_event(Channel::Whatsapp, kind).await {
                Ok(event) => events.extend(event),
                Err(error) => {
                    tracing::warn!(%error, "what the provider allows a day cannot be read; asking again");
                    return;
                }
            }
        }
        let said = newest_people_a_day(&events).unwrap_or(u64::MAX);
        let before = self.shared.people_a_day_said.swap(said, Ordering::Relaxed);
        if said != before {
            tracing::info!(people = said, "WhatsApp says how many people a day may be written to");
        }
    }

    /// Asks the records how the broadcasts stand, and what rests.
    async fn look(&mut self) {
        let now = self.clock.now();
        let (at_work, holds) = match self.ask(now).await {
            Ok(asked) => asked,
            Err(error) => {
                tracing::warn!(%error, "the broadcasts cannot be read; asking again");
                return;
            }
        };
        let states = at_work.iter().map(|row| (row.id, row.state));
        self.shared.standings.replace(states);
        let ids: BTreeSet<i64> = at_work.iter().map(|row| row.id).collect();
        let gone: Vec<i64> = self.runs.keys().filter(|id| !ids.contains(id)).copied().collect();
        for id in gone {
            if self.clear(id).await {
                self.runs.remove(&id);
                self.shared.forget_broadcast(id);
            }
        }
        self.resting = holds.into_iter().filter(|hold| hold.until > now).collect();
        for row in at_work {
            let id = row.id;
            self.see(row, now).await;
            self.come_to_an_end(id, now).await;
        }
    }

    async fn ask(&self, now: Timestamp) -> Result<(Vec<BroadcastRow>, Vec<Hold>), RecordsError> {
        let at_work = self.records.running_broadcasts(now).await?;
        let holds = if at_work.is_empty() { Vec::new() } else { self.records.holds().await? };
        Ok((at_work, holds))
    }

    /// What one broadcast needs done beside its releases.
    async fn see(&mut self, row: BroadcastRow, now: Timestamp) {
        let (id, state) = (row.id, row.state);
        if !state.is_over() && now >= row.send_before {
            self.move_to(id, BroadcastState::Expired, Some("its time was over")).await;
            self.clear(id).await;
            return;
        }
        let is_due = row.from.is_some_and(|from| from <= now);
        if state == BroadcastState::Frozen && is_due {
            self.begin(id).await;
        }
        match self.runs.get_mut(&id) {
            // What is said is frozen; where it stands is not.
            Some(run) if run.row.hash == row.hash => run.row = row,
            _ => match (self.wordings.0)(&row.definition) {
                Ok(wording) => {
                    let started = Instant::now();
                    let run = Run {
                        row,
                        wording,
                        after: 0,
                        is_poured: false,
                        only_on: None,
                        fell_after: 0,
                        next_falls: started,
                        leaves_by: BTreeSet::new(),
                        pace: Pace::new(self.shared.passed(id), started),
                    };
                    self.runs.insert(id, run);
                }
                Err(reason) => {
                    if state == BroadcastState::Running {
                        let why = format!("what it says cannot be read: {reason}");
                        self.pause(id, &why).await;
                    }
                    return;
                }
            },
        }
        let Some(run) = self.runs.get(&id) else { return };
        if run.row.state != BroadcastState::Running {
            return;
        }
        let rests = |hold: &&Hold| hold.kind == HoldKind::Template && run.leaves_by(hold);
        if let Some(hold) = self.resting.iter().find(rests) {
            let why = rests_at_its_provider(&hold.key());
            self.stand_still(id, &why).await;
        }
    }

    /// Nothing more of it leaves, and that is written down.
    async fn stand_still(&mut self, id: i64, why: &str) {
        self.shared.standings.pause(id, why);
        if self.pause(id, why).await {
            self.shared.standings.settled(id);
        }
    }

    /// The accounts that rest.
    fn resting_accounts(&self) -> Vec<Road> {
        let accounts = self.resting.iter().filter(|hold| hold.kind == HoldKind::Account);
        accounts.map(|hold| Road { channel: hold.channel, account: hold.name.clone() }).collect()
    }

    /// The roads on which nothing of a broadcast is released now, in their order: the account rests, it is not
    /// the hour, or the day's number of people is reached.
    fn closed(&self, id: i64, now: Timestamp) -> Vec<Road> {
        let mut closed = self.shared.standings.closed(id, now);
        closed.extend(self.resting_accounts());
        closed.sort_by(|one, other| {
            (one.channel, &one.account).cmp(&(other.channel, &other.account))
        });
        closed.dedup();
        closed
    }

    /// A broadcast of which nobody's turn is left is done when no message of it waits any more. Where all that
    /// is left would leave by accounts that rest, it stands still.
    async fn come_to_an_end(&mut self, id: i64, now: Timestamp) {
        let closed = self.closed(id, now);
        let Some(run) = self.runs.get(&id) else { return };
        let nobody_on_open = run.is_poured || run.only_on.as_ref() == Some(&closed);
        if run.row.state != BroadcastState::Running || !nobody_on_open {
            return;
        }
        let resting = self.resting_accounts();
        let waits_for_nothing_else = closed.iter().all(|road| resting.contains(road));
        let asked = async {
            let waits = self.records.has_waiting(id, &[]).await?;
            let may_leave = waits && self.records.has_waiting(id, &resting).await?;
            Ok::<_, RecordsError>((waits, may_leave))
        };
        match asked.await {
            Ok((false, _)) if run.is_poured => {
                self.move_to(id, BroadcastState::Done, None).await;
            }
            Ok((_, false)) if waits_for_nothing_else => {
                let accounts = || self.resting.iter().filter(|hold| hold.kind == HoldKind::Account);
                let known = accounts().find(|hold| run.leaves_by(hold));
                if let Some(hold) = known.or_else(|| accounts().next()) {
                    let why = rests_at_its_provider(&hold.key());
                    self.stand_still(id, &why).await;
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, broadcast = id, "what waits cannot be read"),
        }
    }

    /// Takes the rows of a broadcast that is over out of the plan; whether nothing is left to do.
    async fn clear(&self, id: i64) -> bool {
        loop {
            match self.records.clear_broadcast(id, self.clock.now()).await {
                Ok(true) => {}
                Ok(false) => return true,
                Err(error) => {
                    tracing::warn!(%error, broadcast = id, "a broadcast that is over is not cleared yet");
                    return false;
                }
            }
        }
    }

    /// A chunk of each broadcast that has room; whether there was any.
    async fn round(&mut self, stop: &CancellationToken) -> bool {
        let mut released = false;
        let ids: Vec<i64> = self.runs.keys().copied().collect();
        for id in ids {
            if stop.is_cancelled()
                || self.halted.load(Ordering::Relaxed)
                || !self.shared.lease_holds()
            {
                return false;
            }
            released |= self.advance(id).await;
        }
        released
    }

    /// Releases the next of one broadcast, and of those for whom its first way failed; whether there were any.
    async fn advance(&mut self, id: i64) -> bool {
        let now = self.clock.now();
        let closed = self.closed(id, now);
        let Some(run) = self.runs.get_mut(&id) else { return false };
        if run.row.send_before <= now {
            return false;
        }
        let runs =
            run.row.state == BroadcastState::Running && run.row.from.is_none_or(|from| from <= now);
        let falls_back = runs || run.row.state == BroadcastState::Done;
        let fallback = run.row.fallback.clone().filter(|fallback| {
            let mut roads = fallback
                .accounts
                .iter()
                .map(|account| Road { channel: fallback.channel, account: account.clone() });
            let is_open = roads.any(|road| !closed.contains(&road));
            falls_back && Instant::now() >= run.next_falls && is_open
        });
        let mut released = false;
        if let Some(fallback) = fallback {
            let silent = earlier(now, fallback.after);
            let fallen = Some((fallback, silent));
            released |= self.release(id, fallen, closed.clone(), now).await;
        }
        if runs {
            released |= self.release(id, None, closed, now).await;
        }
        released
    }

    /// Releases a chunk, as far as there is room for it; whether there may be more.
    async fn release(
        &mut self,
        id: i64,
        fallback: Option<(Fallback, Timestamp)>,
        closed: Vec<Road>,
        now: Timestamp,
    ) -> bool {
        let passed = self.shared.passed(id);
        let Some(run) = self.runs.get_mut(&id) else { return false };
        let of_fallen = fallback.is_some();
        if !of_fallen && (run.is_poured || run.only_on.as_ref() == Some(&closed)) {
            return false;
        }
        let limit = run.pace.room(passed, Instant::now()).min(CHUNK);
        if limit == 0 {
            return false;
        }
        let release = Release {
            broadcast: id,
            after: if of_fallen { run.fell_after } else { run.after },
            limit,
            wording: Arc::clone(&run.wording),
            fallback,
            closed: closed.clone(),
        };
        match self.records.release(release, now).await {
            Ok(chunk) if of_fallen => self.take_fallen(id, chunk),
            Ok(chunk) => self.take(id, chunk, closed).await,
            Err(error @ (RecordsError::Refused(_) | RecordsError::Broken { .. })) => {
                let why = format!("its recipients cannot be made messages: {error}");
                self.pause(id, &why).await;
                false
            }
            Err(error) => {
                tracing::warn!(%error, broadcast = id, "nothing can be released; trying again");
                false
            }
        }
    }

    /// Hands a chunk over; at the end of the plan it is seen whether nobody's turn is left.
    async fn take(&mut self, id: i64, chunk: Chunk, closed: Vec<Road>) -> bool {
        let Some(run) = self.runs.get_mut(&id) else { return false };
        let Some(last) = chunk.last else {
            if run.after != 0 {
                // Rows that another process had in its hands may have come back.
                run.after = 0;
                return true;
            }
            let records = &self.records;
            let asked = async {
                let on_open = records.has_planned(id, &closed).await?;
                let on_any =
                    on_open || (!closed.is_empty() && records.has_planned(id, &[]).await?);
                Ok::<_, RecordsError>((on_open, on_any))
            };
            match asked.await {
                Ok((on_open, on_any)) => {
                    run.is_poured = !on_any;
                    run.only_on = (!on_open).then_some(closed);
                }
                Err(error) => tracing::warn!(%error, broadcast = id, "the plan cannot be read"),
            }
            return false;
        };
        run.after = last;
        run.send(chunk.outgoing, &self.delivery);
        true
    }

    fn take_fallen(&mut self, id: i64, chunk: Chunk) -> bool {
        let Some(run) = self.runs.get_mut(&id) else { return false };
        run.fell_after = chunk.last.unwrap_or(0);
        let wait = if chunk.last.is_none() { FALLS } else { FALLS_STEP };
        run.next_falls = Instant::now() + wait;
        let are_any = !chunk.outgoing.is_empty();
        run.send(chunk.outgoing, &self.delivery);
        are_any
    }
}

impl Run {
    fn send(&mut self, outgoing: Vec<Outgoing>, delivery: &Delivery) {
        for message in &outgoing {
            self.note_road(message);
        }
        delivery.send(outgoing);
    }

    /// Whether it was seen to leave by what this holds.
    fn leaves_by(&self, hold: &Hold) -> bool {
        self.leaves_by.contains(&(hold.channel, hold.kind, hold.name.clone()))
    }

    /// What the broadcast leaves by.
    fn note_road(&mut self, message: &Outgoing) {
        let channel = message.channel;
        let is_known = |road: &(Channel, HoldKind, String)| {
            road.0 == channel && road.1 == HoldKind::Account && road.2 == message.account
        };
        if !self.leaves_by.iter().any(is_known) {
            self.leaves_by.insert((channel, HoldKind::Account, message.account.clone()));
        }
        if let Some(dlt) = message.content.registered()
            && !self
                .leaves_by
                .iter()
                .any(|(_, kind, name)| *kind == HoldKind::Template && *name == dlt.template)
        {
            self.leaves_by.insert((channel, HoldKind::Template, dlt.template.clone()));
        }
    }
}

#[cfg(test)]
#[path = "tests/runner.rs"]
mod runs;

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(in_hand: usize, ended: u64, returned: u64) -> Passed {
        Passed { in_hand, ended, returned }
    }

    #[test]
    fn as_many_are_in_hand_as_leave_in_a_fifth_of_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(Passed::default(), start);
        assert_eq!(pace.room(passed(0, 0, 0), start), LEAST_IN_HAND);
        let room = pace.room(passed(0, 500, 0), start + MEASURE);
        assert_eq!(room, 400, "500 in a quarter of a second");
        assert_eq!(pace.room(passed(180, 600, 0), start + MEASURE), 220);
        assert_eq!(pace.room(passed(201, 600, 0), start + MEASURE), 0, "half of them are there");
        let room = pace.room(passed(0, 1_000_000, 0), start + MEASURE * 2);
        assert_eq!(room, MOST_IN_HAND);
        for look in 3..40 {
            pace.room(passed(0, 1_000_000, 0), start + MEASURE * look);
        }
        let room = pace.room(passed(0, 1_000_000, 0), start + MEASURE * 40);
        assert_eq!(room, LEAST_IN_HAND, "nothing leaves any more");
    }

    #[test]
    fn while_more_come_back_than_leave_the_plan_is_not_poured_into_the_queue() {
        let start = Instant::now();
        let mut pace = Pace::new(Passed::default(), start);
        assert_eq!(pace.room(passed(0, 10, 90), start + MEASURE), 0);
        assert_eq!(pace.room(passed(0, 10, 90), start + LOOK), 0);
        assert!(pace.room(passed(0, 10, 90), start + MEASURE + LOOK) > 0, "one looks again");
        assert!(pace.room(passed(0, 1_010, 100), start + LOOK * 3) > 0, "a few always come back");
    }
}
