//! Sealed columns: what names a person or repeats their words is stored encrypted under a key that
//! lives outside the database, and addresses are found by keyed hash.
//!
//! ChaCha20-Poly1305 (RFC 8439) under a 256-bit key with a random 96-bit nonce; the place and the
//! row's id are authenticated with the content. A random nonce is safe for some four thousand
//! million seals a key: rotate long before, once a year say.

mod file;
mod hex;
mod once;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLock};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::clock::Ids;
use crate::contact::Address;
use crate::message::Channel;

pub use hex::{bytes_of_hex, from_hex, to_hex};
pub use once::{OnceKey, SealedOnce, open_once, seal_once};

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

/// First byte of everything sealed in today's form: form, key id (big-endian), nonce, content, tag.
const FORM: u8 = 1;
const KEY_ID_LEN: usize = 4;
const HEADER_LEN: usize = 1 + KEY_ID_LEN;

/// The length of a key, in bytes.
const KEY_LEN: usize = 32;

/// A key that is not known is looked for in the file at most so often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The keys of one installation: one active, the others kept for reading.
///
/// While a rotation goes round, other processes seal under a key that came into the file after this
/// one read it: when such a key is met, the file is read again. What this process itself seals with
/// stays the key it started with.
pub struct Keyring {
    path: Option<PathBuf>,
    active: u32,
    keys: RwLock<Vec<Arc<SealingKey>>>,
    looked_again: Mutex<Option<Instant>>,
    index: hmac::Key,
    index_fingerprint: Fingerprint,
    ids: Ids,
}

struct SealingKey {
    id: u32,
    fingerprint: Fingerprint,
    key: LessSafeKey,
}

/// Tells one key from another without giving anything of it away.
pub type Fingerprint = [u8; 8];

