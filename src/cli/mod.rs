//! The command line: one file a command.

mod audit;
mod backup;
mod broadcast;
mod calendar;
mod chat;
mod check;
mod contact;
mod dlt;
mod doctor;
mod graph;
mod halt;
mod handover;
mod holds;
mod init;
mod keys;
mod media;
mod merges;
mod migrate_data;
mod people;
mod places;
mod poll;
mod posts;
mod ready;
mod rehearse;
mod requests;
mod rows;
mod sandbox;
mod schema;
mod serve;
mod table;
mod understand;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::clock::Clock;
use crate::config::{Config, ConfigErrors, Origins};

/// The configuration of an office that names none.
const USUAL_CONFIG: &str = "samvad.toml";

/// Samvad (संवाद): Hindi-first WhatsApp and SMS conversations from flow files a person can read.
///
/// Without a command it serves: `samvad` is `samvad serve`.
#[derive(Debug, Parser)]
#[command(name = "samvad", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub origins: OriginArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Where the configuration comes from; the same for every command.
#[derive(Clone, Debug, Default, Args)]
pub struct OriginArgs {
    /// A configuration file; only the keys that differ from the defaults (see `samvad config`).
    /// Without it samvad.toml, where the program is started in a folder that has one
    #[arg(long, global = true, env = "SAMVAD_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that holds the database and the key file
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where to listen, such as 127.0.0.1:8080; port 0 takes a free one
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The folder with the flow files
    #[arg(long, global = true, value_name = "DIR")]
    pub flows: Option<PathBuf>,
    /// The folder with their texts
    #[arg(long, global = true, value_name = "DIR")]
    pub locales: Option<PathBuf>,
}

impl OriginArgs {
    /// Reads the configuration these arguments stand for.
    ///
    /// # Errors
    /// Every problem of it at once.
    pub fn read(&self) -> Result<Config, ConfigErrors> {
        Config::read(&self.origins(&[])?)
    }

    /// The same for commands that serve nothing: it lacks no secret, see [`Config::absent`].
    ///
    /// # Errors
    /// Every other problem of it at once.
    pub fn read_without_secrets(&self) -> Result<Config, ConfigErrors> {
        Config::read_without_secrets(&self.origins(&[])?)
    }

    /// The same for commands that open the records: of the secrets they need the records' alone. `keys` of
    /// the configuration stand over everything else.
    fn read_for_records(&self, keys: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        let config = Config::read_without_secrets(&self.origins(keys)?)?;
        let of_records = |told: &&String| told.starts_with("records");
        let lacking: Vec<String> = config.absent.iter().filter(of_records).cloned().collect();
        if lacking.is_empty() { Ok(config) } else { Err(ConfigErrors(lacking)) }
    }

