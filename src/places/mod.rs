//! The places of the organisation, from the state down to the booth: state → division → district →
//! assembly seat → sector → booth, with Lok Sabha seats over assembly seats. The upper levels stand in
//! `data/` ([`Geography`](crate::geography::Geography)); sectors and booths are imported. Pure.

mod booths;
mod register;
mod tree;

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use booths::{Booth, Booths};
pub use register::{Changes, Known, Nearness, Search, Told, Write, plan, sound_of};
pub use tree::{Found, Tree};

/// The maps by which seats and booths were drawn. What is counted by one of them says nothing of another:
/// the next delimitation (Constitution, articles 82 and 170) voids every seat number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delimitation(u8);

impl Delimitation {
    /// The Delimitation of Parliamentary and Assembly Constituencies Order, 2008.
    pub const OF_2008: Delimitation = Delimitation(1);
    /// The one in force.
    pub const NOW: Delimitation = Delimitation::OF_2008;
}

/// How high a place stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    State,
    Division,
    District,
    LokSabha,
    Assembly,
    Sector,
    Booth,
}

impl Level {
    pub const ALL: [Level; 7] = [
        Level::State,
        Level::Division,
        Level::District,
        Level::LokSabha,
        Level::Assembly,
        Level::Sector,
        Level::Booth,
    ];

    /// As it is written in places, files and commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::State => "state",
            Level::Division => "division",
            Level::District => "district",
            Level::LokSabha => "lok_sabha",
            Level::Assembly => "assembly",
            Level::Sector => "sector",
            Level::Booth => "booth",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    const fn digit(self) -> i64 {
        match self {
            Level::State => 1,
            Level::Division => 2,
            Level::District => 3,
            Level::LokSabha => 4,
            Level::Assembly => 5,
            Level::Sector => 6,
            Level::Booth => 7,
        }
    }
}

/// One place. As text `state`, `division:3`, `district:162` (LGD code), `lok_sabha:35`, `assembly:173`,
/// `sector:173/4`, `booth:173/45`; in the records one number, see [`Place::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Place {
    State,
    Division(u16),
    /// By its LGD code.
    District(u16),
    LokSabha(u16),
    Assembly(u16),
    Sector {
        assembly: u16,
        number: u16,
    },
    Booth {
        assembly: u16,
        number: u16,
    },
}

/// The largest number of a place within its level, or within its seat.
pub const LARGEST_NUMBER: u16 = 9_999;

const OF_DELIMITATION: i64 = 1_000_000_000;
const OF_LEVEL: i64 = 100_000_000;
const OF_WHOLE: i64 = 10_000;

impl Place {
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Place::State => Level::State,
            Place::Division(_) => Level::Division,
            Place::District(_) => Level::District,
            Place::LokSabha(_) => Level::LokSabha,
            Place::Assembly(_) => Level::Assembly,
            Place::Sector { .. } => Level::Sector,
            Place::Booth { .. } => Level::Booth,
        }
    }

    /// The seat it is, or lies in; `None` above seats.
    #[must_use]
    pub const fn assembly(self) -> Option<u16> {
        match self {
            Place::Assembly(assembly)
            | Place::Sector { assembly, .. }
            | Place::Booth { assembly, .. } => Some(assembly),
            Place::State | Place::Division(_) | Place::District(_) | Place::LokSabha(_) => None,
        }
    }

    /// The number by which records hold it: delimitation, level, seat (or the number above seats) and the
    /// number within the seat, as decimal digits `1 7 0173 0045`. So the sectors or the booths of a seat
    /// are one range ([`Place::codes_within`]).
    #[must_use]
    pub const fn code(self, delimitation: Delimitation) -> i64 {
        let (whole, part) = match self {
            Place::State => (0, 0),
            Place::Division(number)
            | Place::District(number)
            | Place::LokSabha(number)
            | Place::Assembly(number) => (number, 0),
            Place::Sector { assembly, number } | Place::Booth { assembly, number } => {
                (assembly, number)
            }
        };
        delimitation.0 as i64 * OF_DELIMITATION
            + self.level().digit() * OF_LEVEL
            + whole as i64 * OF_WHOLE
            + part as i64
    }

    /// The place of a code; `None` for what [`Place::code`] never gives.
    #[must_use]
    pub fn from_code(code: i64) -> Option<(Delimitation, Place)> {
        let delimitation = u8::try_from(code / OF_DELIMITATION).ok().filter(|map| *map > 0)?;
        let digit = code % OF_DELIMITATION / OF_LEVEL;
        let level = Level::ALL.into_iter().find(|level| level.digit() == digit)?;
        let whole = u16::try_from(code % OF_LEVEL / OF_WHOLE).ok()?;
        let part = u16::try_from(code % OF_WHOLE).ok()?;
        let place = match level {
            Level::State => Place::State,
            Level::Division => Place::Division(whole),
            Level::District => Place::District(whole),
            Level::LokSabha => Place::LokSabha(whole),
            Level::Assembly => Place::Assembly(whole),
            Level::Sector => Place::Sector { assembly: whole, number: part },
            Level::Booth => Place::Booth { assembly: whole, number: part },
        };
        let delimitation = Delimitation(delimitation);
        (place.code(delimitation) == code).then_some((delimitation, place))
    }

    /// The codes that sectors ([`Level::Sector`]) or booths ([`Level::Booth`]) of a seat can have.
    #[must_use]
    pub fn codes_within(
        assembly: u16,
        level: Level,
        delimitation: Delimitation,
    ) -> RangeInclusive<i64> {
        let seat = Place::Assembly(assembly).code(delimitation);
        let first = seat + (level.digit() - Level::Assembly.digit()) * OF_LEVEL;
        first..=first + i64::from(LARGEST_NUMBER)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.level().name();
        match self {
            Place::State => formatter.write_str(level),
            Place::Division(number)
            | Place::District(number)
            | Place::LokSabha(number)
            | Place::Assembly(number) => write!(formatter, "{level}:{number}"),
            Place::Sector { assembly, number } | Place::Booth { assembly, number } => {
                write!(formatter, "{level}:{assembly}/{number}")
            }
        }
    }
}

