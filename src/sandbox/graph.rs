//! The Graph API as the program under test sees it: messages, numbers, contact book.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::callbacks::News;
use super::check::{self, Message, Offered, Recipient, Request, TemplateUse};
use super::envelope::{Business, Update};
use super::faults::{Faults, SendFault};
use super::graph_error::{Checked, GraphError, title};
use super::killable::Scissors;
use super::ledger::{Answer, Entry, SendEntry};
use super::options::ApprovedTemplate;
use super::state::{Shared, UnderWay};
use super::statuses::{self, Taken};

/// The customer service window (Cloud API: 24 hours from each message of the person).
const WINDOW: Duration = Duration::from_hours(24);
/// How long a send waits for its own first status when that is to come before the answer.
const STATUS_FIRST: Duration = Duration::from_secs(1);

type Fields = std::collections::HashMap<String, String>;

/// A refusal as an HTTP answer.
pub(super) fn refusal(shared: &Shared, error: &GraphError) -> Response {
    let status = StatusCode::from_u16(error.http).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(error.body(&shared.new_id("A")))).into_response()
}

/// Version and bearer token: what every call is asked for first.
pub(super) fn admit(shared: &Shared, version: &str, headers: &HeaderMap) -> Checked<()> {
    let number = version.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    let known = number.and_then(|number| number.parse::<u8>().ok());
    if !known.is_some_and(|number| (20..=25).contains(&number)) {
        return Err(GraphError::of(2500, format!("Unknown path components: /{version}")));
    }
    check_token(shared, headers)
}

pub(super) fn check_token(shared: &Shared, headers: &HeaderMap) -> Checked<()> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer "));
    if token == Some(shared.access_token.as_str()) {
        Ok(())
    } else {
        Err(GraphError::of(190, "Invalid OAuth access token - Cannot parse access token"))
    }
}

pub(super) fn find_business<'a>(shared: &'a Shared, id: &str) -> Checked<&'a Arc<Business>> {
    shared.business(id).ok_or_else(|| {
        GraphError::of(
            33,
            format!(
                "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due \
                 to missing permissions, or does not support this operation."
            ),
        )
    })
}

/// `POST /{version}/{phone_number_id}/messages`
pub(super) async fn messages(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let admitted = admit(&shared, &version, &headers)
        .and_then(|()| find_business(&shared, &id))
        .and_then(|business| Ok((business, read_json(&headers, &body)?)));
    let (business, value) = match admitted {
        Ok(admitted) => admitted,
        Err(error) => {
            record_refusal(&shared, &id, &Value::Null, &error);
            return refusal(&shared, &error);
        }
    };
    match check::check(&value) {
        Ok(Request::Message(message)) => take_message(&shared, business, *message, &scissors).await,
        Ok(Request::Read { message_id, typing }) => take_read(&shared, message_id, typing),
        Err(error) => {
            record_refusal(&shared, &id, &value, &error);
            refusal(&shared, &error)
        }
    }
}

fn read_json(headers: &HeaderMap, body: &[u8]) -> Checked<Value> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let plain = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !plain.eq_ignore_ascii_case("application/json") {
        return Err(GraphError::of(100, "The content type must be application/json."));
    }
    serde_json::from_slice(body)
        .map_err(|error| GraphError::of(100, format!("The body is not JSON: {error}")))
}

fn take_read(shared: &Shared, message_id: String, typing: bool) -> Response {
    let mut ledger = shared.ledger.lock();
    if shared.only_road && ledger.inbound(&message_id).is_none() {
        drop(ledger);
        let error = GraphError::of(100, "Param message_id is not a message this number received.");
        record_refusal(shared, "", &json!({"type": "read"}), &error);
        return refusal(shared, &error);
    }
    ledger.push(Entry::Read { at: shared.clock.now(), message_id, typing });
    Json(json!({"success": true})).into_response()
}

