//! What conversations made true.

/// Nothing for a contact that is an active member already.
pub(in crate::records) const ENROL: &str = "
    INSERT INTO members (contact, number, name, district, assembly, booth, birth_year, since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (contact) WHERE until IS NULL DO NOTHING";

pub(in crate::records) const LEAVE: &str = "
    UPDATE members SET until = ?2 WHERE contact = ?1 AND until IS NULL";

pub(in crate::records) const ADD_CONSENT: &str = "
    INSERT INTO consents (contact, purpose, given, notice, wording, how, channel, message, at, actor)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'person')";

pub(in crate::records) const SET_LANGUAGE: &str = "
    UPDATE contacts SET language = ?2, language_chosen = 1 WHERE id = ?1";

pub(in crate::records) const HAND_OVER: &str = "
    UPDATE contacts SET handed_over = 1 WHERE id = ?1";

pub(in crate::records) const ADD_HANDOVER: &str = "
    INSERT INTO handovers (contact, reason, at) VALUES (?1, ?2, ?3)";

pub(in crate::records) const TAKE_BACK: &str = "
    UPDATE contacts SET handed_over = 0 WHERE id = ?1";

pub(in crate::records) const END_HANDOVERS: &str = "
    UPDATE handovers SET ended = ?2 WHERE contact = ?1 AND ended IS NULL";

pub(in crate::records) const ADD_REQUEST: &str = "
    INSERT INTO requests (contact, kind, ticket, message, at) VALUES (?1, ?2, ?3, ?4, ?5)";

/// A withdrawal takes back what is queued and not yet claimed.
pub(in crate::records) const SUPPRESS_PURPOSE: &str = "
    UPDATE outgoing SET status = 8, reason = 'withdrawn', moved = ?3
    WHERE contact = ?1 AND purpose = ?2 AND status = 0";
