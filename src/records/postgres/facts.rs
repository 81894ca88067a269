//! What conversations made true, in the transaction of the turn that made it so.

use std::collections::{BTreeMap, BTreeSet};

use super::Postgres;
use super::contacts::resolve;
use super::fault::Fault;
use super::sql::{get, get_bool};
use super::tx::{Op, Tx};
use crate::clock::Clock;
use crate::fact::{Consent, Fact, NewMember};
use crate::message::{Channel, OutgoingId, PreferenceUpdate, Purpose, Status};
use crate::records::RecordsError;
use crate::records::common::{
    BY_PERSON, BY_PROVIDER, LedgerWord, ReadyAddress, ReadyFact, Told, preference_words,
    ready_addresses,
};
use crate::records::import::MemberState;
use crate::records::sql::{
    broadcasts, contacts as contacts_sql, facts as sql, outgoing as outgoing_sql,
    states as states_sql,
};
use crate::records::totals::Total;

/// In the order of the arrays: the ledger is read by moment and number.
const ADD_CONSENTS: &str = "
    INSERT INTO consents (contact, purpose, given, notice, wording, how, channel, message, at,
                          only_channel, actor)
    SELECT contact, purpose, given, notice, wording, how, channel, message, at, only_channel, 'person'
    FROM unnest(?1::bigint[], ?2::text[], ?3::bigint[], ?4::text[], ?5::text[], ?6::text[],
                ?7::bigint[], ?8::bigint[], ?9::bigint[], ?10::bigint[]) WITH ORDINALITY
      AS new (contact, purpose, given, notice, wording, how, channel, message, at, only_channel, place)
    ORDER BY place";

/// Nothing for a contact that is an active member already.
const ENROL: &str = "
    WITH told AS (
        SELECT * FROM unnest(?1::bigint[], ?2::text[], ?3::bytea[], ?4::text[], ?5::bigint[],
                             ?6::bigint[], ?7::bigint[], ?8::bigint[], ?9::bigint[], ?10::bigint[],
                             ?11::bigint[])
          AS told (contact, number, name, district, assembly, booth, birth_year, since, ends,
                   name_hash, message)
    ), new AS (
        INSERT INTO members (contact, number, name, district, assembly, booth, birth_year, since, ends,
                             name_hash)
        SELECT contact, number, name, district, assembly, booth, birth_year, since, ends, name_hash
        FROM told
        ON CONFLICT (contact, person) WHERE until IS NULL DO NOTHING
        RETURNING id, number, since
    )
    INSERT INTO member_states (member, state, at, actor, message)
    SELECT new.id, ?12, new.since, 'person', told.message FROM new JOIN told USING (number)";

/// Those among these contacts whom only a list of the office knows.
const LISTED: &str = "
    SELECT contact, id, number FROM members
    WHERE contact = ANY(?1) AND person = 0 AND until IS NULL AND state = 1";

const SET_LANGUAGES: &str = "
    UPDATE contacts SET language = new.language, language_chosen = new.chosen
    FROM unnest(?1::bigint[], ?2::text[], ?3::bigint[]) AS new (contact, language, chosen)
    WHERE contacts.id = new.contact";

/// Who brought these persons.
const REFERRERS: &str = "
    SELECT DISTINCT referred_by FROM contacts WHERE id = ANY(?1) AND referred_by IS NOT NULL";

/// Those who brought somebody see another count from now on.
const MOVE_REFERRERS: &str = "UPDATE contacts SET version = version + 1 WHERE id = ANY(?1)";

/// Two processes may be told the same preference at once.
const LOCK_CONTACT: &str = "SELECT version FROM contacts WHERE id = ?1 FOR UPDATE";

impl Postgres {
    pub(in crate::records) async fn apply_preferences(
        &self,
        updates: Vec<PreferenceUpdate>,
    ) -> Result<(), RecordsError> {
        let mut preferences = Vec::with_capacity(updates.len());
        for update in updates {
            preferences.push((ready_addresses(&self.keyring, &update.from)?, update));
        }
        self.writer.submit(Apply { preferences, clock: self.clock.clone() }).await
    }
}

/// A new member: who told, the member, the sealed name and its hash.
type NewRow<'a> = (&'a Told, &'a NewMember, &'a [u8], i64);

