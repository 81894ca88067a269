-- What the office says to many, once each.
CREATE TABLE broadcasts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    purpose TEXT NOT NULL,
    author TEXT NOT NULL,
    -- What is said and to whom, sealed and bound to the moment of its making; and its SHA-256.
    definition BLOB NOT NULL,
    hash BLOB NOT NULL,
    audience TEXT NOT NULL,
    created INTEGER NOT NULL,
    from_at INTEGER,
    send_before INTEGER NOT NULL,
    approved_by TEXT,
    approved_at INTEGER,
    frozen_at INTEGER,
    -- The rows it was frozen with, and a hash of them.
    recipients INTEGER,
    recipients_hash BLOB,
    why TEXT,
    -- The dialogue an answer opens.
    flow TEXT,
    -- The approved templates it leaves by, a line each.
    templates TEXT NOT NULL,
    fallback_channel INTEGER,
    fallback_account TEXT,
    fallback_after INTEGER,
    certificate TEXT
) STRICT;

-- What was done with a broadcast: appended to, never changed.
CREATE TABLE broadcast_log (
    id INTEGER PRIMARY KEY,
    broadcast INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT
) STRICT;
CREATE INDEX broadcast_log_broadcast ON broadcast_log (broadcast);

-- To whom a broadcast goes: one row a person. Rows of one that is being frozen are nobody's yet.
CREATE TABLE recipients (
    broadcast INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    -- 0 planned, 1 released, 2 refused, 3 cancelled, 4 expired.
    state INTEGER NOT NULL,
    -- Why it was refused.
    reason TEXT,
    channel INTEGER NOT NULL,
    account TEXT NOT NULL,
    language TEXT NOT NULL,
    -- The message that was made of it.
    outgoing INTEGER,
    replied_at INTEGER,
    -- The message by the other channel; 0 when there is no such way to this person.
    fallback_outgoing INTEGER,
    PRIMARY KEY (broadcast, contact)
) STRICT, WITHOUT ROWID;

-- The broadcast a message is of.
ALTER TABLE outgoing ADD COLUMN broadcast INTEGER;
