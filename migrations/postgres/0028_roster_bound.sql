-- A keyed hash over the poll, the voter, their contact and which of those on one phone: a row that was pointed at
-- another phone by hand is known by it.
ALTER TABLE roster ADD COLUMN bound BIGINT NOT NULL DEFAULT 0;
-- With which of their answers a voter's envelope of each kind came, from 1; 0: there is none. The wrapping holds the
-- same number.
ALTER TABLE roster ADD COLUMN choice_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roster ADD COLUMN ratings_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roster ADD COLUMN other_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roster ADD COLUMN remark_in BIGINT NOT NULL DEFAULT 0;
-- Over the numbers of people by place and post, as they stand in the bundle.
ALTER TABLE polls ADD COLUMN electorate_hash BYTEA;
