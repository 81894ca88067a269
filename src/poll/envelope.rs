//! The double envelope of postal and internet voting: an answer sealed for the key of the count, and that once
//! more under a key of the server while voters' names still hang on it.
//!
//! The inner envelope is HPKE in base mode (RFC 9180: X25519, HKDF-SHA-256, ChaCha20-Poly1305), by the crate `hpke`.
//! It is bound to its poll, its kind, and the seat, place and post it came from: moved elsewhere it does not open.

use std::convert::Infallible;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{Context, SHA256};

use super::ballot::{Kind, Plain};
use super::tally::Cell;
use crate::clock::Ids;

/// Bytes of a key, of a hash, and of what stands before the sealed text.
pub const LENGTH: usize = 32;
/// Bytes that sealing adds: the sender's half of the key, and the tag.
pub const SEALING_ADDS: usize = LENGTH + 16;

/// Why an envelope could not be sealed or opened; the words never hold its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the system has no randomness to give")]
    NoRandomness,
    #[error("these bytes are no public key")]
    NotAKey,
    /// Sealed for another key or another poll, kind, seat, place or post; or changed.
    #[error("the envelope does not open: it was sealed for another key or place, or changed since")]
    Shut,
    #[error("what is inside the envelope is no answer")]
    NotAnAnswer,
}

/// What an envelope is sealed for: a hash over the poll and its frozen roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PollId(pub [u8; LENGTH]);

impl PollId {
    /// Of the poll of this name and the hash of its roster.
    #[must_use]
    pub fn new(name: &str, roster: &[u8; LENGTH]) -> PollId {
        PollId(hash(b"samvad poll 1", &[name.as_bytes(), roster]))
    }
}

/// Where an answer comes from, as far as it is kept: never who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The number of the seat whose candidates were shown.
    pub seat: u16,
    pub cell: Cell,
}

impl Origin {
    fn bound(self, kind: Kind) -> [u8; 11] {
        let Cell { assembly, sector, booth, post } = self.cell;
        let mut bytes = [0; 11];
        let numbers = [self.seat, assembly, sector, booth, post].map(u16::to_be_bytes);
        let head = [u8::try_from(kind.letter()).unwrap_or(0)];
        for (slot, byte) in bytes.iter_mut().zip(head.iter().chain(numbers.iter().flatten())) {
            *slot = *byte;
        }
        bytes
    }
}

/// The key that seals; everybody may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey(pub [u8; LENGTH]);

/// The key that opens. It leaves the server when it is made.
#[derive(Clone)]
pub struct PrivateKey(<X25519HkdfSha256 as Kem>::PrivateKey);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// A new one, for one poll.
    ///
    /// # Errors
    /// [`EnvelopeError::NoRandomness`].
    pub fn generate(ids: &Ids) -> Result<PrivateKey, EnvelopeError> {
        let mut seed = [0; LENGTH];
        ids.fill(&mut seed).map_err(|_| EnvelopeError::NoRandomness)?;
        let (private, _) = X25519HkdfSha256::derive_keypair(&seed);
        Ok(PrivateKey(private))
    }

    /// From its bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::NotAKey`].
    pub fn from_bytes(bytes: &[u8; LENGTH]) -> Result<PrivateKey, EnvelopeError> {
        Deserializable::from_bytes(bytes).map(PrivateKey).map_err(|_| EnvelopeError::NotAKey)
    }

    /// Its bytes, for the file of the office-bearers.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        self.0.to_bytes().into()
    }

    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(X25519HkdfSha256::sk_to_pk(&self.0).to_bytes().into())
    }
}

/// A sealed answer. All of one kind are equally long.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Envelope {
    pub kind: Kind,
    bytes: Vec<u8>,
}

