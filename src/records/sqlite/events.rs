//! What providers tell about our accounts, kept sealed, once each.

use super::Sqlite;
use crate::message::AccountEvent;
use crate::records::RecordsError;
use crate::records::common::{cannot_seal, halves, place};
use crate::records::sql::events as sql;

struct ReadyEvent {
    hash: (i64, i64),
    channel: i64,
    account: String,
    kind: String,
    at: i64,
    sealed: Vec<u8>,
}

impl Sqlite {
    pub(in crate::records) async fn keep_events(
        &self,
        events: Vec<AccountEvent>,
    ) -> Result<(), RecordsError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut ready = Vec::with_capacity(events.len());
        for event in events {
            let at = event.at.as_millisecond();
            let whole = format!("{}\0{}\0{at}\0{}", event.account, event.kind, event.json);
            let channel = event.channel.code();
            let hash = halves(self.keyring.keyed_hash("event", channel, whole.as_bytes()));
            let sealed = self
                .keyring
                .seal(place::EVENT, hash.0, event.json.as_bytes())
                .map_err(|error| cannot_seal(&error))?;
            let (account, kind) = (event.account, event.kind);
            ready.push(ReadyEvent { hash, channel, account, kind, at, sealed });
        }
        let clock = self.clock.clone();
        self.writer
            .submit(None, move |tx| {
                let now = clock.now().as_millisecond();
                for event in &ready {
                    tx.run(
                        sql::ADD_EVENT,
                        (
                            event.hash.0,
                            event.hash.1,
                            event.channel,
                            &event.account,
                            &event.kind,
                            event.at,
                            &event.sealed,
                            now,
                        ),
                    )?;
                }
                Ok(())
            })
            .await
    }
}
