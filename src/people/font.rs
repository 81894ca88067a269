//! Letters that are none: Hindi typed in a font from before Unicode (Kruti Dev and DevLys; Chanakya), and text
//! that a program read in a wrong encoding. In such a file the names are no names to anybody.

use std::collections::HashSet;
use std::sync::LazyLock;

const KRUTI_DEV: &str = "this is Hindi in the old font Kruti Dev (or DevLys), which nobody can read or search without that font: \
                         turn the whole column into Unicode with a converter “Kruti Dev to Unicode”, look at some of the names, and \
                         check the file again";
const CHANAKYA: &str = "this is Hindi in an old font as Chanakya, which nobody can read or search without that font: turn the whole \
                        column into Unicode with a converter “Chanakya to Unicode”, look at some of the names, and check the \
                        file again";
const WRONG_ENCODING: &str = "these letters were read in a wrong encoding (ANSI): open the file in Excel by Data, From Text, as 65001 \
                              UTF-8, or save it anew from where it comes as ‘CSV UTF-8’";
const LOST: &str = "letters were lost when the file was saved (they are ‘?’ or ‘\u{fffd}’ now): save it anew from where it comes as ‘CSV \
                    UTF-8’ or as .xlsx";

/// Why nobody can read a text, and what to do; `None` where its letters are those it shows.
pub(super) fn why_unreadable(text: &str) -> Option<&'static str> {
    if text.is_ascii() {
        return if text.contains('?') && !is_kruti_dev(text) {
            Some(LOST)
        } else {
            is_kruti_dev(text).then_some(KRUTI_DEV)
        };
    }
    let is_private = |sign: char| matches!(sign, '\u{e000}'..='\u{f8ff}');
    if text.contains('\u{fffd}') {
        return Some(LOST);
    }
    if is_wrongly_read(text) {
        return Some(WRONG_ENCODING);
    }
    if is_kruti_dev(text) {
        return Some(KRUTI_DEV);
    }
    (text.contains(is_private) || text.split_whitespace().any(is_chanakya)).then_some(CHANAKYA)
}