/// The id under which the index key (addresses, message ids) is named among [`Keyring::needs`].
pub const INDEX_KEY: u32 = 0;

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
        if create && !path.exists() {
            file::create(path, &file::KeyFile::fresh(ids)?)?;
        }
        let keys = file::read(path)?;
        Ok(Keyring::of(&keys, Some(path.to_owned()), ids))
    }

    /// A keyring that no file keeps: what is sealed under it can be opened only while it lives.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn in_memory(ids: &Ids) -> Result<Keyring, SealError> {
        Ok(Keyring::of(&file::KeyFile::fresh(ids)?, None, ids))
    }

    /// Adds a key to the file and makes it the active one; the older ones stay for reading.
    /// Answers with the new key's id. A running process goes on with the key it started with.
    ///
    /// # Errors
    /// [`SealError::KeyFile`] with what to do.
    pub fn rotate(path: &Path, ids: &Ids) -> Result<u32, SealError> {
        let mut keys = file::read(path)?;
        let id = keys.add(ids)?;
        file::replace(path, &keys)?;
        Ok(id)
    }

    fn of(keys: &file::KeyFile, path: Option<PathBuf>, ids: &Ids) -> Keyring {
        Keyring {
            path,
            active: keys.active,
            keys: RwLock::new(sealing_keys(keys)),
            looked_again: Mutex::new(None),
            index: hmac::Key::new(hmac::HMAC_SHA256, &keys.index),
            index_fingerprint: fingerprint(&keys.index),
            ids: ids.clone(),
        }
    }

    /// The key file, for messages that say which one to look at.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The id of the key that seals from now on.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
    }

    /// The ids of all keys it can open with, ascending.
    #[must_use]
    pub fn key_ids(&self) -> Vec<u32> {
        let mut ids: Vec<u32> = self.keys.read().iter().map(|key| key.id).collect();
        ids.sort_unstable();
        ids
    }

    /// What a store must remember to know its keys again: id and fingerprint, [`INDEX_KEY`] first,
    /// then the active key.
    #[must_use]
    pub fn needs(&self) -> Vec<(u32, Fingerprint)> {
        let mut needs = vec![(INDEX_KEY, self.index_fingerprint)];
        needs.extend(self.fingerprint(self.active).map(|print| (self.active, print)));
        needs
    }

    /// The fingerprint of one key; `None` when the file does not hold it.
    #[must_use]
    pub fn fingerprint(&self, id: u32) -> Option<Fingerprint> {
        if id == INDEX_KEY {
            return Some(self.index_fingerprint);
        }
        self.key(id).map(|key| key.fingerprint)
    }

    /// The bytes with which everything sealed under the active key begins, so that a store can tell
    /// what is still to be sealed anew.
    #[must_use]
    pub fn active_prefix(&self) -> [u8; HEADER_LEN] {
        prefix(self.active)
    }

    /// Seals for one place: `place` names table and column (or a Redis key kind), `id` the row, so
    /// that sealed bytes moved elsewhere do not open. Overhead is at most 40 bytes.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn seal(&self, place: &str, id: i64, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.key(self.active).ok_or(SealError::UnknownKey(self.active))?;
        let mut nonce = [0; NONCE_LEN];
        self.ids.fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;

        let tag_len = CHACHA20_POLY1305.tag_len();
        let mut sealed = Vec::with_capacity(HEADER_LEN + NONCE_LEN + plain.len() + tag_len);
        sealed.extend_from_slice(&prefix(key.id));
        sealed.extend_from_slice(&nonce);
        let content_at = sealed.len();
        sealed.extend_from_slice(plain);
        let content = sealed.get_mut(content_at..).ok_or(SealError::Broken)?;
        let tag = key
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound_to(place, id)),
                content,
            )
            .map_err(|_| SealError::Broken)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what [`Keyring::seal`] made for the same place and id, under any key it still has.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`], [`SealError::Broken`].
    pub fn open_sealed(&self, place: &str, id: i64, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (header, rest) = sealed.split_at_checked(HEADER_LEN).ok_or(SealError::Broken)?;
        let (nonce, content) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Broken)?;
        let [FORM, key_id @ ..] = header else { return Err(SealError::Broken) };
        let key_id: [u8; KEY_ID_LEN] = key_id.try_into().map_err(|_| SealError::Broken)?;
        let key_id = u32::from_be_bytes(key_id);
        let key = self.key(key_id).or_else(|| self.look_again(key_id));
        let key = key.ok_or(SealError::UnknownKey(key_id))?;

        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Broken)?;
        let mut bytes = content.to_vec();
        let plain_len = key
            .key
            .open_in_place(nonce, Aad::from(bound_to(place, id)), &mut bytes)
            .map_err(|_| SealError::Broken)?
            .len();
        bytes.truncate(plain_len);
        Ok(bytes)
    }

    /// The keyed hash under which an address is found: 16 bytes of HMAC-SHA-256 over kind and value.
    #[must_use]
    pub fn address_hash(&self, address: &Address) -> [u8; 16] {
        self.keyed_hash("address", address.kind.code(), address.value.as_bytes())
    }

    /// The keyed hash under which an inbound message is known again. Provider ids are hashed too:
    /// WhatsApp's hold the person's number in base64.
    #[must_use]
    pub fn inbound_hash(&self, channel: Channel, key: &str) -> [u8; 16] {
        self.keyed_hash("inbound", channel.code(), key.as_bytes())
    }

    /// The keyed hash under which a provider's id of a message of ours is found.
    #[must_use]
    pub fn provider_hash(&self, channel: Channel, provider_id: &str) -> [u8; 16] {
        self.keyed_hash("provider", channel.code(), provider_id.as_bytes())
    }

    /// 16 bytes of HMAC-SHA-256 over subject, number and value: equal values are equal, and without
    /// the index key nobody can try values out.
    #[must_use]
    pub fn keyed_hash(&self, subject: &str, number: i64, value: &[u8]) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.index);
        context.update(subject.as_bytes());
        context.update(&[0]);
        context.update(&number.to_be_bytes());
        context.update(value);
        let tag = context.sign();
        let mut hash = [0; 16];
        for (byte, from) in hash.iter_mut().zip(tag.as_ref()) {
            *byte = *from;
        }
        hash
    }

    fn key(&self, id: u32) -> Option<Arc<SealingKey>> {
        self.keys.read().iter().find(|key| key.id == id).cloned()
    }

    /// Reads the file again for a key that came into it since. A file of another installation, or one
    /// that has lost a key we hold, is not taken.
    fn look_again(&self, id: u32) -> Option<Arc<SealingKey>> {
        let path = self.path.as_ref()?;
        let mut looked = self.looked_again.lock();
        if looked.is_none_or(|last| last.elapsed() >= LOOK_AGAIN) {
            *looked = Some(Instant::now());
            let now = file::read(path).ok()?;
            let fresh = sealing_keys(&now);
            let holds = |known: &Arc<SealingKey>| {
                fresh.iter().any(|key| (key.id, key.fingerprint) == (known.id, known.fingerprint))
            };
            let is_ours = fingerprint(&now.index) == self.index_fingerprint;
            if is_ours && self.keys.read().iter().all(holds) {
                *self.keys.write() = fresh;
            }
        }
        // Perhaps somebody else has just looked.
        self.key(id)
    }
}

fn sealing_keys(file: &file::KeyFile) -> Vec<Arc<SealingKey>> {
    let mut keys = Vec::with_capacity(file.secrets.len());
    for (id, secret) in &file.secrets {
        // A key of the right length always fits; the length is the type's.
        if let Ok(unbound) = UnboundKey::new(&CHACHA20_POLY1305, secret) {
            keys.push(Arc::new(SealingKey {
                id: *id,
                fingerprint: fingerprint(secret),
                key: LessSafeKey::new(unbound),
            }));
        }
    }
    keys
}

fn prefix(key_id: u32) -> [u8; HEADER_LEN] {
    let [a, b, c, d] = key_id.to_be_bytes();
    [FORM, a, b, c, d]
}

/// The place and row that sealed bytes belong to, as authenticated data.
fn bound_to(place: &str, id: i64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(place.len() + 9);
    bytes.extend_from_slice(place.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(&id.to_be_bytes());
    bytes
}

fn fingerprint(secret: &[u8; KEY_LEN]) -> Fingerprint {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, b"samvad key fingerprint");
    let mut print = [0; 8];
    for (byte, from) in print.iter_mut().zip(tag.as_ref()) {
        *byte = *from;
    }
    print
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::AddressKind;

    fn keyring() -> Keyring {
        Keyring::in_memory(&Ids::system()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_at_its_own_place_and_row_only() {
        let keyring = keyring();
        let sealed = keyring.seal("messages.content", 7, "नमस्ते".as_bytes()).unwrap();
        assert_eq!(keyring.open_sealed("messages.content", 7, &sealed).unwrap(), "नमस्ते".as_bytes());
        assert_eq!(
            keyring.open_sealed("messages.content", 8, &sealed),
            Err(SealError::Broken),
            "moved to another row"
        );
        assert_eq!(
            keyring.open_sealed("members.name", 7, &sealed),
            Err(SealError::Broken),
            "moved to another column"
        );
    }

    #[test]
    fn changed_or_cut_bytes_do_not_open() {
        let keyring = keyring();
        let sealed = keyring.seal("place", 1, b"words").unwrap();
        for length in 0..sealed.len() {
            assert!(keyring.open_sealed("place", 1, &sealed[..length]).is_err(), "cut at {length}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keyring.open_sealed("place", 1, &changed).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn sealing_adds_at_most_forty_bytes_and_never_the_same_twice() {
        let keyring = keyring();
        let first = keyring.seal("place", 1, &[9; 100]).unwrap();
        let second = keyring.seal("place", 1, &[9; 100]).unwrap();
        assert!(first.len() <= 140);
        assert_ne!(first, second);
        assert!(first.starts_with(&keyring.active_prefix()));
    }

    #[test]
    fn an_address_hash_depends_on_kind_value_and_installation() {
        let keyring = keyring();
        let phone = Address::new(AddressKind::Phone, "9812345678");
        assert_eq!(keyring.address_hash(&phone), keyring.address_hash(&phone.clone()));
        let foreign = Address::new(AddressKind::ForeignPhone, "9812345678");
        assert_ne!(keyring.address_hash(&phone), keyring.address_hash(&foreign));
        assert_ne!(keyring.address_hash(&phone), self::keyring().address_hash(&phone));
    }

    #[test]
    fn after_a_rotation_old_bytes_open_and_new_ones_are_sealed_under_the_new_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let ids = Ids::system();
        let before = Keyring::open(&path, true, &ids).unwrap();
        let old = before.seal("place", 1, b"old").unwrap();

        assert_eq!(Keyring::rotate(&path, &ids).unwrap(), 2);
        let after = Keyring::open(&path, false, &ids).unwrap();
        assert_eq!((after.active(), after.key_ids()), (2, vec![1, 2]));
        assert_eq!(after.open_sealed("place", 1, &old).unwrap(), b"old");
        let new = after.seal("place", 1, b"new").unwrap();
        // A process that runs since before the rotation opens it too, and goes on with its own key.
        assert_eq!(before.open_sealed("place", 1, &new).unwrap(), b"new");
        assert_eq!((before.active(), before.key_ids()), (1, vec![1, 2]));

        let address = Address::new(AddressKind::Phone, "9812345678");
        assert_eq!(before.address_hash(&address), after.address_hash(&address));
        assert_eq!(before.fingerprint(1), after.fingerprint(1));
        assert_ne!(after.fingerprint(1), after.fingerprint(2));
    }

    #[test]
    fn a_key_that_no_file_holds_stays_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("keys.toml"), folder.path().join("other.toml"));
        let ids = Ids::system();
        let ours = Keyring::open(&path, true, &ids).unwrap();
        Keyring::open(&other, true, &ids).unwrap();
        Keyring::rotate(&other, &ids).unwrap();
        let theirs = Keyring::open(&other, false, &ids).unwrap();
        let sealed = theirs.seal("place", 1, b"theirs").unwrap();
        let unknown = Err(SealError::UnknownKey(2));
        assert_eq!(ours.open_sealed("place", 1, &sealed), unknown);
        // Their file in the place of ours is not ours.
        std::fs::copy(&other, &path).unwrap();
        *ours.looked_again.lock() = None;
        assert_eq!(ours.open_sealed("place", 1, &sealed), unknown);
        assert_eq!(ours.key_ids(), vec![1]);
        let in_memory = keyring();
        assert_eq!(in_memory.open_sealed("place", 1, &sealed), unknown);
    }

    #[test]
    fn a_keyring_shows_nothing_of_its_keys() {
        assert_eq!(format!("{:?}", keyring()), "Keyring(…)");
    }
}
