//! The phone simulator's page in real Chromium and its routes, before a scripted stand-in.

use std::time::Duration;

use reqwest::StatusCode;
use samvad::console::simulator::PerAddress;
use samvad::flow::Rendering;
use samvad::message::Status;
use serde_json::{Value, json};

use crate::support::browser::{Browser, SeenBubble};
use crate::support::desk::{ScriptedDesk, SimulatorServer, every_other_kind};

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_joins_in_hindi_by_typing_and_tapping() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let browser = Browser::start().await;
    let phone = browser.phone(&server.origin).await;
    browser.screenshot("simulator-begin").await;

    phone.say("नमस्ते").await;
    let greeting = phone.answer("क्या करना है?").await;
    assert_eq!(greeting.buttons, ["यहाँ चुनिए"]);
    phone.tap("सदस्य बनें").await;
    phone.answer("सहमत हैं?").await;
    phone.tap("हाँ, सहमत हूँ").await;
    phone.answer("आपका पूरा नाम").await;
    phone.field_reads("step", "name").await;
    phone.say("सुनीता विश्वकर्मा").await;
    phone.answer("जिला कौन-सा").await;
    browser.screenshot("simulator-desktop").await;
    phone.tap("श्रावस्ती").await;
    phone.answer("सब ठीक है?").await;
    phone.field_reads("answer:district", "श्रावस्ती").await;
    phone.tap("हाँ, सही है").await;
    phone.answer("UP-2047-1183-6").await;
    assert_eq!(phone.field("member-number").await, "UP-2047-1183-6");
    browser.screenshot("simulator-member").await;
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_keeps_its_thread_over_reload_and_restart_and_a_new_phone_is_a_new_person() {
    let first = SimulatorServer::start(ScriptedDesk::new()).await;
    let browser = Browser::start().await;
    let phone = browser.phone(&first.origin).await;
    phone.say("सदस्य").await;
    phone.answer("सहमत हैं?").await;
    let id = phone.id().await;
    let before = phone.bubbles().await;

    browser.client.refresh().await.unwrap();
    phone.ready().await;
    assert_eq!(phone.id().await, id);
    assert_eq!(words_of(&phone.bubbles().await), words_of(&before));

    let again = SimulatorServer::start(first.desk.restarted()).await;
    browser.client.goto(&format!("{}/simulator#{id}", again.origin)).await.unwrap();
    phone.ready().await;
    assert_eq!(words_of(&phone.bubbles().await), words_of(&before));
    phone.tap("हाँ, सहमत हूँ").await;
    phone.answer("आपका पूरा नाम").await;

    phone.renew().await;
    assert_ne!(phone.id().await, id);
    assert!(phone.bubbles().await.is_empty());
    browser.close().await;
}

