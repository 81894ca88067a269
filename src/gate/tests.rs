use std::sync::LazyLock;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::calendar::Calendar;
use crate::contact::ConsentNow;
use crate::message::{Registered, Template};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + hours * 3600).unwrap()
}

fn text() -> Content {
    Content::Text { body: "नमस्ते".to_owned() }
}

fn template() -> Content {
    Content::Template(Template {
        name: "samvad_1".to_owned(),
        language: "hi".to_owned(),
        header: None,
        body: Vec::new(),
        buttons: Vec::new(),
    })
}

/// A short message by a DLT template.
fn registered(promotional: bool) -> Content {
    let dlt = Registered {
        entity: None,
        template: "1107161000000000002".to_owned(),
        headers: Vec::new(),
        promotional,
    };
    Content::Registered { body: "नमस्ते".to_owned(), dlt }
}

/// A text that goes as that template once the window is closed.
fn windowed() -> Content {
    let Content::Template(outside) = template() else { panic!("a template") };
    Content::Windowed { inside: Box::new(text()), outside }
}

fn person(consents: &[(Purpose, bool, i64)], last_inbound: i64) -> Contact {
    Contact {
        consents: consents
            .iter()
            .map(|(purpose, given, hours)| ConsentNow {
                purpose: *purpose,
                given: *given,
                at: at(*hours),
                only: None,
            })
            .collect(),
        last_inbound: Some(at(last_inbound)),
        ..Contact::default()
    }
}

/// Without an election and without a cap.
fn free() -> &'static Rules {
    static FREE: LazyLock<Rules> = LazyLock::new(Rules::default);
    &FREE
}

/// An election around the hour 0 of the tests (21 September 2026, 19:43 in India): seats 1 to 100 are silent
/// from 20 September, 18:00, to 22 September, 18:00, and vote on that day; seats 101 to 200 a month later. The code of
/// conduct is in force all the time.
const ELECTION: &str = r#"
[[phases]]
name = "पहला चरण"
poll = "2026-09-22"
close = "18:00"
assemblies = ["1-100"]

[[phases]]
name = "दूसरा चरण"
poll = "2026-10-22"
close = "18:00"
assemblies = ["101-200"]

[[conduct]]
from = "2026-09-01"
to = "2026-10-30"
"#;

fn election() -> Rules {
    Rules { calendar: Calendar::read(ELECTION).unwrap(), ..Rules::default() }
}

/// A broadcast to a person who agreed to it, a year before any election.
fn broadcast<'a>(contact: &'a Contact, content: &'a Content) -> Question<'a> {
    Question { purpose: Purpose::Samvad, lane: Lane::Broadcast, ..reply(contact, content) }
}

/// A reply to a person who wrote an hour ago.
fn reply<'a>(contact: &'a Contact, content: &'a Content) -> Question<'a> {
    Question {
        now: at(1),
        contact,
        seat: Some(300),
        channel: Channel::Whatsapp,
        account: "",
        purpose: Purpose::Answer,
        lane: Lane::Reply,
        content,
        window_until: Some(at(24)),
        send_before: None,
        halted: false,
        rules: free(),
        certified: false,
        told: 0,
    }
}

#[test]
fn an_answer_needs_no_consent() {
    let (stranger, content) = (person(&[], 0), text());
    assert_eq!(gate(&reply(&stranger, &content)), Ok(()));
}

#[test]
fn the_word_after_stop_may_go() {
    let gone = person(&[(Purpose::Samvad, false, 0), (Purpose::Membership, false, 0)], 0);
    let content = text();
    assert_eq!(gate(&reply(&gone, &content)), Ok(()));
}

#[test]
fn an_answer_is_one_for_24_hours_and_no_longer_on_any_channel() {
    let (contact, content) = (person(&[], 0), text());
    for channel in Channel::ALL {
        let mut question = Question { channel, ..reply(&contact, &content) };
        question.now = at(24) - SignedDuration::from_millis(1);
        assert_eq!(gate(&question), Ok(()), "{channel}");
        question.now = at(24);
        assert_eq!(gate(&question), Err(Refusal::WindowClosed), "{channel}");
        question.window_until = None;
        assert_eq!(gate(&question), Err(Refusal::WindowClosed), "{channel}, never wrote");
    }
}

#[test]
fn a_template_does_not_make_a_late_answer_an_answer() {
    let (contact, content) = (person(&[], 0), template());
    let question = Question { now: at(25), ..reply(&contact, &content) };
    assert_eq!(gate(&question), Err(Refusal::WindowClosed));
}

#[test]
fn the_kill_switch_and_send_before_bind_an_answer() {
    let (contact, content) = (person(&[], 0), text());
    let halted = Question { halted: true, ..reply(&contact, &content) };
    assert_eq!(gate(&halted), Err(Refusal::Halted));
    let late = Question { send_before: Some(at(1)), ..reply(&contact, &content) };
    assert_eq!(gate(&late), Err(Refusal::Expired));
    let in_time = Question {
        send_before: Some(at(1) + SignedDuration::from_millis(1)),
        ..reply(&contact, &content)
    };
    assert_eq!(gate(&in_time), Ok(()));
}

