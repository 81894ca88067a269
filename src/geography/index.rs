//! Lookup of places by any spelling: exact by the fold, then by sound.

use std::collections::HashMap;

use super::distance::{Bounds, Skeleton, similarity};
use super::sound::Sound;
use super::spelling::{clean, fold};

/// What a spelling stands for in one table of places. Places are indices into their table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// One of this place's own names.
    Place(u16),
    /// The town its offices sit in, which is called otherwise (`Orai` of Jalaun).
    Headquarters(u16),
    /// A smaller town or a constituency within it.
    Within(u16),
    /// Several places of which none is called just so: for [`Index::several`].
    Several(u16),
    /// A place outside the state.
    Elsewhere,
}

impl Meant {
    /// Of two uses of one spelling the nearer one counts.
    fn rank(self) -> u8 {
        match self {
            Meant::Place(_) => 0,
            Meant::Several(_) => 1,
            Meant::Headquarters(_) => 2,
            Meant::Within(_) => 3,
            Meant::Elsewhere => 4,
        }
    }
}

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

/// How many names of a place are official: one in each language.
const OFFICIAL: usize = 3;

/// The part of the writing in a place's rank.
const WRITING: f32 = 0.25;

/// Names that are not of one place alone, or of none.
#[derive(Clone, Debug, Default)]
pub(super) struct Lesser<'a> {
    /// A town's name and the place whose offices sit there.
    pub(super) headquarters: Vec<(&'a str, u16)>,
    /// A smaller town's name and the place it lies in.
    pub(super) within: Vec<(&'a str, u16)>,
    /// A name and the places it may stand for.
    pub(super) shared: Vec<(&'a str, Vec<u16>)>,
    pub(super) elsewhere: &'a [String],
}

/// What a name known only in the other script loses in rank.
const UNWRITTEN: f32 = 0.04;
/// A name so well met needs no look at slips of the finger.
const WELL_MET: f32 = 0.92;
/// The part of a letter that one slip of the finger costs.
const SLIP: f32 = 0.8;
/// From here on no place outside the state can be nearer by enough to count.
const MET_WITHIN: f32 = 0.95;
/// No name has so many letters.
const LONGEST_WRITING: usize = 63;
/// Shorter writings are one slip away from too much.
const SHORTEST_WITH_SLIP: usize = 4;

/// All spellings of one table of places.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// [`Index::key`] of a spelling to the places it may mean, in table order.
    by_spelling: HashMap<String, Vec<u16>>,
    by_sound: HashMap<Sound, Vec<Meant>>,
    /// One entry a meaning and sound, within the state.
    sounds: Vec<Entry>,
    /// The same of places outside.
    elsewhere: Vec<Entry>,
    /// Of each entry, close together, since all are looked at.
    skeletons: Vec<Skeleton>,
    skeletons_elsewhere: Vec<Skeleton>,
    /// A folded word of a name of several words to the places that have it.
    by_word: HashMap<String, Vec<u16>>,
    /// Spellings that are no place's own name.
    lesser: HashMap<String, Meant>,
    several: Vec<Vec<u16>>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// [`Index::key`] of the spellings with this sound.
    keys: Vec<String>,
    /// Of each key.
    letters: Vec<Letters>,
    sound: Sound,
    skeleton: Skeleton,
    meant: Meant,
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
        places: impl Iterator<Item = Vec<&'a str>> + Clone,
        lesser: &Lesser<'a>,
    ) -> Index {
        let mut index = Index::default();
        let mut officials: HashMap<String, Vec<u16>> = HashMap::new();
        let mut others: HashMap<String, Vec<u16>> = HashMap::new();
        let mut stems: HashMap<String, (String, Vec<u16>)> = HashMap::new();
        for (place, names) in (0_u16..).zip(places.clone()) {
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
                    let written: Vec<&str> = name.split([' ', '-']).collect();
                    let written =
                        written.split_last().map_or_else(String::new, |(_, of)| of.join(" "));
                    let (_, shared) =
                        stems.entry(Index::key(first)).or_insert_with(|| (written, Vec::new()));
                    if !shared.contains(&place) {
                        shared.push(place);
                    }
                }
                for word in words.iter().filter(|_| words.len() > 1) {
                    add(&mut index.by_word, (*word).to_owned(), place);
                }
            }
        }
        stems.retain(|key, (_, shared)| shared.len() > 1 && !officials.contains_key(key));
        others.retain(|key, _| !officials.contains_key(key) && !stems.contains_key(key));
        index.by_spelling.extend(officials);
        index.by_spelling.extend(others);
        for (place, names) in (0_u16..).zip(places) {
            for name in names {
                let key = Index::key(fold(name).split(' '));
                if index.by_spelling.get(&key).is_some_and(|meant| meant.contains(&place)) {
                    index.hear(name, Meant::Place(place));
                }
            }
        }
        let mut stems: Vec<(String, Vec<u16>)> = stems.into_values().collect();
        stems.sort();
        let stems = stems.iter().map(|(name, shared)| (name.as_str(), shared));
        for (name, shared) in stems.chain(lesser.shared.iter().map(|(name, all)| (*name, all))) {
            index.share(name, shared.clone());
        }
        for (name, place) in &lesser.headquarters {
            index.name(name, Meant::Headquarters(*place));
        }
        for (name, place) in &lesser.within {
            index.name(name, Meant::Within(*place));
        }
        for name in lesser.elsewhere {
            index.name(name, Meant::Elsewhere);
        }
        index.sounds.sort_by_key(|entry| entry.skeleton.first());
        index.elsewhere.sort_by_key(|entry| entry.skeleton.first());
        index.skeletons = index.sounds.iter().map(|entry| entry.skeleton).collect();
        index.skeletons_elsewhere = index.elsewhere.iter().map(|entry| entry.skeleton).collect();
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

    /// The places that are called just so: none, one, or several that share the name.
    #[must_use]
    pub fn exact(&self, key: &str) -> &[u16] {
        self.by_spelling.get(key).map_or(&[], Vec::as_slice)
    }

    /// What a spelling stands for that is no place's own name.
    #[must_use]
    pub fn lesser(&self, key: &str) -> Option<Meant> {
        self.lesser.get(key).copied()
    }

    /// The places of a [`Meant`], in table order; none outside the state.
    #[must_use]
    pub fn places(&self, meant: Meant) -> Vec<u16> {
        match meant {
            Meant::Place(place) | Meant::Headquarters(place) | Meant::Within(place) => vec![place],
            Meant::Several(several) => {
                self.several.get(usize::from(several)).cloned().unwrap_or_default()
            }
            Meant::Elsewhere => Vec::new(),
        }
    }

    /// What sounds exactly so.
    #[must_use]
    pub fn by_sound(&self, sound: &Sound) -> &[Meant] {
        self.by_sound.get(sound).map_or(&[], Vec::as_slice)
    }

    /// What sounds at least `wanted.least` like `sound`, one entry a meaning (its best), in no
    /// order. `key` is the writing of the same words. `allowed` leaves places out; what is no one
    /// place's name always takes part. Once one is `wanted.sure`, those more than `wanted.clear`
    /// behind it no longer matter and may be left out.
    #[must_use]
    pub fn near(
        &self,
        key: &str,
        sound: &Sound,
        wanted: Wanted,
        allowed: impl Fn(u16) -> bool,
    ) -> Vec<Near> {
        let mut found: Vec<Near> = Vec::new();
        let query = Query { key, sound, skeleton: Skeleton::of(sound), letters: Letters::of(key) };
        let allowed = |meant| !matches!(meant, Meant::Place(place) if !allowed(place));
        let best = |found: &[Near]| found.iter().map(|near| near.rank).fold(0.0, f32::max);
        query.compare(&self.sounds, &self.skeletons, wanted, &allowed, &mut found);
        // What is met so well is not meant for a place outside.
        let outside = best(&found) < MET_WITHIN;
        if outside {
            query.compare(&self.elsewhere, &self.skeletons_elsewhere, wanted, &allowed, &mut found);
        }
        if best(&found) < WELL_MET {
            query.one_slip_away(&self.sounds, &allowed, &mut found);
            query.one_slip_away(&self.elsewhere, &allowed, &mut found);
        }
        found
    }

    fn share(&mut self, name: &str, places: Vec<u16>) {
        if let Ok(several) = u16::try_from(self.several.len()) {
            self.several.push(places);
            self.name(name, Meant::Several(several));
        }
    }

    /// A name that gives way to every nearer use of the same spelling. One headquarters of two
    /// districts is a shared name.
    fn name(&mut self, name: &str, meant: Meant) {
        let key = Index::key(fold(name).split(' '));
        if self.by_spelling.contains_key(&key) {
            return;
        }
        match (self.lesser.get(&key).copied(), meant) {
            (Some(Meant::Headquarters(one)), Meant::Headquarters(other)) if one != other => {
                self.lesser.remove(&key);
                self.sounds.retain(|entry| {
                    entry.meant != Meant::Headquarters(one) || !entry.keys.contains(&key)
                });
                self.by_sound.values_mut().for_each(|all| {
                    all.retain(|known| *known != Meant::Headquarters(one));
                });
                self.share(name, vec![one, other]);
            }
            (Some(known), _) if known.rank() <= meant.rank() => {}
            _ => {
                self.lesser.insert(key, meant);
                self.hear(name, meant);
            }
        }
    }

    fn hear(&mut self, name: &str, meant: Meant) {
        let cleaned = clean(name);
        let sound = Sound::of(cleaned.split(' '));
        if sound.letters().is_empty() {
            // Urdu script leaves too much unsaid: its names are found by their letters alone.
            return;
        }
        let sounding = self.by_sound.entry(sound.clone()).or_default();
        let has_twin = sounding.contains(&meant);
        if !has_twin {
            sounding.push(meant);
            sounding.sort_by_key(|known| known.rank());
        }
        if matches!(meant, Meant::Within(_) | Meant::Headquarters(_)) {
            // Small towns are many and sound like everything: they are not guessed at.
            return;
        }
        let folded = fold(name);
        let key = Index::key(folded.split(' '));
        let entries =
            if meant == Meant::Elsewhere { &mut self.elsewhere } else { &mut self.sounds };
        // Places come in order, so that a twin stands near the end.
        let twin = entries
            .iter_mut()
            .rev()
            .filter(|_| has_twin)
            .find(|entry| entry.meant == meant && entry.sound == sound);
        if let Some(entry) = twin {
            entry.letters.push(Letters::of(&key));
            entry.keys.push(key);
        } else {
            let skeleton = Skeleton::of(&sound);
            let letters = vec![Letters::of(&key)];
            entries.push(Entry { letters, keys: vec![key], sound, skeleton, meant });
        }
    }
}

