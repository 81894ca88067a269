//! A poll as an office and its auditors have it, at the terminal.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use samvad::clock::Clock;
use samvad::config::{Config, Origins};
use samvad::contact::PhoneNumber;
use samvad::poll::ballot::{Choice, Method, OTHER};
use samvad::poll::law::Quiet;
use samvad::poll::result::Counting;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::ballots::{cast, president, presidents};
use crate::support::broadcast::beside;
use crate::support::ended_poll::{Files, MadeUp};
use crate::support::house::{House, Plan, all};
use crate::support::postgres::PostgresServer;
use crate::support::raw::Raw;

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
    assert_eq!(counted["header"]["electorate"], theirs["electorate"]);
    assert_eq!(theirs["missing"], 0);
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
        let files =
            MadeUp { seats, ballots, method, remarks: false, quiet: Vec::new() }.write(&own);
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
    let files = MadeUp {
        seats: 2,
        ballots: 60,
        method: Method::Approve,
        remarks: false,
        quiet: Vec::new(),
    }
    .write(own);
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
    let files =
        MadeUp { seats: 3, ballots: 600, method: Method::Rank, remarks: true, quiet: Vec::new() }
            .write(own);
    does(own, &["poll", "count", text(&files.bundle), "--key", text(&files.key), "--out", "out"]);
    fs::remove_file(&files.key).unwrap();

    let panel = does(own, &["poll", "panel", "out", "--seat", "2"]);
    assert!(panel.contains("सीट 2") && !panel.contains("सीट 3"), "{panel}");
    assert!(panel.contains("1. प्रत्याशी 2-"), "{panel}");
    let unknown = refuses(own, &["poll", "result", "out", "--seat", "9"]);
    assert!(unknown.contains("the poll has no seat 9; it has 1 "), "{unknown}");
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
    assert!(whole.contains("The result says that it was counted from this bundle."), "{whole}");
    let stranger = refuses(own, &["poll", "audit", roll, "--receipt", "000-000-000"]);
    assert!(stranger.contains("is not on this roll"), "{stranger}");
    let mistyped = refuses(own, &["poll", "audit", roll, "--receipt", "000-000-001"]);
    assert!(mistyped.contains("this receipt is mistyped"), "{mistyped}");

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
    let files = MadeUp {
        seats: 2,
        ballots: 60,
        method: Method::ChooseOne,
        remarks: false,
        quiet: Vec::new(),
    };
    let files = files.write(own);
    // The poll of a made-up election is tomorrow in India: today is silent at any hour.
    let tomorrow = Clock::System.now() + jiff::SignedDuration::from_hours(24);
    let india = jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap());
    let day = tomorrow.to_zoned(india).strftime("%Y-%m-%d").to_string();
    let calendar = format!(
        "[[phases]]\nname = \"पहला चरण\"\npoll = \"{day}\"\nclose = \"18:00\"\nassemblies = [\"1-403\"]\n"
    );
    fs::write(own.join("calendar.toml"), calendar).unwrap();
    fs::write(own.join("samvad.toml"), "calendar = \"calendar.toml\"\n").unwrap();
    stays_in_the_office(own, &files, "silence before the poll of पहला चरण");
}

/// The result may be looked at, and nothing of it is written to be given away.
fn stays_in_the_office(own: &Path, files: &Files, why: &str) {
    let bundle = text(&files.bundle);
    let counted = does(own, &["poll", "count", bundle, "--key", text(&files.key), "--out", "out"]);
    assert!(
        counted.contains("IT MAY NOT LEAVE THE OFFICE NOW") && counted.contains(why),
        "{counted}"
    );
    assert!(counted.contains("samvad poll export out --to result.html"), "{counted}");
    let written: Vec<String> = fs::read_dir(own.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(written, ["result.json"]);
    let kept = refuses(own, &["poll", "export", "out", "--to", "result.html"]);
    assert!(kept.contains(why), "{kept}");
    assert!(!own.join("result.html").exists());
    for what in ["panel", "result"] {
        let looked = does(own, &["poll", what, "out"]);
        assert!(looked.contains("IT MAY NOT LEAVE THE OFFICE NOW"), "{looked}");
    }
}

#[test]
fn a_table_without_a_calendar_keeps_the_times_of_the_office_that_closed_the_poll() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let hours = |hours| Clock::System.now() + jiff::SignedDuration::from_hours(hours);
    let exit_polls = Quiet { from: hours(-1), until: hours(24), phase: None };
    let over = Quiet {
        from: hours(-48), until: hours(-1), phase: Some("पहला चरण".to_owned())
    };
    let (method, remarks) = (Method::ChooseOne, false);
    let free = own.join("free");
    fs::create_dir(&free).unwrap();
    let quiet = vec![over.clone()];
    let files = MadeUp { seats: 2, ballots: 60, method, remarks, quiet }.write(&free);
    let words = ["poll", "count", text(&files.bundle), "--key", text(&files.key), "--out", "out"];
    does(&free, &words);
    assert!(free.join("out/result.html").exists(), "what is over forbids nothing");
    let quiet = vec![over, exit_polls];
    let files = MadeUp { seats: 2, ballots: 60, method, remarks, quiet }.write(own);
    stays_in_the_office(own, &files, "section 126A");
}

