//! `samvad people list`, `search`, `duplicates`: members at the terminal, phone numbers masked.

use anyhow::{Context as _, bail};

use super::super::OriginArgs;
use super::super::requests::{day, phone_of};
use crate::contact::{Language, PhoneNumber};
use crate::geography::Geography;
use crate::places::Place;
use crate::records::{Asked, Beside, Listed, MemberState};

/// So many people of one name are shown.
const OF_ONE_NAME: usize = 50;

pub(super) fn list(
    origins: &OriginArgs,
    place: &str,
    state: Option<&str>,
    limit: usize,
) -> anyhow::Result<()> {
    let place: Place = place.parse().with_context(|| format!("‘{place}’"))?;
    let (assembly, booth) = match place {
        Place::Assembly(assembly) => (assembly, None),
        Place::Booth { assembly, number } => (assembly, Some(number)),
        other => {
            bail!("{other}: members are listed of one seat or booth: assembly:173, booth:173/45")
        }
    };
    let state = state.map(state_called).transpose()?;
    let people = ask(origins, async |records| {
        records.people(Asked::At { assembly, booth, state }, limit).await
    })?;
    print(&people)?;
    println!("{}", count(people.len()));
    if people.len() == limit {
        println!("There may be more: --limit {}", limit.saturating_mul(10));
    }
    Ok(())
}

pub(super) fn search(origins: &OriginArgs, text: &str) -> anyhow::Result<()> {
    let people = ask(origins, async |records| match PhoneNumber::parse(text) {
        Ok(phone) => records.people(Asked::On(phone), OF_ONE_NAME).await,
        Err(_) => records.people_called(text, OF_ONE_NAME).await,
    })?;
    print(&people)?;
    println!("{}", count(people.len()));
    Ok(())
}

pub(super) fn duplicates(origins: &OriginArgs, limit: usize) -> anyhow::Result<()> {
    let people = ask(origins, async |records| records.people(Asked::Twins, limit).await)?;
    print(&people)?;
    println!(
        "{} members, each with another of the same name, father, seat and booth.",
        people.len()
    );
    Ok(())
}

fn count(people: usize) -> String {
    if people == 1 { "1 member.".to_owned() } else { format!("{people} members.") }
}

fn ask<F>(origins: &OriginArgs, question: F) -> anyhow::Result<Vec<Listed>>
where
    F: AsyncFnOnce(&Beside) -> Result<Vec<Listed>, crate::records::RecordsError>,
{
    let options = super::super::keys::records_options(&origins.read()?)?;
    super::super::runtime()?.block_on(async {
        let records = Beside::open(options).await?;
        Ok(question(&records).await?)
    })
}

fn state_called(name: &str) -> anyhow::Result<MemberState> {
    let found = MemberState::ALL.into_iter().find(|state| state.name() == name);
    found.with_context(|| {
        let names: Vec<&str> = MemberState::ALL.iter().map(|state| state.name()).collect();
        format!("‘{name}’ is no state of a membership; there are {}", names.join(", "))
    })
}

fn print(people: &[Listed]) -> anyhow::Result<()> {
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    for one in people {
        let seat = one.assembly.and_then(|number| geography.assembly(number));
        let seat = seat.map_or_else(String::new, |seat| {
            format!("{} {}", seat.number, seat.name(Language::Hi))
        });
        let booth = one.booth.map_or_else(String::new, |booth| format!(", booth {booth}"));
        println!(
            "{:<12} {:<9} {} {} {}  {seat}{booth}",
            one.number,
            one.state.name(),
            day(one.since),
            phone_of(&one.addresses, false),
            one.name
        );
    }
    Ok(())
}
