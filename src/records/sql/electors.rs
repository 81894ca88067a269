//! Who held which post at a moment, and who else is on a phone: what the roster of a poll is written from.

/// The posts that the contacts between two held at a moment, in the order in which each was given.
pub(in crate::records) const POSTS_AT: &str = "
    SELECT contact, person, post, code FROM posts
    WHERE contact BETWEEN ?1 AND ?2 AND code IS NOT NULL AND since < ?3 AND (until IS NULL OR until >= ?3)
    ORDER BY contact, person, since, id";

/// The memberships of those on the phones of the contacts between two whose conversations the phone's are not.
pub(in crate::records) const FURTHER: &str = "
    SELECT contact, person, id, state, assembly, sector, booth, gender, since, ends FROM members
    WHERE contact BETWEEN ?1 AND ?2 AND person > 0 AND until IS NULL
    ORDER BY contact, person";
