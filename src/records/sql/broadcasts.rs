//! Broadcasts and their recipients.
//!
//! `{these}` stands for the contacts of a batch: a list of numbers as `?1`, which each engine takes its own
//! way. `{closed}` stands for "is none of the roads that are closed now": a list of their keys (a channel's
//! code, a colon and an account) as the last parameter.

pub(in crate::records) const ADD: &str = "
    INSERT INTO broadcasts (name, state, purpose, author, definition, hash, audience, created, from_at,
                            send_before, flow, templates, fallback_channel, fallback_account,
                            fallback_after, certificate, test_of, repeats)
    VALUES (?1, 'draft', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
    ON CONFLICT (name) DO NOTHING RETURNING id";

/// What was said yes to was the old one.
pub(in crate::records) const REDEFINE: &str = "
    UPDATE broadcasts SET state = 'draft', purpose = ?2, author = ?3, definition = ?4, hash = ?5,
           audience = ?6, from_at = ?7, send_before = ?8, flow = ?9, templates = ?10,
           fallback_channel = ?11, fallback_account = ?12, fallback_after = ?13, certificate = ?14,
           repeats = ?15, why = NULL, approved_by = NULL, approved_at = NULL, approved_for = NULL
    WHERE id = ?1";

pub(in crate::records) const ADD_LOG: &str = "
    INSERT INTO broadcast_log (broadcast, at, actor, what, why) VALUES (?1, ?2, ?3, ?4, ?5)";

pub(in crate::records) const LOG: &str = "
    SELECT at, actor, what, why FROM broadcast_log WHERE broadcast = ?1 ORDER BY id";

/// What one broadcast is, whichever is asked for.
macro_rules! broadcast {
    ($which:literal) => {
        concat!(
            "
    SELECT id, name, state, purpose, author, definition, hash, audience, created, from_at, send_before,
           approved_by, approved_at, frozen_at, recipients, recipients_hash, why, flow, templates,
           fallback_channel, fallback_account, fallback_after, certificate, test_of, approved_for,
           repeats, series, begun, holder, held_until
    FROM broadcasts ",
            $which
        )
    };
}

pub(in crate::records) const NAMED: &str = broadcast!("WHERE name = ?1");

pub(in crate::records) const ONE: &str = broadcast!("WHERE id = ?1");

pub(in crate::records) const NEWEST: &str = broadcast!("ORDER BY id DESC LIMIT ?1");

/// Those a server has to do with at a moment (`?1`).
pub(in crate::records) const AT_WORK: &str = broadcast!(
    "WHERE repeats IS NULL AND (state IN ('frozen', 'running', 'paused')
       OR (state = 'done' AND fallback_channel IS NOT NULL AND send_before > ?1))
    ORDER BY id"
);

/// Those that come again (`?1`: 1) and are not over; a paused one, too.
pub(in crate::records) const SERIES: &str =
    broadcast!("WHERE repeats = ?1 AND state IN ('repeating', 'paused') ORDER BY id");

/// The days of one that comes again, the newest first.
pub(in crate::records) const DAYS: &str = broadcast!("WHERE series = ?1 ORDER BY name DESC");

/// Days whose time was over (`?1`) before their recipients were written down.
pub(in crate::records) const MISSED: &str = broadcast!(
    "WHERE series IS NOT NULL AND state IN ('approved', 'freezing') AND send_before <= ?1
    ORDER BY id"
);

/// Of a day: whether its series repeats, by the yes the day was taken with. What is no day has no row.
pub(in crate::records) const SERIES_STANDS: &str = "
    SELECT CAST(CASE WHEN s.state = 'repeating' AND s.approved_at = d.approved_at
                     THEN 1 ELSE 0 END AS BIGINT)
    FROM broadcasts d JOIN broadcasts s ON s.id = d.series WHERE d.id = ?1";

pub(in crate::records) const DAY_STATES: &str =
    "SELECT id, name, state FROM broadcasts WHERE series = ?1";

pub(in crate::records) const REPEATS: &str =
    "SELECT CAST(coalesce(repeats, 0) AS BIGINT) FROM broadcasts WHERE id = ?1";

