//! Everybody who may be a recipient, batch by batch, with what an audience asks beside them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::office::Office;
use crate::audience::Audience;
use crate::broadcast::{BroadcastState, Candidate, Earlier, Frozen, Took};
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
/// The newest that ran.
const LAST: &str = "last";

/// The broadcasts there are in the records.
pub(super) async fn known(records: &Beside) -> anyhow::Result<Vec<BroadcastRow>> {
    Ok(records.broadcasts(MOST_BROADCASTS).await?)
}

/// The broadcast of a name; of one that comes again, the newest of its days.
pub(super) fn named<'r>(rows: &'r [BroadcastRow], name: &str) -> Option<&'r BroadcastRow> {
    let own = rows.iter().find(|row| row.name == name);
    own.or_else(|| rows.iter().find(|row| is_a_day_of(&row.name, name)))
}

/// Whether this is the name of one day of a broadcast that comes again: `news.2026-12-13`.
fn is_a_day_of(row: &str, name: &str) -> bool {
    let day = row.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
    day.is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}

/// The names an audience may ask about.
pub(super) fn names_of(rows: &[BroadcastRow]) -> Vec<String> {
    let mut names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let bare = rows.iter().filter_map(|row| {
        let (name, day) = row.name.split_once('.')?;
        day.parse::<jiff::civil::Date>().is_ok().then(|| name.to_owned())
    });
    names.extend(bare);
    names.sort_unstable();
    names.dedup();
    names
}

/// The audience of a frozen broadcast, read anew: places and lists are those of today.
pub(super) fn audience_of(
    office: &Office,
    frozen: &Frozen,
    rows: &[BroadcastRow],
) -> anyhow::Result<Option<Audience>> {
    let Some(text) = &frozen.audience else { return Ok(None) };
    let names = names_of(rows);
    let audience = Audience::read(text, &office.names(&names));
    audience.map(Some).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Candidates on their way.
pub(super) struct Crowd<'r> {
    records: &'r Beside,
    /// By their places in the audience; `None`: none of this name ran.
    broadcasts: Vec<Option<i64>>,
    /// The same of polls.
    polls: Vec<Option<i64>>,
    purpose: Purpose,
    /// From when on a cap counts; `None`: there is none.
    capped_since: Option<Timestamp>,
    /// Whom a list names: all of them at once, in the order of the contacts.
    listed: Option<Vec<Candidate>>,
    after: i64,
    lists: Vec<Arc<HashSet<i64>>>,
    /// The tags the audience asks about.
    tags: Vec<String>,
    /// Numbers of a list that nobody has.
    pub(super) unknown_numbers: usize,
}

