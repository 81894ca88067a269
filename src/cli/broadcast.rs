//! `samvad broadcast`: what the state office says to many, from its file to its report.

mod answers;
mod crowd;
mod failures;
mod follow;
mod life;
pub(super) mod office;
pub(super) mod preview;
mod report;
mod whom;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use tokio::runtime::Runtime;

pub(super) use self::crowd::numbers_in;
use self::office::Office;
pub(super) use self::office::{Said, found, lists, proposals, texts};
pub(super) use self::whom::contacts_where;
use super::OriginArgs;
use super::check::told_of_files;
use crate::clock::Clock;
use crate::delivery::{TIER_EVENTS, newest_people_a_day};
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
    /// Write down its recipients and send it
    Run {
        name: String,
        #[command(flatten)]
        actor: Actor,
        /// Do not stay to show how far it is
        #[arg(long)]
        detach: bool,
    },
    /// Stop it for now
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
    /// Stop it for good
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
        let mut office = Office::open(origins)?;
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

    /// The broadcast of a name; of one that comes again, the newest of its days.
    ///
    /// # Errors
    /// There is none.
    fn row(&self, name: &str) -> anyhow::Result<BroadcastRow> {
        let rows = self.runtime.block_on(crowd::known(&self.records))?;
        let Some(row) = crowd::named(&rows, name) else {
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
            if !detach {
                follow::follow(&desk, &desk.row(name)?)?;
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
                follow::follow(&desk, &desk.row(name)?)?;
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
    let office = Office::open(origins)?;
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
