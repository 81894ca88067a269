//! A Redis that Sentinel looks after: the sentinels say which server is the master.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{AsyncConnectionConfig, RedisConnectionInfo, RedisError, Role, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use super::line::{Dial, Line, Trouble, told};
use super::scripts::Call;
use crate::config::Host;
use crate::state::StateError;

pub(super) struct Sentinel {
    /// The name the sentinels know the master by.
    name: String,
    seat: watch::Sender<Seat>,
}

/// Who is the master, as far as we know.
#[derive(Clone)]
enum Seat {
    /// The first look is not over.
    NotLooked,
    /// No sentinel named one yet, and why.
    Nobody(StateError),
    Taken(Arc<Line>),
}

/// What one sentinel says.
struct Named {
    host: Host,
    /// Grows with each failover: of two answers the higher is the newer.
    epoch: u64,
}

impl Sentinel {
    pub(super) fn new(name: String) -> Sentinel {
        Sentinel { name, seat: watch::Sender::new(Seat::NotLooked) }
    }

    pub(super) async fn ask(&self, call: &Call<'_>, deadline: Instant) -> Result<Value, Trouble> {
        let line = tokio::time::timeout_at(deadline, self.line())
            .await
            .map_err(|_elapsed| {
                Trouble::Nobody(StateError("the sentinels have not answered yet".to_owned()))
            })?
            .map_err(Trouble::Nobody)?;
        line.ask(call, false, deadline).await
    }

    /// The line to the master; waits until the first look is over.
    pub(super) async fn line(&self) -> Result<Arc<Line>, StateError> {
        if let Seat::Taken(line) = &*self.seat.borrow() {
            return Ok(Arc::clone(line));
        }
        let mut seats = self.seat.subscribe();
        let seat = seats.wait_for(|seat| !matches!(seat, Seat::NotLooked)).await;
        match seat.as_deref() {
            Ok(Seat::Taken(line)) => Ok(Arc::clone(line)),
            Ok(Seat::Nobody(error)) => Err(error.clone()),
            Ok(Seat::NotLooked) | Err(_) => Err(StateError("it is being closed".to_owned())),
        }
    }

    pub(super) async fn is_left(&self, host: &Host) {
        let mut seats = self.seat.subscribe();
        let is_other = |seat: &Seat| matches!(seat, Seat::Taken(line) if line.host() != host);
        let _ = seats.wait_for(is_other).await;
    }

    /// Asks the sentinels for the master and the server they name whether it is; `true` when it is
    /// and answers.
    pub(super) async fn look(&self, dial: &Dial) -> bool {
        let known = match &*self.seat.borrow() {
            Seat::Taken(line) => Some(Arc::clone(line)),
            _ => None,
        };
        let named = match self.ask_sentinels(dial).await {
            Ok(host) => host,
            Err(error) => {
                // Without sentinels the master we know may still do its work.
                if known.is_none() {
                    self.seat.send_replace(Seat::Nobody(error));
                    return false;
                }
                tracing::debug!(%error, "the sentinels name no master");
                return false;
            }
        };
        let line = match &known {
            Some(line) if *line.host() == named => Arc::clone(line),
            _ => match Line::new(dial, named) {
                Ok(line) => Arc::new(line),
                Err(error) => {
                    tracing::warn!(%error, "the master the sentinels name cannot be used");
                    return false;
                }
            },
        };
        let role = line.probe(&Call::anywhere(&["ROLE"]), dial.deadline()).await;
        let is_master = match role {
            Ok(value) => matches!(redis::from_redis_value(value), Ok(Role::Primary { .. })),
            // Who may not ask for the role has to believe the sentinels.
            Err(Trouble::Refused(_)) => true,
            Err(_) => false,
        };
        // A server that is not ready takes nobody's place, except nobody's.
        if is_master || known.is_none() {
            self.sit(line);
        }
        is_master
    }

    fn sit(&self, line: Arc<Line>) {
        self.seat.send_if_modified(|seat| {
            match seat {
                Seat::Taken(known) if known.host() == line.host() => return false,
                Seat::Taken(_) => {
                    tracing::info!(redis = %line.host(), "the state store has another master");
                }
                Seat::NotLooked | Seat::Nobody(_) => {}
            }
            *seat = Seat::Taken(line);
            true
        });
    }

    /// The master by the newest answer among those of most sentinels, or of all who answer in time:
    /// one that was cut off may still name the old one.
    async fn ask_sentinels(&self, dial: &Dial) -> Result<Host, StateError> {
        let sentinels = &dial.url.hosts;
        let mut asked: FuturesUnordered<_> =
            sentinels.iter().map(|sentinel| self.ask_sentinel(dial, sentinel)).collect();
        let mut newest: Option<Named> = None;
        let mut answered = 0;
        let mut error = StateError("no sentinel answers".to_owned());
        while let Some(answer) = asked.next().await {
            match answer {
                Ok(named) => {
                    answered += 1;
                    if newest.as_ref().is_none_or(|known| known.epoch < named.epoch) {
                        newest = Some(named);
                    }
                }
                Err(reason) => error = reason,
            }
            if answered * 2 > sentinels.len() {
                break;
            }
        }
        newest.map(|named| named.host).ok_or(error)
    }

    async fn ask_sentinel(&self, dial: &Dial, sentinel: &Host) -> Result<Named, StateError> {
        let answer = tokio::time::timeout(dial.timeout, async {
            // Sentinels often have no password although the servers have one, and refuse to be
            // told one then: it is told to those that want it.
            match self.ask_as(dial, sentinel, RedisConnectionInfo::default()).await {
                Err(error) if error.code() == Some("NOAUTH") => {
                    self.ask_as(dial, sentinel, dial.login()).await
                }
                answer => answer,
            }
        });
        let fields = answer
            .await
            .map_err(|_elapsed| StateError("no sentinel answers in time".to_owned()))?
            .map_err(|error| self.told(&error))?;
        read_master(&fields)
            .ok_or_else(|| StateError("a sentinel's answer cannot be read".to_owned()))
    }

    async fn ask_as(
        &self,
        dial: &Dial,
        sentinel: &Host,
        login: RedisConnectionInfo,
    ) -> Result<HashMap<String, String>, RedisError> {
        let patience: Option<Duration> = Some(dial.timeout);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(patience)
            .set_response_timeout(patience);
        let client = dial.client_with(sentinel, login.set_skip_set_lib_name())?;
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut question = redis::cmd("SENTINEL");
        question.arg("MASTER").arg(&self.name).query_async(&mut connection).await
    }

    fn told(&self, error: &RedisError) -> StateError {
        // The mistakes an office makes; the words are the server's and repeat nothing of ours.
        let says = |words: &str| error.detail().is_some_and(|detail| detail.contains(words));
        if says("No such master") {
            return StateError(format!("the sentinels know no master of the name {}", self.name));
        }
        if says("unknown command") {
            return StateError("a server of the list is no sentinel".to_owned());
        }
        told(error)
    }
}

fn read_master(fields: &HashMap<String, String>) -> Option<Named> {
    let host = Host { name: fields.get("ip")?.clone(), port: fields.get("port")?.parse().ok()? };
    let epoch = fields.get("config-epoch").and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
    Some(Named { host, epoch })
}
