//! What binds a row of a roster to its person: a keyed hash, by the keys of the installation, which whoever writes into
//! the database does not have. A row that was pointed at another phone by hand casts nothing, and is told at the close.

use crate::records::common::halves;
use crate::seal::Keyring;

/// A row of a roster and whom it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) struct Owned {
    pub(in crate::records) poll: i64,
    pub(in crate::records) voter: i64,
    /// `None`: nobody's any more, for the person was erased or stands on the roster with another row.
    pub(in crate::records) contact: Option<i64>,
    pub(in crate::records) person: i64,
}

impl Owned {
    /// What stands in the row.
    pub(in crate::records) fn bound(&self, keyring: &Keyring) -> i64 {
        let is_owned = [u8::from(self.contact.is_some())];
        let numbers = [self.voter, self.contact.unwrap_or(0), self.person].map(i64::to_be_bytes);
        let value = [is_owned.as_slice(), numbers.as_flattened()].concat();
        halves(keyring.keyed_hash("roster row", self.poll, &value)).0
    }

    /// Whether this stands in the row.
    pub(in crate::records) fn is_bound(&self, keyring: &Keyring, bound: i64) -> bool {
        self.bound(keyring) == bound
    }
}
