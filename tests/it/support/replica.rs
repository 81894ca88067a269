//! One replica under a supervisor, as systemd or a cluster would keep it: whatever ends it, it is
//! started again, until the test stops it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::server::Server;

/// How often the supervisor looks whether the program goes on.
const LOOK: Duration = Duration::from_millis(50);
/// A replica that cannot begin for so long is a failed test.
const COMES_UP: Duration = Duration::from_mins(2);

/// What a replica is started with.
pub(crate) struct Begin {
    pub(crate) data: PathBuf,
    pub(crate) port: u16,
    pub(crate) settings: Vec<(&'static str, String)>,
}

enum Order {
    /// `kill -9`, and up again after so long.
    Kill(Duration),
    /// Stands still for so long, as a machine that swaps; nobody tells it.
    Freeze(Duration),
    Stop,
}

#[derive(Debug, Default)]
struct Seen {
    is_up: AtomicBool,
    ended_by_itself: AtomicU64,
    failed_starts: AtomicU64,
}

/// A supervised replica. Killed, with its supervisor, when dropped.
pub(crate) struct Replica {
    orders: Sender<Order>,
    seen: Arc<Seen>,
    supervisor: Option<JoinHandle<()>>,
}

impl Replica {
    /// Starts it on a thread of its own; [`Replica::is_up`] says when it serves.
    pub(crate) fn start(begin: Begin) -> Replica {
        let (orders, given) = channel();
        let seen = Arc::new(Seen::default());
        let told = Arc::clone(&seen);
        let supervisor = std::thread::spawn(move || supervise(&begin, &given, &told));
        Replica { orders, seen, supervisor: Some(supervisor) }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.seen.is_up.load(Ordering::SeqCst)
    }

    /// `kill -9` as soon as it is up, and down for so long.
    pub(crate) fn kill(&self, down: Duration) {
        self.order(Order::Kill(down));
    }

    /// Frozen for so long, as soon as it is up.
    pub(crate) fn freeze(&self, by: Duration) {
        self.order(Order::Freeze(by));
    }

    /// How often it ended without being told to, and was started again.
    pub(crate) fn ended_by_itself(&self) -> u64 {
        self.seen.ended_by_itself.load(Ordering::SeqCst)
    }

    /// How often it could not begin (the records were away) and was started again.
    pub(crate) fn failed_starts(&self) -> u64 {
        self.seen.failed_starts.load(Ordering::SeqCst)
    }

    /// A clean stop, and the end of the supervision. Blocks.
    pub(crate) fn stop(mut self) {
        self.order(Order::Stop);
        let supervisor = self.supervisor.take().expect("stopped once");
        supervisor.join().expect("the supervisor has nothing to complain about");
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the supervisor goes on; see its panic above");
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // Without anybody to give orders, the supervisor ends, and the program with it.
        let (orphan, _) = channel();
        self.orders = orphan;
        if let Some(supervisor) = self.supervisor.take() {
            let _ = supervisor.join();
        }
    }
}

fn supervise(begin: &Begin, orders: &Receiver<Order>, seen: &Seen) {
    let mut server = bring_up(begin, seen);
    loop {
        match orders.recv_timeout(LOOK) {
            Ok(Order::Kill(down)) => {
                seen.is_up.store(false, Ordering::SeqCst);
                server.kill();
                std::thread::sleep(down);
                server = bring_up(begin, seen);
            }
            Ok(Order::Freeze(by)) => {
                if server.has_ended() {
                    continue;
                }
                server.signal("STOP");
                std::thread::sleep(by);
                server.signal("CONT");
            }
            Ok(Order::Stop) => {
                seen.is_up.store(false, Ordering::SeqCst);
                return server.stop();
            }
            Err(RecvTimeoutError::Timeout) => {
                if server.has_ended() {
                    seen.is_up.store(false, Ordering::SeqCst);
                    seen.ended_by_itself.fetch_add(1, Ordering::SeqCst);
                    server = bring_up(begin, seen);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Starts it until it is up.
fn bring_up(begin: &Begin, seen: &Seen) -> Server {
    let until = Instant::now() + COMES_UP;
    loop {
        match Server::try_start(&begin.data, begin.port, &begin.settings) {
            Ok(server) => {
                seen.is_up.store(true, Ordering::SeqCst);
                return server;
            }
            Err(words) => assert!(Instant::now() < until, "a replica never came up: {words}"),
        }
        seen.failed_starts.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(100));
    }
}
