//! Rosters into the file a server may have open: a batch is one short transaction, and between two of them
//! the server's turns pass.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::fault::Fault;
use super::statements::Statements;
use super::writer::write_totals;
use crate::contact::{AddressKind, Identities, PhoneNumber};
use crate::membership::member_number;
use crate::records::common::{name_hash, name_words, place, ready_addresses};
use crate::records::import::ready::{
    HeldRow, PersonRow, held, open_person, phone_hash, ready_details, seal,
};
use crate::records::import::{
    Held, Import, Imported, Incoming, Known, MemberState, OnPhone, Taken, Terms, Who, Writes, code,
    plan,
};
use crate::records::sql::{consent, contacts as contacts_sql, import as sql, process};
use crate::records::totals::{Total, Totals};
use crate::records::{MEMBER_NUMBERS, RecordsError};
use crate::seal::Keyring;

/// One batch, whole or not at all, and whether anything was written. It is decided from what is committed now,
/// and holds nobody up where nothing is to be written; where somebody else wrote in that moment, or is
/// writing, it is decided again with the file's write lock.
pub(super) fn import(
    connection: &Connection,
    keyring: &Keyring,
    import: &Import,
    id: Option<i64>,
    batch: &[Incoming],
) -> Result<(Imported, bool), Fault> {
    for behavior in [TransactionBehavior::Deferred, TransactionBehavior::Immediate] {
        let transaction = Transaction::new_unchecked(connection, behavior)?;
        let statements = Statements { connection: &transaction };
        let known = known(statements, keyring, batch)?;
        let planned = plan(batch, &known, &import.terms);
        if planned.writes.is_empty() {
            return Ok((Imported { taken: planned.taken, import: id }, false));
        }
        if !may_write(&transaction)? {
            continue;
        }
        let id = if let Some(id) = id {
            id
        } else {
            let at = import.at.as_millisecond();
            let row = (&import.file, import.sha256.as_slice(), at, &import.actor);
            statements.one(sql::ADD_IMPORT, row, |row| row.get(0))?
        };
        write(statements, keyring, import, id, &planned.writes)?;
        transaction.commit()?;
        return Ok((Imported { taken: planned.taken, import: Some(id) }, true));
    }
    Err(Fault::Environment("the file is locked".to_owned()))
}

/// What a batch would come to; nothing is written.
pub(super) fn look(
    statements: Statements<'_>,
    keyring: &Keyring,
    terms: &Terms,
    batch: &[Incoming],
) -> Result<Vec<Taken>, Fault> {
    Ok(plan(batch, &known(statements, keyring, batch)?, terms).taken)
}

/// Takes the write lock for a transaction that has read; `false` where what it read is not what stands, or
/// somebody else has the lock.
fn may_write(transaction: &Transaction<'_>) -> Result<bool, Fault> {
    // It changes no row and takes the lock like one that does.
    match transaction.execute("UPDATE imports SET rows = rows WHERE id IS NULL", ()) {
        Ok(_) => Ok(true),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Everybody on a number: its contact and the people.
pub(super) fn people_on(
    statements: Statements<'_>,
    keyring: &Keyring,
    phone: PhoneNumber,
) -> Result<Option<OnPhone>, Fault> {
    let hash = phone_hash(keyring, phone);
    let key = (AddressKind::Phone.code(), hash.as_slice());
    let owner: Option<i64> = statements.row(contacts_sql::OWNER, key, |row| row.get(0))?;
    owner.map(|contact| on_phone(statements, keyring, contact)).transpose()
}

/// A connection that writes beside the server.
pub(super) fn open(path: &Path, pragmas: &str) -> Result<Connection, Fault> {
    let flags =
        rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    super::tune(&connection)?;
    connection.execute_batch(pragmas)?;
    Ok(connection)
}

fn known(
    statements: Statements<'_>,
    keyring: &Keyring,
    batch: &[Incoming],
) -> Result<Known, Fault> {
    let mut known = Known::default();
    let with_post: HashSet<PhoneNumber> =
        batch.iter().filter(|row| row.post.is_some()).map(|row| row.phone).collect();
    let with_proof: HashSet<PhoneNumber> =
        batch.iter().filter(|row| row.proof.is_some()).map(|row| row.phone).collect();
    for row in batch {
        if known.phones.contains_key(&row.phone) {
            continue;
        }
        let hash = phone_hash(keyring, row.phone);
        let kind = AddressKind::Phone.code();
        let owner: Option<i64> =
            statements.row(contacts_sql::OWNER, (kind, hash.as_slice()), |row| row.get(0))?;
        if let Some(contact) = owner {
            let mut there = on_phone(statements, keyring, contact)?;
            if with_proof.contains(&row.phone) {
                hear(statements, &mut there)?;
            }
            if with_post.contains(&row.phone) {
                there.posts = posts_of(statements, contact)?;
            }
            known.phones.insert(row.phone, there);
        } else if statements
            .row(consent::ERASED, (kind, hash.as_slice()), |row| row.get::<_, i64>(0))?
            .is_some()
        {
            known.erased.insert(row.phone);
        }
    }
    for (post, at) in Known::single_posts(batch) {
        let since: Option<i64> = statements.row(sql::HOLDER, (post, at), |row| row.get(0))?;
        known.holders.extend(since.map(|since| ((post.to_owned(), at), since)));
    }
    Ok(known)
}

fn on_phone(statements: Statements<'_>, keyring: &Keyring, contact: i64) -> Result<OnPhone, Fault> {
    let mut there = OnPhone { contact, ..OnPhone::default() };
    let rows = statements.rows(sql::PEOPLE, [contact], |row| {
        Ok(PersonRow {
            member: row.get(0)?,
            person: row.get(1)?,
            name: row.get(2)?,
            father: row.get(3)?,
            gender: row.get(4)?,
            birth_year: row.get(5)?,
            district: row.get(6)?,
            assembly: row.get(7)?,
            sector: row.get(8)?,
            booth: row.get(9)?,
            until: row.get(10)?,
            state: row.get(11)?,
            is_same: row.get(12)?,
            from_list: row.get(13)?,
        })
    })?;
    for row in rows {
        there.people.push(open_person(keyring, contact, row)?);
    }
    Ok(there)
}

/// What everybody on the phone said.
fn hear(statements: Statements<'_>, there: &mut OnPhone) -> Result<(), Fault> {
    let words: Vec<(i64, String, bool)> = statements
        .rows(sql::SAID, [there.contact], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (person, purpose, given) in words {
        there.hear(person, &purpose, given);
    }
    Ok(())
}

/// What everybody on the phone holds, or held.
fn posts_of(statements: Statements<'_>, contact: i64) -> Result<Vec<Held>, Fault> {
    let posts: Vec<HeldRow> = statements.rows(sql::POSTS, [contact], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            row.get(6)?,
        ))
    })?;
    Ok(posts.into_iter().map(held).collect())
}

