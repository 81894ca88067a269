//! The states of a membership, and which follows which. A contact without a membership is a lead.
//!
//! ```text
//! lead ─▶ details ─▶ confirmed ─▶ verified ─▶ active
//!    └────────────────▲     └──────────┴─────────┴──▶ lapsed ─▶ (renewed) what it was before
//! verified or active ─▶ confirmed: the office takes the verification back
//! withdrawn from everywhere, and nothing follows it: whoever comes back has a new membership
//! ```

use jiff::Timestamp;

use super::beside::Beside;
use super::{MemberState, RecordsError};
use crate::clock::from_ms;
use crate::config::{Area, MembershipSection};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It is made and written with its time, who made it and why.
    Made {
        from: MemberState,
        /// The numbers of those who became active members by it (the rule of `[membership]`).
        became_active: Vec<String>,
    },
    /// The membership stands there already: nothing is written.
    Already,
    /// Nobody ever had this number.
    Unknown,
    /// The states do not allow it; in words for the office.
    Refused(String),
}

/// How often people said that they had not joined, by whoever brought them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disowned {
    /// The contact by whose code they came; `None`: by nobody's.
    pub enroller: Option<i64>,
    /// Their member number, where they are a member still.
    pub number: Option<String>,
    /// The list they stood on.
    pub import: Option<i64>,
    pub times: u32,
    pub last: Timestamp,
}

/// One step as the engines make it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) number: &'a str,
    pub(super) to: MemberState,
    pub(super) actor: &'a str,
    pub(super) why: &'a str,
    pub(super) at: i64,
}

/// A membership as a step finds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stands {
    pub(super) id: i64,
    pub(super) contact: i64,
    pub(super) person: i64,
    pub(super) state: i64,
    pub(super) has_ended: bool,
    pub(super) referred_by: Option<i64>,
}

/// What a step comes to before anything is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    Go { from: MemberState },
    Stop(StepOutcome),
}

impl Stands {
    pub(super) fn judge(&self, to: MemberState) -> Judged {
        let Some(from) = MemberState::from_code(self.state) else {
            let unknown = format!("its state is {}, which this version does not know", self.state);
            return Judged::Stop(StepOutcome::Refused(unknown));
        };
        // An active member is a verified one.
        let is_more = (from, to) == (MemberState::Active, MemberState::Verified);
        if from == to || is_more {
            return Judged::Stop(StepOutcome::Already);
        }
        if self.has_ended {
            let over = "this membership has ended, and nothing follows that: whoever comes back has a new \
                        one";
            return Judged::Stop(StepOutcome::Refused(over.to_owned()));
        }
        match why_not(from, to, self.person) {
            Some(reason) => Judged::Stop(StepOutcome::Refused(reason.to_owned())),
            None => Judged::Go { from },
        }
    }
}

/// Why the office may not lead a membership from one state to the other.
fn why_not(from: MemberState, to: MemberState, person: i64) -> Option<&'static str> {
    use MemberState::{Active, Confirmed, Details, Lapsed, Verified, Withdrawn};
    match (from, to) {
        (Withdrawn, _) => Some("whoever gave the membership back comes back by their own message"),
        // The same state is no step, and judged before. Taking the verification of an active member back takes
        // both back.
        (_, Withdrawn)
        | (Confirmed | Verified | Active, Confirmed | Verified | Lapsed)
        | (Verified | Active, Active) => None,
        // Others on a shared phone cannot speak for themselves there.
        (Details, Confirmed) if person > 0 => None,
        (Details, Confirmed) => {
            Some("the person confirms it, by joining from their own phone: write सदस्य")
        }
        (Details, _) => Some("the person has not confirmed it yet: that comes first"),
        (Confirmed, Active) => Some("only a verified member becomes an active one"),
        (Lapsed, _) => Some("the term is over: it goes on when the person renews it (नवीनीकरण)"),
        (_, Details) => Some("the person has confirmed it, and that stays true"),
    }
}

/// Who the rule counts for after a step: a member who is verified now, and whoever brought them.
pub(super) fn counts_for(stands: &Stands, to: MemberState) -> Vec<i64> {
    if to != MemberState::Verified || stands.person != 0 {
        return Vec::new();
    }
    let mut contacts = vec![stands.contact];
    contacts.extend(stands.referred_by.filter(|by| *by != stands.contact));
    contacts
}

/// Since when a verification counts, in epoch milliseconds.
pub(super) fn counts_since(rules: &MembershipSection, at: i64) -> i64 {
    at.saturating_sub(days_ms(rules.active_within_days))
}