/// A day is approved as its series (`?2`) is, and in the hands of `?3` until `?4`.
pub(in crate::records) const BEGIN_DAY: &str = "
    UPDATE broadcasts SET state = 'approved', series = ?2, holder = ?3, held_until = ?4, why = ?5,
           approved_by = (SELECT s.approved_by FROM broadcasts s WHERE s.id = ?2),
           approved_at = (SELECT s.approved_at FROM broadcasts s WHERE s.id = ?2),
           approved_for = (SELECT s.approved_for FROM broadcasts s WHERE s.id = ?2)
    WHERE id = ?1";

pub(in crate::records) const HOLD_DAY: &str = "
    UPDATE broadcasts SET held_until = ?3
    WHERE id = ?1 AND holder = ?2 AND state IN ('approved', 'freezing')";

/// Whoever had it lets it go: it could not be run, and why.
pub(in crate::records) const LEAVE_DAY: &str = "
    UPDATE broadcasts SET state = 'approved', why = ?3, holder = NULL, held_until = NULL
    WHERE id = ?1 AND holder = ?2 AND state IN ('approved', 'freezing')";

pub(in crate::records) const HASH: &str = "SELECT hash FROM broadcasts WHERE id = ?1";

pub(in crate::records) const STATE: &str = "SELECT state FROM broadcasts WHERE id = ?1";

/// From the state `?2` to `?3`. An approval and a freezing leave who and when, an approval also for how many
/// people (`?7`), the first repeating since when; the reason of a pause goes with it.
pub(in crate::records) const MOVE: &str = "
    UPDATE broadcasts SET state = ?3, why = ?4,
           approved_by = CASE WHEN ?3 = 'approved' THEN ?5 ELSE approved_by END,
           approved_at = CASE WHEN ?3 = 'approved' THEN ?6 ELSE approved_at END,
           approved_for = CASE WHEN ?3 = 'approved' THEN ?7 ELSE approved_for END,
           begun = CASE WHEN ?3 = 'repeating' AND ?2 = 'approved' THEN ?6 ELSE begun END
    WHERE id = ?1 AND state = ?2";

pub(in crate::records) const FREEZE: &str = "
    UPDATE broadcasts SET state = 'frozen', frozen_at = ?2, recipients = ?3, recipients_hash = ?4
    WHERE id = ?1 AND state = 'freezing'";

pub(in crate::records) const STAGE: &str = "
    INSERT INTO recipients (broadcast, contact, state, reason, channel, account, language)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// A step of throwing away what was staged.
pub(in crate::records) const DROP_STAGED: &str = "
    DELETE FROM recipients WHERE broadcast = ?1 AND contact <= (
        SELECT max(contact) FROM (
            SELECT contact FROM recipients WHERE broadcast = ?1 ORDER BY contact LIMIT ?2) AS step)";

pub(in crate::records) const BY_STATE: &str = "
    SELECT state, count(*) FROM recipients WHERE broadcast = ?1 GROUP BY state";

pub(in crate::records) const CONTACTS_AFTER: &str = "
    SELECT id FROM contacts WHERE id > ?1 AND merged_into IS NULL ORDER BY id LIMIT ?2";

pub(in crate::records) const CONTACTS: &str = "
    SELECT id, version, language, language_chosen, handed_over, has_phone, last_inbound, road_channel,
           road_account, road_inbound, rang, no_promotion, no_dlt_consent, blocked
    FROM contacts WHERE id {these} AND merged_into IS NULL ORDER BY id";

pub(in crate::records) const ROADS: &str = "
    SELECT contact, channel, account, last_inbound FROM roads
    WHERE contact {these} ORDER BY contact, channel, account";

pub(in crate::records) const KINDS: &str = "
    SELECT contact, kind FROM addresses WHERE contact {these} AND until IS NULL ORDER BY id";

pub(in crate::records) const ADDRESSES: &str = "
    SELECT id, kind, hash, sealed, contact FROM addresses
    WHERE contact {these} AND until IS NULL ORDER BY id";

pub(in crate::records) const MEMBERS: &str = "
    SELECT contact, id, number, name, district, state, assembly, sector, booth, gender, since, ends
    FROM members WHERE contact {these} AND person = 0 AND until IS NULL";

/// The seats of others on the phone.
pub(in crate::records) const SEATS_BESIDE: &str = "
    SELECT contact, assembly FROM members
    WHERE contact {these} AND person > 0 AND until IS NULL AND assembly > 0 ORDER BY contact, assembly";

pub(in crate::records) const CONSENTS: &str = "
    SELECT contact, purpose, given, at, only_channel FROM consents
    WHERE contact {these} AND person = 0 ORDER BY at, id";

