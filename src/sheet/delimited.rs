//! CSV: in UTF-8 with or without its mark, in UTF-16 as Excel's "Unicode Text" writes it, with comma,
//! semicolon, tab or bar between the cells.
//!
//! A quotation mark that nobody closes takes the rows below it into one cell. Such a cell is told by what is in it,
//! its row is refused, and the rows below are read as rows.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};

use super::cell::Cell;
use super::write::FORMULA;
use super::{
    Aside, LONGEST_CELL, MOST_COLUMNS, NOT_CLOSED, Row, SNIFFED, SheetError, TOO_LONG, Taker,
    behind_the_last, column_letter, no_table, why_no_text_table,
};

/// What may stand between cells, the likelier first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The rows that tell the shape of a file.
const LOOKED_AT: usize = 50;
/// A longer line has no end: of a row of 256 cells none comes near.
const LONGEST_LINE: usize = 1 << 20;
/// A cell of several lines ends within so many bytes: Excel has no more than 32,767 letters.
const LONGEST_QUOTE: usize = 128 << 10;

pub(super) fn read(mut file: File, take: Taker<'_>) -> Result<Aside, SheetError> {
    let mut mark = Vec::with_capacity(4);
    file.by_ref().take(4).read_to_end(&mut mark).map_err(cannot)?;
    match mark.as_slice() {
        [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff] => {
            Err(no_table("this is text in UTF-32; save it once more as ‘CSV UTF-8’"))
        }
        [0xff, 0xfe, rest @ ..] => read_text(Utf16::new(rest.chain(file), true), take),
        [0xfe, 0xff, rest @ ..] => read_text(Utf16::new(rest.chain(file), false), take),
        start => {
            let rest = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
            read_text(rest.chain(file), take)
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn cannot(error: std::io::Error) -> SheetError {
    SheetError::Io(error.to_string())
}

fn read_text(mut input: impl Read, take: Taker<'_>) -> Result<Aside, SheetError> {
    let mut start = Vec::with_capacity(SNIFFED);
    input.by_ref().take(SNIFFED as u64).read_to_end(&mut start).map_err(cannot)?;
    if let Some(words) = why_no_text_table(&start) {
        return Err(no_table(words));
    }
    let shape = Shape::of(&start);
    let lines = Lines::new(start.as_slice().chain(input));
    Table { shape, lines, number: 0 }.read(take)?;
    Ok(Aside::default())
}

/// How the rows of a file look.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape {
    separator: u8,
    /// How many cells most rows have.
    width: usize,
    /// The columns with a number in most rows.
    numbers: Vec<usize>,
}

impl Shape {
    /// The separator is what Excel's `sep=;` line says, or else the one with which most of the first rows have the
    /// same number of cells.
    fn of(start: &[u8]) -> Shape {
        let is_whole = start.len() < SNIFFED;
        let mut lines: Vec<&[u8]> = start.split(|byte| *byte == b'\n' || *byte == b'\r').collect();
        // The last one is cut off where the file goes on.
        if !is_whole && lines.len() > 1 {
            lines.pop();
        }
        let told = lines.first().and_then(|line| line.trim_ascii().strip_prefix(b"sep="));
        if let Some(separator) = told.and_then(|rest| rest.first()) {
            return Shape::with(*separator, &lines).0;
        }
        let mut best = Shape::with(b',', &lines);
        for separator in SEPARATORS {
            let (shape, score) = Shape::with(separator, &lines);
            if (score, shape.width) > (best.1, best.0.width) {
                best = (shape, score);
            }
        }
        best.0
    }

    /// The shape with a separator, and how many rows have it.
    fn with(separator: u8, lines: &[&[u8]]) -> (Shape, usize) {
        let filled =
            lines.iter().filter(|line| line.iter().any(|byte| !byte.is_ascii_whitespace()));
        let rows: Vec<Vec<&[u8]>> =
            filled.take(LOOKED_AT).map(|line| unquoted_fields(line, separator)).collect();
        let of_width = |width: usize| rows.iter().filter(move |row| row.len() == width);
        let widths = rows.iter().map(Vec::len).filter(|width| *width > 1);
        let most = widths.max_by_key(|width| (of_width(*width).count(), *width));
        let Some(width) = most else {
            return (Shape { separator, width: 1, numbers: Vec::new() }, 0);
        };
        let score = of_width(width).count();
        let is_numbers = |column: &usize| {
            let numbers = of_width(width)
                .filter(|row| row.get(*column).is_some_and(|field| is_number(field)));
            numbers.count() * 2 > score
        };
        let numbers = (0..width).filter(is_numbers).collect();
        (Shape { separator, width, numbers }, score)
    }

    /// Whether a line within a cell is a row of its own: it has a phone number and something beside it, or a cell for
    /// every column with numbers where this file has numbers.
    fn is_row(&self, line: &[u8]) -> bool {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == self.separator).collect();
        if fields.len() < 2 {
            return false;
        }
        let digits = |field: &&[u8]| {
            String::from_utf8_lossy(field).chars().filter(|sign| sign.is_numeric()).count()
        };
        fields.iter().any(|field| digits(field) >= 10)
            || fields.len() >= self.width
                && !self.numbers.is_empty()
                && self
                    .numbers
                    .iter()
                    .all(|column| fields.get(*column).is_some_and(|field| is_number(field)))
    }
}

/// Whether a field is a number: digits of any script and no letter beside them.
fn is_number(field: &[u8]) -> bool {
    let text = String::from_utf8_lossy(field);
    text.chars().any(char::is_numeric) && !text.chars().any(char::is_alphabetic)
}

/// The fields of a line, as far as can be said without those around it.
fn unquoted_fields(line: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut quoted = false;
    line.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == separator && !quoted
    })
    .collect()
}

