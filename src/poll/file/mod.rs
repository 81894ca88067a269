//! A poll as its file in `polls/` has it (docs/polls.md): read and checked whole before anybody is asked.

mod checklist;
mod photo;
mod read;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::ballot::Method;
use super::envelope::Origin;
use super::tally::{Cell, Rules};
use crate::audience::Audience;
use crate::contact::Language;
use crate::places::Place;
use crate::understanding::{ChoiceWords, choice_words};

pub use photo::{LARGEST_PHOTO, PhotoError, check_photo, photo_type};
pub(super) use read::{KEYS, KEYS_OF_INVALID, LANGUAGES};
pub use read::{read, read_frozen};

/// A poll.
#[derive(Clone, Debug, PartialEq)]
pub struct Poll {
    pub name: String,
    pub question: Wording,
    /// How choices are made, shown and counted.
    pub rules: Rules,
    /// By their numbers; all of one level.
    pub seats: Vec<Seat>,
    /// What candidates are marked for, from 1 to 5; in the order of the file.
    pub ratings: Vec<Aspect>,
    /// Whether people may add a remark.
    pub remark: bool,
    /// Whether nobody learns who chose what.
    pub secret: bool,
    pub electorate: Electorate,
    pub opens: Timestamp,
    pub closes: Timestamp,
    pub again: Again,
    pub keep: Keep,
    /// Whether the file says what is kept, or leaves it to us.
    pub keep_is_said: bool,
    /// Who read the question and found it fit to be asked.
    pub reviewed_by: Option<String>,
    /// Reminders to those who have not answered.
    pub remind: Option<Remind>,
}

/// A text in the languages it was given in; Hindi always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    pub hi: String,
    pub en: String,
    pub ur: Option<String>,
}

impl Wording {
    /// In a language; Hindi where there is nothing in Urdu.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Hi => &self.hi,
            Language::En => &self.en,
            Language::Ur => self.ur.as_deref().unwrap_or(&self.hi),
        }
    }
}

/// A seat and who might stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// An assembly or Lok Sabha seat.
    pub place: Place,
    pub number: u16,
    /// In the order of the file; their indices stand on ballots.
    pub candidates: Vec<Candidate>,
}

impl Seat {
    /// The candidates as they may be named in an answer, in the order of their indices.
    #[must_use]
    pub fn words(&self) -> Vec<ChoiceWords> {
        let words = |candidate: &Candidate| {
            let names: Vec<&str> = candidate.names().collect();
            choice_words(&candidate.name.en, &names)
        };
        self.candidates.iter().map(words).collect()
    }
}

/// Somebody who might stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub name: Wording,
    /// A file beside the poll's.
    pub photo: Option<String>,
}

impl Candidate {
    fn names(&self) -> impl Iterator<Item = &str> {
        [&self.name.hi, &self.name.en].into_iter().chain(&self.name.ur).map(String::as_str)
    }
}

/// What candidates are marked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    Availability,
    Honesty,
    Work,
}

impl Aspect {
    pub const ALL: [Aspect; 3] = [Aspect::Availability, Aspect::Honesty, Aspect::Work];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Aspect::Availability => "availability",
            Aspect::Honesty => "honesty",
            Aspect::Work => "work",
        }
    }
}

/// Who may answer: those who were in the audience on a day. The roster is frozen from it when the poll opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Electorate {
    pub audience: Audience,
    pub on: Date,
}

/// Whether somebody who answered may answer again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    /// Until the close; the last answer counts. Nobody can be held to what they were made to say.
    #[default]
    UntilClose,
    Never,
}

/// The smallest place that is kept with an envelope when its voter's name is taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    #[default]
    Booth,
    Sector,
    Assembly,
}

impl Keep {
    pub const ALL: [Keep; 3] = [Keep::Booth, Keep::Sector, Keep::Assembly];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Keep::Booth => "booth",
            Keep::Sector => "sector",
            Keep::Assembly => "assembly",
        }
    }

    /// What is left of a cell.
    #[must_use]
    pub const fn of(self, cell: Cell) -> Cell {
        match self {
            Keep::Booth => cell,
            Keep::Sector => Cell { booth: 0, ..cell },
            Keep::Assembly => Cell { booth: 0, sector: 0, ..cell },
        }
    }
}

/// Reminders to those who have not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remind {
    /// After the opening, and between one and the next.
    pub after: SignedDuration,
    pub times: u8,
}

impl Poll {
    /// Whether any candidate is shown in a picture.
    #[must_use]
    pub fn has_photos(&self) -> bool {
        let mut candidates = self.seats.iter().flat_map(|seat| &seat.candidates);
        candidates.any(|candidate| candidate.photo.is_some())
    }

    /// Whether answers are taken at this moment.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.opens <= now && now < self.closes
    }

    /// The seat of a place: the seat itself, or the Lok Sabha seat it lies in, which is handed in.
    #[must_use]
    pub fn seat(&self, assembly: u16, lok_sabha: u16) -> Option<&Seat> {
        self.seats.iter().find(|seat| {
            seat.place == Place::Assembly(assembly) || seat.place == Place::LokSabha(lok_sabha)
        })
    }

    /// Where an answer comes from, as far as it is kept: what its envelope is bound to, from the moment it is sealed.
    #[must_use]
    pub fn origin(&self, seat: &Seat, cell: Cell) -> Origin {
        Origin { seat: seat.number, cell: self.keep.of(cell) }
    }

    /// A whole place, as far as it is kept.
    #[must_use]
    pub fn kept(&self, origin: Origin) -> Origin {
        Origin { seat: origin.seat, cell: self.keep.of(origin.cell) }
    }

    #[must_use]
    pub fn method(&self) -> Method {
        self.rules.method
    }
}

#[cfg(test)]
mod tests;