impl Envelope {
    /// Takes bytes for an envelope; `None` when they are too few or too many.
    #[must_use]
    pub fn of(kind: Kind, bytes: Vec<u8>) -> Option<Envelope> {
        (bytes.len() == kind.size() + SEALING_ADDS).then_some(Envelope { kind, bytes })
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Seals an answer.
    ///
    /// # Errors
    /// [`EnvelopeError::NoRandomness`], [`EnvelopeError::NotAKey`].
    pub fn seal(
        plain: &Plain,
        origin: Origin,
        poll: PollId,
        key: &PublicKey,
        ids: &Ids,
    ) -> Result<Envelope, EnvelopeError> {
        let kind = plain.kind();
        let public = Deserializable::from_bytes(&key.0).map_err(|_| EnvelopeError::NotAKey)?;
        let mut random = Drawn::from(ids)?;
        let (sender, sealed) =
            hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &public,
                &poll.0,
                &plain.to_bytes(),
                &origin.bound(kind),
                &mut random,
            )
            .map_err(|_| EnvelopeError::NotAKey)?;
        if random.is_short {
            return Err(EnvelopeError::NoRandomness);
        }
        let mut bytes = Vec::with_capacity(kind.size() + SEALING_ADDS);
        bytes.extend_from_slice(&sender.to_bytes());
        bytes.extend_from_slice(&sealed);
        Envelope::of(kind, bytes).ok_or(EnvelopeError::NotAnAnswer)
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`EnvelopeError::Shut`], [`EnvelopeError::NotAnAnswer`].
    pub fn open(
        &self,
        origin: Origin,
        poll: PollId,
        key: &PrivateKey,
    ) -> Result<Plain, EnvelopeError> {
        let (sender, sealed) = self.bytes.split_at_checked(LENGTH).ok_or(EnvelopeError::Shut)?;
        let sender = Deserializable::from_bytes(sender).map_err(|_| EnvelopeError::Shut)?;
        let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &key.0,
            &sender,
            &poll.0,
            sealed,
            &origin.bound(self.kind),
        )
        .map_err(|_| EnvelopeError::Shut)?;
        Plain::from_bytes(self.kind, &plain).map_err(|_| EnvelopeError::NotAnAnswer)
    }

    /// By which it is known on the roll and on receipts.
    #[must_use]
    pub fn hash(&self) -> [u8; LENGTH] {
        let kind = [u8::try_from(self.kind.letter()).unwrap_or(0)];
        hash(b"samvad envelope 1", &[&kind, &self.bytes])
    }
}

/// What one person says: a choice, and what else the poll asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub choice: Plain,
    /// `None`: nothing said.
    pub other: Option<String>,
}

/// Seals a choice with all that must go with it: in a poll where somebody else may be named, every choice takes an
/// envelope for the name along, empty or not, for its being there would tell. The choice comes first.
///
/// # Errors
/// As [`Envelope::seal`].
pub fn seal_choice(
    said: &Said,
    may_name_others: bool,
    origin: Origin,
    poll: PollId,
    key: &PublicKey,
    ids: &Ids,
) -> Result<Vec<Envelope>, EnvelopeError> {
    let mut envelopes = vec![Envelope::seal(&said.choice, origin, poll, key, ids)?];
    if may_name_others {
        let other = Plain::Other(said.other.clone().unwrap_or_default());
        envelopes.push(Envelope::seal(&other, origin, poll, key, ids)?);
    }
    Ok(envelopes)
}

/// Where a wrapped envelope stands: in the row of a voter, as part of one of their answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub voter: i64,
    /// Which of the voter's answers it is, from 1.
    pub number: i64,
}

/// The key of the outer envelope. It lives outside the database and its backups and is destroyed after the count:
/// an old backup is then closed even to whoever holds the key of the count.
pub struct PollKey(LessSafeKey);

impl std::fmt::Debug for PollKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PollKey(…)")
    }
}

