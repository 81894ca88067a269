//! The log's months: each is a partition of its own, made before its first message.

use super::fault::Fault;
use super::sql::{Sql, get};

/// So many months after the present one stand ready.
const AHEAD: i64 = 3;

/// One process makes months at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(32476745087149058)";

/// The server's month, for it is the one its numbers are made of (see the schema).
const PRESENT: &str = "
    SELECT (extract(year FROM moment)::bigint - 2025) * 12 + extract(month FROM moment)::bigint - 12
    FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS moment) AS present";

const STANDING: &str = "
    SELECT part.relname::text FROM pg_inherits
    JOIN pg_class AS part ON part.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = 'messages'::regclass";

/// A month of the log: months since December 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month(i64);

impl Month {
    /// `messages_2026_11`.
    fn table(self) -> String {
        let months = self.0 + 11;
        format!("messages_{:04}_{:02}", 2025 + months.div_euclid(12), months.rem_euclid(12) + 1)
    }

    /// The first number of the month and the first of the next.
    fn ids(self) -> (i64, i64) {
        (self.0 << 40, (self.0 + 1) << 40)
    }
}

/// Makes the partitions of the present month and of those ahead, where they are missing. Takes no lock
/// that a reader or a writer would wait for; outside of a transaction.
///
/// # Errors
/// [`Fault::Environment`] also when another process is at it for longer than a few seconds.
pub(super) async fn keep_partitions(sql: &Sql) -> Result<(), Fault> {
    let present = Month(get(&sql.one(PRESENT, &[]).await?, 0)?);
    make(sql, present).await
}

async fn make(sql: &Sql, present: Month) -> Result<(), Fault> {
    if missing(sql, present).await?.is_empty() {
        return Ok(());
    }
    sql.batch("BEGIN; SET LOCAL lock_timeout = '5s'").await?;
    let made = make_missing(sql, present).await;
    match made {
        Ok(tables) => {
            sql.batch("COMMIT").await?;
            for table in tables {
                tracing::info!(table, "the log has a new month");
            }
            Ok(())
        }
        Err(fault) => {
            // The reason counts; a connection that cannot even roll back is closed.
            let _ = sql.batch("ROLLBACK").await;
            Err(fault)
        }
    }
}

async fn make_missing(sql: &Sql, present: Month) -> Result<Vec<String>, Fault> {
    sql.batch(LOCK).await?;
    let mut made = Vec::new();
    for month in missing(sql, present).await? {
        let table = month.table();
        let (from, to) = month.ids();
        // Made apart and then attached: PARTITION OF would keep every reader of the log waiting.
        sql.batch(&format!(
            "CREATE TABLE {table} (LIKE messages INCLUDING ALL);
             ALTER TABLE messages ATTACH PARTITION {table} FOR VALUES FROM ({from}) TO ({to})"
        ))
        .await?;
        made.push(table);
    }
    Ok(made)
}

/// The tables of the months that should stand and do not.
pub(super) async fn missing_tables(sql: &Sql) -> Result<Vec<String>, Fault> {
    let present = Month(get(&sql.one(PRESENT, &[]).await?, 0)?);
    Ok(missing(sql, present).await?.into_iter().map(Month::table).collect())
}

