//! The sandbox against a webhook that behaves badly, and a client that sends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::json;

use super::envelope::{Business, Person, Said};
use super::ledger::{Answer, StatusWord};
use super::options::{ApprovedTemplate, DEFAULT_ACCESS_TOKEN, DEFAULT_APP_SECRET, Retry};
use super::*;

const PHONE: &str = "919812345678";
const SOON: Duration = Duration::from_secs(10);

/// A webhook that refuses the first `refusals` posts and keeps what it takes.
#[derive(Clone)]
struct Hook {
    refusals: Arc<AtomicUsize>,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    /// The statuses it took, as (message id, word, opaque id).
    fn statuses(&self) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        for value in self.values() {
            for status in value["statuses"].as_array().into_iter().flatten() {
                let text = |key: &str| status[key].as_str().unwrap_or_default().to_owned();
                found.push((text("id"), text("status"), text("biz_opaque_callback_data")));
            }
        }
        found
    }

    fn messages(&self) -> Vec<Value> {
        let values = self.values();
        let messages = values.iter().filter_map(|value| value["messages"].as_array());
        messages.flatten().cloned().collect()
    }

    fn values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        for envelope in self.taken.lock().iter() {
            for entry in envelope["entry"].as_array().unwrap() {
                for change in entry["changes"].as_array().unwrap() {
                    values.push(change["value"].clone());
                }
            }
        }
        values
    }
}

async fn hook(
    State(hook): State<Hook>,
    headers: HeaderMap,
    body: Bytes,
) -> axum::response::Response {
    let signature = headers["x-hub-signature-256"].to_str().unwrap();
    assert_eq!(signature, sign(DEFAULT_APP_SECRET, &body));
    let left =
        hook.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if let Ok(left) = left {
        // 202 is no 200 to Meta.
        let status =
            if left % 2 == 0 { StatusCode::ACCEPTED } else { StatusCode::SERVICE_UNAVAILABLE };
        return status.into_response();
    }
    hook.taken.lock().push(serde_json::from_slice(&body).unwrap());
    StatusCode::OK.into_response()
}

struct World {
    sandbox: SandboxHandle,
    hook: Hook,
    client: reqwest::Client,
    _stop: tokio_util::sync::DropGuard,
}

impl World {
    async fn new(refusals: usize, change: impl FnOnce(&mut SandboxOptions)) -> World {
        let shutdown = CancellationToken::new();
        let hook_state = Hook {
            refusals: Arc::new(AtomicUsize::new(refusals)),
            taken: Arc::new(Mutex::new(Vec::new())),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook = format!("http://{}/webhook", listener.local_addr().unwrap());
        let mut options = SandboxOptions::new(webhook);
        options.retry = Retry {
            first: Duration::from_millis(5),
            longest: Duration::from_millis(20),
            give_up_after: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
        };
        options.status_pace_ms = (1, 3);
        options.read_rate = 1.0;
        // What is drawn for an id made up here is drawn alike in every run.
        options.ids = crate::clock::Ids::counted();
        change(&mut options);
        let router = Router::new().route("/webhook", post(hook)).with_state(hook_state.clone());
        let stopped = shutdown.clone();
        options.tracker.spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped.cancelled_owned())
                .await
                .unwrap();
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox = serve(options, listener, shutdown.clone()).await.unwrap();
        World {
            sandbox,
            hook: hook_state,
            client: http_client(SOON).unwrap(),
            _stop: shutdown.drop_guard(),
        }
    }

    /// Sends a text; gives status and body, `None` where no answer came.
    async fn send(&self, opaque: &str, text: &str) -> Option<(u16, Value)> {
        let body = json!({"messaging_product": "whatsapp", "recipient_type": "individual",
            "to": format!("+{PHONE}"), "type": "text", "text": {"body": text},
            "biz_opaque_callback_data": opaque});
        self.post("messages", &body).await
    }

