//! How far a broadcast is.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::preview::{clock_of, length, number};
use super::{Desk, crowd};
use crate::broadcast::BroadcastState;
use crate::gate::Refusal;
use crate::records::{BroadcastRow, Progress};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Where nobody watches a terminal, a line so often.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// Looks over which the speed is taken.
const LOOKS: usize = 10;
/// Cells of the bar.
const BAR: usize = 24;
/// Reasons that are shown.
const REASONS: usize = 4;
/// Refused rows that are counted by reason.
const MOST_REFUSED: usize = 50_000;

/// Stays until the broadcast is over, paused, or waits for its hour.
pub(super) fn follow(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<()> {
    let is_terminal = std::io::stderr().is_terminal();
    let mut looks: Vec<(Instant, u64)> = Vec::new();
    let mut told = None;
    println!("(Ctrl-C leaves; the broadcast goes on.)");
    loop {
        let Some(now) = desk.runtime.block_on(desk.records.broadcast(&row.name))? else {
            return Ok(());
        };
        let progress = desk.runtime.block_on(desk.records.progress(now.id))?;
        looks.push((Instant::now(), progress.released));
        if looks.len() > LOOKS {
            looks.remove(0);
        }
        let speed = speed_of(&looks);
        let waits = now.from.is_some_and(|from| from > desk.clock.now());
        let rests = now.state != BroadcastState::Running || waits;
        let is_due = told.is_none_or(|told: Instant| told.elapsed() >= TOLD_EVERY);
        if is_terminal {
            eprint!("\r\x1b[K{}", line(now.state, &progress, speed));
            std::io::stderr().flush()?;
        } else if is_due || rests {
            eprintln!("{}", line(now.state, &progress, speed));
            told = Some(Instant::now());
        }
        if rests {
            if is_terminal {
                eprintln!();
            }
            println!("{}", ended(&now, desk.clock.now()));
            return Ok(());
        }
        desk.runtime.block_on(tokio::time::sleep(LOOK));
    }
}

/// Messages a second over the last looks.
fn speed_of(looks: &[(Instant, u64)]) -> u64 {
    let (Some((first, before)), Some((last, now))) = (looks.first(), looks.last()) else {
        return 0;
    };
    let millis = u64::try_from(last.duration_since(*first).as_millis()).unwrap_or(u64::MAX);
    now.saturating_sub(*before) * 1_000 / millis.max(1)
}

fn line(state: BroadcastState, progress: &Progress, speed: u64) -> String {
    let Progress { planned, released, refused, cancelled, expired } = *progress;
    let all = planned + released + cancelled + expired;
    let done = usize::try_from(released * BAR as u64 / all.max(1)).unwrap_or(BAR).min(BAR);
    let bar = format!("{}{}", "█".repeat(done), "░".repeat(BAR - done));
    let mut words =
        format!("{bar} {} of {} · {} a second", number(released), number(all), number(speed));
    if let Some(seconds) = planned.checked_div(speed).filter(|_| planned > 0) {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        words = format!("{words} · {} left", length(seconds));
    }
    if refused > 0 {
        words = format!("{words} · {} refused", number(refused));
    }
    format!("{words} · {}", state.name())
}

fn ended(row: &BroadcastRow, now: Timestamp) -> String {
    let name = &row.name;
    let why = row.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    match row.state {
        BroadcastState::Paused => {
            format!("{name} is paused{why}. samvad broadcast resume {name} --by … goes on.")
        }
        BroadcastState::Done => format!("{name} is done. samvad broadcast report {name}"),
        BroadcastState::Running => match row.from.filter(|from| *from > now) {
            Some(from) => format!("{name} begins {}.", clock_of(from)),
            None => format!("{name} is running."),
        },
        state => format!("{name} is {}{why}.", state.name()),
    }
}

pub(super) fn status(desk: &Desk, name: &str) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    println!("{}: {}", row.name, ended(&row, desk.clock.now()));
    println!("  for {}, planned by {} on {}", row.audience, row.author, clock_of(row.created));
    if let Some(by) = &row.approved_by {
        println!("  approved by {by}");
    }
    println!("  nothing leaves from {} on", clock_of(row.send_before));
    let progress = desk.runtime.block_on(desk.records.progress(row.id))?;
    println!("  {}", line(row.state, &progress, 0).replace(" · 0 a second", ""));
    if progress.refused > 0 {
        for (reason, count) in reasons(desk, row.id)?.into_iter().take(REASONS) {
            let words = Refusal::from_name(&reason).map_or("", |known| known.office_words().1);
            println!("    {} {reason}: {words}", number(count));
        }
    }
    for event in desk.runtime.block_on(desk.records.broadcast_log(row.id))? {
        let why = event.why.map(|why| format!(": {why}")).unwrap_or_default();
        println!("  {} {} {}{why}", clock_of(event.at), event.what, event.actor);
    }
    Ok(())
}

/// Refused when it was planned, by reason, the most first.
fn reasons(desk: &Desk, broadcast: i64) -> anyhow::Result<Vec<(String, u64)>> {
    let rows = desk.runtime.block_on(desk.records.refused(broadcast, 0, MOST_REFUSED))?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (_, reason) in rows {
        *counts.entry(reason).or_default() += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(counts)
}

pub(super) fn list(desk: &Desk, limit: usize) -> anyhow::Result<()> {
    let rows = desk.runtime.block_on(crowd::known(&desk.records))?;
    for row in rows.iter().take(limit) {
        let people = row.recipients.map(|count| format!(", {} recipients", number(count)));
        println!(
            "{}  {}  planned by {} on {}{}",
            row.name,
            row.state.name(),
            row.author,
            clock_of(row.created),
            people.unwrap_or_default()
        );
    }
    if rows.is_empty() {
        println!("no broadcast is planned.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_stands_in_one_line() {
        let progress =
            Progress { planned: 900_000, released: 700_000, refused: 2_290, ..Progress::default() };
        assert_eq!(
            line(BroadcastState::Running, &progress, 800),
            "██████████░░░░░░░░░░░░░░ 7,00,000 of 16,00,000 · 800 a second · 19 min left · 2,290 refused · running"
        );
    }

    #[test]
    fn the_speed_is_that_of_the_last_looks() {
        let now = Instant::now();
        let looks = [(now, 1_000), (now + Duration::from_secs(4), 5_000)];
        assert_eq!(speed_of(&looks), 1_000);
        assert_eq!(speed_of(&[]), 0);
        assert_eq!(speed_of(&looks[..1]), 0);
    }
}
