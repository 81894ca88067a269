//! Rosters into the database servers write: a batch is one transaction in which the contacts of its phones
//! are locked, in the order of their numbers, before anything is decided. Nothing is locked for a batch of which all
//! is known.

use std::collections::HashMap;

use super::contacts::{ADDRESS_IDS, CONTACT_IDS, NEW_CONTACTS, add_addresses, ascending, owners};
use super::fault::Fault;
use super::sql::{Sql, get, get_bool};
use crate::contact::{AddressKind, Identities, PhoneNumber};
use crate::membership::member_number;
use crate::records::common::{ReadyAddress, name_hash, name_words, place, ready_addresses};
use crate::records::import::ready::{
    PersonRow, ReadyDetails, held, open_person, phone_hash, ready_details, seal,
};
use crate::records::import::{
    Import, Imported, Incoming, Known, MemberState, OnPhone, Planned, Terms, Who, Writes, code,
    plan,
};
use crate::records::sql::{import as sql, process};
use crate::records::totals::{Total, Totals};
use crate::records::{MEMBER_NUMBERS, RecordsError};
use crate::seal::Keyring;

/// Whoever writes rows that name a contact goes on meanwhile.
const LOCK: &str = "SELECT id FROM contacts WHERE id = ANY(?1) ORDER BY id FOR NO KEY UPDATE";

const PEOPLE: &str = "
    SELECT id, person, name, father, gender, birth_year, district, assembly, sector, booth, until, state,
           contact,
           CAST(CASE WHEN until IS NOT NULL AND state = 5 AND EXISTS (
               SELECT 1 FROM member_states AS s
               WHERE s.member = members.id AND s.state = 5 AND s.why = 'duplicate')
           THEN 1 ELSE 0 END AS BIGINT), from_list
    FROM members WHERE contact = ANY(?1) ORDER BY id";

const SAID: &str = "
    SELECT contact, person, purpose, given FROM consents WHERE contact = ANY(?1) ORDER BY at, id";

const POSTS: &str = "
    SELECT id, person, post, code, since, import, until, contact FROM posts
    WHERE contact = ANY(?1) AND code IS NOT NULL ORDER BY id";

const HOLDERS: &str = "
    SELECT post, code, since FROM posts
    JOIN unnest(?1::text[], ?2::bigint[]) AS wanted (post, code) USING (post, code)
    WHERE until IS NULL AND single = 1";

const MOVE_VERSIONS: &str = "UPDATE contacts SET version = version + 1 WHERE id = ANY(?1)";

/// With the state each begins in.
const ADD_PEOPLE: &str = "
    WITH new AS (
        INSERT INTO members (contact, person, number, name, name_hash, father, gender, birth_year,
                             district, assembly, sector, booth, twin_hash, name_words, since, state,
                             state_at, import)
        SELECT contact, person, number, name, name_hash, father, gender, birth_year,
               district, assembly, sector, booth, twin_hash, name_words, ?15, ?16, ?15, ?17
        FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::bytea[], ?5::bigint[], ?6::bytea[],
                    ?7::bigint[], ?8::bigint[], ?9::text[], ?10::bigint[], ?11::bigint[], ?12::bigint[],
                    ?13::bigint[], ?14::bigint[])
          AS told (contact, person, number, name, name_hash, father, gender, birth_year,
                   district, assembly, sector, booth, twin_hash, name_words)
        ON CONFLICT (contact, person) WHERE until IS NULL DO NOTHING
        RETURNING id, since, state
    )
    INSERT INTO member_states (member, state, at, actor, why)
    SELECT id, state, since, ?18, 'import' FROM new";

const KEEP_PEOPLE: &str = "
    INSERT INTO member_history (member, contact, name, district, assembly, booth, ends, father, gender,
                                birth_year, sector, import, at)
    SELECT id, contact, name, district, assembly, booth, ends, father, gender, birth_year, sector, ?2, ?3
    FROM members WHERE id = ANY(?1)";

const CHANGE_PEOPLE: &str = "
    UPDATE members SET father = told.father, gender = told.gender, birth_year = told.birth_year,
           district = told.district, assembly = told.assembly, sector = told.sector, booth = told.booth,
           twin_hash = told.twin_hash, import = ?10, from_list = told.from_list
    FROM unnest(?1::bigint[], ?2::bytea[], ?3::bigint[], ?4::bigint[], ?5::text[], ?6::bigint[],
                ?7::bigint[], ?8::bigint[], ?9::bigint[], ?11::bigint[])
      AS told (id, father, gender, birth_year, district, assembly, sector, booth, twin_hash, from_list)
    WHERE members.id = told.id";

