//! Which broadcast a person's message answers.

/// Whether a message of any broadcast left since this moment.
pub(in crate::records) const SPOKE_SINCE: &str = "
    SELECT 1 FROM broadcasts WHERE last_release >= ?1 LIMIT 1";

/// The broadcast of the message that was quoted.
pub(in crate::records) const OF_QUOTED: &str = "
    SELECT b.id, b.name, b.replies
    FROM provider_ids p
    JOIN recipients r ON r.contact = ?1 AND r.outgoing = p.outgoing
    JOIN broadcasts b ON b.id = r.broadcast
    WHERE p.hash = ?2 AND p.hash_rest = ?3 LIMIT 1";

/// The newest broadcast that left for the person since this moment and, as far as is known, reached them
/// (sent, delivered, read: [`Status`](crate::message::Status)).
pub(in crate::records) const NEWEST: &str = "
    SELECT b.id, b.name, b.replies
    FROM recipients r
    JOIN outgoing o ON o.id = r.outgoing AND o.status IN (3, 4, 5) AND o.created >= ?2
    JOIN broadcasts b ON b.id = r.broadcast
    WHERE r.contact = ?1
    ORDER BY r.outgoing DESC LIMIT 1";

/// The first answer counts.
pub(in crate::records) const ANSWERED: &str = "
    UPDATE recipients SET replied_at = ?3
    WHERE broadcast = ?1 AND contact = ?2 AND replied_at IS NULL";
