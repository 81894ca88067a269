//! Two contacts that are one person; see [`crate::records::merge`]. Both are locked in the order of their
//! numbers before anything is decided; what another process did meanwhile is seen then.

use std::sync::Arc;

use super::Postgres;
use super::contacts::{ADDRESS_IDS, add_addresses, key, owners, resolve};
use super::facts;
use super::fault::Fault;
use super::sql::{get, get_bool};
use super::tx::{Op, Tx};
use crate::clock::Clock;
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

const LOCK: &str = "SELECT id FROM contacts WHERE id = ANY(?1) ORDER BY id FOR UPDATE";

impl Postgres {
    pub(in crate::records) async fn adopt(
        &self,
        from: &Identities,
        number: PhoneNumber,
    ) -> Result<Adopted, RecordsError> {
        let from = ready_addresses(&self.keyring, from)?;
        let number = ready_addresses(&self.keyring, &Identities::phone(number))?;
        let (keyring, clock) = (Arc::clone(&self.keyring), self.clock.clone());
        self.writer.submit(Adopt { from, number, keyring, clock }).await
    }
}

struct Adopt {
    from: Vec<ReadyAddress>,
    /// One.
    number: Vec<ReadyAddress>,
    keyring: Arc<Keyring>,
    clock: Clock,
}

impl Op for Adopt {
    type Done = Adopted;

    async fn run(&mut self, tx: &mut Tx) -> Result<Adopted, Fault> {
        let now = self.clock.now().as_millisecond();
        let Some(number) = self.number.first() else { return Ok(Adopted::Known) };
        let found = resolve(tx, &[self.from.as_slice()], now).await?;
        let Some(speaker) = found.first().copied() else { return Ok(Adopted::Known) };
        let owner = owner(tx, number).await?;
        if owner == Some(speaker) {
            return Ok(Adopted::Known);
        }
        let mut both: Vec<i64> = owner.into_iter().chain([speaker]).collect();
        both.sort_unstable();
        tx.sql.rows(LOCK, &[&both]).await?;
        let still = resolve(tx, &[self.from.as_slice()], now).await?.first().copied();
        if still != Some(speaker) || self::owner(tx, number).await? != owner {
            return Err(Fault::Again("another process met the same person".to_owned()));
        }
        let own = kinds(tx, speaker).await?;
        let other = match owner {
            Some(owner) => kinds(tx, owner).await?,
            None => vec![AddressKind::Phone],
        };
        if !can_be_one(&own, &other) {
            if let Some(owner) = owner {
                let kind = number.kind.code();
                tx.sql.run(contacts_sql::QUEUE_MERGE, &[&speaker, &owner, &kind, &now]).await?;
            }
            return Ok(Adopted::Refused);
        }
        let Some(owner) = owner else {
            let id: i64 = get(&tx.sql.one(ADDRESS_IDS, &[&1_i64]).await?, 0)?;
            add_addresses(&tx.sql, vec![(id, speaker, number)], now).await?;
            tx.sql.run(contacts_sql::HAS_PHONE, &[&speaker]).await?;
            return Ok(Adopted::Added { contact: speaker });
        };
        let (kept, given_up) = kept_and_given_up(speaker, owner);
        merge(tx, &self.keyring, speaker, (kept, given_up), now).await?;
        Ok(Adopted::Merged { kept, given_up })
    }
}

async fn owner(tx: &Tx, address: &ReadyAddress) -> Result<Option<i64>, Fault> {
    let key = key(address);
    Ok(owners(&tx.sql, &[key]).await?.get(&key).copied())
}

/// The kinds of the addresses a contact has now.
async fn kinds(tx: &Tx, contact: i64) -> Result<Vec<AddressKind>, Fault> {
    let mut kinds = Vec::new();
    for row in tx.sql.rows(contacts_sql::ADDRESSES, &[&contact]).await? {
        kinds.extend(AddressKind::from_code(get(&row, 1)?));
    }
    Ok(kinds)
}

