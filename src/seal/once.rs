//! Large things outside the database: each sealed under a key of its own, which is kept in its row,
//! sealed. A new master key costs them nothing, and with the row the file is gone for everybody.

use std::io::{self, Write};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, Tag, UnboundKey};

use super::SealError;
use crate::clock::Ids;

/// First byte of a sealed file in today's form: form, content, tag.
const FORM: u8 = 1;

/// A key that seals one thing and nothing else, so that its nonce may be zero.
pub type OnceKey = [u8; 32];

/// What was sealed, in the memory that held it in clear: a large thing is never there twice.
pub struct SealedOnce {
    content: Vec<u8>,
    tag: Tag,
}

impl SealedOnce {
    /// Writes it as [`open_once`] reads it.
    ///
    /// # Errors
    /// The writer's own.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&[FORM])?;
        out.write_all(&self.content)?;
        out.write_all(self.tag.as_ref())
    }
}

/// Seals under a fresh key, in place.
///
/// # Errors
/// [`SealError::NoRandomness`].
pub fn seal_once(ids: &Ids, plain: Vec<u8>) -> Result<(OnceKey, SealedOnce), SealError> {
    let mut key: OnceKey = [0; 32];
    ids.fill(&mut key).map_err(|_| SealError::NoRandomness)?;
    let mut content = plain;
    let tag = sealing_key(&key)?
        .seal_in_place_separate_tag(nonce(), Aad::from([FORM]), &mut content)
        .map_err(|_| SealError::Broken)?;
    Ok((key, SealedOnce { content, tag }))
}

/// Opens what [`seal_once`] made, in place: exactly that, or nothing.
///
/// # Errors
/// [`SealError::Broken`].
pub fn open_once(key: &OnceKey, sealed: Vec<u8>) -> Result<Vec<u8>, SealError> {
    let mut bytes = sealed;
    if bytes.first() != Some(&FORM) {
        return Err(SealError::Broken);
    }
    let plain_len = sealing_key(key)?
        .open_within(nonce(), Aad::from([FORM]), &mut bytes, 1..)
        .map_err(|_| SealError::Broken)?
        .len();
    bytes.truncate(plain_len);
    Ok(bytes)
}

fn sealing_key(key: &OnceKey) -> Result<LessSafeKey, SealError> {
    let unbound = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| SealError::Broken)?;
    Ok(LessSafeKey::new(unbound))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(plain: &[u8]) -> (OnceKey, Vec<u8>) {
        let (key, sealed) = seal_once(&Ids::system(), plain.to_vec()).unwrap();
        let mut bytes = Vec::new();
        sealed.write_to(&mut bytes).unwrap();
        (key, bytes)
    }

    #[test]
    fn what_was_sealed_opens_under_its_own_key_and_under_no_other() {
        for plain in [b"".as_slice(), b"a photo", &[7; 9_000]] {
            let (key, bytes) = sealed(plain);
            assert_eq!(open_once(&key, bytes.clone()).unwrap(), plain);
            let (other, _) = sealed(plain);
            assert_ne!(key, other);
            assert_eq!(open_once(&other, bytes.clone()), Err(SealError::Broken));
            let mut spoiled = bytes.clone();
            *spoiled.last_mut().unwrap() ^= 1;
            assert_eq!(open_once(&key, spoiled), Err(SealError::Broken));
            let mut other_form = bytes.clone();
            other_form[0] = 2;
            assert_eq!(open_once(&key, other_form), Err(SealError::Broken));
            let cut = bytes[..bytes.len() - 1].to_vec();
            assert_eq!(open_once(&key, cut), Err(SealError::Broken));
        }
        assert_eq!(open_once(&[0; 32], Vec::new()), Err(SealError::Broken));
    }

    #[test]
    fn a_large_thing_is_sealed_in_the_memory_that_holds_it() {
        let plain = vec![7; 1 << 20];
        let place = plain.as_ptr();
        let (_, sealed) = seal_once(&Ids::system(), plain).unwrap();
        assert_eq!(sealed.content.as_ptr(), place);
    }
}
