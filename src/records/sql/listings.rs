//! Members and posts as the office lists them: who, where, and on which number.

/// The columns of a member `m` with the number they are called on, in the order of
/// [`open_member`](crate::records::listing::open_member). A contact has one number at a time.
macro_rules! members {
    ($from:literal, $rest:literal) => {
        members!("", $from, $rest)
    };
    ($more:literal, $from:literal, $rest:literal) => {
        concat!(
            "SELECT m.id, m.contact, m.person, m.number, m.name, m.father, m.gender, m.birth_year, m.state,
                    m.district, m.assembly, m.sector, m.booth, m.since, a.id, a.kind, a.hash, a.sealed",
            $more,
            " ",
            $from,
            " LEFT JOIN addresses a ON a.contact = m.contact AND a.kind IN (1, 2) AND a.until IS NULL ",
            $rest
        )
    };
}

/// Those of places and a state: the condition stands in the text, for it is of numbers alone.
pub(in crate::records) fn members_at(condition: &str) -> String {
    let select = members!("FROM members m", "WHERE m.until IS NULL");
    format!("{select}{condition} ORDER BY m.assembly, m.booth NULLS LAST, m.id LIMIT ?1")
}

/// The same page by page through the whole state: those behind a number.
pub(in crate::records) fn members_behind(condition: &str) -> String {
    let select = members!("FROM members m", "WHERE m.until IS NULL AND m.id > ?1");
    format!("{select}{condition} ORDER BY m.id LIMIT ?2")
}

pub(in crate::records) fn count(condition: &str) -> String {
    format!(
        "SELECT m.assembly, count(*) FROM members m WHERE m.until IS NULL{condition} GROUP BY m.assembly"
    )
}

/// By the number of their membership.
pub(in crate::records) fn numbered(condition: &str) -> String {
    let select = members!("FROM members m", "WHERE m.number = ?1 AND m.until IS NULL");
    format!("{select}{condition}")
}

/// Some, by their rows.
pub(in crate::records) fn members_of(ids: &str) -> String {
    let select = members!("FROM members m", "WHERE m.until IS NULL");
    format!("{select} AND m.id IN ({ids}) ORDER BY m.id")
}

/// Everybody on a phone.
pub(in crate::records) fn on_number(condition: &str) -> String {
    let select = members!(
        "FROM addresses n JOIN members m ON m.contact = n.contact",
        "WHERE n.hash = ?1 AND n.kind = 1 AND n.until IS NULL AND m.until IS NULL"
    );
    format!("{select}{condition} ORDER BY m.person LIMIT ?2")
}

/// The names on some phones, those of one phone beside each other.
pub(in crate::records) fn on_phones(contacts: &str) -> String {
    format!(
        "SELECT contact, id, name_words FROM members
         WHERE until IS NULL AND contact IN ({contacts}) ORDER BY contact, id"
    )
}

/// The names of members, by their rows.
pub(in crate::records) fn names_of(members: &str) -> String {
    format!("SELECT id, contact, name, name_hash FROM members WHERE id IN ({members})")
}

/// Of a whole name. The sum in the order keeps PostgreSQL from walking all members by their ids until it has met enough
/// of the name: of one that nobody has it would walk to the end.
pub(in crate::records) fn named(condition: &str) -> String {
    let select = members!("FROM members m", "WHERE m.name_hash = ?1 AND m.until IS NULL");
    format!("{select}{condition} ORDER BY m.id + 0 LIMIT ?2")
}

/// In whose name some words are, the first of them (`?1`) the rarest; the others follow from `?3` on.
pub(in crate::records) fn with_words(others: usize) -> String {
    let select = members!(
        "FROM member_words w JOIN members m ON m.id = w.member",
        "WHERE w.hash = ?1 AND m.until IS NULL"
    );
    let others = each_word(others, 3, "w.member");
    format!("{select}{others} ORDER BY w.member LIMIT ?2")
}

/// A condition for each of so many words, their hashes from a parameter on.
fn each_word(words: usize, first: usize, member: &str) -> String {
    let one = |value: usize| {
        format!(
            " AND EXISTS (SELECT 1 FROM member_words o WHERE o.hash = ?{value} AND o.member = {member})"
        )
    };
    (first..first + words).map(one).collect::<Vec<_>>().concat()
}

/// The same of some places, where fewer members are than have a frequent word: the words from `?2` on.
pub(in crate::records) fn with_words_there(words: usize, condition: &str) -> String {
    let select = members!("FROM members m", "WHERE m.until IS NULL");
    let words = each_word(words, 2, "m.id");
    format!("{select}{condition}{words} ORDER BY m.id LIMIT ?1")
}

