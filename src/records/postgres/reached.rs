//! Which broadcast a person's message answers.

use tokio_postgres::Row;

use super::Postgres;
use super::fault::Fault;
use super::sql::{Sql, get};
use crate::clock::from_ms;
use crate::fact::Reached;
use crate::records::common::halves;
use crate::records::sql::reached as sql;
use crate::records::{MayAnswer, RecordsError};

impl Postgres {
    pub(in crate::records) async fn spoke_since(&self, since: i64) -> Result<bool, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                Ok(statements.row(sql::SPOKE_SINCE, &[&since]).await?.is_some())
            })
            .await
    }

    pub(in crate::records) async fn reached(
        &self,
        asked: Vec<MayAnswer>,
        (since, begun): (i64, i64),
    ) -> Result<Vec<Option<Reached>>, RecordsError> {
        let keyring = &self.keyring;
        let hashed: Vec<(i64, Option<(i64, i64)>)> = asked
            .iter()
            .map(|(contact, quoted)| {
                let quoted = quoted
                    .as_ref()
                    .map(|(channel, id)| halves(keyring.provider_hash(*channel, id)));
                (*contact, quoted)
            })
            .collect();
        let hashed = &hashed;
        self.readers
            .ask(move |statements| async move {
                let mut reached = Vec::with_capacity(hashed.len());
                for (contact, quoted) in hashed {
                    reached.push(reached_by(&statements, *contact, *quoted, (since, begun)).await?);
                }
                Ok(reached)
            })
            .await
    }
}

async fn reached_by(
    statements: &Sql,
    contact: i64,
    quoted: Option<(i64, i64)>,
    (since, begun): (i64, i64),
) -> Result<Option<Reached>, Fault> {
    if let Some((hash, rest)) = quoted
        && let Some(row) = statements.row(sql::OF_QUOTED, &[&contact, &hash, &rest]).await?
    {
        return read(&row, true).map(Some);
    }
    let newest = statements.row(sql::NEWEST, &[&contact, &since, &begun]).await?;
    newest.as_ref().map(|row| read(row, false)).transpose()
}

fn read(row: &Row, named: bool) -> Result<Reached, Fault> {
    let at = from_ms(get(row, 3)?);
    Ok(Reached { broadcast: get(row, 0)?, name: get(row, 1)?, flow: get(row, 2)?, named, at })
}
