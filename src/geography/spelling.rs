//! Letters: what is the same word however it is typed. Hindi keyboards give one word many byte
//! forms (nukta, chandrabindu, joiners, vowel length), and Hinglish has no spelling at all.
//!
//! Two steps: [`clean`] keeps the letters and gives words between single spaces; [`fold_word`]
//! takes from one such word what writers do not agree on. [`fold`] does both.

use std::borrow::Cow;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// The whole text as one line of words: compatibility-decomposed, lower case, invisible characters
/// gone, digits of any script as `0`-`9`, punctuation as space, a space between letters and digits
/// (`25saal`). A thumb up or down (and its kin), the signs of stop and SOS stay as words of their own;
/// other emoji are space.
///
/// Readings of zero (facts of UP offices and phone keyboards): `0` after a Devanagari letter with
/// no digit behind it is an abbreviation mark (`उ0प्र0`) and goes; `o` or `ं` between digits, and a run
/// of `o` that ends them, is a zero (`1o5`, `1oo`); `0` between Latin letters is an `o` (`st0p`).
/// A `+` behind digits (`18+`) and before none stays as a word. A message spelt out (`s t o p`) is one word.
#[must_use]
pub fn clean(text: &str) -> String {
    let normalizer = DecomposingNormalizerBorrowed::new_nfkd();
    let decomposed: Cow<'_, str> =
        if text.is_ascii() { Cow::Borrowed(text) } else { normalizer.normalize(text) };
    let mut cleaned = String::with_capacity(decomposed.len());
    let mut last = Class::Space;
    let mut characters = decomposed.chars().filter_map(visible).peekable();
    while let Some(character) = characters.next() {
        let after_digit = last == Class::Digit;
        let before_digit = characters.peek().is_some_and(char::is_ascii_digit);
        let mut ahead = characters.clone().skip_while(|next| character == 'o' && *next == 'o');
        let after_run = ahead.next();
        let before_letter = || after_run.is_some_and(|next| next.is_alphabetic() || is_mark(next));
        let before_latin = after_run.is_some_and(|next| next.is_ascii_lowercase());
        let (class, character) = match character {
            'o' if after_digit && !before_letter() => (Class::Digit, '0'),
            '0' if last == Class::Letter && before_latin => (Class::Letter, 'o'),
            PLUS if cleaned.ends_with(|end: char| end.is_ascii_digit())
                && !characters
                    .clone()
                    .find(|next| next.is_alphanumeric())
                    .is_some_and(|next| next.is_ascii_digit()) =>
            {
                (Class::Symbol, character)
            }
            '\u{902}' if after_digit && before_digit => (Class::Digit, '0'),
            '0' if last == Class::Devanagari && !before_digit => continue,
            '0'..='9' => (Class::Digit, character),
            // A mark without a letter before it: a vowel sign is heard as its vowel, others not.
            _ if is_mark(character) && !matches!(last, Class::Devanagari | Class::Letter) => {
                match spoken(character) {
                    Some(vowel) => (Class::Devanagari, vowel),
                    None => continue,
                }
            }
            _ if is_devanagari_letter(character) => (Class::Devanagari, character),
            _ if character.is_alphanumeric() || is_mark(character) => (Class::Letter, character),
            UP | DOWN | STOP | HELP => (Class::Symbol, character),
            _ => (Class::Space, ' '),
        };
        let letter = |class| matches!(class, Class::Devanagari | Class::Letter);
        let joins = class == last || (letter(class) && letter(last));
        if class == Class::Space {
            last = Class::Space;
            continue;
        }
        if class == Class::Symbol && cleaned.ends_with(character) {
            continue;
        }
        if !joins && !cleaned.is_empty() {
            cleaned.push(' ');
        }
        // Bengali writes ो as two signs.
        if character == 'ा' && cleaned.ends_with('े') {
            cleaned.pop();
            cleaned.push('ो');
            continue;
        }
        cleaned.push(character);
        last = class;
    }
    if is_spelt_out(&cleaned) {
        cleaned.retain(|character| character != ' ');
    }
    cleaned
}

/// The vowel a sign stands for.
fn spoken(sign: char) -> Option<char> {
    Some(match sign {
        'ा' => 'आ',
        'ि' => 'इ',
        'ी' => 'ई',
        'ु' => 'उ',
        'ू' => 'ऊ',
        'े' => 'ए',
        'ै' => 'ऐ',
        'ो' => 'ओ',
        'ौ' => 'औ',
        _ => return None,
    })
}

