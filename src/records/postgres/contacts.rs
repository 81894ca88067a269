//! Who is speaking: contacts and their addresses.
//!
//! Two processes can meet the same new person at once. The addresses are unique, so that one of them
//! finds its rows taken: it runs its transaction again, and then knows the person. Addresses are
//! inserted in the order of their hashes, so that neither waits for the other in a circle.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tokio_postgres::Row;

use super::Postgres;
use super::fault::Fault;
use super::sql::{Sql, get};
use super::tx::{Op, Tx};
use crate::clock::Clock;
use crate::contact::Identities;
use crate::message::Channel;
use crate::records::common::{ReadyAddress, ends_with, open_address, ready_addresses};
use crate::records::sql::contacts as sql;
use crate::records::totals::Total;
use crate::records::{RecordsError, Sender};
use crate::seal::Keyring;

/// Whose these addresses are now.
const OWNERS: &str = "
    SELECT kind, hash, contact FROM addresses
    JOIN unnest(?1::bigint[], ?2::bytea[]) AS wanted (kind, hash) USING (kind, hash)
    WHERE until IS NULL";

pub(super) const CONTACT_IDS: &str = "
    SELECT nextval(pg_get_serial_sequence('contacts', 'id')) FROM generate_series(1, ?1::bigint)";

pub(super) const ADDRESS_IDS: &str = "
    SELECT nextval(pg_get_serial_sequence('addresses', 'id')) FROM generate_series(1, ?1::bigint)";

pub(super) const NEW_CONTACTS: &str = "
    INSERT INTO contacts (id, has_phone, created)
    SELECT id, has_phone, ?3 FROM unnest(?1::bigint[], ?2::bigint[]) AS new (id, has_phone)";

/// In the order of the arrays: by hash.
const ADD_ADDRESSES: &str = "
    INSERT INTO addresses (id, contact, kind, hash, sealed, since)
    SELECT id, contact, kind, hash, sealed, ?6
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bytea[], ?5::bytea[])
      AS new (id, contact, kind, hash, sealed)
    ON CONFLICT (hash, kind) WHERE until IS NULL DO NOTHING";

/// What contacts are called now, each contact's in the order we came to know them.
const ADDRESSES_OF: &str = "
    SELECT id, kind, hash, sealed, contact FROM addresses
    WHERE contact = ANY(?1) AND until IS NULL ORDER BY id";

/// An address as a store finds it: its kind and its hash.
pub(super) type Key = (i64, [u8; 16]);

pub(super) fn key(address: &ReadyAddress) -> Key {
    (address.kind.code(), address.hash)
}

impl Postgres {
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
        let mut senders: Vec<Vec<Key>> = Vec::with_capacity(from.len());
        for (_, identities) in &from {
            let addresses = identities.addresses.iter();
            senders.push(
                addresses
                    .map(|address| (address.kind.code(), self.keyring.address_hash(address)))
                    .collect(),
            );
        }
        let all: Vec<Key> = senders.iter().flatten().copied().collect();
        // Almost always everybody is known already and nothing has to be written.
        let wanted = &all;
        let owners =
            self.readers.ask(move |statements| async move { owners(&statements, wanted).await });
        if let Some(contacts) = all_known(&senders, &owners.await?) {
            let whole = |contact| Sender { contact, is_torn: false };
            return Ok(contacts.into_iter().map(whole).collect());
        }
        let mut ready = Vec::with_capacity(from.len());
        for (_, identities) in &from {
            ready.push(ready_addresses(&self.keyring, identities)?);
        }
        self.writer.submit(Resolve { senders: ready, clock: self.clock.clone() }).await
    }

    pub(in crate::records) async fn addresses(
        &self,
        contact: i64,
    ) -> Result<Identities, RecordsError> {
        let keyring = &self.keyring;
        self.readers
            .ask(move |statements| async move {
                let rows = statements.rows(ADDRESSES_OF, &[&[contact].as_slice()]).await?;
                open_addresses(keyring, rows.iter())
            })
            .await
    }
}

/// The contacts of all senders when every address of each is known and theirs alone.
fn all_known(senders: &[Vec<Key>], owners: &HashMap<Key, i64>) -> Option<Vec<i64>> {
    let mut contacts = Vec::with_capacity(senders.len());
    for addresses in senders {
        let mut found: BTreeSet<Option<i64>> = BTreeSet::new();
        found.extend(addresses.iter().map(|address| owners.get(address).copied()));
        match (found.pop_first(), found.is_empty()) {
            (Some(Some(contact)), true) => contacts.push(contact),
            _ => return None,
        }
    }
    Some(contacts)
}