#[test]
fn two_people_say_who_is_meant_and_what_differs_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let files = MadeUp {
        seats: 2,
        ballots: 3_000,
        method: Method::ChooseOne,
        remarks: false,
        quiet: Vec::new(),
    };
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
    let alone = refuses(own, &["poll", "code", "out", "--compare", "ravi.csv", "ravi.csv"]);
    assert!(alone.contains("are one sheet"), "{alone}");
    let one = refuses(own, &["poll", "code", "out", "--compare", "ravi.csv", "sunita.csv"]);
    assert!(one.contains("differ in 1 of 6 names") && one.contains("‘?’ and ‘shyam lal’"), "{one}");
    for (name, wrong, right) in
        [("ravi.csv", "?", "श्याम  लाल"), ("sunita.csv", "shyam lal", "श्याम लाल")]
    {
        let sheet = fs::read_to_string(own.join(name)).unwrap();
        fs::write(own.join(name), sheet.replace(wrong, right)).unwrap();
    }
    let words =
        ["poll", "code", "out", "--compare", "ravi.csv", "sunita.csv", "--to", "others.xlsx"];
    let agreed = does(own, &words);
    let to = ["poll", "code", "out", "--compare", "ravi.csv", "sunita.csv", "--to", "others.csv"];
    does(own, &to);
    let coded = fs::read_to_string(own.join("others.csv")).unwrap();
    assert!(coded.contains("\"ravi, sunita\""), "both names stand in it: {coded}");
    assert!(
        agreed.contains("ravi and sunita agree in all 6 names") && agreed.contains(": श्याम लाल"),
        "{agreed}"
    );
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
    assert!(checked.contains("read and found fit by नमूना कार्यालय"), "{checked}");
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
    fs::write(&path, &right).unwrap();
    let by_file = does(&office, &["poll", "check", "polls/sample_poll.yaml"]);
    assert!(by_file.starts_with("1 poll checks: sample_poll."), "{by_file}");
    let no_result = refuses(&office, &["poll", "panel", "sample_poll"]);
    assert!(
        no_result.contains("there is no sample_poll: name the folder of a result"),
        "{no_result}"
    );
    let missing = refuses(&office, &["poll", "check", "sampel_poll"]);
    assert!(missing.contains("did you mean sample_poll?"), "{missing}");
}

/// A poll whose window is now, wherever this runs.
fn poll_file(secret: bool) -> String {
    let now = Clock::System.now();
    let moment = |hours: i64, form: &str| {
        let at = now + jiff::SignedDuration::from_hours(hours);
        let india = jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap());
        at.to_zoned(india).strftime(form).to_string()
    };
    format!(
        "poll: who\nabout: Made up.\nquestion: {{hi: प्रत्याशी कौन हो?, en: Who should stand?}}\n\
         method: rank\nlevel: assembly\nseats:\n  173:\n\
         \x20   - {{hi: अनिल, en: Anil}}\n    - {{hi: सुनीता, en: Sunita}}\n    - {{hi: इमरान, en: Imran}}\n  174:\n\
         \x20   - {{hi: राजेश, en: Rajesh}}\n    - {{hi: कमला, en: Kamla}}\n\
         other: true\nremark: true\nsecret: {secret}\nthreshold: 5\n\
         electorate: {{who: post == \"booth_president\", on: {}}}\nopens: {}\ncloses: {}\n\
         remind: {{after: 20h, times: 1}}\nkeep: booth\nreviewed_by: Sunita\n",
        moment(-72, "%Y-%m-%d"),
        moment(-24, "%Y-%m-%d %H:%M"),
        moment(24, "%Y-%m-%d %H:%M"),
    )
}