/// A request that broke a rule stands in the ledger with what could be read of it.
fn record_refusal(shared: &Shared, account: &str, value: &Value, error: &GraphError) {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let to = text("to").or_else(|| text("recipient")).unwrap_or_default();
    let to = shared.people.lock().canonical(to.trim_start_matches('+'));
    shared.record(&SendEntry {
        at: shared.clock.now(),
        wamid: None,
        account: account.to_owned(),
        to,
        opaque: text("biz_opaque_callback_data"),
        kind: text("type").unwrap_or_default(),
        text: String::new(),
        offered: Vec::new(),
        listed: false,
        quoted: None,
        answer: Answer::Refused(error.code),
        details: Some(error.details.clone()),
        overlaps: false,
    });
}

async fn take_message(
    shared: &Arc<Shared>,
    business: &Arc<Business>,
    message: Message,
    scissors: &Scissors,
) -> Response {
    let to = shared.people.lock().canonical(message.recipient.id());
    let under_way = UnderWay::begin(shared, &to);
    // Without an opaque id, what it says to whom stands for it.
    let key =
        message.opaque.clone().unwrap_or_else(|| format!("{to} {} {}", message.kind, message.text));
    let attempt = shared.people.lock().attempt(&key);
    let faults = shared.faults.read().clone();
    let mut entry = SendEntry {
        at: shared.clock.now(),
        wamid: None,
        account: business.phone_number_id.clone(),
        to: to.clone(),
        opaque: message.opaque.clone(),
        kind: message.kind.clone(),
        text: message.text.clone(),
        offered: message.offered.clone(),
        listed: message.listed,
        quoted: message.quoted.clone(),
        answer: Answer::Accepted,
        details: None,
        overlaps: under_way.overlaps,
    };
    if let Some(used) = &message.template {
        show(shared, used, &mut entry);
    }
    if let Err(error) = check_account(shared, business, &message) {
        entry.answer = Answer::Refused(error.code);
        entry.details = Some(error.details.clone());
        shared.record(&entry);
        return refusal(shared, &error);
    }
    let fault = faults.on_send(shared.dice, &key, attempt);
    if let Some(response) = fail_on_purpose(shared, fault, &mut entry, scissors) {
        shared.record(&entry);
        return response;
    }
    if let Err(error) = check_limits(shared, business, &to) {
        entry.answer = Answer::Refused(error.code);
        shared.record(&entry);
        return refusal(shared, &error);
    }
    let wamid = shared.new_id("wamid.OUT");
    entry.wamid = Some(wamid.clone());
    if fault == SendFault::Lost {
        entry.answer = Answer::Lost;
    }
    shared.record(&entry);
    let status_first = schedule_statuses(shared, business, &message, &wamid, &key, &faults);
    let slow = faults.delay_ms(shared.dice, &key, attempt);
    before_the_answer(status_first, slow, fault, scissors).await;
    accepted(&message, &wamid)
}

/// What comes between taking a message and the answer to it: a status that is to be heard first, a wait
/// of so many milliseconds, and the cutting of the connection when the answer is to be lost.
pub(super) async fn before_the_answer(
    status_first: Option<oneshot::Receiver<()>>,
    slow: u64,
    fault: SendFault,
    scissors: &Scissors,
) {
    if let Some(heard) = status_first {
        // Whether it was heard or not, the answer follows.
        let _ = tokio::time::timeout(STATUS_FIRST, heard).await;
    }
    if slow > 0 {
        tokio::time::sleep(Duration::from_millis(slow)).await;
    }
    if fault == SendFault::Lost {
        scissors.cut();
    }
}

fn accepted(message: &Message, wamid: &str) -> Response {
    let contact = match &message.recipient {
        Recipient::Phone(phone) => json!({"input": message.input, "wa_id": phone}),
        Recipient::User(user) => json!({"input": message.input, "user_id": user}),
    };
    let mut sent = Map::new();
    sent.insert("id".to_owned(), wamid.into());
    if message.template.is_some() {
        sent.insert("message_status".to_owned(), "accepted".into());
    }
    let answer =
        json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]});
    Json(answer).into_response()
}

