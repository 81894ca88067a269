//! A real Redis Cluster of six servers: three masters, a replica each. Everybody's list of the others
//! is written before the start, so that nobody has to meet; what is left is the two seconds a
//! master waits before it writes (`CLUSTER_WRITABLE_DELAY`).

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use samvad::clock::Ids;

use super::redis_node::{Node, folder, free_port, wait_until};

const MASTERS: usize = 3;
const SLOTS: [&str; MASTERS] = ["0-5460", "5461-10922", "10923-16383"];

pub(crate) struct RedisCluster {
    /// Three masters, then a replica of each, as they began.
    nodes: Vec<Node>,
    password: Option<String>,
}

/// How a cluster differs from the usual one.
#[derive(Clone, Copy)]
pub(crate) struct ClusterPlan {
    pub(crate) password: Option<&'static str>,
    /// A server that is silent for so long is dead for the others.
    pub(crate) node_timeout: Duration,
}

impl Default for ClusterPlan {
    fn default() -> ClusterPlan {
        ClusterPlan { password: None, node_timeout: Duration::from_secs(1) }
    }
}

impl RedisCluster {
    /// Starts six servers and waits until they are one cluster.
    pub(crate) fn start(plan: ClusterPlan) -> RedisCluster {
        // Between finding a free port and taking it, somebody else can; then others are found.
        for _ in 0..5 {
            let cluster = RedisCluster::launch(plan);
            std::thread::sleep(Duration::from_millis(300));
            if cluster.nodes.iter().all(|node| !node.told(&["PING"]).is_empty()) {
                cluster.wait_until_whole();
                return cluster;
            }
        }
        panic!("six servers did not start on any of five times six free ports");
    }