struct Table<R: Read> {
    shape: Shape,
    lines: Lines<R>,
    /// Of the last row: a row of several lines is one, as Excel counts it.
    number: u32,
}

impl<R: Read> Table<R> {
    fn read(mut self, take: Taker<'_>) -> Result<(), SheetError> {
        loop {
            let row = self.number;
            let broken_off = |error: std::io::Error| match row {
                0 => cannot(error),
                row => SheetError::BrokenOff { row, words: error.to_string() },
            };
            let Some(line) = self.lines.next().map_err(broken_off)? else { return Ok(()) };
            self.number = self.number.saturating_add(1);
            if self.number == 1 && line.bytes.starts_with(b"sep=") && line.bytes.len() <= 6 {
                continue;
            }
            let record = self.record(&line).map_err(broken_off)?;
            let row = record.row(self.number);
            if !row.cells.is_empty() || row.broken.is_some() {
                take(row).map_err(SheetError::Stopped)?;
            }
        }
    }

    /// The record that begins with a line.
    fn record(&mut self, line: &Line) -> std::io::Result<Record> {
        let separator = self.shape.separator;
        if line.is_cut {
            let words = "this line is longer than any row can be: is a line end missing in it?";
            return Ok(Record { broken: Some((0, words.to_owned())), ..Record::default() });
        }
        let mut record = Record::default();
        let mut is_open = record.feed(&line.bytes, separator, Inner::IsText);
        if record.has_inner {
            // Of the two ways to understand a quotation mark within a cell the one that gives as many cells as the
            // other rows have; the marks belong to the text where that does not tell.
            let mut other = Record::default();
            let is_other_open = other.feed(&line.bytes, separator, Inner::Ends);
            let fits = |record: &Record| record.width() == self.shape.width;
            if !is_other_open && fits(&other) && (is_open || !fits(&record)) {
                return Ok(other);
            }
        }
        let mut below: Vec<Line> = Vec::new();
        let mut length = 0;
        while is_open {
            let next = self.lines.next()?;
            let is_end = next.as_ref().is_none_or(|line| line.is_cut);
            let Some(next) = next else {
                return Ok(self.give_back(line, below));
            };
            length += next.bytes.len();
            let (before, cell) = (record.field.len(), record.cells.len());
            if !is_end {
                record.field.push(b'\n');
                is_open = record.feed(&next.bytes, separator, Inner::IsBroken);
            }
            // What of this line is within the cell.
            let field = record.cells.get(cell).unwrap_or(&record.field);
            let swallows = field.get(before + 1..).is_some_and(|within| self.shape.is_row(within));
            let is_broken = is_end || record.has_inner || swallows || length > LONGEST_QUOTE;
            below.push(next);
            if is_broken {
                return Ok(self.give_back(line, below));
            }
        }
        Ok(record)
    }

