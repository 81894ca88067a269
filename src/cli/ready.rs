//! `samvad ready`: asks a running server, for health checks inside its own container.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, bail};

const PATIENCE: Duration = Duration::from_secs(3);

/// Plain HTTP to an address of this machine; no client, no TLS, nothing to start up.
pub(super) fn run(at: &str) -> anyhow::Result<()> {
    let Some(host) = at.trim_end_matches('/').strip_prefix("http://") else {
        bail!("--at: write http://HOST:PORT");
    };
    let address = host
        .to_socket_addrs()
        .with_context(|| format!("--at: {host} is no address"))?
        .next()
        .with_context(|| format!("--at: {host} is no address"))?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)
        .with_context(|| format!("nobody listens on {host}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /ready HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer)?;
    let status = answer.split_whitespace().nth(1).unwrap_or("no status");
    if status != "200" {
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        bail!("not ready ({status}): {}", body.trim());
    }
    println!("ready");
    Ok(())
}
