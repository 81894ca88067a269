//! Places below the seats.

/// A place as it stands, by its code.
pub(in crate::records) const PLACE: &str = "
    SELECT code, sector, name, until FROM places WHERE code = ?1";

/// New, or over what stands there: then since when it exists stays.
pub(in crate::records) const KEEP_PLACE: &str = "
    INSERT INTO places (code, sector, name, sound, since) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (code) DO UPDATE SET sector = excluded.sector, name = excluded.name,
        sound = excluded.sound, until = NULL";

pub(in crate::records) const KEEP_NAME: &str = "
    INSERT INTO place_names (code, name, sound, until) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (code, until, name) DO NOTHING";

/// From one code to another, both included, ended ones too.
pub(in crate::records) const PLACES: &str = "
    SELECT code, sector, name, since, until FROM places
    WHERE code BETWEEN ?1 AND ?2 ORDER BY code LIMIT ?3";

/// A booth of a sector that ended lies in none. The codes of a seat's sectors stand a level before those of its
/// booths (see [`Place::code`](crate::places::Place::code)).
pub(in crate::records) const BOOTHS: &str = "
    SELECT b.code, CASE WHEN s.until IS NULL THEN b.sector END
    FROM places b LEFT JOIN places s ON s.code = b.code - b.code % 10000 - 100000000 + b.sector
    WHERE b.code BETWEEN ?1 AND ?2 AND b.until IS NULL";

pub(in crate::records) const NAMES_BEFORE: &str = "
    SELECT name, until FROM place_names WHERE code = ?1 ORDER BY until";

/// Every name that places from one code to another had.
pub(in crate::records) const FORMER_NAMES: &str = "
    SELECT DISTINCT code, name FROM place_names WHERE code BETWEEN ?1 AND ?2 ORDER BY code, name";

pub(in crate::records) const END_PLACE: &str = "
    UPDATE places SET until = ?2 WHERE code = ?1 AND until IS NULL";
