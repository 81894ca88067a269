//! `kill -9`, a flushed and stopped Redis, lost answers: judged by the sandbox's ledger alone.

use std::time::Duration;

use samvad::sandbox::faults::Faults;
use samvad::sandbox::load::{CitizenPlan, CitizenReport};

use crate::support::chaos::{Chance, Chaos, Fault, Schedule, Trouble, tally};
use crate::support::house::{House, Plan, all};
use crate::support::joining::{
    everybody_joined_once, exactly_one_answer, join_under, nobody_has_two_numbers,
};
use crate::support::redis::RedisServer;

/// How often the program is killed in the short form, and in the long.
fn kills() -> u64 {
    if all() { 20 } else { 5 }
}

fn citizens() -> usize {
    if all() { 400 } else { 100 }
}

/// Nobody waits longer for a reply because the state store is in trouble: a few of its timeouts, on a machine that
/// has other things to do.
const SLOWEST_MS: f64 = 10_000.0;

/// A provider that says "slower" all the time serves no more in the time of a test.
const ON_A_BAD_DAY: usize = 100;

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

/// What the citizens say, and what the program says of itself at the end.
struct Outcome {
    report: CitizenReport,
    members: u64,
    unknown: u64,
    /// Refused again and again until they were given up.
    failed: u64,
}

/// Citizens join while the program is killed at random; `trouble` is asked after each kill.
async fn join_under_kills(house: &House, citizens: usize, mut trouble: impl FnMut(u64)) -> Outcome {
    let plan = CitizenPlan {
        citizens,
        rate: if all() { 20.0 } else { 25.0 },
        patience: Duration::from_secs(150),
        limit: Duration::from_mins(4),
        ..CitizenPlan::default()
    };
    let mut server = house.start();
    let mut chance = Chance(20_261_121);
    let killing = async {
        for round in 0..kills() {
            tokio::time::sleep(Duration::from_millis(150 + chance.below(900))).await;
            server.kill();
            trouble(round);
            server = house.start();
        }
    };
    let (report, ()) = join_under(house, &plan, killing).await;
    let members = house.metric("samvad_members").await;
    let unknown = house.metric("samvad_outgoing{status=\"unknown\"}").await;
    let failed = house.metric("samvad_outgoing{status=\"failed\"}").await;
    server.stop();
    Outcome { report, members, unknown, failed }
}