/// Of everybody on the phone; 0 is the one whose conversations these are.
pub(in crate::records) const POSTS: &str = "
    SELECT contact, post, code, person FROM posts
    WHERE contact {these} AND until IS NULL ORDER BY id";

pub(in crate::records) const BROUGHT: &str = "
    SELECT contacts.referred_by, count(*) FROM contacts
    JOIN members ON members.contact = contacts.id AND members.person = 0 AND members.until IS NULL
    WHERE contacts.referred_by {these} GROUP BY contacts.referred_by";

/// Whose turn it is: the first behind a contact.
pub(in crate::records) const PLANNED: &str = "
    SELECT contact, channel, account, language FROM recipients
    WHERE broadcast = ?1 AND contact > ?2 AND state = 0 ORDER BY contact LIMIT ?3";

/// The same of those whose road is open.
pub(in crate::records) const PLANNED_ON_OPEN: &str = "
    SELECT contact, channel, account, language FROM recipients
    WHERE broadcast = ?1 AND contact > ?2 AND state = 0
      AND CAST(channel AS TEXT) || ':' || account {closed} ORDER BY contact LIMIT ?3";

/// The end of a step through the recipients behind a contact.
pub(in crate::records) const STEP: &str = "
    SELECT max(contact) FROM (
        SELECT contact FROM recipients WHERE broadcast = ?1 AND contact > ?2
        ORDER BY contact LIMIT ?3) AS step";

/// For whom the first way failed, or is silent since before `?4`: the first behind a contact, up to the end of
/// a step (`?5`). What became of an unknown one is not known, and they get no second message; nor does whoever
/// was reached by the second way (`?6`) from the beginning.
pub(in crate::records) const FALLEN: &str = "
    SELECT r.contact, r.channel, r.account, r.language
    FROM recipients r JOIN outgoing o ON o.id = r.outgoing
    WHERE r.broadcast = ?1 AND r.contact > ?2 AND r.contact <= ?5 AND r.state = 1
      AND r.channel <> ?6 AND r.fallback_outgoing IS NULL AND r.replied_at IS NULL
      AND (o.status = 6 OR (o.status = 3 AND o.moved <= ?4))
    ORDER BY r.contact LIMIT ?3";

pub(in crate::records) const TAKE: &str = "
    UPDATE recipients SET state = 1, outgoing = ?3
    WHERE broadcast = ?1 AND contact = ?2 AND state = 0";

pub(in crate::records) const TAKE_FALLEN: &str = "
    UPDATE recipients SET fallback_outgoing = ?3
    WHERE broadcast = ?1 AND contact = ?2 AND state = 1 AND fallback_outgoing IS NULL";

pub(in crate::records) const REFUSE: &str = "
    UPDATE recipients SET state = 2, reason = ?3
    WHERE broadcast = ?1 AND contact = ?2 AND state = 0";

pub(in crate::records) const ADD_OUTGOING: &str = "
    INSERT INTO outgoing (id, contact, channel, account, lane, purpose, status, created, not_before,
                          epoch, moved, send_before, broadcast, parts)
    VALUES (?1, ?2, ?3, ?4, 3, ?5, 1, ?6, ?6, ?7, ?6, ?8, ?9, ?10)";

/// A step of moving the planned of a broadcast that is over to the state `?2`.
pub(in crate::records) const CLEAR: &str = "
    UPDATE recipients SET state = ?2
    WHERE broadcast = ?1 AND state = 0 AND contact <= (
        SELECT max(contact) FROM (
            SELECT contact FROM recipients WHERE broadcast = ?1 AND state = 0
            ORDER BY contact LIMIT ?3) AS step)";

/// A step of stopping what waits in the queue of a broadcast that is over; which those were.
pub(in crate::records) const STOP: &str = "
    UPDATE outgoing SET status = 8, reason = ?2, moved = ?3
    WHERE status = 0 AND id IN (SELECT id FROM outgoing WHERE broadcast = ?1 AND status = 0 LIMIT ?4)
    RETURNING id";

/// Whether anybody on an open road waits for their turn.
pub(in crate::records) const HAS_PLANNED: &str = "
    SELECT 1 FROM recipients
    WHERE broadcast = ?1 AND state = 0 AND CAST(channel AS TEXT) || ':' || account {closed} LIMIT 1";

