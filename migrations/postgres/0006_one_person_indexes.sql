-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS contacts_merged_into;
CREATE INDEX CONCURRENTLY contacts_merged_into ON contacts (merged_into) WHERE merged_into IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS members_contact;
CREATE INDEX CONCURRENTLY members_contact ON members (contact);
DROP INDEX CONCURRENTLY IF EXISTS requests_contact;
CREATE INDEX CONCURRENTLY requests_contact ON requests (contact);
DROP INDEX CONCURRENTLY IF EXISTS posts_of_contact;
CREATE INDEX CONCURRENTLY posts_of_contact ON posts (contact);
DROP INDEX CONCURRENTLY IF EXISTS handovers_of_contact;
CREATE INDEX CONCURRENTLY handovers_of_contact ON handovers (contact);
DROP INDEX CONCURRENTLY IF EXISTS parked_of_contact;
CREATE INDEX CONCURRENTLY parked_of_contact ON parked (contact);
