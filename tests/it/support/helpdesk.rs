//! Somebody's web service on this machine, as flows call it: it notes what came and answers as told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How one call is answered.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// Status and body; `{desk}` in it is the desk's own address.
    Answer(u16, String),
    /// Elsewhere.
    Redirect(String),
    /// The connection is closed without a word.
    HangUp,
    /// Nothing comes.
    Silence,
}

/// One call as it came.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    /// `POST /tickets?x=1`
    pub(crate) line: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Called {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

struct Inner {
    port: u16,
    manners: Mutex<Vec<Manner>>,
    calls: Mutex<Vec<Called>>,
    closed: AtomicBool,
}

/// Answers in the manners given, the last of them for ever.
pub(crate) struct Helpdesk {
    pub(crate) port: u16,
    inner: Arc<Inner>,
}

impl Helpdesk {
    pub(crate) fn start(manners: Vec<Manner>) -> Helpdesk {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            port,
            manners: Mutex::new(manners),
            calls: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let working = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if working.closed.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), working) = (stream, Arc::clone(&working)) else { continue };
                std::thread::spawn(move || working.serve(&stream));
            }
        });
        Helpdesk { port, inner }
    }

    /// Always the same answer.
    pub(crate) fn answering(status: u16, body: &str) -> Helpdesk {
        Helpdesk::start(vec![Manner::Answer(status, body.to_owned())])
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn calls(&self) -> Vec<Called> {
        self.inner.calls.lock().unwrap().clone()
    }
}

impl Drop for Helpdesk {
    fn drop(&mut self) {
        self.inner.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Inner {
    /// One call a connection.
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let mut headers: Vec<(String, String)> = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(0, |(_, value)| value.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
        self.calls.lock().unwrap().push(Called { line, headers, body });
        let manner = {
            let mut manners = self.manners.lock().unwrap();
            if manners.len() > 1 { manners.remove(0) } else { manners[0].clone() }
        };
        let mut stream = stream;
        let head = "Connection: close\r\n";
        let _ = match manner {
            Manner::Answer(status, body) => {
                let body = body.replace("{desk}", &format!("http://127.0.0.1:{}", self.port));
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status} X\r\n{head}Content-Length: {length}\r\n\r\n{body}"
                )
            }
            Manner::Redirect(to) => {
                write!(
                    stream,
                    "HTTP/1.1 302 X\r\n{head}Location: {to}\r\nContent-Length: 0\r\n\r\n"
                )
            }
            Manner::HangUp => Ok(()),
            Manner::Silence => {
                std::thread::sleep(Duration::from_secs(30));
                Ok(())
            }
        };
    }
}
