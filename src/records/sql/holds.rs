//! What rests because a provider refuses it.

pub(in crate::records) const HOLDS: &str = "
    SELECT channel, kind, name, account, code, http, since, until, refusals, trying, by_report, ended
    FROM holds WHERE ended IS NULL ORDER BY since, name";

pub(in crate::records) const HOLD: &str = "
    SELECT channel, kind, name, account, code, http, since, until, refusals, trying, by_report, ended
    FROM holds WHERE channel = ?1 AND kind = ?2 AND name = ?3";

pub(in crate::records) const KEEP_HOLD: &str = "
    INSERT INTO holds (channel, kind, name, account, code, http, since, until, refusals, trying,
                       by_report, ended)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
    ON CONFLICT (channel, kind, name) DO UPDATE SET
        account = excluded.account, code = excluded.code, http = excluded.http,
        since = excluded.since, until = excluded.until, refusals = excluded.refusals,
        trying = excluded.trying, by_report = excluded.by_report, ended = excluded.ended";

/// One process lets one message through (`?4` now, `?5` until when the others wait for it).
pub(in crate::records) const TRY_HOLD: &str = "
    UPDATE holds SET trying = ?4, until = ?5
    WHERE channel = ?1 AND kind = ?2 AND name = ?3 AND ended IS NULL AND until <= ?4";

pub(in crate::records) const END_HOLD: &str = "
    UPDATE holds SET ended = ?4
    WHERE channel = ?1 AND kind = ?2 AND name = ?3 AND ended IS NULL";

/// What an office says is mended, by the name of the account or the template.
pub(in crate::records) const RELEASE_HOLDS: &str = "
    UPDATE holds SET ended = ?2 WHERE name = ?1 AND ended IS NULL";

/// What waits for them goes (`?3`), not before every server knows of it. The messages of a template are
/// told by when they wait: as long as it rested, to the millisecond.
pub(in crate::records) const FREE_HELD: &str = "
    UPDATE outgoing SET not_before = ?3
    WHERE status = 0 AND not_before > ?3 AND EXISTS (
        SELECT 1 FROM holds
        WHERE holds.name = ?1 AND holds.ended = ?2 AND holds.channel = outgoing.channel
          AND ((holds.kind = 1 AND holds.name = outgoing.account)
               OR (holds.kind = 2 AND holds.until = outgoing.not_before)))";

/// The marks of a number; who was found to be somebody else since is them.
pub(in crate::records) const MARK_NO_PROMOTION: &str = "
    UPDATE contacts SET no_promotion = ?2, version = version + 1
    WHERE id = (SELECT coalesce(known.merged_into, known.id) FROM contacts AS known WHERE known.id = ?1)
      AND no_promotion IS NULL";

pub(in crate::records) const MARK_NO_DLT_CONSENT: &str = "
    UPDATE contacts SET no_dlt_consent = ?2, version = version + 1
    WHERE id = (SELECT coalesce(known.merged_into, known.id) FROM contacts AS known WHERE known.id = ?1)
      AND no_dlt_consent IS NULL";

/// By what account and when a message left.
pub(in crate::records) const LEFT_BY: &str = "
    SELECT account, moved, created FROM outgoing WHERE id = ?1";
