//! Places and posts, beside the servers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::beside::Beside;
use super::contacts::owners;
use super::fault::Fault;
use super::sql::{Sql, get, get_bool};
use crate::clock::from_ms;
use crate::contact::Address;
use crate::places::{Booths, Changes, Delimitation, Known, Level, Told, Write, plan};
use crate::records::RecordsError;
use crate::records::places::{
    CodeRange, HandedOver, PlaceColumns, PlaceRow, PostRow, place_row, post_of,
};
use crate::records::sql::{contacts, places as sql, posts};

/// Several places as they stand.
const KNOWN: &str = "SELECT code, sector, name, until FROM places WHERE code = ANY (?1)";

/// Two imports at once go one after the other; whoever reads or holds a post is not kept waiting.
const ALONE: &str = "LOCK TABLE places IN SHARE ROW EXCLUSIVE MODE";

/// As [`sql::KEEP_PLACE`], many at once.
const KEEP_PLACES: &str = "
    INSERT INTO places (code, sector, name, sound, since)
    SELECT told.code, told.sector, told.name, told.sound, ?5
    FROM unnest(?1::BIGINT[], ?2::BIGINT[], ?3::TEXT[], ?4::BIGINT[])
        AS told (code, sector, name, sound)
    ON CONFLICT (code) DO UPDATE SET sector = excluded.sector, name = excluded.name,
        sound = excluded.sound, until = NULL";

/// As [`sql::KEEP_NAME`], many at once.
const KEEP_NAMES: &str = "
    INSERT INTO place_names (code, name, sound, until)
    SELECT told.code, told.name, told.sound, ?4
    FROM unnest(?1::BIGINT[], ?2::TEXT[], ?3::BIGINT[]) AS told (code, name, sound)
    ON CONFLICT (code, until, name) DO NOTHING";

impl Beside {
    pub(in crate::records) async fn import_places(
        &self,
        told: Vec<Told>,
        at: Timestamp,
    ) -> Result<Changes, RecordsError> {
        let told = &told;
        let (writes, changes) =
            self.readers.ask(move |sql| async move { planned(&sql, told).await }).await?;
        if writes.is_empty() {
            return Ok(changes);
        }
        self.transact(move |sql| async move {
            sql.batch(ALONE).await?;
            let (writes, changes) = planned(&sql, told).await?;
            write(&sql, writes, at.as_millisecond()).await?;
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
            .ask(move |sql| async move {
                let mut places = Vec::new();
                for row in &sql.rows(sql::PLACES, &[&range.from, &range.to, &limit]).await? {
                    places.extend(place_row(columns(row)?));
                }
                Ok(places)
            })
            .await
    }

    pub(in crate::records) async fn booths(&self) -> Result<Booths, RecordsError> {
        let range = CodeRange::all(Level::Booth);
        self.readers
            .ask(move |sql| async move {
                let mut booths = Vec::new();
                for row in &sql.rows(sql::BOOTHS, &[&range.from, &range.to]).await? {
                    booths.push((get(row, 0)?, get(row, 1)?));
                }
                Ok(Booths::of(booths))
            })
            .await
    }

    pub(in crate::records) async fn names_before(
        &self,
        code: i64,
    ) -> Result<Vec<(String, Timestamp)>, RecordsError> {
        self.readers
            .ask(move |sql| async move {
                let mut names = Vec::new();
                for row in &sql.rows(sql::NAMES_BEFORE, &[&code]).await? {
                    names.push((get(row, 0)?, from_ms(get(row, 1)?)));
                }
                Ok(names)
            })
            .await
    }

    pub(in crate::records) async fn end_place(
        &self,
        code: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.write(sql::END_PLACE, &[&code, &at.as_millisecond()]).await
    }

    pub(in crate::records) async fn posts(
        &self,
        range: CodeRange,
        after: i64,
        limit: usize,
    ) -> Result<Vec<PostRow>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |sql| async move {
                let mut held = Vec::new();
                for row in
                    &sql.rows(posts::OPEN_POSTS, &[&range.from, &range.to, &after, &limit]).await?
                {
                    held.extend(post_row(row)?);
                }
                Ok(held)
            })
            .await
    }

    pub(in crate::records) async fn open_post(
        &self,
        id: i64,
    ) -> Result<Option<PostRow>, RecordsError> {
        self.readers.ask(move |sql| async move { open_post(&sql, id).await }).await
    }

    pub(in crate::records) async fn held(
        &self,
        post: &str,
        range: CodeRange,
    ) -> Result<Vec<i64>, RecordsError> {
        self.readers
            .ask(move |sql| async move {
                let rows = sql.rows(posts::HELD, &[&post, &range.from, &range.to]).await?;
                rows.iter().map(|row| get(row, 0)).collect()
            })
            .await
    }

