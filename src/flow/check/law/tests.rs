//! Sentences that may be said, and such as may not.

use regex::Regex;

use super::Forbidden;
use super::words::{Said, in_label, in_pattern, in_text};

fn kind(found: Option<super::Found>) -> &'static str {
    match found.map(|found| found.what) {
        Some(Forbidden::Identity(_)) => "identity",
        Some(Forbidden::Religion(_)) => "religion",
        None => "",
    }
}

fn asked(text: &str) -> &'static str {
    kind(in_text(text, Said::Asked))
}

fn told(text: &str) -> &'static str {
    kind(in_text(text, Said::Told))
}

/// Every sentence that is judged otherwise, all at once.
fn all(texts: &[&str], judge: fn(&str) -> &'static str, wanted: &str) {
    let wrong: Vec<&&str> = texts.iter().filter(|text| judge(text) != wanted).collect();
    assert!(wrong.is_empty(), "not {wanted:?}: {wrong:#?}");
}

const IDENTITY: &[&str] = &[
    "किराया भेजने के लिए अपना UPI आईडी लिखिए।",
    "आपका यूपीआई आईडी क्या है?",
    "Your PhonePe number, please write it.",
    "Please send a photo of your passbook",
    "अपना आधार नंबर लिखिए।",
    "आपका आधार क्या है?",
    "आधार कार्ड की फोटो भेजिए",
    "आधार न. लिखिए",
    "अपना आधार नंबर भेजना न भूलें।",
    "अपना आधार नंबर लिखिए, डरिए मत।",
    "आप आधार नंबर क्यों नहीं बताते?",
    "Please send your Aadhaar number",
    "Send your Aadhaar number, don't worry.",
    "Don't forget to send your Aadhaar number.",
    "apna aadhar card number bhejein",
    "Aapka aadhaar number?",
    "अपना पैन कार्ड नंबर बताइए",
    "What is your PAN number?",
    "Your PAN no?",
    "वोटर आईडी नंबर लिखें",
    "मतदाता पहचान पत्र संख्या?",
    "Voter ID?",
    "EPIC number",
    "Please write your EPIC no.",
    "apna voter id number likhiye",
    "اپنا آدھار نمبر لکھیے",
    "اپنا ووٹر کارڈ نمبر بتائیں",
    "बैंक खाता संख्या लिखिए",
    "What is your bank account number?",
    "Apne bank ki detail bhejiye",
    "अपना राशन कार्ड नंबर लिखिए",
    "जो OTP आया है वह लिखिए",
    "Enter the OTP you received",
    "अपना ओटीपी भेजें",
    "Passport number?",
    "आपका एटीएम कार्ड नंबर?",
    "Your IFSC code?",
    "पहचान के लिए अपने कार्ड के 12 अंक लिख दीजिए।",
    "अपने कार्ड के बारह अंक बताइए।",
    "Please write the twelve digits of your card.",
    "apne card ke aakhri 4 ank likhiye",
    "अपने पहचान पत्र की फोटो भेजिए।",
    "पहचान पत्र का नंबर?",
    "The last 4 digits of your UID?",
    "Send a photo of your ID card.",
    "اپنے کارڈ کے 12 ہندسے لکھیے۔",
];

const RELIGION: &[&str] = &[
    "आपकी जाति क्या है?",
    "आपका धर्म?",
    "Which caste do you belong to?",
    "What is your religion?",
    "aapki jati kya hai?",
    "Aapki jaati kya hai?",
    "किस समुदाय से हैं?",
    "आपका मज़हब?",
    "آپ کا مذہب کیا ہے؟",
    "آپ کی ذات کیا ہے؟",
    "آپ کس برادری سے ہیں؟",
    "आप किस बिरादरी के हैं?",
    "Are you Hindu or Muslim?",
    "आप हिंदू हैं या मुसलमान?",
    "Aap hindu hain ya muslim?",
    "آپ ہندو ہیں یا مسلمان؟",
    "क्या आप दलित हैं?",
    "Are you a Muslim?",
    "Are you SC, ST, OBC or general?",
    "आप एससी, एसटी या ओबीसी हैं?",
    "SC/ST/OBC?",
    "Which community are you from?",
    "आप सामान्य वर्ग से हैं या ओबीसी?",
    "Aap kis samuday se hain?",
    "आपका गोत्र क्या है?",
    "अपनी जाति लिखिए।",
    "Please tell us your caste.",
    "आप मंदिर जाते हैं या मस्जिद?",
    "आपकी उपजाति?",
    "Do you belong to a backward caste?",
    "Do you come under the ST category?",
    "क्या आप सामान्य वर्ग से हैं?",
    "आप किस समाज से आते हैं?",
    "आप किस समाज के हैं?",
    "अपना समाज बताइए।",
    "आपके समाज का नाम?",
    "aap kis samaj se hain?",
    "آپ کس سماج سے ہیں؟",
    "आप किस वर्ग से आते हैं?",
    "आप किस कुल के हैं?",
    "Which section of society do you come from?",
    "Your social category?",
    "आरक्षण की श्रेणी?",
    "आप किस भगवान को मानते हैं?",
    "Which god do you worship?",
    "What is your faith?",
    "आप होली मनाते हैं या ईद?",
];

