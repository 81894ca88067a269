//! When the law lets nobody ask or show: `calendar.toml` knows the times, this knows what they mean for a poll.
//!
//! - **Asking** rests while exit polls are forbidden (Representation of the People Act 1951, section 126A), and towards
//!   people of a constituency in its own silence (section 126): [`Calendar::recess`], which every turn of an open poll
//!   is made by.
//! - **Taking**: what comes in the silence is stored like every message. An answer to a question that was asked before
//!   is sealed, counts, and is acknowledged neutrally; whatever else it says, the person hears that it was not taken.
//!   While exit polls are forbidden none may be conducted: no answer is taken, and the person hears when to send it
//!   again. Of neither a word is kept in clear.
//! - **Showing** a result outward rests in both, wherever in the state: a report goes to every constituency.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file::Poll;
use crate::calendar::Calendar;

/// Why nothing is asked or shown now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The time in which exit polls are forbidden.
    ExitPolls { until: Timestamp },
    /// The silence before a close of poll.
    Silence { phase: String, until: Timestamp },
}

impl Lock {
    /// Until when.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        match self {
            Lock::ExitPolls { until } | Lock::Silence { until, .. } => *until,
        }
    }
}

/// Whether a person of this assembly seat may be asked now; `None` of a seat that is not known.
///
/// # Errors
/// The [`Lock`] that ends last.
pub fn may_ask(calendar: &Calendar, seat: Option<u16>, now: Timestamp) -> Result<(), Lock> {
    let exit_polls = calendar.exit_poll_lock(now).map(|until| Lock::ExitPolls { until });
    let silence = calendar.silence(seat, now);
    let silence = silence
        .map(|silence| Lock::Silence { phase: silence.phase.to_owned(), until: silence.until });
    match [exit_polls, silence].into_iter().flatten().max_by_key(Lock::until) {
        Some(lock) => Err(lock),
        None => Ok(()),
    }
}

/// A time in which nothing of a result is shown outward. It goes with the bundle: where it is counted there is no
/// calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    pub from: Timestamp,
    pub until: Timestamp,
    /// Of the silence before whose poll; `None`: exit polls are forbidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
}

/// Every such time that ends after this moment, in their order.
#[must_use]
pub fn quiet(calendar: &Calendar, after: Timestamp) -> Vec<Quiet> {
    let exit_polls = calendar.exit_polls().iter().map(|span| (*span, None));
    let silences =
        calendar.phases().iter().map(|phase| (phase.silence(), Some(phase.name.clone())));
    let mut all: Vec<Quiet> = exit_polls
        .chain(silences)
        .filter(|(span, _)| span.until > after)
        .map(|(span, phase)| Quiet { from: span.from, until: span.until, phase })
        .collect();
    all.sort_by_key(|span| (span.from, span.until));
    all
}

/// Whether results may be shown outward now: by the calendar of the office, and by what the bundle says of that of its
/// close.
///
/// # Errors
/// The [`Lock`] that ends last.
pub fn may_show(calendar: &Calendar, quiet: &[Quiet], now: Timestamp) -> Result<(), Lock> {
    // A page is read everywhere: it is silent with every constituency.
    let by_calendar = may_ask(calendar, None, now).err();
    let by_bundle = quiet.iter().filter(|quiet| quiet.from <= now && now < quiet.until);
    let by_bundle = by_bundle.map(|quiet| match &quiet.phase {
        Some(phase) => Lock::Silence { phase: phase.clone(), until: quiet.until },
        None => Lock::ExitPolls { until: quiet.until },
    });
    match by_bundle.chain(by_calendar).max_by_key(Lock::until) {
        Some(lock) => Err(lock),
        None => Ok(()),
    }
}

/// When results may be shown outward next: one such time may begin within another, or right behind it.
#[must_use]
pub fn shown_from(calendar: &Calendar, quiet: &[Quiet], now: Timestamp) -> Timestamp {
    let mut at = now;
    while let Err(lock) = may_show(calendar, quiet, at) {
        at = lock.until();
    }
    at
}

