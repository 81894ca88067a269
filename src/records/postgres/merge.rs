//! Two contacts that are one person; see [`crate::records::merge`]. Both are locked in the order of their
//! numbers before anything is decided; what another process did meanwhile is seen then.

use std::sync::Arc;

use tokio_postgres::Row;

use super::Postgres;
use super::contacts::{ADDRESS_IDS, add_addresses, key, owners, resolve};
use super::facts;
use super::fault::Fault;
use super::polls;
use super::sql::{Sql, get, get_bool};
use super::tx::{Op, Tx};
use crate::clock::{Clock, from_ms};
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

const LOCK: &str = "SELECT id FROM contacts WHERE id = ANY(?1) ORDER BY id FOR UPDATE";

impl Postgres {
    /// Takes addresses to whoever `from` is.
    pub(in crate::records) async fn adopt(
        &self,
        from: &Identities,
        claimed: &Identities,
    ) -> Result<Adopted, RecordsError> {
        let from = ready_addresses(&self.keyring, from)?;
        let claimed = ready_addresses(&self.keyring, claimed)?;
        let (keyring, clock) = (Arc::clone(&self.keyring), self.clock.clone());
        self.writer.submit(Adopt { from, claimed, keyring, clock }).await
    }

    pub(in crate::records) async fn settle_merge(
        &self,
        merge: i64,
    ) -> Result<Adopted, RecordsError> {
        let (keyring, clock) = (Arc::clone(&self.keyring), self.clock.clone());
        self.writer.submit(Settle { merge, keyring, clock }).await
    }
}

struct Adopt {
    from: Vec<ReadyAddress>,
    claimed: Vec<ReadyAddress>,
    keyring: Arc<Keyring>,
    clock: Clock,
}

impl Op for Adopt {
    type Done = Adopted;

    async fn run(&mut self, tx: &mut Tx) -> Result<Adopted, Fault> {
        let now = self.clock.now().as_millisecond();
        let mut came_to = Adopted::Known;
        for address in &self.claimed {
            came_to = came_to.and(adopt(tx, &self.keyring, &self.from, address, now).await?);
        }
        Ok(came_to)
    }
}

async fn adopt(
    tx: &mut Tx,
    keyring: &Keyring,
    from: &[ReadyAddress],
    claimed: &ReadyAddress,
    now: i64,
) -> Result<Adopted, Fault> {
    let found = resolve(tx, &[from], now).await?;
    let Some(speaker) = found.first().copied() else { return Ok(Adopted::Known) };
    let owner = owner(tx, claimed).await?;
    if owner == Some(speaker) {
        return Ok(Adopted::Known);
    }
    lock(tx, owner.into_iter().chain([speaker])).await?;
    let still = resolve(tx, &[from], now).await?.first().copied();
    if still != Some(speaker) || self::owner(tx, claimed).await? != owner {
        return Err(Fault::Again("another process met the same person".to_owned()));
    }
    let own = known(&tx.sql, speaker).await?;
    let Some(owner) = owner else {
        let alone = Known { kinds: vec![claimed.kind], gave_up: false };
        if matches!(why_two(&own, &alone), Some(WhyTwo::TwoNumbers | WhyTwo::TwoUsers)) {
            return Ok(Adopted::Refused);
        }
        let id: i64 = get(&tx.sql.one(ADDRESS_IDS, &[&1_i64]).await?, 0)?;
        add_addresses(&tx.sql, vec![(id, speaker, claimed)], now).await?;
        tx.sql.run(contacts_sql::HAS_PHONE, &[&speaker]).await?;
        return Ok(Adopted::Added { contact: speaker });
    };
    if tx.sql.row(sql::KEPT_APART, &[&speaker, &owner]).await?.is_some() {
        return Ok(Adopted::Refused);
    }
    if why_two(&own, &known(&tx.sql, owner).await?).is_some() {
        let kind = claimed.kind.code();
        tx.sql.run(contacts_sql::QUEUE_MERGE, &[&speaker, &owner, &kind, &now]).await?;
        return Ok(Adopted::Refused);
    }
    let (kept, given_up) = kept_and_given_up(speaker, owner);
    merge(tx, keyring, speaker, (kept, given_up), now).await?;
    Ok(Adopted::Merged { kept, given_up })
}

/// Holds contacts until the transaction ends, in the order that everybody takes them in.
async fn lock(tx: &Tx, contacts: impl Iterator<Item = i64>) -> Result<(), Fault> {
    let mut contacts: Vec<i64> = contacts.collect();
    contacts.sort_unstable();
    tx.sql.rows(LOCK, &[&contacts]).await.map(drop)
}

struct Settle {
    merge: i64,
    keyring: Arc<Keyring>,
    clock: Clock,
}