#[test]
fn a_reminder_stops_with_the_last_word_and_returns_with_the_person() {
    let content = text();
    let cases = [
        ("never said anything of it", person(&[], 0), Ok(())),
        ("agreed", person(&[(Purpose::Samvad, true, 0)], 0), Ok(())),
        (
            "stop was the last word",
            person(&[(Purpose::Samvad, false, 0)], 0),
            Err(Refusal::Withdrawn),
        ),
        (
            "left the membership with the last word",
            person(&[(Purpose::Membership, false, 0)], 0),
            Err(Refusal::Withdrawn),
        ),
        ("wrote again since", person(&[(Purpose::Samvad, false, -5)], 0), Ok(())),
        (
            "withdrew at the provider since",
            person(&[(Purpose::Samvad, false, 1)], 0),
            Err(Refusal::Withdrawn),
        ),
    ];
    for (name, contact, expected) in &cases {
        let question = Question { lane: Lane::Reminder, ..reply(contact, &content) };
        assert_eq!(gate(&question), *expected, "{name}");
    }
}

#[test]
fn a_reminder_goes_only_inside_the_window() {
    let (contact, content) = (person(&[], 0), text());
    let late = Question { lane: Lane::Reminder, now: at(24), ..reply(&contact, &content) };
    assert_eq!(gate(&late), Err(Refusal::WindowClosed));
}

#[test]
fn every_other_purpose_needs_its_own_consent() {
    let content = text();
    for purpose in [Purpose::Membership, Purpose::Opinion, Purpose::Samvad] {
        for lane in [Lane::Reply, Lane::Person, Lane::Reminder] {
            let all_but_this: Vec<_> = Purpose::ALL
                .into_iter()
                .filter(|other| *other != purpose)
                .map(|other| (other, true, 0))
                .collect();
            let never = person(&all_but_this, 0);
            let withdrawn = person(&[(purpose, false, 0)], 0);
            let given = person(&[(purpose, true, 0)], 0);
            let ask =
                |contact: &Contact| gate(&Question { purpose, lane, ..reply(contact, &content) });
            assert_eq!(ask(&never), Err(Refusal::NoConsent), "{purpose:?} {lane:?}");
            assert_eq!(ask(&withdrawn), Err(Refusal::Withdrawn), "{purpose:?} {lane:?}");
            assert_eq!(ask(&given), Ok(()), "{purpose:?} {lane:?}");
        }
    }
}

#[test]
fn outside_the_window_whatsapp_takes_only_a_template() {
    let member = person(&[(Purpose::Membership, true, 0)], 0);
    let (words, approved) = (text(), template());
    let ask = |channel, content| {
        gate(&Question {
            channel,
            account: "",
            purpose: Purpose::Membership,
            lane: Lane::Reminder,
            now: at(25),
            ..reply(&member, content)
        })
    };
    assert_eq!(ask(Channel::Whatsapp, &words), Err(Refusal::WindowClosed));
    assert_eq!(ask(Channel::Whatsapp, &approved), Ok(()));
    assert_eq!(ask(Channel::Sms, &words), Ok(()));
}

#[test]
fn what_has_a_template_is_an_answer_for_a_day_and_needs_its_consent_after() {
    let content = windowed();
    let stranger = person(&[], 0);
    let willing = person(&[(Purpose::FollowUp, true, 0)], 0);
    let gone = person(&[(Purpose::FollowUp, false, 0)], 0);
    let other = person(&[(Purpose::Samvad, true, 0)], 0);
    for channel in Channel::ALL {
        for lane in [Lane::Reply, Lane::Reminder] {
            let ask = |contact: &Contact, hours: i64| {
                gate(&Question {
                    channel,
                    purpose: Purpose::FollowUp,
                    lane,
                    now: at(hours),
                    ..reply(contact, &content)
                })
            };
            assert_eq!(ask(&stranger, 23), Ok(()), "{channel} {lane:?}");
            assert_eq!(ask(&stranger, 24), Err(Refusal::NoConsent), "{channel} {lane:?}");
            assert_eq!(ask(&other, 24), Err(Refusal::NoConsent), "{channel} {lane:?}");
            assert_eq!(ask(&gone, 24), Err(Refusal::Withdrawn), "{channel} {lane:?}");
            assert_eq!(ask(&willing, 24), Ok(()), "{channel} {lane:?}");
        }
        let reminder = Question {
            channel,
            purpose: Purpose::FollowUp,
            lane: Lane::Reminder,
            ..reply(&gone, &content)
        };
        assert_eq!(gate(&reminder), Err(Refusal::Withdrawn), "{channel}: after a stop");
    }
}

#[test]
fn a_broadcast_goes_to_who_agreed_to_it() {
    let (willing, content) = (person(&[(Purpose::Samvad, true, 0)], 0), template());
    assert_eq!(gate(&broadcast(&willing, &content)), Ok(()));
    let later = Question { now: at(24 * 30), window_until: None, ..broadcast(&willing, &content) };
    assert_eq!(gate(&later), Ok(()), "however long they have been silent");
    for contact in [person(&[], 0), person(&[(Purpose::Membership, true, 0)], 0)] {
        assert_eq!(gate(&broadcast(&contact, &content)), Err(Refusal::NoConsent));
    }
}

