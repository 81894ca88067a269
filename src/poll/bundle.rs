//! The bundle: what is taken to the count. Envelopes without their voters, with seat, place and post; how many might
//! have answered where; and all that is needed to count. Plain lines, read one by one.
//!
//! The envelopes stand in the order of their hashes, which are as good as drawn by lot: nothing of the order they came
//! in is left. The same order makes a second copy of an envelope impossible.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::ballot::Kind;
use super::envelope::{Envelope, LENGTH, Origin, PublicKey, finish, hash};
use super::law::Quiet;
use super::roll::About;
use super::tally::{Cell, Rules};
use crate::seal::{bytes_of_hex, from_hex, to_hex};

const FORM: &str = "samvad-bundle 1";
/// The longest line: the header, with the candidates of all seats.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// What stands over the envelopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub poll: String,
    /// As it was asked, in Hindi.
    pub question: String,
    /// When answers were taken.
    pub opens: Timestamp,
    pub closes: Timestamp,
    /// In digits.
    pub roster: String,
    pub key: String,
    pub rules: Rules,
    pub seats: Vec<SeatHead>,
    /// The codes behind the posts of cells.
    pub posts: Vec<String>,
    /// What a close knows besides. Bundles of before have none of it.
    #[serde(flatten)]
    pub close: Close,
}

/// What a close writes down of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// The hash over who may answer from where ([`electorate_hash`]), in digits. Empty: the bundle is of before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub electorate: String,
    /// Answers that could not be counted: by the records they were given, and they were gone, did not open, or had no
    /// answer behind them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing: u64,
    /// Answers that are counted, and of which marks, a name or a remark were gone or did not open.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub torn: u64,
    /// Who closed it although some were missing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub missing_by: String,
    /// When nothing of it may be shown outward, as the calendar of the office stood at the close.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<Quiet>,
    /// That it was closed before its hour; without it answers were taken until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<Early>,
    /// Who was asked. Bundles of before do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// A close before the hour that people were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Early {
    pub at: Timestamp,
    pub by: String,
    pub why: String,
}

/// Who was asked, as the file of the poll says it, and who was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The expression over posts and places.
    pub who: String,
    /// The day on which they held the post.
    pub on: Date,
    /// The smallest place that stayed with an envelope, as the file names it.
    pub keep: String,
    /// In the electorate, of a seat that is not in the poll.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub elsewhere: u64,
    /// In the electorate, and nobody knows their seat.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub nowhere: u64,
}

impl Asked {
    /// Whom the poll left out, as the line of its opening in the log says it.
    #[must_use]
    pub fn left_out_words(elsewhere: u64, nowhere: u64) -> String {
        format!("left out: of other seats {elsewhere}, of no known seat {nowhere}")
    }

    /// The numbers of [`Asked::left_out_words`]; of another line 0 and 0.
    #[must_use]
    pub fn left_out_of(words: &str) -> (u64, u64) {
        let numbers = words.strip_prefix("left out: of other seats ");
        let numbers = numbers.and_then(|rest| rest.split_once(", of no known seat "));
        let parsed =
            numbers.and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)));
        parsed.unwrap_or((0, 0))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A seat as the count needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatHead {
    pub number: u16,
    /// `assembly:173`, `lok_sabha:35`.
    pub place: String,
    pub name: String,
    /// In Hindi, in the order of the poll's file.
    pub candidates: Vec<String>,
}

impl Header {
    /// Of which poll; `None` when a hash or key is none.
    #[must_use]
    pub fn about(&self) -> Option<About> {
        let (roster, key) = (from_hex(&self.roster)?, from_hex(&self.key)?);
        let electorate = match self.close.electorate.as_str() {
            "" => None,
            digits => Some(from_hex(digits)?),
        };
        Some(About { poll: self.poll.clone(), roster, key: PublicKey(key), electorate })
    }
}

/// The hash over who may answer from where, line by line as a bundle has them. It is told when the poll opens, so that
/// nobody can raise the numbers of people afterwards.
#[derive(Clone, Debug)]
pub struct Electorate([u8; LENGTH]);

impl Electorate {
    /// Of the poll of this name.
    #[must_use]
    pub fn new(poll: &str) -> Electorate {
        Electorate(hash(b"samvad electorate 1", &[poll.as_bytes()]))
    }

    /// The next line.
    pub fn push(&mut self, origin: Origin, people: u64) {
        let line = eligible_line(origin, people);
        self.0 = hash(b"samvad electorate link 1", &[&self.0, line.as_bytes()]);
    }

    #[must_use]
    pub fn hash(&self) -> [u8; LENGTH] {
        self.0
    }
}

/// [`Electorate`] of all places in their order.
#[must_use]
pub fn electorate_hash(poll: &str, people: &BTreeMap<Origin, u64>) -> [u8; LENGTH] {
    let mut electorate = Electorate::new(poll);
    for (origin, people) in people {
        electorate.push(*origin, *people);
    }
    electorate.hash()
}

/// One line of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// So many people of a cell might answer.
    Eligible(Origin, u64),
    Envelope(Origin, Envelope),
}

/// What is wrong with a bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// From 1.
    #[error("line {line} of the bundle: {words}")]
    Line { line: usize, words: String },
    #[error("the bundle cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Count(#[from] super::count::CountError),
}

const NOT_ASCENDING: &str = "the envelopes do not ascend, or one stands in it twice";

/// Writes a bundle.
pub struct BundleWriter<W: Write> {
    out: W,
    digest: Context,
    last: Option<(Kind, [u8; LENGTH])>,
    lines: usize,
}

