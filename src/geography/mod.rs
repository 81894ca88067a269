//! Places of the state: divisions, districts, Lok Sabha and assembly seats, from `data/`, and
//! their lookup by any spelling.

mod distance;
mod index;
mod sound;
mod spelling;
mod tables;

pub use distance::similarity;
pub use index::{Index, Near, Wanted};
pub use sound::Sound;
pub use spelling::{clean, fold, fold_word, is_devanagari_letter};

use crate::contact::Language;

/// The tables, read once. Order is the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Geography {
    pub districts: Vec<District>,
    pub assemblies: Vec<Assembly>,
    pub lok_sabha: Vec<LokSabha>,
    district_index: Index,
    assembly_index: Index,
    lok_sabha_index: Index,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// LGD code, as text.
    pub code: String,
    pub name_en: String,
    pub name_hi: String,
    /// Empty where no Urdu name is known.
    pub name_ur: String,
    pub division: String,
    /// Other names and spellings, any script.
    pub others: Vec<String>,
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
        for district in &mut districts {
            district.name_ur = urdu(&district.name_hi)?;
        }
        for seat in &mut lok_sabha {
            seat.name_ur = urdu(&seat.name_hi)?;
        }
        for seat in &mut assemblies {
            seat.name_ur = urdu(&seat.name_hi)?;
        }
        let elsewhere =
            tables::elsewhere("data/elsewhere.csv", include_str!("../../data/elsewhere.csv"))?;
        Ok(Geography::new(districts, assemblies, lok_sabha, &elsewhere))
    }

    /// Tables of one's own, with the lookup by spelling built over them. `elsewhere` names places
    /// outside the state that must not be taken for one inside.
    #[must_use]
    pub fn new(
        districts: Vec<District>,
        assemblies: Vec<Assembly>,
        lok_sabha: Vec<LokSabha>,
        elsewhere: &[String],
    ) -> Geography {
        let district_index = Index::build(
            districts.iter().map(|place| {
                names([&place.name_en, &place.name_hi, &place.name_ur], &place.others)
            }),
            elsewhere,
        );
        let assembly_index = Index::build(
            assemblies.iter().map(|place| {
                names([&place.name_en, &place.name_hi, &place.name_ur], &place.others)
            }),
            elsewhere,
        );
        let lok_sabha_index = Index::build(
            lok_sabha.iter().map(|place| {
                names([&place.name_en, &place.name_hi, &place.name_ur], &place.others)
            }),
            elsewhere,
        );
        Geography {
            districts,
            assemblies,
            lok_sabha,
            district_index,
            assembly_index,
            lok_sabha_index,
        }
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
