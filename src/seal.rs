//! Sealed columns: what names a person or repeats their words is stored encrypted under a key that
//! lives outside the database, and addresses are found by keyed hash.

use std::path::Path;

use crate::clock::Ids;
use crate::contact::Address;

/// Why something could not be sealed or opened. The words never hold the content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be read, or does not hold what it should; the words say what to do.
    #[error("{0}")]
    KeyFile(String),
    /// The bytes were sealed under a key this key file does not have.
    #[error("sealed under key {0}, which the key file does not hold")]
    UnknownKey(u32),
    /// The bytes are not what was sealed, or were sealed for another place.
    #[error("the sealed bytes were changed or belong elsewhere")]
    Broken,
    #[error("the system has no randomness to give")]
    NoRandomness,
}

/// The keys of one installation: one active, older ones kept for reading.
pub struct Keyring {}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Keyring(…)")
    }
}

impl Keyring {
    /// Reads the key file, or makes one (mode 0600) when there is none and `create` says so.
    ///
    /// # Errors
    /// [`SealError::KeyFile`] with what to do.
    pub fn open(path: &Path, create: bool, ids: &Ids) -> Result<Keyring, SealError> {
        let _ = (path, create, ids);
        todo!()
    }

    /// Seals for one place: `place` names table and column (or a Redis key kind), `id` the row, so
    /// that sealed bytes moved elsewhere do not open. Overhead is at most 40 bytes.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn seal(&self, place: &str, id: i64, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let _ = (place, id, plain);
        todo!()
    }

    /// Opens what [`Keyring::seal`] made for the same place and id, under any key it still has.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`], [`SealError::Broken`].
    pub fn open_sealed(&self, place: &str, id: i64, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let _ = (place, id, sealed);
        todo!()
    }

    /// The keyed hash under which an address is found: 16 bytes of HMAC-SHA-256 over kind and value.
    #[must_use]
    pub fn address_hash(&self, address: &Address) -> [u8; 16] {
        let _ = address;
        todo!()
    }
}
