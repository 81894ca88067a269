//! Reading the ledger: what a fault test compares with.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use super::ledger::{Answer, Entry, InboundEntry, RingEntry, SendEntry, StatusEntry};

/// One line of a conversation as the person sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// What they wrote.
    Theirs(InboundEntry),
    /// What reached them.
    Ours(SendEntry),
}

/// An opaque id under which more than one message reached a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Duplicate {
    pub opaque: String,
    pub to: String,
    /// How many messages reached them.
    pub times: usize,
    /// What the program was told about the first.
    pub first: Answer,
    /// Whether any status of the first was answered 200 before the second came; a program that
    /// sends again after that has no excuse.
    pub knew: bool,
}

/// The same words twice to a person who wrote nothing in between, under different ids or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeat {
    pub to: String,
    pub text: String,
    pub opaques: Vec<Option<String>>,
}

/// How many messages reached a person after one of their own and before the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replies {
    pub key: String,
    pub from: String,
    pub acked: bool,
    pub replies: usize,
}

/// One wish of somebody who rang: all their calls with no word of theirs in between, and how many messages
/// reached them after the first was heard of. One is right, for the program asks one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rang {
    pub from: String,
    /// The ids of the calls, in the order they were told of.
    pub calls: Vec<String>,
    /// Whether any word about any of them was answered 200.
    pub acked: bool,
    pub answers: usize,
}

/// The whole ledger in one look.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// Messages of persons: all, answered 200, still on their way, given up.
    pub inbound: usize,
    pub acked: usize,
    pub waiting: usize,
    pub gave_up: usize,
    /// Requests to send: all, those that reached a person, those of them whose answer was lost,
    /// those whose connection died before.
    pub sends: usize,
    pub taken: usize,
    pub lost: usize,
    pub died: usize,
    /// By code: rules broken and limits run into.
    pub refused: BTreeMap<i64, usize>,
    /// By code: refused on purpose.
    pub faults: BTreeMap<i64, usize>,
    /// Status callbacks: all, answered 200; messages whose statuses are withheld.
    pub statuses: usize,
    pub statuses_acked: usize,
    pub statuses_dropped: usize,
    pub reads: usize,
    /// Taken messages without an opaque id: they could not be judged.
    pub without_opaque: usize,
    /// Requests that came while another to the same person was on its way.
    pub overlaps: usize,
    pub duplicates: Vec<Duplicate>,
    pub repeats: Vec<Repeat>,
    /// Words about missed calls: all, answered 200.
    pub rings: usize,
    pub rings_acked: usize,
    /// Who rang, was heard of, and got no answer or more than one.
    pub rang_unanswered: Vec<Rang>,
    pub rang_answered_twice: Vec<Rang>,
    /// Keys of acked messages after which nothing reached the person before they wrote again.
    pub unanswered: Vec<String>,
}

/// The conversation with a person, in the order things happened.
pub(super) fn transcript(entries: &[Entry], person: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in entries {
        match entry {
            Entry::Inbound(inbound) if inbound.from == person => {
                lines.push(Line::Theirs(inbound.clone()));
            }
            Entry::Send(send) if send.answer.is_taken() && send.to == person => {
                lines.push(Line::Ours(send.clone()));
            }
            _ => {}
        }
    }
    lines
}

/// Opaque ids under which more than one message reached a person, in the order of the second.
pub(super) fn duplicates(entries: &[Entry]) -> Vec<Duplicate> {
    let mut told_at: HashMap<&str, Timestamp> = HashMap::new();
    for entry in entries {
        if let Entry::Status(StatusEntry { wamid, acked_at: Some(at), .. }) = entry {
            let earliest = told_at.entry(wamid.as_str()).or_insert(*at);
            *earliest = (*earliest).min(*at);
        }
    }
    let mut firsts: HashMap<&str, &SendEntry> = HashMap::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<Duplicate> = Vec::new();
    for entry in entries {
        let Entry::Send(send) = entry else { continue };
        let Some(opaque) = send.opaque.as_deref().filter(|_| send.answer.is_taken()) else {
            continue;
        };
        let Some(first) = firsts.get(opaque) else {
            firsts.insert(opaque, send);
            continue;
        };
        if let Some(duplicate) = places.get(opaque).and_then(|place| found.get_mut(*place)) {
            duplicate.times += 1;
            continue;
        }
        let told = first.wamid.as_deref().and_then(|wamid| told_at.get(wamid));
        places.insert(opaque, found.len());
        found.push(Duplicate {
            opaque: opaque.to_owned(),
            to: first.to.clone(),
            times: 2,
            first: first.answer,
            knew: told.is_some_and(|told| *told < send.at),
        });
    }
    found
}

