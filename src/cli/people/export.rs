//! `samvad people export`: members with whole phone numbers, into a file for Excel; and who did so.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Context as _;

use super::list::{state_called, whom};
use crate::cli::places::Desk;
use crate::cli::requests::{day, phone_of};
use crate::cli::rows::Progress;
use crate::cli::table::table_file;
use crate::clock::Clock;
use crate::contact::Language;
use crate::people::Column;
use crate::places::{Booths, Place};
use crate::records::{Listed, MemberState, Whom};
use crate::sheet::TableWriter;
use crate::understanding::Gender;

/// So many members are read at once.
const PAGE: usize = 5_000;

/// The header of members in a file of ours; `samvad people import` reads the columns it knows back.
pub(super) fn header() -> [&'static str; 13] {
    [
        Column::Phone.header(),
        Column::Name.header(),
        Column::FathersName.header(),
        Column::Gender.header(),
        Column::BirthYear.header(),
        Column::District.header(),
        "लोकसभा",
        Column::Assembly.header(),
        Column::Sector.header(),
        Column::Booth.header(),
        "सदस्यता संख्या",
        "स्थिति",
        "सदस्यता तिथि",
    ]
}

/// A state as Hindi people read it.
pub(super) const fn state_words(state: MemberState) -> &'static str {
    match state {
        MemberState::Details => "सूची से",
        MemberState::Confirmed => "स्वयं पुष्टि",
        MemberState::Verified => "सत्यापित",
        MemberState::Active => "सक्रिय",
        MemberState::Lapsed => "अवधि समाप्त",
        MemberState::Withdrawn => "सदस्यता छोड़ी",
    }
}

/// The sector somebody belongs to: that of their booth, where it is known in which it lies.
fn sector_of(booths: &Booths, one: &Listed) -> Option<u16> {
    let booth = one.assembly.zip(one.booth).and_then(|(seat, booth)| booths.get(seat, booth));
    booth.map(|booth| booth.sector).filter(|sector| *sector > 0).or(one.sector)
}

/// The cells of a member under [`header`].
pub(super) fn cells(desk: &Desk<'_>, booths: &Booths, one: &Listed) -> [String; 13] {
    let number = |number: Option<u16>| number.map_or_else(String::new, |number| number.to_string());
    let district = desk.geography.district(&one.district);
    let gender = match one.gender {
        Some(Gender::Male) => "पुरुष",
        Some(Gender::Female) => "महिला",
        Some(Gender::Other) => "अन्य",
        None => "",
    };
    let phone =
        if one.addresses.is_empty() { String::new() } else { phone_of(&one.addresses, true) };
    [
        phone,
        one.name.clone(),
        one.father.clone().unwrap_or_default(),
        gender.to_owned(),
        one.birth_year.map_or_else(String::new, |year| year.to_string()),
        district.map_or("", |district| district.name(Language::Hi)).to_owned(),
        one.assembly.map_or_else(String::new, |seat| desk.lok_sabha(Place::Assembly(seat))),
        number(one.assembly),
        number(sector_of(booths, one)),
        number(one.booth),
        one.number.clone(),
        state_words(one.state).to_owned(),
        day(one.since),
    ]
}

pub(super) fn row(out: &mut TableWriter<BufWriter<File>>, cells: &[String]) -> std::io::Result<()> {
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    out.row(&cells)
}

pub(super) fn export(
    desk: &Desk<'_>,
    file: &Path,
    (place, state): (&str, Option<&str>),
    by: &str,
) -> anyhow::Result<()> {
    let place = desk.named(place)?;
    let state = state.map(state_called).transpose()?;
    let whom = whom(desk, place, state)?;
    let counts = desk.runtime.block_on(desk.records.count(&whom))?;
    let total: u64 = counts.values().sum();
    let mut out = table_file(file, &header())?;
    let of_state = state.map_or_else(|| "any state".to_owned(), |state| state.name().to_owned());
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let detail = format!("{place}, {of_state}, {name}");
    let begun = desk.records.begin_audit(by, "people export", &detail, Clock::System.now());
    let audited = desk.runtime.block_on(begun)?;

    let booths = desk.booths()?;
    let mut progress = Progress::new();
    let mut count = 0_u64;
    let mut take = |people: &[Listed]| -> anyhow::Result<()> {
        for one in people {
            row(&mut out, &cells(desk, &booths, one))
                .with_context(|| file.display().to_string())?;
            count += 1;
        }
        progress.tell(count, Some(total));
        Ok(())
    };
    if place == Place::State {
        let mut after = 0;
        loop {
            let page = desk.records.members_behind(state, after, PAGE);
            let people = desk.runtime.block_on(page)?;
            let Some(last) = people.last() else { break };
            after = last.member;
            take(&people)?;
        }
    } else {
        // The members of a seat fit into memory.
        for seat in counts.keys() {
            let there = Whom { seats: Some(vec![*seat]), ..whom.clone() };
            take(&desk.runtime.block_on(desk.records.members(&there, usize::MAX))?)?;
        }
    }
    progress.end();
    out.finish().with_context(|| file.display().to_string())?;
    desk.runtime.block_on(desk.records.end_audit(audited, count))?;
    println!(
        "{} holds {count} members of {}: names, fathers' names, whole phone numbers, places, states of the \
         membership. Only you can read it; that {by} took it out stands in `samvad audit`.",
        file.display(),
        desk.tree.words(place, Language::Hi)
    );
    Ok(())
}
