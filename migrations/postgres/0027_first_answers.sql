-- When somebody on the roster of a poll first answered: a change later does not cover an early answer. It says when,
-- beside the voter, as answered_at does, and nothing of an envelope; it goes when the answer goes.
ALTER TABLE roster ADD COLUMN first_at BIGINT;
