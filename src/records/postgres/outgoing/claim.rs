//! Claims: what may leave now, taken past what other processes are taking, with all that sending
//! needs.

use std::collections::HashMap;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::clock::from_ms;
use crate::message::{Channel, Lane, Outgoing, OutgoingId, Purpose, Status};
use crate::records::common::{StoredInbound, WINDOW_MS, broken_message, open_message};
use crate::records::postgres::Postgres;
use crate::records::postgres::contacts::{addresses_of, contact_of, open_addresses};
use crate::records::postgres::fault::Fault;
use crate::records::postgres::sql::{Sql, get};
use crate::records::postgres::tx::{Op, Tx};
use crate::records::sql::outgoing as sql;
use crate::records::{RecordsError, SendRecord, SendResult};
use crate::seal::Keyring;

/// When the oldest message of each lane may leave. A lane is asked in its order, and not for a minimum,
/// which the planner may look for in any index of what waits.
const OLDEST: &str = "
    SELECT lanes.lane, oldest.not_before FROM unnest(?1::bigint[]) AS lanes (lane)
    CROSS JOIN LATERAL (
        SELECT not_before FROM outgoing
        WHERE status = 0 AND outgoing.lane = lanes.lane
        ORDER BY not_before LIMIT 1) oldest";

/// One lane's messages that may leave now. A message waits for an earlier one of the same person that
/// is queued behind it, and for one that another process holds: messages of one person leave in order.
/// What is being claimed by another process right now looks queued still and cannot be locked; then
/// what comes after it is left out too, and the next claim sees what became of it. What a broadcast says holds up
/// nothing but itself.
///
/// `OFFSET 0` keeps the look at a person's other messages a look-up for each candidate, however the
/// planner judges the length of the queue.
const CLAIM_LANE: &str = "
    WITH free AS MATERIALIZED (
        SELECT o.id FROM outgoing o
        WHERE o.status = 0 AND o.lane = ?3 AND o.not_before <= ?2
          AND NOT EXISTS (
              SELECT 1 FROM outgoing earlier
              WHERE earlier.status = 0 AND earlier.contact = o.contact AND earlier.id < o.id
                AND earlier.lane <= o.lane AND earlier.not_before > o.not_before
                AND (earlier.broadcast IS NULL OR earlier.broadcast = o.broadcast) OFFSET 0)
          AND NOT EXISTS (
              SELECT 1 FROM outgoing held
              WHERE held.status = 1 AND held.contact = o.contact AND held.id < o.id
                AND held.lane <= o.lane AND held.epoch <> ?1 OFFSET 0)
        ORDER BY o.lane, o.not_before, o.id LIMIT ?4
        FOR UPDATE OF o SKIP LOCKED)
    UPDATE outgoing SET status = 1, epoch = ?1, moved = ?2
    FROM free
    WHERE outgoing.id = free.id AND NOT EXISTS (
        SELECT 1 FROM outgoing earlier
        WHERE earlier.status = 0 AND earlier.contact = outgoing.contact
          AND earlier.id < outgoing.id AND earlier.lane <= outgoing.lane
          AND (earlier.broadcast IS NULL OR earlier.broadcast = outgoing.broadcast)
          AND earlier.id NOT IN (SELECT id FROM free) OFFSET 0)
    RETURNING outgoing.id, contact, channel, account, lane, purpose, created, attempts, send_before,
              answers, parts_taken, broadcast";

const CONTENTS: &str = "SELECT id, content FROM messages WHERE id = ANY(?1)";

/// When each message's person last wrote on the road it takes. On a channel whose provider counts no hours
/// any road counts: a missed call is a word of the person, too. 1 is WhatsApp
/// ([`Channel::has_window`]).
const WINDOWS: &str = "
    SELECT o.id, CASE WHEN o.channel <> 1 THEN c.last_inbound
                      WHEN c.road_channel = o.channel AND c.road_account = o.account
                      THEN c.road_inbound ELSE r.last_inbound END
    FROM outgoing o
    JOIN contacts c ON c.id = o.contact
    LEFT JOIN roads r
      ON r.contact = o.contact AND r.channel = o.channel AND r.account = o.account
    WHERE o.id = ANY(?1)";

/// A claimed row, before its words and addresses are read.
struct ClaimedRow {
    id: i64,
    contact: i64,
    channel: i64,
    account: String,
    lane: i64,
    purpose: String,
    created: i64,
    attempts: u32,
    send_before: Option<i64>,
    answers: Option<i64>,
    parts_taken: u32,
    broadcast: Option<i64>,
}

