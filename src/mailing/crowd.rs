//! Everybody who may be a recipient, batch by batch, with what an audience asks beside them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::MailingError;
use super::office::Office;
use crate::audience::Audience;
use crate::broadcast::{Candidate, Earlier, Frozen, Named, Took};
use crate::contact::PhoneNumber;
use crate::message::Purpose;
use crate::records::{Beside, BroadcastRow};
use crate::sheet::{self, Row};

/// Contacts looked at in one step.
const BATCH: usize = 5_000;
/// Numbers looked up at once.
const NUMBERS: usize = 2_000;
/// Broadcasts looked through for a name.
const MOST_BROADCASTS: usize = 10_000;
/// So many rows are named.
const MOST_NAMED: usize = 10;
/// The newest that ran.
const LAST: &str = "last";

/// The broadcasts there are in the records.
pub async fn known(records: &Beside) -> Result<Vec<BroadcastRow>, MailingError> {
    Ok(records.broadcasts(MOST_BROADCASTS).await?)
}

/// The broadcast of a name; where none has it, the newest of the days of one that comes again.
pub fn named<'r>(rows: &'r [BroadcastRow], name: &str) -> Option<&'r BroadcastRow> {
    let own = rows.iter().find(|row| row.name == name);
    own.or_else(|| rows.iter().find(|row| is_a_day_of(&row.name, name)))
}

/// Which earlier broadcasts an audience means by its names, on the day it is planned; `own` is the name of
/// the broadcast whose audience it is, which is never its own predecessor.
pub async fn resolved(
    records: &Beside,
    audience: Option<&Audience>,
    own: &str,
    rows: &[BroadcastRow],
) -> Result<Vec<Named>, MailingError> {
    let mut others: Vec<&BroadcastRow> = rows.iter().filter(|row| row.name != own).collect();
    // What began last comes first.
    others.sort_by_key(|row| std::cmp::Reverse(row.frozen_at));
    let mut earlier = Vec::new();
    for name in audience.map(Audience::broadcasts).unwrap_or_default() {
        let found = if name == LAST { last(records, &others).await? } else { meant(&others, name) };
        let found = found.map(|row| (row.id, row.name.clone()));
        earlier.push(Named { name: name.clone(), found });
    }
    Ok(earlier)
}

/// The newest by which anybody was written to, whatever became of it then; a test is none.
async fn last<'r>(
    records: &Beside,
    others: &[&'r BroadcastRow],
) -> Result<Option<&'r BroadcastRow>, MailingError> {
    for row in others.iter().copied().filter(|row| may_be_last(row)) {
        if records.progress(row.id).await?.released > 0 {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// Whether it has recipients, and they are not the phones of the office.
const fn may_be_last(row: &BroadcastRow) -> bool {
    row.frozen_at.is_some() && row.test_of.is_none()
}

/// The broadcast of this name; of one that comes again, the newest of its days that has recipients.
fn meant<'r>(others: &[&'r BroadcastRow], name: &str) -> Option<&'r BroadcastRow> {
    let own = others.iter().copied().find(|row| row.name == name && !row.repeats);
    let mut days = others.iter().copied().filter(|row| row.frozen_at.is_some());
    own.or_else(|| days.find(|row| is_a_day_of(&row.name, name)))
}

/// Whether this is the name of one day of a broadcast that comes again: `news.2026-12-13`.
fn is_a_day_of(row: &str, name: &str) -> bool {
    day_in(row).is_some_and(|(own, _)| own == name)
}

/// The broadcast and the day in the name of one of its days.
#[must_use]
pub fn day_in(name: &str) -> Option<(&str, Date)> {
    let (name, day) = name.split_once('.')?;
    Some((name, day.parse().ok()?))
}

/// The names an audience may ask about.
pub fn names_of(rows: &[BroadcastRow]) -> Vec<String> {
    let mut names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let bare = rows.iter().filter_map(|row| day_in(&row.name).map(|(name, _)| name.to_owned()));
    names.extend(bare);
    names.sort_unstable();
    names.dedup();
    names
}

