-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS posts_single;
CREATE UNIQUE INDEX CONCURRENTLY posts_single ON posts (post, code) WHERE until IS NULL AND single = 1;
DROP INDEX CONCURRENTLY IF EXISTS posts_at;
CREATE INDEX CONCURRENTLY posts_at ON posts (code) WHERE until IS NULL;
