//! `samvad audit`: who of the office took out, looked at or changed which data of persons.

use super::OriginArgs;
use super::requests::moment;
use crate::records::Beside;

pub(super) fn run(origins: &OriginArgs, limit: usize) -> anyhow::Result<()> {
    let options = super::keys::records_options(&origins.read()?)?;
    super::runtime()?.block_on(async {
        let records = Beside::open(options).await?;
        let log = records.audit(limit).await?;
        for line in &log {
            let count = match line.count {
                Some(1) => "one person".to_owned(),
                Some(count) => format!("{count} persons"),
                None => "not finished".to_owned(),
            };
            println!("{} {}: {}, {}, {count}", moment(line.at), line.actor, line.what, line.detail);
        }
        println!("{} lines.", log.len());
        if log.len() == limit {
            println!("There may be more: --limit {}", limit.saturating_mul(10));
        }
        Ok(())
    })
}
