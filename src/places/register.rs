//! What an import or a new name changes of the places below the seats.

use std::collections::{BTreeMap, HashMap};

use super::{Delimitation, Place};
use crate::geography::{Sound, clean, fold, similarity};

/// What the office says of a sector or a booth; `None` where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub place: Place,
    /// Of a booth: the number of its sector within the seat.
    pub sector: Option<u16>,
    pub name: Option<String>,
}

/// A place as the records hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub sector: Option<u16>,
    /// Empty for a place that has a number only.
    pub name: String,
    /// It does not exist any more.
    pub is_ended: bool,
}

/// What is written of a place, over whatever stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// [`Place::code`] by the delimitation in force.
    pub code: i64,
    pub sector: Option<u16>,
    pub name: String,
    /// [`sound_of`] the name.
    pub sound: i64,
    /// The name it had until now, and how that sounds, when it gets another one.
    pub former: Option<(String, i64)>,
}

/// What became of the places of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub new: u64,
    pub renamed: u64,
    /// Booths that lie in another sector now.
    pub moved: u64,
    /// Places that had ended and exist again.
    pub back: u64,
    pub unchanged: u64,
}

impl Changes {
    pub fn add(&mut self, other: Changes) {
        self.new += other.new;
        self.renamed += other.renamed;
        self.moved += other.moved;
        self.back += other.back;
        self.unchanged += other.unchanged;
    }
}

/// What is to be written of places, in the order of their codes, and how that counts; `known` holds those that
/// stand there, by their codes. What is told of a place several times is written once, as it is told last, and
/// counts once; a place may count as renamed, moved and back at once. Nothing is written of one that is as it
/// is told already.
#[must_use]
pub fn plan(told: &[Told], known: &BTreeMap<i64, Known>) -> (Vec<Write>, Changes) {
    let mut wanted: BTreeMap<i64, Known> = BTreeMap::new();
    for one in told {
        let code = one.place.code(Delimitation::NOW);
        let there = wanted.entry(code).or_insert_with(|| Known {
            is_ended: false,
            ..known.get(&code).cloned().unwrap_or_default()
        });
        there.sector = one.sector.or(there.sector);
        if let Some(name) = &one.name {
            there.name.clone_from(name);
        }
    }
    let mut changes = Changes::default();
    let mut writes = Vec::new();
    for (code, wanted) in wanted {
        let stands = known.get(&code);
        if stands == Some(&wanted) {
            changes.unchanged += 1;
            continue;
        }
        let Known { sector, name, .. } = wanted;
        let mut former = None;
        match stands {
            None => changes.new += 1,
            Some(stands) => {
                changes.renamed += u64::from(stands.name != name);
                changes.moved += u64::from(stands.sector != sector);
                changes.back += u64::from(stands.is_ended);
                if stands.name != name && !stands.name.is_empty() {
                    former = Some((stands.name.clone(), sound_of(&stands.name)));
                }
            }
        }
        writes.push(Write { code, sector, sound: sound_of(&name), name, former });
    }
    (writes, changes)
}

/// A hash of how a name sounds: two spellings of one name, also in two scripts, have the same. It is kept
/// in the records and must not change.
#[must_use]
pub fn sound_of(name: &str) -> i64 {
    let cleaned = clean(name);
    let sound = Sound::of(cleaned.split(' '));
    // Names in Urdu script have no sound, they are compared as they are written.
    let folded = if sound.letters().is_empty() { fold(name) } else { String::new() };
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in sound.letters().iter().chain(folded.as_bytes()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash.cast_signed()
}

/// How near a name is to what somebody looks for; the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It sounds just so.
    Same,
    /// Every word looked for is one of its words.
    Words,
    /// Every one begins a word of it.
    Beginnings,
    /// Every one sounds nearly like a word of it, or begins one.
    Nearly,
}

/// Looks for places by their names, or a part of them. Words are heard once: the names of booths share most of
/// theirs.
#[derive(Clone, Debug)]
pub struct Search {
    words: Vec<Sound>,
    numbers: Vec<String>,
    whole: i64,
    heard: HashMap<String, Sound>,
}

/// Shorter beginnings begin too much.
const SHORTEST: usize = 3;
/// How alike two words sound that are nearly the same.
const ALIKE: f32 = 0.85;

