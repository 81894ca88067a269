//! What no poll asks: how somebody voted (Representation of the People Act 1951, section 126A, and the secrecy of the
//! ballot, section 128), and caste, community and religion (section 123(3), and the rule of the house). Words are looked
//! for that stand near each other, in Hindi, Hinglish, English and Urdu.
//!
//! A list of words never ends; so somebody reads the question before it is asked, and says so in the file
//! (`reviewed_by`).

/// A question that is not asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The words of it by which it was noticed.
    pub said: String,
    /// Why, and what to ask instead.
    pub why: &'static str,
}

pub(super) const HOW_VOTED: &str = "nobody is asked how they voted (Representation of the People Act 1951, sections 126A and 128): \
     ask who should stand";
pub(super) const COMMUNITY: &str = "caste, community and religion are neither asked nor stored: ask about the candidate's work, and say `क्षेत्र` (area) for a place";

/// A vote, in any form that is not a voter.
const VOTE: [&str; 16] = [
    "वोट",
    "वोटों",
    "वोटिंग",
    "मत",
    "मतदान",
    "मतपत्र",
    "vote",
    "votes",
    "voting",
    "ballot",
    "ballots",
    "matdan",
    "mat",
    "ووٹ",
    "ووٹنگ",
    "ووٹوں",
];
/// It was given: so near a vote that nothing else can be meant.
const GIVEN: [&str; 29] = [
    "दिया",
    "दिये",
    "दिए",
    "दी",
    "डाला",
    "डाले",
    "डाली",
    "किया",
    "गया",
    "गये",
    "गए",
    "diya",
    "dia",
    "diye",
    "diyaa",
    "dala",
    "daala",
    "dale",
    "kiya",
    "kia",
    "gaya",
    "gya",
    "gaye",
    "دیا",
    "دیے",
    "ڈالا",
    "ڈالے",
    "گیا",
    "گئے",
];
/// It was given, in English; where somebody is spoken to.
const GAVE: [&str; 11] =
    ["did", "got", "get", "went", "gave", "given", "cast", "casted", "received", "earned", "won"];
/// Said of a vote it can be nothing else.
const VOTED: [&str; 2] = ["voted", "वोटेड"];
/// Behind what was given: it is to be given yet ("दिया जाए").
const TO_BE: [&str; 13] = [
    "जाए",
    "जाये",
    "जाना",
    "जाएगा",
    "जायेगा",
    "जाएं",
    "jaye",
    "jae",
    "jana",
    "jaaye",
    "jayega",
    "جائے",
    "جانا",
];
const BEFORE: [&str; 27] = [
    "पिछला",
    "पिछली",
    "पिछले",
    "बीता",
    "बीती",
    "बीते",
    "गत",
    "पहले",
    "last",
    "previous",
    "previously",
    "past",
    "earlier",
    "pichla",
    "pichli",
    "pichle",
    "pichhla",
    "pichhli",
    "pichhle",
    "pehle",
    "gat",
    "گزشتہ",
    "پچھلا",
    "پچھلی",
    "پچھلے",
    "پہلے",
    "گذشتہ",
];
const YOU: [&str; 27] = [
    "आप",
    "आपने",
    "आपका",
    "आपकी",
    "आपके",
    "आपको",
    "आपसे",
    "तुमने",
    "तुम",
    "तुम्हारा",
    "तूने",
    "अपना",
    "अपने",
    "you",
    "your",
    "yours",
    "aap",
    "aapne",
    "apne",
    "aapka",
    "apka",
    "aapki",
    "tum",
    "tumne",
    "apna",
    "آپ",
    "اپنا",
];
const WHICH: [&str; 14] = [
    "किस",
    "किसके",
    "किसकी",
    "कौनसी",
    "कौनसे",
    "सी",
    "से",
    "which",
    "what",
    "kis",
    "kaunsi",
    "konsi",
    "si",
    "کس",
];
const PARTY: [&str; 14] = [
    "पार्टी",
    "दल",
    "निशान",
    "चिन्ह",
    "चिह्न",
    "party",
    "parti",
    "dal",
    "nishan",
    "symbol",
    "sign",
    "پارٹی",
    "نشان",
    "جماعت",
];
const WHOM: [&str; 15] = [
    "किसे",
    "किसको",
    "किस",
    "किनको",
    "kise",
    "kisko",
    "kis",
    "kisne",
    "whom",
    "who",
    "which",
    "کسے",
    "کس",
    "किन्हें",
    "what",
];
const CHOSEN: [&str; 22] = [
    "चुना",
    "चुनी",
    "चुने",
    "जिताया",
    "समर्थन",
    "थे",
    "साथ",
    "chuna",
    "chuni",
    "chune",
    "jitaya",
    "choose",
    "chose",
    "chosen",
    "pick",
    "picked",
    "select",
    "selected",
    "support",
    "supported",
    "چنا",
    "چنے",
];
const BUTTON: [&str; 6] = ["बटन", "button", "batan", "buton", "evm", "بٹن"];
const PRESSED: [&str; 10] =
    ["दबाया", "दबाई", "दबाये", "दबाए", "dabaya", "dabaaya", "press", "pressed", "pushed", "دبایا"];
