//! The days of broadcasts that come again.

use std::sync::Arc;

use jiff::Timestamp;

use super::{add, columns, one, replace, several};
use crate::broadcast::BroadcastState;
use crate::records::RecordsError;
use crate::records::broadcasts::{
    BroadcastRow, DayOpened, DayOpening, Open, open_broadcast, state_of,
};
use crate::records::sql::broadcasts as sql;
use crate::records::sqlite::Beside;

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
            .ask(move |statements| {
                let rows: Vec<(i64, String, String)> =
                    statements.rows(sql::DAY_STATES, [series], |row| row.try_into())?;
                let days =
                    rows.into_iter().map(|(id, name, state)| Ok((id, name, state_of(id, &state)?)));
                Ok(days.collect::<Result<_, RecordsError>>()?)
            })
            .await
    }

    pub(in crate::records) async fn open_day(
        &self,
        opening: DayOpening,
    ) -> Result<DayOpened, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let open = Open::new(opening);
        self.transact(move |statements| {
            let asked = &open.opening;
            let series = one(statements, &keyring, asked.series)?;
            if !series.is_some_and(|series| open.fits(&series)) {
                return Ok(DayOpened::Changed);
            }
            let found = statements.row(sql::NAMED, [&asked.day.name], columns)?;
            let known = found.map(|row| open_broadcast(&keyring, row)).transpose()?;
            let (id, why) = if let Some(day) = known {
                if let Some(obstacle) = open.obstacle(&day) {
                    return Ok(obstacle);
                }
                replace(statements, day.id, &open.row(&keyring, Some(day.created))?)?;
                (day.id, day.why)
            } else {
                let row = open.row(&keyring, None)?;
                let Some(id) = add(statements, &row)? else { return Ok(DayOpened::Held) };
                let approved = BroadcastState::Approved.name();
                let log = (id, row.at, &row.author, approved, None::<&str>);
                statements.run(sql::ADD_LOG, log)?;
                (id, None)
            };
            let begun = (id, asked.series, &asked.holder, open.until, why);
            statements.run(sql::BEGIN_DAY, begun)?;
            let day = one(statements, &keyring, id)?;
            Ok(day.map_or(DayOpened::Changed, |day| DayOpened::Yes(Box::new(day))))
        })
        .await
    }

    pub(in crate::records) async fn hold_day(
        &self,
        day: i64,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        let row = (day, holder.to_owned(), until.as_millisecond());
        self.transact(move |statements| Ok(statements.run(sql::HOLD_DAY, row)? > 0)).await
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
        self.transact(move |statements| {
            let before = one(statements, &keyring, day)?.and_then(|row| row.why);
            let left = statements.run(sql::LEAVE_DAY, (day, &holder, &why))? > 0;
            let is_new = left && before.as_ref() != Some(&why);
            if is_new {
                let log = (day, at.as_millisecond(), "server", "waits", &why);
                statements.run(sql::ADD_LOG, log)?;
            }
            Ok(is_new)
        })
        .await
    }
}