/// Until when a term must have ended for a membership to lapse.
pub(super) fn lapses_before(rules: &MembershipSection, now: i64) -> i64 {
    now.saturating_sub(days_ms(rules.lapse_after_days))
}

fn days_ms(days: u32) -> i64 {
    i64::from(days) * 24 * 60 * 60 * 1000
}

/// Why somebody became an active member, where they do: so many verified in one area.
pub(super) fn why_active(rules: &MembershipSection, area: &str, verified: i64) -> Option<String> {
    let needed = i64::from(rules.active_referrals);
    let name = match rules.active_area {
        Area::Seat => "seat",
        Area::District => "district",
    };
    (needed > 0 && verified >= needed).then(|| format!("{verified} verified in {name} {area}"))
}

/// The word of `meta` that says that people on lists alone are counted.
pub(super) const LISTED_COUNTED: &str = "listed_counted";

/// Whose decision it is that a rule makes.
pub(super) const BY_RULE: &str = "rule";
/// Whose, that the calendar makes.
pub(super) const BY_TERM: &str = "term";

impl Beside {
    /// Leads the membership with this number to another state. Written are the time, who (`actor`) and why.
    /// A step to `verified` may make this member, or whoever brought them, an active one in the same
    /// transaction: by the rule of `[membership]`. A step to `withdrawn` ends the posts too.
    ///
    /// The office confirms nobody who can do so by their own message, and brings nobody back who left.
    pub async fn step(
        &self,
        number: &str,
        to: MemberState,
        actor: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<StepOutcome, RecordsError> {
        let step = Step { number, to, actor, why, at: at.as_millisecond() };
        on!(self, store => store.step(step).await)
    }

    /// Memberships whose term is over lapse, at most `limit`; how many did. The same is done by a server.
    pub async fn lapse(&self, now: Timestamp, limit: usize) -> Result<u64, RecordsError> {
        on!(self, store => store.lapse(now, limit).await)
    }

    /// Who brought people who then said that they had not joined: the most often named first.
    pub async fn disowned(&self, limit: usize) -> Result<Vec<Disowned>, RecordsError> {
        on!(self, store => store.disowned(limit).await)
    }
}

/// A row of [`DISOWNED`](super::sql::states::DISOWNED).
pub(super) type DisownedRow = (Option<i64>, Option<i64>, i64, i64, Option<String>);

pub(super) fn read_disowned(row: DisownedRow) -> Disowned {
    let (enroller, import, times, last, number) = row;
    let times = u32::try_from(times).unwrap_or(u32::MAX);
    Disowned { enroller, number, import, times, last: from_ms(last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(from: MemberState, to: MemberState, person: i64) -> Judged {
        let (id, contact, referred_by) = (1, 1, None);
        let has_ended = from == MemberState::Withdrawn;
        Stands { id, contact, person, state: from.code(), has_ended, referred_by }.judge(to)
    }

    #[test]
    fn only_these_steps_are_taken_by_the_office() {
        let mut allowed = Vec::new();
        for person in [0, 1] {
            for from in MemberState::ALL {
                for to in MemberState::ALL {
                    if matches!(judged(from, to, person), Judged::Go { .. }) {
                        allowed.push(format!("{person} {} {}", from.name(), to.name()));
                    }
                }
            }
        }
        let alike = [
            "details withdrawn",
            "confirmed verified",
            "confirmed lapsed",
            "confirmed withdrawn",
            "verified confirmed",
            "verified active",
            "verified lapsed",
            "verified withdrawn",
            "active confirmed",
            "active lapsed",
            "active withdrawn",
            "lapsed withdrawn",
        ];
        let mut wanted: Vec<String> = alike.iter().map(|step| format!("0 {step}")).collect();
        wanted.push("1 details confirmed".to_owned());
        wanted.extend(alike.iter().map(|step| format!("1 {step}")));
        assert_eq!(allowed, wanted);
    }

    #[test]
    fn a_state_is_no_step_from_itself() {
        for state in MemberState::ALL {
            assert_eq!(judged(state, state, 0), Judged::Stop(StepOutcome::Already));
        }
    }

    #[test]
    fn an_active_member_is_verified_already() {
        let again = judged(MemberState::Active, MemberState::Verified, 0);
        assert_eq!(again, Judged::Stop(StepOutcome::Already));
    }

    #[test]
    fn a_rule_of_none_makes_nobody_active() {
        let mut rules = MembershipSection { active_referrals: 2, ..MembershipSection::default() };
        assert_eq!(why_active(&rules, "173", 1), None);
        assert_eq!(why_active(&rules, "173", 2).as_deref(), Some("2 verified in seat 173"));
        rules.active_referrals = 0;
        assert_eq!(why_active(&rules, "173", 9), None);
    }
}
