//! Places below the seats and posts, as the records give them.

use jiff::Timestamp;

use super::import::{OnPhone, Standing};
use super::{Beside, RecordsError};
use crate::clock::from_ms;
use crate::places::{Booths, Changes, Delimitation, Level, Place, Told};

/// A sector or a booth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    pub place: Place,
    /// Of a booth: the number of its sector within the seat.
    pub sector: Option<u16>,
    /// Empty where it has a number only.
    pub name: String,
    pub since: Timestamp,
    /// It does not exist any more.
    pub until: Option<Timestamp>,
}

/// A post somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRow {
    pub id: i64,
    pub contact: i64,
    /// Which of the people on the contact's phone: 0 is the one whose conversations these are.
    pub person: i64,
    /// A code of the catalogue of posts.
    pub post: String,
    pub place: Place,
    /// Nobody else can hold it there meanwhile.
    pub single: bool,
    pub since: Timestamp,
}

/// The people on one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnNumber {
    pub contact: i64,
    /// Those who stand, and those who left and did not come back.
    pub people: Vec<Somebody>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// 0: the one whose conversations the phone's are.
    pub person: i64,
    pub name: String,
    pub left: Option<Timestamp>,
}

impl From<OnPhone> for OnNumber {
    fn from(there: OnPhone) -> OnNumber {
        let OnPhone { contact, people: all, .. } = there;
        let stands = |person: i64| {
            all.iter().any(|one| one.place == person && one.standing == Standing::Member)
        };
        let mut people: Vec<Somebody> = Vec::new();
        for one in &all {
            let left = match one.standing {
                Standing::Member => None,
                Standing::Left { at } if !stands(one.place) => Some(from_ms(at)),
                Standing::Left { .. } | Standing::Over | Standing::Same => continue,
            };
            let (person, name) = (one.place, one.name.clone());
            people.retain(|known| known.person != person);
            people.push(Somebody { person, name, left });
        }
        OnNumber { contact, people }
    }
}

/// What became of handing a post over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedOver {
    Done,
    /// Nobody holds it any more.
    NotHeld,
    /// Whoever was to get it left.
    HasLeft,
}

/// The columns of a place as both engines read them.
pub(super) type PlaceColumns = (i64, Option<i64>, String, i64, Option<i64>);

/// `None` for a row of another delimitation.
pub(super) fn place_row((code, sector, name, since, until): PlaceColumns) -> Option<PlaceRow> {
    let place = place_now(code)?;
    let sector = sector.and_then(|sector| u16::try_from(sector).ok());
    Some(PlaceRow { place, sector, name, since: from_ms(since), until: until.map(from_ms) })
}

/// The columns of a post as both engines read them: id, contact, person, post, code, single, since.
pub(super) type PostColumns = (i64, i64, i64, String, i64, bool, i64);

/// `None` for a post at a place of another delimitation.
pub(super) fn post_of(columns: PostColumns) -> Option<PostRow> {
    let (id, contact, person, post, code, single, since) = columns;
    let place = place_now(code)?;
    Some(PostRow { id, contact, person, post, place, single, since: from_ms(since) })
}

/// The place of a code, where it is of the delimitation in force.
pub(super) fn place_now(code: i64) -> Option<Place> {
    match Place::from_code(code) {
        Some((Delimitation::NOW, place)) => Some(place),
        _ => None,
    }
}

/// From the first code to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeRange {
    pub from: i64,
    pub to: i64,
}

impl CodeRange {
    /// One place alone.
    #[must_use]
    pub fn of(place: Place) -> CodeRange {
        let code = place.code(Delimitation::NOW);
        CodeRange { from: code, to: code }
    }

    /// The sectors or the booths of a seat.
    #[must_use]
    pub fn within(assembly: u16, level: Level) -> CodeRange {
        let codes = Place::codes_within(assembly, level, Delimitation::NOW);
        CodeRange { from: *codes.start(), to: *codes.end() }
    }

