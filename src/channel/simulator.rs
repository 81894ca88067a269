//! The phone simulator's road: messages come from and go to a page of our own.
//!
//! The [`Hub`] is the radio mast: it holds what each simulated phone has sent and received, wakes
//! the pages that show it, and reports what became of a message the way a provider does, by
//! [`StatusUpdate`]s that come back through intake. It lives in memory; the records are the truth,
//! and a phone the hub forgot is filled again from them.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use ring::digest;
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use crate::channel::{ErrorClass, SendAnswer, SendError};
use crate::clock::{Clock, Ids};
use crate::contact::{AddressKind, Identities};
use crate::message::{
    Channel, Content, HistoryKind, HistoryLine, Inbound, InboundContent, Outgoing, OutgoingId,
    Picture, Rendering, Status, StatusUpdate,
};

/// How many status reports may wait for intake. One that does not fit is dropped: the bubble keeps
/// its tick, the records learn it by the next one.
const WAITING_REPORTS: usize = 4_096;

/// The name of one simulated phone: 128 random bits as 32 lower-case hex digits. Whoever knows it
/// holds the phone, so it is masked in `Debug` like any address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneId(String);

impl PhoneId {
    /// A new phone that nobody can guess.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate(ids: &Ids) -> Result<PhoneId, ring::error::Unspecified> {
        let mut bytes = [0; 16];
        ids.fill(&mut bytes)?;
        Ok(PhoneId(hex(&bytes)))
    }

    /// Reads what [`PhoneId::generate`] made; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<PhoneId> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(is_hex)).then(|| PhoneId(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The phone as the sender of a message.
    #[must_use]
    pub fn identities(&self) -> Identities {
        Identities::of(AddressKind::Simulator, self.0.clone())
    }

    /// The inbound key of a message: the same phone and page key always give the same, and the
    /// phone cannot be read back out of it (keys are not sealed).
    #[must_use]
    pub fn inbound_key(&self, page_key: &str) -> String {
        let joined = format!("{}|{page_key}", self.0);
        let hash = digest::digest(&digest::SHA256, joined.as_bytes());
        format!("sim.{}", hex(hash.as_ref().get(..16).unwrap_or_default()))
    }
}

impl fmt::Debug for PhoneId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::contact::mask(&self.0))
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The account a rendering goes by on this channel: `whatsapp` or `sms`.
#[must_use]
pub const fn account_of(rendering: Rendering) -> &'static str {
    match rendering {
        Rendering::Whatsapp => "whatsapp",
        Rendering::Sms => "sms",
    }
}

/// The account a missed call comes in by and is answered by: a phone that rings may have no more than SMS.
pub const CALLS: &str = account_of(Rendering::Sms);

/// The rendering of an account of this channel; `None` for a name it does not have.
#[must_use]
pub fn rendering_of(account: &str) -> Option<Rendering> {
    [Rendering::Whatsapp, Rendering::Sms]
        .into_iter()
        .find(|rendering| account_of(*rendering) == account)
}

/// What the hub keeps in memory at most.
#[derive(Clone, Copy, Debug)]
pub struct HubLimits {
    /// Phones; beyond them the one unused for longest is forgotten.
    pub phones: usize,
    /// Bubbles of one phone; beyond them its oldest are forgotten.
    pub bubbles: usize,
}

impl Default for HubLimits {
    fn default() -> HubLimits {
        HubLimits { phones: 1_000, bubbles: 400 }
    }
}

/// One message on a phone's screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bubble {
    /// Unique on this phone as long as the hub remembers it.
    pub id: String,
    /// In which of the phone's two threads it stands; `None` (from the history) in both.
    pub rendering: Option<Rendering>,
    /// Epoch milliseconds.
    pub at: i64,
    pub status: Status,
    #[serde(flatten)]
    pub side: Side,
}