/// The audience of a frozen broadcast, read anew: places and lists are those of today, earlier broadcasts
/// those of the day it was planned.
pub async fn audience_of(
    records: &Beside,
    office: &Office,
    frozen: &Frozen,
) -> Result<Option<Audience>, MailingError> {
    let Some(text) = &frozen.audience else { return Ok(None) };
    let names: Vec<String> = frozen.earlier.iter().map(|named| named.name.clone()).collect();
    audience_from(records, office, text, &names).await.map(Some)
}

/// An audience among earlier broadcasts of these names. The booths of sectors are read where it asks of any.
pub async fn audience_from(
    records: &Beside,
    office: &Office,
    text: &str,
    names: &[String],
) -> Result<Audience, MailingError> {
    let read = |booths| {
        let audience = Audience::read(text, &office.names(names, booths));
        audience.map_err(|error| MailingError::said(error.to_string()))
    };
    let audience = read(None)?;
    if audience.asks_of_sectors() {
        return read(Some(records.booths().await?));
    }
    Ok(audience)
}

/// Candidates on their way.
pub struct Crowd<'r> {
    records: &'r Beside,
    /// By their places in the audience; `None`: none of this name ran.
    broadcasts: Vec<Option<i64>>,
    /// The same of polls.
    polls: Vec<Option<i64>>,
    purpose: Purpose,
    /// From when on a cap counts; `None`: there is none.
    capped_since: Option<Timestamp>,
    /// Whom a list names, in their order.
    listed: Option<Vec<i64>>,
    /// How many of the list were looked at.
    looked_at: usize,
    after: i64,
    lists: Vec<Arc<HashSet<i64>>>,
    /// The tags the audience asks about.
    tags: Vec<String>,
    /// Numbers of a list that nobody has.
    pub unknown_numbers: usize,
    /// The lists with rows that have no mobile number, and which.
    pub rows_without: Vec<(PathBuf, Vec<u32>)>,
    /// The lists with rows that are hidden in them, and how many: they are read like the others.
    pub hidden_rows: Vec<(PathBuf, u64)>,
}