/// Who has these addresses now; those nobody has are not in the answer.
pub(super) async fn owners(sql: &Sql, wanted: &[Key]) -> Result<HashMap<Key, i64>, Fault> {
    let mut owners = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(owners);
    }
    let kinds: Vec<i64> = wanted.iter().map(|(kind, _)| *kind).collect();
    let hashes: Vec<&[u8]> = wanted.iter().map(|(_, hash)| hash.as_slice()).collect();
    for row in sql.rows(OWNERS, &[&kinds, &hashes]).await? {
        let hash: &[u8] = get(&row, 1)?;
        if let Ok(hash) = <[u8; 16]>::try_from(hash) {
            owners.insert((get(&row, 0)?, hash), get(&row, 2)?);
        }
    }
    Ok(owners)
}

/// The addresses of several contacts at once, of each as [`Postgres::addresses`] gives them.
pub(super) async fn addresses_of(sql: &Sql, contacts: &[i64]) -> Result<Vec<Row>, Fault> {
    sql.rows(ADDRESSES_OF, &[&contacts]).await
}

/// Whose the row of [`addresses_of`] is.
pub(super) fn contact_of(row: &Row) -> Result<i64, Fault> {
    get(row, 4)
}

/// Opens the addresses of one contact.
pub(super) fn open_addresses<'a>(
    keyring: &Keyring,
    rows: impl Iterator<Item = &'a Row>,
) -> Result<Identities, Fault> {
    let mut identities = Identities::default();
    for row in rows {
        let id: i64 = get(row, 0)?;
        let broken = |column: &'static str, reason: String| {
            Fault::Job(RecordsError::Broken { table: "addresses", column, id, reason })
        };
        let hash: [u8; 16] = <[u8; 16]>::try_from(get::<&[u8]>(row, 2)?)
            .map_err(|_| broken("hash", "not of sixteen bytes".to_owned()))?;
        let address = open_address(keyring, id, get(row, 1)?, hash, get(row, 3)?)?;
        identities.addresses.push(address);
    }
    Ok(identities)
}

/// Names the contacts of senders of whom somebody or something was not known.
struct Resolve {
    senders: Vec<Vec<ReadyAddress>>,
    clock: Clock,
}

impl Op for Resolve {
    type Done = Vec<Sender>;

    async fn run(&mut self, tx: &mut Tx) -> Result<Vec<Sender>, Fault> {
        let senders: Vec<&[ReadyAddress]> = self.senders.iter().map(Vec::as_slice).collect();
        self::senders(tx, &senders, self.clock.now().as_millisecond()).await
    }
}

/// Who a new row is of: a contact there is, or the so-manieth of the new ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Known(i64),
    New(usize),
}

/// What senders make true that was not.
#[derive(Default)]
struct News<'a> {
    /// Whether each new contact has a phone.
    contacts: Vec<i64>,
    /// In the order they came.
    addresses: Vec<(Who, &'a ReadyAddress)>,
    /// The contact that is kept, the other, the kind of the address both have.
    merges: Vec<(Who, Who, i64)>,
}

/// The contacts of senders, in order; see [`senders`].
pub(super) async fn resolve(
    tx: &mut Tx,
    from: &[&[ReadyAddress]],
    now: i64,
) -> Result<Vec<i64>, Fault> {
    let found = senders(tx, from, now).await?;
    Ok(found.into_iter().map(|sender| sender.contact).collect())
}

