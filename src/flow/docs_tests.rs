//! The tables of docs/flows.md are those of the program, and what it shows of `check` is what `check`
//! shows.

use std::collections::BTreeSet;

use super::fixture::{file, geography};
use super::text::{COMMON, COMMON_LABELLED, COMMON_LABELS};
use super::wording::PERSON_VARIABLES;
use super::{Code, load};

const PAGE: &str = include_str!("../../docs/flows.md");

/// The lines of a section, from its heading to the next of the same height.
fn section(heading: &str) -> Vec<&'static str> {
    let lines = PAGE.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    assert!(!lines.is_empty(), "no section {heading}");
    lines
}

/// The rows of the first table of a section: their cells.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let lines = section(heading).into_iter().skip_while(|line| !line.starts_with("|---")).skip(1);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What stands in backquotes in a cell.
fn code_spans(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_page_lists_every_code_of_check_once() {
    let mut listed: Vec<&str> = Vec::new();
    for row in rows("## What `check` says") {
        listed.extend(code_spans(row[0]));
    }
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    let mut known: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    known.sort_unstable();
    assert_eq!(sorted, known);
}

#[test]
fn the_page_lists_every_post() {
    let line = PAGE.split("The posts there are: ").nth(1).unwrap();
    let listed = code_spans(line.split("\n\n").next().unwrap());
    assert_eq!(listed, crate::contact::POSTS);
}

#[test]
fn the_page_lists_every_variable_of_every_person() {
    let listed: BTreeSet<&str> = rows("## Variables")
        .iter()
        .flat_map(|row| code_spans(row[0]))
        .map(|name| name.trim_start_matches('$'))
        .collect();
    assert_eq!(listed, PERSON_VARIABLES.into_iter().collect());
}

#[test]
fn the_page_lists_every_text_of_the_engine_with_its_variables() {
    let mut listed: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows("## The engine's own texts") {
        let variables = code_spans(row.get(2).copied().unwrap_or_default());
        let variables = variables.iter().map(|name| name.trim_start_matches('$').to_owned());
        for name in code_spans(row[0]) {
            listed.push((name.to_owned(), variables.clone().collect()));
        }
    }
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut known: Vec<(String, Vec<String>)> =
        COMMON.iter().map(|(name, variables)| ((*name).to_owned(), owned(variables))).collect();
    known.extend(COMMON_LABELS.iter().map(|(name, _)| ((*name).to_owned(), Vec::new())));
    known.extend(COMMON_LABELLED.iter().map(|name| ((*name).to_owned(), Vec::new())));
    listed.sort();
    known.sort();
    assert_eq!(listed, known);
}

#[test]
fn the_mistake_the_page_shows_looks_as_check_shows_it() {
    let block = PAGE.split("```text\nerror[unknown-step]").nth(1).unwrap();
    let shown = format!("error[unknown-step]{}", block.split("```").next().unwrap());
    let mut sources = crate::serve::read_sources(None, None).unwrap();
    let flow = include_str!("../cli/starter/flows/meeting.yaml");
    let broken = flow.replace("when: {no: pity}", "when: {no: pitty}");
    assert_ne!(broken, flow);
    sources.files.push(file("flows/meeting.yaml", &broken));
    for (language, texts) in [
        ("hi", include_str!("../cli/starter/locales/hi/meeting.ftl")),
        ("en", include_str!("../cli/starter/locales/en/meeting.ftl")),
        ("ur", include_str!("../cli/starter/locales/ur/meeting.ftl")),
    ] {
        sources.files.push(file(&format!("locales/{language}/meeting.ftl"), texts));
    }
    let found = load(&sources, geography()).unwrap_err();
    assert_eq!(found[0].to_string().trim_end(), shown.trim_end());
}

#[test]
fn the_page_shows_the_files_of_init_as_they_are() {
    for text in [
        include_str!("../cli/starter/flows/meeting.yaml"),
        include_str!("../cli/starter/locales/hi/meeting.ftl"),
        include_str!("../cli/starter/locales/en/meeting.ftl"),
        include_str!("../cli/starter/locales/ur/meeting.ftl"),
        include_str!("../cli/starter/flows/rehearsals/meeting-sms.yaml"),
        include_str!("../cli/starter/flows/rehearsals/meeting-urdu-cannot-come.yaml"),
    ] {
        assert!(PAGE.contains(&format!("\n{text}```")), "{text}");
    }
}

#[test]
fn every_link_within_the_page_leads_to_a_heading() {
    let anchor = |heading: &str| -> String {
        let plain = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = plain
            .chars()
            .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    };
    let mut fenced = false;
    let mut known: BTreeSet<String> = BTreeSet::new();
    for line in PAGE.lines() {
        fenced ^= line.starts_with("```");
        if !fenced && line.starts_with('#') {
            known.insert(anchor(line));
        }
    }
    let links = PAGE.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links {
        assert!(known.contains(link), "#{link} leads nowhere");
    }
}
