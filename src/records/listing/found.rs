//! Finding a member by what somebody remembers: words of the name, the last digits of the number, the
//! number of the membership.
//!
//! Names and numbers are sealed, so words and last digits are found by keyed hashes in tables of their own
//! (`member_words`, `phone_tails`). They are no part of any turn or import: whoever searches brings them up
//! to what was written since ([`Beside::index`]), and what is found is opened and looked at again, so that a
//! row that says something older does no harm.

use std::collections::BTreeSet;

use super::{Listed, Whom, open_address};
use crate::contact::PhoneNumber;
use crate::geography::clean;
use crate::membership::{member_number, parse_member_number};
use crate::records::common::{NameKey, halves, name_hash, open_name, words_of};
use crate::records::import::ready::phone_hash;
use crate::records::query::{Bulk, Cells, Step, Value};
use crate::records::sql::{listings as sql, process};
use crate::records::{Beside, RecordsError};
use crate::seal::Keyring;

/// What somebody says of the member they look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The number of a membership, as it is written.
    Number(String),
    Phone(PhoneNumber),
    /// The last digits of a phone number, four at least.
    Tail(String),
    /// Words of the name, each in any script and spelling.
    Words(String),
}

/// So many digits end a number in the table.
const TAIL: usize = 4;
/// Without its letters, the number of a membership has more digits than these.
const MEMBER_DIGITS: usize = 8;

impl Wanted {
    /// What a text is.
    ///
    /// # Errors
    /// What to say instead.
    pub fn of(text: &str) -> Result<Wanted, &'static str> {
        let cleaned = clean(text);
        let digits = cleaned.replace(' ', "");
        if digits.is_empty() {
            return Err("say a name, a number or its last digits");
        }
        if let Ok(phone) = PhoneNumber::parse(text.trim()) {
            return Ok(Wanted::Phone(phone));
        }
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(serial) = parse_member_number(text)
            && (!is_number || digits.len() > MEMBER_DIGITS)
        {
            return Ok(Wanted::Number(member_number(serial)));
        }
        if !is_number {
            return Ok(Wanted::Words(text.trim().to_owned()));
        }
        if digits.len() < TAIL {
            return Err("of a number the last four digits are needed, or more");
        }
        Ok(Wanted::Tail(digits))
    }
}

/// How far [`Beside::index`] came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Rows that were read.
    pub rows: u64,
    /// Of them those that could not be opened: nobody is found by them.
    pub unread: u64,
    /// All there are is in the tables now.
    pub is_done: bool,
}

/// So many rows are one step.
const STEP: usize = 5_000;
/// Numbers are given before rows are committed: so many before the last one known are read once more when
/// something is new.
const AGAIN: i64 = 5_000;

const ADD_WORDS: Bulk = Bulk {
    one: "INSERT INTO member_words (hash, member) VALUES (?1, ?2) ON CONFLICT (hash, member) DO NOTHING",
    all: "INSERT INTO member_words (hash, member) SELECT * FROM unnest(?1::BIGINT[], ?2::BIGINT[])
          ON CONFLICT (hash, member) DO NOTHING",
};
const ADD_TAILS: Bulk = Bulk {
    one: "INSERT INTO phone_tails (hash, address) VALUES (?1, ?2) ON CONFLICT (hash, address) DO NOTHING",
    all: "INSERT INTO phone_tails (hash, address) SELECT * FROM unnest(?1::BIGINT[], ?2::BIGINT[])
          ON CONFLICT (hash, address) DO NOTHING",
};

/// A member or an address, and by what it is found.
type Hashes = (i64, Vec<i64>);

/// What is read into a table of words or digits: the word of `meta` that says how far, the rows, and the table.
struct Source {
    mark: &'static str,
    newest: &'static str,
    rows: &'static str,
    into: Bulk,
    hashes: fn(&Keyring, &Cells) -> Result<Hashes, RecordsError>,
}

fn sources() -> [Source; 3] {
    let [members, history, addresses] = sql::NEWEST;
    [
        Source {
            mark: "words_of_members",
            newest: members,
            rows: sql::NAMES,
            into: ADD_WORDS,
            hashes: words_in,
        },
        Source {
            mark: "words_of_changes",
            newest: history,
            rows: sql::CHANGED_NAMES,
            into: ADD_WORDS,
            hashes: words_in,
        },
        Source {
            mark: "tails_of_addresses",
            newest: addresses,
            rows: sql::NUMBERS,
            into: ADD_TAILS,
            hashes: tail_in,
        },
    ]
}

