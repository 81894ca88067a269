//! XLSX, cell by cell as the file has them, with merged cells and the results of formulas. What is wrong with one
//! cell is a fault of that cell; what is wrong with the file ends it at its row.

use std::cell::Cell as Shared;
use std::fs::File;
use std::io::BufRead;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use jiff::civil::{Date, date};
use quick_xml::events::Event;

use super::book::{Book, Format, Sheet};
use super::cell::{Cell, column_letter};
use super::package::{Broken, Package, Xml, damaged, raw};
use super::{Aside, LONGEST_CELL, MOST_COLUMNS, Row, SheetError, TOO_LONG, Taker, no_table};

/// A sheet as XML: a million rows with thirty cells are some 2 GB.
const LARGEST_SHEET: u64 = 8 << 30;
/// Excel has no more columns, and no more rows.
const LAST_COLUMN: u32 = (1 << 14) - 1;
const LAST_ROW: u32 = (1 << 20) - 1;
/// More merged cells over several rows has no list.
const MOST_MERGED: usize = 1 << 18;
/// Rows that stand above the one before them in the file; more is a file to be saved once more.
const MOST_BACKWARDS: usize = 1_000;

const OF_TWO_VALUES: &str = "this cell stands twice in the file, with two values: open the file in Excel and save it once more";
const OUT_OF_PLACE: &str =
    "the file does not say where this cell stands: open it in Excel and save it once more";

/// Reads a workbook. A panic of the libraries that unpack it is a refusal; one of whoever takes the rows is not
/// caught.
pub(super) fn read(file: File, wanted: Option<&str>, take: Taker<'_>) -> Result<Aside, SheetError> {
    let (is_taking, last) = (Shared::new(false), Shared::new(None));
    let mut watched = |row: Row| {
        last.set(Some(row.number));
        is_taking.set(true);
        let taken = take(row);
        is_taking.set(false);
        taken
    };
    let caught = catch_unwind(AssertUnwindSafe(|| read_all(file, wanted, &mut watched)));
    let error = match caught {
        Ok(Ok(aside)) => return Ok(aside),
        Ok(Err(error)) => error,
        Err(panic) if is_taking.get() => resume_unwind(panic),
        Err(_) => damaged("it cannot be unpacked"),
    };
    Err(match (error, last.get()) {
        (SheetError::NoTable(words), Some(row)) => SheetError::BrokenOff { row, words },
        (error, _) => error,
    })
}

fn read_all(file: File, wanted: Option<&str>, take: Taker<'_>) -> Result<Aside, SheetError> {
    let mut package = Package::open(file)?;
    let book = Book::open(&mut package)?;
    let (sheet, mut aside) = chosen(&mut package, &book.sheets, wanted)?;
    let merges = merges(&mut package, &sheet)?;
    let Some(mut xml) = package.xml(&sheet.part, LARGEST_SHEET)? else {
        return Err(damaged("its sheet is not in it"));
    };
    let merges = Merges::of(merges);
    let rows = Rows { book: &book, merges, take, row: None, last: None, hidden: 0 };
    aside.hidden_rows = rows.read(&mut xml)?;
    Ok(aside)
}

/// The sheet asked for, or the only visible one with something in it; and what stands beside it.
fn chosen(
    package: &mut Package,
    sheets: &[Sheet],
    wanted: Option<&str>,
) -> Result<(Sheet, Aside), SheetError> {
    if let Some(wanted) = wanted {
        let found = sheets.iter().find(|sheet| sheet.name.trim() == wanted.trim());
        return match found {
            Some(sheet) => Ok((sheet.clone(), Aside::default())),
            None => Err(SheetError::NoSuchSheet {
                wanted: wanted.to_owned(),
                there: sheets.iter().map(|sheet| sheet.name.clone()).collect(),
            }),
        };
    }
    let (mut filled, mut hidden) = (Vec::new(), Vec::new());
    for sheet in sheets {
        if has_something(package, sheet)? {
            if sheet.is_visible { filled.push(sheet) } else { hidden.push(sheet.name.clone()) }
        }
    }
    match filled.as_slice() {
        [] if hidden.is_empty() => Err(no_table("no sheet of this workbook has a row")),
        [] => Err(SheetError::NoTable(format!(
            "no visible sheet of this workbook has a row; hidden ones have: {}. Say which one with --sheet",
            hidden.join(", ")
        ))),
        [only] => Ok(((*only).clone(), Aside { hidden, hidden_rows: 0 })),
        _ => Err(SheetError::WhichSheet(filled.iter().map(|sheet| sheet.name.clone()).collect())),
    }
}

