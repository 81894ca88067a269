//! `samvad broadcast`: what the state office says to many, from its file to its report.

mod answers;
mod failures;
mod follow;
mod life;
mod office;
pub(super) mod preview;
mod report;
mod series;
mod whom;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use tokio::runtime::Runtime;

pub(super) use self::office::{Said, texts};
pub(super) use self::whom::contacts_where;
use super::OriginArgs;
use super::check::told_of_files;
use crate::clock::Clock;
use crate::contact::PhoneNumber;
use crate::delivery::{TIER_EVENTS, newest_people_a_day};
use crate::mailing::{self, Office};
pub(super) use crate::mailing::{found, lists, proposals};
use crate::message::Channel;
use crate::records::{Beside, BroadcastRow};

#[derive(Debug, Subcommand)]
pub enum BroadcastCommand {
    /// Check the files of broadcasts/; exit 1 when something is wrong
    Check {
        /// Only this one
        name: Option<String>,
    },
    /// Write one down as a draft: what everybody reads, how many they are, why others are not, what it
    /// costs and how long it takes
    Plan {
        name: String,
        #[command(flatten)]
        actor: Actor,
        /// Only look: nothing is written down
        #[arg(long)]
        look: bool,
    },
    /// Send it to phones of the office
    Test {
        name: String,
        /// A number; several times for several
        #[arg(long, required = true, value_name = "NUMBER")]
        to: Vec<String>,
        #[command(flatten)]
        actor: Actor,
    },
    /// A second person says yes to it
    Approve {
        name: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Write down its recipients and send it; of one that comes again: a server does that on each of its days
    Run {
        name: String,
        #[command(flatten)]
        actor: Actor,
        /// Do not stay to show how far it is
        #[arg(long)]
        detach: bool,
    },
    /// Stop it for now; of one that comes again also the day that is under way
    Pause {
        name: String,
        #[command(flatten)]
        actor: Actor,
        #[arg(long)]
        why: String,
    },
    /// Go on with it
    Resume {
        name: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Stop it for good; NAME.YEAR-MONTH-DAY stops one day of one that comes again, also before it
    Cancel {
        name: String,
        #[command(flatten)]
        actor: Actor,
        #[arg(long)]
        why: String,
    },
    /// Where it stands, and who did what with it
    Status {
        name: String,
        /// Stay, and show how far it is
        #[arg(long)]
        follow: bool,
    },
    /// What became of it: planned, sent, delivered, read, replied; refused and failed by reason
    Report {
        name: String,
        /// Also by part
        #[arg(long, value_enum)]
        per: Option<Per>,
        /// Write the table as a CSV file for Excel; must not exist yet
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Write the table as a workbook; must not exist yet
        #[arg(long, value_name = "FILE")]
        xlsx: Option<PathBuf>,
    },
    /// Who answered it and what, by answer and by seat; whoever reads it stands in the audit
    Answers {
        name: String,
        #[command(flatten)]
        actor: Actor,
        /// Write the list for Excel: .csv or .xlsx; must not exist yet
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Whole phone numbers, in what people wrote too
        #[arg(long)]
        numbers: bool,
        /// So many of the list on the screen at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// The broadcasts there are, the newest first
    List {
        /// So many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

/// Whoever does it: their name stands in the log of the broadcast.
#[derive(Debug, clap::Args)]
pub struct Actor {
    /// Your name
    #[arg(long, value_name = "WHO")]
    by: String,
}

/// The numbers of a list; whoever reads is told of rows that have none.
pub(super) fn numbers_in(path: &Path) -> anyhow::Result<Vec<PhoneNumber>> {
    let read = mailing::numbers_in(path)?;
    if let Some(words) = mailing::without_number(&read.rows_without) {
        eprintln!("{}: {words}", path.display());
    }
    if read.hidden_rows > 0 {
        eprintln!("{}: {}", path.display(), super::people::hidden_rows(read.hidden_rows));
    }
    Ok(read.numbers)
}

/// How a report is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Per {
    /// By assembly seat
    Place,
    District,
    Channel,
    Language,
}

/// The office with its records open.
struct Desk {
    office: Office,
    runtime: Runtime,
    records: Beside,
    clock: Clock,
}

impl Desk {
    fn open(origins: &OriginArgs) -> anyhow::Result<Desk> {
        let mut office = office::open(origins)?;
        let options = super::keys::records_options(&origins.read_for_records(&[])?)?;
        let runtime = super::runtime()?;
        let records = runtime.block_on(Beside::open(options))?;
        let tags = runtime.block_on(records.tags())?;
        let mut said = Vec::new();
        for kind in TIER_EVENTS {
            said.extend(runtime.block_on(records.newest_event(Channel::Whatsapp, kind))?);
        }
        office.know_tier(newest_people_a_day(&said));
        office.know_tags(tags.into_iter().map(|(tag, _)| tag).collect());
        Ok(Desk { office, runtime, records, clock: Clock::System })
    }

    /// The same as it was sent: of one that comes again the newest of its days that has recipients.
    ///
    /// # Errors
    /// There is none.
    fn sent(&self, name: &str) -> anyhow::Result<BroadcastRow> {
        let row = self.row(name)?;
        if !row.repeats {
            return Ok(row);
        }
        let days = self.runtime.block_on(self.records.days_of(row.id))?;
        let Some(day) = days.into_iter().find(|day| day.frozen_at.is_some()) else {
            bail!("no day of {name} was sent yet: samvad broadcast status {name}");
        };
        Ok(day)
    }

    /// The broadcast of a name, which may be that of a day.
    ///
    /// # Errors
    /// There is none.
    fn row(&self, name: &str) -> anyhow::Result<BroadcastRow> {
        let rows = self.runtime.block_on(mailing::known(&self.records))?;
        let Some(row) = mailing::named(&rows, name) else {
            bail!(
                "no broadcast {name} is planned; `samvad broadcast plan {name} --by …` does that"
            );
        };
        Ok(row.clone())
    }
}

pub(super) fn run(origins: &OriginArgs, command: &BroadcastCommand) -> ExitCode {
    match decide(origins, command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("samvad: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn decide(origins: &OriginArgs, command: &BroadcastCommand) -> anyhow::Result<ExitCode> {
    if let BroadcastCommand::Check { name } = command {
        return check(origins, name.as_deref());
    }
    let desk = Desk::open(origins)?;
    match command {
        BroadcastCommand::Check { .. } => {}
        BroadcastCommand::Plan { name, actor, look } => life::plan(&desk, name, &actor.by, *look)?,
        BroadcastCommand::Test { name, to, actor } => life::test(&desk, name, to, &actor.by)?,
        BroadcastCommand::Approve { name, actor } => life::approve(&desk, name, &actor.by)?,
        BroadcastCommand::Run { name, actor, detach } => {
            life::run(&desk, name, &actor.by)?;
            let row = desk.row(name)?;
            if !detach && !row.repeats {
                follow::follow(&desk, &row)?;
            }
        }
        BroadcastCommand::Pause { name, actor, why } => life::pause(&desk, name, &actor.by, why)?,
        BroadcastCommand::Resume { name, actor } => life::resume(&desk, name, &actor.by)?,
        BroadcastCommand::Cancel { name, actor, why } => {
            life::cancel(&desk, name, &actor.by, why)?;
        }
        BroadcastCommand::Status { name, follow } => {
            follow::status(&desk, name)?;
            if *follow {
                follow::follow(&desk, &desk.sent(name)?)?;
            }
        }
        BroadcastCommand::Report { name, per, csv, xlsx } => {
            report::report(&desk, name, *per, csv.as_deref(), xlsx.as_deref())?;
        }
        BroadcastCommand::Answers { name, actor, out, numbers, limit } => {
            let (by, out) = (actor.by.as_str(), out.as_deref());
            let order = answers::Order { by, out, numbers: *numbers, limit: *limit };
            answers::answers(&desk, name, &order)?;
        }
        BroadcastCommand::List { limit } => follow::list(&desk, *limit)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn check(origins: &OriginArgs, name: Option<&str>) -> anyhow::Result<ExitCode> {
    let office = office::open(origins)?;
    office.folder()?;
    let (definitions, mut found) = office.definitions(&[]);
    if let Some(name) = name {
        let own = format!("{name}.yaml");
        found.retain(|finding| finding.path.ends_with(&own));
        if found.is_empty() {
            office.definition(name, &[])?;
        }
    }
    let names = definitions.iter().map(|definition| definition.name.as_str());
    let names: Vec<&str> = names.filter(|known| name.is_none_or(|name| name == *known)).collect();
    if !told_of_files("broadcast", &names, &found) {
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
