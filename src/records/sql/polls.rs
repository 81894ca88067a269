//! Polls, their rosters and their envelopes, in one text for both engines.
//!
//! `{these}` stands for a list of numbers as `?1`, which each engine takes its own way.

/// A poll whose roster is being written down.
macro_rules! add {
    ($column:literal, $value:literal) => {
        concat!(
            "
    INSERT INTO polls (name, state, definition, hash, opens, closes, secret, public_key, order_key,
                       posts, actor, created",
            $column,
            ")
    VALUES (?1, 'staging', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11",
            $value,
            ")
    ON CONFLICT (name) DO NOTHING"
        )
    };
}

pub(in crate::records) const ADD: &str = add!("", "");

/// One that is no secret: `?12` is the key that opens its answers.
pub(in crate::records) const ADD_WITH_KEY: &str = add!(", private_key", ", ?12");

pub(in crate::records) const ADD_LOG: &str = "
    INSERT INTO poll_log (poll, at, actor, what, why) VALUES (?1, ?2, ?3, ?4, ?5)";

/// The first line of a poll of this name (`?1`).
pub(in crate::records) const BEGIN_LOG: &str = "
    INSERT INTO poll_log (poll, at, actor, what, why)
    SELECT id, ?2, ?3, 'staging', '' FROM polls WHERE name = ?1";

pub(in crate::records) const LOG: &str = "
    SELECT at, actor, what, why FROM poll_log WHERE poll = ?1 ORDER BY id";

/// What one poll is, whichever is asked for.
macro_rules! poll {
    ($which:expr) => {
        concat!(
            "
    SELECT id, name, state, definition, hash, opens, closes, secret, public_key, order_key, posts,
           roster_hash, roster_people, bundle_digest, roll_head, choices, actor, created, opened_at,
           closed_at, counted_at, electorate_hash
    FROM polls ",
            $which
        )
    };
}

pub(in crate::records) const NAMED: &str = poll!("WHERE name = ?1");

pub(in crate::records) const STATE: &str = "SELECT state FROM polls WHERE id = ?1";

pub(in crate::records) const NEWEST: &str = poll!("ORDER BY id DESC LIMIT ?1");

pub(in crate::records) const OPEN: &str = poll!("WHERE state = 'open' ORDER BY closes, id");

/// Asked every second: whether anything was opened or closed.
pub(in crate::records) const UNDER_WAY: &str =
    "SELECT id, state FROM polls WHERE state IN ('open', 'closing') ORDER BY id";

/// Polls that take no answers any more and did until lately: over since `?1` at the earliest.
pub(in crate::records) const OF_LATE: &str = poll!(
    "WHERE opened_at IS NOT NULL AND state <> 'open' AND (closed_at IS NULL OR closed_at > ?1)
    ORDER BY id"
);

/// Their numbers.
pub(in crate::records) const IDS_OF_LATE: &str = "
    SELECT id FROM polls
    WHERE opened_at IS NOT NULL AND state <> 'open' AND (closed_at IS NULL OR closed_at > ?1)
    ORDER BY id";

pub(in crate::records) const OVER: &str =
    "SELECT name FROM polls WHERE state IN ('closed', 'counted', 'cancelled') ORDER BY id";

pub(in crate::records) const PRIVATE_KEY: &str =
    "SELECT created, private_key FROM polls WHERE id = ?1";

/// A row of the roster of a poll that is still being staged.
pub(in crate::records) const STAGE_ONE: &str = "
    INSERT INTO roster (poll, voter, contact, person, seat, assembly, sector, booth, post, bound)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
    WHERE EXISTS (SELECT 1 FROM polls WHERE id = ?1 AND state = 'staging')";

/// Many rows at once, for PostgreSQL. The poll cannot be opened before they are there.
pub(in crate::records) const STAGE_ALL: &str = "
    WITH staged AS MATERIALIZED (
        SELECT id FROM polls WHERE id = (?1::bigint[])[1] AND state = 'staging' FOR SHARE)
    INSERT INTO roster (poll, voter, contact, person, seat, assembly, sector, booth, post, bound)
    SELECT new.* FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[],
                             ?6::bigint[], ?7::bigint[], ?8::bigint[], ?9::bigint[], ?10::bigint[])
        AS new (poll, voter, contact, person, seat, assembly, sector, booth, post, bound)
    JOIN staged ON staged.id = new.poll";

/// Holds a poll in the state `?2` until the transaction ends, against whoever would move it, or write by it.
pub(in crate::records) const HOLD: &str =
    "UPDATE polls SET state = state WHERE id = ?1 AND state = ?2";

/// Opens a poll that is held, when it has the rows its hash was made over.
pub(in crate::records) const OPEN_IT: &str = "
    UPDATE polls SET state = 'open', roster_hash = ?2, roster_people = ?3, opened_at = ?4,
           electorate_hash = ?5
    WHERE id = ?1 AND (SELECT count(*) FROM roster WHERE poll = ?1) = ?3";

/// The line about it, when it was.
pub(in crate::records) const OPENED_LOG: &str = "
    INSERT INTO poll_log (poll, at, actor, what, why)
    SELECT id, ?2, ?3, 'open', ?4 FROM polls WHERE id = ?1 AND state = 'open'";

pub(in crate::records) const PEOPLE: &str = "SELECT count(*) FROM roster WHERE poll = ?1";

pub(in crate::records) const BEGIN_CLOSING: &str =
    "UPDATE polls SET state = 'closing' WHERE id = ?1 AND state = 'open'";

/// What was taken to the count is noted before anything goes; another bundle cannot be noted after it.
pub(in crate::records) const NOTE_BUNDLE: &str = "
    UPDATE polls SET bundle_digest = ?2, roll_head = ?3, choices = ?4
    WHERE id = ?1 AND state = 'closing' AND (bundle_digest IS NULL OR bundle_digest = ?2)";

pub(in crate::records) const CLOSE: &str =
    "UPDATE polls SET state = 'closed', closed_at = ?2 WHERE id = ?1 AND state = 'closing'";

pub(in crate::records) const COUNTED: &str =
    "UPDATE polls SET state = 'counted', counted_at = ?2 WHERE id = ?1 AND state = 'closed'";

pub(in crate::records) const CANCEL: &str = "
    UPDATE polls SET state = 'cancelled', closed_at = ?2
    WHERE id = ?1 AND state IN ('staging', 'open')";

/// A poll that was never opened goes whole, and its name is free again.
pub(in crate::records) const THROW_AWAY: [&str; 2] = [
    "DELETE FROM poll_log WHERE poll = ?1
       AND EXISTS (SELECT 1 FROM polls WHERE id = ?1 AND state = 'staging')",
    "DELETE FROM polls WHERE id = ?1 AND state = 'staging'",
];

/// The end of a step through a roster behind a voter.
pub(in crate::records) const ROSTER_STEP: &str = "
    SELECT max(voter) FROM (
        SELECT voter FROM roster WHERE poll = ?1 AND voter > ?2 ORDER BY voter LIMIT ?3) AS step";

pub(in crate::records) const DROP_ROSTER: &str = "
    DELETE FROM roster WHERE poll = ?1 AND voter > ?2 AND voter <= ?3
      AND EXISTS (SELECT 1 FROM polls WHERE id = ?1 AND state = 'staging')";

/// The end of a step through the envelopes behind a voter.
pub(in crate::records) const ENVELOPES_STEP: &str = "
    SELECT max(voter) FROM (
        SELECT DISTINCT voter FROM envelopes WHERE poll = ?1 AND voter > ?2
        ORDER BY voter LIMIT ?3) AS step";

pub(in crate::records) const DESTROY: &str = "
    DELETE FROM envelopes WHERE poll = ?1 AND voter > ?2 AND voter <= ?3
      AND EXISTS (SELECT 1 FROM polls WHERE id = ?1 AND state NOT IN ('staging', 'open'))";

/// With which of the voter's answers an envelope came: what its wrapping is bound to.
macro_rules! came_in {
    () => {
        "CASE e.kind WHEN 'c' THEN r.choice_in WHEN 'r' THEN r.ratings_in
                     WHEN 'o' THEN r.other_in WHEN 'm' THEN r.remark_in ELSE 0 END"
    };
}

/// The envelopes of the voters behind `?2` up to `?3`, each with the row of its voter.
pub(in crate::records) const ENVELOPES: &str = concat!(
    "
    SELECT r.voter, r.contact, r.person, r.seat, r.assembly, r.sector, r.booth, r.post,
           r.answered_at, r.bound, e.kind, ",
    came_in!(),
    ", e.envelope
    FROM envelopes e JOIN roster r ON r.poll = e.poll AND r.voter = e.voter
    WHERE e.poll = ?1 AND e.voter > ?2 AND e.voter <= ?3 ORDER BY e.voter, e.kind"
);

pub(in crate::records) const ENVELOPES_OF: &str = concat!(
    "
    SELECT e.kind, ",
    came_in!(),
    ", e.envelope
    FROM envelopes e JOIN roster r ON r.poll = e.poll AND r.voter = e.voter
    WHERE e.poll = ?1 AND e.voter = ?2 ORDER BY e.kind"
);

pub(in crate::records) const VOTERS: &str = "
    SELECT voter, contact, person, seat, assembly, sector, booth, post, answered_at, bound FROM roster
    WHERE poll = ?1 AND voter > ?2 ORDER BY voter LIMIT ?3";

pub(in crate::records) const TURNOUT: &str = "
    SELECT seat, assembly, sector, booth, count(*), count(answered_at) FROM roster
    WHERE poll = ?1 GROUP BY seat, assembly, sector, booth ORDER BY seat, assembly, sector, booth";

pub(in crate::records) const TURNOUT_BY_POST: &str = "
    SELECT seat, post, count(*), count(answered_at) FROM roster
    WHERE poll = ?1 GROUP BY seat, post ORDER BY seat, post";

pub(in crate::records) const ELECTORATE: &str = "
    SELECT seat, assembly, sector, booth, post, count(*) FROM roster WHERE poll = ?1
    GROUP BY seat, assembly, sector, booth, post ORDER BY seat, assembly, sector, booth, post";

/// Of the voters behind `?2` who answered: when first, when last, and when the invitation (the broadcast named `?4`) or a
/// reminder (named like `?5`) first reached their phone. 4 and 5: delivered, read. An answer from before first answers
/// were kept is its own first.
pub(in crate::records) const CAME: &str = "
    SELECT r.voter, r.contact, r.assembly, r.booth, coalesce(r.first_at, r.answered_at), r.answered_at, (
        SELECT min(s.at) FROM broadcasts b
        JOIN recipients t ON t.broadcast = b.id AND t.contact = r.contact
        JOIN status_log s ON s.outgoing = t.outgoing AND s.status IN (4, 5)
        WHERE b.name = ?4 OR b.name LIKE ?5)
    FROM roster r
    WHERE r.poll = ?1 AND r.voter > ?2 AND r.answered_at IS NOT NULL ORDER BY r.voter LIMIT ?3";

/// The people of a poll between two contacts, and whether all of those on one phone have answered. They are found by
/// their contacts: `+ 0` keeps the planner from walking the whole poll each time.
pub(in crate::records) const POLLED: &str = "
    SELECT contact, CAST(min(CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END) AS BIGINT) FROM roster
    WHERE poll + 0 = ?1 AND contact BETWEEN ?2 AND ?3 GROUP BY contact ORDER BY contact";

/// Where some contacts stand on the rosters of polls that are open, or were until lately (`?2`). The poll that closes
/// first comes first.
pub(in crate::records) const STANDINGS: &str = "
    SELECT r.contact, r.poll, r.voter, r.person, r.seat, r.assembly, r.sector, r.booth, r.post,
           r.answered_at, m.id, m.name, r.answers, r.bound, p.state
    FROM roster r JOIN polls p ON p.id = r.poll AND p.opened_at IS NOT NULL
        AND (p.closed_at IS NULL OR p.closed_at > ?2)
    LEFT JOIN members m ON m.contact = r.contact AND m.person = r.person AND m.until IS NULL
    WHERE r.contact {these} ORDER BY r.contact, p.closes, r.poll, r.voter";

/// Whether a turn of this contact (`?3`) may cast an answer of a voter: how often they answered before, and by what
/// their row is bound to them.
pub(in crate::records) const MAY_CAST: &str = "
    SELECT r.answers, r.person, r.bound FROM roster r JOIN polls p ON p.id = r.poll AND p.state = 'open'
    WHERE r.poll = ?1 AND r.voter = ?2 AND r.contact = ?3";

/// A new answer takes the place of the one before.
pub(in crate::records) const KEEP_ENVELOPE: &str = "
    INSERT INTO envelopes (poll, voter, kind, envelope) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (poll, voter, kind) DO UPDATE SET envelope = excluded.envelope";

/// One that says nothing leaves what is there.
pub(in crate::records) const FILL_ENVELOPE: &str = "
    INSERT INTO envelopes (poll, voter, kind, envelope) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (poll, voter, kind) DO NOTHING";

/// `?4` to `?7`: of each kind 1 where it was said, -1 where an empty one went with it, 0 where neither.
pub(in crate::records) const ANSWERED: &str = "
    UPDATE roster SET answered_at = ?3, answers = answers + 1,
                      first_at = coalesce(first_at, answered_at, ?3),
        choice_in = CASE WHEN ?4 > 0 OR (?4 < 0 AND choice_in = 0) THEN answers + 1 ELSE choice_in END,
        ratings_in = CASE WHEN ?5 > 0 OR (?5 < 0 AND ratings_in = 0) THEN answers + 1 ELSE ratings_in END,
        other_in = CASE WHEN ?6 > 0 OR (?6 < 0 AND other_in = 0) THEN answers + 1 ELSE other_in END,
        remark_in = CASE WHEN ?7 > 0 OR (?7 < 0 AND remark_in = 0) THEN answers + 1 ELSE remark_in END
    WHERE poll = ?1 AND voter = ?2";

/// The rows of two contacts (`?1`, `?2`), and of those found to be one of them before: what their rows are bound to is
/// looked at before they move.
pub(in crate::records) const ROWS_OF: &str = "
    SELECT poll, voter, contact, person, bound FROM roster WHERE contact IN (
        SELECT id FROM contacts WHERE id IN (?1, ?2) OR merged_into IN (?1, ?2))";

/// Whom a row is of now.
pub(in crate::records) const ROW_NOW: &str =
    "SELECT contact, person FROM roster WHERE poll = ?1 AND voter = ?2";

pub(in crate::records) const BIND: &str =
    "UPDATE roster SET bound = ?3 WHERE poll = ?1 AND voter = ?2";

/// A person is erased (`?1`, with those found to be them): their answers go while the poll is open, and they stand
/// on rosters without a name.
pub(in crate::records) const ERASE: [&str; 3] = [
    "DELETE FROM envelopes WHERE (poll, voter) IN (
         SELECT r.poll, r.voter FROM roster r JOIN polls p ON p.id = r.poll
         WHERE p.state = 'open'
           AND r.contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1))",
    "UPDATE roster SET answered_at = NULL, first_at = NULL, answers = 0,
            choice_in = 0, ratings_in = 0, other_in = 0, remark_in = 0
     WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)
       AND poll IN (SELECT id FROM polls WHERE state = 'open')",
    "UPDATE roster SET contact = NULL
     WHERE contact IN (SELECT id FROM contacts WHERE id = ?1 OR merged_into = ?1)",
];

