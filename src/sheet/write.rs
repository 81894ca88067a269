//! CSV for Excel: UTF-8 with the mark that makes it show Devanagari, and no cell that Excel would take for
//! a formula.

use std::io::Write;

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
