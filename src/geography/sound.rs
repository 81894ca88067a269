//! How a name sounds, across scripts, and how far two sounds are apart.
//!
//! Both scripts are brought to one Latin form in which habits of spelling are gone (`बरेली`,
//! `Bareilly` and `barely` are `bareli`); two forms are compared by an edit distance whose prices
//! follow what people confuse. Form and prices were measured on names of UP.

/// The longest form that is compared; a name of the state is far shorter.
const LONGEST: usize = 48;
/// Levelling makes a sound longer only by `x`, which becomes two letters.
const CELLS: usize = 2 * LONGEST + 1;

/// The sound of one or more words written together: lower-case ASCII letters, `C` for च and छ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sound(Vec<u8>);

impl Sound {
    /// The sound of words as [`clean`](super::clean) gives them. Spaces between words do not sound.
    #[must_use]
    pub fn of<'a>(words: impl Iterator<Item = &'a str>) -> Sound {
        let mut latin: Vec<u8> = Vec::with_capacity(LONGEST);
        for word in words {
            spell(word, &mut latin);
        }
        latin.truncate(LONGEST);
        Sound(level(&latin))
    }

    #[must_use]
    pub fn letters(&self) -> &[u8] {
        &self.0
    }

    /// Letters that cost most to miss; a difference in their count alone bounds the distance.
    #[must_use]
    pub fn hard_letters(&self) -> u8 {
        let count = self.0.iter().filter(|letter| !is_soft(**letter)).count();
        u8::try_from(count).unwrap_or(u8::MAX)
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

fn is_vowel(letter: u8) -> bool {
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
fn level(latin: &[u8]) -> Vec<u8> {
    let mut sound: Vec<u8> = Vec::with_capacity(latin.len() + 4);
    let mut rest = latin;
    while let Some((letter, after)) = rest.split_first() {
        let previous = sound.last().copied();
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
            (Some(b'a' | b'o'), b'u') | (Some(b'a'), b'o') => replace_last(&mut sound, b'o'),
            (Some(b'a'), b'i' | b'e' | b'y') | (Some(b'e'), b'i') => {
                replace_last(&mut sound, b'e');
            }
            (Some(before), _) if before == heard => {}
            _ => sound.push(heard),
        }
    }
    sound
}

fn replace_last(sound: &mut Vec<u8>, letter: u8) {
    sound.pop();
    if sound.last() != Some(&letter) {
        sound.push(letter);
    }
}

fn is_stop(letter: u8) -> bool {
    matches!(letter, b'p' | b'b' | b't' | b'd' | b'k' | b'g' | b'j' | b'C' | b'c' | b'q')
}

fn is_soft(letter: u8) -> bool {
    is_vowel(letter) || matches!(letter, b'h' | b'y' | b'n')
}

/// Prices in hundredths, so that sums are exact.
type Price = u16;

/// The price of a letter too many or too few.
fn missing(letter: u8) -> Price {
    match letter {
        b'a' => 15,
        b'e' | b'i' | b'o' | b'u' | b'h' | b'y' => 35,
        b'n' => 50,
        _ => 90,
    }
}

/// The price of one letter for another.
fn exchanged(one: u8, other: u8) -> Price {
    if one == other {
        return 0;
    }
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    match (low, high) {
        (b'e' | b'y', b'i') | (b'i', b'y') | (b'o', b'u') => 25,
        (b'b' | b'u', b'v') | (b'm', b'n') | (b'j', b'y') => 35,
        (b'd', b'r' | b't') | (b'g', b'k') | (b'C', b's') | (b'f', b'p') | (b'l', b'r') => 50,
        _ if is_vowel(low) && is_vowel(high) => 45,
        _ => 100,
    }
}

const OTHER_FIRST_LETTER: Price = 15;

/// Two neighbours in the wrong order.
const CROSSED: Price = 60;

/// How alike two sounds are, from 0 (nothing) to 1 (the same), as long as that is at least `least`;
/// `None` below it, which is found out early.
#[must_use]
pub fn similarity(one: &Sound, other: &Sound, least: f32) -> Option<f32> {
    let (one, other) = (one.letters(), other.letters());
    let length = one.len().max(other.len()).max(3);
    let (Ok(length), true) = (u16::try_from(length), length <= 2 * LONGEST) else { return None };
    let most = (f32::from(length) * (1.0 - least) * 100.0).floor();
    let first = if one.first() == other.first() { 0 } else { OTHER_FIRST_LETTER };
    let distance = distance(one, other, most)? + first;
    let distance = f32::from(distance);
    (distance <= most).then(|| 1.0 - distance / (100.0 * f32::from(length)))
}

/// The cheapest way from one to the other, or `None` once it must cost more than `most`.
fn distance(one: &[u8], other: &[u8], most: f32) -> Option<Price> {
    let mut row = [0 as Price; CELLS];
    let mut row_before = [0 as Price; CELLS];
    let mut sum: Price = 0;
    for (cell, letter) in row.iter_mut().skip(1).zip(other) {
        sum += missing(*letter);
        *cell = sum;
    }
    let mut before: Option<u8> = None;
    for letter in one {
        let mut next = [0 as Price; CELLS];
        let deletion = missing(*letter);
        let mut left = row.first().copied()? + deletion;
        *next.first_mut()? = left;
        let mut smallest = left;
        let mut against_before: Option<u8> = None;
        for (place, against) in other.iter().enumerate() {
            let insertion = left + missing(*against);
            let exchange = row.get(place)? + exchanged(*letter, *against);
            let mut best = exchange.min(row.get(place + 1)? + deletion).min(insertion);
            let crossed = before == Some(*against) && against_before == Some(*letter);
            if crossed && letter != against {
                best = best.min(row_before.get(place.wrapping_sub(1))? + CROSSED);
            }
            *next.get_mut(place + 1)? = best;
            left = best;
            smallest = smallest.min(best);
            against_before = Some(*against);
        }
        // A crossing may come from the row before, so that row has its say too.
        let smallest_before = row.iter().take(other.len() + 1).min().copied().unwrap_or_default();
        if f32::from(smallest.min(smallest_before)) > most {
            return None;
        }
        row_before = row;
        row = next;
        before = Some(*letter);
    }
    row.get(other.len()).copied()
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

    fn alike(one: &str, other: &str) -> f32 {
        let (one, other) = (clean(one), clean(other));
        similarity(&Sound::of(one.split(' ')), &Sound::of(other.split(' ')), 0.0).unwrap_or(0.0)
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

    #[test]
    fn a_slip_costs_less_than_another_name() {
        assert!(alike("sitapur", "sitapoor") > 0.95);
        assert!(alike("Farrukhabad", "pharukhabaad") > 0.9);
        assert!(alike("Firozabad", "Faridabad") < 0.87);
        assert!(alike("Muzaffarnagar", "Muzaffarpur") < 0.87);
        assert!(alike("Agra", "Etah") < 0.5);
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_bounded(one in "[a-z]{0,12}", other in "[a-z]{0,12}") {
            let likeness = alike(&one, &other);
            prop_assert!((0.0..=1.0).contains(&likeness));
            prop_assert!((likeness - alike(&other, &one)).abs() < 1e-6);
            prop_assert!(alike(&one, &one) > 0.99);
        }

        #[test]
        fn any_text_has_a_sound(text in any::<String>()) {
            let cleaned = clean(&text);
            prop_assert!(Sound::of(cleaned.split(' ')).letters().is_ascii());
        }
    }
}
