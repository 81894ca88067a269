//! One contact, one lane: what waits, what is in flight, and from which state the next turn starts.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::polls::{Checked, Stands};
use super::shard::Source;
use super::{Admission, Answer};
use crate::fact::Reached;
use crate::message::{Content, Inbound, OutgoingId, Reply};
use crate::records::{Chain, RecordsError, Snapshot, Verdict};

/// How many turns of one contact may stand upon one another uncommitted.
pub(super) const DEEPEST: usize = 16;

/// So often in a row a lane may lose to other writers. Each loss is somebody else's win, so that two
/// replicas come to an end with one person's messages; more than this is no race any more.
const MOST_CONFLICTS: u32 = 16;

/// The first wait after a lost race that was not the first, doubled each time up to the longest: two
/// that lost to each other are to come apart.
const SHORTEST_WAIT: Duration = Duration::from_millis(2);
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// After so many failures a message is parked.
pub(super) const TRIES: u32 = 3;

/// One message (or due timer) on its way through a lane.
#[derive(Debug)]
pub(super) struct Item {
    pub source: Source,
    pub inbound: Inbound,
    pub received_at: Timestamp,
    /// The broadcast it may answer.
    pub reached: Option<Reached>,
    /// Whoever waits to answer a provider; several when the same message came at once.
    pub waiters: Vec<oneshot::Sender<Answer>>,
    pub failures: u32,
    /// What the last failure was, without persons.
    pub reason: String,
}

impl Item {
    pub(super) fn answer(self, admission: Admission) {
        for waiter in self.waiters {
            let _ = waiter.send(Answer::Done(admission));
        }
    }

    /// The sender is not the contact of this lane: each waiter looks for them anew.
    pub(super) fn estranged(self) {
        for waiter in self.waiters {
            let _ = waiter.send(Answer::Stranger(Box::new(self.inbound.clone())));
        }
    }

    pub(super) fn failed(&mut self, reason: String) {
        self.failures += 1;
        self.reason = reason;
    }

    fn is_same_message(&self, other: &Inbound) -> bool {
        self.inbound.channel == other.channel && self.inbound.key == other.key
    }
}

/// A reply as it leaves when this process sends it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub reply: Reply,
    /// What its row says, where that is something else.
    pub kept: Option<Box<Content>>,
}

impl Told {
    /// `told` are the replies of a turn as they leave, `kept` the same as they are written down.
    pub(super) fn of(told: Vec<Reply>, kept: &[Reply]) -> Vec<Told> {
        let mut kept = kept.iter();
        let mut all = Vec::with_capacity(told.len());
        for reply in told {
            let row = kept.next().filter(|row| row.content != reply.content);
            let kept = row.map(|row| Box::new(row.content.clone()));
            all.push(Told { reply, kept });
        }
        all
    }
}

/// A turn that was made and handed to the records.
#[derive(Debug)]
pub(super) struct Flight {
    pub seq: u64,
    pub item: Item,
    pub replies: Vec<Told>,
    /// The lane's state after it, should it win.
    pub after: Snapshot,
    pub parked: bool,
    /// Whether it wants something done once it is committed.
    pub wants: bool,
    /// Filled when the records have spoken; verdicts are acted on in order.
    pub verdict: Option<Result<Verdict, RecordsError>>,
}

/// Where the lane's state was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// From the state store first; it may be stale.
    Quick,
    /// From the records only: the quick way has just been found stale.
    Records,
}

#[derive(Debug)]
pub(super) struct Lane {
    /// The state the next turn starts from; `None` until it is read.
    pub base: Option<Snapshot>,
    pub loading: bool,
    /// Where the contact stands in open polls, as far as the base knows, and whether their receipts were looked up.
    pub stands: Vec<Stands>,
    pub with_receipts: bool,
    /// What was found for the next message that asks about a receipt.
    pub checked: Option<Checked>,
    pub read: Read,
    pub chain: Chain,
    /// The place of the next turn in the chain.
    pub place: u64,
    pub waiting: VecDeque<Item>,
    /// So many at the front of `waiting` came back from a broken chain whose rest is still flying.
    returned: usize,
    pub flying: VecDeque<Flight>,
    /// The chain that is flying lost to another writer.
    beaten: bool,
    /// So many chains in a row did.
    conflicts: u32,
    /// A turn of the chain that is flying could not be committed.
    given_up: bool,
}

impl Default for Lane {
    fn default() -> Lane {
        Lane {
            base: None,
            loading: false,
            stands: Vec::new(),
            with_receipts: false,
            checked: None,
            read: Read::Quick,
            chain: Chain::default(),
            place: 0,
            waiting: VecDeque::new(),
            returned: 0,
            flying: VecDeque::new(),
            beaten: false,
            conflicts: 0,
            given_up: false,
        }
    }
}

impl Lane {
    /// Takes an item in; one that is here already only gains a waiter.
    pub(super) fn take(&mut self, item: Item) {
        let known = self
            .flying
            .iter_mut()
            .map(|flight| &mut flight.item)
            .chain(self.waiting.iter_mut())
            .find(|known| known.is_same_message(&item.inbound));
        match known {
            Some(known) => known.waiters.extend(item.waiters),
            None => self.waiting.push_back(item),
        }
    }

    /// Takes back an item that did not win. Flights land in order, each for itself: it stands behind
    /// those of its chain that landed before it and ahead of everything younger.
    pub(super) fn take_back(&mut self, item: Item) {
        let place = self.returned.min(self.waiting.len());
        self.waiting.insert(place, item);
        self.returned = place + 1;
    }

