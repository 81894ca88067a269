//! Migrations: numbered SQL, applied at start in order, their checksums kept. Other processes write
//! meanwhile: a migration never makes them wait long (see CONTRIBUTING.md for what that forbids).

use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::fault::Fault;
use super::sql::{Sql, get};
use crate::records::RecordsError;
use crate::records::migrations::{Applied, Migration, to_apply};

/// All of them, in order; a file that was released is never changed again.
pub(super) const MIGRATIONS: [Migration; 36] = [
    Migration {
        number: 1,
        name: "0001_first.sql",
        sql: include_str!("../../../migrations/postgres/0001_first.sql"),
    },
    Migration {
        number: 2,
        name: "0002_people.sql",
        sql: include_str!("../../../migrations/postgres/0002_people.sql"),
    },
    Migration {
        number: 3,
        name: "0003_people_indexes.sql",
        sql: include_str!("../../../migrations/postgres/0003_people_indexes.sql"),
    },
    Migration {
        number: 4,
        name: "0004_effects.sql",
        sql: include_str!("../../../migrations/postgres/0004_effects.sql"),
    },
    Migration {
        number: 5,
        name: "0005_one_person.sql",
        sql: include_str!("../../../migrations/postgres/0005_one_person.sql"),
    },
    Migration {
        number: 6,
        name: "0006_one_person_indexes.sql",
        sql: include_str!("../../../migrations/postgres/0006_one_person_indexes.sql"),
    },
    Migration {
        number: 7,
        name: "0007_numbers_marked.sql",
        sql: include_str!("../../../migrations/postgres/0007_numbers_marked.sql"),
    },
    Migration {
        number: 8,
        name: "0008_merges_index.sql",
        sql: include_str!("../../../migrations/postgres/0008_merges_index.sql"),
    },
    Migration {
        number: 9,
        name: "0009_posts.sql",
        sql: include_str!("../../../migrations/postgres/0009_posts.sql"),
    },
    Migration {
        number: 10,
        name: "0010_posts_indexes.sql",
        sql: include_str!("../../../migrations/postgres/0010_posts_indexes.sql"),
    },
    Migration {
        number: 11,
        name: "0011_roster.sql",
        sql: include_str!("../../../migrations/postgres/0011_roster.sql"),
    },
    Migration {
        number: 12,
        name: "0012_roster_indexes.sql",
        sql: include_str!("../../../migrations/postgres/0012_roster_indexes.sql"),
    },
    Migration {
        number: 13,
        name: "0013_places.sql",
        sql: include_str!("../../../migrations/postgres/0013_places.sql"),
    },
    Migration {
        number: 14,
        name: "0014_states.sql",
        sql: include_str!("../../../migrations/postgres/0014_states.sql"),
    },
    Migration {
        number: 15,
        name: "0015_states_indexes.sql",
        sql: include_str!("../../../migrations/postgres/0015_states_indexes.sql"),
    },
    Migration {
        number: 16,
        name: "0016_posts_since.sql",
        sql: include_str!("../../../migrations/postgres/0016_posts_since.sql"),
    },
    Migration {
        number: 17,
        name: "0017_listings.sql",
        sql: include_str!("../../../migrations/postgres/0017_listings.sql"),
    },
    Migration {
        number: 18,
        name: "0018_listings_indexes.sql",
        sql: include_str!("../../../migrations/postgres/0018_listings_indexes.sql"),
    },
    Migration {
        number: 19,
        name: "0019_broadcasts.sql",
        sql: include_str!("../../../migrations/postgres/0019_broadcasts.sql"),
    },
    Migration {
        number: 20,
        name: "0020_consent.sql",
        sql: include_str!("../../../migrations/postgres/0020_consent.sql"),
    },
    Migration {
        number: 21,
        name: "0021_members.sql",
        sql: include_str!("../../../migrations/postgres/0021_members.sql"),
    },
    Migration {
        number: 22,
        name: "0022_tags.sql",
        sql: include_str!("../../../migrations/postgres/0022_tags.sql"),
    },
    Migration {
        number: 23,
        name: "0023_asked.sql",
        sql: include_str!("../../../migrations/postgres/0023_asked.sql"),
    },
    Migration {
        number: 24,
        name: "0024_polls.sql",
        sql: include_str!("../../../migrations/postgres/0024_polls.sql"),
    },
    Migration {
        number: 25,
        name: "0025_of_broadcasts_index.sql",
        sql: include_str!("../../../migrations/postgres/0025_of_broadcasts_index.sql"),
    },
    Migration {
        number: 26,
        name: "0026_broadcasts_counted.sql",
        sql: include_str!("../../../migrations/postgres/0026_broadcasts_counted.sql"),
    },
    Migration {
        number: 27,
        name: "0027_first_answers.sql",
        sql: include_str!("../../../migrations/postgres/0027_first_answers.sql"),
    },
    Migration {
        number: 28,
        name: "0028_roster_bound.sql",
        sql: include_str!("../../../migrations/postgres/0028_roster_bound.sql"),
    },
    Migration {
        number: 29,
        name: "0029_rolls.sql",
        sql: include_str!("../../../migrations/postgres/0029_rolls.sql"),
    },
    Migration {
        number: 30,
        name: "0030_ended_of_broadcasts.sql",
        sql: include_str!("../../../migrations/postgres/0030_ended_of_broadcasts.sql"),
    },
    Migration {
        number: 31,
        name: "0031_from_list.sql",
        sql: include_str!("../../../migrations/postgres/0031_from_list.sql"),
    },
    Migration {
        number: 32,
        name: "0032_series.sql",
        sql: include_str!("../../../migrations/postgres/0032_series.sql"),
    },
    Migration {
        number: 33,
        name: "0033_broadcast_answers.sql",
        sql: include_str!("../../../migrations/postgres/0033_broadcast_answers.sql"),
    },
    Migration {
        number: 34,
        name: "0034_series_index.sql",
        sql: include_str!("../../../migrations/postgres/0034_series_index.sql"),
    },
    Migration {
        number: 35,
        name: "0035_name_words.sql",
        sql: include_str!("../../../migrations/postgres/0035_name_words.sql"),
    },
    Migration {
        number: 36,
        name: "0036_name_words_index.sql",
        sql: include_str!("../../../migrations/postgres/0036_name_words_index.sql"),
    },
];

