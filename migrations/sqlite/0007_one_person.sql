-- One person on several roads.
-- When the last missed call rang that was answered: the ones soon after it are the same wish.
ALTER TABLE contacts ADD COLUMN rang INTEGER;
-- The contact this one was found to be; nothing of the person is kept under this one any more but the
-- log of what was said, which is read together with the other's.
ALTER TABLE contacts ADD COLUMN merged_into INTEGER;
CREATE INDEX contacts_merged_into ON contacts (merged_into) WHERE merged_into IS NOT NULL;
-- By contact, ended ones too.
CREATE INDEX members_contact ON members (contact);
CREATE INDEX requests_contact ON requests (contact);
CREATE INDEX posts_of_contact ON posts (contact);
CREATE INDEX handovers_of_contact ON handovers (contact);
CREATE INDEX parked_of_contact ON parked (contact);
