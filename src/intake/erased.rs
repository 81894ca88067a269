//! Persons whom the office erased beside the server: what this process remembers of them goes, within a second or
//! two. The turn they were erased between is a stranger's in any case; this is about copies that nobody would look at
//! again.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::Intake;
use crate::state::State;

/// How often the records are asked.
const EVERY: Duration = Duration::from_secs(1);
/// What was erased so lately is forgotten at each look: a copy of a turn that was committed before may be written a
/// moment after.
const LATELY: SignedDuration = SignedDuration::from_mins(2);

/// `ttl`: nothing stands in the state store for longer.
pub(super) async fn run(intake: Intake, state: State, ttl: Duration, shutdown: CancellationToken) {
    let now = intake.inner.clock.now();
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    let mut since = now.checked_sub(ttl).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut forgotten = BTreeSet::new();
    loop {
        let looked_at = intake.inner.clock.now();
        if let Some(erased) = forget(&intake, &state, since, &forgotten).await {
            forgotten = erased;
            since = looked_at.checked_sub(LATELY).unwrap_or(Timestamp::UNIX_EPOCH);
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Forgets who was erased since then, and gives them; `None`: a store did not answer, and they are asked for again.
async fn forget(
    intake: &Intake,
    state: &State,
    since: Timestamp,
    known: &BTreeSet<i64>,
) -> Option<BTreeSet<i64>> {
    let erased = match intake.inner.records.erased_since(since).await {
        Ok(erased) => BTreeSet::from_iter(erased),
        Err(error) => {
            tracing::debug!(%error, "who was erased cannot be read; asking again");
            return None;
        }
    };
    if !erased.is_subset(known) {
        // Their numbers stand there.
        intake.inner.known.forget_all();
    }
    for contact in &erased {
        if let Err(error) = state.forget(*contact).await {
            tracing::debug!(%error, "the live state of an erased person is still there; trying again");
            return None;
        }
    }
    Some(erased)
}
