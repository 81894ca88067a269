//! Who was asked for a consent that nobody had given: a row is written with the message that asks, and whoever has
//! one gets no other. It goes again with a message that ended and reached nobody: nothing was asked by it.

use std::ops::RangeInclusive;

use super::{Beside, RecordsError};
use crate::message::Purpose;

/// Why whoever was asked before gets nothing.
pub(super) const BEFORE: &str = crate::gate::Refusal::AskedOnce.name();

/// One person is asked (`?1` contact, `?2` purpose, `?3` when, `?4` broadcast); no row: they were before, by
/// another broadcast. The second way of one asks nobody twice.
pub(super) const ASK: &str = "
    INSERT INTO asked (contact, purpose, at, broadcast) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (contact, purpose) DO UPDATE SET broadcast = excluded.broadcast
    WHERE asked.broadcast = excluded.broadcast";

/// What the name of a purpose begins with that asks for a consent; behind it stands what for.
#[cfg(test)]
const ASKS: &str = "ask_";

/// Of which messages that ended without reaching anybody (`o`) the broadcast's other way is neither under way nor
/// has left.
macro_rules! nobody_was_reached {
    () => {
        "o.id {these} AND o.status IN (6, 7, 8) AND substr(o.purpose, 1, 4) = 'ask_'
          AND NOT EXISTS (
              SELECT 1 FROM recipients r
              JOIN outgoing other ON other.id IN (r.outgoing, r.fallback_outgoing)
              WHERE r.broadcast = o.broadcast AND r.contact = o.contact AND other.id <> o.id
                AND other.status BETWEEN 0 AND 5)"
    };
}

/// These messages may have ended without reaching anybody (failed, expired, stopped): whoever was to be asked
/// by one of them was not, unless the broadcast's other way is under way or has left. A call whose answer was
/// never seen may have asked.
pub(super) const UNASK: &str = concat!(
    "
    DELETE FROM asked WHERE (contact, purpose, broadcast) IN (
        SELECT coalesce(c.merged_into, o.contact), substr(o.purpose, 5), o.broadcast
        FROM outgoing o JOIN contacts c ON c.id = o.contact
        WHERE ",
    nobody_was_reached!(),
    ")"
);

/// The same for PostgreSQL, which would walk the whole table: each row is searched for by the index.
pub(super) const UNASK_BY_INDEX: &str = concat!(
    "
    DELETE FROM asked WHERE ctid = ANY(ARRAY(
        SELECT its.ctid FROM outgoing o JOIN contacts c ON c.id = o.contact
        CROSS JOIN LATERAL (
            SELECT ctid FROM asked
            WHERE contact = coalesce(c.merged_into, o.contact) AND purpose = substr(o.purpose, 5)
              AND broadcast = o.broadcast LIMIT 1) AS its
        WHERE ",
    nobody_was_reached!(),
    "))"
);

/// Of these messages some were told to have failed, and reached their people all the same: they were asked.
pub(super) const ASKED_AFTER_ALL: &str = "
    INSERT INTO asked (contact, purpose, at, broadcast)
    SELECT coalesce(c.merged_into, o.contact), substr(o.purpose, 5), o.created, o.broadcast
    FROM outgoing o JOIN contacts c ON c.id = o.contact
    WHERE o.id {these} AND o.status IN (4, 5) AND substr(o.purpose, 1, 4) = 'ask_'
      AND o.broadcast IS NOT NULL
    ON CONFLICT (contact, purpose) DO NOTHING";

/// A recipient that was taken, and was asked by another broadcast meanwhile.
pub(super) const REFUSE_TAKEN: &str = "
    UPDATE recipients SET state = 2, reason = ?3, outgoing = NULL WHERE broadcast = ?1 AND contact = ?2";

/// The same by the second way: the first stands as it is.
pub(super) const NO_SECOND_WAY: &str = "
    UPDATE recipients SET fallback_outgoing = 0 WHERE broadcast = ?1 AND contact = ?2";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_purpose_that_asks_ends_with_what_it_asks_for() {
        for (asks, wanted) in Purpose::ASKING {
            assert_eq!(asks.name().strip_prefix(ASKS), Some(wanted.name()));
        }
        for other in Purpose::ALL {
            assert!(!other.name().starts_with(ASKS), "{other:?}");
        }
    }
}
