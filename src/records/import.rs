//! What a roster of the office makes of the people known already. Pure: the engines say what they know of
//! the phones of some rows ([`Known`]), [`plan`] answers with a word for each row and with what is to be
//! written, and they write it in the same transaction.
//!
//! - On one phone people are told apart by the sound of their names.
//! - What nobody said is filled in; what stands is changed only when the import was asked to update, and then
//!   what stood is kept beside it. Otherwise the row is refused with both values.
//! - Whoever left is not taken again, and a purpose about which a person, or the phone they are on, said
//!   anything is not touched. Without something the office can show there is no consent at all.
//! - A row is taken whole or not at all; the same file a second time writes nothing.

pub(super) mod ready;

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::common::{NameKey, sound_of};
use crate::clock::from_ms;
use crate::contact::PhoneNumber;
use crate::message::Purpose;
use crate::people::{Column, MOST_ON_ONE_PHONE};
use crate::places::{Delimitation, Place};
use crate::understanding::Gender;

/// Where a membership stands. A contact without a row is a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberState {
    /// Known from a list; nobody has asked the person.
    Details,
    /// The person said so, on their own phone.
    Confirmed,
    /// Somebody of the office has checked.
    Verified,
    Active,
    Lapsed,
    Withdrawn,
}

impl MemberState {
    pub const ALL: [MemberState; 6] = [
        MemberState::Details,
        MemberState::Confirmed,
        MemberState::Verified,
        MemberState::Active,
        MemberState::Lapsed,
        MemberState::Withdrawn,
    ];

    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            MemberState::Details => 1,
            MemberState::Confirmed => 2,
            MemberState::Verified => 3,
            MemberState::Active => 4,
            MemberState::Lapsed => 5,
            MemberState::Withdrawn => 6,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<MemberState> {
        MemberState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// As it is written in commands and listings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            MemberState::Details => "details",
            MemberState::Confirmed => "confirmed",
            MemberState::Verified => "verified",
            MemberState::Active => "active",
            MemberState::Lapsed => "lapsed",
            MemberState::Withdrawn => "withdrawn",
        }
    }
}

/// What is known of a person beside the name; `None`: nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    pub father: Option<String>,
    pub gender: Option<Gender>,
    pub birth_year: Option<i16>,
    /// The code of a district.
    pub district: Option<String>,
    /// The number of an assembly seat.
    pub assembly: Option<u16>,
    /// The numbers of a sector and a booth within the seat.
    pub sector: Option<u16>,
    pub booth: Option<u16>,
}

/// A post as a row gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPost {
    /// One of [`POSTS`](crate::contact::POSTS).
    pub post: &'static str,
    pub place: Place,
    /// Whether one person holds it at a time.
    pub single: bool,
    /// `None`: since the import.
    pub since: Option<Timestamp>,
}

/// One row of a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub row: u32,
    pub phone: PhoneNumber,
    pub name: String,
    pub details: Details,
    pub post: Option<NewPost>,
    /// What the office can show for the person's consent, in its own words.
    pub proof: Option<String>,
}

/// How rows are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What stands is changed where a row says otherwise.
    pub update: bool,
    /// What a proof of consent is for.
    pub purposes: Vec<Purpose>,
}

/// One file that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its name, without folders.
    pub file: String,
    /// The SHA-256 of what is in it.
    pub sha256: [u8; 32],
    /// Who takes it.
    pub actor: String,
    pub at: Timestamp,
    pub terms: Terms,
}

/// What became of a batch of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// One for each row, in order.
    pub taken: Vec<Taken>,
    /// The import as records know it, from the first batch on that brought something.
    pub import: Option<i64>,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nobody was known on this phone.
    New,
    /// Another person on the phone, or another post or consent of one who was known.
    Added,
    /// Something was filled in that nobody had said.
    Completed,
    /// Something that stood was changed; what stood is kept beside it.
    Changed,
    /// All of it was known.
    Unchanged,
    Refused {
        /// Where in the row the reason lies.
        column: Column,
        reason: String,
    },
}

