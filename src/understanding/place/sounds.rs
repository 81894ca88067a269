//! What words sound like, where no name stands in them letter by letter.

use super::super::heard::Word;
use super::table::Table;
use crate::geography::{Index, Meant, Near, Sound};

/// Sounds of so few letters are within a slip of many words: never taken without asking.
const SHORT_SOUND: usize = 3;
/// A place outside the state must be met so much better than any inside.
const BETTER_MET: f32 = 0.10;
/// And at least so well.
const MET: f32 = 0.90;
/// Shorter sounds must be the very sound of a place outside.
const LONGER_SOUND: usize = 4;
/// In four letters one vowel for another makes another word (`haathi`, Hata); a silent `a` does not.
const SURE_SHORT: f32 = 0.93;
/// A sound of two letters is worth asking about when no more than a vowel is missing.
const LIKE_SHORT: f32 = 0.9;

/// What a window of the message sounds like.
#[derive(Clone, Debug)]
pub(super) enum Sounds {
    /// This place and no other; 1 is the same sound.
    Clear(u16, f32),
    /// Exactly a town, a city of several seats.
    Lesser(Meant),
    /// Best first, places only.
    Near(Vec<Found>),
    Elsewhere,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) meant: Meant,
    pub(super) similarity: f32,
    pub(super) rank: f32,
}

pub(super) fn sounds_like<'a>(
    table: &Table<'_>,
    window: impl Iterator<Item = &'a Word<'a>> + Clone,
) -> Sounds {
    let key = Index::key(window.clone().map(|word| word.folded));
    let sound = Sound::of(window.map(|word| word.cleaned));
    let letters = sound.letters().len();
    if letters < 2 {
        return Sounds::Nothing;
    }
    let same = table.index.by_sound(&sound);
    let mut places = same.iter().filter_map(|meant| match meant {
        Meant::Place(place) if (table.allowed)(*place) => Some(*place),
        _ => None,
    });
    match (places.next(), places.next()) {
        (Some(place), None) => return Sounds::Clear(place, 1.0),
        (None, _) => match same.first() {
            Some(Meant::Elsewhere | Meant::Place(_)) | None => {}
            Some(lesser) => return Sounds::Lesser(*lesser),
        },
        _ => {}
    }
    let mut found = table.index.near(&key, &sound, table.wanted, table.allowed);
    if letters < SHORT_SOUND {
        found.retain(|near| near.similarity >= LIKE_SHORT);
    }
    let met = |elsewhere: bool| {
        let of_kind = found.iter().filter(|near| (near.meant == Meant::Elsewhere) == elsewhere);
        of_kind.map(|near| near.rank).fold(0.0, f32::max)
    };
    let exactly = same.contains(&Meant::Elsewhere);
    if (exactly || (letters > LONGER_SOUND && met(true) >= MET))
        && met(true) - met(false) >= BETTER_MET
    {
        return Sounds::Elsewhere;
    }
    let elsewhere = met(true);
    found.retain(|near| near.meant != Meant::Elsewhere);
    found.sort_by(|one, other| {
        let by_writing = one.letters_apart.cmp(&other.letters_apart);
        other.rank.total_cmp(&one.rank).then(by_writing)
    });
    let Some(best) = found.first() else { return Sounds::Nothing };
    let clear = found.iter().skip(1).all(|second| is_clear(table, best, second));
    let sure_from = if letters <= LONGER_SOUND { SURE_SHORT } else { table.wanted.sure };
    let is_sure = best.similarity >= sure_from && clear && letters > SHORT_SOUND;
    if let Meant::Place(place) = best.meant
        && is_sure
        && best.rank > elsewhere
    {
        return Sounds::Clear(place, best.similarity);
    }
    let found = found.iter();
    let near =
        found.map(|near| Found { meant: near.meant, similarity: near.similarity, rank: near.rank });
    Sounds::Near(near.collect())
}

/// By sound, or among equal sounds by writing (Etawah and Itwa).
fn is_clear(table: &Table<'_>, best: &Near, second: &Near) -> bool {
    let by_sound = best.rank - second.rank >= table.wanted.clear;
    let by_writing = best.letters_apart <= 1
        && best.letters_apart + 1 < second.letters_apart + usize::from(best.letters_apart == 0);
    by_sound || by_writing
}