    async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let number = Business::default().phone_number_id;
        let url = format!("{}/v25.0/{number}/{path}", self.sandbox.base_url());
        let request = self.client.post(url).bearer_auth(DEFAULT_ACCESS_TOKEN).json(body);
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    async fn greeted(&self) {
        self.sandbox.say_text(PHONE, "नमस्ते");
        assert!(self.sandbox.until_quiet(SOON).await);
    }
}

fn code(answer: Option<(u16, Value)>) -> (u16, i64) {
    let (status, body) = answer.unwrap();
    (status, body["error"]["code"].as_i64().unwrap_or_default())
}

#[tokio::test]
async fn what_a_person_says_comes_until_it_is_answered_200() {
    let world = World::new(5, |_| {}).await;
    let key = world.sandbox.say_text(PHONE, "सदस्य");
    assert!(world.sandbox.until_quiet(SOON).await);
    let entry = world.sandbox.inbound(&key).unwrap();
    assert!(entry.acked);
    assert_eq!(entry.tries, 6);
    let messages = world.hook.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["text"]["body"], "सदस्य");
    assert_eq!(messages[0]["id"], key.as_str());
}

#[tokio::test]
async fn a_webhook_that_never_answers_200_is_given_up_and_said_so() {
    let world = World::new(usize::MAX, |options| {
        options.retry.give_up_after = Duration::from_millis(60);
    })
    .await;
    world.sandbox.say_text(PHONE, "सदस्य");
    assert!(world.sandbox.until_quiet(SOON).await);
    let verdict = world.sandbox.verdict();
    assert_eq!((verdict.inbound, verdict.acked, verdict.gave_up), (1, 0, 1));
}

#[tokio::test]
async fn a_taken_message_is_sent_delivered_and_read_with_our_id() {
    let world = World::new(0, |_| {}).await;
    world.greeted().await;
    let (status, body) = world.send("o-1", "स्वागत है").await.unwrap();
    assert_eq!(status, 200);
    assert_eq!(body["contacts"][0], json!({"input": format!("+{PHONE}"), "wa_id": PHONE}));
    let wamid = body["messages"][0]["id"].as_str().unwrap();
    assert!(world.sandbox.until_quiet(SOON).await);
    let mut words: Vec<String> = Vec::new();
    for (id, word, opaque) in world.hook.statuses() {
        assert_eq!((id.as_str(), opaque.as_str()), (wamid, "o-1"));
        words.push(word);
    }
    words.sort();
    assert_eq!(words, ["delivered", "read", "sent"]);
    assert_eq!(world.sandbox.verdict().statuses_acked, 3);
}

#[tokio::test]
async fn a_lost_answer_is_a_taken_message_and_a_second_try_a_duplicate() {
    let world = World::new(0, |_| {}).await;
    world.greeted().await;
    world.sandbox.change_faults(&json!({"lost": 1})).unwrap();
    assert_eq!(world.send("o-1", "स्वागत है").await, None);
    assert!(world.sandbox.until_quiet(SOON).await);
    assert_eq!(world.hook.statuses().len(), 3, "statuses of a lost answer come all the same");
    world.sandbox.change_faults(&json!({"lost": 0})).unwrap();
    assert!(world.send("o-1", "स्वागत है").await.is_some());
    let sends = world.sandbox.sends_to(PHONE);
    assert_eq!(sends.len(), 2);
    assert_eq!((sends[0].answer, sends[1].answer), (Answer::Lost, Answer::Accepted));
    let duplicates = world.sandbox.duplicates();
    assert_eq!(duplicates.len(), 1);
    assert!(duplicates[0].knew, "its statuses had been answered 200");
}

#[tokio::test]
async fn a_dead_connection_takes_nothing() {
    let world = World::new(0, |options| options.faults.death = 1.0).await;
    world.greeted().await;
    assert_eq!(world.send("o-1", "a").await, None);
    let verdict = world.sandbox.verdict();
    assert_eq!((verdict.died, verdict.taken, verdict.statuses), (1, 0, 0));
}

