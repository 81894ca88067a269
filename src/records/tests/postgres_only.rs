//! What is true of PostgreSQL only: it serves many processes, by a server that others use as well
//! and that goes away and comes back.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use super::broadcasts;
use super::keys::{SECRETS, live};
use super::postgres::{Durability, PostgresServer, Stop};
use super::*;
use crate::flow::{Timer, TimerKind};
use crate::message::Status;
use crate::records::{Fault, SendRecord, SendResult};

fn phones(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("98{number:08}")).collect()
}

async fn resolve(records: &Records, phones: &[String]) -> Vec<i64> {
    let from = phones
        .iter()
        .map(|phone| (Channel::Whatsapp, Identities::of(AddressKind::Phone, phone.as_str())));
    records.resolve(from.collect()).await.unwrap()
}

/// One queued reply for each of so many persons.
async fn queue_replies(house: &House, count: usize) {
    let contacts = resolve(&house.records, &phones(count)).await;
    let turns = contacts.iter().map(|contact| {
        let commit = turn(*contact, 0, &format!("q{contact}"), house.now());
        house.records.commit(commit)
    });
    for verdict in join_all(turns).await {
        won(verdict);
    }
}

#[tokio::test]
async fn two_processes_are_open_at_once_and_both_write() {
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    assert_eq!(house.records.incarnation(), other.incarnation(), "it is one store");
    let contact = house.citizen().await;
    won(house.records.commit(turn(contact, 0, "a", house.now())).await);
    won(other.commit(turn(contact, 1, "b", house.now())).await);
    // What one of them knows the other learns by its version.
    let stale = house.records.commit(turn(contact, 1, "c", house.now())).await.unwrap();
    assert_eq!(stale, Verdict::Conflict);
    let twice = house.records.commit(turn(contact, 2, "b", house.now())).await.unwrap();
    assert_eq!(twice, Verdict::Duplicate);
    assert_eq!(other.history(contact, 10).await.unwrap().len(), 4);
    house.totals_are_true().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_turn_the_same_persons_lose_nothing_and_write_nothing_twice() {
    const PERSONS: usize = 8;
    const TURNS: i64 = 25;
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    let contacts = resolve(&house.records, &phones(PERSONS)).await;
    // Each message comes to both, as from a provider that did not wait for the answer.
    let lives =
        contacts.iter().flat_map(|contact| [(&house.records, *contact), (&other, *contact)]);
    let lives = lives.map(|(records, contact)| {
        let at = house.now();
        async move {
            let mut won = 0;
            for step in 0..TURNS {
                won += i64::from(say(records, contact, &format!("{contact}-{step}"), at).await);
            }
            won
        }
    });
    let won: i64 = join_all(lives).await.into_iter().sum();
    assert_eq!(won, TURNS * i64::try_from(PERSONS).unwrap());
    for contact in contacts {
        assert_eq!(house.version(contact).await, TURNS);
        let lines = house.records.history(contact, 1_000).await.unwrap();
        assert_eq!(lines.len(), 50);
        assert!(lines.is_sorted_by_key(|line| line.id), "the log of a person grows at its end");
    }
    house.totals_are_true().await;
}

/// Turns one message until it is known to stand; whether it was this call that made it so.
async fn say(records: &Records, contact: i64, key: &str, at: Timestamp) -> bool {
    loop {
        let Ok(Some(known)) = records.snapshot(contact).await else { continue };
        match records.commit(turn(contact, known.contact.version, key, at)).await {
            Ok(Verdict::Won { .. }) => return true,
            Ok(Verdict::Duplicate) => return false,
            Ok(_) | Err(RecordsError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_claim_at_once_never_claim_the_same_message() {
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    queue_replies(&house, 200).await;
    let claims = (0..40).map(|number| {
        let records = if number % 2 == 0 { &house.records } else { &other };
        records.claim(house.now(), 10)
    });
    let mut claimed = Vec::new();
    for claim in join_all(claims).await {
        claimed.extend(claim.unwrap().into_iter().map(|outgoing| outgoing.id.id));
    }
    // What one passed over because the other was looking at it is still there.
    claimed
        .extend(house.records.claim(house.now(), 200).await.unwrap().iter().map(|out| out.id.id));
    let different: BTreeSet<i64> = claimed.iter().copied().collect();
    assert_eq!((claimed.len(), different.len()), (200, 200));
    assert_eq!(house.rows("outgoing WHERE status = 1"), 200);
    house.totals_are_true().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_never_take_the_same_timer() {
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    let contacts = resolve(&house.records, &phones(60)).await;
    let due = house.now();
    let turns = contacts.iter().map(|contact| {
        let mut commit = turn(*contact, 0, &format!("t{contact}"), due);
        commit.timers = vec![Timer { kind: TimerKind::Remind, due, visit: 1 }];
        house.records.commit(commit)
    });
    for verdict in join_all(turns).await {
        won(verdict);
    }
    let looks = (0..20).map(|number| {
        let records = if number % 2 == 0 { &house.records } else { &other };
        records.due_timers(due, 10)
    });
    let mut taken: Vec<i64> = Vec::new();
    for look in join_all(looks).await {
        taken.extend(look.unwrap().iter().map(|timer| timer.contact));
    }
    taken
        .extend(house.records.due_timers(due, 60).await.unwrap().iter().map(|timer| timer.contact));
    taken.sort_unstable();
    assert_eq!(taken, contacts);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_meet_new_persons_at_once_know_them_as_the_same() {
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    let mut backwards = phones(50);
    backwards.reverse();
    for round in 0..4 {
        let phones: Vec<String> =
            phones(50).iter().map(|phone| format!("9{round}{}", &phone[2..])).collect();
        let mut turned = phones.clone();
        turned.reverse();
        let (here, mut there) =
            tokio::join!(resolve(&house.records, &phones), resolve(&other, &turned));
        there.reverse();
        assert_eq!(here, there);
    }
    assert_eq!(house.rows("contacts"), 200);
    house.totals_are_true().await;
}

#[tokio::test]
async fn two_processes_are_given_different_numbers() {
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    let blocks = (0..20).map(|number| {
        let records = if number % 2 == 0 { &house.records } else { &other };
        records.reserve("member", 5)
    });
    let mut numbers = Vec::new();
    for block in join_all(blocks).await {
        numbers.extend(block.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_process_whose_lease_ran_out_is_fenced_by_the_one_that_noticed() {
    let house = House::new(Home::Postgres).await;
    let slow = house.open_another().await.unwrap();
    let contact = house.citizen().await;
    let mut commit = turn(contact, 0, "a", house.now());
    commit.claim = true;
    let (_, ids) = won(slow.commit(commit).await);
    house.wait(LEASE + Duration::from_millis(1));
    house.records.heartbeat().await.unwrap();
    let swept = house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(swept, Sweep { dead: 1, unknown: 1, again: 0 });

    house.queued(contact, Lane::Reply, Purpose::Answer).await;
    let before = house.all_rows();
    let fenced = |error: RecordsError| assert!(matches!(error, RecordsError::Fenced), "{error}");
    fenced(slow.heartbeat().await.unwrap_err());
    fenced(slow.commit(turn(contact, 2, "b", house.now())).await.unwrap_err());
    fenced(slow.claim(house.now(), 10).await.unwrap_err());
    fenced(slow.sweep(house.now(), WAITS).await.unwrap_err());
    assert_eq!(house.all_rows(), before);
    assert_eq!(house.status_of(ids[0]), "unknown");
    // It may still go in peace, and ends nobody.
    slow.close().await.unwrap();
    won(house.records.commit(turn(contact, 2, "b", house.now())).await);
    house.totals_are_true().await;
}

/// A sweep that comes while the slow one writes waits for it: what it claims then is lost as well.
#[tokio::test(flavor = "multi_thread")]
async fn no_claim_of_a_dead_process_stays_behind() {
    let house = House::new(Home::Postgres).await;
    for round in 0..5 {
        let slow = house.open_another().await.unwrap();
        let contacts = resolve(&house.records, &phones(40)).await;
        house.wait(LEASE + Duration::from_millis(1));
        house.records.heartbeat().await.unwrap();
        let writing = contacts.iter().map(|contact| {
            let slow = slow.clone();
            let at = house.now();
            let key = format!("{contact}-{round}");
            async move {
                let known = slow.snapshot(*contact).await.unwrap().unwrap();
                let mut commit = turn(*contact, known.contact.version, &key, at);
                commit.claim = true;
                slow.commit(commit).await
            }
        });
        let sweeping = async {
            tokio::time::sleep(Duration::from_millis(3 * round)).await;
            house.records.sweep(house.now(), WAITS).await.unwrap()
        };
        let (verdicts, swept) = tokio::join!(join_all(writing), sweeping);
        assert_eq!(swept.dead, 1);
        for verdict in verdicts {
            assert!(matches!(verdict, Ok(Verdict::Won { .. }) | Err(RecordsError::Fenced)));
        }
        house.records.sweep(house.now(), WAITS).await.unwrap();
        assert_eq!(house.rows("outgoing WHERE status = 1"), 0, "round {round}");
        house.totals_are_true().await;
    }
}

#[tokio::test]
async fn every_message_lies_in_the_partition_of_its_month() {
    let house = House::new(Home::Postgres).await;
    queue_replies(&house, 10).await;
    let parts = house.raw().column(
        "SELECT tableoid::regclass::text || ' ' || (id >> 40) || ' ' || count(*)
         FROM messages GROUP BY tableoid, id >> 40",
    );
    assert_eq!(parts.len(), 1, "one month: {parts:?}");
    assert!(parts[0].ends_with(" 20"), "{parts:?}");
    assert_eq!(house.rows("messages_before"), 0, "kept for what comes from SQLite");
    let plan = house.raw().column("EXPLAIN SELECT content FROM messages WHERE id = 1").join("\n");
    assert!(plan.contains("messages_before") && !plan.contains("Append"), "one of them: {plan}");
}

#[tokio::test]
async fn a_lock_held_by_somebody_else_is_no_turns_fault_and_passes() {
    let house = House::new(Home::Postgres).await;
    let contacts = resolve(&house.records, &phones(3)).await;
    let blocker = house.another_raw();
    for (round, lock) in [
        format!("SELECT id FROM contacts WHERE id = {} FOR UPDATE", contacts[1]),
        "LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        blocker.execute(&format!("BEGIN; {lock}"));
        let version = i64::try_from(round).unwrap();
        let mut waiting: Vec<_> = contacts
            .iter()
            .map(|contact| {
                let key = format!("{contact}-{round}");
                Box::pin(house.records.commit(turn(*contact, version, &key, house.now())))
            })
            .collect();
        let early = tokio::time::timeout(Duration::from_millis(300), join_all(&mut waiting)).await;
        assert!(early.is_err(), "it waits its turn");
        blocker.execute("ROLLBACK");
        for verdict in join_all(waiting).await {
            won(verdict);
        }
    }
    house.totals_are_true().await;
}

#[tokio::test]
async fn a_lock_held_too_long_is_told_as_trouble_and_never_as_a_refusal() {
    let house = House::new(Home::Postgres).await;
    let contact = house.citizen().await;
    let before = house.all_rows();
    let blocker = house.another_raw();
    blocker.execute("BEGIN; LOCK TABLE sessions IN SHARE MODE");
    let blocked = house.records.commit(turn(contact, 0, "a", house.now()));
    let blocked = tokio::time::timeout(Duration::from_secs(40), blocked).await.unwrap();
    assert!(matches!(blocked, Err(RecordsError::Unavailable(_))), "{blocked:?}");
    assert_eq!(house.all_rows(), before);
    blocker.execute("ROLLBACK");
    won(house.records.commit(turn(contact, 0, "a", house.now())).await);
}

#[tokio::test]
async fn a_turn_the_server_refuses_is_found_among_a_hundred() {
    let house = House::new(Home::Postgres).await;
    let contacts = resolve(&house.records, &phones(100)).await;
    // A rule of the table, not of ours: it strikes in the middle of a set of rows.
    house.raw().execute(&format!(
        "ALTER TABLE outgoing ADD CONSTRAINT not_him CHECK (contact <> {})",
        contacts[61]
    ));
    let turns = contacts.iter().map(|contact| {
        let commit = turn(*contact, 0, &format!("k{contact}"), house.now());
        house.records.commit(commit)
    });
    for (contact, verdict) in contacts.iter().zip(join_all(turns).await) {
        if *contact == contacts[61] {
            let Err(RecordsError::Refused(reason)) = verdict else { panic!("{verdict:?}") };
            assert!(reason.contains("rule not_him"), "{reason}");
            assert!(!reason.contains("Failing row"), "no row is told: {reason}");
        } else {
            won(verdict);
        }
    }
    assert_eq!((house.rows("inbound_keys"), house.rows("outgoing")), (99, 99));
    house.totals_are_true().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_cut_in_the_middle_of_traffic_lose_nothing_and_write_nothing_twice() {
    const PERSONS: usize = 12;
    const TURNS: i64 = 30;
    let house = House::new(Home::Postgres).await;
    let contacts = resolve(&house.records, &phones(PERSONS)).await;
    let lives = contacts.iter().map(|contact| {
        let (records, at, contact) = (&house.records, house.now(), *contact);
        async move {
            for step in 0..TURNS {
                say(records, contact, &format!("{contact}-{step}"), at).await;
            }
        }
    });
    let knife = house.another_raw();
    let cutting = async {
        let mut cut = 0;
        for _ in 0..40 {
            cut += knife.number(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name LIKE 'samvad%'
                   AND pid <> pg_backend_pid()",
            );
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        cut
    };
    let living = tokio::time::timeout(Duration::from_mins(1), join_all(lives));
    let (lived, cut) = tokio::join!(living, cutting);
    lived.expect("they get through in the end");
    assert!(cut > 20, "only {cut} connections were cut");
    for contact in &contacts {
        assert_eq!(house.version(*contact).await, TURNS);
        assert_eq!(house.records.history(*contact, 1_000).await.unwrap().len(), 60);
    }
    assert_eq!(house.rows("inbound_keys"), TURNS * i64::try_from(PERSONS).unwrap());
    let commits = house.raw().number("SELECT sum(commits) FROM processes");
    assert!(commits > 0);
    house.totals_are_true().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_there_after_a_sudden_end_of_the_server() {
    let mut server = PostgresServer::start(Durability::Durable);
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
    let url = server.fresh_database();
    let house = House::open(Home::Postgres, folder, url, clock).await;
    let contact = house.citizen().await;
    for step in 0..10 {
        won(house.records.commit(turn(contact, step, &format!("k{step}"), house.now())).await);
    }
    server.stop(Stop::Immediate);
    let away = house.records.commit(turn(contact, 10, "k10", house.now())).await;
    assert!(matches!(away, Err(RecordsError::Unavailable(_))), "{away:?}");
    server.start_again();
    // The same records go on by themselves.
    assert!(say(&house.records, contact, "k10", house.now()).await);
    assert_eq!(house.version(contact).await, 11);
    assert_eq!(house.records.history(contact, 100).await.unwrap().len(), 22);
    house.totals_are_true().await;
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_settled_while_others_write() {
    let house = House::new(Home::Postgres).await;
    let other = house.open_another().await.unwrap();
    let contacts = resolve(&house.records, &phones(30)).await;
    for round in 0..3 {
        house.records.inject(Fault::CommitAnswerLost);
        let turns = contacts.iter().enumerate().map(|(place, contact)| {
            let records = if place % 3 == 0 { &other } else { &house.records };
            records.commit(turn(*contact, round, &format!("{contact}-{round}"), house.now()))
        });
        for verdict in join_all(turns).await {
            won(verdict);
        }
    }
    assert_eq!(house.rows("inbound_keys"), 90);
    house.totals_are_true().await;
}

#[tokio::test]
async fn no_row_holds_a_number_or_a_word_in_clear() {
    let house = House::new(Home::Postgres).await;
    live(&house).await;
    let holds = |secret: &str| {
        let hexadecimal =
            secret.bytes().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
        house.raw().tables().into_iter().find(|table| {
            // Bytes are written in hexadecimal when a row becomes a text.
            let of_it = format!(
                "{table} WHERE strpos({table}::text, '{secret}') > 0
                 OR strpos({table}::text, '{hexadecimal}') > 0"
            );
            house.rows(&of_it) > 0
        })
    };
    assert!(holds(ACCOUNT).is_some(), "what is no secret is found, so the search works");
    for secret in SECRETS {
        assert_eq!(holds(secret), None, "{secret}");
    }
}

#[tokio::test]
async fn a_backup_is_the_servers_own_affair() {
    let house = House::new(Home::Postgres).await;
    let told = house.records.backup(&house.folder.path().join("backup.db")).await;
    let told = told.unwrap_err().to_string();
    assert!(told.contains("pg_dump"), "{told}");
}

/// One answer too late: the claim was swept, the row is the lattice's.
#[tokio::test]
async fn the_answer_of_a_fenced_process_changes_nothing() {
    let house = House::new(Home::Postgres).await;
    let slow = house.open_another().await.unwrap();
    let contact = house.citizen().await;
    let mut commit = turn(contact, 0, "a", house.now());
    commit.claim = true;
    let (_, ids) = won(slow.commit(commit).await);
    house.wait(LEASE + Duration::from_millis(1));
    house.records.heartbeat().await.unwrap();
    house.records.sweep(house.now(), WAITS).await.unwrap();
    let result = SendResult::Sent { provider_id: Some("wamid.out".to_owned()) };
    let late = SendRecord { id: ids[0], at: house.now(), result };
    let fenced = slow.record_sends(vec![late.clone()]).await;
    assert!(matches!(fenced, Err(RecordsError::Fenced)), "{fenced:?}");
    assert_eq!(house.status_of(ids[0]), "unknown");
    // Told by somebody who may, it settles the call.
    house.records.record_sends(vec![late]).await.unwrap();
    assert_eq!(house.status_of(ids[0]), Status::Sent.name());
    house.totals_are_true().await;
}

#[tokio::test]
async fn two_servers_release_each_recipient_once_and_none_is_left() {
    let house = House::new(Home::Postgres).await;
    let contacts = broadcasts::people(&house, 200).await;
    let rows = contacts.iter().map(|contact| broadcasts::recipient(*contact)).collect();
    let id = broadcasts::running(&house, broadcasts::new(&house, "diwali"), rows).await;
    let other = house.open_another().await.unwrap();
    let now = house.now();
    let all_of = async |records: &Records| {
        let mut taken = Vec::new();
        for _ in 0..60 {
            let chunk = broadcasts::released_by(records, now, (id, 0, 7)).await;
            taken.extend(broadcasts::contacts_of(&chunk.outgoing));
        }
        taken
    };
    let (here, there) = tokio::join!(all_of(&house.records), all_of(&other));
    let mut taken: Vec<i64> = here.iter().chain(&there).copied().collect();
    taken.sort_unstable();
    assert_eq!(taken, contacts);
    assert!(!here.is_empty() && !there.is_empty(), "each took some");
    assert!(!house.records.has_planned(id, &[]).await.unwrap());
}
