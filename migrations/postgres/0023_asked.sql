-- Who was asked for a consent that nobody had given: once ever for each purpose. Appended to, never changed.
CREATE TABLE asked (
    contact BIGINT NOT NULL,
    -- The consent that was asked for.
    purpose TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The broadcast that asked.
    broadcast BIGINT NOT NULL,
    PRIMARY KEY (contact, purpose)
);
