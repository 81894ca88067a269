-- outside a transaction
-- Whoever is on a phone, and what tells them apart.
DROP INDEX CONCURRENTLY IF EXISTS members_phone;
CREATE INDEX CONCURRENTLY members_phone ON members (contact, id, until, name_words);
DROP INDEX CONCURRENTLY IF EXISTS members_contact;
