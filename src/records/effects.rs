//! Effects and media as both engines keep them: what is sealed, under which name, and what comes
//! back out.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::RecordsError;
use super::common::{cannot_seal, halves, place};
use crate::clock::from_ms;
use crate::contact::Road;
use crate::flow::{Effect, Fetched};
use crate::message::{Channel, Inbound, MediaKind};
use crate::seal::Keyring;

/// How long a claimed effect is left to whoever claimed it, while that process lives. No effect may
/// take longer.
pub const EFFECT_CLAIM: std::time::Duration = std::time::Duration::from_mins(5);

/// How long a done effect is remembered.
pub(in crate::records) const KEEP_EFFECTS_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// So many done effects are forgotten in one sweep.
pub(in crate::records) const FORGET_AT_ONCE: i64 = 5_000;

/// The kinds of effects: each is claimed by itself, so that slow ones do not take the places of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectKind {
    /// The HTTP calls of flows.
    Fetch,
    /// People's media.
    Keep,
    /// Conversations that the office gives back.
    GiveBack,
    /// Contacts of which the office says that they are one person.
    Unite,
}

impl EffectKind {
    #[must_use]
    pub const fn of(effect: &Effect) -> EffectKind {
        match effect {
            Effect::Fetch(_) => EffectKind::Fetch,
            Effect::Keep { .. } => EffectKind::Keep,
            Effect::GiveBack => EffectKind::GiveBack,
            Effect::Unite { .. } => EffectKind::Unite,
        }
    }

    /// The number by which a store knows the kind.
    pub(in crate::records) const fn code(self) -> i64 {
        match self {
            EffectKind::Fetch => 1,
            EffectKind::Keep => 2,
            EffectKind::GiveBack => 3,
            EffectKind::Unite => 4,
        }
    }
}

/// An effect of a committed turn, claimed by this process for [`EFFECT_CLAIM`].
#[derive(Clone, Debug, PartialEq)]
pub struct DueEffect {
    pub id: i64,
    /// 32 hexadecimal digits that name it to the outside: the same turn's effect has the same after a
    /// crash, after a restore, in another process.
    pub key: String,
    pub contact: i64,
    /// The message that made it, in the log; `None` when a timer or another effect did.
    pub message: Option<i64>,
    /// The road of the conversation.
    pub road: Road,
    /// How often it was claimed before to be carried out.
    pub attempts: u32,
    /// When it was claimed for the first time.
    pub begun: Timestamp,
    pub created: Timestamp,
    pub effect: Effect,
    /// What it came to, when that is known and only its turn is missing.
    pub answer: Option<Fetched>,
}

/// What became of a claimed effect.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectResult {
    /// It came to this, which is kept until its turn is committed. The claim stays.
    Answered(Fetched),
    /// Nothing is left to be done.
    Done,
    /// Again, not before then.
    Retry { not_before: Timestamp },
    /// Given back untried: it does not count.
    Released { not_before: Timestamp },
    /// The medium lies in our folder; nothing is left to be done.
    Kept(Medium),
    /// The medium is not kept, and why; nothing is left to be done.
    Refused { kind: MediaKind, mime_type: String, size: Option<u64>, reason: String },
}

/// A medium in our folder. `Debug` does not show its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Medium {
    pub kind: MediaKind,
    pub mime_type: String,
    /// Bytes, before sealing.
    pub size: u64,
    /// Relative to the folder of media.
    pub path: String,
    /// The key of this file alone.
    pub file_key: [u8; 32],
}

