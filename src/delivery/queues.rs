//! What waits in memory, and whose turn it is. No clock and no I/O: times are handed in.
//!
//! Every message waits behind its own contact's earlier ones; a contact stands in the line of the
//! sender and lane of its first message, so that a line of a million broadcasts is not between a
//! person and their reply. One message of a contact is under way at a time.
//!
//! Two things keep one contact's messages in order although some of them go back to the records:
//!
//! - a *hold*: message k of a contact is to be tried again later, so k+1 must not pass it. Until k
//!   was claimed again (or the hold is over; it is bounded), later messages of the same or a less
//!   urgent lane are given back too, to the same time.
//! - *spilling*: memory was full and messages were given back; from then on all new ones are, until
//!   the queue in the records was seen empty. Else a new one would pass those that were given back.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::message::{Channel, Lane, Outgoing, OutgoingId};

/// A sender: the channel and the number or account of ours.
pub(super) type SenderKey = (Channel, String);

/// What became of a message that was offered.
#[derive(Debug)]
pub(super) enum Offer {
    Queued,
    /// No room for it, or an earlier one of the contact is back in the records: it follows there.
    GiveBack(Box<Outgoing>, Option<Timestamp>),
}

/// A message whose turn has come; it is under way until [`Queues::finish`], [`Queues::put_back`] or
/// [`Queues::defer`] is called for its contact.
#[derive(Debug)]
pub(super) struct Popped {
    pub(super) outgoing: Outgoing,
    /// It is the first answer to this inbound that is tried here.
    pub(super) first_answer: bool,
}

#[derive(Debug, Default)]
pub(super) struct Queues {
    contacts: HashMap<i64, ContactQueue>,
    senders: HashMap<SenderKey, SenderQueue>,
    /// When a contact's wait or hold is over.
    timers: BTreeSet<(Instant, i64)>,
    waiting_by_lane: PerLane<usize>,
    /// Messages in memory (waiting or under way) that were claimed from the records.
    pulled: usize,
    capacity: usize,
    spilled: bool,
    spills: u64,
    /// The last claim was full: there is more in the records.
    more: bool,
}

#[derive(Debug, Default)]
struct ContactQueue {
    waiting: BTreeMap<(Lane, OutgoingId), Queued>,
    under_way: Option<UnderWay>,
    not_before: Option<Instant>,
    hold: Option<Hold>,
    /// Where the contact stands in line; the ticket makes older places void.
    place: Option<(SenderKey, Lane)>,
    ticket: u64,
    /// The inbound whose first answer was tried here.
    answered: Option<String>,
}

#[derive(Debug)]
struct Queued {
    /// In a box: a contact's queue has room for several, and mostly holds one.
    outgoing: Box<Outgoing>,
    pulled: bool,
}

#[derive(Debug)]
struct UnderWay {
    sender: SenderKey,
    pulled: bool,
}

/// Messages of one contact that went back to the records to be tried again.
#[derive(Debug)]
struct Hold {
    /// Messages of another sender pass.
    sender: SenderKey,
    /// Less urgent than this waits with them; more urgent passes.
    lane: Lane,
    ids: BTreeSet<OutgoingId>,
    not_before: Timestamp,
    until: Instant,
}

#[derive(Debug, Default)]
struct SenderQueue {
    lines: PerLane<VecDeque<(i64, u64)>>,
    under_way: usize,
    /// Woken when there is something to do for the sender.
    wake: Arc<Notify>,
}

/// One thing for each lane, in the order of urgency.
#[derive(Debug, Default)]
struct PerLane<T>([T; 4]);

impl<T> PerLane<T> {
    fn of(&mut self, lane: Lane) -> &mut T {
        let [reply, person, reminder, broadcast] = &mut self.0;
        match lane {
            Lane::Reply => reply,
            Lane::Person => person,
            Lane::Reminder => reminder,
            Lane::Broadcast => broadcast,
        }
    }
}

/// The lanes that do not wait for others: people stand behind them.
const URGENT: usize = 2;

fn sender_of(outgoing: &Outgoing) -> SenderKey {
    (outgoing.channel, outgoing.account.clone())
}