#[tokio::test]
async fn refusals_on_purpose_have_metas_codes() {
    let world = World::new(0, |_| {}).await;
    world.greeted().await;
    world.sandbox.change_faults(&json!({"refuse": {"131056": 1}})).unwrap();
    assert_eq!(code(world.send("o-1", "a").await), (400, 131_056));
    world.sandbox.change_faults(&json!({"refuse": {}, "too_many": 1})).unwrap();
    assert_eq!(code(world.send("o-1", "a").await), (429, 4));
    world.sandbox.change_faults(&json!({"too_many": 0, "server_error": 1})).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..20 {
        seen.insert(code(world.send(&format!("o-{number}"), "a").await));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(500, 131_000), (503, 0)]);
    assert_eq!(world.sandbox.verdict().taken, 0);
}

#[tokio::test]
async fn the_account_is_checked_before_the_message() {
    let world = World::new(0, |_| {}).await;
    world.greeted().await;
    let body = json!({"messaging_product": "whatsapp", "to": format!("+{PHONE}"), "type": "text",
        "text": {"body": "a"}});
    let base = world.sandbox.base_url();
    let number = Business::default().phone_number_id;
    let cases = [
        (format!("{base}/v25.0/{number}/messages"), "wrong", 401, 190),
        (format!("{base}/v25.0/1/messages"), DEFAULT_ACCESS_TOKEN, 400, 33),
        (format!("{base}/v19.0/{number}/messages"), DEFAULT_ACCESS_TOKEN, 400, 2500),
        (format!("{base}/nowhere"), DEFAULT_ACCESS_TOKEN, 400, 2500),
    ];
    for (url, token, http, graph_code) in cases {
        let response = world.client.post(&url).bearer_auth(token).json(&body).send().await.unwrap();
        assert_eq!(response.status().as_u16(), http, "{url}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], graph_code, "{url}");
    }
    let url = format!("{base}/v25.0/{number}/messages");
    let untyped = world.client.post(&url).bearer_auth(DEFAULT_ACCESS_TOKEN).body(body.to_string());
    assert_eq!(untyped.send().await.unwrap().status().as_u16(), 400);
    let to_self = json!({"messaging_product": "whatsapp", "to": "+915220001234", "type": "text",
        "text": {"body": "a"}});
    assert_eq!(code(world.post("messages", &to_self).await), (400, 131_021));
}

#[tokio::test]
async fn free_words_need_an_open_window_and_a_template_does_not() {
    let clock = crate::clock::Clock::fixed("2026-11-21T06:00:00Z".parse().unwrap());
    let ours = clock.clone();
    let world = World::new(0, |options| options.clock = clock).await;
    assert_eq!(code(world.send("o-1", "a").await), (400, 131_047));
    world.greeted().await;
    ours.advance(Duration::from_hours(24));
    assert_eq!(world.send("o-2", "a").await.unwrap().0, 200);
    ours.advance(Duration::from_secs(1));
    assert_eq!(code(world.send("o-3", "a").await), (400, 131_047));
    let template = json!({"messaging_product": "whatsapp", "to": format!("+{PHONE}"),
        "type": "template", "template": {"name": "a", "language": {"code": "hi"}}});
    assert_eq!(world.post("messages", &template).await.unwrap().0, 200);
}

#[tokio::test]
async fn only_approved_templates_are_taken_and_the_ledger_shows_what_the_person_reads() {
    let approved = ApprovedTemplate {
        name: "solved".to_owned(),
        language: "hi".to_owned(),
        body: "शिकायत {{1}} हल हुई?".to_owned(),
        body_parameters: 1,
        quick_replies: vec!["हाँ".to_owned(), "नहीं".to_owned()],
    };
    let other = ApprovedTemplate { name: "solvd".to_owned(), ..approved.clone() };
    let world = World::new(0, |options| options.templates = vec![approved]).await;
    let template = |name: &str, language: &str, variables: &[&str], buttons: &[u8]| {
        let texts: Vec<Value> =
            variables.iter().map(|text| json!({"type": "text", "text": text})).collect();
        let mut components = vec![json!({"type": "body", "parameters": texts})];
        components.extend(buttons.iter().map(|index| {
            json!({"type": "button", "sub_type": "quick_reply", "index": index.to_string(),
                "parameters": [{"type": "payload", "payload": format!("c:7:{index}")}]})
        }));
        json!({"messaging_product": "whatsapp", "to": format!("+{PHONE}"), "type": "template",
            "template": {"name": name, "language": {"code": language}, "components": components}})
    };
    let cases = [
        (template("solvd", "hi", &["T1"], &[]), (404, 132_001)),
        (template("solved", "en", &["T1"], &[]), (404, 132_001)),
        (template("solved", "hi", &["T1", "T2"], &[]), (400, 132_000)),
        (template("solved", "hi", &["T1"], &[0, 1, 2]), (400, 132_018)),
    ];
    for (body, refusal) in cases {
        assert_eq!(code(world.post("messages", &body).await), refusal, "{body}");
    }
    let good = template("solved", "hi", &["T1"], &[0, 1]);
    assert_eq!(world.post("messages", &good).await.unwrap().0, 200);
    let sends = world.sandbox.sends_to(PHONE);
    let last = sends.last().unwrap();
    assert_eq!(last.text, "शिकायत T1 हल हुई?");
    let offered: Vec<(&str, &str)> =
        last.offered.iter().map(|known| (known.id.as_str(), known.title.as_str())).collect();
    assert_eq!(offered, [("c:7:0", "हाँ"), ("c:7:1", "नहीं")]);

    // Somebody edits the flows meanwhile.
    world.sandbox.approve(vec![other]);
    let refused = (404, 132_001);
    assert_eq!(code(world.post("messages", &good).await), refused);
    let other = template("solvd", "hi", &["T1"], &[]);
    assert_eq!(world.post("messages", &other).await.unwrap().0, 200);
}

#[tokio::test]
async fn reading_is_taken_for_what_was_brought_and_for_nothing_else() {
    let world = World::new(0, |_| {}).await;
    let key = world.sandbox.say_text(PHONE, "नमस्ते");
    let read = |id: &str| {
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": id,
            "typing_indicator": {"type": "text"}})
    };
    let (status, body) = world.post("messages", &read(&key)).await.unwrap();
    assert_eq!((status, body), (200, json!({"success": true})));
    assert_eq!(code(world.post("messages", &read("wamid.other")).await), (400, 100));
    assert_eq!(world.sandbox.verdict().reads, 1);
}

