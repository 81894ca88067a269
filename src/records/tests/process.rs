use super::*;
use crate::records::Sweep;

#[tokio::test]
async fn a_second_process_is_refused_with_a_plain_word() {
    let house = House::new().await;
    let refused = open(house.folder.path(), &house.clock).await.unwrap_err().to_string();
    assert!(refused.contains("open in another process"), "{refused}");
    assert!(refused.contains("data folder of its own"), "{refused}");
    house.records.close().await.unwrap();
    open(house.folder.path(), &house.clock).await.unwrap();
}

#[tokio::test]
async fn an_unknown_scheme_is_refused_with_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::System;
    for url in ["mysql://here", "samvad.db", "sqlite://"] {
        let options = RecordsOptions { url: url.to_owned(), ..options(folder.path(), &clock) };
        let told = Records::open(options).await.unwrap_err().to_string();
        assert!(told.contains("sqlite://data/samvad.db"), "{told}");
    }
}

#[tokio::test]
async fn a_process_declared_dead_may_not_write_any_more() {
    let house = House::new().await;
    let contact = house.citizen().await;
    let before = house.all_rows();
    house.records.heartbeat().await.unwrap();
    house.raw().execute("UPDATE processes SET ended = 1", ()).unwrap();

    let fenced = |error: RecordsError| assert!(matches!(error, RecordsError::Fenced), "{error}");
    fenced(house.records.heartbeat().await.unwrap_err());
    fenced(house.records.commit(turn(contact, 0, "a", house.now())).await.unwrap_err());
    fenced(house.records.sweep(house.now()).await.unwrap_err());
    assert_eq!(house.all_rows(), before);
    house.records.snapshot(contact).await.unwrap();
}

#[tokio::test]
async fn a_lease_that_ran_out_is_swept_and_its_claims_become_unknown() {
    let house = House::new().await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "a").await;
    commit.claim = true;
    let (_, ids) = won(house.records.commit(commit).await);
    // Another replica's claim, as a store for many processes would hold it.
    let other = house.now().as_millisecond() + 10_000;
    house
        .raw()
        .execute_batch(&format!(
            "INSERT INTO processes (epoch, started, lease_until) VALUES (99, 0, {other});
             UPDATE outgoing SET epoch = 99"
        ))
        .unwrap();
    assert_eq!(house.records.sweep(house.now()).await.unwrap(), Sweep::default());
    assert_eq!(house.status_of(ids[0]), "claimed");
    house.wait(Duration::from_secs(11));
    let swept = house.records.sweep(house.now()).await.unwrap();
    assert_eq!(swept, Sweep { dead: 1, unknown: 1, again: 0 });
    assert_eq!(house.status_of(ids[0]), "unknown");
    house.totals_are_true().await;
}

#[tokio::test]
async fn closing_writes_what_waits_gives_the_lease_back_and_ends_all_use() {
    let house = House::new().await;
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

#[tokio::test]
async fn what_was_committed_is_there_after_a_sudden_end() {
    let house = House::new().await;
    let contact = house.citizen().await;
    for step in 0..10 {
        won(house.records.commit(turn(contact, step, &format!("k{step}"), house.now())).await);
    }
    // The files as a kill would leave them: the log not yet copied back.
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["samvad.db", "samvad.db-wal", "keys.toml"] {
        std::fs::copy(house.folder.path().join(name), elsewhere.path().join(name)).unwrap();
    }
    let records = open(elsewhere.path(), &house.clock).await.unwrap();
    let snapshot = records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.contact.version, 10);
    assert_eq!(records.history(contact, 100).await.unwrap().len(), 20);
    records.ping().await.unwrap();
}

#[tokio::test]
async fn after_a_start_new_messages_go_on_where_the_log_ended() {
    let house = House::new().await;
    let contact = house.citizen().await;
    let (_, first) = won(house.records.commit(house.turn(contact, "a").await).await);
    let house = house.die_and_start_again().await;
    let (_, second) = won(house.records.commit(house.turn(contact, "b").await).await);
    assert!(second[0].id > first[0].id);
}

#[tokio::test]
async fn a_process_that_slept_too_long_and_was_not_missed_goes_on() {
    let house = House::new().await;
    let contact = house.citizen().await;
    let mut commit = house.turn(contact, "a").await;
    commit.claim = true;
    let (_, ids) = won(house.records.commit(commit).await);
    house.wait(Duration::from_hours(1));
    assert_eq!(house.records.sweep(house.now()).await.unwrap(), Sweep::default());
    assert_eq!(house.status_of(ids[0]), "claimed");
    won(house.records.commit(house.turn(contact, "b").await).await);
}
