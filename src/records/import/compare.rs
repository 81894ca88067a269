//! What a row says of a person beside what stands: what is filled in, what differs.

use super::Details;
use crate::people::Column;
use crate::records::common::sound_of;
use crate::understanding::{Gender, bare_name};

/// A value that stands and another that a row gives.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) column: Column,
    pub(super) stands: String,
    pub(super) said: String,
}

impl Difference {
    /// Both values: personal, so not for a terminal.
    pub(super) fn words(&self) -> String {
        let Difference { column, stands, said } = self;
        format!("{}: known is ‘{stands}’, the row says ‘{said}’", column.header())
    }

    /// Whether it is about where the person belongs.
    pub(super) const fn is_of_place(&self) -> bool {
        matches!(self.column, Column::District | Column::Assembly | Column::Sector | Column::Booth)
    }
}

#[derive(Debug, Default)]
pub(super) struct Merged {
    /// As it would stand.
    pub(super) details: Details,
    pub(super) filled: bool,
    pub(super) differences: Vec<Difference>,
}

impl Merged {
    /// One field: what stands, what the row says, and how it would stand.
    fn field<T: Clone>(
        &mut self,
        column: Column,
        known: Option<&T>,
        told: Option<&T>,
        is_same: impl Fn(&T, &T) -> bool,
        words: impl Fn(&T) -> String,
    ) -> Option<T> {
        match (known, told) {
            (None, None) => None,
            (None, Some(told)) => {
                self.filled = true;
                Some(told.clone())
            }
            (Some(known), Some(told)) if !is_same(known, told) => {
                let (stands, said) = (words(known), words(told));
                self.differences.push(Difference { column, stands, said });
                Some(told.clone())
            }
            (Some(known), _) => Some(known.clone()),
        }
    }
}

/// A row of somebody known. Of a row that is `further` (the person stands in the file above already, with another
/// post) places that differ are those of its post, not the person's. Whether the sector `follows` the booth: see
/// [`Incoming`](super::Incoming).
pub(super) fn merge(known: &Details, told: &Details, further: bool, follows: bool) -> Merged {
    let merged = compare(known, told, follows);
    if !further || !merged.differences.iter().any(Difference::is_of_place) {
        return merged;
    }
    let told =
        Details { district: None, assembly: None, sector: None, booth: None, ..told.clone() };
    compare(known, &told, follows)
}

fn compare(known: &Details, told: &Details, follows: bool) -> Merged {
    let mut merged = Merged::default();
    let sounds_same = |one: &String, other: &String| {
        one == other || sound_of(bare_name(one)) == sound_of(bare_name(other))
    };
    let father = merged.field(
        Column::FathersName,
        known.father.as_ref(),
        told.father.as_ref(),
        sounds_same,
        String::clone,
    );
    let gender = merged.field(
        Column::Gender,
        known.gender.as_ref(),
        told.gender.as_ref(),
        |one, other| one == other,
        |gender| gender_word(*gender).to_owned(),
    );
    let birth_year = merged.field(
        Column::BirthYear,
        known.birth_year.as_ref(),
        told.birth_year.as_ref(),
        |one, other| one == other,
        i16::to_string,
    );
    let assembly = merged.field(
        Column::Assembly,
        known.assembly.as_ref(),
        told.assembly.as_ref(),
        |one, other| one == other,
        u16::to_string,
    );
    // Sectors and booths are counted within their seat, and a seat lies in one district.
    let has_moved = known.assembly.is_some() && known.assembly != assembly;
    let mut within = Details::default();
    if has_moved {
        within.district.clone_from(&told.district);
        (within.sector, within.booth) = (told.sector, told.booth);
    } else {
        within.district = merged.field(
            Column::District,
            known.district.as_ref(),
            told.district.as_ref(),
            |one, other| one == other,
            String::clone,
        );
        // A booth that moved took its people along: that is no difference of theirs. And whoever moves to
        // another booth leaves the sector of the one they had.
        let is_booth_same = known.booth.is_some() && known.booth == told.booth;
        let is_booth_new = known.booth.is_some() && told.booth.is_some() && !is_booth_same;
        // The sector in which their booth lies is known of them without being written down.
        let is_known = follows && is_booth_same && known.sector.is_none();
        let told_sector = told.sector.filter(|_| !is_known);
        let sector = match told_sector {
            Some(_) if follows && is_booth_same => {
                merged.filled |= known.sector != told.sector;
                told.sector
            }
            None if is_booth_new => None,
            _ => known.sector,
        };
        for (column, before, now, stands) in [
            (Column::Sector, sector, told_sector, &mut within.sector),
            (Column::Booth, known.booth, told.booth, &mut within.booth),
        ] {
            *stands = merged.field(
                column,
                before.as_ref(),
                now.as_ref(),
                |one, other| one == other,
                u16::to_string,
            );
        }
    }
    merged.details = Details { father, gender, birth_year, assembly, ..within };
    merged
}

pub(super) const fn gender_word(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "पुरुष",
        Gender::Female => "महिला",
        Gender::Other => "अन्य",
    }
}

pub(in crate::records) const fn gender_code(gender: Gender) -> i64 {
    match gender {
        Gender::Male => 1,
        Gender::Female => 2,
        Gender::Other => 3,
    }
}

pub(in crate::records) fn gender_of(code: i64) -> Option<Gender> {
    [Gender::Male, Gender::Female, Gender::Other]
        .into_iter()
        .find(|gender| gender_code(*gender) == code)
}
