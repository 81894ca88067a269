//! What conversations made true.

/// The one whom only a list of the office knows to be on this phone.
pub(in crate::records) const LISTED: &str = "
    SELECT id, number FROM members
    WHERE contact = ?1 AND person = 0 AND until IS NULL AND state = 1";

/// What the list said of them (`?1`), before their own words take its place.
pub(in crate::records) const KEEP_LISTED: &str = "
    INSERT INTO member_history (member, contact, name, district, assembly, booth, ends, father, gender,
                                birth_year, sector, message, at)
    SELECT id, contact, name, district, assembly, booth, ends, father, gender, birth_year, sector, ?2, ?3
    FROM members WHERE id = ?1";

/// They joined by their own message: their words stand, the number is the one they have. A sector is of its
/// booth. What they did not say is the list's still (8: the year of birth, see
/// [`FromList`](crate::records::import::FromList)).
pub(in crate::records) const CONFIRM: &str = "
    UPDATE members SET name = ?2, district = ?3, assembly = ?4, booth = ?5,
           birth_year = coalesce(?6, birth_year), since = ?7, ends = ?8, name_hash = ?9,
           twin_hash = NULL, name_words = NULL,
           sector = CASE WHEN assembly = ?4 AND booth IS NOT DISTINCT FROM ?5 THEN sector END,
           from_list = CASE WHEN CAST(?6 AS BIGINT) IS NULL AND birth_year IS NOT NULL THEN 8 ELSE 0 END,
           state = 2, state_at = ?7
    WHERE id = ?1 AND until IS NULL AND state = 1";

/// Whoever joins is somebody else than the one of the list, who becomes another person on the same phone
/// with the posts and consents the list gave them.
pub(in crate::records) const BESIDE: [&str; 3] = [
    "UPDATE posts SET person = (SELECT 1 + max(person) FROM members WHERE contact = ?1)
     WHERE contact = ?1 AND person = 0",
    "UPDATE consents SET person = (SELECT 1 + max(person) FROM members WHERE contact = ?1)
     WHERE contact = ?1 AND person = 0 AND how = 'import'",
    "UPDATE members SET person = (SELECT 1 + max(person) FROM members WHERE contact = ?1)
     WHERE contact = ?1 AND person = 0 AND until IS NULL AND state = 1",
];

/// Nothing for a contact that is an active member already.
pub(in crate::records) const ENROL: &str = "
    INSERT INTO members (contact, number, name, district, assembly, booth, birth_year, since, ends,
                         name_hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (contact, person) WHERE until IS NULL DO NOTHING";

pub(in crate::records) const LEAVE: &str = "
    UPDATE members SET until = ?2, state = 6, state_at = ?2
    WHERE contact = ?1 AND person = 0 AND until IS NULL";

/// The person told so themselves, by the message `?4`.
pub(in crate::records) const ADD_STATE: &str = "
    INSERT INTO member_states (member, state, at, actor, message)
    SELECT id, ?2, ?3, 'person', ?4 FROM members
    WHERE contact = ?1 AND person = 0 AND until IS NULL";

pub(in crate::records) const ADD_CONSENT: &str = "
    INSERT INTO consents (contact, purpose, given, notice, wording, how, channel, message, at,
                          only_channel, actor)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'person')";

pub(in crate::records) const SET_LANGUAGE: &str = "
    UPDATE contacts SET language = ?2, language_chosen = ?3 WHERE id = ?1";

pub(in crate::records) const HAND_OVER: &str = "
    UPDATE contacts SET handed_over = 1 WHERE id = ?1";

pub(in crate::records) const ADD_HANDOVER: &str = "
    INSERT INTO handovers (contact, reason, at) VALUES (?1, ?2, ?3)";

pub(in crate::records) const RANG: &str = "UPDATE contacts SET rang = ?2 WHERE id = ?1";

pub(in crate::records) const TAKE_BACK: &str = "
    UPDATE contacts SET handed_over = 0 WHERE id = ?1";

pub(in crate::records) const END_HANDOVERS: &str = "
    UPDATE handovers SET ended = ?2 WHERE contact = ?1 AND ended IS NULL";

pub(in crate::records) const ADD_REQUEST: &str = "
    INSERT INTO requests (contact, kind, ticket, message, at, details)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// At first touch and never again; nothing for a member, for a number nobody has, and for one's own.
