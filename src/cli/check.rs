//! `samvad check`: every flow, text and rehearsal, proved before it runs.

use std::process::ExitCode;
use std::sync::Arc;

use super::OriginArgs;
use crate::flow;
use crate::geography::Geography;
use crate::serve::{FlowsError, load_flows};

pub(super) fn run(origins: &OriginArgs) -> ExitCode {
    match check(origins) {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn check(origins: &OriginArgs) -> Result<String, String> {
    let (flows, _) = load(origins)?;
    for warning in flows.warnings() {
        eprintln!("{warning}\n");
    }
    let names: Vec<&str> = flows.names().collect();
    Ok(format!(
        "{} flows check: {}. {} warning(s).",
        names.len(),
        names.join(", "),
        flows.warnings().len()
    ))
}

/// The flows and their sources, or everything that is wrong, worded for the author.
pub(super) fn load(origins: &OriginArgs) -> Result<(flow::Flows, flow::Sources), String> {
    let config = origins.read().map_err(|errors| errors.to_string())?;
    let geography = Arc::new(Geography::shipped()?);
    let (flows, locales) = (config.flows.as_deref(), config.locales.as_deref());
    let sources = crate::serve::read_sources(flows, locales).map_err(|error| error.to_string())?;
    match load_flows(flows, locales, &geography) {
        Ok(loaded) => Ok((loaded, sources)),
        Err(FlowsError::Wrong(diagnostics)) => {
            let is_error = |found: &&flow::Diagnostic| found.severity == flow::Severity::Error;
            let errors = diagnostics.iter().filter(is_error).count();
            let mut words: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            words.push(format!("{errors} error(s), {} warning(s)", diagnostics.len() - errors));
            Err(words.join("\n\n"))
        }
        Err(error) => Err(error.to_string()),
    }
}
