//! What the simulator's routes ask of the rest of the house, so that a test can stand in for it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::broadcast;

use crate::channel::simulator::PhoneId;
use crate::contact::Contact;
use crate::flow::Timer;
use crate::intake::{Admission, Intake};
use crate::message::{Channel, Envelope};
use crate::records::{HistoryLine, Records, RecordsError};
use crate::state::{LiveEvent, State};

/// One conversation a person can begin, as the flow picker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlowCard {
    /// The flow's name, which is its file's (`join`).
    pub name: String,
    /// What its file says it is about.
    pub about: String,
    /// The word that starts it; `None` for a flow that only others start.
    pub start_word: Option<String>,
}

/// What stands in the records of the person behind a phone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Standing {
    pub contact: Contact,
    /// The session as it is stored. The page knows its `flow`, `step`, `visit` and `answers` and
    /// shows the rest as it is.
    pub session: Option<serde_json::Value>,
    /// The timers of the session, where the desk knows them.
    pub timers: Vec<Timer>,
}

/// What the routes need of the house.
pub trait Desk: Clone + Send + Sync + 'static {
    /// Takes what the phone sent; answers when it is committed.
    fn admit(&self, envelope: Envelope) -> impl Future<Output = Admission> + Send;

    /// The contact of the phone, made when it is new.
    fn contact(&self, phone: &PhoneId) -> impl Future<Output = Result<i64, RecordsError>> + Send;

    /// What stands in the records of the contact; `None` for an id nobody has.
    fn standing(
        &self,
        contact: i64,
    ) -> impl Future<Output = Result<Option<Standing>, RecordsError>> + Send;

    /// The newest `limit` lines of the contact's history, oldest first.
    fn history(
        &self,
        contact: i64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<HistoryLine>, RecordsError>> + Send;

    /// The flows as they are loaded now.
    fn flows(&self) -> Vec<FlowCard>;

    /// Live events from now on; `None` where there are none.
    fn live(&self) -> Option<broadcast::Receiver<LiveEvent>>;
}

/// The real house.
#[derive(Clone)]
pub struct Office {
    pub intake: Intake,
    pub records: Records,
    pub state: State,
    /// Gives the flows as they are loaded now.
    pub flows: Arc<dyn Fn() -> Vec<FlowCard> + Send + Sync>,
}

impl fmt::Debug for Office {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Office").finish_non_exhaustive()
    }
}

impl Desk for Office {
    async fn admit(&self, envelope: Envelope) -> Admission {
        self.intake.admit(envelope).await
    }

    async fn contact(&self, phone: &PhoneId) -> Result<i64, RecordsError> {
        let contacts = self.records.resolve(vec![(Channel::Simulator, phone.identities())]).await?;
        contacts.first().copied().ok_or_else(|| {
            RecordsError::Unavailable("the records named no contact for the phone".to_owned())
        })
    }

    async fn standing(&self, contact: i64) -> Result<Option<Standing>, RecordsError> {
        let Some(snapshot) = self.records.snapshot(contact).await? else { return Ok(None) };
        let session = snapshot.session.as_ref().map(serde_json::to_value).transpose();
        let session = session
            .map_err(|error| RecordsError::Unavailable(format!("a session is no JSON: {error}")))?;
        Ok(Some(Standing { contact: snapshot.contact, session, timers: Vec::new() }))
    }

    async fn history(&self, contact: i64, limit: usize) -> Result<Vec<HistoryLine>, RecordsError> {
        self.records.history(contact, limit).await
    }

    fn flows(&self) -> Vec<FlowCard> {
        (self.flows)()
    }

    fn live(&self) -> Option<broadcast::Receiver<LiveEvent>> {
        Some(self.state.subscribe())
    }
}
