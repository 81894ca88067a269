-- Which of the people on a phone holds a post, where, and whether one at a time may.
ALTER TABLE posts ADD COLUMN person INTEGER NOT NULL DEFAULT 0;
-- The place as a number (delimitation, level, seat, number within it), beside its text.
ALTER TABLE posts ADD COLUMN code INTEGER;
ALTER TABLE posts ADD COLUMN single INTEGER NOT NULL DEFAULT 0;
-- The import that brought it, and who ended it.
ALTER TABLE posts ADD COLUMN import INTEGER;
ALTER TABLE posts ADD COLUMN ended_by TEXT;
CREATE UNIQUE INDEX posts_single ON posts (post, code) WHERE until IS NULL AND single = 1;
CREATE INDEX posts_at ON posts (code) WHERE until IS NULL;
