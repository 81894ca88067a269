//! Ends, leases and records that are away.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_what_is_under_way_and_gives_the_rest_back() {
    let bench = Bench::start(DeliverySettings { concurrency: 4, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(2);
    bench.send((1..=20).map(|id| reply(id, id)));
    bench.run(0.5).await;
    bench.stop().await;
    let rows = bench.records.0.lock();
    let count = |status| rows.rows.values().filter(|row| row.status == status).count();
    assert_eq!((count(Status::Sent), count(Status::Queued)), (4, 16));
}

#[tokio::test(start_paused = true)]
async fn at_whatever_moment_it_stops_no_claim_is_left_behind() {
    for moment in 0..40 {
        let bench = Bench::start(DeliverySettings { concurrency: 4, ..unlimited() });
        bench.queue((1..=100).map(|id| reply(id, id % 7)));
        tokio::time::sleep(Duration::from_millis(490 + moment)).await;
        bench.send((101..=110).map(|id| reply(id, id % 7)));
        bench.stop().await;
        let rows = bench.records.0.lock();
        let left = rows.rows.values().filter(|row| row.status == Status::Claimed).count();
        assert_eq!(left, 0, "stopped after {moment} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_only_so_long_and_what_is_cut_off_is_unknown() {
    let bench = Bench::start(DeliverySettings { drain: Duration::from_secs(3), ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(20);
    bench.send([reply(1, 1)]);
    bench.run(0.5).await;
    let begun = Instant::now();
    bench.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(bench.records.status(1), Status::Unknown);
    bench.send([reply(2, 2)]);
    assert_eq!(bench.provider.calls(), [1], "after the end nothing is called");
}

#[tokio::test(start_paused = true)]
async fn a_fenced_process_stops_at_once_and_says_so() {
    let bench = Bench::start(DeliverySettings { concurrency: 2, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(5);
    bench.send((1..=20).map(|id| reply(id, id)));
    bench.run(1.0).await;
    bench.records.0.lock().fenced = true;
    bench.fenced.cancelled().await;
    let called = bench.provider.calls().len();
    bench.send([reply(100, 100)]);
    bench.run(60.0).await;
    assert_eq!(bench.provider.calls().len(), called);
    bench.tracker.close();
    tokio::time::timeout(Duration::from_mins(2), bench.tracker.wait()).await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn no_call_begins_when_the_lease_could_end_before_it() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    // The records are away: the lease of 45 s cannot be renewed. A call may take 22 s.
    bench.records.0.lock().unavailable = true;
    bench.run(24.0).await;
    bench.send([reply(1, 1)]);
    bench.run(5.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    bench.records.0.lock().unavailable = false;
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1]);
}

#[tokio::test(start_paused = true)]
async fn outcomes_wait_for_the_records_and_are_not_lost() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    bench.records.0.lock().unavailable = true;
    bench.send((1..=10).map(|id| reply(id, id)));
    bench.run(5.0).await;
    assert_eq!(bench.provider.calls().len(), 10);
    assert!(bench.records.all(Status::Claimed));
    bench.records.0.lock().unavailable = false;
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn one_row_that_cannot_be_written_does_not_hold_up_the_others() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().refused.insert(reply(7, 7).id);
    bench.send((1..=20).map(|id| reply(id, id)));
    bench.run(5.0).await;
    for id in (1..=20).filter(|id| *id != 7) {
        assert_eq!(bench.records.status(id), Status::Sent, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_renewed_and_the_dead_are_swept() {
    let bench = Bench::start(unlimited());
    bench.run(100.0).await;
    let rows = bench.records.0.lock();
    assert!((6..=8).contains(&rows.heartbeats), "{}", rows.heartbeats);
    assert!((9..=10).contains(&rows.sweeps), "{}", rows.sweeps);
}

#[tokio::test(start_paused = true)]
async fn a_claim_whose_answer_was_lost_is_not_stranded_in_a_living_process() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    bench.records.0.lock().loses_a_claim = true;
    bench.queue([reply(1, 1)]);
    // These are in our hands all the while, and one cannot be written.
    bench.provider.0.lock().latency = Duration::from_secs(21);
    bench.records.0.lock().refused.insert(reply(9, 9).id);
    bench.run(60.0).await;
    bench.queue((2..=9).map(|id| reply(id, 9)));
    bench.run(20.0).await;
    assert_eq!(bench.records.status(1), Status::Claimed);
    // Two leases of 45 s and a sweep of 10 s later.
    bench.run(25.0).await;
    assert_eq!(bench.records.results(1), [SendResult::Unknown], "nobody knows whether it left");
    bench.run(400.0).await;
    for id in 2..=8 {
        assert_eq!(bench.records.status(id), Status::Sent, "{id}");
    }
    assert_eq!(bench.records.status(9), Status::Claimed);
    assert_eq!(bench.records.results(1).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_part_of_delivery_is_missed_when_it_ends() {
    let parts =
        ["delivery", "delivery's recorder", "delivery's puller", "delivery's ear", "the sweep"];
    for part in parts {
        let bench = Bench::start(unlimited());
        bench.run(1.0).await;
        bench.vital.strike(part);
        bench.run(1.0).await;
        assert_eq!(bench.vital.lost(), Some(part));
    }
    let bench = Bench::start(unlimited());
    bench.vital.strike("a sender's pump");
    bench.run(1.0).await;
    assert_eq!(bench.vital.lost(), None, "there is none yet");
    bench.send([reply(1, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.vital.lost(), Some("a sender's pump"));

    let bench = Bench::start(unlimited());
    bench.send([reply(1, 1)]);
    bench.until_all(Status::Sent).await;
    bench.stop().await;
    assert_eq!(bench.vital.lost(), None, "a stop is no loss");
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_of_the_machine_nothing_is_called_before_the_lease_is_renewed() {
    let bench = Bench::start(unlimited());
    bench.run(1.0).await;
    // The monotonic clock stood still while the machine slept.
    bench.clock.advance(Duration::from_mins(10));
    bench.records.0.lock().unavailable = true;
    bench.send([reply(1, 1)]);
    bench.run(5.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    bench.records.0.lock().unavailable = false;
    bench.run(3.0).await;
    assert_eq!(bench.provider.calls(), [1]);
    assert_eq!(bench.records.status(1), Status::Sent);
}
