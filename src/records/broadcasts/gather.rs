//! People in sets: a handful of questions for a batch of contacts, put together here.

use std::collections::BTreeMap;

use crate::broadcast::{Candidate, Home, KnownRoad, Membership, Standing};
use crate::clock::from_ms;
use crate::contact::{AddressKind, ConsentNow, Contact, Language, Member};
use crate::message::{Channel, Purpose};
use crate::places::Place;
use crate::records::RecordsError;
use crate::records::common::{marks, only_channel, place};
use crate::records::import::{MemberState, gender_of};
use crate::seal::Keyring;
use crate::understanding::Gender;

/// A row of the contacts.
pub(in crate::records) struct ContactRow {
    pub(in crate::records) id: i64,
    pub(in crate::records) version: i64,
    pub(in crate::records) language: String,
    pub(in crate::records) language_chosen: bool,
    pub(in crate::records) handed_over: bool,
    pub(in crate::records) has_phone: bool,
    pub(in crate::records) last_inbound: Option<i64>,
    pub(in crate::records) road: (Option<i64>, Option<String>, Option<i64>),
    pub(in crate::records) rang: Option<i64>,
    pub(in crate::records) marks: [Option<i64>; 2],
    pub(in crate::records) blocked: Option<i64>,
}

/// A row of the members, sealed as it is.
pub(in crate::records) struct MemberRow {
    pub(in crate::records) contact: i64,
    pub(in crate::records) id: i64,
    pub(in crate::records) number: String,
    pub(in crate::records) name: Vec<u8>,
    pub(in crate::records) district: String,
    pub(in crate::records) state: i64,
    pub(in crate::records) assembly: i64,
    pub(in crate::records) sector: Option<i64>,
    pub(in crate::records) booth: Option<i64>,
    pub(in crate::records) gender: Option<i64>,
    pub(in crate::records) since: i64,
    pub(in crate::records) ends: Option<i64>,
}

/// What people are read for: thousands a second pass the gate, and what it does not ask is not read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum For {
    /// An audience asks everything of them.
    Audience,
    /// The gate at the moment of leaving: the person, their membership, what they agreed to.
    Gate,
    /// A message that is made: the person, the ways to them, their membership.
    Message,
}

impl For {
    /// The roads they wrote on, and the kinds of their addresses.
    pub(in crate::records) const fn needs_ways(self) -> bool {
        matches!(self, For::Audience | For::Message)
    }

    pub(in crate::records) const fn needs_consents(self) -> bool {
        matches!(self, For::Audience | For::Gate)
    }
}

/// A batch of people, by contact.
#[derive(Default)]
pub(in crate::records) struct Gathered {
    people: BTreeMap<i64, One>,
}

#[derive(Default)]
struct One {
    candidate: Candidate,
    member: Option<MemberRow>,
}

fn broken(table: &'static str, column: &'static str, id: i64, reason: &str) -> RecordsError {
    RecordsError::Broken { table, column, id, reason: reason.to_owned() }
}

impl Gathered {
    /// One that cannot be read back is left out: nothing goes to them, and the others need not wait.
    pub(in crate::records) fn contact(&mut self, row: ContactRow) {
        let id = row.id;
        let Some(language) = Language::from_code(&row.language) else {
            tell(&broken("contacts", "language", id, "unknown language"));
            return;
        };
        let contact = Contact {
            id,
            version: row.version,
            language,
            language_chosen: row.language_chosen,
            handed_over: row.handed_over,
            has_phone: row.has_phone,
            last_inbound: row.last_inbound.map(from_ms),
            rang: row.rang.map(from_ms),
            marks: marks(row.marks),
            blocked: row.blocked.is_some(),
            ..Contact::default()
        };
        let mut roads = Vec::new();
        if let (Some(channel), Some(account), wrote) = row.road {
            roads.extend(known_road(channel, account, wrote));
        }
        let candidate = Candidate { contact, roads, ..Candidate::default() };
        self.people.insert(id, One { candidate, member: None });
    }

