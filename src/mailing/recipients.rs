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
