//! Where the servers are: one, the master that sentinels name, or the servers of a cluster.
//!
//! A *scout* runs in the background. It wakes when a call met trouble, looks where the master or the
//! servers of the cluster are by now and whether those that were away answer again, and looks once
//! more after a moment until all is well; then it rests, but for a look now and then. So no message waits for a dead server a second time, and
//! a dead shard of a cluster takes nothing but its own keys away.

use std::sync::Arc;
use std::time::Duration;

use redis::{ErrorKind, ServerErrorKind, Value};
use tokio::sync::Notify;

use super::cluster::Cluster;
use super::line::{Dial, Line, Trouble};
use super::scripts::Call;
use super::sentinel::Sentinel;
use crate::config::{Host, RedisShape};
use crate::state::StateError;

/// How long the scout rests when nobody met trouble. A server that lost its part without a word (a
/// master made a replica by hand) still answers those who only read or publish.
const PATROL: Duration = Duration::from_secs(5);

pub(super) struct Home {
    dial: Dial,
    shape: Shape,
    /// Wakes the scout.
    trouble: Notify,
}

enum Shape {
    Single(Arc<Line>),
    Sentinel(Sentinel),
    Cluster(Cluster),
}

impl Home {
    /// Makes no connection yet. The scout has to be started by the caller.
    pub(super) fn new(dial: Dial) -> Result<Home, StateError> {
        let shape = match &dial.url.shape {
            RedisShape::Single => {
                let host = dial.url.hosts.first().cloned();
                let host = host.ok_or_else(|| StateError("no host is named".to_owned()))?;
                Shape::Single(Arc::new(Line::new(&dial, host)?))
            }
            RedisShape::Sentinel { master } => Shape::Sentinel(Sentinel::new(master.clone())),
            RedisShape::Cluster => Shape::Cluster(Cluster::new()),
        };
        Ok(Home { dial, shape, trouble: Notify::new() })
    }

    /// Makes one call, bounded in time, at the server that has its key.
    pub(super) async fn ask(&self, call: &Call<'_>) -> Result<Value, StateError> {
        let deadline = self.dial.deadline();
        let answer = match &self.shape {
            Shape::Single(line) => line.ask(call, false, deadline).await.map_err(is_it_a_cluster),
            Shape::Sentinel(sentinel) => sentinel.ask(call, deadline).await,
            Shape::Cluster(cluster) => cluster.ask(&self.dial, call, deadline, &self.trouble).await,
        };
        answer.map_err(|trouble| {
            if wants_a_look(&trouble) {
                self.trouble.notify_one();
            }
            trouble.into()
        })
    }

    /// Whether everything answers: of a cluster every master, and every slot has one.
    pub(super) async fn ping(&self) -> Result<(), StateError> {
        match &self.shape {
            Shape::Single(_) | Shape::Sentinel(_) => {
                self.ask(&Call::anywhere(&["PING"])).await.map(|_pong| ())
            }
            Shape::Cluster(cluster) => {
                let whole = cluster.ping(&self.dial).await;
                if whole.is_err() {
                    self.trouble.notify_one();
                }
                whole
            }
        }
    }

    /// Looks after the servers for ever.
    pub(super) async fn scout(&self) {
        loop {
            let is_settled = match &self.shape {
                Shape::Single(line) => look_at(&self.dial, line).await,
                Shape::Sentinel(sentinel) => sentinel.look(&self.dial).await,
                Shape::Cluster(cluster) => cluster.look(&self.dial).await,
            };
            tokio::time::sleep(self.dial.leave_alone).await;
            if is_settled {
                let _ = tokio::time::timeout(PATROL, self.trouble.notified()).await;
            }
        }
    }

    /// A server to hear live events from; another one at another `turn` where there are several.
    /// Waits until one is known.
    pub(super) async fn ear(&self, turn: usize) -> Option<Arc<Line>> {
        match &self.shape {
            Shape::Single(line) => Some(Arc::clone(line)),
            Shape::Sentinel(sentinel) => sentinel.line().await.ok(),
            Shape::Cluster(cluster) => cluster.some_line(&self.dial, turn).await,
        }
    }

    /// Waits until the server is no longer one to listen to: it is not the master any more, or has
    /// left the cluster.
    pub(super) async fn is_left(&self, host: &Host) {
        match &self.shape {
            Shape::Single(_) => std::future::pending().await,
            Shape::Sentinel(sentinel) => sentinel.is_left(host).await,
            Shape::Cluster(cluster) => cluster.is_left(host).await,
        }
    }

    pub(super) fn dial(&self) -> &Dial {
        &self.dial
    }
}

/// A single server that sends us on is one of a cluster, which the office did not say.
fn is_it_a_cluster(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Refused(error) if error.kind() == ErrorKind::Server(ServerErrorKind::Moved) => {
            let hint = "it is a server of a cluster; write redis-cluster:// for it";
            Trouble::Nobody(StateError(hint.to_owned()))
        }
        trouble => trouble,
    }
}

/// Whether a server that was away answers by now.
pub(super) async fn look_at(dial: &Dial, line: &Line) -> bool {
    !line.is_away() || line.probe(&Call::anywhere(&["PING"]), dial.deadline()).await.is_ok()
}

/// Whether the trouble can mean that the servers have other parts than we think.
fn wants_a_look(trouble: &Trouble) -> bool {
    match trouble {
        // The scout goes on looking by itself.
        Trouble::LeftAlone | Trouble::Nobody(_) => false,
        Trouble::Away(_) => true,
        Trouble::Refused(error) => matches!(
            error.kind(),
            ErrorKind::Server(
                ServerErrorKind::ReadOnly
                    | ServerErrorKind::ClusterDown
                    | ServerErrorKind::Moved
                    | ServerErrorKind::Ask
            )
        ),
    }
}
