//! A person's own gender.

use super::heard::{Heard, Word};
use super::words::{DOUBT, FILLER, IS, JI, MAT, ME, NO, OR, POLITE, QUESTION, WHY, YES};
use super::{Gender, Meaning, Reading};

pub(super) fn read(heard: &Heard) -> Reading {
    let refused = DOUBT | OR | QUESTION | WHY | NO | MAT;
    if heard.has(refused) {
        return Reading::None;
    }
    let frame = FILLER | POLITE | JI | YES | ME | IS;
    let mut said: Option<Gender> = None;
    for word in heard.words() {
        match (gender(&word), said) {
            (Some(found), None) => said = Some(found),
            (Some(found), Some(known)) if found == known => {}
            (None, _) if word.is(frame) || is_frame(word.folded) => {}
            _ => return Reading::None,
        }
    }
    said.map_or(Reading::None, |gender| Reading::Sure(Meaning::Gender(gender)))
}

fn is_frame(folded: &str) -> bool {
    matches!(folded, "ling" | "gender" | "sex" | "लिंग" | "लिग" | "जेंडर")
}

fn gender(word: &Word<'_>) -> Option<Gender> {
    table().get(word.folded).copied()
}

/// As people write it, with how often in stored chats where known.
const WORDS: [(Gender, &str); 3] = [
    (
        Gender::Male,
        "purush purus purusha prush puroosh male mel mail m man mard aadmi admi ladka larka ldka boy \
         gents पुरुष पुरूष पुरष पुरुस पुरुश मर्द आदमी लड़का लडका मेल",
    ),
    (
        Gender::Female,
        "mahila mahilaa mehla female femail femle fimel f woman lady aurat stri istri ladki larki \
         ldki girl महिला महीला औरत स्त्री इस्त्री लड़की लडकी नारी फीमेल",
    ),
    (Gender::Other, "kinnar transgender trans anya other others किन्नर अन्य तृतीय"),
];

fn table() -> &'static std::collections::HashMap<String, Gender> {
    static TABLE: std::sync::OnceLock<std::collections::HashMap<String, Gender>> =
        std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let each = WORDS.iter().flat_map(|(gender, words)| {
            words.split_whitespace().map(|word| (crate::geography::fold(word), *gender))
        });
        each.collect()
    })
}
