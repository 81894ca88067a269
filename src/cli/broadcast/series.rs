//! A broadcast that comes again, as a person of the office has it in hand: planned, tested and approved once; run, it
//! repeats, and servers do the rest.

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};

use super::Desk;
use super::life::{cannot, moved, moved_as_shown, same_lists, tried};
use super::preview::{clock_of, number};
use crate::audience::Audience;
use crate::broadcast::{BroadcastState, Frozen, Series};
use crate::gate::Caps;
use crate::mailing::{self, day_in, frozen_of, opening};
use crate::records::{BroadcastRow, DayOpened};

/// Days of which the status says what became of them.
const SHOWN: usize = 14;

/// The day that comes next, as it will be run; `None`: it does not come again.
///
/// # Errors
/// Its last day is over.
pub(super) fn next_day(frozen: &Frozen, now: Timestamp) -> anyhow::Result<Option<Frozen>> {
    let Some(series) = frozen.series else { return Ok(None) };
    let Some(next) = series.next(now) else {
        bail!(
            "{} is over: its last day has passed; `until` in its file is a later one",
            frozen.name
        );
    };
    Ok(Some(frozen.on(&next)))
}

/// What is counted and shown of it: of one that comes again the next day, as it would be run now.
pub(super) fn shown(
    desk: &Desk,
    frozen: &Frozen,
    audience: Option<&Audience>,
    now: Timestamp,
) -> anyhow::Result<Frozen> {
    let Some(mut day) = next_day(frozen, now)? else { return Ok(frozen.clone()) };
    day.earlier = desk.runtime.block_on(async {
        let rows = mailing::known(&desk.records).await?;
        mailing::resolved(&desk.records, audience, &day.name, &rows).await
    })?;
    Ok(day)
}

/// Its audience, among the broadcasts it was planned with or, of one that comes again, those there are.
pub(super) fn audience(desk: &Desk, frozen: &Frozen) -> anyhow::Result<Option<Audience>> {
    let Some(text) = frozen.audience.as_ref().filter(|_| frozen.series.is_some()) else {
        let audience = mailing::audience_of(&desk.records, &desk.office, frozen);
        return Ok(desk.runtime.block_on(audience)?);
    };
    let audience = desk.runtime.block_on(async {
        let names = mailing::names_of(&mailing::known(&desk.records).await?);
        mailing::audience_from(&desk.records, &desk.office, text, &names).await
    })?;
    Ok(Some(audience))
}

/// # Errors
/// It is one day of a broadcast that comes again: nothing is decided of a day alone.
pub(super) fn is_whole(row: &BroadcastRow, what: &str) -> anyhow::Result<()> {
    let Some((series, _)) = day_in(&row.name).filter(|_| row.series.is_some()) else {
        return Ok(());
    };
    bail!(
        "{} is a day of {series}: all days of it are {what} as one, and a server runs each",
        row.name
    )
}

/// Why some of its days would go to next to nobody: more of them fall into the days of a cap, its first moment included,
/// than anybody gets in these; `None`: they do not.
pub(super) fn above_cap(frozen: &Frozen, caps: &Caps) -> Option<String> {
    let (most, series) = (caps.most(frozen.purpose)?, frozen.series?);
    let first = series.days().next()?.from?;
    let span = SignedDuration::from_hours(i64::from(caps.days()) * 24);
    let within = series.days().filter_map(|day| day.from).take_while(|from| *from <= first + span);
    let (count, days, purpose) = (within.count(), caps.days(), frozen.purpose.name());
    (count > usize::try_from(most).unwrap_or(usize::MAX)).then(|| {
        format!(
            "{count} of its days fall within {days} days, and nobody gets more than {most} of `{purpose}` in {days} days (caps in samvad.toml): whoever got {most} is refused on the others."
        )
    })
}

