//! `samvad keys`: the keys that seal what names a person.

use std::sync::Arc;

use super::{KeysCommand, OriginArgs};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::records::{Records, RecordsOptions};
use crate::seal::Keyring;

/// Rows sealed again in one step, so that a reader never waits long.
const STEP: usize = 2_000;

pub(super) fn run(origins: &OriginArgs, command: &KeysCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    match command {
        KeysCommand::Rotate => {
            let key = Keyring::rotate(&config.key_file, &Ids::system())?;
            println!("key {key} is made and active in {}.", config.key_file.display());
            println!(
                "A running server seals with it from its next start on. Copy the key file to its safe place now, and to every machine that runs samvad before you restart the first."
            );
            Ok(())
        }
        KeysCommand::Reseal => super::runtime()?.block_on(reseal(&config)),
    }
}

async fn reseal(config: &Config) -> anyhow::Result<()> {
    let records = open_records(config).await?;
    let mut total = 0;
    loop {
        let sealed = records.reseal(STEP).await?;
        if sealed == 0 {
            break;
        }
        total += sealed;
        eprint!("\r{total} rows sealed again");
    }
    eprintln!();
    let needed = records.needed_keys().await?;
    records.close().await?;
    println!("{total} rows were sealed again. The database now needs the keys: {needed:?}");
    if needed.len() > 1 {
        println!(
            "A server runs that was started before the newest key was made, and still seals under an older one: restart it, then run this again."
        );
    }
    Ok(())
}

/// The records as a command opens them: nothing is delivered, nothing swept.
pub(super) async fn open_records(config: &Config) -> anyhow::Result<Records> {
    Ok(Records::open(records_options(config)?).await?)
}

/// How a command opens the records.
///
/// # Errors
/// The key file is not there, or cannot be read: where samvad was never started, that is what to do.
pub(super) fn records_options(config: &Config) -> anyhow::Result<RecordsOptions> {
    if !config.key_file.exists() && !crate::records::may_exist(config.records.expose()) {
        anyhow::bail!(
            "there are no records here yet: start `samvad` once, which makes them with their key file {}, \
             then ask again. Are they elsewhere? Say so with --data or in samvad.toml",
            config.key_file.display()
        );
    }
    let keyring = Arc::new(Keyring::open(&config.key_file, false, &Ids::system())?);
    Ok(RecordsOptions {
        url: config.records.expose().to_owned(),
        connections: config.records_connections,
        clock: Clock::System,
        keyring,
        lease: config.delivery.lease(),
        group: config.commit.group,
        membership: config.membership.clone(),
    })
}