/// Whether a message of it is in the queue or in a process's hands, on a road that is open.
pub(in crate::records) const HAS_WAITING: &str = "
    SELECT 1 FROM outgoing
    WHERE broadcast = ?1 AND status = 0 AND CAST(channel AS TEXT) || ':' || account {closed}
    UNION ALL
    SELECT 1 FROM outgoing
    WHERE broadcast = ?1 AND status = 1 AND epoch >= 0
      AND CAST(channel AS TEXT) || ':' || account {closed}
    LIMIT 1";

/// Of two messages to a person (`o` by the first way, `f` by the second) the second is the one that counts:
/// it came further, or the first failed and it is on its way.
macro_rules! counted {
    ($column:literal) => {
        concat!(
            "CASE WHEN (f.status BETWEEN 3 AND 5 AND NOT (o.status BETWEEN f.status AND 5))
                  OR (f.status < 3 AND o.status = 6) THEN f.",
            $column,
            " ELSE o.",
            $column,
            " END"
        )
    };
}

/// The rows of a broadcast with their messages by either way.
macro_rules! recipients_with_messages {
    () => {
        "FROM recipients r LEFT JOIN outgoing o ON o.id = r.outgoing
         LEFT JOIN outgoing f ON f.id = r.fallback_outgoing "
    };
}

pub(in crate::records) const TOOK_PART: &str = concat!(
    "
    SELECT r.contact, ",
    counted!("status"),
    ", CAST(CASE WHEN r.replied_at IS NULL THEN 0 ELSE 1 END AS BIGINT) ",
    recipients_with_messages!(),
    "WHERE r.broadcast = ?1 AND r.contact BETWEEN ?2 AND ?3 AND r.state = 1 AND r.outgoing IS NOT NULL
    ORDER BY r.contact"
);

/// Who got nothing in the end, each person by the message that ended last: one whose second way is open, or left,
/// is not among them.
pub(in crate::records) const ENDED: &str = "
    SELECT o.status, CASE WHEN o.status = 8 THEN coalesce(o.reason, '') ELSE '' END, count(*)
    FROM outgoing o
    LEFT JOIN recipients r ON r.broadcast = o.broadcast AND r.contact = o.contact
    LEFT JOIN outgoing f ON f.id = r.outgoing
    WHERE o.broadcast = ?1 AND o.status > 5
      AND (r.outgoing IS NULL
           OR (o.id = r.outgoing AND coalesce(r.fallback_outgoing, 0) = 0)
           OR (o.id = r.fallback_outgoing AND f.status > 5))
    GROUP BY 1, 2";

/// The rows of a funnel, by a part. Who was sent nothing by the second way did not fall back. Each person is counted once, by the message that counts.
macro_rules! funnel {
    ($key:literal, $join:literal) => {
        concat!(
            "
    SELECT ",
            $key,
            ", r.state, coalesce(r.reason, ''), ",
            counted!("status"),
            ", ",
            counted!("error"),
            ", coalesce(",
            counted!("reason"),
            ", ''),
           CAST(CASE WHEN r.replied_at IS NULL THEN 0 ELSE 1 END AS BIGINT),
           CAST(CASE WHEN r.fallback_outgoing > 0 AND NOT coalesce(f.status IN (7, 8), FALSE)
                     THEN 1 ELSE 0 END AS BIGINT), count(*) ",
            recipients_with_messages!(),
            $join,
            " WHERE r.broadcast = ?1 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
        )
    };
}

pub(in crate::records) const FUNNEL: &str = funnel!("CAST('' AS TEXT)", "");

/// By channel it is messages that are counted: one to whom the first way did not lead stands there, and once
/// more under the second, with the answer to it.
pub(in crate::records) const BY_CHANNEL: &str = "
    SELECT CAST(way.channel AS TEXT), way.state, coalesce(way.reason, ''), o.status, o.error,
           coalesce(o.reason, ''), way.replied, way.fell_back, count(*)
    FROM (
        SELECT channel, state, reason, outgoing,
               CAST(CASE WHEN replied_at IS NULL OR fallback_outgoing > 0 THEN 0 ELSE 1 END AS BIGINT)
                   AS replied,
               CAST(CASE WHEN fallback_outgoing > 0 THEN 1 ELSE 0 END AS BIGINT) AS fell_back
        FROM recipients WHERE broadcast = ?1
        UNION ALL
        SELECT f.channel, r.state, NULL, f.id,
               CAST(CASE WHEN r.replied_at IS NULL THEN 0 ELSE 1 END AS BIGINT), CAST(0 AS BIGINT)
        FROM recipients r JOIN outgoing f ON f.id = r.fallback_outgoing
        WHERE r.broadcast = ?1) AS way
    LEFT JOIN outgoing o ON o.id = way.outgoing
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8";