    fn of(&mut self, contact: i64) -> Option<&mut Candidate> {
        self.people.get_mut(&contact).map(|one| &mut one.candidate)
    }

    pub(in crate::records) fn road(
        &mut self,
        contact: i64,
        channel: i64,
        account: String,
        wrote: Option<i64>,
    ) {
        if let Some(candidate) = self.of(contact) {
            candidate.roads.extend(known_road(channel, account, wrote));
        }
    }

    pub(in crate::records) fn kind(&mut self, contact: i64, kind: i64) {
        if let (Some(candidate), Some(kind)) = (self.of(contact), AddressKind::from_code(kind))
            && !candidate.kinds.contains(&kind)
        {
            candidate.kinds.push(kind);
        }
    }

    /// The rows of the ledger come oldest first. Whose ledger cannot be read is left out.
    pub(in crate::records) fn consent(
        &mut self,
        contact: i64,
        (purpose, given): (&str, bool),
        at: i64,
        only: Option<i64>,
    ) {
        let purpose = Purpose::from_name(purpose)
            .ok_or_else(|| broken("consents", "purpose", contact, "unknown purpose"));
        let word = purpose.and_then(|purpose| {
            let only = only_channel(only, contact)?;
            Ok(ConsentNow { purpose, given, at: from_ms(at), only })
        });
        match word {
            Ok(word) => {
                if let Some(candidate) = self.of(contact) {
                    candidate.contact.hear(word);
                }
            }
            Err(error) => {
                tell(&error);
                self.people.remove(&contact);
            }
        }
    }

    /// `code` is none for a post of before places had codes; `person` is 0 for the one whose conversations
    /// the phone's are.
    pub(in crate::records) fn post(
        &mut self,
        contact: i64,
        post: String,
        code: Option<i64>,
        person: i64,
    ) {
        let Some(candidate) = self.of(contact) else { return };
        let held = code.and_then(Place::from_code).map(|(_, at)| (post.clone(), at));
        if person != 0 {
            candidate.posts_beside.extend(held.map(|(post, at)| (person, post, at)));
            return;
        }
        candidate.posts.extend(held);
        candidate.contact.posts.push(post);
    }

    pub(in crate::records) fn brought(&mut self, contact: i64, brought: i64) {
        if let Some(candidate) = self.of(contact) {
            candidate.contact.brought = u32::try_from(brought).unwrap_or(u32::MAX);
        }
    }

    pub(in crate::records) fn member(&mut self, row: MemberRow) {
        if let Some(one) = self.people.get_mut(&row.contact) {
            one.member = Some(row);
        }
    }

    /// The seat of somebody else on the phone.
    pub(in crate::records) fn seat_beside(&mut self, contact: i64, assembly: i64) {
        if let (Some(candidate), Ok(seat)) = (self.of(contact), u16::try_from(assembly)) {
            candidate.contact.seats_beside.push(seat);
        }
    }

    /// One of them, without the membership.
    pub(in crate::records) fn candidate(&self, contact: i64) -> Option<&Candidate> {
        self.people.get(&contact).map(|one| &one.candidate)
    }

    /// Their membership, the name opened.
    pub(in crate::records) fn membership(
        &self,
        keyring: &Keyring,
        contact: i64,
    ) -> Result<Option<Member>, RecordsError> {
        let member = self.people.get(&contact).and_then(|one| one.member.as_ref());
        member.map(|row| row.open(keyring)).transpose()
    }

    /// Everybody, in the order of their numbers, and nobody's name.
    pub(in crate::records) fn candidates(self) -> Vec<Candidate> {
        let mut candidates = Vec::with_capacity(self.people.len());
        for One { mut candidate, member } in self.people.into_values() {
            match member.map(|row| row.without_name()).transpose() {
                Ok(membership) => candidate.member = membership.flatten(),
                Err(error) => {
                    tell(&error);
                    continue;
                }
            }
            candidates.push(candidate);
        }
        candidates
    }