#[test]
fn who_never_said_anything_is_asked_for_a_consent_once_and_is_sent_nothing_else() {
    let content = template();
    let stranger = person(&[], 0);
    let asked = |contact: &Contact, told| {
        gate(&Question { purpose: Purpose::AskSamvad, told, ..broadcast(contact, &content) })
    };
    assert_eq!(asked(&stranger, 0), Ok(()));
    assert_eq!(asked(&stranger, 1), Err(Refusal::AskedOnce));
    assert_eq!(gate(&broadcast(&stranger, &content)), Err(Refusal::NoConsent), "never a samvad");
    let member = person(&[(Purpose::Membership, true, 0)], 0);
    assert_eq!(asked(&member, 0), Ok(()), "a consent is one of its own");
    let agreed = person(&[(Purpose::Samvad, true, 0)], 0);
    assert_eq!(asked(&agreed, 0), Err(Refusal::Agreed));
    for purpose in [Purpose::Samvad, Purpose::Membership] {
        let gone = person(&[(purpose, false, 0)], 0);
        assert_eq!(asked(&gone, 0), Err(Refusal::Withdrawn), "{purpose:?} was taken back");
    }
}

#[test]
fn a_phone_is_silent_in_the_silence_of_everybody_on_it() {
    let content = text();
    let alone = person(&[(Purpose::Samvad, true, 0)], 0);
    let shared = Contact { seats_beside: vec![1, 250], ..alone.clone() };
    let calendar = Calendar::read(
        &ELECTION
            .replace("[[conduct]]\nfrom = \"2026-09-01\"", "[[conduct]]\nfrom = \"2026-10-29\""),
    )
    .unwrap();
    let rules = Rules { calendar, ..Rules::default() };
    let asked = |contact: &Contact| gate(&Question { rules: &rules, ..reply(contact, &content) });
    assert_eq!(asked(&alone), Ok(()), "their own seat votes at another time");
    assert_eq!(asked(&shared), Err(Refusal::Silence));
}

#[test]
fn whoever_took_anything_back_even_on_one_channel_is_asked_for_nothing() {
    let content = template();
    for (asks, wanted) in Purpose::ASKING {
        for took_back in [Purpose::Membership, Purpose::Opinion, Purpose::Samvad, Purpose::FollowUp]
        {
            for only in [None, Some(Channel::Whatsapp), Some(Channel::Sms)] {
                let word = ConsentNow { purpose: took_back, given: false, at: at(0), only };
                let contact = Contact { consents: vec![word], ..person(&[], 0) };
                let question = Question { purpose: asks, ..broadcast(&contact, &content) };
                assert_eq!(gate(&question), Err(Refusal::Withdrawn), "{wanted:?} {took_back:?}");
            }
        }
    }
}

#[test]
fn while_exit_polls_are_locked_nobody_is_asked_whether_they_may_be_asked_for_an_opinion() {
    let (stranger, content) = (person(&[], 0), template());
    let rules =
        Rules {
            calendar: Calendar::read(&ELECTION.replace(
                "[[conduct]]\nfrom = \"2026-09-01\"",
                "[[conduct]]\nfrom = \"2026-10-29\"",
            ))
            .unwrap(),
            ..Rules::default()
        };
    let asked = |purpose| {
        let now = "2026-09-23T12:00:00+05:30".parse().unwrap();
        gate(&Question { purpose, now, rules: &rules, ..broadcast(&stranger, &content) })
    };
    assert_eq!(asked(Purpose::AskOpinion), Err(Refusal::ExitPoll));
    assert_eq!(asked(Purpose::AskMembership), Ok(()), "that is no opinion");
}

#[test]
fn a_broadcast_by_sms_leaves_by_a_registered_template_or_its_vendor_s_and_then_as_advertising() {
    let willing = person(&[(Purpose::Samvad, true, 0)], 0);
    let (words, dlt) = (text(), registered(false));
    let by_sms = |contact: &Contact, content: &Content, rules: &Rules, now: Timestamp| {
        let question = Question {
            channel: Channel::Sms,
            account: "party",
            now,
            rules,
            ..broadcast(contact, content)
        };
        gate(&question)
    };
    let at_vendor = Rules { templates_at_vendor: vec!["party".to_owned()], ..Rules::default() };
    let other = Rules { templates_at_vendor: vec!["office".to_owned()], ..Rules::default() };
    let (day, night) = (at(0), at(4));
    assert_eq!(by_sms(&willing, &dlt, free(), night), Ok(()));
    assert_eq!(by_sms(&willing, &words, free(), day), Err(Refusal::NoDltTemplate));
    assert_eq!(by_sms(&willing, &words, &other, day), Err(Refusal::NoDltTemplate));
    assert_eq!(by_sms(&willing, &words, &at_vendor, day), Ok(()));
    assert_eq!(by_sms(&willing, &words, &at_vendor, night), Err(Refusal::PromotionalHours));
    for (mark, refusal) in
        [(Mark::NoPromotion, Refusal::NoPromotion), (Mark::NoDltConsent, Refusal::NoDltConsent)]
    {
        let marked = Contact { marks: vec![mark], ..willing.clone() };
        assert_eq!(by_sms(&marked, &words, &at_vendor, day), Err(refusal));
        assert_eq!(by_sms(&marked, &dlt, &at_vendor, day), Ok(()));
    }
    let on_whatsapp = Question { account: "party", ..broadcast(&willing, &words) };
    assert_eq!(gate(&on_whatsapp), Ok(()), "there is no DLT");
    let answer = Question { channel: Channel::Sms, ..reply(&willing, &words) };
    assert_eq!(gate(&answer), Ok(()), "nobody's answer is advertising");
}

