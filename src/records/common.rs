//! What both engines keep alike: how rows are sealed and hashed, and what they hold.

use serde::{Deserialize, Serialize};

use super::{MemberState, RecordsError, Request};
use crate::clock::from_ms;
use crate::contact::{Address, AddressKind, Identities, Listed, Member};
use crate::fact::{Detail, Fact, MemberDetails, NewMember};
use crate::geography::{Sound, clean, fold};
use crate::message::{Channel, InboundContent, Mark, Purpose, Status};
use crate::seal::{INDEX_KEY, Keyring, SealError};

/// What sealed bytes are bound to: table and column. The row is a contact, a message or, where
/// neither is known when sealing, the first half of the row's keyed hash.
pub(super) mod place {
    pub(in crate::records) const ADDRESS: &str = "addresses.sealed";
    pub(in crate::records) const MEMBER_NAME: &str = "members.name";
    pub(in crate::records) const MEMBER_FATHER: &str = "members.father";
    pub(in crate::records) const CONSENT_PROOF: &str = "consents.proof";
    pub(in crate::records) const REQUEST_DETAILS: &str = "requests.details";
    pub(in crate::records) const MESSAGE: &str = "messages.content";
    pub(in crate::records) const PROVIDER_ID: &str = "outgoing.provider_id";
    pub(in crate::records) const SESSION: &str = "sessions.sealed";
    pub(in crate::records) const EVENT: &str = "events.sealed";
    pub(in crate::records) const EFFECT: &str = "effects.sealed";
    pub(in crate::records) const EFFECT_ANSWER: &str = "effects.answer";
    pub(in crate::records) const FILE_KEY: &str = "media.file_key";
    pub(in crate::records) const DEFINITION: &str = "broadcasts.definition";
    pub(in crate::records) const KEPT: &str = "erasures.kept";
    pub(in crate::records) const POLL: &str = "polls.definition";
    pub(in crate::records) const POLL_ORDER: &str = "polls.order_key";
    pub(in crate::records) const POLL_KEY: &str = "polls.private_key";
}

/// Directions in the message log.
pub(super) const FROM_PERSON: i64 = 1;
pub(super) const FROM_US: i64 = 2;

/// A reply that is to be tried again within this time holds up the person's later ones; one that
/// waits longer is passed.
pub(super) const ORDER_WAIT_MS: i64 = 60_000;

/// How long a taken timer is left to whoever took it.
pub(super) const TIMER_CLAIM_MS: i64 = 60_000;

/// What the log keeps of an inbound message, sealed. The provider's id is among it: WhatsApp's
/// hold the person's number.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::records) struct StoredInbound {
    pub(in crate::records) key: String,
    pub(in crate::records) content: InboundContent,
    #[serde(default)]
    pub(in crate::records) quoted: Option<String>,
    #[serde(default)]
    pub(in crate::records) profile_name: Option<String>,
}

pub(super) fn milliseconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The two 64-bit halves under which a keyed hash is stored.
pub(super) fn halves(hash: [u8; 16]) -> (i64, i64) {
    let whole = u128::from_be_bytes(hash);
    #[expect(clippy::cast_possible_truncation, reason = "the halves together are the whole")]
    let (first, rest) = ((whole >> 64) as u64, whole as u64);
    (first.cast_signed(), rest.cast_signed())
}

/// WhatsApp's customer service window: 24 hours from the person's last message.
pub(super) const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// Opens the words of one row of the message log.
pub(super) fn open_message<T: serde::de::DeserializeOwned>(
    keyring: &Keyring,
    id: i64,
    sealed: &[u8],
) -> Result<T, RecordsError> {
    let json = keyring
        .open_sealed(place::MESSAGE, id, sealed)
        .map_err(|error| broken_message(id, error.to_string()))?;
    // serde's words can quote what it read: only the kind of the trouble is told.
    serde_json::from_slice(&json)
        .map_err(|error| broken_message(id, format!("{:?} in its JSON", error.classify())))
}

pub(super) fn broken_message(id: i64, reason: String) -> RecordsError {
    RecordsError::Broken { table: "messages", column: "content", id, reason }
}

/// An address made ready on the caller's thread: hashed and sealed.
pub(in crate::records) struct ReadyAddress {
    pub(in crate::records) kind: AddressKind,
    pub(in crate::records) hash: [u8; 16],
    pub(in crate::records) sealed: Vec<u8>,
}

pub(super) fn ready_addresses(
    keyring: &Keyring,
    identities: &Identities,
) -> Result<Vec<ReadyAddress>, RecordsError> {
    let mut ready = Vec::with_capacity(identities.addresses.len());
    for address in &identities.addresses {
        let hash = keyring.address_hash(address);
        let sealed = keyring
            .seal(place::ADDRESS, halves(hash).0, address.value.as_bytes())
            .map_err(|error| cannot_seal(&error))?;
        ready.push(ReadyAddress { kind: address.kind, hash, sealed });
    }
    Ok(ready)
}