/// Somebody on a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) member: i64,
    /// 0: the one whose conversations the phone's are.
    pub(super) place: i64,
    pub(super) name: String,
    pub(super) details: Details,
    pub(super) standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Member,
    /// The person left.
    Left {
        at: i64,
    },
    /// A membership that ended because another holds.
    Over,
}

impl Standing {
    /// Of a row: when it ended, and its state.
    pub(super) fn of(until: Option<i64>, state: i64) -> Standing {
        match until {
            None => Standing::Member,
            Some(_) if state == MemberState::Lapsed.code() => Standing::Over,
            Some(at) => Standing::Left { at },
        }
    }
}

/// A contact with the number of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OnPhone {
    pub(super) contact: i64,
    pub(super) people: Vec<Person>,
    /// Who said anything about which purpose: the person and the newest word.
    pub(super) said: Vec<(i64, Purpose, bool)>,
    /// Posts held now: the person, the post, the place's code.
    pub(super) posts: Vec<(i64, String, i64)>,
}

/// What a store knows of the rows of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) phones: HashMap<PhoneNumber, OnPhone>,
    /// Since when somebody holds a post of which there is one: by post and place.
    pub(super) holders: HashMap<(String, i64), i64>,
    /// Whose persons were erased and have not come back by themselves.
    pub(super) erased: HashSet<PhoneNumber>,
}

/// Whose a new row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Contact(i64),
    /// The so-manieth of [`Writes::contacts`].
    New(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewPerson {
    pub(super) who: Who,
    pub(super) person: i64,
    pub(super) name: String,
    pub(super) details: Details,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) member: i64,
    pub(super) contact: i64,
    pub(super) name: String,
    /// All of it, as it is to stand.
    pub(super) details: Details,
    /// What stood is kept.
    pub(super) keep: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) who: Who,
    pub(super) person: i64,
    pub(super) post: NewPost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) who: Who,
    pub(super) person: i64,
    pub(super) purpose: Purpose,
    pub(super) proof: String,
}

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Writes {
    pub(super) contacts: Vec<PhoneNumber>,
    /// The contacts there were of whom anything changes.
    pub(super) moved: BTreeSet<i64>,
    pub(super) people: Vec<NewPerson>,
    pub(super) changes: Vec<Change>,
    pub(super) posts: Vec<Holding>,
    pub(super) consents: Vec<Shown>,
}

impl Writes {
    pub(super) fn is_empty(&self) -> bool {
        *self == Writes::default()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    /// One for each row, in order.
    pub(super) taken: Vec<Taken>,
    pub(super) writes: Writes,
}

/// The number by which records hold a place.
pub(super) fn code(place: Place) -> i64 {
    place.code(Delimitation::NOW)
}

/// Decides a batch; `known` holds what there is of its phones and of its single posts.
pub(super) fn plan(batch: &[Incoming], known: &Known, terms: &Terms) -> Planned {
    let mut planner = Planner {
        known,
        terms,
        phones: HashMap::new(),
        held: HashMap::new(),
        writes: Writes::default(),
    };
    let taken = batch.iter().map(|row| planner.take(row)).collect();
    Planned { taken, writes: planner.writes }
}

struct Planner<'k> {
    known: &'k Known,
    terms: &'k Terms,
    phones: HashMap<PhoneNumber, Phone>,
    /// Single posts that rows of this batch were given.
    held: HashMap<(&'static str, i64), u32>,
    writes: Writes,
}

/// A phone as it stands behind the rows taken so far.
struct Phone {
    /// `None`: nobody has written from it, and no row of it was taken.
    who: Option<Who>,
    people: Vec<OnIt>,
    said: Vec<(i64, Purpose, bool)>,
    posts: Vec<(i64, String, i64)>,
}

struct OnIt {
    row: Row,
    person: i64,
    name: String,
    sound: NameKey,
    details: Details,
    standing: Standing,
}

/// Where a person stands.
#[derive(Clone, Copy)]
enum Row {
    /// In the records.
    Member(i64),
    /// Among the new people.
    New(usize),
}

impl Phone {
    fn of(known: Option<&OnPhone>) -> Phone {
        let Some(known) = known else {
            return Phone { who: None, people: Vec::new(), said: Vec::new(), posts: Vec::new() };
        };
        let people = known.people.iter().map(|person| OnIt {
            row: Row::Member(person.member),
            person: person.place,
            name: person.name.clone(),
            sound: sound_of(&person.name),
            details: person.details.clone(),
            standing: person.standing,
        });
        Phone {
            who: Some(Who::Contact(known.contact)),
            people: people.collect(),
            said: known.said.clone(),
            posts: known.posts.clone(),
        }
    }

