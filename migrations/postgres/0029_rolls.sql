-- The roll of a closed poll: the hashes of all counted choices, ascending, in parts of some thousand. It is public; whoever
-- has a receipt looks it up here.
CREATE TABLE rolls (
    poll BIGINT NOT NULL,
    part BIGINT NOT NULL,
    -- The hashes of 32 bytes each, one behind the other: the first, the last, how many, and all of them.
    first BYTEA NOT NULL,
    last BYTEA NOT NULL,
    envelopes BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (poll, part)
);
