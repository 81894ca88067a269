//! A text as the short messages it travels in (3GPP TS 23.038 and 23.040), cut where a reader would
//! cut it: never inside a letter with its signs, a surrogate pair, or a two-place letter.

use unicode_segmentation::UnicodeSegmentation as _;

/// The letters of the basic GSM alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Letters that take two places of it.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// A text in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Whether it leaves as UCS-2, as every Hindi and Urdu text does.
    pub unicode: bool,
    /// One at least; together they are the text.
    pub parts: Vec<&'a str>,
}

/// Cuts a text into as many parts as it needs: one of 160 septets or 70 UTF-16 units, or several of
/// 153 or 67. A cluster longer than a part (a letter under a heap of signs) is cut between characters.
#[must_use]
pub fn split(text: &str) -> Parts<'_> {
    let unicode = text.chars().any(|letter| septets(letter).is_none());
    let places =
        |letter: char| if unicode { letter.len_utf16() } else { septets(letter).unwrap_or(1) };
    let size = |piece: &str| piece.chars().map(places).sum::<usize>();
    let (alone, each) = if unicode { (70, 67) } else { (160, 153) };
    if size(text) <= alone {
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
        let needed = size(cluster);
        if needed <= each {
            take(start, needed);
            continue;
        }
        for (inside, letter) in cluster.char_indices() {
            take(start + inside, places(letter));
        }
    }
    cuts.push(text.len());
    let pieces = cuts.iter().zip(cuts.iter().skip(1));
    let parts = pieces.filter_map(|(from, to)| text.get(*from..*to)).collect();
    Parts { unicode, parts }
}

/// The places of the GSM alphabet a letter takes; `None` when it has none there.
fn septets(letter: char) -> Option<usize> {
    if BASIC.contains(letter) { Some(1) } else { EXTENDED.contains(letter).then_some(2) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_ends_before_a_letter_that_would_be_cut() {
        // 66 units, then a conjunct of three, then more.
        let text = format!("{}क्ष{}", "क".repeat(66), "ख".repeat(10));
        let Parts { unicode, parts } = split(&text);
        assert!(unicode);
        assert_eq!(parts, [&"क".repeat(66), &format!("क्ष{}", "ख".repeat(10))]);

        let text = format!("{}🙏🏽{}", "क".repeat(66), "ख".repeat(10));
        assert_eq!(split(&text).parts[1].chars().next(), Some('🙏'));

        let text = format!("{}[{}", "a".repeat(152), "b".repeat(20));
        assert_eq!(split(&text).parts[1].chars().next(), Some('['));
    }

    #[test]
    fn what_fits_alone_is_one_part() {
        for (text, parts, unicode) in [
            (String::new(), 1, false),
            ("a".repeat(160), 1, false),
            ("a".repeat(161), 2, false),
            ("क".repeat(70), 1, true),
            ("क".repeat(71), 2, true),
            ("क".repeat(134), 2, true),
            ("क".repeat(135), 3, true),
        ] {
            let split = split(&text);
            assert_eq!((split.parts.len(), split.unicode), (parts, unicode), "{text}");
        }
    }

    #[test]
    fn a_cluster_longer_than_a_part_is_cut_and_nothing_is_lost() {
        let text = format!("{}{}", "x".repeat(70), "क\u{901}".repeat(2) + &"\u{901}".repeat(100));
        let Parts { parts, .. } = split(&text);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| part.encode_utf16().count() <= 67));
    }

    proptest! {
        #[test]
        fn the_parts_are_the_text_and_fit(text in "[a-z\\[€कि्षमाँ🙏🏽\u{200d}👨 ]{0,300}") {
            let Parts { unicode, parts } = split(&text);
            prop_assert_eq!(parts.concat(), text.clone());
            let most = match (unicode, parts.len()) {
                (true, 1) => 70,
                (true, _) => 67,
                (false, 1) => 160,
                (false, _) => 153,
            };
            for part in parts {
                let size: usize = if unicode {
                    part.encode_utf16().count()
                } else {
                    part.chars().filter_map(septets).sum()
                };
                prop_assert!(size <= most, "{} of {}", size, most);
            }
        }
    }
}
