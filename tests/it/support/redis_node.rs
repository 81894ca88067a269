//! One redis-server (or sentinel) among several of a test. It is a child of a small shell that holds
//! a pipe of ours: when the pipe closes, because the test is over or the test process died however
//! badly, the shell ends the server, by its own process id, and removes its folder.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

const SHELL: &str = r#"
folder=$1
shift
cd "$folder" || exit 1
"$@" </dev/null >log 2>&1 &
server=$!
echo "$server"
word=
read -r word
kill -9 "$server" 2>/dev/null
wait "$server" 2>/dev/null
if [ "$word" != keep ]; then
  cd /
  rm -rf "$folder"
  rmdir "$(dirname "$folder")"
fi 2>/dev/null
"#;

/// A server that runs, or was stopped. Port and folder stay the same over stop and start.
#[derive(Debug)]
pub(crate) struct Node {
    port: u16,
    password: Option<String>,
    folder: PathBuf,
    arguments: Vec<String>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    shell: Child,
    server: u32,
}

impl Node {
    /// Starts `redis-server` with these arguments, in a folder of its own under `parent`.
    ///
    /// # Panics
    /// When redis-server is not installed: a test that cannot run has failed.
    pub(crate) fn start(
        parent: &Path,
        port: u16,
        password: Option<&str>,
        files: &[(&str, String)],
        arguments: Vec<String>,
    ) -> Node {
        let folder = parent.join(port.to_string());
        std::fs::create_dir_all(&folder).expect("a folder for a server");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("a file of a server");
        }
        let mut node =
            Node { port, password: password.map(str::to_owned), folder, arguments, running: None };
        node.resume();
        node
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Starts it again, as it was. Does not wait until it answers.
    pub(crate) fn resume(&mut self) {
        let shell = Command::new("sh")
            .args(["-c", SHELL, "sh"])
            .arg(&self.folder)
            .arg("redis-server")
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut shell = shell.expect("a shell");
        let mut line = String::new();
        let output = shell.stdout.take().expect("a piped output");
        BufReader::new(output).read_line(&mut line).expect("the id of the server");
        let server = line.trim().parse().expect("the id of the server");
        self.running = Some(Running { shell, server });
    }

    /// Kills it, as a machine that lost its power would. Its folder stays.
    pub(crate) fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            if let Some(mut pipe) = running.shell.stdin.take() {
                let _ = pipe.write_all(b"keep\n");
            }
            let _ = running.shell.wait();
        }
    }

    /// Freezes it: connections stay open and nothing answers. `false` thaws it.
    pub(crate) fn freeze(&self, frozen: bool) {
        let id = self.running.as_ref().expect("a running server").server;
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let status = Command::new("kill").args([signal, &id.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {signal} {id}");
    }

    /// One command on a connection of its own.
    pub(crate) fn command(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let url = match &self.password {
            Some(password) => format!("redis://:{password}@127.0.0.1:{}", self.port),
            None => format!("redis://127.0.0.1:{}", self.port),
        };
        let client = redis::Client::open(url)?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(2))?;
        connection.set_read_timeout(Some(Duration::from_secs(2)))?;
        let mut command = redis::Cmd::new();
        command.arg(words);
        command.query(&mut connection)
    }

    /// The same, as text; empty when it does not answer.
    pub(crate) fn told(&self, words: &[&str]) -> String {
        self.command(words)
            .ok()
            .and_then(|value| redis::from_redis_value(value).ok())
            .unwrap_or_default()
    }

    /// What it wrote, for a test that fails.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.shell.stdin.take());
            let _ = running.shell.wait();
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
            if let Some(parent) = self.folder.parent() {
                let _ = std::fs::remove_dir(parent);
            }
        }
    }
}

/// A folder that the last of its nodes removes.
pub(crate) fn folder() -> PathBuf {
    tempfile::tempdir().expect("a temporary folder").keep()
}

/// A port that is free, and whose cluster bus port (10000 above) is free too. No two calls of this
/// process get the same one; below the range the system takes ports of connections from.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let spread = u16::try_from(std::process::id() % 97).expect("below 97") * 113;
    for _ in 0..10_000 {
        let port = 20_000 + (spread + NEXT.fetch_add(1, Ordering::Relaxed)) % 11_000;
        let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if is_free(port) && is_free(port + 10_000) {
            return port;
        }
    }
    panic!("no free port with a free port 10000 above it");
}

/// Asks until it is so.
///
/// # Panics
/// When it is not so in time, with the words of `else_say`.
pub(crate) fn wait_until(
    patience: Duration,
    else_say: impl Fn() -> String,
    mut is_so: impl FnMut() -> bool,
) {
    let until = Instant::now() + patience;
    while !is_so() {
        assert!(Instant::now() < until, "{}", else_say());
        std::thread::sleep(Duration::from_millis(20));
    }
}