impl PollKey {
    /// From 32 bytes that nobody can guess.
    ///
    /// # Errors
    /// [`EnvelopeError::NotAKey`], which 32 bytes never are.
    pub fn new(bytes: &[u8; LENGTH]) -> Result<PollKey, EnvelopeError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).map_err(|_| EnvelopeError::NotAKey)?;
        Ok(PollKey(LessSafeKey::new(key)))
    }

    /// Bytes of a wrapped envelope.
    #[must_use]
    pub const fn wrapped_size(kind: Kind) -> usize {
        const TAG: usize = 16;
        NONCE_LEN + kind.size() + SEALING_ADDS + TAG
    }

    /// Wraps an envelope for the row of a voter and one of their answers; in another's row, or as another answer, it does
    /// not open: an envelope that was replaced cannot be put back. Equally long for all of a kind.
    ///
    /// # Errors
    /// [`EnvelopeError::NoRandomness`].
    pub fn wrap(
        &self,
        envelope: &Envelope,
        poll: PollId,
        slot: Slot,
        ids: &Ids,
    ) -> Result<Vec<u8>, EnvelopeError> {
        let mut nonce = [0; NONCE_LEN];
        ids.fill(&mut nonce).map_err(|_| EnvelopeError::NoRandomness)?;
        let mut wrapped = nonce.to_vec();
        let mut content = envelope.bytes.clone();
        let row = row(envelope.kind, poll, slot);
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce, Aad::from(row), &mut content)
            .map_err(|_| EnvelopeError::Shut)?;
        wrapped.extend_from_slice(&content);
        Ok(wrapped)
    }

    /// What [`PollKey::wrap`] wrapped for the same slot.
    ///
    /// # Errors
    /// [`EnvelopeError::Shut`].
    pub fn unwrap(
        &self,
        kind: Kind,
        wrapped: &[u8],
        poll: PollId,
        slot: Slot,
    ) -> Result<Envelope, EnvelopeError> {
        let (nonce, content) = wrapped.split_at_checked(NONCE_LEN).ok_or(EnvelopeError::Shut)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| EnvelopeError::Shut)?;
        let mut content = content.to_vec();
        let row = row(kind, poll, slot);
        let length = self
            .0
            .open_in_place(nonce, Aad::from(row), &mut content)
            .map_err(|_| EnvelopeError::Shut)?
            .len();
        content.truncate(length);
        Envelope::of(kind, content).ok_or(EnvelopeError::Shut)
    }
}

fn row(kind: Kind, poll: PollId, slot: Slot) -> Vec<u8> {
    let mut row = poll.0.to_vec();
    row.push(u8::try_from(kind.letter()).unwrap_or(0));
    row.extend_from_slice(&slot.voter.to_be_bytes());
    row.extend_from_slice(&slot.number.to_be_bytes());
    row
}

