//! Sixteen lakh people on the scheduler alone: the lanes and the tokens of one number of ours, a provider
//! that always takes as long, people who answer meanwhile, and a clock that jumps.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::Instant;

use super::{message, start_of_time};
use crate::clock::Clock;
use crate::delivery::options::DeliverySettings;
use crate::delivery::queues::{Offer, Queues, SenderKey};
use crate::message::{Channel, Lane};
use crate::state::memory::Memory;
use crate::state::{Bucket, Taken};

/// Everybody.
const PEOPLE: u64 = 1_600_000;
/// In a usual test a part of them: the rest would be the same hours again.
const A_PART: u64 = 16;
/// How long a provider takes.
const CALL_US: u64 = 50_000;
/// Of so many messages that may leave one is an answer to somebody.
const REPLIES: f64 = 20.0;

struct Run {
    seconds: f64,
    /// From when a reply is there to when its call begins.
    delays_us: Vec<u64>,
}

/// One number with so many people.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times and counts far from the edges of their types"
)]
fn run(people: u64, per_second: f64) -> Run {
    let key: SenderKey = (Channel::Whatsapp, "1".to_owned());
    let (begin, clock) = (Instant::now(), start_of_time());
    let memory = Memory::new(16, Clock::fixed(clock));
    let settings = DeliverySettings::default();
    let places = settings.concurrency;
    let kept_for_urgent = (places / 4).max(1);
    let mut queues = Queues::new(settings.capacity);
    queues.sender(&key);
    let bucket = Bucket { per_second, burst: (per_second / 10.0).max(1.0) };
    let tokens = (bucket.burst / 4.0).floor().max(1.0);
    // What leaves in two seconds is in memory at most.
    let chunk = (per_second * 2.0) as u64;
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut until_reply = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let part = ((random >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
        (-part.ln() * REPLIES / per_second * 1e6) as u64
    };
    let (mut now, mut left, mut credit) = (0_u64, people, 0_u64);
    let (mut next_id, mut waiting_broadcasts) = (1_i64, 0_u64);
    let mut next_reply = until_reply();
    let mut arrived: HashMap<i64, u64> = HashMap::new();
    let mut calls: VecDeque<(u64, i64)> = VecDeque::new();
    let mut delays_us = Vec::new();
    loop {
        let instant = begin + Duration::from_micros(now);
        while next_reply <= now {
            // Whoever answers had their message: they stand in no line.
            let reply = message(next_id, -next_id, Lane::Reply);
            assert!(matches!(queues.offer(reply, instant), Offer::Queued));
            arrived.insert(next_id, next_reply);
            next_id += 1;
            next_reply += until_reply();
        }
        while calls.front().is_some_and(|(end, _)| *end <= now) {
            let Some((_, contact)) = calls.pop_front() else { break };
            queues.finish(contact, instant);
        }
        if left > 0 && waiting_broadcasts < chunk / 2 {
            for _ in 0..chunk.min(left) {
                let outgoing = message(next_id, next_id, Lane::Broadcast);
                assert!(matches!(queues.offer(outgoing, instant), Offer::Queued));
                next_id += 1;
            }
            waiting_broadcasts += chunk.min(left);
            left -= chunk.min(left);
        }
        if left == 0 && waiting_broadcasts == 0 && calls.is_empty() {
            break;
        }
        let under_way = queues.under_way(&key);
        let urgent_only = under_way + kept_for_urgent >= places;
        let next_event = calls.front().map_or(next_reply, |(end, _)| next_reply.min(*end));
        if under_way >= places || !queues.is_ready(&key, urgent_only) {
            now = next_event;
            continue;
        }
        if credit == 0 {
            let at = clock + SignedDuration::from_micros(i64::try_from(now).unwrap());
            match memory.take("sender", bucket, tokens, at) {
                Taken::Yes => credit = tokens as u64,
                Taken::Wait(wait) => {
                    let wait = u64::try_from(wait.as_micros()).unwrap();
                    now = (now + wait).min(next_event.max(now + 1));
                    continue;
                }
            }
        }
        let popped = queues.pop(&key, urgent_only, instant).unwrap();
        credit -= 1;
        calls.push_back((now + CALL_US, popped.outgoing.contact));
        match arrived.remove(&popped.outgoing.id.id) {
            Some(since) => delays_us.push(now - since),
            None => waiting_broadcasts -= 1,
        }
    }
    delays_us.sort_unstable();
    Run { seconds: now as f64 / 1e6, delays_us }
}

/// Sixteen lakh people by so many numbers of ours, each with this limit.
#[expect(clippy::cast_precision_loss, reason = "as above")]
fn sixteen_lakh_by(numbers: u64, per_second: f64) {
    let part = if std::env::var_os("LONG_TESTS").is_some() { 1 } else { A_PART };
    // Numbers have lines and tokens of their own: each has its share of the people, and they take as long as one.
    let people = PEOPLE / numbers / part;
    let run = run(people, per_second);
    let hours = run.seconds * part as f64 / 3_600.0;
    let least = (PEOPLE / numbers) as f64 / per_second / 3_600.0;
    let p99 = run.delays_us[run.delays_us.len() * 99 / 100];
    println!(
        "{numbers} numbers at {per_second} a second: {hours:.2} h (least {least:.2}), replies p99 {} ms of {}",
        p99 / 1_000,
        run.delays_us.len()
    );
    assert!(p99 < 2_000_000, "a reply waits {p99} µs");
    assert!(hours < least * 1.12, "{hours} h where {least} h would do");
    assert!(hours >= least * 0.99, "faster than the limit");
}

#[test]
fn sixteen_lakh_leave_by_one_number_at_80_a_second_and_no_reply_waits_for_them() {
    sixteen_lakh_by(1, 80.0);
}

#[test]
fn sixteen_lakh_leave_by_ten_numbers_at_80_a_second_and_no_reply_waits_for_them() {
    sixteen_lakh_by(10, 80.0);
}

#[test]
fn sixteen_lakh_leave_by_one_number_at_1000_a_second_and_no_reply_waits_for_them() {
    sixteen_lakh_by(1, 1_000.0);
}

#[test]
fn sixteen_lakh_leave_by_ten_numbers_at_1000_a_second_and_no_reply_waits_for_them() {
    sixteen_lakh_by(10, 1_000.0);
}
