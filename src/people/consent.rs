//! What a cell says of a consent. The Digital Personal Data Protection Act, 2023, section 6, wants a consent that is
//! unambiguous and that can be shown: only what clearly says so is one, and whatever may say that there is none
//! (`form not received`, `12-05-2024 को मना`) is none, whichever numbers stand beside it.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::geography::{Geography, clean, is_letter};
use crate::understanding::{Kind, Meaning, Reading, fold, read as hear};

/// What a cell says of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Agreed {
    /// It is empty, or refused.
    Nothing,
    Yes,
    No,
    /// It does not clearly say anything: a dash, `लंबित`, `form not received`, `phone`, `1`.
    Unclear,
    /// What the office can show.
    Proof(String),
}

/// The person said no.
const REFUSED: &str = "मना इंकार इनकार अस्वीकार अस्वीकृत असहमत असहमति विरोध mana manaa inkar inkaar inkaari asahmat asahmati denied deny denies \
    disagreed unwilling stop unsubscribe optout dnd declined refused rejected";
/// So begin words of the same.
const REFUSED_STEMS: [&str; 7] =
    ["refus", "declin", "reject", "disagre", "withdr", "revok", "object"];
/// There is nothing, not yet or not any more; or nobody knows; or it was only said.
const LACKING: &str = "लंबित लम्बित बाकी बाक़ी शेष वापस रद्द निरस्त अप्राप्त अभाव खाली रिक्त अज्ञात अधूरा अपूर्ण गलत मौखिक जुबानी ज़ुबानी होगा होगी होंगे देगा देगी देंगे दूंगा \
    दूँगा करेंगे करेगा करेगी विचाराधीन प्रतीक्षा करना होना होने लेना लेने भरना भरवाना कराना करवाना कराएं करायें लें देना शायद संदेह पता कल हटाया हटाओ हटा खो गुम \
    pending awaited awaiting await waiting missing lost later tbd tba todo will soon be due incomplete partial doubt doubtful maybe perhaps blank void invalid \
    wrong expired unknown baki baaki lambit verbal verbally oral orally maukhik unsigned unfilled unverified hold out opted removed returned left nil null \
    none na pata shayad vapas wapas karna hona lena bharna hoga dega denge radd khali duplicate fake false dispute disputed";
const LACKING_STEMS: [&str; 2] = ["cancel", "unsign"];
/// Not; `no` and `न` before digits are the number of something.
const NOT: &str =
    "नहीं नही नाहीं ना बिना बगैर न nahi nahin nhi nai na not no non never without n't dont didnt";

/// What the office has in its hand, or has kept.
const SHOWN: &str = "हस्ताक्षर हस्ताक्षरित हस्ताक्षरयुक्त दस्तखत अंगूठा अंगूठे लिखित प्राप्त मिला मिली जमा भरा भरकर रिकॉर्डिंग signed signature thumb thumbprint written received \
    submitted filled recorded recording attached संलग्न";
/// What has a number or a day of its own.
const DOCUMENTS: &str = "फॉर्म फार्म फ़ॉर्म प्रपत्र पत्र सहमति सहमतिपत्र आवेदन रजिस्टर पंजी पंजिका रसीद पर्ची पृष्ठ पेज क्रमांक क्र संख्या सं नं नंबर न संदेश मैसेज मेसेज व्हाट्सएप \
    व्हाट्सऐप फाइल बैठक दिनांक तारीख form forms no nos number num sr sl serial page register reg receipt slip letter consent application message msg sms whatsapp \
    wa file ref reference id meeting dated date dt on";
/// A number beside these is no proof's.
const OTHER_NUMBERS: &str = "उम्र आयु वर्ष साल बूथ वार्ड सेक्टर मकान जिला विधानसभा भाग age years year booth ward sector house part assembly rs rupees रुपये phone mobile call \
    फोन मोबाइल कॉल संपर्क contact";

fn folded(words: &str) -> HashSet<String> {
    words.split_whitespace().map(fold).collect()
}

struct Words {
    refused: HashSet<String>,
    lacking: HashSet<String>,
    not: HashSet<String>,
    shown: HashSet<String>,
    documents: HashSet<String>,
    others: HashSet<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| Words {
    refused: folded(REFUSED),
    lacking: folded(LACKING),
    not: folded(NOT),
    shown: folded(SHOWN),
    documents: folded(DOCUMENTS),
    others: folded(OTHER_NUMBERS),
});

