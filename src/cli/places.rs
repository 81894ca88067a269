//! `samvad places`: the places of the organisation, and its sectors and booths beside the server.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use tokio::runtime::Runtime;

use super::OriginArgs;
use super::people::{end_of_reading, in_the_file, print_notice};
use super::posts::title;
use super::requests::{day, phone_of};
use super::rows::{Progress, Told, say};
use super::table::table_file;
use crate::clock::Clock;
use crate::contact::Language;
use crate::geography::Geography;
use crate::people::{BoothList, BoothOutcome, Column};
use crate::places::{self, Booths, Changes, Found, Level, Nearness, Place, Search, Tree};
use crate::records::{Beside, CodeRange, Holding, PlaceRow};
use crate::sheet::{self, Aside, Row, SheetError};

/// So many places are one transaction.
const BATCH: usize = 1_000;
/// So many are read at once.
const PAGE: usize = 10_000;

#[derive(Debug, Subcommand)]
pub enum PlacesCommand {
    /// Take sectors and booths from a CSV or Excel file; made again it changes nothing
    Import {
        /// With a header: विधानसभा, बूथ, and if there are ज़िला, बूथ का नाम, सेक्टर, सेक्टर का नाम
        file: std::path::PathBuf,
        /// The sheet of a workbook that has several
        #[arg(long)]
        sheet: Option<String>,
        /// Write every refused row there, with its line, column and reason, as a CSV file for Excel
        #[arg(long, value_name = "FILE")]
        result: Option<std::path::PathBuf>,
    },
    /// What lies below a place: divisions, districts, seats, sectors, booths
    List {
        /// By name, number or as booth:173/45; the state when not given
        place: Vec<String>,
    },
    /// Find a place by its name, in any script and spelling, also a name it had before
    Search {
        #[arg(required = true)]
        text: Vec<String>,
        /// So many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Give a sector or booth another name; the old one is kept
    Rename {
        /// As sector:173/4 or booth:173/45
        place: String,
        name: String,
    },
    /// A sector or booth does not exist any more
    End {
        /// As sector:173/4 or booth:173/45
        place: String,
    },
    /// Write every booth with its sector for Excel: .csv or .xlsx; `places import` reads it back
    Export {
        /// Must not exist yet
        file: std::path::PathBuf,
    },
}

pub(super) fn run(origins: &OriginArgs, command: &PlacesCommand) -> anyhow::Result<()> {
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    let desk = Desk::open(origins, &geography)?;
    match command {
        PlacesCommand::Import { file, sheet, result } => {
            desk.import(file, sheet.as_deref(), result.as_deref())
        }
        PlacesCommand::List { place } => desk.list(&place.join(" ")),
        PlacesCommand::Search { text, limit } => desk.search(&text.join(" "), *limit),
        PlacesCommand::Rename { place, name } => desk.rename(place, name),
        PlacesCommand::End { place } => desk.end(place),
        PlacesCommand::Export { file } => desk.export(file),
    }
}

/// A sector or booth somebody looked for by its name.
struct PlaceFound {
    row: PlaceRow,
    /// The name it was found by, where that is not its name any more.
    former: Option<String>,
}

/// The seat, the number and the name of a sector.
type SectorName = (u16, u16, String);
/// All of them, and seat and number of those that ended.
type Sectors = (Vec<SectorName>, Vec<(u16, u16)>);

/// The records beside the server and the tree over the tables.
pub(super) struct Desk<'g> {
    pub(super) runtime: Runtime,
    pub(super) records: Beside,
    pub(super) geography: &'g Geography,
    pub(super) tree: Tree<'g>,
}

