//! Messages of ours on their way through a set of answers and words: their rows are locked in the
//! order of their numbers, moved here in the order of what was told, and written back as one set.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio_postgres::Row;

use super::fault::Fault;
use super::holds::write_mark;
use super::query::of_these;
use super::sql::{Sql, get};
use super::tx::Tx;
use crate::message::{Asks, Channel, Mark, Status};
use crate::records::RecordsError;
use crate::records::asked;
use crate::records::common::{Another, another_try};
use crate::records::totals::{Total, Totals};

/// The messages of these numbers, and those whose provider's ids these are.
const LOCK: &str = "
    SELECT id, status, created, epoch, channel, provider_id IS NOT NULL, contact, attempts, error,
           reason, not_before, unknown_since, moved, parts_taken
    FROM outgoing WHERE id = ANY(ARRAY(
        SELECT unnest(?1::bigint[])
        UNION
        SELECT outgoing FROM provider_ids
        JOIN unnest(?2::bigint[], ?3::bigint[]) AS wanted (hash, hash_rest)
          USING (hash, hash_rest)))
    ORDER BY id FOR UPDATE";

const MOVE: &str = "
    UPDATE outgoing SET status = new.status, epoch = new.epoch, attempts = new.attempts,
           error = new.error, reason = new.reason, not_before = new.not_before,
           unknown_since = new.unknown_since, moved = new.moved, parts_taken = new.parts_taken,
           provider_id = coalesce(new.provider_id, outgoing.provider_id)
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[], ?6::text[],
                ?7::bigint[], ?8::bigint[], ?9::bigint[], ?10::bytea[], ?11::bigint[])
      AS new (id, status, epoch, attempts, error, reason, not_before, unknown_since, moved,
              provider_id, parts_taken)
    WHERE outgoing.id = new.id";

const LOG_STATUSES: &str = "
    INSERT INTO status_log (outgoing, status, at, error, recorded)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[])
    ON CONFLICT (outgoing, status, at) DO NOTHING";

/// A name that words came for before it was known stands with 0 for the message (see [`EXPECT`]).
const NAME: &str = "
    INSERT INTO provider_ids (hash, hash_rest, outgoing, at)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[])
    ON CONFLICT (hash, hash_rest) DO UPDATE SET outgoing = excluded.outgoing, at = excluded.at
    WHERE provider_ids.outgoing = 0";

const TAKE_UNMATCHED: &str = "
    DELETE FROM unmatched_statuses USING unnest(?1::bigint[], ?2::bigint[]) AS named (hash, hash_rest)
    WHERE unmatched_statuses.hash = named.hash AND unmatched_statuses.hash_rest = named.hash_rest
    RETURNING unmatched_statuses.hash, unmatched_statuses.hash_rest, status, at, error, asks";

/// The failures that were told of messages already.
const FAILURES_TOLD: &str = "
    SELECT outgoing, at FROM status_log WHERE status = 6 AND outgoing = ANY(?1)";

/// Takes the lock of a name nobody knows. One process keeps a word because its message has no such
/// name yet while another is naming the message: without a row that both touch, neither would see
/// what the other did, and the word would lie there for ever.
const EXPECT: &str = "
    INSERT INTO provider_ids (hash, hash_rest, outgoing, at)
    SELECT hash, hash_rest, 0, at
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[]) AS new (hash, hash_rest, at)
    ON CONFLICT (hash, hash_rest) DO UPDATE SET outgoing = provider_ids.outgoing
    RETURNING outgoing";

/// A provider's id: both halves of its keyed hash.
pub(super) type Name = (i64, i64);

/// What one word says, wherever it came from.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) status: Status,
    pub(super) at: i64,
    pub(super) error: Option<i64>,
    pub(super) asks: Option<Asks>,
}

