//! A real redis-server of a test's own: a child process on a free port, nothing on disk. It ends
//! with the value, by its own process id.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::redis_node::free_port;

/// A running (or stopped) redis-server. The port stays the same over stop and start.
#[derive(Debug)]
pub(crate) struct RedisServer {
    port: u16,
    folder: TempDir,
    child: Option<Child>,
    password: Option<String>,
}

impl RedisServer {
    /// Starts a server, and waits until it answers.
    ///
    /// # Panics
    /// When redis-server is not installed: a test that cannot run has failed.
    #[must_use]
    pub(crate) fn start() -> RedisServer {
        RedisServer::start_with(None)
    }

    /// The same, with a password.
    #[must_use]
    pub(crate) fn start_with(password: Option<&str>) -> RedisServer {
        // Between finding a free port and taking it, somebody else can; then another is found.
        for _ in 0..20 {
            let mut server = RedisServer {
                port: free_port(),
                folder: tempfile::tempdir().expect("a temporary folder"),
                child: None,
                password: password.map(str::to_owned),
            };
            if server.try_resume() {
                return server;
            }
        }
        panic!("redis-server did not start on any of twenty free ports");
    }

    /// `redis://127.0.0.1:PORT`, with the password when there is one.
    #[must_use]
    pub(crate) fn url(&self) -> String {
        match &self.password {
            Some(password) => format!("redis://:{password}@127.0.0.1:{}", self.port),
            None => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    /// Starts it again on the same port after [`RedisServer::stop`].
    pub(crate) fn resume(&mut self) {
        assert!(self.try_resume(), "redis-server did not start again on port {}", self.port);
    }

    /// Kills it, as a machine that lost its power would.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Freezes it: connections stay open and nothing answers. `false` thaws it.
    pub(crate) fn freeze(&self, frozen: bool) {
        let id = self.child.as_ref().expect("a running server").id();
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let status = Command::new("kill").args([signal, &id.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {signal} {id}");
    }

    /// One command on a connection of its own, for looking in from outside.
    /// Every key and what stands under it, one behind the other.
    pub(crate) fn everything(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let redis::Value::Array(keys) = self.command(&["KEYS", "*"]) else { panic!("no list") };
        for key in keys {
            let mut name = Vec::new();
            bytes_of(&key, &mut name);
            let client = redis::Client::open(self.url()).expect("a URL of our own making");
            let mut connection = client.get_connection().expect("a running server");
            for read in ["GET", "HGETALL"] {
                // A key of another kind is an error, and read by the other one.
                if let Ok(value) = redis::cmd(read).arg(&name).query(&mut connection) {
                    bytes_of(&value, &mut all);
                }
            }
            all.extend_from_slice(&name);
        }
        all
    }

    pub(crate) fn command(&self, words: &[&str]) -> redis::Value {
        let client = redis::Client::open(self.url()).expect("a URL of our own making");
        let mut connection = client.get_connection().expect("a running server");
        let (name, rest) = words.split_first().expect("a command has a name");
        let mut command = redis::cmd(name);
        for word in rest {
            command.arg(word);
        }
        command.query(&mut connection).expect("a command Redis knows")
    }

    /// Whether the server is ours and answers; `false` when the port was taken by another.
    fn try_resume(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(password) = &self.password {
            command.args(["--requirepass", password]);
        }
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("redis-server cannot be started ({error}); run scripts/setup"),
        };
        // Its own words say when it is ready, so that a stranger on the port is not taken for it.
        // Draining them also keeps the pipe from filling up.
        let output = child.stdout.take().expect("a piped output");
        let (ready, is_ready) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if line.contains("Ready to accept connections") {
                    let _ = ready.send(());
                }
            }
        });
        if is_ready.recv_timeout(Duration::from_secs(10)).is_err() {
            let _ = child.kill();
            let _ = child.wait();
            return false;
        }
        self.child = Some(child);
        let until = Instant::now() + Duration::from_secs(5);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(
                Instant::now() < until,
                "redis-server says it is ready and takes no connection"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Every text within a value, as it is.
fn bytes_of(value: &redis::Value, out: &mut Vec<u8>) {
    match value {
        redis::Value::BulkString(bytes) => out.extend_from_slice(bytes),
        redis::Value::SimpleString(text) => out.extend_from_slice(text.as_bytes()),
        redis::Value::Array(values) | redis::Value::Set(values) => {
            for value in values {
                bytes_of(value, out);
            }
        }
        redis::Value::Map(pairs) => {
            for (key, value) in pairs {
                bytes_of(key, out);
                bytes_of(value, out);
            }
        }
        _ => {}
    }
}
