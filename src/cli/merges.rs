//! `samvad merges`: pairs of contacts of which the office has to say whether they are one person. Phone
//! numbers are masked unless the office asks for them.

use std::io::IsTerminal as _;

use anyhow::bail;

use super::requests::{day, phone_of};
use super::{MergesCommand, OriginArgs};
use crate::clock::Clock;
use crate::contact::{AddressKind, Identities, Language, mask};
use crate::geography::Geography;
use crate::records::{Beside, OpenMerge, Snapshot};

pub(super) fn run(origins: &OriginArgs, command: &MergesCommand) -> anyhow::Result<()> {
    let config = origins.read()?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            MergesCommand::List { limit } => list(&records, *limit).await,
            MergesCommand::Show { id, numbers } => show(&records, *id, *numbers).await,
            MergesCommand::One { id, by, yes } => unite(&records, *id, by, *yes).await,
            MergesCommand::Two { id, by, yes } => keep_apart(&records, *id, by, *yes).await,
        }
    })
}

async fn list(records: &Beside, limit: usize) -> anyhow::Result<()> {
    let open = records.merges(limit).await?;
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    for pair in &open {
        println!("{:<6} {} {}", pair.id, day(pair.at), why(records, pair).await?);
        for contact in [pair.speaker, pair.owner] {
            println!("       {}", one_line(records, &geography, contact).await?);
        }
    }
    println!("{} pairs wait for the office.", open.len());
    if open.len() == limit {
        println!("There may be more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

async fn show(records: &Beside, id: i64, numbers: bool) -> anyhow::Result<()> {
    let Some(pair) = records.merge(id).await? else { return Err(no_such(id)) };
    println!("{} {}", pair.id, day(pair.at));
    println!("why the office is asked: {}", why(records, &pair).await?);
    for (who, contact) in [("who wrote", pair.speaker), ("who had the address", pair.owner)] {
        let (addresses, person) = records.person(contact).await?;
        println!("{who}: {}", addresses_of(&addresses, numbers));
        if let Some(person) = person {
            describe(&person);
        }
    }
    println!(
        "One person: `samvad merges one {id} --by WHO`. Two: `samvad merges two {id} --by WHO`."
    );
    Ok(())
}

/// The masked number of a contact, and the member's name and place where there is one.
async fn one_line(records: &Beside, geography: &Geography, contact: i64) -> anyhow::Result<String> {
    let (addresses, person) = records.person(contact).await?;
    let phone = phone_of(&addresses, false);
    let Some(member) = person.and_then(|person| person.contact.membership) else {
        return Ok(format!("{phone}  no member"));
    };
    let seat = geography.assembly(member.assembly);
    let seat = seat
        .map_or_else(String::new, |seat| format!(", {} {}", seat.number, seat.name(Language::Hi)));
    let booth = member.booth.map_or_else(String::new, |booth| format!(", booth {booth}"));
    Ok(format!("{phone}  {}{seat}{booth}", member.name))
}

async fn unite(records: &Beside, id: i64, by: &str, is_sure: bool) -> anyhow::Result<()> {
    if !is_pair_told(records, id).await? {
        return Err(no_such(id));
    }
    let question = "They become one person, and can never be made two again.";
    if !is_sure && !is_confirmed("the two become one for good", question)? {
        bail!("nothing was changed");
    }
    let now = Clock::System.now();
    let audited = records.begin_audit(by, "merges one", &format!("pair {id}"), now).await?;
    // Asked a second time there is nothing left to order.
    records.unite(id, now).await?;
    records.end_audit(audited, 2).await?;
    println!("{id}: they become one person within moments, or when the server starts.");
    Ok(())
}

/// Shows both of a pair; `false` where it does not wait any more.
async fn is_pair_told(records: &Beside, id: i64) -> anyhow::Result<bool> {
    let Some(pair) = records.merge(id).await? else { return Ok(false) };
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    for contact in [pair.speaker, pair.owner] {
        println!("    {}", one_line(records, &geography, contact).await?);
    }
    Ok(true)
}

/// Asks at the terminal whether it is to be done.
fn is_confirmed(what: &str, question: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("{what}; where nobody can be asked, say so with --yes");
    }
    eprint!("{question} Write yes: ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes") || answer.trim() == "हाँ")
}

async fn keep_apart(records: &Beside, id: i64, by: &str, is_sure: bool) -> anyhow::Result<()> {
    if !is_pair_told(records, id).await? {
        return Err(no_such(id));
    }
    let question = "They stay two persons, and nobody is asked about them again.";
    if !is_sure && !is_confirmed("the two stay two for good", question)? {
        bail!("nothing was changed");
    }
    let now = Clock::System.now();
    let audited = records.begin_audit(by, "merges two", &format!("pair {id}"), now).await?;
    if !records.keep_apart(id, now).await? {
        return Err(no_such(id));
    }
    records.end_audit(audited, 2).await?;
    println!("{id}: they stay two persons.");
    Ok(())
}

fn no_such(id: i64) -> anyhow::Error {
    anyhow::anyhow!("no pair {id} waits for the office; `samvad merges list` shows those that do")
}

async fn why(records: &Beside, pair: &OpenMerge) -> anyhow::Result<&'static str> {
    let why = records.why_two(pair).await?;
    Ok(why.map_or("a report of a delivery named both; nothing speaks against it", |why| {
        why.office_words()
    }))
}

/// Every address, the kind before it.
fn addresses_of(addresses: &Identities, whole: bool) -> String {
    let written: Vec<String> = addresses
        .addresses
        .iter()
        .map(|address| {
            let kind = match address.kind {
                AddressKind::Phone => "number",
                AddressKind::ForeignPhone => "number abroad",
                AddressKind::WhatsappUser => "WhatsApp id",
                AddressKind::WhatsappParentUser => "WhatsApp parent id",
                AddressKind::TelegramUser => "Telegram id",
                AddressKind::Simulator => "simulated phone",
            };
            let value = if whole { address.value.clone() } else { mask(&address.value) };
            format!("{kind} {value}")
        })
        .collect();
    if written.is_empty() { "no address".to_owned() } else { written.join(", ") }
}

fn describe(person: &Snapshot) {
    match &person.contact.membership {
        Some(member) => println!("    member {}, since {}", member.number, day(member.since)),
        None => match &person.contact.listed {
            Some(listed) => println!("    on a list of the office as {}", listed.number),
            None => println!("    no member"),
        },
    }
    if !person.contact.posts.is_empty() {
        println!("    posts: {}", person.contact.posts.join(", "));
    }
    match person.contact.last_inbound {
        Some(at) => println!("    last wrote on {}", day(at)),
        None => println!("    never wrote"),
    }
}
