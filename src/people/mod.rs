//! Rosters of people, and lists of booths, as offices keep them: which column is what, and what each row
//! says. Every row is accepted or refused with its line, its column and a reason; nothing is made up and
//! nothing is passed over in silence.

mod booths;
mod columns;
mod held;
mod places;
mod posts;
mod row;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::civil::Date;

pub use booths::{BoothList, BoothOutcome};
pub use columns::{Column, Columns, HeaderError};
use columns::{Head, OF_PEOPLE};
pub use held::is_single;
pub use posts::{Post, catalogue, post, post_said};
pub use row::{Entry, Refusal};

use crate::contact::PhoneNumber;
use crate::geography::Geography;
use crate::sheet::Row;

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
    today: Date,
    head: Head,
    met: Met,
    pub counts: Counts,
}

/// Who was read already. It holds numbers only: a roster of the whole state has lakhs of rows.
#[derive(Default)]
struct Met {
    /// How many people are on a phone, and the row of the first.
    on_phone: HashMap<PhoneNumber, (u8, u32)>,
    /// A person on a phone, hashed, and their row.
    persons: HashMap<u64, u32>,
}

impl<'g> Roster<'g> {
    /// `today` bounds days: nobody holds a post from next year on.
    #[must_use]
    pub fn new(geography: &'g Geography, today: Date) -> Roster<'g> {
        Roster {
            geography,
            today,
            head: Head::new(OF_PEOPLE),
            met: Met::default(),
            counts: Counts::default(),
        }
    }

    /// The columns, once the header was read.
    #[must_use]
    pub fn columns(&self) -> Option<&Columns> {
        self.head.columns()
    }

    /// Takes the next row of the file.
    ///
    /// # Errors
    /// [`HeaderError`]: the file as a whole cannot be read as a roster.
    pub fn take(&mut self, row: &Row) -> Result<Outcome, HeaderError> {
        let Some(columns) = self.head.passes(row)? else { return Ok(Outcome::Head) };
        self.counts.rows += 1;
        let read = row::read(columns, row, self.geography, self.today);
        let read = read.and_then(|entry| match self.met.again(columns, &entry) {
            None => Ok(entry),
            Some(refusal) => Err(vec![refusal]),
        });
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
    /// [`HeaderError::NotFound`]: no row was a header.
    pub fn end(self) -> Result<Counts, HeaderError> {
        match self.head.columns() {
            Some(_) => Ok(self.counts),
            None => Err(self.head.not_found()),
        }
    }
}

impl Met {
    /// Why this person is not taken again: in the file already, or one too many on a phone.
    fn again(&mut self, columns: &Columns, entry: &Entry) -> Option<Refusal> {
        let said = entry.phone.digits();
        let refusal =
            |reason: String| Some(columns.refusal(entry.row, Column::Phone, said, reason));
        let mut hasher = DefaultHasher::new();
        (entry.phone, crate::understanding::fold(&entry.name)).hash(&mut hasher);
        let person = hasher.finish();
        if let Some(row) = self.persons.get(&person) {
            return refusal(format!(
                "the same name stands on the same number in row {row}; one row for each person"
            ));
        }
        let (people, first) = self.on_phone.entry(entry.phone).or_insert((0, entry.row));
        if *people >= MOST_ON_ONE_PHONE {
            return refusal(format!(
                "{MOST_ON_ONE_PHONE} people are on this number already, the first in row {first}; whose \
                 number is it?"
            ));
        }
        *people += 1;
        self.persons.insert(person, entry.row);
        None
    }
}

#[cfg(test)]
mod tests;
