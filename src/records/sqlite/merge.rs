//! Two contacts that are one person; see [`crate::records::merge`].

use std::sync::Arc;

use rusqlite::Row;

use super::contacts::{add_address, owner, queue_merge, resolve};
use super::fault::Fault;
use super::statements::Statements;
use super::writer::Tx;
use super::{Sqlite, facts, polls};
use crate::clock::from_ms;
use crate::contact::{AddressKind, Identities};
use crate::message::{Channel, Purpose, Status};
use crate::records::RecordsError;
use crate::records::common::{BY_PROVIDER, ReadyAddress, Told, place, ready_addresses};
use crate::records::merge::{
    Adopted, Held, Known, OpenMerge, Side, WhyTwo, Word, given_up_addresses, kept_and_given_up,
    plan, reseal, why_two, withdrawals,
};
use crate::records::sql::{
    broadcasts as broadcasts_sql, contacts as contacts_sql, facts as facts_sql, merge as sql, turns,
};
use crate::records::totals::Total;
use crate::seal::Keyring;

impl Sqlite {
    /// Takes addresses to whoever `from` is.
    pub(in crate::records) async fn adopt(
        &self,
        from: &Identities,
        claimed: &Identities,
    ) -> Result<Adopted, RecordsError> {
        let from = ready_addresses(&self.keyring, from)?;
        let claimed = ready_addresses(&self.keyring, claimed)?;
        let (keyring, clock) = (Arc::clone(&self.keyring), self.clock.clone());
        self.writer
            .submit(None, move |tx| {
                let now = clock.now().as_millisecond();
                let mut came_to = Adopted::Known;
                for address in &claimed {
                    came_to = came_to.and(adopt(tx, &keyring, &from, address, now)?);
                }
                Ok(came_to)
            })
            .await
    }

    pub(in crate::records) async fn settle_merge(
        &self,
        merge: i64,
    ) -> Result<Adopted, RecordsError> {
        let (keyring, clock) = (Arc::clone(&self.keyring), self.clock.clone());
        self.writer
            .submit(None, move |tx| settle(tx, &keyring, merge, clock.now().as_millisecond()))
            .await
    }
}

fn adopt(
    tx: &mut Tx<'_>,
    keyring: &Keyring,
    from: &[ReadyAddress],
    claimed: &ReadyAddress,
    now: i64,
) -> Result<Adopted, Fault> {
    let speaker = resolve(tx, from, now)?;
    let owner = owner(tx, claimed)?;
    if owner == Some(speaker) {
        return Ok(Adopted::Known);
    }
    let own = known(**tx, speaker)?;
    let Some(owner) = owner else {
        let alone = Known { kinds: vec![claimed.kind], gave_up: false };
        if matches!(why_two(&own, &alone), Some(WhyTwo::TwoNumbers | WhyTwo::TwoUsers)) {
            return Ok(Adopted::Refused);
        }
        add_address(tx, speaker, claimed, now)?;
        return Ok(Adopted::Added { contact: speaker });
    };
    if tx.row(sql::KEPT_APART, (speaker, owner), |_| Ok(()))?.is_some() {
        return Ok(Adopted::Refused);
    }
    if why_two(&own, &known(**tx, owner)?).is_some() {
        queue_merge(tx, speaker, owner, claimed, now)?;
        return Ok(Adopted::Refused);
    }
    let (kept, given_up) = kept_and_given_up(speaker, owner);
    merge(tx, keyring, speaker, (kept, given_up), now)?;
    Ok(Adopted::Merged { kept, given_up })
}

/// The office decided that they are one.
fn settle(tx: &mut Tx<'_>, keyring: &Keyring, id: i64, now: i64) -> Result<Adopted, Fault> {
    let open = tx.row(sql::OPEN_ONE, [id], read_open)?;
    tx.run(sql::SETTLE_ONE, (id, now))?;
    let Some(open) = open.flatten() else { return Ok(Adopted::Known) };
    let mut held = Vec::new();
    for contact in [open.speaker, open.owner] {
        let addresses: Vec<(i64, i64)> =
            tx.rows(contacts_sql::ADDRESSES, [contact], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, kind) in addresses {
            let by_owner = contact == open.owner;
            held.extend(AddressKind::from_code(kind).map(|kind| Held { id, kind, by_owner }));
        }
    }
    let surplus = given_up_addresses(&held, open.kind);
    for address in &surplus {
        tx.run(contacts_sql::RETIRE_ADDRESS, (address, now))?;
    }
    let wrote = |contact: i64| {
        tx.row(contacts_sql::LAST_INBOUND, [contact], |row| row.get::<_, Option<i64>>(0))
    };
    let speaks = if wrote(open.owner)? > wrote(open.speaker)? { open.owner } else { open.speaker };
    let (kept, given_up) = kept_and_given_up(open.speaker, open.owner);
    merge(tx, keyring, speaks, (kept, given_up), now)?;
    if !surplus.is_empty() {
        tx.run(contacts_sql::MOVED, [kept])?;
    }
    Ok(Adopted::Merged { kept, given_up })
}