#[tokio::test]
async fn a_person_without_a_number_is_reached_by_user_id() {
    let world = World::new(0, |_| {}).await;
    let person = Person { user_id: Some("IN.77".to_owned()), ..Person::default() };
    world.sandbox.say(Saying::of(person, Said::Text("नमस्ते".to_owned()))).unwrap();
    assert!(world.sandbox.until_quiet(SOON).await);
    let inbound = &world.hook.messages()[0];
    assert_eq!(inbound["from_user_id"], "IN.77");
    assert!(inbound.get("from").is_none());
    let body = json!({"messaging_product": "whatsapp", "recipient": "IN.77", "type": "text",
        "text": {"body": "a"}});
    let (status, answer) = world.post("messages", &body).await.unwrap();
    assert_eq!(status, 200);
    assert_eq!(answer["contacts"][0], json!({"input": "IN.77", "user_id": "IN.77"}));
    assert_eq!(world.sandbox.sends_to("IN.77").len(), 1);
}

#[tokio::test]
async fn duplicates_and_batches_keep_every_update() {
    let world = World::new(3, |options| {
        options.faults =
            Faults { duplicate: 1.0, disorder: 0.7, disorder_ms: 20, batch: 0.8, ..Faults::none() };
    })
    .await;
    let keys: Vec<String> = (0..40)
        .map(|number| world.sandbox.say_text(&format!("9198000000{number:02}"), "a"))
        .collect();
    assert!(world.sandbox.until_quiet(SOON).await);
    let messages = world.hook.messages();
    for key in &keys {
        assert!(messages.iter().any(|message| message["id"] == key.as_str()), "{key}");
    }
    assert_eq!(messages.len(), 2 * keys.len(), "all came twice");
    assert!(world.hook.taken.lock().len() < messages.len(), "some came together");
    assert_eq!(world.sandbox.verdict().acked, 40);
}

