//! `samvad people sample`, `duplicates`: members whom another district checks, and members who may be one.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::export::{cells, header, row};
use super::list::{line, state_called, whom};
use crate::cli::places::Desk;
use crate::cli::requests::day;
use crate::cli::table::{and_more, table_file};
use crate::clock::{Clock, Ids};
use crate::contact::Language;
use crate::places::Place;
use crate::records::{Pair, Sample, Settled, WhyDuplicate};

/// So many members are read at once.
const PAGE: usize = 5_000;

/// How a sample is drawn or looked at again.
pub(super) struct Draw<'a> {
    pub(super) place: &'a str,
    pub(super) state: &'a str,
    pub(super) percent: u8,
    pub(super) seed: Option<i64>,
    pub(super) out: Option<&'a Path>,
    pub(super) by: &'a str,
    pub(super) limit: usize,
}

pub(super) fn draw(desk: &Desk<'_>, wanted: &Draw<'_>) -> anyhow::Result<()> {
    if !(1..=100).contains(&wanted.percent) {
        bail!("--percent is 1 to 100");
    }
    let place = desk.named(wanted.place)?;
    let whom = whom(desk, place, Some(state_called(wanted.state)?))?;
    let seed = match wanted.seed {
        Some(seed) => seed,
        // So short that a person can write it down.
        None => i64::try_from(Ids::system().seed() % 1_000_000_000).unwrap_or_default(),
    };
    let districts: Vec<u16> =
        desk.geography.districts.iter().filter_map(|one| one.code.parse().ok()).collect();
    let district_of = |seat: u16| match desk.tree.parent(Place::Assembly(seat)) {
        Some(Place::District(code)) => Some(code),
        _ => None,
    };
    let written = place.to_string();
    let drawn = desk.records.draw(
        (&written, &whom),
        (wanted.percent, seed),
        (&districts, &district_of),
        (wanted.by, Clock::System.now()),
    );
    let sample = desk.runtime.block_on(drawn)?;
    tell(desk, &sample, (wanted.out, wanted.by), wanted.limit)
}

pub(super) fn again(
    desk: &Desk<'_>,
    id: i64,
    (out, by): (Option<&Path>, &str),
    limit: usize,
) -> anyhow::Result<()> {
    let found = desk.runtime.block_on(desk.records.samples(id, 1))?;
    let sample = found.first().with_context(|| {
        format!("there is no sample {id}; `samvad people samples` shows those there are")
    })?;
    tell(desk, sample, (out, by), limit)
}

pub(super) fn samples(desk: &Desk<'_>, limit: usize) -> anyhow::Result<()> {
    let samples = desk.runtime.block_on(desk.records.samples(0, limit))?;
    for sample in &samples {
        println!("{}", sample_line(sample));
    }
    println!("{} samples.", samples.len());
    Ok(())
}

fn sample_line(sample: &Sample) -> String {
    format!(
        "{:<6} {} {}, {} % of {} {}, seed {}, by {}",
        sample.id,
        day(sample.at),
        sample.place,
        sample.percent,
        sample.population,
        sample.state.name(),
        sample.seed,
        sample.actor
    )
}

/// Shows a sample, or writes it with whole numbers for those who ask.
fn tell(
    desk: &Desk<'_>,
    sample: &Sample,
    (out, by): (Option<&Path>, &str),
    limit: usize,
) -> anyhow::Result<()> {
    let mut columns = header().to_vec();
    columns.insert(0, "जाँच करेगा ज़िला");
    let booths = desk.booths()?;
    let mut file = out.map(|path| table_file(path, &columns)).transpose()?;
    let audited = match out {
        Some(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let detail = format!("sample {}, {name}", sample.id);
            let begun = desk.records.begin_audit(by, "people sample", &detail, Clock::System.now());
            Some(desk.runtime.block_on(begun)?)
        }
        None => None,
    };
    println!("{}", sample_line(sample));
    let (mut after, mut shown, mut count) = (0, 0, 0_u64);
    let mut asking: BTreeMap<u16, u64> = BTreeMap::new();
    loop {
        let page = desk.runtime.block_on(desk.records.sampled(sample.id, after, PAGE))?;
        let Some(last) = page.last() else { break };
        after = last.member.member;
        for one in &page {
            count += 1;
            *asking.entry(one.district).or_default() += 1;
            let district = Place::District(one.district);
            let district = desk.tree.name(district, Language::Hi).unwrap_or_default();
            if let Some(file) = &mut file {
                let mut all = cells(desk, &booths, &one.member).to_vec();
                all.insert(0, district.to_owned());
                row(file, &all)?;
            } else if shown < limit {
                println!("{}  जाँच: {district}", line(desk, &one.member));
                shown += 1;
            }
        }
    }
    for (district, members) in &asking {
        let place = Place::District(*district);
        println!("{} asks {members}.", desk.tree.words(place, Language::Hi));
    }
    println!("{count} members are in the sample; nobody is asked by their own district.");
    if let (Some(file), Some(path), Some(audited)) = (file, out, audited) {
        file.finish().with_context(|| path.display().to_string())?;
        desk.runtime.block_on(desk.records.end_audit(audited, count))?;
        println!("{} holds them with whole phone numbers: keep it as such.", path.display());
    } else {
        let more = count.saturating_sub(u64::try_from(shown).unwrap_or(0));
        and_more(more, &format!("`samvad people samples {} --out FILE` writes them", sample.id));
    }
    println!("Whoever was found true: `samvad people verify NUMBER --by WHO`.");
    Ok(())
}

pub(super) fn duplicates(desk: &Desk<'_>, limit: usize) -> anyhow::Result<()> {
    let pairs = desk.runtime.block_on(desk.records.duplicates(limit.saturating_add(1)))?;
    for Pair { one, other, why } in pairs.iter().take(limit) {
        let why = match why {
            WhyDuplicate::OnePhone => "one phone, one name within the other",
            WhyDuplicate::Twins => "same name, father and booth on two phones",
        };
        println!("{}-{}  {why}", one.member, other.member);
        println!("    {}", line(desk, one));
        println!("    {}", line(desk, other));
    }
    let shown = pairs.len().min(limit);
    println!("{shown} {} may be one person.", if shown == 1 { "pair" } else { "pairs" });
    if pairs.len() > limit {
        println!("… and more: --limit {}", limit.saturating_mul(10));
    }
    if shown > 0 {
        println!(
            "`samvad people duplicates settle ID same|different --by WHO` says what they are."
        );
    }
    Ok(())
}

pub(super) fn settle(desk: &Desk<'_>, id: &str, is_one: bool, by: &str) -> anyhow::Result<()> {
    let pair = id.split_once('-').and_then(|(one, other)| {
        Some((one.trim().parse::<i64>().ok()?, other.trim().parse::<i64>().ok()?))
    });
    let pair = pair.filter(|(one, other)| one != other);
    let Some(pair) = pair else {
        bail!("‘{id}’ is no pair; `samvad people duplicates` writes them as 12-97");
    };
    let settled = desk.records.settle_duplicate(pair, is_one, by, Clock::System.now());
    match desk.runtime.block_on(settled)? {
        Settled::Two => println!("{id}: they are two persons, and stay two."),
        Settled::One { stays, ended } => {
            println!("{id}: one person. The membership {stays} stands, {ended} has ended.");
        }
        Settled::Gone => bail!("{id}: one of the two is no member any more"),
    }
    Ok(())
}
