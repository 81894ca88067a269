//! Many answers at once, seat by seat, wherever on the clock they begin.

use std::collections::BTreeMap;

use super::{Came, Signal, count};

/// A burst is so long, in milliseconds: five minutes.
pub const BURST_WITHIN: i64 = 5 * 60 * 1000;
/// Fewer answers are no burst, however quiet it is otherwise.
pub const LEAST_BURST: u64 = 30;
/// A burst is so many times what is usual.
pub const BURST_TIMES: u64 = 10;

/// Bursts by seat, the largest first. Counted are first answers, and last ones where somebody changed theirs later:
/// nobody is twice in one span.
pub(super) fn bursts(came: &[Came]) -> Vec<Signal> {
    let mut moments: BTreeMap<u16, Vec<i64>> = BTreeMap::new();
    for answer in came {
        let moments = moments.entry(answer.assembly).or_default();
        moments.push(answer.first);
        if answer.last.saturating_sub(answer.first) >= BURST_WITHIN {
            moments.push(answer.last);
        }
    }
    for moments in moments.values_mut() {
        moments.sort_unstable();
    }
    // What is usual in each seat; a seat is held to the others too, for it may have nothing but bursts.
    let of_seats: BTreeMap<u16, u64> =
        moments.iter().map(|(assembly, moments)| (*assembly, usual(moments))).collect();
    let mut found = Vec::new();
    for (assembly, mut left) in moments {
        let others = of_seats.iter().filter(|(other, _)| **other != assembly);
        let elsewhere = median(others.map(|(_, usual)| *usual).collect());
        while let Some((from, to)) = fullest(&left) {
            let answers = count(to - from);
            let Some(start) = left.get(from).copied() else { break };
            left.drain(from..to);
            let here = usual(&left);
            let usual = elsewhere.map_or(here, |elsewhere| here.min(elsewhere));
            if answers < LEAST_BURST || answers < usual * BURST_TIMES {
                break;
            }
            found.push(Signal::Burst { assembly, from: start, answers, usual });
        }
    }
    found.sort_by_key(|signal| match signal {
        Signal::Burst { answers, from, .. } => (std::cmp::Reverse(*answers), *from),
        _ => (std::cmp::Reverse(0), 0),
    });
    found
}

/// The places of the five minutes in which most came, the first of them; moments ascend.
fn fullest(moments: &[i64]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    for (at, moment) in moments.iter().enumerate() {
        while moments.get(from).is_some_and(|first| moment - first >= BURST_WITHIN) {
            from += 1;
        }
        if best.is_none_or(|(first, end)| at + 1 - from > end - first) {
            best = Some((from, at + 1));
        }
    }
    best
}

/// The median of all spans of five minutes in which anything came.
fn usual(moments: &[i64]) -> u64 {
    let spans = moments
        .chunk_by(|one, other| one.div_euclid(BURST_WITHIN) == other.div_euclid(BURST_WITHIN));
    median(spans.map(|span| count(span.len())).collect()).unwrap_or(0)
}

fn median(mut sizes: Vec<u64>) -> Option<u64> {
    sizes.sort_unstable();
    sizes.get(sizes.len() / 2).copied()
}
