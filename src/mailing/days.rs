//! The days of broadcasts that come again, as a server runs them: when the hour of one has come, its audience is counted
//! anew with the gate of that moment, its recipients are written down, and it runs like any other broadcast. A day that
//! cannot be run says why and is tried again until its end; then it is told as missed, and never sent.
//!
//! Every process that sends looks; of a day one has hold at a time ([`Beside::open_day`]).

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::MailingError;
use super::crowd::{audience_from, known, names_of, resolved};
use super::office::Office;
use super::recipients::{
    Ceiling, Written, count, frozen_of, hashes, new_broadcast, write_recipients,
};
use crate::audience::Audience;
use crate::broadcast::{BroadcastState, Frozen, Occurrence, Tally};
use crate::clock::{Clock, Ids, later};
use crate::gate::RulesHandle;
use crate::records::{
    Beside, BroadcastRow, DayOpened, DayOpening, Hold, HoldKind, Moved, RecordsOptions,
};

/// How often it is looked whether the hour of a day has come.
const LOOK: Duration = Duration::from_secs(2);
/// Nobody else takes a day for so long; whoever is at work on it keeps it three times in it.
const HELD: Duration = Duration::from_mins(1);
/// A day that could not be run is tried again after this, later and later.
const AGAIN: Duration = Duration::from_secs(5);
/// At most after so long; where everybody was asked for it, after that.
const AGAIN_AT_MOST: Duration = Duration::from_mins(1);
const AGAIN_AFTER_COUNT: Duration = Duration::from_mins(5);
/// Who moves a day.
const ACTOR: &str = "server";
/// Of a day nobody looked at in its time.
const NOBODY_UP: &str = "no server that sends was up in its time";

/// Reads the office's files as they are now.
pub type Reads = Arc<dyn Fn() -> Result<Office, MailingError> + Send + Sync>;

/// What days are run with.
#[derive(Clone)]
pub struct DaysOptions {
    pub records: RecordsOptions,
    pub reads: Reads,
    /// Those in force.
    pub rules: RulesHandle,
    pub clock: Clock,
    pub ids: Ids,
    /// The office's kill switch: while `true` no day begins.
    pub halted: Arc<AtomicBool>,
    pub metrics: DaysMetrics,
    pub shutdown: CancellationToken,
}

impl fmt::Debug for DaysOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DaysOptions")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// `run` or `missed`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

/// What became of days.
#[derive(Clone, Debug, Default)]
pub struct DaysMetrics {
    days: Family<OutcomeLabel, Counter>,
    waiting: Gauge,
}

impl DaysMetrics {
    /// Makes the families and names them in the registry.
    #[must_use]
    pub fn register(registry: &mut Registry) -> DaysMetrics {
        let metrics = DaysMetrics::default();
        for outcome in ["run", "missed"] {
            drop(metrics.days.get_or_create(&OutcomeLabel { outcome }));
        }
        registry.register(
            "broadcast_days",
            "Days of broadcasts that come again: run by this process, or told as missed by it",
            metrics.days.clone(),
        );
        registry.register(
            "broadcast_days_waiting",
            "Days of broadcasts that come again whose hour has come and that cannot be run now",
            metrics.waiting.clone(),
        );
        metrics
    }

    fn count(&self, outcome: &'static str) {
        self.days.get_or_create(&OutcomeLabel { outcome }).inc();
    }
}

