//! What a choice may be called, word by word as it sounds: `din` and दिन, `ghar` and گھر are one word.

use super::heard::{Heard, Word};
use super::words::Roles;
use crate::geography::{Sound, similarity};

/// Words with fewer letters in their sound are one letter from many others.
const SHORTEST_LIKE: usize = 4;
/// From here on a word may be meant by another, one slip away; of four letters more is asked.
const LIKE: f32 = 0.78;
const LIKE_SHORT: f32 = 0.81;
/// What habits of spelling cost at most in letters: `e` for `i`, an `a` left out.
const HABIT: f32 = 0.41;

/// How two words are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// One slip away.
    Near,
    /// One word in two spellings.
    Same,
}

/// One word with all that is compared of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) folded: String,
    pub(super) roles: Roles,
    /// As digits or in words.
    number: Option<i64>,
    is_digits: bool,
    is_urdu: bool,
    /// In Devanagari or Latin letters.
    spelt: String,
    sound: Sound,
    /// The sound without the `a` between two letters, in every way the word may be said.
    keys: Vec<Vec<u8>>,
}

impl Form {
    pub(super) fn new(word: &Word<'_>) -> Form {
        let is_digits = word.is_digits();
        let number = if is_digits {
            super::number::digits(word.folded)
        } else {
            word.sense.number.map(i64::from)
        };
        let is_urdu = word.cleaned.chars().any(is_urdu_letter);
        let mut form = Form {
            folded: word.folded.to_owned(),
            roles: word.sense.roles,
            number,
            is_digits,
            is_urdu,
            spelt: word.cleaned.to_owned(),
            sound: Sound::default(),
            keys: Vec::new(),
        };
        if is_digits {
            return form;
        }
        // ज्ञ is said as ग्य.
        form.spelt = if is_urdu {
            in_latin(word.cleaned)
        } else {
            word.cleaned.replace("ज्ञ", "ग्य")
        };
        form.sound = sound_of(&form.spelt);
        for variant in variants(&form.spelt) {
            let key = key(sound_of(&variant).letters());
            if !key.is_empty() && !form.keys.contains(&key) {
                form.keys.push(key);
            }
        }
        form
    }

    pub(super) fn is(&self, roles: Roles) -> bool {
        self.roles.any(roles)
    }

    pub(super) fn is_digits(&self) -> bool {
        self.is_digits
    }

    /// How like a word of a label this word of a message is; `None` for two words. A word the ear
    /// knows is no slip of another.
    pub(super) fn likeness(&self, other: &Form) -> Option<Likeness> {
        if self.folded == other.folded {
            return Some(Likeness::Same);
        }
        match (self.number, other.number) {
            (Some(one), Some(two)) if one == two => return Some(Likeness::Same),
            // पैंतीस and सैंतीस are never slips of each other.
            (Some(_), Some(_)) => return None,
            _ if self.is_digits || other.is_digits => return None,
            _ => {}
        }
        if self.keys.iter().any(|key| other.keys.contains(key)) {
            return Some(Likeness::Same);
        }
        let unvowelled = match (self.is_urdu, other.is_urdu) {
            (true, false) => is_unvowelled(self.sound.letters(), other.sound.letters()),
            (false, true) => is_unvowelled(other.sound.letters(), self.sound.letters()),
            _ => false,
        };
        if unvowelled {
            return Some(Likeness::Same);
        }
        if !self.roles.is_empty() || self.number.is_some() {
            return None;
        }
        let (one, two) = (self.sound.letters().len(), other.sound.letters().len());
        if one.min(two) < SHORTEST_LIKE {
            return None;
        }
        let least = if one.min(two) == SHORTEST_LIKE { LIKE_SHORT } else { LIKE };
        let likeness = similarity(&self.sound, &other.sound, least)?;
        let length = f32::from(u8::try_from(one.max(two)).unwrap_or(u8::MAX));
        let habit = one.max(two) > SHORTEST_LIKE
            && (1.0 - likeness) * length <= HABIT
            && consonants(self.sound.letters()).eq(consonants(other.sound.letters()));
        Some(if habit { Likeness::Same } else { Likeness::Near })
    }
}

/// One way to call a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) words: Vec<Form>,
    /// All of it in one breath.
    pub(super) sound: Sound,
}

impl Label {
    pub(super) fn new(text: &str) -> Label {
        let heard = Heard::new(text);
        let words: Vec<Form> = heard.words().map(|word| Form::new(&word)).collect();
        let sound = in_one_breath(&words);
        Label { words, sound }
    }
}

/// Words said in one breath: spaces do not sound.
pub(super) fn in_one_breath(words: &[Form]) -> Sound {
    Sound::of(words.iter().map(|word| word.spelt.as_str()))
}

fn sound_of(word: &str) -> Sound {
    Sound::of(std::iter::once(word))
}

