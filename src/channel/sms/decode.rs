//! What decoders of all roads need: numbers, keys, texts. Pure.

use std::fmt::Write as _;

use jiff::Timestamp;
use ring::digest::{Context, SHA256};

use crate::contact::{AddressKind, Identities, Written};

/// Who sent a message, by the number the gateway names. `None`: no person's number (`AD-UPSAMV`,
/// `53733`) or a fixed line's, which nobody answers.
#[must_use]
pub fn sender(text: &str) -> Option<Identities> {
    match Written::read(text.trim())? {
        Written::Mobile(number) => Some(Identities::phone(number)),
        Written::Foreign(number) => Some(Identities::of(AddressKind::ForeignPhone, number)),
        Written::FixedLine => None,
    }
}

/// Whether what a gateway names as the sender is a machine's: a header of letters (`AD-UPBANK`) or a
/// number too short for a person's, or that of a fixed line, which gets no answer either.
#[must_use]
pub fn is_machine(text: &str) -> bool {
    let signs = text.trim();
    let is_header = (3..=15).contains(&signs.len())
        && signs.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_ .&".contains(&b))
        && signs.bytes().any(|b| b.is_ascii_alphabetic());
    let is_short = (3..=7).contains(&signs.len()) && signs.bytes().all(|b| b.is_ascii_digit());
    is_header || is_short || Written::read(signs) == Some(Written::FixedLine)
}

/// The key of a message to which the gateway gives none: the same call made again has the same one.
#[must_use]
pub fn key(account: &str, told: &[&str], at: Timestamp, text: &Result<String, Vec<u8>>) -> String {
    let octets = match text {
        Ok(text) => text.as_bytes(),
        Err(octets) => octets,
    };
    let mut hash = Context::new(&SHA256);
    // The length before each: what stands in one field is not taken for another's beginning.
    for part in told.iter().map(|part| part.as_bytes()).chain([octets]) {
        hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    // As fine as vendors tell it: a person may say the same twice in a second.
    hash.update(&at.as_millisecond().to_be_bytes());
    let mut key = format!("{account}:#");
    for byte in hash.finish().as_ref().iter().take(16) {
        // Writing to a text cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// A body as text by its content type: UTF-8, or UTF-16BE or Latin-1 where a gateway passes the
/// operator's octets on. What is no text comes back as it was.
///
/// # Errors
/// The octets.
pub fn text(body: &[u8], content_type: &str) -> Result<String, Vec<u8>> {
    let content_type = content_type.to_ascii_lowercase();
    if content_type.starts_with("application/octet-stream") {
        return Err(body.to_vec());
    }
    if ["utf-16be", "ucs-2", "iso-10646-ucs-2"].iter().any(|name| content_type.contains(name)) {
        let pairs = body.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
        let units: Vec<u16> = pairs.map(u16::from_be_bytes).collect();
        return String::from_utf16(&units).map_err(|_| body.to_vec());
    }
    if ["iso-8859-1", "latin1", "windows-1252"].iter().any(|name| content_type.contains(name)) {
        return Ok(body.iter().map(|octet| char::from(*octet)).collect());
    }
    String::from_utf8(body.to_vec()).map_err(std::string::FromUtf8Error::into_bytes)
}

/// A text without the word that only leads it to us at a shared number.
#[must_use]
pub fn without_keyword<'a>(text: &'a str, keyword: Option<&str>) -> &'a str {
    let Some(keyword) = keyword else { return text };
    let begun = text.trim_start();
    let first = begun.split(char::is_whitespace).next().unwrap_or_default();
    if first.to_lowercase() != keyword.to_lowercase() {
        return text;
    }
    begun.get(first.len()..).unwrap_or_default().trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_number_is_one_and_no_machine_is_a_person() {
        for text in
            ["+919812345678", "919812345678", "9812345678", "09812345678", "0091 98123 45678"]
        {
            let identities = sender(text).unwrap();
            assert_eq!(identities.get(AddressKind::Phone), Some("9812345678"), "{text}");
        }
        let foreign = sender("+16505551234").unwrap();
        assert_eq!(foreign.get(AddressKind::ForeignPhone), Some("16505551234"));
        for text in ["AD-UPSAMV", "53733", "", "+", "98123456789012345", "0522 2234567"] {
            assert_eq!(sender(text), None, "{text}");
        }
    }

    #[test]
    fn a_header_and_a_short_code_are_machines_and_a_broken_number_is_not() {
        for text in ["AD-UPBANK", "JioNet", "53733", "56161-B", "05222234567", "+915222234567"] {
            assert!(is_machine(text), "{text}");
        }
        for text in ["", "+", "98123456", "98123456789012345", "नमस्ते", "+91"] {
            assert!(!is_machine(text), "{text}");
        }
    }

    #[test]
    fn the_same_call_has_the_same_key_and_another_has_not() {
        let at = |seconds: i64| Timestamp::from_second(1_790_000_000 + seconds).unwrap();
        let of = |told: &[&str], seconds, text: &str| key("a", told, at(seconds), &Ok(text.into()));
        let one = of(&["91", "56161"], 0, "हाँ");
        assert_eq!(one, of(&["91", "56161"], 0, "हाँ"));
        for other in [
            of(&["915", "6161"], 0, "हाँ"),
            of(&["91", "56161"], 1, "हाँ"),
            key(
                "a",
                &["91", "56161"],
                at(0) + jiff::SignedDuration::from_millis(1),
                &Ok("हाँ".into()),
            ),
            of(&["91", "56161"], 0, "नहीं"),
        ] {
            assert_ne!(one, other);
        }
        assert!(one.starts_with("a:#"), "{one}");
    }

    #[test]
    fn a_body_is_read_as_its_content_type_says() {
        let utf16: Vec<u8> = "नमस्ते 🙏".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text("नमस्ते".as_bytes(), "text/plain; charset=\"UTF-8\"").unwrap(), "नमस्ते");
        assert_eq!(text(&utf16, "text/plain; charset=\"UTF-16BE\"").unwrap(), "नमस्ते 🙏");
        assert_eq!(text(b"caf\xe9", "text/plain; charset=ISO-8859-1").unwrap(), "café");
        assert!(text(&[0xff, 0xfe], "text/plain; charset=UTF-8").is_err());
        assert!(text(b"BEGIN:VCARD", "application/octet-stream").is_err());
    }

    #[test]
    fn the_keyword_is_taken_off_as_a_word_and_nothing_else_is() {
        for (said, left) in [
            ("SAMVAD सदस्य", "सदस्य"),
            ("  samvad   1", "1"),
            ("Samvad", ""),
            ("samvadsamvad 1", "samvadsamvad 1"),
            ("हाँ samvad", "हाँ samvad"),
        ] {
            assert_eq!(without_keyword(said, Some("SAMVAD")), left, "{said}");
        }
        assert_eq!(without_keyword(" SAMVAD 1", None), " SAMVAD 1");
        assert_eq!(without_keyword("संवाद हाँ", Some("संवाद")), "हाँ");
    }
}
