//! How a name sounds, across scripts: one Latin form in which habits of spelling are gone (`बरेली`,
//! `Bareilly` and `barely` are `bareli`).

/// The longest form that is compared; a name of the state is far shorter.
pub(super) const LONGEST: usize = 32;

/// The sound of one or more words written together: lower-case ASCII letters, `C` for च and छ; no
/// more than [`LONGEST`] of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sound {
    /// Zeros behind the last letter.
    letters: [u8; LONGEST],
    count: u8,
}

impl Sound {
    /// The sound of words as [`clean`](super::clean) gives them. Spaces between words do not sound.
    #[must_use]
    pub fn of<'a>(words: impl Iterator<Item = &'a str>) -> Sound {
        let mut latin: Vec<u8> = Vec::with_capacity(LONGEST);
        for word in words {
            spell(word, &mut latin);
        }
        level(&latin)
    }

    #[must_use]
    pub fn letters(&self) -> &[u8] {
        self.letters.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// The same without vowels, `h` and `y`.
    pub(super) fn consonants(&self) -> Sound {
        let mut consonants = Sound::default();
        for letter in self.letters() {
            if !is_vowel(*letter) && !matches!(letter, b'h' | b'y') {
                consonants.push(*letter);
            }
        }
        consonants
    }

    fn last(&self) -> Option<u8> {
        self.letters().last().copied()
    }

    /// Whether there was room for one more.
    fn push(&mut self, letter: u8) -> bool {
        let free = self.letters.get_mut(usize::from(self.count));
        let has_room = free.is_some();
        if let Some(free) = free {
            *free = letter;
            self.count += 1;
        }
        has_room
    }

    /// Another letter in place of the last, and none if that stands before it already.
    fn replace_last(&mut self, letter: u8) {
        self.count = self.count.saturating_sub(1);
        if let Some(last) = self.letters.get_mut(usize::from(self.count)) {
            *last = 0;
        }
        if self.last() != Some(letter) {
            self.push(letter);
        }
    }
}

/// Marks a vowel that is not written but may be spoken: the `अ` within a consonant.
const SCHWA: u8 = b'@';

/// Appends a word in Latin letters: Devanagari sign by sign, with the silent `अ` left out.
fn spell(word: &str, latin: &mut Vec<u8>) {
    let start = latin.len();
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_ascii_lowercase() {
            latin.push(character as u8);
            continue;
        }
        let nukta = characters.next_if_eq(&'\u{93c}').is_some();
        if let Some(letters) = vowel_letters(character) {
            latin.extend_from_slice(letters);
        } else if let Some(letters) = consonant_letters(character, nukta) {
            latin.extend_from_slice(letters);
            match characters.peek() {
                Some('\u{94d}') => {
                    characters.next();
                }
                Some(sign) if is_vowel_sign(*sign) => {}
                _ => latin.push(SCHWA),
            }
        }
    }
    drop_silent(latin, start);
}

fn is_vowel_sign(character: char) -> bool {
    matches!(character, '\u{93e}'..='\u{94c}')
}

fn vowel_letters(character: char) -> Option<&'static [u8]> {
    Some(match character {
        'अ' | 'आ' | 'ा' => b"a",
        'इ' | 'ई' | 'ि' | 'ी' => b"i",
        'उ' | 'ऊ' | 'ु' | 'ू' => b"u",
        'ऋ' | 'ृ' => b"ri",
        'ए' | 'ऐ' | 'ऍ' | 'ऎ' | 'े' | 'ै' | 'ॅ' | 'ॆ' => b"e",
        'ओ' | 'औ' | 'ऑ' | 'ऒ' | 'ो' | 'ौ' | 'ॉ' | 'ॊ' => b"o",
        'ं' | 'ँ' => b"n",
        _ => return None,
    })
}

/// One letter a consonant, aspirates as their plain stop (the levelling below drops that `h`
/// anyway), so that the rule of the silent `अ` sees one consonant.
fn consonant_letters(character: char, nukta: bool) -> Option<&'static [u8]> {
    Some(match character {
        'क' | 'ख' => b"k",
        'ग' | 'घ' => b"g",
        'ङ' | 'ञ' | 'ण' | 'न' => b"n",
        'च' | 'छ' => b"C",
        'ज' | 'झ' => b"j",
        'ट' | 'ठ' | 'त' | 'थ' => b"t",
        'ड' | 'ढ' if nukta => b"r",
        'ड' | 'ढ' | 'द' | 'ध' => b"d",
        'प' => b"p",
        'फ' => b"f",
        'ब' | 'भ' => b"b",
        'म' => b"m",
        'य' => b"y",
        'र' => b"r",
        'ल' | 'ळ' => b"l",
        'व' => b"v",
        'श' | 'ष' | 'स' => b"s",
        'ह' => b"h",
        _ => return None,
    })
}

