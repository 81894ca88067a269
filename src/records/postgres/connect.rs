//! The way to the server: its address, the pool, and taking a place among the processes.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use super::fault::Fault;
use super::migrate;
use super::readers;
use super::sql::{Sql, get};
use crate::records::common::milliseconds;
use crate::records::sql::process;
use crate::records::{RecordsError, RecordsOptions};

/// So many connections: the writer's, the rest for readers.
const CONNECTIONS: usize = 10;

/// No new connection takes longer.
const CONNECT: Duration = Duration::from_secs(5);

/// What opening found out, before any task runs.
pub(super) struct Opened {
    pub(super) pool: Pool,
    pub(super) epoch: i64,
    pub(super) incarnation: String,
}

/// One connection, for a command that works alone.
pub(super) async fn single(url: &str) -> Result<Sql, RecordsError> {
    Ok(Sql::new(readers::get(&pool(url)?).await?))
}

fn pool(url: &str) -> Result<Pool, RecordsError> {
    let mut config: tokio_postgres::Config =
        url.parse().map_err(|error| RecordsError::Setup(format!("{error}")))?;
    config.application_name("samvad").connect_timeout(CONNECT).tcp_user_timeout(CONNECT * 2);
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    Pool::builder(manager)
        .max_size(CONNECTIONS)
        .runtime(Runtime::Tokio1)
        .create_timeout(Some(CONNECT))
        .wait_timeout(Some(CONNECT))
        .build()
        .map_err(|error| RecordsError::Setup(error.to_string()))
}

pub(super) async fn open(options: &RecordsOptions) -> Result<Opened, RecordsError> {
    let pool = pool(&options.url)?;
    let sql = Sql::new(readers::get(&pool).await.map_err(RecordsError::from)?);
    migrate::migrate(&sql).await.map_err(RecordsError::from)?;
    let (epoch, incarnation) = take_place(&sql, options).await.map_err(RecordsError::from)?;
    Ok(Opened { pool, epoch, incarnation })
}

/// Takes the next epoch and writes down the keys we are going to use.
async fn take_place(sql: &Sql, options: &RecordsOptions) -> Result<(i64, String), Fault> {
    let now = options.clock.now().as_millisecond();
    let until = now + milliseconds(options.lease);
    for (id, fingerprint) in options.keyring.needs() {
        sql.run(process::ADD_KEY, &[&i64::from(id), &fingerprint.as_slice(), &now]).await?;
    }
    let epoch = get(&sql.one(process::BEGIN_PROCESS, &[&now, &until]).await?, 0)?;
    sql.run(
        "INSERT INTO meta (name, value)
         VALUES ('incarnation', left(replace(gen_random_uuid()::text, '-', ''), 16))
         ON CONFLICT (name) DO NOTHING",
        &[],
    )
    .await?;
    let incarnation = get(&sql.one(process::META, &[&"incarnation"]).await?, 0)?;
    Ok((epoch, incarnation))
}