/// The member of a row (how far, member, contact, sealed name) and the hashes of the words of the name.
fn words_in(keyring: &Keyring, row: &Cells) -> Result<Hashes, RecordsError> {
    let (member, contact) = (row.int(1)?, row.int(2)?);
    let sealed = row.maybe_bytes(3)?.unwrap_or_default();
    let name = open_name(keyring, contact, member, sealed)?;
    let words = words_of(&name);
    Ok((member, words.iter().map(|word| word_hash(keyring, word)).collect()))
}

/// The address of a row and the hash of its last digits.
fn tail_in(keyring: &Keyring, row: &Cells) -> Result<Hashes, RecordsError> {
    let id = row.int(0)?;
    let number = open_address(keyring, id, row.maybe_bytes(1)?, row.maybe_bytes(2)?)?;
    Ok((id, tail_hash(keyring, &number).into_iter().collect()))
}

fn word_hash(keyring: &Keyring, word: &NameKey) -> i64 {
    halves(keyring.keyed_hash("word", 0, word.bytes())).0
}

/// Of a number with digits enough.
fn tail_hash(keyring: &Keyring, number: &str) -> Option<i64> {
    let start = number.len().checked_sub(TAIL)?;
    let tail = number.get(start..)?;
    Some(halves(keyring.keyed_hash("tail", 0, tail.as_bytes())).0)
}

impl Beside {
    /// Brings the tables by which people are found a step nearer to what stands in the records; to be called
    /// until it is done. A server beside it waits no longer than for one step.
    pub async fn index(&self) -> Result<Indexed, RecordsError> {
        let mut indexed = Indexed { rows: 0, unread: 0, is_done: true };
        for source in sources() {
            let step = self.index_from(&source).await?;
            indexed.rows += step.rows;
            indexed.unread += step.unread;
            indexed.is_done &= step.is_done;
        }
        Ok(indexed)
    }

    async fn index_from(&self, source: &Source) -> Result<Indexed, RecordsError> {
        let newest = self.query(source.newest, Vec::new()).await?;
        let newest = newest.first().map_or(Ok(0), |row| row.int(0))?;
        // `progress:newest`: how far the rows were read, and which was the last when all were.
        let mark = self.query(process::META, vec![source.mark.into()]).await?;
        let mark = mark.first().map(|row| row.text(0)).transpose()?.unwrap_or("0:0");
        let (progress, seen) = mark.split_once(':').unwrap_or(("0", "0"));
        let (progress, seen) = (progress.parse().unwrap_or(0_i64), seen.parse().unwrap_or(0_i64));
        if seen == newest && progress >= newest {
            return Ok(Indexed { rows: 0, unread: 0, is_done: true });
        }
        let from = if progress == seen { (progress - AGAIN).max(0) } else { progress };
        let rows = self.query(source.rows, vec![from.into(), STEP.into()]).await?;
        let mut pairs = BTreeSet::new();
        let (mut reached, mut unread) = (from, 0);
        for row in &rows {
            reached = row.int(0)?;
            match (source.hashes)(self.keyring(), row) {
                Ok((of, hashes)) => pairs.extend(hashes.into_iter().map(|hash| (hash, of))),
                // One row that is broken must not keep the others from being found.
                Err(RecordsError::Broken { .. }) => unread += 1,
                Err(error) => return Err(error),
            }
        }
        let is_done = rows.len() < STEP;
        let reached = if is_done { newest.max(reached) } else { reached };
        // Equal halves say that all were read; unequal ones that a step is on its way.
        let seen = if is_done { reached } else { 0 };
        let values = vec![source.mark.into(), Value::Text(format!("{reached}:{seen}"))];
        let marked = Step { sql: sql::MARK, values };
        let columns = pairs.into_iter().unzip::<i64, i64, Vec<_>, Vec<_>>();
        self.add_many(source.into, vec![columns.0, columns.1], vec![marked]).await?;
        Ok(Indexed { rows: u64::try_from(rows.len()).unwrap_or(0), unread, is_done })
    }

    pub(in crate::records) async fn add_many(
        &self,
        bulk: Bulk,
        columns: Vec<Vec<i64>>,
        steps: Vec<Step>,
    ) -> Result<(), RecordsError> {
        on!(self, store => store.add_many(bulk, columns, steps).await)
    }

