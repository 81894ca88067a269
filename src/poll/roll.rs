//! The roll: the hashes of all choices that are counted, ascending, as a hash chain. It is published with the result.
//! A voter finds their receipt in it; nobody can take an envelope away or add one without changing its head.
//!
//! Ascending, because the order of hashes is nobody's: it tells neither when an envelope came nor from where.

use std::io::{BufRead, Write};

use super::envelope::{LENGTH, PollId, PublicKey, hash};
use super::receipt::Receipt;
use crate::seal::{from_hex, to_hex};

const FORM: &str = "samvad-roll 1";

/// Of which poll a roll is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub poll: String,
    /// The hash of the frozen roster.
    pub roster: [u8; LENGTH],
    pub key: PublicKey,
    /// The hash over who may answer from where ([`Electorate`](super::bundle::Electorate)); `None`: it was closed before
    /// there was one.
    pub electorate: Option<[u8; LENGTH]>,
}

impl About {
    #[must_use]
    pub fn id(&self) -> PollId {
        PollId::new(&self.poll, &self.roster)
    }
}

/// What is wrong with a roll.
#[derive(Debug, thiserror::Error)]
pub enum RollError {
    /// From 1.
    #[error("line {line} of the roll: {words}")]
    Line { line: usize, words: &'static str },
    #[error("the roll cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// The chain, link by link: each link is the hash of the one before and the next envelope's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    head: [u8; LENGTH],
    last: Option<[u8; LENGTH]>,
    envelopes: u64,
}

impl Chain {
    #[must_use]
    pub fn new(about: &About) -> Chain {
        let mut parts: Vec<&[u8]> = vec![about.poll.as_bytes(), &about.roster, &about.key.0];
        parts.extend(about.electorate.as_ref().map(<[u8; LENGTH]>::as_slice));
        let head = hash(b"samvad roll 1", &parts);
        Chain { head, last: None, envelopes: 0 }
    }

    /// Adds the next hash; `false`, and nothing is added, when it is not above the one before.
    #[must_use]
    pub fn push(&mut self, envelope: &[u8; LENGTH]) -> bool {
        if self.last.is_some_and(|last| last >= *envelope) {
            return false;
        }
        self.last = Some(*envelope);
        self.envelopes += 1;
        self.head = hash(b"samvad roll link 1", &[&self.head, envelope]);
        true
    }

    #[must_use]
    pub fn head(&self) -> [u8; LENGTH] {
        self.head
    }

    #[must_use]
    pub fn envelopes(&self) -> u64 {
        self.envelopes
    }
}

/// Writes a roll and gives its chain.
///
/// # Errors
/// [`RollError`]: hashes that do not ascend, or a file that cannot be written.
pub fn write(
    out: &mut impl Write,
    about: &About,
    envelopes: impl IntoIterator<Item = [u8; LENGTH]>,
) -> Result<Chain, RollError> {
    out.write_all(opening(about).as_bytes())?;
    let mut chain = Chain::new(about);
    let first = HEADER + 1 + usize::from(about.electorate.is_some());
    for (line, envelope) in (first..).zip(envelopes) {
        if !chain.push(&envelope) {
            return Err(RollError::Line { line, words: NOT_ASCENDING });
        }
        writeln!(out, "{}", to_hex(&envelope))?;
    }
    out.write_all(ending(chain.envelopes(), &chain.head()).as_bytes())?;
    Ok(chain)
}

/// The lines above the hashes.
#[must_use]
pub fn opening(about: &About) -> String {
    let (roster, key) = (to_hex(&about.roster), to_hex(&about.key.0));
    let mut lines = format!("{FORM}\npoll {}\nroster {roster}\nkey {key}\n", about.poll);
    if let Some(electorate) = &about.electorate {
        lines.push_str(ELECTORATE);
        lines.push_str(&to_hex(electorate));
        lines.push('\n');
    }
    lines
}

/// The line below them.
#[must_use]
pub fn ending(envelopes: u64, head: &[u8; LENGTH]) -> String {
    format!("head {envelopes} {}\n", to_hex(head))
}

const HEADER: usize = 4;
/// A fifth line, which rolls of before do not have.
const ELECTORATE: &str = "electorate ";
const NOT_ASCENDING: &str = "the envelopes do not ascend, or one stands in it twice";

/// A roll that was read and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub about: About,
    pub envelopes: u64,
    pub head: [u8; LENGTH],
    /// How often the receipt that was asked for stands in it.
    pub found: u64,
}

/// Reads a roll line by line, checks the whole chain, and looks for a receipt.
///
/// # Errors
/// [`RollError`] with the first line that is wrong.
pub fn check(roll: impl BufRead, receipt: Option<Receipt>) -> Result<Checked, RollError> {
    let mut found = 0;
    let read = read(roll, |envelope| {
        found += u64::from(Some(Receipt::of(envelope)) == receipt);
        Ok(())
    })?;
    Ok(Checked { found, ..read })
}

