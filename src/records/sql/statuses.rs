//! Providers' words about our messages.

pub(in crate::records) const ADD_PROVIDER_ID: &str = "
    INSERT INTO provider_ids (hash, hash_rest, outgoing, at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (hash, hash_rest) DO NOTHING";

pub(in crate::records) const BY_PROVIDER_ID: &str = "
    SELECT outgoing FROM provider_ids WHERE hash = ?1 AND hash_rest = ?2";

pub(in crate::records) const LOG_STATUS: &str = "
    INSERT INTO status_log (outgoing, status, at, error, recorded) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (outgoing, status, at) DO NOTHING";

pub(in crate::records) const KEEP_UNMATCHED: &str = "
    INSERT INTO unmatched_statuses (hash, hash_rest, status, at, channel, error, opaque, recorded,
                                    asks)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (hash, hash_rest, status, at) DO NOTHING";

pub(in crate::records) const UNMATCHED: &str = "
    SELECT status, at, error, asks FROM unmatched_statuses
    WHERE hash = ?1 AND hash_rest = ?2 ORDER BY at, status";

pub(in crate::records) const DROP_UNMATCHED: &str = "
    DELETE FROM unmatched_statuses WHERE hash = ?1 AND hash_rest = ?2";

pub(in crate::records) const PROVIDER_IDS_STEP: &str = "
    SELECT hash FROM provider_ids WHERE hash >= ?1 ORDER BY hash LIMIT 1 OFFSET ?2";

pub(in crate::records) const PRUNE_PROVIDER_IDS: &str = "
    DELETE FROM provider_ids WHERE hash >= ?1 AND hash < ?2 AND at < ?3";

pub(in crate::records) const UNMATCHED_STEP: &str = "
    SELECT hash FROM unmatched_statuses WHERE hash >= ?1 ORDER BY hash LIMIT 1 OFFSET ?2";

pub(in crate::records) const PRUNE_UNMATCHED: &str = "
    DELETE FROM unmatched_statuses WHERE hash >= ?1 AND hash < ?2 AND recorded < ?3";
