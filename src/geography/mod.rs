//! Places of the state: divisions, districts, Lok Sabha and assembly seats, from `data/`, and
//! their lookup by any spelling.

mod distance;
mod index;
mod nearest;
mod slip;
mod sound;
mod spelling;
mod tables;

pub use distance::similarity;
use index::{Book, Lesser};
pub use index::{Index, Meant};
pub use nearest::{Near, Wanted};
pub use slip::{Letters, Slip};
pub use sound::Sound;
pub use spelling::{clean, fold, fold_cleaned, fold_word, is_devanagari_letter, is_letter};
pub(crate) use tables::each_row;

use crate::contact::Language;

/// The numbers of booths end here, at the latest, in every assembly seat. Wide on purpose: whoever has a
/// booth beyond it could not say so.
pub const LAST_BOOTH: i64 = 2000;

/// The tables, read once. Order is the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Geography {
    /// Empty in tables of one's own.
    pub divisions: Vec<Division>,
    pub districts: Vec<District>,
    pub assemblies: Vec<Assembly>,
    pub lok_sabha: Vec<LokSabha>,
    pin_codes: Vec<PinCodes>,
    district_index: Index,
    assembly_index: Index,
    lok_sabha_index: Index,
}

/// Several districts under one commissioner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// 1 to 18.
    pub number: u16,
    pub name_en: String,
    pub name_hi: String,
    /// Empty where no Urdu name is known.
    pub name_ur: String,
    pub others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// LGD code, as text.
    pub code: String,
    pub name_en: String,
    pub name_hi: String,
    /// Empty where no Urdu name is known.
    pub name_ur: String,
    /// The English name of its division.
    pub division: String,
    /// Other names and spellings, any script.
    pub others: Vec<String>,
    /// The town its offices sit in, by every name.
    pub headquarters: Vec<String>,
}

/// A town that is neither a district nor a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Town {
    /// In both scripts.
    pub names: Vec<String>,
    /// Index into [`Geography::districts`].
    pub district: u16,
}

/// Postal codes from one to the other, both included, that lie in one district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinCodes {
    pub from: u32,
    pub to: u32,
    /// Index into [`Geography::districts`].
    pub district: u16,
}

/// What is known of places besides the tables: all may be empty.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub towns: Vec<Town>,
    /// In ascending order, none within another.
    pub pin_codes: Vec<PinCodes>,
    /// Names of places outside the state that must not be taken for one inside.
    pub elsewhere: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembly {
    /// 1 to 403.
    pub number: u16,
    pub name_en: String,
    pub name_hi: String,
    /// Empty where no Urdu name is known.
    pub name_ur: String,
    pub district_code: String,
    /// 1 to 80.
    pub lok_sabha: u16,
    pub others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LokSabha {
    pub number: u16,
    pub name_en: String,
    pub name_hi: String,
    /// Empty where no Urdu name is known.
    pub name_ur: String,
    pub others: Vec<String>,
}

/// The name in a language; the Hindi one where there is none in Urdu.
fn in_language<'a>(language: Language, hi: &'a str, en: &'a str, ur: &'a str) -> &'a str {
    match language {
        Language::En => en,
        Language::Ur if !ur.is_empty() => ur,
        Language::Hi | Language::Ur => hi,
    }
}

impl Division {
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        in_language(language, &self.name_hi, &self.name_en, &self.name_ur)
    }
}

impl District {
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        in_language(language, &self.name_hi, &self.name_en, &self.name_ur)
    }
}

impl Assembly {
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        in_language(language, &self.name_hi, &self.name_en, &self.name_ur)
    }
}

impl LokSabha {
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        in_language(language, &self.name_hi, &self.name_en, &self.name_ur)
    }
}