pub(in crate::records) const REFER: &str = "
    UPDATE contacts SET referred_by = (
        SELECT contact FROM members
        WHERE number = ?2 AND until IS NULL AND state >= 2 AND contact <> ?1)
    WHERE id = ?1 AND referred_by IS NULL
      AND NOT EXISTS (SELECT 1 FROM members
                      WHERE contact = ?1 AND person = 0 AND until IS NULL AND state >= 2)";

/// Whoever brought the person sees another count from now on.
pub(in crate::records) const MOVE_REFERRER: &str = "
    UPDATE contacts SET version = version + 1
    WHERE id = (SELECT referred_by FROM contacts WHERE id = ?1)";

/// The member as they were before a change, with the message that changed them.
pub(in crate::records) const KEEP_MEMBER: &str = "
    INSERT INTO member_history (member, contact, name, district, assembly, booth, ends, father, gender,
                                birth_year, sector, message, at)
    SELECT id, contact, name, district, assembly, booth, ends, father, gender, birth_year, sector, ?2, ?3
    FROM members WHERE contact = ?1 AND person = 0 AND until IS NULL AND state >= 2";

/// A sector is of its seat and its booth. Whoever says another place says all of it: nothing of it is the list's
/// any more (of which 8, the year of birth, remains).
pub(in crate::records) const UPDATE_MEMBER: &str = "
    UPDATE members SET name = ?2, district = ?3, assembly = ?4, booth = ?5, name_hash = ?6,
           twin_hash = NULL, name_words = NULL,
           from_list = CASE WHEN district = ?3 AND assembly = ?4 AND booth IS NOT DISTINCT FROM ?5
                            THEN from_list ELSE from_list & 8 END,
           sector = CASE WHEN assembly = ?4 AND booth IS NOT DISTINCT FROM ?5 THEN sector END
    WHERE contact = ?1 AND person = 0 AND until IS NULL AND state >= 2";

/// What a lapsed membership was before it lapsed, which it is again when it is renewed; said before
/// [`RENEW`] changes it (`?2`: when, `?3`: the message).
pub(in crate::records) const RENEWED_STATE: &str = "
    INSERT INTO member_states (member, state, at, actor, why, message)
    SELECT m.id, coalesce((SELECT s.state FROM member_states AS s
                           WHERE s.member = m.id AND s.state IN (2, 3, 4)
                           ORDER BY s.id DESC LIMIT 1), 2),
           CAST(?2 AS BIGINT), 'person', 'renewed', CAST(?3 AS BIGINT)
    FROM members AS m
    WHERE m.contact = ?1 AND m.person = 0 AND m.until IS NULL AND m.state = 5";

/// The state is the newest told of it.
pub(in crate::records) const RENEW: &str = "
    UPDATE members SET ends = ?2,
           state_at = CASE WHEN state = 5 THEN ?3 ELSE state_at END,
           state = CASE WHEN state = 5
                        THEN (SELECT s.state FROM member_states AS s WHERE s.member = members.id
                              ORDER BY s.id DESC LIMIT 1)
                        ELSE state END
    WHERE contact = ?1 AND person = 0 AND until IS NULL AND state >= 2";

/// The newest first.
pub(in crate::records) const REQUESTS: &str = "
    SELECT id, kind, ticket, contact, at, done, details FROM requests
    ORDER BY id DESC LIMIT ?1";

/// The oldest first: it waits longest.
pub(in crate::records) const OPEN_REQUESTS: &str = "
    SELECT id, kind, ticket, contact, at, done, details FROM requests
    WHERE done IS NULL ORDER BY id LIMIT ?1";

pub(in crate::records) const REQUEST: &str = "
    SELECT id, kind, ticket, contact, at, done, details FROM requests WHERE ticket = ?1";

pub(in crate::records) const FINISH_REQUEST: &str = "
    UPDATE requests SET done = ?2 WHERE ticket = ?1 AND done IS NULL";

/// A withdrawal takes back what is queued and not yet claimed.
pub(in crate::records) const SUPPRESS_PURPOSE: &str = "
    UPDATE outgoing SET status = 8, reason = 'withdrawn', moved = ?3
    WHERE contact = ?1 AND purpose = ?2 AND status = 0
      AND (CAST(?4 AS BIGINT) IS NULL OR channel = ?4)";
