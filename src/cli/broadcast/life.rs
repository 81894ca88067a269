//! The steps of a broadcast's life, as a person of the office takes them.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};

use super::preview::{clock_of, counted, messages, number, places, terms};
use super::{Desk, series};
use crate::audience::Audience;
use crate::broadcast::{BroadcastState, Frozen, Plan, Reason, Recipient, Tally, reason_words};
use crate::cli::people::hidden_rows;
use crate::contact::PhoneNumber;
use crate::gate::Refusal;
use crate::geography::{Sound, clean};
use crate::mailing::{self, Ceiling, Crowd, Written, counts, frozen_of, hashes, new_broadcast};
use crate::places::{Place, Tree};
use crate::records::{BroadcastRow, By, Froze, Funnel, Moved, NewBroadcast};

/// Phones a test goes to at most.
const MOST_TESTED: usize = 20;
/// A test that has not left by then does not leave.
const TEST_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// So often, and so long after each other, a test is looked at that has not left.
const LOOKS_AT_TEST: usize = 60;
const LOOK_AT_TEST: std::time::Duration = std::time::Duration::from_millis(250);

pub(super) fn plan(desk: &Desk, name: &str, by: &str, look: bool) -> anyhow::Result<()> {
    let now = desk.clock.now();
    let rows = desk.runtime.block_on(mailing::known(&desk.records))?;
    let definition = desk.office.definition(name, &mailing::names_of(&rows))?;
    let Some(occurrence) = definition.send.next(now) else {
        bail!("the broadcast {name} is over: `send: {{before: …}}` in its file has passed");
    };
    let mut frozen = definition.freeze_series().unwrap_or_else(|| definition.freeze(&occurrence));
    if frozen.senders.is_empty() {
        bail!(
            "no number or account of ours sends what this broadcast says; switch on [whatsapp] or an account of [sms.accounts] in samvad.toml"
        );
    }
    let audience = definition.audience.as_ref();
    frozen.lists = desk.runtime.block_on(hashes(&desk.office, &frozen, audience))?;
    let next = series::next_day(&frozen, now)?;
    let own = next.as_ref().unwrap_or(&frozen).name.clone();
    let resolved = mailing::resolved(&desk.records, audience, &own, &rows);
    let earlier = desk.runtime.block_on(resolved)?;
    // Of one that comes again every day finds them anew.
    if frozen.series.is_none() {
        frozen.earlier.clone_from(&earlier);
    }
    let shown = Frozen { earlier, ..next.unwrap_or_else(|| frozen.clone()) };
    print!("{}", messages(&frozen, desk.office.costs()));
    let tally = count(desk, &shown, now)?;
    println!();
    print!("{}", terms(&frozen));
    if let Some(why) = series::above_cap(&frozen, &desk.office.config.rules.caps) {
        println!("{why}");
    }
    print!("{}", meant(&shown));
    print!("{}", places(&Tree::new(&desk.office.geography), audience));
    print!("{}", counted(&shown, &tally, &desk.office, now));
    if look {
        println!("Nothing is written down.");
        return Ok(());
    }
    let state = write_down(desk, &frozen, by, now)?;
    let name = &frozen.name;
    if tally.goes == 0 && frozen.series.is_none() {
        println!("Nobody would get it: mend what is told above, and plan it again.");
        let no_consent = Reason::Gate(Refusal::NoConsent);
        if tally.refused.iter().any(|(reason, _)| *reason == no_consent) {
            println!(
                "Whoever never agreed may be asked once, by a broadcast of its own with `asks: {}` (docs/broadcasts.md).",
                frozen.purpose.name()
            );
        }
        return Ok(());
    }
    let needs_yes = frozen.series.is_some() || tally.goes > desk.office.config.approve_above;
    match state {
        BroadcastState::Draft => {
            println!("Next: samvad broadcast test {name} --to YOUR_NUMBER --by {by}");
        }
        BroadcastState::Tested if needs_yes => {}
        BroadcastState::Running | BroadcastState::Paused | BroadcastState::Repeating => {
            println!("Next: samvad broadcast status {name}");
        }
        _ => println!("Next: samvad broadcast run {name} --by {by}"),
    }
    if !needs_yes || !matches!(state, BroadcastState::Draft | BroadcastState::Tested) {
        return Ok(());
    }
    if frozen.series.is_some() {
        println!(
            "It comes again: after the test somebody else than {by} says yes to all its days, `samvad broadcast approve {name} --by …`."
        );
    } else {
        println!(
            "It goes to more than {} people: after the test somebody else than {by} says yes to it, `samvad broadcast approve {name} --by …`.",
            number(desk.office.config.approve_above)
        );
    }
    Ok(())
}