/// UTF-8 shown as if it were Windows-1252: Devanagari begins with `à¤` and `à¥`, Arabic with `Ø` to `Ü`.
fn is_wrongly_read(text: &str) -> bool {
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let next = signs.peek().copied();
        let found = match sign {
            'à' => matches!(next, Some('¤' | '¥')),
            // The second byte of two is from 0x80 on: as Windows-1252 no letter but some.
            'Ã' | 'Ø' | 'Ù' | 'Ú' | 'Û' => {
                matches!(
                    next,
                    Some(
                        '\u{80}'
                            ..='\u{bf}'
                                | 'ƒ'
                                | '„'
                                | '…'
                                | '†'
                                | '‡'
                                | 'ˆ'
                                | '‰'
                                | 'Š'
                                | '‹'
                                | 'Œ'
                                | 'Ž'
                                | '‘'
                                | '’'
                                | '“'
                                | '”'
                                | '•'
                                | '–'
                                | '—'
                                | '˜'
                                | '™'
                                | 'š'
                                | '›'
                                | 'œ'
                                | 'ž'
                                | 'Ÿ'
                    )
                ) && sign != 'Ú'
            }
            'â' => next == Some('€'),
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// A word of letters and signs of Latin-1 as no language has them beside each other.
fn is_chanakya(word: &str) -> bool {
    let is_sign =
        |sign: char| matches!(sign, '\u{a1}'..='\u{b6}' | '\u{b8}'..='\u{bf}' | '×' | '÷');
    let of_latin_1 = |sign: &char| matches!(sign, '\u{c0}'..='\u{ff}') && sign.is_alphabetic();
    let letters = word.chars().filter(of_latin_1).count();
    (word.contains(is_sign) && word.chars().any(char::is_alphabetic) && !word.chars().any(is_indic))
        || letters >= 2
}

fn is_indic(sign: char) -> bool {
    matches!(sign, '\u{900}'..='\u{d7f}')
}

/// Whether some word has what Kruti Dev alone has, or is a frequent one of a name; or every word is one that
/// nobody can say.
fn is_kruti_dev(text: &str) -> bool {
    let words =
        || text.split_whitespace().filter(|word| word.bytes().any(|b| b.is_ascii_alphabetic()));
    if words().any(|word| has_its_signs(word) || KRUTI_WORDS.contains(trimmed(word))) {
        return true;
    }
    let mut long = words().filter(|word| word.len() > 2).peekable();
    long.peek().is_some() && long.all(|word| is_unspeakable(trimmed(word)))
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|sign: char| matches!(sign, '(' | ')' | ',' | '-' | '0' | 'å'))
}

/// Signs and pairs that stand within words of Kruti Dev and of no name: `;kno`, `jes'k`, `oekZ`, `[kku`.
fn has_its_signs(word: &str) -> bool {
    let bytes = word.as_bytes();
    let is_small = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_lowercase);
    // `Ram;Shyam` is two names.
    let begins_name = |at: usize| {
        bytes.get(at).is_some_and(u8::is_ascii_uppercase)
            && is_small(bytes.get(at + 1))
            && is_small(bytes.get(at + 2))
    };
    let first = bytes.iter().position(u8::is_ascii_alphabetic).unwrap_or_default();
    if begins_name(first) || word.chars().all(|sign| !sign.is_ascii_lowercase()) {
        return false;
    }
    let has_sign = bytes.iter().enumerate().any(|(at, byte)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let beside = is_small(before) || is_small(bytes.get(at + 1));
        match byte {
            b';' | b'[' | b'{' | b'}' | b']' | b'\\' | b'^' | b'~' | b'+' | b'=' | b'|' | b'<'
            | b'>' | b'%' | b'#' | b'`' => beside && !begins_name(at + 1),
            // Of श and ष: `'k`, `"k`; and a half one, `'D`.
            b'\'' | b'"' => {
                bytes.get(at + 1) == Some(&b'k')
                    || (at == 0 && matches!(bytes.get(1), Some(b'D' | b'U' | b'y')))
            }
            b'/' => bytes.get(at + 1) == Some(&b'k') && is_small(before) && is_small(bytes.first()),
            b'.' => bytes.get(at + 1) == Some(&b'k') && is_small(before),
            _ => false,
        }
    });
    let small_first = is_small(bytes.first());
    has_sign || (small_first && word.ends_with('Z') && bytes.len() > 2)
}

/// A word that begins with consonants no name begins with, or has no vowel, or a capital within small letters.
fn is_unspeakable(word: &str) -> bool {
    let bytes = word.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_lowercase)
        || !bytes.iter().all(u8::is_ascii_alphabetic)
    {
        return false;
    }
    if ["smt", "mhd", "str", "xyz", "xxx"].contains(&word) {
        return false;
    }
    let is_vowel =
        |byte: &u8| matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u');
    let has_capital = bytes.windows(3).any(|three| {
        matches!(three, [one, other, next] if one.is_ascii_lowercase() && other.is_ascii_uppercase() && next.is_ascii_lowercase())
    });
    let vowels = bytes.iter().filter(|byte| is_vowel(byte) || **byte == b'y').count();
    let begins_badly = match bytes {
        [one, other, ..] if !is_vowel(one) && !is_vowel(other) => {
            let pair = word.get(..2).unwrap_or_default();
            !BEGINNINGS.contains(&pair)
        }
        _ => false,
    };
    vowels == 0 || begins_badly || has_capital
}

