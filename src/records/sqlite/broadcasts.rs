//! Broadcasts: written by commands beside the server, run by the server.

mod release;
mod series;

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::fault::Fault;
use super::query::{list, of_these};
use super::readers::Readers;
use super::statements::Statements;
use super::writer::write_totals;
use super::{Beside, Sqlite};
use crate::broadcast::{BroadcastState, Candidate, Recipient, RecipientState};
use crate::clock::from_ms;
use crate::contact::{AddressKind, PhoneNumber, Road};
use crate::message::Status;
use crate::records::RecordsError;
use crate::records::asked;
use crate::records::askers::{Answers, Sent};
use crate::records::broadcasts::{
    BroadcastColumns, BroadcastEvent, BroadcastRow, By, CLEARED_AT_ONCE, ContactRow, For, Froze,
    Funnel, FunnelRow, Gathered, MemberRow, MessagesRow, Moved, NewBroadcast, NewRow, PlanCounts,
    Progress, Step, Took, name_is_taken, open_broadcast, ready_new, road_keys, staged, state_of,
    took, under_their_old_numbers,
};
use crate::records::import::ready::phone_hash;
use crate::records::sql::{broadcasts as sql, contacts as contacts_sql, report as report_sql};
use crate::records::totals::Totals;
use crate::seal::Keyring;

/// The broadcasts that several contacts were sent since `?2`, as [`TOLD`](crate::records::sql::consent::TOLD) counts them.
/// `CROSS`: each step is a search from the one before, whatever the planner thinks of how many there are.
const SENT_TO: &str = "
    WITH RECURSIVE chain (contact, message, previous, at) AS (
        SELECT c.id, m.id, m.previous, m.at
        FROM contacts c CROSS JOIN messages m ON m.id = c.last_message
        WHERE c.id {these}
        UNION ALL
        SELECT chain.contact, m.id, m.previous, m.at
        FROM chain CROSS JOIN messages m ON m.id = chain.previous WHERE chain.at >= ?2)
    SELECT chain.contact, o.purpose, chain.at, CASE WHEN o.status = 1 THEN chain.message END,
           o.broadcast
    FROM chain CROSS JOIN outgoing o ON o.id = chain.message
    WHERE o.lane = 3 AND o.status BETWEEN 1 AND 5 AND chain.at >= ?2
      AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.id = o.broadcast AND b.test_of IS NOT NULL)";

impl Beside {
    pub(in crate::records) async fn create_broadcast(
        &self,
        new: NewBroadcast,
    ) -> Result<i64, RecordsError> {
        let created = new.at;
        let row = ready_new(&self.keyring, new, created)?;
        self.transact(move |statements| create(statements, &row)).await
    }