/// What is looked for: a writing and its sound.
struct Query<'a> {
    key: &'a str,
    sound: &'a Sound,
    skeleton: Skeleton,
    letters: Letters,
}

impl Query<'_> {
    fn compare(
        &self,
        entries: &[Entry],
        skeletons: &[Skeleton],
        wanted: Wanted,
        allowed: &impl Fn(Meant) -> bool,
        found: &mut Vec<Near>,
    ) {
        let mut least = wanted.least;
        let mut bounds = Bounds::at_least(least);
        // Most slips leave the first letter alone, so that the best is found early.
        let first = self.skeleton.first();
        let from = skeletons.partition_point(|skeleton| skeleton.first() < first);
        let to = skeletons.partition_point(|skeleton| skeleton.first() <= first);
        for range in [from..to, 0..from, to..skeletons.len()] {
            let few = skeletons.get(range.clone()).unwrap_or_default().iter();
            for (skeleton, entry) in few.zip(entries.get(range).unwrap_or_default()) {
                if !self.skeleton.may_be(skeleton, &bounds) || !allowed(entry.meant) {
                    continue;
                }
                let Some(likeness) = similarity(self.sound, &entry.sound, least) else { continue };
                let enough = likeness - wanted.clear - WRITING / 2.0;
                if likeness >= wanted.sure && enough > least {
                    least = enough;
                    bounds = Bounds::at_least(least);
                }
                let (letters_apart, written_alike) = entry.writing(self.key);
                let rank = match written_alike {
                    Some(written) => likeness + WRITING * (written - likeness),
                    None => likeness - UNWRITTEN,
                };
                let meant = entry.meant;
                note(found, Near { meant, similarity: likeness, rank, letters_apart });
            }
        }
    }

    /// Names whose writing is one slip of the finger away, which may sound like nothing at all
    /// (`xligarh`).
    fn one_slip_away(
        &self,
        entries: &[Entry],
        allowed: &impl Fn(Meant) -> bool,
        found: &mut Vec<Near>,
    ) {
        for entry in entries {
            for (known, known_letters) in entry.keys.iter().zip(&entry.letters) {
                let longer = self.letters.count.max(known_letters.count);
                if longer < SHORTEST_WITH_SLIP
                    || !self.letters.may_be_one_apart(*known_letters)
                    || !allowed(entry.meant)
                    || !is_one_slip_apart(self.key, known)
                {
                    continue;
                }
                #[expect(clippy::cast_precision_loss, reason = "names have few letters")]
                let similarity = 1.0 - SLIP / longer as f32;
                let near =
                    Near { meant: entry.meant, similarity, rank: similarity, letters_apart: 1 };
                note(found, near);
            }
        }
    }
}

