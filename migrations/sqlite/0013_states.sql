-- Terms that end, what the program completes in steps, and sign-ups that people disown.
CREATE INDEX members_ends ON members (ends) WHERE until IS NULL AND state < 5 AND ends IS NOT NULL;
CREATE INDEX members_ended ON members (id) WHERE until IS NOT NULL AND state < 5;

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
