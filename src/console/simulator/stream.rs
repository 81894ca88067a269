//! A phone's changes as server-sent events.
//!
//! | event | data |
//! |---|---|
//! | `reset` | `{}`: forget every bubble; all of them follow |
//! | `bubble` | a bubble, with the status it has now |
//! | `status` | `{id, status}` of a bubble sent before |
//! | `ready` | `{}`: everything up to now has been sent |
//! | `session` | `{}`: the session may have moved, ask for it |
//! | `flows` | `{}`: the flows were loaded anew |
//!
//! The id of an event is the cursor to go on from; a browser sends it by itself when it connects
//! again, others give it as `after`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::channel::simulator::{Change, Hub, PhoneId};
use crate::console::simulator::{Desk, HISTORY, Problem, SimulatorState, phone_of};
use crate::message::Status;
use crate::state::LiveEvent;

/// One phone on so many screens at once.
const SCREENS: usize = 8;

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

pub(super) async fn events<D: Desk>(
    State(state): State<SimulatorState<D>>,
    Path(id): Path<String>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let phone = phone_of(&id)?;
    if !state.hub.is_whole(&phone) {
        let contact = state.desk.contact(&phone).await?;
        let history = state.desk.history(contact, HISTORY).await?;
        state.hub.fill(&phone, contact, history);
    }
    let bell = state.hub.bell(&phone);
    if state.hub.screens(&phone) > SCREENS {
        let error = format!("this phone is open on {SCREENS} screens; close one");
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, error));
    }
    let known = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .or(query.after.as_deref())
        .and_then(|cursor| cursor_of(cursor, state.hub.run()));
    let mut pending = VecDeque::new();
    if known.is_none() {
        pending.push_back(plain("reset"));
    }
    let screen = Screen {
        hub: state.hub,
        phone,
        cursor: known.unwrap_or(0),
        bell,
        live: state.desk.live(),
        pending,
        caught_up: false,
        stop: state.stop,
    };
    let stream = futures_util::stream::unfold(screen, |mut screen| async move {
        let event = screen.next().await?;
        Some((Ok(event), screen))
    });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(20));
    Ok(Sse::new(stream).keep_alive(keep_alive))
}

/// Reads a cursor of this life of the hub.
fn cursor_of(text: &str, run: &str) -> Option<u64> {
    let (its_run, sequence) = text.rsplit_once('.')?;
    (its_run == run).then(|| sequence.parse().ok())?
}

/// An event without data. Browsers drop one that has none at all.
fn plain(name: &str) -> Event {
    Event::default().event(name).data("{}")
}

/// One open page.
struct Screen {
    hub: Hub,
    phone: PhoneId,
    cursor: u64,
    bell: watch::Receiver<u64>,
    live: Option<broadcast::Receiver<LiveEvent>>,
    pending: VecDeque<Event>,
    caught_up: bool,
    stop: CancellationToken,
}

impl Screen {
    /// The next event; `None` when the server stops or the hub forgot the phone (the browser then
    /// connects again and is filled from the records).
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.stop.is_cancelled() {
                return None;
            }
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            self.bell.borrow_and_update();
            self.take_changes();
            if !self.caught_up {
                self.caught_up = true;
                self.pending.push_back(plain("ready"));
            }
            if !self.pending.is_empty() {
                continue;
            }
            tokio::select! {
                rung = self.bell.changed() => rung.ok()?,
                name = heard_of(&mut self.live, &self.hub, &self.phone) => {
                    self.pending.push_back(plain(name));
                }
                () = self.stop.cancelled() => return None,
            }
        }
    }

    fn take_changes(&mut self) {
        #[derive(Serialize)]
        struct Moved {
            id: String,
            status: Status,
        }
        let changes = self.hub.changes(&self.phone, self.cursor);
        self.cursor = changes.cursor;
        let last = changes.changes.len().saturating_sub(1);
        for (position, change) in changes.changes.into_iter().enumerate() {
            let event = match change {
                Change::Bubble(bubble) => Event::default().event("bubble").json_data(&bubble),
                Change::Status { id, status } => {
                    Event::default().event("status").json_data(Moved { id, status })
                }
            };
            let Ok(event) = event else { continue };
            // Only the last of a batch moves the browser's cursor: a connection lost in between
            // gets the whole batch again.
            let event = if position == last {
                event.id(format!("{}.{}", self.hub.run(), self.cursor))
            } else {
                event
            };
            self.pending.push_back(event);
        }
    }
}

/// Waits for a live event that matters to this phone and gives our name of it.
async fn heard_of(
    live: &mut Option<broadcast::Receiver<LiveEvent>>,
    hub: &Hub,
    phone: &PhoneId,
) -> &'static str {
    loop {
        let Some(receiver) = live else { return std::future::pending().await };
        match receiver.recv().await {
            Ok(LiveEvent::FlowsReloaded) => return "flows",
            Ok(LiveEvent::Turned { contact, .. } | LiveEvent::Moved { contact, .. }) => {
                if hub.contact(phone) == Some(contact) {
                    return "session";
                }
            }
            Ok(LiveEvent::Queued) => {}
            // Too much happened at once: whatever it was, looking again is right.
            Err(broadcast::error::RecvError::Lagged(_)) => return "session",
            Err(broadcast::error::RecvError::Closed) => *live = None,
        }
    }
}
