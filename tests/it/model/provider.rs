//! A strict little provider: it brings what people write until it is answered with 200, takes what we
//! send into a ledger, and says what became of it. What it sees that must never be, it writes down.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use samvad::channel::{ErrorClass, SendAnswer, SendError};
use samvad::clock::Clock;
use samvad::contact::Identities;
use samvad::delivery::Carrier;
use samvad::intake::Admission;
use samvad::message::{
    Channel, Content, Envelope, Inbound, Outgoing, OutgoingId, Status, StatusUpdate,
};

use super::step::{Mishap, Word};

pub(super) const ACCOUNT: &str = "106540352242922";

/// One envelope, brought until it is answered.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) envelope: Envelope,
    /// Answered with 200 at least once.
    pub(super) committed: bool,
}

/// What the provider did with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Accepted,
    /// Taken or not: its answer never came.
    Unanswered,
    Refused,
    NotSent,
}

/// One line of the ledger.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) id: OutgoingId,
    pub(super) contact: i64,
    /// The life of the process that called.
    pub(super) life: u64,
    pub(super) at: i64,
    pub(super) content: Content,
    pub(super) to: Identities,
    pub(super) fate: Fate,
    pub(super) taken: bool,
    /// The answer was handed to the caller.
    pub(super) answered: bool,
    pub(super) provider_id: String,
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { id, life, at, fate, taken, answered, .. } = self;
        write!(formatter, "{} by life {life} at {at}: {fate:?}", id.id)?;
        write!(formatter, ", taken {taken}, answered {answered}")
    }
}

impl Call {
    /// For all the caller knows the person may have it.
    pub(super) fn may_have_left(&self) -> bool {
        self.taken || self.fate == Fate::Unanswered
    }
}

/// What the provider said about a message.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) id: OutgoingId,
    pub(super) status: Status,
    /// It named our own id.
    pub(super) echo: bool,
    /// Which post brought it.
    pub(super) post: usize,
}

#[derive(Debug)]
pub(super) struct Provider {
    clock: Clock,
    unknown_after: Duration,
    pub(super) posts: Vec<Post>,
    pub(super) calls: Vec<Call>,
    pub(super) told: Vec<Told>,
    pub(super) mishaps: VecDeque<Mishap>,
    ended: HashSet<u64>,
    /// What must never be.
    pub(super) wrong: Vec<String>,
    /// Grows with everything it hears.
    pub(super) heard: u64,
}

/// The provider, as everybody around it holds it.
pub(super) type Shared = Arc<Mutex<Provider>>;

