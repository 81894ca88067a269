//! The real program as a child process, on a free port, with a data folder of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub(crate) use super::redis_node::free_port;
use super::warden::Warden;

/// How long a server may take to say that it is up.
const UP: Duration = Duration::from_mins(1);

/// A running `samvad serve`. Killed, by its own id, when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    _warden: Warden,
    pub(crate) address: SocketAddr,
    pub(crate) log: PathBuf,
}

impl Server {
    /// Starts the program and waits until it prints its addresses. `settings` are the variables of
    /// the configuration; nothing else of this process's `SAMVAD_…` environment is passed on.
    pub(crate) fn start(data: &Path, port: u16, settings: &[(&str, String)]) -> Server {
        Server::try_start(data, port, settings).unwrap_or_else(|words| panic!("{words}"))
    }

    /// The same; in words when it did not come up, with what it said.
    pub(crate) fn try_start(
        data: &Path,
        port: u16,
        settings: &[(&str, String)],
    ) -> Result<Server, String> {
        let log = data.with_extension("log");
        let log_file = File::options().create(true).append(true).open(&log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
        for (name, _) in std::env::vars() {
            if name.starts_with("SAMVAD_") {
                command.env_remove(name);
            }
        }
        command
            .arg("serve")
            .arg("--data")
            .arg(data)
            .arg("--listen")
            .arg(format!("127.0.0.1:{port}"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file);
        for (name, value) in settings {
            command.env(name, value);
        }
        let mut child = command.spawn().unwrap();
        let warden = Warden::over(&child);
        let stdout = child.stdout.take().unwrap();
        let Some(address) = address_from(stdout) else {
            // It ended, or stands still.
            let ended = child.try_wait().unwrap();
            let how = ended.map_or("it goes on".to_owned(), |status| status.to_string());
            let _ = child.kill();
            let _ = child.wait();
            let mut text = String::new();
            File::open(&log).unwrap().read_to_string(&mut text).unwrap();
            return Err(format!("the server did not come up ({how}); it said:\n{text}"));
        };
        Ok(Server { child, _warden: warden, address, log })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and wait for a clean end.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(
                    status.success(),
                    "the server stopped with {status}; see {}",
                    self.log.display()
                );
                return;
            }
            assert!(Instant::now() < until, "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the program is at its end, however it came to it.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the program to end without being told to.
    pub(crate) fn ends_by_itself(&mut self, limit: Duration) -> ExitStatus {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the server goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it wrote to its log.
    pub(crate) fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Sends a signal by name to this server alone.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the first line of the announcement that holds one.
fn address_from(stdout: impl std::io::Read + Send + 'static) -> Option<SocketAddr> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { return };
            if let Some((_, rest)) = line.split_once("http://") {
                let host: String = rest.chars().take_while(|c| !matches!(c, '/' | ' ')).collect();
                if let Ok(address) = host.parse() {
                    let _ = sender.send(address);
                }
            }
        }
    });
    receiver.recv_timeout(UP).ok()
}