/// Which earlier broadcasts its audience means, where a name does not say that itself.
fn meant(frozen: &Frozen) -> String {
    let mut out = String::new();
    for named in &frozen.earlier {
        // Writing into a string cannot fail.
        let _ = match &named.found {
            Some((_, name)) if *name == named.name => Ok(()),
            Some((_, name)) => writeln!(out, "`{}` is {name}.", named.name),
            None => writeln!(out, "`{}` was sent to nobody yet.", named.name),
        };
    }
    out
}

/// The definition becomes a draft; one whose recipients are not written down is replaced. Gives where it stands.
fn write_down(
    desk: &Desk,
    frozen: &Frozen,
    by: &str,
    now: Timestamp,
) -> anyhow::Result<BroadcastState> {
    let name = &frozen.name;
    let new = new_broadcast(frozen, by, None, now);
    let Some(row) = desk.runtime.block_on(desk.records.broadcast(name))? else {
        desk.runtime.block_on(desk.records.create_broadcast(new))?;
        println!("{name} is a draft.");
        return Ok(BroadcastState::Draft);
    };
    if row.definition == new.definition && !row.state.is_over() {
        println!("{name} is {}, and its file has not changed since.", row.state.name());
        return Ok(row.state);
    }
    if row.state == BroadcastState::Freezing {
        desk.runtime.block_on(desk.records.throw_away_staged(row.id))?;
    }
    match desk.runtime.block_on(desk.records.redefine_broadcast(row.id, new))? {
        Moved::Yes { .. } => println!("{name} is a draft again, as its file says now."),
        Moved::No { stands } => bail!("{}", cannot(name, "be planned anew", stands)),
        Moved::Changed | Moved::Unknown => bail!("{name} is gone"),
    }
    Ok(BroadcastState::Draft)
}

/// Asks everybody and writes nothing.
fn count(desk: &Desk, frozen: &Frozen, now: Timestamp) -> anyhow::Result<Tally> {
    let told = &mut |_| true;
    let counting = mailing::count(&desk.records, &desk.office, frozen, now, told);
    let counted = desk.runtime.block_on(counting)?.context("nobody was counted")?;
    for (path, rows) in &counted.rows_without {
        if let Some(words) = mailing::without_number(rows) {
            eprintln!("{}: {words}", path.display());
        }
    }
    for (path, rows) in &counted.hidden_rows {
        eprintln!("{}: {}", path.display(), hidden_rows(*rows));
    }
    if counted.unknown_numbers > 0 {
        println!(
            "{} numbers of its lists are nobody's: they never wrote to us and are in no roster.",
            number(counted.unknown_numbers as u64)
        );
    }
    Ok(counted.tally)
}

