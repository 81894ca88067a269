//! The SQL text both dialects share, one file a subject. Placeholders are `?1`, times are epoch
//! milliseconds, truth is 0 or 1; what only one dialect can say stands with its engine.

pub(super) mod broadcasts;
pub(super) mod consent;
pub(super) mod contacts;
pub(super) mod effects;
pub(super) mod electors;
pub(super) mod events;
pub(super) mod facts;
pub(super) mod holds;
pub(super) mod import;
pub(super) mod listings;
pub(super) mod merge;
pub(super) mod outgoing;
pub(super) mod places;
pub(super) mod polls;
pub(super) mod posts;
pub(super) mod process;
pub(super) mod reached;
pub(super) mod report;
pub(super) mod reseal;
pub(super) mod states;
pub(super) mod statuses;
pub(super) mod turns;
