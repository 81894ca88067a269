//! Everything the records hold of one person: taken out whole (DPDP Act 2023, section 11), or erased
//! (section 12) down to what the law has kept for a year (Rules 2025, rule 8(3)).
//!
//! A person is one contact and those that were found to be them (`contacts.merged_into`). Others on the same
//! phone are there too: what is kept of a phone goes with it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::RecordsError;
use super::common::{cannot_seal, halves, place};
use crate::clock::from_ms;
use crate::contact::AddressKind;
use crate::message::{Channel, Status};
use crate::records::import::MemberState;
use crate::records::sql::polls;
use crate::seal::Keyring;

/// How long the minimum is kept: a year from when it was last made use of.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 365);

/// A value of a row, as either engine reads it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Holds {
    Plain,
    Flag,
    Time,
    Channel,
    Status,
    Lane,
    Direction,
    State,
    Address,
    /// Only what other columns are bound to.
    Hidden,
    /// Sealed for this place and the number in that column.
    Sealed(&'static str, usize),
    /// The same, and it is JSON.
    SealedJson(&'static str, usize),
}

/// One table, and how the rows of a person are read from it (`?1`: the contact).
pub(super) struct PersonTable {
    name: &'static str,
    pub(super) sql: &'static str,
    columns: &'static [(&'static str, Holds)],
}

use Holds::{
    Address, Direction, Flag, Hidden, Lane as LaneOf, Plain, Sealed, SealedJson, State, Time,
};