/// Three Latin letters and more, each by itself, and nothing else.
fn is_spelt_out(cleaned: &str) -> bool {
    let letters = cleaned.split(' ').all(|word| word.len() == 1);
    letters
        && cleaned.len() > 4
        && cleaned.bytes().all(|byte| byte == b' ' || byte.is_ascii_lowercase())
}

const UP: char = '👍';
const DOWN: char = '👎';
const STOP: char = '🛑';
const HELP: char = '🆘';
const PLUS: char = '+';

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Digit,
    Devanagari,
    /// Any other script.
    Letter,
    Symbol,
}

/// One character as `clean` sees it; `None` for what leaves no trace, not even a space.
fn visible(character: char) -> Option<char> {
    let seen = match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        '\u{900}'..='\u{963}' => character,
        ' '..='~' if character != '\'' && character != '`' => character,
        // Joiners, direction marks, soft hyphen, byte order mark, variation selectors, keycap,
        // skin tones, tags; apostrophes; the abbreviation sign; Latin accents; Arabic vowel points.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{20e3}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e007f}'
        | '\''
        | '`'
        | '\u{2018}'
        | '\u{2019}'
        | '\u{970}'
        | '\u{300}'..='\u{36f}'
        | '\u{64b}'..='\u{65f}'
        | '\u{640}' => return None,
        '👍' | '✅' | '✔' | '☑' | '👌' | '🆗' | '🙆' => UP,
        '👎' | '❌' | '✖' | '❎' | '🙅' | '🚫' => DOWN,
        '⛔' => STOP,
        // Arabic and Urdu keyboards differ in these letters.
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        'ه' | 'ھ' => 'ہ',
        _ => match (decimal_value(character), in_devanagari(character)) {
            (Some(digit), _) => char::from(b'0' + digit),
            (None, Some(letter)) => letter,
            (None, None) => character.to_lowercase().next().unwrap_or(character),
        },
    };
    Some(seen)
}

/// The value of a decimal digit of the scripts in use in India (full-width and styled digits are
/// decomposed before).
fn decimal_value(character: char) -> Option<u8> {
    const ZEROS: [char; 11] = ['०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '٠', '۰'];
    ZEROS.into_iter().find_map(|zero| {
        let offset = u32::from(character).checked_sub(u32::from(zero))?;
        u8::try_from(offset).ok().filter(|digit| *digit < 10)
    })
}

/// A letter or sign of Bengali, Gurmukhi or Gujarati as the same one of Devanagari: Unicode lays the
/// four out alike (after ISCII), but for a few letters of their own.
fn in_devanagari(character: char) -> Option<char> {
    let code = u32::from(character);
    let place = match character {
        'ৰ' => return Some('र'),
        'ৱ' => return Some('व'),
        '\u{a5c}' => return Some('ड'),
        '\u{9ce}' => return Some('त'),
        '\u{a70}' => return Some('ं'),
        '\u{a71}' => return Some('\u{93c}'),
        '\u{981}'..='\u{9e3}' => code - 0x980,
        '\u{a01}'..='\u{a5e}' => code - 0xa00,
        '\u{a81}'..='\u{ae3}' => code - 0xa80,
        _ => return None,
    };
    let composed = |letter: &char| matches!(letter, '\u{958}'..='\u{95f}');
    char::from_u32(0x900 + place)
        .filter(|letter| is_devanagari_letter(*letter) && !composed(letter))
}

/// A letter or sign of Devanagari, digits and punctuation excluded.
#[must_use]
pub fn is_devanagari_letter(character: char) -> bool {
    matches!(character, '\u{900}'..='\u{963}' | '\u{971}'..='\u{97f}')
}

/// Whether a character is a letter of any script (Unicode's `Alphabetic`, most vowel signs among them); as
/// [`char::is_alphabetic`], which searches its tables for Devanagari.
#[must_use]
pub fn is_letter(character: char) -> bool {
    match character {
        '\u{904}'..='\u{93b}' | '\u{93d}'..='\u{94c}' => true,
        _ => character.is_alphabetic(),
    }
}

/// A sign that stands on a letter before it, in any Indic script.
fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{900}'..='\u{903}' | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}'
        | '\u{951}'..='\u{957}' | '\u{962}' | '\u{963}'
        | '\u{981}'..='\u{983}' | '\u{9bc}' | '\u{9be}'..='\u{9cd}'
        | '\u{a01}'..='\u{a03}' | '\u{a3c}'..='\u{a4d}' | '\u{a70}' | '\u{a71}'
        | '\u{a81}'..='\u{a83}' | '\u{abc}' | '\u{abe}'..='\u{acd}')
}

