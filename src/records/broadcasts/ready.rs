//! Between what a broadcast says and how records hold it: sealed, hashed, made ready to be written.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ring::digest;

use super::{BroadcastRow, Fallback, Gathered, NewBroadcast, Release, Took};
use crate::broadcast::{Addressee, BroadcastState, Reason, RecipientState};
use crate::clock::from_ms;
use crate::contact::{Identities, Language, Road};
use crate::message::{Channel, Lane, Outgoing, OutgoingId, Purpose, Status};
use crate::records::RecordsError;
use crate::records::common::{cannot_seal, milliseconds, place};
use crate::seal::Keyring;

/// A broadcast made ready to be written: sealed, the rest as columns.
#[derive(Clone)]
pub(in crate::records) struct NewRow {
    pub(in crate::records) name: String,
    pub(in crate::records) purpose: &'static str,
    pub(in crate::records) author: String,
    pub(in crate::records) definition: Vec<u8>,
    pub(in crate::records) hash: Vec<u8>,
    pub(in crate::records) audience: String,
    pub(in crate::records) created: i64,
    pub(in crate::records) from_at: Option<i64>,
    pub(in crate::records) send_before: i64,
    pub(in crate::records) flow: Option<String>,
    pub(in crate::records) templates: String,
    pub(in crate::records) fallback_channel: Option<i64>,
    pub(in crate::records) fallback_account: Option<String>,
    pub(in crate::records) fallback_after: Option<i64>,
    pub(in crate::records) certificate: Option<String>,
    pub(in crate::records) test_of: Option<i64>,
    pub(in crate::records) repeats: Option<i64>,
    /// When it was written.
    pub(in crate::records) at: i64,
}

/// `created` is the moment of its first writing, to which the definition is bound.
pub(in crate::records) fn ready_new(
    keyring: &Keyring,
    new: NewBroadcast,
    created: Timestamp,
) -> Result<NewRow, RecordsError> {
    let created = created.as_millisecond();
    let hash = digest::digest(&digest::SHA256, new.definition.as_bytes());
    let definition = keyring
        .seal(place::DEFINITION, created, new.definition.as_bytes())
        .map_err(|error| cannot_seal(&error))?;
    let fallback = new.fallback;
    Ok(NewRow {
        name: new.name,
        purpose: new.purpose.name(),
        author: new.author,
        definition,
        hash: hash.as_ref().to_vec(),
        audience: new.audience,
        created,
        from_at: new.from.map(Timestamp::as_millisecond),
        send_before: new.send_before.as_millisecond(),
        flow: new.flow,
        templates: new.templates.join("\n"),
        fallback_channel: fallback.as_ref().map(|fallback| fallback.channel.code()),
        fallback_after: fallback.as_ref().map(|fallback| milliseconds(fallback.after)),
        fallback_account: fallback.map(|fallback| fallback.accounts.join("\n")),
        certificate: new.certificate,
        test_of: new.test_of,
        repeats: new.repeats.then_some(1),
        at: new.at.as_millisecond(),
    })
}

/// A row of the broadcasts as it is read.
pub(in crate::records) struct BroadcastColumns {
    pub(in crate::records) id: i64,
    pub(in crate::records) name: String,
    pub(in crate::records) state: String,
    pub(in crate::records) purpose: String,
    pub(in crate::records) author: String,
    pub(in crate::records) definition: Vec<u8>,
    pub(in crate::records) hash: Vec<u8>,
    pub(in crate::records) audience: String,
    pub(in crate::records) created: i64,
    pub(in crate::records) from_at: Option<i64>,
    pub(in crate::records) send_before: i64,
    pub(in crate::records) approved_by: Option<String>,
    pub(in crate::records) approved_at: Option<i64>,
    pub(in crate::records) frozen_at: Option<i64>,
    pub(in crate::records) recipients: Option<i64>,
    pub(in crate::records) recipients_hash: Option<Vec<u8>>,
    pub(in crate::records) why: Option<String>,
    pub(in crate::records) flow: Option<String>,
    pub(in crate::records) templates: String,
    pub(in crate::records) fallback: (Option<i64>, Option<String>, Option<i64>),
    pub(in crate::records) certificate: Option<String>,
    pub(in crate::records) test_of: Option<i64>,
    pub(in crate::records) approved_for: Option<i64>,
    pub(in crate::records) repeats: Option<i64>,
    pub(in crate::records) series: Option<i64>,
    pub(in crate::records) begun: Option<i64>,
    pub(in crate::records) held: (Option<String>, Option<i64>),
}

