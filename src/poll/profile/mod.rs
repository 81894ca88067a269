//! Ballots as counts, as examples of counting are printed in papers and articles: `42: A > B > C`. They are read from a
//! file ([`read`]), counted by the very functions that count a poll ([`Outcome`]), and told with everything the numbers
//! of an example are compared by.

mod blt;
mod outcome;
mod own;
mod preflib;
mod table;
#[cfg(test)]
mod tests;
mod words;

use crate::poll::ballot::Method;
use crate::poll::tally::Few;

pub use outcome::{Outcome, RunOff};

/// So many names there is room for. A seat of a poll has 20 at most.
pub const MOST_NAMES: usize = 31;
/// So many ballots at most: ten thousand for everybody on earth, and every sum of them is exact.
pub const MOST_BALLOTS: u64 = 1_000_000_000_000_000;

/// How a file writes its ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines as `42: A > B = C`; of one name `42: A`, of approvals `42: A, B`.
    Own,
    /// The orders of PrefLib (preflib.org/format): `.soc`, `.soi`, `.toc`, `.toi`.
    PrefLib,
    /// The ballots of OpenSTV and OpaVote: `.blt`.
    Blt,
    /// A table of names or of ranks: `.csv`.
    Table,
}

impl Form {
    /// By the ending of a file's name.
    #[must_use]
    pub fn of_ending(ending: &str) -> Form {
        match ending.to_ascii_lowercase().as_str() {
            "soc" | "soi" | "toc" | "toi" => Form::PrefLib,
            "blt" => Form::Blt,
            "csv" => Form::Table,
            _ => Form::Own,
        }
    }
}

/// What is wrong with a file, and where: it is then refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {words}")]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// In letters, from 1.
    pub column: usize,
    pub words: String,
}

/// Equal ballots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballots {
    pub count: u64,
    /// The best first; several in one stand level. Who is in none is behind all, level with the others who are.
    pub levels: Vec<Few>,
    /// In which line they stand.
    pub line: usize,
}

/// All ballots of an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub names: Vec<String>,
    pub ballots: Vec<Ballots>,
}

impl Profile {
    /// All ballots together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ballots.iter().map(|ballots| ballots.count).sum()
    }

    /// The place of a name, which is taken in where it is new.
    fn place_of(&mut self, name: &str) -> Option<u8> {
        let known = self.names.iter().position(|known| known == name);
        let at = match known {
            Some(at) => at,
            None if self.names.len() < MOST_NAMES => {
                self.names.push(name.to_owned());
                self.names.len() - 1
            }
            None => return None,
        };
        u8::try_from(at).ok()
    }

    /// Adds ballots, unless all together become too many.
    fn add(&mut self, ballots: Ballots) -> Result<(), String> {
        let total = self.total().checked_add(ballots.count);
        if total.is_none_or(|total| total > MOST_BALLOTS) {
            return Err(format!("all ballots together are more than {MOST_BALLOTS}"));
        }
        self.ballots.push(ballots);
        Ok(())
    }
}

/// Reads an example of ballots of this method.
///
/// # Errors
/// The first [`Mistake`].
pub fn read(text: &str, form: Form, method: Method) -> Result<Profile, Mistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if matches!(form, Form::PrefLib | Form::Blt) && method != Method::Rank {
        return Err(Mistake {
            line: 1,
            column: 1,
            words: format!(
                "files of this ending hold rankings; for `{}` write lines as `42: A` into a .txt file",
                method.name()
            ),
        });
    }
    let profile = match form {
        Form::Own => own::read(text, method),
        Form::PrefLib => preflib::read(text),
        Form::Blt => blt::read(text),
        Form::Table => table::read(text, method),
    }?;
    // An example of no ballots at all has names.
    if profile.ballots.is_empty() && profile.names.is_empty() {
        let line = text.lines().count().max(1);
        let words = "there is no ballot in this file; a line of one is `42: A > B > C`".to_owned();
        return Err(Mistake { line, column: 1, words });
    }
    Ok(profile)
}

/// A line with its number, and where in it something stands.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    number: usize,
    text: &'t str,
}

impl Line<'_> {
    /// What is wrong at this byte of it.
    fn wrong(&self, at: usize, words: impl Into<String>) -> Mistake {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or(self.text);
        Mistake { line: self.number, column: before.chars().count() + 1, words: words.into() }
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().map(|(at, text)| Line { number: at + 1, text })
}

/// Text with the byte at which it begins in its line, without blanks around it.
fn trimmed(text: &str, from: usize) -> (&str, usize) {
    let cut = text.trim_start();
    (cut.trim_end(), from + text.len() - cut.len())
}

/// A whole number, in digits as they are written in India: `42`, `४२`, `۴۲`, also `1,332`.
fn number(text: &str) -> Option<u64> {
    let mut value: Option<u64> = None;
    for letter in text.chars() {
        let digit = match letter {
            ',' if value.is_some() => continue,
            '0'..='9' => u32::from(letter) - u32::from('0'),
            '\u{966}'..='\u{96f}' => u32::from(letter) - 0x966,
            '\u{660}'..='\u{669}' => u32::from(letter) - 0x660,
            '\u{6f0}'..='\u{6f9}' => u32::from(letter) - 0x6f0,
            _ => return None,
        };
        let before = value.unwrap_or(0).checked_mul(10)?;
        value = Some(before.checked_add(u64::from(digit))?);
    }
    value
}

/// The count of ballots, at least one.
fn count_of(line: Line<'_>, text: &str, at: usize) -> Result<u64, Mistake> {
    match number(text) {
        Some(0) => Err(line.wrong(at, "no ballot is counted 0 times; leave the line out")),
        Some(count) if count <= MOST_BALLOTS => Ok(count),
        Some(_) => Err(line.wrong(at, format!("a count is at most {MOST_BALLOTS}"))),
        None => {
            Err(line
                .wrong(at, format!("`{text}` is no count of ballots; a line is `42: A > B > C`")))
        }
    }
}

/// `2`, `1,3`: who stands level by their numbers among so many, from 1. `seen` are those named before.
fn numbered_name(
    line: Line<'_>,
    (text, at): (&str, usize),
    names: usize,
    seen: &mut Few,
) -> Result<u8, Mistake> {
    let place = number(text).and_then(|place| usize::try_from(place).ok());
    let Some(place) = place.filter(|place| (1..=names).contains(place)) else {
        return Err(
            line.wrong(at, format!("`{text}` is no number of a name; there are 1 to {names}"))
        );
    };
    let name = u8::try_from(place - 1).unwrap_or(u8::MAX);
    if seen.has(name) {
        return Err(line.wrong(at, format!("{place} stands twice on this ballot")));
    }
    *seen = seen.with(name);
    Ok(name)
}
