//! The phone simulator: a page on which anybody talks to the flows as on their own phone, with the
//! session beside it. No credential is needed; a phone belongs to whoever knows its random id.
//!
//! | route | does |
//! |---|---|
//! | `GET /simulator` | the page |
//! | `GET /simulator/assets/…` | its style, script, texts and wallpaper |
//! | `GET /simulator/api/flows` | `{flows: [FlowCard]}` |
//! | `POST /simulator/api/phones` | a new phone: 201 `{id}` |
//! | `POST /simulator/api/phones/{id}/messages` | [`Said`]; 200 when it is committed, 503 when it must be sent again |
//! | `POST /simulator/api/phones/{id}/seen` | `{rendering}`: the person looked at the thread; 204 |
//! | `GET /simulator/api/phones/{id}/events?after=CURSOR` | server-sent events, see [`stream`] |
//! | `GET /simulator/api/phones/{id}/pictures/{bubble}` | the picture of a bubble, a PNG |
//! | `GET /simulator/api/phones/{id}/session` | [`Standing`], or `null` before the first message |
//!
//! Errors are JSON: `{error, field}`.

mod assets;
mod desk;
mod limit;
mod said;
mod stream;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::channel::picture::{PICTURE_TYPE, drawn};
use crate::channel::simulator::{Hub, PhoneId};
use crate::clock::{Clock, Ids};
use crate::flow::Rendering;
use crate::intake::Admission;
use crate::message::{Envelope, StatusUpdate};
use crate::records::RecordsError;

pub use desk::{Conversation, Desk, FlowCard, Office, Place, Standing, Waiting};
pub use limit::PerAddress;
pub use said::{LONGEST_TEXT, NotSaid, Said, SaidChoice, SaidKind};

/// How many lines of the records a phone shows again after a restart.
const HISTORY: usize = 200;

/// The largest body a phone posts: 4,096 characters, escaped, and the rest of the JSON.
const LARGEST_BODY: usize = 64 * 1024;

/// What the routes work with.
#[derive(Clone)]
pub struct SimulatorState<D> {
    pub desk: D,
    pub hub: Hub,
    pub clock: Clock,
    pub ids: Ids,
    /// What one internet address may post. Needs the server to be run with
    /// `into_make_service_with_connect_info::<SocketAddr>()`; without it all share one bucket.
    pub limit: Arc<PerAddress>,
    /// Ends the event streams, which would otherwise hold up a graceful stop.
    pub stop: CancellationToken,
}

impl<D> fmt::Debug for SimulatorState<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SimulatorState").field("hub", &self.hub).finish_non_exhaustive()
    }
}

/// The page and its interface, all under `/simulator`.
pub fn routes<D: Desk>(state: SimulatorState<D>) -> Router {
    let api = Router::new()
        .route("/flows", get(flows::<D>))
        .route("/phones", post(new_phone::<D>))
        .route("/phones/{id}/messages", post(say::<D>))
        .route("/phones/{id}/seen", post(seen::<D>))
        .route("/phones/{id}/events", get(stream::events::<D>))
        .route("/phones/{id}/pictures/{bubble}", get(picture::<D>))
        .route("/phones/{id}/session", get(session::<D>))
        .layer(middleware::from_fn_with_state(state.clone(), throttle::<D>))
        .layer(middleware::map_response(never_stored))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(state);
    Router::new().nest("/simulator/api", api).merge(assets::routes())
}

/// Carries what the hub reports about its messages to the desk, until `stop` fires. Run it once,
/// beside the server.
pub async fn report_statuses<D: Desk>(hub: Hub, desk: D, stop: CancellationToken) {
    let Some(reports) = hub.reports() else { return };
    let admit = |statuses: Vec<StatusUpdate>| {
        let desk = desk.clone();
        async move {
            let envelope = Envelope { statuses, ..Envelope::default() };
            desk.admit(envelope).await == Admission::Committed
        }
    };
    crate::channel::simulator::relay(reports, stop, admit).await;
}

/// An answer that is not what was asked for.
#[derive(Debug)]
struct Problem {
    status: StatusCode,
    error: String,
    field: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, error: impl Into<String>) -> Problem {
        Problem { status, error: error.into(), field: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            field: Option<&'static str>,
        }
        (self.status, Json(Body { error: self.error, field: self.field })).into_response()
    }
}

impl From<NotSaid> for Problem {
    fn from(refusal: NotSaid) -> Problem {
        let field = Some(refusal.field);
        Problem { status: StatusCode::UNPROCESSABLE_ENTITY, error: refusal.to_string(), field }
    }
}