/// What these words say of a consent; `today` bounds the days they may name.
pub(super) fn agreed(text: &str, today: Date, geography: &Geography) -> Agreed {
    let small = text.trim().to_lowercase();
    match small.as_str() {
        "true" | "y" => return Agreed::Yes,
        "false" | "n" => return Agreed::No,
        // An error of Excel, a formula, a question.
        other if other.starts_with(['#', '=']) || other.contains('?') => return Agreed::Unclear,
        _ => {}
    }
    if !small.chars().any(|sign| sign.is_alphanumeric() && !matches!(sign, '0' | '०')) {
        return Agreed::Unclear;
    }
    let cleaned = clean(&small);
    let heard = Said::of(&cleaned);
    if heard.lacks {
        return Agreed::Unclear;
    }
    let yes_or_no = |text: &str| match hear(Kind::YesNo, text, geography) {
        Reading::Sure(Meaning::YesNo(is_yes)) => Some(is_yes),
        _ => None,
    };
    let bare = || -> String {
        let letters: Vec<&str> = cleaned
            .split(' ')
            .filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()))
            .collect();
        letters.join(" ")
    };
    match (heard.is_refused, heard.is_negated) {
        // `मना नहीं किया`: nobody knows.
        (true, true) => return Agreed::Unclear,
        (true, false) => return Agreed::No,
        // Of a sentence with a no in it only the person's own no is clear.
        (false, true) => {
            let is_short = bare().split(' ').count() <= 3;
            let is_no = is_short && !heard.has_document && yes_or_no(&bare()) == Some(false);
            return if is_no { Agreed::No } else { Agreed::Unclear };
        }
        (false, false) => {}
    }
    if heard.groups == 0 {
        return match yes_or_no(text) {
            Some(true) => Agreed::Yes,
            Some(false) => Agreed::No,
            None if heard.is_shown => Agreed::Proof(text.to_owned()),
            None => Agreed::Unclear,
        };
    }
    let shows = || {
        let is_day = || {
            let kind = Kind::Date { today, from: None, to: None };
            matches!(hear(kind, text, geography), Reading::Sure(Meaning::Date(_)))
        };
        !heard.is_phone && (heard.shows_number(&small) || is_day())
    };
    if shows() {
        return Agreed::Proof(text.to_owned());
    }
    match yes_or_no(&bare()) {
        Some(true) if heard.digits < 2 => Agreed::Yes,
        _ => Agreed::Unclear,
    }
}

/// What stands in a cell, word by word.
#[derive(Debug, Default)]
struct Said {
    is_refused: bool,
    lacks: bool,
    is_negated: bool,
    is_shown: bool,
    has_document: bool,
    has_other: bool,
    has_letters: bool,
    /// Runs of digits, and how many digits they have.
    groups: usize,
    digits: usize,
    /// The digits are those of one phone number.
    is_phone: bool,
}

impl Said {
    fn of(cleaned: &str) -> Said {
        let known = &*WORDS;
        let mut said = Said::default();
        let words: Vec<&str> = cleaned.split(' ').filter(|word| !word.is_empty()).collect();
        let is_number = |word: &str| word.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        let mut all_digits = String::new();
        for (at, word) in words.iter().enumerate() {
            let digits: String = word.chars().filter(char::is_ascii_digit).collect();
            said.groups += usize::from(!digits.is_empty());
            all_digits.push_str(&digits);
            if !word.chars().any(is_letter) {
                continue;
            }
            said.has_letters = true;
            let has_stem = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
            let (is_refusal, is_lack) = (has_stem(&REFUSED_STEMS), has_stem(&LACKING_STEMS));
            let word = fold(word);
            // `Form No. 12`; but `No 12-05-2024` says no first.
            let is_numbers_own = matches!(word.as_str(), "no" | "n" | "न")
                && at > 0
                && words.get(at + 1).is_some_and(|next| is_number(next));
            said.is_refused |= known.refused.contains(&word) || is_refusal;
            said.lacks |= known.lacking.contains(&word) && !is_numbers_own || is_lack;
            said.is_negated |= known.not.contains(&word) && !is_numbers_own;
            said.is_shown |= known.shown.contains(&word);
            said.has_document |=
                known.documents.contains(&word) && !known.not.contains(&word) || is_numbers_own;
            said.has_other |= known.others.contains(&word);
        }
        said.digits = all_digits.len();
        let local = match all_digits.len() {
            10 => Some(all_digits.as_str()),
            11 => all_digits.strip_prefix('0'),
            12 => all_digits.strip_prefix("91"),
            _ => None,
        };
        // A day and a number beside it have four groups.
        said.is_phone = said.groups <= 3
            && local.is_some_and(|digits| digits.starts_with(['6', '7', '8', '9']));
        said
    }

    /// Whether a number here is that of something the office can show, or a day. `small` is the text.
    fn shows_number(&self, small: &str) -> bool {
        if !self.has_letters {
            return self.digits >= 2;
        }
        // Three numbers, or as many digits as a day has.
        let is_day = self.groups >= 3 || self.digits >= 6;
        if is_day || self.is_shown {
            return true;
        }
        !self.has_other && (self.has_document || (self.digits >= 2 && is_code(small)))
    }
}