pub(in crate::records) fn open_broadcast(
    keyring: &Keyring,
    row: BroadcastColumns,
) -> Result<BroadcastRow, RecordsError> {
    let id = row.id;
    let broken = |column: &'static str, reason: &str| RecordsError::Broken {
        table: "broadcasts",
        column,
        id,
        reason: reason.to_owned(),
    };
    let definition = keyring
        .open_sealed(place::DEFINITION, row.created, &row.definition)
        .map_err(|error| broken("definition", &error.to_string()))?;
    let definition =
        String::from_utf8(definition).map_err(|_| broken("definition", "not a text"))?;
    let fallback = match row.fallback {
        (Some(code), Some(accounts), Some(after)) => {
            let channel = Channel::from_code(code)
                .ok_or_else(|| broken("fallback_channel", "unknown channel"))?;
            let after = Duration::from_millis(u64::try_from(after).unwrap_or(0));
            let accounts = accounts.lines().map(str::to_owned).collect();
            Some(Fallback { channel, accounts, after })
        }
        _ => None,
    };
    Ok(BroadcastRow {
        id,
        name: row.name,
        state: state_of(id, &row.state)?,
        purpose: Purpose::from_name(&row.purpose)
            .ok_or_else(|| broken("purpose", "unknown purpose"))?,
        author: row.author,
        definition,
        hash: row.hash.try_into().map_err(|_| broken("hash", "not of 32 bytes"))?,
        audience: row.audience,
        created: from_ms(row.created),
        from: row.from_at.map(from_ms),
        send_before: from_ms(row.send_before),
        approved_by: row.approved_by,
        approved_at: row.approved_at.map(from_ms),
        frozen_at: row.frozen_at.map(from_ms),
        recipients: row.recipients.map(|count| u64::try_from(count).unwrap_or(0)),
        recipients_hash: row.recipients_hash,
        why: row.why,
        flow: row.flow,
        templates: row.templates.lines().map(str::to_owned).collect(),
        fallback,
        certificate: row.certificate,
        test_of: row.test_of,
        approved_for: row.approved_for.map(|count| u64::try_from(count).unwrap_or(0)),
        repeats: row.repeats.is_some(),
        series: row.series,
        begun: row.begun.map(from_ms),
        held: row.held.0.zip(row.held.1.map(from_ms)),
    })
}

/// The state of a stored name.
pub(in crate::records) fn state_of(id: i64, name: &str) -> Result<BroadcastState, RecordsError> {
    BroadcastState::from_name(name).ok_or_else(|| RecordsError::Broken {
        table: "broadcasts",
        column: "state",
        id,
        reason: format!("unknown state {name}"),
    })
}

/// A row of a broadcast whose turn has come.
pub(in crate::records) struct Planned {
    pub(in crate::records) contact: i64,
    pub(in crate::records) channel: i64,
    pub(in crate::records) account: String,
    pub(in crate::records) language: String,
}

/// A message of a recipient, sealed for its row.
#[derive(Clone)]
pub(in crate::records) struct Ready {
    pub(in crate::records) sealed: Vec<u8>,
    pub(in crate::records) outgoing: Outgoing,
}

