-- Totals are kept by the process that moved them, as on the engine for many processes; here it is one,
-- under epoch 0.
CREATE TABLE totals_by_process (
    name TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (name, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO totals_by_process (name, epoch, value) SELECT name, 0, value FROM totals;
DROP TABLE totals;
ALTER TABLE totals_by_process RENAME TO totals;
