//! Inbound → turn → commit: lanes, conflicts, parking, timers, and the answers that effects bring.
//!
//! [`Intake::admit`] is the front door of every channel. It takes an envelope whole, finds the
//! contact of each message, and hands every message to the lane of its contact. Lanes live in
//! shards: a shard is one task that owns its lanes outright, so that nothing is locked.

mod answers;
mod cache;
mod erased;
mod flows;
mod lane;
mod lately;
mod polls;
mod shard;
mod timers;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ballot_box::BallotBox;
use crate::clock::{Clock, Ids};
use crate::contact::{AddressKind, Identities, PhoneNumber, Road};
use crate::delivery::{Delivery, Reports};
use crate::fact::Reached;
use crate::flow::secret_key;
use crate::gate::RulesHandle;
use crate::message::{Channel, Envelope, Inbound, InboundContent};
use crate::metrics::Metrics;
use crate::records::{Adopted, Records, RecordsError, Verdict};
use crate::seal::Keyring;
use crate::state::{LiveEvent, State};
use crate::vital::Vital;

pub use flows::FlowsHandle;

/// What a webhook answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Everything in the envelope is committed (or was before): exactly 200.
    Committed,
    /// Not everything is; the provider must send the whole envelope again: 503.
    Again,
}

/// What a lane says about one message.
#[derive(Debug)]
enum Answer {
    Done(Admission),
    /// The sender is not this contact any more: a number has changed hands, and what we remembered of
    /// it is void.
    Stranger(Box<Inbound>),
}

/// So often a sender is looked up again when their number changes hands in the meantime.
const LOOKS: usize = 3;

/// How long an envelope may take before the provider is told to send it again. Meta wants its answer
/// within a second and hangs up on its own after a time it does not tell (users of it say 3 to 20
/// seconds); an answer it does not wait for is a retry either way, and a handler that waits on is
/// one more while the records are away.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The least time between two words to the processes that send.
const BETWEEN_WORDS: Duration = Duration::from_millis(5);

/// The least queue that holds two of the largest envelopes a provider sends (Meta batches up to
/// 1,000 updates).
pub const LEAST_CAPACITY: usize = 2_000;

/// What a missed call to one number of ours leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPlan {
    /// The flow it begins.
    pub flow: String,
    /// How it is answered.
    pub road: Road,
    /// Calls of one person this close together are one wish.
    pub once_in: SignedDuration,
}

/// The plans by the channel and account on which a call comes in.
pub type CallPlans = BTreeMap<(Channel, String), CallPlan>;

/// What intake stands on.
#[derive(Clone, Debug)]
pub struct IntakeOptions {
    pub records: Records,
    pub state: State,
    pub flows: FlowsHandle,
    /// What election law has in force.
    pub rules: RulesHandle,
    pub calls: Arc<CallPlans>,
    pub keyring: Arc<Keyring>,
    pub clock: Clock,
    pub ids: Ids,
    /// Where fresh replies go; `None` in a replica that only takes messages in.
    pub delivery: Option<Delivery>,
    /// Where answers to polls are sealed; `None`: no poll is asked here.
    pub ballots: Option<BallotBox>,
    /// What reports ask for beyond their messages.
    pub reports: Reports,
    /// Updates admitted and not yet committed, at most; never below [`LEAST_CAPACITY`].
    pub capacity: usize,
    /// How many tasks share the lanes.
    pub shards: usize,
    /// How long a quiet session stays in the state store.
    pub state_ttl: Duration,
    pub tracker: TaskTracker,
    pub shutdown: CancellationToken,
    /// Cancelled by whoever learns that this process was taken for dead.
    pub fenced: CancellationToken,
    pub vital: Vital,
    /// How long a provider waits for its answer at most; [`PATIENCE`] but in tests.
    pub patience: Duration,
    pub metrics: Arc<Metrics>,
}

/// The front door of every channel. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    records: Records,
    clock: Clock,
    reports: Reports,
    metrics: Arc<Metrics>,
    fenced: CancellationToken,
    room: Arc<Semaphore>,
    patience: Duration,
    tracker: TaskTracker,
    shards: Vec<mpsc::UnboundedSender<Vec<shard::Work>>>,
    /// Rung when a committed turn wants something done.
    wanted: Arc<Notify>,
    known: cache::Known,
    broadcasts: lately::Lately,
    ballots: Option<BallotBox>,
}

