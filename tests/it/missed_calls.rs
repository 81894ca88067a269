//! Missed calls: a lead, answered once, by the road the office chose.

use std::time::Duration;

use samvad::config::CallVendor;
use samvad::sandbox::envelope::Person;
use samvad::sandbox::faults::Faults;
use samvad::sandbox::sms::Vendor;
use samvad::sandbox::{Ringing, SandboxHandle};

use crate::support::gateway::{Gateway, SECRET};
use crate::support::house::{House, Plan, client};
use crate::support::phone::Phone;
use crate::support::server::Server;

const NUMBER: &str = "+919812345678";

const QUIET: Duration = Duration::from_mins(1);

const HELPLINE: &str = "[missed_calls.accounts.helpline]\nvendor = \"exotel\"\nflow = \"join\"\n\
    answer = \"sms\"\nallow = [\"127.0.0.1\"]\nbasic_user = \"exotel\"\n\
    [missed_calls.accounts.chat]\nvendor = \"ozonetel\"\nflow = \"join\"\nanswer = \"whatsapp\"\n\
    allow = [\"127.0.0.1\"]\n\
    [missed_calls.accounts.village]\nvendor = \"knowlarity\"\nflow = \"join\"\nanswer = \"sms\"\n\
    allow = [\"10.1.2.3\"]\n";

async fn house(gateway: &Gateway) -> House {
    let mut settings = gateway.settings(HELPLINE);
    for name in ["HELPLINE", "CHAT", "VILLAGE"] {
        let secret = match name {
            "HELPLINE" => "SAMVAD_MISSED_CALLS_ACCOUNTS_HELPLINE_SECRET",
            "CHAT" => "SAMVAD_MISSED_CALLS_ACCOUNTS_CHAT_SECRET",
            _ => "SAMVAD_MISSED_CALLS_ACCOUNTS_VILLAGE_SECRET",
        };
        settings.push((secret, SECRET.to_owned()));
    }
    settings.push(("SAMVAD_MISSED_CALLS_ACCOUNTS_HELPLINE_BASIC_PASSWORD", "passthru".to_owned()));
    House::new(Plan {
        settings,
        sandbox: Some(|options| options.only_road = false),
        ..Plan::default()
    })
    .await
}

