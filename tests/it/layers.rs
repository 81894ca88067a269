//! The arrows of the house: which room may use which. See docs/architecture.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that anybody may use: the shared vocabulary and the parameters of everything.
const SHARED: [&str; 11] = [
    "message",
    "contact",
    "fact",
    "geography",
    "clock",
    "seal",
    "config",
    "metrics",
    "vital",
    "segments",
    "markup",
];

/// What each room may use besides the shared words and itself.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("message", ["contact"].as_slice()),
        ("contact", ["message"].as_slice()),
        ("fact", ["contact", "message"].as_slice()),
        ("clock", [].as_slice()),
        ("geography", ["understanding"].as_slice()),
        ("seal", ["clock", "contact"].as_slice()),
        ("config", ["calendar", "gate", "message"].as_slice()),
        ("metrics", ["records", "message", "dlt"].as_slice()),
        ("vital", [].as_slice()),
        ("segments", [].as_slice()),
        ("markup", [].as_slice()),
        ("understanding", ["geography", "contact"].as_slice()),
        ("locale", ["contact"].as_slice()),
        ("membership", [].as_slice()),
        ("template", ["locale"].as_slice()),
        ("dlt", [].as_slice()),
        (
            "flow",
            [
                "understanding",
                "locale",
                "membership",
                "gate",
                "calendar",
                "template",
                "dlt",
                "people",
            ]
            .as_slice(),
        ),
        ("gate", ["calendar"].as_slice()),
        ("sheet", [].as_slice()),
        ("people", ["sheet", "understanding", "places"].as_slice()),
        ("places", ["understanding"].as_slice()),
        ("audience", ["flow", "places"].as_slice()),
        ("calendar", [].as_slice()),
        ("ballot_box", ["audience", "flow", "places", "poll", "records"].as_slice()),
        (
            "poll",
            [
                "audience",
                "calendar",
                "flow",
                "locale",
                "people",
                "places",
                "sheet",
                "understanding",
            ]
            .as_slice(),
        ),
        (
            "records",
            [
                "broadcast",
                "flow",
                "gate",
                "locale",
                "membership",
                "people",
                "places",
                "poll",
                "understanding",
            ]
            .as_slice(),
        ),
        ("state", [].as_slice()),
        ("delivery", ["records", "state", "channel", "gate", "calendar", "broadcast"].as_slice()),
        (
            "intake",
            [
                "ballot_box",
                "flow",
                "gate",
                "calendar",
                "poll",
                "records",
                "state",
                "delivery",
                "membership",
            ]
            .as_slice(),
        ),
        ("effects", ["flow", "records", "intake", "channel"].as_slice()),
        ("channel", ["intake", "membership", "dlt"].as_slice()),
        (
            "console",
            ["ballot_box", "channel", "flow", "intake", "locale", "poll", "records", "state"]
                .as_slice(),
        ),
        ("sandbox", ["template", "people", "sheet", "places"].as_slice()),
        ("consent", [].as_slice()),
        (
            "broadcast",
            [
                "audience", "calendar", "gate", "template", "dlt", "flow", "locale", "places",
                "segments",
            ]
            .as_slice(),
        ),
        (
            "mailing",
            ["audience", "broadcast", "dlt", "flow", "gate", "places", "records", "sheet"]
                .as_slice(),
        ),
        (
            "serve",
            [
                "channel",
                "console",
                "delivery",
                "dlt",
                "effects",
                "flow",
                "intake",
                "records",
                "state",
                "locale",
                "gate",
                "calendar",
                "ballot_box",
                "poll",
                "broadcast",
                "cli",
                "mailing",
            ]
            .as_slice(),
        ),
        (
            "cli",
            [
                "serve",
                "delivery",
                "flow",
                "effects",
                "records",
                "state",
                "sandbox",
                "locale",
                "channel",
                "intake",
                "understanding",
                "membership",
                "template",
                "dlt",
                "people",
                "places",
                "sheet",
                "broadcast",
                "audience",
                "calendar",
                "gate",
                "ballot_box",
                "poll",
                "mailing",
            ]
            .as_slice(),
        ),
    ])
}

/// Rooms without clock, I/O and async, and what must not be named in them.
const PURE: [&str; 19] = [
    "audience",
    "broadcast",
    "calendar",
    "people",
    "places",
    "poll",
    "dlt",
    "message",
    "contact",
    "fact",
    "geography",
    "understanding",
    "locale",
    "membership",
    "flow",
    "gate",
    "template",
    "segments",
    "markup",
];
const IMPURE_WORDS: [&str; 10] = [
    "tokio::",
    "async fn",
    "std::fs",
    "std::net",
    "std::env",
    "rusqlite",
    "redis::",
    "reqwest",
    "SystemTime",
    "Instant::now",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// `(room, path, code)` of every source file; test modules are left out.
fn rooms() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut rooms = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        let room = first.trim_end_matches(".rs").to_owned();
        let is_test = relative.components().any(|part| {
            let name = part.as_os_str().to_str().unwrap_or_default();
            name == "tests" || name == "tests.rs" || name.ends_with("_tests.rs")
        });
        if room == "lib" || room == "main" || is_test {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
        rooms.push((room, relative.display().to_string(), code));
    }
    rooms
}

/// The rooms named after `crate::` in a piece of code, groups included.
fn uses(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (index, _) in code.match_indices("crate::") {
        let rest = &code[index + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => used.push(std::mem::take(&mut word)),
                    _ if depth == 0 => word.push(character),
                    _ => {}
                }
            }
            used.push(word);
        } else {
            used.push(rest.to_owned());
        }
    }
    used.iter()
        .map(|path| {
            path.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
        })
        .filter(|room: &String| !room.is_empty())
        .collect()
}

#[test]
fn a_room_only_uses_the_rooms_the_design_gives_it() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        let Some(may) = allowed.get(room.as_str()) else {
            wrong.push(format!("{path}: the room {room} is not in the design"));
            continue;
        };
        for used in uses(&without_comments(&code)) {
            let is_shared_word =
                SHARED.contains(&used.as_str()) && !matches!(room.as_str(), "clock" | "config");
            if used != room && !is_shared_word && !may.contains(&used.as_str()) {
                wrong.push(format!("{path}: {room} uses {used}"));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "arrows the design does not have:\n{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_know_no_clock_no_disk_and_no_network() {
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        if !PURE.contains(&room.as_str()) {
            continue;
        }
        let code = without_comments(&code);
        for word in IMPURE_WORDS {
            if code.contains(word) {
                wrong.push(format!("{path}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "a pure room does what only the shell may:\n{}", wrong.join("\n"));
}

#[test]
fn sql_is_written_in_the_records_alone() {
    for (room, path, code) in rooms() {
        if room != "records" {
            assert!(
                !without_comments(&code).contains("rusqlite::"),
                "{path} speaks to the database"
            );
        }
    }
}

fn without_comments(code: &str) -> String {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}
