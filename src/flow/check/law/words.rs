//! What single texts, labels, names and patterns ask for.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Forbidden;

/// Small letters, without the dots and marks in which spellings differ.
fn plain(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .filter(|sign| !matches!(sign, '\u{93c}' | '\u{200c}' | '\u{200d}' | '\u{64b}'..='\u{652}'))
        .map(|sign| match sign {
            '\u{95b}' => 'ज',
            'ँ' => 'ं',
            'ي' => 'ی',
            'ك' => 'ک',
            other => other,
        })
        .collect()
}

const AADHAAR: [&str; 9] =
    ["आधार", "aadhaar", "aadhar", "adhaar", "adhar", "aadharcard", "uidai", "آدھار", "ادھار"];
/// Behind `आधार`, these make it "on the basis of".
const BASIS: [&str; 9] = ["पर", "से", "बनाकर", "पे", "par", "pe", "per", "स्तंभ", "पर."];
const NUMBER_WORDS: [&str; 18] = [
    "कार्ड",
    "नंबर",
    "नम्बर",
    "न",
    "नं",
    "संख्या",
    "क्रमांक",
    "card",
    "number",
    "no",
    "num",
    "id",
    "आईडी",
    "کارڈ",
    "نمبر",
    "अंक",
    "अंकों",
    "sankhya",
];
const RELIGION: [&str; 13] = [
    "धर्म",
    "मजहब",
    "पंथ",
    "religion",
    "religious",
    "dharm",
    "dharam",
    "dharma",
    "mazhab",
    "majhab",
    "مذہب",
    "دھرم",
    "धार्मिक",
];
const CASTE: [&str; 19] = [
    "जाति",
    "जात",
    "जातियां",
    "उपजाति",
    "बिरादरी",
    "गोत्र",
    "वर्ण",
    "caste",
    "subcaste",
    "jati",
    "jaati",
    "jaat",
    "biradari",
    "biraderi",
    "gotra",
    "gotr",
    "ذات",
    "برادری",
    "castes",
];
const COMMUNITY: [&str; 8] =
    ["समुदाय", "संप्रदाय", "सम्प्रदाय", "community", "samuday", "samudaay", "قوم", "طبقہ"];
/// Behind a word of the lists above, these make it a thing and no question about a person.
const THINGS: [&str; 16] = [
    "प्रमाण",
    "प्रमाणपत्र",
    "certificate",
    "केंद्र",
    "केन्द्र",
    "भवन",
    "centre",
    "center",
    "hall",
    "health",
    "toilet",
    "kitchen",
    "सेंटर",
    "हॉल",
    "भवन.",
    "शाला",
];
/// Names of religions and castes, which only a question about them offers as choices.
const GROUPS: [&str; 34] = [
    "हिंदू",
    "हिन्दू",
    "मुस्लिम",
    "मुसलमान",
    "सिख",
    "ईसाई",
    "जैन",
    "बौद्ध",
    "hindu",
    "muslim",
    "musalman",
    "sikh",
    "christian",
    "isai",
    "jain",
    "buddhist",
    "हिंदु",
    "obc",
    "ओबीसी",
    "दलित",
    "सवर्ण",
    "dalit",
    "sc/st",
    "ब्राह्मण",
    "यादव",
    "ठाकुर",
    "जाटव",
    "brahmin",
    "ہندو",
    "مسلم",
    "مسلمان",
    "سکھ",
    "عیسائی",
    "पिछड़ा",
];
const NO_WORDS: [&str; 11] =
    ["नहीं", "न", "ना", "मत", "not", "never", "don't", "nahi", "mat", "نہیں", "مت"];

fn words(text: &str) -> Vec<String> {
    text.split(|sign: char| {
        sign.is_whitespace()
            || matches!(
                sign,
                ',' | ';'
                    | ':'
                    | '('
                    | ')'
                    | '"'
                    | '“'
                    | '”'
                    | '‘'
                    | '’'
                    | '.'
                    | '/'
                    | '-'
                    | '।'
                    | '?'
                    | '!'
                    | '؟'
                    | '۔'
                    | '،'
                    | '*'
                    | '_'
            )
    })
    .filter(|word| !word.is_empty())
    .map(plain)
    .collect()
}

/// Lists of words in the plain form, made once.
struct Lists {
    aadhaar: HashSet<String>,
    basis: HashSet<String>,
    numbers: HashSet<String>,
    religion: HashSet<String>,
    caste: HashSet<String>,
    community: HashSet<String>,
    things: HashSet<String>,
    groups: HashSet<String>,
    denials: HashSet<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let set = |words: &[&str]| words.iter().map(|word| plain(word)).collect();
    Lists {
        aadhaar: set(&AADHAAR),
        basis: set(&BASIS),
        numbers: set(&NUMBER_WORDS),
        religion: set(&RELIGION),
        caste: set(&CASTE),
        community: set(&COMMUNITY),
        things: set(&THINGS),
        groups: set(&GROUPS),
        denials: set(&NO_WORDS),
    }
});