    /// The record of a line with a quotation mark that does not end: the cells before it are what they are, and the
    /// lines below are read again.
    fn give_back(&mut self, line: &Line, below: Vec<Line>) -> Record {
        for line in below.into_iter().rev() {
            self.lines.waiting.push_front(line);
        }
        let mut record = Record::default();
        record.feed(&line.bytes, self.shape.separator, Inner::IsText);
        record.field.clear();
        let column = record.cells.len();
        record.broken = Some((column, NOT_CLOSED.to_owned()));
        record.end_field(Vec::new());
        record
    }
}

/// What a quotation mark within a quoted cell is that neither ends it nor stands for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inner {
    /// `"Ram "Guddu" Kumar"`: a mark people wrote.
    IsText,
    /// `"राम" कुमार`: the end, and what follows is text too.
    Ends,
    /// The cell goes on over lines: it is none.
    IsBroken,
}

/// The cells of one row as bytes.
#[derive(Debug, Default)]
struct Record {
    /// The first [`MOST_COLUMNS`].
    cells: Vec<Vec<u8>>,
    /// Those behind, and the first of them with something.
    behind: usize,
    first_behind: Option<usize>,
    /// The cell under way.
    field: Vec<u8>,
    is_quoted: bool,
    has_inner: bool,
    broken: Option<(usize, String)>,
}

impl Record {
    const fn width(&self) -> usize {
        self.cells.len() + self.behind
    }

    /// Reads one line of the record; whether it goes on in the next.
    fn feed(&mut self, line: &[u8], separator: u8, inner: Inner) -> bool {
        let mut bytes = line.iter().copied().peekable();
        let mut is_begin = !self.is_quoted;
        while let Some(byte) = bytes.next() {
            if self.is_quoted {
                if byte != b'"' {
                    self.field.push(byte);
                    continue;
                }
                match bytes.peek() {
                    Some(b'"') => {
                        bytes.next();
                        self.field.push(b'"');
                    }
                    None => self.is_quoted = false,
                    Some(next) if *next == separator => self.is_quoted = false,
                    Some(_) => {
                        let blanks = bytes.clone().take_while(u8::is_ascii_whitespace).count();
                        let behind = bytes.clone().nth(blanks);
                        if separator != b'\t' && behind.is_none_or(|byte| byte == separator) {
                            self.is_quoted = false;
                            continue;
                        }
                        self.has_inner = true;
                        match inner {
                            Inner::IsText => self.field.push(b'"'),
                            Inner::Ends => self.is_quoted = false,
                            Inner::IsBroken => return true,
                        }
                    }
                }
                continue;
            }
            if byte == separator {
                let field = std::mem::take(&mut self.field);
                self.end_field(field);
                is_begin = true;
                continue;
            }
            if byte == b'"' && is_begin {
                self.is_quoted = true;
            } else {
                self.field.push(byte);
            }
            is_begin = false;
        }
        if !self.is_quoted {
            let field = std::mem::take(&mut self.field);
            self.end_field(field);
        }
        self.is_quoted
    }

    fn end_field(&mut self, field: Vec<u8>) {
        if self.cells.len() < MOST_COLUMNS {
            self.cells.push(field);
            return;
        }
        if self.first_behind.is_none() && field.iter().any(|byte| !byte.is_ascii_whitespace()) {
            self.first_behind = Some(self.width());
        }
        self.behind += 1;
    }

    fn row(self, number: u32) -> Row {
        let width = Some(self.width());
        let broken_at = self.broken.as_ref().map(|(column, _)| *column);
        let mut cells: Vec<Cell> = self.cells.iter().map(|field| cell(field)).collect();
        if let (Some(column), Some((_, words))) = (broken_at, &self.broken) {
            cells.truncate(column);
            cells.push(Cell::Fault(words.clone()));
        }
        if let Some(column) = self.first_behind {
            cells.resize(MOST_COLUMNS, Cell::Empty);
            cells.push(Cell::Fault(behind_the_last(&column_letter(column))));
        }
        while cells.last().is_some_and(Cell::is_empty) {
            cells.pop();
        }
        Row { number, cells, width, broken: self.broken, ..Row::default() }
    }
}

/// One line without its end.
#[derive(Debug)]
struct Line {
    bytes: Vec<u8>,
    /// It is longer than [`LONGEST_LINE`].
    is_cut: bool,
}

/// Lines of a file, and those that are read again.
struct Lines<R: Read> {
    input: BufReader<OneLineEnd<R>>,
    waiting: VecDeque<Line>,
}

