//! The ballot box of a running server: which polls take answers, and the keys by which an answer is sealed for the
//! count and wrapped for the row of its voter. It holds no answer; what it seals goes to the records with its turn.
//! The poll key of a poll that is over it destroys, on every machine a server runs on.

mod keys;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::keys::{PollKeyError, PollKeys};

use crate::audience::{Area, Names, area_of};
use crate::clock::Ids;
use crate::contact::Language;
use crate::flow::{OnRoll, SourceFile, Sources};
use crate::geography::Geography;
use crate::places::Tree;
use crate::poll::ballot::{Kind, Plain};
use crate::poll::envelope::{Envelope, EnvelopeError, PollId, PollKey, PublicKey, Slot};
use crate::poll::file::{self, Poll};
use crate::poll::life::PollState;
use crate::poll::receipt::Receipt;
use crate::records::{Cast, PollRow, Records, RecordsError, Standing, Wrapped};
use crate::seal::to_hex;
use crate::vital::Vital;

/// So many closed polls are looked through for a receipt.
const MOST_ROLLS: usize = 50;
/// So much of the head of a roll is told: enough to compare by eye.
const SIGNS_OF_HEAD: usize = 8;

/// A poll opened or closed elsewhere is known here within this time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A poll that takes answers.
pub struct OpenPoll {
    pub id: i64,
    pub name: String,
    pub poll: Poll,
    pub poll_id: PollId,
    pub public: PublicKey,
    /// The outer wrapping.
    pub key: PollKey,
    /// Of the order in which a voter sees the candidates ([`order`](crate::poll::order::order)).
    pub order_key: [u8; 32],
    /// The codes behind the posts of cells.
    pub posts: Vec<String>,
}

impl fmt::Debug for OpenPoll {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OpenPoll")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A poll that took answers until lately: it asks nobody any more, and what is said of its names is kept by nobody yet.
pub struct LatePoll {
    pub id: i64,
    pub poll: Poll,
    pub poll_id: PollId,
    /// As of an [`OpenPoll`].
    pub order_key: [u8; 32],
    /// It was given up: nothing of it is counted. That is known from the beginning, for what is closed is not given up.
    pub is_cancelled: bool,
}

impl fmt::Debug for LatePoll {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LatePoll").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why an answer could not be sealed; never what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSealed {
    /// It was closed, or its key is not here.
    #[error("the poll takes no answers here")]
    Shut,
    /// The roster has a seat that the poll's file has not.
    #[error("the poll has no such seat")]
    NoSeat,
    /// The row of the voter was pointed at this contact in the database by hand.
    #[error("the row of the roster is not bound to its contact: it was changed in the database")]
    NotBound,
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

/// What a ballot box is made of.
pub struct BallotBoxOptions {
    pub records: Records,
    pub keys: PollKeys,
    pub geography: Arc<Geography>,
    pub tracker: TaskTracker,
    pub shutdown: CancellationToken,
    pub vital: Vital,
}

/// A handle; every clone is the same box.
#[derive(Clone)]
pub struct BallotBox {
    inner: Arc<Inner>,
}

struct Inner {
    records: Records,
    keys: PollKeys,
    geography: Arc<Geography>,
    known: RwLock<Known>,
    /// One look at a time.
    looking: tokio::sync::Mutex<()>,
    /// The polls of which it was said that they are shut.
    told: Mutex<HashSet<i64>>,
}

/// What the last look found.
#[derive(Clone, Default)]
struct Known {
    /// The one that closes first comes first.
    open: Arc<Vec<Arc<OpenPoll>>>,
    /// Open by the records, and shut here: why, and what to do.
    shut: Arc<BTreeMap<i64, String>>,
    /// Those that take no answers any more and did until lately.
    late: Arc<Vec<Arc<LatePoll>>>,
    /// What the records said last of those open or being closed, and the numbers of the late ones; `None`: never asked.
    under_way: Option<UnderWay>,
}

/// As the records said it last.
type UnderWay = (Vec<(i64, PollState)>, Vec<i64>);

impl fmt::Debug for BallotBox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BallotBox")
            .field("open", &self.open_polls())
            .finish_non_exhaustive()
    }
}

