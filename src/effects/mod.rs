//! What turns want done in the world, after their commit and at least once: the HTTP calls of flows,
//! and the media of people.
//!
//! ```text
//!  committed turn ──▶ records ──▶ worker ──▶ HTTP call ──▶ records (the answer, sealed) ──▶ intake
//! ```
//!
//! Every process looks for effects as every process looks for timers. An effect is claimed, carried out
//! once a claim, and what it came to is kept before its turn is made: a crash anywhere between begins
//! again where the records stand. The turn itself is made once, for the effect's name is its inbound key.

mod address;
mod erase;
mod fetch;
mod folder;
mod keep;
mod worker;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use address::is_public;
pub use erase::{EraseError, erase_medium};
pub use fetch::{ANSWER_MAX, Fetcher};
pub use folder::{MediaError, MediaFolder};
pub use keep::Keeper;

use crate::clock::{Clock, Ids};
use crate::intake::Intake;
use crate::metrics::Metrics;
use crate::records::Records;
use crate::vital::Vital;

/// What the worker stands on.
#[derive(Clone, Debug)]
pub struct EffectsOptions {
    pub records: Records,
    pub intake: Intake,
    pub fetcher: Fetcher,
    pub keeper: Keeper,
    pub clock: Clock,
    pub ids: Ids,
    pub tracker: TaskTracker,
    pub shutdown: CancellationToken,
    pub vital: Vital,
    pub metrics: Arc<Metrics>,
}

/// Starts the worker on the tracker of the options. It ends with their `shutdown`: what is under way is
/// finished for a while.
pub fn start(options: EffectsOptions) {
    let (tracker, vital) = (options.tracker.clone(), options.vital.clone());
    let shutdown = options.shutdown.clone();
    tracker.spawn(vital.until(&shutdown, "the effects", worker::run(options)));
}