impl fmt::Debug for Medium {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Medium")
            .field("kind", &self.kind)
            .field("mime_type", &self.mime_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A medium of a person as the records tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MediumRow {
    pub id: i64,
    pub contact: i64,
    /// The message that brought it, in the log.
    pub message: Option<i64>,
    pub at: Timestamp,
    /// The medium, or why it is not kept.
    pub medium: Result<Medium, String>,
}

/// An effect made ready on the caller's thread: named and sealed.
#[derive(Clone)]
pub(in crate::records) struct ReadyEffect {
    pub(in crate::records) kind: i64,
    pub(in crate::records) hash: (i64, i64),
    pub(in crate::records) sealed: Vec<u8>,
}

/// Names and seals the effects of the turn that this inbound makes.
pub(in crate::records) fn ready_effects(
    keyring: &Keyring,
    contact: i64,
    inbound: &Inbound,
    effects: &[Effect],
) -> Result<Vec<ReadyEffect>, RecordsError> {
    let mut ready = Vec::with_capacity(effects.len());
    for (at, effect) in effects.iter().enumerate() {
        let whole = format!("{}\0{}\0{at}", inbound.channel.code(), inbound.key);
        let hash = halves(keyring.keyed_hash("effect", contact, whole.as_bytes()));
        let kind = EffectKind::of(effect).code();
        let sealed = seal(keyring, place::EFFECT, hash.0, effect)?;
        ready.push(ReadyEffect { kind, hash, sealed });
    }
    Ok(ready)
}

/// The effect by which this handover is given back: of the same handover always the same, so that it is
/// turned once.
pub(in crate::records) fn ready_give_back(
    keyring: &Keyring,
    handover: i64,
) -> Result<ReadyEffect, RecordsError> {
    ready_effect(keyring, "give back", handover, &Effect::GiveBack)
}

/// An effect that the office wants: of the same thing always the same.
pub(in crate::records) fn ready_effect(
    keyring: &Keyring,
    what: &str,
    of: i64,
    effect: &Effect,
) -> Result<ReadyEffect, RecordsError> {
    let hash = halves(keyring.keyed_hash(what, of, b""));
    let sealed = seal(keyring, place::EFFECT, hash.0, effect)?;
    Ok(ReadyEffect { kind: EffectKind::of(effect).code(), hash, sealed })
}

/// A result with what had to be sealed of it.
pub(in crate::records) enum ReadyResult {
    Answered(Vec<u8>),
    Done,
    /// Free again from then on; whether the call counts.
    Free {
        not_before: i64,
        counts: bool,
    },
    Medium(ReadyMedium),
}

pub(in crate::records) struct ReadyMedium {
    pub(in crate::records) kind: &'static str,
    pub(in crate::records) mime_type: String,
    pub(in crate::records) size: Option<i64>,
    pub(in crate::records) path: Option<String>,
    pub(in crate::records) file_key: Option<Vec<u8>>,
    pub(in crate::records) refused: Option<String>,
}

pub(in crate::records) fn ready_result(
    keyring: &Keyring,
    effect: &DueEffect,
    result: EffectResult,
) -> Result<ReadyResult, RecordsError> {
    let bytes = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
    Ok(match result {
        EffectResult::Answered(fetched) => {
            let bound_to = first_half(&effect.key);
            ReadyResult::Answered(seal(keyring, place::EFFECT_ANSWER, bound_to, &fetched)?)
        }
        EffectResult::Done => ReadyResult::Done,
        EffectResult::Retry { not_before } => {
            ReadyResult::Free { not_before: not_before.as_millisecond(), counts: true }
        }
        EffectResult::Released { not_before } => {
            ReadyResult::Free { not_before: not_before.as_millisecond(), counts: false }
        }
        EffectResult::Kept(medium) => {
            let file_key = keyring
                .seal(place::FILE_KEY, effect.contact, &medium.file_key)
                .map_err(|error| cannot_seal(&error))?;
            ReadyResult::Medium(ReadyMedium {
                kind: medium.kind.name(),
                mime_type: medium.mime_type,
                size: Some(bytes(medium.size)),
                path: Some(medium.path),
                file_key: Some(file_key),
                refused: None,
            })
        }
        EffectResult::Refused { kind, mime_type, size, reason } => {
            ReadyResult::Medium(ReadyMedium {
                kind: kind.name(),
                mime_type,
                size: size.map(bytes),
                path: None,
                file_key: None,
                refused: Some(reason),
            })
        }
    })
}

/// A row of `effects` as a claim gives it.
pub(in crate::records) struct EffectRow {
    pub(in crate::records) id: i64,
    pub(in crate::records) contact: i64,
    pub(in crate::records) message: Option<i64>,
    pub(in crate::records) channel: i64,
    pub(in crate::records) account: String,
    pub(in crate::records) hash: (i64, i64),
    pub(in crate::records) sealed: Vec<u8>,
    pub(in crate::records) created: i64,
    pub(in crate::records) begun: i64,
    /// With the present claim among them.
    pub(in crate::records) attempts: i64,
    pub(in crate::records) answer: Option<Vec<u8>>,
}

impl EffectRow {
    pub(in crate::records) fn open(self, keyring: &Keyring) -> Result<DueEffect, RecordsError> {
        let broken = |column: &'static str, reason: String| RecordsError::Broken {
            table: "effects",
            column,
            id: self.id,
            reason,
        };
        let channel = Channel::from_code(self.channel)
            .ok_or_else(|| broken("channel", format!("unknown channel {}", self.channel)))?;
        let bound_to = self.hash.0;
        let effect = open(keyring, place::EFFECT, bound_to, &self.sealed)
            .map_err(|reason| broken("sealed", reason))?;
        let answer = match &self.answer {
            Some(sealed) => Some(
                open(keyring, place::EFFECT_ANSWER, bound_to, sealed)
                    .map_err(|reason| broken("answer", reason))?,
            ),
            None => None,
        };
        Ok(DueEffect {
            id: self.id,
            key: key_of(self.hash),
            contact: self.contact,
            message: self.message,
            road: Road { channel, account: self.account },
            attempts: u32::try_from(self.attempts.saturating_sub(1)).unwrap_or(0),
            begun: from_ms(self.begun),
            created: from_ms(self.created),
            effect,
            answer,
        })
    }
}

/// Opens what a claim gave. A row that cannot be read back is told and left: its claim runs out, and a
/// key file that was put back reads it.
pub(in crate::records) fn open_effects(rows: Vec<EffectRow>, keyring: &Keyring) -> Vec<DueEffect> {
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        match row.open(keyring) {
            Ok(effect) => due.push(effect),
            Err(error) => tracing::error!(%error, "an effect cannot be read back; it waits"),
        }
    }
    due
}

