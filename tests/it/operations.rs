//! docs/operations.md, followed to the letter: its commands are run as they stand there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use samvad::sandbox::load::{CitizenPlan, CitizenReport, Script, play};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::support::house::{House, Plan, metric};
use crate::support::joining::{everybody_joined_once, exactly_one_answer, join_under};
use crate::support::postgres::{PASSWORD, PostgresServer, USER};
use crate::support::redis::RedisServer;
use crate::support::server::Server;

const QUIET: Duration = Duration::from_mins(1);
const PHONE: &str = "919812345678";

/// The commands under this name in the page.
fn commands(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mut found = String::new();
    let mut inside = false;
    for line in page.lines() {
        let line = line.trim_start();
        if let Some(kind) = line.strip_prefix("```") {
            inside = kind == format!("sh {name}");
        } else if inside {
            found.push_str(line);
            found.push('\n');
        }
    }
    assert!(!found.is_empty(), "the page has no commands for {name}");
    found
}

/// An operator's terminal: the variables the page names, samvad and PostgreSQL's tools in the path.
struct Terminal {
    variables: Vec<(String, String)>,
}

impl Terminal {
    fn new(house: &House) -> Terminal {
        let tools = house.folder.path().join("tools");
        std::fs::create_dir_all(&tools).unwrap();
        let link = tools.join("samvad");
        if !link.exists() {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_samvad"), link).unwrap();
        }
        let mut terminal = Terminal { variables: Vec::new() };
        terminal.set("PATH", &format!("{}:{}", tools.display(), std::env::var("PATH").unwrap()));
        for (name, folder) in [("BACKUP", "backup"), ("VAULT", "vault")] {
            let folder = house.folder.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            terminal.set(name, &folder.display().to_string());
        }
        terminal.set("SAMVAD_DATA", &house.data().display().to_string());
        terminal
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The database for PostgreSQL's tools and for samvad.
    fn on(&mut self, server: &PostgresServer, url: &str) {
        let tool = server.program("pg_dump");
        let folder = Path::new(tool.get_program()).parent().unwrap().display().to_string();
        let path = self.get("PATH").to_owned();
        self.set("PATH", &format!("{folder}:{path}"));
        let port = url.rsplit(':').next().unwrap().split('/').next().unwrap().to_owned();
        for (name, value) in
            [("PGHOST", "127.0.0.1"), ("PGPORT", &port), ("PGUSER", USER), ("PGPASSWORD", PASSWORD)]
        {
            self.set(name, value);
        }
        self.set("RECORDS", &url.replace(&format!(":{PASSWORD}"), ""));
        self.set("SAMVAD_RECORDS", url);
    }

    fn get(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn try_run(&self, text: &str) -> Output {
        let mut shell = Command::new("sh");
        shell.args(["-eu", "-c", text]).current_dir(env!("CARGO_MANIFEST_DIR"));
        for (name, _) in std::env::vars() {
            if name.starts_with("SAMVAD_") || name.starts_with("PG") {
                shell.env_remove(name);
            }
        }
        shell.envs(self.variables.iter().cloned()).output().unwrap()
    }

    /// Runs commands of the page; what they printed.
    fn follow(&self, name: &str) -> String {
        let output = self.try_run(&commands(name));
        let words = [output.stdout, output.stderr].concat();
        let words = String::from_utf8_lossy(&words).into_owned();
        assert!(output.status.success(), "{name}: {words}");
        assert!(!words.contains(PASSWORD), "{words}");
        words
    }
}

async fn join(house: &House, citizens: usize) -> CitizenReport {
    let plan = CitizenPlan { citizens, rate: 40.0, ..CitizenPlan::default() };
    let script = Script::shipped("join").unwrap();
    let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
    let report = play(&house.sandbox, script, &plan, &tracker, &shutdown).await.unwrap();
    assert!(house.sandbox.until_quiet(QUIET).await);
    report
}

/// Says something and waits for the next answer.
async fn say(house: &House, text: &str) -> String {
    let before = house.sandbox.sends_to(PHONE).len();
    house.sandbox.say_text(PHONE, text);
    let answered = house.sandbox.until(QUIET, |one| one.sends_to(PHONE).len() > before).await;
    assert!(answered, "no answer to {text}");
    assert!(house.sandbox.until_quiet(QUIET).await);
    let sends = house.sandbox.sends_to(PHONE);
    sends[before..].iter().map(|send| send.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Twenty members, and one person in the middle of joining: the birth year was answered.
async fn a_lively_house(house: &House) {
    everybody_joined_once(&join(house, 20).await);
    say(house, "सदस्य").await;
    say(house, "हाँ").await;
    let asked = say(house, "1985").await;
    assert!(asked.contains("नाम"), "{asked}");
}

/// After the backup: what the restored records know nothing of. The same person goes back and forth,
/// so that the same version of the contact means something else in the other life.
async fn what_is_lost(house: &House) {
    for text in ["फिर से", "सदस्य", "हाँ", "1990", "सीता देवी"]
    {
        say(house, text).await;
    }
}

/// The member number after a restore: none of those that may have been given out since the backup.
const FAR_ON: &str = "UP-0100-";
/// The member number after a move, which nothing can have passed by.
const NEXT: &str = "UP-0000-";

/// The person is answered from the restored records, and becomes a member; as many turns as there were
/// in the life that is lost.
async fn it_goes_on(house: &House, port: u16, number: &str) {
    assert_eq!(metric(port, "samvad_members").await, 20);
    let asked = say(house, "राम कुमार").await;
    assert!(asked.contains("जिला"), "the name was the question: {asked}");
    for text in ["लखनऊ", "लखनऊ पूर्व", "12"] {
        say(house, text).await;
    }
    let done = say(house, "हाँ").await;
    assert!(done.contains("सदस्य संख्या"), "{done}");
    assert!(done.contains(number), "{done}");
    assert_eq!(metric(port, "samvad_members").await, 21);
}

/// The restored records keep their live state under another name: what Redis holds of the life that is
/// lost is met again at no version. A process that knows the person from the stores alone goes on.
async fn the_other_life_is_forgotten(house: &House, redis: &RedisServer) {
    let declined = say(house, "नहीं").await;
    assert!(declined.contains("नहीं भेजेंगे"), "{declined}");
    let names = format!("{:?}", redis.command(&["KEYS", "samvad:*:s"]));
    let lives: BTreeSet<&str> =
        names.split("\"samvad:").skip(1).map(|name| name.split(':').next().unwrap()).collect();
    assert_eq!(lives.len(), 2, "{names}");
}

fn restored(house: &House) -> PathBuf {
    house.folder.path().join("restored")
}

/// Starts the program on another data folder, everything else as in the house.
fn start_on(house: &House, data: &Path, settings: &[(&'static str, String)]) -> Server {
    let mut all = house.settings().to_vec();
    for (name, value) in settings {
        all.retain(|(known, _)| known != name);
        all.push((name, value.clone()));
    }
    Server::start(data, house.port, &all)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_sqlite_is_restored_and_conversations_go_on() {
    let redis = RedisServer::start();
    let house = House::new(Plan { state: redis.url(), ..Plan::default() }).await;
    let mut server = house.start();
    a_lively_house(&house).await;
    let mut terminal = Terminal::new(&house);
    terminal.follow("backup-sqlite");
    what_is_lost(&house).await;
    server.kill();

    terminal.set("SAMVAD_DATA", &restored(&house).display().to_string());
    let doctor = terminal.follow("restore-sqlite");
    assert!(doctor.contains("nothing is wrong"), "{doctor}");
    let server = start_on(&house, &restored(&house), &[]);
    it_goes_on(&house, house.port, FAR_ON).await;
    server.stop();
    let server = start_on(&house, &restored(&house), &[]);
    the_other_life_is_forgotten(&house, &redis).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_postgresql_is_restored_and_conversations_go_on() {
    let redis = RedisServer::start();
    let postgres = PostgresServer::shared();
    let url = postgres.fresh_database();
    let plan = Plan { records: url.clone(), state: redis.url(), ..Plan::default() };
    let house = House::new(plan).await;
    let mut server = house.start();
    a_lively_house(&house).await;
    let mut terminal = Terminal::new(&house);
    terminal.on(postgres, &url);
    terminal.follow("backup-postgres");
    what_is_lost(&house).await;
    server.kill();

    let beside = postgres.url("samvad_restored");
    terminal.set("SAMVAD_RECORDS", &beside);
    terminal.set("SAMVAD_DATA", &restored(&house).display().to_string());
    let doctor = terminal.follow("restore-postgres");
    assert!(doctor.contains("nothing is wrong"), "{doctor}");
    assert!(doctor.contains("PostgreSQL "), "{doctor}");
    let settings = [("SAMVAD_RECORDS", beside)];
    let server = start_on(&house, &restored(&house), &settings);
    it_goes_on(&house, house.port, FAR_ON).await;
    server.stop();
    let server = start_on(&house, &restored(&house), &settings);
    the_other_life_is_forgotten(&house, &redis).await;
    server.stop();

    let refused = terminal.try_run("samvad backup \"$BACKUP/samvad.db\"");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("pg_dump"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_records_move_to_postgresql_and_conversations_go_on() {
    let redis = RedisServer::start();
    let house = House::new(Plan { state: redis.url(), ..Plan::default() }).await;
    let server = house.start();
    a_lively_house(&house).await;
    server.stop();
    let mut terminal = Terminal::new(&house);
    terminal.follow("backup-sqlite");

    let postgres = PostgresServer::shared();
    let url = postgres.fresh_database();
    terminal.on(postgres, &url);
    let without_password = terminal.get("RECORDS").to_owned();
    terminal.set("SAMVAD_RECORDS", &without_password);
    terminal.set("SAMVAD_RECORDS_PASSWORD", PASSWORD);
    let said = terminal.follow("move");
    assert!(said.contains("and not one differs"), "{said}");
    let doctor = terminal.follow("moved");
    assert!(doctor.contains("nothing is wrong"), "{doctor}");
    assert!(doctor.contains("20 members"), "{doctor}");
    let server = start_on(&house, &house.data(), &[("SAMVAD_RECORDS", url)]);
    it_goes_on(&house, house.port, NEXT).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_on_sqlite_costs_one_restart_and_loses_nothing() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let terminal = Terminal::new(&house);
    let plan = CitizenPlan { citizens: 40, rate: 5.0, ..CitizenPlan::default() };
    let rotate = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let told = terminal.follow("rotate");
        assert!(told.contains("key 2 is made"), "{told}");
        server.stop();
        let told = terminal.follow("reseal");
        assert!(told.contains("needs the keys: [2]"), "{told}");
        house.start()
    };
    let (report, server) = join_under(&house, &plan, rotate).await;
    everybody_joined_once(&report);
    exactly_one_answer(&house);
    server.stop();
    let told = terminal.follow("reseal");
    assert!(told.contains("0 rows were sealed again"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_on_postgresql_goes_round_the_replicas_while_citizens_join() {
    let redis = RedisServer::start();
    let postgres = PostgresServer::shared();
    let url = postgres.fresh_database();
    let plan = Plan { records: url.clone(), state: redis.url(), replicas: 2, ..Plan::default() };
    let house = House::new(plan).await;
    let first = house.start_replica(0);
    let second = house.start_replica(1);
    let mut terminal = Terminal::new(&house);
    terminal.on(postgres, &url);
    // The replicas share one key file; the page speaks of the one in the data folder.
    let shared = house.folder.path().join("keys.toml");
    terminal.set("SAMVAD_KEY_FILE", &shared.display().to_string());
    terminal.set("SAMVAD_DATA", &house.folder.path().display().to_string());
    let plan = CitizenPlan { citizens: 60, rate: 6.0, ..CitizenPlan::default() };
    let rotate = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        terminal.follow("rotate");
        first.stop();
        let first = house.start_replica(0);
        // The second still seals under the old key: it stays needed.
        let told = terminal.follow("reseal");
        assert!(told.contains("needs the keys: [1, 2]"), "{told}");
        assert!(told.contains("restart it"), "{told}");
        second.stop();
        let second = house.start_replica(1);
        let told = terminal.follow("reseal");
        assert!(told.contains("needs the keys: [2]"), "{told}");
        (first, second)
    };
    let (report, (first, second)) = join_under(&house, &plan, rotate).await;
    everybody_joined_once(&report);
    exactly_one_answer(&house);
    assert_eq!(postgres.psql_at(&url, "SELECT count(*) FROM parked"), "0");
    first.stop();
    second.stop();
}

#[test]
fn what_the_page_names_is_there() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let page = std::fs::read_to_string(path).unwrap();
    for word in ["records_password_file", "records_connections", "state_prefix", "key_file"] {
        assert!(page.contains(word), "{word}");
        assert!(samvad::config::DEFAULTS.contains(&format!("\n{word} = ")), "no key {word}");
    }
}