impl<'r> Crowd<'r> {
    /// Of a broadcast.
    pub async fn gather(
        records: &'r Beside,
        office: &Office,
        frozen: &Frozen,
        audience: Option<&Audience>,
        now: Timestamp,
    ) -> Result<Crowd<'r>, MailingError> {
        let caps = &office.config.rules.caps;
        let mut crowd = Crowd::new(records, frozen.purpose);
        // What went out long before it begins counts no more when it begins.
        let begins = frozen.from.map_or(now, |from| from.max(now));
        crowd.capped_since = caps.most(frozen.purpose).map(|_| caps.since(begins));
        if let Some(audience) = audience {
            crowd.asks(office, audience, &frozen.earlier).await?;
        }
        if let Some(list) = &frozen.list {
            crowd.listed = Some(crowd.contacts_of(&office.folder()?.join(list)).await?);
        }
        Ok(crowd)
    }

    /// Everybody, with what an audience asks beside them; `earlier`: which broadcasts it means ([`resolved`]).
    pub async fn of_audience(
        records: &'r Beside,
        office: &Office,
        audience: &Audience,
        earlier: &[Named],
    ) -> Result<Crowd<'r>, MailingError> {
        let mut crowd = Crowd::new(records, Purpose::Samvad);
        crowd.asks(office, audience, earlier).await?;
        Ok(crowd)
    }

    /// Finds what an audience names; `earlier`: which broadcasts it means ([`resolved`]).
    async fn asks(
        &mut self,
        office: &Office,
        audience: &Audience,
        earlier: &[Named],
    ) -> Result<(), MailingError> {
        for name in audience.broadcasts() {
            let Some(named) = earlier.iter().find(|named| named.name == *name) else {
                return Err(MailingError::said(
                    "it was planned by an older version of Samvad; plan it anew",
                ));
            };
            self.broadcasts.push(named.found.as_ref().map(|(id, _)| *id));
        }
        for poll in audience.polls() {
            self.polls.push(self.records.poll(poll).await?.map(|row| row.id));
        }
        self.tags = audience.tags().into_iter().map(str::to_owned).collect();
        for list in audience.lists() {
            let contacts = self.contacts_of(&office.folder()?.join(list)).await?;
            self.lists.push(Arc::new(contacts.into_iter().collect()));
        }
        Ok(())
    }

    /// Those of these numbers alone.
    pub async fn of_numbers(
        records: &'r Beside,
        numbers: &[PhoneNumber],
        purpose: Purpose,
    ) -> Result<Crowd<'r>, MailingError> {
        let mut crowd = Crowd::new(records, purpose);
        crowd.listed = Some(crowd.owners_of(numbers).await?);
        Ok(crowd)
    }

    const fn new(records: &'r Beside, purpose: Purpose) -> Crowd<'r> {
        Crowd {
            records,
            broadcasts: Vec::new(),
            polls: Vec::new(),
            purpose,
            capped_since: None,
            listed: None,
            looked_at: 0,
            after: 0,
            lists: Vec::new(),
            tags: Vec::new(),
            unknown_numbers: 0,
            rows_without: Vec::new(),
            hidden_rows: Vec::new(),
        }
    }

    /// The contacts of a list's numbers, each once, in their order. Only who they are is kept: a list of lakhs
    /// is read in pages like everybody else.
    async fn contacts_of(&mut self, path: &Path) -> Result<Vec<i64>, MailingError> {
        let own = path.to_owned();
        // A list of lakhs takes a moment, and a server has others to look after.
        let reading = tokio::task::spawn_blocking(move || numbers_in(&own)).await;
        let read = reading.map_err(|error| MailingError::said(error.to_string()))??;
        if !read.rows_without.is_empty() {
            self.rows_without.push((path.to_owned(), read.rows_without));
        }
        if read.hidden_rows > 0 {
            self.hidden_rows.push((path.to_owned(), read.hidden_rows));
        }
        self.owners_of(&read.numbers).await
    }

    async fn owners_of(&mut self, numbers: &[PhoneNumber]) -> Result<Vec<i64>, MailingError> {
        let mut contacts: Vec<i64> = Vec::new();
        for some in numbers.chunks(NUMBERS) {
            let found = self.records.contacts_of(some).await?;
            self.unknown_numbers += some.len().saturating_sub(found.len());
            contacts.extend(found);
        }
        contacts.sort_unstable();
        contacts.dedup();
        Ok(contacts)
    }

    /// The next page of the list, or of everybody; none: there are no more.
    async fn page(&mut self) -> Result<Vec<Candidate>, MailingError> {
        let Some(listed) = &self.listed else {
            return Ok(self.records.candidates(self.after, BATCH).await?);
        };
        loop {
            let rest = listed.get(self.looked_at..).unwrap_or_default();
            let ids = rest.get(..BATCH).unwrap_or(rest);
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            self.looked_at += ids.len();
            let page = self.records.candidates_among(ids).await?;
            // Whose record cannot be read is left out, and a page of nobody is not the end.
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }

    /// The next of them, in the order of the contacts; none: there are no more.
    pub async fn next(&mut self) -> Result<(Vec<Candidate>, Earlier), MailingError> {
        let batch = self.page().await?;
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
            return Ok((Vec::new(), Earlier::default()));
        };
        let (first, last) = (first.contact.id, last.contact.id);
        self.after = last;
        let mut earlier = Earlier { lists: self.lists.clone(), ..Earlier::default() };
        for broadcast in &self.broadcasts {
            let mut took = HashMap::new();
            if let Some(id) = broadcast {
                for one in self.records.took_part(*id, first..=last).await? {
                    let records = Took {
                        sent: one.sent,
                        delivered: one.delivered,
                        replied: one.replied,
                        failed: one.failed,
                    };
                    took.insert(one.contact, records);
                }
            }
            earlier.broadcasts.push(took);
        }
        for poll in &self.polls {
            let mut people = HashMap::new();
            if let Some(id) = poll {
                let polled = self.records.polled(*id, first..=last).await?;
                people.extend(polled.into_iter().map(|one| (one.contact, one.answered)));
            }
            earlier.polls.push(people);
        }
        for tag in &self.tags {
            let who = self.records.tagged(tag, first..=last).await?;
            earlier.tags.insert(tag.clone(), who.into_iter().collect());
        }
        if let Some(wanted) = self.purpose.asks_for() {
            let asked = self.records.asked(wanted, first..=last).await?;
            earlier.told = asked.into_iter().map(|contact| (contact, 1)).collect();
        }
        if let Some(since) = self.capped_since {
            let told = self.records.told(first - 1, last, self.purpose, since).await?;
            earlier.told = told.into_iter().collect();
        }
        Ok((batch, earlier))
    }
}