/// SHA-256 over a name for what is hashed, and parts, each behind its length, so that no two lists of parts are one.
#[must_use]
pub(crate) fn hash(about: &[u8], parts: &[&[u8]]) -> [u8; LENGTH] {
    let mut context = Context::new(&SHA256);
    for part in [about].iter().chain(parts) {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    finish(context)
}

/// The hash of all that a context was given.
pub(crate) fn finish(context: Context) -> [u8; LENGTH] {
    let mut hash = [0; LENGTH];
    for (byte, from) in hash.iter_mut().zip(context.finish().as_ref()) {
        *byte = *from;
    }
    hash
}

/// Randomness drawn beforehand, for a sealing, so that its lack is an error and no panic.
struct Drawn {
    left: Vec<u8>,
    is_short: bool,
}

/// A sealing takes 32 bytes.
const DRAWN: usize = 64;

impl Drawn {
    fn from(ids: &Ids) -> Result<Drawn, EnvelopeError> {
        let mut left = vec![0; DRAWN];
        ids.fill(&mut left).map_err(|_| EnvelopeError::NoRandomness)?;
        Ok(Drawn { left, is_short: false })
    }
}

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        match self.left.split_off_checked(bytes.len()) {
            Some(drawn) => bytes.copy_from_slice(&drawn),
            None => self.is_short = true,
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

/// The end of a list, so many long; `None` when it has fewer.
trait SplitEnd {
    fn split_off_checked(&mut self, length: usize) -> Option<Vec<u8>>;
}

impl SplitEnd for Vec<u8> {
    fn split_off_checked(&mut self, length: usize) -> Option<Vec<u8>> {
        Some(self.split_off(self.len().checked_sub(length)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::ballot::{Choice, OTHER};
    use crate::seal::{bytes_of_hex, from_hex};

    const POLL: PollId = PollId([7; LENGTH]);

    fn origin() -> Origin {
        let cell = Cell { assembly: 173, sector: 4, booth: 45, post: 1 };
        Origin { seat: 35, cell }
    }

    fn choice(names: &[u8]) -> Plain {
        Plain::Choice(Choice::Names(names.to_vec()))
    }

    /// RFC 9180, appendix A.2.1.1: the cipher suite we use, as the standard's authors computed it.
    #[test]
    fn the_published_vector_opens() {
        let secret = "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb";
        let key = PrivateKey::from_bytes(&from_hex(secret).unwrap()).unwrap();
        let public = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
        assert_eq!(key.public().0, from_hex(public).unwrap());
        let sender = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
        let sealed = "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db\
                      21993c62ce81883d2dd1b51a28";
        let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &key.0,
            &Deserializable::from_bytes(&bytes_of_hex(sender).unwrap()).unwrap(),
            &bytes_of_hex("4f6465206f6e2061204772656369616e2055726e").unwrap(),
            &bytes_of_hex(sealed).unwrap(),
            &bytes_of_hex("436f756e742d30").unwrap(),
        );
        assert_eq!(plain.unwrap(), b"Beauty is truth, truth beauty");
    }

    #[test]
    fn a_sealed_choice_opens_with_its_key_in_its_place_only() {
        let ids = Ids::system();
        let key = PrivateKey::generate(&ids).unwrap();
        let plain = choice(&[2, 0, 1]);
        let sealed = Envelope::seal(&plain, origin(), POLL, &key.public(), &ids).unwrap();
        assert_eq!(sealed.open(origin(), POLL, &key), Ok(plain));

        let other = PrivateKey::generate(&ids).unwrap();
        assert_eq!(sealed.open(origin(), POLL, &other), Err(EnvelopeError::Shut));
        let elsewhere = PollId([8; LENGTH]);
        assert_eq!(sealed.open(origin(), elsewhere, &key), Err(EnvelopeError::Shut));
        let mut moved = origin();
        moved.cell.booth += 1;
        assert_eq!(sealed.open(moved, POLL, &key), Err(EnvelopeError::Shut));
        moved = Origin { seat: 36, ..origin() };
        assert_eq!(sealed.open(moved, POLL, &key), Err(EnvelopeError::Shut));
        for at in 0..sealed.bytes().len() {
            let mut bytes = sealed.bytes().to_vec();
            bytes[at] ^= 1;
            let changed = Envelope::of(Kind::Choice, bytes).unwrap();
            assert!(changed.open(origin(), POLL, &key).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn every_answer_of_a_poll_is_the_same_number_of_envelopes_of_the_same_sizes() {
        let ids = Ids::system();
        let key = PrivateKey::generate(&ids).unwrap().public();
        let sizes = |choice: Plain, other: Option<&str>| -> Vec<(Kind, usize)> {
            let said = Said { choice, other: other.map(str::to_owned) };
            let sealed = seal_choice(&said, true, origin(), POLL, &key, &ids).unwrap();
            sealed.iter().map(|one| (one.kind, one.bytes().len())).collect()
        };
        let one = sizes(choice(&[0]), None);
        assert_eq!(one, sizes(Plain::Choice(Choice::Refused), None));
        assert_eq!(one, sizes(choice(&[0, 1, 2, 3, 4, OTHER]), Some("श्रीमती सुनीता वर्मा")));
        assert_eq!(one, [(Kind::Choice, 80), (Kind::Other, 176)]);
    }

    #[test]
    fn two_equal_choices_look_nothing_alike() {
        let ids = Ids::system();
        let key = PrivateKey::generate(&ids).unwrap().public();
        let seal = || Envelope::seal(&choice(&[1]), origin(), POLL, &key, &ids).unwrap();
        let (one, other) = (seal(), seal());
        assert_ne!(one.bytes()[..LENGTH], other.bytes()[..LENGTH]);
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn a_wrapped_envelope_opens_in_the_row_of_its_voter_and_as_the_answer_it_was_only() {
        let ids = Ids::system();
        let public = PrivateKey::generate(&ids).unwrap().public();
        let envelope = Envelope::seal(&choice(&[1]), origin(), POLL, &public, &ids).unwrap();
        let key = PollKey::new(&[3; LENGTH]).unwrap();
        let slot = |voter, number| Slot { voter, number };
        let wrapped = key.wrap(&envelope, POLL, slot(17, 2), &ids).unwrap();
        assert_eq!(wrapped.len(), PollKey::wrapped_size(Kind::Choice));
        assert_eq!(key.unwrap(Kind::Choice, &wrapped, POLL, slot(17, 2)), Ok(envelope.clone()));
        for (slot, kind, key) in [
            (slot(18, 2), Kind::Choice, &key),
            (slot(17, 1), Kind::Choice, &key),
            (slot(17, 3), Kind::Choice, &key),
            (slot(17, 2), Kind::Ratings, &key),
            (slot(17, 2), Kind::Choice, &PollKey::new(&[4; LENGTH]).unwrap()),
        ] {
            assert_eq!(key.unwrap(kind, &wrapped, POLL, slot), Err(EnvelopeError::Shut));
        }
        let contains =
            |outer: &[u8], inner: &[u8]| outer.windows(inner.len()).any(|part| part == inner);
        assert!(!contains(&wrapped, &envelope.bytes()[..LENGTH]));
    }
}
