//! A Redis Cluster: a line to each master, a map of who has which slots, and what to do when a server
//! sends us on (`MOVED`, `ASK`).
//!
//! The lines are separate on purpose. The cluster connection of the `redis` crate (1.8) stops every
//! call while it looks for the servers anew: with one server hung and another dead, calls to a
//! healthy third waited for almost the whole timeout each. Here a server that is away takes its own
//! keys away, and the others go on.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use redis::{ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::home::look_at;
use super::line::{Dial, Line, Trouble};
use super::scripts::Call;
use super::slots::{Map, slot_of};
use crate::config::Host;
use crate::state::StateError;

/// How often one call is sent on: to the new master, and by it to where the slot moves just now.
const MAX_HOPS: usize = 3;

/// So many servers are asked for the map at once; the first answer is taken.
const ASKED_AT_ONCE: usize = 3;

pub(super) struct Cluster {
    lines: Mutex<HashMap<Host, Arc<Line>>>,
    map: watch::Sender<Known>,
    /// Counts looks and calls without a key, so that not always the same server is asked first.
    turn: AtomicUsize,
}

/// What we know of the cluster.
enum Known {
    /// The first look is not over.
    NotLooked,
    /// No server told a map yet, and why.
    Nothing(StateError),
    Map(Arc<Map>),
}

impl Cluster {
    pub(super) fn new() -> Cluster {
        Cluster {
            lines: Mutex::new(HashMap::new()),
            map: watch::Sender::new(Known::NotLooked),
            turn: AtomicUsize::new(0),
        }
    }

    pub(super) async fn ask(
        &self,
        dial: &Dial,
        call: &Call<'_>,
        deadline: Instant,
        trouble: &Notify,
    ) -> Result<Value, Trouble> {
        let map = self.map_before(deadline).await.map_err(Trouble::Nobody)?;
        let Some(key) = call.key() else {
            return self.ask_anyone(dial, &map, call, deadline, trouble).await;
        };
        let master = map.master_of(slot_of(key)).cloned().ok_or_else(|| {
            Trouble::Nobody(StateError("no server of the cluster has this key".to_owned()))
        })?;
        let mut line = self.line_to(dial, master)?;
        let mut asking = false;
        for _ in 0..MAX_HOPS {
            let error = match line.ask(call, asking, deadline).await {
                Err(Trouble::Refused(error)) => error,
                answer => return answer,
            };
            let Some(host) = sent_on_to(&error, line.host()) else {
                return Err(Trouble::Refused(error));
            };
            asking = error.kind() == ErrorKind::Server(ServerErrorKind::Ask);
            if !asking {
                trouble.notify_one();
            }
            line = self.line_to(dial, host)?;
        }
        line.ask(call, asking, deadline).await
    }

    /// Asks one master after the other until one answers; dead ones cost nothing once they are known.
    async fn ask_anyone(
        &self,
        dial: &Dial,
        map: &Map,
        call: &Call<'_>,
        deadline: Instant,
        trouble: &Notify,
    ) -> Result<Value, Trouble> {
        let mut last = Trouble::Nobody(StateError("no server of the cluster is known".to_owned()));
        for host in rotated(map.hosts(), self.turn.fetch_add(1, Ordering::Relaxed)) {
            match self.line_to(dial, host)?.ask(call, false, deadline).await {
                Err(Trouble::LeftAlone) => {}
                Err(away @ Trouble::Away(_)) => {
                    trouble.notify_one();
                    last = away;
                }
                answer => return answer,
            }
        }
        Err(last)
    }

    /// Whether every slot has a master and every master answers.
    pub(super) async fn ping(&self, dial: &Dial) -> Result<(), StateError> {
        let deadline = dial.deadline();
        let map = self.map_before(deadline).await?;
        let ping = Call::anywhere(&["PING"]);
        let asked = map.hosts().iter().map(|host| async {
            let line = self.line_to(dial, host.clone())?;
            line.ask(&ping, false, deadline).await
        });
        let answers = futures_util::future::join_all(asked).await;
        let silent = answers.iter().filter(|answer| answer.is_err()).count();
        if silent > 0 {
            let all = answers.len();
            return Err(StateError(format!("{silent} of {all} masters of the cluster are away")));
        }
        match map.missing() {
            0 => Ok(()),
            missing => Err(StateError(format!("{missing} slots of the cluster have no master"))),
        }
    }

    /// Asks for the map, and servers that were away whether they still are; `true` when every slot
    /// has a master that answers.
    pub(super) async fn look(&self, dial: &Dial) -> bool {
        let map = match self.ask_for_map(dial).await {
            Ok(map) => Arc::new(map),
            Err(error) => {
                // Servers that do not speak now may still have their keys in a moment: a map stays.
                self.map.send_if_modified(|known| {
                    let is_new = !matches!(known, Known::Map(_));
                    if is_new {
                        *known = Known::Nothing(error);
                    }
                    is_new
                });
                return false;
            }
        };
        let seeds = &dial.url.hosts;
        let is_needed = |host: &Host| map.hosts().contains(host) || seeds.contains(host);
        self.lines.lock().retain(|host, _| is_needed(host));
        self.map.send_replace(Known::Map(Arc::clone(&map)));
        let looks = map.hosts().iter().map(|host| async {
            match self.line_to(dial, host.clone()) {
                Ok(line) => look_at(dial, &line).await,
                Err(_) => false,
            }
        });
        let answers = futures_util::future::join_all(looks).await;
        map.missing() == 0 && answers.iter().all(|answers| *answers)
    }

