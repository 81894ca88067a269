//! The cell of a name in a list. It is no sentence: nothing is taken off but titles, and whose child or wife
//! somebody is stands for itself; what is left is the name as it is written.

use std::collections::HashSet;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::font::why_unreadable;
use super::posts::{catalogue, post_said};
use crate::contact::Language;
use crate::geography::is_letter;
use crate::understanding::fold;

/// Longer than any name, shorter than a story.
const MOST_WORDS: usize = 9;
const MOST_LETTERS: usize = 80;

/// What a cell says of who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// As it is written, without titles.
    pub(super) name: String,
    /// Whose son, daughter or wife they are, where the cell says so: `S/o Sohan Lal`.
    pub(super) of: Option<String>,
}

/// Titles before a name. A short one is a title only with the mark of an abbreviation behind it (`मा.`, `कु0`).
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "श्री", "श्रीमती", "श्रीमति", "सुश्री", "श्रीयुत", "डॉ", "डा", "डॉक्टर", "माननीय", "एडवोकेट", "अधिवक्ता",
    "shri", "shree", "sri", "smt", "shrimati", "srimati", "shreemati", "sushri", "mr", "mrs", "ms", "miss", "dr", "prof", "adv", "advocate",
];
#[rustfmt::skip]
const SHORT_TITLES: &[&str] = &["मा", "कु", "प्रो", "इं", "इंजी", "एड", "मि", "km", "kum", "er", "engg", "hon", "sh"];
/// Before a name these are titles, and before `देवी` alone they are the name.
const KUMARI: &[&str] = &["कुमारी", "kumari"];
/// Of somebody who has died.
const LATE: &[&str] = &["स्व", "स्वर्गीय", "late", "मृतक", "swargiya"];

/// The same behind a name, in brackets.
const DEAD: &[&str] = &["स्व", "स्वर्गीय", "मृतक", "मृत", "late", "expired", "dead", "deceased"];
const DIED: &str = "the list says that this person has died: leave the row out";

/// Words with which a cell of names says that there is none, where it has no others.
#[rustfmt::skip]
const NO_NAME: &[&str] = &[
    "अज्ञात", "रिक्त", "खाली", "नाम", "पता", "नहीं", "नही", "है", "पद", "कोई", "जी", "हाँ", "हां", "ना", "उपरोक्त", "वही", "तदैव",
    "पुरुष", "महिला", "मोबाइल", "फोन", "नंबर", "लागू", "उपलब्ध", "अनुपलब्ध", "निल", "शून्य", "गलत", "बंद",
    "unknown", "vacant", "blank", "nil", "null", "none", "na", "n/a", "no", "not", "known", "name", "naam", "yes", "ok", "test", "testing",
    "available", "given", "found", "same", "above", "do", "ditto", "xxx", "xyz", "abc", "xx", "male", "female", "mobile", "number", "wrong", "post",
    "nahi", "nahin", "haan", "ji", "as", "अन्य", "other", "मृतक", "उपरोक्तानुसार", "duplicate", "n.a", "कुल", "योग", "महायोग", "total", "grand", "sum", "true", "false",
];

/// Words of a remark; no name has one of them.
const NEVER: &[&str] = &["है", "हैं", "नहीं", "नही", "nahi", "nahin", "whatsapp", "mobile", "मोबाइल"];

const TWO_NAMES: &str = "two names in one cell: give each person a row";

/// Words between two people.
const AND: &[&str] = &["एवं", "तथा", "और", "and", "evam", "व", "اور"];

/// Words behind which stands whose child or wife somebody is; those of the second list only before another word
/// and as they are written.
#[rustfmt::skip]
const OF: &[&str] = &[
    "पुत्र", "सुपुत्र", "पुत्री", "सुपुत्री", "पत्नी", "धर्मपत्नी", "आत्मज", "आत्मजा", "विधवा", "पिता", "s.o", "w.o", "d.o", "h.o", "putri", "patni", "ولد", "بنت", "زوجہ",
];
const OF_CAPITALS: &[&str] = &["SO", "WO", "DO"];

/// What the cell of a name says.
///
/// # Errors
/// Why it is no name of a person, and what to write.
pub(super) fn read(text: &str) -> Result<Named, String> {
    if text.trim_start().starts_with(['#', '=']) {
        return Err("this is an error or a formula of Excel and no name".to_owned());
    }
    if let Some(why) = why_unreadable(text) {
        return Err(why.to_owned());
    }
    let normal = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let seen: String = normal.chars().filter(|sign| !is_invisible(*sign)).collect();
    let (own, of) = whose(&seen)?;
    let name = one(own, false)?;
    let of = of.map(|of| one(of, true).map_err(|why| format!("behind S/o: {why}"))).transpose()?;
    Ok(Named { name, of })
}

