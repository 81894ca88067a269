//! Rosters of people, and lists of booths, as offices keep them: which column is what, and what each row
//! says. Every row is accepted or refused with its line, its column and a reason; nothing is made up and
//! nothing is passed over in silence.

mod booths;
mod columns;
mod consent;
mod font;
mod ground;
mod heard;
mod held;
mod names;
mod places;
mod posts;
mod row;
mod sectors;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::civil::Date;

pub use booths::{BoothList, BoothOutcome};
pub use columns::{Column, Columns, HeaderError, Notice};
use columns::{Head, OF_PEOPLE, Passed};
pub use ground::Ground;
use heard::Heard;
pub use held::is_single;
pub use posts::{Post, catalogue, post, post_said};
use row::Means;
pub use row::{Entry, Refusal};

use crate::contact::PhoneNumber;
use crate::geography::Geography;
use crate::places::sound_of;
use crate::sheet::Row;
use crate::understanding::{Gender, bare_name};

/// A header stands in one of these rows; above it may be a title.
pub const HEADER_WITHIN: usize = 30;
/// More people on one phone are taken for a mistake.
pub const MOST_ON_ONE_PHONE: u8 = 4;

/// What became of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows with something in them below the header.
    pub rows: u64,
    pub accepted: u64,
    pub refused: u64,
}

impl Counts {
    /// Rows, accepted, refused, as records hold them.
    #[must_use]
    pub fn columns(self) -> [i64; 3] {
        [self.rows, self.accepted, self.refused]
            .map(|count| i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// What one row came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A row above the header, or the header itself.
    Head,
    Accepted(Box<Entry>),
    Refused(Vec<Refusal>),
}

/// Reads a roster row by row: first the header, then people.
pub struct Roster<'g> {
    geography: &'g Geography,
    ground: Ground,
    today: Date,
    head: Head,
    heard: Heard,
    met: Met,
    /// Whether a day beside no post was told.
    has_told_since: bool,
    pub counts: Counts,
}

/// Who was read already. It holds numbers only: a roster of the whole state has lakhs of rows.
#[derive(Default)]
struct Met {
    /// How many people are on a phone, and the row of the first.
    on_phone: HashMap<PhoneNumber, (u8, u32)>,
    /// A person on a phone, hashed, and what the file said of them so far.
    persons: HashMap<u64, Before>,
    /// The same with a post and its place.
    posts: HashMap<u64, u32>,
    /// Posts of which there is one, hashed with their places.
    singles: HashMap<u64, u32>,
    /// Names by their sound, as the records tell people apart: lists repeat them.
    sounds: HashMap<String, i64>,
}

/// What a file said of a person in the rows above; 0 where it said nothing.
#[derive(Clone, Copy)]
struct Before {
    row: u32,
    /// Of the father's name the sound.
    father: u32,
    birth_year: i16,
    gender: u8,
}

impl Before {
    fn of(entry: &Entry) -> Before {
        let sound = |father: &String| {
            let mut hasher = DefaultHasher::new();
            sound_of(bare_name(father)).hash(&mut hasher);
            let [.., a, b, c, d] = hasher.finish().to_be_bytes();
            u32::from_be_bytes([a, b, c, d]).max(1)
        };
        Before {
            row: entry.row,
            father: entry.fathers_name.as_ref().map_or(0, sound),
            birth_year: entry.birth_year.unwrap_or(0),
            gender: match entry.gender {
                None => 0,
                Some(Gender::Male) => 1,
                Some(Gender::Female) => 2,
                Some(Gender::Other) => 3,
            },
        }
    }

    /// Takes what a later row says; the column in which it says something else.
    fn and(&mut self, later: Before) -> Option<Column> {
        fn both<T: Copy + Default + PartialEq>(before: &mut T, later: T) -> bool {
            if *before == T::default() {
                *before = later;
            }
            later == T::default() || *before == later
        }
        let mut together = *self;
        let differs = if !both(&mut together.father, later.father) {
            Some(Column::FathersName)
        } else if !both(&mut together.gender, later.gender) {
            Some(Column::Gender)
        } else if !both(&mut together.birth_year, later.birth_year) {
            Some(Column::BirthYear)
        } else {
            None
        };
        if differs.is_none() {
            *self = together;
        }
        differs
    }
}

/// More names are not kept with their sound.
const MOST_SOUNDS: usize = 50_000;

impl<'g> Roster<'g> {
    /// `today` bounds days: nobody holds a post from next year on.
    #[must_use]
    pub fn new(geography: &'g Geography, today: Date) -> Roster<'g> {
        Roster {
            geography,
            ground: Ground::default(),
            today,
            head: Head::new(OF_PEOPLE),
            heard: Heard::default(),
            met: Met::default(),
            has_told_since: false,
            counts: Counts::default(),
        }
    }

    /// With the sectors and booths that are known to exist.
    #[must_use]
    pub fn on(self, ground: Ground) -> Roster<'g> {
        Roster { ground, ..self }
    }

