//! Places of the state, by name in any spelling or by number.

use super::heard::Heard;
use super::{Meaning, Reading};
use crate::geography::{Geography, Index};

pub(super) fn district(heard: &Heard, geography: &Geography) -> Reading {
    whole(heard, geography.district_index(), |_| true, Meaning::District)
}

pub(super) fn assembly(heard: &Heard, geography: &Geography, district: Option<&str>) -> Reading {
    let allowed = |place: u16| match (district, geography.assemblies.get(usize::from(place))) {
        (Some(code), Some(seat)) => seat.district_code == code,
        (_, seat) => seat.is_some(),
    };
    whole(heard, geography.assembly_index(), allowed, Meaning::Assembly)
}

pub(super) fn lok_sabha(heard: &Heard, geography: &Geography) -> Reading {
    whole(heard, geography.lok_sabha_index(), |_| true, Meaning::LokSabha)
}

fn whole(
    heard: &Heard,
    index: &Index,
    allowed: impl Fn(u16) -> bool,
    meaning: impl Fn(usize) -> Meaning,
) -> Reading {
    let key = Index::key(heard.words().map(|word| word.folded));
    let found: Vec<usize> = index
        .exact(&key)
        .iter()
        .filter(|place| allowed(**place))
        .map(|place| usize::from(*place))
        .collect();
    match found.as_slice() {
        [] => Reading::None,
        [place] => Reading::Sure(meaning(*place)),
        several => Reading::Unsure(several.iter().take(3).map(|place| meaning(*place)).collect()),
    }
}
