//! What the simulator's routes ask of the rest of the house, so that a test can stand in for it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::channel::simulator::PhoneId;
use crate::contact::{Contact, Member};
use crate::flow::Timer;
use crate::geography::Geography;
use crate::intake::{Admission, Intake};
use crate::message::{Channel, Envelope, HistoryLine};
use crate::records::{Records, RecordsError};
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
    /// Where the member lives, in words.
    pub place: Option<Place>,
    /// The open conversation, for people.
    pub conversation: Option<Conversation>,
    /// The session as it is stored.
    pub session: Option<serde_json::Value>,
    /// The timers of the session, where the desk knows them.
    pub timers: Vec<Timer>,
}

/// A member's district and seat by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    pub hi: String,
    pub en: String,
}

impl Place {
    /// The names of the member's district and seat; `None` when the tables have neither.
    #[must_use]
    pub fn of(member: &Member, geography: &Geography) -> Option<Place> {
        let district = geography.district(&member.district)?;
        let seat = geography.assembly(member.assembly)?;
        Some(Place {
            hi: format!("{} · {} ({})", district.name_hi, seat.name_hi, seat.number),
            en: format!("{} · {} ({})", district.name_en, seat.name_en, seat.number),
        })
    }
}

/// What a stored session says to people. The store writes short names, and older forms long ones;
/// both are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    #[serde(alias = "f")]
    pub flow: String,
    /// The step whose question is open.
    #[serde(alias = "s")]
    pub step: String,
    #[serde(alias = "v")]
    pub visit: u32,
    /// What was answered, by step; `null` where an optional question was passed over.
    #[serde(default, alias = "a")]
    pub answers: serde_json::Map<String, serde_json::Value>,
    /// The steps answered, in order.
    #[serde(default, rename = "path", alias = "h", alias = "history")]
    pub path: Vec<String>,
    /// Answers to the open question that were not understood.
    #[serde(default, alias = "t")]
    pub tries: u32,
    /// The flows that wait for this one to end, the outermost first.
    #[serde(default, alias = "c", alias = "calls")]
    pub waiting: Vec<Waiting>,
}

/// A flow that called another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    #[serde(alias = "f")]
    pub flow: String,
    #[serde(alias = "s")]
    pub step: String,
}

impl Conversation {
    /// Reads a stored session; `None` when it is of a form this page does not know (it is then
    /// shown raw).
    #[must_use]
    pub fn of(session: &serde_json::Value) -> Option<Conversation> {
        Conversation::deserialize(session).ok()
    }
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
    pub geography: Arc<Geography>,
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
        let member = snapshot.contact.membership.as_ref();
        Ok(Some(Standing {
            place: member.and_then(|member| Place::of(member, &self.geography)),
            conversation: session.as_ref().and_then(Conversation::of),
            contact: snapshot.contact,
            session,
            timers: Vec::new(),
        }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_in_its_short_and_its_long_form() {
        let short = serde_json::json!({
            "f": "join", "s": "seat", "v": 7, "q": 1, "t": 2, "h": ["consent"],
            "a": {"name": "सुनीता", "booth": null}, "c": [{"f": "help", "s": "x", "h": []}],
        });
        let long = serde_json::json!({
            "flow": "join", "step": "seat", "visit": 7, "tries": 2, "history": ["consent"],
            "answers": {"name": "सुनीता", "booth": null}, "calls": [{"flow": "help", "step": "x"}],
        });
        let read = Conversation::of(&short);
        assert_eq!(read.as_ref().map(|conversation| conversation.path.len()), Some(1));
        assert_eq!(read, Conversation::of(&long));
        assert_eq!(Conversation::of(&serde_json::json!({"flow": 1})), None);
    }
}
