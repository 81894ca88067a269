//! What people write for a choice, and what is none.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::{ChoiceWords, Meaning, Reading, choice_words};
use super::*;
use crate::geography::clean;

/// Choices by id with their labels, and what is written for them: an id, `id?` where it is asked
/// back, `one / other` for a tie, `-` for none.
struct Set {
    choices: &'static [(&'static str, &'static [&'static str])],
    lines: &'static [&'static str],
}

const SETS: &[Set] = &[
    Set {
        choices: &[
            ("join", &["सदस्य बनना", "Become a member"]),
            ("times", &["कार्यालय का समय", "Office hours", "دفتر کا وقت"]),
            ("help", &["मदद", "Help"]),
        ],
        lines: &[
            "समय → times",
            "samay → times",
            "samay kya hai → -",
            "समय बताइए → times",
            "कार्यालय का समय → times",
            "karyalay ka samay → times",
            "karyalay → times",
            "karyaley ka samay → times",
            "time pata nahi → -",
            "समय नहीं है → -",
            "office hours → times",
            "وقت → times",
            "sadasya → join",
            "sadasya banna hai → join",
            "mujhe sadasya banna hai ji → join",
            "madad → help",
            "मदद चाहिए → help",
            "madad nahi → -",
            "2 → times",
        ],
    },
    Set {
        choices: &[
            ("home", &["घर का पता"]),
            ("office", &["दफ़्तर का फ़ोन"]),
            ("food", &["खाना"]),
            ("day", &["दिन"]),
        ],
        lines: &[
            "ghar → home",
            "ghar ka pata → home",
            "gharkapata → home",
            "pata → home",
            "पता → home",
            "ghar ka → home",
            "گھر → home",
            "گھر کا پتہ → home",
            "pata nahi → -",
            "पता नहीं → -",
            "ghar nahi → -",
            "mujhe ghar ka pata chahiye → home",
            "ghar ka pata dijiye → home",
            "khana → food",
            "khaana → food",
            "کھانا → food",
            "din → day",
            "دن → day",
            "dan → -",
            "daftar → office",
            "dafter → office?",
            "daftar fon → office",
            "دفتر → office",
            "ghar khana → food? / home?",
            "ghar lucknow → home?",
            "ghar kab aaoge → -",
            "5 → -",
        ],
    },
    Set {
        choices: &[("came", &["आ गई"]), ("not_came", &["नहीं आई"]), ("later", &["बाद में"])],
        lines: &[
            "aa gayi → came",
            "aa gai → came",
            "aagayi → came",
            "आ गई है → came",
            "nahi aayi → not_came",
            "nahi aai → not_came",
            "nahin aayi → not_came",
            "अभी नहीं आई → not_came",
            "नहीं → not_came",
            "aayi → -",
            "baad mein → later",
            "baad me → later",
            "bad me → later",
            "baad → later",
            "بعد میں → later",
            "pata nahi → -",
        ],
    },
    Set {
        choices: &[
            ("sat", &["शनिवार 5 दिसंबर"]),
            ("sun", &["रविवार 6 दिसंबर"]),
            ("not", &["नहीं आ सकते"]),
        ],
        lines: &[
            "shanivar → sat",
            "shaniwar → sat",
            "शनिवार → sat",
            "shanivar 5 disambar → sat",
            "5 दिसंबर → sat",
            "5 disambar → sat",
            "paanch disambar → sat",
            "6 दिसंबर → sun",
            "ravivar ko → sun",
            "raviwaar → sun",
            "दिसंबर → sat / sun",
            "5 → sat?",
            "2 → sun",
            "shanivar nahi → -",
            "shanivar ya ravivar → sat / sun",
            "shnivaar → sat",
            "shamivar → sat?",
        ],
    },
    Set {
        choices: &[("come", &["आना है"]), ("stay", &["नहीं आना"])],
        lines: &[
            "aana → come",
            "aana hai → come",
            "आना है → come",
            "nahi aana → stay",
            "nahin aana hai → stay",
        ],
    },
    Set {
        choices: &[("good", &["अच्छी रही"]), ("bad", &["ठीक नहीं रही"])],
        lines: &[
            "अच्छी → good",
            "achhi → good",
            "अच्छी नहीं → bad? / good?",
            "theek nahi → bad",
            "rahi → -",
        ],
    },
    Set {
        choices: &[("one", &["1 दिन"]), ("five", &["5 दिन"]), ("two", &["2 दिन"])],
        lines: &[
            "2 din → two",
            "do din → two",
            "5 दिन → five",
            "paanch din → five",
            "1 → one",
            "2 → five",
            "din → one / five / two",
            "7 din → -",
        ],
    },
    Set {
        choices: &[
            ("road", &["सड़क", "Road", "سڑک"]),
            ("water", &["पानी की समस्या", "Water problem", "پانی کا مسئلہ"]),
            ("power", &["बिजली की समस्या", "Electricity problem", "بجلی کا مسئلہ"]),
            ("shop", &["राशन की दुकान", "Ration shop", "راشن کی دکان"]),
        ],
        lines: &[
            "sadak → road",
            "sarak → road",
            "sdk → road",
            "سڑک → road",
            "pani → water",
            "paani ki samasya → water",
            "pani ki problem → water",
            "bijli → power",
            "bijlee → power",
            "bijali → power",
            "bijki → power?",
            "بجلی → power",
            "samasya → water / power",
            "rashan → shop",
            "dukan → shop",
            "dukaan → shop",
            "राशन → shop",
            "bijli aur pani → water / power",
            "sadak nahi → -",
            "bijli kab aayegi → -",
            "rani → -",
            "kya → -",
            "3 → power",
        ],
    },
];