    fn active(&self) -> impl Iterator<Item = &OnIt> {
        self.people.iter().filter(|person| person.standing == Standing::Member)
    }

    /// A number that nobody on this phone ever had.
    fn next_person(&self) -> i64 {
        self.people.iter().map(|person| person.person + 1).max().unwrap_or(0)
    }

    /// Whether this person, or the phone's own conversation, said no; or this person said anything.
    fn is_settled(&self, of: i64, purpose: Purpose) -> bool {
        let settles = |(person, about, given): &(i64, Purpose, bool)| {
            *about == purpose && (*person == of || (*person == 0 && !given))
        };
        self.said.iter().any(settles)
    }
}

impl Planner<'_> {
    fn take(&mut self, row: &Incoming) -> Taken {
        if self.known.erased.contains(&row.phone) {
            return refused(
                Column::Phone,
                "whoever had this number asked to be erased: they come back by their own word, not by a list"
                    .to_owned(),
            );
        }
        let known = self.known.phones.get(&row.phone);
        let mut phone = self.phones.remove(&row.phone).unwrap_or_else(|| Phone::of(known));
        let taken = self.take_on(&mut phone, row);
        self.phones.insert(row.phone, phone);
        taken
    }

    fn take_on(&mut self, phone: &mut Phone, row: &Incoming) -> Taken {
        let sound = sound_of(&row.name);
        let is_they = |person: &OnIt| person.standing == Standing::Member && person.sound == sound;
        let found = phone.people.iter().position(is_they);
        let nobody_there = phone.active().next().is_none();
        if found.is_none()
            && let Some(refused) = why_nobody_new(phone, &sound)
        {
            return refused;
        }
        let merged = match found.and_then(|at| phone.people.get(at)) {
            Some(person) => merge(&person.details, &row.details),
            None => Merged { details: row.details.clone(), ..Merged::default() },
        };
        if let Some(difference) = merged.differences.first()
            && !self.terms.update
        {
            let all: Vec<String> = merged.differences.iter().map(Difference::words).collect();
            let column = difference.column;
            return refused(
                column,
                format!("{}; --update takes what the row says", all.join("; ")),
            );
        }
        let person = match found.and_then(|at| phone.people.get(at)) {
            Some(known) => known.person,
            None => phone.next_person(),
        };
        let post = match self.post(phone, found.map(|_| person), row) {
            Ok(post) => post,
            Err(refused) => return refused,
        };

        // Everything is decided; from here on it is written.
        let changed = !merged.differences.is_empty();
        let who = *phone.who.get_or_insert_with(|| {
            self.writes.contacts.push(row.phone);
            Who::New(self.writes.contacts.len() - 1)
        });
        let mut taken = match (found, nobody_there) {
            (None, true) => Taken::New,
            (None, false) => Taken::Added,
            (Some(_), _) if changed => Taken::Changed,
            (Some(_), _) if merged.filled => Taken::Completed,
            (Some(_), _) => Taken::Unchanged,
        };
        match found {
            None => self.add(phone, who, person, row),
            Some(_) if taken == Taken::Unchanged => {}
            Some(at) => self.change(phone, at, who, merged.details, changed),
        }
        let mut is_more = false;
        if let Some(post) = post {
            let place = code(post.place);
            phone.posts.push((person, post.post.to_owned(), place));
            if post.single {
                self.held.insert((post.post, place), row.row);
            }
            self.writes.posts.push(Holding { who, person, post });
            is_more = true;
        }
        is_more |= self.consent(phone, who, person, row);
        if is_more && taken == Taken::Unchanged {
            taken = Taken::Added;
        }
        if taken != Taken::Unchanged
            && let Who::Contact(contact) = who
        {
            self.writes.moved.insert(contact);
        }
        taken
    }