const ADD_POSTS: &str = "
    INSERT INTO posts (contact, person, post, place, code, single, since, import)
    SELECT contact, person, post, place, code, single, since, ?8
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::text[], ?5::bigint[], ?6::bigint[],
                ?7::bigint[])
      AS told (contact, person, post, place, code, single, since)
    ON CONFLICT (post, code) WHERE until IS NULL AND single = 1 DO NOTHING";

/// As [`sql::CHANGE_SINCE`], many at once.
const CHANGE_SINCES: &str = "
    UPDATE posts SET since_before = posts.since, since = told.since
    FROM unnest(?1::bigint[], ?2::bigint[]) AS told (id, since) WHERE posts.id = told.id";

/// 6 is our own channel.
const ADD_CONSENTS: &str = "
    INSERT INTO consents (contact, person, purpose, given, how, channel, at, actor, proof, import)
    SELECT contact, person, purpose, 1, 'import', 6, ?5, 'office', proof, ?6
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::bytea[])
      AS told (contact, person, purpose, proof)";

/// What a batch would come to, by what is committed: nobody is held up. It reads in a transaction of its own.
pub(super) async fn planned(
    sql: &Sql,
    keyring: &Keyring,
    terms: &Terms,
    batch: &[Incoming],
) -> Result<Planned, Fault> {
    sql.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let known = known(sql, keyring, batch, false).await;
    sql.batch("ROLLBACK").await?;
    Ok(plan(batch, &known?, terms))
}

/// One batch, in the transaction that is open.
pub(super) async fn take(
    sql: &Sql,
    keyring: &Keyring,
    import: &Import,
    id: Option<i64>,
    batch: &[Incoming],
) -> Result<Imported, Fault> {
    let known = known(sql, keyring, batch, true).await?;
    let planned = plan(batch, &known, &import.terms);
    if planned.writes.is_empty() {
        return Ok(Imported { taken: planned.taken, import: id });
    }
    let id = if let Some(id) = id {
        id
    } else {
        let (at, print) = (import.at.as_millisecond(), import.sha256.as_slice());
        let row = sql.one(sql::ADD_IMPORT, &[&import.file, &print, &at, &import.actor]).await?;
        get(&row, 0)?
    };
    write(sql, keyring, import, id, &planned.writes).await?;
    Ok(Imported { taken: planned.taken, import: Some(id) })
}

/// Everybody on a number: its contact and the people.
pub(super) async fn people_on(
    sql: &Sql,
    keyring: &Keyring,
    phone: PhoneNumber,
) -> Result<Option<OnPhone>, Fault> {
    let key = (AddressKind::Phone.code(), phone_hash(keyring, phone));
    let Some(contact) = owners(sql, &[key]).await?.get(&key).copied() else { return Ok(None) };
    let there = on_phones(sql, keyring, &[contact]).await?.remove(&contact);
    Ok(Some(there.unwrap_or_else(|| OnPhone { contact, ..OnPhone::default() })))
}

/// Which of these addresses are of persons who were erased.
const ERASED: &str =
    "SELECT hash FROM erased_addresses WHERE kind = ?1 AND hash = ANY(?2::bytea[])";

/// Whose the phones of a batch are.
async fn whose(
    sql: &Sql,
    keyring: &Keyring,
    batch: &[Incoming],
) -> Result<HashMap<PhoneNumber, i64>, Fault> {
    let mut keys = HashMap::with_capacity(batch.len());
    for row in batch {
        let key = || (AddressKind::Phone.code(), phone_hash(keyring, row.phone));
        keys.entry(row.phone).or_insert_with(key);
    }
    let wanted: Vec<_> = keys.values().copied().collect();
    let owners = owners(sql, &wanted).await?;
    let whose = keys.into_iter().filter_map(|(phone, key)| Some((phone, *owners.get(&key)?)));
    Ok(whose.collect())
}