fn write(
    statements: Statements<'_>,
    keyring: &Keyring,
    import: &Import,
    id: i64,
    writes: &Writes,
) -> Result<(), Fault> {
    let at = import.at.as_millisecond();
    let mut totals = Totals::default();
    let mut new = Vec::with_capacity(writes.contacts.len());
    for phone in &writes.contacts {
        let contact: i64 =
            statements.one(contacts_sql::NEW_CONTACT, (at, true), |row| row.get(0))?;
        for address in ready_addresses(keyring, &Identities::phone(*phone))? {
            let kind = address.kind.code();
            let row = (contact, kind, address.hash.as_slice(), &address.sealed, at);
            statements.run(contacts_sql::ADD_ADDRESS, row)?;
        }
        totals.add(Total::Contacts, 1);
        new.push(contact);
    }
    let contact = |who: Who| match who {
        Who::Contact(contact) => Ok(contact),
        Who::New(place) => {
            new.get(place).copied().ok_or_else(|| Fault::refused("a person of no contact"))
        }
    };
    for contact in &writes.moved {
        statements.run(contacts_sql::MOVE_VERSION, [contact])?;
    }

    let mut numbers = reserve(statements, writes.people.len())?;
    for person in &writes.people {
        let contact = contact(person.who)?;
        let number = numbers.next().ok_or_else(|| Fault::refused("too few member numbers"))?;
        let details = ready_details(keyring, contact, &person.name, &person.details)?;
        let state = MemberState::Details.code();
        let member: i64 = statements.one(
            sql::ADD_PERSON,
            rusqlite::params![
                contact,
                person.person,
                member_number(number),
                seal(keyring, place::MEMBER_NAME, contact, &person.name)?,
                name_hash(keyring, &person.name),
                details.father,
                details.gender,
                details.birth_year,
                details.district,
                details.assembly,
                details.sector,
                details.booth,
                details.twin_hash,
                name_words(keyring, &person.name),
                at,
                state,
                id,
            ],
            |row| row.get(0),
        )?;
        statements.run(sql::ADD_STATE, (member, state, at, &import.actor))?;
        totals.add(Total::Members, 1);
        totals.add(Total::Listed, 1);
    }
    for change in &writes.changes {
        let details = ready_details(keyring, change.contact, &change.name, &change.details)?;
        if change.keep {
            statements.run(sql::KEEP_PERSON, (change.member, id, at))?;
        }
        statements.run(
            sql::CHANGE_PERSON,
            (
                change.member,
                details.father,
                details.gender,
                details.birth_year,
                details.district,
                details.assembly,
                details.sector,
                details.booth,
                details.twin_hash,
                id,
                change.from_list.0,
            ),
        )?;
    }
    for holding in &writes.posts {
        let post = &holding.post;
        let since = post.since.map_or(at, jiff::Timestamp::as_millisecond);
        let (place, code) = (post.place.to_string(), code(post.place));
        let contact = contact(holding.who)?;
        let row = (contact, holding.person, post.post, place, code, post.single, since, id);
        statements.run(sql::ADD_POST, row)?;
    }
    for new in &writes.sinces {
        statements.run(sql::CHANGE_SINCE, (new.post, new.since))?;
    }
    for shown in &writes.consents {
        let contact = contact(shown.who)?;
        let proof = seal(keyring, place::CONSENT_PROOF, contact, &shown.proof)?;
        let row = (contact, shown.person, shown.purpose.name(), at, proof, id);
        statements.run(sql::ADD_CONSENT, row)?;
    }
    write_totals(statements, &totals)
}

/// So many numbers for members, never given before.
fn reserve(statements: Statements<'_>, count: usize) -> Result<std::ops::Range<u64>, Fault> {
    let block = i64::try_from(count).unwrap_or(i64::MAX);
    if block == 0 {
        return Ok(0..0);
    }
    let end: i64 = statements.one(process::RESERVE, (MEMBER_NUMBERS, block), |row| row.get(0))?;
    let first = u64::try_from(end - block);
    let first =
        first.map_err(|_| RecordsError::Refused("the member numbers ran out".to_owned()))?;
    Ok(first..first + u64::try_from(count).unwrap_or(u64::MAX))
}
