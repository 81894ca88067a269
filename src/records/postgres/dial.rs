//! Making a connection: which of the hosts takes writes, how a session is set, and what to say when
//! none can be made.

use std::error::Error as _;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{
    Connect, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::task::TaskTracker;

use super::tls;
use crate::config::{Host, PostgresTls, PostgresUrl};
use crate::records::RecordsError;

/// So long one host may take to let us in, before the next is tried.
const HOST_PATIENCE: Duration = Duration::from_secs(4);

/// So long a connection from the pool is waited for.
const POOL_PATIENCE: Duration = Duration::from_secs(5);

/// What was sent and not confirmed for so long ends the connection.
const UNCONFIRMED: Duration = Duration::from_secs(10);

/// How every session is set, and the server's timeline. Needs no special right. A process that stood
/// still, or whose machine is gone, keeps its locks for seconds and not for hours: the server looks
/// whether the line is alive, and ends a transaction that nobody goes on with. A statement's own limit
/// is longer than our patience, so that it never cuts a COMMIT short whose answer still counts.
///
/// All we ask is found by an index, a row or a few hundred at a time. The planner is told so, for what it
/// knows of the tables is older than a table that fills in minutes.
const SESSION: &str = "
    SET TIME ZONE 'UTC';
    SET default_transaction_isolation = 'read committed';
    SET lock_timeout = '10s';
    SET statement_timeout = '30s';
    SET idle_in_transaction_session_timeout = '20s';
    SET tcp_keepalives_idle = 10;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '20s';
    SET jit = off;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SELECT set_config('client_connection_check_interval', '5s', false)
    WHERE current_setting('server_version_num')::int >= 140000 AND version() LIKE '%linux%';
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off';
    SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8);";

/// A pool that dials as the address says. Nothing is dialled yet.
pub(super) fn pool(url: &PostgresUrl, connections: usize) -> Result<Pool, RecordsError> {
    let hosts: Vec<Config> = url.hosts.iter().map(|host| to_host(url, host)).collect();
    // The manager keeps one for its Debug; it shows no password.
    let shown = hosts.first().cloned().unwrap_or_default();
    let count = u32::try_from(hosts.len()).unwrap_or(u32::MAX);
    let dial = Dial {
        hosts,
        tls: tls::connector(url)?,
        last_good: AtomicUsize::new(0),
        timeline: Mutex::new(None),
        tasks: TaskTracker::new(),
    };
    let manager = Manager::from_connect(
        shown,
        dial,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    Pool::builder(manager)
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .create_timeout(Some(HOST_PATIENCE.saturating_mul(count)))
        .wait_timeout(Some(POOL_PATIENCE))
        .build()
        .map_err(|error| RecordsError::Setup(error.to_string()))
}

fn to_host(url: &PostgresUrl, host: &Host) -> Config {
    let is_socket = host.name.starts_with('/');
    let mut config = Config::new();
    config
        .host(&host.name)
        .port(host.port)
        .user(&url.user)
        .dbname(&url.database)
        .application_name("samvad")
        .ssl_mode(match url.tls {
            _ if is_socket => SslMode::Disable,
            PostgresTls::Disable => SslMode::Disable,
            PostgresTls::Prefer => SslMode::Prefer,
            PostgresTls::Require | PostgresTls::VerifyFull => SslMode::Require,
        })
        .connect_timeout(HOST_PATIENCE)
        .tcp_user_timeout(UNCONFIRMED)
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3)
        .target_session_attrs(TargetSessionAttrs::ReadWrite);
    if let Some(password) = &url.password {
        config.password(password.expose());
    }
    config
}

/// Dials the hosts in turn, beginning with the one that answered last.
struct Dial {
    hosts: Vec<Config>,
    tls: Option<MakeRustlsConnect>,
    last_good: AtomicUsize,
    /// Of the first connection: another one means that another server took over.
    timeline: Mutex<Option<String>>,
    tasks: TaskTracker,
}

impl Connect for Dial {
    fn connect(&self, _shown: &Config) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), Error>> {
        Box::pin(self.dial())
    }
}