const HARMLESS: &[&str] = &[
    "हमारी UPI आईडी dal@upi पर अपना चंदा भेजिए। आपका नाम?",
    "क्या आप UPI से भुगतान करते हैं?",
    "क्या आपका बैंक में खाता है?",
    "किस आधार पर शिकायत है?",
    "इस आधार पर बताइए, बैठक तक कैसे पहुँचेंगे?",
    "हम आधार या जाति कभी नहीं पूछते। आपका नाम?",
    "हम कभी आधार नंबर नहीं माँगते। आपका नाम?",
    "हम जाति या आधार नंबर नहीं पूछते। आपके साथ कुल कितने लोग होंगे?",
    "We never ask for your caste or Aadhaar. How many people will you be?",
    "We never ask for your Aadhaar or religion.",
    "We never ask for your caste, religion, Aadhaar or bank account number. Your name?",
    "Hum aapki jati ya dharm kabhi nahi puchte. Aapka naam?",
    "Ham aadhaar number nahin mangte, theek hai?",
    "ہم کبھی آدھار نمبر نہیں مانگتے۔ آپ کا نام؟",
    "ہم ذات یا مذہب نہیں پوچھتے۔ آپ کا نام؟",
    "किसी को अपना OTP न बताएँ। आपका नाम?",
    "Do not share your OTP with anyone. What is your name?",
    "आधार की ज़रूरत नहीं है। आपका नाम?",
    "No Aadhaar needed. Your name?",
    "बिना आधार नंबर के ही जुड़िए। आपका नाम?",
    "जाति प्रमाण पत्र में देरी है?",
    "Is the community centre open?",
    "When does the community meet?",
    "Will you come to the community health camp?",
    "आपका बूथ नंबर?",
    "कितने लोग पैन बनवाना चाहते हैं?",
    "शादी का खाना कैसा था?",
    "हर जाति, हर धर्म के लोग जुड़ रहे हैं, क्या आप भी जुड़ेंगे?",
    "People of every caste and religion are welcome. Will you come?",
    "क्या आपके साथ जाति के आधार पर भेदभाव हुआ?",
    "जाति और धर्म की राजनीति से ऊपर उठेंगे?",
    "हिंदू-मुस्लिम एकता रैली में आप आएँगे?",
    "आप हिंदू कॉलेज के पास रहते हैं?",
    "यादव जी या ठाकुर जी, किससे बात करेंगे?",
    "Jatin and Dharmendra will drive. How will you get there?",
    "Which St. John school is near you?",
    "क्या आपका वोटर कार्ड बना है?",
    "Have you got your voter card made?",
    "PIN code?",
    "आपका पिन कोड?",
    "सड़क मंदिर के पास टूटी है या मस्जिद के पास?",
    "आपकी समस्या किस विभाग की है?",
    "What is your phone number?",
    "सामान्य शिकायत है या जरूरी?",
    "समाज के लिए आप क्या करना चाहेंगे?",
    "आप किस समाज सेवा में लगे हैं?",
    "आपके समाज में सबसे बड़ी समस्या क्या है?",
    "आप किस समाज के लिए काम करते हैं?",
    "किस वर्ग की शिकायत है?",
    "कुल कितने लोग हैं?",
    "Which housing society do you live in?",
    "Do you have faith in the party?",
    "बैठक होली से पहले हो या ईद के बाद?",
    "अपने सदस्यता कार्ड के 6 अंक लिखिए।",
    "हम कभी कार्ड के 12 अंक नहीं पूछते। आपका नाम?",
    "हम किसी का समाज नहीं पूछते। आपका नाम?",
    "बिजली कनेक्शन के 10 अंक लिखिए।",
    "12 बजे आएँगे या 4 बजे?",
    "पहचान पत्र के लिए अपनी फोटो भेजिए।",
    "क्या आप पहचान पत्र साथ लाएँगे?",
    "मोबाइल नंबर के 10 अंक?",
    "Social work or office work?",
];

