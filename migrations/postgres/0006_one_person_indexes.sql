-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS contacts_merged_into;
CREATE INDEX CONCURRENTLY contacts_merged_into ON contacts (merged_into) WHERE merged_into IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_contact;
CREATE INDEX CONCURRENTLY members_contact ON members (contact);
DROP INDEX CONCURRENTLY IF EXISTS requests_contact;
CREATE INDEX CONCURRENTLY requests_contact ON requests (contact);
