//! Words that are no answer and mean no harm: greetings, and "I do not know". Only ever as the whole
//! message.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::understanding::fold;

/// What people greet with. One spelling of each is enough; each script stands for itself.
const GREETINGS: [&str; 50] = [
    "hello",
    "helo",
    "hallo",
    "hello hello",
    "hi",
    "hii",
    "hi hi",
    "hey",
    "hy",
    "hlo",
    "namaste",
    "namastey",
    "namaskar",
    "pranam",
    "ram ram",
    "jai ram ji ki",
    "jai shri ram",
    "radhe radhe",
    "jai hind",
    "salam",
    "salaam",
    "assalamu alaikum",
    "aslam walekum",
    "adab",
    "good morning",
    "good afternoon",
    "good evening",
    "sat sri akal",
    "jai bhim",
    "नमस्ते",
    "नमस्कार",
    "प्रणाम",
    "राम राम",
    "जय राम जी की",
    "जय श्री राम",
    "राधे राधे",
    "जय हिंद",
    "जय भीम",
    "सलाम",
    "अस्सलाम वालेकुम",
    "आदाब",
    "हेलो",
    "हैलो",
    "हाय",
    "سلام",
    "السلام علیکم",
    "آداب",
    "نمستے",
    "نمسکار",
    "ہیلو",
];

/// What may stand behind a greeting.
const TO_WHOM: [&str; 20] = [
    "ji",
    "sir",
    "madam",
    "bhai",
    "bhaiya",
    "sahab",
    "didi",
    "all",
    "everyone",
    "there",
    "जी",
    "सर",
    "मैडम",
    "भाई",
    "भैया",
    "साहब",
    "दीदी",
    "جی",
    "بھائی",
    "صاحب",
];

/// What somebody writes who does not know the answer.
const UNKNOWN: [&str; 27] = [
    "pata nahi",
    "pata nahin",
    "nahi pata",
    "mujhe nahi pata",
    "mujhe pata nahi",
    "maloom nahi",
    "nahi maloom",
    "yaad nahi",
    "yaad nahi hai",
    "pata nahi hai",
    "do not know",
    "i do not know",
    "dont know",
    "i dont know",
    "don't know",
    "i don't know",
    "not sure",
    "पता नहीं",
    "पता नहीं है",
    "मुझे पता नहीं",
    "मुझे नहीं पता",
    "नहीं पता",
    "मालूम नहीं",
    "याद नहीं",
    "याद नहीं है",
    "پتہ نہیں",
    "معلوم نہیں",
];

static FOLDED_GREETINGS: LazyLock<BTreeSet<String>> = LazyLock::new(|| folded(&GREETINGS));
static FOLDED_TO_WHOM: LazyLock<BTreeSet<String>> = LazyLock::new(|| folded(&TO_WHOM));
static FOLDED_UNKNOWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| folded(&UNKNOWN));

/// No greeting is longer, in bytes.
const LONGEST: usize = 160;

fn folded(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
}

/// Whether this whole text greets and says nothing else: `नमस्ते`, `hello sir`, `राम राम भैया`.
pub(super) fn greets(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let mut rest = text.trim();
    loop {
        if FOLDED_GREETINGS.contains(&fold(rest)) {
            return true;
        }
        let Some((before, last)) = rest.rsplit_once(char::is_whitespace) else { return false };
        let last = fold(last);
        // A folded hand or a smile folds to nothing.
        if !last.is_empty() && !FOLDED_TO_WHOM.contains(&last) {
            return false;
        }
        rest = before.trim_end();
    }
}

/// Whether this whole text says that the person does not know.
pub(super) fn knows_not(text: &str) -> bool {
    text.len() <= LONGEST && FOLDED_UNKNOWN.contains(&fold(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_is_the_whole_message() {
        for text in [
            "hello",
            "Hi",
            "HELLO!",
            "namaste",
            "Namaste ji",
            "नमस्ते",
            "नमस्ते जी 🙏",
            "राम राम",
            "राम राम भैया",
            "hello sir",
            "السلام علیکم",
            "good morning sir",
            "सलाम",
        ] {
            assert!(greets(text), "{text}");
        }
        for text in [
            "",
            "🙏",
            "hello, my name is Ram",
            "राम",
            "राम कुमार",
            "ji",
            "namaste join",
            "हाँ जी",
            "hello 5",
            "jai",
            "sir",
        ] {
            assert!(!greets(text), "{text}");
        }
    }

    #[test]
    fn not_to_know_is_the_whole_message() {
        for text in ["pata nahi", "पता नहीं", "Pata nahin.", "yaad nahi", "याद नहीं", "पता नही"]
        {
            assert!(knows_not(text), "{text}");
        }
        for text in ["पता", "नहीं", "पता नहीं कौन ले गया", "pata nahi kyu bijli nahi aati", ""]
        {
            assert!(!knows_not(text), "{text}");
        }
    }
}
