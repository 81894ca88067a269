//! Which booths there are, and in which sector each lies: 1,62,000 of them in about a megabyte.

use super::{Delimitation, Level, Place};

/// The booths that exist, by seat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booths {
    /// By the number of the seat; each seat in ascending order of the booths' numbers.
    seats: Vec<Vec<Booth>>,
}

/// One booth of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Booth {
    pub number: u16,
    /// The number of its sector within the seat; 0 where it is not known.
    pub sector: u16,
}

impl Booths {
    /// From rows of the records, in any order: the code of a booth and the number of its sector. What is no
    /// booth of the delimitation in force is left out.
    #[must_use]
    pub fn of(rows: impl IntoIterator<Item = (i64, Option<i64>)>) -> Booths {
        let mut seats: Vec<Vec<Booth>> = Vec::new();
        for (code, sector) in rows {
            let Some((Delimitation::NOW, Place::Booth { assembly, number })) =
                Place::from_code(code)
            else {
                continue;
            };
            let seat = usize::from(assembly);
            if seats.len() <= seat {
                seats.resize_with(seat + 1, Vec::new);
            }
            let sector = sector.and_then(|sector| u16::try_from(sector).ok()).unwrap_or(0);
            if let Some(booths) = seats.get_mut(seat) {
                booths.push(Booth { number, sector });
            }
        }
        for booths in &mut seats {
            booths.sort_unstable();
            booths.dedup_by_key(|booth| booth.number);
            booths.shrink_to_fit();
        }
        Booths { seats }
    }

    /// The booths of a seat, in ascending order of their numbers.
    #[must_use]
    pub fn of_seat(&self, assembly: u16) -> &[Booth] {
        self.seats.get(usize::from(assembly)).map_or(&[], Vec::as_slice)
    }

    /// One booth, where it exists.
    #[must_use]
    pub fn get(&self, assembly: u16, number: u16) -> Option<Booth> {
        let booths = self.of_seat(assembly);
        let place = booths.binary_search_by_key(&number, |booth| booth.number).ok()?;
        booths.get(place).copied()
    }

    /// The sectors of a seat that have a booth, in ascending order.
    #[must_use]
    pub fn sectors_of(&self, assembly: u16) -> Vec<u16> {
        let known = self.of_seat(assembly).iter().map(|booth| booth.sector);
        let mut sectors: Vec<u16> = known.filter(|sector| *sector > 0).collect();
        sectors.sort_unstable();
        sectors.dedup();
        sectors
    }

    /// The booths of one sector, in ascending order.
    #[must_use]
    pub fn of_sector(&self, assembly: u16, sector: u16) -> Vec<u16> {
        let here = self.of_seat(assembly).iter().filter(|booth| booth.sector == sector);
        here.map(|booth| booth.number).collect()
    }

    /// The booths of a seat that are known to lie in other sectors than this one, in ascending order.
    #[must_use]
    pub fn elsewhere(&self, assembly: u16, sector: u16) -> Vec<u16> {
        let here = self.of_seat(assembly).iter();
        let others = here.filter(|booth| booth.sector > 0 && booth.sector != sector);
        others.map(|booth| booth.number).collect()
    }

    /// How many there are in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seats.iter().map(Vec::len).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places of a level that exist below the seats: sectors or booths, of these seats.
    #[must_use]
    pub fn places(&self, seats: &[u16], level: Level) -> Vec<Place> {
        let mut places = Vec::new();
        for assembly in seats.iter().copied() {
            match level {
                Level::Sector => places.extend(
                    self.sectors_of(assembly)
                        .into_iter()
                        .map(|number| Place::Sector { assembly, number }),
                ),
                Level::Booth => places.extend(
                    self.of_seat(assembly)
                        .iter()
                        .map(|booth| Place::Booth { assembly, number: booth.number }),
                ),
                _ => {}
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(assembly: u16, number: u16) -> i64 {
        Place::Booth { assembly, number }.code(Delimitation::NOW)
    }

    fn booths() -> Booths {
        Booths::of([
            (code(173, 12), Some(2)),
            (code(173, 1), Some(1)),
            (code(173, 2), None),
            (code(403, 7), Some(1)),
            (Place::Sector { assembly: 173, number: 9 }.code(Delimitation::NOW), None),
        ])
    }

    #[test]
    fn what_was_imported_exists_and_nothing_else() {
        let booths = booths();
        assert_eq!(booths.len(), 4);
        assert_eq!(booths.get(173, 12), Some(Booth { number: 12, sector: 2 }));
        assert_eq!(booths.get(173, 2), Some(Booth { number: 2, sector: 0 }));
        for (assembly, number) in [(173, 3), (172, 1), (403, 1), (0, 0), (9_999, 1)] {
            assert_eq!(booths.get(assembly, number), None, "{assembly}/{number}");
        }
    }

    #[test]
    fn the_booths_of_a_seat_stand_in_order_and_under_their_sectors() {
        let booths = booths();
        let numbers: Vec<u16> = booths.of_seat(173).iter().map(|booth| booth.number).collect();
        assert_eq!(numbers, [1, 2, 12]);
        assert_eq!(booths.sectors_of(173), [1, 2]);
        assert_eq!(booths.of_sector(173, 2), [12]);
        assert_eq!(booths.elsewhere(173, 2), [1], "2 lies in no sector");
        let sectors = booths.places(&[173, 403], Level::Sector);
        assert_eq!(sectors.len(), 3);
        assert_eq!(booths.places(&[403], Level::Booth).len(), 1);
    }

    #[test]
    fn a_whole_state_takes_about_a_megabyte() {
        let all =
            (1..=403).flat_map(|seat| (1..=402).map(move |booth| (code(seat, booth), Some(1))));
        let booths = Booths::of(all);
        let held: usize =
            booths.seats.iter().map(|seat| seat.capacity() * size_of::<Booth>()).sum();
        assert_eq!(booths.len(), 162_006);
        assert!(held < 1_000_000, "{held} bytes");
    }
}
