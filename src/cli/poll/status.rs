//! `samvad poll status`, `list`, `cancel` and `counted`: where a poll stands. Before the close nobody gets anything but
//! turnout from it, for nothing else is there to be had.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::bail;

use super::desk::{Desk, actor};
use super::result::Shown;
use crate::ballot_box::{PollKeys, read_definition};
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::{clock_of, length, number};
use crate::contact::Language;
use crate::places::{Place, Tree};
use crate::poll::life::PollState;
use crate::poll::result::Counting;
use crate::poll::tally::percent;
use crate::records::{PollMoved, PollRow};
use crate::seal::to_hex;

pub(super) fn status(origins: &OriginArgs, name: &str, by_assembly: bool) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let row = desk.row(name)?;
    println!("{}: {}", row.name, stands(&desk, &row));
    if let Some(roster) = &row.roster_hash {
        println!("  roster      {} people, {}", number(row.roster_people), to_hex(roster));
        if let Some(electorate) = &row.electorate_hash {
            println!("  electorate  {}", to_hex(electorate));
        }
        println!("  public key  {}", to_hex(&row.public_key));
    }
    if let (Some(bundle), Some(head)) = (&row.bundle_digest, &row.roll_head) {
        println!("  bundle      {}", to_hex(bundle));
        println!("  roll        {} choices, {}", number(row.choices.unwrap_or(0)), to_hex(head));
    }
    let keys = PollKeys::beside(&desk.office.config.key_file);
    match (row.state, keys.is_there(&row.name)) {
        (PollState::Open | PollState::Closing, false) => println!(
            "  ITS POLL KEY IS NOT HERE, and no answer is taken: put {} back from the server where it was opened",
            keys.path(&row.name)?.display()
        ),
        (PollState::Closed | PollState::Counted | PollState::Cancelled, true) => println!(
            "  its poll key is still here: samvad poll close {} --by … destroys it",
            row.name
        ),
        _ => {}
    }
    turnout(&desk, &row, by_assembly)?;
    for event in desk.runtime.block_on(desk.records.poll_log(row.id))? {
        let why = event.why.map(|why| format!(": {why}")).unwrap_or_default();
        println!("  {} {} {}{why}", clock_of(event.at), event.what, event.actor);
    }
    Ok(())
}

fn stands(desk: &Desk, row: &PollRow) -> String {
    let now = desk.clock.now();
    let until = |moment: jiff::Timestamp| length(moment.duration_since(now).as_secs());
    match row.state {
        PollState::Staging => {
            format!("its opening was not finished; run `samvad poll open {}` again", row.name)
        }
        PollState::Open if now < row.opens => {
            format!("opens {}, in {}", clock_of(row.opens), until(row.opens))
        }
        PollState::Open if now < row.closes => {
            format!("open until {}, {} left", clock_of(row.closes), until(row.closes))
        }
        PollState::Open => format!(
            "over since {}, no answer is taken. Next: samvad poll close {} --by … --out FOLDER",
            clock_of(row.closes),
            row.name
        ),
        PollState::Closing => format!(
            "its close was not finished; run `samvad poll close {}` again, with the same --out",
            row.name
        ),
        PollState::Closed => {
            let at = row.closed_at.map(clock_of).unwrap_or_default();
            format!("closed {at}. Next, with the bundle and the key, offline: samvad poll count")
        }
        PollState::Counted => {
            format!("counted {}", row.counted_at.map(clock_of).unwrap_or_default())
        }
        PollState::Cancelled => "cancelled; its envelopes are destroyed".to_owned(),
    }
}

/// Who may answer and who did, by seat, and by assembly seat where that is asked.
fn turnout(desk: &Desk, row: &PollRow, by_assembly: bool) -> anyhow::Result<()> {
    let parts = desk.runtime.block_on(desk.records.turnout(row.id))?;
    if parts.is_empty() {
        return Ok(());
    }
    let poll = read_definition(row, &desk.office.geography).map_err(anyhow::Error::msg)?;
    let tree = Tree::new(&desk.office.geography);
    let mut seats: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
    let mut assemblies: BTreeMap<(u16, u16), (u64, u64)> = BTreeMap::new();
    let mut all = (0, 0);
    for part in &parts {
        let (eligible, answered) = (part.turnout.eligible, part.turnout.answered);
        let of_seat = seats.entry(part.seat).or_default();
        let of_assembly = assemblies.entry((part.seat, part.turnout.assembly)).or_default();
        for sums in [&mut all, of_seat, of_assembly] {
            sums.0 += eligible;
            sums.1 += answered;
        }
    }
    println!("  {} answered: {}", row.name, words(all));
    for seat in &poll.seats {
        let sums = seats.get(&seat.number).copied().unwrap_or((0, 0));
        println!("  {} {}", words(sums), tree.words(seat.place, Language::Hi));
        let own = assemblies.iter().filter(|((of, _), _)| by_assembly && *of == seat.number);
        for ((_, assembly), sums) in own {
            let place = Place::Assembly(*assembly);
            if place != seat.place {
                println!("      {} {}", words(*sums), tree.words(place, Language::Hi));
            }
        }
    }
    Ok(())
}

