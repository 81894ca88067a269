-- The records of one installation.
--
-- Times are epoch milliseconds. What names a person or repeats their words is sealed (a BLOB that
-- begins with a form byte and the id of its key); provider ids are kept as keyed hashes in two
-- 64-bit halves, since WhatsApp's hold the person's number. Hot tables grow at their end and carry no
-- random secondary index.

-- The processes that wrote here. An epoch is given once; a process whose row is ended is fenced.
CREATE TABLE processes (
    epoch INTEGER PRIMARY KEY AUTOINCREMENT,
    started INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    -- Counts its transactions: a COMMIT whose answer was lost is settled by it.
    commits INTEGER NOT NULL DEFAULT 0,
    ended INTEGER
) STRICT;

-- The keys this database cannot be read without: id (0 is the index key) and a fingerprint.
CREATE TABLE seal_keys (
    id INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    since INTEGER NOT NULL
) STRICT;

-- Small facts about the database itself.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Blocks of numbers given out; `next` was never given.
CREATE TABLE sequences (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Running totals, moved in the transaction that moves what they count.
CREATE TABLE totals (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL DEFAULT 0,
    language TEXT NOT NULL DEFAULT 'hi',
    language_chosen INTEGER NOT NULL DEFAULT 0,
    handed_over INTEGER NOT NULL DEFAULT 0,
    has_phone INTEGER NOT NULL DEFAULT 0,
    -- The road of the last message, and when the person last wrote on it.
    road_channel INTEGER,
    road_account TEXT,
    road_inbound INTEGER,
    -- When the person last wrote on any road.
    last_inbound INTEGER,
    -- The newest of this contact's messages; each message names the one before it.
    last_message INTEGER,
    created INTEGER NOT NULL
) STRICT;

-- Roads a contact used before the present one: their windows may still be open.
CREATE TABLE roads (
    contact INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    account TEXT NOT NULL,
    last_inbound INTEGER,
    PRIMARY KEY (contact, channel, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL,
    sealed BLOB NOT NULL,
    since INTEGER NOT NULL,
    -- Given up (the number changed): the next person who writes from it is somebody else.
    until INTEGER
) STRICT;
CREATE UNIQUE INDEX addresses_hash ON addresses (hash, kind) WHERE until IS NULL;
CREATE INDEX addresses_contact ON addresses (contact);

-- Two contacts one message claimed at once; a person of the office decides.
CREATE TABLE merge_queue (
    id INTEGER PRIMARY KEY,
    kept INTEGER NOT NULL,
    other INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    at INTEGER NOT NULL,
    settled INTEGER,
    UNIQUE (kept, other)
) STRICT;

CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    number TEXT NOT NULL UNIQUE,
    name BLOB NOT NULL,
    district TEXT NOT NULL,
    assembly INTEGER NOT NULL,
    booth INTEGER,
    birth_year INTEGER,
    since INTEGER NOT NULL,
    until INTEGER
) STRICT;
CREATE UNIQUE INDEX members_active ON members (contact) WHERE until IS NULL;

CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    post TEXT NOT NULL,
    place TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER
) STRICT;
CREATE INDEX posts_contact ON posts (contact) WHERE until IS NULL;

-- The ledger: appended to, never changed. `message` is the inbound that carried the word; its
-- sealed content holds the provider's id.
CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    purpose TEXT NOT NULL,
    given INTEGER NOT NULL,
    notice TEXT,
    wording TEXT,
    how TEXT NOT NULL,
    channel INTEGER NOT NULL,
    message INTEGER,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL
) STRICT;
CREATE INDEX consents_contact ON consents (contact, at);

CREATE TABLE handovers (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    ended INTEGER
) STRICT;
CREATE INDEX handovers_open ON handovers (contact) WHERE ended IS NULL;

-- Rights asked for: erasure, correction, access.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL REFERENCES contacts (id),
    kind TEXT NOT NULL,
    ticket TEXT NOT NULL UNIQUE,
    message INTEGER,
    at INTEGER NOT NULL,
    done INTEGER
) STRICT;

-- Every inbound message of the last nine days, by keyed hash; swept in small steps.
CREATE TABLE inbound_keys (
    hash INTEGER NOT NULL,
    hash_rest INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (hash, hash_rest)
) STRICT, WITHOUT ROWID;

-- The log of what was said, both ways. Only ever appended to.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL,
    -- The contact's message before this one.
    previous INTEGER,
    -- 1: the person's, 2: ours.
    direction INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;

-- Turns that could not be made, with their reason; the inbound is in the log.
CREATE TABLE parked (
    message INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    settled INTEGER
) STRICT;

-- Where a message of ours stands; its words are in the log under the same id.
CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY,
    contact INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    account TEXT NOT NULL,
    lane INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    status INTEGER NOT NULL,
    created INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    send_before INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- The process that claimed it.
    epoch INTEGER,
    unknown_since INTEGER,
    -- Its one second chance after `unknown` was taken.
    again INTEGER NOT NULL DEFAULT 0,
    -- The inbound message it answers.
    answers INTEGER,
    provider_id BLOB,
    error INTEGER,
    reason TEXT,
    moved INTEGER NOT NULL
) STRICT;
CREATE INDEX outgoing_queued ON outgoing (lane, not_before, id) WHERE status = 0;
CREATE INDEX outgoing_queued_contact ON outgoing (contact, id) WHERE status = 0;
CREATE INDEX outgoing_claimed ON outgoing (epoch) WHERE status = 1;
CREATE INDEX outgoing_unknown ON outgoing (unknown_since) WHERE status = 2;

-- From a provider's id, by keyed hash, to our message; swept in small steps.
CREATE TABLE provider_ids (
    hash INTEGER NOT NULL,
    hash_rest INTEGER NOT NULL,
    outgoing INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (hash, hash_rest)
) STRICT, WITHOUT ROWID;

-- Every word of a provider about a message of ours, once.
CREATE TABLE status_log (
    outgoing INTEGER NOT NULL,
    status INTEGER NOT NULL,
    at INTEGER NOT NULL,
    error INTEGER,
    recorded INTEGER NOT NULL,
    PRIMARY KEY (outgoing, status, at)
) STRICT, WITHOUT ROWID;

-- Words about messages we do not know yet: the answer to the send is still on its way.
CREATE TABLE unmatched_statuses (
    hash INTEGER NOT NULL,
    hash_rest INTEGER NOT NULL,
    status INTEGER NOT NULL,
    at INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    error INTEGER,
    -- Our own id as the provider echoed it, when it did.
    opaque TEXT,
    recorded INTEGER NOT NULL,
    PRIMARY KEY (hash, hash_rest, at, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    contact INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE timers (
    contact INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    visit INTEGER NOT NULL,
    due INTEGER NOT NULL,
    -- Due at first; a minute later each time somebody takes it.
    next_try INTEGER NOT NULL,
    PRIMARY KEY (contact, kind, visit, due)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (next_try);

-- What providers told about our accounts, templates and numbers.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    hash INTEGER NOT NULL,
    hash_rest INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    recorded INTEGER NOT NULL,
    UNIQUE (hash, hash_rest)
) STRICT;
