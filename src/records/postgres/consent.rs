//! The kill switch, and how often people were written to.

use jiff::Timestamp;

use super::Postgres;
use super::readers::Readers;
use super::sql::{get, get_bool};
use crate::clock::from_ms;
use crate::message::Purpose;
use crate::records::sql::consent as sql;
use crate::records::{Halt, RecordsError};

impl Postgres {
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
    let since = since.as_millisecond();
    readers
        .ask(move |statements| async move {
            let mut told = Vec::new();
            for row in
                &statements.rows(sql::TOLD, &[&after, &last, &purpose.name(), &since]).await?
            {
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
