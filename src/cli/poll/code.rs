//! `samvad poll code`: two people say, each for themselves, who is meant by the names behind अन्य; where they agree, the
//! names are counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::count::OTHERS;
use super::result::{Shown, file_of};
use crate::cli::broadcast::preview::number;
use crate::cli::people::hidden_rows;
use crate::cli::table::table_file;
use crate::sheet::{self, Aside, Cell, Row};
use crate::understanding::fold;

/// The columns of a sheet; the last is filled by a person.
const SHEET: [&str; 6] =
    ["क्रम", "सीट", "सीट का नाम", "लिखा गया नाम", "कितनी बार", "कौन है (आप लिखें; पता न चले तो ?)"];
const CODED: [&str; 4] = ["सीट", "सीट का नाम", "नाम", "कितनी बार"];
/// Who cannot be told.
const NOBODY: &str = "?";
/// So many differences are shown at once.
const SHOWN: usize = 30;

/// Names by how they sound, each as it was written first, and how often.
type Names<'n> = BTreeMap<String, (&'n str, u64)>;

/// One text as it was written, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    id: i64,
    seat: String,
    seat_name: String,
    text: String,
    times: u64,
}

/// Writes an empty sheet for one of the two.
pub(super) fn sheet(result: &Path, to: &Path) -> anyhow::Result<()> {
    let rows = written(result)?;
    let mut out = table_file(to, &SHEET)?;
    let cannot = || format!("{} cannot be written", to.display());
    for row in &rows {
        let Written { id, seat, seat_name, text, times } = row;
        out.row(&[&id.to_string(), seat, seat_name, text, &times.to_string(), ""])
            .with_context(cannot)?;
    }
    out.finish().with_context(cannot)?;
    println!(
        "{} is written: {} names. Fill the last column alone, without looking at the other sheet: the full name of whoever is meant, always in the same words, or {NOBODY}.",
        to.display(),
        number(rows.len() as u64)
    );
    Ok(())
}

/// Compares the two sheets; where they agree in everything, counts the names.
///
/// # Errors
/// The two differ somewhere; every difference is told.
pub(super) fn compare(result: &Path, sheets: [&Path; 2], to: Option<&Path>) -> anyhow::Result<()> {
    let rows = written(result)?;
    let [one, other] = sheets;
    two_sheets(one, other)?;
    let (first, second) = (filled(one)?, filled(other)?);
    let mut differences: Vec<String> = Vec::new();
    let mut agreed: Vec<(&Written, &str)> = Vec::new();
    for row in &rows {
        let said = (first.get(&row.id), second.get(&row.id));
        match said {
            (Some(first), Some(second)) if fold(first) == fold(second) => {
                agreed.push((row, first.as_str()));
            }
            (first, second) => {
                let words = |said: Option<&String>| {
                    said.map_or_else(|| "nothing".to_owned(), |said| format!("‘{said}’"))
                };
                differences.push(format!(
                    "  {} ‘{}’ (seat {}): {} and {}",
                    row.id,
                    row.text,
                    row.seat,
                    words(first),
                    words(second)
                ));
            }
        }
    }
    if !differences.is_empty() {
        for difference in differences.iter().take(SHOWN) {
            println!("{difference}");
        }
        crate::cli::table::and_more(
            differences.len().saturating_sub(SHOWN) as u64,
            "settle these first",
        );
        bail!(
            "{} and {} differ in {} of {} names: the two talk these over, mend their sheets, and it is compared again",
            one.display(),
            other.display(),
            differences.len(),
            rows.len()
        );
    }
    let coders = [coder(one), coder(other)];
    println!("{} agree in all {} names.", coders.join(" and "), number(rows.len() as u64));
    let threshold = Shown::read(result)?.counting.counted.header.rules.threshold;
    let coded = coded(&agreed, threshold);
    for [seat, seat_name, name, times] in &coded {
        println!("{times:>9}  {seat} {seat_name}: {name}");
    }
    if let Some(to) = to {
        let mut out = table_file(to, &CODED)?;
        let cannot = || format!("{} cannot be written", to.display());
        for row in &coded {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            out.row(&cells).with_context(cannot)?;
        }
        out.row(&["", "", "किसने कहा कि कौन है", &coders.join(", ")]).with_context(cannot)?;
        out.finish().with_context(cannot)?;
        println!("{} is written.", to.display());
    }
    Ok(())
}

