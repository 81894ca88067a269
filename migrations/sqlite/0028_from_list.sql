-- Which of the fields that members say of themselves a list filled in after they had (bits: 1 the district, 2 the
-- seat, 4 the booth, 8 the year of birth): another list may correct those, and no other. Of those who stand
-- already nobody knows, and every field counts as their own word.
ALTER TABLE members ADD COLUMN from_list INTEGER NOT NULL DEFAULT 0;