/// The rows that one person, found to be two contacts (`?1` stays, `?2` is given up), has too many on the
/// rosters of open polls: the row that answered last is theirs, else the first.
macro_rules! of_surplus {
    ($what:literal) => {
        concat!(
            $what,
            " WHERE (poll, voter) IN (
        SELECT one.poll, CASE WHEN coalesce(other.answered_at, -1) > coalesce(one.answered_at, -1)
                              THEN one.voter ELSE other.voter END
        FROM roster one JOIN roster other ON other.poll = one.poll AND other.contact = ?2
        JOIN polls p ON p.id = one.poll AND p.state = 'open'
        WHERE one.contact = ?1 AND one.person = 0 AND other.person = 0)"
        )
    };
}

/// One person answers once: what they have too many is nobody's any more. The rest goes over.
pub(in crate::records) const MERGE: [&str; 3] = [
    of_surplus!("DELETE FROM envelopes"),
    of_surplus!(
        "UPDATE roster SET contact = NULL, answered_at = NULL, first_at = NULL, answers = 0,
                choice_in = 0, ratings_in = 0, other_in = 0, remark_in = 0"
    ),
    "UPDATE roster SET contact = ?1 WHERE contact = ?2",
];

/// See [`merge`](super::merge): the numbers of others on a phone move with those of its members.
pub(in crate::records) const MERGE_ASIDE: &str = "
    UPDATE roster SET person = (
        SELECT 1 + max(person) FROM members WHERE contact IN (?1, ?2))
    WHERE contact = ?3 AND person = 0";

