-- outside a transaction
-- Twins are found among those who changed what stands of them, and members in the samples they are in.
DROP INDEX CONCURRENTLY IF EXISTS members_twinless;
CREATE INDEX CONCURRENTLY members_twinless ON members (id) WHERE until IS NULL AND twin_hash IS NULL AND father IS NOT NULL AND booth IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS sample_members_of;
CREATE INDEX CONCURRENTLY sample_members_of ON sample_members (member, sample);
