//! `samvad check`: proves flows and texts whole before they run.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::files;
use crate::flow::{self, Diagnostic, Severity};
use crate::geography::Geography;

/// Reads and checks the files of a folder, or those that come with the program, and prints what is
/// wrong with them. Fails when anything is an error.
///
/// # Errors
/// When the files cannot be read at all.
pub fn run(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let sources = files::sources(folder)?;
    let geography = Arc::new(Geography::shipped().map_err(anyhow::Error::msg)?);
    match flow::load(&sources, geography) {
        Ok(flows) => {
            print(flows.warnings());
            let names: Vec<&str> = flows.names().collect();
            println!("{} flows are in order: {}", names.len(), names.join(", "));
            Ok(ExitCode::SUCCESS)
        }
        Err(findings) => {
            print(&findings);
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The findings, each as a block, and how many there are.
pub(super) fn print(findings: &[Diagnostic]) {
    for finding in findings {
        println!("{finding}\n");
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    if errors > 0 {
        println!("{errors} errors, {warnings} warnings");
    } else if warnings > 0 {
        println!("{warnings} warnings");
    }
}
