//! People from the lists of the office.

/// Everybody ever known on a phone, by contact; in the last column 1 for a membership that ended because the
/// office said that it is another member's.
pub(in crate::records) const PEOPLE: &str = "
    SELECT id, person, name, father, gender, birth_year, district, assembly, sector, booth, until, state,
           CAST(CASE WHEN until IS NOT NULL AND state = 5 AND EXISTS (
               SELECT 1 FROM member_states AS s
               WHERE s.member = members.id AND s.state = 5 AND s.why = 'duplicate')
           THEN 1 ELSE 0 END AS BIGINT), from_list
    FROM members WHERE contact = ?1 ORDER BY id";

/// The ledger of everybody on a phone, oldest first.
pub(in crate::records) const SAID: &str = "
    SELECT person, purpose, given FROM consents WHERE contact = ?1 ORDER BY at, id";

/// What everybody on a phone holds, or held.
pub(in crate::records) const POSTS: &str = "
    SELECT id, person, post, code, since, import, until FROM posts
    WHERE contact = ?1 AND code IS NOT NULL ORDER BY id";

/// Since when a post of which there is one is held.
pub(in crate::records) const HOLDER: &str = "
    SELECT since FROM posts WHERE post = ?1 AND code = ?2 AND until IS NULL AND single = 1";

/// What stood is kept beside it.
pub(in crate::records) const CHANGE_SINCE: &str = "
    UPDATE posts SET since_before = since, since = ?2 WHERE id = ?1";

pub(in crate::records) const ADD_PERSON: &str = "
    INSERT INTO members (contact, person, number, name, name_hash, father, gender, birth_year, district,
                         assembly, sector, booth, twin_hash, name_words, since, state, state_at,
                         import)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?15, ?17)
    RETURNING id";

pub(in crate::records) const ADD_STATE: &str = "
    INSERT INTO member_states (member, state, at, actor, why) VALUES (?1, ?2, ?3, ?4, 'import')";

/// A member as they were before an import changed them.
pub(in crate::records) const KEEP_PERSON: &str = "
    INSERT INTO member_history (member, contact, name, district, assembly, booth, ends, father, gender,
                                birth_year, sector, import, at)
    SELECT id, contact, name, district, assembly, booth, ends, father, gender, birth_year, sector, ?2, ?3
    FROM members WHERE id = ?1";

pub(in crate::records) const CHANGE_PERSON: &str = "
    UPDATE members SET father = ?2, gender = ?3, birth_year = ?4, district = ?5, assembly = ?6,
           sector = ?7, booth = ?8, twin_hash = ?9, import = ?10, from_list = ?11
    WHERE id = ?1";

pub(in crate::records) const ADD_POST: &str = "
    INSERT INTO posts (contact, person, post, place, code, single, since, import)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// A consent the office can show; 6 is our own channel.
pub(in crate::records) const ADD_CONSENT: &str = "
    INSERT INTO consents (contact, person, purpose, given, how, channel, at, actor, proof, import)
    VALUES (?1, ?2, ?3, 1, 'import', 6, ?4, 'office', ?5, ?6)";

pub(in crate::records) const ADD_IMPORT: &str = "
    INSERT INTO imports (file, sha256, kind, at, actor, rows, accepted, refused)
    VALUES (?1, ?2, 'people', ?3, ?4, 0, 0, 0) RETURNING id";

pub(in crate::records) const FINISH_IMPORT: &str = "
    UPDATE imports SET rows = ?2, accepted = ?3, refused = ?4, finished = ?5
    WHERE id = ?1 AND finished IS NULL";
