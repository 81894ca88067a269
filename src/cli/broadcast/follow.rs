//! How far a broadcast is.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::preview::{clock_of, length, number};
use super::{Desk, series};
use crate::broadcast::{BroadcastState, reason_words};
use crate::mailing::known;
use crate::records::{BroadcastRow, Ended, Progress};

/// How often it is looked at; of many recipients more seldom, so that looking takes a small part of the time.
const LOOK: Duration = Duration::from_secs(1);
const LOOK_SHARE: u32 = 20;
/// Where nobody watches a terminal, a line so often.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// Looks over which the speed is taken.
const LOOKS: usize = 10;
/// Who got nothing in the end is counted at every so many looks.
const ENDED_EVERY: usize = 5;
/// Cells of the bar.
const BAR: usize = 24;
/// Reasons that are shown.
const REASONS: usize = 4;

/// Stays until the broadcast is over, paused, or waits for its hour.
pub(super) fn follow(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<()> {
    let is_terminal = std::io::stderr().is_terminal();
    let mut looks: Vec<(Instant, u64)> = Vec::new();
    let mut told = None;
    let mut known = Seen::default();
    let mut look = 0_usize;
    println!("(Ctrl-C leaves; the broadcast goes on.)");
    if let Some(halted) = halted(desk)? {
        println!("{halted}");
    }
    loop {
        let looked = Instant::now();
        let Some(now) = desk.runtime.block_on(desk.records.broadcast(&row.name))? else {
            return Ok(());
        };
        let is_fresh = now.state != BroadcastState::Running || look.is_multiple_of(ENDED_EVERY);
        look += 1;
        known = desk.runtime.block_on(seen(desk, now.id, (!is_fresh).then_some(known)))?;
        looks.push((Instant::now(), known.left()));
        if looks.len() > LOOKS {
            looks.remove(0);
        }
        let speed = speed_of(&looks);
        let waits = now.from.is_some_and(|from| from > desk.clock.now());
        let rests = now.state != BroadcastState::Running || waits;
        let is_due = told.is_none_or(|told: Instant| told.elapsed() >= TOLD_EVERY);
        if is_terminal {
            eprint!("\r\x1b[K{}", line(now.state, &known, speed));
            std::io::stderr().flush()?;
        } else if is_due || rests {
            eprintln!("{}", line(now.state, &known, speed));
            told = Some(Instant::now());
        }
        if rests {
            if is_terminal {
                eprintln!();
            }
            println!("{}", ended(&now, desk.clock.now()));
            return Ok(());
        }
        // Made inside: a timer belongs to the runtime that is entered.
        let wait = LOOK.max(looked.elapsed() * LOOK_SHARE);
        desk.runtime.block_on(async { tokio::time::sleep(wait).await });
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

/// How far a broadcast is.
#[derive(Clone, Debug, Default)]
struct Seen {
    progress: Progress,
    /// Its messages that have not left: they wait, or are in somebody's hands.
    under_way: u64,
    /// Why it does not go to whom, the most first: by the plan, ...
    refusals: Vec<(String, u64)>,
    /// ... and since.
    ended: Ended,
}

impl Seen {
    /// Whose turn is over, whatever came of it.
    const fn over(&self) -> u64 {
        self.progress.released.saturating_sub(self.under_way)
    }

    /// Messages that left.
    fn left(&self) -> u64 {
        self.over().saturating_sub(self.ended.all())
    }
}

/// `before`: the last look, of which is kept what changes seldom; `None`: everything is asked anew.
async fn seen(desk: &Desk, id: i64, before: Option<Seen>) -> anyhow::Result<Seen> {
    let progress = desk.records.progress(id).await?;
    let under_way = desk.records.under_way(id).await?;
    let (refusals, ended) = match before {
        Some(before) => (before.refusals, before.ended),
        None => (Vec::new(), desk.records.ended(id).await?),
    };
    let known: u64 = refusals.iter().map(|(_, count)| count).sum();
    let refusals =
        if known == progress.refused { refusals } else { desk.records.refusals(id).await? };
    Ok(Seen { progress, under_way, refusals, ended })
}

fn line(state: BroadcastState, seen: &Seen, speed: u64) -> String {
    let Progress { planned, released, cancelled, expired, .. } = seen.progress;
    let (left, all) = (seen.left(), planned + released + cancelled + expired);
    let done = usize::try_from(seen.over() * BAR as u64 / all.max(1)).unwrap_or(BAR).min(BAR);
    let bar = format!("{}{}", "█".repeat(done), "░".repeat(BAR - done));
    let mut words =
        format!("{bar} {} of {} sent · {} a second", number(left), number(all), number(speed));
    let to_go = planned + seen.under_way;
    if let Some(seconds) = to_go.checked_div(speed).filter(|_| to_go > 0) {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        words = format!("{words} · {} left", length(seconds));
    }
    if !seen.refusals.is_empty() {
        words = format!("{words} · refused: {}", first_of(&seen.refusals));
    }
    if !seen.ended.stopped.is_empty() {
        words = format!("{words} · stopped: {}", first_of(&seen.ended.stopped));
    }
    for (what, count) in [("failed", seen.ended.failed), ("too late", seen.ended.expired)] {
        if count > 0 {
            words = format!("{words} · {what}: {}", number(count));
        }
    }
    format!("{words} · {}", state.name())
}

/// The reasons most have.
fn first_of(reasons: &[(String, u64)]) -> String {
    let named = reasons.iter().take(REASONS);
    let named: Vec<String> =
        named.map(|(reason, count)| format!("{} {reason}", number(*count))).collect();
    named.join(", ")
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
        BroadcastState::Approved if row.series.is_some() => format!("{name} waits{why}."),
        state => format!("{name} is {}{why}.", state.name()),
    }
}

/// While the kill switch is on nothing leaves, whatever a broadcast says of itself.
fn halted(desk: &Desk) -> anyhow::Result<Option<String>> {
    let halt = desk.runtime.block_on(desk.records.halt())?.filter(|halt| halt.halted);
    Ok(halt.map(|halt| {
        format!(
            "THE KILL SWITCH IS ON since {}, by {}: {}. Nothing leaves until samvad halt off --by … --why …",
            clock_of(halt.at),
            halt.by,
            halt.why
        )
    }))
}

pub(super) fn status(desk: &Desk, name: &str) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    let now = desk.clock.now();
    if row.repeats {
        println!("{} {}", row.name, series::stands(&row, now)?);
    } else {
        println!("{}", ended(&row, now));
    }
    if let Some(halted) = halted(desk)? {
        println!("  {halted}");
    }
    let whom = match row.test_of {
        Some(_) => "a test on phones of the office".to_owned(),
        None => format!("for {}", row.audience),
    };
    println!("  {whom}, planned by {} on {}", row.author, clock_of(row.created));
    if let Some(by) = &row.approved_by {
        let people = row.approved_for.map(|people| format!(" for {} people", number(people)));
        let each = if row.repeats { ", on each of its days" } else { "" };
        println!("  approved by {by}{}{each}", people.unwrap_or_default());
    }
    println!("  nothing leaves from {} on", clock_of(row.send_before));
    if row.repeats {
        series::tell_days(desk, &row)?;
        return tell_log(desk, &row);
    }
    let seen = desk.runtime.block_on(seen(desk, row.id, None))?;
    let shown = Seen { refusals: Vec::new(), ..seen.clone() };
    println!("  {}", line(row.state, &shown, 0).replace(" · 0 a second", ""));
    for (reason, count) in &seen.refusals {
        println!("    {} {reason}: {}", number(*count), reason_words(reason).1);
    }
    for (reason, count) in &seen.ended.stopped {
        println!("    {} stopped, {reason}: {}", number(*count), reason_words(reason).1);
    }
    tell_log(desk, &row)
}

/// Who did what with it.
fn tell_log(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<()> {
    for event in desk.runtime.block_on(desk.records.broadcast_log(row.id))? {
        let why = event.why.map(|why| format!(": {why}")).unwrap_or_default();
        println!("  {} {} {}{why}", clock_of(event.at), event.what, event.actor);
    }
    Ok(())
}

pub(super) fn list(desk: &Desk, limit: usize) -> anyhow::Result<()> {
    let rows = desk.runtime.block_on(known(&desk.records))?;
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
        let refusals = vec![("withdrawn".to_owned(), 2_000), ("no_address".to_owned(), 290)];
        let seen = Seen { progress, under_way: 100_000, refusals, ..Seen::default() };
        assert_eq!(seen.left(), 600_000, "what is released has not left yet");
        assert_eq!(
            line(BroadcastState::Running, &seen, 800),
            "█████████░░░░░░░░░░░░░░░ 6,00,000 of 16,00,000 sent · 800 a second · 21 min left · refused: 2,000 withdrawn, 290 no_address · running"
        );
    }

    #[test]
    fn what_was_stopped_or_failed_since_is_told_and_was_not_sent() {
        let progress = Progress { released: 3, ..Progress::default() };
        let ended =
            Ended { stopped: vec![("no_certificate".to_owned(), 2)], failed: 1, expired: 0 };
        let seen = Seen { progress, ended, ..Seen::default() };
        assert_eq!(
            line(BroadcastState::Done, &seen, 0),
            "████████████████████████ 0 of 3 sent · 0 a second · stopped: 2 no_certificate · failed: 1 · done"
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
