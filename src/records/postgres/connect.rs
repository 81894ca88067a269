//! Opening: a server that will do, the newest schema, our keys, the log's months, a place of our own.

use std::time::Duration;

use deadpool_postgres::{Object, Pool};

use super::migrate::{self, MIGRATIONS};
use super::sql::{Sql, get};
use super::{dial, move_in, partitions, place};
use crate::clock::Clock;
use crate::config::PostgresUrl;
use crate::records::{Examination, RecordsError, RecordsOptions};
use crate::seal::Keyring;

/// Held by the one process that brings the database forward; the others wait and then find it done.
/// They ask again and again rather than wait inside the server: a session that waits there keeps a
/// migration waiting that waits for all sessions (CREATE INDEX CONCURRENTLY).
const TRY_LOCK: &str = "SELECT pg_try_advisory_lock(32476745087149057)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(32476745087149057)";
const LOCK_PAUSE: Duration = Duration::from_millis(100);
const LOCK_PATIENCE: u32 = 6_000;

/// What opening found out, before any task runs.
pub(super) struct Opened {
    pub(super) pool: Pool,
    pub(super) epoch: i64,
    pub(super) incarnation: String,
}

pub(super) async fn open(options: &RecordsOptions) -> Result<Opened, RecordsError> {
    let url = PostgresUrl::parse(&options.url)
        .map_err(|error| RecordsError::Setup(format!("records: {error}")))?;
    let pool = dial::pool(&url, options.connections)?;
    let sql = Sql::new(dial::first(&pool, &url).await?);
    let prepared = prepare(&sql, options).await;
    // It may hold the lock and has settings of its own: it does not go back to the pool.
    if let Some(object) = sql.into_object() {
        drop(Object::take(object));
    }
    let (epoch, incarnation) = prepared.map_err(|error| match error {
        setup @ RecordsError::Setup(_) => setup,
        other => RecordsError::Setup(format!("the records at {url} cannot be opened: {other}")),
    })?;
    Ok(Opened { pool, epoch, incarnation })
}

async fn prepare(sql: &Sql, options: &RecordsOptions) -> Result<(i64, String), RecordsError> {
    let server = place::check_server(sql, &options.clock).await?;
    place::tell_of_skew(&server);
    // An index of a large table takes as long as it takes.
    sql.batch("SET statement_timeout = 0").await?;
    take_turns(sql).await?;
    move_in::refuse_while_moving(sql).await?;
    let now = options.clock.now().as_millisecond();
    migrate::migrate(sql, &MIGRATIONS, now).await?;
    place::check_keys(sql, &options.keyring).await?;
    partitions::keep_partitions(sql).await?;
    let placed = place::take(sql, options).await?;
    sql.batch(UNLOCK).await?;
    Ok(placed)
}

/// Looks at a server and its database without writing anything.
pub(in crate::records) async fn examine(
    url: &str,
    clock: &Clock,
    keyring: Option<&Keyring>,
) -> Result<Examination, RecordsError> {
    let url = PostgresUrl::parse(url)
        .map_err(|error| RecordsError::Setup(format!("records: {error}")))?;
    let pool = dial::pool(&url, 1)?;
    let sql = Sql::new(dial::first(&pool, &url).await?);
    let server = place::check_server(&sql, clock).await?;
    let mut found = Examination {
        version: server.version.clone(),
        ahead: Duration::from_millis(server.ahead_ms.unsigned_abs()),
        is_skewed: server.is_skewed(),
        is_empty: false,
        pending: migrate::pending(&sql).await?,
        missing_months: Vec::new(),
    };
    found.is_empty = found.pending.len() == MIGRATIONS.len();
    if found.is_empty {
        return Ok(found);
    }
    found.missing_months = partitions::missing_tables(&sql).await?;
    let Some(keyring) = keyring else {
        return Err(RecordsError::Setup(
            "the key file is missing, but there is a database: put the key file back before you start"
                .to_owned(),
        ));
    };
    place::check_keys(&sql, keyring).await?;
    Ok(found)
}

/// Does it as the only one: nobody else starts meanwhile. The connection is for this alone, and is not
/// given back when it fails.
pub(super) async fn alone<T>(
    sql: &Sql,
    work: impl Future<Output = Result<T, RecordsError>>,
) -> Result<T, RecordsError> {
    take_turns(sql).await?;
    let done = work.await?;
    sql.batch(UNLOCK).await?;
    Ok(done)
}