fn words_of(bubbles: &[SeenBubble]) -> Vec<String> {
    bubbles.iter().map(|bubble| format!("{}: {}", bubble.from, bubble.words)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flow_shows_as_numbered_sms_on_the_same_phone() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let browser = Browser::start().await;
    let phone = browser.phone(&server.origin).await;
    phone.say("सदस्य").await;
    phone.answer("सहमत हैं?").await;
    phone.rendering("sms").await;
    assert!(phone.bubbles().await.is_empty());
    phone.say("हाँ").await;
    phone.answer("आपका पूरा नाम").await;
    phone.say("राम प्रसाद").await;
    let district = phone.answer("जिला कौन-सा").await;
    assert!(district.words.contains("5. श्रावस्ती"), "{}", district.words);
    assert!(district.buttons.is_empty());
    phone.say("5").await;
    phone.answer("जिला: श्रावस्ती").await;
    browser.screenshot("simulator-sms").await;
    phone.rendering("whatsapp").await;
    assert_eq!(phone.bubbles().await.len(), 2);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_fits_a_phone_and_shows_every_kind_in_light_and_dark() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let browser = Browser::start().await;
    browser.resize(390, 844);
    let phone = browser.phone(&server.origin).await;
    browser.screenshot("simulator-narrow-begin").await;
    phone.say("सदस्य").await;
    phone.answer("सहमत हैं?").await;
    browser.screenshot("simulator-narrow").await;
    phone.tap("हाँ, सहमत हूँ").await;
    phone.answer("आपका पूरा नाम").await;
    phone.say("मोहम्मद इरफान सिद्दीकी").await;
    phone.answer("जिला कौन-सा").await;
    press(&browser, ".bubble.office .opener").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.screenshot("simulator-narrow-list").await;
    press(&browser, "#sheet-close").await;
    press(&browser, "#open-session").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.screenshot("simulator-narrow-session").await;
    press(&browser, "#session .panel-close").await;
    press(&browser, "#open-flows").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.screenshot("simulator-narrow-flows").await;
    press(&browser, "#flows .panel-close").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    for content in every_other_kind() {
        server.desk.push(&phone.id().await, Rendering::Whatsapp, content);
    }
    phone.answer("ज़रूरी").await;
    browser.screenshot("simulator-narrow-office-kinds").await;
    for kind in ["photo", "voice", "location"] {
        press(&browser, "#attach").await;
        let row = format!(
            "#sheet-rows li:nth-child({}) .row",
            match kind {
                "photo" => 1,
                "voice" => 2,
                _ => 3,
            }
        );
        press(&browser, &row).await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    browser.screenshot("simulator-narrow-kinds").await;
    let wide = browser.client.execute("return document.documentElement.scrollWidth", vec![]).await;
    assert_eq!(wide.unwrap(), json!(390), "the page must not scroll sideways");
    // A keyboard slides up, or the phone is turned.
    for (width, height) in [(390, 460), (844, 390)] {
        browser.resize(width, height);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let script = "const thread = document.getElementById('thread');
            return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 2";
        let is_at_end = browser.client.execute(script, vec![]).await;
        assert_eq!(is_at_end.unwrap(), json!(true), "the newest message hides at {width}×{height}");
    }
    browser.screenshot("simulator-turned").await;
    browser.resize(900, 700);
    tokio::time::sleep(Duration::from_millis(200)).await;
    browser.screenshot("simulator-middle").await;
    browser.resize(390, 844);
    browser.dark(true);
    browser.screenshot("simulator-narrow-dark").await;
    browser.resize(1280, 800);
    press(&browser, "#language").await;
    browser.screenshot("simulator-desktop-dark-english").await;
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.close().await;
}

async fn press(browser: &Browser, selector: &str) {
    let found = browser.client.find_all(fantoccini::Locator::Css(selector)).await.unwrap();
    let last = found.last().unwrap_or_else(|| panic!("no {selector}"));
    if let Err(error) = last.click().await {
        browser.screenshot("not-pressed").await;
        panic!("{selector} cannot be pressed: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_again_gets_the_message_once_and_in_order() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let browser = Browser::start().await;
    let phone = browser.phone(&server.origin).await;
    server.desk.refuse(2);
    phone.say("सदस्य").await;
    phone.answer("सहमत हैं?").await;
    assert_eq!(server.desk.taken(), 1);
    let person: Vec<SeenBubble> =
        phone.bubbles().await.into_iter().filter(|bubble| bubble.from == "person").collect();
    assert_eq!(person.len(), 1);
    server.desk.flows_changed();
    let toast = browser.client.wait().for_element(fantoccini::Locator::Css("#toast:not([hidden])"));
    assert_eq!(toast.await.unwrap().text().await.unwrap(), "बातचीत की फाइलें बदल गईं। नया रूप चालू है।");
    browser.close().await;
}

// ---- the routes alone ---------------------------------------------------------------------------

struct Caller {
    client: reqwest::Client,
    api: String,
}

impl Caller {
    fn new(server: &SimulatorServer) -> Caller {
        // Another test may have installed it first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().build().unwrap();
        Caller { client, api: format!("{}/simulator/api", server.origin) }
    }

    async fn new_phone(&self) -> String {
        let answer = self.client.post(format!("{}/phones", self.api)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}/{path}", self.api)).json(&body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn session(&self, phone: &str) -> Value {
        let address = format!("{}/phones/{phone}/session", self.api);
        self.client.get(address).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn people_at_once_do_not_share_a_session() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let caller = Caller::new(&server);
    let (one, other) = (caller.new_phone().await, caller.new_phone().await);
    assert_ne!(one, other);
    let say = async |phone: &str, words: &str| {
        let path = format!("phones/{phone}/messages");
        caller.post(&path, json!({"rendering": "whatsapp", "text": words})).await
    };
    assert_eq!(say(&one, "सदस्य").await.0, StatusCode::OK);
    assert_eq!(caller.session(&one).await["conversation"]["step"], "consent");
    assert_eq!(caller.session(&other).await, Value::Null);
    assert_eq!(say(&other, "सदस्य").await.0, StatusCode::OK);
    assert_eq!(say(&other, "हाँ").await.0, StatusCode::OK);
    assert_eq!(caller.session(&one).await["conversation"]["step"], "consent");
    assert_eq!(caller.session(&other).await["conversation"]["step"], "name");
}

#[tokio::test]
async fn the_same_key_is_taken_once_and_a_refusal_names_its_field() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let caller = Caller::new(&server);
    let path = format!("phones/{}/messages", caller.new_phone().await);
    let body = json!({"key": "0123456789", "rendering": "sms", "text": "सदस्य"});
    assert_eq!(caller.post(&path, body.clone()).await.0, StatusCode::OK);
    assert_eq!(caller.post(&path, body).await.0, StatusCode::OK);
    assert_eq!(server.desk.taken(), 1);

    let long = "क".repeat(4_097);
    let (status, answer) = caller.post(&path, json!({"rendering": "sms", "text": long})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer, json!({"error": "text: 4097 characters, at most 4096", "field": "text"}));
    let (status, answer) = caller.post(&path, json!({"rendering": "fax", "text": "1"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer["error"].as_str().unwrap().contains("rendering"), "{answer}");
    let (status, answer) = caller.post("phones/1/messages", json!({})).await;
    assert_eq!((status, &answer["field"]), (StatusCode::NOT_FOUND, &json!("id")));
    let foreign = caller.client.post(format!("{}/{path}", caller.api)).body("{}").send().await;
    assert_eq!(foreign.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_is_handed_over_is_reported_delivered_and_read_when_seen() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let caller = Caller::new(&server);
    let phone = caller.new_phone().await;
    let said = json!({"rendering": "whatsapp", "text": "सदस्य"});
    caller.post(&format!("phones/{phone}/messages"), said).await;
    until(|| server.desk.statuses() == [(1, Status::Delivered)]).await;
    caller.post(&format!("phones/{phone}/seen"), json!({"rendering": "whatsapp"})).await;
    until(|| server.desk.statuses() == [(1, Status::Delivered), (1, Status::Read)]).await;
}

async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..100 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came to be so");
}

#[tokio::test]
async fn one_address_cannot_flood_the_simulator() {
    let limit = PerAddress::new(0.001, 2.0);
    let server = SimulatorServer::start_limited(ScriptedDesk::new(), limit).await;
    let caller = Caller::new(&server);
    caller.new_phone().await;
    caller.new_phone().await;
    let answer = caller.client.post(format!("{}/phones", caller.api)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["retry-after"], "2");
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let server = SimulatorServer::start(ScriptedDesk::new()).await;
    let caller = Caller::new(&server);
    let page = caller.client.get(format!("{}/simulator", server.origin)).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    let html = page.text().await.unwrap();
    assert!(!html.contains(" style=") && !html.contains("onclick") && !html.contains("<style"));
    for (start, _) in html.match_indices("/simulator/assets/") {
        let end = html[start..].find('"').unwrap();
        let address = &html[start..start + end];
        let asset = caller.client.get(format!("{}{address}", server.origin)).send().await.unwrap();
        assert_eq!(asset.status(), StatusCode::OK, "{address}");
        let cached = asset.headers()["cache-control"].to_str().unwrap().to_owned();
        assert!(cached.contains("immutable"), "{address} is not named by its content");
    }
}
