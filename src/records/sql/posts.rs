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
