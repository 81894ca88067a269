-- Whether an address of the contact was ever given up: from then on the sender of each message is looked
-- up once more when it is committed, for another process may remember the old owner of a number.
ALTER TABLE contacts ADD COLUMN gave_up INTEGER NOT NULL DEFAULT 0;
UPDATE contacts SET gave_up = 1
WHERE id IN (SELECT contact FROM addresses WHERE until IS NOT NULL);
