//! The office's kill switch.

use jiff::Timestamp;

/// How the kill switch stands, and who turned it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// Nothing at all is sent: what waits stays queued.
    pub halted: bool,
    pub by: String,
    pub why: String,
    pub at: Timestamp,
}
