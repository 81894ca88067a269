//! `samvad poll`: who should stand? From the poll's file to its result, audit and export.

mod audit;
mod close;
mod code;
mod count;
mod desk;
mod invite;
mod lacks;
mod office;
mod open;
mod photos;
mod result;
mod sorted;
mod status;
mod tally;

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use jiff::Timestamp;

use self::desk::{Desk, walk};
pub(super) use self::office::found;
use self::office::{Office, in_words};
use super::OriginArgs;
use super::check::told_of_files;
use crate::config::Config;
use crate::poll::law::{self, Quiet};
use crate::serve::read_sources;

#[derive(Debug, Subcommand)]
pub enum PollCommand {
    /// Check the files of polls/; exit 1 when something is wrong
    Check {
        /// Only this one; then also how many people of the records may answer, seat by seat
        name: Option<String>,
    },
    /// Make the keys, freeze the roster, and take answers in its window
    Open(OpenArgs),
    /// Write the broadcasts that invite its people and remind them
    Invite { name: String },
    /// Where it stands: turnout, time left, who did what
    Status {
        name: String,
        /// Also by assembly seat
        #[arg(long)]
        assemblies: bool,
    },
    /// The polls that were opened, the newest first
    List {
        /// So many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Take no more answers, and write bundle and roll; can be stopped and run again
    Close(CloseArgs),
    /// Give it up before its close: all answers are destroyed uncounted
    Cancel {
        name: String,
        /// Your name
        #[arg(long, value_name = "WHO")]
        by: String,
        #[arg(long)]
        why: String,
        /// Do it; without it only what would be done is said
        #[arg(long)]
        yes: bool,
    },
    /// Open the envelopes with the key and count them: offline, from the bundle alone
    Count(CountArgs),
    /// Write down that it was counted: checks that the result is of the bundle that left this server
    Counted {
        name: String,
        /// The folder that `count` made, or its result.json
        result: PathBuf,
        /// Your name
        #[arg(long, value_name = "WHO")]
        by: String,
    },
    /// Show a result that was counted
    Result {
        /// The folder that `count` made, or its result.json
        result: PathBuf,
        /// Count a poll that is no secret (`secret: false`) as it stands now; its name in place of the folder
        #[arg(long)]
        now: bool,
        /// Only this seat, by its number or its name; several times for several
        #[arg(long)]
        seat: Vec<String>,
    },
    /// Show the names for the leadership alone: two or three a seat
    Panel {
        /// The folder that `count` made, or its result.json
        result: PathBuf,
        /// Only this seat, by its number or its name; several times for several
        #[arg(long)]
        seat: Vec<String>,
    },
    /// Write a result to be given away: .html to print, .xlsx or .csv
    Export {
        /// The folder that `count` made, or its result.json
        result: PathBuf,
        /// Where to; must not exist yet
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Only this seat, by its number or its name; several times for several
        #[arg(long)]
        seat: Vec<String>,
    },
    /// Whether bundle, roll and result belong together, and whether a receipt is on the roll; with the key also whether
    /// the numbers of the result are right
    Audit {
        /// The roll, and the bundle if you have it, in any order
        #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The folder that `count` made, or its result.json
        #[arg(long)]
        result: Option<PathBuf>,
        /// The receipt of a voter, as in the message after the answer
        #[arg(long)]
        receipt: Option<String>,
        /// The key file, or the file of a share as often as shares are needed: counts again and compares every number
        #[arg(long = "key", value_name = "FILE", requires = "result")]
        keys: Vec<PathBuf>,
    },
    /// Say who is meant by the names behind अन्य: two people, each alone, and then compared
    Code(CodeArgs),
    /// Count an example from a file of ballots as counts (42: A > B > C), to check the counting by published ones
    Tally(TallyArgs),
}

#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    pub name: String,
    /// Your name
    #[arg(long, value_name = "WHO")]
    pub by: String,
    #[command(flatten)]
    pub keys: KeyArgs,
}

