//! What the sandbox received and sent: the truth that fault tests are judged by.
//!
//! Entries stand in the order in which things happened; as a file they are JSON lines. A callback
//! is written when it is queued and once more when it came to its end, so that of several lines of
//! one inbound key (or of one message id and status) **the last one holds**. Unlike every other
//! record of the program the ledger holds numbers and texts in clear: it plays the other side, and
//! is made for invented people.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::check::Offered;

/// The statuses the sandbox gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    Sent,
    Delivered,
    Read,
    Failed,
}

impl StatusWord {
    /// The word of the callback.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            StatusWord::Sent => "sent",
            StatusWord::Delivered => "delivered",
            StatusWord::Read => "read",
            StatusWord::Failed => "failed",
        }
    }
}

/// What became of a send request. As text: `accepted`, `lost`, `died`, `refused:100`,
/// `fault:131056`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Taken, and told so.
    Accepted,
    /// Taken, and the connection closed without a word: the person gets the message all the same.
    Lost,
    /// The connection was closed before anything was taken.
    Died,
    /// The request broke a rule (Graph code): a mistake of the program under test, or a limit it ran into.
    Refused(i64),
    /// Refused on purpose, by a fault (Graph code, or 503 for the page that is not JSON).
    Fault(i64),
}

impl Answer {
    /// Whether the person gets the message.
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Answer::Accepted | Answer::Lost)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Accepted => formatter.write_str("accepted"),
            Answer::Lost => formatter.write_str("lost"),
            Answer::Died => formatter.write_str("died"),
            Answer::Refused(code) => write!(formatter, "refused:{code}"),
            Answer::Fault(code) => write!(formatter, "fault:{code}"),
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let code = |digits: &str| digits.parse::<i64>().map_err(serde::de::Error::custom);
        match text.split_once(':') {
            None if text == "accepted" => Ok(Answer::Accepted),
            None if text == "lost" => Ok(Answer::Lost),
            None if text == "died" => Ok(Answer::Died),
            Some(("refused", digits)) => Ok(Answer::Refused(code(digits)?)),
            Some(("fault", digits)) => Ok(Answer::Fault(code(digits)?)),
            _ => Err(serde::de::Error::custom("not an answer of the ledger")),
        }
    }
}

/// One request to send a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SendEntry {
    pub at: Timestamp,
    /// Given when it was taken.
    pub wamid: Option<String>,
    /// The business number it came through.
    pub account: String,
    /// Digits or user id; empty when the request named none that could be read. A user id that is
    /// known to be of a phone stands here as the phone.
    pub to: String,
    pub opaque: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub text: String,
    /// Buttons or rows that can be tapped.
    pub offered: Vec<Offered>,
    pub listed: bool,
    /// The inbound key it quotes.
    pub quoted: Option<String>,
    pub answer: Answer,
    /// Why it was refused.
    pub details: Option<String>,
    /// Another request for the same person was on its way when this one came: their order is not
    /// sure, which breaks the rule of lanes.
    pub overlaps: bool,
}

/// One message of a person, and whether the program under test has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundEntry {
    pub at: Timestamp,
    pub key: String,
    pub account: String,
    /// Digits or user id.
    pub from: String,
    pub text: String,
    /// A callback with it was answered 200.
    pub acked: bool,
    pub tries: u32,
    /// Its callbacks were given up: too long without 200.
    pub gave_up: bool,
    /// From the first post to the 200.
    pub ack_ms: Option<f64>,
    /// When it was first posted; for latencies.
    #[serde(skip)]
    pub posted: Option<Instant>,
}

/// One word about a call that nobody took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingEntry {
    pub at: Timestamp,
    /// The vendor's id of the call.
    pub key: String,
    /// Which word it is, counted from 0 in the order things happened.
    pub word: usize,
    pub account: String,
    /// Digits with the country code.
    pub from: String,
    /// It was answered 200.
    pub acked: bool,
    pub tries: u32,
    pub gave_up: bool,
}

/// One status callback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusEntry {
    pub at: Timestamp,
    pub wamid: String,
    pub opaque: Option<String>,
    pub to: String,
    pub status: StatusWord,
    /// Why a `failed` one failed.
    pub code: Option<i64>,
    pub acked: bool,
    pub tries: u32,
    pub gave_up: bool,
    pub acked_at: Option<Timestamp>,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    Send(SendEntry),
    Inbound(InboundEntry),
    Ring(RingEntry),
    Status(StatusEntry),
    /// The program under test marked a message as read.
    Read {
        at: Timestamp,
        message_id: String,
        typing: bool,
    },
    /// All statuses of a taken message are withheld by a fault.
    StatusesDropped {
        at: Timestamp,
        wamid: String,
        opaque: Option<String>,
    },
    /// A person was taken out of the contact book.
    Forgotten {
        at: Timestamp,
        person: String,
    },
}

/// Where an entry stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(usize);

/// When a callback came to its end, on the calendar and on the stop watch.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) at: Timestamp,
    pub(super) instant: Instant,
}

/// The entries, and the file they are written to as well.
#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    inbound: HashMap<String, usize>,
    /// Messages that were taken.
    taken: usize,
    file: Option<BufWriter<File>>,
    /// The file could not be written; said once.
    broken: bool,
}

