-- Terms that end, names without hashes, and sign-ups that people disown.
CREATE INDEX members_ends ON members (ends) WHERE until IS NULL AND state < 5 AND ends IS NOT NULL;
CREATE INDEX members_nameless ON members (id) WHERE name_hash IS NULL AND until IS NULL;

-- Memberships that ended before there were states: given back (6), or ended because another membership of the
-- same person held (5).
UPDATE members SET state_at = until, state = CASE WHEN EXISTS (
    SELECT 1 FROM members AS other
    WHERE other.contact = members.contact AND other.id <> members.id AND other.since <= members.until
      AND (other.until IS NULL OR other.until > members.until)) THEN 5 ELSE 6 END
WHERE until IS NOT NULL AND state = 2;

-- Memberships whose person says that they never joined, with whoever brought them.
CREATE TABLE disowned (
    id INTEGER PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES members (id),
    -- The contact by whose code the person came, and the list they stood on.
    enroller INTEGER,
    import INTEGER,
    at INTEGER NOT NULL,
    -- The inbound that carried the word.
    message INTEGER
) STRICT;
CREATE INDEX disowned_enroller ON disowned (enroller);
