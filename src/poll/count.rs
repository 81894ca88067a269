//! The count: a bundle and the key in, the result out, line by line in bounded memory. And the audit, for which no
//! key is needed.
//!
//! Opening an envelope takes far longer than reading its line. So envelopes are opened in batches, one part on each
//! core, while the next batch is read; what was inside is taken in the order of the bundle, so that nothing hangs on
//! which core was faster.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::num::NonZero;
use std::thread::{Scope, ScopedJoinHandle};

use serde::{Deserialize, Serialize};

use super::ballot::{Choice, Kind, MOST_CANDIDATES, Plain};
use super::bundle::{self, BundleError, Close, Electorate, Header, Line};
use super::envelope::{Envelope, LENGTH, Origin, PollId, PrivateKey};
use super::roll::{self, About, Chain};
use super::tally::{Cell, SeatResult, SeatTally};
use crate::seal::to_hex;

/// Why a bundle cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    #[error("the header of the bundle holds a hash or key that is none; export it again")]
    Header,
    #[error(
        "this key is not the one the poll `{poll}` was opened with: its public half is {own}, the poll's is {wanted}"
    )]
    WrongKey { poll: String, own: String, wanted: String },
    #[error("seat {0} has more candidates than a ballot has room for")]
    TooManyCandidates(u16),
    #[error("an envelope is of seat {0}, which the poll does not have")]
    UnknownSeat(u16),
}

/// A counted poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    pub header: Header,
    /// By the number of the seat.
    pub seats: BTreeMap<u16, SeatResult>,
    pub proof: Proof,
    /// Envelopes that did not open, or held no answer. Choices among them count as invalid.
    pub unopened: u64,
}

/// By which a result, a roll and a bundle are known to belong together. It is published with the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The head of the roll of choices.
    #[serde(with = "digits")]
    pub head: [u8; LENGTH],
    /// Choices on the roll.
    pub choices: u64,
    /// The digest of the bundle.
    #[serde(with = "digits")]
    pub bundle: [u8; LENGTH],
}

/// A hash in a file: as its digits.
mod digits {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::LENGTH;
    use crate::seal::{from_hex, to_hex};

    pub(super) fn serialize<S: Serializer>(
        hash: &[u8; LENGTH],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(hash))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        deserializer: D,
    ) -> Result<[u8; LENGTH], D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text).ok_or_else(|| serde::de::Error::custom("a hash is 64 digits"))
    }
}

/// What is written in words and belongs to no ballot any more: names behind `अन्य`, remarks.
pub type Texts<'t> = &'t mut dyn FnMut(Kind, u16, &str);

/// Opens and counts a bundle on as many cores as there are. `texts` gets every text that is not empty, with its seat.
///
/// # Errors
/// [`BundleError`]: a bundle that is cut off, changed or of another key.
pub fn count(
    bundle: impl BufRead,
    key: &PrivateKey,
    texts: Texts<'_>,
) -> Result<Counted, BundleError> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    count_on(cores, BATCH, bundle, key, texts)
}

/// Envelopes that are opened together: of the largest kind some 10 MB, and two batches are in memory at a time.
const BATCH: usize = 8_192;

/// The same with so many threads, and batches of so many envelopes.
fn count_on(
    threads: usize,
    batch: usize,
    bundle: impl BufRead,
    key: &PrivateKey,
    texts: Texts<'_>,
) -> Result<Counted, BundleError> {
    let mut counting: Option<Counting> = None;
    // Both closures need it, one after the other.
    let cell = std::cell::RefCell::new(&mut counting);
    let digest = std::thread::scope(|scope| -> Result<[u8; LENGTH], BundleError> {
        let mut opening = Opening { scope, threads, key, under_way: Vec::new() };
        let mut gathered: Vec<(Origin, Envelope)> = Vec::with_capacity(batch);
        let ended = bundle::read(
            bundle,
            |header| {
                **cell.borrow_mut() = Some(Counting::new(header, key)?);
                Ok(())
            },
            |line| {
                let mut held = cell.borrow_mut();
                let counting = held.as_mut().ok_or(CountError::Header)?;
                gathered.extend(counting.take(line)?);
                if gathered.len() >= batch {
                    let next = std::mem::replace(&mut gathered, Vec::with_capacity(batch));
                    opening.next(next, counting, texts);
                }
                Ok(())
            },
        )?;
        if let Some(counting) = cell.borrow_mut().as_mut() {
            opening.next(gathered, counting, texts);
            opening.next(Vec::new(), counting, texts);
        }
        Ok(ended.digest)
    })?;
    let counting = counting.ok_or(CountError::Header)?;
    Ok(counting.finish(digest))
}