#[tokio::test]
async fn a_disordered_status_may_come_before_the_answer() {
    let world = World::new(0, |options| {
        options.faults = Faults { disorder: 1.0, disorder_ms: 30, ..Faults::none() };
    })
    .await;
    world.greeted().await;
    let mut early = 0;
    for number in 0..12 {
        let opaque = format!("o-{number}");
        assert!(world.send(&opaque, "a").await.is_some());
        early += usize::from(world.hook.statuses().iter().any(|status| status.2 == opaque));
    }
    assert!((2..=12).contains(&early), "{early} of 12 came before their answer");
    assert!(world.sandbox.until_quiet(SOON).await);
    assert_eq!(world.hook.statuses().len(), 36);
}

#[tokio::test]
async fn the_same_seed_disorders_alike() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let world = World::new(0, |options| {
            options.faults = Faults { disorder: 1.0, disorder_ms: 0, ..Faults::none() };
        })
        .await;
        world.greeted().await;
        for number in 0..10 {
            assert!(world.send(&format!("o-{number}"), "a").await.is_some());
        }
        let words: Vec<(Option<String>, StatusWord)> = world
            .sandbox
            .entries()
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::Status(status) => Some((status.opaque, status.status)),
                _ => None,
            })
            .collect();
        runs.push(words);
    }
    assert_eq!(runs[0], runs[1]);
    let sorted = |words: &[(Option<String>, StatusWord)]| {
        words.chunks(3).all(|three| three.is_sorted_by_key(|(_, word)| *word))
    };
    assert!(!sorted(&runs[0]), "some statuses are in the wrong order");
}

#[tokio::test]
async fn withheld_statuses_and_failures_stand_in_the_ledger() {
    let world = World::new(0, |options| options.faults.drop_statuses = 1.0).await;
    world.greeted().await;
    assert!(world.send("o-1", "a").await.is_some());
    assert!(world.sandbox.until_quiet(SOON).await);
    assert_eq!(world.sandbox.verdict().statuses_dropped, 1);
    assert!(world.hook.statuses().is_empty());
    world.sandbox.change_faults(&json!({"drop_statuses": 0, "fail": {"131049": 1}})).unwrap();
    assert!(world.send("o-2", "a").await.is_some());
    assert!(world.sandbox.until_quiet(SOON).await);
    let values = world.hook.values();
    let failed = &values.last().unwrap()["statuses"][0];
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["errors"][0]["code"], 131_049);
    assert!(values.last().unwrap().get("contacts").is_none());
}

#[tokio::test]
async fn two_sends_to_one_person_at_once_are_seen() {
    let world = World::new(0, |options| {
        options.faults = Faults { slow: 1.0, slow_ms: (100, 100), ..Faults::none() };
    })
    .await;
    world.greeted().await;
    tokio::join!(world.send("o-1", "a"), world.send("o-2", "b"));
    assert_eq!(world.sandbox.verdict().overlaps, 1);
    world.send("o-3", "c").await;
    assert_eq!(world.sandbox.verdict().overlaps, 1);
}

#[tokio::test]
async fn limits_are_metas_when_asked_for() {
    let world = World::new(0, |options| options.pair_limit = true).await;
    world.greeted().await;
    for number in 0..45 {
        assert_eq!(world.send(&format!("o-{number}"), "a").await.unwrap().0, 200);
    }
    assert_eq!(code(world.send("o-45", "a").await), (400, 131_056));
}

