//! What a roster of the office makes of the people known already. Pure: the engines say what they know of
//! the phones of some rows ([`Known`]), [`plan`] answers with a word for each row and with what is to be
//! written, and they write it in the same transaction.
//!
//! - On one phone people are told apart by the sound of their names.
//! - What nobody said is filled in; what stands is changed only when the import was asked to update, and then
//!   what stood is kept beside it. Otherwise the row is refused with both values.
//! - Whoever left is not taken again, however the name is spelt; on a phone where nobody stands any more, nobody
//!   is. Of whom the office said that they are the same as another member, the row that brought them is known and
//!   says nothing new.
//! - What a member said of themselves is not changed by a list, not even where it was asked to update; what a list
//!   filled in beside it, another list corrects. Two rows of a file that say two things of one person: the first
//!   is taken. A post that ended is not given again by the row that gave it. And a purpose about which a person, or the phone they are on, said
//!   anything is not touched. Without something the office can show there is no consent at all.
//! - A row is taken whole or not at all; the same file a second time writes nothing.

mod compare;
pub(super) mod ready;

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use compare::{Difference, Merged, merge};
pub(super) use compare::{gender_code, gender_of};

use super::common::{NameKey, sound_of};
use crate::clock::from_ms;
use crate::contact::PhoneNumber;
use crate::message::Purpose;
use crate::people::{Column, MOST_ON_ONE_PHONE};
use crate::places::{Delimitation, Place};
use crate::understanding::{Gender, bare_name, first_name};

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

/// Which of the fields that members say of themselves a list filled in after they had: those it may correct. A
/// number of bits, as the records hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FromList(pub(super) i64);

impl FromList {
    /// In every other field a member's value is their own word.
    const FIELDS: [(i64, Column); 4] =
        [(1, Column::District), (2, Column::Assembly), (4, Column::Booth), (8, Column::BirthYear)];

    pub(super) fn has(self, column: Column) -> bool {
        FromList::FIELDS.into_iter().any(|(bit, field)| field == column && self.0 & bit != 0)
    }

    /// When a list made one of the other.
    fn after(self, before: &Details, after: &Details) -> FromList {
        let bits = FromList::FIELDS.into_iter().filter(|(_, field)| {
            let (was, is) = (before.said(*field), after.said(*field));
            is.is_some() && (was != is || self.has(*field))
        });
        FromList(bits.map(|(bit, _)| bit).sum())
    }
}

impl Details {
    /// What stands in a field, to compare and to tell; `None` of what is no detail.
    fn said(&self, column: Column) -> Option<String> {
        match column {
            Column::FathersName => self.father.clone(),
            Column::Gender => self.gender.map(|gender| compare::gender_word(gender).to_owned()),
            Column::BirthYear => self.birth_year.map(|year| year.to_string()),
            Column::District => self.district.clone(),
            Column::Assembly => self.assembly.map(|seat| seat.to_string()),
            Column::Sector => self.sector.map(|sector| sector.to_string()),
            Column::Booth => self.booth.map(|booth| booth.to_string()),
            _ => None,
        }
    }

    /// Takes what nothing was said of yet.
    fn add(&mut self, told: &Details) {
        fn or<T: Clone>(known: &mut Option<T>, told: Option<&T>) {
            if known.is_none() {
                *known = told.cloned();
            }
        }
        or(&mut self.father, told.father.as_ref());
        or(&mut self.gender, told.gender.as_ref());
        or(&mut self.birth_year, told.birth_year.as_ref());
        or(&mut self.district, told.district.as_ref());
        or(&mut self.assembly, told.assembly.as_ref());
        or(&mut self.sector, told.sector.as_ref());
        or(&mut self.booth, told.booth.as_ref());
    }
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
    /// The sector is known to be the booth's: where the booth is theirs already, so is the sector.
    pub sector_follows: bool,
    pub post: Option<NewPost>,
    /// The same person stands above in the file, with another post: the places of this row are the post's.
    pub further: bool,
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
        /// The same without what is known of the person, for a terminal.
        public: Option<String>,
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
    /// Where they belong and when they were born is their own word: they confirmed it by their own message.
    pub(super) own_word: bool,
    /// But for what a list filled in since.
    pub(super) from_list: FromList,
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
    /// The office said that this is another member, whose membership stands.
    Same,
}