    async fn ask_for_map(&self, dial: &Dial) -> Result<Map, StateError> {
        let mut hosts: Vec<Host> = match &*self.map.borrow() {
            Known::Map(map) => map.hosts().to_vec(),
            Known::NotLooked | Known::Nothing(_) => Vec::new(),
        };
        // Replicas and servers without slots among the named ones know the map too.
        for seed in &dial.url.hosts {
            if !hosts.contains(seed) {
                hosts.push(seed.clone());
            }
        }
        let hosts = rotated(&hosts, self.turn.fetch_add(1, Ordering::Relaxed));
        let asked = stream::iter(hosts).map(|host| self.ask_for_map_at(dial, host));
        let mut answers = asked.buffer_unordered(ASKED_AT_ONCE);
        let mut why = StateError("no server of the cluster is named".to_owned());
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(map) => return Ok(map),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    async fn ask_for_map_at(&self, dial: &Dial, host: Host) -> Result<Map, StateError> {
        let line = self.line_to(dial, host)?;
        let question = Call::anywhere(&["CLUSTER", "SLOTS"]);
        let answer = match line.probe(&question, dial.deadline()).await {
            // The mistake an office makes; the words are the server's and repeat nothing of ours.
            Err(Trouble::Refused(error)) if is_no_cluster(&error) => {
                return Err(StateError(format!(
                    "{} is no server of a cluster; write redis:// for one server",
                    line.host()
                )));
            }
            answer => answer?,
        };
        // One that forgot its cluster, or never joined, knows nobody.
        Map::read(&answer, line.host())
            .filter(|map| !map.hosts().is_empty())
            .ok_or_else(|| StateError(format!("{} knows no masters of its cluster", line.host())))
    }

    /// The map; waits until the first look is over.
    async fn map(&self) -> Result<Arc<Map>, StateError> {
        if let Known::Map(map) = &*self.map.borrow() {
            return Ok(Arc::clone(map));
        }
        let mut maps = self.map.subscribe();
        let known = maps.wait_for(|known| !matches!(known, Known::NotLooked)).await;
        match known.as_deref() {
            Ok(Known::Map(map)) => Ok(Arc::clone(map)),
            Ok(Known::Nothing(why)) => Err(why.clone()),
            Ok(Known::NotLooked) | Err(_) => Err(StateError("it is being closed".to_owned())),
        }
    }

    async fn map_before(&self, deadline: Instant) -> Result<Arc<Map>, StateError> {
        tokio::time::timeout_at(deadline, self.map()).await.unwrap_or_else(|_elapsed| {
            Err(StateError("no server of the cluster has answered yet".to_owned()))
        })
    }

    fn line_to(&self, dial: &Dial, host: Host) -> Result<Arc<Line>, Trouble> {
        let mut lines = self.lines.lock();
        if let Some(line) = lines.get(&host) {
            return Ok(Arc::clone(line));
        }
        let line = Arc::new(Line::new(dial, host.clone()).map_err(Trouble::Nobody)?);
        lines.insert(host, Arc::clone(&line));
        Ok(line)
    }

    /// A master that answers, another one at another `turn`.
    pub(super) async fn some_line(&self, dial: &Dial, turn: usize) -> Option<Arc<Line>> {
        let map = self.map().await.ok()?;
        for host in rotated(map.hosts(), turn) {
            if let Ok(line) = self.line_to(dial, host)
                && !line.is_away()
            {
                return Some(line);
            }
        }
        None
    }

    pub(super) async fn is_left(&self, host: &Host) {
        let mut maps = self.map.subscribe();
        let is_gone =
            |known: &Known| matches!(known, Known::Map(map) if !map.hosts().contains(host));
        let _ = maps.wait_for(is_gone).await;
    }
}

/// The hosts, beginning with another one at another `turn`.
fn rotated(hosts: &[Host], turn: usize) -> Vec<Host> {
    let mut rotated = hosts.to_vec();
    if !rotated.is_empty() {
        rotated.rotate_left(turn % hosts.len());
    }
    rotated
}

/// Where a `MOVED` or `ASK` sends us; an empty name means the server that said it.
fn sent_on_to(error: &RedisError, told_by: &Host) -> Option<Host> {
    let (address, _slot) = error.redirect_node()?;
    let host: Host = address.parse().ok()?;
    if host.name.is_empty() {
        return Some(Host { name: told_by.name.clone(), ..host });
    }
    Some(host)
}

fn is_no_cluster(error: &RedisError) -> bool {
    error.detail().is_some_and(|words| words.contains("cluster support disabled"))
}
