//! `samvad rehearse`: the written transcripts against the engine.

use std::collections::BTreeSet;
use std::process::ExitCode;

use super::OriginArgs;
use crate::flow;

pub(super) fn run(origins: &OriginArgs, only: Option<&str>) -> ExitCode {
    let (flows, sources) = match super::check::load(origins) {
        Ok(loaded) => loaded,
        Err(words) => {
            eprintln!("{words}");
            return ExitCode::FAILURE;
        }
    };
    let mut played = 0;
    let mut failed = 0;
    let mut rehearsed = BTreeSet::new();
    for file in sources.rehearsals() {
        if only.is_some_and(|part| !file.path.contains(part)) {
            continue;
        }
        let report = flow::rehearse(&flows, file);
        println!("{report}");
        played += 1;
        failed += usize::from(!report.passed());
        rehearsed.insert(report.flow);
    }
    if only.is_none() {
        for name in flows.names().filter(|name| !rehearsed.contains(*name)) {
            println!("mind: no rehearsal plays the flow {name}");
        }
    }
    println!("{played} rehearsals, {failed} differ");
    if played == 0 || failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
