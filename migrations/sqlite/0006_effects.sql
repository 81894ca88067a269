-- What turns want done in the world once they are committed: HTTP calls, media to be kept. A row is
-- claimed by a process for a while; the claim of a dead one is free again, and so is one that takes
-- too long. Rows are forgotten some days after they are done.
CREATE TABLE effects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact INTEGER NOT NULL,
    -- 1: an HTTP call, 2: a medium of the person is kept.
    kind INTEGER NOT NULL,
    -- The inbound message that made it, where one did.
    message INTEGER,
    -- The road of the conversation.
    channel INTEGER NOT NULL,
    account TEXT NOT NULL,
    -- A keyed hash of the turn and the place in it: what the outside world knows the effect by.
    hash INTEGER NOT NULL,
    hash_rest INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    created INTEGER NOT NULL,
    next_try INTEGER NOT NULL,
    -- When it was claimed for the first time.
    begun INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- The process that claimed it.
    epoch INTEGER,
    -- What it came to, sealed, until that is turned.
    answer BLOB,
    done INTEGER
) STRICT;
CREATE INDEX effects_waiting ON effects (kind, next_try) WHERE done IS NULL;
CREATE INDEX effects_done ON effects (done) WHERE done IS NOT NULL;

-- Media of people, copied before the provider forgets them. The file is sealed under a key of its own,
-- which is kept here, sealed: without this row nobody can read the file.
CREATE TABLE media (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact INTEGER NOT NULL,
    -- The message that brought it, where one did.
    message INTEGER,
    kind TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    -- Bytes, before sealing.
    size INTEGER,
    -- In the folder of media; none when it was refused.
    path TEXT,
    file_key BLOB,
    -- Why there is no file.
    refused TEXT,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX media_contact ON media (contact);
