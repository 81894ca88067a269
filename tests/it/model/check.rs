//! What must be so: of the log, of what was answered, of the provider's ledger, of the totals.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use samvad::contact::Contact;
use samvad::flow::{Flows, Session};
use samvad::message::{Channel, Content, Inbound, InboundContent, Lane, Purpose, Status};
use samvad::records::{QueueReport, Snapshot};
use samvad::seal::Keyring;

use super::ends::Raw;
use super::provider::{Call, Fate, Provider};
use super::replay::{Around, End, Kept, Line, Source, Told, replay};

/// What is looked at.
pub(super) struct Seen<'a> {
    pub(super) provider: &'a Provider,
    pub(super) keyring: &'a Keyring,
    pub(super) flows: &'a Flows,
    /// Whether each process serves its people by one intake.
    pub(super) in_order: bool,
}

/// What the log keeps of an inbound.
#[derive(Deserialize)]
struct StoredInbound {
    key: String,
    content: InboundContent,
}

/// A message of ours as the records have it.
#[derive(Clone, Debug)]
struct Ours {
    id: i64,
    contact: i64,
    lane: Lane,
    status: Status,
    created: i64,
    again: bool,
    answers: Option<i64>,
    reason: Option<String>,
}

/// Whoever asks this of a provider's words: the more it says the higher.
fn height(status: Status) -> u8 {
    match status {
        Status::Sent => 1,
        Status::Failed => 2,
        Status::Delivered => 3,
        Status::Read => 4,
        _ => 0,
    }
}

fn ensure(holds: bool, wrong: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(wrong()) }
}

fn halves(hash: [u8; 16]) -> (i64, i64) {
    let (first, rest) = hash.split_at(8);
    (i64::from_be_bytes(first.try_into().unwrap()), i64::from_be_bytes(rest.try_into().unwrap()))
}

