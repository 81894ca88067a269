//! `samvad contact` and `samvad consent`: a person's rights over what is kept of them (DPDP Act 2023, sections
//! 11 and 12). Every look and every change is written down.

mod readable;

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde_json::Value;

use self::readable::readable;
use super::requests::{canonical, day, phone_of};
use super::{ConsentCommand, ContactCommand, Order, OriginArgs, broadcast};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::contact::{Address, AddressKind, Identities, PhoneNumber};
use crate::effects::{MediaFolder, erase_medium};
use crate::geography::Geography;
use crate::places::Tree;
use crate::records::{Audit, Beside, Erasure};
use crate::state::{State, StateOptions};

pub(super) fn run(origins: &OriginArgs, command: &ContactCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            ContactCommand::Export { who, out, order } => {
                export(&records, &config, who, out, order).await
            }
            ContactCommand::Erase { who, order, yes } => {
                erase(&records, &config, who, order, *yes).await
            }
            ContactCommand::Block { who, order } => block(&records, who, order, true).await,
            ContactCommand::Unblock { who, order } => block(&records, who, order, false).await,
        }
    })
}

pub(super) fn run_consent(origins: &OriginArgs, command: &ConsentCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            ConsentCommand::Show { who, order } => {
                let contact = found(&records, who).await?;
                let document = looked_at(&records, contact, "consent", order).await?;
                let (addresses, _) = records.person(contact).await?;
                println!("{}", phone_of(&addresses, false));
                print!("{}", ledger(&document));
                Ok(())
            }
            ConsentCommand::Export { who, out, order } => {
                let contact = found(&records, who).await?;
                let document = looked_at(&records, contact, "consent", order).await?;
                let consents = document.get("consents").cloned().unwrap_or(Value::Null);
                written(out, serde_json::to_string_pretty(&consents)?.as_bytes())?;
                println!("{} holds the ledger of one person.", out.display());
                Ok(())
            }
        }
    })
}

/// The person a phone number, a ticket, or a contact's number (`#17`) means.
async fn found(records: &Beside, who: &str) -> anyhow::Result<i64> {
    if let Some(number) = who.strip_prefix('#') {
        return number.parse().context("a contact's number is written #17");
    }
    if let Ok(phone) = PhoneNumber::parse(who) {
        let address = Address::new(AddressKind::Phone, phone.digits());
        return records.contact_of(&address).await?.context("nobody is known by this number");
    }
    let request = records.request(&canonical(who)).await?;
    let request = request.with_context(|| {
        format!("{who} is no mobile number of India, no ticket (T-0572-4) and no contact (#17)")
    })?;
    Ok(request.contact)
}

fn audit(what: &'static str, order: &Order) -> anyhow::Result<Audit> {
    let (by, why) = order.checked()?;
    Ok(Audit { by, what, why: Some(why), at: Clock::System.now() })
}

async fn looked_at(
    records: &Beside,
    contact: i64,
    what: &'static str,
    order: &Order,
) -> anyhow::Result<Value> {
    Ok(records.person_document(contact, &audit(what, order)?).await?)
}

/// A new file that only its owner reads.
fn written(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let file = super::private_file(out).and_then(|mut file| file.write_all(bytes));
    file.with_context(|| {
        format!("{} cannot be written; name a file that is not there yet", out.display())
    })
}

async fn export(
    records: &Beside,
    config: &Config,
    who: &str,
    out: &Path,
    order: &Order,
) -> anyhow::Result<()> {
    let contact = found(records, who).await?;
    std::fs::create_dir(out).with_context(|| {
        format!("{} cannot be made; name a folder that is not there yet", out.display())
    })?;
    let document = looked_at(records, contact, "export", order).await?;
    written(&out.join("person.json"), serde_json::to_string_pretty(&document)?.as_bytes())?;
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    let text = readable(&document, &Tree::new(&geography));
    written(&out.join("person.txt"), text.as_bytes())?;
    let folder = MediaFolder::new(config.media.clone(), Ids::system());
    for row in records.media(contact).await? {
        let Ok(medium) = &row.medium else { continue };
        let subtype = medium.mime_type.split(['/', ';']).nth(1).unwrap_or("bin");
        let ending: String = subtype.chars().filter(char::is_ascii_alphanumeric).collect();
        let bytes = folder.read(medium)?;
        written(&out.join(format!("medium-{}.{ending}", row.id)), &bytes)?;
    }
    println!("{} holds everything that is kept of one person:", out.display());
    println!("  person.json for machines, person.txt in Hindi for them, and what they sent.");
    println!("Give it to that person and nobody else, then delete it here.");
    Ok(())
}

