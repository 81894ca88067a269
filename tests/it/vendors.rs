//! Short messages through the six vendors that the sandbox plays, judged by its ledger.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::clock::Clock;
use samvad::sandbox::Saying;
use samvad::sandbox::faults::Faults;
use samvad::sandbox::ledger::StatusWord;
use samvad::sandbox::load::{CitizenPlan, CitizenReport, Script, play};
use samvad::sandbox::sms::{Call, Message, Report, SmsAccount, Vendor};
use samvad::segments::measure;

use crate::support::house::{House, Plan, client};
use crate::support::phone::Phone;

const QUIET: Duration = Duration::from_mins(1);

async fn house() -> House {
    House::new(Plan { sms: &Vendor::ALL, ..Plan::default() }).await
}

fn number(place: usize) -> String {
    format!("91{}", 9_812_300_000_u64 + place as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_joins_in_hindi_through_each_vendor() {
    let house = house().await;
    let server = house.start();
    let walks = Vendor::ALL.into_iter().enumerate().map(async |(place, vendor)| {
        let mut phone = Phone::by_sms(&house, &number(place), vendor);
        let consent = phone.says("सदस्य बनना है", 1).await.remove(0);
        assert_eq!(consent.account, vendor.name(), "an answer leaves where the question came in");
        let text = consent.text;
        assert!(text.contains("सहमत हैं?") && text.ends_with("2. नहीं"), "{vendor:?}: {text}");
        for (said, wanted) in [
            ("१", "किस साल"),
            ("1972", "नाम"),
            ("राम प्रसाद", "जिला"),
            ("बरेली", "विधानसभा"),
            ("बरेली कैंट", "बूथ"),
            ("45", "बूथ: 45"),
            ("1", "सदस्य संख्या"),
            ("2", ""),
        ] {
            let reply = phone.says(said, 1).await.remove(0).text;
            assert!(reply.contains(wanted), "{vendor:?}: {said}: {reply}");
        }
    });
    join_all(walks).await;
    assert!(house.sandbox.until_quiet(QUIET).await);
    assert_eq!(house.metric("samvad_members").await, 6);
    let verdict = house.sandbox.verdict();
    assert_eq!(verdict.refused, BTreeMap::new(), "a request broke a vendor's rules");
    assert_eq!((verdict.inbound, verdict.acked, verdict.taken), (54, 54, 54), "{verdict:#?}");
    assert_eq!((verdict.statuses, verdict.statuses_acked), (108, 108), "{verdict:#?}");
    nothing_twice(&house);
    assert!(verdict.unanswered.is_empty(), "{verdict:#?}");
    // Whatever the vendor's shape, its word about a message finds the message.
    assert_eq!(house.metric("samvad_outgoing{status=\"delivered\"}").await, 54);
    let sends = house.sandbox.sends();
    for vendor in Vendor::ALL {
        let name = vendor.name();
        let figure = |name: &str, labels: &str| format!("samvad_{name}_total{{{labels}}}");
        let account = format!("channel=\"sms\",account=\"{name}\"");
        assert_eq!(house.metric(&figure("inbound", &account)).await, 9, "{name}");
        assert_eq!(house.metric(&figure("sent", &account)).await, 9, "{name}");
        let delivered = format!("{account},status=\"delivered\"");
        assert_eq!(house.metric(&figure("reports", &delivered)).await, 9, "{name}");
        let own = sends.iter().filter(|send| send.account == name);
        let parts: usize = own.map(|send| measure(&send.text).parts).sum();
        let counted = house.metric(&figure("parts", &account)).await;
        assert_eq!(counted, u64::try_from(parts).unwrap(), "{name}");
    }
    server.stop();
}

/// By the ledger nobody got anything twice, and no two requests to one person were on their way at once.
fn nothing_twice(house: &House) {
    let verdict = house.sandbox.verdict();
    assert_eq!((verdict.waiting, verdict.gave_up, verdict.overlaps), (0, 0, 0), "{verdict:#?}");
    assert!(verdict.duplicates.is_empty() && verdict.repeats.is_empty(), "{verdict:#?}");
}

/// Citizens join through each vendor at once.
async fn many_join(house: &House, citizens: usize, patience: u64) -> Vec<CitizenReport> {
    let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
    let plans = (0..).zip(Vendor::ALL).map(|(place, vendor)| CitizenPlan {
        citizens,
        rate: 10.0,
        first: place * 1_000,
        patience: Duration::from_secs(patience),
        account: Some(vendor.name().to_owned()),
        ..CitizenPlan::default()
    });
    let plays = plans.map(async |plan| {
        let script = Script::shipped("join").unwrap();
        play(&house.sandbox, script, &plan, &tracker, &shutdown).await.unwrap()
    });
    join_all(plays).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_bad_day_of_the_vendors_everybody_joins_and_nobody_gets_anything_twice() {
    let house = house().await;
    let server = house.start();
    let faults = Faults {
        slow: 0.05,
        lost: 0.03,
        too_many: 0.02,
        server_error: 0.03,
        duplicate: 0.2,
        disorder: 0.3,
        batch: 0.5,
        ..Faults::none()
    };
    house.sandbox.set_faults(faults).unwrap();
    for report in many_join(&house, 4, 60).await {
        assert_eq!(report.joined, 4, "{report:#?}");
        assert_eq!((report.shared_numbers.len(), report.two_numbers.len()), (0, 0), "{report:#?}");
    }
    assert!(house.sandbox.until_quiet(QUIET).await);
    nothing_twice(&house);
    let verdict = house.sandbox.verdict();
    assert_eq!(verdict.refused, BTreeMap::new(), "a request broke a vendor's rules");
    assert!(verdict.lost > 0 && !verdict.faults.is_empty(), "it was a good day: {verdict:#?}");
    assert_eq!(verdict.statuses, verdict.statuses_acked, "{verdict:#?}");
    assert_eq!(house.metric("samvad_members").await, 24);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_between_nothing_is_sent_twice_and_what_was_in_flight_is_unknown() {
    let house = house().await;
    let mut server = house.start();
    // Slow enough that calls are under way when it is killed.
    let slow = Faults { slow: 1.0, slow_ms: (200, 400), ..Faults::none() };
    house.sandbox.set_faults(slow).unwrap();
    let people: Vec<(String, Vendor)> = (0..60)
        .zip(Vendor::ALL.into_iter().cycle())
        .map(|(place, vendor)| (number(place), vendor))
        .collect();
    let say = |(phone, vendor): &(String, Vendor), text: &str| {
        let account = Some(vendor.name().to_owned());
        house.sandbox.say(Saying { account, ..Saying::text(phone, text) }).unwrap();
    };
    for person in &people {
        say(person, "सदस्य बनना है");
    }
    let sandbox = &house.sandbox;
    assert!(sandbox.until(QUIET, |sandbox| sandbox.sends().len() >= 20).await);
    server.kill();
    house.sandbox.set_faults(Faults::none()).unwrap();
    let server = house.start();
    assert!(house.sandbox.until_quiet(QUIET).await, "a message is not taken");
    for waiting in ["queued", "claimed"] {
        until_none(&house, waiting).await;
    }
    assert!(house.sandbox.until_quiet(QUIET).await);
    nothing_twice(&house);
    let verdict = house.sandbox.verdict();
    assert_eq!(verdict.acked, 60, "{verdict:#?}");
    // What was under way stands as unknown, or was told of meanwhile; nothing else was lost.
    let unknown = house.metric("samvad_outgoing{status=\"unknown\"}").await;
    let silent = u64::try_from(verdict.unanswered.len()).unwrap();
    assert!(silent <= unknown, "{silent} got nothing and {unknown} are unknown: {verdict:#?}");
    for lost in ["failed", "expired", "suppressed"] {
        let name = format!("samvad_outgoing{{status=\"{lost}\"}}");
        assert_eq!(house.metric(&name).await, 0, "{lost}");
    }
    server.stop();
}

async fn until_none(house: &House, status: &str) {
    let name = format!("samvad_outgoing{{status=\"{status}\"}}");
    let gone = async {
        while house.metric(&name).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(QUIET, gone).await.is_ok(), "{status} messages stay so");
}

/// Makes the call; gives status and answer.
async fn made(call: &Call) -> (u16, String) {
    let mut request = client().request(call.method.clone(), &call.url);
    for (name, value) in &call.headers {
        request = request.header(*name, value);
    }
    let answer = request.body(call.body.clone()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The call with this name spelt otherwise, wherever the vendor's shape has it.
fn without(call: &Call, name: &str) -> Call {
    let text = String::from_utf8(call.body.to_vec()).unwrap();
    let mut changed = call.clone();
    for (before, after) in [('"', '"'), ('&', '='), ('?', '=')] {
        let (wanted, other) = (format!("{before}{name}{after}"), format!("{before}x{name}{after}"));
        changed.url = changed.url.replace(&wanted, &other);
        changed.body =
            String::from_utf8(changed.body.to_vec()).unwrap().replace(&wanted, &other).into();
    }
    // The first of a form, and JSON within a form's field.
    let quoted = format!("%22{name}%22");
    let body = String::from_utf8(changed.body.to_vec())
        .unwrap()
        .replace(&quoted, &format!("%22x{name}%22"));
    changed.body = match body.strip_prefix(&format!("{name}=")) {
        Some(rest) => format!("x{name}={rest}").into(),
        None => body.into(),
    };
    assert!(changed.url != call.url || changed.body != text, "{name} is nowhere in {call:?}");
    changed
}

fn message() -> Message {
    let at = Clock::System.now();
    Message {
        key: "SM1".to_owned(), from: number(1), text: "सदस्य बनना है".to_owned(), at
    }
}

fn report(word: StatusWord) -> Report {
    Report {
        id: "SM-none".to_owned(),
        our_id: None,
        to: number(1),
        word,
        code: None,
        url: None,
        at: Clock::System.now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_call_gets_a_400_that_names_its_field_and_the_right_one_after_it_is_taken() {
    let house = house().await;
    let server = house.start();
    for (vendor, from, text, id, status) in [
        (Vendor::Gupshup, "msisdn", "content", "externalId", "status"),
        (Vendor::Msg91, "mobile", "message", "requestId", "desc"),
        (Vendor::Exotel, "From", "Body", "SmsSid", "DetailedStatusCode"),
        (Vendor::Kaleyra, "source", "message", "message_id", "status"),
        (Vendor::Infobip, "from", "text", "messageId", "status"),
        (Vendor::Twilio, "From", "Body", "MessageSid", "MessageStatus"),
    ] {
        let account = house.sandbox.sms_account(vendor.name()).unwrap();
        let inbound = account.inbound(&message());
        for field in [from, text] {
            let (http, words) = made(&account.signed(without(&inbound, field))).await;
            assert_eq!(http, 400, "{vendor:?} without {field}: {words}");
            assert!(words.starts_with(&format!("{field}: ")), "{vendor:?}: {words}");
            assert!(!words.contains("98123"), "no number of a person goes back: {words}");
        }
        let reports = account.reports(&[report(StatusWord::Delivered)]);
        // Whatever else could stand for it is spelt otherwise as well.
        let mut nameless = without(&reports, id);
        let mut wordless = without(&reports, status);
        if vendor == Vendor::Twilio {
            nameless = without(&nameless, "SmsSid");
            wordless = without(&wordless, "SmsStatus");
        }
        if vendor == Vendor::Exotel {
            wordless = without(&without(&wordless, "DetailedStatus"), "Status");
        }
        if vendor == Vendor::Msg91 {
            wordless = without(&wordless, "status");
        }
        let field = match vendor {
            Vendor::Infobip => "status.name",
            // Lists name it otherwise, and the road looks for that first.
            Vendor::Gupshup => "eventType",
            _ => status,
        };
        for (call, field) in [(nameless, id), (wordless, field)] {
            let (http, words) = made(&account.signed(call)).await;
            assert_eq!(http, 400, "{vendor:?} without {field}: {words}");
            assert!(words.starts_with(&format!("{field}: ")), "{vendor:?}: {words}");
        }
        let unreadable = |kind: &str| {
            format!(
                "samvad_sms_callbacks_total{{account=\"{}\",kind=\"{kind}\",outcome=\"unreadable\"}}",
                vendor.name()
            )
        };
        for kind in ["inbound", "report"] {
            assert_eq!(house.metric(&unreadable(kind)).await, 2, "{vendor:?} {kind}");
        }
        // Nothing stuck: the call as it should be is taken, and once more is the same one.
        for _time in 0..2 {
            assert_eq!(made(&account.signed(inbound.clone())).await, (200, String::new()));
        }
    }
    let turns = "samvad_turns_total{channel=\"sms\",outcome=\"won\"}";
    assert_eq!(house.metric(turns).await, 6, "one turn a vendor, for the second call was known");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_prove_itself_is_refused_and_nothing_of_it_is_taken() {
    let house = House::new(Plan {
        sms: &Vendor::ALL,
        // A proxy of ours names the caller.
        settings: vec![("SAMVAD_SMS_CLIENT_ADDRESS", "x-caller".to_owned())],
        ..Plan::default()
    })
    .await;
    let server = house.start();
    let of = |vendor: Vendor| house.sandbox.sms_account(vendor.name()).unwrap();
    let from = |mut call: Call, address: &str| {
        call.headers.push(("x-caller", address.to_owned()));
        call
    };
    for vendor in Vendor::ALL {
        let account = of(vendor);
        let other_path = SmsAccount {
            webhook: account.webhook.replace("sandbox", "guessed"),
            ..account.clone()
        };
        let guessed = from(other_path.signed(other_path.inbound(&message())), "127.0.0.1");
        assert_eq!(made(&guessed).await.0, 404, "{vendor:?}: another secret in the path");
        let elsewhere = from(account.signed(account.inbound(&message())), "203.0.113.9");
        assert_eq!(made(&elsewhere).await.0, 403, "{vendor:?}: from another address");
    }
    let kaleyra = of(Vendor::Kaleyra);
    let basics = [None, Some((kaleyra.username.clone(), "another-password".to_owned()))];
    for basic in basics {
        let stranger = SmsAccount { basic, ..kaleyra.clone() };
        let call = from(stranger.signed(stranger.inbound(&message())), "127.0.0.1");
        assert_eq!(made(&call).await.0, 401, "basic authentication");
    }
    for vendor in [Vendor::Twilio, Vendor::Infobip] {
        let account = of(vendor);
        let forger = SmsAccount {
            password: "another".to_owned(),
            signature_key: "another".to_owned(),
            ..account.clone()
        };
        let unsigned = account.inbound(&message());
        let mut changed = account.signed(unsigned.clone());
        changed.body = [&changed.body[..], b" "].concat().into();
        for call in [forger.signed(unsigned.clone()), unsigned, changed] {
            assert_eq!(made(&from(call, "127.0.0.1")).await.0, 403, "{vendor:?}: the signature");
        }
    }
    assert_eq!(house.metric("samvad_contacts").await, 0, "nothing of it was taken");
    for vendor in Vendor::ALL {
        let account = of(vendor);
        let call = from(account.signed(account.inbound(&message())), "127.0.0.1");
        assert_eq!(made(&call).await.0, 200, "{vendor:?}: who proves itself is heard");
    }
    server.stop();
}
