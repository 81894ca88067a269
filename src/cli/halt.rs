//! `samvad halt`: the office's kill switch.

use anyhow::bail;

use super::{HaltCommand, OriginArgs};
use crate::clock::Clock;
use crate::locale::india_zoned;
use crate::records::{Beside, Halt};

pub(super) fn run(origins: &OriginArgs, command: &HaltCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            HaltCommand::On { by, why } => turn(&records, true, by, why).await,
            HaltCommand::Off { by, why } => turn(&records, false, by, why).await,
            HaltCommand::Status => {
                println!("{}", words(records.halt().await?.as_ref()));
                Ok(())
            }
        }
    })
}

async fn turn(records: &Beside, halted: bool, by: &str, why: &str) -> anyhow::Result<()> {
    let (by, why) = (by.trim(), why.trim());
    if by.is_empty() || why.is_empty() {
        bail!(
            "say who decided it and why: --by \"संजय मिश्र\" --why \"…\"; both stand in the records"
        );
    }
    let (by, why) = (by.to_owned(), why.to_owned());
    let halt = Halt { halted, by, why, at: Clock::System.now() };
    records.turn_halt(&halt).await?;
    println!("{}", words(Some(&halt)));
    println!(
        "Every process follows within two seconds. {}",
        if halted {
            "What waits stays queued and is not lost; `samvad halt off` lets it go."
        } else {
            "What waited goes within seconds, unless its time has passed."
        }
    );
    Ok(())
}

/// How the switch stands, by whom and why.
pub(super) fn words(halt: Option<&Halt>) -> String {
    let Some(halt) = halt else {
        return "The kill switch is off; nobody ever turned it.".to_owned();
    };
    let at = india_zoned(halt.at).strftime("%d-%m-%Y %H:%M");
    let state = if halt.halted { "ON: nothing at all is sent" } else { "off" };
    format!("The kill switch is {state}. Turned by {} on {at}: {}", halt.by, halt.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_says_who_turned_it_and_why() {
        let at = "2026-11-21T12:30:00+05:30".parse().unwrap();
        let (by, why) = ("संजय".to_owned(), "गलत पाठ".to_owned());
        let halt = Halt { halted: true, by, why, at };
        assert_eq!(
            words(Some(&halt)),
            "The kill switch is ON: nothing at all is sent. Turned by संजय on 21-11-2026 12:30: गलत पाठ"
        );
        assert_eq!(words(None), "The kill switch is off; nobody ever turned it.");
    }
}
