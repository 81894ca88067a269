//! A person's name: kept as typed, only freed of the sentence around it.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::heard::{Heard, Word};
use super::words::{
    ABLE, DOUBT, HELP, IS, JI, MAT, ME, NAME_FRAME, NO, POLITE, QUESTION, Roles, WANT, WHY, WRONG,
    sense,
};
use super::{Meaning, Reading};
use crate::geography::fold;

/// Longer than any name, shorter than a story.
const MOST_WORDS: usize = 8;
const MOST_LETTERS: usize = 80;

pub(super) fn read(text: &str) -> Reading {
    let normalizer = ComposingNormalizerBorrowed::new_nfc();
    let normal = normalizer.normalize(text);
    let typed: Vec<&str> = normal.split(is_gap).filter(|word| has_letter_or_digit(word)).collect();
    let core = without_frame(&typed);
    if core.is_empty() || core.len() > MOST_WORDS {
        return Reading::None;
    }
    let name = core.join(" ");
    let name = name.trim_matches(|edge: char| !edge.is_alphanumeric() && !is_name_edge(edge));
    let letters = name.chars().filter(|character| character.is_alphabetic()).count();
    // An abbreviation mark written as a zero (मो०) is no digit once cleaned.
    let has_digits = crate::geography::clean(name).chars().any(|at| at.is_ascii_digit());
    if letters < 2 || has_digits || name.chars().count() > MOST_LETTERS || is_no_name(name) {
        return Reading::None;
    }
    Reading::Sure(Meaning::Name(name.to_owned()))
}

/// Spaces of every kind, and line breaks.
fn is_gap(character: char) -> bool {
    character.is_whitespace() || matches!(character, ',' | ':' | ';' | '।')
}

fn has_letter_or_digit(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// What a name may begin or end with besides letters: vowel signs, the abbreviation mark, a dot.
fn is_name_edge(character: char) -> bool {
    crate::geography::is_devanagari_letter(character) || matches!(character, '.' | '॰' | '\u{200d}')
}

/// `mera naam X hai`, `namaste, main X`, `X naam hai`, `my name is X`.
fn without_frame<'a>(typed: &[&'a str]) -> Vec<&'a str> {
    let words: Vec<(&str, String, Roles)> = typed
        .iter()
        .map(|word| {
            let folded = fold(word);
            let roles = sense(&folded).roles;
            (*word, folded, roles)
        })
        .collect();
    let mut core = words.as_slice();
    let named = core.iter().any(|(_, _, roles)| roles.any(NAME_FRAME));
    while let [(_, folded, roles), rest @ ..] = core
        && !rest.is_empty()
        && (roles.any(ME | NAME_FRAME | JI | IS) || is_i(folded) || is_greeting(folded, *roles))
    {
        core = rest;
    }
    // "Anil naam hai mera" ends in what others begin with.
    while let [rest @ .., (_, folded, roles)] = core
        && !rest.is_empty()
        && (roles.any(IS | NAME_FRAME) || is_i_am(folded) || (named && roles.any(ME)))
    {
        core = rest;
    }
    core.iter().map(|(word, _, _)| *word).collect()
}

/// "I" or "is", in front of a name.
fn is_i(folded: &str) -> bool {
    matches!(
        folded,
        "main"
            | "mai"
            | "mein"
            | "me"
            | "मे"
            | "i"
            | "am"
            | "im"
            | "ham"
            | "hum"
            | "हम"
            | "is"
            | "میں"
            | "ہم"
    )
}

/// "am", behind it.
fn is_i_am(folded: &str) -> bool {
    matches!(folded, "hu" | "hun" | "hon" | "हु" | "ho" | "हो" | "ہوں")
}

/// Salutations; honorifics (`श्री`, `Md`) and names that greet (`Ram`) belong to the name as typed.
fn is_greeting(folded: &str, roles: Roles) -> bool {
    let honorific =
        matches!(folded, "shri" | "shre" | "ram" | "radhe" | "राधे" | "jai" | "hind" | "bhai");
    roles.any(POLITE) && !honorific
}

/// A yes, a number word, a question, a sentence.
fn is_no_name(name: &str) -> bool {
    let heard = Heard::new(name);
    let refused = NO | DOUBT | QUESTION | WHY | MAT | WANT | WRONG | HELP | ABLE;
    if heard.has(refused) {
        return true;
    }
    let says_nothing = |word: Word<'_>| {
        !word.sense.roles.is_empty() && !word.is(POLITE) || word.sense.number.is_some()
    };
    let common = heard.words().filter(|word| is_sentence_word(word)).count();
    heard.words().all(says_nothing) || common > 0 || super::command::read(&heard).is_some()
}

/// Words that make a sentence and never stand within a name.
fn is_sentence_word(word: &Word<'_>) -> bool {
    let sentence: Roles = ME | IS;
    word.is(sentence) && word.folded.chars().count() > 2
        || matches!(word.folded, "hai" | "he" | "hu" | "ki" | "ke" | "ka" | "के" | "का" | "कि")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_freed_of_its_sentence_and_kept_as_typed() {
        for (text, name) in [
            ("Ramesh Kumar", "Ramesh Kumar"),
            ("  राम   कुमार शर्मा ", "राम कुमार शर्मा"),
            ("mera naam Sunita Devi hai", "Sunita Devi"),
            ("मेरा नाम सुनीता देवी है।", "सुनीता देवी"),
            ("naam - Mohd. Arif", "Mohd. Arif"),
            ("my name is Anil", "Anil"),
            ("Anil naam hai mera", "Anil"),
            ("main Pooja hun", "Pooja"),
            ("नमस्ते, मैं पूजा हूँ", "पूजा"),
            ("ji Rakesh", "Rakesh"),
            ("श्री रामपाल", "श्री रामपाल"),
            ("Ram Das", "Ram Das"),
            ("डॉ॰ शैलेंद्र", "डॉ॰ शैलेंद्र"),
            ("D'Souza", "D'Souza"),
            ("RAHUL😀", "RAHUL"),
            ("मो० आरिफ़", "मो० आरिफ़"),
        ] {
            assert_eq!(read(text), Reading::Sure(Meaning::Name(name.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "हाँ",
            "haan ji",
            "nahi",
            "25",
            "9812345678",
            "पच्चीस",
            "🙏",
            "kya",
            "pata nahi",
            "naam nahi batana",
            "madad chahiye",
            ".",
            "x",
            "मेरे गाँव की सड़क टूटी है",
            "Ram 25",
            "ok",
            "menu",
            "बंद करो",
            "aapka naam kya hai",
            "naam",
        ] {
            assert_eq!(read(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn a_name_in_pieces_is_kept_composed() {
        assert_eq!(read("Jose\u{301}"), Reading::Sure(Meaning::Name("Jos\u{e9}".to_owned())));
    }
}
