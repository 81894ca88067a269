//! Questions about single contacts that come at once are asked of the store together: a broadcast asks of
//! each person when their message leaves, thousands a second.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};

use super::{Engine, Records, RecordsError};
use crate::contact::Contact;

/// So many contacts are asked for in one question at most …
const TOGETHER: usize = 128;
/// … and so many questions are under way at once: meanwhile the next ones gather.
const AT_ONCE: usize = 2;

type Answer = Result<Option<Contact>, RecordsError>;

/// Who waits for a contact.
#[derive(Debug)]
pub(super) struct Askers {
    waiting: Mutex<Vec<(i64, oneshot::Sender<Answer>)>>,
    turns: Semaphore,
}

impl Default for Askers {
    fn default() -> Askers {
        Askers { waiting: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Askers {
    /// Those who waited longest.
    fn next(&self) -> Vec<(i64, oneshot::Sender<Answer>)> {
        let mut waiting = self.waiting.lock();
        let many = waiting.len().min(TOGETHER);
        waiting.drain(..many).collect()
    }
}

fn went_away() -> RecordsError {
    RecordsError::Unavailable("whoever asked for several went away".to_owned())
}

impl Records {
    /// The person as the records know them now, without the conversation; `None` when they were erased, or
    /// are somebody else by now. What is committed before the call is in the answer.
    pub async fn contact(&self, id: i64) -> Result<Option<Contact>, RecordsError> {
        let _busy = self.busy();
        let (caller, answer) = oneshot::channel();
        self.askers.waiting.lock().push((id, caller));
        // Others who are about to ask come before the question is put.
        tokio::task::yield_now().await;
        if let Ok(_turn) = self.askers.turns.acquire().await {
            let asked = self.askers.next();
            if !asked.is_empty() {
                self.answer(asked).await;
            }
        }
        answer.await.unwrap_or_else(|_| Err(went_away()))
    }

    async fn answer(&self, asked: Vec<(i64, oneshot::Sender<Answer>)>) {
        let mut ids: Vec<i64> = asked.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = match &self.engine {
            Engine::Sqlite(store) => store.contacts(ids).await,
            Engine::Postgres(store) => store.contacts(ids).await,
        };
        let found = found.map(|found| found.into_iter().collect::<HashMap<_, _>>());
        for (id, caller) in asked {
            let one = match &found {
                Ok(found) => found.get(&id).cloned().transpose(),
                Err(error) => Err(error.clone()),
            };
            // A caller that went away does not want to know.
            let _ = caller.send(one);
        }
    }
}