/// Who wrote a bubble, and what.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Side {
    /// The holder of the phone. `key` is the one the page made, `None` from the history.
    Person { content: InboundContent, key: Option<String> },
    /// The office. `provider_id` is what a tap quotes.
    Office { content: Content, provider_id: Option<String> },
}

impl Bubble {
    /// The same words of the same side within a minute: one message seen by two roads.
    fn shows_the_same(&self, other: &Bubble) -> bool {
        let same_words = match (&self.side, &other.side) {
            (Side::Person { content, .. }, Side::Person { content: theirs, .. }) => {
                content == theirs
            }
            (Side::Office { content, .. }, Side::Office { content: theirs, .. }) => {
                content == theirs
            }
            _ => false,
        };
        same_words && self.at.abs_diff(other.at) < 60_000
    }
}

/// What changed on a phone since a page last looked.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Bubble(Box<Bubble>),
    Status { id: String, status: Status },
}

/// The changes after a cursor, and the cursor to ask with next time.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    pub changes: Vec<Change>,
    pub cursor: u64,
}

/// Holds what the simulated phones have sent and received, and wakes the pages that show it.
/// Cheap to clone; every clone is the same hub.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    limits: HubLimits,
    /// Tells this life of the hub from the one before a restart, whose cursors mean nothing now.
    run: String,
    phones: Mutex<Phones>,
    reports: mpsc::Sender<StatusUpdate>,
    /// The other end, until the composition root fetches it.
    unclaimed: Mutex<Option<mpsc::Receiver<StatusUpdate>>>,
}

#[derive(Default)]
struct Phones {
    by_id: HashMap<PhoneId, Phone>,
    /// Counts uses, to know who was unused for longest.
    uses: u64,
    /// Counts messages handed over, for provider ids.
    sent: u64,
}

struct Phone {
    lines: VecDeque<Line>,
    /// Moves with every change; a page's cursor is a value of it.
    sequence: watch::Sender<u64>,
    last_use: u64,
    /// Whether everything the records know is here: made in this life, or filled from them.
    whole: bool,
    contact: Option<i64>,
}

struct Line {
    bubble: Bubble,
    outgoing: Option<OutgoingId>,
    made: u64,
    changed: u64,
}

impl fmt::Debug for Hub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phones = self.inner.phones.lock().by_id.len();
        formatter.debug_struct("Hub").field("phones", &phones).finish_non_exhaustive()
    }
}

impl Default for Hub {
    fn default() -> Hub {
        Hub::new(Clock::System, &Ids::system(), HubLimits::default())
    }
}

impl Hub {
    #[must_use]
    pub fn new(clock: Clock, ids: &Ids, limits: HubLimits) -> Hub {
        let (reports, unclaimed) = mpsc::channel(WAITING_REPORTS);
        let inner = Inner {
            clock,
            limits,
            run: format!("{:016x}", ids.seed()),
            phones: Mutex::default(),
            reports,
            unclaimed: Mutex::new(Some(unclaimed)),
        };
        Hub { inner: Arc::new(inner) }
    }

    /// Hands the message to the phone's page and reports it delivered. A message with no address
    /// of a simulated phone is refused for good.
    #[must_use]
    pub fn send(&self, outgoing: &Outgoing) -> SendAnswer {
        let phone_id = outgoing.to.get(AddressKind::Simulator).and_then(PhoneId::parse);
        let Some(phone_id) = phone_id else {
            let error =
                SendError { class: ErrorClass::Never, code: None, http: None, retry_after: None };
            return SendAnswer::Refused(error);
        };
        let now = self.inner.clock.now();
        let provider_id = {
            let mut phones = self.inner.phones.lock();
            phones.sent += 1;
            let provider_id = format!("sim.{}.{}", self.inner.run, phones.sent);
            let phone = phones.touch(&phone_id, self.inner.limits, false);
            phone.contact = Some(outgoing.contact);
            let bubble = Bubble {
                id: format!("o{}", outgoing.id.id),
                rendering: rendering_of(&outgoing.account),
                at: now.as_millisecond(),
                status: Status::Delivered,
                side: Side::Office {
                    content: outgoing.content.clone(),
                    provider_id: Some(provider_id.clone()),
                },
            };
            phone.person_was_read();
            phone.push(bubble, Some(outgoing.id), self.inner.limits);
            provider_id
        };
        self.report(&outgoing.account, &provider_id, Some(outgoing.id), Status::Delivered, now);
        SendAnswer::Accepted { provider_id: Some(provider_id), held: false }
    }

