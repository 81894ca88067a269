//! Tables as people send them: CSV with any separator, XLSX. They are read row by row, so that a file
//! of a million rows needs no more memory than one of ten; what cannot be read is refused in words that
//! say what to do in Excel or LibreOffice.
//!
//! Nothing is guessed here: a cell is what the file says it is, and what a column means is the reader's
//! matter (see [`crate::people`]).

mod book;
mod cell;
mod delimited;
mod package;
mod workbook;
mod write;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

pub use cell::{Cell, column_letter, says_as_above, says_nothing, without_point};
pub use workbook::day;
pub use write::{Book, CsvWriter, TableWriter, Written};

/// Larger files are refused: 16 lakh rows of a roster are some 200 MB of CSV.
pub const LARGEST_FILE: u64 = 1 << 30;
/// Columns behind this one are not read.
pub const MOST_COLUMNS: usize = 256;
/// Why a cell is none that has rows below in it: told of the row, whether or not the column is read.
pub const NOT_CLOSED: &str = "a quotation mark \" begins this cell and does not end it: close it or take it away; the \
                              rows below are read as they stand";
/// A cell with more bytes is none of a list.
const LONGEST_CELL: usize = 20_000;
const TOO_LONG: &str = "more text than a cell of a list can have: is this the right column?";

/// What is told of a cell behind the last column that is read.
fn behind_the_last(column: &str) -> String {
    format!(
        "something stands in column {column}: behind column {} nothing is read",
        column_letter(MOST_COLUMNS - 1)
    )
}

/// One row that has something in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// As Excel counts it: the first row of the file is 1.
    pub number: u32,
    /// From column A on; as long as the last cell that has something.
    pub cells: Vec<Cell>,
    /// Columns (0 is A) whose cell is a part of a merged one that begins in a row above: the value is that
    /// of the merged cell.
    pub merged: Vec<usize>,
    /// How many cells the row of a CSV file has, empty ones too; `None` in a workbook, whose rows have no end.
    pub width: Option<usize>,
    /// The column and the reason where the row as a whole is not to be trusted, whether or not that column is read.
    pub broken: Option<(usize, String)>,
    /// A number that stands for a day counts from 1904: see [`day`].
    pub is_1904: bool,
}

/// What of a file was not read, or was read although nobody sees it, to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// Hidden sheets with something in them, beside the one that was read.
    pub hidden: Vec<String>,
    /// So many rows that were read are hidden in the workbook, by hand or by a filter.
    pub hidden_rows: u64,
}

impl Row {
    /// The cell of a column (0 is A); empty behind the last.
    #[must_use]
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// Why a file cannot be read, for the person who sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("{0}")]
    NoTable(String),
    /// The rows up to this one were given.
    #[error("the file breaks off behind row {row} ({words}): nothing below was read")]
    BrokenOff { row: u32, words: String },
    #[error("the file has several sheets with rows: {}; say which one with --sheet", .0.join(", "))]
    WhichSheet(Vec<String>),
    #[error("the file has no sheet ‘{wanted}’; it has: {}", .there.join(", "))]
    NoSuchSheet { wanted: String, there: Vec<String> },
    #[error("{0}")]
    Io(String),
    /// Whoever took the rows wants no more of them.
    #[error("{0}")]
    Stopped(String),
}

/// What takes the rows; an error ends the reading and is given back as [`SheetError::Stopped`].
pub type Taker<'a> = &'a mut dyn FnMut(Row) -> Result<(), String>;

/// Reads a file and gives every row that has something in it, in the order of the file.
///
/// `sheet` names the sheet of a workbook; without it the file must have rows in one visible sheet only.
///
/// # Errors
/// [`SheetError`]: no table at all (a PDF, a photo, an old `.xls`, a workbook with a password), a damaged
/// workbook, a disk that cannot be read. What is wrong with one cell is a [`Cell::Fault`] in its row, and with one row
/// [`Row::broken`]. Rows given before the error stay given: whoever wants all or none keeps them back until this
/// returns.
pub fn read(path: &Path, sheet: Option<&str>, take: Taker<'_>) -> Result<Aside, SheetError> {
    let cannot = |error: std::io::Error| SheetError::Io(format!("{}: {error}", path.display()));
    let mut file = File::open(path).map_err(cannot)?;
    let about = file.metadata().map_err(cannot)?;
    if about.is_dir() {
        return Err(SheetError::Io(format!("{} is a folder, not a file", path.display())));
    }
    if about.len() > LARGEST_FILE {
        return Err(no_table("the file is larger than 1 GB; split it, for example by district"));
    }
    let mut head = Vec::with_capacity(SNIFFED);
    file.by_ref().take(SNIFFED as u64).read_to_end(&mut head).map_err(cannot)?;
    file.seek(SeekFrom::Start(0)).map_err(cannot)?;
    match what(&head) {
        Nature::Workbook => workbook::read(file, sheet, take),
        Nature::Text => {
            if let Some(wanted) = sheet {
                let there = vec!["none, a CSV file is one sheet".to_owned()];
                return Err(SheetError::NoSuchSheet { wanted: wanted.to_owned(), there });
            }
            delimited::read(file, take)
        }
        Nature::Other(words) => Err(no_table(words)),
    }
}