const PLACE_OF_VOTING: [&str; 4] = ["booth", "बूथ", "evm", "ईवीएम"];

/// Caste and religion, whatever stands near. Whole words: सामाजिक, समाजवादी, धर्मशाला and धर्मेंद्र are others.
const COMMUNITIES: [&str; 102] = [
    "जाति",
    "जातियों",
    "जातियां",
    "जातिगत",
    "जातीय",
    "जातिवाद",
    "बिरादरी",
    "बिरादरियों",
    "बिरादर",
    "धर्म",
    "धर्मों",
    "धार्मिक",
    "मजहब",
    "मजहबी",
    "संप्रदाय",
    "सम्प्रदाय",
    "सांप्रदायिक",
    "समुदाय",
    "समुदायों",
    "कौम",
    "गोत्र",
    "हिंदू",
    "हिन्दू",
    "हिंदुओं",
    "हिन्दुओं",
    "मुस्लिम",
    "मुस्लिमों",
    "मुसलमान",
    "मुसलमानों",
    "इस्लाम",
    "सिख",
    "सिक्ख",
    "ईसाई",
    "बौद्ध",
    "दलित",
    "दलितों",
    "सवर्ण",
    "सवर्णों",
    "ओबीसी",
    "अनुसूचित",
    "अल्पसंख्यक",
    "अल्पसंख्यकों",
    "ब्राह्मण",
    "ब्राह्मणों",
    "राजपूत",
    "क्षत्रिय",
    "वैश्य",
    "शूद्र",
    "जाट",
    "जाटव",
    "गुर्जर",
    "बनिया",
    "jaati",
    "jatiwad",
    "biradari",
    "biraadri",
    "biradri",
    "biraadari",
    "dharm",
    "dharam",
    "dharmik",
    "mazhab",
    "majhab",
    "samuday",
    "qaum",
    "kaum",
    "gotra",
    "hindu",
    "hindus",
    "muslim",
    "muslims",
    "musalman",
    "musalmaan",
    "sikh",
    "sikhs",
    "isai",
    "christian",
    "christians",
    "dalit",
    "dalits",
    "savarna",
    "obc",
    "caste",
    "castes",
    "casteism",
    "religion",
    "religions",
    "religious",
    "sect",
    "minority",
    "minorities",
    "brahmin",
    "brahmins",
    "rajput",
    "kshatriya",
    "ذات",
    "برادری",
    "مذہب",
    "مذہبی",
    "دھرم",
    "ہندو",
    "مسلمان",
];
/// Those are a community when somebody's own is asked for, and else the world around.
const SOCIETY: [&str; 8] =
    ["समाज", "samaj", "samaaj", "society", "community", "communities", "سماج", "معاشرے"];
