//! The state office's web pages, and the phone simulator beside them.

pub mod polls;
pub mod simulator;
