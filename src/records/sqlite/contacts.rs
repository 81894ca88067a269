//! Who is speaking: contacts and their addresses.

use super::Sqlite;
use super::fault::Fault;
use super::statements::Statements;
use super::writer::Tx;
use crate::contact::{AddressKind, Identities};
use crate::message::Channel;
use crate::records::common::{ReadyAddress, ends_with, open_address, ready_addresses};
use crate::records::sql::contacts as sql;
use crate::records::totals::Total;
use crate::records::{RecordsError, Sender};
use crate::seal::Keyring;

/// An address as a store finds it.
type Hashed = (i64, [u8; 16]);

impl Sqlite {
    pub(in crate::records) async fn senders(
        &self,
        from: Vec<(Channel, Identities)>,
    ) -> Result<Vec<Sender>, RecordsError> {
        if from.is_empty() {
            return Ok(Vec::new());
        }
        if from.iter().any(|(_, identities)| identities.is_empty()) {
            return Err(RecordsError::Refused("a sender without any address".to_owned()));
        }
        let hashed: Vec<Vec<Hashed>> = from
            .iter()
            .map(|(_, identities)| {
                let addresses = identities.addresses.iter();
                addresses
                    .map(|address| (address.kind.code(), self.keyring.address_hash(address)))
                    .collect()
            })
            .collect();
        // Almost always everybody is known already and nothing has to be written.
        let known = self.readers.ask(move |statements| all_known(statements, &hashed)).await?;
        if let Some(contacts) = known {
            let whole = |contact| Sender { contact, is_torn: false };
            return Ok(contacts.into_iter().map(whole).collect());
        }
        let mut ready = Vec::with_capacity(from.len());
        for (_, identities) in &from {
            ready.push(ready_addresses(&self.keyring, identities)?);
        }
        let clock = self.clock.clone();
        self.writer
            .submit(None, move |tx| {
                let now = clock.now().as_millisecond();
                ready.iter().map(|addresses| sender(tx, addresses, now)).collect()
            })
            .await
    }

    pub(in crate::records) async fn addresses(
        &self,
        contact: i64,
    ) -> Result<Identities, RecordsError> {
        let keyring = std::sync::Arc::clone(&self.keyring);
        self.readers.ask(move |statements| read_addresses(statements, &keyring, contact)).await
    }
}

