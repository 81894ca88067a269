-- Places below the seats.
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
