//! The names of one table, laid out so that all of them can be looked at in a few microseconds: which
//! of them are near a sound, and which are one slip of the finger away in writing.
//!
//! A look at all names costs a bound on the distance each ([`Skeleton`]); the few that the bound leaves
//! are compared in its order, so that the best are met first and most of the rest need no comparing.

use std::ops::Range;

use super::distance::{Bounds, Skeleton, similarity};
use super::index::Meant;
use super::sound::Sound;

/// A place found by its sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub meant: Meant,
    /// How alike the sounds are; 1 is the same sound.
    pub similarity: f32,
    /// What places are ordered by: the sound, and to a lesser part the writing.
    pub rank: f32,
    /// Letters that differ in writing between the two: what decides among names that sound alike.
    pub letters_apart: usize,
}

/// How like a sound must be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// What is less alike is not found.
    pub least: f32,
    /// From here on a place is taken without asking, if the second is `clear` behind.
    pub sure: f32,
    pub clear: f32,
}

/// The part of the writing in a place's rank.
const WRITING: f32 = 0.25;
/// What a name known only in the other script loses in rank.
const UNWRITTEN: f32 = 0.04;
/// More than a likeness can be off by its rounding.
const ROUNDING: f32 = 0.001;
/// The part of a letter that one slip of the finger costs.
const SLIP: f32 = 0.8;
/// Shorter writings are one slip away from too much.
const SHORTEST_WITH_SLIP: u8 = 4;
/// No name has so many letters.
const LONGEST_WRITING: usize = 63;

/// Names in the order in which they were told, before they are laid out.
#[derive(Debug, Default)]
pub(super) struct Told {
    sounds: Vec<(Sound, Meant)>,
    /// The key of a writing, and which of the sounds it has.
    writings: Vec<(usize, String)>,
}

impl Told {
    /// One more writing; `again` where the meaning is known by this sound already.
    pub(super) fn add(&mut self, sound: Sound, meant: Meant, key: String, again: bool) {
        let same = |known: &(Sound, Meant)| *known == (sound, meant);
        // Places come in order, so that a twin stands near the end.
        let twin = if again { self.sounds.iter().rposition(same) } else { None };
        let place = twin.unwrap_or_else(|| {
            self.sounds.push((sound, meant));
            self.sounds.len() - 1
        });
        self.writings.push((place, key));
    }
}

/// The names of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    entries: Vec<Entry>,
    /// Of each entry, close together, since all are looked at.
    skeletons: Vec<Skeleton>,
    writings: Vec<Writing>,
    /// Of each writing.
    letters: Vec<Letters>,
}

/// One meaning and one of its sounds.
#[derive(Clone, Debug)]
struct Entry {
    sound: Sound,
    meant: Meant,
    /// The writings with this sound.
    writings: Range<usize>,
}

#[derive(Clone, Debug)]
struct Writing {
    key: String,
    meant: Meant,
}

impl From<Told> for Names {
    fn from(mut told: Told) -> Names {
        told.writings.sort_by_key(|(entry, _)| *entry);
        let mut names = Names::default();
        let mut writings = told.writings.into_iter().peekable();
        for (place, (sound, meant)) in told.sounds.into_iter().enumerate() {
            let from = names.writings.len();
            while let Some((_, key)) = writings.next_if(|(entry, _)| *entry == place) {
                names.letters.push(Letters::of(&key));
                names.writings.push(Writing { key, meant });
            }
            names.skeletons.push(Skeleton::of(&sound));
            names.entries.push(Entry { sound, meant, writings: from..names.writings.len() });
        }
        names
    }
}

/// What is looked for: a writing and its sound.
pub(super) struct Query<'a> {
    key: &'a str,
    sound: &'a Sound,
    skeleton: Skeleton,
    letters: Letters,
}

