//! Delivery: claims, answers, leases that ran out.

/// One lane's messages that may leave now. A message waits for an earlier one of the same person
/// that is queued behind it, and so does whatever comes after that message: what an earlier one was
/// left out for waits for the next claim. What a broadcast says holds up nothing but itself: the office pauses one,
/// and the next has what is to be said instead.
pub(in crate::records) const CLAIM_LANE: &str = "
    WITH free AS MATERIALIZED (
        SELECT o.id FROM outgoing o
        WHERE o.status = 0 AND o.lane = ?3 AND o.not_before <= ?2
          AND NOT EXISTS (
              SELECT 1 FROM outgoing earlier
              WHERE earlier.status = 0 AND earlier.contact = o.contact AND earlier.id < o.id
                AND earlier.lane <= o.lane AND earlier.not_before > o.not_before
                AND (earlier.broadcast IS NULL OR earlier.broadcast = o.broadcast))
        ORDER BY o.lane, o.not_before, o.id LIMIT ?4)
    UPDATE outgoing SET status = 1, epoch = ?1, moved = ?2
    WHERE id IN (SELECT id FROM free) AND NOT EXISTS (
        SELECT 1 FROM outgoing earlier
        WHERE earlier.status = 0 AND earlier.contact = outgoing.contact
          AND earlier.id < outgoing.id AND earlier.lane <= outgoing.lane
          AND (earlier.broadcast IS NULL OR earlier.broadcast = outgoing.broadcast)
          AND earlier.id NOT IN (SELECT id FROM free))
    RETURNING id, contact, channel, account, lane, purpose, created, attempts, send_before, answers,
              parts_taken, broadcast";

pub(in crate::records) const CONTENT: &str = "SELECT content FROM messages WHERE id = ?1";

pub(in crate::records) const STANDING: &str = "
    SELECT status, created, epoch, channel, provider_id IS NOT NULL, contact, attempts
    FROM outgoing WHERE id = ?1";

/// Whom a message went to, and what for; its moment keeps a number met again after a restore from being taken
/// for the old one. Who was found to be somebody else since is them.
pub(in crate::records) const RECIPIENT: &str = "
    SELECT coalesce(c.merged_into, o.contact), o.purpose
    FROM outgoing o JOIN contacts c ON c.id = o.contact
    WHERE o.id = ?1 AND o.created = ?2";

pub(in crate::records) const SENT: &str = "
    UPDATE outgoing SET status = ?2, attempts = attempts + ?3, error = ?4, reason = ?5, moved = ?6,
           unknown_since = NULL
    WHERE id = ?1";

/// The same for a message that was taken under its provider's id.
pub(in crate::records) const SENT_AND_NAMED: &str = "
    UPDATE outgoing SET status = 3, attempts = attempts + 1, error = NULL, reason = NULL, moved = ?3,
           unknown_since = NULL, provider_id = ?2
    WHERE id = ?1";

pub(in crate::records) const REQUEUE: &str = "
    UPDATE outgoing SET status = 0, attempts = attempts + ?2, not_before = ?3, error = ?4,
           epoch = NULL, moved = ?5
    WHERE id = ?1";

pub(in crate::records) const RELEASE: &str = "
    UPDATE outgoing SET status = 0, epoch = NULL, moved = ?2 WHERE id = ?1";

/// The whole message once more, for its provider failed to look at it.
pub(in crate::records) const GO_AGAIN: &str = "
    UPDATE outgoing SET status = 0, not_before = ?2, error = ?3, epoch = NULL, unknown_since = NULL,
           parts_taken = 0, moved = ?4
    WHERE id = ?1";

/// The gateway has so many parts of it.
pub(in crate::records) const PARTS_TAKEN: &str = "
    UPDATE outgoing SET parts_taken = ?2 WHERE id = ?1";

pub(in crate::records) const LOSE: &str = "
    UPDATE outgoing SET status = 2, attempts = attempts + 1, unknown_since = ?2, moved = ?2
    WHERE id = ?1";

pub(in crate::records) const KEEP_PROVIDER_ID: &str = "
    UPDATE outgoing SET provider_id = ?2 WHERE id = ?1";

/// What we say of one message: settled by a call's answer or a provider's word.
pub(in crate::records) const MOVE_STATUS: &str = "
    UPDATE outgoing SET status = ?2, error = ?3, moved = ?4, unknown_since = NULL WHERE id = ?1";

pub(in crate::records) const CLAIMED_BEFORE: &str = "
    SELECT id, created FROM outgoing
    WHERE status = 1 AND epoch = ?1 AND moved < ?2 LIMIT ?3";

pub(in crate::records) const LOSE_CLAIMS_OF: &str = "
    UPDATE outgoing SET status = 2, unknown_since = ?2, moved = ?2
    WHERE status = 1 AND epoch = ?1";

pub(in crate::records) const LOSE_CLAIMS_OF_THE_DEAD: &str = "
    UPDATE outgoing SET status = 2, unknown_since = ?2, moved = ?2
    WHERE status = 1 AND epoch <> ?1
      AND epoch IN (SELECT epoch FROM processes WHERE ended IS NOT NULL)";

/// Replies and personal messages on one channel whose provider stayed silent, once each.
pub(in crate::records) const AGAIN: &str = "
    UPDATE outgoing SET status = 0, again = 1, epoch = NULL, unknown_since = NULL,
           not_before = ?3, moved = ?3
    WHERE id IN (
        SELECT id FROM outgoing
        WHERE status = 2 AND unknown_since <= ?2 AND channel = ?1 AND again = 0 AND lane IN (0, 1)
        ORDER BY unknown_since LIMIT ?4)";

/// Whether a reply to the person waits in the queue to leave by then: what comes after it waits too.
pub(in crate::records) const REPLY_WAITS: &str = "
    SELECT 1 FROM outgoing
    WHERE status = 0 AND contact = ?1 AND lane = 0 AND not_before <= ?2 LIMIT 1";

/// Failed messages by their code; the status is [`Status::Failed`](crate::message::Status::Failed)'s.
pub(in crate::records) const FAILURES: &str = "
    SELECT error, count(*) FROM outgoing
    WHERE status = 6 AND error BETWEEN ?1 AND ?2 AND moved >= ?3 GROUP BY error ORDER BY error";

pub(in crate::records) const OLDEST_QUEUED: &str = "
    SELECT min(not_before) FROM outgoing WHERE status = 0 AND lane = ?1";
