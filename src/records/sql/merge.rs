//! Two contacts that are one person. `?1` is the contact that stays, `?2` the one that is given up.

use super::{broadcasts, polls};
use crate::records::common::place;
use crate::records::{asked, tags};

/// What goes over as it is. Of what people sent, the media and their keys stay under the contact they were
/// sealed for and are read together with the other's, as the log is.
pub(in crate::records) const MOVES: [&str; 20] = [
    "UPDATE addresses SET contact = ?1 WHERE contact = ?2",
    "UPDATE posts SET contact = ?1 WHERE contact = ?2",
    "UPDATE handovers SET contact = ?1 WHERE contact = ?2",
    "UPDATE parked SET contact = ?1 WHERE contact = ?2",
    // One statement a state: each has an index of its own.
    "UPDATE outgoing SET contact = ?1 WHERE contact = ?2 AND status = 0",
    "UPDATE outgoing SET contact = ?1 WHERE contact = ?2 AND status = 1",
    "UPDATE outgoing SET contact = ?1 WHERE contact = ?2 AND status = 2",
    // All but media that are being kept (2).
    "UPDATE effects SET contact = ?1 WHERE contact = ?2 AND done IS NULL AND kind <> 2",
    "UPDATE contacts SET referred_by = ?1 WHERE referred_by = ?2 AND id <> ?1",
    "UPDATE contacts SET merged_into = ?1 WHERE merged_into = ?2",
    "UPDATE disowned SET enroller = ?1 WHERE enroller = ?2",
    broadcasts::MERGE,
    broadcasts::MERGE_TWICE,
    polls::MERGE[0],
    polls::MERGE[1],
    polls::MERGE[2],
    tags::MERGE,
    tags::MERGED,
    asked::MERGE,
    asked::MERGED,
];

/// What a person of the office was to decide about the two is decided (`?3`: when).
pub(in crate::records) const SETTLE: &str = "
    UPDATE merge_queue SET settled = ?3
    WHERE settled IS NULL AND ((kept = ?1 AND other = ?2) OR (kept = ?2 AND other = ?1))";

/// Whether the office said of these two that they are not one person.
pub(in crate::records) const KEPT_APART: &str = "
    SELECT 1 FROM merge_queue AS queued
    JOIN contacts AS one ON one.id = queued.kept
    JOIN contacts AS other ON other.id = queued.other
    WHERE queued.settled IS NOT NULL
      AND queued.kept IN (
          SELECT id FROM contacts WHERE id IN (?1, ?2) OR merged_into IN (?1, ?2))
      AND queued.other IN (
          SELECT id FROM contacts WHERE id IN (?1, ?2) OR merged_into IN (?1, ?2))
      AND coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)
    LIMIT 1";

/// The pairs that wait for the office, under the contacts those are now: the oldest first.
pub(in crate::records) const OPEN: &str = "
    SELECT queued.id, coalesce(one.merged_into, one.id), coalesce(other.merged_into, other.id),
           queued.kind, queued.at
    FROM merge_queue AS queued
    JOIN contacts AS one ON one.id = queued.kept
    JOIN contacts AS other ON other.id = queued.other
    WHERE queued.settled IS NULL
      AND coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)
    ORDER BY queued.id LIMIT ?1";

/// One of them (`?1`).
pub(in crate::records) const OPEN_ONE: &str = "
    SELECT queued.id, coalesce(one.merged_into, one.id), coalesce(other.merged_into, other.id),
           queued.kind, queued.at
    FROM merge_queue AS queued
    JOIN contacts AS one ON one.id = queued.kept
    JOIN contacts AS other ON other.id = queued.other
    WHERE queued.settled IS NULL AND queued.id = ?1
      AND coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)";

/// How many wait, counted no further than is worth telling.
pub(in crate::records) const HOW_MANY_OPEN: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM merge_queue AS queued
        JOIN contacts AS one ON one.id = queued.kept
        JOIN contacts AS other ON other.id = queued.other
        WHERE queued.settled IS NULL
          AND coalesce(one.merged_into, one.id) <> coalesce(other.merged_into, other.id)
        LIMIT 10000) AS waiting";

/// The office decided (`?1` the pair, `?2` when): they are two persons, or they are one and that is done.
pub(in crate::records) const SETTLE_ONE: &str = "
    UPDATE merge_queue SET settled = ?2 WHERE id = ?1 AND settled IS NULL";

/// The effect by which a server makes the two one; once, until that is done.
pub(in crate::records) const UNITE: &str = "
    INSERT INTO effects (contact, kind, channel, account, hash, hash_rest, sealed, created, next_try)
    SELECT kept, ?2, ?3, '', ?4, ?5, ?6, ?7, ?7 FROM merge_queue
    WHERE id = ?1 AND settled IS NULL AND NOT EXISTS (
        SELECT 1 FROM effects
        WHERE done IS NULL AND kind = ?2 AND hash = ?4 AND hash_rest = ?5)";