    /// The post a row gives that the person does not hold yet.
    fn post(
        &self,
        phone: &Phone,
        person: Option<i64>,
        row: &Incoming,
    ) -> Result<Option<NewPost>, Taken> {
        let Some(post) = &row.post else { return Ok(None) };
        let place = code(post.place);
        let is_it = |(holder, held, at): &(i64, String, i64)| {
            Some(*holder) == person && held == post.post && *at == place
        };
        if phone.posts.iter().any(is_it) {
            return Ok(None);
        }
        if !post.single {
            return Ok(Some(post.clone()));
        }
        if let Some(since) = self.known.holders.get(&(post.post.to_owned(), place)) {
            let since = crate::locale::india_date(from_ms(*since)).strftime("%d-%m-%Y");
            return Err(refused(
                Column::Post,
                format!(
                    "somebody else holds this post there since {since}, and one person does at a time: \
                     end that first, or hand it over"
                ),
            ));
        }
        match self.held.get(&(post.post, place)) {
            Some(first) => Err(refused(
                Column::Post,
                format!("row {first} has this post there, and one person holds it at a time"),
            )),
            None => Ok(Some(post.clone())),
        }
    }

    fn add(&mut self, phone: &mut Phone, who: Who, person: i64, row: &Incoming) {
        let new = NewPerson { who, person, name: row.name.clone(), details: row.details.clone() };
        phone.people.push(OnIt {
            row: Row::New(self.writes.people.len()),
            person,
            name: row.name.clone(),
            sound: sound_of(&row.name),
            details: row.details.clone(),
            standing: Standing::Member,
        });
        self.writes.people.push(new);
    }

    fn change(&mut self, phone: &mut Phone, at: usize, who: Who, details: Details, keep: bool) {
        let Some(person) = phone.people.get_mut(at) else { return };
        person.details.clone_from(&details);
        match (person.row, who) {
            (Row::New(new), _) => {
                if let Some(new) = self.writes.people.get_mut(new) {
                    new.details = details;
                }
            }
            (Row::Member(member), Who::Contact(contact)) => {
                let known = self.writes.changes.iter_mut().find(|change| change.member == member);
                if let Some(change) = known {
                    change.details = details;
                    change.keep |= keep;
                } else {
                    let name = person.name.clone();
                    self.writes.changes.push(Change { member, contact, name, details, keep });
                }
            }
            // Nobody of a new contact is in the records.
            (Row::Member(_), Who::New(_)) => {}
        }
    }

    /// Whether there is a new one.
    fn consent(&mut self, phone: &mut Phone, who: Who, person: i64, row: &Incoming) -> bool {
        let Some(proof) = &row.proof else { return false };
        let mut is_new = false;
        for purpose in &self.terms.purposes {
            if phone.is_settled(person, *purpose) {
                continue;
            }
            phone.said.push((person, *purpose, true));
            let (purpose, proof) = (*purpose, proof.clone());
            self.writes.consents.push(Shown { who, person, purpose, proof });
            is_new = true;
        }
        is_new
    }
}

fn refused(column: Column, reason: String) -> Taken {
    Taken::Refused { column, reason }
}

/// Why nobody of this name is added to a phone.
fn why_nobody_new(phone: &Phone, sound: &NameKey) -> Option<Taken> {
    let left = phone.people.iter().filter(|person| person.sound == *sound);
    let left = left.filter_map(|person| match person.standing {
        Standing::Left { at } => Some(at),
        Standing::Member | Standing::Over => None,
    });
    if let Some(at) = left.max() {
        let day = crate::locale::india_date(from_ms(at)).strftime("%d-%m-%Y");
        return Some(refused(
            Column::Name,
            format!(
                "this person left on {day}: whoever left comes back by their own word, not by a list"
            ),
        ));
    }
    (phone.active().count() >= usize::from(MOST_ON_ONE_PHONE)).then(|| {
        refused(
            Column::Phone,
            format!("{MOST_ON_ONE_PHONE} people are known on this number; whose number is it?"),
        )
    })
}

