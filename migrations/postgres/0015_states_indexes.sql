-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS members_ends;
CREATE INDEX CONCURRENTLY members_ends ON members (ends) WHERE until IS NULL AND state < 5 AND ends IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_ended;
CREATE INDEX CONCURRENTLY members_ended ON members (id) WHERE until IS NOT NULL AND state < 5;