async fn known(
    sql: &Sql,
    keyring: &Keyring,
    batch: &[Incoming],
    lock: bool,
) -> Result<Known, Fault> {
    let owners = whose(sql, keyring, batch).await?;
    let mut contacts: Vec<i64> = owners.values().copied().collect();
    contacts.sort_unstable();
    contacts.dedup();
    let mut there: HashMap<i64, OnPhone> = HashMap::with_capacity(contacts.len());
    if !contacts.is_empty() {
        if lock {
            sql.rows(LOCK, &[&contacts]).await?;
            if whose(sql, keyring, batch).await? != owners {
                return Err(Fault::Again("another process met the same person".to_owned()));
            }
        }
        there = on_phones(sql, keyring, &contacts).await?;
    }
    let mut known = Known::default();
    for (phone, contact) in owners {
        let on_phone = there.get(&contact).cloned();
        let nobody = OnPhone { contact, ..OnPhone::default() };
        known.phones.insert(phone, on_phone.unwrap_or(nobody));
    }
    let unknown = batch.iter().filter(|row| !known.phones.contains_key(&row.phone));
    let unknown: HashMap<[u8; 16], PhoneNumber> =
        unknown.map(|row| (phone_hash(keyring, row.phone), row.phone)).collect();
    if !unknown.is_empty() {
        let hashes: Vec<&[u8]> = unknown.keys().map(<[u8; 16]>::as_slice).collect();
        for row in sql.rows(ERASED, &[&AddressKind::Phone.code(), &hashes]).await? {
            let hash: Vec<u8> = get(&row, 0)?;
            known.erased.extend(unknown.get(hash.as_slice()));
        }
    }
    let singles = Known::single_posts(batch);
    if !singles.is_empty() {
        let posts: Vec<&str> = singles.iter().map(|(post, _)| *post).collect();
        let places: Vec<i64> = singles.iter().map(|(_, place)| *place).collect();
        for row in sql.rows(HOLDERS, &[&posts, &places]).await? {
            known.holders.insert((get(&row, 0)?, get(&row, 1)?), get(&row, 2)?);
        }
    }
    Ok(known)
}

async fn on_phones(
    sql: &Sql,
    keyring: &Keyring,
    contacts: &[i64],
) -> Result<HashMap<i64, OnPhone>, Fault> {
    let mut there: HashMap<i64, OnPhone> = HashMap::with_capacity(contacts.len());
    let of = |contact| OnPhone { contact, ..OnPhone::default() };
    for row in sql.rows(PEOPLE, &[&contacts]).await? {
        let contact: i64 = get(&row, 12)?;
        let person = PersonRow {
            member: get(&row, 0)?,
            person: get(&row, 1)?,
            name: get(&row, 2)?,
            father: get(&row, 3)?,
            gender: get(&row, 4)?,
            birth_year: get(&row, 5)?,
            district: get(&row, 6)?,
            assembly: get(&row, 7)?,
            sector: get(&row, 8)?,
            booth: get(&row, 9)?,
            until: get(&row, 10)?,
            state: get(&row, 11)?,
            is_same: get_bool(&row, 13)?,
            from_list: get(&row, 14)?,
        };
        let person = open_person(keyring, contact, person)?;
        there.entry(contact).or_insert_with(|| of(contact)).people.push(person);
    }
    for row in sql.rows(SAID, &[&contacts]).await? {
        let contact: i64 = get(&row, 0)?;
        let there = there.entry(contact).or_insert_with(|| of(contact));
        there.hear(get(&row, 1)?, get(&row, 2)?, get_bool(&row, 3)?);
    }
    for row in sql.rows(POSTS, &[&contacts]).await? {
        let contact: i64 = get(&row, 7)?;
        let there = there.entry(contact).or_insert_with(|| of(contact));
        there.posts.push(held((
            get(&row, 0)?,
            get(&row, 1)?,
            get(&row, 2)?,
            get(&row, 3)?,
            get(&row, 4)?,
            get(&row, 5)?,
            get(&row, 6)?,
        )));
    }
    Ok(there)
}

/// What is written of one batch.
struct Writer<'a> {
    sql: &'a Sql,
    keyring: &'a Keyring,
    import: &'a Import,
    id: i64,
    at: i64,
    writes: &'a Writes,
    /// The new contacts, in the order of [`Writes::contacts`].
    new: Vec<i64>,
}

