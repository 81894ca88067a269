-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS members_persons;
CREATE UNIQUE INDEX CONCURRENTLY members_persons ON members (contact, person) WHERE until IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_name;
CREATE INDEX CONCURRENTLY members_name ON members (name_hash) WHERE until IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_twin;
CREATE INDEX CONCURRENTLY members_twin ON members (twin_hash) WHERE until IS NULL AND twin_hash IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_seat;
CREATE INDEX CONCURRENTLY members_seat ON members (assembly, booth) WHERE until IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_active;