/// The first time within the poll's window in which somebody may not be asked: better told when the poll is checked
/// than noticed while it runs.
#[must_use]
pub fn in_the_way(calendar: &Calendar, poll: &Poll) -> Option<Lock> {
    if let Err(lock) = may_ask(calendar, None, poll.opens) {
        return Some(lock);
    }
    let (span, phase) = calendar.next_silence(None, poll.opens)?;
    let begins_within = span.from < poll.closes;
    begins_within.then(|| Lock::Silence { phase: phase.to_owned(), until: span.until })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = r#"
[[phases]]
name = "पहला चरण"
poll = "2029-04-10"
close = "18:00"
assemblies = ["1-58"]

[[phases]]
name = "दूसरा चरण"
poll = "2029-04-20"
close = "18:00"
assemblies = ["59-403"]
"#;

    fn india(at: &str) -> Timestamp {
        format!("{at}+05:30").parse().unwrap()
    }

    #[test]
    fn nobody_is_asked_while_exit_polls_are_forbidden_or_their_own_seat_is_silent() {
        let calendar = Calendar::read(CALENDAR).unwrap();
        let ask = |seat: u16, at: &str| may_ask(&calendar, Some(seat), india(at));
        assert_eq!(ask(10, "2029-04-08T17:59:59"), Ok(()));
        let silent = Lock::Silence {
            phase: "पहला चरण".to_owned(),
            until: india("2029-04-10T18:00:00"),
        };
        assert_eq!(ask(10, "2029-04-08T18:00:00"), Err(silent));
        assert_eq!(ask(100, "2029-04-08T18:00:00"), Ok(()));
        let exit_polls = Lock::ExitPolls { until: india("2029-04-20T18:30:00") };
        assert_eq!(ask(100, "2029-04-10T00:00:00"), Err(exit_polls.clone()));
        assert_eq!(ask(10, "2029-04-10T12:00:00"), Err(exit_polls));
        assert_eq!(ask(10, "2029-04-20T18:30:00"), Ok(()));
    }

    #[test]
    fn nothing_is_shown_outward_while_any_seat_is_silent() {
        let calendar = Calendar::read(CALENDAR).unwrap();
        assert!(may_show(&calendar, &[], india("2029-04-08T18:00:00")).is_err());
        assert!(may_show(&calendar, &[], india("2029-04-15T18:00:00")).is_err());
        assert_eq!(may_show(&calendar, &[], india("2029-04-20T18:30:00")), Ok(()));
        assert_eq!(may_show(&Calendar::default(), &[], india("2029-04-15T18:00:00")), Ok(()));
    }

    #[test]
    fn where_there_is_no_calendar_the_times_of_the_bundle_hold() {
        let calendar = Calendar::read(CALENDAR).unwrap();
        let spans = quiet(&calendar, india("2029-04-01T10:00:00"));
        let of = |quiet: &Quiet| (quiet.from, quiet.until, quiet.phase.is_some());
        assert_eq!(
            spans.iter().map(of).collect::<Vec<_>>(),
            [
                (india("2029-04-08T18:00:00"), india("2029-04-10T18:00:00"), true),
                (india("2029-04-10T00:00:00"), india("2029-04-20T18:30:00"), false),
                (india("2029-04-18T18:00:00"), india("2029-04-20T18:00:00"), true),
            ]
        );
        assert_eq!(quiet(&calendar, india("2029-04-20T18:30:00")), []);
        let none = Calendar::default();
        for (at, locked) in [
            ("2029-04-08T17:59:59", false),
            ("2029-04-08T18:00:00", true),
            ("2029-04-15T12:00:00", true),
            ("2029-04-20T18:29:59", true),
            ("2029-04-20T18:30:00", false),
        ] {
            assert_eq!(may_show(&none, &spans, india(at)).is_err(), locked, "{at}");
            assert_eq!(may_show(&calendar, &[], india(at)).is_err(), locked, "{at}");
        }
        let free = india("2029-04-20T18:30:00");
        assert_eq!(shown_from(&none, &spans, india("2029-04-09T10:00:00")), free);
        assert_eq!(shown_from(&calendar, &[], india("2029-04-09T10:00:00")), free);
        let before = india("2029-04-01T10:00:00");
        assert_eq!(shown_from(&none, &spans, before), before);
        // The stricter of the two holds: here a day longer than the calendar of this computer knows.
        let later = Quiet { from: free, until: india("2029-04-21T18:30:00"), phase: None };
        assert!(may_show(&calendar, std::slice::from_ref(&later), free).is_err());
        assert_eq!(shown_from(&calendar, std::slice::from_ref(&later), before), before);
        assert_eq!(
            shown_from(&calendar, std::slice::from_ref(&later), india("2029-04-15T10:00:00")),
            later.until
        );
    }
}
