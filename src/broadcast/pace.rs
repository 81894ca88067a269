//! How long a broadcast takes at the limits of its senders.

use jiff::{SignedDuration, Timestamp};

use crate::gate::{promotional_closes, promotional_opens};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Days that are looked ahead; what takes longer never ends, for anybody who waits.
const MOST_DAYS: u32 = 366;

/// What one number or account of ours has to send, and how fast it may.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    pub people: u64,
    /// Messages a second; `None`: as fast as the provider takes them.
    pub per_second: Option<f64>,
    /// People within 24 hours; `None`: unlimited.
    pub per_day: Option<u64>,
    /// Advertising by SMS: between 10:00 and 20:45 alone.
    pub by_day: bool,
}

/// When the last of these has left, begun at a moment, everything else resting; `None`: not within a year.
#[must_use]
pub fn over_at(loads: &[Load], from: Timestamp) -> Option<Timestamp> {
    let mut last = from;
    for load in loads {
        last = last.max(load.over_at(from)?);
    }
    Some(last)
}

impl Load {
    fn over_at(&self, from: Timestamp) -> Option<Timestamp> {
        let mut now = from;
        let mut left = self.people;
        for _ in 0..MOST_DAYS {
            if left == 0 {
                return Some(now);
            }
            let begins = if self.by_day { promotional_opens(now) } else { now };
            let tomorrow = begins.checked_add(DAY).ok()?;
            let closes = if self.by_day { promotional_closes(begins) } else { tomorrow };
            let room = closes.duration_since(begins).as_secs_f64().max(0.0);
            let today = left.min(self.per_day.unwrap_or(u64::MAX));
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "people are some crores, and a fraction of one does not count"
            )]
            let sent = match self.per_second {
                Some(per_second) => (today as f64).min((room * per_second).floor()) as u64,
                None => today,
            };
            left -= sent;
            if left == 0 {
                #[expect(clippy::cast_precision_loss, reason = "as above")]
                let seconds = self.per_second.map_or(0.0, |per_second| sent as f64 / per_second);
                return begins.checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?).ok();
            }
            now = if self.per_day.is_some() { tomorrow } else { closes };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::in_india;
    use crate::broadcast::send::moment;

    fn at(text: &str) -> Timestamp {
        in_india(moment(text).unwrap()).unwrap()
    }

    fn load(people: u64, per_second: f64) -> Load {
        Load { people, per_second: Some(per_second), per_day: None, by_day: false }
    }

    #[test]
    fn sixteen_lakh_take_the_hours_their_numbers_need() {
        let from = at("2027-01-10 10:00");
        let hours = |numbers: u64, per_second: f64| {
            let loads: Vec<Load> =
                (0..numbers).map(|_| load(1_600_000 / numbers, per_second)).collect();
            let over = over_at(&loads, from).unwrap();
            (over.duration_since(from).as_secs_f64() / 36.0).round() / 100.0
        };
        let table = [(1, 80.0), (10, 80.0), (1, 1_000.0), (10, 1_000.0)];
        let hours: Vec<f64> = table.map(|(numbers, rate)| hours(numbers, rate)).to_vec();
        assert_eq!(hours, [5.56, 0.56, 0.44, 0.04]);
    }

    #[test]
    fn a_tier_lets_so_many_go_a_day() {
        let from = at("2027-01-10 10:00");
        let tier = Load { per_day: Some(250), ..load(1_000, 80.0) };
        let over = over_at(&[tier], from).unwrap();
        let hours = over.duration_since(from).as_hours();
        assert_eq!(hours, 72);
    }

    #[test]
    fn advertising_sleeps_at_night() {
        // An hour is left of the first day; ten hours are needed.
        let from = at("2027-01-10 19:45");
        let night = Load { by_day: true, ..load(36_000, 1.0) };
        let over = over_at(&[night], from).unwrap();
        let expected = at("2027-01-11 19:00");
        let off = over.duration_since(expected).as_secs().abs();
        assert!(off <= 2, "{over} is not about {expected}");
    }

    #[test]
    fn what_begins_at_night_waits_for_the_morning() {
        let night = Load { by_day: true, ..load(10, 1.0) };
        let over = over_at(&[night], at("2027-01-10 22:00")).unwrap();
        assert_eq!(
            over,
            at("2027-01-11 10:00").checked_add(SignedDuration::from_secs(10)).unwrap()
        );
    }

    #[test]
    fn without_a_limit_it_is_over_at_once_and_without_a_rate_never() {
        let from = at("2027-01-10 10:00");
        let free = Load { per_second: None, ..load(1_600_000, 1.0) };
        assert_eq!(over_at(&[free], from), Some(from));
        assert_eq!(over_at(&[load(1, 0.0)], from), None);
        assert_eq!(over_at(&[], from), Some(from));
    }
}
