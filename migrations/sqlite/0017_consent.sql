-- Consent by channel, the kill switch, and a person's rights over what is kept.

-- Since when the office writes to this person no more.
ALTER TABLE contacts ADD COLUMN blocked INTEGER;
-- The one channel a word of the ledger is about; none: every one.
ALTER TABLE consents ADD COLUMN only_channel INTEGER;

-- The office's kill switch, every turn of it: the newest row counts.
CREATE TABLE halts (
    id INTEGER PRIMARY KEY,
    halted INTEGER NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Persons who were erased, and what the law has kept of them for a while: sealed, apart from everything
-- else, gone when its time is over.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    until INTEGER NOT NULL,
    kept BLOB
) STRICT;
CREATE INDEX erasures_kept ON erasures (until) WHERE kept IS NOT NULL;

-- By what a list of the office is kept from bringing them back: a keyed hash of each address.
CREATE TABLE erased_addresses (
    hash BLOB NOT NULL,
    kind INTEGER NOT NULL,
    erasure INTEGER NOT NULL,
    PRIMARY KEY (hash, kind)
) STRICT, WITHOUT ROWID;
