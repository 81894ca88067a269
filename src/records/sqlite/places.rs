//! Places and posts, beside the server.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Row;

use super::beside::Beside;
use super::fault::Fault;
use super::statements::Statements;
use crate::contact::Address;
use crate::places::{Booths, Changes, Delimitation, Known, Level, Told, Write, plan};
use crate::records::RecordsError;
use crate::records::places::{
    CodeRange, HandedOver, PlaceColumns, PlaceRow, PostRow, place_row, post_of,
};
use crate::records::sql::{contacts, places as sql, posts};

impl Beside {
    pub(in crate::records) async fn import_places(
        &self,
        told: Vec<Told>,
        at: Timestamp,
    ) -> Result<Changes, RecordsError> {
        // An import made again finds everything as it is: the server's writer is not held up for that.
        let (told, writes, changes) = self
            .readers
            .ask(move |statements| {
                let (writes, changes) = planned(statements, &told)?;
                Ok((told, writes, changes))
            })
            .await?;
        if writes.is_empty() {
            return Ok(changes);
        }
        self.transact(move |statements| {
            let (writes, changes) = planned(statements, &told)?;
            for write in writes {
                let Write { code, sector, name, sound, former } = write;
                if let Some((former, its_sound)) = former {
                    let row = (code, former, its_sound, at.as_millisecond());
                    statements.run(sql::KEEP_NAME, row)?;
                }
                let row = (code, sector, name, sound, at.as_millisecond());
                statements.run(sql::KEEP_PLACE, row)?;
            }
            Ok(changes)
        })
        .await
    }

    pub(in crate::records) async fn places(
        &self,
        range: CodeRange,
        limit: usize,
    ) -> Result<Vec<PlaceRow>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| {
                let rows = statements.rows(sql::PLACES, (range.from, range.to, limit), columns)?;
                Ok(rows.into_iter().filter_map(place_row).collect())
            })
            .await
    }

    pub(in crate::records) async fn booths(&self) -> Result<Booths, RecordsError> {
        let range = CodeRange::all(Level::Booth);
        self.readers
            .ask(move |statements| {
                let rows = statements.rows(sql::BOOTHS, (range.from, range.to), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
                Ok(Booths::of(rows))
            })
            .await
    }

    pub(in crate::records) async fn names_before(
        &self,
        code: i64,
    ) -> Result<Vec<(String, Timestamp)>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(sql::NAMES_BEFORE, [code], |row| {
                    Ok((row.get(0)?, crate::clock::from_ms(row.get(1)?)))
                })
            })
            .await
    }

    pub(in crate::records) async fn end_place(
        &self,
        code: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.write(sql::END_PLACE, (code, at.as_millisecond())).await
    }

    pub(in crate::records) async fn posts(
        &self,
        range: CodeRange,
        after: i64,
        limit: usize,
    ) -> Result<Vec<PostRow>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| {
                let rows = statements.rows(
                    posts::OPEN_POSTS,
                    (range.from, range.to, after, limit),
                    post_row,
                )?;
                Ok(rows.into_iter().flatten().collect())
            })
            .await
    }

    pub(in crate::records) async fn open_post(
        &self,
        id: i64,
    ) -> Result<Option<PostRow>, RecordsError> {
        self.readers
            .ask(move |statements| Ok(statements.row(posts::OPEN_POST, [id], post_row)?.flatten()))
            .await
    }

    pub(in crate::records) async fn held(
        &self,
        post: &str,
        range: CodeRange,
    ) -> Result<Vec<i64>, RecordsError> {
        let post = post.to_owned();
        self.readers
            .ask(move |statements| {
                statements.rows(posts::HELD, (post, range.from, range.to), |row| row.get(0))
            })
            .await
    }

    pub(in crate::records) async fn end_post(
        &self,
        id: i64,
        at: Timestamp,
        by: &str,
    ) -> Result<bool, RecordsError> {
        let by = by.to_owned();
        self.transact(move |statements| {
            let Some(held) = statements.row(posts::OPEN_POST, [id], post_row)?.flatten() else {
                return Ok(false);
            };
            statements.run(posts::END_POST, (id, at.as_millisecond(), by))?;
            statements.run(contacts::MOVE_VERSION, [held.contact])?;
            Ok(true)
        })
        .await
    }

    pub(in crate::records) async fn hand_over_post(
        &self,
        id: i64,
        (to, person): (i64, i64),
        at: Timestamp,
        by: &str,
    ) -> Result<HandedOver, RecordsError> {
        let by = by.to_owned();
        self.transact(move |statements| {
            let Some(held) = statements.row(posts::OPEN_POST, [id], post_row)?.flatten() else {
                return Ok(HandedOver::NotHeld);
            };
            let (all, stand): (i64, i64) =
                statements
                    .one(posts::MEMBERSHIPS, (to, person), |row| Ok((row.get(0)?, row.get(1)?)))?;
            if all > 0 && stand == 0 {
                return Ok(HandedOver::HasLeft);
            }
            let at = at.as_millisecond();
            statements.run(posts::END_POST, (id, at, by))?;
            let (place, code) = (held.place.to_string(), held.place.code(Delimitation::NOW));
            let row = (to, person, held.post, place, code, i64::from(held.single), at);
            statements.run(posts::ADD_POST, row)?;
            let mut moved = vec![held.contact, to];
            moved.dedup();
            for contact in moved {
                statements.run(contacts::MOVE_VERSION, [contact])?;
            }
            Ok(HandedOver::Done)
        })
        .await
    }

    pub(in crate::records) async fn former_names(
        &self,
        range: CodeRange,
    ) -> Result<Vec<(i64, String)>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(sql::FORMER_NAMES, (range.from, range.to), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .await
    }

    pub(in crate::records) async fn contact_of(
        &self,
        address: &Address,
    ) -> Result<Option<i64>, RecordsError> {
        let key = (address.kind.code(), self.keyring.address_hash(address));
        self.readers
            .ask(move |statements| statements.row(contacts::OWNER, key, |row| row.get(0)))
            .await
    }
}

/// What is to be written, by what stands there.
fn planned(statements: Statements<'_>, told: &[Told]) -> Result<(Vec<Write>, Changes), Fault> {
    let mut there = BTreeMap::new();
    for one in told {
        let code = one.place.code(Delimitation::NOW);
        let known = statements.row(sql::PLACE, [code], |row| {
            let sector: Option<i64> = row.get(1)?;
            Ok(Known {
                sector: sector.and_then(|sector| u16::try_from(sector).ok()),
                name: row.get(2)?,
                is_ended: row.get::<_, Option<i64>>(3)?.is_some(),
            })
        })?;
        there.extend(known.map(|known| (code, known)));
    }
    Ok(plan(told, &there))
}

fn columns(row: &Row<'_>) -> rusqlite::Result<PlaceColumns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

/// `None` for a post at a place of another delimitation.
fn post_row(row: &Row<'_>) -> rusqlite::Result<Option<PostRow>> {
    Ok(post_of((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
    )))
}