/// Whether a contact gave an address up before.
pub(in crate::records) const GAVE_UP: &str = "SELECT gave_up FROM contacts WHERE id = ?1";

/// What is sealed for its contact and sealed anew for the other: where it is bound, its rows (`?1` the
/// contact), and how a row is written back (`?1` its id, `?2` the contact, `?3` the sealed bytes).
pub(in crate::records) const SEALED: [(&str, &str, &str); 6] = [
    (
        place::MEMBER_FATHER,
        "SELECT id, father FROM members WHERE contact = ?1 ORDER BY id",
        // It goes over with the name.
        "UPDATE members SET father = ?3 WHERE id = ?1 AND contact <> ?2",
    ),
    (
        place::MEMBER_FATHER,
        "SELECT id, father FROM member_history WHERE contact = ?1 ORDER BY id",
        "UPDATE member_history SET father = ?3 WHERE id = ?1 AND contact <> ?2",
    ),
    (
        place::CONSENT_PROOF,
        "SELECT id, proof FROM consents WHERE contact = ?1 ORDER BY id",
        "UPDATE consents SET contact = ?2, proof = ?3 WHERE id = ?1",
    ),
    (
        place::MEMBER_NAME,
        "SELECT id, name FROM members WHERE contact = ?1 ORDER BY id",
        "UPDATE members SET contact = ?2, name = ?3 WHERE id = ?1",
    ),
    (
        place::MEMBER_NAME,
        "SELECT id, name FROM member_history WHERE contact = ?1 ORDER BY id",
        "UPDATE member_history SET contact = ?2, name = ?3 WHERE id = ?1",
    ),
    (
        place::REQUEST_DETAILS,
        "SELECT id, details FROM requests WHERE contact = ?1 ORDER BY id",
        "UPDATE requests SET contact = ?2, details = ?3 WHERE id = ?1",
    ),
];

/// What deciding needs of both.
pub(in crate::records) const SIDES: &str = "
    SELECT c.id, c.referred_by, m.since, m.state, m.name_hash
    FROM contacts c LEFT JOIN members m ON m.contact = c.id AND m.person = 0 AND m.until IS NULL
    WHERE c.id IN (?1, ?2)";

/// The membership that ends because the other's holds (`?1` its contact, `?2` when).
pub(in crate::records) const END: &str = "
    UPDATE members SET until = ?2, state = 5, state_at = ?2
    WHERE contact = ?1 AND person = 0 AND until IS NULL";

/// Somebody whom only a list of the office puts on this phone (`?3`: the contact of whom they were the
/// first) becomes one of the others on it.
pub(in crate::records) const ASIDE: [&str; 4] = [
    polls::MERGE_ASIDE,
    "UPDATE posts SET person = (
         SELECT 1 + max(person) FROM members WHERE contact IN (?1, ?2))
     WHERE contact = ?3 AND person = 0",
    "UPDATE consents SET person = (
         SELECT 1 + max(person) FROM members WHERE contact IN (?1, ?2))
     WHERE contact = ?3 AND person = 0 AND how = 'import'",
    "UPDATE members SET person = (
         SELECT 1 + max(person) FROM members WHERE contact IN (?1, ?2))
     WHERE contact = ?3 AND person = 0 AND until IS NULL",
];

/// The others on the phone of the one that is given up get numbers nobody has on either phone: a number that
/// one of them still has could not be given to another meanwhile.
pub(in crate::records) const OTHERS: [&str; 4] = [
    polls::MERGE_OTHERS,
    "UPDATE posts SET person = person + (SELECT max(person) FROM members WHERE contact IN (?1, ?2))
     WHERE contact = ?2 AND person > 0 AND EXISTS (SELECT 1 FROM members WHERE contact = ?1)",
    "UPDATE consents SET person = person + (SELECT max(person) FROM members WHERE contact IN (?1, ?2))
     WHERE contact = ?2 AND person > 0 AND EXISTS (SELECT 1 FROM members WHERE contact = ?1)",
    "UPDATE members SET person = person + (SELECT max(person) FROM members WHERE contact IN (?1, ?2))
     WHERE contact = ?2 AND person > 0 AND EXISTS (SELECT 1 FROM members WHERE contact = ?1)",
];

/// The ledger of both, oldest first.
pub(in crate::records) const LEDGER: &str = "
    SELECT contact, purpose, given, how FROM consents
    WHERE contact IN (?1, ?2) AND person = 0 ORDER BY at, id";

/// A withdrawal that outlives what the other contact said (`?1` contact, `?2` purpose, `?3` when).
/// 6 is our own channel.
pub(in crate::records) const WITHDRAW: &str = "
    INSERT INTO consents (contact, purpose, given, how, channel, at, actor)
    VALUES (?1, ?2, 0, 'merge', 6, ?3, 'merge')";