/// What happens in every conversation, gathered over the turns of a set. One contact brings facts
/// once in a set, and these do not touch each other.
#[derive(Default)]
struct Common<'a> {
    consents: Vec<(&'a Told, &'a Consent)>,
    members: Vec<NewRow<'a>>,
    /// The last choice of each contact.
    languages: BTreeMap<i64, (&'static str, i64)>,
}

/// Writes the facts of the turns of a set, in order. The contacts whose count of people they brought
/// changed are given back: they move when the turns of the set are written, for some may be among them.
pub(super) async fn write(
    tx: &mut Tx,
    told: &[(Told, &[ReadyFact])],
) -> Result<BTreeSet<i64>, Fault> {
    let mut referrers = BTreeSet::new();
    let mut common = Common::default();
    for (told, facts) in told {
        if facts.iter().all(is_common) {
            common.gather(told, facts);
            continue;
        }
        // Among these each stands upon the one before it.
        for fact in *facts {
            let mut alone = Common::default();
            alone.gather(told, std::slice::from_ref(fact));
            referrers.extend(alone.write(tx).await?);
            referrers.extend(write_rare(tx, told, fact).await?);
        }
    }
    referrers.extend(common.write(tx).await?);
    Ok(referrers)
}

/// Moves the contacts [`write`] gave back.
pub(super) async fn move_referrers(tx: &Tx, referrers: BTreeSet<i64>) -> Result<(), Fault> {
    if referrers.is_empty() {
        return Ok(());
    }
    let referrers: Vec<i64> = referrers.into_iter().collect();
    tx.sql.run(MOVE_REFERRERS, &[&referrers]).await.map(drop)
}

async fn referrers(tx: &Tx, contacts: &[i64]) -> Result<Vec<i64>, Fault> {
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.sql.rows(REFERRERS, &[&contacts]).await?;
    rows.iter().map(|row| get(row, 0)).collect()
}

fn is_common(fact: &ReadyFact) -> bool {
    matches!(
        fact,
        ReadyFact::Enrol { .. }
            | ReadyFact::Other(Fact::EnrolMember(_) | Fact::Consent(_) | Fact::Language { .. })
    )
}

impl<'a> Common<'a> {
    fn gather(&mut self, told: &'a Told, facts: &'a [ReadyFact]) {
        for fact in facts {
            match fact {
                ReadyFact::Enrol { member, sealed_name, name_hash } => {
                    self.members.push((told, member, sealed_name, *name_hash));
                }
                ReadyFact::Other(Fact::Consent(consent)) => self.consents.push((told, consent)),
                ReadyFact::Other(Fact::Language { language, guessed }) => {
                    let chosen = i64::from(!guessed);
                    self.languages.insert(told.contact, (language.code(), chosen));
                }
                ReadyFact::Update { .. } | ReadyFact::Request { .. } | ReadyFact::Other(_) => {}
            }
        }
    }

    /// The contacts whose count of people they brought changed.
    async fn write(&self, tx: &mut Tx) -> Result<Vec<i64>, Fault> {
        let new: Vec<i64> = self.members.iter().map(|(told, ..)| told.contact).collect();
        self.confirm(tx).await?;
        tx.sql.warm(&[ADD_CONSENTS, ENROL, SET_LANGUAGES, REFERRERS]).await?;
        let ((), enrolled, (), brought_by) = tokio::try_join!(
            biased;
            self.add_consents(tx),
            self.enrol(tx),
            self.set_languages(tx),
            referrers(tx, &new),
        )?;
        tx.totals.add(Total::Members, i64::try_from(enrolled).unwrap_or(0));
        for (told, consent) in &self.consents {
            if !consent.given {
                suppress(tx, told, consent.purpose, consent.only).await?;
            }
        }
        Ok(brought_by)
    }