impl Geography {
    /// The tables shipped in `data/`, embedded.
    ///
    /// # Errors
    /// A line of a table that cannot be read, with its file and line number.
    pub fn shipped() -> Result<Geography, String> {
        let mut divisions =
            tables::divisions("data/divisions.csv", include_str!("../../data/divisions.csv"))?;
        let mut districts =
            tables::districts("data/districts.csv", include_str!("../../data/districts.csv"))?;
        let mut lok_sabha =
            tables::lok_sabha("data/lok_sabha.csv", include_str!("../../data/lok_sabha.csv"))?;
        let mut assemblies = tables::assemblies(
            "data/assembly.csv",
            include_str!("../../data/assembly.csv"),
            &districts,
            &lok_sabha,
        )?;
        let urdu = tables::urdu("data/names_ur.csv", include_str!("../../data/names_ur.csv"))?;
        let urdu = |hindi: &str| {
            let found = urdu.get(hindi).cloned();
            found.ok_or_else(|| format!("data/names_ur.csv: the name of {hindi} is missing"))
        };
        for division in &mut divisions {
            division.name_ur = urdu(&division.name_hi)?;
        }
        for district in &mut districts {
            if !divisions.iter().any(|division| division.name_en == district.division) {
                return Err(format!("data/divisions.csv: {} is missing", district.division));
            }
            district.name_ur = urdu(&district.name_hi)?;
        }
        for seat in &mut lok_sabha {
            seat.name_ur = urdu(&seat.name_hi)?;
        }
        for seat in &mut assemblies {
            seat.name_ur = urdu(&seat.name_hi)?;
        }
        let surroundings = Surroundings {
            towns: tables::towns(
                "data/towns.csv",
                include_str!("../../data/towns.csv"),
                &districts,
            )?,
            pin_codes: tables::pin_codes(
                "data/pin_codes.csv",
                include_str!("../../data/pin_codes.csv"),
                &districts,
            )?,
            elsewhere: tables::elsewhere(
                "data/elsewhere.csv",
                include_str!("../../data/elsewhere.csv"),
            )?,
        };
        let mut geography = Geography::new(districts, assemblies, lok_sabha, surroundings);
        geography.divisions = divisions;
        Ok(geography)
    }

    /// Tables of one's own, with the lookup by spelling built over them.
    #[must_use]
    pub fn new(
        districts: Vec<District>,
        assemblies: Vec<Assembly>,
        lok_sabha: Vec<LokSabha>,
        surroundings: Surroundings,
    ) -> Geography {
        let Surroundings { towns, pin_codes, elsewhere } = surroundings;
        let district_names = districts
            .iter()
            .map(|place| names([&place.name_en, &place.name_hi, &place.name_ur], &place.others));
        let seat_names = assemblies
            .iter()
            .map(|place| names([&place.name_en, &place.name_hi, &place.name_ur], &place.others));
        let of_districts = Lesser {
            headquarters: headquarters(&districts),
            within: towns_within(&districts, &assemblies, &towns),
            shared: Vec::new(),
            elsewhere: &elsewhere,
        };
        let of_seats = Lesser {
            shared: cities(&districts, &assemblies),
            elsewhere: &elsewhere,
            ..Lesser::default()
        };
        let of_lok_sabha = Lesser { elsewhere: &elsewhere, ..Lesser::default() };
        let mut book = Book::default();
        let district_index = Index::build(district_names, &of_districts, &mut book);
        let assembly_index = Index::build(seat_names, &of_seats, &mut book);
        let lok_sabha_index = Index::build(
            lok_sabha.iter().map(|place| {
                names([&place.name_en, &place.name_hi, &place.name_ur], &place.others)
            }),
            &of_lok_sabha,
            &mut book,
        );
        Geography {
            divisions: Vec::new(),
            districts,
            assemblies,
            lok_sabha,
            pin_codes,
            district_index,
            assembly_index,
            lok_sabha_index,
        }
    }

    /// The district (an index) of a postal code, where all its post offices lie in one.
    #[must_use]
    pub fn district_of_pin(&self, pin: u32) -> Option<usize> {
        let after = self.pin_codes.partition_point(|range| range.from <= pin);
        let range = self.pin_codes.get(after.checked_sub(1)?)?;
        (pin <= range.to).then_some(usize::from(range.district))
    }

    #[must_use]
    pub fn district(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }

    #[must_use]
    pub fn assembly(&self, number: u16) -> Option<&Assembly> {
        self.assemblies
            .get(usize::from(number).checked_sub(1)?)
            .filter(|seat| seat.number == number)
    }

    /// Lookup of [`Geography::districts`] by spelling.
    #[must_use]
    pub fn district_index(&self) -> &Index {
        &self.district_index
    }

    /// Lookup of [`Geography::assemblies`] by spelling.
    #[must_use]
    pub fn assembly_index(&self) -> &Index {
        &self.assembly_index
    }

    /// Lookup of [`Geography::lok_sabha`] by spelling.
    #[must_use]
    pub fn lok_sabha_index(&self) -> &Index {
        &self.lok_sabha_index
    }
}

