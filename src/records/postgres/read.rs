//! What the records say now: a person, their history, the queues.

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::Postgres;
use super::effects;
use super::fault::Fault;
use super::holds;
use super::outgoing::oldest;
use super::sql::{Sql, get, get_bool};
use crate::clock::from_ms;
use crate::contact::{ConsentNow, Contact, Language, Member, Road};
use crate::flow::Session;
use crate::message::{Channel, Content, HistoryKind, HistoryLine, Lane, Purpose, Status};
use crate::records::common::{
    FROM_PERSON, StoredInbound, by_state, marks, only_channel, open_message, open_name, place,
};
use crate::records::sql::{contacts as sql, merge, outgoing as outgoing_sql, process};
use crate::records::totals::Total;
use crate::records::{QueueReport, RecordsError, Snapshot};
use crate::seal::Keyring;

/// Walks the contact's own chain through the log, newest first, to so many lines that are talk. A
/// link that leads nowhere gives a row without content. `OFFSET 0` makes it look up one row at a time
/// by its number, whatever the planner believes about the size of the log.
const HISTORY: &str = "
    WITH RECURSIVE chain (place, id, previous, direction, channel, at, content, talk) AS (
        SELECT 1::bigint, c.last_message, m.previous, m.direction, m.channel, m.at, m.content,
               (m.channel <> ?3)::integer::bigint
        FROM contacts c LEFT JOIN LATERAL (
            SELECT * FROM messages WHERE id = c.last_message AND contact = c.id OFFSET 0) m ON TRUE
        WHERE c.id = ?1 AND c.last_message IS NOT NULL
        UNION ALL
        SELECT chain.place + 1, chain.previous, m.previous, m.direction, m.channel, m.at, m.content,
               chain.talk + (m.channel <> ?3)::integer
        FROM chain LEFT JOIN LATERAL (
            SELECT * FROM messages WHERE id = chain.previous AND contact = ?1 OFFSET 0) m ON TRUE
        WHERE chain.previous IS NOT NULL AND chain.talk < ?2)
    SELECT chain.id, chain.direction, chain.channel, chain.at, chain.content, o.status
    FROM chain LEFT JOIN LATERAL (
        SELECT status FROM outgoing WHERE id = chain.id OFFSET 0) o ON TRUE
    ORDER BY place";

impl Postgres {
    pub(in crate::records) async fn snapshot(
        &self,
        contact: i64,
    ) -> Result<Option<Snapshot>, RecordsError> {
        let keyring = &self.keyring;
        self.readers
            .ask(move |statements| async move {
                Box::pin(read_snapshot(&statements, keyring, contact)).await
            })
            .await
    }

    pub(in crate::records) async fn history(
        &self,
        contact: i64,
        limit: usize,
    ) -> Result<Vec<HistoryLine>, RecordsError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let keyring = &self.keyring;
        self.readers
            .ask(move |statements| async move {
                read_history(&statements, keyring, contact, limit).await
            })
            .await
    }

    pub(in crate::records) async fn report(
        &self,
        now: Timestamp,
    ) -> Result<QueueReport, RecordsError> {
        let now = now.as_millisecond();
        self.readers.ask(move |statements| async move { read_report(&statements, now).await }).await
    }

    pub(in crate::records) async fn failures(
        &self,
        (first, last): (i64, i64),
        since: Timestamp,
    ) -> Result<Vec<(i64, u64)>, RecordsError> {
        let since = since.as_millisecond();
        let ask = move |statements: Sql| async move {
            let mut failures = Vec::new();
            for row in statements.rows(outgoing_sql::FAILURES, &[&first, &last, &since]).await? {
                let count: i64 = get(&row, 1)?;
                failures.push((get(&row, 0)?, u64::try_from(count).unwrap_or(0)));
            }
            Ok(failures)
        };
        self.readers.ask(ask).await
    }
}

fn broken(table: &'static str, column: &'static str, id: i64, reason: &str) -> Fault {
    Fault::Job(RecordsError::Broken { table, column, id, reason: reason.to_owned() })
}

