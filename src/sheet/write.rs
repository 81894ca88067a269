//! Tables for Excel: CSV as UTF-8 with the mark that makes it show Devanagari, and no cell that Excel would take for
//! a formula; workbooks.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook};

/// What Excel takes for the beginning of a formula.
pub(super) const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes rows to a file or anything else.
pub struct CsvWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvWriter<W> {
    /// Writes the mark and the header.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn new(mut out: W, header: &[&str]) -> std::io::Result<CsvWriter<W>> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer =
            CsvWriter(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out));
        writer.row(header)?;
        Ok(writer)
    }

    /// One row; a cell that begins like a formula (`=`, `+`, `-`, `@`) gets an apostrophe before it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn row(&mut self, cells: &[&str]) -> std::io::Result<()> {
        for cell in cells {
            if cell.starts_with(FORMULA) {
                self.0.write_field(format!("'{cell}"))?;
            } else {
                self.0.write_field(cell)?;
            }
        }
        self.0.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// A file of a table, row by row: CSV, or a workbook of which no more than a row is held in memory.
pub enum TableWriter<W: Write + Send> {
    Csv(Box<CsvWriter<W>>),
    Xlsx(Box<Book<W>>),
}

/// A workbook on its way. Its rows wait in a file without a name, which is gone with this process.
pub struct Book<W> {
    workbook: Workbook,
    header: Vec<String>,
    /// The next row of the last sheet.
    next: u32,
    out: W,
}

/// What is written into a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Written<'a> {
    Text(&'a str),
    /// A number that a sheet adds up, and how CSV writes it.
    Number(f64, &'a str),
}

/// The narrowest and the widest a column is made, in characters.
const WIDTHS: (usize, usize) = (12, 48);

/// So many rows a sheet of Excel has.
const MOST_ROWS: u32 = 1 << 20;

impl<W: Write + Send> TableWriter<W> {
    /// # Errors
    /// The file cannot be written.
    pub fn csv(out: W, header: &[&str]) -> std::io::Result<TableWriter<W>> {
        CsvWriter::new(out, header).map(Box::new).map(TableWriter::Csv)
    }

    /// A workbook; `folder` is where its rows wait until [`TableWriter::finish`].
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn xlsx(out: W, folder: &Path, header: &[&str]) -> std::io::Result<TableWriter<W>> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder).map_err(std::io::Error::other)?;
        let header = header.iter().map(|&cell| cell.to_owned()).collect();
        // The first row makes the first sheet.
        let mut book = Book { workbook, header, next: MOST_ROWS, out };
        book.begin_sheet()?;
        Ok(TableWriter::Xlsx(Box::new(book)))
    }

    /// One row, every cell a text: a phone number stays as it is written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn row(&mut self, cells: &[&str]) -> std::io::Result<()> {
        match self {
            TableWriter::Csv(writer) => writer.row(cells),
            TableWriter::Xlsx(book) => {
                if book.next >= MOST_ROWS {
                    book.begin_sheet()?;
                }
                book.row(cells)
            }
        }
    }

    /// One row in which numbers are numbers.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn figures(&mut self, cells: &[Written<'_>]) -> std::io::Result<()> {
        match self {
            TableWriter::Csv(writer) => {
                let texts = cells.iter().map(|cell| match cell {
                    Written::Text(text) | Written::Number(_, text) => *text,
                });
                writer.row(&texts.collect::<Vec<_>>())
            }
            TableWriter::Xlsx(book) => {
                if book.next >= MOST_ROWS {
                    book.begin_sheet()?;
                }
                book.write(cells, false)
            }
        }
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(self) -> std::io::Result<()> {
        match self {
            TableWriter::Csv(writer) => writer.finish(),
            TableWriter::Xlsx(book) => {
                let Book { mut workbook, mut out, .. } = *book;
                workbook.save_to_writer(&mut out).map_err(std::io::Error::other)?;
                out.flush()
            }
        }
    }
}

impl<W> Book<W> {
    fn begin_sheet(&mut self) -> std::io::Result<()> {
        self.workbook.add_worksheet_with_constant_memory().map_err(std::io::Error::other)?;
        self.next = 0;
        let header = std::mem::take(&mut self.header);
        let cells: Vec<Written<'_>> = header.iter().map(|head| Written::Text(head)).collect();
        let written = self.write(&cells, true);
        self.header = header;
        written
    }

    fn row(&mut self, cells: &[&str]) -> std::io::Result<()> {
        let cells: Vec<Written<'_>> = cells.iter().map(|cell| Written::Text(cell)).collect();
        self.write(&cells, false)
    }

    /// A header is bold, and its words have room.
    fn write(&mut self, cells: &[Written<'_>], is_header: bool) -> std::io::Result<()> {
        let last = self.workbook.worksheets().len().saturating_sub(1);
        let sheet = self.workbook.worksheet_from_index(last).map_err(std::io::Error::other)?;
        for (column, cell) in (0_u16..).zip(cells) {
            let written = match cell {
                Written::Text("") => continue,
                Written::Text(head) if is_header => {
                    let width = head.chars().count().clamp(WIDTHS.0, WIDTHS.1);
                    let width = f64::from(u8::try_from(width).unwrap_or(u8::MAX));
                    let bold = Format::new().set_bold();
                    sheet.set_column_width(column, width).and_then(|sheet| {
                        sheet.write_string_with_format(self.next, column, *head, &bold)
                    })
                }
                Written::Text(text) => sheet.write_string(self.next, column, *text),
                Written::Number(number, _) => sheet.write_number(self.next, column, *number),
            };
            written.map_err(std::io::Error::other)?;
        }
        self.next += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Row, read};
    use super::*;

    #[test]
    fn a_figure_is_a_number_that_excel_adds_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.xlsx");
        let out = std::fs::File::create(&path).unwrap();
        let mut writer = TableWriter::xlsx(out, folder.path(), &["हिस्सा", "भेजे"]).unwrap();
        writer.figures(&[Written::Text("कुल"), Written::Number(58.0, "58")]).unwrap();
        writer.finish().unwrap();
        let mut rows = Vec::new();
        read(&path, None, &mut |row: Row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
        assert_eq!(rows[1].cell(1), &Cell::Number(58.0));
    }

    #[test]
    fn a_workbook_is_read_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.xlsx");
        let out = std::fs::File::create(&path).unwrap();
        let mut writer = TableWriter::xlsx(out, folder.path(), &["मोबाइल", "नाम"]).unwrap();
        for cells in [["9812345678", "सुनीता देवी"], ["", "=1+1"]] {
            writer.row(&cells).unwrap();
        }
        writer.finish().unwrap();
        let mut rows = Vec::new();
        read(&path, None, &mut |row: Row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].cell(0), &Cell::Text("9812345678".to_owned()));
        assert_eq!(rows[2].cell(1), &Cell::Text("=1+1".to_owned()), "a text and no formula");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside it");
    }
}
