//! Citizens and raw envelopes against a small program that plays the join flow.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::*;
use crate::sandbox::envelope::Business;
use crate::sandbox::faults::Faults;
use crate::sandbox::options::{DEFAULT_ACCESS_TOKEN, DEFAULT_APP_SECRET};
use crate::sandbox::{SandboxHandle, SandboxOptions, http_client, serve};

/// A program that keeps a place in the flow for everybody.
#[derive(Clone)]
struct Program {
    graph: Arc<Mutex<String>>,
    client: reqwest::Client,
    places: Arc<Mutex<HashMap<String, usize>>>,
    seen: Arc<Mutex<HashSet<String>>>,
    sent: Arc<AtomicUsize>,
    posts: Arc<AtomicUsize>,
    /// Gives every member the same number: the mistake that the report must name.
    one_number: bool,
}

impl Program {
    async fn send(&self, to: &str, kind: &str, payload: Value) {
        let opaque = format!("o-{}", self.sent.fetch_add(1, Ordering::SeqCst));
        let base = self.graph.lock().clone();
        let number = Business::default().phone_number_id;
        let body = json!({"messaging_product": "whatsapp", "to": format!("+{to}"), "type": kind,
            kind: payload, "biz_opaque_callback_data": opaque});
        let request = self
            .client
            .post(format!("{base}/v25.0/{number}/messages"))
            .bearer_auth(DEFAULT_ACCESS_TOKEN)
            .json(&body);
        // What is lost is lost: this program does not retry.
        let _ = request.send().await;
    }

    async fn text(&self, to: &str, text: &str) {
        self.send(to, "text", json!({"body": text})).await;
    }

    async fn buttons(&self, to: &str, text: &str, titles: &[&str]) {
        let buttons: Vec<Value> = titles
            .iter()
            .map(|title| json!({"type": "reply", "reply": {"id": title, "title": title}}))
            .collect();
        let payload =
            json!({"type": "button", "body": {"text": text}, "action": {"buttons": buttons}});
        self.send(to, "interactive", payload).await;
    }

    async fn turn(&self, message: &Value) {
        let from = message["from"].as_str().unwrap_or_default().to_owned();
        if !self.seen.lock().insert(message["id"].as_str().unwrap_or_default().to_owned()) {
            return;
        }
        let said = message["text"]["body"]
            .as_str()
            .or(message["interactive"]["button_reply"]["id"].as_str())
            .or(message["interactive"]["list_reply"]["id"].as_str())
            .unwrap_or_default();
        let place = self.places.lock().get(&from).copied().unwrap_or(0);
        let mut next = place + 1;
        match (place, said) {
            (0, _) => self.buttons(&from, "रखेंगे। सहमत हैं?", &["हाँ", "नहीं"]).await,
            (1, "हाँ") => self.text(&from, "प्रश्न 1/5\nआपका जन्म किस साल हुआ?").await,
            (2, year) if year.len() == 4 => {
                self.text(&from, "प्रश्न 2/5\nआपका पूरा नाम क्या है?").await;
            }
            (3, name) if !name.is_empty() => {
                // Two messages for one answer.
                self.text(&from, "धन्यवाद।").await;
                let rows =
                    json!([{"id": "r1", "title": "लखनऊ मध्य"}, {"id": "r2", "title": "मलिहाबाद"}]);
                let payload = json!({"type": "list", "body": {"text": "विधानसभा?"},
                    "action": {"button": "चुनिए", "sections": [{"rows": rows}]}});
                self.send(&from, "interactive", payload).await;
            }
            (4, "r1") => {
                let serial = if self.one_number { 7 } else { self.sent.load(Ordering::SeqCst) };
                let number = format!("UP-0000-{serial:04}-1");
                self.text(&from, &format!("स्वागत है! आपकी सदस्य संख्या {number} है।")).await;
                self.buttons(&from, "खबर भेजें?", &["जी", "नहीं"]).await;
            }
            (5, "जी") => self.text(&from, "ठीक है").await,
            _ => {
                next = place;
                self.text(&from, "माफ कीजिए, समझ नहीं आया। जन्म का साल?").await;
            }
        }
        self.places.lock().insert(from, next);
    }
}

async fn webhook(State(program): State<Program>, body: Bytes) -> StatusCode {
    program.posts.fetch_add(1, Ordering::SeqCst);
    let envelope: Value = serde_json::from_slice(&body).unwrap();
    for entry in envelope["entry"].as_array().unwrap() {
        for change in entry["changes"].as_array().unwrap() {
            for message in change["value"]["messages"].as_array().into_iter().flatten() {
                program.turn(message).await;
            }
        }
    }
    StatusCode::OK
}

struct World {
    sandbox: SandboxHandle,
    program: Program,
    webhook: String,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    _stop: DropGuard,
}