/// The vendor tells of a call; the status and the words of the answer.
async fn tells(server: &Server, account: &str, query: &str) -> (u16, String) {
    let url = server.url(&format!("/webhooks/missed-call/{account}/{SECRET}?{query}"));
    let answer = client().get(url).basic_auth("exotel", Some("passthru")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn rings(server: &Server, call: &str) {
    let query = format!("CallSid={call}&CallFrom=09812345678&CallTo=05226000000");
    assert_eq!(tells(server, "helpline", &query).await, (200, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_call_is_a_lead_that_is_answered_by_sms_and_joins() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    rings(&server, "c1").await;
    let asked = gateway.until(NUMBER, 1).await;
    assert!(asked[0].contains("सहमत हैं?") && asked[0].contains("1. "), "{asked:?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_members").await, 0, "a lead is no member");

    for said in ["1", "1985", "राम प्रसाद", "बरेली", "बरेली कैंट", "45", "1"]
    {
        gateway.says(house.port, "9812345678", said, 1).await;
    }
    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_members").await, 1);
    let calls =
        "samvad_sms_callbacks_total{account=\"helpline\",kind=\"missed_call\",outcome=\"taken\"}";
    assert_eq!(house.metric(calls).await, 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn rings_that_repeat_get_one_answer_also_over_a_restart() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let mut server = house.start();
    // All at once, told twice each.
    let all = ["c1", "c2", "c3", "c1", "c2", "c3"];
    futures_util::future::join_all(all.map(|call| rings(&server, call))).await;
    gateway.until(NUMBER, 1).await;
    server.kill();
    let server = house.start();
    rings(&server, "c1").await;
    rings(&server, "c4").await;
    // Whoever writes is answered, and by then a second answer would be there.
    gateway.says(house.port, "9812345678", "1", 1).await;
    assert_eq!(gateway.screen(NUMBER).len(), 2);
    assert_eq!(house.metric("samvad_contacts").await, 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_in_a_conversation_asks_its_question_again_by_sms() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut phone = Phone::new(&house, Person::phone("919812345678"));
    phone.says("सदस्य बनना है", 1).await;
    let year = phone.taps("yes", 1).await;
    rings(&server, "c1").await;
    let again = gateway.until(NUMBER, 1).await;
    assert!(again[0].contains("किस साल") && year[0].text.contains("किस साल"), "{again:?}");
    let name = gateway.says(house.port, "9812345678", "1985", 1).await;
    assert!(name[0].contains("नाम"), "{name:?}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_whatsapp_a_call_is_answered_only_where_the_gate_lets_it() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let stranger = "event=NewCall&cid=09811110001&sid=1";
    assert_eq!(tells(&server, "chat", stranger).await.0, 200);
    // Whoever wrote there within a day is answered there.
    let mut phone = Phone::new(&house, Person::phone("919812345678"));
    phone.says("सदस्य बनना है", 1).await;
    assert_eq!(tells(&server, "chat", "event=NewCall&cid=9812345678&sid=2").await.0, 200);
    let again = phone.hears(1).await;
    assert!(again[0].text.contains("सहमत हैं?"), "{again:#?}");
    // A lead who never wrote there and agreed to nothing is not written to.
    let refused = async {
        while house.metric("samvad_outgoing{status=\"suppressed\"}").await != 1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), refused).await.unwrap();
    assert_eq!(house.sandbox.sends_to("919811110001").len(), 0);
    assert_eq!(house.metric("samvad_contacts").await, 2, "it is a lead all the same");
    assert_eq!(house.sandbox.verdict().refused, std::collections::BTreeMap::new());
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_tell_of_calls_and_how_it_must_be_told() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let (status, words) = tells(&server, "helpline", "CallSid=1").await;
    assert_eq!(status, 400);
    assert!(words.starts_with("CallFrom:"), "{words}");
    assert_eq!(tells(&server, "village", "callid=1&caller_id=9812345678").await.0, 403);
    assert_eq!(tells(&server, "nobody", "CallSid=1").await.0, 404);
    let ask = |path: String| client().get(server.url(&path)).send();
    let path = format!("/webhooks/missed-call/helpline/{SECRET}?CallSid=1&CallFrom=9812345678");
    assert_eq!(ask(path.clone()).await.unwrap().status(), 401);
    let wrong = path.replace(SECRET, "another-secret-0");
    assert_eq!(ask(wrong).await.unwrap().status(), 404);
    assert_eq!(house.metric("samvad_contacts").await, 0);
    server.stop();
}

// ---- the sandbox's vendors ---------------------------------------------------------------------

/// Played by the sandbox: three vendors of calls, and one of short messages by which they are answered.
async fn played() -> House {
    House::new(Plan { sms: &[Vendor::Gupshup], calls: &CallVendor::ALL, ..Plan::default() }).await
}

fn caller(place: usize) -> String {
    format!("91{}", 9_812_400_000_u64 + place as u64)
}

/// Several people ring each vendor's number, each of them several times.
fn many_ring(house: &House, callers: usize, copies: usize) {
    for time in 0..3 {
        for place in 0..callers {
            let vendor = CallVendor::ALL[(place + time) % CallVendor::ALL.len()];
            let key = house.sandbox.ring(Ringing {
                from: caller(place),
                account: format!("calls-{}", vendor.name()),
                key: None,
                copies,
            });
            assert!(key.is_some(), "{vendor:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_rings_any_vendors_number_is_answered_once_and_joins() {
    let house = played().await;
    let server = house.start();
    for (place, vendor) in CallVendor::ALL.into_iter().enumerate() {
        let number = caller(place);
        let mut phone = Phone::by_sms(&house, &number, Vendor::Gupshup);
        let account = format!("calls-{}", vendor.name());
        house.sandbox.ring(Ringing { from: number, account, key: None, copies: 1 }).unwrap();
        let consent = phone.hears(1).await;
        assert!(consent[0].text.contains("सहमत हैं?"), "{vendor:?}: {consent:#?}");
        let year = phone.says("1", 1).await;
        assert!(year[0].text.contains("किस साल"), "{vendor:?}: {year:#?}");
    }
    assert!(house.sandbox.until_quiet(QUIET).await);
    let verdict = house.sandbox.verdict();
    assert_eq!((verdict.rings, verdict.rings_acked), (7, 7), "{verdict:#?}");
    let answers: Vec<usize> = house.sandbox.rang().iter().map(|rang| rang.answers).collect();
    assert_eq!(answers, [1, 1, 1]);
    assert_eq!(house.metric("samvad_contacts").await, 3);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_told_twice_late_and_in_disorder_over_a_kill_are_answered_once_each() {
    let house = played().await;
    let mut server = house.start();
    let faults = Faults { duplicate: 0.5, disorder: 0.7, disorder_ms: 1_500, ..Faults::none() };
    house.sandbox.set_faults(faults).unwrap();
    many_ring(&house, 12, 2);
    // In the middle of it the server dies.
    let some = |sandbox: &SandboxHandle| sandbox.verdict().rings_acked > 10;
    assert!(house.sandbox.until(QUIET, some).await);
    server.kill();
    let server = house.start();
    assert!(house.sandbox.until_quiet(QUIET).await);
    let all = |sandbox: &SandboxHandle| sandbox.verdict().rang_unanswered.is_empty();
    let is_answered = house.sandbox.until(Duration::from_secs(15), all).await;
    let verdict = house.sandbox.verdict();
    assert_eq!(verdict.rings, verdict.rings_acked, "{verdict:#?}");
    assert!(verdict.rang_answered_twice.is_empty(), "{verdict:#?}");
    // What was on its way to the vendor when we died stays unknown: by SMS nothing echoes our id.
    let unknown = house.metric("samvad_outgoing{status=\"unknown\"}").await;
    let silent = u64::try_from(verdict.rang_unanswered.len()).unwrap();
    assert!(is_answered || silent <= unknown, "{unknown} unknown: {verdict:#?}");
    assert_eq!(house.metric("samvad_contacts").await, 12);
    assert_eq!(house.sandbox.rang().len(), 12);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn rings_are_asked_for_over_http_as_the_handbook_says() {
    let house = played().await;
    let server = house.start();
    let ask = async |body: serde_json::Value| {
        let url = format!("{}/_sandbox/rings", house.sandbox.base_url());
        let answer = client().post(url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    let from = format!("+{}", caller(0));
    let json = |account: &str, times: usize| serde_json::json!({"from": from, "account": account, "times": times, "copies": 2});
    let (status, rung) = ask(json("calls-ozonetel", 3)).await;
    assert_eq!((status, rung["keys"].as_array().unwrap().len()), (200, 3), "{rung}");
    assert_eq!(ask(json("calls-nobody", 1)).await.0, 400);
    assert_eq!(ask(json("calls-ozonetel", 0)).await.0, 400);
    let answered = |sandbox: &SandboxHandle| sandbox.rang()[0].answers > 0;
    assert!(house.sandbox.until(QUIET, answered).await);
    assert!(house.sandbox.until_quiet(QUIET).await);
    let summary = house.sandbox.summary();
    assert_eq!(summary.verdict.rings, 9, "three words about each of three calls");
    assert_eq!(house.sandbox.rang()[0].answers, 1);
    server.stop();
}