pub(super) fn test(desk: &Desk, name: &str, to: &[String], by: &str) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    series::is_whole(&row, "tested")?;
    // Whoever said yes to it said yes to these words: another test takes nothing of that away.
    let stays = matches!(row.state, BroadcastState::Approved | BroadcastState::Freezing);
    if !stays && !row.state.may_become(BroadcastState::Tested) {
        bail!("{}", cannot(&row.name, "be tested", row.state));
    }
    named(by)?;
    let mut numbers = Vec::new();
    for text in to.iter().flat_map(|text| text.split(',')) {
        let number = PhoneNumber::parse(text)
            .map_err(|error| anyhow::anyhow!("a number after --to is {error}"))?;
        numbers.push(number);
    }
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() > MOST_TESTED {
        bail!("a test goes to {MOST_TESTED} phones at most; these are {}", numbers.len());
    }
    let now = desk.clock.now();
    let mut frozen = frozen_of(&row)?;
    let rows = desk.runtime.block_on(mailing::known(&desk.records))?;
    frozen.name = free_name(&rows, &row.name);
    frozen.from = None;
    frozen.before = now + TEST_LASTS;
    frozen.audience = None;
    frozen.list = None;
    frozen.fallback = None;
    frozen.series = None;
    // The phones of the office have agreed: to them it goes under that consent, and nobody's one question is
    // used up.
    frozen.purpose = frozen.purpose.asks_for().unwrap_or(frozen.purpose);
    let test = new_broadcast(&frozen, by, Some(row.id), now);
    let sent = desk.runtime.block_on(send_test(desk, &frozen, test, &numbers, by, now))?;
    if sent == 0 {
        bail!(
            "the test reached nobody: the phones of a test have written to us before, and agreed to `{}`",
            frozen.purpose.name()
        );
    }
    if !stays {
        moved_as_shown(desk, &row, BroadcastState::Tested, None, by)?;
    }
    println!(
        "The test {} is on its way to {sent} of {} phones. Look at it in every language there, tap its buttons; then: {}",
        frozen.name,
        numbers.len(),
        next_after_test(&row)
    );
    Ok(())
}

fn next_after_test(row: &BroadcastRow) -> String {
    let name = &row.name;
    if row.approved_by.is_some() {
        return format!("samvad broadcast run {name} --by …");
    }
    if row.repeats {
        return format!("samvad broadcast approve {name} --by SOMEBODY_ELSE");
    }
    format!(
        "samvad broadcast approve {name} --by SOMEBODY_ELSE, or samvad broadcast run {name} --by …"
    )
}

/// `NAME.test1`, `NAME.test2`, …
fn free_name(rows: &[BroadcastRow], name: &str) -> String {
    let mut number = 1;
    loop {
        let wanted = format!("{name}.test{number}");
        if !rows.iter().any(|row| row.name == wanted) {
            return wanted;
        }
        number += 1;
    }
}

/// A test is a broadcast of its own, to the phones of the office; how many it goes to.
async fn send_test(
    desk: &Desk,
    frozen: &Frozen,
    test: NewBroadcast,
    numbers: &[PhoneNumber],
    by: &str,
    now: Timestamp,
) -> anyhow::Result<u64> {
    let mut crowd = Crowd::of_numbers(&desk.records, numbers, frozen.purpose).await?;
    if crowd.unknown_numbers > 0 {
        println!("{} of these phones never wrote to us: they get no test.", crowd.unknown_numbers);
    }
    let no_seats = |_: Place| Vec::new();
    let rules = &desk.office.config.rules;
    let mut plan = Plan::new(frozen, None, desk.office.costs(), now, &no_seats, rules);
    let (batch, earlier) = crowd.next().await?;
    let recipients: Vec<Recipient> =
        batch.iter().filter_map(|candidate| plan.ask(candidate, &earlier)).collect();
    let (tally, hash) = plan.finish();
    for (reason, count) in &tally.refused {
        let (_, words) = reason.office_words();
        println!("{count} of these phones get no test, {}: {words}", reason.name());
    }
    if tally.goes == 0 {
        return Ok(0);
    }
    let id = desk.records.create_broadcast(test).await?;
    for state in [BroadcastState::Tested, BroadcastState::Freezing] {
        desk.records.move_broadcast(id, state, by, None, now).await?;
    }
    desk.records.stage(id, recipients).await?;
    match desk.records.freeze(id, counts(&tally), &hash, by, now).await? {
        Froze::Yes => {}
        Froze::Differs(_) | Froze::No => bail!("the test was changed by somebody else"),
    }
    desk.records.move_broadcast(id, BroadcastState::Running, by, None, now).await?;
    Ok(tally.goes)
}

