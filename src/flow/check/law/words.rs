//! What single texts, labels, names and patterns ask for.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::{Forbidden, Found};

/// Small letters, without the dots and marks in which spellings differ.
fn plain(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .filter(|sign| !matches!(sign, '\u{93c}' | '\u{200c}' | '\u{200d}' | '\u{64b}'..='\u{652}'))
        .map(|sign| match sign {
            '\u{95b}' => 'ज',
            '\u{958}' => 'क',
            '\u{95c}' => 'ड',
            'ँ' => 'ं',
            'ي' => 'ی',
            'ك' => 'ک',
            '’' => '\'',
            other => other,
        })
        .collect()
}

const AADHAAR: &str = "आधार aadhaar aadhar adhaar adhar aadharcard uidai आधारकार्ड آدھار ادھار";
/// Behind `आधार`, these make it "on the basis of".
const BASIS: &str = "पर से बनाकर पे par pe per स्तंभ के par";
/// And so do these before it: `किस आधार पर`.
const BASIS_BEFORE: &str = "इस उस किस जिस के का की is us kis jis ke";
const NUMBER_WORDS: &str = "कार्ड नंबर नम्बर न नं संख्या क्रमांक card number no num id आईडी کارڈ نمبر \
                            अंक अंकों अंको sankhya digits digit डिजिट ہندسے";
const NUMBERS: &str = "नंबर नम्बर संख्या क्रमांक number no num sankhya نمبر अंक अंकों digits digit";
const RELIGION: &str = "धर्म मजहब पंथ religion religious dharm dharam dharma mazhab majhab مذہب دھرم \
                        धार्मिक religions धर्मों مذہبی";
const CASTE: &str = "जाति जात जातियां जातियों उपजाति बिरादरी गोत्र वर्ण caste subcaste castes jati jaati \
                     jaat biradari biraderi gotra gotr ذات برادری ذاتیں";
const COMMUNITY: &str =
    "समुदाय संप्रदाय सम्प्रदाय community communities samuday samudaay قوم طبقہ کمیونٹی फिरका";
/// Behind a word of the lists above, these make it a thing and no question about a person.
const THINGS: &str = "प्रमाण प्रमाणपत्र certificate केंद्र केन्द्र भवन centre center hall health toilet \
                      kitchen सेंटर हॉल शाला college कॉलेज school स्कूल नगर nagar road रोड मंदिर mandir \
                      university विश्वविद्यालय hostel हॉस्टल chowk चौक मोहल्ला mohalla park पार्क ground \
                      मैदान radio leader leaders work विकास development सेवा sewa seva सर्टिफिकेट \
                      سرٹیفکیٹ ہال مرکز शौचालय रसोई";
/// Within a few words behind them, these make it a matter of the world and no question about a person.
const MATTERS: &str = "राजनीति politics rajniti rajneeti भेदभाव discrimination bhedbhav ऊपर above upar \
                       سیاست امتیاز एकता ekta unity harmony सद्भाव भाईचारा bhaichara brotherhood اتحاد \
                       सौहार्द";
/// Before them, these mean everybody: `हर जाति के लोग`.
const EVERYBODY: &str = "हर सभी सब सारे सर्व हरेक किसी तमाम every all any each har sabhi sab kisi تمام ہر \
                         سب کسی regardless irrespective बिना bina without بغیر";
/// Names of religions, as a question about them offers them.
const FAITHS: &str = "हिंदू हिन्दू हिंदु मुस्लिम मुसलमान सिख ईसाई बौद्ध इसाई hindu hindus muslim muslims \
                      musalman sikh sikhs christian christians isai buddhist parsi ہندو مسلم مسلمان سکھ \
                      عیسائی";
/// Names of castes and their groups.
const CASTES: &str = "obc ओबीसी दलित सवर्ण dalit savarna swarn ब्राह्मण जाटव brahmin पिछड़ा पिछड़े ebc mbc \
                      अतिपिछड़ा دلت harijan हरिजन";
/// Names of castes that are names of people too.
const SURNAMES: &str = "यादव ठाकुर जैन jain yadav thakur kurmi कुर्मी जाट jat lodhi लोधी यादो";
/// Short names of castes: only several of them together mean that.
const SHORT: &str = "sc st एससी एसटी bc bcs ews general जनरल सामान्य अनुसूचित";
const HONORIFICS: &str = "जी ji साहब sahab sahib जी, صاحب جی bhai भाई";
const DENIALS: &str = "नहीं ना मत not never don't dont doesn't won't nahi nahin mat نہیں مت نہ cannot \
                       can't without बिना bina بغیر";
