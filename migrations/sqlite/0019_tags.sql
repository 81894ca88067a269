-- Words the office gives to people so that it finds them again. What a word may not be (religion, caste,
-- community, numbers) is decided before it comes here.
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    tag TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL
) STRICT;

-- Who has which.
CREATE TABLE tagged (
    tag INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tag, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged_contact ON tagged (contact);