impl Queues {
    /// Holds at most `capacity` waiting messages of the fast path.
    pub(super) fn new(capacity: usize) -> Queues {
        Queues { capacity, ..Queues::default() }
    }

    /// Registers a sender; the handle that wakes its pump.
    pub(super) fn sender(&mut self, key: &SenderKey) -> Arc<Notify> {
        self.senders.entry(key.clone()).or_default().wake.clone()
    }

    /// Takes a freshly committed message, unless it has to follow others to the records.
    pub(super) fn offer(&mut self, outgoing: Outgoing, now: Instant) -> Offer {
        if let Some(contact) = self.contacts.get_mut(&outgoing.contact)
            && let Some(hold) = &mut contact.hold
            && hold.binds(&outgoing, now)
        {
            hold.ids.insert(outgoing.id);
            let not_before = hold.not_before;
            return Offer::GiveBack(Box::new(outgoing), Some(not_before));
        }
        if self.spilled || self.waiting() >= self.capacity {
            self.spilled = true;
            self.spills += 1;
            return Offer::GiveBack(Box::new(outgoing), None);
        }
        self.insert(outgoing, false, now);
        Offer::Queued
    }

    /// Takes a message claimed from the records, whose order is right by itself.
    pub(super) fn offer_pulled(&mut self, outgoing: Outgoing, now: Instant) {
        if let Some(contact) = self.contacts.get_mut(&outgoing.contact)
            && let Some(hold) = &mut contact.hold
        {
            hold.ids.remove(&outgoing.id);
            if hold.ids.is_empty() {
                contact.hold = None;
            }
        }
        self.insert(outgoing, true, now);
    }

    fn insert(&mut self, outgoing: Outgoing, pulled: bool, now: Instant) {
        let (contact_id, lane) = (outgoing.contact, outgoing.lane);
        let contact = self.contacts.entry(contact_id).or_default();
        let key = (lane, outgoing.id);
        if contact.waiting.contains_key(&key) {
            return;
        }
        contact.waiting.insert(key, Queued { outgoing: Box::new(outgoing), pulled });
        *self.waiting_by_lane.of(lane) += 1;
        self.pulled += usize::from(pulled);
        self.refresh(contact_id, now);
    }

    /// The next message of a sender, most urgent lane first, contacts of a lane in their order of
    /// waiting; with `urgent_only`, none of the lanes nobody stands behind.
    pub(super) fn pop(
        &mut self,
        sender: &SenderKey,
        urgent_only: bool,
        now: Instant,
    ) -> Option<Popped> {
        self.wake_due(now);
        let lanes = if urgent_only { URGENT } else { Lane::ALL.len() };
        let queue = self.senders.get_mut(sender)?;
        for line in queue.lines.0.iter_mut().take(lanes) {
            while let Some((contact_id, ticket)) = line.pop_front() {
                let Some(contact) = self.contacts.get_mut(&contact_id) else { continue };
                if !contact.stands_at(ticket) {
                    continue;
                }
                contact.place = None;
                let Some((_, queued)) = contact.waiting.pop_first() else { continue };
                let Queued { outgoing, pulled } = queued;
                contact.under_way = Some(UnderWay { sender: sender.clone(), pulled });
                let first_answer = outgoing.attempts == 0
                    && outgoing.answers.is_some()
                    && outgoing.answers != contact.answered;
                if first_answer {
                    contact.answered.clone_from(&outgoing.answers);
                }
                queue.under_way += 1;
                *self.waiting_by_lane.of(outgoing.lane) -= 1;
                return Some(Popped { outgoing: *outgoing, first_answer });
            }
        }
        None
    }

    /// The message under way has its answer, or will never have one: the contact's next may go.
    pub(super) fn finish(&mut self, contact_id: i64, now: Instant) {
        self.land(contact_id);
        self.refresh(contact_id, now);
    }

    /// The message under way was not tried and waits for its contact's limit, at the head.
    pub(super) fn put_back(&mut self, outgoing: Outgoing, until: Instant, now: Instant) {
        let contact_id = outgoing.contact;
        let pulled = self.land(contact_id);
        let contact = self.contacts.entry(contact_id).or_default();
        contact.not_before = Some(until);
        self.timers.insert((until, contact_id));
        self.insert(outgoing, pulled, now);
    }