impl Intake {
    /// Starts the lanes and the timer task.
    #[must_use]
    pub fn start(options: &IntakeOptions) -> Intake {
        let queued = Arc::new(Notify::new());
        if options.delivery.is_none() {
            let announcing =
                announce(options.state.clone(), Arc::clone(&queued), options.shutdown.clone());
            let announcing =
                options.vital.until(&options.shutdown, "the word to senders", announcing);
            options.tracker.spawn(announcing);
        }
        let wanted = Arc::new(Notify::new());
        let mut shards = Vec::new();
        for _ in 0..options.shards.max(1) {
            let (sender, receiver) = mpsc::unbounded_channel();
            let shard =
                shard::Shard::new(options, Arc::clone(&queued), Arc::clone(&wanted)).run(receiver);
            options.tracker.spawn(options.vital.whole("the lanes", shard));
            shards.push(sender);
        }
        let inner = Arc::new(Inner {
            records: options.records.clone(),
            clock: options.clock.clone(),
            reports: options.reports.clone(),
            metrics: Arc::clone(&options.metrics),
            fenced: options.fenced.clone(),
            room: Arc::new(Semaphore::new(options.capacity.max(LEAST_CAPACITY))),
            patience: options.patience,
            tracker: options.tracker.clone(),
            shards,
            wanted,
            known: cache::Known::default(),
            broadcasts: lately::Lately::default(),
            ballots: options.ballots.clone(),
        });
        let intake = Intake { inner };
        let timers = timers::run(intake.clone(), options.shutdown.clone());
        options.tracker.spawn(options.vital.until(&options.shutdown, "the timers", timers));
        let (state, ttl) = (options.state.clone(), options.state_ttl);
        let erased = erased::run(intake.clone(), state, ttl, options.shutdown.clone());
        let erased = options.vital.until(&options.shutdown, "the watch over the erased", erased);
        options.tracker.spawn(erased);
        intake
    }

    /// Takes one envelope whole and answers when all of it is committed. Refuses it whole at once
    /// when the queue has no room for all of it; when it takes too long the answer is `Again`, and
    /// what of it is under way is finished all the same: the next time it is there already.
    pub async fn admit(&self, envelope: Envelope) -> Admission {
        let updates = u32::try_from(envelope.len()).unwrap_or(u32::MAX);
        if updates == 0 {
            return Admission::Committed;
        }
        let Ok(room) = Arc::clone(&self.inner.room).try_acquire_many_owned(updates) else {
            self.inner.metrics.envelopes_refused.inc();
            return Admission::Again;
        };
        // A task of its own: a provider that hangs up must not leave an envelope half handed over,
        // nor its room counted as free.
        let intake = self.clone();
        let admitted = self.inner.tracker.spawn(async move {
            let _room = room;
            intake.inner.metrics.waiting.inc_by(i64::from(updates));
            let admission = intake.admit_with_room(envelope).await;
            intake.inner.metrics.waiting.dec_by(i64::from(updates));
            admission
        });
        let admission = match tokio::time::timeout(self.inner.patience, admitted).await {
            Ok(admission) => admission.unwrap_or(Admission::Again),
            Err(_elapsed) => {
                tracing::warn!(updates, "an envelope takes too long; the provider is asked again");
                Admission::Again
            }
        };
        if admission == Admission::Again {
            self.inner.metrics.envelopes_refused.inc();
        }
        admission
    }

    async fn admit_with_room(&self, envelope: Envelope) -> Admission {
        let Envelope { inbound, mut statuses, events, preferences } = envelope;
        let inner = &self.inner;
        for status in &mut statuses {
            // Whoever wrote lately under all these names is known under them already.
            if inner.known.get(&status.recipient).is_some() {
                status.recipient = Identities::default();
            }
            inner.metrics.told(status);
        }
        // The messages are begun first: they are what a person waits for. What most envelopes do not have
        // stands in boxes: reports come by the thousand a second, and each has a task.
        let waits = if inbound.is_empty() {
            Vec::new()
        } else {
            match Box::pin(self.begin(inbound)).await {
                Ok(waits) => waits,
                Err(error) => return self.again(&error),
            }
        };
        let records = &inner.records;
        let written = async {
            inner.reports.heed(&statuses).await?;
            all_or_each(statuses, |some| records.apply_statuses(some)).await?;
            if preferences.is_empty() && events.is_empty() {
                return Ok(());
            }
            Box::pin(async {
                all_or_each(preferences, |some| records.apply_preferences(some)).await?;
                inner.reports.heed_events(&events).await?;
                all_or_each(events, |some| records.keep_events(some)).await
            })
            .await
        };
        if let Err(error) = written.await {
            return self.again(&error);
        }
        if waits.is_empty() {
            return Admission::Committed;
        }
        Box::pin(self.all_landed(waits)).await
    }

