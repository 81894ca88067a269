//! Two contacts that are one person; see [`crate::records::merge`].

use std::sync::Arc;

use super::contacts::{add_address, owner, queue_merge, resolve};
use super::fault::Fault;
use super::statements::Statements;
use super::writer::Tx;
use super::{Sqlite, facts};
use crate::contact::{AddressKind, Identities, PhoneNumber};
use crate::message::{Channel, Purpose};
use crate::records::RecordsError;
use crate::records::common::{BY_PROVIDER, ReadyAddress, Told, place, ready_addresses};
use crate::records::merge::{
    Adopted, Side, Word, can_be_one, kept_and_given_up, plan, reseal, withdrawals,
};
use crate::records::sql::{contacts as contacts_sql, merge as sql, turns};
use crate::records::totals::Total;
use crate::seal::Keyring;

impl Sqlite {
    pub(in crate::records) async fn adopt(
        &self,
        from: &Identities,
        number: PhoneNumber,
    ) -> Result<Adopted, RecordsError> {
        let from = ready_addresses(&self.keyring, from)?;
        let number = ready_addresses(&self.keyring, &Identities::phone(number))?;
        let (keyring, clock) = (Arc::clone(&self.keyring), self.clock.clone());
        self.writer
            .submit(None, move |tx| {
                let now = clock.now().as_millisecond();
                match number.first() {
                    Some(number) => adopt(tx, &keyring, &from, number, now),
                    None => Ok(Adopted::Known),
                }
            })
            .await
    }
}

fn adopt(
    tx: &mut Tx<'_>,
    keyring: &Keyring,
    from: &[ReadyAddress],
    number: &ReadyAddress,
    now: i64,
) -> Result<Adopted, Fault> {
    let speaker = resolve(tx, from, now)?;
    let owner = owner(tx, number)?;
    if owner == Some(speaker) {
        return Ok(Adopted::Known);
    }
    let own = kinds(**tx, speaker)?;
    let other = match owner {
        Some(owner) => kinds(**tx, owner)?,
        None => vec![AddressKind::Phone],
    };
    if !can_be_one(&own, &other) {
        if let Some(owner) = owner {
            queue_merge(tx, speaker, owner, number, now)?;
        }
        return Ok(Adopted::Refused);
    }
    let Some(owner) = owner else {
        add_address(tx, speaker, number, now)?;
        return Ok(Adopted::Added { contact: speaker });
    };
    let (kept, given_up) = kept_and_given_up(speaker, owner);
    merge(tx, keyring, speaker, (kept, given_up), now)?;
    Ok(Adopted::Merged { kept, given_up })
}

/// The kinds of the addresses a contact has now.
fn kinds(statements: Statements<'_>, contact: i64) -> Result<Vec<AddressKind>, Fault> {
    let kinds = statements.rows(contacts_sql::ADDRESSES, [contact], |row| row.get::<_, i64>(1))?;
    Ok(kinds.into_iter().filter_map(AddressKind::from_code).collect())
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

    tx.run(sql::MOVE_REFERRERS, both)?;
    if let Some(leaves) = plan.leaves {
        let left = tx.run(sql::END, (leaves, now))?;
        tx.totals.add(Total::Members, -i64::from(left == 1));
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
    for moves in sql::MOVES {
        tx.run(moves, both)?;
    }
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
            facts::suppress(tx, &told, purpose)?;
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
