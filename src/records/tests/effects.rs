use super::*;
use crate::flow::{Effect, Fetch, Fetched, HeaderValue, Method};
use crate::message::MediaKind;
use crate::records::{DueEffect, EFFECT_CLAIM, EffectKind, EffectResult, Medium};

promises! {
    an_effect_is_written_with_its_turn_and_handed_out_once,
    a_turn_that_loses_leaves_no_effect,
    an_effect_has_the_same_name_in_another_life_and_another_one_elsewhere,
    what_an_effect_came_to_outlives_the_process_and_is_gone_once_it_is_turned,
    the_claim_of_a_dead_process_is_taken_over_and_the_dead_write_nothing_more,
    a_claim_that_takes_too_long_runs_out,
    an_effect_tried_again_counts_and_one_given_back_does_not,
    a_kind_is_claimed_by_itself,
    a_kept_medium_is_listed_found_and_erased_beside_the_server,
    a_conversation_is_given_back_by_an_effect_that_is_always_the_same,
    nothing_in_clear_tells_one_medium_from_another,
    a_medium_is_kept_in_the_transaction_that_ends_its_effect,
    effects_are_forgotten_three_days_after_they_are_done_and_media_are_not,
    the_report_tells_how_many_effects_wait_and_since_when,
}

pub(super) fn fetch() -> Effect {
    Effect::Fetch(Fetch {
        visit: 3,
        method: Method::Post,
        url: format!("https://desk.example.org/tickets?phone={PHONE}"),
        headers: vec![("authorization".to_owned(), HeaderValue::Secret("helpdesk".to_owned()))],
        body: Some(r#"{"name":"Ramesh Yadav"}"#.to_owned()),
        timeout_seconds: 10,
    })
}

pub(super) fn keep() -> Effect {
    Effect::Keep {
        kind: MediaKind::Image,
        id: "1013859600285441".to_owned(),
        mime_type: "image/jpeg".to_owned(),
    }
}

pub(super) fn medium() -> Medium {
    Medium {
        kind: MediaKind::Image,
        mime_type: "image/jpeg".to_owned(),
        size: 70_000,
        path: "ab/abcdef".to_owned(),
        file_key: [9; 32],
    }
}

fn answer() -> Fetched {
    Fetched::Answer { status: 200, body: serde_json::json!({"status": "open"}) }
}

/// A won turn that wants these.
async fn wanting(house: &House, contact: i64, key: &str, effects: Vec<Effect>) {
    let mut turn = house.turn(contact, key).await;
    turn.effects = effects;
    won(house.records.commit(turn).await);
}

/// Claims those of every kind.
pub(super) async fn claim(house: &House) -> Vec<DueEffect> {
    let mut due = Vec::new();
    for kind in [EffectKind::Fetch, EffectKind::Keep] {
        due.extend(house.records.claim_effects(house.now(), kind, 10).await.unwrap());
    }
    due
}

async fn a_kind_is_claimed_by_itself(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![keep(), keep(), fetch()]).await;
    let calls = house.records.claim_effects(house.now(), EffectKind::Fetch, 10).await.unwrap();
    assert_eq!(calls.iter().map(|one| one.effect.clone()).collect::<Vec<_>>(), [fetch()]);
    let media = house.records.claim_effects(house.now(), EffectKind::Keep, 1).await.unwrap();
    assert_eq!(media.len(), 1);
    assert_eq!(claim(&house).await.len(), 1);
}

async fn a_kept_medium_is_listed_found_and_erased_beside_the_server(home: Home) {
    let house = House::new(home).await;
    let (contact, other) = (house.citizen().await, house.contact_of("9800000001").await);
    wanting(&house, contact, "a", vec![keep()]).await;
    wanting(&house, other, "b", vec![keep()]).await;
    for effect in claim(&house).await {
        assert!(house.records.record_effect(&effect, EffectResult::Kept(medium())).await.unwrap());
    }
    let beside = house.beside().await;
    let listed = beside.newest_media(10).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.contact).collect::<Vec<_>>(), [other, contact]);
    assert_eq!(beside.newest_media(1).await.unwrap(), listed[..1]);
    let id = listed[1].id;
    assert_eq!(beside.medium(id).await.unwrap().as_ref(), Some(&listed[1]));
    assert_eq!(beside.media(contact).await.unwrap(), listed[1..]);
    assert!(beside.erase_medium(id).await.unwrap());
    assert!(!beside.erase_medium(id).await.unwrap());
    assert_eq!(beside.medium(id).await.unwrap(), None);
    assert_eq!(house.rows("media"), 1);
    // The server has noticed nothing.
    wanting(&house, contact, "c", vec![]).await;
}

