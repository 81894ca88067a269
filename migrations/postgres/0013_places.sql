-- Places below the seats.
-- A sector or a booth, by the number that places::Place::code gives it.
CREATE TABLE places (
    code BIGINT PRIMARY KEY,
    -- Of a booth: the number of its sector within the seat, where it is known.
    sector BIGINT,
    -- As the office writes it; empty for one that has a number only.
    name TEXT NOT NULL,
    -- A hash of the name by its sound.
    sound BIGINT NOT NULL,
    since BIGINT NOT NULL,
    -- It does not exist any more.
    until BIGINT
);
CREATE INDEX places_sound ON places (sound);

-- The names a place had before, and until when.
CREATE TABLE place_names (
    code BIGINT NOT NULL,
    name TEXT NOT NULL,
    sound BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (code, until, name)
);
CREATE INDEX place_names_sound ON place_names (sound);