/// Opens a row of the addresses.
pub(super) fn open_address(
    keyring: &Keyring,
    id: i64,
    kind: i64,
    hash: [u8; 16],
    sealed: &[u8],
) -> Result<Address, RecordsError> {
    let broken = |column: &'static str, reason: String| RecordsError::Broken {
        table: "addresses",
        column,
        id,
        reason,
    };
    let kind = AddressKind::from_code(kind)
        .ok_or_else(|| broken("kind", format!("unknown kind {kind}")))?;
    let value = keyring
        .open_sealed(place::ADDRESS, halves(hash).0, sealed)
        .map_err(|error| broken("sealed", error.to_string()))?;
    let value = String::from_utf8(value).map_err(|_| broken("sealed", "not a text".to_owned()))?;
    Ok(Address { kind, value })
}

/// The kinds of addresses that a new one of this kind puts an end to.
pub(super) const fn ends_with(kind: AddressKind) -> &'static [AddressKind] {
    use AddressKind::{
        ForeignPhone, Phone, Simulator, TelegramUser, WhatsappParentUser, WhatsappUser,
    };
    match kind {
        Phone | ForeignPhone | WhatsappUser => &[Phone, ForeignPhone, WhatsappUser],
        WhatsappParentUser => &[WhatsappParentUser],
        TelegramUser => &[TelegramUser],
        Simulator => &[Simulator],
    }
}

/// A fact with what had to be sealed of it.
pub(in crate::records) enum ReadyFact {
    Enrol { member: NewMember, sealed_name: Vec<u8>, name_hash: i64 },
    Update { details: MemberDetails, sealed_name: Vec<u8>, name_hash: i64 },
    Request { kind: String, ticket: String, sealed_details: Option<Vec<u8>> },
    Other(Fact),
}

/// By whom and when a fact was told.
pub(in crate::records) struct Told {
    pub(in crate::records) contact: i64,
    pub(in crate::records) channel: Channel,
    /// The inbound in the message log.
    pub(in crate::records) message: Option<i64>,
    pub(in crate::records) at: i64,
}

/// Who did what the person themselves did.
pub(super) const BY_PERSON: &str = "person";

/// The ledger's word for what a provider reported outside a conversation.
pub(super) const BY_PROVIDER: &str = "provider";

pub(super) fn ready_fact(
    keyring: &Keyring,
    contact: i64,
    fact: Fact,
) -> Result<ReadyFact, RecordsError> {
    let seal = |place: &'static str, plain: &[u8]| {
        keyring.seal(place, contact, plain).map_err(|error| cannot_seal(&error))
    };
    Ok(match fact {
        Fact::EnrolMember(member) => {
            let sealed_name = seal(place::MEMBER_NAME, member.name.as_bytes())?;
            let name_hash = name_hash(keyring, &member.name);
            ReadyFact::Enrol { member, sealed_name, name_hash }
        }
        Fact::UpdateMember(details) => {
            let sealed_name = seal(place::MEMBER_NAME, details.name.as_bytes())?;
            let name_hash = name_hash(keyring, &details.name);
            ReadyFact::Update { details, sealed_name, name_hash }
        }
        Fact::Request { kind, ticket, details } => {
            let sealed_details = if details.is_empty() {
                None
            } else {
                let json = serde_json::to_vec(&details)
                    .map_err(|error| RecordsError::Refused(error.to_string()))?;
                Some(seal(place::REQUEST_DETAILS, &json)?)
            };
            ReadyFact::Request { kind, ticket, sealed_details }
        }
        other => ReadyFact::Other(other),
    })
}

/// By what a name is found, and known again on one phone, however it is spelt: its sound; where its script
/// has none to us (Urdu), the name as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameKey(Vec<u8>);