/// A value that stands and another that a row gives.
#[derive(Debug)]
struct Difference {
    column: Column,
    stands: String,
    said: String,
}

impl Difference {
    fn words(&self) -> String {
        let Difference { column, stands, said } = self;
        format!("{}: known is ‘{stands}’, the row says ‘{said}’", column.header())
    }
}

#[derive(Debug, Default)]
struct Merged {
    /// As it would stand.
    details: Details,
    filled: bool,
    differences: Vec<Difference>,
}

impl Merged {
    /// One field: what stands, what the row says, and how it would stand.
    fn field<T: Clone>(
        &mut self,
        column: Column,
        known: Option<&T>,
        told: Option<&T>,
        is_same: impl Fn(&T, &T) -> bool,
        words: impl Fn(&T) -> String,
    ) -> Option<T> {
        match (known, told) {
            (None, None) => None,
            (None, Some(told)) => {
                self.filled = true;
                Some(told.clone())
            }
            (Some(known), Some(told)) if !is_same(known, told) => {
                let (stands, said) = (words(known), words(told));
                self.differences.push(Difference { column, stands, said });
                Some(told.clone())
            }
            (Some(known), _) => Some(known.clone()),
        }
    }
}

fn merge(known: &Details, told: &Details) -> Merged {
    let mut merged = Merged::default();
    let sounds_same = |one: &String, other: &String| sound_of(one) == sound_of(other);
    let father = merged.field(
        Column::FathersName,
        known.father.as_ref(),
        told.father.as_ref(),
        sounds_same,
        String::clone,
    );
    let gender = merged.field(
        Column::Gender,
        known.gender.as_ref(),
        told.gender.as_ref(),
        |one, other| one == other,
        |gender| gender_word(*gender).to_owned(),
    );
    let birth_year = merged.field(
        Column::BirthYear,
        known.birth_year.as_ref(),
        told.birth_year.as_ref(),
        |one, other| one == other,
        i16::to_string,
    );
    let assembly = merged.field(
        Column::Assembly,
        known.assembly.as_ref(),
        told.assembly.as_ref(),
        |one, other| one == other,
        u16::to_string,
    );
    // Sectors and booths are counted within their seat, and a seat lies in one district.
    let has_moved = known.assembly.is_some() && known.assembly != assembly;
    let mut within = Details::default();
    if has_moved {
        within.district.clone_from(&told.district);
        (within.sector, within.booth) = (told.sector, told.booth);
    } else {
        within.district = merged.field(
            Column::District,
            known.district.as_ref(),
            told.district.as_ref(),
            |one, other| one == other,
            String::clone,
        );
        for (column, before, now, stands) in [
            (Column::Sector, known.sector, told.sector, &mut within.sector),
            (Column::Booth, known.booth, told.booth, &mut within.booth),
        ] {
            *stands = merged.field(
                column,
                before.as_ref(),
                now.as_ref(),
                |one, other| one == other,
                u16::to_string,
            );
        }
    }
    merged.details = Details { father, gender, birth_year, assembly, ..within };
    merged
}

const fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "पुरुष",
        Gender::Female => "महिला",
        Gender::Other => "अन्य",
    }
}

pub(super) const fn gender_code(gender: Gender) -> i64 {
    match gender {
        Gender::Male => 1,
        Gender::Female => 2,
        Gender::Other => 3,
    }
}

pub(super) fn gender_of(code: i64) -> Option<Gender> {
    [Gender::Male, Gender::Female, Gender::Other]
        .into_iter()
        .find(|gender| gender_code(*gender) == code)
}

#[cfg(test)]
mod tests;
