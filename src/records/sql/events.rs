//! Account-level events.

pub(in crate::records) const ADD_EVENT: &str = "
    INSERT INTO events (hash, hash_rest, channel, account, kind, at, sealed, recorded)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (hash, hash_rest) DO NOTHING";
