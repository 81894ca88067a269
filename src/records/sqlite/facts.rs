//! What conversations made true, in the transaction of the turn that made it so.

use super::fault::Fault;
use super::writer::Tx;
use super::{Sqlite, contacts};
use crate::fact::{Fact, NewMember};
use crate::message::{Channel, OutgoingId, PreferenceUpdate, Purpose, Status};
use crate::records::RecordsError;
use crate::records::common::{
    BY_PERSON, BY_PROVIDER, LedgerWord, ReadyFact, Told, preference_words, ready_addresses,
};
use crate::records::import::MemberState;
use crate::records::sql::{
    broadcasts, contacts as contacts_sql, facts as sql, outgoing as outgoing_sql,
    states as states_sql,
};
use crate::records::totals::Total;

impl Sqlite {
    pub(in crate::records) async fn apply_preferences(
        &self,
        updates: Vec<PreferenceUpdate>,
    ) -> Result<(), RecordsError> {
        let mut ready = Vec::with_capacity(updates.len());
        for update in updates {
            let told = (update.channel, update.stop, update.at.as_millisecond());
            ready.push((update.about, ready_addresses(&self.keyring, &update.from)?, told));
        }
        let clock = self.clock.clone();
        self.writer
            .submit(None, move |tx| {
                let now = clock.now().as_millisecond();
                for (about, addresses, (channel, stop, at)) in &ready {
                    let written_to = match about {
                        Some(outgoing) => recipient(tx, *outgoing)?,
                        None => None,
                    };
                    let purpose = written_to.and_then(|(_, purpose)| purpose);
                    let contact = match written_to {
                        Some((contact, _)) => contact,
                        None if addresses.is_empty() => {
                            // Not a message of these records: they may be a restored backup.
                            tracing::warn!(%channel, "a preference of nobody is left out");
                            continue;
                        }
                        None => contacts::resolve(tx, addresses, now)?,
                    };
                    let told = Told { contact, channel: *channel, message: None, at: *at };
                    write_preference(tx, &told, *stop, purpose)?;
                }
                Ok(())
            })
            .await
    }
}

/// Writes the facts of one turn, in order.
pub(super) fn write(tx: &mut Tx<'_>, told: &Told, facts: &[ReadyFact]) -> Result<(), Fault> {
    for fact in facts {
        match fact {
            ReadyFact::Enrol { member, sealed_name, name_hash } => {
                if enrol(tx, told, member, sealed_name, *name_hash)? {
                    let state = MemberState::Confirmed.code();
                    tx.run(sql::ADD_STATE, (told.contact, state, told.at, told.message))?;
                    tx.run(sql::MOVE_REFERRER, [told.contact])?;
                }
            }
            ReadyFact::Update { details, sealed_name, name_hash } => {
                tx.run(sql::KEEP_MEMBER, (told.contact, told.message, told.at))?;
                tx.run(
                    sql::UPDATE_MEMBER,
                    (
                        told.contact,
                        sealed_name,
                        &details.district,
                        details.assembly,
                        details.booth,
                        name_hash,
                    ),
                )?;
            }
            ReadyFact::Request { kind, ticket, sealed_details } => {
                let row = (told.contact, kind, ticket, told.message, told.at, sealed_details);
                tx.run(sql::ADD_REQUEST, row)?;
            }
            ReadyFact::Other(fact) => write_other(tx, told, fact)?,
        }
    }
    Ok(())
}