impl BallotBox {
    /// Looks which polls are open, and goes on looking every second until the shutdown.
    ///
    /// # Errors
    /// [`RecordsError`] of the first look.
    pub async fn start(options: BallotBoxOptions) -> Result<BallotBox, RecordsError> {
        let BallotBoxOptions { records, keys, geography, tracker, shutdown, vital } = options;
        let ballot_box = BallotBox::new(records, keys, geography);
        ballot_box.refresh().await?;
        let (looking, stop) = (ballot_box.clone(), shutdown.clone());
        let look = async move {
            let mut ticks = interval(LOOK_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                if stop.run_until_cancelled(ticks.tick()).await.is_none() {
                    return;
                }
                if let Err(error) = looking.refresh().await {
                    tracing::warn!(%error, "which polls are open could not be asked; the last answer stands");
                }
            }
        };
        tracker.spawn(vital.until(&shutdown, "the ballot box", look));
        Ok(ballot_box)
    }

    /// One that looks only when it is told to.
    #[must_use]
    pub fn new(records: Records, keys: PollKeys, geography: Arc<Geography>) -> BallotBox {
        let inner = Inner {
            records,
            keys,
            geography,
            known: RwLock::default(),
            looking: tokio::sync::Mutex::default(),
            told: Mutex::default(),
        };
        BallotBox { inner: Arc::new(inner) }
    }

    /// The polls that take answers here: the one that closes first comes first.
    #[must_use]
    pub fn open_polls(&self) -> Arc<Vec<Arc<OpenPoll>>> {
        Arc::clone(&self.inner.known.read().open)
    }

    /// The polls that take no answers any more and did until lately ([`HEARD_AFTER`](crate::records::HEARD_AFTER)).
    #[must_use]
    pub fn late_polls(&self) -> Arc<Vec<Arc<LatePoll>>> {
        Arc::clone(&self.inner.known.read().late)
    }

    /// One of the open ones.
    #[must_use]
    pub fn poll(&self, id: i64) -> Option<Arc<OpenPoll>> {
        self.inner.known.read().open.iter().find(|poll| poll.id == id).cloned()
    }