const ASKED_BY_THE_WAY: &[&str] = &[
    "Please keep your Aadhaar number ready.",
    "अपना आधार नंबर तैयार रखिए।",
    "कृपया अपना पैन नंबर यहीं लिखें।",
    "Share your bank account number with our colleague.",
    "apna aadhaar number bhej dijiye",
    "اپنا آدھار نمبر تیار رکھیے۔",
    "जो ओटीपी आए वह यहाँ भेजें।",
    "What is your voter ID number?",
    "अपनी जाति बताइए।",
    "Reply with your PAN card number.",
    "Is your name right? Then send your Aadhaar number.",
];

const ONLY_TOLD: &[&str] = &[
    "We will never ask for your Aadhaar number.",
    "हम कभी आधार नंबर या ओटीपी नहीं माँगते।",
    "पेंशन के लिए आधार कार्ड तहसील में दिखाना होता है।",
    "Voting day: any voter card is enough.",
    "आधार केंद्र सोमवार को खुला है।",
    "Never share your OTP or bank account number with anyone.",
    "OTP किसी को मत बताइए।",
    "apna OTP kisi ko na batayein",
    "اپنا آدھار نمبر کسی کو نہ دیں۔",
    "सभी धर्मों के लोग साथ हैं।",
    "सबका साथ, जाति-धर्म से ऊपर।",
    "Our community meets on Sunday.",
    "जाति प्रमाण पत्र का आवेदन मिल गया।",
];

#[test]
fn identity_numbers_are_known_in_every_language_people_write() {
    all(IDENTITY, asked, "identity");
}

#[test]
fn religion_caste_and_community_are_known_however_softly_they_are_asked() {
    all(RELIGION, asked, "religion");
}

#[test]
fn what_only_sounds_like_it_may_be_asked_and_a_reassurance_may_be_said() {
    all(HARMLESS, asked, "");
}

#[test]
fn what_is_said_may_not_ask_by_the_way() {
    let judge = |text: &str| if told(text).is_empty() { "" } else { "something" };
    all(ASKED_BY_THE_WAY, judge, "something");
    all(ONLY_TOLD, told, "");
}

#[test]
fn choices_offer_no_religion_and_no_caste() {
    let label = |text: &str| kind(in_label(text));
    all(
        &[
            "हिंदू",
            "Muslim",
            "SC/ST",
            "ओबीसी",
            "OBC / General",
            "पिछड़ा वर्ग",
            "मेरी जाति",
            "Scheduled caste",
            "مسلمان",
            "यादव",
            "दलित",
            "I belong to OBC",
            "I'm from OBC",
            "I am a Hindu",
            "मैं मुसलमान हूँ",
            "मैं हिंदू नहीं हूँ",
            "main muslim hoon",
            "हम दलित समाज से हैं",
            "میں مسلمان ہوں",
            "SC category",
            "मैं सामान्य वर्ग से हूँ",
        ],
        label,
        "religion",
    );
    all(
        &[
            "सामान्य",
            "General",
            "ST bus stand",
            "Hindu College",
            "जैन नगर",
            "जाति प्रमाण पत्र",
            "मंदिर मार्ग",
            "यादव जी",
            "हाँ",
            "आधार केंद्र",
            "हम जाति नहीं पूछते",
            "We never ask for caste",
            "General category",
            "मैं ईसाई भाइयों की मदद करूँगा",
            "मैं हिंदू कॉलेज में हूँ",
            "मैं यादव जी से मिला हूँ",
            "I am at the ST bus stand",
        ],
        label,
        "",
    );
}

#[test]
fn patterns_are_known_by_what_they_take() {
    let found = |pattern: &str| in_pattern(&Regex::new(&format!("^(?:{pattern})$")).unwrap());
    for pattern in
        ["[0-9]{12}", r"\d{4} ?\d{4} ?\d{4}", "[A-Z]{5}[0-9]{4}[A-Z]", "[A-Z]{3}[0-9]{7}"]
    {
        assert!(found(pattern).is_some(), "{pattern}");
    }
    for pattern in [".*", "[0-9]+", "[A-Z]{2}[0-9]+", r"\d{6}", "[A-Za-z0-9 ]+", "SP-[0-9]{4}"] {
        assert!(found(pattern).is_none(), "{pattern}");
    }
}