/// Every table with something of a person, but for what hangs on a number of theirs alone and says nothing
/// of them (the totals, the states of messages by their number).
pub(super) const TABLES: [PersonTable; 19] = [
    PersonTable {
        name: "contact",
        sql: "SELECT id, created, language, language_chosen, handed_over, last_inbound, rang, blocked,
                     no_promotion, no_dlt_consent, referred_by
              FROM contacts WHERE id = ?1 OR merged_into = ?1 ORDER BY id",
        columns: &[
            ("id", Plain),
            ("created", Time),
            ("language", Plain),
            ("language_chosen", Flag),
            ("handed_over", Flag),
            ("last_inbound", Time),
            ("rang", Time),
            ("blocked", Time),
            ("no_promotion", Time),
            ("no_dlt_consent", Time),
            ("referred_by", Plain),
        ],
    },
    PersonTable {
        name: "addresses",
        sql: "SELECT kind, hash, sealed, since, until FROM addresses
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[
            ("kind", Address),
            ("hash", Hidden),
            ("address", Sealed(place::ADDRESS, 1)),
            ("since", Time),
            ("until", Time),
        ],
    },
    PersonTable {
        name: "members",
        sql: "SELECT contact, number, person, name, father, state, state_at, district, assembly, booth,
                     sector, gender, birth_year, since, until, ends
              FROM members
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[
            ("contact", Hidden),
            ("number", Plain),
            ("person", Plain),
            ("name", Sealed(place::MEMBER_NAME, 0)),
            ("father", Sealed(place::MEMBER_FATHER, 0)),
            ("state", State),
            ("state_at", Time),
            ("district", Plain),
            ("assembly", Plain),
            ("booth", Plain),
            ("sector", Plain),
            ("gender", Plain),
            ("birth_year", Plain),
            ("since", Time),
            ("until", Time),
            ("ends", Time),
        ],
    },
    PersonTable {
        name: "member_history",
        sql: "SELECT contact, name, father, district, assembly, booth, sector, gender, birth_year, ends, at
              FROM member_history
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[
            ("contact", Hidden),
            ("name", Sealed(place::MEMBER_NAME, 0)),
            ("father", Sealed(place::MEMBER_FATHER, 0)),
            ("district", Plain),
            ("assembly", Plain),
            ("booth", Plain),
            ("sector", Plain),
            ("gender", Plain),
            ("birth_year", Plain),
            ("ends", Time),
            ("at", Time),
        ],
    },
    PersonTable {
        name: "member_states",
        sql: "SELECT members.number, member_states.state, member_states.at, member_states.actor,
                     member_states.why
              FROM member_states JOIN members ON members.id = member_states.member
              WHERE members.contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              ORDER BY member_states.id",
        columns: &[
            ("number", Plain),
            ("state", State),
            ("at", Time),
            ("actor", Plain),
            ("why", Plain),
        ],
    },
    PersonTable {
        name: "posts",
        sql: "SELECT post, place, person, since, until, ended_by FROM posts
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[
            ("post", Plain),
            ("place", Plain),
            ("person", Plain),
            ("since", Time),
            ("until", Time),
            ("ended_by", Plain),
        ],
    },
    PersonTable {
        name: "tags",
        sql: "SELECT tags.tag, tagged.at FROM tagged JOIN tags ON tags.id = tagged.tag
              WHERE tagged.contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              ORDER BY tags.tag",
        columns: &[("tag", Plain), ("at", Time)],
    },
    PersonTable {
        name: "consents",
        sql: "SELECT contact, person, purpose, given, at, how, channel, only_channel, notice, wording,
                     message, actor, proof
              FROM consents
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              ORDER BY at, id",
        columns: &[
            ("contact", Hidden),
            ("person", Plain),
            ("purpose", Plain),
            ("given", Flag),
            ("at", Time),
            ("how", Plain),
            ("channel", Holds::Channel),
            ("only_channel", Holds::Channel),
            ("notice", Plain),
            ("wording", Plain),
            ("message", Plain),
            ("actor", Plain),
            ("proof", Sealed(place::CONSENT_PROOF, 0)),
        ],
    },
    PersonTable {
        name: "asked",
        sql: "SELECT purpose, at FROM asked
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY at",
        columns: &[("purpose", Plain), ("at", Time)],
    },
    PersonTable {
        name: "requests",
        sql: "SELECT contact, ticket, kind, at, done, details FROM requests
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[
            ("contact", Hidden),
            ("ticket", Plain),
            ("kind", Plain),
            ("at", Time),
            ("done", Time),
            ("details", SealedJson(place::REQUEST_DETAILS, 0)),
        ],
    },
    PersonTable {
        name: "handovers",
        sql: "SELECT reason, at, ended FROM handovers
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[("reason", Plain), ("at", Time), ("ended", Time)],
    },
    PersonTable {
        name: MESSAGES,
        // By the person's own chain: the log has no index of persons.
        sql: "WITH RECURSIVE chain (id, previous) AS (
                  SELECT m.id, m.previous FROM contacts c JOIN messages m ON m.id = c.last_message
                  WHERE c.id IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
                  UNION ALL
                  SELECT m.id, m.previous FROM chain JOIN messages m ON m.id = chain.previous)
              SELECT m.id, m.at, m.direction, m.channel, m.account, o.lane, o.purpose, o.status, o.reason,
                     m.content
              FROM chain JOIN messages m ON m.id = chain.id LEFT JOIN outgoing o ON o.id = m.id
              ORDER BY m.id",
        columns: &[
            ("id", Plain),
            ("at", Time),
            ("direction", Direction),
            ("channel", Holds::Channel),
            ("account", Plain),
            ("lane", LaneOf),
            ("purpose", Plain),
            ("status", Holds::Status),
            ("reason", Plain),
            ("content", SealedJson(place::MESSAGE, 0)),
        ],
    },
    PersonTable {
        name: "media",
        sql: "SELECT id, kind, mime_type, size, refused, at FROM media
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[
            ("id", Plain),
            ("kind", Plain),
            ("mime_type", Plain),
            ("size", Plain),
            ("refused", Plain),
            ("at", Time),
        ],
    },
    PersonTable {
        name: "session",
        sql: "SELECT contact, sealed FROM sessions
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              ORDER BY contact",
        columns: &[("contact", Hidden), ("session", SealedJson(place::SESSION, 0))],
    },
    PersonTable {
        name: "timers",
        sql: "SELECT kind, due FROM timers
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY due",
        columns: &[("kind", Plain), ("due", Time)],
    },
    PersonTable {
        name: "roads",
        sql: "SELECT channel, account, last_inbound FROM roads
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              ORDER BY channel, account",
        columns: &[("channel", Holds::Channel), ("account", Plain), ("last_inbound", Time)],
    },
    PersonTable {
        // That they answered, and never what.
        name: "rosters",
        sql: "SELECT p.name, r.person, r.seat, r.assembly, r.booth, r.answered_at, r.answers
              FROM roster r JOIN polls p ON p.id = r.poll
              WHERE r.contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              ORDER BY r.poll, r.voter",
        columns: &[
            ("poll", Plain),
            ("person", Plain),
            ("seat", Plain),
            ("assembly", Plain),
            ("booth", Plain),
            ("answered", Time),
            ("answers", Plain),
        ],
    },
    PersonTable {
        name: "broadcasts",
        // Rows of one that is still being written down are nobody's.
        sql: "SELECT broadcasts.name, broadcasts.frozen_at,
                     CASE recipients.state WHEN 0 THEN 'planned' WHEN 1 THEN 'released' WHEN 2 THEN 'refused'
                          WHEN 3 THEN 'cancelled' ELSE 'expired' END,
                     recipients.reason, recipients.channel, recipients.account, recipients.language,
                     recipients.replied_at,
                     CAST(CASE WHEN recipients.fallback_outgoing > 0 THEN 1 ELSE 0 END AS BIGINT)
              FROM broadcasts JOIN recipients ON recipients.broadcast = broadcasts.id
               AND recipients.contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
              WHERE broadcasts.frozen_at IS NOT NULL ORDER BY broadcasts.id, recipients.contact",
        columns: &[
            ("broadcast", Plain),
            ("at", Time),
            ("state", Plain),
            ("reason", Plain),
            ("channel", Holds::Channel),
            ("account", Plain),
            ("language", Plain),
            ("replied", Time),
            ("second_way", Flag),
        ],
    },
    PersonTable {
        name: "audit",
        sql: "SELECT at, actor, what, why FROM audit
              WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1) ORDER BY id",
        columns: &[("at", Time), ("actor", Plain), ("what", Plain), ("why", Plain)],
    },
];

