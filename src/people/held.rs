//! Where the post of a row is held.

use super::posts::post;
use super::row::Entry;
use crate::geography::Geography;
use crate::places::{Level, Place};

/// Whether one person at a time has a post at its place.
#[must_use]
pub fn is_single(code: &str) -> bool {
    post(code).is_some_and(|post| post.single)
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
        let code = self.post?;
        let district = || self.district.as_deref()?.parse().ok().map(Place::District);
        let assembly = || self.assembly.map(Place::Assembly);
        match post(code)?.level {
            Some(Level::Booth) => {
                Some(Place::Booth { assembly: self.assembly?, number: self.booth? })
            }
            Some(Level::Sector) => {
                Some(Place::Sector { assembly: self.assembly?, number: self.sector_number()? })
            }
            Some(Level::Assembly) => assembly(),
            Some(Level::District) => district(),
            Some(Level::State | Level::Division | Level::LokSabha) => Some(Place::State),
            // Rows say the level by what they tell: a secretary of a district, of the state.
            None if code == "lok_sabha_prabhari" => {
                let seat = self.assembly.and_then(|number| geography.assembly(number));
                Some(seat.map_or(Place::State, |seat| Place::LokSabha(seat.lok_sabha)))
            }
            None => assembly().or_else(district).or(Some(Place::State)),
        }
    }
}

/// Seats have some dozens.
const LARGEST_SECTOR: u16 = 999;