    /// Waits until every message of an envelope has its answer. Messages of senders who turn out to
    /// be somebody else are handed over again, to whom the records name.
    async fn all_landed(&self, mut waits: Vec<oneshot::Receiver<Answer>>) -> Admission {
        let mut admission = Admission::Committed;
        for _look in 0..LOOKS {
            let mut strangers = Vec::new();
            for wait in waits {
                match wait.await {
                    Ok(Answer::Done(Admission::Committed)) => {}
                    Ok(Answer::Stranger(message)) => strangers.push(*message),
                    // A shard that went away (shutdown) dropped the sender: nothing was promised.
                    Ok(Answer::Done(Admission::Again)) | Err(_) => admission = Admission::Again,
                }
            }
            if strangers.is_empty() {
                return admission;
            }
            tracing::info!(
                messages = strangers.len(),
                "senders have changed; looking them up again"
            );
            self.inner.known.forget_all();
            waits = Vec::with_capacity(strangers.len());
            let received_at = self.inner.clock.now();
            if let Err(error) = self.begin_run(strangers, received_at, &mut waits).await {
                return self.again(&error);
            }
        }
        Admission::Again
    }

    /// Puts every message into the lane of its contact. A change of identity is noted in its place:
    /// what stands before it is of the old addresses and is committed first, what stands after it of
    /// the new.
    async fn begin(
        &self,
        inbound: Vec<Inbound>,
    ) -> Result<Vec<oneshot::Receiver<Answer>>, RecordsError> {
        let received_at = self.inner.clock.now();
        let mut waits = Vec::with_capacity(inbound.len());
        let mut run = Vec::with_capacity(inbound.len());
        for message in inbound {
            if matches!(message.content, InboundContent::IdentityChanged { .. }) {
                self.begin_run(std::mem::take(&mut run), received_at, &mut waits).await?;
                if self.all_landed(std::mem::take(&mut waits)).await == Admission::Again {
                    let reason = "what stands before a change of identity is not committed";
                    return Err(RecordsError::Unavailable(reason.to_owned()));
                }
                self.note_change(message, received_at).await?;
                continue;
            }
            if let Some(number) = own_number(&message) {
                // A duplicate may come after the number changed hands: what it did is done.
                if self.inner.records.is_committed(message.channel, &message.key).await? {
                    continue;
                }
                self.begin_run(std::mem::take(&mut run), received_at, &mut waits).await?;
                if self.all_landed(std::mem::take(&mut waits)).await == Admission::Again {
                    let reason = "what stands before a number is not committed";
                    return Err(RecordsError::Unavailable(reason.to_owned()));
                }
                self.adopt(&message, number).await?;
            }
            run.push(message);
        }
        self.begin_run(run, received_at, &mut waits).await?;
        Ok(waits)
    }

    /// Takes a number that the provider vouches for to its person, and with it the contact the number had
    /// until now. The message that brought it is turned after that, by the contact that stays; when it
    /// comes again, there is nothing left to do.
    async fn adopt(&self, message: &Inbound, number: PhoneNumber) -> Result<(), RecordsError> {
        self.came_to(self.inner.records.adopt(&message.from, number).await).map(drop)
    }

    /// Tells what became of the addresses of one person, and whether two contacts are one now.
    fn came_to(&self, adopted: Result<Adopted, RecordsError>) -> Result<bool, RecordsError> {
        match adopted {
            Ok(Adopted::Known) => {}
            Ok(Adopted::Added { contact }) => {
                tracing::info!(contact, "a person without a number told theirs");
            }
            Ok(Adopted::Merged { kept, given_up }) => {
                tracing::info!(kept, given_up, "two contacts are one person");
                // After the records: what is asked from here on is answered by the new state.
                self.inner.known.forget_all();
                return Ok(true);
            }
            Ok(Adopted::Refused) => {
                tracing::warn!(
                    "an address belongs to a person who may not be this one; the office decides"
                );
            }
            Err(error @ (RecordsError::Refused(_) | RecordsError::Broken { .. })) => {
                // The person is answered all the same; the two contacts stay two.
                tracing::error!(%error, "two contacts could not be made one");
            }
            Err(error) => return Err(error),
        }
        Ok(false)
    }