/// A row of `outgoing` as it stands, and will stand.
pub(super) struct Message {
    pub(super) status: Status,
    pub(super) created: i64,
    pub(super) epoch: Option<i64>,
    pub(super) channel: Channel,
    pub(super) has_provider_id: bool,
    pub(super) contact: i64,
    pub(super) attempts: i64,
    pub(super) error: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) not_before: i64,
    pub(super) unknown_since: Option<i64>,
    pub(super) parts_taken: i64,
    moved: i64,
    /// It stood as failed when it was read.
    had_failed: bool,
    /// Sealed, when it was learnt just now.
    provider_id: Option<Vec<u8>>,
    is_changed: bool,
}

/// The messages a set of answers or words is about.
pub(super) struct Messages {
    rows: HashMap<i64, Result<Message, RecordsError>>,
    /// What goes into the log: of which message, what, recorded when.
    said: Vec<(i64, Said, i64)>,
    /// Words that waited for the names given in this set.
    waiting: HashMap<Name, Vec<Said>>,
    /// Failures that were told before, of messages that may go again: of which, and when.
    failures: HashSet<(i64, i64)>,
    /// Contacts whose numbers get a mark, and when.
    marks: BTreeMap<(i64, Mark), i64>,
}

/// Locks the messages of these numbers, and those that have these names.
pub(super) async fn lock(sql: &Sql, ids: &[i64], names: &[Name]) -> Result<Messages, Fault> {
    let (hashes, rests) = columns(names);
    let mut rows = HashMap::with_capacity(ids.len() + names.len());
    for row in sql.rows(LOCK, &[&ids, &hashes, &rests]).await? {
        let id = get(&row, 0)?;
        rows.insert(id, read(&row, id)?);
    }
    Ok(Messages {
        rows,
        said: Vec::new(),
        waiting: HashMap::new(),
        failures: HashSet::new(),
        marks: BTreeMap::new(),
    })
}

/// Prepares what [`lock`] needs, for it to travel with others.
pub(super) async fn warm(sql: &Sql) -> Result<(), Fault> {
    sql.warm(&[LOCK]).await
}

fn columns(names: &[Name]) -> (Vec<i64>, Vec<i64>) {
    names.iter().copied().unzip()
}

fn read(row: &Row, id: i64) -> Result<Result<Message, RecordsError>, Fault> {
    let broken = |column: &'static str| {
        let reason = "written by a newer version".to_owned();
        Ok(Err(RecordsError::Broken { table: "outgoing", column, id, reason }))
    };
    let Some(status) = Status::from_code(get(row, 1)?) else { return broken("status") };
    let Some(channel) = Channel::from_code(get(row, 4)?) else { return broken("channel") };
    Ok(Ok(Message {
        status,
        had_failed: status == Status::Failed,
        created: get(row, 2)?,
        epoch: get(row, 3)?,
        channel,
        has_provider_id: get(row, 5)?,
        contact: get(row, 6)?,
        attempts: get(row, 7)?,
        error: get(row, 8)?,
        reason: get(row, 9)?,
        not_before: get(row, 10)?,
        unknown_since: get(row, 11)?,
        moved: get(row, 12)?,
        parts_taken: get(row, 13)?,
        provider_id: None,
        is_changed: false,
    }))
}

impl Message {
    /// Stands in another status from now on.
    pub(super) fn move_to(&mut self, to: Status, at: i64, totals: &mut Totals) {
        totals.moved(Some(self.status), to, 1);
        self.status = to;
        self.moved = at;
        self.is_changed = true;
    }

    /// Waits to go as a whole once more, for its provider failed to look at it.
    fn go_again(&mut self, not_before: i64, error: Option<i64>, at: i64, totals: &mut Totals) {
        self.not_before = not_before;
        self.error = error;
        self.epoch = None;
        self.unknown_since = None;
        self.parts_taken = 0;
        self.move_to(Status::Queued, at, totals);
    }
}

impl Messages {
    /// The message, when it is of that moment: a number met again after a restore is another one.
    pub(super) fn of(&mut self, id: crate::message::OutgoingId) -> Option<&mut Message> {
        self.message(id.id).filter(|message| message.created == id.created_ms)
    }

    /// The message; `None` when there is none that can be read.
    pub(super) fn message(&mut self, id: i64) -> Option<&mut Message> {
        self.rows.get_mut(&id)?.as_mut().ok()
    }