impl Op for Settle {
    type Done = Adopted;

    /// The office decided that they are one.
    async fn run(&mut self, tx: &mut Tx) -> Result<Adopted, Fault> {
        let now = self.clock.now().as_millisecond();
        let before = open_one(&tx.sql, self.merge).await?;
        if let Some(open) = &before {
            lock(tx, [open.speaker, open.owner].into_iter()).await?;
        }
        if open_one(&tx.sql, self.merge).await? != before {
            return Err(Fault::Again("another process met the same person".to_owned()));
        }
        tx.sql.run(sql::SETTLE_ONE, &[&self.merge, &now]).await?;
        let Some(open) = before else { return Ok(Adopted::Known) };
        let mut held = Vec::new();
        for contact in [open.speaker, open.owner] {
            for row in tx.sql.rows(contacts_sql::ADDRESSES, &[&contact]).await? {
                let (id, by_owner) = (get(&row, 0)?, contact == open.owner);
                let kind = AddressKind::from_code(get(&row, 1)?);
                held.extend(kind.map(|kind| Held { id, kind, by_owner }));
            }
        }
        let surplus = given_up_addresses(&held, open.kind);
        for address in &surplus {
            tx.sql.run(contacts_sql::RETIRE_ADDRESS, &[address, &now]).await?;
        }
        let owner_spoke_last =
            wrote(&tx.sql, open.owner).await? > wrote(&tx.sql, open.speaker).await?;
        let speaks = if owner_spoke_last { open.owner } else { open.speaker };
        let (kept, given_up) = kept_and_given_up(open.speaker, open.owner);
        merge(tx, &self.keyring, speaks, (kept, given_up), now).await?;
        if !surplus.is_empty() {
            tx.sql.run(contacts_sql::MOVED, &[&kept]).await?;
        }
        Ok(Adopted::Merged { kept, given_up })
    }
}

async fn wrote(sql: &Sql, contact: i64) -> Result<Option<i64>, Fault> {
    match sql.row(contacts_sql::LAST_INBOUND, &[&contact]).await? {
        Some(row) => get(&row, 0),
        None => Ok(None),
    }
}

pub(super) async fn open_one(statements: &Sql, merge: i64) -> Result<Option<OpenMerge>, Fault> {
    match statements.row(sql::OPEN_ONE, &[&merge]).await? {
        Some(row) => read_open(&row),
        None => Ok(None),
    }
}

/// A row of [`sql::OPEN`]; `None` of a kind of address that nobody knows.
pub(super) fn read_open(row: &Row) -> Result<Option<OpenMerge>, Fault> {
    let Some(kind) = AddressKind::from_code(get(row, 3)?) else { return Ok(None) };
    let (id, speaker, owner) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
    Ok(Some(OpenMerge { id, speaker, owner, kind, at: from_ms(get(row, 4)?) }))
}

async fn owner(tx: &Tx, address: &ReadyAddress) -> Result<Option<i64>, Fault> {
    let key = key(address);
    Ok(owners(&tx.sql, &[key]).await?.get(&key).copied())
}

/// What deciding needs of a contact.
pub(super) async fn known(statements: &Sql, contact: i64) -> Result<Known, Fault> {
    let mut known = Known::default();
    for row in statements.rows(contacts_sql::ADDRESSES, &[&contact]).await? {
        known.kinds.extend(AddressKind::from_code(get(&row, 1)?));
    }
    if let Some(row) = statements.row(sql::GAVE_UP, &[&contact]).await? {
        known.gave_up = get_bool(&row, 0)?;
    }
    Ok(known)
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
    let rosters = polls::rows_of(&tx.sql, keyring, (kept, given_up)).await?;

    if let Some(leaves) = plan.leaves {
        let listed = tx.sql.row(facts_sql::LISTED, &[&leaves]).await?;
        let left = tx.sql.run(sql::END, &[&leaves, &now]).await?;
        tx.totals.add(Total::Members, -i64::try_from(left).unwrap_or(0));
        tx.totals.add(Total::Listed, -i64::from(listed.is_some()));
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
    for (waits, theirs) in [(given_up, kept), (kept, given_up)] {
        let stopped = tx.sql.run(broadcasts_sql::STOP_TWICE, &[&waits, &theirs, &now]).await?;
        let stopped = usize::try_from(stopped).unwrap_or(usize::MAX);
        tx.totals.moved(Some(Status::Queued), Status::Suppressed, stopped);
    }
    for moves in sql::MOVES {
        tx.sql.run(moves, &[&kept, &given_up]).await?;
    }
    polls::bind(&tx.sql, keyring, &rosters).await?;
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
            facts::suppress(tx, &told, purpose, None).await?;
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
