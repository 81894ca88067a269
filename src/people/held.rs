//! Where the post of a row is held.

use super::row::{Entry, Level, level};
use crate::geography::Geography;
use crate::places::Place;

/// Posts of which one person at a time has each.
const SINGLE: [&str; 4] =
    ["booth_president", "district_president", "sector_president", "state_president"];

/// Posts of which rows say the level by what they tell: a secretary of a district, of the state.
const OF_ANY_LEVEL: [&str; 8] = [
    "block_president",
    "general_secretary",
    "mandal_president",
    "prabhari",
    "secretary",
    "treasurer",
    "ward_president",
    "zone_president",
];

/// Whether one person at a time has a post at its place.
#[must_use]
pub fn is_single(post: &str) -> bool {
    SINGLE.contains(&post)
}

impl Entry {
    /// The number of the sector; `None` when the row names none, or names it without a number.
    #[must_use]
    pub fn sector_number(&self) -> Option<u16> {
        let said = crate::geography::clean(self.sector.as_deref()?);
        let mut numbers = said.split(' ').filter_map(|word| word.parse::<u16>().ok());
        let number = numbers.next().filter(|number| (1..=LARGEST_SECTOR).contains(number));
        number.filter(|_| numbers.next().is_none())
    }

    /// Where the post is held; `None` without a post. A roster has seen to it that the row says so.
    #[must_use]
    pub fn post_place(&self, geography: &Geography) -> Option<Place> {
        let post = self.post?;
        let district = || self.district.as_deref()?.parse().ok().map(Place::District);
        let assembly = || self.assembly.map(Place::Assembly);
        match level(post) {
            Level::Booth => Some(Place::Booth { assembly: self.assembly?, number: self.booth? }),
            Level::Sector => {
                Some(Place::Sector { assembly: self.assembly?, number: self.sector_number()? })
            }
            Level::Assembly => assembly(),
            Level::District => district(),
            Level::State if post == "lok_sabha_prabhari" => {
                let seat = self.assembly.and_then(|number| geography.assembly(number));
                Some(seat.map_or(Place::State, |seat| Place::LokSabha(seat.lok_sabha)))
            }
            Level::State if OF_ANY_LEVEL.contains(&post) => {
                assembly().or_else(district).or(Some(Place::State))
            }
            Level::State => Some(Place::State),
        }
    }
}

/// Seats have some dozens.
const LARGEST_SECTOR: u16 = 999;
