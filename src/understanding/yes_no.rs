//! Yes and no. Order matters: what is no answer at all first, then negation, then assent, since
//! "haan nahi chahiye" is a no and "पता नहीं" is neither.

use super::heard::{Heard, Word};
use super::words::{
    ABLE, ASSENT, BACK, BUT, DATA, DO, DOUBT, FILLER, HALT, HELP, IS, JI, LANGUAGE, LEAVE, MAT,
    MENU, NA, NO, NOTICE, OR, POLITE, QUESTION, RESTART, SEND, TROUBLE, WANT, WHY, WRONG, YES,
};
use super::{Meaning, Reading};

pub(super) fn read(heard: &Heard) -> Reading {
    let sure = |yes| Reading::Sure(Meaning::YesNo(yes));
    let maybe = |yes| Reading::Unsure(vec![Meaning::YesNo(yes)]);
    if heard.len() == 0 || heard.has(DOUBT) || heard.has(OR) {
        return Reading::None;
    }
    match single_letter(heard) {
        Some(yes) => return sure(yes),
        None if heard.has(NO) || heard.has(YES) => {}
        None if heard.has(QUESTION) => return Reading::None,
        None => {}
    }
    if heard.has(ABLE) && !heard.has(YES) {
        return Reading::None;
    }
    let unknown = heard.unknown();
    let negated = heard.has(NO) || heard.has(MAT);
    if heard.has(WHY) {
        // "haan kyun nahi": why not is a yes; a bare why is a question.
        return if negated && unknown == 0 { sure(true) } else { Reading::None };
    }
    if heard.has(QUESTION) {
        return Reading::None;
    }
    if heard.has(LEAVE) && heard.has(DO) {
        return by_length(false, unknown, 1);
    }
    if negated && heard.has(TROUBLE) {
        return sure(true);
    }
    if heard.has(WRONG) {
        return if negated { maybe(true) } else { by_length(false, unknown, 3) };
    }
    if negated {
        return by_length(false, unknown, 4);
    }
    if heard.has(YES) {
        return if heard.has(BUT) || heard.has(HALT) {
            maybe(true)
        } else {
            by_length(true, unknown, 3)
        };
    }
    if heard.has(NA) {
        // "na karo" is a no; "thik hai na" and "hai na" ask back.
        let tag = heard.words().last().is_some_and(|word| word.is(NA));
        return match (tag, heard.has(ASSENT), heard.has(IS)) {
            (true, true, _) => maybe(true),
            (true, false, true) => Reading::None,
            _ => by_length(false, unknown, 1),
        };
    }
    if heard.has(HALT) || heard.has(TROUBLE) || heard.has(SEND) || heard.has(BUT) {
        return Reading::None;
    }
    // "maddad chahiye" wants something, and agrees to nothing.
    let elsewhere = HELP | MENU | BACK | LANGUAGE | RESTART;
    if heard.has(elsewhere) || (heard.has(WANT) && heard.has(DATA | NOTICE)) {
        return Reading::None;
    }
    if heard.has(ASSENT) {
        return by_length(true, unknown, 1);
    }
    // "kar do", "kar dijiye"
    let small = FILLER | DO | JI | POLITE;
    let told_to = heard.words().filter(|word| word.is(DO)).count() > 1;
    if told_to && heard.words().all(|word| word.is(small)) {
        return sure(true);
    }
    let only_ji = heard.has(JI)
        && heard
            .words()
            .all(|word: Word<'_>| word.is(JI) || (word.is(FILLER | DO) && !word.is(POLITE)));
    if only_ji { sure(true) } else { Reading::None }
}

/// A long message around a yes or no may be about something else: then it is asked back.
fn by_length(yes: bool, unknown_words: usize, most: usize) -> Reading {
    let meaning = Meaning::YesNo(yes);
    if unknown_words <= most { Reading::Sure(meaning) } else { Reading::Unsure(vec![meaning]) }
}

/// `y` and `n` count only when nothing else is said.
fn single_letter(heard: &Heard) -> Option<bool> {
    match heard.folded() {
        "y" => Some(true),
        "n" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Reading {
        read(&Heard::new(text))
    }

    #[test]
    fn a_yes_is_heard_in_every_dress() {
        for text in [
            "हाँ",
            "हां जी",
            "HAAAAN",
            "haanji bhai",
            "जी",
            "ji",
            "ok sir",
            "Okkkk 👍",
            "👍🏽",
            "✅",
            "theek hai",
            "bilkul sahi baat hai",
            "haan kyun nahi",
            "क्यों नहीं",
            "हाँ, मुझे जुड़ना है",
            "koi dikkat nahi",
            "han ji mujhe sadasya banna hai",
            "जी हाँ।",
            "yes please",
            "y",
            "सहमत हूँ",
            "manzoor hai",
            "हाँ ना",
            "haa bhaiya kar do",
            "kar dijiye",
            "मानता हूँ",
            "ज़रूर",
            "hnji",
        ] {
            assert_eq!(read_text(text), Reading::Sure(Meaning::YesNo(true)), "{text}");
        }
    }

    #[test]
    fn a_no_is_heard_and_negation_wins() {
        for text in [
            "नहीं",
            "nahiiii",
            "nhi ji",
            "ji nahi",
            "haan nahi chahiye",
            "theek nahi hai",
            "सहमत नहीं हूँ",
            "ना",
            "na ji",
            "galat hai ye",
            "rehne do",
            "ना जी ना",
            "👎",
            "no thanks",
            "मत करो",
            "bilkul nahi",
            "असहमत",
            "n",
            "kabhi nahi bhai",
            "inkar hai",
            "मुझे नहीं जुड़ना",
        ] {
            assert_eq!(read_text(text), Reading::Sure(Meaning::YesNo(false)), "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_not_taken_for_one() {
        for text in [
            "",
            "पता नहीं",
            "mujhe malum nahi",
            "शायद",
            "haan ya nahi",
            "kya?",
            "kyun",
            "baad mein bataunga",
            "समझ नहीं आया",
            "ho sakta hai",
            "keh nahi sakte",
            "है",
            "hai",
            "h",
            "लखनऊ",
            "namaste ji",
            "bijli nahi aati kya",
            "25",
            "🙏",
            "ruko zara",
            "aap kaun hain",
            "band karo",
            "maddad chahiye",
            "madad karo",
            "jankari chahiye",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn a_yes_with_a_but_is_asked_back() {
        for text in ["haan lekin pehle batao kaise", "haan par abhi"] {
            assert!(!matches!(read_text(text), Reading::Sure(_)), "{text}");
        }
        assert_eq!(read_text("galat nahi hai"), Reading::Unsure(vec![Meaning::YesNo(true)]));
    }
}