    /// Whether any poll is open, here or by the records alone, or was until lately: whoever is on its roster may be
    /// saying something that nobody may keep in clear.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        let known = self.inner.known.read();
        let late = known.under_way.as_ref().is_some_and(|(_, late)| !late.is_empty());
        !known.open.is_empty() || !known.shut.is_empty() || late
    }

    /// The polls that are open by the records and shut here, with why and what to do.
    #[must_use]
    pub fn shut(&self) -> Vec<String> {
        self.inner.known.read().shut.values().cloned().collect()
    }

    /// Looks again now: for a turn that lost because a poll was closed.
    ///
    /// # Errors
    /// [`RecordsError`]; what was known stands.
    pub async fn refresh(&self) -> Result<(), RecordsError> {
        let inner = &self.inner;
        let _alone = inner.looking.lock().await;
        let under_way =
            (inner.records.polls_under_way().await?, inner.records.polls_of_late().await?);
        if !self.has_changed(&under_way) {
            return Ok(());
        }
        inner.destroy_keys(&inner.records.polls_over().await?);
        let before = self.open_polls();
        let (mut known, mut shut) = (Vec::new(), BTreeMap::new());
        for row in inner.records.open_polls().await? {
            let opened = match before.iter().find(|poll| poll.id == row.id) {
                Some(poll) => Ok(Arc::clone(poll)),
                None => inner.open(&row).map(Arc::new),
            };
            match opened {
                Ok(poll) => known.push(poll),
                Err(why) => {
                    let why = format!("the poll {}: {why}", row.name);
                    if inner.told.lock().insert(row.id) {
                        tracing::error!("{why}");
                    }
                    shut.insert(row.id, why);
                }
            }
        }
        let late = self.read_late().await?;
        *inner.known.write() = Known {
            open: Arc::new(known),
            shut: Arc::new(shut),
            late: Arc::new(late),
            under_way: Some(under_way),
        };
        Ok(())
    }

    /// The polls that were open until lately, as far as their files can be read: of another nobody knows the names, and
    /// every message of its people counts as one that may tell a choice.
    async fn read_late(&self) -> Result<Vec<Arc<LatePoll>>, RecordsError> {
        let before = self.late_polls();
        let mut late = Vec::new();
        for row in self.inner.records.late_polls().await? {
            if let Some(known) = before.iter().find(|poll| poll.id == row.id) {
                late.push(Arc::clone(known));
                continue;
            }
            let Some(roster) = row.roster_hash else { continue };
            match read_definition(&row, &self.inner.geography) {
                Ok(poll) => late.push(Arc::new(LatePoll {
                    id: row.id,
                    poll,
                    poll_id: PollId::new(&row.name, &roster),
                    order_key: row.order_key,
                    is_cancelled: row.state == PollState::Cancelled,
                })),
                Err(why) => tracing::error!("the poll {}, which is over: {why}", row.name),
            }
        }
        Ok(late)
    }

    /// Whether there is anything to be read anew: a poll that is shut here may open any moment.
    fn has_changed(&self, under_way: &(Vec<(i64, PollState)>, Vec<i64>)) -> bool {
        let known = self.inner.known.read();
        !known.shut.is_empty() || known.under_way.as_ref() != Some(under_way)
    }

    /// Seals what a voter said and wraps it for their row. The answers come as the letter of their kind and the bytes
    /// of their plaintext ([`Plain::to_bytes`]). With a choice goes everything else that the poll asks for, empty where
    /// nothing was said of it. The receipt is that of the choice, where one is among them.
    ///
    /// # Errors
    /// [`NotSealed`].
    pub fn seal(
        &self,
        standing: &Standing,
        answers: &[(char, Vec<u8>)],
        ids: &Ids,
    ) -> Result<(Cast, Option<Receipt>), NotSealed> {
        let poll = self.poll(standing.poll).ok_or(NotSealed::Shut)?;
        if !standing.is_bound {
            return Err(NotSealed::NotBound);
        }
        let slot = Slot { voter: standing.voter, number: standing.answers + 1 };
        let mut said = Vec::with_capacity(answers.len() + 1);
        for (letter, bytes) in answers {
            let kind = Kind::from_letter(*letter).ok_or(EnvelopeError::NotAnAnswer)?;
            let plain = Plain::from_bytes(kind, bytes).map_err(|_| EnvelopeError::NotAnAnswer)?;
            said.push(plain);
        }
        let has = |said: &[Plain], kind| said.iter().any(|plain| plain.kind() == kind);
        let mut unsaid = Vec::new();
        if has(&said, Kind::Choice) {
            if poll.poll.rules.other && !has(&said, Kind::Other) {
                said.push(Plain::Other(String::new()));
            }
            if !poll.poll.ratings.is_empty() && !has(&said, Kind::Ratings) {
                unsaid.push(Plain::Ratings(Vec::new()));
            }
            if poll.poll.remark && !has(&said, Kind::Remark) {
                unsaid.push(Plain::Remark(String::new()));
            }
        }
        let mut receipt = None;
        let mut envelopes = Vec::with_capacity(said.len());
        for plain in &said {
            let envelope = poll.sealed(standing, plain, ids)?;
            if envelope.kind == Kind::Choice {
                receipt = Some(Receipt::of(&envelope.hash()));
            }
            envelopes.push(poll.wrapped(slot, &envelope, ids)?);
        }
        let mut fillers = Vec::with_capacity(unsaid.len());
        for plain in &unsaid {
            let envelope = poll.sealed(standing, plain, ids)?;
            fillers.push(poll.wrapped(slot, &envelope, ids)?);
        }
        let Slot { voter, number } = slot;
        let cast = Cast { poll: standing.poll, voter, number, envelopes, fillers };
        Ok((cast, receipt))
    }

    /// The receipt of the choice a voter has cast; `None`: there is none, or the poll is shut here.
    ///
    /// # Errors
    /// [`RecordsError`].
    pub async fn receipt(&self, standing: &Standing) -> Result<Option<Receipt>, RecordsError> {
        let Standing { poll: id, voter, .. } = *standing;
        let Some(poll) = self.poll(id) else { return Ok(None) };
        for Wrapped { kind, number, bytes } in self.inner.records.envelopes_of(id, voter).await? {
            if kind == Kind::Choice {
                let slot = Slot { voter, number };
                let envelope = poll.key.unwrap(kind, &bytes, poll.poll_id, slot);
                let envelope = envelope.map_err(|error| RecordsError::Broken {
                    table: "envelopes",
                    column: "envelope",
                    id,
                    reason: error.to_string(),
                })?;
                return Ok(Some(Receipt::of(&envelope.hash())));
            }
        }
        Ok(None)
    }

    /// The published rolls on which a receipt stands, the newest first; `None`: nothing is published. A poll whose file
    /// cannot be read any more is told by its name.
    ///
    /// # Errors
    /// [`RecordsError`].
    pub async fn on_rolls(
        &self,
        receipt: Option<Receipt>,
    ) -> Result<Option<Vec<OnRoll>>, RecordsError> {
        let records = &self.inner.records;
        let published = records.published_polls(MOST_ROLLS).await?;
        if published.is_empty() {
            return Ok(None);
        }
        let Some(receipt) = receipt else { return Ok(Some(Vec::new())) };
        let mut on = Vec::new();
        for row in published {
            if records.on_roll(row.id, receipt).await? == 0 {
                continue;
            }
            let question = match read_definition(&row, &self.inner.geography) {
                Ok(poll) => Language::ALL.map(|language| poll.question.text(language).to_owned()),
                Err(_) => Language::ALL.map(|_| row.name.clone()),
            };
            let head = to_hex(&row.roll_head.unwrap_or_default());
            on.push(OnRoll {
                question,
                choices: row.choices.unwrap_or(0),
                head: head.get(..SIGNS_OF_HEAD).unwrap_or_default().to_owned(),
            });
        }
        Ok(Some(on))
    }
}

