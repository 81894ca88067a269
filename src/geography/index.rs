//! Lookup of places by any spelling: exact by the fold, then by sound.

use std::collections::HashMap;

use super::nearest::{Names, Near, Query, Told, Wanted, to_rank};
use super::sound::Sound;
use super::spelling::{clean, fold_cleaned};

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

/// How many names of a place are official: one in each language.
const OFFICIAL: usize = 3;

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

/// A name so well met needs no look at slips of the finger.
const WELL_MET: f32 = 0.92;
/// From here on no place outside the state can be nearer by enough to count.
const MET_WITHIN: f32 = 0.95;

/// All spellings of one table of places.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// [`Index::key`] of a spelling to the places it may mean, in table order.
    by_spelling: HashMap<String, Vec<u16>>,
    by_sound: HashMap<Sound, Vec<Meant>>,
    /// What is compared by sound, within the state.
    names: Names,
    /// The same of places outside.
    elsewhere: Names,
    /// A folded word of a name of several words to the places that have it.
    by_word: HashMap<String, Vec<u16>>,
    /// Spellings that are no place's own name.
    lesser: HashMap<String, Meant>,
    several: Vec<Vec<u16>>,
}

/// A name in the forms it is looked up by.
#[derive(Clone, Debug)]
struct Name {
    folded: String,
    key: String,
    sound: Sound,
}

impl Name {
    fn new(text: &str) -> Name {
        let cleaned = clean(text);
        let folded = fold_cleaned(&cleaned);
        let key = Index::key(folded.split(' '));
        Name { folded, key, sound: Sound::of(cleaned.split(' ')) }
    }
}

/// Names by their text, each made once for all tables.
#[derive(Debug, Default)]
pub(super) struct Book<'a>(HashMap<&'a str, Name>);

impl<'a> Book<'a> {
    fn name(&mut self, text: &'a str) -> &Name {
        self.0.entry(text).or_insert_with(|| Name::new(text))
    }
}

/// An index while names are added to it.
#[derive(Debug, Default)]
struct Making {
    index: Index,
    within: Told,
    outside: Told,
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
        book: &mut Book<'a>,
    ) -> Index {
        let mut making = Making::default();
        let index = &mut making.index;
        let mut officials: HashMap<String, Vec<u16>> = HashMap::new();
        let mut others: HashMap<String, Vec<u16>> = HashMap::new();
        let mut stems: HashMap<String, (String, Vec<u16>)> = HashMap::new();
        for (place, names) in (0_u16..).zip(places.clone()) {
            for (rank, text) in names.into_iter().enumerate() {
                let name = book.name(text);
                if name.folded.is_empty() {
                    continue;
                }
                let words: Vec<&str> = name.folded.split(' ').collect();
                let names_of_rank = if rank < OFFICIAL { &mut officials } else { &mut others };
                add(names_of_rank, &name.key, place);
                if rank < OFFICIAL && words.len() > 1 {
                    let first = words.iter().take(words.len() - 1).copied();
                    let written: Vec<&str> = text.split([' ', '-']).collect();
                    let written =
                        written.split_last().map_or_else(String::new, |(_, of)| of.join(" "));
                    let (_, shared) =
                        stems.entry(Index::key(first)).or_insert_with(|| (written, Vec::new()));
                    if !shared.contains(&place) {
                        shared.push(place);
                    }
                }
                for word in words.iter().filter(|_| words.len() > 1) {
                    add(&mut index.by_word, word, place);
                }
            }
        }
        stems.retain(|key, (_, shared)| shared.len() > 1 && !officials.contains_key(key));
        others.retain(|key, _| !officials.contains_key(key) && !stems.contains_key(key));
        index.by_spelling.extend(officials);
        index.by_spelling.extend(others);
        for (place, names) in (0_u16..).zip(places) {
            for text in names {
                let name = book.name(text);
                let named = making.index.by_spelling.get(&name.key);
                if named.is_some_and(|meant| meant.contains(&place)) {
                    making.hear(name, Meant::Place(place));
                }
            }
        }
        let mut stems: Vec<(String, Vec<u16>)> = stems.into_values().collect();
        stems.sort();
        for (text, shared) in stems {
            making.share(&Name::new(&text), shared);
        }
        for (text, shared) in &lesser.shared {
            making.share(book.name(text), shared.clone());
        }
        for (text, place) in &lesser.headquarters {
            making.name(book.name(text), Meant::Headquarters(*place));
        }
        for (text, place) in &lesser.within {
            making.name(book.name(text), Meant::Within(*place));
        }
        for text in lesser.elsewhere {
            making.name(book.name(text), Meant::Elsewhere);
        }
        let Making { mut index, within, outside } = making;
        index.names = Names::from(within);
        index.elsewhere = Names::from(outside);
        index
    }

    /// The key of folded words: written together, since people do not agree on the spaces. A Latin
    /// letter on both sides of a space is one, as it is within a word: `un nao` is Unnao.
    #[must_use]
    pub fn key<'a>(folded_words: impl Iterator<Item = &'a str>) -> String {
        let mut key = String::with_capacity(48);
        for word in folded_words {
            let last = key.bytes().last().filter(u8::is_ascii_lowercase);
            let doubled = last.is_some() && last == word.bytes().next();
            key.push_str(if doubled { word.get(1..).unwrap_or_default() } else { word });
        }
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
        let query = Query::new(key, sound);
        let allowed = |meant| !matches!(meant, Meant::Place(place) if !allowed(place));
        let best = |found: &[Near]| found.iter().map(|near| near.rank).fold(0.0, f32::max);
        query.by_sound(&self.names, wanted, &allowed, &mut found);
        // A place outside counts only before all within.
        let within = best(&found);
        if within < MET_WITHIN {
            let before_all = Wanted { least: wanted.least.max(to_rank(within)), ..wanted };
            query.by_sound(&self.elsewhere, before_all, &allowed, &mut found);
        }
        if best(&found) < WELL_MET {
            query.by_slip(&self.names, &allowed, &mut found);
            query.by_slip(&self.elsewhere, &allowed, &mut found);
        }
        found
    }
}

