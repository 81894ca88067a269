-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS contacts_merged_into;
CREATE INDEX CONCURRENTLY contacts_merged_into ON contacts (merged_into) WHERE merged_into IS NOT NULL;