/// The first known address says who a sender is; unknown ones are added to that contact; one that belongs
/// to somebody else is left there and a person decides later.
async fn senders(tx: &mut Tx, senders: &[&[ReadyAddress]], now: i64) -> Result<Vec<Sender>, Fault> {
    let wanted: Vec<Key> = senders.iter().copied().flatten().map(key).collect();
    let owners = owners(&tx.sql, &wanted).await?;
    let mut owners: HashMap<Key, Who> =
        owners.into_iter().map(|(key, contact)| (key, Who::Known(contact))).collect();
    let mut news = News::default();
    let mut contacts = Vec::with_capacity(senders.len());
    for addresses in senders.iter().copied() {
        if addresses.is_empty() {
            return Err(Fault::refused("a sender without any address"));
        }
        let known = addresses.iter().find_map(|address| owners.get(&key(address)).copied());
        let contact = known.unwrap_or_else(|| {
            news.contacts.push(0);
            Who::New(news.contacts.len() - 1)
        });
        let mut is_torn = false;
        for address in addresses {
            match owners.get(&key(address)) {
                None => {
                    owners.insert(key(address), contact);
                    news.add(contact, address);
                }
                Some(other) if *other == contact => {}
                Some(other) => {
                    news.merges.push((contact, *other, address.kind.code()));
                    is_torn = true;
                }
            }
        }
        contacts.push((contact, is_torn));
    }
    let new = news.write(tx, now).await?;
    let mut found = Vec::with_capacity(contacts.len());
    for (who, is_torn) in contacts {
        found.push(Sender { contact: number(who, &new)?, is_torn });
    }
    Ok(found)
}

fn number(who: Who, new: &[i64]) -> Result<i64, Fault> {
    match who {
        Who::Known(contact) => Ok(contact),
        Who::New(at) => {
            new.get(at).copied().ok_or_else(|| Fault::refused("too few numbers for contacts"))
        }
    }
}

impl<'a> News<'a> {
    fn add(&mut self, contact: Who, address: &'a ReadyAddress) {
        self.addresses.push((contact, address));
        if let Who::New(at) = contact
            && let Some(has_phone) = self.contacts.get_mut(at)
            && address.kind.is_of_a_phone()
        {
            *has_phone = 1;
        }
    }

    /// Writes them; the numbers of the new contacts.
    async fn write(&self, tx: &mut Tx, now: i64) -> Result<Vec<i64>, Fault> {
        let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let (new_contacts, new_addresses) =
            (count(self.contacts.len()), count(self.addresses.len()));
        tx.sql.warm(&[CONTACT_IDS, ADDRESS_IDS, NEW_CONTACTS, ADD_ADDRESSES]).await?;
        let (contact_ids, address_ids) = tokio::try_join!(
            biased;
            async { tx.sql.rows(CONTACT_IDS, &[&new_contacts]).await },
            async { tx.sql.rows(ADDRESS_IDS, &[&new_addresses]).await },
        )?;
        let contacts = ascending(&contact_ids)?;
        let ids = ascending(&address_ids)?;

        let mut addresses = Vec::with_capacity(ids.len());
        let mut have_phone = BTreeSet::new();
        for (id, (who, address)) in ids.into_iter().zip(&self.addresses) {
            let contact = number(*who, &contacts)?;
            addresses.push((id, contact, *address));
            if address.kind.is_of_a_phone() && matches!(who, Who::Known(_)) {
                have_phone.insert(contact);
            }
        }
        tokio::try_join!(
            biased;
            async {
                if contacts.is_empty() {
                    return Ok(0);
                }
                tx.sql.run(NEW_CONTACTS, &[&contacts, &self.contacts, &now]).await
            },
            add_addresses(&tx.sql, addresses, now),
        )?;
        tx.totals.add(Total::Contacts, new_contacts);
        for contact in have_phone {
            tx.sql.run(sql::HAS_PHONE, &[&contact]).await?;
        }
        for (kept, other, kind) in &self.merges {
            let (kept, other) = (number(*kept, &contacts)?, number(*other, &contacts)?);
            tx.sql.run(sql::QUEUE_MERGE, &[&kept, &other, kind, &now]).await?;
        }
        Ok(contacts)
    }
}

pub(super) fn ascending(rows: &[Row]) -> Result<Vec<i64>, Fault> {
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        ids.push(get::<i64>(row, 0)?);
    }
    ids.sort_unstable();
    Ok(ids)
}

