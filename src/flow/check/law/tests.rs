//! Sentences that may be said, and such as may not.

use regex::Regex;

use super::Forbidden;
use super::words::{in_pattern, in_text};

fn found(text: &str) -> &'static str {
    match in_text(text) {
        Some(Forbidden::Identity(_)) => "identity",
        Some(Forbidden::Religion(_)) => "religion",
        None => "",
    }
}

#[test]
fn identity_numbers_are_known_in_every_language_people_write() {
    for text in [
        "अपना आधार नंबर लिखिए।",
        "आपका आधार क्या है?",
        "आधार कार्ड की फोटो भेजिए",
        "Please send your Aadhaar number",
        "apna aadhar card number bhejein",
        "अपना पैन कार्ड नंबर बताइए",
        "What is your PAN number?",
        "वोटर आईडी नंबर लिखें",
        "मतदाता पहचान पत्र संख्या?",
        "Voter ID?",
        "EPIC number",
        "اپنا آدھار نمبر لکھیے",
        "बैंक खाता संख्या लिखिए",
    ] {
        assert_eq!(found(text), "identity", "{text}");
    }
}

#[test]
fn religion_caste_and_community_are_known_in_every_language_people_write() {
    for text in [
        "आपकी जाति क्या है?",
        "आपका धर्म?",
        "Which caste do you belong to?",
        "What is your religion?",
        "aapki jati kya hai?",
        "किस समुदाय से हैं?",
        "آپ کا مذہب کیا ہے؟",
        "आप किस बिरादरी के हैं?",
    ] {
        assert_eq!(found(text), "religion", "{text}");
    }
}

#[test]
fn what_only_sounds_like_it_may_be_asked() {
    for text in [
        "किस आधार पर शिकायत है?",
        "हम आधार या जाति कभी नहीं पूछते। आपका नाम?",
        "We never ask for your Aadhaar or religion.",
        "जाति प्रमाण पत्र में देरी है?",
        "Is the community centre open?",
        "आपका बूथ नंबर?",
        "कितने लोग पैन बनवाना चाहते हैं?",
        "शादी का खाना कैसा था?",
    ] {
        assert_eq!(found(text), "", "{text}");
    }
}

#[test]
fn patterns_are_known_by_what_they_take() {
    let found = |pattern: &str| in_pattern(&Regex::new(&format!("^(?:{pattern})$")).unwrap());
    for pattern in
        ["[0-9]{12}", r"\d{4} ?\d{4} ?\d{4}", "[A-Z]{5}[0-9]{4}[A-Z]", "[A-Z]{3}[0-9]{7}"]
    {
        assert!(found(pattern).is_some(), "{pattern}");
    }
    for pattern in [".*", "[0-9]+", "[A-Z]{2}[0-9]+", r"\d{6}", "[A-Za-z0-9 ]+", "SP-[0-9]{4}"] {
        assert!(found(pattern).is_none(), "{pattern}");
    }
}
