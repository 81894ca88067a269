//! Providers' words about our messages, applied along the lattice. A word that comes before we know
//! the provider's id is kept until the answer to the send brings it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Postgres;
use super::contacts;
use super::fault::Fault;
use super::job::Ask;
use super::messages::{self, Messages, Name, Said};
use super::sql::{Sql, get};
use super::tx::Tx;
use crate::message::{Asks, OutgoingId, StatusUpdate};
use crate::records::RecordsError;
use crate::records::common::{ReadyAddress, cannot_seal, halves, place, ready_addresses};
use crate::records::totals::Total;

/// The messages that have these names; a name with 0 is one that only words came for.
const NAMED: &str = "
    SELECT hash, hash_rest, outgoing FROM provider_ids
    JOIN unnest(?1::bigint[], ?2::bigint[]) AS wanted (hash, hash_rest) USING (hash, hash_rest)
    WHERE outgoing <> 0";

const KEEP_UNMATCHED: &str = "
    INSERT INTO unmatched_statuses (hash, hash_rest, status, at, channel, error, opaque, recorded,
                                    asks)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[],
                         ?6::bigint[], ?7::text[], ?8::bigint[], ?9::bigint[])
    ON CONFLICT (hash, hash_rest, status, at) DO NOTHING";

/// A provider's word, its id and its addresses hashed and sealed on the caller's thread.
pub(super) struct Word {
    update: StatusUpdate,
    name: Name,
    sealed_id: Option<Vec<u8>>,
    recipient: Vec<ReadyAddress>,
    /// When it was told.
    now: i64,
}

impl Word {
    fn said(&self) -> Said {
        Said {
            status: self.update.status,
            at: self.update.at.as_millisecond(),
            error: self.update.error,
            asks: self.update.asks,
        }
    }
}

impl Postgres {
    pub(in crate::records) async fn apply_statuses(
        &self,
        updates: Vec<StatusUpdate>,
    ) -> Result<(), RecordsError> {
        if updates.is_empty() {
            return Ok(());
        }
        let now = self.now_ms();
        let mut words = Vec::with_capacity(updates.len());
        for update in updates {
            let name = halves(self.keyring.provider_hash(update.channel, &update.provider_id));
            let sealed_id = match update.outgoing {
                Some(id) => Some(
                    self.keyring
                        .seal(place::PROVIDER_ID, id.id, update.provider_id.as_bytes())
                        .map_err(|error| cannot_seal(&error))?,
                ),
                None => None,
            };
            // One name alone teaches nothing.
            let recipient = match update.recipient.addresses.len() {
                0 | 1 => Vec::new(),
                _ => ready_addresses(&self.keyring, &update.recipient)?,
            };
            words.push(Word { update, name, sealed_id, recipient, now });
        }
        self.writer.submit_statuses(words).await
    }
}

/// Applies all words of a group, as sets.
pub(super) async fn write(tx: &mut Tx, asks: &mut [&mut Ask<Vec<Word>, ()>]) -> Result<(), Fault> {
    let mut matching = look(&tx.sql, asks).await?;
    let mut words: Vec<&Word> = Vec::new();
    for ask in asks.iter_mut() {
        ask.refused = ask.input.iter().find_map(|word| matching.refuses(word));
        ask.done = Some(());
        if ask.refused.is_none() {
            words.extend(&ask.input);
        }
    }
    let Some(now) = words.iter().map(|word| word.now).max() else { return Ok(()) };
    let names = matching.names(&words);
    let unknown = matching.unknown(&words);
    matching.messages.name(tx, &names).await?;
    messages::expect_names(tx, &unknown).await?;
    let mut again: Vec<i64> = Vec::new();
    for word in words.iter().filter(|word| word.update.asks == Some(Asks::Again)) {
        again.extend(matching.target(word));
    }
    matching.messages.read_failures(&tx.sql, &again).await?;

    let mut recipients: Vec<(i64, &[ReadyAddress])> = Vec::new();
    let mut unmatched: Vec<&Word> = Vec::new();
    for word in &words {
        let Some(id) = matching.target(word) else {
            unmatched.push(word);
            continue;
        };
        if matching.given.contains(&(id, word.name))
            && let Some(sealed) = &word.sealed_id
        {
            matching.messages.keep_name(id, word.name, sealed, word.now, &mut tx.totals);
        }
        if !word.recipient.is_empty()
            && let Some(message) = matching.messages.message(id)
        {
            recipients.push((message.contact, &word.recipient));
        }
        matching.messages.climb(id, word.said(), word.now, &mut tx.totals);
    }
    matching.messages.write(tx).await?;
    keep_unmatched(tx, &unmatched).await?;
    if recipients.is_empty() {
        return Ok(());
    }
    contacts::learn(tx, &recipients, now).await
}

