//! Whether a committee certified what a message says and shows.

use jiff::Timestamp;

use crate::calendar::{Calendar, TextHash};
use crate::message::{Content, MediaSource, TemplateHeader};

/// What stands above or beside the words.
enum Medium {
    None,
    /// By the SHA-256 of its file.
    Known(TextHash),
    /// Whatever it is, nobody can tell.
    Unknown,
}

/// Whether one certificate covers a message whole: its text, and the picture, video or document with it, by the
/// SHA-256 of its file. `text` is the [`text_hash`](crate::calendar::text_hash); `None`: it is none of ours. A medium
/// is known by its address, which names the hash: `https://…/<64 hexadecimal digits>.jpg`. One that does not is not
/// certified.
#[must_use]
pub fn is_certified(
    content: &Content,
    text: Option<TextHash>,
    number: Option<&str>,
    calendar: &Calendar,
    now: Timestamp,
) -> bool {
    let (Some(text), Some(number)) = (text, number) else { return false };
    match medium(content) {
        Medium::None => calendar.covers(number, &[text], now),
        Medium::Known(file) => calendar.covers(number, &[text, file], now),
        Medium::Unknown => false,
    }
}

fn medium(content: &Content) -> Medium {
    if let Some(template) = content.outside() {
        return match &template.header {
            Some(TemplateHeader::Media { source, .. }) => of_source(source),
            Some(TemplateHeader::Text(_)) | None => Medium::None,
        };
    }
    match content {
        Content::Media { source, .. } => of_source(source),
        // Made for each person.
        Content::Picture { .. } => Medium::Unknown,
        _ => Medium::None,
    }
}

fn of_source(source: &MediaSource) -> Medium {
    match source {
        MediaSource::Link(address) => file_hash(address).map_or(Medium::Unknown, Medium::Known),
        MediaSource::Id(_) => Medium::Unknown,
    }
}

/// The SHA-256 that the last part of an address names, before its ending.
#[must_use]
pub fn file_hash(address: &str) -> Option<TextHash> {
    let path = address.split(['?', '#']).next()?;
    let name = path.rsplit('/').next()?;
    let digits = name.split('.').next()?;
    if digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::calendar::text_hash;
    use crate::message::{MediaKind, Template};
    use crate::seal::to_hex;

    const FILE: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn with_header(address: Option<&str>) -> Content {
        let header = address.map(|address| TemplateHeader::Media {
            kind: MediaKind::Image,
            source: MediaSource::Link(address.to_owned()),
        });
        Content::Template(Template {
            name: "meeting".to_owned(),
            language: "hi".to_owned(),
            header,
            body: Vec::new(),
            buttons: Vec::new(),
        })
    }

    fn calendar(hashes: &[&[&str]]) -> Calendar {
        let mut text = String::new();
        for (number, hashes) in hashes.iter().enumerate() {
            let hashes: Vec<String> = hashes.iter().map(|hash| format!("\"{hash}\"")).collect();
            let hashes = hashes.join(", ");
            let _ = writeln!(
                text,
                "[[certificates]]\nnumber = \"{number}\"\ncommittee = \"राज्य\"\ndate = \"2026-09-02\"\nsha256 = [{hashes}]"
            );
        }
        Calendar::read(&text).unwrap()
    }

    #[test]
    fn a_certificate_covers_the_picture_above_the_words_by_the_hash_of_its_file() {
        let text = text_hash("नमस्ते");
        let of_text = to_hex(&text);
        let (now, named) = (
            "2026-09-03T00:00:00Z".parse().unwrap(),
            format!("https://example.org/c/{FILE}.jpg?v=1"),
        );
        let named_by = |calendar: &Calendar, address: Option<&str>, number: Option<&str>| {
            is_certified(&with_header(address), Some(text), number, calendar, now)
        };
        let asked =
            |calendar: &Calendar, address: Option<&str>| named_by(calendar, address, Some("0"));
        let words = calendar(&[&[&of_text]]);
        assert!(asked(&words, None));
        assert!(!asked(&words, Some(&named)), "the words alone were certified");
        let both = calendar(&[&[&of_text, FILE]]);
        assert!(asked(&both, Some(&named)));
        assert!(asked(&both, None), "less than was certified");
        assert!(!asked(&both, Some("https://example.org/picture.jpg")), "nobody knows which");
        let apart = calendar(&[&[&of_text], &[FILE]]);
        assert!(!asked(&apart, Some(&named)), "no committee saw the two together");
        assert!(!is_certified(&with_header(None), None, Some("0"), &both, now), "no text of ours");
        assert!(!named_by(&both, None, Some("7")), "another number");
        assert!(!named_by(&both, None, None), "its file names none");
    }

    #[test]
    fn only_a_whole_hash_is_the_name_of_a_file() {
        assert!(file_hash(&format!("https://example.org/{FILE}.jpg")).is_some());
        assert!(file_hash(&format!("https://example.org/{FILE}")).is_some());
        for wrong in [
            format!("https://example.org/{FILE}/a.jpg"),
            format!("https://example.org/{}.jpg", &FILE[1..]),
            format!("https://example.org/+{}.jpg", &FILE[1..]),
            "https://example.org/".to_owned(),
        ] {
            assert_eq!(file_hash(&wrong), None, "{wrong}");
        }
    }
}
