//! Takes effects out of the records, carries them out, and hands on what they came to.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use super::EffectsOptions;
use super::fetch::Call;
use crate::clock::{jittered, later};
use crate::flow::{ANSWER_GRACE, Effect, Fetch, Fetched, Method};
use crate::intake::Admission;
use crate::records::{Adopted, DueEffect, EffectKind, EffectResult, RecordsError};

/// How often the records are asked when nobody says that there is something.
const EVERY: Duration = Duration::from_secs(1);

/// So many effects of a kind are carried out at once. A medium has up to 32 MB, which lie in memory until
/// they are on disk; it never takes the place of a call that a flow waits for.
const AT_ONCE: [(EffectKind, usize); 4] = [
    (EffectKind::Fetch, 64),
    (EffectKind::Keep, 4),
    (EffectKind::GiveBack, 8),
    (EffectKind::Unite, 1),
];

/// How long effects under way may take at a stop; then they are left to the next process.
const FINISH: Duration = Duration::from_secs(15);

/// Between two calls of one effect.
const BETWEEN_CALLS: Duration = Duration::from_millis(500);

/// When the turn of an answer could not be committed: the first wait, doubled each time up to the
/// longest.
const BETWEEN_TURNS: Duration = Duration::from_secs(5);
const LONGEST_BETWEEN_TURNS: Duration = Duration::from_mins(10);

/// A turn that could not be committed so often, over a day and more, is given up.
const MOST_TURNS: u32 = 200;

/// The places of one kind.
struct Room {
    kind: EffectKind,
    places: Arc<Semaphore>,
}

pub(super) async fn run(options: EffectsOptions) {
    let options = Arc::new(options);
    let rooms =
        AT_ONCE.map(|(kind, places)| Room { kind, places: Arc::new(Semaphore::new(places)) });
    let freed = Arc::new(Notify::new());
    let under_way = TaskTracker::new();
    let shutdown = options.shutdown.clone();
    let mut pause = Duration::ZERO;
    while !shutdown.is_cancelled() {
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            () = options.intake.until_wanted() => {}
            () = freed.notified() => {}
        }
        pause = EVERY;
        for room in &rooms {
            take(&options, room, &freed, &under_way).await;
        }
    }
    under_way.close();
    if tokio::time::timeout(FINISH, under_way.wait()).await.is_err() {
        tracing::warn!(effects = under_way.len(), "effects under way are left to the next process");
    }
}

/// Claims as many of a kind as there is room for and sets them on their way. A full room is looked at
/// again when one of it is done, which `freed` tells.
async fn take(
    options: &Arc<EffectsOptions>,
    room: &Room,
    freed: &Arc<Notify>,
    under_way: &TaskTracker,
) {
    let places = room.places.available_permits();
    if places == 0 {
        return;
    }
    let due = match options.records.claim_effects(options.clock.now(), room.kind, places).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "effects could not be read");
            return;
        }
    };
    for effect in due {
        // Only this task takes places.
        let Ok(place) = Arc::clone(&room.places).try_acquire_owned() else { return };
        let (options, freed) = (Arc::clone(options), Arc::clone(freed));
        let places = Arc::clone(&room.places);
        under_way.spawn(async move {
            carry_out(&options, effect).await;
            let was_full = places.available_permits() == 0;
            drop(place);
            if was_full {
                freed.notify_one();
            }
        });
    }
}

async fn carry_out(options: &EffectsOptions, effect: DueEffect) {
    match &effect.effect {
        Effect::Fetch(fetch) => {
            let visit = fetch.visit;
            let answer = match &effect.answer {
                Some(answer) => answer.clone(),
                None => match call(options, &effect, fetch).await {
                    Some(answer) => answer,
                    None => return,
                },
            };
            turn(options, &effect, visit, answer).await;
        }
        Effect::GiveBack => {
            let admission = options.intake.given_back(effect.contact, &effect.key).await;
            after_turn(options, &effect, admission).await;
        }
        Effect::Unite { merge } => unite(options, &effect, *merge).await,
        Effect::Keep { kind, id, mime_type } => {
            let (outcome, result) =
                options.keeper.attempt(&effect, *kind, id, mime_type, options).await;
            options.metrics.carried_out("keep", outcome);
            let written = match &result {
                EffectResult::Kept(medium) => Some(medium.path.clone()),
                _ => None,
            };
            let recorded = options.records.record_effect(&effect, result).await;
            let is_lost = matches!(recorded, Ok(false) | Err(RecordsError::Fenced));
            if is_lost && let Some(path) = written {
                options.keeper.take_back(path).await;
            }
            is_written(&effect, recorded);
        }
    }
}

/// Makes one of two contacts, as the office decided.
async fn unite(options: &EffectsOptions, effect: &DueEffect, merge: i64) {
    let result = match options.records.settle_merge(merge).await {
        Ok(came_to) => {
            if let Adopted::Merged { kept, given_up } = came_to {
                tracing::info!(
                    kept,
                    given_up,
                    "two contacts are one person, as the office decided"
                );
            }
            options.metrics.carried_out("unite", "answered");
            EffectResult::Done
        }
        Err(error @ (RecordsError::Refused(_) | RecordsError::Broken { .. })) => {
            tracing::error!(%error, merge, "two contacts could not be made one; they wait as before");
            options.metrics.carried_out("unite", "refused");
            EffectResult::Done
        }
        Err(error) => {
            tracing::warn!(%error, merge, "two contacts could not be made one yet");
            turned_later(options, effect).await
        }
    };
    record(options, effect, result).await;
}

/// How often a call is made at most, in all processes together.
const fn most_calls(method: Method) -> u32 {
    match method {
        Method::Get | Method::Put => 3,
        // The other side may have done it, and knows it again by its key; once more is enough.
        Method::Post => 2,
    }
}

