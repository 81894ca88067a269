//! Words by which a text is known to ask for what is never asked, in the languages people write.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Small letters, without the dots and marks in which spellings differ.
pub(super) fn plain(word: &str) -> String {
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

const AADHAAR: &str =
    "आधार aadhaar aadhar adhaar adhar aadharcard uidai आधारकार्ड آدھار ادھار آدھارکارڈ";
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
/// Behind a short name of a caste, these make it one: `SC category`.
const KINDS: &str = "वर्ग category categories varg caste castes कैटेगरी श्रेणी کیٹیگری طبقہ طبقے";
/// Between the name of a faith or caste and the person who is of it.
const OF_KIND: &str = "a an the to from of not se से का की के को नहीं समाज समुदाय परिवार धर्म \
                       samaj samaaj parivar parivaar ka ki ke community family religion \
                       person man woman سے کا کی کے نہیں خاندان سماج برادری";
/// Somebody says what they are: `मैं मुसलमान हूँ`, `I belong to OBC`.
const BEING_BEFORE: &str = "am belong belongs are i'm";
const BEING_BEHIND: &str = "हूं हैं hoon hun hu hain ہوں ہیں हू";
const FIRST_PERSON: &str = "i i'm we my our मैं हम मेरा मेरी मेरे हमारा हमारी हमारे main mai mein hum ham mera \
                            meri mere hamara hamari میں ہم میرا میری میرے ہمارا ہماری";
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

/// Papers with a number of their own.
const PAPERS: &str = "पासपोर्ट passport pasport پاسپورٹ लाइसेंस लाइसेन्स लायसेंस licence license lisence laisens \
                      لائسنس لائسینس राशन ration راشن";
const ACCOUNTS: &str = "खाता खाते account khata khate अकाउंट एकाउंट کھاتہ کھاتے اکاؤنٹ اکاونٹ";
const PAYMENT_CARDS: &str = "debit credit डेबिट क्रेडिट एटीएम atm ڈیبٹ کریڈٹ";
const SECRETS: &str = "otp ओटीपी otps cvv सीवीवी password पासवर्ड mpin एमपिन پاسورڈ";

/// Short names and words that people write in parts, each with the parts as one; the longer before the
/// shorter that begins it.
const IN_PARTS: &str = "यू पी आई=upi ओ टी पी=otp ए टी एम=atm सी वी वी=cvv यू आई डी=uid आई डी=id पास बुक=passbook \
                        पास वर्ड=password पास पोर्ट=passport یو پی آئی=upi او ٹی پی=otp اے ٹی ایم=atm سی وی وی=cvv \
                        آئی ڈی=id پاس بک=passbook پاس ورڈ=password پاس پورٹ=passport o t p=otp u p i=upi a t m=atm \
                        c v v=cvv i d=id pass book=passbook pass word=password pass port=passport";

/// The parts and the whole.
pub(super) static SPELT: LazyLock<Vec<(Vec<String>, String)>> = LazyLock::new(|| {
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    for word in IN_PARTS.split_whitespace() {
        let (part, whole) = word.split_once('=').unwrap_or((word, ""));
        parts.push(plain(part));
        if !whole.is_empty() {
            found.push((std::mem::take(&mut parts), whole.to_owned()));
        }
    }
    found
});

macro_rules! lists {
    ($($name:ident = $words:ident)+) => {
        /// Lists of words in the plain form, made once.
        pub(super) struct Lists {
            $(pub(super) $name: HashSet<String>,)+
        }

        pub(super) static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
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
    kinds = KINDS
    of_kind = OF_KIND
    being_before = BEING_BEFORE
    being_behind = BEING_BEHIND
    first_person = FIRST_PERSON
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
    papers = PAPERS
    accounts = ACCOUNTS
    payment_cards = PAYMENT_CARDS
    secrets = SECRETS
    worship = WORSHIP
    worshipping = WORSHIPPING
}
