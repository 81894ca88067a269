//! A text as the short messages it travels in (3GPP TS 23.038 and 23.040): its alphabet, its places,
//! its parts, and what makes it dear. Pure.
//!
//! Two numbers of parts are told. [`measure`] counts as operators bill a text that a gateway cuts: by
//! places alone, a letter of two places and a surrogate pair never apart. [`split`] cuts where a reader
//! would: never inside a letter with its signs. It may need a part more.

use unicode_segmentation::UnicodeSegmentation as _;

/// The letters of the basic GSM alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Letters that take two places of it: an escape, and their own.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// What a text costs as a short message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Messages it is billed as; an empty text is one.
    pub parts: usize,
    /// Places it takes: septets, or UTF-16 units where one letter is outside the GSM alphabet.
    pub units: usize,
    /// Whether it leaves as UCS-2, as every Hindi and Urdu text does.
    pub unicode: bool,
}

/// A text in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Whether it leaves as UCS-2, as every Hindi and Urdu text does.
    pub unicode: bool,
    /// One at least; together they are the text.
    pub parts: Vec<&'a str>,
}

/// A letter that makes a whole text leave as UCS-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dear {
    pub letter: char,
    /// What says the same in the GSM alphabet, possibly nothing at all; `None`: no other letter does.
    pub instead: Option<&'static str>,
}

/// How places are counted for a text.
#[derive(Clone, Copy)]
struct Alphabet {
    unicode: bool,
}

impl Alphabet {
    fn of(text: &str) -> Alphabet {
        Alphabet { unicode: text.chars().any(|letter| septets(letter).is_none()) }
    }

    fn places(self, letter: char) -> usize {
        if self.unicode { letter.len_utf16() } else { septets(letter).unwrap_or(1) }
    }

    fn size(self, text: &str) -> usize {
        text.chars().map(|letter| self.places(letter)).sum()
    }

    /// The places of a message alone, and of each of several: 140 octets, less six for the header that
    /// numbers the parts.
    const fn room(self) -> (usize, usize) {
        if self.unicode { (70, 67) } else { (160, 153) }
    }
}

/// The places of the GSM alphabet a letter takes; `None` when it has none there.
#[must_use]
pub fn septets(letter: char) -> Option<usize> {
    if BASIC.contains(letter) { Some(1) } else { EXTENDED.contains(letter).then_some(2) }
}

/// Measures a text as operators bill it. A letter of two places, and a surrogate pair, is never split
/// over two parts.
#[must_use]
pub fn measure(text: &str) -> Size {
    let alphabet = Alphabet::of(text);
    let (alone, each) = alphabet.room();
    let units = alphabet.size(text);
    if units <= alone {
        return Size { parts: 1, units, unicode: alphabet.unicode };
    }
    let mut parts = 1;
    let mut used = 0;
    for letter in text.chars() {
        let needed = alphabet.places(letter);
        if used + needed > each {
            parts += 1;
            used = 0;
        }
        used += needed;
    }
    Size { parts, units, unicode: alphabet.unicode }
}

/// Cuts a text into as many parts as it needs: one of 160 septets or 70 UTF-16 units, or several of
/// 153 or 67. A cluster longer than a part (a letter under a heap of signs) is cut between characters.
#[must_use]
pub fn split(text: &str) -> Parts<'_> {
    let alphabet = Alphabet::of(text);
    let (alone, each) = alphabet.room();
    let unicode = alphabet.unicode;
    if alphabet.size(text) <= alone {
        return Parts { unicode, parts: vec![text] };
    }
    let mut cuts = vec![0];
    let mut used = 0;
    let mut take = |start: usize, needed: usize| {
        if used + needed > each {
            cuts.push(start);
            used = 0;
        }
        used += needed;
    };
    for (start, cluster) in text.grapheme_indices(true) {
        let needed = alphabet.size(cluster);
        if needed <= each {
            take(start, needed);
            continue;
        }
        for (inside, letter) in cluster.char_indices() {
            take(start + inside, alphabet.places(letter));
        }
    }
    cuts.push(text.len());
    let pieces = cuts.iter().zip(cuts.iter().skip(1));
    let parts = pieces.filter_map(|(from, to)| text.get(*from..*to)).collect();
    Parts { unicode, parts }
}

/// The letters that make a text leave as UCS-2, each once, in the order they stand there. None: it
/// leaves in the GSM alphabet.
#[must_use]
pub fn dear_letters(text: &str) -> Vec<Dear> {
    let mut found: Vec<Dear> = Vec::new();
    for letter in text.chars().filter(|letter| septets(*letter).is_none()) {
        if found.iter().all(|known| known.letter != letter) {
            found.push(Dear { letter, instead: instead_of(letter) });
        }
    }
    found
}

