-- People known from lists of the office, several of them on one phone.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    -- The file's name without its folders, and the SHA-256 of what was in it.
    file TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    rows INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    -- None: it was stopped on the way.
    finished INTEGER
) STRICT;

-- 0: the one whose conversations the phone's are. Others on the same phone have numbers above.
ALTER TABLE members ADD COLUMN person INTEGER NOT NULL DEFAULT 0;
-- 1 details, 2 confirmed, 3 verified, 4 active, 5 lapsed, 6 withdrawn; since when, where it moved.
ALTER TABLE members ADD COLUMN state INTEGER NOT NULL DEFAULT 2;
ALTER TABLE members ADD COLUMN state_at INTEGER;
-- Sealed and bound to the contact, as the name is.
ALTER TABLE members ADD COLUMN father BLOB;
-- 1 a man, 2 a woman, 3 neither.
ALTER TABLE members ADD COLUMN gender INTEGER;
ALTER TABLE members ADD COLUMN sector INTEGER;
-- Keyed hashes: of the name by its sound; of that with the father's, the seat and the booth.
ALTER TABLE members ADD COLUMN name_hash INTEGER;
ALTER TABLE members ADD COLUMN twin_hash INTEGER;
ALTER TABLE members ADD COLUMN import INTEGER;
DROP INDEX members_active;
CREATE UNIQUE INDEX members_persons ON members (contact, person) WHERE until IS NULL;
CREATE INDEX members_name ON members (name_hash) WHERE until IS NULL;
CREATE INDEX members_twin ON members (twin_hash) WHERE until IS NULL AND twin_hash IS NOT NULL;
CREATE INDEX members_seat ON members (assembly, booth) WHERE until IS NULL;

ALTER TABLE member_history ADD COLUMN father BLOB;
ALTER TABLE member_history ADD COLUMN gender INTEGER;
ALTER TABLE member_history ADD COLUMN birth_year INTEGER;
ALTER TABLE member_history ADD COLUMN sector INTEGER;
-- The import that changed them.
ALTER TABLE member_history ADD COLUMN import INTEGER;

-- How a membership came from one state to the next.
CREATE TABLE member_states (
    id INTEGER PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES members (id),
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    why TEXT,
    -- The inbound that carried the word.
    message INTEGER
) STRICT;
CREATE INDEX member_states_member ON member_states (member);

-- Whose word it is, and what the office can show for one it brought: sealed and bound to the contact.
ALTER TABLE consents ADD COLUMN person INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consents ADD COLUMN proof BLOB;
ALTER TABLE consents ADD COLUMN import INTEGER;