    /// The message under way goes back to the records until `not_before`, and with it those of its
    /// contact that must not pass it: they are given back by the caller, in their order.
    /// `until`: how long new ones are held up at most.
    pub(super) fn defer(
        &mut self,
        outgoing: &Outgoing,
        not_before: Timestamp,
        until: Instant,
        now: Instant,
    ) -> Vec<Outgoing> {
        let contact_id = outgoing.contact;
        let sender = sender_of(outgoing);
        self.land(contact_id);
        let first = (outgoing.lane, outgoing.id);
        let followers = self.take_out(contact_id, &sender, Some(first));
        let mut ids: BTreeSet<OutgoingId> = followers.iter().map(|follower| follower.id).collect();
        ids.insert(outgoing.id);
        self.hold(contact_id, Hold { sender, lane: outgoing.lane, ids, not_before, until });
        self.refresh(contact_id, now);
        followers
    }

    /// Takes out everything that waits for this sender, and holds what comes for the same contacts
    /// up to `until`: it is given back with the same `not_before`.
    pub(super) fn drain_sender(
        &mut self,
        sender: &SenderKey,
        not_before: Timestamp,
        until: Instant,
        now: Instant,
    ) -> Vec<Outgoing> {
        let contact_ids: Vec<i64> = self.contacts.keys().copied().collect();
        let mut drained = Vec::new();
        for contact_id in contact_ids {
            let taken = self.take_out(contact_id, sender, None);
            let Some(lane) = taken.iter().map(|outgoing| outgoing.lane).min() else { continue };
            let ids = taken.iter().map(|outgoing| outgoing.id).collect();
            self.hold(contact_id, Hold { sender: sender.clone(), lane, ids, not_before, until });
            self.refresh(contact_id, now);
            drained.extend(taken);
        }
        drained
    }

    /// Takes out everything that waits, for good.
    pub(super) fn drain(&mut self) -> Vec<Outgoing> {
        let mut drained = Vec::new();
        for contact in self.contacts.values_mut() {
            contact.place = None;
            for queued in std::mem::take(&mut contact.waiting).into_values() {
                self.pulled -= usize::from(queued.pulled);
                drained.push(*queued.outgoing);
            }
        }
        self.waiting_by_lane = PerLane::default();
        drained
    }

    /// Takes out what waits of one contact for one sender, from a place in its order on.
    fn take_out(
        &mut self,
        contact_id: i64,
        sender: &SenderKey,
        from: Option<(Lane, OutgoingId)>,
    ) -> Vec<Outgoing> {
        let Some(contact) = self.contacts.get_mut(&contact_id) else { return Vec::new() };
        let is_taken = |key: &(Lane, OutgoingId), queued: &mut Queued| {
            from.is_none_or(|first| *key >= first)
                && queued.outgoing.channel == sender.0
                && queued.outgoing.account == sender.1
        };
        let mut taken = Vec::new();
        for ((lane, _), queued) in contact.waiting.extract_if(.., is_taken) {
            *self.waiting_by_lane.of(lane) -= 1;
            self.pulled -= usize::from(queued.pulled);
            taken.push(*queued.outgoing);
        }
        if !taken.is_empty() {
            contact.place = None;
        }
        taken
    }

    fn hold(&mut self, contact_id: i64, mut hold: Hold) {
        let contact = self.contacts.entry(contact_id).or_default();
        if let Some(known) = contact.hold.take()
            && known.sender == hold.sender
        {
            hold.lane = hold.lane.min(known.lane);
            hold.until = hold.until.max(known.until);
            hold.not_before = hold.not_before.max(known.not_before);
            hold.ids.extend(known.ids);
        }
        self.timers.insert((hold.until, contact_id));
        contact.hold = Some(hold);
    }

    /// Contacts whose wait is over stand in line again; holds that are over are forgotten.
    pub(super) fn wake_due(&mut self, now: Instant) {
        while let Some((due, contact_id)) = self.timers.first().copied()
            && due <= now
        {
            self.timers.pop_first();
            self.refresh(contact_id, now);
        }
    }

