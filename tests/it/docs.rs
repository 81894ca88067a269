//! Every example of docs/flows.md loads, checks without a warning and plays, together with the flows
//! that ship.
//!
//! A block marked `yaml flow` is a whole flow; the blocks `ftl`, `ftl en`, `ftl ur` behind it are its
//! texts, and `yaml template` the templates it names. `yaml rehearsal` is a whole rehearsal, of a flow of the page or one that ships. In the
//! tables of answers, actions and conditions every code span of the first column is tried as well.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use samvad::flow::{self, Flows, SourceFile, Sources};
use samvad::geography::Geography;

const LANGUAGES: [&str; 3] = ["hi", "en", "ur"];

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/flows.md")).unwrap()
}

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

/// One flow of the page with the languages it is written in.
struct Example {
    flow: SourceFile,
    /// By the order of [`LANGUAGES`].
    texts: [Option<SourceFile>; 3],
    templates: Vec<SourceFile>,
}

fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut open = false;
    for (kind, text) in blocks(page) {
        if kind == "yaml flow" {
            let name = text.lines().find_map(|line| line.strip_prefix("flow: ")).unwrap().trim();
            let flow = SourceFile { path: format!("flows/{name}.yaml"), text: text.clone() };
            examples.push(Example { flow, texts: [None, None, None], templates: Vec::new() });
            open = true;
        } else if kind == "yaml template" {
            let name = text.lines().find_map(|line| line.strip_prefix("template: ")).unwrap();
            let path = format!("flows/templates/{}.yaml", name.trim());
            examples.last_mut().unwrap().templates.push(SourceFile { path, text });
        } else if let Some(language) = kind.strip_prefix("ftl").filter(|_| open) {
            let language = if language.is_empty() { "hi" } else { language.trim() };
            let slot = LANGUAGES.iter().position(|known| *known == language).unwrap();
            let example = examples.last_mut().unwrap();
            let name = example.flow.path.replace("flows/", "").replace(".yaml", ".ftl");
            let path = format!("locales/{language}/{name}");
            example.texts[slot] = Some(SourceFile { path, text });
        } else {
            open = false;
        }
    }
    examples
}

/// The shipped flows with their words in some languages, without the rehearsals.
fn shipped(languages: &[&str]) -> Sources {
    let mut sources = samvad::serve::read_sources(None, None).unwrap();
    let spoken = |path: &str| {
        languages.iter().any(|language| path.starts_with(&format!("locales/{language}/")))
    };
    sources.files.retain(|file| {
        !file.path.starts_with("flows/rehearsals")
            && (!file.path.starts_with("locales/") || spoken(&file.path))
    });
    // What cannot be spoken cannot be chosen.
    for file in &mut sources.files {
        if file.path == "flows/language.yaml" {
            file.text = file.text.replace("[hi, en, ur]", &format!("[{}]", languages.join(", ")));
        } else if file.path.ends_with("/language.ftl") {
            let is_label = |line: &str| line.trim_start().starts_with('.');
            let chosen =
                |line: &str| languages.iter().any(|code| line.contains(&format!(".{code} =")));
            let lines = file.text.lines().filter(|line| !is_label(line) || chosen(line));
            file.text = lines.flat_map(|line| [line, "\n"]).collect();
        }
    }
    sources
}

fn load(sources: &Sources) -> Flows {
    let geography = Arc::new(Geography::shipped().unwrap());
    let flows = flow::load(sources, geography).unwrap_or_else(|found| {
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        panic!("{}", found.join("\n\n"));
    });
    let warnings: Vec<String> = flows.warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
    flows.with_polls(samvad::poll::asked::staged)
}

/// Everything in Hindi: the shipped flows and all of the page.
fn all_in_hindi(page: &str) -> Flows {
    let mut sources = shipped(&["hi"]);
    for example in examples(page) {
        let words = example.texts[0].clone();
        let words = words.unwrap_or_else(|| panic!("{} has no words in Hindi", example.flow.path));
        sources.files.extend([example.flow, words]);
        sources.files.extend(example.templates);
    }
    load(&sources)
}

/// The flows that are written in every language, and the shipped ones.
fn in_every_language(page: &str) -> Flows {
    let mut sources = shipped(&LANGUAGES);
    for example in examples(page) {
        let [Some(hi), Some(en), Some(ur)] = example.texts else { continue };
        sources.files.extend([example.flow, hi, en, ur]);
        sources.files.extend(example.templates);
    }
    load(&sources)
}

#[test]
fn every_flow_of_the_page_loads_as_it_stands() {
    let page = page();
    let names: Vec<String> = all_in_hindi(&page).names().map(str::to_owned).collect();
    for example in examples(&page) {
        let name = example.flow.path.replace("flows/", "").replace(".yaml", "");
        assert!(names.contains(&name), "{name}");
    }
    assert!(examples(&page).len() >= 2);
    let spoken = in_every_language(&page);
    assert!(spoken.get("meeting").is_some(), "the tutorial's flow is not in every language");
}