impl<'a> Query<'a> {
    pub(super) fn new(key: &'a str, sound: &'a Sound) -> Query<'a> {
        Query { key, sound, skeleton: Skeleton::of(sound), letters: Letters::of(key) }
    }

    /// Adds the names that sound as is wanted. Once one is sure, those that it is clearly ahead of are
    /// left out.
    pub(super) fn by_sound(
        &self,
        names: &Names,
        wanted: Wanted,
        allowed: &impl Fn(Meant) -> bool,
        found: &mut Vec<Near>,
    ) {
        let mut least = wanted.least;
        let mut bounds = Bounds::at_least(least);
        let mut candidates: Vec<(u16, usize)> = Vec::with_capacity(128);
        for (place, skeleton) in names.skeletons.iter().enumerate() {
            let apart = self.skeleton.apart(skeleton);
            if bounds.allow(apart, self.skeleton.longer(skeleton)) {
                candidates.push((apart, place));
            }
        }
        candidates.sort_unstable();
        for (apart, place) in candidates {
            let Some(entry) = names.entries.get(place) else { continue };
            let longer = self.sound.letters().len().max(entry.sound.letters().len());
            if !bounds.allow(apart, longer) || !allowed(entry.meant) {
                continue;
            }
            let Some(likeness) = similarity(self.sound, &entry.sound, least) else { continue };
            let writings = names.writings.get(entry.writings.clone()).unwrap_or_default();
            let (letters_apart, written_alike) = self.writing(writings);
            let rank = match written_alike {
                Some(written) => likeness + WRITING * (written - likeness),
                None => likeness - UNWRITTEN,
            };
            note(found, Near { meant: entry.meant, similarity: likeness, rank, letters_apart });
            let enough = to_rank(rank - wanted.clear).max(likeness - wanted.clear - WRITING / 2.0);
            if likeness >= wanted.sure && enough > least {
                least = enough;
                bounds = Bounds::at_least(least);
            }
        }
    }

    /// Adds the names whose writing is one slip of the finger away, which may sound like nothing at
    /// all (`xligarh`).
    pub(super) fn by_slip(
        &self,
        names: &Names,
        allowed: &impl Fn(Meant) -> bool,
        found: &mut Vec<Near>,
    ) {
        for (known, letters) in names.writings.iter().zip(&names.letters) {
            let longer = self.letters.count.max(letters.count);
            if !self.letters.may_be_one_apart(*letters)
                || longer < SHORTEST_WITH_SLIP
                || !allowed(known.meant)
                || !is_one_slip_apart(self.key, &known.key)
            {
                continue;
            }
            let similarity = 1.0 - SLIP / f32::from(longer);
            note(found, Near { meant: known.meant, similarity, rank: similarity, letters_apart: 1 });
        }
    }

    /// The letters between the key and the nearest of some writings, and how alike the two are when
    /// they are of one script.
    fn writing(&self, writings: &[Writing]) -> (usize, Option<f32>) {
        let mut nearest = usize::MAX;
        let mut alike: Option<f32> = None;
        let script = |key: &str| key.starts_with(|first: char| first.is_ascii());
        for known in writings {
            let apart = letters_apart(self.key, &known.key);
            nearest = nearest.min(apart);
            if script(self.key) == script(&known.key) {
                let letters = self.key.chars().count().max(known.key.chars().count()).max(1);
                #[expect(clippy::cast_precision_loss, reason = "names have few letters")]
                let written = 1.0 - apart as f32 / letters as f32;
                alike = Some(alike.map_or(written, |best| best.max(written)));
            }
        }
        (nearest, alike)
    }
}

/// The least likeness with which another name may still rank as high as `rank`.
pub(super) fn to_rank(rank: f32) -> f32 {
    (rank - WRITING) / (1.0 - WRITING) - ROUNDING
}

/// Keeps the best of each meaning.
fn note(found: &mut Vec<Near>, near: Near) {
    match found.iter_mut().find(|known| known.meant == near.meant) {
        Some(known) => {
            known.similarity = known.similarity.max(near.similarity);
            known.rank = known.rank.max(near.rank);
            known.letters_apart = known.letters_apart.min(near.letters_apart);
        }
        None => found.push(near),
    }
}

/// How many letters a writing has, and which, for a bound that costs next to nothing.
#[derive(Clone, Copy, Debug)]
struct Letters {
    /// A bit a letter, by its low six bits.
    which: u64,
    count: u8,
}

impl Letters {
    fn of(key: &str) -> Letters {
        let mut letters = Letters { which: 0, count: 0 };
        for letter in key.chars() {
            letters.count = letters.count.saturating_add(1);
            letters.which |= 1 << (u32::from(letter) & 63);
        }
        letters
    }

    fn may_be_one_apart(self, other: Letters) -> bool {
        // No more than two bits: what is left without the lowest two is nothing.
        let differing = self.which ^ other.which;
        let but_one = differing & differing.wrapping_sub(1);
        let but_two = but_one & but_one.wrapping_sub(1);
        but_two == 0 && self.count.abs_diff(other.count) <= 1
    }
}

/// Whether one letter added, dropped, exchanged, or crossed with its neighbour makes one writing the
/// other.
fn is_one_slip_apart(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.chars(), other.chars());
    let mut rests = (one.as_str(), other.as_str());
    while let (Some(left), Some(right)) = (one.next(), other.next()) {
        if left != right {
            break;
        }
        rests = (one.as_str(), other.as_str());
    }
    let (mut one, mut other) = (rests.0.chars(), rests.1.chars());
    while let (Some(left), Some(right)) = (one.next_back(), other.next_back()) {
        if left != right {
            break;
        }
        rests = (one.as_str(), other.as_str());
    }
    let (mut one, mut other) = (rests.0.chars(), rests.1.chars());
    match (one.next(), one.next(), other.next(), other.next()) {
        (Some(_), None, None | Some(_), None) | (None, None, Some(_), None) => true,
        (Some(first), Some(second), Some(third), Some(fourth)) => {
            first == fourth && second == third && one.next().is_none() && other.next().is_none()
        }
        _ => false,
    }
}

/// Letters to add, drop or exchange between two writings (Levenshtein); of names longer than
/// [`LONGEST_WRITING`] no more than that.
fn letters_apart(one: &str, other: &str) -> usize {
    let mut row = [0_u8; LONGEST_WRITING + 1];
    for (place, cell) in (0_u8..).zip(&mut row) {
        *cell = place;
    }
    let mut length = 0;
    for (place, letter) in (0_u8..).zip(one.chars().take(LONGEST_WRITING)) {
        let mut diagonal = place;
        let mut left = place + 1;
        length = 0;
        for (cell, against) in row.iter_mut().skip(1).zip(other.chars()) {
            let exchange = diagonal + u8::from(letter != against);
            diagonal = *cell;
            left = exchange.min(*cell + 1).min(left + 1);
            *cell = left;
            length += 1;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    if one.is_empty() {
        length = other.chars().take(LONGEST_WRITING).count();
    }
    row.get(length).copied().map_or(LONGEST_WRITING, usize::from)
}