/// Two consonants with which names and words begin, as they are written in Latin letters.
const BEGINNINGS: [&str; 68] = [
    "bh", "bl", "br", "by", "ch", "cl", "cr", "dh", "dr", "dv", "dw", "dy", "fl", "fr", "gh", "gl",
    "gn", "gr", "gv", "gw", "gy", "hm", "hr", "jh", "jn", "jw", "jy", "kh", "kl", "kn", "kr", "ks",
    "kv", "kw", "ky", "lh", "md", "mh", "mr", "my", "nr", "ny", "ph", "pl", "pr", "ps", "py", "rh",
    "ry", "sc", "sh", "sk", "sl", "sm", "sn", "sp", "sr", "st", "sv", "sw", "sy", "th", "tr", "tw",
    "ty", "vr", "vy", "zh",
];

/// Words of names, as Kruti Dev has them.
static KRUTI_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = OF_NAMES.split_whitespace().map(in_kruti_dev);
    words.filter(|word| word.len() > 2 && !word.eq_ignore_ascii_case("dey")).collect()
});

/// The most frequent words of names in Uttar Pradesh.
const OF_NAMES: &str = "राम कुमार सिंह सिह देवी यादव वर्मा शर्मा गुप्ता मिश्रा मिश्र प्रसाद लाल मौर्य मौर्या पटेल पाल तिवारी शुक्ला शुक्ल पाण्डेय \
    दुबे त्रिपाठी चौहान राजपूत सोनी जायसवाल श्रीवास्तव निषाद कश्यप प्रजापति विश्वकर्मा गौतम भारती राय सागर राठौर चौधरी चन्द चन्द्र नाथ दास \
    राज राजू राजा राजेश रमेश सुरेश दिनेश महेश मुकेश राकेश योगेश नरेश गणेश उमेश अवधेश कमलेश अखिलेश मिथलेश सर्वेश हरीश सतीश जगदीश \
    मनीष आशीष संतोष विनोद प्रमोद मनोज अनुज पंकज नीरज सूरज धीरज संजय अजय विजय अभय उदय अनिल सुनील कपिल अमित सुमित रोहित मोहित \
    अंकित ललित अजीत रंजीत सुजीत विकास प्रकाश आकाश कैलाश सुभाष अशोक विवेक दीपक रवि रविन्द्र राजेन्द्र सुरेन्द्र महेन्द्र नरेन्द्र वीरेन्द्र धर्मेन्द्र \
    जितेन्द्र उपेन्द्र अरविन्द गोविन्द आनन्द मोहन सोहन मदन रमन पवन चन्दन श्याम घनश्याम कृष्ण कृष्णा शिव हरि ओम बाबू बाबूलाल छोटे बड़े \
    सीता गीता रीता नीता मीता सुनीता अनीता संगीता कविता सविता ममता पूनम पूजा आरती भारती रेखा रेनू मीना मीरा शीला लीला उर्मिला निर्मला \
    कमला विमला प्रेमा सुमन किरन किरण माया राधा शान्ति शांति लक्ष्मी सरस्वती पार्वती सावित्री गायत्री रानी मालती आशा उषा ऊषा उमा मंजू \
    अंजू संजू बबली गुड़िया कुसुम सुषमा नीलम मोहम्मद मोहमद अली खान अहमद अंसारी बेगम खातून बानो हुसैन हसन सलीम रहीम करीम रशीद \
    मो डॉ श्रीमती श्रीराम नसीम शमीम अनवर अकबर असलम इरफान इमरान सलमान रिजवान कौर गुरमीत जसवीर बलवीर राम";

