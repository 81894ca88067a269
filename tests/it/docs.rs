//! Every example of docs/flows.md loads and plays, together with the flows that ship.

use std::path::Path;
use std::sync::Arc;

use samvad::flow::{self, SourceFile, Sources};
use samvad::geography::Geography;

/// The fenced blocks of a page: what stands behind the fence, and the block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((kind.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The shipped flows with their Hindi words, without the rehearsals; the other languages are left out because the
/// examples have none.
fn shipped_in_hindi() -> Sources {
    let mut sources = samvad::serve::read_sources(None, None).unwrap();
    sources.files.retain(|file| {
        !file.path.starts_with("locales/en")
            && !file.path.starts_with("locales/ur")
            && !file.path.starts_with("flows/rehearsals")
    });
    sources
}

#[test]
fn every_flow_of_the_page_loads_as_it_stands() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/flows.md"))
        .unwrap();
    let blocks = blocks(&page);
    let mut loaded = 0;
    for pair in blocks.windows(2) {
        let [(kind, flow), (next, words)] = pair else { continue };
        if kind != "yaml flow" {
            continue;
        }
        assert_eq!(next, "ftl", "a flow of the page has no words behind it:\n{flow}");
        let name = flow.lines().find_map(|line| line.strip_prefix("flow: ")).unwrap().trim();
        let mut sources = shipped_in_hindi();
        sources.files.push(SourceFile { path: format!("flows/{name}.yaml"), text: flow.clone() });
        sources
            .files
            .push(SourceFile { path: format!("locales/hi/{name}.ftl"), text: words.clone() });
        let geography = Arc::new(Geography::shipped().unwrap());
        if let Err(found) = flow::load(&sources, geography) {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            panic!("{}", found.join("\n\n"));
        }
        loaded += 1;
    }
    assert!(loaded >= 2, "the page shows {loaded} whole flows");
}

#[test]
fn every_rehearsal_of_the_page_goes_as_written() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/flows.md"))
        .unwrap();
    let geography = Arc::new(Geography::shipped().unwrap());
    let flows = flow::load(&shipped_in_hindi(), geography).unwrap();
    let mut played = 0;
    for (kind, text) in blocks(&page) {
        if kind == "yaml rehearsal" {
            let file = SourceFile { path: "docs/flows.md".to_owned(), text };
            let report = flow::rehearse(&flows, &file);
            assert!(report.passed(), "{report}");
            played += 1;
        }
    }
    assert!(played >= 1);
}
