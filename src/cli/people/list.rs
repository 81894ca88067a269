//! `samvad people list`, `search`: members at the terminal, phone numbers masked.

use anyhow::{Context as _, bail};
use tokio::runtime::Runtime;

use super::super::places::Desk;
use super::super::posts::{HoldingPages, held_ranges, said as post_said_as, title};
use super::super::requests::{day, phone_of};
use super::super::rows::Progress;
use super::super::table::and_more;
use crate::contact::Language;
use crate::places::Place;
use crate::records::{Below, Beside, Listed, MemberState, Wanted, Whom};

/// So many people are found at most.
const FOUND: usize = 50;

/// The members of a place, in a state or in any.
pub(super) fn whom(
    desk: &Desk<'_>,
    place: Place,
    state: Option<MemberState>,
) -> anyhow::Result<Whom> {
    let seats = (place != Place::State).then(|| desk.tree.seats_under(place));
    let below = match place {
        Place::Sector { assembly, number } => {
            let known = desk.booths()?;
            let booths = known.of_sector(assembly, number);
            let elsewhere = known.elsewhere(assembly, number);
            Some(Below::Sector { number, booths, elsewhere })
        }
        Place::Booth { number, .. } => Some(Below::Booth(number)),
        _ => None,
    };
    Ok(Whom { seats, below, state })
}

/// The states as commands write them.
pub(super) fn state_called(name: &str) -> anyhow::Result<MemberState> {
    let found = MemberState::ALL.into_iter().find(|state| state.name() == name);
    found.with_context(|| {
        let names: Vec<&str> = MemberState::ALL.iter().map(|state| state.name()).collect();
        format!("‘{name}’ is no state of a membership; there are {}", names.join(", "))
    })
}

pub(super) fn list(
    desk: &Desk<'_>,
    text: &str,
    (post, state): (Option<&str>, Option<&str>),
    limit: usize,
) -> anyhow::Result<()> {
    let place = desk.named(text)?;
    let state = state.map(state_called).transpose()?;
    if let Some(post) = post {
        return list_with_post(desk, place, (post, state), limit);
    }
    let whom = whom(desk, place, state)?;
    let counts = desk.runtime.block_on(desk.records.count(&whom))?;
    let total: u64 = counts.values().sum();
    let mut shown = 0;
    // Those whose seat nobody said come last.
    let known = counts.keys().copied().filter(|seat| *seat > 0);
    for seat in known.chain(counts.contains_key(&0).then_some(0)) {
        if shown == limit {
            break;
        }
        let there = Whom { seats: Some(vec![seat]), ..whom.clone() };
        let people = desk.records.members(&there, limit - shown);
        let people = desk.runtime.block_on(people)?;
        for one in &people {
            print(desk, one);
        }
        shown += people.len();
    }
    println!("{}", count(total));
    let more = total.saturating_sub(u64::try_from(shown).unwrap_or(0));
    and_more(more, "--all shows them, `samvad people export` writes them into a file");
    Ok(())
}

fn list_with_post(
    desk: &Desk<'_>,
    place: Place,
    (post, state): (&str, Option<MemberState>),
    limit: usize,
) -> anyhow::Result<()> {
    let post = post_said_as(post)?;
    let of = (Some(post.code), state);
    let ranges = held_ranges(desk, place, Some(post))?;
    let mut total = 0;
    for range in &ranges {
        total += desk.runtime.block_on(desk.records.count_holdings(*range, of))?;
    }
    let mut shown = 0_usize;
    'ranges: for range in ranges {
        let mut pages = HoldingPages::new(range, of, limit);
        while let Some(held) = pages.next(desk)? {
            for holding in held {
                if shown == limit {
                    break 'ranges;
                }
                print!("{} {}  ", title(&holding.post.post), holding.post.place);
                match &holding.holder {
                    Some(holder) => print(desk, holder),
                    None => println!("{}, no member", phone_of(&holding.addresses, false)),
                }
                shown += 1;
            }
        }
    }
    println!("{total} {}.", if total == 1 { "post" } else { "posts" });
    let more = total.saturating_sub(u64::try_from(shown).unwrap_or(0));
    and_more(more, "--all shows them, `samvad posts export` writes them into a file");
    Ok(())
}

pub(super) fn search(desk: &Desk<'_>, text: &str, place: Option<&str>) -> anyhow::Result<()> {
    let wanted = Wanted::of(text).map_err(anyhow::Error::msg)?;
    let place = desk.named(place.unwrap_or_default())?;
    if matches!(wanted, Wanted::Words(_) | Wanted::Tail(_)) {
        index(&desk.runtime, &desk.records)?;
    }
    let whom = whom(desk, place, None)?;
    let found = desk.records.find(&wanted, &whom, FOUND + 1);
    let found = desk.runtime.block_on(found)?;
    if found.is_empty() {
        let hint = match wanted {
            Wanted::Words(_) => {
                "; write fewer words of the name, or the last four digits of the phone"
            }
            _ => "",
        };
        bail!("no member is known by ‘{}’{hint}", super::super::requests::mask_numbers(text));
    }
    for one in found.iter().take(FOUND) {
        print(desk, one);
    }
    if found.len() > FOUND {
        println!("… and more: write more of the name, or --place \"lucknow east\"");
    } else {
        println!("{}", count(u64::try_from(found.len()).unwrap_or(0)));
    }
    Ok(())
}

/// Names and numbers that came since somebody last looked are made known to the search.
pub(super) fn index(runtime: &Runtime, records: &Beside) -> anyhow::Result<()> {
    let mut progress = Progress::new();
    let (mut rows, mut unread) = (0, 0);
    loop {
        let step = runtime.block_on(records.index())?;
        rows += step.rows;
        unread += step.unread;
        if step.is_done {
            break;
        }
        if rows == step.rows {
            eprintln!("Names and numbers that are new are read for the search; this is done once.");
        }
        progress.tell(rows, None);
    }
    progress.end();
    if unread > 0 {
        eprintln!(
            "{unread} names or numbers cannot be read and are not found; `samvad doctor` says more."
        );
    }
    Ok(())
}

fn count(people: u64) -> String {
    if people == 1 { "1 member.".to_owned() } else { format!("{people} members.") }
}

/// One line of a list.
pub(super) fn print(desk: &Desk<'_>, one: &Listed) {
    println!("{}", line(desk, one));
}

pub(super) fn line(desk: &Desk<'_>, one: &Listed) -> String {
    let seat = one.assembly.and_then(|number| desk.geography.assembly(number));
    let seat = seat
        .map_or_else(String::new, |seat| format!("{} {}", seat.number, seat.name(Language::Hi)));
    let booth = one.booth.map_or_else(String::new, |booth| format!(", booth {booth}"));
    format!(
        "{:<14} {:<9} {} {} {}  {seat}{booth}",
        one.number,
        one.state.name(),
        day(one.since),
        phone_of(&one.addresses, false),
        one.name
    )
}