impl Standing {
    /// Of a row: when it ended, its state, and whether it ended because it is another member's.
    pub(super) fn of(until: Option<i64>, state: i64, is_same: bool) -> Standing {
        match until {
            None => Standing::Member,
            Some(_) if is_same => Standing::Same,
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
    /// Posts held, now or once.
    pub(super) posts: Vec<Held>,
}

/// A post somebody on a phone holds, or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// `None`: a row of this batch brought it.
    pub(super) id: Option<i64>,
    pub(super) person: i64,
    pub(super) post: String,
    /// The place's code.
    pub(super) place: i64,
    pub(super) since: i64,
    /// Nobody said since when: the import that brought it wrote its own moment.
    pub(super) is_since_unsaid: bool,
    pub(super) until: Option<i64>,
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
    pub(super) from_list: FromList,
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

/// Another day since when a post is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewSince {
    pub(super) post: i64,
    pub(super) since: i64,
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
    pub(super) sinces: Vec<NewSince>,
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
    posts: Vec<Held>,
}

/// What becomes of the post a row gives.
enum PostPlan {
    /// None is given, or it stands as the row says.
    AsItIs,
    New(NewPost),
    /// It is held, since another day than the row says; that stands for nothing where nobody had said it.
    Since {
        held: usize,
        since: i64,
        differs: Option<Difference>,
    },
}

struct OnIt {
    row: Row,
    person: i64,
    name: String,
    details: Details,
    standing: Standing,
    own_word: bool,
    from_list: FromList,
    /// What rows of this batch said of them, and the first of these rows.
    told: Option<(u32, Details)>,
}

impl OnIt {
    /// Whether this is a name of theirs: most are written as they were.
    fn is_called(&self, name: &str, sound: &NameKey) -> bool {
        self.name == name || sound_of(bare_name(&self.name)) == *sound
    }
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
            details: person.details.clone(),
            standing: person.standing,
            own_word: person.own_word,
            from_list: person.from_list,
            told: None,
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

    /// Whoever has the conversations of this phone left, and did not come back.
    fn has_speaker_left(&self) -> bool {
        let of_speaker = || self.people.iter().filter(|person| person.person == 0);
        of_speaker().any(|person| matches!(person.standing, Standing::Left { .. }))
            && !of_speaker().any(|person| person.standing == Standing::Member)
    }

