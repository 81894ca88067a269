-- Pairs of contacts that wait for the office. A pair is settled when the two were made one, or when the
-- office said that they are two: then they stay two.
CREATE INDEX merge_queue_open ON merge_queue (id) WHERE settled IS NULL;
