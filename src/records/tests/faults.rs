use futures_util::future::join_all;

use super::*;
use crate::records::Fault;

promises! {
    one_bad_turn_is_refused_alone_and_its_group_stands,
    many_bad_turns_are_refused_and_no_good_one_with_them,
    a_refused_turn_can_be_parked_under_the_same_key,
    a_group_that_is_refused_as_a_whole_is_halved_until_it_goes,
    a_full_disk_writes_nothing_blames_nobody_and_passes,
    a_commit_that_fails_leaves_nothing,
    a_commit_whose_answer_was_lost_stands_and_is_told_so,
    a_turn_whose_answer_was_lost_is_found_and_its_replies_are_not_left_claimed,
}

async fn contacts(house: &House, count: usize) -> Vec<i64> {
    let from = (0..count)
        .map(|number| {
            let phone = format!("98{number:08}");
            (Channel::Whatsapp, Identities::of(AddressKind::Phone, phone))
        })
        .collect();
    house.records.resolve(from).await.unwrap()
}

/// One turn of each contact, queued together; the keys are `k<place>`.
async fn turn_all(house: &House, contacts: &[i64]) -> Vec<Result<Verdict, RecordsError>> {
    let mut waiting = Vec::new();
    for (place, contact) in contacts.iter().enumerate() {
        let commit = turn(*contact, 0, &format!("k{place}"), house.now());
        waiting.push(house.records.commit(commit));
    }
    join_all(waiting).await
}

async fn one_bad_turn_is_refused_alone_and_its_group_stands(home: Home) {
    for fault in [Fault::Refuse { key: "k37".to_owned() }, Fault::Panic { key: "k37".to_owned() }] {
        let house = House::new(home).await;
        let contacts = contacts(&house, 100).await;
        house.records.inject(fault.clone());
        for (place, verdict) in turn_all(&house, &contacts).await.into_iter().enumerate() {
            if place == 37 {
                assert!(matches!(verdict, Err(RecordsError::Refused(_))), "{fault:?}");
            } else {
                won(verdict);
            }
        }
        assert_eq!((house.rows("inbound_keys"), house.rows("outgoing")), (99, 99));
        assert_eq!(house.version(contacts[37]).await, 0, "it left no row");
        house.totals_are_true().await;
    }
}

async fn many_bad_turns_are_refused_and_no_good_one_with_them(home: Home) {
    let house = House::new(home).await;
    let contacts = contacts(&house, 60).await;
    for place in (0..60).step_by(3) {
        house.records.inject(Fault::Refuse { key: format!("k{place}") });
    }
    let verdicts = turn_all(&house, &contacts).await;
    let refused: Vec<usize> = verdicts
        .iter()
        .enumerate()
        .filter(|(_, verdict)| matches!(verdict, Err(RecordsError::Refused(_))))
        .map(|(place, _)| place)
        .collect();
    assert_eq!(refused, (0..60).step_by(3).collect::<Vec<_>>());
    assert_eq!(house.rows("outgoing"), 40);
    house.totals_are_true().await;
}

async fn a_refused_turn_can_be_parked_under_the_same_key(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.records.inject(Fault::Refuse { key: "bad".to_owned() });
    let mut bad = house.turn(contact, "bad").await;
    for _ in 0..3 {
        let refused = house.records.commit(bad.clone()).await;
        assert!(matches!(refused, Err(RecordsError::Refused(_))));
    }
    bad.parked = Some("refused three times".to_owned());
    won(house.records.commit(bad).await);
}

async fn a_group_that_is_refused_as_a_whole_is_halved_until_it_goes(home: Home) {
    let house = House::new(home).await;
    let contacts = contacts(&house, 50).await;
    house.records.inject(Fault::GroupRefused);
    house.records.inject(Fault::GroupRefused);
    for verdict in turn_all(&house, &contacts).await {
        won(verdict);
    }
    house.totals_are_true().await;
}

async fn a_full_disk_writes_nothing_blames_nobody_and_passes(home: Home) {
    let house = House::new(home).await;
    let contacts = contacts(&house, 20).await;
    let before = house.all_rows();
    house.records.inject(Fault::DiskFull { times: 1000 });
    for verdict in turn_all(&house, &contacts).await {
        assert!(matches!(verdict, Err(RecordsError::Unavailable(_))), "{verdict:?}");
    }
    assert_eq!(house.all_rows(), before);

    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.records.inject(Fault::DiskFull { times: 1 });
    let first = house.records.commit(turn(contact, 0, "a", house.now())).await;
    assert!(matches!(first, Err(RecordsError::Unavailable(_))));
    won(house.records.commit(turn(contact, 0, "a", house.now())).await);
}

async fn a_commit_that_fails_leaves_nothing(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.records.inject(Fault::CommitFails);
    let failed = house.records.commit(turn(contact, 0, "a", house.now())).await;
    assert!(matches!(failed, Err(RecordsError::Unavailable(_))), "{failed:?}");
    assert!(!house.records.is_committed(Channel::Whatsapp, "a").await.unwrap());
    won(house.records.commit(turn(contact, 0, "a", house.now())).await);
    house.totals_are_true().await;
}

async fn a_commit_whose_answer_was_lost_stands_and_is_told_so(home: Home) {
    let house = House::new(home).await;
    let contacts = contacts(&house, 20).await;
    house.records.inject(Fault::CommitAnswerLost);
    for verdict in turn_all(&house, &contacts).await {
        won(verdict);
    }
    assert_eq!(house.rows("inbound_keys"), 20);
    won(house.records.commit(turn(contacts[0], 1, "next", house.now())).await);
}

async fn a_turn_whose_answer_was_lost_is_found_and_its_replies_are_not_left_claimed(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.records.inject(Fault::AnswersLost);
    let mut commit = turn(contact, 0, "a", house.now());
    commit.claim = true;
    let (version, ids) = won(house.records.commit(commit.clone()).await);
    assert_eq!((version, ids.len()), (house.version(contact).await, 1));
    assert_eq!(house.status_of(ids[0]), "claimed");
    assert!(house.records.is_committed(Channel::Whatsapp, "a").await.unwrap());
    assert_eq!(house.records.commit(commit).await.unwrap(), Verdict::Duplicate);
}