impl From<RecordsError> for Problem {
    fn from(error: RecordsError) -> Problem {
        tracing::warn!(%error, "the phone simulator could not read the records");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the records cannot be read now; try again")
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

fn phone_of(id: &str) -> Result<PhoneId, Problem> {
    PhoneId::parse(id).ok_or_else(|| Problem {
        status: StatusCode::NOT_FOUND,
        error: "id: a phone's id is 32 hex digits; make one with POST /simulator/api/phones"
            .to_owned(),
        field: Some("id"),
    })
}

async fn throttle<D: Desk>(
    State(state): State<SimulatorState<D>>,
    request: Request,
    next: Next,
) -> Response {
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip().to_canonical());
    // A stream of a phone that the hub does not know asks the records, and makes a contact.
    let is_costly = request.method() == Method::POST
        || request.uri().path().ends_with("/events")
        || request.uri().path().contains("/pictures/");
    if is_costly && !state.limit.take(address, state.clock.now()) {
        let mut response =
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many messages; wait a moment")
                .into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        return response;
    }
    next.run(request).await
}

async fn never_stored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[derive(Serialize)]
struct FlowList {
    flows: Vec<FlowCard>,
}

async fn flows<D: Desk>(State(state): State<SimulatorState<D>>) -> Json<FlowList> {
    Json(FlowList { flows: state.desk.flows() })
}

#[derive(Serialize)]
struct NewPhone {
    id: String,
}

async fn new_phone<D: Desk>(
    State(state): State<SimulatorState<D>>,
) -> Result<(StatusCode, Json<NewPhone>), Problem> {
    let phone = PhoneId::generate(&state.ids).map_err(|_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the system gave no random numbers; try again",
        )
    })?;
    state.hub.make(&phone);
    Ok((StatusCode::CREATED, Json(NewPhone { id: phone.as_str().to_owned() })))
}

#[derive(Serialize)]
struct Heard {
    key: String,
}

async fn say<D: Desk>(
    State(state): State<SimulatorState<D>>,
    Path(id): Path<String>,
    body: Result<Json<Said>, JsonRejection>,
) -> Result<Json<Heard>, Problem> {
    let phone = phone_of(&id)?;
    let Json(mut said) = body?;
    let now = state.clock.now();
    let key = said.key.take().unwrap_or_else(|| state.ids.uuid(now).to_string());
    if said.quoted.as_deref().is_some_and(|quoted| !state.hub.holds(&phone, quoted)) {
        // A bubble of before a restart: what it quoted is not known here any more.
        said.quoted = None;
    }
    let inbound = said.into_inbound(&phone, &key, now)?;
    let envelope = Envelope { inbound: vec![inbound.clone()], ..Envelope::default() };
    match state.desk.admit(envelope).await {
        Admission::Committed => {
            state.hub.heard(&phone, &key, &inbound);
            Ok(Json(Heard { key }))
        }
        Admission::Again => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not stored yet; send the same key again",
        )),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    rendering: Rendering,
}

async fn seen<D: Desk>(
    State(state): State<SimulatorState<D>>,
    Path(id): Path<String>,
    body: Result<Json<Seen>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let phone = phone_of(&id)?;
    let Json(Seen { rendering }) = body?;
    state.hub.seen(&phone, rendering);
    Ok(StatusCode::NO_CONTENT)
}

async fn picture<D: Desk>(
    State(state): State<SimulatorState<D>>,
    Path((id, bubble)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let phone = phone_of(&id)?;
    let nothing = || Problem::new(StatusCode::NOT_FOUND, "there is no picture under this bubble");
    let picture = state.hub.picture(&phone, &bubble).ok_or_else(nothing)?;
    let png = drawn(&picture).await.ok_or_else(|| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the picture cannot be drawn")
    })?;
    Ok(([(header::CONTENT_TYPE, PICTURE_TYPE)], png).into_response())
}

async fn session<D: Desk>(
    State(state): State<SimulatorState<D>>,
    Path(id): Path<String>,
) -> Result<Json<Option<Standing>>, Problem> {
    let phone = phone_of(&id)?;
    // Looking at a phone nobody wrote on must not make a contact. One that was forgotten is filled
    // by its event stream, and the page asks again then.
    if state.hub.is_blank(&phone) {
        return Ok(Json(None));
    }
    let contact = match state.hub.contact(&phone) {
        Some(contact) => contact,
        None => state.desk.contact(&phone).await?,
    };
    Ok(Json(state.desk.standing(contact).await?))
}
