//! The states of memberships; see [`crate::records::states`].

use jiff::Timestamp;

use super::Postgres;
use super::beside::Beside;
use super::fault::Fault;
use super::sql::{Sql, get};
use super::tx::{Op, Tx};
use crate::config::{Area, MembershipSection};
use crate::records::common::{name_hash, open_name};
use crate::records::sql::{contacts as contacts_sql, facts, process, states as sql};
use crate::records::states::{
    BY_RULE, BY_TERM, Disowned, Judged, LISTED_COUNTED, Stands, Step, StepOutcome, counts_for,
    counts_since, lapses_before, read_disowned, why_active,
};
use crate::records::totals::{Total, Totals};
use crate::records::{MemberState, RecordsError};

/// The contact of a member and of whoever brought them, in the order of their numbers as everybody locks
/// several: of two verifications at once the second counts the first.
const LOCK_BOTH: &str = "
    SELECT id FROM contacts WHERE id IN (
        SELECT unnest(ARRAY[m.contact, c.referred_by])
        FROM members AS m JOIN contacts AS c ON c.id = m.contact WHERE m.number = ?1)
    ORDER BY id FOR UPDATE";

/// Those that somebody else is changing are left for the next time.
const LAPSE_ALL: &str = "
    WITH due AS (
        SELECT id FROM members
        WHERE until IS NULL AND state < 5 AND ends IS NOT NULL AND ends <= ?1
        ORDER BY ends LIMIT ?2 FOR UPDATE SKIP LOCKED
    ), over AS (
        UPDATE members SET state = ?3, state_at = ?4 FROM due WHERE members.id = due.id
        RETURNING members.id
    )
    INSERT INTO member_states (member, state, at, actor) SELECT id, ?3, ?4, ?5 FROM over";

impl Beside {
    pub(in crate::records) async fn step(
        &self,
        step: Step<'_>,
    ) -> Result<StepOutcome, RecordsError> {
        let rules = &self.rules;
        self.transact(move |sql| async move { make(&sql, rules, step).await }).await
    }

    pub(in crate::records) async fn lapse(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, RecordsError> {
        let before = lapses_before(&self.rules, now.as_millisecond());
        let at = now.as_millisecond();
        self.transact(move |sql| async move { lapse(&sql, before, at, limit).await }).await
    }

    pub(in crate::records) async fn disowned(
        &self,
        limit: usize,
    ) -> Result<Vec<Disowned>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |sql| async move {
                let mut found = Vec::new();
                for row in &sql.rows(sql::DISOWNED, &[&limit]).await? {
                    let (enroller, import) = (get(row, 0)?, get(row, 1)?);
                    let row = (enroller, import, get(row, 2)?, get(row, 3)?, get(row, 4)?);
                    found.push(read_disowned(row));
                }
                Ok(found)
            })
            .await
    }
}

impl Postgres {
    pub(in crate::records) async fn lapse(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<u64, RecordsError> {
        let before = lapses_before(&self.rules, now.as_millisecond());
        self.writer.submit(Lapse { before, at: now.as_millisecond(), limit }).await
    }

    pub(in crate::records) async fn complete_members(
        &self,
        limit: usize,
    ) -> Result<u64, RecordsError> {
        let step = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
        let keyring = &*self.keyring;
        let named = self.readers.ask(move |sql| async move {
            let mut named = Vec::new();
            for row in &sql.rows(sql::NAMELESS, &[&step]).await? {
                let (id, contact): (i64, i64) = (get(row, 0)?, get(row, 1)?);
                let name = open_name(keyring, contact, id, get(row, 2)?)?;
                named.push((id, name_hash(keyring, &name), contact));
            }
            Ok(named)
        });
        let named = named.await?;
        if named.is_empty() {
            return self.writer.submit(EndedBefore { step }).await;
        }
        let count = u64::try_from(named.len()).unwrap_or(u64::MAX);
        self.writer.submit(Name(named)).await?;
        Ok(count)
    }
}

struct Lapse {
    before: i64,
    at: i64,
    limit: usize,
}

impl Op for Lapse {
    type Done = u64;

    async fn run(&mut self, tx: &mut Tx) -> Result<u64, Fault> {
        lapse(&tx.sql, self.before, self.at, self.limit).await
    }
}

struct EndedBefore {
    step: i64,
}

impl Op for EndedBefore {
    type Done = u64;

