//! Taking a place among the processes, and knowing whether the database is still the one it was.

use super::fault::Fault;
use super::sql::{Sql, get};
use crate::clock::Clock;
use crate::records::common::{holds_keys, milliseconds};
use crate::records::sql::process;
use crate::records::{RecordsError, RecordsOptions};
use crate::seal::Keyring;

/// The oldest server we know, and how it calls itself.
const OLDEST: (i64, &str) = (130_000, "13");

/// Clocks that differ by more are told of.
const SKEW_MS: i64 = 2_000;

/// What a server must be, and its clock in epoch milliseconds.
const SERVER: &str = "
    SELECT current_setting('server_version_num')::bigint, current_setting('server_version'),
           current_setting('server_encoding'), current_schema()::text,
           floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/// Where this database lives: server, database, table, the row of the incarnation itself, and the
/// timeline of the server's history. After a restore from a dump, to a point in time, or a failover,
/// one of them is another.
const HOME: &str = "
    SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                     (SELECT oid FROM pg_database WHERE datname = current_database()),
                     'meta'::regclass::oid,
                     (SELECT xmin FROM meta WHERE name = 'incarnation'),
                     left(pg_walfile_name(pg_current_wal_lsn()), 8))";

const SET_META: &str = "
    INSERT INTO meta (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

const NEW_INCARNATION: &str = "
    INSERT INTO meta (name, value)
    VALUES ('incarnation', left(replace(gen_random_uuid()::text, '-', ''), 16))
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// What looking at a server found.
#[derive(Clone, Debug)]
pub(super) struct Server {
    /// As the server says it: `15.8`.
    pub(super) version: String,
    /// How far the server's clock is ahead of ours; negative: behind.
    pub(super) ahead_ms: i64,
}

/// Refuses a server we cannot live on.
pub(super) async fn check_server(sql: &Sql, clock: &Clock) -> Result<Server, RecordsError> {
    let before = clock.now().as_millisecond();
    let row = sql.one(SERVER, &[]).await?;
    let after = clock.now().as_millisecond();
    let (number, version): (i64, String) = (get(&row, 0)?, get(&row, 1)?);
    let (encoding, schema): (String, Option<String>) = (get(&row, 2)?, get(&row, 3)?);
    let theirs: i64 = get(&row, 4)?;
    if number < OLDEST.0 {
        return Err(RecordsError::Setup(format!(
            "this PostgreSQL is version {version}; samvad needs {} or newer",
            OLDEST.1
        )));
    }
    if encoding != "UTF8" {
        return Err(RecordsError::Setup(format!(
            "this database keeps its texts as {encoding}, which has no room for Devanagari; make one \
             with: createdb --encoding=UTF8 --template=template0 --owner=USER DATABASE"
        )));
    }
    if schema.is_none() {
        return Err(RecordsError::Setup(
            "this database has no schema that samvad's user may look into; its owner must be \
             samvad's user: ALTER DATABASE … OWNER TO …"
                .to_owned(),
        ));
    }
    // The server said it between the two moments.
    let ahead_ms = if theirs < before { theirs - before } else { (theirs - after).max(0) };
    Ok(Server { version, ahead_ms })
}

/// Leases are compared by the processes' own clocks: they must agree by seconds.
pub(super) fn tell_of_skew(server: &Server) {
    if server.ahead_ms.abs() > SKEW_MS {
        tracing::warn!(
            ahead_ms = server.ahead_ms,
            "the clock of the PostgreSQL server and ours differ; set both by a time server, or a \
             process can be taken for dead too early"
        );
    }
}

impl Server {
    /// Whether the clocks differ by more than can be lived with.
    pub(super) fn is_skewed(&self) -> bool {
        self.ahead_ms.abs() > SKEW_MS
    }
}

/// Refuses a database whose keys the key file does not hold.
pub(super) async fn check_keys(sql: &Sql, keyring: &Keyring) -> Result<(), RecordsError> {
    let mut needed: Vec<(u32, Vec<u8>)> = Vec::new();
    for row in sql.rows(process::KEYS, &[]).await? {
        let id: i64 = get(&row, 0)?;
        // A number no key file can hold is not held.
        needed.push((u32::try_from(id).unwrap_or(u32::MAX), get(&row, 1)?));
    }
    holds_keys(keyring, &needed)
}

/// Writes down the keys we are going to use, renews the incarnation where the database has moved, and
/// takes the next epoch. Gives the epoch and the incarnation. Others live: nothing of theirs is
/// touched.
pub(super) async fn take(sql: &Sql, options: &RecordsOptions) -> Result<(i64, String), Fault> {
    sql.batch("BEGIN").await?;
    let now = options.clock.now().as_millisecond();
    let until = now + milliseconds(options.lease);
    for (id, fingerprint) in options.keyring.needs() {
        sql.run(process::ADD_KEY, &[&i64::from(id), &fingerprint.as_slice(), &now]).await?;
    }
    let incarnation = incarnation(sql).await?;
    let epoch = get(&sql.one(process::BEGIN_PROCESS, &[&now, &until]).await?, 0)?;
    sql.batch("COMMIT").await?;
    Ok((epoch, incarnation))
}

async fn incarnation(sql: &Sql) -> Result<String, Fault> {
    let known = match sql.row(process::META, &[&"home"]).await? {
        Some(row) => Some(get::<String>(&row, 0)?),
        None => None,
    };
    if known.as_deref() != Some(home(sql).await?.as_str()) {
        sql.run(NEW_INCARNATION, &[]).await?;
        // After the row it names.
        let new = home(sql).await?;
        sql.run(SET_META, &[&"home", &new]).await?;
        if known.is_some() {
            sql.run(process::SKIP_AHEAD, &[]).await?;
            tracing::warn!(
                "the records were restored, or another server took them over: live state kept beside \
                 them is not believed any more, and member numbers go on a million further"
            );
        }
    }
    get(&sql.one(process::META, &[&"incarnation"]).await?, 0)
}

async fn home(sql: &Sql) -> Result<String, Fault> {
    get(&sql.one(HOME, &[]).await?, 0)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::clock::Ids;
    use crate::records::postgres::connect::open;
    use crate::records::tests::postgres::{Durability, PostgresServer, Stop};

    fn options(url: &str, keyring: &Arc<Keyring>) -> RecordsOptions {
        RecordsOptions {
            url: url.to_owned(),
            connections: 3,
            clock: Clock::System,
            keyring: Arc::clone(keyring),
            lease: Duration::from_secs(30),
            group: 500,
            membership: crate::config::MembershipSection::default(),
        }
    }

    fn keyring() -> Arc<Keyring> {
        Arc::new(Keyring::in_memory(&Ids::system()).unwrap())
    }

    async fn incarnation_of(url: &str, keyring: &Arc<Keyring>) -> String {
        open(&options(url, keyring)).await.unwrap().incarnation
    }

    fn dump(server: &PostgresServer, url: &str, to: &Path) {
        let mut dump = server.program("pg_dump");
        dump.args(["--format=custom", "--file"]).arg(to).arg(url);
        assert!(dump.status().unwrap().success());
    }

    fn restore(server: &PostgresServer, from: &Path, url: &str) {
        let mut restore = server.program("pg_restore");
        restore.args(["--exit-on-error", "--dbname", url]).arg(from);
        let output = restore.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[tokio::test]
    async fn a_restored_database_is_another_incarnation_wherever_it_was_restored_to() {
        let server = PostgresServer::shared();
        let (keyring, folder) = (keyring(), tempfile::tempdir().unwrap());
        let (url, elsewhere) = (server.fresh_database(), server.fresh_database());
        let first = incarnation_of(&url, &keyring).await;
        let file = folder.path().join("samvad.dump");
        server.psql_at(&url, "INSERT INTO sequences VALUES ('member', 17), ('sweep.x', 5)");
        dump(server, &url, &file);

        restore(server, &file, &elsewhere);
        let copy = incarnation_of(&elsewhere, &keyring).await;
        assert_ne!(copy, first);
        assert_eq!(incarnation_of(&elsewhere, &keyring).await, copy, "it stays what it became");
        let sequences = "SELECT string_agg(next::text, ' ' ORDER BY name) FROM sequences";
        assert_eq!(server.psql_at(&elsewhere, sequences), "1000017 5", "none is given again");

        // Into the same database, whose tables are gone.
        server.psql_at(&url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        restore(server, &file, &url);
        assert_ne!(incarnation_of(&url, &keyring).await, first);

        // Into the same tables, emptied.
        let before = incarnation_of(&url, &keyring).await;
        dump(server, &url, &folder.path().join("again.dump"));
        server.psql_at(&url, "TRUNCATE meta");
        let mut data = server.program("pg_restore");
        data.args(["--data-only", "--table=meta", "--exit-on-error", "--dbname", &url]);
        data.arg(folder.path().join("again.dump"));
        assert!(data.status().unwrap().success());
        assert_ne!(incarnation_of(&url, &keyring).await, before);
    }

    #[tokio::test]
    async fn a_restarted_server_is_the_same_incarnation() {
        let mut server = PostgresServer::start(Durability::Careless);
        let (url, keyring) = (server.fresh_database(), keyring());
        let first = incarnation_of(&url, &keyring).await;
        server.psql_at(&url, "VACUUM FREEZE");
        for way in [Stop::Fast, Stop::Immediate] {
            server.stop(way);
            server.start_again();
            assert_eq!(incarnation_of(&url, &keyring).await, first, "{way:?}");
        }
    }

    #[tokio::test]
    async fn clocks_that_differ_are_measured_and_not_refused() {
        let server = PostgresServer::shared();
        let (url, keyring) = (server.fresh_database(), keyring());
        let slow = Clock::fixed("2026-01-01T00:00:00Z".parse().unwrap());
        let options = RecordsOptions { clock: slow.clone(), ..options(&url, &keyring) };
        open(&options).await.unwrap();
        let pool = crate::records::postgres::dial::pool(
            &crate::config::PostgresUrl::parse(&url).unwrap(),
            2,
        );
        let sql = Sql::new(pool.unwrap().get().await.unwrap());
        assert!(check_server(&sql, &slow).await.unwrap().is_skewed());
        assert!(!check_server(&sql, &Clock::System).await.unwrap().is_skewed());
    }
}