async fn world(faults: Faults, one_number: bool) -> World {
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/webhook", listener.local_addr().unwrap());
    let program = Program {
        graph: Arc::new(Mutex::new(String::new())),
        client: http_client(Duration::from_secs(5)).unwrap(),
        places: Arc::default(),
        seen: Arc::default(),
        sent: Arc::default(),
        posts: Arc::default(),
        one_number,
    };
    let mut options = SandboxOptions::new(address.clone());
    options.faults = faults;
    options.status_pace_ms = (1, 5);
    let tracker = options.tracker.clone();
    let router = Router::new().route("/webhook", post(webhook)).with_state(program.clone());
    let stopped = shutdown.clone();
    tracker.spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(stopped.cancelled_owned())
            .await
            .unwrap();
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sandbox = serve(options, listener, shutdown.clone()).await.unwrap();
    *program.graph.lock() = sandbox.base_url();
    let stop = shutdown.clone().drop_guard();
    World { sandbox, program, webhook: address, tracker, shutdown, _stop: stop }
}

fn plan(citizens: usize) -> CitizenPlan {
    CitizenPlan {
        citizens,
        rate: 200.0,
        settle: Duration::from_millis(60),
        patience: Duration::from_millis(1500),
        limit: Duration::from_secs(20),
        ..CitizenPlan::default()
    }
}

#[tokio::test]
async fn citizens_walk_through_join() {
    let world = world(Faults::none(), false).await;
    let script = Script::shipped("join").unwrap();
    let report =
        play(&world.sandbox, script, &plan(12), &world.tracker, &world.shutdown).await.unwrap();
    assert_eq!(report.joined, 12, "{report}");
    assert_eq!((report.asked_again, report.not_begun), (0, 0), "{report}");
    // The word, four answers, the yes to news.
    assert_eq!(report.messages, 12 * 6, "{report}");
    assert_eq!(report.acked.count, 12 * 6);
    assert_eq!(report.replied.count, 12 * 6);
    assert!(report.replied.p50 > 0.0);
    let verdict = &report.summary.verdict;
    assert_eq!((verdict.acked, verdict.unanswered.len()), (72, 0), "{report}");
    assert!(verdict.refused.is_empty() && verdict.duplicates.is_empty(), "{report}");
    assert!(report.shared_numbers.is_empty());
}

#[tokio::test]
async fn a_citizen_nobody_answers_is_stuck_and_said_so() {
    // The program does not retry: every refused send leaves somebody waiting.
    let world = world(Faults { server_error: 1.0, ..Faults::none() }, false).await;
    let script = Script::shipped("join").unwrap();
    let report =
        play(&world.sandbox, script, &plan(3), &world.tracker, &world.shutdown).await.unwrap();
    assert_eq!(report.joined, 0);
    assert_eq!(report.stuck.get("(nothing came)"), Some(&3), "{report}");
    assert_eq!(report.summary.verdict.unanswered.len(), 3);
}

#[tokio::test]
async fn one_number_for_two_citizens_is_found() {
    let world = world(Faults::none(), true).await;
    let script = Script::shipped("join").unwrap();
    let report =
        play(&world.sandbox, script, &plan(2), &world.tracker, &world.shutdown).await.unwrap();
    assert_eq!(report.shared_numbers, ["UP-0000-0007-1"]);
    assert!(report.to_string().contains("WRONG"));
}

#[tokio::test]
async fn the_time_of_a_load_is_bounded() {
    let world = world(Faults::none(), false).await;
    let script = Script::shipped("join").unwrap();
    let short = CitizenPlan { rate: 2.0, limit: Duration::from_millis(700), ..plan(1000) };
    let begun = std::time::Instant::now();
    let report = play(&world.sandbox, script, &short, &world.tracker, &world.shutdown).await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(report.unwrap().not_begun > 900);
}

fn raw(world: &World, envelopes: usize, updates: usize) -> RawPlan {
    RawPlan {
        webhook: world.webhook.clone(),
        replicas: Vec::new(),
        app_secret: DEFAULT_APP_SECRET.to_owned(),
        business: Business::default(),
        envelopes,
        updates,
        citizens: 10,
        texts: vec!["सदस्य".to_owned()],
        connections: 4,
        limit: Duration::from_secs(10),
        rate: None,
        run: "R".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn every_raw_envelope_arrives_once() {
    let world = world(Faults::none(), false).await;
    let report = pour(&raw(&world, 30, 3), &world.tracker, &world.shutdown).await.unwrap();
    assert_eq!(report.answers, std::collections::BTreeMap::from([(200, 30)]), "{report}");
    assert_eq!((report.envelopes, report.updates, report.took.count), (30, 90, 30));
    assert_eq!(world.program.posts.load(Ordering::SeqCst), 30);
    assert_eq!(world.program.seen.lock().len(), 90);
}

#[tokio::test]
async fn a_steady_rate_takes_its_time() {
    let world = world(Faults::none(), false).await;
    let plan = RawPlan { rate: Some(50.0), ..raw(&world, 20, 1) };
    let report = pour(&plan, &world.tracker, &world.shutdown).await.unwrap();
    assert!(report.seconds >= 0.38, "{report}");
    assert_eq!(report.envelopes, 20);
}

#[tokio::test]
async fn raw_load_without_anybody_listening_is_an_error() {
    let world = world(Faults::none(), false).await;
    let plan = RawPlan { webhook: "http://127.0.0.1:1/".to_owned(), ..raw(&world, 5, 1) };
    let report = pour(&plan, &world.tracker, &world.shutdown).await;
    assert!(matches!(report, Err(LoadError::Connect(_))));
}
