//! How fast, and to how many.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_slow_mass_of_reminders_does_not_delay_a_reply() {
    // No broadcast passes the gate yet; a reminder stands behind persons just as it does.
    let bench = Bench::start(DeliverySettings { concurrency: 8, ..unlimited() });
    bench.provider.0.lock().latency = Duration::from_secs(10);
    {
        let mut rows = bench.records.0.lock();
        for id in 1..=100 {
            rows.contacts.insert(id, contact(&[]));
        }
    }
    bench.send((1..=100).map(|id| message(id, id, Lane::Reminder)));
    bench.run(1.0).await;
    bench.send([reply(1_000, 1_000)]);
    bench.run(0.1).await;
    assert!(bench.provider.calls().contains(&1_000), "{:?}", bench.provider.calls());
}

#[tokio::test(start_paused = true)]
async fn a_number_of_ours_keeps_its_throughput() {
    let bench = Bench::start(DeliverySettings::default());
    bench.send((1..=400).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    let calls = bench.provider.0.lock().calls.clone();
    for (place, (_, at)) in calls.iter().enumerate() {
        let within = calls[place..]
            .iter()
            .take_while(|(_, later)| later.duration_since(*at) < Duration::from_secs(1));
        let within = within.count();
        assert!(within <= 90, "{within} messages in one second from {place} on");
    }
    let took = calls.last().unwrap().1.duration_since(calls[0].1);
    assert!(took < Duration::from_secs(6), "80 a second are used: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn one_person_gets_a_burst_and_then_one_in_six_seconds() {
    let bench = Bench::start(DeliverySettings::default());
    bench.send((1..=48).map(|id| reply(id, 7)));
    bench.send([reply(100, 8)]);
    bench.until_all(Status::Sent).await;
    let order: Vec<i64> = bench.provider.calls().into_iter().filter(|id| *id < 100).collect();
    assert_eq!(order, (1..=48).collect::<Vec<_>>());
    assert!(bench.times_of(45)[0] < 3.0);
    let waits = [bench.times_of(46)[0], bench.times_of(47)[0], bench.times_of(48)[0]];
    assert!(waits[0] >= 5.9 && waits[0] < 9.0, "{waits:?}");
    assert!(waits[2] - waits[1] > 5.0 && waits[2] - waits[1] < 8.0, "{waits:?}");
    assert!(bench.times_of(100)[0] < 1.0, "nobody else waits");
}

#[tokio::test(start_paused = true)]
async fn a_person_s_limit_makes_only_this_person_wait_ever_longer() {
    let bench = Bench::start(unlimited());
    for _ in 0..3 {
        bench.provider.answer(1, refused(ErrorClass::WaitRecipient));
    }
    bench.send([reply(1, 10), reply(2, 20)]);
    bench.until_all(Status::Sent).await;
    let times = bench.times_of(1);
    let waits: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (wait, expected) in waits.iter().zip([1.0, 4.0, 16.0]) {
        assert!(*wait >= expected && *wait < expected + 1.0, "{waits:?}");
    }
    assert!(bench.times_of(2)[0] < 0.1);
}

#[tokio::test(start_paused = true)]
async fn too_fast_halves_the_rate_and_it_recovers() {
    let bench = Bench::start(DeliverySettings::default());
    bench.provider.answer(1, refused(ErrorClass::Throttle));
    bench.send((1..=400).map(|id| reply(id, id)));
    bench.until_all(Status::Sent).await;
    let calls = bench.provider.0.lock().calls.clone();
    let count = |from: f64, to: f64| {
        let seconds = |at: &Instant| at.duration_since(bench.begun).as_secs_f64();
        calls.iter().filter(|(_, at)| seconds(at) >= from && seconds(at) < to).count()
    };
    assert!(count(0.3, 1.0) < 5, "nothing for a second: {}", count(0.3, 1.0));
    let slow = count(1.5, 3.5);
    assert!((70..=110).contains(&slow), "about half of 160 in two seconds: {slow}");
    assert_eq!(bench.provider.calls_of(1).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_day_s_number_of_people_is_kept_for_what_they_did_not_begin() {
    let limits = ChannelLimits { people_a_day: Some(2), ..ChannelLimits::default() };
    let bench = Bench::start(DeliverySettings {
        limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
        ..unlimited()
    });
    for id in 1..=3 {
        bench.records.0.lock().contacts.insert(id, contact(&[(Purpose::Membership, true)]));
    }
    bench.send([unasked(1, 1), unasked(2, 1), unasked(3, 2), unasked(4, 3), reply(5, 4)]);
    bench.run(60.0).await;
    let mut calls = bench.provider.calls();
    calls.sort_unstable();
    assert_eq!(calls, [1, 2, 3, 5]);
    assert_eq!(bench.records.status(4), Status::Queued);
}

/// Real time: a state that is away answers by real connections refused.
#[tokio::test]
async fn without_the_shared_state_a_share_of_the_limits_is_used() {
    let clock = Clock::fixed(start_of_time());
    let mut options = StateOptions::new("redis://127.0.0.1:1", "test", clock.clone());
    options.timeout = Duration::from_millis(50);
    let state = State::open(options).unwrap();
    let pair = Bucket { per_second: 0.001, burst: 10.0 };
    let limits = ChannelLimits { pair: Some(pair), ..ChannelLimits::WHATSAPP };
    let settings = DeliverySettings {
        limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
        share: 0.5,
        ..DeliverySettings::default()
    };
    let bench = Bench::start_on(settings, clock, TaskTracker::new(), state);
    bench.send((1..=20).map(|id| reply(id, 1)));
    bench.run(1.5).await;
    assert_eq!(bench.provider.calls(), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn replicas_share_the_limits_of_a_number_of_a_person_and_of_the_day() {
    let limits = ChannelLimits {
        per_second: Some(10.0),
        pair: Some(Bucket { per_second: 0.001, burst: 4.0 }),
        people_a_day: Some(3),
    };
    let settings = || DeliverySettings {
        limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
        ..DeliverySettings::default()
    };
    let one = Bench::start(settings());
    let (clock, state) = (one.clock.clone(), one.state.clone());
    let two = Bench::start_beside(settings(), clock, TaskTracker::new(), state);
    let calls = || one.provider.calls().len() + two.provider.calls().len();

    one.send((100..200).map(|id| reply(id, id)));
    two.send((200..300).map(|id| reply(id, id)));
    one.run(10.0).await;
    assert!((95..=105).contains(&calls()), "{} of a number in ten seconds", calls());
    one.run(12.0).await;
    assert_eq!(calls(), 200);

    one.send((300..310).map(|id| reply(id, 7)));
    two.send((310..320).map(|id| reply(id, 7)));
    one.run(5.0).await;
    assert_eq!(calls(), 204, "to one person");

    for bench in [&one, &two] {
        let member = || contact(&[(Purpose::Membership, true)]);
        bench.records.0.lock().contacts.extend((400..420).map(|id| (id, member())));
    }
    one.send((400..410).map(|id| unasked(id, id)));
    two.send((410..420).map(|id| unasked(id, id)));
    one.run(5.0).await;
    assert_eq!(calls(), 207, "people a day");
}
