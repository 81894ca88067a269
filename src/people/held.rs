//! Where the post of a row is held.

use super::columns::Column;
use super::posts::{Post, post};
use crate::contact::Language;
use crate::geography::Geography;
use crate::places::{Level, Place};

/// Whether one person at a time has a post at its place.
#[must_use]
pub fn is_single(code: &str) -> bool {
    post(code).is_some_and(|post| post.single)
}

/// The places a row tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct At<'a> {
    /// The code of a district.
    pub(super) district: Option<&'a str>,
    pub(super) assembly: Option<u16>,
    pub(super) sector: Option<u16>,
    pub(super) booth: Option<u16>,
}

/// Where somebody holds a post; `level` is what the words of the post said beside it (`जिला महासचिव`).
///
/// # Errors
/// The column that lacks, and why: a post of no place is not one of the whole state.
pub(super) fn place(
    post: &Post,
    level: Option<Level>,
    at: At<'_>,
    geography: &Geography,
) -> Result<Place, (Column, String)> {
    let title = post.name(Language::Hi);
    let lacks =
        |column: Column, what: &str| (column, format!("of a {title} the {what} must be known"));
    let assembly = || at.assembly.ok_or_else(|| lacks(Column::Assembly, "assembly seat"));
    let district = || at.district.and_then(|code| code.parse().ok()).map(Place::District);
    let lok_sabha = || {
        let seat = geography.assembly(assembly()?);
        let seat = seat.ok_or_else(|| lacks(Column::Assembly, "assembly seat"))?;
        Ok(Place::LokSabha(seat.lok_sabha))
    };
    match post.level.or(level) {
        Some(Level::Booth) => {
            let number = at.booth.ok_or_else(|| lacks(Column::Booth, "booth"))?;
            Ok(Place::Booth { assembly: assembly()?, number })
        }
        Some(Level::Sector) => {
            let number = at.sector.ok_or_else(|| lacks(Column::Sector, "sector"))?;
            Ok(Place::Sector { assembly: assembly()?, number })
        }
        Some(Level::Assembly) => Ok(Place::Assembly(assembly()?)),
        Some(Level::LokSabha) => lok_sabha(),
        Some(Level::District) => district().ok_or_else(|| lacks(Column::District, "district")),
        Some(Level::State | Level::Division) => Ok(Place::State),
        None if post.code == "lok_sabha_prabhari" => lok_sabha(),
        None => at.assembly.map(Place::Assembly).or_else(district).ok_or_else(|| {
            let words = format!(
                "a {title} of what? Write the district or the assembly seat; of the whole state: ‘प्रदेश {title}’"
            );
            (Column::District, words)
        }),
    }
}
