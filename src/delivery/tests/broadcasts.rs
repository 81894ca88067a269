//! Messages of broadcasts, which stop with them.

use super::*;

/// A message of the broadcast 7 to a member who agreed.
fn of_broadcast(id: i64, contact: i64) -> Outgoing {
    Outgoing { broadcast: Some(7), lane: Lane::Broadcast, ..unasked(id, contact) }
}

fn bench(state: BroadcastState) -> Bench {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.broadcasts.insert(7, state);
        for id in 1..=5 {
            rows.contacts.insert(id, contact(&[(Purpose::Membership, true)]));
        }
    }
    bench
}

#[tokio::test(start_paused = true)]
async fn what_was_released_of_a_broadcast_leaves_while_it_runs_and_when_it_is_done() {
    for state in [BroadcastState::Running, BroadcastState::Done] {
        let bench = bench(state);
        bench.send([of_broadcast(1, 1)]);
        bench.run(1.0).await;
        assert_eq!(bench.provider.calls(), [1], "{}", state.name());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_released_waits_while_the_broadcast_is_paused_and_a_reply_passes_it() {
    let bench = bench(BroadcastState::Paused);
    bench.send([of_broadcast(1, 1), reply(2, 1)]);
    bench.run(60.0).await;
    assert_eq!(bench.provider.calls(), [2]);
    assert_eq!(bench.records.status(1), Status::Queued);
}

#[tokio::test(start_paused = true)]
async fn what_was_released_of_a_cancelled_or_expired_broadcast_never_leaves() {
    let cancelled = SendResult::Suppressed { reason: "cancelled".to_owned() };
    for (state, result) in
        [(BroadcastState::Cancelled, cancelled), (BroadcastState::Expired, SendResult::Expired)]
    {
        let bench = bench(state);
        bench.send([of_broadcast(1, 1)]);
        bench.run(1.0).await;
        assert_eq!(bench.provider.calls(), [0; 0]);
        assert_eq!(bench.records.results(1), [result]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_template_that_is_refused_for_everybody_stops_its_broadcast_and_fails_nobody() {
    let bench = bench(BroadcastState::Running);
    let paused = SendError {
        class: ErrorClass::Never,
        code: Some(132_015),
        http: Some(400),
        retry_after: None,
    };
    bench.provider.answer(1, SendAnswer::Refused(paused));
    bench.send([of_broadcast(1, 1)]);
    bench.run(1.0).await;
    bench.send([of_broadcast(2, 2)]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [1], "no other call is made");
    for id in [1, 2] {
        assert_eq!(bench.records.status(id), Status::Queued, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_person_s_words_are_refused_for_stops_nobody_else() {
    let bench = bench(BroadcastState::Running);
    let too_long = SendError {
        class: ErrorClass::Never,
        code: Some(132_005),
        http: Some(400),
        retry_after: None,
    };
    bench.provider.answer(1, SendAnswer::Refused(too_long));
    bench.send([of_broadcast(1, 1), of_broadcast(2, 2)]);
    bench.run(1.0).await;
    assert_eq!(bench.records.status(1), Status::Failed);
    assert_eq!(bench.records.status(2), Status::Sent);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_the_hours_of_advertising_closes_its_road_until_then() {
    let bench = bench(BroadcastState::Running);
    // From a quarter to eight in the evening to after their end.
    bench.clock.advance(Duration::from_hours(2));
    // A heartbeat later we are known to live.
    bench.run(20.0).await;
    let (lane, purpose) = (Lane::Broadcast, Purpose::Membership);
    let message = Outgoing { broadcast: Some(7), lane, purpose, ..held::advertising(1, 1) };
    bench.send([message]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [0; 0]);
    let closed = |at| bench.delivery.shared.standings.closed(7, at);
    let road = crate::contact::Road { channel: Channel::Sms, account: "party".to_owned() };
    let opens = crate::gate::promotional_opens(bench.clock.now());
    assert_eq!(closed(opens), [road], "what came back is looked at first");
    assert_eq!(closed(opens + SignedDuration::from_mins(1)), []);
}