    async fn add_consents(&self, tx: &Tx) -> Result<(), Fault> {
        let rows = &self.consents;
        if rows.is_empty() {
            return Ok(());
        }
        let contacts: Vec<i64> = rows.iter().map(|(told, _)| told.contact).collect();
        let purposes: Vec<&str> = rows.iter().map(|(_, consent)| consent.purpose.name()).collect();
        let given: Vec<i64> = rows.iter().map(|(_, consent)| i64::from(consent.given)).collect();
        let notices: Vec<Option<&str>> =
            rows.iter().map(|(_, consent)| consent.notice.as_deref()).collect();
        let wordings: Vec<Option<&str>> =
            rows.iter().map(|(_, consent)| consent.wording.as_deref()).collect();
        let how: Vec<&str> = rows.iter().map(|(_, consent)| consent.how.as_str()).collect();
        let channels: Vec<i64> = rows.iter().map(|(told, _)| told.channel.code()).collect();
        let messages: Vec<Option<i64>> = rows.iter().map(|(told, _)| told.message).collect();
        let at: Vec<i64> = rows.iter().map(|(told, _)| told.at).collect();
        let only: Vec<Option<i64>> =
            rows.iter().map(|(_, consent)| consent.only.map(Channel::code)).collect();
        tx.sql
            .run(
                ADD_CONSENTS,
                &[
                    &contacts, &purposes, &given, &notices, &wordings, &how, &channels, &messages,
                    &at, &only,
                ],
            )
            .await
            .map(drop)
    }

    /// Whom a list knew joins: as the one of the list, or as another beside them.
    async fn confirm(&self, tx: &mut Tx) -> Result<(), Fault> {
        if self.members.is_empty() {
            return Ok(());
        }
        let contacts: Vec<i64> = self.members.iter().map(|(told, ..)| told.contact).collect();
        for row in tx.sql.rows(LISTED, &[&contacts]).await? {
            let (contact, id, number): (i64, i64, &str) =
                (get(&row, 0)?, get(&row, 1)?, get(&row, 2)?);
            let joins = self.members.iter().find(|(told, ..)| told.contact == contact);
            let Some((told, member, name, hash)) = joins else { continue };
            if number != member.number {
                for text in sql::BESIDE {
                    tx.sql.run(text, &[&contact]).await?;
                }
                continue;
            }
            tx.sql.run(sql::KEEP_LISTED, &[&id, &told.message, &told.at]).await?;
            let (seat, booth) = (i64::from(member.assembly), member.booth.map(i64::from));
            let birth_year = member.birth_year.map(i64::from);
            let ends = member.ends.map(jiff::Timestamp::as_millisecond);
            let row: super::sql::Params<'_> =
                &[&id, name, &member.district, &seat, &booth, &birth_year, &told.at, &ends, hash];
            let confirmed = tx.sql.run(sql::CONFIRM, row).await?;
            tx.totals.add(Total::Listed, -i64::try_from(confirmed).unwrap_or(0));
            let state = MemberState::Confirmed.code();
            tx.sql.run(sql::ADD_STATE, &[&contact, &state, &told.at, &told.message]).await?;
        }
        Ok(())
    }

    /// How many became members.
    async fn enrol(&self, tx: &Tx) -> Result<u64, Fault> {
        let rows = &self.members;
        if rows.is_empty() {
            return Ok(0);
        }
        let contacts: Vec<i64> = rows.iter().map(|(told, ..)| told.contact).collect();
        let numbers: Vec<&str> =
            rows.iter().map(|(_, member, ..)| member.number.as_str()).collect();
        let names: Vec<&[u8]> = rows.iter().map(|(_, _, name, _)| *name).collect();
        let districts: Vec<&str> =
            rows.iter().map(|(_, member, ..)| member.district.as_str()).collect();
        let assemblies: Vec<i64> =
            rows.iter().map(|(_, member, ..)| i64::from(member.assembly)).collect();
        let booths: Vec<Option<i64>> =
            rows.iter().map(|(_, member, ..)| member.booth.map(i64::from)).collect();
        let births: Vec<Option<i64>> =
            rows.iter().map(|(_, member, ..)| member.birth_year.map(i64::from)).collect();
        let since: Vec<i64> = rows.iter().map(|(told, ..)| told.at).collect();
        let ends: Vec<Option<i64>> = rows
            .iter()
            .map(|(_, member, ..)| member.ends.map(jiff::Timestamp::as_millisecond))
            .collect();
        let hashes: Vec<i64> = rows.iter().map(|(.., hash)| *hash).collect();
        let messages: Vec<Option<i64>> = rows.iter().map(|(told, ..)| told.message).collect();
        let state = MemberState::Confirmed.code();
        tx.sql
            .run(
                ENROL,
                &[
                    &contacts,
                    &numbers,
                    &names,
                    &districts,
                    &assemblies,
                    &booths,
                    &births,
                    &since,
                    &ends,
                    &hashes,
                    &messages,
                    &state,
                ],
            )
            .await
    }

