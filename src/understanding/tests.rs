//! Promises of the whole ear.

use proptest::prelude::*;

use super::*;
use crate::contact::Language;
use crate::geography::Geography;
use crate::locale::{civil_date, join_and};

thread_local! {
    static STATE: Geography = Geography::shipped().unwrap();
}

fn hear(kind: Kind<'_>, text: &str) -> Reading {
    STATE.with(|geography| read(kind, text, geography))
}

const TODAY: Date = Date::constant(2026, 11, 21);

fn choices() -> Vec<ChoiceWords> {
    vec![choice_words("yes", &["हाँ, सहमत हूँ", "Yes"]), choice_words("no", &["नहीं", "No"])]
}

fn every_kind(choices: &[ChoiceWords]) -> Vec<Kind<'_>> {
    vec![
        Kind::YesNo,
        Kind::OneOf(choices),
        Kind::Number { from: 0, to: 1_000 },
        Kind::BirthYear { now_year: 2026 },
        Kind::Age { today: TODAY },
        Kind::Date { today: TODAY, from: None, to: None },
        Kind::Date { today: TODAY, from: Some(TODAY), to: None },
        Kind::AnyOf(choices),
        Kind::Ranked(choices),
        Kind::PersonName,
        Kind::Phone,
        Kind::Gender,
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

/// Answers that are sure by themselves.
fn answer() -> impl Strategy<Value = (Kind<'static>, String)> {
    let said = |kind: Kind<'static>, texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        prop::sample::select(texts).prop_map(move |text| (kind, text))
    };
    let date = Kind::Date { today: TODAY, from: None, to: None };
    let age = Kind::Age { today: TODAY };
    let number = Kind::Number { from: 0, to: 1_000 };
    prop_oneof![
        said(
            Kind::YesNo,
            &[
                "haan",
                "हाँ",
                "nahi",
                "नहीं",
                "theek hai",
                "nahi chahiye",
                "sehmat hu",
                "👍",
                "manzoor nahi"
            ]
        ),
        said(
            Kind::Gender,
            &["purush", "महिला", "female", "main ladka hu", "किन्नर", "ladki nahi ladka hu"]
        ),
        said(
            date,
            &["15/8/1990", "१५ अगस्त १९९०", "pandrah agast unnis sau nabbe", "3rd march 1987"]
        ),
        said(number, &["paintalis", "पच्चीस", "sawa sau", "booth 45", "ट्वेंटी फाइव", "teen sau"]),
        (1_i64..1_000).prop_map(move |value| (number, value.to_string())),
        (10_i64..110).prop_map(move |years| (age, format!("{years} saal"))),
        (10_i64..110).prop_map(move |years| (age, years.to_string())),
    ]
}

