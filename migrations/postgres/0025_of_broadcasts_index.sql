-- outside a transaction
-- What waits in the queue of one broadcast. Messages of conversations are not in it, nor those that leave at once.
DROP INDEX CONCURRENTLY IF EXISTS outgoing_of_broadcast;
CREATE INDEX CONCURRENTLY outgoing_of_broadcast ON outgoing (broadcast) WHERE status = 0 AND broadcast IS NOT NULL;