    /// Why the row cannot be read.
    pub(super) fn broken(&self, id: i64) -> Option<&RecordsError> {
        self.rows.get(&id)?.as_ref().err()
    }

    /// Gives messages their providers' names, and takes up the words that waited for them.
    pub(super) async fn name(
        &mut self,
        tx: &mut Tx,
        names: &BTreeMap<Name, (i64, i64)>,
    ) -> Result<(), Fault> {
        if names.is_empty() {
            return Ok(());
        }
        let keys: Vec<Name> = names.keys().copied().collect();
        let (hashes, rests) = columns(&keys);
        let (ids, at): (Vec<i64>, Vec<i64>) = names.values().copied().unzip();
        tx.sql.warm(&[NAME, TAKE_UNMATCHED]).await?;
        // One after the other, for the second must see what the first may have waited for.
        let (_, taken) = tokio::try_join!(
            biased;
            async { tx.sql.run(NAME, &[&hashes, &rests, &ids, &at]).await },
            async { tx.sql.rows(TAKE_UNMATCHED, &[&hashes, &rests]).await },
        )?;
        tx.totals.add(Total::Unmatched, -i64::try_from(taken.len()).unwrap_or(0));
        for row in &taken {
            let Some(status) = Status::from_code(get(row, 2)?) else { continue };
            let asks = get::<Option<i64>>(row, 5)?.and_then(Asks::from_code);
            let said = Said { status, at: get(row, 3)?, error: get(row, 4)?, asks };
            self.waiting.entry((get(row, 0)?, get(row, 1)?)).or_default().push(said);
        }
        for said in self.waiting.values_mut() {
            said.sort_by_key(|said| (said.at, said.status.code()));
        }
        Ok(())
    }

    /// The message has this name from now on: what waited for it is applied.
    pub(super) fn keep_name(
        &mut self,
        id: i64,
        name: Name,
        sealed: &[u8],
        now: i64,
        totals: &mut Totals,
    ) {
        if let Some(message) = self.message(id)
            && !message.has_provider_id
        {
            message.has_provider_id = true;
            message.provider_id = Some(sealed.to_owned());
            message.is_changed = true;
        }
        for said in self.waiting.remove(&name).unwrap_or_default() {
            self.climb(id, said, now, totals);
        }
    }

