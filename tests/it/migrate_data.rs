//! The move of the records from SQLite to PostgreSQL, by the program itself, with the house around it.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use samvad::message::Status;
use samvad::sandbox::load::CitizenPlan;

use crate::support::chaos::Chance;
use crate::support::house::{House, Plan, all};
use crate::support::joining::{everybody_joined_once, exactly_one_answer, join_under};
use crate::support::postgres::{PASSWORD, PostgresServer, USER};
use crate::support::raw::Raw;
use crate::support::server::{Server, free_port};

/// The command, with the password where it belongs.
fn command(from: &str, to: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
    for (name, _) in std::env::vars() {
        if name.starts_with("SAMVAD_") {
            command.env_remove(name);
        }
    }
    let without_password = to.replace(&format!("{USER}:{PASSWORD}@"), &format!("{USER}@"));
    command
        .args(["migrate-data", "--from", from, "--to", &without_password])
        .args(more)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    if to.starts_with("postgres") {
        command.env("SAMVAD_RECORDS_PASSWORD", PASSWORD);
    }
    command
}

fn file(data: &Path) -> String {
    format!("sqlite://{}", data.join("samvad.db").display())
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn succeeds(output: &Output) -> String {
    let said = words(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", words(&output.stderr));
    said
}

/// Begins the move again and again and kills it, then lets it finish. Gives how often it was killed.
fn move_under_kills(from: &str, to: &str, kills: usize) -> usize {
    let mut chance = Chance(20_261_121);
    let mut killed = 0;
    for _ in 0..kills {
        let mut moving = command(from, to, &["--batch", "10"]);
        let mut moving = moving.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(60 + chance.below(500)));
        if moving.try_wait().unwrap().is_none() {
            moving.kill().unwrap();
            killed += 1;
        }
        moving.wait().unwrap();
    }
    let said = succeeds(&command(from, to, &[]).output().unwrap());
    assert!(
        said.contains("and not one differs") || said.contains("were moved there before"),
        "{said}"
    );
    killed
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_go_on_in_the_middle_after_a_move_that_was_killed_again_and_again() {
    let citizens = if all() { 600 } else { 200 };
    let house = House::new(Plan::default()).await;
    let postgres = PostgresServer::shared().fresh_database();
    let from = file(&house.data());
    let plan = CitizenPlan {
        citizens,
        rate: 25.0,
        // The office is closed while it moves.
        patience: Duration::from_secs(150),
        limit: Duration::from_mins(5),
        ..CitizenPlan::default()
    };
    let mut server = house.start();
    let moving = async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        server.kill();
        tokio::task::block_in_place(|| {
            let killed = move_under_kills(&from, &postgres, if all() { 30 } else { 8 });
            assert!(killed >= 3, "it was killed {killed} times");
            let said = succeeds(&command(&from, &postgres, &["--verify"]).output().unwrap());
            assert!(said.contains("and not one differs"), "{said}");
            let mut settings = house.settings().to_vec();
            settings.push(("SAMVAD_RECORDS", postgres.clone()));
            Server::start(&house.data(), house.port, &settings)
        })
    };
    let (report, moved) = join_under(&house, &plan, moving).await;
    everybody_joined_once(&report);
    exactly_one_answer(&house);

    let raw = Raw::open(&postgres);
    let count = |table: &str| u64::try_from(raw.rows(table)).unwrap();
    assert_eq!(count("members"), u64::try_from(citizens).unwrap());
    assert!(count("messages_before") > 100, "it was moved in the middle");
    assert!(count("messages") > count("messages_before") + 100, "it was moved in the middle");
    assert_eq!(house.metric("samvad_members").await, count("members"));
    for status in [Status::Queued, Status::Unknown, Status::Sent, Status::Delivered, Status::Read] {
        let told = house.metric(&format!("samvad_outgoing{{status=\"{}\"}}", status.name())).await;
        let counted = count(&format!("outgoing WHERE status = {}", status.code()));
        assert_eq!(told, counted, "{}", status.name());
    }
    moved.stop();
}

/// What a person at the terminal reads, without what differs from run to run.
fn told(output: &Output, hide: &[(&str, &str)]) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", words(&output.stdout));
    let mut said = format!("{}{}", words(&output.stdout), words(&output.stderr));
    assert!(!said.contains(PASSWORD), "{said}");
    for (known, name) in hide {
        said = said.replace(known, name);
    }
    said
}

fn start(data: &Path, records: &str) -> Result<Server, String> {
    Server::try_start(data, free_port(), &[("SAMVAD_RECORDS", records.to_owned())])
}

#[test]
fn what_stands_in_the_way_of_a_move_is_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let (from, path) = (file(&data), folder.path().display().to_string());
    let server = PostgresServer::shared();
    let to = server.fresh_database();
    let place = to.rsplit('@').next().unwrap();
    let (host, name) = place.split_once('/').unwrap();
    let hide = [(path.as_str(), "FOLDER"), (host, "HOST"), (name, "DATABASE")];
    let mut read = Vec::new();
    let mut try_to = |what: &str, from: &str, to: &str| {
        let output = command(from, to, &[]).output().unwrap();
        read.push(format!("# {what}\n{}", told(&output, &hide)));
    };

    try_to("there is no such file", &from, &to);
    let running = start(&data, &from).unwrap();
    try_to("the server runs", &from, &to);
    running.stop();
    try_to("the wrong way round", &to, &from);
    try_to("no such database", &from, &server.url("nothing_here"));
    let there = start(&data, &to).unwrap();
    try_to("a server runs on the new database", &from, &to);
    there.stop();

    // A row that cannot be moved: the move stops in the middle.
    let raw = Raw::open(&from);
    raw.execute("INSERT INTO contacts (created) VALUES (0)");
    raw.execute("INSERT INTO sequences (name, next) VALUES ('a' || char(0), 1)");
    try_to("a text that PostgreSQL cannot keep", &from, &to);
    let refused = start(&data, &to).err().unwrap();
    assert!(
        refused.contains("the move of the records into this database is not finished"),
        "{refused}"
    );
    start(&other, &file(&other)).unwrap().stop();
    try_to("another move is not finished", &file(&other), &to);
    let unverified = command(&from, &to, &["--verify"]).output().unwrap();
    let unverified = told(&unverified, &hide);

    raw.execute("DELETE FROM sequences WHERE next = 1");
    let said = command(&from, &to, &[]).output().unwrap();
    assert!(succeeds(&said).contains("Set records to the new address"));
    assert!(words(&said.stderr).contains("an earlier run stopped on the way"));
    try_to("records are there already", &file(&other), &to);
    let again = succeeds(&command(&from, &to, &[]).output().unwrap());
    Raw::open(&to).execute("UPDATE seal_keys SET since = since + 1");
    let differs = command(&from, &to, &["--verify"]).output().unwrap();
    let differs = words(&differs.stderr);
    start(&data, &to).unwrap().stop();

    read.push(format!("# verified too early\n{unverified}"));
    read.push(format!("# moved already\n{again}"));
    let differs: Vec<&str> = differs.lines().filter(|line| line.starts_with("samvad:")).collect();
    read.push(format!("# one row differs\n{}", differs.join("\n")));
    insta::assert_snapshot!(read.join("\n"));
}
