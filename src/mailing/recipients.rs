//! The recipients of a broadcast: counted, and written down, as the gate and the records are at this moment.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::crowd::Crowd;
use super::office::Office;
use super::{MailingError, audience_of};
use crate::audience::Audience;
use crate::broadcast::{Frozen, Plan, Recipient, Tally};
use crate::clock::Clock;
use crate::places::{Place, Tree};
use crate::records::{Beside, BroadcastRow, Fallback, Froze, NewBroadcast, PlanCounts};

/// One in so many more than were approved may have come into the audience since.
const OF_APPROVED: u64 = 10;
/// So often a freezing is begun anew when somebody else wrote into it.
const FREEZINGS: usize = 3;

/// To how many people a broadcast may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling(pub u64);

impl Ceiling {
    /// As many as somebody said yes to and a tenth more, else as many as need nobody's yes (`alone`).
    #[must_use]
    pub fn of(row: &BroadcastRow, alone: u64) -> Ceiling {
        let approved = row.approved_for.unwrap_or_default();
        Ceiling(alone.max(approved.saturating_add(approved / OF_APPROVED)))
    }
}

/// What a count came to.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    pub tally: Tally,
    /// Numbers of its lists that nobody has.
    pub unknown_numbers: usize,
    /// The lists with rows that have no mobile number, and which.
    pub rows_without: Vec<(PathBuf, Vec<u32>)>,
    /// The lists with rows that are hidden in them, and how many.
    pub hidden_rows: Vec<(PathBuf, u64)>,
}

/// What became of the recipients of a broadcast.
#[derive(Clone, Debug)]
pub enum Written {
    Yes(Tally),
    /// More than the ceiling: so many at least. Nobody is written down.
    TooMany(u64),
    /// Nobody would get it: nobody is written down. Only where the caller wants somebody.
    Nobody(Tally),
    /// A list is another than the one that was approved: nobody is written down.
    ListChanged,
    /// Somebody else writes them down, or the broadcast stands elsewhere by now.
    Elsewhere,
}

/// What was written down when it was planned.
///
/// # Errors
/// A newer version wrote it.
pub fn frozen_of(row: &BroadcastRow) -> Result<Frozen, MailingError> {
    Frozen::from_json(&row.definition).map_err(|error| {
        let name = &row.name;
        MailingError::Said(format!("{name} was planned by a newer version of Samvad: {error}"))
    })
}

/// A broadcast as it is written down; `test_of`: what it tries on the phones of the office.
#[must_use]
pub fn new_broadcast(
    frozen: &Frozen,
    by: &str,
    test_of: Option<i64>,
    now: Timestamp,
) -> NewBroadcast {
    let registered = frozen.said.whatsapp.as_ref().map(|by| by.declared.registered_as.clone());
    let fallback = frozen.fallback.and_then(|fallback| {
        let of = frozen.senders.iter().filter(|sender| sender.channel == fallback.channel);
        let accounts: Vec<String> = of.map(|sender| sender.account.clone()).collect();
        let after = Duration::from_millis(u64::try_from(fallback.after_ms).ok()?);
        let channel = fallback.channel;
        (!accounts.is_empty()).then_some(Fallback { channel, accounts, after })
    });
    NewBroadcast {
        name: frozen.name.clone(),
        purpose: frozen.purpose,
        author: by.to_owned(),
        definition: frozen.to_json(),
        audience: frozen.audience.clone().or_else(|| frozen.list.clone()).unwrap_or_default(),
        from: frozen.from,
        send_before: frozen.before,
        flow: frozen.replies.clone(),
        templates: registered.into_iter().collect(),
        fallback,
        certificate: frozen.certificate.clone(),
        test_of,
        repeats: frozen.series.is_some(),
        at: now,
    }
}

