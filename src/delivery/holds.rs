//! Accounts and templates that rest because their provider refuses them. The records say what rests, so
//! that every process knows it and a restart forgets nothing; each process that sends looks there every
//! second.

use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::outbox::{Carrier, Outbox};
use super::pump::Desk;
use super::shared::Shared;
use crate::channel::{self, SendAnswer};
use crate::clock::later;
use crate::message::{Asks, Channel, Outgoing};
use crate::records::{Hold, HoldKind, HoldName, RecordsError, Refused, Rests};

/// How often the records are asked.
const LOOK: Duration = Duration::from_secs(1);
/// While one message tries, the others wait so long for what its answer says …
const TRY: Duration = Duration::from_mins(1);
/// … and so long for a report, where only reports tell.
const TRY_FOR_A_REPORT: Duration = Duration::from_mins(5);
/// How long a template rests after its first refusal.
const TEMPLATE_REST: Duration = Duration::from_mins(15);
/// The office looks at it within a working day.
const TEMPLATE_REST_CAP: Duration = Duration::from_hours(6);

/// How long an account at fault rests the first time and at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccountRest {
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

/// What must rest for a refusal that asks so; `None`: nothing. A template that the message does not name is
/// its account's. The same for an answer and for a report.
pub(super) fn at_fault(
    asks: Option<Asks>,
    (channel, account): (Channel, &str),
    template: Option<&str>,
) -> Option<HoldName> {
    let (kind, name) = match (asks?, template) {
        (Asks::StopTemplate, Some(template)) => (HoldKind::Template, template),
        (Asks::StopTemplate, None) | (Asks::Rest, _) => (HoldKind::Account, account),
        (Asks::Mark(_) | Asks::Again | Asks::OptOut, _) => return None,
    };
    Some(HoldName { channel, kind, name: name.to_owned() })
}

/// The first rest of what is held, and the longest.
pub(super) fn rests_of(kind: HoldKind, account: AccountRest) -> (Duration, Duration) {
    match kind {
        HoldKind::Account => (account.first, account.longest),
        HoldKind::Template => (TEMPLATE_REST, TEMPLATE_REST_CAP),
    }
}

/// Why a broadcast stands still that leaves by it.
pub(super) fn rests_at_its_provider(held: &HoldName) -> String {
    format!(
        "the {} {} is refused by its provider and rests; see `samvad holds`",
        held.kind.name(),
        held.name
    )
}

/// Tells the office's log that something rests from now on.
pub(super) fn tell(rests: &Rests) {
    let Rests { hold, is_new: true } = rests else { return };
    let advice = advice(hold);
    tracing::error!(
        channel = %hold.channel, kind = hold.kind.name(), name = hold.name, account = hold.account,
        code = hold.code, http = hold.http, until = %hold.until,
        "the provider refuses it, so it rests and its messages are kept: {advice}"
    );
}

/// Tells at the start what rests from before.
fn tell_of_before(hold: &Hold) {
    tracing::warn!(
        channel = %hold.channel, kind = hold.kind.name(), name = hold.name, code = hold.code,
        since = %hold.since, until = %hold.until,
        "it rests since before this start; when what was wrong is mended, `samvad holds release` with its name lets its messages go: {}",
        advice(hold)
    );
}

/// What an office does about it.
fn advice(hold: &Hold) -> &'static str {
    let of_template = hold.code.and_then(|code| channel::template_advice(hold.channel, code));
    let of_code = hold.code.and_then(|code| channel::scrubbing(hold.channel, code));
    let otherwise = match hold.kind {
        HoldKind::Account => "look at the account: its number, user, key or token",
        HoldKind::Template => "look at the template on the DLT portal",
    };
    of_code.map(|(_, advice)| advice).or(of_template).unwrap_or(otherwise)
}

/// What rests, as this process last saw it.
#[derive(Debug, Default)]
pub(super) struct Holds(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// `None`: the records were never asked.
    holds: Option<Vec<Hold>>,
    /// Counts what this process itself wrote: an answer to a question asked before does not know of it.
    written: u64,
}

impl Holds {
    /// What the message must wait for, its account first; `None`: the records were never asked.
    fn binding(&self, outgoing: &Outgoing) -> Option<Vec<Hold>> {
        let seen = self.0.lock();
        let known = seen.holds.as_ref()?;
        if known.is_empty() {
            return Some(Vec::new());
        }
        let template = outgoing.content.registered().map(|dlt| dlt.template.as_str());
        let binds = |hold: &&Hold| {
            hold.channel == outgoing.channel
                && match hold.kind {
                    HoldKind::Account => hold.name == outgoing.account,
                    HoldKind::Template => Some(hold.name.as_str()) == template,
                }
        };
        let mut binding: Vec<Hold> = known.iter().filter(binds).cloned().collect();
        binding.sort_by_key(|hold| hold.kind);
        Some(binding)
    }

    fn is_unseen(&self) -> bool {
        self.0.lock().holds.is_none()
    }

    fn written(&self) -> u64 {
        self.0.lock().written
    }

    fn put(&self, hold: Hold) {
        let mut seen = self.0.lock();
        seen.written += 1;
        let known = seen.holds.get_or_insert_default();
        known.retain(|one| one.key() != hold.key());
        known.push(hold);
    }