async fn erase(
    records: &Beside,
    config: &Config,
    who: &str,
    order: &Order,
    yes: bool,
) -> anyhow::Result<()> {
    let contact = found(records, who).await?;
    let (by, why) = order.checked()?;
    let (addresses, _) = records.person(contact).await?;
    let phone = phone_of(&addresses, false);
    if addresses.is_empty() {
        bail!("nothing is kept under contact {contact} any more");
    }
    if !yes {
        println!(
            "{phone} would be erased: numbers, names, memberships, posts, consents, every word and"
        );
        println!("what they sent. A sealed minimum is kept apart for a year, as the law asks.");
        bail!("it cannot be undone; say --yes to do it");
    }
    // Their keys go with the rows; the files first, so that none is left that nobody knows of.
    let folder = MediaFolder::new(config.media.clone(), Ids::system());
    for row in records.media(contact).await? {
        erase_medium(records, &folder, &row).await?;
    }
    let erasure = Erasure { by, why, at: Clock::System.now() };
    let id = records.erase_person(contact, &erasure).await?;
    println!("{phone} is erased (erasure {id}). Backups made before hold them still.");
    tell_of_lists(config, &addresses);
    forget_live(records, config, contact).await;
    Ok(())
}

/// The records hold no list of numbers, of a broadcast neither; the files the office keeps beside its broadcasts are
/// its own, and it is told in which of them the number still stands.
fn tell_of_lists(config: &Config, addresses: &Identities) {
    let Some(folder) = &config.broadcasts else { return };
    let phones: Vec<PhoneNumber> = addresses
        .addresses
        .iter()
        .filter(|address| address.kind == AddressKind::Phone)
        .filter_map(|address| PhoneNumber::parse(&address.value).ok())
        .collect();
    for name in broadcast::lists(folder) {
        let path = folder.join(&name);
        match broadcast::numbers_in(&path) {
            Ok(numbers) if phones.iter().any(|phone| numbers.contains(phone)) => {
                println!(
                    "{} still has the number: take its row out there, a broadcast would look for it in vain.",
                    path.display()
                );
            }
            Ok(_) => {}
            Err(error) => println!("{error:#}: see yourself whether the number stands there."),
        }
    }
}

/// What the state store remembers of a conversation, where it is not in a server's own memory.
async fn forget_live(records: &Beside, config: &Config, contact: i64) {
    let forgotten = async {
        let prefix = format!("{}:{}", config.state_prefix, records.incarnation().await?);
        let state = State::open(StateOptions::new(config.state.expose(), prefix, Clock::System))?;
        anyhow::Ok(state.forget(contact).await?)
    };
    if let Err(error) = forgotten.await {
        println!(
            "The state store could not be told ({error}): what it holds is sealed and stale, and ends by itself within {} hours.",
            config.intake.state_hours
        );
    }
}

async fn block(records: &Beside, who: &str, order: &Order, on: bool) -> anyhow::Result<()> {
    let contact = found(records, who).await?;
    let audit = audit(if on { "block" } else { "unblock" }, order)?;
    let since = on.then_some(audit.at);
    let turned = records.block(contact, since, &audit).await?;
    println!(
        "{}",
        match (turned, on) {
            (true, true) => "blocked: they are written to no more, and get no answers.",
            (true, false) => "no longer blocked.",
            (false, true) => "they were blocked already.",
            (false, false) => "they were not blocked.",
        }
    );
    Ok(())
}

/// A ledger as lines, oldest first.
fn ledger(document: &Value) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let rows = document.get("consents").and_then(Value::as_array);
    for row in rows.into_iter().flatten() {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let given = row.get("given").and_then(Value::as_bool).unwrap_or_default();
        let word = if given { "yes" } else { "NO" };
        let only = match text("only_channel") {
            "" => String::new(),
            only => format!(", on {only} alone"),
        };
        let at = text("at").parse::<Timestamp>().map_or_else(|_| String::new(), day);
        // Writing into a string cannot fail.
        let _ = writeln!(
            out,
            "{at} {word:<3} {:<11} {} by {}{only}{}",
            text("purpose"),
            text("how"),
            text("channel"),
            match text("notice") {
                "" => String::new(),
                notice => format!(", notice {notice}"),
            }
        );
    }
    if out.is_empty() {
        out.push_str("no word of theirs is in the ledger.\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "addresses": [{"kind": "Phone", "address": "9812345678", "since": "2026-11-21T06:30:00Z"}],
            "consents": [
                {"purpose": "samvad", "given": true, "at": "2026-11-21T06:30:00Z", "how": "button",
                 "channel": "whatsapp", "notice": "samvad-1"},
                {"purpose": "samvad", "given": false, "at": "2026-11-22T06:30:00Z", "how": "keyword",
                 "channel": "sms", "only_channel": "sms"},
            ],
            "messages": [
                {"at": "2026-11-21T06:30:00Z", "direction": "person",
                 "content": {"content": {"type": "text", "text": "सदस्य"}}},
                {"at": "2026-11-21T06:30:00Z", "direction": "us", "content": {"type": "text", "body": "नमस्ते"}},
            ],
        })
    }

    #[test]
    fn a_ledger_is_read_line_by_line() {
        insta::assert_snapshot!(ledger(&document()), @r"
        21-11-2026 yes samvad      button by whatsapp, notice samvad-1
        22-11-2026 NO  samvad      keyword by sms, on sms alone
        ");
        assert_eq!(ledger(&json!({})), "no word of theirs is in the ledger.\n");
    }
}