/// The same text in the GSM alphabet; `None` when a letter of it has nothing of its kind there, or
/// nothing is to be replaced.
#[must_use]
pub fn cheaper(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let mut replaced = false;
    for letter in text.chars() {
        if septets(letter).is_some() {
            written.push(letter);
            continue;
        }
        written.push_str(instead_of(letter)?);
        replaced = true;
    }
    replaced.then_some(written)
}

/// What programs for writing put in by themselves, and what to write for it.
const fn instead_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '`' | '´' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2022}' | '·' => "-",
        '…' => "...",
        '₹' => "Rs ",
        // Spaces of other widths; a tab.
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' => " ",
        // What nobody sees: joiners, marks of direction, a mark of byte order, a soft hyphen.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {
            ""
        }
        '©' => "(c)",
        '®' => "(R)",
        '™' => "(TM)",
        '×' => "x",
        '→' => "->",
        '½' => "1/2",
        '¼' => "1/4",
        'ç' => "Ç",
        'á' | 'â' | 'ã' | 'ā' => "a",
        'ê' | 'ë' | 'ē' => "e",
        'í' | 'î' | 'ï' | 'ī' => "i",
        'ó' | 'ô' | 'õ' | 'ō' => "o",
        'ú' | 'û' | 'ū' => "u",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One row: the text, parts as billed, units, unicode, and where our own parts begin.
    type Row = (String, usize, usize, bool, Vec<&'static str>);

    #[test]
    fn the_edge_cases_of_the_standards() {
        let a = |count| "a".repeat(count);
        let ka = |count| "क".repeat(count);
        let family = "👨\u{200d}👩\u{200d}👧";
        let rows: Vec<Row> = vec![
            (String::new(), 1, 0, false, vec![""]),
            // Exactly full, and one over.
            (a(160), 1, 160, false, vec!["a"]),
            (a(161), 2, 161, false, vec!["a", "a"]),
            (a(306), 2, 306, false, vec!["a", "a"]),
            (a(307), 3, 307, false, vec!["a", "a", "a"]),
            (ka(70), 1, 70, true, vec!["क"]),
            (ka(71), 2, 71, true, vec!["क", "क"]),
            (ka(134), 2, 134, true, vec!["क", "क"]),
            (ka(135), 3, 135, true, vec!["क", "क", "क"]),
            // Two places: an escape and a letter, never apart.
            ("^{}[]~\\|€\u{c}".to_owned(), 1, 20, false, vec!["^"]),
            ("€".repeat(80), 1, 160, false, vec!["€"]),
            ("€".repeat(81), 2, 162, false, vec!["€", "€"]),
            (format!("{}[", a(158)), 1, 160, false, vec!["a"]),
            (format!("{}[", a(159)), 2, 161, false, vec!["a", "a"]),
            (format!("{}[{}", a(152), a(152)), 3, 306, false, vec!["a", "[", "a"]),
            (format!("{}[{}", a(151), a(152)), 2, 305, false, vec!["a", "a"]),
            // One letter makes the whole text dear.
            (format!("₹{}", a(69)), 1, 70, true, vec!["₹"]),
            (format!("₹{}", a(70)), 2, 71, true, vec!["₹", "a"]),
            (format!("’{}", a(100)), 2, 101, true, vec!["’", "a"]),
            (format!("“{}”", a(68)), 1, 70, true, vec!["“"]),
            ("ç".to_owned(), 1, 1, true, vec!["ç"]),
            ("Çàéèìòù äöñüß ÄÖÑÜ Δ £¥§¿¡".to_owned(), 1, 26, false, vec!["Ç"]),
            ("`".to_owned(), 1, 1, true, vec!["`"]),
            ("\t".to_owned(), 1, 1, true, vec!["\t"]),
            // A carriage return and a line feed are two places, and one letter to a reader.
            (format!("{}\r\n{}", a(152), a(10)), 2, 164, false, vec!["a", "\r\n"]),
            (format!("{}\r\n{}", a(151), a(10)), 2, 163, false, vec!["a", "a"]),
            // An emoji is two units, its two halves never apart.
            ("🙏".repeat(35), 1, 70, true, vec!["🙏"]),
            ("🙏".repeat(36), 2, 72, true, vec!["🙏", "🙏"]),
            (format!("{}🙏{}", ka(66), ka(66)), 3, 134, true, vec!["क", "🙏", "क"]),
            // A sign of skin, a family, a flag: one letter to a reader.
            (format!("{}🙏🏽{}", ka(64), ka(10)), 2, 78, true, vec!["क", "🙏🏽"]),
            (format!("{}{family}{}", ka(62), ka(10)), 2, 80, true, vec!["क", family]),
            (format!("{}🇮🇳{}", ka(65), ka(10)), 2, 79, true, vec!["क", "🇮🇳"]),
            // Devanagari: a conjunct, a sign of a vowel, a half letter with a joiner.
            (format!("{}क्ष{}", ka(66), ka(10)), 2, 79, true, vec!["क", "क्ष"]),
            (format!("{}क्ष{}", ka(65), ka(10)), 2, 78, true, vec!["क", "क्ष"]),
            (format!("{}क्ष{}", ka(64), ka(10)), 2, 77, true, vec!["क", "क"]),
            (format!("{}कि{}", ka(66), ka(10)), 2, 78, true, vec!["क", "कि"]),
            (format!("{}स्त्री{}", ka(64), ka(10)), 2, 80, true, vec!["क", "स्त्री"]),
            (format!("{}क्\u{200d}ष{}", ka(64), ka(10)), 2, 78, true, vec!["क", "क्\u{200d}ष"]),
        ];
        for (text, parts, units, unicode, begins) in rows {
            assert_eq!(measure(&text), Size { parts, units, unicode }, "{text:?}");
            let split = split(&text);
            assert_eq!(split.unicode, unicode, "{text:?}");
            assert_eq!(split.parts.concat(), text);
            assert_eq!(split.parts.len(), begins.len(), "{:?}", split.parts);
            for (part, begin) in split.parts.iter().zip(begins) {
                assert!(part.starts_with(begin), "{part:?} of {text:?} begins {begin:?}");
            }
        }
    }

    #[test]
    fn a_cluster_longer_than_a_part_is_cut_and_nothing_is_lost() {
        let text = format!("{}{}", "x".repeat(70), "क\u{901}".repeat(2) + &"\u{901}".repeat(100));
        let Parts { parts, .. } = split(&text);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| part.encode_utf16().count() <= 67));
    }

    #[test]
    fn what_makes_a_text_dear_is_named_with_what_to_write() {
        let dear = dear_letters("“₹5” – it’s ok…");
        let named: Vec<(char, Option<&str>)> =
            dear.iter().map(|dear| (dear.letter, dear.instead)).collect();
        assert_eq!(
            named,
            [
                ('“', Some("\"")),
                ('₹', Some("Rs ")),
                ('”', Some("\"")),
                ('–', Some("-")),
                ('’', Some("'")),
                ('…', Some("..."))
            ]
        );
        assert_eq!(cheaper("“₹5” – it’s ok…").as_deref(), Some("\"Rs 5\" - it's ok..."));
        assert_eq!(cheaper("plain [text]"), None);
        assert_eq!(cheaper("नमस्ते – ok"), None, "Hindi stays as it is");
        assert_eq!(dear_letters("🙏")[0].instead, None);
    }

    #[test]
    fn whatever_is_written_instead_is_not_dear_itself() {
        for letter in ('\0'..='\u{ffff}').filter(|letter| septets(*letter).is_none()) {
            if let Some(instead) = instead_of(letter) {
                assert!(dear_letters(instead).is_empty(), "{letter:?}");
            }
        }
    }

    /// Texts near the borders, of letters that matter there.
    fn texts() -> impl Strategy<Value = String> {
        let plain = "[a-z\\[\\]{}~|^\u{c}\r\n€@ ]{0,330}";
        let mixed = "[a-z\\[€₹’कि्षमाँ🙏🏽\u{200d}👨 ]{0,300}";
        prop_oneof![plain, mixed, ".{0,200}"]
    }

    proptest! {
        #[test]
        fn parts_are_counted_as_the_oracle_counts_them(text in texts()) {
            let oracle = sms_splitter::SplitSms::default().split(text.clone());
            let size = measure(&text);
            prop_assert_eq!(size.parts, oracle.parts.len().max(1));
            prop_assert_eq!(size.unicode, oracle.character_set == "Unicode");
        }

        #[test]
        fn our_parts_are_the_text_and_fit(text in texts()) {
            let Parts { unicode, parts } = split(&text);
            prop_assert_eq!(parts.concat(), text.clone());
            prop_assert!(parts.len() >= measure(&text).parts);
            let (alone, each) = Alphabet { unicode }.room();
            let most = if parts.len() == 1 { alone } else { each };
            for part in parts {
                let size = Alphabet { unicode }.size(part);
                prop_assert!(size <= most, "{} of {}", size, most);
            }
        }
    }
}
