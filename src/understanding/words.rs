//! The words the ear knows: looked up by their folded form, by their sound, and by what is left of a
//! number word when writers drop letters.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::number_words::{ENGLISH_TENS, NUMBERS};
pub(super) use super::roles::*;
use super::urdu::TWINS;
use super::verbs;
use super::vocabulary::WORDS;
use crate::geography::{Letters, Slip, Sound, clean, fold, fold_cleaned};

/// Beside a yes or a no these say what it is that one wants or not.
pub(super) const ANSWERING: Roles =
    MESSAGE.and(STOP_HELPER).and(THANKS).and(BEGIN).and(CHANGE).and(DATA).and(MINE).and(SEND);

/// A greeting, other than a mere way to address somebody (सर, भाई).
pub(super) fn is_greeting(folded: &str) -> bool {
    static GREETINGS: OnceLock<Vec<String>> = OnceLock::new();
    let known = GREETINGS.get_or_init(|| GREETING_WORDS.split_whitespace().map(fold).collect());
    known.iter().any(|greeting| greeting == folded)
}

const GREETING_WORDS: &str = "namaste namaskar namaskaar nmste pranam prnam salaam salam assalam \
    alaikum walekum hello hi hii helo hey jai hind good morning evening night afternoon thanks thank \
    dhanyavad dhanyawad shukriya नमस्ते नमस्कार प्रणाम सलाम धन्यवाद शुक्रिया हेलो हैलो जय हिंद \
    شکریہ سلام آداب";

/// What is known of one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sense {
    pub(super) roles: Roles,
    /// The number it is the word for; 100 and above are multipliers.
    pub(super) number: Option<u32>,
}

impl Sense {
    fn in_common(self, other: Sense) -> Sense {
        let number = self.number.filter(|number| other.number == Some(*number));
        Sense { roles: self.roles.in_common(other.roles), number }
    }

    /// Nothing is known.
    pub(super) fn is_empty(self) -> bool {
        self.roles.is_empty() && self.number.is_none()
    }
}

struct Lexicon {
    senses: HashMap<String, Sense>,
    /// By their sound, words that no other is near enough to be mistaken for.
    sounds: HashMap<Box<[u8]>, Option<Sense>>,
    /// Words that a slip of the finger may hide, in their folded form, by their first letter.
    writings: HashMap<char, Vec<Writing>>,
    /// The same by their sound without `a`: see [`skeleton`].
    skeletons: HashMap<Box<[u8]>, Option<Sense>>,
    /// Numbers by their sound worn down: see [`worn_down`].
    worn: HashMap<Box<[u8]>, Option<u32>>,
    /// Numbers by their consonants.
    bare: HashMap<Box<[u8]>, Option<u32>>,
}

/// A folded word that a slip of the finger may hide.
struct Writing {
    letters: Letters,
    word: String,
    sense: Sense,
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(Lexicon::new)
}

/// Builds the tables now rather than at the first message.
pub(super) fn prepare() {
    lexicon();
}

/// The sense of a folded word; empty for a word the ear does not know.
pub(super) fn sense(folded: &str) -> Sense {
    lexicon().senses.get(folded).copied().unwrap_or_default()
}

/// The English word for leaving a list, however its end is spelt: it is no other word.
pub(super) fn sense_by_opening(folded: &str) -> Sense {
    let unsubscribe = folded.starts_with("unsub") || folded.starts_with("अनसब");
    Sense { roles: if unsubscribe { HALT } else { Roles::default() }, number: None }
}

/// The commonest word of chats has more spellings than can be listed (`nhii`, `nehi`, `ni`): an `n`, then
/// no more than an `h` among vowels, and at last an `i` or its like, perhaps nasal. `neha` is a name.
pub(super) fn sense_by_shape(folded: &str) -> Sense {
    let Some(rest) = folded.strip_prefix('n') else { return Sense::default() };
    let rest = rest.strip_suffix('n').unwrap_or(rest);
    let rest = rest.trim_start_matches(['a', 'e']);
    let ends_in_vowel = match rest.strip_prefix('h') {
        Some(end) => !end.is_empty() && end.trim_matches(['i', 'e', 'y']).is_empty(),
        None => rest == "i",
    };
    Sense { roles: if ends_in_vowel { NO } else { Roles::default() }, number: None }
}

/// The sense of the one listed word that a cleaned word sounds exactly like, in either script:
/// `manjoori` and मंज़ूरी. Words that stop or turn a conversation are never met so.
pub(super) fn sense_by_sound(cleaned: &str) -> Sense {
    let sound = Sound::of(std::iter::once(cleaned));
    let letters = sound.letters();
    if letters.len() < SHORTEST_NUMBER {
        return Sense::default();
    }
    let lexicon = lexicon();
    match lexicon.sounds.get(letters) {
        Some(Some(sense)) if sense.number.is_some() || letters.len() >= SHORTEST_SOUND => {
            return *sense;
        }
        // Two words sound so.
        Some(_) => return Sense::default(),
        None => {}
    }
    let bones = skeleton(letters);
    let known = lexicon.skeletons.get(bones.as_slice()).copied().flatten().unwrap_or_default();
    let shortest = if known.number.is_some() { SHORTEST_SKELETON } else { SHORTEST_WORD_SKELETON };
    if bones.len() < shortest { Sense::default() } else { known }
}

