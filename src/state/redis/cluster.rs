//! A Redis Cluster: a line to each master, a map of who has which slots, and what to do when a server
//! sends us on (`MOVED`, `ASK`).
//!
//! The lines are separate on purpose. The cluster connection of the `redis` crate stops every call
//! while it looks for the servers anew, those of healthy shards too; here a dead server's line is
//! away and its keys say so at once, while the others go on.

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
    /// `None` until the first look is over; empty when it found nobody.
    map: watch::Sender<Option<Arc<Map>>>,
    /// Counts looks and calls without a key, so that not always the same server is asked first.
    turn: AtomicUsize,
}

impl Cluster {
    pub(super) fn new() -> Cluster {
        Cluster {
            lines: Mutex::new(HashMap::new()),
            map: watch::Sender::new(None),
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
        let map = tokio::time::timeout_at(deadline, self.map()).await.map_err(|_elapsed| {
            Trouble::Nobody(StateError("no server of the cluster has answered yet".to_owned()))
        })?;
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
        let map = tokio::time::timeout_at(deadline, self.map()).await.map_err(|_elapsed| {
            StateError("no server of the cluster has answered yet".to_owned())
        })?;
        if map.hosts().is_empty() {
            return Err(StateError("no server of the cluster answers".to_owned()));
        }
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
        let Some(map) = self.ask_for_map(dial).await else {
            // Servers that do not speak now may still have their keys in a moment: the map stays.
            self.map.send_if_modified(|known| match known {
                Some(_) => false,
                None => {
                    *known = Some(Arc::default());
                    true
                }
            });
            return false;
        };
        let map = Arc::new(map);
        let mut masters = Vec::new();
        {
            let seeds = &dial.url.hosts;
            let mut lines = self.lines.lock();
            lines.retain(|host, _| map.hosts().contains(host) || seeds.contains(host));
        }
        for host in map.hosts() {
            match self.line_to(dial, host.clone()) {
                Ok(line) => masters.push(line),
                Err(_) => return false,
            }
        }
        self.map.send_replace(Some(Arc::clone(&map)));
        let looks = masters.iter().map(|line| look_at(dial, line));
        let answers = futures_util::future::join_all(looks).await;
        map.missing() == 0 && answers.iter().all(|answers| *answers)
    }

    async fn ask_for_map(&self, dial: &Dial) -> Option<Map> {
        let mut hosts: Vec<Host> = match &*self.map.borrow() {
            Some(map) => map.hosts().to_vec(),
            None => Vec::new(),
        };
        // Replicas and servers without slots among the named ones know the map too.
        for seed in &dial.url.hosts {
            if !hosts.contains(seed) {
                hosts.push(seed.clone());
            }
        }
        let question = Call::anywhere(&["CLUSTER", "SLOTS"]);
        let ask = |host: Host| {
            let question = &question;
            async move {
                let line = self.line_to(dial, host).ok()?;
                let answer = line.probe(question, dial.deadline()).await;
                let map = answer.ok().and_then(|answer| Map::read(&answer, line.host()));
                // One that forgot its cluster, or never joined, knows nothing.
                map.filter(|map| !map.hosts().is_empty())
            }
        };
        let hosts = rotated(&hosts, self.turn.fetch_add(1, Ordering::Relaxed));
        let answers = stream::iter(hosts).map(ask).buffer_unordered(ASKED_AT_ONCE);
        let mut maps = std::pin::pin!(answers.filter_map(std::future::ready));
        maps.next().await
    }

    /// The map; waits until the first look is over.
    async fn map(&self) -> Arc<Map> {
        let mut maps = self.map.subscribe();
        let map = maps.wait_for(Option::is_some).await;
        map.ok().and_then(|map| map.clone()).unwrap_or_default()
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
        let map = self.map().await;
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
            |map: &Option<Arc<Map>>| map.as_ref().is_some_and(|map| !map.hosts().contains(host));
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
