//! The graceful stop: what was accepted is answered, and nothing is left in doubt.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use samvad::message::Status;
use samvad::sandbox::faults::Faults;
use samvad::sandbox::load::CitizenPlan;

use crate::support::house::{House, Plan};
use crate::support::joining::{everybody_joined_once, exactly_one_answer, join_under};

fn records(house: &House) -> Connection {
    let path = house.data().join("samvad.db");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
}

fn outgoing(house: &House, status: Status) -> i64 {
    let sql = "SELECT count(*) FROM outgoing WHERE status = ?1";
    records(house).query_row(sql, [status.code()], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_the_middle_of_the_load_leaves_nothing_in_doubt_and_nobody_unanswered() {
    // A slow provider, so that calls are under way and replies wait at every stop.
    let house = House::new(Plan {
        settings: vec![
            ("SAMVAD_DELIVERY_CONCURRENCY", "8".to_owned()),
            // What is left in doubt would stay so and be seen.
            ("SAMVAD_DELIVERY_UNKNOWN_AFTER_SECONDS", "3600".to_owned()),
        ],
        sandbox: Some(|options| {
            options.faults = Faults { slow: 1.0, slow_ms: (150, 350), ..Faults::none() };
        }),
        ..Plan::default()
    })
    .await;
    let plan = CitizenPlan {
        citizens: 60,
        rate: 30.0,
        patience: Duration::from_mins(1),
        limit: Duration::from_mins(4),
        ..CitizenPlan::default()
    };
    let mut server = house.start();
    let mut waited = 0;
    let stopping = async {
        for stop in 1..=4 {
            tokio::time::sleep(Duration::from_millis(1_300)).await;
            tokio::task::block_in_place(|| server.stop());
            assert_eq!(outgoing(&house, Status::Unknown), 0, "in doubt after stop {stop}");
            assert_eq!(outgoing(&house, Status::Claimed), 0);
            waited += outgoing(&house, Status::Queued);
            server = house.start();
        }
        server
    };
    let (report, server) = join_under(&house, &plan, stopping).await;
    everybody_joined_once(&report);
    assert!(waited > 0, "no stop fell on a waiting reply");
    exactly_one_answer(&house);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_declared_dead_stops_by_itself_and_sends_nothing_more() {
    const PHONE: &str = "919812345678";
    let house = House::new(Plan::default()).await;
    let mut server = house.start();
    house.sandbox.say_text(PHONE, "सदस्य");
    let quiet = Duration::from_secs(30);
    assert!(house.sandbox.until(quiet, |sandbox| !sandbox.sends_to(PHONE).is_empty()).await);
    assert!(house.sandbox.until_quiet(quiet).await);

    // As another process sweeps one whose lease ran out.
    records(&house).execute("UPDATE processes SET ended = 1 WHERE ended IS NULL", ()).unwrap();
    house.sandbox.say_text(PHONE, "हाँ");
    let status = tokio::task::block_in_place(|| server.ends_by_itself(quiet));
    assert!(!status.success(), "whoever started it must see that something is wrong");
    assert!(server.log_text().contains("took this one for dead"), "{}", server.log_text());
    assert_eq!(house.sandbox.sends_to(PHONE).len(), 1);

    let _again = house.start();
    assert!(house.sandbox.until(quiet, |sandbox| sandbox.sends_to(PHONE).len() == 2).await);
    assert!(house.sandbox.duplicates().is_empty());
}
