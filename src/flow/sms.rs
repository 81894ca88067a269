//! How many short messages a text fills (3GPP TS 23.038 and 23.040).

/// The letters of the basic GSM alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Letters that take two places of it.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// What a text costs as a short message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmsSize {
    /// Messages it is billed as; an empty text is one.
    pub parts: usize,
    /// Places it takes: septets, or UTF-16 units where one letter is outside the GSM alphabet.
    pub units: usize,
    /// Whether it leaves as UCS-2, as every Hindi and Urdu text does.
    pub unicode: bool,
}

/// Measures a text. A letter of two places, and a surrogate pair, is never split over two parts.
#[must_use]
pub fn sms_size(text: &str) -> SmsSize {
    let septets = |letter: char| {
        if BASIC.contains(letter) { Some(1) } else { EXTENDED.contains(letter).then_some(2) }
    };
    let unicode = text.chars().any(|letter| septets(letter).is_none());
    let places =
        |letter: char| if unicode { letter.len_utf16() } else { septets(letter).unwrap_or(1) };
    let (alone, each) = if unicode { (70, 67) } else { (160, 153) };
    let units: usize = text.chars().map(places).sum();
    if units <= alone {
        return SmsSize { parts: 1, units, unicode };
    }
    let mut parts = 1;
    let mut used = 0;
    for letter in text.chars() {
        let size = places(letter);
        if used + size > each {
            parts += 1;
            used = 0;
        }
        used += size;
    }
    SmsSize { parts, units, unicode }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_as_operators_bill_them() {
        let rows = [
            (String::new(), 1, false),
            ("a".repeat(160), 1, false),
            ("a".repeat(161), 2, false),
            ("a".repeat(306), 2, false),
            ("a".repeat(307), 3, false),
            // A bracket takes two places, and is not split at the edge of a part.
            (format!("{}[", "a".repeat(158)), 1, false),
            (format!("{}[", "a".repeat(159)), 2, false),
            (format!("{}[{}", "a".repeat(152), "a".repeat(152)), 3, false),
            ("क".repeat(70), 1, true),
            ("क".repeat(71), 2, true),
            ("क".repeat(134), 2, true),
            ("क".repeat(135), 3, true),
            ("₹5".to_owned(), 1, true),
            ("🙏".repeat(36), 2, true),
            ("€".repeat(80), 1, false),
            ("€".repeat(81), 2, false),
            // One curly quote costs the whole alphabet; a sign of two units is not cut in two.
            (format!("’{}", "x".repeat(100)), 2, true),
            (format!("{}🙏", "क".repeat(66)), 1, true),
            (format!("{}🙏{}", "क".repeat(66), "क".repeat(66)), 3, true),
        ];
        for (text, parts, unicode) in rows {
            let size = sms_size(&text);
            assert_eq!((size.parts, size.unicode), (parts, unicode), "{text}");
        }
    }
}
