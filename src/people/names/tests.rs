use super::*;

fn kept(text: &str) -> Result<String, String> {
    read(text).map(|said| said.name)
}

/// Names as offices of Uttar Pradesh write them.
#[rustfmt::skip]
const WRITTEN: &[&str] = &[
    // Hindi.
    "राम कुमार", "राम कुमार यादव", "सीता देवी", "सुनीता", "नाम देव", "नामदेव", "देव नारायण", "देवी दयाल", "देवी प्रसाद", "दास", "राम दास", "तुलसी दास",
    "राम", "बच्चा", "बच्चा सिंह", "बच्चा लाल", "छोटे", "छोटे लाल", "छोटे सिंह", "बड़े लाल", "मेरी देवी", "पूरा देवी", "पूरन मल", "हमारा प्रसाद", "शुभ करन",
    "आर के सिंह", "के पी सिंह", "एस के यादव", "वी के मिश्रा", "डी के शर्मा", "आर. के. सिंह", "आर.के. सिंह", "के. पी. मौर्य", "एस०के० यादव", "वी0के0 मिश्रा",
    "नौ लाल", "नौरंग सिंह", "पंच लाल", "सात लाल", "बेटी देवी", "लड़का प्रसाद", "लल्ला सिंह", "लल्लन प्रसाद", "मुन्ना", "मुन्नी देवी", "गुड्डू", "पप्पू यादव", "बाबू लाल", "बाबूजी",
    "नेता सिंह", "प्रधान सिंह", "मुखिया देवी", "ठाकुर प्रसाद", "राजा राम", "रानी", "साहब लाल", "साहब सिंह", "मालिक राम", "दरोगा सिंह", "वकील अहमद",
    "जय हिन्द", "जय श्री", "जय राम", "राम राम सिंह", "सिया राम", "हरि ओम", "ओम", "ओम प्रकाश", "ॐ प्रकाश", "शिव शिव कुमार", "बम बहादुर सिंह", "गया प्रसाद", "आज़ाद", "आशा", "कल्लू", "कलावती",
    "सोमवारी देवी", "मंगल", "मंगल सिंह", "बुधई", "बुद्धू", "शनिचरी देवी", "इतवारी लाल", "होरी लाल", "होली", "दिवाली", "बसंती", "सावन कुमार",
    "ज़ाहिद ख़ान", "मो. सलीम", "मो॰ आरिफ़", "मो० आरिफ़", "मो0 आरिफ", "मोहम्मद अली", "मु. इरफान", "अब्दुल हई", "अब्दुल रहमान", "नूरजहाँ", "शबाना बानो", "सैयद हसन अब्बास",
    "वली मोहम्मद", "हाजी नसीम", "गुरमीत सिंह", "हरप्रीत कौर", "बलवीर सिंह सिद्धू", "जोसेफ मसीह", "मेरी जोसेफ", "सुनीता मसीह", "पीटर डिसूजा", "बुद्ध राम गोंड", "सोमारू खरवार",
    "राम कुमार उर्फ रामू", "राम कुमार (बबलू)", "श्रीराम", "श्रीकांत", "श्रीमन नारायण", "श्री देवी", "कुमारी देवी", "राम जी", "रामजी", "बालाजी", "ज्ञानेश्वर प्रसाद", "कृष्ण-गोपाल", "ऋतु", "ऐश्वर्या", "औसान सिंह", "र. सिंह",
    // In Latin letters.
    "RAM KUMAR", "Ram Kumar", "ram kumar yadav", "I P Singh", "R K SINGH", "R.K. Singh", "R. K. SINGH", "K.P. Maurya", "A.P.J. Abdul Kalam", "Shubh Karan", "Main Singh", "Mere Singh", "Ho Chand", "Pura Singh",
    "Sir Singh", "Han Singh", "Das", "Wali Mohammad", "Pradhan Gupta", "Ram Ram Singh", "Naam Dev", "Nam Dev", "Kya Singh", "Hai Singh", "Abdul Hai", "Sab Lal", "Log Singh", "Full Chand", "Good Singh", "Pal", "Lal",
    "Om", "Om Prakash", "Jai Hind Singh", "Jai Ram", "Bol Chand", "Beti Devi", "Bachcha Lal", "Neta Ram", "Sadasya Singh", "Mandal Singh", "Md. Nasir", "MD NASIR", "Mohd. Arif Khan", "Mo. Salim", "Sk. Rahim", "Zulqarnain Haider",
    "Furqan Ahmad", "Iqbal Husain", "Noor-ul-Hasan", "Nazir-ud-Din", "Gurpreet Kaur", "Harbhajan Singh Gill", "D'Souza", "Mary D’Souza", "John Massey", "Anthony Lal", "Birsa Munda", "Somari Oraon", "Ram @ Ramu", "Ram Kumar (Bablu)", "Ram 'Bablu' Kumar", "राम सिंह 'बबलू'",
    "Ram Kumar Jr.", "Sri Devi", "Shriram Yadav", "Shree Devi", "Missri Lal", "Mishri Lal", "Drishti", "Ram Ji", "Ramji Lal", "Man Singh", "Yes Pal", "No Bahar", "Test Kumar", "Doman Singh", "Post Lal", "Kaali Charan", "Aaj Kumar", "Jo Lal",
    "José", "Babu", "Munna", "Guddu", "Sanju S", "Anil K", "V Kumar",
    // In Urdu.
    "راشد علی", "سلمیٰ بیگم", "محمد عارف",
];

