//! Whether two names of one phone are one person's.

use crate::geography::{Sound, clean, fold};

/// What stands before a name, or before the name that tells people apart.
const BEFORE: [&str; 27] = [
    "श्री",
    "श्रीमती",
    "सुश्री",
    "कुमारी",
    "डॉ",
    "डा",
    "मो",
    "मोहम्मद",
    "मुहम्मद",
    "shri",
    "sri",
    "shree",
    "smt",
    "shrimati",
    "mr",
    "mrs",
    "ms",
    "dr",
    "km",
    "md",
    "mo",
    "mohd",
    "mohammad",
    "mohammed",
    "muhammad",
    "محمد",
    "ڈاکٹر",
];

/// Whether a name that a list has and one that somebody says are the same person's: both begin with one first
/// name, by its sound (`रमेश` and `Ramesh Kumar Yadav`). A family shares its phone and the rest of the name.
#[must_use]
pub fn is_namesake(listed: &str, said: &str) -> bool {
    first_name(listed) == first_name(said)
}

/// The sound of the first name; where its script has none to us, the word as it is written.
fn first_name(name: &str) -> Vec<u8> {
    let cleaned = clean(name).to_lowercase();
    let words = || cleaned.split([' ', '.']).filter(|word| !word.is_empty());
    let first = words().find(|word| !BEFORE.contains(word)).or_else(|| words().next());
    let first = first.unwrap_or_default();
    let letters = Sound::of(std::iter::once(first)).letters().to_vec();
    if letters.is_empty() { fold(first).into_bytes() } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

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
