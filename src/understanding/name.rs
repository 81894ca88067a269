//! A person's name: kept as typed, only freed of the sentence around it.

use std::collections::HashMap;
use std::sync::OnceLock;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::heard::{Heard, Word};
use super::words::{
    ABLE, DOUBT, HELP, IS, JI, MAT, ME, NAME_FRAME, NO, POLITE, QUESTION, Roles, WANT, WHY, WRONG,
    YES, sense,
};
use super::{Meaning, Reading};
use crate::geography::{fold, is_letter};

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
    let is_never = |(word, part): &(&str, Part)| *part == Part::Never && !is_initial(word);
    if core.iter().any(is_never) {
        return Reading::None;
    }
    let words: Vec<&str> = core.iter().map(|(word, _)| *word).collect();
    let name = words.join(" ");
    let name = name.trim_matches(|edge: char| !is_alphanumeric(edge) && !is_name_edge(edge));
    let letters = name.chars().filter(|character| is_letter(*character)).count();
    // An abbreviation mark written as a zero (मो०) is no digit once cleaned.
    let may_have_digits = name.chars().any(|at| !is_letter(at) && at.is_numeric());
    let has_digits =
        may_have_digits && crate::geography::clean(name).chars().any(|at| at.is_ascii_digit());
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
    word.chars().any(is_alphanumeric)
}

fn is_alphanumeric(character: char) -> bool {
    is_letter(character) || character.is_numeric()
}

/// What a name may begin or end with besides letters: vowel signs, the abbreviation mark, a dot.
fn is_name_edge(character: char) -> bool {
    crate::geography::is_devanagari_letter(character) || matches!(character, '.' | '॰' | '\u{200d}')
}

/// What a word does around a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Before a name: `mera naam`, `myself`, `haan ji`.
    Before,
    /// Behind a name: `hai`, `bol raha hun`, `kehte hain`.
    Behind,
    /// `main`, `naam`: before it or behind it.
    Around,
    /// No name has it: a question, a verb, a thing.
    Never,
    Own,
}

/// Words around names beyond those other answers know (Hindi, Hinglish, Bhojpuri, Awadhi, English).
#[rustfmt::skip]
const WORDS: [(Part, &str); 4] = [
    (Part::Before, "myself self this good full pura poora shubh subh log sab i am im main mai mein me m ham hum hamra hamre mujhko humko \
        पूरा शुभ लोग सब मैं मै मे हम हमरा हमरे मुझको ये यह میں ہم"),
    (Part::Behind, "hu hun hoon hon ho hou bol bola boli bolta bolti rahi raha rahe rha rhi baat bat kar kr kehte kahte kehta kahti bulate bulaate bolte pukarte kahela bolela \
        hai hain h he ba baa bate hau hawe hawa han ha hai here speaking sir madam mam है हैं हूँ हूं हु हो बा बाटे हऊ हवे हईं हई बोल रहा रही रहे बात कर कहते बुलाते बोलते पुकारते कहेला सर मैडम ہے ہوں"),
    (Part::Around, "naam nam name naav naon naw nav mera mere meri hamar hamaar hamara hmar my our is it's its नाम नाव नाँव नांव मेरा मेरे मेरी हमार हमारा नाऊ"),
    (Part::Never, "se sey mein ko ne par ka ki ke kee wala wali jila zila jile zile janpad district vidhansabha vidhan sabha loksabha seat booth \
        gaon village thana tehsil ward bijli pani paani sadak road rashan ration pension kharab tuta tooti band sarkar neta vidhayak pradhan samasya shikayat \
        karna karni karo karke krna banna banna bannaa bata bataya batao batana bataunga bataungi diya diye dena dijiye lena liya jana gaya gayi aana aaya aayi tha thi the \
        join sadasya member membership shaadi shadi beti beta ladka ladki bachcha pehle pahle phir wahi vahi kuch koi sab kaam paisa nahi chahiye \
        male female mahila purush aurat aadmi mard stree stri kinnar other anya boy girl man woman lady gents \
        morning evening night afternoon thanks thankyou you welcome sorry bye http https www com test testing ok okay theek thik galat yes no done next menu help stop \
        monday tuesday wednesday thursday friday saturday sunday somvar mangalvar budhvar guruvar shukravar shanivar ravivar aaj kal \
        से को ने पर का की के वाला वाली जिला जिले जनपद विधानसभा विधान सभा लोकसभा सीट बूथ गांव गाँव थाना तहसील वार्ड बिजली पानी सड़क राशन पेंशन खराब टूटी टूटा बंद सरकार नेता विधायक प्रधान समस्या शिकायत \
        करना करनी करो बनना बताया बताओ बताना बताऊंगा दिया दिए देना दीजिए लेना लिया जाना गया गई आना आया था थी थे जुड़ना सदस्य सदस्यता शादी बेटी बेटा लड़का लड़की बच्चा पहले फिर वही कुछ कोई काम पैसा \
        महिला पुरुष औरत आदमी मर्द स्त्री किन्नर अन्य सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार आज कल सुप्रभात"),
];