#[test]
fn whoever_is_sorry_agrees_to_nothing() {
    let sorry = [
        "maaf kijiye",
        "माफ़ कीजिए",
        "माफ़ करना भाई",
        "माफी चाहता हूँ",
        "क्षमा चाहती हूँ",
        "maafi chahta hu",
        "sorry",
        "sorry kijiye",
        "सॉरी कर दीजिए",
        "ji sorry",
        "जी माफ़ी",
        "chhama kijiye",
        "معاف کیجیے",
        "معافی چاہتا ہوں",
        "ji sori",
        "ji sorri ji",
        "ji kshma",
        "ji xama",
        "sori kar do",
        "ok sorry",
        "ok ji sorry",
        "theek hai sorry",
        "thik h sory",
        "sahmat hu sorry",
    ];
    for text in sorry {
        let heard = hear(Kind::YesNo, text);
        assert!(!matches!(heard, Reading::Sure(Meaning::YesNo(true))), "{text}: {heard:?}");
    }
    let no = Reading::Sure(Meaning::YesNo(false));
    for text in ["ji nahi sorry ji", "माफ कीजिए, नहीं आ पाऊँगा", "maafi chahta hu, nahi chahiye"]
    {
        assert_eq!(hear(Kind::YesNo, text), no, "{text}");
    }
    let yes = Reading::Sure(Meaning::YesNo(true));
    for text in
        ["sorry haan", "haan, maaf kijiye der ho gayi", "nahi sorry haan", "sorry theek hai"]
    {
        assert_eq!(hear(Kind::YesNo, text), yes, "{text}");
    }
    // Either may be meant: one asks back, and does not ask as if nothing had been said.
    for text in ["theek hai, maaf kijiye", "ok sorry", "sahmat hu sorry"] {
        let asked = hear(Kind::YesNo, text);
        assert!(matches!(asked, Reading::Unsure(_)), "{text}: {asked:?}");
    }
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
        let phrases = [Phrase::new("सदस्य"), Phrase::new(&text)];
        let _ = phrases_like(&text, phrases.iter().enumerate());
        // What is sure is not asked about.
        prop_assert!(command(&text).is_none() || command_like(&text).is_none());
    }

    #[test]
    fn several_choices_shown_are_read_back_as_themselves(
        picks in prop::sample::subsequence(vec![0_usize, 1, 2, 3, 4], 1..=5),
        order in prop::sample::subsequence(vec![0_usize, 1, 2, 3, 4], 1..=5).prop_shuffle(),
        language in prop::sample::select(vec![Language::Hi, Language::En]),
    ) {
        let labels = [
            ("road", "सड़क", "Road"),
            ("water", "पानी की कमी", "Lack of water"),
            ("school", "स्कूल और शिक्षा", "School and learning"),
            ("health", "अस्पताल", "Hospital"),
            ("women", "महिला सुरक्षा", "Safety of women"),
        ];
        let choices: Vec<ChoiceWords> =
            labels.iter().map(|(id, hi, en)| choice_words(id, &[hi, en])).collect();
        let label = |place: &usize| {
            let (_, hi, en) = labels[*place];
            if language == Language::En { en } else { hi }
        };
        let written = |places: &[usize], number: bool, gap: &str| {
            let one = |place: &usize| {
                if number { (place + 1).to_string() } else { label(place).to_owned() }
            };
            places.iter().map(one).collect::<Vec<_>>().join(gap)
        };
        let shown: Vec<&str> = picks.iter().map(label).collect();
        let some = Reading::Sure(Meaning::Choices(picks.clone()));
        prop_assert_eq!(hear(Kind::AnyOf(&choices), &join_and(&shown, language)), some.clone());
        prop_assert_eq!(hear(Kind::AnyOf(&choices), &written(&picks, true, " ")), some.clone());
        prop_assert_eq!(hear(Kind::AnyOf(&choices), &written(&picks, true, ",")), some);
        let ranked = Reading::Sure(Meaning::Choices(order.clone()));
        prop_assert_eq!(hear(Kind::Ranked(&choices), &written(&order, false, ", ")), ranked.clone());
        prop_assert_eq!(hear(Kind::Ranked(&choices), &written(&order, true, " ")), ranked);
    }

    #[test]
    fn a_day_shown_is_read_back_as_itself(
        days in 0_i64..80_000,
        language in prop::sample::select(Language::ALL.to_vec()),
    ) {
        let day = Date::constant(1900, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let kind = Kind::Date { today: TODAY, from: None, to: None };
        let expected = Reading::Sure(Meaning::Date(day));
        let mut shown = String::new();
        civil_date(day, language, &mut shown);
        prop_assert_eq!(hear(kind, &shown), expected.clone());
        prop_assert_eq!(hear(kind, &day.to_string()), expected.clone());
        let short = format!("{}/{}/{}", day.day(), day.month(), day.year());
        prop_assert_eq!(hear(kind, &short), expected);
    }

    #[test]
    fn an_age_is_read_back_as_itself(age in 10_i64..=110) {
        let expected = Reading::Sure(Meaning::Number(age));
        for text in [age.to_string(), format!("{age} साल"), format!("meri umar {age} hai")] {
            prop_assert_eq!(hear(Kind::Age { today: TODAY }, &text), expected.clone());
        }
    }

    #[test]
    fn manners_around_a_sure_answer_change_nothing(
        (kind, answer) in answer(),
        before in prop::sample::select(vec!["", "ji ", "sir ", "नमस्ते ", "please ", "कृपया ", "bhaiya ", "sorry "]),
        after in prop::sample::select(vec!["", " ji", " sir", " जी", " 🙏", " please", " भैया", " dhanyavad", "।"]),
    ) {
        let plain = hear(kind, &answer);
        prop_assert!(matches!(plain, Reading::Sure(_)), "{answer}");
        let polite = format!("{before}{answer}{after}");
        prop_assert_eq!(hear(kind, &polite), plain, "{}", polite);
    }

    #[test]
    fn invisible_signs_inside_a_message_change_nothing(
        text in message(),
        places in proptest::collection::vec((0_usize..40, prop::sample::select(vec!['\u{200c}', '\u{200d}', '\u{200b}', '\u{feff}'])), 1..4),
    ) {
        let mut letters: Vec<char> = text.chars().collect();
        for (place, sign) in places {
            letters.insert(place.min(letters.len()), sign);
        }
        let marked: String = letters.into_iter().collect();
        let choices = choices();
        for kind in every_kind(&choices) {
            if !matches!(kind, Kind::PersonName | Kind::Text) {
                prop_assert_eq!(hear(kind, &marked), hear(kind, &text), "{:?}", kind);
            }
        }
        prop_assert_eq!(command(&marked), command(&text));
    }

    #[test]
    fn no_message_makes_the_ear_panic_and_unsure_offers_one_to_three(text in message()) {
        let choices = choices();
        for kind in every_kind(&choices) {
            if let Reading::Unsure(offered) | Reading::Tie(offered) = hear(kind, &text) {
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