impl ClaimedRow {
    fn read(row: &Row) -> Result<ClaimedRow, Fault> {
        Ok(ClaimedRow {
            id: get(row, 0)?,
            contact: get(row, 1)?,
            channel: get(row, 2)?,
            account: get(row, 3)?,
            lane: get(row, 4)?,
            purpose: get(row, 5)?,
            created: get(row, 6)?,
            attempts: u32::try_from(get::<i64>(row, 7)?).unwrap_or(u32::MAX),
            send_before: get(row, 8)?,
            answers: get(row, 9)?,
            parts_taken: u32::try_from(get::<i64>(row, 10)?).unwrap_or(0),
            broadcast: get(row, 11)?,
        })
    }

    fn outgoing_id(&self) -> OutgoingId {
        OutgoingId { id: self.id, created_ms: self.created }
    }
}

/// Whole messages, and those that cannot be read back with the reason.
type Filled = (Vec<Outgoing>, Vec<(OutgoingId, RecordsError)>);

impl Postgres {
    pub(in crate::records) async fn claim(
        &self,
        now: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<Outgoing>, RecordsError> {
        let now_ms = now.as_millisecond();
        // Most of the time nothing waits, and asking does not make the writer commit.
        let waits = self.readers.ask(move |statements| async move {
            let oldest = oldest(&statements).await?;
            Ok(oldest.values().any(|not_before| *not_before <= now_ms))
        });
        if !waits.await? {
            return Ok(Vec::new());
        }
        let rows = self.writer.submit(Claim { now: now_ms, limit }).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (keyring, claimed) = (&*self.keyring, rows.as_slice());
        let read =
            self.readers
                .ask(move |statements| async move {
                    Box::pin(fill(&statements, keyring, claimed)).await
                })
                .await;
        let (whole, broken) = match read {
            Ok(read) => read,
            Err(error) => {
                let ids = rows.iter().map(ClaimedRow::outgoing_id).collect();
                self.release(ids, now).await?;
                return Err(error);
            }
        };
        // The others are on their way whatever becomes of these, which stay claimed if need be.
        if !broken.is_empty()
            && let Err(error) = self.give_up(broken, now).await
        {
            tracing::warn!(%error, "messages that cannot be read back are not ended yet");
        }
        Ok(whole)
    }

    pub(in crate::records) async fn claimed_before(
        &self,
        before: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<OutgoingId>, RecordsError> {
        let (epoch, before) = (self.epoch, before.as_millisecond());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| async move {
                let rows = statements.rows(sql::CLAIMED_BEFORE, &[&epoch, &before, &limit]).await?;
                let mut ids = Vec::with_capacity(rows.len());
                for row in &rows {
                    ids.push(OutgoingId { id: get(row, 0)?, created_ms: get(row, 1)? });
                }
                Ok(ids)
            })
            .await
    }

    /// Gives claims back that never came as far as a caller.
    async fn release(
        &self,
        ids: Vec<OutgoingId>,
        now: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        let result = SendResult::Released { not_before: None };
        let untried =
            ids.into_iter().map(|id| SendRecord { id, at: now, result: result.clone() }).collect();
        self.record_sends(untried).await
    }

    /// Rows that cannot be read back can never be sent: they end here, and the operator is told.
    async fn give_up(
        &self,
        broken: Vec<(OutgoingId, RecordsError)>,
        now: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        let mut ends = Vec::with_capacity(broken.len());
        for (id, error) in broken {
            tracing::error!(outgoing = id.id, %error, "a message cannot be read back");
            let reason = "it cannot be read back".to_owned();
            let result = SendResult::Failed { error: None, reason };
            ends.push(SendRecord { id, at: now, result });
        }
        self.record_sends(ends).await
    }
}

/// When the oldest queued message of each lane may leave, where there is one.
pub(in crate::records::postgres) async fn oldest(
    statements: &Sql,
) -> Result<HashMap<i64, i64>, Fault> {
    let lanes = Lane::ALL.map(Lane::code);
    let mut oldest = HashMap::with_capacity(lanes.len());
    for row in
        statements.rows_planned_anew(OLDEST, &[(&lanes.as_slice(), Type::INT8_ARRAY)]).await?
    {
        oldest.insert(get(&row, 0)?, get(&row, 1)?);
    }
    Ok(oldest)
}

/// Takes what may leave, most urgent lane first.
struct Claim {
    now: i64,
    limit: usize,
}

impl Op for Claim {
    type Done = Vec<ClaimedRow>;

