//! What PostgreSQL does with polls its own way: the answers of a group are written as a set, and the space of what was
//! destroyed is given back.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::beside::Beside;
use super::fault::Fault;
use super::sql::get;
use super::tx::Tx;
use crate::records::{Cast, RecordsError};

/// Which of these voters may be cast for, with their contacts; their polls are not closed until this transaction is
/// over.
const MAY_CAST: &str = "
    SELECT r.poll, r.voter, r.contact
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

const ANSWERED: &str = "
    UPDATE roster SET answered_at = new.at, answers = roster.answers + new.times,
                      first_at = coalesce(roster.first_at, roster.answered_at, new.first)
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[])
        AS new (poll, voter, at, times, first)
    WHERE roster.poll = new.poll AND roster.voter = new.voter";

/// The table is written anew without what was deleted, and its old file goes. Whoever waits for the lock keeps
/// everybody behind them waiting too: so not for long, and again.
const OVERWRITE: &str = "VACUUM (FULL) envelopes";
const LOCK_TIMEOUT: &str = "SET lock_timeout = '2s'";
const NO_LOCK_TIMEOUT: &str = "RESET lock_timeout";
const PAUSE: Duration = Duration::from_secs(1);
const TRIES: u32 = 30;
/// It reads the table once from end to end.
const PATIENCE: Duration = Duration::from_mins(15);

impl Beside {
    /// Dead rows do not wait for the server's own broom.
    pub(in crate::records) async fn overwrite_envelopes(&self) -> Result<(), RecordsError> {
        let overwrite = |sql: super::sql::Sql| async move {
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

/// A voter of a poll, and their contact.
pub(super) type Casting = (i64, i64, i64);

/// Those of these voters who may be cast for now.
pub(super) async fn may_cast<'a>(
    tx: &Tx,
    casts: impl Iterator<Item = &'a Cast>,
) -> Result<HashSet<Casting>, Fault> {
    let (mut polls, mut voters) = (Vec::new(), Vec::new());
    for cast in casts {
        polls.push(cast.poll);
        voters.push(cast.voter);
    }
    let mut may = HashSet::with_capacity(polls.len());
    if polls.is_empty() {
        return Ok(may);
    }
    for row in &tx.sql.rows(MAY_CAST, &[&polls, &voters]).await? {
        may.insert((get(row, 0)?, get(row, 1)?, get(row, 2)?));
    }
    Ok(may)
}

/// One kind of answer of a voter in a poll.
type Slot = (i64, i64, char);

/// How a voter answered in a set of turns.
struct Answered {
    first: i64,
    last: i64,
    times: i64,
}

/// The answers of a set of turns, the last of each kind and voter.
#[derive(Default)]
pub(super) struct Casts {
    envelopes: BTreeMap<Slot, Vec<u8>>,
    fillers: BTreeMap<Slot, Vec<u8>>,
    /// By poll and voter.
    answered: BTreeMap<(i64, i64), Answered>,
}

impl Casts {
    /// Of a turn that won; `at` is when we had its message.
    pub(super) fn add(&mut self, cast: &Cast, at: i64) {
        let Cast { poll, voter, envelopes, fillers } = cast;
        for (kind, envelope) in envelopes {
            self.envelopes.insert((*poll, *voter, kind.letter()), envelope.clone());
        }
        for (kind, envelope) in fillers {
            self.fillers.insert((*poll, *voter, kind.letter()), envelope.clone());
        }
        let first = || Answered { first: at, last: at, times: 0 };
        let answered = self.answered.entry((*poll, *voter)).or_insert_with(first);
        answered.last = at;
        answered.times += 1;
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
        let mut columns: [Vec<i64>; 5] = Default::default();
        for ((poll, voter), Answered { first, last, times }) in &self.answered {
            let row = [poll, voter, last, times, first];
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(*value);
            }
        }
        let [polls, voters, last, times, first] = &columns;
        tx.sql.run(ANSWERED, &[polls, voters, last, times, first]).await.map(drop)
    }
}
