//! Contacts, their addresses, roads and sessions.

pub(in crate::records) const NEW_CONTACT: &str = "
    INSERT INTO contacts (created, has_phone) VALUES (?1, ?2) RETURNING id";

pub(in crate::records) const OWNER: &str = "
    SELECT contact FROM addresses WHERE hash = ?2 AND kind = ?1 AND until IS NULL";

pub(in crate::records) const ADD_ADDRESS: &str = "
    INSERT INTO addresses (contact, kind, hash, sealed, since) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (hash, kind) WHERE until IS NULL DO NOTHING";

pub(in crate::records) const ADDRESSES: &str = "
    SELECT id, kind, hash, sealed FROM addresses
    WHERE contact = ?1 AND until IS NULL ORDER BY id";

pub(in crate::records) const RETIRE_ADDRESS: &str = "UPDATE addresses SET until = ?2 WHERE id = ?1";

/// The contact after its addresses moved. A mark is the number's, and goes with it. The kinds are those of a
/// phone ([`AddressKind::is_of_a_phone`](crate::contact::AddressKind::is_of_a_phone)).
pub(in crate::records) const MOVED: &str = "
    UPDATE contacts SET version = version + 1, gave_up = 1, has_phone = CAST(EXISTS (
        SELECT 1 FROM addresses WHERE contact = ?1 AND kind IN (1, 2, 6) AND until IS NULL) AS INTEGER),
        no_promotion = CASE WHEN EXISTS (
            SELECT 1 FROM addresses WHERE contact = ?1 AND kind = 1 AND until IS NULL
              AND since <= contacts.no_promotion) THEN no_promotion END,
        no_dlt_consent = CASE WHEN EXISTS (
            SELECT 1 FROM addresses WHERE contact = ?1 AND kind = 1 AND until IS NULL
              AND since <= contacts.no_dlt_consent) THEN no_dlt_consent END
    WHERE id = ?1";

/// The person has a phone from now on; the contact moves only when that is news.
pub(in crate::records) const HAS_PHONE: &str = "
    UPDATE contacts SET has_phone = 1, version = version + 1 WHERE id = ?1 AND has_phone = 0";

pub(in crate::records) const MOVE_VERSION: &str = "
    UPDATE contacts SET version = version + 1 WHERE id = ?1";

/// The two wait for the office, once, whoever of them is named first.
pub(in crate::records) const QUEUE_MERGE: &str = "
    INSERT INTO merge_queue (kept, other, kind, at)
    SELECT CAST(?1 AS BIGINT), CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT)
    WHERE NOT EXISTS (SELECT 1 FROM merge_queue WHERE kept = ?2 AND other = ?1)
    ON CONFLICT (kept, other) DO NOTHING";

pub(in crate::records) const CONTACT: &str = "
    SELECT version, language, language_chosen, handed_over, has_phone, last_inbound,
           road_channel, road_account, rang, no_promotion, no_dlt_consent, blocked
    FROM contacts WHERE id = ?1";

/// The member whose conversations these are, and the state: others may be on the same phone, and whoever is
/// known from a list alone is no member to a flow.
pub(in crate::records) const MEMBER: &str = "
    SELECT id, number, name, district, assembly, booth, since, ends, state
    FROM members WHERE contact = ?1 AND person = 0 AND until IS NULL";

/// The seats of others on the person's phone.
pub(in crate::records) const SEATS_BESIDE: &str = "
    SELECT assembly FROM members
    WHERE contact = ?1 AND person > 0 AND until IS NULL AND assembly > 0 ORDER BY assembly";

/// How many are members who came by this person's code.
pub(in crate::records) const BROUGHT: &str = "
    SELECT count(*) FROM contacts
    JOIN members ON members.contact = contacts.id AND members.person = 0
        AND members.until IS NULL AND members.state >= 2
    WHERE contacts.referred_by = ?1";

pub(in crate::records) const POSTS: &str = "
    SELECT post FROM posts WHERE contact = ?1 AND person = 0 AND until IS NULL ORDER BY id";

/// The whole ledger of the person, oldest first: the last row of a purpose stands.
pub(in crate::records) const CONSENTS: &str = "
    SELECT purpose, given, at, how, only_channel FROM consents
    WHERE contact = ?1 AND person = 0 ORDER BY at, id";

pub(in crate::records) const SESSION: &str = "SELECT sealed FROM sessions WHERE contact = ?1";

/// When the person last wrote on one road: the present one, or one used before.
pub(in crate::records) const ROAD_INBOUND: &str = "
    SELECT road_inbound FROM contacts
    WHERE id = ?1 AND road_channel = ?2 AND road_account = ?3
    UNION ALL
    SELECT last_inbound FROM roads
    WHERE contact = ?1 AND channel = ?2 AND account = ?3";

/// When the person last wrote or rang on any road.
pub(in crate::records) const LAST_INBOUND: &str = "
    SELECT last_inbound FROM contacts WHERE id = ?1";

pub(in crate::records) const KEEP_ROAD: &str = "
    INSERT INTO roads (contact, channel, account, last_inbound) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (contact, channel, account) DO UPDATE SET last_inbound = excluded.last_inbound";

pub(in crate::records) const DROP_ROAD: &str = "
    DELETE FROM roads WHERE contact = ?1 AND channel = ?2 AND account = ?3";