/// What the listed words have in common that one slip of the finger makes of a folded word: crossed
/// neighbours before a letter too many or too few, and that before one for another, for which the word
/// must be longer. Numbers, and words that stop or turn a conversation, are never met so.
pub(super) fn sense_by_slip(folded: &str) -> Sense {
    let letters = Letters::of(folded);
    if letters.count < SHORTEST_SLIPPED {
        return Sense::default();
    }
    let mut best: Option<(Slip, Sense)> = None;
    for Writing { letters: known, word, sense } in candidates(folded) {
        if !letters.may_be_one_apart(*known) {
            continue;
        }
        let Some(slip) = Slip::between(folded, word) else { continue };
        let shortest = match slip {
            Slip::Crossed => SHORTEST_SLIPPED,
            Slip::Missing => SHORTEST_SLIPPED + 1,
            Slip::Exchanged => SHORTEST_SLIPPED + 2,
        };
        let begins_alike = slip == Slip::Crossed || folded.chars().next() == word.chars().next();
        if letters.count.max(known.count) < shortest || !begins_alike {
            continue;
        }
        best = match best {
            Some((nearest, common)) if nearest == slip => Some((slip, common.in_common(*sense))),
            Some((nearest, common)) if nearest < slip => Some((nearest, common)),
            _ => Some((slip, *sense)),
        };
    }
    best.map(|(_, sense)| sense).unwrap_or_default()
}

/// The listed words that one slip may make of a folded word: nobody mistakes the first letter, but it may
/// be crossed with the second.
fn candidates(folded: &str) -> impl Iterator<Item = &'static Writing> {
    let writings = &lexicon().writings;
    let mut beginnings = folded.chars();
    let first = beginnings.next();
    let second = beginnings.next().filter(|letter| Some(*letter) != first);
    let buckets = first.into_iter().chain(second).filter_map(|letter| writings.get(&letter));
    buckets.flatten()
}

/// Letters of a word in which neighbours may be crossed; for other slips a word must be longer.
const SHORTEST_SLIPPED: u8 = 4;

/// Letters of a sound that is compared.
const SHORTEST_SOUND: usize = 4;
const SHORTEST_NUMBER: usize = 3;
const SHORTEST_SKELETON: usize = 4;
/// Of a word that is no number.
const SHORTEST_WORD_SKELETON: usize = 5;
/// Consonants of a number without vowels.
const SHORTEST_BARE: usize = 2;

/// What stops or turns a conversation: near is asked about, never done.
const TURNING: Roles = HALT
    .and(HALT_NOUN)
    .and(SEND)
    .and(HELP)
    .and(MENU)
    .and(BACK)
    .and(BEGIN)
    .and(AGAIN)
    .and(RESTART)
    .and(LANGUAGE)
    .and(NOTICE)
    .and(DATA);

/// A sound without the `a` that writers of Hindi leave out or put in: `adtis`, `adatis`.
fn skeleton(letters: &[u8]) -> Vec<u8> {
    let mut bones: Vec<u8> = Vec::with_capacity(letters.len());
    for (place, letter) in letters.iter().enumerate() {
        if (*letter != b'a' || place == 0) && bones.last() != Some(letter) {
            bones.push(*letter);
        }
    }
    bones
}

/// The one number an unlisted word may be a careless spelling of, as [`worn_down`] and
/// [`without_vowels`] have it; other words wear down to the same, so it counts only where a number is
/// spoken of. None where two numbers do.
pub(super) fn careless_number(cleaned: &str) -> Option<u32> {
    let sound = Sound::of(std::iter::once(cleaned));
    let letters = sound.letters();
    let key = worn_down(letters);
    if key.len() >= SHORTEST_NUMBER
        && let Some(known) = lexicon().worn.get(key.as_slice())
    {
        return *known;
    }
    let bones = without_vowels(letters);
    let vowels = letters.iter().any(|letter| is_vowel(*letter));
    if vowels || bones.len() < SHORTEST_BARE {
        return None;
    }
    lexicon().bare.get(bones.as_slice()).copied().flatten()
}

/// A number's sound without what careless writers change: `e` and `i`, `o` and `u`, `b` and `v` are one;
/// the short `a`, a breath, a `y` and a nasal before a consonant may go.
fn worn_down(letters: &[u8]) -> Vec<u8> {
    let mut key: Vec<u8> = Vec::with_capacity(letters.len());
    for (place, letter) in letters.iter().enumerate() {
        let next_is_vowel = letters.get(place + 1).is_none_or(|next| is_vowel(*next));
        let kept = match letter {
            b'e' => b'i',
            b'o' => b'u',
            b'b' => b'v',
            b'a' | b'h' | b'y' if place > 0 => continue,
            b'n' if place > 0 && !next_is_vowel => continue,
            other => *other,
        };
        if key.last() != Some(&kept) {
            key.push(kept);
        }
    }
    key
}