    /// Everybody with their membership, as a turn or the gate reads them.
    pub(in crate::records) fn contacts(
        self,
        keyring: &Keyring,
    ) -> Vec<(i64, Result<Contact, RecordsError>)> {
        let mut contacts = Vec::with_capacity(self.people.len());
        for (id, One { candidate, member }) in self.people {
            let mut contact = candidate.contact;
            let opened = member.map(|row| row.open(keyring)).transpose();
            contacts.push((
                id,
                opened.map(|membership| {
                    contact.membership = membership;
                    contact
                }),
            ));
        }
        contacts
    }
}

/// What is known of those that contacts were found to be (`merged`: each with whom), under the old numbers:
/// whoever has a message of before in their hands asks by these.
pub(in crate::records) fn under_their_old_numbers(
    merged: Vec<(i64, i64)>,
    people: &[(i64, Result<Contact, RecordsError>)],
) -> Vec<(i64, Result<Contact, RecordsError>)> {
    let mut known = Vec::with_capacity(merged.len());
    for (old, kept) in merged {
        if let Some((_, person)) = people.iter().find(|(id, _)| *id == kept) {
            known.push((old, person.clone()));
        }
    }
    known
}

/// A row that cannot be read back is for a person to look at.
fn tell(error: &RecordsError) {
    tracing::error!(%error, "nothing of a broadcast goes to them");
}

fn known_road(channel: i64, account: String, wrote: Option<i64>) -> Option<KnownRoad> {
    // One of a newer version is no road to us.
    let channel = Channel::from_code(channel)?;
    Some(KnownRoad { channel, account, wrote: wrote.map(from_ms) })
}

impl MemberRow {
    fn small(&self, column: &'static str, value: i64) -> Result<u16, RecordsError> {
        u16::try_from(value).map_err(|_| broken("members", column, self.id, "out of range"))
    }

    fn open(&self, keyring: &Keyring) -> Result<Member, RecordsError> {
        let name = keyring
            .open_sealed(place::MEMBER_NAME, self.contact, &self.name)
            .map_err(|error| broken("members", "name", self.id, &error.to_string()))?;
        let name = String::from_utf8(name)
            .map_err(|_| broken("members", "name", self.id, "not a text"))?;
        Ok(Member {
            number: self.number.clone(),
            name,
            district: self.district.clone(),
            assembly: self.small("assembly", self.assembly)?,
            booth: self.booth.map(|booth| self.small("booth", booth)).transpose()?,
            since: from_ms(self.since),
            ends: self.ends.map(from_ms),
        })
    }

    /// `None` for one who withdrew.
    pub(in crate::records) fn without_name(&self) -> Result<Option<Membership>, RecordsError> {
        let state = MemberState::from_code(self.state)
            .ok_or_else(|| broken("members", "state", self.id, "unknown state"))?;
        let standing = match state {
            MemberState::Details => Standing::Details,
            MemberState::Confirmed => Standing::Confirmed,
            MemberState::Verified => Standing::Verified,
            MemberState::Active => Standing::Active,
            MemberState::Lapsed => Standing::Lapsed,
            MemberState::Withdrawn => return Ok(None),
        };
        let seat = Some(self.assembly).filter(|seat| *seat != 0);
        let home = Home {
            assembly: seat.map(|seat| self.small("assembly", seat)).transpose()?,
            sector: self.sector.map(|sector| self.small("sector", sector)).transpose()?,
            booth: self.booth.map(|booth| self.small("booth", booth)).transpose()?,
        };
        let gender = self.gender.and_then(gender_of).map(|gender| match gender {
            Gender::Male => "male",
            Gender::Female => "female",
            Gender::Other => "other",
        });
        let (since, ends) = (from_ms(self.since), self.ends.map(from_ms));
        Ok(Some(Membership { standing, home, gender, since, ends }))
    }
}