/// A word of Devanagari as one types it in Kruti Dev: by the look of the letters, not by their order.
fn in_kruti_dev(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut typed = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let Some(first) = whole(*letter) else {
            typed.push_str(sign(*letter));
            at += 1;
            continue;
        };
        // A consonant with those joined to it and its vowel.
        let (mut body, mut has_reph) = (String::new(), false);
        let (mut letter, mut drawn) = (*letter, first);
        loop {
            let is_joined =
                letters.get(at + 1) == Some(&'\u{94d}') && letters.get(at + 2).is_some();
            if !is_joined {
                body.push_str(drawn);
                at += 1;
                break;
            }
            let next = letters.get(at + 2).copied().unwrap_or_default();
            match (letter, next) {
                ('र', _) => has_reph = true,
                ('श', 'र') => {
                    body.push('J');
                    at += 3;
                    break;
                }
                ('त', 'र') => {
                    body.push('=');
                    at += 3;
                    break;
                }
                ('क', 'ष') => {
                    let is_half = letters.get(at + 3) == Some(&'\u{94d}');
                    body.push_str(if is_half { "{" } else { "{k" });
                    at += if is_half { 4 } else { 3 };
                    if !is_half {
                        break;
                    }
                    letter = letters.get(at).copied().unwrap_or_default();
                    drawn = whole(letter).unwrap_or_default();
                    continue;
                }
                (_, 'र') => {
                    body.push_str(drawn);
                    body.push('z');
                    at += 3;
                    break;
                }
                _ => body.push_str(half(letter).unwrap_or(drawn)),
            }
            at += 2;
            letter = next;
            drawn = whole(next).unwrap_or_default();
        }
        let mut behind = String::new();
        while let Some(mark) =
            letters.get(at).filter(|mark| whole(**mark).is_none() && !is_vowel(**mark))
        {
            match mark {
                'ि' => body.insert(0, 'f'),
                other => behind.push_str(sign(*other)),
            }
            at += 1;
        }
        if has_reph {
            let nasal = behind.strip_suffix('a').map(str::to_owned);
            behind = match nasal {
                Some(rest) => format!("{rest}Za"),
                None => format!("{behind}Z"),
            };
        }
        typed.push_str(&body);
        typed.push_str(&behind);
    }
    typed
}

const fn is_vowel(letter: char) -> bool {
    matches!(letter, '\u{904}'..='\u{914}')
}

/// A consonant.
#[rustfmt::skip]
const fn whole(letter: char) -> Option<&'static str> {
    Some(match letter {
        'क' => "d", 'ख' => "[k", 'ग' => "x", 'घ' => "?k", 'च' => "p", 'छ' => "N", 'ज' => "t", 'झ' => ">",
        'ट' => "V", 'ठ' => "B", 'ड' => "M", 'ढ' => "<", 'ण' => ".k", 'त' => "r", 'थ' => "Fk", 'द' => "n",
        'ध' => "/k", 'न' => "u", 'प' => "i", 'फ' => "Q", 'ब' => "c", 'भ' => "Hk", 'म' => "e", 'य' => ";",
        'र' => "j", 'ल' => "y", 'व' => "o", 'श' => "'k", 'ष' => "\"k", 'स' => "l", 'ह' => "g",
        _ => return None,
    })
}

/// A consonant that the next is joined to.
#[rustfmt::skip]
const fn half(letter: char) -> Option<&'static str> {
    Some(match letter {
        'क' => "D", 'ख' => "[", 'ग' => "X", 'च' => "P", 'ज' => "T", 'ण' => ".", 'त' => "R", 'थ' => "F",
        'ध' => "/", 'न' => "U", 'प' => "I", 'ब' => "C", 'भ' => "H", 'म' => "E", 'ल' => "Y", 'व' => "O",
        'श' => "'", 'ष' => "\"", 'स' => "L",
        _ => return None,
    })
}

