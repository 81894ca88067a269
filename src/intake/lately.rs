//! Whether a broadcast went out lately. While none did, no message is asked which it answers.

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::records::{Records, RecordsError};

/// What was read is believed for so long: an answer typed sooner than that after the first message of a
/// broadcast is a message like any other.
const BELIEVED: SignedDuration = SignedDuration::from_secs(2);

/// What was read last, and when.
#[derive(Debug, Default)]
pub(super) struct Lately(Mutex<Option<(Timestamp, bool)>>);

impl Lately {
    pub(super) async fn were_lately(
        &self,
        records: &Records,
        now: Timestamp,
    ) -> Result<bool, RecordsError> {
        let read = *self.0.lock();
        if let Some((at, were)) = read
            && now.duration_since(at).abs() < BELIEVED
        {
            return Ok(were);
        }
        let were = records.spoke_lately(now).await?;
        *self.0.lock() = Some((now, were));
        Ok(were)
    }
}