const WHOSE: [&str; 25] = [
    "आपके",
    "आपका",
    "आपकी",
    "अपने",
    "अपना",
    "किस",
    "कौनसे",
    "कौन",
    "से",
    "किसी",
    "जिस",
    "aapke",
    "apke",
    "apne",
    "kis",
    "kaunse",
    "konse",
    "your",
    "which",
    "whose",
    "own",
    "what",
    "اپنے",
    "کس",
    "کے",
];
/// Behind "समाज का", "samaj ke": somebody of it.
const OF_IT: [&str; 7] = ["का", "के", "की", "ka", "ke", "ki", "کا"];
const SOMEBODY: [&str; 14] = [
    "प्रत्याशी",
    "उम्मीदवार",
    "नेता",
    "आदमी",
    "व्यक्ति",
    "वोट",
    "pratyashi",
    "ummeedwar",
    "umeedwar",
    "neta",
    "candidate",
    "leader",
    "vote",
    "امیدوار",
];
/// Words beside which it is the name of a party, or no community at all.
const HARMLESS_BEFORE: [&str; 4] = ["बहुजन", "bahujan", "بہوجن", "सर्व"];
const HARMLESS_BEHIND: [&str; 15] = [
    "पार्टी",
    "party",
    "सेवा",
    "सेवक",
    "सेवी",
    "कल्याण",
    "seva",
    "sevak",
    "kalyan",
    "work",
    "worker",
    "hall",
    "centre",
    "center",
    "health",
];
/// "जाती" is "goes", and by a slip the caste; so is "jati".
const GOES: [&str; 3] = ["जाती", "jati", "jaati"];
const ONES_OWN: [&str; 14] = [
    "आपकी",
    "अपनी",
    "किस",
    "कौनसी",
    "सी",
    "उनकी",
    "aapki",
    "apki",
    "apni",
    "kis",
    "kaunsi",
    "konsi",
    "si",
    "your",
];
/// Backward, of a class of people and not of a road.
const BACKWARD: [&str; 6] = ["पिछडा", "पिछडे", "पिछडी", "backward", "pichda", "pichhda"];
const CLASS: [&str; 6] = ["वर्ग", "वर्गों", "class", "classes", "varg", "समाज"];

/// So many words apart a vote and what was done with it belong together.
const NEAR: usize = 3;

/// Looks at a question, sentence by sentence. `year`: in which it is asked; a year before it is the past.
pub(super) fn refused(text: &str, year: Option<i16>) -> Option<Refused> {
    text.split(['।', '.', '?', '!', '؟', '۔', '\n', ';']).find_map(|sentence| {
        let sentence = Sentence::of(sentence);
        let found = sentence.community().map(|said| Refused { said, why: COMMUNITY });
        found.or_else(|| sentence.past_vote(year).map(|said| Refused { said, why: HOW_VOTED }))
    })
}

struct Sentence<'t> {
    written: Vec<&'t str>,
    /// The same, spelt one way.
    words: Vec<String>,
}

impl<'t> Sentence<'t> {
    fn of(text: &'t str) -> Sentence<'t> {
        let written: Vec<&str> =
            text.split(|letter| !is_of_word(letter)).filter(|word| !word.is_empty()).collect();
        let words = written.iter().map(|word| spelt(word)).collect();
        Sentence { written, words }
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |at| self.word(at))
    }

    fn is(&self, at: usize, of: &[&str]) -> bool {
        of.contains(&self.word(at))
    }

    fn places(&self, of: &[&str]) -> Vec<usize> {
        (0..self.words.len()).filter(|at| self.is(*at, of)).collect()
    }

    fn first(&self, of: &[&str]) -> Option<usize> {
        (0..self.words.len()).find(|at| self.is(*at, of))
    }

    /// The words at some places, as they were written.
    fn said(&self, mut at: Vec<usize>) -> String {
        at.sort_unstable();
        at.dedup();
        let mut said = String::new();
        let mut last = None;
        for at in at {
            if let Some(last) = last {
                said.push_str(if last + 1 == at { " " } else { " … " });
            }
            said.push_str(self.written.get(at).copied().unwrap_or_default());
            last = Some(at);
        }
        said
    }

    fn community(&self) -> Option<String> {
        for at in 0..self.words.len() {
            let behind = at + 1;
            let is_named = self.is(at, &COMMUNITIES);
            let is_slip = self.is(at, &GOES) && ONES_OWN.contains(&self.before(at));
            if is_named || is_slip {
                return Some(self.said(vec![at]));
            }
            if self.is(at, &BACKWARD) && self.is(behind, &CLASS) {
                return Some(self.said(vec![at, behind]));
            }
            if !self.is(at, &SOCIETY)
                || HARMLESS_BEFORE.contains(&self.before(at))
                || self.is(behind, &HARMLESS_BEHIND)
            {
                continue;
            }
            if WHOSE.contains(&self.before(at)) {
                return Some(self.said(vec![at.saturating_sub(1), at]));
            }
            if self.is(behind, &OF_IT) && self.is(behind + 1, &SOMEBODY) {
                return Some(self.said(vec![at, behind, behind + 1]));
            }
        }
        None
    }

