//! Soft wordings: what is never asked, without its name. `कार्ड के 12 अंक` is the Aadhaar number, and
//! `किस समाज से आते हैं` the caste.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::lists::{LISTS, plain};
use super::super::{Forbidden, Found};
use super::Words;

const CARD: &str =
    "कार्ड card cards पहचान pehchan pahchan pehchaan identity id uid यूआईडी आईडी आइडी شناختی کارڈ";
/// A card the office itself gives may be asked for.
const OF_THE_HOUSE: &str = "सदस्य सदस्यता मेंबर member membership sadasya sadasyata رکن رکنیت ممبر \
                            टिकट ticket";
const DIGITS: &str = "अंक अंकों अंको digit digits ank ankon डिजिट ہندسے ہندسوں";
const TWELVE: &str = "12 १२ ۱۲ बारह barah twelve بارہ";
const SO_MANY: &str = "4 ४ ۴ 6 ६ ۶ 10 १० ۱۰ 16 १६ ۱۶ चार छह दस सोलह four six ten sixteen chaar chhah \
                       das solah چار سولہ आखिरी अंतिम पहले शुरुआती last first aakhri akhiri pehle آخری";
/// Ways to pay that have a name of their own for an account.
const PAYING: &str = "upi यूपीआई यूपीआइ यूपिआई vpa gpay googlepay phonepe paytm bhim पेटीएम फोनपे गूगलपे \
                      जीपे भीम پےٹیایم";
const ACCOUNT: &str = "खाता खाते खातों account accounts acct a/c khata khate khaata khaate अकाउंट एकाउंट \
                       کھاتہ کھاتے اکاؤنٹ";
const NAME_OF_ONE: &str = "id आईडी आइडी ids handle हैंडल address एड्रेस पता name नाम number no num नंबर \
                           नम्बर संख्या क्रमांक code कोड qr detail details डिटेल विवरण आईडि نمبر";
/// What is told of an account: its branch code and book among it.
const OF_ACCOUNT: &str = "number no num नंबर नम्बर संख्या क्रमांक digits अंक detail details डिटेल डिटेल्स \
                          विवरण passbook पासबुक نمبر ifsc";
const OWN: &str = "अपना अपनी अपने आपका आपकी आपके your own apna apni apne aapka aapki aapke اپنا اپنی اپنے \
                   آپ آپکا";
/// Behind an account's name it is the office's: `UPI आईडी … पर भेजिए`.
const TOWARDS: &str = "पर par पे pe at پر";
const OURS: &str = "हमारा हमारी हमारे our this इस यह कार्यालय office party पार्टी hamara hamari hamare is \
                    ہماری ہمارا ہمارے اس دفتر";
const TELLING: &str = "लिखिए लिखें लिखो लिखिएगा बताइए बताएं बताओ बताये बताइएगा डालिए डालें भरिए भरें type write enter \
                       share give tell likhiye likhein likhen likho bataiye batayein batayen batao لکھیں لکھیے \
                       بتائیں بتائیے";
const PASSBOOK: &str = "passbook पासबुक chequebook चेकबुक cheque चेक پاسبک";
const PHOTO: &str =
    "फोटो photo photos pic picture तस्वीर scan स्कैन copy कॉपी प्रति selfie نقل فوٹو تصویر";
const PROOF: &str = "पत्र प्रमाण proof document दस्तावेज कार्ड card patra کارڈ";
const SAMAJ: &str = "समाज samaj samaaj سماج";
const SECTION: &str = "section part";
const CLASS: &str = "वर्ग varg तबके tabke طبقے";
const LINE: &str = "कुल वंश खानदान कुनबे घराने kul vansh khandan";
const FROM: &str = "से के की का se ke ki ka سے کے";
const FOR: &str = "लिए liye liey बीच साथ लोग लोगों log में میں لیے";
const BEING: &str = "हैं है हो आते आती आता hain hai ho aate aati belong come from संबंध ताल्लुक \
                     taalluk ہیں ہے آتے تعلق";
