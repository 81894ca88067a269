//! The kill switch, how often people were written to, and a person's rights over what is kept.

/// How many broadcasts of a purpose (`?3`) each contact above `?1` and up to `?2` was sent since `?4`, by
/// whichever ways: two messages of one broadcast are one. It walks
/// each one's own chain through the log, newest first, as far back as that: nothing is counted on the side.
/// A call whose answer was never seen counts: the statuses are those from unknown to read. So does one that is
/// in a process's hands now and older than `?5`: of two that would leave at once for a person the older one
/// goes. The tests of the office on its own phones do not.
pub(in crate::records) const TOLD: &str = "
    WITH RECURSIVE chain (contact, message, previous, at) AS (
        SELECT c.id, m.id, m.previous, m.at
        FROM contacts c JOIN messages m ON m.id = c.last_message
        WHERE c.id > ?1 AND c.id <= ?2
        UNION ALL
        SELECT chain.contact, m.id, m.previous, m.at
        FROM chain JOIN messages m ON m.id = chain.previous WHERE chain.at >= ?4)
    SELECT chain.contact, count(DISTINCT coalesce(o.broadcast, -o.id)) FROM chain JOIN outgoing o ON o.id = chain.message
    WHERE o.lane = 3 AND o.purpose = ?3 AND chain.at >= ?4
      AND (o.status BETWEEN 2 AND 5 OR (o.status = 1 AND o.id < ?5))
      AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.id = o.broadcast AND b.test_of IS NOT NULL)
    GROUP BY chain.contact ORDER BY chain.contact";

pub(in crate::records) const HALT: &str = "
    SELECT halted, actor, why, at FROM halts ORDER BY id DESC LIMIT 1";

pub(in crate::records) const ADD_HALT: &str = "
    INSERT INTO halts (halted, actor, why, at) VALUES (?1, ?2, ?3, ?4)";

/// Whether an address is of somebody who was erased.
pub(in crate::records) const ERASED: &str = "
    SELECT 1 FROM erased_addresses WHERE kind = ?1 AND hash = ?2";