const MESSAGES: &str = "messages";

/// Every column of a person that is shown, behind its table: whoever words them for people misses none.
#[cfg(test)]
pub(crate) fn person_columns() -> Vec<(&'static str, &'static str)> {
    let shown = |table: &PersonTable| {
        let name = table.name;
        let columns = table.columns.iter().filter(|(_, holds)| !matches!(holds, Hidden));
        columns.map(move |(column, _)| (name, *column)).collect::<Vec<_>>()
    };
    TABLES.iter().flat_map(shown).collect()
}

/// What a look of the office at one person, or a change of it, is written down as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    pub by: String,
    /// `export`, `consent`, `block`, …
    pub what: &'static str,
    pub why: Option<String>,
    pub at: Timestamp,
}

/// An erasure as the office orders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub by: String,
    /// The ticket of the request, or the reason.
    pub why: String,
    pub at: Timestamp,
}

impl Erasure {
    /// As it is written down.
    pub(super) fn audit(&self) -> Audit {
        let (by, why) = (self.by.clone(), Some(self.why.clone()));
        Audit { by, what: "erase", why, at: self.at }
    }
}

/// The numbers of the person's messages in the log.
pub(super) fn messages_of(document: &Value) -> Vec<i64> {
    let rows = document.get(MESSAGES).and_then(Value::as_array);
    let ids = rows.into_iter().flatten().filter_map(|row| row.get("id").and_then(Value::as_i64));
    ids.collect()
}

/// The [`minimum`], sealed.
pub(super) fn sealed_minimum(
    keyring: &Keyring,
    contact: i64,
    document: &Value,
) -> Result<Vec<u8>, RecordsError> {
    let plain = minimum(document).to_string();
    keyring.seal(place::KEPT, contact, plain.as_bytes()).map_err(|error| cannot_seal(&error))
}

/// Everything of a person: an object with the rows of each table, opened.
///
/// # Errors
/// [`RecordsError::Broken`]: something sealed does not open.
pub(super) fn document(
    keyring: &Keyring,
    contact: i64,
    tables: &[Vec<Vec<Cell>>],
) -> Result<Value, RecordsError> {
    let mut all = Map::new();
    for (table, rows) in TABLES.iter().zip(tables) {
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            let mut object = Map::new();
            for ((name, holds), cell) in table.columns.iter().zip(row) {
                if matches!(holds, Hidden) || *cell == Cell::Null {
                    continue;
                }
                let value = value(keyring, *holds, cell, row).map_err(|reason| {
                    let (table, column) = (table.name, *name);
                    RecordsError::Broken { table, column, id: contact, reason }
                })?;
                object.insert((*name).to_owned(), value);
            }
            read.push(Value::Object(object));
        }
        all.insert(table.name.to_owned(), Value::Array(read));
    }
    Ok(Value::Object(all))
}