/// Two people, each alone: a sheet beside itself is one of them. Two that hold the same are no copy of each other for
/// that: two people who agree in everything write the same.
///
/// # Errors
/// They are one file; or one cannot be read.
fn two_sheets(one: &Path, other: &Path) -> anyhow::Result<()> {
    let cannot = |path: &Path| format!("{} cannot be read", path.display());
    let is_one_file = one.canonicalize().with_context(|| cannot(one))?
        == other.canonicalize().with_context(|| cannot(other))?;
    if is_one_file {
        bail!(
            "{} and {} are one sheet: two people fill one each, alone, so that each is a check of the other (samvad poll code … --sheet writes an empty one)",
            one.display(),
            other.display()
        );
    }
    if coder(one) == coder(other) {
        bail!(
            "{} and {} bear one name: name each sheet after whoever filled it, for both names stand in the result",
            one.display(),
            other.display()
        );
    }
    Ok(())
}

/// Whoever filled a sheet: it is named after them.
fn coder(sheet: &Path) -> String {
    sheet.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The names by seat, the most frequent first. Whom fewer than `threshold` named is not told by name.
fn coded(agreed: &[(&Written, &str)], threshold: u64) -> Vec<[String; 4]> {
    let mut seats: BTreeMap<(u32, &str), Names<'_>> = BTreeMap::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for (row, name) in agreed {
        let number = row.seat.parse().unwrap_or(0);
        let seat = seats.entry((number, row.seat.as_str())).or_default();
        seat.entry(fold(name)).or_insert((name, 0)).1 += row.times;
        names.insert(&row.seat, &row.seat_name);
    }
    let mut rows = Vec::new();
    for ((_, seat), by_name) in seats {
        let seat_name = names.get(seat).copied().unwrap_or_default();
        let mut few = 0;
        let mut told: Vec<(u64, &str)> = Vec::new();
        for (name, times) in by_name.into_values() {
            if name == NOBODY || times < threshold || seat.is_empty() {
                few += times;
            } else {
                told.push((times, name));
            }
        }
        told.sort_unstable_by_key(|(times, name)| (std::cmp::Reverse(*times), *name));
        let mut row = |name: &str, times: u64| {
            rows.push([seat, seat_name, name, &times.to_string()].map(str::to_owned));
        };
        for (times, name) in told {
            row(name, times);
        }
        if few > 0 {
            row(&format!("और नाम (हर एक {threshold} से कम बार)"), few);
        }
    }
    rows
}

/// The names behind अन्य, as the count wrote them beside its result.
fn written(result: &Path) -> anyhow::Result<Vec<Written>> {
    let path = beside(result);
    let mut rows: Vec<Written> = Vec::new();
    let mut take = |row: Row| -> Result<(), String> {
        is_whole(&row)?;
        let cell = |column: usize| row.cell(column).text();
        let (id, times) = (cell(0).parse(), cell(4).parse());
        if row.number == 1 {
            return Ok(());
        }
        let (Ok(id), Ok(times)) = (id, times) else {
            return Err(format!("row {} is not as `samvad poll count` wrote it", row.number));
        };
        rows.push(Written { id, seat: cell(1), seat_name: cell(2), text: cell(3), times });
        Ok(())
    };
    let aside = sheet::read(&path, None, &mut take).with_context(|| path.display().to_string())?;
    tell_hidden(&path, &aside);
    Ok(rows)
}

fn beside(result: &Path) -> PathBuf {
    file_of(result).with_file_name(OTHERS)
}

