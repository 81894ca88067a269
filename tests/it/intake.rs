//! Inbound → turn → commit, in this process: the real lanes and records, memory for state, the
//! shipped flows, and faults put in the way on purpose.

mod at_once;
mod faults;
mod replicas;
mod rig;
mod stale;
mod timers;