impl Search {
    /// For a text in any script; `None` where nothing in it sounds.
    #[must_use]
    pub fn of(text: &str) -> Option<Search> {
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        let cleaned = clean(text);
        for word in cleaned.split(' ') {
            let sound = Sound::of(std::iter::once(word));
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                numbers.push(word.to_owned());
            } else if !sound.letters().is_empty() {
                words.push(sound);
            }
        }
        numbers.retain(|number| !number.is_empty());
        let search = Search { words, numbers, whole: sound_of(text), heard: HashMap::new() };
        (!search.words.is_empty()).then_some(search)
    }

    /// How near a name is; `None` where it is something else. Numbers looked for must be in it.
    pub fn nearness(&mut self, name: &str) -> Option<Nearness> {
        let mut there = Vec::new();
        let mut numbers = self.numbers.clone();
        for word in name.split(|sign: char| sign.is_whitespace() || ",.()-/".contains(sign)) {
            if word.is_empty() {
                continue;
            }
            if word.chars().all(char::is_numeric) {
                let number = clean(word);
                numbers.retain(|wanted| *wanted != number);
                continue;
            }
            let known = self.heard.get(word).copied();
            let sound = known.unwrap_or_else(|| {
                let cleaned = clean(word);
                let sound = Sound::of(cleaned.split(' '));
                self.heard.insert(word.to_owned(), sound);
                sound
            });
            there.push(sound);
        }
        if !numbers.is_empty() {
            return None;
        }
        let mut worst = Nearness::Words;
        for wanted in &self.words {
            let of_word = there.iter().filter_map(|known| word_nearness(wanted, known));
            worst = worst.max(of_word.min()?);
        }
        if worst == Nearness::Words && sound_of(name) == self.whole {
            return Some(Nearness::Same);
        }
        Some(worst)
    }
}

