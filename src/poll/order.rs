//! The order in which a voter sees the candidates: another one for each, so that standing first helps nobody, and the
//! same whenever the same voter looks, so that a `2` means what they saw.

use ring::hmac;

use super::envelope::{LENGTH, PollId};

/// The order for one voter in one poll: indices of candidates, every order equally likely. The key is the office's and
/// no voter's; without it nobody can tell whom a voter saw first.
#[must_use]
pub fn order(key: &[u8; LENGTH], poll: PollId, voter: i64, candidates: u8) -> Vec<u8> {
    let mut random = Stream::new(key, poll, voter);
    let mut order: Vec<u8> = (0..candidates).collect();
    // Fisher and Yates (Knuth, The Art of Computer Programming, volume 2, algorithm P).
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

/// Bytes that look drawn by lot, as many as are asked for: HMAC-SHA-256 over poll, voter and a counter.
struct Stream {
    key: hmac::Key,
    about: Vec<u8>,
    counter: u32,
    left: Vec<u8>,
}

impl Stream {
    fn new(key: &[u8; LENGTH], poll: PollId, voter: i64) -> Stream {
        let mut about = b"samvad poll order 1".to_vec();
        about.extend_from_slice(&poll.0);
        about.extend_from_slice(&voter.to_be_bytes());
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        Stream { key, about, counter: 0, left: Vec::new() }
    }

    /// From 0 to below `bound`, each equally often: what would favour the first ones is drawn again.
    fn below(&mut self, bound: usize) -> usize {
        let whole = 256 - 256 % bound.clamp(1, 256);
        loop {
            let drawn = usize::from(self.byte());
            if drawn < whole {
                return drawn % bound.max(1);
            }
        }
    }

    fn byte(&mut self) -> u8 {
        if let Some(byte) = self.left.pop() {
            return byte;
        }
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&self.about);
        context.update(&self.counter.to_be_bytes());
        self.counter = self.counter.wrapping_add(1);
        self.left = context.sign().as_ref().to_vec();
        self.left.pop().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; LENGTH] = [9; LENGTH];
    const POLL: PollId = PollId([1; LENGTH]);

    #[test]
    fn a_voter_sees_the_same_order_again_and_another_voter_another() {
        let first = order(&KEY, POLL, 17, 8);
        assert_eq!(order(&KEY, POLL, 17, 8), first);
        assert_ne!(order(&KEY, POLL, 18, 8), first);
        assert_ne!(order(&KEY, PollId([2; LENGTH]), 17, 8), first);
        assert_ne!(order(&[8; LENGTH], POLL, 17, 8), first);
        let mut all = first;
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(order(&KEY, POLL, 17, 0), Vec::<u8>::new());
    }

    /// Pearson's χ² over all orders of four: below the 99.9 % point of 23 degrees of freedom, 49.73.
    #[test]
    fn every_order_comes_equally_often() {
        let mut seen: std::collections::HashMap<Vec<u8>, f64> = std::collections::HashMap::new();
        for voter in 0..24_000 {
            *seen.entry(order(&KEY, POLL, voter, 4)).or_default() += 1.0;
        }
        assert_eq!(seen.len(), 24);
        let statistic: f64 = seen.values().map(|count| (count - 1000.0).powi(2) / 1000.0).sum();
        assert!(statistic < 49.73, "{statistic}");
    }
}