pub(in crate::records) const MERGE_OTHERS: &str = "
    UPDATE roster SET person = person + (SELECT max(person) FROM members WHERE contact IN (?1, ?2))
    WHERE contact = ?2 AND person > 0 AND EXISTS (SELECT 1 FROM members WHERE contact = ?1)";

// ---- rolls -----------------------------------------------------------------------------------------------------------

/// Holds a poll whose roll may be written: it takes no answer any more, and what was answered counts.
pub(in crate::records) const HOLD_FOR_ROLL: &str = "
    UPDATE polls SET state = state WHERE id = ?1 AND state IN ('closing', 'closed', 'counted')";

/// A roll that is written anew.
pub(in crate::records) const DROP_ROLL: &str = "DELETE FROM rolls WHERE poll = ?1";

pub(in crate::records) const KEEP_ROLL: &str = "
    INSERT INTO rolls (poll, part, first, last, envelopes, hashes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// How many hashes of a roll are here.
pub(in crate::records) const ROLL_SIZE: &str =
    "SELECT CAST(coalesce(sum(envelopes), 0) AS BIGINT) FROM rolls WHERE poll = ?1";

pub(in crate::records) const ROLL_PART: &str =
    "SELECT hashes FROM rolls WHERE poll = ?1 AND part = ?2";

/// A closed poll with all of its roll.
macro_rules! published {
    ($which:literal) => {
        poll!(concat!(
            "WHERE state IN ('closed', 'counted') AND roll_head IS NOT NULL
      AND choices = (SELECT coalesce(sum(r.envelopes), 0) FROM rolls r WHERE r.poll = polls.id)
      ",
            $which
        ))
    };
}

pub(in crate::records) const PUBLISHED: &str = published!("ORDER BY closes DESC, id DESC LIMIT ?1");

pub(in crate::records) const PUBLISHED_NAMED: &str = published!("AND name = ?1");

/// The parts of a roll in which hashes between two may stand.
pub(in crate::records) const ROLL_PARTS: &str = "
    SELECT hashes FROM rolls WHERE poll = ?1 AND first <= ?3 AND last >= ?2 ORDER BY part";
