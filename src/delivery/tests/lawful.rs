//! What the gate lets out at the moment of leaving.

use std::fmt::Write as _;

use super::*;
use crate::contact::Member;
use crate::gate::Refusal;

#[tokio::test(start_paused = true)]
async fn the_gate_is_asked_again_at_sending() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(2, contact(&[(Purpose::Membership, true)]));
        rows.contacts.insert(3, contact(&[(Purpose::Membership, false)]));
        rows.contacts.insert(4, contact(&[]));
    }
    let late = Some(start_of_time() - SignedDuration::from_secs(1));
    let of_membership = |id| Outgoing { purpose: Purpose::Membership, ..reply(id, id) };
    bench.send([
        Outgoing { window_until: late, ..reply(1, 1) },
        of_membership(2),
        of_membership(3),
        of_membership(4),
        of_membership(5),
        Outgoing { send_before: late, ..reply(6, 6) },
        Outgoing { lane: Lane::Broadcast, purpose: Purpose::Membership, ..reply(7, 2) },
    ]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [2, 7]);
    let suppressed = |reason: &str| vec![SendResult::Suppressed { reason: reason.to_owned() }];
    assert_eq!(bench.records.results(1), suppressed("window_closed"));
    assert_eq!(bench.records.results(3), suppressed("withdrawn"));
    assert_eq!(bench.records.results(4), suppressed("no_consent"));
    assert_eq!(bench.records.results(5), suppressed("no_contact"));
    assert_eq!(bench.records.results(6), [SendResult::Expired]);
}

/// Silent for the seats 1 to 100 in the hour of the tests, with the code of conduct in force.
fn election(more: &str) -> Calendar {
    let text = format!(
        "[[phases]]\nname = \"पहला\"\npoll = \"2026-09-22\"\nclose = \"18:00\"\nassemblies = [\"1-100\"]\n\
         [[conduct]]\nfrom = \"2026-09-01\"\nto = \"2026-10-30\"\n{more}"
    );
    Calendar::read(&text).unwrap()
}

fn of_seat(seat: u16, consents: &[(Purpose, bool)]) -> Contact {
    let member = Member {
        number: "UP-1".to_owned(),
        name: String::new(),
        district: String::new(),
        assembly: seat,
        booth: None,
        since: start_of_time(),
        ends: None,
    };
    Contact { membership: Some(member), ..contact(consents) }
}

fn broadcast(id: i64, contact: i64) -> Outgoing {
    Outgoing { lane: Lane::Broadcast, purpose: Purpose::Samvad, ..unasked(id, contact) }
}

#[tokio::test(start_paused = true)]
async fn the_silence_of_a_seat_drains_what_is_queued_for_it() {
    let bench = Bench::start(unlimited());
    let willing = [(Purpose::Samvad, true)];
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(1, of_seat(1, &willing));
        rows.contacts.insert(2, of_seat(300, &willing));
        rows.contacts.insert(3, contact(&willing));
    }
    bench.halted.store(true, Ordering::Relaxed);
    bench.send([1, 2, 3].map(|contact| reply(contact, contact)));
    bench.queue([1, 2, 3].map(|contact| broadcast(contact + 10, contact)));
    let came = Outgoing { purpose: Purpose::Acknowledgment, ..reply(21, 1) };
    bench.send([came]);
    bench.run(1.0).await;
    // The calendar is edited while they wait.
    let text = text_hash(&template_of(&broadcast(1, 1)).name);
    let hex = text.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let certificate = format!(
        "[[certificates]]\nnumber = \"7\"\ncommittee = \"राज्य\"\ndate = \"2026-09-02\"\nsha256 = [\"{hex}\"]\n"
    );
    let calendar = election(&certificate);
    bench.rules.replace(Rules { calendar, ..Rules::default() });
    bench.halted.store(false, Ordering::Relaxed);
    bench.run(60.0).await;
    let mut calls = bench.provider.calls();
    calls.sort_unstable();
    assert_eq!(calls, [2, 12, 21], "another seat, and the word that a message came");
    for id in [1, 3, 11, 13] {
        let results = bench.records.results(id);
        let silence = SendResult::Suppressed { reason: "silence".to_owned() };
        assert_eq!(results.last(), Some(&silence), "{id}");
    }
}

