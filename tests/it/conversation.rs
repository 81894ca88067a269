//! Citizens join by WhatsApp: signed webhooks in, Hindi out, members in the records.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::sandbox::Saying;
use samvad::sandbox::load::{CitizenPlan, Script, play};

use crate::support::house::{House, Plan, client};
use crate::support::redis::RedisServer;

const QUIET: Duration = Duration::from_mins(1);
const SHORTLY: Duration = Duration::from_millis(200);
const PHONE: &str = "919812345678";

/// Forty citizens walk through the join flow.
async fn forty_join(house: &House) {
    let plan = CitizenPlan { citizens: 40, rate: 40.0, ..CitizenPlan::default() };
    let script = Script::shipped("join").unwrap();
    let report =
        play(&house.sandbox, script, &plan, &TaskTracker::new(), &CancellationToken::new())
            .await
            .unwrap();
    assert_eq!(report.joined, 40, "{report:#?}");
    assert_eq!(report.shared_numbers, Vec::<String>::new());
    assert_eq!(report.two_numbers, Vec::<String>::new());
    assert_eq!(report.asked_again, 0, "{report:#?}");
    assert!(house.sandbox.until_quiet(QUIET).await);
    let verdict = house.sandbox.verdict();
    assert_eq!(verdict.refused, std::collections::BTreeMap::new(), "our sends break Meta's rules");
    assert_eq!((verdict.waiting, verdict.gave_up, verdict.overlaps), (0, 0, 0));
    assert!(
        verdict.duplicates.is_empty()
            && verdict.repeats.is_empty()
            && verdict.unanswered.is_empty(),
        "{verdict:#?}"
    );
    assert_eq!(house.metric("samvad_members").await, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn citizens_join_with_state_in_memory() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    house.sandbox.handshake().await.unwrap();
    forty_join(&house).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn citizens_join_with_state_in_redis() {
    let redis = RedisServer::start();
    let house = House::new(Plan { state: redis.url(), ..Plan::default() }).await;
    let server = house.start();
    forty_join(&house).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_delivered_fifty_times_at_once_has_one_effect() {
    let house = House::new(Plan::default()).await;
    let _server = house.start();
    house.sandbox.say(Saying { copies: 50, ..Saying::text(PHONE, "सदस्य") });
    assert!(house.sandbox.until(QUIET, |sandbox| !sandbox.sends_to(PHONE).is_empty()).await);
    assert!(house.sandbox.until_quiet(QUIET).await);
    assert_eq!(house.sandbox.sends_to(PHONE).len(), 1);
    assert_eq!(house.metric("samvad_contacts").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_person_at_once_are_answered_in_order_and_no_step_twice() {
    let house = House::new(Plan::default()).await;
    let _server = house.start();
    house.sandbox.say_text(PHONE, "सदस्य");
    let sandbox = &house.sandbox;
    assert!(sandbox.until(QUIET, |sandbox| sandbox.sends_to(PHONE).len() == 1).await);
    // One envelope order for each person is the order of delivery; both come before any answer.
    house.sandbox.say_text(PHONE, "हाँ");
    house.sandbox.say_text(PHONE, "1985");
    assert!(sandbox.until(QUIET, |sandbox| sandbox.sends_to(PHONE).len() >= 3).await);
    assert!(house.sandbox.until_quiet(QUIET).await);
    let texts: Vec<String> =
        house.sandbox.sends_to(PHONE).into_iter().map(|send| send.text).collect();
    let verdict = house.sandbox.verdict();
    assert_eq!(texts.len(), 3, "{texts:#?}");
    assert!(verdict.repeats.is_empty() && verdict.overlaps == 0, "{verdict:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_of_a_thousand_updates_is_kept_whole() {
    use samvad::sandbox::envelope::{Business, Layout, Person, Said, Update, envelope};
    let house =
        House::new(Plan { sandbox: Some(|options| options.only_road = false), ..Plan::default() })
            .await;
    let _server = house.start();
    let at = samvad::clock::Clock::System.now();
    let updates: Vec<Update> = (0..1_000)
        .map(|number| {
            let person = Person::phone(&format!("91{}", 9_200_000_000_u64 + number));
            Update::message(
                &person,
                &format!("wamid.big.{number}"),
                &Said::Text("नमस्ते".to_owned()),
                None,
                at,
            )
        })
        .collect();
    let body = envelope(&Business::default(), &updates, Layout::OneValue, true);
    // Where the machine is slow it is asked again, as Meta does; what is under way is finished meanwhile.
    let begun = std::time::Instant::now();
    loop {
        match house.sandbox.post_envelope(body.clone()).await {
            Some(200) => break,
            Some(503) if begun.elapsed() < QUIET => tokio::time::sleep(SHORTLY).await,
            other => panic!("{other:?} after {:?}", begun.elapsed()),
        }
    }
    assert_eq!(house.metric("samvad_contacts").await, 1000);
    let won = house.metric("samvad_turns_total{channel=\"whatsapp\",outcome=\"won\"}").await;
    assert_eq!(won, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_body_is_refused_before_it_is_read() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let url = server.url("/webhooks/whatsapp");
    let unsigned = client().post(&url).body("{").send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    let forged = client()
        .post(&url)
        .header("x-hub-signature-256", format!("sha256={}", "0".repeat(64)))
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_is_a_stop_and_the_confirmation_comes_once() {
    let house = House::new(Plan::default()).await;
    let _server = house.start();
    house.sandbox.say_text(PHONE, "बंद");
    assert!(house.sandbox.until(QUIET, |sandbox| !sandbox.sends_to(PHONE).is_empty()).await);
    assert!(house.sandbox.until_quiet(QUIET).await);
    assert_eq!(house.sandbox.sends_to(PHONE).len(), 1);
}