async fn missing(sql: &Sql, present: Month) -> Result<Vec<Month>, Fault> {
    if present.0 < 1 {
        return Err(Fault::refused(
            "the clock of the PostgreSQL server says a time before 2026; set it right",
        ));
    }
    let mut standing: Vec<String> = Vec::new();
    for row in sql.rows(STANDING, &[]).await? {
        standing.push(get(&row, 0)?);
    }
    let wanted = (present.0..=present.0 + AHEAD).map(Month);
    Ok(wanted.filter(|month| !standing.contains(&month.table())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PostgresUrl;
    use crate::records::postgres::{dial, migrate};
    use crate::records::tests::postgres::PostgresServer;

    async fn connected(url: &str) -> Sql {
        let pool = dial::pool(&PostgresUrl::parse(url).unwrap(), 2).unwrap();
        Sql::new(pool.get().await.unwrap())
    }

    /// A database with the log and no month yet.
    async fn house() -> (String, Sql) {
        let url = PostgresServer::shared().fresh_database();
        let sql = connected(&url).await;
        migrate::migrate(&sql, &migrate::MIGRATIONS, 0).await.unwrap();
        (url, sql)
    }

    async fn add(sql: &Sql, id: i64) -> Result<(), Fault> {
        let add = "INSERT INTO messages (id, contact, direction, channel, account, at, content)
                   VALUES (?1, 1, 1, 1, '', 0, '')";
        sql.run(add, &[&id]).await.map(drop)
    }

    #[test]
    fn a_month_has_a_name_and_its_numbers() {
        assert_eq!(Month(1).table(), "messages_2026_01");
        assert_eq!(Month(11).table(), "messages_2026_11");
        assert_eq!(Month(12).table(), "messages_2026_12");
        assert_eq!(Month(13).table(), "messages_2027_01");
        assert_eq!(Month(1).ids(), (1 << 40, 2 << 40));
    }

    #[tokio::test]
    async fn this_month_and_the_next_three_stand_ready_and_a_lost_one_is_made_again() {
        let (_, sql) = house().await;
        let november = Month(11);
        make(&sql, november).await.unwrap();
        assert_eq!(missing(&sql, november).await.unwrap(), []);
        for month in 11..=14 {
            add(&sql, month << 40).await.unwrap();
        }
        add(&sql, (15 << 40) - 1).await.unwrap();
        // What came from elsewhere has a place below.
        add(&sql, 7).await.unwrap();
        assert!(matches!(add(&sql, 15 << 40).await, Err(Fault::Environment(_))));

        sql.batch("DROP TABLE messages_2026_12").await.unwrap();
        assert_eq!(missing(&sql, november).await.unwrap(), [Month(12)]);
        make(&sql, Month(12)).await.unwrap();
        for month in [12, 15] {
            add(&sql, month << 40).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_servers_clock_says_which_month_it_is() {
        let (_, sql) = house().await;
        assert_eq!(missing_tables(&sql).await.unwrap().len(), 4);
        keep_partitions(&sql).await.unwrap();
        keep_partitions(&sql).await.unwrap();
        assert_eq!(missing_tables(&sql).await.unwrap(), Vec::<String>::new());
        let row = sql.one(PRESENT, &[]).await.unwrap();
        add(&sql, get::<i64>(&row, 0).unwrap() << 40).await.unwrap();
    }

    #[tokio::test]
    async fn two_at_once_make_each_month_once() {
        let (url, sql) = house().await;
        let others = [connected(&url).await, connected(&url).await, connected(&url).await];
        let making = others.iter().map(|other| make(other, Month(11)));
        futures_util::future::try_join_all(making).await.unwrap();
        assert_eq!(missing(&sql, Month(11)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_new_month_waits_for_no_writer_and_keeps_none_waiting() {
        let (url, sql) = house().await;
        make(&sql, Month(11)).await.unwrap();
        let writer = connected(&url).await;
        writer.batch("BEGIN").await.unwrap();
        add(&writer, 11 << 40).await.unwrap();
        make(&sql, Month(12)).await.unwrap();
        writer.batch("COMMIT").await.unwrap();
    }

    #[tokio::test]
    async fn every_month_has_the_logs_own_key() {
        let (_, sql) = house().await;
        make(&sql, Month(11)).await.unwrap();
        add(&sql, 11 << 40).await.unwrap();
        assert!(add(&sql, 11 << 40).await.is_err());
        let index = "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'messages\\_%'";
        let row = sql.one(index, &[]).await.unwrap();
        // Four months and what stood before them.
        assert_eq!(get::<i64>(&row, 0).unwrap(), 5);
    }
}
