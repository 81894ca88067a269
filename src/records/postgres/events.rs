//! What providers tell about our accounts, kept sealed, once each.

use super::Postgres;
use super::fault::Fault;
use super::tx::{Op, Tx};
use crate::clock::Clock;
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

impl Postgres {
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
        // Two processes that are told the same events do not wait for each other in a circle.
        ready.sort_by_key(|event| event.hash);
        self.writer.submit(Keep { events: ready, clock: self.clock.clone() }).await
    }
}

struct Keep {
    events: Vec<ReadyEvent>,
    clock: Clock,
}

impl Op for Keep {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let now = self.clock.now().as_millisecond();
        for event in &self.events {
            tx.sql
                .run(
                    sql::ADD_EVENT,
                    &[
                        &event.hash.0,
                        &event.hash.1,
                        &event.channel,
                        &event.account,
                        &event.kind,
                        &event.at,
                        &event.sealed,
                        &now,
                    ],
                )
                .await?;
        }
        Ok(())
    }
}
