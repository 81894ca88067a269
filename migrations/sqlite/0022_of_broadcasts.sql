-- What waits in the queue of one broadcast. Messages of conversations are not in it, nor those that leave at once.
CREATE INDEX outgoing_of_broadcast ON outgoing (broadcast) WHERE status = 0 AND broadcast IS NOT NULL;
