//! The kill switch, how often people were written to, and a person's rights over what is kept.

use jiff::Timestamp;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::Postgres;
use super::beside::Beside;
use super::fault::Fault;
use super::polls;
use super::query::of_these;
use super::readers::Readers;
use super::sql::{Params, Sql, get, get_bool};
use crate::clock::from_ms;
use crate::message::{Purpose, Status};
use crate::records::asked;
use crate::records::person::{self, Audit, Cell, Erasure};
use crate::records::sql::{consent as sql, process};
use crate::records::totals::{Total, Totals};
use crate::records::{Halt, RecordsError};
use crate::seal::Keyring;

/// The person under all their numbers, in their order.
const LOCK: &str =
    "SELECT version FROM contacts WHERE id = ?1 OR merged_into = ?1 ORDER BY id FOR UPDATE";

impl Postgres {
    pub(in crate::records) async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        halt(&self.readers).await
    }

    pub(in crate::records) async fn erased_since(
        &self,
        kept_until: Timestamp,
    ) -> Result<Vec<i64>, RecordsError> {
        let until = kept_until.as_millisecond();
        self.readers
            .ask(move |statements| async move {
                let rows = statements.rows(person::ERASED_SINCE, &[&until]).await?;
                rows.iter().map(|row| get(row, 0)).collect()
            })
            .await
    }
}

pub(super) async fn told(
    readers: &Readers,
    (after, last): (i64, i64),
    purpose: Purpose,
    since: Timestamp,
    older_than: i64,
) -> Result<Vec<(i64, u32)>, RecordsError> {
    let since = since.as_millisecond();
    readers
        .ask(move |statements| async move {
            let mut told = Vec::new();
            let asked: Params<'_> = &[&after, &last, &purpose.name(), &since, &older_than];
            for row in &statements.rows(sql::TOLD, asked).await? {
                let count = u32::try_from(get::<i64>(row, 1)?).unwrap_or(u32::MAX);
                told.push((get(row, 0)?, count));
            }
            Ok(told)
        })
        .await
}

pub(super) async fn halt(readers: &Readers) -> Result<Option<Halt>, RecordsError> {
    readers
        .ask(async |statements| {
            let Some(row) = statements.row(sql::HALT, &[]).await? else { return Ok(None) };
            Ok(Some(Halt {
                halted: get_bool(&row, 0)?,
                by: get(&row, 1)?,
                why: get(&row, 2)?,
                at: from_ms(get(&row, 3)?),
            }))
        })
        .await
}

impl Beside {
    /// Everything of a person, opened, with the look written down.
    pub(in crate::records) async fn person_document(
        &self,
        contact: i64,
        audit: &Audit,
    ) -> Result<Value, RecordsError> {
        let keyring = &*self.keyring;
        self.transact(move |sql| async move {
            let document = read_document(&sql, keyring, contact).await?;
            add_audit(&sql, contact, audit).await?;
            Ok(document)
        })
        .await
    }

    pub(in crate::records) async fn add_audit(
        &self,
        contact: i64,
        audit: &Audit,
    ) -> Result<(), RecordsError> {
        self.transact(move |sql| async move { add_audit(&sql, contact, audit).await }).await
    }

    pub(in crate::records) async fn block(
        &self,
        contact: i64,
        since: Option<Timestamp>,
        audit: &Audit,
    ) -> Result<bool, RecordsError> {
        let since = since.map(Timestamp::as_millisecond);
        self.transact(move |sql| async move {
            if sql.run(person::BLOCK, &[&contact, &since]).await? == 0 {
                return Ok(false);
            }
            add_audit(&sql, contact, audit).await?;
            if let Some(since) = since {
                let rows = sql.rows(person::BLOCK_QUEUED, &[&contact, &since]).await?;
                let ids: Vec<i64> = rows.iter().map(|row| get(row, 0)).collect::<Result<_, _>>()?;
                sql.run(&of_these(asked::UNASK_BY_INDEX), &[&ids]).await?;
                let mut totals = Totals::default();
                totals.moved(Some(Status::Queued), Status::Suppressed, ids.len());
                add_totals(&sql, &totals).await?;
            }
            Ok(true)
        })
        .await
    }