/// All of a person as of one moment, in one journey.
pub(super) async fn read_snapshot(
    statements: &Sql,
    keyring: &Keyring,
    id: i64,
) -> Result<Option<Snapshot>, Fault> {
    statements
        .warm(&[
            sql::CONTACT,
            sql::MEMBER,
            sql::POSTS,
            sql::CONSENTS,
            sql::SESSION,
            sql::BROUGHT,
            sql::SEATS_BESIDE,
        ])
        .await?;
    let read = tokio::try_join!(
        biased;
        statements.batch("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
        async { statements.row(sql::CONTACT, &[&id]).await },
        async { statements.row(sql::MEMBER, &[&id]).await },
        async { statements.rows(sql::POSTS, &[&id]).await },
        async { statements.rows(sql::CONSENTS, &[&id]).await },
        async { statements.row(sql::SESSION, &[&id]).await },
        async { statements.one(sql::BROUGHT, &[&id]).await },
        async { statements.rows(sql::SEATS_BESIDE, &[&id]).await },
        statements.batch("COMMIT"),
    );
    let ((), contact, member, posts, consents, session, brought, beside, ()) = read?;
    let Some(row) = contact else { return Ok(None) };
    let language = Language::from_code(get(&row, 1)?)
        .ok_or_else(|| broken("contacts", "language", id, "unknown language"))?;
    let road = match (get::<Option<i64>>(&row, 6)?, get::<Option<String>>(&row, 7)?) {
        (Some(code), Some(account)) => {
            let channel = Channel::from_code(code)
                .ok_or_else(|| broken("contacts", "road_channel", id, "unknown channel"))?;
            Some(Road { channel, account })
        }
        _ => None,
    };
    let member = member.map(|row| read_member(&row, keyring, id)).transpose()?;
    let (membership, listed) = by_state(member);
    let mut contact = Contact {
        id,
        version: get(&row, 0)?,
        language,
        language_chosen: get_bool(&row, 2)?,
        handed_over: get_bool(&row, 3)?,
        has_phone: get_bool(&row, 4)?,
        last_inbound: get::<Option<i64>>(&row, 5)?.map(from_ms),
        rang: get::<Option<i64>>(&row, 8)?.map(from_ms),
        marks: marks([get(&row, 9)?, get(&row, 10)?]),
        blocked: get::<Option<i64>>(&row, 11)?.is_some(),
        membership,
        listed,
        consents: read_consents(&consents, id)?,
        brought: u32::try_from(get::<i64>(&brought, 0)?).unwrap_or(u32::MAX),
        ..Contact::default()
    };
    for seat in &beside {
        contact.seats_beside.extend(u16::try_from(get::<i64>(seat, 0)?).ok());
    }
    for post in &posts {
        contact.posts.push(get(post, 0)?);
    }
    let session = session.map(|row| read_session(&row, keyring, id)).transpose()?;
    Ok(Some(Snapshot { contact, session, road }))
}

fn read_member(row: &Row, keyring: &Keyring, contact: i64) -> Result<(Member, i64), Fault> {
    let id: i64 = get(row, 0)?;
    let small = |column: &'static str, value: i64| {
        u16::try_from(value).map_err(|_| broken("members", column, id, "out of range"))
    };
    let booth: Option<i64> = get(row, 5)?;
    let member = Member {
        number: get(row, 1)?,
        name: open_name(keyring, contact, id, get(row, 2)?)?,
        district: get(row, 3)?,
        assembly: small("assembly", get(row, 4)?)?,
        booth: booth.map(|booth| small("booth", booth)).transpose()?,
        since: from_ms(get(row, 6)?),
        ends: get::<Option<i64>>(row, 7)?.map(from_ms),
    };
    Ok((member, get(row, 8)?))
}

/// The words that stand, in the order of the purposes.
fn read_consents(ledger: &[Row], contact: i64) -> Result<Vec<ConsentNow>, Fault> {
    let mut heard = Contact::default();
    for row in ledger {
        let purpose = Purpose::from_name(get(row, 0)?)
            .ok_or_else(|| broken("consents", "purpose", contact, "unknown purpose"))?;
        let (given, at) = (get_bool(row, 1)?, from_ms(get(row, 2)?));
        let only = only_channel(get(row, 4)?, contact)?;
        heard.hear(ConsentNow { purpose, given, at, only });
    }
    Ok(heard.consents)
}

