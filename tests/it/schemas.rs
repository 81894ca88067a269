//! The schemas that editors use are those the program makes, and every shipped file fits its own.

use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What the program prints for a kind of file.
fn printed(of: &str) -> String {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_samvad")).args(["schema", of]).output();
    let output = output.unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_committed_schemas_are_those_the_program_makes() {
    for of in ["flow", "rehearsal", "template", "dlt", "broadcast", "poll", "config"] {
        let path = root().join("schemas").join(format!("{of}.json"));
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == printed(of),
            "schemas/{of}.json is old: run `samvad schema --out schemas`"
        );
    }
}

/// What of `value` does not fit `schema`: the parts of JSON Schema we use.
fn misfits(value: &Value, schema: &Value, whole: &Value, at: &str) -> Vec<String> {
    let Value::Object(rules) = schema else { return Vec::new() };
    let mut wrong = Vec::new();
    for (rule, wanted) in rules {
        match rule.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                wrong.extend(misfits(value, whole.pointer(pointer).unwrap(), whole, at));
            }
            "type" => {
                let kinds: Vec<&str> = match wanted {
                    Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
                    one => vec![one.as_str().unwrap()],
                };
                let fits = kinds.iter().any(|kind| match *kind {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("no type {other}"),
                });
                if !fits {
                    wrong.push(format!("{at}: {value} is not {kinds:?}"));
                }
            }
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                wrong.push(format!("{at}: {value} is none of {wanted}"));
            }
            "pattern" => {
                if let Value::String(text) = value
                    && !regex::Regex::new(wanted.as_str().unwrap()).unwrap().is_match(text)
                {
                    wrong.push(format!("{at}: {text} does not fit {wanted}"));
                }
            }
            "required" => {
                for key in wanted.as_array().unwrap() {
                    if value.is_object() && value.get(key.as_str().unwrap()).is_none() {
                        wrong.push(format!("{at}: {key} is missing"));
                    }
                }
            }
            "properties" => {
                for (key, inner) in wanted.as_object().unwrap() {
                    if let Some(found) = value.get(key) {
                        wrong.extend(misfits(found, inner, whole, &format!("{at}/{key}")));
                    }
                }
            }
            "additionalProperties" => {
                let known = rules.get("properties").and_then(Value::as_object);
                for (key, found) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|known| known.contains_key(key)) {
                        continue;
                    }
                    match wanted {
                        Value::Bool(true) => {}
                        Value::Bool(false) => wrong.push(format!("{at}: {key} is not known")),
                        inner => {
                            wrong.extend(misfits(found, inner, whole, &format!("{at}/{key}")));
                        }
                    }
                }
            }
            "propertyNames" => {
                for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
                    wrong.extend(misfits(&Value::String(key.clone()), wanted, whole, at));
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    wrong.extend(misfits(item, wanted, whole, &format!("{at}/{index}")));
                }
            }
            "anyOf" => {
                let ways = wanted.as_array().unwrap();
                let tried: Vec<Vec<String>> =
                    ways.iter().map(|way| misfits(value, way, whole, at)).collect();
                if !tried.iter().any(Vec::is_empty) {
                    wrong.push(format!("{at}: {value} fits none: {tried:?}"));
                }
            }
            "allOf" => {
                for part in wanted.as_array().unwrap() {
                    wrong.extend(misfits(value, part, whole, at));
                }
            }
            "minItems" | "minProperties" | "minimum" | "maximum" | "maxProperties" => {
                let count = match value {
                    Value::Array(items) => i64::try_from(items.len()).unwrap(),
                    Value::Object(entries) => i64::try_from(entries.len()).unwrap(),
                    Value::Number(number) => number.as_i64().unwrap_or_default(),
                    _ => continue,
                };
                let bound = wanted.as_i64().unwrap();
                let fits = if rule.starts_with("min") { count >= bound } else { count <= bound };
                if !fits {
                    wrong.push(format!("{at}: {count} breaks {rule} {bound}"));
                }
            }
            _ => {}
        }
    }
    wrong
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_shipped_file_fits_its_schema_and_names_it() {
    let mut wrong = Vec::new();
    for (folder, of, header) in [
        ("flows", "flow", "# yaml-language-server: $schema=../schemas/flow.json"),
        (
            "flows/templates",
            "template",
            "# yaml-language-server: $schema=../../schemas/template.json",
        ),
        (
            "flows/rehearsals",
            "rehearsal",
            "# yaml-language-server: $schema=../../schemas/rehearsal.json",
        ),
        ("polls", "poll", "# yaml-language-server: $schema=../schemas/poll.json"),
    ] {
        let schema: Value = serde_json::from_str(&printed(of)).unwrap();
        for path in yaml_files(&root().join(folder)) {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            if text.lines().next() != Some(header) {
                wrong.push(format!("{name}: begin it with the line `{header}`"));
            }
            let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
            let value: Value = serde_saphyr::from_str_with_options(&text, options).unwrap();
            wrong.extend(misfits(&value, &schema, &schema, &name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_configuration_fits_its_schema_and_names_it() {
    let schema: Value = serde_json::from_str(&printed("config")).unwrap();
    let text = std::fs::read_to_string(root().join("samvad.toml")).unwrap();
    assert_eq!(text.lines().next(), Some("#:schema schemas/config.json"));
    let value = serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    let wrong = misfits(&value, &schema, &schema, "samvad.toml");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_of_polls_refuses_what_the_check_refuses() {
    let schema: Value = serde_json::from_str(&printed("poll")).unwrap();
    let path = root().join("polls/sample_poll.yaml");
    let right = std::fs::read_to_string(path).unwrap();
    for (from, to) in [
        ("method: rank", "method: ranked"),
        ("keep: assembly", "keep: village"),
        ("en: Namuna Anil Kumar", "english: Namuna Anil Kumar"),
        ("en: Namuna Anil Kumar", "en: Namuna Anil Kumar, photo: anil.gif"),
        ("opens: 2029-01-05 10:00", "opens: 5-1-2029"),
        ("remark: true", "remarks: true"),
        ("times: 2", "times: 9"),
    ] {
        assert!(right.contains(from), "{from}");
        let value: Value = serde_saphyr::from_str(&right.replacen(from, to, 1)).unwrap();
        assert!(!misfits(&value, &schema, &schema, "").is_empty(), "{to}");
    }
}

#[test]
fn a_schema_refuses_what_the_check_refuses() {
    let schema: Value = serde_json::from_str(&printed("flow")).unwrap();
    let refused = [
        "flow: a\nsteps: {b: {say: c, ask: d}}\n",
        "flow: a\nsteps: {b: {ask: c}}\n",
        "flow: a\nsteps: {b: {ask: c, answer: persn_name}}\n",
        "flow: A B\nsteps: {b: {end: true}}\n",
        "flow: a\nstesp: {b: {end: true}}\n",
        "flow: a\nsteps: {b: {wait: soon}}\n",
    ];
    for text in refused {
        let value: Value = serde_saphyr::from_str(text).unwrap();
        assert!(!misfits(&value, &schema, &schema, "").is_empty(), "{text}");
    }
    let taken = [
        "flow: a\nsteps: {b: {wait: 2h, reply: c}, c: {end: done}}\n",
        "flow: a\nsteps: {b: {ask: c, answer: {any_of: [x, z], at_least: 1}}}\n",
        "flow: a\nsteps: {b: {ask: c, answer: {one_of: {choices: [x, z], shuffle: true, last: [z]}}}}\n",
        "flow: a\nsteps: {b: {fetch: 'https://a.example/{x}', keep: {s: /s}, when: {ok: c}}}\n",
        "flow: a\nsteps: {b: {goto: c, at_most: 3, else: d}}\n",
        "flow: a\nsteps: {b: {say: done, attach: membership_card}, c: {handoff: office}}\n",
        "flow: a\nsteps: {b: {call: verify, when: {verified: go}}}\n",
        "flow: a\nsteps: {b: {do: {request: {kind: complaint, with: [district]}}}}\n",
    ];
    for text in taken {
        let value: Value = serde_saphyr::from_str(text).unwrap();
        let wrong = misfits(&value, &schema, &schema, "");
        assert!(wrong.is_empty(), "{text}: {wrong:?}");
    }
}
