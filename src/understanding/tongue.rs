//! Which language a message is in, where its letters or words leave no doubt.
//!
//! Urdu has a script of its own, and so has Hindi: whoever has that keyboard under their fingers reads
//! it, Latin words in between or not. Latin letters are typed for all three: a message
//! in them is English only when English small words say so. Greetings and the words of links (`hello`,
//! `join`, `meeting`) are everybody's and say nothing, and one small word of Hinglish (`hai`, `ka`)
//! outweighs any English beside it.

use crate::contact::Language;

/// Small words of English that Hinglish does not use. `to`, `me`, `do`, `so`, `is`, `hi` are not
/// among them: they are words of Hindi too.
const ENGLISH: &str = "i am are was were the a an of for with and or my your our you we they it its \
    this that there here how what when where which who why can could will would shall should may \
    want need have has had been does did not from about in at on by be become get know tell";

/// Small words of Hindi as they are typed in Latin letters.
const HINGLISH: &str = "hai hain hu hun hoon tha thi ho hoga ka ki ke ko se mein me main mai mera \
    meri mere aap ap aapka aapki hum ham hamara hamari kya kyu kyun kaise kaisa kahan kahaan kab kaun \
    kitna kitne nahi nahin nhi mat na aur ya bhi hi ji haan han chahiye chahie chaiye karna karni \
    karo kare karein kijiye dijiye batao bataiye banna bano bane raha rahi rahe wala wale sab kuch yeh \
    ye woh wo mujhe mujhko apna apni apne par pe tak";

/// So many small words of English make a message English.
const ENOUGH: usize = 2;

/// The language a message is plainly written in; `None` where nothing tells.
pub(super) fn read(text: &str) -> Option<Language> {
    // Arabic and Devanagari letters, without digits, signs and punctuation.
    let is_urdu = |letter: char| {
        matches!(letter, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}')
    };
    let is_hindi = |letter: char| matches!(letter, '\u{904}'..='\u{939}' | '\u{958}'..='\u{961}');
    match (text.contains(is_urdu), text.contains(is_hindi)) {
        (true, false) => return Some(Language::Ur),
        (false, true) => return Some(Language::Hi),
        (true, true) => return None,
        (false, false) => {}
    }
    let mut english: Vec<String> = Vec::new();
    for word in text.split(|letter: char| !letter.is_ascii_alphabetic() && letter != '\'') {
        let word = word.to_ascii_lowercase();
        if HINGLISH.split_whitespace().any(|known| known == word) {
            return None;
        }
        let is_small = ENGLISH.split_whitespace().any(|known| known == word) || word == "i'm";
        if is_small && !english.contains(&word) {
            english.push(word);
        }
    }
    (english.len() >= ENOUGH).then_some(Language::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_or_small_words_tell_the_language() {
        for (text, language) in [
            ("السلام علیکم", Language::Ur),
            ("مجھے ممبر بننا ہے", Language::Ur),
            ("سلام 👋 WhatsApp پر ملا", Language::Ur),
            ("नमस्ते", Language::Hi),
            ("मुझे member बनना है", Language::Hi),
            ("I want to join the party", Language::En),
            ("How can I become a member?", Language::En),
            ("Where is your office", Language::En),
            ("what are the timings", Language::En),
            ("I'm from Kanpur and need help with a ration card", Language::En),
        ] {
            assert_eq!(read(text), Some(language), "{text}");
        }
    }

    #[test]
    fn words_everybody_uses_tell_nothing() {
        for text in [
            "",
            "👍",
            "123",
            "hello",
            "hi",
            "Hello sir",
            "join",
            "join UP-5724",
            "meeting",
            "menu",
            "namaste ji",
            "sadasya",
            "member banna hai",
            "mujhe party join karna hai",
            "what is this hai",
            "office kahan hai",
            "I want member banna",
            "good morning",
            "the",
            "help",
            "my data",
            "ok thank you",
            "سلام नमस्ते",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