    /// The reports of what became of messages, for intake. There is one reader: the first caller
    /// gets it, the others `None`. Hand it to [`relay`].
    #[must_use]
    pub fn reports(&self) -> Option<mpsc::Receiver<StatusUpdate>> {
        self.inner.unclaimed.lock().take()
    }

    /// Remembers a phone that was made just now and has no history.
    pub fn make(&self, phone_id: &PhoneId) {
        self.inner.phones.lock().touch(phone_id, self.inner.limits, true);
    }

    /// The picture of a bubble of ours; `None` where there is none.
    #[must_use]
    pub fn picture(&self, phone_id: &PhoneId, bubble_id: &str) -> Option<Picture> {
        let phones = self.inner.phones.lock();
        let lines = &phones.by_id.get(phone_id)?.lines;
        let line = lines.iter().find(|line| line.bubble.id == bubble_id)?;
        match &line.bubble.side {
            Side::Office { content: Content::Picture { picture, .. }, .. } => Some(picture.clone()),
            _ => None,
        }
    }

    /// Whether everything the records hold of this phone is here; if not, [`Hub::fill`] it.
    #[must_use]
    pub fn is_whole(&self, phone_id: &PhoneId) -> bool {
        self.inner.phones.lock().by_id.get(phone_id).is_some_and(|phone| phone.whole)
    }

    /// Puts the history before what arrived since the hub began. Does nothing on a phone that is
    /// whole already.
    pub fn fill(&self, phone_id: &PhoneId, contact: i64, history: Vec<HistoryLine>) {
        let mut phones = self.inner.phones.lock();
        let phone = phones.touch(phone_id, self.inner.limits, false);
        phone.contact = Some(contact);
        if phone.whole {
            return;
        }
        phone.whole = true;
        let since_then = std::mem::take(&mut phone.lines);
        for line in history {
            let bubble = bubble_of(line);
            // What arrived in this life of the hub is in the history too; it stays as it is here,
            // with its ticks and its provider id.
            let is_here = since_then.iter().any(|known| known.bubble.shows_the_same(&bubble));
            if !is_here {
                phone.push(bubble, None, self.inner.limits);
            }
        }
        for line in since_then {
            phone.push(line.bubble, line.outgoing, self.inner.limits);
        }
    }

    /// Shows what the holder of the phone sent, once it is committed. The same key shows once.
    pub fn heard(&self, phone_id: &PhoneId, page_key: &str, inbound: &Inbound) {
        let mut phones = self.inner.phones.lock();
        let phone = phones.touch(phone_id, self.inner.limits, false);
        let id = format!("p{page_key}");
        if phone.lines.iter().any(|line| line.bubble.id == id) {
            return;
        }
        let bubble = Bubble {
            id,
            rendering: rendering_of(&inbound.account),
            at: inbound.sent_at.as_millisecond(),
            status: Status::Delivered,
            side: Side::Person { content: inbound.content.clone(), key: Some(page_key.to_owned()) },
        };
        // The answer can be quicker than the word that the question was committed: keep the order
        // in which people wrote.
        let answered = phone.insert_by_time(bubble, self.inner.limits);
        if answered {
            phone.person_was_read();
        }
    }

