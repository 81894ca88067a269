-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS members_at;
CREATE INDEX CONCURRENTLY members_at ON members (assembly, booth, state) WHERE until IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_verified;
CREATE INDEX CONCURRENTLY members_verified ON members (assembly, booth) WHERE until IS NULL AND state >= 3 AND state <= 4;
DROP INDEX CONCURRENTLY IF EXISTS members_beside;
CREATE INDEX CONCURRENTLY members_beside ON members (contact) WHERE until IS NULL AND person > 0;
DROP INDEX CONCURRENTLY IF EXISTS posts_of;
CREATE INDEX CONCURRENTLY posts_of ON posts (post, code) WHERE until IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_seat;
