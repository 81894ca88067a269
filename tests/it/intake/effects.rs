//! The calls of flows, from the commit that wants one to the turn that goes on from its answer.

use std::time::Duration;

use samvad::config::{HostPort, Secrets};
use samvad::contact::Road;
use samvad::effects::Fetcher;
use samvad::flow::{Effect, Fetch, Fetched, Method};
use samvad::message::{Channel, MediaKind};
use samvad::metrics::TurnLabels;
use samvad::records::{Chain, EffectKind, EffectResult, TurnCommit, Verdict};

use super::rig::{ACCOUNT, Pair, Rig, SITA};
use crate::support::helpdesk::{Helpdesk, Manner};

promises! {
    a_call_is_made_after_the_commit_and_its_answer_is_turned_once,
    an_answer_that_was_kept_is_turned_by_the_next_process_without_another_call,
    a_process_that_died_after_the_turn_leaves_no_second_event,
    a_post_whose_answer_was_lost_goes_once_more_under_the_same_key,
    a_get_goes_three_times_within_its_time,
    what_a_dead_process_had_begun_is_asked_again_only_where_it_does_something,
    what_was_never_begun_is_not_called_after_its_flow_went_on,
    an_effect_of_an_erased_person_ends,
    an_effect_of_a_person_who_cannot_be_read_is_tried_more_and_more_seldom_and_ends,
    media_are_fetched_four_at_a_time_and_keep_no_call_waiting,
    a_photo_is_kept_sealed_and_its_row_opens_it,
    a_medium_that_cannot_be_fetched_just_now_is_fetched_later,
    what_may_not_be_kept_is_recorded_with_the_reason,
}

fn fetcher(desk: &Helpdesk) -> Fetcher {
    let allow = vec![HostPort { host: "127.0.0.1".to_owned(), port: desk.port }];
    Fetcher::new(allow, Secrets::default()).unwrap()
}

fn fetch(method: Method, desk: &Helpdesk) -> Effect {
    Effect::Fetch(Fetch {
        visit: 1,
        method,
        url: desk.url("/tickets"),
        headers: Vec::new(),
        body: None,
        timeout_seconds: 10,
    })
}

/// A committed turn of Sita that wants this done.
async fn wanting(rig: &Rig, effect: Effect) {
    let snapshot = rig.snapshot(SITA).await;
    let verdict = rig.records.commit(TurnCommit {
        contact: snapshot.contact.id,
        expected_version: snapshot.contact.version,
        chain: Chain::default(),
        place: 0,
        inbound: rig.text(SITA, "शिकायत"),
        received_at: rig.now(),
        road: Road { channel: Channel::Whatsapp, account: ACCOUNT.to_owned() },
        session: snapshot.session,
        replies: Vec::new(),
        facts: Vec::new(),
        timers: Vec::new(),
        effects: vec![effect],
        cast: None,
        claim: false,
        parked: None,
    });
    assert!(matches!(verdict.await, Ok(Verdict::Won { .. })));
}

/// Turns of our own events that won in this process.
fn events(rig: &Rig) -> u64 {
    rig.metrics.turns.get_or_create(&TurnLabels { channel: "internal", outcome: "won" }).get()
}

