//! `samvad people import`: a roster into the records, beside the server.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use ring::digest;
use tokio::runtime::Runtime;

use super::{end_of_reading, in_the_file, print_notice, tags_of};
use crate::audience::Tag;
use crate::cli::rows::{Progress, Told, say};
use crate::clock::Clock;
use crate::contact::PhoneNumber;
use crate::geography::Geography;
use crate::message::Purpose;
use crate::people::{Column, Columns, Counts, Entry, Outcome, Refusal, Roster, is_single};
use crate::records::{Beside, Details, Import, Incoming, NewPost, Taken, Terms};
use crate::sheet::{self, Aside, Row, SheetError};

/// So many rows are one transaction.
pub(super) const BATCH: usize = 1000;

/// The people of a roster are taken; an error when a row was refused, so that scripts see it.
pub(super) fn import(
    runtime: &Runtime,
    records: &Beside,
    (file, wanted): (&Path, Option<&str>),
    update: bool,
    result: Option<&Path>,
) -> anyhow::Result<()> {
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    let now = Clock::System.now();
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let import = Import {
        file: name,
        sha256: fingerprint(file)?,
        actor: "office".to_owned(),
        at: now,
        terms: Terms { update, purposes: vec![Purpose::Membership] },
    };
    let ground = runtime.block_on(super::ground(records))?;
    let mut importing = Importing {
        runtime,
        records,
        import: &import,
        id: None,
        roster: Roster::new(&geography, crate::locale::india_date(now)).on(ground),
        columns: None,
        waiting: Vec::with_capacity(BATCH),
        tags: Vec::with_capacity(BATCH),
        counts: [0; 6],
        told: Told::new(result)?,
        progress: Progress::new(),
    };
    let mut take = |row: Row| importing.take(&row).map_err(|error| format!("{error:#}"));
    let read = sheet::read(file, wanted, &mut take);
    // What was read before the file broke off is taken: a second run finds it known.
    let last = importing.flush();
    importing.progress.end();
    importing.finish(file, read, last)
}

/// The SHA-256 of a file.
fn fingerprint(file: &Path) -> anyhow::Result<[u8; 32]> {
    let cannot = || format!("{} cannot be read", file.display());
    let mut reader = File::open(file).with_context(cannot)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = reader.read(&mut buffer).with_context(cannot)?;
        if length == 0 {
            break;
        }
        context.update(buffer.get(..length).unwrap_or_default());
    }
    let mut print = [0; 32];
    for (byte, from) in print.iter_mut().zip(context.finish().as_ref()) {
        *byte = *from;
    }
    Ok(print)
}

struct Importing<'a> {
    runtime: &'a Runtime,
    records: &'a Beside,
    import: &'a Import,
    /// The import as the records know it.
    id: Option<i64>,
    roster: Roster<'a>,
    /// Those of the rows that wait.
    columns: Option<Columns>,
    waiting: Vec<Incoming>,
    /// The tags of those that wait, in the same order.
    tags: Vec<Vec<Tag>>,
    /// What became of rows: new, added, completed, changed, unchanged, refused by the records.
    counts: [u64; 6],
    told: Told,
    progress: Progress,
}

