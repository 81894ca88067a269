//! `samvad requests`: what people asked the office for. Phone numbers are masked, those of the people
//! and those they typed; the words of a request are shown one request at a time.

use std::collections::BTreeSet;

use anyhow::bail;
use jiff::Timestamp;

use super::{OriginArgs, RequestsCommand};
use crate::clock::Clock;
use crate::contact::{AddressKind, Identities, Language, mask};
use crate::geography::Geography;
use crate::membership::{parse_ticket_number, ticket_number};
use crate::records::{Beside, Request, Snapshot};

pub(super) fn run(origins: &OriginArgs, command: &RequestsCommand) -> anyhow::Result<()> {
    let config = origins.read_for_records(&[])?;
    super::runtime()?.block_on(async {
        let records = Beside::open(super::keys::records_options(&config)?).await?;
        match command {
            RequestsCommand::List { kind, all, limit } => {
                list(&records, kind.as_deref(), *all, *limit).await
            }
            RequestsCommand::Show { ticket, numbers } => show(&records, ticket, *numbers).await,
            RequestsCommand::Done { ticket } => done(&records, ticket).await,
        }
    })
}

async fn list(records: &Beside, kind: Option<&str>, all: bool, limit: usize) -> anyhow::Result<()> {
    let requests = records.requests(all, limit).await?;
    let wanted = |request: &&Request| kind.is_none_or(|kind| request.kind == kind);
    let mut shown = 0;
    for request in requests.iter().filter(wanted) {
        let (addresses, _) = records.person(request.contact).await?;
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
    if let Some(kind) = kind.filter(|_| shown == 0) {
        let kinds: BTreeSet<&str> = requests.iter().map(|request| request.kind.as_str()).collect();
        if !kinds.is_empty() {
            let kinds: Vec<&str> = kinds.into_iter().collect();
            println!("None is called ‘{kind}’; there are {}.", kinds.join(", "));
        }
    }
    if requests.len() == limit {
        println!("There may be more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

async fn show(records: &Beside, ticket: &str, numbers: bool) -> anyhow::Result<()> {
    let Some(request) = records.request(&canonical(ticket)).await? else {
        bail!("there is no request {ticket}; `samvad requests list --all` shows every one");
    };
    println!("{} {} {}", request.ticket, request.kind, day(request.at));
    if let Some(done) = request.done {
        println!("done: {}", day(done));
    }
    let (addresses, person) = records.person(request.contact).await?;
    println!("from: {}", phone_of(&addresses, numbers));
    if let Some(place) = person.and_then(home_of) {
        println!("member of: {place}");
    }
    for detail in &request.details {
        let text = if numbers { detail.text.clone() } else { mask_numbers(&detail.text) };
        println!("{}: {}", detail.name, printable(&text).replace('\n', "\n    "));
    }
    for medium in records.media(request.contact).await? {
        let sent = super::media::described(&medium);
        println!("sent by the person on {}: {} {sent}", day(medium.at), medium.id);
    }
    Ok(())
}

async fn done(records: &Beside, ticket: &str) -> anyhow::Result<()> {
    let ticket = canonical(ticket);
    if !records.finish_request(&ticket, Clock::System.now()).await? {
        bail!("there is no open request {ticket}; `samvad requests list` shows those there are");
    }
    println!("{ticket} is done.");
    Ok(())
}

/// What a person wrote, without the signs by which it could rewrite the screen around it.
pub(super) fn printable(text: &str) -> String {
    let rewrites = |sign: char| {
        (sign.is_control() && sign != '\n')
            || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|sign| if rewrites(sign) { '\u{fffd}' } else { sign }).collect()
}

/// A ticket as the records keep it, from what somebody read or heard.
pub(super) fn canonical(ticket: &str) -> String {
    parse_ticket_number(ticket).map_or_else(|| ticket.trim().to_owned(), ticket_number)
}

pub(super) fn day(at: Timestamp) -> String {
    crate::locale::india_date(at).strftime("%d-%m-%Y").to_string()
}

/// The same with the time of day.
pub(super) fn moment(at: Timestamp) -> String {
    crate::locale::india_zoned(at).strftime("%d-%m-%Y %H:%M").to_string()
}

/// The first number we know of the person, masked unless `whole`.
pub(super) fn phone_of(identities: &Identities, whole: bool) -> String {
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

/// The signs between two digits that may still be of one number.
const MOST_BETWEEN: usize = 4;

/// Masks what may be a phone number in somebody's words: ten digits or more, in any script, with whatever
/// but letters between them. Rather too much than a number: `--numbers` shows the words as they are.
pub(super) fn mask_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The run of digits so far as it was written, and what stands behind its last digit.
    let (mut run, mut behind) = (String::new(), String::new());
    for sign in text.chars() {
        if sign.is_numeric() {
            run.push_str(&behind);
            behind.clear();
            run.push(sign);
        } else if !run.is_empty() && !sign.is_alphabetic() && behind.chars().count() < MOST_BETWEEN
        {
            behind.push(sign);
        } else {
            end_run(&mut run, &mut behind, &mut out);
            out.push(sign);
        }
    }
    end_run(&mut run, &mut behind, &mut out);
    out
}

fn end_run(run: &mut String, behind: &mut String, out: &mut String) {
    let digits: String = run.chars().filter(|sign| sign.is_numeric()).collect();
    if digits.chars().count() < 10 {
        out.push_str(run);
    } else {
        out.push_str(&mask(&digits));
    }
    out.push_str(behind);
    run.clear();
    behind.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
            ("98.12.34.56.78!", "98••••5678!"),
            ("98/123/45678 और 12", "98••••5678 और 12"),
            ("९८१२३–४५६७८।", "९८••••५६७८।"),
            ("98123\u{a0}45678", "98••••5678"),
            ("(98123) [45678]", "(98••••5678]"),
            ("9_8_1_2_3_4_5_6_7_8", "98••••5678"),
            ("98123 / 45678", "98••••5678"),
            ("98\u{200b}12345678", "98••••5678"),
            ("वार्ड 12, गली 4", "वार्ड 12, गली 4"),
            ("10 दिन से", "10 दिन से"),
        ] {
            assert_eq!(mask_numbers(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_masked_in_any_script_and_with_any_signs_between(
            digits in prop::collection::vec(0_u32..10, 10..13),
            zero in prop::sample::select(vec!['0', '०', '۰', '০', '０']),
            between in prop::collection::vec(prop::collection::vec(prop::sample::select(vec![
                ' ', '.', '/', '-', '–', '—', '\u{a0}', '(', ')', '[', ']', '_', ',', ':', '|', '*', '\n',
                '\u{200b}', '\u{2011}', '·', '•', '+', '\u{fe0f}', '~',
            ]), 0..=MOST_BETWEEN), 12),
        ) {
            let mut typed = "पूछें: ".to_owned();
            for (digit, signs) in digits.iter().zip(&between) {
                typed.push(char::from_u32(zero as u32 + digit).unwrap());
                typed.extend(signs);
            }
            typed.push_str("पर");
            let masked = mask_numbers(&typed);
            prop_assert_eq!(masked.chars().filter(|sign| sign.is_numeric()).count(), 6);
            prop_assert!(masked.starts_with("पूछें: ") && masked.ends_with("पर"));
        }

        #[test]
        fn words_with_fewer_digits_stay_as_they_are(
            text in "[^0-9०-९]{0,20}([0-9०-९][^0-9०-९]{0,3}){0,9}",
        ) {
            prop_assume!(text.chars().filter(|sign| sign.is_numeric()).count() < 10);
            prop_assert_eq!(mask_numbers(&text), text);
        }
    }

    #[test]
    fn a_ticket_is_found_as_people_say_it() {
        assert_eq!(canonical("t 0572 4"), "T-0572-4");
        assert_eq!(canonical("T-0572-4"), "T-0572-4");
    }
}
