//! What a server cannot do without: its lease in every role, and each of its tasks. A server that
//! lost one ends by itself, in good order.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::clock::{Clock, Ids};
use samvad::config::{Config, Origins};
use samvad::serve::{Deps, ServeError, serve};
use samvad::vital::Vital;

use crate::support::house::client;

/// A server in this process, on a free port.
struct Running {
    address: std::net::SocketAddr,
    vital: Vital,
    stop: CancellationToken,
    ended: tokio::task::JoinHandle<Result<(), ServeError>>,
}

impl Running {
    async fn start(data: &Path, roles: &str) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let environment = [
            ("SAMVAD_DATA", data.display().to_string()),
            ("SAMVAD_LISTEN", address.to_string()),
            ("SAMVAD_DELIVERY_TIMEOUT_SECONDS", "1".to_owned()),
            ("SAMVAD_DELIVERY_LEASE_SECONDS", "9".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let arguments = vec![("roles".to_owned(), roles.to_owned())];
        let config = Config::read(&Origins { file: None, environment, arguments }).unwrap();
        let (vital, stop) = (Vital::fragile(), CancellationToken::new());
        let deps = Deps {
            clock: Clock::System,
            ids: Ids::system(),
            announce: false,
            vital: vital.clone(),
        };
        let server = serve(config, listener, stop.clone(), deps);
        let running = Running { address, vital, stop, ended: TaskTracker::new().spawn(server) };
        assert_eq!(running.ask("/ready").await, Some(200));
        running
    }

    /// The status of the answer; `None` when nobody listens any more.
    async fn ask(&self, path: &str) -> Option<u16> {
        let answer = client().get(format!("http://{}{path}", self.address)).send().await;
        answer.ok().map(|answer| answer.status().as_u16())
    }

    /// The event stream of a simulated phone.
    async fn open_page(&self) -> reqwest::Response {
        let phones = format!("http://{}/simulator/api/phones", self.address);
        let made = client().post(&phones).send().await.unwrap();
        let phone: serde_json::Value = made.json().await.unwrap();
        let events = format!("{phones}/{}/events", phone["id"].as_str().unwrap());
        let page = client().get(events).send().await.unwrap();
        assert_eq!(page.status(), 200);
        page
    }

    async fn end(self) -> Result<(), ServeError> {
        tokio::time::timeout(Duration::from_secs(20), self.ended).await.expect("it ends").unwrap()
    }
}

fn leases(data: &Path) -> Vec<(i64, bool)> {
    let path = data.join("samvad.db");
    let raw = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT lease_until, ended IS NULL FROM processes ORDER BY epoch";
    let mut statement = raw.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_only_takes_messages_in_keeps_its_lease_and_gives_it_back() {
    for roles in ["web", "delivery"] {
        let folder = tempfile::tempdir().unwrap();
        let running = Running::start(folder.path(), roles).await;
        let (first, is_alive) = leases(folder.path())[0];
        assert!(is_alive);
        let mut last = first;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            last = leases(folder.path())[0].0;
            if last > first + 2_000 {
                break;
            }
        }
        assert!(last > first + 2_000, "the lease of {roles} was not renewed");
        running.stop.cancel();
        running.end().await.unwrap();
        assert_eq!(leases(folder.path()), [(last, false)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_a_part_ends_in_good_order_and_says_which() {
    let parts = [
        "the lanes",
        "the timers",
        "the heartbeat",
        "what writes the records",
        "the watch over the flows",
        "the simulator's reports",
        "delivery",
        "delivery's puller",
    ];
    for part in parts {
        let folder = tempfile::tempdir().unwrap();
        let running = Running::start(folder.path(), "web,delivery").await;
        // A page that is open for long must not hold it.
        let _page = running.open_page().await;
        running.vital.strike(part);
        running.vital.until_lost().await;
        assert_ne!(running.ask("/ready").await, Some(200), "{part}");
        let ended = running.end().await;
        assert!(matches!(ended, Err(ServeError::Lost(lost)) if lost == part), "{part}: {ended:?}");
        assert!(!leases(folder.path())[0].1, "{part}: the lease was given back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_replica_does_without_the_parts_of_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), "web").await;
    running.vital.strike("delivery");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!((running.vital.lost(), running.ask("/ready").await), (None, Some(200)));
    running.stop.cancel();
    running.end().await.unwrap();
}
