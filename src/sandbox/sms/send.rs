//! A request to send, on its way through a vendor: what it must hold, what goes wrong on purpose, and
//! what will be told of it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::asked::Asked;
use super::{Answered, Refusal, Report, SmsAccount, Taken, Told, Vendor};
use crate::sandbox::callbacks::News;
use crate::sandbox::faults::{Faults, SendFault};
use crate::sandbox::graph::{ON_PURPOSE, before_the_answer, break_down};
use crate::sandbox::killable::Scissors;
use crate::sandbox::ledger::{Answer, SendEntry};
use crate::sandbox::state::{Shared, UnderWay};
use crate::sandbox::statuses;
use crate::segments::measure;

/// Anything on `/sms/{vendor}/…`.
pub(in crate::sandbox) async fn receive(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((vendor, path)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let known = Vendor::named(&vendor);
    let account = shared.sms.iter().find(|account| Some(account.vendor) == known).cloned();
    let Some(account) = account else {
        let words =
            format!("the sandbox plays no account at {vendor}; name it with --sms {vendor}");
        return (StatusCode::NOT_FOUND, words).into_response();
    };
    let query = query.unwrap_or_default();
    let asked =
        Asked { method: &method, path: &path, query: &query, headers: &headers, body: &body };
    match account.vendor.play().check(&account, &asked) {
        Ok(taken) => take(&shared, &account, taken, &scissors).await,
        Err(refusal) => {
            shared.record(&SendEntry {
                answer: Answer::Refused(refusal.code),
                details: Some(refusal.words.clone()),
                ..entry_of(&shared, &account, &Taken::default())
            });
            answer(account.vendor.play().refuse(&refusal))
        }
    }
}

fn answer(answered: Answered) -> Response {
    let status = StatusCode::from_u16(answered.http).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(CONTENT_TYPE, answered.content_type)], answered.body).into_response()
}

/// The message as it stands in the ledger.
fn entry_of(shared: &Shared, account: &SmsAccount, taken: &Taken) -> SendEntry {
    SendEntry {
        at: shared.clock.now(),
        wamid: None,
        account: account.name.clone(),
        to: shared.people.lock().canonical(&taken.to),
        opaque: taken.our_id.clone(),
        kind: "sms".to_owned(),
        text: shown(taken),
        offered: Vec::new(),
        listed: false,
        quoted: None,
        answer: Answer::Accepted,
        details: None,
        overlaps: false,
    }
}

/// What the phone shows. Without the word that it is more than GSM-7 vendors take a text and damage it.
pub(super) fn shown(taken: &Taken) -> String {
    if taken.unicode || !measure(&taken.text).unicode {
        return taken.text.clone();
    }
    taken.text.chars().map(|sign| if sign.is_ascii() { sign } else { '?' }).collect()
}

async fn take(
    shared: &Arc<Shared>,
    account: &Arc<SmsAccount>,
    taken: Taken,
    scissors: &Scissors,
) -> Response {
    let mut entry = entry_of(shared, account, &taken);
    let under_way = UnderWay::begin(shared, &entry.to);
    entry.overlaps = under_way.overlaps;
    // Without an id of the program's, what it says to whom stands for it.
    let key = taken.our_id.clone().unwrap_or_else(|| format!("{} {}", taken.to, taken.text));
    let attempt = shared.people.lock().attempt(&key);
    let faults = shared.faults.read().clone();
    let fault = faults.on_send(shared.dice, &key, attempt);
    if let Some(response) = fail_on_purpose(account, fault, &mut entry, scissors) {
        shared.record(&entry);
        return response;
    }
    let id = shared.new_id("SM");
    entry.wamid = Some(id.clone());
    if fault == SendFault::Lost {
        entry.answer = Answer::Lost;
    }
    shared.record(&entry);
    let status_first = schedule(shared, account, &taken, &entry, &key, &faults);
    let slow = faults.delay_ms(shared.dice, &key, attempt);
    before_the_answer(status_first, slow, fault, scissors).await;
    answer(account.vendor.play().took(account, &taken, &id, entry.at))
}

/// The faults that end a send before it is taken, in the vendor's words.
fn fail_on_purpose(
    account: &SmsAccount,
    fault: SendFault,
    entry: &mut SendEntry,
    scissors: &Scissors,
) -> Option<Response> {
    let play = account.vendor.play();
    let refusal = match fault {
        SendFault::None | SendFault::Lost => return None,
        SendFault::Death | SendFault::Unavailable => {
            return Some(break_down(fault, entry, scissors));
        }
        SendFault::TooMany => Refusal::new(429, 429, ON_PURPOSE),
        SendFault::Internal => Refusal::new(500, 500, ON_PURPOSE),
        SendFault::Refuse(code) => Refusal::new(play.refusal_http(), code, ON_PURPOSE),
    };
    entry.answer = Answer::Fault(refusal.code);
    Some(answer(play.refuse(&refusal)))
}

/// Queues the reports of a message that was taken.
fn schedule(
    shared: &Shared,
    account: &Arc<SmsAccount>,
    taken: &Taken,
    entry: &SendEntry,
    key: &str,
    faults: &Faults,
) -> Option<tokio::sync::oneshot::Receiver<()>> {
    if taken.report_url.is_none() && !account.vendor.play().reports_unasked() {
        return None;
    }
    let wamid = entry.wamid.as_deref().unwrap_or_default();
    let told = statuses::Taken {
        wamid,
        opaque: entry.opaque.as_deref(),
        to: &entry.to,
        key,
        // Phones do not tell that an SMS was read.
        read_rate: 0.0,
    };
    statuses::schedule(shared, &told, faults, |word, code, at| {
        let report = Report {
            id: wamid.to_owned(),
            our_id: taken.our_id.clone(),
            to: taken.to.clone(),
            word,
            code,
            url: taken.report_url.clone(),
            at,
        };
        News::Sms { account: Arc::clone(account), told: Told::Report(report) }
    })
}
