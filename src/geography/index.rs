//! Lookup of places by any spelling: exact by the fold, then by sound.

use std::collections::{HashMap, HashSet};

use super::distance::{Skeleton, similarity};
use super::sound::Sound;
use super::spelling::{clean, fold};

/// A place found by its sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// The place's index in its table; `None` is a place outside the state.
    pub place: Option<u16>,
    /// 1 is the same sound.
    pub similarity: f32,
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

/// How many names of a place are official: one in each language.
const OFFICIAL: usize = 3;

/// All spellings of one table of places.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// [`Index::key`] of a spelling to the places it may mean, in table order.
    by_spelling: HashMap<String, Vec<u16>>,
    by_sound: HashMap<Sound, Vec<u16>>,
    /// One entry a place and sound.
    sounds: Vec<Entry>,
    /// A folded word of a name of several words to the places that have it.
    by_word: HashMap<String, Vec<u16>>,
    /// Spellings of places outside the state.
    elsewhere: HashSet<String>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// [`Index::key`] of the spellings with this sound.
    keys: Vec<String>,
    sound: Sound,
    skeleton: Skeleton,
    place: Option<u16>,
}

impl Index {
    /// Builds the lookup. `places` gives each place's names, the official ones first ([`OFFICIAL`]);
    /// one may be empty.
    ///
    /// The first words that several official names share (`Kanpur` of `Kanpur Nagar` and `Kanpur
    /// Dehat`) mean all of these, even where a list of other names gives them to one; unless one
    /// place is called just so.
    #[must_use]
    pub(super) fn build<'a>(
        places: impl Iterator<Item = Vec<&'a str>>,
        elsewhere: &[String],
    ) -> Index {
        let mut index = Index::default();
        let mut officials: HashMap<String, Vec<u16>> = HashMap::new();
        let mut others: HashMap<String, Vec<u16>> = HashMap::new();
        let mut stems: HashMap<String, Vec<u16>> = HashMap::new();
        for (place, names) in (0_u16..).zip(places) {
            for (rank, name) in names.iter().enumerate() {
                let folded = fold(name);
                if folded.is_empty() {
                    continue;
                }
                let words: Vec<&str> = folded.split(' ').collect();
                let names_of_rank = if rank < OFFICIAL { &mut officials } else { &mut others };
                add(names_of_rank, Index::key(words.iter().copied()), place);
                if rank < OFFICIAL && words.len() > 1 {
                    let first = words.iter().take(words.len() - 1).copied();
                    add(&mut stems, Index::key(first), place);
                }
                for word in words.iter().filter(|_| words.len() > 1) {
                    add(&mut index.by_word, (*word).to_owned(), place);
                }
                index.hear(name, Some(place));
            }
        }
        stems.retain(|key, shared| shared.len() > 1 && !officials.contains_key(key));
        others.retain(|key, _| !officials.contains_key(key) && !stems.contains_key(key));
        for (key, meant) in officials.into_iter().chain(stems).chain(others) {
            index.by_spelling.insert(key, meant);
        }
        for name in elsewhere {
            let folded = fold(name);
            let key = Index::key(folded.split(' '));
            if !index.by_spelling.contains_key(&key) {
                index.elsewhere.insert(key);
                index.hear(name, None);
            }
        }
        index
    }

    /// The key of folded words: written together, since people do not agree on the spaces.
    #[must_use]
    pub fn key<'a>(folded_words: impl Iterator<Item = &'a str>) -> String {
        let mut key = String::with_capacity(48);
        folded_words.for_each(|word| key.push_str(word));
        key
    }

    /// The places with this folded word in a name of several words.
    #[must_use]
    pub fn by_word(&self, folded: &str) -> &[u16] {
        self.by_word.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The places a spelling means: none, one, or several that share it.
    #[must_use]
    pub fn exact(&self, key: &str) -> &[u16] {
        self.by_spelling.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether the spelling is a place outside the state.
    #[must_use]
    pub fn is_elsewhere(&self, key: &str) -> bool {
        self.elsewhere.contains(key)
    }

    /// The places that sound exactly so.
    #[must_use]
    pub fn by_sound(&self, sound: &Sound) -> &[u16] {
        self.by_sound.get(sound).map_or(&[], Vec::as_slice)
    }

    /// The places that sound at least `wanted.least` like `sound`, one entry a place (its best), in
    /// no order. `key` is the writing of the same words. `allowed` leaves places out; those outside
    /// the state always take part. Once one is `wanted.sure`, those more than `wanted.clear` behind
    /// it no longer matter and may be left out.
    #[must_use]
    pub fn near(
        &self,
        key: &str,
        sound: &Sound,
        wanted: Wanted,
        allowed: impl Fn(u16) -> bool,
    ) -> Vec<Near> {
        let mut found: Vec<Near> = Vec::new();
        let mut least = wanted.least;
        let skeleton = Skeleton::of(sound);
        // Most slips leave the first letter alone, so that the best is found early.
        let first = sound.letters().first();
        let begins_alike = |entry: &&Entry| entry.sound.letters().first() == first;
        let others = self.sounds.iter().filter(|entry| !begins_alike(entry));
        for entry in self.sounds.iter().filter(begins_alike).chain(others) {
            if !skeleton.may_be(&entry.skeleton, least) || !entry.place.is_none_or(&allowed) {
                continue;
            }
            let Some(likeness) = similarity(sound, &entry.sound, least) else { continue };
            if likeness >= wanted.sure {
                least = least.max(likeness - wanted.clear);
            }
            let by_key = entry.keys.iter().map(|known| letters_apart(key, known));
            let letters_apart = by_key.min().unwrap_or_default();
            let place = entry.place;
            if let Some(known) = found.iter_mut().find(|known| known.place == place) {
                known.similarity = known.similarity.max(likeness);
                known.letters_apart = known.letters_apart.min(letters_apart);
            } else {
                found.push(Near { place, similarity: likeness, letters_apart });
            }
        }
        found
    }

    fn hear(&mut self, name: &str, place: Option<u16>) {
        let cleaned = clean(name);
        let sound = Sound::of(cleaned.split(' '));
        if sound.letters().is_empty() {
            // Urdu script leaves too much unsaid: its names are found by their letters alone.
            return;
        }
        if let Some(known) = place {
            let meant = self.by_sound.entry(sound.clone()).or_default();
            if !meant.contains(&known) {
                meant.push(known);
            }
        }
        let folded = fold(name);
        let key = Index::key(folded.split(' '));
        let twin =
            self.sounds.iter_mut().find(|entry| entry.place == place && entry.sound == sound);
        if let Some(entry) = twin {
            entry.keys.push(key);
        } else {
            let skeleton = Skeleton::of(&sound);
            self.sounds.push(Entry { keys: vec![key], sound, skeleton, place });
        }
    }
}

fn add(names: &mut HashMap<String, Vec<u16>>, key: String, place: u16) {
    let places = names.entry(key).or_default();
    if !places.contains(&place) {
        places.push(place);
    }
}

/// Letters to add, drop or exchange between two writings (Levenshtein).
fn letters_apart(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = place;
        let mut left = place + 1;
        for (index, against) in other.chars().enumerate() {
            let Some(cell) = row.get_mut(index + 1) else { break };
            let exchange = diagonal + usize::from(letter != against);
            diagonal = *cell;
            left = exchange.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
