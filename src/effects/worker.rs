//! Takes effects out of the records, carries them out, and hands on what they came to.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::EffectsOptions;
use super::fetch::Call;
use crate::clock::later;
use crate::flow::{Effect, Fetch, Fetched, Method};
use crate::intake::Admission;
use crate::records::{DueEffect, EffectResult, RecordsError};

/// How often the records are asked when nobody says that there is something.
const EVERY: Duration = Duration::from_secs(1);

/// So many effects are carried out at once.
const AT_ONCE: usize = 64;

/// How long effects under way may take at a stop; then they are left to the next process.
const FINISH: Duration = Duration::from_secs(15);

/// Between two calls of one effect.
const BETWEEN_CALLS: Duration = Duration::from_millis(500);

/// When the turn of an answer could not be committed.
const BETWEEN_TURNS: Duration = Duration::from_secs(5);

pub(super) async fn run(options: EffectsOptions) {
    let options = Arc::new(options);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let under_way = TaskTracker::new();
    let shutdown = options.shutdown.clone();
    let mut pause = Duration::ZERO;
    while !shutdown.is_cancelled() {
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            () = options.intake.until_wanted() => {}
        }
        // A full house waits for one to be done.
        let Some(Ok(free)) = shutdown.run_until_cancelled(Arc::clone(&room).acquire_owned()).await
        else {
            break;
        };
        drop(free);
        pause = take(&options, &room, &under_way).await;
    }
    under_way.close();
    if tokio::time::timeout(FINISH, under_way.wait()).await.is_err() {
        tracing::warn!(effects = under_way.len(), "effects under way are left to the next process");
    }
}

/// Claims as many as there is room for and sets them on their way; the wait until the next look.
async fn take(
    options: &Arc<EffectsOptions>,
    room: &Arc<Semaphore>,
    under_way: &TaskTracker,
) -> Duration {
    let places = room.available_permits();
    let now = options.clock.now();
    let due = match options.records.claim_effects(now, places).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "effects could not be read");
            return EVERY * 5;
        }
    };
    let full = due.len() == places;
    for effect in due {
        // Only this task takes places.
        let Ok(place) = Arc::clone(room).try_acquire_owned() else { return Duration::ZERO };
        let options = Arc::clone(options);
        under_way.spawn(async move {
            let _place = place;
            carry_out(&options, effect).await;
        });
    }
    if full { Duration::ZERO } else { EVERY }
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
        Effect::Keep { kind, id, mime_type } => {
            let (outcome, result) =
                options.keeper.attempt(&effect, *kind, id, mime_type, &options.clock).await;
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
    let not_before = later(options.clock.now(), BETWEEN_CALLS);
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
    let result = match admission {
        Admission::Committed => EffectResult::Done,
        Admission::Again => {
            EffectResult::Retry { not_before: later(options.clock.now(), BETWEEN_TURNS) }
        }
    };
    record(options, effect, result).await;
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