impl Seen<'_> {
    /// What must be so at any moment.
    pub(super) fn look(&self, raw: &Raw) -> Result<(), String> {
        let ours = ours(raw);
        self.look_at_the_log(raw, &ours)?;
        look_at_numbers(raw)?;
        look_at_claims(raw)?;
        self.look_at_the_ledger(raw, &ours)
    }

    /// What must be so when all troubles are over.
    pub(super) fn look_at_the_end(
        &self,
        raw: &Raw,
        report: &QueueReport,
        snapshots: &[Snapshot],
    ) -> Result<(), String> {
        let ours = ours(raw);
        let ends = self.look_at_the_log(raw, &ours)?;
        for snapshot in snapshots {
            let end = ends.get(&snapshot.contact.id).ok_or("a snapshot of nobody")?;
            let expected = Contact { has_phone: snapshot.contact.has_phone, ..end.contact.clone() };
            ensure(snapshot.contact == expected, || {
                format!("the person is {:?} and should be {expected:?}", snapshot.contact)
            })?;
        }
        self.look_at_what_became(&ours)?;
        look_at_totals(raw, report)
    }

    /// Every person's log is what the engine makes of it; who was answered is in it, and once.
    fn look_at_the_log(
        &self,
        raw: &Raw,
        ours: &HashMap<i64, Ours>,
    ) -> Result<HashMap<i64, End>, String> {
        let inbound: HashMap<String, Inbound> = self
            .provider
            .messages()
            .map(|(message, _)| (message.key.clone(), message.clone()))
            .collect();
        let keys: HashMap<(i64, i64), i64> = raw
            .rows("SELECT hash, hash_rest, received FROM inbound_keys")
            .iter()
            .map(|row| ((row.int(0), row.int(1)), row.int(2)))
            .collect();
        let received = |source: &Source| {
            let (channel, key) = match source {
                Source::Message(key) => (Channel::Whatsapp, key),
                Source::Timer(key) => (Channel::Internal, key),
            };
            keys.get(&halves(self.keyring.inbound_hash(channel, key))).copied()
        };
        let around = Around { flows: self.flows, received: &received, inbound: &inbound };
        let mut times: HashMap<&str, usize> = HashMap::new();
        let mut ends = HashMap::new();
        let all_kept = self.kept(raw, ours)?;
        let mut explained = 0;
        for kept in &all_kept {
            for line in &kept.lines {
                if let Line::Theirs { key, .. } = line {
                    *times.entry(key.as_str()).or_default() += 1;
                }
            }
            let end = replay(kept, &around)?;
            explained += end.timers.len();
            ends.insert(kept.contact, end);
        }
        for (message, is_answered) in self.provider.messages() {
            let times = times.get(message.key.as_str()).copied().unwrap_or(0);
            ensure(times <= 1, || format!("{} is in the log {times} times", message.key))?;
            ensure(times == 1 || !is_answered, || {
                format!("{} was answered with 200 and is not in the log", message.key)
            })?;
        }
        let explained = explained + times.len();
        ensure(explained == keys.len(), || {
            format!("there are {} inbound keys and {explained} are explained", keys.len())
        })?;
        Ok(ends)
    }

    /// What the records hold of everybody.
    fn kept(&self, raw: &Raw, ours: &HashMap<i64, Ours>) -> Result<Vec<Kept>, String> {
        let parked: HashSet<i64> =
            raw.rows("SELECT message FROM parked").iter().map(|row| row.int(0)).collect();
        let mut lines: HashMap<i64, (i64, Option<i64>, Line)> = HashMap::new();
        let mut counts: HashMap<i64, usize> = HashMap::new();
        let messages =
            raw.rows("SELECT id, contact, previous, direction, at, content FROM messages");
        for row in &messages {
            let (id, contact) = (row.int(0), row.int(1));
            let plain = self
                .keyring
                .open_sealed("messages.content", id, row.bytes(5))
                .map_err(|error| format!("message {id}: {error}"))?;
            let line = if row.int(3) == 1 {
                let stored: StoredInbound =
                    serde_json::from_slice(&plain).map_err(|error| error.to_string())?;
                let StoredInbound { key, content } = stored;
                Line::Theirs { id, at: row.int(4), key, content, parked: parked.contains(&id) }
            } else {
                let content: Content =
                    serde_json::from_slice(&plain).map_err(|error| error.to_string())?;
                let ours =
                    ours.get(&id).ok_or(format!("message {id} is not among the outgoing"))?;
                let Ours { lane, created, answers, .. } = *ours;
                Line::Ours { content, lane, created, answers }
            };
            *counts.entry(contact).or_default() += 1;
            lines.insert(id, (contact, row.opt(2), line));
        }
        let mut all = Vec::new();
        for row in raw.rows("SELECT id, version, last_message FROM contacts ORDER BY id") {
            let contact = row.int(0);
            let mut chain = Vec::new();
            let mut next = row.opt(2);
            while let Some(id) = next {
                let (of, previous, line) =
                    lines.remove(&id).ok_or(format!("contact {contact}: the log has no {id}"))?;
                ensure(of == contact, || format!("message {id} is in two logs"))?;
                chain.push(line);
                next = previous;
            }
            chain.reverse();
            let count = counts.get(&contact).copied().unwrap_or(0);
            ensure(chain.len() == count, || {
                format!("contact {contact}: {} of {count} lines hang together", chain.len())
            })?;
            all.push(self.kept_of(raw, contact, row.int(1), chain)?);
        }
        Ok(all)
    }

    fn kept_of(
        &self,
        raw: &Raw,
        contact: i64,
        version: i64,
        lines: Vec<Line>,
    ) -> Result<Kept, String> {
        let session = raw.rows(&format!("SELECT sealed FROM sessions WHERE contact = {contact}"));
        let session = match session.first() {
            None => None,
            Some(row) => {
                let plain = self
                    .keyring
                    .open_sealed("sessions.sealed", contact, row.bytes(0))
                    .map_err(|error| format!("the session of {contact}: {error}"))?;
                let session: Session =
                    serde_json::from_slice(&plain).map_err(|error| error.to_string())?;
                Some(session)
            }
        };
        let texts = |sql: &str| -> Vec<String> {
            raw.rows(&format!("{sql} WHERE contact = {contact} ORDER BY id"))
                .iter()
                .map(|row| row.text(0).to_owned())
                .collect()
        };
        let timers =
            raw.rows(&format!("SELECT kind, visit, due FROM timers WHERE contact = {contact}"));
        let rows = raw.rows(&format!(
            "SELECT purpose, given, coalesce(only_channel, -1), at FROM consents
             WHERE contact = {contact} AND how = 'provider' ORDER BY id"
        ));
        // A stop is told of every purpose at once, and so is the return.
        let mut told: Vec<(Vec<Told>, i64)> = Vec::new();
        for row in &rows {
            let purpose = Purpose::from_name(row.text(0)).ok_or("a purpose of nobody")?;
            let (word, at) = ((purpose, row.is(1), Channel::from_code(row.int(2))), row.int(3));
            let is_of = |words: &[Told]| {
                let same = |known: &Told| (known.0, known.2) == (word.0, word.2);
                !words.iter().any(same)
            };
            match told.last_mut() {
                Some((words, last)) if *last == at && is_of(words) => words.push(word),
                _ => told.push((vec![word], at)),
            }
        }
        Ok(Kept {
            contact,
            version,
            lines,
            session,
            timers: timers.iter().map(|row| (row.int(0), row.int(1), row.int(2))).collect(),
            numbers: texts("SELECT number FROM members"),
            tickets: texts("SELECT ticket FROM requests"),
            told,
        })
    }

    /// What the provider took is what we meant to say, to whom, and in order.
    fn look_at_the_ledger(&self, raw: &Raw, ours: &HashMap<i64, Ours>) -> Result<(), String> {
        for call in &self.provider.calls {
            let id = call.id.id;
            let row = ours.get(&id).ok_or(format!("message {id} was sent and is not ours"))?;
            ensure(row.contact == call.contact && row.created == call.id.created_ms, || {
                format!("message {id} was sent as another")
            })?;
        }
        // Whether the second call of a message was its second chance.
        let mut calls: HashMap<i64, Vec<&Call>> = HashMap::new();
        for call in self.provider.calls.iter().filter(|call| call.may_have_left()) {
            calls.entry(call.id.id).or_default().push(call);
        }
        for (id, calls) in &calls {
            let again = ours.get(id).is_some_and(|row| row.again);
            ensure(calls.len() < 2 || again, || {
                format!("message {id} was sent twice and had no second chance: {calls:?}")
            })?;
        }
        if !self.in_order {
            return Ok(());
        }
        self.look_at_the_order(raw, ours)
    }

    /// One person's replies leave in the order of the log, but for those that had to be waited for.
    fn look_at_the_order(&self, raw: &Raw, ours: &HashMap<i64, Ours>) -> Result<(), String> {
        let mut chain: HashMap<i64, Option<i64>> = HashMap::new();
        for row in raw.rows("SELECT id, previous FROM messages") {
            chain.insert(row.int(0), row.opt(1));
        }
        let mut first_calls: HashMap<i64, usize> = HashMap::new();
        for (at, call) in self.provider.calls.iter().enumerate() {
            first_calls.entry(call.id.id).or_insert(at);
        }
        for row in raw.rows("SELECT id, last_message FROM contacts") {
            let mut next = row.opt(1);
            // From the youngest line to the oldest.
            let mut earliest: Option<(usize, i64)> = None;
            while let Some(id) = next {
                next = chain.get(&id).copied().flatten();
                let Some(message) = ours.get(&id).filter(|ours| ours.lane == Lane::Reply) else {
                    continue;
                };
                let Some(at) = first_calls.get(&id).copied() else { continue };
                if let Some((younger_at, younger)) = earliest
                    && younger_at < at
                    && !message.again
                    && self.provider.calls[at].life == self.provider.calls[younger_at].life
                {
                    let (call, other) =
                        (&self.provider.calls[at], &self.provider.calls[younger_at]);
                    let calls = self.provider.calls.iter();
                    let theirs: Vec<&Call> =
                        calls.filter(|known| known.contact == message.contact).collect();
                    return Err(format!(
                        "{other:?} left before {call:?}, which stands before it; {:?} and {message:?}; {theirs:#?}",
                        ours.get(&younger)
                    ));
                }
                if !message.again && earliest.is_none_or(|(known, _)| at < known) {
                    earliest = Some((at, id));
                }
            }
        }
        Ok(())
    }

    /// Everything we wanted to say was said, or is listed with its reason.
    fn look_at_what_became(&self, ours: &HashMap<i64, Ours>) -> Result<(), String> {
        for row in ours.values() {
            let id = row.id;
            let calls: Vec<&Call> =
                self.provider.calls.iter().filter(|call| call.id.id == id).collect();
            let taken = calls.iter().any(|call| call.taken);
            let holds = match row.status {
                Status::Queued | Status::Claimed => false,
                // Its second chance is behind it, or it never had one.
                Status::Unknown => {
                    row.again || matches!(row.lane, Lane::Reminder | Lane::Broadcast)
                }
                Status::Sent | Status::Delivered | Status::Read => taken,
                Status::Failed | Status::Suppressed => {
                    let mut told = self.provider.told.iter().filter(|told| told.id.id == id);
                    row.reason.is_some() || told.any(|told| told.status == Status::Failed)
                }
                Status::Expired => true,
            };
            ensure(holds, || format!("message {id} ends as {row:?}; its calls are {calls:?}"))?;
            self.look_at_words(row, &calls)?;
        }
        Ok(())
    }

    /// What the provider said of a message by our own id, and was answered for.
    fn told_of(&self, id: i64) -> impl Iterator<Item = Status> {
        self.provider
            .told
            .iter()
            .filter(move |told| {
                told.id.id == id && told.echo && self.provider.posts[told.post].committed
            })
            .map(|told| told.status)
    }

    /// Where a message stands is the highest of what was said of it.
    fn look_at_words(&self, row: &Ours, calls: &[&Call]) -> Result<(), String> {
        let id = row.id;
        let seen = calls.iter().any(|call| call.fate == Fate::Accepted && call.answered);
        let least = self.told_of(id).map(height).max().unwrap_or(0);
        let said = self.provider.told.iter().filter(|told| told.id.id == id);
        let most = said.map(|told| height(told.status)).max().unwrap_or(0);
        let most = most.max(u8::from(seen));
        let stands = height(row.status);
        let refused = calls.iter().any(|call| call.fate == Fate::Refused);
        let gave_up = row.status == Status::Failed && refused && least <= 2;
        let put_away = matches!(row.status, Status::Suppressed | Status::Expired) && least <= 2;
        ensure((least..=most).contains(&stands) || gave_up || put_away || most == 0, || {
            format!("message {id} stands at {:?} and should between {least} and {most}", row.status)
        })
    }
}

