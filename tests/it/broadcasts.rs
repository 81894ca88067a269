//! A broadcast to thousands while everything goes wrong: judged by the sandbox's ledger alone.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use samvad::broadcast::BroadcastState;
use samvad::contact::AddressKind;
use samvad::records::{Beside, Funnel};
use samvad::sandbox::faults::Faults;

use crate::support::broadcast::{beside, broadcast, freeze, people, run};
use crate::support::house::{House, Plan, all};

fn recipients() -> usize {
    if all() { 100_000 } else { 5_000 }
}

/// How often the program is killed.
const KILLS: u64 = 5;
/// Longer than the slowest machine needs.
const PATIENCE: Duration = Duration::from_mins(20);

/// Waits until so many rows have been released.
async fn until_released(beside: &Beside, id: i64, count: u64) {
    let until = Instant::now() + PATIENCE;
    while beside.progress(id).await.unwrap().released < count {
        assert!(Instant::now() < until, "{:?}", beside.progress(id).await.unwrap());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until nothing of the broadcast is on its way any more.
async fn until_over(beside: &Beside, id: i64, name: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let state = beside.broadcast(name).await.unwrap().unwrap().state;
        let funnel = beside.counts(id).await.unwrap();
        if state == BroadcastState::Done && funnel.waiting == 0 {
            return;
        }
        assert!(Instant::now() < until, "{} {funnel:#?}", state.name());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What a day of trouble brings; of the words about a message, many come twice or out of order.
fn trouble() -> Faults {
    Faults {
        lost: 0.01,
        death: 0.01,
        // Each halves the pace for a while.
        too_many: 0.000_5,
        server_error: 0.005,
        duplicate: 0.2,
        disorder: 0.1,
        batch: 0.5,
        ..Faults::none()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_over_kills_and_a_bad_provider_reaches_nobody_twice_and_loses_nobody() {
    let settings = vec![
        ("SAMVAD_WHATSAPP_TIER", "0".to_owned()),
        ("SAMVAD_WHATSAPP_THROUGHPUT", "1000".to_owned()),
    ];
    let house = House::new(Plan { settings, ..Plan::default() }).await;
    let mut server = house.start();
    let config = house.config();
    let beside = beside(&config).await;
    people(&beside, recipients()).await;
    let numbers = &config.whatsapp.as_ref().unwrap().numbers;
    let id = freeze(&beside, &broadcast("diwali", numbers)).await;

    house.sandbox.set_faults(trouble()).unwrap();
    run(&beside, id).await;
    let whole = recipients() as u64;
    for kill in 1..=KILLS {
        until_released(&beside, id, whole * kill / (KILLS + 1)).await;
        if kill == 2 {
            // The provider itself is dead for a while.
            house.sandbox.set_faults(Faults { death: 1.0, ..trouble() }).unwrap();
            tokio::time::sleep(Duration::from_secs(2)).await;
            house.sandbox.set_faults(trouble()).unwrap();
        }
        server.kill();
        server = house.start();
    }
    house.sandbox.set_faults(Faults::none()).unwrap();
    until_over(&beside, id, "diwali").await;
    assert!(house.sandbox.until_quiet(Duration::from_mins(2)).await, "callbacks do not end");
    let funnel = beside.counts(id).await.unwrap();
    judge(&house, &beside, id, &funnel).await;
    server.stop();
}

/// By the ledger: nobody got it twice; whoever did not get it is unknown, refused or failed.
async fn judge(house: &House, beside: &Beside, id: i64, funnel: &Funnel) {
    let mut reached: HashMap<String, usize> = HashMap::new();
    for send in house.sandbox.sends() {
        if send.answer.is_taken() {
            *reached.entry(send.to).or_default() += 1;
        }
    }
    let twice: Vec<_> = reached.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{} people got it twice: {:?}", twice.len(), twice.first());

    let failed: u64 = funnel.failed.iter().map(|(_, count)| count).sum();
    let refused: u64 = funnel.refused.iter().map(|(_, count)| count).sum();
    assert_eq!(funnel.recipients, recipients() as u64, "{funnel:#?}");
    assert_eq!(funnel.sent + funnel.unknown + failed + refused, funnel.recipients, "{funnel:#?}");

    let mut missing = 0;
    for took in beside.took_part(id, 0..=i64::MAX).await.unwrap() {
        let (addresses, _) = beside.person(took.contact).await.unwrap();
        let phone = format!("91{}", addresses.get(AddressKind::Phone).unwrap());
        if reached.contains_key(&phone) {
            continue;
        }
        missing += 1;
        assert!(!took.sent, "a message is said to be sent that the ledger does not have");
    }
    assert!(missing <= funnel.unknown + failed, "{missing} are missing: {funnel:#?}");
    // What a killed process had in its hands would have left within a moment; a word about it comes, or none.
    let few = KILLS * 300 + recipients() as u64 / 25;
    assert!(funnel.unknown < few, "{funnel:#?}");
}