    /// Members by what somebody remembers, of some places, at most `limit`. What was written after the last
    /// [`Beside::index`] is not found by a word or by last digits.
    pub async fn find(
        &self,
        wanted: &Wanted,
        whom: &Whom,
        limit: usize,
    ) -> Result<Vec<Listed>, RecordsError> {
        let condition = whom.condition();
        match wanted {
            Wanted::Number(number) => {
                self.listed(sql::numbered(&condition), vec![number.as_str().into()]).await
            }
            Wanted::Phone(phone) => {
                let hash = phone_hash(self.keyring(), *phone).to_vec();
                let values = vec![Value::Bytes(hash), limit.into()];
                self.listed(sql::on_number(&condition), values).await
            }
            Wanted::Tail(digits) => self.with_tail(digits, &condition, limit).await,
            Wanted::Words(name) => self.with_words(name, &condition, limit).await,
        }
    }

    async fn with_tail(
        &self,
        digits: &str,
        condition: &str,
        limit: usize,
    ) -> Result<Vec<Listed>, RecordsError> {
        let Some(hash) = tail_hash(self.keyring(), digits) else { return Ok(Vec::new()) };
        let mut found = self.listed(sql::with_tail(condition), vec![hash.into()]).await?;
        let ends_so = |one: &Listed| {
            one.addresses.addresses.iter().any(|address| address.value.ends_with(digits))
        };
        found.retain(ends_so);
        found.truncate(limit);
        Ok(found)
    }

    async fn with_words(
        &self,
        name: &str,
        condition: &str,
        limit: usize,
    ) -> Result<Vec<Listed>, RecordsError> {
        let words = words_of(name);
        let mut hashes = Vec::with_capacity(words.len());
        for word in &words {
            let hash = word_hash(self.keyring(), word);
            let counted = self.query(sql::HOW_MANY, vec![hash.into()]).await?;
            hashes.push((counted.first().map_or(Ok(0), |row| row.int(0))?, hash));
        }
        hashes.sort_unstable();
        let mut found = Vec::new();
        if let Some(((_, rarest), others)) = hashes.split_first() {
            found = if condition.is_empty() {
                let mut values = vec![Value::Int(*rarest), limit.into()];
                values.extend(others.iter().map(|(_, hash)| Value::Int(*hash)));
                self.listed(sql::with_words(others.len()), values).await?
            } else {
                let mut values = vec![limit.into()];
                values.extend(hashes.iter().map(|(_, hash)| Value::Int(*hash)));
                self.listed(sql::with_words_there(hashes.len(), condition), values).await?
            };
            // The name may have been another when its words were read.
            let has_all = |one: &Listed| {
                let here = words_of(&one.name);
                words.iter().all(|word| here.contains(word))
            };
            found.retain(has_all);
        }
        if found.is_empty() {
            // One word here may be two there.
            found = self.called(name, condition, limit).await?;
        }
        Ok(found)
    }

    /// Members of this whole name, however it is spelt.
    pub async fn people_called(
        &self,
        name: &str,
        limit: usize,
    ) -> Result<Vec<Listed>, RecordsError> {
        self.called(name, "", limit).await
    }

    async fn called(
        &self,
        name: &str,
        condition: &str,
        limit: usize,
    ) -> Result<Vec<Listed>, RecordsError> {
        let hash = name_hash(self.keyring(), name);
        self.listed(sql::named(condition), vec![hash.into(), limit.into()]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_known_by_its_make() {
        let number = member_number(572);
        let phone = Wanted::Phone(PhoneNumber::parse("9812345678").unwrap());
        for (text, wanted) in [
            ("9812345678", Ok(phone.clone())),
            ("+91 98123-45678", Ok(phone)),
            ("5678", Ok(Wanted::Tail("5678".to_owned()))),
            ("४५ ६७८", Ok(Wanted::Tail("45678".to_owned()))),
            ("678", Err("of a number the last four digits are needed, or more")),
            (number.as_str(), Ok(Wanted::Number(number.clone()))),
            ("up 572 4", Ok(Wanted::Number(number.clone()))),
            ("सुनीता", Ok(Wanted::Words("सुनीता".to_owned()))),
            (" ", Err("say a name, a number or its last digits")),
        ] {
            assert_eq!(Wanted::of(text), wanted, "{text}");
        }
    }
}
