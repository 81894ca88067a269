-- Polls: who is asked, who answered, and their sealed answers until the close.
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- staging, open, closing, closed, counted, cancelled.
    state TEXT NOT NULL,
    -- The file it was opened from, sealed and bound to the moment of its making; and its SHA-256.
    definition BLOB NOT NULL,
    hash BLOB NOT NULL,
    opens INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    secret INTEGER NOT NULL,
    -- The key that seals answers. The one that opens them is here only of a poll that is no secret, sealed.
    public_key BLOB NOT NULL,
    private_key BLOB,
    -- By which each voter sees the candidates in an order of their own, sealed.
    order_key BLOB NOT NULL,
    -- The codes of the posts that the roster numbers, a line each.
    posts TEXT NOT NULL,
    -- Of the frozen roster.
    roster_hash BLOB,
    roster_people INTEGER,
    -- Of what was taken to the count: from here on the envelopes go.
    bundle_digest BLOB,
    roll_head BLOB,
    choices INTEGER,
    actor TEXT NOT NULL,
    created INTEGER NOT NULL,
    opened_at INTEGER,
    closed_at INTEGER,
    counted_at INTEGER
) STRICT;

-- What was done with a poll: appended to, never changed.
CREATE TABLE poll_log (
    id INTEGER PRIMARY KEY,
    poll INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX poll_log_poll ON poll_log (poll);

-- Who may answer: one row a person. It is frozen when the poll opens.
CREATE TABLE roster (
    poll INTEGER NOT NULL,
    voter INTEGER NOT NULL,
    -- None: the person was erased.
    contact INTEGER,
    -- Which of those on one phone.
    person INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    assembly INTEGER NOT NULL,
    sector INTEGER NOT NULL,
    booth INTEGER NOT NULL,
    -- Its place among the posts of the poll.
    post INTEGER NOT NULL,
    -- When they last answered, and how often they did.
    answered_at INTEGER,
    answers INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (poll, voter)
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_contact ON roster (contact);

-- Sealed answers, until the close alone. No time and no number of its own: it stands where its voter does, and a
-- new answer takes the place of the one before.
CREATE TABLE envelopes (
    poll INTEGER NOT NULL,
    voter INTEGER NOT NULL,
    -- c choice, r ratings, o the name behind "other", m remark.
    kind TEXT NOT NULL,
    envelope BLOB NOT NULL,
    PRIMARY KEY (poll, voter, kind)
) STRICT, WITHOUT ROWID;