impl<W: Write> BundleWriter<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// [`BundleError::Io`].
    pub fn new(out: W, header: &Header) -> Result<BundleWriter<W>, BundleError> {
        let mut writer = BundleWriter { out, digest: Context::new(&SHA256), last: None, lines: 0 };
        let header = serde_json::to_string(header).map_err(std::io::Error::from)?;
        writer.line(FORM)?;
        writer.line(&header)?;
        Ok(writer)
    }

    /// How many might answer; all of them come before the envelopes.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn eligible(&mut self, origin: Origin, people: u64) -> Result<(), BundleError> {
        self.line(&eligible_line(origin, people))
    }

    /// The next envelope: kind by kind, within a kind by their hashes.
    ///
    /// # Errors
    /// [`BundleError::Line`] when it does not ascend.
    pub fn envelope(&mut self, origin: Origin, envelope: &Envelope) -> Result<(), BundleError> {
        let key = (envelope.kind, envelope.hash());
        if self.last.is_some_and(|last| last >= key) {
            let line = self.lines + 1;
            return Err(BundleError::Line { line, words: NOT_ASCENDING.to_owned() });
        }
        self.last = Some(key);
        let letter = envelope.kind.letter();
        self.line(&format!("{letter} {} {}", place(origin), to_hex(envelope.bytes())))
    }

    /// Writes the end and gives the digest of all before it.
    ///
    /// # Errors
    /// [`BundleError::Io`].
    pub fn finish(mut self) -> Result<[u8; LENGTH], BundleError> {
        let digest = finish(self.digest);
        writeln!(self.out, "end {} {}", self.lines, to_hex(&digest))?;
        self.out.flush()?;
        Ok(digest)
    }

    fn line(&mut self, text: &str) -> Result<(), BundleError> {
        self.digest.update(text.as_bytes());
        self.digest.update(b"\n");
        self.lines += 1;
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}

fn eligible_line(origin: Origin, people: u64) -> String {
    format!("e {} {people}", place(origin))
}

fn place(origin: Origin) -> String {
    let Cell { assembly, sector, booth, post } = origin.cell;
    format!("{} {assembly} {sector} {booth} {post}", origin.seat)
}

/// What a bundle said at its end, when everything fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub digest: [u8; LENGTH],
    pub lines: usize,
}

/// Reads a bundle line by line; `take` gets each with its number. Nothing of it is kept.
///
/// # Errors
/// [`BundleError`]: the first line that is wrong, a bundle that is cut off or was changed, or what `take` says.
pub fn read(
    mut bundle: impl BufRead,
    mut begin: impl FnMut(Header) -> Result<(), BundleError>,
    mut take: impl FnMut(Line) -> Result<(), BundleError>,
) -> Result<Ended, BundleError> {
    let mut digest = Context::new(&SHA256);
    let mut text = String::new();
    let mut last: Option<(Kind, [u8; LENGTH])> = None;
    let mut line = 0;
    loop {
        text.clear();
        let mut limited = std::io::Read::take(&mut bundle, LONGEST_LINE);
        let length = limited.read_line(&mut text)?;
        let said = text.trim_end_matches(['\n', '\r']);
        let wrong = |words: &str| BundleError::Line { line: line + 1, words: words.to_owned() };
        if length == 0 {
            return Err(wrong("the bundle is cut off: its last line is missing; export it again"));
        }
        if let Some(end) = said.strip_prefix("end ") {
            let digest = finish(digest);
            let (lines, said_digest) = end.split_once(' ').unwrap_or((end, ""));
            if lines.parse() != Ok(line) || from_hex(said_digest) != Some(digest) {
                return Err(wrong("the bundle was changed since it was written; export it again"));
            }
            return Ok(Ended { digest, lines: line });
        }
        digest.update(said.as_bytes());
        digest.update(b"\n");
        match line {
            0 if said == FORM => {}
            0 => return Err(wrong("this is no bundle: it begins with `samvad-bundle 1`")),
            1 => {
                let header = serde_json::from_str(said);
                begin(
                    header
                        .map_err(|error| wrong(&format!("the header cannot be read: {error}")))?,
                )?;
            }
            _ => {
                let read = read_line(said).ok_or_else(|| wrong("this is no line of a bundle"))?;
                if let Line::Envelope(_, envelope) = &read {
                    let key = (envelope.kind, envelope.hash());
                    if last.is_some_and(|last| last >= key) {
                        return Err(wrong(NOT_ASCENDING));
                    }
                    last = Some(key);
                } else if last.is_some() {
                    return Err(wrong("who may answer stands before the envelopes"));
                }
                take(read)?;
            }
        }
        line += 1;
    }
}

fn read_line(text: &str) -> Option<Line> {
    let mut words = text.split(' ');
    let what = words.next()?;
    let mut number = || words.next()?.parse::<u16>().ok();
    let seat = number()?;
    let cell = Cell { assembly: number()?, sector: number()?, booth: number()?, post: number()? };
    let origin = Origin { seat, cell };
    let value = words.next()?;
    if words.next().is_some() {
        return None;
    }
    if what == "e" {
        return Some(Line::Eligible(origin, value.parse().ok()?));
    }
    let mut letters = what.chars();
    let kind = Kind::from_letter(letters.next()?)?;
    if letters.next().is_some() {
        return None;
    }
    Some(Line::Envelope(origin, Envelope::of(kind, bytes_of_hex(value)?)?))
}
