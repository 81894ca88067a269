//! A receipt: by which a voter finds their envelope on the roll. It says nothing of the choice.

use std::fmt;
use std::str::FromStr;

use super::envelope::LENGTH;
use crate::flow::behind_receipt_word;

/// Eight signs of the envelope's hash, 40 bits, and a check sign, in threes: `7K2-QXM-9ZT`. Of five lakh
/// receipts two are equal in one poll of ten; the roll is told apart by whole hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Receipt([u8; DATA]);

/// The text is no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAReceipt {
    /// Signs are missing or too many, or one is none of its signs.
    #[error("this is no receipt: nine signs in threes, as in the message after the answer")]
    Form,
    /// A sign is wrong, or two are swapped.
    #[error(
        "this receipt is mistyped, its signs do not fit together: compare it with the message after the answer"
    )]
    Mistyped,
}

const DATA: usize = 8;
/// Crockford's base 32: no I, L, O, U.
const SIGNS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Receipt {
    /// Of an envelope's hash.
    #[must_use]
    pub fn of(hash: &[u8; LENGTH]) -> Receipt {
        let bits = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut signs = [0; DATA];
        for (sign, shift) in signs.iter_mut().zip((0..DATA).rev()) {
            *sign = u8::try_from(bits >> (5 * shift) & 31).unwrap_or(0);
        }
        Receipt(signs)
    }

    /// The least and the greatest hash of which this is the receipt.
    #[must_use]
    pub fn span(self) -> ([u8; LENGTH], [u8; LENGTH]) {
        let bits = self.0.iter().fold(0_u64, |bits, sign| bits << 5 | u64::from(*sign));
        let (mut from, mut to) = ([0; LENGTH], [0xFF; LENGTH]);
        let prefix = bits.to_be_bytes();
        for ((from, to), byte) in from.iter_mut().zip(&mut to).zip(prefix.iter().skip(3)) {
            (*from, *to) = (*byte, *byte);
        }
        (from, to)
    }

    /// The receipt that a whole message is: behind a word that asks for one, or bare. What stands bare may also be a
    /// name or a number of something else, and one of 32 such texts fits by chance: so it is taken bare only in three
    /// groups of three, or where letters and digits are mixed.
    #[must_use]
    pub fn of_message(text: &str) -> Option<SaidReceipt> {
        // Longer is nobody's receipt, and read for nothing.
        let text = text.trim().trim_end_matches(['.', '।', '?', '؟', '۔']);
        if text.len() > LONGEST_MESSAGE {
            return None;
        }
        if let Some(rest) = behind_receipt_word(text) {
            let receipt = rest.parse().ok()?;
            return Some(SaidReceipt { receipt, is_named: true });
        }
        let receipt = text.parse().ok()?;
        let groups: Vec<&str> = text.split(['-', '–']).map(str::trim).collect();
        let is_grouped = groups.len() == 3 && groups.iter().all(|group| group.chars().count() == 3);
        let has = |is: fn(char) -> bool| text.chars().any(is);
        let is_mixed = has(char::is_numeric) && has(char::is_alphabetic);
        (is_grouped || is_mixed).then_some(SaidReceipt { receipt, is_named: false })
    }
}

/// A receipt as somebody wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaidReceipt {
    pub receipt: Receipt,
    /// Behind the word: it can be nothing else.
    pub is_named: bool,
}

/// In bytes; a letter of Hindi has three.
const LONGEST_MESSAGE: usize = 96;

/// Damm's check over the field of 32 elements (x ↦ 2·(x + digit), the polynomial x⁵ + x² + 1): it finds every
/// single wrong sign and every swap of two neighbours.
fn check(signs: &[u8]) -> u8 {
    signs.iter().fold(0, |interim, sign| {
        let doubled = (interim ^ sign) << 1;
        if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 }
    })
}

impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.iter().copied().chain([check(&self.0)]);
        for (place, sign) in all.enumerate() {
            if place > 0 && place % 3 == 0 {
                formatter.write_str("-")?;
            }
            let sign = SIGNS.get(usize::from(sign)).copied().unwrap_or(b'0');
            write!(formatter, "{}", char::from(sign))?;
        }
        Ok(())
    }
}

impl FromStr for Receipt {
    type Err = NotAReceipt;