fn ours(raw: &Raw) -> HashMap<i64, Ours> {
    let sql = "SELECT id, contact, lane, status, created, again, answers, reason
               FROM outgoing";
    let mut all = HashMap::new();
    for row in raw.rows(sql) {
        let ours = Ours {
            id: row.int(0),
            contact: row.int(1),
            lane: Lane::from_code(row.int(2)).unwrap(),
            status: Status::from_code(row.int(3)).unwrap(),
            created: row.int(4),
            again: row.is(5),
            answers: row.opt(6),
            reason: row.opt_text(7).map(str::to_owned),
        };
        all.insert(ours.id, ours);
    }
    all
}

/// No number twice, nobody twice.
fn look_at_numbers(raw: &Raw) -> Result<(), String> {
    for (what, sql) in [
        (
            "a member number was given twice",
            "SELECT number FROM members GROUP BY number HAVING count(*) > 1",
        ),
        (
            "a ticket was given twice",
            "SELECT ticket FROM requests GROUP BY ticket HAVING count(*) > 1",
        ),
        (
            "somebody is a member twice",
            "SELECT CAST(contact AS TEXT) FROM members WHERE until IS NULL
             GROUP BY contact HAVING count(*) > 1",
        ),
        (
            "an address belongs to two people",
            "SELECT CAST(count(*) AS TEXT) FROM addresses WHERE until IS NULL
             GROUP BY hash, kind HAVING count(*) > 1",
        ),
    ] {
        if let Some(row) = raw.rows(sql).first() {
            return Err(format!("{what}: {}", row.text(0)));
        }
    }
    Ok(())
}

