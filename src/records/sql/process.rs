//! Processes, their leases, totals, sequences, keys.

pub(in crate::records) const BEGIN_PROCESS: &str = "
    INSERT INTO processes (started, lease_until) VALUES (?1, ?2) RETURNING epoch";

/// No row: this process was declared dead.
pub(in crate::records) const COUNT_COMMIT: &str = "
    UPDATE processes SET commits = commits + 1 WHERE epoch = ?1 AND ended IS NULL";

pub(in crate::records) const COMMITS: &str = "SELECT commits FROM processes WHERE epoch = ?1";

pub(in crate::records) const RENEW_LEASE: &str = "
    UPDATE processes SET lease_until = ?2 WHERE epoch = ?1";

pub(in crate::records) const END_PROCESS: &str = "
    UPDATE processes SET ended = ?2 WHERE epoch = ?1 AND ended IS NULL";

/// On an engine for one process everybody before us is gone.
pub(in crate::records) const END_ALL: &str = "
    UPDATE processes SET ended = ?1 WHERE ended IS NULL";

pub(in crate::records) const END_SILENT: &str = "
    UPDATE processes SET ended = ?2 WHERE ended IS NULL AND epoch <> ?1 AND lease_until < ?2";

/// Each process has totals of its own where several write, so that none waits for another.
pub(in crate::records) const ADD_TO_TOTAL: &str = "
    INSERT INTO totals (name, epoch, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (name, epoch) DO UPDATE SET value = totals.value + excluded.value";

pub(in crate::records) const TOTALS: &str = "
    SELECT name, CAST(sum(value) AS BIGINT) FROM totals GROUP BY name";

/// Gives the first number after the block.
pub(in crate::records) const RESERVE: &str = "
    INSERT INTO sequences (name, next) VALUES (?1, 1 + CAST(?2 AS BIGINT))
    ON CONFLICT (name) DO UPDATE SET next = sequences.next + ?2
    RETURNING next";

pub(in crate::records) const SEQUENCE: &str = "SELECT next FROM sequences WHERE name = ?1";

pub(in crate::records) const SET_SEQUENCE: &str = "
    INSERT INTO sequences (name, next) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET next = excluded.next";

/// After a restore: numbers that were given out since the backup are never given again. The other
/// sequences only say how far a walk has come.
pub(in crate::records) const SKIP_AHEAD: &str = "
    UPDATE sequences SET next = next + 1000000 WHERE name NOT LIKE 'sweep.%'";

pub(in crate::records) const META: &str = "SELECT value FROM meta WHERE name = ?1";

pub(in crate::records) const KEYS: &str = "SELECT id, fingerprint FROM seal_keys ORDER BY id";

pub(in crate::records) const ADD_KEY: &str = "
    INSERT INTO seal_keys (id, fingerprint, since) VALUES (?1, ?2, ?3)
    ON CONFLICT (id) DO NOTHING";

/// Once everything is sealed under the active key, the others are not needed any more, unless a process
/// still runs that began before that key came, and seals under another.
pub(in crate::records) const FORGET_OTHER_KEYS: &str = "
    DELETE FROM seal_keys WHERE id <> 0 AND id <> ?1 AND NOT EXISTS (
        SELECT 1 FROM processes WHERE ended IS NULL
        AND started < (SELECT since FROM seal_keys WHERE id = ?1))";