/// What a list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRead {
    /// Each once, in their order.
    pub numbers: Vec<PhoneNumber>,
    /// Rows without a mobile number, from 1 as a spreadsheet counts; the header is none of them.
    pub rows_without: Vec<u32>,
    /// So many of its rows are hidden in the workbook.
    pub hidden_rows: u64,
}

/// The numbers of a list: of each row the first cell that is a mobile's, each number once.
///
/// # Errors
/// The file cannot be read, or has no number in any row.
pub fn numbers_in(path: &Path) -> Result<ListRead, MailingError> {
    let mut numbers = Vec::new();
    let mut known = HashSet::new();
    let mut without: Vec<u32> = Vec::new();
    let mut first = None;
    let mut take = |row: Row| -> Result<(), String> {
        let found = row.cells.iter().find_map(|cell| PhoneNumber::parse(&cell.text()).ok());
        first.get_or_insert(row.number);
        match found {
            Some(number) if known.insert(number) => numbers.push(number),
            Some(_) => {}
            None => without.push(row.number),
        }
        Ok(())
    };
    let read = sheet::read(path, None, &mut take);
    let aside = read.map_err(|error| MailingError::unreadable(path, &error))?;
    if numbers.is_empty() {
        let words = format!("{} has no mobile number in any row", path.display());
        return Err(MailingError::said(words));
    }
    without.retain(|row| Some(*row) != first);
    Ok(ListRead { numbers, rows_without: without, hidden_rows: aside.hidden_rows })
}

/// Which rows of a list say nobody, for who reads the terminal; `None`: each has a number.
pub fn without_number(rows: &[u32]) -> Option<String> {
    let named: Vec<String> = rows.iter().take(MOST_NAMED).map(u32::to_string).collect();
    let named = named.join(", ");
    match rows.len() {
        0 => None,
        1 => Some(format!("row {named} has no mobile number")),
        count if count > MOST_NAMED => {
            Some(format!("{count} rows have no mobile number: {named}, …"))
        }
        count => Some(format!("{count} rows have no mobile number: {named}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_of_what_comes_again_is_known_by_its_name() {
        assert!(is_a_day_of("news.2026-12-13", "news"));
        assert!(!is_a_day_of("news.test1", "news"));
        assert!(!is_a_day_of("newspaper", "news"));
    }

    #[test]
    fn a_list_gives_each_number_once_in_any_script() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guests.csv");
        std::fs::write(
            &path,
            "नाम,मोबाइल\nसुनीता,9812345678\nराम,९८१२३४५६७८\nगीता,\nमीना,+91 98123 45679\n",
        )
        .unwrap();
        let read = numbers_in(&path).unwrap();
        assert_eq!(read.rows_without, [4]);
        let digits: Vec<&str> = read.numbers.iter().map(PhoneNumber::digits).collect();
        assert_eq!(digits, ["9812345678", "9812345679"]);
    }

    #[test]
    fn rows_that_say_nobody_are_named() {
        assert_eq!(without_number(&[]), None);
        assert_eq!(without_number(&[7]).unwrap(), "row 7 has no mobile number");
        assert_eq!(without_number(&[7, 9]).unwrap(), "2 rows have no mobile number: 7, 9");
        let many: Vec<u32> = (1..=11).collect();
        assert!(without_number(&many).unwrap().ends_with("9, 10, …"));
    }

    #[test]
    fn a_list_without_a_number_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guests.csv");
        std::fs::write(&path, "नाम\nसुनीता\n").unwrap();
        assert!(numbers_in(&path).is_err());
    }
}