async fn write(
    sql: &Sql,
    keyring: &Keyring,
    import: &Import,
    id: i64,
    writes: &Writes,
) -> Result<(), Fault> {
    let at = import.at.as_millisecond();
    let new = add_contacts(sql, keyring, at, &writes.contacts).await?;
    if !writes.moved.is_empty() {
        let moved: Vec<i64> = writes.moved.iter().copied().collect();
        sql.run(MOVE_VERSIONS, &[&moved]).await?;
    }
    let mut totals = Totals::default();
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    totals.add(Total::Contacts, count(writes.contacts.len()));
    totals.add(Total::Members, count(writes.people.len()));
    totals.add(Total::Listed, count(writes.people.len()));
    let writer = Writer { sql, keyring, import, id, at, writes, new };
    writer.add_people().await?;
    writer.change_people().await?;
    writer.add_posts().await?;
    writer.change_sinces().await?;
    writer.add_consents().await?;
    for (name, sum) in totals.changes() {
        // Under the epoch of no process.
        sql.run(process::ADD_TO_TOTAL, &[&name, &0_i64, &sum]).await?;
    }
    Ok(())
}

async fn add_contacts(
    sql: &Sql,
    keyring: &Keyring,
    at: i64,
    phones: &[PhoneNumber],
) -> Result<Vec<i64>, Fault> {
    if phones.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(phones.len()).unwrap_or(i64::MAX);
    let contacts = ascending(&sql.rows(CONTACT_IDS, &[&count]).await?)?;
    let ids = ascending(&sql.rows(ADDRESS_IDS, &[&count]).await?)?;
    let have_phone = vec![1_i64; contacts.len()];
    sql.run(NEW_CONTACTS, &[&contacts, &have_phone, &at]).await?;
    let mut ready: Vec<ReadyAddress> = Vec::with_capacity(phones.len());
    for phone in phones {
        ready.extend(ready_addresses(keyring, &Identities::phone(*phone))?);
    }
    let rows = ids.into_iter().zip(&contacts).zip(&ready);
    let rows = rows.map(|((id, contact), address)| (id, *contact, address)).collect();
    add_addresses(sql, rows, at).await?;
    Ok(contacts)
}

/// The details of several people as columns.
#[derive(Default)]
struct Columns {
    fathers: Vec<Option<Vec<u8>>>,
    genders: Vec<Option<i64>>,
    birth_years: Vec<Option<i64>>,
    districts: Vec<String>,
    assemblies: Vec<i64>,
    sectors: Vec<Option<i64>>,
    booths: Vec<Option<i64>>,
    twins: Vec<Option<i64>>,
}

impl Columns {
    fn push(&mut self, details: ReadyDetails) {
        self.fathers.push(details.father);
        self.genders.push(details.gender);
        self.birth_years.push(details.birth_year);
        self.districts.push(details.district);
        self.assemblies.push(details.assembly);
        self.sectors.push(details.sector);
        self.booths.push(details.booth);
        self.twins.push(details.twin_hash);
    }
}