const NAMING: &str = "क्या कौन कौनसा कौनसी kya kaun नाम naam name کیا نام";
const SOCIAL: &str = "सामाजिक social आरक्षण आरक्षित reservation reserved samajik aarakshan";
const GROUP: &str = "श्रेणी वर्ग कोटि कैटेगरी category group class background पृष्ठभूमि shreni varg koti";
const GOD: &str = "भगवान ईश्वर देवता देवी खुदा god gods deity bhagwan bhagvan ishwar devta khuda خدا";
const WORSHIPPED: &str = "मानते मानती पूजते पूजती पूजा worship believe pray mante poojte pujte مانتے";
const FAITH: &str = "faith आस्था aastha astha عقیدہ";
const FESTIVAL: &str = "होली दिवाली दीपावली नवरात्रि छठ दशहरा holi diwali deepawali deepavali navratri \
                        chhath dussehra ہولی دیوالی";
const OTHER_FESTIVAL: &str = "ईद बकरीद मुहर्रम रमजान क्रिसमस गुरुपर्व eid bakrid muharram ramzan \
                              ramadan christmas gurpurab عید محرم رمضان";
const CELEBRATING: &str = "मनाते मनाती celebrate manate manaate مناتے";

macro_rules! soft_lists {
    ($($name:ident = $words:ident)+) => {
        /// Lists of words in the plain form, made once.
        struct Soft {
            $($name: HashSet<String>,)+
        }

        static SOFT: LazyLock<Soft> = LazyLock::new(|| Soft {
            $($name: $words.split_whitespace().map(plain).collect(),)+
        });
    };
}

soft_lists! {
    card = CARD
    of_the_house = OF_THE_HOUSE
    digits = DIGITS
    twelve = TWELVE
    so_many = SO_MANY
    paying = PAYING
    account = ACCOUNT
    name_of_one = NAME_OF_ONE
    of_account = OF_ACCOUNT
    own = OWN
    towards = TOWARDS
    ours = OURS
    telling = TELLING
    passbook = PASSBOOK
    photo = PHOTO
    proof = PROOF
    samaj = SAMAJ
    section = SECTION
    class = CLASS
    line = LINE
    from = FROM
    for_them = FOR
    being = BEING
    naming = NAMING
    social = SOCIAL
    group = GROUP
    god = GOD
    worshipped = WORSHIPPED
    faith = FAITH
    festival = FESTIVAL
    other_festival = OTHER_FESTIVAL
    celebrating = CELEBRATING
}

fn found(words: &Words<'_>, index: usize, what: Forbidden) -> Found {
    let word = words.0.get(index).map_or("", |(_, written)| *written);
    Found { what, word: word.to_owned() }
}

/// `अपना UPI आईडी`, `आपके खाते का नंबर`, `photo of your passbook`; not the office's own, to which people
/// are asked to pay.
pub(super) fn account(words: &Words<'_>) -> Option<Found> {
    for (index, (word, _)) in words.0.iter().enumerate() {
        let own = words.before(index, 4, &SOFT.own);
        let around = |few, list| words.near(index, few, list) || words.before(index, few, list);
        let named = SOFT.paying.contains(word) && words.near(index, 2, &SOFT.name_of_one);
        let of_office = words.before(index, 3, &SOFT.ours) || words.near(index, 3, &SOFT.towards);
        let told = own || words.has(&LISTS.which) || words.near(index, 5, &SOFT.telling);
        let to_pay = named && told && !of_office;
        let kept = own && SOFT.account.contains(word) && around(4, &SOFT.of_account);
        let book = SOFT.passbook.contains(word) && around(3, &SOFT.photo) && !of_office;
        if to_pay || kept || book {
            return Some(found(words, index, Forbidden::Identity("an account number")));
        }
    }
    None
}