/// Every list it names with the hash of its file.
///
/// # Errors
/// One cannot be read.
pub async fn hashes(
    office: &Office,
    frozen: &Frozen,
    audience: Option<&Audience>,
) -> Result<Vec<(String, String)>, MailingError> {
    let mut hashes = Vec::new();
    for name in frozen.list_names(audience) {
        let path = office.folder()?.join(&name);
        let read = tokio::fs::read(&path).await;
        let bytes = read.map_err(|error| MailingError::unreadable(&path, &error))?;
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let mut hex = String::new();
        for byte in digest.as_ref() {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hashes.push((name, hex));
    }
    Ok(hashes)
}

/// Asks everybody and writes nothing. `told` hears how many were looked at, and says whether to go on; `None`: it said
/// no.
///
/// # Errors
/// The records, or a list that cannot be read.
pub async fn count(
    records: &Beside,
    office: &Office,
    frozen: &Frozen,
    now: Timestamp,
    told: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<Option<Counted>, MailingError> {
    let audience = audience_of(records, office, frozen).await?;
    let tree = Tree::new(&office.geography);
    let seats_of = |place: Place| tree.seats_under(place);
    let rules = &office.config.rules;
    let mut plan = Plan::new(frozen, audience.as_ref(), office.costs(), now, &seats_of, rules);
    let mut crowd = Crowd::gather(records, office, frozen, audience.as_ref(), now).await?;
    let mut looked_at = 0_u64;
    loop {
        let (batch, earlier) = crowd.next().await?;
        if batch.is_empty() {
            break;
        }
        looked_at += batch.len() as u64;
        if !told(looked_at) {
            return Ok(None);
        }
        for candidate in &batch {
            plan.ask(candidate, &earlier);
        }
    }
    let Crowd { unknown_numbers, rows_without, hidden_rows, .. } = crowd;
    Ok(Some(Counted { tally: plan.finish().0, unknown_numbers, rows_without, hidden_rows }))
}

/// How many rows a plan has.
#[must_use]
pub fn counts(tally: &Tally) -> PlanCounts {
    PlanCounts { planned: tally.goes, refused: tally.refused_in_all() }
}

/// Writes down who gets a broadcast that is being frozen, batch by batch, and makes them its recipients in one moment;
/// the next batch is read while the last is written. What somebody had staged before is thrown away.
///
/// `told` hears how many were looked at, and says whether to go on: `false`, and it is [`Written::Elsewhere`].
/// `somebody`: where nobody would get it, nobody is written down.
///
/// # Errors
/// The records, or a list that cannot be read.
pub async fn write_recipients(
    (records, office, clock): (&Beside, &Office, &Clock),
    row: &BroadcastRow,
    (frozen, audience): (&Frozen, Option<&Audience>),
    (ceiling, somebody): (Ceiling, bool),
    by: &str,
    told: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<Written, MailingError> {
    for _ in 0..FREEZINGS {
        records.throw_away_staged(row.id).await?;
        let now = clock.now();
        let tree = Tree::new(&office.geography);
        let seats_of = |place: Place| tree.seats_under(place);
        let rules = &office.config.rules;
        let mut plan = Plan::new(frozen, audience, office.costs(), now, &seats_of, rules);
        let mut crowd = Crowd::gather(records, office, frozen, audience, now).await?;
        let (mut looked_at, mut goes) = (0_u64, 0_u64);
        let (mut batch, mut earlier) = crowd.next().await?;
        while !batch.is_empty() {
            looked_at += batch.len() as u64;
            let recipients: Vec<Recipient> =
                batch.iter().filter_map(|candidate| plan.ask(candidate, &earlier)).collect();
            goes += recipients.iter().filter(|row| row.refused.is_none()).count() as u64;
            // What is too many already is counted to its end and kept no more.
            let is_kept = goes <= ceiling.0 && !recipients.is_empty();
            let staged = async {
                if !is_kept {
                    return Ok(());
                }
                records.stage(row.id, recipients).await
            };
            let (staged, next) = tokio::join!(staged, crowd.next());
            staged?;
            (batch, earlier) = next?;
            if !told(looked_at) {
                return Ok(Written::Elsewhere);
            }
        }
        let (tally, hash) = plan.finish();
        if goes > ceiling.0 {
            records.throw_away_staged(row.id).await?;
            return Ok(Written::TooMany(goes));
        }
        if somebody && goes == 0 {
            records.throw_away_staged(row.id).await?;
            return Ok(Written::Nobody(tally));
        }
        // They were read after somebody had compared them.
        if hashes(office, frozen, audience).await? != frozen.lists {
            records.throw_away_staged(row.id).await?;
            return Ok(Written::ListChanged);
        }
        match records.freeze(row.id, counts(&tally), &hash, by, clock.now()).await? {
            Froze::Yes => return Ok(Written::Yes(tally)),
            Froze::Differs(_) => {}
            Froze::No => return Ok(Written::Elsewhere),
        }
    }
    Ok(Written::Elsewhere)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::broadcast::{BroadcastState, fixture};
    use crate::clock::Ids;
    use crate::config::{Config, MembershipSection, Origins};
    use crate::flow::{self, Sources};
    use crate::records::{Records, RecordsOptions};
    use crate::seal::Keyring;

    /// The records of a folder, which nobody else has.
    fn options(folder: &Path, clock: &Clock) -> RecordsOptions {
        let keyring = Keyring::open(&folder.join("keys.toml"), true, &Ids::system()).unwrap();
        RecordsOptions {
            url: format!("sqlite://{}", folder.join("samvad.db").display()),
            connections: 1,
            clock: clock.clone(),
            keyring: Arc::new(keyring),
            lease: Duration::from_secs(45),
            group: 100,
            membership: MembershipSection::default(),
        }
    }

    /// An office whose lists stand in this folder.
    fn office(folder: &Path) -> Office {
        let environment =
            vec![("SAMVAD_BROADCAST_FOLDER".to_owned(), folder.display().to_string())];
        let config = Config::read(&Origins { environment, ..Origins::default() }).unwrap();
        let flows = fixture::flows(None);
        let geography = flow::fixture::geography();
        Office::new(config, geography, flows, &Sources::default()).unwrap()
    }

    #[tokio::test]
    async fn a_list_that_was_changed_after_the_yes_goes_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("guests.csv");
        std::fs::write(&list, "mobile\n9812345678\n").unwrap();
        let clock = Clock::fixed("2026-12-01T00:00:00Z".parse().unwrap());
        let _records = Records::open(options(folder.path(), &clock)).await.unwrap();
        let beside = Beside::open(options(folder.path(), &clock)).await.unwrap();
        let office = office(folder.path());
        let mut frozen = fixture::frozen();
        (frozen.list, frozen.audience) = (Some("guests.csv".to_owned()), None);
        frozen.lists = hashes(&office, &frozen, None).await.unwrap();

        for (changed, by) in [(true, "Ravi"), (false, "Sunita")] {
            if changed {
                std::fs::write(&list, "mobile\n9812345678\n9812345679\n").unwrap();
            } else {
                std::fs::write(&list, "mobile\n9812345678\n").unwrap();
            }
            let named = Frozen { name: format!("by-{by}"), ..frozen.clone() };
            let new = new_broadcast(&named, by, None, clock.now());
            let id = beside.create_broadcast(new).await.unwrap();
            for state in [BroadcastState::Tested, BroadcastState::Freezing] {
                beside.move_broadcast(id, state, by, None, clock.now()).await.unwrap();
            }
            let row = beside.broadcast(&named.name).await.unwrap().unwrap();
            let wrote = write_recipients(
                (&beside, &office, &clock),
                &row,
                (&named, None),
                (Ceiling(10), false),
                by,
                &mut |_| true,
            )
            .await
            .unwrap();
            assert_eq!(matches!(wrote, Written::ListChanged), changed, "{wrote:?}");
            let after = beside.broadcast(&named.name).await.unwrap().unwrap();
            let stands = if changed { BroadcastState::Freezing } else { BroadcastState::Frozen };
            assert_eq!(after.state, stands, "{}", named.name);
        }
    }
}
