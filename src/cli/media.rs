//! `samvad media`: the photos, voice notes and papers that flows asked people for, as they lie sealed in
//! the folder of media.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::requests::{day, phone_of};
use super::{MediaCommand, OriginArgs};
use crate::clock::Ids;
use crate::effects::{MediaFolder, erase_medium};
use crate::records::{Beside, MediumRow};

pub(super) fn run(origins: &OriginArgs, command: &MediaCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    let folder = MediaFolder::new(config.media.clone(), Ids::system());
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            MediaCommand::List { limit } => list(&records, *limit).await,
            MediaCommand::Export { id, out } => {
                let row = one(&records, *id).await?;
                export(&folder, &row, out)
            }
            MediaCommand::Erase { id } => {
                let row = one(&records, *id).await?;
                erase_medium(&records, &folder, &row).await?;
                println!("medium {id} is erased. Backups made before hold its key still.");
                Ok(())
            }
        }
    })
}

async fn list(records: &Beside, limit: usize) -> anyhow::Result<()> {
    let media = records.newest_media(limit).await?;
    for row in &media {
        let (addresses, _) = records.person(row.contact).await?;
        println!(
            "{:<6} {} {} {}",
            row.id,
            day(row.at),
            phone_of(&addresses, false),
            described(row)
        );
    }
    println!("{} media.", media.len());
    if media.len() == limit {
        println!("There may be more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

/// What it is, or why it is not kept.
pub(super) fn described(row: &MediumRow) -> String {
    match &row.medium {
        Ok(medium) => {
            let kilobytes = medium.size.div_ceil(1024);
            format!("{} {} {kilobytes} KB", medium.kind.name(), medium.mime_type)
        }
        Err(reason) => format!("not kept: {reason}"),
    }
}

async fn one(records: &Beside, id: i64) -> anyhow::Result<MediumRow> {
    let found = records.medium(id).await?;
    found.with_context(|| {
        format!("there is no medium {id}; `samvad media list` shows those there are")
    })
}

fn export(folder: &MediaFolder, row: &MediumRow, out: &Path) -> anyhow::Result<()> {
    let medium = match &row.medium {
        Ok(medium) => medium,
        Err(reason) => bail!("medium {} is not kept: {reason}", row.id),
    };
    let bytes = folder.read(medium)?;
    let written = super::private_file(out).and_then(|mut file| file.write_all(&bytes));
    written.with_context(|| {
        format!("{} cannot be written; name a file that is not there yet", out.display())
    })?;
    println!("{} holds {} ({} bytes).", out.display(), medium.mime_type, bytes.len());
    println!("It lies there for everybody to see: delete it when it has been used.");
    Ok(())
}