pub(super) fn approve(desk: &Desk, name: &str, by: &str) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    series::is_whole(&row, "approved")?;
    if is_same_person(&row.author, by) {
        bail!("{} was planned by {}: somebody else has to say yes to it", row.name, row.author);
    }
    if !row.state.may_become(BroadcastState::Approved) {
        bail!("{}", cannot(&row.name, "be approved", row.state));
    }
    named(by)?;
    let frozen = frozen_of(&row)?;
    let now = desk.clock.now();
    let audience = series::audience(desk, &frozen)?;
    same_lists(desk, &row, &frozen, audience.as_ref(), by)?;
    let shown = series::shown(desk, &frozen, audience.as_ref(), now)?;
    print!("{}", messages(&frozen, desk.office.costs()));
    let tally = count(desk, &shown, now)?;
    println!();
    print!("{}", terms(&frozen));
    if let Some(why) = series::above_cap(&frozen, &desk.office.config.rules.caps) {
        println!("{why}");
    }
    print!("{}", meant(&shown));
    print!("{}", places(&Tree::new(&desk.office.geography), audience.as_ref()));
    print!("{}", counted(&shown, &tally, &desk.office, now));
    let outcomes = desk.runtime.block_on(outcomes_of_test(desk, &row))?;
    if let Some(outcomes) = &outcomes {
        print!("{outcomes}");
    }
    moved_as_shown(desk, &row, BroadcastState::Approved, Some(tally.goes), by)?;
    let each = if row.repeats { " on each of its days" } else { "" };
    println!(
        "{} is approved by {by} for {} people{each}. Next: samvad broadcast run {} --by …",
        row.name,
        number(tally.goes),
        row.name
    );
    if let Some(obstacle) = outcomes.and_then(|outcomes| outcomes.obstacle(&row.name)) {
        println!("BUT IT CANNOT BE RUN YET: {obstacle}");
    }
    Ok(())
}

/// Capitals, blanks, dots and another script make nobody a second person: `Ravi` and `रवि` are one.
fn is_same_person(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let letters = name.chars().filter(|letter| !letter.is_whitespace());
        letters.collect::<String>().to_lowercase()
    };
    let sound = |name: &str| Sound::of(clean(name).split_whitespace());
    let heard = sound(one);
    plain(one) == plain(other) || (!heard.letters().is_empty() && heard == sound(other))
}

pub(super) fn run(desk: &Desk, name: &str, by: &str) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    series::is_whole(&row, "run")?;
    let now = desk.clock.now();
    if row.send_before <= now {
        bail!("{} had to be over by {}", row.name, clock_of(row.send_before));
    }
    let frozen = frozen_of(&row)?;
    if row.repeats {
        return series::run(desk, &row, &frozen, by);
    }
    match row.state {
        BroadcastState::Draft => bail!(
            "{} was not tested yet: samvad broadcast test {} --to YOUR_NUMBER --by {by}",
            row.name,
            row.name
        ),
        BroadcastState::Tested | BroadcastState::Approved | BroadcastState::Freezing => {
            desk.runtime.block_on(tried(desk, &row))?;
            freeze(desk, &row, &frozen, by)?;
        }
        BroadcastState::Frozen => {}
        state => bail!("{}", cannot(&row.name, "be run", state)),
    }
    moved(desk, &row, BroadcastState::Running, by, None)?;
    match frozen.from.filter(|from| *from > now) {
        Some(from) => println!("{} begins {}.", row.name, clock_of(from)),
        None => println!("{} is running: a server that is up sends it.", row.name),
    }
    Ok(())
}

/// Waits until its newest test has left.
///
/// # Errors
/// It reached no phone, or does not leave: nobody has seen what is about to go to everybody.
pub(super) async fn tried(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<()> {
    let again = format!("samvad broadcast test {} --to YOUR_NUMBER --by …", row.name);
    let rows = mailing::known(&desk.records).await?;
    let Some(test) = rows.iter().find(|known| known.test_of == Some(row.id)) else {
        bail!("{} was not tested yet: {again}", row.name);
    };
    for _ in 0..LOOKS_AT_TEST {
        let Some(outcomes) = outcomes_of_test(desk, row).await? else { break };
        if let Some(obstacle) = outcomes.obstacle(&row.name) {
            bail!("{obstacle}");
        }
        if outcomes.is_seen() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AT_TEST).await;
    }
    bail!(
        "the test {} has not left yet: is a server running? Look at it on the phones first, then run {}",
        test.name,
        row.name
    )
}

