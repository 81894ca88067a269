//! `samvad poll tally`: an example of counting, as papers print them, counted by what counts a poll.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::TallyArgs;
use crate::poll::ballot::Method;
use crate::poll::profile::{Form, Outcome, read};

/// The largest file that is read: a million lines.
const LONGEST: u64 = 64 * 1024 * 1024;

/// # Errors
/// The file cannot be read, or the first mistake in it with its line and column; nothing is counted then.
pub(super) fn tally(args: &TallyArgs) -> anyhow::Result<()> {
    let path = args.file.as_path();
    let text = text_of(path)?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let method = args.method.into();
    let profile =
        read(&text, Form::of_ending(ending), method).with_context(|| path.display().to_string())?;
    let outcome = Outcome::of(&profile, method, args.panel);
    if args.json {
        println!("{:#}", outcome.to_json());
    } else {
        print!("{outcome}");
    }
    Ok(())
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("{} cannot be read", path.display());
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .with_context(cannot)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST {
        bail!("{} is larger than {} MB", path.display(), LONGEST / 1024 / 1024);
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let before = String::from_utf8_lossy(before);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        anyhow::anyhow!(
            "{}: line {line}, column {column}: this is no UTF-8; save the file as UTF-8",
            path.display()
        )
    })
}

/// How the ballots of a file choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum MethodName {
    ChooseOne,
    Approve,
    Rank,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Method {
        match name {
            MethodName::ChooseOne => Method::ChooseOne,
            MethodName::Approve => Method::Approve,
            MethodName::Rank => Method::Rank,
        }
    }
}
