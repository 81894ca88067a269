//! `samvad people check`: what an import would take, and what not. Nothing is stored.

use std::path::Path;

use anyhow::{Context as _, bail};
use tokio::runtime::Runtime;

use super::import::{BATCH, incoming, said};
use super::{end_of_reading, ground, in_the_file, print_notice, rows, tags_of};
use crate::cli::OriginArgs;
use crate::cli::rows::{Told, say};
use crate::clock::Clock;
use crate::geography::Geography;
use crate::message::Purpose;
use crate::people::{Column, Ground, Outcome, Refusal, Roster};
use crate::records::{Beside, Incoming, Taken, Terms};
use crate::sheet::{self, Row};

/// The records of this house, where there are some: a roster is also checked where there are none.
struct House {
    runtime: Runtime,
    records: Beside,
}

fn house_if_any(origins: &OriginArgs) -> Option<(House, Ground)> {
    let options = crate::cli::keys::records_options(&origins.read().ok()?).ok()?;
    let runtime = crate::cli::runtime().ok()?;
    let (records, ground) = runtime.block_on(async {
        let records = Beside::open(options).await.ok()?;
        let ground = ground(&records).await.ok()?;
        Some((records, ground))
    })?;
    Some((House { runtime, records }, ground))
}

struct Checking<'g> {
    house: Option<House>,
    terms: Terms,
    roster: Roster<'g>,
    waiting: Vec<Incoming>,
    /// Rows that say who the person is, and that would not be taken all the same.
    refused: u64,
    told: Told,
}

impl Checking<'_> {
    fn take(&mut self, row: &Row) -> anyhow::Result<()> {
        let outcome = self.roster.take(row)?;
        self.roster.notices().iter().for_each(print_notice);
        match outcome {
            Outcome::Head => {}
            Outcome::Refused(refusals) => {
                refusals.iter().try_for_each(|refusal| self.told.tell(refusal))?;
            }
            Outcome::Accepted(entry) => match tags_of(&entry) {
                Ok(_) if self.house.is_some() => self.waiting.push(incoming(*entry)),
                Ok(_) => {}
                Err(reason) => {
                    let said = entry.tags.clone().unwrap_or_default();
                    self.refuse((entry.row, Column::Tags, &said), reason, None)?;
                }
            },
        }
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn refuse(
        &mut self,
        (row, column, said): (u32, Column, &str),
        reason: String,
        public: Option<String>,
    ) -> anyhow::Result<()> {
        self.refused += 1;
        let Some(columns) = self.roster.columns() else { return Ok(()) };
        let refusal = columns.refusal(row, column, said, reason);
        self.told.tell(&Refusal { public, ..refusal })
    }

    /// Asks the records what they would make of the rows that wait.
    fn flush(&mut self) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.waiting);
        let Some(house) = self.house.as_ref().filter(|_| !batch.is_empty()) else { return Ok(()) };
        let asked = house.records.would_import(&self.terms, batch.clone());
        let taken = house.runtime.block_on(asked)?;
        for (row, taken) in batch.iter().zip(taken) {
            if let Taken::Refused { column, reason, public } = taken {
                self.refuse((row.row, column, &said(row, column)), reason, public)?;
            }
        }
        Ok(())
    }
}

/// Reads the whole file; an error when a row would not be taken, so that scripts see it.
pub(super) fn check(
    origins: &OriginArgs,
    (file, wanted): (&Path, Option<&str>),
    update: bool,
    result: Option<&Path>,
) -> anyhow::Result<()> {
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    let roster = Roster::new(&geography, crate::locale::india_date(Clock::System.now()));
    let (house, roster) = if let Some((house, ground)) = house_if_any(origins) {
        (Some(house), roster.on(ground))
    } else {
        say("no records are here: every booth and sector number is believed, and nobody is known.");
        (None, roster)
    };
    let mut checking = Checking {
        house,
        terms: Terms { update, purposes: vec![Purpose::Membership] },
        roster,
        waiting: Vec::new(),
        refused: 0,
        told: Told::new(result)?,
    };
    let mut take = |row: Row| checking.take(&row).map_err(|error| format!("{error:#}"));
    let read = sheet::read(file, wanted, &mut take);
    checking.flush()?;
    let Checking { refused, roster, told, .. } = checking;
    end_of_reading(told, &read)?;
    if let (Err(error), 0) = (&read, roster.counts.rows) {
        return Err(in_the_file(error, file));
    }
    let mut counts = roster.end().with_context(|| file.display().to_string())?;
    counts.accepted -= refused;
    counts.refused += refused;
    let (accepted, none) = (counts.accepted, counts.refused);
    say(&format!("{}: {accepted} would be taken, {none} not.", rows(counts.rows)));
    read.map_err(|error| in_the_file(&error, file))?;
    if counts.refused > 0 {
        bail!(
            "{} cannot be taken as written; mend what is told above in the file and check it again",
            rows(counts.refused)
        );
    }
    Ok(())
}
