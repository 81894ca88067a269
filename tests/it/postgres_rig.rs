//! The PostgreSQL the tests stand on: what a test does to it is what happens to it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::postgres::{Durability, PASSWORD, PostgresServer, Stop};

/// The folder, as the server itself names it.
fn folder(server: &PostgresServer) -> String {
    server.psql("SHOW data_directory").trim_end_matches("/data").to_owned()
}

#[test]
fn every_fresh_database_is_a_database_of_its_own() {
    let server = PostgresServer::shared();
    let (one, other) = (server.fresh_database(), server.fresh_database());
    server.psql_at(&one, "CREATE TABLE t (n bigint); INSERT INTO t VALUES (7)");
    assert_eq!(server.psql_at(&one, "SELECT n, n + 1 FROM t"), "7|8");
    assert_eq!(server.psql_at(&other, "SELECT to_regclass('t') IS NULL"), "t");
}

#[test]
fn what_was_committed_survives_every_way_of_stopping() {
    let mut server = PostgresServer::start(Durability::Durable);
    let url = server.fresh_database();
    server.psql_at(&url, "CREATE TABLE t (n bigint)");
    for (round, way) in ["fast", "immediate", "kill"].into_iter().enumerate() {
        server.psql_at(&url, &format!("INSERT INTO t VALUES ({round})"));
        match way {
            "fast" => server.stop(Stop::Fast),
            "immediate" => server.stop(Stop::Immediate),
            _ => server.kill(),
        }
        server.start_again();
        let rows = server.psql_at(&url, "SELECT count(*) FROM t");
        assert_eq!(rows, (round + 1).to_string(), "after {way}");
    }
    assert_eq!(server.psql("SHOW fsync"), "on");
}

#[test]
fn nobody_comes_in_without_the_password() {
    let server = PostgresServer::shared();
    let wrong = server.url("postgres").replace(PASSWORD, "wrong");
    let refused = std::panic::catch_unwind(|| server.psql_at(&wrong, "SELECT 1")).unwrap_err();
    let words = refused.downcast_ref::<String>().unwrap();
    assert!(words.contains("password authentication failed"), "{words}");
}

#[test]
fn it_speaks_tls_under_a_certificate_of_its_authority() {
    let server = PostgresServer::shared();
    let url = format!(
        "{}?sslmode=verify-full&sslrootcert={}",
        server.url("postgres"),
        server.authority().display()
    );
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(server.psql_at(&url, sql), "t");
}

#[test]
fn a_server_goes_with_its_value_and_its_folder_with_it() {
    let mut killed = PostgresServer::start(Durability::Careless);
    let usual = PostgresServer::start_with(Durability::Careless, &["ssl=off"]);
    assert_eq!(usual.psql("SHOW ssl"), "off");
    let folders = [folder(&killed), folder(&usual)];
    assert!(folders.iter().all(|folder| Path::new(folder).exists()));
    killed.kill();
    drop((killed, usual));
    assert!(folders.iter().all(|folder| !Path::new(folder).exists()), "{folders:?}");
}

/// Run by the next test in a process of its own, which it then kills.
#[test]
#[ignore = "stands still until it is killed; the test below runs it"]
fn a_test_that_stands_still_with_a_server() {
    let server = PostgresServer::start(Durability::Careless);
    println!("folder={}", folder(&server));
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_server_does_not_outlive_a_test_process_that_was_killed() {
    use std::io::{BufRead as _, BufReader};
    let mut test = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("postgres_rig::a_test_that_stands_still_with_a_server")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(test.stdout.take().unwrap()).lines().map_while(Result::ok);
    let folder = lines
        .find_map(|line| line.split_once("folder=").map(|(_, folder)| folder.to_owned()))
        .expect("the folder");
    let lock = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
    let postmaster = format!("/proc/{}/cwd", lock.lines().next().unwrap());
    assert!(Path::new(&postmaster).exists());
    test.kill().unwrap();
    test.wait().unwrap();
    let until = Instant::now() + Duration::from_secs(15);
    while Path::new(&folder).exists() {
        assert!(Instant::now() < until, "{folder} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!Path::new(&postmaster).exists(), "the server goes on");
}
