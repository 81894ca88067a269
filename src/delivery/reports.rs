//! What a report asks for beyond the message it is about: an account or a template rests, or is well again,
//! the person told the provider to stop us. What it asks of the message itself and of its number (another
//! try, a mark) the records do with its status, in one transaction.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::holds::{AccountRest, at_fault, rests_of, tell};
use super::options::DeliverySettings;
use crate::channel;
use crate::clock::Clock;
use crate::contact::Identities;
use crate::message::{Asks, PreferenceUpdate, Status, StatusUpdate};
use crate::records::{Hold, HoldKind, Records, RecordsError, Refused};

/// What rests is read so often at most: reports of delivery come by the thousand.
const LOOK_MS: i64 = 1_000;

/// Heeds reports. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reports {
    pub(super) records: Records,
    pub(super) clock: Clock,
    rest: AccountRest,
    seen: Arc<Mutex<Option<Seen>>>,
}

/// What rests, and when it was read.
#[derive(Clone, Debug)]
struct Seen {
    at: Timestamp,
    holds: Vec<Hold>,
}

impl Seen {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.as_millisecond().saturating_sub(self.at.as_millisecond()) < LOOK_MS
    }
}

impl Reports {
    #[must_use]
    pub fn new(records: Records, clock: Clock, settings: &DeliverySettings) -> Reports {
        let rest = AccountRest { first: settings.pause, longest: settings.pause_cap };
        Reports { records, clock, rest, seen: Arc::default() }
    }

    /// Does what reports ask for, before their statuses are written: when the gateway brings them once
    /// more, it is done once more, and nothing comes of that.
    ///
    /// # Errors
    /// As every write of the records.
    pub async fn heed(&self, updates: &[StatusUpdate]) -> Result<(), RecordsError> {
        for update in updates {
            match self.heed_one(update).await {
                // It can never be read: its status is written all the same.
                Err(error @ (RecordsError::Refused(_) | RecordsError::Broken { .. })) => {
                    tracing::error!(%error, "what a report asks for cannot be done");
                }
                heeded => heeded?,
            }
        }
        Ok(())
    }

    async fn heed_one(&self, update: &StatusUpdate) -> Result<(), RecordsError> {
        match (update.status, update.asks) {
            // What is rare stands in boxes: every webhook's task would be as large as it.
            (Status::Failed, Some(asks @ (Asks::Rest | Asks::StopTemplate))) => {
                Box::pin(self.stop(update, asks)).await
            }
            (Status::Failed, Some(Asks::OptOut)) => Box::pin(self.opt_out(update)).await,
            (Status::Failed, Some(Asks::Mark(_) | Asks::Again)) => {
                tell_of_number(update);
                Ok(())
            }
            (Status::Delivered | Status::Read, _) if !self.knows_of_no_rest() => {
                Box::pin(self.found_well(update)).await
            }
            _ => Ok(()),
        }
    }

    async fn stop(&self, update: &StatusUpdate, asks: Asks) -> Result<(), RecordsError> {
        let message = self.records.reported(update).await?;
        if message.is_none() && asks == Asks::StopTemplate {
            tracing::warn!(
                account = update.account,
                code = update.error,
                "a report says that a template is refused, of a message we do not know"
            );
            return Ok(());
        }
        let account = message.as_ref().map_or(&update.account, |message| &message.account);
        let template = message.as_ref().and_then(|message| message.template.as_deref());
        let Some(held) = at_fault(Some(asks), (update.channel, account), template) else {
            return Ok(());
        };
        let (first, longest) = rests_of(held.kind, self.rest);
        let at = self.clock.now();
        let refused = Refused {
            held,
            account: account.clone(),
            code: update.error,
            http: None,
            at,
            reported: Some(message.as_ref().map_or(at, |message| message.left)),
            first,
            longest,
        };
        if let Some(rests) = self.records.hold(refused).await? {
            tell(&rests);
            *self.seen.lock() = None;
        }
        Ok(())
    }

    async fn opt_out(&self, update: &StatusUpdate) -> Result<(), RecordsError> {
        // Only our own id says whose message it was.
        let Some(about) = update.outgoing else { return Ok(()) };
        let stop = PreferenceUpdate {
            channel: update.channel,
            account: update.account.clone(),
            from: Identities::default(),
            about: Some(about),
            stop: true,
            at: update.at,
        };
        self.records.apply_preferences(vec![stop]).await
    }