    fn origins(&self, keys: &[(&str, &str)]) -> Result<Origins, ConfigErrors> {
        let usual = Path::new(USUAL_CONFIG);
        let file = self.config.as_deref().or_else(|| usual.is_file().then_some(usual));
        let mut origins = Origins::of_process(file)?;
        let paths = [("data", &self.data), ("flows", &self.flows), ("locales", &self.locales)];
        for (key, path) in paths {
            if let Some(path) = path {
                origins.arguments.push((key.to_owned(), path.display().to_string()));
            }
        }
        if let Some(listen) = &self.listen {
            origins.arguments.push(("listen".to_owned(), listen.to_string()));
        }
        for (key, value) in keys {
            origins.arguments.push(((*key).to_owned(), (*value).to_owned()));
        }
        Ok(origins)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve webhooks, pages and conversations (the default)
    Serve,
    /// Write the folder an office begins with: flows, words, rehearsals, the configuration
    Init {
        /// Where to; files that are there already are never overwritten
        folder: PathBuf,
    },
    /// Check every flow, text, rehearsal and the configuration; exit 1 when something is wrong
    Check(check::CheckArgs),
    /// What has to be registered for SMS in India (DLT)
    #[command(subcommand)]
    Dlt(dlt::DltCommand),
    /// Print the JSON Schema of a kind of file, for editors
    Schema(schema::SchemaArgs),
    /// Run the rehearsals of the flows against the engine; exit 1 when one differs
    Rehearse(Box<rehearse::RehearseArgs>),
    /// Talk to the flows at the terminal, without a server
    Chat {
        /// The flow to begin with; otherwise say any word
        flow: Option<String>,
        #[command(flatten)]
        person: chat::PersonArgs,
    },
    /// Draw a flow, or all of them, as Mermaid text or SVG
    Graph(graph::GraphArgs),
    /// Play the internet: a strict WhatsApp provider with faults, and citizens who write to us
    Sandbox(Box<sandbox::SandboxArgs>),
    /// Copy the database into a file, also while the server runs
    Backup {
        /// Where to; must not exist yet
        file: PathBuf,
    },
    /// Move the records from SQLite to an empty PostgreSQL; can be stopped and run again
    MigrateData(migrate_data::MigrateDataArgs),
    /// Look at the configuration, keys, database, state store and flows, and say what is wrong
    Doctor,
    /// What people asked the office for: complaints, corrections, lost numbers
    #[command(subcommand)]
    Requests(RequestsCommand),
    /// Conversations that a person of the office has taken over
    #[command(subcommand)]
    Handover(HandoverCommand),
    /// Accounts and DLT templates that rest because their provider refuses them
    #[command(subcommand)]
    Holds(HoldsCommand),
    /// Contacts of which the office has to say whether they are one person
    #[command(subcommand)]
    Merges(MergesCommand),
    /// The kill switch: nothing at all is sent, by any process, until it is turned off
    #[command(subcommand)]
    Halt(HaltCommand),
    /// What election law has in force by the office's calendar
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// What a person agreed to and took back, word by word
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// A person's rights: everything that is kept of them, erasure, and who is written to no more
    #[command(subcommand)]
    Contact(ContactCommand),
    /// The photos, voice notes and papers that flows asked people for
    #[command(subcommand)]
    Media(MediaCommand),
    /// Rosters of workers and members, as CSV or Excel files
    #[command(subcommand)]
    People(PeopleCommand),
    /// The places of the organisation: divisions, districts, seats, sectors, booths
    #[command(subcommand)]
    Places(places::PlacesCommand),
    /// Who holds which post where, and where nobody does
    #[command(subcommand)]
    Posts(posts::PostsCommand),
    /// Who took which data of persons out, and when, the newest first
    Audit {
        /// So many at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Broadcasts: what the office says to many, once each
    #[command(subcommand)]
    Broadcast(broadcast::BroadcastCommand),
    /// Polls: who should stand? A secret, countable opinion of the workers
    #[command(subcommand)]
    Poll(poll::PollCommand),
    /// The keys that seal what names a person
    #[command(subcommand)]
    Keys(KeysCommand),
    /// What the ear makes of a text: as a yes or no, a number, a district, …
    Understand(understand::UnderstandArgs),
    /// Print the configuration with every key explained
    Config,
    /// Ask a running server whether it is ready; exit 1 when not
    Ready {
        /// Its address
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        at: String,
    },
}

/// Which people, and which word.
#[derive(Debug, Args)]
pub struct TagArgs {
    /// A word or a few; never religion, caste or community
    tag: String,
    /// A list of numbers, CSV or Excel: the first mobile number of each row counts
    #[arg(required_unless_present = "where_", conflicts_with = "where_")]
    file: Option<PathBuf>,
    /// Everybody of whom this is true, as the `audience` of a broadcast: post == "booth_president"
    #[arg(long = "where", value_name = "EXPRESSION")]
    where_: Option<String>,
    /// Your name; kept in the audit log
    #[arg(long, value_name = "WHO")]
    by: String,
}

#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Read a roster and say what would be taken and what not, and why; nothing is stored
    Check {
        /// CSV or Excel (.xlsx), with a header: मोबाइल, नाम, and if there are पद, ज़िला, विधानसभा, सेक्टर, बूथ, कब से, …
        file: PathBuf,
        /// The sheet of a workbook that has several
        #[arg(long)]
        sheet: Option<String>,
        /// What `import --update` would do
        #[arg(long)]
        update: bool,
        /// Write every refused row there, with its line, column and reason, as a CSV file for Excel
        #[arg(long, value_name = "FILE")]
        result: Option<PathBuf>,
    },
    /// Take the people of a roster into the records, beside the server; whoever is known is completed
    Import {
        /// CSV or Excel (.xlsx); `samvad people check` says before what would be taken
        file: PathBuf,
        /// The sheet of a workbook that has several
        #[arg(long)]
        sheet: Option<String>,
        /// Where the roster says something else than what is known, take the roster; what stood is kept
        #[arg(long)]
        update: bool,
        /// Write every refused row there, with its line, column and reason, as a CSV file for Excel
        #[arg(long, value_name = "FILE")]
        result: Option<PathBuf>,
    },
    /// The members of a place; phone numbers masked
    List {
        /// By name, number or as booth:173/45; the state when not given
        place: Vec<String>,
        /// The same, for a place whose name has a word that begins with a dash
        #[arg(long = "place", value_name = "PLACE", conflicts_with = "place")]
        named: Option<String>,
        /// Only those who hold this post there, by its name or code
        #[arg(long)]
        post: Option<String>,
        /// Only those in this state: details, confirmed, verified, active, lapsed
        #[arg(long)]
        state: Option<String>,
        /// So many at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
        /// All of them
        #[arg(long, conflicts_with = "limit")]
        all: bool,
    },
    /// Give people a word by which the office finds them again: `tagged("volunteer")` in an audience
    Tag(TagArgs),
    /// Take such a word from people
    Untag(TagArgs),
    /// The words the office has given, and to how many people
    Tags,
    /// Let memberships lapse whose term is over; a server does it every hour
    Lapse,
    /// Whose codes and lists brought people who then said that they had not joined
    Flags {
        /// So many lines at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Find members by words of the name in any script and spelling, by the phone number or its last digits
    /// (four at least), or by the number of the membership
    Search {
        #[arg(required = true)]
        text: Vec<String>,
        /// Only there: by name, number or as booth:173/45
        #[arg(long)]
        place: Option<String>,
    },
    /// Members who may be one person: on one phone, or of the same name, father and booth on two
    Duplicates {
        #[command(subcommand)]
        settle: Option<DuplicatesCommand>,
        /// So many pairs at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// How many booths have enough members whom the office has verified, by what lies below a place
    Coverage {
        /// By name, number or as booth:173/45; the state when not given
        place: Vec<String>,
        /// So many verified members are enough
        #[arg(long, default_value_t = 1)]
        k: u32,
    },
    /// Who brought the most members whom the office has verified
    Leaderboard {
        /// Only members of this place: by name, number or as booth:173/45
        place: Vec<String>,
        /// So many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Draw members by lot whom another district asks whether what is written of them is true
    Sample {
        /// By name, number or as booth:173/45; the state when not given
        place: Vec<String>,
        /// Of a hundred members so many
        #[arg(long)]
        percent: u8,
        /// Of those in this state
        #[arg(long, default_value = "confirmed")]
        state: String,
        /// The number from which the same sample comes again
        #[arg(long)]
        seed: Option<i64>,
        /// Write the sample with whole phone numbers there (.csv or .xlsx); must not exist yet
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Who draws; kept with it
        #[arg(long)]
        by: String,
        /// So many are shown at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// The samples that were drawn, or one of them again
    Samples {
        id: Option<i64>,
        /// Write the sample with whole phone numbers there (.csv or .xlsx); must not exist yet
        #[arg(long, value_name = "FILE", requires = "id", requires = "by")]
        out: Option<PathBuf>,
        /// Who takes it out; kept in the audit log
        #[arg(long)]
        by: Option<String>,
        /// So many are shown at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Somebody of the office has checked what is written of a member
    Verify {
        /// The number of the membership
        number: String,
        /// Who checked; kept with it. Of a member in a sample it is not their own district
        #[arg(long)]
        by: String,
        /// How: a visit, a call, the sample
        #[arg(long, default_value = "checked by the office")]
        why: String,
    },
    /// Write members with whole phone numbers for Excel: .csv or .xlsx
    Export {
        /// Must not exist yet
        file: PathBuf,
        /// Only there: by name, number or as booth:173/45
        #[arg(long)]
        place: Option<String>,
        /// Only those in this state: details, confirmed, verified, active, lapsed
        #[arg(long)]
        state: Option<String>,
        /// Who takes them out; kept in the audit log
        #[arg(long)]
        by: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum DuplicatesCommand {
    /// Say whether two of them are one person; nobody is asked about them again
    Settle {
        /// The pair as the list writes it: 12-97
        id: String,
        verdict: Verdict,
        /// Who decided so; kept with it
        #[arg(long)]
        by: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Verdict {
    /// One person: one membership ends
    Same,
    /// Two persons
    Different,
}

#[derive(Debug, Subcommand)]
pub enum RequestsCommand {
    /// The open requests, the oldest first
    List {
        /// Only requests of this kind: complaint, correction, erasure, lost_number, …
        #[arg(long)]
        kind: Option<String>,
        /// Also those that are done, the newest first
        #[arg(long)]
        all: bool,
        /// So many at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// One request with the person's own words
    Show {
        ticket: String,
        /// Show phone numbers whole: to call the person, or to find a lost number
        #[arg(long)]
        numbers: bool,
    },
    /// Mark a request as settled
    Done { ticket: String },
}

#[derive(Debug, Subcommand)]
pub enum HandoverCommand {
    /// Those that the office still has, the longest first
    List {
        /// So many at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// Give one back: the flow goes on where it stood
    Return { id: i64 },
}

/// Who of the office orders something, and why: both are written down.
#[derive(Clone, Debug, Args)]
pub struct Order {
    /// Who of the office does it; written down
    #[arg(long)]
    by: String,
    /// Why: the ticket of the request, or the reason; written down
    #[arg(long)]
    why: String,
}

impl Order {
    /// Both, trimmed.
    fn checked(&self) -> anyhow::Result<(String, String)> {
        let (by, why) = (self.by.trim(), self.why.trim());
        if by.is_empty() || why.is_empty() {
            anyhow::bail!("say who does it and why: --by \"संजय मिश्र\" --why T-0572-4");
        }
        Ok((by.to_owned(), why.to_owned()))
    }
}

#[derive(Debug, Subcommand)]
pub enum HaltCommand {
    /// Stop everything: what waits stays queued
    On {
        /// Who decided so; written down
        #[arg(long)]
        by: String,
        /// Why; written down
        #[arg(long)]
        why: String,
    },
    /// Let everything go again
    Off {
        /// Who decided so; written down
        #[arg(long)]
        by: String,
        /// Why; written down
        #[arg(long)]
        why: String,
    },
    /// How it stands, who turned it last, and why
    Status,
}

#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// The silences before polls, the code of conduct, and what of it is in force now
    Show,
    /// The SHA-256 of every text that can be broadcast, for the certificates in calendar.toml
    Texts,
}

#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// One person's ledger; the number masked
    Show {
        /// A mobile number, a ticket, or #17 for a contact
        who: String,
        #[command(flatten)]
        order: Order,
    },
    /// The same as a JSON file, with the hashes of what was shown
    Export {
        /// A mobile number, a ticket, or #17 for a contact
        who: String,
        /// Where to; must not exist yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        order: Order,
    },
}

#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Everything that is kept of one person: JSON, readable Hindi, and what they sent
    Export {
        /// A mobile number, a ticket, or #17 for a contact
        who: String,
        /// A folder that is made for it
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        #[command(flatten)]
        order: Order,
    },
    /// Erase one person for good; a sealed minimum is kept apart for a year
    Erase {
        /// A mobile number, a ticket, or #17 for a contact
        who: String,
        #[command(flatten)]
        order: Order,
        /// Do it; without it only what would go is said
        #[arg(long)]
        yes: bool,
    },
    /// Write to a person no more, and answer nothing
    Block {
        /// A mobile number, a ticket, or #17 for a contact
        who: String,
        #[command(flatten)]
        order: Order,
    },
    /// Take that back
    Unblock {
        /// A mobile number, a ticket, or #17 for a contact
        who: String,
        #[command(flatten)]
        order: Order,
    },
}

#[derive(Debug, Subcommand)]
pub enum HoldsCommand {
    /// What rests, since when, why and what to do
    List,
    /// What was wrong is mended: what waits goes within seconds
    Release {
        /// The account's name, or the template's id, as `samvad holds list` writes it
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum MergesCommand {
    /// The pairs that wait, the oldest first: number, day, both phones masked, names and places, why
    List {
        /// So many at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// One pair with what is known of both
    Show {
        id: i64,
        /// Show phone numbers whole: to call the person
        #[arg(long)]
        numbers: bool,
    },
    /// They are one person: memberships, consents and conversations become one, and never two again
    One {
        id: i64,
        /// Who decided so; kept in the audit log
        #[arg(long)]
        by: String,
        /// Do not ask again
        #[arg(long)]
        yes: bool,
    },
    /// They are two persons, and stay two: nobody is asked about them again
    Two {
        id: i64,
        /// Who decided so; kept in the audit log
        #[arg(long)]
        by: String,
        /// Do not ask again
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum MediaCommand {
    /// What is kept, or why not, the newest first; phone numbers masked
    List {
        /// So many at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// Open one and write it as the person sent it
    Export {
        id: i64,
        /// Where to; must not exist yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Erase one for good: its key and its file
    Erase { id: i64 },
}

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a new key and seal with it from now on; the old ones go on opening what they sealed
    Rotate,
    /// Seal everything again under the newest key (with SQLite the server must be stopped)
    Reseal,
}

/// Parses a command line, program name first.
///
/// # Errors
/// clap's own words, which are also `--help` and `--version`.
pub fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(words)
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    end_quietly_when_nobody_reads();
    let cli = Cli::parse();
    let outcome = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&cli.origins),
        Command::Init { folder } => init::run(&folder),
        Command::Check(args) => return check::run(&cli.origins, &args),
        Command::Dlt(command) => return dlt::run(&cli.origins, &command),
        Command::Schema(args) => return schema::run(&args),
        Command::Rehearse(args) => return rehearse::run(&cli.origins, &args),
        Command::Graph(args) => return graph::run(&cli.origins, &args),
        Command::Chat { flow, person } => {
            return chat::run(&cli.origins, flow.as_deref(), &person);
        }
        Command::Sandbox(args) => {
            runtime().and_then(|runtime| runtime.block_on(sandbox::run(&cli.origins, *args)))
        }
        Command::Backup { file } => backup::run(&cli.origins, &file),
        Command::MigrateData(args) => migrate_data::run(&cli.origins, &args),
        Command::Doctor => return doctor::run(&cli.origins),
        Command::Requests(command) => requests::run(&cli.origins, &command),
        Command::People(command) => people::run(&cli.origins, &command),
        Command::Places(command) => places::run(&cli.origins, &command),
        Command::Posts(command) => posts::run(&cli.origins, &command),
        Command::Audit { limit } => audit::run(&cli.origins, limit),
        Command::Handover(command) => handover::run(&cli.origins, &command),
        Command::Broadcast(command) => return broadcast::run(&cli.origins, &command),
        Command::Poll(command) => return poll::run(&cli.origins, &command),
        Command::Holds(command) => holds::run(&cli.origins, &command),
        Command::Merges(command) => merges::run(&cli.origins, &command),
        Command::Halt(command) => halt::run(&cli.origins, &command),
        Command::Calendar(command) => calendar::run(&cli.origins, &command),
        Command::Consent(command) => contact::run_consent(&cli.origins, &command),
        Command::Contact(command) => contact::run(&cli.origins, &command),
        Command::Media(command) => media::run(&cli.origins, &command),
        Command::Keys(command) => keys::run(&cli.origins, &command),
        Command::Understand(args) => return understand::run(&args, &Clock::System),
        Command::Config => {
            print!("{}", crate::config::DEFAULTS);
            Ok(())
        }
        Command::Ready { at } => ready::run(&at),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("samvad: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is printed into a pipe whose reader went away (`| head`) ends the command as the signal of a broken
/// pipe ends other programs: without a word, and with its exit code. The standard library makes a panic of
/// it, wherever in the program it was.
fn end_quietly_when_nobody_reads() {
    const AS_BY_SIGPIPE: i32 = 128 + 13;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if words.starts_with("failed printing to std") && words.contains("Broken pipe") {
            std::process::exit(AS_BY_SIGPIPE);
        }
        usual(panic);
    }));
}

/// A new file that only its owner reads: what is in it names persons.
fn private_file(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A runtime for commands that need one.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
