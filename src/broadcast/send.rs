//! When a broadcast leaves: by the clocks of India, once or again and again, and never after its end.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// What comes again does so for so many days at most, the first and the last among them: a yes is to words and to
/// so many people, and both are old after a year.
pub(super) const LONGEST_DAYS: i64 = 366;
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

    /// From one to the next, where they are nearest: February has 28 days.
    pub(super) const fn shortest(self) -> SignedDuration {
        let days = match self {
            Repeat::Daily => 1,
            Repeat::Weekly => 7,
            Repeat::Monthly => 28,
        };
        SignedDuration::from_hours(24 * days)
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The last day on which it begins, of one that comes again.
    pub until: Option<Date>,
}

/// The days of a broadcast that comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The first.
    pub from: DateTime,
    /// When the first must be over.
    pub before: Before,
    pub repeat: Repeat,
    /// It begins on no later day.
    pub until: Date,
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
        match self.series() {
            Some(series) => series.next(now),
            None => occurrence(self.from, self.before, Span::new(), None)
                .filter(|found| found.before > now),
        }
    }

    /// Its days, where it comes again.
    #[must_use]
    pub fn series(&self) -> Option<Series> {
        let (repeat, from, until) = (self.repeat?, self.from?, self.until?);
        Some(Series { from, before: self.before, repeat, until })
    }
}

impl Series {
    /// Every day of it, in their order.
    pub fn days(self) -> impl Iterator<Item = Occurrence> {
        (0..LONGEST_DAYS).map_while(move |count| {
            let span = self.repeat.after(count);
            let day = self.from.checked_add(span).ok()?.date();
            if day > self.until {
                return None;
            }
            occurrence(Some(self.from), self.before, span, Some(day))
        })
    }

    /// The day that is still to come, or under way, at a moment; `None`: all of it is over.
    #[must_use]
    pub fn next(self, now: Timestamp) -> Option<Occurrence> {
        self.days().find(|day| day.before > now)
    }

    /// The days that have begun by `now` and were not over `since`, in their order: what a server has to do, or to
    /// tell that it was not done.
    pub fn begun(self, since: Timestamp, now: Timestamp) -> impl Iterator<Item = Occurrence> {
        let has_begun = move |day: &Occurrence| day.from.is_none_or(|from| from <= now);
        self.days().take_while(has_begun).filter(move |day| day.before > since)
    }

    /// From this moment on nothing of it leaves; `None`: it has no day.
    #[must_use]
    pub fn over(self) -> Option<Timestamp> {
        self.days().map(|day| day.before).max()
    }
}

/// `span` behind the first.
fn occurrence(
    first: Option<DateTime>,
    before: Before,
    span: Span,
    day: Option<Date>,
) -> Option<Occurrence> {
    let from = match first {
        Some(first) => Some(first.checked_add(span).ok()?),
        None => None,
    };
    let before = match (before, from) {
        // As long after its beginning as the first: in a shorter month both would come to lie on its last day.
        (Before::At(before), Some(from)) => from.checked_add(before.duration_since(first?)).ok()?,
        (Before::At(before), None) => before.checked_add(span).ok()?,
        (Before::SameDay(hour), Some(from)) => from.date().to_datetime(hour),
        (Before::SameDay(_), None) => return None,
    };
    let from = match from {
        Some(from) => Some(in_india(from)?),
        None => None,
    };
    Some(Occurrence { from, before: in_india(before)?, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        in_india(moment(text).unwrap()).unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Every Sunday of December at ten, until eight in the evening.
    fn sundays() -> Series {
        Series {
            from: moment("2026-12-06 10:00").unwrap(),
            before: Before::SameDay(hour_of_day("20:00").unwrap()),
            repeat: Repeat::Weekly,
            until: day("2026-12-31"),
        }
    }

    fn named(days: impl Iterator<Item = Occurrence>) -> Vec<String> {
        days.map(|day| day.day.unwrap().to_string()).collect()
    }

    #[test]
    fn a_series_has_a_last_day() {
        let all = named(sundays().days());
        assert_eq!(all, ["2026-12-06", "2026-12-13", "2026-12-20", "2026-12-27"]);
        assert_eq!(sundays().next(at("2026-12-27 20:00")), None);
        assert_eq!(sundays().over(), Some(at("2026-12-27 20:00")));
        let last = Series { until: day("2026-12-27"), ..sundays() };
        assert_eq!(last.days().count(), 4, "it may begin on its last day");
    }

    #[test]
    fn the_days_that_have_begun_are_those_a_server_must_do_or_tell_of() {
        let begun = |since: &str, now: &str| named(sundays().begun(at(since), at(now)));
        assert!(begun("2026-12-01 00:00", "2026-12-06 09:59").is_empty(), "not before its hour");
        assert_eq!(begun("2026-12-01 00:00", "2026-12-06 10:00"), ["2026-12-06"]);
        let two = begun("2026-12-01 00:00", "2026-12-15 00:00");
        assert_eq!(two, ["2026-12-06", "2026-12-13"], "one that was missed is told of");
        let later = begun("2026-12-06 20:00", "2026-12-15 00:00");
        assert_eq!(later, ["2026-12-13"], "what was over before it was run is none of it");
        assert_eq!(begun("2026-12-06 19:59", "2026-12-06 20:00"), ["2026-12-06"]);
    }

    #[test]
    fn a_day_is_as_long_as_the_first_also_at_the_end_of_a_shorter_month() {
        for (repeat, from, before, nth, begins, ends) in [
            (
                Repeat::Monthly,
                "2027-01-27 22:00",
                "2027-01-31 08:00",
                1,
                "2027-02-27 22:00",
                "2027-03-03 08:00",
            ),
            (
                Repeat::Monthly,
                "2027-01-30 22:00",
                "2027-01-31 08:00",
                1,
                "2027-02-28 22:00",
                "2027-03-01 08:00",
            ),
            (
                Repeat::Monthly,
                "2027-01-30 22:00",
                "2027-01-31 08:00",
                2,
                "2027-03-30 22:00",
                "2027-03-31 08:00",
            ),
            (
                Repeat::Daily,
                "2027-01-30 22:00",
                "2027-01-31 08:00",
                30,
                "2027-03-01 22:00",
                "2027-03-02 08:00",
            ),
            (
                Repeat::Weekly,
                "2027-01-30 22:00",
                "2027-02-01 08:00",
                4,
                "2027-02-27 22:00",
                "2027-03-01 08:00",
            ),
        ] {
            let before = Before::At(moment(before).unwrap());
            let from = moment(from).unwrap();
            let series = Series { from, before, repeat, until: day("2027-12-31") };
            let found = series.days().nth(nth).unwrap();
            assert_eq!((found.from, found.before), (Some(at(begins)), at(ends)), "{begins}");
        }
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
            until: None,
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
            until: Some(day("2027-03-31")),
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
            until: Some(day("2027-12-31")),
        };
        let next = send.next(at("2027-02-01 00:00")).unwrap();
        assert_eq!(next.from, Some(at("2027-02-28 10:00")));
    }
}