impl Entry {
    /// The letters between a writing and the nearest of this entry's, and how alike the two are
    /// when they are of one script.
    fn writing(&self, key: &str) -> (usize, Option<f32>) {
        let mut nearest = usize::MAX;
        let mut alike: Option<f32> = None;
        for known in &self.keys {
            let apart = letters_apart(key, known);
            nearest = nearest.min(apart);
            let one_script = key.starts_with(|first: char| first.is_ascii())
                == known.starts_with(|first: char| first.is_ascii());
            if one_script {
                let letters = key.chars().count().max(known.chars().count()).max(1);
                #[expect(clippy::cast_precision_loss, reason = "names have few letters")]
                let written = 1.0 - apart as f32 / letters as f32;
                alike = Some(alike.map_or(written, |best| best.max(written)));
            }
        }
        (nearest, alike)
    }
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
    count: usize,
    /// A bit a letter, by its low six bits.
    which: u64,
}

impl Letters {
    fn of(key: &str) -> Letters {
        let mut letters = Letters { count: 0, which: 0 };
        for letter in key.chars() {
            letters.count += 1;
            letters.which |= 1 << (u32::from(letter) & 63);
        }
        letters
    }

    fn may_be_one_apart(self, other: Letters) -> bool {
        self.count.abs_diff(other.count) <= 1 && (self.which ^ other.which).count_ones() <= 2
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

fn add(names: &mut HashMap<String, Vec<u16>>, key: String, place: u16) {
    let places = names.entry(key).or_default();
    if !places.contains(&place) {
        places.push(place);
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