#[test]
fn every_rehearsal_of_the_page_goes_as_written() {
    let page = page();
    let (hindi, spoken) = (all_in_hindi(&page), in_every_language(&page));
    let mut played = 0;
    for (kind, text) in blocks(&page) {
        if kind == "yaml rehearsal" {
            let spoken_otherwise = ["lang: en", "lang: ur", "language: ur"];
            let in_hindi = !spoken_otherwise.iter().any(|words| text.contains(words));
            let flows = if in_hindi { &hindi } else { &spoken };
            let file = SourceFile { path: "docs/flows.md".to_owned(), text };
            let report = flow::rehearse(flows, &file);
            assert!(report.passed(), "{}\n{report}", file.text);
            played += 1;
        }
    }
    assert!(played >= 1);
}

/// The code spans of the first column of the table under a heading.
fn first_column(page: &str, heading: &str) -> Vec<String> {
    let mut spans = Vec::new();
    let section = page.lines().skip_while(|line| *line != heading).skip(1);
    let section = section.take_while(|line| !line.starts_with("## "));
    for line in section.skip_while(|line| !line.starts_with("|---")) {
        let Some(cell) = line.strip_prefix("| ").and_then(|line| line.split(" | ").next()) else {
            continue;
        };
        let mut parts = cell.split('`');
        parts.next();
        while let (Some(code), Some(_)) = (parts.next(), parts.next()) {
            spans.push(code.replace("\\|", "|"));
        }
    }
    assert!(!spans.is_empty(), "no table under {heading}");
    spans
}

/// A flow of one question that asks for everything a condition or an answer of the page names.
fn with_steps(steps: &str, words: &str) -> Sources {
    let mut sources = shipped(&["hi"]);
    let flow =
        format!("flow: try\nstart: {{words: [आजमाइश]}}\nsteps:\n{steps}  done: {{end: true}}\n");
    sources.files.push(SourceFile { path: "flows/try.yaml".to_owned(), text: flow });
    sources
        .files
        .push(SourceFile { path: "locales/hi/try.ftl".to_owned(), text: words.to_owned() });
    sources
}

fn loads(sources: &Sources, what: &str) {
    let geography = Arc::new(Geography::shipped().unwrap());
    if let Err(found) = flow::load(sources, geography) {
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        panic!("{what}\n{}", found.join("\n\n"));
    }
}

/// `[a, b, c]` of an answer: its choices.
fn choices(answer: &str) -> Vec<&str> {
    let lists = answer.split('[').skip(1).filter_map(|rest| rest.split(']').next());
    lists.flat_map(|list| list.split(", ")).collect()
}

#[test]
fn every_answer_of_the_table_is_one() {
    for answer in first_column(&page(), "## Answers") {
        let steps = format!(
            "  district: {{ask: district, answer: district}}\n  asked: {{ask: asked, answer: {answer}}}\n"
        );
        let mut words = "district = जिला?\nasked = क्या?\n".to_owned();
        let kinds = ["message", "pattern"];
        if !kinds.iter().any(|kind| answer.contains(kind)) {
            let mut labels: Vec<&str> = Vec::new();
            for choice in choices(&answer) {
                if !labels.contains(&choice) {
                    writeln!(words, "    .{choice} = विकल्प {}", labels.len() + 1).unwrap();
                    labels.push(choice);
                }
            }
        }
        loads(&with_steps(&steps, &words), &answer);
    }
}

#[test]
fn every_condition_of_the_table_is_one() {
    for condition in first_column(&page(), "## Conditions") {
        let questions = [
            ("coming", "{one_of: [yes, no]}", "\n    .yes = हाँ\n    .no = नहीं"),
            ("people", "number", ""),
            ("likes", "{any_of: [a, b]}", "\n    .a = सड़क\n    .b = पानी"),
            ("day", "date", ""),
        ];
        let (mut steps, mut words) = (String::new(), String::new());
        for (name, answer, labels) in questions {
            if condition.contains(name) {
                writeln!(steps, "  {name}: {{ask: {name}, answer: {answer}}}").unwrap();
                writeln!(words, "{name} = क्या?{labels}").unwrap();
            }
        }
        let condition = condition.replace('\'', "''");
        writeln!(steps, "  asked: {{if: '{condition}', then: done, else: other}}").unwrap();
        writeln!(steps, "  other: {{ask: other, answer: text}}").unwrap();
        writeln!(words, "other = और कुछ?").unwrap();
        loads(&with_steps(&steps, &words), &condition);
    }
}
