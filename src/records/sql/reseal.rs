//! Every sealed column, for moving it to another key: the key of the row, what it is bound to (a
//! number, or the first half of a hash), the bytes.

/// One sealed column.
pub(in crate::records) struct Column {
    pub(in crate::records) place: &'static str,
    pub(in crate::records) read: &'static str,
    /// Changes the row only when it still holds the bytes that were read.
    pub(in crate::records) write: &'static str,
}

pub(in crate::records) const COLUMNS: [Column; 19] = [
    Column {
        place: "erasures.kept",
        read: "SELECT id, contact, kept FROM erasures WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE erasures SET kept = ?3 WHERE id = ?1 AND kept = ?2",
    },
    Column {
        place: "addresses.sealed",
        read: "SELECT id, hash, sealed FROM addresses WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE addresses SET sealed = ?3 WHERE id = ?1 AND sealed = ?2",
    },
    Column {
        place: "members.name",
        read: "SELECT id, contact, name FROM members WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE members SET name = ?3 WHERE id = ?1 AND name = ?2",
    },
    Column {
        // Rows as they stood in `members`: bound to their place there.
        place: "members.name",
        read: "SELECT id, contact, name FROM member_history WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE member_history SET name = ?3 WHERE id = ?1 AND name = ?2",
    },
    Column {
        place: "members.father",
        read: "SELECT id, contact, father FROM members WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE members SET father = ?3 WHERE id = ?1 AND father = ?2",
    },
    Column {
        place: "members.father",
        read: "SELECT id, contact, father FROM member_history WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE member_history SET father = ?3 WHERE id = ?1 AND father = ?2",
    },
    Column {
        place: "consents.proof",
        read: "SELECT id, contact, proof FROM consents WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE consents SET proof = ?3 WHERE id = ?1 AND proof = ?2",
    },
    Column {
        place: "requests.details",
        read: "SELECT id, contact, details FROM requests WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE requests SET details = ?3 WHERE id = ?1 AND details = ?2",
    },
    Column {
        place: "sessions.sealed",
        read: "SELECT contact, contact, sealed FROM sessions
               WHERE contact > ?1 ORDER BY contact LIMIT ?2",
        write: "UPDATE sessions SET sealed = ?3 WHERE contact = ?1 AND sealed = ?2",
    },
    Column {
        place: "messages.content",
        read: "SELECT id, id, content FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE messages SET content = ?3 WHERE id = ?1 AND content = ?2",
    },
    Column {
        place: "outgoing.provider_id",
        read: "SELECT id, id, provider_id FROM outgoing WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE outgoing SET provider_id = ?3 WHERE id = ?1 AND provider_id = ?2",
    },
    Column {
        place: "events.sealed",
        read: "SELECT id, hash, sealed FROM events WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE events SET sealed = ?3 WHERE id = ?1 AND sealed = ?2",
    },
    Column {
        place: "effects.sealed",
        read: "SELECT id, hash, sealed FROM effects WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE effects SET sealed = ?3 WHERE id = ?1 AND sealed = ?2",
    },
    Column {
        place: "effects.answer",
        read: "SELECT id, hash, answer FROM effects WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE effects SET answer = ?3 WHERE id = ?1 AND answer = ?2",
    },
    Column {
        place: "media.file_key",
        read: "SELECT id, contact, file_key FROM media WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE media SET file_key = ?3 WHERE id = ?1 AND file_key = ?2",
    },
    Column {
        place: "broadcasts.definition",
        read: "SELECT id, created, definition FROM broadcasts WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE broadcasts SET definition = ?3 WHERE id = ?1 AND definition = ?2",
    },
    Column {
        place: "polls.definition",
        read: "SELECT id, created, definition FROM polls WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE polls SET definition = ?3 WHERE id = ?1 AND definition = ?2",
    },
    Column {
        place: "polls.order_key",
        read: "SELECT id, created, order_key FROM polls WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE polls SET order_key = ?3 WHERE id = ?1 AND order_key = ?2",
    },
    Column {
        place: "polls.private_key",
        read: "SELECT id, created, private_key FROM polls WHERE id > ?1 ORDER BY id LIMIT ?2",
        write: "UPDATE polls SET private_key = ?3 WHERE id = ?1 AND private_key = ?2",
    },
];