impl NameKey {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(super) fn sound_of(name: &str) -> NameKey {
    let sound = Sound::of(clean(name).split(' '));
    let letters = sound.letters();
    NameKey(if letters.is_empty() { fold(name).into_bytes() } else { letters.to_vec() })
}

/// The words of a name, each by its sound.
pub(super) fn words_of(name: &str) -> Vec<NameKey> {
    clean(name).split(' ').filter(|word| !word.is_empty()).map(sound_of).collect()
}

/// The keyed hash of a name by its sound.
pub(super) fn name_hash(keyring: &Keyring, name: &str) -> i64 {
    halves(keyring.keyed_hash("name", 0, sound_of(name).bytes())).0
}

/// Three of 63 bits for each word of a name, which of them by its keyed hash: where all words of one name are in
/// another, all bits are. The other way round hardly ever; whoever finds so opens the names.
pub(super) fn name_words(keyring: &Keyring, name: &str) -> i64 {
    let mut bits = 0;
    for word in words_of(name) {
        let (mut hash, _) = halves(keyring.keyed_hash("name_words", 0, word.bytes()));
        for _ in 0..3 {
            bits |= 1_i64 << ((hash & i64::MAX) % 63);
            hash >>= 16;
        }
    }
    bits
}

/// Who this is to a flow: a member, or somebody known from a list alone (state 1) who has not said so
/// themselves.
pub(super) fn by_state(known: Option<(Member, i64)>) -> (Option<Member>, Option<Listed>) {
    match known {
        Some((member, state)) if state < MemberState::Confirmed.code() => {
            let Member { number, name, assembly, booth, .. } = member;
            (None, Some(Listed { number, name, assembly, booth }))
        }
        Some((member, _)) => (Some(member), None),
        None => (None, None),
    }
}

/// Opens the name of a member's row.
pub(super) fn open_name(
    keyring: &Keyring,
    contact: i64,
    id: i64,
    sealed: &[u8],
) -> Result<String, RecordsError> {
    let broken =
        |reason: String| RecordsError::Broken { table: "members", column: "name", id, reason };
    let plain = keyring.open_sealed(place::MEMBER_NAME, contact, sealed);
    let plain = plain.map_err(|error| broken(error.to_string()))?;
    String::from_utf8(plain).map_err(|_| broken("not a text".to_owned()))
}

/// A row of the requests, sealed: id, kind, ticket, contact, at, done, details.
pub(super) type RequestRow = (i64, String, String, i64, i64, Option<i64>, Option<Vec<u8>>);

/// Opens what a person said with a request.
pub(super) fn open_request(keyring: &Keyring, row: RequestRow) -> Result<Request, RecordsError> {
    let (id, kind, ticket, contact, at, done, sealed) = row;
    let broken =
        |reason: String| RecordsError::Broken { table: "requests", column: "details", id, reason };
    let details: Vec<Detail> = match sealed {
        None => Vec::new(),
        Some(sealed) => {
            let json = keyring
                .open_sealed(place::REQUEST_DETAILS, contact, &sealed)
                .map_err(|error| broken(error.to_string()))?;
            serde_json::from_slice(&json)
                .map_err(|error| broken(format!("{:?} in its JSON", error.classify())))?
        }
    };
    let (at, done) = (from_ms(at), done.map(from_ms));
    Ok(Request { ticket, kind, contact, at, done, details })
}

/// What a person may agree to; a word told to a provider takes back all of it.
const TAKEN_BACK: [Purpose; 4] =
    [Purpose::Membership, Purpose::Opinion, Purpose::Samvad, Purpose::FollowUp];

/// One word of a person's ledger.
pub(in crate::records) struct LedgerWord {
    pub(in crate::records) purpose: Purpose,
    pub(in crate::records) given: bool,
    pub(in crate::records) at: i64,
    pub(in crate::records) by_provider: bool,
    /// The one channel it was said of; `None`: of every one.
    pub(in crate::records) only: Option<i64>,
}

/// What a word told to a provider adds to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) struct NewWord {
    pub(in crate::records) purpose: Purpose,
    pub(in crate::records) given: bool,
    pub(in crate::records) only: Option<i64>,
    /// What waits for the purpose does not leave: a stop that arrives after a younger consent does not outlive
    /// it.
    pub(in crate::records) stops: bool,
}

/// What a word told to a provider at a moment adds to the ledger. A stop is a withdrawal: of samvad and of
/// what the message was for that it is about, of everything where it is about none. A return undoes such stops
/// and nothing else: it gives back what they took, never what the person withdrew from us or never gave, and
/// nothing more than that. A word that is there already counts once.
pub(super) fn preference_words(
    ledger: &[LedgerWord],
    (at, stop): (i64, bool),
    about: Option<Purpose>,
) -> Vec<NewWord> {
    let about = about.filter(|_| stop).map(|purpose| purpose.asks_for().unwrap_or(purpose));
    let is_meant = |purpose: &Purpose| {
        about.is_none_or(|about| *purpose == Purpose::Samvad || *purpose == about)
    };
    let mut words = Vec::new();
    for purpose in TAKEN_BACK.into_iter().filter(is_meant) {
        let own: Vec<&LedgerWord> = ledger.iter().filter(|word| word.purpose == purpose).collect();
        let is_it = |word: &&LedgerWord| {
            word.by_provider && word.only.is_none() && word.at == at && word.given != stop
        };
        if own.iter().any(is_it) {
            continue;
        }
        if stop {
            let newest = own.iter().rev().find(|word| word.only.is_none());
            let stops = newest.is_none_or(|word| word.at <= at);
            words.push(NewWord { purpose, given: false, only: None, stops });
        } else {
            let given = |word: &LedgerWord| {
                let (given, only) = (word.given, word.only);
                NewWord { purpose, given, only, stops: false }
            };
            words.extend(taken(&own).into_iter().map(given));
        }
    }
    words
}