/// Nothing is claimed by whoever was declared dead before.
fn look_at_claims(raw: &Raw) -> Result<(), String> {
    let sql = "SELECT o.id, o.epoch FROM outgoing o JOIN processes p ON p.epoch = o.epoch
               WHERE o.status = 1 AND p.ended IS NOT NULL AND o.moved > p.ended";
    match raw.rows(sql).first() {
        Some(row) => {
            Err(format!("message {} was claimed under the ended epoch {}", row.int(0), row.int(1)))
        }
        None => Ok(()),
    }
}

/// The report says what counting says.
fn look_at_totals(raw: &Raw, report: &QueueReport) -> Result<(), String> {
    let count = |sql: &str| u64::try_from(raw.rows(sql)[0].int(0)).unwrap();
    let mut counted: Vec<(Status, u64)> = Vec::new();
    for status in Status::ALL {
        let sql = format!(
            "SELECT CAST(count(*) AS BIGINT) FROM outgoing WHERE status = {}",
            status.code()
        );
        counted.push((status, count(&sql)));
    }
    for (status, counted) in counted {
        let told = report.by_status.iter().find(|(known, _)| *known == status);
        let told = told.map_or(0, |(_, count)| *count);
        ensure(told == counted, || format!("{told} are told to be {status:?}, {counted} are"))?;
    }
    for (what, told, sql) in [
        ("contacts", report.contacts, "SELECT CAST(count(*) AS BIGINT) FROM contacts"),
        (
            "members",
            report.members,
            "SELECT CAST(count(*) AS BIGINT) FROM members WHERE until IS NULL AND state > 1",
        ),
        ("parked", report.parked, "SELECT CAST(count(*) AS BIGINT) FROM parked"),
        (
            "unmatched statuses",
            report.unmatched_statuses,
            "SELECT CAST(count(*) AS BIGINT) FROM unmatched_statuses",
        ),
    ] {
        let counted = count(sql);
        ensure(told == counted, || format!("{told} {what} are told, {counted} are there"))?;
    }
    Ok(())
}
