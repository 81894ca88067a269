//! What providers told about our accounts, read back: the newest of a kind.

use super::common::place;
use super::query::{Cells, Value};
use super::{Beside, Records, RecordsError};
use crate::clock::from_ms;
use crate::message::{AccountEvent, Channel};
use crate::seal::Keyring;

/// There are few of them, some hundred a year: no index is kept for it.
const NEWEST: &str = "
    SELECT account, at, hash, sealed, id FROM events WHERE channel = ?1 AND kind = ?2
    ORDER BY at DESC, id DESC LIMIT 1";

fn values(channel: Channel, kind: &str) -> Vec<Value> {
    vec![channel.code().into(), kind.into()]
}

fn open(
    keyring: &Keyring,
    (channel, kind): (Channel, &str),
    rows: &[Cells],
) -> Result<Option<AccountEvent>, RecordsError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let broken = |reason: String| -> Result<RecordsError, RecordsError> {
        Ok(RecordsError::Broken { table: "events", column: "sealed", id: row.int(4)?, reason })
    };
    let plain = match keyring.open_sealed(place::EVENT, row.int(2)?, row.bytes(3)?) {
        Ok(plain) => plain,
        Err(error) => return Err(broken(error.to_string())?),
    };
    let Ok(json) = String::from_utf8(plain) else { return Err(broken("not a text".to_owned())?) };
    let (account, at) = (row.text(0)?.to_owned(), from_ms(row.int(1)?));
    Ok(Some(AccountEvent { channel, account, kind: kind.to_owned(), at, json }))
}

impl Beside {
    /// The newest event of a kind (its name at the provider) about any account of a channel.
    pub async fn newest_event(
        &self,
        channel: Channel,
        kind: &str,
    ) -> Result<Option<AccountEvent>, RecordsError> {
        let rows = self.query(NEWEST, values(channel, kind)).await?;
        open(self.keyring(), (channel, kind), &rows)
    }
}

impl Records {
    /// The same for a server.
    pub async fn newest_event(
        &self,
        channel: Channel,
        kind: &str,
    ) -> Result<Option<AccountEvent>, RecordsError> {
        let values = values(channel, kind);
        served!(self, store => {
            let rows = store.query(NEWEST.to_owned(), values).await?;
            open(store.keyring(), (channel, kind), &rows)
        })
    }
}
