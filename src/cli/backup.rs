//! `samvad backup FILE`: a consistent copy of the database, also while the server runs.

use std::path::Path;

use anyhow::bail;

use super::OriginArgs;
use crate::records;

pub(super) fn run(origins: &OriginArgs, file: &Path) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    if file.exists() {
        bail!("{} is there already; a backup never overwrites: name another file", file.display());
    }
    let copied = records::copy_database(config.records.expose(), file)?;
    println!("{} holds {copied} bytes of a consistent moment.", file.display());
    println!(
        "Its key file is {}: keep a copy of that in another place.",
        config.key_file.display()
    );
    Ok(())
}