/// An office with presidents of booths in three seats, two of which are asked; nobody serves.
async fn office(
    records: String,
    secret: bool,
    more: Vec<(&'static str, String)>,
) -> (House, Config, TempDir) {
    let polls = tempfile::tempdir().unwrap();
    fs::write(polls.path().join("who.yaml"), poll_file(secret)).unwrap();
    let mut settings = vec![("SAMVAD_POLL_FOLDER", polls.path().display().to_string())];
    settings.extend(more);
    let house = House::new(Plan { records, settings, ..Plan::default() }).await;
    // The first start makes the records.
    house.start().stop();
    let mut environment: Vec<(String, String)> =
        house.settings().iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    environment.push(("SAMVAD_DATA".to_owned(), house.data().display().to_string()));
    let config = Config::read(&Origins { environment, ..Origins::default() }).unwrap();
    presidents(&beside(&config).await, &[173, 174, 175], BOOTHS).await;
    (house, config, polls)
}

const BOOTHS: u16 = 40;

/// What the presidents of the first booths of each seat say: 25 of 173, 10 of 174; one changes their mind.
fn answers() -> Vec<(PhoneNumber, Choice, Option<&'static str>)> {
    let names = |names: &[u8]| Choice::Names(names.to_vec());
    let mut answers = Vec::new();
    for booth in 1..=25 {
        let (choice, other) = match booth {
            1..=12 => (names(&[0, 1]), None),
            13..=22 => (names(&[1, 2]), None),
            23 | 24 => (names(&[OTHER, 0]), Some("श्याम लाल")),
            _ => (Choice::Refused, None),
        };
        answers.push((president(173, booth), choice, other));
    }
    for booth in 1..=10 {
        answers.push((president(174, booth), names(&[1]), None));
    }
    answers.push((president(173, 1), names(&[1, 0]), None));
    answers
}

/// Before its hour, with everything that asks for.
const CLOSE_NOW: [&str; 9] =
    ["poll", "close", "who", "--by", "Ravi", "--early", "--why", "सबने जवाब दे दिया", "--yes"];

/// Closes the poll and kills the program again and again, until a run comes to its end.
fn close_over_kills(house: &House, out: &str) {
    for kill in 0..12_u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_samvad"))
            .args(CLOSE_NOW)
            .args(["--out", out, "--data"])
            .arg(house.data())
            .envs(house.settings().iter().map(|(name, value)| (name, value)))
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // From the middle of its start to behind its end.
        std::thread::sleep(Duration::from_millis(40 + kill * kill * 25));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            child.wait().unwrap();
            continue;
        }
        let output = child.wait_with_output().unwrap();
        let said = says(&output);
        assert!(output.status.success() && said.contains("who is closed"), "{said}");
        return;
    }
    let said = house.office(&[&CLOSE_NOW[..], &["--out", out]].concat());
    assert!(said.contains("who is closed"), "{said}");
}

