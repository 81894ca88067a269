//! The rolls of closed polls, for everybody: whoever answered looks their receipt up, and whoever counts again takes the
//! whole roll. No script, no cookie, nothing about whoever looks.
//!
//! | route | does |
//! |---|---|
//! | `GET /polls` | the closed polls whose roll is published |
//! | `GET /polls/{name}` | one of them: question, window, turnout, what the roll is known by |
//! | `GET /polls/{name}?receipt=…` | the same, and whether the receipt is on its roll |
//! | `GET /polls/{name}/roll` | the roll as a file ([`roll`]) |
//! | `GET /polls.css` | how they look |
//!
//! `lang=en` or `lang=ur` says it in another language than Hindi.

mod page;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use serde::Deserialize;

use self::page::{Look, Roll};
use super::simulator::PerAddress;
use crate::ballot_box::read_definition;
use crate::clock::Clock;
use crate::contact::Language;
use crate::geography::Geography;
use crate::poll::envelope::PublicKey;
use crate::poll::receipt::Receipt;
use crate::poll::roll::{self, About};
use crate::records::{PollRow, Records, RecordsError};
use crate::seal::to_hex;

/// So many closed polls stand on the list.
const MOST_POLLS: usize = 100;

/// Nothing from elsewhere, no script at all; the one form leads back to the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

const STYLE: &str = include_str!("assets/polls.css");

/// What the routes work with.
#[derive(Clone)]
pub struct PollPages {
    pub records: Records,
    pub geography: Arc<Geography>,
    pub clock: Clock,
    /// What one internet address may ask; see [`PerAddress`].
    pub limit: Arc<PerAddress>,
}

impl fmt::Debug for PollPages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PollPages").finish_non_exhaustive()
    }
}

/// All under `/polls`.
pub fn routes(pages: PollPages) -> Router {
    Router::new()
        .route("/polls", get(list))
        .route("/polls/{name}", get(one))
        .route("/polls/{name}/roll", get(file))
        .layer(middleware::from_fn_with_state(pages.clone(), throttle))
        .route("/polls.css", get(style))
        .with_state(pages)
}

/// What an address asks for. Whatever else stands in it is left alone.
#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
    receipt: Option<String>,
}

impl Asked {
    fn language(&self) -> Language {
        let known = |language: &Language| self.lang.as_deref() == Some(language.code());
        Language::ALL.into_iter().find(known).unwrap_or(Language::Hi)
    }
}

async fn list(State(pages): State<PollPages>, Query(asked): Query<Asked>) -> Response {
    let language = asked.language();
    match pages.records.published_polls(MOST_POLLS).await {
        Ok(rows) => {
            let rolls: Vec<Roll> = rows.iter().map(|row| pages.roll_of(row, language)).collect();
            as_page(StatusCode::OK, page::list(language, &rolls), SHARED)
        }
        Err(error) => away(&error),
    }
}

async fn one(
    State(pages): State<PollPages>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let language = asked.language();
    let row = match pages.records.published_poll(&name).await {
        Ok(Some(row)) => row,
        Ok(None) => return not_there(&pages, language).await,
        Err(error) => return away(&error),
    };
    let written = asked.receipt.as_deref().map(str::trim).filter(|written| !written.is_empty());
    let look = match written.map(said) {
        None => Look::Nothing,
        Some(None) => Look::Mistyped,
        Some(Some(receipt)) => match pages.records.on_roll(row.id, receipt).await {
            Ok(0) => Look::Missing(receipt.to_string()),
            Ok(_) => Look::Found(receipt.to_string()),
            Err(error) => return away(&error),
        },
    };
    let kept = if look == Look::Nothing { SHARED } else { NEVER };
    as_page(StatusCode::OK, page::one(language, &pages.roll_of(&row, language), &look), kept)
}

/// Alone, or with its word as it stands in a message.
fn said(written: &str) -> Option<Receipt> {
    let behind = || Receipt::of_message(written).map(|said| said.receipt);
    written.parse().ok().or_else(behind)
}