/// Whether a sheet has a cell with a value; one that cannot be read has, so that it is told.
fn has_something(package: &mut Package, sheet: &Sheet) -> Result<bool, SheetError> {
    let Some(mut xml) = package.xml(&sheet.part, LARGEST_SHEET)? else { return Ok(false) };
    loop {
        match xml.next() {
            Ok(Event::Start(start)) if matches!(start.local_name().as_ref(), "v" | "is" | "f") => {
                return Ok(true);
            }
            Ok(Event::End(end)) if end.local_name().as_ref() == "sheetData" => return Ok(false),
            Ok(Event::Eof) => return Ok(false),
            Ok(_) => {}
            Err(_) => return Ok(true),
        }
    }
}

/// The merged cells over more than one row, which a sheet tells behind its rows. What does not say where it is
/// merges nothing. A sheet that breaks off is refused here, before a row of it is taken: what a damaged archive
/// still gives may be wrong as well.
fn merges(package: &mut Package, sheet: &Sheet) -> Result<Vec<Merge>, SheetError> {
    let mut found = Vec::new();
    let Some(mut xml) = package.xml(&sheet.part, LARGEST_SHEET)? else { return Ok(found) };
    let (mut rows, mut has_rows) = (0_u64, false);
    loop {
        let event =
            xml.next().map_err(|why| damaged(format!("{why}, some {rows} rows below its top")));
        match event? {
            Event::Start(start) => match start.local_name().as_ref() {
                "sheetData" => has_rows = true,
                "row" => rows += 1,
                "mergeCell" => {
                    let merge = raw(&start, "ref").and_then(|range| Merge::of(&range));
                    found.extend(merge);
                    if found.len() > MOST_MERGED {
                        return Err(no_table(
                            "the sheet has more merged cells than a list can have: save it as ‘CSV UTF-8’",
                        ));
                    }
                }
                _ => {}
            },
            Event::Eof if !has_rows => return Err(damaged("its sheet has no table")),
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A merged cell over more than one row.
struct Merge {
    start: (u32, u32),
    last_row: u32,
    /// Once it was read.
    value: Cell,
}

impl Merge {
    /// Of `B2:B9`.
    fn of(range: &str) -> Option<Merge> {
        let (from, to) = range.split_once(':')?;
        let ((row, column), (other_row, other_column)) = (place(from)?, place(to)?);
        let (first, last) = (row.min(other_row), row.max(other_row));
        let start = (first, column.min(other_column));
        (last > first).then_some(Merge { start, last_row: last, value: Cell::Empty })
    }
}

/// Row and column of `B12`, from 0.
fn place(text: &str) -> Option<(u32, u32)> {
    if text.contains('$') {
        return place(&text.replace('$', ""));
    }
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at_checked(letters)?;
    let row = row_number(digits)?;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let value = |sum: u32, letter: u8| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    let column = letters.bytes().fold(0, value).checked_sub(1)?;
    (column <= LAST_COLUMN).then_some((row, column))
}

/// The number of a row as it is written, from 0.
fn row_number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<u32>().ok().filter(|_| is_number)?.checked_sub(1)?;
    (number <= LAST_ROW).then_some(number)
}

struct Merges {
    /// By where they begin.
    all: Vec<Merge>,
    /// How many of them have begun.
    begun: usize,
    /// Those that reach into the row under way, one a column.
    open: Vec<usize>,
    last: u32,
    backwards: usize,
}

impl Merges {
    fn of(mut all: Vec<Merge>) -> Merges {
        all.retain(|merge| (merge.start.1 as usize) < MOST_COLUMNS);
        all.sort_by_key(|merge| merge.start);
        Merges { all, begun: 0, open: Vec::new(), last: 0, backwards: 0 }
    }

    /// A value was read that may be that of a merged cell.
    fn learn(&mut self, at: (u32, u32), cell: &Cell) {
        let from = self.all.partition_point(|merge| merge.start < at);
        if let Some(merge) = self.all.get_mut(from)
            && merge.start == at
        {
            merge.value.clone_from(cell);
        }
    }

    /// Columns and values of the merged cells above that reach into a row; an error where rows jump up and down.
    fn reaching(&mut self, row: u32) -> Result<Vec<(usize, Cell)>, Broken> {
        if row < self.last {
            self.backwards += 1;
            if self.backwards > MOST_BACKWARDS && !self.all.is_empty() {
                return Err("its rows are in no order".to_owned());
            }
            self.begun = 0;
            self.open.clear();
        }
        self.last = row;
        let all = &self.all;
        self.open.retain(|place| all.get(*place).is_some_and(|merge| merge.last_row >= row));
        while let Some(merge) = self.all.get(self.begun).filter(|merge| merge.start.0 < row) {
            let is_there = |place: &usize| {
                self.all.get(*place).is_some_and(|other| other.start.1 == merge.start.1)
            };
            if merge.last_row >= row && !self.open.iter().any(is_there) {
                self.open.push(self.begun);
            }
            self.begun += 1;
        }
        let open = self.open.iter().filter_map(|place| self.all.get(*place));
        let filled = open.filter(|merge| !merge.value.is_empty());
        Ok(filled.map(|merge| (merge.start.1 as usize, merge.value.clone())).collect())
    }
}

/// The row under way.
struct Begun {
    /// From 0.
    row: u32,
    /// Whether the row itself says its number; otherwise its first cell may.
    is_told: bool,
    /// Nobody who looks at the sheet sees it.
    is_hidden: bool,
    /// Where the next cell stands that does not say it.
    next: u32,
    cells: Vec<Cell>,
    broken: Option<(usize, String)>,
}

impl Begun {
    fn breaks(&mut self, column: usize, words: &str) {
        self.broken.get_or_insert_with(|| (column, words.to_owned()));
    }
}

/// Where a cell says that it stands.
#[derive(Clone, Copy, Debug)]
enum At {
    /// In this row and column.
    Told((u32, u32)),
    /// It does not say so: behind the one before it.
    Next,
    /// It says so, and there is no such place.
    Nowhere,
}

struct Rows<'a, 'b> {
    book: &'a Book,
    merges: Merges,
    take: Taker<'b>,
    row: Option<Begun>,
    /// The row before, from 0.
    last: Option<u32>,
    /// Rows with something in them that are hidden.
    hidden: u64,
}

impl Rows<'_, '_> {
    /// How many of the rows are hidden.
    fn read<R: BufRead>(mut self, xml: &mut Xml<R>) -> Result<u64, SheetError> {
        loop {
            match xml.next().map_err(damaged)? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "row" => {
                        let written = raw(&start, "r");
                        let told = written.as_deref().and_then(row_number);
                        let is_lost = written.is_some() && told.is_none();
                        self.begin(told, is_lost)?;
                        let hidden = raw(&start, "hidden");
                        if let Some(begun) = &mut self.row {
                            begun.is_hidden = matches!(hidden.as_deref(), Some("1" | "true"));
                        }
                    }
                    "c" => {
                        let at = raw(&start, "r")
                            .map_or(At::Next, |at| place(&at).map_or(At::Nowhere, At::Told));
                        let format = raw(&start, "s").and_then(|format| format.parse().ok());
                        let kind = raw(&start, "t").map(std::borrow::Cow::into_owned);
                        let cell = Written::read(xml).map_err(damaged)?;
                        let value = cell.value(kind.as_deref(), format, self.book);
                        self.add(at, value)?;
                    }
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "row" => self.end_row()?,
                    "sheetData" => {
                        self.end_row()?;
                        return Ok(self.hidden);
                    }
                    _ => {}
                },
                Event::Eof => return Err(damaged("it breaks off")),
                _ => {}
            }
        }
    }

    fn begin(&mut self, told: Option<u32>, is_lost: bool) -> Result<(), SheetError> {
        self.end_row()?;
        let row = told.unwrap_or_else(|| self.last.map_or(0, |last| last.saturating_add(1)));
        self.last = Some(row);
        let mut begun = Begun {
            row,
            is_told: told.is_some(),
            is_hidden: false,
            next: 0,
            cells: Vec::new(),
            broken: None,
        };
        if is_lost {
            begun.breaks(0, OUT_OF_PLACE);
        }
        self.row = Some(begun);
        Ok(())
    }

    /// A cell where it stands.
    fn add(&mut self, at: At, value: Cell) -> Result<(), SheetError> {
        if self.row.is_none() {
            let told = if let At::Told((row, _)) = at { Some(row) } else { None };
            self.begin(told, false)?;
        }
        let Some(begun) = &mut self.row else { return Ok(()) };
        let column = match at {
            At::Told((row, column)) => {
                if !begun.is_told {
                    (begun.row, begun.is_told) = (row, true);
                    self.last = Some(row);
                }
                if row != begun.row && !value.is_empty() {
                    begun.breaks(column as usize, OUT_OF_PLACE);
                }
                column
            }
            At::Next | At::Nowhere => begun.next,
        };
        begun.next = column.saturating_add(1);
        // Rows that are only coloured cost nothing.
        if value.is_empty() {
            return Ok(());
        }
        let is_lost = matches!(at, At::Nowhere) || column > LAST_COLUMN;
        let place = (column as usize).min(MOST_COLUMNS);
        if is_lost {
            begun.breaks(place, OUT_OF_PLACE);
        }
        self.merges.learn((begun.row, column), &value);
        let value = if place < MOST_COLUMNS {
            value
        } else {
            Cell::Fault(super::behind_the_last(&column_letter(column as usize)))
        };
        if begun.cells.len() <= place {
            begun.cells.resize(place + 1, Cell::Empty);
        }
        let Some(there) = begun.cells.get_mut(place) else { return Ok(()) };
        if there.is_empty() {
            *there = value;
        } else if *there != value && place < MOST_COLUMNS {
            begun.breaks(place, OF_TWO_VALUES);
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), SheetError> {
        let Some(Begun { row, mut cells, broken, is_hidden, .. }) = self.row.take() else {
            return Ok(());
        };
        if cells.is_empty() {
            return Ok(());
        }
        self.hidden += u64::from(is_hidden);
        let mut merged = Vec::new();
        for (column, value) in self.merges.reaching(row).map_err(damaged)? {
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
        let is_1904 = self.book.is_1904;
        let row = Row { number, cells, merged, broken, is_1904, ..Row::default() };
        (self.take)(row).map_err(SheetError::Stopped)
    }
}

/// What stands within a cell.
#[derive(Default)]
struct Written {
    value: Option<String>,
    text: Option<String>,
    is_formula: bool,
}

impl Written {
    fn read<R: BufRead>(xml: &mut Xml<R>) -> Result<Written, Broken> {
        let mut written = Written::default();
        loop {
            let into = match xml.next()? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" => Some(&mut written.value),
                    "is" => Some(&mut written.text),
                    "f" => {
                        written.is_formula = true;
                        None
                    }
                    _ => None,
                },
                Event::End(_) => return Ok(written),
                Event::Eof => return Err("it breaks off".to_owned()),
                _ => continue,
            };
            match into {
                Some(into) => xml.text(into.insert(String::new()), LONGEST_CELL, "rPh")?,
                None => xml.skip()?,
            }
        }
    }

    fn value(self, kind: Option<&str>, format: Option<usize>, book: &Book) -> Cell {
        let Written { value, text, is_formula } = self;
        if matches!(kind, Some("inlineStr" | "is"))
            || (value.is_none() && kind.is_none() && text.is_some())
        {
            return in_words(text.as_deref().unwrap_or_default());
        }
        let of_text = matches!(kind, Some("str"));
        let Some(value) = value.filter(|value| of_text || !value.trim().is_empty()) else {
            return if is_formula {
                Cell::Fault(
                    "a formula whose result is not in the file: open it in Excel and save it, or paste the values"
                        .to_owned(),
                )
            } else {
                Cell::Empty
            };
        };
        let plain = value.trim();
        match kind {
            Some("s") => match plain.parse().ok().and_then(|number| book.texts.get(number)) {
                Some(text) => in_words(text),
                None => Cell::Fault(
                    "the text of this cell is not in the file: open it in Excel and write it again"
                        .to_owned(),
                ),
            },
            Some("str") => in_words(&value),
            Some("b") => match plain.to_ascii_lowercase().as_str() {
                "1" | "true" => Cell::Bool(true),
                "0" | "false" => Cell::Bool(false),
                _ => no_value(plain),
            },
            Some("e") => Cell::Fault(format!("Excel shows {} in this cell", shortened(plain))),
            Some("d") => {
                let day = plain.get(..10).and_then(|day| day.parse().ok());
                day.map_or_else(|| in_words(plain), Cell::Date)
            }
            Some("n") | None => match number(plain) {
                Some(number) => {
                    let format = format.and_then(|format| book.formats.get(format)).copied();
                    of_number(number, format.unwrap_or(Format::Plain), book.is_1904)
                }
                // Programs write texts without a word that they are such.
                None if kind.is_none() => in_words(&value),
                None => no_value(plain),
            },
            Some(_) => no_value(plain),
        }
    }
}

