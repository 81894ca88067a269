//! When a broadcast leaves: by the clocks of India, once or again and again, and never after its end.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// Occurrences of a recurring broadcast that are looked through for the next: ten years of days.
const MOST_OCCURRENCES: i64 = 3_660;
/// India is five and a half hours ahead all year.
const IST_SECONDS: i32 = 19_800;

/// How often a broadcast comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    Daily,
    Weekly,
    Monthly,
}

impl Repeat {
    pub const ALL: [Repeat; 3] = [Repeat::Daily, Repeat::Weekly, Repeat::Monthly];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Repeat::Daily => "daily",
            Repeat::Weekly => "weekly",
            Repeat::Monthly => "monthly",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Repeat> {
        Repeat::ALL.into_iter().find(|repeat| repeat.name() == name)
    }

    /// From the first to the one of this number (from 0).
    fn after(self, count: i64) -> Span {
        match self {
            Repeat::Daily => count.days(),
            Repeat::Weekly => count.weeks(),
            Repeat::Monthly => count.months(),
        }
    }
}

/// When it must be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    At(DateTime),
    /// At this hour of the day it begins on.
    SameDay(Time),
}

/// `send:` of a broadcast's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// `None`: as soon as the office says so.
    pub from: Option<DateTime>,
    pub before: Before,
    pub repeat: Option<Repeat>,
}

/// One time it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub from: Option<Timestamp>,
    /// Nothing leaves at this moment or later.
    pub before: Timestamp,
    /// Its day, of a broadcast that comes again: it goes into the name.
    pub day: Option<Date>,
}

/// A day and an hour as files write them: `2026-12-06 10:00`.
pub(super) fn moment(text: &str) -> Option<DateTime> {
    let (day, hour) = text.trim().split_once(' ')?;
    Some(day.trim().parse::<Date>().ok()?.to_datetime(hour_of_day(hour)?))
}

/// An hour as files write it: `20:00`.
pub(super) fn hour_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// The moment at which the clocks of India show this.
#[must_use]
pub fn in_india(shown: DateTime) -> Option<Timestamp> {
    let offset = Offset::from_seconds(IST_SECONDS).ok()?;
    Some(shown.to_zoned(TimeZone::fixed(offset)).ok()?.timestamp())
}

impl Times {
    /// The occurrence that is still to come, or under way, at a moment; `None`: all of it is over.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Occurrence> {
        let Some(repeat) = self.repeat else {
            return self.at(Span::new(), None).filter(|found| found.before > now);
        };
        let first = self.from?;
        (0..MOST_OCCURRENCES).find_map(|count| {
            let span = repeat.after(count);
            let day = first.checked_add(span).ok()?.date();
            self.at(span, Some(day)).filter(|found| found.before > now)
        })
    }

    fn at(&self, span: Span, day: Option<Date>) -> Option<Occurrence> {
        let from = match self.from {
            Some(from) => Some(from.checked_add(span).ok()?),
            None => None,
        };
        let before = match (self.before, from) {
            (Before::At(before), _) => before.checked_add(span).ok()?,
            (Before::SameDay(hour), Some(from)) => from.date().to_datetime(hour),
            (Before::SameDay(_), None) => return None,
        };
        let from = match from {
            Some(from) => Some(in_india(from)?),
            None => None,
        };
        Some(Occurrence { from, before: in_india(before)?, day })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        in_india(moment(text).unwrap()).unwrap()
    }

    #[test]
    fn hours_are_those_of_india() {
        assert_eq!(at("2026-12-06 10:00").to_string(), "2026-12-06T04:30:00Z");
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for wrong in [
            "",
            "2026-12-06",
            "10:00",
            "06-12-2026 10:00",
            "2026-12-06 25:00",
            "2026-12-06 10",
            "2026-02-30 10:00",
            "2026-12-06 1:5",
        ] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
        assert!(moment("2026-12-06  9:05").is_some());
    }

    #[test]
    fn a_broadcast_of_yesterday_never_comes() {
        let send = Times {
            from: moment("2026-12-06 10:00"),
            before: Before::SameDay(hour_of_day("20:00").unwrap()),
            repeat: None,
        };
        assert!(send.next(at("2026-12-06 19:59")).is_some(), "it is under way");
        assert_eq!(send.next(at("2026-12-06 20:00")), None);
    }

    #[test]
    fn a_weekly_broadcast_comes_on_its_day_and_hour_each_week() {
        let send = Times {
            from: moment("2026-12-06 10:00"),
            before: Before::At(moment("2026-12-06 20:00").unwrap()),
            repeat: Some(Repeat::Weekly),
        };
        let next = send.next(at("2026-12-13 21:00")).unwrap();
        assert_eq!(next.from, Some(at("2026-12-20 10:00")));
        assert_eq!(next.before, at("2026-12-20 20:00"));
        assert_eq!(next.day.unwrap().to_string(), "2026-12-20");
        assert_eq!(send.next(at("2026-01-01 00:00")).unwrap().from, Some(at("2026-12-06 10:00")));
    }

    #[test]
    fn a_month_without_a_31st_has_its_last_day() {
        let send = Times {
            from: moment("2027-01-31 10:00"),
            before: Before::SameDay(hour_of_day("12:00").unwrap()),
            repeat: Some(Repeat::Monthly),
        };
        let next = send.next(at("2027-02-01 00:00")).unwrap();
        assert_eq!(next.from, Some(at("2027-02-28 10:00")));
    }
}
