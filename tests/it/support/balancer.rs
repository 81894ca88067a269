//! A plain load balancer before replicas of the program: each request to the next of them in turn,
//! and on to the one after when nobody listens there. By request and not by connection, because
//! the sandbox keeps its connections, as Meta does, and one replica would get everything.
//!
//! It answers 502 when a replica died with a request in its hands: whether the request took effect is
//! not known, and it is the caller's to repeat.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::chaos::ground;

/// The largest request: a webhook of a provider has 3 MB at most.
const REQUEST_MAX: usize = 16 * 1024 * 1024;
/// A replica that takes so long for an answer is given up: 504. One that runs asks the provider to
/// come again after five seconds.
const PATIENCE: Duration = Duration::from_secs(7);

/// One replica as the balancer sees it.
#[derive(Debug)]
struct Backend {
    address: SocketAddr,
    answered: AtomicU64,
}

struct Shared {
    backends: Vec<Backend>,
    next: AtomicUsize,
    /// Requests that found nobody at the first address.
    passed_over: AtomicU64,
    /// Requests whose replica died under them, or never answered.
    given_up: AtomicU64,
    client: Client<HttpConnector, Body>,
}

/// A running balancer. Ends with the value.
pub(crate) struct Balancer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

impl Balancer {
    /// A balancer before these ports of 127.0.0.1; nobody needs to listen there yet.
    #[must_use]
    pub(crate) fn start(ports: &[u16]) -> Balancer {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener of ours");
        let address = listener.local_addr().expect("a bound address");
        let backend = |&port: &u16| Backend {
            address: (Ipv4Addr::LOCALHOST, port).into(),
            answered: AtomicU64::new(0),
        };
        let shared = Arc::new(Shared {
            backends: ports.iter().map(backend).collect(),
            next: AtomicUsize::new(0),
            passed_over: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        let stop = CancellationToken::new();
        let app = Router::new().fallback(pass_on).with_state(Arc::clone(&shared));
        let stopped = stop.clone();
        ground().spawn(async move {
            let listener = TcpListener::from_std(listener).expect("a listener that does not block");
            tokio::select! {
                () = stopped.cancelled() => {}
                served = axum::serve(listener, app) => served.expect("a balancer"),
            }
        });
        Balancer { address, shared, stop }
    }

    /// How many requests each replica answered.
    #[must_use]
    pub(crate) fn answered(&self) -> Vec<u64> {
        let backends = self.shared.backends.iter();
        backends.map(|backend| backend.answered.load(Ordering::SeqCst)).collect()
    }

    /// Requests that found nobody at the first address and went on to another.
    #[must_use]
    pub(crate) fn passed_over(&self) -> u64 {
        self.shared.passed_over.load(Ordering::SeqCst)
    }

    /// Requests answered 502 or 504.
    #[must_use]
    pub(crate) fn given_up(&self) -> u64 {
        self.shared.given_up.load(Ordering::SeqCst)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn pass_on(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, REQUEST_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let replicas = shared.backends.len();
    let first = shared.next.fetch_add(1, Ordering::Relaxed);
    for place in first..first + replicas {
        let backend = &shared.backends[place % replicas];
        let request = shared.client.request(request_to(backend.address, &parts, &body));
        match tokio::time::timeout(PATIENCE, request).await {
            Ok(Ok(answer)) => {
                backend.answered.fetch_add(1, Ordering::SeqCst);
                return answer.map(Body::new);
            }
            // Nothing of it was sent: another may have it.
            Ok(Err(error)) if error.is_connect() => {
                shared.passed_over.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Err(_)) => {
                shared.given_up.fetch_add(1, Ordering::SeqCst);
                return StatusCode::BAD_GATEWAY.into_response();
            }
            Err(_) => {
                shared.given_up.fetch_add(1, Ordering::SeqCst);
                return StatusCode::GATEWAY_TIMEOUT.into_response();
            }
        }
    }
    shared.given_up.fetch_add(1, Ordering::SeqCst);
    StatusCode::BAD_GATEWAY.into_response()
}

/// The request as it came, but for its address.
fn request_to(address: SocketAddr, parts: &Parts, body: &Bytes) -> Request {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let uri: Uri = format!("http://{address}{path}").parse().expect("an address and a path");
    let mut request = Request::new(Body::from(body.clone()));
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = parts.headers.clone();
    request
}
