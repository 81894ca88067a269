//! `samvad rehearse`: plays the written transcripts and shows the first line that differs.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::files;
use crate::flow;
use crate::geography::Geography;

/// Plays every rehearsal of a folder, or those that come with the program. Fails when one differs,
/// or when the flows themselves do not pass the check.
///
/// # Errors
/// When the files cannot be read at all.
pub fn run(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let sources = files::sources(folder)?;
    let geography = Arc::new(Geography::shipped().map_err(anyhow::Error::msg)?);
    let flows = match flow::load(&sources, geography) {
        Ok(flows) => flows,
        Err(findings) => {
            super::check::print(&findings);
            return Ok(ExitCode::FAILURE);
        }
    };
    let rehearsals = sources.rehearsals();
    let mut failed = 0;
    for file in &rehearsals {
        let report = flow::rehearse(&flows, file);
        println!("{report}");
        failed += usize::from(!report.passed());
    }
    println!("{} of {} rehearsals went as written", rehearsals.len() - failed, rehearsals.len());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