    /// The person has seen everything of the office in this thread: reports it read.
    pub fn seen(&self, phone_id: &PhoneId, rendering: Rendering) {
        let now = self.inner.clock.now();
        let mut newly_read = Vec::new();
        {
            let mut phones = self.inner.phones.lock();
            let Some(phone) = phones.by_id.get_mut(phone_id) else { return };
            let sequence = *phone.sequence.borrow() + 1;
            for line in &mut phone.lines {
                let Side::Office { provider_id: Some(provider_id), .. } = &line.bubble.side else {
                    continue;
                };
                let here = line.bubble.rendering.is_none_or(|of| of == rendering);
                if here && line.bubble.status == Status::Delivered {
                    line.bubble.status = Status::Read;
                    line.changed = sequence;
                    newly_read.push((provider_id.clone(), line.outgoing));
                }
            }
            if !newly_read.is_empty() {
                phone.sequence.send_replace(sequence);
            }
        }
        for (provider_id, outgoing) in newly_read {
            self.report(account_of(rendering), &provider_id, outgoing, Status::Read, now);
        }
    }

    /// Whether this message of the office is on this phone, so that a tap may quote it.
    #[must_use]
    pub fn holds(&self, phone_id: &PhoneId, quoted: &str) -> bool {
        let phones = self.inner.phones.lock();
        let Some(phone) = phones.by_id.get(phone_id) else { return false };
        phone.lines.iter().any(|line| {
            matches!(&line.bubble.side, Side::Office { provider_id: Some(id), .. } if id == quoted)
        })
    }

    /// The contact behind the phone, as far as the hub has heard of it.
    #[must_use]
    pub fn contact(&self, phone_id: &PhoneId) -> Option<i64> {
        self.inner.phones.lock().by_id.get(phone_id)?.contact
    }

    /// Whether nothing is on this phone, as far as the hub knows.
    #[must_use]
    pub fn is_blank(&self, phone_id: &PhoneId) -> bool {
        let phones = self.inner.phones.lock();
        phones.by_id.get(phone_id).is_none_or(|phone| phone.lines.is_empty())
    }

    /// Tells this life of the hub from another; a cursor means something within one life only.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.inner.run
    }

    /// A bell that rings with every change of the phone from now on. It falls silent for ever
    /// (the sender is gone) when the hub forgets the phone.
    #[must_use]
    pub fn bell(&self, phone_id: &PhoneId) -> watch::Receiver<u64> {
        let mut phones = self.inner.phones.lock();
        phones.touch(phone_id, self.inner.limits, false).sequence.subscribe()
    }

    /// How many bells of the phone are listened to: the pages that show it.
    #[must_use]
    pub fn screens(&self, phone_id: &PhoneId) -> usize {
        let phones = self.inner.phones.lock();
        phones.by_id.get(phone_id).map_or(0, |phone| phone.sequence.receiver_count())
    }

    /// What changed on the phone after the cursor, oldest bubble first. `0` gives all of it.
    #[must_use]
    pub fn changes(&self, phone_id: &PhoneId, after: u64) -> Changes {
        let phones = self.inner.phones.lock();
        let Some(phone) = phones.by_id.get(phone_id) else {
            return Changes { changes: Vec::new(), cursor: after };
        };
        let mut changes = Vec::new();
        for line in &phone.lines {
            if line.made > after {
                changes.push(Change::Bubble(Box::new(line.bubble.clone())));
            } else if line.changed > after {
                let id = line.bubble.id.clone();
                changes.push(Change::Status { id, status: line.bubble.status });
            }
        }
        Changes { changes, cursor: *phone.sequence.borrow() }
    }

    fn report(
        &self,
        account: &str,
        provider_id: &str,
        outgoing: Option<OutgoingId>,
        status: Status,
        at: Timestamp,
    ) {
        let update = StatusUpdate {
            channel: Channel::Simulator,
            account: account.to_owned(),
            provider_id: provider_id.to_owned(),
            outgoing,
            status,
            at,
            error: None,
            asks: None,
            recipient: Identities::default(),
        };
        if self.inner.reports.try_send(update).is_err() {
            tracing::debug!(status = status.name(), "a status of the phone simulator was dropped");
        }
    }
}