    async fn run(&mut self, tx: &mut Tx) -> Result<Vec<ClaimedRow>, Fault> {
        let mut claimed = Vec::new();
        for lane in Lane::ALL {
            let left = i64::try_from(self.limit.saturating_sub(claimed.len())).unwrap_or(i64::MAX);
            if left == 0 {
                break;
            }
            let lane = lane.code();
            let params: [&(dyn ToSql + Sync); 4] = [&tx.epoch, &self.now, &lane, &left];
            let params = params.map(|param| (param, Type::INT8));
            let rows = tx.sql.rows_planned_anew(CLAIM_LANE, &params).await?;
            let first = claimed.len();
            for row in &rows {
                claimed.push(ClaimedRow::read(row)?);
            }
            if let Some(of_lane) = claimed.get_mut(first..) {
                of_lane.sort_by_key(|row| row.id);
            }
        }
        tx.totals.moved(Some(Status::Queued), Status::Claimed, claimed.len());
        Ok(claimed)
    }
}

/// What the claimed rows need, read in sets.
struct Parts {
    contents: HashMap<i64, Vec<u8>>,
    addresses: HashMap<i64, Vec<Row>>,
    wrote: HashMap<i64, Option<i64>>,
}

/// Reads the words, the addresses and the windows of claimed rows, in one journey.
async fn fill(statements: &Sql, keyring: &Keyring, rows: &[ClaimedRow]) -> Result<Filled, Fault> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut messages = ids.clone();
    messages.extend(rows.iter().filter_map(|row| row.answers));
    let contacts: Vec<i64> = rows.iter().map(|row| row.contact).collect();
    statements.warm(&[CONTENTS, WINDOWS]).await?;
    let (contents, windows, addresses) = tokio::try_join!(
        biased;
        async { statements.rows(CONTENTS, &[&messages]).await },
        async { statements.rows(WINDOWS, &[&ids]).await },
        addresses_of(statements, &contacts),
    )?;
    let mut parts =
        Parts { contents: HashMap::new(), addresses: HashMap::new(), wrote: HashMap::new() };
    for row in &contents {
        parts.contents.insert(get(row, 0)?, get(row, 1)?);
    }
    for row in &windows {
        parts.wrote.insert(get(row, 0)?, get(row, 1)?);
    }
    for row in addresses {
        parts.addresses.entry(contact_of(&row)?).or_default().push(row);
    }
    let mut whole = Vec::with_capacity(rows.len());
    let mut broken = Vec::new();
    for row in rows {
        match parts.fill(keyring, row) {
            Ok(outgoing) => whole.push(outgoing),
            Err(Fault::Job(error)) => broken.push((row.outgoing_id(), error)),
            Err(fault) => return Err(fault),
        }
    }
    Ok((whole, broken))
}

impl Parts {
    fn fill(&self, keyring: &Keyring, row: &ClaimedRow) -> Result<Outgoing, Fault> {
        let broken = |column: &'static str, reason: String| {
            Fault::Job(RecordsError::Broken { table: "outgoing", column, id: row.id, reason })
        };
        let channel = Channel::from_code(row.channel)
            .ok_or_else(|| broken("channel", format!("unknown channel {}", row.channel)))?;
        let lane = Lane::from_code(row.lane)
            .ok_or_else(|| broken("lane", format!("unknown lane {}", row.lane)))?;
        let purpose = Purpose::from_name(&row.purpose)
            .ok_or_else(|| broken("purpose", format!("unknown purpose {}", row.purpose)))?;
        let answers = match row.answers {
            Some(message) => Some(self.words::<StoredInbound>(keyring, message)?.key),
            None => None,
        };
        let addresses = self.addresses.get(&row.contact).into_iter().flatten();
        let wrote = self.wrote.get(&row.id).copied().flatten();
        Ok(Outgoing {
            id: row.outgoing_id(),
            contact: row.contact,
            channel,
            account: row.account.clone(),
            to: open_addresses(keyring, addresses)?,
            lane,
            purpose,
            content: self.words(keyring, row.id)?,
            answers,
            attempts: row.attempts,
            send_before: row.send_before.map(from_ms),
            window_until: wrote.map(|wrote| from_ms(wrote.saturating_add(WINDOW_MS))),
            parts_taken: row.parts_taken,
            broadcast: row.broadcast,
            kept: None,
        })
    }

    /// Opens one row of the message log.
    fn words<T: serde::de::DeserializeOwned>(
        &self,
        keyring: &Keyring,
        id: i64,
    ) -> Result<T, Fault> {
        match self.contents.get(&id) {
            Some(sealed) => Ok(open_message(keyring, id, sealed)?),
            None => Err(broken_message(id, "there is no such row".to_owned()).into()),
        }
    }
}