impl Importing<'_> {
    fn take(&mut self, row: &Row) -> anyhow::Result<()> {
        let outcome = self.roster.take(row)?;
        if self.roster.columns().map(|columns| columns.row)
            != self.columns.as_ref().map(|columns| columns.row)
        {
            // Of what waits the records may still refuse some, at the columns it was read by.
            self.flush()?;
            self.columns = self.roster.columns().cloned();
        }
        self.roster.notices().iter().for_each(print_notice);
        match outcome {
            Outcome::Head => {}
            Outcome::Refused(refusals) => {
                refusals.iter().try_for_each(|refusal| self.told.tell(refusal))?;
            }
            Outcome::Accepted(entry) => match tags_of(&entry) {
                Ok(tags) => {
                    self.waiting.push(incoming(*entry));
                    self.tags.push(tags);
                }
                Err(reason) => self.refuse(&incoming(*entry), Column::Tags, reason, None)?,
            },
        }
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn refuse(
        &mut self,
        row: &Incoming,
        column: Column,
        reason: String,
        public: Option<String>,
    ) -> anyhow::Result<()> {
        let [.., refused] = &mut self.counts;
        *refused += 1;
        let Some(columns) = &self.columns else { return Ok(()) };
        let refusal = columns.refusal(row.row, column, &said(row, column), reason);
        self.told.tell(&Refusal { public, ..refusal })
    }

    /// Takes what waits in one transaction.
    fn flush(&mut self) -> anyhow::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.waiting);
        let tags = std::mem::take(&mut self.tags);
        let mut tagged: BTreeMap<Tag, Vec<PhoneNumber>> = BTreeMap::new();
        let asked = self.records.import_people(self.import, self.id, batch.clone());
        let imported = self.runtime.block_on(asked)?;
        self.id = imported.import;
        for ((row, tags), taken) in batch.iter().zip(tags).zip(imported.taken) {
            if !matches!(taken, Taken::Refused { .. }) {
                for tag in tags {
                    tagged.entry(tag).or_default().push(row.phone);
                }
            }
            let [new, added, completed, changed, unchanged, _] = &mut self.counts;
            match taken {
                Taken::New => *new += 1,
                Taken::Added => *added += 1,
                Taken::Completed => *completed += 1,
                Taken::Changed => *changed += 1,
                Taken::Unchanged => *unchanged += 1,
                Taken::Refused { column, reason, public } => {
                    self.refuse(row, column, reason, public)?;
                }
            }
        }
        for (tag, phones) in tagged {
            let contacts = self.runtime.block_on(self.records.contacts_of(&phones))?;
            let given = self.records.tag(tag.as_str(), &contacts, self.import.at, None);
            self.runtime.block_on(given)?;
        }
        self.progress.tell(self.roster.counts.rows, None);
        Ok(())
    }

    /// Ends the import, also where the file or the records broke off: what was taken until then is counted and told,
    /// and found by whoever looks for a member.
    fn finish(
        self,
        file: &Path,
        read: Result<Aside, SheetError>,
        last: anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        end_of_reading(self.told, &read)?;
        let [new, added, completed, changed, unchanged, refused] = self.counts;
        let read_rows = self.roster.counts;
        let refused = read_rows.refused + refused;
        // Rows that still waited when the records failed were not taken.
        let accepted = new + added + completed + changed + unchanged;
        if let Some(id) = self.id {
            let counts = Counts { rows: read_rows.rows, accepted, refused };
            let ended = self.records.finish_import(id, counts, Clock::System.now());
            let ended = self.runtime.block_on(ended);
            // So that nobody waits for it who looks for a member.
            let indexed = super::list::index(self.runtime, self.records);
            // Records that failed before tell why themselves.
            if last.is_ok() {
                ended?;
                indexed?;
            }
        }
        let ended = self.roster.end().with_context(|| file.display().to_string());
        if read_rows.rows > 0 {
            say(&format!(
                "{}: {new} new, {added} added to people known, {completed} completed, {changed} changed, \
                 {unchanged} known already, {refused} refused.",
                super::rows(read_rows.rows)
            ));
        }
        last?;
        read.map_err(|error| in_the_file(&error, file))?;
        ended?;
        if refused > 0 {
            let (rows, them) = if refused == 1 { ("row was", "it") } else { ("rows were", "them") };
            bail!(
                "{refused} {rows} not taken; mend {them} in the file and import it again: what was taken is \
                 known and stays as it is"
            );
        }
        Ok(())
    }
}

/// What stands in the cell of a refusal, as far as it helps to find the row.
pub(super) fn said(row: &Incoming, column: Column) -> String {
    let number = |number: Option<u16>| number.map_or(String::new(), |number| number.to_string());
    match column {
        Column::Phone => row.phone.digits().to_owned(),
        Column::Name => row.name.clone(),
        Column::Post => row.post.as_ref().map_or_else(String::new, |post| post.post.to_owned()),
        Column::FathersName => row.details.father.clone().unwrap_or_default(),
        Column::BirthYear => row.details.birth_year.map_or(String::new(), |year| year.to_string()),
        Column::Assembly => number(row.details.assembly),
        Column::Sector => number(row.details.sector),
        Column::Booth => number(row.details.booth),
        Column::Since => {
            let since = row.post.as_ref().and_then(|post| post.since);
            since.map_or_else(String::new, crate::cli::requests::day)
        }
        _ => String::new(),
    }
}

/// A row as the records take it.
pub(super) fn incoming(entry: Entry) -> Incoming {
    let post = entry.post.zip(entry.place).map(|(post, place)| NewPost {
        post,
        place,
        single: is_single(post),
        since: entry.since.and_then(crate::locale::india_midnight),
    });
    Incoming {
        row: entry.row,
        phone: entry.phone,
        name: entry.name,
        details: Details {
            father: entry.fathers_name,
            gender: entry.gender,
            birth_year: entry.birth_year,
            district: entry.district,
            assembly: entry.assembly,
            sector: entry.sector,
            booth: entry.booth,
        },
        sector_follows: entry.sector_follows,
        post,
        further: entry.further,
        proof: entry.consent,
    }
}
