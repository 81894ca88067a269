//! What rests, marks, and the parts a gateway has, through the real program that is killed in between.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tempfile::TempDir;

use crate::kannel::gateway;
use crate::support::house::{client, metric};
use crate::support::kannel::{SECRET, accounts};
use crate::support::raw::Raw;
use crate::support::server::{Server, free_port};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server whose gateway answers each part as the test says.
struct Office {
    folder: TempDir,
    port: u16,
    settings: Vec<(&'static str, String)>,
    server: Server,
}

impl Office {
    fn open(gateway: &str) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let (file, mut settings) = accounts(gateway, port);
        let path = folder.path().join("office.toml");
        std::fs::write(&path, file).unwrap();
        settings.extend([
            ("SAMVAD_CONFIG", path.display().to_string()),
            ("SAMVAD_DELIVERY_TIMEOUT_SECONDS", "5".to_owned()),
            ("SAMVAD_DELIVERY_LEASE_SECONDS", "25".to_owned()),
            ("SAMVAD_DELIVERY_SWEEP_SECONDS", "1".to_owned()),
        ]);
        let server = Server::start(&folder.path().join("data"), port, &settings);
        Office { folder, port, settings, server }
    }

    /// Dies without a word, and another begins.
    fn die_and_start_again(&mut self) {
        self.server.kill();
        self.server = Server::start(&self.data(), self.port, &self.settings);
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn raw(&self) -> Raw {
        Raw::open(&format!("sqlite://{}", self.data().join("samvad.db").display()))
    }

    /// Brings what a person wrote.
    async fn hears(&self, from: &str) {
        let url = self.server.url(&format!("/webhooks/sms/operator/{SECRET}/inbound?id={from}"));
        let call = client().post(url).header("X-Kannel-From", from).header("X-Kannel-To", "56161");
        let call = call.header("Content-Type", "text/plain; charset=\"UTF-8\"");
        assert_eq!(call.body("सदस्य बनना है").send().await.unwrap().status(), 200);
    }

    /// Brings the operator's word about the newest message.
    async fn is_told(&self, bits: &str, code: &str) {
        let rows = self.raw().query("SELECT id, created FROM outgoing ORDER BY id DESC LIMIT 1");
        let id = format!("sv1.{}.{}", rows[0][0].as_ref().unwrap(), rows[0][1].as_ref().unwrap());
        let answer = format!("stat%3AREJECTD+err%3A{code}+text%3A");
        let path = format!(
            "/webhooks/sms/operator/{SECRET}/report?id={id}&part=3&of=3&t={bits}&answer={answer}"
        );
        assert_eq!(client().get(self.server.url(&path)).send().await.unwrap().status(), 200);
    }

    async fn until(&self, what: &str, is_so: impl AsyncFn(&Office) -> bool) {
        let reached = async {
            while !is_so(self).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, reached).await.is_ok();
        assert!(came, "{what} never came; the server said:\n{}", self.server.log_text());
    }

    async fn until_status(&self, status: &str, wanted: u64) {
        let name = format!("samvad_outgoing{{status=\"{status}\"}}");
        self.until(status, async |office| metric(office.port, &name).await == wanted).await;
    }

    /// A command of the office, beside the server.
    fn samvad(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
        command.args(arguments).arg("--data").arg(self.data()).current_dir(Path::new("/"));
        command.envs(self.settings.iter().map(|(name, value)| (*name, value.as_str())));
        let output = command.output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    }
}

/// A gateway that answers part 2 as it stands in the word, and tells of every part.
fn scripted(word: &Arc<Mutex<&'static str>>) -> (String, mpsc::Receiver<String>) {
    let (tell, told) = mpsc::channel();
    let word = Arc::clone(word);
    let url = gateway(move |_count, part| {
        // `doctor` asks without a message.
        if !part.is_empty() {
            let _ = tell.send(part.to_owned());
        }
        Some(if part == "2" { *word.lock().unwrap() } else { "202 Accepted" })
    });
    (url, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_refused_between_two_parts_rests_over_a_restart_and_goes_on_with_the_part()
 {
    let word = Arc::new(Mutex::new("403 Forbidden"));
    let (url, parts) = scripted(&word);
    let mut office = Office::open(&url);
    office.hears("+919812345678").await;
    let rests = "samvad_resting_seconds{channel=\"sms\",kind=\"account\",name=\"operator\",account=\"operator\",code=\"0\"}";
    office
        .until("a rest", async |office| office.samvad(&["holds", "list"]).contains("rests"))
        .await;
    office.until_status("queued", 1).await;
    assert!(metric(office.port, rests).await > 0);
    office.die_and_start_again();
    office.until_status("queued", 1).await;
    let list = office.samvad(&["holds", "list"]);
    assert!(list.contains("sms operator: rests since"), "{list}");
    assert!(list.contains("HTTP status 403") && list.contains("1 thing rests."), "{list}");
    let doctor = office.samvad(&["doctor"]);
    assert!(doctor.contains("WRONG  sms operator: rests since"), "{doctor}");
    assert!(doctor.contains("`samvad holds release operator`"), "{doctor}");

    // The office mends it and says so.
    *word.lock().unwrap() = "202 Accepted";
    let released = office.samvad(&["holds", "release", "operator"]);
    assert!(released.contains("operator rests no more"), "{released}");
    office.until_status("sent", 1).await;
    let parts: Vec<String> = parts.try_iter().collect();
    assert_eq!(parts, ["1", "2", "2", "3"], "no part is handed over twice");
    assert!(office.samvad(&["holds", "list"]).contains("nothing rests."));

    // What reports say.
    office.is_told("2", "650").await;
    assert_eq!(office.raw().rows("contacts WHERE no_promotion IS NOT NULL"), 1);
    office.until_status("failed", 1).await;
    office.is_told("2", "623").await;
    let list = office.samvad(&["holds", "list"]);
    assert!(list.contains("623 PEID_NOT_MATCHED_WITH_HEADER"), "{list}");
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_two_parts_a_message_is_listed_as_unknown_and_no_part_goes_twice() {
    let (tell, told) = mpsc::channel();
    // At the first second part the line stays silent until the caller is gone.
    let (is_gone, wait) = mpsc::channel::<()>();
    let hangs = Mutex::new(true);
    let url = gateway(move |_count, part| {
        let _ = tell.send(part.to_owned());
        if part == "2" && std::mem::take(&mut *hangs.lock().unwrap()) {
            let _ = wait.recv();
            return None;
        }
        Some("202 Accepted")
    });
    let mut office = Office::open(&url);
    office.hears("+919812345678").await;
    let mut parts = Vec::new();
    while parts.len() < 2 {
        parts.push(told.recv_timeout(PATIENCE).unwrap());
    }
    office.die_and_start_again();
    is_gone.send(()).unwrap();
    office.until_status("unknown", 1).await;
    // Somebody else's message goes whole.
    office.hears("+919812345679").await;
    office.until_status("sent", 1).await;
    parts.extend(told.try_iter());
    assert_eq!(parts, ["1", "2", "1", "2", "3"]);
    office.until_status("unknown", 1).await;
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operators_failed_to_look_at_goes_again() {
    let word = Arc::new(Mutex::new("202 Accepted"));
    let (url, parts) = scripted(&word);
    let office = Office::open(&url);
    office.hears("+919812345678").await;
    office.until_status("sent", 1).await;
    for _time in 0..2 {
        office.is_told("2", "670").await;
    }
    office.until_status("queued", 1).await;
    // It waits for half a minute; the office does not.
    office.raw().execute("UPDATE outgoing SET not_before = 0");
    office.until_status("sent", 1).await;
    let parts: Vec<String> = parts.try_iter().collect();
    assert_eq!(parts, ["1", "2", "3", "1", "2", "3"]);
    office.server.stop();
}