/// The first line of a migration that cannot run in a transaction (CREATE INDEX CONCURRENTLY). Its
/// statements are run one by one, and again from the first when one failed.
pub(super) const OUTSIDE: &str = "-- outside a transaction";

/// While a statement waits for its lock, everybody who comes after it waits too: it gives up soon,
/// lets them pass, and tries again.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '2s'";
const PAUSE: Duration = Duration::from_secs(2);
const TRIES: u32 = 60;

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS migrations (
        number BIGINT PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied BIGINT NOT NULL
    )";

/// Our tables and whether `migrations` is among them; what extensions brought does not count.
const TABLES: &str = "
    SELECT count(*), count(*) FILTER (WHERE relname = 'migrations')
    FROM pg_class WHERE relkind IN ('r', 'p')
      AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass
                      AND objid = pg_class.oid AND deptype = 'e')";

/// Brings the database to the newest form this program knows. The caller holds the lock of the starting
/// processes.
///
/// # Errors
/// [`RecordsError::Setup`]: the database is another program's, was written by a newer version, or a
/// migration it was made by has been changed.
pub(super) async fn migrate(
    sql: &Sql,
    migrations: &[Migration],
    now: i64,
) -> Result<(), RecordsError> {
    let applied = applied(sql).await?;
    let new = to_apply(migrations, &applied)?;
    if new.is_empty() {
        return Ok(());
    }
    sql.batch(TABLE).await.map_err(|fault| cannot_write(&RecordsError::from(fault)))?;
    for migration in new {
        apply(sql, migration, now).await?;
        if !applied.is_empty() {
            tracing::info!(migration = migration.name, "the records were brought forward");
        }
    }
    Ok(())
}

/// The names of the migrations that a start would apply.
pub(super) async fn pending(sql: &Sql) -> Result<Vec<&'static str>, RecordsError> {
    let applied = applied(sql).await?;
    Ok(to_apply(&MIGRATIONS, &applied)?.into_iter().map(|migration| migration.name).collect())
}

fn cannot_write(error: &RecordsError) -> RecordsError {
    RecordsError::Setup(format!(
        "no tables can be made in this database ({error}); its owner must be samvad's user: ALTER \
         DATABASE … OWNER TO …, or GRANT CREATE ON SCHEMA public TO …"
    ))
}