/// `न भूलें` denies nothing.
const FORGETTING: &str = "भूलें भूलिए भूलना भूले भूलिएगा bhoolein bhulein bhoolen bhule forget بھولیں";
/// What the office would do with such a number, if it did: `माँगते`, `ask`.
const COLLECTING: &str = "ask asks asking need needed needs require required collect store keep want \
                          मांगते मांगती मांगेंगे मांगेगा मांगता पूछते पूछती पूछेंगे पूछेगा पूछता लेते रखते \
                          चाहिए जरूरत आवश्यकता mangte maangte mangenge puchte poochte puchhte poochhte \
                          puchenge lete rakhte chahiye zaroorat jarurat zarurat مانگتے مانگتا پوچھتے لیتے \
                          رکھتے چاہیے ضرورت مانگیں پوچھیں पूछी पूछा मांगी मांगा asked";
/// Somebody is told to give it.
const REQUESTS: &str = "send share write type enter give provide tell reply upload submit mention ready \
                        confirm भेजें भेजिए भेजे भेजो भेज भेजिएगा लिखें लिखिए लिखे लिखो लिख लिखिएगा बताएं \
                        बताइए बताये बताओ बता बताइएगा बताएंगे दें दीजिए दीजिएगा दे साझा शेयर तैयार डालें \
                        डालिए दर्ज भरें भरिए bhejein bhejen bhejiye bhejo bhej bhejiyega likhein likhen \
                        likhiye likho likh batayein bataye batayen bataiye batao bata dein dijiye dijiyega \
                        tayyar taiyar taiyaar daalein dalein daaliye بھیجیں بھیجیے بھیجئے لکھیں لکھیے \
                        لکھئے بتائیں بتائیے بتائے دیں دیجیے تیار درج";
/// Whether somebody has a card, and not what stands on it.
const HAVING: &str = "बना बनी बने बन बनवाना बनवाया बनवाने मिला मिली made have got issued bana bani banwana \
                      banwaya بنا بنی ملا बनवा";
const PERSON: &str = "आप आपका आपकी आपके आपको अपना अपनी अपने तुम your you yours aap aapka aapki aapke apna \
                      apni apne tum آپ اپنا اپنی اپنے";
const ASKING: &str =
    "कौन कौनसी कौनसा किस किसी क्या which what kis kaun kaunsi kya کس کون کیا belong";
const WHICH: &str = "कौन कौनसी कौनसा किस which what kis kaun kaunsi کس کون";
const VOTER: &str = "वोटर voter मतदाता matdata ووٹر voter's voters";
const DOCUMENT: &str = "आईडी id कार्ड card पहचान आइडी کارڈ شناختی pehchan pahchan epic एपिक इपिक";
const CARDS: &str = "कार्ड नंबर नम्बर card number no संख्या کارڈ نمبر";
const BANK: &str = "बैंक bank بینک banks";
const BANK_DETAILS: &str = "डिटेल डिटेल्स detail details विवरण تفصیل तफसील passbook पासबुक ifsc";
const WORSHIP: &str = "मंदिर मस्जिद गुरुद्वारा गुरुद्वारे चर्च temple mosque church gurdwara mandir masjid مندر \
                       مسجد नमाज पूजा namaz namaaz pooja puja نماز پوجا roza रोजा व्रत";
const WORSHIPPING: &str = "जाते जाती पढ़ते पढ़ती करते करती go pray worship jate padhte karte جاتے پڑھتے کرتے \
                           रखते";

/// The words of a text in their plain form, each with how it stands there.
struct Words<'a>(Vec<(String, &'a str)>);

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Words<'a> {
        let words = text
            .split(|sign: char| sign.is_whitespace() || is_mark(sign))
            .filter(|word| !word.is_empty());
        Words(words.map(|word| (plain(word), word)).collect())
    }

    fn at(&self, index: usize) -> &str {
        self.0.get(index).map_or("", |(word, _)| word.as_str())
    }

    fn has(&self, list: &HashSet<String>) -> bool {
        self.0.iter().any(|(word, _)| list.contains(word))
    }

    /// Whether one of a list stands among the next few words.
    fn near(&self, index: usize, few: usize, list: &HashSet<String>) -> bool {
        self.0.iter().skip(index + 1).take(few).any(|(word, _)| list.contains(word))
    }

    fn before(&self, index: usize, few: usize, list: &HashSet<String>) -> bool {
        self.0.iter().take(index).rev().take(few).any(|(word, _)| list.contains(word))
    }

    /// Where words of a list stand that are no part of a name: `ठाकुर जी`, `Hindu College`.
    fn named(&self, list: &HashSet<String>) -> Vec<usize> {
        (0..self.0.len())
            .filter(|index| {
                list.contains(self.at(*index))
                    && !LISTS.honorifics.contains(self.at(index + 1))
                    && !LISTS.things.contains(self.at(index + 1))
            })
            .collect()
    }
}