/// How the newest test of a broadcast went.
struct Outcomes {
    test: BroadcastRow,
    /// By channel.
    ways: Vec<(String, Funnel)>,
}

/// `None`: it was not tested.
async fn outcomes_of_test(desk: &Desk, row: &BroadcastRow) -> anyhow::Result<Option<Outcomes>> {
    let rows = mailing::known(&desk.records).await?;
    let Some(test) = rows.into_iter().find(|known| known.test_of == Some(row.id)) else {
        return Ok(None);
    };
    let ways = desk.records.funnel_by(test.id, By::Channel).await?;
    Ok(Some(Outcomes { test, ways }))
}

impl Outcomes {
    /// A phone has it.
    fn is_seen(&self) -> bool {
        self.ways.iter().any(|(_, way)| way.sent > 0)
    }

    /// Why nobody may run what was tested so, and what helps; `None`: nothing of it failed so far.
    fn obstacle(&self, name: &str) -> Option<String> {
        let test = &self.test.name;
        let again =
            format!("mend it and test again: samvad broadcast test {name} --to YOUR_NUMBER --by …");
        if self.test.state == BroadcastState::Paused {
            let why = self.test.why.as_deref().unwrap_or("somebody paused it");
            return Some(format!(
                "the test {test} is paused: {why}. Cancel it (samvad broadcast cancel {test} --by … --why …), {again}"
            ));
        }
        let ended = |way: &Funnel| {
            let stopped: u64 = way.suppressed.iter().map(|(_, count)| count).sum();
            let failed: u64 = way.failed.iter().map(|(_, count)| count).sum();
            stopped + failed + way.expired + way.cancelled
        };
        let is_dead = |way: &Funnel| way.sent == 0 && way.planned + way.waiting + way.unknown == 0;
        let dead = self.ways.iter().find(|(_, way)| is_dead(way) && ended(way) > 0);
        if let Some((channel, way)) = dead {
            return Some(format!(
                "the test {test} reached no phone by {channel} ({}); {again}",
                outcome_of(way)
            ));
        }
        let is_over = self.ways.iter().all(|(_, way)| is_dead(way));
        is_over.then(|| {
            format!(
                "the test {test} reached no phone; samvad broadcast report {test} says why; {again}"
            )
        })
    }
}

/// `2 sent, 1 failed: 131026`.
fn outcome_of(way: &Funnel) -> String {
    let mut words = Vec::new();
    for (what, count) in [
        ("sent", way.sent),
        ("on their way", way.planned + way.waiting),
        ("without an answer of the provider", way.unknown),
        ("too late", way.expired),
        ("cancelled", way.cancelled),
    ] {
        if count > 0 {
            words.push(format!("{} {what}", number(count)));
        }
    }
    for (code, count) in &way.failed {
        let code = code.map(|code| format!(": {code}")).unwrap_or_default();
        words.push(format!("{} failed{code}", number(*count)));
    }
    for (reason, count) in way.refused.iter().chain(&way.suppressed) {
        words.push(format!("{} stopped, {reason}: {}", number(*count), reason_words(reason).1));
    }
    words.join(", ")
}

impl std::fmt::Display for Outcomes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let BroadcastRow { name, author, created, .. } = &self.test;
        writeln!(formatter, "Tested as {name} by {author} on {}:", clock_of(*created))?;
        for (channel, way) in &self.ways {
            writeln!(formatter, "  {channel}: {}", outcome_of(way))?;
        }
        Ok(())
    }
}

/// To how many people it may go.
fn most(desk: &Desk, row: &BroadcastRow) -> Ceiling {
    Ceiling::of(row, desk.office.config.approve_above)
}