    /// A message reached its person: what it left by, since that rests, is well again.
    async fn found_well(&self, update: &StatusUpdate) -> Result<(), RecordsError> {
        let of_this = |hold: &Hold| hold.by_report && hold.channel == update.channel;
        let holds = self.holds().await?;
        if !holds.iter().any(of_this) {
            return Ok(());
        }
        let Some(message) = self.records.reported(update).await? else { return Ok(()) };
        for hold in holds.iter().filter(|hold| of_this(hold)) {
            let is_its = match hold.kind {
                HoldKind::Account => hold.name == message.account,
                HoldKind::Template => Some(&hold.name) == message.template.as_ref(),
            };
            if is_its && message.left >= hold.since {
                self.records.end_hold(hold.key(), self.clock.now()).await?;
                *self.seen.lock() = None;
                tracing::info!(
                    channel = %hold.channel, kind = hold.kind.name(), name = hold.name,
                    "what rested is well again: a message came through"
                );
            }
        }
        Ok(())
    }

    /// Whether it was read a moment ago that nothing rests.
    fn knows_of_no_rest(&self) -> bool {
        let now = self.clock.now();
        self.seen.lock().as_ref().is_some_and(|seen| seen.is_fresh(now) && seen.holds.is_empty())
    }

    async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        let now = self.clock.now();
        if let Some(seen) = self.seen.lock().as_ref()
            && seen.is_fresh(now)
        {
            return Ok(seen.holds.clone());
        }
        let holds = self.records.holds().await?;
        *self.seen.lock() = Some(Seen { at: now, holds: holds.clone() });
        Ok(holds)
    }
}