    /// The one cluster that tests of this process share: they tell their keys apart by a prefix,
    /// and neither kill nor flush the whole. It is patient with a busy machine.
    pub(crate) fn shared() -> &'static RedisCluster {
        static SHARED: OnceLock<RedisCluster> = OnceLock::new();
        SHARED.get_or_init(|| {
            RedisCluster::start(ClusterPlan {
                node_timeout: Duration::from_secs(15),
                ..ClusterPlan::default()
            })
        })
    }

    fn launch(plan: ClusterPlan) -> RedisCluster {
        let ports: Vec<u16> = (0..2 * MASTERS).map(|_| free_port()).collect();
        let name = Ids::system().uuid(Timestamp::UNIX_EPOCH).simple().to_string();
        let parent: PathBuf = folder();
        let nodes = ports.iter().enumerate().map(|(index, port)| {
            let list = known_nodes(&name, &ports, index);
            let mut arguments: Vec<String> = [
                "--bind 127.0.0.1 --save --appendonly no --cluster-enabled yes",
                "--cluster-config-file nodes.conf --cluster-require-full-coverage no",
                "--cluster-replica-validity-factor 0 --repl-diskless-sync-delay 0",
            ]
            .iter()
            .flat_map(|line| line.split(' '))
            .map(str::to_owned)
            .collect();
            let at = arguments.iter().position(|word| word == "--save").expect("an argument");
            arguments.insert(at + 1, String::new());
            let timeout = plan.node_timeout.as_millis().to_string();
            let port_text = port.to_string();
            for word in ["--port", &port_text, "--cluster-node-timeout", &timeout] {
                arguments.push(word.to_owned());
            }
            if let Some(password) = plan.password {
                for word in ["--requirepass", password, "--masterauth", password] {
                    arguments.push(word.to_owned());
                }
            }
            Node::start(&parent, *port, plan.password, &[("nodes.conf", list)], arguments)
        });
        RedisCluster { nodes: nodes.collect(), password: plan.password.map(str::to_owned) }
    }

    /// `redis-cluster://127.0.0.1:PORT,…` with every server.
    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> =
            self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        let login = self.password.as_ref().map(|password| format!(":{password}@"));
        format!("redis-cluster://{}{}", login.unwrap_or_default(), hosts.join(","))
    }

    fn running(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.is_running())
    }

    /// Waits until every running server says that all is well, and every replica follows.
    pub(crate) fn wait_until_whole(&self) {
        let is_whole = |node: &Node| {
            let info = node.told(&["CLUSTER", "INFO"]);
            let replication = node.told(&["INFO", "replication"]);
            info.contains("cluster_state:ok")
                && info.contains("cluster_slots_ok:16384")
                && (replication.contains("role:master")
                    || replication.contains("master_link_status:up"))
        };
        let report = || {
            let logs: Vec<String> = self.running().map(Node::log).collect();
            format!("no whole cluster:\n{}", logs.join("\n---\n"))
        };
        wait_until(Duration::from_secs(30), report, || self.running().all(is_whole));
    }

    /// The same command on every running server; what they answer is of no interest.
    pub(crate) fn everywhere(&self, words: &[&str]) {
        for node in self.running() {
            let _ = node.command(words);
        }
    }

    /// Everything is lost: keys and scripts.
    pub(crate) fn flush(&self) {
        self.everywhere(&["FLUSHALL"]);
        self.everywhere(&["SCRIPT", "FLUSH"]);
    }

    /// Everything of one test is lost: its keys, and everybody's scripts.
    pub(crate) fn flush_prefix(&self, prefix: &str) {
        let pattern = format!("{prefix}:*");
        for node in self.running() {
            let Ok(keys) = node.command(&["KEYS", &pattern]) else { continue };
            let keys: Vec<String> = redis::from_redis_value(keys).unwrap_or_default();
            for key in keys {
                // A replica sends us on to its master, which has its own turn.
                let _ = node.command(&["DEL", &key]);
            }
        }
        self.everywhere(&["SCRIPT", "FLUSH"]);
    }

    /// Which server is the master of this key by the word of the others; dead ones count as long
    /// as nobody has taken their place.
    pub(crate) fn master_of(&self, key: &str) -> usize {
        let asked = self.running().next().expect("a running server");
        let slot = asked.command(&["CLUSTER", "KEYSLOT", key]).expect("a slot");
        let slot: u16 = redis::from_redis_value(slot).expect("a number");
        let list = asked.told(&["CLUSTER", "NODES"]);
        let has_slot = |line: &&str| {
            line.split(' ').skip(8).any(|range| {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let bound = |text: &str| text.parse::<u16>();
                matches!((bound(first), bound(last)), (Ok(first), Ok(last)) if (first..=last).contains(&slot))
            })
        };
        let line =
            list.lines().find(has_slot).unwrap_or_else(|| panic!("nobody has {slot}: {list}"));
        let address = line.split(' ').nth(1).expect("an address");
        let port = address.split('@').next().and_then(|address| address.rsplit(':').next());
        let port: u16 = port.and_then(|port| port.parse().ok()).expect("a port");
        self.nodes.iter().position(|node| node.port() == port).expect("a server of ours")
    }

    /// The other server of the same shard.
    pub(crate) fn partner_of(node: usize) -> usize {
        (node + MASTERS) % (2 * MASTERS)
    }

    /// Kills the master of this key, and says which it was.
    pub(crate) fn kill_master_of(&mut self, key: &str) -> usize {
        let master = self.master_of(key);
        self.nodes[master].stop();
        master
    }

    pub(crate) fn kill(&mut self, node: usize) {
        self.nodes[node].stop();
    }

    /// Freezes a server: connections stay open and nothing answers. `false` thaws it.
    pub(crate) fn freeze(&self, node: usize, frozen: bool) {
        self.nodes[node].freeze(frozen);
    }

    /// Starts a server again, as it was.
    pub(crate) fn restart(&mut self, node: usize) {
        self.nodes[node].resume();
    }

    pub(crate) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }
}

/// What stands in `nodes.conf` of one of them.
fn known_nodes(name: &str, ports: &[u16], myself: usize) -> String {
    let id = |index: usize| format!("{name}{index:08x}");
    let mut text = String::new();
    for (index, port) in ports.iter().enumerate() {
        let mark = if index == myself { "myself," } else { "" };
        let master = index % MASTERS;
        let bus = port + 10_000;
        let (role, follows, slots) = if index < MASTERS {
            ("master", "-".to_owned(), format!(" {}", SLOTS[index]))
        } else {
            ("slave", id(master), String::new())
        };
        let epoch = master + 1;
        let id = id(index);
        let line =
            format!("{id} 127.0.0.1:{port}@{bus} {mark}{role} {follows} 0 0 {epoch} connected");
        text.extend([line, slots, "\n".to_owned()]);
    }
    text + &format!("vars currentEpoch {MASTERS} lastVoteEpoch 0\n")
}
