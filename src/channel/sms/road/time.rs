//! When something happened, in the forms vendors write. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// Before our time or long after it somebody made a time up.
const YEARS: std::ops::Range<i64> = 946_684_800..4_102_444_800;

/// Forms with their own zone.
const ZONED: [&str; 5] = [
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%d %H:%M:%S%.f%:z",
    "%a, %d %b %Y %H:%M:%S %z",
];

/// Forms without one. Days come before months, as in India.
const LOCAL: [&str; 9] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%Y%m%d%H%M%S",
];

/// Reads a time: seconds or milliseconds since 1970, a form of the road, or one of the usual ones. A
/// time that names no zone is of `zone`. `None`: it is none of them, or no time of ours.
#[must_use]
pub(in crate::channel) fn time(text: &str, forms: &[String], zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let found = told(text, forms, zone)?;
    YEARS.contains(&found.as_second()).then_some(found)
}

/// Whether a text is a time, and one nobody can mean: vendors write the first second of 1970 where they
/// know none.
#[must_use]
pub(in crate::channel) fn is_no_moment(text: &str, forms: &[String], zone: &TimeZone) -> bool {
    let text = text.trim();
    text == "0" || told(text, forms, zone).is_some_and(|found| !YEARS.contains(&found.as_second()))
}

fn told(text: &str, forms: &[String], zone: &TimeZone) -> Option<Timestamp> {
    for form in forms {
        if let Some(found) = zoned(form, text).or_else(|| local(form, text, zone)) {
            return Some(found);
        }
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        match text.len() {
            9 | 10 => return Timestamp::from_second(text.parse().ok()?).ok(),
            13 => return Timestamp::from_millisecond(text.parse().ok()?).ok(),
            _ => {}
        }
    }
    if let Ok(found) = text.parse::<Timestamp>() {
        return Some(found);
    }
    let with_zone = ZONED.iter().find_map(|form| zoned(form, text));
    with_zone.or_else(|| LOCAL.iter().find_map(|form| local(form, text, zone)))
}

fn zoned(form: &str, text: &str) -> Option<Timestamp> {
    strtime::parse(form, text).ok()?.to_timestamp().ok()
}

fn local(form: &str, text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let civil: DateTime = strtime::parse(form, text).ok()?.to_datetime().ok()?;
    zone.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_vendors_write_is_the_same_moment() {
        let india = TimeZone::get("Asia/Kolkata").unwrap();
        for text in [
            "2025-04-17 18:35:20",
            "2025-04-17T18:35:20",
            "2025-04-17 18:35:20.000",
            "2025/04/17 18:35:20",
            "17-04-2025 18:35:20",
            "17/04/2025 18:35:20",
            "17/04/2025 06:35:20 PM",
            "20250417183520",
            "1744895120",
            "1744895120000",
            "2025-04-17T13:05:20Z",
            "2025-04-17T13:05:20.000+0000",
            "2025-04-17T13:05:20.000+00:00",
            "2025-04-17T18:35:20.000+05:30",
            "2025-04-17 18:35:20 +0530",
            "Thu, 17 Apr 2025 13:05:20 +0000",
            " 2025-04-17 18:35:20 ",
        ] {
            let read = time(text, &[], &india).map(Timestamp::as_second);
            assert_eq!(read, Some(1_744_895_120), "{text}");
        }
        let own = ["%m/%d/%Y %H:%M:%S".to_owned()];
        assert_eq!(time("04/17/2025 18:35:20", &own, &india).unwrap().as_second(), 1_744_895_120);
        let read = time("2025-04-17 13:05:20", &[], &TimeZone::UTC).unwrap();
        assert_eq!(read.as_second(), 1_744_895_120);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "0", "yesterday", "2025-13-45 99:99:99", "1", "99999999999999999999", "१२"]
        {
            assert_eq!(time(text, &[], &TimeZone::UTC), None, "{text}");
        }
    }
}