/// Vowels and signs.
#[rustfmt::skip]
const fn sign(letter: char) -> &'static str {
    match letter {
        'अ' => "v", 'आ' => "vk", 'इ' => "b", 'ई' => "bZ", 'उ' => "m", 'ऊ' => "Å", 'ए' => ",", 'ऐ' => ",s", 'ओ' => "vks",
        'औ' => "vkS", 'ा' => "k", 'ी' => "h", 'ु' => "q", 'ू' => "w", 'े' => "s", 'ै' => "S", 'ो' => "ks", 'ौ' => "kS", 'ॉ' => "kW",
        'ं' => "a", 'ृ' => "`", '\u{93c}' => "+", '\u{94d}' => "~",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_typed_in_kruti_dev_by_their_look() {
        for (word, typed) in [
            ("राम", "jke"),
            ("कुमार", "dqekj"),
            ("सिंह", "flag"),
            ("देवी", "nsoh"),
            ("यादव", ";kno"),
            ("सुनीता", "lquhrk"),
            ("शर्मा", "'kekZ"),
            ("वर्मा", "oekZ"),
            ("गुप्ता", "xqIrk"),
            ("मौर्य", "ekS;Z"),
            ("प्रसाद", "izlkn"),
            ("अमित", "vfer"),
            ("चन्द्र", "pUnz"),
            ("तिवारी", "frokjh"),
            ("पाण्डेय", "ik.Ms;"),
            ("श्रीवास्तव", "JhokLro"),
            ("मिश्रा", "feJk"),
            ("त्रिपाठी", "f=ikBh"),
            ("मोहन", "eksgu"),
            ("मोहम्मद", "eksgEen"),
            ("शुक्ला", "'kqDyk"),
            ("खान", "[kku"),
            ("लक्ष्मी", "y{eh"),
            ("विश्वकर्मा", "fo'odekZ"),
        ] {
            assert_eq!(in_kruti_dev(word), typed, "{word}");
        }
    }

    #[test]
    fn a_font_from_before_unicode_is_told_by_its_name() {
        for text in [
            "jke dqekj",
            "lqfurk nsoh",
            "lhrk nsoh",
            "vfer flag",
            "eksgu yky ;kno",
            "jkts'k",
            "jes'k pUnz",
            "v'kksd oekZ",
            "eqds'k dqekj 'kekZ",
            "ljkst nsoh",
            "[kq'khZn vkye",
            "vCnqy jghe",
            "lq\"kek",
            "Jh jke",
            "fot;",
            "vt; flag",
            "egsUnz",
            "jke",
            "?ku';ke",
            "eqUuk yky",
            "eks0 vkfjQ",
            "MkW- jktsUnz",
            "vuqjk/kk",
            "Jhjke",
            "vk'kk",
            "'kdhy",
        ] {
            assert_eq!(why_unreadable(text), Some(KRUTI_DEV), "{text}");
        }
        for text in ["ÚUæ×", "·é¤×æÚU", "çâ´ã", "âéÙèÌæ Îðßè"] {
            assert_eq!(why_unreadable(text), Some(CHANAKYA), "{text}");
        }
        for text in ["à¤°à¤¾à¤® à¤•à¥\u{81}à¤®à¤¾à¤°", "à¤¸à¥€à¤¤à¤¾", "Ù…Ø\u{ad}Ù…Ø¯"]
        {
            assert_eq!(why_unreadable(text), Some(WRONG_ENCODING), "{text}");
        }
        for text in ["राम\u{fffd}कुमार", "??? ?????", "R?m"] {
            assert_eq!(why_unreadable(text), Some(LOST), "{text}");
        }
    }

    #[test]
    fn names_in_latin_letters_are_no_text_of_an_old_font() {
        for text in [
            "ram kumar",
            "RAM KUMAR",
            "mohd nasir",
            "md shamim",
            "smt sita devi",
            "zulqarnain",
            "furqan ahmad",
            "iqbal",
            "D'Souza",
            "jyoti",
            "dwarika prasad",
            "hridesh",
            "nripendra",
            "kshama",
            "tribhuvan",
            "jwala",
            "Ram;Shyam",
            "RamKumar",
            "José",
            "Zoë",
            "shri ram",
            "o'brien",
            "abdul haq",
            "sheikh mhd",
            "lkg ram",
            "gyanendra",
            "ishq",
            "mushtaq",
            "swami",
            "vrinda",
            "[Ram]",
            "{Ram}",
            "rAM kUMAR",
        ] {
            assert_eq!(why_unreadable(text), None, "{text}");
        }
    }
}