    fn past_vote(&self, year: Option<i16>) -> Option<String> {
        if let Some(at) = self.first(&VOTED) {
            return Some(self.said(vec![at]));
        }
        let votes = self.places(&VOTE);
        for vote in &votes {
            let is_near = |given: &usize| vote.abs_diff(*given) <= NEAR;
            let mut given = self.places(&GIVEN).into_iter().filter(is_near);
            if let Some(given) = given.find(|given| !self.is(given + 1, &TO_BE)) {
                return Some(self.said(vec![*vote, given]));
            }
            // In Urdu "did" and "what" are one word.
            if self.word(*vote) == "ووٹ" && self.word(vote + 1) == "کیا" {
                return Some(self.said(vec![*vote, vote + 1]));
            }
        }
        let before = self.first(&BEFORE).or_else(|| self.past_year(year));
        let you = self.first(&YOU);
        let button = self.first(&BUTTON).zip(self.first(&PRESSED));
        if let Some((button, pressed)) = button {
            return Some(self.said(vec![button, pressed]));
        }
        let you = you?;
        if let Some(vote) = votes.first()
            && let Some(other) = before.or_else(|| self.first(&GAVE))
        {
            return Some(self.said(vec![you, *vote, other]));
        }
        let chosen = self.first(&CHOSEN)?;
        let mut party = self.places(&PARTY).into_iter();
        if let Some(party) = party.find(|at| WHICH.contains(&self.before(*at)))
            && (before.is_some() || self.is_over(chosen))
        {
            return Some(self.said(vec![you, party, chosen]));
        }
        let other =
            before.or_else(|| self.first(&PLACE_OF_VOTING).filter(|_| self.is_over(chosen)));
        let whom = self.first(&WHOM);
        other.zip(whom).map(|(other, whom)| self.said(vec![you, whom, chosen, other]))
    }

    /// Whether what was chosen was chosen before: "did you choose", "चुना", and not "choose".
    fn is_over(&self, chosen: usize) -> bool {
        let is_open =
            ["choose", "pick", "select", "support", "साथ", "समर्थन"].contains(&self.word(chosen));
        !is_open || self.first(&["did", "दिया", "किया", "diya", "kiya"]).is_some()
    }

    fn past_year(&self, year: Option<i16>) -> Option<usize> {
        self.words.iter().position(|word| {
            let written: Option<i16> = word.parse().ok().filter(|year| (1950..2100).contains(year));
            written.is_some_and(|written| year.is_none_or(|year| written < year))
        })
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(letter, '\u{900}'..='\u{963}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}')
}

/// One spelling of a word: small letters; no dots below, joiners or vowel marks; the letters of Urdu, and digits of ours.
fn spelt(word: &str) -> String {
    let mut spelt = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase) {
        spelt.push(match letter {
            '\u{93c}' | '\u{200c}' | '\u{200d}' | '\u{64b}'..='\u{65f}' => continue,
            '\u{901}' => '\u{902}',
            '\u{958}' => 'क',
            '\u{959}' => 'ख',
            '\u{95a}' => 'ग',
            '\u{95b}' => 'ज',
            '\u{95c}' => 'ड',
            '\u{95d}' => 'ढ',
            '\u{95e}' => 'फ',
            'ي' | 'ى' => 'ی',
            'ك' => 'ک',
            '०'..='९' => ascii_digit(letter, '०'),
            '۰'..='۹' => ascii_digit(letter, '۰'),
            other => other,
        });
    }
    spelt
}