    pub(in crate::records) async fn incarnation(&self) -> Result<String, RecordsError> {
        self.readers
            .ask(async |sql| get(&sql.one(process::META, &[&"incarnation"]).await?, 0))
            .await
    }

    /// Erases a person in one transaction; the number of the erasure.
    pub(in crate::records) async fn erase_person(
        &self,
        contact: i64,
        erasure: &Erasure,
    ) -> Result<i64, RecordsError> {
        let keyring = &*self.keyring;
        self.transact(move |sql| async move { erase(&sql, keyring, contact, erasure).await }).await
    }
}

async fn add_audit(sql: &Sql, contact: i64, audit: &Audit) -> Result<(), Fault> {
    let row: Params<'_> =
        &[&audit.by, &audit.what, &contact, &audit.why, &audit.at.as_millisecond()];
    sql.run(person::ADD_AUDIT, row).await.map(drop)
}

async fn read_document(sql: &Sql, keyring: &Keyring, contact: i64) -> Result<Value, Fault> {
    // A turn of a server that is under way is before all of it, or after.
    sql.row(LOCK, &[&contact]).await?;
    let mut tables = Vec::with_capacity(person::TABLES.len());
    for table in &person::TABLES {
        let mut rows = Vec::new();
        for row in &sql.rows(table.sql, &[&contact]).await? {
            rows.push((0..row.len()).map(|column| cell(row, column)).collect::<Result<_, _>>()?);
        }
        tables.push(rows);
    }
    Ok(person::document(keyring, contact, &tables)?)
}

fn cell(row: &Row, column: usize) -> Result<Cell, Fault> {
    let kind = row.columns().get(column).map(tokio_postgres::Column::type_);
    Ok(match kind {
        Some(&Type::INT8) => get::<Option<i64>>(row, column)?.map_or(Cell::Null, Cell::Int),
        Some(&Type::BYTEA) => get::<Option<Vec<u8>>>(row, column)?.map_or(Cell::Null, Cell::Bytes),
        _ => get::<Option<String>>(row, column)?.map_or(Cell::Null, Cell::Text),
    })
}

async fn erase(
    sql: &Sql,
    keyring: &Keyring,
    contact: i64,
    erasure: &Erasure,
) -> Result<i64, Fault> {
    let document = read_document(sql, keyring, contact).await?;
    let at = erasure.at.as_millisecond();
    let kept = person::sealed_minimum(keyring, contact, &document)?;
    let until = person::kept_until(erasure.at).as_millisecond();
    let row: Params<'_> = &[&contact, &at, &erasure.by, &erasure.why, &until, &kept];
    let id: i64 = get(&sql.one(person::ADD_ERASURE, row).await?, 0)?;
    sql.run(person::KEEP_OUT, &[&contact, &id]).await?;

    let counted = sql.one(person::MEMBERS, &[&contact]).await?;
    let (members, listed): (i64, i64) = (get(&counted, 0)?, get(&counted, 1)?);
    let queued = sql.run(person::ERASE_QUEUED, &[&contact, &at]).await?;
    sql.run(person::SETTLE_REQUESTS, &[&contact, &at]).await?;
    for message in person::messages_of(&document) {
        sql.run(person::ERASE_MESSAGE, &[&message]).await?;
        sql.run(person::FORGET_PROVIDER, &[&message]).await?;
    }
    let rosters = polls::rows_of(sql, keyring, (contact, contact)).await?;
    for step in person::ERASE {
        sql.run(step, &[&contact]).await?;
    }
    polls::bind(sql, keyring, &rosters).await?;
    add_audit(sql, contact, &erasure.audit()).await?;
    let mut totals = Totals::default();
    totals.add(Total::Members, -members);
    totals.add(Total::Listed, -listed);
    totals.moved(
        Some(Status::Queued),
        Status::Suppressed,
        usize::try_from(queued).unwrap_or(usize::MAX),
    );
    add_totals(sql, &totals).await?;
    Ok(id)
}

async fn add_totals(sql: &Sql, totals: &Totals) -> Result<(), Fault> {
    for (name, sum) in totals.changes() {
        // Under the epoch of no process.
        sql.run(process::ADD_TO_TOTAL, &[&name, &0_i64, &sum]).await?;
    }
    Ok(())
}