#[test]
fn a_question_for_a_consent_leaves_as_a_broadcast_by_a_template_and_under_the_same_law() {
    let (stranger, words, content) = (person(&[], 0), text(), template());
    let ask = |content: &Content, lane: Lane, rules: &Rules| {
        let question = Question { purpose: Purpose::AskSamvad, ..broadcast(&stranger, content) };
        gate(&Question { lane, rules, seat: Some(1), ..question })
    };
    assert_eq!(
        ask(&words, Lane::Broadcast, free()),
        Err(Refusal::WindowClosed),
        "an open window too"
    );
    assert_eq!(ask(&content, Lane::Reminder, free()), Err(Refusal::NoConsent));
    assert_eq!(ask(&content, Lane::Broadcast, &election()), Err(Refusal::Silence));
    let later = Question {
        purpose: Purpose::AskSamvad,
        seat: Some(300),
        rules: &election(),
        ..broadcast(&stranger, &content)
    };
    assert_eq!(gate(&later), Err(Refusal::NoCertificate));
    let advertising = registered(true);
    let marked = Contact { marks: vec![Mark::NoPromotion], ..stranger.clone() };
    let by_sms = Question {
        purpose: Purpose::AskSamvad,
        channel: Channel::Sms,
        ..broadcast(&marked, &advertising)
    };
    assert_eq!(gate(&by_sms), Err(Refusal::NoPromotion));
}

#[test]
fn a_broadcast_that_calls_itself_an_answer_goes_to_nobody() {
    let everything: Vec<_> = Purpose::ALL.into_iter().map(|purpose| (purpose, true, 0)).collect();
    let (willing, content) = (person(&everything, 0), windowed());
    for purpose in [Purpose::Answer, Purpose::Acknowledgment] {
        let question = Question { purpose, ..broadcast(&willing, &content) };
        assert_eq!(gate(&question), Err(Refusal::NoConsent), "{purpose:?}");
    }
}

#[test]
fn a_withdrawal_of_one_channel_leaves_the_others() {
    let content = text();
    let mut contact = person(&[(Purpose::Samvad, true, 0)], 0);
    contact.hear(ConsentNow {
        purpose: Purpose::Samvad,
        given: false,
        at: at(0),
        only: Some(Channel::Sms),
    });
    let rules = Rules { templates_at_vendor: vec![String::new()], ..Rules::default() };
    let ask = |contact: &Contact, channel| {
        gate(&Question { channel, rules: &rules, ..broadcast(contact, &content) })
    };
    assert_eq!(ask(&contact, Channel::Sms), Err(Refusal::Withdrawn));
    assert_eq!(ask(&contact, Channel::Whatsapp), Ok(()));
    let reminder =
        |channel| gate(&Question { channel, lane: Lane::Reminder, ..reply(&contact, &content) });
    assert_eq!(reminder(Channel::Sms), Err(Refusal::Withdrawn));
    assert_eq!(reminder(Channel::Whatsapp), Ok(()));

    let mut gone = contact.clone();
    gone.hear(ConsentNow { purpose: Purpose::Samvad, given: false, at: at(0), only: None });
    assert_eq!(ask(&gone, Channel::Whatsapp), Err(Refusal::Withdrawn));
    let mut back = gone.clone();
    back.hear(ConsentNow { purpose: Purpose::Samvad, given: true, at: at(1), only: None });
    assert_eq!(ask(&back, Channel::Sms), Ok(()), "a yes to everything is one to this channel");
    let mut only_whatsapp = gone.clone();
    only_whatsapp.hear(ConsentNow {
        purpose: Purpose::Samvad,
        given: true,
        at: at(1),
        only: Some(Channel::Whatsapp),
    });
    assert_eq!(ask(&only_whatsapp, Channel::Whatsapp), Ok(()));
    assert_eq!(ask(&only_whatsapp, Channel::Sms), Err(Refusal::Withdrawn));
}

#[test]
fn in_the_silence_nothing_leaves_for_the_seat_but_the_word_that_a_message_came() {
    let (rules, words) = (election(), text());
    let willing = person(&Purpose::ALL.map(|purpose| (purpose, true, 0)), 0);
    for lane in Lane::ALL {
        for purpose in Purpose::ALL {
            let ask = |seat| {
                gate(&Question { lane, purpose, seat, rules: &rules, ..reply(&willing, &words) })
            };
            let silent = ask(Some(100));
            if purpose == Purpose::Acknowledgment && lane != Lane::Broadcast {
                assert_eq!(silent, Ok(()), "{lane:?}");
                continue;
            }
            let is_silence = silent == Err(Refusal::Silence);
            assert!(is_silence || purpose == Purpose::Acknowledgment, "{lane:?} {purpose:?}");
            assert_ne!(ask(Some(101)), Err(Refusal::Silence), "{lane:?} {purpose:?}: another seat");
            assert_eq!(ask(None), silent, "{lane:?} {purpose:?}: a seat nobody knows");
        }
    }
}