/// Adds addresses nobody had a moment ago: their numbers, their contacts, themselves.
pub(super) async fn add_addresses(
    sql: &Sql,
    mut new: Vec<(i64, i64, &ReadyAddress)>,
    now: i64,
) -> Result<(), Fault> {
    if new.is_empty() {
        return Ok(());
    }
    new.sort_unstable_by_key(|(_, _, address)| (address.hash, address.kind.code()));
    let ids: Vec<i64> = new.iter().map(|(id, ..)| *id).collect();
    let contacts: Vec<i64> = new.iter().map(|(_, contact, _)| *contact).collect();
    let kinds: Vec<i64> = new.iter().map(|(.., address)| address.kind.code()).collect();
    let hashes: Vec<&[u8]> = new.iter().map(|(.., address)| address.hash.as_slice()).collect();
    let sealed: Vec<&[u8]> = new.iter().map(|(.., address)| address.sealed.as_slice()).collect();
    let added = sql.run(ADD_ADDRESSES, &[&ids, &contacts, &kinds, &hashes, &sealed, &now]).await?;
    if usize::try_from(added).ok() == Some(new.len()) {
        return Ok(());
    }
    Err(Fault::Again("another process met the same person".to_owned()))
}

/// The person's number or provider id changed: the new addresses are theirs, and the old ones are
/// given up, for the next person who writes from them is somebody else (see the SQLite engine). The
/// caller holds the contact's lock.
pub(super) async fn move_addresses(
    tx: &mut Tx,
    contact: i64,
    new: &[ReadyAddress],
    now: i64,
) -> Result<(), Fault> {
    let wanted: Vec<Key> = new.iter().map(key).collect();
    let mut owners = owners(&tx.sql, &wanted).await?;
    let mut given_up: BTreeSet<i64> = BTreeSet::new();
    let mut news = News::default();
    for address in new {
        match owners.get(&key(address)) {
            None => {
                owners.insert(key(address), contact);
                news.add(Who::Known(contact), address);
            }
            Some(other) if *other == contact => {}
            Some(other) => {
                news.merges.push((Who::Known(contact), Who::Known(*other), address.kind.code()));
            }
        }
        given_up.extend(ends_with(address.kind).iter().map(|kind| kind.code()));
    }
    news.write(tx, now).await?;
    for row in tx.sql.rows(sql::ADDRESSES, &[&contact]).await? {
        let kind: i64 = get(&row, 1)?;
        let hash: &[u8] = get(&row, 2)?;
        let keeps = wanted.iter().any(|(kept, kept_hash)| *kept == kind && kept_hash == hash);
        if given_up.contains(&kind) && !keeps {
            tx.sql.run(sql::RETIRE_ADDRESS, &[&get::<i64>(&row, 0)?, &now]).await?;
        }
    }
    tx.sql.run(sql::MOVED, &[&contact]).await.map(drop)
}

/// Whether these addresses are the contact's now, as [`resolve`] would say; asked only of contacts
/// that gave an address up. Our own events have no addresses and are nobody else's.
pub(super) async fn still_owns(
    tx: &Tx,
    keyring: &Keyring,
    contact: i64,
    from: &Identities,
) -> Result<bool, Fault> {
    let addresses = from.addresses.iter();
    let wanted: Vec<Key> =
        addresses.map(|address| (address.kind.code(), keyring.address_hash(address))).collect();
    let owners = owners(&tx.sql, &wanted).await?;
    let owner = wanted.iter().find_map(|address| owners.get(address));
    Ok(owner.map_or(from.is_empty(), |owner| *owner == contact))
}

/// Takes to each contact what a provider calls the person a message of ours came to, when it calls
/// them by one of the contact's addresses too. Otherwise the number may have changed hands meanwhile.
pub(super) async fn learn(
    tx: &mut Tx,
    recipients: &[(i64, &[ReadyAddress])],
    now: i64,
) -> Result<(), Fault> {
    let wanted: Vec<Key> =
        recipients.iter().flat_map(|(_, addresses)| addresses.iter().map(key)).collect();
    let owners = owners(&tx.sql, &wanted).await?;
    // Once a contact is enough: three words about one message say the same.
    let mut news: BTreeMap<(i64, Vec<Key>), &[ReadyAddress]> = BTreeMap::new();
    for (contact, addresses) in recipients {
        let keys: Vec<Key> = addresses.iter().map(key).collect();
        let first = keys.iter().find_map(|address| owners.get(address));
        let all = keys.iter().all(|address| owners.get(address) == Some(contact));
        if first == Some(contact) && !all {
            news.insert((*contact, keys), addresses);
        }
    }
    if news.is_empty() {
        return Ok(());
    }
    let senders: Vec<&[ReadyAddress]> = news.into_values().collect();
    resolve(tx, &senders, now).await.map(drop)
}