/// Why it does not go to so many.
fn too_many(desk: &Desk, row: &BroadcastRow, goes: u64) -> String {
    let (name, goes) = (&row.name, number(goes));
    let again = format!("samvad broadcast approve {name} --by …");
    match (&row.approved_by, row.approved_for) {
        (Some(by), Some(people)) => format!(
            "{name} goes to {goes} people now; {by} said yes to {}. Somebody else than {} looks at it again: {again}",
            number(people),
            row.author
        ),
        _ => format!(
            "{name} goes to {goes} people; above {} somebody else than {} says yes to it first: {again}",
            number(desk.office.config.approve_above),
            row.author
        ),
    }
}

/// # Errors
/// A list changed since it was planned: others would get it than were counted.
pub(super) fn same_lists(
    desk: &Desk,
    row: &BroadcastRow,
    frozen: &Frozen,
    audience: Option<&Audience>,
    by: &str,
) -> anyhow::Result<()> {
    if desk.runtime.block_on(hashes(&desk.office, frozen, audience))? == frozen.lists {
        return Ok(());
    }
    bail!("{}", list_changed(&row.name, by))
}

fn list_changed(name: &str, by: &str) -> String {
    format!(
        "a list of {name} changed since it was planned: samvad broadcast plan {} --by {by} takes it as it is now; it is tested and approved anew then",
        file_of(name)
    )
}

/// The file of a broadcast: one that comes again bears its day behind that name.
fn file_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(file, _)| file)
}

/// Writes down who gets it.
fn freeze(desk: &Desk, row: &BroadcastRow, frozen: &Frozen, by: &str) -> anyhow::Result<()> {
    let now = desk.clock.now();
    let audience =
        desk.runtime.block_on(mailing::audience_of(&desk.records, &desk.office, frozen))?;
    same_lists(desk, row, frozen, audience.as_ref(), by)?;
    if row.approved_for.is_none() {
        let goes = count(desk, frozen, now)?.goes;
        if goes > most(desk, row).0 {
            bail!("{}", too_many(desk, row, goes));
        }
    }
    moved_as_shown(desk, row, BroadcastState::Freezing, None, by)?;
    let mut progress = super::super::rows::Progress::new();
    let mut told = |looked_at| {
        progress.tell(looked_at, None);
        true
    };
    let writing = mailing::write_recipients(
        (&desk.records, &desk.office, &desk.clock),
        row,
        (frozen, audience.as_ref()),
        (most(desk, row), false),
        by,
        &mut told,
    );
    let written = desk.runtime.block_on(writing)?;
    progress.end();
    match written {
        Written::Yes(tally) => {
            println!(
                "{} recipients are written down: {} get it, {} do not.",
                number(tally.goes + tally.refused_in_all()),
                number(tally.goes),
                number(tally.refused_in_all())
            );
            Ok(())
        }
        Written::TooMany(goes) => bail!("{}", too_many(desk, row, goes)),
        Written::ListChanged => bail!("{}", list_changed(&row.name, by)),
        Written::Nobody(_) | Written::Elsewhere => bail!(
            "somebody else writes down the recipients of {} too, or it stands elsewhere by now: samvad broadcast status {}",
            row.name,
            row.name
        ),
    }
}

pub(super) fn pause(desk: &Desk, name: &str, by: &str, why: &str) -> anyhow::Result<()> {
    named(by)?;
    let row = desk.row(name)?;
    // A pause of one that comes again that was cut off before its days is taken up by saying it again.
    if !(row.repeats && row.state == BroadcastState::Paused) {
        moved(desk, &row, BroadcastState::Paused, by, Some(why))?;
    }
    if row.repeats {
        return series::paused(desk, &row, by, why);
    }
    println!(
        "{} is paused: what is under way still leaves, nothing follows it. samvad broadcast resume {} --by … goes on.",
        row.name, row.name
    );
    Ok(())
}

pub(super) fn resume(desk: &Desk, name: &str, by: &str) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    if row.state != BroadcastState::Paused {
        bail!("{}", cannot(&row.name, "be resumed", row.state));
    }
    if row.repeats {
        return series::resumed(desk, &row, by);
    }
    moved(desk, &row, BroadcastState::Running, by, None)?;
    println!("{} goes on.", row.name);
    Ok(())
}