/// Runs days until `shutdown`.
pub async fn keep_days(options: DaysOptions) {
    let shutdown = options.shutdown.clone();
    let mut days = Days::new(options);
    loop {
        if let Err(error) = Box::pin(days.look()).await {
            tracing::warn!(%error, "the days of broadcasts that come again cannot be looked at; again in a moment");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// The taking of a day of a series, as it is said here.
#[must_use]
pub fn opening(series: &BroadcastRow, day: &Frozen, holder: &str, now: Timestamp) -> DayOpening {
    DayOpening {
        series: series.id,
        shown: (series.hash, series.state),
        day: new_broadcast(day, &series.author, None, now),
        holder: holder.to_owned(),
        until: later(now, HELD),
    }
}

/// What looks at the days.
#[derive(Debug)]
pub struct Days {
    options: DaysOptions,
    /// Names this process.
    holder: String,
    /// Opened at the first look.
    beside: Option<Arc<Beside>>,
    /// Days that could not be run, by their names.
    tried: HashMap<String, Tried>,
    /// What was said last of a series that cannot be read: the same is not said twice.
    unreadable: BTreeMap<i64, [u8; 32]>,
}

/// A day that could not be run.
#[derive(Clone, Debug)]
struct Tried {
    /// As its series stood then: where that is another, the day is tried at once.
    series: ([u8; 32], BroadcastState),
    /// Not before.
    next: Instant,
    times: u32,
}

/// What became of a try.
enum Came {
    Ran(Tally),
    /// It cannot be run now, and why.
    Waits {
        why: String,
        counted: bool,
    },
    /// Somebody else has it, or it stands elsewhere.
    Elsewhere,
}

impl Came {
    fn waits(why: impl Into<String>) -> Came {
        Came::Waits { why: why.into(), counted: false }
    }
}

impl Days {
    #[must_use]
    pub fn new(options: DaysOptions) -> Days {
        let holder = options.ids.uuid(options.clock.now()).to_string();
        Days { options, holder, beside: None, tried: HashMap::new(), unreadable: BTreeMap::new() }
    }

    /// Runs every day whose hour has come, and tells of those that were missed.
    ///
    /// # Errors
    /// The records do not answer.
    pub async fn look(&mut self) -> Result<(), MailingError> {
        let beside = if let Some(beside) = &self.beside {
            Arc::clone(beside)
        } else {
            let opened = Arc::new(Beside::open(self.options.records.clone()).await?);
            Arc::clone(self.beside.insert(opened))
        };
        let mut waiting = 0;
        for row in beside.series().await? {
            // What goes wrong with one is no reason to leave the others.
            if let Err(error) = Box::pin(self.look_at(&beside, &row, &mut waiting)).await {
                tracing::warn!(broadcast = row.id, %error, "its days cannot be looked at; again in a moment");
            }
        }
        self.options.metrics.waiting.set(waiting);
        self.tell_missed(&beside).await
    }

    /// One series; `waiting` grows by its days that wait although their hour has come.
    async fn look_at(
        &mut self,
        beside: &Beside,
        row: &BroadcastRow,
        waiting: &mut i64,
    ) -> Result<(), MailingError> {
        let frozen = match frozen_of(row) {
            Ok(frozen) => frozen,
            Err(error) => {
                if self.unreadable.insert(row.id, row.hash) != Some(row.hash) {
                    tracing::error!(broadcast = row.id, %error, "no day of it is run");
                }
                return Ok(());
            }
        };
        let Some(series) = frozen.series else { return Ok(()) };
        let now = self.options.clock.now();
        let states = beside.day_states(row.id).await?;
        for day in series.begun(row.begun.unwrap_or(row.created), now) {
            let name = frozen.on(&day).name;
            let stands = states.iter().find(|(_, known, _)| *known == name);
            let is_open = stands.is_none_or(|(_, _, state)| {
                matches!(state, BroadcastState::Approved | BroadcastState::Freezing)
            });
            if !is_open {
                continue;
            }
            if self.options.shutdown.is_cancelled() {
                return Ok(());
            }
            if day.before > now {
                let is_frozen_elsewhere =
                    stands.is_some_and(|(_, _, state)| *state == BroadcastState::Freezing);
                let settled = Box::pin(self.attempt(beside, row, (&frozen, &day))).await?;
                *waiting += i64::from(!settled.unwrap_or(is_frozen_elsewhere));
            } else if stands.is_none() {
                self.make_missed(beside, row, (&frozen, &day)).await?;
            }
        }
        if series.next(now).is_none() {
            let (to, why) = match row.state {
                BroadcastState::Repeating => (BroadcastState::Done, None),
                _ => (BroadcastState::Expired, Some("its last day passed while it was paused")),
            };
            beside.move_broadcast(row.id, to, ACTOR, why, now).await?;
        }
        Ok(())
    }

    /// A day whose whole time passed while nobody looked has a row all the same: the next step tells of it.
    async fn make_missed(
        &self,
        beside: &Beside,
        row: &BroadcastRow,
        (frozen, day): (&Frozen, &Occurrence),
    ) -> Result<(), MailingError> {
        let now = self.options.clock.now();
        let opening = opening(row, &frozen.on(day), &self.holder, now);
        if let DayOpened::Yes(day) = beside.open_day(opening).await?
            && row.state == BroadcastState::Paused
        {
            beside.leave_day(day.id, &self.holder, &paused(row), now).await?;
        }
        Ok(())
    }

    /// Tries to run a day; whether nothing more has to be done for it. `None`: somebody else has it.
    async fn attempt(
        &mut self,
        beside: &Beside,
        row: &BroadcastRow,
        (frozen, day): (&Frozen, &Occurrence),
    ) -> Result<Option<bool>, MailingError> {
        let mut says = frozen.on(day);
        let name = says.name.clone();
        let series = (row.hash, row.state);
        let tried = self.tried.get(&name).filter(|tried| tried.series == series).cloned();
        if tried.as_ref().is_some_and(|tried| Instant::now() < tried.next) {
            return Ok(Some(false));
        }
        let now = self.options.clock.now();
        let opened = match beside.open_day(opening(row, &says, &self.holder, now)).await? {
            DayOpened::Yes(day) => day,
            DayOpened::Held => return Ok(None),
            DayOpened::Over(_) | DayOpened::Changed => return Ok(Some(true)),
        };
        // A day that waited before is counted before anything of it is written: it may go to nobody once more.
        let (id, counts_first) = (opened.id, opened.why.is_some());
        let came = Box::pin(self.run(beside, row, (frozen, &mut says), counts_first)).await;
        let came = came.unwrap_or_else(|error| Came::waits(error.to_string()));
        let now = self.options.clock.now();
        match came {
            Came::Ran(tally) => {
                self.tried.remove(&name);
                self.options.metrics.count("run");
                tracing::info!(
                    broadcast = id,
                    day = name,
                    goes = tally.goes,
                    refused = tally.refused_in_all(),
                    "a day of a broadcast that comes again begins"
                );
                Ok(Some(true))
            }
            Came::Waits { why, counted } => {
                let times = tried.map_or(0, |tried| tried.times);
                let wait = if counted {
                    AGAIN_AFTER_COUNT
                } else {
                    AGAIN.saturating_mul(1 << times.min(5)).min(AGAIN_AT_MOST)
                };
                if beside.leave_day(id, &self.holder, &why, now).await? {
                    tracing::error!(
                        broadcast = id,
                        day = name,
                        "a day of a broadcast that comes again is not run: {why}"
                    );
                }
                let next = Instant::now() + wait;
                self.tried.insert(name, Tried { series, next, times: times + 1 });
                Ok(Some(false))
            }
            Came::Elsewhere => Ok(Some(true)),
        }
    }

    /// Everything that has to be so, then the recipients. `counts_first`: they are counted before anything is written.
    async fn run(
        &self,
        beside: &Beside,
        row: &BroadcastRow,
        (frozen, says): (&Frozen, &mut Frozen),
        counts_first: bool,
    ) -> Result<Came, MailingError> {
        let (options, name) = (&self.options, &row.name);
        if row.state == BroadcastState::Paused {
            return Ok(Came::waits(paused(row)));
        }
        if options.halted.load(Ordering::Relaxed) {
            return Ok(Came::waits("the kill switch is on: samvad halt"));
        }
        let rules = options.rules.get();
        if rules.calendar.is_in_doubt() {
            return Ok(Came::waits(
                "the calendar of elections cannot be read, and nobody knows what it forbids: samvad calendar check",
            ));
        }
        let mut office = self.office().await?;
        office.config.rules = (*rules).clone();
        office.know_tags(beside.tags().await?.into_iter().map(|(tag, _)| tag).collect());
        let rows = known(beside).await?;
        let names = names_of(&rows);
        let audience = match &frozen.audience {
            Some(text) => Some(audience_from(beside, &office, text, &names).await?),
            None => None,
        };
        if let Some(why) = changed(&office, name, frozen, &names).await {
            return Ok(Came::waits(why));
        }
        if let Some(why) = rests(frozen, &beside.holds().await?, options.clock.now()) {
            return Ok(Came::waits(why));
        }
        says.earlier = resolved(beside, audience.as_ref(), &says.name, &rows).await?;
        let now = options.clock.now();
        let opened = beside.open_day(opening(row, says, &self.holder, now)).await?;
        let DayOpened::Yes(day) = opened else { return Ok(Came::Elsewhere) };
        let ceiling = Ceiling::of(&day, office.config.approve_above);
        if counts_first {
            let lost = AtomicBool::new(false);
            let goes_on = &mut |_| self.goes_on(&lost);
            let counting = count(beside, &office, says, now, goes_on);
            let Some(counted) = self.kept(beside, day.id, counting, &lost).await? else {
                return Ok(self.broken_off());
            };
            let tally = counted.tally;
            if tally.goes == 0 {
                return Ok(Came::Waits { why: nobody(&tally), counted: true });
            }
            if tally.goes > ceiling.0 {
                return Ok(Came::Waits { why: too_many(row, &day, tally.goes), counted: true });
            }
        }
        let shown = (day.id, day.hash);
        let to = BroadcastState::Freezing;
        let moved = beside.move_as_shown(shown, to, None, ACTOR, options.clock.now()).await?;
        if !matches!(moved, Moved::Yes { .. }) {
            return Ok(Came::Elsewhere);
        }
        let whom = (&*says, audience.as_ref());
        let written = Box::pin(self.write(beside, &office, &day, whom, ceiling)).await?;
        match written {
            // Whoever runs broadcasts begins what is frozen and due; a pause given meanwhile stays.
            Written::Yes(tally) => Ok(Came::Ran(tally)),
            Written::TooMany(goes) => {
                Ok(Came::Waits { why: too_many(row, &day, goes), counted: true })
            }
            Written::Nobody(tally) => Ok(Came::Waits { why: nobody(&tally), counted: true }),
            Written::ListChanged => Ok(Came::waits(list_changed(name))),
            Written::Elsewhere => Ok(self.broken_off()),
        }
    }

    /// Whether a day that is being counted or written down is still ours to go on with.
    fn goes_on(&self, lost: &AtomicBool) -> bool {
        !lost.load(Ordering::Relaxed) && !self.options.shutdown.is_cancelled()
    }

    /// What comes of a day that was not gone on with.
    fn broken_off(&self) -> Came {
        if self.options.shutdown.is_cancelled() {
            return Came::waits("the server that was at work on it was stopped");
        }
        Came::Elsewhere
    }

    /// Writes the recipients down, and keeps the day meanwhile.
    async fn write(
        &self,
        beside: &Beside,
        office: &Office,
        day: &BroadcastRow,
        whom: (&Frozen, Option<&Audience>),
        ceiling: Ceiling,
    ) -> Result<Written, MailingError> {
        let lost = AtomicBool::new(false);
        let goes_on = &mut |_| self.goes_on(&lost);
        let with = (beside, office, &self.options.clock);
        let writing = write_recipients(with, day, whom, (ceiling, true), ACTOR, goes_on);
        Box::pin(self.kept(beside, day.id, writing, &lost)).await
    }

    /// Does something with a day that is held, and keeps it meanwhile; `lost`: it is not ours any more.
    async fn kept<T>(
        &self,
        beside: &Beside,
        day: i64,
        work: impl Future<Output = T>,
        lost: &AtomicBool,
    ) -> T {
        let clock = &self.options.clock;
        let done = Notify::new();
        let working = async {
            let came = work.await;
            done.notify_one();
            came
        };
        let keeping = async {
            loop {
                tokio::select! {
                    () = done.notified() => return,
                    () = tokio::time::sleep(HELD / 3) => {}
                }
                let until = later(clock.now(), HELD);
                match beside.hold_day(day, &self.holder, until).await {
                    Ok(true) => {}
                    Ok(false) => lost.store(true, Ordering::Relaxed),
                    Err(error) => {
                        tracing::warn!(%error, broadcast = day, "the day cannot be kept");
                    }
                }
            }
        };
        let (came, ()) = tokio::join!(working, keeping);
        came
    }

    /// The office's files as they are now. They are read beside the runtime: flows are checked whole.
    async fn office(&self) -> Result<Office, MailingError> {
        let reads = Arc::clone(&self.options.reads);
        let reading = tokio::task::spawn_blocking(move || reads()).await;
        reading.map_err(|error| MailingError::said(error.to_string()))?
    }

    /// Days whose end came before they could be run are over, and never sent.
    async fn tell_missed(&mut self, beside: &Beside) -> Result<(), MailingError> {
        let now = self.options.clock.now();
        for day in beside.missed_days(now).await? {
            beside.throw_away_staged(day.id).await?;
            let why = day.why.as_deref().unwrap_or(NOBODY_UP);
            let to = BroadcastState::Expired;
            let moved = beside.move_broadcast(day.id, to, ACTOR, Some(why), now).await?;
            if matches!(moved, Moved::Yes { .. }) {
                self.tried.remove(&day.name);
                self.options.metrics.count("missed");
                tracing::error!(
                    broadcast = day.id,
                    day = day.name,
                    "a day of a broadcast that comes again was missed and is not sent: {why}"
                );
            }
        }
        Ok(())
    }
}

fn paused(row: &BroadcastRow) -> String {
    let why = row.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} is paused{why}", row.name)
}

/// What helps where it is not what somebody said yes to any more.
fn anew(name: &str) -> String {
    format!(
        "samvad broadcast plan {name} takes it as it is now; it is tested, approved and run anew then"
    )
}

fn list_changed(name: &str) -> String {
    format!("a list of {name} changed since it was approved: {}", anew(name))
}

/// Why a day goes to nobody, although it would go to so many.
fn too_many(series: &BroadcastRow, day: &BroadcastRow, goes: u64) -> String {
    let (name, author) = (&series.name, &series.author);
    let approved = day.approved_for.unwrap_or_default();
    let by = day.approved_by.as_deref().unwrap_or("somebody");
    format!(
        "it would go to {goes} people; {by} said yes to {approved}. Plan {name} anew, test it, and somebody else than {author} says yes to it"
    )
}

/// Why what stands in the files now is not what somebody said yes to; `None`: it is.
async fn changed(
    office: &Office,
    name: &str,
    approved: &Frozen,
    names: &[String],
) -> Option<String> {
    let anew = anew(name);
    let Ok(definition) = office.definition(name, names) else {
        return Some(format!(
            "its file is gone or wrong since it was approved: samvad broadcast check {name}"
        ));
    };
    let Some(mut says) = definition.freeze_series() else {
        return Some(format!("its file does not come again any more: {anew}"));
    };
    match hashes(office, &says, definition.audience.as_ref()).await {
        Ok(lists) => says.lists = lists,
        Err(error) => return Some(error.to_string()),
    }
    if says.lists != approved.lists {
        return Some(list_changed(name));
    }
    (!approved.says_the_same(&says)).then(|| {
        format!("its file, its texts or what it leaves by changed since it was approved: {anew}")
    })
}

/// What it leaves by and what rests now; `None`: it may leave.
fn rests(frozen: &Frozen, holds: &[Hold], now: Timestamp) -> Option<String> {
    let resting: Vec<&Hold> = holds.iter().filter(|hold| hold.until > now).collect();
    let registry = frozen.said.sms.as_ref().and_then(|sms| sms.registry.as_ref());
    let templates = registry.map(|registry| registry.templates.as_slice()).unwrap_or_default();
    let template = resting.iter().find(|hold| {
        hold.kind == HoldKind::Template
            && templates.iter().any(|known| known.id.as_ref() == Some(&hold.name))
    });
    if let Some(hold) = template {
        let name = &hold.name;
        return Some(format!("the DLT template {name} rests at its provider: samvad holds list"));
    }
    let mut senders = frozen.senders.iter();
    let all_rest = senders.all(|sender| {
        let of = |hold: &&Hold| hold.channel == sender.channel && hold.name == sender.account;
        resting.iter().filter(|hold| hold.kind == HoldKind::Account).any(of)
    });
    all_rest.then(|| "every number and account it leaves by rests: samvad holds list".to_owned())
}

/// Why nobody would get it.
fn nobody(tally: &Tally) -> String {
    if tally.chosen == 0 {
        return "nobody is in its audience".to_owned();
    }
    let reasons = tally.refused.iter().map(|(reason, count)| {
        let (_, words) = reason.office_words();
        format!("{count} {}: {words}", reason.name())
    });
    format!("nobody would get it now ({})", reasons.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::Reason;
    use crate::broadcast::fixture::frozen;
    use crate::gate::Refusal;
    use crate::message::Channel;

    fn now() -> Timestamp {
        "2026-12-06T04:30:00Z".parse().unwrap()
    }

    fn hold(channel: Channel, name: &str) -> Hold {
        Hold {
            channel,
            kind: HoldKind::Account,
            name: name.to_owned(),
            account: name.to_owned(),
            code: None,
            http: None,
            since: now(),
            until: later(now(), HELD),
            refusals: 1,
            trying: None,
            by_report: false,
            ended: None,
        }
    }

    #[test]
    fn a_day_waits_while_everything_it_leaves_by_rests_and_not_when_one_is_well() {
        let holds = vec![
            hold(Channel::Whatsapp, "111"),
            hold(Channel::Whatsapp, "222"),
            hold(Channel::Sms, "office"),
        ];
        assert_eq!(rests(&frozen(), &holds[..2], now()), None, "short messages leave");
        let why = rests(&frozen(), &holds, now()).unwrap();
        assert!(why.contains("samvad holds list"), "{why}");
        assert_eq!(rests(&frozen(), &holds, later(now(), HELD)), None, "they have rested");
    }

    #[test]
    fn where_nobody_would_get_it_the_reasons_are_told() {
        assert_eq!(nobody(&Tally::default()), "nobody is in its audience");
        let refused = vec![(Reason::Gate(Refusal::Silence), 7)];
        let why = nobody(&Tally { chosen: 7, refused, ..Tally::default() });
        assert!(why.starts_with("nobody would get it now (7 silence: "), "{why}");
    }
}