/// What a question asks for. A sentence that says what is *not* asked is no question.
pub(super) fn in_text(text: &str) -> Option<Forbidden> {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['।', '?', '!', '\n', '؟', '۔']).map_or(rest.len(), |offset| {
            offset
                + rest.get(offset..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8)
        });
        let (sentence, after) = rest.split_at(end);
        rest = after;
        let asks = sentence.ends_with(['?', '؟']);
        let words = words(sentence);
        let denied = !asks && words.iter().any(|word| LISTS.denials.contains(word));
        if !denied && let Some(found) = in_words(&words) {
            return Some(found);
        }
    }
    None
}

fn in_words(words: &[String]) -> Option<Forbidden> {
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map_or("", String::as_str);
        let near = |list: &[&str]| {
            words.iter().skip(index + 1).take(3).any(|word| list.contains(&word.as_str()))
        };
        if LISTS.aadhaar.contains(word) {
            let basis = LISTS.basis.contains(next)
                && !words.iter().skip(index + 1).take(3).any(|word| LISTS.numbers.contains(word));
            if !basis {
                return Some(Forbidden::Identity("an Aadhaar number"));
            }
        }
        let pan = matches!(word.as_str(), "pan" | "पैन" | "پین");
        if pan && near(&["कार्ड", "नंबर", "नम्बर", "card", "number", "no", "संख्या", "کارڈ", "نمبر"])
        {
            return Some(Forbidden::Identity("a PAN"));
        }
        let voter =
            matches!(word.as_str(), "वोटर" | "voter" | "मतदाता" | "matdata" | "ووٹر" | "voter's");
        let document = [
            "आईडी",
            "id",
            "कार्ड",
            "card",
            "पहचान",
            "आइडी",
            "کارڈ",
            "شناختی",
            "pehchan",
            "pahchan",
            "epic",
            "एपिक",
            "इपिक",
        ];
        if matches!(word.as_str(), "epic" | "एपिक" | "ईपिक" | "इपिक") || (voter && near(&document))
        {
            return Some(Forbidden::Identity("a voter card number"));
        }
        let document =
            matches!(word.as_str(), "पासपोर्ट" | "passport" | "लाइसेंस" | "licence" | "license");
        if document && near(&["नंबर", "नम्बर", "number", "no", "संख्या"])
        {
            return Some(Forbidden::Identity("the number of an identity document"));
        }
        let account = matches!(word.as_str(), "खाता" | "खाते" | "account" | "khata" | "अकाउंट");
        if account && near(&["नंबर", "नम्बर", "number", "no", "संख्या"])
        {
            return Some(Forbidden::Identity("an account number"));
        }
        if LISTS.things.contains(next) {
            continue;
        }
        if LISTS.religion.contains(word) {
            return Some(Forbidden::Religion("a person's religion"));
        }
        if LISTS.caste.contains(word) {
            return Some(Forbidden::Religion("a person's caste"));
        }
        if LISTS.community.contains(word) {
            return Some(Forbidden::Religion("a person's community"));
        }
    }
    None
}

pub(super) fn in_label(label: &str) -> Option<Forbidden> {
    let words = words(label);
    if let [only] = words.as_slice()
        && LISTS.groups.contains(only)
    {
        return Some(Forbidden::Religion("a person's religion, caste or community"));
    }
    in_words(&words).filter(|found| matches!(found, Forbidden::Religion(_)))
}

/// A step called `caste` asks for it, whatever its text says.
pub(super) fn in_name(name: &str) -> Option<Forbidden> {
    let parts: Vec<&str> = name.split('_').collect();
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&["aadhaar", "aadhar", "adhaar", "adhar", "uidai"]) {
        return Some(Forbidden::Identity("an Aadhaar number"));
    }
    if name == "pan"
        || name.starts_with("pan_")
        || has(&["epic"])
        || name.starts_with("voter_id")
        || name.starts_with("voter_card")
    {
        return Some(Forbidden::Identity("the number of an identity document"));
    }
    if has(&["caste", "religion", "jati", "jaati", "dharm", "dharma", "mazhab", "biradari"]) {
        return Some(Forbidden::Religion("a person's religion or caste"));
    }
    None
}

/// A pattern that takes such numbers and little else.
pub(super) fn in_pattern(regex: &Regex) -> Option<Forbidden> {
    let takes = |text: &str| regex.is_match(text);
    let aadhaar = ["234567890124", "2345 6789 0124", "2345-6789-0124"].into_iter().any(takes);
    if aadhaar
        && !["12", "1234567890", "12345678901", "1234567890123", "text"].into_iter().any(takes)
    {
        return Some(Forbidden::Identity("an Aadhaar number"));
    }
    let pan = ["ABCPD1234E", "abcpd1234e"].into_iter().any(takes);
    if pan && !["ABCDEFGHIJ", "1234567890", "ABC1234567", "text"].into_iter().any(takes) {
        return Some(Forbidden::Identity("a PAN"));
    }
    let epic = ["ABC1234567", "abc1234567"].into_iter().any(takes);
    if epic && !["ABCDEFGHIJ", "1234567890", "AB12345678", "text"].into_iter().any(takes) {
        return Some(Forbidden::Identity("a voter card number"));
    }
    None
}