impl Ledger {
    /// A ledger in memory and, line by line, in this file.
    pub(super) fn written_to(file: File) -> Ledger {
        Ledger { file: Some(BufWriter::new(file)), ..Ledger::default() }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn push(&mut self, entry: Entry) -> Place {
        self.write(&entry);
        let place = self.entries.len();
        match &entry {
            Entry::Inbound(inbound) => {
                self.inbound.insert(inbound.key.clone(), place);
            }
            Entry::Send(send) if send.answer.is_taken() => self.taken += 1,
            _ => {}
        }
        self.entries.push(entry);
        Place(place)
    }

    /// How many messages were taken.
    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    pub(super) fn inbound(&self, key: &str) -> Option<&InboundEntry> {
        match self.entries.get(*self.inbound.get(key)?) {
            Some(Entry::Inbound(inbound)) => Some(inbound),
            _ => None,
        }
    }

    /// A callback of these entries goes out for the first time.
    pub(super) fn posted(&mut self, places: &[Place], now: Instant) {
        for place in places {
            if let Some(Entry::Inbound(inbound)) = self.entries.get_mut(place.0) {
                inbound.posted.get_or_insert(now);
            }
        }
    }

    /// A callback of these entries was answered 200 (`acked`) or given up, after so many tries. An
    /// entry that is acked stays so, whatever becomes of a second callback of it.
    pub(super) fn ended(&mut self, places: &[Place], acked: bool, tries: u32, end: End) {
        for place in places {
            let Some(entry) = self.entries.get_mut(place.0) else { continue };
            let changed = match entry {
                Entry::Inbound(inbound) if !inbound.acked => {
                    inbound.acked = acked;
                    inbound.gave_up = !acked;
                    inbound.tries = tries;
                    if acked {
                        inbound.ack_ms = inbound.posted.map(|posted| {
                            end.instant.duration_since(posted).as_secs_f64() * 1000.0
                        });
                    }
                    true
                }
                Entry::Ring(ring) if !ring.acked => {
                    ring.acked = acked;
                    ring.gave_up = !acked;
                    ring.tries = tries;
                    true
                }
                Entry::Status(status) if !status.acked => {
                    status.acked = acked;
                    status.acked_at = acked.then_some(end.at);
                    status.gave_up = !acked;
                    status.tries = tries;
                    true
                }
                _ => false,
            };
            if changed && self.file.is_some() {
                let line = entry.clone();
                self.write(&line);
            }
        }
    }

    fn write(&mut self, entry: &Entry) {
        let Some(file) = &mut self.file else { return };
        let written = serde_json::to_writer(&mut *file, entry)
            .map_err(std::io::Error::other)
            .and_then(|()| file.write_all(b"\n"))
            // Whole lines, so that one can read along and a kill cuts nothing in two.
            .and_then(|()| file.flush());
        if let Err(error) = written
            && !self.broken
        {
            self.broken = true;
            tracing::error!(%error, "the sandbox's ledger file cannot be written; it goes on in memory");
        }
    }
}

/// Reads a ledger file, the later line of an inbound key or of a status replacing the earlier.
///
/// # Errors
/// A file that cannot be read, or a line (1-based) that is none of a ledger.
pub fn read_file(path: &Path) -> std::io::Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let entry: Entry = serde_json::from_str(line).map_err(|error| {
            std::io::Error::other(format!("line {} of the ledger: {error}", number + 1))
        })?;
        let name = match &entry {
            Entry::Inbound(inbound) => Some(format!("inbound {}", inbound.key)),
            Entry::Ring(ring) => Some(format!("ring {} {}", ring.key, ring.word)),
            Entry::Status(status) => {
                Some(format!("status {} {}", status.wamid, status.status.name()))
            }
            _ => None,
        };
        let earlier = name.as_ref().and_then(|name| places.get(name)).copied();
        if let Some(slot) = earlier.and_then(|place| entries.get_mut(place)) {
            *slot = entry;
            continue;
        }
        if let Some(name) = name {
            places.insert(name, entries.len());
        }
        entries.push(entry);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound(key: &str) -> Entry {
        Entry::Inbound(InboundEntry {
            at: Timestamp::UNIX_EPOCH,
            key: key.to_owned(),
            account: "1".to_owned(),
            from: "919812345678".to_owned(),
            text: "सदस्य".to_owned(),
            acked: false,
            tries: 0,
            gave_up: false,
            ack_ms: None,
            posted: None,
        })
    }

    fn end() -> End {
        End { at: Timestamp::UNIX_EPOCH, instant: Instant::now() }
    }

    #[test]
    fn the_last_line_of_a_key_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut ledger = Ledger::written_to(File::create(&path).unwrap());
        let first = ledger.push(inbound("a"));
        ledger.push(inbound("b"));
        ledger.ended(&[first], true, 3, end());
        let entries = read_file(&path).unwrap();
        assert_eq!(entries.len(), 2);
        let Entry::Inbound(entry) = &entries[0] else { panic!("an inbound") };
        assert!(entry.acked);
        assert_eq!(entry.tries, 3);
    }

    #[test]
    fn what_is_acked_stays_acked() {
        let mut ledger = Ledger::default();
        let place = ledger.push(inbound("a"));
        ledger.ended(&[place], true, 1, end());
        ledger.ended(&[place], false, 9, end());
        let entry = ledger.inbound("a").unwrap();
        assert!(entry.acked && !entry.gave_up);
    }

    #[test]
    fn an_answer_reads_back_from_its_text() {
        for answer in [
            Answer::Accepted,
            Answer::Lost,
            Answer::Died,
            Answer::Refused(100),
            Answer::Fault(131_056),
        ] {
            let text = serde_json::to_string(&answer).unwrap();
            assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer, "{text}");
        }
    }
}