/// A chunk made ready to be written.
#[derive(Clone, Default)]
pub(in crate::records) struct Released {
    pub(in crate::records) ready: Vec<Ready>,
    /// Who gets nothing, and why.
    pub(in crate::records) refused: Vec<(i64, &'static str)>,
}

/// How far a step came that looked up to `end` and found these: to its end, or to the last there was room for.
pub(in crate::records) fn came_to(planned: &[Planned], limit: i64, end: i64) -> i64 {
    let is_full = i64::try_from(planned.len()).is_ok_and(|count| count >= limit);
    planned.last().filter(|_| is_full).map_or(end, |row| row.contact)
}

/// Makes the messages of a chunk. `ids` gives a number of the log for each.
pub(in crate::records) fn ready_chunk(
    keyring: &Keyring,
    broadcast: &BroadcastRow,
    release: &Release,
    planned: Vec<Planned>,
    (people, mut addresses): (&Gathered, HashMap<i64, Identities>),
    mut ids: impl Iterator<Item = i64>,
    now: Timestamp,
) -> Result<Released, RecordsError> {
    let mut released = Released::default();
    for row in planned {
        let contact = row.contact;
        let channel = match &release.fallback {
            Some((fallback, _)) => fallback.channel,
            None => channel_of(contact, row.channel)?,
        };
        let candidate = people.candidate(contact).filter(|known| known.is_on(channel));
        let to = addresses.remove(&contact).filter(|to| !to.is_empty());
        let (Some(candidate), Some(to)) = (candidate, to) else {
            released.refused.push((contact, Reason::NoAddress.name()));
            continue;
        };
        let account = match &release.fallback {
            Some((fallback, _)) => {
                let own = candidate.account_of(channel, &fallback.accounts);
                own.cloned().unwrap_or_default()
            }
            None => row.account,
        };
        let road = Road { channel, account };
        // Their turn by the second way comes when that number of ours is well again.
        if release.fallback.is_some() && release.closed.contains(&road) {
            continue;
        }
        let account = road.account;
        let member = match people.membership(keyring, contact) {
            Ok(member) => member,
            Err(error) => {
                tracing::error!(%error, "nothing of a broadcast goes to them");
                released.refused.push((contact, Reason::Unreadable.name()));
                continue;
            }
        };
        let seat = member.as_ref().map(|member| member.assembly);
        let addressee = Addressee {
            contact,
            booth: member.as_ref().and_then(|member| member.booth),
            assembly: seat.filter(|seat| *seat != 0),
            language: Language::from_code(&row.language).unwrap_or_default(),
            member: member.as_ref().map(|member| member.number.clone()),
            name: member.map(|member| member.name),
        };
        let Some(content) = release.wording.content(&addressee, channel) else {
            released.refused.push((contact, Reason::NoWords.name()));
            continue;
        };
        let Some(id) = ids.next() else {
            return Err(RecordsError::Unavailable("the log gave too few numbers".to_owned()));
        };
        let json = serde_json::to_vec(&content)
            .map_err(|error| RecordsError::Refused(format!("a message: {error}")))?;
        let sealed =
            keyring.seal(place::MESSAGE, id, &json).map_err(|error| cannot_seal(&error))?;
        let outgoing = Outgoing {
            id: OutgoingId { id, created_ms: now.as_millisecond() },
            contact,
            channel,
            window_until: candidate.window_until(channel, &account),
            account,
            to,
            lane: Lane::Broadcast,
            purpose: broadcast.purpose,
            content,
            answers: None,
            attempts: 0,
            send_before: Some(broadcast.send_before),
            parts_taken: 0,
            broadcast: Some(broadcast.id),
            kept: None,
        };
        released.ready.push(Ready { sealed, outgoing });
    }
    Ok(released)
}

fn channel_of(contact: i64, code: i64) -> Result<Channel, RecordsError> {
    Channel::from_code(code).ok_or_else(|| RecordsError::Broken {
        table: "recipients",
        column: "channel",
        id: contact,
        reason: "unknown channel".to_owned(),
    })
}

/// Rows of a broadcast that stand alike.
pub(in crate::records) struct FunnelRow {
    pub(in crate::records) key: String,
    pub(in crate::records) state: RecipientState,
    pub(in crate::records) reason: String,
    pub(in crate::records) status: Option<Status>,
    pub(in crate::records) error: Option<i64>,
    /// Why its message was stopped.
    pub(in crate::records) stopped: String,
    pub(in crate::records) replied: bool,
    pub(in crate::records) fell_back: bool,
    pub(in crate::records) count: u64,
}

impl FunnelRow {
    /// From the numbers as they are kept.
    pub(in crate::records) fn read(
        (key, reason, stopped): (String, String, String),
        state: i64,
        (status, error): (Option<i64>, Option<i64>),
        (replied, fell_back): (i64, i64),
        count: i64,
    ) -> Result<FunnelRow, RecordsError> {
        let broken = |column: &'static str| RecordsError::Broken {
            table: "recipients",
            column,
            id: 0,
            reason: "written by a newer version".to_owned(),
        };
        let status = match status {
            Some(code) => Some(Status::from_code(code).ok_or_else(|| broken("outgoing"))?),
            None => None,
        };
        Ok(FunnelRow {
            key,
            state: RecipientState::from_code(state).ok_or_else(|| broken("state"))?,
            reason,
            status,
            error,
            stopped,
            replied: replied != 0,
            fell_back: fell_back != 0,
            count: u64::try_from(count).unwrap_or(0),
        })
    }
}

/// What a message's status says of somebody's part in a broadcast.
pub(in crate::records) fn took(contact: i64, status: i64, replied: bool) -> Took {
    let status = Status::from_code(status);
    let delivered = matches!(status, Some(Status::Delivered | Status::Read));
    Took {
        contact,
        sent: delivered || status == Some(Status::Sent),
        delivered,
        replied,
        failed: status == Some(Status::Failed),
    }
}

