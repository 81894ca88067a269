//! Real Chromium for tests, and the phone simulator's page in it.
//!
//! ```ignore
//! let browser = Browser::start().await;
//! let phone = browser.phone("http://127.0.0.1:8080").await;
//! phone.say("सदस्य").await;
//! phone.answer("सहमत हैं?").await;
//! phone.tap("हाँ, सहमत हूँ").await;
//! browser.screenshot("join").await;
//! browser.close().await;
//! ```

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// One Chromium with a profile of its own, driven by a chromedriver of its own.
pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: Driver,
}

/// The processes; stopped when dropped, also by a test that panics.
struct Driver {
    process: Child,
    port: u16,
    session: Option<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A headless desktop browser of 1280 × 800.
    pub(crate) async fn start() -> Browser {
        let profile = tempfile::tempdir().expect("a directory for the browser's profile");
        let (process, port) = started_driver();
        let data = format!("--user-data-dir={}", profile.path().display());
        let mut driver = Driver { process, port, session: None, _profile: profile };
        let mut arguments = vec![
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1280,800",
            "--lang=hi",
            &data,
        ];
        if shared_memory_is_small() {
            arguments.push("--disable-dev-shm-usage");
        }
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("written as an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromedriver starts a chromium");
        driver.session = client.session_id().await.expect("a session");
        let browser = Browser { client, driver };
        browser.resize(1280, 800);
        browser
    }

    /// Makes the page exactly this large, as a device of that size would show it. Narrower than
    /// 500 needs this: a window cannot be made so small.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.command("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Shows the page as a system in dark or light mode would.
    pub(crate) fn dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.command("Emulation.setEmulatedMedia", &media);
    }

    /// Writes what is on the screen to `target/screenshots/<name>.png`.
    pub(crate) async fn screenshot(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        let file = folder.join(format!("{name}.png"));
        let picture = self.client.screenshot().await.expect("a screenshot");
        std::fs::write(&file, picture).expect("the screenshot is written");
        file
    }

    /// What the page wrote to its console that a person should not have to see: errors, refusals
    /// of the content policy, files that did not load.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.post("se/log", &json!({"type": "browser"}));
        let entries = log["value"].as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .filter_map(|entry| entry["message"].as_str().map(str::to_owned))
            .collect()
    }

    /// Opens a new phone on the simulator's page of the server at `origin`.
    pub(crate) async fn phone(&self, origin: &str) -> Phone<'_> {
        // From one fragment to another the page would not be loaded anew.
        self.client.goto("about:blank").await.expect("an empty page");
        let address = format!("{origin}/simulator#new");
        self.client.goto(&address).await.expect("the simulator's page");
        let phone = Phone { browser: self };
        phone.ready().await;
        phone
    }

    /// Ends browser and driver in order.
    pub(crate) async fn close(mut self) {
        self.driver.session = None;
        let _ = self.client.clone().close().await;
    }

    fn command(&self, name: &str, parameters: &Value) {
        let answer = self.post("goog/cdp/execute", &json!({"cmd": name, "params": parameters}));
        assert!(answer["value"].get("error").is_none(), "{name}: {answer}");
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let session = self.driver.session.as_deref().unwrap_or_default();
        let path = format!("/session/{session}/{path}");
        let answer = request(self.driver.port, "POST", &path, &body.to_string());
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{path}: {error}: {answer}"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            // Chromium is not a child of ours: its driver must end it.
            let _ = request(self.port, "DELETE", &format!("/session/{session}"), "");
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A chromedriver and its port. It chooses a port on IPv6 and then insists on the same one on
/// IPv4, which another test may hold: it gives up then, and is started again.
fn started_driver() -> (Child, u16) {
    let mut said = String::new();
    for _ in 0..5 {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver must be installed (package chromium-driver)");
        let stdout = process.stdout.take().expect("chromedriver's output");
        if let Some(port) = started_on(BufReader::new(stdout), &mut said) {
            return (process, port);
        }
        process.wait().expect("the end of a chromedriver that gave up");
    }
    panic!("chromedriver did not start: {said}");
}

/// Reads chromedriver's greeting up to the port it chose; the rest is read away, so that it never
/// waits for us. None when it ended without one.
fn started_on(mut output: BufReader<std::process::ChildStdout>, said: &mut String) -> Option<u16> {
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).expect("chromedriver's output") == 0 {
            return None;
        }
        if let Some((_, port)) = line.rsplit_once("started successfully on port ") {
            std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            let port = port.trim().trim_end_matches('.');
            return Some(port.parse().unwrap_or_else(|_| panic!("no port in {line}")));
        }
        said.push_str(&line);
    }
}