/// What the stops took that stand at the end of the ledger of a purpose, told to a provider: the words that stood
/// before them, and those said of one channel since. Nothing where the last word for every channel is none of
/// theirs.
fn taken<'w>(own: &[&'w LedgerWord]) -> Vec<&'w LedgerWord> {
    let is_stop = |word: &LedgerWord| word.by_provider && !word.given;
    let whole = |word: &&LedgerWord| word.only.is_none();
    if !own.iter().rev().copied().find(whole).is_some_and(is_stop) {
        return Vec::new();
    }
    let last_kept = own.iter().rposition(|word| whole(word) && !is_stop(word));
    let stood = last_kept.and_then(|at| own.get(at).copied());
    let mut standing: Vec<&LedgerWord> = Vec::new();
    for word in own.iter().skip(last_kept.map_or(0, |at| at + 1)).copied() {
        if word.only.is_some() {
            standing.retain(|known| known.only != word.only);
            standing.push(word);
        }
    }
    match stood.filter(|word| word.given) {
        Some(word) => standing.insert(0, word),
        // Without a yes for every channel a no for one says nothing more.
        None => standing.retain(|word| word.given),
    }
    standing
}

/// The marks of a number, from when each of them is known, in the order of [`Mark::ALL`].
pub(super) fn marks(since: [Option<i64>; 2]) -> Vec<Mark> {
    let all = Mark::ALL.into_iter().zip(since);
    all.filter_map(|(mark, since)| since.map(|_| mark)).collect()
}

/// The one channel a word of the ledger is about, as a store keeps it.
pub(super) fn only_channel(
    code: Option<i64>,
    contact: i64,
) -> Result<Option<Channel>, RecordsError> {
    let Some(code) = code else { return Ok(None) };
    let broken = || RecordsError::Broken {
        table: "consents",
        column: "only_channel",
        id: contact,
        reason: format!("unknown channel {code}"),
    };
    Channel::from_code(code).map(Some).ok_or_else(broken)
}

/// So many calls are made for a message that its provider failed to look at.
const CALLS_AT_MOST: i64 = 8;

/// What becomes of a message whose provider failed to look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Another {
    /// It has failed.
    No,
    /// The word was heard before, or the message waits to go again as it is.
    Heard,
    /// It goes again then, in epoch milliseconds.
    At(i64),
}

/// Half a minute later, and twice as long each time. `is_news`: the word was not heard before.
pub(super) fn another_try(standing: Status, is_news: bool, calls: i64, now: i64) -> Another {
    let wait = u32::try_from(calls.max(1) - 1).ok().map(|doubled| 30_000_i64 << doubled.min(8));
    match (standing, wait) {
        _ if !is_news => Another::Heard,
        (Status::Queued, _) => Another::Heard,
        (Status::Sent | Status::Unknown, Some(wait)) if calls < CALLS_AT_MOST => {
            Another::At(now.saturating_add(wait))
        }
        _ => Another::No,
    }
}

/// Sealing before a write: nothing was written.
pub(super) fn cannot_seal(error: &SealError) -> RecordsError {
    RecordsError::Unavailable(error.to_string())
}

/// Whether the keyring holds the keys (id and fingerprint) without which a database cannot be read.
///
/// # Errors
/// [`RecordsError::Setup`] with what to put back.
pub(super) fn holds_keys(keyring: &Keyring, needed: &[(u32, Vec<u8>)]) -> Result<(), RecordsError> {
    let file = match keyring.path() {
        Some(path) => format!("the key file {}", path.display()),
        None => "the keyring".to_owned(),
    };
    for (id, fingerprint) in needed {
        let name = if *id == INDEX_KEY { "its index key".to_owned() } else { format!("key {id}") };
        let Some(held) = keyring.fingerprint(*id) else {
            return Err(RecordsError::Setup(format!(
                "this database was sealed under {name}, which {file} does not hold (it holds \
                 {held:?}); put the key file back that belongs to this database",
                held = keyring.key_ids(),
            )));
        };
        if held.as_slice() != fingerprint.as_slice() {
            return Err(RecordsError::Setup(format!(
                "this database was sealed under another {name} than the one {file} holds; put the \
                 key file back that belongs to this database",
            )));
        }
    }
    Ok(())
}