/// Reads a roll line by line, checks the whole chain, and gives each hash away. What was given is sure when this comes
/// back without an error.
///
/// # Errors
/// [`RollError`] with the first line that is wrong, or what `take` says.
pub fn read(
    roll: impl BufRead,
    mut take: impl FnMut(&[u8; LENGTH]) -> std::io::Result<()>,
) -> Result<Checked, RollError> {
    let mut lines = (1_usize..).zip(roll.lines());
    let mut header = |key: &str, words: &'static str| -> Result<String, RollError> {
        let Some((line, text)) = lines.next() else {
            return Err(RollError::Line { line: 1, words });
        };
        let text = text?;
        let value = text.trim_end().strip_prefix(key).map(|rest| rest.trim().to_owned());
        value.ok_or(RollError::Line { line, words })
    };
    let form = header("samvad-roll", "this is no roll: it begins with `samvad-roll 1`")?;
    let poll = header("poll ", "the name of the poll is missing")?;
    let roster = header("roster ", "the hash of the roster is missing")?;
    let key = header("key ", "the public key is missing")?;
    if form != "1" {
        return Err(RollError::Line {
            line: 1,
            words: "a roll of a later form; use a newer samvad",
        });
    }
    let broken = |line, words| RollError::Line { line, words };
    let mut about = About {
        poll,
        roster: from_hex(&roster).ok_or(broken(3, "a hash is 64 digits"))?,
        key: PublicKey(from_hex(&key).ok_or(broken(4, "a key is 64 digits"))?),
        electorate: None,
    };
    let mut chain = Chain::new(&about);
    for (line, text) in lines {
        let text = text?;
        let text = text.trim_end();
        if let Some(digits) = text.strip_prefix(ELECTORATE).filter(|_| line == HEADER + 1) {
            about.electorate = Some(from_hex(digits).ok_or(broken(line, "a hash is 64 digits"))?);
            chain = Chain::new(&about);
            continue;
        }
        if let Some(end) = text.strip_prefix("head ") {
            let (envelopes, head) = end.split_once(' ').unwrap_or((end, ""));
            let is_right =
                envelopes.parse() == Ok(chain.envelopes()) && from_hex(head) == Some(chain.head());
            if !is_right {
                return Err(broken(
                    line,
                    "the head does not fit the envelopes above: some were taken away, added or changed",
                ));
            }
            let (envelopes, head) = (chain.envelopes(), chain.head());
            return Ok(Checked { about, envelopes, head, found: 0 });
        }
        let envelope = from_hex(text).ok_or(broken(line, "an envelope's hash is 64 digits"))?;
        if !chain.push(&envelope) {
            return Err(broken(line, NOT_ASCENDING));
        }
        take(&envelope)?;
    }
    Err(broken(HEADER + 1, "the roll is cut off: its last line, the head, is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        About {
            poll: "lok_sabha_2029".to_owned(),
            roster: [1; LENGTH],
            key: PublicKey([2; LENGTH]),
            electorate: None,
        }
    }

    fn hashes() -> Vec<[u8; LENGTH]> {
        let mut all: Vec<[u8; LENGTH]> =
            (0..20_u8).map(|number| hash(b"test", &[&[number]])).collect();
        all.sort_unstable();
        all
    }

    fn written(hashes: &[[u8; LENGTH]]) -> String {
        let mut out = Vec::new();
        write(&mut out, &about(), hashes.iter().copied()).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn words(text: &str) -> String {
        check(text.as_bytes(), None).unwrap_err().to_string()
    }

    #[test]
    fn a_voter_finds_their_receipt_on_the_roll() {
        let hashes = hashes();
        let text = written(&hashes);
        let checked = check(text.as_bytes(), Some(Receipt::of(&hashes[7]))).unwrap();
        assert_eq!((checked.envelopes, checked.found, checked.about), (20, 1, about()));
        let stranger = Receipt::of(&[9; LENGTH]);
        assert_eq!(check(text.as_bytes(), Some(stranger)).unwrap().found, 0);
    }

    #[test]
    fn a_roll_names_the_electorate_and_its_head_holds_it() {
        let hashes = hashes();
        let with = About { electorate: Some([7; LENGTH]), ..about() };
        let mut out = Vec::new();
        let chain = write(&mut out, &with, hashes.iter().copied()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let checked = check(text.as_bytes(), None).unwrap();
        assert_eq!((checked.about, checked.head), (with, chain.head()));
        assert_ne!(chain.head(), check(written(&hashes).as_bytes(), None).unwrap().head);
        let other = text.replace(&"07".repeat(32), &"08".repeat(32));
        assert!(words(&other).contains("the head does not fit"));
        let without = text.replace(&format!("electorate {}\n", "07".repeat(32)), "");
        assert!(words(&without).contains("the head does not fit"));
        assert!(words(&text.replace("electorate 07", "electorate x7")).contains("64 digits"));
    }

    #[test]
    fn an_envelope_taken_away_added_or_moved_is_noticed() {
        let text = written(&hashes());
        let lines: Vec<&str> = text.lines().collect();
        let without = |at: usize| {
            let mut lines = lines.clone();
            lines.remove(at);
            lines.join("\n")
        };
        for at in HEADER..lines.len() - 1 {
            assert!(words(&without(at)).contains("the head does not fit"), "{at}");
        }
        let mut swapped = lines.clone();
        swapped.swap(10, 11);
        assert_eq!(words(&swapped.join("\n")), format!("line 12 of the roll: {NOT_ASCENDING}"));
        let mut doubled = lines.clone();
        doubled.insert(10, lines[10]);
        assert_eq!(words(&doubled.join("\n")), format!("line 12 of the roll: {NOT_ASCENDING}"));
        let other = text.replace("poll lok_sabha_2029", "poll assembly_2027");
        assert!(words(&other).contains("the head does not fit"));
        assert!(words(&without(lines.len() - 1)).contains("cut off"));
        assert!(words("").contains("no roll"));
    }
}