#[test]
fn the_name_that_is_kept_is_the_name_that_is_written() {
    assert!(WRITTEN.len() >= 200, "{}", WRITTEN.len());
    for name in WRITTEN {
        assert_eq!(kept(name).as_deref(), Ok(*name), "{name}");
        assert_eq!(kept(&format!("  {name}\u{a0} ")).as_deref(), Ok(*name), "{name}");
    }
}

#[test]
fn titles_are_no_part_of_a_name() {
    for (text, name) in [
        ("श्री राम कुमार", "राम कुमार"),
        ("श्रीमती सीता देवी", "सीता देवी"),
        ("श्रीमति सीता", "सीता"),
        ("सुश्री पूनम", "पूनम"),
        ("कु. पूनम यादव", "पूनम यादव"),
        ("कु0 पूनम यादव", "पूनम यादव"),
        ("कुमारी मायावती", "मायावती"),
        ("डॉ. राम कुमार", "राम कुमार"),
        ("डा0 शैलेंद्र", "शैलेंद्र"),
        ("डॉ॰ शैलेंद्र", "शैलेंद्र"),
        ("डॉ.शैलेंद्र सिंह", "शैलेंद्र सिंह"),
        ("मा. श्री राम कुमार जी", "राम कुमार"),
        ("मा0 राम कुमार", "राम कुमार"),
        ("एड. राम कुमार", "राम कुमार"),
        ("Shri Ram Kumar", "Ram Kumar"),
        ("Shri. Ram Kumar Ji", "Ram Kumar"),
        ("SHRI RAM KUMAR", "RAM KUMAR"),
        ("Smt. Sita Devi", "Sita Devi"),
        ("Smt Sita Devi", "Sita Devi"),
        ("SMT.SITA DEVI", "SITA DEVI"),
        ("Mr. R.K. Singh", "R.K. Singh"),
        ("Dr.Ram Kumar", "Ram Kumar"),
        ("Dr. Mrs. Sita", "Sita"),
        ("Km. Poonam", "Poonam"),
        ("Adv Ram Kumar", "Ram Kumar"),
        ("Ram Kumar.", "Ram Kumar"),
        ("*राम कुमार", "राम कुमार"),
        ("राम कुमार।", "राम कुमार"),
        ("RAHUL😀", "RAHUL"),
        ("राम\u{200b} कुमार", "राम कुमार"),
        ("राम\n  कुमार", "राम कुमार"),
        ("Jose\u{301}", "Jos\u{e9}"),
    ] {
        assert_eq!(kept(text).as_deref(), Ok(name), "{text}");
    }
}

