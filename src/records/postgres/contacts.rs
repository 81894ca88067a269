//! Who is speaking: contacts and their addresses.

use super::Postgres;
use super::fault::Fault;
use super::tx::Tx;
use crate::contact::Identities;
use crate::message::Channel;
use crate::records::RecordsError;
use crate::records::common::ReadyAddress;

impl Postgres {
    pub(in crate::records) async fn resolve(
        &self,
        from: Vec<(Channel, Identities)>,
    ) -> Result<Vec<i64>, RecordsError> {
        let _ = from;
        todo!()
    }

    pub(in crate::records) async fn addresses(
        &self,
        contact: i64,
    ) -> Result<Identities, RecordsError> {
        let _ = contact;
        todo!()
    }
}

/// The person's number or provider id changed (see the SQLite engine for the rule).
pub(super) async fn move_addresses(
    tx: &mut Tx,
    contact: i64,
    new: &[ReadyAddress],
    now: i64,
) -> Result<(), Fault> {
    let _ = (tx, contact, new, now);
    todo!()
}

/// Whether these addresses are the contact's now (see the SQLite engine).
pub(super) async fn still_owns(
    tx: &Tx,
    keyring: &crate::seal::Keyring,
    contact: i64,
    from: &Identities,
) -> Result<bool, Fault> {
    let _ = (tx, keyring, contact, from);
    todo!()
}