async fn a_conversation_is_given_back_by_an_effect_that_is_always_the_same(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let beside = house.beside().await;
    assert_eq!(beside.handovers(10).await.unwrap(), []);
    let fact = Fact::HandOver { reason: "asked for: join/name".to_owned() };
    house.made_true(contact, "a", vec![fact]).await;
    let open = beside.handovers(10).await.unwrap();
    assert_eq!((open.len(), open[0].contact, open[0].at), (1, contact, house.now()));
    assert_eq!(open[0].reason, "asked for: join/name");
    for _ in 0..2 {
        assert!(beside.give_back(open[0].id, house.now()).await.unwrap());
    }
    assert!(!beside.give_back(open[0].id + 1, house.now()).await.unwrap());
    let kind = EffectKind::GiveBack;
    let due = house.records.claim_effects(house.now(), kind, 10).await.unwrap();
    assert_eq!((due.len(), due[0].contact, &due[0].effect), (2, contact, &Effect::GiveBack));
    assert_eq!(due[0].key, due[1].key);
    house.made_true(contact, "b", vec![Fact::TakeBack]).await;
    assert_eq!(beside.handovers(10).await.unwrap(), []);
    assert!(!beside.give_back(open[0].id, house.now()).await.unwrap());
}

async fn nothing_in_clear_tells_one_medium_from_another(home: Home) {
    let house = House::new(home).await;
    let columns = match home {
        Home::Sqlite => "SELECT name FROM pragma_table_info('media') ORDER BY name",
        Home::Postgres => {
            "SELECT attname FROM pg_attribute
             WHERE attrelid = 'media'::regclass AND attnum > 0 ORDER BY attname"
        }
    };
    assert_eq!(
        house.raw().column(columns),
        [
            "at",
            "contact",
            "file_key",
            "id",
            "kind",
            "message",
            "mime_type",
            "path",
            "refused",
            "size"
        ]
    );
}

async fn an_effect_is_written_with_its_turn_and_handed_out_once(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![fetch(), keep()]).await;
    let due = claim(&house).await;
    assert_eq!(due.iter().map(|one| one.effect.clone()).collect::<Vec<_>>(), [fetch(), keep()]);
    let first = &due[0];
    assert_eq!((first.contact, first.attempts, &first.answer), (contact, 0, &None));
    assert_eq!((first.begun, first.created), (house.now(), house.now()));
    assert_eq!(first.road, road());
    assert!(first.message.is_some_and(|id| house.rows(&format!("messages WHERE id = {id}")) == 1));
    assert_ne!(first.key, due[1].key);
    assert_eq!(claim(&house).await, []);
}

async fn a_turn_that_loses_leaves_no_effect(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![]).await;
    let mut again = house.turn(contact, "a").await;
    again.effects = vec![fetch()];
    assert_eq!(house.records.commit(again).await.unwrap(), Verdict::Duplicate);
    let mut stale = turn(contact, 0, "b", house.now());
    stale.effects = vec![fetch()];
    assert_eq!(house.records.commit(stale).await.unwrap(), Verdict::Conflict);
    assert_eq!(house.rows("effects"), 0);
}

async fn an_effect_has_the_same_name_in_another_life_and_another_one_elsewhere(home: Home) {
    let house = House::new(home).await;
    let (contact, other) = (house.citizen().await, house.contact_of("9800000001").await);
    wanting(&house, contact, "a", vec![fetch()]).await;
    wanting(&house, other, "b", vec![fetch()]).await;
    let first = claim(&house).await;
    assert_eq!(first.len(), 2);
    assert_ne!(first[0].key, first[1].key);
    // As after a restore from a backup: the same message comes again.
    let house = house.die_and_start_again().await;
    house.raw().execute("DELETE FROM effects");
    house.raw().execute("DELETE FROM inbound_keys");
    wanting(&house, contact, "a", vec![fetch()]).await;
    let again = claim(&house).await;
    assert_eq!((again.len(), &again[0].key), (1, &first[0].key));
    assert_ne!(again[0].id, first[0].id, "numbers are never given again");
}