impl Dial {
    async fn dial(&self) -> Result<(Client, JoinHandle<()>), Error> {
        let count = self.hosts.len();
        let first = self.last_good.load(Ordering::Relaxed);
        let mut told: Option<Error> = None;
        for step in 0..count {
            let index = (first + step) % count.max(1);
            let Some(host) = self.hosts.get(index) else { continue };
            let entering = self.enter(host);
            if step + 1 == count && told.is_none() {
                // The pool's own limit ends the last of them.
                let entered = entering.await?;
                self.last_good.store(index, Ordering::Relaxed);
                return Ok(entered);
            }
            match timeout(HOST_PATIENCE, entering).await {
                Ok(Ok(entered)) => {
                    self.last_good.store(index, Ordering::Relaxed);
                    return Ok(entered);
                }
                // A server that answered says more than one that cannot be reached.
                Ok(Err(error)) if told.is_none() || error.as_db_error().is_some() => {
                    told = Some(error);
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
        match told {
            Some(error) => Err(error),
            // Nobody said a word: the pool's limit is the answer.
            None => std::future::pending().await,
        }
    }

    async fn enter(&self, host: &Config) -> Result<(Client, JoinHandle<()>), Error> {
        let (client, task) = match &self.tls {
            Some(tls) => self.enter_by(host, tls.clone()).await?,
            None => self.enter_by(host, NoTls).await?,
        };
        let mut timeline = None;
        for message in client.simple_query(SESSION).await? {
            if let SimpleQueryMessage::Row(row) = message {
                timeline = row.get(0).map(str::to_owned);
            }
        }
        self.look_for_a_takeover(timeline);
        Ok((client, task))
    }

    async fn enter_by<T>(&self, host: &Config, tls: T) -> Result<(Client, JoinHandle<()>), Error>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let (client, connection) = host.connect(tls).await?;
        let task = self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %in_words(&error), "a connection to PostgreSQL ended");
            }
        });
        Ok((client, task))
    }

    fn look_for_a_takeover(&self, timeline: Option<String>) {
        let mut known = self.timeline.lock();
        if known.is_some() && *known != timeline {
            tracing::warn!(
                "another PostgreSQL server took over; the records go on there. Restart the replicas \
                 one by one when it suits: those started since then keep their live state under \
                 another name, and share no limits with the older ones"
            );
        }
        *known = timeline;
    }
}

/// The first connection. What stands in its way is told in words that help.
pub(super) async fn first(pool: &Pool, url: &PostgresUrl) -> Result<Object, RecordsError> {
    pool.get().await.map_err(|error| {
        RecordsError::Setup(match error {
            PoolError::Backend(error) => why_not(&error, url),
            PoolError::Timeout(_) => format!(
                "PostgreSQL does not answer at {url}; is it running, and does a firewall let us \
                 through?"
            ),
            other => format!("no connection to PostgreSQL at {url}: {other}"),
        })
    })
}

fn why_not(error: &Error, url: &PostgresUrl) -> String {
    if let Some(told) = error.as_db_error() {
        let words = told.message();
        return match *told.code() {
            SqlState::INVALID_PASSWORD => format!(
                "PostgreSQL refuses the password for {url}; put the right one into \
                 SAMVAD_RECORDS_PASSWORD or into the file that records_password_file names"
            ),
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION => format!(
                "PostgreSQL does not let us in at {url} ({words}); its pg_hba.conf says who may come \
                 from where, and whether encrypted (sslmode=require or verify-full)"
            ),
            SqlState::INVALID_CATALOG_NAME => format!(
                "there is no such database at {url}; make it with: createdb --encoding=UTF8 \
                 --template=template0 --owner=USER DATABASE"
            ),
            SqlState::TOO_MANY_CONNECTIONS => format!(
                "PostgreSQL at {url} has no connection left; raise its max_connections, or lower \
                 records_connections (every replica takes so many)"
            ),
            SqlState::CANNOT_CONNECT_NOW => {
                format!("PostgreSQL at {url} is not ready yet ({words}); start again in a moment")
            }
            _ => format!("PostgreSQL at {url} does not let us in: {words}"),
        };
    }
    if error.to_string().contains("invalid configuration") {
        return format!(
            "PostgreSQL at {url} asks for a password; put it into SAMVAD_RECORDS_PASSWORD or into a \
             file that records_password_file names"
        );
    }
    let words = in_words(error);
    if error.to_string().contains("TLS") {
        return format!(
            "no encrypted connection to PostgreSQL at {url} ({words}); see sslmode and sslrootcert \
             in docs/operations.md"
        );
    }
    let refuses_writes = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    if refuses_writes {
        return format!(
            "PostgreSQL at {url} only reads: it is a standby, or set read-only. Name the server that \
             takes writes; of several hosts, parted by commas, the right one is found"
        );
    }
    format!(
        "PostgreSQL at {url} cannot be reached ({words}); is it running, and are host and port right?"
    )
}

/// The error with what caused it; tokio-postgres itself says only the kind.
pub(super) fn in_words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_words = inner.to_string();
        if !words.contains(&inner_words) {
            words.push_str(": ");
            words.push_str(&inner_words);
        }
        source = inner.source();
    }
    words
}