impl Writer<'_> {
    fn contact(&self, who: Who) -> Result<i64, Fault> {
        match who {
            Who::Contact(contact) => Ok(contact),
            Who::New(place) => {
                let known = self.new.get(place).copied();
                known.ok_or_else(|| Fault::refused("a person of no contact"))
            }
        }
    }

    async fn add_people(&self) -> Result<(), Fault> {
        let people = &self.writes.people;
        if people.is_empty() {
            return Ok(());
        }
        let first = self.reserve(people.len()).await?;
        let (mut contacts, mut persons, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        let (mut names, mut hashes, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let mut columns = Columns::default();
        for (number, person) in (first..).zip(people) {
            let contact = self.contact(person.who)?;
            contacts.push(contact);
            persons.push(person.person);
            numbers.push(member_number(number));
            names.push(seal(self.keyring, place::MEMBER_NAME, contact, &person.name)?);
            hashes.push(name_hash(self.keyring, &person.name));
            words.push(name_words(self.keyring, &person.name));
            columns.push(ready_details(self.keyring, contact, &person.name, &person.details)?);
        }
        let state = MemberState::Details.code();
        let added = self
            .sql
            .run(
                ADD_PEOPLE,
                &[
                    &contacts,
                    &persons,
                    &numbers,
                    &names,
                    &hashes,
                    &columns.fathers,
                    &columns.genders,
                    &columns.birth_years,
                    &columns.districts,
                    &columns.assemblies,
                    &columns.sectors,
                    &columns.booths,
                    &columns.twins,
                    &words,
                    &self.at,
                    &state,
                    &self.id,
                    &self.import.actor,
                ],
            )
            .await?;
        all_of(added, people.len())
    }

    async fn change_people(&self) -> Result<(), Fault> {
        let changes = &self.writes.changes;
        if changes.is_empty() {
            return Ok(());
        }
        let kept = changes.iter().filter(|change| change.keep);
        let kept: Vec<i64> = kept.map(|change| change.member).collect();
        if !kept.is_empty() {
            self.sql.run(KEEP_PEOPLE, &[&kept, &self.id, &self.at]).await?;
        }
        let mut columns = Columns::default();
        for change in changes {
            columns.push(ready_details(
                self.keyring,
                change.contact,
                &change.name,
                &change.details,
            )?);
        }
        let members: Vec<i64> = changes.iter().map(|change| change.member).collect();
        let from_list: Vec<i64> = changes.iter().map(|change| change.from_list.0).collect();
        self.sql
            .run(
                CHANGE_PEOPLE,
                &[
                    &members,
                    &columns.fathers,
                    &columns.genders,
                    &columns.birth_years,
                    &columns.districts,
                    &columns.assemblies,
                    &columns.sectors,
                    &columns.booths,
                    &columns.twins,
                    &self.id,
                    &from_list,
                ],
            )
            .await
            .map(drop)
    }

    async fn add_posts(&self) -> Result<(), Fault> {
        let rows = &self.writes.posts;
        if rows.is_empty() {
            return Ok(());
        }
        let (mut contacts, mut since) = (Vec::new(), Vec::new());
        for holding in rows {
            contacts.push(self.contact(holding.who)?);
            since.push(holding.post.since.map_or(self.at, jiff::Timestamp::as_millisecond));
        }
        let persons: Vec<i64> = rows.iter().map(|holding| holding.person).collect();
        let posts: Vec<&str> = rows.iter().map(|holding| holding.post.post).collect();
        let places: Vec<String> =
            rows.iter().map(|holding| holding.post.place.to_string()).collect();
        let codes: Vec<i64> = rows.iter().map(|holding| code(holding.post.place)).collect();
        let single: Vec<i64> = rows.iter().map(|holding| i64::from(holding.post.single)).collect();
        let added = self
            .sql
            .run(
                ADD_POSTS,
                &[&contacts, &persons, &posts, &places, &codes, &single, &since, &self.id],
            )
            .await?;
        all_of(added, rows.len())
    }

    async fn change_sinces(&self) -> Result<(), Fault> {
        let rows = &self.writes.sinces;
        if rows.is_empty() {
            return Ok(());
        }
        let posts: Vec<i64> = rows.iter().map(|new| new.post).collect();
        let sinces: Vec<i64> = rows.iter().map(|new| new.since).collect();
        self.sql.run(CHANGE_SINCES, &[&posts, &sinces]).await.map(drop)
    }

    async fn add_consents(&self) -> Result<(), Fault> {
        let rows = &self.writes.consents;
        if rows.is_empty() {
            return Ok(());
        }
        let (mut contacts, mut proofs) = (Vec::new(), Vec::new());
        for shown in rows {
            let contact = self.contact(shown.who)?;
            contacts.push(contact);
            proofs.push(seal(self.keyring, place::CONSENT_PROOF, contact, &shown.proof)?);
        }
        let persons: Vec<i64> = rows.iter().map(|shown| shown.person).collect();
        let purposes: Vec<&str> = rows.iter().map(|shown| shown.purpose.name()).collect();
        self.sql
            .run(ADD_CONSENTS, &[&contacts, &persons, &purposes, &proofs, &self.at, &self.id])
            .await
            .map(drop)
    }

    /// The first of so many numbers for members, never given before.
    async fn reserve(&self, count: usize) -> Result<u64, Fault> {
        let block = i64::try_from(count).unwrap_or(i64::MAX);
        let row = self.sql.one(process::RESERVE, &[&MEMBER_NUMBERS, &block]).await?;
        let first = u64::try_from(get::<i64>(&row, 0)? - block);
        let ran_out = || RecordsError::Refused("the member numbers ran out".to_owned());
        Ok(first.map_err(|_| ran_out())?)
    }
}

/// A row that was not added was another process's a moment before.
fn all_of(added: u64, wanted: usize) -> Result<(), Fault> {
    if usize::try_from(added).ok() == Some(wanted) {
        return Ok(());
    }
    Err(Fault::Again("another process met the same person".to_owned()))
}
