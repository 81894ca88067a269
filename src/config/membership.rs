//! `[membership]`: when a membership is over, and who becomes an active member.

use serde::{Deserialize, Serialize};

/// How the office counts its members. The default is none of it: nobody becomes active by a rule, and a
/// membership lapses on the day its term is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipSection {
    /// So many verified members brought, all of one area, make a verified member an active one; 0: none do.
    pub active_referrals: u32,
    pub active_area: Area,
    /// Verified within so many days before the last of them.
    pub active_within_days: u32,
    /// Days after the end of the term in which a membership still stands.
    pub lapse_after_days: u32,
}

/// In what those who were brought must all be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    #[default]
    Seat,
    District,
}

impl MembershipSection {
    pub(super) fn complete(&self, problems: &mut Vec<String>) {
        let mut within = |key: &str, value: u32, from: u32, to: u32, why: &str| {
            if !(from..=to).contains(&value) {
                problems
                    .push(format!("membership.{key}: {value} is outside {from} to {to}; {why}"));
            }
        };
        within(
            "active_referrals",
            self.active_referrals,
            0,
            100_000,
            "how many verified members one must have brought, and 0 for no such rule",
        );
        within(
            "active_within_days",
            self.active_within_days,
            1,
            3_650,
            "the days in which they were verified",
        );
        within(
            "lapse_after_days",
            self.lapse_after_days,
            0,
            365,
            "the days a membership still stands after its term",
        );
    }
}
