//! What is in force for everybody: the calendar of elections, and how often people are written to.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;

use crate::calendar::Calendar;
use crate::message::Purpose;

/// What election law and the office have in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub calendar: Calendar,
    pub caps: Caps,
    /// The accounts of short messages whose vendor puts the DLT template of each text by itself, as the office
    /// says of them in the configuration.
    pub templates_at_vendor: Vec<String>,
}

impl Rules {
    /// Whether what leaves from this account has its DLT template from the vendor.
    #[must_use]
    pub fn is_registered_at_vendor(&self, account: &str) -> bool {
        self.templates_at_vendor.iter().any(|known| known == account)
    }

    /// From when on the broadcasts of a purpose that a person was sent are counted: those that asked for a consent
    /// for ever, others in the days of the caps.
    #[must_use]
    pub fn counts_since(&self, purpose: Purpose, now: Timestamp) -> Timestamp {
        match purpose.asks_for() {
            Some(_) => Timestamp::UNIX_EPOCH,
            None => self.caps.since(now),
        }
    }
}

/// How many broadcasts of a purpose one person is sent at most in so many days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    days: u16,
    most: Vec<(Purpose, u32)>,
}

impl Caps {
    /// 0 messages, and a purpose that is not named, are no cap; so is everything where `days` is 0.
    #[must_use]
    pub fn new(days: u16, most: impl IntoIterator<Item = (Purpose, u32)>) -> Caps {
        let most = most.into_iter().filter(|(_, most)| days > 0 && *most > 0).collect();
        Caps { days, most }
    }

    /// At most so many of this purpose; `None`: as many as there are.
    #[must_use]
    pub fn most(&self, purpose: Purpose) -> Option<u32> {
        self.most.iter().find(|(capped, _)| *capped == purpose).map(|(_, most)| *most)
    }

    /// The days they are counted over.
    #[must_use]
    pub const fn days(&self) -> u16 {
        self.days
    }

    /// From when on they are counted, this moment included.
    #[must_use]
    pub fn since(&self, now: Timestamp) -> Timestamp {
        let days = SignedDuration::from_hours(i64::from(self.days) * 24);
        now.checked_sub(days).unwrap_or(Timestamp::MIN)
    }
}

/// The rules in force, swapped whole; shared by everything that asks the gate.
#[derive(Clone, Debug, Default)]
pub struct RulesHandle(Arc<RwLock<Arc<Rules>>>);

impl RulesHandle {
    #[must_use]
    pub fn new(rules: Rules) -> RulesHandle {
        RulesHandle(Arc::new(RwLock::new(Arc::new(rules))))
    }

    /// The rules in force now.
    #[must_use]
    pub fn get(&self) -> Arc<Rules> {
        Arc::clone(&self.0.read())
    }

    /// Puts others in force.
    pub fn replace(&self, rules: Rules) {
        *self.0.write() = Arc::new(rules);
    }
}