/// The message failed for its number's sake, or goes again.
fn tell_of_number(update: &StatusUpdate) {
    let scrubbing = update.error.and_then(|code| channel::scrubbing(update.channel, code));
    let Some((name, advice)) = scrubbing else { return };
    tracing::warn!(
        account = update.account,
        code = update.error,
        name,
        "a message was scrubbed: {advice}"
    );
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use tempfile::TempDir;

    use super::*;
    use crate::clock::Ids;
    use crate::contact::{AddressKind, Road};
    use crate::message::{
        Channel, Content, Inbound, InboundContent, Lane, OutgoingId, Purpose, Registered, Reply,
    };
    use crate::records::{Chain, RecordsOptions, SendRecord, SendResult, TurnCommit, Verdict};
    use crate::seal::Keyring;

    /// Records with a person to whom short messages leave.
    struct House {
        _folder: TempDir,
        records: Records,
        clock: Clock,
        reports: Reports,
        contact: i64,
    }

    impl House {
        async fn new() -> House {
            let folder = tempfile::tempdir().unwrap();
            let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
            let keys = folder.path().join("keys.toml");
            let records = Records::open(RecordsOptions {
                url: format!("sqlite://{}", folder.path().join("samvad.db").display()),
                connections: 1,
                clock: clock.clone(),
                keyring: Arc::new(Keyring::open(&keys, true, &Ids::system()).unwrap()),
                lease: std::time::Duration::from_secs(45),
                group: 100,
                membership: crate::config::MembershipSection::default(),
            });
            let records = records.await.unwrap();
            let reports =
                Reports::new(records.clone(), clock.clone(), &DeliverySettings::default());
            let person = Identities::of(AddressKind::Phone, "9812345678");
            let contact = records.resolve(vec![(Channel::Sms, person)]).await.unwrap()[0];
            House { _folder: folder, records, clock, reports, contact }
        }

        /// A message by a template (or none) that a gateway took.
        async fn sent(&self, key: &str, template: Option<&str>) -> OutgoingId {
            let body = "नमस्ते".to_owned();
            let content = match template {
                None => Content::Text { body },
                Some(template) => {
                    let dlt = Registered {
                        entity: None,
                        template: template.to_owned(),
                        headers: Vec::new(),
                        promotional: false,
                    };
                    Content::Registered { body, dlt }
                }
            };
            let now = self.clock.now();
            let snapshot = self.records.snapshot(self.contact).await.unwrap().unwrap();
            let turn = TurnCommit {
                contact: self.contact,
                expected_version: snapshot.contact.version,
                chain: Chain::default(),
                place: 0,
                inbound: Inbound {
                    channel: Channel::Sms,
                    account: "party".to_owned(),
                    key: key.to_owned(),
                    from: Identities::of(AddressKind::Phone, "9812345678"),
                    profile_name: None,
                    sent_at: now,
                    content: InboundContent::Text { text: "सदस्य".to_owned() },
                    quoted: None,
                },
                received_at: now,
                road: Road { channel: Channel::Sms, account: "party".to_owned() },
                session: None,
                replies: vec![Reply { content, lane: Lane::Reply, purpose: Purpose::Answer }],
                facts: Vec::new(),
                timers: Vec::new(),
                effects: Vec::new(),
                cast: None,
                claim: true,
                parked: None,
            };
            let Verdict::Won { outgoing, .. } = self.records.commit(turn).await.unwrap() else {
                panic!("the turn did not win")
            };
            let result = SendResult::Sent { provider_id: None };
            let record = SendRecord { id: outgoing[0], at: now, result };
            self.records.record_sends(vec![record]).await.unwrap();
            outgoing[0]
        }

        async fn told(&self, id: OutgoingId, status: Status, asks: Option<Asks>) {
            let update = StatusUpdate {
                channel: Channel::Sms,
                account: "party".to_owned(),
                provider_id: id.to_opaque(),
                outgoing: Some(id),
                status,
                at: self.clock.now(),
                error: (status == Status::Failed).then_some(633),
                asks,
                recipient: Identities::default(),
            };
            self.reports.heed(std::slice::from_ref(&update)).await.unwrap();
            self.records.apply_statuses(vec![update]).await.unwrap();
        }

        async fn rests(&self) -> Vec<(HoldKind, String)> {
            let holds = self.records.holds().await.unwrap();
            holds.into_iter().map(|hold| (hold.kind, hold.name)).collect()
        }

        fn wait(&self, by: SignedDuration) {
            self.clock.advance(by.unsigned_abs());
        }
    }

    fn template(name: &str) -> (HoldKind, String) {
        (HoldKind::Template, name.to_owned())
    }

    #[tokio::test]
    async fn a_report_stops_the_template_or_the_account_as_an_answer_does() {
        let house = House::new().await;
        let id = house.sent("1", Some("7")).await;
        house.told(id, Status::Failed, Some(Asks::StopTemplate)).await;
        assert_eq!(house.rests().await, [template("7")]);
        let id = house.sent("2", None).await;
        house.told(id, Status::Failed, Some(Asks::StopTemplate)).await;
        let party = (HoldKind::Account, "party".to_owned());
        assert_eq!(house.rests().await, [template("7"), party.clone()], "it names no template");

        let house = House::new().await;
        let id = house.sent("1", Some("7")).await;
        house.told(id, Status::Failed, Some(Asks::Rest)).await;
        assert_eq!(house.rests().await, [party]);
        // Of nobody's message a report may say that the account is at fault, never a template.
        let house = House::new().await;
        let strange = OutgoingId { id: 99, created_ms: 1 };
        house.told(strange, Status::Failed, Some(Asks::StopTemplate)).await;
        assert_eq!(house.rests().await, []);
    }

    #[tokio::test]
    async fn what_reports_stopped_is_well_when_a_later_message_reached_its_person() {
        let house = House::new().await;
        let (first, second) = (house.sent("1", Some("7")).await, house.sent("2", Some("7")).await);
        house.wait(SignedDuration::from_secs(5));
        house.told(first, Status::Failed, Some(Asks::StopTemplate)).await;
        house.wait(SignedDuration::from_secs(5));
        house.told(second, Status::Delivered, None).await;
        assert_eq!(house.rests().await, [template("7")], "it left before");
        let other = house.sent("3", Some("8")).await;
        house.told(other, Status::Delivered, None).await;
        assert_eq!(house.rests().await, [template("7")], "another template's");
        let third = house.sent("4", Some("7")).await;
        house.told(third, Status::Sent, None).await;
        assert_eq!(house.rests().await, [template("7")], "the gateway took it, no more");
        house.told(third, Status::Delivered, None).await;
        assert_eq!(house.rests().await, []);
    }

    #[tokio::test]
    async fn a_late_report_on_what_left_before_the_office_mended_it_stops_nothing() {
        let house = House::new().await;
        let (first, second) = (house.sent("1", Some("7")).await, house.sent("2", Some("7")).await);
        house.wait(SignedDuration::from_secs(5));
        house.told(first, Status::Failed, Some(Asks::Rest)).await;
        let held = house.records.holds().await.unwrap()[0].key();
        house.wait(SignedDuration::from_hours(1));
        house.records.end_hold(held, house.clock.now()).await.unwrap();
        house.wait(SignedDuration::from_hours(1));
        house.told(second, Status::Failed, Some(Asks::Rest)).await;
        assert_eq!(house.rests().await, []);
        let third = house.sent("3", Some("7")).await;
        house.told(third, Status::Failed, Some(Asks::Rest)).await;
        assert_eq!(house.rests().await.len(), 1);
    }

    #[tokio::test]
    async fn a_report_that_the_person_stopped_us_is_a_withdrawal() {
        let house = House::new().await;
        let id = house.sent("1", None).await;
        house.told(id, Status::Failed, Some(Asks::OptOut)).await;
        let snapshot = house.records.snapshot(house.contact).await.unwrap().unwrap();
        assert!(snapshot.contact.withdrew(Purpose::Samvad));
    }
}