#[test]
fn the_silence_begins_and_ends_with_its_second() {
    let (rules, words, contact) = (election(), text(), person(&[], 0));
    let ask = |now: &str| {
        let now: Timestamp = format!("{now}+05:30").parse().unwrap();
        let window_until = now.checked_add(SignedDuration::from_hours(1)).ok();
        let question = reply(&contact, &words);
        gate(&Question { now, window_until, seat: Some(1), rules: &rules, ..question })
    };
    assert_eq!(ask("2026-09-20T17:59:59"), Ok(()));
    assert_eq!(ask("2026-09-20T18:00:00"), Err(Refusal::Silence));
    assert_eq!(ask("2026-09-22T17:59:59"), Err(Refusal::Silence));
    assert_eq!(ask("2026-09-22T18:00:00"), Ok(()));
}

#[test]
fn while_exit_polls_are_locked_nobody_is_asked_for_an_opinion() {
    let (rules, content) = (election(), template());
    let willing = person(&Purpose::ALL.map(|purpose| (purpose, true, 0)), 0);
    let ask = |now: &str, purpose, lane| {
        let now: Timestamp = format!("{now}+05:30").parse().unwrap();
        let question = Question { now, purpose, lane, rules: &rules, ..reply(&willing, &content) };
        gate(&Question { window_until: None, certified: true, ..question })
    };
    for lane in Lane::ALL {
        for purpose in [Purpose::Opinion, Purpose::Samvad] {
            let locked = if purpose == Purpose::Opinion { Err(Refusal::ExitPoll) } else { Ok(()) };
            assert_eq!(ask("2026-09-21T23:59:59", purpose, lane), Ok(()), "{lane:?}");
            assert_eq!(ask("2026-09-22T00:00:00", purpose, lane), locked, "{lane:?}");
            assert_eq!(ask("2026-10-22T18:29:59", purpose, lane), locked, "{lane:?}");
            assert_eq!(ask("2026-10-22T18:30:00", purpose, lane), Ok(()), "{lane:?}");
        }
    }
}

#[test]
fn under_the_code_of_conduct_a_broadcast_needs_its_certificate() {
    let (rules, content) = (election(), template());
    let willing = person(&[(Purpose::Samvad, true, 0)], 0);
    let question = Question { rules: &rules, ..broadcast(&willing, &content) };
    assert_eq!(gate(&question), Err(Refusal::NoCertificate));
    assert_eq!(gate(&Question { certified: true, ..question.clone() }), Ok(()));
    let over: Timestamp = "2026-10-31T00:00:00+05:30".parse().unwrap();
    let later = Question { now: over, window_until: None, ..question.clone() };
    assert_eq!(gate(&later), Ok(()), "the code of conduct is over");
    for lane in [Lane::Reply, Lane::Person, Lane::Reminder] {
        assert_eq!(
            gate(&Question { lane, ..question.clone() }),
            Ok(()),
            "{lane:?} is no broadcast"
        );
    }
}

#[test]
fn nobody_is_sent_more_broadcasts_of_a_purpose_than_the_office_allows() {
    let content = template();
    let willing = person(&Purpose::ALL.map(|purpose| (purpose, true, 0)), 0);
    let rules = Rules {
        caps: Caps::new(7, [(Purpose::Samvad, 2), (Purpose::Opinion, 0)]),
        ..Rules::default()
    };
    let ask = |purpose, lane, told| {
        let question = broadcast(&willing, &content);
        gate(&Question { purpose, lane, told, rules: &rules, ..question })
    };
    assert_eq!(ask(Purpose::Samvad, Lane::Broadcast, 1), Ok(()));
    assert_eq!(ask(Purpose::Samvad, Lane::Broadcast, 2), Err(Refusal::Capped));
    assert_eq!(ask(Purpose::Opinion, Lane::Broadcast, 99), Ok(()), "0 is no cap");
    assert_eq!(ask(Purpose::Membership, Lane::Broadcast, 99), Ok(()), "no cap is named");
    for lane in [Lane::Reply, Lane::Person, Lane::Reminder] {
        assert_eq!(ask(Purpose::Samvad, lane, 99), Ok(()), "{lane:?} is no broadcast");
    }
    assert_eq!(rules.caps.since(at(24 * 7)), at(0));
    let without_days = Caps::new(0, [(Purpose::Samvad, 2)]);
    assert_eq!(without_days.most(Purpose::Samvad), None);
}

