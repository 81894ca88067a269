//! The protocol under everything at once. A seed draws a plan: people write, the provider brings
//! things twice and out of order and tells what became of ours, stores fail in the middle of a COMMIT,
//! processes crash, stand still and are taken for dead, the live state lies. The plan is carried out on
//! the real code, and what the records and the provider's ledger hold then is held against the pure
//! engine and a short list of promises.
//!
//! `MODEL_SEED=n` carries one seed out and tells everything, `MODEL_SEEDS=n` so many. Seeds that failed
//! once are kept in `model/seeds.txt` and come first in each run. The steps of a seed are always the
//! same; what a store's own threads do between them is up to the machine.

mod check;
mod dice;
mod ends;
mod process;
mod provider;
mod replay;
mod shrink;
mod step;
mod world;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use ends::{Ends, Home, Live, Stores};
use step::{Plan, plan};

/// Seeds that failed once: the name of the pair of stores (or `all`), the seed, what it found.
const KEPT: &str = include_str!("model/seeds.txt");

/// What a run of a few seeds may take.
const SHORT: Duration = Duration::from_secs(25);

/// Carries one plan out; a panic is a failure like any other.
fn failure(stores: &mut Stores, plan: &Plan) -> Option<String> {
    let ran = catch_unwind(AssertUnwindSafe(|| world::run(stores, plan)));
    match ran {
        Ok(Ok(())) => None,
        Ok(Err(wrong)) => Some(wrong),
        Err(panic) => Some(
            panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()))
                .unwrap_or_else(|| "it panicked".to_owned()),
        ),
    }
}

/// The words of a failure without its numbers: two failures alike are one.
fn kind(failure: &str) -> String {
    failure.split(['{', '[']).next().unwrap_or("").chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn number_of(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A failing seed, made short, in words.
fn tell(stores: &mut Stores, seed: u64, found: &str) -> String {
    let whole = plan(seed);
    let expected = kind(found);
    let begun = Instant::now();
    let short = shrink::shrink(&whole, 400, |candidate| {
        if begun.elapsed() > Duration::from_secs(number_of("MODEL_SHRINK").unwrap_or(120)) {
            return false;
        }
        // What threads do differs; a plan that fails now and then fails.
        (0..2).any(|_| failure(stores, candidate).is_some_and(|wrong| kind(&wrong) == expected))
    });
    let mut told = format!("seed {seed} on {}: {found}\n", stores.ends.name());
    let (own_states, one_intake) = (short.own_states, short.one_intake);
    let _ = writeln!(told, "own states: {own_states}, one intake: {one_intake}, acts:");
    for act in &short.acts {
        let _ = writeln!(told, "  {act:?}");
    }
    let last = (0..4).find_map(|_| failure(stores, &short));
    let _ = writeln!(told, "which ends in: {}", last.unwrap_or_else(|| "nothing, now".to_owned()));
    told
}

/// Carries out the kept seeds, and then new ones as many as there is time for.
fn explore(ends: Ends, few: u64, many: u64) {
    let mut stores = Stores::new(ends);
    if let Some(seed) = number_of("MODEL_SEED") {
        let found = failure(&mut stores, &plan(seed));
        assert!(found.is_none(), "{}", tell(&mut stores, seed, &found.unwrap_or_default()));
        return;
    }
    let mut seeds: Vec<u64> = Vec::new();
    for line in KEPT.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let (Some(name), Some(seed)) = (words.next(), words.next()) else { continue };
        if name == "all" || name == ends.name() {
            seeds.push(seed.parse().expect("a seed is a number"));
        }
    }
    let long = std::env::var_os("LONG_TESTS").is_some();
    let asked = number_of("MODEL_SEEDS");
    let count = asked.unwrap_or(if long { many } else { few });
    let from = number_of("MODEL_FROM").unwrap_or(1);
    seeds.extend(from..from + count);
    let begun = Instant::now();
    let mut done = 0;
    for seed in seeds {
        if asked.is_none() && !long && begun.elapsed() > SHORT {
            break;
        }
        if let Some(found) = failure(&mut stores, &plan(seed)) {
            panic!("{}", tell(&mut stores, seed, &found));
        }
        done += 1;
    }
    println!("{done} seeds on {} in {:.1} s", ends.name(), begun.elapsed().as_secs_f64());
}

#[test]
fn whatever_happens_the_promises_hold_in_a_file() {
    explore(Ends { home: Home::Sqlite, live: Live::Memory }, 40, 2_000);
}

#[test]
fn whatever_happens_the_promises_hold_on_a_server() {
    explore(Ends { home: Home::Postgres, live: Live::Memory }, 20, 1_000);
}

#[test]
fn whatever_happens_the_promises_hold_on_a_server_with_redis() {
    explore(Ends { home: Home::Postgres, live: Live::Redis }, 10, 1_000);
}

#[test]
fn whatever_happens_the_promises_hold_in_a_file_with_redis() {
    explore(Ends { home: Home::Sqlite, live: Live::Redis }, 10, 500);
}
