//! XLSX, cell by cell as the file has them, with merged cells and the results of formulas.

use std::fs::File;
use std::io::BufReader;

use calamine::{
    DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellFormula, XlsxError,
};
use jiff::civil::{Date, date};

use super::cell::Cell;
use super::{LONGEST_CELL, MOST_COLUMNS, Row, SheetError, Taker, no_table};

type Workbook = Xlsx<BufReader<File>>;

pub(super) fn read(file: File, sheet: Option<&str>, take: Taker<'_>) -> Result<(), SheetError> {
    let mut workbook: Workbook = Xlsx::new(BufReader::new(file)).map_err(|error| told(&error))?;
    let name = chosen(&mut workbook, sheet)?;
    let merges =
        Merges::of(workbook.merge_cells_by_sheet_name(&name).map_err(|error| told(&error))?);
    let is_1904 = workbook.has_1904_epoch();
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| told(&error))?;
    let mut rows = Rows { merges, begun: None, take };
    while let Some(record) = cells.next_cell_with_formula().map_err(|error| told(&error))? {
        rows.add(&record, is_1904)?;
    }
    rows.end()
}

/// The sheet asked for, or the only visible one with something in it.
fn chosen(workbook: &mut Workbook, wanted: Option<&str>) -> Result<String, SheetError> {
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    if let Some(wanted) = wanted {
        let found = sheets.iter().find(|(name, _)| name.trim() == wanted.trim());
        return match found {
            Some((name, _)) => Ok(name.clone()),
            None => Err(SheetError::NoSuchSheet {
                wanted: wanted.to_owned(),
                there: sheets.into_iter().map(|(name, _)| name).collect(),
            }),
        };
    }
    let mut filled = Vec::new();
    for (name, visible) in sheets {
        if visible && has_something(workbook, &name)? {
            filled.push(name);
        }
    }
    match filled.as_slice() {
        [] => Err(no_table("no visible sheet of this workbook has a row")),
        [only] => Ok(only.clone()),
        _ => Err(SheetError::WhichSheet(filled)),
    }
}

fn has_something(workbook: &mut Workbook, name: &str) -> Result<bool, SheetError> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|error| told(&error))?;
    while let Some(cell) = cells.next_cell().map_err(|error| told(&error))? {
        if !matches!(cell.get_value(), DataRef::Empty) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn told(error: &XlsxError) -> SheetError {
    match error {
        XlsxError::Password => no_table(
            "the workbook has a password: open it in Excel, take the password away and save it again",
        ),
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => no_table(
            "this is not a workbook of Excel (a document of Word and an archive look alike from outside)",
        ),
        other => SheetError::NoTable(format!(
            "the workbook is damaged or no workbook ({other}): open it in Excel and save it once more"
        )),
    }
}

/// Merged cells that reach over more than one row.
struct Merges {
    /// By where they begin, each with its value once that was read.
    all: Vec<(Dimensions, Cell)>,
    /// How many of them have begun.
    begun: usize,
    /// Those that reach into the row under way.
    open: Vec<usize>,
}

impl Merges {
    fn of(all: Vec<Dimensions>) -> Merges {
        let mut all: Vec<(Dimensions, Cell)> = all
            .into_iter()
            .filter(|merge| merge.end.0 > merge.start.0)
            .map(|merge| (merge, Cell::Empty))
            .collect();
        all.sort_by_key(|(merge, _)| merge.start);
        Merges { all, begun: 0, open: Vec::new() }
    }

    /// A value was read that may be that of a merged cell.
    fn learn(&mut self, at: (u32, u32), cell: &Cell) {
        let from = self.all.partition_point(|(merge, _)| merge.start < at);
        if let Some((merge, value)) = self.all.get_mut(from)
            && merge.start == at
        {
            value.clone_from(cell);
        }
    }

    /// Columns and values of the merged cells above that reach into a row. Rows come in their order.
    fn reaching(&mut self, row: u32) -> Vec<(u32, Cell)> {
        while self.all.get(self.begun).is_some_and(|(merge, _)| merge.start.0 < row) {
            self.open.push(self.begun);
            self.begun += 1;
        }
        let all = &self.all;
        self.open.retain(|place| all.get(*place).is_some_and(|(merge, _)| merge.end.0 >= row));
        let open = self.open.iter().filter_map(|place| all.get(*place));
        let filled = open.filter(|(_, value)| !value.is_empty());
        filled.map(|(merge, value)| (merge.start.1, value.clone())).collect()
    }
}

struct Rows<'a> {
    merges: Merges,
    begun: Option<(u32, Vec<Cell>)>,
    take: Taker<'a>,
}

