//! Which broadcast a person's message answers.

use std::sync::Arc;

use rusqlite::Row;

use super::Sqlite;
use super::fault::Fault;
use super::statements::Statements;
use crate::clock::from_ms;
use crate::fact::Reached;
use crate::records::common::halves;
use crate::records::sql::reached as sql;
use crate::records::{MayAnswer, RecordsError};

impl Sqlite {
    pub(in crate::records) async fn spoke_since(&self, since: i64) -> Result<bool, RecordsError> {
        self.readers
            .ask(move |statements| {
                let spoke =
                    statements.row(sql::SPOKE_SINCE, [since], |row| row.get::<_, i64>(0))?;
                Ok(spoke.is_some())
            })
            .await
    }

    pub(in crate::records) async fn reached(
        &self,
        asked: Vec<MayAnswer>,
        (since, begun): (i64, i64),
    ) -> Result<Vec<Option<Reached>>, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers
            .ask(move |statements| {
                let mut reached = Vec::with_capacity(asked.len());
                for (contact, quoted) in &asked {
                    let quoted = quoted
                        .as_ref()
                        .map(|(channel, id)| halves(keyring.provider_hash(*channel, id)));
                    reached.push(reached_by(statements, *contact, quoted, (since, begun))?);
                }
                Ok(reached)
            })
            .await
    }
}

fn reached_by(
    statements: Statements<'_>,
    contact: i64,
    quoted: Option<(i64, i64)>,
    (since, begun): (i64, i64),
) -> Result<Option<Reached>, Fault> {
    let read = |row: &Row<'_>, named: bool| {
        let at = from_ms(row.get(3)?);
        Ok(Reached { broadcast: row.get(0)?, name: row.get(1)?, flow: row.get(2)?, named, at })
    };
    if let Some((hash, rest)) = quoted {
        let named = statements.row(sql::OF_QUOTED, (contact, hash, rest), |row| read(row, true))?;
        if named.is_some() {
            return Ok(named);
        }
    }
    statements.row(sql::NEWEST, (contact, since, begun), |row| read(row, false))
}
