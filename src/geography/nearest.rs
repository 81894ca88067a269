//! The names of one table, laid out so that all of them can be looked at in a few microseconds: which
//! of them are near a sound, and which are one slip of the finger away in writing.
//!
//! Names with the same consonants stand together. Of each such group a bound on the distance is looked at
//! first ([`Skeleton`]), then, for the few that it leaves, the distance of the consonants alone; only
//! what both leave is compared in full, the likeliest groups first.

use std::ops::Range;

use super::distance::{Bounds, Skeleton, consonants_within, similarity};
use super::index::Meant;
use super::slip::{Letters, Slip};
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
    groups: Vec<Group>,
    /// Of the consonants of each group, close together, since all are looked at.
    skeletons: Vec<Skeleton>,
    entries: Vec<Entry>,
    writings: Vec<Writing>,
    /// Of each writing.
    letters: Vec<Letters>,
}

/// The names with the same consonants.
#[derive(Clone, Debug)]
struct Group {
    consonants: Sound,
    /// The letters of its longest sound.
    longest: usize,
    entries: Range<usize>,
}

/// One meaning and one of its sounds.
#[derive(Clone, Debug)]
struct Entry {
    sound: Sound,
    skeleton: Skeleton,
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
    fn from(told: Told) -> Names {
        let mut keys: Vec<Vec<String>> = Vec::new();
        keys.resize_with(told.sounds.len(), Vec::new);
        for (place, key) in told.writings {
            if let Some(known) = keys.get_mut(place) {
                known.push(key);
            }
        }
        let with_keys = told.sounds.into_iter().zip(keys);
        let mut sounds: Vec<_> = with_keys
            .map(|((sound, meant), keys)| (sound.consonants(), sound, meant, keys))
            .collect();
        sounds.sort_by_key(|(consonants, ..)| *consonants);
        let mut names = Names::default();
        for (consonants, sound, meant, keys) in sounds {
            let first = names.writings.len();
            names.letters.extend(keys.iter().map(|key| Letters::of(key)));
            names.writings.extend(keys.into_iter().map(|key| Writing { key, meant }));
            let writings = first..names.writings.len();
            let place = names.entries.len();
            names.entries.push(Entry { sound, skeleton: Skeleton::of(&sound), meant, writings });
            let letters = sound.letters().len();
            let same = names.groups.last_mut().filter(|group| group.consonants == consonants);
            if let Some(group) = same {
                group.entries.end = place + 1;
                group.longest = group.longest.max(letters);
            } else {
                names.skeletons.push(Skeleton::of(&consonants));
                let entries = place..place + 1;
                names.groups.push(Group { consonants, longest: letters, entries });
            }
        }
        names
    }
}

/// What is looked for: a writing and its sound.
pub(super) struct Query<'a> {
    key: &'a str,
    sound: &'a Sound,
    skeleton: Skeleton,
    consonants: Sound,
    skeleton_of_consonants: Skeleton,
    letters: Letters,
}

impl<'a> Query<'a> {
    pub(super) fn new(key: &'a str, sound: &'a Sound) -> Query<'a> {
        let consonants = sound.consonants();
        Query {
            key,
            sound,
            skeleton: Skeleton::of(sound),
            consonants,
            skeleton_of_consonants: Skeleton::of(&consonants),
            letters: Letters::of(key),
        }
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
        let own_length = self.sound.letters().len();
        let mut bounds = Bounds::at_least(wanted.least);
        let mut candidates: Vec<(u16, &Group)> = Vec::with_capacity(128);
        for (group, skeleton) in names.groups.iter().zip(&names.skeletons) {
            let apart = self.skeleton_of_consonants.kinds_apart(skeleton);
            if bounds.allow(apart, own_length.max(group.longest)) {
                candidates.push((apart, group));
            }
        }
        let widest = candidates.iter().map(|(apart, _)| *apart).max().unwrap_or_default();
        let (near, far) = (widest / 4, widest / 2);
        for stratum in [0..=near, near + 1..=far, far + 1..=widest] {
            for (_, group) in candidates.iter().filter(|(apart, _)| stratum.contains(apart)) {
                let most = bounds.most(own_length.max(group.longest));
                if !consonants_within(&self.consonants, &group.consonants, most) {
                    continue;
                }
                for entry in names.entries.get(group.entries.clone()).unwrap_or_default() {
                    let likeness =
                        if bounds.may_be(&self.skeleton, &entry.skeleton) && allowed(entry.meant) {
                            similarity(self.sound, &entry.sound, bounds.least())
                        } else {
                            None
                        };
                    let Some(likeness) = likeness else { continue };
                    let near = self.near(names, entry, likeness);
                    let enough = to_rank(near.rank - wanted.clear)
                        .max(likeness - wanted.clear - WRITING / 2.0);
                    if likeness >= wanted.sure && enough > bounds.least() {
                        bounds = Bounds::at_least(enough);
                    }
                    note(found, near);
                }
            }
        }
    }

    fn near(&self, names: &Names, entry: &Entry, likeness: f32) -> Near {
        let writings = names.writings.get(entry.writings.clone()).unwrap_or_default();
        let (letters_apart, written_alike) = self.writing(writings);
        let rank = match written_alike {
            Some(written) => likeness + WRITING * (written - likeness),
            None => likeness - UNWRITTEN,
        };
        Near { meant: entry.meant, similarity: likeness, rank, letters_apart }
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
                || Slip::between(self.key, &known.key).is_none()
            {
                continue;
            }
            let similarity = 1.0 - SLIP / f32::from(longer);
            note(
                found,
                Near { meant: known.meant, similarity, rank: similarity, letters_apart: 1 },
            );
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