/// A row of `media`.
pub(in crate::records) struct StoredMedium {
    pub(in crate::records) id: i64,
    pub(in crate::records) contact: i64,
    pub(in crate::records) message: Option<i64>,
    pub(in crate::records) kind: String,
    pub(in crate::records) mime_type: String,
    pub(in crate::records) size: Option<i64>,
    pub(in crate::records) path: Option<String>,
    pub(in crate::records) file_key: Option<Vec<u8>>,
    pub(in crate::records) refused: Option<String>,
    pub(in crate::records) at: i64,
}

impl StoredMedium {
    pub(in crate::records) fn open(self, keyring: &Keyring) -> Result<MediumRow, RecordsError> {
        let broken = |column: &'static str, reason: &str| RecordsError::Broken {
            table: "media",
            column,
            id: self.id,
            reason: reason.to_owned(),
        };
        let (id, contact, message, at) = (self.id, self.contact, self.message, from_ms(self.at));
        let (Some(path), Some(sealed)) = (&self.path, &self.file_key) else {
            let reason = self.refused.unwrap_or_default();
            return Ok(MediumRow { id, contact, message, at, medium: Err(reason) });
        };
        let key = keyring
            .open_sealed(place::FILE_KEY, contact, sealed)
            .map_err(|error| broken("file_key", &error.to_string()))?;
        let known = MediaKind::ALL.into_iter().find(|kind| kind.name() == self.kind);
        let medium = Medium {
            kind: known.ok_or_else(|| broken("kind", "unknown kind"))?,
            size: u64::try_from(self.size.unwrap_or(0)).unwrap_or(0),
            path: path.clone(),
            file_key: key.try_into().map_err(|_| broken("file_key", "not of 32 bytes"))?,
            mime_type: self.mime_type,
        };
        Ok(MediumRow { id, contact, message, at, medium: Ok(medium) })
    }
}

fn key_of(hash: (i64, i64)) -> String {
    format!("{:016x}{:016x}", hash.0.cast_unsigned(), hash.1.cast_unsigned())
}

/// What the seals of an effect are bound to.
fn first_half(key: &str) -> i64 {
    let half = key.get(..16).and_then(|half| u64::from_str_radix(half, 16).ok());
    half.unwrap_or_default().cast_signed()
}

fn seal<T: Serialize>(
    keyring: &Keyring,
    place: &'static str,
    id: i64,
    value: &T,
) -> Result<Vec<u8>, RecordsError> {
    let json = serde_json::to_vec(value)
        .map_err(|error| RecordsError::Refused(format!("{place} does not serialise: {error}")))?;
    keyring.seal(place, id, &json).map_err(|error| cannot_seal(&error))
}

/// In words when it cannot be; serde's own can quote what it read.
fn open<T: DeserializeOwned>(
    keyring: &Keyring,
    place: &'static str,
    id: i64,
    sealed: &[u8],
) -> Result<T, String> {
    let json = keyring.open_sealed(place, id, sealed).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| format!("{:?} in its JSON", error.classify()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_an_effect_gives_back_what_its_seals_are_bound_to() {
        for hash in [(0, 0), (1, -1), (i64::MIN, i64::MAX), (-7, 42)] {
            assert_eq!(key_of(hash).len(), 32);
            assert_eq!(first_half(&key_of(hash)), hash.0);
        }
    }
}
