//! What a provider refuses whoever it is sent to, and the marks of numbers.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::Postgres;
use super::fault::Fault;
use super::readers::Readers;
use super::sql::{Sql, get};
use super::tx::{Op, Tx};
use crate::clock::from_ms;
use crate::message::{Content, Mark, StatusUpdate};
use crate::records::RecordsError;
use crate::records::common::{broken_message, halves, open_message};
use crate::records::holds::{Hold, HoldName, Refused, Reported, Rests, hold_row, read_hold};
use crate::records::sql::{holds as sql, outgoing, statuses};

/// Two processes may be refused at once.
const HOLD_LOCKED: &str = "
    SELECT channel, kind, name, account, code, http, since, until, refusals, trying, by_report, ended
    FROM holds WHERE channel = ?1 AND kind = ?2 AND name = ?3 FOR UPDATE";

impl Postgres {
    pub(in crate::records) async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        holds(&self.readers).await
    }

    pub(in crate::records) async fn hold(
        &self,
        refused: Refused,
    ) -> Result<Option<Rests>, RecordsError> {
        self.writer.submit(Refuse(refused)).await
    }

    pub(in crate::records) async fn try_hold(
        &self,
        held: HoldName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        let (now, until) = (now.as_millisecond(), until.as_millisecond());
        self.writer.submit(Try { held, now, until }).await
    }

    pub(in crate::records) async fn end_hold(
        &self,
        held: HoldName,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.writer.submit(End { held, at: at.as_millisecond() }).await
    }

    pub(in crate::records) async fn mark(
        &self,
        contact: i64,
        mark: Mark,
        at: Timestamp,
    ) -> Result<(), RecordsError> {
        self.writer.submit(Marks { contact, mark, at: at.as_millisecond() }).await
    }

    pub(in crate::records) async fn reported(
        &self,
        update: &StatusUpdate,
    ) -> Result<Option<Reported>, RecordsError> {
        let keyring = &*self.keyring;
        let echoed = update.outgoing;
        let (hash, rest) = halves(keyring.provider_hash(update.channel, &update.provider_id));
        self.readers
            .ask(move |statements| async move {
                let mut found = None;
                if let Some(echoed) = echoed {
                    found = left(&statements, echoed.id).await?;
                    found = found.filter(|(.., created)| *created == echoed.created_ms);
                }
                if found.is_none() {
                    let row = statements.row(statuses::BY_PROVIDER_ID, &[&hash, &rest]).await?;
                    if let Some(row) = row {
                        found = left(&statements, get(&row, 0)?).await?;
                    }
                }
                let Some((id, account, moved, _)) = found else { return Ok(None) };
                let row = statements.row(outgoing::CONTENT, &[&id]).await?;
                let row =
                    row.ok_or_else(|| broken_message(id, "there is no such row".to_owned()))?;
                let content: Content = open_message(keyring, id, get(&row, 0)?)?;
                let template = content.registered().map(|dlt| dlt.template.clone());
                Ok(Some(Reported { account, left: from_ms(moved), template }))
            })
            .await
    }
}

/// A message by its number: itself, its account, when it moved and when it was made.
async fn left(statements: &Sql, id: i64) -> Result<Option<(i64, String, i64, i64)>, Fault> {
    let Some(row) = statements.row(sql::LEFT_BY, &[&id]).await? else { return Ok(None) };
    Ok(Some((id, get(&row, 0)?, get(&row, 1)?, get(&row, 2)?)))
}

/// What rests now.
pub(super) async fn holds(readers: &Readers) -> Result<Vec<Hold>, RecordsError> {
    readers.ask(async |statements| read_all(&statements).await).await
}

/// The same, beside other questions.
pub(super) async fn read_all(statements: &Sql) -> Result<Vec<Hold>, Fault> {
    statements.rows(sql::HOLDS, &[]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Hold, Fault> {
    Ok(read_hold((
        get(row, 0)?,
        get(row, 1)?,
        get(row, 2)?,
        get(row, 3)?,
        get(row, 4)?,
        get(row, 5)?,
        get(row, 6)?,
        get(row, 7)?,
        get(row, 8)?,
        get(row, 9)?,
        get(row, 10)?,
        get(row, 11)?,
    ))?)
}

struct Refuse(Refused);

impl Op for Refuse {
    type Done = Option<Rests>;

    async fn run(&mut self, tx: &mut Tx) -> Result<Option<Rests>, Fault> {
        let held = &self.0.held;
        let (channel, kind) = (held.channel.code(), held.kind.code());
        let row = tx.sql.row(HOLD_LOCKED, &[&channel, &kind, &held.name]).await?;
        let known = row.as_ref().map(read).transpose()?;
        let rests = Hold::after(known.clone(), &self.0);
        if let Some(rests) = &rests
            && known.as_ref() != Some(&rests.hold)
        {
            let row = hold_row(&rests.hold);
            tx.sql
                .run(
                    sql::KEEP_HOLD,
                    &[
                        &row.0, &row.1, &row.2, &row.3, &row.4, &row.5, &row.6, &row.7, &row.8,
                        &row.9, &row.10, &row.11,
                    ],
                )
                .await?;
        }
        Ok(rests)
    }
}

struct Try {
    held: HoldName,
    now: i64,
    until: i64,
}

impl Op for Try {
    type Done = bool;

    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Fault> {
        let HoldName { channel, kind, name } = &self.held;
        let (channel, kind) = (channel.code(), kind.code());
        let tried =
            tx.sql.run(sql::TRY_HOLD, &[&channel, &kind, name, &self.now, &self.until]).await?;
        Ok(tried > 0)
    }
}

struct End {
    held: HoldName,
    at: i64,
}

impl Op for End {
    type Done = bool;

    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Fault> {
        let HoldName { channel, kind, name } = &self.held;
        let (channel, kind) = (channel.code(), kind.code());
        Ok(tx.sql.run(sql::END_HOLD, &[&channel, &kind, name, &self.at]).await? > 0)
    }
}

struct Marks {
    contact: i64,
    mark: Mark,
    at: i64,
}

impl Op for Marks {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        write_mark(tx, self.contact, self.mark, self.at).await
    }
}

/// Marks a contact, once.
pub(super) async fn write_mark(tx: &Tx, contact: i64, mark: Mark, at: i64) -> Result<(), Fault> {
    let text = match mark {
        Mark::NoPromotion => sql::MARK_NO_PROMOTION,
        Mark::NoDltConsent => sql::MARK_NO_DLT_CONSENT,
    };
    tx.sql.run(text, &[&contact, &at]).await.map(drop)
}
