//! What a provider's answer, or none, leads to.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_passing_fault_is_tried_again_and_the_rest_of_the_contact_waits() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, refused(ErrorClass::Retry { times: 3 }));
    bench.provider.answer(1, refused(ErrorClass::Retry { times: 3 }));
    bench.send([reply(1, 10), reply(2, 10), reply(3, 20)]);
    bench.run(0.1).await;
    bench.send([reply(4, 10)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1, 3, 1, 1, 2, 4]);
    let results = bench.records.results(1);
    assert!(matches!(results[0], SendResult::Retry { error: Some(1), .. }), "{results:?}");
    assert!(matches!(results[2], SendResult::Sent { .. }), "{results:?}");
}

#[tokio::test(start_paused = true)]
async fn a_contact_s_order_outlives_a_long_wait_only_so_long() {
    let bench =
        Bench::start(DeliverySettings { order_wait: Duration::from_secs(10), ..unlimited() });
    for _ in 0..4 {
        bench.provider.answer(1, refused(ErrorClass::WaitRecipient));
    }
    bench.send([reply(1, 10), reply(2, 10)]);
    bench.until_all(Status::Sent).await;
    // Waits of 1 and 4 s hold the second up, one of 16 s does not.
    assert_eq!(bench.provider.calls(), [1, 1, 1, 2, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_unknown_and_never_tried_again() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, SendAnswer::NoAnswer);
    bench.send([reply(1, 10), reply(2, 10)]);
    bench.run(120.0).await;
    assert_eq!(bench.provider.calls(), [1, 2]);
    assert_eq!(bench.records.results(1), [SendResult::Unknown]);
    assert_eq!(bench.records.status(2), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_unknown() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().latency = Duration::from_mins(5);
    bench.send([reply(1, 10)]);
    bench.run(25.0).await;
    assert_eq!(bench.records.results(1), [SendResult::Unknown]);
}

#[tokio::test(start_paused = true)]
async fn what_did_not_leave_is_tried_until_the_line_is_back() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().always = Some(SendAnswer::NotSent);
    bench.send((1..=200).map(|id| reply(id, id)));
    bench.run(120.0).await;
    let tried = bench.provider.calls().len();
    assert!(tried < 200, "a dead line is left alone, not called {tried} times");
    bench.provider.0.lock().always = None;
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_at_fault_stops_its_sender_and_loses_nothing() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().always = Some(refused(ErrorClass::PauseSender));
    bench.send((1..=300).map(|id| reply(id, id)));
    bench.send([Outgoing { account: "2".to_owned(), ..reply(1_000, 1_000) }]);
    bench.run(60.0).await;
    let tried = bench.provider.calls().len();
    assert!(tried <= 66, "only what was under way when it began: {tried}");
    assert!(bench.records.all(Status::Queued), "nothing is lost");
    let mut rests: Vec<(HoldKind, String)> = {
        let rows = bench.records.0.lock();
        rows.holds.values().map(|hold| (hold.kind, hold.name.clone())).collect()
    };
    rests.sort();
    let accounts = ["1", "2"].map(|name| (HoldKind::Account, name.to_owned()));
    assert_eq!(rests, accounts, "other replicas know");
    // The next try is one message.
    bench.run(300.0).await;
    let probes = bench.provider.calls().len() - tried;
    assert!((1..=4).contains(&probes), "one message a sender looks whether it is well: {probes}");
    bench.provider.0.lock().always = None;
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn never_is_never() {
    let bench = Bench::start(unlimited());
    let classes = [
        (1, ErrorClass::Never, "refused"),
        (2, ErrorClass::OtherChannel, "other_channel"),
        (3, ErrorClass::NeedsTemplate, "needs_template"),
        (4, ErrorClass::OptedOut, "opted_out"),
    ];
    for (id, class, _) in classes {
        bench.provider.answer(id, refused(class));
    }
    bench.send((1..=4).map(|id| reply(id, id)));
    bench.run(90.0).await;
    assert_eq!(bench.provider.calls(), [1, 2, 3, 4]);
    for (id, _, reason) in classes {
        let failed = SendResult::Failed { error: Some(1), reason: reason.to_owned() };
        assert_eq!(bench.records.results(id), [failed]);
    }
    let preferences = bench.records.0.lock().preferences.clone();
    assert_eq!(preferences.len(), 1);
    assert!(preferences[0].stop);
    assert_eq!(preferences[0].from, reply(4, 4).to);
}

#[tokio::test(start_paused = true)]
async fn a_channel_without_a_sender_fails_by_name() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().answers.insert(1, VecDeque::from([None]));
    bench.send([reply(1, 10)]);
    bench.run(1.0).await;
    let failed = SendResult::Failed { error: None, reason: "no_sender".to_owned() };
    assert_eq!(bench.records.results(1), [failed]);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_would_come_too_late_is_expired() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, refused(ErrorClass::Tomorrow));
    let send_before = Some(start_of_time() + SignedDuration::from_hours(5));
    bench.send([Outgoing { send_before, ..reply(1, 1) }]);
    bench.run(1.0).await;
    assert_eq!(bench.records.results(1), [SendResult::Expired]);
}