impl Making {
    fn share(&mut self, name: &Name, places: Vec<u16>) {
        if let Ok(several) = u16::try_from(self.index.several.len()) {
            self.index.several.push(places);
            self.name(name, Meant::Several(several));
        }
    }

    /// A name that gives way to every nearer use of the same spelling. One headquarters of two
    /// districts is a shared name.
    fn name(&mut self, name: &Name, meant: Meant) {
        if self.index.by_spelling.contains_key(&name.key) {
            return;
        }
        match (self.index.lesser.get(&name.key).copied(), meant) {
            (Some(Meant::Headquarters(one)), Meant::Headquarters(other)) if one != other => {
                self.index.lesser.remove(&name.key);
                self.index.by_sound.values_mut().for_each(|all| {
                    all.retain(|known| *known != Meant::Headquarters(one));
                });
                self.share(name, vec![one, other]);
            }
            (Some(known), _) if known.rank() <= meant.rank() => {}
            _ => {
                self.index.lesser.insert(name.key.clone(), meant);
                self.hear(name, meant);
            }
        }
    }

    fn hear(&mut self, name: &Name, meant: Meant) {
        if name.sound.letters().is_empty() {
            // Urdu script leaves too much unsaid: its names are found by their letters alone.
            return;
        }
        let sounding = self.index.by_sound.entry(name.sound).or_default();
        let again = sounding.contains(&meant);
        if !again {
            sounding.push(meant);
            sounding.sort_by_key(|known| known.rank());
        }
        match meant {
            // Small towns are many and sound like everything: they are not guessed at.
            Meant::Within(_) | Meant::Headquarters(_) => {}
            Meant::Elsewhere => self.outside.add(name.sound, meant, name.key.clone(), again),
            Meant::Place(_) | Meant::Several(_) => {
                self.within.add(name.sound, meant, name.key.clone(), again);
            }
        }
    }
}

fn add(names: &mut HashMap<String, Vec<u16>>, key: &str, place: u16) {
    match names.get_mut(key) {
        Some(places) if places.contains(&place) => {}
        Some(places) => places.push(place),
        None => {
            names.insert(key.to_owned(), vec![place]);
        }
    }
}