fn template_of(outgoing: &Outgoing) -> Template {
    outgoing.content.outside().cloned().unwrap()
}

#[tokio::test(start_paused = true)]
async fn under_the_code_of_conduct_only_certified_words_are_broadcast() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().contacts.insert(2, of_seat(300, &[(Purpose::Samvad, true)]));
    bench.rules.replace(Rules { calendar: election(""), ..Rules::default() });
    bench.send([broadcast(1, 2)]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    let refused = SendResult::Suppressed { reason: "no_certificate".to_owned() };
    assert_eq!(bench.records.results(1), [refused]);
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_that_meets_the_code_of_conduct_on_its_way_waits_whole_and_loses_nobody() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        for contact in 1..=3 {
            rows.contacts.insert(contact, of_seat(300, &[(Purpose::Samvad, true)]));
        }
        rows.broadcasts.insert(7, BroadcastState::Running);
    }
    let of_seven = |id| Outgoing { broadcast: Some(7), ..broadcast(id, id) };
    bench.send([of_seven(1)]);
    bench.run(1.0).await;
    bench.rules.replace(Rules { calendar: election(""), ..Rules::default() });
    bench.send([of_seven(2), of_seven(3)]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [1]);
    for id in [2, 3] {
        let waits = |result: &SendResult| matches!(result, SendResult::Released { .. });
        assert!(bench.records.results(id).iter().all(waits), "{id}: nobody's turn is lost");
    }
    let troubles = bench.delivery.shared.standings.troubles();
    assert_eq!(troubles.len(), 1);
    assert_eq!(troubles[0], (7, Refusal::NoCertificate.office_words().1.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn who_was_blocked_agreed_or_was_asked_since_the_plan_gets_nothing() {
    let bench = Bench::start(unlimited());
    let samvad = [(Purpose::Samvad, true)];
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(1, Contact { blocked: true, ..contact(&samvad) });
        rows.contacts.insert(2, contact(&samvad));
        rows.contacts.insert(3, contact(&[]));
        rows.contacts.insert(4, contact(&[]));
    }
    let asks = |id, contact| Outgoing { purpose: Purpose::AskSamvad, ..broadcast(id, contact) };
    bench.send([broadcast(11, 1), asks(12, 2), asks(13, 3)]);
    bench.run(10.0).await;
    bench.send([asks(14, 3)]);
    let exit_polls = "[[phases]]\nname = \"एक\"\npoll = \"2026-09-20\"\nclose = \"18:00\"\nassemblies = [1]\n\
                      [[phases]]\nname = \"दो\"\npoll = \"2026-10-20\"\nclose = \"18:00\"\nassemblies = [2]\n";
    let calendar = Calendar::read(exit_polls).unwrap();
    bench.rules.replace(Rules { calendar, ..Rules::default() });
    bench.send([Outgoing { purpose: Purpose::AskOpinion, ..broadcast(15, 4) }]);
    bench.run(10.0).await;
    assert_eq!(bench.provider.calls(), [13]);
    let counted = bench.records.0.lock().counted.clone();
    let for_ever = |counted: &Counted| counted.since == Timestamp::UNIX_EPOCH;
    assert!(!counted.is_empty() && counted.iter().all(for_ever), "once ever: {counted:?}");
    for (id, reason) in [(11, "blocked"), (12, "agreed"), (14, "asked_once"), (15, "exit_poll")] {
        let refused = SendResult::Suppressed { reason: reason.to_owned() };
        assert_eq!(bench.records.results(id), [refused], "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_cap_counts_what_was_sent() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().contacts.insert(2, contact(&[(Purpose::Samvad, true)]));
    let caps = Caps::new(7, [(Purpose::Samvad, 2)]);
    bench.rules.replace(Rules { caps, ..Rules::default() });
    for id in 1..=3 {
        bench.send([broadcast(id, 2)]);
        bench.run(10.0).await;
    }
    assert_eq!(bench.provider.calls(), [1, 2]);
    let refused = SendResult::Suppressed { reason: "capped".to_owned() };
    assert_eq!(bench.records.results(3), [refused]);
}

#[tokio::test(start_paused = true)]
async fn who_said_stop_between_planning_and_sending_gets_nothing() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().contacts.insert(2, contact(&[(Purpose::Samvad, true)]));
    bench.halted.store(true, Ordering::Relaxed);
    bench.queue([broadcast(1, 2)]);
    bench.run(1.0).await;
    bench.records.0.lock().contacts.insert(2, contact(&[(Purpose::Samvad, false)]));
    bench.halted.store(false, Ordering::Relaxed);
    bench.run(60.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
}

/// Free words that go as a template once the window is closed.
fn windowed(id: i64, contact: i64) -> Outgoing {
    let Content::Template(outside) = unasked(id, contact).content else { panic!("a template") };
    let inside = Box::new(reply(id, contact).content);
    Outgoing {
        purpose: Purpose::FollowUp,
        content: Content::Windowed { inside, outside },
        ..reply(id, contact)
    }
}

#[tokio::test(start_paused = true)]
async fn words_with_a_template_leave_as_the_moment_of_leaving_has_it() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(1, contact(&[]));
        rows.contacts.insert(2, contact(&[(Purpose::FollowUp, true)]));
    }
    let closed = Some(start_of_time() - SignedDuration::from_secs(1));
    bench.send([
        windowed(1, 1),
        Outgoing { window_until: closed, ..windowed(2, 2) },
        Outgoing { window_until: closed, channel: Channel::Simulator, ..windowed(3, 2) },
        Outgoing { window_until: closed, ..windowed(4, 1) },
    ]);
    bench.run(1.0).await;
    let (words, template) = (reply(1, 1).content, unasked(2, 2).content);
    let script = bench.provider.0.lock();
    let mut carried: Vec<_> = script.calls.iter().map(|(id, _)| *id).zip(&script.carried).collect();
    carried.sort_by_key(|(id, _)| *id);
    assert_eq!(carried, [(1, &words), (2, &template), (3, &words)]);
    let suppressed = vec![SendResult::Suppressed { reason: "no_consent".to_owned() }];
    assert_eq!(bench.records.results(4), suppressed);
}

#[tokio::test(start_paused = true)]
async fn a_window_that_closes_in_the_queue_lets_the_template_out() {
    let bench = Bench::start(unlimited());
    bench.records.0.lock().contacts.insert(1, contact(&[(Purpose::FollowUp, true)]));
    let soon = Some(start_of_time() + SignedDuration::from_millis(500));
    bench.provider.answer(1, refused(ErrorClass::WaitRecipient));
    bench.send([Outgoing { window_until: soon, ..windowed(1, 1) }]);
    bench.until_all(Status::Sent).await;
    let carried = bench.provider.0.lock().carried.clone();
    assert_eq!(carried, [reply(1, 1).content, unasked(1, 1).content]);
}

#[tokio::test(start_paused = true)]
async fn the_provider_s_word_that_the_window_is_closed_sends_the_template_to_who_agreed() {
    let bench = Bench::start(unlimited());
    {
        let mut rows = bench.records.0.lock();
        rows.contacts.insert(1, contact(&[(Purpose::FollowUp, true)]));
        rows.contacts.insert(2, contact(&[]));
    }
    for id in [1, 2] {
        bench.provider.answer(id, refused(ErrorClass::NeedsTemplate));
    }
    bench.send([windowed(1, 1)]);
    bench.run(1.0).await;
    bench.send([windowed(2, 2)]);
    bench.run(1.0).await;
    assert_eq!(bench.provider.calls(), [1, 1, 2]);
    let carried = bench.provider.0.lock().carried.clone();
    assert_eq!(carried[1], unasked(1, 1).content);
    let sent = SendResult::Sent { provider_id: Some("wamid.1".to_owned()) };
    assert_eq!(bench.records.results(1), [sent]);
    let suppressed = vec![SendResult::Suppressed { reason: "no_consent".to_owned() }];
    assert_eq!(bench.records.results(2), suppressed);
}

#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_everything_and_loses_nothing() {
    let bench = Bench::start(unlimited());
    bench.halted.store(true, Ordering::Relaxed);
    bench.send((1..=10).map(|id| reply(id, id)));
    bench.queue((11..=20).map(|id| reply(id, id)));
    bench.run(120.0).await;
    assert_eq!(bench.provider.calls(), Vec::<i64>::new());
    assert!(bench.records.all(Status::Queued));
    bench.halted.store(false, Ordering::Relaxed);
    bench.until_all(Status::Sent).await;
}
