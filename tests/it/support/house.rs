//! The whole house: the sandbox in this process, the real program beside it, their secrets shared.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use samvad::sandbox::options::{
    DEFAULT_ACCESS_TOKEN, DEFAULT_APP_SECRET, DEFAULT_VERIFY_TOKEN, Retry,
};
use samvad::sandbox::{self, SandboxHandle, SandboxOptions};

use super::server::{Server, free_port};

/// Whether the long forms were asked for (`scripts/test --all`).
pub(crate) fn all() -> bool {
    std::env::var_os("LONG_TESTS").is_some()
}

/// How a house differs from the usual one.
#[derive(Default)]
pub(crate) struct Plan {
    /// `memory` when empty.
    pub(crate) state: String,
    /// More variables of the configuration, over the usual ones.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Changes to the sandbox before it starts.
    pub(crate) sandbox: Option<fn(&mut SandboxOptions)>,
}

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) sandbox: SandboxHandle,
    pub(crate) port: u16,
    settings: Vec<(&'static str, String)>,
    stop: CancellationToken,
}

impl House {
    /// Starts the sandbox; the program is started by [`House::start`].
    pub(crate) async fn new(plan: Plan) -> House {
        let port = free_port();
        let mut options = SandboxOptions::new(format!("http://127.0.0.1:{port}/webhooks/whatsapp"));
        options.retry = Retry {
            first: Duration::from_millis(100),
            longest: Duration::from_millis(800),
            ..Retry::default()
        };
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
        for (name, value) in plan.settings {
            settings.retain(|(known, _)| *known != name);
            settings.push((name, value));
        }
        House { folder: tempfile::tempdir().unwrap(), sandbox, port, settings, stop }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the program on the house's port; again after a kill.
    pub(crate) fn start(&self) -> Server {
        Server::start(&self.data(), self.port, &self.settings)
    }

    /// Every file of the data folder and every log, as one list of (name, bytes).
    pub(crate) fn everything_on_disk(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        read_folder(self.folder.path(), &mut files);
        files
    }

    /// One number of `/metrics`.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        metric(self.port, name).await
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
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
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, files);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}
