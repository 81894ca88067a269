-- outside a transaction
-- Whom only a list knows is counted apart, and twins are found among those who changed what stands of them.
INSERT INTO totals (name, epoch, value)
    SELECT 'listed', 0, count(*) FROM members WHERE until IS NULL AND state = 1
    ON CONFLICT (name, epoch) DO UPDATE SET value = excluded.value;
DROP INDEX CONCURRENTLY IF EXISTS members_twinless;
CREATE INDEX CONCURRENTLY members_twinless ON members (id) WHERE until IS NULL AND twin_hash IS NULL AND father IS NOT NULL AND booth IS NOT NULL;
