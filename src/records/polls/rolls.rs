//! Rolls as the records hold them: public, and asked for by whoever has a receipt. See
//! [`poll::roll`](crate::poll::roll).

use super::super::query::{Step, Value};
use super::super::sql::polls as sql;
use super::super::{Beside, Records, RecordsError};
use super::{PollRow, count, open_poll};
use crate::poll::envelope::LENGTH;
use crate::poll::receipt::Receipt;

/// So many hashes stand in one part: 64 KiB.
pub const ROLL_PART: usize = 2_048;

/// The roll of a poll, as the close writes it.
impl Beside {
    /// Writes a part of a roll: at most [`ROLL_PART`] hashes, ascending, the parts in their order from 0. The first
    /// takes the place of whatever was written before.
    ///
    /// # Errors
    /// [`RecordsError::Refused`]: the poll is not closed, nor being closed.
    pub async fn keep_roll(
        &self,
        poll: i64,
        part: u32,
        hashes: &[[u8; LENGTH]],
    ) -> Result<(), RecordsError> {
        let mut steps = Vec::with_capacity(2);
        if part == 0 {
            steps.push(Step { sql: sql::DROP_ROLL, values: vec![poll.into()] });
        }
        if let (Some(first), Some(last)) = (hashes.first(), hashes.last()) {
            let values = vec![
                poll.into(),
                i64::from(part).into(),
                first.into(),
                last.into(),
                hashes.len().into(),
                Value::Bytes(hashes.concat()),
            ];
            steps.push(Step { sql: sql::KEEP_ROLL, values });
        }
        let held = Step { sql: sql::HOLD_FOR_ROLL, values: vec![poll.into()] };
        if !on!(self, store => store.carry_out(held, steps).await)? {
            return Err(RecordsError::Refused(
                "the poll takes answers: it has no roll before its close".to_owned(),
            ));
        }
        self.pass().await;
        Ok(())
    }

    /// How many hashes of the roll of a poll are here.
    pub async fn roll_size(&self, poll: i64) -> Result<u64, RecordsError> {
        let rows = self.query(sql::ROLL_SIZE.to_owned(), vec![poll.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.int(0)).map(count)
    }
}

/// The same, as a server asks.
impl Records {
    /// The closed polls whose whole roll is here, the one that closed last first.
    pub async fn published_polls(&self, limit: usize) -> Result<Vec<PollRow>, RecordsError> {
        let rows = self.ask_polls(sql::PUBLISHED, vec![limit.into()]).await?;
        rows.iter().map(|row| open_poll(self.keyring(), row)).collect()
    }

    /// One of them.
    pub async fn published_poll(&self, name: &str) -> Result<Option<PollRow>, RecordsError> {
        let rows = self.ask_polls(sql::PUBLISHED_NAMED, vec![name.into()]).await?;
        rows.first().map(|row| open_poll(self.keyring(), row)).transpose()
    }

    /// How often a receipt stands on the roll of a poll.
    pub async fn on_roll(&self, poll: i64, receipt: Receipt) -> Result<u64, RecordsError> {
        let (from, to) = receipt.span();
        let values = vec![poll.into(), Value::from(&from), Value::from(&to)];
        let mut found = 0;
        for row in self.ask_polls(sql::ROLL_PARTS, values).await? {
            let hashes = hashes_of(poll, row.bytes(0)?)?;
            found += hashes.iter().filter(|hash| Receipt::of(hash) == receipt).count() as u64;
        }
        Ok(found)
    }

    /// A part of a roll; `None`: there are no more.
    pub async fn roll_part(
        &self,
        poll: i64,
        part: u32,
    ) -> Result<Option<Vec<[u8; LENGTH]>>, RecordsError> {
        let values = vec![poll.into(), i64::from(part).into()];
        let rows = self.ask_polls(sql::ROLL_PART, values).await?;
        rows.first().map(|row| hashes_of(poll, row.bytes(0)?)).transpose()
    }
}

fn hashes_of(poll: i64, bytes: &[u8]) -> Result<Vec<[u8; LENGTH]>, RecordsError> {
    let (hashes, rest) = bytes.as_chunks::<LENGTH>();
    if rest.is_empty() {
        return Ok(hashes.to_vec());
    }
    Err(RecordsError::Broken {
        table: "rolls",
        column: "hashes",
        id: poll,
        reason: "not of 32 bytes each".to_owned(),
    })
}