pub(super) const fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | SCHWA)
}

/// Removes the `अ` that is written and not spoken: at the end of a word, and between one consonant
/// after a vowel and one before a vowel (रामनगर is `ramnagar`).
fn drop_silent(latin: &mut Vec<u8>, start: usize) {
    if latin.len() > start + 2 && latin.last() == Some(&SCHWA) {
        latin.pop();
    }
    let at = |letters: &[u8], place: usize| letters.get(place).copied();
    let mut place = start + 2;
    while place + 2 < latin.len() {
        let silent = at(latin, place) == Some(SCHWA)
            && at(latin, place - 2).is_some_and(is_vowel)
            && at(latin, place - 1).is_some_and(|letter| !is_vowel(letter))
            && at(latin, place + 1).is_some_and(|letter| !is_vowel(letter))
            && at(latin, place + 2).is_some_and(is_vowel);
        if silent {
            latin.remove(place);
        } else {
            place += 1;
        }
    }
    for letter in latin.iter_mut().skip(start) {
        if *letter == SCHWA {
            *letter = b'a';
        }
    }
}

/// Removes what writers of Hindi in Latin letters do not agree on.
fn level(latin: &[u8]) -> Sound {
    let mut sound = Sound::default();
    let mut rest = latin;
    while let Some((letter, after)) = rest.split_first() {
        let previous = sound.last();
        let (heard, left): (u8, &[u8]) = match (*letter, after) {
            (b'c', [b'h', b'h', left @ ..] | [b'h', left @ ..]) => (b'C', left),
            (b's', [b'h', left @ ..]) => (b's', left),
            (b'p', [b'h', left @ ..]) => (b'f', left),
            (b'k' | b'g' | b'j' | b't' | b'd' | b'b' | b'r' | b'C' | b'q', [b'h', left @ ..]) => {
                (if *letter == b'q' { b'k' } else { *letter }, left)
            }
            (b'e', [b'e', left @ ..]) => (b'i', left),
            (b'o', [b'o', left @ ..]) => (b'u', left),
            (b'x', _) => {
                sound.push(b'k');
                (b's', after)
            }
            (b'q' | b'c', _) => (b'k', after),
            (b'z', _) => (b'j', after),
            (b'w', _) => (b'v', after),
            (b'y', []) => (b'i', after),
            (b'y', [next, ..]) if previous == Some(b'i') && is_vowel(*next) => {
                rest = after;
                continue;
            }
            (b'm', [next, ..]) if is_stop(*next) => (b'n', after),
            (other, _) => (other, after),
        };
        rest = left;
        match (previous, heard) {
            (Some(b'a' | b'o'), b'u') | (Some(b'a'), b'o') => sound.replace_last(b'o'),
            (Some(b'a'), b'i' | b'e' | b'y') | (Some(b'e'), b'i') => {
                sound.replace_last(b'e');
            }
            (Some(before), _) if before == heard => {}
            _ if sound.push(heard) => {}
            _ => break,
        }
    }
    sound
}

fn is_stop(letter: u8) -> bool {
    matches!(letter, b'p' | b'b' | b't' | b'd' | b'k' | b'g' | b'j' | b'C' | b'c' | b'q')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::clean;
    use super::*;

    fn sound(text: &str) -> String {
        let cleaned = clean(text);
        String::from_utf8(Sound::of(cleaned.split(' ')).letters().to_vec()).unwrap()
    }

    #[test]
    fn a_name_sounds_the_same_in_both_scripts() {
        let pairs = [
            ("बरेली", "Bareilly"),
            ("गाज़ीपुर", "gajipur"),
            ("श्रावस्ती", "shravasti"),
            ("मऊ", "mau"),
            ("लखनऊ", "lakhnau"),
            ("मेरठ", "merath"),
            ("बलिया", "ballia"),
            ("रामनगर", "Ram Nagar"),
            ("छपरौली", "Chhaprauli"),
            ("अलीगढ़", "aligarh"),
        ];
        for (hindi, latin) in pairs {
            assert_eq!(sound(hindi), sound(latin), "{hindi} and {latin}");
        }
        assert_eq!(sound("बरेली"), "bareli");
    }

    proptest! {
        #[test]
        fn any_text_has_a_sound(text in any::<String>()) {
            let cleaned = clean(&text);
            prop_assert!(Sound::of(cleaned.split(' ')).letters().is_ascii());
        }
    }
}
