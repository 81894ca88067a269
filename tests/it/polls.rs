//! A poll as an office and its auditors have it, at the terminal.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Instant;

use samvad::poll::ballot::Method;
use serde_json::Value;

use crate::support::house::all;
use crate::support::poll::{Files, MadeUp};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, started in a folder, without anything of this process's environment.
fn samvad(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
    for (name, _) in std::env::vars() {
        if name.starts_with("SAMVAD_") {
            command.env_remove(name);
        }
    }
    command.args(words).current_dir(folder).output().unwrap()
}

fn says(output: &Output) -> String {
    let (said, wrong) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{said}{wrong}")
}

fn does(folder: &Path, words: &[&str]) -> String {
    let output = samvad(folder, words);
    assert!(output.status.success(), "{words:?}\n{}", says(&output));
    says(&output)
}

fn refuses(folder: &Path, words: &[&str]) -> String {
    let output = samvad(folder, words);
    assert!(!output.status.success(), "{words:?}\n{}", says(&output));
    says(&output)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What the script counts that knows nothing but the documented form.
fn recount(files: &Files) -> Value {
    let output = Command::new("python3")
        .arg(root().join("scripts/recount.py"))
        .args([&files.bundle, &files.key, &files.roll])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", says(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The same of every seat, to the last ballot.
fn compare(ours: &Value, theirs: &Value) {
    let counted = &ours["counted"];
    assert_eq!(counted["proof"]["head"], theirs["head"]);
    assert_eq!(counted["proof"]["choices"], theirs["choices"]);
    assert_eq!(counted["proof"]["bundle"], theirs["bundle"]);
    let seats = theirs["seats"].as_object().unwrap();
    assert_eq!(counted["seats"].as_object().unwrap().len(), seats.len());
    for (number, seat) in seats {
        let own = &counted["seats"][number];
        assert_eq!((&own["eligible"], &own["answered"]), (&seat["eligible"], &seat["answered"]));
        let choices = &own["choices"];
        for what in ["valid", "refused", "invalid", "other", "chosen"] {
            assert_eq!(choices[what], seat[what], "{what} of seat {number}");
        }
        if seat.get("schulze").is_some() {
            assert_eq!(choices["ranked"]["order"], seat["schulze"], "seat {number}");
            assert_eq!(choices["ranked"]["run_off"]["winners"], seat["run_off"], "seat {number}");
        }
    }
}

#[test]
fn a_script_that_knows_only_the_documented_form_counts_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (seats, ballots) = if all() { (80, 500_000) } else { (8, 2_000) };
    for method in Method::ALL {
        let ballots = if method == Method::Rank { ballots } else { ballots.min(2_000) };
        let own = folder.path().join(method.name());
        fs::create_dir(&own).unwrap();
        let files = MadeUp { seats, ballots, method, remarks: false }.write(&own);
        let began = Instant::now();
        let said = does(&own, &["poll", "count", text(&files.bundle), "--key", text(&files.key)]);
        eprintln!("{ballots} ballots counted in {:?}", began.elapsed());
        assert!(said.contains("choices were counted"), "{said}");
        let result = fs::read(own.join("made_up.result/result.json")).unwrap();
        let began = Instant::now();
        compare(&serde_json::from_slice(&result).unwrap(), &recount(&files));
        eprintln!("counted again by the script in {:?}", began.elapsed());
    }
}

#[test]
fn three_of_five_shares_count_and_two_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let files =
        MadeUp { seats: 2, ballots: 60, method: Method::Approve, remarks: false }.write(own);
    let share = |number: usize| text(&files.shares[number]);
    let bundle = text(&files.bundle);
    let two = refuses(own, &["poll", "count", bundle, "--key", share(0), "--key", share(4)]);
    assert!(two.contains("2 of 3 shares are here"), "{two}");
    assert!(!own.join("made_up.result").exists());
    let three = ["poll", "count", bundle, "--key", share(3), "--key", share(0), "--key", share(2)];
    does(own, &three);
    let again = refuses(own, &three);
    assert!(again.contains("is there already"), "{again}");
}

