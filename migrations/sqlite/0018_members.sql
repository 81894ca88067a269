-- Twins are found among those who changed what stands of them, and members in the samples they are in.
CREATE INDEX members_twinless ON members (id) WHERE until IS NULL AND twin_hash IS NULL AND father IS NOT NULL AND booth IS NOT NULL;
CREATE INDEX sample_members_of ON sample_members (member, sample);
