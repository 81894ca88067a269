-- Since when a post was held, as it stood before an import said another day.
ALTER TABLE posts ADD COLUMN since_before INTEGER;
-- Posts from before places had numbers: delimitation, level, seat and number within it, as places::Place::code
-- writes them. What is written otherwise stays without one.
UPDATE posts SET code = 1100000000 WHERE code IS NULL AND place = 'state';
UPDATE posts SET code = 1200000000 + 10000 * CAST(substr(place, 10) AS INTEGER)
WHERE code IS NULL AND place GLOB 'division:[1-9]*' AND place NOT GLOB 'division:*[^0-9]*' AND length(place) <= 13;
UPDATE posts SET code = 1300000000 + 10000 * CAST(substr(place, 10) AS INTEGER)
WHERE code IS NULL AND place GLOB 'district:[1-9]*' AND place NOT GLOB 'district:*[^0-9]*' AND length(place) <= 13;
UPDATE posts SET code = 1400000000 + 10000 * CAST(substr(place, 11) AS INTEGER)
WHERE code IS NULL AND place GLOB 'lok_sabha:[1-9]*' AND place NOT GLOB 'lok_sabha:*[^0-9]*' AND length(place) <= 14;
UPDATE posts SET code = 1500000000 + 10000 * CAST(substr(place, 10) AS INTEGER)
WHERE code IS NULL AND place GLOB 'assembly:[1-9]*' AND place NOT GLOB 'assembly:*[^0-9]*' AND length(place) <= 13;
UPDATE posts SET code = 1600000000 + 10000 * CAST(substr(place, 8, instr(place, '/') - 8) AS INTEGER)
    + CAST(substr(place, instr(place, '/') + 1) AS INTEGER)
WHERE code IS NULL AND place GLOB 'sector:[1-9]*/[1-9]*' AND place NOT GLOB 'sector:*[^0-9/]*'
  AND place NOT GLOB '*/*/*' AND instr(place, '/') <= 12 AND length(place) - instr(place, '/') <= 4;
UPDATE posts SET code = 1700000000 + 10000 * CAST(substr(place, 7, instr(place, '/') - 7) AS INTEGER)
    + CAST(substr(place, instr(place, '/') + 1) AS INTEGER)
WHERE code IS NULL AND place GLOB 'booth:[1-9]*/[1-9]*' AND place NOT GLOB 'booth:*[^0-9/]*'
  AND place NOT GLOB '*/*/*' AND instr(place, '/') <= 11 AND length(place) - instr(place, '/') <= 4;
-- One person holds these at a place; where two were written, that stays for the office to settle.
UPDATE posts SET single = 1
WHERE single = 0 AND until IS NULL AND code IS NOT NULL
  AND post IN ('booth_president', 'sector_president', 'district_president', 'state_president')
  AND NOT EXISTS (SELECT 1 FROM posts AS other WHERE other.id <> posts.id AND other.post = posts.post
                  AND other.code = posts.code AND other.until IS NULL);
