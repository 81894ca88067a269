//! Between what a poll is and how records hold it: sealed, hashed, made ready to be written.

use std::collections::HashMap;

use ring::digest;

use super::bound::Owned;
use super::{NewPoll, PollRow, Standing, VoterRow, name_of};
use crate::clock::from_ms;
use crate::poll::envelope::Origin;
use crate::poll::life::PollState;
use crate::poll::tally::Cell;
use crate::records::RecordsError;
use crate::records::common::{cannot_seal, place};
use crate::records::query::{Cells, Step, Value};
use crate::records::sql::polls as sql;
use crate::seal::Keyring;

/// The statement that writes a poll down.
pub(super) fn ready_new(keyring: &Keyring, new: NewPoll) -> Result<Step, RecordsError> {
    let created = new.at.as_millisecond();
    let seal = |place: &'static str, plain: &[u8]| {
        let sealed = keyring.seal(place, created, plain);
        sealed.map(Value::Bytes).map_err(|error| cannot_seal(&error))
    };
    let hash = digest::digest(&digest::SHA256, new.definition.as_bytes());
    let mut values = vec![
        Value::Text(new.name),
        seal(place::POLL, new.definition.as_bytes())?,
        Value::Bytes(hash.as_ref().to_vec()),
        new.opens.as_millisecond().into(),
        new.closes.as_millisecond().into(),
        i64::from(new.secret).into(),
        Value::from(&new.public_key),
        seal(place::POLL_ORDER, &new.order_key)?,
        Value::Text(new.posts.join("\n")),
        Value::Text(new.actor),
        created.into(),
    ];
    // A secret poll has no such key here, whatever the caller holds.
    match new.private_key.filter(|_| !new.secret) {
        None => Ok(Step { sql: sql::ADD, values }),
        Some(key) => {
            values.push(seal(place::POLL_KEY, &key)?);
            Ok(Step { sql: sql::ADD_WITH_KEY, values })
        }
    }
}

/// Rows of a roster as columns.
pub(super) struct Staged(pub(super) Vec<Vec<i64>>);

impl Staged {
    pub(super) fn of(
        keyring: &Keyring,
        poll: i64,
        voters: &[VoterRow],
    ) -> Result<Staged, RecordsError> {
        let mut columns: Vec<Vec<i64>> =
            (0..10).map(|_| Vec::with_capacity(voters.len())).collect();
        for row in voters {
            let VoterRow { voter, contact, person, origin } = *row;
            let contact = contact.ok_or_else(|| {
                RecordsError::Refused(format!("the voter {voter} is staged without a contact"))
            })?;
            let Cell { assembly, sector, booth, post } = origin.cell;
            let [seat, assembly, sector, booth, post] =
                [origin.seat, assembly, sector, booth, post].map(i64::from);
            let owned = Owned { poll, voter, contact: Some(contact), person };
            let bound = owned.bound(keyring);
            let row = [poll, voter, contact, person, seat, assembly, sector, booth, post, bound];
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        Ok(Staged(columns))
    }
}

fn broken(column: &'static str, id: i64, reason: &str) -> RecordsError {
    RecordsError::Broken { table: "polls", column, id, reason: reason.to_owned() }
}

pub(super) fn open_poll(keyring: &Keyring, row: &Cells) -> Result<PollRow, RecordsError> {
    let (id, created) = (row.int(0)?, row.int(17)?);
    let definition = keyring
        .open_sealed(place::POLL, created, row.bytes(3)?)
        .map_err(|error| broken("definition", id, &error.to_string()))?;
    let definition =
        String::from_utf8(definition).map_err(|_| broken("definition", id, "not a text"))?;
    let hash = |column: &'static str, bytes: &[u8]| {
        <[u8; 32]>::try_from(bytes).map_err(|_| broken(column, id, "not of 32 bytes"))
    };
    let maybe_hash = |column: &'static str, at: usize| {
        row.maybe_bytes(at)?.map(|bytes| hash(column, bytes)).transpose()
    };
    let number = |at: usize| -> Result<Option<u64>, RecordsError> {
        Ok(row.maybe_int(at)?.map(super::count))
    };
    let time = |at: usize| -> Result<_, RecordsError> { Ok(row.maybe_int(at)?.map(from_ms)) };
    Ok(PollRow {
        id,
        name: row.text(1)?.to_owned(),
        state: state_of(id, row.text(2)?)?,
        definition,
        hash: hash("hash", row.bytes(4)?)?,
        opens: from_ms(row.int(5)?),
        closes: from_ms(row.int(6)?),
        secret: row.int(7)? != 0,
        public_key: hash("public_key", row.bytes(8)?)?,
        order_key: open_key(keyring, place::POLL_ORDER, (id, created), row.bytes(9)?)?,
        posts: row.text(10)?.lines().map(str::to_owned).collect(),
        roster_hash: maybe_hash("roster_hash", 11)?,
        roster_people: number(12)?.unwrap_or(0),
        electorate_hash: maybe_hash("electorate_hash", 21)?,
        bundle_digest: maybe_hash("bundle_digest", 13)?,
        roll_head: maybe_hash("roll_head", 14)?,
        choices: number(15)?,
        actor: row.text(16)?.to_owned(),
        created: from_ms(created),
        opened_at: time(18)?,
        closed_at: time(19)?,
        counted_at: time(20)?,
    })
}

