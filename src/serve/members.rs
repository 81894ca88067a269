//! What becomes of memberships by itself: those whose term is over lapse, and those from before this version
//! get what they lack: what their names are found by, and the state in which they ended.

use std::time::Duration;

use crate::clock::Clock;
use crate::records::{Records, RecordsError};

/// So many rows are one transaction: turns pass between two of them.
const STEP: usize = 500;
/// A term ends with a day; an hour later is soon enough.
const PAUSE: Duration = Duration::from_hours(1);
/// After a failure: the records may be away for a moment.
const AGAIN: Duration = Duration::from_mins(1);

/// Never ends by itself.
pub(super) async fn keep(records: Records, clock: Clock) {
    loop {
        let pause = match look_after(&records, &clock).await {
            Ok(()) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "memberships could not be looked after; again in a minute");
                AGAIN
            }
        };
        tokio::time::sleep(pause).await;
    }
}

async fn look_after(records: &Records, clock: &Clock) -> Result<(), RecordsError> {
    let mut completed = 0;
    loop {
        let some = records.complete_members(STEP).await?;
        if some == 0 {
            break;
        }
        completed += some;
    }
    if completed > 0 {
        tracing::info!(completed, "members from before this version have what they lacked");
    }
    let mut lapsed = 0;
    loop {
        let some = records.lapse(clock.now(), STEP).await?;
        lapsed += some;
        if some == 0 {
            break;
        }
    }
    if lapsed > 0 {
        tracing::info!(lapsed, "memberships lapsed: their term is over");
    }
    Ok(())
}