fn choices(set: &Set) -> Vec<ChoiceWords> {
    set.choices.iter().map(|(id, labels)| choice_words(id, labels)).collect()
}

fn said(choices: &[ChoiceWords], text: &str) -> String {
    let id = |meaning: &Meaning| match meaning {
        Meaning::Choice(place) => choices[*place].id.clone(),
        other => format!("{other:?}"),
    };
    match read(choices, text, &Heard::close(text)) {
        Reading::Sure(meaning) => id(&meaning),
        Reading::Unsure(offered) => {
            let ids: Vec<String> = offered.iter().map(|one| format!("{}?", id(one))).collect();
            ids.join(" / ")
        }
        Reading::Tie(tied) => tied.iter().map(id).collect::<Vec<_>>().join(" / "),
        Reading::None => "-".to_owned(),
    }
}

#[test]
fn what_is_written_for_a_choice_is_read_as_it() {
    let mut wrong = Vec::new();
    for set in SETS {
        let choices = choices(set);
        for line in set.lines {
            let (text, expected) = line.split_once(" → ").unwrap();
            let found = said(&choices, text);
            if found != expected {
                wrong.push(format!("{line}, not {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Told, asked or wished, and no answer to any of these questions.
const NO_ANSWERS: &[&str] = &[
    "kya haal hai",
    "aap kaun ho",
    "kab tak hoga",
    "mujhe nahi pata",
    "पता नहीं",
    "मालूम नहीं",
    "bad me batata hun",
    "सोचकर बताऊंगा",
    "main gaon gaya tha",
    "mera beta bimar hai",
    "नेता जी कब आएंगे",
    "vote kisko dena hai",
    "modi ji zindabad",
    "bharat mata ki jai",
    "good morning sir",
    "ram ram ji",
    "kal subah milte hain",
    "abhi vyast hun",
    "who are you",
    "what is this",
    "please call me",
    "call karo",
    "mera phone kharab hai",
    "paisa kab milega",
    "pension nahi mili",
    "doctor nahi hai",
    "school band hai",
    "train late hai",
    "bus nahi aati",
    "baarish ho rahi hai",
    "bahut garmi hai",
    "shaadi hai ghar mein",
    "meri gaay kho gayi",
    "khet mein kaam hai",
    "fasal kharab ho gayi",
    "खेत में हूँ",
    "गाड़ी चला रहा हूँ",
    "अभी बात नहीं कर सकता",
    "कौन बोल रहा है",
    "आप कहाँ से हैं",
    "यह क्या है",
    "मुझे समझ नहीं आया",
    "क्या करना है",
    "कैसे करें",
    "बहुत अच्छा काम",
    "जय श्री राम",
    "नमस्ते जी",
    "धन्यवाद",
    "السلام علیکم",
    "آپ کون ہیں",
    "مجھے نہیں معلوم",
    "کیا کرنا ہے",
    "🙏🙏",
    "hmm",
    "hahaha",
    "...",
    "xyz",
    "asdf",
    "lucknow",
    "कानपुर",
    "ramesh kumar",
    "25 saal",
    "9812345678",
    "1990",
    "99",
];

#[test]
fn what_is_no_answer_is_never_sure() {
    let mut wrong = Vec::new();
    for set in SETS {
        let choices = choices(set);
        for text in NO_ANSWERS {
            if let Reading::Sure(meaning) = read(&choices, text, &Heard::close(text)) {
                wrong.push(format!("{text}: {meaning:?} of {:?}", set.choices));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Labels of the questions of the shipped flows: by file and message, by choice, in each language.
fn shipped() -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let mut questions: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for language in ["hi", "en", "ur"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_stem().unwrap().to_string_lossy().into_owned();
            let mut key = String::new();
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                if let Some((choice, label)) =
                    line.strip_prefix("    .").and_then(|rest| rest.split_once(" = "))
                {
                    if choice.contains('-') || choice == "version" {
                        continue;
                    }
                    let question = questions.entry(format!("{file}/{key}")).or_default();
                    question.entry(choice.to_owned()).or_default().push(label.to_owned());
                } else if let Some((name, _)) = line.split_once(" =") {
                    name.trim().clone_into(&mut key);
                }
            }
        }
    }
    questions.retain(|_, choices| choices.len() > 1);
    questions
}

/// A label in Latin letters as it sounds.
fn romanised(label: &str) -> String {
    let cleaned = clean(label);
    let words = cleaned.split(' ').map(|word| {
        let sound = crate::geography::Sound::of(std::iter::once(word));
        let letters = String::from_utf8(sound.letters().to_vec()).unwrap();
        if letters.is_empty() { word.to_owned() } else { letters.replace('C', "ch") }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_label_that_ships_is_read_as_its_choice_in_its_script_and_in_latin_letters() {
    let questions = shipped();
    assert!(questions.len() > 25, "{}", questions.len());
    let mut wrong = Vec::new();
    for (question, labels) in &questions {
        let choices: Vec<ChoiceWords> =
            labels.iter().map(|(id, labels)| choice_words(id, labels)).collect();
        for (id, labels) in labels {
            for label in labels {
                for text in [label.clone(), romanised(label), label.to_uppercase()] {
                    let found = said(&choices, &text);
                    if found != *id {
                        wrong.push(format!("{question}: {text} is {id}, not {found}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