fn cannot_read(fault: Fault) -> RecordsError {
    RecordsError::Setup(format!("the records cannot be read: {}", RecordsError::from(fault)))
}

/// What was applied already; nothing on an empty database.
async fn applied(sql: &Sql) -> Result<Vec<Applied>, RecordsError> {
    let row = sql.one(TABLES, &[]).await.map_err(cannot_read)?;
    let (tables, ours): (i64, i64) =
        (get(&row, 0).map_err(cannot_read)?, get(&row, 1).map_err(cannot_read)?);
    if ours == 0 && tables > 0 {
        return Err(RecordsError::Setup(
            "the database holds the tables of another program; make one of samvad's own: createdb \
             --encoding=UTF8 --template=template0 --owner=USER DATABASE"
                .to_owned(),
        ));
    }
    let mut applied = Vec::new();
    if ours > 0 {
        read_applied(sql, &mut applied).await.map_err(cannot_read)?;
    }
    Ok(applied)
}

async fn read_applied(sql: &Sql, applied: &mut Vec<Applied>) -> Result<(), Fault> {
    for row in
        sql.rows("SELECT number, name, checksum FROM migrations ORDER BY number", &[]).await?
    {
        applied.push(Applied {
            number: get(&row, 0)?,
            name: get(&row, 1)?,
            checksum: get(&row, 2)?,
        });
    }
    Ok(())
}

/// How one attempt ended without success.
enum Failed {
    /// Somebody held a lock for too long.
    Waited,
    Otherwise(String),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Failed {
        let waited = [SqlState::LOCK_NOT_AVAILABLE, SqlState::T_R_DEADLOCK_DETECTED];
        if error.code().is_some_and(|code| waited.contains(code)) {
            return Failed::Waited;
        }
        Failed::Otherwise(RecordsError::from(Fault::from(error)).to_string())
    }
}