/// Every address a contact has now, in the order we came to know them.
pub(super) fn read_addresses(
    statements: Statements<'_>,
    keyring: &Keyring,
    contact: i64,
) -> Result<Identities, Fault> {
    let rows: Vec<(i64, i64, [u8; 16], Vec<u8>)> =
        statements.rows(sql::ADDRESSES, [contact], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let mut identities = Identities::default();
    for (id, kind, hash, sealed) in rows {
        identities.addresses.push(open_address(keyring, id, kind, hash, &sealed)?);
    }
    Ok(identities)
}

/// The contacts of all senders when every address of each is known and theirs alone.
fn all_known(
    statements: Statements<'_>,
    senders: &[Vec<Hashed>],
) -> Result<Option<Vec<i64>>, Fault> {
    let mut contacts = Vec::with_capacity(senders.len());
    for addresses in senders {
        let mut contact: Option<i64> = None;
        for (kind, hash) in addresses {
            let owner: Option<i64> =
                statements.row(sql::OWNER, (kind, hash.as_slice()), |row| row.get(0))?;
            match (owner, contact) {
                (Some(owner), None) => contact = Some(owner),
                (Some(owner), Some(known)) if owner == known => {}
                _ => return Ok(None),
            }
        }
        match contact {
            Some(contact) => contacts.push(contact),
            None => return Ok(None),
        }
    }
    Ok(Some(contacts))
}

/// The contact of one sender; see [`sender`].
pub(super) fn resolve(tx: &mut Tx<'_>, addresses: &[ReadyAddress], now: i64) -> Result<i64, Fault> {
    Ok(sender(tx, addresses, now)?.contact)
}

/// The first known address says who it is; unknown ones are added to that contact; one that belongs to
/// somebody else is left there and a person decides later.
fn sender(tx: &mut Tx<'_>, addresses: &[ReadyAddress], now: i64) -> Result<Sender, Fault> {
    if addresses.is_empty() {
        return Err(Fault::refused("a sender without any address"));
    }
    let mut owners = Vec::with_capacity(addresses.len());
    for address in addresses {
        owners.push(owner(tx, address)?);
    }
    let contact = if let Some(contact) = owners.iter().flatten().next() {
        *contact
    } else {
        let has_phone = addresses.iter().any(|address| address.kind.is_of_a_phone());
        tx.totals.add(Total::Contacts, 1);
        tx.one(sql::NEW_CONTACT, (now, has_phone), |row| row.get(0))?
    };
    let mut is_torn = false;
    for (address, owner) in addresses.iter().zip(owners) {
        match owner {
            None => add_address(tx, contact, address, now)?,
            Some(other) if other == contact => {}
            Some(other) => {
                queue_merge(tx, contact, other, address, now)?;
                is_torn = true;
            }
        }
    }
    Ok(Sender { contact, is_torn })
}

/// The person's number or provider id changed: the new addresses are theirs, and the old ones are
/// given up, for the next person who writes from them is somebody else.
///
/// A provider's id is made anew with each new number (Meta, 2026), so that either of them changed
/// ends every number and every id that is not among the new.
pub(super) fn move_addresses(
    tx: &mut Tx<'_>,
    contact: i64,
    new: &[ReadyAddress],
    now: i64,
) -> Result<(), Fault> {
    let mut given_up: Vec<&AddressKind> = Vec::new();
    for address in new {
        match owner(tx, address)? {
            None => add_address(tx, contact, address, now)?,
            Some(other) if other == contact => {}
            Some(other) => queue_merge(tx, contact, other, address, now)?,
        }
        given_up.extend(ends_with(address.kind));
    }
    let keeps = |kind: i64, hash: &[u8]| {
        new.iter().any(|address| address.kind.code() == kind && address.hash == hash)
    };
    let standing: Vec<(i64, i64, Vec<u8>)> =
        tx.rows(sql::ADDRESSES, [contact], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (id, kind, hash) in standing {
        let is_given_up = given_up.iter().any(|given_up| given_up.code() == kind);
        if is_given_up && !keeps(kind, &hash) {
            tx.run(sql::RETIRE_ADDRESS, (id, now))?;
        }
    }
    tx.run(sql::MOVED, [contact])?;
    Ok(())
}

/// Whether these addresses are the contact's now, as [`resolve`] would say; asked only of contacts
/// that gave an address up. Our own events have no addresses and are nobody else's.
pub(super) fn still_owns(
    tx: &Tx<'_>,
    keyring: &Keyring,
    contact: i64,
    from: &Identities,
) -> Result<bool, Fault> {
    for address in &from.addresses {
        let hash = keyring.address_hash(address);
        let owner: Option<i64> =
            tx.row(sql::OWNER, (address.kind.code(), hash.as_slice()), |row| row.get(0))?;
        if let Some(owner) = owner {
            return Ok(contact == owner);
        }
    }
    Ok(from.is_empty())
}

/// Takes to the contact what a provider calls the person a message of ours came to, when it calls
/// them by one of the contact's addresses too. Otherwise the number may have changed hands meanwhile.
pub(super) fn learn(
    tx: &mut Tx<'_>,
    contact: i64,
    recipient: &[ReadyAddress],
    now: i64,
) -> Result<(), Fault> {
    let mut owners = Vec::with_capacity(recipient.len());
    for address in recipient {
        owners.push(owner(tx, address)?);
    }
    let owner = owners.iter().flatten().next();
    if owner == Some(&contact) && owners.iter().any(|owner| *owner != Some(contact)) {
        resolve(tx, recipient, now)?;
    }
    Ok(())
}

pub(super) fn owner(tx: &Tx<'_>, address: &ReadyAddress) -> Result<Option<i64>, Fault> {
    tx.row(sql::OWNER, (address.kind.code(), address.hash.as_slice()), |row| row.get(0))
}

pub(super) fn add_address(
    tx: &mut Tx<'_>,
    contact: i64,
    address: &ReadyAddress,
    now: i64,
) -> Result<(), Fault> {
    let kind = address.kind.code();
    tx.run(sql::ADD_ADDRESS, (contact, kind, address.hash.as_slice(), &address.sealed, now))?;
    if address.kind.is_of_a_phone() {
        tx.run(sql::HAS_PHONE, [contact])?;
    }
    Ok(())
}

pub(super) fn queue_merge(
    tx: &Tx<'_>,
    kept: i64,
    other: i64,
    address: &ReadyAddress,
    now: i64,
) -> Result<(), Fault> {
    tx.run(sql::QUEUE_MERGE, (kept, other, address.kind.code(), now)).map(drop)
}
