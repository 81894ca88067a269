-- With which messages people answered a broadcast. Their words stand in the log alone, and go with it.
CREATE TABLE broadcast_answers (
    broadcast INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (broadcast, contact, message)
) STRICT, WITHOUT ROWID;
