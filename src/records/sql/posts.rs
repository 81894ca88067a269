//! Posts and who holds them.

/// The open ones from one place's code to another's, both included; at the first place those behind a number.
pub(in crate::records) const OPEN_POSTS: &str = "
    SELECT id, contact, person, post, code, single, since FROM posts
    WHERE until IS NULL AND code BETWEEN ?1 AND ?2 AND (code > ?1 OR id > ?3)
    ORDER BY code, id LIMIT ?4";

/// One of them.
pub(in crate::records) const OPEN_POST: &str = "
    SELECT id, contact, person, post, code, single, since FROM posts
    WHERE id = ?1 AND until IS NULL AND code IS NOT NULL";

/// The places at which somebody holds a post that only one can hold.
pub(in crate::records) const HELD: &str = "
    SELECT code FROM posts
    WHERE until IS NULL AND single = 1 AND post = ?1 AND code BETWEEN ?2 AND ?3 ORDER BY code";

pub(in crate::records) const END_POST: &str = "
    UPDATE posts SET until = ?2, ended_by = ?3 WHERE id = ?1 AND until IS NULL";

pub(in crate::records) const ADD_POST: &str = "
    INSERT INTO posts (contact, person, post, place, code, single, since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// How many memberships somebody on a phone ever had, and how many stand.
pub(in crate::records) const MEMBERSHIPS: &str = "
    SELECT count(*), count(CASE WHEN until IS NULL THEN 1 END) FROM members
    WHERE contact = ?1 AND person = ?2";

/// The open ones as [`OPEN_POSTS`] has them, with whoever holds each: of one post alone, or of any.
pub(in crate::records) fn held_by(condition: &str) -> String {
    format!(
        "SELECT m.id, m.contact, m.person, m.number, m.name, m.father, m.gender, m.birth_year, m.state,
                m.district, m.assembly, m.sector, m.booth, m.since, a.id, a.kind, a.hash, a.sealed,
                p.id, p.contact, p.person, p.post, p.code, p.single, p.since
         FROM posts p
         LEFT JOIN members m ON m.contact = p.contact AND m.person = p.person AND m.until IS NULL
         LEFT JOIN addresses a ON a.contact = p.contact AND a.kind IN (1, 2) AND a.until IS NULL
         WHERE p.until IS NULL AND p.code BETWEEN ?1 AND ?2 AND (p.code > ?1 OR p.id > ?3){condition}
         ORDER BY p.code, p.id LIMIT ?4"
    )
}

/// How many they are. Whoever holds them is looked at only where the condition asks for it.
pub(in crate::records) fn how_many(condition: &str) -> String {
    let holders = if condition.contains("m.") {
        "JOIN members m ON m.contact = p.contact AND m.person = p.person AND m.until IS NULL"
    } else {
        ""
    };
    format!(
        "SELECT count(*) FROM posts p {holders}
         WHERE p.until IS NULL AND p.code BETWEEN ?1 AND ?2{condition}"
    )
}
