//! `samvad people coverage`, `leaderboard`, `verify`: how far the organisation reaches, by what the office
//! has checked alone.

use std::collections::BTreeSet;

use anyhow::bail;

use super::list::{line, whom};
use crate::cli::places::Desk;
use crate::clock::Clock;
use crate::contact::Language;
use crate::membership::{member_number, parse_member_number};
use crate::places::{Booths, Place};
use crate::records::{MemberState, StepOutcome, Wanted, Whom};
use crate::understanding::{Kind, Meaning, Reading, read as hear};

pub(super) fn coverage(desk: &Desk<'_>, text: &str, k: u32) -> anyhow::Result<()> {
    let place = desk.named(text)?;
    let booths = desk.booths()?;
    let whom = whom(desk, place, None)?;
    let covered = desk.runtime.block_on(desk.records.covered(&whom, k.max(1)))?;
    let covered: BTreeSet<(u16, u16)> =
        covered.into_iter().filter(|(seat, booth)| booths.get(*seat, *booth).is_some()).collect();
    if let Place::Booth { assembly, number } = place {
        let counted = desk.runtime.block_on(
            desk.records.count(&Whom { state: Some(MemberState::Verified), ..whom.clone() }),
        )?;
        let active = Whom { state: Some(MemberState::Active), ..whom };
        let active = desk.runtime.block_on(desk.records.count(&active))?;
        let verified: u64 = counted.values().chain(active.values()).sum();
        let enough = if covered.contains(&(assembly, number)) { "enough" } else { "too few" };
        println!("{place}: {verified} verified members, {enough} for --k {k}.");
        return Ok(());
    }
    let of = |(assembly, numbers): (u16, Vec<u16>)| {
        let there = numbers.iter().filter(|number| covered.contains(&(assembly, **number)));
        (numbers.len(), there.count())
    };
    let mut all = (0, 0);
    for (name, seats) in below(desk, place, &booths) {
        let (mut total, mut reached) = (0, 0);
        for seat in seats {
            let (here, there) = of(seat);
            total += here;
            reached += there;
        }
        all = (all.0 + total, all.1 + reached);
        println!("{:>6}  {reached} of {total}  {name}", share(reached, total));
    }
    let words = desk.tree.words(place, Language::Hi);
    println!(
        "{words}: {} of {} booths ({}) have {k} verified members or more.",
        all.1,
        all.0,
        share(all.1, all.0)
    );
    Ok(())
}

/// A part of a place: its name, and the booths of each of its seats.
type Part = (String, Vec<(u16, Vec<u16>)>);

/// What lies right below a place.
fn below(desk: &Desk<'_>, place: Place, booths: &Booths) -> Vec<Part> {
    let numbers =
        |seat: u16| booths.of_seat(seat).iter().map(|booth| booth.number).collect::<Vec<_>>();
    let written = |place: Place| format!("{place} {}", desk.tree.words(place, Language::Hi));
    match place {
        Place::Assembly(assembly) => {
            let sectors = booths.sectors_of(assembly);
            let mut parts: Vec<Part> = sectors
                .into_iter()
                .map(|number| {
                    let sector = Place::Sector { assembly, number };
                    (sector.to_string(), vec![(assembly, booths.of_sector(assembly, number))])
                })
                .collect();
            let without = booths.of_sector(assembly, 0);
            if !without.is_empty() {
                parts.push(("in no sector".to_owned(), vec![(assembly, without)]));
            }
            parts
        }
        Place::Sector { assembly, number } => booths
            .of_sector(assembly, number)
            .into_iter()
            .map(|number| {
                let booth = Place::Booth { assembly, number };
                (booth.to_string(), vec![(assembly, vec![number])])
            })
            .collect(),
        _ => desk
            .tree
            .children(place)
            .into_iter()
            .map(|child| {
                let seats = desk.tree.seats_under(child).into_iter();
                (written(child), seats.map(|seat| (seat, numbers(seat))).collect())
            })
            .collect(),
    }
}

/// A share in percent with one digit behind the point, cut and not rounded: `100.0 %` is all.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let thousandths = part.saturating_mul(1_000) / whole;
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

pub(super) fn leaderboard(desk: &Desk<'_>, text: &str, limit: usize) -> anyhow::Result<()> {
    let place = desk.named(text)?;
    let whom = whom(desk, place, None)?;
    let leaders = desk.records.leaders(&whom, limit.saturating_add(1));
    let leaders = desk.runtime.block_on(leaders)?;
    let mut rank = 0;
    let mut before = 0;
    for (place, (one, brought)) in leaders.iter().take(limit).enumerate() {
        if *brought != before {
            (rank, before) = (place + 1, *brought);
        }
        println!("{rank:>4}. {brought:>5} verified  {}", line(desk, one));
    }
    if leaders.is_empty() {
        println!("Nobody has brought a member yet whom the office has verified.");
    }
    if leaders.len() > limit {
        println!("… and more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

/// Why a district does not verify a member: of those in a sample none is checked by their own.
fn why_not_by(desk: &Desk<'_>, number: &str, by: &str) -> anyhow::Result<Option<String>> {
    let Reading::Sure(Meaning::District(index)) = hear(Kind::District, by, desk.geography) else {
        return Ok(None);
    };
    let said: Option<u16> =
        desk.geography.districts.get(index).and_then(|district| district.code.parse().ok());
    let wanted = Wanted::Number(number.to_owned());
    let found = desk.runtime.block_on(desk.records.find(&wanted, &Whom::default(), 1))?;
    let Some(member) = found.first() else { return Ok(None) };
    // Where the two say different things the seat decides, as when the sample was drawn.
    let of_seat = member.assembly.and_then(|seat| desk.tree.parent(Place::Assembly(seat)));
    let own = match of_seat {
        Some(Place::District(code)) => Some(code),
        _ => member.district.parse().ok(),
    };
    if own.is_none() || said != own {
        return Ok(None);
    }
    let asked = desk.runtime.block_on(desk.records.asked_by(member.member))?;
    Ok(asked.map(|(sample, district)| {
        let asks = desk.tree.words(Place::District(district), Language::Hi);
        format!(
            "the member is in sample {sample}, where nobody is checked by their own district; {asks} asks them"
        )
    }))
}

pub(super) fn verify(desk: &Desk<'_>, number: &str, by: &str, why: &str) -> anyhow::Result<()> {
    let number = parse_member_number(number).map_or_else(|| number.to_owned(), member_number);
    if let Some(refused) = why_not_by(desk, &number, by)? {
        bail!("{number} cannot be verified by {by}: {refused}");
    }
    let now = Clock::System.now();
    let step = desk.records.step(&number, MemberState::Verified, by, why, now);
    match desk.runtime.block_on(step)? {
        StepOutcome::Made { from, became_active } => {
            println!("{number}: verified by {by}; before it was {}.", from.name());
            for number in became_active {
                println!("{number} is an active member by it.");
            }
        }
        StepOutcome::Already => println!("{number} is verified already."),
        StepOutcome::Unknown => {
            bail!(
                "no member has the number {number}; `samvad people search` finds by name or phone"
            )
        }
        StepOutcome::Refused(reason) => bail!("{number} cannot be verified: {reason}"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_more_than_it_is() {
        for (part, whole, words) in [
            (0, 0, "–"),
            (0, 5, "0.0 %"),
            (999, 1_000, "99.9 %"),
            (1_999, 2_000, "99.9 %"),
            (5, 5, "100.0 %"),
        ] {
            assert_eq!(share(part, whole), words);
        }
    }
}
