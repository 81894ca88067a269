//! One turn: the key, the contact, the log, the session and its timers.

/// What deciding a winner needs.
pub(in crate::records) const CONTACT_STATE: &str = "
    SELECT version, last_message, last_inbound, road_channel, road_account, road_inbound, gave_up
    FROM contacts WHERE id = ?1";

pub(in crate::records) const KEY_KNOWN: &str = "
    SELECT 1 FROM inbound_keys WHERE hash = ?1 AND hash_rest = ?2";

pub(in crate::records) const TAKE_KEY: &str = "
    INSERT INTO inbound_keys (hash, hash_rest, received) VALUES (?1, ?2, ?3)
    ON CONFLICT (hash, hash_rest) DO NOTHING";

pub(in crate::records) const MOVE_CONTACT: &str = "
    UPDATE contacts SET version = ?2, last_message = ?3, last_inbound = ?4,
           road_channel = ?5, road_account = ?6, road_inbound = ?7
    WHERE id = ?1";

pub(in crate::records) const LAST_MESSAGE: &str = "
    UPDATE contacts SET last_message = ?2 WHERE id = ?1";

pub(in crate::records) const ADD_MESSAGE: &str = "
    INSERT INTO messages (id, contact, previous, direction, channel, account, at, content)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

pub(in crate::records) const ADD_OUTGOING: &str = "
    INSERT INTO outgoing (id, contact, channel, account, lane, purpose, status, created,
                          not_before, epoch, answers, moved)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?8)";

pub(in crate::records) const PARK: &str = "
    INSERT INTO parked (message, contact, reason, at) VALUES (?1, ?2, ?3, ?4)";

pub(in crate::records) const KEEP_SESSION: &str = "
    INSERT INTO sessions (contact, version, sealed) VALUES (?1, ?2, ?3)
    ON CONFLICT (contact) DO UPDATE SET version = excluded.version, sealed = excluded.sealed";

pub(in crate::records) const CLOSE_SESSION: &str = "DELETE FROM sessions WHERE contact = ?1";

pub(in crate::records) const CLEAR_TIMERS: &str = "DELETE FROM timers WHERE contact = ?1";

pub(in crate::records) const ADD_TIMER: &str = "
    INSERT INTO timers (contact, kind, visit, due, next_try) VALUES (?1, ?2, ?3, ?4, ?4)
    ON CONFLICT (contact, kind, visit, due) DO NOTHING";

pub(in crate::records) const DROP_DUE_TIMERS: &str = "
    DELETE FROM timers WHERE contact = ?1 AND due <= ?2";

pub(in crate::records) const DUE_TIMERS: &str = "
    SELECT contact, kind, visit, due FROM timers
    WHERE next_try <= ?1 ORDER BY next_try LIMIT ?2";

pub(in crate::records) const TAKE_TIMER: &str = "
    UPDATE timers SET next_try = ?5 WHERE contact = ?1 AND kind = ?2 AND visit = ?3 AND due = ?4";

pub(in crate::records) const LOGGED: &str = "SELECT 1 FROM messages WHERE id = ?1";

pub(in crate::records) const HIGHEST_MESSAGE: &str = "SELECT max(id) FROM messages";

pub(in crate::records) const HISTORY_LINE: &str = "
    SELECT m.id, m.previous, m.direction, m.channel, m.at, m.content, o.status
    FROM messages m LEFT JOIN outgoing o ON o.id = m.id
    WHERE m.id = ?1 AND m.contact = ?2";

pub(in crate::records) const NEWEST_MESSAGE: &str = "
    SELECT last_message FROM contacts WHERE id = ?1";

/// The end of a step through the keys, in the order of their hashes.
pub(in crate::records) const KEYS_STEP: &str = "
    SELECT hash FROM inbound_keys WHERE hash >= ?1 ORDER BY hash LIMIT 1 OFFSET ?2";

pub(in crate::records) const PRUNE_KEYS: &str = "
    DELETE FROM inbound_keys WHERE hash >= ?1 AND hash < ?2 AND received < ?3";
