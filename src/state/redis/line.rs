//! The line to one server: a multiplexed connection, and whether it is worth trying.
//!
//! A server that is away costs those who are asking it just then one timeout. From then on its line
//! is *away* and every call says so at once; only the scout (see `home.rs`) goes on looking.

use std::time::Duration;

use parking_lot::Mutex;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{
    Client, ConnectionAddr, ErrorKind, IntoConnectionInfo, RedisConnectionInfo, RedisError,
    RedisResult, ServerErrorKind, Value,
};
use tokio::time::Instant;

use super::scripts::Call;
use crate::config::{Host, RedisUrl};
use crate::state::StateError;

/// How the servers of this store are reached, and with how much patience.
pub(super) struct Dial {
    pub(super) url: RedisUrl,
    pub(super) timeout: Duration,
    pub(super) leave_alone: Duration,
}

impl Dial {
    /// A client for a server that holds data: it logs in and chooses the database.
    pub(super) fn client(&self, host: &Host) -> Result<Client, StateError> {
        let settings = self.login().set_db(self.url.database);
        self.client_with(host, settings).map_err(|error| told(&error))
    }

    /// User and password, nothing else.
    pub(super) fn login(&self) -> RedisConnectionInfo {
        let mut settings = RedisConnectionInfo::default();
        if let Some(user) = &self.url.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = &self.url.password {
            settings = settings.set_password(password.expose());
        }
        settings
    }

    pub(super) fn client_with(
        &self,
        host: &Host,
        settings: RedisConnectionInfo,
    ) -> RedisResult<Client> {
        let (name, port) = (host.name.clone(), host.port);
        let address = if self.url.tls {
            ConnectionAddr::TcpTls { host: name, port, insecure: false, tls_params: None }
        } else {
            ConnectionAddr::Tcp(name, port)
        };
        Client::open(address.into_connection_info()?.set_redis_settings(settings))
    }

    /// When a call that begins now has to be over.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }
}

/// Why a call brought nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nothing was said: the server was found away a moment ago.
    LeftAlone,
    /// The server did not answer, or not as a whole server does.
    Away(StateError),
    /// The server answered, and refused.
    Refused(RedisError),
    /// There is no server to ask.
    Nobody(StateError),
}

impl From<Trouble> for StateError {
    fn from(trouble: Trouble) -> StateError {
        match trouble {
            Trouble::LeftAlone => StateError("it is away and left alone for a moment".to_owned()),
            Trouble::Away(error) | Trouble::Nobody(error) => error,
            Trouble::Refused(error) => told(&error),
        }
    }
}

pub(super) struct Line {
    host: Host,
    client: Client,
    timeout: Duration,
    wire: Mutex<Wire>,
}

struct Wire {
    connection: ConnectionManager,
    /// Counts connections, so that a late failure of an old one does not take the new one down.
    generation: u64,
    is_away: bool,
}

impl Line {
    /// Makes no connection yet: the first call does.
    pub(super) fn new(dial: &Dial, host: Host) -> Result<Line, StateError> {
        let client = dial.client(&host)?;
        let connection = connect(&client, dial.timeout)?;
        let wire = Mutex::new(Wire { connection, generation: 0, is_away: false });
        Ok(Line { host, client, timeout: dial.timeout, wire })
    }

    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    /// For a connection of one's own.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn is_away(&self) -> bool {
        self.wire.lock().is_away
    }

    /// Makes one call, unless the server is known to be away.
    pub(super) async fn ask(
        &self,
        call: &Call<'_>,
        asking: bool,
        deadline: Instant,
    ) -> Result<Value, Trouble> {
        if self.is_away() {
            return Err(Trouble::LeftAlone);
        }
        self.say(call, asking, deadline).await
    }

    /// The scout's call: made also while the server is away, to see whether it still is.
    pub(super) async fn probe(&self, call: &Call<'_>, deadline: Instant) -> Result<Value, Trouble> {
        self.say(call, false, deadline).await
    }

    async fn say(
        &self,
        call: &Call<'_>,
        asking: bool,
        deadline: Instant,
    ) -> Result<Value, Trouble> {
        let (mut connection, generation) = {
            let wire = self.wire.lock();
            (wire.connection.clone(), wire.generation)
        };
        match tokio::time::timeout_at(deadline, call.say(&mut connection, asking)).await {
            Ok(Err(error)) if is_away(&error) => {
                self.goes_away(generation);
                Err(Trouble::Away(told(&error)))
            }
            Ok(answer) => {
                self.answers(generation);
                answer.map_err(Trouble::Refused)
            }
            Err(_elapsed) => {
                self.goes_away(generation);
                let patience = self.timeout.as_millis();
                Err(Trouble::Away(StateError(format!("no answer within {patience} ms"))))
            }
        }
    }

    fn answers(&self, generation: u64) {
        let mut wire = self.wire.lock();
        if wire.generation == generation && wire.is_away {
            wire.is_away = false;
            tracing::info!(redis = %self.host, "the state store answers again");
        }
    }

    /// Takes the line down, and has the next look make a fresh connection: an old one may hang in a
    /// network that lost it.
    fn goes_away(&self, generation: u64) {
        let mut wire = self.wire.lock();
        if wire.generation != generation {
            return;
        }
        if !wire.is_away {
            tracing::warn!(redis = %self.host, "the state store does not answer; going on without it");
        }
        wire.is_away = true;
        if let Ok(fresh) = connect(&self.client, self.timeout) {
            wire.connection = fresh;
            wire.generation += 1;
        }
    }
}

/// A connection that is made at its first use and never tries twice: when to try is ours to say.
fn connect(client: &Client, timeout: Duration) -> Result<ConnectionManager, StateError> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(timeout))
        .set_response_timeout(Some(timeout));
    ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(|error| told(&error))
}

/// Whether the server as a whole did not answer, rather than refused this one command.
fn is_away(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_unrecoverable_error()
        || matches!(
            error.kind(),
            ErrorKind::AuthenticationFailed
                | ErrorKind::Server(ServerErrorKind::BusyLoading | ServerErrorKind::MasterDown)
        )
}

/// The kind and code of an error, without the words of it: they can repeat what was sent.
pub(super) fn told(error: &RedisError) -> StateError {
    match error.code() {
        Some(code) => StateError(format!("{} ({code})", error.category())),
        None => StateError(error.category().to_owned()),
    }
}