fn part_of(folded: &str, roles: Roles) -> Part {
    static PARTS: OnceLock<HashMap<String, Part>> = OnceLock::new();
    let parts = PARTS.get_or_init(|| {
        let mut parts = HashMap::new();
        for (part, words) in WORDS {
            for word in words.split_whitespace() {
                parts.entry(fold(word)).or_insert(part);
            }
        }
        parts
    });
    if let Some(part) = parts.get(folded) {
        return *part;
    }
    if roles.any(NO | DOUBT | QUESTION | WHY | MAT | WANT | WRONG | HELP | ABLE) {
        return Part::Never;
    }
    if roles.any(YES | JI) || is_greeting(folded, roles) {
        return Part::Before;
    }
    if roles.any(ME | NAME_FRAME) {
        return Part::Around;
    }
    if roles.any(IS) { Part::Behind } else { Part::Own }
}

/// `mera naam X hai`, `namaste, main X`, `X naam hai`, `my name is X`; what is left is the name.
fn without_frame<'a>(typed: &[&'a str]) -> Vec<(&'a str, Part)> {
    let words: Vec<(&str, Part)> = typed
        .iter()
        .map(|word| {
            let folded = fold(word);
            let roles = sense(&folded).roles;
            (*word, part_of(&folded, roles))
        })
        .collect();
    let mut core = words.as_slice();
    let framed = core.iter().any(|(_, part)| *part == Part::Around);
    while let [(word, part), rest @ ..] = core
        && !rest.is_empty()
        && matches!(part, Part::Before | Part::Around | Part::Behind)
        && !is_initial(word)
    {
        core = rest;
    }
    while let [rest @ .., (word, part)] = core
        && !rest.is_empty()
        && (matches!(part, Part::Behind | Part::Around) || (framed && is_i(word)))
        && !is_initial(word)
    {
        core = rest;
    }
    // "this is Anil", "log mujhe raju": a frame may be left between.
    core.to_vec()
}

/// `A.`, `H.`: what looks like a small word and is the first letter of a name.
fn is_initial(word: &str) -> bool {
    word.contains('.') && word.chars().filter(|at| is_letter(*at)).count() <= 4
}

/// "I", left behind a name that was framed: `anil naam hai mera`.
fn is_i(word: &str) -> bool {
    matches!(fold(word).as_str(), "main" | "mai" | "ham" | "hum" | "हम" | "मे")
}

/// Salutations; honorifics (`श्री`, `Md`) and names that greet (`Ram`) belong to the name as typed.
fn is_greeting(folded: &str, roles: Roles) -> bool {
    let honorific = matches!(
        folded,
        "shri"
            | "shre"
            | "shree"
            | "sri"
            | "ram"
            | "radhe"
            | "राधे"
            | "jai"
            | "जय"
            | "hind"
            | "bhai"
            | "dear"
            | "saheb"
            | "sahab"
            | "साहब"
            | "साहेब"
            | "भाइ"
            | "भाई"
            | "didi"
            | "दिदि"
            | "यार"
    );
    roles.any(POLITE) && !honorific
}

/// `jai hind`, `ram ram`, `जय श्री राम`: greetings of words that names have too.
fn is_cry(words: &[String]) -> bool {
    const HAILED: &str = "hind shri shree sri siya bhim bhem mata bharat bhole bajrang kisan javan ho samajvad \
        हिंद हिन्द श्री सिया भिम माता भारत भोले बजरंग किसान जवान हो समाजवाद";
    let hailed = |word: &str| HAILED.split_whitespace().any(|known| fold(known) == word);
    match words {
        [first, second, ..] if first == second => true,
        [first, second, ..] => (first == "jai" || first == "जय") && hailed(second),
        _ => false,
    }
}

/// A yes, a number word, a question, a sentence.
fn is_no_name(name: &str) -> bool {
    if name.contains(['@', '/', '\\', '=', '<', '>']) && !name.to_lowercase().contains("/o") {
        return true;
    }
    let heard = Heard::new(name);
    let folded: Vec<String> = heard.words().map(|word| word.folded.to_owned()).collect();
    if is_cry(&folded) {
        return true;
    }
    let says_nothing = |word: Word<'_>| {
        let roles = word.sense.roles;
        let polite = roles.any(POLITE) && !is_greeting(word.folded, roles);
        (!roles.is_empty() && !polite) || word.sense.number.is_some()
    };
    heard.words().all(says_nothing) || super::command::read(&heard).is_some()
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