    /// The columns, once a header was read: those of the table that was read last.
    #[must_use]
    pub const fn columns(&self) -> Option<&Columns> {
        self.head.columns()
    }

    /// What is to be told of the file since this was asked last.
    pub fn notices(&mut self) -> Vec<Notice> {
        self.head.notices()
    }

    /// Takes the next row of the file.
    ///
    /// # Errors
    /// [`HeaderError`]: the file as a whole cannot be read as a roster.
    pub fn take(&mut self, row: &Row) -> Result<Outcome, HeaderError> {
        let columns = match self.head.passes(row)? {
            Passed::Nothing => return Ok(Outcome::Head),
            Passed::Refused(refusals) => {
                self.counts.rows += refusals.len() as u64;
                self.counts.refused += refusals.len() as u64;
                return Ok(Outcome::Refused(refusals));
            }
            Passed::Row(columns) => columns,
        };
        self.counts.rows += 1;
        let with = Means {
            geography: self.geography,
            ground: &self.ground,
            today: self.today,
            heard: &mut self.heard,
        };
        let read = row::read(columns, row, with);
        let read =
            read.and_then(|entry| self.met.meet(columns, entry).map_err(|refusal| vec![*refusal]));
        let is_of_nothing = |entry: &Entry| entry.since.is_some() && entry.post.is_none();
        if !self.has_told_since && read.as_ref().is_ok_and(is_of_nothing) {
            self.has_told_since = true;
            self.head.tell(Notice::SinceOfNothing { row: row.number });
        }
        Ok(match read {
            Ok(entry) => {
                self.counts.accepted += 1;
                Outcome::Accepted(Box::new(entry))
            }
            Err(refusals) => {
                self.counts.refused += 1;
                Outcome::Refused(refusals)
            }
        })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`HeaderError`]: no row was a header, or none stood below it.
    pub fn end(self) -> Result<Counts, HeaderError> {
        self.head.end(self.counts.rows).map(|()| self.counts)
    }
}

impl Met {
    /// A row of somebody; why it is not taken: in the file already, one too many on a phone or in a post, or at
    /// odds with a row above. Who stands in the file already, with another post or none, is met `further`.
    fn meet(&mut self, columns: &Columns, mut entry: Entry) -> Result<Entry, Box<Refusal>> {
        let refusal = |column: Column, said: &str, reason: String| {
            Err(Box::new(columns.refusal(entry.row, column, said, reason)))
        };
        let of_phone = |reason: String| refusal(Column::Phone, entry.phone.digits(), reason);
        let mut hasher = DefaultHasher::new();
        (entry.phone, self.sound(&entry.name)).hash(&mut hasher);
        let person = hasher.finish();
        (entry.post, entry.place).hash(&mut hasher);
        let in_post = hasher.finish();
        let first = self.persons.get(&person).map(|before| before.row);
        if let Some(row) = self.posts.get(&in_post) {
            return of_phone(format!(
                "the same person stands with the same post in row {row}; one row for each post"
            ));
        }
        if let Some(row) = first.filter(|_| entry.post.is_none()) {
            return of_phone(format!(
                "the same name stands on the same number in row {row}; one row for each person"
            ));
        }
        let single = entry.post.filter(|post| is_single(post)).map(|post| {
            let mut hasher = DefaultHasher::new();
            (post, entry.place).hash(&mut hasher);
            hasher.finish()
        });
        if let Some(row) = single.and_then(|single| self.singles.get(&single)) {
            return refusal(
                Column::Post,
                entry.post.unwrap_or_default(),
                format!("row {row} has this post there, and one person holds it at a time"),
            );
        }
        let now = Before::of(&entry);
        if let Some(before) = self.persons.get_mut(&person) {
            let row = before.row;
            if let Some(column) = before.and(now) {
                return refusal(
                    column,
                    "",
                    format!(
                        "row {row} says something else of the same person: which of the two is it?"
                    ),
                );
            }
        } else {
            let (people, row) = self.on_phone.entry(entry.phone).or_insert((0, entry.row));
            if *people >= MOST_ON_ONE_PHONE {
                return of_phone(format!(
                    "{MOST_ON_ONE_PHONE} people are on this number already, the first in row {row}; whose \
                     number is it?"
                ));
            }
            *people += 1;
            self.persons.insert(person, now);
        }
        if entry.post.is_some() {
            self.posts.insert(in_post, entry.row);
        }
        self.singles.extend(single.map(|single| (single, entry.row)));
        entry.further = first.is_some();
        Ok(entry)
    }

    /// By what the records tell people on one phone apart.
    fn sound(&mut self, name: &str) -> i64 {
        if let Some(sound) = self.sounds.get(name) {
            return *sound;
        }
        if self.sounds.len() >= MOST_SOUNDS {
            self.sounds.clear();
        }
        let sound = sound_of(bare_name(name));
        self.sounds.insert(name.to_owned(), sound);
        sound
    }
}

#[cfg(test)]
mod tests;