/// Where the key of the count goes: never on this server.
#[derive(Debug, clap::Args)]
pub struct KeyArgs {
    /// Into one file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["shares", "out"])]
    pub key_out: Option<PathBuf>,
    /// Into shares of which some open: 3/5
    #[arg(long, value_name = "NEEDED/OF", requires = "out")]
    pub shares: Option<String>,
    /// The folder of the shares
    #[arg(long, value_name = "FOLDER", requires = "shares")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    pub name: String,
    /// Your name
    #[arg(long, value_name = "WHO")]
    pub by: String,
    /// Where bundle and roll are written; the same folder again where a close was cut off
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Before the hour in its file; then also --why and --yes
    #[arg(long)]
    pub early: bool,
    /// Why it is closed before its hour: it stands in the report, beside your name
    #[arg(long, requires = "early")]
    pub why: Option<String>,
    /// Close it early; without it only what would be done is said
    #[arg(long, requires = "early")]
    pub yes: bool,
    /// Go on although answers are missing or do not open: exactly so many, as the command says itself
    #[arg(long, value_name = "N")]
    pub although: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub struct CountArgs {
    /// The bundle that `samvad poll close` wrote
    pub bundle: PathBuf,
    /// The key file; or the file of a share, as often as shares are needed
    #[arg(long = "key", required = true, value_name = "FILE")]
    pub keys: Vec<PathBuf>,
    /// What the server saw of how answers came; without it the file beside the bundle
    #[arg(long, value_name = "FILE")]
    pub signals: Option<PathBuf>,
    /// A folder that is made for the result; without it one beside the bundle
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["sheet", "compare"]))]
pub struct CodeArgs {
    /// The folder that `count` made
    pub result: PathBuf,
    /// Write an empty sheet for one of the two (.csv or .xlsx); must not exist yet
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
    /// The two sheets, filled
    #[arg(long, num_args = 2, value_names = ["ONE", "OTHER"])]
    pub compare: Vec<PathBuf>,
    /// Write the names with their numbers there (.csv or .xlsx); must not exist yet
    #[arg(long, value_name = "FILE", requires = "compare")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct TallyArgs {
    /// Lines as `42: A > B = C`, # before a comment; or a .csv; or a .soc, .soi, .toc, .toi of PrefLib; or a .blt
    pub file: PathBuf,
    /// How the ballots choose: one name a line, names with `,` between them, or orders with `>` and `=`
    #[arg(long, value_enum, default_value = "rank")]
    pub method: tally::MethodName,
    /// Names in the panel
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=31))]
    pub panel: u8,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(origins: &OriginArgs, command: &PollCommand) -> ExitCode {
    match decide(origins, command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("samvad: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn decide(origins: &OriginArgs, command: &PollCommand) -> anyhow::Result<ExitCode> {
    match command {
        PollCommand::Check { name } => return check(origins, name.as_deref().map(plain)),
        PollCommand::Count(args) => count::count(origins, args)?,
        PollCommand::Tally(args) => tally::tally(args)?,
        PollCommand::Open(args) => open::open(origins, args)?,
        PollCommand::Invite { name } => invite::invite(origins, name)?,
        PollCommand::Status { name, assemblies } => status::status(origins, name, *assemblies)?,
        PollCommand::List { limit } => status::list(origins, *limit)?,
        PollCommand::Close(args) => close::close(origins, args)?,
        PollCommand::Cancel { name, by, why, yes } => {
            status::cancel(origins, name, by, (why, *yes))?;
        }
        PollCommand::Counted { name, result, by } => status::counted(origins, name, result, by)?,
        PollCommand::Result { result, now: true, seat } => {
            result::now(origins, &result.display().to_string(), seat)?;
        }
        PollCommand::Result { result, now: false, seat } => result::result(origins, result, seat)?,
        PollCommand::Panel { result, seat } => result::panel(origins, result, seat)?,
        PollCommand::Export { result, to, seat } => result::give_away(origins, result, to, seat)?,
        PollCommand::Audit { files, result, receipt, keys } => {
            audit::audit(files, result.as_deref(), receipt.as_deref(), keys)?;
        }
        PollCommand::Code(args) => match (&args.sheet, args.compare.as_slice()) {
            (_, [one, other]) => code::compare(&args.result, [one, other], args.to.as_deref())?,
            (Some(sheet), _) => code::sheet(&args.result, sheet)?,
            // clap asks for one of them.
            _ => {}
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// The name of a poll, also where its file was named.
fn plain(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.strip_suffix(".yaml").unwrap_or(name)
}

fn check(origins: &OriginArgs, name: Option<&str>) -> anyhow::Result<ExitCode> {
    let office = Office::open(origins)?;
    office.folder()?;
    let (polls, mut found) = office.polls();
    if let Some(name) = name {
        let own = format!("{name}.yaml");
        found.retain(|finding| finding.path.ends_with(&own));
        office.poll(name)?;
    }
    let names = polls.iter().map(|poll| poll.name.as_str());
    let names: Vec<&str> = names.filter(|known| name.is_none_or(|name| name == *known)).collect();
    if !told_of_files("poll", &names, &found) {
        return Ok(ExitCode::FAILURE);
    }
    for poll in polls.iter().filter(|poll| names.contains(&poll.name.as_str())) {
        match &poll.reviewed_by {
            Some(by) => println!("The question of {} was read and found fit by {by}.", poll.name),
            None => println!("Before it is opened: {}.", open::unread(&poll.name)),
        }
    }
    if let Some(name) = name {
        may_answer(origins, name)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Who of the people in the records may answer, where there are records.
fn may_answer(origins: &OriginArgs, name: &str) -> anyhow::Result<()> {
    let Ok(desk) = Desk::open(origins) else {
        println!("No records are here: who may answer is counted where the server runs.");
        return Ok(());
    };
    let (poll, _) = desk.office.poll(name)?;
    let mut contacts = HashSet::new();
    let electorate = walk(&desk.records, &desk.office, &poll, async |enlisted| {
        contacts.extend(enlisted.iter().map(|one| one.contact));
        Ok(())
    });
    let electorate = desk.runtime.block_on(electorate)?;
    open::tell(&desk.office, &poll, &electorate);
    desk.runtime.block_on(open::tell_of_others(&desk, &poll, &contacts))
}

/// Why nothing of a result is shown outside the office now, in plain words: by the calendar that is here, and by what
/// the bundle says of the office's.
fn silence(config: &Config, quiet: &[Quiet], now: Timestamp) -> Option<String> {
    law::may_show(&config.rules.calendar, quiet, now).err().map(|lock| in_words(&lock))
}

/// What is said where no calendar is to look into: a table of the count has none of its own.
fn no_calendar(config: &Config, quiet: &[Quiet]) -> Option<String> {
    if config.calendar.exists() {
        return None;
    }
    let brought = if quiet.is_empty() {
        "the bundle brought none of the office's either"
    } else {
        "only the times that the bundle brought of the office's calendar were looked at, as they stood at the close"
    };
    Some(format!(
        "No calendar of elections is here ({}), and {brought}. Whether a result may be shown outward now the office knows: samvad calendar show, on its server.",
        config.calendar.display()
    ))
}

/// The party as it calls itself in Hindi: `-party` of common.ftl.
fn party(config: &Config) -> anyhow::Result<String> {
    let sources = read_sources(config.flows.as_deref(), config.locales.as_deref())?;
    let common = sources.files.iter().find(|file| file.path == "locales/hi/common.ftl");
    let lines = common.into_iter().flat_map(|file| file.text.lines());
    let mut named = lines.filter_map(|line| line.strip_prefix("-party").map(str::trim_start));
    let name = named.find_map(|rest| rest.strip_prefix('='));
    Ok(name.unwrap_or_default().trim().to_owned())
}
