//! Timers that fell due become turns like any other. One that falls due in the silence before a poll waits for
//! its end: the shard, which knows whose it is, puts it off.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Intake, shard};
use crate::contact::Identities;
use crate::message::{Channel, Inbound, InboundContent};
use crate::records::DueTimer;

/// How often the records are asked; a timer is at most this late.
const EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 500;

pub(super) async fn run(intake: Intake, shutdown: CancellationToken) {
    let mut pause = EVERY;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = turn_due(&intake).await;
    }
}

/// Turns what is due; gives the wait until the next look.
async fn turn_due(intake: &Intake) -> Duration {
    let now = intake.inner.clock.now();
    let due = match intake.inner.records.due_timers(now, AT_ONCE).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "timers could not be read");
            return EVERY * 5;
        }
    };
    let full = due.len() == AT_ONCE;
    let mut turned = Vec::with_capacity(due.len());
    let mut waits = Vec::with_capacity(due.len());
    for timer in due {
        let source = shard::Source::Timer { kind: timer.kind, visit: timer.visit, due: timer.due };
        let (work, wait) = shard::Work::new(timer.contact, source, as_inbound(&timer), now);
        turned.push(work);
        waits.push(wait);
    }
    intake.hand_over(turned);
    for wait in waits {
        // A timer whose turn failed keeps its row; its claim runs out in a minute.
        let _ = wait.await;
    }
    if full { Duration::ZERO } else { EVERY }
}

/// A timer as the inbound row that makes its turn happen once.
fn as_inbound(timer: &DueTimer) -> Inbound {
    Inbound {
        channel: Channel::Internal,
        account: String::new(),
        key: format!(
            "timer:{}:{}:{}:{}",
            timer.contact,
            timer.kind.code(),
            timer.visit,
            timer.due.as_millisecond()
        ),
        from: Identities::default(),
        profile_name: None,
        sent_at: timer.due,
        content: InboundContent::Other { kind: "timer".to_owned() },
        quoted: None,
    }
}
