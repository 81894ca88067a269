//! `samvad broadcast`: what the state office says to many, from its file to its report.

mod office;

use std::process::ExitCode;

use clap::Subcommand;

use self::office::Office;
pub(super) use self::office::found;
use super::OriginArgs;
use crate::flow::Severity;

#[derive(Debug, Subcommand)]
pub enum BroadcastCommand {
    /// Check the files of broadcasts/; exit 1 when something is wrong
    Check {
        /// Only this one
        name: Option<String>,
    },
}

pub(super) fn run(origins: &OriginArgs, command: &BroadcastCommand) -> ExitCode {
    let outcome = match command {
        BroadcastCommand::Check { name } => check(origins, name.as_deref()),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("samvad: {error:#}");
            ExitCode::FAILURE
        }
    }
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
    for finding in &found {
        eprintln!("{finding}\n");
    }
    let errors = found.iter().filter(|found| found.severity == Severity::Error).count();
    let counted = format!("{errors} error(s), {} warning(s)", found.len() - errors);
    if errors > 0 {
        eprintln!("{counted}");
        return Ok(ExitCode::FAILURE);
    }
    let names: Vec<&str> = definitions
        .iter()
        .map(|definition| definition.name.as_str())
        .filter(|known| name.is_none_or(|name| name == *known))
        .collect();
    println!("{} broadcasts check: {}. {counted}.", names.len(), names.join(", "));
    Ok(ExitCode::SUCCESS)
}