    pub(in crate::records) async fn end_post(
        &self,
        id: i64,
        at: Timestamp,
        by: &str,
    ) -> Result<bool, RecordsError> {
        self.transact(move |sql| async move {
            let Some(held) = open_post(&sql, id).await? else { return Ok(false) };
            if sql.run(posts::END_POST, &[&id, &at.as_millisecond(), &by]).await? == 0 {
                return Ok(false);
            }
            sql.run(contacts::MOVE_VERSION, &[&held.contact]).await?;
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
        self.transact(move |sql| async move {
            let Some(held) = open_post(&sql, id).await? else { return Ok(HandedOver::NotHeld) };
            let at = at.as_millisecond();
            // In the order of their numbers, as everybody who locks several; whoever leaves in this moment has
            // left before or waits.
            let mut moved = vec![held.contact.min(to), held.contact.max(to)];
            moved.dedup();
            for contact in moved {
                sql.run(contacts::MOVE_VERSION, &[&contact]).await?;
            }
            let row = sql.one(posts::MEMBERSHIPS, &[&to, &person]).await?;
            if get::<i64>(&row, 0)? > 0 && get::<i64>(&row, 1)? == 0 {
                return Ok(HandedOver::HasLeft);
            }
            // Of two who hand it over at once the second finds it ended.
            if sql.run(posts::END_POST, &[&id, &at, &by]).await? == 0 {
                return Ok(HandedOver::NotHeld);
            }
            let (place, code) = (held.place.to_string(), held.place.code(Delimitation::NOW));
            let single = i64::from(held.single);
            sql.run(posts::ADD_POST, &[&to, &person, &held.post, &place, &code, &single, &at])
                .await?;
            Ok(HandedOver::Done)
        })
        .await
    }

    pub(in crate::records) async fn former_names(
        &self,
        range: CodeRange,
    ) -> Result<Vec<(i64, String)>, RecordsError> {
        self.readers
            .ask(move |sql| async move {
                let mut names = Vec::new();
                for row in &sql.rows(sql::FORMER_NAMES, &[&range.from, &range.to]).await? {
                    names.push((get(row, 0)?, get(row, 1)?));
                }
                Ok(names)
            })
            .await
    }

    pub(in crate::records) async fn contact_of(
        &self,
        address: &Address,
    ) -> Result<Option<i64>, RecordsError> {
        let key = (address.kind.code(), self.keyring.address_hash(address));
        self.readers
            .ask(move |sql| async move { Ok(owners(&sql, &[key]).await?.get(&key).copied()) })
            .await
    }
}

/// What is to be written, by what stands there.
async fn planned(sql: &Sql, told: &[Told]) -> Result<(Vec<Write>, Changes), Fault> {
    let codes: Vec<i64> = told.iter().map(|one| one.place.code(Delimitation::NOW)).collect();
    let mut known = BTreeMap::new();
    for row in &sql.rows(KNOWN, &[&codes]).await? {
        let sector: Option<i64> = get(row, 1)?;
        let place = Known {
            sector: sector.and_then(|sector| u16::try_from(sector).ok()),
            name: get(row, 2)?,
            is_ended: get::<Option<i64>>(row, 3)?.is_some(),
        };
        known.insert(get::<i64>(row, 0)?, place);
    }
    Ok(plan(told, &known))
}

async fn write(sql: &Sql, writes: Vec<Write>, at: i64) -> Result<(), Fault> {
    let (mut codes, mut sectors, mut names, mut sounds) = (vec![], vec![], vec![], vec![]);
    let (mut renamed, mut formers, mut their_sounds) = (vec![], vec![], vec![]);
    for Write { code, sector, name, sound, former } in writes {
        if let Some((former, its_sound)) = former {
            renamed.push(code);
            formers.push(former);
            their_sounds.push(its_sound);
        }
        codes.push(code);
        sectors.push(sector.map(i64::from));
        names.push(name);
        sounds.push(sound);
    }
    sql.run(KEEP_NAMES, &[&renamed, &formers, &their_sounds, &at]).await?;
    sql.run(KEEP_PLACES, &[&codes, &sectors, &names, &sounds, &at]).await?;
    Ok(())
}

async fn open_post(sql: &Sql, id: i64) -> Result<Option<PostRow>, Fault> {
    match sql.row(posts::OPEN_POST, &[&id]).await? {
        Some(row) => post_row(&row),
        None => Ok(None),
    }
}

fn columns(row: &Row) -> Result<PlaceColumns, Fault> {
    Ok((get(row, 0)?, get(row, 1)?, get(row, 2)?, get(row, 3)?, get(row, 4)?))
}

/// `None` for a post at a place of another delimitation.
fn post_row(row: &Row) -> Result<Option<PostRow>, Fault> {
    Ok(post_of((
        get(row, 0)?,
        get(row, 1)?,
        get(row, 2)?,
        get(row, 3)?,
        get(row, 4)?,
        get_bool(row, 5)?,
        get(row, 6)?,
    )))
}