/// How many names have a word, counted no further than is worth knowing.
pub(in crate::records) const HOW_MANY: &str = "
    SELECT count(*) FROM (SELECT 1 FROM member_words WHERE hash = ?1 LIMIT 10000) AS had";

/// On whose number the last four digits are these.
pub(in crate::records) fn with_tail(condition: &str) -> String {
    let select = members!(
        "FROM phone_tails t JOIN addresses n ON n.id = t.address JOIN members m ON m.contact = n.contact",
        "WHERE t.hash = ?1 AND n.until IS NULL AND m.until IS NULL"
    );
    format!("{select}{condition} ORDER BY m.id")
}

/// The booths that have so many members somebody checked.
pub(in crate::records) fn covered(condition: &str) -> String {
    format!(
        "SELECT m.assembly, m.booth FROM members m
         WHERE m.until IS NULL AND m.state >= 3 AND m.state <= 4 AND m.booth IS NOT NULL{condition}
         GROUP BY m.assembly, m.booth HAVING count(*) >= ?1"
    )
}

/// Members by how many others came by their code and were checked, and behind it that number.
pub(in crate::records) fn leaders(condition: &str) -> String {
    let select = members!(
        ", led.brought",
        "FROM (SELECT c.referred_by AS leader, count(*) AS brought
               FROM contacts c CROSS JOIN members v
               WHERE c.referred_by IS NOT NULL AND v.contact = c.id AND v.person = 0
                 AND v.until IS NULL AND v.state >= 3 AND v.state <= 4
               GROUP BY c.referred_by) AS led
         JOIN members m ON m.contact = led.leader AND m.person = 0",
        "WHERE m.until IS NULL"
    );
    format!("{select}{condition} ORDER BY led.brought DESC, m.id LIMIT ?1")
}

/// Of whom a sample is drawn: those of a seat at once.
pub(in crate::records) fn population(condition: &str) -> String {
    format!("SELECT m.id, m.district, m.assembly FROM members m WHERE m.until IS NULL{condition}")
}

pub(in crate::records) const ADD_SAMPLE: &str = "
    INSERT INTO samples (place, state, percent, seed, population, at, actor)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id";

/// One sample, or with 0 the newest ones.
pub(in crate::records) const SAMPLES: &str = "
    SELECT id, place, state, percent, seed, population, at, actor FROM samples
    WHERE id = ?1 OR CAST(?1 AS BIGINT) = 0 ORDER BY id DESC LIMIT ?2";

/// Who is in a sample and still a member, and behind it the district that asks.
pub(in crate::records) const SAMPLED: &str = members!(
    ", s.district",
    "FROM sample_members s JOIN members m ON m.id = s.member",
    "WHERE s.sample = ?1 AND s.member > ?2 AND m.until IS NULL ORDER BY s.member LIMIT ?3"
);

/// The newest sample a member is in, and the district that asks them.
pub(in crate::records) const ASKED_BY: &str = "
    SELECT sample, district FROM sample_members WHERE member = ?1 ORDER BY sample DESC LIMIT 1";

/// Members who have all that twins are told by and not yet the hash of it, because their own word changed one of
/// them: behind a number.
pub(in crate::records) const TWINLESS: &str = "
    SELECT id, contact, name, father, assembly, booth, name_hash FROM members
    WHERE until IS NULL AND twin_hash IS NULL AND father IS NOT NULL AND booth IS NOT NULL
      AND assembly > 0 AND name_hash IS NOT NULL AND id > ?1
    ORDER BY id LIMIT ?2";

/// Groups of members of one name, father, seat and booth, in the order of their hashes behind one.
pub(in crate::records) const TWINS: &str = "
    SELECT m.twin_hash, m.id FROM members m
    WHERE m.until IS NULL AND m.twin_hash IS NOT NULL AND m.twin_hash IN (
        SELECT twin_hash FROM members
        WHERE until IS NULL AND twin_hash IS NOT NULL AND twin_hash > ?1
        GROUP BY twin_hash HAVING count(*) > 1 ORDER BY twin_hash LIMIT ?2)
    ORDER BY m.twin_hash, m.id";

/// Phones with several people, behind one.
pub(in crate::records) const SHARED: &str = "
    SELECT DISTINCT contact FROM members
    WHERE until IS NULL AND person > 0 AND contact > ?1 ORDER BY contact LIMIT ?2";

/// What the office said of pairs of these.
pub(in crate::records) fn settled(ids: &str) -> String {
    format!("SELECT one, other FROM duplicates WHERE one IN ({ids})")
}

