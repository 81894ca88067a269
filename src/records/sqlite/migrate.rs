//! Migrations: numbered SQL, applied at start in order, their checksums kept.

use rusqlite::{Connection, TransactionBehavior};

use super::fault::Fault;
use crate::records::RecordsError;
use crate::records::migrations::{Applied, Migration, to_apply};

/// All of them, in order; a file that was released is never changed again.
pub(super) const MIGRATIONS: [Migration; 31] = [
    Migration {
        number: 1,
        name: "0001_first.sql",
        sql: include_str!("../../../migrations/sqlite/0001_first.sql"),
    },
    Migration {
        number: 2,
        name: "0002_totals_by_process.sql",
        sql: include_str!("../../../migrations/sqlite/0002_totals_by_process.sql"),
    },
    Migration {
        number: 3,
        name: "0003_gave_up.sql",
        sql: include_str!("../../../migrations/sqlite/0003_gave_up.sql"),
    },
    Migration {
        number: 4,
        name: "0004_claimed_by_contact.sql",
        sql: include_str!("../../../migrations/sqlite/0004_claimed_by_contact.sql"),
    },
    Migration {
        number: 5,
        name: "0005_people.sql",
        sql: include_str!("../../../migrations/sqlite/0005_people.sql"),
    },
    Migration {
        number: 6,
        name: "0006_effects.sql",
        sql: include_str!("../../../migrations/sqlite/0006_effects.sql"),
    },
    Migration {
        number: 7,
        name: "0007_one_person.sql",
        sql: include_str!("../../../migrations/sqlite/0007_one_person.sql"),
    },
    Migration {
        number: 8,
        name: "0008_numbers_marked.sql",
        sql: include_str!("../../../migrations/sqlite/0008_numbers_marked.sql"),
    },
    Migration {
        number: 9,
        name: "0009_merges.sql",
        sql: include_str!("../../../migrations/sqlite/0009_merges.sql"),
    },
    Migration {
        number: 10,
        name: "0010_posts.sql",
        sql: include_str!("../../../migrations/sqlite/0010_posts.sql"),
    },
    Migration {
        number: 11,
        name: "0011_roster.sql",
        sql: include_str!("../../../migrations/sqlite/0011_roster.sql"),
    },
    Migration {
        number: 12,
        name: "0012_places.sql",
        sql: include_str!("../../../migrations/sqlite/0012_places.sql"),
    },
    Migration {
        number: 13,
        name: "0013_states.sql",
        sql: include_str!("../../../migrations/sqlite/0013_states.sql"),
    },
    Migration {
        number: 14,
        name: "0014_posts_since.sql",
        sql: include_str!("../../../migrations/sqlite/0014_posts_since.sql"),
    },
    Migration {
        number: 15,
        name: "0015_listings.sql",
        sql: include_str!("../../../migrations/sqlite/0015_listings.sql"),
    },
    Migration {
        number: 16,
        name: "0016_broadcasts.sql",
        sql: include_str!("../../../migrations/sqlite/0016_broadcasts.sql"),
    },
    Migration {
        number: 17,
        name: "0017_consent.sql",
        sql: include_str!("../../../migrations/sqlite/0017_consent.sql"),
    },
    Migration {
        number: 18,
        name: "0018_members.sql",
        sql: include_str!("../../../migrations/sqlite/0018_members.sql"),
    },
    Migration {
        number: 19,
        name: "0019_tags.sql",
        sql: include_str!("../../../migrations/sqlite/0019_tags.sql"),
    },
    Migration {
        number: 20,
        name: "0020_asked.sql",
        sql: include_str!("../../../migrations/sqlite/0020_asked.sql"),
    },
    Migration {
        number: 21,
        name: "0021_polls.sql",
        sql: include_str!("../../../migrations/sqlite/0021_polls.sql"),
    },
    Migration {
        number: 22,
        name: "0022_of_broadcasts.sql",
        sql: include_str!("../../../migrations/sqlite/0022_of_broadcasts.sql"),
    },
    Migration {
        number: 23,
        name: "0023_broadcasts_counted.sql",
        sql: include_str!("../../../migrations/sqlite/0023_broadcasts_counted.sql"),
    },
    Migration {
        number: 24,
        name: "0024_first_answers.sql",
        sql: include_str!("../../../migrations/sqlite/0024_first_answers.sql"),
    },
    Migration {
        number: 25,
        name: "0025_roster_bound.sql",
        sql: include_str!("../../../migrations/sqlite/0025_roster_bound.sql"),
    },
    Migration {
        number: 26,
        name: "0026_rolls.sql",
        sql: include_str!("../../../migrations/sqlite/0026_rolls.sql"),
    },
    Migration {
        number: 27,
        name: "0027_ended_of_broadcasts.sql",
        sql: include_str!("../../../migrations/sqlite/0027_ended_of_broadcasts.sql"),
    },
    Migration {
        number: 28,
        name: "0028_from_list.sql",
        sql: include_str!("../../../migrations/sqlite/0028_from_list.sql"),
    },
    Migration {
        number: 29,
        name: "0029_series.sql",
        sql: include_str!("../../../migrations/sqlite/0029_series.sql"),
    },
    Migration {
        number: 30,
        name: "0030_broadcast_answers.sql",
        sql: include_str!("../../../migrations/sqlite/0030_broadcast_answers.sql"),
    },
    Migration {
        number: 31,
        name: "0031_name_words.sql",
        sql: include_str!("../../../migrations/sqlite/0031_name_words.sql"),
    },
];

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS migrations (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied INTEGER NOT NULL
    ) STRICT";

