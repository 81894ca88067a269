//! `samvad check` as authors, editors and machines call it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with the shipped flows and texts, one line of one file replaced.
fn office(path: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in
        samvad::serve::read_sources(None, None).unwrap().files.iter().map(|f| (&f.path, &f.text))
    {
        write(folder.path(), path, text.as_bytes());
    }
    let text = std::fs::read_to_string(folder.path().join(path)).unwrap();
    let edited = text.replacen(from, to, 1);
    assert_ne!(text, edited);
    write(folder.path(), path, edited.as_bytes());
    folder
}

fn write(folder: &Path, path: &str, text: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samvad"))
        .current_dir(folder)
        .env_remove("SAMVAD_CONFIG")
        .arg("check")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn an_error_ends_with_one_and_is_drawn() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    let output = check(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("error[missing-colon]: there is no colon after `steps`"), "{told}");
    assert!(told.contains("= help: write `steps:`"), "{told}");
}

#[test]
fn editors_get_one_line_a_finding_with_a_path_they_can_open() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    let output = check(folder.path(), &["--format", "editor"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let line = told.lines().next().unwrap();
    let mut parts = line.splitn(4, ':');
    let path = folder.path().join(parts.next().unwrap());
    let number: usize = parts.next().unwrap().parse().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.lines().nth(number - 1), Some("steps"), "{line}");
    assert_eq!(parts.next(), Some("1"));
    assert!(parts.next().unwrap().starts_with(" error: there is no colon after `steps`"), "{line}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn programs_get_one_document() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    let output = check(folder.path(), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["errors"], 1);
    let finding = &document["findings"][0];
    assert_eq!(finding["path"], "flows/help.yaml");
    assert_eq!(finding["column"], 1);
    assert_eq!(finding["end_column"], 6);
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["code"], "missing-colon");
    assert_eq!(finding["hint"], "write `steps:`");
    assert!(finding["line"].as_u64().unwrap() > 1);
}