/// Whoever brought one of them sees another count from now on.
pub(in crate::records) const MOVE_REFERRERS: &str = "
    UPDATE contacts SET version = version + 1
    WHERE id IN (SELECT referred_by FROM contacts WHERE id IN (?1, ?2))";

/// Every road of both, with the latest word on it.
pub(in crate::records) const ROADS: &str = "
    INSERT INTO roads (contact, channel, account, last_inbound)
    SELECT CAST(?1 AS BIGINT), channel, account, max(last_inbound) FROM (
        SELECT channel, account, last_inbound FROM roads WHERE contact = ?2
        UNION ALL
        SELECT road_channel, road_account, road_inbound FROM contacts
        WHERE id IN (?1, ?2) AND road_channel IS NOT NULL) AS known
    WHERE true
    GROUP BY channel, account
    ON CONFLICT (contact, channel, account) DO UPDATE SET last_inbound =
        CASE WHEN excluded.last_inbound IS NULL OR roads.last_inbound >= excluded.last_inbound
             THEN roads.last_inbound ELSE excluded.last_inbound END";

/// The contact that stays, with what the other had more of. `?3`: who brought the person.
pub(in crate::records) const CONTACT: &str = "
    UPDATE contacts SET
        version = contacts.version + 1,
        language = CASE WHEN contacts.language_chosen = 0 AND other.language_chosen = 1
                        THEN other.language ELSE contacts.language END,
        language_chosen = CASE WHEN other.language_chosen = 1 THEN 1
                               ELSE contacts.language_chosen END,
        handed_over = CASE WHEN other.handed_over = 1 THEN 1 ELSE contacts.handed_over END,
        has_phone = CASE WHEN other.has_phone = 1 THEN 1 ELSE contacts.has_phone END,
        rang = CASE WHEN contacts.rang IS NULL OR other.rang > contacts.rang
                    THEN other.rang ELSE contacts.rang END,
        blocked = coalesce(contacts.blocked, other.blocked),
        no_promotion = coalesce(contacts.no_promotion, other.no_promotion),
        no_dlt_consent = coalesce(contacts.no_dlt_consent, other.no_dlt_consent),
        road_channel = CASE WHEN other.road_channel IS NOT NULL AND (contacts.road_channel IS NULL
                                 OR other.last_inbound > contacts.last_inbound)
                            THEN other.road_channel ELSE contacts.road_channel END,
        road_account = CASE WHEN other.road_channel IS NOT NULL AND (contacts.road_channel IS NULL
                                 OR other.last_inbound > contacts.last_inbound)
                            THEN other.road_account ELSE contacts.road_account END,
        last_inbound = CASE WHEN contacts.last_inbound IS NULL
                                 OR other.last_inbound > contacts.last_inbound
                            THEN other.last_inbound ELSE contacts.last_inbound END,
        referred_by = ?3
    FROM contacts AS other WHERE contacts.id = ?1 AND other.id = ?2";

/// The window of the road the contact now has.
pub(in crate::records) const ROAD: &str = "
    UPDATE contacts SET road_inbound = (
        SELECT last_inbound FROM roads WHERE contact = contacts.id
          AND channel = contacts.road_channel AND account = contacts.road_account)
    WHERE id = ?1";

/// The present road stands in the contact's own row, and the other contact has none any more.
pub(in crate::records) const ROADS_DONE: &str = "
    DELETE FROM roads WHERE contact = ?2 OR (contact = ?1 AND EXISTS (
        SELECT 1 FROM contacts WHERE id = ?1
          AND road_channel = roads.channel AND road_account = roads.account))";

/// The contact that is given up: whoever still takes it for the sender is told otherwise.
pub(in crate::records) const GIVEN_UP: &str = "
    UPDATE contacts SET version = version + 1, gave_up = 1, merged_into = ?1, has_phone = 0,
           handed_over = 0, referred_by = NULL, rang = NULL, no_promotion = NULL,
           no_dlt_consent = NULL
    WHERE id = ?2";

/// The conversation that stands, sealed for the contact that stays (`?2`).
pub(in crate::records) const KEEP_SESSION: &str = "
    INSERT INTO sessions (contact, version, sealed)
    VALUES (?1, (SELECT version FROM contacts WHERE id = ?1), ?2)
    ON CONFLICT (contact) DO UPDATE SET version = excluded.version, sealed = excluded.sealed";

pub(in crate::records) const MOVE_TIMERS: &str = "
    UPDATE timers SET contact = ?1 WHERE contact = ?2";

/// The contact and those that were found to be the same person.
pub(in crate::records) const SAME_PERSON: &str = "
    SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1 ORDER BY id";
