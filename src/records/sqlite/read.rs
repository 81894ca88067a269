//! What the records say now: a person, their history, the queues.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Sqlite;
use super::effects;
use super::fault::Fault;
use super::statements::Statements;
use crate::clock::from_ms;
use crate::contact::{ConsentNow, Contact, Language, Member, Road};
use crate::flow::Session;
use crate::message::{Channel, Content, HistoryKind, HistoryLine, Lane, Purpose, Status};
use crate::records::common::{
    FROM_PERSON, StoredInbound, by_state, marks, only_channel, open_message, open_name, place,
};
use crate::records::holds::{HoldRow, read_hold};
use crate::records::sql::{
    contacts as sql, holds, merge, outgoing as outgoing_sql, process, turns as turns_sql,
};
use crate::records::totals::Total;
use crate::records::{QueueReport, RecordsError, Snapshot};
use crate::seal::Keyring;

impl Sqlite {
    pub(in crate::records) async fn snapshot(
        &self,
        contact: i64,
    ) -> Result<Option<Snapshot>, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers.ask(move |statements| read_snapshot(statements, &keyring, contact)).await
    }

    pub(in crate::records) async fn history(
        &self,
        contact: i64,
        limit: usize,
    ) -> Result<Vec<HistoryLine>, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers.ask(move |statements| read_history(statements, &keyring, contact, limit)).await
    }

    pub(in crate::records) async fn report(
        &self,
        now: Timestamp,
    ) -> Result<QueueReport, RecordsError> {
        let now = now.as_millisecond();
        self.readers.ask(move |statements| read_report(statements, now)).await
    }

    pub(in crate::records) async fn failures(
        &self,
        (first, last): (i64, i64),
        since: Timestamp,
    ) -> Result<Vec<(i64, u64)>, RecordsError> {
        let since = since.as_millisecond();
        let rows: Vec<(i64, i64)> = self
            .readers
            .ask(move |statements| {
                statements.rows(outgoing_sql::FAILURES, [first, last, since], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .await?;
        Ok(rows
            .into_iter()
            .map(|(code, count)| (code, u64::try_from(count).unwrap_or(0)))
            .collect())
    }
}

fn broken(table: &'static str, column: &'static str, id: i64, reason: &str) -> Fault {
    Fault::Job(RecordsError::Broken { table, column, id, reason: reason.to_owned() })
}

pub(super) fn read_snapshot(
    statements: Statements<'_>,
    keyring: &Keyring,
    id: i64,
) -> Result<Option<Snapshot>, Fault> {
    let mut language_code = String::new();
    let mut road: (Option<i64>, Option<String>) = (None, None);
    let found = statements.row(sql::CONTACT, [id], |row| {
        language_code = row.get(1)?;
        road = (row.get(6)?, row.get(7)?);
        Ok(Contact {
            id,
            version: row.get(0)?,
            language_chosen: row.get(2)?,
            handed_over: row.get(3)?,
            has_phone: row.get(4)?,
            last_inbound: row.get::<_, Option<i64>>(5)?.map(from_ms),
            rang: row.get::<_, Option<i64>>(8)?.map(from_ms),
            marks: marks([row.get(9)?, row.get(10)?]),
            blocked: row.get::<_, Option<i64>>(11)?.is_some(),
            ..Contact::default()
        })
    })?;
    let Some(mut contact) = found else { return Ok(None) };
    contact.language = Language::from_code(&language_code)
        .ok_or_else(|| broken("contacts", "language", id, "unknown language"))?;
    (contact.membership, contact.listed) = by_state(read_member(statements, keyring, id)?);
    contact.seats_beside = statements.rows(sql::SEATS_BESIDE, [id], |row| row.get(0))?;
    contact.posts = statements.rows(sql::POSTS, [id], |row| row.get(0))?;
    contact.consents = read_consents(statements, id)?;
    let brought: Option<i64> = statements.row(sql::BROUGHT, [id], |row| row.get(0))?;
    contact.brought = u32::try_from(brought.unwrap_or(0)).unwrap_or(u32::MAX);

    let road = match road {
        (Some(code), Some(account)) => {
            let channel = Channel::from_code(code)
                .ok_or_else(|| broken("contacts", "road_channel", id, "unknown channel"))?;
            Some(Road { channel, account })
        }
        _ => None,
    };
    Ok(Some(Snapshot { contact, session: read_session(statements, keyring, id)?, road }))
}

fn read_member(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
) -> Result<Option<(Member, i64)>, Fault> {
    let mut sealed: Vec<u8> = Vec::new();
    let mut id = 0;
    let mut state = 0;
    let found = statements.row(sql::MEMBER, [contact], |row| {
        id = row.get(0)?;
        sealed = row.get(2)?;
        state = row.get(8)?;
        Ok(Member {
            number: row.get(1)?,
            name: String::new(),
            district: row.get(3)?,
            assembly: row.get(4)?,
            booth: row.get(5)?,
            since: from_ms(row.get(6)?),
            ends: row.get::<_, Option<i64>>(7)?.map(from_ms),
        })
    })?;
    let Some(mut member) = found else { return Ok(None) };
    member.name = open_name(keyring, contact, id, &sealed)?;
    Ok(Some((member, state)))
}

/// The words that stand, in the order of the purposes.
fn read_consents(statements: Statements<'_>, contact: i64) -> Result<Vec<ConsentNow>, Fault> {
    let ledger: Vec<(String, bool, i64, Option<i64>)> =
        statements.rows(sql::CONSENTS, [contact], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(4)?))
        })?;
    let mut heard = Contact::default();
    for (purpose, given, at, only) in ledger {
        let purpose = Purpose::from_name(&purpose)
            .ok_or_else(|| broken("consents", "purpose", contact, "unknown purpose"))?;
        let only = only_channel(only, contact)?;
        heard.hear(ConsentNow { purpose, given, at: from_ms(at), only });
    }
    Ok(heard.consents)
}