    /// The item whose turn it is. By then nothing of a broken chain is flying any more.
    pub(super) fn next(&mut self) -> Option<Item> {
        self.returned = 0;
        self.waiting.pop_front()
    }

    /// Everything that waits, taken out.
    pub(super) fn drain(&mut self) -> VecDeque<Item> {
        self.returned = 0;
        std::mem::take(&mut self.waiting)
    }

    /// Forgets the state: the next turn starts from the records, with a new chain.
    pub(super) fn forget_base(&mut self) {
        self.base = None;
        self.stands.clear();
        self.with_receipts = false;
        self.checked = None;
        self.read = Read::Records;
        self.chain = Chain::default();
        self.place = 0;
    }

    /// A turn lost to another writer. All that were made upon it lose with it, and count as one loss.
    pub(super) fn was_beaten(&mut self) {
        self.forget_base();
        self.beaten = true;
    }

    pub(super) fn has_won(&mut self) {
        self.conflicts = 0;
    }

    /// How long to wait before the state is read again; `None` when others came first too often.
    /// `random` is any number.
    pub(super) fn wait_after_conflicts(&mut self, random: u64) -> Option<Duration> {
        if std::mem::take(&mut self.beaten) {
            self.conflicts += 1;
        }
        if self.conflicts > MOST_CONFLICTS {
            self.conflicts = 0;
            return None;
        }
        if self.conflicts < 2 {
            return Some(Duration::ZERO);
        }
        let ceiling = (SHORTEST_WAIT * 2_u32.pow(self.conflicts - 2)).min(LONGEST_WAIT);
        let micros = u64::try_from(ceiling.as_micros()).unwrap_or(u64::MAX);
        Some(Duration::from_micros(random % micros.max(1)))
    }

    /// A turn could not be committed: until its whole chain has landed, whatever waits is given up
    /// with it.
    pub(super) fn give_up(&mut self) {
        self.forget_base();
        self.given_up = true;
    }

    /// Whether what waits is to be given up now; with the last of the chain that is over.
    pub(super) fn has_given_up(&mut self) -> bool {
        let given_up = self.given_up;
        self.given_up = given_up && !self.flying.is_empty();
        given_up
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.loading && self.waiting.is_empty() && self.flying.is_empty()
    }

    /// Whether a turn may be made now.
    pub(super) fn may_turn(&self) -> bool {
        self.base.is_some() && !self.waiting.is_empty() && self.flying.len() < DEEPEST
    }

    /// Whether the state has to be read first. While turns of a broken chain are still in flight
    /// it is not: they go back to the front of the queue, and the order must hold.
    pub(super) fn must_read(&self) -> bool {
        self.base.is_none() && !self.loading && !self.waiting.is_empty() && self.flying.is_empty()
    }

    /// The flight at the front, once the records have spoken about it.
    pub(super) fn landed(&mut self) -> Option<Flight> {
        self.flying.front()?.verdict.as_ref()?;
        self.flying.pop_front()
    }
}

/// The ids the records gave to the replies, with the replies.
pub(super) fn with_ids(replies: Vec<Told>, ids: Vec<OutgoingId>) -> Vec<(OutgoingId, Told)> {
    ids.into_iter().zip(replies).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Identities;
    use crate::message::{Channel, InboundContent};

    fn item(key: &str) -> Item {
        let inbound = Inbound {
            channel: Channel::Whatsapp,
            account: "1".to_owned(),
            key: key.to_owned(),
            from: Identities::default(),
            profile_name: None,
            sent_at: Timestamp::UNIX_EPOCH,
            content: InboundContent::Welcome,
            quoted: None,
        };
        let received_at = Timestamp::UNIX_EPOCH;
        Item {
            source: Source::Message,
            inbound,
            received_at,
            reached: None,
            waiters: Vec::new(),
            failures: 0,
            reason: String::new(),
        }
    }

    #[test]
    fn a_reply_that_is_told_in_memory_knows_what_its_row_says() {
        let reply = |body: &str| Reply {
            lane: crate::message::Lane::Reply,
            purpose: crate::message::Purpose::Answer,
            content: Content::Text { body: body.to_owned() },
        };
        let (told, kept) =
            ([reply("आपने सुनीता जी को चुना"), reply("और")], [reply("उत्तर मिला"), reply("और")]);
        let all = Told::of(told.to_vec(), &kept);
        assert_eq!(all[0].kept.as_deref(), Some(&kept[0].content));
        assert_eq!(all[1].kept, None);
    }

    #[test]
    fn beaten_turns_that_land_one_by_one_come_again_in_their_order() {
        let mut lane = Lane::default();
        lane.take(item("d"));
        for (seq, key) in (0..).zip(["a", "b", "c"]) {
            lane.flying.push_back(Flight {
                wants: false,
                seq,
                item: item(key),
                replies: Vec::new(),
                after: Snapshot::default(),
                parked: false,
                verdict: Some(Ok(Verdict::Conflict)),
            });
        }
        while let Some(flight) = lane.landed() {
            lane.take_back(flight.item);
            lane.take(item("a"));
        }
        let order: Vec<&str> = lane.waiting.iter().map(|item| item.inbound.key.as_str()).collect();
        assert_eq!(order, ["a", "b", "c", "d"]);
    }
}
