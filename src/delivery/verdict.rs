//! What an answer of a provider means for the message and for its sender. A table, no more.

use std::time::Duration;

use crate::channel::{ErrorClass, SendAnswer, SendError};
use crate::message::Asks;

/// What becomes of the message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    Sent {
        provider_id: Option<String>,
    },
    /// The call's answer was never seen.
    Unknown,
    /// The same message again after a wait.
    Again {
        wait: Duration,
        error: Option<i64>,
    },
    /// Not this message's fault: back to the queue, uncounted, until the sender's pause is over.
    Keep,
    /// The fault of the template it leaves by: back to the queue, uncounted, until that rested.
    KeepForTemplate,
    Failed {
        error: Option<i64>,
        reason: &'static str,
    },
}

/// What the answer tells about the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It works.
    Well,
    /// Nothing came back.
    Silent,
    /// Too fast; hold everything for this long.
    TooFast(Duration),
    /// The account, number or token is at fault.
    AtFault,
}

/// The whole word about one call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) fate: Fate,
    pub(super) sign: Sign,
    /// What it asks for beyond the message, as a report with the same code does.
    pub(super) asks: Option<Asks>,
    /// Its label in the metrics.
    pub(super) outcome: &'static str,
}

/// How waits grow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    pub(super) base: Duration,
    pub(super) cap: Duration,
}

/// Nothing is tried again sooner: a random number can be 0.
const SHORTEST_WAIT: Duration = Duration::from_millis(200);
/// 4^7 seconds are four and a half hours; after that it is not worth another try.
const RECIPIENT_WAITS: u32 = 8;
const A_DAY: Duration = Duration::from_hours(24);

impl Backoff {
    /// "Full jitter": anything between nothing and `base * 2^attempts`, so that what failed together
    /// does not come back together. `random` is any number.
    pub(super) fn wait(&self, attempts: u32, random: u64) -> Duration {
        let ceiling = self.base.saturating_mul(2_u32.saturating_pow(attempts)).min(self.cap);
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
        let share = (random >> 11) as f64 / (1_u64 << 53) as f64;
        ceiling.mul_f64(share).max(SHORTEST_WAIT)
    }
}

/// Judges the answer to a call of a message that was called `attempts` times before this one.
pub(super) fn judge(answer: &SendAnswer, attempts: u32, backoff: Backoff, random: u64) -> Verdict {
    let error = match answer {
        SendAnswer::Accepted { provider_id, held } => {
            let fate = Fate::Sent { provider_id: provider_id.clone() };
            return verdict(fate, Sign::Well, if *held { "held" } else { "sent" });
        }
        SendAnswer::NoAnswer => return verdict(Fate::Unknown, Sign::Silent, "unknown"),
        SendAnswer::NotSent => {
            let fate = Fate::Again { wait: backoff.wait(attempts, random), error: None };
            return verdict(fate, Sign::Silent, "not_sent");
        }
        SendAnswer::Partly { answer, .. } => return judge(answer, attempts, backoff, random),
        SendAnswer::Refused(error) => error,
    };
    let judged = refused(error, attempts, backoff, random);
    Verdict { asks: error.class.asks(), ..judged }
}