async fn what_an_effect_came_to_outlives_the_process_and_is_gone_once_it_is_turned(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![fetch()]).await;
    let due = claim(&house).await;
    let kept = EffectResult::Answered(answer());
    assert!(house.records.record_effect(&due[0], kept).await.unwrap());
    assert_eq!(claim(&house).await, [], "it is in the hands of whoever asked");

    let house = house.die_and_start_again().await;
    let again = claim(&house).await;
    assert_eq!(again.len(), 1);
    assert_eq!((&again[0].answer, &again[0].key), (&Some(answer()), &due[0].key));
    assert!(house.records.record_effect(&again[0], EffectResult::Done).await.unwrap());
    assert!(!house.records.record_effect(&again[0], EffectResult::Done).await.unwrap());
    assert_eq!(house.rows("effects WHERE done IS NOT NULL AND answer IS NULL"), 1);
    house.wait(EFFECT_CLAIM * 2);
    assert_eq!(claim(&house).await, []);
}

async fn the_claim_of_a_dead_process_is_taken_over_and_the_dead_write_nothing_more(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![fetch()]).await;
    let due = claim(&house).await;
    let paused = (home == Home::Postgres).then(|| house.records.clone());
    let house = house.die_and_start_again().await;
    let again = claim(&house).await;
    assert_eq!((again.len(), again[0].attempts), (1, 1));
    assert_eq!(again[0].begun, due[0].begun);
    if let Some(paused) = paused {
        let late = paused.record_effect(&due[0], EffectResult::Done).await;
        assert!(matches!(late, Err(RecordsError::Fenced)), "{late:?}");
    }
    assert!(house.records.record_effect(&again[0], EffectResult::Done).await.unwrap());
}

async fn a_claim_that_takes_too_long_runs_out(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![keep()]).await;
    assert_eq!(claim(&house).await.len(), 1);
    assert_eq!(EFFECT_CLAIM, Duration::from_mins(5));
    house.wait(Duration::from_millis(299_999));
    house.records.heartbeat().await.unwrap();
    house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(claim(&house).await, []);
    house.wait(Duration::from_millis(1));
    assert_eq!(claim(&house).await[0].attempts, 1);
}

async fn an_effect_tried_again_counts_and_one_given_back_does_not(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![fetch()]).await;
    let due = claim(&house).await;
    let not_before = house.now() + Duration::from_secs(3);
    let released = EffectResult::Released { not_before };
    assert!(house.records.record_effect(&due[0], released).await.unwrap());
    assert_eq!(claim(&house).await, []);
    house.wait(Duration::from_secs(3));
    let due = claim(&house).await;
    assert_eq!(due[0].attempts, 0);
    let retry = EffectResult::Retry { not_before: house.now() };
    assert!(house.records.record_effect(&due[0], retry).await.unwrap());
    assert_eq!(claim(&house).await[0].attempts, 1);
}

async fn a_medium_is_kept_in_the_transaction_that_ends_its_effect(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![keep(), keep()]).await;
    let due = claim(&house).await;
    assert!(house.records.record_effect(&due[0], EffectResult::Kept(medium())).await.unwrap());
    assert!(!house.records.record_effect(&due[0], EffectResult::Kept(medium())).await.unwrap());
    let refused = EffectResult::Refused {
        kind: MediaKind::Document,
        mime_type: "application/x-msdownload".to_owned(),
        size: Some(5),
        reason: "no such files are kept".to_owned(),
    };
    assert!(house.records.record_effect(&due[1], refused).await.unwrap());
    let media = house.records.media(contact).await.unwrap();
    let kept: Vec<_> = media.iter().map(|row| row.medium.clone()).collect();
    assert_eq!(kept, [Ok(medium()), Err("no such files are kept".to_owned())]);
    assert_eq!(media[0].message, due[0].message);
    assert_eq!(house.rows("effects WHERE done IS NULL"), 0);
    assert_eq!(house.records.media(contact + 1).await.unwrap(), []);
}

async fn effects_are_forgotten_three_days_after_they_are_done_and_media_are_not(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    wanting(&house, contact, "a", vec![keep(), fetch()]).await;
    let due = claim(&house).await;
    assert!(house.records.record_effect(&due[0], EffectResult::Kept(medium())).await.unwrap());
    for (wait, left) in [(71, 2), (2, 1)] {
        house.wait(Duration::from_hours(wait));
        house.records.heartbeat().await.unwrap();
        house.records.sweep(house.now(), WAITS).await.unwrap();
        assert_eq!(house.rows("effects"), left);
    }
    assert_eq!(house.rows("media"), 1);
}

async fn the_report_tells_how_many_effects_wait_and_since_when(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let report = house.records.report(house.now()).await.unwrap();
    assert_eq!((report.effects, report.oldest_effect), (0, None));
    wanting(&house, contact, "a", vec![keep(), fetch()]).await;
    house.wait(Duration::from_secs(9));
    let report = house.records.report(house.now()).await.unwrap();
    assert_eq!((report.effects, report.oldest_effect), (2, Some(Duration::from_secs(9))));
}