/// A row of [`sql::OPEN`]; `None` of a kind of address that nobody knows.
pub(super) fn read_open(row: &Row<'_>) -> rusqlite::Result<Option<OpenMerge>> {
    let Some(kind) = AddressKind::from_code(row.get(3)?) else { return Ok(None) };
    let at = from_ms(row.get(4)?);
    Ok(Some(OpenMerge { id: row.get(0)?, speaker: row.get(1)?, owner: row.get(2)?, kind, at }))
}

/// What deciding needs of a contact.
pub(super) fn known(statements: Statements<'_>, contact: i64) -> Result<Known, Fault> {
    let kinds = statements.rows(contacts_sql::ADDRESSES, [contact], |row| row.get::<_, i64>(1))?;
    let gave_up = statements.row(sql::GAVE_UP, [contact], |row| row.get(0))?;
    Ok(Known {
        kinds: kinds.into_iter().filter_map(AddressKind::from_code).collect(),
        gave_up: gave_up.unwrap_or_default(),
    })
}

fn merge(
    tx: &mut Tx<'_>,
    keyring: &Keyring,
    speaker: i64,
    (kept, given_up): (i64, i64),
    now: i64,
) -> Result<(), Fault> {
    let both = (kept, given_up);
    let sides = tx.rows(sql::SIDES, both, |row| {
        Ok(Side {
            id: row.get(0)?,
            referred_by: row.get(1)?,
            since: row.get(2)?,
            state: row.get(3)?,
            name_hash: row.get(4)?,
        })
    })?;
    let plan = plan(&sides, kept, given_up);
    let ledger: Vec<Word> = tx.rows(sql::LEDGER, both, |row| {
        let how: String = row.get(3)?;
        let (contact, purpose, given) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Word { contact, purpose, given, by_provider: how == BY_PROVIDER })
    })?;
    let session = session_that_stands(**tx, keyring, speaker, both)?;
    let rosters = polls::rows_of(**tx, keyring, both)?;

    tx.run(sql::MOVE_REFERRERS, both)?;
    if let Some(leaves) = plan.leaves {
        let listed = tx.row(facts_sql::LISTED, [leaves], |row| row.get::<_, i64>(0))?;
        let left = tx.run(sql::END, (leaves, now))?;
        tx.totals.add(Total::Members, -i64::from(left == 1));
        tx.totals.add(Total::Listed, -i64::from(listed.is_some()));
    }
    if let Some(aside) = plan.aside {
        for steps in sql::ASIDE {
            tx.run(steps, (kept, given_up, aside))?;
        }
    }
    for others in sql::OTHERS {
        tx.run(others, both)?;
    }
    for (place, read, write) in sql::SEALED {
        let rows: Vec<(i64, Option<Vec<u8>>)> =
            tx.rows(read, [given_up], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, sealed) in rows {
            let anew = match sealed {
                Some(sealed) => Some(reseal(keyring, place, id, both, &sealed)?),
                None => None,
            };
            tx.run(write, (id, kept, anew))?;
        }
    }
    tx.run(sql::ROADS, both)?;
    tx.run(sql::CONTACT, (kept, given_up, plan.referred_by))?;
    tx.run(sql::ROAD, [kept])?;
    tx.run(sql::ROADS_DONE, both)?;
    for (waits, theirs) in [(given_up, kept), (kept, given_up)] {
        let stopped = tx.run(broadcasts_sql::STOP_TWICE, (waits, theirs, now))?;
        tx.totals.moved(Some(Status::Queued), Status::Suppressed, stopped);
    }
    for moves in sql::MOVES {
        tx.run(moves, both)?;
    }
    polls::bind(**tx, keyring, &rosters)?;
    tx.run(sql::SETTLE, (kept, given_up, now))?;
    tx.run(sql::GIVEN_UP, both)?;
    tx.totals.add(Total::Contacts, -1);
    if let Some((of, sealed)) = session {
        let silent = if of == kept { given_up } else { kept };
        tx.run(turns::CLEAR_TIMERS, [silent])?;
        tx.run(sql::KEEP_SESSION, (kept, sealed))?;
    } else {
        tx.run(turns::CLEAR_TIMERS, [kept])?;
        tx.run(turns::CLEAR_TIMERS, [given_up])?;
    }
    tx.run(sql::MOVE_TIMERS, both)?;
    tx.run(turns::CLOSE_SESSION, [given_up])?;
    for purpose in withdrawals(&ledger) {
        tx.run(sql::WITHDRAW, (kept, purpose, now))?;
        let told = Told { contact: kept, channel: Channel::Internal, message: None, at: now };
        if let Some(purpose) = Purpose::from_name(purpose) {
            facts::suppress(tx, &told, purpose, None)?;
        }
    }
    Ok(())
}

/// Whose conversation goes on, and it, sealed for the contact that stays.
fn session_that_stands(
    statements: Statements<'_>,
    keyring: &Keyring,
    speaker: i64,
    (kept, given_up): (i64, i64),
) -> Result<Option<(i64, Vec<u8>)>, Fault> {
    let silent = if speaker == kept { given_up } else { kept };
    for of in [speaker, silent] {
        let sealed: Option<Vec<u8>> =
            statements.row(contacts_sql::SESSION, [of], |row| row.get(0))?;
        if let Some(sealed) = sealed {
            return Ok(Some((of, reseal(keyring, place::SESSION, of, (kept, of), &sealed)?)));
        }
    }
    Ok(None)
}