fn ascii_digit(digit: char, zero: char) -> char {
    let value = u32::from(digit).saturating_sub(u32::from(zero));
    char::from_digit(value, 10).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> Option<&'static str> {
        refused(text, Some(2029)).map(|refused| refused.why)
    }

    #[test]
    fn how_somebody_voted_is_not_asked_in_any_words() {
        for text in [
            "आपने पिछली बार किसे वोट किया?",
            "आपने किसे वोट दिया?",
            "किसको वोट डाला था",
            "पिछले चुनाव में आपका वोट किसे गया?",
            "पिछले चुनाव में आपने किसे चुना था?",
            "2024 में आपका वोट किसके साथ था?",
            "२०२४ में आपने किस पार्टी को वोट किया?",
            "आपने किस दल का साथ दिया था?",
            "आपने किस पार्टी को चुना?",
            "किस निशान का बटन दबाया?",
            "आपने मत किसे दिया?",
            "मतदान किसके लिए किया था?",
            "Who got your vote last time?",
            "Whom did you vote for?",
            "Which party did you choose in the booth?",
            "Who have you voted for?",
            "Whom did you choose in the last election?",
            "Which button did you press?",
            "How did you cast your ballot?",
            "aapne pichli baar kise vote kiya",
            "vote kisko diya tha",
            "aapka vote kisko gaya",
            "kis party ko aapne chuna",
            "pichhle chunav me aapka vote kiske liye tha",
            "آپ نے کسے ووٹ دیا؟",
            "پچھلے الیکشن میں آپ کا ووٹ کس کے لیے تھا؟",
            "آپ نے کس پارٹی کو چنا؟",
        ] {
            assert_eq!(why(text), Some(HOW_VOTED), "{text}");
        }
    }

    #[test]
    fn caste_community_and_religion_are_not_asked_in_any_words() {
        for text in [
            "आपकी बिरादरी का प्रत्याशी कौन हो?",
            "किस जाति का प्रत्याशी हो?",
            "आपकी जाती क्या है",
            "किस मज़हब के आदमी को टिकट मिले?",
            "प्रत्याशी किस धर्म का हो?",
            "हिंदू प्रत्याशी हो या मुस्लिम?",
            "किसी दलित को टिकट मिले?",
            "आपके समाज का प्रत्याशी कौन हो?",
            "किस समाज को टिकट मिले?",
            "ब्राह्मण समाज के उम्मीदवार कौन हों?",
            "पिछड़े वर्ग से कौन खड़ा हो?",
            "आपका समुदाय किसे चाहता है?",
            "A Hindu or a Muslim candidate?",
            "Which caste should the candidate be of?",
            "Who should stand for your community?",
            "Does religion matter to you?",
            "A candidate of the backward classes?",
            "kis jati ka pratyashi ho",
            "aapki biradari kise chahti hai",
            "kis dharm ka neta ho",
            "apne samaj ka pratyashi kaun ho",
            "آپ کی برادری کا امیدوار کون ہو؟",
            "کس مذہب کا امیدوار ہو؟",
            "ہندو یا مسلمان؟",
        ] {
            assert_eq!(why(text), Some(COMMUNITY), "{text}");
        }
    }

    #[test]
    fn a_question_about_who_should_stand_is_asked() {
        for text in [
            "आपके क्षेत्र से लोकसभा का प्रत्याशी कौन हो?",
            "Who should be the Lok Sabha candidate of your seat?",
            "آپ کے حلقے سے لوک سبھا کا امیدوار کون ہو؟",
            "किसे टिकट दिया जाए?",
            "किसे वोट दिया जाना चाहिए?",
            "सबसे ज़्यादा वोट किसे मिल सकते हैं?",
            "समाजवादी पार्टी के सामने कौन जीत सकता है?",
            "बहुजन समाज पार्टी के सामने कौन खड़ा हो?",
            "सामाजिक काम में सबसे आगे कौन है?",
            "समाज के लिए सबसे अच्छा काम कौन करता है?",
            "समाज सेवा किसने सबसे अच्छी की?",
            "किसकी बात आपके गाँव में सुनी जाती है?",
            "आपके पिछड़े इलाके के लिए किसने काम किया?",
            "धर्मेंद्र कुमार के बाद अध्यक्ष कौन हो?",
            "धर्मशाला का काम किसने करवाया?",
            "पिछले पाँच साल में किसने सबसे ज़्यादा काम किया?",
            "जो वोटर रूठे हैं, उन्हें कौन मनाएगा?",
            "ऐसा मत सोचिए कि राय छोटी है: कौन खड़ा हो?",
            "आप किस नाम पर भरोसा करते हैं?",
            "2029 में आपके यहाँ से कौन खड़ा हो?",
            "Who can win the most votes here?",
            "Who did the most work in the last five years?",
            "Which of these names would you support?",
            "Which party worker should be the candidate?",
            "Whom should the party choose?",
            "Who should be the candidate of your booth?",
            "Who does the most community work?",
            "aapke kshetra se pratyashi kaun ho",
            "kise ticket diya jaye",
            "kiski baat suni jati hai",
            "samajwadi party ke samne kaun ho",
            "کسے ٹکٹ دیا جائے؟",
        ] {
            assert_eq!(refused(text, Some(2029)), None, "{text}");
        }
    }

    #[test]
    fn the_words_are_told_as_they_were_written() {
        let said = |text: &str| refused(text, None).unwrap().said;
        assert_eq!(said("प्रत्याशी किसे वोट दिया?"), "वोट दिया");
        assert_eq!(said("आपका वोट आख़िर किसे गया?"), "वोट … गया");
        assert_eq!(said("किस मज़हब का?"), "मज़हब");
    }
}