    async fn set_languages(&self, tx: &Tx) -> Result<(), Fault> {
        if self.languages.is_empty() {
            return Ok(());
        }
        let contacts: Vec<i64> = self.languages.keys().copied().collect();
        let languages: Vec<&str> = self.languages.values().map(|(code, _)| *code).collect();
        let chosen: Vec<i64> = self.languages.values().map(|(_, chosen)| *chosen).collect();
        tx.sql.run(SET_LANGUAGES, &[&contacts, &languages, &chosen]).await.map(drop)
    }
}

/// The contacts whose count of people they brought changed.
async fn write_rare(tx: &mut Tx, told: &Told, fact: &ReadyFact) -> Result<Vec<i64>, Fault> {
    let contact = told.contact;
    let fact = match fact {
        ReadyFact::Enrol { .. } => return Ok(Vec::new()),
        ReadyFact::Update { details, sealed_name, name_hash } => {
            tx.sql.run(sql::KEEP_MEMBER, &[&contact, &told.message, &told.at]).await?;
            let (seat, booth) = (i64::from(details.assembly), details.booth.map(i64::from));
            let row: super::sql::Params<'_> =
                &[&contact, sealed_name, &details.district, &seat, &booth, name_hash];
            tx.sql.run(sql::UPDATE_MEMBER, row).await?;
            return Ok(Vec::new());
        }
        ReadyFact::Request { kind, ticket, sealed_details } => {
            let row: super::sql::Params<'_> =
                &[&contact, kind, ticket, &told.message, &told.at, sealed_details];
            tx.sql.run(sql::ADD_REQUEST, row).await?;
            return Ok(Vec::new());
        }
        ReadyFact::Other(fact) => fact,
    };
    match fact {
        // Written with the common ones, or made ready as facts of their own.
        Fact::EnrolMember(_)
        | Fact::UpdateMember(_)
        | Fact::Request { .. }
        | Fact::Consent(_)
        | Fact::Language { .. } => {}
        Fact::DisownMembership => {
            let row: super::sql::Params<'_> = &[&contact, &told.at, &told.message];
            tx.sql.run(states_sql::ADD_DISOWNED, row).await?;
        }
        Fact::LeaveMembership => {
            let state = MemberState::Withdrawn.code();
            tx.sql.run(sql::ADD_STATE, &[&contact, &state, &told.at, &told.message]).await?;
            let listed = tx.sql.row(sql::LISTED, &[&contact]).await?;
            let left = tx.sql.run(sql::LEAVE, &[&contact, &told.at]).await?;
            tx.totals.add(Total::Members, -i64::try_from(left).unwrap_or(0));
            tx.totals.add(Total::Listed, -i64::from(listed.is_some()));
            tx.sql.run(states_sql::END_POSTS, &[&contact, &0_i64, &told.at, &BY_PERSON]).await?;
            return referrers(tx, &[contact]).await;
        }
        Fact::Referred { member } => {
            tx.sql.run(sql::REFER, &[&contact, member]).await?;
        }
        Fact::RenewMembership { ends } => {
            tx.sql.run(sql::KEEP_MEMBER, &[&contact, &told.message, &told.at]).await?;
            tx.sql.run(sql::RENEWED_STATE, &[&contact, &told.at, &told.message]).await?;
            tx.sql.run(sql::RENEW, &[&contact, &ends.as_millisecond(), &told.at]).await?;
        }
        Fact::Answered { broadcast } => {
            tx.sql.run(broadcasts::REPLIED, &[broadcast, &contact, &told.at]).await?;
            if let Some(message) = told.message {
                tx.sql.run(broadcasts::ANSWERED_WITH, &[broadcast, &contact, &message]).await?;
            }
        }
        Fact::Rang => {
            tx.sql.run(sql::RANG, &[&contact, &told.at]).await?;
        }
        Fact::HandOver { reason } => {
            tx.sql.run(sql::HAND_OVER, &[&contact]).await?;
            tx.sql.run(sql::ADD_HANDOVER, &[&contact, reason, &told.at]).await?;
        }
        Fact::TakeBack => {
            tx.sql.run(sql::TAKE_BACK, &[&contact]).await?;
            tx.sql.run(sql::END_HANDOVERS, &[&contact, &told.at]).await?;
        }
    }
    Ok(Vec::new())
}

