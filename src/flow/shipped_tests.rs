//! The conversations that come with the program.

use super::*;

pub(in crate::flow) fn shipped() -> (Sources, Flows) {
    let sources = crate::serve::read_sources(None, None).unwrap();
    let flows = load(&sources, super::fixture::geography())
        .unwrap_or_else(|findings| panic!("{}", super::fixture::drawn(&findings)));
    (sources, flows)
}

#[test]
fn the_shipped_flows_pass_the_check_without_a_warning() {
    let (_, flows) = shipped();
    let warnings: Vec<String> = flows.warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
}

#[test]
fn every_shipped_rehearsal_goes_as_written() {
    let (sources, flows) = shipped();
    let reports: Vec<RehearsalReport> =
        sources.rehearsals().into_iter().map(|file| rehearse(&flows, file)).collect();
    let failed: Vec<String> =
        reports.iter().filter(|report| !report.passed()).map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{} of {}\n{}", failed.len(), reports.len(), failed.join("\n\n"));
}

#[test]
fn the_rehearsals_visit_at_least_ninety_five_percent_of_the_branches_of_every_shipped_flow() {
    let (sources, flows) = shipped();
    let reports: Vec<RehearsalReport> =
        sources.rehearsals().into_iter().map(|file| rehearse(&flows, file)).collect();
    let covered = coverage(&flows, &sources, &reports);
    let below: Vec<String> = covered.below(95).map(ToString::to_string).collect();
    assert!(below.is_empty(), "{}", below.join("\n"));
}