/// One name without its titles; a father may have died.
fn one(text: &str, is_father: bool) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // `Mr. & Mrs. Singh`
    if text.contains('&') {
        return Err(TWO_NAMES.to_owned());
    }
    let text = without_titles(trimmed(&text), is_father)?;
    let text = without_respect(trimmed(text));
    let text = without_stop(text);
    let none = || Err("this is no name of a person".to_owned());
    let words: Vec<&str> = text.split(' ').filter(|word| word.chars().any(is_letter)).collect();
    let base = text.chars().filter(|sign| is_letter(*sign) && !is_mark(*sign)).count();
    if base == 0 || says_nothing(&words) {
        return none();
    }
    if let Some(why) = why_no_letters(text) {
        return Err(why);
    }
    if base < 2 {
        return Err("one letter is no name: write the name in full".to_owned());
    }
    let bracketed = || text.split('(').skip(1).filter_map(|rest| rest.split(')').next());
    if !is_father && bracketed().any(|inner| DEAD.contains(&small(inner).as_str())) {
        return Err(DIED.to_owned());
    }
    if is_post(text) || bracketed().any(|inner| post_said(inner).is_ok()) {
        return Err("this is a post and no name: write the name of the person, and the post in its own column".to_owned());
    }
    if words.len() > MOST_WORDS || text.chars().count() > MOST_LETTERS {
        return Err("this is too long for a name: write the name alone".to_owned());
    }
    let smalls = || words.iter().map(|word| small(word));
    if smalls().any(|word| NEVER.contains(&word.as_str())) {
        return Err("this is a remark and no name of a person".to_owned());
    }
    let is_and = |(at, word): (usize, &&str)| {
        at > 0 && at + 1 < words.len() && AND.contains(&word.to_lowercase().as_str())
    };
    if words.iter().enumerate().any(is_and) {
        return Err(TWO_NAMES.to_owned());
    }
    Ok(text.to_owned())
}

/// Joiners of Devanagari and Urdu are letters' business; other invisible signs are nobody's.
fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{951}'..='\u{957}' | '\u{962}' | '\u{963}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{300}'..='\u{36f}')
}

/// A word in small letters, without the signs at its ends.
fn small(word: &str) -> String {
    word.trim_matches(|sign: char| !is_letter(sign) && !is_mark(sign)).to_lowercase()
}

/// Without what no name begins or ends with: stars, dashes, commas, emoji.
fn trimmed(text: &str) -> &str {
    let belongs = |sign: char| {
        is_letter(sign)
            || is_mark(sign)
            || sign.is_numeric()
            || matches!(sign, '॰' | '\u{200c}' | '\u{200d}')
    };
    let text =
        text.trim_start_matches(|sign: char| !belongs(sign) && !matches!(sign, '(' | '"' | '“'));
    let has_opened = text.contains(" '") || text.contains(" ‘");
    text.trim_end_matches(|sign: char| {
        let closes = matches!(sign, ')' | '.' | '"' | '”');
        let closes_quote = has_opened && matches!(sign, '\'' | '’');
        !belongs(sign) && !closes && !closes_quote
    })
}

/// The name, and behind `S/o`, `पुत्र`, `पत्नी` whose they are.
fn whose(text: &str) -> Result<(&str, Option<&str>), String> {
    let is_edge =
        |text: &str| text.chars().next_back().is_none_or(|sign| !is_letter(sign) && !is_mark(sign));
    let bytes = text.as_bytes();
    for (at, pair) in bytes.windows(3).enumerate() {
        let [first, b'/' | b'\\', b'o' | b'O'] = pair else { continue };
        let (Some(before), Some(behind)) = (text.get(..at), text.get(at + 3..)) else { continue };
        if !is_edge(before) {
            continue;
        }
        return match first.to_ascii_lowercase() {
            b's' | b'w' | b'd' | b'h' => parts(before, behind),
            b'c' => {
                Err("with C/o it is another person's number: write whose it is, and the name alone"
                    .to_owned())
            }
            _ => continue,
        };
    }
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let (before, behind) =
            (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        at += word.len();
        let bare = word.trim_matches(|sign: char| {
            sign.is_whitespace() || matches!(sign, '.' | '(' | '-' | ':' | ',')
        });
        let is_of = OF.contains(&bare.to_lowercase().as_str()) || OF_CAPITALS.contains(&bare);
        let said = match bare.to_lowercase().as_str() {
            "son" | "wife" | "daughter" | "widow" => behind
                .split_once(char::is_whitespace)
                .filter(|(of, _)| of.eq_ignore_ascii_case("of")),
            // `S/O` that lost its stroke.
            _ if ["S", "W", "D"].contains(&bare) => {
                behind.split_once(char::is_whitespace).filter(|(of, _)| *of == "O")
            }
            _ => None,
        };
        let behind = said.map_or(behind, |(_, behind)| behind);
        let has_names = before.chars().any(is_letter) && behind.chars().any(is_letter);
        if (is_of || said.is_some()) && has_names {
            return parts(before, behind);
        }
    }
    Ok((text, None))
}

fn parts<'t>(before: &'t str, behind: &'t str) -> Result<(&'t str, Option<&'t str>), String> {
    if !before.chars().any(is_letter) {
        return Err("there is no name before S/o".to_owned());
    }
    let before = before
        .trim_end_matches(|sign: char| sign.is_whitespace() || matches!(sign, '(' | ',' | '-'));
    let behind = behind
        .trim_start_matches(|sign: char| sign.is_whitespace() || matches!(sign, '.' | ':' | '-'));
    let has_opened = behind.contains('(');
    let behind = if has_opened { behind } else { behind.trim_end().trim_end_matches(')') };
    Ok((before, behind.chars().any(is_letter).then_some(behind)))
}

