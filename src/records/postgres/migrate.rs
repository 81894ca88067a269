//! Migrations: numbered SQL, applied at start in order, their checksums kept.

use super::fault::Fault;
use super::sql::Sql;

pub(super) async fn migrate(sql: &Sql) -> Result<(), Fault> {
    let there =
        sql.one("SELECT count(*) FROM pg_tables WHERE tablename = 'processes'", &[]).await?;
    if super::sql::get::<i64>(&there, 0)? == 0 {
        sql.batch(include_str!("../../../migrations/postgres/0001_first.sql")).await?;
        sql.batch(
            "CREATE TABLE IF NOT EXISTS messages_now PARTITION OF messages
             FOR VALUES FROM (1099511627776) TO (MAXVALUE)",
        )
        .await?;
    }
    Ok(())
}
