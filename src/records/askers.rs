//! Questions about single persons that come at once are asked of the store together: a broadcast asks of
//! each when their message leaves, thousands a second.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};

use super::{Engine, Records, RecordsError};
use crate::contact::Contact;
use crate::message::{OutgoingId, Purpose};

/// So many persons are asked for in one question at most …
const TOGETHER: usize = 128;
/// … and one question is under way at a time: meanwhile the next ones gather, for a question costs much and
/// one person more in it little.
const AT_ONCE: usize = 1;

/// A person as the gate asks of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Without the conversation, their posts and whom they brought.
    pub contact: Contact,
    /// How many broadcasts they were sent of what was asked for.
    pub told: u32,
}

/// Which broadcasts are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub purpose: Purpose,
    pub since: Timestamp,
    /// The message that asks: of those in a process's hands now the older ones count, so that of two that
    /// would leave at once one goes.
    pub asks: OutgoingId,
    /// The broadcast it is of, which does not count: a second way is no second broadcast.
    pub broadcast: Option<i64>,
}

type Answer = Result<Option<Asked>, RecordsError>;

#[derive(Debug)]
struct Asker {
    contact: i64,
    counted: Option<Counted>,
    caller: oneshot::Sender<Answer>,
}

/// Who waits for a person.
#[derive(Debug)]
pub(super) struct Askers {
    waiting: Mutex<Vec<Asker>>,
    turns: Semaphore,
}

/// What an engine answers about several persons.
pub(super) struct Answers {
    /// Who is not there is left out.
    pub(super) people: Vec<(i64, Result<Contact, RecordsError>)>,
    pub(super) sent: Vec<Sent>,
}

/// A broadcast that a person was sent.
pub(super) struct Sent {
    pub(super) contact: i64,
    /// As it is stored.
    pub(super) purpose: String,
    pub(super) at_ms: i64,
    /// Of two messages of one broadcast one counts.
    pub(super) broadcast: Option<i64>,
    /// Its number, while it is in a process's hands.
    pub(super) in_hand: Option<i64>,
}

impl Default for Askers {
    fn default() -> Askers {
        Askers { waiting: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Askers {
    /// Those who waited longest.
    fn next(&self) -> Vec<Asker> {
        let mut waiting = self.waiting.lock();
        let many = waiting.len().min(TOGETHER);
        waiting.drain(..many).collect()
    }
}

fn went_away() -> RecordsError {
    RecordsError::Unavailable("whoever asked for several went away".to_owned())
}

impl Records {
    /// The person as the records know them now, and how many broadcasts they were sent of `counted`; `None`
    /// when they were erased, or are somebody else by now. What is committed before the call is in the
    /// answer.
    pub async fn asked(
        &self,
        contact: i64,
        counted: Option<Counted>,
    ) -> Result<Option<Asked>, RecordsError> {
        let _busy = self.busy();
        let (caller, mut answer) = oneshot::channel();
        self.askers.waiting.lock().push(Asker { contact, counted, caller });
        // Others who are about to ask come before the question is put.
        tokio::task::yield_now().await;
        tokio::select! {
            biased;
            // Somebody else asked for them: they do not ask for others first.
            answered = &mut answer => return answered.unwrap_or_else(|_| Err(went_away())),
            turn = self.askers.turns.acquire() => {
                let asked = self.askers.next();
                if turn.is_ok() && !asked.is_empty() {
                    self.answer(asked).await;
                }
            }
        }
        answer.await.unwrap_or_else(|_| Err(went_away()))
    }

    async fn answer(&self, asked: Vec<Asker>) {
        let mut ids: Vec<i64> = asked.iter().map(|asker| asker.contact).collect();
        ids.sort_unstable();
        ids.dedup();
        let since =
            asked.iter().filter_map(|asker| asker.counted).map(|counted| counted.since).min();
        let answers = match &self.engine {
            Engine::Sqlite(store) => store.asked(ids, since).await,
            Engine::Postgres(store) => Box::pin(store.asked(ids, since)).await,
        };
        let known = answers.map(Known::of);
        for Asker { contact, counted, caller } in asked {
            let one = match &known {
                Ok(known) => known.of_one(contact, counted),
                Err(error) => Err(error.clone()),
            };
            // A caller that went away does not want to know.
            let _ = caller.send(one);
        }
    }
}

/// The answers by person.
struct Known {
    people: HashMap<i64, Result<Contact, RecordsError>>,
    sent: HashMap<i64, Vec<Sent>>,
}

impl Known {
    fn of(answers: Answers) -> Known {
        let mut sent: HashMap<i64, Vec<Sent>> = HashMap::new();
        for one in answers.sent {
            sent.entry(one.contact).or_default().push(one);
        }
        Known { people: answers.people.into_iter().collect(), sent }
    }

    fn of_one(&self, contact: i64, counted: Option<Counted>) -> Answer {
        let Some(person) = self.people.get(&contact).cloned().transpose()? else { return Ok(None) };
        let told = counted.map_or(0, |Counted { purpose, since, asks, broadcast }| {
            // The question went as far back as whoever looked back furthest.
            let counts = |one: &&Sent| {
                one.purpose == purpose.name()
                    && one.at_ms >= since.as_millisecond()
                    && one.in_hand.is_none_or(|id| id < asks.id)
                    && (one.broadcast.is_none() || one.broadcast != broadcast)
            };
            let sent = self.sent.get(&contact).into_iter().flatten().filter(counts);
            let (of_broadcasts, alone): (Vec<&Sent>, Vec<&Sent>) =
                sent.partition(|one| one.broadcast.is_some());
            let broadcasts: HashSet<Option<i64>> =
                of_broadcasts.iter().map(|one| one.broadcast).collect();
            u32::try_from(broadcasts.len() + alone.len()).unwrap_or(u32::MAX)
        });
        Ok(Some(Asked { contact: person, told }))
    }
}
