//! The kill switch, and how often people were written to.

use jiff::Timestamp;

use super::Sqlite;
use super::fault::Fault;
use super::readers::Readers;
use super::statements::Statements;
use crate::clock::from_ms;
use crate::message::Purpose;
use crate::records::sql::consent as sql;
use crate::records::{Halt, RecordsError};

impl Sqlite {
    pub(in crate::records) async fn told(
        &self,
        after: i64,
        last: i64,
        purpose: Purpose,
        since: Timestamp,
    ) -> Result<Vec<(i64, u32)>, RecordsError> {
        told(&self.readers, (after, last), purpose, since).await
    }

    pub(in crate::records) async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        halt(&self.readers).await
    }
}

pub(super) async fn told(
    readers: &Readers,
    (after, last): (i64, i64),
    purpose: Purpose,
    since: Timestamp,
) -> Result<Vec<(i64, u32)>, RecordsError> {
    let row = (after, last, purpose.name(), since.as_millisecond());
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
