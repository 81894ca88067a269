//! What rests because the provider refuses it, and what the registry and the operators say at sending.

use super::*;

fn account() -> HoldName {
    HoldName { channel: Channel::Sms, kind: HoldKind::Account, name: "party".to_owned() }
}

/// Written by another process, or before a restart.
fn resting(held: HoldName, minutes: i64) -> Hold {
    let until = start_of_time() + SignedDuration::from_mins(minutes);
    let refused = Refused {
        held,
        account: "party".to_owned(),
        code: Some(623),
        http: None,
        at: start_of_time(),
        reported: None,
        first: Duration::from_mins(1),
        longest: Duration::from_mins(1),
    };
    Hold { until, ..Hold::after(None, &refused).unwrap().hold }
}

fn template(name: &str) -> HoldName {
    HoldName { channel: Channel::Sms, kind: HoldKind::Template, name: name.to_owned() }
}

impl Bench {
    fn rests(&self, held: &HoldName) -> Option<Hold> {
        let rows = self.records.0.lock();
        rows.holds.get(held).filter(|hold| hold.ended.is_none()).cloned()
    }

    fn rest(&self, hold: Hold) {
        self.records.0.lock().holds.insert(hold.key(), hold);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_template_is_held_and_others_go_on() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, refused(ErrorClass::StopTemplate));
    bench.send([short(1, 1, "7")]);
    bench.run(1.0).await;
    bench.send([short(2, 2, "7"), short(3, 3, "8")]);
    bench.run(60.0).await;
    assert_eq!(bench.provider.calls(), [1, 3]);
    assert!(bench.rests(&template("7")).is_some());
    // One message tries it when the time is over; the others follow when it came through.
    bench.until_all(Status::Sent).await;
    assert!(bench.times_of(1)[1] >= 900.0 || bench.times_of(2)[0] >= 900.0);
    assert_eq!(bench.rests(&template("7")), None);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_was_refused_is_not_sent_by_this_one() {
    let bench = Bench::start(unlimited());
    bench.rest(resting(account(), 3));
    bench.rest(resting(template("9"), 3));
    bench.run(2.0).await;
    bench.send([short(1, 1, "7"), Outgoing { account: "other".to_owned(), ..short(2, 2, "9") }]);
    bench.run(170.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    bench.until_all(Status::Sent).await;
    assert_eq!((bench.rests(&account()), bench.rests(&template("9"))), (None, None));
}

#[tokio::test(start_paused = true)]
async fn what_rested_before_a_restart_rests_after_it() {
    let records = {
        let bench = Bench::start(unlimited());
        bench.provider.answer(1, refused(ErrorClass::PauseSender));
        bench.send([short(1, 1, "7")]);
        bench.run(1.0).await;
        bench.stop().await;
        bench.rests(&account()).unwrap()
    };
    let bench = Bench::start(unlimited());
    bench.rest(records);
    bench.send([short(2, 2, "7")]);
    bench.run(200.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
}

#[tokio::test(start_paused = true)]
async fn what_the_office_releases_goes_at_once() {
    let bench = Bench::start(unlimited());
    bench.provider.answer(1, refused(ErrorClass::PauseSender));
    bench.send([short(1, 1, "7")]);
    bench.run(2.0).await;
    assert!(bench.rests(&account()).is_some());
    let now = bench.clock.now();
    bench.records.end_hold(account(), now).await.unwrap();
    bench.run(3.0).await;
    bench.send([short(2, 2, "7")]);
    bench.run(2.0).await;
    assert_eq!(bench.provider.calls(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn where_only_reports_tell_a_gateway_that_takes_a_message_proves_nothing() {
    let bench = Bench::start(unlimited());
    bench.rest(Hold { by_report: true, ..resting(template("7"), 1) });
    bench.run(2.0).await;
    bench.send((1..=20).map(|id| short(id, id, "7")));
    bench.run(1_000.0).await;
    let calls = bench.provider.calls().len();
    assert!((2..=5).contains(&calls), "one in five minutes tries: {calls}");
    let now = bench.clock.now();
    bench.records.end_hold(template("7"), now).await.unwrap();
    bench.until_all(Status::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_leaves_with_what_is_registered_when_it_leaves() {
    let bench = Bench::start(unlimited());
    let mended = Registered {
        entity: Some("2".to_owned()),
        template: "7".to_owned(),
        headers: vec!["UPSMVD".to_owned()],
        promotional: false,
    };
    bench.registry.lock().insert("7".to_owned(), Known::Live(mended.clone()));
    bench.registry.lock().insert("8".to_owned(), Known::Stopped);
    bench.queue([short(1, 1, "7"), short(2, 2, "8"), short(3, 3, "9")]);
    bench.run(2.0).await;
    let carried = bench.provider.0.lock().carried.clone();
    let told: Vec<Option<&Registered>> = carried.iter().map(Content::registered).collect();
    assert_eq!(told, [Some(&mended), short(3, 3, "9").content.registered()]);
    let suppressed = SendResult::Suppressed { reason: "template_stopped".to_owned() };
    assert_eq!(bench.records.results(2), [suppressed]);
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_whose_dlt_template_stopped_waits_whole_and_says_so() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().broadcasts.insert(7, BroadcastState::Running);
    bench.records.0.lock().contacts.insert(2, contact(&[(Purpose::Samvad, true)]));
    bench.registry.lock().insert("8".to_owned(), Known::Stopped);
    let (lane, purpose) = (Lane::Broadcast, Purpose::Samvad);
    bench.send([Outgoing { lane, purpose, broadcast: Some(7), ..short(2, 2, "8") }]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [0; 0]);
    assert!(matches!(bench.records.results(2)[..], [SendResult::Released { .. }]));
    let troubles = bench.delivery.shared.standings.troubles();
    assert!(matches!(&troubles[..], [(7, why)] if why.contains("DLT template 8")), "{troubles:?}");
}

/// At 14:13 UTC delivery begins: 19:43 in India.
pub(super) fn advertising(id: i64, contact: i64) -> Outgoing {
    let mut message = short(id, contact, "7");
    if let Content::Registered { dlt, .. } = &mut message.content {
        dlt.promotional = true;
    }
    message
}

#[tokio::test(start_paused = true)]
async fn a_marked_number_gets_no_advertising_and_everything_else() {
    let bench = Bench::start(unlimited());
    let classes = [(1, Mark::NoPromotion), (2, Mark::NoDltConsent)];
    for (id, mark) in classes {
        bench.records.0.lock().contacts.insert(id, contact(&[]));
        bench.provider.answer(id, refused(ErrorClass::Marked(mark)));
    }
    bench.send([advertising(1, 1), advertising(2, 2)]);
    bench.run(1.0).await;
    bench.send([advertising(11, 1), advertising(12, 2), short(21, 1, "7"), short(22, 2, "7")]);
    bench.run(1.0).await;
    for (id, mark) in classes {
        let failed = SendResult::Failed { error: Some(1), reason: mark.name().to_owned() };
        assert_eq!(bench.records.results(id), [failed]);
        let suppressed = SendResult::Suppressed { reason: mark.name().to_owned() };
        assert_eq!(bench.records.results(10 + id), [suppressed]);
        assert_eq!(bench.records.status(20 + id), Status::Sent);
    }
}

#[tokio::test(start_paused = true)]
async fn advertising_waits_for_the_morning() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().contacts.insert(1, contact(&[(Purpose::Membership, true)]));
    // A quarter to nine in the evening is 3,700 seconds after the beginning.
    bench.run(3_695.0).await;
    bench.send([advertising(1, 1)]);
    bench.run(6.0).await;
    let late = Outgoing { purpose: Purpose::Membership, ..advertising(2, 1) };
    let too_late = Outgoing {
        send_before: Some(bench.clock.now() + SignedDuration::from_hours(2)),
        ..late.clone()
    };
    bench.send([late, Outgoing { id: OutgoingId { id: 3, created_ms: 1 }, ..too_late }]);
    bench.run(60.0).await;
    assert_eq!(bench.provider.calls(), [1]);
    assert_eq!(bench.records.results(3), [SendResult::Expired]);
    let opens: Timestamp = "2026-09-22T10:00:00+05:30".parse().unwrap();
    let waits = SendResult::Released { not_before: Some(opens) };
    assert_eq!(bench.records.results(2), [waits]);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_not_given_the_parts_it_has() {
    let bench = Bench::start(unlimited());
    let partly = |class| SendAnswer::Partly { taken: 2, answer: Box::new(refused(class)) };
    bench.provider.answer(1, partly(ErrorClass::Retry { times: 3 }));
    bench.provider.answer(2, partly(ErrorClass::PauseSender));
    let unseen = SendAnswer::Partly { taken: 1, answer: Box::new(SendAnswer::NoAnswer) };
    bench.provider.answer(3, unseen);
    bench.send([short(1, 1, "7")]);
    bench.run(10.0).await;
    bench.send([Outgoing { account: "other".to_owned(), ..short(3, 3, "7") }, short(2, 2, "7")]);
    bench.run(600.0).await;
    let taken = |id| {
        let rows = bench.records.0.lock();
        rows.rows[&OutgoingId { id, created_ms: 1 }].outgoing.parts_taken
    };
    assert_eq!((taken(1), taken(2)), (2, 2));
    assert_eq!(bench.records.results(3), [SendResult::Unknown], "it is listed, never sent again");
    assert_eq!((bench.records.status(1), bench.records.status(2)), (Status::Sent, Status::Sent));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_in_memory_is_counted_as_it_is_kept_and_goes_on_whole_as_that() {
    let bench = Bench::start(unlimited());
    let retry = refused(ErrorClass::Retry { times: 3 });
    bench.provider.answer(1, SendAnswer::Partly { taken: 2, answer: Box::new(retry) });
    let text = |body: &str| Content::Text { body: body.to_owned() };
    let (told, kept) = (text("आपने सुनीता वर्मा जी को चुना।"), text("आपका उत्तर मिल गया।"));
    let message = |id, contact| Outgoing {
        content: told.clone(),
        kept: Some(Box::new(kept.clone())),
        ..short(id, contact, "7")
    };
    bench.send([message(1, 1), message(2, 2)]);
    bench.run(600.0).await;
    let results = bench.records.results(1);
    assert!(matches!(results[0], SendResult::Retry { .. }), "no part of it is noted: {results:?}");
    let script = bench.provider.0.lock();
    assert_eq!(script.carried, [told.clone(), told, kept.clone()]);
    assert!(!script.counted.is_empty() && script.counted.iter().all(|one| *one == kept));
    let rows = bench.records.0.lock();
    assert_eq!(rows.rows[&OutgoingId { id: 1, created_ms: 1 }].outgoing.parts_taken, 0);
}