    fn forget(&self, held: &HoldName) {
        let mut seen = self.0.lock();
        seen.written += 1;
        if let Some(known) = seen.holds.as_mut() {
            known.retain(|one| one.key() != *held);
        }
    }

    /// Takes over what the records said when so much was written; the accounts that rest no more.
    fn replace(&self, now: Vec<Hold>, written: u64) -> Vec<HoldName> {
        let mut seen = self.0.lock();
        if seen.written != written {
            return Vec::new();
        }
        let before = seen.holds.take().unwrap_or_default();
        let is_over = |hold: &&Hold| {
            hold.kind == HoldKind::Account && now.iter().all(|one| one.key() != hold.key())
        };
        let over = before.iter().filter(is_over).map(Hold::key).collect();
        seen.holds = Some(now);
        over
    }
}

/// Whether a message may go past what rests.
#[derive(Clone, Copy, Debug)]
pub(super) enum Passing {
    Free,
    /// The account rests: nothing of it leaves before.
    AccountRests(Timestamp),
    TemplateRests(Timestamp),
    /// The records do not say.
    Unknown,
}

impl<O: Outbox, C: Carrier> Desk<O, C> {
    /// Whether the message may go, or tries for all.
    pub(super) async fn pass_holds(&self, outgoing: &Outgoing) -> Passing {
        if self.shared.holds.is_unseen() && self.look_at_holds().await.is_err() {
            return Passing::Unknown;
        }
        let binding = self.shared.holds.binding(outgoing).unwrap_or_default();
        for hold in binding {
            let now = self.shared.clock.now();
            let rests = |until| match hold.kind {
                HoldKind::Account => Passing::AccountRests(until),
                HoldKind::Template => Passing::TemplateRests(until),
            };
            if now < hold.until {
                return rests(hold.until);
            }
            let until = later(now, if hold.by_report { TRY_FOR_A_REPORT } else { TRY });
            match self.outbox.try_hold(hold.key(), now, until).await {
                Ok(true) => self.shared.holds.put(Hold { trying: Some(now), until, ..hold }),
                // Another process tries it, or it is over: the next look knows.
                Ok(false) => return rests(later(now, LOOK * 2)),
                Err(error) => {
                    tracing::warn!(%error, "a message waits: what rests cannot be read");
                    return Passing::Unknown;
                }
            }
        }
        Passing::Free
    }

    /// The provider refuses what the message left by: until when that rests.
    pub(super) async fn refuse(
        &self,
        held: HoldName,
        outgoing: &Outgoing,
        answer: &SendAnswer,
    ) -> Timestamp {
        let now = self.shared.clock.now();
        let (code, http) = match answer {
            SendAnswer::Refused(error) => (error.code, error.http),
            _ => (None, None),
        };
        let settings = &self.shared.settings;
        let account = AccountRest { first: settings.pause, longest: settings.pause_cap };
        let (first, longest) = rests_of(held.kind, account);
        let refused = Refused {
            held,
            account: outgoing.account.clone(),
            code,
            http,
            at: now,
            reported: None,
            first,
            longest,
        };
        match self.outbox.hold(refused).await {
            Ok(Some(rests)) => {
                tell(&rests);
                let until = rests.hold.until;
                self.shared.holds.put(rests.hold);
                until
            }
            Ok(None) => now,
            Err(error) => {
                tracing::error!(%error, account = outgoing.account, "what rests cannot be written down; other processes do not know of it");
                later(now, first)
            }
        }
    }

    /// The provider took a message: what it tried is well, unless only reports tell.
    pub(super) async fn found_well(&self, outgoing: &Outgoing) {
        for hold in self.shared.holds.binding(outgoing).unwrap_or_default() {
            if hold.by_report || hold.trying.is_none() {
                continue;
            }
            match self.outbox.end_hold(hold.key(), self.shared.clock.now()).await {
                Ok(_) => {
                    self.shared.holds.forget(&hold.key());
                    tracing::info!(
                        channel = %hold.channel, kind = hold.kind.name(), name = hold.name,
                        "what rested is well again"
                    );
                }
                // The next message that tries it says so again.
                Err(error) => tracing::warn!(%error, "the end of a rest cannot be written down"),
            }
        }
    }

    /// Asks the records what rests; accounts that the office or another process found well go on.
    pub(super) async fn look_at_holds(&self) -> Result<(), RecordsError> {
        let written = self.shared.holds.written();
        let holds = self.outbox.holds().await?;
        if self.shared.holds.is_unseen() {
            holds.iter().for_each(tell_of_before);
        }
        for account in self.shared.holds.replace(holds, written) {
            self.shared.reopen(&account);
        }
        Ok(())
    }

    /// Keeps looking until delivery stops.
    pub(super) async fn watch_holds(&self) {
        loop {
            if let Err(error) = self.look_at_holds().await {
                tracing::debug!(%error, "what rests cannot be read; asking again");
            }
            tokio::select! {
                () = self.shared.stopping.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

impl Shared {
    /// The account is well: its sender may be called at once.
    fn reopen(&self, account: &HoldName) {
        if let Some(road) = self.road(&(account.channel, account.name.clone())) {
            road.circuit.lock().reopen();
            road.wake.notify_one();
        }
    }
}