/// What was inside an envelope, or that it did not open.
struct Opened {
    origin: Origin,
    kind: Kind,
    inside: Option<Plain>,
}

fn open_all(envelopes: &[(Origin, Envelope)], poll: PollId, key: &PrivateKey) -> Vec<Opened> {
    let open = |(origin, envelope): &(Origin, Envelope)| Opened {
        origin: *origin,
        kind: envelope.kind,
        inside: envelope.open(*origin, poll, key).ok(),
    };
    envelopes.iter().map(open).collect()
}

/// The batch that is being opened while the next is read.
struct Opening<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    threads: usize,
    key: &'env PrivateKey,
    /// Its parts, in order.
    under_way: Vec<ScopedJoinHandle<'scope, Vec<Opened>>>,
}

impl Opening<'_, '_> {
    /// Begins to open a batch, after what was inside the one before is taken.
    fn next(
        &mut self,
        envelopes: Vec<(Origin, Envelope)>,
        counting: &mut Counting,
        texts: Texts<'_>,
    ) {
        for part in self.under_way.drain(..) {
            match part.join() {
                Ok(opened) => counting.add(opened, texts),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        let (poll, key) = (counting.poll, self.key);
        let part = envelopes.len().div_ceil(self.threads.max(1)).max(1);
        let mut left = envelopes;
        while !left.is_empty() {
            let behind = left.split_off(part.min(left.len()));
            let own = std::mem::replace(&mut left, behind);
            self.under_way.push(self.scope.spawn(move || open_all(&own, poll, key)));
        }
    }
}

struct Counting {
    header: Header,
    poll: PollId,
    chain: Chain,
    seats: HashMap<u16, SeatTally>,
    unopened: u64,
}

impl Counting {
    fn new(header: Header, key: &PrivateKey) -> Result<Counting, CountError> {
        let about = header.about().ok_or(CountError::Header)?;
        if about.key != key.public() {
            return Err(CountError::WrongKey {
                poll: header.poll,
                own: to_hex(&key.public().0),
                wanted: header.key,
            });
        }
        let mut seats = HashMap::new();
        for seat in &header.seats {
            let candidates = u8::try_from(seat.candidates.len()).ok();
            let candidates = candidates.filter(|candidates| *candidates <= MOST_CANDIDATES);
            let candidates = candidates.ok_or(CountError::TooManyCandidates(seat.number))?;
            seats.insert(seat.number, SeatTally::new(candidates));
        }
        Ok(Counting { poll: about.id(), chain: Chain::new(&about), header, seats, unopened: 0 })
    }

    /// Takes a line; an envelope comes back to be opened.
    fn take(&mut self, line: Line) -> Result<Option<(Origin, Envelope)>, CountError> {
        let (Line::Eligible(origin, _) | Line::Envelope(origin, _)) = &line;
        let seat = self.seats.get_mut(&origin.seat);
        let seat = seat.ok_or(CountError::UnknownSeat(origin.seat))?;
        match line {
            Line::Eligible(origin, people) => {
                seat.add_eligible(origin.cell, people);
                Ok(None)
            }
            Line::Envelope(origin, envelope) => {
                if envelope.kind == Kind::Choice {
                    // The order was checked by the reader.
                    let _ = self.chain.push(&envelope.hash());
                }
                Ok(Some((origin, envelope)))
            }
        }
    }

    /// What was inside envelopes, in their order.
    fn add(&mut self, opened: Vec<Opened>, texts: Texts<'_>) {
        let rules = &self.header.rules;
        for Opened { origin, kind, inside } in opened {
            // Only seats that the poll has were taken.
            let Some(seat) = self.seats.get_mut(&origin.seat) else { continue };
            match inside {
                Some(Plain::Choice(choice)) => seat.add(origin.cell, &choice, rules),
                Some(Plain::Ratings(marks)) => seat.rate(&marks),
                Some(Plain::Other(text) | Plain::Remark(text)) => {
                    if !text.trim().is_empty() {
                        texts(kind, origin.seat, text.trim());
                    }
                }
                None => {
                    self.unopened += 1;
                    if kind == Kind::Choice {
                        seat.add(origin.cell, &Choice::Names(Vec::new()), rules);
                    }
                }
            }
        }
    }

    fn finish(self, bundle: [u8; LENGTH]) -> Counted {
        let Counting { header, chain, seats, unopened, .. } = self;
        let seats = seats
            .into_iter()
            .map(|(number, tally)| (number, tally.result(&header.rules, &header.posts)))
            .collect();
        let proof = Proof { head: chain.head(), choices: chain.envelopes(), bundle };
        Counted { header, seats, proof, unopened }
    }
}

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    pub about: About,
    /// What bundle and roll come to.
    pub proof: Proof,
    /// What does not belong together, or was changed; empty when all is well.
    pub findings: Vec<String>,
    /// What the close wrote down of itself.
    pub close: Close,
}

/// Audits bundle and roll, and the proof of a result where one is known.
/// It needs no key: that the envelopes were opened rightly, a second count with the key shows.
///
/// # Errors
/// [`BundleError`] of a bundle that is broken itself.
pub fn audit(
    bundle: impl BufRead,
    roll: impl BufRead,
    published: Option<&Proof>,
) -> Result<Audited, BundleError> {
    let mut auditing: Option<Auditing> = None;
    let cell = std::cell::RefCell::new(&mut auditing);
    let ended = bundle::read(
        bundle,
        |header| {
            let about = header.about().ok_or(CountError::Header)?;
            let chain = Chain::new(&about);
            let electorate = Electorate::new(&about.poll);
            let close = header.close;
            **cell.borrow_mut() =
                Some(Auditing { about, chain, electorate, places: BTreeMap::new(), close });
            Ok(())
        },
        |line| {
            if let Some(auditing) = cell.borrow_mut().as_mut() {
                auditing.take(&line);
            }
            Ok(())
        },
    )?;
    let Some(Auditing { about, chain, electorate, places, close }) = auditing else {
        return Err(CountError::Header.into());
    };
    let mut findings = Vec::new();
    if about.electorate.is_some_and(|told| told != electorate.hash()) {
        findings.push(
            "the numbers of people in the bundle are not those that were told when the poll was opened"
                .to_owned(),
        );
    }
    match roll::check(roll, None) {
        Ok(checked) => {
            if checked.about != about {
                findings.push(
                    "the roll is of another poll, roster, key or electorate than the bundle"
                        .to_owned(),
                );
            } else if checked.head != chain.head() {
                findings.push(format!(
                    "the roll holds {} envelopes and the bundle {}, and they are not the same ones",
                    checked.envelopes,
                    chain.envelopes()
                ));
            }
        }
        Err(error) => findings.push(error.to_string()),
    }
    let proof = Proof { head: chain.head(), choices: chain.envelopes(), bundle: ended.digest };
    if let Some(published) = published {
        if (published.head, published.choices) != (proof.head, proof.choices) {
            findings.push(format!(
                "the result was counted from {} choices with another head than the {} of the bundle",
                published.choices, proof.choices
            ));
        }
        if published.bundle != proof.bundle {
            findings.push("the result was counted from another bundle".to_owned());
        }
    }
    // Anybody can seal: more envelopes than people are what stuffing by the server would look like.
    for (origin, (people, choices)) in
        places.iter().filter(|(_, (people, choices))| choices > people)
    {
        let Cell { assembly, sector, booth, post } = origin.cell;
        findings.push(format!(
            "seat {}, assembly {assembly}, sector {sector}, booth {booth}, post {post}: {choices} choices of {people} people",
            origin.seat
        ));
    }
    Ok(Audited { about, proof, findings, close })
}

/// A bundle as it is audited.
struct Auditing {
    about: About,
    chain: Chain,
    electorate: Electorate,
    /// Who might answer from where, and the choices that came.
    places: BTreeMap<Origin, (u64, u64)>,
    close: Close,
}

impl Auditing {
    fn take(&mut self, line: &Line) {
        match line {
            Line::Eligible(origin, people) => {
                self.electorate.push(*origin, *people);
                self.places.entry(*origin).or_default().0 += people;
            }
            Line::Envelope(origin, envelope) if envelope.kind == Kind::Choice => {
                // The order was checked by the reader.
                let _ = self.chain.push(&envelope.hash());
                self.places.entry(*origin).or_default().1 += 1;
            }
            Line::Envelope(..) => {}
        }
    }
}

#[cfg(test)]
#[path = "count_tests.rs"]
mod tests;
