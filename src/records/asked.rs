//! Who was asked for a consent that nobody had given: a row is written with the message that asks, and whoever has
//! one gets no other.

use std::ops::RangeInclusive;

use super::{Beside, RecordsError};
use crate::message::Purpose;

/// Why whoever was asked before gets nothing.
pub(super) const BEFORE: &str = crate::gate::Refusal::AskedOnce.name();

/// One person is asked (`?1` contact, `?2` purpose, `?3` when, `?4` broadcast); no row: they were before.
pub(super) const ASK: &str = "
    INSERT INTO asked (contact, purpose, at, broadcast) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (contact, purpose) DO NOTHING";

/// A recipient that was taken, and was asked by another broadcast meanwhile.
pub(super) const REFUSE_TAKEN: &str = "
    UPDATE recipients SET state = 2, reason = ?3, outgoing = NULL WHERE broadcast = ?1 AND contact = ?2";

const ASKED: &str = "
    SELECT contact FROM asked WHERE purpose = ?1 AND contact BETWEEN ?2 AND ?3 ORDER BY contact";

/// Two contacts are one person (`?1` stays, `?2` is given up): whoever of them was asked was asked.
pub(super) const MERGE: &str = "
    INSERT INTO asked (contact, purpose, at, broadcast)
    SELECT CAST(?1 AS BIGINT), purpose, at, broadcast FROM asked WHERE contact = ?2
    ON CONFLICT (contact, purpose) DO NOTHING";

/// Behind it.
pub(super) const MERGED: &str = "DELETE FROM asked WHERE contact = ?2 AND contact <> ?1";

impl Beside {
    /// Who between two contacts, both included, was asked for this consent; in their order.
    pub async fn asked(
        &self,
        purpose: Purpose,
        contacts: RangeInclusive<i64>,
    ) -> Result<Vec<i64>, RecordsError> {
        let (first, last) = contacts.into_inner();
        let values = vec![purpose.name().into(), first.into(), last.into()];
        let rows = self.query(ASKED, values).await?;
        rows.iter().map(|row| row.int(0)).collect()
    }
}