/// The faults that end a send before it is taken.
fn fail_on_purpose(
    shared: &Shared,
    fault: SendFault,
    entry: &mut SendEntry,
    scissors: &Scissors,
) -> Option<Response> {
    let refused = |code| GraphError::of(code, ON_PURPOSE);
    let error = match fault {
        SendFault::None | SendFault::Lost => return None,
        SendFault::Death | SendFault::Unavailable => {
            return Some(break_down(fault, entry, scissors));
        }
        SendFault::TooMany => GraphError { http: 429, ..refused(4) },
        SendFault::Internal => refused(131_000),
        SendFault::Refuse(code) => refused(code),
    };
    entry.answer = Answer::Fault(error.code);
    Some(refusal(shared, &error))
}

/// What a fault says of itself.
pub(super) const ON_PURPOSE: &str = "a fault of the sandbox";

/// The faults that are no answer of the API: the connection dies, or something before it answers a page.
pub(super) fn break_down(fault: SendFault, entry: &mut SendEntry, scissors: &Scissors) -> Response {
    if fault == SendFault::Death {
        entry.answer = Answer::Died;
        scissors.cut();
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    entry.answer = Answer::Fault(503);
    let page = "<html><body>Sorry, something went wrong.</body></html>";
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, kind, page).into_response()
}

/// A template as the person sees it: its approved text filled in, and its buttons.
fn show(shared: &Shared, used: &TemplateUse, entry: &mut SendEntry) {
    let is_it =
        |known: &&ApprovedTemplate| known.name == used.name && known.language == used.language;
    let templates = shared.templates.read();
    let Some(approved) = templates.iter().find(is_it) else { return };
    entry.text.clone_from(&approved.body);
    for (number, value) in (1..).zip(&used.body_parameters) {
        entry.text = entry.text.replace(&format!("{{{{{number}}}}}"), value);
    }
    let offered = used.payloads.iter().filter_map(|(index, payload)| {
        let title = approved.quick_replies.get(usize::from(*index))?.clone();
        Some(Offered { id: payload.clone(), title })
    });
    entry.offered = offered.collect();
}

/// What depends on the account and the person rather than on the shape.
fn check_account(shared: &Shared, business: &Business, message: &Message) -> Checked<()> {
    if message.recipient.id() == business.display_phone_number {
        return Err(GraphError::of(131_021, "The business number cannot write to itself."));
    }
    if let Some(id) = &message.media
        && !shared.media.lock().contains_key(id)
    {
        return Err(GraphError::of(131_009, format!("Media {id} is not uploaded here.")));
    }
    if let Some(used) = &message.template {
        let templates = shared.templates.read();
        if templates.is_empty() {
            return Ok(());
        }
        let approved = templates
            .iter()
            .find(|template| template.name == used.name && template.language == used.language);
        let Some(approved) = approved else {
            return Err(GraphError::of(
                132_001,
                format!("template name ({}) does not exist in {}", used.name, used.language),
            ));
        };
        if approved.body_parameters != used.body_parameters.len() {
            return Err(GraphError::of(
                132_000,
                format!(
                    "body: number of localizable_params ({}) does not match the expected number \
                     of params ({})",
                    used.body_parameters.len(),
                    approved.body_parameters
                ),
            ));
        }
        let buttons = approved.quick_replies.len();
        if let Some((index, _)) = used.payloads.iter().find(|(at, _)| usize::from(*at) >= buttons) {
            return Err(GraphError::of(
                132_018,
                format!("buttons: index {index} of a template that has {buttons} quick replies"),
            ));
        }
        return Ok(());
    }
    if shared.only_road {
        let wrote = shared.people.lock().last_wrote(message.recipient.id());
        let age = wrote.map(|wrote| shared.clock.now().duration_since(wrote));
        let limit = jiff::SignedDuration::try_from(WINDOW).unwrap_or(jiff::SignedDuration::MAX);
        if age.is_none_or(|age| age > limit) {
            return Err(GraphError::of(
                131_047,
                "More than 24 hours have passed since the recipient last replied.",
            ));
        }
    }
    Ok(())
}