fn refused(error: &SendError, attempts: u32, backoff: Backoff, random: u64) -> Verdict {
    let code = error.code;
    let asked_wait = error.retry_after.unwrap_or_default().min(A_DAY);
    let again = |wait: Duration| Fate::Again { wait: wait.max(asked_wait), error: code };
    let failed = |reason| Fate::Failed { error: code, reason };
    match error.class {
        ErrorClass::Retry { times } if attempts < times => {
            verdict(again(backoff.wait(attempts, random)), Sign::Well, "retry")
        }
        ErrorClass::Throttle => {
            let hold = asked_wait.max(Duration::from_secs(1));
            verdict(again(backoff.wait(attempts, random)), Sign::TooFast(hold), "throttled")
        }
        ErrorClass::WaitRecipient if attempts < RECIPIENT_WAITS => {
            let wait = Duration::from_secs(4_u64.saturating_pow(attempts));
            verdict(again(wait), Sign::Well, "wait_recipient")
        }
        ErrorClass::Retry { .. } | ErrorClass::WaitRecipient => {
            verdict(failed("gave_up"), Sign::Well, "failed")
        }
        ErrorClass::PauseSender => verdict(Fate::Keep, Sign::AtFault, "paused"),
        ErrorClass::StopTemplate => verdict(Fate::KeepForTemplate, Sign::Well, "template_stopped"),
        ErrorClass::Never => verdict(failed("refused"), Sign::Well, "failed"),
        ErrorClass::OtherChannel => verdict(failed("other_channel"), Sign::Well, "failed"),
        ErrorClass::NeedsTemplate => verdict(failed("needs_template"), Sign::Well, "failed"),
        ErrorClass::OptedOut => verdict(failed("opted_out"), Sign::Well, "opted_out"),
        ErrorClass::Marked(mark) => verdict(failed(mark.name()), Sign::Well, "failed"),
        // How often it was put off is not known, only how often it was called: the first call alone
        // may be put off for a day.
        ErrorClass::Tomorrow if attempts == 0 => verdict(again(A_DAY), Sign::Well, "tomorrow"),
        ErrorClass::Tomorrow => verdict(failed("not_before_tomorrow"), Sign::Well, "failed"),
    }
}