fn value(keyring: &Keyring, holds: Holds, cell: &Cell, row: &[Cell]) -> Result<Value, String> {
    let known = |name: Option<&'static str>, code: i64| {
        name.map_or_else(|| json!(code), |name| json!(name))
    };
    let opened = |place: &str, bound: usize| {
        let id = match row.get(bound) {
            Some(Cell::Int(id)) => *id,
            Some(Cell::Bytes(hash)) => {
                let hash: [u8; 16] =
                    hash.as_slice().try_into().map_err(|_| "no hash".to_owned())?;
                halves(hash).0
            }
            _ => return Err("nothing it is bound to".to_owned()),
        };
        let Cell::Bytes(sealed) = cell else { return Err("not sealed".to_owned()) };
        keyring.open_sealed(place, id, sealed).map_err(|error| error.to_string())
    };
    Ok(match (holds, cell) {
        (_, Cell::Null) => Value::Null,
        (Sealed(place, bound), _) => {
            let plain = opened(place, bound)?;
            json!(String::from_utf8(plain).map_err(|_| "not a text".to_owned())?)
        }
        (SealedJson(place, bound), _) => {
            let plain = opened(place, bound)?;
            serde_json::from_slice(&plain).map_err(|error| format!("{:?}", error.classify()))?
        }
        (_, Cell::Text(text)) => json!(text),
        (_, Cell::Bytes(_)) => return Err("bytes nobody can read".to_owned()),
        (Flag, Cell::Int(code)) => json!(*code != 0),
        (Time, Cell::Int(ms)) => json!(from_ms(*ms).to_string()),
        (Holds::Channel, Cell::Int(code)) => {
            known(Channel::from_code(*code).map(Channel::name), *code)
        }
        (Holds::Status, Cell::Int(code)) => {
            known(Status::from_code(*code).map(Status::name), *code)
        }
        (LaneOf, Cell::Int(code)) => {
            known(crate::message::Lane::from_code(*code).map(crate::message::Lane::name), *code)
        }
        (Direction, Cell::Int(code)) => {
            known((*code == 1).then_some("person").or(Some("us")), *code)
        }
        (State, Cell::Int(code)) => {
            known(MemberState::from_code(*code).map(MemberState::name), *code)
        }
        (Address, Cell::Int(code)) => {
            json!(
                AddressKind::from_code(*code)
                    .map_or_else(|| code.to_string(), |kind| format!("{kind:?}"))
            )
        }
        (Plain | Hidden, Cell::Int(number)) => json!(number),
    })
}

/// What the law has kept when a person is erased: who they were by their addresses, the ledger of their
/// consents, that and when messages went, and what they asked of the office; not a word of them.
fn minimum(document: &Value) -> Value {
    let table = |name: &str| document.get(name).cloned().unwrap_or(Value::Null);
    let mut messages = table(MESSAGES);
    if let Value::Array(rows) = &mut messages {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.remove("content");
        }
    }
    let mut requests = table("requests");
    if let Value::Array(rows) = &mut requests {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.remove("details");
        }
    }
    json!({
        "addresses": table("addresses"),
        "consents": table("consents"),
        MESSAGES: messages,
        "requests": requests,
    })
}

/// Until when the minimum is kept.
pub(super) fn kept_until(at: Timestamp) -> Timestamp {
    at.checked_add(KEPT_FOR).unwrap_or(Timestamp::MAX)
}

