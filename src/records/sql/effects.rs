//! What turns want done after their commit, and the media that came of it.

pub(in crate::records) const ADD_EFFECT: &str = "
    INSERT INTO effects (contact, kind, message, channel, account, hash, hash_rest, sealed, created,
                         next_try)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)";

/// For an open handover, with a road that goes nowhere: the turn takes the conversation's own.
pub(in crate::records) const GIVE_BACK: &str = "
    INSERT INTO effects (contact, kind, channel, account, hash, hash_rest, sealed, created, next_try)
    SELECT contact, ?2, ?3, '', ?4, ?5, ?6, ?7, ?7 FROM handovers WHERE id = ?1 AND ended IS NULL";

pub(in crate::records) const HANDOVERS: &str = "
    SELECT id, contact, reason, at FROM handovers WHERE ended IS NULL ORDER BY id LIMIT ?1";

pub(in crate::records) const EFFECT_DUE: &str = "
    SELECT 1 FROM effects WHERE done IS NULL AND kind = ?1 AND next_try <= ?2
    ORDER BY next_try LIMIT 1";

/// What came to an end goes to its turn, sealed; the claim stays.
pub(in crate::records) const KEEP_ANSWER: &str = "
    UPDATE effects SET answer = ?3 WHERE id = ?1 AND epoch = ?2 AND done IS NULL";

/// Given back; a call that was not made does not count.
pub(in crate::records) const FREE_EFFECT: &str = "
    UPDATE effects SET epoch = NULL, next_try = ?3, attempts = attempts - ?4
    WHERE id = ?1 AND epoch = ?2 AND done IS NULL";

pub(in crate::records) const END_EFFECT: &str = "
    UPDATE effects SET epoch = NULL, answer = NULL, done = ?3
    WHERE id = ?1 AND epoch = ?2 AND done IS NULL";

pub(in crate::records) const ADD_MEDIUM: &str = "
    INSERT INTO media (contact, message, kind, mime_type, size, path, file_key, refused, at)
    SELECT contact, message, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM effects
    WHERE id = ?1 AND epoch = ?2 AND done IS NULL";

/// The newest first.
pub(in crate::records) const NEWEST_MEDIA: &str = "
    SELECT id, contact, message, kind, mime_type, size, path, file_key, refused, at
    FROM media ORDER BY id DESC LIMIT ?1";

pub(in crate::records) const MEDIUM: &str = "
    SELECT id, contact, message, kind, mime_type, size, path, file_key, refused, at
    FROM media WHERE id = ?1";

pub(in crate::records) const ERASE_MEDIUM: &str = "
    DELETE FROM media WHERE id = ?1";

/// Of the person, under every contact that was found to be them; in no order.
pub(in crate::records) const MEDIA: &str = "
    SELECT id, contact, message, kind, mime_type, size, path, file_key, refused, at
    FROM media
    WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)";

/// Their work goes on elsewhere; what they had begun may be done twice.
pub(in crate::records) const FREE_EFFECTS_OF_THE_DEAD: &str = "
    UPDATE effects SET epoch = NULL, next_try = ?2
    WHERE done IS NULL AND epoch <> ?1
      AND epoch IN (SELECT epoch FROM processes WHERE ended IS NOT NULL)";

pub(in crate::records) const FORGET_EFFECTS: &str = "
    DELETE FROM effects WHERE id IN (
        SELECT id FROM effects WHERE done < ?1 ORDER BY done LIMIT ?2)";

/// How many wait, counted no further than is worth telling, and since when the oldest does.
pub(in crate::records) const EFFECTS_WAITING: &str = "
    SELECT count(*), min(created) FROM (
        SELECT created FROM effects WHERE done IS NULL ORDER BY kind, next_try LIMIT 10000) AS waiting";