pub(in crate::records) const BY_LANGUAGE: &str = funnel!("r.language", "");

/// A seat nobody said is 0.
pub(in crate::records) const BY_PLACE: &str = funnel!(
    "CASE WHEN m.assembly > 0 THEN CAST(m.assembly AS TEXT) ELSE '' END",
    "LEFT JOIN members m ON m.contact = r.contact AND m.person = 0 AND m.until IS NULL"
);

pub(in crate::records) const REFUSED: &str = "
    SELECT contact, coalesce(reason, '') FROM recipients
    WHERE broadcast = ?1 AND contact > ?2 AND state = 2 ORDER BY contact LIMIT ?3";

/// The person answered the message; once. It may have gone to a contact that was found to be them since.
pub(in crate::records) const REPLIED: &str = "
    UPDATE recipients SET replied_at = ?3
    WHERE replied_at IS NULL AND broadcast = ?1
      AND contact IN (SELECT id FROM contacts WHERE id = ?2 OR merged_into = ?2)";

/// With which message they answered; its words stand in the log alone.
pub(in crate::records) const ANSWERED_WITH: &str = "
    INSERT INTO broadcast_answers (broadcast, contact, message) VALUES (?1, ?2, ?3)
    ON CONFLICT (broadcast, contact, message) DO NOTHING";

/// Two contacts are one person (`?1` stays, `?2` is given up): a turn that has not come is theirs who stays …
pub(in crate::records) const MERGE: &str = "
    UPDATE recipients SET contact = ?1
    WHERE contact = ?2 AND state = 0
      AND broadcast IN (SELECT id FROM broadcasts WHERE state IN ('frozen', 'running', 'paused'))
      AND NOT EXISTS (SELECT 1 FROM recipients theirs
                      WHERE theirs.broadcast = recipients.broadcast AND theirs.contact = ?1)";

/// … unless that one has a row of their own: then nothing more goes to the other.
pub(in crate::records) const MERGE_TWICE: &str = "
    UPDATE recipients SET state = 2, reason = 'same_person'
    WHERE contact = ?2 AND state = 0 AND contact <> ?1
      AND broadcast IN (SELECT id FROM broadcasts WHERE state IN ('frozen', 'running', 'paused'))";

/// Both have a message of the same broadcast, and this one (of `?1`, the other's of `?2`) still waits: it does
/// not leave when the other's is on its way or has left (`?3`: when).
pub(in crate::records) const STOP_TWICE: &str = "
    UPDATE outgoing SET status = 8, reason = 'same_person', moved = ?3
    WHERE contact = ?1 AND status = 0 AND broadcast IS NOT NULL AND EXISTS (
        SELECT 1 FROM recipients r JOIN outgoing theirs ON theirs.id IN (r.outgoing, r.fallback_outgoing)
        WHERE r.broadcast = outgoing.broadcast AND r.contact = ?2 AND theirs.status BETWEEN 0 AND 5)";

/// Whoever was found to be somebody else while the recipients were written down: their turn is that
/// person's …
pub(in crate::records) const FREEZE_MERGED: &str = "
    UPDATE recipients SET contact = (SELECT merged_into FROM contacts WHERE id = recipients.contact)
    WHERE broadcast = ?1 AND state = 0
      AND contact IN (SELECT id FROM contacts WHERE merged_into IS NOT NULL)
      AND NOT EXISTS (
          SELECT 1 FROM contacts JOIN recipients theirs ON theirs.contact = contacts.merged_into
          WHERE contacts.id = recipients.contact AND theirs.broadcast = ?1)";

/// … unless that one has a row of their own.
pub(in crate::records) const FREEZE_MERGED_TWICE: &str = "
    UPDATE recipients SET state = 2, reason = 'same_person'
    WHERE broadcast = ?1 AND state = 0
      AND contact IN (SELECT id FROM contacts WHERE merged_into IS NOT NULL)";

/// The contacts that those of a batch were found to be.
pub(in crate::records) const MERGED_INTO: &str = "
    SELECT id, merged_into FROM contacts WHERE id {these} AND merged_into IS NOT NULL";
