//! `samvad handover`: the conversations that a person of the office has taken over, and giving them back.

use anyhow::bail;

use super::requests::{day, phone_of};
use super::{HandoverCommand, OriginArgs};
use crate::clock::Clock;
use crate::records::Beside;

pub(super) fn run(origins: &OriginArgs, command: &HandoverCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            HandoverCommand::List { limit } => list(&records, *limit).await,
            HandoverCommand::Return { id } => give_back(&records, *id).await,
        }
    })
}

async fn list(records: &Beside, limit: usize) -> anyhow::Result<()> {
    let handovers = records.handovers(limit).await?;
    for handover in &handovers {
        let (addresses, _) = records.person(handover.contact).await?;
        let phone = phone_of(&addresses, false);
        println!("{:<6} {} {phone} {}", handover.id, day(handover.at), handover.reason);
    }
    println!("{} conversations are with the office.", handovers.len());
    if handovers.len() == limit {
        println!("There may be more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

async fn give_back(records: &Beside, id: i64) -> anyhow::Result<()> {
    if !records.give_back(id, Clock::System.now()).await? {
        bail!("the office has no conversation {id}; `samvad handover list` shows those it has");
    }
    println!("{id} is given back: its flow goes on within moments, or when the server starts.");
    Ok(())
}
