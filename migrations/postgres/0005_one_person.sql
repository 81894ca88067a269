-- One person on several roads.
-- When the last missed call rang that was answered: the ones soon after it are the same wish.
ALTER TABLE contacts ADD COLUMN rang BIGINT;
-- The contact this one was found to be; nothing of the person is kept under this one any more but the
-- log of what was said, which is read together with the other's.
ALTER TABLE contacts ADD COLUMN merged_into BIGINT;