/// Which word is about which message.
struct Matching {
    messages: Messages,
    by_name: HashMap<Name, i64>,
    /// The names messages get from this set.
    given: HashSet<(i64, Name)>,
}

/// Locks every message the words can be about, in one journey.
async fn look(sql: &Sql, asks: &[&mut Ask<Vec<Word>, ()>]) -> Result<Matching, Fault> {
    let words = || asks.iter().flat_map(|ask| &ask.input);
    let ids: Vec<i64> = words().filter_map(|word| word.update.outgoing).map(|id| id.id).collect();
    let names: Vec<Name> = words().map(|word| word.name).collect();
    let (hashes, rests): (Vec<i64>, Vec<i64>) = names.iter().copied().unzip();
    sql.warm(&[NAMED]).await?;
    messages::warm(sql).await?;
    let (named, messages) = tokio::try_join!(
        biased;
        async { sql.rows(NAMED, &[&hashes, &rests]).await },
        messages::lock(sql, &ids, &names),
    )?;
    let mut by_name = HashMap::with_capacity(named.len());
    for row in &named {
        by_name.insert((get(row, 0)?, get(row, 1)?), get(row, 2)?);
    }
    Ok(Matching { messages, by_name, given: HashSet::new() })
}

impl Matching {
    /// Our own id, echoed, is the best witness; its moment keeps a number met again after a restore
    /// from being taken for the old one.
    fn echoed(&mut self, word: &Word) -> Option<OutgoingId> {
        let id = word.update.outgoing?;
        self.messages.of(id).map(|_| id)
    }

    fn target(&mut self, word: &Word) -> Option<i64> {
        match self.echoed(word) {
            Some(id) => Some(id.id),
            None => self.by_name.get(&word.name).copied(),
        }
    }

    /// Why this word can never be applied.
    fn refuses(&mut self, word: &Word) -> Option<RecordsError> {
        let echoed = word.update.outgoing.map(|id| id.id);
        let named = match self.echoed(word) {
            Some(_) => None,
            None => self.by_name.get(&word.name).copied(),
        };
        let broken = |id| self.messages.broken(id).cloned();
        echoed.and_then(broken).or_else(|| named.and_then(broken))
    }

    /// The names these words give to messages that have none yet: each message, and when.
    fn names(&mut self, words: &[&Word]) -> BTreeMap<Name, (i64, i64)> {
        let mut names = BTreeMap::new();
        let mut named = HashSet::new();
        for word in words {
            let Some(id) = self.echoed(word) else { continue };
            let has_none =
                self.messages.message(id.id).is_some_and(|message| !message.has_provider_id);
            if has_none && !word.update.provider_id.is_empty() && named.insert(id.id) {
                names.entry(word.name).or_insert((id.id, word.now));
                self.given.insert((id.id, word.name));
            }
        }
        for (name, (id, _)) in &names {
            self.by_name.entry(*name).or_insert(*id);
        }
        names
    }

    /// The names of messages nobody knows, and when they were met.
    fn unknown(&mut self, words: &[&Word]) -> BTreeMap<Name, i64> {
        let mut unknown = BTreeMap::new();
        for word in words {
            if self.target(word).is_none() {
                unknown.entry(word.name).or_insert(word.now);
            }
        }
        unknown
    }
}

async fn keep_unmatched(tx: &mut Tx, words: &[&Word]) -> Result<(), Fault> {
    if words.is_empty() {
        return Ok(());
    }
    let (hashes, rests): (Vec<i64>, Vec<i64>) = words.iter().map(|word| word.name).unzip();
    let statuses: Vec<i64> = words.iter().map(|word| word.update.status.code()).collect();
    let at: Vec<i64> = words.iter().map(|word| word.update.at.as_millisecond()).collect();
    let channels: Vec<i64> = words.iter().map(|word| word.update.channel.code()).collect();
    let errors: Vec<Option<i64>> = words.iter().map(|word| word.update.error).collect();
    let opaque: Vec<Option<String>> =
        words.iter().map(|word| word.update.outgoing.map(OutgoingId::to_opaque)).collect();
    let recorded: Vec<i64> = words.iter().map(|word| word.now).collect();
    let asks: Vec<Option<i64>> =
        words.iter().map(|word| word.update.asks.map(Asks::code)).collect();
    let kept = tx
        .sql
        .run(
            KEEP_UNMATCHED,
            &[&hashes, &rests, &statuses, &at, &channels, &errors, &opaque, &recorded, &asks],
        )
        .await?;
    tx.totals.add(Total::Unmatched, i64::try_from(kept).unwrap_or(0));
    Ok(())
}
