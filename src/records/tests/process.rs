use super::*;

promises! {
    whoever_only_looks_brings_nothing_forward_and_takes_no_place,
    a_process_declared_dead_may_not_write_any_more,
    a_lease_that_ran_out_is_swept_and_its_claims_become_unknown,
    closing_writes_what_waits_gives_the_lease_back_and_ends_all_use,
    after_a_start_new_messages_go_on_where_the_log_ended,
    a_process_that_slept_too_long_and_was_not_missed_goes_on,
}

#[tokio::test]
async fn an_unknown_scheme_is_refused_with_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::System;
    for url in ["mysql://here", "samvad.db", "sqlite://"] {
        let told = open(url, folder.path(), &clock).await.unwrap_err().to_string();
        assert!(told.contains("sqlite://data/samvad.db"), "{told}");
    }
}

async fn a_process_declared_dead_may_not_write_any_more(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let before = house.all_rows();
    house.records.heartbeat().await.unwrap();
    house.raw().execute("UPDATE processes SET ended = 1");

    let fenced = |error: RecordsError| assert!(matches!(error, RecordsError::Fenced), "{error}");
    fenced(house.records.heartbeat().await.unwrap_err());
    fenced(house.records.commit(turn(contact, 0, "a", house.now())).await.unwrap_err());
    fenced(house.records.sweep(house.now(), WAITS).await.unwrap_err());
    assert_eq!(house.all_rows(), before);
    house.records.snapshot(contact).await.unwrap();
}

async fn a_lease_that_ran_out_is_swept_and_its_claims_become_unknown(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "a").await;
    commit.claim = true;
    let (_, ids) = won(house.records.commit(commit).await);
    // Another replica's claim, as a store for many processes would hold it.
    let other = house.now().as_millisecond() + 10_000;
    house.raw().execute(&format!(
        "INSERT INTO processes (epoch, started, lease_until) VALUES (99, 0, {other});
         UPDATE outgoing SET epoch = 99"
    ));
    assert_eq!(house.records.sweep(house.now(), WAITS).await.unwrap(), Sweep::default());
    assert_eq!(house.status_of(ids[0]), "claimed");
    house.wait(Duration::from_secs(11));
    let swept = house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(swept, Sweep { dead: 1, unknown: 1, again: 0 });
    assert_eq!(house.status_of(ids[0]), "unknown");
    house.totals_are_true().await;
}

async fn closing_writes_what_waits_gives_the_lease_back_and_ends_all_use(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut commit = turn(contact, 0, "a", house.now());
    commit.claim = true;
    let waiting = house.records.commit(commit);
    let ended = house.records.until_ended();
    let early = tokio::time::timeout(Duration::from_millis(20), ended).await;
    assert!(early.is_err(), "it writes still");
    house.records.close().await.unwrap();
    house.records.until_ended().await;
    let (_, ids) = won(waiting.await);
    assert_eq!(house.status_of(ids[0]), "unknown", "it may have left");
    assert_eq!(house.rows("processes WHERE ended IS NULL"), 0);

    let late = house.records.commit(turn(contact, 1, "b", house.now())).await;
    assert!(matches!(late, Err(RecordsError::Unavailable(_))));
    assert!(matches!(house.records.ping().await, Err(RecordsError::Unavailable(_))));
    house.records.close().await.unwrap();
}

async fn after_a_start_new_messages_go_on_where_the_log_ended(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let (_, first) = won(house.records.commit(house.turn(contact, "a").await).await);
    let house = house.die_and_start_again().await;
    let (_, second) = won(house.records.commit(house.turn(contact, "b").await).await);
    assert!(second[0].id > first[0].id);
}

async fn a_process_that_slept_too_long_and_was_not_missed_goes_on(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "a").await;
    commit.claim = true;
    let (_, ids) = won(house.records.commit(commit).await);
    house.wait(Duration::from_hours(1));
    assert_eq!(house.records.sweep(house.now(), WAITS).await.unwrap(), Sweep::default());
    assert_eq!(house.status_of(ids[0]), "claimed");
    won(house.records.commit(house.turn(contact, "b").await).await);
}

async fn whoever_only_looks_brings_nothing_forward_and_takes_no_place(home: Home) {
    let house = House::new(home).await;
    house.beside().await;
    assert_eq!(house.rows("processes"), 1);
    let newest = "number = (SELECT max(number) FROM migrations)";
    let name = house.raw().text(&format!("SELECT name FROM migrations WHERE {newest}"));
    house.raw().execute(&format!("DELETE FROM migrations WHERE {newest}"));
    let migrations = house.rows("migrations");
    let refused = Beside::open(options(&house.url, house.folder.path(), &house.clock)).await;
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("older version of samvad"), "{words}");
    assert!(words.contains(&name) && words.contains("start the new server"), "{words}");
    assert_eq!(house.rows("migrations"), migrations);
}
