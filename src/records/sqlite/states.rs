//! The states of memberships; see [`crate::records::states`].

use std::sync::Arc;

use jiff::Timestamp;

use super::Sqlite;
use super::beside::Beside;
use super::fault::Fault;
use super::statements::Statements;
use super::writer::write_totals;
use crate::config::{Area, MembershipSection};
use crate::records::common::{name_hash, open_name};
use crate::records::sql::{contacts as contacts_sql, facts, states as sql};
use crate::records::states::{
    BY_RULE, BY_TERM, Disowned, Judged, LISTED_COUNTED, Stands, Step, StepOutcome, counts_for,
    counts_since, lapses_before, read_disowned, why_active,
};
use crate::records::totals::{Total, Totals};
use crate::records::{MemberState, RecordsError};

impl Beside {
    pub(in crate::records) async fn step(
        &self,
        step: Step<'_>,
    ) -> Result<StepOutcome, RecordsError> {
        let rules = self.rules.clone();
        let (number, to, at) = (step.number.to_owned(), step.to, step.at);
        let (actor, why) = (step.actor.to_owned(), step.why.to_owned());
        self.transact(move |statements| {
            make(statements, &rules, Step { number: &number, to, actor: &actor, why: &why, at })
        })
        .await
    }

    pub(in crate::records) async fn lapse(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, RecordsError> {
        let (before, at) = (lapses_before(&self.rules, now.as_millisecond()), now.as_millisecond());
        self.transact(move |statements| lapse(statements, before, at, limit)).await
    }

    pub(in crate::records) async fn disowned(
        &self,
        limit: usize,
    ) -> Result<Vec<Disowned>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.readers.ask(move |statements| {
            statements.rows(sql::DISOWNED, [limit], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
        });
        Ok(rows.await?.into_iter().map(read_disowned).collect())
    }
}

impl Sqlite {
    pub(in crate::records) async fn lapse(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, RecordsError> {
        let (before, at) = (lapses_before(&self.rules, now.as_millisecond()), now.as_millisecond());
        self.writer.submit(None, move |tx| lapse(**tx, before, at, limit)).await
    }

    pub(in crate::records) async fn complete_members(
        &self,
        limit: usize,
    ) -> Result<u64, RecordsError> {
        let step = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
        let keyring = Arc::clone(&self.keyring);
        let named = self.readers.ask(move |statements| {
            let rows: Vec<(i64, i64, Vec<u8>)> = statements
                .rows(sql::NAMELESS, [step], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let mut named = Vec::with_capacity(rows.len());
            for (id, contact, sealed) in rows {
                let name = open_name(&keyring, contact, id, &sealed)?;
                named.push((id, name_hash(&keyring, &name), contact));
            }
            Ok(named)
        });
        let named = named.await?;
        if named.is_empty() {
            let ended = self.writer.submit(None, move |tx| {
                if tx.run(sql::SAY_COUNTED, [LISTED_COUNTED])? == 1 {
                    tx.run(sql::COUNT_LISTED, ())?;
                }
                tx.run(sql::ENDED_BEFORE, [step])
            });
            return Ok(u64::try_from(ended.await?).unwrap_or(u64::MAX));
        }
        let count = u64::try_from(named.len()).unwrap_or(u64::MAX);
        let write = self.writer.submit(None, move |tx| {
            for row in &named {
                tx.run(sql::NAME, *row)?;
            }
            Ok(())
        });
        write.await?;
        Ok(count)
    }
}

fn make(
    statements: Statements<'_>,
    rules: &MembershipSection,
    step: Step<'_>,
) -> Result<StepOutcome, Fault> {
    let found = statements.row(sql::NUMBERED, [step.number], |row| {
        Ok(Stands {
            id: row.get(0)?,
            contact: row.get(1)?,
            person: row.get(2)?,
            state: row.get(3)?,
            has_ended: row.get::<_, Option<i64>>(4)?.is_some(),
            referred_by: row.get(5)?,
        })
    })?;
    let Some(stands) = found else { return Ok(StepOutcome::Unknown) };
    let from = match stands.judge(step.to) {
        Judged::Go { from } => from,
        Judged::Stop(outcome) => return Ok(outcome),
    };
    let why = Some(step.why).filter(|why| !why.is_empty());
    statements.run(sql::ADD_STEP, (stands.id, step.to.code(), step.at, step.actor, why))?;
    let mut totals = Totals::default();
    totals.add(Total::Listed, -i64::from(from == MemberState::Details));
    if step.to == MemberState::Withdrawn {
        statements.run(sql::WITHDRAW, (stands.id, step.at))?;
        let posts = (stands.contact, stands.person, step.at, step.actor);
        statements.run(sql::END_POSTS, posts)?;
        totals.add(Total::Members, -1);
        if stands.person == 0 {
            statements.run(facts::MOVE_REFERRER, [stands.contact])?;
        }
    } else {
        statements.run(sql::SET_STATE, (stands.id, step.to.code(), step.at))?;
    }
    write_totals(statements, &totals)?;
    statements.run(contacts_sql::MOVE_VERSION, [stands.contact])?;
    let mut became_active = Vec::new();
    for contact in counts_for(&stands, step.to) {
        became_active.extend(award(statements, rules, contact, step.at)?);
    }
    Ok(StepOutcome::Made { from, became_active })
}

/// Makes a verified member an active one where the rule says so; their number.
fn award(
    statements: Statements<'_>,
    rules: &MembershipSection,
    contact: i64,
    at: i64,
) -> Result<Option<String>, Fault> {
    let verified: Option<(i64, String)> =
        statements.row(sql::VERIFIED, [contact], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some((id, number)) = verified else { return Ok(None) };
    let most = match rules.active_area {
        Area::Seat => sql::MOST_IN_A_SEAT,
        Area::District => sql::MOST_IN_A_DISTRICT,
    };
    let most: Option<(String, i64)> =
        statements
            .row(most, (contact, counts_since(rules, at)), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(why) = most.and_then(|(area, count)| why_active(rules, &area, count)) else {
        return Ok(None);
    };
    let active = MemberState::Active.code();
    statements.run(sql::SET_STATE, (id, active, at))?;
    statements.run(sql::ADD_STEP, (id, active, at, BY_RULE, why))?;
    Ok(Some(number))
}

fn lapse(statements: Statements<'_>, before: i64, at: i64, limit: usize) -> Result<u64, Fault> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let over: Vec<i64> = statements.rows(sql::TERM_OVER, (before, limit), |row| row.get(0))?;
    let mut lapsed = 0;
    for id in over {
        if statements.run(sql::LAPSE, (id, at, before))? == 1 {
            let row = (id, MemberState::Lapsed.code(), at, BY_TERM, None::<&str>);
            statements.run(sql::ADD_STEP, row)?;
            lapsed += 1;
        }
    }
    Ok(lapsed)
}
