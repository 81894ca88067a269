//! What a command that reads a long file says meanwhile: the rows that are not taken, and how far it is.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::people::{SHOWN, line, result_file, write};
use crate::people::Refusal;
use crate::sheet::CsvWriter;

/// A line on standard output, where somebody still reads there: an import is not over because `| head` has seen
/// enough.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Refusals on their way to the screen and into the file.
pub(super) struct Told {
    out: Option<CsvWriter<BufWriter<File>>>,
    shown: usize,
}

impl Told {
    /// # Errors
    /// The file is there already or cannot be written.
    pub(super) fn new(result: Option<&Path>) -> anyhow::Result<Told> {
        Ok(Told { out: result.map(result_file).transpose()?, shown: 0 })
    }

    pub(super) fn tell(&mut self, refusal: &Refusal) -> anyhow::Result<()> {
        if self.shown < SHOWN {
            say(&line(refusal));
        } else if self.shown == SHOWN {
            say("… and more; --result FILE writes every one");
        }
        self.shown += 1;
        if let Some(out) = &mut self.out {
            write(out, refusal).context("the file of refused rows cannot be written")?;
        }
        Ok(())
    }

    /// Writes what is still held back.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self.out {
            Some(out) => out.finish().context("the file of refused rows cannot be written"),
            None => Ok(()),
        }
    }
}

/// How far it is, on standard error: on a terminal in one line that changes, otherwise now and then.
pub(super) struct Progress {
    what: &'static str,
    is_terminal: bool,
    since: Instant,
    told: Instant,
    is_open: bool,
}

impl Progress {
    /// Of rows.
    pub(super) fn new() -> Progress {
        Progress::of("rows")
    }

    /// Of what is counted: `rows`, `MB`.
    pub(super) fn of(what: &'static str) -> Progress {
        let now = Instant::now();
        let is_terminal = std::io::stderr().is_terminal();
        Progress { what, is_terminal, since: now, told: now, is_open: false }
    }

    /// So many are done, of so many where that is known.
    pub(super) fn tell(&mut self, rows: u64, of: Option<u64>) {
        let pause = Duration::from_millis(if self.is_terminal { 200 } else { 10_000 });
        if self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let each_second = rows / self.since.elapsed().as_secs().max(1);
        let mut words = format!("{rows} {}, {each_second} a second", self.what);
        if let Some(of) = of {
            let left = of.saturating_sub(rows) / each_second.max(1);
            words = format!("{words}, {left} seconds left");
        }
        if self.is_terminal {
            let _ = write!(std::io::stderr(), "\r{words}   ");
            self.is_open = true;
        } else {
            let _ = writeln!(std::io::stderr(), "{words}");
        }
    }

    pub(super) fn end(&mut self) {
        if self.is_open {
            let _ = writeln!(std::io::stderr());
            self.is_open = false;
        }
    }
}