    /// Whether this person, or the phone's own conversation, said no; or this person said anything; or
    /// whoever would read what is sent there left.
    fn is_settled(&self, of: i64, purpose: Purpose) -> bool {
        if self.has_speaker_left() {
            return true;
        }
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
        let stands = |person: &OnIt| person.standing == Standing::Member;
        let mut found =
            phone.people.iter().position(|person| stands(person) && person.name == row.name);
        let nobody_there = phone.active().next().is_none();
        if found.is_none() && !phone.people.is_empty() {
            let sound = sound_of(bare_name(&row.name));
            let is_they = |person: &OnIt| stands(person) && person.is_called(&row.name, &sound);
            found = phone.people.iter().position(is_they);
            if found.is_none() {
                let is_settled = |person: &&OnIt| {
                    person.standing == Standing::Same && person.is_called(&row.name, &sound)
                };
                if let Some(same) = phone.people.iter().find(is_settled) {
                    return self.settled(phone, same, row);
                }
                if let Some(refused) = why_nobody_new(phone, &row.name, &sound) {
                    return refused;
                }
            }
        }
        let mut merged = match found.and_then(|at| phone.people.get(at)) {
            Some(person) => {
                // Where they belong is their own word; the places of the row are those of its post.
                let is_of_post = person.own_word && row.post.is_some();
                let follows = row.sector_follows;
                merge(&person.details, &row.details, row.further || is_of_post, follows)
            }
            None => Merged { details: row.details.clone(), ..Merged::default() },
        };
        let person = match found.and_then(|at| phone.people.get(at)) {
            Some(known) => known.person,
            None => phone.next_person(),
        };
        let mut post = self.post(phone, found.map(|_| person), row);
        let is_detail_new = merged.filled || !merged.differences.is_empty();
        let is_detail_changed = !merged.differences.is_empty();
        if let Ok(PostPlan::Since { differs, .. }) = &mut post {
            match differs.take() {
                Some(difference) => merged.differences.push(difference),
                None => merged.filled = true,
            }
        }
        if let Some(one) = found.and_then(|at| phone.people.get(at)) {
            if let Some(refused) = why_own_word_stands(one, &merged) {
                return refused;
            }
            if let Some(refused) = why_row_above_stands(one, &merged.differences) {
                return refused;
            }
        }
        if !self.terms.update
            && let Some(refused) = why_not_overwritten(&merged.differences)
        {
            return refused;
        }
        let post = match post {
            Ok(post) => post,
            Err(refused) => return refused,
        };

        // Everything is decided; from here on it is written.
        let who = *phone.who.get_or_insert_with(|| {
            self.writes.contacts.push(row.phone);
            Who::New(self.writes.contacts.len() - 1)
        });
        let mut taken = match (found, nobody_there) {
            (None, true) => Taken::New,
            (None, false) => Taken::Added,
            (Some(_), _) if !merged.differences.is_empty() => Taken::Changed,
            (Some(_), _) if merged.filled => Taken::Completed,
            (Some(_), _) => Taken::Unchanged,
        };
        match found {
            None => self.add(phone, who, person, row),
            Some(at) if is_detail_new => {
                self.change(phone, at, who, merged.details, is_detail_changed);
            }
            Some(_) => {}
        }
        if let Some(one) = phone.people.iter_mut().rfind(|one| one.person == person) {
            let (_, told) = one.told.get_or_insert_with(|| (row.row, Details::default()));
            told.add(&row.details);
        }
        let mut is_more = self.give(phone, who, person, row, post);
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

    /// A row of somebody of whom the office said that they are another member: known, where it says what the
    /// records had of them; else it belongs to that other member.
    fn settled(&self, phone: &Phone, same: &OnIt, row: &Incoming) -> Taken {
        let merged = merge(&same.details, &row.details, row.further, row.sector_follows);
        let new_detail = merged.differences.first().map(|difference| difference.column);
        let new_detail = new_detail.or(merged.filled.then_some(Column::Name));
        let new_post = row.post.as_ref().and_then(|post| {
            let place = code(post.place);
            let mut held = phone
                .posts
                .iter()
                .filter(|held| held.post == post.post && held.place == place)
                .peekable();
            if held.peek().is_none() {
                return Some(Column::Post);
            }
            let day = crate::locale::india_date;
            let mut is_known = |since| held.any(|held| day(from_ms(held.since)) == day(since));
            post.since.filter(|since| !is_known(*since)).map(|_| Column::Since)
        });
        let is_agreed = |purpose: &Purpose| phone.is_settled(same.person, *purpose);
        let is_shown = row.proof.is_some() && !self.terms.purposes.iter().all(is_agreed);
        let new_proof = is_shown.then_some(Column::Consent);
        let Some(column) = new_detail.or(new_post).or(new_proof) else { return Taken::Unchanged };
        let reason = "the office said that this person is another member, and that membership stands: write \
                      what is new into the row of that one (`samvad people search` finds it by the name)";
        refused(column, reason.to_owned())
    }

    /// Writes what becomes of the post of a row; whether it is another post.
    fn give(
        &mut self,
        phone: &mut Phone,
        who: Who,
        person: i64,
        row: &Incoming,
        post: PostPlan,
    ) -> bool {
        match post {
            PostPlan::AsItIs => false,
            PostPlan::Since { held, since, .. } => {
                let Some(held) = phone.posts.get_mut(held) else { return false };
                (held.since, held.is_since_unsaid) = (since, false);
                self.writes.sinces.extend(held.id.map(|post| NewSince { post, since }));
                false
            }
            PostPlan::New(post) => {
                let place = code(post.place);
                phone.posts.push(Held {
                    id: None,
                    person,
                    post: post.post.to_owned(),
                    place,
                    since: post.since.map_or(0, Timestamp::as_millisecond),
                    is_since_unsaid: post.since.is_none(),
                    until: None,
                });
                if post.single {
                    self.held.insert((post.post, place), row.row);
                }
                self.writes.posts.push(Holding { who, person, post });
                true
            }
        }
    }

    /// What becomes of the post a row gives; `person` is `None` of somebody new.
    fn post(&self, phone: &Phone, person: Option<i64>, row: &Incoming) -> Result<PostPlan, Taken> {
        let Some(post) = &row.post else { return Ok(PostPlan::AsItIs) };
        let place = code(post.place);
        let is_it = |held: &Held| {
            Some(held.person) == person && held.post == post.post && held.place == place
        };
        let open = phone.posts.iter().position(|held| is_it(held) && held.until.is_none());
        if let Some(at) = open {
            return since_of(phone, at, post);
        }
        let ended = phone.posts.iter().filter(|held| is_it(held));
        if let Some(last) = ended.max_by_key(|held| held.until)
            && let Some(until) = last.until
            && !begins_anew(post.since, last.since, until)
        {
            return Err(refused(
                Column::Post,
                format!(
                    "this post of this person ended on {}, and a list does not bring it back: take it out of \
                     the row; if they hold it anew, write under ‘{}’ since when, no earlier than that day",
                    day(until),
                    Column::Since.header()
                ),
            ));
        }
        if !post.single {
            return Ok(PostPlan::New(post.clone()));
        }
        if let Some(since) = self.known.holders.get(&(post.post.to_owned(), place)) {
            return Err(refused(
                Column::Post,
                format!(
                    "somebody else holds this post there since {}, and one person does at a time: end it \
                     with `samvad posts end`, or give it on with `samvad posts hand-over`",
                    day(*since)
                ),
            ));
        }
        match self.held.get(&(post.post, place)) {
            Some(first) => Err(refused(
                Column::Post,
                format!("row {first} has this post there, and one person holds it at a time"),
            )),
            None => Ok(PostPlan::New(post.clone())),
        }
    }

    fn add(&mut self, phone: &mut Phone, who: Who, person: i64, row: &Incoming) {
        let new = NewPerson { who, person, name: row.name.clone(), details: row.details.clone() };
        phone.people.push(OnIt {
            row: Row::New(self.writes.people.len()),
            person,
            name: row.name.clone(),
            details: row.details.clone(),
            standing: Standing::Member,
            own_word: false,
            from_list: FromList::default(),
            told: None,
        });
        self.writes.people.push(new);
    }

    fn change(&mut self, phone: &mut Phone, at: usize, who: Who, details: Details, keep: bool) {
        let Some(person) = phone.people.get_mut(at) else { return };
        if person.own_word {
            person.from_list = person.from_list.after(&person.details, &details);
        }
        let from_list = person.from_list;
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
                    change.from_list = from_list;
                    change.keep |= keep;
                } else {
                    let name = person.name.clone();
                    let change = Change { member, contact, name, details, from_list, keep };
                    self.writes.changes.push(change);
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
    Taken::Refused { column, reason, public: None }
}

/// The day of a moment in India, as people write it.
fn day(at: i64) -> String {
    crate::locale::india_date(from_ms(at)).strftime("%d-%m-%Y").to_string()
}

/// What differs stands; `None` where nothing does.
fn why_not_overwritten(differences: &[Difference]) -> Option<Taken> {
    let column = differences.first()?.column;
    let both: Vec<String> = differences.iter().map(Difference::words).collect();
    let which: Vec<&str> = differences.iter().map(|one| one.column.header()).collect();
    let do_so = "--update takes what the row says";
    Some(Taken::Refused {
        column,
        reason: format!("{}; {do_so}", both.join("; ")),
        public: Some(format!(
            "{}: what is known is not what the row says (--result FILE has both); {do_so}",
            which.join(", ")
        )),
    })
}

/// What a member said of themselves stands, whoever asks; what a list filled in beside it does not. `None` where
/// the row says nothing else.
fn why_own_word_stands(one: &OnIt, merged: &Merged) -> Option<Taken> {
    if !one.own_word {
        return None;
    }
    let own = FromList::FIELDS.into_iter().filter_map(|(_, column)| {
        let stands = one.details.said(column).filter(|_| !one.from_list.has(column))?;
        let said = merged.details.said(column);
        let is_same = said.as_ref() == Some(&stands);
        let said = said.unwrap_or_default();
        (!is_same).then_some(Difference { column, stands, said })
    });
    let mut own: Vec<Difference> = own.collect();
    // A booth of another seat: told first is the seat.
    own.sort_by_key(|one| one.column != Column::Assembly);
    let column = own.first()?.column;
    let both: Vec<String> = own.iter().map(Difference::words).collect();
    let which: Vec<&str> = own.iter().map(|one| one.column.header()).collect();
    let who = "the person confirmed this membership by their own message, and their own word wins: only they \
               change it (मेरी जानकारी); take it out of the row";
    Some(Taken::Refused {
        column,
        reason: format!("{}; {who}", both.join("; ")),
        public: Some(format!("{}: {who}", which.join(", "))),
    })
}

/// What a row of this file said stands beside another one of it, whoever asks: else the last word would win, and
/// each time anew.
fn why_row_above_stands(one: &OnIt, differences: &[Difference]) -> Option<Taken> {
    let (row, told) = one.told.as_ref()?;
    let column = differences.iter().find(|one| told.said(one.column).is_some())?.column;
    let reason =
        format!("row {row} says something else of the same person: which of the two is it?");
    Some(refused(column, reason))
}

/// A post that is held, beside the day since when a row says so.
fn since_of(phone: &Phone, at: usize, post: &NewPost) -> Result<PostPlan, Taken> {
    let (Some(held), Some(said)) = (phone.posts.get(at), post.since) else {
        return Ok(PostPlan::AsItIs);
    };
    let since = said.as_millisecond();
    if crate::locale::india_date(said) == crate::locale::india_date(from_ms(held.since)) {
        return Ok(PostPlan::AsItIs);
    }
    if held.id.is_none() {
        let reason = "another row gives this person this post since another day".to_owned();
        return Err(refused(Column::Since, reason));
    }
    let differs = (!held.is_since_unsaid).then(|| Difference {
        column: Column::Since,
        stands: day(held.since),
        said: day(since),
    });
    Ok(PostPlan::Since { held: at, since, differs })
}

/// Whether a row tells of another time in a post than the one that ended: it says since when, no earlier than
/// the day of the end, and that one had begun before.
fn begins_anew(since: Option<Timestamp>, began: i64, until: i64) -> bool {
    let Some(since) = since.map(crate::locale::india_date) else { return false };
    since >= crate::locale::india_date(from_ms(until))
        && since > crate::locale::india_date(from_ms(began))
}

/// How the first word of a name sounds.
fn first_sound(name: &str) -> NameKey {
    sound_of(first_name(name))
}

/// Why nobody of this name is added to a phone.
fn why_nobody_new(phone: &Phone, name: &str, sound: &NameKey) -> Option<Taken> {
    let left = |person: &OnIt| match person.standing {
        Standing::Left { at } => Some(at),
        Standing::Member | Standing::Over | Standing::Same => None,
    };
    let gone = || phone.people.iter().filter(|person| left(person).is_some());
    let back = "whoever left comes back by their own word, not by a list";
    if let Some(at) = gone().filter(|person| person.is_called(name, sound)).filter_map(left).max() {
        let reason = format!("this person left on {}: {back}", day(at));
        return Some(refused(Column::Name, reason));
    }
    let nobody_stands = phone.active().next().is_none();
    if nobody_stands && let Some(at) = gone().filter_map(left).max() {
        let reason = format!(
            "whoever has this number left on {}, and nobody is known on it now: {back}",
            day(at)
        );
        return Some(refused(Column::Phone, reason));
    }
    let first = first_sound(name);
    let nearly = gone().filter(|person| first_sound(&person.name) == first);
    if let Some(at) = nearly.filter_map(left).max() {
        let reason = format!(
            "somebody of nearly this name left this number on {}, and a list does not tell whether it is \
             somebody else: {back}",
            day(at)
        );
        return Some(refused(Column::Name, reason));
    }
    (phone.active().count() >= usize::from(MOST_ON_ONE_PHONE)).then(|| {
        refused(
            Column::Phone,
            format!("{MOST_ON_ONE_PHONE} people are known on this number; whose number is it?"),
        )
    })
}

#[cfg(test)]
mod tests;