/// The form in which two spellings of one word are equal. Idempotent.
///
/// Of Devanagari: nukta, halant and visarga gone, `ँ` as `ं` and none at the end of a word, a nasal
/// before its stop as `ं`, long vowels as short, doubled consonants once, `श ष` as `स`, `ण` as `न`.
/// Of Latin: runs of a letter once (`haaan`), `ee` as `i`, `oo` as `u`, `w` as `v`, `z` as `j`,
/// `ph` as `f`.
#[must_use]
pub fn fold(text: &str) -> String {
    fold_cleaned(&clean(text))
}

/// [`fold`] of what [`clean`] gave.
#[must_use]
pub fn fold_cleaned(cleaned: &str) -> String {
    let mut folded = String::with_capacity(cleaned.len());
    for word in cleaned.split(' ') {
        let start = folded.len();
        if start > 0 {
            folded.push(' ');
        }
        let before = folded.len();
        fold_word(word, &mut folded);
        if folded.len() == before {
            folded.truncate(start);
        }
    }
    // Letters that lost their accents or their doubles may be spelt out only now.
    if is_spelt_out(&folded) {
        let spelt: String = folded.split(' ').collect();
        folded.clear();
        fold_word(&spelt, &mut folded);
    }
    folded
}

/// Appends the folded form of one cleaned word, which may be nothing.
pub fn fold_word(word: &str, folded: &mut String) {
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        folded.push_str(word);
        return;
    }
    let start = folded.len();
    let mut halant = false;
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        let last = folded.get(start..).and_then(|done| done.chars().next_back());
        if character.is_ascii_lowercase() {
            let mut run: usize = 1;
            while characters.next_if_eq(&character).is_some() {
                run += 1;
            }
            push_latin(character, run, last, folded);
            halant = false;
        } else if is_devanagari_letter(character) {
            halant = push_devanagari(character, halant, last, folded);
        } else {
            folded.push(character);
            halant = false;
        }
    }
    while folded.len() > start && folded.ends_with(ANUSVARA) {
        folded.pop();
    }
}

fn push_latin(character: char, run: usize, last: Option<char>, folded: &mut String) {
    let letter = match character {
        'e' if run > 1 => 'i',
        'o' if run > 1 => 'u',
        'w' => 'v',
        'z' => 'j',
        'q' => 'k',
        'h' if last == Some('p') => {
            folded.pop();
            if !folded.ends_with('f') {
                folded.push('f');
            }
            return;
        }
        other => other,
    };
    if last != Some(letter) {
        folded.push(letter);
    }
}

const ANUSVARA: char = 'ं';

/// Appends one Devanagari character; returns whether it was the halant.
fn push_devanagari(
    character: char,
    after_halant: bool,
    last: Option<char>,
    folded: &mut String,
) -> bool {
    match character {
        '\u{94d}' => return last.is_some_and(is_devanagari_letter),
        // Nukta, visarga, avagraha, accents.
        '\u{93c}' | '\u{903}' | '\u{93d}' | '\u{951}'..='\u{954}' => return after_halant,
        '\u{900}' | '\u{901}' | ANUSVARA => {
            if last.is_some_and(|before| is_devanagari_letter(before) && before != ANUSVARA) {
                folded.push(ANUSVARA);
            }
            return false;
        }
        'ृ' => {
            push_consonant('र', false, last, folded);
            folded.push('ि');
            return false;
        }
        _ => {}
    }
    if let Some(sign) = vowel_sign(character) {
        push_vowel_sign(sign, last, folded);
    } else if let Some(vowel) = vowel(character) {
        // `हाँआँ` too: the nasal does not part the sign from its vowel.
        let open = if last == Some(ANUSVARA) { before_nasal(folded) } else { last };
        let lengthens = open == Some(vowel) || open.is_some_and(|sign| says(sign, vowel));
        if !lengthens {
            folded.push(vowel);
        }
    } else {
        push_consonant(consonant(character), after_halant, last, folded);
    }
    false
}