fn read_session(row: &Row, keyring: &Keyring, contact: i64) -> Result<Session, Fault> {
    let json = keyring
        .open_sealed(place::SESSION, contact, get(row, 0)?)
        .map_err(|error| broken("sessions", "sealed", contact, &error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| {
        broken("sessions", "sealed", contact, &format!("{:?} in its JSON", error.classify()))
    })
}

/// What was said with the person, under every contact that was found to be them.
async fn read_history(
    statements: &Sql,
    keyring: &Keyring,
    contact: i64,
    limit: i64,
) -> Result<Vec<HistoryLine>, Fault> {
    let mut lines = Vec::new();
    for same in statements.rows(merge::SAME_PERSON, &[&contact]).await? {
        lines.extend(read_chain(statements, keyring, get(&same, 0)?, limit).await?);
    }
    // Numbers of the log grow with time.
    lines.sort_by_key(|line| line.id);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    lines.drain(..lines.len().saturating_sub(most));
    Ok(lines)
}

async fn read_chain(
    statements: &Sql,
    keyring: &Keyring,
    contact: i64,
    limit: i64,
) -> Result<Vec<HistoryLine>, Fault> {
    let ours = Channel::Internal.code();
    let rows = statements.rows(HISTORY, &[&contact, &limit, &ours]).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: i64 = get(row, 0)?;
        let Some(content) = get::<Option<&[u8]>>(row, 4)? else {
            return Err(broken("messages", "previous", id, "the chain is broken"));
        };
        // Our own events are no talk.
        if get::<i64>(row, 2)? != ours {
            lines.push(read_line(row, id, content, keyring)?);
        }
    }
    lines.reverse();
    Ok(lines)
}

fn read_line(row: &Row, id: i64, content: &[u8], keyring: &Keyring) -> Result<HistoryLine, Fault> {
    let what = if get::<i64>(row, 1)? == FROM_PERSON {
        let inbound: StoredInbound = open_message(keyring, id, content)?;
        HistoryKind::Person { content: inbound.content }
    } else {
        let content: Content = open_message(keyring, id, content)?;
        let status = get::<Option<i64>>(row, 5)?
            .and_then(Status::from_code)
            .ok_or_else(|| broken("outgoing", "status", id, "missing or unknown"))?;
        HistoryKind::Us { content, status }
    };
    Ok(HistoryLine { id, at: from_ms(get(row, 3)?), what })
}

async fn read_report(statements: &Sql, now: i64) -> Result<QueueReport, Fault> {
    let mut totals: Vec<(String, i64)> = Vec::new();
    for row in statements.rows(process::TOTALS, &[]).await? {
        totals.push((get(&row, 0)?, get(&row, 1)?));
    }
    let total = |name: &str| {
        let found = totals.iter().find(|(known, _)| known == name);
        found.map_or(0, |(_, value)| u64::try_from(*value).unwrap_or(0))
    };
    let waiting = oldest(statements).await?;
    let mut oldest = Vec::new();
    for lane in Lane::ALL {
        if let Some(since) = waiting.get(&lane.code()) {
            let age = u64::try_from(now.saturating_sub(*since)).unwrap_or(0);
            oldest.push((lane, Duration::from_millis(age)));
        }
    }
    let (effects, since) = effects::waiting(statements).await?;
    let open_merges: i64 = get(&statements.one(merge::HOW_MANY_OPEN, &[]).await?, 0)?;
    Ok(QueueReport {
        holds: holds::read_all(statements).await?,
        by_status: Status::ALL.map(|status| (status, total(status.name()))).to_vec(),
        oldest,
        parked: total(Total::Parked.name()),
        members: total(Total::Members.name()).saturating_sub(total(Total::Listed.name())),
        listed: total(Total::Listed.name()),
        contacts: total(Total::Contacts.name()),
        unmatched_statuses: total(Total::Unmatched.name()),
        effects: u64::try_from(effects).unwrap_or(0),
        oldest_effect: since.map(|since| {
            Duration::from_millis(u64::try_from(now.saturating_sub(since)).unwrap_or(0))
        }),
        open_merges: u64::try_from(open_merges).unwrap_or(0),
    })
}