    /// When [`Queues::wake_due`] has something to do next.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Whether anything may be popped for the sender; places that became void are cleared away.
    pub(super) fn is_ready(&mut self, sender: &SenderKey, urgent_only: bool) -> bool {
        let lanes = if urgent_only { URGENT } else { Lane::ALL.len() };
        let Some(queue) = self.senders.get_mut(sender) else { return false };
        for line in queue.lines.0.iter_mut().take(lanes) {
            while let Some((contact_id, ticket)) = line.front() {
                let contact = self.contacts.get(contact_id);
                if contact.is_some_and(|contact| contact.stands_at(*ticket)) {
                    return true;
                }
                line.pop_front();
            }
        }
        false
    }

    /// Calls under way for the sender.
    pub(super) fn under_way(&self, sender: &SenderKey) -> usize {
        self.senders.get(sender).map_or(0, |queue| queue.under_way)
    }

    /// Messages waiting in memory.
    pub(super) fn waiting(&self) -> usize {
        self.waiting_by_lane.0.iter().sum()
    }

    /// The same by lane, in the order of [`Lane::ALL`].
    pub(super) fn waiting_by_lane(&self) -> [usize; 4] {
        self.waiting_by_lane.0
    }

    /// Messages in memory that were claimed from the records.
    pub(super) fn pulled(&self) -> usize {
        self.pulled
    }

    /// Counts the messages given back for want of room; with [`Queues::caught_up`] it makes sure
    /// that nothing was given back behind the back of a claim.
    pub(super) fn spills(&self) -> u64 {
        self.spills
    }

    pub(super) fn set_more(&mut self, more: bool) {
        self.more = more;
    }

    /// Whether the records are known to hold messages that may leave now.
    pub(super) fn may_pull_more(&self) -> bool {
        self.more
    }

    /// The queue in the records was seen empty by a claim that began when `spills` were counted and
    /// written: new messages may take the fast path again.
    pub(super) fn caught_up(&mut self, spills: u64) {
        if self.spills == spills && self.waiting() < self.capacity {
            self.spilled = false;
        }
    }

    /// Ends what is under way for the contact; whether it had been pulled.
    fn land(&mut self, contact_id: i64) -> bool {
        let Some(contact) = self.contacts.get_mut(&contact_id) else { return false };
        let Some(under_way) = contact.under_way.take() else { return false };
        self.pulled -= usize::from(under_way.pulled);
        if let Some(queue) = self.senders.get_mut(&under_way.sender) {
            queue.under_way -= 1;
            queue.wake.notify_one();
        }
        under_way.pulled
    }

    /// Puts the contact in the line of its first message, or forgets it when nothing is left of it.
    fn refresh(&mut self, contact_id: i64, now: Instant) {
        let Some(contact) = self.contacts.get_mut(&contact_id) else { return };
        if contact.not_before.is_some_and(|due| due <= now) {
            contact.not_before = None;
        }
        if contact.hold.as_ref().is_some_and(|hold| hold.until <= now) {
            contact.hold = None;
        }
        let Some((_, first)) = contact.waiting.first_key_value() else {
            if contact.under_way.is_none() && contact.hold.is_none() {
                self.contacts.remove(&contact_id);
            }
            return;
        };
        if contact.under_way.is_some() || contact.not_before.is_some() {
            contact.place = None;
            return;
        }
        let place = (sender_of(&first.outgoing), first.outgoing.lane);
        if contact.place.as_ref() == Some(&place) {
            return;
        }
        contact.ticket += 1;
        let queue = self.senders.entry(place.0.clone()).or_default();
        queue.lines.of(place.1).push_back((contact_id, contact.ticket));
        queue.wake.notify_one();
        contact.place = Some(place);
    }
}

impl ContactQueue {
    /// Whether this place in line is the contact's, and not one it had before.
    fn stands_at(&self, ticket: u64) -> bool {
        self.place.is_some() && self.ticket == ticket
    }
}