/// Whether the person is a member now who was none before.
fn enrol(
    tx: &mut Tx<'_>,
    told: &Told,
    member: &NewMember,
    sealed_name: &[u8],
    name_hash: i64,
) -> Result<bool, Fault> {
    let ends = member.ends.map(jiff::Timestamp::as_millisecond);
    let listed: Option<(i64, String)> =
        tx.row(sql::LISTED, [told.contact], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if let Some((id, number)) = listed {
        if number == member.number {
            tx.run(sql::KEEP_LISTED, (id, told.message, told.at))?;
            let row = (
                id,
                sealed_name,
                &member.district,
                member.assembly,
                member.booth,
                member.birth_year,
                told.at,
                ends,
                name_hash,
            );
            let has_confirmed = tx.run(sql::CONFIRM, row)? == 1;
            tx.totals.add(Total::Listed, -i64::from(has_confirmed));
            return Ok(has_confirmed);
        }
        for text in sql::BESIDE {
            tx.run(text, [told.contact])?;
        }
    }
    let enrolled = tx.run(
        sql::ENROL,
        (
            told.contact,
            &member.number,
            sealed_name,
            &member.district,
            member.assembly,
            member.booth,
            member.birth_year,
            told.at,
            ends,
            name_hash,
        ),
    )?;
    tx.totals.add(Total::Members, i64::from(enrolled == 1));
    Ok(enrolled == 1)
}

fn write_other(tx: &mut Tx<'_>, told: &Told, fact: &Fact) -> Result<(), Fault> {
    match fact {
        // Made ready as facts of their own, with the words sealed.
        Fact::EnrolMember(_) | Fact::UpdateMember(_) | Fact::Request { .. } => {}
        Fact::DisownMembership => {
            tx.run(states_sql::ADD_DISOWNED, (told.contact, told.at, told.message))?;
        }
        Fact::LeaveMembership => {
            let state = MemberState::Withdrawn.code();
            tx.run(sql::ADD_STATE, (told.contact, state, told.at, told.message))?;
            let listed = tx.row(sql::LISTED, [told.contact], |row| row.get::<_, i64>(0))?;
            let left = tx.run(sql::LEAVE, (told.contact, told.at))?;
            tx.totals.add(Total::Members, -i64::from(left == 1));
            tx.totals.add(Total::Listed, -i64::from(listed.is_some()));
            if left == 1 {
                tx.run(sql::MOVE_REFERRER, [told.contact])?;
            }
            tx.run(states_sql::END_POSTS, (told.contact, 0, told.at, BY_PERSON))?;
        }
        Fact::Referred { member } => {
            tx.run(sql::REFER, (told.contact, member))?;
        }
        Fact::RenewMembership { ends } => {
            tx.run(sql::KEEP_MEMBER, (told.contact, told.message, told.at))?;
            tx.run(sql::RENEWED_STATE, (told.contact, told.at, told.message))?;
            tx.run(sql::RENEW, (told.contact, ends.as_millisecond(), told.at))?;
        }
        Fact::Consent(consent) => {
            tx.run(
                sql::ADD_CONSENT,
                (
                    told.contact,
                    consent.purpose.name(),
                    consent.given,
                    &consent.notice,
                    &consent.wording,
                    &consent.how,
                    told.channel.code(),
                    told.message,
                    told.at,
                    consent.only.map(Channel::code),
                ),
            )?;
            if !consent.given {
                suppress(tx, told, consent.purpose, consent.only)?;
            }
        }
        Fact::Language { language, guessed } => {
            let chosen = i64::from(!guessed);
            tx.run(sql::SET_LANGUAGE, (told.contact, language.code(), chosen))?;
        }
        Fact::Answered { broadcast } => {
            tx.run(broadcasts::REPLIED, (*broadcast, told.contact, told.at))?;
            if let Some(message) = told.message {
                tx.run(broadcasts::ANSWERED_WITH, (*broadcast, told.contact, message))?;
            }
        }
        Fact::Rang => {
            tx.run(sql::RANG, (told.contact, told.at))?;
        }
        Fact::HandOver { reason } => {
            tx.run(sql::HAND_OVER, [told.contact])?;
            tx.run(sql::ADD_HANDOVER, (told.contact, reason, told.at))?;
        }
        Fact::TakeBack => {
            tx.run(sql::TAKE_BACK, [told.contact])?;
            tx.run(sql::END_HANDOVERS, (told.contact, told.at))?;
        }
    }
    Ok(())
}

/// What is queued for a withdrawn purpose (on one channel, where it was narrowed to that) and not yet
/// claimed does not go out.
pub(super) fn suppress(
    tx: &mut Tx<'_>,
    told: &Told,
    purpose: Purpose,
    only: Option<Channel>,
) -> Result<(), Fault> {
    let row = (told.contact, purpose.name(), told.at, only.map(Channel::code));
    let taken_back = tx.run(sql::SUPPRESS_PURPOSE, row)?;
    tx.totals.moved(Some(Status::Queued), Status::Suppressed, taken_back);
    Ok(())
}

fn write_preference(
    tx: &mut Tx<'_>,
    told: &Told,
    stop: bool,
    about: Option<Purpose>,
) -> Result<(), Fault> {
    let ledger = ledger(tx, told.contact)?;
    let words = preference_words(&ledger, (told.at, stop), about);
    for word in &words {
        tx.run(
            sql::ADD_CONSENT,
            (
                told.contact,
                word.purpose.name(),
                word.given,
                None::<&str>,
                None::<&str>,
                BY_PROVIDER,
                told.channel.code(),
                None::<i64>,
                told.at,
                word.only,
            ),
        )?;
        if word.stops {
            suppress(tx, told, word.purpose, None)?;
        }
    }
    if !words.is_empty() {
        tx.run(contacts_sql::MOVE_VERSION, [told.contact])?;
    }
    Ok(())
}

/// Whom a message of ours went to, and what for, where this version knows that; `None` when there is no such
/// message.
fn recipient(tx: &Tx<'_>, outgoing: OutgoingId) -> Result<Option<(i64, Option<Purpose>)>, Fault> {
    tx.row(outgoing_sql::RECIPIENT, (outgoing.id, outgoing.created_ms), |row| {
        let purpose: String = row.get(1)?;
        Ok((row.get(0)?, Purpose::from_name(&purpose)))
    })
}

fn ledger(tx: &Tx<'_>, contact: i64) -> Result<Vec<LedgerWord>, Fault> {
    let words = tx.rows(contacts_sql::CONSENTS, [contact], |row| {
        let (purpose, how): (String, String) = (row.get(0)?, row.get(3)?);
        let (given, at, only) = (row.get(1)?, row.get(2)?, row.get(4)?);
        let by_provider = how == BY_PROVIDER;
        let purpose = Purpose::from_name(&purpose);
        Ok(purpose.map(|purpose| LedgerWord { purpose, given, at, by_provider, only }))
    })?;
    Ok(words.into_iter().flatten().collect())
}