/// One request to chromedriver without a runtime, for what fantoccini does not offer and for
/// `Drop`. Gives the body; it is empty when there was no answer.
fn request(port: u16, method: &str, path: &str, body: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
    // chromedriver keeps the connection, so the length says where the answer ends.
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if answer.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut bytes = vec![0; length];
    let _ = answer.read_exact(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Chromium needs some 64 MB and more of shared memory; containers often give just that.
fn shared_memory_is_small() -> bool {
    let output = Command::new("df").args(["-Pm", "/dev/shm"]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let free = text.ok().and_then(|text| {
        let line = text.lines().nth(1)?.to_owned();
        line.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    free.is_none_or(|megabytes| megabytes < 256)
}

/// One bubble of the thread, as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct SeenBubble {
    /// `office` or `person`.
    pub(crate) from: String,
    pub(crate) words: String,
    /// `sending`, `sent`, `delivered`, `read`, `failed`.
    pub(crate) status: String,
    /// What the buttons under it read.
    pub(crate) buttons: Vec<String>,
}

/// The simulator's page as its user holds it.
pub(crate) struct Phone<'a> {
    browser: &'a Browser,
}

impl Phone<'_> {
    /// Waits until the page has its phone and everything that was said on it.
    pub(crate) async fn ready(&self) {
        self.find("#phone[data-ready=yes]").await;
    }

    /// The phone's id, out of the page's address.
    pub(crate) async fn id(&self) -> String {
        let address = self.browser.client.current_url().await.expect("an address");
        address.fragment().unwrap_or_default().to_owned()
    }

    /// Types the words and presses Enter.
    pub(crate) async fn say(&self, words: &str) {
        let field = self.find("#text").await;
        if words.chars().all(|character| u32::from(character) <= 0xffff) {
            field.send_keys(words).await.expect("typed");
        } else {
            // chromedriver has no keys for emoji.
            let script = "document.getElementById('text').value = arguments[0]";
            self.browser.client.execute(script, vec![json!(words)]).await.expect("pasted");
        }
        field.send_keys("\u{e007}").await.expect("sent");
        self.wait(&format!("to show “{words}” as sent"), |bubbles| {
            let last = bubbles.iter().rfind(|bubble| bubble.from == "person");
            last.is_some_and(|bubble| bubble.words == words && is_stored(bubble))
        })
        .await;
    }

    /// Waits for a message of the office after the person's last one that holds these words.
    pub(crate) async fn answer(&self, words: &str) -> SeenBubble {
        let bubbles = self
            .wait(&format!("for an answer with “{words}”"), |bubbles| {
                answers(bubbles).iter().any(|bubble| bubble.words.contains(words))
            })
            .await;
        let found = answers(&bubbles).iter().find(|bubble| bubble.words.contains(words));
        found.expect("it was there a moment ago").clone()
    }

    /// Taps the newest button with this title; where there is none, opens the newest list and taps
    /// its row of this title.
    pub(crate) async fn tap(&self, title: &str) {
        if !self.press(".bubble.office .choice", title).await {
            let openers =
                self.browser.client.find_all(Locator::Css(".bubble.office .opener")).await;
            let openers = openers.expect("the thread");
            let opener = openers.last().unwrap_or_else(|| panic!("nothing to tap reads “{title}”"));
            opener.click().await.expect("the list opens");
            self.until(
                "the list stands still",
                "
                const sheet = document.getElementById('sheet');
                return !sheet.hidden && sheet.getAnimations().length === 0",
            )
            .await;
            assert!(self.press("#sheet .row", title).await, "no row of the list reads “{title}”");
        }
        self.wait(&format!("to show the tap on “{title}” as sent"), |bubbles| {
            let last = bubbles.iter().rfind(|bubble| bubble.from == "person");
            last.is_some_and(|bubble| bubble.words.ends_with(title) && is_stored(bubble))
        })
        .await;
    }

    /// Switches between the two threads: `whatsapp` or `sms`.
    pub(crate) async fn rendering(&self, rendering: &str) {
        let segment = self.find(&format!(".segment[data-rendering={rendering}]")).await;
        segment.click().await.expect("switched");
        self.find(&format!("#phone[data-rendering={rendering}]")).await;
    }

    /// Presses “नया फोन” and waits for the new person's empty thread.
    pub(crate) async fn renew(&self) {
        let old = self.id().await;
        self.find("#new-phone").await.click().await.expect("pressed");
        let start = std::time::Instant::now();
        while self.id().await == old {
            assert!(start.elapsed() < PATIENCE, "no new phone came");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.ready().await;
    }

    /// Every bubble of the thread that is shown.
    pub(crate) async fn bubbles(&self) -> Vec<SeenBubble> {
        let script = "return [...document.querySelectorAll('#thread .bubble[data-id]')].map((bubble) => ({
            from: bubble.dataset.from,
            status: bubble.dataset.status,
            words: [...bubble.querySelectorAll('.words, .card')].map((part) => part.innerText).join('\\n'),
            buttons: [...bubble.querySelectorAll('.choice, .opener')].map((button) => button.innerText),
        }))";
        let seen = self.browser.client.execute(script, vec![]).await.expect("the thread");
        serde_json::from_value(seen).expect("bubbles")
    }

    /// A value of the panel beside the phone by its `data-field` (`flow`, `step`, `visit`,
    /// `answer:<step>`, `member-number`, `language`), once it is there.
    pub(crate) async fn field(&self, name: &str) -> String {
        let selector = format!("#session [data-field='{name}']");
        self.find(&selector).await;
        // In one go: the panel is drawn anew with every turn.
        let script = format!("return document.querySelector({})?.textContent", json!(selector));
        let words = self.browser.client.execute(&script, vec![]).await.expect("its words");
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the panel's field reads so.
    pub(crate) async fn field_reads(&self, name: &str, words: &str) {
        let script = format!(
            "return document.querySelector({})?.textContent === {}",
            json!(format!("#session [data-field='{name}']")),
            json!(words)
        );
        self.until(&format!("{name} reads “{words}”"), &script).await;
    }

    /// Waits until the script, run in the page, returns `true`.
    async fn until(&self, what: &str, script: &str) {
        let start = std::time::Instant::now();
        while self.browser.client.execute(script, vec![]).await.expect("a script") != json!(true) {
            if start.elapsed() > PATIENCE {
                self.browser.screenshot("waited-in-vain").await;
                panic!("waited in vain until {what}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses the last element of this selector with this title; `false` when there is none.
    async fn press(&self, selector: &str, title: &str) -> bool {
        let found = self.browser.client.find_all(Locator::Css(selector)).await.expect("the page");
        for element in found.iter().rev() {
            // Not `text()`: that is empty for what is scrolled out of sight.
            let words = element.prop("innerText").await.ok().flatten().unwrap_or_default();
            if words == title || words.lines().next() == Some(title) {
                element.click().await.expect("it can be pressed");
                return true;
            }
        }
        false
    }

    async fn find(&self, selector: &str) -> fantoccini::elements::Element {
        let wait = self.browser.client.wait().at_most(PATIENCE);
        let found = wait.for_element(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("no {selector} on the page: {error}"))
    }

    async fn wait(&self, what: &str, is_so: impl Fn(&[SeenBubble]) -> bool) -> Vec<SeenBubble> {
        let start = std::time::Instant::now();
        loop {
            let bubbles = self.bubbles().await;
            if is_so(&bubbles) {
                return bubbles;
            }
            if start.elapsed() > PATIENCE {
                self.browser.screenshot("waited-in-vain").await;
                panic!("waited {what}; the phone shows {bubbles:#?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn is_stored(bubble: &SeenBubble) -> bool {
    matches!(bubble.status.as_str(), "delivered" | "read")
}

/// What the office said after the person's last message.
fn answers(bubbles: &[SeenBubble]) -> &[SeenBubble] {
    let last = bubbles.iter().rposition(|bubble| bubble.from == "person");
    &bubbles[last.map_or(0, |position| position + 1)..]
}
