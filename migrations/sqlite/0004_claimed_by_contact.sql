-- Where several processes claim, a message waits for an earlier one of the same person that another of
-- them holds; the two schemas are one.
CREATE INDEX outgoing_claimed_contact ON outgoing (contact, id) WHERE status = 1;