/// Makes the call of this claim and keeps what it came to; `None` when it goes again, or when the claim
/// is not ours any more.
async fn call(options: &EffectsOptions, effect: &DueEffect, fetch: &Fetch) -> Option<Fetched> {
    let limit = Duration::from_secs(u64::from(fetch.timeout_seconds.clamp(1, 60)));
    // The flow has gone its `failed` way by then: what was never begun does nothing in the world any
    // more.
    let is_past = options.clock.now() >= later(effect.created, limit + ANSWER_GRACE.unsigned_abs());
    if effect.attempts == 0 && is_past {
        let reason = "the call was not made in time".to_owned();
        return keep(options, effect, "failed", Fetched::Failed { reason }).await;
    }
    let deadline = later(effect.begun, limit);
    let most = most_calls(fetch.method);
    let left = Duration::try_from(deadline.duration_since(options.clock.now())).unwrap_or_default();
    // What was begun by a process that died is done again where it does something in the world; what
    // only asks would come too late.
    let is_late = effect.attempts > 0 && left.is_zero() && fetch.method == Method::Get;
    if effect.attempts >= most || is_late {
        let reason = "no answer came in time".to_owned();
        return keep(options, effect, "failed", Fetched::Failed { reason }).await;
    }
    let limit = if left.is_zero() { limit } else { left };
    let called = options.fetcher.call(fetch, &effect.key, limit).await;
    let (outcome, answer) = match called {
        Call::Came(answer @ Fetched::Answer { .. }) => {
            return keep(options, effect, "answered", answer).await;
        }
        Call::Came(answer @ Fetched::Failed { .. }) => {
            return keep(options, effect, "failed", answer).await;
        }
        // An order that was answered is not given again.
        Call::Busy(answer) if fetch.method == Method::Post => {
            return keep(options, effect, "answered", answer).await;
        }
        Call::Busy(answer) => ("answered", answer),
        Call::NotSent => ("failed", failed("the other side was not reached")),
        Call::Lost => ("failed", failed("no answer came in time")),
    };
    let wait = jittered(BETWEEN_CALLS, options.ids.seed());
    let not_before = later(options.clock.now(), wait);
    if effect.attempts + 1 < most && not_before < deadline {
        options.metrics.carried_out("fetch", "again");
        record(options, effect, EffectResult::Retry { not_before }).await;
        return None;
    }
    keep(options, effect, outcome, answer).await
}

fn failed(reason: &str) -> Fetched {
    Fetched::Failed { reason: reason.to_owned() }
}

/// Keeps what the call came to before anything is made of it.
async fn keep(
    options: &EffectsOptions,
    effect: &DueEffect,
    outcome: &'static str,
    answer: Fetched,
) -> Option<Fetched> {
    options.metrics.carried_out("fetch", outcome);
    if let Fetched::Failed { reason } = &answer {
        tracing::info!(effect = effect.id, reason, "a call of a flow failed");
    }
    let kept = record(options, effect, EffectResult::Answered(answer.clone())).await;
    kept.then_some(answer)
}

/// Makes the turn that goes on from the answer; however often it is tried, it is made once.
async fn turn(options: &EffectsOptions, effect: &DueEffect, visit: u32, answer: Fetched) {
    let admission = options.intake.fetched(effect.contact, &effect.key, visit, answer).await;
    after_turn(options, effect, admission).await;
}

/// Ends the effect whose turn is committed, or has it tried again.
async fn after_turn(options: &EffectsOptions, effect: &DueEffect, admission: Admission) {
    let result = match admission {
        Admission::Committed => EffectResult::Done,
        Admission::Again => turned_later(options, effect).await,
    };
    record(options, effect, result).await;
}

/// Its name among the metrics.
const fn name_of(effect: &DueEffect) -> &'static str {
    match effect.effect {
        Effect::Fetch(_) => "fetch",
        Effect::Keep { .. } => "keep",
        Effect::GiveBack => "give_back",
        Effect::Unite { .. } => "unite",
    }
}

/// What becomes of an effect whose turn could not be committed.
async fn turned_later(options: &EffectsOptions, effect: &DueEffect) -> EffectResult {
    if matches!(options.records.snapshot(effect.contact).await, Ok(None)) {
        options.metrics.carried_out(name_of(effect), "nobody");
        tracing::info!(effect = effect.id, "an effect ends: its person was erased");
        return EffectResult::Done;
    }
    if effect.attempts >= MOST_TURNS {
        options.metrics.carried_out(name_of(effect), "given_up");
        tracing::error!(
            effect = effect.id,
            tries = effect.attempts,
            "the turn of an effect could not be committed for a day and is given up"
        );
        return EffectResult::Done;
    }
    let doubled = BETWEEN_TURNS.saturating_mul(1 << effect.attempts.min(16));
    let wait = jittered(doubled.min(LONGEST_BETWEEN_TURNS), options.ids.seed());
    EffectResult::Retry { not_before: later(options.clock.now(), wait) }
}

/// Whether it was written; if not, the claim runs out and whoever claims next begins where the records
/// stand.
async fn record(options: &EffectsOptions, effect: &DueEffect, result: EffectResult) -> bool {
    is_written(effect, options.records.record_effect(effect, result).await)
}

fn is_written(effect: &DueEffect, recorded: Result<bool, RecordsError>) -> bool {
    match recorded {
        Ok(true) => true,
        Ok(false) => {
            tracing::warn!(effect = effect.id, "an effect took so long that another took it over");
            false
        }
        Err(error) => {
            tracing::warn!(effect = effect.id, %error, "what an effect came to is not written");
            false
        }
    }
}
