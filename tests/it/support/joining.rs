//! Citizens who join while trouble is made.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::sandbox::load::{CitizenPlan, CitizenReport, Script, play};

use super::house::House;

/// Plays citizens who join by the shipped flow, and makes the trouble meanwhile; waits for both.
///
/// # Panics
/// When the citizens were through before the trouble was over: then it was not tried under load.
pub(crate) async fn join_under<T>(
    house: &House,
    plan: &CitizenPlan,
    trouble: impl Future<Output = T>,
) -> (CitizenReport, T) {
    let script = Script::shipped("join").unwrap();
    let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
    let playing = play(&house.sandbox, script, plan, &tracker, &shutdown);
    tokio::pin!(playing, trouble);
    let made = tokio::select! {
        made = &mut trouble => made,
        report = &mut playing => {
            panic!("the citizens were through before the trouble was over: {:#?}", report.unwrap())
        }
    };
    let report = playing.await.unwrap();
    assert!(house.sandbox.until_quiet(Duration::from_mins(1)).await, "callbacks do not end");
    (report, made)
}

/// By the ledger, every accepted message has one answer and no more, in its order.
pub(crate) fn exactly_one_answer(house: &House) {
    let verdict = house.sandbox.verdict();
    assert_eq!((verdict.waiting, verdict.gave_up), (0, 0), "{verdict:#?}");
    assert_eq!(verdict.overlaps, 0, "two calls to one person at once: {verdict:#?}");
    assert!(verdict.unanswered.is_empty(), "accepted and never answered: {verdict:#?}");
    assert!(verdict.repeats.is_empty(), "a turn was run twice: {verdict:#?}");
    assert!(verdict.duplicates.is_empty(), "an answer went twice: {verdict:#?}");
}

/// Every citizen of the plan joined, once, under a number of their own.
pub(crate) fn everybody_joined_once(report: &CitizenReport) {
    assert_eq!(report.joined, report.citizens, "{report:#?}");
    nobody_has_two_numbers(report);
}

pub(crate) fn nobody_has_two_numbers(report: &CitizenReport) {
    assert_eq!(report.shared_numbers, Vec::<String>::new(), "a member number was given twice");
    assert_eq!(report.two_numbers, Vec::<String>::new(), "a citizen became a member twice");
}