/// The same words to the same person with no word of theirs in between, under different ids or none.
pub(super) fn repeats(entries: &[Entry]) -> Vec<Repeat> {
    // The messages since the person last wrote.
    let mut since: HashMap<&str, Vec<&SendEntry>> = HashMap::new();
    let mut found: Vec<Repeat> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Inbound(inbound) => {
                since.remove(inbound.from.as_str());
            }
            Entry::Send(send) if send.answer.is_taken() && !send.text.is_empty() => {
                let earlier = since.entry(send.to.as_str()).or_default();
                // Under one id it is a duplicate; many vendors of short messages are told none.
                let twin = earlier.iter().find(|other| {
                    let is_one = send.opaque.is_some() && other.opaque == send.opaque;
                    other.text == send.text && !is_one
                });
                if let Some(twin) = twin {
                    found.push(Repeat {
                        to: send.to.clone(),
                        text: send.text.clone(),
                        opaques: vec![twin.opaque.clone(), send.opaque.clone()],
                    });
                }
                earlier.push(send);
            }
            _ => {}
        }
    }
    found
}

/// For every message of a person, how many of ours reached them before their next; messages that
/// came twice under one opaque id count once.
pub(super) fn replies(entries: &[Entry]) -> Vec<Replies> {
    let mut rows: Vec<Replies> = Vec::new();
    let mut open: HashMap<&str, usize> = HashMap::new();
    let mut counted: HashSet<&str> = HashSet::new();
    for entry in entries {
        match entry {
            Entry::Inbound(inbound) => {
                open.insert(inbound.from.as_str(), rows.len());
                rows.push(Replies {
                    key: inbound.key.clone(),
                    from: inbound.from.clone(),
                    acked: inbound.acked,
                    replies: 0,
                });
            }
            Entry::Send(send) if send.answer.is_taken() => {
                let is_new = send.opaque.as_deref().is_none_or(|opaque| counted.insert(opaque));
                let row = open.get(send.to.as_str()).and_then(|row| rows.get_mut(*row));
                if let Some(row) = row
                    && is_new
                {
                    row.replies += 1;
                }
            }
            _ => {}
        }
    }
    rows
}

/// Everybody who rang, in the order of their first calls; messages that came twice under one opaque id count
/// once.
pub(super) fn rang(entries: &[Entry]) -> Vec<Rang> {
    let mut rows: Vec<Rang> = Vec::new();
    let mut open: HashMap<&str, usize> = HashMap::new();
    let mut counted: HashSet<&str> = HashSet::new();
    for entry in entries {
        match entry {
            Entry::Ring(RingEntry { from, key, acked, .. }) => {
                let place = *open.entry(from.as_str()).or_insert_with(|| {
                    let (from, calls) = (from.clone(), Vec::new());
                    rows.push(Rang { from, calls, acked: false, answers: 0 });
                    rows.len() - 1
                });
                let Some(row) = rows.get_mut(place) else { continue };
                row.acked |= acked;
                if !row.calls.contains(key) {
                    row.calls.push(key.clone());
                }
            }
            Entry::Inbound(inbound) => {
                open.remove(inbound.from.as_str());
            }
            Entry::Send(send) if send.answer.is_taken() => {
                let is_new = send.opaque.as_deref().is_none_or(|opaque| counted.insert(opaque));
                let row = open.get(send.to.as_str()).and_then(|row| rows.get_mut(*row));
                if let Some(row) = row
                    && is_new
                {
                    row.answers += 1;
                }
            }
            _ => {}
        }
    }
    rows
}

pub(super) fn verdict(entries: &[Entry]) -> Verdict {
    let (unanswered, rest): (Vec<Rang>, Vec<Rang>) =
        rang(entries).into_iter().filter(|row| row.acked).partition(|row| row.answers == 0);
    let mut verdict = Verdict {
        rang_unanswered: unanswered,
        rang_answered_twice: rest.into_iter().filter(|row| row.answers > 1).collect(),
        duplicates: duplicates(entries),
        repeats: repeats(entries),
        unanswered: replies(entries)
            .into_iter()
            .filter(|row| row.acked && row.replies == 0)
            .map(|row| row.key)
            .collect(),
        ..Verdict::default()
    };
    for entry in entries {
        match entry {
            Entry::Send(send) => count_send(&mut verdict, send),
            Entry::Inbound(inbound) => {
                verdict.inbound += 1;
                verdict.acked += usize::from(inbound.acked);
                verdict.gave_up += usize::from(inbound.gave_up);
                verdict.waiting += usize::from(!inbound.acked && !inbound.gave_up);
            }
            Entry::Status(status) => {
                verdict.statuses += 1;
                verdict.statuses_acked += usize::from(status.acked);
            }
            Entry::Ring(ring) => {
                verdict.rings += 1;
                verdict.rings_acked += usize::from(ring.acked);
            }
            Entry::StatusesDropped { .. } => verdict.statuses_dropped += 1,
            Entry::Read { .. } => verdict.reads += 1,
            Entry::Forgotten { .. } => {}
        }
    }
    verdict
}

