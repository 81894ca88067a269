-- With which messages people answered a broadcast. Their words stand in the log alone, and go with it.
CREATE TABLE broadcast_answers (
    broadcast BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    message BIGINT NOT NULL,
    PRIMARY KEY (broadcast, contact, message)
);
