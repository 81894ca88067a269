//! Files where nobody looks for them, or saved in a way nobody can read.

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, nearest};
use crate::flow::load::{SourceFile, Sources, is_dlt, is_flow, is_rehearsal, is_template, is_yaml};
use crate::flow::yaml::{Kind, Node};
use crate::locale::no_text;

/// How every file stands in its folder.
pub(in crate::flow) fn files(sources: &Sources, findings: &mut Findings<'_>) {
    // A folder that is no language is told once, not with each of its files.
    let mut folders: Vec<&str> = Vec::new();
    for (index, file) in sources.files.iter().enumerate() {
        let beginning = Place { file: index, start: 0, end: 1 };
        saved(file, beginning, findings);
        let told = misplaced(&file.path).or_else(|| by_content(file));
        if let Some((message, usual, code)) = told {
            let hint = home_of_texts(sources, &file.path).unwrap_or(usual);
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if message.ends_with("is no language") {
                if folders.contains(&folder) {
                    continue;
                }
                folders.push(folder);
            }
            findings.error_hint(beginning, message, hint).code(code);
        }
        if is_flow_among_rehearsals(file) {
            findings
                .error_hint(
                    beginning,
                    "this is a flow, and here only rehearsals are looked for",
                    "move the file to flows/",
                )
                .code(Code::WrongFolder);
        }
        if is_flow(&file.path) && begins_with_key(&file.text, "template") {
            findings
                .error_hint(
                    beginning,
                    "this is a template, and here only flows are looked for",
                    "move the file to flows/templates/",
                )
                .code(Code::WrongFolder);
        }
        if is_flow(&file.path) && begins_with_key(&file.text, "rehearse") {
            findings
                .error_hint(
                    beginning,
                    "this is a rehearsal, and here only flows are looked for",
                    "move the file to flows/rehearsals/",
                )
                .code(Code::WrongFolder);
        }
    }
}

/// Where texts belong that stand in no folder of a language: in those that lack a file of this name.
fn home_of_texts(sources: &Sources, path: &str) -> Option<String> {
    let name = path.strip_prefix("locales/").filter(|name| !name.contains('/'))?;
    name.strip_suffix(".ftl")?;
    let has = |wanted: &str| sources.files.iter().any(|file| file.path.starts_with(wanted));
    let codes = Language::ALL.map(Language::code);
    let homes: Vec<String> = codes
        .into_iter()
        .filter(|code| has(&format!("locales/{code}/")))
        .map(|code| format!("locales/{code}/{name}"))
        .filter(|home| !has(home))
        .collect();
    (!homes.is_empty()).then(|| format!("move the file to {}", homes.join(", or ")))
}

fn is_flow_among_rehearsals(file: &SourceFile) -> bool {
    is_rehearsal(&file.path)
        && begins_with_key(&file.text, "flow")
        && !begins_with_key(&file.text, "talk")
}

/// The name of a flow that stands in a file where no flow is looked for, which is told.
pub(in crate::flow) fn strayed_flow(file: &SourceFile) -> Option<&str> {
    let is_misplaced = misplaced(&file.path).is_some() && begins_with_key(&file.text, "flow");
    if !is_misplaced && !is_flow_among_rehearsals(file) {
        return None;
    }
    let named = file.text.lines().find_map(|line| line.strip_prefix("flow:"))?;
    let named = named.split('#').next().unwrap_or_default().trim();
    (!named.is_empty()).then_some(named)
}

/// Whether a flow file holds a rehearsal or a template, which is told.
pub(in crate::flow) fn is_something_else(root: &Node) -> bool {
    matches!(&root.kind, Kind::Map(entries)
        if entries.iter().any(|(key, _)| matches!(key.text.as_str(), "rehearse" | "template")))
}

/// Whether a rehearsal file holds a flow, which is told.
pub(super) fn is_a_flow(root: &Node) -> bool {
    let Kind::Map(entries) = &root.kind else { return false };
    let has = |name: &str| entries.iter().any(|(key, _)| key.text == name);
    has("flow") && !has("talk")
}

fn begins_with_key(text: &str, key: &str) -> bool {
    text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
}