/// A key of a poll, which is bound to when it was made.
pub(super) fn open_key(
    keyring: &Keyring,
    place: &'static str,
    (id, created): (i64, i64),
    sealed: &[u8],
) -> Result<[u8; 32], RecordsError> {
    let column = place.split_once('.').map_or(place, |(_, column)| column);
    let opened = keyring.open_sealed(place, created, sealed);
    let opened = opened.map_err(|error| broken(column, id, &error.to_string()))?;
    opened.try_into().map_err(|_| broken(column, id, "not of 32 bytes"))
}

/// The state of a stored name.
pub(super) fn state_of(id: i64, name: &str) -> Result<PollState, RecordsError> {
    PollState::from_name(name).ok_or_else(|| broken("state", id, &format!("unknown state {name}")))
}

/// A number of a place.
pub(super) fn small(poll: i64, row: &Cells, column: usize) -> Result<u16, RecordsError> {
    u16::try_from(row.int(column)?).map_err(|_| RecordsError::Broken {
        table: "roster",
        column: "seat, assembly, sector, booth or post",
        id: poll,
        reason: "out of range".to_owned(),
    })
}

/// Five columns from this one on.
pub(super) fn origin_of(poll: i64, row: &Cells, from: usize) -> Result<Origin, RecordsError> {
    let number = |at: usize| small(poll, row, from + at);
    let cell =
        Cell { assembly: number(1)?, sector: number(2)?, booth: number(3)?, post: number(4)? };
    Ok(Origin { seat: number(0)?, cell })
}

/// One list for each contact, in their order.
pub(super) fn standings(
    keyring: &Keyring,
    contacts: &[i64],
    rows: &[Cells],
) -> Result<Vec<Vec<Standing>>, RecordsError> {
    // How many of one phone stand on one roster.
    let mut together: HashMap<(i64, i64), usize> = HashMap::new();
    for row in rows {
        *together.entry((row.int(0)?, row.int(1)?)).or_default() += 1;
    }
    let mut by_contact: HashMap<i64, Vec<Standing>> = HashMap::new();
    for row in rows {
        let (contact, poll) = (row.int(0)?, row.int(1)?);
        let (voter, person) = (row.int(2)?, row.int(3)?);
        let owned = Owned { poll, voter, contact: Some(contact), person };
        let several = together.get(&(contact, poll)).is_some_and(|many| *many > 1);
        let name = if several {
            name_of(keyring, contact, (row.maybe_int(10)?, row.maybe_bytes(11)?))?
        } else {
            None
        };
        by_contact.entry(contact).or_default().push(Standing {
            poll,
            voter,
            person,
            name,
            origin: origin_of(poll, row, 4)?,
            answered: row.maybe_int(9)?.map(from_ms),
            answers: row.int(12)?,
            is_bound: owned.is_bound(keyring, row.int(13)?),
            is_open: state_of(poll, row.text(14)?)? == PollState::Open,
        });
    }
    let of = |contact: &i64| by_contact.get(contact).cloned().unwrap_or_default();
    Ok(contacts.iter().map(of).collect())
}