/// Brings the database to the newest form this program knows.
///
/// # Errors
/// [`RecordsError::Setup`]: the file is something else, was written by a newer version, or a
/// migration it was made by has been changed.
pub(super) fn migrate(
    connection: &mut Connection,
    migrations: &[Migration],
    now: i64,
) -> Result<(), RecordsError> {
    if !is_ours(connection).map_err(cannot)? {
        return Err(is_foreign());
    }
    connection.execute_batch(TABLE).map_err(|error| cannot(error.into()))?;
    let applied = applied(connection).map_err(cannot)?;

    for migration in to_apply(migrations, &applied)? {
        apply(connection, migration, now)
            .map_err(|fault| migration.failed(&RecordsError::from(fault).to_string()))?;
        if !applied.is_empty() {
            tracing::info!(migration = migration.name, "the records were brought forward");
        }
    }
    Ok(())
}

/// The names of the migrations that a start would apply; nothing is changed.
///
/// # Errors
/// As [`migrate`].
pub(super) fn pending(connection: &Connection) -> Result<Vec<&'static str>, RecordsError> {
    let applied = applied(connection).map_err(|_| is_foreign())?;
    Ok(to_apply(&MIGRATIONS, &applied)?.into_iter().map(|migration| migration.name).collect())
}

fn is_foreign() -> RecordsError {
    RecordsError::Setup(
        "the file is a database of another program; name another file for the records".to_owned(),
    )
}

fn cannot(fault: Fault) -> RecordsError {
    RecordsError::Setup(format!("the records cannot be read: {}", RecordsError::from(fault)))
}

/// An empty file, or one that has our table of migrations.
fn is_ours(connection: &Connection) -> Result<bool, Fault> {
    let (tables, ours): (i64, i64) = connection.query_row(
        "SELECT count(*), coalesce(sum(name = 'migrations'), 0) FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        (),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(tables == 0 || ours == 1)
}

fn applied(connection: &Connection) -> Result<Vec<Applied>, Fault> {
    let mut statement =
        connection.prepare("SELECT number, name, checksum FROM migrations ORDER BY number")?;
    let rows = statement.query_map((), |row| {
        Ok(Applied { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? })
    })?;
    let mut all = Vec::new();
    for row in rows {
        all.push(row?);
    }
    Ok(all)
}

fn apply(connection: &mut Connection, migration: &Migration, now: i64) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO migrations (number, name, checksum, applied) VALUES (?1, ?2, ?3, ?4)",
        (migration.number, migration.name, migration.checksum(), now),
    )?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = Migration {
        number: 1,
        name: "0001_first.sql",
        sql: "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT;",
    };
    const SECOND: Migration = Migration {
        number: 2,
        name: "0002_second.sql",
        sql: "CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT;",
    };

    fn told(connection: &mut Connection, migrations: &[Migration]) -> String {
        migrate(connection, migrations, 0).unwrap_err().to_string()
    }

    #[test]
    fn each_migration_is_applied_once_and_in_order() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST], 0).unwrap();
        migrate(&mut connection, &[FIRST, SECOND], 0).unwrap();
        migrate(&mut connection, &[FIRST, SECOND], 0).unwrap();
        connection.execute("INSERT INTO two (id) VALUES (1)", ()).unwrap();
    }

    #[test]
    fn a_changed_migration_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST], 0).unwrap();
        let changed = Migration { sql: "CREATE TABLE other (id INTEGER) STRICT;", ..FIRST };
        let told = told(&mut connection, &[changed]);
        assert!(told.contains("0001_first.sql is not the one"), "{told}");
    }

    #[test]
    fn a_database_of_a_newer_version_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &[FIRST, SECOND], 0).unwrap();
        let told = told(&mut connection, &[FIRST]);
        assert!(told.contains("newer version of samvad"), "{told}");
        assert!(told.contains("0002_second.sql"), "{told}");
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing_of_itself() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken = Migration { sql: "CREATE TABLE half (id INTEGER); NONSENSE;", ..FIRST };
        assert!(told(&mut connection, &[broken]).contains("nothing of it was"));
        migrate(&mut connection, &[FIRST], 0).unwrap();
        assert!(connection.execute("INSERT INTO half (id) VALUES (1)", ()).is_err());
    }

    #[test]
    fn contacts_of_an_older_database_who_gave_a_number_up_are_known() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &MIGRATIONS[..1], 0).unwrap();
        connection
            .execute_batch(
                "INSERT INTO contacts (id, created) VALUES (1, 0), (2, 0);
                 INSERT INTO addresses (contact, kind, hash, sealed, since, until)
                 VALUES (1, 1, x'01', x'', 0, NULL), (2, 1, x'02', x'', 0, 5), (2, 1, x'03', x'', 5, NULL)",
            )
            .unwrap();
        migrate(&mut connection, &MIGRATIONS, 0).unwrap();
        let sql = "SELECT group_concat(gave_up) FROM (SELECT gave_up FROM contacts ORDER BY id)";
        let gave_up: String = connection.query_row(sql, (), |row| row.get(0)).unwrap();
        assert_eq!(gave_up, "0,1");
    }

    #[test]
    fn a_database_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE photos (id INTEGER)").unwrap();
        assert!(told(&mut connection, &MIGRATIONS).contains("another program"));
    }
}
