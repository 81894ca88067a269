//! CSV: in UTF-8 with or without its mark, in UTF-16 as Excel's "Unicode Text" writes it, with comma,
//! semicolon, tab or bar between the cells.

use std::fs::File;
use std::io::{BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::cell::Cell;
use super::write::FORMULA;
use super::{LONGEST_CELL, MOST_COLUMNS, NOT_CLOSED, Row, SNIFFED, SheetError, Taker, no_table};

/// What may stand between cells, the likelier first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// UTF-16 is turned as a whole.
const LARGEST_UTF16: u64 = 256 << 20;

pub(super) fn read(mut file: File, take: Taker<'_>) -> Result<(), SheetError> {
    let cannot = |error: std::io::Error| SheetError::Io(error.to_string());
    let mut head = Vec::with_capacity(SNIFFED);
    file.by_ref().take(SNIFFED as u64).read_to_end(&mut head).map_err(cannot)?;
    match head.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let mut rest = Vec::new();
            file.take(LARGEST_UTF16).read_to_end(&mut rest).map_err(cannot)?;
            head.extend(rest);
            let text = from_utf16(&head)?;
            rows(text.as_bytes(), separator(text.as_bytes()), take)
        }
        _ => {
            let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
            let start = head.get(mark..).unwrap_or_default().to_vec();
            let separator = separator(&start);
            rows(BufReader::new(start.as_slice().chain(file)), separator, take)
        }
    }
}

fn from_utf16(bytes: &[u8]) -> Result<String, SheetError> {
    let is_little = bytes.starts_with(&[0xff, 0xfe]);
    let (pairs, odd) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| {
        if is_little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
    };
    let decoded: Result<String, _> = char::decode_utf16(pairs.iter().skip(1).map(unit)).collect();
    match decoded {
        Ok(text) if odd.is_empty() => Ok(text),
        _ => Err(no_table("the file is cut off or damaged; save it once more as ‘CSV UTF-8’")),
    }
}

/// The separator of a file: what Excel's `sep=;` line says, or else what stands most often outside
/// quotation marks in the first line that has one.
fn separator(start: &[u8]) -> u8 {
    for line in start.split(|byte| *byte == b'\n').take(50) {
        let told = line.trim_ascii().strip_prefix(b"sep=").and_then(|rest| rest.first());
        if let Some(told) = told {
            return *told;
        }
        let mut counts = [0_usize; SEPARATORS.len()];
        let mut quoted = false;
        for byte in line {
            quoted ^= *byte == b'"';
            let place = SEPARATORS.iter().position(|known| known == byte && !quoted);
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count += 1;
            }
        }
        let most = counts.into_iter().max().unwrap_or(0);
        if most > 0 {
            let place = counts.iter().position(|count| *count == most).unwrap_or(0);
            return SEPARATORS.get(place).copied().unwrap_or(b',');
        }
    }
    b','
}

fn rows(input: impl Read, separator: u8, take: Taker<'_>) -> Result<(), SheetError> {
    let input = OneLineEnd { input, after_return: false }.chain(&b"\n"[..]);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(input);
    let mut record = ByteRecord::new();
    // Line ends inside cells: Excel counts a row for the whole.
    let mut inside = 0;
    let mut last = 0_u32;
    while reader.read_byte_record(&mut record).map_err(|error| SheetError::Io(error.to_string()))? {
        let own = record.as_slice().split(|byte| *byte == b'\n').skip(1).count() as u64;
        let after = reader.position().line();
        let number = after.saturating_sub(1 + own + inside);
        // A quotation mark that is never closed takes the end of the file with it.
        let number = u32::try_from(number).unwrap_or(u32::MAX).max(last.saturating_add(1));
        last = number;
        inside += own;
        let is_told = |first: &[u8]| first.starts_with(b"sep=") && record.len() <= 2;
        if number == 1 && record.get(0).is_some_and(is_told) {
            continue;
        }
        let mut cells = Vec::with_capacity(record.len().min(MOST_COLUMNS));
        for field in record.iter().take(MOST_COLUMNS) {
            let mut lines = field.split(|byte| *byte == b'\n').skip(1);
            if field.len() <= LONGEST_CELL && lines.any(|line| is_row(line, separator)) {
                cells.push(Cell::Fault(NOT_CLOSED.to_owned()));
                continue;
            }
            cells.push(cell(field, number)?);
        }
        while cells.last().is_some_and(Cell::is_empty) {
            cells.pop();
        }
        if !cells.is_empty() {
            take(Row { number, cells, merged: Vec::new() }).map_err(SheetError::Stopped)?;
        }
    }
    Ok(())
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

/// Whether a line within a cell is a row of its own: it has a phone number and something beside it.
fn is_row(line: &[u8], separator: u8) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    let mut fields = line.split(|byte| *byte == separator);
    fields.clone().count() > 1
        && fields.any(|field| field.iter().filter(is_digit).count() >= 10 && field.len() <= 20)
}

fn cell(field: &[u8], row: u32) -> Result<Cell, SheetError> {
    if field.len() > LONGEST_CELL {
        let words = "a cell is longer than any cell can be: look for a quotation mark \" that is not closed in \
                     this row";
        return Err(SheetError::Row { row, words: words.to_owned() });
    }
    if field.contains(&0) {
        let words =
            "there are bytes in it that no text has; save the file once more as ‘CSV UTF-8’";
        return Err(SheetError::Row { row, words: words.to_owned() });
    }
    let Ok(text) = std::str::from_utf8(field) else {
        let words = "this is not Unicode (perhaps an old Hindi font, or ‘CSV’ instead of ‘CSV UTF-8’): in \
                     Excel choose ‘Save as’ and ‘CSV UTF-8 (Comma delimited)’";
        return Err(SheetError::Row { row, words: words.to_owned() });
    };
    Ok(of(text))
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