impl Phones {
    /// The phone, made when it is new; a phone unused for longest makes room for it, one that no
    /// page shows before one that is on a screen.
    fn touch(&mut self, phone_id: &PhoneId, limits: HubLimits, whole: bool) -> &mut Phone {
        self.uses += 1;
        let uses = self.uses;
        if !self.by_id.contains_key(phone_id) && self.by_id.len() >= limits.phones.max(1) {
            let oldest = self
                .by_id
                .iter()
                .min_by_key(|(_, phone)| (phone.sequence.receiver_count() > 0, phone.last_use))
                .map(|(oldest, _)| oldest.clone());
            if let Some(oldest) = oldest {
                self.by_id.remove(&oldest);
            }
        }
        let phone = self.by_id.entry(phone_id.clone()).or_insert_with(|| Phone {
            lines: VecDeque::new(),
            sequence: watch::Sender::new(0),
            last_use: uses,
            whole,
            contact: None,
        });
        phone.last_use = uses;
        phone
    }
}

impl Phone {
    fn push(&mut self, bubble: Bubble, outgoing: Option<OutgoingId>, limits: HubLimits) {
        let sequence = *self.sequence.borrow() + 1;
        self.lines.push_back(Line { bubble, outgoing, made: sequence, changed: sequence });
        if self.lines.len() > limits.bubbles.max(1) {
            self.lines.pop_front();
        }
        self.sequence.send_replace(sequence);
    }

    /// Puts the bubble before those that are younger; `true` when there were such of the office.
    fn insert_by_time(&mut self, bubble: Bubble, limits: HubLimits) -> bool {
        let at = bubble.at;
        let mut younger = Vec::new();
        while let Some(line) = self.lines.pop_back_if(|line| {
            line.bubble.at >= at && matches!(line.bubble.side, Side::Office { .. })
        }) {
            younger.push(line);
        }
        self.push(bubble, None, limits);
        let answered = !younger.is_empty();
        self.lines.extend(younger.into_iter().rev());
        answered
    }

    /// What the person wrote counts as read when the office answers.
    fn person_was_read(&mut self) {
        let sequence = *self.sequence.borrow() + 1;
        for line in self.lines.iter_mut().rev() {
            if matches!(line.bubble.side, Side::Office { .. }) {
                continue;
            }
            if line.bubble.status == Status::Read {
                break;
            }
            line.bubble.status = Status::Read;
            line.changed = sequence;
        }
        self.sequence.send_replace(sequence);
    }
}

fn bubble_of(line: HistoryLine) -> Bubble {
    let at = line.at.as_millisecond();
    let (status, side) = match line.what {
        HistoryKind::Person { content } => (Status::Read, Side::Person { content, key: None }),
        HistoryKind::Us { content, status } => {
            // As it left on this channel, which knows no window.
            let content = content.leaving(Channel::Simulator, true).into_owned();
            (status, Side::Office { content, provider_id: None })
        }
    };
    Bubble { id: format!("h{}", line.id), rendering: None, at, status, side }
}

/// Brings the hub's reports to intake, many at a time, until the hub is gone or `stop` fires.
/// `admit` gets the statuses and says whether they were committed; what is refused is offered
/// twice more and then let go, for a simulated tick is not worth a queue.
pub async fn relay<Admit, Committed>(
    mut reports: mpsc::Receiver<StatusUpdate>,
    stop: tokio_util::sync::CancellationToken,
    admit: Admit,
) where
    Admit: Fn(Vec<StatusUpdate>) -> Committed,
    Committed: Future<Output = bool>,
{
    loop {
        let mut batch = Vec::new();
        tokio::select! {
            received = reports.recv_many(&mut batch, 256) => {
                if received == 0 {
                    return;
                }
            }
            () = stop.cancelled() => return,
        }
        for pause_ms in [0, 200, 1_000] {
            tokio::time::sleep(std::time::Duration::from_millis(pause_ms)).await;
            if stop.is_cancelled() || admit(batch.clone()).await {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests;