/// `F-12`, `UP/173/42`, `C123`: letters that are joined to digits.
fn is_code(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let letters = word.chars().filter(|sign| is_letter(*sign)).count();
        let is_joined = word
            .chars()
            .all(|sign| sign.is_alphanumeric() || is_letter(sign) || "-/._:()".contains(sign));
        is_joined
            && (1..=6).contains(&letters)
            && word.chars().filter(|sign| sign.is_numeric()).count() > 1
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn of(text: &str) -> Agreed {
        let geography = Geography::shipped().unwrap();
        agreed(text, date(2026, 11, 21), &geography)
    }

    #[test]
    fn what_the_office_can_show_is_a_proof() {
        for text in [
            "फॉर्म 12",
            "फॉर्म 7",
            "form 12",
            "form 1",
            "Form No. 12",
            "form no 12",
            "Form no: 7",
            "फॉर्म न. 12",
            "फॉर्म सं0 12",
            "सहमति पत्र 12",
            "F-12",
            "UP/173/42",
            "C123",
            "12",
            "1023",
            "2026-11-04",
            "04-11-2026",
            "4/11/26",
            "15 अगस्त 2024",
            "5 May 2024",
            "संदेश 04-11-2026",
            "WhatsApp 04-11-2026",
            "फोन पर 12-05-2024",
            "हाँ, फॉर्म 12",
            "yes 12-05-2024",
            "हस्ताक्षरित फॉर्म",
            "signed form",
            "form received",
            "फॉर्म मिला",
            "लिखित सहमति",
            "अंगूठा लगाया",
            "रजिस्टर पृष्ठ 4",
            "sms 04.11.2026 98123",
            "१२-०५-२०२४",
            "फॉर्म १२",
        ] {
            assert_eq!(of(text), Agreed::Proof(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn whatever_may_say_that_there_is_none_is_no_consent() {
        for text in [
            "Form not received",
            "फॉर्म नहीं मिला",
            "फॉर्म नहीं मिला 12-05-2024",
            "मना कर दिया 12-05-2024",
            "15-08-2024 को मना",
            "pending form 12",
            "Form 12 cancelled",
            "Form 12 canceled",
            "1",
            "5",
            "x",
            "X",
            "phone",
            "Verbal",
            "verbal 12-05-2024",
            "मौखिक",
            "मौखिक 12-05-2024",
            "#REF!",
            "#VALUE!",
            "=A1",
            "-",
            "—",
            "0",
            "00",
            "लंबित",
            "लंबित 12",
            "n/a",
            "NA",
            "nil",
            "बाकी",
            "12 बाकी",
            "form 12 withdrawn",
            "फॉर्म 12 वापस",
            "refused 12-05-2024",
            "declined form 12",
            "No 12-05-2024",
            "नहीं 12-05-2024",
            "not signed 12",
            "without form 12",
            "बिना फॉर्म 12",
            "unsigned form 12",
            "form 12?",
            "फॉर्म 12 खो गया",
            "फॉर्म भरना है 12",
            "form 12 to be signed",
            "हस्ताक्षर बाकी",
            "हस्ताक्षर करना है",
            "booth 42",
            "बूथ 42",
            "उम्र 45",
            "age 45",
            "9812345678",
            "phone 9812345678",
            "+91 98123 45678",
            "phone 5",
            "A1",
            "x1",
            "फॉर्म",
            "form",
            "message",
            "फॉर्म 12 रद्द",
            "मना नहीं किया",
            "unknown 12",
            "कोई फॉर्म नहीं",
            "फॉर्म 12 नहीं मिला",
            "form no 12 not received",
            "Form No. 12 - refused",
            "will send 12-12-2026",
            "form 12 incomplete",
            "false 12",
            "opted out 12-05-2024",
            "inkar 12",
            "nahi diya 12-05-2024",
            "asahmat 12-05-2024",
            "सहमति नहीं 12",
            "सहमति नहीं दी",
        ] {
            let said = of(text);
            assert!(matches!(said, Agreed::Unclear | Agreed::No), "{text}: {said:?}");
        }
    }

    #[test]
    fn a_yes_is_a_yes_and_a_no_a_no() {
        for text in ["हाँ", "haan", "yes", "Yes", "TRUE", "y", "जी हाँ", "सहमत"]
        {
            assert_eq!(of(text), Agreed::Yes, "{text}");
        }
        for text in [
            "नहीं",
            "no",
            "No",
            "FALSE",
            "n",
            "मना कर दिया",
            "मना किया",
            "refused",
            "Declined",
            "असहमत",
            "नहीं 12-05-2024",
            "इनकार 12-05-2024",
            "disagree",
        ] {
            assert_eq!(of(text), Agreed::No, "{text}");
        }
    }
}
