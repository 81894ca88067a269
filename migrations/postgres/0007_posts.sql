-- Which of the people on a phone holds a post, where, and whether one at a time may.
ALTER TABLE posts ADD COLUMN person BIGINT NOT NULL DEFAULT 0;
-- The place as a number (delimitation, level, seat, number within it), beside its text.
ALTER TABLE posts ADD COLUMN code BIGINT;
ALTER TABLE posts ADD COLUMN single BIGINT NOT NULL DEFAULT 0;
-- The import that brought it, and who ended it.
ALTER TABLE posts ADD COLUMN import BIGINT;
ALTER TABLE posts ADD COLUMN ended_by TEXT;