    /// The contact of each message, in order. Where one of WhatsApp's messages, which are signed, names two
    /// contacts at once (one had the number, the other the user id), they are one person.
    async fn contacts_of(&self, inbound: &[Inbound]) -> Result<Vec<Option<i64>>, RecordsError> {
        let (contacts, torn) = self.look_up(inbound).await?;
        let mut is_one = false;
        for message in torn {
            // A duplicate may come after the number changed hands: what it did is done.
            if !self.inner.records.is_committed(message.channel, &message.key).await? {
                is_one |= self.came_to(self.inner.records.unite(&message.from).await)?;
            }
        }
        if !is_one {
            return Ok(contacts);
        }
        Ok(self.look_up(inbound).await?.0)
    }

    /// The contact of each message, in order, and the messages of WhatsApp whose addresses are not of one
    /// contact.
    async fn look_up<'m>(
        &self,
        inbound: &'m [Inbound],
    ) -> Result<(Vec<Option<i64>>, Vec<&'m Inbound>), RecordsError> {
        let inner = &self.inner;
        let epoch = inner.known.epoch();
        let mut contacts: Vec<Option<i64>> =
            inbound.iter().map(|message| inner.known.get(&message.from)).collect();
        let mut unknown = Vec::new();
        for (message, contact) in inbound.iter().zip(&contacts) {
            if contact.is_none() {
                unknown.push((message.channel, message.from.clone()));
            }
        }
        let mut torn = Vec::new();
        if unknown.is_empty() {
            return Ok((contacts, torn));
        }
        let mut found = inner.records.senders(unknown).await?.into_iter();
        for (message, contact) in inbound.iter().zip(&mut contacts) {
            if contact.is_some() {
                continue;
            }
            let Some(sender) = found.next() else { continue };
            *contact = Some(sender.contact);
            inner.known.put(message.from.clone(), sender.contact, epoch);
            if sender.is_torn && message.channel == Channel::Whatsapp {
                torn.push(message);
            }
        }
        Ok((contacts, torn))
    }

    /// Notes a change of identity once. After that the old addresses are nobody's, and looking for
    /// their owner again would make up a person.
    async fn note_change(
        &self,
        message: Inbound,
        received_at: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        let inner = &self.inner;
        if inner.records.is_committed(message.channel, &message.key).await? {
            return Ok(());
        }
        let sender = (message.channel, message.from.clone());
        let owner = inner.records.resolve(vec![sender]).await?;
        let Some(contact) = owner.first() else {
            return Err(RecordsError::Unavailable("a sender found no contact".to_owned()));
        };
        inner.records.note(*contact, message, received_at).await?;
        // After the records: what is asked from here on is answered by the new state.
        inner.known.forget_all();
        Ok(())
    }

    /// Finds the contacts of messages that no change of identity stands between, and puts each into
    /// its lane, in order.
    async fn begin_run(
        &self,
        inbound: Vec<Inbound>,
        received_at: jiff::Timestamp,
        waits: &mut Vec<oneshot::Receiver<Answer>>,
    ) -> Result<(), RecordsError> {
        let inner = &self.inner;
        let contacts = self.contacts_of(&inbound).await?;
        let mut reached = self.reached(&inbound, &contacts, received_at).await?.into_iter();
        let mut notes = Vec::new();
        let mut turned = Vec::with_capacity(inbound.len());
        for (message, contact) in inbound.into_iter().zip(contacts) {
            let may_answer = reached.next().flatten();
            let Some(contact) = contact else {
                return Err(RecordsError::Unavailable("a sender found no contact".to_owned()));
            };
            if self.came_in_secret(&message).await? {
                continue;
            }
            // Somebody who edits an answer to a poll is told that it does not count.
            let is_heard = message.content.is_turned()
                || (matches!(message.content, InboundContent::Edited { .. })
                    && inner.ballots.as_ref().is_some_and(BallotBox::is_in_use));
            if is_heard {
                let (mut work, wait) =
                    shard::Work::new(contact, shard::Source::Message, message, received_at);
                work.item.reached = may_answer;
                turned.push(work);
                waits.push(wait);
            } else {
                let noting = inner.records.note(contact, message.clone(), received_at);
                notes.push(async move { (message, noting.await) });
            }
        }
        self.hand_over(turned);
        // Together, so that they fall into one group commit.
        for (message, noted) in futures_util::future::join_all(notes).await {
            if noted? == Verdict::Stranger {
                let (done, wait) = oneshot::channel();
                let _ = done.send(Answer::Stranger(Box::new(message)));
                waits.push(wait);
            }
        }
        Ok(())
    }

    /// Whether a message that its provider gives no id was taken in before as one that may tell a choice: such a one has
    /// another key, from which its words cannot be tried out.
    async fn came_in_secret(&self, message: &Inbound) -> Result<bool, RecordsError> {
        if !self.inner.ballots.as_ref().is_some_and(BallotBox::is_in_use) {
            return Ok(false);
        }
        match secret_key(message) {
            Some(key) => self.inner.records.is_committed(message.channel, &key).await,
            None => Ok(false),
        }
    }

    /// The broadcast each message may answer, in order: none of them while no broadcast went out lately.
    async fn reached(
        &self,
        inbound: &[Inbound],
        contacts: &[Option<i64>],
        now: jiff::Timestamp,
    ) -> Result<Vec<Option<Reached>>, RecordsError> {
        let inner = &self.inner;
        if !inner.broadcasts.were_lately(&inner.records, now).await? {
            return Ok(Vec::new());
        }
        let mut asked = Vec::with_capacity(inbound.len());
        for (message, contact) in inbound.iter().zip(contacts) {
            let contact = contact.filter(|_| message.content.is_turned()).unwrap_or_default();
            let quoted = message.quoted.as_ref().map(|quoted| (message.channel, quoted.clone()));
            asked.push((contact, quoted));
        }
        inner.records.reached(asked, now).await
    }

    /// Puts each item into the lane of its contact, all of a shard at once.
    fn hand_over(&self, work: Vec<shard::Work>) {
        let shards = &self.inner.shards;
        let mut by_shard: Vec<Vec<shard::Work>> = shards.iter().map(|_| Vec::new()).collect();
        for one in work {
            let place =
                usize::try_from(one.contact.unsigned_abs()).unwrap_or(0) % shards.len().max(1);
            if let Some(of_shard) = by_shard.get_mut(place) {
                of_shard.push(one);
            }
        }
        for (shard, of_shard) in shards.iter().zip(by_shard) {
            if !of_shard.is_empty() {
                // A closed shard drops the work and with it the waiters: the answer is `Again`.
                let _ = shard.send(of_shard);
            }
        }
    }

    fn again(&self, error: &RecordsError) -> Admission {
        if matches!(error, RecordsError::Fenced) {
            self.inner.fenced.cancel();
        }
        tracing::warn!(%error, "an envelope was refused whole");
        Admission::Again
    }
}

