//! Promises of the whole ear.

use proptest::prelude::*;

use super::*;
use crate::geography::Geography;

thread_local! {
    static STATE: Geography = Geography::shipped().unwrap();
}

fn hear(kind: Kind<'_>, text: &str) -> Reading {
    STATE.with(|geography| read(kind, text, geography))
}

fn choices() -> Vec<ChoiceWords> {
    vec![choice_words("yes", &["हाँ, सहमत हूँ", "Yes"]), choice_words("no", &["नहीं", "No"])]
}

fn every_kind(choices: &[ChoiceWords]) -> Vec<Kind<'_>> {
    vec![
        Kind::YesNo,
        Kind::OneOf(choices),
        Kind::Number { from: 0, to: 1_000 },
        Kind::BirthYear { now_year: 2026 },
        Kind::PersonName,
        Kind::Phone,
        Kind::District,
        Kind::Assembly { district: None },
        Kind::Assembly { district: Some("162") },
        Kind::LokSabha,
        Kind::Text,
    ]
}

/// Letters and signs in the density people type them.
fn message() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "haan",
        "नहीं",
        "जी",
        "25",
        "२५",
        "so",
        "sau",
        "ढाई",
        "lucknow",
        "लखनऊ",
        "kanpur",
        "east",
        "मऊ",
        "band",
        "karo",
        "mat",
        "message",
        "ek",
        "👍",
        "zila",
        "hai",
        ",",
        "\u{200d}",
        "1990",
        "9812345678",
        "mera",
        "naam",
        "ra\u{301}m",
        "999999999999999999999",
        "हज़ार",
        "लाख",
        "0",
        "उ0प्र0",
        "्",
        "ं",
        "",
        "\n",
        "-5",
        "५.५",
        "vidhansabha",
        "173",
        "rampur",
        "khas",
    ]);
    proptest::collection::vec(words, 0..8).prop_map(|words| words.join(" "))
}

#[test]
fn a_phone_number_is_found_in_a_sentence() {
    let number = PhoneNumber::parse("9812345678").unwrap();
    for text in [
        "9812345678",
        "+91 98123 45678",
        "mera number 98123-45678 hai",
        "९८१२३४५६७८",
        "नंबर: 09812345678",
    ] {
        assert_eq!(hear(Kind::Phone, text), Reading::Sure(Meaning::Phone(number)), "{text}");
    }
    for text in ["", "12345", "haan", "1112223334"] {
        assert_eq!(hear(Kind::Phone, text), Reading::None, "{text}");
    }
}

#[test]
fn free_text_is_kept_as_typed_and_never_empty() {
    let text = Reading::Sure(Meaning::Text("नल  टूटा है!".to_owned()));
    assert_eq!(hear(Kind::Text, " \n नल  टूटा है!\u{200b} "), text);
    for empty in ["", "  ", "\u{200d}\u{feff}"] {
        assert_eq!(hear(Kind::Text, empty), Reading::None);
    }
}

#[test]
fn manners_around_an_answer_do_not_change_it() {
    let choices = choices();
    let answers: [(Kind<'_>, &str); 8] = [
        (Kind::YesNo, "haan"),
        (Kind::YesNo, "नहीं"),
        (Kind::Number { from: 1, to: 100 }, "४२"),
        (Kind::BirthYear { now_year: 2026 }, "1990"),
        (Kind::District, "लखनऊ"),
        (Kind::District, "sitapoor"),
        (Kind::Assembly { district: None }, "malihabad"),
        (Kind::OneOf(&choices), "सहमत"),
    ];
    for (kind, answer) in answers {
        let plain = hear(kind, answer);
        assert!(matches!(plain, Reading::Sure(_)), "{answer}");
        for (before, after) in [
            ("ji ", ""),
            ("", " ji"),
            ("sir ", " hai"),
            ("नमस्ते ", " जी"),
            ("", " 🙏"),
            (" ", "।"),
            ("please ", "!!"),
        ] {
            let polite = format!("{before}{answer}{after}");
            assert_eq!(hear(kind, &polite), plain, "{polite}");
        }
    }
}

proptest! {
    // Every case is read as every kind of answer.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_ear_panic(text in any::<String>()) {
        let choices = choices();
        for kind in every_kind(&choices) {
            let _ = hear(kind, &text);
        }
        let _ = command(&text);
    }

    #[test]
    fn no_message_makes_the_ear_panic_and_unsure_offers_one_to_three(text in message()) {
        let choices = choices();
        for kind in every_kind(&choices) {
            if let Reading::Unsure(offered) = hear(kind, &text) {
                prop_assert!((1..=3).contains(&offered.len()), "{:?} {}", kind, text);
            }
        }
        let _ = command(&text);
    }

    #[test]
    fn composed_and_decomposed_messages_read_alike(text in message()) {
        let nfc = icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned();
        let nfd = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&text).into_owned();
        let choices = choices();
        for kind in every_kind(&choices) {
            prop_assert_eq!(hear(kind, &nfc), hear(kind, &nfd));
        }
        prop_assert_eq!(command(&nfc), command(&nfd));
    }
}
