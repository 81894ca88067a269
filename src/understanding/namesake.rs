//! The name that tells people on one phone apart, and whether two names are one person's.

use std::sync::LazyLock;

use crate::geography::{Sound, clean, fold};

/// What stands before a name, or before the name that tells people apart.
#[rustfmt::skip]
const BEFORE: [&str; 32] = [
    "स्व", "स्वर्गीय", "late", "श्री", "श्रीमती", "सुश्री", "कुमारी", "डॉ", "डा", "मो", "मोहम्मद", "मुहम्मद",
    "shri", "sri", "shree", "smt", "shrimati", "sushri", "mr", "mrs", "ms", "miss", "dr", "km",
    "md", "mo", "mohd", "mohammad", "mohammed", "muhammad", "محمد", "ڈاکٹر",
];

static FOLDED: LazyLock<Vec<String>> =
    LazyLock::new(|| BEFORE.iter().map(|word| fold(word)).collect());

/// A name without what stands before the name that tells people apart (`श्रीमती`, `मो.`) and without the word of
/// respect behind it (`जी`); as it is where nothing else is left.
#[must_use]
pub fn bare_name(name: &str) -> &str {
    let mut bare = name.trim();
    while let Some((first, rest)) = bare.split_once([' ', '.'])
        && FOLDED.contains(&fold(first))
        && rest.chars().any(char::is_alphabetic)
    {
        bare = rest.trim_start_matches([' ', '.']);
    }
    match bare.rsplit_once(' ') {
        Some((rest, "जी" | "ji" | "Ji" | "JI")) => rest.trim_end(),
        _ => bare,
    }
}

/// The first word of the bare name; empty of an empty one.
#[must_use]
pub fn first_name(name: &str) -> &str {
    bare_name(name).split([' ', '.']).find(|word| !word.is_empty()).unwrap_or_default()
}

/// Whether a name that a list has and one that somebody says are the same person's: both begin with one first
/// name, by its sound (`रमेश` and `Ramesh Kumar Yadav`). A family shares its phone and the rest of the name.
#[must_use]
pub fn is_namesake(listed: &str, said: &str) -> bool {
    sound(first_name(listed)) == sound(first_name(said))
}

/// The sound of a word; where its script has none to us, the word as it is written.
fn sound(word: &str) -> Vec<u8> {
    let cleaned = clean(word);
    let letters = Sound::of(cleaned.split(' ')).letters().to_vec();
    if letters.is_empty() { fold(word).into_bytes() } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_without_what_stands_before_it() {
        for (name, bare, first) in [
            ("श्री राम कुमार जी", "राम कुमार", "राम"),
            ("डॉ.राम", "राम", "राम"),
            ("Smt. Sita Devi", "Sita Devi", "Sita"),
            ("स्व. श्री सोहन लाल", "सोहन लाल", "सोहन"),
            ("मो. सलीम", "सलीम", "सलीम"),
            ("Mr. Mohd. Ali Khan", "Ali Khan", "Ali"),
            ("محمد راشد", "راشد", "راشد"),
            ("मोहम्मद", "मोहम्मद", "मोहम्मद"),
            ("मो.", "मो.", "मो"),
            ("श्रीराम यादव", "श्रीराम यादव", "श्रीराम"),
            ("R.K. Yadav", "R.K. Yadav", "R"),
            ("", "", ""),
        ] {
            assert_eq!((bare_name(name), first_name(name)), (bare, first), "{name}");
        }
    }

    #[test]
    fn one_first_name_is_one_person_on_a_phone() {
        for (listed, said, same) in [
            ("रमेश", "Ramesh Kumar Yadav", true),
            ("श्रीमती सीता देवी", "सीता यादव", true),
            ("मो. अली", "Mohd Ali", true),
            ("मोहम्मद", "मोहम्मद", true),
            ("Dr. Ramesh", "रमेश यादव", true),
            ("رام کمار", "رام کمار", true),
            ("रमेश यादव", "सीता यादव", false),
            ("मो. अली", "मो. सलीम", false),
            ("رام", "سیتا", false),
        ] {
            assert_eq!(is_namesake(listed, said), same, "{listed} / {said}");
        }
    }
}
