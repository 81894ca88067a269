-- What India's operators refuse and why: numbers with a mark, accounts and templates that rest.
-- Since when the operators say that the person wants no advertising, and that they know of no consent.
ALTER TABLE contacts ADD COLUMN no_promotion INTEGER;
ALTER TABLE contacts ADD COLUMN no_dlt_consent INTEGER;
-- The parts of a long text that the gateway has already.
ALTER TABLE outgoing ADD COLUMN parts_taken INTEGER NOT NULL DEFAULT 0;
-- What the word asks for beyond its message.
ALTER TABLE unmatched_statuses ADD COLUMN asks INTEGER;

-- What a provider refuses whoever it is sent to: nothing leaves by it until the time is over; then one
-- message tries. A row that ended stays, for words about what left before that come late.
CREATE TABLE holds (
    channel INTEGER NOT NULL,
    -- 1: an account of ours, 2: a DLT template.
    kind INTEGER NOT NULL,
    -- Our name of the account, or the operators' id of the template.
    name TEXT NOT NULL,
    -- The account by which it was refused last.
    account TEXT NOT NULL,
    -- The provider's code, and the status of HTTP.
    code INTEGER,
    http INTEGER,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    -- When a message was let through to try.
    trying INTEGER,
    -- Whether reports told of it: then only a report tells that it is over.
    by_report INTEGER NOT NULL,
    ended INTEGER,
    PRIMARY KEY (channel, kind, name)
) STRICT, WITHOUT ROWID;
