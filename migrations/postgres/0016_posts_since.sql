-- Since when a post was held, as it stood before an import said another day.
ALTER TABLE posts ADD COLUMN since_before BIGINT;
-- Posts from before places had numbers: delimitation, level, seat and number within it, as places::Place::code
-- writes them. What is written otherwise stays without one.
UPDATE posts SET code = 1100000000 WHERE code IS NULL AND place = 'state';
UPDATE posts SET code = 10000 * split_part(place, ':', 2)::BIGINT + CASE split_part(place, ':', 1)
    WHEN 'division' THEN 1200000000 WHEN 'district' THEN 1300000000 WHEN 'lok_sabha' THEN 1400000000
    ELSE 1500000000 END
WHERE code IS NULL AND place ~ '^(division|district|lok_sabha|assembly):[1-9][0-9]{0,3}$';
UPDATE posts SET code = 10000 * split_part(split_part(place, ':', 2), '/', 1)::BIGINT
    + split_part(place, '/', 2)::BIGINT
    + CASE split_part(place, ':', 1) WHEN 'sector' THEN 1600000000 ELSE 1700000000 END
WHERE code IS NULL AND place ~ '^(sector|booth):[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$';
-- One person holds these at a place; where two were written, that stays for the office to settle.
UPDATE posts SET single = 1
WHERE single = 0 AND until IS NULL AND code IS NOT NULL
  AND post IN ('booth_president', 'sector_president', 'district_president', 'state_president')
  AND NOT EXISTS (SELECT 1 FROM posts AS other WHERE other.id <> posts.id AND other.post = posts.post
                  AND other.code = posts.code AND other.until IS NULL);
