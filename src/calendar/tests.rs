use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

const UP_2027: &str = r#"
[[phases]]
name = "पहला चरण"
poll = "2027-02-10"
close = "18:00"
assemblies = ["1-58"]

[[phases]]
name = "दूसरा चरण"
poll = "2027-02-14"
close = "17:00"
silence_hours = 72
assemblies = ["59–100", 102, "103"]

[[conduct]]
from = "2027-01-08"
to = "2027-03-12"
"#;

fn calendar() -> Calendar {
    Calendar::read(UP_2027).unwrap()
}

/// A moment by the clocks of India.
fn india(at: &str) -> Timestamp {
    format!("{at}+05:30").parse().unwrap()
}

fn lines(text: &str) -> Vec<String> {
    let errors = Calendar::read(text).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn silence_is_the_48_hours_before_the_close_to_the_second() {
    let calendar = calendar();
    let is_silent = |at: &str| calendar.silence(Some(58), india(at)).is_some();
    assert!(!is_silent("2027-02-08T17:59:59"));
    assert!(is_silent("2027-02-08T18:00:00"));
    assert!(is_silent("2027-02-10T17:59:59"));
    assert!(!is_silent("2027-02-10T18:00:00"));
}

#[test]
fn an_office_may_fix_a_longer_silence() {
    let calendar = calendar();
    assert!(calendar.silence(Some(102), india("2027-02-11T17:00:00")).is_some());
    assert!(calendar.silence(Some(102), india("2027-02-11T16:59:59")).is_none());
}

#[test]
fn a_seat_is_silent_in_its_own_phase_only() {
    let calendar = calendar();
    let at = india("2027-02-09T12:00:00");
    assert!(calendar.silence(Some(1), at).is_some());
    assert!(calendar.silence(Some(59), at).is_none());
    assert!(calendar.silence(Some(101), india("2027-02-13T12:00:00")).is_none());
}

#[test]
fn whose_seat_is_not_known_is_silent_with_every_phase() {
    let calendar = calendar();
    let silence = calendar.silence(None, india("2027-02-09T12:00:00")).unwrap();
    assert_eq!(silence.phase, "पहला चरण");
    assert_eq!(silence.until, india("2027-02-10T18:00:00"));
    assert!(calendar.silence(None, india("2027-02-13T12:00:00")).is_some());
    assert!(calendar.silence(None, india("2027-02-15T12:00:00")).is_none());
}

#[test]
fn what_is_planned_sees_the_next_silence() {
    let calendar = calendar();
    let (span, phase) = calendar.next_silence(Some(60), india("2027-01-01T00:00:00")).unwrap();
    assert_eq!((span.from, phase), (india("2027-02-11T17:00:00"), "दूसरा चरण"));
    let (span, _) = calendar.next_silence(None, india("2027-01-01T00:00:00")).unwrap();
    assert_eq!(span.from, india("2027-02-08T18:00:00"));
    assert_eq!(calendar.next_silence(Some(60), india("2027-02-14T17:00:00")), None);
    assert_eq!(calendar.next_silence(Some(200), india("2027-01-01T00:00:00")), None);
}

#[test]
fn the_code_of_conduct_lasts_whole_days() {
    let calendar = calendar();
    let held = |at: &str| calendar.is_under_conduct(india(at));
    assert!(!held("2027-01-07T23:59:59"));
    assert!(held("2027-01-08T00:00:00"));
    assert!(held("2027-03-12T23:59:59"));
    assert!(!held("2027-03-13T00:00:00"));
}

#[test]
fn nobody_is_asked_how_they_voted_from_the_first_poll_day_to_half_an_hour_after_the_last_close() {
    let calendar = calendar();
    let lock = |at: &str| calendar.exit_poll_lock(india(at));
    let end = india("2027-02-14T17:30:00");
    assert_eq!(lock("2027-02-09T23:59:59"), None);
    assert_eq!(lock("2027-02-10T00:00:00"), Some(end));
    assert_eq!(lock("2027-02-12T12:00:00"), Some(end));
    assert_eq!(lock("2027-02-14T17:29:59"), Some(end));
    assert_eq!(lock("2027-02-14T17:30:00"), None);
}

#[test]
fn two_elections_are_two_locks() {
    let text = UP_2027.replace("2027-02-14", "2027-06-14");
    let calendar = Calendar::read(&text).unwrap();
    assert!(calendar.exit_poll_lock(india("2027-02-10T12:00:00")).is_some());
    assert_eq!(calendar.exit_poll_lock(india("2027-04-01T12:00:00")), None);
    assert!(calendar.exit_poll_lock(india("2027-06-14T12:00:00")).is_some());
}

#[test]
fn without_an_election_nothing_is_forbidden() {
    let calendar = Calendar::read("").unwrap();
    assert_eq!(calendar, Calendar::default());
    assert_eq!(calendar.silence(None, india("2027-02-09T12:00:00")), None);
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = r#"[[phases]]
name = "पहला"
poll = "10-02-2027"
close = "6 बजे"
silence_hours = 24
assemblies = ["58-1", 99999, "सब"]

[[conduct]]
from = "2027-03-12"
to = "2027-01-08"
"#;
    insta::assert_snapshot!(lines(text).join("\n"), @r#"
    calendar.toml line 3: a day is written year, month, day: "2027-02-10"
    calendar.toml line 4: the hour at which the poll closes, by the clocks of India: "18:00"
    calendar.toml line 5: silence is never shorter than 48 hours (Representation of the People Act, section 126)
    calendar.toml line 6: seats are numbers from 1 to 403, or from one to another: ["1-58", 60]
    calendar.toml line 6: seats are numbers from 1 to 403, or from one to another: ["1-58", 60]
    calendar.toml line 6: seats are numbers from 1 to 403, or from one to another: ["1-58", 60]
    calendar.toml line 10: it ends before it begins
    "#);
}

#[test]
fn a_seat_twice_in_a_phase_and_a_phase_without_seats_are_refused() {
    let twice = UP_2027.replace(r#"["1-58"]"#, r#"["1-58", 40]"#);
    assert_eq!(lines(&twice), ["calendar.toml line 6: seat 40 stands in it twice"]);
    let none = UP_2027.replace(r#"["1-58"]"#, "[]");
    assert_eq!(
        lines(&none),
        [r#"calendar.toml line 6: say in which seats people vote: ["1-58", 60]"#]
    );
}

#[test]
fn an_unknown_key_is_told_with_its_line() {
    let text = UP_2027.replace("close =", "closes =");
    let errors = Calendar::read(&text).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].words.contains("closes"), "{}", errors[0]);
    assert_eq!(errors[0].line, 5);
}

#[test]
fn nobody_is_asked_for_an_opinion_in_the_silence_of_their_seat_and_from_the_first_poll_day_to_the_last()
 {
    let calendar = calendar();
    let recess = |seats: &[Option<u16>], at: &str| calendar.recess(seats, india(at));
    let until = |at: &str, takes_answers| Some(Recess { until: Some(india(at)), takes_answers });
    assert_eq!(recess(&[Some(10)], "2027-02-08T17:59:59"), None);
    // The silence of the first phase runs into the time of exit polls: asking goes on after that.
    let end = "2027-02-14T17:30:00";
    assert_eq!(recess(&[Some(10)], "2027-02-08T18:00:00"), until(end, true));
    assert_eq!(recess(&[Some(101)], "2027-02-08T18:00:00"), None);
    assert_eq!(recess(&[Some(101), Some(10)], "2027-02-08T18:00:00"), until(end, true));
    assert_eq!(recess(&[None], "2027-02-08T18:00:00"), until(end, true));
    for seat in [Some(10), Some(101), None] {
        assert_eq!(recess(&[seat], "2027-02-10T00:00:00"), until(end, false), "{seat:?}");
    }
    assert_eq!(recess(&[None], end), None);
}

#[test]
fn while_the_calendar_cannot_be_read_nobody_is_asked_for_an_opinion() {
    let doubted = Calendar::default().doubted();
    assert!(doubted.is_in_doubt() && !Calendar::default().is_in_doubt());
    let unknown = Recess { until: None, takes_answers: false };
    assert_eq!(doubted.recess(&[Some(10)], india("2027-01-01T00:00:00")), Some(unknown));
    // What was in force stays so.
    let now = india("2027-02-08T18:00:00");
    let (old, doubted) = (calendar(), calendar().doubted());
    assert_eq!(doubted.silence(Some(10), now), old.silence(Some(10), now));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), start in "(\\[\\[(phases|conduct)\\]\\]\n)?") {
        let _ = Calendar::read(&format!("{start}{text}"));
    }

    /// Nothing planned to end before the next silence meets one.
    #[test]
    fn between_now_and_the_next_silence_nothing_is_silent(
        seat in prop::option::of(1_u16..=403),
        day in 0_i64..90,
        part in 0.0_f64..1.0,
    ) {
        let calendar = calendar();
        let now = india("2027-01-01T00:00:00") + SignedDuration::from_hours(24 * day);
        if let Some((span, _)) = calendar.next_silence(seat, now) {
            if span.from > now {
                let ahead = span.from.duration_since(now).as_secs_f64() * part;
                let between = now + SignedDuration::from_secs_f64(ahead.floor());
                prop_assert_eq!(calendar.silence(seat, between), None);
            } else {
                prop_assert!(calendar.silence(seat, now).is_some());
            }
        } else {
            prop_assert_eq!(calendar.silence(seat, now), None);
        }
    }
}