/// The roll as the close wrote it, part by part: a large one has some ten megabytes.
async fn file(State(pages): State<PollPages>, Path(name): Path<String>) -> Response {
    let row = match pages.records.published_poll(&name).await {
        Ok(Some(row)) => row,
        Ok(None) => return not_there(&pages, Language::Hi).await,
        Err(error) => return away(&error),
    };
    let about = About {
        poll: row.name.clone(),
        roster: row.roster_hash.unwrap_or_default(),
        key: PublicKey(row.public_key),
        electorate: row.electorate_hash,
    };
    let ending = roll::ending(row.choices.unwrap_or(0), &row.roll_head.unwrap_or_default());
    let opening = stream::iter([Ok(Bytes::from(roll::opening(&about)))]);
    let (records, poll) = (pages.records.clone(), row.id);
    let parts = stream::unfold((records, Some(0)), move |(records, part)| async move {
        let part: u32 = part?;
        match records.roll_part(poll, part).await {
            Ok(Some(hashes)) => {
                let mut text = String::with_capacity(hashes.len() * 65);
                for hash in &hashes {
                    text.push_str(&to_hex(hash));
                    text.push('\n');
                }
                Some((Ok(Bytes::from(text)), (records, Some(part + 1))))
            }
            Ok(None) => None,
            // The download breaks off, and the roll lacks its head: nobody takes it for whole.
            Err(error) => Some((Err(std::io::Error::other(error.to_string())), (records, None))),
        }
    });
    let whole = futures_util::StreamExt::chain(opening, parts);
    let whole = futures_util::StreamExt::chain(whole, stream::iter([Ok(Bytes::from(ending))]));
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=us-ascii".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.roll\"", row.name)),
        (header::CACHE_CONTROL, SHARED.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, Body::from_stream(whole)).into_response()
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE).into_response()
}

/// What is the same for everybody; a roll that stands does not change any more.
const SHARED: &str = "public, max-age=60";
/// A receipt in the address is nobody's business.
const NEVER: &str = "no-store";

fn as_page(status: StatusCode, html: String, kept: &'static str) -> Response {
    let headers: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, kept),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    (status, headers, html).into_response()
}

/// A poll that is not closed is not there: whether there is one of the name is not told.
async fn not_there(pages: &PollPages, language: Language) -> Response {
    let rows = pages.records.published_polls(MOST_POLLS).await.unwrap_or_default();
    let rolls: Vec<Roll> = rows.iter().map(|row| pages.roll_of(row, language)).collect();
    as_page(StatusCode::NOT_FOUND, page::list(language, &rolls), NEVER)
}

fn away(error: &RecordsError) -> Response {
    tracing::warn!(%error, "the rolls could not be read");
    let kept = [(header::CACHE_CONTROL, NEVER)];
    (StatusCode::SERVICE_UNAVAILABLE, kept, "अभी नहीं दिखा सकते; थोड़ी देर में फिर खोलिए।\n")
        .into_response()
}

async fn throttle(State(pages): State<PollPages>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = address.map(|ConnectInfo(address)| address.ip().to_canonical());
    if pages.limit.take(address, pages.clock.now()) {
        return next.run(request).await;
    }
    let words = "बहुत बार पूछा गया; थोड़ी देर में फिर खोलिए।\n";
    let mut response = (StatusCode::TOO_MANY_REQUESTS, words).into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
    response
}

impl PollPages {
    fn roll_of(&self, row: &PollRow, language: Language) -> Roll {
        // A file of an older form may not be read any more; the roll is the same.
        let question = match read_definition(row, &self.geography) {
            Ok(poll) => poll.question.text(language).to_owned(),
            Err(_) => row.name.clone(),
        };
        Roll {
            name: row.name.clone(),
            question,
            opens: row.opened_at.map_or(row.opens, |opened| opened.max(row.opens)),
            closes: row.closes,
            asked: row.roster_people,
            answered: row.choices.unwrap_or(0),
            head: to_hex(&row.roll_head.unwrap_or_default()),
            roster: to_hex(&row.roster_hash.unwrap_or_default()),
            key: to_hex(&row.public_key),
        }
    }
}
