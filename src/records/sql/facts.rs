//! What conversations made true.

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
        SELECT contact FROM members WHERE number = ?2 AND until IS NULL AND contact <> ?1)
    WHERE id = ?1 AND referred_by IS NULL
      AND NOT EXISTS (SELECT 1 FROM members
                      WHERE contact = ?1 AND person = 0 AND until IS NULL)";

/// Whoever brought the person sees another count from now on.
pub(in crate::records) const MOVE_REFERRER: &str = "
    UPDATE contacts SET version = version + 1
    WHERE id = (SELECT referred_by FROM contacts WHERE id = ?1)";

/// The member as they were before a change, with the message that changed them.
pub(in crate::records) const KEEP_MEMBER: &str = "
    INSERT INTO member_history (member, contact, name, district, assembly, booth, ends, father, gender,
                                birth_year, sector, message, at)
    SELECT id, contact, name, district, assembly, booth, ends, father, gender, birth_year, sector, ?2, ?3
    FROM members WHERE contact = ?1 AND person = 0 AND until IS NULL";

/// A sector is of its seat.
pub(in crate::records) const UPDATE_MEMBER: &str = "
    UPDATE members SET name = ?2, district = ?3, assembly = ?4, booth = ?5, name_hash = ?6,
           twin_hash = NULL, sector = CASE WHEN assembly = ?4 THEN sector END
    WHERE contact = ?1 AND person = 0 AND until IS NULL";

pub(in crate::records) const RENEW: &str = "
    UPDATE members SET ends = ?2 WHERE contact = ?1 AND person = 0 AND until IS NULL";

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