#[test]
fn a_warning_counts_only_when_one_is_strict() {
    let folder = office("locales/hi/help.ftl", "\n", "\nnobody-says-this = कुछ भी\n");
    assert_eq!(check(folder.path(), &[]).status.code(), Some(0));
    let output = check(folder.path(), &["--strict"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("warning[unused-text]"), "{told}");
}

#[test]
fn only_what_is_asked_for_is_shown() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    for (paths, code) in
        [(["flows/help.yaml"], 1), (["./flows"], 1), (["flows/join.yaml"], 0), (["locales"], 0)]
    {
        assert_eq!(check(folder.path(), &paths).status.code(), Some(code), "{paths:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_no_good_file() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    for wanted in ["flows/nope.yaml", "nope", "locales/hi/nope.ftl"] {
        let output = check(folder.path(), &[wanted]);
        assert_eq!(output.status.code(), Some(1), "{wanted}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("there is no"), "{wanted}");
    }
}

#[test]
fn nobody_reading_on_is_no_fault() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    let mut running = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .current_dir(folder.path())
        .env_remove("SAMVAD_CONFIG")
        .args(["check", "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(running.stdout.take());
    let output = running.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.as_str()), (Some(1), ""));
}

#[test]
fn the_configuration_and_the_rehearsals_are_checked_too() {
    let folder = office("flows/rehearsals/join-back.yaml", "- bot: name", "- bot: nmae");
    write(folder.path(), "samvad.toml", b"[delivery]\natempts = 3\n");
    let output = check(folder.path(), &["--format", "editor"]);
    let told = String::from_utf8(output.stdout).unwrap();
    for wanted in [
        "samvad.toml:2:1: error: there is no key `atempts` in [delivery] [unknown-key] (did you mean `attempts`?)",
        "error: no text is named `nmae` [unknown-text]",
    ] {
        assert!(told.contains(wanted), "{wanted}\n\n{told}");
    }
}

#[test]
fn an_sms_account_of_another_entity_than_the_registry_s_is_an_error_in_its_own_place() {
    let folder = office("flows/help.yaml", "steps:", "steps:  ");
    let registry = "entity: '1101161000000000001'\ntemplates:\n  hello: {text: नमस्ते जी}\n";
    write(folder.path(), "flows/dlt/registry.yaml", registry.as_bytes());
    let account = |name: &str, entity: &str| {
        format!(
            "[sms.accounts.{name}]\nroad = \"gupshup\"\nfrom = \"UPSMVD\"\nusername = \"1\"\nentity = \"{entity}\"\ntemplate = \"1107161000000000002\"\n"
        )
    };
    let file = format!(
        "flows = \"flows\"\nlocales = \"locales\"\n[sms]\ncallback_url = \"https://x.example.in\"\n{}{}",
        account("one", "1101161000000000001"),
        account("two", "1101161000000000009"),
    );
    write(folder.path(), "samvad.toml", file.as_bytes());
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
    command.current_dir(folder.path()).env_remove("SAMVAD_CONFIG");
    for account in ["ONE", "TWO"] {
        for secret in ["PASSWORD", "SECRET"] {
            let name = format!("SAMVAD_SMS_ACCOUNTS_{account}_{secret}");
            command.env(name, "0123456789abcdef");
        }
    }
    let output = command.args(["check", "--format", "editor"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let of_entity: Vec<&str> = told.lines().filter(|line| line.contains("[dlt-entity]")).collect();
    let wanted = "samvad.toml:15:11: error: the account two names the DLT entity 1101161000000000009, the registry in flows/dlt/ 1101161000000000001 [dlt-entity]";
    assert!(of_entity.len() == 1 && of_entity[0].starts_with(wanted), "{told}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_file_that_is_not_utf8_is_told_at_its_place() {
    let folder = office("flows/rehearsals/join-back.yaml", "# वापस goes", "# वापस leads");
    write(folder.path(), "locales/hi/more.ftl", b"a = \xff\xfe\n");
    let output = check(folder.path(), &["--format", "editor"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let wanted = "locales/hi/more.ftl:1:5: error: a letter here is not saved as UTF-8 [not-utf8]";
    assert!(told.contains(wanted), "{told}");
}

#[test]
fn the_flows_that_ship_check() {
    let output = check(Path::new(env!("CARGO_MANIFEST_DIR")), &["--strict"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn broadcasts_are_looked_at_in_the_same_run_as_flows_that_are_wrong() {
    let folder = office("flows/help.yaml", "steps:", "steps");
    let shipped = include_str!("../../broadcasts/booth_meeting.yaml");
    let wrong = shipped.replace("audience:", "audiance:");
    write(folder.path(), "broadcasts/booth_meeting.yaml", wrong.as_bytes());
    let told = String::from_utf8(check(folder.path(), &[]).stderr).unwrap();
    assert!(told.contains("there is no colon after `steps`"), "{told}");
    assert!(told.contains("broadcasts/booth_meeting.yaml") && told.contains("audience"), "{told}");

    // What only comes of the broken flow is told there, and not a second time.
    let broken = office("flows/dialogue.yaml", "steps:", "steps");
    write(broken.path(), "broadcasts/booth_meeting.yaml", shipped.as_bytes());
    let told = String::from_utf8(check(broken.path(), &[]).stderr).unwrap();
    assert!(told.contains("1 error(s)") && !told.contains("booth_meeting.yaml"), "{told}");
}

#[test]
fn what_a_broadcast_says_by_sms_is_proposed_for_the_registry() {
    let folder = office("flows/help.yaml", "about:", "about: ");
    let shipped = include_str!("../../broadcasts/booth_meeting.yaml");
    write(folder.path(), "broadcasts/booth_meeting.yaml", shipped.as_bytes());
    // In force, with no template of the meeting: as the office stands when it has written a new broadcast.
    let registry = "entity: '1101161000000000001'\nlanguages: [hi]\nflows: [join]\ntemplates:\n  a: {id: '1107161000000000001', text: नमस्ते जी}\n";
    write(folder.path(), "flows/dlt/registry.yaml", registry.as_bytes());
    let output = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .current_dir(folder.path())
        .env_remove("SAMVAD_CONFIG")
        .args(["dlt", "propose", "--flow", "broadcasts"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("broadcasts-booth_meeting-hi:"), "{told}{why}");
    assert!(!told.contains("booth_meeting-en"), "English does not go by SMS here: {told}");
    assert!(told.contains("is $day"), "{told}");
}