/// Ways to say one word: ड़ is typed `d` and `r`, a nasal at the end is typed or not, and so is the
/// अ behind two consonants at the end (सदस्य, `sadasya`).
fn variants(word: &str) -> Vec<String> {
    let mut variants = vec![word.to_owned()];
    if word.contains('\u{93c}') {
        variants.push(word.replace('\u{93c}', ""));
    }
    if word.ends_with(['ं', 'ँ']) {
        let bare: Vec<String> =
            variants.iter().map(|variant| variant.trim_end_matches(['ं', 'ँ']).to_owned()).collect();
        variants.extend(bare);
    }
    let mut ends = word.chars().rev();
    let last = ends.next();
    if last.is_some_and(|last| matches!(last, 'क'..='ह')) && ends.next() == Some('\u{94d}') {
        variants.push(format!("{word}ा"));
    }
    variants
}

/// A sound without the `a` that writers of Hindi leave out or put in, but for the first letter and
/// the last.
fn key(letters: &[u8]) -> Vec<u8> {
    let last = letters.len().saturating_sub(1);
    let mut key: Vec<u8> = Vec::with_capacity(letters.len());
    for (place, letter) in letters.iter().enumerate() {
        if *letter == b'a' && place != 0 && place != last {
            continue;
        }
        if key.last() != Some(letter) {
            key.push(*letter);
        }
    }
    key
}

fn consonants(letters: &[u8]) -> impl Iterator<Item = &u8> {
    letters.iter().filter(|letter| !matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u'))
}

/// Whether a word in another script is what Urdu script writes without short vowels: دن is `din`. Long
/// vowels are written, ی for `i` and `e`, و for `o` and `u`.
fn is_unvowelled(urdu: &[u8], other: &[u8]) -> bool {
    let class = |letter: u8| match letter {
        b'e' | b'y' => b'i',
        b'u' | b'v' => b'o',
        letter => letter,
    };
    let mut written = urdu.iter().copied().peekable();
    for (place, letter) in other.iter().copied().enumerate() {
        if written.next_if(|next| class(*next) == class(letter)).is_some() {
            continue;
        }
        let is_last = place + 1 == other.len();
        if is_last || !matches!(letter, b'a' | b'i' | b'u') {
            return false;
        }
    }
    urdu.len() > 1 && written.peek().is_none()
}

fn is_urdu_letter(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{6d5}')
}

/// Urdu letters in Latin ones, after their twins in Devanagari; short vowels are not written.
fn in_latin(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    let last = word.chars().count().saturating_sub(1);
    for (place, character) in word.chars().enumerate() {
        latin.push_str(match character {
            'ا' | 'آ' | 'ع' | 'أ' => "a",
            'ب' => "b",
            'پ' => "p",
            'ت' | 'ٹ' | 'ط' | 'ة' => "t",
            'ث' | 'س' | 'ص' | 'ش' => "s",
            'ج' | 'ز' | 'ذ' | 'ض' | 'ظ' | 'ژ' => "j",
            'چ' => "ch",
            // After another consonant it is only breath, and levelled away with it.
            'ہ' if place == last => "a",
            'ح' | 'ہ' => "h",
            'خ' | 'ک' | 'ق' => "k",
            'د' | 'ڈ' => "d",
            'ر' | 'ڑ' => "r",
            'غ' | 'گ' => "g",
            'ف' => "f",
            'ل' => "l",
            'م' => "m",
            'ں' if place == last => "",
            'ن' | 'ں' => "n",
            'و' if place == 0 => "v",
            'و' | 'ؤ' => "o",
            'ے' => "e",
            'ی' | 'ئ' if place == 0 => "y",
            'ی' | 'ئ' => "i",
            _ => "",
        });
    }
    latin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> Option<Likeness> {
        let (one, other) = (Label::new(one), Label::new(other));
        one.words[0].likeness(&other.words[0])
    }

    #[test]
    fn one_word_is_the_same_in_every_script() {
        for (one, other) in [
            ("din", "दिन"),
            ("ghar", "घर"),
            ("pata", "पता"),
            ("khana", "खाना"),
            ("gayi", "गई"),
            ("aayi", "आई"),
            ("nahi", "नहीं"),
            ("nahin", "नहीं"),
            ("mein", "में"),
            ("baad", "बाद"),
            ("sadak", "सड़क"),
            ("sarak", "सड़क"),
            ("shanivar", "शनिवार"),
            ("navinikaran", "नवीनीकरण"),
            ("samay", "समय"),
            ("sadasya", "सदस्य"),
            ("shikayt", "शिकायत"),
            ("گھر", "घर"),
            ("دن", "din"),
            ("سڑک", "सड़क"),
            ("پانی", "pani"),
            ("شکایت", "शिकायत"),
            ("paanch", "5"),
            ("۵", "पाँच"),
        ] {
            assert_eq!(likeness(one, other), Some(Likeness::Same), "{one} {other}");
        }
    }

    #[test]
    fn a_slip_is_near_in_a_long_word_and_nothing_in_a_short_one() {
        for (one, other) in [("shikabat", "शिकायत"), ("hosiptal", "hospital"), ("bijki", "बिजली")]
        {
            assert_eq!(likeness(one, other), Some(Likeness::Near), "{one} {other}");
        }
        for (one, other) in
            [("din", "दान"), ("ghar", "घास"), ("pani", "rani"), ("35", "सैंतीस"), ("کون", "खाना")]
        {
            assert_ne!(likeness(one, other), Some(Likeness::Near), "{one} {other}");
        }
        assert_eq!(likeness("पैंतीस", "सैंतीस"), None);
    }
}
