-- The roll of a closed poll: the hashes of all counted choices, ascending, in parts of some thousand. It is public; whoever
-- has a receipt looks it up here.
CREATE TABLE rolls (
    poll INTEGER NOT NULL,
    part INTEGER NOT NULL,
    -- The hashes of 32 bytes each, one behind the other: the first, the last, how many, and all of them.
    first BLOB NOT NULL,
    last BLOB NOT NULL,
    envelopes INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (poll, part)
) STRICT, WITHOUT ROWID;