fn nobody_is_lost_and_nobody_twice(outcome: &Outcome) {
    everybody_joined_once(&outcome.report);
    assert_eq!(outcome.members, count(citizens()), "members in the records");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_message_has_exactly_one_answer_over_kills_with_state_in_memory() {
    let house = House::new(Plan::default()).await;
    let outcome = join_under_kills(&house, citizens(), |_| {}).await;
    nobody_is_lost_and_nobody_twice(&outcome);
    exactly_one_answer(&house);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_message_has_exactly_one_answer_over_kills_and_a_redis_flushed_and_stopped()
{
    let mut redis = RedisServer::start();
    let house = House::new(Plan { state: redis.url(), ..Plan::default() }).await;
    let outcome = join_under_kills(&house, citizens(), |round| match round % 4 {
        0 => {
            redis.command(&["FLUSHALL"]);
        }
        1 => redis.stop(),
        2 => redis.resume(),
        _ => {}
    })
    .await;
    nobody_is_lost_and_nobody_twice(&outcome);
    exactly_one_answer(&house);
}

/// What a network between us and Redis can do, for a while and with a calm between.
fn redis_weather() -> Schedule {
    let ms = Duration::from_millis;
    Schedule {
        lasts: if all() { Duration::from_mins(2) } else { Duration::from_secs(11) },
        calm: (ms(50), ms(600)),
        stays: (ms(100), ms(1_200)),
        troubles: vec![
            Trouble::Cut,
            Trouble::Reset,
            Trouble::For(Fault::Refuse),
            Trouble::For(Fault::HalfOpen),
            Trouble::For(Fault::HalfOpenBack),
            Trouble::For(Fault::Delay { by: ms(20), jitter: ms(80) }),
            Trouble::For(Fault::Delay { by: ms(700), jitter: ms(300) }),
            Trouble::For(Fault::Slow { bytes_per_second: 20_000 }),
        ],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_to_redis_that_cuts_delays_resets_and_goes_half_open_is_noticed_by_nobody() {
    let redis = RedisServer::start();
    let chaos = Chaos::before(&redis.url());
    let house = House::new(Plan { state: chaos.url(&redis.url()), ..Plan::default() }).await;
    let server = house.start();
    let citizens = if all() { 1_200 } else { 100 };
    let plan =
        CitizenPlan { citizens, rate: if all() { 9.5 } else { 8.0 }, ..CitizenPlan::default() };
    let (report, storm) =
        join_under(&house, &plan, chaos.storm(20_261_121, &redis_weather())).await;
    everybody_joined_once(&report);
    exactly_one_answer(&house);
    assert_eq!(house.metric("samvad_members").await, count(citizens));
    let struck = chaos.struck();
    let kinds = [struck.cut, struck.reset, struck.refused, struck.vanished_back, struck.delayed];
    assert!(kinds.iter().all(|times| *times > 0), "{struck:?}, {:?}", tally(&storm));
    assert!(report.replied.max < SLOWEST_MS, "{}", report.replied);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_bad_day_at_the_provider_nobody_joins_twice_and_what_is_open_is_listed() {
    let house = House::new(Plan {
        sandbox: Some(|options| {
            options.faults = Faults { drop_statuses: 0.0, ..Faults::bad_day() }
        }),
        ..Plan::default()
    })
    .await;
    let outcome = join_under_kills(&house, ON_A_BAD_DAY, |_| {}).await;
    nobody_has_two_numbers(&outcome.report);
    let verdict = house.sandbox.verdict();
    assert_eq!((verdict.waiting, verdict.overlaps), (0, 0), "{verdict:#?}");
    // A reply whose call died twice without a word stays unknown, one that was refused four times has failed:
    // both are listed.
    let unanswered = count(verdict.unanswered.len());
    let listed = outcome.unknown + outcome.failed;
    assert!(unanswered <= listed, "{unanswered} unanswered, {listed} listed");
    let joined = count(outcome.report.joined);
    // Nor does anybody learn their number whose welcome is one of them.
    assert!(joined + listed >= count(ON_A_BAD_DAY), "{:#?}", outcome.report);
    assert!((joined..=joined + listed).contains(&outcome.members));
    assert!(verdict.repeats.is_empty(), "a turn was run twice: {verdict:#?}");
    let without_excuse: Vec<_> = verdict.duplicates.iter().filter(|twice| twice.knew).collect();
    assert!(
        without_excuse.is_empty(),
        "sent again although a status had said it: {without_excuse:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_statuses_an_answer_goes_at_most_once_and_what_is_open_is_listed_as_unknown() {
    let house = House::new(Plan {
        settings: vec![("SAMVAD_DELIVERY_UNKNOWN_AFTER_SECONDS", "3600".to_owned())],
        sandbox: Some(|options| {
            options.faults = Faults { drop_statuses: 1.0, lost: 0.2, ..Faults::none() };
        }),
        ..Plan::default()
    })
    .await;
    let _server = house.start();
    for number in 0..50 {
        house.sandbox.say_text(&format!("91{}", 9_300_000_000_u64 + number), "नमस्ते");
    }
    assert!(house.sandbox.until_quiet(Duration::from_mins(1)).await);
    let sandbox = &house.sandbox;
    assert!(sandbox.until(Duration::from_secs(30), |sandbox| sandbox.verdict().taken == 50).await);
    let lost = sandbox.verdict().lost;
    assert!(lost > 0, "the faults struck nobody");
    assert!(house.sandbox.duplicates().is_empty());
    let unknown = house.metric("samvad_outgoing{status=\"unknown\"}").await;
    assert_eq!(unknown, count(lost), "unknown against answers lost");
}