    /// Reads which failures of these messages were told before: what failed for its provider's fault goes
    /// again once a word.
    pub(super) async fn read_failures(&mut self, sql: &Sql, ids: &[i64]) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(());
        }
        for row in sql.rows(FAILURES_TOLD, &[&ids]).await? {
            self.failures.insert((get(&row, 0)?, get(&row, 1)?));
        }
        Ok(())
    }

    /// Logs the word and moves the message when the word is above where it stands; what the word asks for
    /// is done.
    pub(super) fn climb(&mut self, id: i64, said: Said, now: i64, totals: &mut Totals) {
        let is_news = said.asks == Some(Asks::Again) && self.failures.insert((id, said.at));
        let Some(message) = self.message(id) else { return };
        let contact = message.contact;
        match said.asks {
            Some(Asks::Mark(mark)) => {
                self.marks.entry((contact, mark)).or_insert(now);
            }
            Some(Asks::Again) => {
                match another_try(message.status, is_news, message.attempts, now) {
                    Another::No => {}
                    Another::Heard => return self.said.push((id, said, now)),
                    Another::At(not_before) => {
                        message.go_again(not_before, said.error, now, totals);
                        return self.said.push((id, said, now));
                    }
                }
            }
            _ => {}
        }
        let Some(message) = self.message(id) else { return };
        let after = message.status.after(said.status);
        if after != message.status {
            message.move_to(after, now, totals);
            message.error = said.error;
            message.unknown_since = None;
        }
        self.said.push((id, said, now));
    }

    /// Writes all that moved.
    pub(super) async fn write(&self, tx: &Tx) -> Result<(), Fault> {
        tx.sql.warm(&[MOVE, LOG_STATUSES]).await?;
        tokio::try_join!(biased; self.write_moved(tx), self.write_said(tx))?;
        for ((contact, mark), at) in &self.marks {
            write_mark(tx, *contact, *mark, *at).await?;
        }
        Ok(())
    }

    async fn write_moved(&self, tx: &Tx) -> Result<(), Fault> {
        let mut moved: Vec<(i64, &Message)> = Vec::with_capacity(self.rows.len());
        for (id, message) in &self.rows {
            if let Ok(message) = message
                && message.is_changed
            {
                moved.push((*id, message));
            }
        }
        if moved.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = moved.iter().map(|(id, _)| *id).collect();
        let statuses: Vec<i64> = moved.iter().map(|(_, row)| row.status.code()).collect();
        let epochs: Vec<Option<i64>> = moved.iter().map(|(_, row)| row.epoch).collect();
        let attempts: Vec<i64> = moved.iter().map(|(_, row)| row.attempts).collect();
        let errors: Vec<Option<i64>> = moved.iter().map(|(_, row)| row.error).collect();
        let reasons: Vec<Option<&str>> =
            moved.iter().map(|(_, row)| row.reason.as_deref()).collect();
        let not_before: Vec<i64> = moved.iter().map(|(_, row)| row.not_before).collect();
        let unknown: Vec<Option<i64>> = moved.iter().map(|(_, row)| row.unknown_since).collect();
        let at: Vec<i64> = moved.iter().map(|(_, row)| row.moved).collect();
        let names: Vec<Option<&[u8]>> =
            moved.iter().map(|(_, row)| row.provider_id.as_deref()).collect();
        let parts: Vec<i64> = moved.iter().map(|(_, row)| row.parts_taken).collect();
        tx.sql
            .run(
                MOVE,
                &[
                    &ids,
                    &statuses,
                    &epochs,
                    &attempts,
                    &errors,
                    &reasons,
                    &not_before,
                    &unknown,
                    &at,
                    &names,
                    &parts,
                ],
            )
            .await?;
        let ended = |message: &Message| {
            matches!(message.status, Status::Failed | Status::Expired | Status::Suppressed)
        };
        let reached = |message: &Message| {
            message.had_failed && matches!(message.status, Status::Delivered | Status::Read)
        };
        let of = |is_it: &dyn Fn(&Message) -> bool| -> Vec<i64> {
            moved.iter().filter(|(_, message)| is_it(message)).map(|(id, _)| *id).collect()
        };
        for (text, ids) in
            [(asked::UNASK_BY_INDEX, of(&ended)), (asked::ASKED_AFTER_ALL, of(&reached))]
        {
            if !ids.is_empty() {
                tx.sql.run(&of_these(text), &[&ids]).await?;
            }
        }
        Ok(())
    }

    async fn write_said(&self, tx: &Tx) -> Result<(), Fault> {
        if self.said.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = self.said.iter().map(|(id, ..)| *id).collect();
        let statuses: Vec<i64> = self.said.iter().map(|(_, said, _)| said.status.code()).collect();
        let at: Vec<i64> = self.said.iter().map(|(_, said, _)| said.at).collect();
        let errors: Vec<Option<i64>> = self.said.iter().map(|(_, said, _)| said.error).collect();
        let recorded: Vec<i64> = self.said.iter().map(|(.., recorded)| *recorded).collect();
        tx.sql.run(LOG_STATUSES, &[&ids, &statuses, &at, &errors, &recorded]).await.map(drop)
    }
}

/// Makes sure that nobody is giving a message one of these names now, and nobody will before we are
/// through.
pub(super) async fn expect_names(tx: &Tx, names: &BTreeMap<Name, i64>) -> Result<(), Fault> {
    if names.is_empty() {
        return Ok(());
    }
    let keys: Vec<Name> = names.keys().copied().collect();
    let (hashes, rests) = columns(&keys);
    let at: Vec<i64> = names.values().copied().collect();
    for row in tx.sql.rows(EXPECT, &[&hashes, &rests, &at]).await? {
        if get::<i64>(&row, 0)? != 0 {
            return Err(Fault::Again("a message got its name meanwhile".to_owned()));
        }
    }
    Ok(())
}