    /// All sectors or all booths of the state.
    #[must_use]
    pub fn all(level: Level) -> CodeRange {
        let first = CodeRange::within(0, level);
        let last = CodeRange::within(crate::places::LARGEST_NUMBER, level);
        CodeRange { from: first.from, to: last.to }
    }
}

impl Beside {
    /// Writes what an import or the office says of sectors and booths, all of it or nothing: new places,
    /// new names (the old ones are kept), other sectors, and places that exist again. What is told as it
    /// stands is not written.
    pub async fn import_places(
        &self,
        told: Vec<Told>,
        at: Timestamp,
    ) -> Result<Changes, RecordsError> {
        on!(self, store => store.import_places(told, at).await)
    }

    /// Sectors or booths in the order of their codes, at most `limit`, ended ones too.
    pub async fn places(
        &self,
        range: CodeRange,
        limit: usize,
    ) -> Result<Vec<PlaceRow>, RecordsError> {
        on!(self, store => store.places(range, limit).await)
    }

    /// Every booth that exists.
    pub async fn booths(&self) -> Result<Booths, RecordsError> {
        on!(self, store => store.booths().await)
    }

    /// The names a place had, the oldest first, and until when.
    pub async fn names_before(
        &self,
        place: Place,
    ) -> Result<Vec<(String, Timestamp)>, RecordsError> {
        on!(self, store => store.names_before(place.code(Delimitation::NOW)).await)
    }

    /// The place does not exist any more; `false` when there is no such.
    pub async fn end_place(&self, place: Place, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.end_place(place.code(Delimitation::NOW), at).await)
    }

    /// The posts held at these places, in the order of the places and then of their numbers, at most `limit`;
    /// at the first place only those whose number is above `after` (0: all).
    pub async fn posts(
        &self,
        range: CodeRange,
        after: i64,
        limit: usize,
    ) -> Result<Vec<PostRow>, RecordsError> {
        on!(self, store => store.posts(range, after, limit).await)
    }

    /// One post somebody holds, by its number.
    pub async fn open_post(&self, id: i64) -> Result<Option<PostRow>, RecordsError> {
        on!(self, store => store.open_post(id).await)
    }

    /// The places among these at which somebody holds a post that is single, ascending.
    pub async fn held(&self, post: &str, range: CodeRange) -> Result<Vec<Place>, RecordsError> {
        let codes = on!(self, store => store.held(post, range).await)?;
        Ok(codes.into_iter().filter_map(place_now).collect())
    }

    /// Ends a post; `false` when nobody holds it any more. `by` is who decided so.
    pub async fn end_post(&self, id: i64, at: Timestamp, by: &str) -> Result<bool, RecordsError> {
        on!(self, store => store.end_post(id, at, by).await)
    }

    /// Ends a post and gives it, at the same place and in the same moment, to one of the people on a contact's
    /// phone: its number and the person's, 0 for the one whose conversations these are.
    pub async fn hand_over_post(
        &self,
        id: i64,
        to: (i64, i64),
        at: Timestamp,
        by: &str,
    ) -> Result<HandedOver, RecordsError> {
        on!(self, store => store.hand_over_post(id, to, at, by).await)
    }

    /// Who is known on a number; `None` where nobody ever was.
    pub async fn people_on(
        &self,
        phone: crate::contact::PhoneNumber,
    ) -> Result<Option<OnNumber>, RecordsError> {
        let there = on!(self, store => store.people_on(phone).await)?;
        Ok(there.map(OnNumber::from))
    }

    /// The names that sectors or booths of a range had before: a place with each of its names.
    pub async fn former_names(
        &self,
        range: CodeRange,
    ) -> Result<Vec<(Place, String)>, RecordsError> {
        let names = on!(self, store => store.former_names(range).await)?;
        let names = names.into_iter();
        Ok(names.filter_map(|(code, name)| Some((place_now(code)?, name))).collect())
    }

    /// Whose an address is now.
    pub async fn contact_of(
        &self,
        address: &crate::contact::Address,
    ) -> Result<Option<i64>, RecordsError> {
        on!(self, store => store.contact_of(address).await)
    }
}
