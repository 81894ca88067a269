//! `samvad holds`: accounts and DLT templates that rest because their provider refuses them.

use anyhow::bail;
use jiff::Timestamp;

use super::{HoldsCommand, OriginArgs};
use crate::channel;
use crate::clock::Clock;
use crate::locale::india_zoned;
use crate::records::{Beside, Hold, HoldKind};

pub(super) fn run(origins: &OriginArgs, command: &HoldsCommand) -> anyhow::Result<()> {
    let config = origins.read()?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            HoldsCommand::List => list(&records).await,
            HoldsCommand::Release { name } => release(&records, name).await,
        }
    })
}

async fn list(records: &Beside) -> anyhow::Result<()> {
    let holds = records.holds().await?;
    for hold in &holds {
        println!("{}: {}", what(hold), words(hold));
    }
    match holds.len() {
        0 => println!("nothing rests."),
        1 => println!("1 thing rests."),
        several => println!("{several} things rest."),
    }
    Ok(())
}

async fn release(records: &Beside, name: &str) -> anyhow::Result<()> {
    if !records.release(name, Clock::System.now()).await? {
        bail!("nothing called {name} rests; `samvad holds list` shows what does");
    }
    println!(
        "{name} rests no more: what waited for it goes within seconds, or when the server starts."
    );
    Ok(())
}

/// What rests: `sms party`, `dlt template 1107…`.
pub(super) fn what(hold: &Hold) -> String {
    match hold.kind {
        HoldKind::Account => format!("{} {}", hold.channel, hold.name),
        HoldKind::Template => format!("dlt template {}", hold.name),
    }
}

/// Since when, why, what is done and what to do.
pub(super) fn words(hold: &Hold) -> String {
    let scrubbing = hold.code.and_then(|code| channel::scrubbing(hold.channel, code));
    let reason = match (scrubbing, hold.code, hold.http) {
        (Some((name, _)), Some(code), _) => format!("the operators answer {code} {name}"),
        (_, Some(code), _) => format!("the provider answers with the code {code}"),
        (_, None, Some(http)) => format!("the provider answers with the HTTP status {http}"),
        (_, None, None) => "it cannot be used as it is configured".to_owned(),
    };
    let by = match hold.kind {
        HoldKind::Account => String::new(),
        HoldKind::Template => format!(", by the account {}", hold.account),
    };
    let times = match hold.refusals {
        1 => "once".to_owned(),
        several => format!("{several} times"),
    };
    let next = match hold.trying {
        Some(tried) => format!("a message tries it since {}", clock_of(tried)),
        None => format!("one message tries it after {}", clock_of(hold.until)),
    };
    let advice = scrubbing.map_or(
        "look at its number, user, key or token, and at the server's log",
        |(_, advice)| advice,
    );
    format!(
        "rests since {}: {reason}{by} ({times}). Its messages are kept; {next}. To do: {advice}; then `samvad holds release {}`",
        clock_of(hold.since),
        hold.name
    )
}

/// A moment by the clocks of India: `21-11-2026 14:05`.
fn clock_of(at: Timestamp) -> String {
    india_zoned(at).strftime("%d-%m-%Y %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Channel;

    fn hold(kind: HoldKind, code: Option<i64>) -> Hold {
        Hold {
            channel: Channel::Sms,
            kind,
            name: if kind == HoldKind::Account { "party" } else { "1107161000000000002" }
                .to_owned(),
            account: "party".to_owned(),
            code,
            http: Some(401),
            since: "2026-11-21T08:35:00Z".parse().unwrap(),
            until: "2026-11-21T08:50:00Z".parse().unwrap(),
            refusals: 1,
            trying: None,
            by_report: false,
            ended: None,
        }
    }

    #[test]
    fn an_office_reads_what_rests_since_when_why_and_what_to_do() {
        let of_header = hold(HoldKind::Account, Some(623));
        let of_key =
            Hold { refusals: 3, trying: Some(of_header.until), ..hold(HoldKind::Account, None) };
        let of_text = hold(HoldKind::Template, Some(633));
        let told: Vec<String> = [of_header, of_key, of_text]
            .iter()
            .map(|hold| format!("{}: {}", what(hold), words(hold)))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        sms party: rests since 21-11-2026 14:05: the operators answer 623 PEID_NOT_MATCHED_WITH_HEADER (once). Its messages are kept; one message tries it after 21-11-2026 14:20. To do: look at the header in flows/dlt/ and on the DLT portal; capitals count; then `samvad holds release party`
        sms party: rests since 21-11-2026 14:05: the provider answers with the HTTP status 401 (3 times). Its messages are kept; a message tries it since 21-11-2026 14:20. To do: look at its number, user, key or token, and at the server's log; then `samvad holds release party`
        dlt template 1107161000000000002: rests since 21-11-2026 14:05: the operators answer 633 TEMPLATE_NOT_MATCHED, by the account party (once). Its messages are kept; one message tries it after 21-11-2026 14:20. To do: compare the template's text in flows/dlt/ with the portal's, letter by letter; then `samvad holds release 1107161000000000002`
        ");
    }
}
