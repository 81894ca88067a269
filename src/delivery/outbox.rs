//! The two outside things delivery works between, as narrow as it needs them: where messages are
//! claimed and recorded, and what carries them to the provider.

use jiff::Timestamp;

use crate::broadcast::BroadcastState;
use crate::channel::{SendAnswer, Senders};
use crate::message::{Mark, Outgoing, OutgoingId, PreferenceUpdate};
use crate::records::{
    Asked, Counted, Hold, HoldName, Records, RecordsError, Refused, Rests, SendRecord, Sweep, Waits,
};

/// Where outgoing messages are kept. The meaning of each call is told at [`Records`].
pub(super) trait Outbox: Clone + Send + Sync + 'static {
    fn claim(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Outgoing>, RecordsError>> + Send;

    fn record_sends(
        &self,
        sends: Vec<SendRecord>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;

    fn claimed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<OutgoingId>, RecordsError>> + Send;

    fn sweep(
        &self,
        now: Timestamp,
        waits: Waits,
    ) -> impl Future<Output = Result<Sweep, RecordsError>> + Send;

    /// The person as the records know them now, and how many broadcasts they were sent of `counted`; `None`
    /// when they were erased.
    fn asked(
        &self,
        contact: i64,
        counted: Option<Counted>,
    ) -> impl Future<Output = Result<Option<Asked>, RecordsError>> + Send;

    /// Where a broadcast stands; `None` when there is none of this number.
    fn broadcast_state(
        &self,
        id: i64,
    ) -> impl Future<Output = Result<Option<BroadcastState>, RecordsError>> + Send;

    fn apply_preferences(
        &self,
        updates: Vec<PreferenceUpdate>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;

    fn mark(
        &self,
        contact: i64,
        mark: Mark,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;

    fn holds(&self) -> impl Future<Output = Result<Vec<Hold>, RecordsError>> + Send;

    fn hold(
        &self,
        refused: Refused,
    ) -> impl Future<Output = Result<Option<Rests>, RecordsError>> + Send;

    fn try_hold(
        &self,
        held: HoldName,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<bool, RecordsError>> + Send;

    fn end_hold(
        &self,
        held: HoldName,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool, RecordsError>> + Send;
}

/// What makes the call to the provider.
#[doc(hidden)]
pub trait Carrier: Clone + Send + Sync + 'static {
    /// What a message needs before it is sent (a picture is uploaded), in a time of its own: the limit
    /// of the call does not run, and nothing has reached the person.
    fn prepare(&self, outgoing: &Outgoing) -> impl Future<Output = ()> + Send {
        let _ = outgoing;
        async {}
    }

    /// `None`: there is no sender for the message's channel.
    fn send(&self, outgoing: &Outgoing) -> impl Future<Output = Option<SendAnswer>> + Send;

    /// The short messages it leaves as; `None` on another channel.
    fn parts(&self, outgoing: &Outgoing) -> Option<usize> {
        let _ = outgoing;
        None
    }

    /// Shows the person that the message this one answers was read and that we are typing; best
    /// effort. A channel that has no such sign does nothing.
    fn mark_read(&self, outgoing: &Outgoing) -> impl Future<Output = ()> + Send {
        let _ = outgoing;
        async {}
    }
}

impl Outbox for Records {
    async fn claim(&self, now: Timestamp, limit: usize) -> Result<Vec<Outgoing>, RecordsError> {
        Records::claim(self, now, limit).await
    }

    async fn record_sends(&self, sends: Vec<SendRecord>) -> Result<(), RecordsError> {
        Records::record_sends(self, sends).await
    }

    async fn claimed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutgoingId>, RecordsError> {
        Records::claimed_before(self, before, limit).await
    }

    async fn sweep(&self, now: Timestamp, waits: Waits) -> Result<Sweep, RecordsError> {
        Records::sweep(self, now, waits).await
    }

    async fn asked(
        &self,
        contact: i64,
        counted: Option<Counted>,
    ) -> Result<Option<Asked>, RecordsError> {
        Records::asked(self, contact, counted).await
    }

    async fn broadcast_state(&self, id: i64) -> Result<Option<BroadcastState>, RecordsError> {
        Records::broadcast_state(self, id).await
    }

    async fn apply_preferences(&self, updates: Vec<PreferenceUpdate>) -> Result<(), RecordsError> {
        Records::apply_preferences(self, updates).await
    }

    async fn mark(&self, contact: i64, mark: Mark, at: Timestamp) -> Result<(), RecordsError> {
        Records::mark(self, contact, mark, at).await
    }

    async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        Records::holds(self).await
    }

    async fn hold(&self, refused: Refused) -> Result<Option<Rests>, RecordsError> {
        Records::hold(self, refused).await
    }

    async fn try_hold(
        &self,
        held: HoldName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        Records::try_hold(self, held, now, until).await
    }

    async fn end_hold(&self, held: HoldName, at: Timestamp) -> Result<bool, RecordsError> {
        Records::end_hold(self, held, at).await
    }
}

impl Carrier for Senders {
    async fn prepare(&self, outgoing: &Outgoing) {
        Senders::prepare(self, outgoing).await;
    }

    async fn send(&self, outgoing: &Outgoing) -> Option<SendAnswer> {
        Senders::send(self, outgoing).await
    }

    fn parts(&self, outgoing: &Outgoing) -> Option<usize> {
        Senders::parts(self, outgoing)
    }

    async fn mark_read(&self, outgoing: &Outgoing) {
        Senders::mark_read(self, outgoing).await;
    }
}
