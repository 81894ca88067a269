//! Running totals, so that metrics never count a table of millions: what one transaction adds.

use crate::message::Status;

/// What is counted beside the states of outgoing messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Total {
    Contacts,
    /// Memberships that stand, with those that only a list knows.
    Members,
    /// Among them those that only a list knows: nobody has asked the person.
    Listed,
    Parked,
    Unmatched,
}

impl Total {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Total::Contacts => "contacts",
            Total::Members => "members",
            Total::Listed => "listed",
            Total::Parked => "parked",
            Total::Unmatched => "unmatched",
        }
    }
}

/// What one transaction adds to the totals.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    changes: Vec<(&'static str, i64)>,
}

impl Totals {
    pub(super) fn add(&mut self, total: Total, by: i64) {
        self.change(total.name(), by);
    }

    /// So many messages moved from one status to another; `None`: they are new.
    pub(super) fn moved(&mut self, from: Option<Status>, to: Status, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(from) = from {
            self.change(from.name(), -count);
        }
        self.change(to.name(), count);
    }

    fn change(&mut self, name: &'static str, by: i64) {
        match self.changes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += by,
            None => self.changes.push((name, by)),
        }
    }

    /// What changed, without what came back to where it was.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&'static str, i64)> + '_ {
        self.changes.iter().filter(|(_, sum)| *sum != 0).copied()
    }
}
