//! A real master and replica, and three sentinels that look after them.

use std::sync::OnceLock;
use std::time::Duration;

use super::redis_node::{Node, folder, free_port, wait_until};

/// The name the sentinels know the master by.
pub(crate) const MASTER_NAME: &str = "samvad-main";

pub(crate) struct RedisSentinel {
    servers: Vec<Node>,
    sentinels: Vec<Node>,
    password: Option<String>,
}

/// How the servers differ from the usual ones.
#[derive(Clone, Copy, Default)]
pub(crate) struct SentinelPlan {
    /// Of the servers.
    pub(crate) password: Option<&'static str>,
    /// Whether the sentinels want it too.
    pub(crate) sentinels_want_it: bool,
}

impl RedisSentinel {
    /// Starts five servers, and waits until the replica follows and the sentinels answer.
    pub(crate) fn start(plan: SentinelPlan) -> RedisSentinel {
        // Between finding a free port and taking it, somebody else can; then others are found.
        for _ in 0..5 {
            let group = RedisSentinel::launch(plan);
            let all = || group.servers.iter().chain(&group.sentinels);
            if all().all(|node| !node.told(&["PING"]).is_empty()) {
                return group;
            }
        }
        panic!("five servers did not start on any of five times five free ports");
    }

    /// The one group that tests of this process share: they tell their keys apart by a prefix, and
    /// neither kill nor flush the whole.
    pub(crate) fn shared() -> &'static RedisSentinel {
        static SHARED: OnceLock<RedisSentinel> = OnceLock::new();
        SHARED.get_or_init(|| RedisSentinel::start(SentinelPlan::default()))
    }

    fn launch(plan: SentinelPlan) -> RedisSentinel {
        let parent = folder();
        let (master_port, replica_port) = (free_port(), free_port());
        let server = |port: u16, follows: Option<u16>| {
            let mut arguments =
                words("--bind 127.0.0.1 --appendonly no --repl-diskless-sync-delay 0");
            arguments.extend(["--port".to_owned(), port.to_string()]);
            arguments.extend(["--save".to_owned(), String::new()]);
            if let Some(master) = follows {
                arguments.extend(words(&format!("--replicaof 127.0.0.1 {master}")));
            }
            if let Some(password) = plan.password {
                arguments
                    .extend(words(&format!("--requirepass {password} --masterauth {password}")));
            }
            Node::start(&parent, port, plan.password, &[], arguments)
        };
        let servers = vec![server(master_port, None), server(replica_port, Some(master_port))];
        // Sentinels ask a master for its replicas every ten seconds only: it has to know it first.
        let follows =
            || servers[1].told(&["INFO", "replication"]).contains("master_link_status:up");
        wait_until(Duration::from_secs(15), || servers[1].log(), follows);
        let sentinel = |_| {
            let port = free_port();
            let mut lines = vec![
                format!("port {port}"),
                "bind 127.0.0.1".to_owned(),
                format!("sentinel monitor {MASTER_NAME} 127.0.0.1 {master_port} 2"),
                format!("sentinel down-after-milliseconds {MASTER_NAME} 1000"),
                format!("sentinel failover-timeout {MASTER_NAME} 5000"),
            ];
            let mut wanted = None;
            if let Some(password) = plan.password {
                lines.push(format!("sentinel auth-pass {MASTER_NAME} {password}"));
                if plan.sentinels_want_it {
                    wanted = Some(password);
                    lines.push(format!("requirepass {password}"));
                    lines.push(format!("sentinel sentinel-pass {password}"));
                }
            }
            let file = lines.join("\n") + "\n";
            let arguments = words("sentinel.conf --sentinel");
            Node::start(&parent, port, wanted, &[("sentinel.conf", file)], arguments)
        };
        let sentinels: Vec<Node> = (0..3).map(sentinel).collect();
        let answer = || sentinels.iter().all(|sentinel| !sentinel.told(&["PING"]).is_empty());
        wait_until(Duration::from_secs(10), || sentinels[0].log(), answer);
        RedisSentinel { servers, sentinels, password: plan.password.map(str::to_owned) }
    }

    /// Waits until the sentinels know each other and the replica: from then on they can fail over.
    pub(crate) fn wait_until_ready(&self) {
        let knows_all = |sentinel: &Node| {
            let master = sentinel.told(&["INFO", "sentinel"]);
            master.contains("slaves=1,sentinels=3") && master.contains("status=ok")
        };
        let report = || {
            let logs: Vec<String> = self.sentinels.iter().map(Node::log).collect();
            format!("sentinels that do not know each other:\n{}", logs.join("\n---\n"))
        };
        let all_know = || self.sentinels.iter().all(knows_all);
        wait_until(Duration::from_secs(20), report, all_know);
    }

    /// `redis-sentinel://127.0.0.1:PORT,…/NAME`.
    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> =
            self.sentinels.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        let login = self.password.as_ref().map(|password| format!(":{password}@"));
        format!("redis-sentinel://{}{}/{MASTER_NAME}", login.unwrap_or_default(), hosts.join(","))
    }

    /// Which of the two servers says that it is the master.
    pub(crate) fn master(&self) -> usize {
        let is_master = |node: &Node| {
            node.is_running() && node.told(&["INFO", "replication"]).contains("role:master")
        };
        self.servers.iter().position(is_master).expect("a master")
    }

    pub(crate) fn server(&self, index: usize) -> &Node {
        &self.servers[index]
    }

    pub(crate) fn kill(&mut self, server: usize) {
        self.servers[server].stop();
    }

    /// Starts a server again, as it was.
    pub(crate) fn restart(&mut self, server: usize) {
        self.servers[server].resume();
    }

    /// The same command on every sentinel.
    pub(crate) fn tell_sentinels(&self, words: &[&str]) {
        for sentinel in &self.sentinels {
            sentinel.command(words).expect("a command sentinels know");
        }
    }

    /// Everything of one test is lost: its keys, and everybody's scripts.
    pub(crate) fn flush_prefix(&self, prefix: &str) {
        let master = &self.servers[self.master()];
        let keys = master.command(&["KEYS", &format!("{prefix}:*")]).expect("the keys");
        let keys: Vec<String> = redis::from_redis_value(keys).expect("a list");
        for key in keys {
            master.command(&["DEL", &key]).expect("a deletion");
        }
        master.command(&["SCRIPT", "FLUSH"]).expect("a flush of the scripts");
    }
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