pub(super) fn cancel(desk: &Desk, name: &str, by: &str, why: &str) -> anyhow::Result<()> {
    named(by)?;
    let row = series::row_or_day(desk, name)?;
    // A cancelling that was cut off between the two is taken up by saying it again.
    if row.state != BroadcastState::Cancelled {
        moved(desk, &row, BroadcastState::Cancelled, by, Some(why))?;
    }
    if row.repeats {
        return series::cancelled(desk, &row, by, why);
    }
    // No server need be up: whoever still waited for their turn is settled here.
    desk.runtime.block_on(desk.records.clear_broadcast(row.id, desk.clock.now()))?;
    let (progress, ended) = desk.runtime.block_on(async {
        anyhow::Ok((desk.records.progress(row.id).await?, desk.records.ended(row.id).await?))
    })?;
    let queued = ended.stopped.iter().find(|(reason, _)| reason == "cancelled");
    let without = progress.cancelled + queued.map_or(0, |(_, count)| *count);
    println!(
        "{} is cancelled: nothing leaves any more, and it cannot be taken up again. {} people do not get it.",
        row.name,
        number(without)
    );
    Ok(())
}

/// # Errors
/// Nobody's name is given.
fn named(by: &str) -> anyhow::Result<()> {
    if by.trim().is_empty() {
        bail!("--by needs your name: it stands in the log of the broadcast");
    }
    Ok(())
}

/// Moves it, or says why that cannot be.
pub(super) fn moved(
    desk: &Desk,
    row: &BroadcastRow,
    to: BroadcastState,
    by: &str,
    why: Option<&str>,
) -> anyhow::Result<()> {
    named(by)?;
    let now = desk.clock.now();
    let moved = desk.records.move_broadcast(row.id, to, by, why, now);
    done(row, to, desk.runtime.block_on(moved)?)
}

/// The same of what `row` was read as: whoever planned it anew meanwhile has to have it looked at again.
pub(super) fn moved_as_shown(
    desk: &Desk,
    row: &BroadcastRow,
    to: BroadcastState,
    people: Option<u64>,
    by: &str,
) -> anyhow::Result<()> {
    named(by)?;
    let shown = (row.id, row.hash);
    let moved = desk.records.move_as_shown(shown, to, people, by, desk.clock.now());
    done(row, to, desk.runtime.block_on(moved)?)
}

/// # Errors
/// It was not moved.
fn done(row: &BroadcastRow, to: BroadcastState, moved: Moved) -> anyhow::Result<()> {
    match moved {
        Moved::Yes { .. } => Ok(()),
        Moved::No { stands } => {
            bail!("{}", cannot(&row.name, &format!("be {}", to.name()), stands))
        }
        Moved::Changed => bail!(
            "{} was planned anew meanwhile with other words: look at it again, test it and go on from there",
            row.name
        ),
        Moved::Unknown => bail!("the broadcast {} is gone", row.name),
    }
}

/// What may be done instead.
pub(super) fn cannot(name: &str, what: &str, stands: BroadcastState) -> String {
    let instead = match stands {
        BroadcastState::Draft => "test it first",
        BroadcastState::Tested => "approve or run it",
        BroadcastState::Approved => "run it, or plan it again and it is a draft",
        BroadcastState::Freezing => "its recipients are being written down; run it to go on",
        BroadcastState::Frozen => "run it",
        BroadcastState::Running | BroadcastState::Repeating => "pause or cancel it",
        BroadcastState::Paused => "resume or cancel it",
        BroadcastState::Done | BroadcastState::Cancelled | BroadcastState::Expired => {
            "it is over: give the file another name to send it once more"
        }
    };
    format!("{name} is {} and cannot {what}; {instead}", stands.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_a_second_person_by_writing_their_name_otherwise() {
        assert!(is_same_person("Ravi Kumar", " ravi  kumar"));
        assert!(is_same_person("Ravi", "रवि"));
        assert!(is_same_person("सुनीता देवी", "Sunita Devi."));
        assert!(!is_same_person("Ravi Kumar", "Ravi Kumari"));
        assert!(!is_same_person("रवि", "राम"));
    }
}
