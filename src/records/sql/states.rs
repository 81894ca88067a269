//! How a membership comes from one state to the next.

/// The membership with this number, and who brought its person.
pub(in crate::records) const NUMBERED: &str = "
    SELECT m.id, m.contact, m.person, m.state, m.until, c.referred_by
    FROM members AS m JOIN contacts AS c ON c.id = m.contact
    WHERE m.number = ?1";

pub(in crate::records) const SET_STATE: &str = "
    UPDATE members SET state = ?2, state_at = ?3 WHERE id = ?1 AND until IS NULL";

pub(in crate::records) const WITHDRAW: &str = "
    UPDATE members SET state = 6, state_at = ?2, until = ?2 WHERE id = ?1 AND until IS NULL";

pub(in crate::records) const ADD_STEP: &str = "
    INSERT INTO member_states (member, state, at, actor, why) VALUES (?1, ?2, ?3, ?4, ?5)";

/// Whoever is no member holds no post (`?2`: the person on the phone, `?4`: who ended it).
pub(in crate::records) const END_POSTS: &str = "
    UPDATE posts SET until = ?3, ended_by = ?4
    WHERE contact = ?1 AND person = ?2 AND until IS NULL";

/// The verified member with whom this contact's conversations are.
pub(in crate::records) const VERIFIED: &str = "
    SELECT id, number FROM members
    WHERE contact = ?1 AND person = 0 AND until IS NULL AND state = 3";

/// Verified members a contact brought, by the seat in which there are most (`?2`: verified since). A verification
/// is the office's: a renewal, which is the person's, and what followed the active state are none.
pub(in crate::records) const MOST_IN_A_SEAT: &str = "
    SELECT CAST(m.assembly AS TEXT), count(*) FROM contacts AS c
    JOIN members AS m ON m.contact = c.id AND m.person = 0 AND m.until IS NULL
    WHERE c.referred_by = ?1 AND m.state IN (3, 4)
      AND (SELECT max(s.at) FROM member_states AS s
           WHERE s.member = m.id AND s.state = 3 AND s.actor <> 'person'
             AND coalesce((SELECT p.state FROM member_states AS p
                           WHERE p.member = s.member AND p.id < s.id
                           ORDER BY p.id DESC LIMIT 1), 0) <> 4) >= ?2
    GROUP BY m.assembly ORDER BY count(*) DESC, m.assembly LIMIT 1";

/// The same by the district.
pub(in crate::records) const MOST_IN_A_DISTRICT: &str = "
    SELECT m.district, count(*) FROM contacts AS c
    JOIN members AS m ON m.contact = c.id AND m.person = 0 AND m.until IS NULL
    WHERE c.referred_by = ?1 AND m.state IN (3, 4)
      AND (SELECT max(s.at) FROM member_states AS s
           WHERE s.member = m.id AND s.state = 3 AND s.actor <> 'person'
             AND coalesce((SELECT p.state FROM member_states AS p
                           WHERE p.member = s.member AND p.id < s.id
                           ORDER BY p.id DESC LIMIT 1), 0) <> 4) >= ?2
    GROUP BY m.district ORDER BY count(*) DESC, m.district LIMIT 1";

/// Memberships whose term is over (`?1`: it ended by then), the longest first. A list's people have none.
pub(in crate::records) const TERM_OVER: &str = "
    SELECT id FROM members
    WHERE until IS NULL AND state < 5 AND ends IS NOT NULL AND ends <= ?1 ORDER BY ends LIMIT ?2";

/// A renewal between the look and this word stands.
pub(in crate::records) const LAPSE: &str = "
    UPDATE members SET state = 5, state_at = ?2
    WHERE id = ?1 AND until IS NULL AND state < 5 AND ends IS NOT NULL AND ends <= ?3";

/// Members from before names had hashes.
pub(in crate::records) const NAMELESS: &str = "
    SELECT id, contact, name FROM members WHERE name_hash IS NULL AND until IS NULL LIMIT ?1";

pub(in crate::records) const NAME: &str = "
    UPDATE members SET name_hash = ?2 WHERE id = ?1 AND name_hash IS NULL AND contact = ?3";

/// Memberships that ended before there were states, so many of them: given back, or ended because another
/// membership of the same person held.
pub(in crate::records) const ENDED_BEFORE: &str = "
    UPDATE members SET state_at = until, state = CASE WHEN EXISTS (
        SELECT 1 FROM members AS other
        WHERE other.contact = members.contact AND other.id <> members.id
          AND other.since <= members.until
          AND (other.until IS NULL OR other.until > members.until)) THEN 5 ELSE 6 END
    WHERE id IN (
        SELECT id FROM members WHERE until IS NOT NULL AND state < 5 ORDER BY id LIMIT ?1)";

/// Said once, and by one process: the total of people on lists alone is counted now (`?1`, a word of `meta`).
pub(in crate::records) const SAY_COUNTED: &str = "
    INSERT INTO meta (name, value) VALUES (?1, '1') ON CONFLICT (name) DO NOTHING";

/// Records from before that total get what it lacks. One statement: it sees rows and total of one moment.
pub(in crate::records) const COUNT_LISTED: &str = "
    INSERT INTO totals (name, epoch, value)
    SELECT 'listed', 0,
           (SELECT count(*) FROM members WHERE until IS NULL AND state = 1)
           - coalesce((SELECT sum(value) FROM totals WHERE name = 'listed'), 0)
    WHERE true
    ON CONFLICT (name, epoch) DO UPDATE SET value = totals.value + excluded.value";

/// Those who said that they had not joined, by who brought them: how often, and when last.
pub(in crate::records) const DISOWNED: &str = "
    SELECT d.enroller, d.import, count(*), max(d.at),
           (SELECT number FROM members
            WHERE contact = d.enroller AND person = 0 AND until IS NULL)
    FROM disowned AS d
    GROUP BY d.enroller, d.import ORDER BY count(*) DESC, max(d.at) DESC LIMIT ?1";

/// The person (`?1`) says that the membership they have is none of their doing: by the message `?3`.
pub(in crate::records) const ADD_DISOWNED: &str = "
    INSERT INTO disowned (member, enroller, import, at, message)
    SELECT m.id, c.referred_by, m.import, CAST(?2 AS BIGINT), CAST(?3 AS BIGINT)
    FROM members AS m JOIN contacts AS c ON c.id = m.contact
    WHERE m.contact = ?1 AND m.person = 0 AND m.until IS NULL AND m.state >= 2";