/// Without `श्री`, `Smt.`, `डॉ.`, however many.
fn without_titles(text: &str, is_father: bool) -> Result<&str, String> {
    let mut text = text;
    loop {
        let Some((first, rest, is_marked)) = first_word(text) else { return Ok(text) };
        let word = first.to_lowercase();
        let is_late = LATE.contains(&word.as_str()) && (is_marked || word != "स्व");
        if is_late && !is_father {
            return Err(DIED.to_owned());
        }
        let left = || rest.chars().filter(|sign| is_letter(*sign) && !is_mark(*sign)).count();
        let is_devi = || matches!(rest.trim().to_lowercase().as_str(), "देवी" | "devi");
        let is_title = is_late
            || TITLES.contains(&word.as_str())
            || (is_marked && SHORT_TITLES.contains(&word.as_str()))
            || KUMARI.contains(&word.as_str());
        // `श्री देवी` and `Kumari Devi` are names.
        if !is_title || left() == 0 || is_devi() {
            return Ok(text);
        }
        text = rest;
    }
}

/// The first word, the rest, and whether the mark of an abbreviation stands between them.
fn first_word(text: &str) -> Option<(&str, &str, bool)> {
    let end = text.find(|sign: char| !is_letter(sign) && !is_mark(sign))?;
    let (first, rest) = text.split_at_checked(end)?;
    let is_sign = |sign: char| matches!(sign, '.' | '॰' | '0' | '०' | ':' | '-' | '·');
    let is_marked = rest.starts_with(is_sign);
    let rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || is_sign(sign));
    (!first.is_empty()).then_some((first, rest, is_marked))
}

/// Without the word of respect behind a name of two words or more.
fn without_respect(text: &str) -> &str {
    match text.rsplit_once(' ') {
        Some((rest, "जी" | "ji" | "Ji" | "JI")) if rest.contains(' ') => rest.trim_end(),
        _ => text,
    }
}

/// Without the full stop behind a whole word; that of an abbreviation belongs to it.
fn without_stop(text: &str) -> &str {
    let Some(bare) = text.strip_suffix('.') else { return text };
    let last = bare.rsplit([' ', '.']).next().unwrap_or_default();
    let letters = last.chars().filter(|sign| is_letter(*sign) && !is_mark(*sign)).count();
    if letters > 2 { bare.trim_end_matches('.') } else { text }
}

fn says_nothing(words: &[&str]) -> bool {
    words.iter().all(|word| {
        let word =
            word.trim_matches(|sign: char| !is_letter(sign) && !is_mark(sign)).to_lowercase();
        NO_NAME.contains(&word.as_str())
            || TITLES.contains(&word.as_str())
            || SHORT_TITLES.contains(&word.as_str())
            || KUMARI.contains(&word.as_str()) && words.len() < 2
    })
}

/// Signs and digits that no name has.
fn why_no_letters(text: &str) -> Option<String> {
    let mut before = ' ';
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let next = signs.peek().copied().unwrap_or(' ');
        let in_devanagari =
            |sign: char| matches!(sign, '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}');
        let is_zero = matches!(sign, '0' | '०') && in_devanagari(before) && !next.is_numeric();
        let is_known = is_letter(sign)
            || is_mark(sign)
            || is_zero
            || matches!(
                sign,
                ' ' | '.'
                    | '\''
                    | '’'
                    | '‘'
                    | '-'
                    | '–'
                    | '॰'
                    | '('
                    | ')'
                    | '"'
                    | '“'
                    | '”'
                    | '`'
                    | '\u{200c}'
                    | '\u{200d}'
            )
            || (sign == '@' && before == ' ' && next == ' ');
        if is_mark(sign)
            && !(is_letter(before) || is_mark(before) || matches!(before, '\u{200c}' | '\u{200d}'))
        {
            return Some("a sign of a vowel stands here without its letter (badly turned into Unicode?): write the name anew".to_owned());
        }
        if !is_known {
            return Some(match sign {
                _ if sign.is_numeric() => "there are digits in the name: write the name alone".to_owned(),
                '/' | '&' | '+' | ';' | '|' => TWO_NAMES.to_owned(),
                ',' => "there is a comma within the name: give each person a row, or write the name without it".to_owned(),
                '@' => "this is an address and no name".to_owned(),
                '#' | '=' => "this is an error or a formula of Excel and no name".to_owned(),
                other => format!("the sign ‘{other}’ is in no name: write the name alone"),
            });
        }
        before = sign;
    }
    None
}

/// The whole cell names a post.
fn is_post(text: &str) -> bool {
    static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let names = catalogue()
            .iter()
            .flat_map(|post| Language::ALL.map(|language| fold(post.name(language))));
        names.collect()
    });
    NAMES.contains(&fold(text))
}

#[cfg(test)]
mod tests;