fn read_session(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
) -> Result<Option<Session>, Fault> {
    let sealed: Option<Vec<u8>> = statements.row(sql::SESSION, [contact], |row| row.get(0))?;
    let Some(sealed) = sealed else { return Ok(None) };
    let json = keyring
        .open_sealed(place::SESSION, contact, &sealed)
        .map_err(|error| broken("sessions", "sealed", contact, &error.to_string()))?;
    let session = serde_json::from_slice(&json).map_err(|error| {
        broken("sessions", "sealed", contact, &format!("{:?} in its JSON", error.classify()))
    })?;
    Ok(Some(session))
}

/// What was said with the person, under every contact that was found to be them.
fn read_history(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
    limit: usize,
) -> Result<Vec<HistoryLine>, Fault> {
    let mut lines = Vec::new();
    let same: Vec<i64> = statements.rows(merge::SAME_PERSON, [contact], |row| row.get(0))?;
    for contact in same {
        lines.extend(read_chain(statements, keyring, contact, limit)?);
    }
    // Numbers of the log grow with time.
    lines.sort_by_key(|line| line.id);
    lines.drain(..lines.len().saturating_sub(limit));
    Ok(lines)
}

/// Walks the contact's own chain through the log, newest first.
fn read_chain(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
    limit: usize,
) -> Result<Vec<HistoryLine>, Fault> {
    let mut next: Option<i64> =
        statements.row(turns_sql::NEWEST_MESSAGE, [contact], |row| row.get(0))?.flatten();
    let mut lines = Vec::new();
    while let Some(id) = next
        && lines.len() < limit
    {
        let found: Option<Logged> =
            statements.row(turns_sql::HISTORY_LINE, (id, contact), |row| {
                Ok(Logged {
                    previous: row.get(1)?,
                    direction: row.get(2)?,
                    channel: row.get(3)?,
                    at: row.get(4)?,
                    content: row.get(5)?,
                    status: row.get(6)?,
                })
            })?;
        let Some(logged) = found else {
            return Err(broken("messages", "previous", id, "the chain is broken"));
        };
        next = logged.previous;
        // Our own events are no talk.
        if logged.channel != Channel::Internal.code() {
            lines.push(logged.line(keyring, id)?);
        }
    }
    lines.reverse();
    Ok(lines)
}

/// A row of the message log.
struct Logged {
    previous: Option<i64>,
    direction: i64,
    channel: i64,
    at: i64,
    content: Vec<u8>,
    status: Option<i64>,
}

impl Logged {
    fn line(&self, keyring: &Keyring, id: i64) -> Result<HistoryLine, Fault> {
        let what = if self.direction == FROM_PERSON {
            let inbound: StoredInbound = open_message(keyring, id, &self.content)?;
            HistoryKind::Person { content: inbound.content }
        } else {
            let content: Content = open_message(keyring, id, &self.content)?;
            let status = self
                .status
                .and_then(Status::from_code)
                .ok_or_else(|| broken("outgoing", "status", id, "missing or unknown"))?;
            HistoryKind::Us { content, status }
        };
        Ok(HistoryLine { id, at: from_ms(self.at), what })
    }
}

fn read_report(statements: Statements<'_>, now: i64) -> Result<QueueReport, Fault> {
    let totals: Vec<(String, i64)> =
        statements.rows(process::TOTALS, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let total = |name: &str| {
        let found = totals.iter().find(|(known, _)| known == name);
        found.map_or(0, |(_, value)| u64::try_from(*value).unwrap_or(0))
    };
    let mut oldest = Vec::new();
    for lane in Lane::ALL {
        let since: Option<i64> =
            statements.one(outgoing_sql::OLDEST_QUEUED, [lane.code()], |row| row.get(0))?;
        if let Some(since) = since {
            let age = u64::try_from(now.saturating_sub(since)).unwrap_or(0);
            oldest.push((lane, Duration::from_millis(age)));
        }
    }
    let (waiting, since) = effects::waiting(statements)?;
    let holds: Vec<HoldRow> = statements.rows(holds::HOLDS, (), |row| row.try_into())?;
    let open_merges: i64 = statements.one(merge::HOW_MANY_OPEN, (), |row| row.get(0))?;
    Ok(QueueReport {
        holds: holds.into_iter().map(read_hold).collect::<Result<_, _>>()?,
        by_status: Status::ALL.map(|status| (status, total(status.name()))).to_vec(),
        oldest,
        parked: total(Total::Parked.name()),
        members: total(Total::Members.name()).saturating_sub(total(Total::Listed.name())),
        listed: total(Total::Listed.name()),
        contacts: total(Total::Contacts.name()),
        unmatched_statuses: total(Total::Unmatched.name()),
        effects: u64::try_from(waiting).unwrap_or(0),
        oldest_effect: since.map(|since| {
            Duration::from_millis(u64::try_from(now.saturating_sub(since)).unwrap_or(0))
        }),
        open_merges: u64::try_from(open_merges).unwrap_or(0),
    })
}