#[test]
fn who_is_blocked_gets_nothing_that_is_our_idea() {
    let (content, rules) = (text(), election());
    let everything = Purpose::ALL.map(|purpose| (purpose, true, 0));
    let blocked = Contact { blocked: true, ..person(&everything, 0) };
    for lane in [Lane::Reminder, Lane::Broadcast] {
        let question = Question { lane, purpose: Purpose::Samvad, ..reply(&blocked, &content) };
        assert_eq!(gate(&question), Err(Refusal::Blocked), "{lane:?}");
    }
    let question = Question { purpose: Purpose::Membership, ..reply(&blocked, &content) };
    assert_eq!(gate(&question), Err(Refusal::Blocked));
    // Their own words are answered by no turn; an answer asks for nobody here.
    assert_eq!(gate(&reply(&blocked, &content)), Ok(()));
    let in_an_election = Question { rules: &rules, ..reply(&blocked, &content) };
    assert_eq!(gate(&in_an_election), Err(Refusal::Blocked));
}

#[test]
fn the_gate_asks_for_no_more_than_it_needs() {
    let (words, advertising, free, election) =
        (text(), registered(true), Rules::default(), election());
    let capped = Rules { caps: Caps::new(7, [(Purpose::Samvad, 2)]), ..Rules::default() };
    let before: Timestamp = "2026-08-31T12:00:00+05:30".parse().unwrap();
    let of = |contact, certificate, told| Needs { contact, certificate, told };
    let (answer, samvad) = (Purpose::Answer, Purpose::Samvad);
    let table = [
        (needs(answer, Lane::Reply, &words, &free, at(0)), of(false, false, false)),
        (needs(answer, Lane::Reply, &advertising, &free, at(0)), of(true, false, false)),
        (needs(answer, Lane::Reply, &words, &election, at(0)), of(true, false, false)),
        (needs(answer, Lane::Reply, &words, &election, before), of(false, false, false)),
        (
            needs(Purpose::Acknowledgment, Lane::Reply, &words, &election, at(0)),
            of(false, false, false),
        ),
        (needs(answer, Lane::Reminder, &words, &free, at(0)), of(true, false, false)),
        (needs(samvad, Lane::Broadcast, &words, &free, at(0)), of(true, false, false)),
        (needs(samvad, Lane::Broadcast, &words, &election, at(0)), of(true, true, false)),
        (needs(samvad, Lane::Broadcast, &words, &capped, at(0)), of(true, false, true)),
        (needs(Purpose::Opinion, Lane::Broadcast, &words, &capped, at(0)), of(true, false, false)),
        (needs(samvad, Lane::Person, &words, &capped, at(0)), of(true, false, false)),
        (needs(Purpose::AskSamvad, Lane::Broadcast, &words, &free, at(0)), of(true, false, true)),
    ];
    for (case, (asked, expected)) in table.into_iter().enumerate() {
        assert_eq!(asked, expected, "case {case}");
    }
}

#[test]
fn the_first_refusal_in_order_is_the_answer() {
    // Everything is wrong at once; each cure uncovers the next reason.
    let opinion = Purpose::Opinion;
    let withdrawn = person(&[(opinion, false, 0)], 0);
    let never = person(&[], 0);
    let given = person(&[(opinion, true, 0)], 0);
    let blocked = Contact { blocked: true, ..withdrawn.clone() };
    let words = text();
    let caps = Caps::new(7, [(opinion, 1)]);
    let locked = Rules { caps: caps.clone(), ..election() };
    let conduct = ELECTION.replace("2026-09-22", "2026-10-20");
    let conduct = Rules { calendar: Calendar::read(&conduct).unwrap(), caps, ..Rules::default() };
    let mut question = Question {
        // Before the hours of advertising, on the first poll day.
        now: "2026-09-22T09:00:00+05:30".parse().unwrap(),
        contact: &blocked,
        seat: Some(1),
        channel: Channel::Whatsapp,
        account: "",
        purpose: opinion,
        lane: Lane::Broadcast,
        content: &words,
        window_until: None,
        send_before: Some(at(0)),
        halted: true,
        rules: &locked,
        certified: false,
        told: 1,
    };
    let mut seen = vec![gate(&question).unwrap_err()];
    question.halted = false;
    seen.push(gate(&question).unwrap_err());
    question.send_before = None;
    seen.push(gate(&question).unwrap_err());
    question.contact = &withdrawn;
    seen.push(gate(&question).unwrap_err());
    question.seat = Some(300);
    seen.push(gate(&question).unwrap_err());
    question.rules = &conduct;
    seen.push(gate(&question).unwrap_err());
    question.contact = &never;
    seen.push(gate(&question).unwrap_err());
    question.purpose = Purpose::AskOpinion;
    question.contact = &given;
    seen.push(gate(&question).unwrap_err());
    question.contact = &never;
    seen.push(gate(&question).unwrap_err());
    question.purpose = opinion;
    question.contact = &given;
    seen.push(gate(&question).unwrap_err());
    question.channel = Channel::Sms;
    seen.push(gate(&question).unwrap_err());
    let advertising = registered(true);
    question.content = &advertising;
    let refused_both = Contact { marks: Mark::ALL.to_vec(), ..given.clone() };
    question.contact = &refused_both;
    seen.push(gate(&question).unwrap_err());
    let refused_one = Contact { marks: vec![Mark::NoDltConsent], ..given.clone() };
    question.contact = &refused_one;
    seen.push(gate(&question).unwrap_err());
    question.contact = &given;
    seen.push(gate(&question).unwrap_err());
    question.certified = true;
    seen.push(gate(&question).unwrap_err());
    question.told = 0;
    seen.push(gate(&question).unwrap_err());
    assert_eq!(seen, Refusal::ALL);
    question.now = promotional_opens(question.now);
    assert_eq!(gate(&question), Ok(()));
}