#[tokio::test]
async fn a_sandbox_is_steered_and_read_over_http() {
    let world = World::new(0, |_| {}).await;
    let base = world.sandbox.base_url();
    let post = async |path: &str, body: Value| {
        let response =
            world.client.post(format!("{base}/_sandbox/{path}")).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let get = async |path: &str| {
        let response = world.client.get(format!("{base}/_sandbox/{path}")).send().await.unwrap();
        response.json::<Value>().await.unwrap()
    };
    let said = json!({"from": format!("+{PHONE}"), "row": {"id": "ac-171", "title": "लखनऊ मध्य"},
        "key": "wamid.K", "copies": 5});
    assert_eq!(post("inbound", said).await, (200, json!({"key": "wamid.K"})));
    assert!(world.sandbox.until_quiet(SOON).await);
    assert_eq!(world.hook.messages().len(), 5);
    let reply = &world.hook.messages()[0]["interactive"]["list_reply"];
    assert_eq!(reply, &json!({"id": "ac-171", "title": "लखनऊ मध्य"}));
    assert_eq!(post("inbound", json!({"from": PHONE})).await.0, 400);
    assert_eq!(post("inbound", json!({"text": "a"})).await.0, 400);
    assert_eq!(post("faults", json!({"lost": 2})).await.0, 400);
    assert_eq!(post("faults", json!({"slow": 0.25})).await.1["slow"], 0.25);
    assert_eq!(get("faults").await["slow"], 0.25);
    let summary = get("summary").await;
    assert_eq!((&summary["acked"], &summary["pending"]), (&json!(1), &json!(0)));
    assert_eq!(summary["webhook"]["200"], 5);
    assert_eq!(get("ledger?after=0").await[0]["kind"], "inbound");
    assert_eq!(get("ledger?after=9").await, json!([]));
    assert_eq!(get(&format!("transcript/{PHONE}")).await[0]["who"], "theirs");
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let world = World::new(0, |_| {}).await;
    world.greeted().await;
    let number = Business::default().phone_number_id;
    let base = world.sandbox.base_url();
    let form = "--XX\r\ncontent-disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\
        \r\n--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
        content-type: image/png\r\n\r\nPNG\r\n--XX--\r\n";
    let up = world
        .client
        .post(format!("{base}/v25.0/{number}/media"))
        .bearer_auth(DEFAULT_ACCESS_TOKEN)
        .header("content-type", "multipart/form-data; boundary=XX")
        .body(form);
    let id = up.send().await.unwrap().json::<Value>().await.unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    let get = async |url: String| {
        world.client.get(url).bearer_auth(DEFAULT_ACCESS_TOKEN).send().await.unwrap()
    };
    let about = get(format!("{base}/v25.0/{id}")).await.json::<Value>().await.unwrap();
    assert_eq!((&about["file_size"], &about["mime_type"]), (&json!(3), &json!("image/png")));
    let url = about["url"].as_str().unwrap().to_owned();
    assert_eq!(get(url.clone()).await.bytes().await.unwrap().as_ref(), b"PNG");
    let image = json!({"messaging_product": "whatsapp", "to": format!("+{PHONE}"),
        "type": "image", "image": {"id": id}});
    assert_eq!(world.post("messages", &image).await.unwrap().0, 200);
    let gone = world.client.delete(format!("{base}/v25.0/{id}")).bearer_auth(DEFAULT_ACCESS_TOKEN);
    assert_eq!(gone.send().await.unwrap().status().as_u16(), 200);
    assert_eq!(get(url).await.status().as_u16(), 404);
    assert_eq!(code(world.post("messages", &image).await), (400, 131_009));
    let limit = "fields=whatsapp_business_manager_messaging_limit";
    let fields = get(format!("{base}/v25.0/{number}?{limit}")).await.json::<Value>().await.unwrap();
    assert_eq!(fields["whatsapp_business_manager_messaging_limit"], "TIER_2K");
}

#[tokio::test]
async fn a_sandbox_stops_with_callbacks_on_their_way() {
    let world = World::new(usize::MAX, |_| {}).await;
    world.sandbox.say_text(PHONE, "a");
    world.sandbox.stop();
    let stopped = tokio::time::timeout(SOON, world.sandbox.stopped()).await;
    assert!(stopped.is_ok());
}
