//! Files that a command writes for Excel: CSV or a workbook, by the ending of the name.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::sheet::TableWriter;

/// A new file, to be read by its owner alone.
///
/// # Errors
/// The name ends neither in `.csv` nor in `.xlsx`, the file is there already, or cannot be written.
pub(super) fn table_file(
    file: &Path,
    header: &[&str],
) -> anyhow::Result<TableWriter<BufWriter<File>>> {
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    let is_workbook = match ending.as_deref() {
        Some("xlsx") => true,
        Some("csv") => false,
        _ => bail!("{}: name a file that ends in .csv or .xlsx", file.display()),
    };
    let cannot = || {
        let why =
            if file.exists() { "is there already; name another file" } else { "cannot be written" };
        format!("{} {why}", file.display())
    };
    let out = BufWriter::new(super::private_file(file).with_context(cannot)?);
    let written = if is_workbook {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        TableWriter::xlsx(out, folder.unwrap_or(Path::new(".")), header)
    } else {
        TableWriter::csv(out, header)
    };
    written.with_context(cannot)
}

/// What a command says where it shows not all there is.
pub(super) fn and_more(more: u64, how: &str) {
    if more > 0 {
        println!("… and {more} more: {how}");
    }
}