fn check_limits(shared: &Shared, business: &Business, to: &str) -> Checked<()> {
    let account = &business.phone_number_id;
    let mut people = shared.people.lock();
    if let Some(most) = shared.throughput {
        let most = f64::from(most);
        if !people.take_token(format!("number {account}"), most, most) {
            return Err(GraphError::of(130_429, "Too many messages of this number."));
        }
    }
    if shared.pair_limit && !people.take_token(format!("pair {account} {to}"), 1.0 / 6.0, 45.0) {
        return Err(GraphError::of(131_056, "Too many messages to this person."));
    }
    Ok(())
}

/// Queues what will be told of this message. Gives what to wait for when its first status is to
/// come before the answer.
fn schedule_statuses(
    shared: &Shared,
    business: &Arc<Business>,
    message: &Message,
    wamid: &str,
    key: &str,
    faults: &Faults,
) -> Option<oneshot::Receiver<()>> {
    let person = shared.people.lock().person(&message.recipient);
    let to = shared.people.lock().canonical(message.recipient.id());
    let opaque = message.opaque.as_deref();
    let taken = Taken { wamid, opaque, to: &to, key, read_rate: shared.read_rate };
    statuses::schedule(shared, &taken, faults, |word, failure, at| {
        let error = failure.map(|code| (code, title(code)));
        let update = Update::status(&person, wamid, word, opaque, error, at);
        News::Graph { business: Arc::clone(business), update }
    })
}

/// `GET /{version}/{id}`: a number's fields, or where a media file can be fetched.
pub(super) async fn get_node(
    State(shared): State<Arc<Shared>>,
    Path((version, id)): Path<(String, String)>,
    Query(fields): Query<Fields>,
    headers: HeaderMap,
) -> Response {
    let answer = admit(&shared, &version, &headers).and_then(|()| {
        if shared.media.lock().contains_key(&id) {
            return super::media::describe(&shared, &id);
        }
        let business = find_business(&shared, &id)?;
        number_fields(&shared, business, fields.get("fields").map_or("", String::as_str))
    });
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refusal(&shared, &error),
    }
}

fn number_fields(shared: &Shared, business: &Business, wanted: &str) -> Checked<Value> {
    let wanted = if wanted.is_empty() { "display_phone_number,verified_name" } else { wanted };
    let mut answer = Map::new();
    for field in wanted.split(',').map(str::trim) {
        let value = match field {
            "id" => continue,
            "whatsapp_business_manager_messaging_limit" => json!(shared.tier),
            "display_phone_number" => json!(business.display_phone_number),
            "verified_name" => json!("Sandbox"),
            "quality_rating" => json!("GREEN"),
            "status" => json!("CONNECTED"),
            "throughput" => json!({"level": "STANDARD"}),
            _ => {
                return Err(GraphError::of(
                    100,
                    format!("Tried accessing nonexisting field ({field})"),
                ));
            }
        };
        answer.insert(field.to_owned(), value);
    }
    answer.insert("id".to_owned(), json!(business.phone_number_id));
    Ok(answer.into())
}

/// `DELETE /{version}/{phone_number_id}/contact_book`
pub(super) async fn forget(
    State(shared): State<Arc<Shared>>,
    Path((version, id)): Path<(String, String)>,
    Query(fields): Query<Fields>,
    headers: HeaderMap,
) -> Response {
    let person = admit(&shared, &version, &headers)
        .and_then(|()| find_business(&shared, &id))
        .and_then(|_| {
            if fields.get("messaging_product").map(String::as_str) != Some("whatsapp") {
                return Err(GraphError::of(100, "The parameter messaging_product is required."));
            }
            let person = fields.get("bsuid").or_else(|| fields.get("phone_number"));
            person.ok_or_else(|| GraphError::of(131_008, "The parameter bsuid is required."))
        });
    match person {
        Ok(person) => {
            let person = person.trim_start_matches([' ', '+']).to_owned();
            let deleted = shared.people.lock().forget(&person);
            shared.ledger.lock().push(Entry::Forgotten { at: shared.clock.now(), person });
            Json(json!({"success": true, "deleted": deleted})).into_response()
        }
        Err(error) => refusal(&shared, &error),
    }
}

/// Any other path.
pub(super) async fn unknown(State(shared): State<Arc<Shared>>) -> Response {
    refusal(&shared, &GraphError::of(2500, "Unknown path components"))
}