fn push_vowel_sign(sign: char, last: Option<char>, folded: &mut String) {
    match (last, sign) {
        // `अा` is `आ` typed in two keys.
        (Some('अ'), 'ा') => {
            folded.pop();
            folded.push('आ');
        }
        (Some('अ'), 'े') => {
            folded.pop();
            folded.push('ए');
        }
        (Some('अ'), 'ो') => {
            folded.pop();
            folded.push('ओ');
        }
        // Signs in the wrong order: the nasal goes last.
        (Some(ANUSVARA), _) => {
            folded.pop();
            push_vowel_sign(sign, folded.chars().next_back(), folded);
            folded.push(ANUSVARA);
        }
        // Bengali writes ो as these two signs.
        (Some('े'), 'ा') => {
            folded.pop();
            folded.push('ो');
        }
        (Some(before), _) if is_devanagari_letter(before) && before != sign => folded.push(sign),
        _ => {}
    }
}

fn push_consonant(letter: char, after_halant: bool, last: Option<char>, folded: &mut String) {
    if after_halant && let Some(before) = last {
        let nasal_before_stop = match before {
            'ङ' | 'ञ' | 'न' => is_stop(letter),
            'म' => matches!(letter, 'प' | 'फ' | 'ब' | 'भ'),
            _ => false,
        };
        if nasal_before_stop {
            folded.pop();
            if folded.ends_with(is_devanagari_letter) && !folded.ends_with(ANUSVARA) {
                folded.push(ANUSVARA);
            }
        } else if letter == before || aspirate(letter) == Some(before) {
            return;
        } else if aspirate(before) == Some(letter) {
            folded.pop();
        }
    }
    folded.push(letter);
}

fn vowel_sign(character: char) -> Option<char> {
    Some(match character {
        'ा' | 'ॅ' | 'ॉ' => 'ा',
        'ि' | 'ी' => 'ि',
        'ु' | 'ू' => 'ु',
        'े' | 'ै' | 'ॆ' => 'े',
        'ो' | 'ौ' | 'ॊ' => 'ो',
        'ॄ' | 'ॢ' | 'ॣ' | '\u{93a}' | '\u{93b}' | '\u{94e}' | '\u{94f}' | '\u{955}'..='\u{957}' => {
            character
        }
        _ => return None,
    })
}

fn vowel(character: char) -> Option<char> {
    Some(match character {
        'अ' => 'अ',
        'आ' | 'ऑ' => 'आ',
        'इ' | 'ई' => 'इ',
        'उ' | 'ऊ' => 'उ',
        'ए' | 'ऐ' | 'ऍ' | 'ऎ' => 'ए',
        'ओ' | 'औ' | 'ऒ' => 'ओ',
        _ => return None,
    })
}

/// The letter before the nasal that the text ends in.
fn before_nasal(folded: &str) -> Option<char> {
    folded.chars().rev().nth(1)
}

/// Whether the sign already says this vowel: `हाआआ` is `हा` drawn out.
fn says(sign: char, vowel: char) -> bool {
    matches!((sign, vowel), ('ा', 'आ' | 'अ') | ('ि', 'इ') | ('ु', 'उ') | ('े', 'ए') | ('ो', 'ओ'))
}

fn consonant(character: char) -> char {
    match character {
        'श' | 'ष' => 'स',
        'ण' => 'न',
        other => other,
    }
}

fn is_stop(letter: char) -> bool {
    matches!(letter, 'क'..='घ' | 'च'..='झ' | 'ट'..='ढ' | 'त'..='ध' | 'प'..='भ')
}