const fn is_mark(sign: char) -> bool {
    matches!(
        sign,
        ',' | ';'
            | ':'
            | '('
            | ')'
            | '"'
            | '“'
            | '”'
            | '‘'
            | '.'
            | '/'
            | '-'
            | '–'
            | '—'
            | '।'
            | '?'
            | '!'
            | '؟'
            | '۔'
            | '،'
            | '*'
            | '_'
            | '|'
            | '•'
    )
}

macro_rules! lists {
    ($($name:ident = $words:ident)+) => {
        /// Lists of words in the plain form, made once.
        struct Lists {
            $($name: HashSet<String>,)+
        }

        static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
            $($name: $words.split_whitespace().map(plain).collect(),)+
        });
    };
}

lists! {
    aadhaar = AADHAAR
    basis = BASIS
    basis_before = BASIS_BEFORE
    number_words = NUMBER_WORDS
    numbers = NUMBERS
    religion = RELIGION
    caste = CASTE
    community = COMMUNITY
    things = THINGS
    matters = MATTERS
    everybody = EVERYBODY
    faiths = FAITHS
    castes = CASTES
    surnames = SURNAMES
    short = SHORT
    honorifics = HONORIFICS
    denials = DENIALS
    forgetting = FORGETTING
    collecting = COLLECTING
    requests = REQUESTS
    having = HAVING
    person = PERSON
    asking = ASKING
    which = WHICH
    voter = VOTER
    document = DOCUMENT
    cards = CARDS
    bank = BANK
    bank_details = BANK_DETAILS
    worship = WORSHIP
    worshipping = WORSHIPPING
}

/// How a text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A question whose answer is kept.
    Asked,
    /// Something said, which asks only where it tells somebody to give it, or is a question itself.
    Told,
}

/// What a text asks for. A sentence that says what is *not* asked is no question.
pub(super) fn in_text(text: &str, said: Said) -> Option<Found> {
    // `न.` and `नं.` are short for a number, and no `do not`.
    let spelt = text.replace(" न. ", " नंबर ");
    let mut rest = spelt.as_str();
    while !rest.is_empty() {
        let (sentence, after) = rest.split_at(end_of_sentence(rest));
        rest = after;
        if let Some(found) = in_sentence(sentence, said) {
            return Some(found);
        }
    }
    None
}

