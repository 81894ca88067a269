-- What India's operators refuse and why: numbers with a mark, accounts and templates that rest.
-- Since when the operators say that the person wants no advertising, and that they know of no consent.
ALTER TABLE contacts ADD COLUMN no_promotion BIGINT;
ALTER TABLE contacts ADD COLUMN no_dlt_consent BIGINT;
-- The parts of a long text that the gateway has already.
ALTER TABLE outgoing ADD COLUMN parts_taken BIGINT NOT NULL DEFAULT 0;
-- What the word asks for beyond its message.
ALTER TABLE unmatched_statuses ADD COLUMN asks BIGINT;

-- What a provider refuses whoever it is sent to: nothing leaves by it until the time is over; then one
-- message tries. A row that ended stays, for words about what left before that come late.
CREATE TABLE holds (
    channel BIGINT NOT NULL,
    -- 1: an account of ours, 2: a DLT template.
    kind BIGINT NOT NULL,
    -- Our name of the account, or the operators' id of the template.
    name TEXT NOT NULL,
    -- The account by which it was refused last.
    account TEXT NOT NULL,
    -- The provider's code, and the status of HTTP.
    code BIGINT,
    http BIGINT,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    -- When a message was let through to try.
    trying BIGINT,
    -- Whether reports told of it: then only a report tells that it is over.
    by_report BIGINT NOT NULL,
    ended BIGINT,
    PRIMARY KEY (channel, kind, name)
);