/// Whether a broadcast may release now: it runs, or it is done and falls back.
pub(in crate::records) fn may_release(broadcast: &BroadcastRow, release: &Release) -> bool {
    may_release_in(Some(broadcast.state), release.fallback.is_some())
}

/// The same when it is written.
pub(in crate::records) fn may_release_in(state: Option<BroadcastState>, falls_back: bool) -> bool {
    match state {
        Some(BroadcastState::Running) => true,
        Some(BroadcastState::Done) => falls_back,
        _ => false,
    }
}

/// A name that is taken.
pub(in crate::records) fn name_is_taken(name: &str) -> RecordsError {
    RecordsError::Refused(format!(
        "there is a broadcast {name} already; give this one another name"
    ))
}

impl std::fmt::Debug for Release {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Release")
            .field("broadcast", &self.broadcast)
            .field("after", &self.after)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// What the columns of a plan's row are.
pub(in crate::records) type StagedRow =
    (i64, i64, i64, Option<&'static str>, i64, String, &'static str);

/// The columns of a recipient as it is planned.
pub(in crate::records) fn staged(
    broadcast: i64,
    recipient: crate::broadcast::Recipient,
) -> StagedRow {
    let state = match recipient.refused {
        Some(_) => RecipientState::Refused,
        None => RecipientState::Planned,
    };
    (
        broadcast,
        recipient.contact,
        state.code(),
        recipient.refused.map(Reason::name),
        recipient.channel.code(),
        recipient.account,
        recipient.language.code(),
    )
}

/// What is written of a move, and whether it may be.
pub(in crate::records) struct Step {
    pub(in crate::records) id: i64,
    pub(in crate::records) to: BroadcastState,
    pub(in crate::records) actor: String,
    pub(in crate::records) why: Option<String>,
    /// Of an approval: to how many people it goes.
    pub(in crate::records) people: Option<i64>,
    /// The hash of the definition that whoever takes the step has seen; `None`: it is of any.
    pub(in crate::records) shown: Option<Vec<u8>>,
    /// Where it has to stand; `None`: wherever the step may follow.
    pub(in crate::records) from: Option<BroadcastState>,
    pub(in crate::records) at: i64,
}

impl Step {
    /// Of what somebody saw.
    pub(in crate::records) fn as_shown(
        (id, shown): (i64, [u8; 32]),
        to: BroadcastState,
        people: Option<u64>,
        actor: &str,
        at: Timestamp,
    ) -> Arc<Step> {
        Arc::new(Step {
            id,
            to,
            actor: actor.to_owned(),
            why: None,
            people: people.map(|people| i64::try_from(people).unwrap_or(i64::MAX)),
            shown: Some(shown.to_vec()),
            from: None,
            at: at.as_millisecond(),
        })
    }

    pub(in crate::records) fn new(
        id: i64,
        to: BroadcastState,
        actor: &str,
        why: Option<&str>,
        at: Timestamp,
    ) -> Arc<Step> {
        Arc::new(Step {
            id,
            to,
            actor: actor.to_owned(),
            why: why.map(str::to_owned),
            people: None,
            shown: None,
            from: None,
            at: at.as_millisecond(),
        })
    }

    /// What is frozen runs; what somebody paused meanwhile does not.
    pub(in crate::records) fn beginning(id: i64, actor: &str, at: Timestamp) -> Arc<Step> {
        Arc::new(Step {
            id,
            to: BroadcastState::Running,
            actor: actor.to_owned(),
            why: None,
            people: None,
            shown: None,
            from: Some(BroadcastState::Frozen),
            at: at.as_millisecond(),
        })
    }
}

impl Step {
    /// Whether it may follow. A freezing ends with [`Beside::freeze`](crate::records::Beside::freeze) alone,
    /// which has counted.
    pub(in crate::records) fn is_allowed_from(&self, from: BroadcastState) -> bool {
        let is_expected = self.from.is_none_or(|expected| expected == from);
        is_expected && self.to != BroadcastState::Frozen && from.may_become(self.to)
    }

    /// Whether it is a step of what it is taken with: one that comes again is not sent itself, and no other comes
    /// again.
    pub(in crate::records) fn fits(&self, repeats: i64) -> bool {
        self.to.is_of_series().is_none_or(|of_series| of_series == (repeats != 0))
    }

    /// What the broadcast itself keeps of the reason: why it stands still.
    pub(in crate::records) fn why_kept(&self) -> Option<&String> {
        let keeps = matches!(
            self.to,
            BroadcastState::Paused | BroadcastState::Cancelled | BroadcastState::Expired
        );
        self.why.as_ref().filter(|_| keeps)
    }
}