fn words((eligible, answered): (u64, u64)) -> String {
    let share = percent(answered, eligible);
    format!("{:>9} of {:>9} {share:>5}%", number(answered), number(eligible))
}

pub(super) fn list(origins: &OriginArgs, limit: usize) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let rows = desk.runtime.block_on(desk.records.polls(limit))?;
    if rows.is_empty() {
        println!("No poll was opened yet; docs/polls.md says how one begins.");
    }
    for row in &rows {
        println!(
            "{}  {}  {} to {}, {} people",
            row.name,
            row.state.name(),
            clock_of(row.opens),
            clock_of(row.closes),
            number(row.roster_people)
        );
    }
    Ok(())
}

pub(super) fn cancel(
    origins: &OriginArgs,
    name: &str,
    by: &str,
    (why, yes): (&str, bool),
) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let by = actor(by)?;
    let row = desk.row(name)?;
    if !matches!(row.state, PollState::Staging | PollState::Open | PollState::Cancelled) {
        bail!(
            "{name} is {} and cannot be cancelled any more: its answers were taken to the count",
            row.state.name()
        );
    }
    if !yes {
        println!(
            "{name} would be given up, and all that was answered in it destroyed uncounted, for good. Say --yes to do it."
        );
        return Ok(());
    }
    let moved = desk.records.cancel_poll(row.id, by, why, desk.clock.now());
    match desk.runtime.block_on(moved)? {
        PollMoved::Yes | PollMoved::No { stands: PollState::Cancelled } => {}
        PollMoved::No { stands } => {
            bail!("{name} is {} and cannot be cancelled any more", stands.name())
        }
        PollMoved::Unknown => bail!("the poll {name} is gone"),
    }
    PollKeys::beside(&desk.office.config.key_file).destroy(name, &desk.ids)?;
    println!("{name} is cancelled: its envelopes and its poll key are destroyed.");
    Ok(())
}

/// The records note that it was counted: from the very bundle that left them.
pub(super) fn counted(
    origins: &OriginArgs,
    name: &str,
    result: &Path,
    by: &str,
) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let by = actor(by)?;
    let row = desk.row(name)?;
    let Counting { counted, numbers, .. } = Shown::read(result)?.counting;
    let proof = counted.proof;
    if row.bundle_digest != Some(proof.bundle)
        || row.roll_head != Some(proof.head)
        || row.choices != Some(proof.choices)
    {
        bail!(
            "this result was not counted from what left the server when {name} was closed: {} there, {} here; `samvad poll status {name}` shows its numbers",
            to_hex(&row.bundle_digest.unwrap_or_default()),
            to_hex(&proof.bundle)
        );
    }
    let of_numbers = format!("numbers {numbers}");
    let marked = desk.records.mark_counted(row.id, (by, Some(&of_numbers)), desk.clock.now());
    match desk.runtime.block_on(marked)? {
        PollMoved::Yes => {
            println!(
                "{name} is counted: the result says that it is of the bundle that left this server."
            );
        }
        PollMoved::No { stands: PollState::Counted } => {
            let log = desk.runtime.block_on(desk.records.poll_log(row.id))?;
            let known = log.iter().rev().find(|event| event.what == PollState::Counted.name());
            match known.and_then(|event| event.why.as_deref()) {
                Some(known) if known != of_numbers => bail!(
                    "{name} was counted before, and that result had other numbers ({known}; here: {of_numbers}): one of the two was changed. Count again with the key, or ask: samvad poll audit BUNDLE ROLL --result RESULT --key …"
                ),
                Some(_) => {
                    println!("{name} was counted before, and this result has the same numbers.");
                }
                None => println!(
                    "{name} was counted before; which numbers that result had was not written down then."
                ),
            }
        }
        PollMoved::No { stands } => bail!("{name} is {}", stands.name()),
        PollMoved::Unknown => bail!("the poll {name} is gone"),
    }
    println!("  numbers     {numbers}");
    println!(
        "Whether these numbers are right only a second count with the key shows: samvad poll audit BUNDLE ROLL --result RESULT --key …"
    );
    Ok(())
}