fn no_table(words: &str) -> SheetError {
    SheetError::NoTable(words.to_owned())
}

/// How much of a file is looked at to tell what it is.
const SNIFFED: usize = 64 * 1024;

enum Nature {
    Workbook,
    Text,
    Other(&'static str),
}

/// What a file is by its first bytes; its name says nothing reliable.
fn what(head: &[u8]) -> Nature {
    match head {
        [] => Nature::Other("the file is empty"),
        [b'P', b'K', 3, 4, ..] => Nature::Workbook,
        // The compound file of the old formats; a workbook with a password is one too.
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Nature::Other(
            "this is an old .xls file, or a workbook with a password: open it in Excel and save it, \
             without a password, as ‘Excel Workbook (.xlsx)’ or ‘CSV UTF-8’",
        ),
        // The same from before there were compound files.
        [0x09, 0x00 | 0x02 | 0x04 | 0x08, ..] => Nature::Other(
            "this is a very old .xls file: open it in Excel and save it as ‘Excel Workbook (.xlsx)’ or \
             ‘CSV UTF-8’",
        ),
        [b'%', b'P', b'D', b'F', ..] => {
            Nature::Other("this is a PDF, not a table; ask for the Excel file it was made from")
        }
        [0xff, 0xd8, 0xff, ..] | [0x89, b'P', b'N', b'G', ..] | [b'G', b'I', b'F', b'8', ..] => {
            Nature::Other("this is a picture, not a table; ask for the Excel file")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Nature::Text,
        [0x1f, 0x8b, ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [b'R', b'a', b'r', b'!', ..] => {
            Nature::Other("this is a packed file: unpack it and import the file in it")
        }
        _ if is_utf16(head) => Nature::Other(
            "this is text in UTF-16 without the mark at its beginning that says so: open it in Excel, \
             LibreOffice or Notepad and save it as ‘CSV UTF-8’",
        ),
        _ if is_binary(head) => Nature::Other("this is not a table of Excel and no CSV file"),
        _ => Nature::Text,
    }
}

/// Whether this is UTF-16 that does not say so: its commas, digits and line ends have an empty half, and all
/// of them the same one.
fn is_utf16(head: &[u8]) -> bool {
    let empty = |half: usize| head.iter().skip(half).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (empty(0), empty(1));
    let (few, many) = (first.min(second), first.max(second));
    few == 0 && many >= 4 && many * 20 > head.len()
}

/// Whether this is no text at all: a byte here and there that no text has spoils a cell only.
fn is_binary(head: &[u8]) -> bool {
    let is_odd = |byte: &&u8| matches!(**byte, 0..=8 | 14..=26 | 28..=31);
    head.iter().filter(is_odd).count() * 100 > head.len()
}

/// Why a text is no table of rows and columns, by how it begins.
fn why_no_text_table(start: &[u8]) -> Option<&'static str> {
    let text = start.trim_ascii_start();
    let begins = |word: &str| {
        text.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()))
    };
    if begins("<") || begins("MIME-Version:") {
        return Some(
            "this is a web page or XML that was given a table's name: open it in Excel and save it as \
             ‘Excel Workbook (.xlsx)’",
        );
    }
    if begins("{\\rtf") {
        return Some("this is a document of Word, not a table; copy its table into Excel");
    }
    let within = |open: u8| text.strip_prefix(&[open]).map(<[u8]>::trim_ascii_start);
    let is_json = within(b'{')
        .is_some_and(|rest| rest.starts_with(b"\"") || rest.starts_with(b"}"))
        || within(b'[').is_some_and(|rest| rest.starts_with(b"{") || rest.starts_with(b"["));
    if is_json {
        return Some("this is JSON, not a table: ask for it as ‘CSV UTF-8’ or an Excel file");
    }
    if begins("BEGIN:VCARD") || begins("BEGIN:VCALENDAR") {
        return Some(
            "these are cards of an address book, not a table: export the contacts as CSV, or write them into Excel",
        );
    }
    if begins("INSERT INTO") || begins("CREATE TABLE") {
        return Some(
            "this is from a database, not a table: ask for it as ‘CSV UTF-8’ or an Excel file",
        );
    }
    None
}

#[cfg(test)]
mod tests;
