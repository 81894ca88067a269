//! The office with its records open, and who of the people in them stands on a roster.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::office::Office;
use crate::audience::Home;
use crate::broadcast::{Candidate, Membership};
use crate::cli::OriginArgs;
use crate::cli::rows::Progress;
use crate::clock::{Clock, Ids};
use crate::locale::india_midnight;
use crate::message::Purpose;
use crate::places::{Booths, Place, Tree};
use crate::poll::electorate::{Elector, Enrolled, Ground, enrol};
use crate::poll::envelope::Origin;
use crate::poll::file::Poll;
use crate::records::{Beside, PollRow};

/// Contacts looked at in one step.
const BATCH: usize = 5_000;

/// The office with its records open.
pub(super) struct Desk {
    pub(super) office: Office,
    pub(super) runtime: Runtime,
    pub(super) records: Beside,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
}

impl Desk {
    pub(super) fn open(origins: &OriginArgs) -> anyhow::Result<Desk> {
        let office = Office::open(origins)?;
        let options = crate::cli::keys::records_options(&origins.read_for_records(&[])?)?;
        let runtime = crate::cli::runtime()?;
        let records = runtime.block_on(Beside::open(options))?;
        Ok(Desk { office, runtime, records, clock: Clock::System, ids: Ids::system() })
    }

    /// The poll of a name as it was opened.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn row(&self, name: &str) -> anyhow::Result<PollRow> {
        let Some(row) = self.runtime.block_on(self.records.poll(name))? else {
            let known = self.runtime.block_on(self.records.polls(MOST_NAMED))?;
            let names: Vec<&str> = known.iter().map(|row| row.name.as_str()).collect();
            if names.is_empty() {
                bail!("no poll was opened yet; `samvad poll open {name} --by …` opens one");
            }
            bail!("no poll {name} was opened; there are {}", names.join(", "));
        };
        Ok(row)
    }
}

/// So many polls are named where one is not found.
const MOST_NAMED: usize = 10;

/// Whoever does it: their name stands in the log of the poll.
///
/// # Errors
/// There is no name.
pub(super) fn actor(by: &str) -> anyhow::Result<&str> {
    let by = by.trim();
    if by.is_empty() {
        bail!("--by needs your name: it stands in the log of the poll");
    }
    Ok(by)
}

/// A person who may answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enlisted {
    pub(super) contact: i64,
    pub(super) person: i64,
    pub(super) origin: Origin,
}

/// What looking at everybody came to.
#[derive(Debug, Default)]
pub(super) struct Electorate {
    /// By seat.
    pub(super) voters: BTreeMap<u16, u64>,
    /// By seat, place and post, whole.
    pub(super) groups: BTreeMap<Origin, u64>,
    /// In the electorate, of a seat that is not in the poll.
    pub(super) elsewhere: u64,
    /// In the electorate, and nobody knows their seat.
    pub(super) nowhere: u64,
    /// Of the voters, who has not agreed to be asked.
    pub(super) unasked: u64,
}

impl Electorate {
    pub(super) fn people(&self) -> u64 {
        self.voters.values().sum()
    }
}

/// Looks at everybody in the records, batch by batch, in the order of their contacts; `take` gets those who may answer.
pub(super) async fn walk(
    records: &Beside,
    office: &Office,
    poll: &Poll,
    mut take: impl AsyncFnMut(Vec<Enlisted>) -> anyhow::Result<()>,
) -> anyhow::Result<Electorate> {
    let end = poll.electorate.on.tomorrow().context("the day of the electorate is out of range")?;
    let at = india_midnight(end).context("the day of the electorate is out of range")?;
    let booths: Booths = records.booths().await?;
    let tree = Tree::new(&office.geography);
    let ground = Ground {
        lok_sabha_of: &|assembly| office.geography.assembly(assembly).map(|seat| seat.lok_sabha),
        sector_of: &|assembly, booth| booths.get(assembly, booth).map_or(0, |booth| booth.sector),
        seats_of: &|place: Place| tree.seats_under(place),
    };
    let mut electorate = Electorate::default();
    let mut told = Progress::new();
    let (mut after, mut looked_at) = (0, 0_u64);
    loop {
        let batch = records.candidates(after, BATCH).await?;
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else { break };
        let range = first.contact.id..=last.contact.id;
        after = last.contact.id;
        looked_at += batch.len() as u64;
        let people = people_of(records, &batch, range, at).await?;
        let mut enlisted = Vec::new();
        for (contact, person, elector) in people {
            match enrol(poll, &elector, at, &ground) {
                Enrolled::Other => {}
                Enrolled::Nowhere => electorate.nowhere += 1,
                Enrolled::Elsewhere => electorate.elsewhere += 1,
                Enrolled::Voter(origin) => {
                    *electorate.voters.entry(origin.seat).or_default() += 1;
                    *electorate.groups.entry(origin).or_default() += 1;
                    let is_asked = elector.agreed.contains(&Purpose::Opinion);
                    electorate.unasked += u64::from(!is_asked);
                    enlisted.push(Enlisted { contact, person, origin });
                }
            }
        }
        take(enlisted).await?;
        told.tell(looked_at, None);
    }
    told.end();
    Ok(electorate)
}

/// Every person on the phones of a batch, as the electorate asks: contact, person, and what is known of them.
async fn people_of(
    records: &Beside,
    batch: &[Candidate],
    range: std::ops::RangeInclusive<i64>,
    at: Timestamp,
) -> anyhow::Result<Vec<(i64, i64, Elector)>> {
    let mut people: BTreeMap<(i64, i64), Elector> = BTreeMap::new();
    let by_contact: BTreeMap<i64, &Candidate> =
        batch.iter().map(|candidate| (candidate.contact.id, candidate)).collect();
    for (contact, candidate) in &by_contact {
        people.insert((*contact, 0), elector(candidate, candidate.member.as_ref(), at));
    }
    for further in records.further_members(range.clone()).await? {
        if let Some(candidate) = by_contact.get(&further.contact) {
            let elector = elector(candidate, Some(&further.membership), at);
            people.insert((further.contact, further.person), elector);
        }
    }
    for held in records.posts_at(range, at).await? {
        let Some(candidate) = by_contact.get(&held.contact) else { continue };
        let person = people.entry((held.contact, held.person));
        let person = person.or_insert_with(|| elector(candidate, None, at));
        person.posts.push((held.post, held.place));
    }
    Ok(people.into_iter().map(|((contact, person), elector)| (contact, person, elector)).collect())
}

/// Without posts. Whoever joined after the day is no member for the poll; where they live is known of them all the same:
/// a list that was taken in today tells it of a post held for years.
fn elector(candidate: &Candidate, member: Option<&Membership>, at: Timestamp) -> Elector {
    let home = member.map_or_else(Home::default, |member| member.home);
    let member = member.filter(|member| member.since < at);
    let contact = &candidate.contact;
    let purposes = |is_so: &dyn Fn(Purpose) -> bool| -> Vec<Purpose> {
        Purpose::ALL.into_iter().filter(|purpose| is_so(*purpose)).collect()
    };
    Elector {
        standing: member.map(|member| member.standing),
        home,
        since: member.map(|member| member.since),
        gender: member.and_then(|member| member.gender),
        posts: Vec::new(),
        language: contact.language,
        channel: candidate.roads.first().map(|road| road.channel),
        has_phone: contact.has_phone,
        agreed: purposes(&|purpose| contact.consents_to(purpose)),
        withdrew: purposes(&|purpose| contact.withdrew(purpose)),
        wrote: contact.last_inbound,
        brought: contact.brought,
    }
}