    /// As people type it: small letters, any digits, with or without hyphens and spaces, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Receipt, NotAReceipt> {
        let mut signs = Vec::with_capacity(DATA + 1);
        for letter in crate::geography::clean(text).chars() {
            let sign = match letter.to_ascii_uppercase() {
                ' ' | '-' | '–' => continue,
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = SIGNS.iter().position(|known| char::from(*known) == sign);
            let value =
                value.and_then(|value| u8::try_from(value).ok()).ok_or(NotAReceipt::Form)?;
            signs.push(value);
            if signs.len() > DATA + 1 {
                return Err(NotAReceipt::Form);
            }
        }
        let (last, data) = signs.split_last().ok_or(NotAReceipt::Form)?;
        let data: [u8; DATA] = data.try_into().map_err(|_| NotAReceipt::Form)?;
        if check(&data) == *last { Ok(Receipt(data)) } else { Err(NotAReceipt::Mistyped) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_receipt_is_nine_signs_in_threes_and_read_as_people_type_it() {
        let receipt = Receipt::of(&[0xC5; LENGTH]);
        let text = receipt.to_string();
        assert_eq!((text.len(), text.matches('-').count()), (11, 2));
        let typed =
            [text.to_lowercase(), text.replace('-', ""), format!(" {} ", text.replace('-', " "))];
        for typed in typed {
            assert_eq!(typed.parse(), Ok(receipt), "{typed}");
        }
        for text in ["", "7", "हाँ", "000-000-00", "000-000-0000", "UUU-UUU-UUU"] {
            assert_eq!(text.parse::<Receipt>(), Err(NotAReceipt::Form), "{text}");
        }
        assert_eq!("000-000-001".parse::<Receipt>(), Err(NotAReceipt::Mistyped));
        let zeros: Receipt = "OOO-ooo-०00".parse().unwrap();
        assert_eq!(zeros, Receipt::of(&[0; LENGTH]));
    }

    #[test]
    fn a_message_is_a_receipt_behind_its_word_or_by_its_looks() {
        let receipt = Receipt::of(&[0xC5; LENGTH]);
        let text = receipt.to_string();
        let joined = text.replace('-', "");
        for named in [
            format!("रसीद {text}"),
            format!("रसीद: {joined}"),
            format!("मेरी रसीद {}।", text.to_lowercase()),
            format!("receipt no. {text}"),
            format!("Raseed number {text}"),
            format!("rasid - {text}"),
            format!("رسید {text}"),
            format!("रसीद नंबर {text} ?"),
        ] {
            let said = Receipt::of_message(&named);
            assert_eq!(said, Some(SaidReceipt { receipt, is_named: true }), "{named}");
        }
        for bare in [text.clone(), joined, text.to_lowercase(), text.replace('-', " ")] {
            let said = Receipt::of_message(&bare);
            assert_eq!(said, Some(SaidReceipt { receipt, is_named: false }), "{bare}");
        }
        // Nine letters, and nine digits, that pass the check by chance are names and numbers.
        let by_chance = |signs: &[u8; 8]| {
            let wanted = |last: &u8| {
                Receipt::from_str(&format!("{}{}", text_of(signs), char::from(*last))).is_ok()
            };
            let last = SIGNS.iter().find(|last| wanted(last)).unwrap();
            format!("{}{}", text_of(signs), char::from(*last))
        };
        for signs in [b"ANANDRAM", b"KAMALDEV"] {
            let name = by_chance(signs);
            if name.chars().all(char::is_alphabetic) {
                assert_eq!(Receipt::of_message(&name), None, "{name}");
            }
            assert!(Receipt::of_message(&format!("रसीद {name}")).is_some(), "{name}");
        }
        for text in ["", "रसीद", "रसीद चाहिए", "नमस्ते", "9415012345", "226001", "UP-5724-1"]
        {
            assert_eq!(Receipt::of_message(text), None, "{text}");
        }
        let long = format!("रसीद {text} {}", "और ".repeat(200));
        assert_eq!(Receipt::of_message(&long), None);
    }

    fn text_of(signs: &[u8]) -> String {
        String::from_utf8(signs.to_vec()).unwrap()
    }

    proptest! {
        #[test]
        fn a_hash_lies_in_the_span_of_its_receipt_and_of_no_other(
            hash in prop::array::uniform32(any::<u8>()),
            other in prop::array::uniform32(any::<u8>()),
        ) {
            let (from, to) = Receipt::of(&hash).span();
            prop_assert!(from <= hash && hash <= to);
            let is_within = from <= other && other <= to;
            prop_assert_eq!(is_within, Receipt::of(&other) == Receipt::of(&hash));
        }

        #[test]
        fn every_wrong_sign_and_every_swap_of_neighbours_is_noticed(
            hash in prop::array::uniform32(any::<u8>()),
            place in 0..9_usize,
            sign in 0..32_usize,
        ) {
            let text = Receipt::of(&hash).to_string().replace('-', "");
            let mut wrong = text.clone().into_bytes();
            wrong[place] = SIGNS[sign];
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_eq!(wrong.parse::<Receipt>().is_ok(), wrong == text);
            if place > 0 {
                let mut swapped = text.clone().into_bytes();
                swapped.swap(place - 1, place);
                let swapped = String::from_utf8(swapped).unwrap();
                prop_assert_eq!(swapped.parse::<Receipt>().is_ok(), swapped == text);
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = text.parse::<Receipt>();
            let _ = Receipt::of_message(&text);
            let _ = Receipt::of_message(&format!("रसीद {text}"));
        }
    }
}