impl<'r> Crowd<'r> {
    /// Of a broadcast; what it asks of earlier ones is looked up among `rows`.
    pub(super) async fn gather(
        records: &'r Beside,
        office: &Office,
        frozen: &Frozen,
        audience: Option<&Audience>,
        rows: &[BroadcastRow],
        now: Timestamp,
    ) -> anyhow::Result<Crowd<'r>> {
        let caps = &office.config.rules.caps;
        let mut crowd = Crowd::new(records, frozen.purpose);
        crowd.capped_since = caps.most(frozen.purpose).map(|_| caps.since(now));
        if let Some(audience) = audience {
            crowd.asks(office, audience, rows, &frozen.name).await?;
        }
        if let Some(list) = &frozen.list {
            crowd.listed = Some(crowd.people_of(&office.folder()?.join(list)).await?);
        }
        Ok(crowd)
    }

    /// Everybody, with what an audience asks beside them.
    pub(super) async fn of_audience(
        records: &'r Beside,
        office: &Office,
        audience: &Audience,
        rows: &[BroadcastRow],
    ) -> anyhow::Result<Crowd<'r>> {
        let mut crowd = Crowd::new(records, Purpose::Samvad);
        crowd.asks(office, audience, rows, "").await?;
        Ok(crowd)
    }

    fn new(records: &'r Beside, purpose: Purpose) -> Crowd<'r> {
        Crowd {
            records,
            broadcasts: Vec::new(),
            polls: Vec::new(),
            purpose,
            capped_since: None,
            listed: None,
            after: 0,
            lists: Vec::new(),
            tags: Vec::new(),
            unknown_numbers: 0,
        }
    }

    /// Finds what an audience names; `own`: the broadcast it is of is no earlier one.
    async fn asks(
        &mut self,
        office: &Office,
        audience: &Audience,
        rows: &[BroadcastRow],
        own: &str,
    ) -> anyhow::Result<()> {
        let earlier = audience.broadcasts().iter().map(|name| match name.as_str() {
            LAST => rows.iter().find(|row| row.name != own && has_run(row)),
            name => named(rows, name),
        });
        self.broadcasts = earlier.map(|row| row.map(|row| row.id)).collect();
        for poll in audience.polls() {
            self.polls.push(self.records.poll(poll).await?.map(|row| row.id));
        }
        self.tags = audience.tags().into_iter().map(str::to_owned).collect();
        for list in audience.lists() {
            let people = self.people_of(&office.folder()?.join(list)).await?;
            let contacts = people.iter().map(|one| one.contact.id).collect();
            self.lists.push(Arc::new(contacts));
        }
        Ok(())
    }

    /// Those of these numbers alone.
    pub(super) async fn of_numbers(
        records: &'r Beside,
        numbers: &[PhoneNumber],
        purpose: Purpose,
    ) -> anyhow::Result<Crowd<'r>> {
        let people = records.candidates_of(numbers).await?;
        Ok(Crowd {
            unknown_numbers: numbers.len().saturating_sub(people.len()),
            listed: Some(people),
            ..Crowd::new(records, purpose)
        })
    }

    /// The contacts of a list's numbers, each once, in their order.
    async fn people_of(&mut self, path: &Path) -> anyhow::Result<Vec<Candidate>> {
        let numbers = numbers_in(path)?;
        let mut people: Vec<Candidate> = Vec::new();
        for some in numbers.chunks(NUMBERS) {
            let found = self.records.candidates_of(some).await?;
            self.unknown_numbers += some.len().saturating_sub(found.len());
            people.extend(found);
        }
        people.sort_unstable_by_key(|one| one.contact.id);
        people.dedup_by_key(|one| one.contact.id);
        Ok(people)
    }

    /// The next of them, in the order of the contacts; none: there are no more.
    pub(super) async fn next(&mut self) -> anyhow::Result<(Vec<Candidate>, Earlier)> {
        let batch = match &mut self.listed {
            Some(listed) => {
                let rest = listed.split_off(listed.len().min(BATCH));
                std::mem::replace(listed, rest)
            }
            None => self.records.candidates(self.after, BATCH).await?,
        };
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

/// Whether anybody was written to.
const fn has_run(row: &BroadcastRow) -> bool {
    matches!(row.state, BroadcastState::Running | BroadcastState::Paused | BroadcastState::Done)
}

/// The numbers of a list: of each row the first cell that is a mobile's, each number once.
pub(in crate::cli) fn numbers_in(path: &Path) -> anyhow::Result<Vec<PhoneNumber>> {
    let mut numbers = Vec::new();
    let mut known = HashSet::new();
    let mut rows_without = 0_usize;
    let mut take = |row: Row| -> Result<(), String> {
        let found = row.cells.iter().find_map(|cell| PhoneNumber::parse(&cell.text()).ok());
        match found {
            Some(number) if known.insert(number) => numbers.push(number),
            Some(_) => {}
            None => rows_without += 1,
        }
        Ok(())
    };
    sheet::read(path, None, &mut take)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    if numbers.is_empty() {
        bail!("{} has no mobile number in any row", path.display());
    }
    // The header is one.
    if rows_without > 1 {
        eprintln!("{}: {} rows have no mobile number", path.display(), rows_without - 1);
    }
    Ok(numbers)
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
        let numbers = numbers_in(&path).unwrap();
        let digits: Vec<&str> = numbers.iter().map(PhoneNumber::digits).collect();
        assert_eq!(digits, ["9812345678", "9812345679"]);
    }

    #[test]
    fn a_list_without_a_number_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guests.csv");
        std::fs::write(&path, "नाम\nसुनीता\n").unwrap();
        assert!(numbers_in(&path).is_err());
    }
}
