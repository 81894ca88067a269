//! Tables: `.csv` of which a row is one ballot, or so many as its column `count` says. Either the cells are names, the
//! best first; or each column is a name, and its cells are ranks. The first row is the head.

use super::{Ballots, Line, MOST_NAMES, Mistake, Profile, count_of, number};
use crate::poll::ballot::Method;
use crate::poll::tally::Few;

/// Heads a column that says how many ballots a row stands for.
const COUNTS: [&str; 7] = ["count", "counts", "ballots", "votes", "voters", "number", "संख्या"];
/// Heads a column that nobody counts.
const ASIDE: [&str; 4] = ["id", "voter_id", "ballot_id", "क्रम"];

/// A row with its line in the file.
struct Row {
    line: usize,
    cells: Vec<String>,
}

impl Row {
    fn wrong(&self, words: impl Into<String>) -> Mistake {
        Mistake { line: self.line, column: 1, words: words.into() }
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }

    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

pub(super) fn read(text: &str, method: Method) -> Result<Profile, Mistake> {
    let mut rows = rows(text)?.into_iter();
    let Some(head) = rows.next() else { return Ok(Profile::default()) };
    let is_one_of = |column: usize, words: &[&str]| {
        let word = head.cell(column).to_lowercase();
        words.contains(&word.as_str())
    };
    let columns = || 0..head.cells.len();
    let mut counts = columns().filter(|column| is_one_of(*column, &COUNTS));
    let count_at = counts.next();
    if counts.next().is_some() {
        return Err(head.wrong("two columns say how many ballots a row stands for"));
    }
    let columns: Vec<usize> = columns()
        .filter(|column| Some(*column) != count_at && !is_one_of(*column, &ASIDE))
        .filter(|column| !head.cell(*column).is_empty())
        .collect();
    // A blank ballot is one. Where a column says how many a row stands for, a blank row stands for none.
    let rows: Vec<Row> = rows.filter(|row| count_at.is_none() || !row.is_blank()).collect();
    for row in &rows {
        all_headed(row, &head)?;
    }
    let are_ranks = are_ranks(&rows, &columns)?;
    let mut profile = Profile::default();
    if are_ranks {
        for column in &columns {
            let name = head.cell(*column);
            if profile.names.iter().any(|known| known == name) {
                return Err(head.wrong(format!("`{name}` heads two columns")));
            }
            place(&mut profile, &head, name)?;
        }
    }
    for row in &rows {
        let count = match count_at {
            Some(column) => {
                let line = Line { number: row.line, text: "" };
                count_of(line, row.cell(column), 0)?
            }
            None => 1,
        };
        let levels = if are_ranks {
            ranked(row, &columns, method)?
        } else {
            listed(&mut profile, row, &columns, method)?
        };
        let ballots = Ballots { count, levels, line: row.line };
        profile.add(ballots).map_err(|words| row.wrong(words))?;
    }
    Ok(profile)
}

/// A cell that nothing heads would be counted for nobody, and nobody would know.
fn all_headed(row: &Row, head: &Row) -> Result<(), Mistake> {
    let mut cells = row.cells.iter().zip(0..);
    match cells.find(|(cell, column)| !cell.is_empty() && head.cell(*column).is_empty()) {
        None => Ok(()),
        Some((cell, column)) => Err(row.wrong(format!(
            "`{cell}`, cell {}, stands under no head; the first row heads every column",
            column + 1
        ))),
    }
}

/// Whether the cells are ranks, all of them, or names, all of them: of a table of both nobody knows what it means.
fn are_ranks(rows: &[Row], columns: &[usize]) -> Result<bool, Mistake> {
    let mut first: Option<(&Row, &str, bool)> = None;
    for row in rows {
        for column in columns {
            let cell = row.cell(*column);
            if cell.is_empty() {
                continue;
            }
            let is_rank = number(cell).is_some();
            let (before, known, are_ranks) = *first.get_or_insert((row, cell, is_rank));
            if is_rank != are_ranks {
                let what = if is_rank { "is a number" } else { "is no number" };
                return Err(row.wrong(format!(
                    "`{cell}`, cell {}, {what}, unlike `{known}` in line {}: the cells are all ranks or all names",
                    column + 1,
                    before.line
                )));
            }
        }
    }
    Ok(first.is_none_or(|(_, _, are_ranks)| are_ranks))
}

/// The rows from the first that says something, separated by what that has more of. A row of empty cells is a blank
/// ballot; a line without anything is none.
fn rows(text: &str) -> Result<Vec<Row>, Mistake> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let of = |sign: char| first.matches(sign).count();
    let separator = match of(';').max(of('\t')) {
        most if most <= of(',') => b',',
        most if most == of(';') => b';',
        _ => b'\t',
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            Mistake { line, column: 1, words: "this is no row of a table".to_owned() }
        })?;
        let line = record.position().map_or(1, csv::Position::line);
        let cells: Vec<String> = record.iter().map(super::own::spelt).collect();
        let row = Row { line: usize::try_from(line).unwrap_or(usize::MAX), cells };
        if !row.is_blank() || (row.cells.len() > 1 && !rows.is_empty()) {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn place(profile: &mut Profile, row: &Row, name: &str) -> Result<u8, Mistake> {
    profile
        .place_of(name)
        .ok_or_else(|| row.wrong(format!("more than {MOST_NAMES} names are not counted")))
}

/// A row of ranks: who has the same stand level. Of one choice and of approvals `1` is yes.
fn ranked(row: &Row, columns: &[usize], method: Method) -> Result<Vec<Few>, Mistake> {
    let mut ranks: Vec<(u64, u8)> = Vec::new();
    for (name, column) in (0_u8..).zip(columns) {
        let rank = number(row.cell(*column)).unwrap_or(0);
        match (method, rank) {
            (Method::Rank, 0) if row.cell(*column).is_empty() => {}
            (Method::Rank, 0) => {
                return Err(row.wrong("a rank is 1 or more; leave the cell of nobody's rank empty"));
            }
            (Method::Rank, _) => ranks.push((rank, name)),
            (_, 0) => {}
            (_, 1) => ranks.push((1, name)),
            _ => return Err(row.wrong("a name is chosen with 1, and not with 0 or nothing")),
        }
    }
    if method == Method::ChooseOne && ranks.len() > 1 {
        return Err(row.wrong("a ballot of one choice names one"));
    }
    ranks.sort_unstable();
    let levels = ranks.chunk_by(|one, other| one.0 == other.0);
    let level = |names: &[(u64, u8)]| names.iter().fold(Few::first(0), |few, one| few.with(one.1));
    Ok(levels.map(level).collect())
}

/// A row of names, the best first; names with `=` between them stand level. An empty cell is passed over.
fn listed(
    profile: &mut Profile,
    row: &Row,
    columns: &[usize],
    method: Method,
) -> Result<Vec<Few>, Mistake> {
    let mut levels: Vec<Few> = Vec::new();
    let mut seen = Few::first(0);
    for column in columns {
        let cell = row.cell(*column);
        if cell.is_empty() {
            continue;
        }
        let mut level = Few::first(0);
        for name in cell.split('=').map(str::trim).filter(|name| !name.is_empty()) {
            let place = place(profile, row, name)?;
            if seen.has(place) {
                return Err(row.wrong(format!("`{name}` stands twice on this ballot")));
            }
            seen = seen.with(place);
            level = level.with(place);
        }
        match levels.first_mut().filter(|_| method != Method::Rank) {
            Some(all) => *all = level.each().fold(*all, Few::with),
            None => levels.push(level),
        }
    }
    if method == Method::ChooseOne && seen.len() > 1 {
        return Err(row.wrong("a ballot of one choice names one"));
    }
    Ok(levels)
}