/// From here on servers run its days.
pub(super) fn run(
    desk: &Desk,
    row: &BroadcastRow,
    frozen: &Frozen,
    by: &str,
) -> anyhow::Result<()> {
    let (name, now) = (&row.name, desk.clock.now());
    match row.state {
        BroadcastState::Draft => bail!(
            "{name} was not tested yet: samvad broadcast test {name} --to YOUR_NUMBER --by {by}"
        ),
        BroadcastState::Tested => bail!(
            "{name} comes again by itself: somebody else than {} says yes to it first: samvad broadcast approve {name} --by …",
            row.author
        ),
        BroadcastState::Approved => {}
        state => bail!("{}", cannot(name, "be run", state)),
    }
    let Some(next) = next_day(frozen, now)? else { return Ok(()) };
    desk.runtime.block_on(tried(desk, row))?;
    same_lists(desk, row, frozen, audience(desk, frozen)?.as_ref(), by)?;
    moved_as_shown(desk, row, BroadcastState::Repeating, None, by)?;
    let begins = next.from.filter(|from| *from > now);
    let when = begins.map_or_else(|| "now".to_owned(), clock_of);
    println!(
        "{name} repeats from here on: a server that is up writes down the recipients of each day in its hour and sends it, the next {when}. samvad broadcast status {name}"
    );
    Ok(())
}

/// A day that is under way stands still with it.
pub(super) fn paused(desk: &Desk, row: &BroadcastRow, by: &str, why: &str) -> anyhow::Result<()> {
    let (name, now) = (&row.name, desk.clock.now());
    println!(
        "{name} is paused: no day of it begins. samvad broadcast resume {name} --by … goes on."
    );
    of_each(&days(desk, row)?, |day| {
        let is_under_way = matches!(day.state, BroadcastState::Frozen | BroadcastState::Running);
        if is_under_way || has_second_way(day, now) {
            moved(desk, day, BroadcastState::Paused, by, Some(why))?;
            println!("{} is paused: what is under way still leaves, nothing follows it.", day.name);
        }
        Ok(())
    })
}

/// Whether somebody may still be written to by the second way of a day that is done.
fn has_second_way(day: &BroadcastRow, now: Timestamp) -> bool {
    day.state == BroadcastState::Done && day.fallback.is_some() && day.send_before > now
}

/// Does something with every day, also behind one with which it cannot be done.
///
/// # Errors
/// What could not be done, day by day.
fn of_each(
    days: &[BroadcastRow],
    each: impl Fn(&BroadcastRow) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let failed = days.iter().filter_map(|day| each(day).err().map(|error| error.to_string()));
    let failed: Vec<String> = failed.collect();
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}

/// A day that was paused stays so: that is its own decision.
pub(super) fn resumed(desk: &Desk, row: &BroadcastRow, by: &str) -> anyhow::Result<()> {
    let name = &row.name;
    moved(desk, row, BroadcastState::Repeating, by, None)?;
    println!("{name} goes on.");
    for day in days(desk, row)? {
        if day.state == BroadcastState::Paused {
            let day = &day.name;
            println!("{day} is still paused: samvad broadcast resume {day} --by …");
        }
    }
    Ok(())
}

/// No day of it comes any more, and one that is under way ends.
pub(super) fn cancelled(
    desk: &Desk,
    row: &BroadcastRow,
    by: &str,
    why: &str,
) -> anyhow::Result<()> {
    let now = desk.clock.now();
    println!("{} is cancelled: none of its days comes any more.", row.name);
    of_each(&days(desk, row)?, |day| {
        if !day.state.is_over() || has_second_way(day, now) {
            moved(desk, day, BroadcastState::Cancelled, by, Some(why))?;
            println!("{} is cancelled.", day.name);
        }
        // A cancelling that was cut off between the two is taken up by saying it again.
        desk.runtime.block_on(desk.records.clear_broadcast(day.id, desk.clock.now()))?;
        Ok(())
    })
}