/// What is queued for a withdrawn purpose (on one channel, where it was narrowed to that) and not yet
/// claimed does not go out.
pub(super) async fn suppress(
    tx: &mut Tx,
    told: &Told,
    purpose: Purpose,
    only: Option<Channel>,
) -> Result<(), Fault> {
    let only = only.map(Channel::code);
    let row: super::sql::Params<'_> = &[&told.contact, &purpose.name(), &told.at, &only];
    let taken_back = tx.sql.run(sql::SUPPRESS_PURPOSE, row).await?;
    let taken_back = usize::try_from(taken_back).unwrap_or(usize::MAX);
    tx.totals.moved(Some(Status::Queued), Status::Suppressed, taken_back);
    Ok(())
}

/// Takes up what people told their provider about our messages.
struct Apply {
    preferences: Vec<(Vec<ReadyAddress>, PreferenceUpdate)>,
    clock: Clock,
}

impl Op for Apply {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let now = self.clock.now().as_millisecond();
        for (addresses, update) in &self.preferences {
            let written_to = match update.about {
                Some(outgoing) => recipient(tx, outgoing).await?,
                None => None,
            };
            let purpose = written_to.and_then(|(_, purpose)| purpose);
            let contact = match written_to {
                Some((contact, _)) => contact,
                None if addresses.is_empty() => {
                    // Not a message of these records: they may be a restored backup.
                    tracing::warn!(channel = %update.channel, "a preference of nobody is left out");
                    continue;
                }
                None => match resolve(tx, &[addresses.as_slice()], now).await?.first() {
                    Some(contact) => *contact,
                    None => continue,
                },
            };
            let at = update.at.as_millisecond();
            let told = Told { contact, channel: update.channel, message: None, at };
            write_preference(tx, &told, update.stop, purpose).await?;
        }
        Ok(())
    }
}

async fn write_preference(
    tx: &mut Tx,
    told: &Told,
    stop: bool,
    about: Option<Purpose>,
) -> Result<(), Fault> {
    tx.sql.row(LOCK_CONTACT, &[&told.contact]).await?;
    let ledger = ledger(tx, told.contact).await?;
    let words = preference_words(&ledger, (told.at, stop), about);
    let nothing: Option<&str> = None;
    for word in &words {
        tx.sql
            .run(
                sql::ADD_CONSENT,
                &[
                    &told.contact,
                    &word.purpose.name(),
                    &i64::from(word.given),
                    &nothing,
                    &nothing,
                    &BY_PROVIDER,
                    &told.channel.code(),
                    &told.message,
                    &told.at,
                    &word.only,
                ],
            )
            .await?;
        if word.stops {
            suppress(tx, told, word.purpose, None).await?;
        }
    }
    if !words.is_empty() {
        tx.sql.run(contacts_sql::MOVE_VERSION, &[&told.contact]).await?;
    }
    Ok(())
}

/// Whom a message of ours went to, and what for, where this version knows that; `None` when there is no such
/// message.
async fn recipient(tx: &Tx, outgoing: OutgoingId) -> Result<Option<(i64, Option<Purpose>)>, Fault> {
    let row = tx.sql.row(outgoing_sql::RECIPIENT, &[&outgoing.id, &outgoing.created_ms]).await?;
    let Some(row) = &row else { return Ok(None) };
    Ok(Some((get(row, 0)?, Purpose::from_name(get(row, 1)?))))
}

async fn ledger(tx: &Tx, contact: i64) -> Result<Vec<LedgerWord>, Fault> {
    let mut words = Vec::new();
    for row in tx.sql.rows(contacts_sql::CONSENTS, &[&contact]).await? {
        let (purpose, how): (&str, &str) = (get(&row, 0)?, get(&row, 3)?);
        let Some(purpose) = Purpose::from_name(purpose) else { continue };
        let (given, at) = (get_bool(&row, 1)?, get(&row, 2)?);
        let (by_provider, only) = (how == BY_PROVIDER, get(&row, 4)?);
        words.push(LedgerWord { purpose, given, at, by_provider, only });
    }
    Ok(words)
}