impl Hold {
    /// Whether the message must not pass those that are held.
    fn binds(&self, outgoing: &Outgoing, now: Instant) -> bool {
        now < self.until
            && outgoing.lane >= self.lane
            && outgoing.channel == self.sender.0
            && outgoing.account == self.sender.1
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::delivery::tests::message;

    const SECOND: Duration = Duration::from_secs(1);

    fn key() -> SenderKey {
        (Channel::Whatsapp, "1".to_owned())
    }

    fn pop(queues: &mut Queues, now: Instant) -> Option<i64> {
        queues.pop(&key(), false, now).map(|popped| popped.outgoing.id.id)
    }

    fn queued(queues: &mut Queues, outgoing: Outgoing, now: Instant) {
        let offer = queues.offer(outgoing, now);
        assert!(matches!(offer, Offer::Queued), "{offer:?}");
    }

    fn given_back(queues: &mut Queues, outgoing: Outgoing, now: Instant) -> Option<Timestamp> {
        match queues.offer(outgoing, now) {
            Offer::GiveBack(_, not_before) => not_before,
            Offer::Queued => panic!("it was queued"),
        }
    }

    #[test]
    fn the_most_urgent_lane_goes_first_and_contacts_of_a_lane_in_turn() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        queued(&mut queues, message(1, 10, Lane::Broadcast), now);
        queued(&mut queues, message(2, 20, Lane::Reminder), now);
        queued(&mut queues, message(3, 30, Lane::Reply), now);
        queued(&mut queues, message(4, 30, Lane::Reply), now);
        queued(&mut queues, message(5, 40, Lane::Reply), now);
        queued(&mut queues, message(6, 50, Lane::Person), now);
        let mut order = Vec::new();
        while let Some(popped) = queues.pop(&key(), false, now) {
            order.push(popped.outgoing.id.id);
            queues.finish(popped.outgoing.contact, now);
        }
        assert_eq!(order, [3, 5, 4, 6, 2, 1]);
        assert!(queues.contacts.is_empty(), "nothing is left of contacts without messages");
    }