impl<R: Read> Lines<R> {
    fn new(input: R) -> Lines<R> {
        let input = OneLineEnd { input, after_return: false };
        Lines { input: BufReader::with_capacity(64 * 1024, input), waiting: VecDeque::new() }
    }

    fn next(&mut self) -> std::io::Result<Option<Line>> {
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Line { bytes: Vec::new(), is_cut: false };
        let mut is_begun = false;
        loop {
            let there = self.input.fill_buf()?;
            if there.is_empty() {
                return Ok(is_begun.then_some(line));
            }
            is_begun = true;
            let end = there.iter().position(|byte| *byte == b'\n');
            let piece = there.get(..end.unwrap_or(there.len())).unwrap_or_default();
            let room = LONGEST_LINE.saturating_sub(line.bytes.len());
            line.is_cut |= piece.len() > room;
            line.bytes.extend_from_slice(piece.get(..room).unwrap_or(piece));
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

/// Turns every end of a line, `\r\n` and a lone `\r` too, into `\n`, so that lines can be counted.
struct OneLineEnd<R> {
    input: R,
    after_return: bool,
}

impl<R: Read> Read for OneLineEnd<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.input.read(into)?;
            let mut kept = 0;
            for place in 0..read {
                let Some(byte) = into.get(place).copied() else { break };
                let is_second = self.after_return && byte == b'\n';
                self.after_return = byte == b'\r';
                if is_second {
                    continue;
                }
                if let Some(to) = into.get_mut(kept) {
                    *to = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            // Nothing kept of something read is not the end of the file.
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

/// UTF-16 as UTF-8, piece by piece. What is no letter becomes a byte that is none in UTF-8 either, so that its cell is
/// told.
struct Utf16<R> {
    input: R,
    is_little: bool,
    /// The first half of a letter of two.
    high: Option<u16>,
    ready: VecDeque<u8>,
}

const NO_LETTER: u8 = 0xff;

impl<R: Read> Utf16<R> {
    const fn new(input: R, is_little: bool) -> Utf16<R> {
        Utf16 { input, is_little, high: None, ready: VecDeque::new() }
    }

    fn add(&mut self, unit: u16) {
        let units = match self.high.take() {
            Some(high) => [Some(high), Some(unit)],
            None if (0xd800..0xdc00).contains(&unit) => {
                self.high = Some(unit);
                return;
            }
            None => [Some(unit), None],
        };
        for letter in char::decode_utf16(units.into_iter().flatten()) {
            match letter {
                Ok(letter) => self.ready.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => self.ready.push_back(NO_LETTER),
            }
        }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.ready.is_empty() {
            let mut piece = Vec::with_capacity(8 * 1024);
            // An even number, but at the end.
            self.input.by_ref().take(8 * 1024).read_to_end(&mut piece)?;
            if piece.is_empty() {
                if self.high.take().is_some() {
                    self.ready.push_back(NO_LETTER);
                }
                break;
            }
            let (pairs, odd) = piece.as_chunks::<2>();
            for pair in pairs {
                let is_little = self.is_little;
                self.add(if is_little {
                    u16::from_le_bytes(*pair)
                } else {
                    u16::from_be_bytes(*pair)
                });
            }
            if !odd.is_empty() {
                self.ready.push_back(NO_LETTER);
            }
        }
        self.ready.read(into)
    }
}

fn cell(field: &[u8]) -> Cell {
    let why = if field.len() > LONGEST_CELL {
        TOO_LONG
    } else if field.contains(&0) {
        "there are bytes in it that no text has; write it again and save the file as ‘CSV UTF-8’"
    } else {
        match std::str::from_utf8(field) {
            Ok(text) => return of(text),
            Err(_) => {
                "this is not Unicode (perhaps an old Hindi font, or ‘CSV’ instead of ‘CSV UTF-8’): in Excel \
                 choose ‘Save as’ and ‘CSV UTF-8 (Comma delimited)’"
            }
        }
    };
    Cell::Fault(why.to_owned())
}

/// Excel writes `="0091…"` to keep it from being taken for a number; it is the text inside. And we write `'+91`,
/// as people do, to keep it from being taken for a formula.
fn of(text: &str) -> Cell {
    if let Some(guarded) = text.strip_prefix('\'')
        && guarded.starts_with(FORMULA)
    {
        return Cell::of(guarded);
    }
    let inside = text.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    Cell::of(inside.unwrap_or(text))
}