    pub(in crate::records) async fn redefine_broadcast(
        &self,
        id: i64,
        new: NewBroadcast,
    ) -> Result<Moved, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.transact(move |statements| {
            let Some(known) = one(statements, &keyring, id)? else { return Ok(Moved::Unknown) };
            if !known.may_be_redefined() {
                return Ok(Moved::No { stands: known.state });
            }
            let row = ready_new(&keyring, new, known.created)?;
            redefine(statements, id, &row)?;
            Ok(Moved::Yes { from: known.state })
        })
        .await
    }

    pub(in crate::records) async fn broadcast(
        &self,
        name: &str,
    ) -> Result<Option<BroadcastRow>, RecordsError> {
        let (keyring, name) = (Arc::clone(&self.keyring), name.to_owned());
        self.readers
            .ask(move |statements| {
                let row = statements.row(sql::NAMED, [name], columns)?;
                Ok(row.map(|row| open_broadcast(&keyring, row)).transpose()?)
            })
            .await
    }

    pub(in crate::records) async fn broadcasts(
        &self,
        limit: usize,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        several(&self.readers, &self.keyring, sql::NEWEST, limit).await
    }

    pub(in crate::records) async fn broadcast_log(
        &self,
        id: i64,
    ) -> Result<Vec<BroadcastEvent>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(sql::LOG, [id], |row| {
                    let at = from_ms(row.get(0)?);
                    let (actor, what, why) = (row.get(1)?, row.get(2)?, row.get(3)?);
                    Ok(BroadcastEvent { at, actor, what, why })
                })
            })
            .await
    }

    pub(in crate::records) async fn move_broadcast(
        &self,
        id: i64,
        to: BroadcastState,
        actor: &str,
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<Moved, RecordsError> {
        let step = Step::new(id, to, actor, why, at);
        self.transact(move |statements| move_to(statements, &step)).await
    }

    /// A step; `false`: nothing was left to do.
    pub(in crate::records) async fn clear_broadcast(
        &self,
        id: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let at = at.as_millisecond();
        let cleared = self.transact(move |statements| {
            let mut totals = Totals::default();
            let cleared = clear(statements, &mut totals, id, at)?;
            write_totals(statements, &totals)?;
            Ok(cleared)
        });
        let cleared = cleared.await?;
        self.let_pass().await;
        Ok(cleared)
    }

    pub(in crate::records) async fn take_step(
        &self,
        step: Arc<Step>,
    ) -> Result<Moved, RecordsError> {
        self.transact(move |statements| move_to(statements, &step)).await
    }

    pub(in crate::records) async fn candidates(
        &self,
        after_contact: i64,
        limit: usize,
    ) -> Result<Vec<Candidate>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| {
                let ids: Vec<i64> =
                    statements
                        .rows(sql::CONTACTS_AFTER, (after_contact, limit), |row| row.get(0))?;
                Ok(gather(statements, &ids, For::Audience)?.candidates())
            })
            .await
    }

    pub(in crate::records) async fn contacts_of(
        &self,
        phones: &[PhoneNumber],
    ) -> Result<Vec<i64>, RecordsError> {
        let hashes: Vec<[u8; 16]> =
            phones.iter().map(|phone| phone_hash(&self.keyring, *phone)).collect();
        self.readers
            .ask(move |statements| {
                let mut ids: Vec<i64> = Vec::with_capacity(hashes.len());
                for hash in &hashes {
                    let key = (AddressKind::Phone.code(), hash.as_slice());
                    let owner: Option<i64> =
                        statements.row(contacts_sql::OWNER, key, |row| row.get(0))?;
                    ids.extend(owner);
                }
                Ok(ids)
            })
            .await
    }

    pub(in crate::records) async fn candidates_among(
        &self,
        ids: Vec<i64>,
    ) -> Result<Vec<Candidate>, RecordsError> {
        self.readers
            .ask(move |statements| Ok(gather(statements, &ids, For::Audience)?.candidates()))
            .await
    }

    pub(in crate::records) async fn stage(
        &self,
        broadcast: i64,
        recipients: Vec<Recipient>,
    ) -> Result<(), RecordsError> {
        let staged = self.transact(move |statements| {
            if state(statements, broadcast)? != Some(BroadcastState::Freezing) {
                return Err(Fault::refused("the broadcast is not being frozen"));
            }
            let mut insert = statements.connection.prepare_cached(sql::STAGE)?;
            for recipient in recipients {
                insert.execute(staged(broadcast, recipient))?;
            }
            Ok(())
        });
        staged.await?;
        self.let_pass().await;
        Ok(())
    }

    pub(in crate::records) async fn drop_staged(
        &self,
        broadcast: i64,
    ) -> Result<bool, RecordsError> {
        let dropped = self.transact(move |statements| {
            if !state(statements, broadcast)?.is_some_and(BroadcastState::may_be_planned_anew) {
                return Ok(false);
            }
            Ok(statements.run(sql::DROP_STAGED, (broadcast, CLEARED_AT_ONCE))? > 0)
        });
        let dropped = dropped.await?;
        self.let_pass().await;
        Ok(dropped)
    }

    pub(in crate::records) async fn freeze(
        &self,
        broadcast: i64,
        expected: PlanCounts,
        hash: &[u8],
        actor: &str,
        at: Timestamp,
    ) -> Result<Froze, RecordsError> {
        let step = Step::new(broadcast, BroadcastState::Frozen, actor, None, at);
        let hash = hash.to_vec();
        self.transact(move |statements| {
            let there = PlanCounts::of(&by_state(statements, broadcast)?);
            let stands: Option<i64> =
                statements.row(sql::SERIES_STANDS, [broadcast], |row| row.get(0))?;
            let from = state(statements, broadcast)?;
            if from != Some(BroadcastState::Freezing) || stands == Some(0) {
                return Ok(Froze::No);
            }
            if there != expected {
                return Ok(Froze::Differs(there));
            }
            statements.run(sql::FREEZE_MERGED, [broadcast])?;
            statements.run(sql::FREEZE_MERGED_TWICE, [broadcast])?;
            statements.run(sql::FREEZE, (broadcast, step.at, there.all(), hash))?;
            log(statements, &step)?;
            Ok(Froze::Yes)
        })
        .await
    }

    pub(in crate::records) async fn took_part(
        &self,
        broadcast: i64,
        contacts: RangeInclusive<i64>,
    ) -> Result<Vec<Took>, RecordsError> {
        let range = (broadcast, *contacts.start(), *contacts.end());
        self.readers
            .ask(move |statements| {
                statements.rows(sql::TOOK_PART, range, |row| {
                    Ok(took(row.get(0)?, row.get(1)?, row.get(2)?))
                })
            })
            .await
    }

    pub(in crate::records) async fn progress(
        &self,
        broadcast: i64,
    ) -> Result<Progress, RecordsError> {
        let counts = self.readers.ask(move |statements| by_state(statements, broadcast)).await?;
        Ok(Progress::of(&counts))
    }

    pub(in crate::records) async fn funnel(
        &self,
        broadcast: i64,
        by: Option<By>,
    ) -> Result<Vec<(String, Funnel)>, RecordsError> {
        self.readers
            .ask(move |statements| {
                let Some(state) = state(statements, broadcast)? else { return Ok(Vec::new()) };
                let rows = statements.rows(By::text(by), [broadcast], |row| {
                    let texts = (row.get(0)?, row.get(2)?, row.get(5)?);
                    let message = (row.get(3)?, row.get(4)?);
                    let flags = (row.get(6)?, row.get(7)?);
                    Ok(FunnelRow::read(texts, row.get(1)?, message, flags, row.get(8)?))
                })?;
                let rows: Vec<FunnelRow> = rows.into_iter().collect::<Result<_, _>>()?;
                Ok(Funnel::parts(&rows, state, by))
            })
            .await
    }

    pub(in crate::records) async fn opted_out_by(
        &self,
        broadcast: i64,
        by: By,
    ) -> Result<Vec<(String, i64)>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(report_sql::opted_out(by), [broadcast], |row| row.try_into())
            })
            .await
    }

    pub(in crate::records) async fn messages_of(
        &self,
        broadcast: i64,
        by: Option<By>,
    ) -> Result<Vec<MessagesRow>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(report_sql::messages(by), [broadcast], |row| row.try_into())
            })
            .await
    }

    pub(in crate::records) async fn refusals(
        &self,
        broadcast: i64,
    ) -> Result<Vec<(String, i64)>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(report_sql::REFUSALS, [broadcast], |row| row.try_into())
            })
            .await
    }

    pub(in crate::records) async fn under_way(&self, broadcast: i64) -> Result<i64, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.one(report_sql::UNDER_WAY, [broadcast], |row| row.get(0))
            })
            .await
    }

    pub(in crate::records) async fn ended(
        &self,
        broadcast: i64,
    ) -> Result<Vec<(i64, String, i64)>, RecordsError> {
        self.readers
            .ask(move |statements| {
                statements.rows(sql::ENDED, [broadcast], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
            })
            .await
    }

    pub(in crate::records) async fn refused(
        &self,
        broadcast: i64,
        after_contact: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| {
                statements
                    .rows(sql::REFUSED, (broadcast, after_contact, limit), |row| row.try_into())
            })
            .await
    }
}

