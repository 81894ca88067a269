//! The faces of a seat, within the page itself: nothing is fetched from elsewhere when it is opened.

use std::collections::BTreeMap;

use crate::poll::file::{check_photo, photo_type};

/// A picture above this would make the page heavy: it has one for every name of every seat.
pub const LARGEST_IN_REPORT: usize = 200 * 1024;

/// Pictures by seat and candidate, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Photos(BTreeMap<(u16, u8), String>);

impl Photos {
    /// Takes a picture in; `false`, and it is left out: it is none, or too large for a page.
    pub fn add(&mut self, seat: u16, candidate: u8, bytes: &[u8]) -> bool {
        let kind = photo_type(bytes).filter(|_| bytes.len() <= LARGEST_IN_REPORT);
        let Some(kind) = kind.filter(|_| check_photo(bytes).is_ok()) else { return false };
        self.0.insert((seat, candidate), format!("data:{kind};base64,{}", base64(bytes)));
        true
    }

    /// The address of a picture: the picture itself.
    #[must_use]
    pub fn of(&self, seat: u16, candidate: u8) -> Option<&str> {
        self.0.get(&(seat, candidate)).map(String::as_str)
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let sign = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            let is_filled = place <= three.len();
            let sign = SIGNS.get(sign).filter(|_| is_filled).copied().unwrap_or(b'=');
            text.push(char::from(sign));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_the_standard_has_it() {
        // RFC 4648, section 10.
        let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let wanted = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (word, wanted) in words.into_iter().zip(wanted) {
            assert_eq!(base64(word.as_bytes()), wanted);
        }
    }

    #[test]
    fn what_is_no_picture_stands_on_no_page() {
        let mut photos = Photos::default();
        assert!(!photos.add(35, 0, b"<script>"));
        assert_eq!(photos.of(35, 0), None);
    }
}