impl<'g> Desk<'g> {
    pub(super) fn open(origins: &OriginArgs, geography: &'g Geography) -> anyhow::Result<Desk<'g>> {
        let config = origins.read()?;
        let runtime = super::runtime()?;
        let records = Beside::open(super::keys::records_options(&config)?);
        let records = runtime.block_on(records)?;
        Ok(Desk { runtime, records, geography, tree: Tree::new(geography) })
    }

    /// The place somebody's words stand for; the state when they say nothing.
    pub(super) fn named(&self, text: &str) -> anyhow::Result<Place> {
        if text.trim().is_empty() {
            return Ok(Place::State);
        }
        match self.tree.find(text) {
            Found::Sure(place) => Ok(place),
            Found::Unsure(places) => {
                let perhaps: Vec<String> = places
                    .iter()
                    .map(|place| format!("  {place}  {}", self.tree.words(*place, Language::Hi)))
                    .collect();
                bail!(
                    "‘{text}’ may be one of these; write it as on the left:\n{}",
                    perhaps.join("\n")
                )
            }
            Found::None => bail!(
                "no place is called ‘{text}’; `samvad places search` finds by a part of the name"
            ),
        }
    }

    /// Number and name of the Lok Sabha seat a place is or lies in; empty above it.
    pub(super) fn lok_sabha(&self, place: Place) -> String {
        let number = match place {
            Place::LokSabha(number) => Some(number),
            other => {
                let seat = other.assembly().and_then(|seat| self.geography.assembly(seat));
                seat.map(|seat| seat.lok_sabha)
            }
        };
        number.map_or_else(String::new, |number| {
            let name = self.tree.name(Place::LokSabha(number), Language::Hi).unwrap_or_default();
            format!("{number} {name}")
        })
    }

    pub(super) fn booths(&self) -> anyhow::Result<Booths> {
        Ok(self.runtime.block_on(self.records.booths())?)
    }

    /// Calls `take` for every sector or booth of a range; it says whether to go on.
    fn each(
        &self,
        range: CodeRange,
        mut take: impl FnMut(PlaceRow) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let mut rest = range;
        loop {
            let rows = self.runtime.block_on(self.records.places(rest, PAGE))?;
            let is_last = rows.len() < PAGE;
            for row in rows {
                rest.from = row.place.code(places::Delimitation::NOW) + 1;
                if !take(row)? {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Seat, number and name of every sector; and seat and number of those that ended.
    fn sectors(&self) -> anyhow::Result<Sectors> {
        let (mut sectors, mut ended) = (Vec::new(), Vec::new());
        self.each(CodeRange::all(Level::Sector), |row| {
            if let Place::Sector { assembly, number } = row.place {
                ended.extend(row.until.map(|_| (assembly, number)));
                sectors.push((assembly, number, row.name));
            }
            Ok(true)
        })?;
        Ok((sectors, ended))
    }

    fn former_names_of_sectors(&self) -> anyhow::Result<Vec<SectorName>> {
        let asked = self.records.former_names(CodeRange::all(Level::Sector));
        let names = self.runtime.block_on(asked)?.into_iter();
        let of_sector = names.filter_map(|(place, name)| match place {
            Place::Sector { assembly, number } => Some((assembly, number, name)),
            _ => None,
        });
        Ok(of_sector.collect())
    }

    fn import(
        &self,
        file: &Path,
        wanted: Option<&str>,
        result: Option<&Path>,
    ) -> anyhow::Result<()> {
        let (sectors, ended) = self.sectors()?;
        let mut importing = Importing {
            desk: self,
            list: BoothList::new(self.geography, sectors)
                .once_called(self.former_names_of_sectors()?)
                .ended(ended),
            waiting: Vec::with_capacity(BATCH + 1),
            changes: Changes::default(),
            told: Told::new(result)?,
            progress: Progress::new(),
        };
        let mut take = |row: Row| importing.take(&row).map_err(|error| format!("{error:#}"));
        let read = sheet::read(file, wanted, &mut take);
        // What was read before the file broke off is taken: a second run finds it as it is.
        let last = importing.flush();
        importing.progress.end();
        importing.finish(file, read, last)
    }

    fn list(&self, text: &str) -> anyhow::Result<()> {
        let place = self.named(text)?;
        println!("{place}  {}", self.tree.words(place, Language::Hi));
        let booths = self.booths()?;
        match place {
            Place::Assembly(assembly) => self.list_seat(assembly, &booths),
            Place::Sector { assembly, number } => self.list_sector(assembly, number, &booths),
            Place::Booth { .. } => self.show(place),
            _ => {
                for child in self.tree.children(place) {
                    let seats = self.tree.seats_under(child);
                    let of_booths: usize =
                        seats.iter().map(|seat| booths.of_seat(*seat).len()).sum();
                    let words = self.tree.words(child, Language::Hi);
                    let seats = match child {
                        Place::Assembly(_) => String::new(),
                        _ => format!("{} seats, ", seats.len()),
                    };
                    println!("{:<14} {words}: {seats}{of_booths} booths", child.to_string());
                }
                Ok(())
            }
        }
    }

    fn list_seat(&self, assembly: u16, booths: &Booths) -> anyhow::Result<()> {
        self.each(CodeRange::within(assembly, Level::Sector), |row| {
            if let Place::Sector { assembly, number } = row.place {
                let count = booths.of_sector(assembly, number).len();
                println!(
                    "{:<14} {}: {count} booths{}",
                    row.place.to_string(),
                    row.name,
                    ended(&row)
                );
            }
            Ok(true)
        })?;
        let all = booths.of_seat(assembly).len();
        let without = booths.of_sector(assembly, 0).len();
        println!("{all} booths, {without} of them in no sector.");
        Ok(())
    }

    fn list_sector(&self, assembly: u16, number: u16, booths: &Booths) -> anyhow::Result<()> {
        self.show(Place::Sector { assembly, number })?;
        let here = booths.of_sector(assembly, number);
        self.each(CodeRange::within(assembly, Level::Booth), |row| {
            if matches!(row.place, Place::Booth { number, .. } if here.contains(&number)) {
                println!("{:<14} {}", row.place.to_string(), row.name);
            }
            Ok(true)
        })?;
        println!("{} booths.", here.len());
        Ok(())
    }

    /// One sector or booth with the names it had.
    fn show(&self, place: Place) -> anyhow::Result<()> {
        let row = self.row(place)?;
        let name = if row.name.is_empty() { "no name" } else { &row.name };
        println!("{name}, since {}{}", day(row.since), ended(&row));
        if let (Place::Booth { assembly, .. }, Some(number)) = (place, row.sector) {
            println!("in {}", Place::Sector { assembly, number });
        }
        for (name, until) in self.runtime.block_on(self.records.names_before(place))? {
            println!("until {}: {name}", day(until));
        }
        Ok(())
    }

    /// The row of a sector or booth.
    fn row(&self, place: Place) -> anyhow::Result<PlaceRow> {
        if !matches!(place, Place::Sector { .. } | Place::Booth { .. }) {
            bail!("{place} is no sector and no booth: the places above them are the state's own");
        }
        let rows = self.runtime.block_on(self.records.places(CodeRange::of(place), 1))?;
        rows.into_iter().next().with_context(|| {
            format!("there is no {place}; `samvad places import` takes sectors and booths")
        })
    }

    /// The nearest first; nothing where nothing is near.
    fn search(&self, text: &str, limit: usize) -> anyhow::Result<()> {
        let mut search = Search::of(text);
        let mut shown = 0;
        for place in self.of_the_tables(text, search.as_mut()) {
            println!("{:<14} {}", place.to_string(), self.tree.words(place, Language::Hi));
            shown += 1;
        }
        let mut found = match &mut search {
            Some(search) => self.below_the_seats(search)?,
            None => Vec::new(),
        };
        found.sort_by_key(|(nearness, found)| {
            (*nearness, found.former.is_some(), found.row.until.is_some(), found.row.place)
        });
        let is_more = found.len() > limit;
        for (nearness, PlaceFound { row, former }) in found.iter().take(limit) {
            let seat = row.place.assembly().map(Place::Assembly);
            let seat = seat.map_or(String::new(), |seat| self.tree.words(seat, Language::Hi));
            let before = former.as_ref().map_or(String::new(), |name| format!(", before: {name}"));
            let perhaps = if *nearness == Nearness::Nearly { "perhaps " } else { "" };
            println!(
                "{:<14} {perhaps}{}, {seat}{before}{}",
                row.place.to_string(),
                row.name,
                ended(row)
            );
            shown += 1;
        }
        if is_more {
            println!("There are more: --limit {}", limit.saturating_mul(10));
        }
        if shown == 0 {
            bail!(
                "no place sounds like ‘{text}’; a part of the name will do, of three letters or more"
            );
        }
        Ok(())
    }

    /// The places of the tables that a text may mean: the one it surely does, or those whose names are near.
    fn of_the_tables(&self, text: &str, search: Option<&mut Search>) -> Vec<Place> {
        let places = match self.tree.find(text) {
            Found::Sure(place) => return vec![place],
            Found::Unsure(places) => places,
            Found::None => return Vec::new(),
        };
        let Some(search) = search else { return Vec::new() };
        let mut is_near = |place: &Place| {
            // Of several booths of that number the ear was sure of the words.
            place.assembly().is_some_and(|seat| *place != Place::Assembly(seat))
                || Language::ALL.into_iter().any(|language| {
                    let name = self.tree.name(*place, language);
                    name.is_some_and(|name| search.nearness(name).is_some())
                })
        };
        places.into_iter().filter(|place| is_near(place)).collect()
    }

    /// Sectors and booths whose name, or a name they had, is near.
    fn below_the_seats(&self, search: &mut Search) -> anyhow::Result<Vec<(Nearness, PlaceFound)>> {
        let mut found = Vec::new();
        for level in [Level::Sector, Level::Booth] {
            let range = CodeRange::all(level);
            let mut by_former: BTreeMap<Place, (Nearness, String)> = BTreeMap::new();
            for (place, name) in self.runtime.block_on(self.records.former_names(range))? {
                if let Some(nearness) = search.nearness(&name) {
                    let known = by_former.get(&place).map(|(known, _)| *known);
                    if known.is_none_or(|known| nearness < known) {
                        by_former.insert(place, (nearness, name));
                    }
                }
            }
            self.each(range, |row| {
                let former = by_former.remove(&row.place);
                match (search.nearness(&row.name), former) {
                    (Some(nearness), Some((by_former, _))) if nearness <= by_former => {
                        found.push((nearness, PlaceFound { row, former: None }));
                    }
                    (Some(nearness), None) => {
                        found.push((nearness, PlaceFound { row, former: None }));
                    }
                    (_, Some((nearness, name))) => {
                        found.push((nearness, PlaceFound { row, former: Some(name) }));
                    }
                    (None, None) => {}
                }
                Ok(true)
            })?;
        }
        Ok(found)
    }

    fn rename(&self, place: &str, name: &str) -> anyhow::Result<()> {
        let place = self.named(place)?;
        let before = self.row(place)?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            bail!("the name is empty");
        }
        let told = places::Told { place, sector: None, name: Some(name.clone()) };
        let at = Clock::System.now();
        let changes = self.runtime.block_on(self.records.import_places(vec![told], at))?;
        if changes.renamed == 0 {
            println!("{place} is called {name} already.");
        } else {
            println!(
                "{place} is called {name} now; {} is kept as its old name.",
                quoted(&before.name)
            );
        }
        Ok(())
    }

    fn end(&self, place: &str) -> anyhow::Result<()> {
        let place = self.named(place)?;
        self.row(place)?;
        let booths = match place {
            Place::Sector { assembly, number } => self.booths()?.of_sector(assembly, number),
            _ => Vec::new(),
        };
        let at = Clock::System.now();
        if !self.runtime.block_on(self.records.end_place(place, at))? {
            bail!("{place} has ended already");
        }
        println!("{place} does not exist any more; imported again it is back.");
        if let Place::Sector { assembly, .. } = place
            && !booths.is_empty()
        {
            let numbers = booths.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            let (booths, lie) =
                if booths.len() == 1 { ("Booth", "lies") } else { ("Booths", "lie") };
            println!(
                "{booths} {numbers} of seat {assembly} lay in it and {lie} in no sector now, until `samvad places \
                 import` says in which."
            );
        }
        let held = self.records.holdings(CodeRange::of(place), (None, None), 0, PAGE);
        let held = self.runtime.block_on(held)?;
        if !held.is_empty() {
            println!(
                "Posts are held there still; end each with `samvad posts end NUMBER --by WHO`:"
            );
            for Holding { post, holder, addresses } in &held {
                let name = holder.as_ref().map_or("—", |holder| &holder.name);
                let phone = phone_of(addresses, false);
                println!("{:<8} {} {name} {phone}", post.id, title(&post.post));
            }
        }
        Ok(())
    }

    fn export(&self, file: &Path) -> anyhow::Result<()> {
        let columns = [
            Column::District,
            Column::Assembly,
            Column::Booth,
            Column::BoothName,
            Column::Sector,
            Column::SectorName,
        ];
        let mut out = table_file(file, &columns.map(Column::header))?;
        let (sectors, ended) = self.sectors()?;
        let ended: std::collections::HashSet<(u16, u16)> = ended.into_iter().collect();
        let sectors: std::collections::HashMap<(u16, u16), String> = sectors
            .into_iter()
            .map(|(assembly, number, name)| ((assembly, number), name))
            .collect();
        let mut count = 0_u64;
        self.each(CodeRange::all(Level::Booth), |row| {
            let Place::Booth { assembly, number } = row.place else { return Ok(true) };
            if row.until.is_some() {
                return Ok(true);
            }
            let district = self.tree.parent(Place::Assembly(assembly));
            let district = district.and_then(|district| self.tree.name(district, Language::Hi));
            // Read back, a sector that ended would be there again.
            let stands = row.sector.filter(|sector| !ended.contains(&(assembly, *sector)));
            let sector = stands.map(|sector| sector.to_string()).unwrap_or_default();
            let its_name = stands.and_then(|sector| sectors.get(&(assembly, sector)));
            out.row(&[
                district.unwrap_or_default(),
                &assembly.to_string(),
                &number.to_string(),
                &row.name,
                &sector,
                its_name.map_or("", String::as_str),
            ])?;
            count += 1;
            Ok(true)
        })?;
        out.finish().with_context(|| file.display().to_string())?;
        println!("{} holds {count} booths.", file.display());
        Ok(())
    }
}

/// A list of booths on its way into the records.
struct Importing<'d> {
    desk: &'d Desk<'d>,
    list: BoothList<'d>,
    waiting: Vec<places::Told>,
    changes: Changes,
    told: Told,
    progress: Progress,
}

impl Importing<'_> {
    fn take(&mut self, row: &Row) -> anyhow::Result<()> {
        let outcome = self.list.take(row)?;
        self.list.notices().iter().for_each(print_notice);
        match outcome {
            BoothOutcome::Head => Ok(()),
            BoothOutcome::Refused(refusals) => {
                refusals.iter().try_for_each(|refusal| self.told.tell(refusal))
            }
            BoothOutcome::Accepted(told) => {
                self.waiting.extend(told);
                if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
            }
        }
    }

    /// Takes what waits in one transaction.
    fn flush(&mut self) -> anyhow::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.waiting);
        let asked = self.desk.records.import_places(batch, Clock::System.now());
        self.changes.add(self.desk.runtime.block_on(asked)?);
        self.progress.tell(self.list.counts.rows, None);
        Ok(())
    }