impl Rows<'_> {
    fn add(&mut self, record: &XlsxCellFormula<'_>, is_1904: bool) -> Result<(), SheetError> {
        let (row, column) = record.pos;
        let column = column as usize;
        let is_known = self.begun.as_ref().is_some_and(|(begun, _)| *begun == row);
        if column >= MOST_COLUMNS {
            return Ok(());
        }
        let value = cell(&record.value, record.formula.is_some(), is_1904);
        if let Cell::Text(text) = &value
            && text.len() > LONGEST_CELL
        {
            let words = "a cell has more text than a cell of a table; is this the right sheet?";
            return Err(SheetError::Row { row: row.saturating_add(1), words: words.to_owned() });
        }
        // Rows that are only coloured cost nothing.
        if value.is_empty() {
            return Ok(());
        }
        if !is_known {
            self.end_row()?;
            self.begun = Some((row, Vec::new()));
        }
        self.merges.learn(record.pos, &value);
        if let Some((_, cells)) = &mut self.begun {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            if let Some(place) = cells.get_mut(column) {
                *place = value;
            }
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), SheetError> {
        let Some((row, mut cells)) = self.begun.take() else { return Ok(()) };
        let mut merged = Vec::new();
        for (column, value) in self.merges.reaching(row) {
            let column = column as usize;
            if column >= MOST_COLUMNS {
                continue;
            }
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            if let Some(place) = cells.get_mut(column)
                && place.is_empty()
            {
                *place = value;
                merged.push(column);
            }
        }
        let number = row.saturating_add(1);
        (self.take)(Row { number, cells, merged }).map_err(SheetError::Stopped)
    }

    fn end(mut self) -> Result<(), SheetError> {
        self.end_row()
    }
}

fn cell(value: &DataRef<'_>, is_formula: bool, is_1904: bool) -> Cell {
    match value {
        DataRef::Empty if is_formula => Cell::Fault(
            "a formula whose result is not in the file: open it in Excel and save it, or paste the values"
                .to_owned(),
        ),
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => i32::try_from(*number).map_or_else(
            |_| Cell::of(&number.to_string()),
            |small| Cell::Number(f64::from(small)),
        ),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(truth) => Cell::Bool(*truth),
        DataRef::DateTime(moment) if moment.is_duration() => Cell::Fault(
            "a length of time where words or a number are expected: format the cell as text".to_owned(),
        ),
        DataRef::DateTime(moment) => match day(moment.as_f64(), is_1904) {
            Some(day) => Cell::Date(day),
            None => Cell::Number(moment.as_f64()),
        },
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| day.parse().ok());
            day.map_or_else(|| Cell::of(text), Cell::Date)
        }
        DataRef::Error(error) => Cell::Fault(format!("Excel shows {error} in this cell")),
    }
}

/// The day of a serial number: 1 is 1 January 1900 (and 60 the 29 February 1900 that never was), or
/// counted from 1 January 1904 in files of old Macs.
///
/// Source: ECMA-376 part 1, 18.17.4.1.
#[must_use]
pub fn day(serial: f64, is_1904: bool) -> Option<Date> {
    const LAST: f64 = 2_958_465.0;
    if !(0.0..=LAST).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 2958465")]
    let days = serial.floor() as i32;
    let first = match (is_1904, days) {
        (true, _) => date(1904, 1, 1),
        (false, 0 | 60) => return None,
        (false, 1..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    };
    first.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}