async fn until_done(rig: &Rig) {
    for _ in 0..400 {
        if rig.rows("effects WHERE done IS NULL") == 0 {
            return;
        }
        rig.clock.advance(Duration::from_millis(20));
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the effect is not done");
}

async fn a_call_is_made_after_the_commit_and_its_answer_is_turned_once(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::answering(200, r#"{"status":"open"}"#);
    rig.carry_out(fetcher(&desk));
    wanting(&rig, fetch(Method::Post, &desk)).await;
    until_done(&rig).await;
    assert_eq!(desk.calls().len(), 1);
    assert_eq!(events(&rig), 1);
    assert_eq!(rig.step(SITA).await, "consent");
}

async fn an_answer_that_was_kept_is_turned_by_the_next_process_without_another_call(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::answering(200, "{}");
    wanting(&rig, fetch(Method::Post, &desk)).await;
    let due = rig.records.claim_effects(rig.now(), EffectKind::Fetch, 10).await.unwrap();
    let answer = Fetched::Answer { status: 200, body: serde_json::json!({}) };
    assert!(rig.records.record_effect(&due[0], EffectResult::Answered(answer)).await.unwrap());
    // It dies here: after the answer is kept, before its turn.
    let rig = rig.die_and_start_again().await;
    rig.carry_out(fetcher(&desk));
    until_done(&rig).await;
    assert_eq!((desk.calls().len(), events(&rig)), (0, 1));
    let key = format!("effect:{}", due[0].key);
    assert!(rig.records.is_committed(Channel::Internal, &key).await.unwrap());
}

async fn a_process_that_died_after_the_turn_leaves_no_second_event(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::answering(200, "{}");
    wanting(&rig, fetch(Method::Post, &desk)).await;
    let due = rig.records.claim_effects(rig.now(), EffectKind::Fetch, 10).await.unwrap();
    let answer = Fetched::Answer { status: 200, body: serde_json::json!({}) };
    let kept = EffectResult::Answered(answer.clone());
    assert!(rig.records.record_effect(&due[0], kept).await.unwrap());
    rig.intake.fetched(due[0].contact, &due[0].key, 1, answer).await;
    assert_eq!(events(&rig), 1);
    let version = rig.snapshot(SITA).await.contact.version;
    // It dies here: the turn is committed, the effect is not done.
    let rig = rig.die_and_start_again().await;
    rig.carry_out(fetcher(&desk));
    until_done(&rig).await;
    assert_eq!((desk.calls().len(), events(&rig)), (0, 0));
    assert_eq!(rig.snapshot(SITA).await.contact.version, version);
}

async fn a_post_whose_answer_was_lost_goes_once_more_under_the_same_key(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::start(vec![Manner::HangUp]);
    rig.carry_out(fetcher(&desk));
    wanting(&rig, fetch(Method::Post, &desk)).await;
    until_done(&rig).await;
    let calls = desk.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].header("idempotency-key"), calls[1].header("idempotency-key"));
    assert_eq!(events(&rig), 1, "the flow goes its failed way");
}

async fn a_get_goes_three_times_within_its_time(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::start(vec![
        Manner::HangUp,
        Manner::Answer(503, String::new()),
        Manner::Answer(200, "{}".to_owned()),
    ]);
    rig.carry_out(fetcher(&desk));
    wanting(&rig, fetch(Method::Get, &desk)).await;
    until_done(&rig).await;
    assert_eq!((desk.calls().len(), events(&rig)), (3, 1));
}

async fn what_a_dead_process_had_begun_is_asked_again_only_where_it_does_something(pair: Pair) {
    for (method, calls) in [(Method::Get, 0), (Method::Put, 1), (Method::Post, 1)] {
        let rig = Rig::new(pair).await;
        rig.say(SITA, "सदस्य").await;
        let desk = Helpdesk::answering(200, "{}");
        wanting(&rig, fetch(method, &desk)).await;
        assert_eq!(
            rig.records.claim_effects(rig.now(), EffectKind::Fetch, 10).await.unwrap().len(),
            1
        );
        let rig = rig.die_and_start_again().await;
        rig.carry_out(fetcher(&desk));
        until_done(&rig).await;
        assert_eq!((desk.calls().len(), events(&rig)), (calls, 1), "{method:?}");
    }
}

async fn what_was_never_begun_is_not_called_after_its_flow_went_on(pair: Pair) {
    for (late, calls) in [(39, 1), (40, 0)] {
        let rig = Rig::new(pair).await;
        rig.say(SITA, "सदस्य").await;
        let desk = Helpdesk::answering(200, "{}");
        wanting(&rig, fetch(Method::Post, &desk)).await;
        // Ten seconds of the call, thirty of grace.
        rig.clock.advance(Duration::from_secs(late));
        rig.carry_out(fetcher(&desk));
        until_done(&rig).await;
        assert_eq!((desk.calls().len(), events(&rig)), (calls, 1), "{late} seconds late");
    }
}

async fn an_effect_of_an_erased_person_ends(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::answering(200, "{}");
    wanting(&rig, fetch(Method::Get, &desk)).await;
    rig.raw().execute("UPDATE effects SET contact = 999999");
    rig.carry_out(fetcher(&desk));
    until_done(&rig).await;
    assert_eq!(events(&rig), 0);
}