async fn apply(sql: &Sql, migration: &Migration, now: i64) -> Result<(), RecordsError> {
    for _ in 0..TRIES {
        let tried = match migration.sql.strip_prefix(OUTSIDE) {
            Some(text) => apply_outside(sql, migration, text, now).await,
            None => apply_inside(sql, migration, now).await,
        };
        match tried {
            Ok(()) => return Ok(()),
            Err(Failed::Otherwise(reason)) => return Err(migration.failed(&reason)),
            Err(Failed::Waited) => {
                tracing::warn!(
                    migration = migration.name,
                    "a migration waits for somebody's long transaction"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    Err(migration.failed(
        "a long transaction holds its tables; look for it in pg_stat_activity, end it, start again",
    ))
}

async fn apply_inside(sql: &Sql, migration: &Migration, now: i64) -> Result<(), Failed> {
    let applied = async {
        sql.raw_batch("BEGIN").await?;
        sql.raw_batch(LOCK_TIMEOUT).await?;
        sql.raw_batch(migration.sql).await?;
        sql.raw_batch(&note(migration, now)).await?;
        sql.raw_batch("COMMIT").await
    };
    let applied = applied.await;
    if applied.is_err() {
        // The reason counts; the connection is closed after a start that failed.
        let _ = sql.raw_batch("ROLLBACK").await;
    }
    Ok(applied?)
}

/// Statement by statement; it waits for old transactions to end and keeps nobody waiting.
async fn apply_outside(
    sql: &Sql,
    migration: &Migration,
    text: &str,
    now: i64,
) -> Result<(), Failed> {
    sql.raw_batch("SET lock_timeout = 0").await?;
    for statement in statements(text) {
        sql.raw_batch(&statement).await?;
    }
    Ok(sql.raw_batch(&note(migration, now)).await?)
}

/// The statements of a migration: without comments, parted by `;`. None of ours has one in a text.
pub(super) fn statements(text: &str) -> Vec<String> {
    let code: Vec<&str> =
        text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    code.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

fn note(migration: &Migration, now: i64) -> String {
    // Ours, all of them: no text of anybody else gets here.
    format!(
        "INSERT INTO migrations (number, name, checksum, applied) VALUES ({}, '{}', '{}', {now})",
        migration.number,
        migration.name,
        migration.checksum()
    )
}

#[cfg(test)]
mod tests {
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::config::PostgresUrl;
    use crate::records::postgres::dial;
    use crate::records::tests::postgres::PostgresServer;

    const FIRST: Migration = Migration {
        number: 1,
        name: "0001_first.sql",
        sql: "CREATE TABLE one (id BIGINT PRIMARY KEY); INSERT INTO one VALUES (1);",
    };
    const SECOND: Migration = Migration {
        number: 2,
        name: "0002_second.sql",
        sql: "ALTER TABLE one ADD COLUMN word TEXT;",
    };
    const INDEX: Migration = Migration {
        number: 3,
        name: "0003_index.sql",
        sql: "-- outside a transaction
              DROP INDEX CONCURRENTLY IF EXISTS one_word; -- what a failed attempt left
              CREATE INDEX CONCURRENTLY one_word ON one (word);",
    };

    async fn connected(url: &str) -> Sql {
        let pool = dial::pool(&PostgresUrl::parse(url).unwrap(), 2).unwrap();
        Sql::new(pool.get().await.unwrap())
    }

    async fn empty() -> (String, Sql) {
        let url = PostgresServer::shared().fresh_database();
        let sql = connected(&url).await;
        (url, sql)
    }

    async fn told(sql: &Sql, migrations: &[Migration]) -> String {
        let error = migrate(sql, migrations, 0).await.unwrap_err();
        assert!(matches!(error, RecordsError::Setup(_)), "{error:?}");
        error.to_string()
    }

    #[tokio::test]
    async fn each_migration_is_applied_once_and_in_order_also_outside_a_transaction() {
        let (_, sql) = empty().await;
        migrate(&sql, &[FIRST], 0).await.unwrap();
        migrate(&sql, &[FIRST, SECOND, INDEX], 0).await.unwrap();
        migrate(&sql, &[FIRST, SECOND, INDEX], 0).await.unwrap();
        let row = sql.one("SELECT count(*) FROM one", &[]).await.unwrap();
        assert_eq!(get::<i64>(&row, 0).unwrap(), 1);
        let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_word'::regclass";
        assert!(get::<bool>(&sql.one(valid, &[]).await.unwrap(), 0).unwrap());
    }

    #[tokio::test]
    async fn a_changed_migration_and_a_newer_database_are_refused() {
        let (_, sql) = empty().await;
        migrate(&sql, &[FIRST, SECOND], 0).await.unwrap();
        let changed = Migration { sql: "CREATE TABLE other (id BIGINT)", ..FIRST };
        let words = told(&sql, &[changed, SECOND]).await;
        assert!(words.contains("0001_first.sql is not the one"), "{words}");
        let words = told(&sql, &[FIRST]).await;
        assert!(words.contains("newer version of samvad"), "{words}");
    }

    #[tokio::test]
    async fn a_migration_that_fails_leaves_nothing_of_itself() {
        let (_, sql) = empty().await;
        let broken = Migration { sql: "CREATE TABLE one (id BIGINT); NONSENSE;", ..FIRST };
        assert!(told(&sql, &[broken]).await.contains("nothing of it was"));
        migrate(&sql, &[FIRST], 0).await.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_another_program_is_left_alone() {
        let (_, sql) = empty().await;
        sql.batch("CREATE TABLE photos (id BIGINT)").await.unwrap();
        assert!(told(&sql, &MIGRATIONS).await.contains("another program"));
        assert!(sql.batch("SELECT 1 FROM migrations").await.is_err());
    }

    #[tokio::test]
    async fn a_long_transaction_delays_a_migration_and_nobody_behind_it() {
        let (url, sql) = empty().await;
        migrate(&sql, &[FIRST], 0).await.unwrap();
        let (reader, other) = (connected(&url).await, connected(&url).await);
        reader.batch("BEGIN; SELECT * FROM one").await.unwrap();
        let migrating =
            TaskTracker::new().spawn(async move { migrate(&sql, &[FIRST, SECOND], 0).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!migrating.is_finished());
        // Waits behind the migration, at most until that gives up for a moment.
        let before = std::time::Instant::now();
        other.batch("SELECT * FROM one").await.unwrap();
        assert!(before.elapsed() < Duration::from_secs(5));
        reader.batch("COMMIT").await.unwrap();
        migrating.await.unwrap().unwrap();
    }

    #[test]
    fn the_statements_of_a_migration_are_told_apart() {
        let text = "\n-- a word; and more\nDROP INDEX a; -- why\nCREATE INDEX b\n  ON c (d);\n";
        assert_eq!(statements(text), ["DROP INDEX a", "CREATE INDEX b\n  ON c (d)"]);
    }
}
