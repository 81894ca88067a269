//! The order of messages, what is held in memory, and what others queue.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_is_committed_is_sent_and_recorded() {
    let bench = Bench::start(DeliverySettings::default());
    bench.send([reply(1, 10), reply(2, 10), reply(3, 20)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1, 3, 2]);
    let sent = SendResult::Sent { provider_id: Some("wamid.1".to_owned()) };
    assert_eq!(bench.records.results(1), [sent]);
    bench.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_others_queued_is_claimed_and_sent() {
    let bench = Bench::start(unlimited());
    bench.queue((1..=500).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls().len(), 500);
    assert!(bench.records.0.lock().most_claimed <= 128, "few claims are held at once");
    assert!(bench.begun.elapsed() < Duration::from_secs(3), "{:?}", bench.begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_contact_leave_in_order_and_one_at_a_time() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().latency = Duration::from_millis(300);
    bench.send((1..=20).map(|id| reply(id, id % 2)));
    bench.until_all(Status::Sent).await;
    for parity in 0..2 {
        let order: Vec<i64> =
            bench.provider.calls().into_iter().filter(|id| id % 2 == parity).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
    assert_eq!(bench.provider.0.lock().most_under_way, 2);
}

#[tokio::test(start_paused = true)]
async fn what_a_message_needs_before_takes_nothing_of_the_time_of_its_call() {
    let bench = Bench::start(unlimited());
    {
        let mut script = bench.provider.0.lock();
        // Each within the limit of a call, both together beyond it.
        (script.preparing, script.latency) = (Duration::from_secs(20), Duration::from_secs(20));
    }
    bench.send([reply(1, 1)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1]);
}

#[tokio::test(start_paused = true)]
async fn calls_under_way_are_bounded() {
    let bench = Bench::start(DeliverySettings { concurrency: 8, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(1);
    bench.send((1..=100).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.0.lock().most_under_way, 8);
}

#[tokio::test(start_paused = true)]
async fn more_than_memory_holds_goes_through_the_records_in_order() {
    let bench = Bench::start(DeliverySettings { capacity: 50, ..unlimited() });
    for batch in 0..40 {
        bench.send((1..=10).map(|place| reply(batch * 10 + place, place % 3)));
        bench.run(0.05).await;
    }
    bench.until_all(Status::Sent).await;
    let calls = bench.provider.calls();
    assert_eq!(calls.len(), 400);
    for person in 0..3 {
        let order: Vec<i64> =
            calls.iter().copied().filter(|id| ((id - 1) % 10 + 1) % 3 == person).collect();
        assert!(order.is_sorted(), "{order:?}");
    }
    let released = bench
        .records
        .0
        .lock()
        .log
        .iter()
        .any(|(_, result)| matches!(result, SendResult::Released { .. }));
    assert!(released, "memory was full");
    // And the fast path is open again.
    bench.send([reply(1_000, 5)]);
    bench.run(0.02).await;
    assert!(bench.provider.calls().contains(&1_000));
}

#[tokio::test(start_paused = true)]
async fn what_was_given_back_and_is_not_written_yet_is_not_overtaken() {
    let bench = Bench::start(DeliverySettings { capacity: 2, ..unlimited() });
    bench.records.0.lock().commit = Some(Duration::from_secs(2));
    bench.send((1..=4).map(|id| reply(id, 1)));
    // The queue in the records was asked meanwhile, and was empty.
    bench.run(1.5).await;
    bench.send([reply(5, 1)]);
    bench.until_all(Status::Sent).await;
    assert_eq!(bench.provider.calls(), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_queues_is_sent_at_once_when_it_says_so() {
    let bench = Bench::start(DeliverySettings { poll: Duration::from_hours(1), ..unlimited() });
    bench.run(1.0).await;
    bench.queue([reply(1, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(1), Status::Queued, "nobody said so");
    bench.state.publish(LiveEvent::Queued).await;
    bench.run(0.2).await;
    assert_eq!(bench.records.status(1), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_bug_in_a_channel_costs_one_message_not_the_contact() {
    let bench = Bench::start(unlimited());
    bench.provider.0.lock().panics = true;
    bench.send([reply(1, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(1), Status::Unknown);
    bench.provider.0.lock().panics = false;
    bench.send([reply(2, 1)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(2), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn the_read_sign_goes_before_the_first_answer_when_wished() {
    let answers = Some("wamid.in".to_owned());
    let two =
        [Outgoing { answers: answers.clone(), ..reply(1, 1) }, Outgoing { answers, ..reply(2, 1) }];
    let bench = Bench::start(DeliverySettings { mark_read: true, ..unlimited() });
    bench.send(two.clone());
    bench.run(1.0).await;
    assert_eq!(bench.provider.0.lock().reads, [1]);
    let silent = Bench::start(unlimited());
    silent.send(two);
    silent.run(1.0).await;
    assert_eq!(silent.provider.0.lock().reads, Vec::<i64>::new());
}
