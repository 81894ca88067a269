//! The whole house: the sandbox in this process, the real program beside it, their secrets shared.
//!
//! A house of several replicas has a balancer before them: the sandbox knows its address alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::clock::{Clock, Ids};
use samvad::config::{CallVendor, Config, Origins};
use samvad::sandbox::calls::CallAccount;
use samvad::sandbox::options::{
    DEFAULT_ACCESS_TOKEN, DEFAULT_APP_SECRET, DEFAULT_VERIFY_TOKEN, Retry,
};
use samvad::sandbox::sms::Vendor;
use samvad::sandbox::{self, SandboxHandle, SandboxOptions};
use samvad::serve::{Deps, serve};
use samvad::vital::Vital;

use super::balancer::Balancer;
use super::replica::{Begin, Replica};
use super::server::{Server, free_port};
use super::vendors;

/// Whether the long forms were asked for (`scripts/test --all`).
pub(crate) fn all() -> bool {
    std::env::var_os("LONG_TESTS").is_some()
}

/// How a house differs from the usual one.
#[derive(Default)]
pub(crate) struct Plan {
    /// A file in the data folder when empty.
    pub(crate) records: String,
    /// `memory` when empty.
    pub(crate) state: String,
    /// How many replicas of the program there are; 0 and 1 are one, without a balancer.
    pub(crate) replicas: usize,
    /// More variables of the configuration, over the usual ones.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// The vendors of short messages that the sandbox plays; the program has an account at each, named
    /// after it.
    pub(crate) sms: &'static [Vendor],
    /// The vendors of missed calls that it plays; a call begins `join` and is answered by the first vendor of
    /// short messages.
    pub(crate) calls: &'static [CallVendor],
    /// Changes to the sandbox before it starts.
    pub(crate) sandbox: Option<fn(&mut SandboxOptions)>,
    /// The time of the sandbox, and of a program that is [served here](House::serve_here).
    pub(crate) clock: Option<Clock>,
}

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) sandbox: SandboxHandle,
    /// The first replica's port; the only one, mostly.
    pub(crate) port: u16,
    pub(crate) ports: Vec<u16>,
    balancer: Option<Balancer>,
    settings: Vec<(&'static str, String)>,
    clock: Clock,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl House {
    /// Starts the sandbox; the program is started by [`House::start`].
    pub(crate) async fn new(plan: Plan) -> House {
        let folder = tempfile::tempdir().unwrap();
        let replicas = plan.replicas.max(1);
        let ports: Vec<u16> = (0..replicas).map(|_| free_port()).collect();
        let port = ports[0];
        let balancer = (replicas > 1).then(|| Balancer::start(&ports));
        let front = balancer.as_ref().map_or(port, |balancer| balancer.address.port());
        let mut options =
            SandboxOptions::new(format!("http://127.0.0.1:{front}/webhooks/whatsapp"));
        options.retry = Retry {
            first: Duration::from_millis(100),
            longest: Duration::from_millis(800),
            ..Retry::default()
        };
        if replicas > 1 {
            // Requests that wait for a replica that hangs leave room for those to the others.
            options.connections = 128;
        }
        let clock = plan.clock.unwrap_or(Clock::System);
        options.clock = clock.clone();
        options.sms = plan.sms.iter().map(|vendor| vendors::account(*vendor, front)).collect();
        let program = format!("http://127.0.0.1:{front}");
        let number = |vendor: &CallVendor| CallAccount::new(*vendor, &program);
        options.calls = plan.calls.iter().map(number).collect();
        let numbers = options.calls.clone();
        if let Some(change) = plan.sandbox {
            change(&mut options);
        }
        let number = options.businesses[0].phone_number_id.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stop = CancellationToken::new();
        let sandbox = sandbox::serve(options, listener, stop.clone()).await.unwrap();
        let state = if plan.state.is_empty() { "memory".to_owned() } else { plan.state };
        let mut settings = vec![
            ("SAMVAD_STATE", state),
            ("SAMVAD_WHATSAPP_ENABLED", "true".to_owned()),
            ("SAMVAD_WHATSAPP_ACKNOWLEDGE_POLICY", "true".to_owned()),
            ("SAMVAD_WHATSAPP_NUMBERS", number),
            ("SAMVAD_WHATSAPP_GRAPH_URL", sandbox.graph_url()),
            ("SAMVAD_WHATSAPP_THROUGHPUT", "1000".to_owned()),
            ("SAMVAD_WHATSAPP_VERIFY_TOKEN", DEFAULT_VERIFY_TOKEN.to_owned()),
            ("SAMVAD_WHATSAPP_APP_SECRET", DEFAULT_APP_SECRET.to_owned()),
            ("SAMVAD_WHATSAPP_ACCESS_TOKEN", DEFAULT_ACCESS_TOKEN.to_owned()),
            ("SAMVAD_DELIVERY_TIMEOUT_SECONDS", "3".to_owned()),
            ("SAMVAD_DELIVERY_LEASE_SECONDS", "20".to_owned()),
            ("SAMVAD_DELIVERY_UNKNOWN_AFTER_SECONDS", "4".to_owned()),
            ("SAMVAD_DELIVERY_SWEEP_SECONDS", "1".to_owned()),
        ];
        if !plan.sms.is_empty() {
            settings.extend(vendors::configure(folder.path(), front, &sandbox, plan.sms, &numbers));
        }
        if !plan.records.is_empty() {
            settings.push(("SAMVAD_RECORDS", plan.records));
        }
        if replicas > 1 {
            // One key for all of them, or each could read only what it wrote itself.
            let keys = folder.path().join("keys.toml");
            settings.push(("SAMVAD_KEY_FILE", keys.display().to_string()));
            #[expect(clippy::cast_precision_loss, reason = "a handful")]
            let share = 1.0 / replicas as f64;
            settings.push(("SAMVAD_DELIVERY_SHARE_WITHOUT_STATE", share.to_string()));
        }
        for (name, value) in plan.settings {
            settings.retain(|(known, _)| *known != name);
            settings.push((name, value));
        }
        House {
            folder,
            sandbox,
            port,
            ports,
            balancer,
            settings,
            clock,
            tasks: TaskTracker::new(),
            stop,
        }
    }

    /// Serves in this process, by the house's clock, until the house is gone. What the program would
    /// read from its environment it is told here.
    pub(crate) async fn serve_here(&self) {
        let config = self.config();
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let deps = Deps {
            clock: self.clock.clone(),
            ids: Ids::system(),
            announce: false,
            vital: Vital::default(),
        };
        let stop = self.stop.child_token();
        self.tasks.spawn(async move { serve(config, listener, stop, deps).await.unwrap() });
    }

    /// The variables of the configuration that every start gets.
    pub(crate) fn settings(&self) -> &[(&'static str, String)] {
        &self.settings
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the program on the house's port; again after a kill.
    pub(crate) fn start(&self) -> Server {
        self.start_replica(0)
    }

    /// The same for one of several replicas, counted from 0.
    pub(crate) fn start_replica(&self, replica: usize) -> Server {
        Server::start(&self.data_of(replica), self.ports[replica], &self.settings)
    }

    /// Starts every replica under a supervisor, and waits until all are up.
    pub(crate) async fn supervise_all(&self) -> Vec<Replica> {
        let begin = |replica| Begin {
            data: self.data_of(replica),
            port: self.ports[replica],
            settings: self.settings.clone(),
        };
        let mut replicas: Vec<Replica> = Vec::new();
        for replica in 0..self.ports.len() {
            // One after the other: the first makes the key.
            replicas.push(Replica::start(begin(replica)));
            until_up(&replicas).await;
        }
        replicas
    }

    /// The balancer of a house of several replicas.
    pub(crate) fn balancer(&self) -> &Balancer {
        self.balancer.as_ref().expect("a house of several replicas")
    }

    /// What an office's command prints, beside the running server.
    pub(crate) fn office(&self, words: &[&str]) -> String {
        let output = self.terminal(words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it says when it refuses.
    pub(crate) fn office_fails(&self, words: &[&str]) -> String {
        let output = self.terminal(words);
        assert!(!output.status.success(), "{words:?} succeeded");
        String::from_utf8(output.stderr).unwrap()
    }

    /// What it comes to, whichever way.
    pub(crate) fn terminal(&self, words: &[&str]) -> Output {
        self.at_terminal(words).output().unwrap()
    }

    /// The same, to be watched and killed.
    pub(crate) fn begins(&self, words: &[&str]) -> Child {
        self.at_terminal(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn at_terminal(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
        command
            .args(words)
            .arg("--data")
            .arg(self.data())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    }

    /// What its programs are configured by.
    pub(crate) fn config(&self) -> Config {
        let settings = self.settings.iter();
        let mut environment: Vec<(String, String)> =
            settings.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        environment.push(("SAMVAD_DATA".to_owned(), self.data().display().to_string()));
        let named = self.settings.iter().find(|(name, _)| *name == "SAMVAD_CONFIG");
        let file = named.map(|(_, path)| (PathBuf::from(path), fs::read_to_string(path).unwrap()));
        Config::read(&Origins { environment, file, ..Origins::default() }).unwrap()
    }

    fn data_of(&self, replica: usize) -> PathBuf {
        if replica == 0 { self.data() } else { self.folder.path().join(format!("data-{replica}")) }
    }

    /// Every file of the data folder and every log, as one list of (name, bytes).
    pub(crate) fn everything_on_disk(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        read_folder(self.folder.path(), &mut files);
        files
    }

    /// One number of `/metrics`, of the first replica: right for what is read from the records
    /// (members, outgoing by status), which every replica tells alike.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        metric(self.port, name).await
    }

    /// The same number of every replica, added up: right for what each counts for itself since its
    /// start. All of them must be running.
    pub(crate) async fn metric_of_all(&self, name: &str) -> u64 {
        let mut sum = 0;
        for port in &self.ports {
            sum += metric(*port, name).await;
        }
        sum
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // For whoever looks for the reason.
            self.folder.disable_cleanup(true);
            eprintln!("logs and data of the failed test are in {}", self.folder.path().display());
        }
        self.stop.cancel();
    }
}

/// Waits until all of these are up.
pub(crate) async fn until_up(replicas: &[Replica]) {
    let until = Instant::now() + Duration::from_mins(2);
    while !replicas.iter().all(Replica::is_up) {
        assert!(Instant::now() < until, "a replica does not come up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The value of the line of `/metrics` that begins with `name` (labels included).
pub(crate) async fn metric(port: u16, name: &str) -> u64 {
    let url = format!("http://127.0.0.1:{port}/metrics");
    let text = client().get(url).send().await.unwrap().text().await.unwrap();
    let line =
        text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.unwrap_or_else(|| panic!("no metric {name} in\n{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// A plain client with a timeout.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap()
}

fn read_folder(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, files);
        } else {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}