/// The breathed twin of a stop: `क` gives `ख`.
fn aspirate(letter: char) -> Option<char> {
    Some(match letter {
        'क' => 'ख',
        'ग' => 'घ',
        'च' => 'छ',
        'ज' => 'झ',
        'ट' => 'ठ',
        'ड' => 'ढ',
        'त' => 'थ',
        'द' => 'ध',
        'प' => 'फ',
        'ब' => 'भ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use icu_normalizer::ComposingNormalizerBorrowed;
    use proptest::prelude::*;

    use super::*;

    /// Spellings of one word in each line.
    const SAME: &[&[&str]] = &[
        &["हाँ", "हां", "हा", "हॉ", "हाॅं", "हांँ", "हंा", "हाँँँ", "हा\u{200d}ँ", "हाआआ", "हाँआँ"],
        &["गाज़ियाबाद", "गाजियाबाद", "गाज\u{200c}ियाबाद", "गाजीयाबाद"],
        &["बुलन्दशहर", "बुलंदशहर", "बुलँदशहर"],
        &["अम्बेडकर", "अंबेडकर"],
        &["बल्लिया", "बलिया", "बलीया"],
        &["सिद्धार्थ", "सिध्दार्थ", "सिधार्थ"],
        &["अाप", "आप"],
        &["haaaan", "han", "Hann", "HAAN", "ｈａａｎ"],
        &["theek", "thik", "THEEEK"],
        &["phir", "fir", "pphir"],
        &["zila", "jila"],
        &["२५", "25", "２５", "2️⃣5️⃣", "২৫", "૨૫", "۲۵"],
        &["1o5", "१०५", "1O5", "1ं5"],
        &["उ0प्र0", "उ०प्र०", "उप्र", "उ॰प्र॰"],
        &["25saal", "25 sal", "25-saal", " 25,  SAAL. "],
        &["👍", "👍🏽", "✅", "👍👍👍", "🆗"],
        &["100", "1oo", "1OO", "१oo", "1०o"],
        &["stop", "st0p", "S T O P", "s.t.o.p", "Stopp"],
        &["18+", "18 +", "१८+"],
    ];

    #[test]
    fn a_letter_is_what_unicode_says_it_is() {
        for character in '\0'..=char::MAX {
            assert_eq!(is_letter(character), character.is_alphabetic(), "{character:?}");
        }
    }

    #[test]
    fn spellings_of_one_word_fold_alike() {
        for line in SAME {
            for word in *line {
                assert_eq!(fold(word), fold(line[0]), "{word} and {}", line[0]);
            }
        }
    }

    #[test]
    fn two_signs_that_make_one_are_one_however_they_are_typed() {
        for text in ["को", "क\u{947}\u{93e}", "क\u{946}\u{93e}", "\u{995}\u{9c7}\u{9be}"] {
            assert_eq!(fold(text), "को", "{text}");
        }
        assert_eq!(fold("क\u{947}\u{902}\u{93e}न"), fold("कोंन"));
    }

    #[test]
    fn different_words_stay_apart() {
        let pairs =
            [("सात", "साठ"), ("पचास", "पचासी"), ("बंद", "बांदा"), ("हाँ", "है"), ("teen", "ten")];
        for (one, other) in pairs {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn punctuation_and_pictures_leave_words_behind() {
        assert_eq!(fold("  जी, हाँ!! 🙏 "), fold("जी हाँ"));
        assert_eq!(fold("don't"), "dont");
        assert_eq!(fold("🙏🙏"), "");
        assert_eq!(fold("ok👍"), "ok 👍");
    }

    /// Text that is rich in what the fold looks at.
    fn hinglish() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                proptest::char::range('\u{900}', '\u{97f}'),
                proptest::char::range('a', 'z'),
                proptest::char::range('0', '9'),
                prop::sample::select(vec![
                    ' ',
                    'o',
                    'O',
                    'e',
                    'p',
                    'h',
                    '\u{200d}',
                    '०',
                    '\u{94d}',
                    '\u{902}',
                    'न',
                    'म',
                    'ब',
                    'भ',
                    'ा',
                    'अ',
                    '\'',
                    '.',
                    '👍',
                    '\u{1f3fd}',
                    'ﷺ',
                    'é',
                    'İ'
                ]),
            ],
            0..24,
        )
        .prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_hinglish_twice_changes_nothing(text in hinglish()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn composed_and_decomposed_text_fold_alike(text in hinglish()) {
            let nfc = ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned();
            let nfd = DecomposingNormalizerBorrowed::new_nfd().normalize(&text).into_owned();
            prop_assert_eq!(fold(&nfc), fold(&nfd));
        }

        #[test]
        fn a_fold_is_words_between_single_spaces(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert!(!folded.starts_with(' ') && !folded.ends_with(' '));
            prop_assert!(!folded.contains("  "));
        }
    }
}
