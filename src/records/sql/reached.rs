//! Which broadcast a person's message answers.

/// Whether a broadcast that began since this moment may still be sending, or was not long ago; one that was written
/// down long before its day began on that day, and one that still runs may be older.
pub(in crate::records) const SPOKE_SINCE: &str = "
    SELECT 1 FROM broadcasts b
    WHERE b.frozen_at >= ?1 OR (b.frozen_at IS NOT NULL AND b.from_at >= ?1)
       OR b.state IN ('running', 'paused') LIMIT 1";

/// The broadcast of the message that was quoted. It may have gone to a contact that was found to be the person
/// since.
pub(in crate::records) const OF_QUOTED: &str = "
    SELECT b.id, b.name, b.flow, o.created
    FROM provider_ids p
    JOIN outgoing o ON o.id = p.outgoing
    JOIN contacts c ON c.id = o.contact AND (c.id = ?1 OR c.merged_into = ?1)
    JOIN broadcasts b ON b.id = o.broadcast
    WHERE p.hash = ?2 AND p.hash_rest = ?3 LIMIT 1";

/// The newest broadcast that left for the person since `?2`, by the first way or the second, and, as far as is
/// known, reached them (sent, delivered, read: [`Status`](crate::message::Status)); it began after `?3`,
/// or still runs.
///
/// `CROSS`: the few broadcasts of these days first, on either engine.
pub(in crate::records) const NEWEST: &str = "
    SELECT b.id, b.name, b.flow, o.created
    FROM broadcasts b CROSS JOIN recipients r
    JOIN outgoing o ON o.id IN (r.outgoing, r.fallback_outgoing) AND o.status IN (3, 4, 5) AND o.created >= ?2
    WHERE (b.frozen_at >= ?3 OR (b.frozen_at IS NOT NULL AND b.from_at >= ?3)
           OR b.state IN ('running', 'paused'))
      AND r.broadcast = b.id
      AND r.contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
    ORDER BY o.id DESC LIMIT 1";