pub(crate) fn saved(file: &SourceFile, beginning: Place, findings: &mut Findings<'_>) {
    let text = file.text.as_str();
    if let Some((message, hint)) = no_text(text) {
        let code = if message.contains("UTF-16") { Code::NotUtf8 } else { Code::NotText };
        findings.error_hint(beginning, message, hint).code(code);
        return;
    }
    if let Some(offset) = text.find('\u{fffd}') {
        findings
            .error_hint(
                Place { start: offset, end: offset + '\u{fffd}'.len_utf8(), ..beginning },
                "a letter here is not saved as UTF-8",
                "in the editor choose `Save as`, encoding UTF-8; type this word anew",
            )
            .code(Code::NotUtf8);
    }
    if text.starts_with('\u{feff}') {
        findings
            .warn(
                Place { end: 3, ..beginning },
                "the file begins with an invisible mark (BOM)",
                "save it as UTF-8 without BOM; it is read all the same",
            )
            .code(Code::ByteOrderMark);
    }
}

/// A flow or text under another ending, or none: it would not be read.
fn by_content(file: &SourceFile) -> Option<(String, String, Code)> {
    let (_, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    if is_yaml(name) || name.strip_suffix(".ftl").is_some() {
        return None;
    }
    let stem = name.split('.').next().unwrap_or(name);
    let ending = if begins_with_key(&file.text, "flow") || begins_with_key(&file.text, "rehearse") {
        "yaml"
    } else if file.path.starts_with("locales/")
        && file.text.lines().any(|line| line.contains(" = "))
    {
        "ftl"
    } else {
        return None;
    };
    Some((
        format!("the file does not end in `.{ending}` and is not read"),
        format!("rename it to {stem}.{ending}"),
        Code::FileName,
    ))
}

/// What is wrong with the path of a file, and where it belongs.
fn misplaced(path: &str) -> Option<(String, String, Code)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    for right in [".yaml", ".yml", ".ftl"] {
        if let Some((stem, behind)) = name.split_once(&format!("{right}.")) {
            let twice = is_yaml(name) || name.strip_suffix(".ftl").is_some();
            return Some((
                if twice {
                    format!("the file has two endings, `{right}.{behind}`")
                } else {
                    format!("the file ends in `{right}.{behind}` and is not read")
                },
                format!("rename it to {stem}{right}"),
                Code::FileName,
            ));
        }
    }
    let in_flows = path.starts_with("flows/");
    let in_locales = path.starts_with("locales/");
    let wrong = |message: String, hint: String| Some((message, hint, Code::WrongFolder));
    if let Some(stem) = name.strip_suffix(".ftl") {
        if !in_locales {
            return wrong(
                "texts are not looked for here".to_owned(),
                format!("move the file to locales/hi/{name}, or the folder of its language"),
            );
        }
        let code = folder.strip_prefix("locales").unwrap_or_default().trim_start_matches('/');
        if code.is_empty() {
            return wrong(
                "the texts stand in no folder of a language".to_owned(),
                format!("move the file to locales/hi/{stem}.ftl, or locales/en/{stem}.ftl"),
            );
        }
        if Language::from_code(code).is_none() {
            let codes = Language::ALL.map(Language::code);
            let meant = match code.to_lowercase().as_str() {
                "hindi" | "hin" | "hi_in" | "hi-in" => Some("hi"),
                "english" | "eng" | "en_in" | "en-in" => Some("en"),
                "urdu" | "urd" => Some("ur"),
                // Two letters are the code of some language (`bn`), and no slip of another.
                other if other.chars().count() > 2 => nearest(other, codes),
                _ => None,
            };
            return wrong(
                format!("`{code}` is no language"),
                meant.map_or_else(
                    || {
                        format!(
                            "texts are in {}: remove the folder, or move it out of locales/",
                            codes.join(", ")
                        )
                    },
                    |meant| format!("rename the folder to locales/{meant}"),
                ),
            );
        }
        return None;
    }
    if !is_yaml(path) {
        return None;
    }
    if in_locales {
        return wrong(
            "a flow or rehearsal is not looked for here".to_owned(),
            "flows belong to flows/, rehearsals to flows/rehearsals/; texts end in .ftl".to_owned(),
        );
    }
    if in_flows && !is_flow(path) && !is_rehearsal(path) && !is_template(path) && !is_dlt(path) {
        return wrong(
            format!("flows are not looked for in `{folder}`"),
            format!("move the file to flows/{name}, a rehearsal to flows/rehearsals/{name}"),
        );
    }
    None
}