/// A broadcast, or a day that has not begun of one that comes again: so one day of it can be left out.
pub(super) fn row_or_day(desk: &Desk, name: &str) -> anyhow::Result<BroadcastRow> {
    let rows = desk.runtime.block_on(mailing::known(&desk.records))?;
    let own = mailing::named(&rows, name).is_none().then(|| day_in(name)).flatten();
    let series = own.and_then(|(series, day)| {
        let row = rows.iter().find(|row| row.name == series && row.repeats)?;
        Some((row, day))
    });
    let Some((row, wanted)) = series else { return desk.row(name) };
    let (frozen, now) = (frozen_of(row)?, desk.clock.now());
    let mut days = frozen.series.into_iter().flat_map(Series::days);
    let Some(day) = days.find(|day| day.day == Some(wanted) && day.before > now) else {
        bail!("{name} is no day of {} that is still to come", row.name);
    };
    let opening = opening(row, &frozen.on(&day), "office", now);
    match desk.runtime.block_on(desk.records.open_day(opening))? {
        DayOpened::Yes(day) => Ok(*day),
        DayOpened::Held | DayOpened::Over(_) => desk.row(name),
        DayOpened::Changed => bail!("{}", cannot(&row.name, "leave a day out", row.state)),
    }
}

fn days(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<Vec<BroadcastRow>> {
    Ok(desk.runtime.block_on(desk.records.days_of(row.id))?)
}

/// How it stands: `repeats weekly, the next day begins 15-01-2027 10:00`.
pub(super) fn stands(row: &BroadcastRow, now: Timestamp) -> anyhow::Result<String> {
    let frozen = frozen_of(row)?;
    let Some(series) = frozen.series else { return Ok(row.state.name().to_owned()) };
    let next = series.next(now).and_then(|day| day.from).map_or_else(
        || "its last day is over".to_owned(),
        |from| {
            let begins = if from > now { "begins" } else { "began" };
            format!("the next day {begins} {}", clock_of(from))
        },
    );
    let why = row.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let (repeat, until) = (series.repeat.name(), series.until.strftime("%d-%m-%Y"));
    let how = match row.state {
        BroadcastState::Repeating => "repeats".to_owned(),
        state => format!("is {}{why}; it comes", state.name()),
    };
    Ok(format!("{how} {repeat} until {until}; {next}."))
}

/// Its days, the newest first, with what became of each.
pub(super) fn tell_days(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<()> {
    let days = days(desk, row)?;
    for day in days.iter().take(SHOWN) {
        let why = day.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let state = match day.state {
            BroadcastState::Approved | BroadcastState::Freezing if day.why.is_some() => "waits",
            state => state.name(),
        };
        let mut figures = String::new();
        if day.frozen_at.is_some() {
            let funnel = desk.runtime.block_on(desk.records.counts(day.id))?;
            let refused: u64 = funnel.refused.iter().map(|(_, count)| count).sum();
            figures = format!(
                ", {} recipients, {} sent, {} delivered, {} answered, {} refused",
                number(funnel.recipients),
                number(funnel.sent),
                number(funnel.delivered),
                number(funnel.replied),
                number(refused)
            );
        }
        println!("  {} {state}{figures}{why}", day.name);
    }
    if days.len() > SHOWN {
        println!(
            "  and {} earlier days: samvad broadcast list",
            number((days.len() - SHOWN) as u64)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::fixture::frozen;
    use crate::broadcast::{Before, Repeat};
    use crate::message::Purpose;

    fn comes(repeat: Repeat) -> Frozen {
        let series = Series {
            from: "2026-12-01T10:00".parse().unwrap(),
            before: Before::SameDay("20:00".parse().unwrap()),
            repeat,
            until: "2027-03-01".parse().unwrap(),
        };
        Frozen { series: Some(series), purpose: Purpose::Samvad, ..frozen() }
    }

    #[test]
    fn a_plan_says_when_a_cap_leaves_days_without_people() {
        let caps = Caps::new(7, [(Purpose::Samvad, 2)]);
        let why = above_cap(&comes(Repeat::Daily), &caps).unwrap();
        assert!(
            why.starts_with("8 of its days fall within 7 days, and nobody gets more than 2"),
            "{why}"
        );
        assert_eq!(above_cap(&comes(Repeat::Weekly), &caps), None, "two of two");
        let one = Caps::new(7, [(Purpose::Samvad, 1)]);
        assert!(above_cap(&comes(Repeat::Weekly), &one).is_some(), "the hour of the week before");
        assert_eq!(above_cap(&comes(Repeat::Daily), &Caps::default()), None, "no cap");
        assert_eq!(above_cap(&frozen(), &caps), None, "it comes once");
    }
}