/// The number a person without one gave as their own, where WhatsApp vouches for it: the answer to our
/// request for it, with one number, from somebody known by their user id alone. A card shared by hand can
/// be anybody's and proves nothing, nor does a number that is typed.
fn own_number(message: &Inbound) -> Option<PhoneNumber> {
    let InboundContent::Contacts { phones, requested: true } = &message.content else {
        return None;
    };
    let has = |kind| message.from.get(kind).is_some();
    let is_nameless = has(AddressKind::WhatsappUser)
        && !has(AddressKind::Phone)
        && !has(AddressKind::ForeignPhone);
    let [phone] = phones.as_slice() else { return None };
    // WhatsApp writes the country always: ten digits are a number of another one.
    let is_indian = phone.trim_start_matches('+').starts_with("91");
    let is_proven = message.channel == Channel::Whatsapp && is_nameless && is_indian;
    is_proven.then(|| PhoneNumber::parse(phone).ok()).flatten()
}

/// Tells the processes that send when this one queued something for them, not more often than they
/// can make use of it.
async fn announce(state: State, queued: Arc<Notify>, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(queued.notified()).await.is_some() {
        state.publish(LiveEvent::Queued).await;
        tokio::time::sleep(BETWEEN_WORDS).await;
    }
}

/// Writes all, or, when the records refuse them as they stand, each by itself: one that can never be
/// written must not have its whole envelope sent again for days.
async fn all_or_each<T, W, F>(all: Vec<T>, write: W) -> Result<(), RecordsError>
where
    T: Clone,
    W: Fn(Vec<T>) -> F,
    F: Future<Output = Result<(), RecordsError>>,
{
    if all.is_empty() {
        return Ok(());
    }
    match write(all.clone()).await {
        Err(RecordsError::Refused(_) | RecordsError::Broken { .. }) => {}
        written => return written,
    }
    for one in all {
        match write(vec![one]).await {
            Err(error @ (RecordsError::Refused(_) | RecordsError::Broken { .. })) => {
                tracing::error!(%error, "a provider's word cannot be kept and is left out");
            }
            written => written?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of what a call of this begins.
    fn size_of_call<A, F: Future>(_: impl Fn(A) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn taking_an_envelope_takes_a_few_kilobytes() {
        let admit =
            |(intake, envelope): (&'static Intake, Envelope)| intake.admit_with_room(envelope);
        let bytes = size_of_call(admit);
        assert!(bytes <= 4096, "{bytes} bytes: what few envelopes have belongs into a box");
    }
}
