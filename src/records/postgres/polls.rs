//! What PostgreSQL does with polls its own way: the answers of a group are written as a set, and the space of what was
//! destroyed is given back.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::beside::Beside;
use super::fault::Fault;
use super::sql::{Sql, get};
use super::tx::Tx;
use crate::poll::ballot::Kind;
use crate::records::polls::bound::Owned;
use crate::records::sql::polls as sql;
use crate::records::{Cast, RecordsError};
use crate::seal::Keyring;

/// Which of these voters may be cast for, with their contacts; their polls are not closed until this transaction is
/// over.
const MAY_CAST: &str = "
    SELECT r.poll, r.voter, r.contact, r.answers, r.person, r.bound
    FROM unnest(?1::bigint[], ?2::bigint[]) AS wanted (poll, voter)
    JOIN roster r ON r.poll = wanted.poll AND r.voter = wanted.voter
    JOIN polls p ON p.id = r.poll AND p.state = 'open'
    WHERE r.contact IS NOT NULL
    FOR SHARE OF p";

const KEEP_ENVELOPES: &str = "
    INSERT INTO envelopes (poll, voter, kind, envelope)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::bytea[])
    ON CONFLICT (poll, voter, kind) DO UPDATE SET envelope = excluded.envelope";

const FILL_ENVELOPES: &str = "
    INSERT INTO envelopes (poll, voter, kind, envelope)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::bytea[])
    ON CONFLICT (poll, voter, kind) DO NOTHING";

/// Of each kind: the how manieth answer of the set said it last, the same below 0 where an empty one alone went with
/// it, or 0.
const ANSWERED: &str = "
    UPDATE roster SET answered_at = new.at, answers = roster.answers + new.times,
                      first_at = coalesce(roster.first_at, roster.answered_at, new.first),
        choice_in = CASE WHEN new.choice > 0 OR (new.choice < 0 AND roster.choice_in = 0)
                         THEN roster.answers + abs(new.choice) ELSE roster.choice_in END,
        ratings_in = CASE WHEN new.ratings > 0 OR (new.ratings < 0 AND roster.ratings_in = 0)
                          THEN roster.answers + abs(new.ratings) ELSE roster.ratings_in END,
        other_in = CASE WHEN new.other > 0 OR (new.other < 0 AND roster.other_in = 0)
                        THEN roster.answers + abs(new.other) ELSE roster.other_in END,
        remark_in = CASE WHEN new.remark > 0 OR (new.remark < 0 AND roster.remark_in = 0)
                         THEN roster.answers + abs(new.remark) ELSE roster.remark_in END
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[], ?6::bigint[],
                ?7::bigint[], ?8::bigint[], ?9::bigint[])
        AS new (poll, voter, at, times, choice, ratings, other, remark, first)
    WHERE roster.poll = new.poll AND roster.voter = new.voter";

/// The table is written anew without what was deleted, and its old file goes. Whoever waits for the lock keeps
/// everybody behind them waiting too: so not for long, and again.
const OVERWRITE: &str = "VACUUM (FULL) envelopes";
const LOCK_TIMEOUT: &str = "SET lock_timeout = '2s'";
const NO_LOCK_TIMEOUT: &str = "RESET lock_timeout";
const PAUSE: Duration = Duration::from_secs(1);
const TRIES: u32 = 30;
/// Rows that were deleted are copied into the new file as long as somebody's snapshot still sees them, whatever tables
/// they read: this long they are waited for.
const SNAPSHOT_TRIES: u32 = if cfg!(test) { 8 } else { 120 };

/// What comes after everything that was written until now.
const NOW: &str = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text";

