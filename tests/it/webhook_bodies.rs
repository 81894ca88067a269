//! Every shape of webhook body, against the real program: valid ones are 200 however they are
//! written and however often they come, forged ones 401, and nothing panics.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;

use samvad::sandbox::envelope::Business;
use samvad::sandbox::options::DEFAULT_APP_SECRET;
use samvad::sandbox::sign;

use crate::support::bodies::{Body, NUMBER, SECOND_NUMBER, bodies};
use crate::support::house::{House, Plan, client};
use crate::support::server::Server;

const QUIET: Duration = Duration::from_mins(1);
/// So many bodies are on their way at once.
const AT_ONCE: usize = 24;

async fn house() -> House {
    House::new(Plan {
        settings: vec![("SAMVAD_WHATSAPP_NUMBERS", format!("{NUMBER},{SECOND_NUMBER}"))],
        sandbox: Some(|options| {
            options.only_road = false;
            let second = SECOND_NUMBER.to_owned();
            options.businesses.push(Business { phone_number_id: second, ..Business::default() });
        }),
        ..Plan::default()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_valid_body_is_taken_once_in_utf_8_and_in_escapes() {
    let house = house().await;
    let server = house.start();
    let bodies = bodies(samvad::clock::Clock::System.now());
    assert!(bodies.len() > 400, "{} bodies", bodies.len());
    // One half is met first in escapes, the other in UTF-8; both come again in both.
    for round in 0..4 {
        let posts = bodies.iter().enumerate().map(|(place, body)| {
            let bytes =
                if (place + round) % 2 == 0 { escaped(&body.json) } else { body.json.clone() };
            let posted = house.sandbox.post_envelope(bytes.into_bytes());
            async move { (body, posted.await) }
        });
        let answers: Vec<(&Body, Option<u16>)> =
            stream::iter(posts).buffer_unordered(AT_ONCE).collect().await;
        for (body, answer) in answers {
            assert_eq!(answer, Some(200), "round {round}, {}: {}", body.name, body.json);
        }
    }

    let contacts: usize = bodies.iter().map(|body| body.contacts).sum();
    assert_eq!(whole(&house, "samvad_contacts").await, contacts);
    let turns: usize = bodies.iter().map(|body| body.turns).sum();
    let won = "samvad_turns_total{channel=\"whatsapp\",outcome=\"won\"}";
    assert_eq!(whole(&house, won).await, turns);
    assert_eq!(whole(&house, "samvad_parked_turns").await, 0);
    is_well(&server).await;

    // Whoever was answered was answered once, and by nothing that Meta would refuse.
    let sandbox = &house.sandbox;
    let answers: usize = bodies.iter().map(|body| body.answers).sum();
    let is_answered = sandbox.until(QUIET, |sandbox| sandbox.verdict().taken >= answers).await;
    assert!(is_answered, "{answers} answers: {:#?}", sandbox.verdict());
    assert!(sandbox.until_quiet(QUIET).await);
    let verdict = sandbox.verdict();
    assert_eq!(verdict.taken, answers);
    assert_eq!(verdict.refused, BTreeMap::new());
    assert!(verdict.duplicates.is_empty(), "{:#?}", verdict.duplicates);
    let log = std::fs::read_to_string(&server.log).unwrap();
    server.stop();
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_forged_broken_or_too_large_are_refused_and_leave_nothing() {
    let house = house().await;
    let server = house.start();
    let url = server.url("/webhooks/whatsapp");
    let post = async |signature: Option<String>, body: Vec<u8>| {
        let mut request = client().post(&url).body(body);
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let known = bodies(samvad::clock::Clock::System.now());
    for (place, body) in known.iter().enumerate().step_by(9) {
        let bytes = body.json.as_bytes().to_vec();
        let good = sign(DEFAULT_APP_SECRET, &bytes);
        let forged = match place % 8 {
            0 => None,
            1 => Some(sign("another secret", &bytes)),
            2 => Some(sign(DEFAULT_APP_SECRET, escaped(&format!("{} ", body.json)).as_bytes())),
            3 => Some(good.replace("sha256=", "sha1=")),
            4 => Some(good.replace("sha256=", "")),
            5 => Some(good.chars().rev().collect()),
            6 => good.get(..good.len() - 1).map(str::to_owned),
            _ => Some(String::new()),
        };
        assert_eq!(post(forged, bytes).await, 401, "{}", body.name);
    }

    let garbage: [&[u8]; 12] = [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b"\"whatsapp_business_account\"",
        b"{}",
        b"{\"object\": \"page\", \"entry\": []}",
        b"{\"object\": \"whatsapp_business_account\"}",
        b"{\"object\": \"whatsapp_business_account\", \"entry\": {}}",
        b"{\"object\": \"whatsapp_business_account\", \"entry\": [\xff\xfe]}",
        b"{\"object\": \"whatsapp_business_account\", \"entry\": []} trailing",
    ];
    for body in garbage {
        let signature = sign(DEFAULT_APP_SECRET, body);
        let status = post(Some(signature), body.to_vec()).await;
        assert_eq!(status, 400, "{}", String::from_utf8_lossy(body));
    }
    let deep = format!(
        "{{\"object\": \"whatsapp_business_account\", \"entry\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let signature = sign(DEFAULT_APP_SECRET, deep.as_bytes());
    assert_eq!(post(Some(signature), deep.into_bytes()).await, 400);

    // Meta's largest body is taken; one that is clearly larger is not, signed or not.
    let of_size = |size: usize| {
        let empty = "{\"object\":\"whatsapp_business_account\",\"entry\":[],\"x\":\"\"}";
        let filler = "a".repeat(size - empty.len());
        empty.replace("\"x\":\"\"", &format!("\"x\":\"{filler}\"")).into_bytes()
    };
    let largest = of_size(3 * 1024 * 1024);
    assert_eq!(post(Some(sign(DEFAULT_APP_SECRET, &largest)), largest).await, 200);
    let larger = of_size(3 * 1024 * 1024 + 128 * 1024);
    assert_eq!(post(Some(sign(DEFAULT_APP_SECRET, &larger)), larger).await, 413);

    assert_eq!(whole(&house, "samvad_contacts").await, 0);
    is_well(&server).await;
    let log = std::fs::read_to_string(&server.log).unwrap();
    assert!(!log.contains("panicked"), "{log}");
}

async fn whole(house: &House, metric: &str) -> usize {
    usize::try_from(house.metric(metric).await).unwrap()
}

async fn is_well(server: &Server) {
    let ready = client().get(server.url("/ready")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
}

/// The same JSON as Meta writes it: every letter outside ASCII as UTF-16 escapes, and the few signs
/// it escapes besides.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len() * 2);
    for character in json.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            '<' | '@' | '%' => write!(escaped, "\\u{:04X}", u32::from(character)).unwrap(),
            _ if character.is_ascii() => escaped.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(escaped, "\\u{unit:04x}").unwrap();
                }
            }
        }
    }
    escaped
}
