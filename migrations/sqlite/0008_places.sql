-- Places below the seats, and posts by place.
-- A sector or a booth, by the number that places::Place::code gives it.
CREATE TABLE places (
    code INTEGER PRIMARY KEY,
    -- Of a booth: the number of its sector within the seat, where it is known.
    sector INTEGER,
    -- As the office writes it; empty for one that has a number only.
    name TEXT NOT NULL,
    -- A hash of the name by its sound.
    sound INTEGER NOT NULL,
    since INTEGER NOT NULL,
    -- It does not exist any more.
    until INTEGER
) STRICT;
CREATE INDEX places_sound ON places (sound);

-- The names a place had before, and until when.
CREATE TABLE place_names (
    code INTEGER NOT NULL,
    name TEXT NOT NULL,
    sound INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (code, until, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_names_sound ON place_names (sound);

-- Posts by the place they are held at, as a number. No version before this one wrote a row of the old table.
DROP TABLE posts;
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    -- Which of the people on this contact's phone: 0 is the one whose conversations these are.
    person INTEGER NOT NULL DEFAULT 0,
    post TEXT NOT NULL,
    -- places::Place::code.
    place INTEGER NOT NULL,
    -- Whether only one person can hold it there.
    single INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    -- The import that brought it.
    import INTEGER,
    ended_by TEXT
) STRICT;
CREATE INDEX posts_contact ON posts (contact) WHERE until IS NULL;
CREATE INDEX posts_of_contact ON posts (contact);
CREATE UNIQUE INDEX posts_single ON posts (post, place) WHERE until IS NULL AND single = 1;
CREATE INDEX posts_place ON posts (place, post) WHERE until IS NULL;