/// Digits of a card, and papers that prove who somebody is.
pub(super) fn identity(words: &Words<'_>) -> Option<Found> {
    if words.has(&SOFT.of_the_house) {
        return None;
    }
    for (index, (word, _)) in words.0.iter().enumerate() {
        let uid = matches!(word.as_str(), "uid" | "यूआईडी") && words.near(index, 3, &LISTS.numbers);
        let of_a_card = SOFT.digits.contains(word) && words.has(&SOFT.card);
        if uid || (of_a_card && words.before(index, 2, &SOFT.twelve)) {
            return Some(found(words, index, Forbidden::Identity("an Aadhaar number")));
        }
        if of_a_card && words.before(index, 2, &SOFT.so_many) {
            return Some(found(words, index, Forbidden::Identity("the number of a card")));
        }
        let next = words.at(index + 1);
        if SOFT.card.contains(word) && SOFT.proof.contains(next) && word != next {
            // `पहचान पत्र की फोटो`, `photo of your ID card`; not `a photo for the ID card`.
            let what_of_it = [&SOFT.photo, &LISTS.numbers];
            let behind = what_of_it.iter().any(|list| words.near(index + 1, 2, list));
            let before = what_of_it.iter().any(|list| words.before(index, 3, list));
            let of = (index.saturating_sub(2)..index).any(|at| words.at(at) == "of");
            if behind || (before && of) {
                let what = Forbidden::Identity("the number of an identity document");
                return Some(found(words, index, what));
            }
        }
    }
    None
}

/// Caste and religion by what they are called politely.
pub(super) fn belonging(words: &Words<'_>, asks: bool) -> Option<Found> {
    if !asks && !words.has(&LISTS.requests) {
        return None;
    }
    for index in 0..words.0.len() {
        if of_caste(words, index) {
            let what = Forbidden::Religion("a person's caste or community");
            return Some(found(words, index, what));
        }
        if of_religion(words, index) {
            return Some(found(words, index, Forbidden::Religion("a person's religion")));
        }
    }
    None
}

/// `किस समाज से आते हैं`, `आपका समाज?`, `social category`; not `समाज के लिए`.
fn of_caste(words: &Words<'_>, index: usize) -> bool {
    let is = |at: usize, list: &HashSet<String>| list.contains(words.at(at));
    let from = is(index + 1, &SOFT.from) && !is(index + 2, &SOFT.for_them);
    let which = words.before(index, 2, &LISTS.which);
    let being = words.near(index, 5, &SOFT.being);
    let out_of = matches!(words.at(index + 1), "से" | "se" | "سے");
    if is(index, &SOFT.samaj) {
        let own = words.before(index, 1, &LISTS.person);
        let last = index + 1 == words.0.len();
        let told = is(index + 1, &SOFT.naming) || is(index + 1, &LISTS.requests);
        let named = from && is(index + 2, &SOFT.naming);
        return (which && from && being) || (own && (last || told || named));
    }
    let section = words.at(index) == "society" && words.before(index, 3, &SOFT.section);
    let class = is(index, &SOFT.class) && which && out_of && being && words.has(&LISTS.person);
    let line = is(index, &SOFT.line) && which && from && being;
    let group = is(index, &SOFT.social) && words.near(index, 2, &SOFT.group);
    (section && words.has(&LISTS.which)) || class || line || group
}

/// `किस भगवान को मानते हैं`, `your faith`, `होली मनाते हैं या ईद`.
fn of_religion(words: &Words<'_>, index: usize) -> bool {
    let is = |list: &HashSet<String>| list.contains(words.at(index));
    let god = is(&SOFT.god) && words.before(index, 2, &LISTS.which) && words.has(&SOFT.worshipped);
    let whose = words.before(index, 1, &LISTS.person) || words.before(index, 1, &LISTS.which);
    let faith = is(&SOFT.faith) && whose && words.at(index + 1) != "in";
    let festival =
        is(&SOFT.festival) && words.has(&SOFT.other_festival) && words.has(&SOFT.celebrating);
    god || faith || festival
}
