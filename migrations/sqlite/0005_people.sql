-- Who brought whom, how long a membership lasts, how members changed, and what people said with a request.
-- The contact whose code a person first came by; kept once.
ALTER TABLE contacts ADD COLUMN referred_by INTEGER;
CREATE INDEX contacts_referred_by ON contacts (referred_by) WHERE referred_by IS NOT NULL;
-- When the membership runs out by itself.
ALTER TABLE members ADD COLUMN ends INTEGER;
-- What the person said with it, sealed and bound to the contact.
ALTER TABLE requests ADD COLUMN details BLOB;
CREATE INDEX requests_open ON requests (id) WHERE done IS NULL;

-- A member as they were before a change: the name as it was sealed there.
CREATE TABLE member_history (
    id INTEGER PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES members (id),
    contact INTEGER NOT NULL,
    name BLOB NOT NULL,
    district TEXT NOT NULL,
    assembly INTEGER NOT NULL,
    booth INTEGER,
    ends INTEGER,
    -- The inbound that changed them.
    message INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX member_history_contact ON member_history (contact, at);