    /// Ends the import, also where the file or the records broke off.
    fn finish(
        self,
        file: &Path,
        read: Result<Aside, SheetError>,
        last: anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        end_of_reading(self.told, &read)?;
        let counts = self.list.counts;
        let ended = self.list.end().with_context(|| file.display().to_string());
        let Changes { new, renamed, moved, back, unchanged } = self.changes;
        if counts.rows > 0 && last.is_ok() {
            say(&format!(
                "{} rows: {} taken, {} not. Sectors and booths: {new} new, {renamed} with another name, {moved} in \
                 another sector, {back} exist again, {unchanged} as they were.",
                counts.rows, counts.accepted, counts.refused
            ));
        }
        last?;
        read.map_err(|error| in_the_file(&error, file))?;
        ended?;
        if counts.refused > 0 {
            let rows = if counts.refused == 1 { "row was" } else { "rows were" };
            bail!(
                "{} {rows} not taken; mend them in the file and import it again: what was taken stays as it is",
                counts.refused
            );
        }
        Ok(())
    }
}

fn ended(row: &PlaceRow) -> String {
    row.until.map_or(String::new(), |until| format!(", ended {}", day(until)))
}

fn quoted(name: &str) -> String {
    if name.is_empty() { "nothing".to_owned() } else { format!("‘{name}’") }
}
