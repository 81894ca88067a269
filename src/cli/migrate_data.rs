//! `samvad migrate-data`: the records move from SQLite to PostgreSQL.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;

use super::OriginArgs;
use crate::clock::Clock;
use crate::records::{self, Begun, MigrateData, MovedTable, News, RecordsError, Report, Tally};

/// What is moved, and where to.
#[derive(Debug, Args)]
pub struct MigrateDataArgs {
    /// The old records; their server must be stopped
    #[arg(long, value_name = "sqlite://PATH")]
    pub from: String,
    /// An empty database, or the one this move was begun in. Its password is taken from where the
    /// server takes it (SAMVAD_RECORDS_PASSWORD, records_password_file): everybody on the machine can
    /// read a command line
    #[arg(long, value_name = "postgres://USER@HOST/DATABASE")]
    pub to: String,
    /// Only compare, table by table, what was moved before any server ran on it
    #[arg(long)]
    pub verify: bool,
    /// So many rows are written in one transaction
    #[arg(long, value_name = "ROWS", default_value_t = 20_000)]
    pub batch: usize,
}

pub(super) fn run(origins: &OriginArgs, args: &MigrateDataArgs) -> anyhow::Result<()> {
    // The address gets its password where the server would find it.
    let config = origins.read_for_records(&[("records", &args.to)])?;
    let options = MigrateData {
        from: args.from.clone(),
        to: config.records.expose().to_owned(),
        batch: args.batch,
        clock: Clock::System,
    };
    let mut teller = Teller::new();
    let outcome = super::runtime()?.block_on(async {
        let tell = &mut |news: News<'_>| teller.hear(&news);
        if args.verify {
            records::compare_data(&options, tell).await
        } else {
            records::migrate_data(&options, tell).await
        }
    });
    teller.end_line();
    let report = match outcome {
        Ok(report) => report,
        Err(error @ RecordsError::Unavailable(_)) if !args.verify => {
            bail!("{error}\nRun the same command again: it goes on where it stopped.")
        }
        Err(error) => return Err(error.into()),
    };
    if report.tables.is_empty() {
        println!(
            "These records were moved there before, and nothing has been written to them since. \
             --verify compares."
        );
        return Ok(());
    }
    print!("{}", table(&report));
    verdict(args, &report)
}

/// The last word, when there is nothing to mend.
fn verdict(args: &MigrateDataArgs, report: &Report) -> anyhow::Result<()> {
    let differing: Vec<&str> = report.differing().map(|table| table.name.as_str()).collect();
    if !differing.is_empty() {
        let names = differing.join(", ");
        if args.verify && report.is_used {
            bail!(
                "{names}: not the same in both databases. A server has run on the new one since the \
                 move, and what it wrote differs; only before that everything is equal."
            );
        }
        bail!(
            "{names}: not the same in both databases. Do not start a server on the new one; make an \
             empty database and move again. If it stays so, the disk or the memory of one of the \
             machines is not to be trusted."
        );
    }
    let rows: u64 = report.tables.iter().map(|table| table.source.rows).sum();
    println!("{rows} rows, and not one differs.");
    if !args.verify {
        println!(
            "Set records to the new address, keep the same key file, start. Then put the old file \
             away: a server that is started on it once more gives the same numbers to other people."
        );
    }
    Ok(())
}

/// Every table with its rows and the first digits of its checksum.
fn table(report: &Report) -> String {
    let digits = |tally: &Tally| tally.checksum().chars().take(16).collect::<String>();
    let line = |one: &MovedTable| {
        let (name, source, target) = (&one.name, &one.source, &one.target);
        if one.is_equal() {
            return format!("{name:<20} {:>12}  {}  equal\n", source.rows, digits(source));
        }
        format!(
            "{name:<20} {:>12}  {}  DIFFERS: there {} rows, {}\n",
            source.rows,
            digits(source),
            target.rows,
            digits(target)
        )
    };
    let mut text = format!("{:<20} {:>12}  {:<16}\n", "table", "rows", "checksum");
    text.extend(report.tables.iter().map(line));
    text
}

/// Says on standard error how far it is: on a terminal in one line that changes, otherwise now and then,
/// and at the end of each table.
struct Teller {
    is_terminal: bool,
    /// What is done with which table.
    subject: String,
    since: Instant,
    /// Rows the table had at the first news of it: an earlier run may have copied them.
    rows_before: u64,
    told: Instant,
    /// Not said yet.
    latest: Option<String>,
}

impl Teller {
    fn new() -> Teller {
        let now = Instant::now();
        Teller {
            is_terminal: std::io::stderr().is_terminal(),
            subject: String::new(),
            since: now,
            rows_before: 0,
            told: now,
            latest: None,
        }
    }

    fn hear(&mut self, news: &News<'_>) {
        match *news {
            News::Begun(begun) => eprintln!("{}", words_for(begun)),
            News::Copied { table, rows, share } => self.progress("copied", table, rows, share),
            News::Read { table, rows, share } => self.progress("read", table, rows, share),
            News::Compared { table, rows, share } => self.progress("compared", table, rows, share),
        }
    }

    fn progress(&mut self, done: &str, table: &str, rows: u64, share: Option<f64>) {
        if rows == 0 {
            return;
        }
        let now = Instant::now();
        let subject = format!("{done} {table}");
        if subject != self.subject {
            self.end_line();
            self.subject = subject;
            self.since = now;
            self.rows_before = rows;
            self.told = now;
        }
        let seconds = (now - self.since).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a pace to look at")]
        let pace = rows.saturating_sub(self.rows_before) as f64 / seconds.max(0.001);
        let pace = if pace > 0.0 { format!("{pace:>8.0} rows/s") } else { String::new() };
        let percent = share.map_or_else(String::new, |share| format!("{:.0} %", share * 100.0));
        let line = format!("{:<30} {rows:>12} rows {percent:>6} {pace}", self.subject);
        self.latest = Some(line.trim_end().to_owned());
        let pause = Duration::from_millis(if self.is_terminal { 200 } else { 10_000 });
        if now - self.told >= pause {
            self.told = now;
            self.say();
        }
    }

    fn say(&mut self) {
        let Some(line) = self.latest.take() else { return };
        if self.is_terminal {
            eprint!("\r{line}\x1b[K");
            // A line nobody sees is no reason to stop.
            let _ = std::io::stderr().flush();
        } else {
            eprintln!("{line}");
        }
    }

    /// The last of a table, for good.
    fn end_line(&mut self) {
        self.say();
        if self.is_terminal && !self.subject.is_empty() {
            eprintln!();
        }
        self.subject.clear();
    }
}

fn words_for(begun: Begun) -> &'static str {
    match begun {
        Begun::Fresh => "the new database is empty: everything is copied",
        Begun::Resumed => "an earlier run stopped on the way: it goes on there",
        Begun::Anew => {
            "the old records were written to after an earlier run stopped: what that copied is thrown \
             away, and everything is copied anew"
        }
        Begun::Done => "an earlier run finished",
    }
}