fn no_value(said: &str) -> Cell {
    Cell::Fault(format!(
        "the file says ‘{}’ where a value of another kind stands: open it in Excel and write the cell again",
        shortened(said)
    ))
}

/// So much of a text as fits into a line.
fn shortened(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(30).collect()
}

/// A number as XML has them; `NaN` and `inf` are none.
fn number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

fn of_number(number: f64, format: Format, is_1904: bool) -> Cell {
    match format {
        Format::Plain => Cell::Number(number),
        Format::Span => Cell::Fault(
            "a length of time where words or a number are expected: format the cell as text"
                .to_owned(),
        ),
        Format::Day => day(number, is_1904).map_or(Cell::Number(number), Cell::Date),
    }
}

/// A text, with the letters that XML has no room for: `_x000D_` is the end of a line.
fn in_words(text: &str) -> Cell {
    if text.len() > LONGEST_CELL {
        return Cell::Fault(TOO_LONG.to_owned());
    }
    if !text.contains("_x") {
        return Cell::of(text);
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let escaped = rest.strip_prefix("_x").and_then(|after| after.split_at_checked(4));
        let unit = escaped.filter(|(hex, after)| {
            after.starts_with('_') && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if let Some((hex, after)) = unit
            && let Ok(unit) = u16::from_str_radix(hex, 16)
        {
            units.push(unit);
            rest = after.get(1..).unwrap_or_default();
        } else {
            units.extend(sign.encode_utf16(&mut [0; 2]).iter());
            rest = rest.get(sign.len_utf8()..).unwrap_or_default();
        }
    }
    Cell::of(&String::from_utf16_lossy(&units))
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
