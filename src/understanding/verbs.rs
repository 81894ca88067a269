//! Verbs in the forms in which people ask for something: Hindi inflects one stem by person and
//! politeness (रोको, रोकें, रोकिए, रोकिएगा, रोकना), and the languages beside it have ends of their own
//! (Bhojpuri and Awadhi `rokā, rokīṃ, rokihā, rokab`). The table is our own, from general knowledge of the languages; it was not
//! copied from a grammar, and forms that are missing may be added.

use super::roles::{BACK, CHANGE, DO, GO, HALT, HALT_NOUN, Roles, SEND, SHOW};

/// How a stem ends: its ends join it by another sign in Devanagari.
#[derive(Clone, Copy)]
enum Stem {
    Consonant,
    Vowel,
}

/// The stems: what their forms ask for, in Latin letters and in Devanagari. Bare stems are in the
/// vocabulary.
#[rustfmt::skip]
const STEMS: &[(Roles, Stem, &str, &str)] = &[
    (HALT, Stem::Consonant, "rok", "रोक"),
    (HALT, Stem::Vowel, "rukva", "रुकवा"),
    (HALT, Stem::Vowel, "hata", "हटा"),
    (HALT, Stem::Vowel, "hatva", "हटवा"),
    (HALT_NOUN, Stem::Consonant, "nikal", "निकाल"),
    (HALT_NOUN, Stem::Vowel, "nikalva", "निकलवा"),
    (HALT_NOUN, Stem::Consonant, "kat", "काट"),
    (HALT_NOUN, Stem::Vowel, "katva", "कटवा"),
    (HALT_NOUN, Stem::Vowel, "mita", "मिटा"),
    (HALT_NOUN, Stem::Vowel, "mitva", "मिटवा"),
    (HALT_NOUN, Stem::Consonant, "chhod", "छोड़"),
    (HALT_NOUN, Stem::Consonant, "chod", "छोड़"),
    (HALT_NOUN, Stem::Consonant, "tyag", "त्याग"),
    (SEND, Stem::Consonant, "bhej", "भेज"),
    (SEND, Stem::Vowel, "bhijva", "भिजवा"),
    (DO, Stem::Vowel, "karva", "करवा"),
    (DO, Stem::Vowel, "kara", "करा"),
    (DO, Stem::Vowel, "farma", "फरमा"),
    (SHOW, Stem::Vowel, "dikha", "दिखा"),
    (SHOW, Stem::Vowel, "dikhla", "दिखला"),
    (SHOW, Stem::Vowel, "dikhva", "दिखवा"),
    (SHOW, Stem::Consonant, "khol", "खोल"),
    (CHANGE, Stem::Consonant, "badal", "बदल"),
    (CHANGE, Stem::Vowel, "badalva", "बदलवा"),
    (GO, Stem::Consonant, "chal", "चल"),
    (BACK, Stem::Consonant, "laut", "लौट"),
    (BACK, Stem::Vowel, "lauta", "लौटा"),
];

/// Ends in Latin letters: imperatives, the infinitive in its three forms, the subjunctive, and an
/// auxiliary written on.
const LATIN_CONSONANT: &str = "o iye ie iyo iyega iega en e ein na ni ne a in iha do dijiye dijie \
    dijiyega dena den de deejiye diha dein";
const LATIN_VOWEL: &str = "o vo iye ie iyo iyega yen ye en e ein na ni ne va in i vin do dijiye dijie \
    dijiyega dena den de diha dein";
const NAGARI_CONSONANT: &str = "ो ें े िए िये िएगा ियेगा ना नी ने ा ीं िह दो दीजिए दीजिये दें दे देना दीं";
const NAGARI_VOWEL: &str = "ओ ओं एं ए एँ यें ये इए इये इएगा ना नी ने वा ईं ईए व दो दीजिए दीजिये दें दे देना दीं";

/// Every form of every verb with what it may do.
pub(super) fn forms() -> impl Iterator<Item = (Roles, String)> {
    STEMS.iter().flat_map(|(roles, stem, latin, nagari)| {
        let (latin_ends, nagari_ends) = match stem {
            Stem::Consonant => (LATIN_CONSONANT, NAGARI_CONSONANT),
            Stem::Vowel => (LATIN_VOWEL, NAGARI_VOWEL),
        };
        let latin = latin_ends.split_whitespace().map(move |end| format!("{latin}{end}"));
        let nagari = nagari_ends.split_whitespace().map(move |end| format!("{nagari}{end}"));
        latin.chain(nagari).map(move |form| (*roles, form))
    })
}

/// A noun of several: messagon, संदेशों, मैसेजें.
pub(super) fn plurals(noun: &str) -> impl Iterator<Item = String> {
    let ends: &[&str] = match noun.bytes().last() {
        Some(last) if !last.is_ascii() => &["ों", "ें", "ो"],
        // A vowel at the end, or too short a stem, would make another word.
        Some(b'a' | b'e' | b'i' | b'o' | b'u') | None => &[],
        Some(_) if noun.len() < SHORTEST_PLURAL => &[],
        Some(_) => &["on", "en", "s"],
    };
    ends.iter().map(move |end| format!("{noun}{end}"))
}

/// Latin letters of a noun that is put in the plural.
const SHORTEST_PLURAL: usize = 4;

#[cfg(test)]
mod tests {
    use super::super::words::sense;
    use super::*;
    use crate::geography::fold;

    #[test]
    fn a_verb_is_known_in_every_form_that_asks() {
        for form in [
            "roko",
            "rokiye",
            "rokein",
            "rukwaiye",
            "hatwao",
            "hataiyega",
            "hatado",
            "हटाइएगा",
            "रुकवाएं",
            "रोकियेगा",
            "हटावा",
            "हटाईं",
        ] {
            let first = fold(form).split(' ').next().map(sense).unwrap_or_default();
            assert!(first.roles.any(HALT), "{form}");
        }
        for form in ["dikhaiyega", "dikhwao", "kholiye", "खोलें", "दिखाइएगा", "दिखाईं"]
        {
            assert!(sense(&fold(form)).roles.any(SHOW), "{form}");
        }
    }
}