#[test]
fn what_waits_is_no_end() {
    let waits: Vec<_> = Refusal::ALL.into_iter().filter(|refusal| refusal.waits()).collect();
    assert_eq!(waits, [Refusal::Halted, Refusal::PromotionalHours]);
}

#[test]
fn advertising_leaves_by_sms_from_ten_to_a_quarter_to_nine_in_india() {
    for (now, opens) in [
        ("2026-11-21T00:00:00+05:30", "2026-11-21T10:00:00+05:30"),
        ("2026-11-21T09:59:59.999+05:30", "2026-11-21T10:00:00+05:30"),
        ("2026-11-21T10:00:00+05:30", "2026-11-21T10:00:00+05:30"),
        ("2026-11-21T20:44:59.999+05:30", "2026-11-21T20:44:59.999+05:30"),
        ("2026-11-21T20:45:00+05:30", "2026-11-22T10:00:00+05:30"),
        ("2026-11-21T23:59:59+05:30", "2026-11-22T10:00:00+05:30"),
        ("1969-12-31T23:00:00+05:30", "1970-01-01T10:00:00+05:30"),
    ] {
        let (now, opens): (Timestamp, Timestamp) = (now.parse().unwrap(), opens.parse().unwrap());
        assert_eq!(promotional_opens(now), opens, "{now}");
        let (contact, advertising, service) = (person(&[], 0), registered(true), registered(false));
        let window_until = now.checked_add(SignedDuration::from_hours(1)).ok();
        let ask = |channel, content| {
            gate(&Question { now, channel, window_until, ..reply(&contact, content) })
        };
        let expected = if now == opens { Ok(()) } else { Err(Refusal::PromotionalHours) };
        assert_eq!(ask(Channel::Sms, &advertising), expected, "{now}");
        assert_eq!(ask(Channel::Sms, &service), Ok(()), "{now}: at any hour");
        assert_eq!(ask(Channel::Whatsapp, &advertising), Ok(()), "{now}: on WhatsApp");
    }
}

#[test]
fn who_wants_no_advertising_gets_none_by_sms_and_everything_else() {
    let (advertising, service, words) = (registered(true), registered(false), text());
    for (mark, refusal) in
        [(Mark::NoPromotion, Refusal::NoPromotion), (Mark::NoDltConsent, Refusal::NoDltConsent)]
    {
        let marked = Contact { marks: vec![mark], ..person(&[], 0) };
        let ask = |channel, content| gate(&Question { channel, ..reply(&marked, content) });
        assert_eq!(ask(Channel::Sms, &advertising), Err(refusal));
        assert_eq!(ask(Channel::Sms, &service), Ok(()));
        assert_eq!(ask(Channel::Sms, &words), Ok(()));
        assert_eq!(ask(Channel::Whatsapp, &advertising), Ok(()));
    }
}

#[test]
fn every_refusal_has_a_name_of_its_own_and_words_in_both_languages() {
    for refusal in Refusal::ALL {
        assert_eq!(Refusal::from_name(refusal.name()), Some(refusal));
        let (hindi, english) = refusal.office_words();
        assert!(hindi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{refusal:?}");
        assert!(english.is_ascii(), "{refusal:?}");
    }
}

fn any_contact() -> impl Strategy<Value = Contact> {
    let only = proptest::option::of(0..Channel::ALL.len());
    let consent = (0..Purpose::ALL.len(), any::<bool>(), -50..50_i64, only);
    let marks = proptest::sample::subsequence(Mark::ALL.to_vec(), 0..=2);
    let last_inbound = proptest::option::of(-50..50_i64);
    (proptest::collection::vec(consent, 0..4), last_inbound, marks, any::<bool>()).prop_map(
        |(consents, last_inbound, marks, blocked)| Contact {
            marks,
            blocked,
            consents: consents
                .into_iter()
                .map(|(purpose, given, hours, only)| ConsentNow {
                    purpose: Purpose::ALL[purpose],
                    given,
                    at: at(hours),
                    only: only.map(|channel| Channel::ALL[channel]),
                })
                .collect(),
            last_inbound: last_inbound.map(at),
            ..Contact::default()
        },
    )
}

/// Every purpose, those that ask for a consent among them.
const PURPOSES: usize = Purpose::ALL.len() + Purpose::ASKING.len();

fn any_purpose(place: usize) -> Purpose {
    let asking = Purpose::ASKING.into_iter().map(|(asks, _)| asks);
    Purpose::ALL.into_iter().chain(asking).nth(place).unwrap()
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let caps = (0..3_u16, 0..PURPOSES, 0..3_u32);
    (any::<bool>(), caps).prop_map(|(is_near, (days, purpose, most))| Rules {
        calendar: if is_near { election().calendar } else { Calendar::default() },
        caps: Caps::new(days, [(any_purpose(purpose), most)]),
        templates_at_vendor: if days == 1 { vec!["party".to_owned()] } else { Vec::new() },
    })
}

/// Everything a question asks by, owned.
#[derive(Clone, Debug)]
struct Case {
    contact: Contact,
    seat: Option<u16>,
    channel: Channel,
    purpose: Purpose,
    lane: Lane,
    content: Content,
    window_until: Option<Timestamp>,
    send_before: Option<Timestamp>,
    halted: bool,
    rules: Rules,
    certified: bool,
    told: u32,
}

impl Case {
    fn question(&self) -> Question<'_> {
        Question {
            now: at(0),
            contact: &self.contact,
            seat: self.seat,
            channel: self.channel,
            account: "party",
            purpose: self.purpose,
            lane: self.lane,
            content: &self.content,
            window_until: self.window_until,
            send_before: self.send_before,
            halted: self.halted,
            rules: &self.rules,
            certified: self.certified,
            told: self.told,
        }
    }
}