impl Sqlite {
    pub(in crate::records) async fn series(&self) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::SERIES, 1).await
    }

    pub(in crate::records) async fn running_broadcasts(
        &self,
        now: Timestamp,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::AT_WORK, now.as_millisecond()).await
    }

    pub(in crate::records) async fn take_step(
        &self,
        step: Arc<Step>,
    ) -> Result<Moved, RecordsError> {
        self.writer.submit(None, move |tx| move_to(**tx, &step)).await
    }

    pub(in crate::records) async fn clear_broadcast(
        &self,
        id: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let at = at.as_millisecond();
        self.writer
            .submit(None, move |tx| {
                let statements = **tx;
                clear(statements, &mut tx.totals, id, at)
            })
            .await
    }

    pub(in crate::records) async fn has_planned(
        &self,
        broadcast: i64,
        closed: &[Road],
    ) -> Result<bool, RecordsError> {
        self.has_on_open(sql::HAS_PLANNED, broadcast, closed).await
    }

    pub(in crate::records) async fn has_waiting(
        &self,
        broadcast: i64,
        closed: &[Road],
    ) -> Result<bool, RecordsError> {
        self.has_on_open(sql::HAS_WAITING, broadcast, closed).await
    }

    async fn has_on_open(
        &self,
        text: &'static str,
        broadcast: i64,
        closed: &[Road],
    ) -> Result<bool, RecordsError> {
        let closed = key_list(closed);
        let found = self
            .readers
            .ask(move |statements| {
                statements.row(&but_closed(text, 2), (broadcast, closed), |_| Ok(()))
            })
            .await?;
        Ok(found.is_some())
    }

    pub(in crate::records) async fn broadcast_of(
        &self,
        id: i64,
    ) -> Result<Option<BroadcastRow>, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers.ask(move |statements| one(statements, &keyring, id)).await
    }

    pub(in crate::records) async fn broadcast_state(
        &self,
        id: i64,
    ) -> Result<Option<BroadcastState>, RecordsError> {
        self.readers.ask(move |statements| state(statements, id)).await
    }

    /// Several contacts at once, as the gate reads them, with the broadcasts they were sent since then; who is
    /// not there is left out. Who was found to be somebody else is them.
    pub(in crate::records) async fn asked(
        &self,
        ids: Vec<i64>,
        since: Option<Timestamp>,
    ) -> Result<Answers, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers
            .ask(move |statements| {
                let mut people = gather(statements, &ids, For::Gate)?.contacts(&keyring);
                if people.len() < ids.len() {
                    let merged = merged_into(statements, &ids)?;
                    let kept: Vec<i64> = merged.iter().map(|(_, kept)| *kept).collect();
                    let stay = gather(statements, &kept, For::Gate)?.contacts(&keyring);
                    people.extend(under_their_old_numbers(merged, &stay));
                }
                let Some(since) = since else { return Ok(Answers { people, sent: Vec::new() }) };
                let asked = (list(&ids), since.as_millisecond());
                let sent = statements.rows(&of_these(SENT_TO), asked, |row| {
                    let (contact, purpose) = (row.get(0)?, row.get(1)?);
                    let (at_ms, in_hand, broadcast) = (row.get(2)?, row.get(3)?, row.get(4)?);
                    Ok(Sent { contact, purpose, at_ms, broadcast, in_hand })
                })?;
                Ok(Answers { people, sent })
            })
            .await
    }
}

