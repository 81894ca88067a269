//! The plain parts of the web: health, readiness, metrics, and what guards every route.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State as Extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use prometheus_client::registry::Registry;
use tower_http::catch_panic::CatchPanicLayer;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::records::{Lease, Records};
use crate::state::State;
use crate::vital::Vital;

/// What the operation routes look at.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub registry: Arc<Registry>,
    pub metrics: Arc<Metrics>,
    pub records: Records,
    pub state: State,
    pub clock: Clock,
    pub vital: Vital,
    pub lease: Lease,
    /// Whether `/` leads to the phone simulator.
    pub simulator: bool,
}

pub(super) fn operation_routes(operation: Operation) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/health", get(|| async { "alive\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(operation)
}

/// Whoever opens the bare address wants the simulator, or to know that somebody is at home.
async fn front(Extract(operation): Extract<Operation>) -> Response {
    if operation.simulator {
        return Redirect::temporary("/simulator").into_response();
    }
    "Samvad (संवाद)\n".into_response()
}

/// Ready means: a message that came now would be committed. The state store may be away.
async fn ready(Extract(operation): Extract<Operation>) -> Response {
    if operation.vital.lost().is_some() {
        return not_ready("a part of this process ended; it is about to stop\n");
    }
    // What reads may answer while what writes does not; and others may take us for dead.
    if operation.lease.ran_out() {
        return not_ready("the lease ran out, the records cannot be written\n");
    }
    if let Err(error) = operation.records.ping().await {
        tracing::warn!(%error, "not ready");
        return not_ready("the records do not answer\n");
    }
    match operation.state.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(_) => {
            "ready; the state store is away, conversations go on from the records\n".into_response()
        }
    }
}

fn not_ready(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}

async fn metrics(Extract(operation): Extract<Operation>) -> Response {
    let now = operation.clock.now();
    match operation.records.report(now).await {
        Ok(report) => operation.metrics.take_report(&report, now),
        Err(error) => {
            tracing::warn!(%error, "the records gave no report; counts in /metrics are old");
        }
    }
    let mut text = String::new();
    if prometheus_client::encoding::text::encode(&mut text, &operation.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// A panic in a handler is a 500 for one request, not the end of the server.
pub(super) fn guarded(app: Router) -> Router {
    app.layer(CatchPanicLayer::new())
}

/// The one HTTP client: our TLS, no redirects (a provider's address is exact), bounded in time.
///
/// # Errors
/// When the system gives no randomness or its TLS cannot be set up.
pub fn client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // Only the first installation counts; a second server in this process finds it done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(10)))
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("samvad/", env!("CARGO_PKG_VERSION")))
        .build()
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt as _;

    use super::*;
    use crate::clock::Ids;
    use crate::records::{RecordsOptions, keep_lease};
    use crate::seal::Keyring;
    use crate::state::StateOptions;
    use axum::body::Body;
    use axum::http::Request;
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    async fn operation(folder: &std::path::Path, clock: &Clock) -> Operation {
        let keyring = Keyring::open(&folder.join("keys.toml"), true, &Ids::system()).unwrap();
        let records = Records::open(RecordsOptions {
            url: format!("sqlite://{}", folder.join("samvad.db").display()),
            connections: 1,
            clock: clock.clone(),
            keyring: Arc::new(keyring),
            lease: Duration::from_secs(45),
            group: 500,
            membership: crate::config::MembershipSection::default(),
        });
        let mut registry = Registry::default();
        Operation {
            metrics: Metrics::register(&mut registry),
            registry: Arc::new(registry),
            records: records.await.unwrap(),
            state: State::open(StateOptions::new("memory", "test", clock.clone())).unwrap(),
            clock: clock.clone(),
            vital: Vital::fragile(),
            lease: Lease::new(clock.clone()),
            simulator: false,
        }
    }

    async fn ready(operation: &Operation) -> StatusCode {
        let request = Request::get("/ready").body(Body::empty()).unwrap();
        operation_routes(operation.clone()).oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn whoever_lost_a_part_or_the_lease_or_the_records_is_not_ready() {
        let clock = Clock::fixed(jiff::Timestamp::UNIX_EPOCH);
        let folder = tempfile::tempdir().unwrap();
        let operation = operation(folder.path(), &clock).await;
        assert_eq!(ready(&operation).await, StatusCode::OK, "the first heartbeat is on its way");

        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        let records = operation.records.clone();
        let lease = operation.lease.clone();
        let (length, fenced) = (Duration::from_secs(45), CancellationToken::new());
        tracker.spawn(keep_lease(records, lease.clone(), length, fenced, stop.clone()));
        lease.until_it_outlasts(Duration::from_secs(1)).await;
        stop.cancel();
        assert_eq!(ready(&operation).await, StatusCode::OK);
        clock.advance(Duration::from_secs(46));
        assert_eq!(ready(&operation).await, StatusCode::SERVICE_UNAVAILABLE, "the lease ran out");

        let operation = Operation { lease: Lease::new(clock.clone()), ..operation };
        assert_eq!(ready(&operation).await, StatusCode::OK);
        operation.vital.strike("a part");
        operation.vital.whole("a part", std::future::pending()).await;
        assert_eq!(ready(&operation).await, StatusCode::SERVICE_UNAVAILABLE, "a part is lost");

        let operation = Operation { vital: Vital::default(), ..operation };
        assert_eq!(ready(&operation).await, StatusCode::OK);
        operation.records.close().await.unwrap();
        assert_eq!(ready(&operation).await, StatusCode::SERVICE_UNAVAILABLE);
    }
}
