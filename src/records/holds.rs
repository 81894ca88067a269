//! What a provider refuses whoever it is sent to: an account of ours, a DLT template. It rests until a
//! time; then one message tries it for all processes. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::RecordsError;
use crate::clock::{from_ms, later};
use crate::message::Channel;

/// Servers look every second at what rests.
pub(super) const SERVERS_KNOW_MS: i64 = 3_000;

/// What rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HoldKind {
    /// An account (a number) of ours.
    Account,
    /// A DLT template, by the operators' id, whichever account it leaves by.
    Template,
}

impl HoldKind {
    pub const ALL: [HoldKind; 2] = [HoldKind::Account, HoldKind::Template];

    /// The number a store keeps.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            HoldKind::Account => 1,
            HoldKind::Template => 2,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<HoldKind> {
        HoldKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name in metrics and for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            HoldKind::Account => "account",
            HoldKind::Template => "template",
        }
    }
}

/// Something that rests, or rested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub channel: Channel,
    pub kind: HoldKind,
    /// Our name of the account, or the operators' id of the template.
    pub name: String,
    /// The account by which it was refused last.
    pub account: String,
    /// The provider's code, and the status of HTTP, of the last refusal.
    pub code: Option<i64>,
    pub http: Option<u16>,
    /// The first refusal.
    pub since: Timestamp,
    /// Nothing leaves before; after it one message tries.
    pub until: Timestamp,
    /// Times it was refused: each rest is twice as long.
    pub refusals: u32,
    /// When a message was let through to try, and nothing is known of it yet.
    pub trying: Option<Timestamp>,
    /// Reports told of it: that a gateway takes a message proves nothing, only a report does.
    pub by_report: bool,
    pub ended: Option<Timestamp>,
}

/// Names a hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HoldName {
    pub channel: Channel,
    pub kind: HoldKind,
    pub name: String,
}

/// A refusal that is about more than its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub held: HoldName,
    pub account: String,
    pub code: Option<i64>,
    pub http: Option<u16>,
    pub at: Timestamp,
    /// When the message left of which a report says so; `None`: it is the answer to a call.
    pub reported: Option<Timestamp>,
    /// The first rest, and the longest.
    pub first: Duration,
    pub longest: Duration,
}

/// A message of ours as a report finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The account it left by.
    pub account: String,
    /// When it left, or what was last known of it came.
    pub left: Timestamp,
    /// The DLT template it left by.
    pub template: Option<String>,
}

/// What a refusal changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rests {
    pub hold: Hold,
    /// It rested not before.
    pub is_new: bool,
}

impl Hold {
    #[must_use]
    pub fn key(&self) -> HoldName {
        HoldName { channel: self.channel, kind: self.kind, name: self.name.clone() }
    }

    /// How the hold stands after a refusal; `None`: the message left before the last one ended, and
    /// what it was refused for is mended since.
    ///
    /// Refusals of messages that were under way together are one; so are reports on what left before
    /// the first of them was known.
    #[must_use]
    pub fn after(known: Option<Hold>, refused: &Refused) -> Option<Rests> {
        let standing = match known {
            Some(Hold { ended: Some(ended), .. })
                if refused.reported.is_some_and(|left| left < ended) =>
            {
                return None;
            }
            Some(hold) if hold.ended.is_none() => hold,
            _ => {
                let HoldName { channel, kind, name } = refused.held.clone();
                let hold = Hold {
                    channel,
                    kind,
                    name,
                    account: refused.account.clone(),
                    code: refused.code,
                    http: refused.http,
                    since: refused.at,
                    until: later(refused.at, refused.first.min(refused.longest)),
                    refusals: 1,
                    trying: None,
                    by_report: refused.reported.is_some(),
                    ended: None,
                };
                return Some(Rests { hold, is_new: true });
            }
        };
        let by_report = standing.by_report || refused.reported.is_some();
        let is_of_one_volley = (standing.trying.is_none() && refused.at < standing.until)
            || refused.reported.is_some_and(|left| left < standing.since);
        if is_of_one_volley {
            return Some(Rests { hold: Hold { by_report, ..standing }, is_new: false });
        }
        let rest = refused.first.saturating_mul(2_u32.saturating_pow(standing.refusals));
        let hold = Hold {
            account: refused.account.clone(),
            code: refused.code,
            http: refused.http,
            until: later(refused.at, rest.min(refused.longest)),
            refusals: standing.refusals.saturating_add(1),
            trying: None,
            by_report,
            ..standing
        };
        Some(Rests { hold, is_new: false })
    }
}

/// A row: channel, kind, name, account, code, http, since, until, refusals, trying, `by_report`, ended.
pub(super) type HoldRow = (
    i64,
    i64,
    String,
    String,
    Option<i64>,
    Option<i64>,
    i64,
    i64,
    i64,
    Option<i64>,
    i64,
    Option<i64>,
);