    async fn run(&mut self, tx: &mut Tx) -> Result<u64, Fault> {
        if tx.sql.run(sql::SAY_COUNTED, &[&LISTED_COUNTED]).await? == 1 {
            tx.sql.run(sql::COUNT_LISTED, &[]).await?;
        }
        tx.sql.run(sql::ENDED_BEFORE, &[&self.step]).await
    }
}

struct Name(Vec<(i64, i64, i64)>);

impl Op for Name {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        for (id, hash, contact) in &self.0 {
            tx.sql.run(sql::NAME, &[id, hash, contact]).await?;
        }
        Ok(())
    }
}

async fn lapse(sql: &Sql, before: i64, at: i64, limit: usize) -> Result<u64, Fault> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let state = MemberState::Lapsed.code();
    sql.run(LAPSE_ALL, &[&before, &limit, &state, &at, &BY_TERM]).await
}

async fn make(sql: &Sql, rules: &MembershipSection, step: Step<'_>) -> Result<StepOutcome, Fault> {
    sql.rows(LOCK_BOTH, &[&step.number]).await?;
    let Some(row) = sql.row(sql::NUMBERED, &[&step.number]).await? else {
        return Ok(StepOutcome::Unknown);
    };
    let stands = Stands {
        id: get(&row, 0)?,
        contact: get(&row, 1)?,
        person: get(&row, 2)?,
        state: get(&row, 3)?,
        has_ended: get::<Option<i64>>(&row, 4)?.is_some(),
        referred_by: get(&row, 5)?,
    };
    let from = match stands.judge(step.to) {
        Judged::Go { from } => from,
        Judged::Stop(outcome) => return Ok(outcome),
    };
    let (id, contact, state) = (stands.id, stands.contact, step.to.code());
    let why = Some(step.why).filter(|why| !why.is_empty());
    sql.run(sql::ADD_STEP, &[&id, &state, &step.at, &step.actor, &why]).await?;
    let mut totals = Totals::default();
    totals.add(Total::Listed, -i64::from(from == MemberState::Details));
    if step.to == MemberState::Withdrawn {
        sql.run(sql::WITHDRAW, &[&id, &step.at]).await?;
        sql.run(sql::END_POSTS, &[&contact, &stands.person, &step.at, &step.actor]).await?;
        totals.add(Total::Members, -1);
        if stands.person == 0 {
            sql.run(facts::MOVE_REFERRER, &[&contact]).await?;
        }
    } else {
        sql.run(sql::SET_STATE, &[&id, &state, &step.at]).await?;
    }
    for (name, sum) in totals.changes() {
        // Under the epoch of no process.
        sql.run(process::ADD_TO_TOTAL, &[&name, &0_i64, &sum]).await?;
    }
    sql.run(contacts_sql::MOVE_VERSION, &[&contact]).await?;
    let mut became_active = Vec::new();
    for contact in counts_for(&stands, step.to) {
        became_active.extend(award(sql, rules, contact, step.at).await?);
    }
    Ok(StepOutcome::Made { from, became_active })
}

/// Makes a verified member an active one where the rule says so; their number.
async fn award(
    sql: &Sql,
    rules: &MembershipSection,
    contact: i64,
    at: i64,
) -> Result<Option<String>, Fault> {
    let Some(row) = sql.row(sql::VERIFIED, &[&contact]).await? else { return Ok(None) };
    let (id, number): (i64, String) = (get(&row, 0)?, get(&row, 1)?);
    let most = match rules.active_area {
        Area::Seat => sql::MOST_IN_A_SEAT,
        Area::District => sql::MOST_IN_A_DISTRICT,
    };
    let Some(row) = sql.row(most, &[&contact, &counts_since(rules, at)]).await? else {
        return Ok(None);
    };
    let Some(why) = why_active(rules, get(&row, 0)?, get(&row, 1)?) else { return Ok(None) };
    let active = MemberState::Active.code();
    sql.run(sql::SET_STATE, &[&id, &active, &at]).await?;
    sql.run(sql::ADD_STEP, &[&id, &active, &at, &BY_RULE, &why]).await?;
    Ok(Some(number))
}
