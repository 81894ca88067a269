-- Who was asked for a consent that nobody had given: once ever for each purpose. Appended to, never changed.
CREATE TABLE asked (
    contact INTEGER NOT NULL,
    -- The consent that was asked for.
    purpose TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The broadcast that asked.
    broadcast INTEGER NOT NULL,
    PRIMARY KEY (contact, purpose)
) STRICT, WITHOUT ROWID;