async fn from_its_opening_to_its_result(records: String) {
    let (house, config, polls) = office(records, true, Vec::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let out = text(own);
    let looked = house.office(&["poll", "check", "who"]);
    assert!(looked.contains("80 people may answer in who:"), "{looked}");
    assert!(looked.contains("40  of the electorate have their seat not in this poll"), "{looked}");

    let there = house.data().join("who.key").display().to_string();
    let kept = house.office_fails(&["poll", "open", "who", "--by", "Ravi", "--key-out", &there]);
    assert!(kept.contains("the key of the count must never be"), "{kept}");
    let nowhere = house.office_fails(&["poll", "open", "who", "--by", "Ravi"]);
    assert!(nowhere.contains("--shares 3/5 --out FOLDER"), "{nowhere}");
    // What the file does not say is decided by the office and not by the program.
    let file = polls.path().join("who.yaml");
    let right = fs::read_to_string(&file).unwrap();
    let words = ["poll", "open", "who", "--by", "Ravi", "--shares", "2/3", "--out", out];
    fs::write(&file, right.replace("reviewed_by: Sunita\n", "")).unwrap();
    let unread = house.office_fails(&words);
    assert!(unread.contains("nobody has confirmed the question of who"), "{unread}");
    fs::write(&file, right.replace("keep: booth\n", "")).unwrap();
    let unsaid = house.office_fails(&words);
    assert!(unsaid.contains("the envelopes of 80 people"), "{unsaid}");
    assert!(unsaid.contains("`keep: booth` is what it means then"), "{unsaid}");
    fs::write(&file, &right).unwrap();
    let opened = house.office(&words);
    assert!(opened.contains("found fit to be asked by Sunita"), "{opened}");
    assert!(opened.contains("who is open by Ravi") && opened.contains("public key"), "{opened}");
    let electorate = opened.lines().find_map(|line| line.trim().strip_prefix("electorate  "));
    let electorate = electorate.unwrap().trim().to_owned();
    let other = own.join("other.key").display().to_string();
    let twice = house.office_fails(&["poll", "open", "who", "--by", "Ravi", "--key-out", &other]);
    assert!(twice.contains("was opened already"), "{twice}");

    cast(&config, &answers()).await;
    let status = house.office(&["poll", "status", "who", "--assemblies"]);
    assert!(status.contains("35 of        80  43.8%"), "{status}");
    assert!(status.contains("25 of        40  62.5%"), "{status}");
    for name in ["अनिल", "सुनीता", "राजेश"] {
        assert!(!status.contains(name), "turnout alone is told: {status}");
    }
    let early = house.office_fails(&["poll", "close", "who", "--by", "Ravi", "--out", out]);
    assert!(early.contains("--early closes it now"), "{early}");
    let words = ["poll", "close", "who", "--by", "Ravi", "--out", out, "--early"];
    let unsaid = house.office_fails(&words);
    assert!(unsaid.contains("say with --why for what reason"), "{unsaid}");
    let asked = house.office(&[&words[..], &["--why", "सबने जवाब दे दिया"]].concat());
    assert!(asked.contains("Say --yes to do it"), "{asked}");
    let there = house.data().display().to_string();
    let kept = house.office_fails(&[&CLOSE_NOW[..], &["--out", &there]].concat());
    assert!(kept.contains("lies in the data of the server"), "{kept}");
    // Whoever closes it at the same moment waits; nothing is written or destroyed by them.
    let held = fs::File::open(house.data().join("polls/who.pollkey")).unwrap();
    held.lock().unwrap();
    let second = house.office_fails(&[&CLOSE_NOW[..], &["--out", out]].concat());
    assert!(second.contains("another close of who is at work"), "{second}");
    drop(held);
    let status = house.office(&["poll", "status", "who"]);
    assert!(status.contains("35 of        80"), "it is still open: {status}");
    let secret = house.office_fails(&["poll", "result", "who", "--now"]);
    assert!(secret.contains("nobody gets anything but turnout"), "{secret}");

    close_over_kills(&house, out);
    let keys = house.data().join("polls/who.pollkey");
    assert!(!keys.exists(), "the poll key is destroyed");
    let left: Vec<String> = fs::read_dir(own)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.') || name.rsplit('.').next() == Some("new"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "no half of a file stays behind");
    let status = house.office(&["poll", "status", "who"]);
    assert!(status.contains("samvad poll count") && status.contains("35 choices"), "{status}");
    // However often it was cut off, the records have the whole roll, as its file has.
    let beside = beside(&config).await;
    let row = beside.poll("who").await.unwrap().unwrap();
    assert_eq!(beside.roll_size(row.id).await.unwrap(), 35);
    let again = house.office(&["poll", "close", "who", "--by", "Ravi", "--out", out]);
    assert!(again.contains("who is closed already"), "{again}");
    assert_eq!(beside.roll_size(row.id).await.unwrap(), 35);
    drop(beside);

    let cancelled = house.office_fails(&["poll", "cancel", "who", "--by", "Ravi", "--why", "भूल"]);
    assert!(cancelled.contains("cannot be cancelled any more"), "{cancelled}");
    assert!(!cancelled.contains("--yes"), "nothing is threatened: {cancelled}");

    // At the table, without records.
    let (one, other) = ("who-share-3.txt", "who-share-1.txt");
    let counted = does(own, &["poll", "count", "who.bundle", "--key", one, "--key", other]);
    assert!(counted.contains("35 choices were counted"), "{counted}");
    assert!(counted.contains("No calendar of elections is here"), "{counted}");
    let early = "सबने जवाब दे दिया";
    assert!(counted.contains(early) && counted.contains("Ravi"), "{counted}");
    let page = fs::read_to_string(own.join("who.result/result.html")).unwrap();
    assert!(page.contains(early) && page.contains("बूथ अध्यक्ष"), "who was asked: {page}");
    let result = fs::read_to_string(own.join("who.result/result.json")).unwrap();
    let result: Value = serde_json::from_str(&result).unwrap();
    let choices = &result["counted"]["seats"]["173"]["choices"];
    assert_eq!(choices["chosen"], serde_json::json!([11, 11, 0]));
    assert_eq!((&choices["other"], &choices["refused"]), (&2.into(), &1.into()));
    assert_eq!(result["counted"]["seats"]["173"]["eligible"], 40);
    let others = fs::read_to_string(own.join("who.result/others.csv")).unwrap();
    assert!(others.contains(",श्याम लाल,2"), "{others}");
    let audited = does(own, &["poll", "audit", "who.roll", "who.bundle", "--result", "who.result"]);
    assert!(audited.contains("The result says that it was counted from this bundle."), "{audited}");
    assert!(audited.contains(&electorate), "the published roll names what was told: {audited}");
    assert!(audited.contains("IT WAS CLOSED BEFORE ITS HOUR"), "{audited}");
    let folder = own.join("who.result");
    let words = ["poll", "counted", "who", text(&folder), "--by", "Sunita"];
    let marked = house.office(&words);
    assert!(marked.contains("of the bundle that left this server"), "{marked}");
    let listed = house.office(&["poll", "list"]);
    assert!(listed.contains("who  counted"), "{listed}");
    let twice = house.office(&words);
    assert!(twice.contains("this result has the same numbers"), "{twice}");

    // A result whose numbers were changed, and its hash with them.
    let audit = ["poll", "audit", "who.roll", "who.bundle", "--key", one, "--key", other];
    let right = does(own, &[&audit[..], &["--result", "who.result"]].concat());
    assert!(right.contains("every number of the choices is right"), "{right}");
    let forged = fs::read_to_string(folder.join("result.json")).unwrap();
    let slip = forged.replacen("\"refused\": 1", "\"refused\": 2", 1);
    fs::write(own.join("slip.json"), &slip).unwrap();
    let known = refuses(own, &["poll", "panel", "slip.json"]);
    assert!(known.contains("not those it was written with"), "{known}");
    let counting = Counting::from_json(&forged).unwrap();
    let mut counted = counting.counted.clone();
    counted.seats.get_mut(&173).unwrap().choices.as_mut().unwrap().chosen.swap(0, 2);
    let forged = Counting::new(counting.party, counting.at, counted, counting.signals).to_json();
    fs::write(own.join("forged.json"), forged).unwrap();
    let found = refuses(own, &[&audit[..], &["--result", "forged.json"]].concat());
    assert!(found.contains("a second count gives other numbers"), "{found}");
    assert!(found.contains("173") && !found.contains("174 "), "{found}");
    let forged = text(&own.join("forged.json")).to_owned();
    let other = house.office_fails(&["poll", "counted", "who", &forged, "--by", "Sunita"]);
    assert!(other.contains("that result had other numbers"), "{other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_goes_from_its_opening_to_its_result_over_kills_on_sqlite() {
    from_its_opening_to_its_result(String::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_goes_from_its_opening_to_its_result_over_kills_on_postgres() {
    let database = PostgresServer::shared().lend_database();
    from_its_opening_to_its_result(database.url().to_owned()).await;
}

async fn a_close_of_what_is_missing(records: String) {
    let (house, config, _polls) = office(records, true, Vec::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (own, out) = (folder.path(), text(folder.path()));
    let key = own.join("who.key").display().to_string();
    house.office(&["poll", "open", "who", "--by", "Ravi", "--key-out", &key]);
    cast(&config, &answers()).await;
    let raw = Raw::open(config.records.expose());
    let count =
        |what: &str| raw.query(&format!("SELECT count(*) FROM {what}"))[0][0].clone().unwrap();
    let all = count("envelopes");
    let words = [&CLOSE_NOW[..], &["--out", out]].concat();
    let stays = |told: &str, more: &[&str]| {
        let said = house.office_fails(&[&words[..], more].concat());
        assert!(said.contains(told), "{said}");
        assert!(house.data().join("polls/who.pollkey").exists(), "{said}");
        assert_eq!(count("polls WHERE bundle_digest IS NULL AND state = 'closing'"), "1", "{said}");
        assert!(!own.join("who.bundle").exists() && !own.join("who.roll").exists());
        said
    };

    // A row that is pointed at another phone, and one that is taken out.
    let answered =
        raw.column("SELECT voter FROM roster WHERE answered_at IS NOT NULL ORDER BY voter");
    let silent = raw.column("SELECT voter FROM roster WHERE answered_at IS NULL ORDER BY voter");
    let of = |voter: &str| {
        raw.query(&format!("SELECT contact FROM roster WHERE voter = {voter}"))[0][0]
            .clone()
            .unwrap()
    };
    let was = (of(&silent[0]), of(&silent[1]));
    raw.execute(&format!(
        "UPDATE roster SET contact = {} WHERE voter = {}",
        of(&answered[0]),
        silent[0]
    ));
    raw.execute(&format!("UPDATE roster SET contact = NULL WHERE voter = {}", silent[1]));
    stays("2 of the 80 rows of the roster of who are not of the people", &[]);
    raw.execute(&format!("UPDATE roster SET contact = {} WHERE voter = {}", was.0, silent[0]));
    raw.execute(&format!("UPDATE roster SET contact = {} WHERE voter = {}", was.1, silent[1]));
    // What was told of the people at the opening.
    let told = raw.query("SELECT electorate_hash FROM polls")[0][0].clone().unwrap();
    let digits = told.trim_start_matches("\\x").to_owned();
    raw.execute(&format!("UPDATE polls SET electorate_hash = {}", raw.bytes(&"07".repeat(32))));
    stays("the electorate of who is not the one that was told", &[]);
    raw.execute(&format!("UPDATE polls SET electorate_hash = {}", raw.bytes(&digits)));

    // Another key, of the right form: from another machine, or an old copy.
    let path = house.data().join("polls/who.pollkey");
    let right = fs::read_to_string(&path).unwrap();
    let (head, last) = right.trim_end().rsplit_once('\n').unwrap();
    assert!(last.starts_with("key "));
    fs::write(&path, format!("{head}\nkey {}\n", "07".repeat(32))).unwrap();
    for more in [&[][..], &["--although", "35"]] {
        stays("not one answer opens here", more);
    }
    fs::write(&path, right).unwrap();

    // Two answers taken out, one spoilt, of one the remark alone, and one of somebody who did not answer.
    for voter in &answered[..2] {
        raw.execute(&format!("DELETE FROM envelopes WHERE voter = {voter}"));
    }
    let (choice, remark) = ("00".repeat(108), "00".repeat(10));
    for (voter, kind, bytes) in [(&answered[2], 'c', choice), (&answered[3], 'm', remark)] {
        let bytes = raw.bytes(&bytes);
        raw.execute(&format!(
            "UPDATE envelopes SET envelope = {bytes} WHERE voter = {voter} AND kind = '{kind}'"
        ));
    }
    raw.execute(&format!("UPDATE roster SET answered_at = NULL WHERE voter = {}", answered[4]));
    let said = stays("5 of 34 answers are missing or do not open", &[]);
    assert!(
        said.contains(
            "2 gone, 1 do not open, 1 there although the records know no answer, 1 without"
        ),
        "{said}"
    );
    stays("it must be 5", &["--although", "4"]);
    assert_ne!(count("envelopes"), all);
    let left = count("envelopes");
    stays("it must be 5", &["--although", "6"]);
    assert_eq!(count("envelopes"), left);

    let closed = house.office(&[&words[..], &["--although", "5"]].concat());
    assert!(closed.contains("who is closed: 31 choices"), "{closed}");
    assert_eq!(count("envelopes"), "0");
    let logged = "4 answers were missing or did not open and are not in the bundle, of 1 more only the choice is; Ravi went on although";
    assert!(closed.contains(logged), "{closed}");
    let status = house.office(&["poll", "status", "who"]);
    assert!(status.contains(logged), "{status}");
    let counted = does(own, &["poll", "count", "who.bundle", "--key", "who.key"]);
    let told = "4 जवाब गिने नहीं जा सके";
    assert!(counted.contains(told) && counted.contains("Ravi"), "{counted}");
    for name in ["result.html", "result.csv"] {
        let page = fs::read_to_string(own.join("who.result").join(name)).unwrap();
        let words =
            if name == "result.html" { told } else { "गिने नहीं जा सके" };
        assert!(page.contains(words), "{name}: {page}");
    }
    let result = fs::read_to_string(own.join("who.result/result.json")).unwrap();
    let result: Value = serde_json::from_str(&result).unwrap();
    assert_eq!(result["counted"]["header"]["missing"], 4);
    assert_eq!(result["counted"]["header"]["torn"], 1);
    let audited = does(own, &["poll", "audit", "who.roll", "who.bundle", "--result", "who.result"]);
    assert!(audited.contains("AT THE CLOSE 5 ANSWERS WERE MISSING"), "{audited}");
    let again = Command::new("python3")
        .arg(root().join("scripts/recount.py"))
        .args(["who.bundle", "who.key", "who.roll"])
        .current_dir(own)
        .output()
        .unwrap();
    assert!(again.status.success(), "{}", says(&again));
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&again["missing"], &again["choices"]), (&4.into(), &31.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_destroys_nothing_while_answers_are_missing_and_goes_on_with_their_number_on_sqlite()
 {
    a_close_of_what_is_missing(String::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_destroys_nothing_while_answers_are_missing_and_goes_on_with_their_number_on_postgres()
 {
    let database = PostgresServer::shared().lend_database();
    a_close_of_what_is_missing(database.url().to_owned()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_that_is_no_secret_is_counted_while_it_runs_and_one_that_is_given_up_leaves_nothing()
{
    let (house, config, _polls) = office(String::new(), false, Vec::new()).await;
    house.office(&["poll", "open", "who", "--by", "Ravi"]);
    cast(&config, &answers()).await;
    let now = house.office(&["poll", "result", "who", "--now", "--seat", "174"]);
    assert!(now.contains("40 में से 10 ने जवाब दिया"), "{now}");
    assert!(now.contains("1. कमला") && !now.contains("अनिल"), "{now}");
    let words = ["poll", "cancel", "who", "--by", "Ravi", "--why", "a wrong name in it"];
    let asked = house.office(&words);
    assert!(asked.contains("Say --yes to do it"), "{asked}");
    house.office(&[&words[..], &["--yes"]].concat());
    assert!(!house.data().join("polls/who.pollkey").exists());
    let over = house.office_fails(&["poll", "result", "who", "--now"]);
    assert!(over.contains("who is cancelled"), "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_written_as_broadcasts_that_check() {
    let folder = tempfile::tempdir().unwrap();
    does(folder.path(), &["init", "office"]);
    let own = folder.path().join("office");
    let of = |name: &str| own.join(name).display().to_string();
    let more = vec![
        ("SAMVAD_FLOWS", of("flows")),
        ("SAMVAD_LOCALES", of("locales")),
        ("SAMVAD_BROADCAST_FOLDER", of("broadcasts")),
    ];
    let (house, _config, _polls) = office(String::new(), true, more).await;
    let key = folder.path().join("who.key").display().to_string();
    house.office(&["poll", "open", "who", "--by", "Ravi", "--key-out", &key]);
    let written = house.office(&["poll", "invite", "who"]);
    assert!(written.contains("broadcast plan who_reminder1"), "{written}");
    for name in ["who_invitation", "who_reminder1"] {
        let path = own.join(format!("broadcasts/{name}.yaml"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("purpose: opinion") && text.contains("invited(\"who\")"), "{text}");
        assert_eq!(text.contains("!opined(\"who\")"), name == "who_reminder1", "{text}");
        if !own.join("flows/opinion.yaml").exists() {
            // Any flow stands for it.
            let text = text.replace("give: opinion", "give: join");
            fs::write(&path, text.replace("replies: opinion", "replies: dialogue")).unwrap();
        }
    }
    let checked = house.office(&["broadcast", "check"]);
    assert!(checked.contains("who_invitation"), "{checked}");
    let again = house.office_fails(&["poll", "invite", "who"]);
    assert!(again.contains("is there already; nothing is written"), "{again}");
}
