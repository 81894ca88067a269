//! What the records know of the places below the seats, for the rows of a roster. Of a seat of which no booths
//! were imported nothing is known, and every number is believed.

use std::collections::HashMap;

use super::sectors::{Named, SectorKey};
use crate::places::Booths;

/// The booths and sectors that exist.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    booths: Booths,
    /// By the number of the seat, in ascending order.
    sectors: HashMap<u16, Vec<Sector>>,
}

#[derive(Clone, Debug)]
struct Sector {
    number: u16,
    /// Empty where only the number is known.
    name: String,
    /// Of its name and of those it had.
    keys: Vec<SectorKey>,
}

/// So many are told beside a wrong one.
const NEAREST: usize = 3;
const LISTED: usize = 12;

impl Ground {
    /// `sectors` are those that exist: seat, number and name; `former` the names they had.
    #[must_use]
    pub fn new(
        booths: Booths,
        sectors: impl IntoIterator<Item = (u16, u16, String)>,
        former: impl IntoIterator<Item = (u16, u16, String)>,
    ) -> Ground {
        let mut known: HashMap<u16, Vec<Sector>> = HashMap::new();
        for (assembly, number, name) in sectors {
            let keys = if name.is_empty() { Vec::new() } else { vec![SectorKey::of(&name)] };
            known.entry(assembly).or_default().push(Sector { number, name, keys });
        }
        for (assembly, number, name) in former {
            let mut here = known.get_mut(&assembly).into_iter().flatten();
            if let Some(sector) = here.find(|sector| sector.number == number) {
                sector.keys.push(SectorKey::of(&name));
            }
        }
        for here in known.values_mut() {
            here.sort_by_key(|sector| sector.number);
        }
        Ground { booths, sectors: known }
    }

    /// Whether a booth can be in a seat; else what to write instead.
    pub(super) fn booth(&self, assembly: u16, number: u16) -> Result<(), String> {
        let here = self.booths.of_seat(assembly);
        if here.is_empty() || self.booths.get(assembly, number).is_some() {
            return Ok(());
        }
        let mut near: Vec<u16> = here.iter().map(|booth| booth.number).collect();
        near.sort_by_key(|known| (known.abs_diff(number), *known));
        near.truncate(NEAREST);
        near.sort_unstable();
        let near: Vec<String> = near.iter().map(u16::to_string).collect();
        Err(format!(
            "seat {assembly} has no booth {number}; the nearest are {}. If it is new, it comes with `samvad \
             places import`",
            near.join(", ")
        ))
    }

    /// The sector in which a booth is known to lie.
    pub(super) fn sector_of(&self, assembly: u16, booth: u16) -> Option<u16> {
        self.booths.get(assembly, booth).map(|booth| booth.sector).filter(|sector| *sector > 0)
    }

    /// Whether a booth lies in a sector, where it is known in which it does.
    pub(super) fn lies_in(&self, assembly: u16, sector: u16, booth: u16) -> Result<(), String> {
        let Some(known) = self.sector_of(assembly, booth).filter(|known| *known != sector) else {
            return Ok(());
        };
        let here = self.sectors.get(&assembly).into_iter().flatten();
        let name = here.filter(|one| one.number == known).map(|one| one.name.as_str()).next();
        let called = format!("{known} {}", name.unwrap_or_default());
        Err(format!("booth {booth} of seat {assembly} lies in sector {}", called.trim_end()))
    }

    /// The number of the sector a row names within a seat; else what to write instead.
    pub(super) fn sector(&self, assembly: u16, named: &Named) -> Result<u16, String> {
        let here = self.sectors.get(&assembly).map_or(&[][..], Vec::as_slice);
        let key = named.name.as_deref().map(SectorKey::of);
        let of_name = || {
            let key = key.as_ref()?;
            let mut found = here.iter().filter(|sector| sector.keys.contains(key));
            found.next().filter(|_| found.next().is_none())
        };
        if here.is_empty() {
            let number = named.number.or_else(|| only_number(named.name.as_deref()?));
            return number.ok_or_else(|| {
                "of this seat no sectors are known by name: write the number of the sector, as 4"
                    .to_owned()
            });
        }
        let Some(number) = named.number else {
            let found = of_name().map(|sector| sector.number);
            return found.ok_or_else(|| {
                format!("no sector of seat {assembly} is called so; {}", told(here))
            });
        };
        let Some(sector) = here.iter().find(|sector| sector.number == number) else {
            return Err(format!("seat {assembly} has no sector {number}; {}", told(here)));
        };
        match of_name() {
            Some(other) if other.number != number => Err(format!(
                "sector {number} of seat {assembly} is called ‘{}’, and {} ‘{}’: which of the two is it?",
                sector.name, other.number, other.name
            )),
            _ => Ok(number),
        }
    }
}

