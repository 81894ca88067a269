//! What a provider refuses whoever it is sent to, and the marks of numbers.

use std::sync::Arc;

use jiff::Timestamp;

use super::Sqlite;
use super::fault::Fault;
use super::outgoing::read_message;
use super::readers::Readers;
use super::statements::Statements;
use crate::clock::from_ms;
use crate::message::{Content, Mark, StatusUpdate};
use crate::records::RecordsError;
use crate::records::common::halves;
use crate::records::holds::{
    Hold, HoldName, HoldRow, Refused, Reported, Rests, hold_row, read_hold,
};
use crate::records::sql::{holds as sql, statuses};

impl Sqlite {
    pub(in crate::records) async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        holds(&self.readers).await
    }

    pub(in crate::records) async fn hold(
        &self,
        refused: Refused,
    ) -> Result<Option<Rests>, RecordsError> {
        self.writer
            .submit(None, move |tx| {
                let held = &refused.held;
                let key = (held.channel.code(), held.kind.code(), &held.name);
                let known: Option<HoldRow> = tx.row(sql::HOLD, key, |row| row.try_into())?;
                let known = known.map(read_hold).transpose()?;
                let rests = Hold::after(known.clone(), &refused);
                if let Some(rests) = &rests
                    && known.as_ref() != Some(&rests.hold)
                {
                    tx.run(sql::KEEP_HOLD, hold_row(&rests.hold))?;
                }
                Ok(rests)
            })
            .await
    }

    pub(in crate::records) async fn try_hold(
        &self,
        held: HoldName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        let (now, until) = (now.as_millisecond(), until.as_millisecond());
        self.writer
            .submit(None, move |tx| {
                let HoldName { channel, kind, name } = &held;
                let tried =
                    tx.run(sql::TRY_HOLD, (channel.code(), kind.code(), name, now, until))?;
                Ok(tried > 0)
            })
            .await
    }

    pub(in crate::records) async fn end_hold(
        &self,
        held: HoldName,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let at = at.as_millisecond();
        self.writer
            .submit(None, move |tx| {
                let HoldName { channel, kind, name } = &held;
                Ok(tx.run(sql::END_HOLD, (channel.code(), kind.code(), name, at))? > 0)
            })
            .await
    }

    pub(in crate::records) async fn mark(
        &self,
        contact: i64,
        mark: Mark,
        at: Timestamp,
    ) -> Result<(), RecordsError> {
        let at = at.as_millisecond();
        self.writer.submit(None, move |tx| write_mark(**tx, contact, mark, at)).await
    }

    pub(in crate::records) async fn reported(
        &self,
        update: &StatusUpdate,
    ) -> Result<Option<Reported>, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let echoed = update.outgoing;
        let hash = halves(self.keyring.provider_hash(update.channel, &update.provider_id));
        self.readers
            .ask(move |statements| {
                let left = |id: i64| {
                    statements.row(sql::LEFT_BY, [id], |row| {
                        Ok((id, row.get::<_, String>(0)?, row.get(1)?, row.get::<_, i64>(2)?))
                    })
                };
                let mut found = None;
                if let Some(echoed) = echoed {
                    found = left(echoed.id)?.filter(|(.., created)| *created == echoed.created_ms);
                }
                if found.is_none() {
                    let id: Option<i64> =
                        statements.row(statuses::BY_PROVIDER_ID, hash, |row| row.get(0))?;
                    if let Some(id) = id {
                        found = left(id)?;
                    }
                }
                let Some((id, account, moved, _)) = found else { return Ok(None) };
                let content: Content = read_message(statements, &keyring, id)?;
                let template = content.registered().map(|dlt| dlt.template.clone());
                Ok(Some(Reported { account, left: from_ms(moved), template }))
            })
            .await
    }
}

/// What rests now.
pub(super) async fn holds(readers: &Readers) -> Result<Vec<Hold>, RecordsError> {
    readers
        .ask(|statements| {
            let rows: Vec<HoldRow> = statements.rows(sql::HOLDS, (), |row| row.try_into())?;
            rows.into_iter().map(|row| Ok(read_hold(row)?)).collect()
        })
        .await
}

/// Marks a contact, once.
pub(super) fn write_mark(
    statements: Statements<'_>,
    contact: i64,
    mark: Mark,
    at: i64,
) -> Result<(), Fault> {
    let text = match mark {
        Mark::NoPromotion => sql::MARK_NO_PROMOTION,
        Mark::NoDltConsent => sql::MARK_NO_DLT_CONSENT,
    };
    statements.run(text, (contact, at)).map(drop)
}