#[test]
fn whose_child_or_wife_somebody_is_stands_for_itself() {
    for (text, name, of) in [
        ("Ram Kumar S/o Sohan Lal", "Ram Kumar", "Sohan Lal"),
        ("RAM KUMAR S/O SHRI SOHAN LAL", "RAM KUMAR", "SOHAN LAL"),
        ("Ram Kumar s/o. Sohan", "Ram Kumar", "Sohan"),
        ("Ram Kumar (S/o Sohan Lal)", "Ram Kumar", "Sohan Lal"),
        ("Ram Kumar, S/o Late Sohan Lal", "Ram Kumar", "Sohan Lal"),
        ("Sita Devi W/o Ram Kumar", "Sita Devi", "Ram Kumar"),
        ("Sita D/O Ram", "Sita", "Ram"),
        ("RAM KUMAR SO SOHAN LAL", "RAM KUMAR", "SOHAN LAL"),
        ("Ram Kumar son of Sohan Lal", "Ram Kumar", "Sohan Lal"),
        ("RAM KUMAR S O SOHAN LAL", "RAM KUMAR", "SOHAN LAL"),
        ("राम कुमार पुत्र सोहन लाल", "राम कुमार", "सोहन लाल"),
        ("श्री राम कुमार पुत्र स्व0 श्री सोहन लाल", "राम कुमार", "सोहन लाल"),
        ("श्रीमती सीता देवी पत्नी श्री राम कुमार", "सीता देवी", "राम कुमार"),
        ("राम कुमार S/o सोहन लाल", "राम कुमार", "सोहन लाल"),
        ("Ram Kumar S/o Sohan Lal (Late)", "Ram Kumar", "Sohan Lal (Late)"),
    ] {
        let said = read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!((said.name.as_str(), said.of.as_deref()), (name, Some(of)), "{text}");
    }
    for name in ["Rakesh Patni", "Son Pal", "Sonu", "राम पति देवी", "Ram Pati Devi"]
    {
        assert_eq!(read(name), Ok(Named { name: name.to_owned(), of: None }), "{name}");
    }
    assert!(kept("S/o Sohan Lal").unwrap_err().contains("before S/o"));
    assert!(kept("Ram C/o Sohan Lal").unwrap_err().contains("C/o"));
}

#[test]
fn what_is_no_name_is_refused_with_its_reason() {
    for (text, words) in [
        ("jke dqekj", "Kruti Dev to Unicode"),
        ("eksgu yky ;kno", "Kruti Dev"),
        ("·é¤×æÚU", "Chanakya"),
        ("à¤°à¤¾à¤®", "UTF-8"),
        ("राम\u{fffd}कुमार", "letters were lost"),
        ("R", "one letter"),
        ("र", "one letter"),
        ("के", "one letter"),
        ("Mr. K", "one letter"),
        ("िसंह", "badly turned into Unicode"),
        ("राम कुमार 2", "digits"),
        ("1. राम कुमार", "digits"),
        ("9812345678", "no name"),
        ("Ram 9812345678", "digits"),
        ("राम / श्याम", "two names"),
        ("Ram & Shyam", "two names"),
        ("Mr. & Mrs. Ram", "two names"),
        ("कुल योग", "no name"),
        ("Grand Total", "no name"),
        ("N.A.", "no name"),
        ("#NAME?", "Excel"),
        ("राम एवं श्याम", "two names"),
        ("राम व श्याम", "two names"),
        ("Ram Kumar and Sita", "two names"),
        ("Kumar, Ram", "comma"),
        ("ram@example.com", "address"),
        ("#REF!", "Excel"),
        ("राम (मृतक)", "died"),
        ("Ram Kumar (Late)", "died"),
        ("Ram Kumar (booth adhyaksh)", "a post"),
        ("same as above", "no name"),
        ("=A1 Ram", "Excel"),
        ("बूथ अध्यक्ष", "a post"),
        ("Secretary", "a post"),
        ("स्व. राम कुमार", "died"),
        ("स्व0 राम कुमार", "died"),
        ("स्वर्गीय राम कुमार", "died"),
        ("Late Ram Kumar", "died"),
        ("नंबर बंद है", "no name"),
        ("इनका नंबर गलत है", "remark"),
        ("श्री", "no name"),
        ("Shri.", "no name"),
        ("जी", "no name"),
        ("-", "no name"),
        (".", "no name"),
        ("हाँ", "no name"),
        ("नाम नहीं", "no name"),
        ("N/A", "no name"),
        ("-do-", "no name"),
        ("पद रिक्त", "no name"),
        ("VACANT", "no name"),
        ("xyz", "no name"),
        ("राम कुमार यादव अपने गाँव के बहुत पुराने और अच्छे साथी", "too long"),
    ] {
        let why = kept(text).expect_err(text);
        assert!(why.contains(words), "{text}: {why}");
    }
}
