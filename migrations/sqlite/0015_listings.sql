-- Finding people by a part of what is known of them, lists that are drawn, and who took which list out.
-- The names of members by the sound of each of their words, keyed hashes; kept up by whoever searches.
CREATE TABLE member_words (
    hash INTEGER NOT NULL,
    member INTEGER NOT NULL,
    PRIMARY KEY (hash, member)
) STRICT, WITHOUT ROWID;

-- The addresses that are numbers, by a keyed hash of their last four digits.
CREATE TABLE phone_tails (
    hash INTEGER NOT NULL,
    address INTEGER NOT NULL,
    PRIMARY KEY (hash, address)
) STRICT, WITHOUT ROWID;

-- Members whom another district asks whether what stands of them is true.
CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    -- As commands write it: district:162.
    place TEXT NOT NULL,
    -- The state of the memberships it was drawn from.
    state INTEGER NOT NULL,
    percent INTEGER NOT NULL,
    -- From the seed, the population and the share the same sample comes again.
    seed INTEGER NOT NULL,
    population INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL
) STRICT;
CREATE TABLE sample_members (
    sample INTEGER NOT NULL REFERENCES samples (id),
    member INTEGER NOT NULL,
    -- The LGD code of the district that asks.
    district INTEGER NOT NULL,
    PRIMARY KEY (sample, member)
) STRICT, WITHOUT ROWID;

-- Two members who looked like one person, and what the office says of them.
CREATE TABLE duplicates (
    -- The lower number of the two first.
    one INTEGER NOT NULL,
    other INTEGER NOT NULL,
    -- 1 one person, 2 two persons.
    verdict INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- What the office did with the data of persons: who, what, when, how many.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    -- The one person it was about, where it was about one.
    contact INTEGER,
    -- Of an export its file; else why.
    why TEXT,
    -- None: it was not finished.
    count INTEGER
) STRICT;
CREATE INDEX audit_contact ON audit (contact) WHERE contact IS NOT NULL;

-- Without a father's name or a booth, people of one name are no twins.
UPDATE members SET twin_hash = NULL WHERE twin_hash IS NOT NULL AND (father IS NULL OR booth IS NULL);
DROP INDEX members_seat;
CREATE INDEX members_at ON members (assembly, booth, state) WHERE until IS NULL;
CREATE INDEX members_verified ON members (assembly, booth) WHERE until IS NULL AND state >= 3 AND state <= 4;
CREATE INDEX members_beside ON members (contact) WHERE until IS NULL AND person > 0;
CREATE INDEX posts_of ON posts (post, code) WHERE until IS NULL;
