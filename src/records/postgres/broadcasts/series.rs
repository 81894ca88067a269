//! The days of broadcasts that come again. Whoever opens one holds the row of the series meanwhile: of several
//! processes one comes after the other.

use std::sync::Arc;

use jiff::Timestamp;

use super::{STATE_LOCKED, add, columns, one, replace, several, state};
use crate::broadcast::BroadcastState;
use crate::records::RecordsError;
use crate::records::broadcasts::{
    BroadcastRow, DayOpened, DayOpening, Open, open_broadcast, state_of,
};
use crate::records::postgres::Beside;
use crate::records::postgres::sql::get;
use crate::records::sql::broadcasts as sql;

impl Beside {
    pub(in crate::records) async fn series(&self) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::SERIES, 1).await
    }

    pub(in crate::records) async fn days_of(
        &self,
        series: i64,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::DAYS, series).await
    }

    pub(in crate::records) async fn missed_days(
        &self,
        now: Timestamp,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::MISSED, now.as_millisecond()).await
    }

    pub(in crate::records) async fn day_states(
        &self,
        series: i64,
    ) -> Result<Vec<(i64, String, BroadcastState)>, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                let mut days = Vec::new();
                for row in &statements.rows(sql::DAY_STATES, &[&series]).await? {
                    let id = get(row, 0)?;
                    days.push((id, get(row, 1)?, state_of(id, get(row, 2)?)?));
                }
                Ok(days)
            })
            .await
    }

    pub(in crate::records) async fn open_day(
        &self,
        opening: DayOpening,
    ) -> Result<DayOpened, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let open = Arc::new(Open::new(opening));
        self.transact(move |statements| {
            let (keyring, open) = (Arc::clone(&keyring), Arc::clone(&open));
            async move {
                let asked = &open.opening;
                state(&statements, STATE_LOCKED, asked.series).await?;
                let series = one(&statements, &keyring, asked.series).await?;
                if !series.is_some_and(|series| open.fits(&series)) {
                    return Ok(DayOpened::Changed);
                }
                // Its row is held, too: whoever cancels or freezes it meanwhile is waited for, and read.
                let named = format!("{} FOR UPDATE", sql::NAMED);
                let found = statements.row(&named, &[&asked.day.name]).await?;
                let known = match found {
                    Some(row) => Some(open_broadcast(&keyring, columns(&row)?)?),
                    None => None,
                };
                let (id, why) = if let Some(day) = known {
                    if let Some(obstacle) = open.obstacle(&day) {
                        return Ok(obstacle);
                    }
                    let row = open.row(&keyring, Some(day.created))?;
                    replace(&statements, day.id, &row).await?;
                    (day.id, day.why)
                } else {
                    let row = open.row(&keyring, None)?;
                    let Some(id) = add(&statements, &row).await? else {
                        return Ok(DayOpened::Held);
                    };
                    let (approved, why) = (BroadcastState::Approved.name(), None::<&str>);
                    let log: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
                        [&id, &row.at, &row.author, &approved, &why];
                    statements.run(sql::ADD_LOG, &log).await?;
                    (id, None)
                };
                let holder = &asked.holder;
                statements
                    .run(sql::BEGIN_DAY, &[&id, &asked.series, holder, &open.until, &why])
                    .await?;
                let day = one(&statements, &keyring, id).await?;
                Ok(day.map_or(DayOpened::Changed, |day| DayOpened::Yes(Box::new(day))))
            }
        })
        .await
    }

    pub(in crate::records) async fn hold_day(
        &self,
        day: i64,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        let (holder, until) = (holder.to_owned(), until.as_millisecond());
        self.transact(move |statements| {
            let holder = holder.clone();
            async move { Ok(statements.run(sql::HOLD_DAY, &[&day, &holder, &until]).await? > 0) }
        })
        .await
    }

    pub(in crate::records) async fn leave_day(
        &self,
        day: i64,
        holder: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let (holder, why) = (holder.to_owned(), why.to_owned());
        let at = at.as_millisecond();
        self.transact(move |statements| {
            let keyring = Arc::clone(&keyring);
            let (holder, why) = (holder.clone(), why.clone());
            async move {
                state(&statements, STATE_LOCKED, day).await?;
                let before = one(&statements, &keyring, day).await?.and_then(|row| row.why);
                let left = statements.run(sql::LEAVE_DAY, &[&day, &holder, &why]).await? > 0;
                let is_new = left && before.as_ref() != Some(&why);
                if is_new {
                    let log: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
                        [&day, &at, &"server", &"waits", &why];
                    statements.run(sql::ADD_LOG, &log).await?;
                }
                Ok(is_new)
            }
        })
        .await
    }
}
