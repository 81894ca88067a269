//! What will be told of a message that was taken: which statuses, in which order, and when.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::callbacks::{Callback, News};
use super::faults::Faults;
use super::ledger::{Entry, Place, StatusEntry, StatusWord};
use super::state::Shared;

/// A message that was taken.
pub(super) struct Taken<'a> {
    /// The id it was given.
    pub(super) wamid: &'a str,
    pub(super) opaque: Option<&'a str>,
    /// Whom it reached, by the one name of the ledger.
    pub(super) to: &'a str,
    /// What its chances are drawn for.
    pub(super) key: &'a str,
    /// How many of those that were delivered are read, 0 to 1.
    pub(super) read_rate: f64,
}

/// Queues what will be told of this message, each status as `news` has it. Gives what to wait for
/// when the first of them is to come before the answer.
pub(super) fn schedule(
    shared: &Shared,
    taken: &Taken<'_>,
    faults: &Faults,
    news: impl Fn(StatusWord, Option<i64>, Timestamp) -> News,
) -> Option<oneshot::Receiver<()>> {
    let (dice, key) = (shared.dice, taken.key);
    if dice.roll("drop_statuses", key, 0) < faults.drop_statuses {
        shared.ledger.lock().push(Entry::StatusesDropped {
            at: shared.clock.now(),
            wamid: taken.wamid.to_owned(),
            opaque: taken.opaque.map(str::to_owned),
        });
        return None;
    }
    let failure = faults.failure(dice, key);
    let mut words = match failure {
        Some(_) => vec![StatusWord::Failed],
        None if dice.roll("read", key, 0) < taken.read_rate => {
            vec![StatusWord::Sent, StatusWord::Delivered, StatusWord::Read]
        }
        None => vec![StatusWord::Sent, StatusWord::Delivered],
    };
    let disordered = dice.roll("disorder", key, 0) < faults.disorder;
    if disordered {
        dice.shuffle("status order", key, &mut words);
    }
    let mut before_answer = disordered && dice.roll("status first", key, 0) < 0.5;
    let mut due = Instant::now();
    let mut waiting = None;
    for (turn, word) in words.into_iter().enumerate() {
        let at = shared.clock.now();
        let place: Place = shared.ledger.lock().push(Entry::Status(StatusEntry {
            at,
            wamid: taken.wamid.to_owned(),
            opaque: taken.opaque.map(str::to_owned),
            to: taken.to.to_owned(),
            status: word,
            code: failure,
            acked: false,
            tries: 0,
            gave_up: false,
            acked_at: None,
        }));
        let heard = before_answer.then(oneshot::channel);
        let sender = heard.map(|(sender, receiver)| {
            waiting = Some(receiver);
            sender
        });
        if !before_answer {
            let pace = dice.between("pace", key, turn as u64, shared.status_pace_ms);
            due += Duration::from_millis(pace);
        }
        before_answer = false;
        let late = if disordered && sender.is_none() {
            dice.between("disorder_ms", key, turn as u64, (0, faults.disorder_ms))
        } else {
            0
        };
        shared.road.enqueue(Callback {
            news: news(word, failure, at),
            place,
            key: format!("{key} {}", word.name()),
            due: due + Duration::from_millis(late),
            copies: 1,
            heard: sender,
        });
    }
    waiting
}