/// A membership ends because another is the same person's (`?1`), as long as that one stands (`?3`) and it is in
/// the state that was looked at (`?4`).
pub(in crate::records) const END_DUPLICATE: &str = "
    UPDATE members SET until = ?2, state = 5, state_at = ?2
    WHERE id = ?1 AND until IS NULL AND state = ?4
      AND EXISTS (SELECT 1 FROM members stays WHERE stays.id = ?3 AND stays.until IS NULL)";

pub(in crate::records) const SETTLE_DUPLICATE: &str = "
    INSERT INTO duplicates (one, other, verdict, at, actor) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (one, other) DO NOTHING";

pub(in crate::records) const SAY_DUPLICATE: &str = "
    INSERT INTO member_states (member, state, at, actor, why) VALUES (?1, 5, ?2, ?3, 'duplicate')";

/// The posts of whoever goes (`?1` contact, `?2` person; ended before by [`END_POSTS`](super::states::END_POSTS)
/// at `?3` by `?4`) are held by the one who stays (`?5` contact, `?6` person) since the same day, but for those
/// that one holds anyway.
pub(in crate::records) const GIVE_POSTS: &str = "
    INSERT INTO posts (contact, person, post, place, code, single, since, import)
    SELECT CAST(?5 AS BIGINT), CAST(?6 AS BIGINT), p.post, p.place, p.code, p.single, p.since, p.import
    FROM posts p
    WHERE p.contact = ?1 AND p.person = ?2 AND p.until = ?3 AND p.ended_by = ?4
      AND NOT EXISTS (
          SELECT 1 FROM posts held
          WHERE held.contact = ?5 AND held.person = ?6 AND held.post = p.post
            AND held.place = p.place AND held.until IS NULL)
    ORDER BY p.id";

pub(in crate::records) const BEGIN_AUDIT: &str = "
    INSERT INTO audit (at, actor, what, why) VALUES (?1, ?2, ?3, ?4) RETURNING id";

pub(in crate::records) const END_AUDIT: &str = "UPDATE audit SET count = ?2 WHERE id = ?1";

pub(in crate::records) const AUDIT: &str = "
    SELECT at, actor, what, coalesce(why, ''), count FROM audit ORDER BY id DESC LIMIT ?1";

pub(in crate::records) const MARK: &str = "
    INSERT INTO meta (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// The names of members behind a row's number.
pub(in crate::records) const NAMES: &str = "
    SELECT id, id, contact, name FROM members WHERE id > ?1 ORDER BY id LIMIT ?2";

/// The names of members that were changed, by the change behind a number: as they are now.
pub(in crate::records) const CHANGED_NAMES: &str = "
    SELECT h.id, m.id, m.contact, m.name FROM member_history h JOIN members m ON m.id = h.member
    WHERE h.id > ?1 ORDER BY h.id LIMIT ?2";

/// Numbers behind a row's.
pub(in crate::records) const NUMBERS: &str = "
    SELECT id, hash, sealed FROM addresses WHERE id > ?1 AND kind IN (1, 2) ORDER BY id LIMIT ?2";

pub(in crate::records) const NEWEST: [&str; 3] = [
    "SELECT coalesce(max(id), 0) FROM members",
    "SELECT coalesce(max(id), 0) FROM member_history",
    "SELECT coalesce(max(id), 0) FROM addresses",
];

/// With what people answered a broadcast (`?1`), each with whoever they are now: those behind a message (`?3`) of a
/// contact (`?2`). The log joins by its own numbers, which on PostgreSQL name their partition.
pub(in crate::records) const ANSWERS: &str = "
    SELECT m.id, m.contact, m.person, m.number, m.name, m.father, m.gender, m.birth_year, m.state,
           m.district, m.assembly, m.sector, m.booth, m.since, a.id, a.kind, a.hash, a.sealed,
           b.contact, b.message, coalesce(c.merged_into, c.id), g.at, g.channel, g.content
    FROM broadcast_answers b
    JOIN contacts c ON c.id = b.contact
    JOIN messages g ON g.id = b.message
    LEFT JOIN members m
      ON m.contact = coalesce(c.merged_into, c.id) AND m.person = 0 AND m.until IS NULL
    LEFT JOIN addresses a
      ON a.contact = coalesce(c.merged_into, c.id) AND a.kind IN (1, 2) AND a.until IS NULL
    WHERE b.broadcast = ?1 AND (b.contact > ?2 OR (b.contact = ?2 AND b.message > ?3))
    ORDER BY b.contact, b.message LIMIT ?4";