/// Reads a row.
///
/// # Errors
/// [`RecordsError::Broken`]: a newer version wrote it.
pub(super) fn read_hold(row: HoldRow) -> Result<Hold, RecordsError> {
    let (
        channel,
        kind,
        name,
        account,
        code,
        http,
        since,
        until,
        refusals,
        trying,
        by_report,
        ended,
    ) = row;
    let broken = |column: &'static str, id: i64| {
        let reason = "written by a newer version".to_owned();
        RecordsError::Broken { table: "holds", column, id, reason }
    };
    Ok(Hold {
        channel: Channel::from_code(channel).ok_or_else(|| broken("channel", channel))?,
        kind: HoldKind::from_code(kind).ok_or_else(|| broken("kind", kind))?,
        name,
        account,
        code,
        http: http.and_then(|http| u16::try_from(http).ok()),
        since: from_ms(since),
        until: from_ms(until),
        refusals: u32::try_from(refusals).unwrap_or(u32::MAX),
        trying: trying.map(from_ms),
        by_report: by_report != 0,
        ended: ended.map(from_ms),
    })
}

/// The row of a hold.
pub(super) fn hold_row(hold: &Hold) -> HoldRow {
    (
        hold.channel.code(),
        hold.kind.code(),
        hold.name.clone(),
        hold.account.clone(),
        hold.code,
        hold.http.map(i64::from),
        hold.since.as_millisecond(),
        hold.until.as_millisecond(),
        i64::from(hold.refusals),
        hold.trying.map(Timestamp::as_millisecond),
        i64::from(hold.by_report),
        hold.ended.map(Timestamp::as_millisecond),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minutes * 60).unwrap()
    }

    fn refused(minutes: i64) -> Refused {
        Refused {
            held: HoldName {
                channel: Channel::Sms,
                kind: HoldKind::Template,
                name: "1107161000000000002".to_owned(),
            },
            account: "party".to_owned(),
            code: Some(633),
            http: Some(200),
            at: at(minutes),
            reported: None,
            first: Duration::from_mins(15),
            longest: Duration::from_hours(6),
        }
    }

    fn after(known: Option<&Hold>, refused: &Refused) -> Hold {
        Hold::after(known.cloned(), refused).unwrap().hold
    }

    #[test]
    fn each_refusal_after_a_try_rests_twice_as_long_up_to_the_longest() {
        let first = Hold::after(None, &refused(0)).unwrap();
        assert!(first.is_new);
        let mut hold = first.hold;
        assert_eq!((hold.until, hold.refusals, hold.since), (at(15), 1, at(0)));
        let mut rests = Vec::new();
        for _ in 0..6 {
            let tried = hold.until.as_second();
            hold.trying = Some(hold.until);
            let minutes = (tried - at(0).as_second()) / 60;
            let again = Hold::after(Some(hold), &refused(minutes)).unwrap();
            assert!(!again.is_new);
            hold = again.hold;
            rests.push((hold.until.as_second() - tried) / 60);
        }
        assert_eq!(rests, [30, 60, 120, 240, 360, 360]);
        assert_eq!((hold.since, hold.trying), (at(0), None));
    }

    #[test]
    fn refusals_of_what_was_under_way_together_are_one() {
        let hold = after(None, &refused(0));
        assert_eq!(after(Some(&hold), &refused(1)), hold);
        // So are reports, hours later, on what left before the first was known.
        let late = Refused { reported: Some(at(-1)), ..refused(300) };
        assert_eq!(after(Some(&hold), &late), Hold { by_report: true, ..hold.clone() });
        let tried = Refused { reported: Some(at(20)), ..refused(300) };
        assert_eq!(after(Some(&hold), &tried).until, at(330));
    }

    #[test]
    fn a_late_report_on_what_left_before_the_end_holds_nothing() {
        let hold = Hold { ended: Some(at(60)), ..after(None, &refused(0)) };
        let before = Refused { reported: Some(at(59)), ..refused(90) };
        assert_eq!(Hold::after(Some(hold.clone()), &before), None);
        let since = Refused { reported: Some(at(61)), ..refused(90) };
        let new = Hold::after(Some(hold.clone()), &since).unwrap();
        assert!(new.is_new);
        assert_eq!((new.hold.since, new.hold.until, new.hold.refusals), (at(90), at(105), 1));
        assert!(Hold::after(Some(hold), &refused(90)).unwrap().is_new, "an answer is of now");
    }

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let hold = after(None, &Refused { reported: Some(at(0)), ..refused(0) });
        let hold = Hold { trying: Some(at(3)), ended: Some(at(4)), ..hold };
        assert_eq!(read_hold(hold_row(&hold)).unwrap(), hold);
        let (_, kind, name, ..) = hold_row(&hold);
        let mut strange = hold_row(&hold);
        strange.1 = 9;
        assert!(read_hold(strange).is_err(), "{kind} {name}");
    }
}
