-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS contacts_referred_by;
CREATE INDEX CONCURRENTLY contacts_referred_by ON contacts (referred_by) WHERE referred_by IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS requests_open;
CREATE INDEX CONCURRENTLY requests_open ON requests (id) WHERE done IS NULL;