impl Inner {
    /// Of polls that are over. One that cannot be destroyed is told, and tried again when anything changes.
    fn destroy_keys(&self, over: &[String]) {
        // Noise to write over what goes.
        let ids = Ids::system();
        for name in over {
            match self.keys.destroy(name, &ids) {
                Ok(false) => {}
                Ok(true) => {
                    tracing::info!(poll = %name, "the poll is over; its poll key was destroyed");
                }
                Err(error) => tracing::error!(poll = %name, %error, "the poll is over"),
            }
        }
    }

    /// Opens a poll for answers, or says why it stays shut.
    fn open(&self, row: &PollRow) -> Result<OpenPoll, String> {
        let roster = row.roster_hash.ok_or("it is open without a roster; this is a bug")?;
        let key = self.keys.read(&row.name).map_err(|error| error.to_string())?;
        Ok(OpenPoll {
            id: row.id,
            name: row.name.clone(),
            poll: read_definition(row, &self.geography)?,
            poll_id: PollId::new(&row.name, &roster),
            public: PublicKey(row.public_key),
            key,
            order_key: row.order_key,
            posts: row.posts.clone(),
        })
    }
}

/// The poll of a definition that was checked when it was opened.
///
/// # Errors
/// What cannot be read any more, in words.
pub fn read_definition(row: &PollRow, geography: &Geography) -> Result<Poll, String> {
    let path = format!("polls/{}.yaml", row.name);
    let sources = Sources { files: vec![SourceFile { path, text: row.definition.clone() }] };
    let tree = Tree::new(geography);
    let names = AsWritten { text: &row.definition, tree: &tree };
    let polls = file::read_frozen(&sources, &tree, &names).map_err(|findings| {
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        format!("the file it was opened from cannot be read any more: {}", told.join("; "))
    })?;
    polls.into_iter().next().ok_or_else(|| "the file it was opened from is empty".to_owned())
}

/// The names of a definition that was frozen: whatever broadcasts, lists and tags its electorate asks about were
/// there when it was, and its roster does not change any more.
struct AsWritten<'t> {
    text: &'t str,
    tree: &'t Tree<'t>,
}

impl AsWritten<'_> {
    fn words(&self) -> Vec<String> {
        self.text.split(['"', '\'']).map(str::to_owned).collect()
    }
}

impl Names for AsWritten<'_> {
    /// A word that is another place by now, or may be several, was one then; nobody is asked by it any more.
    fn area(&self, text: &str) -> Result<Area, String> {
        Ok(area_of(self.tree, text).unwrap_or(Area::State))
    }

    fn broadcasts(&self) -> Vec<String> {
        self.words()
    }

    fn polls(&self) -> Vec<String> {
        self.words()
    }

    fn tags(&self) -> Vec<String> {
        self.words()
    }

    fn lists(&self) -> Vec<String> {
        self.words()
    }
}

impl OpenPoll {
    fn sealed(&self, standing: &Standing, plain: &Plain, ids: &Ids) -> Result<Envelope, NotSealed> {
        let number = standing.origin.seat;
        let seat = self.poll.seats.iter().find(|seat| seat.number == number);
        let origin = self.poll.origin(seat.ok_or(NotSealed::NoSeat)?, standing.origin.cell);
        Ok(Envelope::seal(plain, origin, self.poll_id, &self.public, ids)?)
    }

    fn wrapped(
        &self,
        slot: Slot,
        envelope: &Envelope,
        ids: &Ids,
    ) -> Result<(Kind, Vec<u8>), NotSealed> {
        let wrapped = self.key.wrap(envelope, self.poll_id, slot, ids)?;
        Ok((envelope.kind, wrapped))
    }
}

#[cfg(test)]
mod tests;
