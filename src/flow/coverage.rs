//! What the rehearsals visit: steps, and every way out of a step that has more than one.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use super::definition::Flow;
use super::diagnostic::line_of;
use super::load::{Flows, Sources};
use super::rehearse::RehearsalReport;
use super::ways::{Passed, Way, ways};

/// What the rehearsals visit of every flow.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    pub flows: Vec<FlowCoverage>,
    pub steps: Visited,
    pub branches: Visited,
}

/// What they visit of one flow.
#[derive(Clone, Debug, Serialize)]
pub struct FlowCoverage {
    pub flow: String,
    pub path: String,
    pub steps: Visited,
    /// The outcomes of questions, the ways of `if` and `switch`, skips and timers.
    pub branches: Visited,
    /// What nobody rehearsed, in the order of the file.
    pub unvisited: Vec<Unvisited>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Visited {
    pub visited: usize,
    pub of: usize,
}

/// A step, or a way of one, that no rehearsal takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unvisited {
    pub path: String,
    /// From 1.
    pub line: usize,
    /// `None` for a timer of the whole flow.
    pub step: Option<String>,
    /// `None`: nobody comes to the step at all.
    pub way: Option<String>,
}

impl Visited {
    /// Tenths of a percent, rounded down; all of nothing is everything.
    #[must_use]
    pub const fn per_mille(self) -> usize {
        match (self.visited * 1000).checked_div(self.of) {
            Some(share) => share,
            None => 1000,
        }
    }

    fn count(&mut self, visited: bool) {
        self.of += 1;
        self.visited += usize::from(visited);
    }

    fn add(&mut self, other: Visited) {
        self.of += other.of;
        self.visited += other.visited;
    }
}

impl fmt::Display for Visited {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = self.per_mille();
        write!(formatter, "{}/{} ({}.{} %)", self.visited, self.of, share / 10, share % 10)
    }
}

impl Coverage {
    /// The flows of whose branches less than so many percent are visited.
    pub fn below(&self, percent: usize) -> impl Iterator<Item = &FlowCoverage> {
        self.flows.iter().filter(move |flow| flow.branches.per_mille() < percent * 10)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for flow in &self.flows {
            writeln!(formatter, "{flow}")?;
        }
        write!(formatter, "all flows: steps {}, branches {}", self.steps, self.branches)
    }
}

impl fmt::Display for FlowCoverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: steps {}, branches {}", self.flow, self.steps, self.branches)?;
        for unvisited in &self.unvisited {
            write!(formatter, "\n  {}:{}: ", unvisited.path, unvisited.line)?;
            match (&unvisited.step, &unvisited.way) {
                (Some(step), None) => write!(formatter, "nobody comes to `{step}`")?,
                (Some(step), Some(way)) => write!(formatter, "`{step}` never goes `{way}`")?,
                (None, way) => {
                    let way = way.as_deref().unwrap_or_default();
                    write!(formatter, "`{way}` never happens")?;
                }
            }
        }
        Ok(())
    }
}

/// The names of the flows no rehearsal comes through, be it by themselves or through one that calls
/// them.
#[must_use]
pub fn unplayed<'f>(flows: &'f Flows, reports: &[RehearsalReport]) -> Vec<&'f str> {
    let played: HashSet<usize> = reports.iter().flat_map(RehearsalReport::flows).collect();
    let all = flows.all().iter().enumerate();
    all.filter(|(index, _)| !played.contains(index)).map(|(_, flow)| flow.name.as_str()).collect()
}

/// Counts what the rehearsals visited. `sources` are those the flows were loaded from.
#[must_use]
pub fn coverage(flows: &Flows, sources: &Sources, reports: &[RehearsalReport]) -> Coverage {
    let passed: HashSet<&Passed> = reports.iter().flat_map(|report| &report.walked).collect();
    let mut all =
        Coverage { flows: Vec::new(), steps: Visited::default(), branches: Visited::default() };
    for (index, flow) in flows.all().iter().enumerate() {
        let counted = count(index, flow, sources, &passed);
        all.steps.add(counted.steps);
        all.branches.add(counted.branches);
        all.flows.push(counted);
    }
    all
}

fn count(index: usize, flow: &Flow, sources: &Sources, passed: &HashSet<&Passed>) -> FlowCoverage {
    let file = flow.steps.first().and_then(|step| sources.files.get(step.place.file));
    let path = file.map(|file| file.path.clone()).unwrap_or_default();
    let text = file.map_or("", |file| file.text.as_str());
    let mut counted = FlowCoverage {
        flow: flow.name.clone(),
        path: path.clone(),
        steps: Visited::default(),
        branches: Visited::default(),
        unvisited: Vec::new(),
    };
    let mut miss = |line, step: Option<&str>, way: Option<&str>| {
        let (step, way) = (step.map(str::to_owned), way.map(str::to_owned));
        counted.unvisited.push(Unvisited { path: path.clone(), line, step, way });
    };
    let took = |step: Option<usize>, way: Way| passed.contains(&Passed { flow: index, step, way });
    for (number, step) in flow.steps.iter().enumerate() {
        let line = line_of(text, step.place.start);
        let out = ways(flow, number);
        let visited: Vec<bool> =
            out.iter().map(|way| took(Some(number), way.way.clone())).collect();
        let arrived = took(Some(number), Way::Arrived) || visited.contains(&true);
        counted.steps.count(arrived);
        if !arrived {
            miss(line, Some(&step.name), None);
        }
        if out.len() < 2 {
            continue;
        }
        for (way, visited) in out.iter().zip(visited) {
            counted.branches.count(visited);
            if arrived && !visited {
                miss(line, Some(&step.name), Some(&way.words));
            }
        }
    }
    let timers = [
        ("remind", flow.remind.is_some(), Way::Remind),
        ("expires", flow.expires.is_some(), Way::Expire),
    ];
    for (key, is_set, way) in timers {
        if !is_set {
            continue;
        }
        let visited = took(None, way);
        counted.branches.count(visited);
        if !visited {
            miss(line_of_key(text, key), None, Some(key));
        }
    }
    counted
}