async fn an_effect_of_a_person_who_cannot_be_read_is_tried_more_and_more_seldom_and_ends(
    pair: Pair,
) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let desk = Helpdesk::answering(200, "{}");
    wanting(&rig, fetch(Method::Get, &desk)).await;
    let other = rig.contact("919812345670").await;
    rig.raw().execute(&format!("UPDATE contacts SET language = '?' WHERE id = {other}"));
    rig.raw().execute(&format!("UPDATE effects SET contact = {other}, attempts = 100"));
    rig.carry_out(fetcher(&desk));
    let tried = "effects WHERE attempts = 101 AND epoch IS NULL";
    for _ in 0..400 {
        if rig.rows(tried) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let next_try = rig.raw().number("SELECT next_try FROM effects");
    let minutes = (next_try - rig.now().as_millisecond()) / 60_000;
    assert!((7..=12).contains(&minutes), "again after {minutes} minutes");
    rig.raw().execute("UPDATE effects SET attempts = 200, next_try = 0");
    until_done(&rig).await;
    assert_eq!(events(&rig), 0);
}

async fn media_are_fetched_four_at_a_time_and_keep_no_call_waiting(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let (graph, desk) = (Helpdesk::start(vec![Manner::Silence]), Helpdesk::answering(200, "{}"));
    for _ in 0..9 {
        wanting(&rig, keep("image/jpeg")).await;
    }
    rig.carry_out_by(fetcher(&desk), &graph.url("/v25.0"));
    wanting(&rig, fetch(Method::Post, &desk)).await;
    for _ in 0..400 {
        if rig.rows("effects WHERE kind = 1 AND done IS NOT NULL") == 1 && graph.calls().len() >= 4
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!((desk.calls().len(), events(&rig)), (1, 1));
    assert_eq!(graph.calls().len(), 4);
    assert_eq!(rig.rows("effects WHERE kind = 2 AND epoch IS NOT NULL"), 4);
}

fn keep(mime_type: &str) -> Effect {
    Effect::Keep {
        kind: MediaKind::Image,
        id: "1479537".to_owned(),
        mime_type: mime_type.to_owned(),
    }
}

const ADDRESS: &str = r#"{"url": "{desk}/file", "mime_type": "image/jpeg", "id": "1479537"}"#;

async fn a_photo_is_kept_sealed_and_its_row_opens_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let bytes = "the photo of a broken pump".repeat(1_000);
    let graph = Helpdesk::start(vec![
        Manner::Answer(200, ADDRESS.to_owned()),
        Manner::Answer(200, bytes.clone()),
    ]);
    rig.carry_out_by(fetcher(&graph), &graph.url("/v25.0"));
    wanting(&rig, keep("image/jpeg")).await;
    until_done(&rig).await;
    let media = rig.records.media(rig.contact(SITA).await).await.unwrap();
    let medium = media[0].medium.clone().unwrap();
    assert_eq!((medium.kind, medium.size), (MediaKind::Image, 26_000));
    assert_eq!(rig.media().read(&medium).unwrap(), bytes.as_bytes());
    assert!(media[0].message.is_some());
    assert_eq!(events(&rig), 0, "nobody waits for it");
}

async fn a_medium_that_cannot_be_fetched_just_now_is_fetched_later(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let graph = Helpdesk::start(vec![
        Manner::HangUp,
        Manner::Answer(503, String::new()),
        Manner::Answer(200, ADDRESS.to_owned()),
        Manner::Answer(200, "a photo".to_owned()),
    ]);
    rig.carry_out_by(fetcher(&graph), &graph.url("/v25.0"));
    wanting(&rig, keep("image/jpeg")).await;
    for _ in 0..40 {
        if rig.rows("media") == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        rig.clock.advance(Duration::from_secs(31));
    }
    let media = rig.records.media(rig.contact(SITA).await).await.unwrap();
    assert!(media[0].medium.is_ok());
    assert_eq!(graph.calls().len(), 4);
}

async fn what_may_not_be_kept_is_recorded_with_the_reason(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let large = ADDRESS.replace("\"id\"", "\"file_size\": 90000000, \"id\"");
    let graph = Helpdesk::start(vec![Manner::Answer(200, large)]);
    rig.carry_out_by(fetcher(&graph), &graph.url("/v25.0"));
    wanting(&rig, keep("application/x-msdownload")).await;
    wanting(&rig, keep("image/jpeg")).await;
    until_done(&rig).await;
    let media = rig.records.media(rig.contact(SITA).await).await.unwrap();
    let mut reasons: Vec<String> = media.into_iter().map(|row| row.medium.unwrap_err()).collect();
    reasons.sort();
    assert_eq!(reasons, ["files of this type are not kept", "it has more than 16 MB"]);
    assert_eq!(graph.calls().len(), 1);
}
