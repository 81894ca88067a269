-- What of a broadcast was refused, failed or came too late: a few of its messages, counted while somebody looks on.
CREATE INDEX outgoing_ended ON outgoing (broadcast, status, reason)
    WHERE status > 5 AND broadcast IS NOT NULL;