/// The one number among the words of a name.
fn only_number(name: &str) -> Option<u16> {
    let said = crate::geography::clean(name);
    let mut numbers = said.split(' ').filter_map(|word| word.parse::<i64>().ok());
    let number = numbers.next().and_then(super::sectors::sector_number);
    number.filter(|_| numbers.next().is_none())
}

fn told(here: &[Sector]) -> String {
    let one = |sector: &Sector| format!("{} {}", sector.number, sector.name).trim_end().to_owned();
    let mut all: Vec<String> = here.iter().take(LISTED).map(one).collect();
    if here.len() > LISTED {
        all.push("…".to_owned());
    }
    format!("there are {}", all.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::{Delimitation, Place};

    fn ground() -> Ground {
        let booths = (1..=40).chain(100..=102).map(|number| {
            (Place::Booth { assembly: 173, number }.code(Delimitation::NOW), Some(1))
        });
        let sector = |number: u16, name: &str| (173, number, name.to_owned());
        Ground::new(
            Booths::of(booths),
            [sector(1, "गोमती 1"), sector(2, "गोमती 2"), sector(3, "सई"), sector(4, "")],
            [sector(3, "राप्ती")],
        )
    }

    fn named(number: Option<u16>, name: &str) -> Named {
        Named { number, name: (!name.is_empty()).then(|| name.to_owned()) }
    }

    #[test]
    fn a_booth_that_is_not_there_is_refused_with_the_nearest() {
        let ground = ground();
        assert_eq!((ground.booth(173, 40), ground.booth(174, 999)), (Ok(()), Ok(())));
        for (number, near) in [(41, "38, 39, 40"), (99, "100, 101, 102"), (70, "39, 40, 100")] {
            let words = ground.booth(173, number).unwrap_err();
            assert!(words.contains(near), "{words}");
        }
    }

    #[test]
    fn a_booth_lies_in_the_sector_it_was_imported_with() {
        let ground = ground();
        for (seat, sector, booth) in [(173, 1, 5), (173, 4, 999), (174, 4, 5)] {
            assert_eq!(ground.lies_in(seat, sector, booth), Ok(()));
        }
        let words = ground.lies_in(173, 3, 5).unwrap_err();
        assert!(words.ends_with("lies in sector 1 गोमती 1"), "{words}");
    }

    #[test]
    fn a_sector_is_found_by_its_number_its_name_and_the_name_it_had() {
        let ground = ground();
        for (said, number) in [
            (named(Some(4), ""), 4),
            (named(None, "Sai"), 3),
            (named(None, "Rapti"), 3),
            (named(None, "Gomti II"), 2),
            (named(Some(3), "सई"), 3),
            (named(Some(4), "जो भी"), 4),
        ] {
            assert_eq!(ground.sector(173, &said), Ok(number), "{said:?}");
        }
        for (said, words) in [
            (named(Some(9), ""), "no sector 9; there are 1 गोमती 1, 2 गोमती 2, 3 सई, 4"),
            (named(None, "गोमती"), "is called so"),
            (named(None, "घाघरा"), "is called so"),
            (named(Some(3), "गोमती 1"), "which of the two"),
        ] {
            let reason = ground.sector(173, &said).unwrap_err();
            assert!(reason.contains(words), "{said:?}: {reason}");
        }
    }

    #[test]
    fn of_a_seat_of_which_nothing_is_known_a_number_is_needed() {
        let ground = Ground::default();
        assert_eq!(ground.sector(1, &named(Some(7), "x")), Ok(7));
        assert_eq!(ground.sector(1, &named(None, "गोमती 2")), Ok(2));
        assert!(ground.sector(1, &named(None, "गोमती")).unwrap_err().contains("number"));
    }
}