/// `pchs`, `ptls`: as a hurried writer leaves out every vowel.
fn without_vowels(letters: &[u8]) -> Vec<u8> {
    let mut key: Vec<u8> = Vec::with_capacity(letters.len());
    for letter in letters {
        if !is_vowel(*letter) && key.last() != Some(letter) {
            key.push(*letter);
        }
    }
    key
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// Every listed spelling of the words that may do any of this.
pub(super) fn spellings(roles: Roles) -> impl Iterator<Item = &'static str> {
    let listed = WORDS.iter().filter(move |(known, _)| known.any(roles));
    listed.flat_map(|(_, words)| words.split_whitespace())
}

impl Lexicon {
    fn new() -> Lexicon {
        let mut senses: HashMap<String, Sense> = HashMap::new();
        let mut listed: Vec<Listed> = Vec::with_capacity(MANY_WORDS);
        for (roles, words) in WORDS {
            for word in words.split_whitespace().map(Listed::new) {
                let sense = senses.entry(word.folded.clone()).or_default();
                sense.roles = sense.roles | *roles;
                listed.push(word);
            }
        }
        for (roles, words) in WORDS.iter().filter(|(roles, _)| roles.any(MESSAGE | MINE)) {
            for form in words.split_whitespace().flat_map(verbs::plurals) {
                senses.entry(fold(&form)).or_insert(Sense { roles: *roles, number: None });
            }
        }
        for (roles, form) in verbs::forms() {
            let sense = senses.entry(fold(&form)).or_default();
            sense.roles = sense.roles | roles;
        }
        let first_number = listed.len();
        for (number, words) in NUMBERS {
            for word in words.split_whitespace().map(Listed::new) {
                senses.entry(word.folded.clone()).or_default().number = Some(*number);
                listed.push(word);
            }
        }
        for (number, words) in ENGLISH_TENS {
            for word in words.split_whitespace() {
                let sense = senses.entry(fold(word)).or_default();
                *sense = Sense { roles: sense.roles | TENS, number: Some(*number) };
            }
        }
        for (twin, words) in TWINS {
            let meant = senses.get(&fold(twin)).copied().unwrap_or_default();
            for word in words.split_whitespace() {
                let sense = senses.entry(fold(word)).or_default();
                sense.roles = sense.roles | meant.roles;
                sense.number = sense.number.or(meant.number);
            }
        }
        // Alone it would be cleaned away.
        senses.insert("+".to_owned(), Sense { roles: INEXACT, number: None });
        let mut sounds: HashMap<Box<[u8]>, Option<Sense>> = HashMap::new();
        let mut skeletons: HashMap<Box<[u8]>, Option<Sense>> = HashMap::new();
        let mut worn: HashMap<Box<[u8]>, Option<u32>> = HashMap::new();
        let mut bare: HashMap<Box<[u8]>, Option<u32>> = HashMap::new();
        for (place, Listed { folded, sound }) in listed.iter().enumerate() {
            let letters = sound.letters();
            let known = senses.get(folded).copied().unwrap_or_default();
            let turns = known.roles.any(TURNING) || letters.is_empty();
            let sense = if turns { Sense::default() } else { known };
            note(&mut sounds, letters, sense);
            note(&mut skeletons, &skeleton(letters), sense);
            if let Some(number) = known.number.filter(|_| place >= first_number) {
                note(&mut worn, &worn_down(letters), number);
                note(&mut bare, &without_vowels(letters), number);
            }
        }
        let may_slip = |sense: &Sense| {
            sense.number.is_none() && !sense.roles.any(TURNING) || sense.roles == SEND
        };
        let kept = senses.iter().filter(|(_, sense)| may_slip(sense));
        let mut writings: HashMap<char, Vec<Writing>> = HashMap::new();
        for (folded, sense) in kept {
            let letters = Letters::of(folded);
            let Some(first) = folded.chars().next() else { continue };
            if letters.count >= SHORTEST_SLIPPED {
                let writing = Writing { letters, word: folded.clone(), sense: *sense };
                writings.entry(first).or_default().push(writing);
            }
        }
        Lexicon { senses, sounds, writings, skeletons, worn, bare }
    }
}

/// What has this key, while it is one and the same.
fn note<T: Copy + PartialEq>(table: &mut HashMap<Box<[u8]>, Option<T>>, key: &[u8], meant: T) {
    let known = table.entry(key.into()).or_insert(Some(meant));
    if *known != Some(meant) {
        *known = None;
    }
}

/// About so many are listed.
const MANY_WORDS: usize = 6_000;

/// A listed word in the forms it is looked up by.
struct Listed {
    folded: String,
    sound: Sound,
}

impl Listed {
    fn new(word: &str) -> Listed {
        let cleaned = clean(word);
        let sound = Sound::of(std::iter::once(cleaned.as_str()));
        Listed { folded: fold_cleaned(&cleaned), sound }
    }
}
