//! An SMS aggregator at the other end: it takes what is sent, as Exotel does, and calls us with what
//! people write.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Form, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::house::client;

/// The part of the path that only the gateway knows.
pub(crate) const SECRET: &str = "0123456789abcdef";

/// How long a message may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was sent: the number with its country, and the words.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

pub(crate) struct Gateway {
    url: String,
    folder: TempDir,
    sent: Sent,
    said: Mutex<u32>,
    _stop: DropGuard,
}

impl Gateway {
    pub(crate) async fn start() -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sent = Sent::default();
        let app = Router::new()
            .route("/v1/Accounts/{sid}/Sms/send.json", post(take))
            .with_state(Arc::clone(&sent));
        let stop = CancellationToken::new();
        let served =
            axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
        TaskTracker::new().spawn(async move { served.await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        Gateway { url, folder, sent, said: Mutex::new(0), _stop: stop.drop_guard() }
    }

    /// The settings of a server that sends by it, account `party`; `more` is written to the same file.
    pub(crate) fn settings(&self, more: &str) -> Vec<(&'static str, String)> {
        let file = format!(
            "[sms]\ncallback_url = \"http://127.0.0.1:9\"\n[sms.accounts.party]\n\
             road = \"exotel\"\nfrom = \"UPSMVD\"\nbase = \"{}\"\nusername = \"samvad\"\n\
             values = {{ sid = \"samvad1\" }}\nentity = \"1101\"\ntemplate = \"1107\"\n\
             templates_at_vendor = true\n\
             allow = [\"127.0.0.1\"]\n{more}",
            self.url
        );
        let path = self.folder.path().join("office.toml");
        std::fs::write(&path, file).unwrap();
        vec![
            ("SAMVAD_CONFIG", path.display().to_string()),
            ("SAMVAD_SMS_ACCOUNTS_PARTY_PASSWORD", "token".to_owned()),
            ("SAMVAD_SMS_ACCOUNTS_PARTY_SECRET", SECRET.to_owned()),
        ]
    }

    /// Brings a person's message to the server at this port; the number as the operator writes it.
    pub(crate) async fn brings(&self, port: u16, from: &str, text: &str) {
        let id = {
            let mut said = self.said.lock().unwrap();
            *said += 1;
            format!("sms{said}")
        };
        let url = format!("http://127.0.0.1:{port}/webhooks/sms/party/{SECRET}/inbound");
        let fields =
            [("SmsSid", id.as_str()), ("From", from), ("To", "9512295122"), ("Body", text)];
        let url = reqwest::Url::parse_with_params(&url, fields).unwrap();
        let answer = client().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());
    }

    /// The same, and the replies that come of it, of which there must be so many.
    pub(crate) async fn says(
        &self,
        port: u16,
        from: &str,
        text: &str,
        replies: usize,
    ) -> Vec<String> {
        let digits: String = from.chars().filter(char::is_ascii_digit).collect();
        let number = format!("+91{}", &digits[digits.len() - 10..]);
        let before = self.screen(&number).len();
        self.brings(port, from, text).await;
        self.until(&number, before + replies).await[before..].to_vec()
    }

    /// What came to a number (`+919812345678`), once it is so many messages.
    pub(crate) async fn until(&self, number: &str, count: usize) -> Vec<String> {
        let came = async {
            while self.screen(number).len() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, came).await;
        let screen = self.screen(number);
        assert_eq!(screen.len(), count, "{screen:#?}");
        screen
    }

    /// What came to a number so far.
    pub(crate) fn screen(&self, number: &str) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        let to_it = sent.iter().filter(|(to, _)| to == number);
        to_it.map(|(_, text)| text.clone()).collect()
    }
}

async fn take(State(sent): State<Sent>, Form(fields): Form<Vec<(String, String)>>) -> Json<Value> {
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut sent = sent.lock().unwrap();
    sent.push((field("To"), field("Body")));
    Json(json!({"SMSMessage": {"Sid": format!("sid{}", sent.len()), "Status": "queued"}}))
}
