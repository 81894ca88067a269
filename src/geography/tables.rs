//! Reads the tables of `data/`. Their cells hold no quotes, commas or line breaks, so a line is
//! split at its commas; a quote is refused rather than read wrongly.

use std::collections::HashMap;

use super::{Assembly, District, Division, LokSabha, PinCodes, Town};

/// How many of each the state has: the size of a whole table.
const DIVISIONS: usize = 18;
const DISTRICTS: usize = 75;
const ASSEMBLIES: usize = 403;
const LOK_SABHA: usize = 80;

/// One line of a table, its cells by the names of the header.
pub(crate) struct Row<'a> {
    file: &'a str,
    /// As an editor counts: the header is line 1.
    line: usize,
    header: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    pub(crate) fn error(&self, what: &str) -> String {
        format!("{}, line {}: {what}", self.file, self.line)
    }

    pub(crate) fn cell(&self, column: &str) -> Result<&'a str, String> {
        let place = self.header.iter().position(|name| *name == column);
        place
            .and_then(|index| self.cells.get(index).copied())
            .ok_or_else(|| self.error(&format!("the column `{column}` is missing")))
    }

    pub(crate) fn filled(&self, column: &str) -> Result<String, String> {
        let cell = self.cell(column)?;
        if cell.is_empty() {
            return Err(self.error(&format!("the cell `{column}` is empty")));
        }
        Ok(cell.to_owned())
    }

    fn number(&self, column: &str) -> Result<u16, String> {
        let cell = self.cell(column)?;
        cell.parse().map_err(|_| self.error(&format!("`{column}` is not a number: {cell:?}")))
    }

    /// The other names of both scripts, in the order of the file.
    fn others(&self) -> Result<Vec<String>, String> {
        let cells = [self.cell("alt_en")?, self.cell("alt_hi")?];
        let names = cells.into_iter().flat_map(|cell| cell.split('|'));
        Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// The towns of the offices in both scripts; `Akbarpur (Mati)` is two names of one.
    fn headquarters(&self) -> Result<Vec<String>, String> {
        let cells = [self.cell("hq_en")?, self.cell("hq_hi")?];
        let names = cells.into_iter().flat_map(|cell| cell.split(['(', ')']));
        Ok(names.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }
}

/// The place of a district in its table, by its English name.
fn district_named(row: &Row<'_>, districts: &[District]) -> Result<u16, String> {
    let name = row.cell("district")?;
    let place = districts.iter().position(|district| district.name_en == name);
    place
        .and_then(|place| u16::try_from(place).ok())
        .ok_or_else(|| row.error(&format!("no district {name} in districts.csv")))
}

/// Calls `read` for every line after the header; the first error ends the reading.
pub(crate) fn each_row<'a>(
    file: &'a str,
    text: &'a str,
    mut read: impl FnMut(&Row<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let mut lines = text.lines().enumerate();
    let header: Vec<&str> = match lines.next() {
        Some((_, line)) => line.split(',').collect(),
        None => return Err(format!("{file}: the file is empty")),
    };
    for (index, line) in lines {
        let row = Row { file, line: index + 1, header: &header, cells: line.split(',').collect() };
        if line.contains('"') {
            return Err(row.error("quotes are not understood; write the cell without them"));
        }
        if row.cells.len() != header.len() {
            return Err(row.error(&format!(
                "{} cells where the header has {}",
                row.cells.len(),
                header.len()
            )));
        }
        read(&row)?;
    }
    Ok(())
}

/// `divisions.csv`: 18 rows, numbered from 1 in order.
pub(super) fn divisions(file: &str, text: &str) -> Result<Vec<Division>, String> {
    let mut divisions: Vec<Division> = Vec::with_capacity(DIVISIONS);
    each_row(file, text, |row| {
        let number = row.number("code")?;
        in_order(row, number, divisions.len())?;
        let others = row.cell("alt_names")?.split('|').filter(|name| !name.is_empty());
        divisions.push(Division {
            number,
            name_en: row.filled("name_en")?,
            name_hi: row.filled("name_hi")?,
            name_ur: String::new(),
            others: others.map(str::to_owned).collect(),
        });
        Ok(())
    })?;
    whole(file, divisions.len(), DIVISIONS)?;
    Ok(divisions)
}

/// `districts.csv`: 75 rows, codes and names unique.
pub(super) fn districts(file: &str, text: &str) -> Result<Vec<District>, String> {
    let mut districts: Vec<District> = Vec::with_capacity(DISTRICTS);
    each_row(file, text, |row| {
        let district = District {
            code: row.filled("code")?,
            name_en: row.filled("name_en")?,
            name_hi: row.filled("name_hi")?,
            name_ur: String::new(),
            division: row.filled("division")?,
            others: row.others()?,
            headquarters: row.headquarters()?,
        };
        let twin = districts.iter().find(|other| {
            other.code == district.code
                || other.name_en == district.name_en
                || other.name_hi == district.name_hi
        });
        if let Some(twin) = twin {
            return Err(row.error(&format!("code or name stands already at {}", twin.name_en)));
        }
        districts.push(district);
        Ok(())
    })?;
    whole(file, districts.len(), DISTRICTS)?;
    Ok(districts)
}

/// `lok_sabha.csv`: seats 1 to 80 in order.
pub(super) fn lok_sabha(file: &str, text: &str) -> Result<Vec<LokSabha>, String> {
    let mut seats: Vec<LokSabha> = Vec::with_capacity(LOK_SABHA);
    each_row(file, text, |row| {
        let number = row.number("number")?;
        in_order(row, number, seats.len())?;
        seats.push(LokSabha {
            number,
            name_en: row.filled("name_en")?,
            name_hi: row.filled("name_hi")?,
            name_ur: String::new(),
            others: row.others()?,
        });
        Ok(())
    })?;
    whole(file, seats.len(), LOK_SABHA)?;
    Ok(seats)
}

/// `assembly.csv`: seats 1 to 403 in order, each in a district and a Lok Sabha seat that exist.
pub(super) fn assemblies(
    file: &str,
    text: &str,
    districts: &[District],
    lok_sabha: &[LokSabha],
) -> Result<Vec<Assembly>, String> {
    let mut seats: Vec<Assembly> = Vec::with_capacity(ASSEMBLIES);
    each_row(file, text, |row| {
        let seat = Assembly {
            number: row.number("number")?,
            name_en: row.filled("name_en")?,
            name_hi: row.filled("name_hi")?,
            name_ur: String::new(),
            district_code: row.filled("district_code")?,
            lok_sabha: row.number("lok_sabha")?,
            others: row.others()?,
        };
        in_order(row, seat.number, seats.len())?;
        let district_name = row.cell("district")?;
        let district_known = districts.iter().any(|district| {
            district.code == seat.district_code && district.name_en == district_name
        });
        if !district_known {
            return Err(row.error(&format!(
                "no district {district_name} with the code {} in districts.csv",
                seat.district_code
            )));
        }
        if !lok_sabha.iter().any(|known| known.number == seat.lok_sabha) {
            return Err(row.error(&format!("no Lok Sabha seat {}", seat.lok_sabha)));
        }
        seats.push(seat);
        Ok(())
    })?;
    whole(file, seats.len(), ASSEMBLIES)?;
    Ok(seats)
}

/// Names of places outside the state, so that they are not taken for one inside that sounds alike.
pub(super) fn elsewhere(file: &str, text: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    each_row(file, text, |row| {
        names.push(row.filled("name_en")?);
        names.push(row.filled("name_hi")?);
        Ok(())
    })?;
    Ok(names)
}

/// `towns.csv`: towns that are neither a district nor a seat, with their district.
pub(super) fn towns(file: &str, text: &str, districts: &[District]) -> Result<Vec<Town>, String> {
    let mut towns = Vec::new();
    each_row(file, text, |row| {
        let names = vec![row.filled("name_en")?, row.filled("name_hi")?];
        towns.push(Town { names, district: district_named(row, districts)? });
        Ok(())
    })?;
    Ok(towns)
}

/// `pin_codes.csv`: postal codes that lie in one district, ascending.
pub(super) fn pin_codes(
    file: &str,
    text: &str,
    districts: &[District],
) -> Result<Vec<PinCodes>, String> {
    let mut ranges: Vec<PinCodes> = Vec::new();
    each_row(file, text, |row| {
        let code = |column| {
            let cell = row.cell(column)?;
            let code = cell.parse::<u32>().ok().filter(|code| (100_000..=999_999).contains(code));
            code.ok_or_else(|| row.error(&format!("`{column}` is no postal code: {cell:?}")))
        };
        let range = PinCodes {
            from: code("from")?,
            to: code("to")?,
            district: district_named(row, districts)?,
        };
        let ascends = ranges.last().is_none_or(|last| last.to < range.from);
        if !ascends || range.to < range.from {
            return Err(row.error("postal codes must ascend and not overlap"));
        }
        ranges.push(range);
        Ok(())
    })?;
    Ok(ranges)
}

/// `names_ur.csv`: every name of the other tables in Devanagari, with the same in Urdu script.
pub(super) fn urdu(file: &str, text: &str) -> Result<HashMap<String, String>, String> {
    let mut names = HashMap::new();
    each_row(file, text, |row| {
        let (hindi, urdu) = (row.filled("name_hi")?, row.filled("name_ur")?);
        match names.insert(hindi, urdu) {
            Some(_) => Err(row.error("the name stands already above")),
            None => Ok(()),
        }
    })?;
    Ok(names)
}

fn in_order(row: &Row<'_>, number: u16, rows_before: usize) -> Result<(), String> {
    if usize::from(number) == rows_before + 1 {
        return Ok(());
    }
    Err(row.error(&format!("the number {} is expected here, not {number}", rows_before + 1)))
}

fn whole(file: &str, rows: usize, expected: usize) -> Result<(), String> {
    if rows == expected {
        return Ok(());
    }
    Err(format!("{file}: {rows} rows where the state has {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "code,census2011,name_en,name_hi,division,division_code,alt_en,alt_hi,hq_en,hq_hi";

    #[test]
    fn a_short_line_is_named_by_file_and_line() {
        let text = format!("{HEADER}\n118,146,Agra,आगरा,Agra,01,,,,\n119,143,Aligarh");
        let error = districts("districts.csv", &text).unwrap_err();
        assert_eq!(error, "districts.csv, line 3: 3 cells where the header has 10");
    }

    #[test]
    fn a_district_given_twice_is_refused() {
        let text = format!("{HEADER}\n118,1,Agra,आगरा,Agra,01,,,,\n118,1,Mau,मऊ,Agra,01,,,,");
        let error = districts("districts.csv", &text).unwrap_err();
        assert_eq!(error, "districts.csv, line 3: code or name stands already at Agra");
    }

    #[test]
    fn a_missing_district_is_noticed() {
        let text = format!("{HEADER}\n118,146,Agra,आगरा,Agra,01,,,,");
        let error = districts("districts.csv", &text).unwrap_err();
        assert_eq!(error, "districts.csv: 1 rows where the state has 75");
    }

    #[test]
    fn a_seat_out_of_order_is_refused() {
        let text = "number,name_en,name_hi,reserved,alt_en,alt_hi\n2,Kairana,कैराना,GEN,,";
        let error = lok_sabha("lok_sabha.csv", text).unwrap_err();
        assert_eq!(error, "lok_sabha.csv, line 2: the number 1 is expected here, not 2");
    }

    #[test]
    fn a_seat_in_an_unknown_district_is_refused() {
        let header =
            "number,name_en,name_hi,reserved,district,district_code,lok_sabha,alt_en,alt_hi";
        let text = format!("{header}\n1,Behat,बेहट,GEN,Saharanpur,177,1,,");
        let error = assemblies("assembly.csv", &text, &[], &[]).unwrap_err();
        assert_eq!(
            error,
            "assembly.csv, line 2: no district Saharanpur with the code 177 in districts.csv"
        );
    }

    #[test]
    fn a_quoted_cell_is_refused() {
        let text = format!("{HEADER}\n118,146,\"Agra\",आगरा,Agra,01,,,,");
        let error = districts("districts.csv", &text).unwrap_err();
        assert!(error.starts_with("districts.csv, line 2: quotes are not understood"), "{error}");
    }
}
