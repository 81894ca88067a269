//! `samvad requests`: what people asked the office for. Phone numbers are masked, those of the people
//! and those they typed; the words of a request are shown one request at a time.

use anyhow::bail;
use jiff::Timestamp;

use super::{OriginArgs, RequestsCommand};
use crate::clock::Clock;
use crate::contact::{AddressKind, Identities, Language, mask};
use crate::geography::Geography;
use crate::membership::{parse_ticket_number, ticket_number};
use crate::records::{Records, Request, RequestReader, Snapshot};

pub(super) fn run(origins: &OriginArgs, command: &RequestsCommand) -> anyhow::Result<()> {
    let config = origins.read()?;
    super::runtime()?.block_on(async {
        if let RequestsCommand::Done { ticket } = command {
            let records = super::keys::open_records(&config).await?;
            let outcome = done(&records, ticket).await;
            records.close().await?;
            return outcome;
        }
        let records = RequestReader::open(super::keys::records_options(&config)?).await?;
        let outcome = match command {
            RequestsCommand::List { kind, all, limit } => {
                list(&records, kind.as_deref(), *all, *limit).await
            }
            RequestsCommand::Show { ticket, numbers } => show(&records, ticket, *numbers).await,
            RequestsCommand::Done { .. } => Ok(()),
        };
        records.close().await?;
        outcome
    })
}

async fn list(
    records: &RequestReader,
    kind: Option<&str>,
    all: bool,
    limit: usize,
) -> anyhow::Result<()> {
    let requests = records.requests(all, limit).await?;
    let wanted = |request: &&Request| kind.is_none_or(|kind| request.kind == kind);
    let mut shown = 0;
    for request in requests.iter().filter(wanted) {
        let (addresses, _) = records.sender(request.contact).await?;
        let phone = phone_of(&addresses, false);
        let state = if request.done.is_some() { "done" } else { "open" };
        println!(
            "{:<10} {:<12} {} {state:<5} {phone}",
            request.ticket,
            request.kind,
            day(request.at)
        );
        shown += 1;
    }
    let asked = if all { "requests" } else { "open requests" };
    println!("{shown} {asked}.");
    if requests.len() == limit {
        println!("There may be more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

async fn show(records: &RequestReader, ticket: &str, numbers: bool) -> anyhow::Result<()> {
    let Some(request) = records.request(&canonical(ticket)).await? else {
        bail!("there is no request {ticket}; `samvad requests list --all` shows every one");
    };
    println!("{} {} {}", request.ticket, request.kind, day(request.at));
    if let Some(done) = request.done {
        println!("done: {}", day(done));
    }
    let (addresses, person) = records.sender(request.contact).await?;
    println!("from: {}", phone_of(&addresses, numbers));
    if let Some(place) = person.and_then(home_of) {
        println!("member of: {place}");
    }
    for detail in &request.details {
        let text = if numbers { detail.text.clone() } else { mask_numbers(&detail.text) };
        println!("{}: {}", detail.name, printable(&text).replace('\n', "\n    "));
    }
    Ok(())
}

async fn done(records: &Records, ticket: &str) -> anyhow::Result<()> {
    let ticket = canonical(ticket);
    if !records.finish_request(&ticket, Clock::System.now()).await? {
        bail!("there is no open request {ticket}; `samvad requests list` shows those there are");
    }
    println!("{ticket} is done.");
    Ok(())
}

/// What a person wrote, without the signs by which it could rewrite the screen around it.
fn printable(text: &str) -> String {
    let rewrites = |sign: char| {
        (sign.is_control() && sign != '\n')
            || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|sign| if rewrites(sign) { '\u{fffd}' } else { sign }).collect()
}

/// A ticket as the records keep it, from what somebody read or heard.
fn canonical(ticket: &str) -> String {
    parse_ticket_number(ticket).map_or_else(|| ticket.trim().to_owned(), ticket_number)
}

fn day(at: Timestamp) -> String {
    crate::locale::india_date(at).strftime("%d-%m-%Y").to_string()
}

/// The first number we know of the person, masked unless `whole`.
fn phone_of(identities: &Identities, whole: bool) -> String {
    let number = identities
        .get(AddressKind::Phone)
        .or_else(|| identities.addresses.first().map(|address| address.value.as_str()));
    match number {
        Some(number) if whole => number.to_owned(),
        Some(number) => mask(number),
        None => "no address".to_owned(),
    }
}

/// Where a member lives: a request of theirs may not say it again.
fn home_of(snapshot: Snapshot) -> Option<String> {
    let member = snapshot.contact.membership?;
    let geography = Geography::shipped().ok()?;
    let english = snapshot.contact.language == Language::En;
    let seat = geography.assembly(member.assembly)?;
    let district = geography.district(&member.district)?;
    Some(if english {
        format!("{}, {}", seat.name_en, district.name_en)
    } else {
        format!("{}, {}", seat.name_hi, district.name_hi)
    })
}

/// Masks what may be a phone number in somebody's words: ten digits or more, in any script, with spaces
/// and hyphens between them.
fn mask_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        let digits: Vec<char> = run.chars().filter(|sign| sign.is_numeric()).collect();
        if digits.len() < 10 {
            out.push_str(run);
        } else {
            let tail = run.len() - run.trim_end().len();
            out.push_str(&mask(&digits.into_iter().collect::<String>()));
            out.push_str(run.get(run.len() - tail..).unwrap_or_default());
        }
        run.clear();
    };
    for sign in text.chars() {
        let joins = matches!(sign, ' ' | '-' | '.' | '+' | '(' | ')' | '\u{a0}');
        if sign.is_numeric() || (joins && !run.is_empty()) {
            run.push(sign);
        } else {
            flush(&mut run, &mut out);
            out.push(sign);
        }
    }
    flush(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_cannot_rewrite_the_screen() {
        assert_eq!(printable("नल\nटूटा"), "नल\nटूटा");
        assert_eq!(printable("a\u{1b}[2Jb\r\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c");
    }

    #[test]
    fn numbers_people_typed_are_masked_and_other_words_are_not() {
        for (text, expected) in [
            ("पुराना 9812345678 था", "पुराना 98••••5678 था"),
            ("+91 98123-45678 है", "+91••••5678 है"),
            ("९८१२३४५६७८", "९८••••५६७८"),
            ("वार्ड 12, गली 4", "वार्ड 12, गली 4"),
            ("10 दिन से", "10 दिन से"),
        ] {
            assert_eq!(mask_numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn a_ticket_is_found_as_people_say_it() {
        assert_eq!(canonical("t 0572 4"), "T-0572-4");
        assert_eq!(canonical("T-0572-4"), "T-0572-4");
    }
}