fn count_send(verdict: &mut Verdict, send: &SendEntry) {
    verdict.sends += 1;
    verdict.overlaps += usize::from(send.overlaps);
    match send.answer {
        Answer::Accepted => verdict.taken += 1,
        Answer::Lost => {
            verdict.taken += 1;
            verdict.lost += 1;
        }
        Answer::Died => verdict.died += 1,
        Answer::Refused(code) => *verdict.refused.entry(code).or_default() += 1,
        Answer::Fault(code) => *verdict.faults.entry(code).or_default() += 1,
    }
    verdict.without_opaque += usize::from(send.answer.is_taken() && send.opaque.is_none());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(opaque: &str, text: &str, answer: Answer) -> Entry {
        Entry::Send(SendEntry {
            at: Timestamp::UNIX_EPOCH,
            wamid: Some(format!("wamid.{opaque}")),
            account: "1".to_owned(),
            to: "919812345678".to_owned(),
            opaque: Some(opaque.to_owned()),
            kind: "text".to_owned(),
            text: text.to_owned(),
            offered: Vec::new(),
            listed: false,
            quoted: None,
            answer,
            details: None,
            overlaps: false,
        })
    }

    fn wrote(key: &str) -> Entry {
        Entry::Inbound(InboundEntry {
            at: Timestamp::UNIX_EPOCH,
            key: key.to_owned(),
            account: "1".to_owned(),
            from: "919812345678".to_owned(),
            text: "x".to_owned(),
            acked: true,
            tries: 1,
            gave_up: false,
            ack_ms: None,
            posted: None,
        })
    }

    #[test]
    fn a_message_sent_again_after_a_lost_answer_is_a_duplicate() {
        let entries = [
            wrote("a"),
            send("1", "hello", Answer::Lost),
            send("1", "hello", Answer::Accepted),
            send("1", "hello", Answer::Accepted),
        ];
        let found = duplicates(&entries);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].times, 3);
        assert_eq!(found[0].first, Answer::Lost);
        assert!(!found[0].knew);
        assert!(repeats(&entries).is_empty());
        assert_eq!(replies(&entries)[0].replies, 1);
    }

    #[test]
    fn a_message_sent_again_after_a_refusal_is_none() {
        let entries = [
            send("1", "hello", Answer::Fault(130_429)),
            send("1", "hello", Answer::Died),
            send("1", "hello", Answer::Accepted),
        ];
        assert!(duplicates(&entries).is_empty());
    }

    #[test]
    fn the_same_words_under_two_ids_are_a_repeat_unless_the_person_wrote() {
        let twice = [send("1", "hello", Answer::Accepted), send("2", "hello", Answer::Accepted)];
        assert_eq!(repeats(&twice).len(), 1);
        let asked = [
            send("1", "hello", Answer::Accepted),
            wrote("a"),
            send("2", "hello", Answer::Accepted),
        ];
        assert!(repeats(&asked).is_empty());
    }

    #[test]
    fn the_same_words_twice_without_an_id_are_a_repeat() {
        let nameless = || match send("1", "hello", Answer::Accepted) {
            Entry::Send(one) => Entry::Send(SendEntry { opaque: None, ..one }),
            other => other,
        };
        assert_eq!(repeats(&[nameless(), nameless()]).len(), 1);
    }

    #[test]
    fn an_acked_message_without_a_reply_is_named() {
        let entries = [
            wrote("a"),
            send("1", "hello", Answer::Accepted),
            wrote("b"),
            send("2", "bye", Answer::Died),
        ];
        assert_eq!(verdict(&entries).unanswered, ["b"]);
    }

    fn rang_once(key: &str, acked: bool) -> Entry {
        Entry::Ring(RingEntry {
            at: Timestamp::UNIX_EPOCH,
            key: key.to_owned(),
            word: 0,
            account: "calls-exotel".to_owned(),
            from: "919812345678".to_owned(),
            acked,
            tries: 1,
            gave_up: false,
        })
    }

    #[test]
    fn calls_with_no_word_in_between_are_one_wish_and_want_one_answer() {
        let once = [
            rang_once("a", true),
            rang_once("a", true),
            send("1", "hello", Answer::Accepted),
            send("1", "hello", Answer::Accepted),
            rang_once("b", true),
            wrote("x"),
            send("2", "more", Answer::Accepted),
            rang_once("c", true),
            send("3", "hello", Answer::Accepted),
        ];
        let found = rang(&once);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].calls.clone(), found[0].answers), (vec!["a".into(), "b".into()], 1));
        assert_eq!((found[1].calls.clone(), found[1].answers), (vec!["c".into()], 1));
        let judged = verdict(&once);
        assert_eq!((judged.rings, judged.rings_acked), (4, 4));
        assert!(judged.rang_unanswered.is_empty() && judged.rang_answered_twice.is_empty());
    }

    #[test]
    fn whoever_rang_and_got_no_answer_or_two_is_named_unless_nobody_was_told() {
        let silent = verdict(&[rang_once("a", true), send("1", "x", Answer::Died)]);
        assert_eq!(silent.rang_unanswered[0].calls, ["a"]);
        let twice = [
            rang_once("a", true),
            send("1", "hello", Answer::Accepted),
            send("2", "hello", Answer::Accepted),
        ];
        assert_eq!(verdict(&twice).rang_answered_twice[0].answers, 2);
        assert!(verdict(&[rang_once("a", false)]).rang_unanswered.is_empty());
    }
}
