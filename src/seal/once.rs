//! Large things outside the database: each sealed under a key of its own, which is kept in its row,
//! sealed. A new master key costs them nothing, and with the row the file is gone for everybody.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::SealError;
use crate::clock::Ids;

/// First byte of a sealed file in today's form: form, content, tag.
const FORM: u8 = 1;

/// A key that seals one thing and nothing else, so that its nonce may be zero.
pub type OnceKey = [u8; 32];

/// Seals under a fresh key.
///
/// # Errors
/// [`SealError::NoRandomness`].
pub fn seal_once(ids: &Ids, plain: &[u8]) -> Result<(OnceKey, Vec<u8>), SealError> {
    let mut key: OnceKey = [0; 32];
    ids.fill(&mut key).map_err(|_| SealError::NoRandomness)?;
    let mut content = plain.to_vec();
    let tag = sealing_key(&key)?
        .seal_in_place_separate_tag(nonce(), Aad::from([FORM]), &mut content)
        .map_err(|_| SealError::Broken)?;
    let mut sealed = Vec::with_capacity(1 + content.len() + tag.as_ref().len());
    sealed.push(FORM);
    sealed.append(&mut content);
    sealed.extend_from_slice(tag.as_ref());
    Ok((key, sealed))
}

/// Opens what [`seal_once`] made.
///
/// # Errors
/// [`SealError::Broken`].
pub fn open_once(key: &OnceKey, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (FORM, content) = sealed.split_first().map_or((0, sealed), |(form, rest)| (*form, rest))
    else {
        return Err(SealError::Broken);
    };
    let mut bytes = content.to_vec();
    let plain_len = sealing_key(key)?
        .open_in_place(nonce(), Aad::from([FORM]), &mut bytes)
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

    #[test]
    fn what_was_sealed_opens_under_its_own_key_and_under_no_other() {
        let ids = Ids::system();
        for plain in [b"".as_slice(), b"a photo", &[7; 9_000]] {
            let (key, sealed) = seal_once(&ids, plain).unwrap();
            assert_eq!(open_once(&key, &sealed).unwrap(), plain);
            let (other, _) = seal_once(&ids, plain).unwrap();
            assert_ne!(key, other);
            assert_eq!(open_once(&other, &sealed), Err(SealError::Broken));
            let mut spoiled = sealed.clone();
            *spoiled.last_mut().unwrap() ^= 1;
            assert_eq!(open_once(&key, &spoiled), Err(SealError::Broken));
            assert_eq!(open_once(&key, &sealed[..sealed.len() - 1]), Err(SealError::Broken));
        }
        assert_eq!(open_once(&[0; 32], &[]), Err(SealError::Broken));
    }
}
