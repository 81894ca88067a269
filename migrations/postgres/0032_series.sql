-- Broadcasts that come again: approved once, each of their days run by a server.

-- 1: it comes again, and has no recipients of its own.
ALTER TABLE broadcasts ADD COLUMN repeats BIGINT;
-- Of one that comes again: since when servers run its days.
ALTER TABLE broadcasts ADD COLUMN begun BIGINT;
-- Of one day: what it is a day of.
ALTER TABLE broadcasts ADD COLUMN series BIGINT;
-- Who is at work on a day whose recipients are not written down, and until when nobody else takes it.
ALTER TABLE broadcasts ADD COLUMN holder TEXT;
ALTER TABLE broadcasts ADD COLUMN held_until BIGINT;