/// Waits until no other process is starting.
async fn take_turns(sql: &Sql) -> Result<(), RecordsError> {
    for attempt in 0..LOCK_PATIENCE {
        if get(&sql.one(TRY_LOCK, &[]).await?, 0)? {
            return Ok(());
        }
        if attempt == 20 {
            tracing::info!("another process is bringing the records forward; waiting for it");
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(RecordsError::Setup(
        "another process has been bringing the records forward for ten minutes; look at its log, and \
         start again"
            .to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Ids;
    use crate::records::tests::postgres::{Durability, PASSWORD, PostgresServer, USER};

    fn options(url: &str) -> RecordsOptions {
        RecordsOptions {
            url: url.to_owned(),
            connections: 3,
            clock: Clock::System,
            keyring: Arc::new(Keyring::in_memory(&Ids::system()).unwrap()),
            lease: Duration::from_secs(30),
            group: 500,
            membership: crate::config::MembershipSection::default(),
        }
    }

    /// The words of a start that was refused; they never hold a password.
    async fn told(url: &str) -> String {
        let Err(error) = open(&options(url)).await else { panic!("it opened") };
        assert!(matches!(error, RecordsError::Setup(_)), "{error:?}");
        let words = format!("{error} {error:?}");
        for secret in [PASSWORD, "geheim"] {
            assert!(!words.contains(secret), "{words}");
        }
        error.to_string()
    }

    #[tokio::test]
    async fn every_process_takes_a_place_of_its_own_and_touches_no_other() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let options = options(&url);
        let first = open(&options).await.unwrap();
        let second = open(&options).await.unwrap();
        assert!(second.epoch > first.epoch);
        assert_eq!(first.incarnation, second.incarnation);
        assert_eq!(first.incarnation.len(), 16);
        let living = "SELECT count(*) FROM processes WHERE ended IS NULL";
        assert_eq!(server.psql_at(&url, living), "2");
    }

    #[tokio::test]
    async fn ten_replicas_that_start_at_once_make_the_database_once() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let options = options(&url);
        let opening: Vec<_> = (0..10).map(|_| open(&options)).collect();
        let opened = futures_util::future::try_join_all(opening).await.unwrap();
        let mut epochs: Vec<i64> = opened.iter().map(|one| one.epoch).collect();
        epochs.sort_unstable();
        epochs.dedup();
        assert_eq!(epochs.len(), 10);
        assert!(opened.iter().all(|one| one.incarnation == opened[0].incarnation));
        let applied = server.psql_at(&url, "SELECT count(*) FROM migrations");
        assert_eq!(applied, MIGRATIONS.len().to_string());
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        assert_eq!(server.psql_at(&url, waiting), "0");
    }

    #[tokio::test]
    async fn what_stands_in_the_way_is_told_with_what_to_do_and_without_the_password() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let wrong = told(&url.replace(PASSWORD, "geheim")).await;
        assert!(wrong.contains("refuses the password"), "{wrong}");
        assert!(wrong.contains("SAMVAD_RECORDS_PASSWORD"), "{wrong}");
        let missing = told(&url.replace(&format!(":{PASSWORD}"), "")).await;
        assert!(missing.contains("asks for a password"), "{missing}");
        let away = told("postgres://u:geheim@127.0.0.1:1/d").await;
        assert!(away.contains("cannot be reached") && away.contains("refused"), "{away}");
        let nowhere = told("postgres://u:geheim@nowhere.invalid/d").await;
        assert!(nowhere.contains("cannot be reached"), "{nowhere}");
        let no_database = told(&server.url("nothing_here")).await;
        assert!(no_database.contains("createdb"), "{no_database}");
        let broken = told("postgres://u:geheim@h:1").await;
        assert!(broken.contains("the database is missing"), "{broken}");
    }

    #[tokio::test]
    async fn a_database_that_only_reads_or_has_no_room_for_devanagari_is_refused() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let name = url.rsplit('/').next().unwrap();
        server.psql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
        assert!(told(&url).await.contains("only reads"));
        server.psql(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'",
        );
        let latin = told(&server.url("latin")).await;
        assert!(latin.contains("LATIN1") && latin.contains("Devanagari"), "{latin}");
    }

    #[tokio::test]
    async fn no_superuser_is_needed_and_a_user_without_rights_is_told_which() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let name = url.rsplit('/').next().unwrap();
        server.psql("CREATE ROLE office LOGIN PASSWORD 'geheim'");
        let as_office = url.replace(&format!("{USER}:{PASSWORD}"), "office:geheim");
        assert!(told(&as_office).await.contains("ALTER DATABASE"));
        server.psql(&format!("ALTER DATABASE {name} OWNER TO office"));
        open(&options(&as_office)).await.unwrap();
    }

    #[tokio::test]
    async fn another_index_key_is_refused() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        open(&options(&url)).await.unwrap();
        let other = told(&url).await;
        assert!(other.contains("under another its index key"), "{other}");
    }

    #[tokio::test]
    async fn looking_at_a_database_changes_nothing_in_it() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let options = options(&url);
        let (clock, keyring) = (Clock::System, Some(options.keyring.as_ref()));
        let found = examine(&url, &clock, keyring).await.unwrap();
        assert!(found.is_empty && !found.is_skewed, "{found:?}");
        let names: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.name).collect();
        assert_eq!(found.pending, names);
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(server.psql_at(&url, tables), "0");

        open(&options).await.unwrap();
        let newest = "SELECT max(tablename) FROM pg_tables WHERE tablename LIKE 'messages_2%'";
        let newest = server.psql_at(&url, newest);
        server.psql_at(&url, &format!("DROP TABLE {newest}"));
        let found = examine(&url, &clock, keyring).await.unwrap();
        assert!(!found.is_empty && found.pending.is_empty(), "{found:?}");
        assert_eq!(found.missing_months, [newest]);
        assert_eq!(server.psql_at(&url, "SELECT count(*) FROM processes"), "1");
        let without_key = examine(&url, &clock, None).await.unwrap_err().to_string();
        assert!(without_key.contains("put the key file back"), "{without_key}");
    }

    #[tokio::test]
    async fn the_way_is_encrypted_and_the_server_proves_its_name_when_told_to() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let authority = server.authority();
        let verified = format!("{url}?sslmode=verify-full&sslrootcert={}", authority.display());
        for (url, encrypted) in [
            (verified.clone(), true),
            (format!("{url}?sslmode=require"), true),
            (url.clone(), true),
            (format!("{url}?sslmode=disable"), false),
        ] {
            let pool = dial::pool(&PostgresUrl::parse(&url).unwrap(), 2).unwrap();
            let sql = Sql::new(pool.get().await.unwrap());
            let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            let ssl: bool = get(&sql.one(query, &[]).await.unwrap(), 0).unwrap();
            assert_eq!(ssl, encrypted, "{url}");
        }
        let unknown = told(&format!("{url}?sslmode=verify-full")).await;
        assert!(unknown.contains("no encrypted connection"), "{unknown}");
        let key = authority.with_file_name("password");
        let no_certificate = format!("{url}?sslmode=verify-full&sslrootcert={}", key.display());
        assert!(told(&no_certificate).await.contains("holds no certificate"));
    }

    #[tokio::test]
    async fn a_server_of_another_name_is_not_believed() {
        let addresses = "listen_addresses=127.0.0.1,127.0.0.2";
        let server = PostgresServer::start_with(Durability::Careless, &[addresses]);
        // The address is this server's and not on its certificate.
        let url = server.fresh_database().replace("127.0.0.1", "127.0.0.2");
        let authority = server.authority();
        let verified = format!("{url}?sslmode=verify-full&sslrootcert={}", authority.display());
        let words = told(&verified).await;
        assert!(words.contains("not valid for name"), "{words}");
        open(&options(&format!("{url}?sslmode=require"))).await.unwrap();
    }

    #[tokio::test]
    async fn of_several_hosts_the_one_that_takes_writes_is_found() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let several = url.replace("@127.0.0.1", "@127.0.0.1:1,127.0.0.1");
        open(&options(&several)).await.unwrap();
    }

    #[tokio::test]
    async fn a_session_is_set_so_that_a_lost_process_keeps_no_lock_for_long() {
        let server = PostgresServer::shared();
        let url = server.fresh_database();
        let pool = dial::pool(&PostgresUrl::parse(&url).unwrap(), 2).unwrap();
        let sql = Sql::new(pool.get().await.unwrap());
        for (setting, value) in [
            ("idle_in_transaction_session_timeout", "20s"),
            ("lock_timeout", "10s"),
            ("statement_timeout", "30s"),
            ("tcp_keepalives_idle", "10"),
            ("client_connection_check_interval", "5s"),
            ("synchronous_commit", "on"),
            ("TimeZone", "UTC"),
            ("application_name", "samvad"),
        ] {
            let row = sql.one("SELECT current_setting(?1)", &[&setting]).await.unwrap();
            assert_eq!(get::<String>(&row, 0).unwrap(), value, "{setting}");
        }
    }
}
