-- outside a transaction
-- The days of a broadcast that comes again.
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_series;
CREATE INDEX CONCURRENTLY broadcasts_series ON broadcasts (series) WHERE series IS NOT NULL;