/// Where the first sentence of a text ends. A full stop ends one behind a whole word: `no.` is none.
fn end_of_sentence(text: &str) -> usize {
    let mut letters = 0_usize;
    for (at, sign) in text.char_indices() {
        let behind = at + sign.len_utf8();
        let stops = match sign {
            '।' | '?' | '!' | '\n' | '؟' | '۔' => true,
            '.' => {
                letters > 2
                    && text
                        .get(behind..)
                        .is_none_or(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
            }
            _ => false,
        };
        if stops {
            return behind;
        }
        letters = if sign.is_alphanumeric() { letters + 1 } else { 0 };
    }
    text.len()
}

fn in_sentence(sentence: &str, said: Said) -> Option<Found> {
    let words = Words::of(sentence);
    let asks = sentence.ends_with(['?', '؟']);
    if is_denied(sentence, &words, asks) {
        return None;
    }
    if said == Said::Told && !asks && !words.has(&LISTS.requests) {
        return None;
    }
    let found = identity(&words).or_else(|| belonging(&words, asks))?;
    // `अपने वोटर कार्ड से मतदान करें` tells of a card; only its number is asked for.
    let tells = said == Said::Told && !asks && matches!(found.what, Forbidden::Identity(_));
    if tells && !request_of(sentence) {
        return None;
    }
    Some(found)
}

/// Whether a part of a sentence tells somebody to give such a number.
fn request_of(sentence: &str) -> bool {
    let words = Words::of(sentence);
    identity(&words).is_some() && words.has(&LISTS.requests)
}

/// `हम आधार नंबर नहीं माँगते`, `never share your OTP`; not `आधार नंबर भेजना न भूलें`, and not
/// `send your Aadhaar number, don't worry`.
fn is_denied(sentence: &str, words: &Words<'_>, asks: bool) -> bool {
    if !denies(words) || words.has(&LISTS.forgetting) {
        return false;
    }
    if asks && !words.has(&LISTS.collecting) {
        return false;
    }
    let clauses = sentence.split([',', ';', '،', '–', '—']);
    !clauses.map(Words::of).any(|clause| {
        let names = identity(&clause).is_some() || belonging(&clause, asks).is_some();
        names && clause.has(&LISTS.requests) && !denies(&clause)
    })
}

/// Whether something is denied: `नहीं`, `never`, `न दें`, `no Aadhaar`. A `no` or `न` elsewhere is a number.
fn denies(words: &Words<'_>) -> bool {
    words.has(&LISTS.denials)
        || words.0.iter().enumerate().any(|(index, (word, _))| {
            let next = words.at(index + 1);
            match word.as_str() {
                "न" | "na" => LISTS.requests.contains(next) || LISTS.collecting.contains(next),
                "no" => [&LISTS.aadhaar, &LISTS.caste, &LISTS.religion, &LISTS.bank]
                    .into_iter()
                    .any(|list| list.contains(next)),
                _ => false,
            }
        })
}

/// Numbers of identity documents and accounts, and what protects an account.
fn identity(words: &Words<'_>) -> Option<Found> {
    for (index, (word, written)) in words.0.iter().enumerate() {
        let found =
            |what| Some(Found { what: Forbidden::Identity(what), word: (*written).to_owned() });
        let next = words.at(index + 1);
        // Whether somebody has the card is no number.
        let only_having = words.has(&LISTS.having) && !words.near(index, 3, &LISTS.numbers);
        if LISTS.aadhaar.contains(word) {
            let numbered = words.near(index, 3, &LISTS.number_words);
            let basis = !numbered
                && (LISTS.basis.contains(next) || words.before(index, 1, &LISTS.basis_before));
            if !basis && !only_having {
                return found("an Aadhaar number");
            }
        }
        let pan = matches!(word.as_str(), "pan" | "पैन" | "پین");
        if pan && !only_having && words.near(index, 3, &LISTS.cards) {
            return found("a PAN");
        }
        let epic = matches!(word.as_str(), "epic" | "एपिक" | "ईपिक" | "इपिक");
        let voter = LISTS.voter.contains(word) && words.near(index, 3, &LISTS.document);
        if (epic || voter) && !only_having {
            return found("a voter card number");
        }
        let paper = matches!(
            word.as_str(),
            "पासपोर्ट"
                | "passport"
                | "लाइसेंस"
                | "licence"
                | "license"
                | "राशन"
                | "ration"
                | "راشن"
        );
        if paper && words.near(index, 3, &LISTS.numbers) {
            return found("the number of an identity document");
        }
        let account = matches!(
            word.as_str(),
            "खाता"
                | "खाते"
                | "account"
                | "khata"
                | "khate"
                | "अकाउंट"
                | "کھاتہ"
                | "اکاؤنٹ"
        );
        let bank = LISTS.bank.contains(word);
        if account && words.near(index, 3, &LISTS.numbers)
            || bank && words.near(index, 3, &LISTS.bank_details)
            || word == "ifsc"
        {
            return found("an account number");
        }
        let card = matches!(word.as_str(), "debit" | "credit" | "डेबिट" | "क्रेडिट" | "एटीएम" | "atm");
        let secret = matches!(
            word.as_str(),
            "otp"
                | "ओटीपी"
                | "otps"
                | "cvv"
                | "सीवीवी"
                | "password"
                | "पासवर्ड"
                | "mpin"
                | "پاسورڈ"
        );
        let pin = matches!(word.as_str(), "pin" | "पिन")
            && words
                .0
                .iter()
                .take(index)
                .any(|(known, _)| matches!(known.as_str(), "upi" | "atm" | "यूपीआई" | "एटीएम"));
        if secret || pin || (card && words.near(index, 3, &LISTS.numbers)) {
            return found("a password or the number of a card");
        }
        if word == "او" && next == "ٹی" {
            return found("a password or the number of a card");
        }
    }
    None
}

/// Religion, caste and community, by their names or by what they are called.
fn belonging(words: &Words<'_>, asks: bool) -> Option<Found> {
    for (index, (word, written)) in words.0.iter().enumerate() {
        let found =
            |what| Some(Found { what: Forbidden::Religion(what), word: (*written).to_owned() });
        if LISTS.things.contains(words.at(index + 1)) {
            continue;
        }
        let what = if LISTS.religion.contains(word) {
            "a person's religion"
        } else if LISTS.caste.contains(word) {
            "a person's caste"
        } else if LISTS.community.contains(word) {
            "a person's community"
        } else {
            continue;
        };
        let of_everybody = words.before(index, 4, &LISTS.everybody) && !words.has(&LISTS.which);
        let of_the_world = words.near(index, 6, &LISTS.matters);
        let on_grounds_of =
            words.near(index, 5, &LISTS.aadhaar) && words.near(index, 6, &LISTS.basis);
        // `The community meets on Sunday` is about nobody's.
        let about_a_person = !LISTS.community.contains(word)
            || ((asks || words.has(&LISTS.requests))
                && (words.has(&LISTS.person) || words.has(&LISTS.asking)));
        if !of_everybody && !of_the_world && !on_grounds_of && about_a_person {
            return found(what);
        }
    }
    groups(words, asks)
}

/// `Are you Hindu or Muslim?`, `SC, ST, OBC or general?`.
fn groups(words: &Words<'_>, asks: bool) -> Option<Found> {
    if words.has(&LISTS.matters) {
        return None;
    }
    let faiths = words.named(&LISTS.faiths);
    let castes = words.named(&LISTS.castes);
    let surnames = words.named(&LISTS.surnames);
    let short = words.named(&LISTS.short);
    let named = faiths.len() + castes.len();
    let personal = words.has(&LISTS.person) || words.has(&LISTS.which);
    let of_everybody = |list: &[usize]| {
        list.first().is_some_and(|index| words.before(*index, 2, &LISTS.everybody))
    };
    let asked_for = asks || words.has(&LISTS.requests);
    let several = asked_for
        && (named + surnames.len() >= 2 && (named > 0 || personal)
            || named + short.len() >= 2 && (named > 0 || sc_and_st(words)));
    let one = asked_for && personal && named == 1;
    let prays = asked_for
        && words.named(&LISTS.worship).len() >= 2
        && words.has(&LISTS.worshipping)
        && words.has(&LISTS.person);
    let first = [&faiths, &castes, &surnames, &short, &words.named(&LISTS.worship)]
        .into_iter()
        .find_map(|list| list.first().copied());
    if !(several || one || prays) || of_everybody(&faiths) || of_everybody(&castes) {
        return None;
    }
    let written = first.and_then(|index| words.0.get(index)).map_or("", |(_, written)| written);
    Some(Found {
        what: Forbidden::Religion("a person's religion, caste or community"),
        word: written.to_owned(),
    })
}

/// `ST` alone is a street or a saint.
fn sc_and_st(words: &Words<'_>) -> bool {
    let has = |short: &[&str]| words.0.iter().any(|(word, _)| short.contains(&word.as_str()));
    has(&["sc", "एससी"]) && has(&["st", "एसटी"])
}

/// What the label of a choice offers.
pub(super) fn in_label(label: &str) -> Option<Found> {
    let words = Words::of(label);
    let is_group = |word: &str| {
        LISTS.faiths.contains(word) || LISTS.castes.contains(word) || LISTS.surnames.contains(word)
    };
    let joining = |word: &str| {
        matches!(
            word,
            "या" | "और"
                | "or"
                | "and"
                | "ya"
                | "aur"
                | "वर्ग"
                | "varg"
                | "اور"
                | "हूं"
                | "अन्य"
        ) || LISTS.short.contains(word)
    };
    let only_groups = words.0.iter().any(|(word, _)| is_group(word))
        && words.0.iter().all(|(word, _)| is_group(word) || joining(word));
    if only_groups || sc_and_st(&words) {
        let written = words.0.first().map_or("", |(_, written)| written);
        return Some(Found {
            what: Forbidden::Religion("a person's religion, caste or community"),
            word: written.to_owned(),
        });
    }
    if denies(&words) {
        return None;
    }
    belonging(&words, true)
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