fn word_nearness(wanted: &Sound, known: &Sound) -> Option<Nearness> {
    if wanted == known {
        return Some(Nearness::Words);
    }
    if wanted.letters().len() < SHORTEST {
        return None;
    }
    if known.letters().starts_with(wanted.letters()) {
        return Some(Nearness::Beginnings);
    }
    similarity(wanted, known, ALIKE).map(|_| Nearness::Nearly)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTH: Place = Place::Booth { assembly: 173, number: 45 };

    fn told(name: &str, sector: Option<u16>) -> Told {
        Told { place: BOOTH, sector, name: Some(name.to_owned()) }
    }

    fn known(name: &str, sector: Option<u16>) -> Known {
        Known { sector, name: name.to_owned(), is_ended: false }
    }

    /// One told alone.
    fn change(told: Told, known: Option<&Known>) -> (Option<Write>, Changes) {
        let code = told.place.code(Delimitation::NOW);
        let known = known.map(|known| (code, known.clone())).into_iter().collect();
        let (mut writes, changes) = plan(&[told], &known);
        (writes.pop(), changes)
    }

    #[test]
    fn an_old_name_is_kept_whatever_else_is_told_of_the_place_in_the_same_file() {
        let code = BOOTH.code(Delimitation::NOW);
        for stands in [known("रामपुर", Some(1)), Known { is_ended: true, ..known("रामपुर", Some(2)) }]
        {
            let stands = BTreeMap::from([(code, stands)]);
            let moved = Told { name: None, ..told("", Some(2)) };
            let (writes, changes) = plan(&[moved, told("बेला", None)], &stands);
            let former = writes[0].former.as_ref().map(|(name, _)| name.as_str());
            assert_eq!((former, changes.renamed), (Some("रामपुर"), 1));
        }
        let stands = BTreeMap::from([(code, known("रामपुर", None))]);
        let back = plan(&[told("बेला", None), told("रामपुर", None)], &stands);
        assert_eq!(back, (vec![], Changes { unchanged: 1, ..Changes::default() }));
    }

    #[test]
    fn what_is_told_again_is_not_written_again() {
        let known = known("प्रा. वि. खजुरिया", Some(4));
        for told in [
            told("प्रा. वि. खजुरिया", Some(4)),
            told("प्रा. वि. खजुरिया", None),
            Told { place: BOOTH, sector: Some(4), name: None },
        ] {
            let (write, changes) = change(told, Some(&known));
            assert_eq!(write, None);
            assert_eq!(changes, Changes { unchanged: 1, ..Changes::default() });
        }
    }

    #[test]
    fn a_new_name_keeps_the_old_one_and_the_sector() {
        let (write, changes) = change(told("खजुरिया", None), Some(&known("खजुरी", Some(4))));
        let write = write.unwrap();
        assert_eq!((write.name.as_str(), write.sector), ("खजुरिया", Some(4)));
        assert_eq!(write.former, Some(("खजुरी".to_owned(), sound_of("खजुरी"))));
        assert_eq!(changes, Changes { renamed: 1, ..Changes::default() });
    }

    #[test]
    fn a_first_name_is_no_rename_of_an_old_one() {
        let (write, _) = change(told("खजुरिया", None), Some(&known("", None)));
        assert_eq!(write.unwrap().former, None);
    }

    #[test]
    fn a_place_that_had_ended_comes_back_under_its_name() {
        let ended = Known { is_ended: true, ..known("खजुरिया", Some(4)) };
        let (write, changes) = change(Told { name: None, ..told("", None) }, Some(&ended));
        assert_eq!(write.unwrap().name, "खजुरिया");
        assert_eq!(changes, Changes { back: 1, ..Changes::default() });
    }

    #[test]
    fn what_is_told_twice_at_once_is_written_once() {
        let nameless = Told { name: None, ..told("", Some(4)) };
        let (writes, changes) = plan(&[nameless, told("खजुरिया", None)], &BTreeMap::new());
        let [write] = writes.as_slice() else { panic!("{writes:?}") };
        assert_eq!((write.name.as_str(), write.sector), ("खजुरिया", Some(4)));
        assert_eq!((changes, &write.former), (Changes { new: 1, ..Changes::default() }, &None));

        let stands = BTreeMap::from([(BOOTH.code(Delimitation::NOW), known("रामपुर", None))]);
        let (writes, changes) = plan(&[told("बेला", None), told("खजुरिया", None)], &stands);
        let [write] = writes.as_slice() else { panic!("{writes:?}") };
        let former = write.former.as_ref().map(|(name, _)| name.as_str());
        assert_eq!((write.name.as_str(), former), ("खजुरिया", Some("रामपुर")));
        assert_eq!(changes, Changes { renamed: 1, ..Changes::default() });
    }

    #[test]
    fn a_name_sounds_the_same_in_both_scripts_and_others_do_not() {
        assert_eq!(sound_of("खजुरिया"), sound_of("Khajuriya"));
        assert_ne!(sound_of("खजुरिया"), sound_of("रामपुर"));
        assert_ne!(sound_of("کھجوریا"), sound_of("رامپور"));
    }

    #[test]
    fn the_hash_of_a_sound_is_kept_in_records_and_stays_what_it_is() {
        assert_eq!(sound_of(""), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_eq!(sound_of("Khajuriya"), -2_172_050_637_811_169_368);
    }

    fn nearness(text: &str, name: &str) -> Option<Nearness> {
        Search::of(text)?.nearness(name)
    }

    #[test]
    fn a_place_is_found_by_a_part_of_its_name_and_ranked_by_how_near_that_is() {
        let name = "प्राथमिक विद्यालय खजुरिया, कक्ष 1";
        for (text, expected) in [
            ("prathmik vidyalay khajuriya kaksh 1", Some(Nearness::Same)),
            ("khajuria", Some(Nearness::Words)),
            ("vidyalay खजुरिया", Some(Nearness::Words)),
            ("khajuria 1", Some(Nearness::Words)),
            ("khajur", Some(Nearness::Beginnings)),
            ("prathmik khaj", Some(Nearness::Beginnings)),
            ("khajuriyo", Some(Nearness::Nearly)),
            ("khajuria 2", None),
            ("rampur", None),
            ("khajuria rampur", None),
            ("kh", None),
            ("", None),
            ("12", None),
        ] {
            assert_eq!(nearness(text, name), expected, "{text}");
        }
        assert_eq!(nearness("gomti", "गोमती"), Some(Nearness::Same));
        assert_eq!(nearness("गोमती 2", "गोमती 1"), None);
    }
}
