//! The author's tools as an author runs them: chat, record, coverage, graph.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

const FLOW: &str = "\
flow: mela
about: A visit to the fair.
start: {words: [मेला]}
steps:
  person: {ask: person, answer: person_name}
  day: {ask: day, answer: {one_of: [today, tomorrow]}, when: {tomorrow: later}}
  done: {say: done, end: true}
  later: {say: later, end: true}
";

const TEXTS: &str = "\
person = आपका नाम?
day = किस दिन?
    .today = आज
    .tomorrow = कल
done = स्वागत है { $person } जी।
later = तो कल मिलेंगे।
changed = सवाल बदल गए हैं।
";

/// The flows of an office in a folder: the shipped ones, and one more.
struct Office {
    folder: TempDir,
}

impl Office {
    fn open() -> Office {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["flows", "locales"] {
            crate::reload::copy(&root.join(name), &folder.path().join(name));
        }
        let office = Office { folder };
        std::fs::write(office.path("flows/mela.yaml"), FLOW).unwrap();
        for language in std::fs::read_dir(office.path("locales")).unwrap() {
            std::fs::write(language.unwrap().path().join("mela.ftl"), TEXTS).unwrap();
        }
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program in the folder, where `flows` and `locales` are found by themselves.
    fn samvad(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
        for (name, _) in std::env::vars() {
            if name.starts_with("SAMVAD_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> (bool, String, String) {
        let mut child = self
            .samvad(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that says no at once does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let words = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.success(), words(stdout), words(stderr))
    }
}

/// A chat that goes on while files are edited.
struct Chat {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Chat {
    fn begin(office: &Office, arguments: &[&str]) -> Chat {
        let mut child =
            office.samvad(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Chat { input: child.stdin.take(), child, lines }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Reads until a line holds these words.
    fn until(&self, words: &str) -> String {
        let mut seen = String::new();
        loop {
            let Ok(line) = self.lines.recv_timeout(Duration::from_secs(20)) else {
                panic!("no {words} in {seen}")
            };
            seen.push_str(&line);
            seen.push('\n');
            if line.contains(words) {
                return seen;
            }
        }
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_chat_goes_on_in_flows_that_are_edited_between_two_lines() {
    let office = Office::open();
    let mut chat = Chat::begin(&office, &["chat", "mela"]);
    chat.until("आपका नाम?");
    chat.say("राम कुमार");
    chat.until("[2] कल");
    let broken = FLOW.replace("later: {say: later", "later: {sya: later");
    std::fs::write(office.path("flows/mela.yaml"), broken).unwrap();
    chat.say(":session");
    let told = chat.until("(edited flows were not taken, the old ones stay)");
    assert!(told.contains("flows/mela.yaml:8"), "{told}");
    chat.until("stands at mela/day");
    std::fs::write(office.path("flows/mela.yaml"), FLOW).unwrap();
    let texts = TEXTS.replace("स्वागत है", "नमस्कार");
    std::fs::write(office.path("locales/hi/mela.ftl"), texts).unwrap();
    chat.say(":tap today");
    chat.until("(edited flows are in force)");
    chat.until("नमस्कार राम कुमार जी।");
    chat.until("(the conversation is over)");
    chat.say(":quit");
    assert!(chat.child.wait().unwrap().success());
}

#[test]
fn a_recorded_chat_is_a_rehearsal_that_plays_and_covers() {
    let office = Office::open();
    let (well, told, _) = office.run(&["rehearse", "--coverage", "--least", "90"], "");
    assert!(!well && told.contains("mela: steps 0/4"), "{told}");

    let file = "flows/rehearsals/mela-today.yaml";
    let record = ["rehearse", "mela", "--record", file, "--as", "sms", "--member"];
    let (well, told, words) = office.run(&record, "राम कुमार\nकभी नहीं\n:wait 2h\n1\n");
    assert!(well, "{told}{words}");
    assert!(told.contains("part"), "a short message is counted in parts: {told}");
    insta::assert_snapshot!(std::fs::read_to_string(office.path(file)).unwrap());
    let (well, _, words) = office.run(&record, "");
    assert!(!well && words.contains("is there already"), "{words}");

    let (well, told, _) = office.run(&["rehearse", "mela"], "");
    assert!(well && told.contains("1 rehearsals, 0 differ"), "{told}");
    let (well, told, words) = office.run(&["rehearse", "--coverage", "--least", "90"], "");
    assert!(!well, "half of the branches are not enough");
    assert!(words.contains("mela: less than 90 %"), "{words}");
    assert!(told.contains("  flows/mela.yaml:6: `day` never goes `tomorrow`"), "{told}");
    assert!(told.contains("  flows/mela.yaml:8: nobody comes to `later`"), "{told}");

    let json = ["rehearse", "--coverage", "--format", "json", "--least", "50"];
    let (well, told, words) = office.run(&json, "");
    assert!(well, "{words}");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let flows = told["flows"].as_array().unwrap();
    let mela = flows.iter().find(|flow| flow["flow"] == "mela").unwrap();
    assert_eq!(mela["branches"], serde_json::json!({"visited": 1, "of": 2}));
    assert_eq!(mela["unvisited"][0]["line"], 6);
    assert_eq!(mela["unvisited"][0]["way"], "tomorrow");
}

#[test]
fn a_chat_that_cannot_begin_says_why() {
    let office = Office::open();
    for (arguments, words) in [
        (["chat", "mila", "--lang", "hi"], "there is no flow `mila`"),
        (["chat", "mela", "--lang", "fr"], "there is no language `fr`; there are hi, en, ur"),
        (["chat", "mela", "--consents", "cash"], "there is no purpose `cash`"),
    ] {
        let (well, _, told) = office.run(&arguments, "");
        assert!(!well && told.contains(words), "{told}");
    }
}

#[test]
fn every_flow_is_drawn_into_a_folder() {
    let office = Office::open();
    for (format, ending) in [("mermaid", "mmd"), ("svg", "svg")] {
        let arguments = ["graph", "--format", format, "--out", "pictures", "--lang", "en"];
        let (well, told, words) = office.run(&arguments, "");
        assert!(well, "{words}");
        for name in ["mela", "join", "flows"] {
            let line = format!("pictures/{name}.{ending}");
            assert!(told.lines().any(|known| known == line), "{told}");
            assert!(office.path(&line).exists());
        }
    }
    let (well, drawn, _) = office.run(&["graph", "mela"], "");
    assert!(well && drawn.contains("|\"कल\"|"), "{drawn}");
    let (well, _, words) = office.run(&["graph", "mila"], "");
    assert!(!well && words.contains("there is no flow `mila`"), "{words}");
}