prop_compose! {
    fn any_case()(
        contact in any_contact(),
        seat in proptest::option::of(1..=403_u16),
        (channel, purpose, lane) in (0..Channel::ALL.len(), 0..PURPOSES, 0..Lane::ALL.len()),
        content in prop_oneof![
            Just(text()), Just(template()), Just(windowed()), Just(registered(true)),
            Just(registered(false)),
        ],
        window in proptest::option::of(-50..50_i64),
        send_before in proptest::option::of(-50..50_i64),
        halted in any::<bool>(),
        rules in any_rules(),
        (certified, told) in (any::<bool>(), 0..3_u32),
    ) -> Case {
        Case {
            contact, seat, content, halted, rules, certified, told,
            channel: Channel::ALL[channel],
            purpose: any_purpose(purpose),
            lane: Lane::ALL[lane],
            window_until: window.map(at),
            send_before: send_before.map(at),
        }
    }
}

proptest! {
    #[test]
    fn when_in_doubt_it_refuses(case in any_case()) {
        let open = gate(&case.question()).is_ok();
        let Case { contact, channel, purpose, lane, content, window_until, .. } = &case;
        let is_broadcast = *lane == Lane::Broadcast;
        prop_assert!(!open || !case.halted);
        prop_assert!(!open || case.send_before.is_none_or(|last| last > at(0)));
        let is_silent = case.rules.calendar.silence(case.seat, at(0)).is_some();
        prop_assert!(!open || !is_silent || *purpose == Purpose::Acknowledgment);
        prop_assert!(!open || !is_broadcast || !contact.blocked);
        let is_held = case.rules.calendar.is_under_conduct(at(0));
        prop_assert!(!open || !is_broadcast || !is_held || case.certified);
        let most = case.rules.caps.most(*purpose);
        prop_assert!(!open || !is_broadcast || most.is_none_or(|most| case.told < most));
        let in_window = window_until.is_some_and(|until| until > at(0));
        let asked_for = purpose.is_of_a_conversation() && !is_broadcast;
        prop_assert!(!open || !asked_for || in_window);
        let is_answer = asked_for
            || (in_window
                && matches!(lane, Lane::Reply | Lane::Reminder)
                && matches!(content, Content::Windowed { .. }));
        match purpose.asks_for() {
            None => prop_assert!(!open || is_answer || contact.consents_on(*purpose, *channel)),
            Some(wanted) => {
                let took_back = contact.consents.iter().any(|word| !word.given);
                let may_ask = is_broadcast && !took_back && case.told == 0;
                prop_assert!(!open || is_answer || may_ask && !contact.consents_to(wanted));
            }
        }
        // Contradictory rows of one purpose are a doubt.
        prop_assert!(!open || is_answer || !contact.withdrew_on(*purpose, *channel));
        let leaves = content.leaving(*channel, in_window);
        let is_template = matches!(*leaves, Content::Template(_));
        prop_assert!(!open || *channel != Channel::Whatsapp || in_window || is_template);
        let by_sms = *channel == Channel::Sms;
        let is_unregistered = by_sms && is_broadcast && content.registered().is_none();
        let at_vendor = case.rules.is_registered_at_vendor("party");
        prop_assert!(!open || !is_unregistered || at_vendor);
        let is_refused = is_unregistered || (by_sms && is_promotional(content));
        prop_assert!(!open || !is_refused || contact.marks.is_empty());
    }

    #[test]
    fn what_it_does_not_need_changes_nothing(
        case in any_case(), other in any_contact(), seat in proptest::option::of(1..=403_u16),
        certified in any::<bool>(), told in 0..3_u32,
    ) {
        let Needs { contact: needs_contact, certificate, told: needs_told } =
            needs(case.purpose, case.lane, &case.content, &case.rules, at(0));
        let mut changed = case.clone();
        if !needs_contact {
            changed.contact = other;
            changed.seat = seat;
        }
        if !certificate {
            changed.certified = certified;
        }
        if !needs_told {
            changed.told = told;
        }
        prop_assert_eq!(gate(&case.question()), gate(&changed.question()));
    }
}