/// The text names no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a place is written state, district:162, lok_sabha:35, assembly:173, sector:173/4 or booth:173/45"
)]
pub struct NotAPlace;

impl From<Place> for String {
    fn from(place: Place) -> String {
        place.to_string()
    }
}

impl TryFrom<String> for Place {
    type Error = NotAPlace;

    fn try_from(text: String) -> Result<Place, NotAPlace> {
        text.parse()
    }
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Place, NotAPlace> {
        let (level, numbers) = text.split_once(':').unwrap_or((text, ""));
        let level = Level::from_name(level).ok_or(NotAPlace)?;
        let number = |text: &str| {
            let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<u16>().ok().filter(|number| is_plain && *number > 0);
            number.filter(|number| *number <= LARGEST_NUMBER).ok_or(NotAPlace)
        };
        let within = || -> Result<(u16, u16), NotAPlace> {
            let (assembly, part) = numbers.split_once('/').ok_or(NotAPlace)?;
            Ok((number(assembly)?, number(part)?))
        };
        Ok(match level {
            Level::State if numbers.is_empty() && !text.contains(':') => Place::State,
            Level::State => return Err(NotAPlace),
            Level::Division => Place::Division(number(numbers)?),
            Level::District => Place::District(number(numbers)?),
            Level::LokSabha => Place::LokSabha(number(numbers)?),
            Level::Assembly => Place::Assembly(number(numbers)?),
            Level::Sector => {
                let (assembly, number) = within()?;
                Place::Sector { assembly, number }
            }
            Level::Booth => {
                let (assembly, number) = within()?;
                Place::Booth { assembly, number }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Delimitation = Delimitation::NOW;

    #[test]
    fn a_code_can_be_read_by_a_person() {
        assert_eq!(Place::Booth { assembly: 173, number: 45 }.code(NOW), 1_701_730_045);
        assert_eq!(Place::Sector { assembly: 173, number: 4 }.code(NOW), 1_601_730_004);
        assert_eq!(Place::Assembly(173).code(NOW), 1_501_730_000);
        assert_eq!(Place::State.code(NOW), 1_100_000_000);
    }

    #[test]
    fn what_is_no_code_is_no_place() {
        for code in [0, -1, 1, 1_701_730_045 + 800_000_000, 1_501_730_001, 701_730_045, i64::MAX] {
            assert_eq!(Place::from_code(code), None, "{code}");
        }
    }

    #[test]
    fn a_place_is_written_one_way_only() {
        for text in [
            "",
            "booth",
            "booth:",
            "booth:173",
            "booth:173/0",
            "booth:173/+4",
            "booth: 173/4",
            "state:",
            "state:1",
            "assembly:173/4",
            "assembly:0",
            "assembly:10000",
            "Booth:173/4",
        ] {
            assert_eq!(text.parse::<Place>(), Err(NotAPlace), "{text}");
        }
    }

    fn places() -> impl Strategy<Value = Place> {
        let number = 1..=LARGEST_NUMBER;
        prop_oneof![
            Just(Place::State),
            number.clone().prop_map(Place::Division),
            number.clone().prop_map(Place::District),
            number.clone().prop_map(Place::LokSabha),
            number.clone().prop_map(Place::Assembly),
            (number.clone(), number.clone())
                .prop_map(|(assembly, number)| Place::Sector { assembly, number }),
            (number.clone(), number)
                .prop_map(|(assembly, number)| Place::Booth { assembly, number }),
        ]
    }

    proptest! {
        #[test]
        fn every_place_is_read_back(place in places()) {
            prop_assert_eq!(Place::from_code(place.code(NOW)), Some((NOW, place)));
            prop_assert_eq!(place.to_string().parse::<Place>(), Ok(place));
        }

        #[test]
        fn the_booths_of_a_seat_are_one_range(assembly in 1..=LARGEST_NUMBER, other in places()) {
            let range = Place::codes_within(assembly, Level::Booth, NOW);
            let is_booth_there = other.level() == Level::Booth && other.assembly() == Some(assembly);
            prop_assert_eq!(range.contains(&other.code(NOW)), is_booth_there);
        }
    }
}