/// The line on which a key of the whole file stands; the first when it cannot be found.
fn line_of_key(text: &str, key: &str) -> usize {
    let found = text.lines().position(|line| {
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
    });
    found.map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::super::{SourceFile, fixture, rehearse};
    use super::*;

    fn covered_by(talk: &str) -> Coverage {
        let (flows, sources) = (fixture::flows(), fixture::sources());
        let text = format!("rehearse: join\nlang: en\n{talk}");
        let file = SourceFile { path: "flows/rehearsals/one.yaml".to_owned(), text };
        let report = rehearse(&flows, &file);
        assert!(report.passed(), "{report}");
        coverage(&flows, &sources, &[report])
    }

    #[test]
    fn what_nobody_rehearsed_is_listed_with_its_line() {
        let talk = "talk:\n  - me: join us\n  - bot: consent\n  - tap: \"no\"\n  - bot: declined\n";
        let covered = covered_by(talk);
        let join = covered.flows.iter().find(|flow| flow.flow == "join").unwrap();
        insta::assert_snapshot!(join);
        assert_eq!((join.steps.visited, join.branches.visited), (3, 2));
    }

    #[test]
    fn an_outcome_a_skip_a_condition_and_a_timer_count_when_they_were_taken() {
        let talk = "talk:
  - me: join us
  - bot: consent
  - me: \"yes\"
  - bot: birth-year
  - me: \"1985\"
  - bot: name
  - me: Sunita Devi
  - bot: district
  - me: Lucknow
  - bot: seat
  - me: Lucknow East
  - bot: booth
  - wait: 20h
  - bot: [remind, booth]
  - me: skip
  - bot: confirm
  - wait: 7d
  - bot: [remind, confirm]
";
        let covered = covered_by(talk);
        let join = covered.flows.iter().find(|flow| flow.flow == "join").unwrap();
        let missing: Vec<(Option<&str>, Option<&str>)> = join
            .unvisited
            .iter()
            .map(|unvisited| (unvisited.step.as_deref(), unvisited.way.as_deref()))
            .collect();
        assert!(!missing.contains(&(Some("booth"), Some("skip"))), "{missing:?}");
        assert!(missing.contains(&(Some("booth"), Some("any other answer"))), "{missing:?}");
        assert!(missing.contains(&(Some("already"), Some("member"))), "{missing:?}");
        assert!(!missing.iter().any(|(step, _)| step.is_none()), "{missing:?}");
    }

    /// Steps that take time, a loop with a limit, and an end with a result.
    const EXTRA: &str = "\
flow: extra
start: {words: [extra]}
steps:
  people: {ask: people, answer: {number: {from: 1, to: 5000}}}
  rest: {wait: 2h, reply: look}
  look:
    fetch: https://api.example.org/halls/{people}
    when: {ok: photo, not_found: again}
  person: {handoff: thanks, goto: thanks}
  photo: {ask: photo, answer: photo, optional: true, goto: thanks}
  again: {goto: people, at_most: 1, else: thanks}
  thanks: {say: thanks, end: true}
";

    #[test]
    fn waits_calls_and_limits_have_ways_of_their_own() {
        let sources = fixture::sources_with("flows/extra.yaml", EXTRA);
        let flows = fixture::loaded(&sources);
        let covered = |lines: &str| {
            let text = format!("rehearse: extra\ntalk:\n  - me: extra\n  - bot: people\n{lines}");
            let file = SourceFile { path: "flows/rehearsals/one.yaml".to_owned(), text };
            let report = rehearse(&flows, &file);
            assert!(report.passed(), "{report}");
            let mut covered = coverage(&flows, &sources, &[report]);
            covered.flows.retain(|flow| flow.flow == "extra");
            covered.flows.remove(0).to_string()
        };
        let twice = "  - me: \"1\"\n  - wait: 2h\n  - fetched: {status: 404}\n  - bot: people\n";
        insta::assert_snapshot!(covered(&format!(
            "{twice}  - me: \"1\"\n  - me: hello\n  - fetched: {{status: 200}}\n  - bot: photo\n"
        )));
        insta::assert_snapshot!(covered(&format!(
            "{twice}  - me: \"1\"\n  - me: hello\n  - fetched: {{status: 404}}\n  - bot: thanks\n"
        )));
        insta::assert_snapshot!(covered(
            "  - me: \"1\"\n  - me: hello\n  - fetched: failed\n  - bot: thanks\n"
        ));
    }

    #[test]
    fn shares_are_rounded_down_and_nothing_of_nothing_is_all() {
        assert_eq!(Visited { visited: 0, of: 0 }.to_string(), "0/0 (100.0 %)");
        assert_eq!(Visited { visited: 2, of: 3 }.to_string(), "2/3 (66.6 %)");
        let covered = Coverage {
            flows: vec![FlowCoverage {
                flow: "x".to_owned(),
                path: String::new(),
                steps: Visited::default(),
                branches: Visited { visited: 949, of: 1000 },
                unvisited: Vec::new(),
            }],
            steps: Visited::default(),
            branches: Visited::default(),
        };
        assert_eq!((covered.below(95).count(), covered.below(94).count()), (1, 0));
    }
}