    #[test]
    fn one_message_of_a_contact_is_under_way_at_a_time() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        queued(&mut queues, message(1, 10, Lane::Reply), now);
        queued(&mut queues, message(2, 10, Lane::Reply), now);
        assert_eq!(pop(&mut queues, now), Some(1));
        assert_eq!(pop(&mut queues, now), None);
        queues.finish(10, now);
        assert_eq!(pop(&mut queues, now), Some(2));
    }

    #[test]
    fn a_reply_overtakes_its_own_contact_s_broadcast() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        queued(&mut queues, message(1, 10, Lane::Broadcast), now);
        queued(&mut queues, message(2, 10, Lane::Reply), now);
        assert_eq!(pop(&mut queues, now), Some(2));
        queues.finish(10, now);
        assert_eq!(pop(&mut queues, now), Some(1));
    }

    #[test]
    fn places_kept_for_people_are_not_given_to_the_rest() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        queued(&mut queues, message(1, 10, Lane::Broadcast), now);
        queued(&mut queues, message(2, 20, Lane::Reminder), now);
        assert!(!queues.is_ready(&key(), true));
        assert!(queues.pop(&key(), true, now).is_none());
        queued(&mut queues, message(3, 30, Lane::Person), now);
        assert!(queues.is_ready(&key(), true));
        let popped = queues.pop(&key(), true, now);
        assert_eq!(popped.map(|popped| popped.outgoing.id.id), Some(3));
    }

    #[test]
    fn a_contact_that_waits_for_its_limit_keeps_its_order() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        queued(&mut queues, message(1, 10, Lane::Reply), now);
        queued(&mut queues, message(2, 10, Lane::Reply), now);
        let popped = queues.pop(&key(), false, now).unwrap();
        queues.put_back(popped.outgoing, now + SECOND, now);
        assert_eq!(pop(&mut queues, now), None);
        assert_eq!(queues.next_due(), Some(now + SECOND));
        assert_eq!(pop(&mut queues, now + SECOND), Some(1));
    }

    #[test]
    fn later_messages_follow_one_that_is_to_be_tried_again() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        let again_at = Timestamp::from_second(1_790_000_000).unwrap();
        queued(&mut queues, message(1, 10, Lane::Reminder), now);
        queued(&mut queues, message(2, 10, Lane::Reminder), now);
        let first = queues.pop(&key(), false, now).unwrap().outgoing;
        let followers = queues.defer(&first, again_at, now + SECOND, now);
        assert_eq!(followers.iter().map(|follower| follower.id.id).collect::<Vec<_>>(), [2]);
        let next = message(3, 10, Lane::Reminder);
        assert_eq!(given_back(&mut queues, next, now), Some(again_at));
        // A reply does not wait for a reminder, another person for nobody.
        queued(&mut queues, message(4, 10, Lane::Reply), now);
        queued(&mut queues, message(5, 20, Lane::Reminder), now);
        // They come back by a claim, in their order; then new ones queue behind them.
        for id in 1..=3 {
            queues.offer_pulled(message(id, 10, Lane::Reminder), now);
        }
        queued(&mut queues, message(6, 10, Lane::Reminder), now);
        let mut order = Vec::new();
        while let Some(popped) = queues.pop(&key(), false, now) {
            order.push(popped.outgoing.id.id);
            queues.finish(popped.outgoing.contact, now);
        }
        assert_eq!(order, [4, 5, 1, 2, 3, 6]);
        assert_eq!(queues.pulled(), 0);
    }

    #[test]
    fn a_hold_is_bounded() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        let again_at = Timestamp::from_second(1_790_000_000).unwrap();
        queued(&mut queues, message(1, 10, Lane::Reply), now);
        let first = queues.pop(&key(), false, now).unwrap().outgoing;
        queues.defer(&first, again_at, now + SECOND, now);
        queued(&mut queues, message(2, 10, Lane::Reply), now + SECOND);
        assert_eq!(pop(&mut queues, now + SECOND), Some(2));
        queues.finish(10, now + SECOND);
        queues.wake_due(now + SECOND);
        assert!(queues.contacts.is_empty());
    }

    #[test]
    fn what_came_after_a_full_memory_does_not_pass_what_was_given_back() {
        let (mut queues, now) = (Queues::new(2), Instant::now());
        queued(&mut queues, message(1, 10, Lane::Reply), now);
        queued(&mut queues, message(2, 20, Lane::Reply), now);
        assert_eq!(given_back(&mut queues, message(3, 30, Lane::Reply), now), None);
        assert_eq!(pop(&mut queues, now), Some(1));
        let before = queues.spills();
        // There is room again, but 3 is still in the records.
        assert_eq!(given_back(&mut queues, message(4, 30, Lane::Reply), now), None);
        queues.caught_up(before);
        assert_eq!(given_back(&mut queues, message(5, 30, Lane::Reply), now), None);
        queues.caught_up(queues.spills());
        queued(&mut queues, message(6, 30, Lane::Reply), now);
    }

    #[test]
    fn a_sender_is_emptied_without_touching_others() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        let until = Timestamp::from_second(1_790_000_000).unwrap();
        queued(&mut queues, message(1, 10, Lane::Reply), now);
        queued(&mut queues, message(2, 20, Lane::Reply), now);
        let other = Outgoing { account: "2".to_owned(), ..message(3, 20, Lane::Reply) };
        queued(&mut queues, other, now);
        let mut drained: Vec<i64> = queues
            .drain_sender(&key(), until, now + SECOND, now)
            .iter()
            .map(|outgoing| outgoing.id.id)
            .collect();
        drained.sort_unstable();
        assert_eq!(drained, [1, 2]);
        assert_eq!(queues.waiting(), 1);
        let popped = queues.pop(&(Channel::Whatsapp, "2".to_owned()), false, now);
        assert_eq!(popped.map(|popped| popped.outgoing.id.id), Some(3));
        assert_eq!(given_back(&mut queues, message(4, 10, Lane::Reply), now), Some(until));
    }

    #[test]
    fn only_the_first_answer_to_an_inbound_is_told_so() {
        let (mut queues, now) = (Queues::new(100), Instant::now());
        for id in 1..=3 {
            let answers = Some(if id < 3 { "a" } else { "b" }.to_owned());
            queued(&mut queues, Outgoing { answers, ..message(id, 10, Lane::Reply) }, now);
        }
        let mut firsts = Vec::new();
        while let Some(popped) = queues.pop(&key(), false, now) {
            firsts.push(popped.first_answer);
            queues.finish(10, now);
        }
        assert_eq!(firsts, [true, false, true]);
    }
}