/// Of these contacts those that were found to be others, and which.
fn merged_into(statements: Statements<'_>, ids: &[i64]) -> Result<Vec<(i64, i64)>, Fault> {
    statements.rows(&of_these(sql::MERGED_INTO), [list(ids)], |row| row.try_into())
}

async fn several(
    readers: &Readers,
    keyring: &Arc<Keyring>,
    text: &'static str,
    asked: i64,
) -> Result<Vec<BroadcastRow>, RecordsError> {
    let keyring = Arc::clone(keyring);
    readers
        .ask(move |statements| {
            let rows = statements.rows(text, [asked], columns)?;
            let rows = rows.into_iter().map(|row| open_broadcast(&keyring, row));
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
}

fn one(
    statements: Statements<'_>,
    keyring: &Keyring,
    id: i64,
) -> Result<Option<BroadcastRow>, Fault> {
    let row = statements.row(sql::ONE, [id], columns)?;
    Ok(row.map(|row| open_broadcast(keyring, row)).transpose()?)
}

fn columns(row: &Row<'_>) -> rusqlite::Result<BroadcastColumns> {
    Ok(BroadcastColumns {
        id: row.get(0)?,
        name: row.get(1)?,
        state: row.get(2)?,
        purpose: row.get(3)?,
        author: row.get(4)?,
        definition: row.get(5)?,
        hash: row.get(6)?,
        audience: row.get(7)?,
        created: row.get(8)?,
        from_at: row.get(9)?,
        send_before: row.get(10)?,
        approved_by: row.get(11)?,
        approved_at: row.get(12)?,
        frozen_at: row.get(13)?,
        recipients: row.get(14)?,
        recipients_hash: row.get(15)?,
        why: row.get(16)?,
        flow: row.get(17)?,
        templates: row.get(18)?,
        fallback: (row.get(19)?, row.get(20)?, row.get(21)?),
        certificate: row.get(22)?,
        test_of: row.get(23)?,
        approved_for: row.get(24)?,
        repeats: row.get(25)?,
        series: row.get(26)?,
        begun: row.get(27)?,
        held: (row.get(28)?, row.get(29)?),
    })
}

/// `None`: the name is taken.
fn add(statements: Statements<'_>, row: &NewRow) -> Result<Option<i64>, Fault> {
    let values = params![
        row.name,
        row.purpose,
        row.author,
        row.definition,
        row.hash,
        row.audience,
        row.created,
        row.from_at,
        row.send_before,
        row.flow,
        row.templates,
        row.fallback_channel,
        row.fallback_account,
        row.fallback_after,
        row.certificate,
        row.test_of,
        row.repeats,
    ];
    statements.row(sql::ADD, values, |row| row.get(0))
}

fn create(statements: Statements<'_>, row: &NewRow) -> Result<i64, Fault> {
    let Some(id) = add(statements, row)? else { return Err(name_is_taken(&row.name).into()) };
    let draft = BroadcastState::Draft.name();
    statements.run(sql::ADD_LOG, (id, row.at, &row.author, draft, None::<&str>))?;
    Ok(id)
}

fn redefine(statements: Statements<'_>, id: i64, row: &NewRow) -> Result<(), Fault> {
    replace(statements, id, row)?;
    let draft = BroadcastState::Draft.name();
    statements.run(sql::ADD_LOG, (id, row.at, &row.author, draft, None::<&str>))?;
    Ok(())
}

/// Puts another definition in its place.
fn replace(statements: Statements<'_>, id: i64, row: &NewRow) -> Result<(), Fault> {
    let values = (
        id,
        row.purpose,
        &row.author,
        &row.definition,
        &row.hash,
        &row.audience,
        row.from_at,
        row.send_before,
        &row.flow,
        &row.templates,
        row.fallback_channel,
        &row.fallback_account,
        row.fallback_after,
        &row.certificate,
        row.repeats,
    );
    statements.run(sql::REDEFINE, values)?;
    Ok(())
}

/// Where a broadcast stands; `None`: there is none of this number.
fn state(statements: Statements<'_>, id: i64) -> Result<Option<BroadcastState>, Fault> {
    let name: Option<String> = statements.row(sql::STATE, [id], |row| row.get(0))?;
    Ok(name.map(|name| state_of(id, &name)).transpose()?)
}

fn move_to(statements: Statements<'_>, step: &Step) -> Result<Moved, Fault> {
    let Some(from) = state(statements, step.id)? else { return Ok(Moved::Unknown) };
    if let Some(shown) = &step.shown {
        let stands: Vec<u8> = statements.one(sql::HASH, [step.id], |row| row.get(0))?;
        if stands != *shown {
            return Ok(Moved::Changed);
        }
    }
    let repeats: i64 = statements.one(sql::REPEATS, [step.id], |row| row.get(0))?;
    if !step.is_allowed_from(from) || !step.fits(repeats) {
        return Ok(Moved::No { stands: from });
    }
    let kept = step.why_kept();
    let row = (step.id, from.name(), step.to.name(), kept, &step.actor, step.at, step.people);
    statements.run(sql::MOVE, row)?;
    log(statements, step)?;
    Ok(Moved::Yes { from })
}

/// A step of taking what is left of a broadcast that is over out of its plan.
fn clear(statements: Statements<'_>, totals: &mut Totals, id: i64, at: i64) -> Result<bool, Fault> {
    let to = match state(statements, id)? {
        Some(BroadcastState::Cancelled) => RecipientState::Cancelled,
        Some(BroadcastState::Expired) => RecipientState::Expired,
        _ => return Ok(false),
    };
    let mut stopped = 0;
    if to == RecipientState::Cancelled {
        let asked = (id, "cancelled", at, CLEARED_AT_ONCE);
        let ids: Vec<i64> = statements.rows(sql::STOP, asked, |row| row.get(0))?;
        statements.run(&of_these(asked::UNASK), [list(&ids)])?;
        stopped = ids.len();
        totals.moved(Some(Status::Queued), Status::Suppressed, stopped);
    }
    let cleared = statements.run(sql::CLEAR, (id, to.code(), CLEARED_AT_ONCE))?;
    Ok(stopped + cleared > 0)
}

fn log(statements: Statements<'_>, step: &Step) -> Result<(), Fault> {
    let row = (step.id, step.at, &step.actor, step.to.name(), &step.why);
    statements.run(sql::ADD_LOG, row)?;
    Ok(())
}

fn by_state(statements: Statements<'_>, broadcast: i64) -> Result<Vec<(i64, i64)>, Fault> {
    statements.rows(sql::BY_STATE, [broadcast], |row| row.try_into())
}

/// The statement for roads that are open; the closed ones are this parameter.
fn but_closed(text: &str, parameter: u8) -> String {
    text.replace("{closed}", &format!("NOT IN (SELECT value FROM json_each(?{parameter}))"))
}

/// Roads as `json_each` reads them.
fn key_list(roads: &[Road]) -> String {
    serde_json::Value::from(road_keys(roads)).to_string()
}

/// Several contacts at once.
fn gather(statements: Statements<'_>, ids: &[i64], wanted: For) -> Result<Gathered, Fault> {
    let mut people = Gathered::default();
    if ids.is_empty() {
        return Ok(people);
    }
    let these = list(ids);
    let contacts = statements.rows(&of_these(sql::CONTACTS), [&these], |row| {
        Ok(ContactRow {
            id: row.get(0)?,
            version: row.get(1)?,
            language: row.get(2)?,
            language_chosen: row.get(3)?,
            handed_over: row.get(4)?,
            has_phone: row.get(5)?,
            last_inbound: row.get(6)?,
            road: (row.get(7)?, row.get(8)?, row.get(9)?),
            rang: row.get(10)?,
            marks: [row.get(11)?, row.get(12)?],
            blocked: row.get(13)?,
        })
    })?;
    for row in contacts {
        people.contact(row);
    }
    if wanted.needs_ways() {
        let roads: Vec<(i64, i64, String, Option<i64>)> =
            statements.rows(&of_these(sql::ROADS), [&these], |row| row.try_into())?;
        for (contact, channel, account, wrote) in roads {
            people.road(contact, channel, account, wrote);
        }
        let kinds: Vec<(i64, i64)> =
            statements.rows(&of_these(sql::KINDS), [&these], |row| row.try_into())?;
        for (contact, kind) in kinds {
            people.kind(contact, kind);
        }
    }
    let members = statements.rows(&of_these(sql::MEMBERS), [&these], |row| {
        Ok(MemberRow {
            contact: row.get(0)?,
            id: row.get(1)?,
            number: row.get(2)?,
            name: row.get(3)?,
            district: row.get(4)?,
            state: row.get(5)?,
            assembly: row.get(6)?,
            sector: row.get(7)?,
            booth: row.get(8)?,
            gender: row.get(9)?,
            since: row.get(10)?,
            ends: row.get(11)?,
        })
    })?;
    for row in members {
        people.member(row);
    }
    let beside: Vec<(i64, i64)> =
        statements.rows(&of_these(sql::SEATS_BESIDE), [&these], |row| row.try_into())?;
    for (contact, assembly) in beside {
        people.seat_beside(contact, assembly);
    }
    if wanted.needs_consents() {
        let consents: Vec<(i64, String, bool, i64, Option<i64>)> =
            statements.rows(&of_these(sql::CONSENTS), [&these], |row| row.try_into())?;
        for (contact, purpose, given, at, only) in consents {
            people.consent(contact, (&purpose, given), at, only);
        }
    }
    if wanted != For::Audience {
        return Ok(people);
    }
    let posts: Vec<(i64, String, Option<i64>, i64)> =
        statements.rows(&of_these(sql::POSTS), [&these], |row| row.try_into())?;
    for (contact, post, code, person) in posts {
        people.post(contact, post, code, person);
    }
    let brought: Vec<(i64, i64)> =
        statements.rows(&of_these(sql::BROUGHT), [&these], |row| row.try_into())?;
    for (contact, count) in brought {
        people.brought(contact, count);
    }
    Ok(people)
}
