//! `samvad rehearse`: the written transcripts against the engine; what they cover; and a new one
//! written from a chat.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::OriginArgs;
use super::chat::{self, PersonArgs};
use crate::flow;

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Only rehearsals whose file name contains this; with --record the flow that is rehearsed
    only: Option<String>,
    /// Chat, and write what was said to this file as a rehearsal
    #[arg(long, value_name = "FILE", conflicts_with_all = ["coverage", "least"])]
    record: Option<PathBuf>,
    #[command(flatten)]
    person: PersonArgs,
    /// Tell which steps and branches the rehearsals visit
    #[arg(long)]
    coverage: bool,
    /// How the coverage is told
    #[arg(long, value_enum, default_value_t, requires = "coverage")]
    format: Format,
    /// Exit 1 when less than so many percent of the branches of a flow are visited
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    least: Option<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

pub(super) fn run(origins: &OriginArgs, args: &RehearseArgs) -> ExitCode {
    if let Some(file) = &args.record {
        return chat::record(origins, args.only.as_deref(), &args.person, file);
    }
    let (flows, sources) = match super::check::load(origins) {
        Ok(loaded) => loaded,
        Err(words) => {
            eprintln!("{words}");
            return ExitCode::FAILURE;
        }
    };
    let mut reports = Vec::new();
    for file in sources.rehearsals() {
        if args.only.as_ref().is_some_and(|part| !file.path.contains(part.as_str())) {
            continue;
        }
        reports.push(flow::rehearse(&flows, file));
    }
    let failed = reports.iter().filter(|report| !report.passed()).count();
    let goes_well = !reports.is_empty() && failed == 0;
    if args.coverage || args.least.is_some() {
        return tell_coverage(args, &flows, &sources, &reports, goes_well);
    }
    for report in &reports {
        println!("{report}");
    }
    if args.only.is_none() {
        for name in flow::unplayed(&flows, &reports) {
            println!("mind: no rehearsal plays the flow {name}");
        }
    }
    println!("{} rehearsals, {failed} differ", reports.len());
    if goes_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell_coverage(
    args: &RehearseArgs,
    flows: &flow::Flows,
    sources: &flow::Sources,
    reports: &[flow::RehearsalReport],
    goes_well: bool,
) -> ExitCode {
    // A rehearsal that differs was not played to its end: what it covers is not to be relied on.
    for report in reports.iter().filter(|report| !report.passed()) {
        eprintln!("{report}");
    }
    let coverage = flow::coverage(flows, sources, reports);
    if args.format == Format::Json {
        match serde_json::to_string_pretty(&coverage) {
            Ok(json) => println!("{json}"),
            Err(error) => {
                eprintln!("samvad: the coverage cannot be written as JSON: {error}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        println!("{coverage}");
    }
    let mut enough = goes_well;
    if let Some(least) = args.least {
        for flow in coverage.below(usize::from(least)) {
            eprintln!("{}: less than {least} % of its branches are visited", flow.flow);
            enough = false;
        }
    }
    if enough { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