/// Who may still see what was deleted before that moment (`?1`): transactions, sessions of standbys among them, slots of
/// standbys, and transactions that were prepared and left.
const SEE_IT_STILL: &str = "
    SELECT coalesce(nullif(application_name, ''), backend_type, 'a session') || ' (pid ' || pid || ')'
    FROM pg_stat_activity, LATERAL (SELECT age(CAST(CAST(?1::text AS xid8) AS xid)) AS age) AS moment
    WHERE pid <> pg_backend_pid()
      AND (age(backend_xid) > moment.age
           OR (age(backend_xmin) > moment.age AND (datid IS NULL OR datname = current_database())))
    UNION ALL
    SELECT 'the replication slot ' || slot_name FROM pg_replication_slots
    WHERE age(xmin) > age(CAST(CAST(?1::text AS xid8) AS xid))
    UNION ALL
    SELECT 'the prepared transaction ' || gid FROM pg_prepared_xacts
    WHERE age(transaction) > age(CAST(CAST(?1::text AS xid8) AS xid))";
/// It reads the table once from end to end.
const PATIENCE: Duration = Duration::from_mins(15);

impl Beside {
    /// Dead rows do not wait for the server's own broom.
    pub(in crate::records) async fn overwrite_envelopes(&self) -> Result<(), RecordsError> {
        let overwrite = |sql: super::sql::Sql| async move {
            wait_for_snapshots(&sql).await?;
            for _ in 0..TRIES {
                sql.batch(LOCK_TIMEOUT).await?;
                let done = sql.raw_batch(OVERWRITE).await;
                sql.batch(NO_LOCK_TIMEOUT).await?;
                match done {
                    Ok(()) => return Ok(()),
                    Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {}
                    Err(error) => return Err(error.into()),
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(Fault::Job(RecordsError::Unavailable(
                "the envelopes are deleted, but somebody holds their table (a pg_dump?), so that their space \
                 could not be overwritten: end it, and close the poll again"
                    .to_owned(),
            )))
        };
        self.readers.ask_within(PATIENCE, overwrite).await
    }
}

/// Waits until nobody sees what was deleted before this.
async fn wait_for_snapshots(statements: &Sql) -> Result<(), Fault> {
    let moment: String = get(&statements.one(NOW, &[]).await?, 0)?;
    let mut who: Vec<String> = Vec::new();
    for _ in 0..SNAPSHOT_TRIES {
        who.clear();
        for row in &statements.rows(SEE_IT_STILL, &[&moment]).await? {
            who.push(get(row, 0)?);
        }
        if who.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Fault::Job(RecordsError::Unavailable(format!(
        "the envelopes are deleted, but it cannot be confirmed that they are gone from the disk, for an older \
         transaction may still see them: {}. End it (a long query, a pg_dump, a session left open in a transaction; of \
         a standby what runs there), and close the poll again",
        who.join(", ")
    ))))
}

/// A voter of a poll, and their contact.
pub(super) type Casting = (i64, i64, i64);

/// Those of these voters who may be cast for now, and how often they answered before.
pub(super) async fn may_cast<'a>(
    tx: &Tx,
    keyring: &Keyring,
    casts: impl Iterator<Item = &'a Cast>,
) -> Result<HashMap<Casting, i64>, Fault> {
    let (mut polls, mut voters) = (Vec::new(), Vec::new());
    for cast in casts {
        polls.push(cast.poll);
        voters.push(cast.voter);
    }
    let mut may = HashMap::with_capacity(polls.len());
    if polls.is_empty() {
        return Ok(may);
    }
    for row in &tx.sql.rows(MAY_CAST, &[&polls, &voters]).await? {
        let (poll, voter, contact) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
        let owned = Owned { poll, voter, contact: Some(contact), person: get(row, 4)? };
        if owned.is_bound(keyring, get(row, 5)?) {
            may.insert((poll, voter, contact), get(row, 3)?);
        }
    }
    Ok(may)
}

/// The rows of contacts that are rightly theirs, before they move.
pub(super) async fn rows_of(
    statements: &Sql,
    keyring: &Keyring,
    (one, other): (i64, i64),
) -> Result<Vec<(i64, i64)>, Fault> {
    let mut rightly = Vec::new();
    for row in &statements.rows(sql::ROWS_OF, &[&one, &other]).await? {
        let (poll, voter) = (get(row, 0)?, get(row, 1)?);
        let owned = Owned { poll, voter, contact: get(row, 2)?, person: get(row, 3)? };
        if owned.is_bound(keyring, get(row, 4)?) {
            rightly.push((poll, voter));
        }
    }
    Ok(rightly)
}

/// Binds rows to whom they are of now.
pub(super) async fn bind(
    statements: &Sql,
    keyring: &Keyring,
    rows: &[(i64, i64)],
) -> Result<(), Fault> {
    for (poll, voter) in rows.iter().copied() {
        let row = statements.one(sql::ROW_NOW, &[&poll, &voter]).await?;
        let owned = Owned { poll, voter, contact: get(&row, 0)?, person: get(&row, 1)? };
        statements.run(sql::BIND, &[&poll, &voter, &owned.bound(keyring)]).await?;
    }
    Ok(())
}

/// One kind of answer of a voter in a poll.
type Slot = (i64, i64, char);

/// The answers of a set of turns, the last of each kind and voter.
#[derive(Default)]
pub(super) struct Casts {
    envelopes: BTreeMap<Slot, Vec<u8>>,
    fillers: BTreeMap<Slot, Vec<u8>>,
    /// By poll and voter.
    answered: BTreeMap<(i64, i64), Answered>,
}

/// What a set of turns does to the row of a voter.
#[derive(Default)]
struct Answered {
    /// When the first came; `None` only before it did.
    first: Option<i64>,
    /// When the last came, and how many.
    at: i64,
    times: i64,
    /// As [`ANSWERED`] takes them: choice, ratings, other, remark.
    came_in: [i64; 4],
}

/// The kinds in the order of [`Answered::came_in`].
const KINDS: [Kind; 4] = [Kind::Choice, Kind::Ratings, Kind::Other, Kind::Remark];

impl Casts {
    /// Of a turn that won; `at` is when we had its message.
    pub(super) fn add(&mut self, cast: &Cast, at: i64) {
        let Cast { poll, voter, envelopes, fillers, .. } = cast;
        for (kind, envelope) in envelopes {
            self.envelopes.insert((*poll, *voter, kind.letter()), envelope.clone());
        }
        let answered = self.answered.entry((*poll, *voter)).or_default();
        answered.first.get_or_insert(at);
        answered.at = at;
        answered.times += 1;
        for (kind, came_in) in KINDS.iter().zip(&mut answered.came_in) {
            if envelopes.iter().any(|(said, _)| said == kind) {
                *came_in = answered.times;
            }
        }
        for (kind, envelope) in fillers {
            // The first of a set stands, as it would turn by turn.
            let slot = self.fillers.entry((*poll, *voter, kind.letter()));
            slot.or_insert_with(|| envelope.clone());
            for (known, came_in) in KINDS.iter().zip(&mut answered.came_in) {
                if known == kind && *came_in == 0 {
                    *came_in = -answered.times;
                }
            }
        }
    }

