//! Pictures of candidates: which files may be one.

use super::Poll;

/// WhatsApp takes no larger picture (5 MB), and one for a name in a list needs far less.
pub const LARGEST_PHOTO: u64 = 5 * 1024 * 1024;
/// More than this on a side is no help on a phone, and heavy in a report.
const LONGEST_SIDE: u32 = 4_096;

/// Why a file is no picture of a candidate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("it has {bytes} bytes, and WhatsApp takes 5 MB at most; save it smaller")]
    TooLarge { bytes: u64 },
    #[error("it is neither JPEG nor PNG, which is all that WhatsApp takes; save it as .jpg")]
    OtherType,
    #[error("it is cut off, or no picture; save it anew")]
    Broken,
    #[error("it is {width} by {height}, and 4096 is the most on a side; save it smaller")]
    TooWide { width: u32, height: u32 },
}

/// Whether a name leads to a picture in the folder of the polls, and not out of it.
pub(super) fn is_photo_name(name: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    !name.contains(['\\', ':', '\0'])
        && name.split('/').all(is_plain)
        && matches!(ending.as_deref(), Some("jpg" | "jpeg" | "png"))
}

/// What a picture is, by its first bytes: `image/jpeg` or `image/png`.
#[must_use]
pub fn photo_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some("image/jpeg")
    } else {
        None
    }
}

/// Looks whether bytes are a picture that WhatsApp and a report can show.
///
/// # Errors
/// [`PhotoError`].
pub fn check_photo(bytes: &[u8]) -> Result<(), PhotoError> {
    let size = bytes.len() as u64;
    if size > LARGEST_PHOTO {
        return Err(PhotoError::TooLarge { bytes: size });
    }
    let sides = match photo_type(bytes) {
        Some("image/png") => png_sides(bytes),
        Some(_) => jpeg_sides(bytes),
        None => return Err(PhotoError::OtherType),
    };
    let (width, height) = sides.ok_or(PhotoError::Broken)?;
    if width == 0 || height == 0 {
        return Err(PhotoError::Broken);
    }
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(PhotoError::TooWide { width, height });
    }
    Ok(())
}

/// The header chunk comes first (ISO/IEC 15948, 11.2.2).
fn png_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let side = |from: usize| {
        let bytes = bytes.get(from..from + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    bytes.ends_with(b"IEND\xae\x42\x60\x82").then_some(())?;
    Some((side(16)?, side(20)?))
}

/// The segments up to the start of a frame, which tells its sides (ITU-T T.81, B.2.2).
fn jpeg_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xFF, marker, behind @ ..] = rest else { return None };
        // Fill bytes, and markers without a length.
        if *marker == 0xFF {
            rest = rest.get(1..)?;
            continue;
        }
        if matches!(marker, 0x01 | 0xD0..=0xD7) {
            rest = behind;
            continue;
        }
        let [high, low, segment @ ..] = behind else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if is_frame {
            let [_, h1, h0, w1, w0, ..] = segment else { return None };
            let side = |high: u8, low: u8| u32::from(u16::from_be_bytes([high, low]));
            return Some((side(*w1, *w0), side(*h1, *h0)));
        }
        rest = behind.get(length.max(2)..)?;
    }
}

impl Poll {
    /// Every picture the file names, each once.
    pub fn photos(&self) -> impl Iterator<Item = &str> {
        let candidates = self.seats.iter().flat_map(|seat| &seat.candidates);
        let mut all: Vec<&str> =
            candidates.filter_map(|candidate| candidate.photo.as_deref()).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\x08\x06\0\0\0....\0\0\0\0IEND\xae\x42\x60\x82");
        bytes
    }

    /// An application segment, then a frame.
    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 6, 1, 2, 3, 4, 0xFF, 0xFF, 0xC0, 0, 17, 8];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([3, 1, 0x11, 0]);
        bytes
    }

    #[test]
    fn a_picture_that_a_phone_can_show_is_taken_and_every_other_says_why_not() {
        assert_eq!(check_photo(&png(640, 640)), Ok(()));
        assert_eq!(check_photo(&jpeg(640, 480)), Ok(()));
        assert_eq!(
            check_photo(&png(5_000, 20)),
            Err(PhotoError::TooWide { width: 5_000, height: 20 })
        );
        assert_eq!(
            check_photo(&jpeg(20, 5_000)),
            Err(PhotoError::TooWide { width: 20, height: 5_000 })
        );
        assert_eq!(check_photo(&png(0, 20)), Err(PhotoError::Broken));
        assert_eq!(check_photo(&png(20, 20)[..30]), Err(PhotoError::Broken));
        assert_eq!(check_photo(&jpeg(20, 20)[..12]), Err(PhotoError::Broken));
        for other in [b"GIF89a".as_slice(), b"RIFF....WEBP", b"<svg>", b""] {
            assert_eq!(check_photo(other), Err(PhotoError::OtherType));
        }
        let large = vec![0xFF; 5 * 1024 * 1024 + 1];
        assert_eq!(check_photo(&large), Err(PhotoError::TooLarge { bytes: 5 * 1024 * 1024 + 1 }));
    }

    #[test]
    fn a_name_leads_to_no_file_outside_the_folder() {
        for name in ["anil.jpg", "photos/anil.JPEG", "photos/35/a b.png"] {
            assert!(is_photo_name(name), "{name}");
        }
        for name in [
            "",
            "anil",
            "anil.gif",
            "/etc/a.jpg",
            "../a.jpg",
            "photos/../../a.jpg",
            "a//b.jpg",
            "./a.jpg",
            "C:\\a.jpg",
            "https://a.example/a.jpg",
        ] {
            assert!(!is_photo_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = check_photo(&bytes);
            let _ = jpeg_sides(&[&[0xFF, 0xD8, 0xFF], bytes.as_slice()].concat());
        }
    }
}