fn headquarters(districts: &[District]) -> Vec<(&str, u16)> {
    let towns = (0_u16..).zip(districts);
    towns
        .flat_map(|(place, district)| {
            district.headquarters.iter().map(move |name| (name.as_str(), place))
        })
        .collect()
}

/// Towns and constituencies by the district they lie in.
fn towns_within<'a>(
    districts: &[District],
    assemblies: &'a [Assembly],
    towns: &'a [Town],
) -> Vec<(&'a str, u16)> {
    let mut within: Vec<(&'a str, u16)> = Vec::new();
    for town in towns {
        within.extend(town.names.iter().map(|name| (name.as_str(), town.district)));
    }
    for seat in assemblies {
        let place = districts.iter().position(|known| known.code == seat.district_code);
        let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else { continue };
        let Some(district) = districts.get(usize::from(place)) else { continue };
        let called_so = |name: &&String| {
            let called = [&district.name_en, &district.name_hi].into_iter().chain(&district.others);
            called.into_iter().any(|district| name.starts_with(district.as_str()))
        };
        let all = [&seat.name_en, &seat.name_hi].into_iter().chain(&seat.others);
        let own = all.filter(|name| !called_so(name));
        within.extend(own.map(|name| (name.as_str(), place)));
    }
    within
}

/// The names of districts by the seats that bear them with a part of the city (`Lucknow East`), or
/// by all their seats where none does.
fn cities<'a>(districts: &'a [District], assemblies: &[Assembly]) -> Vec<(&'a str, Vec<u16>)> {
    let mut shared = Vec::new();
    for district in districts {
        let mine: Vec<(u16, &Assembly)> = (0_u16..)
            .zip(assemblies)
            .filter(|(_, seat)| seat.district_code == district.code)
            .collect();
        let all = || [&district.name_en, &district.name_hi].into_iter().chain(&district.others);
        let mut seats: Vec<u16> = Vec::new();
        for (place, seat) in &mine {
            let part = all().find_map(|name| seat.name_en.strip_prefix(name.as_str()));
            if part.is_some_and(|part| part.is_empty() || part.starts_with(' ')) {
                seats.push(*place);
            }
        }
        // One part of a city alone is not the city: Kanpur has a Cantt and nine seats of other names.
        let one_part = matches!(seats.as_slice(), [one] if mine.iter().any(|(place, seat)| {
            place == one && [" Cantt", " North", " South", " East", " West", " Rural"]
                .into_iter()
                .any(|part| seat.name_en.ends_with(part))
        }));
        // Another name may be that of one town: Noida is a third of Gautam Buddha Nagar.
        let one_town = matches!(seats.as_slice(), [one] if mine.iter().any(|(place, seat)| {
            place == one && seat.name_en != district.name_en && district.others.contains(&seat.name_en)
        }));
        if seats.is_empty() || one_part || one_town {
            seats = mine.iter().map(|(place, _)| *place).collect();
        }
        shared.extend(all().map(|name| (name.as_str(), seats.clone())));
    }
    shared
}

/// The three official names first, then the others.
fn names<'a>(official: [&'a String; 3], others: &'a [String]) -> Vec<&'a str> {
    official.into_iter().chain(others).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_are_whole() {
        let geography = Geography::shipped().unwrap();
        assert_eq!(geography.districts.len(), 75);
        assert_eq!(geography.assemblies.len(), 403);
        assert_eq!(geography.lok_sabha.len(), 80);
        assert_eq!(geography.district("162").unwrap().name_hi, "लखनऊ");
        assert_eq!(geography.assembly(173).unwrap().name_en, "Lucknow East");
        assert_eq!(geography.assembly(0), None);
        assert_eq!(geography.assembly(404), None);
    }

    #[test]
    fn every_shipped_name_is_nfc_and_found_by_its_own_spelling() {
        let geography = Geography::shipped().unwrap();
        let nfc = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
        for (place, district) in geography.districts.iter().enumerate() {
            for name in [&district.name_en, &district.name_hi] {
                assert!(nfc.is_normalized(name), "{name}");
                let key = Index::key(fold(name).split(' '));
                let place = u16::try_from(place).unwrap();
                assert_eq!(geography.district_index().exact(&key), [place], "{name}");
            }
        }
        for seat in &geography.assemblies {
            for name in [&seat.name_en, &seat.name_hi] {
                assert!(nfc.is_normalized(name), "{name}");
                let key = Index::key(fold(name).split(' '));
                assert_eq!(geography.assembly_index().exact(&key), [seat.number - 1], "{name}");
            }
        }
    }
}