    pub(super) async fn write(&self, tx: &Tx) -> Result<(), Fault> {
        if self.answered.is_empty() {
            return Ok(());
        }
        // The fillers stand back behind what was said in the same set.
        for (text, slots) in [(KEEP_ENVELOPES, &self.envelopes), (FILL_ENVELOPES, &self.fillers)] {
            if slots.is_empty() {
                continue;
            }
            let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::<&[u8]>::new());
            for ((poll, voter, kind), envelope) in slots {
                columns.0.push(*poll);
                columns.1.push(*voter);
                columns.2.push(kind.to_string());
                columns.3.push(envelope);
            }
            tx.sql.run(text, &[&columns.0, &columns.1, &columns.2, &columns.3]).await?;
        }
        let mut columns: [Vec<i64>; 9] = Default::default();
        for ((poll, voter), Answered { first, at, times, came_in }) in &self.answered {
            let [choice, ratings, other, remark] = *came_in;
            let first = first.unwrap_or(*at);
            let row = [*poll, *voter, *at, *times, choice, ratings, other, remark, first];
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let [poll, voter, at, times, choice, ratings, other, remark, first] = &columns;
        let values: [&(dyn ToSql + Sync); 9] =
            [poll, voter, at, times, choice, ratings, other, remark, first];
        tx.sql.run(ANSWERED, &values).await.map(drop)
    }
}
