-- What a broadcast was tried with and approved for, and what its messages are billed by.

-- The broadcast that this one tries on the phones of the office.
ALTER TABLE broadcasts ADD COLUMN test_of INTEGER;
-- To how many people it went when somebody said yes to it.
ALTER TABLE broadcasts ADD COLUMN approved_for INTEGER;
-- The short messages a message of a broadcast fills; on other channels 0.
ALTER TABLE outgoing ADD COLUMN parts INTEGER;