/// What goes when a person is erased, in this order (`?1`: the contact). What is counted stays as a row
/// without a person: messages by their number and state, requests by their ticket.
pub(super) const ERASE: [&str; 23] = [
    polls::ERASE[0],
    polls::ERASE[1],
    polls::ERASE[2],
    "DELETE FROM member_states WHERE member IN (SELECT id FROM members
         WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1))",
    "DELETE FROM member_history
         WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM members WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM tagged WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM posts WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM consents WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM asked WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM handovers WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM effects WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM media WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM sessions WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM timers WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM roads WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM merge_queue WHERE kept IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
         OR other IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM addresses WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "DELETE FROM broadcast_answers WHERE broadcast IN (SELECT id FROM broadcasts)
         AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    // Of broadcasts the count stays; whoever is just making their message finds that it is not their turn.
    "UPDATE recipients SET state = 2, reason = 'erased'
         WHERE state = 0 AND broadcast IN (SELECT id FROM broadcasts)
           AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "UPDATE recipients SET fallback_outgoing = 0
         WHERE fallback_outgoing IS NULL AND broadcast IN (SELECT id FROM broadcasts)
           AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    "UPDATE contacts SET referred_by = NULL
         WHERE referred_by IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
    // A turn made from what was known is a stranger's now.
    "UPDATE contacts SET version = version + 1, gave_up = 1, language = 'hi', language_chosen = 0,
            handed_over = 0, has_phone = 0, road_channel = NULL, road_account = NULL, road_inbound = NULL,
            last_inbound = NULL, last_message = NULL, referred_by = NULL, rang = NULL, blocked = NULL,
            no_promotion = NULL, no_dlt_consent = NULL
         WHERE id = ?1 OR merged_into = ?1",
];

/// The words of a message go with it; where it stands is counted still.
pub(super) const ERASE_MESSAGE: &str = "DELETE FROM messages WHERE id = ?1";

/// By what the provider knew it (`?1`: the message).
pub(super) const FORGET_PROVIDER: &str =
    "UPDATE outgoing SET provider_id = NULL WHERE id = ?1 AND provider_id IS NOT NULL";

/// What waits for the person does not go (`?2`: when).
pub(super) const ERASE_QUEUED: &str = "
    UPDATE outgoing SET status = 8, reason = 'erased', moved = ?2
    WHERE status = 0 AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)";

/// What they asked for stands as a ticket, settled (`?2`: when).
pub(super) const SETTLE_REQUESTS: &str = "
    UPDATE requests SET details = NULL, done = coalesce(done, CAST(?2 AS BIGINT))
    WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)";

/// How many of the memberships that go are counted, and how many of them as known from a list alone.
pub(super) const MEMBERS: &str = "
    SELECT count(*), count(CASE WHEN state = 1 THEN 1 END) FROM members WHERE until IS NULL
      AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)";

pub(super) const ADD_ERASURE: &str = "
    INSERT INTO erasures (contact, at, actor, why, until, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    RETURNING id";

/// By what a list of the office is kept from bringing the person back (`?2`: the erasure).
pub(super) const KEEP_OUT: &str = "
    INSERT INTO erased_addresses (hash, kind, erasure)
    SELECT hash, kind, CAST(?2 AS BIGINT) FROM addresses
    WHERE until IS NULL AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
    ON CONFLICT (hash, kind) DO UPDATE SET erasure = excluded.erasure";

/// What was kept of erased persons goes when its year is over (`?1`: now).
pub(super) const FORGET_KEPT: &str =
    "UPDATE erasures SET kept = NULL WHERE kept IS NOT NULL AND until <= ?1";

/// The contacts of those whose minimum is kept until `?1` or longer: of those erased since a year before.
pub(super) const ERASED_SINCE: &str = "
    SELECT contact FROM erasures WHERE kept IS NOT NULL AND until >= ?1
    UNION ALL
    SELECT c.id FROM erasures e CROSS JOIN contacts c
    WHERE e.kept IS NOT NULL AND e.until >= ?1 AND c.merged_into = e.contact AND c.merged_into IS NOT NULL";

pub(super) const ADD_AUDIT: &str =
    "INSERT INTO audit (actor, what, contact, why, at, count) VALUES (?1, ?2, ?3, ?4, ?5, 1)";

/// Nothing that waits goes to whoever is blocked, answers included (`?2`: when).
pub(super) const BLOCK_QUEUED: &str = "
    UPDATE outgoing SET status = 8, reason = 'blocked', moved = ?2
    WHERE status = 0 AND contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
    RETURNING id";

/// Whether the office writes to them (`?2`: since when it does not).
pub(super) const BLOCK: &str = "
    UPDATE contacts SET blocked = CAST(?2 AS BIGINT), version = version + 1
    WHERE id = ?1 AND (blocked IS NULL) <> (CAST(?2 AS BIGINT) IS NULL)";