fn verdict(fate: Fate, sign: Sign, outcome: &'static str) -> Verdict {
    Verdict { fate, sign, asks: None, outcome }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::Mark;

    const BACKOFF: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_mins(5) };

    fn refused(class: ErrorClass) -> SendAnswer {
        SendAnswer::Refused(SendError { class, code: Some(7), http: Some(400), retry_after: None })
    }

    fn fate(class: ErrorClass, attempts: u32) -> Fate {
        judge(&refused(class), attempts, BACKOFF, u64::MAX / 2).fate
    }

    fn failed(reason: &'static str) -> Fate {
        Fate::Failed { error: Some(7), reason }
    }

    fn again(wait: Duration) -> Fate {
        Fate::Again { wait, error: Some(7) }
    }

    #[test]
    fn every_class_has_its_fate() {
        let half = |seconds: u64| Duration::from_millis(seconds * 500).mul_f64(1.0);
        let cases = [
            (ErrorClass::Never, 0, failed("refused")),
            (ErrorClass::OtherChannel, 0, failed("other_channel")),
            (ErrorClass::NeedsTemplate, 0, failed("needs_template")),
            (ErrorClass::OptedOut, 0, failed("opted_out")),
            (ErrorClass::Marked(Mark::NoPromotion), 0, failed("no_promotion")),
            (ErrorClass::Marked(Mark::NoDltConsent), 0, failed("no_dlt_consent")),
            (ErrorClass::StopTemplate, 9, Fate::KeepForTemplate),
            (ErrorClass::PauseSender, 9, Fate::Keep),
            (ErrorClass::Tomorrow, 0, again(A_DAY)),
            (ErrorClass::Tomorrow, 1, failed("not_before_tomorrow")),
            (ErrorClass::WaitRecipient, 0, again(Duration::from_secs(1))),
            (ErrorClass::WaitRecipient, 1, again(Duration::from_secs(4))),
            (ErrorClass::WaitRecipient, 3, again(Duration::from_secs(64))),
            (ErrorClass::WaitRecipient, 8, failed("gave_up")),
        ];
        for (class, attempts, expected) in cases {
            assert_eq!(fate(class, attempts), expected, "{class:?} after {attempts}");
        }
        for (attempts, ceiling) in [(0, 1), (1, 2), (2, 4)] {
            let Fate::Again { wait, .. } = fate(ErrorClass::Retry { times: 3 }, attempts) else {
                panic!("a retry is tried again");
            };
            let difference = wait.abs_diff(half(ceiling));
            assert!(difference < Duration::from_millis(1), "{wait:?} after {attempts}");
        }
        assert_eq!(fate(ErrorClass::Retry { times: 3 }, 3), failed("gave_up"));
        assert_eq!(fate(ErrorClass::Retry { times: 0 }, 0), failed("gave_up"));
    }

    #[test]
    fn a_call_without_an_answer_is_never_tried_again_blindly() {
        for attempts in 0..10 {
            let verdict = judge(&SendAnswer::NoAnswer, attempts, BACKOFF, 1);
            assert_eq!((verdict.fate, verdict.sign), (Fate::Unknown, Sign::Silent));
        }
    }

    #[test]
    fn what_certainly_did_not_leave_is_tried_again_however_often() {
        let verdict = judge(&SendAnswer::NotSent, 1_000, BACKOFF, u64::MAX);
        let Fate::Again { wait, error: None } = verdict.fate else { panic!("{verdict:?}") };
        assert!(wait > Duration::from_secs(299) && wait <= BACKOFF.cap, "{wait:?}");
    }

    #[test]
    fn the_provider_may_ask_for_a_longer_wait() {
        let answer = SendAnswer::Refused(SendError {
            class: ErrorClass::Throttle,
            code: Some(4),
            http: Some(429),
            retry_after: Some(Duration::from_mins(2)),
        });
        let verdict = judge(&answer, 0, BACKOFF, 0);
        assert_eq!(verdict.sign, Sign::TooFast(Duration::from_mins(2)));
        let expected = Fate::Again { wait: Duration::from_mins(2), error: Some(4) };
        assert_eq!(verdict.fate, expected);
    }

    #[test]
    fn of_a_message_whose_first_parts_were_taken_the_answer_to_the_next_counts() {
        for answer in [SendAnswer::NoAnswer, refused(ErrorClass::Throttle), SendAnswer::NotSent] {
            let partly = SendAnswer::Partly { taken: 1, answer: Box::new(answer.clone()) };
            assert_eq!(judge(&partly, 2, BACKOFF, 7), judge(&answer, 2, BACKOFF, 7));
        }
    }

    #[test]
    fn an_answer_asks_for_what_its_class_asks_for() {
        for class in [
            ErrorClass::PauseSender,
            ErrorClass::StopTemplate,
            ErrorClass::Marked(Mark::NoPromotion),
            ErrorClass::OptedOut,
            ErrorClass::Retry { times: 1 },
            ErrorClass::Never,
        ] {
            assert_eq!(judge(&refused(class), 0, BACKOFF, 0).asks, class.asks(), "{class:?}");
        }
    }

    #[test]
    fn only_the_account_s_faults_stop_the_sender() {
        let sign = |class| judge(&refused(class), 0, BACKOFF, 0).sign;
        assert_eq!(sign(ErrorClass::PauseSender), Sign::AtFault);
        assert_eq!(sign(ErrorClass::Throttle), Sign::TooFast(Duration::from_secs(1)));
        for class in [
            ErrorClass::Retry { times: 1 },
            ErrorClass::WaitRecipient,
            ErrorClass::Never,
            ErrorClass::OtherChannel,
            ErrorClass::NeedsTemplate,
            ErrorClass::OptedOut,
            ErrorClass::Tomorrow,
        ] {
            assert_eq!(sign(class), Sign::Well, "{class:?}");
        }
    }

    proptest! {
        #[test]
        fn waits_are_jittered_within_their_bounds(attempts in 0..40_u32, random in any::<u64>()) {
            let wait = BACKOFF.wait(attempts, random);
            let ceiling = BACKOFF.base.saturating_mul(2_u32.saturating_pow(attempts));
            prop_assert!(wait >= SHORTEST_WAIT);
            prop_assert!(wait <= ceiling.min(BACKOFF.cap));
        }
    }
}