async fn merge(
    tx: &mut Tx,
    keyring: &Keyring,
    speaker: i64,
    (kept, given_up): (i64, i64),
    now: i64,
) -> Result<(), Fault> {
    let mut sides = Vec::with_capacity(2);
    for row in tx.sql.rows(sql::SIDES, &[&kept, &given_up]).await? {
        sides.push(Side {
            id: get(&row, 0)?,
            referred_by: get(&row, 1)?,
            since: get(&row, 2)?,
            state: get(&row, 3)?,
            name_hash: get(&row, 4)?,
        });
    }
    let plan = plan(&sides, kept, given_up);
    let mut ledger: Vec<Word> = Vec::new();
    for row in tx.sql.rows(sql::LEDGER, &[&kept, &given_up]).await? {
        let how: String = get(&row, 3)?;
        ledger.push(Word {
            contact: get(&row, 0)?,
            purpose: get(&row, 1)?,
            given: get_bool(&row, 2)?,
            by_provider: how == BY_PROVIDER,
        });
    }
    let session = session_that_stands(tx, keyring, speaker, (kept, given_up)).await?;

    if let Some(leaves) = plan.leaves {
        let left = tx.sql.run(sql::END, &[&leaves, &now]).await?;
        tx.totals.add(Total::Members, -i64::try_from(left).unwrap_or(0));
    }
    if let Some(aside) = plan.aside {
        for steps in sql::ASIDE {
            tx.sql.run(steps, &[&kept, &given_up, &aside]).await?;
        }
    }
    for others in sql::OTHERS {
        tx.sql.run(others, &[&kept, &given_up]).await?;
    }
    for (place, read, write) in sql::SEALED {
        for row in tx.sql.rows(read, &[&given_up]).await? {
            let id: i64 = get(&row, 0)?;
            let anew = match get::<Option<&[u8]>>(&row, 1)? {
                Some(sealed) => Some(reseal(keyring, place, id, (kept, given_up), sealed)?),
                None => None,
            };
            tx.sql.run(write, &[&id, &kept, &anew]).await?;
        }
    }
    tx.sql.run(sql::ROADS, &[&kept, &given_up]).await?;
    tx.sql.run(sql::MOVE_REFERRERS, &[&kept, &given_up]).await?;
    tx.sql.run(sql::CONTACT, &[&kept, &given_up, &plan.referred_by]).await?;
    tx.sql.run(sql::ROAD, &[&kept]).await?;
    tx.sql.run(sql::ROADS_DONE, &[&kept, &given_up]).await?;
    for moves in sql::MOVES {
        tx.sql.run(moves, &[&kept, &given_up]).await?;
    }
    tx.sql.run(sql::SETTLE, &[&kept, &given_up, &now]).await?;
    tx.sql.run(sql::GIVEN_UP, &[&kept, &given_up]).await?;
    tx.totals.add(Total::Contacts, -1);
    if let Some((of, sealed)) = session {
        let silent = if of == kept { given_up } else { kept };
        tx.sql.run(turns::CLEAR_TIMERS, &[&silent]).await?;
        tx.sql.run(sql::KEEP_SESSION, &[&kept, &sealed]).await?;
    } else {
        tx.sql.run(turns::CLEAR_TIMERS, &[&kept]).await?;
        tx.sql.run(turns::CLEAR_TIMERS, &[&given_up]).await?;
    }
    tx.sql.run(sql::MOVE_TIMERS, &[&kept, &given_up]).await?;
    tx.sql.run(turns::CLOSE_SESSION, &[&given_up]).await?;
    for purpose in withdrawals(&ledger) {
        tx.sql.run(sql::WITHDRAW, &[&kept, &purpose, &now]).await?;
        let told = Told { contact: kept, channel: Channel::Internal, message: None, at: now };
        if let Some(purpose) = Purpose::from_name(purpose) {
            facts::suppress(tx, &told, purpose).await?;
        }
    }
    Ok(())
}

/// Whose conversation goes on, and it, sealed for the contact that stays.
async fn session_that_stands(
    tx: &Tx,
    keyring: &Keyring,
    speaker: i64,
    (kept, given_up): (i64, i64),
) -> Result<Option<(i64, Vec<u8>)>, Fault> {
    let silent = if speaker == kept { given_up } else { kept };
    for of in [speaker, silent] {
        if let Some(row) = tx.sql.row(contacts_sql::SESSION, &[&of]).await? {
            let sealed = reseal(keyring, place::SESSION, of, (kept, of), get(&row, 0)?)?;
            return Ok(Some((of, sealed)));
        }
    }
    Ok(None)
}