#[test]
fn a_result_is_shown_exported_and_audited_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let files = MadeUp { seats: 3, ballots: 600, method: Method::Rank, remarks: true }.write(own);
    does(own, &["poll", "count", text(&files.bundle), "--key", text(&files.key), "--out", "out"]);
    fs::remove_file(&files.key).unwrap();

    let panel = does(own, &["poll", "panel", "out", "--seat", "2"]);
    assert!(panel.contains("सीट 2") && !panel.contains("सीट 3"), "{panel}");
    assert!(panel.contains("1. प्रत्याशी 2-"), "{panel}");
    let unknown = refuses(own, &["poll", "result", "out", "--seat", "9"]);
    assert!(unknown.contains("the poll has no seat 9; it has 1, 2, 3"), "{unknown}");
    for name in ["panel.html", "panel.xlsx", "panel.csv"] {
        does(own, &["poll", "export", "out", "--to", name, "--seat", "2"]);
        assert!(fs::metadata(own.join(name)).unwrap().len() > 1_000, "{name}");
    }
    let other = refuses(own, &["poll", "export", "out", "--to", "panel.pdf"]);
    assert!(other.contains(".html, .csv or .xlsx"), "{other}");
    let page = fs::read_to_string(own.join("out/result.html")).unwrap();
    assert!(page.contains("एक जैसी टिप्पणी"), "the same remark from many is told");

    let (bundle, roll) = (text(&files.bundle), text(&files.roll));
    let receipt = files.receipt.to_lowercase();
    let whole =
        does(own, &["poll", "audit", roll, bundle, "--result", "out", "--receipt", &receipt]);
    assert!(whole.contains("is on the roll: this answer was counted"), "{whole}");
    assert!(whole.contains("The result was counted from this bundle."), "{whole}");
    let stranger = refuses(own, &["poll", "audit", roll, "--receipt", "000-000-000"]);
    assert!(stranger.contains("is not on this roll"), "{stranger}");
    let mistyped = refuses(own, &["poll", "audit", roll, "--receipt", "000-000-001"]);
    assert!(mistyped.contains("this is no receipt"), "{mistyped}");

    // One line of the bundle taken away.
    let lines = fs::read_to_string(&files.bundle).unwrap();
    let gone = lines.lines().position(|line| line.starts_with("c ")).unwrap();
    let fewer: Vec<&str> =
        lines.lines().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| line).collect();
    fs::write(&files.bundle, fewer.join("\n")).unwrap();
    let changed = refuses(own, &["poll", "audit", roll, bundle]);
    assert!(changed.contains("was changed since it was written"), "{changed}");
}

#[test]
fn nothing_of_a_result_leaves_the_office_in_the_silence_before_a_poll() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let files = MadeUp { seats: 2, ballots: 60, method: Method::ChooseOne, remarks: false };
    let files = files.write(own);
    // The poll of a made-up election is tomorrow: today is silent wherever this runs.
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let day = tomorrow.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    let calendar = format!(
        "[[phases]]\nname = \"पहला चरण\"\npoll = \"{day}\"\nclose = \"18:00\"\nassemblies = [\"1-403\"]\n"
    );
    fs::write(own.join("calendar.toml"), calendar).unwrap();
    fs::write(own.join("samvad.toml"), "calendar = \"calendar.toml\"\n").unwrap();
    let bundle = text(&files.bundle);
    let counted = does(own, &["poll", "count", bundle, "--key", text(&files.key), "--out", "out"]);
    assert!(counted.contains("IT MAY NOT LEAVE THE OFFICE NOW"), "{counted}");
    let kept = refuses(own, &["poll", "export", "out", "--to", "result.html"]);
    assert!(kept.contains("silence before the poll of पहला चरण"), "{kept}");
    assert!(!own.join("result.html").exists());
}

#[test]
fn two_people_say_who_is_meant_and_what_differs_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let files = MadeUp { seats: 2, ballots: 3_000, method: Method::ChooseOne, remarks: false };
    let files = files.write(own);
    does(own, &["poll", "count", text(&files.bundle), "--key", text(&files.key), "--out", "out"]);
    for name in ["ravi.csv", "sunita.csv"] {
        does(own, &["poll", "code", "out", "--sheet", name]);
    }
    let empty = refuses(own, &["poll", "code", "out", "--compare", "ravi.csv", "sunita.csv"]);
    assert!(empty.contains("differ in 6 of 6 names"), "{empty}");
    let fill = |name: &str, last: &str| {
        let sheet = fs::read_to_string(own.join(name)).unwrap();
        let rows: Vec<String> = sheet
            .lines()
            .enumerate()
            .map(|(at, line)| match at {
                0 => line.to_owned(),
                6 => format!("{line}{last}"),
                _ => format!("{line}श्याम लाल"),
            })
            .collect();
        fs::write(own.join(name), rows.join("\r\n")).unwrap();
    };
    fill("ravi.csv", "?");
    fill("sunita.csv", "shyam lal");
    let one = refuses(own, &["poll", "code", "out", "--compare", "ravi.csv", "sunita.csv"]);
    assert!(one.contains("differ in 1 of 6 names") && one.contains("‘?’ and ‘shyam lal’"), "{one}");
    let sheet = fs::read_to_string(own.join("ravi.csv")).unwrap();
    fs::write(own.join("ravi.csv"), sheet.replace('?', "श्याम लाल")).unwrap();
    let words =
        ["poll", "code", "out", "--compare", "ravi.csv", "sunita.csv", "--to", "others.xlsx"];
    let agreed = does(own, &words);
    assert!(agreed.contains("agree in all 6 names") && agreed.contains(": श्याम लाल"), "{agreed}");
    assert!(own.join("others.xlsx").exists());
}

#[test]
fn a_mistake_in_a_poll_fails_the_check_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    does(own, &["init", "office"]);
    let office = own.join("office");
    let checked = does(&office, &["poll", "check"]);
    assert!(checked.starts_with("1 poll checks: sample_poll."), "{checked}");
    let path = office.join("polls/sample_poll.yaml");
    let right = fs::read_to_string(&path).unwrap();
    fs::write(&path, right.replace("method: rank", "method: rnak")).unwrap();
    for words in [&["check"][..], &["poll", "check"], &["poll", "check", "sample_poll"]] {
        let wrong = refuses(&office, words);
        assert!(
            wrong.contains("polls/sample_poll.yaml:") && wrong.contains("did you mean `rank`?"),
            "{wrong}"
        );
    }
    let missing = refuses(&office, &["poll", "check", "sampel_poll"]);
    assert!(missing.contains("did you mean sample_poll?"), "{missing}");
}
