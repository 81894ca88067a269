//! Templates that the operators stopped: what would leave by one of them waits, and one message tries
//! again when its time is over. Pure: times are handed in.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

/// How long a template rests after its first refusal; twice as long after each further one.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// The office looks at it within a working day.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);

#[derive(Clone, Copy, Debug)]
struct Held {
    until: Timestamp,
    pause: SignedDuration,
}

/// The stopped templates, by the operators' id.
#[derive(Debug, Default)]
pub(super) struct Templates(HashMap<String, Held>);

impl Templates {
    /// Until when nothing leaves by this template; `None`: it may be tried. Whoever is told so tries it
    /// for all: the others wait until it is known what became of that.
    pub(super) fn held_until(&mut self, template: &str, now: Timestamp) -> Option<Timestamp> {
        let held = self.0.get_mut(template)?;
        if now < held.until {
            return Some(held.until);
        }
        held.until = later(now, SignedDuration::from_mins(1));
        None
    }

    /// The operators refuse this template: until when it rests, and whether that is news.
    pub(super) fn stop(&mut self, template: &str, now: Timestamp) -> (Timestamp, bool) {
        let known = self.0.get(template);
        let is_new = known.is_none();
        let pause = known.map_or(FIRST_PAUSE, |held| (held.pause * 2).min(LONGEST_PAUSE));
        let until = later(now, pause);
        self.0.insert(template.to_owned(), Held { until, pause });
        (until, is_new)
    }

    /// A message left by it: it is well again. Whether it was stopped.
    pub(super) fn well(&mut self, template: &str) -> bool {
        self.0.remove(template).is_some()
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minutes * 60).unwrap()
    }

    #[test]
    fn a_stopped_template_rests_longer_each_time_and_one_message_tries_it() {
        let mut templates = Templates::default();
        assert_eq!(templates.held_until("7", at(0)), None);
        assert_eq!(templates.stop("7", at(0)), (at(15), true));
        assert_eq!(templates.held_until("7", at(14)), Some(at(15)));
        assert_eq!(templates.held_until("8", at(14)), None, "another goes on");
        assert_eq!(templates.held_until("7", at(15)), None);
        assert_eq!(templates.held_until("7", at(15)), Some(at(16)), "one tries for all");
        assert_eq!(templates.stop("7", at(15)), (at(45), false));
        let mut now = 45;
        for _ in 0..10 {
            let (until, _) = templates.stop("7", at(now));
            assert!(until <= at(now + 360));
            now += 1000;
        }
        assert!(templates.well("7"));
        assert!(!templates.well("7"));
        assert_eq!(templates.held_until("7", at(0)), None);
    }
}