/// Whether every cell of a row has a value; why not.
fn is_whole(row: &Row) -> Result<(), String> {
    let of_cell = row.cells.iter().find_map(|cell| match cell {
        Cell::Fault(words) => Some(words),
        _ => None,
    });
    match row.broken.as_ref().map(|(_, words)| words).or(of_cell) {
        Some(words) => Err(format!("row {}: {words}", row.number)),
        None => Ok(()),
    }
}

/// What somebody wrote into the last column, by the number of the row.
fn filled(path: &Path) -> anyhow::Result<BTreeMap<i64, String>> {
    let mut names = BTreeMap::new();
    let mut take = |row: Row| -> Result<(), String> {
        is_whole(&row)?;
        let name = row.cell(SHEET.len() - 1).text();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if row.number == 1 || name.is_empty() {
            return Ok(());
        }
        match row.cell(0).whole() {
            Some(id) => {
                names.insert(id, name);
                Ok(())
            }
            None => Err(format!("row {}: the number in column A was changed", row.number)),
        }
    };
    let aside = sheet::read(path, None, &mut take).with_context(|| path.display().to_string())?;
    tell_hidden(path, &aside);
    Ok(names)
}

/// A filter that somebody worked with hides rows, and they count.
fn tell_hidden(path: &Path, aside: &Aside) {
    if aside.hidden_rows > 0 {
        eprintln!("{}: {}", path.display(), hidden_rows(aside.hidden_rows));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(id: i64, seat: &str, text: &str, times: u64) -> Written {
        let seat_name = if seat.is_empty() { "" } else { "लखनऊ" };
        Written {
            id,
            seat: seat.to_owned(),
            seat_name: seat_name.to_owned(),
            text: text.to_owned(),
            times,
        }
    }

    #[test]
    fn a_sheet_is_not_compared_with_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("ravi.csv"), "1,35,लखनऊ,श्याम,7,श्याम लाल\n").unwrap();
        std::fs::write(path("sunita.csv"), "1,35,लखनऊ,श्याम,7,श्याम लाल जी\n").unwrap();
        std::fs::copy(path("ravi.csv"), path("copy.csv")).unwrap();
        std::fs::create_dir(path("other")).unwrap();
        std::fs::write(path("other/ravi.csv"), "1,35,लखनऊ,श्याम,7,श्याम\n").unwrap();
        let told =
            |one: &str, other: &str| two_sheets(&path(one), &path(other)).unwrap_err().to_string();
        two_sheets(&path("ravi.csv"), &path("sunita.csv")).unwrap();
        assert!(told("ravi.csv", "ravi.csv").contains("are one sheet"));
        assert!(told("ravi.csv", "other/../ravi.csv").contains("are one sheet"));
        two_sheets(&path("ravi.csv"), &path("copy.csv")).unwrap();
        assert!(told("ravi.csv", "other/ravi.csv").contains("bear one name"));
        assert!(told("ravi.csv", "nobody.csv").contains("cannot be read"));
        assert_eq!(coder(&path("sunita.csv")), "sunita");
    }

    #[test]
    fn names_are_counted_by_seat_and_rare_ones_are_not_told() {
        let rows = [
            written(1, "35", "श्याम लाल", 7),
            written(2, "35", "shyam lal ji", 5),
            written(3, "35", "गीता", 2),
            written(4, "35", "xx", 1),
            written(5, "", "राम", 20),
        ];
        let names = ["श्याम लाल", "श्याम  लाल", "गीता देवी", "?", "राम"];
        let agreed: Vec<(&Written, &str)> = rows.iter().zip(names).collect();
        let coded = coded(&agreed, 10);
        let told: Vec<(&str, &str, &str)> = coded
            .iter()
            .map(|[seat, _, name, times]| (seat.as_str(), name.as_str(), times.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("", "और नाम (हर एक 10 से कम बार)", "20"),
                ("35", "श्याम लाल", "12"),
                ("35", "और नाम (हर एक 10 से कम बार)", "3"),
            ]
        );
    }
}
