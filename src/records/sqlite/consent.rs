//! The kill switch, how often people were written to, and a person's rights over what is kept.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use serde_json::Value;

use super::Sqlite;
use super::beside::Beside;
use super::fault::Fault;
use super::polls;
use super::query::{list, of_these};
use super::readers::Readers;
use super::statements::Statements;
use super::writer::write_totals;
use crate::clock::from_ms;
use crate::message::{Purpose, Status};
use crate::records::asked;
use crate::records::person::{self, Audit, Cell, Erasure};
use crate::records::sql::{consent as sql, process};
use crate::records::totals::{Total, Totals};
use crate::records::{Halt, RecordsError};
use crate::seal::Keyring;

impl Sqlite {
    pub(in crate::records) async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        halt(&self.readers).await
    }

    pub(in crate::records) async fn erased_since(
        &self,
        kept_until: Timestamp,
    ) -> Result<Vec<i64>, RecordsError> {
        let until = kept_until.as_millisecond();
        self.readers
            .ask(move |statements| statements.rows(person::ERASED_SINCE, [until], |row| row.get(0)))
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
    let row = (after, last, purpose.name(), since.as_millisecond(), older_than);
    readers
        .ask(move |statements| {
            statements.rows(sql::TOLD, row, |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .await
}

pub(super) async fn halt(readers: &Readers) -> Result<Option<Halt>, RecordsError> {
    readers.ask(read_halt).await
}

fn read_halt(statements: Statements<'_>) -> Result<Option<Halt>, Fault> {
    statements.row(sql::HALT, [], |row| {
        Ok(Halt {
            halted: row.get(0)?,
            by: row.get(1)?,
            why: row.get(2)?,
            at: from_ms(row.get(3)?),
        })
    })
}

impl Beside {
    /// Everything of a person, opened, with the look written down.
    pub(in crate::records) async fn person_document(
        &self,
        contact: i64,
        audit: &Audit,
    ) -> Result<Value, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let audit = audit.clone();
        self.transact(move |statements| {
            let document = read_document(statements, &keyring, contact)?;
            add_audit(statements, contact, &audit)?;
            Ok(document)
        })
        .await
    }

    pub(in crate::records) async fn add_audit(
        &self,
        contact: i64,
        audit: &Audit,
    ) -> Result<(), RecordsError> {
        let audit = audit.clone();
        self.transact(move |statements| add_audit(statements, contact, &audit)).await
    }

    pub(in crate::records) async fn block(
        &self,
        contact: i64,
        since: Option<Timestamp>,
        audit: &Audit,
    ) -> Result<bool, RecordsError> {
        let audit = audit.clone();
        self.transact(move |statements| {
            let since = since.map(Timestamp::as_millisecond);
            let turned = statements.run(person::BLOCK, (contact, since))? > 0;
            if !turned {
                return Ok(false);
            }
            add_audit(statements, contact, &audit)?;
            if let Some(since) = since {
                let row = (contact, since);
                let ids: Vec<i64> = statements.rows(person::BLOCK_QUEUED, row, |row| row.get(0))?;
                statements.run(&of_these(asked::UNASK), [list(&ids)])?;
                let mut totals = Totals::default();
                totals.moved(Some(Status::Queued), Status::Suppressed, ids.len());
                write_totals(statements, &totals)?;
            }
            Ok(true)
        })
        .await
    }

    pub(in crate::records) async fn incarnation(&self) -> Result<String, RecordsError> {
        self.readers
            .ask(|statements| statements.one(process::META, ["incarnation"], |row| row.get(0)))
            .await
    }

    /// Erases a person in one transaction; the number of the erasure.
    pub(in crate::records) async fn erase_person(
        &self,
        contact: i64,
        erasure: &Erasure,
    ) -> Result<i64, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let erasure = erasure.clone();
        self.transact(move |statements| erase(statements, &keyring, contact, &erasure)).await
    }
}

fn add_audit(statements: Statements<'_>, contact: i64, audit: &Audit) -> Result<(), Fault> {
    let row = (&audit.by, audit.what, contact, &audit.why, audit.at.as_millisecond());
    statements.run(person::ADD_AUDIT, row).map(drop)
}

fn read_document(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
) -> Result<Value, Fault> {
    let mut tables = Vec::with_capacity(person::TABLES.len());
    for table in &person::TABLES {
        let rows = statements.rows(table.sql, [contact], |row| {
            let columns = row.as_ref().column_count();
            (0..columns).map(|column| Ok(cell(row.get_ref(column)?))).collect()
        })?;
        tables.push(rows);
    }
    Ok(person::document(keyring, contact, &tables)?)
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null | ValueRef::Real(_) => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn erase(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
    erasure: &Erasure,
) -> Result<i64, Fault> {
    let document = read_document(statements, keyring, contact)?;
    let at = erasure.at.as_millisecond();
    let kept = person::sealed_minimum(keyring, contact, &document)?;
    let until = person::kept_until(erasure.at).as_millisecond();
    let row = (contact, at, &erasure.by, &erasure.why, until, kept);
    let id: i64 = statements.one(person::ADD_ERASURE, row, |row| row.get(0))?;
    statements.run(person::KEEP_OUT, (contact, id))?;

    let (members, listed): (i64, i64) =
        statements.one(person::MEMBERS, [contact], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let queued = statements.run(person::ERASE_QUEUED, (contact, at))?;
    statements.run(person::SETTLE_REQUESTS, (contact, at))?;
    for message in person::messages_of(&document) {
        statements.run(person::ERASE_MESSAGE, [message])?;
        statements.run(person::FORGET_PROVIDER, [message])?;
    }
    let rosters = polls::rows_of(statements, keyring, (contact, contact))?;
    for step in person::ERASE {
        statements.run(step, [contact])?;
    }
    polls::bind(statements, keyring, &rosters)?;
    add_audit(statements, contact, &erasure.audit())?;
    let mut totals = Totals::default();
    totals.add(Total::Members, -members);
    totals.add(Total::Listed, -listed);
    totals.moved(Some(Status::Queued), Status::Suppressed, queued);
    write_totals(statements, &totals)?;
    Ok(id)
}