impl Provider {
    pub(super) fn new(clock: Clock, unknown_after: Duration) -> Shared {
        Arc::new(Mutex::new(Provider {
            clock,
            unknown_after,
            posts: Vec::new(),
            calls: Vec::new(),
            told: Vec::new(),
            mishaps: VecDeque::new(),
            ended: HashSet::new(),
            wrong: Vec::new(),
            heard: 0,
        }))
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// Something to bring; its number.
    pub(super) fn post(&mut self, envelope: Envelope) -> usize {
        self.posts.push(Post { envelope, committed: false });
        self.posts.len() - 1
    }

    pub(super) fn answer(&mut self, post: usize, admission: Admission) {
        self.heard += 1;
        if admission == Admission::Committed {
            self.posts[post].committed = true;
        }
    }

    /// The posts nobody answered with 200 yet.
    pub(super) fn unanswered(&self) -> Vec<usize> {
        (0..self.posts.len()).filter(|post| !self.posts[*post].committed).collect()
    }

    /// Every message a person wrote, and whether it was answered with 200.
    pub(super) fn messages(&self) -> impl Iterator<Item = (&Inbound, bool)> {
        let of_post = |post: &'_ Post| post.committed;
        self.posts
            .iter()
            .flat_map(move |post| post.envelope.inbound.iter().map(move |m| (m, of_post(post))))
    }

    /// A process is no more: what it had in mind is forgotten.
    pub(super) fn life_ended(&mut self, life: u64) {
        self.ended.insert(life);
    }

    /// The envelope of a word about a message it took; `None` when it took none.
    pub(super) fn tell(&mut self, nth: usize, word: Word, echo: bool) -> Option<usize> {
        let taken: Vec<usize> =
            (0..self.calls.len()).filter(|call| self.calls[*call].taken).collect();
        // The younger half comes up as often as all others together.
        let at = if nth.is_multiple_of(2) { nth / 2 } else { taken.len() / 2 + nth / 2 };
        let call = *taken.get(at.checked_rem(taken.len())?)?;
        let status = match word {
            Word::Sent => Status::Sent,
            Word::Delivered => Status::Delivered,
            Word::Read => Status::Read,
            Word::Failed => Status::Failed,
        };
        let Call { id, provider_id, .. } = self.calls[call].clone();
        let update = StatusUpdate {
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            provider_id,
            outgoing: echo.then_some(id),
            status,
            at: self.clock.now(),
            error: (status == Status::Failed).then_some(131_026),
            asks: None,
            recipient: Identities::default(),
        };
        let post = self.post(Envelope { statuses: vec![update], ..Envelope::default() });
        self.told.push(Told { id, status, echo, post });
        Some(post)
    }

    /// The provider's word that it has the message was taken in by us.
    pub(super) fn was_heard_of(&self, id: OutgoingId) -> bool {
        self.told.iter().any(|told| told.id == id && told.echo && self.posts[told.post].committed)
    }

    /// A call begins: the line of the ledger, how long the answer takes, and the answer.
    fn take(&mut self, life: u64, outgoing: &Outgoing) -> (usize, Duration, SendAnswer) {
        self.heard += 1;
        self.judge(outgoing);
        let mishap = self.mishaps.pop_front();
        let refused = |class, code, http| {
            let error = SendError { class, code: Some(code), http: Some(http), retry_after: None };
            SendAnswer::Refused(error)
        };
        let provider_id = format!("wamid.out.{}", self.calls.len());
        let accepted = SendAnswer::Accepted { provider_id: Some(provider_id.clone()), held: false };
        let now = Duration::ZERO;
        let (fate, taken, wait, answer) = match mishap {
            None => (Fate::Accepted, true, now, accepted),
            Some(Mishap::Slow(seconds)) => {
                (Fate::Accepted, true, Duration::from_secs(seconds.into()), accepted)
            }
            Some(Mishap::TakenUnanswered) => (Fate::Unanswered, true, now, SendAnswer::NoAnswer),
            Some(Mishap::Swallowed) => (Fate::Unanswered, false, now, SendAnswer::NoAnswer),
            Some(Mishap::NotSent) => (Fate::NotSent, false, now, SendAnswer::NotSent),
            Some(Mishap::Throttle) => {
                (Fate::Refused, false, now, refused(ErrorClass::Throttle, 130_429, 429))
            }
            Some(Mishap::Retry) => {
                (Fate::Refused, false, now, refused(ErrorClass::Retry { times: 3 }, 131_000, 500))
            }
            Some(Mishap::WaitRecipient) => {
                (Fate::Refused, false, now, refused(ErrorClass::WaitRecipient, 131_056, 400))
            }
            Some(Mishap::Never) => {
                (Fate::Refused, false, now, refused(ErrorClass::Never, 131_026, 400))
            }
        };
        self.calls.push(Call {
            id: outgoing.id,
            contact: outgoing.contact,
            life,
            at: self.now(),
            content: outgoing.content.clone(),
            to: outgoing.to.clone(),
            fate,
            taken,
            answered: false,
            provider_id,
        });
        (self.calls.len() - 1, wait, answer)
    }

    /// Whether this message may be called for once more.
    fn judge(&mut self, outgoing: &Outgoing) {
        let id = outgoing.id;
        let before: Vec<&Call> =
            self.calls.iter().filter(|call| call.id == id && call.may_have_left()).collect();
        let Some(first) = before.first() else { return };
        let mut wrong = Vec::new();
        if before.len() > 1 {
            wrong.push("is sent a third time".to_owned());
        }
        let waited = self.now() - first.at;
        if waited < i64::try_from(self.unknown_after.as_millis()).unwrap_or(i64::MAX) {
            wrong.push(format!("is sent again {waited} ms after a call that may have brought it"));
        }
        if first.fate == Fate::Accepted && first.answered && !self.ended.contains(&first.life) {
            wrong.push("is sent again although the answer to its call was seen".to_owned());
        }
        if self.was_heard_of(id) {
            wrong.push(
                "is sent again although the provider's word about it was taken in".to_owned(),
            );
        }
        for wrong in wrong {
            self.wrong.push(format!("message {} {wrong}", id.id));
        }
    }
}

/// The way of one process to the provider.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) provider: Shared,
    pub(super) life: u64,
}

impl Carrier for Line {
    async fn send(&self, outgoing: &Outgoing) -> Option<SendAnswer> {
        let (call, wait, answer) = self.provider.lock().take(self.life, outgoing);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let mut provider = self.provider.lock();
        provider.heard += 1;
        provider.calls[call].answered = answer != SendAnswer::NoAnswer;
        Some(answer)
    }
}
